//! A first step in which packages may go down.

use super::build::Builder;
use super::{ABSENT, Admitting, Repair, Set};
use crate::catalog::{PackageId, Role};
use crate::planner::installed;

impl Repair {
    /// The values that a variable may have after the step.
    pub(in crate::planner) fn allowed(&self, at: usize) -> Set {
        match self.chosen >> at & 1 {
            1 => self.up[at].or(&self.down[at]),
            _ => self.up[at].clone(),
        }
    }

    /// The variables that can go down, as bits.
    pub(in crate::planner) fn candidates(&self) -> u64 {
        let down = self.down.iter().enumerate();
        down.fold(0, |mask, (at, down)| {
            mask | u64::from(!down.is_empty()) << at
        })
    }
}

impl Builder<'_> {
    /// Which packages a repair may take down: those that a registry has, but for targets and what
    /// has no way back. Without a target the first stepped package that is there serves as one.
    pub(super) fn falls(&self) -> Vec<bool> {
        let name_of = |id: &PackageId| self.catalog.get(*id).name().as_str();
        let is_installed = |id: &PackageId| self.installed(*id).is_some();
        let targets = &self.request.targets;
        let first = self
            .scope
            .iter()
            .find(|id| self.catalog.get(**id).role() == Role::Stepped && is_installed(id));
        let is_target = |id: &PackageId| match targets.is_empty() {
            true => first == Some(id),
            false => targets.iter().any(|(name, _)| name == name_of(id)),
        };
        let falls = self.scope.iter().map(|id| {
            let package = self.catalog.get(*id);
            package.role() != Role::Runtime
                && is_installed(id)
                && package.no_way_back.is_none()
                && !installed::is_foreign(self.snapshot, name_of(id))
                && !is_target(id)
        });
        falls.collect()
    }

    /// A first step in which packages may go down, and no stepped one enters a line above its own.
    pub(super) fn repair(&self) -> Repair {
        let (mut up, mut down) = (Vec::new(), Vec::new());
        for (at, variable) in self.variables.iter().enumerate() {
            let start = variable.first();
            if variable.role == Role::Runtime || variable.start.is_empty() {
                up.push(Set::below(variable.values.len()));
                down.push(Set::default());
                continue;
            }
            let mut stays = variable.next(start);
            // Runtimes stand still, so a gate is open or it is not.
            let is_out_of_reach = |newer: &Admitting| {
                let mut runtimes = newer.iter();
                runtimes.any(|(at, admits)| {
                    let start = &self.variables[*at].start;
                    !start.without(admits).is_empty()
                })
            };
            if let Some((next, mut newer)) = variable.gated(start) {
                if newer.all(is_out_of_reach) {
                    stays.add(&next);
                }
            }
            if variable.role == Role::Stepped && start != ABSENT {
                for (bit, line) in variable.lines.iter().enumerate().skip(1) {
                    if *line > variable.lines[start] {
                        stays.remove(bit);
                    }
                }
            }
            up.push(stays);
            let mut below = Set::default();
            below.insert_range(ABSENT + 1, start);
            down.push(match self.falls[at] {
                true => below.and(&variable.ahead()),
                false => Set::default(),
            });
        }
        Repair {
            up,
            down,
            size: 1,
            chosen: 0,
        }
    }
}
