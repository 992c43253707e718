//! The search for the one best plan of a given number of steps.
//!
//! A plan of k steps is a constraint problem over (step, variable). Propagation only removes values
//! that stand in no solution, so the first solution of a depth-first search that fixes variables in
//! the order of the objective, best value first, is the optimum; nothing else is relied upon.
//!
//! All of it is written once for masks of any width; the widest variable of a question chooses.
//!
//! | file | contents |
//! |---|---|
//! | `mask` | the sets that a search computes with |
//! | `edges` | requirements, as such sets |
//! | `propagate` | what a choice rules out |
//! | `objective` | which of the plans of one length is the best |
//! | `moves` | steps that are left for a package or runtime |
//! | `path` | a question of one package alone: no search is needed |

mod edges;
mod mask;
mod moves;
mod objective;
mod path;
mod propagate;

pub(super) use objective::is_better;

use super::limits::{IS_PAGE, MAX_VALUES};
use super::problem::{Problem, Set};
use edges::Edges;
use mask::{Mask, Wide};
use objective::{First, lazy_moves, objective};
use propagate::bits_of;

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

/// The end of a search over lengths.
pub(super) enum Shortest {
    /// The states, and the number of steps that propagation does not rule out.
    Plan(States, usize),
    /// None of any length, and it is proven.
    Never,
    /// None of as many steps as a plan can need by [`Problem::horizon`].
    NoneUpTo,
    /// The work is spent.
    Spent,
}

/// The best plan of the fewest steps.
pub(super) fn shortest(problem: &Problem<'_>, work: &mut Work) -> Shortest {
    if let Some(found) = path::shortest(problem, work) {
        return found;
    }
    let widest = problem.variables.iter().map(|it| it.values.len()).max();
    let widest = widest.unwrap_or(0);
    if widest <= 64 && !IS_PAGE {
        shortest_in::<u64>(problem, work)
    } else if widest <= Set::NARROW && !IS_PAGE {
        shortest_in::<u128>(problem, work)
    } else if widest <= 64 * 6 {
        shortest_in::<Wide<6>>(problem, work)
    } else if widest <= 64 * 32 && !IS_PAGE {
        shortest_in::<Wide<32>>(problem, work)
    } else {
        shortest_in::<Wide<{ MAX_VALUES.div_ceil(64) }>>(problem, work)
    }
}

fn shortest_in<M: Mask>(problem: &Problem<'_>, work: &mut Work) -> Shortest {
    let edges = [&problem.requirements, &problem.mixed].map(|it| Edges::of(problem, it));
    let Some(layers) = Search::<M>::reach(problem, &edges, work) else {
        return match work.is_spent() {
            true => Shortest::Spent,
            false => Shortest::Never,
        };
    };
    let mut lower_bound = None;
    for steps in layers.len() / problem.variables.len() - 1..=problem.horizon {
        let mut search = Search::<M>::new(problem, &edges, steps, *work);
        search.layers = &layers;
        if let Some(root) = search.root() {
            lower_bound.get_or_insert(steps);
            if let Some(states) = search.solve(root) {
                let states = search.fewest_moves(states);
                *work = search.work;
                return Shortest::Plan(states, lower_bound.unwrap_or(steps));
            }
        }
        *work = search.work;
        if work.is_spent() {
            return Shortest::Spent;
        }
    }
    Shortest::NoneUpTo
}

/// More choices than are open at once in most searches.
const OPEN: usize = 16;

struct Search<'a, M> {
    problem: &'a Problem<'a>,
    steps: usize,
    width: usize,
    order: Vec<(usize, usize, First)>,
    /// Steps that lie before the first one.
    offset: usize,
    /// What can be met after the first steps, as far as it is known; one step after the other, the first is none.
    layers: &'a [M],
    /// How often lazy packages may move, all together.
    lazy_moves: usize,
    work: Work,
    /// Requirements within a state, and those between the states before and after a step.
    edges: &'a Edges<M>,
    mixed: &'a Edges<M>,
}

/// What is left of the values of each variable after each step.
#[cfg_attr(debug_assertions, derive(Clone))]
struct Domains<M> {
    masks: Vec<M>,
    changed: Vec<u64>,
}

impl<'a, M: Mask> Search<'a, M> {
    /// A search for plans of `steps` steps.
    fn new(
        problem: &'a Problem<'a>,
        [edges, mixed]: &'a [Edges<M>; 2],
        steps: usize,
        work: Work,
    ) -> Self {
        Search {
            problem,
            steps,
            width: problem.variables.len(),
            order: Vec::new(),
            offset: 0,
            layers: &[],
            lazy_moves: usize::MAX,
            work,
            edges,
            mixed,
        }
    }

    /// The domains before any choice; `None` when no plan of so many steps exists.
    fn root(&mut self) -> Option<Domains<M>> {
        let mut masks = Vec::with_capacity((self.steps + 1) * self.width);
        let variables = &self.problem.variables;
        masks.extend(variables.iter().map(|variable| M::of(&variable.start)));
        for step in 1..=self.steps {
            let layer = self.layers.get(step * self.width..);
            let layer = layer.filter(|layer| !layer.is_empty());
            for (at, variable) in variables.iter().enumerate() {
                let planned: M = planned(variable, step == self.steps);
                masks.push(layer.map_or(planned, |layer| planned & layer[at]));
            }
        }
        let mut domains = self.fresh(masks);
        #[cfg(debug_assertions)]
        let full = self.without_counting(domains.clone());
        self.skip_layers(&mut domains);
        let found = self.propagate(&mut domains).then_some(domains);
        #[cfg(debug_assertions)]
        if !self.work.is_spent() {
            let masks = |it: &Option<Domains<M>>| it.as_ref().map(|it| it.masks.clone());
            assert!(masks(&found) == masks(&full), "layers are not settled");
        }
        found
    }

    /// Propagates on a copy, as if it had cost nothing.
    #[cfg(debug_assertions)]
    fn without_counting(&mut self, mut domains: Domains<M>) -> Option<Domains<M>> {
        let work = std::mem::replace(&mut self.work, Work::up_to(u64::MAX));
        let found = self.propagate(&mut domains).then_some(domains);
        self.work = work;
        found
    }

    /// Layers are settled already: each state by itself, and what is met after a step from what is met
    /// before it; all of that may stand still. So only what a target leaves out of the last state is new.
    fn skip_layers(&self, domains: &mut Domains<M>) {
        let problem = self.problem;
        let is_wide = problem.repair.is_some()
            || !problem.mixed.is_empty()
            || !problem.lazy.is_empty()
            || problem.nogoods.iter().any(|it| it.len() > 1);
        if is_wide || IS_PAGE {
            return;
        }
        let variables = problem.variables.iter().enumerate();
        let aimed = variables.filter(|(_, it)| it.target.is_some());
        let aimed = aimed.fold(0, |mask, (at, _)| mask | 1 << at);
        let steps = (self.layers.len() / self.width).min(self.steps + 1);
        domains.changed[..steps].fill(0);
        domains.changed[self.steps] |= aimed;
    }

    /// What can be met after each step, at least, up to the first step after which each target is met by
    /// itself: no plan has fewer. `None` when one stays out of reach for ever.
    ///
    /// Layers only grow, since a state may stand still; when one equals the last, all later ones do too.
    fn reach(
        problem: &'a Problem<'a>,
        edges: &'a [Edges<M>; 2],
        work: &mut Work,
    ) -> Option<Vec<M>> {
        let width = problem.variables.len();
        let variables = || problem.variables.iter();
        let mut search = Search::<M>::new(problem, edges, 1, *work);
        let mut domains = search.fresh(Vec::with_capacity(2 * width));
        // What can stand in a state, whatever is before it.
        domains.masks.extend(variables().map(|it| M::of(&it.start)));
        domains
            .masks
            .extend(variables().map(|it| planned::<M>(it, false)));
        let fits = search.settle(&mut domains, 1);
        *work = search.work;
        fits?;
        let settled = domains.masks[width..].to_vec();
        let mut layers = domains.masks;
        layers.truncate(width);
        let mut domains = search.fresh(Vec::with_capacity(2 * width));
        loop {
            let before = layers.len() - width;
            search.offset = before / width;
            // Fills in what is met in one step more, as far as a target is asked for in it.
            let mut layer = |domains: &mut Domains<M>, target: bool| {
                domains.masks.clear();
                domains.masks.extend(&layers[before..]);
                domains.masks.extend(&settled);
                domains.changed.copy_from_slice(&[search.all(), 0]);
                let fits = !target || search.aim(domains);
                let fits = fits && search.propagate(domains);
                *work = search.work;
                fits || work.is_spent()
            };
            if !layer(&mut domains, false) {
                return None;
            }
            let next = domains.masks[width..].to_vec();
            let mut targets = problem.variables.iter().zip(&next);
            let alone = targets.all(|(variable, mask)| match &variable.target {
                Some(target) => M::of(target).meets(*mask),
                None => !mask.is_empty(),
            });
            let is_met = alone && layer(&mut domains, true);
            if !is_met && next == layers[before..] {
                return None;
            }
            layers.extend(next);
            if is_met {
                return Some(layers);
            }
        }
    }

    /// Leaves of the last state what the targets ask for; `false` when nothing is left.
    fn aim(&self, domains: &mut Domains<M>) -> bool {
        let mut variables = self.problem.variables.iter().enumerate();
        variables.all(|(at, variable)| {
            let Some(target) = &variable.target else {
                return true;
            };
            let left = domains.masks[self.steps * self.width + at] & M::of(target);
            self.set(domains, self.steps, at, left)
        })
    }

    fn fresh(&self, masks: Vec<M>) -> Domains<M> {
        Domains {
            masks,
            changed: vec![self.all(); self.steps + 1],
        }
    }

    /// All variables, as bits.
    fn all(&self) -> u64 {
        match self.width {
            64.. => u64::MAX,
            width => (1 << width) - 1,
        }
    }

    /// The best plan from the domains of [`Search::root`]; `None` if there is none or the work is
    /// spent.
    fn solve(&mut self, root: Domains<M>) -> Option<States> {
        self.order = objective(self.problem, self.steps);
        let mut domains = root;
        // What is left to try at each choice, without the value that is tried now; and the masks of all of them.
        let mut open: Vec<usize> = Vec::with_capacity(OPEN);
        let mut rest: Vec<M> = Vec::with_capacity(OPEN * domains.masks.len());
        let (mut fits, mut depth) = (true, 0);
        loop {
            if !fits {
                depth = open.pop()?;
                let masks = rest.len() - domains.masks.len();
                domains.masks.copy_from_slice(&rest[masks..]);
                rest.truncate(masks);
                let (step, at, _) = self.order[depth];
                domains.changed.fill(0);
                domains.changed[step] = 1 << at;
                fits = self.propagate(&mut domains);
                continue;
            }
            if self.work.is_spent() {
                return None;
            }
            let undecided = self.order[depth..]
                .iter()
                .position(|(step, at, _)| !domains.masks[step * self.width + at].is_single());
            let Some(skipped) = undecided else {
                match self.finish(&domains) {
                    Some(states) => return Some(states),
                    None => {
                        fits = false;
                        continue;
                    }
                }
            };
            depth += skipped;
            let (step, at, first) = self.order[depth];
            let slot = step * self.width + at;
            let mask = domains.masks[slot];
            let bit = M::bit(first.of(&self.problem.variables[at], mask));
            self.work.nodes += 1;
            // Wide states cost what they take.
            self.work.revisions += (M::COST - 1) * domains.masks.len() as u64 / 16;
            // Nothing is left to propagate but what is chosen now.
            debug_assert!(domains.changed.iter().all(|it| *it == 0), "not settled");
            open.push(depth);
            rest.extend(&domains.masks);
            let chosen = rest.len() - domains.masks.len() + slot;
            rest[chosen] = mask & !bit;
            domains.masks[slot] = bit;
            domains.changed[step] |= 1 << at;
            fits = self.propagate(&mut domains);
            depth += 1;
        }
    }

    /// Among plans of as many steps the best of those in which lazy packages move least often.
    fn fewest_moves(&mut self, best: States) -> States {
        for moves in 0..lazy_moves(self.problem, &best) {
            self.lazy_moves = moves;
            let found = self.root().and_then(|root| self.solve(root));
            if let Some(states) = found {
                return states;
            }
            if self.work.is_spent() {
                break;
            }
        }
        best
    }

    /// All is fixed: is every present package needed?
    fn finish(&self, domains: &Domains<M>) -> Option<States> {
        let problem = self.problem;
        let packages = problem.packages.iter();
        let packages: u64 = packages.fold(0, |mask, at| mask | 1 << at);
        let stay = packages & !problem.optional;
        for step in 1..=self.steps {
            let value = |at: usize| domains.masks[step * self.width + at].lowest();
            let (mut needed, mut open) = (0, stay);
            while open != 0 {
                needed |= open;
                let demands = bits_of(open).map(|at| problem.variables[at].demands(value(at)));
                open = demands.fold(0, |mask, demands| mask | demands) & packages & !needed;
            }
            let idle = |at: &usize| value(*at) != 0 && needed >> at & 1 == 0;
            if problem.packages.iter().any(idle) {
                return None;
            }
        }
        // A runtime that is not known has no value.
        let value = |mask: &M| if mask.is_empty() { 0 } else { mask.lowest() };
        let states = domains.masks.chunks(self.width);
        Some(
            states
                .map(|masks| masks.iter().map(value).collect())
                .collect(),
        )
    }
}

/// What a variable may be in a planned state.
fn planned<M: Mask>(variable: &super::problem::Variable, last: bool) -> M {
    let domain = M::of(&variable.domain);
    match variable.target.as_ref().filter(|_| last) {
        Some(target) => domain & M::of(target),
        None => domain,
    }
}
