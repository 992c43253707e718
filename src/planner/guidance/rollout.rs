//! How a step is rolled out: phases in order, and inside the deployment what stops, what is run
//! and what is replaced when.

use super::Guides;
use super::context::{Moved, StepContext, are_elsewhere};
use crate::catalog::{
    Applies, Entering, MustStop, Phase, Rolling, RollingStep, RollingWords, Rollout, Sequence,
    TopicSetting, Wording, Words,
};
use crate::name::Name;
use crate::plan::{Deployment, Due, Expectation, Rollback, StepKind, Task, TaskKind, TaskText};
use crate::version::Version;
use std::sync::Arc;

pub(super) fn deployment(
    view: StepContext<'_>,
    moves: &[Moved<'_>],
    guides: Guides<'_>,
    command: Option<&str>,
    due: &[Due],
) -> Deployment {
    let told = Told::new(view, moves, guides);
    let (rolling, because) = told.rolling();
    let by_actions = due.iter().filter(|due| due.applies == Applies::Yes);
    let by_actions: Vec<&String> = by_actions.flat_map(|due| due.action.stages()).collect();
    let phases = Phase::ALL.iter().map(|phase| {
        let mut tasks: Vec<Task> = Vec::new();
        match phase {
            Phase::Before => told.prerequisites(&mut tasks),
            Phase::Bundle => told.bundle(command, &mut tasks),
            Phase::Deploy => told.deploy(&mut tasks),
            _ => {}
        }
        // Guides and changes of code belong to a package that enters a line; none of the stages to what
        // moves elsewhere, as brokers do: they are those of the application.
        let is_due = view.kind != StepKind::Runtime && told.enters_line() || *phase >= Phase::Test;
        if is_due && !told.is_elsewhere {
            let stages = guides.facts.stages().iter();
            for stage in stages.filter(|stage| stage.phase() == Some(*phase)) {
                // Of the bundle and the deployment the plan knows more than the stage does.
                let is_told = matches!(phase, Phase::Bundle | Phase::Deploy);
                if !is_told && !by_actions.iter().any(|it| **it == *stage.id) {
                    tasks.push(Task {
                        is_inferred: stage.inferred().is_some(),
                        ..task(TaskKind::Note, stage.what.clone())
                    });
                }
            }
        }
        (*phase, tasks)
    });
    Deployment {
        rolling,
        because,
        phases: phases.filter(|(_, tasks)| !tasks.is_empty()).collect(),
        expect: told.expect(),
        alarms: told.alarms(),
        watch: told.watch(),
        rollback: told.rollback(),
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

fn schemas<'a>(view: StepContext<'a>, facts: &'a Rollout) -> Vec<(&'a str, &'a str, &'a str)> {
    let changed = facts.schemas().iter().filter_map(|schema| {
        let id = view.catalog.id(schema.package().as_str())?;
        let (before, after) = (view.before.version(id)?, view.after.version(id)?);
        if before == after {
            return None;
        }
        let (old, new) = (schema.at(before)?, schema.at(after)?);
        (old != new).then(|| (schema.name(), old, new))
    });
    changed.collect()
}

/// What the guides tell of one step.
struct Told<'a> {
    view: StepContext<'a>,
    moves: &'a [Moved<'a>],
    facts: &'a Rollout,
    wording: &'a Wording,
    /// Nothing of the application moves.
    is_elsewhere: bool,
    /// The schemas that change, from what to what.
    schemas: Vec<(&'a str, &'a str, &'a str)>,
    /// What is entered of the facts of these kinds.
    must_stop: Vec<(&'a MustStop, &'a Words)>,
    sequences: Vec<(&'a Sequence, &'a Words)>,
    rolling: Vec<(&'a RollingStep, &'a RollingWords)>,
}

impl<'a> Told<'a> {
    fn new(view: StepContext<'a>, moves: &'a [Moved<'a>], guides: Guides<'a>) -> Self {
        let Guides { facts, wording, .. } = guides;
        let mut told = Told {
            view,
            moves,
            facts,
            wording,
            is_elsewhere: are_elsewhere(moves),
            schemas: schemas(view, facts),
            must_stop: Vec::new(),
            sequences: Vec::new(),
            rolling: Vec::new(),
        };
        let stops = facts.must_stop().iter().zip(&wording.must_stop);
        let stops = stops.filter(|(fact, _)| told.enters(fact.entering()));
        told.must_stop = stops.collect();
        let sequences = facts.sequences().iter().zip(&wording.sequences);
        let sequences = sequences.filter(|(it, _)| told.enters_one(it.package(), it.since()));
        told.sequences = sequences.collect();
        let rolling = facts.rolling().iter().zip(&wording.rolling);
        let rolling = rolling
            .filter(|(it, _)| told.enters(it.entering()) && view.concerns(it.edition(), facts));
        told.rolling = rolling.collect();
        told
    }

    fn enters_line(&self) -> bool {
        self.moves.iter().any(|moved| moved.crosses)
    }

    fn enters(&self, entering: &[Entering]) -> bool {
        let mut each = entering.iter();
        each.any(|it| self.enters_one(it.package(), it.since()))
    }

    fn enters_one(&self, package: &Name, since: &Version) -> bool {
        let mut moves = self.moves.iter();
        let moved = moves.find(|moved| moved.package.name() == package);
        moved.is_some_and(|moved| {
            moved.from().is_none_or(|from| since > from) && *since <= *moved.to
        })
    }

    fn is_told(&self, entering: &[Entering], schemas: &[String], shown_by: &[String]) -> bool {
        let changed = |name: &String| self.schemas.iter().any(|(known, _, _)| known == name);
        (entering.is_empty() || self.enters(entering))
            && (schemas.is_empty() || schemas.iter().any(changed))
            && self.view.shows(shown_by)
    }

    /// May old and new run side by side, and why?
    fn rolling(&self) -> (Option<Rolling>, Vec<String>) {
        let mut worst = None;
        let mut because = Vec::new();
        let mut say = |rolling: Rolling, why: &String| {
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
        for (it, words) in contradictions.zip(&self.wording.contradictions) {
            let speaks = !it.entering().is_empty() || !it.schemas().is_empty();
            if speaks && self.is_told(it.entering(), it.schemas(), it.shown_by()) {
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
        for topic in self.facts.topics() {
            if self.enters_one(topic.package(), topic.since()) {
                let mut settings = vec![format!("partitions {}", topic.partitions())];
                settings.extend(topic.settings().iter().map(|setting| {
                    format!(
                        "{}={}",
                        setting.key(),
                        self.value(topic.package().as_str(), setting)
                    )
                }));
                let text = TaskText::CreateTopic {
                    name: topic.name().to_owned(),
                    settings,
                };
                tasks.push(generated(TaskKind::Provide, text));
            }
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
        let (turns, parts) = (self.facts.order(), self.facts.components());
        for (turn, words) in turns.iter().zip(&self.wording.order) {
            let mut parts = parts.iter();
            let part = parts.find(|part| part.name() == turn.component());
            if part.is_some_and(|part| self.view.shows(part.shown_by())) {
                tasks.push(Task {
                    component: Some(turn.component.clone()),
                    ..task(TaskKind::Deploy, words.clone())
                });
            }
        }
        for (part, notes) in parts.iter().zip(&self.wording.components) {
            let has_turn = turns.iter().any(|it| it.component() == part.name());
            let shows = !part.shown_by().is_empty() && self.view.shows(part.shown_by());
            if !has_turn && part.part_of().is_none() && shows {
                tasks.push(Task {
                    component: Some(part.name.clone()),
                    ..task(TaskKind::Note, notes.clone())
                });
            }
        }
    }

    /// A setting as it is after the step.
    fn value<'t>(&self, package: &str, setting: &'t TopicSetting) -> &'t str {
        let old = setting.formerly().zip(setting.until());
        let arrived = self.moves.iter().find(|moved| moved.name() == package);
        match (old, arrived) {
            (Some((formerly, until)), Some(moved)) => {
                let scheme = self.view.catalog.scheme();
                match Version::parse(scheme, until) {
                    Ok(until) if *moved.to < until => formerly,
                    _ => setting.value(),
                }
            }
            _ => setting.value(),
        }
    }

    /// What is run before consumers of the new version start, each once.
    fn commands(&self) -> Vec<&str> {
        let mut commands: Vec<&str> = Vec::new();
        let entered = self
            .facts
            .commands()
            .iter()
            .filter(|it| self.enters_one(it.package(), it.since()));
        for command in entered {
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

    fn expect(&self) -> Vec<Expectation> {
        let mut list: Vec<Expectation> = Vec::new();
        for (name, old, new) in &self.schemas {
            list.push(Expectation::Schema {
                name: (*name).to_owned(),
                old: (*old).to_owned(),
                new: (*new).to_owned(),
            });
        }
        let errors = self.facts.expected_errors().iter();
        for (error, meaning) in errors.zip(&self.wording.expected_errors) {
            if self.is_told(error.entering(), error.schemas(), error.shown_by()) {
                list.push(Expectation::Catalog {
                    what: error.error.clone(),
                    meaning: meaning.clone(),
                });
            }
        }
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
        list
    }

    fn alarms(&self) -> Vec<Expectation> {
        let told = self.facts.boot_errors().iter().filter(|error| {
            !error.entering().is_empty()
                && self.is_told(error.entering(), error.schemas(), error.shown_by())
        });
        let alarms = told.map(|error| Expectation::Catalog {
            what: error.error.clone(),
            meaning: error.means.clone(),
        });
        alarms.collect()
    }

    fn watch(&self) -> Vec<Expectation> {
        let told =
            self.facts.signals().iter().filter(|signal| {
                self.is_told(signal.entering(), signal.schemas(), signal.shown_by())
            });
        let watch = told.map(|signal| Expectation::Catalog {
            what: signal.signal.clone(),
            meaning: signal.look_for.clone(),
        });
        watch.collect()
    }

    fn rollback(&self) -> Vec<Rollback> {
        let told = self
            .facts
            .rollback()
            .iter()
            .filter(|fact| self.is_told(fact.entering(), fact.schemas(), fact.shown_by()));
        let rollback = told.map(|fact| Rollback {
            what: fact.what.clone(),
            is_documented: fact.documented(),
            command: fact.command.clone(),
            warning: fact.warning.clone(),
        });
        rollback.collect()
    }
}
