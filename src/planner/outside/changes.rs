//! What moves outside in a step, with its reasons.

use super::Bounds;
use super::compare::needs;
use super::states::{Named, StateRegistry};
use crate::error::Result;
use crate::plan::{Outside, Wanted, WantedVersion};
use crate::planner::gems::{OutsideGems, OutsideVersions};
use crate::planner::installed;
use crate::planner::problem::{self, Problem};
use crate::version::{Requirement, Version};

/// Changes outside on the way to the first of some states, with their reasons.
pub(super) fn changes(
    gems: &mut OutsideGems<'_>,
    question: &Problem<'_>,
    now: &OutsideVersions,
    ahead: (&[Vec<usize>], &[OutsideVersions]),
) -> Result<Vec<Outside>> {
    let (states, outside) = ahead;
    let Some(next) = outside.first() else {
        return Ok(Vec::new());
    };
    let bounds = Bounds {
        now,
        floor: now,
        ceiling: None,
    };
    let mut reasons = Reasons {
        question,
        states,
        outside,
        registry: StateRegistry::new(gems, question, states, bounds),
    };
    let mut names: Vec<&String> = now.keys().chain(next.keys()).collect();
    names.sort();
    names.dedup();
    let mut told = Vec::new();
    for name in names {
        let (from, to) = (now.get(name), next.get(name));
        if from == to {
            continue;
        }
        let direct = question.snapshot.direct.get(name).and_then(Option::as_ref);
        let edits = to.is_some_and(|to| direct.is_some_and(|it| !it.matches(to)));
        let wants = match to {
            Some(_) => reasons.wants(0, name)?,
            None => Vec::new(),
        };
        let wanted = wants
            .iter()
            .find(|(_, requirement)| from.is_none_or(|from| !requirement.matches(from)));
        let mut runtime = None;
        if let (None, Some(from)) = (wanted, from) {
            runtime = reasons.runtime_refused(name, from)?;
            runtime = runtime.or(reasons.own_wish(name, from));
        }
        let held = match to {
            Some(to) => reasons.held(name, to)?,
            None => Vec::new(),
        };
        let held = held.iter().filter(|it| Some(*it) != wanted).map(in_words);
        told.push(Outside {
            gem: name.clone(),
            from: from.map(ToString::to_string),
            to: to.map(ToString::to_string),
            held: held.collect(),
            wanted: wanted.map(in_words).or(runtime),
            is_verified: true,
            edits_gemfile: edits,
        });
    }
    Ok(told)
}

fn in_words((by, requirement): &Want) -> Wanted {
    Wanted {
        by: by.clone(),
        requirement: WantedVersion::Meets(requirement.to_string()),
    }
}

/// Who requires what.
type Want = (String, Requirement);

/// States that follow one another, to ask why something moves in the step to the first.
struct Reasons<'b, 'a> {
    question: &'b Problem<'b>,
    states: &'b [Vec<usize>],
    outside: &'b [OutsideVersions],
    registry: StateRegistry<'b, 'a>,
}

impl Reasons<'_, '_> {
    /// What everything in a state requires of a package: the family first.
    fn wants(&mut self, state: usize, gem: &str) -> Result<Vec<Want>> {
        let mut wants = Vec::new();
        let question = self.question;
        for (at, variable) in question.variables.iter().enumerate() {
            let Some(version) =
                problem::version(question.catalog, variable, self.states[state][at])
            else {
                continue;
            };
            let package = question.catalog.get(variable.package);
            let snapshot = question.snapshot;
            let release = installed::release(package, snapshot, version);
            for (on, requirement) in needs(question.catalog, snapshot, package, release) {
                if on == gem {
                    let by = format!("{} {version}", package.name());
                    wants.push((by, requirement.clone()));
                }
            }
        }
        for (name, version) in &self.outside[state] {
            let named = Named::Package(name.clone());
            let candidates = self.registry.of_version(state, &named, Some(version))?;
            let candidate = candidates.into_iter().find(|it| it.version == *version);
            for (on, requirement) in candidate.into_iter().flat_map(|it| it.dependencies) {
                if on.name() == gem {
                    wants.push((format!("{name} {version}"), requirement));
                }
            }
        }
        Ok(wants)
    }

    /// Who keeps a package from its newest release: in this state, else in the next one that does.
    fn held(&mut self, gem: &str, to: &Version) -> Result<Vec<Want>> {
        let candidates = self
            .registry
            .of(0, &Named::Package(gem.to_owned()))?
            .into_iter();
        let newest = candidates
            .filter(|it| !it.excluded)
            .map(|it| it.version)
            .max();
        let Some(newest) = newest.filter(|newest| newest > to) else {
            return Ok(Vec::new());
        };
        for state in 0..self.outside.len() {
            let mut wants = self.wants(state, gem)?;
            wants.retain(|(_, requirement)| !requirement.matches(&newest));
            if !wants.is_empty() {
                return Ok(wants);
            }
        }
        Ok(Vec::new())
    }

    /// The runtime that does not admit a version.
    fn runtime_refused(&mut self, name: &str, version: &Version) -> Result<Option<Wanted>> {
        let question = self.question;
        for (runtime, requirement) in self.registry.on_runtime(name, version)? {
            let Some(at) = runtime.variable(question) else {
                continue;
            };
            let variable = &question.variables[at];
            let here = problem::version(question.catalog, variable, self.states[0][at]);
            if let Some(here) = here.filter(|here| !requirement.matches(here)) {
                return Ok(Some(Wanted {
                    by: format!("{} {here}", question.catalog.get(variable.package).name()),
                    requirement: WantedVersion::NewerThan(version.clone()),
                }));
            }
        }
        Ok(None)
    }

    /// What a release in the lockfile requires of a package outside that is elsewhere now.
    fn own_wish(&self, name: &str, from: &Version) -> Option<Wanted> {
        let question = self.question;
        let installed = question.snapshot.packages.get(name)?;
        let mut wants = installed.requirements.iter();
        let (on, requirement) = wants.find(|(on, requirement)| {
            let inside = Named::Package(on.clone())
                .variable(question)
                .and_then(|at| {
                    let variable = &question.variables[at];
                    problem::version(question.catalog, variable, self.states[0][at])
                });
            inside
                .or(self.outside[0].get(on))
                .is_some_and(|version| !requirement.matches(version))
        })?;
        Some(Wanted {
            by: format!("{name} {from}"),
            requirement: WantedVersion::Meets(format!("{on} {requirement}")),
        })
    }
}
