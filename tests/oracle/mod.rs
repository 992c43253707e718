//! A second planner, written from the specification alone, that tests hold the product's planner to.
//!
//! It shares nothing with `rungs`: no type, no algorithm, no reading of its code. It knows worlds as plain data
//! ([`world`]), the meaning of a plan as two predicates and an exhaustive search over them ([`brute`]), and how to
//! make worlds that are small enough to be searched and awkward enough to be worth it ([`generate`]).
//!
//! Include it from an integration test with `mod oracle;`. Where section 3 of the design leaves room, the decision
//! stands in a comment that starts with `Decided:`, beside the line that makes it.

// Each integration test compiles its own copy of this module and uses a part of it.
#![allow(dead_code)]

pub(crate) mod brute;
pub(crate) mod generate;
pub(crate) mod world;
pub(crate) mod write;
