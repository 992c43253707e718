//! What would make the new state run: one command that moves what has to move together.
//!
//! It is the planner's own first step from the new state on the lines that it is on, so nothing in it
//! is blocked, to be avoided or broken; what it cures is found out by judging the change anew with it.

use super::codes::{LintRule, LintSeverity};
use super::finding::{LintChange, LintFinding};
use super::judge::View;
use super::message::LintHelp;
use crate::catalog::{Catalog, Dependency, Release, Role};
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Bundle, State, Step, StepKind};
use crate::planner::{Detail, Request, RuntimeMove, Target, plan};
use crate::version::{Requirement, Version};
use std::collections::BTreeSet;

/// The lines and the one command that lead to a state which the findings do not object to.
#[derive(Clone, Debug)]
pub struct LintCure {
    kind: StepKind,
    changes: Vec<LintChange>,
    bundle: Bundle,
    runtimes: Vec<(Name, String)>,
}

impl LintCure {
    pub(super) fn new(catalog: &Catalog, new: &Snapshot, step: &Step) -> Self {
        let changes = step.changes().iter().map(|change| LintChange {
            package: change.package().clone(),
            from: change.from().map(str::to_owned),
            to: change.to().map(str::to_owned),
        });
        LintCure {
            kind: step.kind(),
            changes: changes.collect(),
            bundle: only_what_moves(catalog, new, step),
            runtimes: Vec::new(),
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

    /// What it requires of runtimes that the lockfile does not name and that the new state may not
    /// meet: `ruby` and `>= 3.2.0`.
    #[must_use]
    pub fn runtimes(&self) -> &[(Name, String)] {
        &self.runtimes
    }

    /// The command, and the lines that it needs in the Gemfile.
    pub(super) fn help(&self) -> Option<LintHelp> {
        self.bundle.command()?;
        let runtimes = self.runtimes.iter();
        let runtimes = runtimes.map(|(name, requirement)| (name.to_string(), requirement.clone()));
        Some(LintHelp::Command {
            bundle: Box::new(self.bundle.clone()),
            runtimes: runtimes.collect(),
        })
    }
}

/// The bundle of a step, without what stays: what the command does not name and nothing that it
/// names needs stays locked, and needs no line. The lines that are left admit no more than all did.
fn only_what_moves(catalog: &Catalog, new: &Snapshot, step: &Step) -> Bundle {
    let moves = |name: &str| {
        let mut changes = step.changes().iter();
        changes.any(|change| *change.package() == *name)
    };
    let mut open: Vec<&str> = step
        .changes()
        .iter()
        .map(|it| it.package().as_str())
        .collect();
    let mut unlocked: BTreeSet<&str> = open.iter().copied().collect();
    while let Some(name) = open.pop() {
        let Some(installed) = new.packages.get(name) else {
            continue;
        };
        // As its release and as its entry have it, should they differ.
        let package = catalog.package(name);
        let release = package.and_then(|package| package.release(installed.version()));
        let of_release = release.map_or(&[][..], Release::requirements).iter();
        let of_entry = installed.requirements().iter().map(|(on, _)| on.as_str());
        for on in of_release.map(|need| need.name().as_str()).chain(of_entry) {
            if unlocked.insert(on) {
                open.push(on);
            }
        }
    }
    let mut bundle = step.bundle().clone();
    bundle
        .lines
        .retain(|line| unlocked.contains(line.gem().as_str()));
    // What is outside the catalog is named because it has to move.
    bundle.command = bundle.command.map(|command| {
        let stays = |word: &&str| catalog.package(word).is_none() || moves(word);
        let words: Vec<&str> = command.split(' ').filter(stays).collect();
        words.join(" ").into()
    });
    bundle
}

/// What another state may cure.
pub(super) fn is_curable(finding: &LintFinding) -> bool {
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

/// What two findings that say the same have in common: the rule, and what it is about.
fn about(finding: &LintFinding) -> (&'static str, &str, bool) {
    let rule = finding.rule.name();
    match &finding.cited {
        Some(cited) => (rule, cited.id.as_str(), true),
        None => (rule, &finding.package, false),
    }
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
    // On the lines where it is and with the runtime that it needs already, or else with a newer one,
    // or else on the way to where it is meant to go.
    let settle = Request {
        targets: lines(view),
        ..ahead.clone()
    };
    // What no release of its line cures may leave it.
    let blamed: Vec<&str> = view
        .findings
        .iter()
        .filter(|finding| is_curable(finding) && finding.rule != LintRule::BrokenEntry)
        .map(LintFinding::package)
        .collect();
    let mut leave = settle.clone();
    leave
        .targets
        .retain(|(name, _)| !blamed.contains(&name.as_str()));
    let requests = match (blamed.is_empty(), leave.targets.is_empty()) {
        // An entry is no reason to leave a line.
        (true, _) => vec![&settle],
        (false, true) => vec![&settle, &ahead],
        (false, false) => vec![&settle, &leave, &ahead],
    };
    let least = with_least_runtimes(view);
    let attempts = requests
        .iter()
        .flat_map(|request| [(&least, *request), (view.new, *request)]);
    for (snapshot, request) in attempts {
        let Ok(plan) = plan(view.catalog, snapshot, request) else {
            continue;
        };
        let Some(step) = plan.steps().first() else {
            continue;
        };
        if falls_behind(view, step.state()) {
            continue;
        }
        let cured = moved(view.catalog, view.new, step.state());
        let mut then = View::new(view.catalog, [view.old, &cured], view.request);
        then.judge()?;
        let mut cure = LintCure::new(view.catalog, view.new, step);
        cure.runtimes = unmet_runtimes(view, &least, step.state());
        let mut helps = false;
        let left = then.findings.iter().filter(|it| is_curable(it));
        let left: BTreeSet<_> = left.map(about).collect();
        for finding in view.findings.iter_mut().filter(|it| is_curable(it)) {
            if !left.contains(&about(finding)) {
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

/// Whether a state has a stepped package on a line below the one that it was on before the change and the
/// one that it is on now: the change would be undone and more.
fn falls_behind(view: &View<'_>, state: &State) -> bool {
    let mut packages = state.packages().iter();
    packages.any(|(name, version)| {
        let package = view.catalog.package(name.as_str());
        let is_stepped = package.is_some_and(|package| package.role() == Role::Stepped);
        let is_above = |snapshot: &Snapshot| {
            let installed = snapshot.packages.get(name.as_str());
            installed.is_some_and(|installed| {
                version < installed.version() && version.line() != installed.version().line()
            })
        };
        is_stepped && is_above(view.old) && is_above(view.new)
    })
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

/// The new state; of a runtime that its lockfile does not name the oldest release that it runs on.
pub(super) fn with_least_runtimes(view: &View<'_>) -> Snapshot {
    let mut snapshot = view.new.clone();
    let packages = view.catalog.packages().iter();
    for runtime in packages.filter(|package| package.role() == Role::Runtime) {
        let name = runtime.name().as_str();
        if snapshot.runtime(name).is_some() {
            continue;
        }
        let installed = view.new.packages.iter().filter_map(|(package, installed)| {
            view.catalog.package(package)?.release(installed.version())
        });
        let wanted: Vec<&Requirement> = installed.flat_map(|it| needs(it, name)).collect();
        let mut releases = runtime.releases().iter().map(Release::version);
        let least = releases.find(|it| wanted.iter().all(|requirement| requirement.matches(it)));
        if let Some(version) = least {
            snapshot = snapshot.with_runtime(name, version.as_str());
        }
    }
    snapshot
}

/// What a state requires of runtimes that the lockfile does not name, where the new state's least
/// release does not meet it.
fn unmet_runtimes(view: &View<'_>, least: &Snapshot, state: &State) -> Vec<(Name, String)> {
    let mut unmet = Vec::new();
    let packages = view.catalog.packages().iter();
    for runtime in packages.filter(|package| package.role() == Role::Runtime) {
        let name = runtime.name();
        let version = least
            .runtime(name.as_str())
            .filter(|_| view.new.runtime(name.as_str()).is_none())
            .and_then(|text| Version::of_line(runtime.scheme(), text).ok());
        let Some(version) = version else { continue };
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        for (package, at) in state.packages() {
            let package = view.catalog.package(package.as_str());
            let Some(release) = package.and_then(|package| package.release(at)) else {
                continue;
            };
            let more = needs(release, name.as_str()).filter(|it| !it.matches(&version));
            wanted.extend(more.map(ToString::to_string));
        }
        // Several say the same in steps; each is told.
        if !wanted.is_empty() {
            let wanted: Vec<String> = wanted.into_iter().collect();
            unmet.push((name.clone(), wanted.join(", ")));
        }
    }
    unmet
}

/// What a release requires of a package.
fn needs<'r>(release: &'r Release, on: &'r str) -> impl Iterator<Item = &'r Requirement> {
    let needs = release.requirements().iter();
    let needs = needs.filter(move |need| need.name() == on);
    needs.map(Dependency::requirement)
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
