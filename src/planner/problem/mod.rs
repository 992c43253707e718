//! One planning question as small integers: variables, values, and masks between them.
//!
//! Invariants: bit 0 of a mask is *absent*, the bits above are versions in ascending order, so a
//! higher bit is a newer version. Of neighbouring releases that nothing can tell apart only the
//! newest is a value: wherever an older one would do it does too, at every step at once, so no
//! shortest and newest plan is lost. The installed version is a value of its own.
//!
//! | file | contents |
//! |---|---|
//! | `build` | from a session to a problem |
//! | `scope` | which packages take part, and what the rest of the lockfile asks of them |
//! | `variable` | the values of a package or runtime |
//! | `requirements` | what values require of one another |
//! | `transitions` | which values may follow which: lines, gates and bridges |
//! | `targets` | the values that a request asks for |
//! | `presence` | which packages might leave and come back |
//! | `repair` | a first step in which packages may go down |

mod build;
mod presence;
mod repair;
mod requirements;
mod scope;
mod targets;
mod transitions;
mod variable;

use super::request::Request;
use super::session::WhatIf;
use crate::catalog::{Catalog, PackageId, Role};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::PlanWarning;
use crate::rules::Heed;
use crate::version::{Requirement, Version};

pub(super) use build::{build, build_repair};

/// A set of values of one variable.
pub(super) type Mask = u128;
pub(super) const ABSENT: Mask = 1;

#[derive(Clone, Debug)]
pub(super) enum Value {
    Absent,
    Installed,
    Release(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) package: PackageId,
    pub(super) role: Role,
    pub(super) values: Vec<Value>,
    /// The value before the first step; empty for a runtime that is not known.
    pub(super) start: Mask,
    /// Values of planned states.
    pub(super) domain: Mask,
    /// Values that may be moved to.
    pub(super) enter: Mask,
    /// It may move to anything newer: a follower or runtime without gates.
    pub(super) is_free: bool,
    /// A package that leaves when nothing needs it.
    pub(super) optional: bool,
    /// For each value, the values that may follow it in a step of packages (or of this runtime).
    pub(super) next: Vec<Mask>,
    /// For each value, further values that may follow if no newer release of the line is in reach.
    pub(super) gated: Vec<Gated>,
    /// For each value, the variables whose presence it demands.
    pub(super) demands: Vec<u64>,
    pub(super) target: Mask,
    pub(super) version: Option<Version>,
    /// The line of each value, as the package counts its lines; `None` where it has no such line.
    pub(super) lines: Vec<Option<usize>>,
    /// Of a runtime: how each value is called, by its line if it is the newest patch of it.
    pub(super) labels: Vec<String>,
}

impl Variable {
    pub(super) fn is_floating(&self) -> bool {
        self.role == Role::Runtime && self.start == 0
    }
}

/// A gate *newest of line*: open when each newer release is out of reach of some runtime.
#[derive(Clone, Debug, Default)]
pub(super) struct Gated {
    pub(super) next: Mask,
    /// For each newer release: runtimes (variable, values that would admit it).
    pub(super) newer: Vec<Vec<(usize, Mask)>>,
}

/// Requirements of the values of `from` on `on`: each group is values of `from`, and the values of
/// `on` that they allow. The left masks part the values of `from`.
#[derive(Clone, Debug)]
pub(super) struct Requires {
    pub(super) from: usize,
    pub(super) on: usize,
    pub(super) groups: Vec<(Mask, Mask)>,
}

#[derive(Clone, Debug)]
pub(super) struct Problem<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) snapshot: &'a Snapshot,
    pub(super) request: &'a Request,
    pub(super) what_if: &'a WhatIf,
    pub(super) variables: Vec<Variable>,
    pub(super) requirements: Vec<Requires>,
    /// Package variables, and runtime variables that are known.
    pub(super) packages: Vec<usize>,
    /// Variables that have gates, as bits.
    pub(super) gated: u64,
    pub(super) runtimes: Vec<usize>,
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
    pub(super) values: Mask,
    pub(super) gem: Name,
    pub(super) versions: Requirement,
}

/// A first step in which packages may go down, so many of them.
#[derive(Clone, Debug)]
pub(super) struct Repair {
    /// For each variable, the values that it may have after the step without going down.
    pub(super) up: Vec<Mask>,
    /// And those below where it is now.
    pub(super) down: Vec<Mask>,
    /// How many go down.
    pub(super) size: usize,
    /// Those that may, as bits: one choice of that size.
    pub(super) chosen: u64,
}

/// What may never be: states in this order, with anything between them, in each of which all of
/// these variables have one of these values.
pub(super) type Nogood = Vec<Vec<(usize, Mask)>>;

/// The bits above a bit.
pub(super) fn above(bit: usize) -> Mask {
    u32::try_from(bit + 1)
        .ok()
        .and_then(|bits| Mask::MAX.checked_shl(bits))
        .unwrap_or(0)
}

impl<'a> Problem<'a> {
    /// The version of a value; `None` where that is *absent*.
    pub(super) fn version<'p>(&'p self, variable: &'p Variable, bit: usize) -> Option<&'p Version> {
        version(self.catalog, variable, bit)
    }

    /// Fails where an invariant of the module does not hold.
    #[cfg(debug_assertions)]
    pub(super) fn check(&self) {
        for (at, variable) in self.variables.iter().enumerate() {
            let count = variable.values.len();
            let all = Mask::MAX >> (Mask::BITS as usize - count);
            assert!(matches!(variable.values[0], Value::Absent), "{at}: bit 0");
            assert_eq!(variable.next.len(), count, "{at}: next");
            assert_eq!(variable.lines.len(), count, "{at}: lines");
            assert_eq!(variable.start & !all, 0, "{at}: start");
            assert_eq!(variable.domain & !all, 0, "{at}: domain");
            assert_eq!(variable.enter & (ABSENT | !all), 0, "{at}: enter");
            let versions = (1..count).filter_map(|bit| self.version(variable, bit));
            assert!(versions.is_sorted_by(|one, next| one < next), "{at}: order");
            for (bit, next) in variable.next.iter().enumerate().skip(1) {
                let lower = (1 << bit) - 1;
                assert_eq!(next & lower & !ABSENT, 0, "{at}: {bit} goes down");
            }
        }
        for requires in &self.requirements {
            let mut seen = 0;
            for (mask, _) in &requires.groups {
                assert_eq!(seen & mask, 0, "a value in two groups");
                seen |= mask;
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
        Value::Absent => None,
        Value::Installed => variable.version.as_ref(),
        Value::Release(at) => Some(&catalog.get(variable.package).releases[*at].version),
    }
}
