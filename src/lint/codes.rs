//! The rules of lint and how much their findings weigh.

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
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
    /// A release was entered that is known to be bad.
    Defect,
    /// A rule of the catalog requires another version of an installed package.
    Requires,
    /// A release or gem of the lockfile requires another version of an installed package.
    Requirement,
    /// The lockfile has no entry for a gem that is needed, or an entry that lists something else than
    /// its release requires.
    BrokenEntry,
    /// The runtime is older than a release requires.
    RuntimeTooOld,
    /// A runtime entered another line in one step with packages.
    RuntimeAndPackagesTogether,
    /// A newer release of the same line resolves together with the others.
    LeftBehind,
    /// A gem is locked for other platforms than before.
    PlatformVariant,
    /// Support of the line is over.
    EndOfLife,
    /// The catalog cannot know what is installed.
    Unknown,
}

impl LintRule {
    /// All of them, in the order in which one package's findings stand.
    pub const ALL: [LintRule; 19] = [
        LintRule::SkippedLine,
        LintRule::GateNotMet,
        LintRule::Downgrade,
        LintRule::Blocked,
        LintRule::Yanked,
        LintRule::Prerelease,
        LintRule::TooYoung,
        LintRule::OutsidePin,
        LintRule::Conflict,
        LintRule::Defect,
        LintRule::Requires,
        LintRule::Requirement,
        LintRule::BrokenEntry,
        LintRule::RuntimeTooOld,
        LintRule::RuntimeAndPackagesTogether,
        LintRule::LeftBehind,
        LintRule::PlatformVariant,
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
            LintRule::Defect => "defect",
            LintRule::Requires => "requires",
            LintRule::Requirement => "requirement",
            LintRule::BrokenEntry => "broken-entry",
            LintRule::RuntimeTooOld => "runtime-too-old",
            LintRule::RuntimeAndPackagesTogether => "runtime-and-packages-together",
            LintRule::LeftBehind => "left-behind",
            LintRule::PlatformVariant => "platform-variant",
            LintRule::EndOfLife => "end-of-life",
            LintRule::Unknown => "unknown",
        }
    }

    /// How much its findings weigh; what an earlier lockfile broke already weighs less.
    #[must_use]
    pub const fn severity(self) -> LintSeverity {
        match self {
            LintRule::LeftBehind | LintRule::RuntimeAndPackagesTogether | LintRule::Unknown => {
                LintSeverity::Warning
            }
            LintRule::PlatformVariant | LintRule::EndOfLife => LintSeverity::Note,
            _ => LintSeverity::Error,
        }
    }

    /// The rule of this name.
    ///
    /// ```
    /// use rungs::lint::LintRule;
    /// assert_eq!(LintRule::from_name("skipped-line"), Some(LintRule::SkippedLine));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
}
