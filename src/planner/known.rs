//! Which release of the catalog a version of a package is.

use crate::catalog::{Catalog, Dependency, Package, Release};
use crate::lockfile::{Origin, Snapshot};
use crate::version::{Requirement, Version};

/// Whether a package comes from a git repository or a folder: it stays where it is, and what it
/// needs is what the lockfile says, whatever a release of that version needs.
pub(super) fn is_foreign(snapshot: &Snapshot, package: &str) -> bool {
    let installed = snapshot.packages.get(package);
    installed.is_some_and(|installed| installed.origin != Origin::Registry)
}

/// The place of the release that a version is; `None` where the catalog does not know it, or where
/// it [is foreign](is_foreign).
pub(super) fn release_index(
    package: &Package,
    snapshot: &Snapshot,
    version: &Version,
) -> Option<usize> {
    let at = package.release_index(version)?;
    (!is_foreign(snapshot, package.name().as_str())).then_some(at)
}

/// The same, the release itself.
pub(super) fn release<'a>(
    package: &'a Package,
    snapshot: &Snapshot,
    version: &Version,
) -> Option<&'a Release> {
    release_index(package, snapshot, version).map(|at| &package.releases()[at])
}

/// What a version of a package needs, of packages and runtimes: as its release says, or where there
/// is none as the lockfile does.
pub(super) fn needs<'a>(
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

/// What foreign packages want of packages outside the catalog: they stay, so this does.
pub(super) fn foreign_wants<'a>(
    catalog: &Catalog,
    snapshot: &'a Snapshot,
) -> Vec<(&'a str, &'a Requirement)> {
    let foreign = catalog.packages().iter().map(Package::name);
    let foreign = foreign.filter(|name| is_foreign(snapshot, name.as_str()));
    let foreign = foreign.filter_map(|name| snapshot.packages.get(name.as_str()));
    let wants = foreign.flat_map(|it| &it.requirements);
    let wants = wants.map(|(on, requirement)| (on.as_str(), requirement));
    wants.filter(|(on, _)| catalog.id(on).is_none()).collect()
}

/// What of a release's needs no version meets together with what foreign packages want.
pub(super) fn clash<'r>(
    release: &'r Release,
    foreign_wants: &[(&str, &Requirement)],
) -> Option<&'r Dependency> {
    for (on, wanted) in foreign_wants {
        let mut needs = release.requirements().iter();
        let clash = needs.find(|need| {
            *need.name() == **on
                && need
                    .requirement()
                    .to_set()
                    .is_disjoint_from(&wanted.to_set())
        });
        if clash.is_some() {
            return clash;
        }
    }
    None
}
