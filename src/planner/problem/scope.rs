//! Which packages take part in a question, and what the rest of the lockfile asks of them.

use super::build::Builder;
use super::{Clash, Value};
use crate::catalog::{Package, PackageId, Release, Role};
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::{Origin, Snapshot};
use crate::name::Name;
use crate::planner::limits::MAX_VARIABLES;
use crate::rules;
use crate::version::{Requirement, Version};
use std::collections::BTreeMap;

/// What the rest of the lockfile requires of one package.
#[derive(Default)]
pub(super) struct HolderRequirements<'a> {
    requirements: Vec<&'a Requirement>,
    /// Of each release how many of them it meets.
    met: Vec<usize>,
}

impl<'a> HolderRequirements<'a> {
    fn add(&mut self, package: &Package, requirement: &'a Requirement) {
        let releases = &package.releases;
        self.met.resize(releases.len(), 0);
        // A requirement of another scheme meets nothing.
        if requirement.scheme() == package.scheme() {
            for at in requirement.matching(releases, |release| &release.version) {
                self.met[at] += 1;
            }
        }
        self.requirements.push(requirement);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether a release of the catalog meets all of them.
    pub(super) fn admits(&self, release: usize) -> bool {
        self.met
            .get(release)
            .is_none_or(|met| *met == self.requirements.len())
    }

    /// Whether a version meets all of them.
    pub(super) fn matches(&self, version: &Version) -> bool {
        self.requirements.iter().all(|it| it.matches(version))
    }
}

impl<'a> Builder<'a> {
    /// The packages of the catalog that are installed or may join, and the runtimes.
    pub(super) fn scope(&mut self) -> Result<()> {
        let catalog = self.catalog;
        let mut inside = vec![false; catalog.packages().len()];
        let mut open: Vec<usize> = Vec::new();
        for (at, package) in catalog.packages().iter().enumerate() {
            if self.installed[at].is_some() || package.role() == Role::Runtime {
                inside[at] = true;
                open.push(at);
            }
        }
        while let Some(at) = open.pop() {
            for on in &catalog.packages()[at].requires {
                if !std::mem::replace(&mut inside[on.index()], true) {
                    open.push(on.index());
                }
            }
        }
        self.scope = inside
            .iter()
            .enumerate()
            .filter(|(_, inside)| **inside)
            .filter_map(|(at, _)| u16::try_from(at).ok().map(PackageId))
            .collect();
        if self.scope.len() > MAX_VARIABLES {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!(
                    "{} packages would take part: expected at most {MAX_VARIABLES}",
                    self.scope.len()
                ),
            ));
        }
        for (at, package) in self.scope.iter().enumerate() {
            self.at[package.index()] = Some(at);
        }
        Ok(())
    }

    /// May a state enter a release, whatever else is in it?
    pub(super) fn is_fit(&self, release: &Release) -> bool {
        self.heed.may_enter(release)
            && !self.request.is_too_young(release.date())
            && self.request.is_within(release)
    }

    /// Whether a gem outside the catalog neither leaves nor moves.
    pub(super) fn stays_as_it_is(&self, gem: &str) -> bool {
        let index = self.what_if.movable.as_ref();
        !self.what_if.dropped.contains(gem)
            && !self.what_if.leaving.contains(gem)
            && !self.what_if.relaxed.contains(gem)
            && !index.is_some_and(|movable| movable.contains(gem))
    }

    /// Conflicts with gems outside the catalog that may move.
    pub(super) fn clashes(&self) -> Vec<Clash> {
        if self.what_if.movable.is_none() {
            return Vec::new();
        }
        let movable = |gem: &Name| {
            let index = self.what_if.movable.as_ref();
            index.is_some_and(|movable| movable.contains(gem.as_str()))
        };
        let rules = self.heed.rules(self.catalog);
        let clashes = rules.filter_map(|(_, rule)| {
            let (gem, versions, with_versions) = rules::outside(rule)?;
            let at = self.at[rule.package.index()].filter(|_| movable(gem))?;
            // Where it is too new already, a line takes it down, which nothing else does.
            let installed = self.snapshot.packages.get(gem.as_str());
            if installed.is_some_and(|it| with_versions.matches(it.version()))
                && rules::held_by_line(self.catalog, self.snapshot, rule).is_some()
            {
                return None;
            }
            let bits = 1..self.variables[at].values.len();
            let values = bits.filter(|bit| {
                let version = self.version(at, *bit);
                version.is_some_and(|version| versions.matches(version))
            });
            Some(Clash {
                at,
                values: values.collect(),
                gem: gem.clone(),
                versions: with_versions.clone(),
            })
        });
        clashes.collect()
    }

    /// What the rest of the lockfile requires of packages of the catalog.
    pub(super) fn holders(&self) -> BTreeMap<PackageId, HolderRequirements<'a>> {
        let snapshot: &'a Snapshot = self.snapshot;
        let mut holders: BTreeMap<PackageId, HolderRequirements<'a>> = BTreeMap::new();
        for (name, installed) in &snapshot.packages {
            if self.catalog.id(name).is_some() || self.what_if.leaving.contains(name) {
                continue;
            }
            // One that may move is asked about together with the states. What an explanation does
            // without still keeps in play what it requires.
            let binds = self.stays_as_it_is(name);
            for (on, requirement) in &installed.requirements {
                let binds = binds && !self.what_if.is_waived(name, on);
                if let Some(on) = self.catalog.id(on) {
                    let held = holders.entry(on).or_default();
                    if binds {
                        held.add(self.catalog.get(on), requirement);
                    }
                }
            }
        }
        holders
    }

    /// The variables that something installed needs now.
    pub(super) fn wanted_now(&self) -> u64 {
        let mut wanted = 0;
        for id in &self.scope {
            let package = self.catalog.get(*id);
            let Some((installed, place)) = self.installed[id.index()] else {
                continue;
            };
            let place = place.filter(|_| installed.origin == Origin::Registry);
            match place {
                Some(place) => {
                    for need in package.releases[place]
                        .needs
                        .iter()
                        .filter(|need| need.rule.is_none())
                    {
                        wanted |= self.at[need.on.index()].map_or(0, |on| 1 << on);
                    }
                }
                None => {
                    for (name, _) in &installed.requirements {
                        wanted |= self.variable_of(name).map_or(0, |on| 1 << on);
                    }
                }
            }
        }
        wanted
    }

    pub(super) fn installed(&self, id: PackageId) -> Option<&'a Version> {
        self.installed[id.index()].map(|(installed, _)| &installed.version)
    }

    pub(super) fn variable_of(&self, name: &str) -> Option<usize> {
        self.at[self.catalog.id(name)?.index()]
    }

    pub(super) fn version(&self, at: usize, bit: usize) -> Option<&Version> {
        let variable = &self.variables[at];
        match variable.values.get(bit)? {
            Value::Absent | Value::Missing(_) => None,
            Value::Installed => variable.version.as_ref(),
            Value::Release(release) => {
                Some(&self.catalog.get(variable.package).releases[*release].version)
            }
        }
    }
}
