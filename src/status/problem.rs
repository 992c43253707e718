//! What is wrong with what is installed, as data; `words` has the sentences.

use crate::date::Date;
use crate::name::Name;
use crate::plan::KnownDefect;
use crate::planner::EntryFault;

/// Something that is wrong with what is installed, or worth knowing.
#[derive(Clone, Debug)]
pub struct StatusProblem {
    pub(super) kind: ProblemKind,
    pub(super) rule: Option<Name>,
    pub(super) fact: ProblemFact,
}

/// What is wrong, as data; `to_string` of the problem gives a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemFact {
    /// It comes from a git repository or a folder.
    Foreign {
        /// A git repository? If not, a folder.
        is_git: bool,
    },
    /// The catalog does not have it.
    NotInCatalog {
        /// The day up to which the catalog covers releases.
        horizon: Date,
    },
    /// It is a prerelease.
    Prerelease,
    /// It was yanked.
    Yanked,
    /// A rule blocks it.
    Blocked {
        /// The rule's reason.
        why: String,
    },
    /// A requirement of it, or a rule's, is not met.
    Requires {
        /// The package or runtime that is required.
        on: String,
        /// The requirement.
        requirement: String,
        /// The version that is installed instead.
        found: String,
        /// The rule's reason, where it is a rule's requirement.
        why: Option<String>,
    },
    /// It does not run with another package.
    Conflict {
        /// The other package.
        with: String,
        /// The version of that.
        found: String,
        /// The rule's reason.
        why: String,
    },
    /// It is known to be bad.
    Defect(Box<KnownDefect>),
    /// Its entry in the lockfile contradicts its release.
    BrokenEntry(EntryFault),
    /// Support of its line is over.
    Ended {
        /// The line.
        line: String,
        /// The last day of support, where it is known.
        until: Option<Date>,
    },
}

/// The kind of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The release was withdrawn.
    Yanked,
    /// A rule blocks the release.
    Blocked,
    /// It is a prerelease. No finding: somebody chose it.
    Prerelease,
    /// The catalog does not know it.
    Unknown,
    /// It comes from a git repository or a folder, so its version does not identify its contents.
    Foreign,
    /// It breaks a rule of the kind `requires` with another installed package.
    Requires,
    /// A rule of the kind `conflict` concerns the pair.
    Conflict,
    /// Its own requirement is not met by what is installed.
    Requirement,
    /// Releases of which it is one are known to be bad, and plans avoid them.
    Avoid,
    /// Releases of which it is one have a known defect. No finding: it hits some only.
    Defect,
    /// The lockfile has no entry for a gem that it needs, or lists something else than its release
    /// requires.
    BrokenEntry,
    /// Its line is past the end of life.
    Ended,
}

impl ProblemKind {
    /// The word that documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ProblemKind::Yanked => "yanked",
            ProblemKind::Blocked => "blocked",
            ProblemKind::Prerelease => "prerelease",
            ProblemKind::Unknown => "unknown",
            ProblemKind::Foreign => "foreign",
            ProblemKind::Requires => "requires",
            ProblemKind::Conflict => "conflict",
            ProblemKind::Requirement => "requirement",
            ProblemKind::Avoid => "avoid",
            ProblemKind::Defect => "defect",
            ProblemKind::BrokenEntry => "broken-entry",
            ProblemKind::Ended => "ended",
        }
    }

    /// Does a check fail on it?
    #[must_use]
    pub const fn is_finding(self) -> bool {
        !matches!(self, ProblemKind::Prerelease | ProblemKind::Defect)
    }

    /// Does it mean that the catalog cannot know?
    #[must_use]
    pub const fn is_unknown(self) -> bool {
        matches!(self, ProblemKind::Unknown | ProblemKind::Foreign)
    }
}

impl StatusProblem {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The rule that says so.
    #[must_use]
    pub fn rule(&self) -> Option<&Name> {
        self.rule.as_ref()
    }

    /// What is wrong.
    #[must_use]
    pub fn fact(&self) -> &ProblemFact {
        &self.fact
    }
}
