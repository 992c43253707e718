//! All shortest ways at once, and the criteria of the optimum applied to them one after another.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::brute::{MAX_STATES, follower_order, stepped_order, successors};
use super::kinds;
use super::world::{Id, Line, State, Target, Version, World};

/// These states and every state that steps lead to from them.
pub(super) fn reached(
    world: &World,
    first: &BTreeSet<State>,
    nexts: &mut Nexts,
) -> BTreeSet<State> {
    let mut seen = first.clone();
    let mut todo: Vec<State> = first.iter().cloned().collect();
    while let Some(state) = todo.pop() {
        for next in nexts_of(world, nexts, &state) {
            if seen.insert(next.clone()) {
                todo.push(next.clone());
            }
        }
        assert!(
            seen.len() <= MAX_STATES,
            "too large to be searched by force\n{world}"
        );
    }
    seen
}

/// The successors of states, each found once.
pub(super) type Nexts = BTreeMap<State, BTreeSet<State>>;

pub(super) fn nexts_of<'n>(
    world: &World,
    nexts: &'n mut Nexts,
    state: &State,
) -> &'n BTreeSet<State> {
    if !nexts.contains_key(state) {
        nexts.insert(state.clone(), successors(world, state));
    }
    &nexts[state]
}

/// All sequences of states with `layers[0]` the snapshot, `layers[i]` one of the states after step i, and each
/// reached from the one before by a step: first all the shortest, then those that remain.
pub(super) struct Ways {
    layers: Vec<BTreeSet<State>>,
    /// After each layer but the last, the states that follow each of its states.
    nexts: Vec<Nexts>,
}

impl Ways {
    /// All ways that lead to the goal in the fewest steps, if any number leads there; the first step leads to one of
    /// these states.
    ///
    /// A state on a shortest way is first reached by exactly as many steps as it has there, so that each layer
    /// needs no state of an earlier one. The snapshot is the exception: as state 0 it need not be valid, so it may
    /// come again as state 1.
    pub(super) fn shortest(
        world: &World,
        first: BTreeSet<State>,
        nexts: &mut Nexts,
        goal: impl Fn(&State) -> bool,
    ) -> Option<Ways> {
        let mut layers = vec![BTreeSet::from([world.installed.clone()])];
        let mut own: Nexts = BTreeMap::from([(world.installed.clone(), first.clone())]);
        let mut seen: BTreeSet<State> = BTreeSet::new();
        let mut layer = first;
        while !layer.is_empty() {
            seen.extend(layer.iter().cloned());
            assert!(
                seen.len() <= MAX_STATES,
                "too large to be searched by force\n{world}"
            );
            let met: BTreeSet<State> = layer.iter().filter(|s| goal(s)).cloned().collect();
            if !met.is_empty() {
                layers.push(met);
                let nexts = vec![own; layers.len() - 1];
                let mut ways = Ways { layers, nexts };
                ways.connect();
                return Some(ways);
            }
            let mut further = BTreeSet::new();
            for state in &layer {
                let next = nexts_of(world, nexts, state);
                further.extend(next.iter().filter(|s| !seen.contains(*s)).cloned());
                own.insert(state.clone(), next.clone());
            }
            layers.push(std::mem::replace(&mut layer, further));
        }
        None
    }

    /// Drops the states through which no way leads any more.
    fn connect(&mut self) {
        let Ways { layers, nexts } = self;
        for at in (0..layers.len() - 1).rev() {
            let (left, right) = layers.split_at_mut(at + 1);
            left[at].retain(|s| nexts[at][s].iter().any(|next| right[0].contains(next)));
        }
        for at in 1..layers.len() {
            let (left, right) = layers.split_at_mut(at);
            let nexts = &nexts[at - 1];
            let reached: BTreeSet<&State> = left[at - 1].iter().flat_map(|s| &nexts[s]).collect();
            right[0].retain(|s| reached.contains(s));
        }
    }

    /// Keeps the ways whose state after step `at` is the greatest by a key.
    fn keep<K: Ord>(&mut self, at: usize, key: impl Fn(&State) -> K) {
        let best = self.layers[at].iter().map(&key).max();
        self.layers[at].retain(|s| Some(key(s)) == best);
        self.connect();
    }

    /// Keeps the ways on which lazy packages move least often.
    fn keep_fewest_lazy_moves(&mut self, world: &World) {
        if !world.ids().any(|id| world.is_lazy(id)) {
            return;
        }
        // From each state of each layer to the end.
        let last = self.layers.len() - 1;
        let mut left: Vec<BTreeMap<State, usize>> = vec![BTreeMap::new(); last + 1];
        left[last] = self.layers[last].iter().map(|s| (s.clone(), 0)).collect();
        for at in (0..last).rev() {
            let (here, after) = left.split_at_mut(at + 1);
            for state in &self.layers[at] {
                let costs = self.nexts[at][state].iter().filter_map(|next| {
                    let rest = after[0].get(next)?;
                    Some(rest + kinds::lazy_moves(world, state, next))
                });
                let cost = costs.min().expect("each state leads to the end");
                here[at].insert(state.clone(), cost);
            }
        }
        // Along them only steps that lose nothing.
        for at in 0..last {
            for state in &self.layers[at] {
                let cost = left[at][state];
                let nexts = self.nexts[at].get_mut(state).expect("it leads on");
                nexts.retain(|next| {
                    let rest = left[at + 1].get(next);
                    rest.is_some_and(|r| r + kinds::lazy_moves(world, state, next) == cost)
                });
            }
        }
        self.connect();
    }

    /// The one optimum, state by state without the snapshot.
    ///
    /// Fewest moves of lazy packages come first. The versions of the targets at the end come then, as they were given;
    /// without any the targets are the stepped packages that are installed, in catalog order. Then the runtimes at the end, lowest, and early ones after each
    /// step, newest; then stepped packages at the end and after each step; then followers likewise.
    ///
    /// `unasked` are packages of families that the user does not ask about: after the runtimes comes that each of them
    /// stands where it stood at the end, else on the lowest line, the newest of it; last of all the same on the way.
    pub(super) fn best(mut self, world: &World, targets: &[Target], unasked: &[Id]) -> Vec<State> {
        let asked: Vec<Id> = targets.iter().map(|t| t.package).collect();
        let (mut stepped, mut followers) = (stepped_order(world, targets), follower_order(world));
        for ids in [&mut stepped, &mut followers] {
            ids.retain(|id| !unasked.contains(id));
        }
        let standing = |s: &State| -> Vec<(bool, Reverse<Option<Line>>, Option<Version>)> {
            let key = |&id: &Id| {
                let line = s[id].map(Version::line);
                (s[id] == world.installed[id], Reverse(line), s[id])
            };
            unasked.iter().map(key).collect()
        };
        let last = self.layers.len() - 1;
        // What settles in one step moves no runtime that need not move.
        let known = |id: &Id| last > 1 && world.installed[*id].is_some();
        let (early, runtimes): (Vec<Id>, Vec<Id>) = world
            .runtimes()
            .partition(|id| world.packages[*id].early && known(id));
        // `None`, absent, is less than any version.
        let versions = |ids: &[Id], s: &State| -> Vec<Option<Version>> {
            ids.iter().map(|&id| s[id]).collect()
        };
        self.keep_fewest_lazy_moves(world);
        self.keep(last, |s| versions(&asked, s));
        self.keep(last, |s| Reverse(versions(&runtimes, s)));
        for at in 1..=last {
            self.keep(at, |s| versions(&early, s));
        }
        self.keep(last, standing);
        for ids in [&stepped, &followers] {
            self.keep(last, |s| versions(ids, s));
            for at in 1..last {
                self.keep(at, |s| versions(ids, s));
            }
        }
        for at in 1..last {
            self.keep(at, |s| Reverse(versions(&runtimes, s)));
            self.keep(at, standing);
        }
        let one = |layer: BTreeSet<State>| {
            assert_eq!(layer.len(), 1, "the optimum is unique\n{world}");
            layer.into_iter().next().expect("one state")
        };
        self.layers.into_iter().skip(1).map(one).collect()
    }
}
