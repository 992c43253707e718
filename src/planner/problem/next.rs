//! What may follow each value of a variable in one step.

use super::Set;
use std::sync::Arc;

/// What may follow each value in a step of packages, or of a runtime, but for what is no move at all.
#[derive(Clone, Debug)]
pub(in crate::planner) enum Next {
    /// Anything newer: a follower or runtime without gates.
    Newer,
    /// What is newer and may follow the group of a value, with what is no move.
    Groups(Groups),
    /// What edges lead to.
    Edges(Runs),
}

/// Values in groups, all of which the same may follow if it is newer: those of one line, mostly.
#[derive(Clone, Debug, Default)]
pub(in crate::planner) struct Groups {
    /// The group of each value.
    of: Vec<u16>,
    groups: Vec<Group>,
}

/// Values, and what may follow each of them if it is newer.
#[derive(Clone, Debug)]
pub(in crate::planner) struct Group {
    pub(in crate::planner) values: Set,
    pub(in crate::planner) next: Set,
    pub(in crate::planner) gated: Option<Gated>,
}

/// A gate *newest of line*: open when each newer release is out of reach of some runtime.
#[derive(Clone, Debug)]
pub(in crate::planner) struct Gated {
    pub(in crate::planner) next: Set,
    pub(in crate::planner) newer: Newer,
}

/// Releases of a line, newest first, each with the runtimes that would admit it.
pub(in crate::planner) type Newer = Arc<[(usize, Admitting)]>;

/// Runtimes, and the values of each that would admit a release.
pub(in crate::planner) type Admitting = Arc<[(usize, Set)]>;

impl Groups {
    pub(super) fn with_room(count: usize) -> Self {
        Groups {
            of: Vec::with_capacity(count),
            groups: Vec::with_capacity(count.min(8)),
        }
    }

    /// Adds the next value, as a group of its own.
    pub(super) fn push(&mut self, next: Set, gated: Option<Gated>) {
        self.groups.push(Group {
            values: Set::only(self.of.len()),
            next,
            gated,
        });
        self.of.push(self.last());
    }

    /// Whether what may follow the last value is this, and this through gates.
    pub(super) fn ends_with(&self, next: &Set, gated: &Set) -> bool {
        self.groups.last().is_some_and(|last| {
            let through = last.gated.as_ref().map(|it| &it.next);
            last.next == *next && through.map_or(gated.is_empty(), |it| it == gated)
        })
    }

    /// Adds the next value to the group of the last one.
    pub(super) fn join(&mut self) {
        let value = self.of.len();
        self.of.push(self.last());
        if let Some(group) = self.groups.last_mut() {
            group.values.insert(value);
        }
    }

    fn last(&self) -> u16 {
        // There are fewer values than that.
        u16::try_from(self.groups.len().saturating_sub(1)).unwrap_or(u16::MAX)
    }

    /// The number of values that are filled in.
    #[cfg(debug_assertions)]
    pub(super) fn len(&self) -> usize {
        self.of.len()
    }

    /// The group of a value.
    pub(super) fn of(&self, bit: usize) -> Option<&Group> {
        self.groups.get(usize::from(*self.of.get(bit)?))
    }

    /// The groups from that of one value to that of another that is not below it.
    pub(in crate::planner) fn between(&self, from: usize, to: usize) -> &[Group] {
        match (self.of.get(from), self.of.get(to)) {
            (Some(from), Some(to)) => &self.groups[usize::from(*from)..=usize::from(*to)],
            _ => &[],
        }
    }

    pub(in crate::planner) fn iter(&self) -> std::slice::Iter<'_, Group> {
        self.groups.iter()
    }
}

/// For each value the runs of values that edges lead to.
///
/// A graph of many releases has a set of each for each of them, and a question visits few: so runs are
/// kept, and a set is made where one is asked for.
#[derive(Clone, Debug, Default)]
pub(in crate::planner) struct Runs {
    /// Where the runs of each value begin, and where those of the last end.
    starts: Vec<u32>,
    /// The first value of each run, and the first beyond it.
    runs: Vec<(u16, u16)>,
}

impl Runs {
    /// Without runs, with room for those of so many values.
    pub(super) fn with_room(count: usize) -> Self {
        let mut starts = Vec::with_capacity(count + 1);
        starts.push(0);
        Runs {
            starts,
            runs: Vec::with_capacity(2 * count),
        }
    }

    /// Adds a run to those of the value that is being filled in.
    pub(super) fn push(&mut self, from: usize, to: usize) {
        // There are fewer values than that.
        let [from, to] = [from, to].map(|it| u16::try_from(it).unwrap_or(u16::MAX));
        let own = self.starts.last().map_or(0, |own| *own as usize);
        match self.runs[own..].last_mut() {
            _ if from >= to => {}
            Some(last) if last.1 == from => last.1 = to,
            _ => self.runs.push((from, to)),
        }
    }

    /// Ends the runs of one value.
    pub(super) fn end(&mut self) {
        self.starts
            .push(u32::try_from(self.runs.len()).unwrap_or(u32::MAX));
    }

    /// The number of values that are filled in.
    #[cfg(debug_assertions)]
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The runs of a value.
    pub(in crate::planner) fn of(&self, bit: usize) -> impl Iterator<Item = (usize, usize)> {
        let runs = match (self.starts.get(bit), self.starts.get(bit + 1)) {
            (Some(from), Some(to)) => &self.runs[*from as usize..*to as usize],
            _ => &[],
        };
        let runs = runs.iter();
        runs.map(|(from, to)| (usize::from(*from), usize::from(*to)))
    }

    /// The values that may follow one.
    pub(super) fn set(&self, bit: usize) -> Set {
        let mut set = Set::with_room(self.of(bit).last().map_or(0, |(_, to)| to));
        for (from, to) in self.of(bit) {
            set.insert_range(from, to);
        }
        set
    }
}
