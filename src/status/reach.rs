//! Which releases of what no lockfile has, such as brokers, go with the gems that are installed.

use crate::catalog::{Beside, Catalog, Package, Release, Rule};
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::rules;
use crate::version::Version;

/// The releases of a deployed package that go with the installed gems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    pub(super) package: Name,
    pub(super) with: Vec<(Name, Version)>,
    pub(super) ranges: Vec<(Version, Version)>,
    pub(super) refused: Vec<Refused>,
}

/// Releases that do not go with an installed gem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub(super) first: Version,
    pub(super) last: Version,
    pub(super) by: Name,
    pub(super) rule: Name,
    pub(super) why: String,
    pub(super) conditions: Vec<Name>,
}

impl Reach {
    /// The deployed package.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// The installed gems that rules about it name, and their versions.
    #[must_use]
    pub fn with(&self) -> &[(Name, Version)] {
        &self.with
    }

    /// The releases that go with all of them whatever its properties, oldest first: each from a first to a last
    /// release of the catalog.
    #[must_use]
    pub fn ranges(&self) -> &[(Version, Version)] {
        &self.ranges
    }

    /// What does not go, oldest first.
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }
}

impl Refused {
    /// The first release, and the last.
    #[must_use]
    pub fn versions(&self) -> (&Version, &Version) {
        (&self.first, &self.last)
    }

    /// The installed gem.
    #[must_use]
    pub fn by(&self) -> &Name {
        &self.by
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &Name {
        &self.rule
    }

    /// Its reason.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The properties under which it applies; none where it always does.
    #[must_use]
    pub fn conditions(&self) -> &[Name] {
        &self.conditions
    }
}

/// What goes with the installed gems, by the catalog and by those that ship and have rules about these gems.
///
/// # Errors
/// As [`Catalog::open`]; for catalogs that ship never, which a test checks.
pub(super) fn reaches(catalog: &Catalog, snapshot: &Snapshot) -> Result<Vec<Reach>> {
    let mut catalogs = vec![catalog.clone()];
    for name in Catalog::concerned(|gem| snapshot.packages.contains_key(gem)) {
        if !catalog
            .families()
            .iter()
            .any(|family| family.as_str() == name)
        {
            catalogs.push(Catalog::open(name)?);
        }
    }
    let reaches = catalogs.iter().flat_map(|catalog| {
        let packages = catalog.packages().iter().filter(|it| it.is_deployed());
        packages.filter_map(|package| reach(catalog, package, snapshot))
    });
    Ok(reaches.collect())
}

fn reach(catalog: &Catalog, package: &Package, snapshot: &Snapshot) -> Option<Reach> {
    let releases: Vec<&Release> = package
        .releases()
        .iter()
        .filter(|it| it.is_plain())
        .collect();
    let mut with: Vec<(Name, Version)> = Vec::new();
    let mut refused: Vec<Refused> = Vec::new();
    let mut is_open = vec![true; releases.len()];
    for rule in catalog.rules().iter() {
        let Some((versions, gem, with_versions)) = pair(catalog, rule, package) else {
            continue;
        };
        let Some(installed) = snapshot.packages.get(gem.as_str()) else {
            continue;
        };
        if !with.iter().any(|(known, _)| known == gem) {
            with.push((gem.clone(), installed.version().clone()));
        }
        if !with_versions.matches(installed.version()) {
            continue;
        }
        let meets = |at: &usize| versions.matches(releases[*at].version());
        let found: Vec<usize> = (0..releases.len()).filter(meets).collect();
        for at in &found {
            is_open[*at] = false;
        }
        let ends = found.first().zip(found.last());
        refused.extend(ends.map(|(first, last)| Refused {
            first: releases[*first].version().clone(),
            last: releases[*last].version().clone(),
            by: gem.clone(),
            rule: rule.id().clone(),
            why: rule.why().to_owned(),
            conditions: rule.conditions().to_vec(),
        }));
    }
    refused.sort_by(|one, other| one.first.cmp(&other.first));
    (!with.is_empty()).then(|| Reach {
        package: package.name().clone(),
        with,
        ranges: ranges(&releases, &is_open),
        refused,
    })
}

/// The conflict of a deployed package with a gem that a rule states.
fn pair<'c>(
    catalog: &'c Catalog,
    rule: &'c Rule,
    package: &Package,
) -> Option<(
    &'c crate::version::Requirement,
    &'c Name,
    &'c crate::version::Requirement,
)> {
    let pair = rules::keeps_apart(rule)?;
    let gem = match pair.with {
        Beside::Package(id) => {
            let with = catalog.get(id);
            (!with.is_deployed()).then(|| with.name())?
        }
        Beside::Outside(gem) => gem,
    };
    let is_about = catalog.get(rule.package).name() == package.name();
    is_about.then_some((&**pair.versions, gem, &**pair.requirement))
}

/// Neighbours that are open, from the first to the last.
fn ranges(releases: &[&Release], is_open: &[bool]) -> Vec<(Version, Version)> {
    let mut ranges: Vec<(Version, Version)> = Vec::new();
    let mut was_open = false;
    for (release, is_open) in releases.iter().zip(is_open) {
        match ranges.last_mut() {
            Some((_, last)) if *is_open && was_open => *last = release.version().clone(),
            _ if *is_open => ranges.push((release.version().clone(), release.version().clone())),
            _ => {}
        }
        was_open = *is_open;
    }
    ranges
}
