//! Requirements between variables, as masks of the width of a search: made once, read at every revision.

use super::mask::Mask;
use super::propagate::bits_of;
use crate::planner::limits::IS_PAGE;
use crate::planner::problem::{Problem, Requires};
use std::ops::Range;

/// How many marks there are.
const MARKS: usize = 64;

/// Requirements, the groups of all of them in one row.
pub(super) struct Edges<M> {
    pub(super) list: Vec<Edge>,
    /// Values that require the same, and what they require.
    pub(super) groups: Vec<(M, M)>,
    /// For each variable the requirements that it is part of; see [`Edges::marked`].
    touching: Vec<u64>,
}

/// A requirement of one variable on another.
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) on: usize,
    pub(super) groups: Range<usize>,
}

impl<M: Mask> Edges<M> {
    /// Those of one kind of a question, of the values that may ever be; without those that rule nothing out.
    pub(super) fn of(problem: &Problem<'_>, requirements: &[Requires<'_>]) -> Self {
        let (catalog, variables) = (problem.catalog, &problem.variables);
        let possible = |at: usize| M::of(&variables[at].possible());
        let mut edges = Edges {
            list: Vec::with_capacity(requirements.len()),
            groups: Vec::with_capacity(16 * requirements.len()),
            touching: vec![0; variables.len()],
        };
        for requires in requirements {
            let (from, on) = (requires.from, requires.on);
            let (all_from, all_on) = (possible(from), possible(on));
            let start = edges.groups.len();
            let mut rest = all_from;
            for (values, allowed) in requires.groups::<M>(catalog, variables) {
                rest &= !values;
                edges.add(start, values & all_from, allowed & all_on);
            }
            edges.add(start, rest, all_on);
            if !IS_PAGE && edges.groups[start..].iter().all(|it| it.1 == all_on) {
                edges.groups.truncate(start);
                continue;
            }
            for end in [from, on] {
                edges.touching[end] |= 1 << (edges.list.len() % MARKS);
            }
            let groups = start..edges.groups.len();
            edges.list.push(Edge { from, on, groups });
        }
        edges
    }

    /// Adds values to those of the last requirement that allow the same.
    fn add(&mut self, start: usize, values: M, allowed: M) {
        if values.is_empty() {
            return;
        }
        let mut known = self.groups[start..].iter_mut();
        match known.find(|it| !IS_PAGE && it.1 == allowed) {
            Some((known, _)) => *known |= values,
            None => self.groups.push((values, allowed)),
        }
    }

    /// What is left of the values on both sides of a requirement.
    #[inline]
    pub(super) fn supported(&self, edge: &Edge, from: M, on: M) -> (M, M) {
        let (mut left, mut right) = (M::NONE, M::NONE);
        for (values, allowed) in &self.groups[edge.groups.clone()] {
            let (of, among) = (from & *values, on & *allowed);
            let is_met = !of.is_empty() & !among.is_empty();
            left |= of.when(is_met);
            right |= among.when(is_met);
        }
        (left, right)
    }

    /// Marks of the requirements that these variables are part of.
    pub(super) fn touched(&self, variables: u64) -> u64 {
        bits_of(variables).fold(0, |marks, at| marks | self.touching[at])
    }

    /// The requirements of a mark: one, or where there are more of them than marks every so many-th.
    #[inline]
    pub(super) fn marked(&self, mark: usize) -> impl Iterator<Item = &Edge> {
        let mut at = mark;
        std::iter::from_fn(move || {
            let edge = self.list.get(at)?;
            at += MARKS;
            Some(edge)
        })
    }

    /// Whether each requirement has a mark of its own.
    pub(super) fn is_each_marked(&self) -> bool {
        self.list.len() <= MARKS
    }
}
