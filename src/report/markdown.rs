//! Prints a report as a checklist in Markdown (GitHub's flavour), to be pasted into a ticket.
//!
//! What comes from catalogs and lockfiles passes [`text`], [`opening`], [`code`] or [`fence`]; none
//! of it starts a line.

use super::clean::{clean, pieces, web_link};
use super::document::Extent;
use super::document::{
    Badge, Block, Card, Document, FileEdit, Item, Ladder, More, Note, Section, SectionKind, Span,
    Spans,
};
use super::plan;
use crate::plan::Plan;
use crate::words;
use std::fmt::Write;

/// The whole plan.
#[must_use]
pub fn plan_markdown(plan: &Plan) -> String {
    plan_markdown_with(plan, Extent::Normal)
}

/// The whole plan, with so much of each step.
#[must_use]
pub fn plan_markdown_with(plan: &Plan, extent: Extent) -> String {
    let range = 0..plan.steps().len();
    document(&plan::plan(plan, range, extent))
}

/// The first step, for a ticket of its own; where there is none the plan, which says why.
#[must_use]
pub fn next_markdown(plan: &Plan) -> String {
    next_markdown_with(plan, Extent::Normal)
}

/// The same, with so much of the step.
#[must_use]
pub fn next_markdown_with(plan: &Plan, extent: Extent) -> String {
    let range = 0..plan.steps().len().min(1);
    document(&plan::plan(plan, range, extent))
}

/// One step, from 0, for a ticket of its own; `None` beyond the last.
#[must_use]
pub fn step_markdown(plan: &Plan, index: usize) -> Option<String> {
    (index < plan.steps().len())
        .then(|| document(&plan::plan(plan, index..index + 1, Extent::Normal)))
}

pub(super) fn document(document: &Document) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n", text(&document.title));
    for note in &document.notes {
        self::note(&mut out, note);
    }
    blocks(&mut out, &document.blocks);
    let _ = writeln!(
        out,
        "<sub>{}; {}</sub>",
        html(&document.source.text()),
        html(&document.source.digest)
    );
    super::done(out, super::Style::Plain)
}

/// Prints blocks; each but items of a list that goes on ends with an empty line.
fn blocks(out: &mut String, blocks: &[Block]) {
    for block in blocks {
        self::block(out, block);
    }
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Paragraph(it) | Block::Quiet(it) => {
            let _ = writeln!(out, "{}\n", opening(it));
        }
        Block::Note(it) => note(out, it),
        Block::Labelled { label, items } => {
            let _ = writeln!(out, "**{label}:**\n");
            list(out, items.iter().map(|it| opening(it)));
        }
        Block::Facts(facts) => {
            let facts = facts.iter();
            list(
                out,
                facts.map(|(label, it)| format!("**{label}:** {}", text(it))),
            );
        }
        Block::Edit(it) => edit(out, it),
        Block::Command(command) => {
            out.push_str("Then:\n\n");
            fence(out, "sh", std::slice::from_ref(command));
        }
        Block::Moves(rows) => {
            out.push_str("| package | change | reason |\n|---|---|---|\n");
            for row in rows {
                let cells = [&row.package, &row.change, &row.reason].map(|it| text(it));
                let _ = writeln!(out, "| {} |", cells.join(" | "));
            }
            out.push('\n');
        }
        Block::Ladder(it) => ladder(out, it),
        Block::List(lines) => list(out, lines.iter().map(line)),
        Block::Items { is_ordered, items } => {
            if *is_ordered {
                out.push_str("In this order:\n\n");
            }
            for (at, it) in items.iter().enumerate() {
                let number = format!("{}.", at + 1);
                item(out, it, if *is_ordered { &number } else { "-" });
            }
            out.push('\n');
        }
        Block::Terms(terms) => {
            let terms = terms.iter();
            list(
                out,
                terms.map(|(what, meaning)| format!("{}: {}", strong(what), text(meaning))),
            );
        }
        Block::Names(names) => {
            let names: Vec<String> = names.iter().map(|(name, _)| code(name)).collect();
            let _ = writeln!(out, "{}\n", names.join(", "));
        }
        Block::Rolling {
            answer, because, ..
        } => {
            let _ = writeln!(out, "**{}:** {answer}.\n", words::SIDE_BY_SIDE);
            list(out, because.iter().map(|it| opening(it)));
        }
        Block::Figures(figures) => {
            let figures = figures.iter().map(|it| match it.is_named {
                true => format!("{} {}", text(&it.label), strong(&it.value)),
                false => format!("{} {}", strong(&it.value), text(&it.label)),
            });
            let _ = writeln!(out, "{}\n", figures.collect::<Vec<_>>().join(" · "));
        }
        Block::Cards(cards) => {
            for card in cards {
                self::card(out, card);
            }
            out.push('\n');
        }
        // A ticket has no filters.
        Block::Tools => {}
        Block::Section(it) => section(out, it),
    }
}

fn section(out: &mut String, section: &Section) {
    let title = text(&section.title);
    let _ = match section.kind {
        SectionKind::Step { .. } | SectionKind::Chapter { .. } | SectionKind::Every => {
            writeln!(out, "### {title}\n")
        }
        SectionKind::Group { .. } => writeln!(out, "#### {title}\n"),
        SectionKind::Part => writeln!(out, "**{title}**\n"),
        SectionKind::Folded | SectionKind::Legend => writeln!(
            out,
            "<details><summary>{}</summary>\n",
            html(&section.title)
        ),
    };
    blocks(out, &section.blocks);
    if matches!(section.kind, SectionKind::Folded | SectionKind::Legend) {
        out.push_str("</details>\n\n");
    }
}

/// A step in short, to be ticked when it is deployed.
fn card(out: &mut String, card: &Card) {
    let mut parts = Vec::new();
    if card.breaking > 0 {
        parts.push(format!("**{} breaking**", card.breaking));
    }
    if !card.asks.is_empty() {
        parts.push(text(&card.asks));
    }
    let order = card.deploy.iter();
    parts.extend(order.map(|order| format!("deploy: {}", line(order))));
    let remark = card.remark.iter();
    parts.extend(remark.map(|remark| format!("_{remark}_")));
    let colon = if parts.is_empty() { "" } else { ": " };
    let (number, title) = (card.number, strong(&card.title));
    let _ = writeln!(out, "{number}. [ ] {title}{colon}{}", parts.join("; "));
}

fn note(out: &mut String, note: &Note) {
    let _ = writeln!(out, "> **{}:** {}\n", note.label, text(&note.text));
}

fn list(out: &mut String, items: impl Iterator<Item = String>) {
    let mut is_empty = true;
    for item in items {
        let _ = writeln!(out, "- {item}");
        is_empty = false;
    }
    if !is_empty {
        out.push('\n');
    }
}

/// Packages and runtimes against steps; what moves is bold, what stays a dot.
fn ladder(out: &mut String, ladder: &Ladder) {
    let heads: Vec<String> = (0..=ladder.last).map(words::column).collect();
    let _ = writeln!(out, "| | {} |", heads.join(" | "));
    let _ = writeln!(out, "|---|{}", "---|".repeat(heads.len()));
    for (name, versions) in ladder.told() {
        let _ = write!(out, "| {} |", text(name));
        for (at, version) in versions.iter().enumerate() {
            let shown = version.as_deref().unwrap_or("-");
            let same = at > 0 && versions[at - 1] == *version;
            let _ = match (at, same) {
                (_, true) => write!(out, " · |"),
                (0, _) => write!(out, " {} |", text(shown)),
                _ => write!(out, " {} |", strong(shown)),
            };
        }
        out.push('\n');
    }
    out.push('\n');
    for group in ladder.groups() {
        let _ = writeln!(out, "{}\n", opening(&group));
    }
}

/// Lines of the Gemfile.
fn edit(out: &mut String, edit: &FileEdit) {
    let lines = edit.lines.iter().map(|(line, remark)| match remark {
        Some(remark) => format!("{line} # {remark}").trim_start().to_owned(),
        None => line.clone(),
    });
    let lines: Vec<String> = lines.collect();
    let _ = writeln!(out, "{}:\n", edit.lead);
    fence(out, edit.language, &lines);
}

/// A line after what opens it: its first span opens no block.
fn line(line: &Spans) -> String {
    let mut out = String::new();
    for (at, span) in line.iter().enumerate() {
        let _ = match span {
            Span::Text(it) if at == 0 => write!(out, "{}", opening(it)),
            Span::Text(it) => write!(out, "{}", text(it)),
            Span::Strong(it) => write!(out, "{}", strong(it)),
            Span::Small(word) => write!(out, " _({word})_"),
            Span::Code(it) => write!(out, "{}", code(it)),
            Span::Command(it) => write!(out, "run {}", code(it)),
            Span::Link { text, address } => {
                write!(out, "{}", linked(text, address.as_deref()))
            }
        };
    }
    out
}

fn item(out: &mut String, item: &Item, lead: &str) {
    let tick = if item.tick.is_some() { "[ ] " } else { "" };
    let _ = write!(out, "{lead} {tick}");
    let (scope, words): (Vec<&Badge>, Vec<&Badge>) = item
        .badges
        .iter()
        .partition(|badge| [Badge::COMPONENT, Badge::PHASE].contains(&badge.class));
    let words: Vec<&str> = words.iter().map(|badge| badge.word).collect();
    if !words.is_empty() {
        let _ = write!(out, "**{}**", words.join(" "));
        for badge in scope {
            let _ = write!(out, " ({})", badge.word);
        }
        out.push_str(": ");
    }
    out.push_str(&line(&item.line));
    // What to do and where it was read stand on the line, all else below it.
    for more in &item.more {
        let _ = match more {
            More::Do(it) => write!(out, " **Do:** {}", text(it)),
            More::Source {
                id,
                address,
                text: source,
            } => match web_link(address.as_deref()) {
                Some(address) => write!(out, " ([{}]({address}))", code(id)),
                None => write!(out, " ({}, {})", code(id), text(source)),
            },
            _ => Ok(()),
        };
    }
    out.push('\n');
    for more in &item.more {
        let _ = match more {
            More::Command(command) => writeln!(out, "  - run {}", code(command)),
            More::Fact(label, fact) => writeln!(out, "  - _{label}:_ {}", text(fact)),
            More::Found {
                place,
                excerpt,
                instead,
            } => {
                let instead = instead.as_ref().map(|it| format!("; instead {}", code(it)));
                let (place, excerpt) = (text(place), code(excerpt));
                let instead = instead.unwrap_or_default();
                writeln!(out, "  - _Found:_ {place}: {excerpt}{instead}")
            }
            More::Do(_) | More::Source { .. } => Ok(()),
        };
    }
}

fn linked(label: &str, link: Option<&str>) -> String {
    match web_link(link) {
        Some(link) => format!("[{}]({link})", text(label)),
        None => text(label),
    }
}

/// Lines as a block of code that none of them can end.
fn fence(out: &mut String, language: &str, lines: &[String]) {
    let lines: Vec<String> = lines.iter().map(|line| clean(line)).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max();
    let ticks = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    let _ = writeln!(out, "{ticks}{language}");
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "{ticks}\n");
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`');
    runs.map(str::len).max().unwrap_or(0)
}

/// A piece of code in a line, also in a table.
fn code(text: &str) -> String {
    let text = clean(text).replace('|', "\\|");
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.is_empty() || text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// The escapes of HTML, for text between our tags.
fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let text = text.replace('>', "&gt;").replace('"', "&quot;");
    clean(&text)
}

/// A text within a line: nothing in it is markup but code between backticks.
fn text(raw: &str) -> String {
    let raw = clean(raw);
    let pieces = pieces(&raw).into_iter();
    let pieces = pieces.map(|(is_code, piece)| match is_code {
        true => code(piece),
        false => literal(piece),
    });
    pieces.collect()
}

/// A text in which nothing is markup, names anybody or refers to an issue.
fn literal(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 8);
    let mut before = ' ';
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' | '$' => out.extend(['\\', c]),
            // Within a word it is none of emphasis.
            '_' if before.is_alphanumeric() && next.is_alphanumeric() => out.push(c),
            '_' => out.push_str("\\_"),
            '&' if next == '#' || next.is_alphanumeric() => out.push_str("\\&"),
            '@' if next.is_alphanumeric() => out.push_str("@<!-- -->"),
            '#' if next.is_ascii_digit() => out.push_str("#<!-- -->"),
            '-' if out.ends_with("GH") || out.ends_with("gh") => out.push_str("<!-- -->-"),
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// Blanks inside would keep it from being strong.
fn strong(raw: &str) -> String {
    format!("**{}**", text(raw).trim())
}

/// A text at the start of an item: it opens no block of its own.
fn opening(raw: &str) -> String {
    let raw = text(raw.trim_start());
    let digits = raw.bytes().take_while(u8::is_ascii_digit).count();
    let opens = match raw.as_bytes().get(digits) {
        Some(b'-' | b'+' | b'#' | b'>' | b'=' | b':') => digits == 0,
        Some(b'.' | b')') => digits > 0,
        _ => false,
    };
    if opens {
        format!("{}\\{}", &raw[..digits], &raw[digits..])
    } else {
        raw
    }
}

#[cfg(test)]
mod tests {
    use super::{code, fence, html, opening, text};

    #[test]
    fn nothing_opens_a_block() {
        for (raw, escaped) in [
            ("- a", "\\- a"),
            ("    a", "a"),
            ("# a", "\\# a"),
            ("12. a", "12\\. a"),
            ("1) a", "1\\) a"),
            ("> a", "\\> a"),
            ("2.6 a", "2\\.6 a"),
            ("12 a", "12 a"),
            ("a - b", "a - b"),
            ("", ""),
        ] {
            assert_eq!(opening(raw), escaped);
        }
    }

    #[test]
    fn nothing_in_a_text_is_markup() {
        for (raw, escaped) in [
            ("config.group_id ~> 2.3", "config.group_id \\~> 2.3"),
            ("_a_ __b__ a_", "\\_a\\_ \\_\\_b\\_\\_ a\\_"),
            (
                "**a** [b](javascript:c)",
                "\\*\\*a\\*\\* \\[b\\](javascript:c)",
            ),
            ("![a](b)", "!\\[a\\](b)"),
            ("<script>a</script>", "\\<script>a\\</script>"),
            ("a | b\n# c", "a \\| b # c"),
            ("a`b", "a\\`b"),
            ("``a``", "\\`\\`a\\`\\`"),
            ("a\\", "a\\\\"),
            ("&lt; a & b &#60;", "\\&lt; a & b \\&#<!-- -->60;"),
            (
                "@user #12 GH-3 karafka@v2",
                "@<!-- -->user #<!-- -->12 GH<!-- -->-3 karafka@<!-- -->v2",
            ),
            ("--> $a$", "--> \\$a\\$"),
        ] {
            assert_eq!(text(raw), escaped);
        }
        assert_eq!(text("*a* `b_ | *c*` _d"), "\\*a\\* `b_ \\| *c*` \\_d");
    }

    #[test]
    fn code_holds_backticks_and_pipes() {
        assert_eq!(code("a b"), "`a b`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``a"), "``` ``a ```");
        assert_eq!(code(""), "`  `");
        assert_eq!(code("a|b\nc"), "`a\\|b c`");
        let mut out = String::new();
        fence(&mut out, "sh", &["a ``` b\n```".to_owned()]);
        assert_eq!(out, "````sh\na ``` b ```\n````\n\n");
        assert_eq!(html("<a href=\"b\">&"), "&lt;a href=&quot;b&quot;&gt;&amp;");
    }
}
