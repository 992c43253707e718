//! What the library wrote.

use super::guard;
use super::memory::{free, handle};
use super::types::RungsText;

/// The bytes of a text; UTF-8, not NUL-terminated.
///
/// - `text`: the text; may be NULL.
///
/// Returns rungs_text_len() bytes, never NULL unless `text` is.
/// Ownership: the bytes are the text's and end with it.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_text_data(text: *const RungsText) -> *const u8 {
    guard::value(std::ptr::null(), || {
        unsafe { handle(text, "text") }.map_or(std::ptr::null(), |text| text.0.as_ptr())
    })
}

/// The length of a text.
///
/// - `text`: the text; may be NULL.
///
/// Returns the number of bytes; 0 for NULL.
/// Ownership: nothing is handed over.
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_text_len(text: *const RungsText) -> usize {
    guard::value(0, || {
        unsafe { handle(text, "text") }.map_or(0, |text| text.0.len())
    })
}

/// Ends a text.
///
/// - `text`: the text; NULL is nothing to do.
///
/// Returns nothing.
/// Ownership: the handle is gone afterwards.
/// Threads: nobody else may use the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_text_free(text: *mut RungsText) {
    guard::end(|| unsafe { free(text) });
}
