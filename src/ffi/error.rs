//! Why a call failed.

use super::guard;
use super::memory::{free, handle, out};
use super::types::{RungsError, RungsStatus, RungsText};
use crate::wire;
use std::ffi::c_char;

/// The status that came with an error.
///
/// - `error`: the error; may be NULL.
///
/// Returns the status; RUNGS_STATUS_OK for NULL.
/// Ownership: nothing is handed over.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_error_status(error: *const RungsError) -> RungsStatus {
    guard::value(RungsStatus::Ok, || {
        unsafe { handle(error, "error") }.map_or(RungsStatus::Ok, |error| error.status)
    })
}

/// The number of the kind of an error, the same in all languages: 402 is an unknown line.
///
/// - `error`: the error; may be NULL.
///
/// Returns the number, from 100 to 999; 0 for NULL.
/// Ownership: nothing is handed over.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_error_code(error: *const RungsError) -> u32 {
    guard::value(0, || {
        unsafe { handle(error, "error") }.map_or(0, |error| error.error.code().number())
    })
}

/// What is wrong, in one sentence with file and place where they are known; UTF-8.
///
/// - `error`: the error; may be NULL.
///
/// Returns a NUL-terminated text; NULL for NULL.
/// Ownership: the text is the error's and ends with it.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_error_message(error: *const RungsError) -> *const c_char {
    guard::value(std::ptr::null(), || {
        unsafe { handle(error, "error") }.map_or(std::ptr::null(), |error| error.message.as_ptr())
    })
}

/// What to do next; UTF-8.
///
/// - `error`: the error; may be NULL.
///
/// Returns a NUL-terminated text; NULL where there is nothing to say, and for NULL.
/// Ownership: the text is the error's and ends with it.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_error_help(error: *const RungsError) -> *const c_char {
    guard::value(std::ptr::null(), || {
        let help = unsafe { handle(error, "error") }
            .ok()
            .and_then(|error| error.help.as_ref());
        help.map_or(std::ptr::null(), |help| help.as_ptr())
    })
}

/// The first byte of the input that is not UTF-8.
///
/// - `error`: the error; may be NULL.
///
/// Returns the offset in bytes, from 0; SIZE_MAX where the error has none, and for NULL.
/// Ownership: nothing is handed over.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_error_offset(error: *const RungsError) -> usize {
    guard::value(usize::MAX, || {
        let offset = unsafe { handle(error, "error") }
            .ok()
            .and_then(|error| error.offset);
        offset.unwrap_or(usize::MAX)
    })
}

/// The line of the input that is wrong.
///
/// - `error`: the error; may be NULL.
///
/// Returns the line, from 1; 0 where the error has none, and for NULL.
/// Ownership: nothing is handed over.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_error_line(error: *const RungsError) -> u32 {
    guard::value(0, || {
        let place = unsafe { handle(error, "error") }
            .ok()
            .and_then(|error| error.error.place());
        place.map_or(0, |place| place.line)
    })
}

/// The column of the input that is wrong.
///
/// - `error`: the error; may be NULL.
///
/// Returns the column in characters, from 1; 0 where the error has none, and for NULL.
/// Ownership: nothing is handed over.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_error_column(error: *const RungsError) -> u32 {
    guard::value(0, || {
        let place = unsafe { handle(error, "error") }
            .ok()
            .and_then(|error| error.error.place());
        place.map_or(0, |place| place.column)
    })
}

/// All problems of the input as the document `rungs.error/1`.
///
/// - `failed`: the error to write; not NULL.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure of this call; may be NULL.
///
/// Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
/// Ownership: the text is the caller's, see rungs_text_free(); so is a new error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_error_document(
    failed: *const RungsError,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let failed = handle(failed, "failed")?;
            self::out(out, "out")?.give_text(wire::error_document(&failed.error))
        })
    }
}

/// Ends an error.
///
/// - `error`: the error; NULL is nothing to do.
///
/// Returns nothing.
/// Ownership: the handle is gone afterwards.
/// Threads: nobody else may use the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_error_free(error: *mut RungsError) {
    guard::end(|| unsafe { free(error) });
}
