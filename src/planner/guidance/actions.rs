//! The actions that a step enters, and where to read about them.

use super::Guides;
use super::bundler::{bits, count, newest_of};
use super::context::{Moved, StepContext};
use crate::catalog::{
    Action, ActionKind, Applies, Catalog, Component, Edition, InstalledVersion, Release, Role,
    Rollout, Severity,
};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Changelog, Due, Guide};
use crate::version::Version;

/// The actions of a step, and what says more of them.
pub(super) struct Entered {
    pub(super) due: Vec<Due>,
    /// The pages that they were read in.
    pub(super) guides: Vec<Guide>,
    pub(super) changelogs: Vec<Changelog>,
}

/// Exactly the actions whose effect lies in what the step passes, in their order.
pub(super) fn entered(view: StepContext<'_>, moves: &[Moved<'_>], guides: Guides<'_>) -> Entered {
    let Guides {
        actions, reading, ..
    } = guides;
    // As bits.
    let mut entered = vec![0; actions.len().div_ceil(64)];
    let mut changelogs = Vec::with_capacity(moves.len());
    for moved in moves {
        let mut breaking = 0;
        for place in actions.entered_at(moved.name(), moved.from(), &moved.to, moved.crosses) {
            let action = actions.at(place);
            let is_passed = |since| moved.left().is_none_or(|left| since > left);
            let breaks = action.severity() == Severity::Breaking;
            breaking += usize::from(breaks && action.since().is_some_and(is_passed));
            entered[place / 64] |= 1 << (place % 64);
        }
        // Of a runtime a catalog knows the lines, not each release.
        if moved.package.role() != Role::Runtime {
            changelogs.push(changelog(moved, breaking));
        }
    }
    let mut places: Vec<usize> = Vec::with_capacity(count(&entered));
    places.extend(bits(&entered));
    let shown: Vec<(Component, bool)> = guides
        .facts
        .components()
        .iter()
        .filter_map(|part| {
            let mut all = Component::ALL.iter().copied();
            let component = all.find(|component| component.name() == part.name())?;
            Some((component, view.shows(part.shown_by())))
        })
        .collect();
    let is_deployed = |action: &Action| {
        let component = action.component();
        shown
            .iter()
            .all(|(known, shows)| *known != component || *shows)
    };
    let concerned =
        [Edition::Oss, Edition::Pro].map(|edition| (edition, view.concerns(edition, guides.facts)));
    let is_concerned = |edition: Edition| {
        let mut known = concerned.iter();
        known.all(|(known, concerned)| *known != edition || *concerned)
    };
    let due = places.iter().map(|place| {
        let action = actions.at(*place);
        let concerns =
            is_deployed(action) && is_concerned(action.edition()) && !is_settled(view, action);
        Due {
            applies: if concerns {
                let after = action.applies(|name| view.installed(view.after, name));
                match action.kind() {
                    // What is no longer pulled in concerns those who had it.
                    ActionKind::DependencyDropped => {
                        after.max(action.applies(|name| view.installed(view.before, name)))
                    }
                    _ => after,
                }
            } else {
                Applies::No
            },
            action: action.clone(),
            findings: Vec::new(),
        }
    });
    let due: Vec<Due> = due.collect();
    // Those of what is entered here first, then those of what every step asks for.
    let mut order: Vec<usize> = Vec::with_capacity(reading.pages.len());
    let mut counts = vec![0; reading.pages.len()];
    for is_general in [false, true] {
        for place in &places {
            let is_this = actions.at(*place).since().is_none() == is_general;
            let Some(page) = reading.page_of[*place].filter(|_| is_this) else {
                continue;
            };
            if counts[page] == 0 {
                order.push(page);
            }
            counts[page] += 1;
        }
    }
    let pages = order.into_iter().map(|page| Guide {
        page: reading.pages[page].name.clone(),
        link: reading.pages[page].link.clone(),
        actions: counts[page],
    });
    Entered {
        due,
        guides: pages.collect(),
        changelogs,
    }
}

/// Does the step itself, or what was there before it, leave nothing to do? Every plan does what it
/// asks for, what it requires was there already, the release that it forbids is not where the step
/// ends, or the runtime whose ceiling it states is left behind.
fn is_settled(view: StepContext<'_>, action: &Action) -> bool {
    if action.is_done_by_plans() {
        return true;
    }
    let Some(constraint) = action.constraint() else {
        return false;
    };
    let (name, range) = (constraint.package(), constraint.range());
    match constraint.kind() {
        "ceiling" => {
            let mut runtimes = view.after.state.runtimes().iter();
            let at = runtimes.find(|(name, _)| name == action.package());
            at.and_then(|(name, text)| stands_at(view.catalog, name, text))
                .is_some_and(|at| action.line() != Some(at.line()))
        }
        "forbidden-version" => {
            let id = view.catalog.id(name.as_str());
            let at = id.and_then(|id| view.after.version(id));
            at.is_some_and(|at| !range.matches(at))
        }
        _ if matches!(action.kind(), ActionKind::Requires | ActionKind::Gate) => {
            let mut runtimes = view.before.state.runtimes().iter();
            let runtime = runtimes.find(|(known, _)| known == name);
            let installed = || match view.catalog.id(name.as_str()) {
                Some(id) => view.before.version(id),
                None => Some(view.snapshot.packages.get(name.as_str())?.version()),
            };
            match runtime {
                Some((name, text)) => {
                    stands_at(view.catalog, name, text).is_some_and(|before| range.matches(&before))
                }
                None => installed().is_some_and(|before| range.matches(before)),
            }
        }
        _ => false,
    }
}

/// The version that a state's word for a runtime means; none where it is a requirement.
fn stands_at(catalog: &Catalog, name: &Name, text: &str) -> Option<Version> {
    let package = catalog.package(name.as_str())?;
    match newest_of(package, text) {
        Some(release) => Some(package.releases()[release].version().clone()),
        None => Version::of_line(package.scheme(), text).ok(),
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
    let actions = guides.actions;
    let beside = (0..actions.len()).filter(|place| !actions.at(*place).is_planned());
    let due = beside.map(|place| {
        let action = actions.at(place);
        let applies = action.applies(|name| match snapshot.packages.get(name.as_str()) {
            Some(installed) => InstalledVersion::Present(Some(installed.version())),
            None if snapshot.is_complete || catalog.package(name.as_str()).is_some() => {
                InstalledVersion::Absent
            }
            None => InstalledVersion::Unknown,
        });
        Due {
            applies: match is_settled(view, action) {
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
fn changelog(moved: &Moved<'_>, breaking: usize) -> Changelog {
    let package = moved.package;
    Changelog {
        package: package.name().clone(),
        versions: passed(&package.releases()[moved.passes.clone()]),
        breaking,
        link: package.changelog.clone(),
    }
}

/// The versions of releases, without prereleases and withdrawn ones before the last.
fn passed(releases: &[Release]) -> Vec<Version> {
    let mut passed = Vec::with_capacity(releases.len());
    if let Some((last, on_the_way)) = releases.split_last() {
        let on_the_way = on_the_way.iter();
        let on_the_way = on_the_way.filter(|it| !it.prerelease && !it.is_yanked());
        passed.extend(on_the_way.chain([last]).map(|it| it.version().clone()));
    }
    passed
}
