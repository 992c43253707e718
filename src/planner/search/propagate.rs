//! What a choice rules out: states, presence, and what may follow what.

use super::edges::{Edge, Edges};
use super::mask::Mask;
use super::{Domains, Search};
use crate::planner::limits::IS_PAGE;
use crate::planner::problem::{Admitting, Gated, Group, Next, Variable};

impl<M: Mask> Search<'_, M> {
    /// Removes what can stand in no solution; `false` when nothing is left of some variable.
    pub(super) fn propagate(&mut self, domains: &mut Domains<M>) -> bool {
        let runtimes = self
            .problem
            .runtimes
            .iter()
            .fold(0, |mask, at| mask | 1 << at);
        loop {
            if self.work.is_spent() {
                return false;
            }
            let Some(step) = domains.changed.iter().position(|changed| *changed != 0) else {
                if !self.counted(domains) {
                    return false;
                }
                if domains.changed.iter().all(|changed| *changed == 0) {
                    return true;
                }
                continue;
            };
            // First the state by itself.
            let Some(changed) = self.settle(domains, step) else {
                return false;
            };
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
            if !self.problem.lazy.is_empty() && !self.lazy(domains) {
                return false;
            }
        }
    }

    /// Removes what can stand in no state by itself, as long as it changes; answers with what changed, and
    /// `None` when nothing is left.
    pub(super) fn settle(&mut self, domains: &mut Domains<M>, step: usize) -> Option<u64> {
        let mut changed: u64 = 0;
        while domains.changed[step] != 0 {
            let mut fresh = std::mem::take(&mut domains.changed[step]);
            let fits =
                step == 0 || self.state(domains, step, &mut fresh) && self.presence(domains, step);
            if !fits {
                return None;
            }
            changed |= fresh;
        }
        Some(changed)
    }

    /// Sets a domain; `false` when nothing is left.
    pub(super) fn set(&self, domains: &mut Domains<M>, step: usize, at: usize, mask: M) -> bool {
        let slot = step * self.width + at;
        // Or it would never end.
        debug_assert!(mask.is_within(domains.masks[slot]), "a domain grows");
        if domains.masks[slot] != mask {
            domains.masks[slot] = mask;
            domains.changed[step] |= 1 << at;
        }
        !mask.is_empty()
    }

    /// What packages and runtimes want of one another in one state.
    fn state(&mut self, domains: &mut Domains<M>, step: usize, changed: &mut u64) -> bool {
        let problem = self.problem;
        let edges = self.edges;
        let mut open = edges.touched(*changed);
        let mut found = 0;
        while open != 0 {
            let mark = open.trailing_zeros() as usize;
            open &= open - 1;
            for edge in edges.marked(mark) {
                if !self.pair(domains, edges, edge, [step, step]) {
                    return false;
                }
            }
            let fresh = std::mem::take(&mut domains.changed[step]);
            if fresh != 0 {
                found |= fresh;
                // What a requirement rules out it need not be asked again.
                let own = u64::from(edges.is_each_marked()) << mark;
                open |= edges.touched(fresh) & !own;
            }
        }
        #[cfg(debug_assertions)]
        self.check_shared_marks(domains, step);
        *changed |= found;
        let changed = *changed;
        let mut same = problem
            .same
            .iter()
            .filter(|(one, other)| (changed >> one | changed >> other) & 1 == 1);
        same.all(|(one, other)| self.same(domains, step, *one, *other))
            && self.nogoods(domains, step)
    }

    /// Fails where a requirement that shares its mark with others still rules something out.
    #[cfg(debug_assertions)]
    fn check_shared_marks(&self, domains: &Domains<M>, step: usize) {
        let edges = self.edges;
        let is_shared = edges.list.len() > u64::BITS as usize;
        for edge in edges.list.iter().filter(|_| is_shared) {
            let mask = |at: usize| domains.masks[step * self.width + at];
            let ends = (mask(edge.from), mask(edge.on));
            let is_settled = edges.supported(edge, ends.0, ends.1) == ends;
            assert!(is_settled, "a requirement is not settled");
        }
    }

    /// Two packages that share each version, where both are there.
    fn same(&mut self, domains: &mut Domains<M>, step: usize, one: usize, other: usize) -> bool {
        self.work.revisions += M::COST;
        let base = step * self.width;
        let (left, right) = (domains.masks[base + one], domains.masks[base + other]);
        let absent = M::bit(0);
        let beside = |own: M, others: M| {
            if others.has(0) {
                own
            } else {
                own & (others | absent)
            }
        };
        self.set(domains, step, one, beside(left, right))
            && self.set(domains, step, other, beside(right, left))
    }

    /// A requirement between a variable in one state and another in the same or a neighbouring one.
    fn pair(
        &mut self,
        domains: &mut Domains<M>,
        edges: &Edges<M>,
        edge: &Edge,
        steps: [usize; 2],
    ) -> bool {
        self.work.revisions += M::COST;
        let from = domains.masks[steps[0] * self.width + edge.from];
        let on = domains.masks[steps[1] * self.width + edge.on];
        let (left, right) = edges.supported(edge, from, on);
        // Mostly nothing is ruled out.
        if !IS_PAGE && left == from && right == on && !left.is_empty() {
            return true;
        }
        self.set(domains, steps[0], edge.from, left) && self.set(domains, steps[1], edge.on, right)
    }

    /// Where all but one of the values of a nogood stand, the last one must not.
    ///
    /// The states of a nogood that stand for certain are looked for as early as they can be, and as
    /// late; between those before and those after it, none may be the one that is left.
    fn nogoods(&mut self, domains: &mut Domains<M>, step: usize) -> bool {
        let problem = self.problem;
        for nogood in &problem.nogoods {
            self.work.revisions += M::COST;
            let last = nogood.len() - 1;
            if last == 0 {
                if !self.forbid(domains, step, &nogood[0]) {
                    return false;
                }
                continue;
            }
            let stands = |domains: &Domains<M>, step: usize, state: &[(usize, _)]| {
                let base = step * self.width;
                let mut values = state.iter();
                values.all(|(at, values)| domains.masks[base + at].is_within(M::of(values)))
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
                    self.work.revisions += M::COST;
                    if !self.forbid(domains, step, state) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Not all of these may stand in a state.
    fn forbid(
        &self,
        domains: &mut Domains<M>,
        step: usize,
        state: &[(usize, crate::planner::problem::Set)],
    ) -> bool {
        let base = step * self.width;
        let mut open = state
            .iter()
            .filter(|(at, values)| !domains.masks[base + at].is_within(M::of(values)));
        match (open.next(), open.next()) {
            (None, _) => false,
            (Some((at, values)), None) => {
                let rest = domains.masks[base + at] & !M::of(values);
                self.set(domains, step, *at, rest)
            }
            _ => true,
        }
    }

    /// A package that nothing can need is absent.
    fn presence(&mut self, domains: &mut Domains<M>, step: usize) -> bool {
        let problem = self.problem;
        let base = step * self.width;
        let absent = M::bit(0);
        // What may be there, and nothing is known yet to need it.
        let mut idle = problem.optional;
        for at in bits_of(problem.optional) {
            if domains.masks[base + at].is_within(absent) {
                idle &= !(1 << at);
            }
        }
        for at in &problem.packages {
            for (values, demands) in &problem.variables[*at].demands {
                if domains.masks[base + at].meets(M::of(values)) {
                    idle &= !demands;
                }
            }
            if idle == 0 {
                return true;
            }
        }
        bits_of(idle).all(|at| {
            let mask = domains.masks[base + at] & absent;
            self.set(domains, step, at, mask)
        })
    }

    /// What may follow what between two states.
    fn transition(&mut self, domains: &mut Domains<M>, step: usize, changed: u64) -> bool {
        let problem = self.problem;
        let (before, after) = ((step - 1) * self.width, step * self.width);
        for at in bits_of(changed) {
            let variable = &problem.variables[at];
            if variable.is_floating() {
                continue;
            }
            self.work.revisions += M::COST;
            let (old, new) = (domains.masks[before + at], domains.masks[after + at]);
            let (left, right);
            if let (Some(repair), 1) = (&problem.repair, self.offset + step) {
                right = new & M::of(&repair.allowed(at));
                left = if right.is_empty() { M::NONE } else { old };
            } else {
                (left, right) = moves(variable, old, new, |gated, own: M| {
                    let is_shut = |newer: &&(usize, Admitting)| {
                        let mut runtimes = newer.1.iter();
                        runtimes.all(|(runtime, admits)| {
                            domains.masks[before + runtime].is_within(M::of(admits))
                        })
                    };
                    // Newer releases come first.
                    let shut = gated.newer.iter().find(is_shut);
                    let is_beyond = |bit: &usize| {
                        shut.is_none_or(|(release, _)| variable.passed(*bit) > *release)
                    };
                    own.bits().find(is_beyond)
                });
            }
            if !self.set(domains, step - 1, at, left) || !self.set(domains, step, at, right) {
                return false;
            }
        }
        self.kind(domains, step) && self.mixed(domains, step, changed)
    }

    /// What may run beside what while a step is rolled out.
    fn mixed(&mut self, domains: &mut Domains<M>, step: usize, changed: u64) -> bool {
        // What the snapshot stands on already, nobody can roll out otherwise.
        let mixed = self.mixed;
        mixed.list.iter().all(|edge| {
            (changed >> edge.from | changed >> edge.on) & 1 == 0
                || self.pair(domains, mixed, edge, [step - 1, step])
                    && self.pair(domains, mixed, edge, [step, step - 1])
        })
    }

    /// Packages move in a step, or one runtime, or one package that moves alone.
    fn kind(&mut self, domains: &mut Domains<M>, step: usize) -> bool {
        let problem = self.problem;
        let (before, after) = ((step - 1) * self.width, step * self.width);
        let must_move = |domains: &Domains<M>, at: usize| {
            !domains.masks[before + at].meets(domains.masks[after + at])
        };
        let mover = problem
            .alone
            .iter()
            .copied()
            .find(|at| must_move(domains, *at));
        let packages_move = problem.together.iter().any(|at| must_move(domains, *at));
        if mover.is_none() && !packages_move {
            return true;
        }
        let packages: &[usize] = if mover.is_some() {
            &problem.together
        } else {
            &[]
        };
        let others = problem.alone.iter().filter(|at| Some(**at) != mover);
        for at in packages.iter().chain(others) {
            let both = domains.masks[before + at] & domains.masks[after + at];
            if !self.set(domains, step - 1, *at, both) || !self.set(domains, step, *at, both) {
                return false;
            }
        }
        true
    }

    /// Once lazy packages must move as often as they may, they stand still elsewhere.
    fn lazy(&mut self, domains: &mut Domains<M>) -> bool {
        let moves = |domains: &Domains<M>, step: usize, at: usize| {
            let (old, new) = ((step - 1) * self.width + at, step * self.width + at);
            (domains.masks[old], domains.masks[new])
        };
        let places =
            || (1..=self.steps).flat_map(|it| self.problem.lazy.iter().map(move |at| (it, *at)));
        let must = |(step, at): &(usize, usize)| {
            let (old, new) = moves(domains, *step, *at);
            !old.meets(new)
        };
        let (moving, still): (Vec<_>, Vec<_>) = places().partition(must);
        if moving.len() < self.lazy_moves {
            return true;
        }
        moving.len() == self.lazy_moves
            && still.into_iter().all(|(step, at)| {
                let (old, new) = moves(domains, step, at);
                let both = old & new;
                self.set(domains, step - 1, at, both) && self.set(domains, step, at, both)
            })
    }
}

/// The numbers of the bits of a word.
pub(super) fn bits_of(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(bit)
    })
}

/// What is left of two domains of a variable in a row. A gate of these values is open from a value of them on
/// that is asked for.
pub(super) fn moves<M: Mask>(
    variable: &Variable,
    old: M,
    new: M,
    open: impl Fn(&Gated, M) -> Option<usize>,
) -> (M, M) {
    // What has one value in both states goes nowhere.
    if !IS_PAGE && old == new && old.is_single() {
        debug_assert!(variable.optional || !old.has(0), "it may not be absent");
        return (old, new);
    }
    let (mut left, mut right) = (M::NONE, M::NONE);
    match &variable.next {
        Next::Newer => {
            let ahead = M::of(&variable.enter) & M::of(&variable.domain);
            (left, right) = newer(old, ahead, new);
        }
        Next::Groups(groups) => {
            let between = match old.is_empty() {
                _ if IS_PAGE => groups.iter().as_slice(),
                true => &[],
                false => groups.between(old.lowest(), old.highest()),
            };
            for Group {
                values,
                next,
                gated,
            } in between
            {
                let own = old & M::of(values);
                if own.is_empty() {
                    continue;
                }
                let (from, to) = newer(own, M::of(next), new);
                left |= from;
                right |= to;
                let gated = gated.as_ref().filter(|it| M::of(&it.next).meets(new));
                if let Some((gated, bit)) = gated.and_then(|it| Some((it, open(it, own)?))) {
                    let (from, to) = newer(own & !M::below(bit), M::of(&gated.next), new);
                    left |= from;
                    right |= to;
                }
            }
        }
        Next::Edges(_) => {
            for bit in old.bits() {
                let to = M::of(&variable.next(bit)) & new;
                if !to.is_empty() {
                    left |= M::bit(bit);
                    right |= to;
                }
            }
        }
    }
    let absent = M::bit(0);
    if variable.optional && new.has(0) {
        return (old, right | old & new | absent);
    }
    let stays = old & new & !absent;
    (left | stays, right | stays)
}

/// Which of some values may be left for something newer that may follow, and for what.
fn newer<M: Mask>(own: M, next: M, new: M) -> (M, M) {
    let to = next & new;
    if own.is_empty() || to.is_empty() {
        return (M::NONE, M::NONE);
    }
    let lowest = own.lowest();
    let right = to & !(M::below(lowest) | M::bit(lowest));
    (own & M::below(to.highest()), right)
}
