//! Versioned JSON documents, apart from the domain types, so that neither binds the other.
//!
//! Objects keep a fixed order of keys; versions are texts as the registry writes them.

mod actions;
mod catalog;
mod fleet;
mod guidance;
mod lint;
mod plan;
mod request;
mod sarif;
mod scan;
mod scan_sarif;
mod schema;
mod smoke;
mod snapshot;
mod status;

use crate::error::Error;
use crate::plain;
use serde::Serialize;
use serde_json::ser::Formatter;
use std::io::{self, Write};

pub use actions::actions_document;
pub use catalog::catalog_document;
pub use fleet::{FleetInput, fleet_line, fleet_summary_document, read_fleet_input};
pub use lint::lint_document;
pub use plan::{plan_document, step_document, why_document};
pub use request::{
    MAX_REQUEST_BYTES, open_catalog, read_lint_request, read_request, read_snapshot,
};
pub use sarif::{lint_sarif, lints_sarif};
pub use scan::scan_document;
pub use scan_sarif::scan_sarif;
pub use schema::{schema, schemas};
pub use smoke::smoke_document;
pub use snapshot::snapshot_document;
pub use status::status_document;

#[derive(Serialize)]
struct Problem<'a> {
    code: u32,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    schema: &'static str,
    problems: Vec<Problem<'a>>,
}

/// `rungs.error/1`: all problems that an error has.
///
/// ```
/// let error = rungs::Error::io("cannot read Gemfile.lock");
/// assert!(rungs::wire::error_document(&error).contains("601"));
/// ```
#[must_use]
pub fn error_document(error: &Error) -> String {
    let problems = error.problems().map(problem).collect();
    render(&ErrorDocument {
        schema: "rungs.error/1",
        problems,
    })
}

fn problem(error: &Error) -> Problem<'_> {
    Problem {
        code: error.code().number(),
        message: error.message(),
        file: error.file(),
        line: error.place().map(|place| place.line),
        column: error.place().map(|place| place.column),
        help: error.help(),
    }
}

/// Pretty JSON with a line end. Serialising our own structs of texts and numbers cannot fail.
fn render(document: &impl Serialize) -> String {
    let mut text = Vec::with_capacity(1 << 16);
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, Pretty::default());
    let written = document.serialize(&mut serializer);
    text.push(b'\n');
    let text = written.ok().and_then(|()| String::from_utf8(text).ok());
    plain::json(text.unwrap_or_default())
}

/// The layout of `serde_json::to_string_pretty`, with one write for each line break and indent: those are
/// a third of a document.
#[derive(Default)]
struct Pretty {
    depth: usize,
    /// Whether what is open has something in it.
    is_filled: bool,
}

impl Pretty {
    fn open<W: Write + ?Sized>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.is_filled = false;
        to.write_all(bracket)
    }

    fn close<W: Write + ?Sized>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.is_filled {
            self.start_line(to, true)?;
        }
        self.is_filled = true;
        to.write_all(bracket)
    }

    /// Begins a line; the one before ends with a comma unless what follows is the first or a bracket.
    fn start_line<W: Write + ?Sized>(&self, to: &mut W, is_first: bool) -> io::Result<()> {
        const BREAK: &[u8] = b",\n                                ";
        let start = usize::from(is_first);
        let indent = 2 * self.depth;
        let written = indent.min(BREAK.len() - 2);
        to.write_all(&BREAK[start..written + 2])?;
        (written..indent).try_for_each(|_| to.write_all(b" "))
    }
}

impl Formatter for Pretty {
    fn begin_array<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.start_line(to, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }

    fn begin_object<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.start_line(to, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::plain;

    #[test]
    fn documents_are_laid_out_as_serde_json_does() {
        let mut nested =
            serde_json::json!({"a": [], "b": {}, "c": [1, "x", [[]], {"d": null, "e": [{}]}]});
        for _ in 0..20 {
            nested = serde_json::json!({"deep": [nested, true], "text": "\"\n\u{1f600}", "n": 1.5});
        }
        let document = super::render(&nested);
        let known = serde_json::to_string_pretty(&nested).unwrap();
        assert_eq!(document, known + "\n");
    }

    #[test]
    fn what_is_escaped_means_the_same() {
        let text = "a\u{202e}\u{9b}\u{7f}\u{e0041}b ##[add-mask] ## #\"";
        let document = super::render(&[text]);
        let odd = document.find(|c| plain::is_odd(c) && c != '\n');
        assert_eq!(odd, None, "{document}");
        assert!(!document.contains("##["), "{document}");
        let read: Vec<String> = serde_json::from_str(&document).unwrap();
        assert_eq!(read, [text]);
    }
}
