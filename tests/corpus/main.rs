//! What fuzzing found and began with, through the same functions.

#![cfg(all(feature = "wire", feature = "scan"))]

mod replay;
