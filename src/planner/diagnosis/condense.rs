//! What an explanation is asked about: equal constraints as one, and nothing that constrains nothing.
//!
//! An explanation asks many questions, so what each of them reads has to be small. Gems outside the
//! catalog that allow the same versions of every package are one constraint, and so are pins; gems that
//! require nothing of the catalog are left out. What is left grows with what can be reported apart, not with
//! the length of the lockfile.
//!
//! With an index every gem takes part in the states that are resolved, so each is asked about by itself
//! and none is left out.

use crate::catalog::{Catalog, PackageId, Role};
use crate::lockfile::Snapshot;
use crate::planner::request::Request;
use crate::planner::session::{Session, WhatIf};
use crate::rules;
use crate::version::Requirement;
use std::collections::{BTreeMap, BTreeSet};

/// A question without what says nothing of its own.
pub(super) struct Condensed {
    pub(super) snapshot: Snapshot,
    pub(super) request: Request,
    pub(super) what_if: WhatIf,
    /// The gems outside the catalog that constrain it, by name: of equal ones the last.
    pub(super) holders: Vec<String>,
    /// For the last of equal ones the others, each with its version.
    pub(super) alike: BTreeMap<String, Vec<(String, String)>>,
    /// What was read to find that out, in constraints.
    pub(super) size: usize,
}

/// What reports two holders apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    /// Only what it allows of the catalog, as numbers of [`Sets`].
    Allows(Vec<usize>),
    /// Something that concerns it by name.
    Itself(&'a str),
}

impl Condensed {
    /// The session about this question.
    pub(super) fn session<'b, 'i>(&'b self, session: Session<'b, 'i>) -> Session<'b, 'i> {
        Session {
            snapshot: &self.snapshot,
            request: &self.request,
            what_if: &self.what_if,
            ..session
        }
    }

    /// How many constraints one question has.
    pub(super) fn question(&self) -> usize {
        self.snapshot.packages.len() + self.request.pins.len() + self.request.targets.len()
    }

    pub(super) fn of(session: Session<'_, '_>) -> Self {
        let (catalog, snapshot, what_if) = (session.catalog, session.snapshot, session.what_if);
        let spoken_of = spoken_of(catalog);
        let mut sets = Sets::of(catalog, snapshot);
        let mut size = 0;
        let mut groups: BTreeMap<Key<'_>, Vec<&str>> = BTreeMap::new();
        for (name, installed) in &snapshot.packages {
            size += 1 + installed.requirements.len();
            if catalog.id(name).is_some() || what_if.leaving.contains(name) {
                continue;
            }
            let mut allows = Vec::new();
            // A runtime stands for its line, which no list of releases tells.
            let mut is_plain = session.outside.is_none();
            for (on, requirement) in &installed.requirements {
                if let Some(id) = catalog.id(on) {
                    is_plain &= catalog.get(id).role() != Role::Runtime;
                    allows.push(sets.allowed(id, requirement));
                }
            }
            let is_blamed = session
                .outside
                .is_some_and(|gems| gems.borrow().blamed.contains(name));
            let clashes = spoken_of
                .get(name.as_str())
                .is_some_and(|versions| versions.iter().any(|it| it.matches(installed.version())));
            if allows.is_empty() && !is_blamed && !clashes {
                continue;
            }
            let key = if is_plain && !clashes {
                allows.sort_unstable();
                allows.dedup();
                Key::Allows(allows)
            } else {
                Key::Itself(name)
            };
            groups.entry(key).or_default().push(name);
        }
        let mut holders = Vec::new();
        let mut alike = BTreeMap::new();
        for mut group in groups.into_values() {
            let Some(last) = group.pop() else { continue };
            holders.push(last.to_owned());
            if !group.is_empty() {
                alike.insert(last.to_owned(), group);
            }
        }
        holders.sort_unstable();
        let condensed = match session.outside {
            Some(_) => snapshot.clone(),
            None => without(catalog, snapshot, &holders, &spoken_of),
        };
        let version = |name: &&str| {
            let installed = snapshot.packages.get(*name);
            installed.map(|it| ((*name).to_owned(), it.version().to_string()))
        };
        let alike = alike.into_iter().map(|(last, others)| {
            let others = others.iter().filter_map(version).collect();
            (last, others)
        });
        let request = request(session.request, &mut sets);
        let mut what_if = what_if.clone();
        what_if
            .leaving
            .retain(|name| condensed.packages.contains_key(name));
        what_if
            .waived
            .retain(|name, _| condensed.packages.contains_key(name));
        size += session.request.pins.len() + session.request.accept.len();
        Condensed {
            alike: alike.collect(),
            snapshot: condensed,
            request,
            what_if,
            holders,
            size,
        }
    }
}

/// The gems outside the catalog that rules are about, with the versions that are.
fn spoken_of(catalog: &Catalog) -> BTreeMap<&str, Vec<&Requirement>> {
    let mut gems: BTreeMap<&str, Vec<&Requirement>> = BTreeMap::new();
    for (gem, _, versions) in catalog.rules().iter().filter_map(rules::outside) {
        gems.entry(gem.as_str()).or_default().push(versions);
    }
    gems
}

/// The packages of the catalog, the holders, and what says something of gems that rules are about.
fn without(
    catalog: &Catalog,
    snapshot: &Snapshot,
    holders: &[String],
    spoken_of: &BTreeMap<&str, Vec<&Requirement>>,
) -> Snapshot {
    let packages = snapshot.packages.iter().filter(|(name, installed)| {
        let mut needs = installed.requirements.iter();
        catalog.id(name).is_some()
            || holders.binary_search(name).is_ok()
            || spoken_of.contains_key(name.as_str())
            || needs.any(|(on, _)| spoken_of.contains_key(on.as_str()))
    });
    let packages: BTreeMap<_, _> = packages
        .map(|(name, installed)| (name.clone(), installed.clone()))
        .collect();
    let direct = snapshot.direct.iter();
    let direct = direct.filter(|(name, _)| packages.contains_key(*name));
    Snapshot {
        direct: direct
            .map(|(name, it)| (name.clone(), it.clone()))
            .collect(),
        packages,
        temporary: snapshot.temporary.clone(),
        runtimes: snapshot.runtimes.clone(),
        platforms: snapshot.platforms.clone(),
        texts: snapshot.texts.clone(),
        ..*snapshot
    }
}

/// A request without what is said twice: of pins that allow the same the last counts.
fn request(request: &Request, sets: &mut Sets<'_>) -> Request {
    let mut condensed = Request {
        pins: Vec::new(),
        accept: Vec::new(),
        drop: Vec::new(),
        properties: Vec::new(),
        ..request.clone()
    };
    let mut known = BTreeSet::new();
    for pin in request.pins.iter().rev() {
        let allowed = sets.catalog.id(&pin.0).map(|id| sets.allowed(id, &pin.1));
        if allowed.is_none_or(|allowed| known.insert(allowed)) {
            condensed.pins.push(pin.clone());
        }
    }
    condensed.pins.reverse();
    let accept: BTreeSet<&String> = request.accept.iter().collect();
    condensed.accept = accept.into_iter().cloned().collect();
    let properties: BTreeSet<&(String, bool)> = request.properties.iter().collect();
    condensed.properties = properties.into_iter().cloned().collect();
    condensed
}

/// What requirements allow of packages of the catalog, each as a number: two that allow the same have
/// the same.
struct Sets<'a> {
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    /// By package and text.
    read: BTreeMap<(PackageId, String), usize>,
    /// By package, releases by place, and whether what is installed is allowed.
    known: BTreeMap<(PackageId, Vec<usize>, bool), usize>,
}

impl<'a> Sets<'a> {
    fn of(catalog: &'a Catalog, snapshot: &'a Snapshot) -> Self {
        Sets {
            catalog,
            snapshot,
            read: BTreeMap::new(),
            known: BTreeMap::new(),
        }
    }

    fn allowed(&mut self, id: PackageId, requirement: &Requirement) -> usize {
        let text = (id, requirement.to_string());
        if let Some(known) = self.read.get(&text) {
            return *known;
        }
        let package = self.catalog.get(id);
        let places = match requirement.scheme() == package.scheme() {
            true => requirement.matching(&package.releases, |release| &release.version),
            false => Vec::new(),
        };
        let installed = self.snapshot.packages.get(package.name().as_str());
        let meets = installed.is_some_and(|it| requirement.matches(it.version()));
        let next = self.known.len();
        let number = *self.known.entry((id, places, meets)).or_insert(next);
        self.read.insert(text, number);
        number
    }
}
