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
use crate::catalog::{Actions, Catalog, Playbook, Reading, Role};
use crate::date::Date;
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Bundle, ChangeKind, Deployment, Guidance, Plan, State, StepKind};
use bundle::Bundles;
use bundler::Scope;
use context::{Known, Moved, Shown, StepContext};
use rollout::deployment;
use std::rc::Rc;
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

/// A step, and what moves in it.
struct Seen<'a> {
    view: StepContext<'a>,
    moves: Vec<Moved<'a>>,
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
    let mut known = Vec::with_capacity(states.len());
    known.push(start);
    for (step, values) in plan.steps.iter().zip(&states[1..]) {
        let before = &known[known.len() - 1];
        let after = before.then(&known[0], problem, (values, &step.state));
        known.push(after);
    }
    let seen = plan
        .steps
        .iter()
        .zip(known.windows(2))
        .map(|(step, states)| {
            let view = StepContext {
                kind: step.kind,
                before: &states[0],
                after: &states[1],
                ..still(problem, &states[0])
            };
            let moves = view.moves();
            Seen { view, moves }
        });
    // One kind of guidance after the other, so that the code of each is in reach for all steps.
    let seen: Vec<Seen<'_>> = seen.collect();
    // Closed under what their releases need.
    let packages = problem.variables.iter().map(|variable| variable.package);
    let scope = Scope::new(catalog, packages.collect());
    let mut bundles = Bundles::new((catalog, snapshot), &scope, &problem.heed, &known[0]);
    let mut temporary = marked(catalog, snapshot);
    let bundled = plan.steps.iter().zip(&seen).map(|(step, seen)| {
        let mut bundle = bundles.bundle(seen.view, &seen.moves, &step.outside, &mut temporary);
        let gone = step.leaves.iter().map(|leaving| leaving.gem.as_str());
        let left = step.changes.iter();
        let left = left.filter(|it| it.kind == ChangeKind::Left);
        let left = left.map(|it| it.package.as_str());
        let removed = gone.chain(left).filter(|gem| snapshot.is_direct(gem));
        bundle.removed = removed.map(str::to_owned).collect();
        if request.keep_gemfile {
            // No line outlives its step.
            temporary.clear();
            for line in &mut bundle.lines {
                line.is_kept = !line.is_temporary();
            }
        }
        bundle
    });
    let bundled: Vec<Bundle> = bundled.collect();
    let commands = bundled.iter().map(|bundle| bundle.command.as_ref());
    let guided = guidance(&seen, commands, guides, &beside);
    let contents = bundled.into_iter().zip(guided);
    for (step, (bundle, guidance)) in plan.steps.iter_mut().zip(contents) {
        step.bundle = bundle;
        step.guidance = guidance;
    }
    plan.cleanup = temporary;
    Ok(())
}

/// Of each step of one plan; `commands` are those of their bundles.
fn guidance<'c>(
    seen: &[Seen<'_>],
    commands: impl Iterator<Item = Option<&'c Arc<str>>>,
    guides: Guides<'_>,
    beside: &Beside,
) -> Vec<Guidance> {
    let shown = shown_after(seen, guides);
    let entered = actions::entered(seen, &shown, guides);
    let steps = seen.iter().zip(&shown).zip(&entered).zip(commands);
    let rollouts = steps.map(|(((seen, shown), entered), command)| {
        let own = (command, &entered.stages);
        deployment(seen.view, &seen.moves, guides.playbook, shown, own)
    });
    let rollouts: Vec<Deployment> = rollouts.collect();
    let all = seen.iter().zip(entered).zip(rollouts);
    let all = all.map(|((seen, entered), rollout)| Guidance {
        rollout,
        actions: entered.due,
        changelogs: entered.changelogs,
        support: support::notes(seen.view, beside),
    });
    all.collect()
}

/// What is there after each step; after most of them it is the same.
fn shown_after(seen: &[Seen<'_>], guides: Guides<'_>) -> Vec<Rc<Shown>> {
    let mut shown: Vec<Rc<Shown>> = Vec::with_capacity(seen.len());
    for Seen { view, .. } in seen {
        let known = shown.last().filter(|it| it.is_of(*view)).cloned();
        let new = || {
            Rc::new(Shown::new(
                *view,
                &guides.playbook.occasions,
                guides.reading,
            ))
        };
        shown.push(known.unwrap_or_else(new));
    }
    shown
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
    let change = [Seen { view, moves }];
    let mut brought = guidance(&change, std::iter::once(None), guides, &beside);
    Ok(brought.remove(0))
}

/// What of a snapshot the catalog has, in its order.
fn state(catalog: &Catalog, snapshot: &Snapshot) -> State {
    let mut state = State::default();
    let mut runtimes = Vec::new();
    for package in catalog.packages() {
        let name = package.name();
        if let Some(installed) = snapshot.packages.get(name.as_str()) {
            let version = installed.version().clone();
            state.packages.push((name.clone(), version));
        } else if let Some(runtime) = snapshot.runtime(name.as_str()) {
            runtimes.push((name.clone(), runtime.to_owned()));
        }
    }
    state.runtimes = Arc::new(runtimes);
    state
}
