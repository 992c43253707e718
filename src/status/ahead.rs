//! What lies ahead, from the plan to the newest lines.

use super::{Ahead, AheadReason};
use crate::error::{ErrorCode, Result};
use crate::plan::{Outcome, Plan};

/// An installed runtime that the catalog does not have is a finding here, not a refusal.
pub(super) fn ahead(plan: Result<Plan>) -> Result<Ahead> {
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) if error.code() == ErrorCode::UnknownRuntime => {
            return Ok(Ahead {
                outcome: Outcome::Unknown,
                steps: 0,
                targets: Vec::new(),
                because: vec![AheadReason::UnknownRuntime {
                    message: error.message().to_owned(),
                }],
                warnings: Vec::new(),
                held: Vec::new(),
                has_index: false,
            });
        }
        Err(error) => return Err(error),
    };
    let is_unknown = plan.outcome() == Outcome::Unknown;
    let all = plan.warnings().iter().cloned();
    let (reasons, warnings): (Vec<_>, _) = all.partition(|it| is_unknown && it.is_reason());
    let because = match plan.outcome() {
        Outcome::Impossible => {
            let constraints = plan.causes().iter().flat_map(|cause| cause.constraints());
            constraints.cloned().map(AheadReason::Constraint).collect()
        }
        _ => reasons.into_iter().map(AheadReason::Beyond).collect(),
    };
    Ok(Ahead {
        outcome: plan.outcome(),
        steps: plan.steps().len(),
        targets: plan.targets().to_vec(),
        because,
        warnings,
        held: plan.held().to_vec(),
        has_index: false,
    })
}
