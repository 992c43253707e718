//! A status as text for a terminal.

use super::Style;
use super::paper::{Look, Paper};
use super::style::Paint;
use super::text::{wrapped, wrapped_in};
use crate::plan::Outcome;
use crate::status::{LineSupport, ProblemKind, Standing, Status, SupportState};
use crate::words;
use std::fmt::Write;

/// A table of what is installed, what is wrong with it, and what lies ahead.
#[must_use]
pub fn status_text(status: &Status, look: impl Into<Look>) -> String {
    let look = look.into();
    let style = look.style();
    let mut out = Paper::new(look);
    for held in status.ahead().held() {
        wrapped(&mut out, "Held: ", &held.to_string());
    }
    if !out.is_empty() {
        out.push('\n');
    }
    table(&mut out, status, style);
    problems(&mut out, status, "Problems", style);
    problems(&mut out, status, DEFECTS, style);
    for reach in status.reaches() {
        out.push('\n');
        for text in words::reach(reach) {
            wrapped(&mut out, "", &text);
        }
    }
    out.push('\n');
    ahead(&mut out, status, style);
    if let Some(days) = status.stale_days() {
        let text = words::stale(status.catalog_name(), status.horizon(), days);
        wrapped(&mut out, "note: ", &text);
    }
    let catalog = words::catalog(status.catalog_name(), status.horizon());
    let _ = write!(out, "\n{catalog}");
    let _ = match status.as_of() {
        Some(date) => writeln!(out, "; support on {date}."),
        None => writeln!(out, "."),
    };
    super::done(out.into_text(), style)
}

const HEADINGS: [&str; 5] = ["", "installed", "in line", "newest", "support of the line"];

fn table(out: &mut Paper, status: &Status, style: Style) {
    let rows: Vec<([String; 5], Paint)> = status.standings().map(row).collect();
    let mut widths = HEADINGS.map(str::len);
    for (cells, _) in &rows {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let heading: Vec<String> = HEADINGS
        .iter()
        .zip(widths)
        .map(|(text, width)| format!("{text:width$}"))
        .collect();
    let heading = heading.join("  ");
    let _ = writeln!(out, "{}", style.paint(Paint::Heading, heading.trim_end()));
    for (cells, support) in &rows {
        let mut line = String::new();
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            let painted = match at {
                2 | 3 if cell != "." => style.paint(Paint::Change, cell),
                4 => style.paint(*support, cell),
                _ => cell.into(),
            };
            let blanks = width - cell.chars().count();
            let _ = write!(line, "{painted}{:blanks$}  ", "");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// The cells of a row, and how its last one is painted. A dot says *the same*.
fn row(standing: &Standing) -> ([String; 5], Paint) {
    let installed = standing.installed();
    // An installed `3.2` of a runtime is its newest patch.
    let here = |text: &str| {
        if installed == Some(text) || installed.is_some() && installed == standing.line() {
            ".".to_owned()
        } else {
            text.to_owned()
        }
    };
    let newest = standing.newest().map_or("-".to_owned(), |version| {
        if standing.line() == Some(version.line().as_str()) {
            ".".to_owned()
        } else {
            version.as_str().to_owned()
        }
    });
    let in_line = standing
        .newest_of_line()
        .map_or("-".to_owned(), |version| here(version.as_str()));
    let (support, paint) = match (installed, standing.support()) {
        (None, _) => ("-".to_owned(), Paint::Quiet),
        (Some(_), None) => ("not listed".to_owned(), Paint::Quiet),
        (Some(_), Some(support)) => {
            let paint = match support.state() {
                SupportState::Ended => Paint::Warning,
                _ => Paint::Quiet,
            };
            (support_text(support), paint)
        }
    };
    let cells = [
        standing.package().as_str().to_owned(),
        installed.unwrap_or("?").to_owned(),
        in_line,
        newest,
        support,
    ];
    (cells, paint)
}

fn support_text(support: LineSupport) -> String {
    let name = support.state().name();
    match (support.state(), support.until()) {
        (_, None) => name.to_owned(),
        (SupportState::Ended, Some(date)) => format!("{name} {date}"),
        (_, Some(date)) => format!("{name} until {date}"),
    }
}

const DEFECTS: &str = "Known defects";

/// What is wrong beside lines that are over, which the table shows; under a heading of their own the
/// defects that plans do not avoid.
fn problems(out: &mut Paper, status: &Status, heading: &str, style: Style) {
    let mut first = true;
    for standing in status.standings() {
        for problem in standing.problems() {
            if problem.kind() == ProblemKind::Ended
                || (problem.kind() == ProblemKind::Defect) != (heading == DEFECTS)
            {
                continue;
            }
            if std::mem::take(&mut first) {
                let _ = writeln!(out, "\n{}", style.paint(Paint::Heading, heading));
            }
            let rule = problem
                .rule()
                .map_or(String::new(), |rule| format!(" ({rule})"));
            let lead = format!(
                "  {} {}: ",
                standing.package(),
                standing.installed().unwrap_or("?")
            );
            wrapped(out, &lead, &format!("{}{rule}", problem));
        }
    }
}

fn ahead(out: &mut Paper, status: &Status, style: Style) {
    let ahead = status.ahead();
    wrapped_in(out, &words::ahead(ahead), Paint::Heading, style);
    // Of what is not sure the reasons; where nothing is, they stand in the text.
    let notes = match ahead.outcome() {
        Outcome::Unknown if ahead.steps() > 0 => texts(ahead.because()),
        _ => texts(ahead.warnings()),
    };
    for warning in notes {
        wrapped(out, "note: ", &warning);
    }
}

fn texts(notes: &[impl ToString]) -> Vec<String> {
    notes.iter().map(ToString::to_string).collect()
}
