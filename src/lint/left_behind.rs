//! What could be newer within the lines that the change arrives at.
//!
//! A package is *left behind* where the state could be newer within its lines without making the
//! way ahead longer or its end another: then every plan through this state could be exchanged for
//! a newer one, so no step of a plan is ever left behind.

use super::finding::LintFinding;
use super::judge::View;
use super::rule::LintRule;
use crate::catalog::Role;
use crate::lockfile::{Installed, Snapshot};
use crate::plan::{ChangeKind, Outcome, Plan, State};
use crate::planner::{RuntimeMove, Target, plan};

impl<'a> View<'a> {
    /// What could be newer within the lines that the change arrives at; see the module.
    pub(super) fn left_behind(&mut self) {
        if self.changes.iter().all(|change| self.is_runtime(change)) {
            return;
        }
        let mut settle = self.request.clone();
        settle.runtime = RuntimeMove::Fixed;
        settle.targets = Vec::new();
        for package in self.catalog.packages() {
            let name = package.name().as_str();
            if let (Role::Stepped, Some(installed)) = (package.role(), self.new.packages.get(name))
            {
                let line = Target::Line(installed.version().line());
                settle.targets.push((name.to_owned(), line));
            }
        }
        let Ok(settled) = plan(self.catalog, self.new, &settle) else {
            return;
        };
        let (Outcome::Planned, [step]) = (settled.outcome(), settled.steps()) else {
            return;
        };
        let ahead = |snapshot: &Snapshot| plan(self.catalog, snapshot, self.request).ok();
        let here = ahead(self.new);
        let newer = ahead(&moved(self.new, step.state()));
        if !is_no_worse(newer.as_ref(), here.as_ref()) {
            return;
        }
        for change in step.changes() {
            let (Some(from), Some(to)) = (change.from(), change.to()) else {
                continue;
            };
            if !matches!(change.kind(), ChangeKind::Line | ChangeKind::Patch) {
                continue;
            }
            let name = change.package().as_str();
            let before = self.old.packages.get(name).map(Installed::version);
            self.findings.push(LintFinding {
                rule: LintRule::LeftBehind,
                severity: LintRule::LeftBehind.severity(),
                package: name.to_owned(),
                from: before.map(|version| version.as_str().to_owned()),
                to: Some(from.to_owned()),
                message: format!("{name} {to} resolves with the others, {from} is installed"),
                help: Some(format!(
                    "take it along: `bundle update --conservative {name}`"
                )),
                line: None,
                cited: None,
            });
        }
    }
}

/// A snapshot with the packages of a state.
fn moved(snapshot: &Snapshot, state: &State) -> Snapshot {
    let mut moved = snapshot.clone();
    for (name, version) in state.packages() {
        let stands = snapshot.packages.get(name.as_str());
        if stands.is_none_or(|installed| installed.version() != version) {
            moved = moved.with(name.as_str(), version.clone());
        }
    }
    moved
}

/// Does a way lead to the same end in no more steps?
fn is_no_worse(newer: Option<&Plan>, here: Option<&Plan>) -> bool {
    let arrives = |plan: &Plan| matches!(plan.outcome(), Outcome::Planned | Outcome::AlreadyThere);
    let Some(newer) = newer.filter(|plan| arrives(plan)) else {
        // Where nothing is known of the way ahead, it does not count.
        return here.is_none_or(|plan| !arrives(plan));
    };
    let Some(here) = here.filter(|plan| arrives(plan)) else {
        return true;
    };
    let end = |plan: &Plan| {
        let last = plan
            .steps()
            .last()
            .map_or(plan.start(), |step| step.state());
        last.packages().to_vec()
    };
    newer.steps().len() < here.steps().len()
        || newer.steps().len() == here.steps().len() && end(newer) == end(here)
}
