//! What is left of each package, and what follows from it.
//!
//! Invariants:
//! 1. A domain only shrinks along the trail; an event has what it was before, and why it shrank.
//! 2. Every constraint is kept for ever; only domains are taken back.
//! 3. When nothing is queued, each package that must be there and has one release left has handed
//!    its needs on, and no watched clause has fewer than two ways to be true unless one is.

use super::packages::Packages;
use super::{CandidateSet, Limits, Provider, RootRequirement};
use crate::error::Result;
use std::borrow::Cow;
use std::collections::VecDeque;

pub(super) const NONE: u32 = u32::MAX;

/// Why a domain shrank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Decision,
    Root(u32),
    /// A want whose package is needed as it is: what it requires must be.
    Met(u32),
    /// A want that cannot be met: whoever has it must not be.
    Unmet(u32),
    /// Whatever is left of a package needs some release of another.
    There(u32),
    Learned(u32),
}

/// A change of a domain.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) package: u32,
    /// The last event of the same package before it.
    pub(super) earlier: u32,
    pub(super) reason: Reason,
    pub(super) before: CandidateSet,
}

/// A need that plays a part: where `from` is in those that have it, `demand` is true.
#[derive(Debug)]
pub(super) struct Want {
    pub(super) from: u32,
    /// Among the needs of all packages.
    pub(super) need: u32,
    pub(super) demand: u32,
    /// The next want of the same demand.
    next: u32,
}

/// Where a package must be for the demands that ask for exactly this.
#[derive(Debug)]
pub(super) struct Demand {
    pub(super) on: u32,
    pub(super) allowed: CandidateSet,
    /// The first of its demands.
    want: u32,
    /// The next demand on the same package.
    next: u32,
}

/// A learned clause: one of these is true. The first two are watched.
#[derive(Debug)]
pub(super) struct Clause {
    pub(super) any: Vec<(u32, CandidateSet)>,
    pub(super) because: Vec<Antecedent>,
}

/// What a learned clause follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Antecedent {
    Root(u32),
    Want(u32),
    There(u32),
    Learned(u32),
    Loop(u32),
}

/// Where a level began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) trail: u32,
    pub(super) kept_at: u32,
    pub(super) reached_at: u32,
}

pub(super) struct Solver<'a, W> {
    provider: &'a mut W,
    pub(super) roots: &'a [RootRequirement],
    pub(super) limits: Limits,
    pub(super) packages: Packages,
    pub(super) wants: Vec<Want>,
    pub(super) demands: Vec<Demand>,
    pub(super) clauses: Vec<Clause>,
    /// For each need its want, once it plays a part.
    want_of: Vec<u32>,
    /// For each package the learned clauses that watch it; as long as needed.
    watches: Vec<Vec<u32>>,
    /// Who needs whom, whichever release it is.
    pub(super) theres: Vec<(u32, u32)>,
    pub(super) loops: Vec<Vec<usize>>,
    pub(super) trail: Vec<Event>,
    pub(super) levels: Vec<Mark>,
    queue: VecDeque<u32>,
    /// Packages that must be there, in the order in which that became known.
    pub(super) reached: Vec<u32>,
    /// Those of them that have something to keep.
    pub(super) kept: Vec<u32>,
    pub(super) reached_at: usize,
    pub(super) kept_at: usize,
    pub(super) work: u64,
    /// Last resorts are left out, but for preferred ones.
    pub(super) leaves_last_resorts: bool,
    /// Some were.
    pub(super) has_left: bool,
    pub(super) terms: super::learn::Terms,
}

pub(super) fn number(at: usize) -> u32 {
    // The bounds of packages and work keep every count far below.
    u32::try_from(at).unwrap_or(NONE)
}

impl<'a, W: Provider> Solver<'a, W> {
    pub(super) fn new(provider: &'a mut W, roots: &'a [RootRequirement], limits: Limits) -> Self {
        Solver {
            provider,
            roots,
            limits,
            packages: Packages::default(),
            wants: Vec::new(),
            demands: Vec::new(),
            clauses: Vec::new(),
            want_of: Vec::new(),
            watches: Vec::new(),
            theres: Vec::new(),
            loops: Vec::new(),
            trail: Vec::new(),
            levels: Vec::new(),
            queue: VecDeque::new(),
            reached: Vec::new(),
            kept: Vec::new(),
            reached_at: 0,
            kept_at: 0,
            work: 0,
            leaves_last_resorts: false,
            has_left: false,
            terms: super::learn::Terms::default(),
        }
    }

    pub(super) fn is_spent(&self) -> bool {
        self.work > self.limits.work
    }

    pub(super) fn load(&mut self, package: usize) -> Result<()> {
        if self.packages.has(package) {
            return Ok(());
        }
        self.packages.reserve(package)?;
        let known = self.provider.package(package)?;
        self.has_left |= self.packages.add(package, known, self.leaves_last_resorts);
        self.want_of.resize(self.packages.needs(), NONE);
        Ok(())
    }

    /// Puts the roots in place; answers with the one that cannot hold.
    pub(super) fn root(&mut self) -> Result<Option<Reason>> {
        for (at, root) in self.roots.iter().enumerate() {
            self.load(root.on)?;
            let reason = Reason::Root(number(at));
            let next = self.packages.states[root.on].domain.and(&root.allowed);
            if !self.shrink(number(root.on), next, reason) {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    /// Leaves only so much of a domain; `false` when that is nothing.
    pub(super) fn shrink(&mut self, package: u32, next: CandidateSet, reason: Reason) -> bool {
        let it = &mut self.packages.states[package as usize];
        if it.domain == next {
            return true;
        }
        if next.is_empty() {
            return false;
        }
        let is_reached = it.domain.has_absent() && !next.has_absent();
        let before = std::mem::replace(&mut it.domain, next);
        let earlier = std::mem::replace(&mut it.last, number(self.trail.len()));
        self.trail.push(Event {
            package,
            earlier,
            reason,
            before,
        });
        if !std::mem::replace(&mut it.is_queued, true) {
            self.queue.push_back(package);
        }
        if is_reached {
            self.reached.push(package);
            if it.is_kept {
                self.kept.push(package);
            }
        }
        true
    }

    /// The level at which an event came about.
    pub(super) fn level(&self, event: u32) -> usize {
        self.levels.partition_point(|mark| mark.trail <= event)
    }

    /// Takes back everything after a level.
    pub(super) fn back_to(&mut self, level: usize) {
        for package in self.queue.drain(..) {
            self.packages.states[package as usize].is_queued = false;
        }
        let Some(mark) = self.levels.get(level).copied() else {
            return;
        };
        self.levels.truncate(level);
        while self.trail.len() > mark.trail as usize {
            let Some(event) = self.trail.pop() else { break };
            let it = &mut self.packages.states[event.package as usize];
            if event.before.has_absent() && !it.domain.has_absent() {
                self.reached.pop();
                if it.is_kept {
                    self.kept.pop();
                }
            }
            it.domain = event.before;
            it.last = event.earlier;
        }
        self.reached_at = mark.reached_at as usize;
        self.kept_at = mark.kept_at as usize;
    }

    /// Draws all conclusions; answers with what cannot hold.
    pub(super) fn propagate(&mut self) -> Result<Option<Reason>> {
        while let Some(package) = self.queue.pop_front() {
            self.packages.states[package as usize].is_queued = false;
            if self.is_spent() {
                return Ok(None);
            }
            let conflict = match self.hand_on(package)? {
                Some(conflict) => Some(conflict),
                None => match self.refuse(package) {
                    Some(conflict) => Some(conflict),
                    None => self.watch(package),
                },
            };
            if conflict.is_some() {
                return Ok(conflict);
            }
        }
        Ok(None)
    }

    /// What a package that must be there needs whichever of its releases it is.
    fn hand_on(&mut self, package: u32) -> Result<Option<Reason>> {
        let it = &self.packages.states[package as usize];
        if it.domain.has_absent() {
            return Ok(None);
        }
        let mut from = it.needs_at as usize;
        self.work += 1 + self.packages.count(package) as u64 / 4;
        for at in self.packages.groups(package) {
            let group = self.packages.group(at);
            let start = std::mem::replace(&mut from, group.end as usize);
            let (mut need, mut is_met) = (start, false);
            while let Some(found) = self.packages.next_of_all(package, need, from) {
                is_met = true;
                need = found + 1;
                let want = self.want(package, found, group.on)?;
                if !self.meet(want) {
                    return Ok(Some(Reason::Met(want)));
                }
            }
            // Several needs of one package: if each release has one, that package must be there.
            let is_some = !is_met && start + 1 < from;
            if is_some && self.packages.is_covered(package, start, group) {
                if let Some(conflict) = self.there(package, group.on)? {
                    return Ok(Some(conflict));
                }
            }
        }
        Ok(None)
    }

    fn there(&mut self, package: u32, on: u32) -> Result<Option<Reason>> {
        self.load(on as usize)?;
        let domain = &self.packages.states[on as usize].domain;
        if !domain.has_absent() {
            return Ok(None);
        }
        let next = domain.without(&CandidateSet::bit(0));
        let reason = Reason::There(number(self.theres.len()));
        self.theres.push((package, on));
        Ok((!self.shrink(on, next, reason)).then_some(reason))
    }

    /// The want of a need, which begins to play a part now if it has not yet.
    pub(super) fn want(&mut self, package: u32, need: usize, on: u32) -> Result<u32> {
        let known = self.want_of[need];
        if known != NONE {
            return Ok(known);
        }
        self.load(on as usize)?;
        let place = need - self.packages.states[package as usize].needs_at as usize;
        let allowed = self.provider.allowed(package as usize, place)?;
        let it = &mut self.packages.states[on as usize];
        let mut demand = it.demand;
        while demand != NONE && self.demands[demand as usize].allowed != allowed {
            demand = self.demands[demand as usize].next;
        }
        if demand == NONE {
            demand = number(self.demands.len());
            let next = std::mem::replace(&mut it.demand, demand);
            it.demands += 1;
            it.core &= allowed.first();
            self.demands.push(Demand {
                on,
                allowed,
                want: NONE,
                next,
            });
        }
        let want = number(self.wants.len());
        self.want_of[need] = want;
        self.wants.push(Want {
            from: package,
            need: number(need),
            demand,
            next: std::mem::replace(&mut self.demands[demand as usize].want, want),
        });
        Ok(want)
    }

    fn meet(&mut self, want: u32) -> bool {
        let demand = &self.demands[self.wants[want as usize].demand as usize];
        let on = &self.packages.states[demand.on as usize].domain;
        if on.is_subset(&demand.allowed) {
            return true;
        }
        let next = on.and(&demand.allowed);
        self.shrink(demand.on, next, Reason::Met(want))
    }

    /// Whoever requires of a package what is no longer there must not be.
    fn refuse(&mut self, package: u32) -> Option<Reason> {
        let it = &self.packages.states[package as usize];
        if it.domain.first() & it.core != 0 {
            self.work += u64::from(it.demands);
            return None;
        }
        let mut at = it.demand;
        while at != NONE {
            self.work += 1;
            let demand = &self.demands[at as usize];
            at = demand.next;
            let domain = &self.packages.states[package as usize].domain;
            if !domain.is_disjoint(&demand.allowed) {
                continue;
            }
            let mut want = demand.want;
            while want != NONE {
                self.work += 1;
                if !self.unmet(want) {
                    return Some(Reason::Unmet(want));
                }
                want = self.wants[want as usize].next;
            }
        }
        None
    }

    /// The releases that have a want.
    pub(super) fn by(&self, want: u32) -> Cow<'_, CandidateSet> {
        let want = &self.wants[want as usize];
        self.packages.by(want.from, want.need as usize)
    }

    /// A want cannot be met.
    pub(super) fn unmet(&mut self, want: u32) -> bool {
        let from = self.wants[want as usize].from;
        let next = {
            let (by, domain) = (self.by(want), &self.packages.states[from as usize].domain);
            if domain.is_disjoint(&by) {
                return true;
            }
            domain.without(&by)
        };
        self.shrink(from, next, Reason::Unmet(want))
    }

    /// Learned clauses that watch a package.
    fn watch(&mut self, package: u32) -> Option<Reason> {
        let mut watches = std::mem::take(self.watches.get_mut(package as usize)?);
        self.work += watches.len() as u64;
        let mut conflict = None;
        let mut at = 0;
        while at < watches.len() {
            let clause = watches[at];
            let any = &mut self.clauses[clause as usize].any;
            let here = usize::from(any[0].0 != package);
            if !self.packages.states[package as usize]
                .domain
                .is_disjoint(&any[here].1)
            {
                at += 1;
                continue;
            }
            let other = &any[1 - here];
            if self.packages.states[other.0 as usize]
                .domain
                .is_subset(&other.1)
            {
                at += 1;
                continue;
            }
            let open = |(package, set): &(u32, CandidateSet)| {
                !self.packages.states[*package as usize]
                    .domain
                    .is_disjoint(set)
            };
            if let Some(next) = (2..any.len()).find(|next| open(&any[*next])) {
                any.swap(here, next);
                let on = any[here].0 as usize;
                self.watches[on].push(clause);
                watches.swap_remove(at);
                continue;
            }
            if !self.unit(clause, 1 - here) {
                conflict = Some(Reason::Learned(clause));
                break;
            }
            at += 1;
        }
        self.watches[package as usize] = watches;
        conflict
    }

    /// The only way for a clause to hold.
    pub(super) fn unit(&mut self, clause: u32, at: usize) -> bool {
        let (package, set) = &self.clauses[clause as usize].any[at];
        let (package, next) = (
            *package,
            self.packages.states[*package as usize].domain.and(set),
        );
        self.shrink(package, next, Reason::Learned(clause))
    }

    /// Keeps a clause from now on.
    pub(super) fn keep(&mut self, clause: Clause) -> u32 {
        let at = number(self.clauses.len());
        if clause.any.len() > 1 {
            self.watches.resize(self.packages.states.len(), Vec::new());
            for (package, _) in &clause.any[..2] {
                self.watches[*package as usize].push(at);
            }
        }
        self.clauses.push(clause);
        at
    }
}
