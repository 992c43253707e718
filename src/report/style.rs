//! What makes a text stand out, where the reader's terminal can show it.

use std::borrow::Cow;

/// How a text is dressed; without dress it is the same text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// Plain bytes: for files, pipes and terminals without colour.
    #[default]
    Plain,
    /// With the escapes of ANSI terminals (ECMA-48, SGR).
    Ansi,
}

/// What a piece of a text is.
#[derive(Clone, Copy)]
pub(super) enum Paint {
    Heading,
    Change,
    Warning,
    Quiet,
}

impl Style {
    /// The text between the escapes of its kind, or as it is.
    pub(super) fn paint<'t>(self, paint: Paint, text: &'t str) -> Cow<'t, str> {
        if self == Style::Plain || text.is_empty() {
            return Cow::Borrowed(text);
        }
        let code = match paint {
            Paint::Heading => "1",
            Paint::Change => "32",
            Paint::Warning => "31",
            Paint::Quiet => "2",
        };
        Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m"))
    }
}
