//! What is wrong with an installation, and why no plan leads further.

use super::clauses::{
    PRERELEASE, YANKED, conflicts, foreign, not_in_catalog, requires, unsupported, with_reason,
};
use crate::status::{AheadReason, ProblemFact, StatusProblem};
use std::fmt;

impl fmt::Display for StatusProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fact().fmt(f)
    }
}

/// `it requires karafka-core >= 2.4.0, but 2.3.0 is installed`.
impl fmt::Display for ProblemFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProblemFact::Foreign { is_git } => write!(f, "it {}", foreign(*is_git)),
            ProblemFact::NotInCatalog { horizon } => write!(f, "it {}", not_in_catalog(*horizon)),
            ProblemFact::Prerelease => write!(f, "it {PRERELEASE}"),
            ProblemFact::Yanked => write!(f, "it {YANKED}"),
            ProblemFact::Blocked { why } => f.write_str(why),
            ProblemFact::Requires {
                on,
                requirement,
                found,
                why,
            } => {
                let clause = requires(on, requirement, found);
                write!(f, "it {}", with_reason(clause, why.as_deref()))
            }
            ProblemFact::Conflict { with, found, why } => {
                write!(f, "it {}", with_reason(conflicts(with, found), Some(why)))
            }
            ProblemFact::Defect(defect) => f.write_str(&defect.note()),
            ProblemFact::BrokenEntry(fault) => write!(f, "it {fault}"),
            ProblemFact::Ended { line, until } => match until {
                Some(until) => write!(f, "its line {line} ended on {until}"),
                None => f.write_str(&unsupported(format_args!("its line {line}"))),
            },
        }
    }
}

impl fmt::Display for AheadReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AheadReason::Constraint(constraint) => constraint.fmt(f),
            AheadReason::Beyond(warning) => warning.fmt(f),
            AheadReason::UnknownRuntime { message } => f.write_str(message),
        }
    }
}
