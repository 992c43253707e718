//! SARIF 2.1.0 (OASIS standard, 2020), as code hosts read it.

use crate::planner::{Lint, LintFinding, LintRule, LintSeverity};
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Text<'static>,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location<'a>; 1],
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation<'a> {
    artifact_location: ArtifactLocation<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation<'a> {
    uri: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "change/v1")]
    change: String,
}

#[derive(Serialize)]
struct Suppression {
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
/// the repository where code hosts shall find it. Accepted findings are there as suppressed ones.
#[must_use]
pub fn lint_sarif(lint: &Lint, file: &str) -> String {
    let uri = uri(file);
    let open = lint.findings().iter().map(|finding| (finding, false));
    let accepted = lint.accepted().iter().map(|finding| (finding, true));
    super::render(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: LintRule::ALL.into_iter().map(descriptor).collect(),
                },
            },
            column_kind: "unicodeCodePoints",
            results: open
                .chain(accepted)
                .map(|(finding, accepted)| outcome(finding, accepted, &uri))
                .collect(),
        }],
    })
}

fn descriptor(rule: LintRule) -> Descriptor {
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

fn outcome<'a>(finding: &'a LintFinding, accepted: bool, uri: &'a str) -> Outcome<'a> {
    let mut text = finding.message().to_owned();
    if let Some(help) = finding.help() {
        let _ = write!(text, ". {help}");
    }
    let suppression = accepted.then_some(Suppression { kind: "external" });
    let place = |version: Option<&str>| version.unwrap_or("-").to_owned();
    Outcome {
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
                region: finding.line().map(|start_line| Region { start_line }),
            },
        }],
        partial_fingerprints: Fingerprints {
            change: format!(
                "{}:{}:{}:{}",
                finding.id(),
                finding.package(),
                place(finding.from()),
                place(finding.to())
            ),
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
fn uri(path: &str) -> String {
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
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("./a/Gemfile.lock"), "a/Gemfile.lock");
        assert_eq!(uri("/tmp/x y"), "file:///tmp/x%20y");
        assert_eq!(uri("c:\\é?#%\n"), "c%3A%5C%C3%A9%3F%23%25%0A");
    }
}
