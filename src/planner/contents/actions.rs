//! The actions that a step enters, and where to read about them.

use super::{Moved, View};
use crate::catalog::{Action, Actions, Applies, Catalog, Installed, Rollout, Severity};
use crate::lockfile::Snapshot;
use crate::plan::{Changelog, Due, Guide};
use std::collections::BTreeMap;

/// Exactly the actions whose effect lies in what the step passes, in their order.
pub(super) fn due(
    view: View<'_>,
    moves: &[Moved<'_>],
    actions: &Actions,
    facts: &Rollout,
) -> Vec<Due> {
    let mut places: Vec<usize> = moves
        .iter()
        .flat_map(|moved| {
            actions.entered_at(moved.package.as_str(), moved.from.as_ref(), &moved.to)
        })
        .collect();
    places.sort_unstable();
    let due = places.into_iter().map(|place| {
        let action = actions.at(place);
        let shown = is_deployed(view, action, facts) && view.concerns(action.edition(), facts);
        let applies = action.applies(|name| view.installed(name));
        Due {
            applies: if shown { applies } else { Applies::No },
            link: facts.link(action.source()),
            action: action.clone(),
        }
    });
    due.collect()
}

/// Does the lockfile show the component that an action speaks about?
fn is_deployed(view: View<'_>, action: &Action, facts: &Rollout) -> bool {
    let name = action.component().name();
    let component = facts.components().iter().find(|it| it.name() == name);
    component.is_none_or(|component| view.shows(component.shown_by()))
}

/// The actions of what no plan moves.
pub(super) fn beside(
    catalog: &Catalog,
    snapshot: &Snapshot,
    actions: &Actions,
    facts: &Rollout,
) -> Vec<Due> {
    let beside = (0..actions.len()).filter(|place| !actions.at(*place).is_planned());
    let due = beside.map(|place| {
        let action = actions.at(place);
        let applies = action.applies(|name| match snapshot.packages.get(name.as_str()) {
            Some(installed) => Installed::Present(Some(installed.version())),
            None if snapshot.is_complete || catalog.package(name.as_str()).is_some() => {
                Installed::Absent
            }
            None => Installed::Unknown,
        });
        Due {
            applies,
            link: facts.link(action.source()),
            action: action.clone(),
        }
    });
    due.collect()
}

/// The pages that actions were read in, in the order of the actions.
pub(super) fn guides(due: &[Due]) -> Vec<Guide> {
    let mut guides: Vec<Guide> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for it in due {
        let source = it.action.source();
        let path = source.split('#').next().unwrap_or(source);
        let Some(page) = path
            .strip_suffix(".md")
            .filter(|_| !path.starts_with("code:"))
        else {
            continue;
        };
        let place = *places.entry(page).or_insert_with(|| {
            let link = it.link.as_deref();
            guides.push(Guide {
                page: page.to_owned(),
                link: link.map(|link| link.split('#').next().unwrap_or(link).to_owned()),
                actions: 0,
            });
            guides.len() - 1
        });
        guides[place].actions += 1;
    }
    guides
}

/// What each package that moves passes. Of one that joins only where it arrives: what it was
/// before concerned others.
pub(super) fn changelogs(view: View<'_>, moves: &[Moved<'_>], due: &[Due]) -> Vec<Changelog> {
    let changelogs = moves.iter().filter_map(|moved| {
        let package = view.catalog.package(moved.package.as_str())?;
        let passed = package.releases().iter().filter(|release| {
            let version = release.version();
            let after = match &moved.from {
                Some(from) => version > from,
                None => *version == moved.to,
            };
            after
                && *version <= moved.to
                && (*version == moved.to || !version.is_prerelease() && !release.is_yanked())
        });
        let breaking = due.iter().filter(|it| {
            it.action.package() == moved.package
                && it.action.since().is_some()
                && it.action.severity() == Severity::Breaking
        });
        Some(Changelog {
            package: moved.package.clone(),
            versions: passed.map(|release| release.version().clone()).collect(),
            breaking: breaking.count(),
            link: package.changelog().map(str::to_owned),
        })
    });
    changelogs.collect()
}
