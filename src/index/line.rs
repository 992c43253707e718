//! Lines of an index, and what is wrong with them, each with its place.

use super::{MAX_BYTES, MAX_LINE_BYTES, MAX_PROBLEMS};
use crate::error::{Error, ErrorCode};
use crate::name::Name;
use crate::span::Place;
use crate::version::{Requirement, Scheme, Version};
use std::ops::Range;

/// One line, without its end.
#[derive(Clone, Copy)]
pub(super) struct InfoLine<'t> {
    text: &'t str,
    number: usize,
}

/// Calls `read` for every line after the header; gives all that went wrong.
pub(super) fn each<'t>(
    text: &'t [u8],
    mut read: impl FnMut(InfoLine<'t>) -> Result<(), Error>,
) -> Vec<Error> {
    if text.len() > MAX_BYTES {
        return vec![Error::new(
            ErrorCode::TooLarge,
            format!(
                "the index has {} bytes: expected at most {MAX_BYTES}",
                text.len()
            ),
        )];
    }
    let lines = || text.split(|byte| *byte == b'\n').enumerate();
    let start = lines()
        .find(|(_, line)| *line == b"---")
        .map_or(0, |(at, _)| at + 1);
    // Empty lines at the end are none, as for Ruby's `split`.
    let end = text.len() - text.iter().rev().take_while(|byte| **byte == b'\n').count();
    let count = if end == 0 {
        0
    } else {
        text[..end].split(|byte| *byte == b'\n').count()
    };
    let mut problems = Vec::new();
    for (at, bytes) in lines().take(count).skip(start) {
        let done = InfoLine::new(bytes, at + 1).and_then(&mut read);
        if let Err(error) = done {
            if problems.len() == MAX_PROBLEMS {
                let more = "more problems than are reported: expected an index of another kind";
                problems.push(wrong(more).at(place(at + 1, 1)));
                break;
            }
            problems.push(error);
        }
    }
    problems
}

impl<'t> InfoLine<'t> {
    fn new(bytes: &'t [u8], number: usize) -> Result<Self, Error> {
        if bytes.len() > MAX_LINE_BYTES {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!(
                    "the line has {} bytes: expected at most {MAX_LINE_BYTES}",
                    bytes.len()
                ),
            )
            .at(place(number, 1)));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            Error::new(ErrorCode::InvalidUtf8, "this is not UTF-8")
                .at(place(number, before.chars().count() + 1))
        })?;
        let line = InfoLine { text, number };
        if let Some((at, wrong)) = text.char_indices().find(|(_, c)| c.is_control()) {
            let error = line.wrong(at, format!("{wrong:?} cannot stand in an index"));
            return Err(if wrong == '\r' {
                error.with_help("lines of an index end with \\n alone")
            } else {
                error
            });
        }
        if text.trim_matches(' ').is_empty() {
            return Err(line.wrong(0, "an empty line: expected a name or a version".to_owned()));
        }
        Ok(line)
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    pub(super) fn get(&self, range: &Range<usize>) -> &'t str {
        &self.text[range.clone()]
    }

    /// An error at this byte of the line.
    pub(super) fn wrong(&self, at: usize, message: String) -> Error {
        wrong(&message).at(self.place(at))
    }

    fn place(&self, at: usize) -> Place {
        place(self.number, self.text[..at].chars().count() + 1)
    }

    /// The first word from `from` on, without the spaces before it, and where the rest begins.
    pub(super) fn word(&self, from: usize) -> (Range<usize>, usize) {
        let skip =
            |at: usize| at + self.text[at..].len() - self.text[at..].trim_start_matches(' ').len();
        let start = skip(from);
        let end = self.text[start..]
            .find(' ')
            .map_or(self.text.len(), |at| start + at);
        (start..end, skip(end))
    }

    /// The parts of a range between `mark`s; empty ones at the end are none, as in Ruby.
    pub(super) fn split(&self, range: Range<usize>, mark: char) -> Vec<Range<usize>> {
        let text = self.get(&range).trim_end_matches(mark);
        if text.is_empty() {
            return Vec::new();
        }
        let mut start = range.start;
        text.split(mark)
            .map(|part| {
                let here = start..start + part.len();
                start = here.end + mark.len_utf8();
                here
            })
            .collect()
    }

    /// What is before and after the first `mark`.
    pub(super) fn cut(
        &self,
        range: Range<usize>,
        mark: char,
    ) -> (Range<usize>, Option<Range<usize>>) {
        match self.get(&range).find(mark) {
            Some(at) => {
                let at = range.start + at;
                (range.start..at, Some(at + mark.len_utf8()..range.end))
            }
            None => (range, None),
        }
    }

    pub(super) fn name(&self, range: Range<usize>) -> Result<Name, Error> {
        Name::new(self.get(&range)).map_err(|error| error.at(self.place(range.start)))
    }

    /// `1.0` or `1.0-java`; what is behind the first `-` is the platform.
    pub(super) fn version(&self, range: Range<usize>) -> Result<(Version, Option<&'t str>), Error> {
        let (number, platform) = self.cut(range, '-');
        let text = self.get(&number);
        let error = if text.is_empty() {
            self.wrong(number.start, "expected a version".to_owned())
        } else {
            match Version::parse(Scheme::RubyGems, text) {
                Ok(version) => return Ok((version, platform.map(|range| self.get(&range)))),
                Err(error) => error.at(self.place(number.start)),
            }
        };
        Err(error)
    }

    /// `>= 1&< 3`
    pub(super) fn requirement(
        &self,
        range: Range<usize>,
    ) -> Result<(Requirement, Vec<&'t str>), Error> {
        let parts = self.split(range.clone(), '&');
        for part in &parts {
            let text = self.get(part);
            if text.trim_matches(' ').is_empty() {
                return Err(self.wrong(part.start, "expected a requirement".to_owned()));
            }
            Requirement::from_list(Scheme::RubyGems, &[text])
                .map_err(|error| error.at(self.place(part.start)))?;
        }
        let texts: Vec<&str> = parts.iter().map(|part| self.get(part)).collect();
        let requirement = if texts.is_empty() {
            Requirement::any(Scheme::RubyGems)
        } else {
            Requirement::from_list(Scheme::RubyGems, &texts)
                .map_err(|error| error.at(self.place(range.start)))?
        };
        Ok((requirement, texts))
    }

    /// Letters and digits.
    pub(super) fn checksum(&self, range: &Range<usize>) -> Result<(), Error> {
        match self
            .get(range)
            .char_indices()
            .find(|(_, c)| !c.is_ascii_alphanumeric())
        {
            Some((at, c)) => Err(self.wrong(
                range.start + at,
                format!("{c:?} cannot stand in a checksum: expected letters and digits"),
            )),
            None => Ok(()),
        }
    }
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorCode::InvalidIndex, message)
}

fn place(line: usize, column: usize) -> Place {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place {
        line: number(line),
        column: number(column),
    }
}

/// A text for a message, not too long.
pub(super) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
