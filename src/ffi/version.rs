//! Versions and requirements by themselves.

use super::guard::{self, Failure, FfiResult};
use super::memory::{out, text};
use super::types::{RungsError, RungsStatus};
use crate::version::{Requirement, Scheme, Version};
use std::cmp::Ordering;

fn scheme(number: u32) -> FfiResult<Scheme> {
    match number {
        1 => Ok(Scheme::RubyGems),
        2 => Ok(Scheme::SemVer),
        other => Err(Failure::unsupported(
            "scheme",
            other,
            "1 (rubygems) or 2 (semver)",
        )),
    }
}

/// Compares two versions as their scheme orders them: 1.0 equals 1, and 1.0.rc1 comes before it.
///
/// - `scheme`: a rungs_scheme.
/// - `a`: the first version; UTF-8.
/// - `a_len`: its length in bytes.
/// - `b`: the second version; UTF-8.
/// - `b_len`: its length in bytes.
/// - `out`: receives -1 if a is older than b, 0 if they are equal, 1 if a is newer; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_UNSUPPORTED for a scheme that is not known; or RUNGS_STATUS_INVALID_INPUT for a
/// text that is no version.
/// Ownership: an error is the caller's, see rungs_error_free().
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_version_compare(
    scheme: u32,
    a: *const u8,
    a_len: usize,
    b: *const u8,
    b_len: usize,
    out: *mut i32,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let scheme = self::scheme(scheme)?;
            let a = text(a, a_len, "a")?;
            let b = text(b, b_len, "b")?;
            let out = self::out(out, "out")?;
            let order = Version::parse(scheme, a)?.cmp(&Version::parse(scheme, b)?);
            out.set(match order {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            })
        })
    }
}

/// Whether a text is a version of its scheme.
///
/// - `scheme`: a rungs_scheme.
/// - `version`: the text; UTF-8.
/// - `version_len`: its length in bytes.
/// - `out`: receives the answer; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
/// RUNGS_STATUS_UNSUPPORTED for a scheme that is not known.
/// Ownership: an error is the caller's, see rungs_error_free().
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_version_is_valid(
    scheme: u32,
    version: *const u8,
    version_len: usize,
    out: *mut bool,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let scheme = self::scheme(scheme)?;
            let version = text(version, version_len, "version")?;
            self::out(out, "out")?.set(Version::is_valid(scheme, version))
        })
    }
}

/// Whether a version meets a requirement.
///
/// - `scheme`: a rungs_scheme.
/// - `requirement`: comparisons with commas between them, as `~> 2.3, >= 2.3.4`; UTF-8.
/// - `requirement_len`: its length in bytes.
/// - `version`: the version; UTF-8.
/// - `version_len`: its length in bytes.
/// - `out`: receives the answer; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_UNSUPPORTED for a scheme that is not known; or RUNGS_STATUS_INVALID_INPUT for a
/// text that is no requirement or no version.
/// Ownership: an error is the caller's, see rungs_error_free().
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_requirement_matches(
    scheme: u32,
    requirement: *const u8,
    requirement_len: usize,
    version: *const u8,
    version_len: usize,
    out: *mut bool,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let scheme = self::scheme(scheme)?;
            let requirement = text(requirement, requirement_len, "requirement")?;
            let version = text(version, version_len, "version")?;
            let out = self::out(out, "out")?;
            let requirement = Requirement::parse(scheme, requirement)?;
            out.set(requirement.matches(&Version::parse(scheme, version)?))
        })
    }
}
