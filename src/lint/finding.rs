//! What lint says about a change of a lockfile, as data.

use super::codes::{LintRule, LintSeverity};
use super::cure::LintCure;
use super::message::{LintHelp, LintMessage};
use crate::catalog::{Force, Rule};
use crate::date::Date;
use crate::lockfile::Lockfile;
use crate::name::Name;
use crate::plan::{CatalogStamp, Guidance};
use std::collections::BTreeMap;

/// What lint has to say about the change from one lockfile to another.
#[derive(Clone, Debug)]
pub struct Lint {
    pub(super) catalog: CatalogStamp,
    pub(super) as_of: Option<Date>,
    pub(super) changes: Vec<LintChange>,
    pub(super) guidance: Guidance,
    pub(super) findings: Vec<LintFinding>,
    pub(super) accepted: Vec<LintFinding>,
    pub(super) cure: Option<LintCure>,
}

/// A package or runtime of the catalog that the change moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintChange {
    pub(super) package: Name,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
}

/// One thing that is wrong with the change, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintFinding {
    pub(super) rule: LintRule,
    pub(super) severity: LintSeverity,
    pub(super) package: String,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) message: LintMessage,
    pub(super) help: Option<LintHelp>,
    pub(super) line: Option<u32>,
    pub(super) cited: Option<Cited>,
    pub(super) cured: bool,
}

/// The rule of the catalog that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cited {
    pub(super) id: Name,
    pub(super) source: String,
    pub(super) must: bool,
}

impl Lint {
    /// What the guides ask for in what the change passes: actions, order of deployment, support.
    #[must_use]
    pub fn guidance(&self) -> &Guidance {
        &self.guidance
    }

    /// What the change moves, in the catalog's order.
    #[must_use]
    pub fn changes(&self) -> &[LintChange] {
        &self.changes
    }

    /// What is wrong or worth knowing, package by package in the catalog's order.
    #[must_use]
    pub fn findings(&self) -> &[LintFinding] {
        &self.findings
    }

    /// The findings that the request accepts.
    #[must_use]
    pub fn accepted(&self) -> &[LintFinding] {
        &self.accepted
    }

    /// The one command that cures findings, where there is one: see [`LintFinding::is_cured`].
    #[must_use]
    pub fn cure(&self) -> Option<&LintCure> {
        self.cure.as_ref()
    }

    /// The number of findings of this severity.
    #[must_use]
    pub fn count(&self, severity: LintSeverity) -> usize {
        let of = |finding: &&LintFinding| finding.severity == severity;
        self.findings.iter().filter(of).count()
    }

    /// Has it neither errors nor warnings?
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.count(LintSeverity::Error) + self.count(LintSeverity::Warning) == 0
    }

    /// Is something involved in the change that the catalog cannot know, and that nobody accepted?
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.findings.iter().any(LintFinding::leaves_open)
    }

    /// Are there errors, or, if warnings count, warnings other than what is unknown?
    #[must_use]
    pub fn is_refused(&self, strict: bool) -> bool {
        let least = if strict {
            LintSeverity::Warning
        } else {
            LintSeverity::Error
        };
        let refuses = |finding: &LintFinding| finding.severity <= least && !finding.leaves_open();
        self.findings.iter().any(refuses)
    }

    /// The day on which it was judged.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.as_of
    }

    /// How many days the catalog is old on the day of the request; `None` below
    /// [`Catalog::STALE_AFTER`](crate::catalog::Catalog::STALE_AFTER).
    #[must_use]
    pub fn stale_days(&self) -> Option<u32> {
        self.catalog.stale_on(self.as_of)
    }

    /// The name of the catalog that answered.
    #[must_use]
    pub fn catalog_name(&self) -> &Name {
        &self.catalog.name
    }

    /// The day up to which that catalog knows the world.
    #[must_use]
    pub fn horizon(&self) -> Date {
        self.catalog.horizon
    }

    /// The digest of that catalog.
    #[must_use]
    pub fn catalog_digest(&self) -> &str {
        &self.catalog.digest
    }

    /// Gives each finding the line of its package in the new lockfile.
    #[must_use]
    pub fn located(mut self, new: &Lockfile) -> Self {
        let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
        for spec in new.specs() {
            lines.entry(spec.name()).or_insert(spec.line());
        }
        for finding in self.findings.iter_mut().chain(&mut self.accepted) {
            finding.line = lines.get(finding.package.as_str()).copied();
        }
        self
    }
}

impl LintChange {
    /// Of what.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// The version before; `None` for what joins.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// The version after; `None` for what leaves.
    #[must_use]
    pub fn to(&self) -> Option<&str> {
        self.to.as_deref()
    }
}

impl LintFinding {
    pub(super) fn new(rule: LintRule, package: &str, message: LintMessage) -> Self {
        LintFinding {
            rule,
            severity: rule.severity(),
            package: package.to_owned(),
            from: None,
            to: None,
            message,
            help: None,
            line: None,
            cited: None,
            cured: false,
        }
    }

    /// The rule of lint.
    #[must_use]
    pub fn rule(&self) -> LintRule {
        self.rule
    }

    /// `skipped-line`, or `gate-not-met/karafka-2.4-gate-latest-2.3` where it rests on a rule of
    /// the catalog.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.cited {
            Some(cited) => format!("{}/{}", self.rule.name(), cited.id),
            None => self.rule.name().to_owned(),
        }
    }

    /// How much it weighs.
    #[must_use]
    pub fn severity(&self) -> LintSeverity {
        self.severity
    }

    /// The package, runtime or gem of the lockfile that it concerns.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// Its version before.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// Its version after.
    #[must_use]
    pub fn to(&self) -> Option<&str> {
        self.to.as_deref()
    }

    /// What is wrong, as a clause.
    #[must_use]
    pub fn message(&self) -> &LintMessage {
        &self.message
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&LintHelp> {
        self.help.as_ref()
    }

    /// Whether [`Lint::cure`] ends it; then the help has its command.
    #[must_use]
    pub fn is_cured(&self) -> bool {
        self.cured
    }

    /// The line of the package in the new lockfile, where [`Lint::located`] found it.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.line
    }

    /// The rule of the catalog that it rests on.
    #[must_use]
    pub fn catalog_rule(&self) -> Option<&Name> {
        self.cited.as_ref().map(|cited| &cited.id)
    }

    /// Where that rule was read.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.cited.as_ref().map(|cited| cited.source.as_str())
    }

    /// It says that the catalog cannot know, where that matters.
    fn leaves_open(&self) -> bool {
        self.rule == LintRule::Unknown && self.severity != LintSeverity::Note
    }

    /// Does an acceptance of this name cover it? That of a rule of lint covers nothing that rests
    /// on a `must` rule of the catalog.
    #[must_use]
    pub fn is_accepted_by(&self, name: &str) -> bool {
        match &self.cited {
            Some(cited) if cited.must => false,
            Some(cited) if cited.id == *name => true,
            _ => self.rule.name() == name,
        }
    }
}

/// What a finding cites of a rule.
pub(super) fn cited(rule: &Rule) -> Cited {
    Cited {
        id: rule.id().clone(),
        source: rule.source().to_owned(),
        must: rule.force() == Force::Must,
    }
}
