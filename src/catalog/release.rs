//! Releases of a package: what each requires, and the sets of releases that requirements admit.

use super::RuleId;
use super::package::PackageId;
use super::stored::Stored;
use crate::date::Date;
use crate::name::Name;
use crate::version::{Requirement, Version};
use once_cell::sync::OnceCell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// The releases of a package.
pub(crate) type Releases = Late<Release>;

/// One version of a package.
#[derive(Clone, Debug)]
pub struct Release {
    pub(crate) version: Version,
    pub(crate) date: Option<Date>,
    pub(crate) line: usize,
    /// Shared between releases that require the same.
    pub(crate) requirements: Arc<[Dependency]>,
    pub(crate) yanked: bool,
    pub(crate) marks: Arc<[String]>,
    /// The rule that blocks it.
    pub(crate) blocked: Vec<RuleId>,
    /// The defects for which it is not entered unless they are accepted.
    pub(crate) avoided: Vec<RuleId>,
    /// What it needs of packages and runtimes in the catalog, compiled; shared between releases of a
    /// package that need the same.
    pub(crate) needs: Arc<[Need]>,
    pub(crate) prerelease: bool,
    /// Neither yanked, blocked, avoided nor a prerelease.
    pub(crate) enterable: bool,
    /// Equal for releases that no rule and no requirement can tell apart.
    pub(crate) signature: u32,
}

impl Release {
    /// The mark of a release that came out after a higher version of its line, as patches of old patches do.
    pub const BACKPORT: &str = "backport";

    /// The version.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The day of its release, where it is known.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.date
    }

    /// What it requires of packages and runtimes, in the order of the catalog's text.
    #[must_use]
    pub fn requirements(&self) -> &[Dependency] {
        &self.requirements
    }

    /// Whether it was withdrawn from its registry.
    #[must_use]
    pub fn is_yanked(&self) -> bool {
        self.yanked
    }

    /// Whether a rule of the catalog blocks it.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        !self.blocked.is_empty()
    }

    /// Whether a defect of the catalog keeps plans from entering it.
    #[must_use]
    pub fn is_avoided(&self) -> bool {
        !self.avoided.is_empty()
    }

    /// Remarks of the catalog: `librdkafka 2.3.0`, `undated in changelog`, `from …`.
    #[must_use]
    pub fn marks(&self) -> &[String] {
        &self.marks
    }

    /// Neither withdrawn nor a prerelease.
    pub(crate) fn is_plain(&self) -> bool {
        !self.yanked && !self.prerelease
    }

    /// May a state of a plan enter it, as far as the catalog alone can say?
    pub(crate) fn is_enterable(&self) -> bool {
        self.enterable
    }
}

/// A requirement of one release on a package, a runtime, or something outside the catalog.
#[derive(Clone, Debug)]
pub struct Dependency {
    pub(crate) name: Name,
    pub(crate) requirement: Arc<Requirement>,
}

impl Dependency {
    /// On what.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// What of it.
    #[must_use]
    pub fn requirement(&self) -> &Requirement {
        &self.requirement
    }
}

/// A compiled requirement: which releases of `on` will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Need {
    pub(crate) on: PackageId,
    pub(crate) set: SetId,
    /// The rule it comes from; `None` for the release's own requirement. A rule applies only where
    /// both packages are present; a requirement demands presence.
    pub(crate) rule: Option<RuleId>,
}

/// The place of a release set in its catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SetId(pub(crate) u32);

/// The compiled sets of a catalog, in the order of their ids; in runs, so that a question reads those near the
/// ones that it needs: packages in lockstep require each version of one another.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReleaseSets(pub(super) Vec<Late<ReleaseSet>>);

impl ReleaseSets {
    /// The sets in a run.
    const RUN: usize = 64;

    pub(super) fn new(mut sets: Vec<ReleaseSet>) -> Self {
        let mut runs = Vec::new();
        while !sets.is_empty() {
            let rest = sets.split_off(sets.len().min(Self::RUN));
            runs.push(Late::from(std::mem::replace(&mut sets, rest)));
        }
        ReleaseSets(runs)
    }

    pub(super) fn get(&self, id: SetId) -> &ReleaseSet {
        let at = id.0 as usize;
        &self.0[at / Self::RUN][at % Self::RUN]
    }
}

/// The releases of one package that a requirement admits.
#[derive(Clone, Debug)]
pub(crate) struct ReleaseSet {
    pub(crate) on: PackageId,
    pub(crate) requirement: Arc<Requirement>,
    /// The set is of those that the requirement does *not* admit (for pairs that conflict).
    pub(crate) negated: bool,
    pub(crate) bits: Box<[u64]>,
}

impl ReleaseSet {
    pub(crate) fn contains(&self, release: usize) -> bool {
        self.bits[release / 64] >> (release % 64) & 1 == 1
    }

    /// Judges a version that the catalog does not know.
    pub(crate) fn admits(&self, version: &Version) -> bool {
        self.requirement.matches(version) != self.negated
    }
}

/// A list; that of a stored catalog is read when it is first looked at.
#[derive(Clone)]
pub(crate) struct Late<T> {
    list: OnceCell<Vec<T>>,
    stored: &'static [u8],
}

impl<T> Late<T> {
    pub(super) fn stored(stored: &'static [u8]) -> Self {
        Late {
            list: OnceCell::new(),
            stored,
        }
    }
}

impl<T: Stored> Late<T> {
    fn list(&self) -> &Vec<T> {
        // A test reads all that is stored.
        let read = || super::stored::read(self.stored).unwrap_or_default();
        self.list.get_or_init(read)
    }
}

impl<T> Default for Late<T> {
    fn default() -> Self {
        Late::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for Late<T> {
    fn from(list: Vec<T>) -> Self {
        Late {
            list: OnceCell::with_value(list),
            stored: &[],
        }
    }
}

impl<T: Stored> Deref for Late<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.list()
    }
}

impl<T: Stored> DerefMut for Late<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.list();
        self.list.get_mut().map_or(&mut [], Vec::as_mut_slice)
    }
}

impl<'a, T: Stored> IntoIterator for &'a Late<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Stored + fmt::Debug> fmt::Debug for Late<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list().fmt(f)
    }
}
