//! What a text is written on: how wide it may be, and whether colours are shown.

use super::Style;
use std::ops::{Deref, DerefMut};

/// How a text for a terminal looks: its style, and the columns that it may have.
///
/// ```
/// use rungs::report::{Look, Style};
/// assert_eq!(Look::from(Style::Plain).columns(), 80);
/// assert_eq!(Look::from(Style::Ansi).with_columns(132).columns(), 132);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    style: Style,
    columns: usize,
}

impl Look {
    /// The width of files, pipes and whatever does not say how wide it is.
    pub const COLUMNS: usize = 80;
    /// The narrowest text: below it words stand alone on their lines.
    pub const MIN_COLUMNS: usize = 40;

    /// The same on a terminal of so many columns, at least [`Look::MIN_COLUMNS`].
    #[must_use]
    pub fn with_columns(mut self, columns: usize) -> Self {
        self.columns = columns.max(Self::MIN_COLUMNS);
        self
    }

    /// Whether colours are shown.
    #[must_use]
    pub fn style(self) -> Style {
        self.style
    }

    /// The columns that a line may have.
    #[must_use]
    pub fn columns(self) -> usize {
        self.columns
    }
}

impl From<Style> for Look {
    fn from(style: Style) -> Self {
        Look {
            style,
            columns: Self::COLUMNS,
        }
    }
}

/// A text that grows, and how wide its lines may be.
pub(super) struct Paper {
    text: String,
    columns: usize,
}

impl Paper {
    /// Sentences get no wider than this: longer lines are hard to read.
    const PROSE: usize = 100;

    pub(super) fn new(look: Look) -> Self {
        Paper::wide(look.columns)
    }

    fn wide(columns: usize) -> Self {
        Paper {
            text: String::new(),
            columns,
        }
    }

    /// Another one of the same width.
    pub(super) fn fresh(&self) -> Self {
        Paper::wide(self.columns)
    }

    /// The columns of a table.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The columns of a sentence.
    pub(super) fn prose(&self) -> usize {
        self.columns.min(Self::PROSE)
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

impl Deref for Paper {
    type Target = String;

    fn deref(&self) -> &String {
        &self.text
    }
}

impl DerefMut for Paper {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.text
    }
}
