//! What other families have: packages that move by edges or freely, alone, rarely or together; risks, stops,
//! skews and properties. Plain data, and what each of them means for two states.

use std::collections::{BTreeMap, BTreeSet};

use super::world::{Id, Line, Range, Severity, State, Version, World};

/// How a package moves that does not move by lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moves {
    Any,
    Edges,
}

/// From these releases one may enter another, over risks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) package: Id,
    pub(crate) to: Version,
    pub(crate) from: Range,
    pub(crate) risks: Vec<String>,
}

/// Whether the catalog knows that a risk applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applies {
    Yes,
    No,
    Unknown,
}

/// A reason not to take the edges that name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Risk {
    pub(crate) id: String,
    pub(crate) package: Id,
    pub(crate) applies: Applies,
}

/// A gate before versions, from versions that are none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) id: String,
    pub(crate) severity: Severity,
    pub(crate) package: Id,
    pub(crate) enter: Range,
    /// Where one may come from; `None` is the newest of its line.
    pub(crate) from: Option<Range>,
}

/// How far one package may be from another, in lines of the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skew {
    pub(crate) id: String,
    pub(crate) severity: Severity,
    pub(crate) package: Id,
    pub(crate) versions: Range,
    pub(crate) of: Id,
    pub(crate) behind: usize,
    pub(crate) ahead: usize,
    pub(crate) while_rolling: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds {
    /// By lines where it says nothing.
    pub(crate) moves: BTreeMap<Id, Moves>,
    pub(crate) alone: BTreeSet<Id>,
    /// Packages with the same number share each version.
    pub(crate) lockstep: BTreeMap<Id, u8>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) risks: Vec<Risk>,
    pub(crate) stops: Vec<Stop>,
    pub(crate) skews: Vec<Skew>,
    pub(crate) properties: Vec<String>,
    /// Of rules, by their ids, the properties of which each may have to be a yes.
    pub(crate) conditions: BTreeMap<String, Vec<String>>,
    /// The properties that the user told.
    pub(crate) told: BTreeMap<String, bool>,
}

impl Kinds {
    /// A condition of the rule is a no.
    pub(crate) fn denied(&self, rule: &str) -> bool {
        let conditions = self.conditions.get(rule).into_iter().flatten();
        let mut told = conditions.filter_map(|it| self.told.get(it));
        told.any(|yes| !yes)
    }
}

/// Whether a risk keeps one from an edge. Decided: what is unknown counts as a yes.
pub(crate) fn counts(world: &World, risk: &str) -> bool {
    let known = world.kinds.risks.iter().find(|it| it.id == *risk);
    known.is_some_and(|it| it.applies != Applies::No) && world.counts(risk, Severity::Should)
}

/// Whether an edge without a risk that counts leads from one release to another.
pub(crate) fn leads(world: &World, id: Id, from: Version, to: Version) -> bool {
    let mut edges = world.kinds.edges.iter();
    edges.any(|edge| {
        let runs = edge.package == id && edge.to == to && edge.from.contains(from);
        runs && !edge.risks.iter().any(|risk| counts(world, risk))
    })
}

/// How many lines of a package lie at or below a version, which may be of another package.
///
/// Decided: all lines of the catalog count, whether or not one may stand on them.
fn place(world: &World, of: Id, version: Version) -> usize {
    let (mut last, mut count): (Option<Line>, usize) = (None, 0);
    // Releases ascend, so those of a line stand together.
    for release in &world.packages[of].releases {
        let line = release.version.line();
        count += usize::from(last != Some(line) && line <= version.line());
        last = Some(line);
    }
    count
}

/// The first skew that a package of one state breaks beside one of another.
fn skewed(world: &World, own: &State, other: &State, rolling: bool) -> Option<usize> {
    world.kinds.skews.iter().position(|skew| {
        let (Some(version), Some(beside)) = (own[skew.package], other[skew.of]) else {
            return false;
        };
        let speaks = skew.versions.contains(version)
            && (skew.while_rolling || !rolling)
            && world.counts(&skew.id, skew.severity);
        let (own, other) = (
            place(world, skew.of, version),
            place(world, skew.of, beside),
        );
        speaks && (own + skew.behind < other || own > other + skew.ahead)
    })
}

/// The first skew that a state breaks.
pub(crate) fn apart(world: &World, state: &State) -> Option<usize> {
    skewed(world, state, state, false)
}

/// The first skew that is broken while a step is rolled out: old beside new, and new beside old.
pub(crate) fn apart_while_rolling(world: &World, from: &State, to: &State) -> Option<usize> {
    skewed(world, from, to, true).or_else(|| skewed(world, to, from, true))
}

/// Packages of a group that do not share their version.
pub(crate) fn out_of_step(world: &World, state: &State) -> Option<Id> {
    let mut known: BTreeMap<u8, Version> = BTreeMap::new();
    let mut members = world.kinds.lockstep.iter();
    let odd = members.find(|&(&id, &group)| {
        state[id].is_some_and(|version| *known.entry(group).or_insert(version) != version)
    });
    odd.map(|(id, _)| *id)
}

/// A package that must move by itself, and does not.
pub(crate) fn in_company(world: &World, from: &State, to: &State) -> Option<Id> {
    let moved = |id: &Id| from[*id] != to[*id];
    let many = world.ids().filter(moved).count() > 1;
    let mut alone = world.kinds.alone.iter().copied();
    alone.find(|id| many && moved(id))
}

/// How many packages of the role lazy move in a step.
pub(crate) fn lazy_moves(world: &World, from: &State, to: &State) -> usize {
    let lazy = world.ids().filter(|&id| world.is_lazy(id));
    lazy.filter(|&id| from[id] != to[id]).count()
}

/// The smallest sets of risks with which there is a plan, by `possible`; none where no set helps or none is needed.
pub(crate) fn fewest_risks(
    world: &World,
    possible: impl Fn(&World) -> bool,
) -> Vec<BTreeSet<String>> {
    let all = world.kinds.risks.iter().map(|it| it.id.clone());
    let all: Vec<String> = all.filter(|it| counts(world, it)).collect();
    assert!(all.len() < 12, "too many risks to be tried by force");
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for size in 1..=all.len() {
        for bits in 0u32..1 << all.len() {
            if bits.count_ones() as usize != size {
                continue;
            }
            let set = (0..all.len()).filter(|at| bits >> at & 1 == 1);
            let set: BTreeSet<String> = set.map(|at| all[at].clone()).collect();
            let mut other = world.clone();
            other.accepted.extend(set.iter().cloned());
            if possible(&other) {
                found.push(set);
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}
