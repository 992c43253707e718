//! Why no plan has fewer steps.

use crate::name::Name;

/// The proof that a plan is the shortest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minimal {
    pub(crate) steps: usize,
    pub(crate) lower_bound: usize,
    pub(crate) because: Minimality,
    pub(crate) states_expanded: u64,
}

impl Minimal {
    /// The number of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The number of steps below which constraint propagation alone rules every plan out.
    #[must_use]
    pub fn lower_bound(&self) -> usize {
        self.lower_bound
    }

    /// Why there are no fewer.
    #[must_use]
    pub fn because(&self) -> &Minimality {
        &self.because
    }

    /// Choices that the search made.
    #[must_use]
    pub fn states_expanded(&self) -> u64 {
        self.states_expanded
    }
}

/// The work of an explanation. It counts what was asked and read, and is the same on every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    pub(crate) questions: u64,
    pub(crate) work: u64,
}

impl Explained {
    /// How often the question was planned again with something changed.
    #[must_use]
    pub fn questions(&self) -> u64 {
        self.questions
    }

    /// Revisions of all of these plans, and what they read.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work
    }
}

/// Why no plan has fewer steps.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Minimality {
    /// A package enters one line per step.
    Lines {
        /// The package that enters the most lines.
        package: Name,
        /// How many lines it enters.
        lines: usize,
        /// How many steps there are besides, in which it enters none.
        others: usize,
    },
    /// A package that moves along edges or through gates needs so many steps by itself.
    Moves {
        /// The package that moves most often.
        package: Name,
        /// In how many steps it moves.
        moves: usize,
    },
    /// No change takes less than one step.
    OneStep,
    /// The search was exhaustive: no plan has so many steps.
    Exhausted {
        /// The number of steps, one less than the plan has.
        steps: usize,
    },
}

impl Minimality {
    /// The stable code in documents.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Minimality::Lines { .. } => "lines",
            Minimality::Moves { .. } => "moves",
            Minimality::OneStep => "one_step",
            Minimality::Exhausted { .. } => "exhausted",
        }
    }
}
