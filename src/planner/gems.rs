//! What an index says of gems outside the catalog, as far as it was asked.

use crate::catalog::Catalog;
use crate::date::Date;
use crate::error::Result;
use crate::index::{Indexed, Infos, ReadInfo};
use crate::lockfile::{Origin, Snapshot};
use crate::plan::PlanWarning;
use crate::rules;
use crate::version::{Requirement, Scheme, Version};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Versions of packages outside the catalog.
pub(super) type OutsideVersions = BTreeMap<String, Version>;

/// The RubyGems of Ruby 2.7, the oldest Ruby that anybody plans from.
const OLDEST_RUBYGEMS: &str = "3.1.2";

/// An index, as far as it was read.
pub(crate) struct OutsideGems<'a> {
    source: &'a mut dyn Infos,
    pub(super) read: BTreeMap<String, Option<Arc<ReadInfo>>>,
    /// Those that may move.
    pub(super) free: BTreeSet<String>,
    /// Those that have a part in a nogood.
    pub(super) blamed: BTreeSet<String>,
    pub(super) warnings: Vec<PlanWarning>,
    /// How many releases were looked at.
    pub(super) work: u64,
    /// The states that were walked last, and what is outside in each.
    pub(super) walked: Vec<(Vec<usize>, OutsideVersions)>,
}

impl<'a> OutsideGems<'a> {
    pub(super) fn new(source: &'a mut dyn Infos) -> Self {
        OutsideGems {
            source,
            read: BTreeMap::new(),
            free: BTreeSet::new(),
            blamed: BTreeSet::new(),
            warnings: Vec::new(),
            work: 0,
            walked: Vec::new(),
        }
    }

    /// The installed packages outside the catalog that hold others, or that a rule excludes,
    /// and that the index knows.
    pub(super) fn movable(
        &mut self,
        catalog: &Catalog,
        snapshot: &Snapshot,
    ) -> Result<BTreeSet<String>> {
        let mut movable = BTreeSet::new();
        let rules = catalog.rules().iter().filter_map(rules::outside);
        let named: BTreeSet<&str> = rules.map(|(gem, ..)| gem.as_str()).collect();
        for (name, installed) in &snapshot.packages {
            let mut wants = installed.requirements.iter();
            let holds =
                wants.any(|(on, _)| catalog.package(on).is_some()) || named.contains(name.as_str());
            let outside = holds && catalog.package(name).is_none();
            if outside && installed.origin == Origin::Registry && self.knows(name)? {
                movable.insert(name.clone());
            }
        }
        Ok(movable)
    }

    /// A new question: what fitted before may not fit now.
    pub(super) fn forget(&mut self) {
        self.walked.clear();
    }

    /// Returns what the index says of a package; `None` where it has none of this name.
    pub(super) fn info(&mut self, name: &str) -> Result<Option<Arc<ReadInfo>>> {
        if let Some(known) = self.read.get(name) {
            return Ok(known.clone());
        }
        let found = self.source.releases(name)?;
        let problems = found.as_ref().map_or(&[][..], |it| it.problems());
        if let Some(first) = problems.first() {
            self.warnings.push(PlanWarning::UnreadLines {
                gem: name.to_owned(),
                count: problems.len(),
                first: first.to_string(),
            });
        }
        self.read.insert(name.to_owned(), found.clone());
        Ok(found)
    }

    /// The releases of a version of a package, one for each platform.
    fn of_version(&mut self, name: &str, version: &Version) -> Result<Vec<&Indexed>> {
        self.info(name)?;
        let known = self.read.get(name).and_then(Option::as_ref);
        let found = known.into_iter().flat_map(|it| it.of_version(version));
        let found: Vec<&Indexed> = found.collect();
        self.work += 1 + found.len() as u64;
        Ok(found)
    }

    /// Whether the index knows a package.
    pub(super) fn knows(&mut self, name: &str) -> Result<bool> {
        Ok(self.info(name)?.is_some())
    }

    /// A release without a platform of its own.
    fn release(&mut self, name: &str, version: &Version) -> Result<Option<&Indexed>> {
        let releases = self.of_version(name, version)?;
        Ok(releases.into_iter().find(|it| it.platform().is_none()))
    }

    /// What the index says that a release needs of Ruby.
    pub(super) fn ruby_of(&mut self, name: &str, version: &Version) -> Result<Option<Requirement>> {
        let release = self.release(name, version)?;
        Ok(release.and_then(Indexed::ruby).cloned())
    }

    /// What the index says that the variants of a release for these platforms need of Ruby.
    pub(super) fn ruby_of_variants(
        &mut self,
        name: &str,
        version: &Version,
        platforms: &BTreeSet<String>,
    ) -> Result<Vec<Requirement>> {
        if platforms.is_empty() {
            return Ok(Vec::new());
        }
        let variants = self.of_version(name, version)?.into_iter();
        let locked = variants.filter(|it| it.platform().is_some_and(|it| platforms.contains(it)));
        Ok(locked.filter_map(Indexed::ruby).cloned().collect())
    }

    /// What a release needs of RubyGems, where that is more than the oldest one around has.
    pub(super) fn rubygems_of(&mut self, name: &str, version: &str) -> Result<Option<Requirement>> {
        let Ok(version) = Version::parse(Scheme::RubyGems, version) else {
            return Ok(None);
        };
        let oldest = Version::parse(Scheme::RubyGems, OLDEST_RUBYGEMS)?;
        let releases = self.of_version(name, &version)?.into_iter();
        let mut bounds = releases.filter_map(Indexed::rubygems);
        Ok(bounds.find(|it| !it.matches(&oldest)).cloned())
    }

    /// The day of a release.
    pub(super) fn day_of(&mut self, name: &str, version: &Version) -> Result<Option<Date>> {
        let release = self.release(name, version)?;
        Ok(release.and_then(Indexed::created_on_day))
    }

    /// The newest release above one that takes these versions of what it needs, or does not need it.
    pub(super) fn newest_with(
        &mut self,
        name: &str,
        above: &Version,
        versions: &[(String, Version)],
    ) -> Result<Option<Version>> {
        let info = self.info(name)?;
        let releases = info.as_ref().map_or(&[][..], |it| it.releases());
        self.work += releases.len() as u64;
        let takes = |release: &&Indexed| {
            versions.iter().all(|(on, version)| {
                let mut needs = release.dependencies().iter();
                let needs = needs.all(|it| *it.name() != **on || it.requirement().matches(version));
                needs && (on != "ruby" || release.ruby().is_none_or(|it| it.matches(version)))
            })
        };
        let plain = releases.iter().filter(|it| it.platform().is_none());
        let newer = plain.filter(|it| it.version() > above && !it.version().is_prerelease());
        Ok(newer.filter(takes).map(|it| it.version().clone()).max())
    }
}
