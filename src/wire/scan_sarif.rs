//! What a scan found as SARIF.

use super::plan::catalog_on;
use super::sarif::{
    ArtifactLocation, Configuration, Descriptor, Fingerprints, Location, Message, PhysicalLocation,
    Region, SarifOutcome, Text, log, uri,
};
use crate::catalog::{Action, Catalog, Severity};
use crate::date::Date;
use crate::planner::Places;
use crate::scan::Finding;
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    confidence: &'static str,
    pattern: &'a str,
    replacement: Option<&'a str>,
    source: &'a str,
}

/// What a scan found as SARIF 2.1.0; paths are relative to the folder that was scanned. `as_of` is the
/// day on which the age of the catalog counts.
#[must_use]
pub fn scan_sarif(catalog: &Catalog, places: &Places<'_>, as_of: Option<Date>) -> String {
    let found = places.items().filter(|item| !item.findings().is_empty());
    let mut rules: Vec<&Action> = Vec::new();
    let mut results = Vec::new();
    for item in found {
        // A plan may pass the same action in one step only, a catalog has it once.
        let at = rules
            .iter()
            .position(|known| known.id() == item.action().id());
        let at = at.unwrap_or_else(|| {
            rules.push(item.action());
            rules.len() - 1
        });
        results.extend(
            item.findings()
                .iter()
                .map(|finding| outcome(item.action(), at, finding)),
        );
    }
    let rules = rules.into_iter().map(|action| Descriptor {
        id: action.id().as_str(),
        short_description: Text {
            text: action.summary(),
        },
        default_configuration: Configuration {
            level: level(action.severity()),
        },
    });
    super::render(&log(
        rules.collect(),
        std::iter::empty(),
        results,
        vec![catalog_on(catalog, as_of)],
    ))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Breaking => "error",
        Severity::Action => "warning",
        Severity::Review | Severity::Info => "note",
    }
}

fn outcome<'a>(
    action: &'a Action,
    rule_index: usize,
    finding: &'a Finding,
) -> SarifOutcome<'a, Properties<'a>> {
    let mut text = action.summary().to_owned();
    if let Some(todo) = action.action() {
        let _ = write!(text, " {todo}");
    }
    let place = finding.place();
    SarifOutcome {
        rule_id: action.id().to_string(),
        rule_index,
        level: level(action.severity()),
        message: Message { text },
        locations: [Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: uri(finding.path()),
                },
                region: Some(Region {
                    start_line: place.line,
                    start_column: Some(place.column),
                }),
            },
        }],
        partial_fingerprints: Fingerprints {
            change: None,
            place: Some(format!(
                "{}:{}:{}",
                action.id(),
                finding.path(),
                finding.excerpt()
            )),
        },
        suppressions: Vec::new(),
        properties: Properties {
            confidence: finding.confidence().name(),
            pattern: finding.pattern(),
            replacement: finding.replacement(),
            source: action.source(),
        },
    }
}
