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
            let it = &self.packages.states[package as usize];
            let preferred = self.packages.preferred(package);
            if !it.domain.is_single() && it.domain.has(preferred) {
                return self.try_out(package, preferred);
            }
            self.kept_at += 1;
        }
        while let Some(package) = self.reached.get(self.reached_at).copied() {
            let it = &self.packages.states[package as usize];
            if !it.domain.is_single() {
                let waiting = it.is_waiting.then(|| self.packages.read(package)).flatten();
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
        self.work += 1 + self.packages.count(package) as u64 / 4;
        let mut need = self.packages.states[package as usize].needs_at as usize;
        for at in self.packages.groups(package) {
            let group = self.packages.group(at);
            let end = group.end as usize;
            while let Some(found) = self.packages.next_of(package, bit, need, end) {
                need = found + 1;
                let want = self.want(package, found, group.on)?;
                let demand = &self.demands[self.wants[want as usize].demand as usize];
                let domain = &self.packages.states[demand.on as usize].domain;
                if domain.is_disjoint(&demand.allowed) {
                    return Ok(if self.unmet(want) {
                        Next::Go
                    } else {
                        Next::Conflict(Reason::Unmet(want))
                    });
                }
            }
            need = end;
        }
        self.levels.push(Mark {
            trail: number(self.trail.len()),
            kept_at: number(self.kept_at),
            reached_at: number(self.reached_at),
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
            let it = &self.packages.states[*package as usize];
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
        // In order without sorting them.
        let mut is_reached = vec![false; self.packages.states.len()];
        for package in &self.reached {
            is_reached[*package as usize] = true;
        }
        let states = self.packages.states.iter().enumerate();
        let reached = states.filter(|(package, _)| is_reached[*package]);
        let mut releases = Vec::with_capacity(self.reached.len());
        releases.extend(reached.filter_map(|(package, it)| {
            let bit = it.domain.highest()?;
            Some((package, bit - 1))
        }));
        Solution {
            releases,
            work: self.work,
        }
    }
}
