//! `rungs.lint/1`.

use super::guidance::{GuidanceDocument, LineDocument, guidance, line};
use super::plan::CatalogDocument;
use crate::lint::{Lint, LintChange, LintCure, LintFinding, LintSeverity};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    catalog: CatalogDocument<'a>,
    as_of: Option<String>,
    file: &'a str,
    errors: usize,
    warnings: usize,
    notes: usize,
    unknown: bool,
    changes: Vec<ChangeDocument<'a>>,
    #[serde(flatten)]
    guidance: GuidanceDocument<'a>,
    findings: Vec<FindingDocument<'a>>,
    accepted: Vec<FindingDocument<'a>>,
    cure: Option<Cure<'a>>,
}

#[derive(Serialize)]
struct Cure<'a> {
    kind: &'static str,
    changes: Vec<ChangeDocument<'a>>,
    gemfile: Vec<LineDocument<'a>>,
    command: Option<&'a str>,
    runtimes: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct ChangeDocument<'a> {
    package: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
}

#[derive(Serialize)]
struct FindingDocument<'a> {
    rule: &'static str,
    catalog_rule: Option<&'a str>,
    source: Option<&'a str>,
    severity: &'static str,
    package: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    message: String,
    help: Option<String>,
    cured: bool,
    line: Option<u32>,
}

fn runtimes(cure: &LintCure) -> BTreeMap<&str, &str> {
    let runtimes = cure.runtimes().iter();
    runtimes
        .map(|(name, requirement)| (name.as_str(), requirement.as_str()))
        .collect()
}

fn change(change: &LintChange) -> ChangeDocument<'_> {
    ChangeDocument {
        package: change.package().as_str(),
        from: change.from(),
        to: change.to(),
    }
}

fn finding(finding: &LintFinding) -> FindingDocument<'_> {
    FindingDocument {
        rule: finding.rule().name(),
        catalog_rule: finding.catalog_rule().map(|rule| rule.as_str()),
        source: finding.source(),
        severity: finding.severity().name(),
        package: finding.package(),
        from: finding.from(),
        to: finding.to(),
        message: finding.message().to_string(),
        help: finding.help().map(ToString::to_string),
        cured: finding.is_cured(),
        line: finding.line(),
    }
}

/// Which catalog answered.
pub(super) fn catalog(lint: &Lint) -> CatalogDocument<'_> {
    CatalogDocument {
        name: lint.catalog_name().as_str(),
        horizon: lint.horizon().to_string(),
        digest: lint.catalog_digest(),
        stale_days: lint.stale_days(),
    }
}

/// The document `rungs.lint/1` of what lint says; `file` names the new lockfile.
#[must_use]
pub fn lint_document(lint: &Lint, file: &str) -> String {
    super::render(&Document {
        schema: "rungs.lint/1",
        catalog: catalog(lint),
        as_of: lint.as_of().map(|date| date.to_string()),
        file,
        errors: lint.count(LintSeverity::Error),
        warnings: lint.count(LintSeverity::Warning),
        notes: lint.count(LintSeverity::Note),
        unknown: lint.is_unknown(),
        changes: lint.changes().iter().map(change).collect(),
        guidance: guidance(lint.guidance()),
        findings: lint.findings().iter().map(finding).collect(),
        accepted: lint.accepted().iter().map(finding).collect(),
        cure: lint.cure().map(|cure| Cure {
            kind: cure.kind().name(),
            changes: cure.changes().iter().map(change).collect(),
            gemfile: cure.bundle().lines().iter().map(line).collect(),
            command: cure.bundle().command(),
            runtimes: runtimes(cure),
        }),
    })
}
