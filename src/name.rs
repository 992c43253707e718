//! Names of packages, runtimes and rules.

use crate::error::{Error, ErrorCode, Result};
use std::fmt;
use std::sync::Arc;

/// A name: letters, digits, `.`, `_` and `-`, at most [`Name::MAX_LEN`] bytes; cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// The longest name there may be, in bytes.
    pub const MAX_LEN: usize = 200;

    /// Reads a name.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidName`] for an empty or overlong text, or another character: `a b`.
    ///
    /// ```
    /// use rungs::{ErrorCode, Name};
    /// assert_eq!(Name::new("karafka-web")?.as_str(), "karafka-web");
    /// assert_eq!(Name::new("two words").unwrap_err().code(), ErrorCode::InvalidName);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn new(text: &str) -> Result<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let wrong = text.bytes().position(|byte| !fits(byte));
        let wrong = wrong.and_then(|at| text.get(at..)?.chars().next());
        let why = match wrong {
            _ if text.is_empty() => "it is empty".to_owned(),
            _ if text.len() > Self::MAX_LEN => {
                format!("it is longer than {} bytes", Self::MAX_LEN)
            }
            Some(c) => format!("{c:?} cannot stand in one"),
            None => return Ok(Name(text.into())),
        };
        let shown: String = text.chars().take(60).collect();
        Err(Error::new(
            ErrorCode::InvalidName,
            format!("{shown:?} is not a name: {why}"),
        ))
    }

    /// A name that was checked before it was stored.
    pub(crate) fn stored(text: &str) -> Self {
        debug_assert!(Name::new(text).is_ok(), "{text:?} is not a name");
        Name(text.into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same text, shared.
    pub(crate) fn text(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        assert_eq!(Name::new("karafka-web").unwrap(), "karafka-web");
        assert_eq!(
            Name::new("a b").unwrap_err().to_string(),
            "\"a b\" is not a name: ' ' cannot stand in one"
        );
        assert_eq!(
            Name::new("").unwrap_err().to_string(),
            "\"\" is not a name: it is empty"
        );
        assert!(Name::new(&"a".repeat(Name::MAX_LEN)).is_ok());
        assert!(Name::new(&"a".repeat(Name::MAX_LEN + 1)).is_err());
    }
}
