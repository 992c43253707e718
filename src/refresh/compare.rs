//! One package at a time: releases by version, requirements by name.

use super::{ChangedNeed, ChangedRelease, IndexAnswer, IndexAnswers, NewRelease};
use super::{PackageRefresh, Refresh, RefreshGap};
use crate::catalog::{Catalog, Package, Release, Role};
use crate::index::Indexed;
use crate::name::Name;
use crate::version::{Requirement, Version};
use std::collections::{BTreeMap, BTreeSet};

/// The runtime that a compact index knows, by its key there.
const RUNTIME: &str = "ruby";
/// A server lacks more known releases than this, and more than one in `PART`: it has a part only.
const FEW: usize = 3;
const PART: usize = 10;

impl Refresh {
    /// Compares what a server answered with a catalog.
    #[must_use]
    pub fn compare(catalog: &Catalog, answers: &IndexAnswers) -> Self {
        let packages = catalog.packages().iter();
        let packages = packages.filter(|package| package.role() != Role::Runtime);
        let packages = packages.map(|package| {
            let answer = answers.0.get(package.name().as_str());
            compare(catalog, package, answer)
        });
        Refresh {
            packages: packages.collect(),
        }
    }
}

fn compare(catalog: &Catalog, package: &Package, answer: Option<&IndexAnswer>) -> PackageRefresh {
    let mut found = PackageRefresh {
        name: package.name().clone(),
        new: Vec::new(),
        withdrawn: Vec::new(),
        returned: Vec::new(),
        changed: Vec::new(),
        gap: None,
    };
    let Some(answer) = answer else {
        found.gap = Some(RefreshGap::NotAsked);
        return found;
    };
    let Some(releases) = &answer.releases else {
        found.gap = Some(RefreshGap::Absent);
        return found;
    };
    // A catalog knows versions, not their builds: the one for all platforms describes a version, and
    // a build for one platform shows that the version is there.
    let mut described: BTreeMap<&Version, &Indexed> = BTreeMap::new();
    let mut offered: BTreeSet<&Version> = BTreeSet::new();
    for release in releases {
        offered.insert(release.version());
        if release.platform().is_none() {
            described.entry(release.version()).or_insert(release);
        }
    }
    for (version, release) in &described {
        match package.release(version) {
            None => found.new.push(NewRelease {
                release: (*release).clone(),
                opens: opened(package, version),
            }),
            Some(known) => {
                if known.is_yanked() {
                    found.returned.push((*version).clone());
                }
                let needs = changes(catalog, known, release);
                if !needs.is_empty() {
                    found.changed.push(ChangedRelease {
                        release: (*release).clone(),
                        needs,
                    });
                }
            }
        }
    }
    let known: Vec<&Release> = package
        .releases()
        .iter()
        .filter(|release| !release.is_yanked())
        .collect();
    let gone = known
        .iter()
        .map(|release| release.version())
        .filter(|version| !offered.contains(*version));
    let (told, missing): (Vec<&Version>, Vec<&Version>) =
        gone.partition(|version| answer.withdrawn.contains(version));
    found.withdrawn.extend(told.into_iter().cloned());
    if missing.len() > FEW && missing.len() > known.len() / PART {
        found.gap = Some(RefreshGap::Partial {
            known: known.len(),
            missing: missing.len(),
        });
    } else if answer.unread == 0 {
        found.withdrawn.extend(missing.into_iter().cloned());
        found.withdrawn.sort();
    }
    if answer.unread > 0 {
        // A release may stand on a line that was not read.
        found.gap = Some(RefreshGap::Unread {
            lines: answer.unread,
        });
    }
    found
}

/// The line of a new release, where the catalog has none of it that was read.
fn opened(package: &Package, version: &Version) -> Option<String> {
    let name = version.line();
    let line = package.lines().iter().find(|line| line.name() == name);
    line.is_none_or(|line| line.is_unread()).then_some(name)
}

/// The requirements that differ between a release of the catalog and of the index, by name.
fn changes(catalog: &Catalog, known: &Release, indexed: &Indexed) -> Vec<ChangedNeed> {
    let mut before: BTreeMap<&str, String> = BTreeMap::new();
    for need in known.requirements() {
        before.insert(need.name().as_str(), plain(need.requirement()));
    }
    let mut after: BTreeMap<&str, String> = BTreeMap::new();
    for need in indexed.dependencies() {
        after.insert(need.name().as_str(), plain(need.requirement()));
    }
    // Only a catalog with this runtime has requirements on it.
    let runtime = catalog.package(RUNTIME);
    if runtime.is_some_and(|package| package.role() == Role::Runtime) {
        if let Some(runtime) = indexed.ruby().filter(|runtime| !runtime.is_any()) {
            after.insert(RUNTIME, plain(runtime));
        }
        if before.get(RUNTIME).is_some_and(String::is_empty) {
            before.remove(RUNTIME);
        }
    }
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let differing = names
        .into_iter()
        .filter(|name| before.get(name) != after.get(name));
    let mut changes = Vec::new();
    for name in differing {
        // The names come from names.
        let Ok(name) = Name::new(name) else { continue };
        changes.push(ChangedNeed {
            before: before.get(name.as_str()).cloned(),
            after: after.get(name.as_str()).cloned(),
            name,
        });
    }
    changes
}

/// A requirement by its parts, in an order of their own: `< 3, >= 1` is `>= 1, < 3`.
fn plain(requirement: &Requirement) -> String {
    let text = requirement.to_string();
    let mut parts: Vec<&str> = text.split(", ").filter(|part| *part != ">= 0").collect();
    parts.sort_unstable();
    parts.dedup();
    parts.join(", ")
}
