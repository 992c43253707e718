//! How a step is rolled out: phases in order, and inside the deployment what stops, what is run
//! and what is replaced when.

use super::Guides;
use super::context::{Known, Moved, StepContext, are_elsewhere};
use crate::catalog::{
    MustStop, Occasion, Occasions, Phase, Rolling, RollingStep, RollingWords, Rollout, SchemaOf,
    Sequence, Wording, Words,
};
use crate::plan::{Deployment, Expectation, Rollback, StepKind, Task, TaskKind, TaskText};
use crate::planner::limits::IS_PAGE;
use std::sync::Arc;

/// What the rollouts of the steps of one plan share.
pub(super) struct Rollouts {
    /// The tasks of the stages of each phase.
    stages: Vec<Arc<[Task]>>,
    alarms: Repeated<Expectation>,
    watch: Repeated<Expectation>,
    rollback: Repeated<Rollback>,
    /// Room that is used again.
    tasks: Vec<Task>,
}

/// A list that a step shares with the one before where the same facts concern both.
struct Repeated<T> {
    places: Vec<usize>,
    list: Arc<[T]>,
    /// Room that is used again.
    next: Vec<usize>,
}

impl<T> Repeated<T> {
    fn new() -> Self {
        Repeated {
            places: Vec::new(),
            list: Arc::default(),
            next: Vec::new(),
        }
    }

    /// The list of the facts at these places.
    fn of(&mut self, places: impl Iterator<Item = usize>, say: impl Fn(usize) -> T) -> Arc<[T]> {
        self.next.clear();
        self.next.extend(places);
        if self.next != self.places {
            std::mem::swap(&mut self.next, &mut self.places);
            self.list = self.places.iter().map(|at| say(*at)).collect();
        }
        self.list.clone()
    }
}

impl Rollouts {
    pub(super) fn new(guides: Guides<'_>) -> Self {
        let stages = guides.occasions.stages.iter().map(|places| {
            let stages = places.iter().map(|at| &guides.facts.stages()[*at]);
            let tasks = stages.map(|stage| Task {
                is_inferred: stage.inferred().is_some(),
                ..task(TaskKind::Note, stage.what.clone())
            });
            tasks.collect()
        });
        Rollouts {
            stages: stages.collect(),
            alarms: Repeated::new(),
            watch: Repeated::new(),
            rollback: Repeated::new(),
            tasks: Vec::new(),
        }
    }

    /// How a step is rolled out; the stages `by_actions` are left out, as actions of the step have the same.
    pub(super) fn deployment(
        &mut self,
        view: StepContext<'_>,
        moves: &[Moved<'_>],
        guides: Guides<'_>,
        (command, by_actions): (Option<&str>, &[&String]),
    ) -> Deployment {
        let told = Told::new(view, moves, guides);
        let (rolling, because) = told.rolling();
        let is_left = |at: &usize| {
            let stage = &guides.facts.stages()[*at];
            !by_actions.iter().any(|it| **it == *stage.id)
        };
        let mut phases: Vec<(Phase, Arc<[Task]>)> = Vec::with_capacity(Phase::ALL.len());
        let tasks = &mut self.tasks;
        let stages = guides.occasions.stages.iter().zip(&self.stages);
        for (phase, (stages, shared)) in Phase::ALL.iter().zip(stages) {
            match phase {
                Phase::Before => told.prerequisites(tasks),
                Phase::Bundle => told.bundle(command, tasks),
                Phase::Deploy => told.deploy(tasks),
                _ => {}
            }
            // Guides and changes of code belong to a package that enters a line; none of the stages to what
            // moves elsewhere, as brokers do: they are those of the application.
            let is_due =
                view.kind != StepKind::Runtime && told.enters_line() || *phase >= Phase::Test;
            // Of the bundle and the deployment the plan knows more than the stage does.
            let is_told = matches!(phase, Phase::Bundle | Phase::Deploy);
            if is_due && !is_told && !told.is_elsewhere && !stages.is_empty() {
                if !IS_PAGE && tasks.is_empty() && stages.iter().all(is_left) {
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
        let facts = guides.facts;
        Deployment {
            rolling,
            because,
            phases,
            expect: told.expect(),
            alarms: self.alarms.of(told.alarms(), |at| {
                let error = &facts.boot_errors()[at];
                Expectation::Catalog {
                    what: error.error.clone(),
                    meaning: error.means.clone(),
                }
            }),
            watch: self.watch.of(told.watch(), |at| {
                let signal = &facts.signals()[at];
                Expectation::Catalog {
                    what: signal.signal.clone(),
                    meaning: signal.look_for.clone(),
                }
            }),
            rollback: self.rollback.of(told.rollback(), |at| {
                let fact = &facts.rollback()[at];
                Rollback {
                    what: fact.what.clone(),
                    is_documented: fact.documented(),
                    command: fact.command.clone(),
                    warning: fact.warning.clone(),
                }
            }),
        }
    }
}

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
    let schemas = schemas.zip(&guides.occasions.schemas);
    let changed = schemas.filter_map(|(schema, of_package)| {
        let SchemaOf { package, versions } = of_package.as_ref()?;
        let at = |state: &Known<'_>| match state.packages[package.index()]? {
            (_, Some(release)) => versions[release].as_ref(),
            (version, None) => schema.shared_at(version),
        };
        let (old, new) = (at(view.before)?, at(view.after)?);
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
    /// The facts that are entered, by their numbers as bits.
    entered: Vec<u64>,
}

impl<'a> Told<'a> {
    fn new(view: StepContext<'a>, moves: &'a [Moved<'a>], guides: Guides<'a>) -> Self {
        let Guides {
            facts,
            wording,
            occasions,
            ..
        } = guides;
        let mut entered = vec![0; occasions.facts.div_ceil(64)];
        for moved in moves {
            let entries = occasions.entering[moved.id.index()].iter();
            for entry in entries.filter(|it| moved.enters(&it.since, it.release)) {
                entered[entry.fact / 64] |= 1 << (entry.fact % 64);
            }
        }
        Told {
            view,
            moves,
            facts,
            wording,
            occasions,
            is_elsewhere: are_elsewhere(moves),
            schemas: schemas(view, guides),
            entered,
        }
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

    fn must_stop(&self) -> impl Iterator<Item = (&'a MustStop, &'a Words)> {
        let all = self.facts.must_stop().iter();
        self.entered(all.zip(&self.wording.must_stop), &self.occasions.must_stop)
    }

    fn sequences(&self) -> impl Iterator<Item = (&'a Sequence, &'a Words)> {
        let all = self.facts.sequences().iter();
        self.entered(all.zip(&self.wording.sequences), &self.occasions.sequences)
    }

    fn rolling_steps(&self) -> impl Iterator<Item = (&'a RollingStep, &'a RollingWords)> {
        let all = self.facts.rolling().iter();
        let entered = self.entered(all.zip(&self.wording.rolling), &self.occasions.rolling);
        entered.filter(|(it, _)| self.view.concerns(it.edition(), self.occasions))
    }

    fn enters_line(&self) -> bool {
        self.moves.iter().any(|moved| moved.crosses)
    }

    fn enters(&self, occasion: &Occasion) -> bool {
        let fact = occasion.number;
        self.entered[fact / 64] >> (fact % 64) & 1 == 1
    }

    fn is_told(&self, occasion: &Occasion, schemas: &[String]) -> bool {
        let changed = |name: &String| self.schemas.iter().any(|(known, _, _)| ***known == **name);
        (!occasion.has_entries || self.enters(occasion))
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
        for (stop, words) in self.must_stop() {
            let rolling = match stop.condition() {
                None => Rolling::No,
                Some(_) => Rolling::Conditional,
            };
            say(rolling, &words.because);
        }
        for (sequence, words) in self.sequences() {
            say(sequence.rolling(), &words.because);
        }
        let by_sequences = !because.is_empty();
        for (_, words) in self.rolling_steps() {
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
        tasks.extend(self.sequences().map(|(sequence, words)| Task {
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
        tasks.extend(self.must_stop().map(|(stop, words)| {
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
            .rolling_steps()
            .flat_map(|(it, _)| it.before_consumers())
        {
            if !commands.contains(&command.as_str()) {
                commands.push(command);
            }
        }
        commands
    }

    fn expect(&self) -> Vec<Expectation> {
        let mut list = Vec::new();
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
        for (step, words) in self.rolling_steps() {
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
        list
    }

    /// The places of the errors at boot.
    fn alarms(&self) -> impl Iterator<Item = usize> {
        let errors = self.facts.boot_errors().iter();
        let errors = errors.zip(&self.occasions.boot_errors).enumerate();
        let told = errors.filter(|(_, (it, at))| at.has_entries && self.is_told(at, it.schemas()));
        told.map(|(place, _)| place)
    }

    /// The places of the signals.
    fn watch(&self) -> impl Iterator<Item = usize> {
        let signals = self.facts.signals().iter();
        let signals = signals.zip(&self.occasions.signals).enumerate();
        let told = signals.filter(|(_, (it, at))| self.is_told(at, it.schemas()));
        told.map(|(place, _)| place)
    }

    /// The places of what is known of going back.
    fn rollback(&self) -> impl Iterator<Item = usize> {
        let facts = self.facts.rollback().iter();
        let facts = facts.zip(&self.occasions.rollback).enumerate();
        let told = facts.filter(|(_, (it, at))| self.is_told(at, it.schemas()));
        told.map(|(place, _)| place)
    }
}
