//! Upgrade paths: the shortest sequence of deployable steps, every one jointly resolvable.

mod error;
mod name;
mod span;

pub use error::{Error, ErrorCode, Result};
pub use name::Name;
pub use span::Place;
