//! What comes with each step of a plan: Gemfile and command, actions, rollout, changelogs, support.
//!
//! All of it follows from the states before and after a step; nothing here changes a plan.

mod actions;
mod bundle;
mod rollout;
mod support;
mod world;

use super::Request;
use crate::catalog::{
    Actions, Catalog, Edition, Installed, Package, PackageId, Reading, Role, Rollout, Wording,
};
use crate::date::Date;
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Guidance, Plan, State, StepKind};
use crate::version::Version;
use std::borrow::Cow;
use std::ops::Range;

/// One step, seen from outside.
#[derive(Clone, Copy)]
struct View<'a> {
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    as_of: Option<Date>,
    kind: StepKind,
    before: &'a State,
    after: &'a State,
}

/// The packages and runtimes that may take part, at most 64, closed under what their releases need.
pub(super) struct Scope {
    packages: Vec<PackageId>,
    /// By package of the catalog.
    places: Vec<Option<usize>>,
    /// Where the words of each package start that have a bit for each of its releases; at last
    /// where they end.
    starts: Vec<usize>,
    /// Of each package the places of those whose releases need it, as bits.
    needed_by: Vec<u64>,
}

impl Scope {
    pub(super) fn new(catalog: &Catalog, packages: Vec<PackageId>) -> Self {
        let mut places = vec![None; catalog.packages().len()];
        let mut starts = vec![0; packages.len() + 1];
        for (at, package) in packages.iter().enumerate() {
            places[package.index()] = Some(at);
            starts[at + 1] = starts[at] + catalog.get(*package).releases().len().div_ceil(64);
        }
        let mut needed_by = vec![0; packages.len()];
        for (at, package) in packages.iter().enumerate() {
            for on in &catalog.get(*package).requires {
                if let Some(on) = places[on.index()] {
                    needed_by[on] |= 1 << at;
                }
            }
        }
        Scope {
            packages,
            places,
            starts,
            needed_by,
        }
    }

    /// The words of the package at a place.
    fn words(&self, place: usize) -> Range<usize> {
        self.starts[place]..self.starts[place + 1]
    }

    /// No bit of any package.
    fn no_bits(&self) -> Vec<u64> {
        vec![0; self.starts[self.packages.len()]]
    }

    fn place(&self, package: PackageId) -> Option<usize> {
        self.places[package.index()]
    }
}

/// A package or runtime that a step moves to a version.
struct Moved<'a> {
    package: &'a Package,
    from: Option<Cow<'a, Version>>,
    to: Cow<'a, Version>,
    /// Of its releases the places after both versions: what lies between them is passed.
    passes: Range<usize>,
    /// It enters another line, or comes into play.
    crosses: bool,
}

impl Moved<'_> {
    fn name(&self) -> &str {
        self.package.name().as_str()
    }

    fn from(&self) -> Option<&Version> {
        self.from.as_deref()
    }
}

/// What the guides of a catalog say.
#[derive(Clone, Copy)]
struct Guides<'a> {
    actions: &'a Actions,
    facts: &'a Rollout,
    reading: &'a Reading,
    wording: &'a Wording,
}

impl<'a> Guides<'a> {
    fn of(catalog: &'a Catalog) -> Result<Self> {
        Ok(Guides {
            actions: catalog.actions()?,
            facts: catalog.rollout()?,
            reading: catalog.reading()?,
            wording: catalog.wording()?,
        })
    }
}

impl<'a> View<'a> {
    /// What arrives somewhere, in the catalog's order; what leaves, or goes down where a change that
    /// is made already goes down, enters nothing.
    fn moves(self) -> Vec<Moved<'a>> {
        let packages = self.after.packages().iter().map(|(name, version)| {
            let from = self.before.package(name.as_str());
            (name, from.map(Cow::Borrowed), Cow::Borrowed(version))
        });
        let runtimes = self.after.runtimes().iter().filter_map(|(name, text)| {
            let mut before = self.before.runtimes().iter();
            let (_, from) = before.find(|(known, from)| known == name && from != text)?;
            let scheme = self.catalog.package(name.as_str())?.scheme();
            let read = |text| Version::parse(scheme, text).ok().map(Cow::Owned);
            Some((name, Some(read(from)?), read(text)?))
        });
        let goes_up = |from: &Option<Cow<'_, Version>>, to: &Cow<'_, Version>| {
            from.as_ref().is_none_or(|from| from < to)
        };
        let moved = packages
            .chain(runtimes)
            .filter(|(_, from, to)| goes_up(from, to));
        let moved = moved.filter_map(|(name, from, to)| {
            let package = self.catalog.package(name.as_str())?;
            let releases = package.releases();
            // The release of a version, and the place after it.
            let find = |version: &Version| match package.release_index(version) {
                Some(at) => (Some(&releases[at]), at + 1),
                None => (None, releases.partition_point(|it| it.version() <= version)),
            };
            let (arrived, end) = find(&to);
            let (crosses, start) = match &from {
                None => (true, end.saturating_sub(1)),
                Some(from) => {
                    let (left, start) = find(from);
                    let crosses = match left.zip(arrived) {
                        Some((left, arrived)) => left.line != arrived.line,
                        None => from.line() != to.line(),
                    };
                    (crosses, start)
                }
            };
            Some(Moved {
                package,
                passes: start..end,
                crosses,
                from,
                to,
            })
        });
        moved.collect()
    }
}

impl<'a> View<'a> {
    /// What is known of a package in a state; what no step moves is as the lockfile has it.
    fn installed(self, state: &'a State, name: &Name) -> Installed<'a> {
        if let Some(version) = state.package(name.as_str()) {
            return Installed::Present(Some(version));
        }
        if self.catalog.package(name.as_str()).is_some() {
            return Installed::Absent;
        }
        match self.snapshot.packages.get(name.as_str()) {
            Some(installed) => Installed::Present(Some(installed.version())),
            None if self.snapshot.is_complete => Installed::Absent,
            None => Installed::Unknown,
        }
    }

    /// May this edition be in use, as far as the catalog knows what shows it?
    fn concerns(self, edition: Edition, facts: &Rollout) -> bool {
        let mut marks = facts.editions().iter();
        match (edition, marks.find(|mark| mark.edition() != Edition::Any)) {
            (Edition::Any, _) | (_, None) => true,
            (_, Some(mark)) => match self.shows(mark.shown_by()) {
                true => mark.edition() == edition,
                false => mark.edition() != edition || !self.snapshot.is_complete,
            },
        }
    }

    /// Is one of these packages there after the step? None named is yes.
    fn shows(self, packages: &[String]) -> bool {
        let is_there = |name: &String| {
            self.after.package(name).is_some()
                || self.catalog.package(name).is_none() && self.snapshot.packages.contains_key(name)
        };
        packages.is_empty() || packages.iter().any(is_there)
    }
}

/// The gems with a temporary line now, in the catalog's order, as steps have them.
pub(super) fn marked(catalog: &Catalog, snapshot: &Snapshot) -> Vec<Name> {
    let names = catalog.packages().iter().map(crate::catalog::Package::name);
    let marked = names.filter(|name| snapshot.temporary.contains(name.as_str()));
    marked.cloned().collect()
}

/// Gives every step of a plan what comes with it.
pub(super) fn fill(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
    scope: &Scope,
    plan: &mut Plan,
) -> Result<()> {
    let guides = Guides::of(catalog)?;
    let mut temporary = marked(catalog, snapshot);
    let mut bundles = bundle::Bundles::new(scope);
    for at in 0..plan.steps.len() {
        let (earlier, later) = plan.steps.split_at(at);
        let step = &later[0];
        let view = View {
            catalog,
            snapshot,
            as_of: request.as_of,
            kind: step.kind,
            before: earlier.last().map_or(&plan.start, |step| &step.state),
            after: &step.state,
        };
        let moves = view.moves();
        let bundle = bundles.bundle(view, &step.outside, &mut temporary);
        let guidance = guidance(view, &moves, bundle.command(), guides);
        let step = &mut plan.steps[at];
        step.bundle = bundle;
        step.guidance = guidance;
    }
    plan.cleanup = temporary;
    plan.beside = actions::beside(catalog, snapshot, guides);
    Ok(())
}

fn guidance(
    view: View<'_>,
    moves: &[Moved<'_>],
    command: Option<&str>,
    guides: Guides<'_>,
) -> Guidance {
    let (actions, pages) = actions::due(view, moves, guides);
    Guidance {
        rollout: rollout::deployment(view, moves, guides, command),
        guides: pages,
        changelogs: actions::changelogs(moves, &actions),
        support: support::notes(view, guides.facts),
        actions,
    }
}

/// What a change that is made already brings: from one snapshot to another.
pub(super) fn of_change(
    catalog: &Catalog,
    [old, new]: [&Snapshot; 2],
    as_of: Option<Date>,
) -> Result<Guidance> {
    let (before, after) = (state(catalog, old), state(catalog, new));
    let mut view = View {
        catalog,
        snapshot: new,
        as_of,
        kind: StepKind::Packages,
        before: &before,
        after: &after,
    };
    let moves = view.moves();
    if !moves.is_empty() && moves.iter().all(|it| it.package.role() == Role::Runtime) {
        view.kind = StepKind::Runtime;
    }
    Ok(guidance(view, &moves, None, Guides::of(catalog)?))
}

/// What of a snapshot the catalog has, in its order.
fn state(catalog: &Catalog, snapshot: &Snapshot) -> State {
    let mut state = State::default();
    for package in catalog.packages() {
        let name = package.name();
        if let Some(installed) = snapshot.packages.get(name.as_str()) {
            let version = installed.version().clone();
            state.packages.push((name.clone(), version));
        } else if let Some(runtime) = snapshot.runtime(name.as_str()) {
            state.runtimes.push((name.clone(), runtime.to_owned()));
        }
    }
    state
}
