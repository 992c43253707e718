//! What the change moves, and could have moved further within its line.
//!
//! A package is *left behind* where what the change moves could be newer within its lines, all else
//! standing still, without making the way ahead longer or its end another: then every plan through
//! this state could be exchanged for a newer one, so no step of a plan is ever left behind.

use crate::catalog::Role;
use crate::lint::codes::LintRule;
use crate::lint::cure::{LintCure, lines, moved, with_least_runtimes};
use crate::lint::judge::View;
use crate::lint::message::LintMessage;
use crate::lockfile::{Origin, Snapshot};
use crate::plan::{Change, Outcome, Plan};
use crate::planner::{Detail, Request, RuntimeMove, Target, plan};
use crate::version::{Requirement, Version};

/// Finds what is left behind, and gives the command that takes all of it along.
pub(in crate::lint) fn left_behind(view: &mut View<'_>) -> Option<LintCure> {
    if view.changes.iter().all(|change| view.is_runtime(change)) {
        return None;
    }
    let settle = within_lines(view);
    // Of a runtime that is not known no newer one is asked.
    let least = with_least_runtimes(view);
    let settled = plan(view.catalog, &least, &settle).ok()?;
    let (Outcome::Planned, [step]) = (settled.outcome(), settled.steps()) else {
        return None;
    };
    if !step.changes().iter().all(|change| is_out(view, change)) {
        return None;
    }
    let ahead = |snapshot: &Snapshot| plan(view.catalog, snapshot, &view.request.planned).ok();
    let here = ahead(view.new);
    let newer = ahead(&moved(view.catalog, view.new, step.state()));
    if !is_no_worse(newer.as_ref(), here.as_ref()) {
        return None;
    }
    let settle = Request {
        detail: Detail::Full,
        ..settle
    };
    let full = plan(view.catalog, &least, &settle).ok()?;
    let cure = LintCure::new(view.catalog, view.new, full.steps().first()?);
    for change in cure.changes() {
        let (Some(from), Some(to)) = (change.from(), change.to()) else {
            continue;
        };
        let name = change.package().as_str();
        let message = LintMessage::LeftBehind {
            package: name.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let help = cure.help();
        let finding = view.say_of(LintRule::LeftBehind, name, message);
        finding.help = help;
        finding.cured = true;
    }
    Some(cure)
}

/// Was the release that a package moves to there on the day? One without a date was if a later one
/// was.
fn is_out(view: &View<'_>, change: &Change) -> bool {
    let release = || {
        let package = view.catalog.package(change.package().as_str())?;
        let version = Version::parse(package.scheme(), change.to()?).ok()?;
        let mut later = package.releases().iter();
        let is_dated = later.find(|it| *it.version() >= version && it.date().is_some())?;
        Some(!view.request.planned.is_too_young(is_dated.date()))
    };
    view.request.planned.as_of.is_none() || release().unwrap_or(true)
}

/// All that the change moves on its line, and all else as it is.
fn within_lines(view: &View<'_>) -> Request {
    let mut settle = view.request.planned.clone();
    settle.runtime = RuntimeMove::Fixed;
    // What was released on the same day nobody had to know of.
    settle.min_age = settle.min_age.max(1);
    settle.targets = lines(view);
    for package in view.catalog.packages() {
        let name = package.name().as_str();
        let Some(installed) = view.new.packages.get(name) else {
            continue;
        };
        if installed.origin() != Origin::Registry {
            continue;
        }
        if view.stood(name) {
            let here = Requirement::exactly(installed.version());
            settle.pins.push((name.to_owned(), here));
        } else if package.role() == Role::Follower {
            let line = Target::Line(installed.version().line());
            settle.targets.push((name.to_owned(), line));
        }
    }
    settle
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
    // Where no target is named the newest lines that can be reached are: fewer steps to older ones are
    // worse.
    if newer.targets() != here.targets() {
        return false;
    }
    newer.steps().len() < here.steps().len()
        || newer.steps().len() == here.steps().len() && end(newer) == end(here)
}
