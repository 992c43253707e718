//! Values in words for people: pure functions from a value to a text.
//!
//! Names and texts of catalogs, lockfiles, Gemfiles and file systems may hold anything. No text of this
//! module moves a cursor, reorders what is beside it or is a command to a CI runner, whatever they
//! hold; see [`printable`].
//!
//! A report of a plan is made once, as a `document`: `plan`, `overview`,
//! `step`, `groups` and `action` say what is in it
//! and in which order, `text`, `markdown` and `html` print it. Sentences are in the room `words`.

mod action;
mod apply;
mod catalog;
mod catalogs;
mod clean;
mod document;
mod fleet;
mod github;
mod groups;
mod guides;
mod html;
mod import;
mod index;
mod lint;
mod maintain;
mod markdown;
mod overview;
mod paper;
mod plan;
mod program;
mod quoted;
mod refresh;
mod remarks;
mod repeats;
mod rows;
mod scan;
mod smoke;
mod status;
mod step;
mod style;
mod text;
mod why;

pub use apply::{ApplyRemark, apply_difference, step_by_hand};
pub use catalog::{catalog_files, catalog_toml};
pub use catalogs::{new_catalog, shipped_catalogs};
pub use document::Extent;
pub use fleet::{fleet_html, fleet_markdown, fleet_text};
pub use html::{next_html, next_html_with, plan_html, plan_html_with, step_html};
pub use import::{
    release_line, releases_overlay, releases_section, unknown_releases, with_releases,
};
pub use index::catalog_index;
pub use lint::{lint_github, lint_new_lockfile, lint_text, lints_text};
pub use maintain::{catalog_gaps, suggested_actions};
pub use markdown::{
    next_markdown, next_markdown_with, plan_markdown, plan_markdown_with, step_markdown,
};
pub use paper::Look;
pub use program::{
    lockfile_remarks, policy_written, program_version, without_command, without_source,
};
pub use refresh::{
    horizon, overlay_is_older, overlay_not_used, overlay_used, refresh_cost, refresh_lines,
    refresh_notes, refresh_overlay, refresh_text, release_lines_section, stale_text, with_horizon,
    with_release_lines,
};
pub use remarks::{catalog_remarks, check_catalog};
pub use rows::{plan_rows, step_rows};
pub use scan::{scan_github, scan_text};
pub use smoke::{smoke_code_text, smoke_refusal, smoke_text};
pub use status::status_text;
pub use style::Style;
pub use text::{
    next_text_in, next_text_with, plan_text, plan_text_in, plan_text_with, step_text, step_text_as,
    step_text_in,
};
pub use why::why_text;

use crate::plain;
use std::borrow::Cow;

/// Makes a text safe for a terminal, a log and a CI runner.
///
/// Control characters other than line ends and tabs, marks of direction and what has no width are
/// written as `\u{1b}`; a line does not begin with `::` unless a constant of Ruby follows, and has no
/// `##[`, `##vso[` or `##teamcity[`. With [`Style::Ansi`] the escapes of that style stay. What is safe
/// already stays as it is.
///
/// ```
/// use rungs::report::{Style, printable};
/// assert_eq!(printable("\u{1b}[2J\n::error::a", Style::Plain), "\\u{1b}[2J\n\\u{3a}:error::a");
/// ```
#[must_use]
pub fn printable(text: &str, style: Style) -> Cow<'_, str> {
    plain::lines(text, style == Style::Ansi)
}

/// The same for a name or a sentence, which stays on one line: line ends are written as `\n`.
///
/// ```
/// assert_eq!(rungs::report::printable_line("a\nb"), "a\\nb");
/// ```
#[must_use]
pub fn printable_line(text: &str) -> Cow<'_, str> {
    plain::line(text)
}

/// A finished text.
fn done(text: String, style: Style) -> String {
    match printable(&text, style) {
        Cow::Borrowed(_) => text,
        Cow::Owned(safe) => safe,
    }
}
