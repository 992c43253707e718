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
//! | `moves` | steps that are left for a package or runtime |
//! | `path` | a question of one package alone: no search is needed |

mod edges;
mod mask;
mod moves;
mod path;
mod propagate;

use super::limits::MAX_VALUES;
use super::problem::{Problem, Set, Variable};
use crate::catalog::Role;
use edges::Edges;
use mask::{Mask, Wide};

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
    if widest <= Set::NARROW {
        shortest_in::<u128>(problem, work)
    } else if widest <= 64 * 6 {
        shortest_in::<Wide<6>>(problem, work)
    } else if widest <= 64 * 32 {
        shortest_in::<Wide<32>>(problem, work)
    } else {
        shortest_in::<Wide<{ MAX_VALUES.div_ceil(64) }>>(problem, work)
    }
}

fn shortest_in<M: Mask>(problem: &Problem<'_>, work: &mut Work) -> Shortest {
    let edges = [Edges::of(&problem.requirements), Edges::of(&problem.mixed)];
    let Some(first) = Search::<M>::reach(problem, &edges, work) else {
        return match work.is_spent() {
            true => Shortest::Spent,
            false => Shortest::Never,
        };
    };
    let mut lower_bound = None;
    for steps in first..=problem.horizon {
        let mut search = Search::<M>::new(problem, &edges, steps, *work);
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

/// Whether one plan of as many steps comes before another in the order of the objective.
pub(super) fn is_better(problem: &Problem<'_>, one: &States, other: &States) -> bool {
    let (few, many) = (lazy_moves(problem, one), lazy_moves(problem, other));
    let mut order = objective(problem, one.len() - 1).into_iter();
    let first = order.find(|(step, at, _)| one[*step][*at] != other[*step][*at]);
    let newer = first.is_some_and(|(step, at, first)| {
        first.prefers(&problem.variables[at], one[step][at], other[step][at])
    });
    few < many || few == many && newer
}

/// How often packages move that must move as little as they can.
fn lazy_moves(problem: &Problem<'_>, states: &States) -> usize {
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
enum First {
    Newest,
    Lowest,
    /// Where it is before the first step, else the newest of the lowest line.
    Standing,
}

impl First {
    /// The first of a set that is not empty.
    fn of<M: Mask>(self, variable: &Variable, mask: M) -> usize {
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
fn objective(problem: &Problem<'_>, last: usize) -> Vec<(usize, usize, First)> {
    let mut order = Vec::new();
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

struct Search<'a, M> {
    problem: &'a Problem<'a>,
    steps: usize,
    width: usize,
    order: Vec<(usize, usize, First)>,
    /// Steps that lie before the first one.
    offset: usize,
    /// How often lazy packages may move, all together.
    lazy_moves: usize,
    work: Work,
    /// Requirements within a state, and those between the states before and after a step.
    edges: &'a Edges<M>,
    mixed: &'a Edges<M>,
}

/// What is left of the values of each variable after each step.
#[derive(Clone)]
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
            for variable in variables {
                masks.push(planned(variable, step == self.steps));
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
    fn reach(problem: &'a Problem<'a>, edges: &'a [Edges<M>; 2], work: &mut Work) -> Option<usize> {
        let start = problem
            .variables
            .iter()
            .map(|variable| M::of(&variable.start));
        let mut before: Vec<M> = start.collect();
        for step in 1.. {
            let layer = |target: bool, work: &mut Work| {
                let mut search = Search::<M>::new(problem, edges, 1, *work);
                search.offset = step - 1;
                let mut masks = before.clone();
                let variables = problem.variables.iter();
                masks.extend(variables.map(|variable| planned::<M>(variable, target)));
                let mut domains = search.fresh(masks);
                let fits = search.propagate(&mut domains);
                *work = search.work;
                (fits || work.is_spent()).then(|| domains.masks.split_off(search.width))
            };
            let next = layer(false, work)?;
            let mut targets = problem.variables.iter().zip(&next);
            let alone = targets.all(|(variable, mask)| match &variable.target {
                Some(target) => M::of(target).meets(*mask),
                None => !mask.is_empty(),
            });
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

    fn fresh(&self, masks: Vec<M>) -> Domains<M> {
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
    fn solve(&mut self, root: Domains<M>) -> Option<States> {
        self.order = objective(self.problem, self.steps);
        // What is left to try at each choice, without the value that is tried now.
        let mut open: Vec<(Domains<M>, usize)> = Vec::new();
        let mut now = Some((root, 0));
        loop {
            let Some((domains, depth)) = now.take() else {
                let (mut domains, depth) = open.pop()?;
                now = self.propagate(&mut domains).then_some((domains, depth));
                continue;
            };
            if self.work.is_spent() {
                return None;
            }
            let undecided = self.order[depth..]
                .iter()
                .position(|(step, at, _)| !domains.masks[step * self.width + at].is_single());
            let Some(depth) = undecided.map(|skipped| depth + skipped) else {
                match self.finish(&domains) {
                    Some(states) => return Some(states),
                    None => continue,
                }
            };
            let (step, at, first) = self.order[depth];
            let slot = step * self.width + at;
            let mask = domains.masks[slot];
            let bit = M::bit(first.of(&self.problem.variables[at], mask));
            self.work.nodes += 1;
            // Wide states cost what they take.
            self.work.revisions += (M::COST - 1) * domains.masks.len() as u64 / 16;
            let mut child = domains.clone();
            child.masks[slot] = bit;
            child.changed[step] |= 1 << at;
            let mut rest = domains;
            rest.masks[slot] = mask & !bit;
            rest.changed[step] |= 1 << at;
            open.push((rest, depth));
            now = self.propagate(&mut child).then_some((child, depth + 1));
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
        for step in 1..=self.steps {
            let value = |at: usize| domains.masks[step * self.width + at].lowest();
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
