//! Requirements between packages, as bit masks over candidate versions.

use super::build::Builder;
use super::{ABSENT, Nogood, Requires, Set, Value};
use crate::catalog::{Role, RuleId, SetId};
use crate::planner::installed;
use crate::rules;
use crate::version::Version;

impl Builder<'_> {
    /// The values of a variable that a compiled set admits.
    pub(super) fn admitted(&mut self, set: SetId) -> &Set {
        let at = set.0 as usize;
        if self.admitted.len() <= at {
            self.admitted.resize(at + 1, None);
        }
        let (catalog, variables) = (self.catalog, &self.variables);
        let data = catalog.set(set);
        let on = self.at[data.on.index()];
        self.admitted[at].get_or_insert_with(|| {
            let Some(variable) = on.map(|on| &variables[on]) else {
                return Set::default();
            };
            let values = variable.values.iter().enumerate();
            let admits = |value: &Value| match value {
                Value::Absent | Value::Missing(_) => false,
                Value::Installed => variable.version.as_ref().is_some_and(|it| data.admits(it)),
                Value::Release(release) => data.contains(*release),
            };
            values
                .filter(|(_, value)| admits(value))
                .map(|(bit, _)| bit)
                .collect()
        })
    }

    /// All requirements; fills in what each value demands on the way.
    pub(super) fn requirements(&mut self) -> Vec<Requires> {
        let width = self.variables.len();
        let mut requirements = Vec::new();
        let mut wants = Wants::new();
        for from in 0..width {
            let count = self.variables[from].values.len();
            wants.clear();
            wants.resize(width * count, None);
            for bit in 1..count {
                self.wants(from, bit, &mut wants);
            }
            self.skews(from, false, &mut wants);
            for (on, wants) in wants.chunks(count).enumerate() {
                if wants.iter().any(Option::is_some) {
                    requirements.push(Requires {
                        from,
                        on,
                        groups: self.groups(on, wants),
                    });
                }
            }
        }
        requirements
    }

    /// Values that require the same of a variable, with what that is.
    pub(super) fn groups(&self, on: usize, wants: &[Option<Set>]) -> Vec<(Set, Set)> {
        let any = || Set::below(self.variables[on].values.len());
        // Neighbours mostly want the same.
        let mut groups: Vec<(Set, Set, &Option<Set>)> = Vec::with_capacity(8);
        let mut last = 0;
        for (bit, want) in wants.iter().enumerate() {
            if groups.get(last).is_none_or(|(_, _, known)| *known != want) {
                let found = groups.iter().position(|(_, _, known)| *known == want);
                last = found.unwrap_or(groups.len());
                if found.is_none() {
                    let allowed = want.clone().unwrap_or_else(any);
                    groups.push((Set::default(), allowed, want));
                }
            }
            groups[last].0.insert(bit);
        }
        let groups = groups.into_iter();
        groups
            .map(|(values, allowed, _)| (values, allowed))
            .collect()
    }

    /// What one value requires of each variable, into `wants[variable * count + bit]`.
    fn wants(&mut self, from: usize, bit: usize, wants: &mut Wants) {
        let catalog = self.catalog;
        let count = self.variables[from].values.len();
        let package = catalog.get(self.variables[from].package);
        let name = package.name().as_str();
        if self.what_if.dropped.contains(name) || self.what_if.relaxed.contains(name) {
            return;
        }
        let installed = self.snapshot.packages.get(name);
        let release = match self.variables[from].values[bit] {
            Value::Absent | Value::Missing(_) => None,
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
                let want = &mut wants[on * count + bit];
                match need.rule {
                    // What is in lockstep has the same version.
                    None if self.is_in_lockstep(from, on) => {
                        let mut there = Set::below(self.variables[on].values.len());
                        there.remove(ABSENT);
                        narrow(want, &there, None);
                        self.variables[from].demands[bit] |= 1 << on;
                    }
                    None => {
                        narrow(want, self.admitted(need.set), None);
                        if self.variables[on].role != Role::Runtime {
                            self.variables[from].demands[bit] |= 1 << on;
                        }
                    }
                    Some(rule) if !self.heed.holds(rule) => {}
                    Some(rule) if stands && self.is_defect(rule) => {
                        let mut stays = self.variables[on].start.clone();
                        stays.insert(ABSENT);
                        narrow(want, self.admitted(need.set), Some(&stays));
                    }
                    Some(_) => narrow(want, self.admitted(need.set), Some(&Set::only(ABSENT))),
                }
            }
            return;
        }
        self.rules(from, bit, wants);
        // A version that the catalog does not know: the lockfile says what it wants.
        for (name, requirement) in installed.map_or(&[][..], |installed| &installed.requirements) {
            if let Some(on) = self.variable_of(name) {
                let admits = |version: &Version| requirement.matches(version);
                let bits = 1..self.variables[on].values.len();
                let fits = bits.filter(|bit| self.version(on, *bit).is_some_and(admits));
                narrow(&mut wants[on * count + bit], &fits.collect(), None);
                self.variables[from].demands[bit] |= 1 << on;
            }
        }
    }

    /// What skews want of other packages; only of those that hold while a step is rolled out, or of all.
    fn skews(&self, from: usize, while_rolling: bool, wants: &mut Wants) {
        let package = self.variables[from].package;
        let count = self.variables[from].values.len();
        for (_, skew) in self.skews.iter().filter(|(it, _)| *it == package) {
            let Some(on) = self.at[skew.of.index()] else {
                continue;
            };
            if while_rolling && !skew.while_rolling || !while_rolling && on == from {
                continue;
            }
            let of = self.catalog.get(skew.of);
            let places = |at: usize| {
                let bits = 0..self.variables[at].values.len();
                bits.map(move |bit| Some(rules::line_place(of, self.version(at, bit)?)))
                    .collect::<Vec<_>>()
            };
            let (own, others) = (places(from), places(on));
            for bit in 1..count {
                let speaks = |version: &Version| skew.versions.matches(version);
                let Some(place) = own[bit].filter(|_| self.version(from, bit).is_some_and(speaks))
                else {
                    continue;
                };
                let near = others.iter().enumerate().filter(|(_, other)| {
                    other.is_none_or(|other| rules::may_run_beside(skew, place, other))
                });
                let near = near.map(|(bit, _)| bit).collect();
                narrow(&mut wants[on * count + bit], &near, None);
            }
        }
    }

    /// What may run beside what while a step is rolled out.
    pub(super) fn mixed(&self) -> Vec<Requires> {
        let mut mixed = Vec::new();
        if self.skews.is_empty() {
            return mixed;
        }
        let width = self.variables.len();
        for from in 0..width {
            let count = self.variables[from].values.len();
            let mut wants: Wants = vec![None; width * count];
            self.skews(from, true, &mut wants);
            for (on, wants) in wants.chunks(count).enumerate() {
                if wants.iter().any(Option::is_some) {
                    let groups = self.groups(on, wants);
                    mixed.push(Requires { from, on, groups });
                }
            }
        }
        mixed
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
            let Some((with, says)) = version.and_then(|it| rules::wants(self.catalog, rule, it))
            else {
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
            let start = |at: usize| self.variables[at].start.clone();
            let pair = vec![(from, start(from)), (on, start(on))];
            for at in [from, on] {
                let elsewhere = Set::below(self.variables[at].values.len());
                let elsewhere = elsewhere.without(&start(at));
                nogoods.push(vec![vec![(at, elsewhere)], pair.clone()]);
            }
        }
        nogoods
    }

    fn is_defect(&self, rule: RuleId) -> bool {
        let rule = self.catalog.rules().get(rule.0 as usize);
        rule.is_some_and(rules::is_defect)
    }

    /// What rules want beside an installed version that is no release of the catalog.
    fn rules(&self, from: usize, bit: usize, wants: &mut Wants) {
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
            let Some((with, says)) = rules::wants(catalog, rule, version) else {
                continue;
            };
            let Some(on) = self.at[with.index()] else {
                continue;
            };
            let bits = 1..self.variables[on].values.len();
            let fits = bits.filter(|it| self.version(on, *it).is_none_or(|it| says.fits(it)));
            let mut fits: Set = fits.collect();
            fits.insert(ABSENT);
            if rules::is_defect(rule) {
                fits.add(&self.variables[on].start);
            }
            narrow(&mut wants[on * count + bit], &fits, None);
        }
    }
}

/// What each value of a variable requires of each other: `wants[variable * count + bit]`; `None` is
/// anything.
pub(super) type Wants = Vec<Option<Set>>;

/// Wants one of these too, or of those beside them.
pub(super) fn narrow(want: &mut Option<Set>, fits: &Set, or: Option<&Set>) {
    let fits = match or {
        Some(or) => &fits.or(or),
        None => fits,
    };
    match want {
        Some(want) => want.keep(fits),
        None => *want = Some(fits.clone()),
    }
}
