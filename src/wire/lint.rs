//! `rungs.lint/1`.

use super::contents::{GuidanceDocument, guidance};
use super::plan::Catalog;
use crate::lint::{Lint, LintFinding, LintSeverity};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    catalog: Catalog<'a>,
    as_of: Option<String>,
    file: &'a str,
    errors: usize,
    warnings: usize,
    notes: usize,
    unknown: bool,
    changes: Vec<Change<'a>>,
    #[serde(flatten)]
    guidance: GuidanceDocument<'a>,
    findings: Vec<Finding<'a>>,
    accepted: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    package: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'static str,
    catalog_rule: Option<&'a str>,
    source: Option<&'a str>,
    severity: &'static str,
    package: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    message: &'a str,
    help: Option<&'a str>,
    line: Option<u32>,
}

fn finding(finding: &LintFinding) -> Finding<'_> {
    Finding {
        rule: finding.rule().name(),
        catalog_rule: finding.catalog_rule().map(|rule| rule.as_str()),
        source: finding.source(),
        severity: finding.severity().name(),
        package: finding.package(),
        from: finding.from(),
        to: finding.to(),
        message: finding.message(),
        help: finding.help(),
        line: finding.line(),
    }
}

/// The document `rungs.lint/1` of what lint says; `file` names the new lockfile.
#[must_use]
pub fn lint_document(lint: &Lint, file: &str) -> String {
    super::render(&Document {
        schema: "rungs.lint/1",
        catalog: Catalog {
            name: lint.catalog_name().as_str(),
            horizon: lint.horizon().to_string(),
            digest: lint.catalog_digest(),
        },
        as_of: lint.as_of().map(|date| date.to_string()),
        file,
        errors: lint.count(LintSeverity::Error),
        warnings: lint.count(LintSeverity::Warning),
        notes: lint.count(LintSeverity::Note),
        unknown: lint.is_unknown(),
        changes: lint
            .changes()
            .iter()
            .map(|change| Change {
                package: change.package().as_str(),
                from: change.from(),
                to: change.to(),
            })
            .collect(),
        guidance: guidance(lint.guidance()),
        findings: lint.findings().iter().map(finding).collect(),
        accepted: lint.accepted().iter().map(finding).collect(),
    })
}
