//! What is known of each package: read once, then laid out for the search.
//!
//! The search goes over the needs of a package several times, and over packages in the order in
//! which they were reached. So the needs lie in that order too, one word for each, away from all
//! that is not asked for again.

use super::solver::{NONE, number};
use super::{CandidateSet, Candidates, MAX_PACKAGES};
use crate::error::{Error, ErrorCode, Result};
use std::borrow::Cow;
use std::sync::Arc;

/// What is left of a package, and where the rest of it is.
#[derive(Debug, Default)]
pub(super) struct PackageState {
    /// What is left of it.
    pub(super) domain: CandidateSet,
    /// The first word of what all the demands on it allow: where that has something of the domain,
    /// no demand is out of reach.
    pub(super) core: u64,
    /// One more than the releases; 0 until it is read.
    pub(super) count: u32,
    pub(super) last: u32,
    /// The first of the demands on it, and how many there are.
    pub(super) demand: u32,
    pub(super) demands: u32,
    /// Where its needs and groups begin, and where its groups end.
    pub(super) needs_at: u32,
    groups_at: u32,
    groups_end: u32,
    pub(super) is_queued: bool,
    /// It has a preferred release.
    pub(super) is_kept: bool,
    /// Its sets have more than one word.
    is_wide: bool,
    /// Some releases wait for others to fail.
    pub(super) is_waiting: bool,
}

impl PackageState {
    #[inline]
    pub(super) fn all(&self) -> CandidateSet {
        CandidateSet::bits(0..self.count as usize)
    }
}

/// The needs of a package on one other, which lie together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) on: u32,
    /// The need after its last.
    pub(super) end: u32,
    /// The first word of the releases that have one.
    pub(super) by: u64,
}

#[derive(Debug, Default)]
pub(super) struct Packages {
    pub(super) states: Vec<PackageState>,
    groups: Vec<Group>,
    /// For each need the first word of the releases that have it.
    by: Vec<u64>,
    /// All that was read, where the above does not say it: for wide packages, and where some
    /// release is preferred or waits.
    read: Vec<Option<Arc<Candidates>>>,
}

impl Packages {
    #[inline]
    pub(super) fn has(&self, package: usize) -> bool {
        self.states.get(package).is_some_and(|it| it.count > 0)
    }

    /// Makes room for a package.
    #[inline]
    pub(super) fn reserve(&mut self, package: usize) -> Result<()> {
        if package >= MAX_PACKAGES {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!("package number {package}: expected less than {MAX_PACKAGES}"),
            ));
        }
        if self.states.len() <= package {
            self.states.resize_with(package + 1, PackageState::default);
        }
        Ok(())
    }

    /// Lays out what was read of a package; `true` where last resorts were left out of its domain.
    pub(super) fn add(
        &mut self,
        package: usize,
        known: Arc<Candidates>,
        leaves_last_resorts: bool,
    ) -> bool {
        let mut is_left = false;
        let needs_at = number(self.by.len());
        let groups_at = number(self.groups.len());
        for same in known.dependencies.chunk_by(|one, other| one.on == other.on) {
            let mut by = 0;
            self.by.extend(same.iter().map(|need| {
                by |= need.by.first();
                need.by.first()
            }));
            self.groups.push(Group {
                on: number(same[0].on),
                end: number(self.by.len()),
                by,
            });
        }
        let is_wide = known.count >= u64::BITS as usize;
        let it = &mut self.states[package];
        it.count = number(known.count + 1);
        it.domain = it.all().without(&known.excluded);
        it.is_kept = known.preferred.is_some();
        it.is_waiting = !known.last_resort.is_empty() || !known.deferred.is_empty();
        if leaves_last_resorts && !known.last_resort.is_empty() {
            let kept = match known.preferred {
                Some(place) if known.last_resort.contains(place) => CandidateSet::only(place),
                _ => CandidateSet::none(),
            };
            let early = it.domain.without(&known.last_resort.without(&kept));
            is_left = early != it.domain;
            it.domain = early;
        }
        it.core = u64::MAX;
        it.last = NONE;
        it.demand = NONE;
        it.needs_at = needs_at;
        it.groups_at = groups_at;
        it.groups_end = number(self.groups.len());
        it.is_wide = is_wide;
        if is_wide || it.is_kept || it.is_waiting {
            if self.read.len() <= package {
                self.read.resize(package + 1, None);
            }
            self.read[package] = Some(known);
        }
        is_left
    }

    #[inline]
    pub(super) fn needs(&self) -> usize {
        self.by.len()
    }

    pub(super) fn read(&self, package: u32) -> Option<&Candidates> {
        self.read.get(package as usize)?.as_deref()
    }

    /// The bit to keep of a package that has one.
    pub(super) fn preferred(&self, package: u32) -> usize {
        let place = self.read(package).and_then(|it| it.preferred);
        place.map_or(0, |place| place + 1)
    }

    /// How many needs a package has.
    #[inline]
    pub(super) fn count(&self, package: u32) -> usize {
        let it = &self.states[package as usize];
        let last = self.groups[self.groups(package)].last();
        last.map_or(0, |last| (last.end - it.needs_at) as usize)
    }

    /// Where the groups of a package are.
    #[inline]
    pub(super) fn groups(&self, package: u32) -> std::ops::Range<usize> {
        let it = &self.states[package as usize];
        it.groups_at as usize..it.groups_end as usize
    }

    #[inline]
    pub(super) fn group(&self, at: usize) -> Group {
        self.groups[at]
    }

    /// The next need from `from` up to `end` that all that is left of a package has.
    #[inline]
    pub(super) fn next_of_all(&self, package: u32, from: usize, end: usize) -> Option<usize> {
        let it = &self.states[package as usize];
        let first = it.domain.first();
        let narrow = &self.by[from..end];
        let found = match it.is_wide {
            false => narrow.iter().position(|by| first & !by == 0),
            true => {
                let may = |need: &usize| first & !self.by[*need] == 0;
                let has = |need: &usize| it.domain.is_subset(&self.by(package, *need));
                return (from..end).find(|need| may(need) && has(need));
            }
        };
        found.map(|at| from + at)
    }

    /// The next need from `from` up to `end` that a release has.
    #[inline]
    pub(super) fn next_of(
        &self,
        package: u32,
        bit: usize,
        from: usize,
        end: usize,
    ) -> Option<usize> {
        let narrow = &self.by[from..end];
        let found = match self.states[package as usize].is_wide {
            false => narrow.iter().position(|by| by >> bit & 1 == 1),
            true => (from..end).position(|need| self.by(package, need).has(bit)),
        };
        found.map(|at| from + at)
    }

    /// The releases that have a need.
    #[inline]
    pub(super) fn by(&self, package: u32, need: usize) -> Cow<'_, CandidateSet> {
        let it = &self.states[package as usize];
        if it.is_wide {
            if let Some(read) = self.read(package) {
                return Cow::Borrowed(&read.dependencies[need - it.needs_at as usize].by);
            }
        }
        Cow::Owned(CandidateSet::word(self.by[need]))
    }

    /// Whether each release that is left has some need of a group.
    #[inline]
    pub(super) fn is_covered(&self, package: u32, from: usize, group: Group) -> bool {
        let it = &self.states[package as usize];
        it.domain.first() & !group.by == 0
            && (!it.is_wide || {
                let needs = from..group.end as usize;
                let by = needs.map(|need| self.by(package, need));
                it.domain
                    .is_subset(&by.fold(CandidateSet::none(), |all, by| all.or(&by)))
            })
    }

    /// The needs of a package, with what each is on.
    pub(super) fn needs_of(&self, package: u32) -> impl Iterator<Item = (usize, u32)> + '_ {
        let mut from = self.states[package as usize].needs_at as usize;
        self.groups[self.groups(package)]
            .iter()
            .flat_map(move |group| {
                let needs = from..group.end as usize;
                from = needs.end;
                needs.map(|need| (need, group.on))
            })
    }

    /// The releases that need another package.
    pub(super) fn by_on(&self, package: u32, on: u32) -> CandidateSet {
        let needs = self.needs_of(package).filter(|need| need.1 == on);
        needs.fold(CandidateSet::none(), |all, (need, _)| {
            all.or(&self.by(package, need))
        })
    }
}
