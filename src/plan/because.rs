//! Why a version is chosen and no newer one: data first, words second.

use crate::name::Name;
use crate::version::Version;
use std::fmt;

/// Why a package stands where it stands after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Because {
    /// There is no newer release to enter.
    Newest,
    /// Nothing needs it any more.
    Unneeded,
    /// The user asked for it.
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
    /// A gate is shut.
    Gate {
        /// The line behind it.
        line: String,
        /// The rule.
        rule: Name,
        /// Its reason.
        why: String,
    },
    /// A newer version needs something that this state does not have.
    Needs {
        /// The newer version.
        version: Version,
        /// What it needs.
        on: Name,
        /// Of which version.
        requirement: String,
    },
    /// Something in this state does not admit a newer version.
    Refused {
        /// The newer version.
        version: Version,
        /// What refuses it.
        by: Name,
        /// The version of that.
        by_version: Version,
        /// What it wants instead.
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
    /// A package outside the catalog holds it.
    Held {
        /// The newer version.
        version: Version,
        /// Who holds.
        by: String,
        /// What it wants.
        requirement: String,
    },
    /// Newer releases are younger than asked for.
    TooYoung {
        /// The newer version.
        version: Version,
    },
    /// From the newer version the target is out of reach in so many steps.
    DeadEnd {
        /// The newer version.
        version: Version,
    },
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Because::Newest => f.write_str("the newest there is"),
            Because::Unneeded => f.write_str("nothing needs it any more"),
            Because::Repair { breach: None } => f.write_str("it follows the others down"),
            Because::Repair {
                breach: Some(breach),
            } => write!(f, "{breach}"),
            Because::Asked => f.write_str("asked for"),
            Because::LowestThatWillDo => f.write_str("the lowest line that the next steps allow"),
            Because::OneLinePerStep { line } => {
                write!(f, "the newest of {line}; one line per step")
            }
            Because::Gate { line, why, .. } => write!(f, "{line} is not entered yet: {why}"),
            Because::Needs {
                version,
                on,
                requirement,
            } => write!(f, "{version} needs {on} {requirement}"),
            Because::Refused {
                version,
                by,
                by_version,
                requirement,
            } => write!(f, "{by} {by_version} wants {requirement}, not {version}"),
            Because::Rule { version, why, .. } => write!(f, "not {version}: {why}"),
            Because::Pinned {
                version,
                requirement,
            } => write!(f, "the pin {requirement} keeps it from {version}"),
            Because::Held {
                version,
                by,
                requirement,
            } => write!(f, "{by} wants {requirement}, not {version}"),
            Because::TooYoung { version } => write!(f, "{version} is too young"),
            Because::DeadEnd { version } => {
                write!(f, "from {version} the target cannot be reached in time")
            }
        }
    }
}
