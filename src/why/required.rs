//! Who requires a package, from what the user asks for down to it, as the lockfile lists it; and what the
//! packages of each state of a plan require of a runtime.

use super::Stand;
use crate::catalog::{Beside, Catalog, Package};
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::plan::{Because, Plan, RuntimeNeed, State, Step};
use crate::planner::{Session, installed};
use crate::rules::{self, Heed};
use crate::version::{Requirement, Version};
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

/// What is required of one runtime.
pub(super) struct RuntimeNeeds<'a> {
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    heed: Heed,
    runtime: &'a Package,
    /// The newest release of each line, oldest line first.
    lines: Vec<(&'a str, &'a Version)>,
}

/// A package of a state, and what it requires of the runtime.
type Required<'a> = (&'a Package, Version, &'a Requirement);

impl<'a> RuntimeNeeds<'a> {
    pub(super) fn new(session: Session<'a, '_>, runtime: &'a Package) -> Result<Self> {
        let lines = runtime.lines().iter().enumerate();
        let lines = lines.filter_map(|(at, line)| {
            let mut releases = runtime.releases().iter();
            let newest = releases.rfind(|it| it.line == at && it.is_enterable())?;
            Some((line.name(), newest.version()))
        });
        Ok(RuntimeNeeds {
            catalog: session.catalog,
            snapshot: session.snapshot,
            heed: session.heed()?,
            runtime,
            lines: lines.collect(),
        })
    }

    /// The version from which a plan starts, where one is known.
    pub(super) fn installed(&self, plan: &Plan) -> Option<String> {
        let text = self.text(plan.start())?;
        self.version(text).map(|_| text.to_owned())
    }

    /// One entry for each step: at which version the runtime is, and who needs it there.
    pub(super) fn stands(&self, plan: &Plan) -> Vec<Stand> {
        let states: Vec<&State> = plan.steps().iter().map(Step::state).collect();
        let stands = plan.steps().iter().enumerate().map(|(at, step)| {
            let mut changes = step.changes().iter();
            let change = changes.find(|it| it.package() == self.runtime.name());
            let moved = change.and_then(|it| {
                let (from, to) = (self.version(it.from()?)?, self.version(it.to()?)?);
                self.below(&from, &to)
            });
            let mut targets = plan.targets().iter();
            let is_asked = targets.any(|(name, _)| name == self.runtime.name().as_str());
            let because = match (change, moved) {
                (Some(_), _) if is_asked => Because::Asked,
                (Some(change), below) => below
                    .and_then(|below| self.needed(&states[at..], below))
                    .map_or_else(
                        || change.because().clone(),
                        |(later, need)| Because::RuntimeNeeded {
                            step: step.number() + later,
                            need,
                        },
                    ),
                (None, _) => Because::RuntimeAllowed {
                    need: self.strictest(step.state()).map(|(need, _)| need),
                    lines: self.allowed(step.state()),
                },
            };
            Stand {
                step: step.number(),
                version: self.text(step.state()).and_then(|it| self.version(it)),
                moved: change.is_some(),
                because,
            }
        });
        stands.collect()
    }

    /// Who requires the runtime in a state.
    pub(super) fn chains(&self, state: &State) -> Vec<Chain> {
        let required = self.required(state).into_iter();
        let chains = required.map(|(package, version, requirement)| Chain {
            by: package.name().to_string(),
            version: version.to_string(),
            requirement: requirement.to_string(),
            from: Vec::new(),
        });
        chains.collect()
    }

    /// What a state has for the runtime: a line, a version, or a requirement where it is not known.
    fn text<'s>(&self, state: &'s State) -> Option<&'s str> {
        let mut runtimes = state.runtimes().iter();
        let found = runtimes.find(|(name, _)| name == self.runtime.name());
        found.map(|(_, text)| text.as_str())
    }

    fn version(&self, text: &str) -> Option<Version> {
        Version::of_line(self.runtime.scheme(), text).ok()
    }

    /// The newest release of the last line before the one that is entered: what it would have been without
    /// that line. At least the line that is left.
    fn below(&self, from: &Version, to: &Version) -> Option<&'a Version> {
        let (from, to) = (from.line(), to.line());
        let place = |line: &str| self.lines.iter().position(|(name, _)| *name == line);
        let below = place(&to).map_or(0, |at| at.saturating_sub(1));
        let at = below.max(place(&from).unwrap_or(0));
        self.lines.get(at).map(|(_, newest)| *newest)
    }

    /// What the packages of a state require of the runtime, in the catalog's order.
    fn required(&self, state: &State) -> Vec<Required<'a>> {
        let mut required = Vec::new();
        for (name, version) in state.packages() {
            let Some(package) = self.catalog.package(name.as_str()) else {
                continue;
            };
            let needs = installed::needs(package, self.snapshot, package.release(version));
            let needs = needs.filter(|(on, _)| *on == self.runtime.name().as_str());
            required.extend(needs.map(|(_, it)| (package, version.clone(), it)));
        }
        required
    }

    /// The requirement of a state that the most of the old lines do not meet.
    fn strictest(&self, state: &State) -> Option<(RuntimeNeed, &'a Requirement)> {
        let unmet = |requirement: &Requirement| {
            let mut lines = self.lines.iter();
            let first = lines.position(|(_, newest)| requirement.matches(newest));
            first.unwrap_or(self.lines.len())
        };
        let mut strictest: Option<(usize, Required<'a>)> = None;
        for required in self.required(state) {
            let count = unmet(required.2);
            if strictest.as_ref().is_none_or(|(known, _)| *known < count) {
                strictest = Some((count, required));
            }
        }
        strictest.map(|(_, (package, version, requirement))| {
            let need = RuntimeNeed {
                by: package.name().clone(),
                by_version: version,
                requirement: requirement.to_string(),
            };
            (need, requirement)
        })
    }

    /// The first of these states whose strictest requirement a version does not meet, and that.
    fn needed(&self, states: &[&State], version: &Version) -> Option<(usize, RuntimeNeed)> {
        let mut states = states.iter().enumerate();
        states.find_map(|(at, state)| {
            let (need, requirement) = self.strictest(state)?;
            (!requirement.matches(version)).then_some((at, need))
        })
    }

    /// The lines that requirements and rules allow in a state.
    fn allowed(&self, state: &State) -> Vec<String> {
        let required = self.required(state);
        let allowed = self.lines.iter().filter(|(_, newest)| {
            required.iter().all(|(.., it)| it.matches(newest)) && !self.is_broken(state, newest)
        });
        allowed.map(|(name, _)| (*name).to_owned()).collect()
    }

    /// Whether a rule keeps a version of the runtime out of a state.
    fn is_broken(&self, state: &State, version: &Version) -> bool {
        let name = self.runtime.name();
        let version_of = |of: &str| match of == name.as_str() {
            true => Some(version.clone()),
            false => state.package(of).cloned(),
        };
        let mut rules = self.heed.rules(self.catalog);
        rules.any(|(_, rule)| {
            let about = self.catalog.get(rule.package).name();
            let is_about = about == name
                || rule.pair().is_some_and(|pair| match pair.with {
                    Beside::Package(id) => self.catalog.get(id).name() == name,
                    Beside::Outside(_) => false,
                });
            let installed = version_of(about.as_str()).filter(|_| is_about);
            installed.is_some_and(|it| rules::broken(self.catalog, rule, &it, version_of).is_some())
        })
    }
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
