//! One planning question as small integers: variables, values, and masks between them.
//!
//! Invariants: number 0 of a set is *absent*, the numbers above are versions in ascending order, so a
//! higher number is a newer version. Of neighbouring releases that nothing can tell apart only the
//! newest is a value: wherever an older one would do it does too, at every step at once, so no
//! shortest and newest plan is lost. The installed version is a value of its own.
//!
//! | file | contents |
//! |---|---|
//! | `build` | from a session to a problem |
//! | `scope` | which packages take part, and what the rest of the lockfile asks of them |
//! | `variable` | the values of a package or runtime |
//! | `lockstep` | packages that share each version |
//! | `requirements` | what values require of one another |
//! | `transitions` | which values may follow which: lines, gates and bridges |
//! | `next` | how that is kept |
//! | `targets` | the values that a request asks for |
//! | `presence` | which packages might leave and come back |
//! | `repair` | a first step in which packages may go down |

mod build;
mod lockstep;
mod next;
mod presence;
mod repair;
mod requirements;
mod scope;
mod targets;
mod transitions;
mod variable;

use super::limits::IS_PAGE;
use super::request::Request;
use super::session::WhatIf;
use crate::catalog::{Catalog, PackageId, Required, Role};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::PlanWarning;
use crate::rules::Heed;
use crate::version::{Requirement, Version};

pub(super) use crate::set::Set;
pub(super) use build::{build, build_repair};
pub(super) use next::{Admitting, Gated, Group, Next};

/// The number of the value *absent*.
pub(super) const ABSENT: usize = 0;

#[derive(Clone, Debug)]
pub(super) enum Value {
    Absent,
    /// A version that others in lockstep have and this package has not.
    Missing(Box<Version>),
    Installed,
    Release(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) package: PackageId,
    pub(super) role: Role,
    pub(super) values: Vec<Value>,
    /// Where the releases among the values are candidates of the catalog.
    pub(super) candidates: Option<CandidateValues>,
    /// Else of each value its place among the releases, ascending; of one that is none that of the next.
    pub(super) places: Vec<u32>,
    /// And the values that are no releases.
    pub(super) apart: Vec<usize>,
    /// The value before the first step; empty for a runtime that is not known.
    pub(super) start: Set,
    /// Values of planned states.
    pub(super) domain: Set,
    /// Values that may be moved to.
    pub(super) enter: Set,
    /// A runtime that is known, and moves as soon and as far as it can.
    pub(super) early: bool,
    /// A package that leaves when nothing needs it.
    pub(super) optional: bool,
    /// For each value, what may follow it in a step of packages (or of this runtime); see
    /// [`Variable::next`].
    pub(super) next: Next,
    /// Values, and the variables whose presence they demand; those of other values demand none.
    pub(super) demands: Vec<(Set, u64)>,
    /// What it must be in the last state; `None` is anything.
    pub(super) target: Option<Set>,
    pub(super) version: Option<Version>,
    /// How many releases there are up to and with that version.
    pub(super) passed: usize,
    /// The place of the release that this is, if the catalog has it.
    pub(super) known: Option<usize>,
    /// The line of each value, as the package counts its lines; `None` where it has no such line.
    pub(super) lines: Vec<Option<usize>>,
    /// Of a runtime: how each value is called, by its line if it is the newest patch of it.
    pub(super) labels: Vec<String>,
}

/// The candidates of the catalog from one on, as values.
#[derive(Clone, Copy, Debug)]
pub(super) struct CandidateValues {
    pub(super) first: usize,
    /// The number of its value.
    pub(super) to: usize,
    /// The candidate that nothing can tell apart from what is installed.
    pub(super) like_installed: Option<usize>,
}

impl CandidateValues {
    /// Candidates as values, and what is installed with the one that is like it.
    pub(super) fn values<V: Values>(self, candidates: &Set) -> V {
        let mut values = V::of_moved(candidates, self.first, self.to);
        if self.like_installed.is_some_and(|it| candidates.has(it)) {
            // It comes before them.
            values.insert(self.to - 1);
        }
        values
    }

    /// Whether some of so many are values.
    fn meets(self, required: &Required) -> bool {
        let first = self.like_installed.unwrap_or(self.first);
        required.last >= first.min(self.first)
    }
}

impl Variable {
    pub(super) fn is_floating(&self) -> bool {
        self.role == Role::Runtime && self.start.is_empty()
    }

    /// The number of the value before the first step; *absent* for a runtime that is not known.
    pub(super) fn first(&self) -> usize {
        self.start.lowest().unwrap_or(ABSENT)
    }

    /// Its candidates of the catalog; a page has none, and compiles nothing that is about them.
    pub(super) fn candidates(&self) -> Option<CandidateValues> {
        self.candidates.filter(|_| !IS_PAGE)
    }

    /// The variables whose presence a value demands.
    pub(super) fn demands(&self, bit: usize) -> u64 {
        let own = self.demands.iter().find(|(values, _)| values.has(bit));
        own.map_or(0, |(_, demands)| *demands)
    }

    /// The values that it may have in any state.
    pub(super) fn possible(&self) -> Set {
        self.domain.or(&self.start)
    }

    /// The values that may be moved to.
    pub(super) fn ahead(&self) -> Set {
        self.enter.and(&self.domain)
    }

    /// What may follow a value in a step of packages (or of this runtime).
    pub(super) fn next(&self, bit: usize) -> Set {
        match &self.next {
            Next::Newer => self.stays_or(bit, self.ahead().above(bit)),
            Next::Groups(groups) => match groups.of(bit) {
                Some(group) => self.stays_or(bit, group.next.above(bit)),
                None => Set::default(),
            },
            Next::Edges(runs) => self.stays_or(bit, runs.set(bit)),
        }
    }

    /// What may follow a value besides, once each of these newer releases of its line is out of reach of some
    /// runtime.
    pub(super) fn gated(&self, bit: usize) -> Option<(Set, impl Iterator<Item = &Admitting>)> {
        let Next::Groups(groups) = &self.next else {
            return None;
        };
        let gated = groups.of(bit)?.gated.as_ref()?;
        let next = gated.next.above(bit);
        let newer = gated.newer.iter();
        let newer = newer.filter(move |(release, _)| *release >= self.passed(bit));
        (!next.is_empty()).then(|| (next, newer.map(|(_, admitting)| admitting)))
    }

    /// How many releases there are up to and with a value.
    pub(super) fn passed(&self, bit: usize) -> usize {
        match self.values[bit] {
            Value::Absent | Value::Missing(_) => 0,
            Value::Installed => self.passed,
            Value::Release(at) => at + 1,
        }
    }

    /// These values, and what is no move at all: it stays, or leaves where it may.
    pub(super) fn stays_or(&self, bit: usize, mut next: Set) -> Set {
        if bit != ABSENT {
            next.insert(bit);
        }
        if self.optional {
            next.insert(ABSENT);
        }
        next
    }
}

/// Requirements of the values of `from` on `on`.
#[derive(Clone, Debug)]
pub(super) struct Requires<'a> {
    pub(super) from: usize,
    pub(super) on: usize,
    /// What candidates of `from` require, where both are [numbered](Variable::candidates) by the catalog.
    pub(super) known: &'a [Required],
    /// Values of `from`, and the values of `on` that they allow. A value is in one group at most, here or
    /// among what is known; one that is in none allows all.
    pub(super) groups: Vec<(Set, Set)>,
}

/// A set of values, in whatever form.
pub(super) trait Values: Sized {
    fn of(set: &Set) -> Self;
    /// As [`Set::moved`].
    fn of_moved(set: &Set, from: usize, to: usize) -> Self;
    fn insert(&mut self, bit: usize);
}

impl Values for Set {
    fn of(set: &Set) -> Self {
        set.clone()
    }

    fn of_moved(set: &Set, from: usize, to: usize) -> Self {
        set.moved(from, to)
    }

    fn insert(&mut self, bit: usize) {
        Set::insert(self, bit);
    }
}

impl Requires<'_> {
    /// Values of `from`, and the values of `on` that they allow; other values allow all.
    pub(super) fn groups<V: Values>(
        &self,
        catalog: &Catalog,
        variables: &[Variable],
    ) -> impl Iterator<Item = (V, V)> {
        let (from, on) = (&variables[self.from], &variables[self.on]);
        let numbers = from.candidates().zip(on.candidates());
        let known = numbers.map_or(&[][..], |_| self.known).iter();
        let known = known.filter_map(move |required| {
            let (of, among) = numbers?;
            if !of.meets(required) {
                return None;
            }
            let mut allowed: V = among.values(&required.allowed);
            if among.like_installed.is_none() {
                let is_met = on.version.as_ref().is_some_and(|version| {
                    let mut sets = required.sets.iter().map(|set| catalog.set(*set));
                    sets.all(|set| match on.known {
                        Some(at) => set.contains(at),
                        None => set.admits(version),
                    })
                });
                if is_met {
                    allowed.insert(on.first());
                }
            }
            if required.or_absent {
                allowed.insert(ABSENT);
            }
            Some((of.values(&required.by), allowed))
        });
        let own = self.groups.iter();
        known.chain(own.map(|(values, allowed)| (V::of(values), V::of(allowed))))
    }
}

#[derive(Clone, Debug)]
pub(super) struct Problem<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) snapshot: &'a Snapshot,
    pub(super) request: &'a Request,
    pub(super) what_if: &'a WhatIf,
    pub(super) variables: Vec<Variable>,
    pub(super) requirements: Vec<Requires<'a>>,
    /// Package variables, and runtime variables that are known.
    pub(super) packages: Vec<usize>,
    /// Packages that leave when nothing needs them, as bits.
    pub(super) optional: u64,
    /// Variables that have gates, as bits.
    pub(super) gated: u64,
    pub(super) runtimes: Vec<usize>,
    /// Those that move in a step of their own: known runtimes, and packages that move alone.
    pub(super) alone: Vec<usize>,
    /// The packages that may move in one step.
    pub(super) together: Vec<usize>,
    /// Pairs that share each version where both are there; their values have the same numbers.
    pub(super) same: Vec<(usize, usize)>,
    /// Packages that must move as little as they can.
    pub(super) lazy: Vec<usize>,
    /// Packages of families that the request does not ask about: they stay where they can.
    pub(super) unasked: Vec<usize>,
    /// What may run beside what while a step is rolled out: the values of one before it, and those
    /// of the other after it, and the other way round.
    pub(super) mixed: Vec<Requires<'a>>,
    /// Steps that no plan needs to exceed, and whether that is proven.
    pub(super) horizon: usize,
    pub(super) horizon_proven: bool,
    /// Installed packages that the catalog does not know as they are.
    pub(super) unknown: Vec<(PackageId, PlanWarning)>,
    /// The rules that hold.
    pub(super) heed: Heed,
    /// Pairs that must not stand in one state, with gems outside the catalog that may move.
    pub(super) clashes: Vec<Clash>,
    /// The first step may take packages down.
    pub(super) repair: Option<Repair>,
    /// Variables with a target, in the order in which the request names them.
    pub(super) targets: Vec<usize>,
    /// Learned: values that can never be together in one state, or never one after the other.
    pub(super) nogoods: Vec<Nogood>,
}

/// Values of a variable that do not run beside these versions of a gem outside the catalog.
#[derive(Clone, Debug)]
pub(super) struct Clash {
    pub(super) at: usize,
    pub(super) values: Set,
    pub(super) gem: Name,
    pub(super) versions: Requirement,
}

/// A first step in which packages may go down, so many of them.
#[derive(Clone, Debug)]
pub(super) struct Repair {
    /// For each variable, the values that it may have after the step without going down.
    pub(super) up: Vec<Set>,
    /// And those below where it is now.
    pub(super) down: Vec<Set>,
    /// How many go down.
    pub(super) size: usize,
    /// Those that may, as bits: one choice of that size.
    pub(super) chosen: u64,
}

/// What may never be: states in this order, with anything between them, in each of which all of
/// these variables have one of these values.
pub(super) type Nogood = Vec<Vec<(usize, Set)>>;

impl Problem<'_> {
    /// Fails where an invariant of the module does not hold.
    #[cfg(debug_assertions)]
    pub(super) fn check(&self) {
        for (at, variable) in self.variables.iter().enumerate() {
            let count = variable.values.len();
            let all = Set::below(count);
            assert!(matches!(variable.values[0], Value::Absent), "{at}: value 0");
            match &variable.next {
                Next::Newer => {}
                Next::Groups(groups) => assert_eq!(groups.len(), count, "{at}: next"),
                Next::Edges(runs) => assert_eq!(runs.len(), count, "{at}: next"),
            }
            assert_eq!(variable.lines.len(), count, "{at}: lines");
            for set in [&variable.start, &variable.domain, &variable.enter] {
                assert!(set.without(&all).is_empty(), "{at}: beyond the values");
            }
            assert!(!variable.enter.has(ABSENT), "{at}: enters nothing");
            let versions = (1..count).filter_map(|bit| version(self.catalog, variable, bit));
            assert!(versions.is_sorted_by(|one, next| one < next), "{at}: order");
            for bit in 1..count {
                let next = variable.next(bit);
                let lowest = next.bits().find(|next| *next != ABSENT);
                assert!(lowest.is_none_or(|it| it >= bit), "{at}: {bit} goes down");
            }
        }
        for requires in &self.requirements {
            let mut seen = Set::default();
            for (values, _) in requires.groups(self.catalog, &self.variables) {
                assert!(!seen.meets(&values), "a value in two groups");
                seen.add(&values);
            }
        }
    }
}

/// The version of a value of a variable; `None` where that is *absent*.
pub(super) fn version<'a>(
    catalog: &'a Catalog,
    variable: &'a Variable,
    bit: usize,
) -> Option<&'a Version> {
    match variable.values.get(bit)? {
        Value::Absent | Value::Missing(_) => None,
        Value::Installed => variable.version.as_ref(),
        Value::Release(at) => Some(&catalog.get(variable.package).releases[*at].version),
    }
}
