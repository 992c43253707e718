//! A second planner, written from the specification alone, that tests hold the product's planner to.
//!
//! It shares nothing with `rungs`: no type, no algorithm, no reading of its code. It knows worlds as plain data
//! ([`world`]), the meaning of a plan as two predicates and an exhaustive search over them ([`brute`]), and how to
//! make worlds that are small enough to be searched and awkward enough to be worth it ([`generate`]).
//!
//! [`planner`] is the comparison, and [`selfcheck`] tests the second planner itself. Where section 3 of the design
//! leaves room, the decision stands in a comment that starts with `Decided:`, beside the line that makes it.

mod brute;
mod dress;
mod generate;
mod joint;
mod kinds;
mod ladders;
mod mishaps;
mod planner;
mod ruled;
mod selfcheck;
mod ways;
mod world;
mod write;
