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
    /// direct itself, or nothing leads there. In a way of more than twelve packages `…` means
    /// those in the middle.
    #[must_use]
    pub fn from(&self) -> &[String] {
        &self.from
    }
}

/// The most packages that a way from a direct package names; of a longer one `…` means the middle.
const MAX_WAY: usize = 12;

/// How a package is reached, breadth first from the direct ones.
struct Reached<'s> {
    /// From which it is reached; `None` for a direct one.
    before: Option<&'s str>,
    /// How many lead there.
    depth: usize,
    /// The first of these.
    first: Vec<&'s str>,
}

/// Everything in the lockfile that requires a package, by name.
pub(super) fn chains(snapshot: &Snapshot, package: &str) -> Vec<Chain> {
    let mut reached: BTreeMap<&str, Reached<'_>> = BTreeMap::new();
    let mut open: VecDeque<&str> = VecDeque::new();
    for name in snapshot.direct.keys() {
        let direct = Reached {
            before: None,
            depth: 0,
            first: Vec::new(),
        };
        reached.insert(name, direct);
        open.push_back(name);
    }
    while let Some(name) = open.pop_front() {
        let installed = snapshot.packages.get(name);
        for (on, _) in installed.map_or(&[][..], |it| &it.requirements) {
            let Some(by) = reached
                .get(name)
                .filter(|_| !reached.contains_key(on.as_str()))
            else {
                continue;
            };
            let mut first = by.first.clone();
            if first.len() < MAX_WAY / 2 {
                first.push(name);
            }
            let next = Reached {
                before: Some(name),
                depth: by.depth + 1,
                first,
            };
            reached.insert(on, next);
            open.push_back(on);
        }
    }
    let mut chains = Vec::new();
    for (name, installed) in &snapshot.packages {
        let wants = installed.requirements.iter();
        for (_, requirement) in wants.filter(|(on, _)| on == package) {
            chains.push(Chain {
                by: name.clone(),
                version: installed.version.to_string(),
                requirement: requirement.to_string(),
                from: way(&reached, name),
            });
        }
    }
    chains
}

/// The way to a package, that from which it begins first.
fn way(reached: &BTreeMap<&str, Reached<'_>>, name: &str) -> Vec<String> {
    let Some(to) = reached.get(name) else {
        return Vec::new();
    };
    let is_long = to.depth > MAX_WAY;
    let count = match is_long {
        true => MAX_WAY - MAX_WAY / 2 - 1,
        false => to.depth,
    };
    let mut last: Vec<String> = Vec::new();
    let mut before = to.before;
    while let Some(earlier) = before.filter(|_| last.len() < count) {
        last.push(earlier.to_owned());
        before = reached.get(earlier).and_then(|it| it.before);
    }
    if is_long {
        last.push("…".to_owned());
        last.extend(to.first.iter().rev().map(|it| (*it).to_owned()));
    }
    last.reverse();
    last
}

#[cfg(test)]
mod tests {
    use super::{MAX_WAY, chains};
    use crate::lockfile::{Lockfile, Snapshot};

    /// One gem after another, the last of which requires `end`.
    fn chain(length: usize) -> Vec<String> {
        let mut text = String::from("GEM\n  specs:\n    end (1)\n");
        for at in 0..length {
            let next = match at + 1 {
                next if next == length => "end".to_owned(),
                next => format!("d{next:05}"),
            };
            text.push_str(&format!("    d{at:05} (1)\n      {next}\n"));
        }
        text.push_str("\nDEPENDENCIES\n  d00000\n");
        let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
        let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
        let chains = chains(&snapshot, "end");
        assert_eq!(chains.len(), 1);
        chains[0].from().to_vec()
    }

    #[test]
    fn a_long_way_leaves_its_middle_out() {
        assert!(chain(1).is_empty());
        assert_eq!(chain(3), ["d00000", "d00001"]);
        let whole = chain(MAX_WAY + 1);
        assert_eq!(whole.len(), MAX_WAY);
        assert!(!whole.contains(&"…".to_owned()));
        let cut = chain(5_000);
        assert_eq!(
            cut,
            [
                "d00000", "d00001", "d00002", "d00003", "d00004", "d00005", "…", "d04994",
                "d04995", "d04996", "d04997", "d04998"
            ]
        );
    }
}
