//! The C ABI: header, symbols and documentation.
#![cfg(feature = "capi")]

mod header;
mod web;
