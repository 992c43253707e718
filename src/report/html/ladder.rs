//! The picture of a plan: packages as rows, steps as columns, each package a line that climbs.

use super::escaped;
use crate::report::clean::clean;
use crate::report::document::Ladder;
use crate::words::{self, counted};
use std::fmt::Write;

/// The width of a character of 12 px, in a font of one width.
const CHARACTER: usize = 8;
/// The longest name and version that are written in full.
const LONGEST_NAME: usize = 24;
const LONGEST_VERSION: usize = 12;
const HEAD: usize = 28;
/// The height of a row that does not climb, of one more line, and of all lines at most.
const ROW: usize = 38;
const LINE: usize = 11;
const CLIMB: usize = 66;

/// A row: its name, its versions and their lines, counted from the lowest.
struct Row {
    name: String,
    versions: Vec<Option<String>>,
    levels: Vec<usize>,
    top: usize,
    height: usize,
}

impl Row {
    /// How high above the row's foot a level is.
    fn y(&self, level: usize) -> usize {
        let highest = self.levels.iter().max().copied().unwrap_or(0);
        let climb = self.height - ROW;
        let above = (climb * level).checked_div(highest).unwrap_or(0);
        self.top + self.height - 11 - above
    }
}

fn lay_out(ladder: &Ladder) -> Vec<Row> {
    let mut top = HEAD;
    let rows = ladder.rows.iter().map(|row| {
        let (name, versions) = (row.name.clone(), row.versions.clone());
        let mut lines: Vec<String> = Vec::new();
        let levels: Vec<usize> = versions
            .iter()
            .map(|version| {
                let line = version.as_deref().map(line).unwrap_or_default();
                let known = lines.iter().position(|known| *known == line);
                known.unwrap_or_else(|| {
                    if version.is_some() {
                        lines.push(line);
                    }
                    lines.len().saturating_sub(1)
                })
            })
            .collect();
        let climb = (LINE * lines.len().saturating_sub(1)).min(CLIMB);
        let row = Row {
            name,
            versions,
            levels,
            top,
            height: ROW + climb,
        };
        top += row.height;
        row
    });
    rows.collect()
}

/// The first two numbers, by which the picture counts lines.
fn line(version: &str) -> String {
    let parts: Vec<&str> = version.splitn(3, '.').collect();
    parts[..parts.len().min(2)].join(".")
}

/// At most so many characters.
fn short(text: &str, longest: usize) -> String {
    let text = clean(text);
    if text.chars().count() <= longest {
        return text;
    }
    let mut short: String = text.chars().take(longest - 1).collect();
    short.push('…');
    short
}

/// The names beside the picture, which scrolls where it is wide, and the same as a table.
pub(super) fn ladder(out: &mut String, ladder: &Ladder) {
    let (rows, steps) = (lay_out(ladder), ladder.steps);
    let height = rows.last().map_or(HEAD, |row| row.top + row.height) + 4;
    let longest = |texts: &mut dyn Iterator<Item = String>| {
        texts.map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let mut names = rows.iter().map(|row| short(&row.name, LONGEST_NAME));
    let label = longest(&mut names) * CHARACTER + 12;
    let versions = rows.iter().flat_map(|row| row.versions.iter().flatten());
    let mut versions = versions.map(|version| short(version, LONGEST_VERSION));
    let column = (longest(&mut versions) * CHARACTER + 16).max(72);
    let width = column * (steps + 1);

    out.push_str("<figure class=\"ladder\">\n<div class=\"picture\">\n");
    let _ = writeln!(
        out,
        "<svg class=\"names\" width=\"{label}\" height=\"{height}\" aria-hidden=\"true\">"
    );
    bands(out, &rows, label);
    for row in &rows {
        let _ = writeln!(
            out,
            "<text x=\"4\" y=\"{}\">{}</text>",
            row.top + row.height - 14,
            escaped(&short(&row.name, LONGEST_NAME))
        );
    }
    let _ = writeln!(
        out,
        "</svg>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Picture of the ladder\">\n\
         <svg role=\"img\" aria-labelledby=\"picture-title\" width=\"{width}\" height=\"{height}\">\n\
         <title id=\"picture-title\">{} over {}; the table below says the same</title>",
        counted(rows.len(), "row"),
        counted(steps, "step")
    );
    bands(out, &rows, width);
    let x = |at: usize| column * at + column / 2;
    for at in 0..=steps {
        let head = words::column(at);
        let _ = writeln!(
            out,
            "<path class=\"post\" d=\"M{0} {HEAD}V{height}\"/><text class=\"head\" x=\"{0}\" y=\"18\">{head}</text>",
            x(at)
        );
    }
    for row in &rows {
        climb(out, row, &x);
    }
    out.push_str("</svg>\n</div>\n</div>\n");
    out.push_str(
        "<figcaption>A filled point enters a line, a hollow one moves within its line. \
         <span class=\"hint\">The picture scrolls sideways.</span></figcaption>\n",
    );
    for group in ladder.groups() {
        let _ = writeln!(out, "<p class=\"quiet\">{}</p>", escaped(&group));
    }
    table(out, &rows, steps);
    out.push_str("</figure>\n");
}

fn bands(out: &mut String, rows: &[Row], width: usize) {
    for row in rows.iter().step_by(2) {
        let _ = writeln!(
            out,
            "<rect class=\"band\" y=\"{}\" width=\"{width}\" height=\"{}\"/>",
            row.top, row.height
        );
    }
}

/// The line of one row, then its points with their versions.
fn climb(out: &mut String, row: &Row, x: &dyn Fn(usize) -> usize) {
    let mut path = String::new();
    let mut drawn = false;
    for (at, level) in row.levels.iter().enumerate() {
        if row.versions[at].is_none() {
            drawn = false;
            continue;
        }
        let _ = if drawn {
            write!(
                path,
                "H{}V{}H{}",
                (x(at - 1) + x(at)) / 2,
                row.y(*level),
                x(at)
            )
        } else {
            write!(path, "M{} {}", x(at), row.y(*level))
        };
        drawn = true;
    }
    let _ = writeln!(out, "<path class=\"rail\" d=\"{path}\"/>");
    for (at, version) in row.versions.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &row.versions[at]);
        let (Some(version), false) = (version, before == Some(version)) else {
            continue;
        };
        let is_line =
            at > 0 && (row.versions[at - 1].is_none() || row.levels[at] != row.levels[at - 1]);
        let (class, radius) = match (at, is_line) {
            (0, _) => ("point start", 4),
            (_, true) => ("point line", 5),
            _ => ("point patch", 4),
        };
        let y = row.y(row.levels[at]);
        let when = if at == 0 {
            "now".to_owned()
        } else {
            format!("after step {at}")
        };
        let _ = writeln!(
            out,
            "<g><title>{} {} {when}</title><circle class=\"{class}\" cx=\"{}\" cy=\"{y}\" r=\"{radius}\"/>\
             <text class=\"version\" x=\"{}\" y=\"{}\">{}</text></g>",
            escaped(&row.name),
            escaped(version),
            x(at),
            x(at),
            y - 10,
            escaped(&short(version, LONGEST_VERSION))
        );
    }
}

fn table(out: &mut String, rows: &[Row], steps: usize) {
    out.push_str(
        "<details><summary>The ladder as a table</summary>\n<div class=\"scroll\" tabindex=\"0\" \
         role=\"region\" aria-label=\"The ladder as a table\"><table><thead><tr><td></td>\
         <th scope=\"col\">now</th>",
    );
    for number in 1..=steps {
        let _ = write!(out, "<th scope=\"col\">step {number}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escaped(&row.name));
        for (at, version) in row.versions.iter().enumerate() {
            let same = at > 0 && row.versions[at - 1] == *version;
            let class = if same { " class=\"same\"" } else { "" };
            let shown = version.as_deref().unwrap_or("–");
            let _ = write!(out, "<td{class}>{}</td>", escaped(shown));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div></details>\n");
}
