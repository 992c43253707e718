//! What comes with each step of a plan: Gemfile and command, actions, rollout, changelogs, support.
//!
//! All of it follows from the states before and after a step; nothing here changes a plan.

mod actions;
mod bundle;
mod rollout;
mod support;

use super::Request;
use crate::catalog::{Actions, Catalog, Edition, Installed, PackageId, Rollout};
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Change, Guidance, Plan, State, StepKind};
use crate::version::Version;

/// One step, seen from outside.
#[derive(Clone, Copy)]
struct View<'a> {
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    request: &'a Request,
    scope: &'a Scope,
    kind: StepKind,
    changes: &'a [Change],
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

impl<'a> View<'a> {
    /// What arrives somewhere, in the catalog's order; what leaves is not among it.
    fn moves(self) -> Vec<Moved<'a>> {
        let moved = self.changes.iter().filter_map(move |change| {
            let package = change.package();
            let scheme = self.catalog.package(package.as_str())?.scheme();
            let read = |text: &str| Version::parse(scheme, text).ok();
            Some(Moved {
                package,
                from: change.from().and_then(read),
                to: change.to().and_then(read)?,
            })
        });
        moved.collect()
    }

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

    /// Is this edition in use, as far as the catalog knows what shows it?
    fn concerns(self, edition: Edition, facts: &Rollout) -> bool {
        let mut marks = facts.editions().iter();
        match (edition, marks.find(|mark| mark.edition() != Edition::Any)) {
            (Edition::Any, _) | (_, None) => true,
            (_, Some(mark)) => self.shows(mark.shown_by()) == (mark.edition() == edition),
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
            request,
            scope,
            kind: step.kind,
            changes: &step.changes,
            before: earlier.last().map_or(&plan.start, |step| &step.state),
            after: &step.state,
        };
        let moves = view.moves();
        let bundle = bundle::bundle(view, &mut temporary);
        let actions = actions::due(view, &moves, actions, facts);
        let guidance = Guidance {
            rollout: rollout::deployment(view, &moves, facts, &bundle),
            guides: actions::guides(&actions),
            changelogs: actions::changelogs(view, &moves, &actions),
            support: support::notes(view, facts),
            actions,
        };
        let step = &mut plan.steps[at];
        step.bundle = bundle;
        step.guidance = guidance;
    }
    plan.cleanup = temporary;
    plan.beside = actions::beside(catalog, snapshot, actions, facts);
    Ok(())
}
