//! The clause that a conflict teaches, and the proof of an impossible question.
//!
//! A conflict is a set of facts, *this package is in that set*, that cannot hold together. The last
//! event of the trail that made one of them true is replaced by what it followed from, until only
//! one fact is left that came to hold at the level of the conflict: then it need not have been, and
//! the opposite of the facts is the clause. Facts of level 0 stay in clauses, so that a proof says
//! which assumptions it rests on.

use super::solver::{Antecedent, Clause, NONE, Reason, Solver, Want, number};
use super::{CandidateSet, Incompatibility, Premise, Provider};
use std::collections::{BTreeMap, BinaryHeap};

/// The facts of a conflict while it is analysed.
#[derive(Debug, Default)]
pub(super) struct Terms {
    facts: Vec<Option<Fact>>,
    touched: Vec<u32>,
    /// (event, package), the latest first; entries that a fact has outgrown are passed over.
    order: BinaryHeap<(u32, u32)>,
}

#[derive(Debug)]
struct Fact {
    inside: CandidateSet,
    /// The event that made it true.
    event: u32,
}

impl<W: Provider> Solver<'_, W> {
    /// Learns from a conflict, goes back and draws the first conclusion; the proof where there is
    /// nowhere to go back to.
    pub(super) fn learn(&mut self, conflict: Reason) -> Option<Incompatibility> {
        let mut because = Vec::new();
        self.explain(conflict, None, &mut because);
        let mut also: BTreeMap<usize, CandidateSet> = BTreeMap::new();
        if let Reason::Root(root) = conflict {
            let it = &self.roots[root as usize];
            if it.assumed {
                also.insert(root as usize, it.allowed.clone());
            }
        }
        loop {
            let Some((event, package)) = self.latest() else {
                return Some(self.proof(because, also));
            };
            let level = self.level(event);
            // A fact that was added to may stand there more than once.
            while self.terms.order.peek() == Some(&(event, package)) {
                self.terms.order.pop();
            }
            if level > 0 {
                let next = self.latest().map(|(event, _)| event);
                let back = next.map_or(0, |event| self.level(event));
                if back < level {
                    self.teach(package, back, because);
                    return None;
                }
            }
            let Some(fact) = self.terms.facts[package as usize].take() else {
                continue;
            };
            let reason = self.trail[event as usize].reason;
            if let Reason::Root(root) = reason {
                if self.roots[root as usize].assumed {
                    because.push(Antecedent::Root(root));
                    let all = also
                        .entry(root as usize)
                        .or_insert_with(|| fact.inside.clone());
                    *all = all.and(&fact.inside);
                    continue;
                }
            }
            self.explain(reason, Some((package, fact.inside)), &mut because);
        }
    }

    /// The latest event that a fact rests on.
    fn latest(&mut self) -> Option<(u32, u32)> {
        while let Some((event, package)) = self.terms.order.peek().copied() {
            let fact = self.terms.facts[package as usize].as_ref();
            if fact.is_some_and(|fact| fact.event == event) {
                return Some((event, package));
            }
            self.terms.order.pop();
        }
        None
    }

    /// Puts in the place of a fact what it followed from; without a fact what a conflict is made of.
    fn explain(
        &mut self,
        reason: Reason,
        fact: Option<(u32, CandidateSet)>,
        because: &mut Vec<Antecedent>,
    ) {
        // The fact, or the place where nothing was left, and the set that it was brought into.
        let rest = |solver: &mut Self, package: u32, set: &CandidateSet| {
            let out = solver.packages.states[package as usize].all().without(set);
            let inside = match &fact {
                Some((of, inside)) if *of == package => inside.or(&out),
                _ => out,
            };
            solver.add(package, inside);
        };
        match reason {
            Reason::Decision => {}
            Reason::Root(root) => {
                because.push(Antecedent::Root(root));
                let root = &self.roots[root as usize];
                rest(self, number(root.on), &root.allowed);
            }
            Reason::Met(want) => {
                because.push(Antecedent::Want(want));
                let (from, by) = (self.wants[want as usize].from, self.by(want).into_owned());
                let demand = self.wants[want as usize].demand as usize;
                let (on, allowed) = (
                    self.demands[demand].on,
                    self.demands[demand].allowed.clone(),
                );
                rest(self, on, &allowed);
                self.add(from, by);
            }
            Reason::Unmet(want) => {
                because.push(Antecedent::Want(want));
                let from = self.wants[want as usize].from;
                let out = self.packages.states[from as usize]
                    .all()
                    .without(&self.by(want));
                let demand = self.wants[want as usize].demand as usize;
                let (on, allowed) = (
                    self.demands[demand].on,
                    self.demands[demand].allowed.clone(),
                );
                rest(self, from, &out);
                let refused = self.packages.states[on as usize].all().without(&allowed);
                self.add(on, refused);
            }
            Reason::There(there) => {
                because.push(Antecedent::There(there));
                let (from, on) = self.theres[there as usize];
                let by = self.packages.by_on(from, on);
                let there = self.packages.states[on as usize]
                    .all()
                    .without(&CandidateSet::bit(0));
                rest(self, on, &there);
                self.add(from, by);
            }
            Reason::Learned(clause) => {
                because.push(Antecedent::Learned(clause));
                for at in 0..self.clauses[clause as usize].any.len() {
                    let (package, set) = self.clauses[clause as usize].any[at].clone();
                    rest(self, package, &set);
                }
            }
        }
    }

    /// One more fact; of the same package both must hold.
    fn add(&mut self, package: u32, inside: CandidateSet) {
        let at = package as usize;
        if self.terms.facts.len() <= at {
            self.terms
                .facts
                .resize_with(self.packages.states.len().max(at + 1), || None);
        }
        let inside = match &self.terms.facts[at] {
            Some(fact) => fact.inside.and(&inside),
            None => inside,
        };
        self.work += 1;
        let mut event = self.packages.states[at].last;
        while event != NONE && self.trail[event as usize].before.is_subset(&inside) {
            event = self.trail[event as usize].earlier;
        }
        if event == NONE {
            // It held from the outset.
            return;
        }
        self.terms.order.push((event, package));
        self.terms.touched.push(package);
        self.terms.facts[at] = Some(Fact { inside, event });
    }

    /// Learns the opposite of the facts, goes back and concludes that `package` is elsewhere.
    fn teach(&mut self, package: u32, back: usize, because: Vec<Antecedent>) {
        let mut any = Vec::new();
        let touched = std::mem::take(&mut self.terms.touched);
        self.terms.order.clear();
        for at in touched {
            if let Some(fact) = self.terms.facts[at as usize].take() {
                let out = self.packages.states[at as usize]
                    .all()
                    .without(&fact.inside);
                any.push((fact.event, at, out));
            }
        }
        // First the conclusion, then what holds it longest.
        any.sort_unstable_by_key(|(event, at, _)| (*at != package, std::cmp::Reverse(*event)));
        self.back_to(back);
        let any = any.into_iter().map(|(_, at, out)| (at, out)).collect();
        let clause = self.keep(Clause { any, because });
        // It leaves something, since the fact did not hold yet at that level.
        self.unit(clause, 0);
    }

    fn proof(
        &mut self,
        because: Vec<Antecedent>,
        also: BTreeMap<usize, CandidateSet>,
    ) -> Incompatibility {
        let mut seen = vec![false; self.clauses.len()];
        let mut open = because;
        let mut premises = Vec::new();
        while let Some(because) = open.pop() {
            match because {
                Antecedent::Root(root) => premises.push(Premise::Root(root as usize)),
                Antecedent::Want(want) => {
                    let Want { from, need, .. } = self.wants[want as usize];
                    premises.push(self.dependency(from, need as usize));
                }
                Antecedent::There(there) => {
                    let (from, on) = self.theres[there as usize];
                    let needs = self.packages.needs_of(from).filter(|need| need.1 == on);
                    premises.extend(needs.map(|(need, _)| self.dependency(from, need)));
                }
                Antecedent::Loop(at) => {
                    premises.push(Premise::Loop(self.loops[at as usize].clone()));
                }
                Antecedent::Learned(clause) => {
                    if !std::mem::replace(&mut seen[clause as usize], true) {
                        open.extend(&self.clauses[clause as usize].because);
                    }
                }
            }
        }
        premises.sort_unstable();
        premises.dedup();
        Incompatibility {
            premises,
            also: also.into_iter().collect(),
        }
    }

    fn dependency(&self, package: u32, need: usize) -> Premise {
        let package = package as usize;
        Premise::Dependency {
            package,
            dependency: need - self.packages.states[package].needs_at as usize,
        }
    }
}
