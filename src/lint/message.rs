//! What a finding states and what helps, as data; `words` has the sentences.

use crate::date::Date;
use crate::plan::{Bundle, KnownDefect};
use crate::planner::EntryFault;

/// What is wrong with a change, or worth knowing. `to_string` gives a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LintMessage {
    /// Lines with a fit release are passed over.
    SkippedLines {
        /// The package.
        package: String,
        /// The lines, the lowest first.
        lines: Vec<String>,
    },
    /// No edge of the catalog leads from one version to the other.
    NoEdge {
        /// The package.
        package: String,
        /// The version that is left.
        from: String,
        /// The version that is entered.
        to: String,
    },
    /// A line is entered from a version that a gate forbids.
    GateNotMet {
        /// The package.
        package: String,
        /// The line that is entered.
        line: String,
        /// The version that is left.
        from: String,
        /// The version or requirement that the gate asks for.
        wanted: String,
        /// The gate's reason.
        why: String,
    },
    /// A package becomes older.
    Downgraded {
        /// The package.
        package: String,
        /// The version that is entered.
        to: String,
        /// The reason of the rule that is no longer broken, where that is so.
        ends: Option<String>,
    },
    /// A rule blocks the release.
    Blocked {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// The rule's reason.
        why: String,
        /// The package and version beside which the release may be used.
        allowed_with: Option<(String, String)>,
    },
    /// The release was yanked.
    Yanked {
        /// The package.
        package: String,
        /// Its version.
        version: String,
    },
    /// The release is a prerelease.
    Prerelease {
        /// The package.
        package: String,
        /// Its version.
        version: String,
    },
    /// The release is younger than the minimum age.
    TooYoung {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// The day of the release.
        released: Date,
        /// The minimum age in days; 0 where it was not released at all on the day.
        min_age: u32,
        /// The day asked for.
        day: Option<Date>,
    },
    /// The version is outside its pin.
    OutsidePin {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// The pin.
        pin: String,
    },
    /// A requirement of a release, a gem or a rule is not met.
    Requires {
        /// The package or gem that requires it.
        package: String,
        /// Its version.
        version: String,
        /// The package or runtime that is required.
        on: String,
        /// The requirement.
        requirement: String,
        /// The version that is installed instead.
        found: String,
        /// The rule's reason, where it is a rule's requirement.
        why: Option<String>,
    },
    /// Two packages resolve together and do not run.
    Conflict {
        /// The package of the rule.
        package: String,
        /// Its version.
        version: String,
        /// The other package.
        with: String,
        /// The version of that.
        found: String,
        /// The rule's reason.
        why: String,
    },
    /// The release is known to be bad.
    Defect(Box<KnownDefect>),
    /// The entry of a gem contradicts its release.
    BrokenEntry {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// What is wrong with the entry.
        faults: Vec<EntryFault>,
    },
    /// A package that is needed has no entry.
    Missing {
        /// The gem and its version that requires it; `None` for the section DEPENDENCIES.
        by: Option<(String, String)>,
        /// The package.
        package: String,
    },
    /// A runtime enters another line together with packages.
    Together {
        /// The runtime.
        runtime: String,
        /// One of the packages.
        package: String,
        /// The number of other packages.
        others: usize,
    },
    /// A package could move further within its line.
    LeftBehind {
        /// The package.
        package: String,
        /// Where the change stops.
        from: String,
        /// The release that resolves with the others.
        to: String,
    },
    /// A platform of the lockfile has no variant of a gem.
    NoVariant {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// The platform.
        platform: String,
        /// The platforms of the variants.
        locked: Vec<String>,
    },
    /// A gem is no longer built from source.
    Precompiled {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// The platforms of the variants.
        locked: Vec<String>,
    },
    /// A gem is locked for other platforms than before.
    OtherPlatforms {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// The platforms of the variants.
        locked: Vec<String>,
        /// The platforms before.
        before: Vec<String>,
    },
    /// Support of the line is over.
    EndOfLife {
        /// The package or runtime.
        package: String,
        /// The line.
        line: String,
        /// The last day of support, where it is known.
        until: Option<Date>,
    },
    /// The catalog does not have the version.
    NotInCatalog {
        /// The package or runtime.
        package: String,
        /// The version or line.
        version: String,
        /// The day up to which the catalog covers releases.
        horizon: Date,
    },
    /// The package comes from a git repository or a folder.
    Foreign {
        /// The package.
        package: String,
        /// A git repository? If not, a folder.
        is_git: bool,
    },
}

/// What to do about a finding. `to_string` gives a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LintHelp {
    /// Use a newer catalog or an overlay.
    NewerCatalog,
    /// Run one command that moves several packages together.
    Command {
        /// The command and the lines that it needs in the Gemfile.
        bundle: Box<Bundle>,
        /// What the result requires of runtimes.
        runtimes: Vec<(String, String)>,
    },
    /// Take an entry from a lockfile that Bundler wrote.
    RestoreEntry {
        /// The gem that Bundler would upgrade otherwise.
        gem: String,
    },
    /// Lock a variant for a platform.
    AddPlatform {
        /// The platform.
        platform: String,
    },
    /// Keep the variant that is built from source.
    KeepSource {
        /// Its platform.
        platform: String,
    },
    /// Move a runtime in a step of its own.
    OwnStep {
        /// The runtime.
        runtime: String,
    },
    /// Upgrade a runtime first.
    UpgradeRuntime {
        /// The runtime.
        runtime: String,
    },
    /// Upgrade to a line first.
    NextLine {
        /// The line.
        line: String,
    },
    /// Deploy a version first.
    DeployFirst {
        /// The package.
        package: String,
        /// The version or requirement.
        version: String,
    },
}
