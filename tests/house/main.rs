//! The rules of the repository itself.

mod arrows;
mod layers;
mod msrv;
mod names;
mod purity;
mod readme;
mod sentences;
mod source;
