//! What of an installation breaks requirements and rules now.

use super::installed;
use super::problem::{Problem, Value, version};
use crate::catalog::{Catalog, Role};
use crate::lockfile::{Installed, Snapshot};
use crate::plan::{Breach, KnownDefect, State};
use crate::rules::{self, Heed, Says};
use crate::version::Version;

/// All of it, in the catalog's order: what releases require of packages and runtimes that are there,
/// then the rules.
pub(super) fn breaches(catalog: &Catalog, snapshot: &Snapshot, heed: &Heed) -> Vec<Breach> {
    let version_of = |name: &str| version_of(catalog, snapshot, name);
    let mut breaches = Vec::new();
    for package in catalog.packages() {
        let name = package.name();
        if package.role() == Role::Runtime {
            continue;
        }
        let Some(version) = version_of(name.as_str()) else {
            continue;
        };
        let release = installed::release(package, snapshot, &version);
        for (on, requirement) in installed::needs(package, snapshot, release) {
            let Some(other) = catalog.package(on) else {
                continue;
            };
            let Some(found) = version_of(on).filter(|found| !requirement.matches(found)) else {
                continue;
            };
            breaches.push(Breach {
                package: name.clone(),
                version: version.to_string(),
                with: other.name().clone(),
                with_version: found.to_string(),
                requirement: Some(requirement.to_string()),
                rule: None,
            });
        }
    }
    for (_, rule) in heed.rules(catalog) {
        let name = catalog.get(rule.package).name();
        let Some(version) = version_of(name.as_str()) else {
            continue;
        };
        let (with, found, requirement) = match rules::broken(catalog, rule, &version, version_of) {
            Some(Says::Needs {
                on,
                requirement,
                found,
            }) => (on, found, Some(requirement.to_string())),
            Some(Says::Apart { with, found }) => (with, found, None),
            Some(Says::Never) | None => continue,
        };
        breaches.push(Breach {
            package: name.clone(),
            version: version.to_string(),
            with: with.clone(),
            with_version: found.to_string(),
            requirement,
            rule: Some((rule.id().clone(), rule.why().to_owned())),
        });
    }
    breaches
}

/// The version of a package or runtime that is there; a line of a runtime means its newest patch.
fn version_of(catalog: &Catalog, snapshot: &Snapshot, name: &str) -> Option<Version> {
    if let Some(installed) = snapshot.packages.get(name) {
        return Some(installed.version().clone());
    }
    let package = catalog.package(name)?;
    let text = snapshot.runtime(name)?;
    match package.line_index(text) {
        Some(line) => {
            let mut newest_first = package.releases().iter().rev();
            let newest = newest_first.find(|release| release.line == line)?;
            Some(newest.version().clone())
        }
        None => Version::of_line(package.scheme(), text).ok(),
    }
}

impl Problem<'_> {
    /// What is broken at the start of the question.
    pub(super) fn breaches(&self) -> Vec<Breach> {
        breaches(self.catalog, self.snapshot, &self.heed)
    }

    /// The bad releases that a state of these values is on; what is outside the catalog is as the lockfile
    /// has it.
    pub(super) fn defects(&self, state: &State, values: &[usize]) -> Vec<KnownDefect> {
        let installed = |name: &str| match self.catalog.package(name) {
            Some(_) => state.package(name),
            None => self.snapshot.packages.get(name).map(Installed::version),
        };
        let mut defects = Vec::new();
        for (variable, value) in self.variables.iter().zip(values) {
            let own = variable.package;
            let place = match variable.values[*value] {
                Value::Release(place) => Some(place),
                Value::Installed => variable.known,
                Value::Absent | Value::Missing(_) => continue,
            };
            let candidates = self.catalog.candidates(own);
            if place.is_some_and(|place| !candidates.defective.has(place)) {
                continue;
            }
            // What a user accepts is reported all the same.
            for (id, places) in &candidates.defects {
                let is_out = place.is_some_and(|place| !places.has(place));
                let rule = &self.catalog.rules()[id.0 as usize];
                let version = || version(self.catalog, variable, *value);
                let has_it = || Some(rule.defective()?.matches(version()?));
                debug_assert!(
                    place.is_none() || has_it() == Some(!is_out),
                    "the places of a defect"
                );
                if is_out || self.heed.is_denied(*id) {
                    continue;
                }
                let Some(version) = version() else { continue };
                if let Some(defect) = rules::defect(self.catalog, rule, version, installed) {
                    let package = self.catalog.get(own).name();
                    defects.push((*id, KnownDefect::new(package, version, rule, defect)));
                }
            }
        }
        defects.sort_by_key(|(id, _)| *id);
        defects.into_iter().map(|(_, defect)| defect).collect()
    }
}
