//! The schemes by name.

use crate::error::{Error, ErrorCode, Result};
use std::fmt;

/// The rules by which a version text is read and ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// `Gem::Version` of RubyGems: `2.5.0.rc1`.
    RubyGems,
    /// Semantic Versioning 2.0 as Cargo reads it: `2.5.0-rc.1`.
    SemVer,
}

impl Scheme {
    /// Every scheme, in order.
    const ALL: [Scheme; 2] = [Scheme::RubyGems, Scheme::SemVer];

    /// The scheme of a name, spelled exactly as [`Scheme::name`] gives it.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownScheme`] for any other name: `pep440`.
    ///
    /// ```
    /// use rungs::Scheme;
    /// assert_eq!(Scheme::from_name("semver")?, Scheme::SemVer);
    /// assert!(Scheme::from_name("pep440").is_err());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn from_name(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.name() == name)
            .ok_or_else(|| {
                Error::new(
                    ErrorCode::UnknownScheme,
                    format!(
                        "{} is not a version scheme: expected rubygems or semver",
                        super::shown(name)
                    ),
                )
                .with_help("name one of the schemes rubygems and semver")
            })
    }

    /// The name: `rubygems` or `semver`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Scheme::RubyGems => "rubygems",
            Scheme::SemVer => "semver",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for scheme in Scheme::ALL {
            assert_eq!(Scheme::from_name(scheme.name()), Ok(scheme));
            assert_eq!(scheme.to_string(), scheme.name());
        }
        let error = Scheme::from_name("pep440").unwrap_err();
        assert_eq!(error.code(), ErrorCode::UnknownScheme);
        assert_eq!(
            error.to_string(),
            "\"pep440\" is not a version scheme: expected rubygems or semver"
        );
        assert!(Scheme::from_name("RubyGems").is_err(), "case counts");
    }
}
