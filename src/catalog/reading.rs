//! How the actions of a catalog are judged and the pages that they were read in, worked out once.

use super::action::{Action, ActionKind, Actions, Condition};
use super::{Catalog, Package, PackageId, Release};
use crate::name::Name;
use once_cell::sync::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// By place of an action.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The page of [`Reading::pages`] that it was read in; files of code are none.
    pub(crate) page_of: Vec<Option<usize>>,
    pub(crate) pages: Vec<Page>,
    pub(crate) judged: Vec<Judged>,
    /// The places of the actions of what no plan moves.
    pub(crate) beside: Vec<usize>,
    /// The gems outside the catalog that conditions are about.
    pub(crate) gems: Vec<Name>,
    /// By package of the catalog: its number among those that have actions.
    pub(crate) packages: Vec<Option<usize>>,
    /// Of each how many actions take effect up to each of its releases.
    upto: Vec<OnceCell<Vec<usize>>>,
}

/// What decides whether an action applies, by its packages' places in the catalog.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) settled: Settled,
    /// Of each of its conditions.
    pub(crate) subjects: Vec<Subject>,
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
    /// Every plan does it.
    Always,
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
            _ if action.is_done_by_plans() => Settled::Always,
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
            subjects: subjects.collect(),
        }
    }
}

/// A page of the documentation.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) name: Arc<str>,
    pub(crate) link: Option<Arc<str>>,
}

impl Reading {
    pub(super) fn new(catalog: &Catalog, actions: &Actions) -> Self {
        let mut gems = Vec::new();
        let judged = actions.iter();
        let judged = judged
            .map(|it| Judged::new(catalog, it, &mut gems))
            .collect();
        let packages = catalog.packages().iter().map(Package::name);
        let beside = actions.iter().enumerate();
        let beside = beside.filter(|(_, action)| !action.is_planned());
        let mut reading = Reading {
            page_of: Vec::with_capacity(actions.len()),
            pages: Vec::new(),
            judged,
            gems,
            beside: beside.map(|(place, _)| place).collect(),
            packages: packages.map(|it| actions.number_of(it.as_str())).collect(),
            upto: catalog.packages().iter().map(|_| OnceCell::new()).collect(),
        };
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for action in actions.iter() {
            let source = action.source();
            let path = source.split('#').next().unwrap_or(source);
            let page = path
                .strip_suffix(".md")
                .filter(|_| !path.starts_with("code:"));
            reading.page_of.push(page.map(|page| {
                *places.entry(page).or_insert_with(|| {
                    reading.pages.push(Page {
                        name: Arc::from(page),
                        link: action
                            .link()
                            .map(|it| it.split('#').next().unwrap_or(it).into()),
                    });
                    reading.pages.len() - 1
                })
            }));
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
