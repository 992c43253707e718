//! Places in a text: byte offsets while reading, lines and columns for people.

use std::fmt;

/// A place in a text, as an editor shows it: both numbers start at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// The place of a byte offset in a text; an offset past the end is the end.
    ///
    /// Lines end at `\n`; a `\r` before it counts as a character of its line.
    ///
    /// ```
    /// use rungs::Place;
    /// assert_eq!(Place::of("one\ntwo", 5), Place { line: 2, column: 2 });
    /// ```
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            line: number(line + 1),
            column: number(before[start..].chars().count() + 1),
        }
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let text = "one\nzwölf ab\n";
        let at = |offset| Place::of(text, offset).to_string();
        assert_eq!(at(0), "1:1");
        assert_eq!(at(4), "2:1");
        assert_eq!(at(text.find('a').unwrap()), "2:7");
        assert_eq!(at(7), "2:3", "inside a character");
        assert_eq!(at(999), "3:1");
    }
}
