//! Guidance for each step of a plan: Gemfile and command, actions, rollout, changelogs, support.
//!
//! All of it follows from the states before and after a step; nothing here changes a plan.

mod actions;
mod bundle;
mod bundler;
mod context;
mod guards;
mod rollout;
mod support;

use super::problem::Problem;
use crate::catalog::{Actions, Catalog, InstalledVersion, Playbook, Reading, Role};
use crate::date::Date;
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{ChangeKind, Guidance, Plan, State, StepKind};
use bundle::Bundles;
use bundler::Scope;
use context::{Known, Moved, Shown, StepContext, outside};
use rollout::deployment;
use std::sync::Arc;
use support::Beside;

/// What the guides of a catalog say.
#[derive(Clone, Copy)]
struct Guides<'a> {
    actions: &'a Actions,
    reading: &'a Arc<Reading>,
    playbook: &'a Arc<Playbook>,
}

impl<'a> Guides<'a> {
    fn of(catalog: &'a Catalog) -> Result<Self> {
        Ok(Guides {
            actions: catalog.actions()?,
            reading: catalog.reading()?,
            playbook: catalog.playbook()?,
        })
    }
}

/// What is the same in every step.
struct Same<'a> {
    beside: Beside,
    /// Of the gems outside the catalog that actions ask about.
    gems: Vec<InstalledVersion<'a>>,
    /// After the step that was last looked at.
    shown: Option<Shown>,
    /// Room for the actions that a step enters.
    entered: Vec<u64>,
}

impl<'a> Same<'a> {
    fn new(beside: Beside, snapshot: &'a Snapshot, guides: Guides<'_>) -> Self {
        let gems = guides.reading.gems.iter();
        Same {
            beside,
            gems: gems.map(|gem| outside(snapshot, gem)).collect(),
            shown: None,
            entered: Vec::new(),
        }
    }
}

/// The gems with a temporary line now, in the catalog's order, as steps have them.
pub(super) fn marked(catalog: &Catalog, snapshot: &Snapshot) -> Vec<Name> {
    let names = catalog.packages().iter().map(crate::catalog::Package::name);
    let marked = names.filter(|name| snapshot.temporary.contains(name.as_str()));
    let mut marked: Vec<Name> = marked.cloned().collect();
    // Gems outside the catalog have such lines where they would not run beside a state.
    let outside = snapshot.temporary.iter();
    let outside = outside.filter(|name| catalog.package(name).is_none());
    marked.extend(outside.filter_map(|name| Name::new(name).ok()));
    marked
}

/// A state in which nothing moves.
fn still<'a>(problem: &Problem<'a>, known: &'a Known<'a>) -> StepContext<'a> {
    StepContext {
        catalog: problem.catalog,
        snapshot: problem.snapshot,
        as_of: problem.request.as_of,
        kind: StepKind::Packages,
        before: known,
        after: known,
    }
}

/// Adds what is known of the support of what is installed, and its guidance to every step of a plan.
///
/// `states` are the states of the plan, the first included, as values of the variables.
pub(super) fn fill(problem: &Problem<'_>, states: &[Vec<usize>], plan: &mut Plan) -> Result<()> {
    let Problem {
        catalog,
        snapshot,
        request,
        ..
    } = *problem;
    let facts = catalog.rollout()?;
    let beside = Beside::new(catalog, snapshot, request.as_of, facts);
    let start = Known::new(catalog, snapshot, &plan.start);
    let here = still(problem, &start);
    plan.support = support::notes(here, &beside);
    if plan.steps.is_empty() {
        return Ok(());
    }
    let guides = Guides::of(catalog)?;
    plan.beside = actions::beside(here, guides);
    let mut same = Same::new(beside, snapshot, guides);
    // Closed under what their releases need.
    let packages = problem.variables.iter().map(|variable| variable.package);
    let mut temporary = marked(catalog, snapshot);
    let scope = Scope::new(catalog, packages.collect());
    let mut bundles = Bundles::new((catalog, snapshot), &scope, &problem.heed, &start);
    let mut last: Option<Known<'_>> = None;
    for (step, values) in plan.steps.iter_mut().zip(&states[1..]) {
        let state: &State = &step.state;
        let before = last.as_ref().unwrap_or(&start);
        let after = before.then(&start, problem, (values, state));
        let view = StepContext {
            catalog,
            snapshot,
            as_of: request.as_of,
            kind: step.kind,
            before,
            after: &after,
        };
        let moves = view.moves();
        step.bundle = bundles.bundle(view, &moves, &step.outside, &mut temporary);
        let gone = step.leaves.iter().map(|leaving| leaving.gem.as_str());
        let left = step.changes.iter();
        let left = left.filter(|it| it.kind == ChangeKind::Left);
        let left = left.map(|it| it.package.as_str());
        let removed = gone.chain(left).filter(|gem| snapshot.is_direct(gem));
        step.bundle.removed = removed.map(str::to_owned).collect();
        if request.keep_gemfile {
            // No line outlives its step.
            temporary.clear();
            for line in &mut step.bundle.lines {
                line.is_kept = !line.is_temporary();
            }
        }
        let command = step.bundle.command.as_ref();
        step.guidance = guidance(view, &moves, command, guides, &mut same);
        last = Some(after);
    }
    plan.cleanup = temporary;
    Ok(())
}

fn guidance(
    view: StepContext<'_>,
    moves: &[Moved<'_>],
    command: Option<&Arc<str>>,
    guides: Guides<'_>,
    same: &mut Same<'_>,
) -> Guidance {
    let known = same.shown.take().filter(|it| it.is_of(view));
    let occasions = &guides.playbook.occasions;
    let shown = &*same
        .shown
        .insert(known.unwrap_or_else(|| Shown::new(view, occasions)));
    let entered = actions::entered(view, moves, guides, (shown, &same.gems), &mut same.entered);
    let own = (command, &entered.stages[..]);
    Guidance {
        rollout: deployment(view, moves, guides.playbook, shown, own),
        actions: entered.due,
        changelogs: entered.changelogs,
        support: support::notes(view, &same.beside),
    }
}

/// What a change that is made already brings: from one snapshot to another.
pub(crate) fn of_change(
    catalog: &Catalog,
    [old, new]: [&Snapshot; 2],
    as_of: Option<Date>,
) -> Result<Guidance> {
    let (before, after) = (state(catalog, old), state(catalog, new));
    let before = Known::new(catalog, old, &before);
    let after = Known::new(catalog, new, &after);
    let mut view = StepContext {
        catalog,
        snapshot: new,
        as_of,
        kind: StepKind::Packages,
        before: &before,
        after: &after,
    };
    let mut moves = view.moves();
    // What joins was nothing before: what others had to do on the way here is not its history.
    moves.retain(|it| it.from.is_some());
    if !moves.is_empty() && moves.iter().all(|it| it.package.role() == Role::Runtime) {
        view.kind = StepKind::Runtime;
    }
    let guides = Guides::of(catalog)?;
    let beside = Beside::new(catalog, new, as_of, &guides.playbook.facts);
    let mut same = Same::new(beside, new, guides);
    Ok(guidance(view, &moves, None, guides, &mut same))
}

/// What of a snapshot the catalog has, in its order.
fn state(catalog: &Catalog, snapshot: &Snapshot) -> State {
    let mut state = State::default();
    for package in catalog.packages() {
        let name = package.name();
        if let Some(installed) = snapshot.packages.get(name.as_str()) {
            let version = installed.version().clone();
            state.packages.push((name.clone(), version));
        } else if let Some(runtime) = snapshot.runtime(name.as_str()) {
            state.runtimes.push((name.clone(), runtime.to_owned()));
        }
    }
    state
}
