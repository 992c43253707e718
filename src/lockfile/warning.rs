//! What Bundler passes over in silence, said aloud.

use crate::span::Place;
use std::fmt;

/// Something in a lockfile that Bundler ignores or reads otherwise than it looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    place: Place,
    message: String,
    /// The last section is missing, without which nothing is planned: an error says so too.
    is_of_end: bool,
}

impl Warning {
    pub(super) fn new(place: Place, message: impl Into<String>) -> Self {
        Warning {
            place,
            message: message.into(),
            is_of_end: false,
        }
    }

    /// The same about the end of the file.
    pub(super) fn of_end(self) -> Self {
        Warning {
            is_of_end: true,
            ..self
        }
    }

    pub(crate) fn is_of_end(&self) -> bool {
        self.is_of_end
    }

    /// Where in the lockfile.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// What is odd, in one sentence in lower case, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}
