//! What of an installation breaks requirements and rules now.

use super::{Question, known, problem};
use crate::catalog::{Catalog, Role};
use crate::lockfile::Snapshot;
use crate::plan::Breach;
use crate::rules::{self, Heed, Says};
use crate::version::Version;

/// All of it, in the catalog's order: what releases require of packages and runtimes that are there,
/// then the rules.
pub(super) fn breaches(catalog: &Catalog, snapshot: &Snapshot, heed: &Heed) -> Vec<Breach> {
    let installed = |name: &str| installed(catalog, snapshot, name);
    let mut breaches = Vec::new();
    for package in catalog.packages() {
        let name = package.name();
        if package.role() == Role::Runtime {
            continue;
        }
        let Some(version) = installed(name.as_str()) else {
            continue;
        };
        let release = known::release(package, snapshot, &version);
        for (on, requirement) in known::needs(package, snapshot, release) {
            let Some(other) = catalog.package(on) else {
                continue;
            };
            let Some(found) = installed(on).filter(|found| !requirement.matches(found)) else {
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
        let Some(version) = installed(name.as_str()) else {
            continue;
        };
        let (with, found, requirement) = match rules::broken(catalog, rule, &version, installed) {
            Some(Says::Requires {
                on,
                requirement,
                found,
            }) => (on, found, Some(requirement.to_string())),
            Some(Says::Conflict { with, found }) => (with, found, None),
            Some(Says::Blocked) | None => continue,
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

/// The version of a package or runtime that is there; a line of a runtime stands for its newest patch.
fn installed(catalog: &Catalog, snapshot: &Snapshot, name: &str) -> Option<Version> {
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
        None => Version::parse(package.scheme(), text).ok(),
    }
}

impl Question<'_> {
    /// What is broken at the start of the question.
    pub(super) fn breaches(self) -> Vec<Breach> {
        let heed = problem::heed(self.catalog, self.request).unwrap_or_default();
        breaches(self.catalog, self.snapshot, &heed)
    }
}
