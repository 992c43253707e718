//! What each package candidates in each of several states that follow one another.

use super::Bounds;
use super::compare::{BUNDLER, needs};
use crate::catalog::{Catalog, Package, Role};
use crate::error::Result;
use crate::index::Indexed;
use crate::planner::gems::OutsideGems;
use crate::planner::installed;
use crate::planner::problem::{self, Problem, Value, Variable};
use crate::resolve::{Candidate, Registry};
use crate::version::{Requirement, Version};
use std::collections::BTreeSet;

/// A package or runtime by name. A gem may have the name of a runtime.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Named {
    Package(String),
    Runtime(String),
}

impl Named {
    /// What a requirement on a name is on: the runtime where the catalog has one of this name.
    pub(super) fn required(catalog: &Catalog, name: &str) -> Self {
        let is_runtime = |it: &Package| it.role() == Role::Runtime;
        if catalog.package(name).is_some_and(is_runtime) {
            Named::Runtime(name.to_owned())
        } else {
            Named::Package(name.to_owned())
        }
    }

    pub(super) fn of(problem: &Problem<'_>, variable: &Variable) -> Self {
        let name = problem.catalog.get(variable.package).name().to_string();
        match variable.role {
            Role::Runtime => Named::Runtime(name),
            _ => Named::Package(name),
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        let (Named::Package(name) | Named::Runtime(name)) = self;
        name
    }

    /// The variable of a package or runtime of the catalog that is in play.
    pub(super) fn variable(&self, problem: &Problem<'_>) -> Option<usize> {
        let mut variables = problem.variables.iter();
        variables.position(|variable| {
            let is_runtime = matches!(self, Named::Runtime(_));
            is_runtime == (variable.role == Role::Runtime)
                && problem.catalog.get(variable.package).name().as_str() == self.name()
        })
    }

    /// The name of a package that is no variable: one outside the catalog.
    pub(super) fn outside(&self, problem: &Problem<'_>) -> Option<&str> {
        match self {
            Named::Package(name) if self.variable(problem).is_none() => Some(name),
            _ => None,
        }
    }
}

/// A package for the resolver: one of ours in one of the states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    /// The package in a state.
    In(usize, Named),
    /// The highest version that the package had up to a state. Nothing goes down: each requires one
    /// of the next state that is no lower, and a package that is present in a state is at it.
    Highest(usize, Named),
}

impl Key {
    pub(super) fn named(&self) -> &Named {
        let (Key::In(_, named) | Key::Highest(_, named)) = self;
        named
    }
}

/// A candidate in a state, with dependencies on packages of the same state.
pub(super) type InState = Candidate<Named>;

/// Consecutive states, and all packages outside the catalog in each, as releases.
pub(super) struct StateRegistry<'b, 'a> {
    pub(super) joint: &'b mut OutsideGems<'a>,
    question: &'b Problem<'b>,
    states: &'b [Vec<usize>],
    bounds: Bounds<'b>,
}

impl Registry for StateRegistry<'_, '_> {
    type Package = Key;

    fn candidates(&mut self, key: &Key) -> Result<Vec<Candidate<Key>>> {
        let (state, named) = match key {
            Key::Highest(state, named) => return self.highest(*state, named),
            Key::In(state, named) => (*state, named),
        };
        let is_chained = self.states.len() > 1 && self.can_move(named);
        let found = self.of(state, named)?.into_iter().map(|candidate| {
            let dependencies = candidate.dependencies.into_iter();
            let dependencies = dependencies.map(|(on, it)| (Key::In(state, on), it));
            let mut dependencies: Vec<_> = dependencies.collect();
            if is_chained {
                let highest = Key::Highest(state, named.clone());
                dependencies.push((highest, Requirement::exactly(&candidate.version)));
            }
            Candidate {
                version: candidate.version,
                dependencies,
                excluded: candidate.excluded,
                last_resort: candidate.last_resort,
                deferred: candidate.deferred,
                preferred: candidate.preferred,
            }
        });
        Ok(found.collect())
    }
}

impl<'b, 'a> StateRegistry<'b, 'a> {
    pub(super) fn new(
        joint: &'b mut OutsideGems<'a>,
        question: &'b Problem<'b>,
        states: &'b [Vec<usize>],
        bounds: Bounds<'b>,
    ) -> Self {
        StateRegistry {
            joint,
            question,
            states,
            bounds,
        }
    }

    /// Returns the releases of a package in a state, with what they require there.
    pub(super) fn of(&mut self, state: usize, named: &Named) -> Result<Vec<InState>> {
        self.of_version(state, named, None)
    }

    /// The same of one version; without one of all.
    pub(super) fn of_version(
        &mut self,
        state: usize,
        named: &Named,
        only: Option<&Version>,
    ) -> Result<Vec<InState>> {
        if let Some(at) = named.variable(self.question) {
            return self.inside(at);
        }
        let name = match named {
            Named::Package(name) => name,
            // A runtime that is not in play.
            Named::Runtime(_) => return Ok(Vec::new()),
        };
        let installed = self.question.snapshot.packages.get(name);
        if let Some(installed) = installed.filter(|_| !self.can_move(named)) {
            // As the lockfile has it; on another runtime the index may know better.
            let mut dependencies = self.reading(&installed.requirements);
            if self.runtime_moved(state) {
                // What does not run there frees it: a later release may.
                dependencies.extend(self.on_runtime(name, &installed.version)?);
            }
            self.relax(name, &mut dependencies);
            let mut candidate = Candidate::new(installed.version.clone(), dependencies);
            candidate.preferred = true;
            candidate.excluded = self.clashes(state, name, &installed.version);
            return Ok(vec![candidate]);
        }
        self.outside(state, name, only)
    }

    /// Whether a version conflicts with what the family has in a state.
    fn clashes(&self, state: usize, name: &str, version: &Version) -> bool {
        let values = &self.states[state];
        self.question.clashes.iter().any(|clash| {
            clash.gem == *name
                && clash.values.has(values[clash.at])
                && clash.versions.matches(version)
        })
    }

    /// Whether it may have another version than in the lockfile, or is not in it.
    fn can_move(&self, named: &Named) -> bool {
        let Some(name) = named.outside(self.question) else {
            return false;
        };
        let is_installed = self.question.snapshot.packages.contains_key(name);
        !is_installed || self.joint.free.contains(name)
    }

    /// See [`Key::Highest`].
    fn highest(&mut self, state: usize, named: &Named) -> Result<Vec<Candidate<Key>>> {
        let mut candidates = Vec::new();
        for candidate in self.of(state, named)?.into_iter().filter(|it| !it.excluded) {
            let mut dependencies = Vec::new();
            if state + 1 < self.states.len() {
                let version = &candidate.version;
                let no_lower = Requirement::parse(version.scheme(), &format!(">= {version}"))?;
                dependencies.push((Key::Highest(state + 1, named.clone()), no_lower));
            }
            candidates.push(Candidate::new(candidate.version, dependencies));
        }
        Ok(candidates)
    }

    /// Returns the values of a family package or runtime, with what they require from outside.
    fn inside(&mut self, at: usize) -> Result<Vec<InState>> {
        let question = self.question;
        let variable = &question.variables[at];
        let package = question.catalog.get(variable.package);
        let mut candidates = Vec::new();
        for (bit, value) in variable.values.iter().enumerate().skip(1) {
            // Numbers of values are places of candidates.
            if let Value::Missing(version) = value {
                let mut candidate = Candidate::new(Version::clone(version), Vec::new());
                candidate.excluded = true;
                candidates.push(candidate);
                continue;
            }
            let Some(version) = problem::version(question.catalog, variable, bit) else {
                continue;
            };
            let release = match value {
                Value::Release(at) => package.releases.get(*at),
                _ => installed::release(package, question.snapshot, version),
            };
            let of_release = needs(question.catalog, question.snapshot, package, release);
            let mut dependencies = Vec::new();
            for (gem, requirement) in of_release {
                let on = Named::Package(gem.to_owned());
                if question.what_if.unneeded.contains(gem) {
                    continue;
                }
                if is_decided(question, gem, requirement) || self.joint.knows(gem)? {
                    dependencies.push((on, requirement.clone()));
                } else if question.snapshot.packages.contains_key(gem) {
                    // Where it has to go is not known; that it stays in play is.
                    dependencies.push((on, Requirement::any(requirement.scheme())));
                }
            }
            candidates.push(Candidate::new(version.clone(), dependencies));
        }
        Ok(candidates)
    }

    /// Returns the releases of the index, and the installed one.
    fn outside(
        &mut self,
        state: usize,
        name: &str,
        only: Option<&Version>,
    ) -> Result<Vec<InState>> {
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
        let nothing = BTreeSet::new();
        let platforms = installed.map_or(&nothing, |it| &it.platforms);
        let ruby = self.ruby(state);
        let info = self.joint.info(name)?;
        let releases: Vec<&Indexed> = match (&info, only) {
            (None, _) => Vec::new(),
            (Some(info), Some(version)) => info.of_version(version).collect(),
            (Some(info), None) => info.releases().iter().collect(),
        };
        self.joint.work += releases.len() as u64;
        let mut candidates: Vec<InState> = Vec::new();
        let mut lists_installed = false;
        for release in releases.into_iter().filter(|it| it.platform().is_none()) {
            let version = release.version();
            // Bundler would compile it; another release with a variant that fits is better.
            let variants = self.joint.ruby_of_variants(name, version, platforms)?;
            let is_compiled = ruby
                .as_ref()
                .is_some_and(|ruby| variants.iter().any(|it| !it.matches(ruby)));
            let dependencies = release.dependencies().iter();
            let dependencies = dependencies.map(|it| (it.name().as_str(), it.requirement()));
            let mut dependencies = self.required(dependencies);
            dependencies.extend(release.ruby().and_then(|ruby| self.on_ruby(ruby)));
            let is_installed = installed.is_some_and(|it| it.version == *version);
            lists_installed |= is_installed;
            if is_installed {
                self.relax(name, &mut dependencies);
            }
            let mut candidate = Candidate::new(version.clone(), dependencies);
            // Bundler takes prereleases as any release of what the Gemfile requires with letters, and (2.6.7 and
            // 4.0.22) of what is locked at one; others where nothing else resolves.
            let is_early = version.is_prerelease()
                && !is_installed
                && !direct.is_some_and(Requirement::is_prerelease)
                && !installed.is_some_and(|it| it.version.is_prerelease());
            candidate.last_resort = is_early;
            candidate.excluded = is_early && !question.request.prereleases
                || !is_installed && question.request.is_too_young(release.created_on_day())
                || out_of_bounds(version)
                || self.clashes(state, name, version);
            let edits = direct.is_some_and(|it| !it.matches(version));
            candidate.excluded |= edits && question.request.keep_gemfile && !is_installed;
            candidate.deferred = edits || is_compiled;
            candidate.preferred = now == Some(version) && !is_compiled;
            candidates.push(candidate);
        }
        if let Some(installed) = installed.filter(|_| !lists_installed) {
            let mut dependencies = self.reading(&installed.requirements);
            self.relax(name, &mut dependencies);
            let mut candidate = Candidate::new(installed.version.clone(), dependencies);
            candidate.preferred = now == Some(&installed.version);
            candidate.excluded =
                out_of_bounds(&installed.version) || self.clashes(state, name, &installed.version);
            candidates.push(candidate);
        }
        Ok(candidates)
    }

    /// What the lockfile says that a package requires.
    fn reading(&self, requirements: &[(String, Requirement)]) -> Vec<(Named, Requirement)> {
        self.required(requirements.iter().map(|(on, it)| (on.as_str(), it)))
    }

    /// Dependencies without Bundler, which no lockfile lists as a package.
    fn required<'r>(
        &self,
        requirements: impl Iterator<Item = (&'r str, &'r Requirement)>,
    ) -> Vec<(Named, Requirement)> {
        let (catalog, what_if) = (self.question.catalog, self.question.what_if);
        requirements
            .filter(|(on, _)| *on != BUNDLER && !what_if.unneeded.contains(*on))
            .map(|(on, requirement)| (Named::required(catalog, on), requirement.clone()))
            .collect()
    }

    /// Leaves out what an explanation does without.
    fn relax(&self, name: &str, dependencies: &mut Vec<(Named, Requirement)>) {
        let what_if = self.question.what_if;
        dependencies.retain(|(on, _)| !what_if.is_waived(name, on.name()));
        if what_if.relaxed.contains(name) {
            for (_, requirement) in dependencies {
                *requirement = Requirement::any(requirement.scheme());
            }
        }
    }

    /// Returns the Ruby of a state, where it is known.
    fn ruby(&self, state: usize) -> Option<Version> {
        let at = Named::Runtime("ruby".to_owned()).variable(self.question)?;
        let bit = *self.states.get(state)?.get(at)?;
        let variable = &self.question.variables[at];
        problem::version(self.question.catalog, variable, bit).cloned()
    }

    fn on_ruby(&self, requirement: &Requirement) -> Option<(Named, Requirement)> {
        let ruby = Named::Runtime("ruby".to_owned());
        ruby.variable(self.question)?;
        Some((ruby, requirement.clone()))
    }

    /// Returns what a release and its variants for the locked platforms require of Ruby, where the index
    /// says so.
    pub(super) fn on_runtime(
        &mut self,
        name: &str,
        version: &Version,
    ) -> Result<Vec<(Named, Requirement)>> {
        let nothing = BTreeSet::new();
        let installed = self.question.snapshot.packages.get(name);
        let platforms = installed.map_or(&nothing, |it| &it.platforms);
        let mut rubies = self.joint.ruby_of_variants(name, version, platforms)?;
        rubies.extend(self.joint.ruby_of(name, version)?);
        let rubies = rubies.iter();
        Ok(rubies.filter_map(|ruby| self.on_ruby(ruby)).collect())
    }

    fn runtime_moved(&self, state: usize) -> bool {
        let values = &self.states[state];
        let variables = self.question.variables.iter().zip(values);
        let mut runtimes =
            variables.filter(|(it, _)| it.role == Role::Runtime && !it.is_floating());
        runtimes.any(|(it, bit)| !it.start.has(*bit))
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
