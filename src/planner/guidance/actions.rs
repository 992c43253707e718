//! The actions that a step enters, and where to read about them.

use super::bundler::ones;
use super::context::{Known, Moved, Shown, StepContext, outside};
use super::{Guides, Seen};
use crate::catalog::{
    Action, Admitted, Applies, Asked, History, InstalledVersion, Judged, PackageId, Role, Rollout,
    Settled,
};
use crate::name::Name;
use crate::plan::{Changelog, DueActions, Verdicts};
use crate::planner::limits::IS_PAGE;
use crate::set::Set;
use crate::version::Version;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// The actions of a step, and what says more of them.
pub(super) struct Entered {
    pub(super) due: DueActions,
    /// The stages that those that apply name, as [`Occasions`](crate::catalog::Occasions) numbers facts.
    pub(super) stages: Set,
    pub(super) changelogs: Vec<Changelog>,
}

/// Of each step exactly the actions whose effect lies in what it passes, in their order.
pub(super) fn entered(seen: &[Seen<'_>], shown: &[Rc<Shown>], guides: Guides<'_>) -> Vec<Entered> {
    let gems = guides.reading.gems.iter();
    let gems: Vec<InstalledVersion<'_>> = match seen {
        [first, ..] => gems.map(|gem| outside(first.view.snapshot, gem)).collect(),
        [] => Vec::new(),
    };
    let mut places = vec![0; guides.actions.len().div_ceil(64)];
    let steps = seen.iter().zip(shown);
    let entered = steps.map(|(seen, shown)| {
        places.fill(0);
        let changelogs = passed(seen, guides, &mut places);
        let (due, stages) = due(seen.view, guides, (shown, &gems), &places);
        Entered {
            due,
            stages,
            changelogs,
        }
    });
    entered.collect()
}

/// Sets the bits of the places of the actions that a step enters; its changelogs.
fn passed(step: &Seen<'_>, guides: Guides<'_>, places: &mut [u64]) -> Vec<Changelog> {
    let Guides {
        actions, reading, ..
    } = guides;
    let Seen { view, moves } = step;
    let mut changelogs = Vec::with_capacity(moves.len());
    for moved in moves {
        let mut breaking = 0;
        if let Some(number) = reading.packages[moved.id.index()] {
            let (since, passed) = since(*view, moved, guides, number);
            breaking = actions.breaking(number, passed..since.end);
            let entered = actions.entered_at(number, since, moved.crosses);
            entered.for_each(|place| places[place / 64] |= 1 << (place % 64));
        }
        // Of a runtime a catalog knows the lines, not each release.
        if moved.package.role() != Role::Runtime {
            changelogs.push(changelog(*view, moved, breaking));
        }
    }
    changelogs
}

/// The actions at these places as a step judges them, and the stages that those that apply name.
fn due(
    view: StepContext<'_>,
    guides: Guides<'_>,
    (shown, gems): (&Shown, &[InstalledVersion<'_>]),
    places: &[u64],
) -> (DueActions, Set) {
    let Guides {
        actions,
        reading,
        playbook,
    } = guides;
    let mut stages = Set::default();
    let verdicts = places.iter().enumerate().map(|(at, due)| {
        let concern = due & shown.actions[at];
        let mut verdicts = Verdicts {
            due: *due,
            yes: concern & reading.always[at],
            unknown: concern & reading.open[at],
        };
        for bit in ones(concern & reading.by_installed[at]) {
            let place = at * 64 + bit;
            if let Some(judged) = reading.judged_of(place) {
                verdicts.note(bit, judge(view, gems, || actions.at(place), judged));
            }
        }
        for bit in ones(verdicts.yes & reading.with_stages[at]) {
            if let Some(named) = playbook.stages_of(at * 64 + bit) {
                stages.add(named);
            }
        }
        verdicts
    });
    let verdicts = verdicts.collect();
    (DueActions::new(reading, verdicts), stages)
}

/// Whether an action applies after the step, where that depends on what is there.
fn judge<'a>(
    view: StepContext<'_>,
    gems: &[InstalledVersion<'_>],
    action: impl Fn() -> &'a Action,
    judged: &Judged,
) -> Applies {
    if is_settled(view, action, &judged.settled) {
        return Applies::No;
    }
    let in_state = |state: &Known<'_>| {
        let hold = judged.asked.iter().map(|asked| {
            let is_so = match asked {
                Asked::Outside(gem, condition) => return condition.holds(|_| gems[*gem]),
                Asked::Absent(id) => !state.has(*id),
                Asked::Present(id, None) => state.has(*id),
                Asked::Present(id, Some(versions)) => {
                    found(view, state, *id, versions) == Some(true)
                }
            };
            if is_so { Applies::Yes } else { Applies::No }
        });
        hold.fold(judged.enough, Applies::min)
    };
    let after = in_state(view.after);
    match judged.is_of_before {
        true => after.max(in_state(view.before)),
        false => after,
    }
}

/// Where a state has a package: whether at one of these versions.
fn found(
    view: StepContext<'_>,
    state: &Known<'_>,
    id: PackageId,
    admitted: &Admitted,
) -> Option<bool> {
    let (version, release) = state.packages[id.index()]?;
    Some(match release {
        Some(release) if !IS_PAGE => admitted.has(view.catalog.get(id), release),
        _ => admitted.matches(version),
    })
}

/// Does the step itself, or what was there before it, leave nothing to do? What it requires was there
/// already, the release that it forbids is not where the step ends, or the runtime whose ceiling it
/// states is left behind.
fn is_settled<'a>(
    view: StepContext<'_>,
    action: impl Fn() -> &'a Action,
    settled: &Settled,
) -> bool {
    match settled {
        Settled::Never => false,
        Settled::Beyond => {
            let action = action();
            let at = view.after.runtime(action.package()).flatten();
            at.is_some_and(|at| action.line() != Some(at.line()))
        }
        Settled::Elsewhere(id, admitted) => found(view, view.after, *id, admitted) == Some(false),
        Settled::Before(name, id, admitted) => {
            let known = id.and_then(|id| found(view, view.before, id, admitted));
            let beside = || beside_packages(view, name, *id);
            known.unwrap_or_else(|| beside().is_some_and(|it| admitted.matches(it)))
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

/// The version before the step of what an action requires and the packages of the state have not: of a runtime, or of
/// what is not of the catalog.
fn beside_packages<'v>(
    view: StepContext<'v>,
    name: &Name,
    id: Option<PackageId>,
) -> Option<&'v Version> {
    match id {
        Some(id) => view.before.runtime_of(id),
        None => match view.before.runtime(name) {
            Some(runtime) => runtime,
            None => Some(view.snapshot.packages.get(name.as_str())?.version()),
        },
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
        let is_unmet = match judged.map(|it| &it.settled) {
            Some(Settled::Before(name, id, _)) => {
                id.is_some_and(|id| view.before.has(id))
                    || beside_packages(view, name, *id).is_some()
            }
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
    let mut verdicts = vec![Verdicts::default(); actions.len().div_ceil(64)];
    for &place in &reading.beside {
        let action = actions.at(place);
        let judged = reading.judged_of(place);
        let is_settled = action.is_done_by_plans()
            || judged.is_some_and(|it| is_settled(view, || action, &it.settled));
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
        let word = &mut verdicts[place / 64];
        word.due |= 1 << (place % 64);
        word.note(place % 64, applies);
    }
    DueActions::new(reading, verdicts)
}

/// What a package that moves passes, without prereleases and withdrawn releases before the last. Of one that
/// joins only the version that is entered: what it was before concerned others.
fn changelog(view: StepContext<'_>, moved: &Moved<'_>, breaking: usize) -> Changelog {
    let (package, passes) = (moved.package, &moved.passes);
    let prepared = view.catalog.prepared(moved.id);
    let (history, before) = (&prepared.history, &prepared.versions_before);
    let passed = before[passes.start]..before[passes.end];
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
