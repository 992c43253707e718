//! What comes before the steps of a plan: numbers, the steps in short, what the marks mean.

use super::document::{Block, Card, Figure, Section, SectionKind};
use super::groups::{self, GroupKind};
use super::step;
use crate::catalog::{Applies, Rolling, Severity};
use crate::plan::{Due, Plan, Step, StepKind, TaskKind};
use crate::words::{self, counted};
use std::collections::BTreeSet;

/// The deploys, what is certain and what is to be checked, and the runtimes.
pub(super) fn figures(plan: &Plan, shown: &[Step]) -> Block {
    let deploys = counted(shown.len(), "deploy");
    let (value, label) = deploys.split_once(' ').unwrap_or_default();
    let count = |kind: GroupKind, label: fn(usize) -> &'static str| {
        let count = distinct(shown, kind);
        Figure {
            value: count.to_string(),
            label: label(count).to_owned(),
            is_named: false,
        }
    };
    let mut figures = vec![Figure {
        value: value.to_owned(),
        label: label.to_owned(),
        is_named: false,
    }];
    if is_guided(plan) {
        figures.push(count(GroupKind::Must, words::actions_to_do));
        figures.push(count(GroupKind::Check, words::actions_to_check));
    }
    let runtimes = words::runtimes(plan).into_iter();
    figures.extend(runtimes.map(|(label, value)| Figure {
        value,
        label,
        is_named: true,
    }));
    Block::Figures(figures)
}

/// Whether the catalog has actions for this plan: without any, nothing is known of what it asks for.
pub(super) fn is_guided(plan: &Plan) -> bool {
    let mut steps = plan.steps().iter();
    steps.any(|step| !step.guidance().actions().is_empty())
}

/// What several steps ask for counts once.
fn distinct(steps: &[Step], kind: GroupKind) -> usize {
    let due = steps.iter().flat_map(asked);
    let due = due.filter(|due| groups::kind(*due) == kind);
    let ids: BTreeSet<_> = due.map(|due| due.action().id()).collect();
    ids.len()
}

fn asked(step: &Step) -> impl Iterator<Item = Due<'_>> {
    let due = step.guidance().actions().iter();
    due.filter(|due| due.applies() != Applies::No)
}

/// Each step in short. What an earlier step asks for counts there, so that the cards add up to the figures.
pub(super) fn cards(plan: &Plan, steps: &[Step]) -> Block {
    let is_guided = is_guided(plan);
    let mut known = BTreeSet::new();
    let cards = steps.iter().map(|step| {
        let asked = asked(step).filter(|due| groups::kind(*due) != GroupKind::Know);
        let (new, again): (Vec<Due<'_>>, Vec<Due<'_>>) =
            asked.partition(|due| known.insert(due.action().id()));
        let of = |kind: GroupKind| new.iter().filter(|due| groups::kind(**due) == kind).count();
        let breaking = new.iter();
        let breaking = breaking.filter(|due| due.action().severity() == Severity::Breaking);
        let remark = match (is_guided && is_free(step), stops(step)) {
            (_, true) => Some(words::STOPS),
            (true, _) if step.number() == 1 => Some(words::TODAY),
            _ => None,
        };
        Card {
            number: step.number(),
            title: words::step_title(step),
            breaking: breaking.count(),
            asks: match is_guided {
                true => words::asks(of(GroupKind::Must), of(GroupKind::Check), again.len()),
                false => String::new(),
            },
            deploy: step::order(step.guidance()),
            remark,
            tick: format!("{}/deployed", step.number()),
        }
    });
    Block::Cards(cards.collect())
}

/// Whether a step can be merged as it is: it asks for no change and no check, waits for nothing, moves
/// no runtime, and old and new may run side by side.
pub(super) fn is_free(step: &Step) -> bool {
    let is_quiet = asked(step).all(|due| groups::kind(due) == GroupKind::Know);
    let rolling = step.guidance().rollout().rolling();
    is_quiet
        && step.kind() == StepKind::Packages
        && step.waits().is_empty()
        && step.leaves().is_empty()
        && step.defects().is_empty()
        && step.outside().iter().all(|it| it.is_verified())
        && !matches!(rolling, Some(Rolling::No | Rolling::Conditional))
        && !stops(step)
}

fn stops(step: &Step) -> bool {
    let phases = step.guidance().rollout().phases().into_iter();
    let mut tasks = phases.flat_map(|(_, tasks)| tasks);
    tasks.any(|task| task.kind() == TaskKind::Stop)
}

/// What the marks mean.
pub(super) fn legend() -> Block {
    Block::Section(Section {
        kind: SectionKind::Legend,
        title: words::LEGEND.to_owned(),
        blocks: vec![Block::Terms(words::legend())],
    })
}
