//! The actions that a step enters, and where to read about them.

use super::Guides;
use super::bundler::{below, bits, count};
use super::context::{Known, Moved, StepContext};
use crate::catalog::{
    Action, ActionKind, Applies, Component, Edition, InstalledVersion, Judged, Role, Rollout,
    Settled, Severity, Subject,
};
use crate::lockfile::Snapshot;
use crate::plan::{Changelog, Due, Guide, Passed};
use crate::version::Version;
use std::ops::Range;
use std::sync::Arc;

/// The actions of a step, and what says more of them.
pub(super) struct Entered {
    pub(super) due: Vec<Due>,
    /// The pages that they were read in.
    pub(super) guides: Vec<Guide>,
    pub(super) changelogs: Vec<Changelog>,
}

/// Exactly the actions whose effect lies in what the step passes, in their order.
pub(super) fn entered(
    view: StepContext<'_>,
    moves: &[Moved<'_>],
    guides: Guides<'_>,
    gems: &[InstalledVersion<'_>],
) -> Entered {
    let Guides {
        actions,
        reading,
        occasions,
        ..
    } = guides;
    // As bits.
    let mut entered = vec![0; actions.len().div_ceil(64)];
    let mut changelogs = Vec::with_capacity(moves.len());
    for moved in moves {
        let left = moved.left();
        let is_passed = |since| left.is_none_or(|left| since > left);
        let mut breaking = 0;
        let number = reading.packages[moved.id.index()];
        let since = number.map(|number| (number, since(view, moved, guides, number)));
        for place in actions.entered_at(since, moved.crosses) {
            let action = actions.at(place);
            let breaks = action.severity() == Severity::Breaking;
            breaking += usize::from(breaks && action.since().is_some_and(is_passed));
            entered[place / 64] |= 1 << (place % 64);
        }
        // Of a runtime a catalog knows the lines, not each release.
        if moved.package.role() != Role::Runtime {
            changelogs.push(changelog(view, moved, breaking));
        }
    }
    let mut deployed = [true; Component::ALL.len()];
    for (component, marks) in &occasions.deployed {
        deployed[*component as usize] &= view.shows(marks);
    }
    let mut concerned = [true; Edition::ALL.len()];
    for edition in [Edition::Oss, Edition::Pro] {
        concerned[edition as usize] = view.concerns(edition, occasions);
    }
    let mut due = Vec::with_capacity(count(&entered));
    // How many actions were read on each page, of what is entered here and of what every step asks for.
    let mut counts = vec![[0, 0]; reading.pages.len()];
    let mut orders = [Vec::with_capacity(PAGES), Vec::with_capacity(PAGES)];
    for place in bits(&entered) {
        let (action, judged) = (actions.at(place), &reading.judged[place]);
        let concerns =
            deployed[action.component() as usize] && concerned[action.edition() as usize];
        due.push(Due {
            applies: match judged.settled {
                _ if !concerns => Applies::No,
                Settled::Never if judged.subjects.is_empty() => action.enough(),
                settled if is_settled(view, action, settled) => Applies::No,
                _ => applies(view, gems, action, judged),
            },
            action: action.clone(),
            findings: Vec::new(),
        });
        if let Some(page) = reading.page_of[place] {
            let which = usize::from(action.since().is_none());
            if counts[page][which] == 0 {
                orders[which].push(page);
            }
            counts[page][which] += 1;
        }
    }
    // Those of what is entered here come first.
    let [here, mut general] = orders;
    general.retain(|page| counts[*page][0] == 0);
    let mut pages = Vec::with_capacity(here.len() + general.len());
    pages.extend(here.into_iter().chain(general).map(|page| Guide {
        page: reading.pages[page].name.clone(),
        link: reading.pages[page].link.clone(),
        actions: counts[page].iter().sum(),
    }));
    Entered {
        due,
        guides: pages,
        changelogs,
    }
}

/// More pages than most steps have.
const PAGES: usize = 16;

/// Which actions of a package take effect in what it passes, by their order in time.
fn since(
    view: StepContext<'_>,
    moved: &Moved<'_>,
    guides: Guides<'_>,
    number: usize,
) -> Range<usize> {
    let Guides {
        actions, reading, ..
    } = guides;
    if !moved.is_known {
        return actions.since(number, moved.from(), &moved.to);
    }
    let upto = reading.upto(view.catalog, actions, moved.id);
    let before = |place: usize| place.checked_sub(1).map_or(0, |last| upto[last]);
    // What joins has everything before it.
    let start = moved.from().map_or(0, |_| before(moved.passes.start));
    start..before(moved.passes.end)
}

/// Whether an action applies after the step.
fn applies(
    view: StepContext<'_>,
    gems: &[InstalledVersion<'_>],
    action: &Action,
    judged: &Judged,
) -> Applies {
    let in_state = |state: &Known<'_>| {
        let conditions = action.conditions().iter().zip(&judged.subjects);
        let hold = conditions.map(|(condition, subject)| {
            condition.holds(|_| match subject {
                Subject::Package(id) => state.installed(*id),
                Subject::Gem(gem) => gems[*gem],
            })
        });
        hold.fold(action.enough(), Applies::min)
    };
    let after = in_state(view.after);
    match action.kind() {
        // What is no longer pulled in concerns those who had it.
        ActionKind::DependencyDropped => after.max(in_state(view.before)),
        _ => after,
    }
}

/// Does the step itself, or what was there before it, leave nothing to do? Every plan does what it
/// asks for, what it requires was there already, the release that it forbids is not where the step
/// ends, or the runtime whose ceiling it states is left behind.
fn is_settled(view: StepContext<'_>, action: &Action, settled: Settled) -> bool {
    let Some(constraint) = action.constraint() else {
        return matches!(settled, Settled::Always);
    };
    let (name, range) = (constraint.package(), constraint.range());
    match settled {
        Settled::Never => false,
        Settled::Always => true,
        Settled::Beyond => {
            let at = view.after.runtime(action.package()).flatten();
            at.is_some_and(|at| action.line() != Some(at.line()))
        }
        Settled::Elsewhere(id) => {
            let at = id.and_then(|id| view.after.version(id));
            at.is_some_and(|at| !range.matches(at))
        }
        Settled::Before(id) => {
            let before = view.before.runtime(name).unwrap_or_else(|| match id {
                Some(id) => view.before.version(id),
                None => Some(view.snapshot.packages.get(name.as_str())?.version()),
            });
            before.is_some_and(|before| range.matches(before))
        }
    }
}

/// What a lockfile decides about an action of something that no plan moves.
fn known_of(snapshot: &Snapshot, action: &Action, facts: &Rollout) -> Applies {
    let mut lifecycles = facts.lifecycles().iter();
    let known = lifecycles.find(|it| *it.subject() == *action.package().as_str());
    let Some(gem) = known.map(|it| it.shown_by()) else {
        // Nothing shows its version.
        let asks_for_one = action.since().is_some() || action.constraint().is_some();
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
pub(super) fn beside(view: StepContext<'_>, guides: Guides<'_>) -> Vec<Due> {
    let StepContext {
        catalog, snapshot, ..
    } = view;
    let (actions, reading) = (guides.actions, guides.reading);
    let due = reading.beside.iter().map(|place| {
        let action = actions.at(*place);
        let settled = reading.judged[*place].settled;
        let applies = action.applies(|name| match snapshot.packages.get(name.as_str()) {
            Some(installed) => InstalledVersion::Present(Some(installed.version())),
            None if snapshot.is_complete || catalog.package(name.as_str()).is_some() => {
                InstalledVersion::Absent
            }
            None => InstalledVersion::Unknown,
        });
        Due {
            applies: match is_settled(view, action, settled) {
                true => Applies::No,
                false => applies.min(known_of(snapshot, action, guides.facts)),
            },
            action: action.clone(),
            findings: Vec::new(),
        }
    });
    due.collect()
}

/// What a package that moves passes. Of one that joins only the version that is entered: what it was before
/// concerned others.
fn changelog(view: StepContext<'_>, moved: &Moved<'_>, breaking: usize) -> Changelog {
    let package = moved.package;
    Changelog {
        package: package.name().clone(),
        versions: passed(view, moved),
        breaking,
        link: package.changelog.clone(),
    }
}

/// The versions of the releases that are passed, without prereleases and withdrawn ones before the last.
fn passed(view: StepContext<'_>, moved: &Moved<'_>) -> Passed {
    let (package, passes) = (moved.package, &moved.passes);
    let plain = &view.catalog.prepared(moved.id).plain;
    let places = below(&package.plain, passes.start)..below(&package.plain, passes.end);
    let last = package.releases()[passes.clone()].last();
    match last.filter(|last| !last.is_plain()) {
        None => Passed {
            all: plain.clone(),
            places,
        },
        Some(last) => {
            let all = plain[places].iter().chain([last.version()]);
            let all: Arc<[Version]> = all.cloned().collect();
            Passed {
                places: 0..all.len(),
                all,
            }
        }
    }
}
