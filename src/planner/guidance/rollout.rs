//! How a step is rolled out: phases in order, and inside the deployment what stops, what is run
//! and what is replaced when.

use super::Guides;
use super::context::{Moved, StepContext, are_elsewhere};
use crate::catalog::{
    Applies, MustStop, Occasion, Occasions, Phase, Rolling, RollingStep, RollingWords, Rollout,
    Sequence, Wording, Words,
};
use crate::plan::{Deployment, Due, Expectation, Rollback, StepKind, Task, TaskKind, TaskText};
use std::sync::Arc;

/// The tasks of stages, by their places.
pub(super) fn stages(facts: &Rollout, places: &[usize]) -> Arc<[Task]> {
    let stages = places.iter().map(|at| &facts.stages()[*at]);
    let tasks = stages.map(|stage| Task {
        is_inferred: stage.inferred().is_some(),
        ..task(TaskKind::Note, stage.what.clone())
    });
    tasks.collect()
}

/// How a step is rolled out; `shared` are the tasks of the stages of each phase.
pub(super) fn deployment(
    view: StepContext<'_>,
    moves: &[Moved<'_>],
    guides: Guides<'_>,
    shared: &[Arc<[Task]>],
    (command, due): (Option<&str>, &[Due]),
) -> Deployment {
    let told = Told::new(view, moves, guides);
    let (rolling, because) = told.rolling();
    let by_actions = due.iter().filter(|due| due.applies == Applies::Yes);
    let by_actions: Vec<&String> = by_actions.flat_map(|due| due.action.stages()).collect();
    let is_left = |at: &usize| {
        let stage = &guides.facts.stages()[*at];
        !by_actions.iter().any(|it| **it == *stage.id)
    };
    let mut phases: Vec<(Phase, Arc<[Task]>)> = Vec::with_capacity(Phase::ALL.len());
    // Those of one phase after the other.
    let mut tasks: Vec<Task> = Vec::with_capacity(MOST);
    let stages = guides.occasions.stages.iter().zip(shared);
    for (phase, (stages, shared)) in Phase::ALL.iter().zip(stages) {
        match phase {
            Phase::Before => told.prerequisites(&mut tasks),
            Phase::Bundle => told.bundle(command, &mut tasks),
            Phase::Deploy => told.deploy(&mut tasks),
            _ => {}
        }
        // Guides and changes of code belong to a package that enters a line; none of the stages to what
        // moves elsewhere, as brokers do: they are those of the application.
        let is_due = view.kind != StepKind::Runtime && told.enters_line() || *phase >= Phase::Test;
        // Of the bundle and the deployment the plan knows more than the stage does.
        let is_told = matches!(phase, Phase::Bundle | Phase::Deploy);
        if is_due && !is_told && !told.is_elsewhere && !stages.is_empty() {
            if tasks.is_empty() && stages.iter().all(is_left) {
                phases.push((*phase, shared.clone()));
                continue;
            }
            let left = stages.iter().zip(shared.iter());
            let left = left.filter(|(at, _)| is_left(at));
            tasks.extend(left.map(|(_, task)| task.clone()));
        }
        if !tasks.is_empty() {
            phases.push((*phase, tasks.drain(..).collect()));
        }
    }
    let mut shown: Vec<Expectation> = Vec::with_capacity(MOST);
    #[expect(clippy::drain_collect, reason = "the room is used again")]
    let mut list = |tell: &dyn Fn(&mut Vec<Expectation>)| -> Vec<Expectation> {
        tell(&mut shown);
        shown.drain(..).collect()
    };
    Deployment {
        rolling,
        because,
        phases,
        expect: list(&|shown| told.expect(shown)),
        alarms: list(&|shown| told.alarms(shown)),
        watch: list(&|shown| told.watch(shown)),
        rollback: told.rollback(),
    }
}

/// More tasks than most phases have, and more than shows in most steps.
const MOST: usize = 14;

/// A task in the words of the catalog.
fn task(kind: TaskKind, text: impl Into<Arc<str>>) -> Task {
    generated(kind, TaskText::Catalog(text.into()))
}

/// A task that the plan makes up.
fn generated(kind: TaskKind, text: TaskText) -> Task {
    Task {
        kind,
        component: None,
        text,
        is_inferred: false,
    }
}

/// A schema that changes, from what to what.
type Changed<'a> = (&'a Arc<str>, &'a Arc<str>, &'a Arc<str>);

fn schemas<'a>(view: StepContext<'a>, guides: Guides<'a>) -> Vec<Changed<'a>> {
    let schemas = guides.facts.schemas().iter();
    let changed = schemas
        .zip(&guides.occasions.schemas)
        .filter_map(|(schema, package)| {
            let id = (*package)?;
            let (before, after) = (view.before.version(id)?, view.after.version(id)?);
            if before == after {
                return None;
            }
            let (old, new) = (schema.shared_at(before)?, schema.shared_at(after)?);
            (old != new).then_some((&schema.name, old, new))
        });
    changed.collect()
}

/// What the guides tell of one step.
struct Told<'a> {
    view: StepContext<'a>,
    moves: &'a [Moved<'a>],
    facts: &'a Rollout,
    wording: &'a Wording,
    occasions: &'a Occasions,
    /// Nothing of the application moves.
    is_elsewhere: bool,
    schemas: Vec<Changed<'a>>,
    /// What is entered of the facts of these kinds.
    must_stop: Vec<(&'a MustStop, &'a Words)>,
    sequences: Vec<(&'a Sequence, &'a Words)>,
    rolling: Vec<(&'a RollingStep, &'a RollingWords)>,
}

impl<'a> Told<'a> {
    fn new(view: StepContext<'a>, moves: &'a [Moved<'a>], guides: Guides<'a>) -> Self {
        let Guides {
            facts,
            wording,
            occasions,
            ..
        } = guides;
        let mut told = Told {
            view,
            moves,
            facts,
            wording,
            occasions,
            is_elsewhere: are_elsewhere(moves),
            schemas: schemas(view, guides),
            must_stop: Vec::new(),
            sequences: Vec::new(),
            rolling: Vec::new(),
        };
        let stops = facts.must_stop().iter().zip(&wording.must_stop);
        told.must_stop = told.entered(stops, &occasions.must_stop).collect();
        let sequences = facts.sequences().iter().zip(&wording.sequences);
        told.sequences = told.entered(sequences, &occasions.sequences).collect();
        let rolling = facts.rolling().iter().zip(&wording.rolling);
        let rolling = told.entered(rolling, &occasions.rolling);
        let rolling = rolling.filter(|(it, _)| view.concerns(it.edition(), occasions));
        told.rolling = rolling.collect();
        told
    }

    /// Those facts of a list whose versions are entered.
    fn entered<F>(
        &self,
        facts: impl Iterator<Item = F>,
        occasions: &[Occasion],
    ) -> impl Iterator<Item = F> {
        let facts = facts.zip(occasions);
        facts.filter_map(|(fact, occasion)| self.enters(occasion).then_some(fact))
    }

    fn enters_line(&self) -> bool {
        self.moves.iter().any(|moved| moved.crosses)
    }

    fn enters(&self, occasion: &Occasion) -> bool {
        let mut each = occasion.entering.iter();
        each.any(|(package, since)| {
            let mut moves = self.moves.iter();
            let moved = moves.find(|moved| Some(moved.id) == *package);
            moved.is_some_and(|moved| {
                moved.from().is_none_or(|from| since > from) && *since <= *moved.to
            })
        })
    }

    fn is_told(&self, occasion: &Occasion, schemas: &[String]) -> bool {
        let changed = |name: &String| self.schemas.iter().any(|(known, _, _)| ***known == **name);
        (occasion.entering.is_empty() || self.enters(occasion))
            && (schemas.is_empty() || schemas.iter().any(changed))
            && self.view.shows(&occasion.shown_by)
    }

    /// May old and new run side by side, and why?
    fn rolling(&self) -> (Option<Rolling>, Vec<Arc<str>>) {
        let mut worst = None;
        let mut because: Vec<Arc<str>> = Vec::new();
        let mut say = |rolling: Rolling, why: &Arc<str>| {
            worst = worst.max(Some(rolling));
            if !because.contains(why) {
                because.push(why.clone());
            }
        };
        for (stop, words) in &self.must_stop {
            let rolling = match stop.condition() {
                None => Rolling::No,
                Some(_) => Rolling::Conditional,
            };
            say(rolling, &words.because);
        }
        for (sequence, words) in &self.sequences {
            say(sequence.rolling(), &words.because);
        }
        let by_sequences = !because.is_empty();
        for (_, words) in &self.rolling {
            worst = worst.max(Some(Rolling::Yes));
            if !by_sequences {
                because.push(words.because.clone());
            }
        }
        let contradictions = self.facts.contradictions().iter();
        let contradictions = contradictions.zip(&self.wording.contradictions);
        for ((it, words), occasion) in contradictions.zip(&self.occasions.contradictions) {
            let speaks = !it.entering().is_empty() || !it.schemas().is_empty();
            if speaks && self.is_told(occasion, it.schemas()) {
                because.push(words.clone());
            }
        }
        (worst, because)
    }

    fn prerequisites(&self, tasks: &mut Vec<Task>) {
        tasks.extend(self.sequences.iter().map(|(sequence, words)| Task {
            is_inferred: sequence.inferred().is_some(),
            ..task(TaskKind::Check, words.task.clone())
        }));
    }

    fn bundle(&self, command: Option<&str>, tasks: &mut Vec<Task>) {
        if self.view.kind == StepKind::Runtime {
            let moves = self.moves.iter();
            // The deployment has what is moved by an instruction.
            for moved in moves.filter(|it| it.package.instruction().is_none()) {
                let text = TaskText::MoveRuntime {
                    runtime: moved.package.name().clone(),
                    to: moved.to.to_string(),
                };
                tasks.push(generated(TaskKind::Provide, text));
            }
        }
        tasks.extend(command.map(|command| task(TaskKind::Command, command)));
    }

    /// What is moved by hand, topics, stops, commands, then the components in their order.
    fn deploy(&self, tasks: &mut Vec<Task>) {
        for moved in self.moves {
            let instruction = moved.package.instruction();
            let text = instruction.map(|it| moved.filled(it));
            tasks.extend(text.map(|text| task(TaskKind::Provide, text)));
        }
        let topics = self.facts.topics().iter().zip(&self.wording.topics);
        for (topic, words) in self.entered(topics, &self.occasions.topics) {
            let mut moves = self.moves.iter();
            let Some(moved) = moves.find(|moved| moved.package.name() == topic.package()) else {
                continue;
            };
            let text = TaskText::CreateTopic {
                name: topic.name.clone(),
                settings: words.at(&moved.to),
            };
            tasks.push(generated(TaskKind::Provide, text));
        }
        tasks.extend(self.must_stop.iter().map(|(stop, words)| {
            let kind = match stop.condition() {
                None => TaskKind::Stop,
                Some(_) => TaskKind::Check,
            };
            Task {
                is_inferred: !stop.documented(),
                ..task(kind, words.task.clone())
            }
        }));
        let commands = self.commands().into_iter();
        tasks.extend(commands.map(|command| task(TaskKind::Command, command)));
        if self.is_elsewhere {
            return;
        }
        let turns = self.facts.order().iter().zip(&self.wording.order);
        for ((turn, words), marks) in turns.zip(&self.occasions.order) {
            if marks.as_ref().is_some_and(|marks| self.view.shows(marks)) {
                tasks.push(Task {
                    component: Some(turn.component.clone()),
                    ..task(TaskKind::Deploy, words.clone())
                });
            }
        }
        let parts = self.facts.components().iter();
        let parts = parts.zip(&self.wording.components);
        for ((part, notes), marks) in parts.zip(&self.occasions.noted) {
            if marks.as_ref().is_some_and(|marks| self.view.shows(marks)) {
                tasks.push(Task {
                    component: Some(part.name.clone()),
                    ..task(TaskKind::Note, notes.clone())
                });
            }
        }
    }

    /// What is run before consumers of the new version start, each once.
    fn commands(&self) -> Vec<&str> {
        let mut commands: Vec<&str> = Vec::new();
        let all = self.facts.commands().iter();
        for command in self.entered(all, &self.occasions.commands) {
            if !commands.contains(&command.command()) {
                commands.push(command.command());
            }
        }
        for command in self
            .rolling
            .iter()
            .flat_map(|(it, _)| it.before_consumers())
        {
            if !commands.contains(&command.as_str()) {
                commands.push(command);
            }
        }
        commands
    }

    fn expect(&self, list: &mut Vec<Expectation>) {
        list.extend(self.schemas.iter().map(|(name, old, new)| {
            let (name, old, new) = ((*name).clone(), (*old).clone(), (*new).clone());
            Expectation::Schema { name, old, new }
        }));
        let errors = self.facts.expected_errors().iter();
        let errors = errors.zip(&self.wording.expected_errors);
        let errors = errors.zip(&self.occasions.expected_errors);
        let errors = errors.filter(|((it, _), at)| self.is_told(at, it.schemas()));
        list.extend(errors.map(|((error, meaning), _)| Expectation::Catalog {
            what: error.error.clone(),
            meaning: meaning.clone(),
        }));
        for (step, words) in &self.rolling {
            for awaited in &words.expect {
                // An error that is told already, with more words before or after it, is told once.
                let is_told = |known: &Expectation| match known {
                    Expectation::Catalog { what, .. } => {
                        awaited.what.starts_with(&**what) || what.ends_with(awaited.core())
                    }
                    Expectation::Schema { .. } => false,
                };
                if !list.iter().any(is_told) {
                    list.push(Expectation::Catalog {
                        what: awaited.what.clone(),
                        meaning: step.what.clone(),
                    });
                }
            }
        }
    }

    fn alarms(&self, list: &mut Vec<Expectation>) {
        let errors = self.facts.boot_errors().iter();
        let told = errors
            .zip(&self.occasions.boot_errors)
            .filter(|(it, at)| !at.entering.is_empty() && self.is_told(at, it.schemas()));
        list.extend(told.map(|(error, _)| Expectation::Catalog {
            what: error.error.clone(),
            meaning: error.means.clone(),
        }));
    }

    fn watch(&self, list: &mut Vec<Expectation>) {
        let signals = self.facts.signals().iter().zip(&self.occasions.signals);
        let told = signals.filter(|(it, at)| self.is_told(at, it.schemas()));
        list.extend(told.map(|(signal, _)| Expectation::Catalog {
            what: signal.signal.clone(),
            meaning: signal.look_for.clone(),
        }));
    }

    fn rollback(&self) -> Vec<Rollback> {
        let facts = self.facts.rollback().iter().zip(&self.occasions.rollback);
        let told = facts.filter(|(it, at)| self.is_told(at, it.schemas()));
        let rollback = told.map(|(fact, _)| Rollback {
            what: fact.what.clone(),
            is_documented: fact.documented(),
            command: fact.command.clone(),
            warning: fact.warning.clone(),
        });
        rollback.collect()
    }
}
