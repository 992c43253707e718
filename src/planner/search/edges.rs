//! Requirements between variables, as masks of the width of a search: made once, read at every revision.

use super::mask::Mask;
use crate::planner::problem::Requires;
use std::ops::Range;

/// Requirements, the groups of all of them in one row.
pub(super) struct Edges<M> {
    pub(super) list: Vec<Edge>,
    /// Values that require the same, and what they require.
    pub(super) groups: Vec<(M, M)>,
}

/// A requirement of one variable on another.
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) on: usize,
    pub(super) groups: Range<usize>,
}

impl<M: Mask> Edges<M> {
    pub(super) fn of(requirements: &[Requires]) -> Self {
        let count = requirements.iter().map(|it| it.groups.len()).sum();
        let mut edges = Edges {
            list: Vec::with_capacity(requirements.len()),
            groups: Vec::with_capacity(count),
        };
        for it in requirements {
            let start = edges.groups.len();
            let groups = it.groups.iter();
            let groups = groups.map(|(values, allowed)| (M::of(values), M::of(allowed)));
            edges.groups.extend(groups);
            edges.list.push(Edge {
                from: it.from,
                on: it.on,
                groups: start..edges.groups.len(),
            });
        }
        edges
    }
}
