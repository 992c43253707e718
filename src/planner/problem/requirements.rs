//! Requirements between packages, as bit masks over candidate versions.

use super::build::Builder;
use super::{ABSENT, CandidateValues, Nogood, Requires, Set, Value};
use crate::catalog::{Need, PackageId, Required, Role, RuleId, SetId};
use crate::planner::installed;
use crate::rules;
use crate::version::Version;

/// The values that compiled sets admit, each worked out on first use.
#[derive(Default)]
pub(super) struct AdmittedValues {
    values: Vec<Set>,
    /// By set of the catalog: its place among these, from one; zero where it was not asked for.
    places: Vec<u32>,
}

impl AdmittedValues {
    /// Those of a set that was asked for.
    fn get(&self, set: SetId) -> Option<&Set> {
        let place = self.places.get(set.0 as usize)?.checked_sub(1)?;
        self.values.get(place as usize)
    }
}

impl<'a> Builder<'a> {
    /// The values of a variable that a compiled set admits.
    pub(super) fn admitted(&mut self, set: SetId) -> &Set {
        let at = set.0 as usize;
        if self.admitted.places.len() <= at {
            self.admitted.places.resize(at + 1, 0);
        }
        let known = self.admitted.places[at] as usize;
        let place = known.checked_sub(1).unwrap_or_else(|| {
            let values = self.values_of(set);
            self.admitted.values.push(values);
            let count = self.admitted.values.len();
            self.admitted.places[at] = u32::try_from(count).unwrap_or(0);
            count - 1
        });
        &self.admitted.values[place]
    }

    fn values_of(&self, set: SetId) -> Set {
        let (catalog, variables) = (self.catalog, &self.variables);
        let data = catalog.set(set);
        let on = self.at[data.on.index()];
        let Some(variable) = on.map(|on| &variables[on]) else {
            return Set::default();
        };
        let mut admitted = match variable.candidates() {
            Some(CandidateValues { first, to, .. }) => {
                let places = &catalog.candidates(variable.package).places;
                Set::of_places(places, &data.bits).moved(first, to)
            }
            None => Set::of_places(&variable.places, &data.bits),
        };
        for bit in &variable.apart {
            admitted.remove(*bit);
        }
        // What is installed is a value of its own.
        let is_admitted = |version: &Version| match variable.known {
            Some(at) => data.contains(at),
            None => data.admits(version),
        };
        if variable.version.as_ref().is_some_and(is_admitted) {
            admitted.insert(variable.first());
        }
        admitted
    }

    /// All requirements; fills in what each value demands on the way.
    pub(super) fn requirements(&mut self) -> Vec<Requires<'a>> {
        let width = self.variables.len();
        let mut requirements = Vec::with_capacity(4 * width);
        let mut wants = Wants::default();
        for from in 0..width {
            let package = self.variables[from].package;
            let name = self.catalog.get(package).name().as_str();
            let counts =
                !self.what_if.dropped.contains(name) && !self.what_if.relaxed.contains(name);
            let candidates = self.variables[from].candidates();
            let candidates = candidates.filter(|_| counts && !self.is_skewed(package));
            if let Some(candidates) = candidates {
                #[cfg(debug_assertions)]
                let start = requirements.len();
                self.of_candidates(from, candidates, &mut wants, &mut requirements);
                #[cfg(debug_assertions)]
                self.compare(from, &requirements[start..]);
                continue;
            }
            self.one_by_one(from, counts, &mut wants, &mut requirements);
        }
        requirements
    }

    /// What the values of a variable require, one kind after the other.
    fn one_by_one(
        &mut self,
        from: usize,
        counts: bool,
        wants: &mut Wants,
        requirements: &mut Vec<Requires<'a>>,
    ) {
        self.alike(from, false, wants);
        if counts {
            for kind in 0..wants.kinds.len() {
                self.wants(from, kind, wants);
            }
        }
        self.skews(from, false, wants);
        self.requires(from, false, wants, requirements);
    }

    /// The same where its releases are candidates of the catalog: what these require is known, but for what is
    /// installed.
    fn of_candidates(
        &mut self,
        from: usize,
        candidates: CandidateValues,
        wants: &mut Wants,
        requirements: &mut Vec<Requires<'a>>,
    ) {
        let catalog = self.catalog;
        let known = catalog.requirements_of(self.variables[from].package);
        wants.kinds.clear();
        wants.kinds.push(Set::only(ABSENT));
        let start = &self.variables[from].start;
        let is_apart = candidates.like_installed.is_none() && !start.is_empty();
        wants.kinds.extend(is_apart.then(|| start.clone()));
        wants.clear(self.variables.len());
        for kind in 1..wants.kinds.len() {
            self.wants(from, kind, wants);
        }
        for (by, on) in &known.demands {
            let on = on.iter().filter_map(|on| self.at[on.index()]);
            let demands = on.fold(0, |mask, on| mask | 1 << on);
            self.demand(from, candidates.values(by), demands);
        }
        let mut known = known.of.iter().peekable();
        for on in 0..self.variables.len() {
            let package = self.variables[on].package;
            while known.next_if(|(it, _)| *it < package).is_some() {}
            let required = known.next_if(|(it, _)| *it == package);
            let kinds = wants.kinds.len();
            let row = &wants.rows[on * kinds..(on + 1) * kinds];
            if required.is_none() && row.iter().all(|want| *want == Want::Any) {
                continue;
            }
            let known = required.map_or(&[][..], |(_, required)| required);
            let of_installed = wants.kinds.iter().zip(row);
            let of_installed = of_installed.filter(|it| *it.1 != Want::Any);
            let of_installed =
                of_installed.map(|(kind, want)| (kind.clone(), self.meets(on, *want, wants)));
            let mut requires = Requires {
                from,
                on,
                known,
                groups: of_installed.collect(),
            };
            if self.variables[on].candidates().is_none() {
                requires.known = &[];
                let possible = self.variables[on].possible();
                for required in known {
                    let by: Set = candidates.values(&required.by);
                    if by.is_empty() {
                        continue;
                    }
                    // Mostly a runtime that stays where it is.
                    let allowed = self.allowed(on, required);
                    if !possible.without(&allowed).is_empty() {
                        requires.groups.push((by, allowed));
                    }
                }
            }
            if requires.known.is_empty() && requires.groups.is_empty() {
                continue;
            }
            if on == from {
                let groups = requires.groups(catalog, &self.variables);
                let groups: Vec<(Set, Set)> = groups.collect();
                let all = Set::below(self.variables[on].values.len());
                requires.known = &[];
                requires.groups = of_itself(&groups, &all);
            }
            requirements.push(requires);
        }
    }

    /// The values of a variable that meet what candidates of another package require.
    fn allowed(&mut self, on: usize, required: &Required) -> Set {
        let mut allowed = Set::below(self.variables[on].values.len());
        for set in &required.sets {
            allowed.keep(self.admitted(*set));
        }
        if required.or_absent {
            allowed.insert(ABSENT);
        }
        allowed
    }

    /// Lets values of a variable demand others to be there.
    fn demand(&mut self, from: usize, values: Set, demands: u64) {
        if demands == 0 || values.is_empty() {
            return;
        }
        let known = &mut self.variables[from].demands;
        match known.iter_mut().find(|(_, it)| *it == demands) {
            Some((known, _)) => known.add(&values),
            None => known.push((values, demands)),
        }
    }

    fn is_skewed(&self, package: PackageId) -> bool {
        self.skews.iter().any(|(it, _)| *it == package)
    }

    /// Fails where what candidates require is not what their releases do.
    #[cfg(debug_assertions)]
    fn compare(&mut self, from: usize, found: &[Requires<'_>]) {
        let mut requirements = Vec::new();
        let demands = std::mem::take(&mut self.variables[from].demands);
        self.one_by_one(from, true, &mut Wants::default(), &mut requirements);
        let known = std::mem::replace(&mut self.variables[from].demands, demands);
        let variable = &self.variables[from];
        for bit in 0..variable.values.len() {
            let known = known.iter().find(|(values, _)| values.has(bit));
            let known = known.map_or(0, |(_, demands)| *demands);
            assert_eq!(variable.demands(bit), known, "{from}: demands of {bit}");
        }
        // By value what it allows of a variable.
        let allowed = |requirements: &[Requires<'_>], on: usize| {
            let possible = self.variables[on].possible();
            let mut allowed = vec![possible.clone(); variable.values.len()];
            let requires = requirements.iter().find(|it| it.on == on);
            let groups = requires.map(|it| it.groups(self.catalog, &self.variables));
            for (values, allows) in groups.into_iter().flatten() {
                let (values, allows): (Set, Set) = (values, allows);
                for bit in values.bits() {
                    allowed[bit] = allows.and(&possible);
                }
            }
            allowed
        };
        for on in 0..self.variables.len() {
            let found = allowed(found, on);
            assert_eq!(
                found,
                allowed(&requirements, on),
                "{from}: requires of {on}"
            );
        }
    }

    /// Parts the values of a variable by what they want: releases that need the same want the same,
    /// unless a skew rule concerns their lines.
    fn alike(&self, from: usize, while_rolling: bool, wants: &mut Wants) {
        let variable = &self.variables[from];
        let package = self.catalog.get(variable.package);
        let is_apart = while_rolling || self.is_skewed(variable.package);
        wants.kinds.clear();
        // The needs of kinds that are known, with the place of each.
        let mut known: Vec<(*const Need, usize)> = Vec::with_capacity(16);
        for (bit, value) in variable.values.iter().enumerate() {
            let needs = match value {
                Value::Release(at) if !is_apart => Some(package.releases[*at].needs.as_ptr()),
                _ => None,
            };
            // Neighbours mostly need the same.
            let same = needs.and_then(|needs| known.iter().rev().find(|it| it.0 == needs));
            if let Some((_, kind)) = same {
                wants.kinds[*kind].insert(bit);
                continue;
            }
            known.extend(needs.map(|needs| (needs, wants.kinds.len())));
            wants.kinds.push(Set::only(bit));
        }
        wants.clear(self.variables.len());
    }

    /// What the values of a variable require of each other one that they require something of.
    fn requires(
        &self,
        from: usize,
        while_rolling: bool,
        wants: &Wants,
        requirements: &mut Vec<Requires<'a>>,
    ) {
        for (on, row) in wants.rows.chunks(wants.kinds.len()).enumerate() {
            if row.iter().any(|want| *want != Want::Any) {
                let mut groups = self.groups(on, row, wants);
                if on == from && !while_rolling {
                    groups = of_itself(&groups, &Set::below(self.variables[on].values.len()));
                }
                requirements.push(Requires {
                    from,
                    on,
                    known: &[],
                    groups,
                });
            }
        }
    }

    /// Values that require the same of a variable, with what that is.
    fn groups(&self, on: usize, row: &[Want], wants: &Wants) -> Vec<(Set, Set)> {
        let mut groups: Vec<(Set, Set)> = Vec::with_capacity(8);
        // Neighbours mostly want the same, and many others what some have wanted before.
        let mut known: Vec<(Want, usize)> = Vec::with_capacity(8);
        let mut last = (Want::Any, usize::MAX);
        for (want, values) in row.iter().zip(&wants.kinds) {
            if last.0 != *want || last.1 == usize::MAX {
                let found = known.iter().find(|(it, _)| it == want).copied();
                last = found.unwrap_or_else(|| {
                    let allowed = self.meets(on, *want, wants);
                    let group = groups.iter().position(|(_, it)| *it == allowed);
                    let group = group.unwrap_or_else(|| {
                        groups.push((Set::default(), allowed));
                        groups.len() - 1
                    });
                    // Each set is one kind's own.
                    if !matches!(want, Want::Set(_)) {
                        known.push((*want, group));
                    }
                    (*want, group)
                });
            }
            groups[last.1].0.add(values);
        }
        groups
    }

    /// The values of a variable that are what is wanted of it.
    fn meets(&self, on: usize, want: Want, wants: &Wants) -> Set {
        match want {
            Want::Any => Set::below(self.variables[on].values.len()),
            Want::Admitted(set) => self.known(set),
            Want::AdmittedOrAbsent(set) => {
                let mut allowed = self.known(set);
                allowed.insert(ABSENT);
                allowed
            }
            Want::Set(at) => wants.sets[at as usize].clone(),
        }
    }

    /// The values that a compiled set admits, which was asked for before.
    fn known(&self, set: SetId) -> Set {
        self.admitted.get(set).cloned().unwrap_or_default()
    }

    /// What the values of one kind require of each variable.
    fn wants(&mut self, from: usize, kind: usize, wants: &mut Wants) {
        let catalog = self.catalog;
        let Some(bit) = wants.kinds[kind].lowest().filter(|bit| *bit != ABSENT) else {
            return;
        };
        let package = catalog.get(self.variables[from].package);
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
            let mut demands: u64 = 0;
            for need in package.releases[at].needs.iter() {
                let Some(on) = self.at[need.on.index()] else {
                    continue;
                };
                match need.rule {
                    // What is in lockstep has the same version.
                    None if self.is_in_lockstep(from, on) => {
                        let mut there = Set::below(self.variables[on].values.len());
                        there.remove(ABSENT);
                        self.narrow_to(wants, on, kind, there);
                        demands |= 1 << on;
                    }
                    None => {
                        self.narrow(wants, on, kind, Want::Admitted(need.set));
                        // Nothing is there because it needs itself.
                        if self.variables[on].role != Role::Runtime && on != from {
                            demands |= 1 << on;
                        }
                    }
                    Some(rule) if !self.heed.holds(rule) => {}
                    Some(rule) if stands && self.is_defect(rule) => {
                        let mut stays = self.admitted(need.set).clone();
                        stays.add(&self.variables[on].start);
                        stays.insert(ABSENT);
                        self.narrow_to(wants, on, kind, stays);
                    }
                    Some(_) => self.narrow(wants, on, kind, Want::AdmittedOrAbsent(need.set)),
                }
            }
            self.demand(from, wants.kinds[kind].clone(), demands);
            return;
        }
        self.rules(from, bit, kind, wants);
        // A version that the catalog does not know: the lockfile says what it wants.
        let installed = self.installed[self.variables[from].package.index()];
        let mut demands = 0;
        for (name, requirement) in installed.map_or(&[][..], |(it, _)| &it.requirements) {
            if let Some(on) = self.variable_of(name) {
                let admits = |version: &Version| requirement.matches(version);
                let bits = 1..self.variables[on].values.len();
                let fits = bits.filter(|bit| self.version(on, *bit).is_some_and(admits));
                let fits = fits.collect();
                self.narrow_to(wants, on, kind, fits);
                if on != from {
                    demands |= 1 << on;
                }
            }
        }
        self.demand(from, Set::only(bit), demands);
    }

    /// Lets a kind want this too of a variable.
    fn narrow(&mut self, wants: &mut Wants, on: usize, kind: usize, want: Want) {
        let (Want::Admitted(set) | Want::AdmittedOrAbsent(set)) = want else {
            return;
        };
        let at = wants.at(on, kind);
        let allowed = self.admitted(set);
        match wants.rows[at] {
            Want::Any => wants.rows[at] = want,
            known if known == want => {}
            _ => {
                let mut allowed = allowed.clone();
                if let Want::AdmittedOrAbsent(_) = want {
                    allowed.insert(ABSENT);
                }
                self.narrow_to(wants, on, kind, allowed);
            }
        }
    }

    /// Lets a kind want one of these too of a variable.
    fn narrow_to(&self, wants: &mut Wants, on: usize, kind: usize, mut fits: Set) {
        let at = wants.at(on, kind);
        match wants.rows[at] {
            Want::Any => {}
            Want::Admitted(set) => fits.keep(&self.known(set)),
            Want::AdmittedOrAbsent(set) => {
                let mut known = self.known(set);
                known.insert(ABSENT);
                fits.keep(&known);
            }
            Want::Set(known) => {
                wants.sets[known as usize].keep(&fits);
                return;
            }
        }
        wants.rows[at] = Want::Set(u32::try_from(wants.sets.len()).unwrap_or(u32::MAX));
        wants.sets.push(fits);
    }

    /// What skews want of other packages; only of those that hold while a step is rolled out, or of all.
    fn skews(&self, from: usize, while_rolling: bool, wants: &mut Wants) {
        let package = self.variables[from].package;
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
            for (bit, place) in own.into_iter().enumerate().skip(1) {
                let speaks = |version: &Version| skew.versions.matches(version);
                let Some(place) = place.filter(|_| self.version(from, bit).is_some_and(speaks))
                else {
                    continue;
                };
                let near = others.iter().enumerate().filter(|(_, other)| {
                    other.is_none_or(|other| rules::may_run_beside(skew, place, other))
                });
                let near = near.map(|(bit, _)| bit).collect();
                // Each value is a kind of its own here.
                self.narrow_to(wants, on, bit, near);
            }
        }
    }

    /// What may run beside what while a step is rolled out.
    pub(super) fn mixed(&self) -> Vec<Requires<'a>> {
        let mut mixed = Vec::new();
        if self.skews.is_empty() {
            return mixed;
        }
        let width = self.variables.len();
        let mut wants = Wants::default();
        for from in 0..width {
            self.alike(from, true, &mut wants);
            self.skews(from, true, &mut wants);
            self.requires(from, true, &wants, &mut mixed);
        }
        mixed
    }

    /// Bad pairs that are installed: once one of the two has moved they never stand together again.
    ///
    /// Only for what may come back to where it stood; nothing else needs telling.
    pub(super) fn no_returns(&self, back: impl Fn(usize) -> bool) -> Vec<Nogood> {
        let mut nogoods = Vec::new();
        if !(0..self.variables.len()).any(&back) {
            return nogoods;
        }
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

    pub(super) fn is_defect(&self, rule: RuleId) -> bool {
        let rule = self.catalog.rules().get(rule.0 as usize);
        rule.is_some_and(rules::is_defect)
    }

    /// What rules want beside an installed version that is no release of the catalog.
    fn rules(&self, from: usize, bit: usize, kind: usize, wants: &mut Wants) {
        let catalog = self.catalog;
        let Some(version) = self.version(from, bit) else {
            return;
        };
        let package = self.variables[from].package;
        for (_, rule) in self.heed.rules_of(catalog, package) {
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
            self.narrow_to(wants, on, kind, fits);
        }
    }
}

/// What a package requires of itself: of all values those that meet it, with one another; the others never. Those that
/// are in no group meet it.
///
/// Of a lockfile in disorder a gem may require another version of itself. Bundler takes no such version.
fn of_itself(groups: &[(Set, Set)], all: &Set) -> Vec<(Set, Set)> {
    let mut never = Set::default();
    for (values, allowed) in groups {
        never.add(&values.without(allowed));
    }
    let meets = all.without(&never);
    vec![(meets.clone(), meets), (never, Set::default())]
}

/// What values of one kind require of another variable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Any,
    /// What a compiled set admits.
    Admitted(SetId),
    AdmittedOrAbsent(SetId),
    /// One of [`Wants::sets`].
    Set(u32),
}

/// What each value of a variable requires of each other variable.
#[derive(Default)]
struct Wants {
    /// The values by kind; those of one kind want the same. The first is *absent*.
    kinds: Vec<Set>,
    /// One kind after the other, for each variable.
    rows: Vec<Want>,
    sets: Vec<Set>,
}

impl Wants {
    /// Nothing is wanted of so many variables.
    fn clear(&mut self, width: usize) {
        self.rows.clear();
        self.rows.resize(width * self.kinds.len(), Want::Any);
        self.sets.clear();
    }

    fn at(&self, on: usize, kind: usize) -> usize {
        on * self.kinds.len() + kind
    }
}
