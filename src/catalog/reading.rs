//! How the actions of a catalog are judged and the pages that they were read in, worked out once.

use super::action::{Action, ActionKind, Actions, Applies, Component, Condition, Edition};
use super::{Catalog, Package, PackageId, Release};
use crate::name::Name;
use crate::version::Requirement;
use once_cell::sync::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How to judge each action, in little memory: a plan judges hundreds.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) actions: Arc<Vec<Action>>,
    /// By place of an action.
    pub(crate) glances: Vec<Glance>,
    /// Of the actions that what is installed decides.
    pub(crate) judged: Vec<Judged>,
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

/// What a step needs to know of most actions, in little room: a plan looks at hundreds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glance {
    pub(crate) component: Component,
    pub(crate) edition: Edition,
    pub(crate) decided: Decided,
    /// It names stages of the rollout.
    pub(crate) has_stages: bool,
    /// It applies at every crossing.
    pub(crate) is_general: bool,
    /// The page of [`Reading::pages`] that it was read in; files of code are none.
    pub(crate) page: Option<u32>,
}

/// What decides whether an action applies to who has its component and its edition.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Decided {
    /// Nothing else, or every plan does it.
    Already(Applies),
    /// What is installed: the place in [`Reading::judged`].
    By(u32),
}

/// What of what is installed decides whether an action applies, by its packages' places in the catalog.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) settled: Settled,
    /// What the range is on that settles it, and the range.
    pub(crate) range: Option<(Name, Arc<Requirement>)>,
    /// Of each of its conditions.
    pub(crate) subjects: Vec<Subject>,
    /// Whether it applies where all of them hold.
    pub(crate) enough: Applies,
}

/// What a condition is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    Package(PackageId),
    /// A gem outside the catalog, by its place in [`Reading::gems`].
    Gem(usize),
}

/// When a step leaves nothing to do of an action.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Settled {
    /// Its range settles nothing.
    Never,
    /// Where the runtime whose ceiling it states is left behind.
    Beyond,
    /// Where the step ends at no release that it forbids.
    Elsewhere(Option<PackageId>),
    /// Where what it requires was there before.
    Before(Option<PackageId>),
}

impl Judged {
    fn new(catalog: &Catalog, action: &Action, gems: &mut Vec<Name>) -> Self {
        let subjects = action.conditions().iter().map(|condition| {
            let (Condition::Present { package, .. } | Condition::Absent { package }) = condition;
            if let Some(id) = catalog.id(package.as_str()) {
                return Subject::Package(id);
            }
            let known = gems.iter().position(|gem| gem == package);
            Subject::Gem(known.unwrap_or_else(|| {
                gems.push(package.clone());
                gems.len() - 1
            }))
        });
        let settled = match action.constraint() {
            None => Settled::Never,
            Some(range) => {
                let package = catalog.id(range.package().as_str());
                match (range.kind(), action.kind()) {
                    ("ceiling", _) => Settled::Beyond,
                    ("forbidden-version", _) => Settled::Elsewhere(package),
                    (_, ActionKind::Requires | ActionKind::Gate) => Settled::Before(package),
                    _ => Settled::Never,
                }
            }
        };
        Judged {
            settled,
            range: action
                .constraint
                .as_ref()
                .map(|it| (it.package.clone(), it.range.clone())),
            subjects: subjects.collect(),
            enough: action.enough(),
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
        let mut reading = Reading {
            actions: actions.shared().clone(),
            glances: Vec::with_capacity(actions.len()),
            judged: Vec::new(),
            pages: Vec::new(),
            gems: Vec::new(),
            beside: beside.map(|(place, _)| place).collect(),
            packages: packages.map(|it| actions.number_of(it.as_str())).collect(),
            upto: catalog.packages().iter().map(|_| OnceCell::new()).collect(),
        };
        let mut places: BTreeMap<&str, u32> = BTreeMap::new();
        for action in actions.iter() {
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
            let decided = match judged.settled {
                _ if action.is_done_by_plans() => Decided::Already(Applies::No),
                Settled::Never if judged.subjects.is_empty() => Decided::Already(judged.enough),
                _ => Decided::By(push(&mut reading.judged, judged)),
            };
            reading.glances.push(Glance {
                component: action.component(),
                edition: action.edition(),
                decided,
                has_stages: !action.stages().is_empty(),
                is_general: action.since().is_none(),
                page,
            });
        }
        reading
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

/// Adds to a list; its place there.
fn push<T>(list: &mut Vec<T>, it: T) -> u32 {
    list.push(it);
    u32::try_from(list.len() - 1).unwrap_or(u32::MAX)
}
