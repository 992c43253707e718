//! Upgrade paths: the shortest sequence of deployable steps, every one exact and jointly
//! resolvable.
//!
//! From the versions installed now, a target and a catalog of releases and rules this crate
//! computes the steps of an upgrade in which no version line is skipped. It is for planning: it
//! installs nothing, and it is no general resolver of dependencies.
//!
//! What may surprise:
//! - a plan prefers few steps to new versions, and new versions at the end to new ones on the way;
//! - a question without an answer is not an error: look at [`plan::Plan::outcome`];
//! - versions order as their scheme says, so `1.0` equals `1`, and `1.0.rc1` comes before it.
//!
//! Words: a *line* is the releases that count as one rung (`2.6`), a *stepped* package enters one
//! line per step at most, a *follower* moves freely upwards, a *runtime* (Ruby) moves in a step of
//! its own; a *gate* says where one must stand before a line is left, a *bridge* lets a package
//! enter a later line directly.
//!
//! ```
//! use rungs::catalog::Catalog;
//! use rungs::lockfile::{Lockfile, Snapshot};
//! use rungs::planner::{Request, plan};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
//! let catalog = Catalog::karafka()?;
//! let request = Request::new().to(&catalog, "karafka=2.6")?;
//! let plan = plan(&catalog, &Snapshot::from_lockfile(&lockfile)?, &request)?;
//! assert_eq!(plan.steps().len(), 5);
//! # Ok(())
//! # }
//! ```

// Feature labels on docs.rs, which builds with nightly Rust.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod catalog;
mod date;
mod error;
#[cfg(feature = "abi")]
mod ffi;
pub mod fleet;
#[cfg(feature = "ruby")]
pub mod gemfile;
pub mod index;
pub mod lint;
pub mod lockfile;
mod name;
mod nearest;
mod plain;
pub mod plan;
pub mod planner;
pub mod policy;
pub mod refresh;
pub mod report;
pub mod resolve;
#[cfg(feature = "ruby")]
pub mod ruby;
mod rules;
pub mod scan;
mod set;
pub mod smoke;
mod span;
pub mod status;
mod version;
pub mod why;
#[cfg(feature = "wire")]
pub mod wire;
mod words;

pub use date::Date;
pub use error::{Error, ErrorCode, Result};
pub use name::Name;
pub use span::Place;
pub use version::{Requirement, Scheme, Segment, Version, VersionSet};

/// The examples of the README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
