//! What lint says about a change of a lockfile, as data.

use crate::date::Date;
use crate::lockfile::Lockfile;
use crate::name::Name;
use crate::plan::{CatalogStamp, Guidance};

/// What lint has to say about the change from one lockfile to another.
#[derive(Clone, Debug)]
pub struct Lint {
    pub(super) catalog: CatalogStamp,
    pub(super) as_of: Option<Date>,
    pub(super) changes: Vec<LintChange>,
    pub(super) guidance: Guidance,
    pub(super) findings: Vec<LintFinding>,
    pub(super) accepted: Vec<LintFinding>,
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
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) line: Option<u32>,
    pub(super) cited: Option<Cited>,
}

/// The rule of the catalog that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cited {
    pub(super) id: Name,
    pub(super) source: String,
    pub(super) must: bool,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LintSeverity {
    /// The rules do not allow it.
    Error,
    /// Allowed, and better otherwise.
    Warning,
    /// Worth knowing.
    Note,
}

impl LintSeverity {
    /// The word that documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            LintSeverity::Error => "error",
            LintSeverity::Warning => "warning",
            LintSeverity::Note => "note",
        }
    }
}

/// A rule of lint. Its name is stable; `docs/lint.md` explains each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LintRule {
    /// A line with a fit release was passed over, and no bridge says that it may be.
    SkippedLine,
    /// A line was left from a version that a gate does not let through.
    GateNotMet,
    /// Something became older.
    Downgrade,
    /// A release was entered that a rule of the catalog blocks.
    Blocked,
    /// A release was entered that was withdrawn from its registry.
    Yanked,
    /// A prerelease was entered.
    Prerelease,
    /// A release was entered that is younger than the minimum age.
    TooYoung,
    /// A version outside its pin was entered.
    OutsidePin,
    /// A pair is installed that resolves but breaks.
    Conflict,
    /// A rule of the catalog wants another version of an installed package.
    Requires,
    /// A release or gem of the lockfile wants another version of an installed package.
    Requirement,
    /// The runtime is older than a release wants.
    RuntimeTooOld,
    /// A runtime and packages moved in one step.
    RuntimeAndPackagesTogether,
    /// A newer release of the same line resolves together with the others.
    LeftBehind,
    /// Support of the line is over.
    EndOfLife,
    /// The catalog cannot know what is installed.
    Unknown,
}

impl LintRule {
    /// All of them, in the order in which one package's findings stand.
    pub const ALL: [LintRule; 16] = [
        LintRule::SkippedLine,
        LintRule::GateNotMet,
        LintRule::Downgrade,
        LintRule::Blocked,
        LintRule::Yanked,
        LintRule::Prerelease,
        LintRule::TooYoung,
        LintRule::OutsidePin,
        LintRule::Conflict,
        LintRule::Requires,
        LintRule::Requirement,
        LintRule::RuntimeTooOld,
        LintRule::RuntimeAndPackagesTogether,
        LintRule::LeftBehind,
        LintRule::EndOfLife,
        LintRule::Unknown,
    ];

    /// The name under which it is accepted and cited.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            LintRule::SkippedLine => "skipped-line",
            LintRule::GateNotMet => "gate-not-met",
            LintRule::Downgrade => "downgrade",
            LintRule::Blocked => "blocked",
            LintRule::Yanked => "yanked",
            LintRule::Prerelease => "prerelease",
            LintRule::TooYoung => "too-young",
            LintRule::OutsidePin => "outside-pin",
            LintRule::Conflict => "conflict",
            LintRule::Requires => "requires",
            LintRule::Requirement => "requirement",
            LintRule::RuntimeTooOld => "runtime-too-old",
            LintRule::RuntimeAndPackagesTogether => "runtime-and-packages-together",
            LintRule::LeftBehind => "left-behind",
            LintRule::EndOfLife => "end-of-life",
            LintRule::Unknown => "unknown",
        }
    }

    /// What it says, in a sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            LintRule::SkippedLine => "A version line was passed over.",
            LintRule::GateNotMet => "A line was left from a version that a gate forbids.",
            LintRule::Downgrade => "Something became older.",
            LintRule::Blocked => "A release was entered that a rule blocks.",
            LintRule::Yanked => "A release was entered that was withdrawn from its registry.",
            LintRule::Prerelease => "A prerelease was entered.",
            LintRule::TooYoung => "A release was entered that is younger than the minimum age.",
            LintRule::OutsidePin => "A version outside its pin was entered.",
            LintRule::Conflict => "A pair is installed that resolves but breaks.",
            LintRule::Requires => "A rule wants another version of an installed package.",
            LintRule::Requirement => "A requirement of the lockfile is not met.",
            LintRule::RuntimeTooOld => "The runtime is older than a release wants.",
            LintRule::RuntimeAndPackagesTogether => "A runtime and packages moved in one step.",
            LintRule::LeftBehind => "A newer release of the same line resolves with the others.",
            LintRule::EndOfLife => "Support of the line is over.",
            LintRule::Unknown => "The catalog cannot know what is installed.",
        }
    }

    /// How much its findings weigh; what an earlier lockfile broke already weighs less.
    #[must_use]
    pub const fn severity(self) -> LintSeverity {
        match self {
            LintRule::LeftBehind | LintRule::RuntimeAndPackagesTogether | LintRule::Unknown => {
                LintSeverity::Warning
            }
            LintRule::EndOfLife => LintSeverity::Note,
            _ => LintSeverity::Error,
        }
    }

    /// The rule of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
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
        for finding in self.findings.iter_mut().chain(&mut self.accepted) {
            let mut specs = new.specs();
            let spec = specs.find(|spec| spec.name() == finding.package);
            finding.line = spec.map(|spec| spec.line());
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

    /// The package, runtime or gem of the lockfile that it speaks of.
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
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
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
