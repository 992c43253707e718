//! What comes with each step of a plan: Gemfile and command, actions, rollout, changelogs, support.
//!
//! All of it follows from the states before and after a step; nothing here changes a plan.

mod actions;
mod bundle;
mod rollout;
mod support;

use super::Request;
use crate::catalog::{Actions, Catalog, Edition, Installed, PackageId, Role, Rollout};
use crate::date::Date;
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Guidance, Plan, State, StepKind};
use crate::version::Version;

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

/// The packages and runtimes that may take part, closed under what their releases need.
pub(super) struct Scope {
    packages: Vec<PackageId>,
    /// By package of the catalog.
    places: Vec<Option<usize>>,
}

impl Scope {
    pub(super) fn new(catalog: &Catalog, packages: Vec<PackageId>) -> Self {
        let mut places = vec![None; catalog.packages().len()];
        for (at, package) in packages.iter().enumerate() {
            places[package.index()] = Some(at);
        }
        Scope { packages, places }
    }

    fn place(&self, package: PackageId) -> Option<usize> {
        self.places[package.index()]
    }
}

/// A package or runtime that a step moves to a version.
struct Moved<'a> {
    package: &'a Name,
    from: Option<Version>,
    to: Version,
}

/// What changes of one package or runtime: from, to.
type Ends<'a> = (&'a Name, Option<&'a str>, Option<&'a str>);

/// What arrives somewhere, in the order given; what leaves is not among it.
fn moves<'a>(catalog: &Catalog, changes: impl Iterator<Item = Ends<'a>>) -> Vec<Moved<'a>> {
    let moved = changes.filter_map(|(package, from, to)| {
        let scheme = catalog.package(package.as_str())?.scheme();
        let read = |text: &str| Version::parse(scheme, text).ok();
        Some(Moved {
            package,
            from: from.and_then(read),
            to: to.and_then(read)?,
        })
    });
    moved.collect()
}

impl<'a> View<'a> {
    /// What is known of a package after the step; what no step moves is as the lockfile has it.
    fn installed(self, name: &Name) -> Installed<'a> {
        if let Some(version) = self.after.package(name.as_str()) {
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

/// Gives every step of a plan what comes with it.
pub(super) fn fill(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
    scope: &Scope,
    plan: &mut Plan,
) -> Result<()> {
    let actions: &Actions = catalog.actions()?;
    let facts: &Rollout = catalog.rollout()?;
    let mut temporary: Vec<Name> = Vec::new();
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
        let changes = step.changes.iter();
        let changes = changes.map(|change| (change.package(), change.from(), change.to()));
        let moves = moves(catalog, changes);
        let bundle = bundle::bundle(view, scope, &mut temporary);
        let guidance = guidance(view, &moves, bundle.command(), actions, facts);
        let step = &mut plan.steps[at];
        step.bundle = bundle;
        step.guidance = guidance;
    }
    plan.cleanup = temporary;
    plan.beside = actions::beside(catalog, snapshot, actions, facts);
    Ok(())
}

fn guidance(
    view: View<'_>,
    moves: &[Moved<'_>],
    command: Option<&str>,
    actions: &Actions,
    facts: &Rollout,
) -> Guidance {
    let actions = actions::due(view, moves, actions, facts);
    Guidance {
        rollout: rollout::deployment(view, moves, facts, command),
        guides: actions::guides(&actions),
        changelogs: actions::changelogs(view, moves, &actions),
        support: support::notes(view, facts),
        actions,
    }
}

/// What a change that is made already brings: from one snapshot to another.
pub(super) fn of_change<'a>(
    catalog: &Catalog,
    [old, new]: [&Snapshot; 2],
    as_of: Option<Date>,
    changes: impl Iterator<Item = Ends<'a>>,
) -> Result<Guidance> {
    let moves = moves(catalog, changes);
    let is_runtime = |moved: &Moved<'_>| {
        let package = catalog.package(moved.package.as_str());
        package.is_some_and(|package| package.role() == Role::Runtime)
    };
    let (before, after) = (state(catalog, old), state(catalog, new));
    let view = View {
        catalog,
        snapshot: new,
        as_of,
        kind: if moves.iter().all(is_runtime) {
            StepKind::Runtime
        } else {
            StepKind::Packages
        },
        before: &before,
        after: &after,
    };
    Ok(guidance(
        view,
        &moves,
        None,
        catalog.actions()?,
        catalog.rollout()?,
    ))
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
