//! What family releases need from outside, compared with the lockfile where no index is at hand.

use crate::catalog::{Catalog, Package, Release};
use crate::lockfile::{Installed, Snapshot};
use crate::plan::{Outside, Plan, StepKind, Wanted, WantedVersion};
use crate::planner::installed;
use crate::version::{Requirement, VersionSet};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// It is in no lockfile as a package.
pub(in crate::planner) const BUNDLER: &str = "bundler";

/// Says for each step which packages outside the catalog it asks to move or to join.
///
/// Their releases are not known, so this says what is needed and not where it leads. What a step
/// asks for is reported once.
///
/// Packages that an index knows are left out: they are resolved.
pub(crate) fn compare(
    catalog: &Catalog,
    snapshot: &Snapshot,
    plan: &mut Plan,
    mut is_known: impl FnMut(&str) -> bool,
) {
    if !snapshot.is_complete {
        return;
    }
    // Who outside the catalog requires what, once it is asked for.
    let requirers: OnceCell<BTreeMap<&str, Vec<Requirer<'_>>>> = OnceCell::new();
    // What is asked for already, of each package.
    let mut told: BTreeMap<&str, VersionSet> = BTreeMap::new();
    for step in &mut plan.steps {
        if step.kind == StepKind::Runtime {
            continue;
        }
        for (name, version) in &step.state.packages {
            let Some(package) = catalog.package(name.as_str()) else {
                continue;
            };
            let release = installed::release(package, snapshot, version);
            for (gem, requirement) in needs(catalog, snapshot, package, release) {
                let installed = snapshot.packages.get(gem).map(|it| &it.version);
                let is_met = installed.is_some_and(|version| requirement.matches(version));
                if is_met || is_known(gem) {
                    continue;
                }
                let wanted = requirement.to_set();
                let known = told.entry(gem).or_insert_with(VersionSet::full);
                if known.is_subset_of(&wanted) {
                    continue;
                }
                *known = known.intersection(&wanted);
                let requirers = requirers.get_or_init(|| requirers_of(catalog, snapshot));
                let held = requirers.get(gem).into_iter().flatten();
                let held = held.filter(|(_, _, own)| own.to_set().is_disjoint_from(&wanted));
                let held = held.map(|(holder, it, own)| Wanted {
                    by: format!("{holder} {}", it.version),
                    requirement: WantedVersion::Meets(own.to_string()),
                });
                step.outside.push(Outside {
                    gem: gem.to_owned(),
                    from: installed.map(ToString::to_string),
                    to: None,
                    wanted: Some(Wanted {
                        by: format!("{name} {version}"),
                        requirement: WantedVersion::Meets(requirement.to_string()),
                    }),
                    held: held.collect(),
                    is_verified: false,
                    edits_gemfile: false,
                });
            }
        }
        step.outside.sort_by(|a, b| a.gem.cmp(&b.gem));
    }
}

/// A gem outside the catalog, and what it requires of another.
type Requirer<'s> = (&'s String, &'s Installed, &'s Requirement);

/// Who outside the catalog requires what, by the required gem and then by name.
fn requirers_of<'s>(
    catalog: &Catalog,
    snapshot: &'s Snapshot,
) -> BTreeMap<&'s str, Vec<Requirer<'s>>> {
    let mut requirers: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    let packages = snapshot.packages.iter();
    for (holder, it) in packages.filter(|(holder, _)| catalog.package(holder).is_none()) {
        for (on, own) in &it.requirements {
            requirers.entry(on).or_default().push((holder, it, own));
        }
    }
    requirers
}

/// What a version of a package needs of packages outside the catalog, but for the tool that reads
/// lockfiles, which no lockfile lists.
pub(in crate::planner) fn needs<'a>(
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    package: &'a Package,
    release: Option<&'a Release>,
) -> impl Iterator<Item = (&'a str, &'a Requirement)> {
    let needs = installed::needs(package, snapshot, release);
    needs.filter(|(name, _)| catalog.package(name).is_none() && *name != BUNDLER)
}
