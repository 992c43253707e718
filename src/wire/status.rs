//! `rungs.status/1`.

use super::plan::{CatalogDocument, CodedDocument, HeldDocument, Pairs, held, warnings};
use crate::status::{Reach, Standing, Status};
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reaches: Vec<ReachDocument<'a>>,
    ahead: AheadDocument<'a>,
}

#[derive(Serialize)]
struct ReachDocument<'a> {
    package: &'a str,
    with: std::collections::BTreeMap<&'a str, &'a str>,
    ranges: Vec<RangeDocument<'a>>,
    refused: Vec<RefusedDocument<'a>>,
}

#[derive(Serialize)]
struct RangeDocument<'a> {
    first: &'a str,
    last: &'a str,
}

#[derive(Serialize)]
struct RefusedDocument<'a> {
    first: &'a str,
    last: &'a str,
    by: &'a str,
    rule: &'a str,
    #[serde(rename = "if")]
    conditions: Vec<&'a str>,
    why: &'a str,
}

fn reach(reach: &Reach) -> ReachDocument<'_> {
    let ranges = reach.ranges().iter();
    let refused = reach.refused().iter().map(|it| {
        let (first, last) = it.versions();
        RefusedDocument {
            first: first.as_str(),
            last: last.as_str(),
            by: it.by().as_str(),
            rule: it.rule().as_str(),
            conditions: it.conditions().iter().map(|it| it.as_str()).collect(),
            why: it.why(),
        }
    });
    ReachDocument {
        package: reach.package().as_str(),
        with: reach
            .with()
            .iter()
            .map(|(gem, version)| (gem.as_str(), version.as_str()))
            .collect(),
        ranges: ranges
            .map(|(first, last)| RangeDocument {
                first: first.as_str(),
                last: last.as_str(),
            })
            .collect(),
        refused: refused.collect(),
    }
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
            stale_days: status.stale_days(),
        },
        as_of: status.as_of().map(|date| date.to_string()),
        findings: status.findings(),
        unknown: status.is_unknown(),
        packages: status.packages().iter().map(standing).collect(),
        runtimes: status.runtimes().iter().map(standing).collect(),
        reaches: status.reaches().iter().map(reach).collect(),
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
