//! What every export is one call to: a panic becomes a status or a neutral value.
//!
//! The panic hook is the host's and prints as it likes; a library installs none.

use super::types::{RungsError, RungsStatus};
use crate::error::{Error, ErrorCode};
use std::any::Any;
use std::ffi::CString;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why an export does not answer.
pub(super) struct Failure {
    pub(super) status: RungsStatus,
    pub(super) error: Error,
    pub(super) offset: Option<usize>,
}

impl Failure {
    pub(super) fn new(status: RungsStatus, code: ErrorCode, message: impl Into<String>) -> Self {
        Failure {
            status,
            error: Error::new(code, message),
            offset: None,
        }
    }

    pub(super) fn unsupported(what: &str, number: u32, known: &str) -> Self {
        Failure::new(
            RungsStatus::Unsupported,
            ErrorCode::OutOfRange,
            format!("{number} is no {what}: expected {known}"),
        )
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match error.code() {
            ErrorCode::TooLarge => RungsStatus::Limit,
            ErrorCode::InvalidUtf8 => RungsStatus::InvalidUtf8,
            _ => RungsStatus::InvalidInput,
        };
        Failure {
            status,
            error,
            offset: None,
        }
    }
}

pub(super) type FfiResult<T> = Result<T, Failure>;

/// For exports that answer with a status: `*error` is written on failure only, and never needed.
///
/// # Safety
/// `error` is NULL or may be written to.
pub(super) unsafe fn status(
    error: *mut *mut RungsError,
    body: impl FnOnce() -> FfiResult<()>,
) -> RungsStatus {
    let failure = match caught(body) {
        Ok(Ok(())) => return RungsStatus::Ok,
        Ok(Err(failure)) => failure,
        Err(payload) => {
            // The words of a panic may be of any kind, even one whose end panics.
            let Some(words) = quietly(move || words(payload.as_ref())) else {
                return RungsStatus::Panic;
            };
            Failure::new(RungsStatus::Panic, ErrorCode::Panicked, words)
        }
    };
    let status = failure.status;
    if !error.is_null() {
        if let Some(made) = quietly(|| Box::into_raw(Box::new(made(failure)))) {
            // SAFETY: not NULL, so it may be written to, as the caller promised.
            unsafe { error.write(made) };
        }
    }
    status
}

/// For exports that answer with a value: `fallback` if there is a panic.
pub(super) fn value<T: Copy>(fallback: T, body: impl FnOnce() -> T) -> T {
    quietly(body).unwrap_or(fallback)
}

/// For exports that free: if an end panics, what is left of it leaks.
pub(super) fn end(body: impl FnOnce()) {
    value((), body);
}

fn caught<T>(body: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(body))
}

/// What a panic carries is leaked: its end might panic in turn.
fn quietly<T>(body: impl FnOnce() -> T) -> Option<T> {
    caught(body).map_err(std::mem::forget).ok()
}

fn words(payload: &(dyn Any + Send)) -> String {
    let words = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no words");
    format!("a bug in rungs, please report it: {words}")
}

fn made(failure: Failure) -> RungsError {
    RungsError {
        status: failure.status,
        message: c_text(&failure.error.to_string()),
        help: failure.error.help().map(c_text),
        offset: failure.offset,
        error: failure.error,
    }
}

/// With NUL, which would end it, shown as U+2400.
fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{2400}")).unwrap_or_default()
}
