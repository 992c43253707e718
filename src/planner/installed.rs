//! Which release of the catalog a version of a package is.

use crate::catalog::{Catalog, Dependency, Package, Release};
use crate::lockfile::{Origin, Snapshot};
use crate::version::{Requirement, Version, VersionSet};
use std::collections::BTreeSet;

/// Whether a package comes from a git repository or a folder: it stays where it is, and what it
/// needs is what the lockfile says, whatever a release of that version needs.
pub(crate) fn is_foreign(snapshot: &Snapshot, package: &str) -> bool {
    let installed = snapshot.packages.get(package);
    installed.is_some_and(|installed| installed.origin != Origin::Registry)
}

/// The place of the release that a version is; `None` where the catalog does not know it, or where
/// it [is foreign](is_foreign).
pub(crate) fn release_index(
    package: &Package,
    snapshot: &Snapshot,
    version: &Version,
) -> Option<usize> {
    let at = package.release_index(version)?;
    (!is_foreign(snapshot, package.name().as_str())).then_some(at)
}

/// The same, the release itself.
pub(crate) fn release<'a>(
    package: &'a Package,
    snapshot: &Snapshot,
    version: &Version,
) -> Option<&'a Release> {
    release_index(package, snapshot, version).map(|at| &package.releases()[at])
}

/// What a version of a package needs, of packages and runtimes: as its release says, or where there
/// is none as the lockfile does.
pub(crate) fn needs<'a>(
    package: &'a Package,
    snapshot: &'a Snapshot,
    release: Option<&'a Release>,
) -> impl Iterator<Item = (&'a str, &'a Requirement)> {
    let of_release = release.map_or(&[][..], Release::requirements).iter();
    let of_release = of_release.map(|it| (it.name().as_str(), it.requirement()));
    let installed = snapshot.packages.get(package.name().as_str());
    let installed = installed.filter(|_| release.is_none());
    let of_lockfile = installed.map_or(&[][..], |it| &it.requirements).iter();
    of_release.chain(of_lockfile.map(|(name, requirement)| (name.as_str(), requirement)))
}

/// What foreign packages want of gems outside the catalog that its releases need, once for each gem:
/// they stay, so this does.
pub(crate) fn foreign_wants<'a>(
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
) -> Vec<(&'a str, VersionSet)> {
    let mut installed = snapshot.packages.values();
    if installed.all(|it| it.origin == Origin::Registry) {
        return Vec::new();
    }
    let packages = catalog.packages();
    let foreign = packages.iter().map(|it| it.name().as_str());
    let foreign: Vec<&str> = foreign.filter(|name| is_foreign(snapshot, name)).collect();
    if foreign.is_empty() {
        return Vec::new();
    }
    let foreign = foreign.iter().filter_map(|it| snapshot.packages.get(*it));
    // Only of these few it matters whether a release needs them; the catalog has thousands of needs.
    let asked = foreign.clone().flat_map(|it| &it.requirements);
    let asked = asked.map(|(on, _)| on.as_str());
    let asked: BTreeSet<&str> = asked.filter(|on| catalog.id(on).is_none()).collect();
    let releases = packages.iter().flat_map(Package::releases);
    let needed = releases.flat_map(Release::requirements);
    let needed = needed.map(|need| need.name().as_str());
    let needed: BTreeSet<&str> = needed.filter(|name| asked.contains(name)).collect();
    let mut wants = Vec::new();
    for installed in foreign {
        let mut open = needed.clone();
        for (on, requirement) in &installed.requirements {
            if open.remove(on.as_str()) {
                wants.push((on.as_str(), requirement.to_set()));
            }
        }
    }
    wants
}

/// What of a release's needs no version meets together with what foreign packages want.
pub(crate) fn clash<'r>(
    release: &'r Release,
    foreign_wants: &[(&str, VersionSet)],
) -> Option<&'r Dependency> {
    for (on, wanted) in foreign_wants {
        let mut needs = release.requirements().iter();
        let clash = needs.find(|need| {
            *need.name() == **on && need.requirement().to_set().is_disjoint_from(wanted)
        });
        if clash.is_some() {
            return clash;
        }
    }
    None
}
