//! What is wrong with an installation, what lies ahead of it, and why no plan leads further.

use super::clauses::{
    PRERELEASE, YANKED, conflicts, foreign, not_in_catalog, requires, unsupported, with_reason,
};
use super::counted;
use super::titles::{gave_up, no_path, targets};
use crate::plan::Outcome;
use crate::status::{Ahead, AheadReason, ProblemFact, StatusProblem};
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
            ProblemFact::Advisory {
                why,
                cvss,
                patched,
                source,
            } => {
                let score = cvss.as_ref().map(|score| format!(", CVSS {score}"));
                let fixed = match patched.is_empty() {
                    true => String::new(),
                    false => format!("; fixed in {}", patched.join(" or ")),
                };
                write!(f, "{why}{}{fixed}: {source}", score.unwrap_or_default())
            }
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

/// How far the newest lines are, and what shows the way.
pub(crate) fn ahead(ahead: &Ahead) -> String {
    let targets = targets(ahead.targets());
    let steps = counted(ahead.steps(), "step");
    let plan = match ahead.has_index() {
        true => "`rungs plan --index`",
        false => "`rungs plan`",
    };
    let because = || {
        let texts: Vec<String> = ahead.because().iter().map(ToString::to_string).collect();
        texts.join("; ")
    };
    match ahead.outcome() {
        Outcome::AlreadyThere => "Everything is on the newest reachable versions.".to_owned(),
        Outcome::Impossible => format!("{}: {}.", no_path(&targets), because()),
        Outcome::GaveUp => format!("{}.", gave_up(&targets)),
        Outcome::Unknown if ahead.steps() == 0 => {
            format!("The upgrade path is unknown: {}.", because())
        }
        Outcome::Unknown => {
            format!("{steps} to {targets}, as far as the catalog knows. {plan} shows them.")
        }
        Outcome::Planned => format!("{steps} to {targets}. {plan} shows them."),
    }
}
