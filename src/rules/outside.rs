//! What rules say of gems outside the catalog, which only lockfiles know.

use super::heed::Heed;
use crate::catalog::{Beside, Catalog, PackageId, Release, Rule, RuleKind};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::version::{Requirement, Version};

/// What gems outside the catalog, as a lockfile has them, rule out of a package by conflicts that
/// hold: the gem, and the versions of the package. Gems of which `stands` says no are left out.
pub(crate) fn outside_clashes<'c>(
    catalog: &'c Catalog,
    heed: &Heed,
    snapshot: &Snapshot,
    package: PackageId,
    stands: impl Fn(&Rule, &str) -> bool,
) -> Vec<(&'c Rule, &'c Name, &'c Requirement)> {
    let mut clashes = Vec::new();
    for (id, rule) in catalog.outside_rules_of(package) {
        let about = outside(rule).filter(|_| heed.holds(id));
        let Some((gem, versions, with_versions)) = about else {
            continue;
        };
        let installed = snapshot.packages.get(gem.as_str());
        if installed.is_some_and(|it| with_versions.matches(it.version()))
            && stands(rule, gem.as_str())
        {
            clashes.push((rule, gem, versions));
        }
    }
    clashes
}

/// The first version of a gem outside the catalog that a rule excludes, where a line of the
/// Gemfile can keep the gem below it: the rule's package requires the gem, so the command unlocks it,
/// the user does not ask for it, and nothing else in the lockfile requires a later one.
pub(crate) fn held_by_line(catalog: &Catalog, snapshot: &Snapshot, rule: &Rule) -> Option<Version> {
    let (gem, versions, with_versions) = outside(rule)?;
    let bound = with_versions.to_string();
    let first = bound.strip_prefix(">= ").filter(|it| !it.contains(','))?;
    let below = Requirement::parse(with_versions.scheme(), &format!("< {first}")).ok()?;
    let below = below.to_set();
    let releases = catalog.get(rule.package).releases().iter();
    let releases = releases.filter(|it| it.is_enterable() && versions.matches(it.version()));
    let requires = |release: &Release| {
        let mut needs = release.requirements().iter();
        needs.any(|need| need.name() == gem)
    };
    let (with, without): (Vec<_>, Vec<_>) = releases.partition(|it| requires(it));
    let unlocked = !with.is_empty() && without.is_empty();
    let mut others = snapshot.packages.iter();
    let free = others.all(|(name, installed)| {
        let mut wants = installed.requirements.iter();
        catalog.package(name).is_some()
            || wants.all(|(on, it)| on != gem.as_str() || !it.to_set().is_disjoint_from(&below))
    });
    let free = free && unlocked && !snapshot.is_direct(gem.as_str());
    free.then(|| Version::parse(with_versions.scheme(), first).ok())?
}

/// A rule against standing beside a gem outside the catalog: the gem, the versions of the rule's
/// package, and those of the gem.
pub(crate) fn outside(rule: &Rule) -> Option<(&Name, &Requirement, &Requirement)> {
    let pair = rule.pair()?;
    match pair.with {
        Beside::Outside(gem) => Some((gem, pair.versions, pair.requirement)),
        Beside::Package(_) => None,
    }
}

/// A gem outside the catalog that a rule says will never follow, and what to use instead.
pub(crate) fn discontinued(rule: &Rule) -> Option<(&Name, &str)> {
    match &rule.kind {
        RuleKind::Discontinued { gem, instead } => Some((gem, instead)),
        _ => None,
    }
}
