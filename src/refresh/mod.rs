//! What a gem server's index says that a catalog does not: releases that are new, withdrawn or
//! changed, and lines that open.
//!
//! The comparison reads nothing itself: the caller asks a server (`rungs catalog refresh` does) and
//! hands over one [`IndexAnswer`] for each package that was asked.
//!
//! ```
//! use rungs::catalog::Catalog;
//! use rungs::index::read_info;
//! use rungs::refresh::{IndexAnswer, IndexAnswers, Refresh};
//!
//! # fn main() -> Result<(), rungs::Error> {
//! let catalog = Catalog::karafka()?;
//! let (releases, _) = read_info(b"---\n1.0.0 |\n99.0.0 karafka:>= 99|ruby:>= 3.4\n");
//! let mut answers = IndexAnswers::new();
//! answers.insert(rungs::Name::new("karafka-web")?, IndexAnswer::new(releases));
//! let refresh = Refresh::compare(&catalog, &answers);
//! let web = refresh.packages().find(|it| it.name().as_str() == "karafka-web").unwrap();
//! assert_eq!(web.added()[0].opens(), Some("99.0"));
//! assert!(!refresh.is_complete()); // the other packages were not asked
//! # Ok(())
//! # }
//! ```
//!
//! # Stability
//! Stable as the rest of the crate: within 0.y it only grows.

mod changelog;
mod compare;

pub use changelog::{ChangelogRelease, read_changelog};

use crate::index::Indexed;
use crate::name::Name;
use crate::version::Version;
use std::collections::BTreeMap;

/// What a server answered, package by package.
#[derive(Clone, Debug, Default)]
pub struct IndexAnswers(BTreeMap<Name, IndexAnswer>);

/// What a server says of one package.
#[derive(Clone, Debug, Default)]
pub struct IndexAnswer {
    /// `None`: the server does not have the package.
    releases: Option<Vec<Indexed>>,
    withdrawn: Vec<Version>,
    unread: usize,
}

/// The difference between a catalog and what a server answered.
#[derive(Clone, Debug)]
pub struct Refresh {
    packages: Vec<PackageRefresh>,
}

/// What a server says of one package that the catalog does not.
#[derive(Clone, Debug)]
pub struct PackageRefresh {
    name: Name,
    new: Vec<NewRelease>,
    withdrawn: Vec<Version>,
    returned: Vec<Version>,
    changed: Vec<ChangedRelease>,
    gap: Option<RefreshGap>,
}

/// A release that the catalog does not have.
#[derive(Clone, Debug)]
pub struct NewRelease {
    release: Indexed,
    opens: Option<String>,
}

/// A release whose requirements the server gives differently.
#[derive(Clone, Debug)]
pub struct ChangedRelease {
    release: Indexed,
    needs: Vec<ChangedNeed>,
}

/// One requirement that differs: on what, in the catalog, on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedNeed {
    name: Name,
    before: Option<String>,
    after: Option<String>,
}

/// Why a package is not known up to the day of the refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshGap {
    /// The server was not asked about it.
    NotAsked,
    /// The server does not have it.
    Absent,
    /// The server has only a part of the releases that the catalog knows, as a mirror that has
    /// what was asked of it. Then a missing release is not taken as withdrawn.
    Partial {
        /// How many releases the catalog knows.
        known: usize,
        /// How many of them the server does not have.
        missing: usize,
    },
    /// Lines of the answer could not be read.
    Unread {
        /// How many.
        lines: usize,
    },
}

impl RefreshGap {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            RefreshGap::NotAsked => "not_asked",
            RefreshGap::Absent => "absent",
            RefreshGap::Partial { .. } => "partial",
            RefreshGap::Unread { .. } => "unread",
        }
    }
}

impl IndexAnswers {
    /// No answer yet.
    #[must_use]
    pub fn new() -> Self {
        IndexAnswers::default()
    }

    /// Adds the answer about a package; the last one counts.
    pub fn insert(&mut self, package: Name, answer: IndexAnswer) {
        self.0.insert(package, answer);
    }
}

impl IndexAnswer {
    /// The releases of a package, as its `info` lists them.
    #[must_use]
    pub fn new(releases: Vec<Indexed>) -> Self {
        IndexAnswer {
            releases: Some(releases),
            ..IndexAnswer::default()
        }
    }

    /// The server does not have the package.
    #[must_use]
    pub fn absent() -> Self {
        IndexAnswer::default()
    }

    /// Whether the server does not have the package.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.releases.is_none()
    }

    /// The same; `versions` names these as withdrawn.
    #[must_use]
    pub fn withdrawn(mut self, versions: Vec<Version>) -> Self {
        self.withdrawn = versions;
        self
    }

    /// The same; so many lines could not be read.
    #[must_use]
    pub fn unread_lines(mut self, lines: usize) -> Self {
        self.unread = lines;
        self
    }
}

impl Refresh {
    /// The packages of the catalog except runtimes, in its order.
    pub fn packages(&self) -> impl Iterator<Item = &PackageRefresh> {
        self.packages.iter()
    }

    /// Whether the server says anything that the catalog does not.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.packages.iter().all(PackageRefresh::is_empty)
    }

    /// Whether the catalog is known up to the day of the refresh once it has these changes: every
    /// package was asked, is there as a whole, and was read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.packages.iter().all(|package| package.gap.is_none())
    }
}

impl PackageRefresh {
    /// The package.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Releases that the catalog does not have, oldest version first.
    #[must_use]
    pub fn added(&self) -> &[NewRelease] {
        &self.new
    }

    /// Releases of the catalog that the server does not offer any more.
    #[must_use]
    pub fn withdrawn(&self) -> &[Version] {
        &self.withdrawn
    }

    /// Releases that the catalog has as withdrawn and the server offers.
    #[must_use]
    pub fn returned(&self) -> &[Version] {
        &self.returned
    }

    /// Releases with other requirements than in the catalog.
    #[must_use]
    pub fn changed(&self) -> &[ChangedRelease] {
        &self.changed
    }

    /// Why it is not known up to the day of the refresh, if so.
    #[must_use]
    pub fn gap(&self) -> Option<&RefreshGap> {
        self.gap.as_ref()
    }

    /// Whether the server says nothing of it that the catalog does not.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new.is_empty()
            && self.withdrawn.is_empty()
            && self.returned.is_empty()
            && self.changed.is_empty()
    }
}

impl NewRelease {
    /// The release as the server describes it.
    #[must_use]
    pub fn release(&self) -> &Indexed {
        &self.release
    }

    /// The line that it opens: one for which nobody has read an upgrade guide or changelog yet.
    #[must_use]
    pub fn opens(&self) -> Option<&str> {
        self.opens.as_deref()
    }
}

impl ChangedRelease {
    /// The release as the server describes it now.
    #[must_use]
    pub fn release(&self) -> &Indexed {
        &self.release
    }

    /// The requirements that differ, by name.
    #[must_use]
    pub fn needs(&self) -> &[ChangedNeed] {
        &self.needs
    }
}

impl ChangedNeed {
    /// On what.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The requirement in the catalog; `None` where it has none.
    #[must_use]
    pub fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// The requirement on the server; `None` where it has none.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}
