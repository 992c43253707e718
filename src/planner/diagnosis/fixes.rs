//! Changes that give a plan, each found by planning with it.

use super::{Asker, Conflict, Element, End, Without, minimize};
use crate::catalog::Force;
use crate::date::Date;
use crate::plan::{AllowingRelease, Fix, FixKind, HolderChange, HolderFix};
use crate::planner::installed;
use crate::planner::problem::{self, Value, version};
use crate::planner::request::{Request, Target};
use crate::planner::session::Session;
use crate::planner::solve::lines_ahead;
use crate::version::Version;

impl Asker<'_, '_> {
    pub(super) fn fixes(&self, elements: &[Element], causes: &[Conflict]) -> Vec<Fix> {
        let candidates: Vec<&Element> = causes
            .iter()
            .flat_map(|(cause, _)| cause)
            .map(|at| &elements[*at])
            .filter(|element| self.is_usable(element))
            .collect();
        let mut fixes: Vec<(usize, Fix)> = Vec::new();
        for element in &candidates {
            if let Some(way) = self.change(&[element]) {
                let kind = self.kind(element, &way);
                fixes.push((
                    rank(element),
                    Fix {
                        kind,
                        steps: way.steps,
                    },
                ));
            }
        }
        if fixes.is_empty() {
            fixes.extend(self.together(elements).map(|fix| (0, fix)));
        }
        fixes.sort_by_key(|(rank, fix)| (*rank, fix.steps));
        fixes.into_iter().map(|(_, fix)| fix).collect()
    }

    /// Plans with changes. A holder that stays and takes any version of what it needs is asked about
    /// before one that is gone.
    fn change(&self, changes: &[&Element]) -> Option<End> {
        let way = self.change_in(changes, self.request)?;
        if !changes.contains(&&Element::Day) {
            return Some(way);
        }
        let others: Vec<&Element> = changes
            .iter()
            .copied()
            .filter(|it| **it != Element::Day)
            .collect();
        Some(self.earliest(way, |request| self.change_in(&others, request)))
    }

    fn change_in(&self, changes: &[&Element], request: &Request) -> Option<End> {
        let with = |holders| Asker { holders, ..*self }.ask(changes, request);
        let holds = changes.iter().any(|it| matches!(it, Element::Holder(_)));
        with(Without::Versions).or_else(|| holds.then(|| with(Without::Itself))?)
    }

    /// The request on another day.
    pub(super) fn on(&self, day: Option<Date>) -> Request {
        Request {
            as_of: day,
            ..self.request.clone()
        }
    }

    /// Of a way on any day, the one on the earliest day that has a plan. A later day takes no release away, so
    /// half of the days are left after each question; a day without an answer counts as one without a plan.
    pub(super) fn earliest(&self, mut way: End, ask: impl Fn(&Request) -> Option<End>) -> End {
        let days = |way: &End| Some((self.request.as_of?.days(), self.day_of(way)?.days()));
        let Some((mut before, mut until)) = days(&way) else {
            return way;
        };
        while until - before > 1 && !self.effort.is_spent() {
            let day = before + (until - before) / 2;
            match ask(&self.on(Date::from_days(day))) {
                Some(earlier) => {
                    until = self.day_of(&earlier).map_or(day, |it| it.days().min(day));
                    way = earlier;
                }
                None => before = day,
            }
        }
        way
    }

    /// A smallest set of changes that helps, where no single one does: all of them less those that
    /// prove needless, the more demanding ones tried first.
    fn together(&self, elements: &[Element]) -> Option<Fix> {
        let mut changes: Vec<&Element> = elements
            .iter()
            .filter(|element| self.is_usable(element))
            .collect();
        let mut way = self.change_in(&changes, self.request)?;
        changes.sort_by_key(|element| std::cmp::Reverse(rank(element)));
        let (mut changes, is_smallest) = minimize(&changes, |kept| {
            let is_possible = self.change_in(kept, self.request).is_some();
            (is_possible || !self.effort.is_spent()).then_some(is_possible)
        });
        if is_smallest {
            way = self.change(&changes).unwrap_or(way);
        }
        changes.reverse();
        let mut parts: Vec<FixKind> = Vec::new();
        for element in changes {
            let part = self.kind(element, &way);
            if !parts.last_mut().is_some_and(|last| last.merge(&part)) {
                parts.push(part);
            }
        }
        let kind = match parts.len() {
            1 => parts.remove(0),
            _ => FixKind::Together { parts },
        };
        Some(Fix {
            kind,
            steps: way.steps,
        })
    }

    /// May a user take it away?
    fn is_usable(&self, element: &Element) -> bool {
        match element {
            Element::Rule(rule) => self.catalog.rules()[rule.0 as usize].force() == Force::Should,
            Element::Installed(_) | Element::Target(_) | Element::Unlisted(_) => false,
            Element::Holder(name) => !self.is_required(name),
            _ => true,
        }
    }

    /// Does an installed package of the catalog require this one of it? Then nobody can remove it.
    fn is_required(&self, name: &str) -> bool {
        let mut packages = self.catalog.packages().iter();
        self.catalog.id(name).is_some()
            && packages.any(|package| {
                let installed = self.snapshot.packages.get(package.name().as_str());
                installed.is_some_and(|it| {
                    let release = installed::release(package, self.snapshot, &it.version);
                    installed::needs(package, self.snapshot, release).any(|(on, _)| on == name)
                })
            })
    }

    fn kind(&self, element: &Element, way: &End) -> FixKind {
        match element {
            Element::Rule(rule) => FixKind::Accept {
                rules: vec![self.catalog.rules()[rule.0 as usize].id().clone()],
            },
            Element::Pin(at) => FixKind::Lift {
                packages: self
                    .catalog
                    .package(&self.request.pins[*at].0)
                    .map(|package| package.name().clone())
                    .into_iter()
                    .collect(),
            },
            Element::Runtime => self.runtime_of(way),
            Element::Holder(name) => {
                let mut holders = vec![self.holder_of(name, way)];
                // Whoever allows the same must allow the same in future.
                let alike = self.condensed.alike.get(name).into_iter().flatten();
                let change = holders[0].change.clone();
                holders.extend(alike.map(|(gem, version)| HolderFix {
                    gem: gem.clone(),
                    version: Some(version.clone()),
                    change: change.clone(),
                }));
                FixKind::Holder { holders }
            }
            Element::Gemfile(name) => FixKind::Gemfile {
                gems: vec![self.end_of(name, way)],
            },
            Element::Day => FixKind::Day {
                day: self
                    .day_of(way)
                    .map_or(String::new(), |day| day.to_string()),
            },
            Element::Installed(_) | Element::Target(_) | Element::Unlisted(_) => {
                FixKind::Together { parts: Vec::new() }
            }
        }
    }

    /// The day from which on all releases of a way may be entered.
    fn day_of(&self, way: &End) -> Option<Date> {
        let (_, _, newest) = self.newest_entered(way)?;
        let age = i32::try_from(self.request.min_age).unwrap_or(i32::MAX);
        Date::from_days(newest.days().saturating_add(age))
    }

    /// The newest release that a way enters, with its day; of several the first in the latest state.
    pub(super) fn newest_entered<'e>(
        &'e self,
        way: &'e End,
    ) -> Option<(&'e str, &'e Version, Date)> {
        let mut entered: Vec<(&str, &Version, Date)> = Vec::new();
        for state in &way.states {
            for (variable, bit) in way.variables.iter().zip(state).rev() {
                let package = self.catalog.get(variable.package);
                if let Some(Value::Release(at)) = variable.values.get(*bit) {
                    let release = &package.releases[*at];
                    let day = release.date();
                    entered.extend(day.map(|day| (package.name().as_str(), &release.version, day)));
                }
            }
        }
        let outside = way.outside.iter().flatten().filter(|(name, version)| {
            let installed = self.snapshot.packages.get(*name);
            installed.is_none_or(|installed| installed.version() != *version)
        });
        let outside = outside.filter_map(|(name, version)| {
            let day = self.session.outside?.borrow_mut().day_of(name, version);
            Some((name.as_str(), version, day.ok()??))
        });
        let all = outside.chain(entered);
        all.max_by_key(|(_, _, day)| *day)
    }

    /// Where the runtime is at the end of a way.
    fn runtime_of(&self, way: &End) -> FixKind {
        let at = way.runtimes.first().copied().unwrap_or(0);
        let variable = &way.variables[at];
        FixKind::Runtime {
            runtime: self.catalog.get(variable.package).name().clone(),
            to: variable
                .labels
                .get(way.states.last().map_or(0, |last| last[at]))
                .cloned()
                .unwrap_or_default(),
        }
    }

    /// A package and where it is at the end of a way.
    fn end_of(&self, name: &str, way: &End) -> String {
        let found = way
            .last()
            .find(|(it, _)| self.catalog.get(it.package).name() == name);
        let version = found.and_then(|(it, bit)| version(self.catalog, it, bit));
        version.map_or(name.to_owned(), |version| format!("{name} {version}"))
    }

    /// What a holder would have to allow for a way.
    fn holder_of(&self, name: &str, way: &End) -> HolderFix {
        let mut fix = HolderFix {
            gem: name.to_owned(),
            version: None,
            change: HolderChange::Any,
        };
        let Some(installed) = self.snapshot.packages.get(name) else {
            return fix;
        };
        fix.version = Some(installed.version().to_string());
        let mut wants = Vec::new();
        for (on, requirement) in self.needs(name) {
            let variable = way
                .last()
                .find(|(it, _)| *self.catalog.get(it.package).name() == *on);
            let ends = match variable {
                Some((it, bit)) => version(self.catalog, it, bit),
                None => way.outside.last().and_then(|it| it.get(&on)),
            };
            if let Some(version) = ends.filter(|version| !requirement.matches(version)) {
                wants.push((on, version.clone()));
            }
        }
        if wants.is_empty() {
            let first = way.outside.iter().find_map(|it| it.get(name));
            if let Some(lower) = first.filter(|first| *first < installed.version()) {
                fix.change = HolderChange::Downgrade {
                    to: lower.to_string(),
                };
            }
            return fix;
        }
        let joint = self.session.outside.filter(|_| self.is_indexed(name));
        let newest = joint.and_then(|joint| {
            let above = installed.version();
            joint.borrow_mut().newest_with(name, above, &wants).ok()
        });
        let release = match newest {
            Some(Some(newest)) => AllowingRelease::Version(newest.to_string()),
            Some(None) => AllowingRelease::None,
            // Were there one in the catalog, it would not be in the way.
            None if self.catalog.id(name).is_some() => AllowingRelease::None,
            None => AllowingRelease::NotAsked,
        };
        let versions = wants.into_iter();
        let versions = versions.map(|(on, version)| (on.to_string(), version.to_string()));
        fix.change = HolderChange::Allow {
            versions: versions.collect(),
            release,
        };
        fix
    }

    /// How far each target gets by itself, and the fix of going only so far.
    pub(super) fn reached(&self) -> (Vec<(String, String)>, Vec<Fix>) {
        let (mut reached, mut fixes) = (Vec::new(), Vec::new());
        for (at, (name, _)) in self.request.targets.iter().enumerate() {
            let mut free = self.request.clone();
            free.targets.remove(at);
            let session = Session {
                request: &free,
                ..self.session
            };
            let Ok(problem) = problem::build(session) else {
                continue;
            };
            let Some(variable) = self.catalog.id(name).and_then(|id| {
                problem
                    .variables
                    .iter()
                    .find(|variable| variable.package == id)
            }) else {
                continue;
            };
            let installed = variable
                .values
                .iter()
                .position(|value| matches!(value, Value::Installed));
            let stands = installed.and_then(|bit| variable.lines[bit]);
            for (line, values) in lines_ahead(self.catalog, variable).into_iter().rev() {
                let lower = values.lowest().and_then(|bit| variable.lines[bit]);
                if lower <= stands {
                    break;
                }
                let mut request = free.clone();
                request
                    .targets
                    .insert(at, (name.clone(), Target::Line(line.clone())));
                if let Some(way) = self.ask(&[], &request) {
                    if let Some(package) = self.catalog.package(name) {
                        let package = package.name().clone();
                        let kind = FixKind::Shorter {
                            package,
                            line: line.clone(),
                        };
                        fixes.push(Fix {
                            kind,
                            steps: way.steps,
                        });
                    }
                    reached.push((name.clone(), line));
                    break;
                }
            }
        }
        (reached, fixes)
    }
}

/// How much a change asks for.
fn rank(element: &Element) -> usize {
    match element {
        Element::Rule(_) => 1,
        Element::Day | Element::Target(_) => 1,
        Element::Gemfile(_) => 2,
        Element::Pin(_) => 3,
        Element::Runtime => 4,
        Element::Holder(_) => 5,
        Element::Installed(_) | Element::Unlisted(_) => 6,
    }
}
