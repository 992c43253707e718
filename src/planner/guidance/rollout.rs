//! Which facts of rollout concern a step, and what of it is the step's own.

use super::context::{Known, Moved, Shown, StepContext, are_elsewhere};
use crate::catalog::{Playbook, SchemaOf};
use crate::plan::{ChangedSchema, Deployment, StepKind};
use crate::set::Set;
use std::sync::Arc;

/// How a step is rolled out; the stages `by_actions` are left out, as actions of the step have the same.
pub(super) fn deployment(
    view: StepContext<'_>,
    moves: &[Moved<'_>],
    playbook: &Arc<Playbook>,
    shown: &Shown,
    (command, by_actions): (Option<&Arc<str>>, &Set),
) -> Deployment {
    let is_elsewhere = are_elsewhere(moves);
    let changed = changed_schemas(view, playbook);
    let (facts, occasions) = (&playbook.facts, &playbook.occasions);
    let mut concerning = Set::with_room(occasions.facts);
    concerning.add(&occasions.unasked);
    for moved in moves {
        for entry in moved.enters(&occasions.entering[moved.id.index()]) {
            concerning.insert(entry.fact);
        }
    }
    for (fact, places) in &occasions.of_schemas {
        if !changed.iter().any(|(place, _)| places.contains(place)) {
            concerning.remove(*fact);
        }
    }
    concerning.keep(&shown.facts);
    if !is_elsewhere {
        // Guides and changes of code belong to a package that enters a line; none of the stages to what
        // moves elsewhere, as brokers do: they are those of the application.
        let enters_line = view.kind != StepKind::Runtime && moves.iter().any(|moved| moved.crosses);
        let due = match enters_line {
            true => &occasions.stages_of_lines,
            false => &occasions.stages_of_steps,
        };
        concerning.add(due);
        for stage in by_actions.bits() {
            concerning.remove(stage);
        }
    }
    let topics = facts.topics().iter().zip(&playbook.wording.topics);
    let topics = (occasions.topics..).zip(topics);
    let topics = topics.filter(|(fact, _)| concerning.has(*fact));
    let topics = topics.filter_map(|(_, (topic, words))| {
        let mut moves = moves.iter();
        let moved = moves.find(|moved| moved.package.name() == topic.package())?;
        Some((topic.name.clone(), words.at(moved.to)))
    });
    let by_hand = moves.iter();
    let by_hand = by_hand.filter_map(|moved| Some(moved.filled(moved.package.instruction()?)));
    let runtimes = moves.iter().filter(|moved| {
        // The deployment has what is moved by an instruction.
        view.kind == StepKind::Runtime && moved.package.instruction().is_none()
    });
    Deployment {
        topics: topics.collect(),
        instructions: by_hand.collect(),
        runtimes: runtimes
            .map(|moved| (moved.package.name().clone(), moved.to.to_string()))
            .collect(),
        command: command.cloned(),
        playbook: Some(playbook.clone()),
        facts: concerning,
        schemas: changed.into_iter().map(|(_, it)| it).collect(),
        is_elsewhere,
    }
}

/// The schemas that change, each with its place among the facts.
fn changed_schemas(view: StepContext<'_>, playbook: &Playbook) -> Vec<(usize, ChangedSchema)> {
    let schemas = playbook.facts.schemas().iter();
    let schemas = schemas.zip(&playbook.occasions.schemas).enumerate();
    let changed = schemas.filter_map(|(place, (schema, of_package))| {
        let SchemaOf { package, versions } = of_package.as_ref()?;
        let at = |state: &Known<'_>| match state.packages[package.index()]? {
            (_, Some(release)) => versions[release].as_ref(),
            (version, None) => schema.shared_at(version),
        };
        let (old, new) = (at(view.before)?, at(view.after)?);
        let changed = || ChangedSchema {
            name: schema.name.clone(),
            old: old.clone(),
            new: new.clone(),
        };
        (old != new).then(|| (place, changed()))
    });
    changed.collect()
}
