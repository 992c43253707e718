//! The candidate versions of a package, what they require of one another, and which rules speak of them: the same
//! for every question that excludes no release by itself, so made once for all of them.

use super::{Beside, Catalog, Need, PackageId, Release, Role, Rule, RuleId, SetId};
use crate::date::Date;
use crate::set::Set;
use once_cell::sync::OnceCell;

/// Of each run of releases that nothing can tell apart the newest that plans may enter. Candidates are
/// numbered from 0, oldest first.
#[derive(Debug, Default)]
pub(crate) struct CandidateVersions {
    /// The place of each among the releases, ascending.
    pub(crate) places: Vec<u32>,
    /// The day of the last release.
    pub(crate) latest: Option<Date>,
    /// The defects of the package, with the places of the releases that have them.
    pub(crate) defects: Vec<(RuleId, Set)>,
    /// The places of all of these.
    pub(crate) defective: Set,
    /// Its gates.
    gates: Vec<RuleId>,
    /// Those of its gates before which something must be over or be checked.
    waits: Vec<RuleId>,
    /// Its rules about gems outside the catalog.
    outside: Vec<RuleId>,
    requirements: OnceCell<Requirements>,
}

/// What candidates require.
#[derive(Debug, Default)]
pub(crate) struct Requirements {
    /// Candidates, and the packages that they demand to be there.
    pub(crate) demands: Vec<(Set, Vec<PackageId>)>,
    /// The last of each run of neighbours that demand the same, and what: packages, runtimes and itself.
    pub(crate) runs: Vec<(usize, Vec<PackageId>)>,
    /// By the package that something is required of, in the catalog's order.
    pub(crate) of: Vec<(PackageId, Vec<Required>)>,
}

/// What some candidates require of one package.
#[derive(Debug)]
pub(crate) struct Required {
    pub(crate) by: Set,
    /// The last of them.
    pub(crate) last: usize,
    /// The candidates of the other package that meet it.
    pub(crate) allowed: Set,
    /// What it is made of.
    pub(crate) sets: Vec<SetId>,
    /// The other package may be absent as well.
    pub(crate) or_absent: bool,
}

impl CandidateVersions {
    fn of(catalog: &Catalog, id: PackageId) -> Self {
        let releases = catalog.get(id).releases();
        let mut places = Vec::new();
        let mut last = None;
        for (at, release) in releases.iter().enumerate().rev() {
            if release.is_enterable() && last != Some(release.signature) {
                places.extend(u32::try_from(at));
                last = Some(release.signature);
            }
        }
        places.reverse();
        let defects = catalog.rules_of(id).filter_map(|(id, rule)| {
            let places = rule.defective()?.matching(releases, Release::version);
            Some((id, places.into_iter().collect()))
        });
        let defects: Vec<(RuleId, Set)> = defects.collect();
        let of = |is_it: &dyn Fn(&Rule) -> bool| {
            let rules = catalog.rules_of(id).filter(|(_, rule)| is_it(rule));
            rules.map(|(id, _)| id).collect()
        };
        CandidateVersions {
            places,
            latest: releases.iter().filter_map(|it| it.date()).max(),
            defective: defects
                .iter()
                .fold(Set::default(), |all, (_, places)| all.or(places)),
            defects,
            gates: of(&Rule::is_gate),
            waits: of(&Rule::is_waited_for),
            outside: of(
                &|rule| matches!(rule.pair(), Some(it) if matches!(it.with, Beside::Outside(_))),
            ),
            requirements: OnceCell::new(),
        }
    }
}

impl Requirements {
    fn of(catalog: &Catalog, id: PackageId) -> Self {
        let releases = catalog.get(id).releases();
        // Candidates that need the same share one list.
        let mut kinds: Vec<(&[Need], Set)> = Vec::new();
        for (number, place) in catalog.candidates(id).places.iter().enumerate() {
            let needs = &*releases[*place as usize].needs;
            match kinds.iter_mut().rev().find(|it| std::ptr::eq(it.0, needs)) {
                Some((_, candidates)) => candidates.insert(number),
                None => kinds.push((needs, Set::only(number))),
            }
        }
        let mut requirements = Requirements::default();
        let demanded = |needs: &[Need]| {
            let needs = needs.iter().filter(|need| need.rule.is_none());
            needs.map(|need| need.on).collect::<Vec<PackageId>>()
        };
        for (number, place) in catalog.candidates(id).places.iter().enumerate() {
            let demands = demanded(&releases[*place as usize].needs);
            match requirements.runs.last_mut() {
                Some((last, known)) if *known == demands => *last = number,
                _ => requirements.runs.push((number, demands)),
            }
        }
        for (needs, candidates) in kinds {
            let is_other = |on: &PackageId| catalog.get(*on).role() != Role::Runtime && *on != id;
            let mut demands = demanded(needs);
            demands.retain(is_other);
            let mut known = requirements.demands.iter_mut();
            match known.find(|(_, known)| *known == demands) {
                Some((known, _)) => known.add(&candidates),
                None => requirements.demands.push((candidates.clone(), demands)),
            }
            let mut packages: Vec<PackageId> = needs.iter().map(|need| need.on).collect();
            packages.sort_unstable();
            packages.dedup();
            for on in packages {
                let own = needs.iter().filter(|need| need.on == on);
                requirements.add(on, &candidates, own);
            }
        }
        requirements.of.sort_by_key(|(on, _)| *on);
        for (on, required) in &mut requirements.of {
            let places = &catalog.candidates(*on).places;
            for required in required {
                let mut allowed = Set::below(places.len());
                for set in &required.sets {
                    allowed.keep(&Set::of_places(places, &catalog.set(*set).bits));
                }
                required.allowed = allowed;
            }
        }
        requirements
    }

    /// Lets candidates require of a package what these needs of theirs say.
    fn add<'n>(
        &mut self,
        on: PackageId,
        candidates: &Set,
        needs: impl Iterator<Item = &'n Need> + Clone,
    ) {
        let sets: Vec<SetId> = needs.clone().map(|need| need.set).collect();
        // A rule holds where both are there; a requirement demands it.
        let or_absent = needs.clone().all(|need| need.rule.is_some());
        let known = self.of.iter().position(|(it, _)| *it == on);
        let known = known.unwrap_or_else(|| {
            self.of.push((on, Vec::new()));
            self.of.len() - 1
        });
        let last = candidates.highest().unwrap_or(0);
        let groups = &mut self.of[known].1;
        let is_same = |it: &&mut Required| it.sets == sets && it.or_absent == or_absent;
        match groups.iter_mut().find(is_same) {
            Some(known) => {
                known.by.add(candidates);
                known.last = known.last.max(last);
            }
            None => groups.push(Required {
                by: candidates.clone(),
                last,
                allowed: Set::default(),
                sets,
                or_absent,
            }),
        }
    }
}

impl Catalog {
    /// The candidate versions of a package.
    pub(crate) fn candidates(&self, id: PackageId) -> &CandidateVersions {
        self.0.candidates[id.index()].get_or_init(|| CandidateVersions::of(self, id))
    }

    /// The gates of a package, in the order of its rules.
    pub(crate) fn gates_of(&self, id: PackageId) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.rules_at(&self.candidates(id).gates)
    }

    /// Those of its gates before which something must be over or be checked.
    pub(crate) fn waits_of(&self, id: PackageId) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.rules_at(&self.candidates(id).waits)
    }

    /// Its rules about gems outside the catalog.
    pub(crate) fn outside_rules_of(&self, id: PackageId) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.rules_at(&self.candidates(id).outside)
    }

    fn rules_at<'c>(&'c self, ids: &'c [RuleId]) -> impl Iterator<Item = (RuleId, &'c Rule)> {
        ids.iter().map(|id| (*id, &self.rules()[id.0 as usize]))
    }

    /// What the candidate versions of a package require.
    pub(crate) fn requirements_of(&self, id: PackageId) -> &Requirements {
        let requirements = &self.candidates(id).requirements;
        requirements.get_or_init(|| Requirements::of(self, id))
    }
}
