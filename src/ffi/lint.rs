//! Is a change a step that the rules allow?

use super::format::{LINT, format, style};
use super::guard;
use super::memory::{free, handle, out, text};
use super::types::{
    RungsCatalog, RungsError, RungsFormat, RungsLint, RungsSeverity, RungsSnapshot, RungsStatus,
    RungsText, RungsVerdict,
};
use crate::lint::LintSeverity;
use crate::policy::Policy;
use crate::{report, wire};

/// Judges the change from one snapshot to another. Findings are no failure: look at
/// rungs_lint_verdict().
///
/// - `catalog`: the catalog that judges; not NULL.
/// - `before`: what was installed; not NULL.
/// - `after`: what is installed now; not NULL. Findings have lines where it was read in a lockfile.
/// - `request`: a document `rungs.request/1`, JSON in UTF-8, as
///   `{"as_of": "2026-01-31", "policy": "<text of a rungs.toml>"}`.
/// - `request_len`: its length in bytes; 0 means a document without fields.
/// - `out`: receives the findings; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8,
/// RUNGS_STATUS_LIMIT; or RUNGS_STATUS_INVALID_INPUT for a request that contradicts its schema,
/// the catalog or itself, and for an acceptance of its policy that is over or accepts nothing.
/// Ownership: the lint is the caller's, see rungs_lint_free(); so is an error. It needs no other
/// handle to stay.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_lint_compute(
    catalog: *const RungsCatalog,
    before: *const RungsSnapshot,
    after: *const RungsSnapshot,
    request: *const u8,
    request_len: usize,
    out: *mut *mut RungsLint,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let catalog = &handle(catalog, "catalog")?.0;
            let before = handle(before, "before")?;
            let after = handle(after, "after")?;
            let request = text(request, request_len, "request")?;
            let out = self::out(out, "out")?;
            let (request, policy) = wire::read_lint_request(request, catalog)?;
            let mut lint = crate::lint::lint(catalog, &before.snapshot, &after.snapshot, &request)?;
            if let Some(lockfile) = &after.lockfile {
                lint = lint.located(lockfile);
            }
            if let Some(policy) = policy {
                let used = policy.check_used(&lint);
                used.map_err(|error| error.in_file(Policy::FILE))?;
            }
            out.give(RungsLint(lint))
        })
    }
}

/// What is to be done about a change.
///
/// - `lint`: the findings; may be NULL.
/// - `severity`: a rungs_severity: from which on a finding refuses. `rungs lint` takes
///   RUNGS_SEVERITY_ERROR, and RUNGS_SEVERITY_WARNING with `--strict`.
///
/// Returns the verdict; RUNGS_VERDICT_NONE for NULL and for a number that is no severity.
/// Ownership: nothing is handed over.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_lint_verdict(lint: *const RungsLint, severity: u32) -> RungsVerdict {
    guard::value(RungsVerdict::None, || {
        let lint = unsafe { handle(lint, "lint") };
        let (Ok(lint), Some(severity)) = (lint, RungsSeverity::of(severity)) else {
            return RungsVerdict::None;
        };
        let notes = severity == LintSeverity::Note && lint.0.count(severity) > 0;
        let strict = severity != LintSeverity::Error;
        if notes || lint.0.is_refused(strict) {
            RungsVerdict::Refused
        } else if lint.0.is_unknown() {
            RungsVerdict::Unknown
        } else {
            RungsVerdict::Allowed
        }
    })
}

/// The number of findings of one severity.
///
/// - `lint`: the findings; may be NULL.
/// - `severity`: a rungs_severity.
///
/// Returns the number; 0 for NULL and for a number that is no severity.
/// Ownership: nothing is handed over.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_lint_count(lint: *const RungsLint, severity: u32) -> usize {
    guard::value(0, || {
        let lint = unsafe { handle(lint, "lint") };
        match (lint, RungsSeverity::of(severity)) {
            (Ok(lint), Some(severity)) => lint.0.count(severity),
            _ => 0,
        }
    })
}

/// The findings as the document `rungs.lint/1`, byte for byte what `rungs lint --format json`
/// prints.
///
/// - `lint`: the findings; not NULL.
/// - `file`: the name of the new lockfile, as it is to be shown; UTF-8.
/// - `file_len`: its length in bytes.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT or RUNGS_STATUS_INVALID_UTF8.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_lint_document(
    lint: *const RungsLint,
    file: *const u8,
    file_len: usize,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let lint = &handle(lint, "lint")?.0;
            let file = text(file, file_len, "file")?;
            self::out(out, "out")?.give_text(wire::lint_document(lint, file))
        })
    }
}

/// The findings in words, as their document, as SARIF or as annotations.
///
/// - `lint`: the findings; not NULL.
/// - `file`: the name of the new lockfile, as it is to be shown; UTF-8.
/// - `file_len`: its length in bytes.
/// - `format`: a rungs_format: text, ansi, json, sarif or github.
/// - `out`: receives the text; not NULL.
/// - `error`: receives the reason of a failure; may be NULL.
///
/// Returns RUNGS_STATUS_OK; RUNGS_STATUS_NULL_ARGUMENT, RUNGS_STATUS_INVALID_UTF8; or
/// RUNGS_STATUS_UNSUPPORTED for a format that is not known here.
/// Ownership: the text is the caller's, see rungs_text_free(); so is an error.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_lint_report(
    lint: *const RungsLint,
    file: *const u8,
    file_len: usize,
    format: u32,
    out: *mut *mut RungsText,
    error: *mut *mut RungsError,
) -> RungsStatus {
    unsafe {
        guard::status(error, || {
            let lint = &handle(lint, "lint")?.0;
            let file = text(file, file_len, "file")?;
            let format = self::format(format, &LINT)?;
            self::out(out, "out")?.give_text(match format {
                RungsFormat::Json => wire::lint_document(lint, file),
                RungsFormat::Sarif => wire::lint_sarif(lint, file),
                RungsFormat::Github => report::lint_github(lint, file),
                _ => report::lint_text(lint, file, style(format)),
            })
        })
    }
}

/// Ends a lint.
///
/// - `lint`: the findings; NULL is nothing to do.
///
/// Returns nothing.
/// Ownership: the handle is gone afterwards.
/// Threads: nobody else may use the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_lint_free(lint: *mut RungsLint) {
    guard::end(|| unsafe { free(lint) });
}
