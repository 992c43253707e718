//! Which of the plans of one length is the best.

use super::States;
use super::mask::Mask;
use crate::catalog::Role;
use crate::planner::problem::{Problem, Variable};

/// Whether one plan of as many steps comes before another in the order of the objective.
pub(in crate::planner) fn is_better(problem: &Problem<'_>, one: &States, other: &States) -> bool {
    let (few, many) = (lazy_moves(problem, one), lazy_moves(problem, other));
    let mut order = objective(problem, one.len() - 1).into_iter();
    let first = order.find(|(step, at, _)| one[*step][*at] != other[*step][*at]);
    let newer = first.is_some_and(|(step, at, first)| {
        first.prefers(&problem.variables[at], one[step][at], other[step][at])
    });
    few < many || few == many && newer
}

/// How often packages move that must move as little as they can.
pub(super) fn lazy_moves(problem: &Problem<'_>, states: &States) -> usize {
    let moves = |at: &usize| {
        states
            .windows(2)
            .filter(|it| it[0][*at] != it[1][*at])
            .count()
    };
    problem.lazy.iter().map(moves).sum()
}

/// Which value of a variable comes first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    Newest,
    Lowest,
    /// Where it is before the first step, else the newest of the lowest line.
    Standing,
}

impl First {
    /// The first of a set that is not empty.
    pub(super) fn of<M: Mask>(self, variable: &Variable, mask: M) -> usize {
        match self {
            First::Newest => mask.highest(),
            First::Lowest => mask.lowest(),
            First::Standing if mask.has(variable.first()) => variable.first(),
            First::Standing => {
                let lowest = mask.lowest();
                let line = variable.lines[lowest];
                let of_line = mask.bits().take_while(|bit| variable.lines[*bit] == line);
                of_line.last().filter(|_| line.is_some()).unwrap_or(lowest)
            }
        }
    }

    /// Whether one of two different values comes before the other.
    fn prefers(self, variable: &Variable, one: usize, other: usize) -> bool {
        let stands = variable.first();
        match self {
            First::Newest => one > other,
            First::Lowest => one < other,
            First::Standing if one == stands || other == stands => one == stands,
            First::Standing => {
                let line = variable.lines[one];
                let is_same = line.is_some() && line == variable.lines[other];
                (one > other) == is_same
            }
        }
    }
}

/// (step, variable, which value first), in the order of the objective: the targets at the end, the runtimes
/// at the end, early runtimes after each step, the packages at the end that nobody asks about, stepped
/// packages at the end and on the way, then followers likewise.
pub(super) fn objective(problem: &Problem<'_>, last: usize) -> Vec<(usize, usize, First)> {
    let mut order = Vec::with_capacity((last + 1) * problem.variables.len());
    order.extend(problem.targets.iter().map(|at| (last, *at, First::Newest)));
    // One step that settles what is there moves no runtime that need not move.
    let early = |at: &&usize| last > 1 && problem.variables[**at].early;
    let late = || problem.runtimes.iter().filter(|at| !early(at));
    order.extend(late().map(|at| (last, *at, First::Lowest)));
    for step in 1..=last {
        let soon = problem.runtimes.iter().filter(early);
        order.extend(soon.map(|at| (step, *at, First::Newest)));
    }
    let unasked = &problem.unasked;
    order.extend(unasked.iter().map(|at| (last, *at, First::Standing)));
    for stepped in [true, false] {
        let is_of = |at: &&usize| (problem.variables[**at].role == Role::Stepped) == stepped;
        let is_package = |at: &&usize| problem.variables[**at].role != Role::Runtime;
        let targets = problem.targets.iter().filter(is_of).filter(is_package);
        let rest = problem.packages.iter().filter(is_of);
        let rest = rest.filter(|at| !problem.targets.contains(at) && !unasked.contains(at));
        let variables: Vec<usize> = targets.chain(rest).copied().collect();
        for step in std::iter::once(last).chain(1..last) {
            order.extend(variables.iter().map(|at| (step, *at, First::Newest)));
        }
    }
    for step in 1..last {
        order.extend(late().map(|at| (step, *at, First::Lowest)));
        order.extend(unasked.iter().map(|at| (step, *at, First::Standing)));
    }
    order
}
