//! What the command of a step moves of gems outside the catalog, and the lines that keep them where they run.

use super::bundle::Gem;
use super::context::StepContext;
use crate::catalog::Rule;
use crate::lockfile::Origin;
use crate::plan::GemLine;
use crate::planner::outside::BUNDLER;
use crate::rules;
use crate::version::Requirement;
use std::collections::BTreeSet;

/// Temporary lines for gems outside the catalog that Bundler may take to where they do not run
/// beside the state: those that the command unlocks, and those that join with it.
///
/// Only bounds from below can be turned round in one comparison; others are left to the rules.
pub(super) fn guards(
    rules: &[&Rule],
    view: StepContext<'_>,
    gems: &[Gem<'_>],
    unlocks: &BTreeSet<&str>,
) -> Vec<GemLine> {
    let mut guards: Vec<GemLine> = Vec::new();
    for rule in rules.iter().copied() {
        let Some((gem, versions, _)) = rules::outside(rule) else {
            continue;
        };
        let mut packages = gems.iter().filter(|it| it.id == rule.package);
        let stands = packages.any(|it| versions.matches(it.version));
        let joins = || {
            let mut needs = gems.iter().filter_map(Gem::known);
            !view.snapshot.packages.contains_key(gem.as_str())
                && needs.any(|it| it.requirements().iter().any(|need| need.name() == gem))
        };
        let moves = stands && (unlocks.contains(gem.as_str()) || joins());
        if !moves {
            continue;
        }
        let Some(first) = rules::held_by_line(view.catalog, view.snapshot, rule) else {
            continue;
        };
        let requirement = format!("< {first}");
        // Where something in the state requires a later one, no line helps.
        let scheme = view.catalog.scheme();
        let below = Requirement::parse(scheme, &requirement).map(|it| it.to_set());
        let Ok(below) = below else { continue };
        let mut needs = gems.iter().filter_map(Gem::known);
        let fits = needs.all(|it| {
            let mut needs = it.requirements().iter().filter(|need| need.name() == gem);
            needs.all(|need| !need.requirement().to_set().is_disjoint_from(&below))
        });
        if !fits {
            continue;
        }
        let known = guards.iter_mut().find(|line| line.gem == *gem);
        let line = GemLine {
            gem: gem.clone(),
            requirement: requirement.into(),
            overshoots: Some((gem.clone(), first.clone())),
            is_kept: false,
        };
        match known {
            // Of two bounds the lower one.
            Some(other) if other.overshoots.as_ref().is_some_and(|(_, it)| first < *it) => {
                *other = line;
            }
            Some(_) => {}
            None => guards.push(line),
        }
    }
    guards
}

/// Gems outside the catalog that others need as they are locked before the step, and what these
/// need: Bundler unlocks them too.
pub(super) fn needed<'a>(view: StepContext<'a>, by: &[&'a str]) -> BTreeSet<&'a str> {
    let mut needed: BTreeSet<&str> = BTreeSet::new();
    if !view.snapshot.is_complete {
        return needed;
    }
    let snapshot = &view.snapshot.packages;
    let mut open = by.to_vec();
    while let Some(name) = open.pop() {
        let release = view.catalog.id(name).and_then(|id| {
            let (_, release) = view.before.packages[id.index()]?;
            Some(&view.catalog.get(id).releases()[release?])
        });
        if let Some(release) = release {
            let needs = release.requirements().iter().map(|it| it.name().as_str());
            open.extend(needs.filter(|it| needed.insert(it)));
        } else if let Some(installed) = snapshot.get(name) {
            let needs = installed.requirements.iter().map(|it| it.0.as_str());
            open.extend(needs.filter(|it| needed.insert(it)));
        }
    }
    needed.retain(|name| {
        // What is not there joined in an earlier step.
        let installed = snapshot.get(*name);
        let is_free = installed.is_none_or(|it| it.origin == Origin::Registry);
        let is_outside = view.catalog.package(name).is_none() && *name != BUNDLER;
        is_free && is_outside && !by.contains(name)
    });
    needed
}
