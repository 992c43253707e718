//! What each package offers in each of several states that follow one another.

use super::compare::{BUNDLER, needs};
use super::{Bounds, RUNTIME, runtime};
use crate::catalog::Role;
use crate::error::Result;
use crate::planner::gems::OutsideGems;
use crate::planner::installed;
use crate::planner::problem::{self, Problem, Value};
use crate::resolve::{Offer, Supply};
use crate::version::{Requirement, Version};
use std::collections::BTreeSet;

/// A package of the resolver: one of ours in one of the states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key<'a> {
    /// The package itself.
    In(usize, &'a str),
    /// The highest version that the package had up to a state. Nothing goes down, so each needs one
    /// of the next state that is no lower, and the package itself is at it where it is there.
    High(usize, &'a str),
}

impl<'a> Key<'a> {
    pub(super) fn text(self) -> String {
        match self {
            Key::In(state, name) => format!("{state}={name}"),
            Key::High(state, name) => format!("{state}^{name}"),
        }
    }

    pub(super) fn read(text: &'a str) -> Self {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (state, name) = text.split_at(digits);
        let state = state.parse().unwrap_or(0);
        match name.strip_prefix('^') {
            Some(name) => Key::High(state, name),
            None => Key::In(state, name.strip_prefix('=').unwrap_or(name)),
        }
    }

    pub(super) fn name(self) -> &'a str {
        let (Key::In(_, name) | Key::High(_, name)) = self;
        name
    }
}

/// States that follow one another, and everything outside them, as releases.
pub(super) struct Offers<'b, 'a> {
    pub(super) joint: &'b mut OutsideGems<'a>,
    question: &'b Problem<'b>,
    states: &'b [Vec<usize>],
    bounds: Bounds<'b>,
}

impl Supply for Offers<'_, '_> {
    fn offers(&mut self, key: &str) -> Result<Vec<Offer>> {
        match Key::read(key) {
            Key::High(state, name) => self.high(state, name),
            Key::In(state, name) => {
                let mut offers = self.of(state, name)?;
                let is_chained = self.states.len() > 1 && self.can_move(name);
                for offer in &mut offers {
                    for (on, _) in &mut offer.needs {
                        *on = Key::In(state, on).text();
                    }
                    if is_chained {
                        let high = Key::High(state, name).text();
                        offer
                            .needs
                            .push((high, Requirement::exactly(&offer.version)));
                    }
                }
                Ok(offers)
            }
        }
    }
}

impl<'b, 'a> Offers<'b, 'a> {
    pub(super) fn new(
        joint: &'b mut OutsideGems<'a>,
        question: &'b Problem<'b>,
        states: &'b [Vec<usize>],
        bounds: Bounds<'b>,
    ) -> Self {
        Offers {
            joint,
            question,
            states,
            bounds,
        }
    }

    /// The releases of a package in a state, with what they need there.
    pub(super) fn of(&mut self, state: usize, name: &str) -> Result<Vec<Offer>> {
        if let Some(at) = self.question.variable(name) {
            return self.inside(at);
        }
        let installed = self.question.snapshot.packages.get(name);
        if let Some(installed) = installed.filter(|_| !self.can_move(name)) {
            // As the lockfile has it; on another runtime the index may know better.
            let mut needs = self.reading(&installed.requirements);
            if self.runtime_moved(state) {
                needs.extend(self.on_runtime(name, &installed.version)?);
                // A variant that does not run there frees it: a later release may have one that does.
                let variants =
                    self.joint
                        .ruby_of_variants(name, &installed.version, &installed.platforms)?;
                needs.extend(variants.iter().filter_map(|ruby| self.on_ruby(ruby)));
            }
            self.relax(name, &mut needs);
            let mut offer = Offer::new(installed.version.clone(), needs);
            offer.keep = true;
            offer.barred = self.clashes(state, name, &installed.version);
            return Ok(vec![offer]);
        }
        self.outside(state, name)
    }

    /// Whether a version does not run beside what the family has in a state.
    fn clashes(&self, state: usize, name: &str, version: &Version) -> bool {
        let values = &self.states[state];
        self.question.clashes.iter().any(|clash| {
            clash.gem == *name
                && clash.values >> values[clash.at] & 1 == 1
                && clash.versions.matches(version)
        })
    }

    /// Whether it may stand elsewhere than in the lockfile, or is not there.
    fn can_move(&self, name: &str) -> bool {
        let is_installed = self.question.snapshot.packages.contains_key(name);
        self.question.is_outside(name) && (!is_installed || self.joint.free.contains(name))
    }

    /// See [`Key::High`].
    fn high(&mut self, state: usize, name: &str) -> Result<Vec<Offer>> {
        let mut offers = Vec::new();
        for offer in self.of(state, name)?.into_iter().filter(|it| !it.barred) {
            let mut needs = Vec::new();
            if state + 1 < self.states.len() {
                let version = &offer.version;
                let no_lower = Requirement::parse(version.scheme(), &format!(">= {version}"))?;
                needs.push((Key::High(state + 1, name).text(), no_lower));
            }
            offers.push(Offer::new(offer.version, needs));
        }
        Ok(offers)
    }

    /// Family packages and runtimes: their values, and what these need from outside.
    fn inside(&mut self, at: usize) -> Result<Vec<Offer>> {
        let question = self.question;
        let variable = &question.variables[at];
        let package = question.catalog.get(variable.package);
        let mut offers = Vec::new();
        for (bit, value) in variable.values.iter().enumerate().skip(1) {
            let Some(version) = problem::version(question.catalog, variable, bit) else {
                continue;
            };
            let release = match value {
                Value::Release(at) => package.releases.get(*at),
                _ => installed::release(package, question.snapshot, version),
            };
            let of_release = needs(question.catalog, question.snapshot, package, release);
            let mut needs = Vec::new();
            for (gem, requirement) in of_release {
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
    fn outside(&mut self, state: usize, name: &str) -> Result<Vec<Offer>> {
        let question = self.question;
        let bounds = self.bounds;
        let installed = question.snapshot.packages.get(name);
        let direct = question.snapshot.direct.get(name).and_then(Option::as_ref);
        let now = bounds.now.get(name).filter(|_| state == 0);
        let out_of_bounds = |version: &Version| {
            bounds.floor.get(name).is_some_and(|floor| version < floor)
                || bounds
                    .ceiling
                    .and_then(|ceiling| ceiling.get(name))
                    .is_some_and(|ceiling| version > ceiling)
        };
        let releases = self.joint.releases(name)?.map_or(&[][..], |it| it).to_vec();
        let nothing = BTreeSet::new();
        let platforms = installed.map_or(&nothing, |it| &it.platforms);
        let ruby = self.ruby(state);
        let mut offers: Vec<Offer> = Vec::new();
        for release in releases.iter().filter(|it| it.platform().is_none()) {
            let version = release.version();
            // Bundler would compile it; where another release has a variant that fits, that is better.
            let variants = self.joint.ruby_of_variants(name, version, platforms)?;
            let is_compiled = ruby
                .as_ref()
                .is_some_and(|ruby| variants.iter().any(|it| !it.matches(ruby)));
            let needs = release.dependencies().iter();
            let needs: Vec<(String, Requirement)> = needs
                .map(|it| (it.name().to_string(), it.requirement().clone()))
                .collect();
            let mut needs = self.reading(&needs);
            needs.extend(release.ruby().and_then(|ruby| self.on_ruby(ruby)));
            let is_installed = installed.is_some_and(|it| it.version == *version);
            if is_installed {
                self.relax(name, &mut needs);
            }
            let mut offer = Offer::new(version.clone(), needs);
            offer.barred = !is_installed
                && (version.is_prerelease()
                    || question.request.is_too_young(release.created_on_day()))
                || out_of_bounds(version)
                || self.clashes(state, name, version);
            let edits = direct.is_some_and(|it| !it.matches(version));
            offer.barred |= edits && question.request.keep_gemfile && !is_installed;
            offer.last = edits || is_compiled;
            offer.keep = now == Some(version) && !is_compiled;
            offers.push(offer);
        }
        if let Some(installed) = installed {
            if !offers.iter().any(|it| it.version == installed.version) {
                let mut needs = self.reading(&installed.requirements);
                self.relax(name, &mut needs);
                let mut offer = Offer::new(installed.version.clone(), needs);
                offer.keep = now == Some(&installed.version);
                offer.barred = out_of_bounds(&installed.version)
                    || self.clashes(state, name, &installed.version);
                offers.push(offer);
            }
        }
        Ok(offers)
    }

    /// Needs without those of the tool that reads lockfiles, which no lockfile lists; the name of a
    /// runtime means the runtime, as it does to the planner.
    fn reading(&self, needs: &[(String, Requirement)]) -> Vec<(String, Requirement)> {
        let needs = needs.iter().filter(|(on, _)| on != BUNDLER);
        let catalog = self.question.catalog;
        let needs = needs.map(|(on, requirement)| {
            let package = catalog.package(on);
            let is_runtime = package.is_some_and(|it| it.role() == Role::Runtime);
            let name = if is_runtime { runtime(on) } else { on.clone() };
            (name, requirement.clone())
        });
        needs.collect()
    }

    /// Leaves out what an explanation does without.
    fn relax(&self, name: &str, needs: &mut Vec<(String, Requirement)>) {
        let what_if = self.question.what_if;
        needs.retain(|(on, _)| !what_if.is_waived(name, on.strip_prefix(RUNTIME).unwrap_or(on)));
        if what_if.relaxed.iter().any(|it| it == name) {
            for (_, requirement) in needs {
                *requirement = Requirement::any(requirement.scheme());
            }
        }
    }

    /// The Ruby of a state, where it is known.
    fn ruby(&self, state: usize) -> Option<Version> {
        let at = self.question.variable(&runtime("ruby"))?;
        let bit = *self.states.get(state)?.get(at)?;
        let variable = &self.question.variables[at];
        problem::version(self.question.catalog, variable, bit).cloned()
    }

    fn on_ruby(&self, requirement: &Requirement) -> Option<(String, Requirement)> {
        let key = runtime("ruby");
        self.question.variable(&key)?;
        Some((key, requirement.clone()))
    }

    /// The need of a release for a Ruby, if the index tells of one.
    pub(super) fn on_runtime(
        &mut self,
        name: &str,
        version: &Version,
    ) -> Result<Option<(String, Requirement)>> {
        let ruby = self.joint.ruby_of(name, version)?;
        Ok(ruby.and_then(|ruby| self.on_ruby(&ruby)))
    }

    fn runtime_moved(&self, state: usize) -> bool {
        let values = &self.states[state];
        let variables = self.question.variables.iter().zip(values);
        let mut runtimes =
            variables.filter(|(it, _)| it.role == Role::Runtime && !it.is_floating());
        runtimes.any(|(it, bit)| it.start != 1 << *bit)
    }
}

/// Whether the lockfile alone decides on a need: it is met, or something there rules it out.
///
/// Any other need of a package that the index does not know stays open.
fn is_decided(question: &Problem<'_>, gem: &str, requirement: &Requirement) -> bool {
    let packages = &question.snapshot.packages;
    let Some(installed) = packages.get(gem) else {
        return false;
    };
    let ruled_out = || {
        let wanted = requirement.to_set();
        let what_if = question.what_if;
        packages.iter().any(|(name, it)| {
            let mut wants = it.requirements.iter().filter(|(on, _)| on == gem);
            wants.any(|(_, own)| own.to_set().is_disjoint_from(&wanted))
                && !what_if.is_waived(name, gem)
                && !what_if.relaxed.contains(name)
        })
    };
    requirement.matches(&installed.version) || ruled_out()
}
