//! The data of a catalog: packages, releases, lines, rules. Immutable, and free of any judgement.

use super::edges::Edges;
use super::stored::Stored;
use crate::date::Date;
use crate::name::Name;
use crate::plain::Text;
use crate::version::{Requirement, Scheme, Version};
use once_cell::sync::OnceCell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// The place of a package in its catalog; packages are numbered in the catalog's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PackageId(pub(crate) u16);

impl PackageId {
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The place of a rule in its catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RuleId(pub(crate) u32);

impl RuleId {
    /// The rule at this place of [`super::Catalog::rules`].
    pub(crate) fn at(place: usize) -> Self {
        RuleId(u32::try_from(place).unwrap_or(u32::MAX))
    }
}

/// How a package moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// One line further per step at most.
    Stepped,
    /// Any line, never down.
    Follower,
    /// Any line, never down, and as few moves as possible.
    Lazy,
    /// Moves in a step of its own, while all packages stand still.
    Runtime,
}

impl Role {
    pub(crate) const ALL: [Role; 4] = [Role::Stepped, Role::Follower, Role::Lazy, Role::Runtime];

    /// The word that catalogs and documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Role::Stepped => "stepped",
            Role::Follower => "follower",
            Role::Lazy => "lazy",
            Role::Runtime => "runtime",
        }
    }
}

/// From where a package enters a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moves {
    /// From its own line, the line below, and over bridges; a follower from any line.
    #[default]
    Lines,
    /// From any earlier release.
    Any,
    /// Along the edges that the catalog lists.
    Edges,
}

impl Moves {
    pub(crate) const ALL: [Moves; 3] = [Moves::Lines, Moves::Any, Moves::Edges];

    /// The word that catalogs and documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Moves::Lines => "lines",
            Moves::Any => "any",
            Moves::Edges => "edges",
        }
    }
}

/// A named thing with releases.
///
/// ```
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let karafka = catalog.package("karafka").unwrap();
/// assert_eq!(karafka.role(), rungs::catalog::Role::Stepped);
/// assert_eq!(karafka.lines().last().unwrap().name(), "2.6");
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Package {
    pub(crate) name: Name,
    /// The catalogs that describe it: where several are joined, it may be more than one.
    pub(crate) families: Vec<Name>,
    pub(crate) role: Role,
    pub(crate) about: Text,
    pub(crate) changelog: Option<Text>,
    pub(crate) scheme: Scheme,
    /// Why it never goes down, not even in a repair: its data cannot go back.
    pub(crate) no_way_back: Option<Text>,
    /// The package that has taken its place.
    pub(crate) replaced_by: Option<Name>,
    /// Only for a runtime: may a step pass over lines?
    pub(crate) one_line_at_a_time: bool,
    /// Only for a runtime: it moves as soon and as far as the packages allow.
    pub(crate) early: Option<Name>,
    pub(crate) moves: Moves,
    pub(crate) edges: Edges,
    /// It moves in a step of its own.
    pub(crate) alone: bool,
    /// Packages with the same word here share each version.
    pub(crate) lockstep: Option<Name>,
    /// What carries out a move of it; `{from}` and `{to}` stand for the versions.
    pub(crate) command: Option<Text>,
    /// What a person does to move it, where no command does; `{from}` and `{to}` stand for the versions.
    pub(crate) instruction: Option<Text>,
    /// Ascending, no two equal.
    pub(crate) releases: Releases,
    /// Ascending; every release lies in one of them.
    pub(crate) lines: Vec<Line>,
    /// What some release of it requires of the catalog.
    pub(crate) requires: Vec<PackageId>,
    /// The rules that are about it, in their order.
    pub(crate) rules: Vec<RuleId>,
    /// Releases that were not withdrawn and are no prereleases, as bits.
    pub(crate) plain: Vec<u64>,
    /// Prereleases that were not withdrawn.
    pub(crate) prereleases: Vec<u64>,
}

impl Package {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The names of the catalogs that describe it; where several are joined, it may be more than one.
    ///
    /// ```
    /// # let catalog = rungs::catalog::Catalog::karafka()?;
    /// let waterdrop = catalog.package("waterdrop").unwrap();
    /// assert_eq!(waterdrop.families()[0].as_str(), "karafka");
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn families(&self) -> &[Name] {
        &self.families
    }

    /// Whether it is first described by this catalog.
    pub(crate) fn is_first_of(&self, family: &Name) -> bool {
        self.families.first() == Some(family)
    }

    /// How it moves.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// What it is, in a few words; may be empty.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }

    /// Where its changelog is.
    #[must_use]
    pub fn changelog(&self) -> Option<&str> {
        self.changelog.as_deref()
    }

    /// The scheme of its versions.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Why no plan takes it down, not even a repair: its data cannot go back.
    #[must_use]
    pub fn no_way_back(&self) -> Option<&str> {
        self.no_way_back.as_deref()
    }

    /// The package that has taken its place: it leaves once nothing requires it, also where the user
    /// asks for it.
    #[must_use]
    pub fn replaced_by(&self) -> Option<&Name> {
        self.replaced_by.as_ref()
    }

    /// From where it enters a release.
    #[must_use]
    pub fn moves(&self) -> Moves {
        self.moves
    }

    /// Whether it moves in a step of its own, as runtimes do.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.alone || self.role == Role::Runtime
    }

    /// Whether it is a runtime that moves as soon and as far as the packages allow, instead of as little
    /// as the target needs.
    #[must_use]
    pub fn is_early(&self) -> bool {
        self.early.is_some()
    }

    /// The group of packages that share each version, if it is in one.
    #[must_use]
    pub fn lockstep(&self) -> Option<&Name> {
        self.lockstep.as_ref()
    }

    /// Whether its moves are carried out by a command or an instruction of the catalog, and not by Bundler:
    /// then no lockfile has it, and whoever installed it asked for it.
    pub(crate) fn is_deployed(&self) -> bool {
        self.command.is_some() || self.instruction.is_some()
    }

    /// What a person does in a step that moves it, where the catalog has no command for it: `{from}` and
    /// `{to}` stand for the versions.
    #[must_use]
    pub fn instruction(&self) -> Option<&str> {
        self.instruction.as_deref()
    }

    /// The command of a step that moves it, where the catalog has one: `{from}` and `{to}` stand for
    /// the versions.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        self.command.as_deref()
    }

    /// Its releases, oldest version first.
    #[must_use]
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// Its lines, oldest first.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The release of exactly this version.
    ///
    /// ```
    /// # let catalog = rungs::catalog::Catalog::karafka()?;
    /// let karafka = catalog.package("karafka").unwrap();
    /// let version = rungs::Version::parse(karafka.scheme(), "2.3.0")?;
    /// let release = karafka.release(&version).unwrap();
    /// assert!(release.requirements().iter().any(|need| need.name().as_str() == "waterdrop"));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn release(&self, version: &Version) -> Option<&Release> {
        self.release_index(version).map(|at| &self.releases[at])
    }

    pub(crate) fn release_index(&self, version: &Version) -> Option<usize> {
        self.releases
            .binary_search_by(|release| release.version.cmp(version))
            .ok()
    }

    pub(crate) fn line_index(&self, name: &str) -> Option<usize> {
        self.lines.iter().position(|line| *line.name == *name)
    }
}

/// The releases of a package.
pub(crate) type Releases = Late<Release>;

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

/// The releases that count as one rung.
///
/// ```
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let line = &catalog.package("karafka").unwrap().lines()[0];
/// assert!(line.support().is_none_or(|support| !support.status().name().is_empty()));
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Line {
    pub(crate) name: Text,
    pub(crate) support: Option<Support>,
    /// It has a release that the catalog alone would let a plan stand on.
    pub(crate) is_rung: bool,
    /// All its releases carry the mark [`Line::UNREAD`], and `lines` does not list it.
    pub(crate) unread: bool,
}

impl Line {
    /// The mark of releases that were added without reading the guide of their line.
    pub const UNREAD: &str = "guide unread";

    /// Whether nobody has read its upgrade guide or changelog for this catalog: its releases were
    /// added from a server, so rules and actions about it may be missing.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.unread
    }

    /// `MAJOR.MINOR`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the catalog says of its support.
    #[must_use]
    pub fn support(&self) -> Option<&Support> {
        self.support.as_ref()
    }
}

/// The support of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    pub(crate) first_release: Option<Date>,
    pub(crate) status: SupportStatus,
    pub(crate) end_of_life: Option<Date>,
}

impl Support {
    /// The day of the first release.
    #[must_use]
    pub fn first_release(&self) -> Option<Date> {
        self.first_release
    }

    /// The state of support on the catalog's horizon.
    #[must_use]
    pub fn status(&self) -> SupportStatus {
        self.status
    }

    /// The last day of support; `None` while none is announced.
    #[must_use]
    pub fn end_of_life(&self) -> Option<Date> {
        self.end_of_life
    }
}

/// The state of support of a line on the catalog's horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SupportStatus {
    /// All kinds of fixes and improvements.
    Active,
    /// Security and critical fixes only.
    Maintenance,
    /// Nothing any more.
    Eol,
    /// Pre-releases only.
    Preview,
}

impl SupportStatus {
    pub(crate) const ALL: [SupportStatus; 4] = [
        SupportStatus::Active,
        SupportStatus::Maintenance,
        SupportStatus::Eol,
        SupportStatus::Preview,
    ];

    /// The word that catalogs and documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SupportStatus::Active => "active",
            SupportStatus::Maintenance => "maintenance",
            SupportStatus::Eol => "eol",
            SupportStatus::Preview => "preview",
        }
    }
}
