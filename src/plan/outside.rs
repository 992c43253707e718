//! What a step asks of packages that are not in the catalog.

use crate::version::Version;

/// A package outside the catalog that a step moves, brings in or lets go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    pub(crate) gem: String,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) wanted: Option<Wanted>,
    pub(crate) held: Vec<Wanted>,
    pub(crate) is_verified: bool,
    pub(crate) edits_gemfile: bool,
}

/// A requirement of one package on another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub(crate) by: String,
    pub(crate) requirement: WantedVersion,
}

/// The versions that a requirement allows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WantedVersion {
    /// Those that meet it: `~> 1.17.1`.
    Meets(String),
    /// Those after this one: the installed runtime refuses it.
    NewerThan(Version),
}

impl Wanted {
    /// The package that requires it, with its version: `karafka-rdkafka 0.19.5`.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// What it requires: `~> 1.17.1`.
    #[must_use]
    pub fn requirement(&self) -> &WantedVersion {
        &self.requirement
    }
}

impl Outside {
    /// The package.
    #[must_use]
    pub fn gem(&self) -> &str {
        &self.gem
    }

    /// The version before; `None` where it joins.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// The version after; `None` where it leaves, and where no index lists its releases.
    #[must_use]
    pub fn to(&self) -> Option<&str> {
        self.to.as_deref()
    }

    /// The requirement that moves it; `None` where it is removed.
    #[must_use]
    pub fn wanted(&self) -> Option<&Wanted> {
        self.wanted.as_ref()
    }

    /// The requirements that exclude newer versions.
    #[must_use]
    pub fn held(&self) -> &[Wanted] {
        &self.held
    }

    /// Whether an index says that this resolves.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.is_verified
    }

    /// Whether the Gemfile's own requirement of it has to be edited.
    #[must_use]
    pub fn edits_gemfile(&self) -> bool {
        self.edits_gemfile
    }
}
