//! The states of a plan together with all packages outside the catalog.
//!
//! At first every package outside is where the lockfile has it. Where a state does not resolve
//! the proof names those that are in the way; the index is asked about them, they become free to
//! move up, and the state is asked about again. So only what is reached is read, and what can stay
//! stays.
//!
//! Nothing outside goes down. So the states of a plan are judged one after another, each from where
//! the one before it leaves what is outside; where that gets stuck because an earlier state took
//! more than a later one admits, all states are asked about together, and what comes out bounds each
//! of them from above.
//!
//! What no freedom resolves is a *nogood*: places of family packages and runtimes that can never be
//! together in one state, or never one after the other. The search over steps learns it and looks
//! again.
//!
//! | file | contents |
//! |---|---|
//! | `states` | what each package candidates in each state, as a supply of `resolve` |
//! | `changes` | what moves in a step, with its reasons |

mod changes;
mod compare;
mod leaving;
mod states;

pub(super) use compare::BUNDLER;
pub(crate) use compare::compare;
pub(super) use leaving::{Leavers, leavers};

use super::gems::{OutsideGems, OutsideVersions};
use super::limits::INDEX_WORK;
use super::problem::{ABSENT, Nogood, Problem, Set};
use super::search::States;
use crate::catalog::Role;
use crate::error::Result;
use crate::lockfile::Origin;
use crate::plan::Outside;
use crate::resolve::{
    CandidateSet, Incompatibility, Limits, Premise, RegistryProvider, Resolution, RootRequirement,
    Solution, resolve,
};
use states::{Key, Named, StateRegistry};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a package is none of the catalog's that is in play.
fn is_outside(question: &Problem<'_>, name: &str) -> bool {
    let mut variables = question.variables.iter();
    !variables.any(|it| {
        it.role != Role::Runtime && question.catalog.get(it.package).name().as_str() == name
    })
}

/// What became of a plan's states.
pub(super) enum Verdict {
    /// What is outside in each of them.
    Fits(Vec<OutsideVersions>),
    Never(Nogood),
    /// The search limit was reached after these.
    GaveUp(Vec<OutsideVersions>),
}

/// Between what packages outside may stand, and where they stand before.
#[derive(Clone, Copy)]
struct Bounds<'a> {
    /// Kept where it can be.
    now: &'a OutsideVersions,
    floor: &'a OutsideVersions,
    ceiling: Option<&'a OutsideVersions>,
}

/// An answer to states that follow one another.
enum Found {
    /// What is outside in each.
    Picked(Vec<OutsideVersions>),
    Never(Nogood),
    GaveUp,
}

impl OutsideGems<'_> {
    /// Judges the states of a plan, the first of which is given.
    pub(super) fn judge(&mut self, question: &Problem<'_>, states: &States) -> Result<Verdict> {
        let states = &states[1..];
        let now = now(question);
        let mut floor = now.clone();
        floor.retain(|name, _| {
            let what_if = question.what_if;
            !what_if.dropped.contains(name) && !what_if.leaving.contains(name)
        });
        let bounds = Bounds {
            now: &now,
            floor: &floor,
            ceiling: None,
        };
        let (outside, stuck) = self.walk(question, states, bounds, &[])?;
        if !stuck {
            return Ok(if outside.len() == states.len() {
                Verdict::Fits(outside)
            } else {
                Verdict::GaveUp(outside)
            });
        }
        let alone = &states[outside.len()..=outside.len()];
        let mut together = Vec::new();
        for states in [alone, states] {
            match self.resolve(question, states, bounds)? {
                Found::Picked(picked) => together = picked,
                Found::Never(nogood) => return Ok(Verdict::Never(nogood)),
                Found::GaveUp => return Ok(Verdict::GaveUp(outside)),
            }
        }
        self.walked.clear();
        let ceilings = ceilings(together);
        let (outside, _) = self.walk(question, states, bounds, &ceilings)?;
        Ok(if outside.len() == states.len() {
            Verdict::Fits(outside)
        } else {
            Verdict::GaveUp(outside)
        })
    }

    /// What is outside in one state after the other, as far as that goes, and whether it ended
    /// at a state that does not resolve from there.
    fn walk(
        &mut self,
        question: &Problem<'_>,
        states: &[Vec<usize>],
        bounds: Bounds<'_>,
        ceilings: &[OutsideVersions],
    ) -> Result<(Vec<OutsideVersions>, bool)> {
        let mut outside: Vec<OutsideVersions> = Vec::new();
        let mut floor = bounds.floor.clone();
        for (at, values) in states.iter().enumerate() {
            let known = self.walked.get(at).filter(|(known, _)| known == values);
            let picked = if let Some((_, picked)) = known {
                picked.clone()
            } else {
                self.walked.truncate(at);
                let bounds = Bounds {
                    now: outside.last().unwrap_or(bounds.now),
                    floor: &floor,
                    ceiling: ceilings.get(at),
                };
                match self.resolve(question, &states[at..=at], bounds)? {
                    Found::Picked(mut picked) => picked.pop().unwrap_or_default(),
                    Found::Never(_) => return Ok((outside, true)),
                    Found::GaveUp => return Ok((outside, false)),
                }
            };
            if self.walked.len() == at {
                self.walked.push((values.clone(), picked.clone()));
            }
            floor.extend(picked.clone());
            outside.push(picked);
        }
        Ok((outside, false))
    }

    /// What moves outside in each step, as far as that was decided.
    pub(super) fn moves(
        &mut self,
        question: &Problem<'_>,
        states: &States,
        outside: &[OutsideVersions],
    ) -> Result<Vec<Vec<Outside>>> {
        let states = &states[1..];
        let mut now = &now(question);
        let mut moves = Vec::new();
        for (at, next) in outside.iter().enumerate() {
            let ahead = (&states[at..], &outside[at..]);
            moves.push(changes::changes(self, question, now, ahead)?);
            now = next;
        }
        Ok(moves)
    }

    /// States that follow one another, and everything outside in each of them.
    fn resolve(
        &mut self,
        question: &Problem<'_>,
        states: &[Vec<usize>],
        bounds: Bounds<'_>,
    ) -> Result<Found> {
        loop {
            let mut provider =
                RegistryProvider::new(StateRegistry::new(self, question, states, bounds));
            let (roots, variables) = roots(&mut provider, question, states)?;
            let limits = Limits {
                work: INDEX_WORK,
                ..Limits::default()
            };
            let proof = match resolve(&mut provider, &roots, limits)? {
                Resolution::GaveUp => return Ok(Found::GaveUp),
                Resolution::Solved(pick) => {
                    return Ok(Found::Picked(picked(
                        &mut provider,
                        question,
                        states,
                        &pick,
                    )?));
                }
                Resolution::Impossible(proof) => proof,
            };
            let mut named = named(&provider, &proof, question);
            named.extend(clashing(question, states));
            let mut any = false;
            for name in &named {
                let movable = question
                    .snapshot
                    .packages
                    .get(name)
                    .is_some_and(|it| it.origin == Origin::Registry);
                if movable && !self.free.contains(name) && self.knows(name)? {
                    any |= self.free.insert(name.clone());
                }
            }
            if !any {
                let mut nogood = nogood(&proof, &variables);
                bind(&mut nogood, question, states);
                self.blamed.extend(named);
                return Ok(Found::Never(nogood.into_values().collect()));
            }
        }
    }
}

/// What is outside the catalog in the lockfile.
fn now(question: &Problem<'_>) -> OutsideVersions {
    let installed = question.snapshot.packages.iter();
    let outside = installed.filter(|(name, _)| is_outside(question, name));
    outside
        .map(|(name, it)| (name.clone(), it.version.clone()))
        .collect()
}

/// How far each state may go so that all later ones still resolve: where they do together, or where
/// the next one does that has the package.
fn ceilings(together: Vec<OutsideVersions>) -> Vec<OutsideVersions> {
    let mut ceilings = together;
    let mut later = OutsideVersions::new();
    for state in ceilings.iter_mut().rev() {
        later.append(state);
        state.clone_from(&later);
    }
    ceilings
}

/// What a pick has of packages outside, in each state.
fn picked(
    provider: &mut RegistryProvider<StateRegistry<'_, '_>>,
    question: &Problem<'_>,
    states: &[Vec<usize>],
    pick: &Solution,
) -> Result<Vec<OutsideVersions>> {
    let mut outside = vec![OutsideVersions::new(); states.len()];
    for (package, place) in pick.releases() {
        let version = provider.versions(*package)?.get(*place).cloned();
        let Some(Key::In(state, named)) = provider.package_of(*package) else {
            continue;
        };
        if let (Some(version), Some(name)) = (version, named.outside(question)) {
            outside[*state].insert(name.to_owned(), version);
        }
    }
    Ok(outside)
}

/// Packages outside the catalog that a proof rests on.
fn named(
    provider: &RegistryProvider<StateRegistry<'_, '_>>,
    proof: &Incompatibility,
    question: &Problem<'_>,
) -> Vec<String> {
    let mut named = BTreeSet::new();
    let mut add = |key: &Key| {
        named.extend(key.named().outside(question).map(str::to_owned));
    };
    for premise in proof.premises() {
        if let Premise::Dependency {
            package,
            dependency,
        } = premise
        {
            if let Some(key) = provider.package_of(*package) {
                add(key);
            }
            if let Some((_, on, _)) = provider.dependency(*package, *dependency) {
                add(on);
            }
        }
    }
    named.into_iter().collect()
}

/// Installed packages outside the catalog that some state has a conflict with, at some version.
fn clashing(question: &Problem<'_>, states: &[Vec<usize>]) -> Vec<String> {
    let clashes = question.clashes.iter().filter(|clash| {
        let mut states = states.iter();
        states.any(|values| clash.values.has(values[clash.at]))
    });
    let gems = clashes.map(|clash| clash.gem.to_string());
    gems.filter(|gem| question.snapshot.packages.contains_key(gem))
        .collect()
}

/// What a proof says of the roots: for each its state and variable.
fn nogood(proof: &Incompatibility, variables: &[StatePlace]) -> BTreeMap<usize, Vec<(usize, Set)>> {
    let mut states: BTreeMap<usize, Vec<(usize, Set)>> = BTreeMap::new();
    for (root, places) in proof.also() {
        let Some((state, at)) = variables.get(*root) else {
            continue;
        };
        let mut values: Set = places.iter().map(|place| place + 1).collect();
        if places.has_absent() {
            values.insert(ABSENT);
        }
        states.entry(*state).or_default().push((*at, values));
    }
    states
}

/// Where a conflict kept a gem from where it could stand, what the proof says is valid only for values
/// that have this conflict.
fn bind(
    nogood: &mut BTreeMap<usize, Vec<(usize, Set)>>,
    question: &Problem<'_>,
    states: &[Vec<usize>],
) {
    for clash in &question.clashes {
        for (state, values) in states.iter().enumerate() {
            if !clash.values.has(values[clash.at]) {
                continue;
            }
            let entry = nogood.entry(state).or_default();
            match entry.iter_mut().find(|(at, _)| *at == clash.at) {
                Some((_, mask)) => mask.keep(&clash.values),
                None => entry.push((clash.at, clash.values.clone())),
            }
        }
    }
}

/// Of a root that is a variable's: the state and the variable.
type StatePlace = (usize, usize);

/// The states as roots, those of variables first.
fn roots(
    provider: &mut RegistryProvider<StateRegistry<'_, '_>>,
    question: &Problem<'_>,
    states: &[Vec<usize>],
) -> Result<(Vec<RootRequirement>, Vec<StatePlace>)> {
    let (mut roots, mut variables) = (Vec::new(), Vec::new());
    for (state, values) in states.iter().enumerate() {
        for (at, variable) in question.variables.iter().enumerate() {
            let on = provider.number(&Key::In(state, Named::of(question, variable)));
            let allowed = if variable.is_floating() {
                let bits = 1..variable.values.len();
                bits.filter(|bit| variable.domain.has(*bit))
                    .map(|bit| bit - 1)
                    .collect()
            } else {
                match values[at] {
                    0 => CandidateSet::none().and_absent(),
                    bit => CandidateSet::only(bit - 1),
                }
            };
            roots.push(RootRequirement {
                on,
                allowed,
                assumed: !variable.is_floating(),
            });
            variables.push((state, at));
        }
    }
    for state in 0..states.len() {
        for name in question.snapshot.direct.keys() {
            let is_installed = question.snapshot.packages.contains_key(name);
            let what_if = question.what_if;
            let is_dropped = what_if.dropped.contains(name) || what_if.leaving.contains(name);
            if !is_outside(question, name) || !is_installed || is_dropped {
                continue;
            }
            let on = provider.number(&Key::In(state, Named::Package(name.clone())));
            let allowed = provider.places(on, |_| true)?;
            roots.push(RootRequirement {
                on,
                allowed,
                assumed: false,
            });
        }
    }
    Ok((roots, variables))
}
