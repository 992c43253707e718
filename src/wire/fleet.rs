//! `rungs.fleet/1`, one line for a lockfile, and `rungs.fleet-summary/1`.

use super::plan::{CatalogDocument, CodedDocument, Pairs};
use super::{Problem, problem};
use crate::error::{Error, ErrorCode, Result};
use crate::fleet::{Fleet, FleetAnswer, FleetSummary};
use crate::plan::Constraint;
use crate::span::Place;
use crate::status::{ProblemKind, Standing, Status, SupportState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize)]
struct FleetLine<'a> {
    schema: &'static str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(flatten)]
    state: Option<FleetState<'a>>,
}

#[derive(Serialize)]
struct FleetState<'a> {
    steps: usize,
    target: Pairs<'a>,
    packages: BTreeMap<&'a str, &'a str>,
    runtimes: BTreeMap<&'a str, &'a str>,
    held: Vec<FleetHeld<'a>>,
    because: Vec<CodedDocument>,
    problems: Vec<Wrong<'a>>,
    ended: Vec<Ended<'a>>,
}

#[derive(Serialize)]
struct FleetHeld<'a> {
    package: &'a str,
    stays: &'a str,
    newest: &'a str,
    by: Vec<&'a str>,
}

#[derive(Serialize)]
struct Wrong<'a> {
    package: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    text: String,
}

#[derive(Serialize)]
struct Ended<'a> {
    package: &'a str,
    line: &'a str,
    until: Option<String>,
}

/// One line of input: `{"id": "shop", "lockfile": "GEM\\n…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FleetInput {
    /// What the line of output is to be called.
    pub id: String,
    /// The text of the lockfile.
    pub lockfile: String,
}

/// Reads one line of input.
///
/// # Errors
/// [`ErrorCode::InvalidDocument`](crate::ErrorCode::InvalidDocument) with the place in the line.
///
/// ```
/// let input = rungs::wire::read_fleet_input(br#"{"id": "shop", "lockfile": "GEM"}"#)?;
/// assert_eq!(input.id, "shop");
/// # Ok::<(), rungs::Error>(())
/// ```
pub fn read_fleet_input(line: &[u8]) -> Result<FleetInput> {
    if line.trim_ascii_start().first() != Some(&b'{') {
        return Err(Error::new(
            ErrorCode::InvalidDocument,
            "this is no line {\"id\": …, \"lockfile\": …}: expected a JSON object",
        )
        .at(Place { line: 1, column: 1 }));
    }
    serde_json::from_slice(line)
        .map_err(|error| super::request::refused(&error, "line {\"id\": …, \"lockfile\": …}"))
}

/// The document `rungs.fleet/1` of one lockfile, on one line.
///
/// ```
/// use rungs::fleet::Fleet;
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let fleet = Fleet::new(&catalog, None);
/// let line = rungs::wire::fleet_line("shop", &fleet.ask(b"no lockfile"));
/// assert!(line.starts_with("{\"schema\":\"rungs.fleet/1\",\"id\":\"shop\",\"error\":{"));
/// # Ok::<(), rungs::Error>(())
/// ```
#[must_use]
pub fn fleet_line(id: &str, answer: &Result<FleetAnswer>) -> String {
    let (error, status) = match answer {
        Err(error) => (Some(problem(error)), None),
        Ok(answer) => (None, Some(answer.status())),
    };
    let line = FleetLine {
        schema: "rungs.fleet/1",
        id,
        error,
        outcome: status.map(|it| it.map_or("none", |it| it.ahead().outcome().name())),
        state: status.flatten().map(state),
    };
    let mut text = serde_json::to_string(&line).unwrap_or_default();
    text.push('\n');
    text
}

fn state(status: &Status) -> FleetState<'_> {
    let ahead = status.ahead();
    FleetState {
        steps: ahead.steps(),
        target: Pairs(ahead.targets()),
        packages: versions(status.packages()),
        runtimes: versions(status.runtimes()),
        held: ahead
            .held()
            .iter()
            .map(|held| FleetHeld {
                package: held.package().as_str(),
                stays: held.stays(),
                newest: held.newest(),
                by: held.by().iter().filter_map(holder).collect(),
            })
            .collect(),
        because: ahead
            .because()
            .iter()
            .map(|reason| CodedDocument::new(reason.code(), reason))
            .collect(),
        problems: status
            .standings()
            .flat_map(|standing| {
                let problems = standing.problems().iter();
                problems
                    .filter(|it| it.kind().is_finding() && it.kind() != ProblemKind::Ended)
                    .map(|it| Wrong {
                        package: standing.package().as_str(),
                        kind: it.kind().name(),
                        rule: it.rule().map(|rule| rule.as_str()),
                        text: it.to_string(),
                    })
            })
            .collect(),
        ended: status
            .standings()
            .filter_map(|standing| {
                let support = standing.support()?;
                (support.state() == SupportState::Ended).then_some(Ended {
                    package: standing.package().as_str(),
                    line: standing.line()?,
                    until: support.until().map(|day| day.to_string()),
                })
            })
            .collect(),
    }
}

fn versions(standings: &[Standing]) -> BTreeMap<&str, &str> {
    let versions = standings.iter();
    let versions = versions.filter_map(|it| Some((it.package().as_str(), it.installed()?)));
    versions.collect()
}

fn holder(constraint: &Constraint) -> Option<&str> {
    match constraint {
        Constraint::Holder { holder, .. } => Some(holder),
        _ => None,
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    schema: &'static str,
    catalog: CatalogDocument<'a>,
    as_of: Option<String>,
    lockfiles: usize,
    errors: usize,
    without_packages: usize,
    outcomes: BTreeMap<&'static str, usize>,
    steps: BTreeMap<usize, usize>,
    lines: BTreeMap<&'a str, &'a BTreeMap<String, usize>>,
    ended: Vec<EndedCount<'a>>,
    problems: Vec<ProblemCount<'a>>,
    gems: Vec<Gem<'a>>,
    urgent: Vec<Urgent<'a>>,
    cut: bool,
}

#[derive(Serialize)]
struct Urgent<'a> {
    id: &'a str,
    steps: usize,
    ended: Vec<Ended<'a>>,
}

#[derive(Serialize)]
struct EndedCount<'a> {
    package: &'a str,
    line: &'a str,
    lockfiles: usize,
}

#[derive(Serialize)]
struct ProblemCount<'a> {
    package: &'a str,
    version: &'a str,
    kind: &'static str,
    rule: Option<&'a str>,
    text: String,
    lockfiles: usize,
}

#[derive(Serialize)]
struct Gem<'a> {
    gem: &'a str,
    holds: usize,
    alone: usize,
}

/// The document `rungs.fleet-summary/1`.
#[must_use]
pub fn fleet_summary_document(fleet: &Fleet<'_>, summary: &FleetSummary) -> String {
    let catalog = fleet.catalog();
    super::render(&Summary {
        schema: "rungs.fleet-summary/1",
        catalog: CatalogDocument {
            name: catalog.name().as_str(),
            horizon: catalog.horizon().to_string(),
            digest: catalog.digest(),
            stale_days: fleet.stale_days(),
        },
        as_of: fleet.as_of().map(|day| day.to_string()),
        lockfiles: summary.lockfiles(),
        errors: summary.errors(),
        without_packages: summary.without_packages(),
        outcomes: summary.outcomes().collect(),
        steps: summary.steps().collect(),
        lines: summary.lines().collect(),
        ended: summary
            .ended()
            .into_iter()
            .map(|(package, line, lockfiles)| EndedCount {
                package,
                line,
                lockfiles,
            })
            .collect(),
        problems: summary
            .problems()
            .into_iter()
            .map(|it| ProblemCount {
                package: &it.package,
                version: &it.version,
                kind: it.problem.kind().name(),
                rule: it.problem.rule().map(|rule| rule.as_str()),
                text: it.problem.to_string(),
                lockfiles: it.lockfiles,
            })
            .collect(),
        gems: summary
            .gems()
            .into_iter()
            .map(|(gem, count)| Gem {
                gem,
                holds: count.holds,
                alone: count.alone,
            })
            .collect(),
        urgent: summary
            .urgent()
            .iter()
            .map(|it| Urgent {
                id: &it.id,
                steps: it.steps,
                ended: it
                    .ended
                    .iter()
                    .map(|(package, line, until)| Ended {
                        package,
                        line,
                        until: until.map(|day| day.to_string()),
                    })
                    .collect(),
            })
            .collect(),
        cut: summary.is_cut(),
    })
}
