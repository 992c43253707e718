//! An index of gems outside the catalog, filled by the caller.

use super::guard::{self, FfiResult};
use super::memory::{bytes, free, handle, out, text};
use super::types::{RungsError, RungsIndex, RungsSnapshot, RungsStatus, RungsText};
use crate::catalog::Catalog;
use crate::error::Result;
use crate::index::MemoryIndex;
use crate::planner::Planner;
use std::sync::{Mutex, MutexGuard, PoisonError};

fn lock(index: &Mutex<MemoryIndex>) -> MutexGuard<'_, MemoryIndex> {
    // A panic while it was locked left a map without one of its entries at worst.
    index.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks a planner about a snapshot, with the index of the snapshot if it has one.
pub(super) fn ask<T>(
    catalog: &Catalog,
    snapshot: &RungsSnapshot,
    asked: impl FnOnce(Planner<'_>) -> Result<T>,
) -> FfiResult<T> {
    let planner = Planner::new(catalog, &snapshot.snapshot);
    let Some(index) = &snapshot.index else {
        return Ok(asked(planner)?);
    };
    // Other threads may use the index while this one plans: a clone shares the texts that were read.
    let mut view = lock(index).clone();
    let answer = asked(planner.index(&mut view));
    lock(index).note_missing(&view);
    Ok(answer?)
}

/// Makes an empty index of the gems outside the catalog.
///
/// A plan asks for few gems of an index, and which ones is known only while it is computed. So give
/// the index to a snapshot with rungs_snapshot_with_index(), compute the plan, add what
/// rungs_index_missing() names, and compute the plan again until nothing is missing. Until then
/// missing gems stay at their installed versions.
///
/// - `out`: receives the index; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
/// Ownership: the index is the caller's, see rungs_index_free(); so is an error.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_index_new(
    out: *mut *mut RungsIndex,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe { guard::status(error, || self::out(out, "out")?.give(RungsIndex::default())) }
}

/// Adds what a gem server says of a gem. Replaces what was added for this name before. Lines that are
/// no release become warnings of the plans that ask for the gem.
///
/// - `index`: the index; not NULL.
/// - `name`: the gem; UTF-8.
/// - `name_len`: its length in bytes.
/// - `info`: the bytes of `info/NAME` of the compact index.
/// - `info_len`: their number; 0 says that the server has no such gem.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_LIMIT; or
/// RUNGS_STATUS_INVALID_UTF8 for a name that is not UTF-8.
/// Ownership: nothing is handed over; an error is the caller's.
/// Threads: any, at the same time. Plans that are being computed do not see it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_index_add(
    index: *mut RungsIndex,
    name: *const u8,
    name_len: usize,
    info: *const u8,
    info_len: usize,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let index = handle(index, "index")?;
            let name = text(name, name_len, "name")?;
            let info = bytes(info, info_len, "info")?;
            lock(&index.0).add(name, Some(info).filter(|it| !it.is_empty()));
            Ok(())
        })
    }
}

/// The gems that were asked for and not added, by any computation with this index: one name a line,
/// sorted; empty where nothing is missing.
///
/// - `index`: the index; not NULL.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_index_missing(
    index: *const RungsIndex,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let index = handle(index, "index")?;
            let out = self::out(out, "out")?;
            let mut text = String::new();
            for name in lock(&index.0).missing() {
                text.push_str(&name);
                text.push('\n');
            }
            out.give_text(text)
        })
    }
}

/// Plans from this snapshot resolve every state together with the gems outside the catalog: gives a
/// new snapshot whose plans, status and reasons use an index.
///
/// - `snapshot`: the snapshot; not NULL. It stays as it is.
/// - `index`: the index; not NULL. What is added later is used by later computations.
/// - `out`: receives the new snapshot; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
/// Ownership: the new snapshot is the caller's, see rungs_snapshot_free(); so is an error. The handle
/// of the index may be freed before it.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_snapshot_with_index(
    snapshot: *const RungsSnapshot,
    index: *const RungsIndex,
    out: *mut *mut RungsSnapshot,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let snapshot = handle(snapshot, "snapshot")?;
            let index = handle(index, "index")?;
            self::out(out, "out")?.give(RungsSnapshot {
                snapshot: snapshot.snapshot.clone(),
                lockfile: snapshot.lockfile.clone(),
                index: Some(index.0.clone()),
                gemfile: snapshot.gemfile.clone(),
            })
        })
    }
}

/// Ends an index.
///
/// - `index`: the index; NULL is nothing to do.
///
/// Returns nothing.
/// Ownership: the handle is gone afterwards; snapshots that use it keep what they need.
/// Threads: nobody else may use the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_index_free(index: *mut RungsIndex) {
    guard::end(|| unsafe { free(index) });
}
