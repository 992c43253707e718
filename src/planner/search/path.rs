//! A question of one package alone: its shortest way follows from sets of values, without a search.

use super::{Shortest, States, Work};
use crate::planner::limits::MAX_VALUES;
use crate::planner::problem::{Problem, Set, Variable};

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
    let Some(layers) = layers else {
        return Some(Shortest::Never);
    };
    let steps = layers.len() - 1;
    let last = layers[steps].and(&targets(variable)).highest()?;
    // From which values of each layer the last one is reached in the steps that are left.
    let mut alive = vec![Set::only(last)];
    for layer in layers[..steps].iter().rev() {
        let ahead = &alive[alive.len() - 1];
        let leads = |bit: &usize| leads(variable, *bit, ahead);
        alive.push(layer.bits().filter(leads).collect());
    }
    alive.reverse();
    let mut at = layers[0].lowest()?;
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

/// What may be met after each number of steps, up to the first that meets the target. Within `None`
/// where the target is never met; outside of it where the work is spent.
fn layers(variable: &Variable, work: &mut Work) -> Option<Option<Vec<Set>>> {
    let targets = targets(variable);
    let mut layers = vec![variable.start.clone()];
    let mut fresh = variable.start.clone();
    loop {
        let before = &layers[layers.len() - 1];
        let mut reached = before.and(&variable.domain);
        for bit in fresh.bits() {
            work.revisions += 1;
            work.nodes += 1;
            follow(variable, bit, &mut reached);
        }
        reached.keep(&variable.domain);
        if work.is_spent() {
            return None;
        }
        fresh = reached.without(before);
        let met = reached.meets(&targets);
        let stuck = reached == *before;
        layers.push(reached);
        if met {
            return Some(Some(layers));
        }
        if stuck || layers.len() > MAX_VALUES {
            return Some(None);
        }
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
    if variable.is_free {
        reached.add(&variable.next(bit));
        return;
    }
    reached.add(&variable.next[bit]);
    let gated = &variable.gated[bit];
    if gated.newer.is_empty() {
        reached.add(&gated.next);
    }
}

/// Whether one of these may follow a value.
fn leads(variable: &Variable, bit: usize, ahead: &Set) -> bool {
    if variable.is_free {
        return variable.next(bit).meets(ahead);
    }
    let gated = &variable.gated[bit];
    variable.next[bit].meets(ahead) || gated.newer.is_empty() && gated.next.meets(ahead)
}
