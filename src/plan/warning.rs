//! What a reader should know beside the steps of a plan.

use crate::date::Date;
use crate::name::Name;
use crate::version::Version;

/// A warning of a plan. Where the outcome is `unknown`, the warnings are the reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanWarning {
    /// An installed package comes from a git repository or a folder.
    ForeignSource {
        /// The package.
        package: Name,
        /// Its version.
        version: Version,
        /// How many packages that share each version with it come from there too, with it.
        packages: usize,
    },
    /// An installed version is not in the catalog.
    NotInCatalog {
        /// The package.
        package: Name,
        /// Its version.
        version: Version,
        /// The day up to which the catalog covers releases.
        horizon: Date,
    },
    /// A target, or the installed runtime, is newer than all lines of the catalog.
    BeyondCatalog {
        /// The package.
        package: Name,
        /// The line or version.
        asked: String,
        /// The newest line of the catalog.
        newest: String,
        /// The day up to which the catalog covers releases.
        horizon: Date,
    },
    /// No release of the catalog meets the requirement of a target.
    NoRelease {
        /// The package.
        package: Name,
        /// The requirement.
        requirement: String,
        /// The day up to which the catalog covers releases.
        horizon: Date,
    },
    /// An installed version is outside its pin.
    OutsidePin {
        /// The package.
        package: Name,
        /// Its version.
        version: Version,
        /// The pin.
        pin: String,
    },
    /// A property of the installation was not given, and if it were a no the plan would be shorter.
    PropertyNotTold {
        /// The property.
        property: Name,
        /// The question to a person.
        ask: String,
        /// How many steps the plan would have.
        steps: usize,
    },
    /// Whether a line can be reached is undecided within the search limit.
    UndecidedLine {
        /// The package.
        package: Name,
        /// The line.
        line: String,
    },
    /// How gems outside the catalog change is undecided within the search limit.
    UndecidedOutside {
        /// The first step of which it is undecided, from 1.
        step: usize,
    },
    /// The search limit was reached.
    WorkLimit {
        /// The limit, in revisions of a domain.
        revisions: u64,
    },
    /// The search limit of explanations was reached: causes, fixes and what has a package may name
    /// more than is needed, and fixes may be missing.
    ExplanationLimit {
        /// The limit, in revisions of a domain.
        revisions: u64,
    },
    /// No plan has up to so many steps; a longer one is not ruled out.
    StepLimit {
        /// The number of steps.
        steps: usize,
    },
    /// The search limit of states that do not resolve with the index was reached.
    StateLimit {
        /// The number of states.
        states: usize,
    },
    /// Lines of the index could not be read.
    UnreadLines {
        /// The gem.
        gem: String,
        /// The number of lines.
        count: usize,
        /// What is wrong with the first.
        first: String,
    },
    /// A release is blocked by a rule of the catalog.
    Blocked {
        /// The package.
        package: Name,
        /// Its version.
        version: Version,
        /// The rule.
        rule: Name,
        /// Its reason.
        why: String,
    },
    /// The Gemfile asks for a version that the lockfile does not have: the plan is from the lockfile.
    GemfileDiffers {
        /// The package.
        package: Name,
        /// What the Gemfile requires of it.
        requirement: String,
        /// The version in the lockfile, if it has one.
        locked: Option<Version>,
    },
    /// A step moves a gem to a release that not every RubyGems installs: with another one Bundler takes
    /// an older release, and says nothing.
    NeedsRubygems {
        /// The step, from 1.
        step: usize,
        /// The gem.
        gem: String,
        /// The release.
        version: String,
        /// What it requires of RubyGems.
        requirement: String,
    },
    /// Without an index: precompiled gems may not fit the runtime to which a step moves.
    Precompiled {
        /// The step, from 1.
        step: usize,
        /// The runtime.
        runtime: Name,
        /// Its line or version after the step.
        to: String,
        /// The gems that the lockfile has precompiled only.
        gems: Vec<String>,
    },
    /// A step enters a line for which nobody has read an upgrade guide or changelog.
    UnreadLine {
        /// The package.
        package: Name,
        /// The line.
        line: String,
    },
    /// A release was yanked.
    Yanked {
        /// The package.
        package: Name,
        /// Its version.
        version: Version,
    },
    /// A release is a prerelease.
    Prerelease {
        /// The package.
        package: Name,
        /// Its version.
        version: Version,
    },
}

impl PlanWarning {
    /// Whether it is a reason for the outcome `unknown`, and does not only say how well a line is
    /// known.
    #[must_use]
    pub const fn is_reason(&self) -> bool {
        !matches!(self, PlanWarning::UnreadLine { .. })
    }

    /// The stable code in documents.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            PlanWarning::ForeignSource { .. } => "foreign_source",
            PlanWarning::NotInCatalog { .. } => "not_in_catalog",
            PlanWarning::BeyondCatalog { .. } => "beyond_catalog",
            PlanWarning::NoRelease { .. } => "no_release",
            PlanWarning::OutsidePin { .. } => "outside_pin",
            PlanWarning::PropertyNotTold { .. } => "property_not_told",
            PlanWarning::UndecidedLine { .. } => "undecided_line",
            PlanWarning::UndecidedOutside { .. } => "undecided_outside",
            PlanWarning::WorkLimit { .. } => "work_limit",
            PlanWarning::ExplanationLimit { .. } => "explanation_limit",
            PlanWarning::StepLimit { .. } => "step_limit",
            PlanWarning::StateLimit { .. } => "state_limit",
            PlanWarning::UnreadLines { .. } => "unread_lines",
            PlanWarning::Blocked { .. } => "blocked",
            PlanWarning::GemfileDiffers { .. } => "gemfile_differs",
            PlanWarning::UnreadLine { .. } => "unread_line",
            PlanWarning::NeedsRubygems { .. } => "needs_rubygems",
            PlanWarning::Precompiled { .. } => "precompiled",
            PlanWarning::Yanked { .. } => "yanked",
            PlanWarning::Prerelease { .. } => "prerelease",
        }
    }
}
