//! Upgrade paths: the shortest sequence of deployable steps, every one jointly resolvable.

mod error;
pub mod lockfile;
mod name;
mod span;

pub use error::{Error, ErrorCode, Result};
pub use name::Name;
pub use span::Place;
