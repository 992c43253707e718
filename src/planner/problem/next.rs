//! What may follow each value of a variable in one step.

use super::Set;

/// What may follow each value in a step of packages, or of a runtime, but for what is no move at all.
#[derive(Clone, Debug)]
pub(in crate::planner) enum Next {
    /// Anything newer: a follower or runtime without gates.
    Newer,
    /// These, with what is no move.
    Sets(Vec<Set>),
    /// What edges lead to.
    Edges(Runs),
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
