//! The formats of reports.

use super::guard::{Failure, FfiResult};
use super::types::RungsFormat;
use crate::report::Style;

/// What a plan and a step are written as.
pub(super) const PLAN: [RungsFormat; 6] = [
    RungsFormat::Text,
    RungsFormat::Ansi,
    RungsFormat::Json,
    RungsFormat::Markdown,
    RungsFormat::Html,
    RungsFormat::Rows,
];
/// What a status and a why are written as.
pub(super) const PLAIN: [RungsFormat; 3] =
    [RungsFormat::Text, RungsFormat::Ansi, RungsFormat::Json];
/// What a lint is written as.
pub(super) const LINT: [RungsFormat; 5] = [
    RungsFormat::Text,
    RungsFormat::Ansi,
    RungsFormat::Json,
    RungsFormat::Sarif,
    RungsFormat::Github,
];

/// The format of this number, if it is one of those that the function knows.
pub(super) fn format(number: u32, known: &[RungsFormat]) -> FfiResult<RungsFormat> {
    let found = known.iter().find(|known| **known as u32 == number);
    found.copied().ok_or_else(|| {
        let words: Vec<String> = RungsFormat::ALL
            .iter()
            .filter(|(format, _)| known.contains(format))
            .map(|(format, name)| format!("{} ({name})", *format as u32))
            .collect();
        Failure::unsupported(
            "format here",
            number,
            &format!("one of {}", words.join(", ")),
        )
    })
}

/// How texts are dressed.
pub(super) fn style(format: RungsFormat) -> Style {
    match format {
        RungsFormat::Ansi => Style::Ansi,
        _ => Style::Plain,
    }
}
