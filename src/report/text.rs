//! Prints a report as text for a terminal.

use super::Style;
use super::document::Extent;
use super::document::{
    Badge, Block, Card, Document, FileEdit, Item, Ladder, More, Move, Note, Section, SectionKind,
    Span, Spans, plain,
};
use super::paper::{Look, Paper};
use super::plan;
use super::repeats::Repeats;
use super::step;
use super::style::Paint;
use crate::plan::{Plan, Step};
use crate::words;
use std::fmt::Write;

/// The width of a change, so that the reasons of most steps begin in one column.
const CHANGE: std::ops::RangeInclusive<usize> = 18..=26;

/// The whole plan in short, as plain text.
#[must_use]
pub fn plan_text(plan: &Plan) -> String {
    plan_text_in(plan, Style::Plain)
}

/// The whole plan in short.
#[must_use]
pub fn plan_text_in(plan: &Plan, look: impl Into<Look>) -> String {
    plan_text_with(plan, look, Extent::Short)
}

/// The whole plan, with so much of each step.
#[must_use]
pub fn plan_text_with(plan: &Plan, look: impl Into<Look>, extent: Extent) -> String {
    let range = 0..plan.steps().len();
    document(&plan::plan(plan, range, extent), look.into())
}

/// One step with everything, as plain text.
#[must_use]
pub fn step_text(step: &Step) -> String {
    step_text_in(step, Style::Plain)
}

/// One step with everything.
#[must_use]
pub fn step_text_in(step: &Step, look: impl Into<Look>) -> String {
    step_text_as(step, step.number(), look)
}

/// The same, under another number: of a step that is the first of what is left of a plan.
#[must_use]
pub fn step_text_as(step: &Step, number: usize, look: impl Into<Look>) -> String {
    let look = look.into();
    let mut out = Paper::new(look);
    let mut block = step::step(step, true, Extent::Normal, &Repeats::default());
    if let Block::Section(section) = &mut block {
        section.title = words::step_heading_as(step, number);
    }
    blocks(&mut out, &[block], look.style());
    super::done(out.into_text(), look.style())
}

/// The first step with everything, and how many come after it; where there is none the plan, which
/// says why.
#[must_use]
pub fn next_text_in(plan: &Plan, look: impl Into<Look>) -> String {
    next_text_with(plan, look, Extent::Normal)
}

/// The same, with so much of the step.
#[must_use]
pub fn next_text_with(plan: &Plan, look: impl Into<Look>, extent: Extent) -> String {
    let look = look.into();
    let Some(first) = plan.steps().first() else {
        return plan_text_in(plan, look);
    };
    let mut out = Paper::new(look);
    blocks(&mut out, &plan::next(plan, first, extent), look.style());
    super::done(out.into_text(), look.style())
}

pub(super) fn document(document: &Document, look: Look) -> String {
    let style = look.style();
    let mut out = Paper::new(look);
    for note in &document.notes {
        self::note(&mut out, note, "", style);
    }
    wrapped_in(&mut out, &document.lead, Paint::Heading, style);
    blocks(&mut out, &document.blocks, style);
    let _ = writeln!(out, "\n{}.", shown(&document.source.catalog));
    super::done(out.into_text(), style)
}

/// Prints blocks; a gap parts those that begin something new from what is there.
pub(super) fn blocks(out: &mut Paper, blocks: &[Block], style: Style) {
    for block in blocks {
        let is_new = match block {
            Block::Paragraph(_)
            | Block::Ladder(_)
            | Block::Labelled { .. }
            | Block::Edit(_)
            | Block::Rolling { .. }
            | Block::Cards(_)
            | Block::Section(_) => true,
            Block::Note(_)
            | Block::Quiet(_)
            | Block::Facts(_)
            | Block::Command(_)
            | Block::Moves(_)
            | Block::List(_)
            | Block::Items { .. }
            | Block::Terms(_)
            | Block::Names(_)
            | Block::Figures(_)
            | Block::Tools => false,
        };
        if is_new && !out.is_empty() {
            out.push('\n');
        }
        self::block(out, block, style);
    }
}

/// Prints one block, without a gap before it.
pub(super) fn block(out: &mut Paper, block: &Block, style: Style) {
    match block {
        Block::Paragraph(text) => wrapped(out, "", text),
        Block::Quiet(text) => wrapped(out, "  ", text),
        Block::Note(it) => note(out, it, "", style),
        Block::Labelled { label, items } => labelled(out, label, items),
        Block::Facts(facts) => {
            for (label, text) in facts {
                wrapped(out, &format!("  {}: ", label.to_lowercase()), text);
            }
        }
        Block::Edit(it) => edit(out, it, style),
        Block::Command(command) => wrapped(out, "  $ ", command),
        Block::Moves(rows) => moves(out, rows),
        Block::Ladder(it) => ladder(out, it, style),
        Block::List(lines) => {
            for line in lines {
                bullet(out, "  - ", line);
            }
        }
        Block::Items { is_ordered, items } => {
            for (at, it) in items.iter().enumerate() {
                let number = format!("  {}. ", at + 1);
                item(out, it, if *is_ordered { &number } else { "  - " }, style);
            }
        }
        Block::Terms(terms) => {
            for (what, meaning) in terms {
                wrapped(out, "  - ", &format!("{what}: {meaning}"));
            }
        }
        Block::Names(names) => {
            let names: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
            wrapped(out, "  ", &names.join(", "));
        }
        Block::Rolling {
            answer, because, ..
        } => {
            let heading = format!("{}: {answer}", words::SIDE_BY_SIDE);
            let _ = writeln!(out, "{}", style.paint(Paint::Heading, &heading));
            for why in because {
                wrapped(out, "  - ", why);
            }
        }
        Block::Figures(figures) => {
            let figures = figures.iter().map(|it| match it.is_named {
                true => format!("{} {}", it.label, it.value.replace('→', "->")),
                false => format!("{} {}", it.value, it.label),
            });
            wrapped(out, "", &figures.collect::<Vec<_>>().join(" | "));
        }
        Block::Cards(list) => cards(out, list, style),
        // Who reads a text has no page to find the way in.
        Block::Tools => {}
        Block::Section(it) => section(out, it, style),
    }
}

fn section(out: &mut Paper, section: &Section, style: Style) {
    // Text cannot fold: above another heading this one would head nothing.
    if let (SectionKind::Folded, Some((Block::Section(first), rest))) =
        (section.kind, section.blocks.split_first())
    {
        self::section(out, first, style);
        blocks(out, rest, style);
        return;
    }
    wrapped_in(out, &section.title, Paint::Heading, style);
    if !matches!(section.kind, SectionKind::Step { .. }) {
        blocks(out, &section.blocks, style);
        return;
    }
    // Notes on a step are indented as all that belongs to it.
    for block in &section.blocks {
        match block {
            Block::Note(it) => note(out, it, "  ", style),
            other => blocks(out, std::slice::from_ref(other), style),
        }
    }
}

fn note(out: &mut Paper, note: &Note, indent: &str, style: Style) {
    let label = match indent {
        "" if note.label != "Note" => note.label.to_owned(),
        _ => note.label.to_lowercase(),
    };
    let lead = format!("{indent}{label}: ");
    if note.is_warning {
        led(out, &lead, &note.text, Paint::Warning, style);
    } else {
        wrapped(out, &lead, &note.text);
    }
}

/// One item on the line of its label, several below it.
fn labelled(out: &mut Paper, label: &str, items: &[String]) {
    match items {
        [one] if label != words::FIXES => wrapped(out, &format!("{label}: "), one),
        _ => {
            let _ = writeln!(out, "{label}:");
            for one in items {
                wrapped(out, "  - ", one);
            }
        }
    }
}

fn edit(out: &mut Paper, edit: &FileEdit, style: Style) {
    for (line, remark) in &edit.lines {
        let line = shown(line);
        let line = style.paint(Paint::Change, &line);
        let gap = if line.is_empty() { "" } else { "  " };
        let remark = remark.as_ref();
        let remark = remark.map(|remark| format!("{gap}# {}", shown(remark)));
        let _ = writeln!(out, "  {line}{}", remark.unwrap_or_default());
    }
}

/// The steps in short.
fn cards(out: &mut Paper, cards: &[Card], style: Style) {
    for card in cards {
        let lead = format!("{}. ", card.number);
        wrapped(out, &lead, &card.title);
        let indent = " ".repeat(lead.len());
        match card.breaking {
            0 if card.asks.is_empty() => {}
            0 => wrapped(out, &indent, &card.asks),
            count => {
                let lead = format!("{indent}{count} breaking; ");
                led(out, &lead, &card.asks, Paint::Warning, style);
            }
        }
        if let Some(order) = &card.deploy {
            wrapped(out, &format!("{indent}deploy: "), &plain(order));
        }
        if let Some(remark) = card.remark {
            wrapped(out, &indent, remark);
        }
    }
}

/// What moves and why, in columns.
fn moves(out: &mut Paper, rows: &[Move]) {
    let width = |text: &str| text.chars().count();
    let arrow = |row: &Move| row.change.replace('→', "->");
    let label = rows.iter().map(|row| width(&row.package)).max();
    let change = rows.iter().map(|row| width(&arrow(row))).max();
    let (label, change) = (label.unwrap_or(0), change.unwrap_or(0));
    let change = change.clamp(*CHANGE.start(), *CHANGE.end());
    for row in rows {
        let lead = format!("  {:label$}  {:<change$}  ", row.package, arrow(row));
        wrapped(out, &lead, &row.reason);
    }
}

/// Packages as rows against steps as columns; what does not fit moves to further tables.
fn ladder(out: &mut Paper, ladder: &Ladder, style: Style) {
    let heads = (0..=ladder.last).map(words::column);
    let columns: Vec<Vec<String>> = heads
        .enumerate()
        .map(|(at, head)| {
            let cells = ladder.told().map(|(_, versions)| {
                let version = versions.get(at).and_then(Option::as_deref);
                shown(version.unwrap_or("-"))
            });
            std::iter::once(head).chain(cells).collect()
        })
        .collect();
    let names = ladder.told().map(|(name, _)| name);
    let rows: Vec<&str> = std::iter::once("").chain(names).collect();
    let label = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let widths: Vec<usize> = columns
        .iter()
        .map(|column| column.iter().map(String::len).max().unwrap_or(0))
        .collect();
    let mut first = 0;
    while first < columns.len() {
        let mut last = first;
        let mut used = label;
        while last < columns.len() && (last == first || used + 2 + widths[last] <= out.columns()) {
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
                let text = if same { "." } else { cell };
                let painted = match (row, at) {
                    (0, _) => style.paint(Paint::Heading, text),
                    (_, 0) => text.into(),
                    _ if same => style.paint(Paint::Quiet, text),
                    _ if columns[at - 1][row] != *cell => style.paint(Paint::Change, text),
                    _ => text.into(),
                };
                let blanks = widths[at] - text.len();
                let _ = write!(line, "  {painted}{:blanks$}", "");
            }
            let _ = writeln!(out, "{}", line.trim_end());
        }
        first = last;
    }
    for group in ladder.groups() {
        wrapped(out, "", &group);
    }
}

/// A line of spans after a lead; addresses stand below it.
fn bullet(out: &mut Paper, lead: &str, line: &Spans) {
    wrapped(out, lead, &plain(line));
    for span in line {
        if let Span::Link {
            address: Some(address),
            ..
        } = span
        {
            let _ = writeln!(out, "{:1$}{2}", "", lead.len(), shown(address));
        }
    }
}

pub(super) fn item(out: &mut Paper, item: &Item, lead: &str, style: Style) {
    match (item.badges.as_slice(), item.line.as_slice()) {
        // Who copies a command takes no quotes along.
        ([], [Span::Command(command), ..]) => {
            wrapped(out, &format!("{}$ ", lead.replace("- ", "")), command);
        }
        ([], _) => bullet(out, lead, &item.line),
        (badges, line) => {
            let words = badges.iter().map(|badge| match badge.class {
                Badge::COMPONENT | Badge::PHASE => format!("({})", badge.word),
                _ => badge.word.to_owned(),
            });
            let words: Vec<String> = words.collect();
            let is_grave = item.rank == Some(0);
            let paint = if is_grave {
                Paint::Warning
            } else {
                Paint::Heading
            };
            let lead = format!("  {}: ", words.join(" "));
            led(out, &lead, &plain(line), paint, style);
        }
    }
    for more in &item.more {
        self::more(out, more, style);
    }
}

pub(super) fn more(out: &mut Paper, more: &More, style: Style) {
    match more {
        More::Do(text) => wrapped(out, "    do: ", text),
        More::Command(command) => wrapped(out, "    $ ", command),
        More::Fact(label, text) => {
            wrapped(out, &format!("    {}: ", label.to_lowercase()), text);
        }
        More::Found {
            place,
            excerpt,
            instead,
        } => {
            let (at, doubt) = match place.strip_suffix(" (likely)") {
                Some(at) => (at, " (likely)"),
                None => (place.as_str(), ""),
            };
            let at = one_line(at);
            let _ = writeln!(out, "    {}{doubt}", style.paint(Paint::Change, &at));
            let _ = writeln!(out, "      {}", one_line(excerpt));
            if let Some(instead) = instead {
                let _ = writeln!(out, "      instead: {}", one_line(instead));
            }
        }
        More::Source { id, address, .. } => {
            let _ = writeln!(out, "    {}", style.paint(Paint::Quiet, &shown(id)));
            if let Some(address) = address {
                let _ = writeln!(out, "    {}", style.paint(Paint::Quiet, &shown(address)));
            }
        }
    }
}

/// A foreign text that stays on its line.
pub(super) fn one_line(text: &str) -> String {
    shown(text).replace('\n', "\u{fffd}")
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

/// A heading, wrapped; each of its lines is painted.
pub(super) fn wrapped_in(out: &mut Paper, text: &str, paint: Paint, style: Style) {
    let mut plain = out.fresh();
    wrapped(&mut plain, "", text);
    for line in plain.lines() {
        let _ = writeln!(out, "{}", style.paint(paint, line));
    }
}

/// A text after a lead that is painted.
pub(super) fn led(out: &mut Paper, lead: &str, text: &str, paint: Paint, style: Style) {
    let mut plain = out.fresh();
    wrapped(&mut plain, lead, text);
    let indent = lead.len() - lead.trim_start().len();
    let word = lead.trim();
    let rest = plain.get(indent + word.len()..).unwrap_or_default();
    let _ = write!(out, "{:indent$}{}{rest}", "", style.paint(paint, word));
}

/// Writes a text after a lead, further lines below its end, no wider than the paper where it can: below the
/// beginning of a lead that leaves too little room.
pub(super) fn wrapped(out: &mut Paper, lead: &str, text: &str) {
    const SHORT: usize = 6;
    let width = out.prose();
    let text = shown(text);
    let lead_width = lead.chars().count();
    // An address may be wider: a terminal breaks it, and it stays a link.
    let words = text.split_whitespace();
    let words = words.filter(|word| !word.contains("://"));
    let mut words = words.map(|word| word.chars().count());
    let is_long = lead_width > width * 5 / 8
        || words.any(|word| word + SHORT <= width && word + lead_width > width);
    let indent = if is_long {
        lead_width.min(SHORT)
    } else {
        lead_width
    };
    let mut line = lead.to_owned();
    // Nothing stands on the line that a further line would not begin with.
    let mut fresh = indent == lead_width;
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
        let gap = usize::from(!line.ends_with(' '));
        if !fresh && line.chars().count() + gap + word.chars().count() > width {
            let _ = writeln!(out, "{}", line.trim_end());
            line = " ".repeat(indent);
            fresh = true;
        }
        if !fresh && !line.ends_with(' ') {
            line.push(' ');
        }
        line.push_str(word);
        fresh = false;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}

#[cfg(test)]
mod tests {
    use super::{Paper, Style, shown, wrapped};

    #[test]
    fn a_lead_leaves_room_for_the_widest_word() {
        let mut out = Paper::new(Style::Plain.into());
        let (lead, word) = ("  a lead of 30 columns in all: ", "w".repeat(60));
        wrapped(&mut out, lead, &format!("{word} and more {word}"));
        assert_eq!(
            *out,
            format!("{}\n      {word} and more\n      {word}\n", lead.trim_end())
        );
        let mut out = Paper::new(Style::Plain.into());
        wrapped(&mut out, "  - ", &format!("a {}", "w".repeat(90)));
        assert_eq!(*out, format!("  - a\n    {}\n", "w".repeat(90)));
    }

    #[test]
    fn no_control_character_reaches_a_terminal() {
        assert_eq!(shown("a\u{1b}[31mb\n"), "a\u{fffd}[31mb\n");
        let mut out = Paper::new(Style::Plain.into());
        wrapped(&mut out, "- ", "a \u{1b}[31m\u{9b}b\r\nc");
        assert_eq!(*out, "- a \u{fffd}[31m\u{fffd}b\u{fffd} c\n");
    }
}
