//! An export that panics, so that a test sees the guard of a built library hold.

use super::guard;
use super::types::{RungsError, RungsStatus};

/// Panics.
///
/// cbindgen:ignore
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rungs_test_panic(error: *mut *mut RungsError) -> RungsStatus {
    unsafe { guard::status(error, || panic!("on purpose")) }
}
