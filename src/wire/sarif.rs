//! SARIF 2.1.0 (OASIS standard, 2020), as code hosts read it.

use super::plan::CatalogDocument;
use crate::lint::{Lint, LintFinding, LintRule, LintSeverity};
use crate::words;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Write;

#[derive(Serialize)]
pub(super) struct Log<'a, P> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a, P>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a, P> {
    tool: Tool<'a>,
    column_kind: &'static str,
    invocations: [Invocation; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    artifacts: Vec<Artifact<'a>>,
    results: Vec<SarifOutcome<'a, P>>,
    properties: RunProperties<'a>,
}

/// How the run went (section 3.20); what concerns no place is a notification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

/// A file that was judged, also where nothing was found.
#[derive(Serialize)]
struct Artifact<'a> {
    location: ArtifactLocation<'a>,
}

#[derive(Serialize)]
struct RunProperties<'a> {
    /// Which catalogs answered, and how old they are.
    catalogs: Vec<CatalogDocument<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor<'a> {
    pub(super) id: &'a str,
    pub(super) short_description: Text<'a>,
    pub(super) default_configuration: Configuration,
}

#[derive(Serialize)]
pub(super) struct Configuration {
    pub(super) level: &'static str,
}

#[derive(Serialize)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub(super) text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifOutcome<'a, P> {
    pub(super) rule_id: String,
    pub(super) rule_index: usize,
    pub(super) level: &'static str,
    pub(super) message: Message,
    pub(super) locations: [Location<'a>; 1],
    pub(super) partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) suppressions: Vec<Suppression>,
    pub(super) properties: P,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    pub(super) physical_location: PhysicalLocation<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation<'a> {
    pub(super) artifact_location: ArtifactLocation<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<Region>,
}

#[derive(Serialize)]
pub(super) struct ArtifactLocation<'a> {
    pub(super) uri: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_column: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct Fingerprints {
    #[serde(rename = "change/v1", skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<String>,
    #[serde(rename = "place/v1", skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Suppression {
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    package: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    catalog_rule: Option<&'a str>,
    source: Option<&'a str>,
}

/// What lint says as SARIF 2.1.0; `file` is the path of the new lockfile, relative to the root of
/// the repository where code hosts look for it. Accepted findings are there as suppressed ones.
#[must_use]
pub fn lint_sarif(lint: &Lint, file: &str) -> String {
    lints_sarif(&[(lint, file)])
}

/// The same of several lockfiles, in one run: code hosts refuse logs with several of one tool.
#[must_use]
pub fn lints_sarif(lints: &[(&Lint, &str)]) -> String {
    let results = lints.iter().flat_map(|(lint, file)| {
        let open = lint.findings().iter().map(|finding| (finding, false));
        let accepted = lint.accepted().iter().map(|finding| (finding, true));
        open.chain(accepted)
            .map(|(finding, accepted)| outcome(finding, accepted, uri(file)))
    });
    let mut catalogs: Vec<CatalogDocument<'_>> = Vec::new();
    for (lint, _) in lints {
        if catalogs.iter().all(|it| it.digest != lint.catalog_digest()) {
            catalogs.push(super::lint::catalog(lint));
        }
    }
    super::render(&log(
        LintRule::ALL.into_iter().map(descriptor).collect(),
        lints.iter().map(|(_, file)| *file),
        results.collect(),
        catalogs,
    ))
}

/// A log of one run of ours.
pub(super) fn log<'a, P>(
    rules: Vec<Descriptor<'a>>,
    files: impl Iterator<Item = &'a str>,
    results: Vec<SarifOutcome<'a, P>>,
    catalogs: Vec<CatalogDocument<'a>>,
) -> Log<'a, P> {
    let artifacts = files.map(|file| Artifact {
        location: ArtifactLocation { uri: uri(file) },
    });
    let notes = catalogs.iter().filter_map(|catalog| {
        let days = catalog.stale_days?;
        let text = words::stale(catalog.name, &catalog.horizon, days);
        Some(Notification {
            level: "note",
            message: Message { text },
        })
    });
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules,
                },
            },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notes.collect(),
            }],
            artifacts: artifacts.collect(),
            results,
            properties: RunProperties { catalogs },
        }],
    }
}

fn descriptor(rule: LintRule) -> Descriptor<'static> {
    Descriptor {
        id: rule.name(),
        short_description: Text { text: rule.about() },
        default_configuration: Configuration {
            level: level(rule.severity()),
        },
    }
}

fn level(severity: LintSeverity) -> &'static str {
    match severity {
        LintSeverity::Error => "error",
        LintSeverity::Warning => "warning",
        LintSeverity::Note => "note",
    }
}

fn outcome<'a>(
    finding: &'a LintFinding,
    accepted: bool,
    uri: Cow<'a, str>,
) -> SarifOutcome<'a, Properties<'a>> {
    let mut text = finding.message().to_string();
    if let Some(help) = finding.help() {
        let _ = write!(text, ". {help}");
    }
    let suppression = accepted.then_some(Suppression { kind: "external" });
    let place = |version: Option<&str>| version.unwrap_or("-").to_owned();
    SarifOutcome {
        rule_id: finding.id(),
        rule_index: LintRule::ALL
            .iter()
            .position(|rule| *rule == finding.rule())
            .unwrap_or(0),
        level: level(finding.severity()),
        message: Message { text },
        locations: [Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri },
                region: finding.line().map(|start_line| Region {
                    start_line,
                    start_column: None,
                }),
            },
        }],
        partial_fingerprints: Fingerprints {
            place: None,
            change: Some(format!(
                "{}:{}:{}:{}",
                finding.id(),
                finding.package(),
                place(finding.from()),
                place(finding.to())
            )),
        },
        suppressions: suppression.into_iter().collect(),
        properties: Properties {
            package: finding.package(),
            from: finding.from(),
            to: finding.to(),
            catalog_rule: finding.catalog_rule().map(|rule| rule.as_str()),
            source: finding.source(),
        },
    }
}

/// A path as a reference in the sense of RFC 3986: all but unreserved characters and `/` are
/// percent-encoded, so that nothing in a name ends the path or looks like a scheme.
pub(super) fn uri<'a>(path: &str) -> Cow<'a, str> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri.into()
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("./a/Gemfile.lock"), "a/Gemfile.lock");
        assert_eq!(uri("/srv/x y"), "file:///srv/x%20y");
        assert_eq!(uri("c:\\é?#%\n"), "c%3A%5C%C3%A9%3F%23%25%0A");
    }
}
