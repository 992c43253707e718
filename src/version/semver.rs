//! What only semver knows, on top of the crate `semver`, which reads versions and requirements
//! and decides what matches.

use super::key::{Key, Part};
use super::parsed::Version;
use super::scheme::Scheme;
use ::semver::{BuildMetadata, Comparator, Op, Prerelease, VersionReq};

/// The last version there is, but for its build metadata.
const LAST: ::semver::Version = ::semver::Version::new(u64::MAX, u64::MAX, u64::MAX);

/// Reads a version, without a limit of length.
pub(super) fn read(text: &str) -> Result<Version, ::semver::Error> {
    ::semver::Version::parse(text)
        .map(|version| Version::new(Scheme::SemVer, key(&version), text.into()))
}

/// A version of ours from one of the crate's.
pub(super) fn version(version: &::semver::Version) -> Version {
    Version::new(Scheme::SemVer, key(version), version.to_string().into())
}

/// The crate's version of one of ours; `None` only for a version of another scheme.
pub(super) fn parsed(version: &Version) -> Option<::semver::Version> {
    match version.scheme() {
        Scheme::SemVer => ::semver::Version::parse(version.as_str()).ok(),
        Scheme::RubyGems => None,
    }
}

/// Whether it has a prerelease part; a hyphen in the build metadata is none.
pub(super) fn is_prerelease(text: &str) -> bool {
    without_build(text).contains('-')
}

/// The three numbers, then each identifier of the prerelease.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let text = without_build(text);
    let (release, pre) = text.split_once('-').unwrap_or((text, ""));
    let mut parts: Vec<_> = release.split('.').map(Part::Number).collect();
    parts.extend(pre.split('.').filter(|word| !word.is_empty()).map(|word| {
        if is_number(word) {
            Part::Number(word)
        } else {
            Part::Word(word)
        }
    }));
    parts
}

/// The major, minor and patch number.
pub(super) fn release_numbers(text: &str) -> Vec<&str> {
    let end = text.find(['-', '+']).unwrap_or(text.len());
    text[..end].split('.').collect()
}

/// The first release above all that `~` takes: `1.3.0` for `1.2.3`.
pub(super) fn bump(own: &Version) -> Version {
    parsed(own).map_or_else(
        || own.clone(),
        |it| version(&next_minor(&it).unwrap_or(LAST)),
    )
}

/// Without prerelease and build metadata.
pub(super) fn release(own: &Version) -> Version {
    parsed(own).map_or_else(
        || own.clone(),
        |it| version(&::semver::Version::new(it.major, it.minor, it.patch)),
    )
}

/// The text `^1.2.0`, or `^1.2.0-0` for a prerelease.
pub(super) fn approximate_recommendation(text: &str) -> String {
    let numbers = release_numbers(text);
    let number = |at: usize| numbers.get(at).copied().unwrap_or("0");
    let end = if is_prerelease(text) { "-0" } else { "" };
    format!("^{}.{}.0{end}", number(0), number(1))
}

/// The requirement that one version alone meets, but for build metadata.
pub(super) fn exactly(version: &::semver::Version) -> VersionReq {
    VersionReq {
        comparators: vec![Comparator {
            op: Op::Exact,
            major: version.major,
            minor: Some(version.minor),
            patch: Some(version.patch),
            pre: version.pre.clone(),
        }],
    }
}

/// Where among the releases a requirement may turn from true to false or back, the first release
/// there is included.
pub(super) fn release_marks(requirement: &VersionReq) -> Vec<::semver::Version> {
    let mut marks = vec![::semver::Version::new(0, 0, 0)];
    for comparator in &requirement.comparators {
        let (minor, patch) = (comparator.minor.unwrap_or(0), comparator.patch.unwrap_or(0));
        let it = ::semver::Version::new(comparator.major, minor, patch);
        marks.extend(next_release(&it));
        marks.extend(next_minor(&it));
        marks.extend(next_major(&it));
        marks.push(it);
    }
    marks.sort();
    marks.dedup();
    marks
}

/// Where among the prereleases a requirement may turn, the first prerelease there is included.
///
/// A prerelease matches only where a comparator names one of the same three numbers, so there is
/// nothing to turn elsewhere.
pub(super) fn prerelease_marks(requirement: &VersionReq) -> Vec<::semver::Version> {
    let mut marks = vec![first_prerelease(::semver::Version::new(0, 0, 0))];
    for comparator in &requirement.comparators {
        if let (Some(minor), Some(patch), false) = (
            comparator.minor,
            comparator.patch,
            comparator.pre.is_empty(),
        ) {
            let release = ::semver::Version::new(comparator.major, minor, patch);
            marks.extend(next_release(&release).map(first_prerelease));
            let named = ::semver::Version {
                pre: comparator.pre.clone(),
                ..release.clone()
            };
            marks.push(first_prerelease(release));
            marks.extend(next_prerelease(&named));
            marks.push(named);
        }
    }
    marks.sort();
    marks.dedup();
    marks
}

/// The release that follows at once; `None` after the last.
pub(super) fn next_release(version: &::semver::Version) -> Option<::semver::Version> {
    match version.patch.checked_add(1) {
        Some(patch) => Some(::semver::Version::new(version.major, version.minor, patch)),
        None => next_minor(version),
    }
}

/// The prerelease that follows a prerelease at once: `1.0.0-a.0` for `1.0.0-a`.
pub(super) fn next_prerelease(version: &::semver::Version) -> Option<::semver::Version> {
    let pre = Prerelease::new(&format!("{}.0", version.pre)).ok()?;
    Some(::semver::Version {
        pre,
        build: BuildMetadata::EMPTY,
        ..version.clone()
    })
}

fn next_minor(version: &::semver::Version) -> Option<::semver::Version> {
    match version.minor.checked_add(1) {
        Some(minor) => Some(::semver::Version::new(version.major, minor, 0)),
        None => next_major(version),
    }
}

fn next_major(version: &::semver::Version) -> Option<::semver::Version> {
    let major = version.major.checked_add(1)?;
    Some(::semver::Version::new(major, 0, 0))
}

/// The lowest prerelease of a release: `1.0.0-0` for `1.0.0`.
fn first_prerelease(release: ::semver::Version) -> ::semver::Version {
    let pre = Prerelease::new("0").unwrap_or(Prerelease::EMPTY);
    ::semver::Version { pre, ..release }
}

/// The key: three numbers, then, where there is a prerelease, a word below every number.
///
/// Its letters order prereleases: each identifier begins with 1 for a number and 2 for a word,
/// both below all that can stand in an identifier, and a number goes by its length first.
fn key(version: &::semver::Version) -> Key {
    let numbers = [version.major, version.minor, version.patch];
    if version.pre.is_empty() && numbers.iter().all(|n| *n < u64::from(u16::MAX)) {
        return Key::packed(numbers[0] << 48 | numbers[1] << 32 | numbers[2] << 16);
    }
    let digits = numbers.map(|n| n.to_string());
    let mut word = String::new();
    if !version.pre.is_empty() {
        for identifier in version.pre.split('.') {
            if is_number(identifier) {
                word.push('\x01');
                // UTF-8 keeps the order of code points.
                word.extend(
                    u32::try_from(identifier.len())
                        .ok()
                        .and_then(char::from_u32),
                );
            } else {
                word.push('\x02');
            }
            word.push_str(identifier);
        }
    }
    let pre = (!word.is_empty()).then_some(Part::Word(&word));
    Key::of(digits.iter().map(|n| Part::Number(n)).chain(pre))
}

fn is_number(identifier: &str) -> bool {
    identifier.bytes().all(|byte| byte.is_ascii_digit())
}

fn without_build(text: &str) -> &str {
    text.split_once('+').map_or(text, |(version, _)| version)
}
