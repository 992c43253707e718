//! The actions that a step enters, and where to read about them.

use super::Guides;
use super::bundler::{below, bits, count};
use super::context::{Known, Moved, Shown, StepContext};
use crate::catalog::{
    Action, ActionKind, Applies, Decided, History, InstalledVersion, Judged, PackageId, Role,
    Rollout, Settled, Subject,
};
use crate::name::Name;
use crate::plan::{Changelog, DueActions, Verdict};
use crate::planner::limits::IS_PAGE;
use crate::version::Version;
use std::ops::Range;
use std::sync::Arc;

/// The actions of a step, and what says more of them.
pub(super) struct Entered<'a> {
    pub(super) due: DueActions,
    /// The stages that those that apply name.
    pub(super) stages: Vec<&'a String>,
    pub(super) changelogs: Vec<Changelog>,
}

/// Exactly the actions whose effect lies in what the step passes, in their order; `entered` is room for bits that is
/// used for one step after the other.
pub(super) fn entered<'a>(
    view: StepContext<'_>,
    moves: &[Moved<'_>],
    guides: Guides<'a>,
    (shown, gems): (&Shown, &[InstalledVersion<'_>]),
    entered: &mut Vec<u64>,
) -> Entered<'a> {
    let Guides {
        actions, reading, ..
    } = guides;
    entered.clear();
    entered.resize(actions.len().div_ceil(64), 0);
    let mut changelogs = Vec::with_capacity(moves.len());
    for moved in moves {
        let mut breaking = 0;
        if let Some(number) = reading.packages[moved.id.index()] {
            let (since, passed) = since(view, moved, guides, number);
            breaking = actions.breaking(number, passed..since.end);
            for place in actions.entered_at(number, since, moved.crosses) {
                entered[place / 64] |= 1 << (place % 64);
            }
        }
        // Of a runtime a catalog knows the lines, not each release.
        if moved.package.role() != Role::Runtime {
            changelogs.push(changelog(view, moved, breaking));
        }
    }
    let mut due = Vec::with_capacity(count(entered));
    let mut stages = Vec::new();
    for place in bits(entered) {
        let glance = reading.glances[place];
        let concerns =
            shown.deployed[glance.component as usize] && shown.concerned[glance.edition as usize];
        let applies = match glance.decided {
            _ if !concerns => Applies::No,
            Decided::Already(applies) => applies,
            Decided::By(judged) => {
                let judged = &reading.judged[judged as usize];
                judge(view, gems, || actions.at(place), judged)
            }
        };
        due.push(Verdict::new(place, applies));
        if glance.has_stages && applies == Applies::Yes {
            stages.extend(actions.at(place).stages());
        }
    }
    Entered {
        due: DueActions::new(reading, due),
        stages,
        changelogs,
    }
}

/// Whether an action applies after the step, where that depends on what is there. Of most of them nothing else is
/// looked at than what decides.
fn judge<'a>(
    view: StepContext<'_>,
    gems: &[InstalledVersion<'_>],
    action: impl Fn() -> &'a Action,
    judged: &Judged,
) -> Applies {
    if is_settled(view, &action, judged) {
        return Applies::No;
    }
    if judged.subjects.is_empty() {
        return judged.enough;
    }
    let action = action();
    let in_state = |state: &Known<'_>| {
        let conditions = action.conditions().iter().zip(&judged.subjects);
        let hold = conditions.map(|(condition, subject)| {
            condition.holds(|_| match subject {
                Subject::Package(id) => state.installed(*id),
                Subject::Gem(gem) => gems[*gem],
            })
        });
        hold.fold(judged.enough, Applies::min)
    };
    let after = in_state(view.after);
    match action.kind() {
        // What is no longer pulled in concerns those who had it.
        ActionKind::DependencyDropped => after.max(in_state(view.before)),
        _ => after,
    }
}

/// Does the step itself, or what was there before it, leave nothing to do? What it requires was there
/// already, the release that it forbids is not where the step ends, or the runtime whose ceiling it
/// states is left behind.
fn is_settled<'a>(view: StepContext<'_>, action: impl Fn() -> &'a Action, judged: &Judged) -> bool {
    match (judged.settled, &judged.range) {
        (Settled::Never, _) | (_, None) => false,
        (Settled::Beyond, Some(_)) => {
            let action = action();
            let at = view.after.runtime(action.package()).flatten();
            at.is_some_and(|at| action.line() != Some(at.line()))
        }
        (Settled::Elsewhere(id), Some((_, range))) => {
            let at = id.and_then(|id| view.after.version(id));
            at.is_some_and(|at| !range.matches(at))
        }
        (Settled::Before(id), Some((name, range))) => {
            before(view, name, id).is_some_and(|before| range.matches(before))
        }
    }
}

/// Which actions of a package take effect in what it passes, by their order in time, and the first of them
/// that does so in the releases that are passed: what joins has those of earlier ones too.
fn since(
    view: StepContext<'_>,
    moved: &Moved<'_>,
    guides: Guides<'_>,
    number: usize,
) -> (Range<usize>, usize) {
    let Guides {
        actions, reading, ..
    } = guides;
    if IS_PAGE || !moved.is_known {
        let since = actions.since(number, moved.from, moved.to);
        let passed = match moved.from {
            Some(_) => since.start,
            None => actions.since(number, moved.left(), moved.to).start,
        };
        return (since, passed);
    }
    let upto = reading.upto(view.catalog, actions, moved.id);
    let before = |place: usize| place.checked_sub(1).map_or(0, |last| upto[last]);
    let passed = before(moved.passes.start);
    let start = moved.from.map_or(0, |_| passed);
    (start..before(moved.passes.end), passed)
}

/// The version before the step of what an action requires.
fn before<'v>(view: StepContext<'v>, name: &Name, id: Option<PackageId>) -> Option<&'v Version> {
    if let Some(version) = id.and_then(|id| view.before.version(id)) {
        return Some(version);
    }
    match (view.before.runtime(name), id) {
        (Some(runtime), _) => runtime,
        (None, Some(_)) => None,
        (None, None) => Some(view.snapshot.packages.get(name.as_str())?.version()),
    }
}

/// What a lockfile decides about an action of something that no plan moves.
fn known_of(
    view: StepContext<'_>,
    action: &Action,
    judged: Option<&Judged>,
    facts: &Rollout,
) -> Applies {
    let snapshot = view.snapshot;
    let mut lifecycles = facts.lifecycles().iter();
    let known = lifecycles.find(|it| *it.subject() == *action.package().as_str());
    let Some(gem) = known.map(|it| it.shown_by()) else {
        // Nothing shows its version; what it requires may be known to be there in another one.
        let settled = judged.map(|it| it.settled);
        let is_unmet = match (settled, action.constraint()) {
            (Some(Settled::Before(id)), Some(it)) => before(view, it.package(), id).is_some(),
            _ => false,
        };
        let asks_for_one = action.since().is_some() || action.constraint().is_some() && !is_unmet;
        return if asks_for_one {
            Applies::Unknown
        } else {
            Applies::Yes
        };
    };
    match (snapshot.packages.get(gem), action.since()) {
        (Some(installed), Some(since)) if installed.version() < since => Applies::No,
        (Some(_), _) => Applies::Yes,
        (None, _) if snapshot.is_complete => Applies::No,
        (None, _) => Applies::Unknown,
    }
}

/// The actions of what no plan moves; what they require may be installed already.
pub(super) fn beside(view: StepContext<'_>, guides: Guides<'_>) -> DueActions {
    let StepContext {
        catalog, snapshot, ..
    } = view;
    let (actions, reading) = (guides.actions, guides.reading);
    let due = reading.beside.iter().map(|&place| {
        let action = actions.at(place);
        let (is_settled, judged) = match reading.glances[place].decided {
            Decided::Already(applies) => (applies == Applies::No, None),
            Decided::By(judged) => {
                let judged = &reading.judged[judged as usize];
                (is_settled(view, || action, judged), Some(judged))
            }
        };
        let applies = action.applies(|name| match snapshot.packages.get(name.as_str()) {
            Some(installed) => InstalledVersion::Present(Some(installed.version())),
            None if snapshot.is_complete || catalog.package(name.as_str()).is_some() => {
                InstalledVersion::Absent
            }
            None => InstalledVersion::Unknown,
        });
        let applies = match is_settled {
            true => Applies::No,
            false => applies.min(known_of(view, action, judged, &guides.playbook.facts)),
        };
        Verdict::new(place, applies)
    });
    DueActions::new(reading, due.collect())
}

/// What a package that moves passes, without prereleases and withdrawn releases before the last. Of one that
/// joins only the version that is entered: what it was before concerned others.
fn changelog(view: StepContext<'_>, moved: &Moved<'_>, breaking: usize) -> Changelog {
    let (package, passes) = (moved.package, &moved.passes);
    let history = &view.catalog.prepared(moved.id).history;
    let passed = below(&package.plain, passes.start)..below(&package.plain, passes.end);
    let last = package.releases()[passes.clone()].last();
    match last.filter(|last| !last.is_plain()) {
        None => Changelog {
            history: history.clone(),
            passed,
            breaking,
        },
        Some(last) => {
            let versions = history.versions[passed].iter();
            let versions: Vec<Version> = versions.chain([last.version()]).cloned().collect();
            Changelog {
                passed: 0..versions.len(),
                history: Arc::new(History {
                    package: history.package.clone(),
                    link: history.link.clone(),
                    versions,
                }),
                breaking,
            }
        }
    }
}
