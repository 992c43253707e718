//! Who requires a package, from what the user asks for down to it, as the lockfile lists it.

use crate::lockfile::Snapshot;
use std::collections::{BTreeMap, VecDeque};

/// A package that requires another, and how the user comes to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub(crate) by: String,
    pub(crate) version: String,
    pub(crate) requirement: String,
    pub(crate) from: Vec<String>,
}

impl Chain {
    /// Who requires it.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// The installed version of that.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What it requires.
    #[must_use]
    pub fn requirement(&self) -> &str {
        &self.requirement
    }

    /// The shortest way to it from a direct package of the user, that one first; empty where it is
    /// direct itself, or nothing leads there.
    #[must_use]
    pub fn from(&self) -> &[String] {
        &self.from
    }
}

/// Everything in the lockfile that requires a package, by name.
pub(super) fn chains(snapshot: &Snapshot, package: &str) -> Vec<Chain> {
    // Breadth first from the direct packages: how each is reached.
    let mut before: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    let mut open: VecDeque<&str> = VecDeque::new();
    for name in snapshot.direct.keys() {
        before.insert(name, None);
        open.push_back(name);
    }
    while let Some(name) = open.pop_front() {
        let installed = snapshot.packages.get(name);
        for (on, _) in installed.map_or(&[][..], |it| &it.requirements) {
            if !before.contains_key(on.as_str()) {
                before.insert(on, Some(name));
                open.push_back(on);
            }
        }
    }
    let mut chains = Vec::new();
    for (name, installed) in &snapshot.packages {
        for (_, requirement) in installed
            .requirements
            .iter()
            .filter(|(on, _)| on == package)
        {
            let mut from = Vec::new();
            let mut at = name.as_str();
            while let Some(Some(earlier)) = before.get(at) {
                from.push((*earlier).to_owned());
                at = earlier;
            }
            from.reverse();
            chains.push(Chain {
                by: name.clone(),
                version: installed.version.to_string(),
                requirement: requirement.to_string(),
                from,
            });
        }
    }
    chains
}
