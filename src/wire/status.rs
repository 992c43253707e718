//! `rungs.status/1`.

use super::plan::{CatalogDocument, CodedDocument, HeldDocument, Pairs, held, warnings};
use crate::status::{Standing, Status};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    catalog: CatalogDocument<'a>,
    as_of: Option<String>,
    findings: usize,
    unknown: bool,
    packages: Vec<StandingDocument<'a>>,
    runtimes: Vec<StandingDocument<'a>>,
    ahead: AheadDocument<'a>,
}

#[derive(Serialize)]
struct StandingDocument<'a> {
    name: &'a str,
    role: &'static str,
    installed: Option<&'a str>,
    line: Option<&'a str>,
    newest_of_line: Option<&'a str>,
    newest: Option<&'a str>,
    newest_line: Option<String>,
    lines_ahead: usize,
    support: Option<SupportDocument>,
    problems: Vec<ProblemDocument<'a>>,
}

#[derive(Serialize)]
struct SupportDocument {
    state: &'static str,
    until: Option<String>,
}

#[derive(Serialize)]
struct ProblemDocument<'a> {
    kind: &'static str,
    finding: bool,
    rule: Option<&'a str>,
    text: String,
}

#[derive(Serialize)]
struct AheadDocument<'a> {
    outcome: &'static str,
    steps: usize,
    target: Pairs<'a>,
    because: Vec<CodedDocument>,
    warnings: Vec<CodedDocument>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    held: Vec<HeldDocument<'a>>,
    index: bool,
}

fn standing(standing: &Standing) -> StandingDocument<'_> {
    StandingDocument {
        name: standing.package().as_str(),
        role: standing.role().name(),
        installed: standing.installed(),
        line: standing.line(),
        newest_of_line: standing.newest_of_line().map(|version| version.as_str()),
        newest: standing.newest().map(|version| version.as_str()),
        newest_line: standing.newest().map(|version| version.line()),
        lines_ahead: standing.lines_ahead(),
        support: standing.support().map(|support| SupportDocument {
            state: support.state().name(),
            until: support.until().map(|date| date.to_string()),
        }),
        problems: standing
            .problems()
            .iter()
            .map(|problem| ProblemDocument {
                kind: problem.kind().name(),
                finding: problem.kind().is_finding(),
                rule: problem.rule().map(|rule| rule.as_str()),
                text: problem.to_string(),
            })
            .collect(),
    }
}

/// The document `rungs.status/1` of a status.
#[must_use]
pub fn status_document(status: &Status) -> String {
    let ahead = status.ahead();
    super::render(&Document {
        schema: "rungs.status/1",
        catalog: CatalogDocument {
            name: status.catalog_name().as_str(),
            horizon: status.horizon().to_string(),
            digest: status.catalog_digest(),
        },
        as_of: status.as_of().map(|date| date.to_string()),
        findings: status.findings(),
        unknown: status.is_unknown(),
        packages: status.packages().iter().map(standing).collect(),
        runtimes: status.runtimes().iter().map(standing).collect(),
        ahead: AheadDocument {
            outcome: ahead.outcome().name(),
            steps: ahead.steps(),
            target: Pairs(ahead.targets()),
            because: ahead
                .because()
                .iter()
                .map(|reason| CodedDocument::new(reason.code(), reason))
                .collect(),
            held: status.ahead().held().iter().map(held).collect(),
            warnings: warnings(ahead.warnings()),
            index: ahead.has_index(),
        },
    })
}
