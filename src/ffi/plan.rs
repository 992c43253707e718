//! Plans.

use super::format::{PLAN, format, style};
use super::guard::{self, Failure};
use super::index;
use super::memory::{free, handle, out, text};
use super::types::{
    RungsCatalog, RungsError, RungsFormat, RungsOutcome, RungsPlan, RungsSnapshot, RungsStatus,
    RungsText,
};
use crate::error::ErrorCode;
use crate::plan::Plan;
use crate::{report, wire};

/// Computes the one best plan. That there is none is no failure: look at rungs_plan_outcome().
///
/// - `catalog`: the catalog; not NULL.
/// - `snapshot`: what is installed; not NULL.
/// - `request`: a document `rungs.request/1`, JSON in UTF-8, as `{"to": ["karafka=2.6"]}`.
/// - `request_len`: its length in bytes; 0 asks for the newest lines that can be reached.
/// - `out`: receives the plan; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a request that contradicts its schema,
/// the catalog or itself.
/// Ownership: the plan is the caller's, see rungs_plan_free(); so is an error. It needs neither the
/// catalog nor the snapshot to stay.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_plan_compute(
    catalog: *const RungsCatalog,
    snapshot: *const RungsSnapshot,
    request: *const u8,
    request_len: usize,
    out: *mut *mut RungsPlan,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let catalog = &handle(catalog, "catalog")?.0;
            let snapshot = handle(snapshot, "snapshot")?;
            let request = text(request, request_len, "request")?;
            let out = self::out(out, "out")?;
            let request = wire::read_request(request, catalog)?;
            out.give(RungsPlan {
                plan: index::ask(catalog, snapshot, |planner| planner.plan(&request))?,
                _catalog: catalog.clone(),
            })
        })
    }
}

/// How the question ended.
///
/// - `plan`: the plan; may be NULL.
///
/// Returns the outcome; RUNGS_OUTCOME_NONE for NULL.
/// Ownership: nothing is handed over.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_plan_outcome(plan: *const RungsPlan) -> RungsOutcome {
    guard::value(RungsOutcome::None, || {
        let plan = unsafe { handle(plan, "plan") };
        plan.map_or(RungsOutcome::None, |plan| plan.plan.outcome().into())
    })
}

/// The number of steps.
///
/// - `plan`: the plan; may be NULL.
///
/// Returns the number; 0 for NULL.
/// Ownership: nothing is handed over.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_plan_step_count(plan: *const RungsPlan) -> usize {
    guard::value(0, || {
        unsafe { handle(plan, "plan") }.map_or(0, |plan| plan.plan.steps().len())
    })
}

/// A plan as the document `rungs.plan/1`, byte for byte what `rungs plan --format json` prints.
///
/// - `plan`: the plan; not NULL.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK or RUNGS_STATUS_NULL_ARGUMENT.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_plan_document(
    plan: *const RungsPlan,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let plan = handle(plan, "plan")?;
            self::out(out, "out")?.give_text(wire::plan_document(&plan.plan))
        })
    }
}

/// A plan in words, as a page, or as its document.
///
/// - `plan`: the plan; not NULL.
/// - `format`: a rungs_format: text, ansi, json, markdown, html or rows.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT; or RUNGS_STATUS_UNSUPPORTED for a format
/// that is not known.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_plan_report(
    plan: *const RungsPlan,
    format: u32,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let plan = &handle(plan, "plan")?.plan;
            let format = self::format(format, &PLAN)?;
            self::out(out, "out")?.give_text(match format {
                RungsFormat::Json => wire::plan_document(plan),
                RungsFormat::Markdown => report::plan_markdown(plan),
                RungsFormat::Html => report::plan_html(plan),
                RungsFormat::Rows => report::plan_rows(plan),
                _ => report::plan_text_in(plan, style(format)),
            })
        })
    }
}

fn beyond(plan: &Plan, index: usize) -> Failure {
    Failure::new(
        RungsStatus::OutOfRange,
        ErrorCode::OutOfRange,
        format!("no step {index}: the plan has {}", plan.steps().len()),
    )
}

/// One step as a document: what is at this place among the `steps` of `rungs.plan/1`.
///
/// - `plan`: the plan; not NULL.
/// - `index`: which step, from 0.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT; or RUNGS_STATUS_OUT_OF_RANGE beyond the
/// last step.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_plan_step_document(
    plan: *const RungsPlan,
    index: usize,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let plan = &handle(plan, "plan")?.plan;
            let out = self::out(out, "out")?;
            out.give_text(wire::step_document(plan, index).ok_or_else(|| beyond(plan, index))?)
        })
    }
}

/// One step in words, as a page, or as its document. As Markdown and HTML step 0 is what `rungs next`
/// prints; where there is no step it prints what rungs_plan_report() gives.
///
/// - `plan`: the plan; not NULL.
/// - `index`: which step, from 0.
/// - `format`: a rungs_format: text, ansi, json, markdown, html or rows.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT; RUNGS_STATUS_UNSUPPORTED for a format that
/// is not known; or RUNGS_STATUS_OUT_OF_RANGE beyond the last step.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_plan_step_report(
    plan: *const RungsPlan,
    index: usize,
    format: u32,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let plan = &handle(plan, "plan")?.plan;
            let format = self::format(format, &PLAN)?;
            let out = self::out(out, "out")?;
            let text = match format {
                RungsFormat::Json => wire::step_document(plan, index),
                RungsFormat::Markdown => report::step_markdown(plan, index),
                RungsFormat::Html => report::step_html(plan, index),
                RungsFormat::Rows => plan.steps().get(index).map(report::step_rows),
                _ => {
                    let step = plan.steps().get(index);
                    step.map(|step| report::step_text_in(step, style(format)))
                }
            };
            out.give_text(text.ok_or_else(|| beyond(plan, index))?)
        })
    }
}

/// Ends a plan.
///
/// - `plan`: the plan; NULL is nothing to do.
///
/// Returns nothing.
/// Ownership: the handle is gone afterwards.
/// Threads: nobody else may use the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_plan_free(plan: *mut RungsPlan) {
    guard::end(|| unsafe { free(plan) });
}
