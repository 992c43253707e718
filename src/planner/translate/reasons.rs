//! Why a package is not newer after a step.

use crate::catalog::{Enter, GateFrom, Moves, Package, PackageId, Release, Role};
use crate::plan::{Because, Breach};
use crate::planner::installed;
use crate::planner::problem::{ABSENT, Problem, Set, Value, Variable, version};
use crate::planner::search::States;
use crate::rules;
use crate::version::{Requirement, Version};
use std::sync::Arc;

impl Problem<'_> {
    /// Why a variable is not newer after step `number`. Of packages in lockstep the first one has the reason of
    /// all.
    pub(super) fn because(&self, states: &States, number: usize, at: usize) -> Because {
        let group = |at: usize| self.catalog.get(self.variables[at].package).lockstep();
        let Some(own) = group(at) else {
            return self.because_alone(states, number, at);
        };
        let state = &states[number];
        let mates = self.packages.iter().copied();
        let mut mates = mates.filter(|it| group(*it) == Some(own) && state[*it] == state[at]);
        let leader = mates.next().unwrap_or(at);
        let name = |at: usize| self.catalog.get(self.variables[at].package).name();
        if leader != at {
            let with = name(leader).clone();
            return Because::Lockstep { with };
        }
        let first = self.because_alone(states, number, at);
        let is_of_group = |because: &Because| match because {
            Because::Refused { by: other, .. } | Because::Needs { on: other, .. } => {
                let mut mates = self.packages.iter();
                mates.any(|it| name(*it) == other && group(*it) == Some(own))
            }
            _ => false,
        };
        if !is_of_group(&first) {
            return first;
        }
        let mut others = mates.map(|it| self.because_alone(states, number, it));
        others.find(|it| !is_of_group(it)).unwrap_or(first)
    }

    fn because_alone(&self, states: &States, number: usize, at: usize) -> Because {
        let variable = &self.variables[at];
        let package = self.catalog.get(variable.package);
        let bit = states[number][at];
        let Some(here) = version(self.catalog, variable, bit) else {
            return Because::Unneeded;
        };
        let Some(next) = variable.ahead().above(bit).lowest() else {
            return self.shut_out(package, here);
        };
        let Some(newer) = version(self.catalog, variable, next) else {
            return Because::Newest;
        };
        if self.skips_a_line(variable, package, bit, next) {
            let shut = self.shut_out(package, here);
            if !matches!(shut, Because::Newest) {
                return shut;
            }
        }
        if number + 1 == states.len() && variable.target.as_ref().is_some_and(|it| !it.has(next)) {
            return Because::Asked;
        }
        let before = states[number - 1][at];
        let is_unasked = self.unasked.contains(&at);
        if is_unasked && bit == before {
            return Because::NotAsked;
        }
        let free = variable.next(before).has(next);
        if !free {
            let gated = variable.gated(before);
            let Some((_, mut newer_of_line)) = gated.filter(|(ahead, _)| ahead.has(next)) else {
                let leads = self.leads(package, variable, before, next);
                if let Some(gate) = self.gate(variable, package, before, next).filter(|_| leads) {
                    return gate;
                }
                if package.moves() != Moves::Lines
                    && self.is_line_joined(variable, package, before, next)
                {
                    let from = version(self.catalog, variable, before)
                        .unwrap_or(here)
                        .clone();
                    let version = newer.clone();
                    return Because::NoEdge { from, version };
                }
                let line = variable.lines[bit].map(|line| package.lines[line].name.to_string());
                return Because::OneLinePerStep {
                    line: line.unwrap_or_else(|| here.line()),
                };
            };
            let open = newer_of_line.all(|runtimes| {
                let shut =
                    |(runtime, admits): &(usize, Set)| !admits.has(states[number - 1][*runtime]);
                runtimes.iter().any(shut)
            });
            if !open {
                if let Some(gate) = self.gate(variable, package, before, next) {
                    return gate;
                }
            }
        }
        let Value::Release(release) = variable.values[next] else {
            return Because::DeadEnd {
                version: newer.clone(),
            };
        };
        let newer_release = &package.releases[release];
        let refusal = self.refusal(states, number, at, release);
        let refusal = refusal.or_else(|| self.drops(states, number, at, newer_release));
        refusal.unwrap_or_else(|| match is_unasked {
            true => Because::NotAsked,
            false => Because::DeadEnd {
                version: newer.clone(),
            },
        })
    }

    /// What would leave with a newer release of a package: only this one requires it in the state of a step, and it
    /// comes before it in the order.
    fn drops(&self, states: &States, number: usize, at: usize, newer: &Release) -> Option<Because> {
        let requires = |release: &Release, on: PackageId| {
            let mut needs = release.needs.iter();
            needs.any(|need| need.on == on && need.rule.is_none())
        };
        let release = |other: usize| {
            let variable = &self.variables[other];
            let package = self.catalog.get(variable.package);
            let has = version(self.catalog, variable, states[number][other])?;
            installed::release(package, self.snapshot, has)
        };
        let own = release(at)?;
        let leaves = |other: &usize| {
            let variable = &self.variables[*other];
            let before = states[number - 1][*other];
            let mut all = (0..self.variables.len()).filter(|it| it != other);
            requires(own, variable.package)
                && !requires(newer, variable.package)
                && variable.next(before).has(ABSENT)
                && all.all(|it| {
                    it == at || release(it).is_none_or(|it| !requires(it, variable.package))
                })
        };
        let other = (0..at).find(leaves)?;
        let package = self.catalog.get(self.variables[other].package);
        Some(Because::Drops {
            version: newer.version.clone(),
            package: package.name().clone(),
        })
    }

    /// Why a package goes down in a repair: what of it is broken now, else what excludes its
    /// staying where it was.
    pub(super) fn down(
        &self,
        states: &States,
        number: usize,
        at: usize,
        repairs: &[Breach],
    ) -> Because {
        let variable = &self.variables[at];
        let package = self.catalog.get(variable.package);
        let mut naming = repairs.iter().filter(|it| it.names(package.name()));
        if let Some(breach) = naming.next() {
            return Because::Repair {
                breach: Some(Box::new(breach.clone())),
            };
        }
        let before = version(self.catalog, variable, states[number - 1][at]);
        let place = before.and_then(|it| installed::release_index(package, self.snapshot, it));
        let refusal = place.and_then(|place| self.refusal(states, number, at, place));
        refusal.unwrap_or(Because::Repair { breach: None })
    }

    /// Does a line lie between two values of which nothing may be entered?
    fn skips_a_line(
        &self,
        variable: &Variable,
        package: &Package,
        here: usize,
        next: usize,
    ) -> bool {
        let lines = variable.lines[here].zip(variable.lines[next]);
        lines.is_some_and(|(here, next)| {
            let mut between = (here + 1..next).map(|line| &package.lines[line]);
            between.any(|line| line.is_rung)
        })
    }

    /// What in the state of a step excludes the release at a place of a variable's package.
    fn refusal(&self, states: &States, number: usize, at: usize, place: usize) -> Option<Because> {
        let catalog = self.catalog;
        let own = self.variables[at].package;
        let release = &catalog.get(own).releases[place];
        let newer = &release.version;
        // Stepped packages first: they are what the reader thinks in.
        let of = |stepped: bool| {
            let variables = self.variables.iter().enumerate();
            variables.filter(move |(_, it)| (it.role == Role::Stepped) == stepped)
        };
        for (other, variable) in of(true).chain(of(false)) {
            if variable.is_floating() {
                continue;
            }
            let bit = states[number][other];
            let Some(has) = version(catalog, variable, bit) else {
                continue;
            };
            let package = catalog.get(variable.package);
            let index = match variable.values[bit] {
                Value::Release(index) => Some(index),
                _ => installed::release_index(package, self.snapshot, has),
            };
            if index.is_none() {
                // The lockfile says what it wants.
                let mut wants = installed::needs(package, self.snapshot, None);
                let own = catalog.get(own).name();
                let refuses = |it: &(&str, &Requirement)| *own == *it.0 && !it.1.matches(newer);
                if let Some((_, requirement)) = wants.find(refuses) {
                    return Some(Because::Refused {
                        version: newer.clone(),
                        by: package.name().clone(),
                        by_version: has.clone(),
                        requirement: Arc::new(requirement.clone()),
                    });
                }
            }
            let theirs = index.map_or(&[][..], |index| &package.releases[index].needs);
            for need in theirs.iter().filter(|need| need.on == own) {
                let set = catalog.set(need.set);
                if !set.contains(place) {
                    return Some(match need.rule {
                        Some(rule) => self.rule(rule, newer)?,
                        None => Because::Refused {
                            version: newer.clone(),
                            by: package.name().clone(),
                            by_version: has.clone(),
                            requirement: set.requirement.clone(),
                        },
                    });
                }
            }
            for need in release
                .needs
                .iter()
                .filter(|need| need.on == variable.package)
            {
                let set = catalog.set(need.set);
                let is_met = index.map_or_else(|| set.admits(has), |it| set.contains(it));
                if !is_met {
                    return Some(match need.rule {
                        Some(rule) => self.rule(rule, newer)?,
                        None => Because::Needs {
                            version: newer.clone(),
                            on: package.name().clone(),
                            requirement: set.requirement.clone(),
                        },
                    });
                }
            }
        }
        None
    }

    fn rule(&self, rule: crate::catalog::RuleId, version: &Version) -> Option<Because> {
        let rule = self.catalog.rules().get(rule.0 as usize)?;
        Some(Because::Rule {
            version: version.clone(),
            rule: rule.id().clone(),
            why: rule.why().to_owned(),
        })
    }

    /// Whether one value may be left for another as far as lines or edges say.
    fn leads(&self, package: &Package, variable: &Variable, before: usize, next: usize) -> bool {
        let release = |bit: usize| {
            let version = version(self.catalog, variable, bit)?;
            package.release_index(version)
        };
        if package.moves() != Moves::Edges {
            return true;
        }
        release(before)
            .zip(release(next))
            .is_some_and(|(from, to)| {
                rules::edges(package, &self.heed, from).any(|entered| entered.contains(&to))
            })
    }

    /// Whether some edge leads from the line of one value to that of another, or no line lies between.
    fn is_line_joined(
        &self,
        variable: &Variable,
        package: &Package,
        before: usize,
        next: usize,
    ) -> bool {
        let Some((from, to)) = variable.lines[before].zip(variable.lines[next]) else {
            return true;
        };
        // Releases ascend, and so do their lines.
        let releases: &[Release] = &package.releases;
        let below = |line: usize| releases.partition_point(|it| it.line < line);
        let (start, end) = (below(to), below(to + 1));
        let mut entered =
            (below(from)..below(from + 1)).flat_map(|at| rules::edges(package, &self.heed, at));
        from == to || entered.any(|it| it.start < end && start < it.end)
    }

    /// The gate before the line of a newer version, if one there is shut from where one stood.
    fn gate(
        &self,
        variable: &Variable,
        package: &Package,
        before: usize,
        next: usize,
    ) -> Option<Because> {
        let line = variable.lines[next]?;
        let (from, to) = (
            version(self.catalog, variable, before),
            version(self.catalog, variable, next)?,
        );
        let mut gates = rules::version_gates(self.catalog, &self.heed, variable.package);
        let shut = gates.find(|gate| {
            let stands = |requirement: &Requirement| from.is_some_and(|it| requirement.matches(it));
            let passes = match gate.from {
                GateFrom::Meets { requirement, .. } => stands(requirement),
                GateFrom::NewestOfLine => false,
            };
            gate.enter.matches(to) && !stands(gate.enter) && !passes
        });
        if let Some(gate) = shut {
            return Some(Because::Gate {
                line: package.lines[line].name.to_string(),
                rule: gate.rule.id().clone(),
                why: gate.rule.why().to_owned(),
            });
        }
        let stood = variable.lines[before]?;
        let rung = (stood + 1..package.lines.len()).find(|line| package.lines[*line].is_rung);
        if package.moves() == Moves::Lines && rung != Some(line) || stood == line {
            return None;
        }
        let accepted = &self.request.accept;
        let find = |is_it: &dyn Fn(&Enter) -> bool| {
            let gates = self.catalog.gates_of(variable.package).map(|(_, it)| it);
            let mut gates = gates.filter(|rule| !accepted.iter().any(|it| rule.id == **it));
            gates.find(|rule| rules::gate(rule).is_some_and(|gate| is_it(gate.enter)))
        };
        let named = find(&|enter| matches!(enter, Enter::Line(enter) if *enter == line));
        let rule = named.or_else(|| find(&|enter| matches!(enter, Enter::Lines)))?;
        Some(Because::Gate {
            line: package.lines[line].name.to_string(),
            rule: rule.id().clone(),
            why: rule.why().to_owned(),
        })
    }

    /// What keeps newer releases out of the question altogether.
    fn shut_out(&self, package: &Package, here: &Version) -> Because {
        if package.role() == Role::Runtime {
            let is_it = |it: &&Variable| self.catalog.get(it.package).name() == package.name();
            let variable = self.variables.iter().find(is_it);
            return match variable.is_some_and(|it| it.early) {
                true => Because::AsEarlyAndFarAsItCan,
                false => Because::LowestThatWillDo,
            };
        }
        let name = package.name();
        let releases: &[Release] = &package.releases;
        let above = releases.partition_point(|release| release.version <= *here);
        let mut above = releases[above..].iter();
        let newer = above.find(|release| release.is_enterable());
        let Some(newer) = newer else {
            return Because::Newest;
        };
        let version = newer.version.clone();
        for (pinned, pin) in &self.request.pins {
            if *name == **pinned && !pin.matches(&version) {
                let requirement = pin.to_string();
                return Because::Pinned {
                    version,
                    requirement,
                };
            }
        }
        for (gem, installed) in self.snapshot.packages() {
            if self.catalog.package(gem).is_some() {
                continue;
            }
            for (on, requirement) in installed.requirements() {
                if *name == **on && !requirement.matches(&version) {
                    return Because::Held {
                        version,
                        by: format!("{gem} {}", installed.version()),
                        requirement: requirement.text(),
                    };
                }
            }
        }
        if self.request.is_too_young(newer.date()) {
            return Because::TooYoung { version };
        }
        let foreign_wants = installed::foreign_wants(self.catalog, self.snapshot);
        if let Some(need) = installed::clash(newer, &foreign_wants) {
            return Because::Needs {
                version,
                on: need.name().clone(),
                requirement: Arc::new(need.requirement().clone()),
            };
        }
        Because::Newest
    }
}
