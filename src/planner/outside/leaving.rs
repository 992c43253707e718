//! Gems outside the catalog that leave rather than hold: those that the catalog calls discontinued,
//! and those that the user drops.

use crate::catalog::Catalog;
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::{Origin, Snapshot};
use crate::name::Name;
use crate::plan::{Leaving, Plan, State};
use crate::planner::session::{Session, WhatIf};
use crate::rules::{self, Heed};
use std::collections::{BTreeMap, BTreeSet};

/// The gems that leave.
pub(in crate::planner) struct Leavers<'a> {
    gems: Vec<Leaver<'a>>,
    heed: Heed,
}

struct Leaver<'a> {
    gem: &'a str,
    rule: Option<(&'a Name, &'a str)>,
}

/// The gems that leave, and what is otherwise since they do not hold.
///
/// A gem that another one requires stays with it, so it blocks as before; the user who drops such a
/// gem gets a warning.
pub(in crate::planner) fn leavers<'a>(
    session: Session<'a, '_>,
) -> Result<(Leavers<'a>, Option<WhatIf>)> {
    let Session {
        catalog,
        snapshot,
        request,
        ..
    } = session;
    let heed = session.heed()?;
    let mut gems: Vec<Leaver<'a>> = Vec::new();
    // Whatever order they are named in, what is said of them is the same.
    for name in request.drop.iter().collect::<BTreeSet<_>>() {
        if catalog.package(name).is_some() || !snapshot.packages.contains_key(name) {
            let what = match catalog.package(name) {
                Some(_) => "is a package of the catalog: expected a gem outside it",
                None => "is not in the lockfile: expected an installed gem",
            };
            let shown: String = name.chars().take(60).collect();
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("cannot drop {shown:?}: it {what}"),
            )
            .with_help("`rungs why PACKAGE` names the gems that require it"));
        }
        gems.push(Leaver {
            gem: name,
            rule: None,
        });
    }
    let dropped: BTreeSet<&str> = gems.iter().map(|it| it.gem).collect();
    for rule in catalog.rules() {
        let Some((gem, instead)) = rules::discontinued(rule) else {
            continue;
        };
        match gems.iter_mut().find(|it| gem.as_str() == it.gem) {
            Some(known) => known.rule = Some((rule.id(), instead)),
            None if may_leave(catalog, snapshot, gem.as_str()) => gems.push(Leaver {
                gem: gem.as_str(),
                rule: Some((rule.id(), instead)),
            }),
            None => {}
        }
    }
    let kept = kept(catalog, snapshot, &gems, &dropped);
    // Of several the last is told.
    let refused = gems.iter().rev().find_map(|it| {
        let keeper = kept.get(it.gem)?;
        dropped.contains(it.gem).then_some((it.gem, *keeper))
    });
    if let Some((gem, keeper)) = refused {
        return Err(Error::new(
            ErrorCode::InvalidRequest,
            format!("cannot drop {gem}: {keeper} requires it"),
        )
        .with_help(format!("drop both: --drop {gem} --drop {keeper}")));
    }
    gems.retain(|it| !kept.contains_key(it.gem));
    if gems.is_empty() {
        return Ok((Leavers { gems, heed }, None));
    }
    let mut what_if = session.what_if.clone();
    for leaver in &gems {
        let installed = snapshot.packages.get(leaver.gem);
        let needs = installed.into_iter().flat_map(|it| &it.requirements);
        let family = needs.filter(|(on, _)| catalog.package(on).is_some());
        what_if.waive(leaver.gem, family.map(|(on, _)| on.clone()));
        what_if.leaving.insert(leaver.gem.to_owned());
    }
    Ok((Leavers { gems, heed }, Some(what_if)))
}

/// Of the gems that would leave those that stay, each with one that requires it and stays: what stays
/// keeps what it requires. What a user drops stays only if nothing else is kept by it.
fn kept<'a>(
    catalog: &Catalog,
    snapshot: &'a Snapshot,
    gems: &[Leaver<'a>],
    dropped: &BTreeSet<&str>,
) -> BTreeMap<&'a str, &'a str> {
    let leaving: BTreeSet<&str> = gems.iter().map(|it| it.gem).collect();
    // Who outside the catalog requires a gem that would leave, by name.
    let mut requirers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, installed) in &snapshot.packages {
        let needs = installed.requirements.iter().map(|(on, _)| on.as_str());
        for on in needs.filter(|on| leaving.contains(on) && catalog.package(name).is_none()) {
            requirers.entry(on).or_default().push(name);
        }
    }
    let mut kept: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open: Vec<&str> = gems.iter().map(|it| it.gem).collect();
    while let Some(gem) = open.pop() {
        if kept.contains_key(gem) {
            continue;
        }
        let is_there = |by: &&&str| {
            let goes =
                leaving.contains(**by) && (dropped.contains(**by) || !kept.contains_key(**by));
            !goes
        };
        let keeper = requirers.get(gem).and_then(|all| all.iter().find(is_there));
        let Some(keeper) = keeper else { continue };
        kept.insert(gem, keeper);
        if !dropped.contains(gem) {
            let installed = snapshot.packages.get(gem);
            let needs = installed.into_iter().flat_map(|it| &it.requirements);
            open.extend(
                needs
                    .map(|(on, _)| on.as_str())
                    .filter(|on| leaving.contains(on)),
            );
        }
    }
    kept
}

/// Whether a discontinued gem can leave unasked: it is no folder of the user's own, and nothing of the
/// family is there for its sake alone.
fn may_leave(catalog: &Catalog, snapshot: &Snapshot, gem: &str) -> bool {
    let Some(installed) = snapshot.packages.get(gem) else {
        return false;
    };
    let mut family = installed
        .requirements
        .iter()
        .filter(|(on, _)| catalog.package(on).is_some());
    let is_needed = |on: &str| {
        let mut others = snapshot.packages.iter().filter(|(name, _)| *name != gem);
        snapshot.is_direct(on)
            || others.any(|(_, it)| it.requirements.iter().any(|(name, _)| name == on))
    };
    installed.origin != Origin::Path && family.all(|(on, _)| is_needed(on))
}

impl Leavers<'_> {
    /// Lets each leave in the first step that it would hold.
    pub(in crate::planner) fn leave(
        &self,
        catalog: &Catalog,
        snapshot: &Snapshot,
        plan: &mut Plan,
    ) {
        let leaving: BTreeSet<&str> = self.gems.iter().map(|it| it.gem).collect();
        for step in &mut plan.steps {
            // An index moves what is not asked for; this says where it goes.
            step.outside.retain(|it| !leaving.contains(it.gem.as_str()));
        }
        for leaver in &self.gems {
            let Some(installed) = snapshot.packages.get(leaver.gem) else {
                continue;
            };
            let steps = plan.steps.iter_mut();
            let held = steps.filter_map(|step| {
                let requires = broken(catalog, installed, &step.state);
                let clashes = requires.is_none()
                    && self.clashes(catalog, leaver.gem, installed.version(), &step.state);
                (requires.is_some() || clashes).then_some((step, requires))
            });
            if let Some((step, requires)) = held.into_iter().next() {
                step.leaves.push(Leaving {
                    gem: leaver.gem.to_owned(),
                    version: installed.version().to_string(),
                    requires,
                    rule: leaver.rule.map(|(rule, _)| rule.clone()),
                    instead: leaver.rule.map(|(_, instead)| instead.to_owned()),
                });
            }
        }
    }

    fn clashes(
        &self,
        catalog: &Catalog,
        gem: &str,
        version: &crate::version::Version,
        state: &State,
    ) -> bool {
        let mut rules = self.heed.rules(catalog).filter_map(|(_, rule)| {
            let (with, versions, with_versions) = rules::outside(rule)?;
            let package = state.package(catalog.get(rule.package).name().as_str())?;
            (with.as_str() == gem)
                .then(|| versions.matches(package) && with_versions.matches(version))
        });
        rules.any(|it| it)
    }
}

/// What of the family a gem requires that a state does not have.
fn broken(
    catalog: &Catalog,
    installed: &crate::lockfile::Installed,
    state: &State,
) -> Option<(String, String)> {
    let mut needs = installed.requirements.iter();
    let need = needs.find(|(on, requirement)| {
        catalog.package(on).is_some()
            && state
                .package(on)
                .is_none_or(|version| !requirement.matches(version))
    });
    need.map(|(on, requirement)| (on.clone(), requirement.to_string()))
}
