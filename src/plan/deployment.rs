//! How a step is rolled out.
//!
//! A step keeps which facts of the catalog concern it; what they say is put together where it is read.

use crate::catalog::{
    MustStop, Phase, Playbook, Rollback, Rolling, RollingStep, RollingWords, Sequence, Words,
};
use crate::name::Name;
use crate::set::Set;
use std::fmt::{self, Debug, Formatter};
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
    /// The topics that it needs, and their settings.
    pub(crate) topics: Vec<(Arc<str>, Arc<[String]>)>,
    /// The schemas that change.
    pub(crate) schemas: Vec<ChangedSchema>,
    /// Nothing of the application moves.
    pub(crate) is_elsewhere: bool,
}

/// A schema of stored data that changes.
#[derive(Clone, Debug)]
pub(crate) struct ChangedSchema {
    pub(crate) name: Arc<str>,
    pub(crate) old: Arc<str>,
    pub(crate) new: Arc<str>,
}

impl Deployment {
    /// May old and new run side by side? `None` where no guide says so.
    #[must_use]
    pub fn rolling(&self) -> Option<Rolling> {
        let stops = self.stops().map(|(stop, _)| match stop.condition() {
            None => Rolling::No,
            Some(_) => Rolling::Conditional,
        });
        let sequences = self.sequences().map(|(it, _)| it.rolling());
        let rolling = self.steps().map(|_| Rolling::Yes);
        stops.chain(sequences).chain(rolling).max()
    }

    /// Why, and on which conditions.
    #[must_use]
    pub fn because(&self) -> Vec<&str> {
        let stops = self.stops().map(|(_, words)| words);
        let sequences = self.sequences().map(|(_, words)| words);
        let mut because: Vec<&str> = Vec::new();
        for words in stops.chain(sequences) {
            if !because.contains(&&*words.because) {
                because.push(&words.because);
            }
        }
        if because.is_empty() {
            because.extend(self.steps().map(|(_, words)| &*words.because));
        }
        let contradictions = self.of(|book| {
            let first = book.occasions.contradictions;
            (first, &book.wording.contradictions)
        });
        because.extend(contradictions.map(|it| &**it));
        because
    }

    /// The phases that have something to do, in order, each with its tasks in order.
    #[must_use]
    pub fn phases(&self) -> Vec<(Phase, Vec<Task<'_>>)> {
        let phases = Phase::ALL
            .iter()
            .map(|phase| (*phase, self.tasks_in(*phase)));
        phases.filter(|(_, tasks)| !tasks.is_empty()).collect()
    }

    /// The tasks of one phase, in order.
    pub(crate) fn tasks_in(&self, phase: Phase) -> Vec<Task<'_>> {
        let mut tasks = Vec::new();
        match phase {
            Phase::Before => self.prerequisites(&mut tasks),
            Phase::Bundle => self.bundle(&mut tasks),
            Phase::Deploy => self.deploy(&mut tasks),
            _ => {}
        }
        let stages = self.of(|book| (book.occasions.stages, book.facts.stages()));
        let stages = stages.filter(|stage| stage.phase() == Some(phase));
        tasks.extend(stages.map(|stage| Task {
            is_inferred: stage.inferred().is_some(),
            ..task(TaskKind::Note, stage.what())
        }));
        tasks
    }

    /// Errors that are to be expected meanwhile and pass: what, and until when.
    #[must_use]
    pub fn expect(&self) -> Vec<Expectation<'_>> {
        let mut list = Vec::new();
        list.extend(self.schemas.iter().map(|it| Expectation::Schema {
            name: &it.name,
            old: &it.old,
            new: &it.new,
        }));
        let errors = self.of(|book| {
            let errors = book.facts.expected_errors().iter();
            let errors = errors.zip(&book.wording.expected_errors);
            (book.occasions.expected_errors, errors)
        });
        list.extend(errors.map(|(error, meaning)| Expectation::Catalog {
            what: error.error(),
            meaning,
        }));
        for (step, words) in self.steps() {
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
        let errors = self.of(|book| (book.occasions.boot_errors, book.facts.boot_errors()));
        let errors = errors.map(|it| (it.error(), it.means()));
        errors.map(Expectation::of_catalog).collect()
    }

    /// What to watch afterwards: what, and for what.
    #[must_use]
    pub fn watch(&self) -> Vec<Expectation<'_>> {
        let signals = self.of(|book| (book.occasions.signals, book.facts.signals()));
        let signals = signals.map(|it| (it.signal(), it.look_for()));
        signals.map(Expectation::of_catalog).collect()
    }

    /// What is known of going back.
    #[must_use]
    pub fn rollback(&self) -> Vec<&Rollback> {
        let facts = self.of(|book| (book.occasions.rollback, book.facts.rollback()));
        facts.collect()
    }

    /// What of a list concerns the step; the list is given with the number of its first fact.
    fn of<'a, L: IntoIterator>(
        &'a self,
        list: impl FnOnce(&'a Playbook) -> (usize, L),
    ) -> impl Iterator<Item = L::Item> {
        let list = self.playbook.as_deref().map(list).into_iter();
        let facts = list.flat_map(|(first, list)| (first..).zip(list));
        facts.filter_map(|(fact, it)| self.facts.has(fact).then_some(it))
    }

    fn stops(&self) -> impl Iterator<Item = (&MustStop, &Words)> {
        self.of(|book| {
            let all = book.facts.must_stop().iter();
            (book.occasions.must_stop, all.zip(&book.wording.must_stop))
        })
    }

    fn sequences(&self) -> impl Iterator<Item = (&Sequence, &Words)> {
        self.of(|book| {
            let all = book.facts.sequences().iter();
            (book.occasions.sequences, all.zip(&book.wording.sequences))
        })
    }

    fn steps(&self) -> impl Iterator<Item = (&RollingStep, &RollingWords)> {
        self.of(|book| {
            let all = book.facts.rolling().iter();
            (book.occasions.rolling, all.zip(&book.wording.rolling))
        })
    }

    fn prerequisites<'a>(&'a self, tasks: &mut Vec<Task<'a>>) {
        tasks.extend(self.sequences().map(|(sequence, words)| Task {
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
    fn deploy<'a>(&'a self, tasks: &mut Vec<Task<'a>>) {
        let instructions = self.instructions.iter();
        tasks.extend(instructions.map(|text| task(TaskKind::Provide, text)));
        tasks.extend(self.topics.iter().map(|(name, settings)| {
            of_plan(TaskKind::Provide, TaskText::CreateTopic { name, settings })
        }));
        tasks.extend(self.stops().map(|(stop, words)| {
            let kind = match stop.condition() {
                None => TaskKind::Stop,
                Some(_) => TaskKind::Check,
            };
            Task {
                is_inferred: !stop.documented(),
                ..task(kind, &words.task)
            }
        }));
        let commands = self.commands().into_iter();
        tasks.extend(commands.map(|command| task(TaskKind::Command, command)));
        if self.is_elsewhere {
            return;
        }
        let turns = self.of(|book| {
            let turns = book.facts.order().iter();
            (book.occasions.order, turns.zip(&book.wording.order))
        });
        tasks.extend(turns.map(|(turn, words)| Task {
            component: Some(turn.component()),
            ..task(TaskKind::Deploy, words)
        }));
        let parts = self.of(|book| {
            let parts = book.facts.components().iter();
            (book.occasions.noted, parts.zip(&book.wording.components))
        });
        tasks.extend(parts.map(|(part, notes)| Task {
            component: Some(part.name()),
            ..task(TaskKind::Note, notes)
        }));
    }

    /// What is run before consumers of the new version start, each once.
    fn commands(&self) -> Vec<&str> {
        let of_lines = self.of(|book| (book.occasions.commands, book.facts.commands()));
        let of_lines = of_lines.map(|it| it.command());
        let of_steps = self.steps().flat_map(|(it, _)| it.before_consumers());
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

impl<'a> Expectation<'a> {
    fn of_catalog((what, meaning): (&'a str, &'a str)) -> Self {
        Expectation::Catalog { what, meaning }
    }
}
