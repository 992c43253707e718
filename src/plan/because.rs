//! Why a version is chosen and no newer one.

use crate::name::Name;
use crate::version::{Requirement, Version};
use std::sync::Arc;

/// What a package requires of a runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeNeed {
    /// The package.
    pub by: Name,
    /// Its version.
    pub by_version: Version,
    /// What it requires.
    pub requirement: String,
}

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
    /// No target is of its family: it moves only where a step needs it.
    NotAsked,
    /// It goes down in a repair.
    Repair {
        /// What of it does not go together now; `None` where it follows others down.
        breach: Option<Box<super::Breach>>,
    },
    /// A runtime: no lower line allows the steps that follow.
    LowestThatWillDo,
    /// A runtime that moves early: no newer line allows the steps that follow.
    AsEarlyAndFarAsItCan,
    /// A runtime that a later step requires to be newer, or this one where it moves first.
    RuntimeNeeded {
        /// The step.
        step: usize,
        /// What requires it.
        need: RuntimeNeed,
    },
    /// A runtime that no step requires to move.
    RuntimeAllowed {
        /// Of the packages of this state the one that requires the newest; `None` where none requires any.
        need: Option<RuntimeNeed>,
        /// The lines with a release that the packages of this state allow.
        lines: Vec<String>,
    },
    /// It has the version of another package in each state.
    Lockstep {
        /// The first package that has it.
        with: Name,
    },
    /// It cannot be more than one line further in this step.
    OneLinePerStep {
        /// The line on whose newest it is.
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
        requirement: Arc<Requirement>,
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
        requirement: Arc<Requirement>,
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
    /// The newer version no longer requires a package that nothing else requires, so that would leave; it comes
    /// earlier in the order of the catalog.
    Drops {
        /// The newer version.
        version: Version,
        /// What would leave.
        package: Name,
    },
    /// A plan through the newer version would need more steps.
    DeadEnd {
        /// The newer version.
        version: Version,
    },
}
