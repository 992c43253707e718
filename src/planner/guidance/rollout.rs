//! Which facts of rollout concern a step, and what of it is the step's own.

use super::context::{Known, Moved, Shown, StepContext, are_elsewhere};
use crate::catalog::{Phase, Playbook, SchemaOf};
use crate::plan::{ChangedSchema, Deployment, StepKind};
use crate::set::Set;
use std::sync::Arc;

/// How a step is rolled out; the stages `by_actions` are left out, as actions of the step have the same.
pub(super) fn deployment(
    view: StepContext<'_>,
    moves: &[Moved<'_>],
    playbook: &Arc<Playbook>,
    shown: &Shown,
    (command, by_actions): (Option<&Arc<str>>, &[&String]),
) -> Deployment {
    let is_elsewhere = are_elsewhere(moves);
    let schemas = schemas(view, playbook);
    let (facts, occasions) = (&playbook.facts, &playbook.occasions);
    let mut concerning = Set::with_room(occasions.facts);
    concerning.add(&occasions.unasked);
    for moved in moves {
        let entries = occasions.entering[moved.id.index()].iter();
        for entry in entries.filter(|it| moved.enters(&it.since, it.release)) {
            concerning.insert(entry.fact);
        }
    }
    for (fact, places) in &occasions.of_schemas {
        if !schemas.iter().any(|it| places.contains(&it.place)) {
            concerning.remove(*fact);
        }
    }
    concerning.keep(&shown.facts);
    if !is_elsewhere {
        // Guides and changes of code belong to a package that enters a line; none of the stages to what
        // moves elsewhere, as brokers do: they are those of the application.
        let enters_line = view.kind != StepKind::Runtime && moves.iter().any(|moved| moved.crosses);
        for (phase, stages) in Phase::ALL.iter().zip(&occasions.of_phases) {
            // Of the bundle and the deployment the plan knows more than the stage does.
            let has_more = matches!(phase, Phase::Bundle | Phase::Deploy);
            if has_more || !enters_line && *phase < Phase::Test {
                continue;
            }
            for at in stages {
                let stage = &facts.stages()[*at];
                if !by_actions.iter().any(|it| **it == *stage.id) {
                    concerning.insert(occasions.stages.start + at);
                }
            }
        }
    }
    let topics = facts.topics().iter().enumerate();
    let topics = topics.filter(|(at, _)| concerning.has(occasions.topics.start + at));
    let topics = topics.filter_map(|(at, topic)| {
        let mut moves = moves.iter();
        let moved = moves.find(|moved| moved.package.name() == topic.package())?;
        Some((at, playbook.wording.topics[at].at(moved.to)))
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
        schemas,
        is_elsewhere,
    }
}

fn schemas(view: StepContext<'_>, playbook: &Playbook) -> Vec<ChangedSchema> {
    let schemas = playbook.facts.schemas().iter();
    let schemas = schemas.zip(&playbook.occasions.schemas).enumerate();
    let changed = schemas.filter_map(|(place, (schema, of_package))| {
        let SchemaOf { package, versions } = of_package.as_ref()?;
        let at = |state: &Known<'_>| match state.packages[package.index()]? {
            (_, Some(release)) => versions[release].as_ref(),
            (version, None) => schema.shared_at(version),
        };
        let (old, new) = (at(view.before)?, at(view.after)?);
        (old != new).then(|| ChangedSchema {
            place,
            old: old.clone(),
            new: new.clone(),
        })
    });
    changed.collect()
}
