//! The summary of many lockfiles, as a document.

use super::Look;
use super::document::{Block, Document, Extent, Provenance, Section, SectionKind};
use super::{html, markdown, text};
use crate::fleet::{Fleet, FleetSummary};
use crate::words::{self, counted};

/// The summary as text for a terminal.
#[must_use]
pub fn fleet_text(fleet: &Fleet<'_>, summary: &FleetSummary, look: impl Into<Look>) -> String {
    text::document(&document(fleet, summary), look.into())
}

/// The summary as Markdown.
#[must_use]
pub fn fleet_markdown(fleet: &Fleet<'_>, summary: &FleetSummary) -> String {
    markdown::document(&document(fleet, summary))
}

/// The summary as one page of HTML.
#[must_use]
pub fn fleet_html(fleet: &Fleet<'_>, summary: &FleetSummary) -> String {
    html::page(&document(fleet, summary))
}

/// The most rows of a table for people; documents have all.
const MAX_ROWS: usize = 25;

fn document(fleet: &Fleet<'_>, summary: &FleetSummary) -> Document {
    let catalog = fleet.catalog();
    let with_packages = summary.lockfiles() - summary.errors() - summary.without_packages();
    let lead = words::fleet::fleet_lead(summary.lockfiles(), with_packages);
    let mut facts = vec![("unreadable", counted(summary.errors(), "lockfile"))];
    facts.retain(|_| summary.errors() > 0);
    facts.extend(summary.outcomes().map(|(name, count)| {
        let label = match name {
            "planned" => "can be upgraded",
            "already_there" => "on the newest reachable lines",
            "impossible" => "blocked",
            "unknown" => "not known to the catalog",
            _ => "search limit reached",
        };
        (label, counted(count, "lockfile"))
    }));
    let mut blocks = vec![Block::Facts(facts)];
    if summary.is_cut() {
        blocks.push(Block::Quiet(words::fleet::CUT.to_owned()));
    }
    blocks.extend(part(
        words::fleet::URGENT,
        summary
            .urgent()
            .iter()
            .map(|it| (it.id.clone(), words::fleet::urgent(it))),
    ));
    blocks.extend(part(
        words::fleet::LINES,
        summary.lines().map(|(name, lines)| {
            let mut lines: Vec<_> = lines.iter().collect();
            lines.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            let lines: Vec<String> = lines
                .iter()
                .take(MAX_ROWS)
                .map(|(line, count)| format!("{line} ({count})"))
                .collect();
            (name.to_owned(), lines.join(", "))
        }),
    ));
    blocks.extend(part(
        words::fleet::STEPS,
        summary
            .steps()
            .map(|(steps, count)| (counted(steps, "step"), counted(count, "lockfile"))),
    ));
    blocks.extend(part(
        words::fleet::HOLDS,
        summary
            .gems()
            .into_iter()
            .map(|(gem, count)| (gem.to_owned(), words::fleet::gem_holds(count))),
    ));
    blocks.extend(part(
        words::fleet::WRONG,
        summary.problems().into_iter().map(|it| {
            let rule = it.problem.rule();
            let rule = rule.map_or(String::new(), |rule| format!(" ({rule})"));
            (
                format!("{} {}", it.package, it.version),
                format!(
                    "{}{rule}: {}",
                    it.problem,
                    counted(it.lockfiles, "lockfile")
                ),
            )
        }),
    ));
    blocks.extend(part(
        words::fleet::ENDED,
        summary
            .ended()
            .into_iter()
            .map(|(name, line, count)| (format!("{name} {line}"), counted(count, "lockfile"))),
    ));
    Document {
        notes: Vec::new(),
        title: lead.clone(),
        lead,
        blocks,
        source: Provenance {
            catalog: words::catalog(catalog.name(), catalog.horizon()),
            day: fleet.as_of().map(|day| day.to_string()),
            digest: catalog.digest().to_owned(),
        },
        identity: String::new(),
        extent: Extent::All,
    }
}

/// A part with one row for each name; where there are many, the first.
fn part(title: &str, rows: impl Iterator<Item = (String, String)>) -> Option<Block> {
    let rows: Vec<_> = rows.collect();
    let more = rows.len().saturating_sub(MAX_ROWS);
    let mut blocks = vec![Block::Terms(rows.into_iter().take(MAX_ROWS).collect())];
    if more > 0 {
        blocks.push(Block::Quiet(format!("and {more} more")));
    }
    let is_empty = matches!(&blocks[..], [Block::Terms(rows)] if rows.is_empty());
    (!is_empty).then(|| {
        Block::Section(Section {
            kind: SectionKind::Part,
            title: title.to_owned(),
            blocks,
        })
    })
}
