//! How the actions of a catalog are judged and the pages that they were read in, worked out once.

use super::action::{Action, ActionKind, Actions, Applies, Component, Condition, Edition};
use super::{Catalog, Package, PackageId, Release};
use crate::name::Name;
use crate::set::Set;
use crate::version::{Requirement, Version};
use once_cell::sync::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How to judge the actions of a catalog. A plan judges hundreds, so what is said of all of them alike is a bit of each:
/// the action at place 70 has the bit 6 of the second word.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) actions: Arc<Vec<Action>>,
    /// By [`Component`]: the actions that who has it is concerned by.
    of_component: [Vec<u64>; Component::ALL.len()],
    /// By [`Edition`].
    of_edition: [Vec<u64>; Edition::ALL.len()],
    /// Those that apply to all whom they concern.
    pub(crate) always: Vec<u64>,
    /// Those of which nothing decides whether they apply.
    pub(crate) open: Vec<u64>,
    /// Those that what is installed decides. What every plan does is in none of the three.
    pub(crate) by_installed: Vec<u64>,
    /// Those that name stages of the rollout.
    pub(crate) with_stages: Vec<u64>,
    /// Of the actions that what is installed decides.
    judged: Vec<Judged>,
    /// By place of an action: its place in [`Reading::judged`].
    judged_at: Vec<Option<u16>>,
    /// By place of an action: the page of [`Reading::pages`] that it was read in; files of code are none.
    pub(crate) read_in: Vec<Option<u16>>,
    pub(crate) pages: Vec<Page>,
    /// The places of the actions of what no plan moves.
    pub(crate) beside: Vec<usize>,
    /// The gems outside the catalog that conditions are about.
    pub(crate) gems: Vec<Name>,
    /// By package of the catalog: its number among those that have actions.
    pub(crate) packages: Vec<Option<usize>>,
    /// Of each how many actions take effect up to each of its releases.
    upto: Vec<OnceCell<Vec<usize>>>,
}

/// What of what is installed decides whether an action applies, by its packages' places in the catalog.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) settled: Settled,
    pub(crate) asked: Vec<Asked>,
    /// Whether it applies where all of that is so.
    pub(crate) enough: Applies,
    /// What is no longer pulled in concerns those who had it.
    pub(crate) is_of_before: bool,
}

/// A condition of an action.
#[derive(Debug)]
pub(crate) enum Asked {
    /// A package of the catalog is there, at one of these versions where they are named.
    Present(PackageId, Option<Admitted>),
    /// A package of the catalog is not there.
    Absent(PackageId),
    /// Something of a gem outside the catalog, by its place in [`Reading::gems`].
    Outside(usize, Condition),
}

/// When a step leaves nothing to do of an action.
#[derive(Debug)]
pub(crate) enum Settled {
    Never,
    /// Where the runtime whose ceiling it states is left behind.
    Beyond,
    /// Where the step ends at no release that it forbids.
    Elsewhere(PackageId, Admitted),
    /// Where what it requires, by its name and its place in the catalog if it has one, was there before.
    Before(Name, Option<PackageId>, Admitted),
}

/// The versions of a requirement; which releases they are is worked out once.
#[derive(Debug)]
pub(crate) struct Admitted {
    requirement: Arc<Requirement>,
    releases: OnceCell<Set>,
}

impl Admitted {
    fn new(requirement: &Arc<Requirement>) -> Self {
        Admitted {
            requirement: requirement.clone(),
            releases: OnceCell::new(),
        }
    }

    /// Is a release of its package among them?
    pub(crate) fn has(&self, package: &Package, release: usize) -> bool {
        let releases = self.releases.get_or_init(|| {
            let releases = package.releases();
            let admitted = self.requirement.matching(releases, Release::version);
            admitted.into_iter().collect()
        });
        releases.has(release)
    }

    /// Is a version among them, be it a release or not?
    pub(crate) fn matches(&self, version: &Version) -> bool {
        self.requirement.matches(version)
    }
}

impl Judged {
    fn new(catalog: &Catalog, action: &Action, gems: &mut Vec<Name>) -> Self {
        let asked = action.conditions().iter().map(|condition| {
            let (Condition::Present { package, .. } | Condition::Absent { package }) = condition;
            match (catalog.id(package.as_str()), condition) {
                (Some(id), Condition::Present { versions, .. }) => {
                    Asked::Present(id, versions.as_ref().map(Admitted::new))
                }
                (Some(id), Condition::Absent { .. }) => Asked::Absent(id),
                (None, _) => {
                    let known = gems.iter().position(|gem| gem == package);
                    let place = known.unwrap_or_else(|| {
                        gems.push(package.clone());
                        gems.len() - 1
                    });
                    Asked::Outside(place, condition.clone())
                }
            }
        });
        let asked = asked.collect();
        let settled = action.constraint.as_ref().map(|range| {
            let id = catalog.id(range.package.as_str());
            let admitted = Admitted::new(&range.range);
            match (range.kind(), action.kind(), id) {
                ("ceiling", ..) => Settled::Beyond,
                ("forbidden-version", _, Some(id)) => Settled::Elsewhere(id, admitted),
                ("forbidden-version", _, None) => Settled::Never,
                (_, ActionKind::Requires | ActionKind::Gate, _) => {
                    Settled::Before(range.package.clone(), id, admitted)
                }
                _ => Settled::Never,
            }
        });
        Judged {
            settled: settled.unwrap_or(Settled::Never),
            asked,
            enough: action.enough(),
            is_of_before: action.kind() == ActionKind::DependencyDropped,
        }
    }
}

/// A page of the documentation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) link: Option<String>,
}

impl Reading {
    pub(super) fn new(catalog: &Catalog, actions: &Actions) -> Self {
        let packages = catalog.packages().iter().map(Package::name);
        let beside = actions.iter().enumerate();
        let beside = beside.filter(|(_, action)| !action.is_planned());
        let none = || vec![0; actions.len().div_ceil(64)];
        let mut reading = Reading {
            actions: actions.shared().clone(),
            of_component: std::array::from_fn(|_| none()),
            of_edition: std::array::from_fn(|_| none()),
            always: none(),
            open: none(),
            by_installed: none(),
            with_stages: none(),
            read_in: Vec::with_capacity(actions.len()),
            judged: Vec::new(),
            judged_at: Vec::with_capacity(actions.len()),
            pages: Vec::new(),
            gems: Vec::new(),
            beside: beside.map(|(place, _)| place).collect(),
            packages: packages.map(|it| actions.number_of(it.as_str())).collect(),
            upto: catalog.packages().iter().map(|_| OnceCell::new()).collect(),
        };
        let mut places: BTreeMap<&str, u16> = BTreeMap::new();
        for (place, action) in actions.iter().enumerate() {
            let source = action.source();
            let of_page = (!source.starts_with("code:")).then_some(source);
            let path = of_page.and_then(|source| source.split('#').next());
            let page = path.and_then(|path| path.strip_suffix(".md"));
            let page = page.map(|page| {
                *places.entry(page).or_insert_with(|| {
                    let page = Page {
                        name: page.to_owned(),
                        link: action
                            .link()
                            .map(|it| it.split('#').next().unwrap_or(it).into()),
                    };
                    push(&mut reading.pages, page)
                })
            });
            let judged = Judged::new(catalog, action, &mut reading.gems);
            let is_asked = !matches!(judged.settled, Settled::Never) || !judged.asked.is_empty();
            let is_judged = is_asked && !action.is_done_by_plans();
            let of_kind = match judged.enough {
                _ if is_judged => Some(&mut reading.by_installed),
                _ if action.is_done_by_plans() => None,
                Applies::Yes => Some(&mut reading.always),
                Applies::Unknown | Applies::No => Some(&mut reading.open),
            };
            let with_stages = (!action.stages().is_empty()).then_some(&mut reading.with_stages);
            let sets = [
                Some(&mut reading.of_component[action.component() as usize]),
                Some(&mut reading.of_edition[action.edition() as usize]),
                of_kind,
                with_stages,
            ];
            for set in sets.into_iter().flatten() {
                set[place / 64] |= 1 << (place % 64);
            }
            let judged_at = is_judged.then(|| push(&mut reading.judged, judged));
            reading.judged_at.push(judged_at);
            reading.read_in.push(page);
        }
        reading
    }

    /// Where what is installed decides about the action at a place: how.
    pub(crate) fn judged_of(&self, place: usize) -> Option<&Judged> {
        let judged = self.judged_at[place]?;
        self.judged.get(usize::from(judged))
    }

    /// The actions that concern who has one of these components and one of these editions.
    pub(crate) fn concerning(
        &self,
        components: [bool; Component::ALL.len()],
        editions: [bool; Edition::ALL.len()],
    ) -> Vec<u64> {
        let words = (0..self.always.len()).map(|word| {
            let any = |sets: &[Vec<u64>], are_there: &[bool]| {
                let sets = sets
                    .iter()
                    .zip(are_there)
                    .filter(|(_, is_there)| **is_there);
                sets.fold(0, |all, (set, _)| all | set[word])
            };
            any(&self.of_component, &components) & any(&self.of_edition, &editions)
        });
        words.collect()
    }

    /// How many actions of a package take effect up to each of its releases; worked out on first use.
    pub(crate) fn upto(&self, catalog: &Catalog, actions: &Actions, id: PackageId) -> &[usize] {
        self.upto[id.index()].get_or_init(|| {
            let number = self.packages[id.index()];
            let releases = catalog.get(id).releases().iter();
            let versions = releases.map(Release::version);
            number.map_or_else(Vec::new, |number| actions.upto(number, versions))
        })
    }
}

/// Adds to a list of no more than [`Actions::MAX`]; its place there.
fn push<T>(list: &mut Vec<T>, it: T) -> u16 {
    list.push(it);
    u16::try_from(list.len() - 1).unwrap_or(u16::MAX)
}
