//! Requirements between variables, as masks of the width of a search: made once, read at every revision.

use super::mask::Mask;
use super::propagate::bits_of;
use crate::planner::problem::{Problem, Requires, Set};
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
    /// Those of one kind of a question.
    pub(super) fn of(problem: &Problem<'_>, requirements: &[Requires<'_>]) -> Self {
        let (catalog, variables) = (problem.catalog, &problem.variables);
        let all = |at: usize| M::of(&Set::below(variables[at].values.len()));
        let mut edges = Edges {
            list: Vec::with_capacity(requirements.len()),
            groups: Vec::with_capacity(16 * requirements.len()),
            touching: vec![0; variables.len()],
        };
        for (at, it) in requirements.iter().enumerate() {
            for end in [it.from, it.on] {
                edges.touching[end] |= 1 << (at % MARKS);
            }
            let start = edges.groups.len();
            let mut rest = all(it.from);
            for (values, allowed) in it.groups::<M>(catalog, variables) {
                rest &= !values;
                edges.add(start, values, allowed);
            }
            if !rest.is_empty() {
                edges.add(start, rest, all(it.on));
            }
            edges.list.push(Edge {
                from: it.from,
                on: it.on,
                groups: start..edges.groups.len(),
            });
        }
        edges
    }

    /// Adds values to those of the last requirement that allow the same.
    fn add(&mut self, start: usize, values: M, allowed: M) {
        match self.groups[start..].iter_mut().find(|it| it.1 == allowed) {
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
            let stands = !of.is_empty() & !among.is_empty();
            left |= of.when(stands);
            right |= among.when(stands);
        }
        (left, right)
    }

    /// Marks of the requirements that these variables are part of.
    pub(super) fn touched(&self, variables: u64) -> u64 {
        bits_of(variables).fold(0, |marks, at| marks | self.touching[at])
    }

    /// The requirements of a mark: one, or where there are more of them than marks every so many-th.
    pub(super) fn marked(&self, mark: usize) -> impl Iterator<Item = &Edge> {
        self.list.iter().skip(mark).step_by(MARKS)
    }

    /// Whether each requirement has a mark of its own.
    pub(super) fn is_each_marked(&self) -> bool {
        self.list.len() <= MARKS
    }
}
