//! The state of a step together with all packages outside the catalog.
//!
//! At first every package outside stands where the lockfile has it. Where that does not resolve the
//! proof names those that are in the way; the index is asked about them, they become free to move
//! up, and the state is asked about again. So only what is reached is read, and what can stay stays.
//! What no freedom resolves is a *nogood*: places of family packages and runtimes that can never be
//! together. The search over steps learns it and looks again.

use super::outside::from_outside;
use super::problem::{ABSENT, Mask, Problem, Value, Variable};
use super::search::States;
use super::{Request, answer};
use crate::catalog::{Catalog, Role};
use crate::error::Result;
use crate::index::{Indexed, Infos, read_info};
use crate::lockfile::{Origin, Snapshot};
use crate::plan::{Outside, Wanted};
use crate::resolve::{
    Answer, Constraint, Limits, Offer, Proof, ReleaseSet, Root, Shelf, Supply, resolve,
};
use crate::version::{Requirement, Version};
use std::collections::{BTreeMap, BTreeSet};

/// The most combinations that one plan learns to avoid.
pub(super) const MAX_NOGOODS: usize = 500;
/// The bound of work of one joint state.
const WORK: u64 = crate::resolve::MAX_WORK / 50;

/// What may never be together: for each of these variables one of these values.
pub(super) type Nogood = Vec<(usize, Mask)>;

/// Versions of packages outside the catalog.
pub(super) type Versions = BTreeMap<String, Version>;

/// An index, as far as it was read.
pub(super) struct Joint<'a> {
    source: &'a mut dyn Infos,
    read: BTreeMap<String, Option<Vec<Indexed>>>,
    /// Those that may move.
    free: BTreeSet<String>,
    /// Those that have a part in a nogood.
    pub(super) blamed: BTreeSet<String>,
    pub(super) warnings: Vec<String>,
    /// States that resolve, by their values.
    fits: BTreeSet<Vec<usize>>,
}

/// What became of a state.
pub(super) enum Verdict {
    Fits,
    Never(Nogood),
    GaveUp,
}

/// The question that a state belongs to.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) snapshot: &'a Snapshot,
    pub(super) request: &'a Request,
    pub(super) problem: &'a Problem,
}

impl<'a> Joint<'a> {
    pub(super) fn new(source: &'a mut dyn Infos) -> Self {
        Joint {
            source,
            read: BTreeMap::new(),
            free: BTreeSet::new(),
            blamed: BTreeSet::new(),
            warnings: Vec::new(),
            fits: BTreeSet::new(),
        }
    }

    /// A new question: what fitted before may not fit now.
    pub(super) fn forget(&mut self) {
        self.fits.clear();
    }

    /// The releases of a package; `None` where the index has none of this name.
    fn releases(&mut self, name: &str) -> Result<Option<&[Indexed]>> {
        if !self.read.contains_key(name) {
            let found = match self.source.info(name)? {
                None => None,
                Some(text) => {
                    let (releases, problems) = read_info(&text);
                    if let Some(first) = problems.first() {
                        self.warnings.push(format!(
                            "{} of the lines on {name} in the index could not be read: {first}",
                            problems.len()
                        ));
                    }
                    Some(releases)
                }
            };
            self.read.insert(name.to_owned(), found);
        }
        Ok(self.read.get(name).and_then(|it| it.as_deref()))
    }

    /// Whether the index knows a package.
    pub(super) fn knows(&mut self, name: &str) -> Result<bool> {
        Ok(self.releases(name)?.is_some())
    }

    /// Judges the states of a plan; the first verdict that is not *fits*.
    pub(super) fn judge(&mut self, question: Question<'_>, states: &States) -> Result<Verdict> {
        let floor = lowest(question);
        for values in &states[1..] {
            if self.fits.contains(values) {
                continue;
            }
            match self.resolve(question, values, &floor, &floor)? {
                Found::Picked(_) => {}
                Found::Never(nogood) => return Ok(Verdict::Never(nogood)),
                Found::GaveUp => return Ok(Verdict::GaveUp),
            }
            self.fits.insert(values.clone());
        }
        Ok(Verdict::Fits)
    }

    /// What moves outside in each step; `None` for a step that could not be resolved.
    pub(super) fn moves(
        &mut self,
        question: Question<'_>,
        states: &States,
    ) -> Result<Vec<Option<Vec<Outside>>>> {
        let lowest = lowest(question);
        let mut now = lowest.clone();
        let mut moves = Vec::new();
        for values in &states[1..] {
            // Nothing goes down; where only that resolves it is said by the versions.
            let mut found = self.resolve(question, values, &now, &now)?;
            if !matches!(found, Found::Picked(_)) {
                found = self.resolve(question, values, &now, &lowest)?;
            }
            let Found::Picked(next) = found else {
                moves.push(None);
                continue;
            };
            moves.push(Some(self.told(question, values, &now, &next)?));
            now = next;
        }
        Ok(moves)
    }

    /// Where everything outside stands in the last of two states.
    pub(super) fn ends(
        &mut self,
        question: Question<'_>,
        states: &[Vec<usize>],
    ) -> Result<Versions> {
        let now = lowest(question);
        let last = states.last().map_or(&[][..], |it| it);
        match self.resolve(question, last, &now, &now)? {
            Found::Picked(versions) => Ok(versions),
            _ => Ok(now),
        }
    }

    fn resolve(
        &mut self,
        question: Question<'_>,
        values: &[usize],
        now: &Versions,
        floor: &Versions,
    ) -> Result<Found> {
        loop {
            let mut shelf = Shelf::new(World {
                joint: self,
                question,
                values,
                now,
                floor,
            });
            let (roots, variables) = roots(&mut shelf, question, values)?;
            let limits = Limits {
                work: WORK,
                refuse_loops: false,
            };
            let proof = match resolve(&mut shelf, &roots, limits)? {
                Answer::GaveUp => return Ok(Found::GaveUp),
                Answer::Picked(pick) => {
                    let mut picked = Versions::new();
                    for (package, place) in pick.releases() {
                        let version = shelf.versions(*package)?.get(*place).cloned();
                        let name = shelf.name(*package);
                        if let (Some(version), false) = (version, question.is_inside(name)) {
                            picked.insert(name.to_owned(), version);
                        }
                    }
                    return Ok(Found::Picked(picked));
                }
                Answer::Impossible(proof) => proof,
            };
            let named = named(&shelf, &proof, question);
            let mut any = false;
            for name in &named {
                let movable = question
                    .snapshot
                    .packages
                    .get(name)
                    .is_some_and(|it| it.origin == Origin::Registry);
                if movable && !self.free.contains(name) && self.knows(name)? {
                    any |= self.free.insert(name.clone());
                }
            }
            if !any {
                self.blamed.extend(named);
                let also = proof.also().iter();
                let nogood = also.filter_map(|(root, places)| {
                    let at = *variables.get(*root)?;
                    let bit = |place: usize| u32::try_from(place + 1).unwrap_or(u32::MAX);
                    let bit = |place| Mask::checked_shl(1, bit(place)).unwrap_or(0);
                    let bits = places.iter().fold(0, |mask, place| mask | bit(place));
                    let absent = if places.has_absent() { ABSENT } else { 0 };
                    Some((at, bits | absent))
                });
                return Ok(Found::Never(nogood.collect()));
            }
        }
    }

    /// Changes outside between two states, with their reasons.
    fn told(
        &mut self,
        question: Question<'_>,
        values: &[usize],
        now: &Versions,
        next: &Versions,
    ) -> Result<Vec<Outside>> {
        let mut names: Vec<&String> = now.keys().chain(next.keys()).collect();
        names.sort();
        names.dedup();
        let mut told = Vec::new();
        let mut world = World {
            joint: self,
            question,
            values,
            now,
            floor: now,
        };
        for name in names {
            let (from, to) = (now.get(name), next.get(name));
            if from == to {
                continue;
            }
            let direct = question.snapshot.direct.get(name).and_then(Option::as_ref);
            let edits = to.is_some_and(|to| direct.is_some_and(|it| !it.matches(to)));
            let wants = match to {
                Some(_) => world.wants(name, next)?,
                None => Vec::new(),
            };
            let wanted = wants
                .iter()
                .find(|(_, requirement)| from.is_none_or(|from| !requirement.matches(from)));
            let mut runtime = None;
            if let (None, Some(from)) = (wanted, from) {
                runtime = world.runtime_refused(name, from)?;
                runtime = runtime.or(world.own_wish(name, from, next));
            }
            let newest = world.newest(name)?;
            let newer = newest.filter(|newest| to.is_some_and(|to| newest > to));
            let held = wants.iter().filter(|(_, requirement)| {
                newer
                    .as_ref()
                    .is_some_and(|newer| !requirement.matches(newer))
            });
            let in_words = |(by, requirement): &(String, Requirement)| Wanted {
                by: by.clone(),
                requirement: requirement.to_string(),
            };
            told.push(Outside {
                gem: name.clone(),
                from: from.map(ToString::to_string),
                to: to.map(ToString::to_string),
                wanted: wanted.map(in_words).or(runtime),
                held: held
                    .filter(|it| Some(*it) != wanted)
                    .map(in_words)
                    .collect(),
                is_verified: true,
                edits_gemfile: edits,
            });
        }
        Ok(told)
    }
}

enum Found {
    Picked(Versions),
    Never(Nogood),
    GaveUp,
}

/// Whether the lockfile alone decides on a need: it is met, or something there rules it out.
///
/// Any other need of a package that the index does not know stays open.
fn is_decided(question: Question<'_>, gem: &str, requirement: &Requirement) -> bool {
    let packages = &question.snapshot.packages;
    let Some(installed) = packages.get(gem) else {
        return false;
    };
    let ruled_out = || {
        let wanted = requirement.to_set();
        let mut wants = packages.values().flat_map(|it| &it.requirements);
        wants.any(|(on, own)| on == gem && own.to_set().is_disjoint_from(&wanted))
    };
    requirement.matches(&installed.version) || ruled_out()
}

/// What stands outside the catalog now.
fn lowest(question: Question<'_>) -> Versions {
    let installed = question.snapshot.packages.iter();
    let outside = installed.filter(|(name, _)| !question.is_inside(name));
    outside
        .map(|(name, it)| (name.clone(), it.version.clone()))
        .collect()
}

/// Packages outside the catalog that a proof rests on.
fn named<S: Supply>(shelf: &Shelf<S>, proof: &Proof, question: Question<'_>) -> Vec<String> {
    let mut named = BTreeSet::new();
    for constraint in proof.constraints() {
        if let Constraint::Need { package, need } = constraint {
            named.insert(shelf.name(*package).to_owned());
            if let Some((_, on, _)) = shelf.need(*package, *need) {
                named.insert(on.to_owned());
            }
        }
    }
    named.retain(|name| !question.is_inside(name));
    named.into_iter().collect()
}

/// The state as roots; for each root its variable.
fn roots(
    shelf: &mut Shelf<World<'_, '_>>,
    question: Question<'_>,
    values: &[usize],
) -> Result<(Vec<Root>, Vec<usize>)> {
    let (mut roots, mut variables) = (Vec::new(), Vec::new());
    for (at, variable) in question.problem.variables.iter().enumerate() {
        let on = shelf.number(&question.key(variable));
        let allowed = if variable.is_floating() {
            let bits = 1..variable.values.len();
            bits.filter(|bit| variable.domain >> bit & 1 == 1)
                .map(|bit| bit - 1)
                .collect()
        } else {
            match values[at] {
                0 => ReleaseSet::none().and_absent(),
                bit => ReleaseSet::only(bit - 1),
            }
        };
        roots.push(Root {
            on,
            allowed,
            assumed: !variable.is_floating(),
        });
        variables.push(at);
    }
    for name in question.snapshot.direct.keys() {
        if question.is_inside(name) || !question.snapshot.packages.contains_key(name) {
            continue;
        }
        let on = shelf.number(name);
        let allowed = shelf.places(on, |_| true)?;
        roots.push(Root {
            on,
            allowed,
            assumed: false,
        });
    }
    Ok((roots, variables))
}

impl Question<'_> {
    /// A name that no package outside can have, where it is a runtime's.
    fn key(&self, variable: &Variable) -> String {
        let name = self.catalog.get(variable.package).name();
        match variable.role {
            Role::Runtime => format!("runtime {name}"),
            _ => name.to_string(),
        }
    }

    fn variable(&self, key: &str) -> Option<usize> {
        let mut variables = self.problem.variables.iter();
        variables.position(|variable| self.key(variable) == key)
    }

    fn is_inside(&self, key: &str) -> bool {
        key.contains(' ') || self.variable(key).is_some()
    }
}

/// A state and everything outside it, as releases.
struct World<'b, 'a> {
    joint: &'b mut Joint<'a>,
    question: Question<'b>,
    values: &'b [usize],
    now: &'b Versions,
    floor: &'b Versions,
}

impl Supply for World<'_, '_> {
    fn offers(&mut self, key: &str) -> Result<Vec<Offer>> {
        if let Some(at) = self.question.variable(key) {
            return self.inside(at);
        }
        let installed = self.question.snapshot.packages.get(key);
        if let Some(installed) = installed.filter(|_| !self.joint.free.contains(key)) {
            // As the lockfile has it; on another runtime the index may know better.
            let mut needs = self.reading(&installed.requirements);
            if self.runtime_moved() {
                needs.extend(self.on_runtime(key, &installed.version)?);
            }
            let mut offer = Offer::new(installed.version.clone(), needs);
            offer.keep = true;
            return Ok(vec![offer]);
        }
        self.outside(key)
    }
}

impl World<'_, '_> {
    /// Family packages and runtimes: their values, and what these need from outside.
    fn inside(&mut self, at: usize) -> Result<Vec<Offer>> {
        let question = self.question;
        let variable = &question.problem.variables[at];
        let package = question.catalog.get(variable.package);
        let mut offers = Vec::new();
        for (bit, value) in variable.values.iter().enumerate().skip(1) {
            let Some(version) = answer::version(question.catalog, variable, bit) else {
                continue;
            };
            let release = match value {
                Value::Release(at) => package.releases.get(*at),
                _ => package.release(version),
            };
            let mut needs = Vec::new();
            for (gem, requirement) in from_outside(question.catalog, release) {
                if is_decided(question, gem, requirement) || self.joint.knows(gem)? {
                    needs.push((gem.to_owned(), requirement.clone()));
                } else if question.snapshot.packages.contains_key(gem) {
                    // Where it has to go is not known; that it stays in play is.
                    let any = Requirement::any(requirement.scheme());
                    needs.push((gem.to_owned(), any));
                }
            }
            offers.push(Offer::new(version.clone(), needs));
        }
        Ok(offers)
    }

    /// What the index offers, and what is installed.
    fn outside(&mut self, name: &str) -> Result<Vec<Offer>> {
        let question = self.question;
        let installed = question.snapshot.packages.get(name);
        let direct = question.snapshot.direct.get(name).and_then(Option::as_ref);
        let now = self.now.get(name);
        let releases = self.joint.releases(name)?.map_or(&[][..], |it| it).to_vec();
        let mut offers: Vec<Offer> = Vec::new();
        for release in releases.iter().filter(|it| it.platform().is_none()) {
            let version = release.version();
            let needs = release.dependencies().iter();
            let needs: Vec<(String, Requirement)> = needs
                .map(|it| (it.name().to_string(), it.requirement().clone()))
                .collect();
            let mut needs = self.reading(&needs);
            needs.extend(release.ruby().and_then(|ruby| self.on_ruby(ruby)));
            let mut offer = Offer::new(version.clone(), needs);
            let is_installed = installed.is_some_and(|it| it.version == *version);
            offer.barred = !is_installed
                && (version.is_prerelease()
                    || question.request.is_too_young(release.created_on_day()))
                || self.floor.get(name).is_some_and(|floor| version < floor);
            let edits = direct.is_some_and(|it| !it.matches(version));
            offer.barred |= edits && question.request.keep_gemfile && !is_installed;
            offer.late = edits;
            offer.keep = now == Some(version);
            offers.push(offer);
        }
        if let Some(installed) = installed {
            if !offers.iter().any(|it| it.version == installed.version) {
                let needs = self.reading(&installed.requirements);
                let mut offer = Offer::new(installed.version.clone(), needs);
                offer.keep = now == Some(&installed.version);
                offer.barred = self
                    .floor
                    .get(name)
                    .is_some_and(|it| installed.version < *it);
                offers.push(offer);
            }
        }
        Ok(offers)
    }

    /// Needs without those of the tool that reads lockfiles, which no lockfile lists.
    fn reading(&self, needs: &[(String, Requirement)]) -> Vec<(String, Requirement)> {
        let needs = needs.iter().filter(|(on, _)| on != "bundler");
        needs.cloned().collect()
    }

    fn on_ruby(&self, requirement: &Requirement) -> Option<(String, Requirement)> {
        let key = "runtime ruby".to_owned();
        self.question.variable(&key)?;
        Some((key, requirement.clone()))
    }

    fn on_runtime(
        &mut self,
        name: &str,
        version: &Version,
    ) -> Result<Option<(String, Requirement)>> {
        let releases = self.joint.releases(name)?.map_or(&[][..], |it| it);
        let release = releases
            .iter()
            .find(|it| it.version() == version && it.platform().is_none());
        let ruby = release.and_then(|release| release.ruby()).cloned();
        Ok(ruby.and_then(|ruby| self.on_ruby(&ruby)))
    }

    fn runtime_moved(&self) -> bool {
        let variables = self.question.problem.variables.iter().zip(self.values);
        let mut runtimes =
            variables.filter(|(it, _)| it.role == Role::Runtime && !it.is_floating());
        runtimes.any(|(it, bit)| it.start != 1 << *bit)
    }

    /// The runtime that does not admit a version.
    fn runtime_refused(&mut self, name: &str, version: &Version) -> Result<Option<Wanted>> {
        let Some((key, requirement)) = self.on_runtime(name, version)? else {
            return Ok(None);
        };
        let question = self.question;
        let Some(at) = question.variable(&key) else {
            return Ok(None);
        };
        let variable = &question.problem.variables[at];
        let here = answer::version(question.catalog, variable, self.values[at]);
        Ok(here
            .filter(|here| !requirement.matches(here))
            .map(|here| Wanted {
                by: format!("{} {here}", question.catalog.get(variable.package).name()),
                requirement: format!("a newer one than {version}"),
            }))
    }

    /// What a release in the lockfile wants of a package outside that is elsewhere now.
    fn own_wish(&self, name: &str, from: &Version, next: &Versions) -> Option<Wanted> {
        let installed = self.question.snapshot.packages.get(name)?;
        let mut wants = installed.requirements.iter();
        let (on, requirement) = wants.find(|(on, requirement)| {
            let family = self.question.problem.variables.iter().zip(self.values);
            let mut family = family.filter(|(it, _)| self.question.key(it) == *on);
            let inside = family
                .next()
                .and_then(|(it, bit)| answer::version(self.question.catalog, it, *bit));
            inside
                .or(next.get(on))
                .is_some_and(|version| !requirement.matches(version))
        })?;
        Some(Wanted {
            by: format!("{name} {from}"),
            requirement: format!("{on} {requirement}"),
        })
    }

    /// What everything in a state wants of a package: the family first.
    fn wants(&mut self, gem: &str, next: &Versions) -> Result<Vec<(String, Requirement)>> {
        let mut wants = Vec::new();
        let question = self.question;
        for (at, variable) in question.problem.variables.iter().enumerate() {
            let Some(version) = answer::version(question.catalog, variable, self.values[at]) else {
                continue;
            };
            let package = question.catalog.get(variable.package);
            for (on, requirement) in from_outside(question.catalog, package.release(version)) {
                if on == gem {
                    let by = format!("{} {version}", package.name());
                    wants.push((by, requirement.clone()));
                }
            }
        }
        for (name, version) in next {
            let offers = self.offers(name)?;
            let offer = offers.into_iter().find(|it| it.version == *version);
            for (on, requirement) in offer.into_iter().flat_map(|it| it.needs) {
                if on == gem {
                    wants.push((format!("{name} {version}"), requirement));
                }
            }
        }
        Ok(wants)
    }

    fn newest(&mut self, name: &str) -> Result<Option<Version>> {
        let offers = self.outside(name)?;
        let open = offers.into_iter().filter(|it| !it.barred);
        Ok(open.map(|it| it.version).max())
    }
}
