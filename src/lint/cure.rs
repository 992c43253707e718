//! What would make the new state run: one command that moves what has to move together.
//!
//! It is the planner's own first step from the new state on the lines that it is on, so nothing in it
//! is blocked, to be avoided or broken; what it cures is found out by judging the change anew with it.

use super::finding::{LintChange, LintFinding};
use super::judge::View;
use super::rule::{LintRule, LintSeverity};
use crate::catalog::{Catalog, Role};
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::plan::{Bundle, State, Step, StepKind};
use crate::planner::{Detail, Request, RuntimeMove, Target, plan};

/// The lines and the one command that lead to a state which the findings do not object to.
#[derive(Clone, Debug)]
pub struct LintCure {
    kind: StepKind,
    changes: Vec<LintChange>,
    bundle: Bundle,
}

impl LintCure {
    pub(super) fn new(step: &Step) -> Self {
        let changes = step.changes().iter().map(|change| LintChange {
            package: change.package().clone(),
            from: change.from().map(str::to_owned),
            to: change.to().map(str::to_owned),
        });
        LintCure {
            kind: step.kind(),
            changes: changes.collect(),
            bundle: step.bundle().clone(),
        }
    }

    /// `packages`, or `repair` where something has to go down.
    #[must_use]
    pub fn kind(&self) -> StepKind {
        self.kind
    }

    /// What it changes in the new lockfile, in the catalog's order.
    #[must_use]
    pub fn changes(&self) -> &[LintChange] {
        &self.changes
    }

    /// The lines of the Gemfile and the command, as a step of a plan has them.
    #[must_use]
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// In one sentence: the command, and the lines that it needs in the Gemfile.
    pub(super) fn help(&self) -> Option<String> {
        let command = self.bundle.command()?;
        let lines: Vec<String> = self
            .bundle
            .lines()
            .iter()
            .map(ToString::to_string)
            .collect();
        Some(match lines.is_empty() {
            true => format!("one command moves them together: `{command}`"),
            false => format!(
                "one command moves them together: `{command}`, with these lines in the Gemfile: {}",
                lines.join("; ")
            ),
        })
    }
}

/// What another state may cure.
fn is_curable(finding: &LintFinding) -> bool {
    finding.severity != LintSeverity::Note
        && matches!(
            finding.rule,
            LintRule::Blocked
                | LintRule::Yanked
                | LintRule::Conflict
                | LintRule::Requires
                | LintRule::Defect
                | LintRule::Requirement
                | LintRule::BrokenEntry
        )
}

fn is_same(one: &LintFinding, other: &LintFinding) -> bool {
    let cites = |finding: &LintFinding| finding.cited.as_ref().map(|cited| cited.id.clone());
    one.rule == other.rule
        && cites(one) == cites(other)
        && (one.cited.is_some() || one.package == other.package)
}

/// The step that cures most of what is found, and marks what it cures.
pub(super) fn cure(view: &mut View<'_>) -> Result<Option<LintCure>> {
    if !view.findings.iter().any(is_curable) {
        return Ok(None);
    }
    let ahead = Request {
        runtime: RuntimeMove::Fixed,
        detail: Detail::Full,
        ..view.request.planned.clone()
    };
    // On the lines where it is, or else on the way to where it is meant to go.
    let settle = Request {
        targets: lines(view),
        ..ahead.clone()
    };
    for request in [settle, ahead] {
        let Ok(plan) = plan(view.catalog, view.new, &request) else {
            continue;
        };
        let Some(step) = plan.steps().first() else {
            continue;
        };
        let cured = moved(view.catalog, view.new, step.state());
        let mut then = View::new(view.catalog, [view.old, &cured], view.request);
        then.judge()?;
        let cure = LintCure::new(step);
        let mut helps = false;
        for finding in view.findings.iter_mut().filter(|it| is_curable(it)) {
            let mut left = then.findings.iter().filter(|it| is_curable(it));
            if !left.any(|it| is_same(it, finding)) {
                finding.cured = true;
                finding.help = cure.help();
                helps = true;
            }
        }
        if helps {
            return Ok(Some(cure));
        }
    }
    Ok(None)
}

/// The lines on which the stepped packages of the new state are, as targets.
pub(super) fn lines(view: &View<'_>) -> Vec<(String, Target)> {
    let packages = view.catalog.packages().iter();
    let stepped = packages.filter(|package| package.role() == Role::Stepped);
    let lines = stepped.filter_map(|package| {
        let name = package.name().as_str();
        let installed = view.new.packages.get(name)?;
        Some((name.to_owned(), Target::Line(installed.version().line())))
    });
    lines.collect()
}

/// A snapshot with the packages of a state. What joins besides is not known, so it is not complete.
pub(super) fn moved(catalog: &Catalog, snapshot: &Snapshot, state: &State) -> Snapshot {
    let mut moved = snapshot.clone();
    for (name, version) in state.packages() {
        let stands = snapshot.packages.get(name.as_str());
        if stands.is_none_or(|installed| installed.version() != version) {
            moved = moved.with(name.as_str(), version.clone());
        }
    }
    let is_in = |name: &str| state.packages().iter().any(|(known, _)| *known == *name);
    moved
        .packages
        .retain(|name, _| catalog.package(name).is_none() || is_in(name));
    moved.is_complete = false;
    moved
}
