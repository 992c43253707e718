//! The C ABI; `include/rungs.h` is generated from this folder and has its conventions.
//!
//! Each export is one call to [`guard`], which lets no panic through; a test over the source
//! proves it. This is the only room with `unsafe`, and nearly all of it is in `memory`: what a
//! caller's pointers promise is said there once. No thread-local state, no globals beside the
//! embedded catalog, no input or output.
#![allow(unsafe_code, reason = "the border to C; no other room has any")]
#![allow(
    unreachable_pub,
    reason = "cbindgen and the linker want `pub`; the room itself is private"
)]
#![cfg_attr(
    test,
    allow(dead_code, reason = "what is behind the border is not there")
)]

// Groups, so that no tool sorts them: the header follows the order of these lines. Unit tests are of the border
// alone: the exports behind it reach all of the library, which would be compiled a second time for them.
mod format;
mod guard;
mod memory;

mod types;

mod library;

mod error;

mod text;

#[cfg(not(test))]
mod catalog;

#[cfg(not(test))]
mod snapshot;

#[cfg(not(test))]
mod index;

#[cfg(not(test))]
mod plan;

#[cfg(not(test))]
mod why;

#[cfg(not(test))]
mod lint;

#[cfg(all(feature = "scan", not(test)))]
mod scan;

mod version;

#[cfg(feature = "capi-panic")]
mod panic;
#[cfg(test)]
mod tests;
