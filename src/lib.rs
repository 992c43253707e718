//! Upgrade paths: the shortest sequence of deployable steps, every one jointly resolvable.

pub mod catalog;
mod date;
mod error;
pub mod lockfile;
mod name;
pub mod plan;
pub mod planner;
pub mod report;
mod span;
mod version;
#[cfg(feature = "wire")]
pub mod wire;

pub use date::Date;
pub use error::{Error, ErrorCode, Result};
pub use name::Name;
pub use span::Place;
pub use version::{Requirement, Scheme, Segment, Version, VersionSet};
