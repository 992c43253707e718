//! What is installed, and its state.

use super::format::{PLAIN, format, style};
use super::guard::{self, Failure, FfiResult};
use super::index;
use super::memory::{bytes, free, handle, out, text};
use super::types::{RungsCatalog, RungsError, RungsFormat, RungsSnapshot, RungsStatus, RungsText};
use crate::date::Date;
use crate::error::ErrorCode;
use crate::gemfile::Gemfile;
use crate::lockfile::{Lockfile, Snapshot};
use crate::name::Name;
use crate::planner::Request;
use crate::status::{self, Status};
use crate::{report, wire};
use std::sync::Arc;

/// The lockfile, and where it is not UTF-8 the offset too.
unsafe fn lockfile(data: *const u8, len: usize) -> FfiResult<Lockfile> {
    let bytes = unsafe { bytes(data, len, "lockfile") }?;
    Lockfile::parse(bytes).map_err(|error| {
        let is_utf8 = error.code() != ErrorCode::InvalidUtf8;
        let mut failure = Failure::from(error);
        if !is_utf8 {
            let offset = std::str::from_utf8(bytes)
                .err()
                .map(|error| error.valid_up_to());
            failure.offset = offset;
        }
        failure
    })
}

/// Reads what is installed from a `Gemfile.lock`.
///
/// - `lockfile`: the bytes of the file.
/// - `lockfile_len`: their number.
/// - `out`: receives the snapshot; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a lockfile that is empty or damaged.
/// Ownership: the snapshot is the caller's, see rungs_snapshot_free(); so is an error.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_snapshot_from_lockfile(
    lockfile: *const u8,
    lockfile_len: usize,
    out: *mut *mut RungsSnapshot,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let lockfile = self::lockfile(lockfile, lockfile_len)?;
            let out = self::out(out, "out")?;
            out.give(RungsSnapshot {
                snapshot: Snapshot::from_lockfile(&lockfile)?,
                lockfile: Some(Arc::new(lockfile)),
                index: None,
                gemfile: Vec::new(),
            })
        })
    }
}

/// Reads what is installed from a document `rungs.snapshot-request/1`, as
/// `{"packages": {"karafka": "2.3.0"}, "direct": ["karafka"], "runtimes": {"ruby": "3.2"}}`; where `direct` is left
/// out or empty, all packages are.
///
/// - `document`: the document, JSON in UTF-8.
/// - `document_len`: its length in bytes; 0 means a document without fields.
/// - `out`: receives the snapshot; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for what the schema does not allow.
/// Ownership: the snapshot is the caller's, see rungs_snapshot_free(); so is an error.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_snapshot_from_document(
    document: *const u8,
    document_len: usize,
    out: *mut *mut RungsSnapshot,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let document = text(document, document_len, "document")?;
            let out = self::out(out, "out")?;
            out.give(RungsSnapshot {
                snapshot: wire::read_snapshot(document)?,
                lockfile: None,
                index: None,
                gemfile: Vec::new(),
            })
        })
    }
}

/// Says which runtime is installed, whatever the lockfile says, and gives a new snapshot.
///
/// - `snapshot`: the snapshot; not NULL. It stays as it is.
/// - `name`: the runtime, as `ruby`; UTF-8.
/// - `name_len`: its length in bytes.
/// - `version`: a line (`3.2`, its newest patch) or a version (`3.2.2`); UTF-8.
/// - `version_len`: its length in bytes.
/// - `out`: receives the new snapshot; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
/// RUNGS_STATUS_INVALID_INPUT for a name that is none. The version is judged by the catalog.
/// Ownership: the new snapshot is the caller's, see rungs_snapshot_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_snapshot_with_runtime(
    snapshot: *const RungsSnapshot,
    name: *const u8,
    name_len: usize,
    version: *const u8,
    version_len: usize,
    out: *mut *mut RungsSnapshot,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let snapshot = handle(snapshot, "snapshot")?;
            let name = Name::new(text(name, name_len, "name")?)?;
            let version = text(version, version_len, "version")?;
            let out = self::out(out, "out")?;
            let changed = snapshot.snapshot.clone();
            out.give(RungsSnapshot {
                snapshot: changed.with_runtime(name.as_str(), version),
                lockfile: snapshot.lockfile.clone(),
                index: snapshot.index.clone(),
                gemfile: snapshot.gemfile.clone(),
            })
        })
    }
}

/// Adds what the Gemfile beside the lockfile says, and gives a new snapshot: the Ruby that it names, where the
/// lockfile names none, and for the state what it requires. Plans and reasons take the Gemfile in their request.
///
/// - `snapshot`: the snapshot; not NULL. It stays as it is.
/// - `gemfile`: the text of the Gemfile. One that is not Ruby adds nothing.
/// - `gemfile_len`: its length in bytes.
/// - `out`: receives the new snapshot; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_LIMIT; or
/// RUNGS_STATUS_INVALID_INPUT for a Gemfile that is not Ruby and has a temporary line.
/// Ownership: the new snapshot is the caller's, see rungs_snapshot_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_snapshot_with_gemfile(
    snapshot: *const RungsSnapshot,
    gemfile: *const u8,
    gemfile_len: usize,
    out: *mut *mut RungsSnapshot,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let snapshot = handle(snapshot, "snapshot")?;
            let gemfile = bytes(gemfile, gemfile_len, "gemfile")?;
            let out = self::out(out, "out")?;
            let read = Gemfile::beside(gemfile).map_err(|error| error.in_file("Gemfile"))?;
            let request = read.map_or_else(Request::new, |it| Request::new().with_gemfile(&it));
            out.give(RungsSnapshot {
                snapshot: request.with_ruby_of_gemfile(snapshot.snapshot.clone()),
                lockfile: snapshot.lockfile.clone(),
                index: snapshot.index.clone(),
                gemfile: request.gemfile,
            })
        })
    }
}

unsafe fn status(
    snapshot: *const RungsSnapshot,
    catalog: *const RungsCatalog,
    as_of: *const u8,
    as_of_len: usize,
) -> FfiResult<Status> {
    let snapshot = unsafe { handle(snapshot, "snapshot") }?;
    let catalog = unsafe { handle(catalog, "catalog") }?;
    let day = match unsafe { text(as_of, as_of_len, "as_of") }? {
        "" => None,
        day => Some(Date::parse(day)?),
    };
    let mut request = Request::new();
    request.gemfile.clone_from(&snapshot.gemfile);
    index::ask(&catalog.0, snapshot, |planner| {
        status::status(planner, day, &request)
    })
}

/// The state of an installation, as the document `rungs.status/1`: what its lines offer, their
/// support on a day, what is wrong, and how many steps lie ahead.
///
/// - `snapshot`: what is installed; not NULL.
/// - `catalog`: the catalog that judges; not NULL.
/// - `as_of`: the day, as `2026-01-31`; UTF-8. The library asks no clock.
/// - `as_of_len`: its length in bytes; 0 to leave the day open.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
/// RUNGS_STATUS_INVALID_INPUT for a day that is none.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_snapshot_status_document(
    snapshot: *const RungsSnapshot,
    catalog: *const RungsCatalog,
    as_of: *const u8,
    as_of_len: usize,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let out = self::out(out, "out")?;
            let status = self::status(snapshot, catalog, as_of, as_of_len)?;
            out.give_text(wire::status_document(&status))
        })
    }
}

/// The state of an installation, in words or as its document.
///
/// - `snapshot`: what is installed; not NULL.
/// - `catalog`: the catalog that judges; not NULL.
/// - `as_of`: the day, as `2026-01-31`; UTF-8. The library asks no clock.
/// - `as_of_len`: its length in bytes; 0 to leave the day open.
/// - `format`: a rungs_format: text, ansi or json.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_UNSUPPORTED for a format that is not known; or RUNGS_STATUS_INVALID_INPUT for a
/// day that is none.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_snapshot_status_report(
    snapshot: *const RungsSnapshot,
    catalog: *const RungsCatalog,
    as_of: *const u8,
    as_of_len: usize,
    format: u32,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let out = self::out(out, "out")?;
            let format = self::format(format, &PLAIN)?;
            let status = self::status(snapshot, catalog, as_of, as_of_len)?;
            out.give_text(match format {
                RungsFormat::Json => wire::status_document(&status),
                _ => report::status_text(&status, style(format)),
            })
        })
    }
}

/// All that was read in a `Gemfile.lock`, as the document `rungs.snapshot/1`.
///
/// - `lockfile`: the bytes of the file.
/// - `lockfile_len`: their number.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a lockfile that is empty or damaged.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_lockfile_document(
    lockfile: *const u8,
    lockfile_len: usize,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let lockfile = self::lockfile(lockfile, lockfile_len)?;
            self::out(out, "out")?.give_text(wire::snapshot_document(&lockfile))
        })
    }
}

/// Ends a snapshot.
///
/// - `snapshot`: the snapshot; NULL is nothing to do.
///
/// Returns nothing.
/// Ownership: the handle is gone afterwards.
/// Threads: nobody else may use the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_snapshot_free(snapshot: *mut RungsSnapshot) {
    guard::end(|| unsafe { free(snapshot) });
}
