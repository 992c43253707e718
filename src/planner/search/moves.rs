//! Steps are counted: packages, each runtime and each package that moves alone need steps of their own.
//!
//! What a variable may be after a step depends on how many of the steps up to it are left for it, once
//! all others have had the fewest that they need. Nothing here is a guess: a value goes only where no plan
//! of so many steps has it.

use super::mask::Mask;
use super::propagate::moves;
use super::{Domains, Search};
use crate::planner::problem::{Next, Variable};

/// What a variable may be after each step, in at most so many moves.
struct Table<M> {
    /// By step, and in it by moves: those so far, and those that are left to the last step.
    before: Vec<M>,
    after: Vec<M>,
    width: usize,
}

impl<M: Mask> Table<M> {
    fn of(variable: &Variable, domains: &[M]) -> Self {
        let width = domains.len();
        let mut before = vec![M::NONE; width * width];
        let mut after = before.clone();
        for step in 0..width {
            for count in 0..width {
                let mut mask = domains[step];
                if step > 0 {
                    mask = before[(step - 1) * width + count];
                    if count > 0 {
                        let from = before[(step - 1) * width + count - 1];
                        mask |= moved(variable, from, domains[step]).1;
                    }
                }
                before[step * width + count] = mask & domains[step];
            }
        }
        for step in (0..width).rev() {
            for count in 0..width {
                let mut mask = domains[step];
                if step + 1 < width {
                    mask = after[(step + 1) * width + count];
                    if count > 0 {
                        let to = after[(step + 1) * width + count - 1];
                        mask |= moved(variable, domains[step], to).0;
                    }
                }
                after[step * width + count] = mask & domains[step];
            }
        }
        Table {
            before,
            after,
            width,
        }
    }

    /// The fewest moves up to a step; more than there are steps where none leads there.
    fn fewest_before(&self, step: usize) -> usize {
        let counts = &self.before[step * self.width..(step + 1) * self.width];
        counts.iter().take_while(|mask| mask.is_empty()).count()
    }

    fn fewest_after(&self, step: usize) -> usize {
        let counts = &self.after[step * self.width..(step + 1) * self.width];
        counts.iter().take_while(|mask| mask.is_empty()).count()
    }

    /// What is left after a step with so many moves up to it, beyond it, and in all.
    fn within(&self, step: usize, [before, after, all]: [usize; 3]) -> M {
        let row = step * self.width;
        let mut mask = M::NONE;
        for count in 0..=before.min(all) {
            mask |= self.before[row + count] & self.after[row + after.min(all - count)];
        }
        mask
    }
}

/// What may come before and after a move, gates being open.
fn moved<M: Mask>(variable: &Variable, old: M, new: M) -> (M, M) {
    moves(variable, old, new, |_, _| Some(0))
}

impl<M: Mask> Search<'_, M> {
    /// Takes out of all domains what needs more steps than are left; `false` when nothing is left.
    pub(super) fn counted(&mut self, domains: &mut Domains<M>) -> bool {
        let problem = self.problem;
        let last = self.steps;
        let must_move = |at: &usize| {
            let (first, last) = (domains.masks[*at], domains.masks[last * self.width + at]);
            !first.meets(last)
        };
        if last < 2 || problem.repair.is_some() || !problem.alone.iter().any(must_move) {
            return true;
        }
        let alone = problem.alone.iter().map(|at| (*at, true));
        // What moves anywhere in one move needs no more than others.
        let together = problem.together.iter().map(|at| (*at, false));
        let together =
            together.filter(|(at, _)| !matches!(problem.variables[*at].next, Next::Newer));
        let mut tables = Vec::new();
        for (at, moves_alone) in alone.chain(together) {
            let steps = domains.masks.chunks(self.width);
            let own: Vec<M> = steps.map(|masks| masks[at]).collect();
            if own.iter().all(|mask| *mask == own[0]) && own[0].is_single() {
                continue;
            }
            self.work.revisions += M::COST * (last * last) as u64;
            tables.push((at, moves_alone, Table::of(&problem.variables[at], &own)));
        }
        for step in 0..=last {
            let mut fewest = Vec::new();
            // Of what moves together the most that one of them needs, and of all the sum.
            let (mut most, mut sum) = ([0; 3], [0; 3]);
            for (_, moves_alone, table) in &tables {
                let (before, after) = (table.fewest_before(step), table.fewest_after(step));
                let own = [before, after, table.fewest_before(last)];
                for at in 0..3 {
                    match moves_alone {
                        true => sum[at] += own[at],
                        false => most[at] = most[at].max(own[at]),
                    }
                }
                fewest.push(own);
            }
            let have = [step, last - step, last];
            for ((at, moves_alone, table), own) in tables.iter().zip(fewest) {
                let mut left = [0; 3];
                for it in 0..3 {
                    let others = match moves_alone {
                        true => most[it] + sum[it] - own[it],
                        false => sum[it],
                    };
                    let Some(rest) = have[it].checked_sub(others) else {
                        return false;
                    };
                    left[it] = rest;
                }
                let slot = step * self.width + at;
                let mask = domains.masks[slot] & table.within(step, left);
                if !self.set(domains, step, *at, mask) {
                    return false;
                }
            }
        }
        true
    }
}
