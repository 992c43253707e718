//! Why a package is where it is, or why it cannot be elsewhere.

use super::format::{PLAIN, format};
use super::guard::{self, FfiResult};
use super::index;
use super::memory::{handle, out, text};
use super::types::{RungsCatalog, RungsError, RungsFormat, RungsSnapshot, RungsStatus, RungsText};
use crate::why::{self, Why};
use crate::{report, wire};

unsafe fn why(
    catalog: *const RungsCatalog,
    snapshot: *const RungsSnapshot,
    request: *const u8,
    request_len: usize,
    question: *const u8,
    question_len: usize,
) -> FfiResult<Why> {
    let catalog = &unsafe { handle(catalog, "catalog") }?.0;
    let snapshot = unsafe { handle(snapshot, "snapshot") }?;
    let request = unsafe { text(request, request_len, "request") }?;
    let question = unsafe { text(question, question_len, "question") }?;
    let request = wire::read_request(request, catalog)?;
    index::ask(catalog, snapshot, |planner| {
        why::why(planner, &request, question)
    })
}

/// Why a package is where it is along a plan, or why it cannot be elsewhere, as the document
/// `rungs.why/1`.
///
/// - `catalog`: the catalog; not NULL.
/// - `snapshot`: what is installed; not NULL.
/// - `request`: a document `rungs.request/1`, JSON in UTF-8: the plan to look at.
/// - `request_len`: its length in bytes; 0 means a document without fields.
/// - `question`: `karafka` for its place along that plan, `karafka@2.5` or `karafka@2.5.1` for the
///   way to just that; UTF-8.
/// - `question_len`: its length in bytes.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a request that rungs_plan_compute()
/// refuses and for a question about what the catalog does not have.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_why_document(
    catalog: *const RungsCatalog,
    snapshot: *const RungsSnapshot,
    request: *const u8,
    request_len: usize,
    question: *const u8,
    question_len: usize,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let out = self::out(out, "out")?;
            let why = why(
                catalog,
                snapshot,
                request,
                request_len,
                question,
                question_len,
            )?;
            out.give_text(wire::why_document(&why))
        })
    }
}

/// Why a package is where it is along a plan, or why it cannot be elsewhere, in words.
///
/// - `catalog`: the catalog; not NULL.
/// - `snapshot`: what is installed; not NULL.
/// - `request`: a document `rungs.request/1`, JSON in UTF-8: the plan to look at.
/// - `request_len`: its length in bytes; 0 means a document without fields.
/// - `question`: `karafka` for its place along that plan, `karafka@2.5` or `karafka@2.5.1` for the
///   way to just that; UTF-8.
/// - `question_len`: its length in bytes.
/// - `format`: a rungs_format: text, ansi (the same here) or json.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT, RUNGS_STATUS_UNSUPPORTED for a format that is not known here; or
/// RUNGS_STATUS_INVALID_INPUT for a request that rungs_plan_compute() refuses and for a question
/// about what the catalog does not have.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_why_report(
    catalog: *const RungsCatalog,
    snapshot: *const RungsSnapshot,
    request: *const u8,
    request_len: usize,
    question: *const u8,
    question_len: usize,
    format: u32,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let out = self::out(out, "out")?;
            let format = self::format(format, &PLAIN)?;
            let why = why(
                catalog,
                snapshot,
                request,
                request_len,
                question,
                question_len,
            )?;
            out.give_text(match format {
                RungsFormat::Json => wire::why_document(&why),
                _ => report::why_text(&why, report::Style::Plain),
            })
        })
    }
}
