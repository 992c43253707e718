//! What a scan found: as text for a terminal, and as annotations of GitHub.

use super::Style;
use super::action;
use super::github::{data, property};
use super::paper::{Look, Paper};
use super::style::Paint;
use super::text::{more, one_line, wrapped};
use crate::catalog::{Applies, Detect, DetectKind, DetectRole, Severity};
use crate::planner::{PlaceGroup, PlaceItem, PlacePart, Places, WhenDue};
use crate::words::{self, counted};
use std::fmt::Write;

/// What was found, by when it becomes due, and what could not be read.
#[must_use]
pub fn scan_text(places: &Places<'_>, look: impl Into<Look>) -> String {
    let look = look.into();
    let style = look.style();
    let mut out = Paper::new(look);
    let mut part = None;
    for group in places.groups() {
        let found =
            |item: &&PlaceItem<'_>| !(item.findings().is_empty() && item.said_by().is_empty());
        if group.items().iter().any(|item| found(&item)) {
            if places.parts().len() > 1 && part != Some(group.part()) {
                part = Some(group.part());
                let folder = folder(&places.parts()[group.part()]);
                let _ = writeln!(out, "{}\n", style.paint(Paint::Heading, &folder));
            }
            let heading = title(group);
            let _ = writeln!(out, "{}", style.paint(Paint::Heading, &heading));
            for item in group.items().iter().filter(found) {
                block(&mut out, item, style);
            }
            out.push('\n');
        }
    }
    undecided(&mut out, places, style);
    if places.problems().next().is_some() {
        let _ = writeln!(
            out,
            "{}",
            style.paint(Paint::Heading, "Not read, or in part")
        );
        for problem in places.problems() {
            let place = problem.place().map(|place| format!(":{place}"));
            let lead = format!(
                "  {}{}: ",
                one_line(problem.path()),
                place.unwrap_or_default()
            );
            wrapped(&mut out, &lead, &one_line(&problem.fault().to_string()));
        }
        out.push('\n');
    }
    let _ = write!(out, "{}", verdict(places, look));
    super::done(out.into_text(), style)
}

/// The folder of an application as a heading.
fn folder(part: &PlacePart<'_>) -> String {
    match part.folder() {
        "" => "./".to_owned(),
        folder => format!("{}/", one_line(folder)),
    }
}

/// Grave rules that the source does not decide, with what does.
fn undecided(out: &mut Paper, places: &Places<'_>, style: Style) {
    let mut told: Vec<(&str, String)> = Vec::new();
    let in_steps = |group: &&PlaceGroup<'_>| matches!(group.due(), WhenDue::Step(_));
    let groups = places.groups().iter().filter(in_steps);
    for item in groups.flat_map(|group| group.items()) {
        let id = item.action().id().as_str();
        let is_grave = item.action().severity() <= Severity::Action;
        if let Some(look) = item.look().filter(|_| is_grave) {
            if !told.iter().any(|(known, _)| *known == id) {
                told.push((id, look));
            }
        }
    }
    if told.is_empty() {
        return;
    }
    let heading = "Not decided by the source";
    let _ = writeln!(out, "{}", style.paint(Paint::Heading, heading));
    for (id, look) in told {
        let _ = writeln!(out, "  {}", style.paint(Paint::Quiet, id));
        wrapped(out, "    ", &look);
    }
    out.push('\n');
}

fn title(group: &PlaceGroup<'_>) -> String {
    match group.due() {
        WhenDue::Step(number) => format!("Step {number}"),
        WhenDue::Line(package, Some(line)) => format!("{package} {line}"),
        WhenDue::Line(package, None) => format!("{package}, at every line"),
    }
}

fn block(out: &mut Paper, item: &PlaceItem<'_>, style: Style) {
    let action = item.action();
    let word = words::severity(action.severity());
    let paint = match action.severity() {
        Severity::Breaking | Severity::Action => Paint::Warning,
        _ => Paint::Quiet,
    };
    let mut text = out.fresh();
    wrapped(&mut text, &format!("  {word}: "), action.summary());
    let painted = style.paint(paint, word);
    let _ = write!(out, "{}", text.replacen(word, &painted, 1));
    let _ = writeln!(
        out,
        "    {}",
        style.paint(Paint::Quiet, action.id().as_str())
    );
    if let Some(todo) = action.action() {
        wrapped(out, "    ", todo);
    }
    // What is not there has no place to show.
    let met = action.detects().iter().filter(|one| {
        one.role() == DetectRole::Met && one.kind() == DetectKind::ConfigKey && one.of().is_none()
    });
    let unset: Vec<&str> = met.map(Detect::value).collect();
    if !unset.is_empty() {
        wrapped(out, "    not set: ", &unset.join(", "));
    }
    for finding in item.findings() {
        more(out, &action::found(finding), style);
    }
    for by in item.said_by() {
        let _ = writeln!(out, "    the same places as {by}");
    }
}

fn verdict(places: &Places<'_>, look: Look) -> String {
    let findings = places.findings().count();
    let mut out = Paper::new(look);
    let _ = writeln!(
        out,
        "{} of {} in {}.",
        counted(findings, "finding"),
        counted(places.count(Applies::Yes), "rule"),
        counted(places.files(), "file")
    );
    for part in places.parts().iter().filter(|part| !part.is_judged()) {
        let text = format!(
            "{}: no package of the catalog is installed; {} not judged.",
            folder(part),
            counted(part.scan().files(), "file")
        );
        wrapped(&mut out, "", &text);
    }
    if places.aside() > 0 {
        let text = format!(
            "{} left aside that no application loads: fixtures, templates of generators.",
            counted(places.aside(), "file")
        );
        wrapped(&mut out, "", &text);
    }
    let text = format!(
        "{} more do not apply; of {} the source does not tell.",
        places.count(Applies::No),
        places.count(Applies::Unknown)
    );
    wrapped(&mut out, "", &text);
    out.into_text()
}

/// One line for each finding, which GitHub shows beside the line of the source.
#[must_use]
pub fn scan_github(places: &Places<'_>) -> String {
    let mut out = String::new();
    for (action, finding) in places.findings() {
        let command = match action.severity() {
            Severity::Breaking => "error",
            Severity::Action => "warning",
            Severity::Review | Severity::Info => "notice",
        };
        let mut text = action.summary().to_owned();
        for more in [action.action(), finding.replacement()]
            .into_iter()
            .flatten()
        {
            let _ = write!(text, "\n{more}");
        }
        let place = finding.place();
        let _ = writeln!(
            out,
            "::{command} file={},line={},col={},title={}::{}",
            property(finding.path()),
            place.line,
            place.column,
            property(action.id().as_str()),
            data(&text)
        );
    }
    out
}
