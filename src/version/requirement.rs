//! Requirements: lists of comparisons that a version must all meet.

use super::parsed::Version;
use super::scheme::Scheme;
use super::set::{Cut, Row, VersionSet};
use super::{rubygems, semver, shown};
use crate::error::{Error, ErrorCode, Result};
use ::semver::{Op as SemVerOp, VersionReq};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// What a version must meet: `~> 2.3, >= 2.3.4`.
///
/// Equality and hash are RubyGems' own: the order of the comparisons does not count, `>= 1` is
/// `>= 1.0`, but `~> 1` is not `~> 1.0`.
///
/// ```
/// use rungs::{Requirement, Scheme, Version};
/// let wanted = Requirement::parse(Scheme::RubyGems, "~> 2.3, >= 2.3.4")?;
/// let version = |text| Version::parse(Scheme::RubyGems, text);
/// assert!(wanted.matches(&version("2.10")?));
/// assert!(!wanted.matches(&version("3.0.0.rc1")?), "~> leaves the prereleases of 3 out");
/// assert_eq!(wanted.for_lockfile().as_deref(), Some(" (~> 2.3, >= 2.3.4)"));
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone)]
pub struct Requirement(Comparisons);

#[derive(Clone)]
enum Comparisons {
    /// Never empty.
    RubyGems(Vec<Comparison>),
    SemVer(VersionReq),
}

#[derive(Clone)]
struct Comparison {
    op: Op,
    version: Version,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Op {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    /// With the release that it stops before, prereleases included.
    Pessimistic(Version),
}

impl Op {
    /// Those without more.
    const ALL: [Op; 6] = [
        Op::Equal,
        Op::NotEqual,
        Op::Greater,
        Op::Less,
        Op::GreaterOrEqual,
        Op::LessOrEqual,
    ];

    fn number(&self) -> u8 {
        let at = Self::ALL.iter().position(|it| it == self);
        at.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
    }
}

impl Requirement {
    /// The longest text that is read as a requirement, in bytes.
    pub const MAX_LEN: usize = 4096;

    /// The most comparisons that a requirement may have.
    pub const MAX_COMPARISONS: usize = 64;

    /// Reads a list with commas: `~> 2.3, >= 2.3.4`; in semver what Cargo takes: `^1.2, <1.5`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRequirement`] where one of them is no comparison (`=> 2.1`), where
    /// there is none, or too many or too much of them.
    ///
    /// ```
    /// use rungs::{Requirement, Scheme, Version};
    /// let requirement = Requirement::parse(Scheme::RubyGems, "~> 2.3, >= 2.3.4")?;
    /// assert!(requirement.matches(&Version::parse(Scheme::RubyGems, "2.5.0")?));
    /// assert!(Requirement::parse(Scheme::RubyGems, "=> 2.1").is_err());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn parse(scheme: Scheme, text: &str) -> Result<Self> {
        match scheme {
            Scheme::RubyGems => {
                within(Self::MAX_LEN, scheme, text)?;
                let list: Vec<_> = text.split(',').map(rubygems::trim).collect();
                Self::from_list(scheme, &list)
            }
            Scheme::SemVer => Self::from_list(scheme, &[text]),
        }
    }

    /// Reads a list, each element one requirement, as `Gem::Requirement.new`: elements that are
    /// the same text count once, and an empty list is [`Requirement::any`].
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRequirement`] where an element is none (`["~> 2.3, < 3"]` in RubyGems,
    /// which takes one comparison an element), or too many or too much of them.
    ///
    /// ```
    /// use rungs::{Requirement, Scheme};
    /// let requirement = Requirement::from_list(Scheme::RubyGems, &[">= 1", "< 3"])?;
    /// assert_eq!(requirement.to_string(), ">= 1, < 3");
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn from_list<S: AsRef<str>>(scheme: Scheme, list: &[S]) -> Result<Self> {
        let mut texts: Vec<&str> = Vec::new();
        for text in list.iter().map(AsRef::as_ref) {
            within(Self::MAX_LEN, scheme, text)?;
            if !texts.contains(&text) {
                texts.push(text);
            }
            few(scheme, texts.len())?;
        }
        match scheme {
            _ if texts.is_empty() => Ok(Self::any(scheme)),
            Scheme::RubyGems => {
                let read = texts.into_iter().map(Comparison::read);
                Ok(Requirement(Comparisons::RubyGems(
                    read.collect::<Result<_>>()?,
                )))
            }
            Scheme::SemVer => {
                let mut all = VersionReq::STAR;
                for text in texts {
                    let read = VersionReq::parse(text)
                        .map_err(|error| refused(scheme, text, &error.to_string()))?;
                    all.comparators.extend(read.comparators);
                    few(scheme, all.comparators.len())?;
                }
                Ok(Requirement(Comparisons::SemVer(all)))
            }
        }
    }

    /// What is required where nothing is: `>= 0`, in semver `*`.
    ///
    /// Prereleases of 0 do not meet the first, and no prerelease meets the second.
    ///
    /// ```
    /// use rungs::{Requirement, Scheme};
    /// assert!(Requirement::any(Scheme::RubyGems).is_any());
    /// ```
    #[must_use]
    pub fn any(scheme: Scheme) -> Self {
        Requirement(match scheme {
            Scheme::RubyGems => Comparisons::RubyGems(vec![Comparison {
                op: Op::GreaterOrEqual,
                version: rubygems::zero(),
            }]),
            Scheme::SemVer => Comparisons::SemVer(VersionReq::STAR),
        })
    }

    /// The requirement of one version: `= 2.3.4`.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert!(Requirement::exactly(&version("2.1")?).matches(&version("2.1.0")?));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn exactly(version: &Version) -> Self {
        Requirement(match semver::parsed(version) {
            Some(parsed) => Comparisons::SemVer(semver::exactly(&parsed)),
            None => Comparisons::RubyGems(vec![Comparison {
                op: Op::Equal,
                version: version.clone(),
            }]),
        })
    }

    /// The number of each operator, its version, and of `~>` the release that it stops before: what
    /// [`Requirement::of_parts`] takes. `None` in semver.
    pub(crate) fn parts(&self) -> Option<Vec<(u8, Version, Option<Version>)>> {
        let Comparisons::RubyGems(list) = &self.0 else {
            return None;
        };
        let parts = list.iter().map(|it| {
            let end = match &it.op {
                Op::Pessimistic(end) => Some(end.clone()),
                _ => None,
            };
            (it.op.number(), it.version.clone(), end)
        });
        Some(parts.collect())
    }

    /// The requirement with these [parts](Requirement::parts).
    pub(crate) fn of_parts(parts: Vec<(u8, Version, Option<Version>)>) -> Option<Self> {
        let list = parts.into_iter().map(|(number, version, end)| {
            let op = match end {
                Some(end) => Op::Pessimistic(end),
                None => Op::ALL.get(usize::from(number))?.clone(),
            };
            Some(Comparison { op, version })
        });
        let list: Vec<Comparison> = list.collect::<Option<_>>()?;
        (!list.is_empty()).then_some(Requirement(Comparisons::RubyGems(list)))
    }

    /// The scheme that it was read by.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match &self.0 {
            Comparisons::RubyGems(_) => Scheme::RubyGems,
            Comparisons::SemVer(_) => Scheme::SemVer,
        }
    }

    /// Whether a version meets every comparison; one of another scheme never does.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert!(requirement("~> 2.3")?.matches(&version("2.9")?));
    /// assert!(!requirement("~> 2.3")?.matches(&version("3.0")?));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn matches(&self, version: &Version) -> bool {
        match &self.0 {
            Comparisons::RubyGems(list) => {
                version.scheme() == Scheme::RubyGems && list.iter().all(|it| it.matches(version))
            }
            Comparisons::SemVer(all) => semver::parsed(version).is_some_and(|it| all.matches(&it)),
        }
    }

    /// The places in an ascending list, all of this scheme, of the versions that meet it.
    pub(crate) fn matching<T>(&self, list: &[T], version: impl Fn(&T) -> &Version) -> Vec<usize> {
        let (mut from, mut to) = (0, list.len());
        if let Comparisons::RubyGems(comparisons) = &self.0 {
            for comparison in comparisons {
                let range = comparison.range(list, &version);
                (from, to) = (from.max(range.start), to.min(range.end));
            }
            // Only `!=` can fail within the ranges.
            if comparisons.iter().all(|it| it.op != Op::NotEqual) {
                return (from..to).collect();
            }
        }
        (from..to)
            .filter(|at| self.matches(version(&list[*at])))
            .collect()
    }

    /// Whether it is [`Requirement::any`] (`none?` in Ruby).
    #[must_use]
    pub fn is_any(&self) -> bool {
        match &self.0 {
            Comparisons::RubyGems(list) => {
                matches!(list.as_slice(), [Comparison { op: Op::GreaterOrEqual, version }]
                    if *version == rubygems::zero())
            }
            Comparisons::SemVer(all) => all.comparators.is_empty(),
        }
    }

    /// Whether it names a prerelease.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert!(requirement(">= 2.0.rc1")?.is_prerelease());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        match &self.0 {
            Comparisons::RubyGems(list) => list.iter().any(|it| it.version.is_prerelease()),
            Comparisons::SemVer(all) => all.comparators.iter().any(|it| !it.pre.is_empty()),
        }
    }

    /// Whether it is one `=`; in semver with all three numbers.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert!(requirement("= 2.1")?.is_exact());
    /// assert!(!requirement("~> 2.1")?.is_exact());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn is_exact(&self) -> bool {
        match &self.0 {
            Comparisons::RubyGems(list) => {
                matches!(list.as_slice(), [Comparison { op: Op::Equal, .. }])
            }
            Comparisons::SemVer(all) => matches!(all.comparators.as_slice(), [one]
                if one.op == SemVerOp::Exact && one.patch.is_some()),
        }
    }

    /// The version of a requirement of RubyGems that is one `=`.
    pub(crate) fn exact(&self) -> Option<&Version> {
        match &self.0 {
            Comparisons::RubyGems(list) => match list.as_slice() {
                [
                    Comparison {
                        op: Op::Equal,
                        version,
                    },
                ] => Some(version),
                _ => None,
            },
            Comparisons::SemVer(_) => None,
        }
    }

    /// Whether it is more than one `>` or `>=`, or in semver `*`, by which new versions never
    /// stop to match.
    #[must_use]
    pub fn is_specific(&self) -> bool {
        match &self.0 {
            Comparisons::RubyGems(list) => {
                list.len() > 1
                    || !matches!(
                        list.as_slice(),
                        [Comparison {
                            op: Op::Greater | Op::GreaterOrEqual,
                            ..
                        }]
                    )
            }
            Comparisons::SemVer(all) => {
                all.comparators.len() > 1
                    || all
                        .comparators
                        .iter()
                        .any(|it| !matches!(it.op, SemVerOp::Greater | SemVerOp::GreaterEq))
            }
        }
    }

    /// As written in a `Gemfile.lock`, the lowest version first: `" (>= 2.3.4, < 3)"`.
    ///
    /// `None` where nothing is there: for [`Requirement::any`], and in semver, which has no
    /// such file.
    #[must_use]
    pub fn for_lockfile(&self) -> Option<String> {
        let Comparisons::RubyGems(list) = &self.0 else {
            return None;
        };
        if self.is_any() {
            return None;
        }
        let mut list: Vec<_> = list.iter().collect();
        list.sort_by(|a, b| a.version.cmp(&b.version));
        let mut texts: Vec<String> = Vec::new();
        for text in list.into_iter().map(ToString::to_string) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        Some(format!(" ({})", texts.join(", ")))
    }

    /// The versions that meet it: `to_set().contains(v)` is `matches(v)`.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// let both = requirement(">= 2")?.to_set().intersection(&requirement("< 2")?.to_set());
    /// assert!(both.is_empty());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn to_set(&self) -> VersionSet {
        match &self.0 {
            Comparisons::RubyGems(list) => VersionSet::of_gems(
                list.iter()
                    .map(Comparison::to_row)
                    .fold(Row::all(true), |all, row| all.merge(&row, |a, b| a && b)),
            ),
            Comparisons::SemVer(all) => VersionSet::of_semver(all),
        }
    }

    /// In the order by which RubyGems compares requirements.
    fn sorted(list: &[Comparison]) -> Vec<&Comparison> {
        let mut sorted: Vec<_> = list.iter().collect();
        sorted.sort_by_key(|it| (it.op.as_str(), it.version.as_str()));
        sorted
    }
}

impl Comparison {
    /// Reads an operator, `=` where there is none, and a version, with blanks anywhere but inside
    /// of them.
    fn read(text: &str) -> Result<Self> {
        let (op, version) = split(rubygems::trim(text));
        let version = rubygems::trim(version);
        let is_long = |version: &str| version.len() > Version::MAX_LEN;
        let read = rubygems::read(version).filter(|_| !is_long(version));
        if is_long(version) || read.as_ref().is_some_and(|read| is_long(read.as_str())) {
            let why = format!("its version is longer than {} bytes", Version::MAX_LEN);
            return Err(refused(Scheme::RubyGems, text, &why));
        }
        // A blank text is a version, but not in a requirement.
        let version = match read {
            Some(read) if !version.is_empty() => read,
            _ => {
                let why = "expected one of = != > < >= <= ~> and a version";
                return Err(refused(Scheme::RubyGems, text, why));
            }
        };
        let op = match op {
            "!=" => Op::NotEqual,
            ">" => Op::Greater,
            "<" => Op::Less,
            ">=" => Op::GreaterOrEqual,
            "<=" => Op::LessOrEqual,
            "~>" => Op::Pessimistic(version.bump()),
            _ => Op::Equal,
        };
        Ok(Comparison { op, version })
    }

    fn matches(&self, version: &Version) -> bool {
        match &self.op {
            Op::Equal => *version == self.version,
            Op::NotEqual => *version != self.version,
            Op::Greater => *version > self.version,
            Op::Less => *version < self.version,
            Op::GreaterOrEqual => *version >= self.version,
            Op::LessOrEqual => *version <= self.version,
            Op::Pessimistic(end) => *version >= self.version && version.release_is_below(end),
        }
    }

    /// The range of an ascending list that meets it; of `!=` all.
    fn range<T>(&self, list: &[T], version: impl Fn(&T) -> &Version) -> Range<usize> {
        let below = || list.partition_point(|it| *version(it) < self.version);
        let up_to = || list.partition_point(|it| *version(it) <= self.version);
        match &self.op {
            Op::Equal => below()..up_to(),
            Op::NotEqual => 0..list.len(),
            Op::Greater => up_to()..list.len(),
            Op::Less => 0..below(),
            Op::GreaterOrEqual => below()..list.len(),
            Op::LessOrEqual => 0..up_to(),
            Op::Pessimistic(end) => {
                below()..list.partition_point(|it| version(it).release_is_below(end))
            }
        }
    }

    fn to_row(&self) -> Row {
        let before = || Some(Cut::before(&self.version));
        let after = || Some(Cut::after(&self.version));
        match &self.op {
            Op::Equal => Row::between(before(), after()),
            Op::NotEqual => Row::between(before(), after()).complement(),
            Op::Greater => Row::between(after(), None),
            Op::Less => Row::between(None, before()),
            Op::GreaterOrEqual => Row::between(before(), None),
            Op::LessOrEqual => Row::between(None, after()),
            Op::Pessimistic(end) => Row::between(before(), Some(Cut::before_prereleases(end))),
        }
    }
}

impl Op {
    fn as_str(&self) -> &'static str {
        match self {
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::Greater => ">",
            Op::Less => "<",
            Op::GreaterOrEqual => ">=",
            Op::LessOrEqual => "<=",
            Op::Pessimistic(_) => "~>",
        }
    }
}

impl PartialEq for Comparison {
    fn eq(&self, other: &Self) -> bool {
        self.op.as_str() == other.op.as_str()
            && self.version == other.version
            && (!matches!(self.op, Op::Pessimistic(_))
                || self.version.same_precision(&other.version))
    }
}

impl PartialEq for Requirement {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Comparisons::RubyGems(one), Comparisons::RubyGems(two)) => {
                Self::sorted(one) == Self::sorted(two)
            }
            (Comparisons::SemVer(one), Comparisons::SemVer(two)) => one == two,
            _ => false,
        }
    }
}

impl Eq for Requirement {}

impl Hash for Requirement {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Comparisons::RubyGems(list) => {
                for it in Self::sorted(list) {
                    it.op.as_str().hash(state);
                    it.version.hash(state);
                }
            }
            Comparisons::SemVer(all) => all.hash(state),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.op.as_str())?;
        f.write_str(" ")?;
        f.write_str(self.version.as_str())
    }
}

impl Requirement {
    /// What it is shown as.
    pub(crate) fn text(&self) -> String {
        let Comparisons::RubyGems(list) = &self.0 else {
            return self.to_string();
        };
        let mut text = String::with_capacity(32);
        for (at, comparison) in list.iter().enumerate() {
            if at > 0 {
                text.push_str(", ");
            }
            text.push_str(comparison.op.as_str());
            text.push(' ');
            text.push_str(comparison.version.as_str());
        }
        text
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Comparisons::RubyGems(_) => f.pad(&self.text()),
            Comparisons::SemVer(all) => f.pad(&all.to_string()),
        }
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({self})", self.scheme())
    }
}

/// The operator at the beginning, longest first, and what follows.
fn split(text: &str) -> (&str, &str) {
    ["!=", ">=", "<=", "~>", "=", ">", "<"]
        .into_iter()
        .find_map(|op| text.strip_prefix(op).map(|rest| (op, rest)))
        .unwrap_or(("", text))
}

fn within(limit: usize, scheme: Scheme, text: &str) -> Result<()> {
    if text.len() <= limit {
        return Ok(());
    }
    let why = format!("it is longer than {limit} bytes");
    Err(refused(scheme, text, &why))
}

fn few(scheme: Scheme, count: usize) -> Result<()> {
    if count <= Requirement::MAX_COMPARISONS {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::InvalidRequirement,
        format!(
            "a {scheme} requirement of {count} comparisons is too long: at most {} are read",
            Requirement::MAX_COMPARISONS
        ),
    ))
}

fn refused(scheme: Scheme, text: &str, why: &str) -> Error {
    Error::new(
        ErrorCode::InvalidRequirement,
        format!("{} is not a {scheme} requirement: {why}", shown(text)),
    )
    .with_help(match scheme {
        Scheme::RubyGems => "write it like ~> 2.6 or >= 2.6.1",
        Scheme::SemVer => "write it like ^2.6 or >=2.6.1, <3",
    })
}
