//! Versions of everything, and the schemas of the documents.

use super::guard;
use super::memory::{out, text};
use super::types::{RUNGS_ABI_VERSION, RUNGS_ABI_VERSION_MIN, RungsError, RungsStatus, RungsText};
use crate::catalog::Catalog;
use crate::error::{Error, ErrorCode};
use crate::wire;
use semver::{Comparator, Op, Version};
use std::ffi::{CStr, c_char};

/// The version of this crate, NUL-terminated.
const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The version of the library that runs, as `0.1.0`; `RUNGS_VERSION` is the one of the header.
///
/// Returns a NUL-terminated text.
/// Ownership: static, never freed.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn rungs_version() -> *const c_char {
    guard::value(c"".as_ptr(), || VERSION.as_ptr())
}

/// The version of the ABI of the library that runs; `RUNGS_ABI_VERSION` is the one of the header.
///
/// Returns the number.
/// Ownership: nothing is handed over.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn rungs_abi_version() -> u32 {
    guard::value(0, || RUNGS_ABI_VERSION)
}

/// The oldest version of the ABI whose callers the library that runs still serves.
///
/// Returns the number.
/// Ownership: nothing is handed over.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn rungs_abi_version_min() -> u32 {
    guard::value(0, || RUNGS_ABI_VERSION_MIN)
}

/// Whether the library that runs serves a caller that was built with a header of another time.
///
/// - `abi`: the caller's `RUNGS_ABI_VERSION`.
///
/// Returns whether it lies between rungs_abi_version_min() and rungs_abi_version().
/// Ownership: nothing is handed over.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn rungs_abi_is_compatible(abi: u32) -> bool {
    guard::value(false, || {
        (RUNGS_ABI_VERSION_MIN..=RUNGS_ABI_VERSION).contains(&abi)
    })
}

/// Whether the library that runs can stand for another version of it, by Semantic Versioning as
/// Cargo reads it: the same 0.y before 1.0, the same major version after, and not older.
///
/// - `version`: the version that the caller was written for, as `0.1.0`; UTF-8.
/// - `version_len`: its length in bytes.
/// - `out`: receives the answer; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
/// RUNGS_STATUS_INVALID_INPUT for a text that is no semantic version.
/// Ownership: an error is the caller's, see rungs_error_free().
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_version_is_compatible(
    version: *const u8,
    version_len: usize,
    out: *mut bool,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let text = text(version, version_len, "version")?;
            let out = self::out(out, "out")?;
            let wanted = Version::parse(text).map_err(|why| {
                let shown: String = text.chars().take(60).collect();
                Error::new(
                    ErrorCode::InvalidVersion,
                    format!("{shown:?} is not a semantic version: {why}"),
                )
            })?;
            let caret = Comparator {
                op: Op::Caret,
                major: wanted.major,
                minor: Some(wanted.minor),
                patch: Some(wanted.patch),
                pre: wanted.pre,
            };
            let own = Version::parse(env!("CARGO_PKG_VERSION"));
            out.set(own.is_ok_and(|own| caret.matches(&own)))
        })
    }
}

/// The version of a document that this library reads or writes: 1 for `plan`, that is
/// `rungs.plan/1`. There are plan, why, status, fleet, fleet-summary, lint, scan, snapshot, catalog,
/// actions, smoke, error, request, snapshot-request.
///
/// - `name`: the name, as `plan`; UTF-8.
/// - `name_len`: its length in bytes.
///
/// Returns the version; 0 for a name that is not known, NULL or not UTF-8.
/// Ownership: nothing is handed over.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_schema_version(name: *const u8, name_len: usize) -> u32 {
    guard::value(0, || {
        let name = unsafe { text(name, name_len, "name") };
        let known = name.is_ok_and(|name| !name.contains('.') && wire::schema(name).is_some());
        u32::from(known)
    })
}

/// The JSON Schema (draft 2020-12) of a document.
///
/// - `name`: the name, as `rungs.plan/1` or `plan`; UTF-8.
/// - `name_len`: its length in bytes.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
/// RUNGS_STATUS_UNSUPPORTED for a document that is not known, or not in that version.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_schema(
    name: *const u8,
    name_len: usize,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let name = text(name, name_len, "name")?;
            let out = self::out(out, "out")?;
            let Some(schema) = wire::schema(name) else {
                let shown: String = name.chars().take(60).collect();
                return Err(guard::Failure::new(
                    RungsStatus::Unsupported,
                    ErrorCode::OutOfRange,
                    format!(
                        "no schema {shown:?}: expected one of {}",
                        wire::schemas().join(", ")
                    ),
                ));
            };
            out.give_text(schema.to_owned())
        })
    }
}

/// The version of the format of catalogs that this library reads (`format = 1`).
///
/// Returns the number.
/// Ownership: nothing is handed over.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn rungs_catalog_format_version() -> u32 {
    guard::value(0, || Catalog::FORMAT)
}

/// A status in words, as `invalid input`.
///
/// - `status`: a rungs_status.
///
/// Returns a NUL-terminated text; `unknown status` for a number that is none.
/// Ownership: static, never freed.
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn rungs_status_name(status: u32) -> *const c_char {
    guard::value(c"".as_ptr(), || {
        let known = RungsStatus::ALL
            .iter()
            .find(|(known, _)| *known as u32 == status);
        known.map_or(c"unknown status", |(_, name)| *name).as_ptr()
    })
}
