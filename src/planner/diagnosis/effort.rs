//! The work of all questions of an explanation, counted together.

use super::condense::Condensed;
use crate::plan::{Explained, Plan, PlanWarning};
use crate::planner::limits::{ASKED, EXPLAIN_WORK};
use std::cell::Cell;

/// What was asked so far.
pub(super) struct Effort {
    questions: Cell<u64>,
    work: Cell<u64>,
    /// It was met, and something was not asked for that reason.
    is_short: Cell<bool>,
}

impl Effort {
    pub(super) fn of(condensed: &Condensed) -> Self {
        Effort {
            questions: Cell::new(0),
            work: Cell::new(count(condensed.size)),
            is_short: Cell::new(false),
        }
    }

    /// One more question about so many constraints.
    pub(super) fn ask(&self, constraints: usize) {
        self.questions.set(self.questions.get() + 1);
        self.add(ASKED + count(constraints));
    }

    pub(super) fn add(&self, work: u64) {
        self.work.set(self.work.get().saturating_add(work));
    }

    /// Whether no more may be asked; whoever hears it goes without an answer.
    pub(super) fn is_spent(&self) -> bool {
        let is_spent = self.work.get() > EXPLAIN_WORK;
        self.is_short.set(self.is_short.get() || is_spent);
        is_spent
    }

    /// Says in a plan what was done, and where something was left undone.
    pub(super) fn told(&self, plan: &mut Plan) {
        plan.explained = Explained {
            questions: self.questions.get(),
            work: self.work.get(),
        };
        if self.is_short.get() {
            plan.warnings.push(PlanWarning::ExplanationLimit {
                revisions: EXPLAIN_WORK,
            });
        }
    }
}

fn count(constraints: usize) -> u64 {
    u64::try_from(constraints).unwrap_or(u64::MAX)
}
