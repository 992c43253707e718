//! Ruby source: as a tree, as a Gemfile that is edited, and as an application that is scanned.
#![cfg(feature = "ruby")]

#[cfg(feature = "scan")]
mod clean;
mod gemfile;
#[cfg(feature = "scan")]
mod places;
mod ruby;
#[cfg(feature = "scan")]
mod rules;
