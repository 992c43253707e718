//! Why a version is chosen and no newer one: data first, words second.

use crate::name::Name;
use crate::version::Version;
use std::fmt;

/// Why a package has its version after a step, and no newer one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Because {
    /// There is no newer release to enter.
    Newest,
    /// No installed package requires it any longer.
    Unneeded,
    /// Requested by the user.
    Asked,
    /// It goes down in a repair.
    Repair {
        /// What of it does not go together now; `None` where it follows others down.
        breach: Option<Box<super::Breach>>,
    },
    /// A runtime: no lower line allows the steps that follow.
    LowestThatWillDo,
    /// It cannot be more than one line further in this step.
    OneLinePerStep {
        /// The line on whose newest it stands.
        line: String,
    },
    /// No edge of the catalog leads there from where it stood.
    NoEdge {
        /// Where it stood.
        from: Version,
        /// The newer version.
        version: Version,
    },
    /// A gate is shut.
    Gate {
        /// The line behind it.
        line: String,
        /// The rule.
        rule: Name,
        /// Its reason.
        why: String,
    },
    /// A newer version requires something that this state does not have.
    Needs {
        /// The newer version.
        version: Version,
        /// What it needs.
        on: Name,
        /// Of which version.
        requirement: String,
    },
    /// A package of this state excludes a newer version.
    Refused {
        /// The newer version.
        version: Version,
        /// What refuses it.
        by: Name,
        /// The version of that.
        by_version: Version,
        /// What that requires.
        requirement: String,
    },
    /// A rule of the catalog forbids the newer version in this state.
    Rule {
        /// The newer version.
        version: Version,
        /// The rule.
        rule: Name,
        /// Its reason.
        why: String,
    },
    /// A pin of the user.
    Pinned {
        /// The newer version.
        version: Version,
        /// The pin.
        requirement: String,
    },
    /// A package outside the catalog excludes a newer version.
    Held {
        /// The newer version.
        version: Version,
        /// The package that excludes it.
        by: String,
        /// What it requires.
        requirement: String,
    },
    /// Newer releases are younger than the minimum age.
    TooYoung {
        /// The newer version.
        version: Version,
    },
    /// A plan through the newer version would need more steps.
    DeadEnd {
        /// The newer version.
        version: Version,
    },
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Because::Newest => f.write_str("the newest release"),
            Because::Unneeded => f.write_str("no longer required"),
            Because::Repair { breach: None } => f.write_str("downgraded with the others"),
            Because::Repair {
                breach: Some(breach),
            } => write!(f, "{breach}"),
            Because::Asked => f.write_str("requested"),
            Because::LowestThatWillDo => f.write_str("the lowest line that the next steps allow"),
            Because::OneLinePerStep { line } => {
                write!(f, "the newest of {line}; one line per step")
            }
            Because::NoEdge { from, version } => {
                write!(f, "no update leads from {from} to {version}")
            }
            Because::Gate { line, why, .. } => write!(f, "{line} is not allowed yet: {why}"),
            Because::Needs {
                version,
                on,
                requirement,
            } => write!(f, "{version} requires {on} {requirement}"),
            Because::Refused {
                version,
                by,
                by_version,
                requirement,
            } => write!(
                f,
                "{version} is excluded: {by} {by_version} requires {requirement}"
            ),
            Because::Rule { version, why, .. } => write!(f, "{version} is excluded: {why}"),
            Because::Pinned {
                version,
                requirement,
            } => write!(f, "{version} is excluded by the pin {requirement}"),
            Because::Held {
                version,
                by,
                requirement,
            } => write!(f, "{version} is excluded: {by} requires {requirement}"),
            Because::TooYoung { version } => write!(f, "{version} is younger than the minimum age"),
            Because::DeadEnd { version } => {
                write!(f, "{version} and later would need more steps")
            }
        }
    }
}
