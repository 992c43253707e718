//! Packages of a catalog: how they move, and what is known of them as a whole. Free of any judgement.

use super::RuleId;
use super::edges::Edges;
use super::line::Line;
use super::release::{Release, Releases};
use crate::name::Name;
use crate::plain::Text;
use crate::version::{Scheme, Version};

/// The place of a package in its catalog; packages are numbered in the catalog's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PackageId(pub(crate) u16);

impl PackageId {
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
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
