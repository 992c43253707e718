//! Requirements between packages, as bit masks over candidate versions.

use super::build::Builder;
use super::{ABSENT, Mask, Nogood, Requires, Value};
use crate::catalog::{Role, RuleId, SetId};
use crate::planner::installed;
use crate::rules;
use crate::version::Version;

impl Builder<'_> {
    /// The values of a variable that a compiled set admits.
    pub(super) fn mask(&mut self, set: SetId) -> Mask {
        let at = set.0 as usize;
        if self.masks.len() <= at {
            self.masks.resize(at + 1, None);
        }
        if let Some(mask) = self.masks[at] {
            return mask;
        }
        let data = self.catalog.set(set);
        let mask = self.at[data.on.index()].map_or(0, |on| {
            let variable = &self.variables[on];
            let values = variable.values.iter().enumerate();
            values.fold(0, |mask, (bit, value)| {
                let admits = match value {
                    Value::Absent => false,
                    Value::Installed => variable
                        .version
                        .as_ref()
                        .is_some_and(|version| data.admits(version)),
                    Value::Release(release) => data.contains(*release),
                };
                mask | Mask::from(admits) << bit
            })
        });
        self.masks[at] = Some(mask);
        mask
    }

    /// All requirements; fills in what each value demands on the way.
    pub(super) fn requirements(&mut self) -> Vec<Requires> {
        let width = self.variables.len();
        let mut requirements = Vec::new();
        for from in 0..width {
            let count = self.variables[from].values.len();
            let mut wants = vec![Mask::MAX; width * count];
            for bit in 1..count {
                self.wants(from, bit, &mut wants);
            }
            for (on, masks) in wants.chunks(count).enumerate() {
                if masks.iter().all(|mask| *mask == Mask::MAX) {
                    continue;
                }
                // Neighbours mostly want the same.
                let mut groups: Vec<(Mask, Mask)> = Vec::with_capacity(8);
                let mut last = 0;
                for (bit, mask) in masks.iter().enumerate() {
                    if groups.get(last).is_none_or(|(_, allowed)| allowed != mask) {
                        let found = groups.iter().position(|(_, allowed)| allowed == mask);
                        last = found.unwrap_or(groups.len());
                        if found.is_none() {
                            groups.push((0, *mask));
                        }
                    }
                    groups[last].0 |= 1 << bit;
                }
                requirements.push(Requires { from, on, groups });
            }
        }
        requirements
    }

    /// What one value requires of each variable, into `wants[variable * count + bit]`.
    fn wants(&mut self, from: usize, bit: usize, wants: &mut [Mask]) {
        let catalog = self.catalog;
        let count = self.variables[from].values.len();
        let package = catalog.get(self.variables[from].package);
        let installed = self.snapshot.packages.get(package.name().as_str());
        let release = match self.variables[from].values[bit] {
            Value::Absent => None,
            Value::Release(at) => Some(at),
            Value::Installed => {
                let version = self.variables[from].version.as_ref();
                version.and_then(|it| installed::release_index(package, self.snapshot, it))
            }
        };
        if let Some(at) = release {
            let stands = matches!(self.variables[from].values[bit], Value::Installed);
            for need in &package.releases[at].needs {
                let Some(on) = self.at[need.on.index()] else {
                    continue;
                };
                let mask = self.mask(need.set);
                let want = &mut wants[on * count + bit];
                match need.rule {
                    None => {
                        *want &= mask;
                        if self.variables[on].role != Role::Runtime {
                            self.variables[from].demands[bit] |= 1 << on;
                        }
                    }
                    Some(rule) if !self.heed.holds(rule) => {}
                    Some(rule) if stands && self.is_defect(rule) => {
                        *want &= mask | ABSENT | self.variables[on].start;
                    }
                    Some(_) => *want &= mask | ABSENT,
                }
            }
            return;
        }
        self.rules(from, bit, wants);
        // A version that the catalog does not know: the lockfile says what it wants.
        for (name, requirement) in installed.map_or(&[][..], |installed| &installed.requirements) {
            if let Some(on) = self.variable_of(name) {
                let admits = |version: &Version| requirement.matches(version);
                let mask = (1..self.variables[on].values.len()).fold(0, |mask, bit| {
                    mask | Mask::from(self.version(on, bit).is_some_and(admits)) << bit
                });
                wants[on * count + bit] &= mask;
                self.variables[from].demands[bit] |= 1 << on;
            }
        }
    }

    /// Bad pairs that are installed: once one of the two has moved they never stand together again.
    ///
    /// Only for what may come back to where it stood; nothing else needs telling.
    pub(super) fn no_returns(&self, back: impl Fn(usize) -> bool) -> Vec<Nogood> {
        let mut nogoods = Vec::new();
        let rules = self.heed.rules(self.catalog);
        for (_, rule) in rules.filter(|(_, it)| rules::is_defect(it)) {
            let Some(from) = self.at[rule.package.index()] else {
                continue;
            };
            let version = self.variables[from].version.as_ref();
            let Some((with, says)) = version.and_then(|it| rules::wants(rule, it)) else {
                continue;
            };
            let Some(on) = self.at[with.index()].filter(|on| back(from) || back(*on)) else {
                continue;
            };
            if self.variables[on]
                .version
                .as_ref()
                .is_none_or(|it| says.fits(it))
            {
                continue;
            }
            let start = |at: usize| self.variables[at].start;
            let pair = vec![(from, start(from)), (on, start(on))];
            for at in [from, on] {
                nogoods.push(vec![vec![(at, !start(at))], pair.clone()]);
            }
        }
        nogoods
    }

    fn is_defect(&self, rule: RuleId) -> bool {
        let rule = self.catalog.rules().get(rule.0 as usize);
        rule.is_some_and(rules::is_defect)
    }

    /// What rules want beside an installed version that is no release of the catalog.
    fn rules(&self, from: usize, bit: usize, wants: &mut [Mask]) {
        let (catalog, count) = (self.catalog, self.variables[from].values.len());
        let Some(version) = self.version(from, bit) else {
            return;
        };
        let package = self.variables[from].package;
        for (_, rule) in self
            .heed
            .rules(catalog)
            .filter(|(_, it)| it.package == package)
        {
            let Some((with, says)) = rules::wants(rule, version) else {
                continue;
            };
            let Some(on) = self.at[with.index()] else {
                continue;
            };
            let mut mask = ABSENT;
            for other in 1..self.variables[on].values.len() {
                let fits = self.version(on, other).is_none_or(|it| says.fits(it));
                mask |= Mask::from(fits) << other;
            }
            if rules::is_defect(rule) {
                mask |= self.variables[on].start;
            }
            wants[on * count + bit] &= mask;
        }
    }
}
