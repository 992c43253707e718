//! The rules of the repository itself.

mod arrows;
mod docs;
mod errors;
mod examples;
mod guide;
mod kinds;
mod layers;
mod limits;
mod manual;
mod msrv;
mod names;
mod open;
mod package;
mod purity;
mod readme;
mod register;
mod sentences;
mod source;
mod workflows;
