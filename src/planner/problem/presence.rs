//! Which packages might leave and come back lower, so that a plan may be longer than its events.

use super::build::Builder;
use crate::catalog::PackageId;
use crate::name::Name;
use crate::planner::limits::IS_PAGE;
use crate::version::Version;
use std::collections::BTreeMap;

/// Which packages some releases need, in any of them, and where that begins and ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Dependents {
    any: u64,
    begin: u64,
    end: u64,
    last: Option<u64>,
}

impl Dependents {
    /// Adds what the next release needs.
    fn add(&mut self, mask: u64) {
        let before = self.last.unwrap_or(mask);
        self.any |= mask;
        self.begin |= mask & !before;
        self.end |= before & !mask;
        self.last = Some(mask);
    }
}

impl Builder<'_> {
    /// The packages of each group in lockstep that are there in every state of a plan without a repair, where there
    /// are several: they stay, or what stays always needs them.
    pub(super) fn mates(&self, stays: &[bool]) -> Vec<Vec<usize>> {
        let count = self.scope.len();
        let package = |at: usize| self.catalog.get(self.scope[at]);
        let mut groups: BTreeMap<&Name, Vec<usize>> = BTreeMap::new();
        for at in 0..count {
            if let Some(group) = package(at).lockstep() {
                groups.entry(group).or_default().push(at);
            }
        }
        if groups.is_empty() {
            return Vec::new();
        }
        let installed = |at: usize| self.installed(self.scope[at]);
        let mut always: Vec<bool> = (0..count)
            .map(|at| stays[at] && installed(at).is_some())
            .collect();
        let mut open: Vec<usize> = (0..count).filter(|at| always[*at]).collect();
        while let Some(at) = open.pop() {
            let Some(common) = self
                .masks(at, false)
                .map(|(_, mask)| mask)
                .reduce(|a, b| a & b)
            else {
                continue;
            };
            for on in (0..count).filter(|on| common >> on & 1 == 1) {
                if !always[on] && installed(on).is_some() {
                    always[on] = true;
                    open.push(on);
                }
            }
        }
        let groups = groups.into_values();
        let groups = groups.map(|mates| mates.into_iter().filter(|at| always[*at]).collect());
        groups
            .filter(|mates: &Vec<usize>| mates.len() > 1)
            .collect()
    }

    /// What of the needs of packages in lockstep, taken together, begins and ends.
    fn needs_of_mates(&self, mates: &[usize]) -> (u64, u64) {
        let mut together: BTreeMap<&Version, u64> = BTreeMap::new();
        for at in mates {
            for (version, mask) in self.masks(*at, false) {
                *together.entry(version).or_default() |= mask;
            }
        }
        let mut needs = Dependents::default();
        together.into_values().for_each(|mask| needs.add(mask));
        (needs.begin, needs.end)
    }

    /// The releases that a package may have in a plan, or of all of them those that may be entered, and which
    /// packages each of them needs, oldest first.
    fn masks(&self, at: usize, all: bool) -> impl Iterator<Item = (&Version, u64)> {
        let package = self.catalog.get(self.scope[at]);
        let version = self.installed(self.scope[at]);
        let from = version.filter(|_| !all).map_or(0, |version| {
            package.releases.partition_point(|it| it.version < *version)
        });
        let releases = package.releases[from..].iter();
        let releases =
            releases.filter(move |it| self.heed.may_enter(it) || Some(&it.version) == version);
        releases.map(|release| {
            let needs = release.needs.iter().filter(|need| need.rule.is_none());
            (
                &release.version,
                self.variables_of(needs.map(|need| need.on)),
            )
        })
    }

    /// The variables of packages, as bits.
    fn variables_of(&self, packages: impl Iterator<Item = PackageId>) -> u64 {
        let bits = packages.filter_map(|on| self.at[on.index()].map(|on| 1 << on));
        bits.fold(0, |mask, bit: u64| mask | bit)
    }

    /// Which packages might leave and come back later, and so come back lower.
    ///
    /// A need of a package *begins* where a newer release of another has it and an older has not,
    /// or where the other joins; it *ends* likewise. Where needs of a package only begin, or only
    /// end, it never leaves and comes back. What a repair takes away is not there before the way up,
    /// and may join on it.
    pub(super) fn returns(&self, stays: &[bool], repairs: bool, mates: &[Vec<usize>]) -> Vec<bool> {
        let count = self.scope.len();
        let one_by_one = |at: usize, all: bool| {
            let mut needs = Dependents::default();
            self.masks(at, all).for_each(|(_, mask)| needs.add(mask));
            needs
        };
        let needs_of = |at: usize, all: bool| {
            let id = self.scope[at];
            let package = self.catalog.get(id);
            if package.requires.is_empty() {
                return Dependents::default();
            }
            let place = self.installed[id.index()].map(|(_, place)| place);
            let is_plain =
                place.is_none_or(|it| it.is_some_and(|it| package.releases[it].is_enterable()));
            if IS_PAGE || !is_plain || !self.heed.is_plain() {
                return one_by_one(at, all);
            }
            // What no candidate is is like the next one.
            let from = place.flatten().filter(|_| !all).unwrap_or(0);
            let places = &self.catalog.candidates(id).places;
            let first = places.partition_point(|place| (*place as usize) < from);
            let mut needs = Dependents::default();
            let runs = &self.catalog.requirements_of(id).runs;
            for (_, on) in runs.iter().filter(|(last, _)| *last >= first) {
                needs.add(self.variables_of(on.iter().copied()));
            }
            debug_assert_eq!(needs, one_by_one(at, all), "what {} needs", package.name());
            needs
        };
        let mut needs: Vec<Dependents> =
            (0..count).map(|at| needs_of(at, self.falls[at])).collect();
        for mates in mates {
            // What one of them stops to need and another begins to need at the same version is needed all along.
            let (begin, end) = self.needs_of_mates(mates);
            for at in mates {
                needs[*at].begin &= begin;
                needs[*at].end &= end;
            }
        }
        let mut returns = vec![false; count];
        let mut leaves: u64 = 0;
        let idle = !self.wanted_now();
        loop {
            let (mut begin, mut end): (u64, u64) = (0, idle);
            for at in 0..count {
                let is_installed = self.installed(self.scope[at]).is_some();
                let joins = !stays[at] && (returns[at] || repairs || !is_installed);
                begin |= needs[at].begin | if joins { needs[at].any } else { 0 };
                end |= needs[at].end
                    | if leaves >> at & 1 == 1 {
                        needs[at].any
                    } else {
                        0
                    };
            }
            let mut changed = false;
            for at in (0..count).filter(|at| !stays[*at]) {
                changed |= (end & !leaves) >> at & 1 == 1;
                leaves |= end & 1 << at;
                if begin & end & 1 << at != 0 && !returns[at] {
                    returns[at] = true;
                    needs[at] = needs_of(at, true);
                    changed = true;
                }
            }
            if !changed {
                return returns;
            }
        }
    }
}
