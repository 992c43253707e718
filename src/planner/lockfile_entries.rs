//! Does a lockfile say of its gems what their releases require?
//!
//! Bundler believes the lockfile: where a gem that an entry needs has no entry, or an entry lacks
//! what its release requires, it resolves again, and from 2.6 on takes the gem itself to its newest.

use super::installed;
use super::outside::BUNDLER;
use crate::catalog::{Catalog, Package, Role};
use crate::lockfile::Snapshot;

/// What is wrong with the entry of a gem in a lockfile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryFault {
    /// It needs a gem that has no entry.
    NoEntry {
        /// The gem.
        on: String,
    },
    /// It does not list a gem that its release requires.
    NoLine {
        /// The gem.
        on: String,
        /// The requirement of the release.
        requires: String,
    },
    /// It lists another requirement than its release has.
    OtherLine {
        /// The gem.
        on: String,
        /// The requirement in the lockfile.
        says: String,
        /// The requirement of the release.
        requires: String,
    },
}

impl EntryFault {
    /// The gem that is needed.
    pub(crate) fn on(&self) -> &str {
        match self {
            EntryFault::NoEntry { on }
            | EntryFault::NoLine { on, .. }
            | EntryFault::OtherLine { on, .. } => on,
        }
    }
}

/// The faults of the entry of an installed package, in the order of its requirements.
///
/// A snapshot that is not a whole lockfile has none. What the catalog knows of a release is compared
/// for packages of the catalog alone.
pub(crate) fn faults(catalog: &Catalog, snapshot: &Snapshot, name: &str) -> Vec<EntryFault> {
    let mut faults = Vec::new();
    let Some(installed) = snapshot.packages.get(name).filter(|_| snapshot.is_complete) else {
        return faults;
    };
    let is_there = |on: &str| snapshot.packages.contains_key(on) || on == BUNDLER;
    for (on, _) in &installed.requirements {
        if !is_there(on) {
            faults.push(EntryFault::NoEntry { on: on.clone() });
        }
    }
    let release = catalog
        .package(name)
        .and_then(|package| installed::release(package, snapshot, &installed.version));
    let is_package = |package: &Package| package.role() != Role::Runtime;
    for need in release.map_or(&[][..], |release| release.requirements()) {
        let on = need.name().as_str();
        if !catalog.package(on).is_some_and(is_package) {
            continue;
        }
        let mut listed = installed.requirements.iter();
        let requires = need.requirement();
        match listed.find(|(known, _)| known == on) {
            None => faults.push(EntryFault::NoLine {
                on: on.to_owned(),
                requires: requires.to_string(),
            }),
            Some((_, says)) if says.to_set() != requires.to_set() => {
                faults.push(EntryFault::OtherLine {
                    on: on.to_owned(),
                    says: says.to_string(),
                    requires: requires.to_string(),
                });
            }
            Some(_) => {}
        }
    }
    faults
}
