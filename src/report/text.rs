//! A plan as text for a terminal of 80 columns.

use super::Style;
use super::step;
use super::style::Paint;
use super::words;
use crate::plan::{Outcome, Plan, Step, StepKind};
use std::fmt::Write;

const WIDTH: usize = 80;

/// The whole plan, as plain text.
#[must_use]
pub fn plan_text(plan: &Plan) -> String {
    plan_text_in(plan, Style::Plain)
}

/// The whole plan.
#[must_use]
pub fn plan_text_in(plan: &Plan, style: Style) -> String {
    let mut out = String::new();
    let target: Vec<String> = plan
        .targets()
        .iter()
        .map(|(name, to)| format!("{name} {to}"))
        .collect();
    let target = if target.is_empty() {
        "the newest".to_owned()
    } else {
        target.join(", ")
    };
    let heading = |out: &mut String, text: &str| {
        let _ = writeln!(out, "{}", style.paint(Paint::Heading, text));
    };
    for held in words::held(plan) {
        wrapped(&mut out, "Held: ", &held);
    }
    match plan.outcome() {
        Outcome::AlreadyThere => {
            let text = format!("Already there: {target}, on the newest versions that fit.");
            heading(&mut out, &text);
        }
        Outcome::Impossible => {
            heading(&mut out, &format!("No upgrade path to {target}."));
            impossible(&mut out, plan);
        }
        Outcome::GaveUp => {
            let text = format!("Search limit reached: no answer for {target}.");
            heading(&mut out, &text);
        }
        Outcome::Unknown if plan.steps().is_empty() => {
            heading(&mut out, "Unknown: the answer lies beyond the catalog.");
        }
        Outcome::Planned | Outcome::Unknown => {
            let count = plan.steps().len();
            let steps = if count == 1 {
                "1 step".to_owned()
            } else {
                format!("{count} steps")
            };
            heading(&mut out, &format!("{steps} to {target}"));
        }
    }
    if !plan.steps().is_empty() {
        out.push('\n');
        table(&mut out, plan, style);
        for step in plan.steps() {
            out.push('\n');
            moves(&mut out, step, style);
            step::short(&mut out, step, style);
        }
    }
    if let Some(proof) = words::proof(plan) {
        out.push('\n');
        wrapped(&mut out, "", &proof);
    }
    if let Some(last) = plan.steps().last() {
        if !last.guidance().support().is_empty() {
            let _ = writeln!(out, "\nAfter the last step");
            step::support(&mut out, last.guidance(), style);
        }
    }
    if !plan.cleanup().is_empty() {
        let gems: Vec<&str> = plan.cleanup().iter().map(|gem| gem.as_str()).collect();
        let text = format!(
            "delete the temporary lines of {}; the lockfile keeps the versions.",
            gems.join(", ")
        );
        wrapped(&mut out, "After the last step: ", &text);
    }
    if !plan.steps().is_empty() {
        let text = "Run `rungs next` for the details of the first step.";
        wrapped(&mut out, "", text);
    }
    out.push_str(&notes_text(plan));
    let _ = writeln!(
        out,
        "\nCatalog {}, known up to {}.",
        plan.catalog_name(),
        plan.horizon()
    );
    out
}

/// What a reader should know beside the steps of a plan.
#[must_use]
pub fn notes_text(plan: &Plan) -> String {
    let mut out = String::new();
    for remark in words::remarks(plan) {
        wrapped(&mut out, "note: ", &remark);
    }
    out
}

/// Packages as rows against steps as columns; what does not fit moves to further tables.
fn table(out: &mut String, plan: &Plan, style: Style) {
    let mut names: Vec<&str> = Vec::new();
    let states = || std::iter::once(plan.start()).chain(plan.steps().iter().map(Step::state));
    for state in states() {
        for (name, _) in state.packages() {
            if !names.contains(&name.as_str()) {
                names.push(name.as_str());
            }
        }
    }
    let mut runtimes: Vec<&str> = Vec::new();
    for (name, _) in states().flat_map(|state| state.runtimes()) {
        if !runtimes.contains(&name.as_str()) {
            runtimes.push(name.as_str());
        }
    }
    let columns: Vec<Vec<String>> = states()
        .enumerate()
        .map(|(number, state)| {
            let mut column = vec![if number == 0 {
                "now".to_owned()
            } else {
                number.to_string()
            }];
            for name in &names {
                column.push(
                    state
                        .package(name)
                        .map_or("-".to_owned(), |version| version.as_str().to_owned()),
                );
            }
            for name in &runtimes {
                let found = state.runtimes().iter().find(|(known, _)| known == name);
                column.push(found.map_or("?".to_owned(), |(_, version)| version.clone()));
            }
            column
        })
        .collect();
    let rows: Vec<&str> = std::iter::once("")
        .chain(names.iter().copied())
        .chain(runtimes)
        .collect();
    let label = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let widths: Vec<usize> = columns
        .iter()
        .map(|column| column.iter().map(String::len).max().unwrap_or(0))
        .collect();
    let mut first = 0;
    while first < columns.len() {
        let mut last = first;
        let mut used = label;
        while last < columns.len() && (last == first || used + 2 + widths[last] <= WIDTH) {
            used += 2 + widths[last];
            last += 1;
        }
        if first > 0 {
            out.push('\n');
        }
        for (row, name) in rows.iter().enumerate() {
            let mut line = format!("{name:label$}");
            for at in first..last {
                let cell = &columns[at][row];
                let same = row > 0 && at > first && columns[at - 1][row] == *cell;
                let shown = if same { "." } else { cell };
                let painted = match (row, at) {
                    (0, _) => style.paint(Paint::Heading, shown),
                    (_, 0) => shown.into(),
                    _ if same => style.paint(Paint::Quiet, shown),
                    _ if columns[at - 1][row] != *cell => style.paint(Paint::Change, shown),
                    _ => shown.into(),
                };
                let blanks = widths[at] - shown.len();
                let _ = write!(line, "  {painted}{:blanks$}", "");
            }
            let _ = writeln!(out, "{}", line.trim_end());
        }
        first = last;
    }
}

/// One step as plain text: what moves and why, and all that comes with it.
#[must_use]
pub fn step_text(step: &Step) -> String {
    step_text_in(step, Style::Plain)
}

/// One step: what moves and why, and all that comes with it.
#[must_use]
pub fn step_text_in(step: &Step, style: Style) -> String {
    let mut out = String::new();
    moves(&mut out, step, style);
    step::full(&mut out, step, style);
    out
}

/// What moves and why.
fn moves(out: &mut String, step: &Step, style: Style) {
    let what = match step.kind() {
        StepKind::Runtime => "the runtime alone",
        StepKind::Repair => "repair",
        StepKind::Packages => "packages",
    };
    let heading = format!("Step {}: {what}", step.number());
    let _ = writeln!(out, "{}", style.paint(Paint::Heading, &heading));
    for (label, note) in words::notes(step) {
        wrapped(out, &format!("  {}: ", label.to_lowercase()), &note);
    }
    let changes: Vec<(&str, String, String)> = step
        .changes()
        .iter()
        .map(|change| {
            let moves = words::moves(change).replace('→', "->");
            let why = change.because().to_string();
            (change.package().as_str(), moves, why)
        })
        .collect();
    let label = changes.iter().map(|it| it.0.len()).max().unwrap_or(0);
    let moved = changes.iter().map(|it| it.1.len()).max().unwrap_or(0);
    let moved = moved.clamp(18, 26);
    for (package, moves, why) in changes {
        wrapped(out, &format!("  {package:label$}  {moves:<moved$}  "), &why);
    }
    for stay in step.stays() {
        let lead = format!(
            "  {} stays at {}: ",
            stay.package(),
            stay.version().as_str()
        );
        wrapped(out, &lead, &stay.because().to_string());
    }
    for outside in step.outside() {
        wrapped(out, "  also changes: ", &outside.to_string());
    }
}

/// A text of others without the control characters that a terminal would obey.
pub(super) fn shown(text: &str) -> String {
    let clean = |c: char| {
        if c.is_control() && c != '\n' {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(clean).collect()
}

/// Writes a text after a lead, further lines below its end, at most 80 columns wide where it can.
pub(super) fn wrapped(out: &mut String, lead: &str, text: &str) {
    let indent = if lead.chars().count() > WIDTH * 5 / 8 {
        6
    } else {
        lead.chars().count()
    };
    let mut line = lead.to_owned();
    let mut fresh = true;
    let text = shown(text);
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        // An operator and its version stay on one line.
        let glued;
        let word = if word.chars().all(|c| "<>=!~".contains(c)) {
            glued = format!("{word} {}", words.next().unwrap_or(""));
            glued.as_str()
        } else {
            word
        };
        if !fresh && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "{}", line.trim_end());
            line = " ".repeat(indent);
            fresh = true;
        }
        if !fresh {
            line.push(' ');
        }
        line.push_str(word);
        fresh = false;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}

/// Causes and fixes of a plan that is impossible.
pub(super) fn impossible(out: &mut String, plan: &Plan) {
    for cause in plan.causes() {
        out.push('\n');
        match words::blockers(cause).as_slice() {
            [] => out.push_str("No sequence of catalog releases reaches the target.\n"),
            [one] => wrapped(out, "Blocked by: ", one),
            several => {
                out.push_str("Blocked by this combination:\n");
                for one in several {
                    wrapped(out, "  - ", one);
                }
            }
        }
    }
    if !plan.fixes().is_empty() {
        out.push_str("\nEach of these changes gives a plan:\n");
        for fix in plan.fixes() {
            let steps = if fix.steps() == 1 { "step" } else { "steps" };
            let text = format!("{}: {} {steps}", fix.kind(), fix.steps());
            wrapped(out, "  - ", &text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{shown, wrapped};

    #[test]
    fn no_control_character_reaches_a_terminal() {
        assert_eq!(shown("a\u{1b}[31mb\n"), "a\u{fffd}[31mb\n");
        let mut out = String::new();
        wrapped(&mut out, "- ", "a \u{1b}[31m\u{9b}b\r\nc");
        assert_eq!(out, "- a \u{fffd}[31m\u{fffd}b\u{fffd} c\n");
    }
}
