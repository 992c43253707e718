//! What rules say of versions that are installed together.

use super::skew::{line_place, may_run_beside, skew};
use crate::catalog::{
    Beside, Catalog, Defect, Package, PackageId, Pair, Release, Role, Rule, RuleKind, Skew,
};
use crate::name::Name;
use crate::version::{Requirement, Version};
use std::borrow::Borrow;

/// What a broken rule says.
#[derive(Clone, Debug)]
pub(crate) enum Says<'c> {
    /// The release is not to be entered.
    Never,
    /// The release requires this of another package, which is at another version.
    Needs {
        on: &'c Name,
        requirement: &'c Requirement,
        found: Version,
    },
    /// The release does not run beside this version of another package.
    Apart { with: &'c Name, found: Version },
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
    if is_defect(rule) {
        return None;
    }
    if let RuleKind::Blocked { versions } = &rule.kind {
        return versions.matches(version).then_some(Says::Never);
    }
    if let Some(skew) = skew(rule).filter(|it| it.versions.matches(version)) {
        let of = catalog.get(skew.of);
        let near =
            |other: &Version| may_run_beside(skew, line_place(of, version), line_place(of, other));
        let found = installed(of.name().as_str()).filter(|found| !near(found))?;
        let with = of.name();
        return Some(Says::Apart { with, found });
    }
    let pair = rule.pair().filter(|it| it.versions.matches(version))?;
    let with = match pair.with {
        Beside::Package(id) => catalog.get(id).name(),
        Beside::Outside(name) => name,
    };
    let fits = |found: &Version| pair.requirement.matches(found) == pair.meets;
    let found = installed(with.as_str()).filter(|found| !fits(found))?;
    Some(match pair.meets {
        true => Says::Needs {
            on: with,
            requirement: pair.requirement,
            found,
        },
        false => Says::Apart { with, found },
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
        Some((with, versions)) => installed(with.name(catalog.packages()).as_str())
            .is_some_and(|found| versions.matches(found.borrow())),
    };
    (defect.versions.matches(version) && shows()).then_some(defect)
}

/// Whether an installed version breaks a rule or is a bad release by it.
pub(crate) fn speaks_of(
    catalog: &Catalog,
    rule: &Rule,
    version: &Version,
    installed: impl Fn(&str) -> Option<Version>,
) -> bool {
    defect(catalog, rule, version, &installed).is_some()
        || broken(catalog, rule, version, &installed).is_some()
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
    let (versions, with, wants) = match (skew(rule), rule.pair()) {
        (Some(skew), _) => {
            let of = catalog.get(skew.of);
            let near = Wants::Near(of, skew, line_place(of, version));
            (&skew.versions, skew.of, near)
        }
        (None, Some(pair)) => {
            let Beside::Package(with) = pair.with else {
                return None;
            };
            let wants = match pair.meets {
                true => Wants::Meets(pair.requirement),
                false => Wants::Misses(pair.requirement),
            };
            (pair.versions, with, wants)
        }
        (None, None) => return None,
    };
    versions.matches(version).then_some((with, wants))
}

/// Whether a rule is about bad releases: who is on them may stay, which is not so of what
/// conflicts.
pub(crate) fn is_defect(rule: &Rule) -> bool {
    matches!(rule.kind, RuleKind::Defect(_))
}

/// What a rule keeps from running beside its package, as a pair that is no defect.
pub(crate) fn keeps_apart(rule: &Rule) -> Option<Pair<'_>> {
    rule.pair().filter(|it| !it.meets && !is_defect(rule))
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
    Some(with.name(catalog.packages()).as_str())
}
