//! The border from the Rust side; small, so that it also runs in Miri:
//! `cargo +nightly miri test --features capi --lib ffi::`.

use super::error::*;
use super::guard::{self, Failure};
use super::memory::{bytes, text};
use super::text::*;
use super::types::{RungsError, RungsStatus};
use super::version::*;
use crate::error::{Error, ErrorCode};
use std::ffi::CStr;
use std::ptr::{null, null_mut};

/// What a call leaves in its error: the message; the error is freed.
fn message(call: impl FnOnce(*mut *mut RungsError) -> RungsStatus) -> (RungsStatus, String) {
    let mut error = null_mut();
    let status = call(&mut error);
    if error.is_null() {
        return (status, String::new());
    }
    unsafe {
        assert_eq!(rungs_error_status(error), status);
        let text = CStr::from_ptr(rungs_error_message(error)).to_str().unwrap();
        let text = text.to_owned();
        rungs_error_free(error);
        (status, text)
    }
}

#[test]
fn a_panic_is_a_status() {
    let panics = |error| unsafe { guard::status(error, || panic!("number {}", 7)) };
    assert_eq!(
        message(panics),
        (
            RungsStatus::Panic,
            "a bug in rungs, please report it: number 7".to_owned()
        )
    );
    assert_eq!(panics(null_mut()), RungsStatus::Panic);
    assert_eq!(guard::value(3, || panic!("words")), 3);
    guard::end(|| panic!("words"));
}

#[test]
fn a_panic_whose_payload_panics_is_a_status_too() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::panic_any(Bomb);
        }
    }
    let (status, words) =
        message(|error| unsafe { guard::status(error, || std::panic::panic_any(Bomb)) });
    assert_eq!((status, words.as_str()), (RungsStatus::Panic, ""));
    assert_eq!(guard::value(3, || std::panic::panic_any(Bomb)), 3);
}

#[test]
fn success_leaves_the_error_alone() {
    let mut error = null_mut();
    let status = unsafe { guard::status(&mut error, || Ok(())) };
    assert_eq!((status, error), (RungsStatus::Ok, null_mut()));
}

#[test]
fn messages_end_at_no_nul_of_theirs() {
    let fails = |error| unsafe {
        guard::status(error, || {
            Err(Error::new(ErrorCode::InvalidRequest, "a\0b").into())
        })
    };
    assert_eq!(
        message(fails),
        (RungsStatus::InvalidInput, "a\\u{0}b".to_owned())
    );
}

#[test]
fn statuses_follow_codes() {
    let status = |code| Failure::from(Error::new(code, "")).status;
    assert_eq!(status(ErrorCode::TooLarge), RungsStatus::Limit);
    assert_eq!(status(ErrorCode::InvalidUtf8), RungsStatus::InvalidUtf8);
    assert_eq!(status(ErrorCode::TargetBehind), RungsStatus::InvalidInput);
}

#[test]
fn inputs_are_looked_at_before_they_are_believed() {
    let refusal = |data: *const u8, len| match unsafe { text(data, len, "name") } {
        Ok(text) => format!("ok {text}"),
        Err(failure) => failure.error.to_string(),
    };
    let wild = std::ptr::without_provenance(1);
    assert_eq!(refusal(null(), 0), "ok ");
    assert_eq!(refusal(wild, 0), "ok ");
    assert_eq!(refusal(null(), 1), "name is NULL: expected a pointer");
    assert_eq!(refusal(b"ab\xff".as_ptr(), 2), "ok ab");
    assert_eq!(
        refusal(b"ab\xff".as_ptr(), 3),
        "name is not UTF-8 at byte 2"
    );
    let most = isize::MAX as usize;
    let too_long = unsafe { bytes(wild, most + 1, "name") }.err().unwrap();
    assert_eq!(too_long.status, RungsStatus::Limit);
    let no_format = Failure::unsupported("format", 9, "1 (text)");
    assert_eq!(
        no_format.error.to_string(),
        "9 is no format: expected 1 (text)"
    );
}

#[test]
fn outputs_stay_on_failure() {
    let (a, b) = ("1.0", "2..1");
    let mut order = 7;
    let mut compare = |scheme, b: &str| {
        let out: *mut i32 = &mut order;
        let (status, words) = message(|error| unsafe {
            rungs_version_compare(scheme, a.as_ptr(), 3, b.as_ptr(), b.len(), out, error)
        });
        (status, words, order)
    };
    assert_eq!(
        compare(1, b),
        (
            RungsStatus::InvalidInput,
            "\"2..1\" is not a rubygems version: expected numbers and words with single dots \
             between them, a number first"
                .to_owned(),
            7
        )
    );
    assert_eq!(compare(3, "1").2, 7);
    assert_eq!(compare(1, "1"), (RungsStatus::Ok, String::new(), 0));
}

#[test]
fn ends_take_null() {
    unsafe {
        rungs_error_free(null_mut());
        rungs_text_free(null_mut());
        assert!(rungs_text_data(null()).is_null());
    }
}
