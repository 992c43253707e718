//! Upgrade paths: the shortest sequence of deployable steps, every one jointly resolvable.

mod error;
mod name;
mod span;
mod version;

pub use error::{Error, ErrorCode, Result};
pub use name::Name;
pub use span::Place;
pub use version::{Requirement, Scheme, Segment, Version, VersionSet};
