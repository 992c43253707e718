//! From a question to its plan, in the order in which the data flows.

use super::outside::{Leavers, compare, leavers};
use super::request::Detail;
use super::session::{Session, WhatIf};
use super::solve::{Found, Solved, solve};
use super::{check, diagnosis, guidance, installed, problem, translate};
use crate::catalog::{Catalog, Line, Package};
use crate::error::Result;
use crate::lockfile::{Origin, Snapshot};
use crate::name::Name;
use crate::plan::{FromRegistry, Outcome, Plan, PlanWarning, StepKind};

/// Answers a question.
///
/// # Errors
/// As [`super::plan`].
pub(crate) fn run(session: Session<'_, '_>) -> Result<Plan> {
    let mut plan = answer(session)?;
    let unmet = session.request.unmet(session.catalog, session.snapshot);
    plan.warnings.extend(unmet);
    if session.outside.is_none() {
        let precompiled = precompiled(session.snapshot, &plan);
        plan.warnings.extend(precompiled);
    }
    Ok(plan)
}

fn answer(session: Session<'_, '_>) -> Result<Plan> {
    let (leavers, what_if) = leavers(session)?;
    let what_if: &WhatIf = what_if.as_ref().unwrap_or(session.what_if);
    let session = Session { what_if, ..session };
    let problem = problem::build(session)?;
    let mut plan = translate::empty(&problem);
    if let Some(beyond) = check::beyond(session, &problem)? {
        translate::name_targets(&problem, &mut plan);
        plan.outcome = Outcome::Unknown;
        plan.warnings.push(beyond);
        return Ok(plan);
    }
    let solved = solve(session, problem)?;
    translate::fill(&solved, &mut plan);
    unread_lines(session, &mut plan);
    if plan.outcome == Outcome::Impossible {
        diagnosis::explain(session, &mut plan)?;
    }
    plan.from_registry = from_registry(session, plan.outcome);
    gems_outside(session, &solved, &leavers, &mut plan)?;
    if matches!(plan.outcome, Outcome::Planned | Outcome::AlreadyThere) {
        plan.held = diagnosis::held(session, &solved.problem, &mut plan)?;
    }
    if plan.outcome == Outcome::AlreadyThere {
        plan.cleanup = guidance::marked(session.catalog, session.snapshot);
    }
    if session.request.detail == Detail::Full {
        diagnosis::properties_not_told(session, &mut plan);
        let states = match &solved.found {
            Found::Plan { way, .. } => &way.states[..],
            _ => &[],
        };
        guidance::fill(&solved.problem, states, &mut plan)?;
    }
    Ok(plan)
}

/// Warns of lines that steps enter and that nobody has read the guide of.
fn unread_lines(session: Session<'_, '_>, plan: &mut Plan) {
    // Few catalogs have such lines, and every plan passes here.
    let mut lines = session.catalog.packages().iter().flat_map(Package::lines);
    if !lines.any(Line::is_unread) {
        return;
    }
    for step in &plan.steps {
        for name in step.changes.iter().map(|change| &change.package) {
            let package = session.catalog.package(name.as_str());
            let Some((package, to)) = package.zip(step.state.package(name.as_str())) else {
                continue;
            };
            let line = to.line();
            let known = package.lines().iter().find(|known| known.name() == line);
            let warning = PlanWarning::UnreadLine {
                package: name.clone(),
                line,
            };
            if known.is_some_and(Line::is_unread) && !plan.warnings.contains(&warning) {
                plan.warnings.push(warning);
            }
        }
    }
}

/// The steps of a runtime, where the lockfile has gems that are precompiled for the one before.
fn precompiled(snapshot: &Snapshot, plan: &Plan) -> Vec<PlanWarning> {
    let gems = snapshot.packages.iter().filter(|(_, it)| {
        let platforms = &it.platforms;
        !platforms.is_empty() && platforms.iter().all(|it| is_compiled_for(it))
    });
    let gems: Vec<String> = gems.map(|(name, _)| name.clone()).collect();
    let steps = plan.steps.iter().filter(|it| it.kind == StepKind::Runtime);
    let moves = steps.filter_map(|step| {
        let change = step.changes.first()?;
        Some(PlanWarning::Precompiled {
            step: step.number,
            runtime: change.package.clone(),
            to: change.to.as_deref()?.to_owned(),
            gems: gems.clone(),
        })
    });
    match gems.is_empty() {
        true => Vec::new(),
        false => moves.collect(),
    }
}

/// Is a variant for this platform machine code? `ruby` is built on the spot, `java` is not compiled.
fn is_compiled_for(platform: &str) -> bool {
    !matches!(platform, "ruby" | "java" | "jruby")
}

/// What steps ask of gems outside the catalog.
fn gems_outside(
    session: Session<'_, '_>,
    solved: &Solved<'_>,
    leavers: &Leavers<'_>,
    plan: &mut Plan,
) -> Result<()> {
    let (catalog, snapshot) = (session.catalog, session.snapshot);
    match (session.outside, &solved.found) {
        (Some(gems), found) => {
            if let Found::Plan { way, .. } = found {
                let moves = gems
                    .borrow_mut()
                    .moves(&solved.problem, &way.states, &way.outside)?;
                if let Some(undecided) = plan.steps.get(moves.len()) {
                    plan.warnings.push(PlanWarning::UndecidedOutside {
                        step: undecided.number,
                    });
                }
                for (step, moves) in plan.steps.iter_mut().zip(moves) {
                    step.outside = moves;
                }
            }
            compare(catalog, snapshot, plan, |gem| {
                gems.borrow_mut().knows(gem).unwrap_or(false)
            });
            let mut gems = gems.borrow_mut();
            plan.warnings.append(&mut gems.warnings);
            plan.index_work = gems.work;
            for step in &plan.steps {
                let moves = step.outside.iter().filter(|it| it.is_verified);
                for (gem, to) in moves.filter_map(|it| Some((&it.gem, it.to.as_ref()?))) {
                    if let Some(requirement) = gems.rubygems_of(gem, to)? {
                        plan.warnings.push(PlanWarning::NeedsRubygems {
                            step: step.number,
                            gem: gem.clone(),
                            version: to.clone(),
                            requirement: requirement.to_string(),
                        });
                    }
                }
            }
        }
        (None, _) if session.request.detail == Detail::Full => {
            compare(catalog, snapshot, plan, |_| false);
        }
        (None, _) => {}
    }
    leavers.leave(catalog, snapshot, plan);
    Ok(())
}

/// What the plan would be if what comes from git or a folder came from a registry.
fn from_registry(session: Session<'_, '_>, outcome: Outcome) -> Option<FromRegistry> {
    let names = session.catalog.packages().iter().map(Package::name);
    let gems: Vec<Name> = names
        .filter(|name| installed::is_foreign(session.snapshot, name.as_str()))
        .cloned()
        .collect();
    if gems.is_empty() {
        return None;
    }
    let mut snapshot = session.snapshot.clone();
    for name in &gems {
        snapshot.packages.get_mut(name.as_str())?.origin = Origin::Registry;
    }
    let mut request = session.request.clone();
    request.detail = Detail::Path;
    let plan = run(Session {
        snapshot: &snapshot,
        request: &request,
        ..session
    });
    let plan = plan.ok()?;
    let causes = plan.causes.iter().take(1);
    let by: Vec<_> = causes.flat_map(|it| it.constraints.clone()).collect();
    let last = plan.steps.last();
    // What is impossible as it is has its own causes.
    if last.is_none() && (by.is_empty() || outcome != Outcome::Unknown) {
        return None;
    }
    Some(FromRegistry {
        groups: groups(session.catalog, &gems),
        gems,
        steps: plan.steps.len(),
        end: last.map_or_else(Vec::new, |it| it.state.packages.clone()),
        targets: plan.targets,
        by,
        fixes: plan.fixes,
    })
}

/// Packages in lockstep as one, by the first of them.
fn groups(catalog: &Catalog, gems: &[Name]) -> Vec<(Name, usize)> {
    let group = |gem: &Name| catalog.package(gem.as_str())?.lockstep();
    let mut groups: Vec<(Name, usize)> = Vec::new();
    for gem in gems {
        let mut known = groups.iter_mut();
        match known.find(|(first, _)| group(gem).is_some() && group(first) == group(gem)) {
            Some((_, count)) => *count += 1,
            None => groups.push((gem.clone(), 1)),
        }
    }
    groups
}
