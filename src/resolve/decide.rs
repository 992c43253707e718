//! Which release is tried next, and the way to the answer.

use super::solver::{Antecedent, Clause, Mark, Reason, Solver, number};
use super::{CandidateSet, Provider, Resolution, Solution, loops};
use crate::error::Result;

/// What a look for the next choice came to.
enum Next {
    /// A choice was made, or a conclusion drawn on the way to one.
    Go,
    Conflict(Reason),
    Done,
}

impl<W: Provider> Solver<'_, W> {
    pub(super) fn run(&mut self) -> Result<Resolution> {
        let mut conflict = self.root()?;
        loop {
            if conflict.is_none() {
                conflict = self.propagate()?;
            }
            if self.is_spent() {
                return Ok(Resolution::GaveUp);
            }
            let wrong = match conflict.take() {
                Some(wrong) => wrong,
                None => match self.choose()? {
                    Next::Go => continue,
                    Next::Conflict(wrong) => wrong,
                    Next::Done => match self.circle() {
                        Some(wrong) => wrong,
                        None => return Ok(Resolution::Solved(self.pick())),
                    },
                },
            };
            if let Some(proof) = self.learn(wrong) {
                return Ok(Resolution::Impossible(proof));
            }
        }
    }

    fn choose(&mut self) -> Result<Next> {
        // What is kept comes first. Domains only shrink within a level, so what is passed over
        // stays passed over.
        while let Some(package) = self.kept.get(self.kept_at).copied() {
            let it = &self.packages[package as usize];
            if !it.domain.is_single() && it.domain.has(it.preferred) {
                return self.try_out(package, it.preferred);
            }
            self.kept_at += 1;
        }
        while let Some(package) = self.reached.get(self.reached_at).copied() {
            let it = &self.packages[package as usize];
            if !it.domain.is_single() {
                let known = it.known.as_ref();
                let waiting =
                    known.filter(|it| !it.last_resort.is_empty() || !it.deferred.is_empty());
                let early = waiting.and_then(|known| {
                    let early = it.domain.without(&known.last_resort);
                    let first = early.without(&known.deferred).highest();
                    first.filter(|bit| *bit > 0).or(early.highest())
                });
                let bit = early.filter(|bit| *bit > 0);
                if let Some(bit) = bit.or(it.domain.highest()) {
                    return self.try_out(package, bit);
                }
            }
            self.reached_at += 1;
        }
        Ok(Next::Done)
    }

    /// Decides on a release unless one of its needs is seen to be out of reach.
    fn try_out(&mut self, package: u32, bit: usize) -> Result<Next> {
        let at = package as usize;
        let count = self.packages[at].dependencies().len();
        self.work += 1 + count as u64 / 4;
        for need in 0..count {
            let it = &self.packages[at];
            if !it.dependencies()[need].by.has(bit) {
                continue;
            }
            let want = self.want(package, need)?;
            let demand = &self.demands[self.wants[want as usize].demand as usize];
            if self.packages[demand.on as usize]
                .domain
                .is_disjoint(&demand.allowed)
            {
                return Ok(if self.unmet(want) {
                    Next::Go
                } else {
                    Next::Conflict(Reason::Unmet(want))
                });
            }
        }
        self.levels.push(Mark {
            trail: self.trail.len(),
            kept_at: self.kept_at,
            reached_at: self.reached_at,
        });
        self.shrink(package, CandidateSet::bit(bit), Reason::Decision);
        Ok(Next::Go)
    }

    /// The conflict of a circle, where circles are refused and there is one.
    fn circle(&mut self) -> Option<Reason> {
        if !self.limits.refuse_loops {
            return None;
        }
        let circle = loops::find(self)?;
        let mut any = Vec::new();
        for (package, set) in &circle {
            let it = &self.packages[*package as usize];
            any.push((it.last, *package, it.all().without(set)));
        }
        any.sort_unstable_by_key(|(last, package, _)| (std::cmp::Reverse(*last), *package));
        let because = vec![Antecedent::Loop(number(self.loops.len()))];
        let packages = circle.iter().map(|(package, _)| *package as usize);
        self.loops.push(packages.collect());
        let any = any.into_iter().map(|(_, package, out)| (package, out));
        let clause = Clause {
            any: any.collect(),
            because,
        };
        Some(Reason::Learned(self.keep(clause)))
    }

    fn pick(&self) -> Solution {
        let mut releases: Vec<(usize, usize)> = self
            .reached
            .iter()
            .filter_map(|package| {
                let bit = self.packages[*package as usize].domain.highest()?;
                Some((*package as usize, bit - 1))
            })
            .collect();
        releases.sort_unstable();
        Solution {
            releases,
            work: self.work,
        }
    }
}
