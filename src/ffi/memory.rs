//! Pointers of callers become references and back; the only place that believes them.
//!
//! What the header asks of callers is what `SAFETY` means here: a handle is NULL or one that this
//! library gave and that was not freed; `data` points to `len` readable bytes unless `len` is 0; an
//! output is NULL or may be written to.

use super::guard::{Failure, FfiResult};
use super::types::{RungsStatus, RungsText};
use crate::error::ErrorCode;
use std::ptr::NonNull;

fn null(name: &str) -> Failure {
    Failure::new(
        RungsStatus::NullArgument,
        ErrorCode::NullArgument,
        format!("{name} is NULL: expected a pointer"),
    )
}

/// A handle that must be there. Any number of threads may read one: the header promises it.
///
/// # Safety
/// See the module; it is not freed during the call.
pub(super) unsafe fn handle<'a, T: Send + Sync>(handle: *const T, name: &str) -> FfiResult<&'a T> {
    // SAFETY: NULL or a living handle.
    unsafe { handle.as_ref() }.ok_or_else(|| null(name))
}

/// Bytes; with `len` 0 the pointer does not count.
///
/// # Safety
/// See the module; they do not change during the call.
pub(super) unsafe fn bytes<'a>(data: *const u8, len: usize, name: &str) -> FfiResult<&'a [u8]> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(null(name));
    }
    if isize::try_from(len).is_err() {
        return Err(Failure::new(
            RungsStatus::Limit,
            ErrorCode::TooLarge,
            format!("{name} of {len} bytes: no text is as long"),
        ));
    }
    // SAFETY: not NULL, `len` readable bytes, and `len` fits.
    Ok(unsafe { std::slice::from_raw_parts(data, len) })
}

/// A text, or the offset of the first byte that is not UTF-8.
///
/// # Safety
/// As [`bytes`].
pub(super) unsafe fn text<'a>(data: *const u8, len: usize, name: &str) -> FfiResult<&'a str> {
    // SAFETY: as promised to this function.
    let bytes = unsafe { bytes(data, len, name) }?;
    std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let mut failure = Failure::new(
            RungsStatus::InvalidUtf8,
            ErrorCode::InvalidUtf8,
            format!("{name} is not UTF-8 at byte {offset}"),
        );
        failure.offset = Some(offset);
        failure
    })
}

/// An output that is written at the end, or not at all.
pub(super) struct Out<T>(NonNull<T>);

/// # Safety
/// See the module.
pub(super) unsafe fn out<T>(pointer: *mut T, name: &str) -> FfiResult<Out<T>> {
    NonNull::new(pointer).map(Out).ok_or_else(|| null(name))
}

impl<T> Out<T> {
    pub(super) fn set(self, value: T) -> FfiResult<()> {
        // SAFETY: not NULL, so it may be written to, as `out` was promised.
        unsafe { self.0.write(value) };
        Ok(())
    }
}

impl<T: Send + Sync> Out<*mut T> {
    /// Hands the value over; [`free`] takes it back.
    pub(super) fn give(self, value: T) -> FfiResult<()> {
        self.set(Box::into_raw(Box::new(value)))
    }
}

impl Out<*mut RungsText> {
    pub(super) fn give_text(self, text: String) -> FfiResult<()> {
        self.give(RungsText(text.into_boxed_str()))
    }
}

/// Takes a handle back and ends it; NULL is nothing to do.
///
/// # Safety
/// See the module; nobody else uses it now or later.
pub(super) unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: it came from `Out::give` or from the guard, both of which made a box.
        drop(unsafe { Box::from_raw(handle) });
    }
}
