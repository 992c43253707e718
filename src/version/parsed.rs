//! One version, read once.

use super::key::{Key, Part};
use super::scheme::Scheme;
use super::{rubygems, semver, shown};
use crate::error::{Error, ErrorCode, Result};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A version of a [`Scheme`], cheap to clone and to compare.
///
/// Order, equality and hash are those of the scheme, so `1.0 == 1`; versions of different schemes
/// order by scheme first. The text is kept for display.
///
/// ```
/// use rungs::{Scheme, Version};
/// let new = Version::parse(Scheme::RubyGems, "2.10.0")?;
/// let old = Version::parse(Scheme::RubyGems, "2.9.0.rc1")?;
/// assert!(old < new && old.is_prerelease());
/// assert_eq!(new, Version::parse(Scheme::RubyGems, "2.10")?);
/// assert_eq!(new.to_string(), "2.10.0");
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone)]
pub struct Version {
    scheme: Scheme,
    key: Key,
    text: Arc<str>,
}

/// A piece of a version: `2.0.rc1` is 2, 0, rc, 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A number of any size, in decimal digits without leading zeros.
    Number(String),
    /// Letters; in semver also digits and hyphens among them.
    Word(String),
}

impl Version {
    /// The longest text that is read as a version, in bytes with the blanks around it. Its normal
    /// spelling, in which a hyphen is `.pre.`, is no longer either, so it can be read again.
    pub const MAX_LEN: usize = 255;

    /// Reads a version.
    ///
    /// In RubyGems blanks around a version are dropped, a hyphen means `.pre.`, and a blank text
    /// is `0`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidVersion`] for a text that the scheme does not take (`2..1`; `1.0` in
    /// semver), or one longer than [`Version::MAX_LEN`].
    ///
    /// ```
    /// use rungs::{ErrorCode, Scheme, Version};
    /// let version = Version::parse(Scheme::RubyGems, "2.6.0-rc1")?;
    /// assert_eq!(version.line(), "2.6");
    /// let error = Version::parse(Scheme::RubyGems, "2..1").unwrap_err();
    /// assert_eq!(error.code(), ErrorCode::InvalidVersion);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn parse(scheme: Scheme, text: &str) -> Result<Self> {
        if text.len() > Self::MAX_LEN {
            return Err(refused(
                scheme,
                text,
                &format!("it is longer than {} bytes", Self::MAX_LEN),
            ));
        }
        let version = match scheme {
            Scheme::RubyGems => rubygems::read(text).ok_or_else(|| {
                refused(
                    scheme,
                    text,
                    "expected numbers and words with single dots between them, a number first",
                )
            }),
            Scheme::SemVer => {
                semver::read(text).map_err(|error| refused(scheme, text, &error.to_string()))
            }
        };
        version.and_then(|version| match version.text.len() <= Self::MAX_LEN {
            true => Ok(version),
            false => Err(refused(
                scheme,
                text,
                &format!("it is longer than {} bytes in full", Self::MAX_LEN),
            )),
        })
    }

    /// Whether [`Version::parse`] takes a text.
    ///
    /// ```
    /// use rungs::{Scheme, Version};
    /// assert!(Version::is_valid(Scheme::RubyGems, "1.0"));
    /// assert!(!Version::is_valid(Scheme::SemVer, "1.0"));
    /// ```
    #[must_use]
    pub fn is_valid(scheme: Scheme, text: &str) -> bool {
        text.len() <= Self::MAX_LEN
            && match scheme {
                // A hyphen is written as five characters.
                Scheme::RubyGems => match text.len() * 5 <= Self::MAX_LEN || !text.contains('-') {
                    true => rubygems::is_valid(text),
                    false => Self::parse(scheme, text).is_ok(),
                },
                Scheme::SemVer => ::semver::Version::parse(text).is_ok(),
            }
    }

    /// The normal spelling, as `Gem::Version#to_s`: `1.0.pre.rc1` where `1.0-rc1` was read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same text, shared.
    pub(crate) fn text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// The scheme that it was read by.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether it is a prerelease: it has a letter, or in semver a part after a hyphen.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert!(version("2.5.0.rc1")?.is_prerelease());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        match self.scheme {
            Scheme::RubyGems => rubygems::is_prerelease(&self.text),
            Scheme::SemVer => semver::is_prerelease(&self.text),
        }
    }

    /// Whether both are the same version, spelled alike: not so `1.0` and `1` (`eql?` in Ruby).
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert!(version("1.0")?.same_precision(&version("1.0")?));
    /// assert!(!version("1.0")?.same_precision(&version("1.0.0")?));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn same_precision(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.text == other.text
    }

    /// Its numbers and words; in semver the three numbers and the identifiers of the prerelease.
    ///
    /// ```
    /// use rungs::Segment::{Number, Word};
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// let rc = [Number("2".into()), Number("0".into()), Word("rc".into()), Number("1".into())];
    /// assert_eq!(version("2.0.rc1")?.segments(), rc);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn segments(&self) -> Vec<Segment> {
        match self.scheme {
            Scheme::RubyGems => owned(rubygems::parts(&self.text)),
            Scheme::SemVer => owned(semver::parts(&self.text).into_iter()),
        }
    }

    /// Its segments without the zeros that do not count: `1.0.a.2.0` is 1, a, 2.
    ///
    /// In semver all zeros count, so these are [`Version::segments`].
    #[must_use]
    pub fn canonical_segments(&self) -> Vec<Segment> {
        match self.scheme {
            Scheme::RubyGems => owned(rubygems::parts(&rubygems::canonical(&self.text))),
            Scheme::SemVer => self.segments(),
        }
    }

    /// The release that `~>` stops before: `5.4` for `5.3.1`, `6` for `5.3` and for `5`.
    ///
    /// In semver the one that `~` stops before, the next minor release: `5.4.0` for `5.3.1` (the
    /// very last release where no number is left for it).
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert_eq!(version("5.3.1")?.bump(), version("5.4")?);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn bump(&self) -> Self {
        match self.scheme {
            Scheme::RubyGems => rubygems::bump(&self.text),
            Scheme::SemVer => semver::bump(self),
        }
    }

    /// The release of a prerelease: `1.2.0` for `1.2.0.rc1`; a release is its own.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert_eq!(version("2.5.0.rc1")?.release().to_string(), "2.5.0");
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn release(&self) -> Self {
        match self.scheme {
            _ if !self.is_prerelease() => self.clone(),
            Scheme::RubyGems => rubygems::release(&self.text),
            Scheme::SemVer => semver::release(self),
        }
    }

    /// The requirement that RubyGems recommends to users of this version: `~> 2.6` for `2.6.1`,
    /// `~> 2.6.a` for `2.6.0.rc1`; in semver `^2.6.0` and `^2.6.0-0`.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert_eq!(version("2.5.1")?.approximate_recommendation(), "~> 2.5");
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn approximate_recommendation(&self) -> String {
        match self.scheme {
            Scheme::RubyGems => rubygems::approximate_recommendation(&self.text),
            Scheme::SemVer => semver::approximate_recommendation(&self.text),
        }
    }

    /// The line `MAJOR.MINOR` that it belongs to, by the numbers before its first word: `2.6` for
    /// `2.6.0.rc1`, `3.0` for `3`.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert_eq!(version("2.5.1")?.line(), "2.5");
    /// # Ok::<(), rungs::Error>(())
    /// ```
    ///
    /// See [`Version::of_line`] for the way back.
    #[must_use]
    pub fn line(&self) -> String {
        let numbers = match self.scheme {
            Scheme::RubyGems => rubygems::release_numbers(&self.text),
            Scheme::SemVer => semver::release_numbers(&self.text),
        };
        let number = |at: usize| numbers.get(at).copied().unwrap_or("0");
        format!("{}.{}", number(0), number(1))
    }

    /// The version that a text names, or the first that a line (`2.5`) can hold: semver has no versions
    /// of two numbers.
    ///
    /// # Errors
    /// As [`Version::parse`].
    ///
    /// ```
    /// use rungs::{Scheme, Version};
    /// assert_eq!(Version::of_line(Scheme::SemVer, "1.34")?.as_str(), "1.34.0");
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn of_line(scheme: Scheme, text: &str) -> Result<Self> {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        let numbers = text.split('.').count();
        match scheme {
            Scheme::SemVer if numbers <= 2 && text.split('.').all(is_number) => {
                Self::parse(scheme, &format!("{text}{}", ".0".repeat(3 - numbers)))
            }
            _ => Self::parse(scheme, text),
        }
    }

    pub(super) fn new(scheme: Scheme, key: Key, text: Arc<str>) -> Self {
        Version { scheme, key, text }
    }

    /// Whether this version's release is below another release of the same scheme, without
    /// making it: `self.release() < *release`.
    #[inline]
    pub(super) fn release_is_below(&self, release: &Self) -> bool {
        self.key.release_is_below(&release.key)
    }
}

impl PartialEq for Version {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.key == other.key
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.scheme
            .cmp(&other.scheme)
            .then_with(|| self.key.cmp(&other.key))
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.scheme.hash(state);
        self.key.hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.scheme, self.text)
    }
}

fn owned<'a>(parts: impl Iterator<Item = Part<'a>>) -> Vec<Segment> {
    parts
        .map(|part| match part {
            Part::Number(digits) => Segment::Number(digits.to_owned()),
            Part::Word(word) => Segment::Word(word.to_owned()),
        })
        .collect()
}

fn refused(scheme: Scheme, text: &str, why: &str) -> Error {
    Error::new(
        ErrorCode::InvalidVersion,
        format!("{} is not a {scheme} version: {why}", shown(text)),
    )
    .with_help(match scheme {
        Scheme::RubyGems => "write it like 2.6.0 or 2.6.0.rc1",
        Scheme::SemVer => "write it like 2.6.0 or 2.6.0-rc.1",
    })
}
