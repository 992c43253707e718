//! What rules say of versions that are installed together.

use super::heed::Heed;
use super::skew::{line_place, may_run_beside};
use crate::catalog::{
    Catalog, Defect, Other, Package, PackageId, Release, Role, Rule, RuleKind, Skew,
};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::version::{Requirement, Version};
use std::borrow::Borrow;

/// What a broken rule says.
#[derive(Clone, Debug)]
pub(crate) enum Says<'c> {
    /// The release is blocked.
    Blocked,
    /// The release requires this of another package, which is at another version.
    Requires {
        on: &'c Name,
        requirement: &'c Requirement,
        found: Version,
    },
    /// The release does not run beside this version of another package.
    Conflict { with: &'c Name, found: Version },
    /// The release is too far behind or ahead of this version of another package.
    Skew { of: &'c Name, found: Version },
}

/// What a rule says against a version of its package, beside what else is installed: `installed`
/// gives the version of a package, where it is there.
///
/// Defects are reported by [`defect`]: who is on one breaks nothing.
pub(crate) fn broken<'c>(
    catalog: &'c Catalog,
    rule: &'c Rule,
    version: &Version,
    installed: impl Fn(&str) -> Option<Version>,
) -> Option<Says<'c>> {
    Some(match &rule.kind {
        RuleKind::Blocked { versions } if versions.matches(version) => Says::Blocked,
        RuleKind::Requires {
            versions,
            needs,
            requirement,
        } if versions.matches(version) => {
            let on = catalog.get(*needs).name();
            let found = installed(on.as_str()).filter(|found| !requirement.matches(found))?;
            Says::Requires {
                on,
                requirement,
                found,
            }
        }
        RuleKind::Conflict {
            versions,
            with,
            with_versions,
        } if versions.matches(version) => {
            let with = name(catalog, with);
            let found = installed(with.as_str()).filter(|found| with_versions.matches(found))?;
            Says::Conflict { with, found }
        }
        RuleKind::Skew(skew) if skew.versions.matches(version) => {
            let of = catalog.get(skew.of);
            let near = |other: &Version| {
                may_run_beside(skew, line_place(of, version), line_place(of, other))
            };
            let found = installed(of.name().as_str()).filter(|found| !near(found))?;
            Says::Skew {
                of: of.name(),
                found,
            }
        }
        _ => return None,
    })
}

/// The defect of a rule, where a version of its package has it beside what else is
/// installed.
pub(crate) fn defect<'c, V: Borrow<Version>>(
    catalog: &'c Catalog,
    rule: &'c Rule,
    version: &Version,
    installed: impl Fn(&str) -> Option<V>,
) -> Option<&'c Defect> {
    let RuleKind::Defect(defect) = &rule.kind else {
        return None;
    };
    let shows = || match &defect.with {
        None => true,
        Some((with, versions)) => installed(name(catalog, with).as_str())
            .is_some_and(|found| versions.matches(found.borrow())),
    };
    (defect.versions.matches(version) && shows()).then_some(defect)
}

/// What a rule requires of the versions of another package.
pub(crate) enum Wants<'c> {
    /// One that meets this.
    Meets(&'c Requirement),
    /// One that does not.
    Misses(&'c Requirement),
    /// One near to a place among the lines of its package.
    Near(&'c Package, &'c Skew, usize),
}

impl Wants<'_> {
    pub(crate) fn fits(&self, version: &Version) -> bool {
        match self {
            Wants::Meets(requirement) => requirement.matches(version),
            Wants::Misses(requirement) => !requirement.matches(version),
            Wants::Near(of, skew, own) => may_run_beside(skew, *own, line_place(of, version)),
        }
    }
}

/// What a rule requires of another package of the catalog beside a version of its own, where that is
/// there.
pub(crate) fn wants<'c>(
    catalog: &'c Catalog,
    rule: &'c Rule,
    version: &Version,
) -> Option<(PackageId, Wants<'c>)> {
    let (versions, with, wants) = match &rule.kind {
        RuleKind::Requires {
            versions,
            needs,
            requirement,
        } => (versions, *needs, Wants::Meets(requirement)),
        RuleKind::Conflict {
            versions,
            with: Other::Package(with),
            with_versions,
        } => (versions, *with, Wants::Misses(with_versions)),
        RuleKind::Defect(defect) if defect.avoid => match &defect.with {
            Some((Other::Package(with), with_versions)) => {
                (&defect.versions, *with, Wants::Misses(with_versions))
            }
            _ => return None,
        },
        RuleKind::Skew(skew) => {
            let of = catalog.get(skew.of);
            let near = Wants::Near(of, skew, line_place(of, version));
            (&skew.versions, skew.of, near)
        }
        _ => return None,
    };
    versions.matches(version).then_some((with, wants))
}

/// Whether a rule is about bad releases: who is on them may stay, which is not so of what
/// conflicts.
pub(crate) fn is_defect(rule: &Rule) -> bool {
    matches!(rule.kind, RuleKind::Defect(_))
}

/// Of a release that pins another package below the line that both are named after: that package,
/// where it is installed at a version that the pin allows. So used nothing is against it.
pub(crate) fn used_as_pinned<'c>(
    catalog: &'c Catalog,
    release: &Release,
    installed: impl Fn(&str) -> Option<Version>,
) -> Option<(&'c Name, Version)> {
    if release.is_yanked() {
        return None;
    }
    let line = release.version().line();
    release.requirements().iter().find_map(|need| {
        let on = catalog.package(need.name().as_str())?;
        // A prerelease of that line comes before it, and the pin lets it through.
        let mut stable = on.releases().iter().filter(|release| !release.prerelease);
        let first = stable.clone().find(|it| it.version().line() == line)?;
        let allowed = |it: &&Release| need.requirement().matches(it.version());
        let newest = stable.rfind(allowed)?;
        let pins = on.role() != Role::Runtime && newest.version() < first.version();
        let found = installed(on.name().as_str())?;
        (pins && need.requirement().matches(&found)).then(|| (on.name(), found))
    })
}

/// The package beside which a defect shows, where it needs one.
pub(crate) fn beside<'c>(catalog: &'c Catalog, defect: &'c Defect) -> Option<&'c str> {
    let (with, _) = defect.with.as_ref()?;
    Some(name(catalog, with).as_str())
}

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
    for (_, rule) in heed.rules(catalog).filter(|(_, it)| it.package == package) {
        let Some((gem, versions, with_versions)) = outside(rule) else {
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
    match &rule.kind {
        RuleKind::Conflict {
            versions,
            with: Other::Outside(gem),
            with_versions,
        } => Some((gem, versions, with_versions)),
        RuleKind::Defect(defect) if defect.avoid => match &defect.with {
            Some((Other::Outside(gem), with_versions)) => {
                Some((gem, &defect.versions, with_versions))
            }
            _ => None,
        },
        _ => None,
    }
}

fn name<'c>(catalog: &'c Catalog, other: &'c Other) -> &'c Name {
    match other {
        Other::Package(id) => catalog.get(*id).name(),
        Other::Outside(name) => name,
    }
}
