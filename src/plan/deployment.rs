//! How a step is rolled out.
//!
//! A step keeps which facts of the catalog concern it; what they say is put together where it is read.

use crate::catalog::{
    MustStop, Phase, Playbook, Rollback, Rolling, RollingStep, RollingWords, Sequence, Words,
};
use crate::name::Name;
use crate::set::Set;
use std::fmt::{self, Debug, Formatter};
use std::ops::Range;
use std::sync::Arc;

/// How a step is rolled out.
#[derive(Clone, Default)]
pub struct Deployment {
    /// None where nothing is known.
    pub(crate) playbook: Option<Arc<Playbook>>,
    /// The numbers of the facts that concern the step.
    pub(crate) facts: Set,
    /// The command that installs what it asks for.
    pub(crate) command: Option<Arc<str>>,
    /// Runtimes that move everywhere they are named, and to what.
    pub(crate) runtimes: Vec<(Name, String)>,
    /// What is moved by hand.
    pub(crate) instructions: Vec<String>,
    /// The topics that it needs: the place among the facts, and their settings.
    pub(crate) topics: Vec<(usize, Arc<[String]>)>,
    /// The schemas that change.
    pub(crate) schemas: Vec<ChangedSchema>,
    /// Nothing of the application moves.
    pub(crate) is_elsewhere: bool,
}

/// A schema of stored data that changes.
#[derive(Clone, Debug)]
pub(crate) struct ChangedSchema {
    /// Its place among the facts.
    pub(crate) place: usize,
    pub(crate) old: Arc<str>,
    pub(crate) new: Arc<str>,
}

impl Deployment {
    /// May old and new run side by side? `None` where no guide says so.
    #[must_use]
    pub fn rolling(&self) -> Option<Rolling> {
        let playbook = self.playbook.as_deref()?;
        let stops = self
            .stops(playbook)
            .map(|(stop, _)| match stop.condition() {
                None => Rolling::No,
                Some(_) => Rolling::Conditional,
            });
        let sequences = self.sequences(playbook).map(|(it, _)| it.rolling());
        let rolling = self.steps(playbook).map(|_| Rolling::Yes);
        stops.chain(sequences).chain(rolling).max()
    }

    /// Why, and on which conditions.
    #[must_use]
    pub fn because(&self) -> Vec<&str> {
        let mut because: Vec<&str> = Vec::new();
        let Some(playbook) = self.playbook.as_deref() else {
            return because;
        };
        let stops = self.stops(playbook).map(|(_, words)| words);
        let sequences = self.sequences(playbook).map(|(_, words)| words);
        for words in stops.chain(sequences) {
            if !because.contains(&&*words.because) {
                because.push(&words.because);
            }
        }
        if because.is_empty() {
            because.extend(self.steps(playbook).map(|(_, words)| &*words.because));
        }
        let (facts, words) = (&playbook.occasions, &playbook.wording);
        let contradictions = self.of(&facts.contradictions, &words.contradictions);
        because.extend(contradictions.map(|it| &**it));
        because
    }

    /// The phases that have something to do, in order, each with its tasks in order.
    #[must_use]
    pub fn phases(&self) -> Vec<(Phase, Vec<Task<'_>>)> {
        let Some(playbook) = self.playbook.as_deref() else {
            return Vec::new();
        };
        let of_phases = Phase::ALL.iter().zip(&playbook.occasions.of_phases);
        let phases = of_phases.map(|(phase, stages)| {
            let mut tasks = Vec::new();
            match phase {
                Phase::Before => self.prerequisites(playbook, &mut tasks),
                Phase::Bundle => self.bundle(&mut tasks),
                Phase::Deploy => self.deploy(playbook, &mut tasks),
                _ => {}
            }
            let first = playbook.occasions.stages.start;
            let stages = stages.iter().filter(|at| self.facts.has(first + **at));
            tasks.extend(stages.map(|at| {
                let stage = &playbook.facts.stages()[*at];
                Task {
                    is_inferred: stage.inferred().is_some(),
                    ..task(TaskKind::Note, stage.what())
                }
            }));
            (*phase, tasks)
        });
        phases.filter(|(_, tasks)| !tasks.is_empty()).collect()
    }

    /// The tasks of one phase, in order.
    pub(crate) fn tasks_in(&self, phase: Phase) -> Vec<Task<'_>> {
        let mut phases = self.phases().into_iter();
        let tasks = phases.find(|(known, _)| *known == phase);
        tasks.map(|(_, tasks)| tasks).unwrap_or_default()
    }

    /// Errors that are to be expected meanwhile and pass: what, and until when.
    #[must_use]
    pub fn expect(&self) -> Vec<Expectation<'_>> {
        let mut list = Vec::new();
        let Some(playbook) = self.playbook.as_deref() else {
            return list;
        };
        let (facts, wording) = (&playbook.facts, &playbook.wording);
        list.extend(self.schemas.iter().map(|it| Expectation::Schema {
            name: facts.schemas()[it.place].name(),
            old: &it.old,
            new: &it.new,
        }));
        let errors = facts.expected_errors().iter();
        let errors = errors.zip(&wording.expected_errors);
        let errors = self.of(&playbook.occasions.expected_errors, errors);
        list.extend(errors.map(|(error, meaning)| Expectation::Catalog {
            what: error.error(),
            meaning,
        }));
        for (step, words) in self.steps(playbook) {
            for awaited in &words.expect {
                // An error that is there already, with more words before or after it, is given once.
                let is_same = |known: &Expectation<'_>| match known {
                    Expectation::Catalog { what, .. } => {
                        awaited.what.starts_with(what) || what.ends_with(awaited.core())
                    }
                    Expectation::Schema { .. } => false,
                };
                if !list.iter().any(is_same) {
                    list.push(Expectation::Catalog {
                        what: &awaited.what,
                        meaning: step.what(),
                    });
                }
            }
        }
        list
    }

    /// Errors at boot that show that the step went wrong: what, and what it means.
    #[must_use]
    pub fn alarms(&self) -> Vec<Expectation<'_>> {
        let Some(playbook) = self.playbook.as_deref() else {
            return Vec::new();
        };
        let errors = playbook.facts.boot_errors();
        let errors = self.of(&playbook.occasions.boot_errors, errors);
        let errors = errors.map(|it| Expectation::Catalog {
            what: it.error(),
            meaning: it.means(),
        });
        errors.collect()
    }

    /// What to watch afterwards: what, and for what.
    #[must_use]
    pub fn watch(&self) -> Vec<Expectation<'_>> {
        let Some(playbook) = self.playbook.as_deref() else {
            return Vec::new();
        };
        let signals = playbook.facts.signals();
        let signals = self.of(&playbook.occasions.signals, signals);
        let signals = signals.map(|it| Expectation::Catalog {
            what: it.signal(),
            meaning: it.look_for(),
        });
        signals.collect()
    }

    /// What is known of going back.
    #[must_use]
    pub fn rollback(&self) -> Vec<&Rollback> {
        let Some(playbook) = self.playbook.as_deref() else {
            return Vec::new();
        };
        let facts = playbook.facts.rollback();
        self.of(&playbook.occasions.rollback, facts).collect()
    }

    /// What of a list concerns the step; its facts have these numbers.
    fn of<'a, F: 'a>(
        &'a self,
        numbers: &Range<usize>,
        list: impl IntoIterator<Item = F> + 'a,
    ) -> impl Iterator<Item = F> + 'a {
        let list = (numbers.start..).zip(list);
        list.filter_map(|(fact, it)| self.facts.has(fact).then_some(it))
    }

    fn stops<'a>(
        &'a self,
        playbook: &'a Playbook,
    ) -> impl Iterator<Item = (&'a MustStop, &'a Words)> {
        let all = playbook.facts.must_stop().iter();
        let all = all.zip(&playbook.wording.must_stop);
        self.of(&playbook.occasions.must_stop, all)
    }

    fn sequences<'a>(
        &'a self,
        playbook: &'a Playbook,
    ) -> impl Iterator<Item = (&'a Sequence, &'a Words)> {
        let all = playbook.facts.sequences().iter();
        let all = all.zip(&playbook.wording.sequences);
        self.of(&playbook.occasions.sequences, all)
    }

    fn steps<'a>(
        &'a self,
        playbook: &'a Playbook,
    ) -> impl Iterator<Item = (&'a RollingStep, &'a RollingWords)> {
        let all = playbook.facts.rolling().iter();
        let all = all.zip(&playbook.wording.rolling);
        self.of(&playbook.occasions.rolling, all)
    }

    fn prerequisites<'a>(&'a self, playbook: &'a Playbook, tasks: &mut Vec<Task<'a>>) {
        tasks.extend(self.sequences(playbook).map(|(sequence, words)| Task {
            is_inferred: sequence.inferred().is_some(),
            ..task(TaskKind::Check, &words.task)
        }));
    }

    fn bundle<'a>(&'a self, tasks: &mut Vec<Task<'a>>) {
        tasks.extend(self.runtimes.iter().map(|(runtime, to)| {
            let text = TaskText::MoveRuntime { runtime, to };
            of_plan(TaskKind::Provide, text)
        }));
        let command = self.command.as_deref();
        tasks.extend(command.map(|command| task(TaskKind::Command, command)));
    }

    /// What is moved by hand, topics, stops, commands, then the components in their order.
    fn deploy<'a>(&'a self, playbook: &'a Playbook, tasks: &mut Vec<Task<'a>>) {
        let (facts, wording) = (&playbook.facts, &playbook.wording);
        let instructions = self.instructions.iter();
        tasks.extend(instructions.map(|text| task(TaskKind::Provide, text)));
        tasks.extend(self.topics.iter().map(|(place, settings)| {
            let name = facts.topics()[*place].name();
            of_plan(TaskKind::Provide, TaskText::CreateTopic { name, settings })
        }));
        tasks.extend(self.stops(playbook).map(|(stop, words)| {
            let kind = match stop.condition() {
                None => TaskKind::Stop,
                Some(_) => TaskKind::Check,
            };
            Task {
                is_inferred: !stop.documented(),
                ..task(kind, &words.task)
            }
        }));
        let commands = self.commands(playbook).into_iter();
        tasks.extend(commands.map(|command| task(TaskKind::Command, command)));
        if self.is_elsewhere {
            return;
        }
        let turns = facts.order().iter().zip(&wording.order);
        tasks.extend(
            self.of(&playbook.occasions.order, turns)
                .map(|(turn, words)| Task {
                    component: Some(turn.component()),
                    ..task(TaskKind::Deploy, words)
                }),
        );
        let parts = facts.components().iter().zip(&wording.components);
        tasks.extend(
            self.of(&playbook.occasions.noted, parts)
                .map(|(part, notes)| Task {
                    component: Some(part.name()),
                    ..task(TaskKind::Note, notes)
                }),
        );
    }

    /// What is run before consumers of the new version start, each once.
    fn commands<'a>(&'a self, playbook: &'a Playbook) -> Vec<&'a str> {
        let all = playbook.facts.commands();
        let of_lines = self.of(&playbook.occasions.commands, all);
        let of_lines = of_lines.map(|it| it.command());
        let of_steps = self.steps(playbook);
        let of_steps = of_steps.flat_map(|(it, _)| it.before_consumers());
        let mut commands: Vec<&str> = Vec::new();
        for command in of_lines.chain(of_steps.map(String::as_str)) {
            if !commands.contains(&command) {
                commands.push(command);
            }
        }
        commands
    }
}

impl Debug for Deployment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("rolling", &self.rolling())
            .field("because", &self.because())
            .field("phases", &self.phases())
            .field("expect", &self.expect())
            .field("alarms", &self.alarms())
            .field("watch", &self.watch())
            .field("rollback", &self.rollback())
            .finish()
    }
}

/// What kind of task it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskKind {
    /// Something to do or to see to, in words.
    Note,
    /// A condition to decide before going on.
    Check,
    /// Something that must be there, such as a topic.
    Provide,
    /// Something to stop.
    Stop,
    /// A command to run.
    Command,
    /// A component to replace.
    Deploy,
}

impl TaskKind {
    /// The word that documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            TaskKind::Note => "note",
            TaskKind::Check => "check",
            TaskKind::Provide => "provide",
            TaskKind::Stop => "stop",
            TaskKind::Command => "command",
            TaskKind::Deploy => "deploy",
        }
    }
}

/// What a task asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskText<'a> {
    /// A text of the catalog, or a command.
    Catalog(&'a str),
    /// The runtime changes everywhere it is named: images, CI, `.ruby-version`.
    MoveRuntime {
        /// The runtime.
        runtime: &'a Name,
        /// Its new version.
        to: &'a str,
    },
    /// A topic must exist, unless a command creates it.
    CreateTopic {
        /// The topic.
        name: &'a str,
        /// Its settings: `partitions 1`, `cleanup.policy=compact`.
        settings: &'a [String],
    },
}

/// One task of a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task<'a> {
    pub(crate) kind: TaskKind,
    pub(crate) component: Option<&'a str>,
    pub(crate) text: TaskText<'a>,
    pub(crate) is_inferred: bool,
}

impl<'a> Task<'a> {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> TaskKind {
        self.kind
    }

    /// The component that is deployed.
    #[must_use]
    pub fn component(&self) -> Option<&'a str> {
        self.component
    }

    /// Whether it was inferred, since no guide states it outright.
    #[must_use]
    pub fn is_inferred(&self) -> bool {
        self.is_inferred
    }
}

/// A task in the words of the catalog.
fn task(kind: TaskKind, text: &str) -> Task<'_> {
    of_plan(kind, TaskText::Catalog(text))
}

/// A task that the plan makes up.
fn of_plan(kind: TaskKind, text: TaskText<'_>) -> Task<'_> {
    Task {
        kind,
        component: None,
        text,
        is_inferred: false,
    }
}

/// Something that shows, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expectation<'a> {
    /// A fact of the catalog: an error or a signal.
    Catalog {
        /// What shows.
        what: &'a str,
        /// Until when it is no alarm, what it means, what to look for.
        meaning: &'a str,
    },
    /// A schema of stored data changes.
    Schema {
        /// The schema.
        name: &'a str,
        /// Its version before.
        old: &'a str,
        /// Its version after.
        new: &'a str,
    },
}
