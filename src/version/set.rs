//! Sets of versions and their algebra.
//!
//! A set keeps three rows, because requirements speak about three kinds of version apart: gems,
//! semver releases, semver prereleases. (In semver `^1.2` takes the releases of a range and not
//! one of the prereleases between them, so no list of ranges over both could say it.)
//!
//! A row is a flag, whether its lowest versions are in, and cuts in ascending order, at each of
//! which that turns. So complement is turning the flag, every other operation is one merge of
//! two rows, and sets are equal exactly when their parts are.
//!
//! Invariants, checked in debug builds by [`VersionSet::check`]:
//!
//! 1. The cuts of a row are strictly ascending.
//! 2. No cut lies below all versions of its row; the flag means it.
//! 3. A cut's version belongs to its row.
//! 4. Between any two cuts that may stand in a row lies a version of that row. For gems this
//!    is true by itself: above and below every version there are others without end. Semver is
//!    dense nowhere, so there only cuts just before a version are kept, and `> 1.0.0` cuts before
//!    1.0.1 in the row of releases.
//! 5. A cut before prereleases names a release.

use super::parsed::Version;
use super::scheme::Scheme;
use super::semver;
use ::semver::VersionReq;
use std::cmp::Ordering;
use std::fmt;

/// A set of versions: ranges without overlap, exact for prereleases too.
///
/// ```
/// use rungs::{Requirement, Scheme, Version};
/// let set = |text| Requirement::parse(Scheme::RubyGems, text).map(|it| it.to_set());
/// let joint = set("~> 2.3")?.intersection(&set(">= 2.3.4, < 2.6")?);
/// assert_eq!(joint.to_string(), ">= 2.3.4, < 2.6");
/// assert!(joint.contains(&Version::parse(Scheme::RubyGems, "2.5.0.rc1")?));
/// assert!(joint.is_disjoint_from(&set(">= 3")?));
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VersionSet {
    gems: Row,
    releases: Row,
    prereleases: Row,
}

/// One kind of version, in or out from cut to cut.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Row {
    lowest: bool,
    cuts: Vec<Cut>,
}

/// A place between versions.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Cut {
    side: Side,
    version: Version,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Below the release and every prerelease of it. There is no lowest one to cut before.
    BeforePrereleases,
    Before,
    After,
}

impl VersionSet {
    /// The set of no version.
    #[must_use]
    pub fn empty() -> Self {
        Self::of(Row::all(false), Row::all(false), Row::all(false))
    }

    /// The set of all versions, of all schemes.
    #[must_use]
    pub fn full() -> Self {
        Self::empty().complement()
    }

    /// The set of one version (in semver with its like that differ in build metadata only).
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert!(VersionSet::exactly(&version("2.1")?).contains(&version("2.1.0")?));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn exactly(version: &Version) -> Self {
        match semver::parsed(version) {
            Some(parsed) => Self::of_semver(&semver::exactly(&parsed)),
            None => Self::of_gems(Row::between(
                Some(Cut::before(version)),
                Some(Cut::after(version)),
            )),
        }
    }

    /// The versions in this set, in the other, or in both.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// let all = requirement("< 2")?.to_set().union(&requirement(">= 2")?.to_set());
    /// assert!(all.contains(&version("2")?) && all.contains(&version("1.9")?));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.merge(other, |a, b| a || b)
    }

    /// The versions in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.merge(other, |a, b| a && b)
    }

    /// The versions that are not in this set, those of other schemes included.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert!(!VersionSet::exactly(&version("2")?).complement().contains(&version("2.0")?));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn complement(&self) -> Self {
        Self::of(
            self.gems.complement(),
            self.releases.complement(),
            self.prereleases.complement(),
        )
    }

    /// The versions in this set that are not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.merge(other, |a, b| a && !b)
    }

    /// Whether a version is in it.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        match version.scheme() {
            Scheme::RubyGems => self.gems.contains(version),
            Scheme::SemVer if version.is_prerelease() => self.prereleases.contains(version),
            Scheme::SemVer => self.releases.contains(version),
        }
    }

    /// Of each version of an ascending list, all of one scheme, whether it is in: a search for each end
    /// of a range, and no look at each version.
    pub(crate) fn members<T>(&self, list: &[T], version: impl Fn(&T) -> &Version) -> Vec<bool> {
        let inside = |row: &Row| {
            let mut inside = vec![row.lowest; list.len()];
            for cut in &row.cuts {
                let above = list.partition_point(|it| !cut.is_below(version(it)));
                inside[above..].iter_mut().for_each(|it| *it = !*it);
            }
            inside
        };
        match list.first().map(|it| version(it).scheme()) {
            None => Vec::new(),
            Some(Scheme::RubyGems) => inside(&self.gems),
            Some(Scheme::SemVer) => {
                let (mut all, prereleases) = (inside(&self.releases), inside(&self.prereleases));
                for (at, prerelease) in prereleases.into_iter().enumerate() {
                    if all[at] != prerelease && version(&list[at]).is_prerelease() {
                        all[at] = prerelease;
                    }
                }
                all
            }
        }
    }

    /// Whether no version is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows().iter().all(|row| row.is_all(false))
    }

    /// Whether every version is in it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.rows().iter().all(|row| row.is_all(true))
    }

    /// Whether every version in it is in the other too.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert!(requirement("~> 2.3.1")?.to_set().is_subset_of(&requirement("~> 2.3")?.to_set()));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// Whether no version is in both.
    ///
    /// ```
    /// # use rungs::{Requirement, Scheme, Version, VersionSet};
    /// # let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    /// # let requirement = |text: &str| Requirement::parse(Scheme::RubyGems, text);
    /// assert!(requirement("< 2")?.to_set().is_disjoint_from(&requirement("> 2")?.to_set()));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn is_disjoint_from(&self, other: &Self) -> bool {
        self.intersection(other).is_empty()
    }

    /// A set of gem versions alone.
    pub(super) fn of_gems(gems: Row) -> Self {
        Self::of(gems, Row::all(false), Row::all(false))
    }

    /// The versions that a semver requirement matches, as the crate says: between two marks its
    /// answer does not change, so it is asked at each.
    pub(super) fn of_semver(requirement: &VersionReq) -> Self {
        let row = |marks| Row::turning(marks, |version| requirement.matches(version));
        Self::of(
            Row::all(false),
            row(semver::release_marks(requirement)),
            row(semver::prerelease_marks(requirement)),
        )
    }

    fn of(gems: Row, releases: Row, prereleases: Row) -> Self {
        let set = VersionSet {
            gems,
            releases,
            prereleases,
        };
        debug_assert!(set.check(), "a broken set: {set:?}");
        set
    }

    fn merge(&self, other: &Self, both: fn(bool, bool) -> bool) -> Self {
        Self::of(
            self.gems.merge(&other.gems, both),
            self.releases.merge(&other.releases, both),
            self.prereleases.merge(&other.prereleases, both),
        )
    }

    fn rows(&self) -> [&Row; 3] {
        [&self.gems, &self.releases, &self.prereleases]
    }

    /// Whether the invariants hold.
    fn check(&self) -> bool {
        let ascending = |row: &Row| row.cuts.windows(2).all(|pair| pair[0] < pair[1]);
        let gem = |cut: &Cut| {
            cut.version.scheme() == Scheme::RubyGems
                && (cut.side != Side::BeforePrereleases
                    || !cut.version.is_prerelease() && cut.version.as_str() != "0")
        };
        let semver = |cut: &Cut, prerelease, lowest| {
            cut.side == Side::Before
                && cut.version.scheme() == Scheme::SemVer
                && cut.version.is_prerelease() == prerelease
                && cut.version.as_str() != lowest
        };
        self.rows().into_iter().all(ascending)
            && self.gems.cuts.iter().all(gem)
            && self
                .releases
                .cuts
                .iter()
                .all(|cut| semver(cut, false, "0.0.0"))
            && self
                .prereleases
                .cuts
                .iter()
                .all(|cut| semver(cut, true, "0.0.0-0"))
    }
}

impl Row {
    pub(super) fn all(inside: bool) -> Self {
        Row {
            lowest: inside,
            cuts: Vec::new(),
        }
    }

    /// One range; without a cut it is open on that side.
    pub(super) fn between(from: Option<Cut>, to: Option<Cut>) -> Self {
        Row {
            lowest: from.is_none(),
            cuts: from.into_iter().chain(to).collect(),
        }
    }

    pub(super) fn complement(&self) -> Self {
        Row {
            lowest: !self.lowest,
            cuts: self.cuts.clone(),
        }
    }

    pub(super) fn merge(&self, other: &Self, both: fn(bool, bool) -> bool) -> Self {
        let (mut a, mut b) = (self.lowest, other.lowest);
        let lowest = both(a, b);
        let mut inside = lowest;
        let mut cuts = Vec::new();
        let (mut left, mut right) = (self.cuts.iter().peekable(), other.cuts.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (None, None) => return Row { lowest, cuts },
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(one), Some(two)) => one.cmp(two),
            };
            let one = if order.is_le() { left.next() } else { None };
            let two = if order.is_ge() { right.next() } else { None };
            a ^= one.is_some();
            b ^= two.is_some();
            if both(a, b) != inside {
                inside = !inside;
                cuts.extend(one.or(two).cloned());
            }
        }
    }

    /// A row of semver versions that may turn at these marks only, the lowest version first.
    fn turning(marks: Vec<::semver::Version>, holds: impl Fn(&::semver::Version) -> bool) -> Self {
        let mut marks = marks.iter();
        let lowest = marks.next().is_some_and(&holds);
        let mut inside = lowest;
        let mut cuts = Vec::new();
        for mark in marks {
            if holds(mark) != inside {
                inside = !inside;
                cuts.push(Cut::before(&semver::version(mark)));
            }
        }
        Row { lowest, cuts }
    }

    fn contains(&self, version: &Version) -> bool {
        let below = self.cuts.partition_point(|cut| cut.is_below(version));
        self.lowest ^ (below % 2 == 1)
    }

    fn is_all(&self, inside: bool) -> bool {
        self.lowest == inside && self.cuts.is_empty()
    }

    /// The ranges inside, from cut to cut.
    fn ranges(&self) -> Vec<(Option<&Cut>, Option<&Cut>)> {
        let mut ends = self.cuts.iter();
        let mut ranges = Vec::new();
        if self.lowest {
            ranges.push((None, ends.next()));
        }
        while let Some(from) = ends.next() {
            ranges.push((Some(from), ends.next()));
        }
        ranges
    }
}

impl Cut {
    pub(super) fn before(version: &Version) -> Self {
        Cut {
            side: Side::Before,
            version: version.clone(),
        }
    }

    pub(super) fn after(version: &Version) -> Self {
        Cut {
            side: Side::After,
            version: version.clone(),
        }
    }

    /// Below a gem release but 0, and below all its prereleases.
    pub(super) fn before_prereleases(release: &Version) -> Self {
        Cut {
            side: Side::BeforePrereleases,
            version: release.clone(),
        }
    }

    fn is_below(&self, version: &Version) -> bool {
        match self.side {
            Side::BeforePrereleases => !version.release_is_below(&self.version),
            Side::Before => self.version <= *version,
            Side::After => self.version < *version,
        }
    }
}

impl PartialOrd for Cut {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cut {
    fn cmp(&self, other: &Self) -> Ordering {
        use Side::{After, Before, BeforePrereleases};
        let versions = || self.version.cmp(&other.version);
        let above = |below| {
            if below {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        };
        match (self.side, other.side) {
            (Before, Before) | (After, After) | (BeforePrereleases, BeforePrereleases) => {
                versions()
            }
            (Before, After) => versions().then(Ordering::Less),
            (After, Before) => versions().then(Ordering::Greater),
            (BeforePrereleases, _) => above(!other.version.release_is_below(&self.version)),
            (_, BeforePrereleases) => above(self.version.release_is_below(&other.version)),
        }
    }
}

/// Ranges with `or` between them: `>= 2.3.4, < 2.4 or = 3.0`.
///
/// `< 3 without its prereleases` is the end of `~> 2.0`, which is itself shown as `~> 2.0`. In
/// semver ranges are of releases, and those of prereleases say so. Of a scheme that is in or out
/// as a whole nothing is said beside one that is in by parts.
impl fmt::Display for VersionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |row: &Row| row.cuts.is_empty();
        let mut texts = Vec::new();
        if self.rows().into_iter().all(whole) {
            let all = [
                (&self.gems, "any rubygems version"),
                (&self.releases, "any semver release"),
                (&self.prereleases, "any semver prerelease"),
            ];
            match self {
                _ if self.is_full() => texts.push("any version".to_owned()),
                _ if self.is_empty() => texts.push("no version".to_owned()),
                _ => texts.extend(
                    all.iter()
                        .filter(|(row, _)| row.lowest)
                        .map(|(_, text)| (*text).to_owned()),
                ),
            }
        } else {
            if !whole(&self.gems) {
                texts.extend(self.gems.ranges().into_iter().map(range));
            }
            if !(whole(&self.releases) && whole(&self.prereleases)) {
                if self.releases.is_all(true) {
                    texts.push("any release".to_owned());
                } else {
                    texts.extend(self.releases.ranges().into_iter().map(range));
                }
                if self.prereleases.is_all(true) {
                    texts.push("any prerelease".to_owned());
                } else {
                    let ranges = self.prereleases.ranges().into_iter();
                    texts.extend(ranges.map(|it| format!("prereleases {}", range(it))));
                }
            }
        }
        f.pad(&texts.join(" or "))
    }
}

impl fmt::Debug for VersionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VersionSet({self})")
    }
}

/// One range in words.
fn range((from, to): (Option<&Cut>, Option<&Cut>)) -> String {
    if let (Some(from), Some(to)) = (from, to) {
        let version = &from.version;
        if is_single(from, to) {
            return format!("= {version}");
        }
        if from.side == Side::Before
            && to.side == Side::BeforePrereleases
            && version.bump() == to.version
        {
            return format!("~> {version}");
        }
    }
    let from = from.map(|cut| match cut.side {
        Side::BeforePrereleases => format!(">= {} with its prereleases", cut.version),
        Side::Before => format!(">= {}", cut.version),
        Side::After => format!("> {}", cut.version),
    });
    let to = to.map(|cut| match cut.side {
        Side::BeforePrereleases => format!("< {} without its prereleases", cut.version),
        Side::Before => format!("< {}", cut.version),
        Side::After => format!("<= {}", cut.version),
    });
    from.into_iter().chain(to).collect::<Vec<_>>().join(", ")
}

fn is_single(from: &Cut, to: &Cut) -> bool {
    match semver::parsed(&from.version) {
        None => from.side == Side::Before && to.side == Side::After && from.version == to.version,
        Some(first) => {
            let next = if first.pre.is_empty() {
                semver::next_release(&first)
            } else {
                semver::next_prerelease(&first)
            };
            next.is_some_and(|next| semver::version(&next) == to.version)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Scheme, Version};
    use crate::version::Requirement;

    /// The members of a list are those that are contained, one by one.
    #[test]
    fn finds_the_members_of_a_list() {
        let lists: [(Scheme, &[&str], &[&str]); 2] = [
            (
                Scheme::RubyGems,
                &["1", "1.2.pre", "1.2", "1.2.3", "2.0.rc1", "2.0", "10"],
                &[
                    ">= 1.2, != 1.2.3",
                    "~> 1.2",
                    "< 2",
                    "> 2.0.rc1",
                    "= 10",
                    ">= 0",
                ],
            ),
            (
                Scheme::SemVer,
                &[
                    "1.0.0",
                    "1.2.0-a.1",
                    "1.2.0",
                    "1.2.3",
                    "2.0.0-rc.1",
                    "2.0.0",
                ],
                &[
                    "^1.2",
                    ">=1.2.0-a, <2",
                    "*",
                    "=2.0.0",
                    "<2.0.0-rc.2",
                    "~1.2.0-a",
                ],
            ),
        ];
        for (scheme, versions, requirements) in lists {
            let parse = |text: &&str| Version::parse(scheme, text).expect("a version");
            let versions: Vec<Version> = versions.iter().map(parse).collect();
            for text in requirements {
                let set = Requirement::parse(scheme, text)
                    .expect("a requirement")
                    .to_set();
                let one_by_one: Vec<bool> = versions.iter().map(|it| set.contains(it)).collect();
                assert_eq!(set.members(&versions, |it| it), one_by_one, "{text}");
                assert!(one_by_one.contains(&true), "{text}");
            }
        }
    }
}
