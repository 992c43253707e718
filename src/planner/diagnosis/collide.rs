//! What a constraint collides with: found in the plan that there would be without it.

use super::{Asker, Element, End};
use crate::catalog::{Need, Package, PackageId, Release, Role};
use crate::name::Name;
use crate::plan::{Collision, Constraint};
use crate::planner::problem::version;
use crate::planner::request::RuntimeMove;
use crate::planner::request::Target;
use crate::version::{Requirement, Version};

impl Asker<'_, '_> {
    /// What one constraint of a cause collides with, where that can be said in one clause; `others` are
    /// the constraints that are no part of the cause.
    pub(super) fn collision(&self, element: &Element, others: &[&Element]) -> Option<Collision> {
        let mut without = others.to_vec();
        without.push(element);
        let end = match self.day.filter(|_| *element == Element::Day) {
            None => self.ask(&without, self.request)?,
            day => self.ask(&[], &self.on(day))?,
        };
        match element {
            Element::Pin(at) => {
                let (name, requirement) = self.request.pins.get(*at)?;
                self.out_of(&end, name, |version| requirement.matches(version))
            }
            Element::Gemfile(name) => {
                let requirement = self.snapshot.direct.get(name)?.as_ref()?;
                self.out_of(&end, name, |version| requirement.matches(version))
            }
            Element::Holder(name) => {
                let needs = self.needs(name);
                let (on, requirement) = needs.iter().find(|(on, requirement)| {
                    let version = self.at_end(&end, on);
                    version.is_some_and(|version| !requirement.matches(version))
                })?;
                self.out_of(&end, on, |version| requirement.matches(version))
            }
            Element::Installed(name) => {
                let installed = self.snapshot.packages.get(name)?.version();
                self.out_of(&end, name, |version| version == installed)
            }
            Element::Runtime => {
                let mut runtimes = self.catalog.packages().iter();
                let runtime = runtimes.find(|it| {
                    it.role() == Role::Runtime
                        && *self.request.runtime_of(it.name().as_str()) != RuntimeMove::Free
                })?;
                let text = self.snapshot.runtime(runtime.name().as_str())?;
                let id = self.catalog.id(runtime.name().as_str())?;
                let line = runtime.line_index(text);
                let stands = |release: &&Release| match line {
                    Some(line) => release.line == line,
                    None => release.version.as_str() == text,
                };
                let newest = runtime.releases.iter().rev().find(stands)?;
                self.required(&end, id, |need| {
                    self.catalog.set(need.set).admits(&newest.version)
                })
            }
            Element::Day => {
                let end = match self.day {
                    None => self.earliest(end, |request| self.ask(others, request)),
                    Some(_) => end,
                };
                let (name, version, date) = self.newest_entered(&end)?;
                Some(Collision::Released {
                    package: Name::new(name).ok()?,
                    version: version.to_string(),
                    date: date.to_string(),
                })
            }
            Element::Rule(_) | Element::Target(_) | Element::Unlisted(_) => None,
        }
    }

    fn at_end<'e>(&'e self, end: &'e End, name: &str) -> Option<&'e Version> {
        let found = end
            .last()
            .find(|(it, _)| self.catalog.get(it.package).name().as_str() == name);
        let (variable, bit) = found?;
        version(self.catalog, variable, bit)
    }

    /// A package may only be where `admits` says, and ends elsewhere: what its newest release there
    /// requires that the end does not have, or what at the end requires another one of it.
    fn out_of(
        &self,
        end: &End,
        name: &str,
        admits: impl Fn(&Version) -> bool,
    ) -> Option<Collision> {
        let package = self.catalog.package(name)?;
        let id = self.catalog.id(name)?;
        let ends_at = self.at_end(end, name)?;
        if admits(ends_at) {
            return None;
        }
        if let Some(line) = self.target_line(name) {
            let allowed = package.releases.iter().any(|release| {
                release.is_enterable() && release.version.line() == line && admits(&release.version)
            });
            if !allowed {
                return Some(Collision::Target {
                    package: package.name().clone(),
                    line,
                });
            }
        }
        self.elsewhere(end, id, admits)
    }

    /// Targets that the releases of the catalog leave out of reach, each with what it collides with where the plan
    /// to its line ends on another release; `elements` is all that could be otherwise, `reached` the lines.
    pub(super) fn unreachable(
        &self,
        elements: &[Element],
        targets: &[(String, String)],
        reached: &[(String, String)],
    ) -> Vec<(Constraint, Option<Collision>)> {
        let is_alone = |at: &usize| {
            let others = (0..targets.len()).filter(|other| other != at);
            let others: Vec<Element> = others.map(Element::Target).collect();
            let without: Vec<&Element> = elements.iter().chain(&others).collect();
            self.ask(&without, self.request).is_none()
        };
        let mut places: Vec<usize> = (0..targets.len()).filter(is_alone).collect();
        if places.is_empty() {
            // Each by itself is reached.
            places = (0..targets.len()).collect();
        }
        let constraints = places.into_iter().filter_map(|at| {
            let (name, to) = &targets[at];
            let constraint = Constraint::Unreachable {
                package: Name::new(name).ok()?,
                to: to.clone(),
            };
            Some((constraint, self.off_target(at, reached)))
        });
        constraints.collect()
    }

    /// What keeps the plan to the line of a target from its release.
    fn off_target(&self, at: usize, reached: &[(String, String)]) -> Option<Collision> {
        let (name, Target::Requirement(requirement)) = self.request.targets.get(at)? else {
            return None;
        };
        let (_, line) = reached.iter().find(|(known, _)| known == name)?;
        let mut request = self.request.clone();
        request.targets[at].1 = Target::Line(line.clone());
        let end = self.ask(&[], &request)?;
        let admits = |version: &Version| requirement.matches(version) && version.line() == *line;
        self.elsewhere(&end, self.catalog.id(name)?, admits)
    }

    /// What keeps a package of a plan from the versions that `admits` allows, apart from its target.
    fn elsewhere(
        &self,
        end: &End,
        id: PackageId,
        admits: impl Fn(&Version) -> bool,
    ) -> Option<Collision> {
        let package = self.catalog.get(id);
        let mut newest_first = package.releases.iter().rev();
        let newest = newest_first.find(|it| it.is_enterable() && admits(&it.version));
        if let Some(newest) = newest {
            let unmet = newest.needs.iter().find_map(|need| {
                let other = self.catalog.get(need.on).name().as_str();
                let found = self.at_end(end, other)?;
                (!self.catalog.set(need.set).admits(found)).then_some(need)
            });
            if let Some(need) = unmet {
                return Some(self.requires(package, &newest.version, need));
            }
        }
        self.required(end, id, |need| {
            let set = self.catalog.set(need.set);
            let mut releases = package.releases.iter();
            releases.any(|it| it.is_enterable() && admits(&it.version) && set.admits(&it.version))
        })
    }

    fn target_line(&self, name: &str) -> Option<String> {
        let mut targets = self.request.targets.iter();
        targets.find_map(|(on, target)| match target {
            Target::Line(line) if on == name => Some(line.clone()),
            _ => None,
        })
    }

    /// What at the end requires a package elsewhere than `fits` says, stepped packages first.
    fn required(
        &self,
        end: &End,
        on: PackageId,
        fits: impl Fn(&Need) -> bool,
    ) -> Option<Collision> {
        let stepped = end.last().filter(|(it, _)| it.role == Role::Stepped);
        let rest = end.last().filter(|(it, _)| it.role != Role::Stepped);
        for (variable, bit) in stepped.chain(rest) {
            let package = self.catalog.get(variable.package);
            let Some(version) = version(self.catalog, variable, bit) else {
                continue;
            };
            let Some(release) = package.release(version) else {
                continue;
            };
            let mut needs = release.needs.iter();
            if let Some(need) = needs.find(|need| need.on == on && !fits(need)) {
                return Some(self.requires(package, version, need));
            }
        }
        None
    }

    fn requires(&self, package: &Package, version: &Version, need: &Need) -> Collision {
        let set = self.catalog.set(need.set);
        let on = self.catalog.get(need.on).name().clone();
        let requirement: &Requirement = &set.requirement;
        match need.rule.filter(|_| set.negated) {
            Some(rule) => Collision::Pair {
                package: package.name().clone(),
                version: version.to_string(),
                with: on,
                with_versions: requirement.to_string(),
                rule: self.catalog.rules()[rule.0 as usize].id().clone(),
            },
            None => Collision::Requires {
                package: package.name().clone(),
                version: version.to_string(),
                on,
                requirement: requirement.to_string(),
            },
        }
    }
}
