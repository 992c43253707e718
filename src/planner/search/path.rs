//! A question of one package alone: its shortest way follows from sets of values, without a search.

use super::{Shortest, States, Work};
use crate::planner::limits::MAX_VALUES;
use crate::planner::problem::{Next, Problem, Set, Variable};

/// The best plan where nothing but one package takes part; `None` where more does.
pub(super) fn shortest(problem: &Problem<'_>, work: &mut Work) -> Option<Shortest> {
    let [variable] = problem.variables.as_slice() else {
        return None;
    };
    let is_bound = !problem.nogoods.is_empty()
        || !problem.requirements.is_empty()
        || !problem.mixed.is_empty()
        || !problem.same.is_empty()
        || problem.repair.is_some();
    if is_bound || variable.optional || variable.is_floating() {
        return None;
    }
    let layers = layers(variable, work)?;
    let Some((fresh, last)) = layers else {
        return Some(Shortest::Never);
    };
    let steps = fresh.len();
    // From which values the last one is reached in the steps that are left. One that was met in fewer
    // steps leads to it in none of so many: it would have been met earlier.
    let mut alive = vec![Set::only(last)];
    for fresh in fresh.iter().rev() {
        let ahead = &alive[alive.len() - 1];
        let leads = |bit: &usize| leads(variable, *bit, ahead);
        alive.push(fresh.bits().filter(leads).collect());
    }
    alive.reverse();
    let mut at = alive[0].lowest()?;
    let mut states: States = vec![vec![at]];
    for ahead in &alive[1..] {
        let mut reached = Set::default();
        follow(variable, at, &mut reached);
        reached.keep(ahead);
        at = reached.highest()?;
        states.push(vec![at]);
    }
    Some(Shortest::Plan(states, steps))
}

/// What is met after each number of steps and not before, and the newest target that is met first. Within
/// `None` where no target is ever met; outside of it where the work is spent.
fn layers(variable: &Variable, work: &mut Work) -> Option<Option<(Vec<Set>, usize)>> {
    let targets = targets(variable);
    let mut reached = variable.start.clone();
    let mut layers = vec![variable.start.clone()];
    loop {
        let fresh = &layers[layers.len() - 1];
        let mut next = reached.and(&variable.domain);
        for bit in fresh.bits() {
            work.revisions += 1;
            work.nodes += 1;
            follow(variable, bit, &mut next);
        }
        next.keep(&variable.domain);
        if work.is_spent() {
            return None;
        }
        if let Some(last) = next.and(&targets).highest() {
            return Some(Some((layers, last)));
        }
        if next == reached || layers.len() > MAX_VALUES {
            return Some(None);
        }
        layers.push(next.without(&reached));
        reached = next;
    }
}

fn targets(variable: &Variable) -> Set {
    match &variable.target {
        Some(target) => target.and(&variable.domain),
        None => variable.domain.clone(),
    }
}

/// Adds what may follow a value. No runtime takes part, so a gate is open or it is not.
fn follow(variable: &Variable, bit: usize, reached: &mut Set) {
    match &variable.next {
        Next::Newer | Next::Groups(_) => reached.add(&variable.next(bit)),
        Next::Edges(runs) => {
            reached.insert(bit);
            for (from, to) in runs.of(bit) {
                reached.insert_range(from, to);
            }
        }
    }
    if let Some(gated) = open_gates(variable, bit) {
        reached.add(&gated);
    }
}

/// Whether one of these may follow a value.
fn leads(variable: &Variable, bit: usize, ahead: &Set) -> bool {
    let leads = match &variable.next {
        Next::Newer | Next::Groups(_) => variable.next(bit).meets(ahead),
        Next::Edges(runs) => {
            let mut runs = runs.of(bit);
            ahead.has(bit) || runs.any(|(from, to)| ahead.meets_range(from, to))
        }
    };
    leads || open_gates(variable, bit).is_some_and(|gated| gated.meets(ahead))
}

/// What gates open from a value.
fn open_gates(variable: &Variable, bit: usize) -> Option<Set> {
    let (next, mut newer) = variable.gated(bit)?;
    newer.next().is_none().then_some(next)
}
