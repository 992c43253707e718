//! The search for the one best plan of a given number of steps.
//!
//! A plan of k steps is a constraint problem over (step, variable). Propagation only removes values
//! that stand in no solution, so the first solution of a depth-first search that fixes variables in
//! the order of the objective, best value first, is the optimum; nothing else is relied upon.

use super::problem::{ABSENT, Mask, Problem, Variable};
use crate::catalog::Role;

/// What a search did, and the end of patience.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    pub(super) revisions: u64,
    pub(super) nodes: u64,
    limit: u64,
}

impl Work {
    pub(super) fn up_to(limit: u64) -> Self {
        Work {
            revisions: 0,
            nodes: 0,
            limit,
        }
    }

    pub(super) fn is_spent(self) -> bool {
        self.revisions > self.limit
    }
}

/// One value per step and variable; step 0 is the snapshot.
pub(super) type States = Vec<Vec<usize>>;

pub(super) struct Search<'a> {
    problem: &'a Problem<'a>,
    steps: usize,
    width: usize,
    order: Vec<(usize, usize, bool)>,
    /// Steps that lie before the first one.
    offset: usize,
    pub(super) work: Work,
}

/// What is left of the values of each variable after each step.
#[derive(Clone)]
pub(super) struct Domains {
    masks: Vec<Mask>,
    changed: Vec<u64>,
}

impl<'a> Search<'a> {
    /// A search for plans of `steps` steps; `first` are the variables that are compared first.
    pub(super) fn new(problem: &'a Problem<'a>, steps: usize, work: Work) -> Self {
        Search {
            problem,
            steps,
            width: problem.variables.len(),
            order: Vec::new(),
            offset: 0,
            work,
        }
    }

    /// (step, variable, newest first), in the order of the objective: the targets at the end, the
    /// runtimes at the end, stepped packages at the end and on the way, then followers likewise.
    fn objective(&self) -> Vec<(usize, usize, bool)> {
        let problem = self.problem;
        let mut order = Vec::new();
        let last = self.steps;
        order.extend(problem.targets.iter().map(|at| (last, *at, true)));
        order.extend(problem.runtimes.iter().map(|at| (last, *at, false)));
        for role in [Role::Stepped, Role::Follower] {
            let is_of = |at: &&usize| problem.variables[**at].role == role;
            let targets = problem.targets.iter().filter(is_of);
            let rest = problem.packages.iter().filter(is_of);
            let rest = rest.filter(|at| !problem.targets.contains(at));
            let variables: Vec<usize> = targets.chain(rest).copied().collect();
            for step in std::iter::once(last).chain(1..last) {
                order.extend(variables.iter().map(|at| (step, *at, true)));
            }
        }
        for step in 1..last {
            order.extend(problem.runtimes.iter().map(|at| (step, *at, false)));
        }
        order
    }

    /// Whether one plan of as many steps comes before another in the order of the objective.
    pub(super) fn is_better(problem: &Problem<'_>, one: &States, other: &States) -> bool {
        let search = Search::new(problem, one.len() - 1, Work::up_to(0));
        let order = search.objective();
        let first = order
            .iter()
            .find(|(step, at, _)| one[*step][*at] != other[*step][*at]);
        first.is_some_and(|(step, at, newest)| (one[*step][*at] > other[*step][*at]) == *newest)
    }

    /// The domains before any choice; `None` when no plan of so many steps exists.
    pub(super) fn root(&mut self) -> Option<Domains> {
        let mut masks = Vec::with_capacity((self.steps + 1) * self.width);
        masks.extend(self.problem.variables.iter().map(|variable| variable.start));
        for step in 1..=self.steps {
            for variable in &self.problem.variables {
                let target = if step == self.steps {
                    variable.target
                } else {
                    Mask::MAX
                };
                masks.push(variable.domain & target);
            }
        }
        let mut domains = self.fresh(masks);
        self.propagate(&mut domains).then_some(domains)
    }

    /// The number of steps before which the target is out of reach even for each package alone;
    /// `None` when it stays out of reach for ever.
    ///
    /// Each layer has at least the values that can be met after so many steps. Layers only grow,
    /// since a state may stand still; when one equals the last, all later ones do too.
    pub(super) fn reach(problem: &'a Problem<'a>, work: &mut Work) -> Option<usize> {
        let start = problem.variables.iter().map(|variable| variable.start);
        let mut before: Vec<Mask> = start.collect();
        for step in 1.. {
            let layer = |target: bool, work: &mut Work| {
                let mut search = Search::new(problem, 1, *work);
                search.offset = step - 1;
                let mut masks = before.clone();
                masks.extend(problem.variables.iter().map(|variable| {
                    variable.domain & if target { variable.target } else { Mask::MAX }
                }));
                let mut domains = search.fresh(masks);
                let fits = search.propagate(&mut domains);
                *work = search.work;
                (fits || work.is_spent()).then(|| domains.masks.split_off(search.width))
            };
            let next = layer(false, work)?;
            let mut targets = problem.variables.iter().zip(&next);
            let alone = targets.all(|(variable, mask)| variable.target & mask != 0);
            if alone && layer(true, work).is_some() {
                return Some(step);
            }
            if next == before {
                return None;
            }
            before = next;
        }
        None
    }

    fn fresh(&self, masks: Vec<Mask>) -> Domains {
        let all = if self.width >= 64 {
            u64::MAX
        } else {
            (1 << self.width) - 1
        };
        Domains {
            masks,
            changed: vec![all; self.steps + 1],
        }
    }

    /// The best plan from the domains of [`Search::root`]; `None` if there is none or the work is
    /// spent.
    pub(super) fn solve(&mut self, root: Domains) -> Option<States> {
        self.order = self.objective();
        self.descend(root, 0)
    }

    fn descend(&mut self, mut domains: Domains, mut depth: usize) -> Option<States> {
        loop {
            if self.work.is_spent() {
                return None;
            }
            let Some((step, at, newest)) = self.order.get(depth).copied() else {
                return self.finish(&domains);
            };
            let slot = step * self.width + at;
            let mask = domains.masks[slot];
            if mask.is_power_of_two() {
                depth += 1;
                continue;
            }
            let bit = if newest {
                Mask::BITS - 1 - mask.leading_zeros()
            } else {
                mask.trailing_zeros()
            };
            self.work.nodes += 1;
            let mut child = domains.clone();
            child.masks[slot] = 1 << bit;
            child.changed[step] |= 1 << at;
            if self.propagate(&mut child) {
                if let Some(states) = self.descend(child, depth + 1) {
                    return Some(states);
                }
            }
            domains.masks[slot] = mask & !(1 << bit);
            domains.changed[step] |= 1 << at;
            if !self.propagate(&mut domains) {
                return None;
            }
        }
    }

    /// All is fixed: is every present package needed?
    fn finish(&self, domains: &Domains) -> Option<States> {
        let problem = self.problem;
        for step in 1..=self.steps {
            let value = |at: usize| domains.masks[step * self.width + at].trailing_zeros() as usize;
            let mut needed: u64 = 0;
            let mut open: Vec<usize> = problem
                .packages
                .iter()
                .copied()
                .filter(|at| !problem.variables[*at].optional)
                .collect();
            while let Some(at) = open.pop() {
                if needed >> at & 1 == 1 {
                    continue;
                }
                needed |= 1 << at;
                let demands = problem.variables[at].demands[value(at)];
                open.extend(
                    problem
                        .packages
                        .iter()
                        .copied()
                        .filter(|on| demands >> on & 1 == 1),
                );
            }
            let idle = |at: &usize| value(*at) != 0 && needed >> at & 1 == 0;
            if problem.packages.iter().any(idle) {
                return None;
            }
        }
        Some(
            domains
                .masks
                .chunks(self.width)
                .map(|masks| {
                    masks
                        .iter()
                        .map(|mask| mask.trailing_zeros() as usize)
                        .collect()
                })
                .collect(),
        )
    }

    fn propagate(&mut self, domains: &mut Domains) -> bool {
        let runtimes = self
            .problem
            .runtimes
            .iter()
            .fold(0, |mask, at| mask | 1 << at);
        while let Some(step) = domains.changed.iter().position(|changed| *changed != 0) {
            if self.work.is_spent() {
                return false;
            }
            let mut changed: u64 = 0;
            // First the state by itself, as long as it changes.
            while domains.changed[step] != 0 {
                let fresh = std::mem::take(&mut domains.changed[step]);
                changed |= fresh;
                if step > 0 && !(self.state(domains, step, fresh) && self.presence(domains, step)) {
                    return false;
                }
            }
            if step > 0 && !self.transition(domains, step, changed) {
                return false;
            }
            if step < self.steps {
                let gates = if changed & runtimes != 0 {
                    self.problem.gated
                } else {
                    0
                };
                if !self.transition(domains, step + 1, changed | gates) {
                    return false;
                }
            }
        }
        true
    }

    /// Sets a domain; `false` when nothing is left.
    fn set(&self, domains: &mut Domains, step: usize, at: usize, mask: Mask) -> bool {
        let slot = step * self.width + at;
        if domains.masks[slot] != mask {
            domains.masks[slot] = mask;
            domains.changed[step] |= 1 << at;
        }
        mask != 0
    }

    /// What packages and runtimes want of one another in one state.
    fn state(&mut self, domains: &mut Domains, step: usize, changed: u64) -> bool {
        let problem = self.problem;
        let base = step * self.width;
        for edge in &problem.requirements {
            if (changed >> edge.from | changed >> edge.on) & 1 == 0 {
                continue;
            }
            self.work.revisions += 1;
            let (from, on) = (
                domains.masks[base + edge.from],
                domains.masks[base + edge.on],
            );
            let (mut left, mut right) = (0, 0);
            for (mask, allowed) in &edge.groups {
                if from & mask != 0 && on & allowed != 0 {
                    left |= from & mask;
                    right |= on & allowed;
                }
            }
            let fits =
                self.set(domains, step, edge.from, left) && self.set(domains, step, edge.on, right);
            if !fits {
                return false;
            }
        }
        self.nogoods(domains, step)
    }

    /// Where all but one of the values of a nogood stand, the last one must not.
    ///
    /// The states of a nogood that stand for certain are looked for as early as they can be, and as
    /// late; between those before and those after it, none may be the one that is left.
    fn nogoods(&mut self, domains: &mut Domains, step: usize) -> bool {
        let problem = self.problem;
        for nogood in &problem.nogoods {
            self.work.revisions += 1;
            let last = nogood.len() - 1;
            if last == 0 {
                if !self.forbid(domains, step, &nogood[0]) {
                    return false;
                }
                continue;
            }
            let stands = |domains: &Domains, step: usize, state: &[(usize, Mask)]| {
                let base = step * self.width;
                let mut values = state.iter();
                values.all(|(at, values)| domains.masks[base + at] & !values == 0)
            };
            // After which step all states before one stand, and before which all after it.
            let mut after = vec![Some(0); nogood.len()];
            for at in 0..last {
                after[at + 1] = after[at].and_then(|after| {
                    let mut later = after + 1..=self.steps;
                    later.find(|step| stands(domains, *step, &nogood[at]))
                });
            }
            let mut before = vec![Some(self.steps + 1); nogood.len()];
            for at in (0..last).rev() {
                before[at] = before[at + 1].and_then(|before| {
                    let mut earlier = (1..before).rev();
                    earlier.find(|step| stands(domains, *step, &nogood[at + 1]))
                });
            }
            for (at, state) in nogood.iter().enumerate() {
                let (Some(after), Some(before)) = (after[at], before[at]) else {
                    continue;
                };
                for step in after + 1..before {
                    self.work.revisions += 1;
                    if !self.forbid(domains, step, state) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Not all of these may stand in a state.
    fn forbid(&self, domains: &mut Domains, step: usize, state: &[(usize, Mask)]) -> bool {
        let base = step * self.width;
        let mut open = state
            .iter()
            .filter(|(at, values)| domains.masks[base + at] & !values != 0);
        match (open.next(), open.next()) {
            (None, _) => false,
            (Some((at, values)), None) => {
                let rest = domains.masks[base + at] & !values;
                self.set(domains, step, *at, rest)
            }
            _ => true,
        }
    }

    /// A package that nothing can need is absent.
    fn presence(&mut self, domains: &mut Domains, step: usize) -> bool {
        let problem = self.problem;
        let base = step * self.width;
        let mut wanted: u64 = 0;
        for at in &problem.packages {
            let mut mask = domains.masks[base + at];
            let demands = &problem.variables[*at].demands;
            while mask != 0 {
                wanted |= demands[mask.trailing_zeros() as usize];
                mask &= mask - 1;
            }
        }
        for at in &problem.packages {
            if problem.variables[*at].optional && wanted >> at & 1 == 0 {
                let mask = domains.masks[base + at] & ABSENT;
                if !self.set(domains, step, *at, mask) {
                    return false;
                }
            }
        }
        true
    }

    /// What may follow what between two states.
    fn transition(&mut self, domains: &mut Domains, step: usize, changed: u64) -> bool {
        let problem = self.problem;
        let (before, after) = ((step - 1) * self.width, step * self.width);
        let mut open = changed;
        while open != 0 {
            let at = open.trailing_zeros() as usize;
            open &= open - 1;
            let variable = &problem.variables[at];
            if variable.is_floating() {
                continue;
            }
            self.work.revisions += 1;
            let (old, new) = (domains.masks[before + at], domains.masks[after + at]);
            let (mut left, mut right) = (0, 0);
            let mut rest = 0;
            if let (Some(repair), 1) = (&problem.repair, self.offset + step) {
                right = new & repair.allowed(at);
                left = if right == 0 { 0 } else { old };
            } else if variable.is_free {
                (left, right) = free_moves(variable, old, new);
            } else {
                rest = old;
            }
            while rest != 0 {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                let mut next = variable.next[bit];
                let gated = &variable.gated[bit];
                if gated.next & new != 0 {
                    let open = gated.newer.iter().all(|runtimes| {
                        runtimes
                            .iter()
                            .any(|(runtime, admits)| domains.masks[before + runtime] & !admits != 0)
                    });
                    if open {
                        next |= gated.next;
                    }
                }
                if next & new != 0 {
                    left |= 1 << bit;
                    right |= next & new;
                }
            }
            if !self.set(domains, step - 1, at, left) || !self.set(domains, step, at, right) {
                return false;
            }
        }
        self.kind(domains, step)
    }

    /// Either packages move in a step, or one runtime.
    fn kind(&mut self, domains: &mut Domains, step: usize) -> bool {
        let problem = self.problem;
        let (before, after) = ((step - 1) * self.width, step * self.width);
        let must_move = |domains: &Domains, at: usize| {
            domains.masks[before + at] & domains.masks[after + at] == 0
        };
        let mover = problem
            .runtimes
            .iter()
            .copied()
            .find(|at| must_move(domains, *at));
        let packages_move = problem.packages.iter().any(|at| must_move(domains, *at));
        if mover.is_none() && !packages_move {
            return true;
        }
        let packages: &[usize] = if mover.is_some() {
            &problem.packages
        } else {
            &[]
        };
        let runtimes = problem.runtimes.iter().filter(|at| Some(**at) != mover);
        for at in packages.iter().chain(runtimes) {
            let both = domains.masks[before + at] & domains.masks[after + at];
            if !self.set(domains, step - 1, *at, both) || !self.set(domains, step, *at, both) {
                return false;
            }
        }
        true
    }
}

/// What is left of two domains in a row where a variable may move to anything newer.
fn free_moves(variable: &Variable, old: Mask, new: Mask) -> (Mask, Mask) {
    let enter = variable.enter & variable.domain;
    let leave = if variable.optional { ABSENT } else { 0 };
    let present = old & !ABSENT;
    let (mut left, mut right) = (0, 0);
    if present != 0 {
        let up_to_lowest = present ^ (present - 1);
        right |= (enter & !up_to_lowest | present | leave) & new;
        let targets = enter & new;
        left |= if leave & new != 0 {
            present
        } else if targets == 0 {
            present & new
        } else {
            let highest: Mask = 1 << (Mask::BITS - 1 - targets.leading_zeros());
            present & (new | (highest - 1))
        };
    }
    if old & ABSENT != 0 && (enter | leave) & new != 0 {
        left |= ABSENT;
        right |= (enter | leave) & new;
    }
    (left, right)
}
