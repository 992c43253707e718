//! `rungs.scan/1`.

use super::plan::{CatalogDocument, catalog_on};
use crate::catalog::{Applies, Catalog};
use crate::date::Date;
use crate::planner::{PlaceItem, Places, WhenDue};
use crate::scan::{Finding, ScanProblem};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    catalog: CatalogDocument<'a>,
    files: usize,
    aside: usize,
    findings: usize,
    counts: Counts,
    parts: Vec<Part<'a>>,
    groups: Vec<Group<'a>>,
    problems: Vec<ProblemDocument<'a>>,
}

#[derive(Serialize)]
struct Counts {
    yes: usize,
    no: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct Part<'a> {
    folder: &'a str,
    files: usize,
    judged: bool,
}

#[derive(Serialize)]
struct Group<'a> {
    part: &'a str,
    step: Option<usize>,
    package: Option<&'a str>,
    line: Option<&'a str>,
    actions: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    package: &'a str,
    since: Option<&'a str>,
    kind: &'static str,
    severity: &'static str,
    phase: &'static str,
    applies: &'static str,
    summary: &'a str,
    action: Option<&'a str>,
    source: &'a str,
    look: Option<String>,
    findings: Vec<FindingDocument<'a>>,
    said_by: Vec<&'a str>,
}

#[derive(Serialize)]
pub(super) struct FindingDocument<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    confidence: &'static str,
    pattern: &'a str,
    excerpt: &'a str,
    replacement: Option<&'a str>,
    edit: Option<EditDocument<'a>>,
}

#[derive(Serialize)]
struct EditDocument<'a> {
    start: u32,
    end: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct ProblemDocument<'a> {
    file: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    message: String,
}

pub(super) fn finding(finding: &Finding) -> FindingDocument<'_> {
    FindingDocument {
        file: finding.path(),
        line: finding.place().line,
        column: finding.place().column,
        confidence: finding.confidence().name(),
        pattern: finding.pattern(),
        excerpt: finding.excerpt(),
        replacement: finding.replacement(),
        edit: finding.edit().map(|edit| EditDocument {
            start: edit.range.start,
            end: edit.range.end,
            text: &edit.text,
        }),
    }
}

fn item<'a>(item: &'a PlaceItem<'_>) -> Item<'a> {
    let action = item.action();
    Item {
        id: action.id().as_str(),
        package: action.package().as_str(),
        since: action.since().map(|since| since.as_str()),
        kind: action.kind().name(),
        severity: action.severity().name(),
        phase: action.phase().name(),
        applies: item.applies().name(),
        summary: action.summary(),
        action: action.action(),
        source: action.source(),
        look: item.look(),
        findings: item.findings().iter().map(|one| finding(one)).collect(),
        said_by: item.said_by().iter().map(|name| name.as_str()).collect(),
    }
}

fn problem(problem: &ScanProblem) -> ProblemDocument<'_> {
    ProblemDocument {
        file: problem.path(),
        line: problem.place().map(|place| place.line),
        column: problem.place().map(|place| place.column),
        message: problem.fault().to_string(),
    }
}

/// The document `rungs.scan/1` of what a scan found.
#[must_use]
pub fn scan_document(catalog: &Catalog, places: &Places<'_>, as_of: Option<Date>) -> String {
    let groups = places.groups().iter().map(|group| {
        let (step, package, line) = match group.due() {
            WhenDue::Step(number) => (Some(*number), None, None),
            WhenDue::Line(package, line) => (None, Some(package.as_str()), line.as_deref()),
        };
        Group {
            part: places.parts()[group.part()].folder(),
            step,
            package,
            line,
            actions: group.items().iter().map(item).collect(),
        }
    });
    super::render(&Document {
        schema: "rungs.scan/1",
        catalog: catalog_on(catalog, as_of),
        files: places.files(),
        aside: places.aside(),
        findings: places.findings().count(),
        counts: Counts {
            yes: places.count(Applies::Yes),
            no: places.count(Applies::No),
            unknown: places.count(Applies::Unknown),
        },
        parts: places
            .parts()
            .iter()
            .map(|part| Part {
                folder: part.folder(),
                files: part.scan().files(),
                judged: part.is_judged(),
            })
            .collect(),
        groups: groups.collect(),
        problems: places.problems().map(problem).collect(),
    })
}
