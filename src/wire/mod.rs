//! Versioned JSON documents, apart from the domain types, so that neither binds the other.
//!
//! Objects keep a fixed order of keys; versions are texts as the registry writes them.

mod actions;
mod catalog;
mod contents;
mod fleet;
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
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    plain::json(text)
}

#[cfg(test)]
mod tests {
    use crate::plain;

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
