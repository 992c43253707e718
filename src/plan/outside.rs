//! What a step asks of packages that are not in the catalog.

use std::fmt;

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
    pub(crate) requirement: String,
}

impl Wanted {
    /// The package that requires it, with its version: `karafka-rdkafka 0.19.5`.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// What it requires: `~> 1.17.1`.
    #[must_use]
    pub fn requirement(&self) -> &str {
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

    /// The version after; `None` where it leaves, and where no index tells its releases.
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

/// `ffi 1.15.5 -> 1.17.2 (karafka-rdkafka 0.19.5 requires ~> 1.17.1)`, and without an index
/// `ffi 1.15.5: karafka-rdkafka 0.19.5 requires ~> 1.17.1, but my_gem 1.0 requires < 1.17
/// (unverified)`.
impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.gem)?;
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, " {from} -> {to}")?,
            (Some(from), None) if self.wanted.is_some() => write!(f, " {from}")?,
            (Some(from), None) => write!(f, " {from} is removed")?,
            (None, Some(to)) => write!(f, " is added at {to}")?,
            (None, None) => f.write_str(" is added")?,
        }
        match &self.wanted {
            Some(wanted) if self.is_verified => {
                write!(f, " ({} requires {})", wanted.by, wanted.requirement)?;
            }
            Some(wanted) => {
                write!(f, ": {} requires {}", wanted.by, wanted.requirement)?;
            }
            None => {}
        }
        for held in &self.held {
            write!(f, ", but {} requires {}", held.by, held.requirement)?;
        }
        if self.edits_gemfile {
            f.write_str(", and its Gemfile requirement must be edited")?;
        }
        if !self.is_verified {
            f.write_str(" (unverified)")?;
        }
        Ok(())
    }
}
