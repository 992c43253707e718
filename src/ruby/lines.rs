//! From bytes to lines and columns.

use crate::span::Place;
use std::ops::Range;

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct Lines<'s> {
    text: &'s [u8],
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    /// Of a text; lines end with `\n`.
    #[must_use]
    pub fn of(text: &'s [u8]) -> Self {
        let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        Lines {
            text,
            starts: starts.collect(),
        }
    }

    /// The place of a byte; one past the end is the end.
    ///
    /// ```
    /// use rungs::{Place, ruby::Lines};
    /// assert_eq!(Lines::of(b"a\nbc").place(3), Place { line: 2, column: 2 });
    /// ```
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let before = &self.text[self.starts[line - 1]..offset];
        // A character begins with every byte that continues none.
        let characters = before.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        Place {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(characters + 1).unwrap_or(u32::MAX),
        }
    }

    /// The bytes of a line (from 1) without its end; empty beyond the last.
    #[must_use]
    pub fn range(&self, line: u32) -> Range<usize> {
        let line = line as usize;
        let Some(start) = line.checked_sub(1).and_then(|at| self.starts.get(at)) else {
            return self.text.len()..self.text.len();
        };
        *start
            ..self
                .starts
                .get(line)
                .map_or(self.text.len(), |next| next - 1)
    }
}
