//! The states of a plan together with all packages outside the catalog.
//!
//! At first every package outside stands where the lockfile has it. Where a state does not resolve
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
//! | file | holds |
//! |---|---|
//! | `offers` | what each package offers in each state, as a supply of `resolve` |
//! | `changes` | what moves in a step, with its reasons |

mod changes;
mod compare;
mod leaving;
mod offers;

pub(super) use compare::BUNDLER;
pub(crate) use compare::compare;
pub(super) use leaving::{Leavers, leavers};

use super::gems::{OutsideGems, Versions};
use super::limits::INDEX_WORK;
use super::problem::{ABSENT, Mask, Nogood, Problem, Variable};
use super::search::States;
use crate::catalog::Role;
use crate::error::Result;
use crate::lockfile::Origin;
use crate::plan::Outside;
use crate::resolve::{
    Answer, Constraint, Limits, Pick, Proof, ReleaseSet, Root, Shelf, Supply, resolve,
};
use offers::{Key, Offers};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a plan's states.
pub(super) enum Verdict {
    /// What stands outside in each of them.
    Fits(Vec<Versions>),
    Never(Nogood),
    /// The bound of work was met after these.
    GaveUp(Vec<Versions>),
}

/// Between what packages outside may stand, and where they stand before.
#[derive(Clone, Copy)]
struct Bounds<'a> {
    /// Kept where it can be.
    now: &'a Versions,
    floor: &'a Versions,
    ceiling: Option<&'a Versions>,
}

/// An answer to states that follow one another.
enum Found {
    /// What stands outside in each.
    Picked(Vec<Versions>),
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

    /// What stands outside in one state after the other, as far as that goes, and whether it ended
    /// at a state that does not resolve from there.
    fn walk(
        &mut self,
        question: &Problem<'_>,
        states: &[Vec<usize>],
        bounds: Bounds<'_>,
        ceilings: &[Versions],
    ) -> Result<(Vec<Versions>, bool)> {
        let mut outside: Vec<Versions> = Vec::new();
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
        outside: &[Versions],
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
            let mut shelf = Shelf::new(Offers::new(self, question, states, bounds));
            let (roots, variables) = roots(&mut shelf, question, states)?;
            let limits = Limits {
                work: INDEX_WORK,
                ..Limits::default()
            };
            let proof = match resolve(&mut shelf, &roots, limits)? {
                Answer::GaveUp => return Ok(Found::GaveUp),
                Answer::Picked(pick) => {
                    return Ok(Found::Picked(picked(&mut shelf, question, states, &pick)?));
                }
                Answer::Impossible(proof) => proof,
            };
            let mut named = named(&shelf, &proof, question);
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

/// What stands outside the catalog in the lockfile.
fn now(question: &Problem<'_>) -> Versions {
    let installed = question.snapshot.packages.iter();
    let outside = installed.filter(|(name, _)| question.is_outside(name));
    outside
        .map(|(name, it)| (name.clone(), it.version.clone()))
        .collect()
}

/// How far each state may go so that all later ones still resolve: where they do together, or where
/// the next one does that has the package.
fn ceilings(together: Vec<Versions>) -> Vec<Versions> {
    let mut ceilings = together;
    let mut later = Versions::new();
    for state in ceilings.iter_mut().rev() {
        later.append(state);
        state.clone_from(&later);
    }
    ceilings
}

/// What a pick has of packages outside, in each state.
fn picked(
    shelf: &mut Shelf<Offers<'_, '_>>,
    question: &Problem<'_>,
    states: &[Vec<usize>],
    pick: &Pick,
) -> Result<Vec<Versions>> {
    let mut outside = vec![Versions::new(); states.len()];
    for (package, place) in pick.releases() {
        let version = shelf.versions(*package)?.get(*place).cloned();
        if let (Some(version), Key::In(state, name)) = (version, Key::read(shelf.name(*package))) {
            if question.is_outside(name) {
                outside[state].insert(name.to_owned(), version);
            }
        }
    }
    Ok(outside)
}

/// Packages outside the catalog that a proof rests on.
fn named<S: Supply>(shelf: &Shelf<S>, proof: &Proof, question: &Problem<'_>) -> Vec<String> {
    let mut named = BTreeSet::new();
    let mut add = |key: &str| {
        let name = Key::read(key).name();
        if question.is_outside(name) {
            named.insert(name.to_owned());
        }
    };
    for constraint in proof.constraints() {
        if let Constraint::Need { package, need } = constraint {
            add(shelf.name(*package));
            if let Some((_, on, _)) = shelf.need(*package, *need) {
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
        states.any(|values| clash.values >> values[clash.at] & 1 == 1)
    });
    let gems = clashes.map(|clash| clash.gem.to_string());
    gems.filter(|gem| question.snapshot.packages.contains_key(gem))
        .collect()
}

/// What a proof says of the roots: for each its state and variable.
fn nogood(proof: &Proof, variables: &[Place]) -> BTreeMap<usize, Vec<(usize, Mask)>> {
    let mut states: BTreeMap<usize, Vec<(usize, Mask)>> = BTreeMap::new();
    for (root, places) in proof.also() {
        let Some((state, at)) = variables.get(*root) else {
            continue;
        };
        let bit = |place: usize| u32::try_from(place + 1).unwrap_or(u32::MAX);
        let bit = |place| Mask::checked_shl(1, bit(place)).unwrap_or(0);
        let bits = places.iter().fold(0, |mask, place| mask | bit(place));
        let absent = if places.has_absent() { ABSENT } else { 0 };
        states.entry(*state).or_default().push((*at, bits | absent));
    }
    states
}

/// Where a conflict kept a gem from where it could stand, what the proof says holds only for values
/// that have this conflict.
fn bind(
    nogood: &mut BTreeMap<usize, Vec<(usize, Mask)>>,
    question: &Problem<'_>,
    states: &[Vec<usize>],
) {
    for clash in &question.clashes {
        for (state, values) in states.iter().enumerate() {
            if clash.values >> values[clash.at] & 1 == 0 {
                continue;
            }
            let entry = nogood.entry(state).or_default();
            match entry.iter_mut().find(|(at, _)| *at == clash.at) {
                Some((_, mask)) => *mask &= clash.values,
                None => entry.push((clash.at, clash.values)),
            }
        }
    }
}

/// Of a root that is a variable's: the state and the variable.
type Place = (usize, usize);

/// The states as roots, those of variables first.
fn roots(
    shelf: &mut Shelf<Offers<'_, '_>>,
    question: &Problem<'_>,
    states: &[Vec<usize>],
) -> Result<(Vec<Root>, Vec<Place>)> {
    let (mut roots, mut variables) = (Vec::new(), Vec::new());
    for (state, values) in states.iter().enumerate() {
        for (at, variable) in question.variables.iter().enumerate() {
            let on = shelf.number(&Key::In(state, &question.name_of(variable)).text());
            let allowed = if variable.is_floating() {
                let bits = 1..variable.values.len();
                bits.filter(|bit| variable.domain >> bit & 1 == 1)
                    .map(|bit| bit - 1)
                    .collect()
            } else {
                match values[at] {
                    0 => ReleaseSet::none().and_absent(),
                    bit => ReleaseSet::only(bit - 1),
                }
            };
            roots.push(Root {
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
            if !question.is_outside(name) || !is_installed || is_dropped {
                continue;
            }
            let on = shelf.number(&Key::In(state, name).text());
            let allowed = shelf.places(on, |_| true)?;
            roots.push(Root {
                on,
                allowed,
                assumed: false,
            });
        }
    }
    Ok((roots, variables))
}

impl Problem<'_> {
    /// A runtime's is one that no package outside can have.
    fn name_of(&self, variable: &Variable) -> String {
        let name = self.catalog.get(variable.package).name();
        match variable.role {
            Role::Runtime => runtime(name.as_str()),
            _ => name.to_string(),
        }
    }

    fn is_outside(&self, name: &str) -> bool {
        !name.starts_with(RUNTIME) && self.variable(name).is_none()
    }

    fn variable(&self, name: &str) -> Option<usize> {
        let mut variables = self.variables.iter();
        variables.position(|variable| {
            let own = self.catalog.get(variable.package).name().as_str();
            match variable.role {
                Role::Runtime => name.strip_prefix(RUNTIME) == Some(own),
                _ => own == name,
            }
        })
    }
}

/// Before the name of a runtime.
const RUNTIME: &str = "runtime ";

fn runtime(name: &str) -> String {
    format!("{RUNTIME}{name}")
}
