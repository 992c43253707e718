//! Why a package has its version, and why no plan is shorter.

use crate::plan::{Because, Minimality, RuntimeNeed};
use std::fmt;

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
            Because::NotAsked => {
                f.write_str("no target is of its catalog, so it moves only where a step needs it")
            }
            Because::AsEarlyAndFarAsItCan => {
                f.write_str("as soon as it can move, to the newest line that the next steps allow")
            }
            Because::LowestThatWillDo => f.write_str("the lowest line that the next steps allow"),
            Because::RuntimeNeeded { step, need } => write!(f, "for step {step}: {need}"),
            Because::RuntimeAllowed { need, lines } => {
                match need {
                    Some(need) => need.fmt(f)?,
                    None => f.write_str("no package requires a version")?,
                }
                match lines.as_slice() {
                    [] => f.write_str("; no known line meets all packages of this step"),
                    [one] => write!(f, "; only {one} is allowed"),
                    [first, .., last] => write!(f, "; {first} to {last} are allowed"),
                }
            }
            Because::Lockstep { with } => write!(f, "the version of {with}"),
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
            Because::Drops { version, package } => write!(
                f,
                "{version} no longer requires {package}, which would be removed"
            ),
            Because::DeadEnd { version } => {
                write!(f, "{version} and later would need more steps")
            }
        }
    }
}

/// `karafka 2.6.0 requires >= 3.2.0`.
impl fmt::Display for RuntimeNeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RuntimeNeed { by, by_version, .. } = self;
        write!(f, "{by} {by_version} requires {}", self.requirement)
    }
}

impl fmt::Display for Minimality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Minimality::Lines {
                package,
                lines,
                others,
            } => {
                match lines {
                    1 => write!(f, "{package} enters 1 line")?,
                    n => write!(f, "{package} enters {n} lines, one per step")?,
                }
                match others {
                    0 => Ok(()),
                    1 => f.write_str(", plus 1 step in which it cannot enter a line"),
                    n => write!(f, ", plus {n} steps in which it cannot enter a line"),
                }
            }
            Minimality::Moves { package, moves } => {
                write!(f, "{package} gets there in no fewer than {moves} moves")
            }
            Minimality::OneStep => f.write_str("no change takes less than one step"),
            Minimality::Exhausted { steps } => {
                write!(
                    f,
                    "the search was exhaustive: no plan of {steps} steps exists"
                )
            }
        }
    }
}
