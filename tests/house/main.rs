//! The rules of the repository itself.

mod layers;
mod msrv;
mod readme;
