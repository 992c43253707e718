//! From states of small integers to a plan in words of the catalog.

mod parts;
mod reasons;

use super::limits::{MAX_NOGOODS, MAX_WORK};
use super::problem::{Problem, Set, Variable, version};
use super::request::{RuntimeMove, Target};
use super::search::States;
use super::solve::{Bound, Found, Solved};
use crate::catalog::{Beside, Catalog, Moves, PackageId, Pair, Role, Rule};
use crate::name::Name;
use crate::plan::{
    Because, Bundle, CatalogStamp, Change, ChangeKind, DueActions, Guidance, Minimal, Minimality,
    Outcome, Plan, PlanWarning, Runtimes, State, Stay, Step, StepKind, Wait,
};
use crate::rules;
use crate::version::Version;
use std::sync::Arc;

pub(super) fn empty(problem: &Problem<'_>) -> Plan {
    let (catalog, request) = (problem.catalog, problem.request);
    let start: Vec<usize> = problem.variables.iter().map(Variable::first).collect();
    let mut warnings = unknown(problem);
    for (name, pin) in &request.pins {
        let variable = problem
            .variables
            .iter()
            .find(|variable| catalog.get(variable.package).name().as_str() == name);
        let installed = variable.and_then(|it| Some((it, it.version.as_ref()?)));
        if let Some((variable, version)) = installed.filter(|(_, version)| !pin.matches(version)) {
            warnings.push(PlanWarning::OutsidePin {
                package: catalog.get(variable.package).name().clone(),
                version: version.clone(),
                pin: pin.to_string(),
            });
        }
    }
    let packages = problem.variables.iter();
    let packages = packages.map(|variable| catalog.get(variable.package));
    let lockstep = packages.filter_map(|package| {
        let group = package.lockstep()?;
        Some((package.name().clone(), group.clone()))
    });
    Plan {
        outcome: Outcome::Impossible,
        catalog: CatalogStamp {
            name: catalog.name().clone(),
            horizon: catalog.horizon(),
            digest: catalog.digest().to_owned(),
        },
        start: state(problem, &start, None),
        lockstep: lockstep.collect(),
        targets: Vec::new(),
        steps: Vec::new(),
        cleanup: Vec::new(),
        beside: DueActions::default(),
        support: Vec::new(),
        as_of: request.as_of,
        minimal: None,
        causes: Vec::new(),
        fixes: Vec::new(),
        reached: Vec::new(),
        held: Vec::new(),
        explained: crate::plan::Explained::default(),
        index_work: 0,
        from_registry: None,
        warnings,
    }
}

pub(super) fn name_targets(problem: &Problem<'_>, plan: &mut Plan) {
    let (catalog, request) = (problem.catalog, problem.request);
    for (name, target) in &request.targets {
        let text = match target {
            Target::Line(line) => line.clone(),
            Target::Requirement(requirement) => requirement.to_string(),
            Target::Latest => catalog
                .package(name)
                .and_then(|package| package.lines().iter().rfind(|line| line.is_rung))
                .map_or(String::new(), |line| line.name().to_owned()),
        };
        plan.targets.push((name.clone(), text));
    }
    if request.targets.is_empty() {
        for variable in &problem.variables {
            let target = variable.target.as_ref();
            if let Some(target) = target.filter(|_| variable.role == Role::Stepped) {
                let line = target
                    .lowest()
                    .and_then(|bit| version(catalog, variable, bit));
                let line = line.map(Version::line).unwrap_or_default();
                let name = catalog.get(variable.package).name().as_str().to_owned();
                plan.targets.push((name, line));
            }
        }
    }
}

/// The state of these values; `last` has the runtimes of the state before it where they are the same.
fn state(problem: &Problem<'_>, values: &[usize], last: Option<&Runtimes>) -> State {
    let catalog = problem.catalog;
    let runtimes = last
        .cloned()
        .unwrap_or_else(|| Arc::new(runtimes(problem, values)));
    let mut packages = Vec::with_capacity(values.len());
    for (variable, bit) in problem.variables.iter().zip(values) {
        if variable.role != Role::Runtime {
            if let Some(version) = version(catalog, variable, *bit) {
                let name = catalog.get(variable.package).name().clone();
                packages.push((name, version.clone()));
            }
        }
    }
    State { packages, runtimes }
}

fn runtimes(problem: &Problem<'_>, values: &[usize]) -> Vec<(Name, String)> {
    let variables = problem.variables.iter().zip(values);
    let runtimes = variables.filter(|(variable, _)| variable.role == Role::Runtime);
    let runtimes = runtimes.filter_map(|(variable, bit)| {
        let text = match variable.is_floating() {
            true => needed_runtime(problem.catalog, problem, values, variable)?,
            false => variable.labels.get(*bit)?.clone(),
        };
        Some((problem.catalog.get(variable.package).name().clone(), text))
    });
    runtimes.collect()
}

/// What a state asks of a runtime that is not known: `>= 3.2`, or the lines that will do.
///
/// `None` where every line will do, and before the first step.
fn needed_runtime(
    catalog: &Catalog,
    problem: &Problem<'_>,
    values: &[usize],
    runtime: &Variable,
) -> Option<String> {
    let all = &runtime.domain;
    let mut admitted = all.clone();
    for edge in &problem.requirements {
        if problem.variables[edge.on].package == runtime.package {
            let value = values[edge.from];
            let groups = edge.groups(catalog, &problem.variables);
            let mut groups = groups.filter(|(values, _): &(Set, Set)| values.has(value));
            if let Some((_, allowed)) = groups.next() {
                admitted.keep(&allowed);
            }
        }
    }
    let line = |bit: usize| version(catalog, runtime, bit).map(Version::line);
    let lowest = admitted.lowest().filter(|_| admitted != *all)?;
    if admitted.above(lowest) == all.above(lowest) {
        return line(lowest).map(|line| format!(">= {line}"));
    }
    let mut lines: Vec<String> = admitted.bits().filter_map(line).collect();
    lines.dedup();
    Some(lines.join(" or "))
}

/// What is not known, and what shares each version and comes from elsewhere once.
fn unknown(problem: &Problem<'_>) -> Vec<PlanWarning> {
    let mut groups: Vec<(&Name, usize)> = Vec::new();
    let mut warnings: Vec<PlanWarning> = Vec::new();
    for (id, warning) in &problem.unknown {
        let group = problem.catalog.get(*id).lockstep();
        let group = group.filter(|_| matches!(warning, PlanWarning::ForeignSource { .. }));
        let known = groups.iter().find(|(known, _)| Some(*known) == group);
        match known.and_then(|(_, at)| warnings.get_mut(*at)) {
            Some(PlanWarning::ForeignSource { packages, .. }) => *packages += 1,
            _ => {
                groups.extend(group.map(|group| (group, warnings.len())));
                warnings.push(warning.clone());
            }
        }
    }
    warnings
}

/// Whether a package is not from a registry, and nothing in the catalog depends on which release of it is
/// there: then the answer is as certain as with any gem outside the catalog, which stays.
fn is_bystander(problem: &Problem<'_>, (id, warning): &(PackageId, PlanWarning)) -> bool {
    let catalog = problem.catalog;
    let package = catalog.get(*id);
    let name = package.name().as_str();
    let mut targets = problem.request.targets.iter();
    let mut packages = catalog.packages().iter();
    let is_with = |rule: &Rule| matches!(rule.pair(), Some(Pair { with: Beside::Package(with), .. }) if with == *id);
    let mut rules = catalog.rules().iter();
    matches!(warning, PlanWarning::ForeignSource { .. })
        && package.role() == Role::Follower
        && !targets.any(|(target, _)| target == name)
        && !packages.any(|it| it.requires.contains(id))
        && !rules.any(|rule| rule.package == *id || is_with(rule))
}

pub(super) fn fill(solved: &Solved<'_>, plan: &mut Plan) {
    let Solved {
        problem,
        found,
        work,
        undecided,
    } = solved;
    let catalog = problem.catalog;
    plan.warnings.extend(undecided.iter().cloned());
    name_targets(problem, plan);
    let is_open = problem.unknown.iter().any(|it| !is_bystander(problem, it));
    let (states, lower_bound) = match found {
        Found::Plan { way, lower_bound } => (&way.states, *lower_bound),
        Found::Impossible => {
            // What is not known may be what is in the way.
            plan.outcome = match is_open {
                true => Outcome::Unknown,
                false => Outcome::Impossible,
            };
            return;
        }
        Found::GaveUp(bound) => {
            plan.outcome = Outcome::GaveUp;
            plan.warnings.push(match bound {
                Bound::Work => PlanWarning::WorkLimit {
                    revisions: MAX_WORK,
                },
                Bound::Steps => PlanWarning::StepLimit {
                    steps: problem.horizon,
                },
                Bound::Nogoods => PlanWarning::StateLimit {
                    states: MAX_NOGOODS,
                },
            });
            return;
        }
    };
    let steps = states.len() - 1;
    let unmoved = (0..problem.variables.len())
        .all(|at| problem.variables[at].is_floating() || states[0][at] == states[1][at]);
    plan.outcome = if steps == 1 && unmoved {
        Outcome::AlreadyThere
    } else {
        Outcome::Planned
    };
    if plan.outcome == Outcome::Planned {
        plan.steps.reserve_exact(steps);
        for number in 1..=steps {
            let last = plan.steps.last().map_or(&plan.start, |step| &step.state);
            let next = step(problem, states, number, &last.runtimes);
            plan.steps.push(next);
        }
    }
    if is_open {
        plan.outcome = Outcome::Unknown;
    }
    let because = if lower_bound == steps {
        climb(catalog, problem, states)
    } else {
        Minimality::Exhausted { steps: steps - 1 }
    };
    plan.minimal = Some(Minimal {
        steps: plan.steps.len(),
        lower_bound: if plan.steps.is_empty() {
            0
        } else {
            lower_bound
        },
        because,
        states_expanded: work.nodes,
    });
}

/// The package that enters the most lines: the reason for a lower bound that propagation proves.
fn climb(catalog: &Catalog, problem: &Problem<'_>, states: &States) -> Minimality {
    let steps = states.len() - 1;
    // Where one package moves in every step, and skips lines, its own way is the reason.
    let by_itself = problem.variables.iter().enumerate().find(|(at, variable)| {
        let package = catalog.get(variable.package);
        let hops = || (1..=steps).map(|step| (states[step - 1][*at], states[step][*at]));
        let skips = |(from, to): (usize, usize)| {
            let lines = variable.lines[from].zip(variable.lines[to]);
            let mut between = lines.map_or(0..0, |(from, to)| from + 1..to);
            between.any(|line| package.lines()[line].is_rung)
        };
        package.moves() != Moves::Lines
            && steps > 1
            && hops().all(|(from, to)| from != to)
            && hops().any(skips)
    });
    if let Some((_, variable)) = by_itself {
        return Minimality::Moves {
            package: catalog.get(variable.package).name().clone(),
            moves: steps,
        };
    }
    let mut best: Option<(usize, Name)> = None;
    for (at, variable) in problem.variables.iter().enumerate() {
        if variable.role != Role::Stepped || variable.version.is_none() {
            continue;
        }
        let line = |step: usize| variable.lines[states[step][at]];
        let climbs = (1..=steps)
            .filter(|step| line(*step) != line(step - 1))
            .count();
        if best.as_ref().is_none_or(|(most, _)| climbs > *most) {
            best = Some((climbs, catalog.get(variable.package).name().clone()));
        }
    }
    match best {
        Some((lines, package)) if lines > 0 => Minimality::Lines {
            package,
            lines,
            others: steps - lines,
        },
        _ => Minimality::OneStep,
    }
}

fn step(problem: &Problem<'_>, states: &States, number: usize, last: &Runtimes) -> Step {
    let catalog = problem.catalog;
    let (old, new) = (&states[number - 1], &states[number]);
    let mut changes = Vec::with_capacity(problem.variables.len());
    let mut stays = Vec::new();
    let is_repair = number == 1 && problem.repair.is_some();
    let (mut kind, repairs) = match is_repair {
        true => (StepKind::Repair, problem.breaches()),
        false => (StepKind::Packages, Vec::new()),
    };
    let runtime_moves = problem.runtimes.iter().any(|at| old[*at] != new[*at]);
    let mut floating = problem.variables.iter();
    let are_same = !runtime_moves && !floating.any(Variable::is_floating);
    let after = state(problem, new, are_same.then_some(last));
    for (at, variable) in problem.variables.iter().enumerate() {
        if variable.is_floating() {
            continue;
        }
        let package = catalog.get(variable.package);
        let (from, to) = (
            version(catalog, variable, old[at]),
            version(catalog, variable, new[at]),
        );
        if old[at] == new[at] || from == to {
            // What stands on the newest, still while a runtime moves, or is of a family that nobody asks about,
            // needs no word.
            let is_unasked = problem.unasked.contains(&at);
            let silent = runtime_moves || variable.role == Role::Runtime || is_unasked;
            if let (Some(version), false) = (to, silent) {
                let because = problem.because(states, number, at);
                if !matches!(because, Because::Newest) {
                    stays.push(Stay {
                        package: package.name().clone(),
                        version: version.clone(),
                        because,
                    });
                }
            }
            continue;
        }
        let change = match (from, to) {
            _ if variable.role == Role::Runtime => ChangeKind::Runtime,
            (None, _) => ChangeKind::Joined,
            (_, None) => ChangeKind::Left,
            (Some(from), Some(to)) if to < from => ChangeKind::Down,
            _ if variable.lines[old[at]] == variable.lines[new[at]] => ChangeKind::Patch,
            _ => ChangeKind::Line,
        };
        if change == ChangeKind::Runtime {
            kind = StepKind::Runtime;
        }
        let is_prerelease = |version: Option<&Version>| version.is_some_and(Version::is_prerelease);
        let text = |version: Option<&Version>| {
            version.map(|version| match change {
                ChangeKind::Runtime => version.line().into(),
                _ => version.text(),
            })
        };
        changes.push(Change {
            package: package.name().clone(),
            from: text(from),
            to: text(to),
            kind: change,
            is_stepped: variable.role == Role::Stepped,
            is_released: variable.role == Role::Stepped
                && change == ChangeKind::Patch
                && is_prerelease(from)
                && !is_prerelease(to),
            lockstep: package.lockstep().cloned(),
            because: match change {
                ChangeKind::Left => Because::Unneeded,
                ChangeKind::Down => problem.down(states, number, at, &repairs),
                ChangeKind::Runtime => match problem.request.runtime_of(package.name().as_str()) {
                    RuntimeMove::To(_) => Because::Asked,
                    _ if variable.early => Because::AsEarlyAndFarAsItCan,
                    _ => Because::LowestThatWillDo,
                },
                _ => problem.because(states, number, at),
            },
        });
    }
    let waits = waits(problem, old, new);
    let parts = parts::parts(problem, &changes, &after);
    Step {
        number,
        kind,
        changes,
        stays,
        bundle: Bundle::default(),
        guidance: Guidance::default(),
        outside: Vec::new(),
        waits,
        parts,
        repairs,
        leaves: Vec::new(),
        defects: problem.defects(&after, new),
        state: after,
    }
}

/// What must be over before a step, because it passes gates that say so; in the order of the rules.
fn waits(problem: &Problem<'_>, old: &[usize], new: &[usize]) -> Vec<Wait> {
    let mut waits = Vec::new();
    for (variable, (old, new)) in problem.variables.iter().zip(old.iter().zip(new)) {
        if old == new {
            continue;
        }
        let package = problem.catalog.get(variable.package);
        for (id, rule) in problem.catalog.waits_of(variable.package) {
            let from = version(problem.catalog, variable, *old);
            let Some((from, to)) = from.zip(version(problem.catalog, variable, *new)) else {
                continue;
            };
            let gate = rules::gate(rule).filter(|_| problem.heed.holds(id));
            let Some(gate) = gate else {
                continue;
            };
            let stop = gate.stop;
            if gate.is_passed(package, from, to) {
                let wait = Wait {
                    package: package.name().clone(),
                    version: from.to_string(),
                    rule: rule.id().clone(),
                    wait: stop.wait.clone(),
                    check: stop.check.clone(),
                };
                waits.push((id, wait));
            }
        }
    }
    waits.sort_by_key(|(id, _)| *id);
    waits.into_iter().map(|(_, wait)| wait).collect()
}
