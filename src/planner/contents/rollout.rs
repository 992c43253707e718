//! How a step is rolled out: phases in order, and inside the deployment what stops, what is run
//! and what is replaced when.

use super::{Moved, View};
use crate::catalog::{Deployed, Edition, Entering, Phase, Rolling, Rollout, TopicSetting};
use crate::plan::{Deployment, Expectation, Rollback, State, StepKind, Task, TaskKind};
use crate::version::Version;

pub(super) fn deployment(
    view: View<'_>,
    moves: &[Moved<'_>],
    facts: &Rollout,
    command: Option<&str>,
) -> Deployment {
    let told = Told {
        view,
        moves,
        facts,
        schemas: schemas(view, facts),
    };
    let (rolling, because) = told.rolling();
    let phases = Phase::ALL.iter().map(|phase| {
        let mut tasks: Vec<Task> = Vec::new();
        match phase {
            Phase::Before => told.prerequisites(&mut tasks),
            Phase::Bundle => told.bundle(command, &mut tasks),
            Phase::Deploy => told.deploy(&mut tasks),
            _ => {}
        }
        // Guides and changes of code belong to a package that enters a line.
        let is_due = view.kind == StepKind::Packages && told.enters_line() || *phase >= Phase::Test;
        if is_due {
            let stages = facts.stages().iter();
            for stage in stages.filter(|stage| stage.phase() == Some(*phase)) {
                // Of the bundle and the deployment the plan knows more than the stage does.
                if !matches!(phase, Phase::Bundle | Phase::Deploy) {
                    tasks.push(Task {
                        is_inferred: stage.inferred().is_some(),
                        ..task(TaskKind::Note, stage.what())
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

fn task(kind: TaskKind, text: impl Into<String>) -> Task {
    Task {
        kind,
        component: None,
        text: text.into(),
        is_inferred: false,
    }
}

fn schemas<'a>(view: View<'a>, facts: &'a Rollout) -> Vec<(&'a str, &'a str, &'a str)> {
    let changed = facts.schemas().iter().filter_map(|schema| {
        let version = |state: &'a State| schema.at(state.package(schema.package().as_str())?);
        let (old, new) = (version(view.before)?, version(view.after)?);
        (old != new).then(|| (schema.name(), old, new))
    });
    changed.collect()
}

/// What the guides tell of one step.
struct Told<'a> {
    view: View<'a>,
    moves: &'a [Moved<'a>],
    facts: &'a Rollout,
    /// The schemas that change, from what to what.
    schemas: Vec<(&'a str, &'a str, &'a str)>,
}

impl Told<'_> {
    fn enters_line(&self) -> bool {
        self.moves.iter().any(|moved| moved.crosses)
    }

    fn enters(&self, entering: &[Entering]) -> bool {
        entering.iter().any(|entering| {
            self.moves
                .iter()
                .any(|moved| entering.is_in(moved.name(), moved.from(), &moved.to))
        })
    }

    fn enters_one(&self, package: &str, since: &Version) -> bool {
        self.moves.iter().any(|moved| {
            moved.name() == package
                && moved.from().is_none_or(|from| since > from)
                && *since <= *moved.to
        })
    }

    fn concerns(&self, edition: Edition) -> bool {
        self.view.concerns(edition, self.facts)
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
        let mut say = |rolling: Rolling, why: String| {
            worst = worst.max(Some(rolling));
            if !because.contains(&why) {
                because.push(why);
            }
        };
        for stop in self.facts.must_stop() {
            if !self.enters(stop.entering()) {
                continue;
            }
            let inferred = if stop.documented() { "" } else { " (inferred)" };
            match stop.condition() {
                None => say(
                    Rolling::No,
                    format!("{}: stop {}{inferred}", stop.what(), stop.stop()),
                ),
                Some(condition) => {
                    let way_out = stop.way_out().map(|way| format!("; {way}"));
                    say(
                        Rolling::Conditional,
                        format!(
                            "where {condition}: a stop is {}{}{inferred}",
                            stop.stop(),
                            way_out.unwrap_or_default()
                        ),
                    );
                }
            }
        }
        for sequence in self.facts.sequences() {
            if self.enters_one(sequence.package().as_str(), sequence.since()) {
                let line = format!("{} {}", sequence.package(), sequence.since().line());
                match (sequence.rolling(), sequence.condition()) {
                    (Rolling::Conditional, Some(condition)) => {
                        say(Rolling::Conditional, format!("{line}: {condition}"));
                    }
                    (rolling, _) => {
                        let may = if rolling == Rolling::No {
                            "may not"
                        } else {
                            "may"
                        };
                        say(
                            rolling,
                            format!("{line}: old and new {may} run side by side"),
                        );
                    }
                }
            }
        }
        let by_sequences = !because.is_empty();
        for step in self.facts.rolling() {
            if self.enters(step.entering()) && self.concerns(step.edition()) {
                worst = worst.max(Some(Rolling::Yes));
                let why = format!("{}: old and new may run side by side", step.what());
                if !by_sequences {
                    because.push(why);
                }
            }
        }
        for it in self.facts.contradictions() {
            let speaks = !it.entering().is_empty() || !it.schemas().is_empty();
            if speaks && self.is_told(it.entering(), it.schemas(), it.shown_by()) {
                because.push(format!("sources disagree: {}; {}", it.one(), it.other()));
            }
        }
        (worst, because)
    }

    fn prerequisites(&self, tasks: &mut Vec<Task>) {
        for sequence in self.facts.sequences() {
            if self.enters_one(sequence.package().as_str(), sequence.since()) {
                let text = format!(
                    "before {} {}: {}",
                    sequence.package(),
                    sequence.since().line(),
                    sequence.prerequisite()
                );
                tasks.push(Task {
                    is_inferred: sequence.inferred().is_some(),
                    ..task(TaskKind::Check, text)
                });
            }
        }
    }

    fn bundle(&self, command: Option<&str>, tasks: &mut Vec<Task>) {
        if self.view.kind == StepKind::Runtime {
            for moved in self.moves {
                let text = format!(
                    "move {} to {} everywhere it is named",
                    moved.name(),
                    moved.to
                );
                tasks.push(task(TaskKind::Provide, text));
            }
        }
        tasks.extend(command.map(|command| task(TaskKind::Command, command)));
    }

    /// Topics, stops, commands, then the components in their order.
    fn deploy(&self, tasks: &mut Vec<Task>) {
        for topic in self.facts.topics() {
            if self.enters_one(topic.package().as_str(), topic.since()) {
                let mut settings = vec![format!("partitions {}", topic.partitions())];
                settings.extend(topic.settings().iter().map(|setting| {
                    format!(
                        "{}={}",
                        setting.key(),
                        self.value(topic.package().as_str(), setting)
                    )
                }));
                let text = format!(
                    "create the topic {} ({}), unless a command below does",
                    topic.name(),
                    settings.join(", ")
                );
                tasks.push(task(TaskKind::Provide, text));
            }
        }
        for stop in self.facts.must_stop() {
            if self.enters(stop.entering()) {
                let (kind, text) = match stop.condition() {
                    None => (TaskKind::Stop, format!("stop {}", stop.stop())),
                    Some(condition) => (
                        TaskKind::Check,
                        format!("where {condition}, a stop is {}", stop.stop()),
                    ),
                };
                tasks.push(Task {
                    is_inferred: !stop.documented(),
                    ..task(kind, text)
                });
            }
        }
        for command in self.commands() {
            tasks.push(task(TaskKind::Command, command));
        }
        let ordered = self.facts.order().iter();
        for turn in ordered {
            let part = self.component(turn.component());
            if part.is_some_and(|part| self.view.shows(part.shown_by())) {
                tasks.push(Task {
                    component: Some(turn.component().to_owned()),
                    ..task(
                        TaskKind::Deploy,
                        format!("wait until {}", turn.wait_until()),
                    )
                });
            }
        }
        for part in self.facts.components() {
            let has_turn = self
                .facts
                .order()
                .iter()
                .any(|it| it.component() == part.name());
            let shows = !part.shown_by().is_empty() && self.view.shows(part.shown_by());
            if !has_turn && part.part_of().is_none() && shows {
                tasks.push(Task {
                    component: Some(part.name().to_owned()),
                    ..task(TaskKind::Note, part.notes().join("; "))
                });
            }
        }
    }

    fn component(&self, name: &str) -> Option<&Deployed> {
        self.facts
            .components()
            .iter()
            .find(|part| part.name() == name)
    }

    /// A setting as it is where the step arrives.
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
            .filter(|it| self.enters_one(it.package().as_str(), it.since()));
        for command in entered {
            if !commands.contains(&command.command()) {
                commands.push(command.command());
            }
        }
        for step in self.facts.rolling() {
            if self.enters(step.entering()) && self.concerns(step.edition()) {
                for command in step.before_consumers() {
                    if !commands.contains(&command.as_str()) {
                        commands.push(command);
                    }
                }
            }
        }
        commands
    }

    fn expect(&self) -> Vec<Expectation> {
        let mut list: Vec<Expectation> = Vec::new();
        for (name, old, new) in &self.schemas {
            list.push(Expectation {
                what: format!("the {name} schema goes from {old} to {new}"),
                meaning: "both are in use until every process runs the new version".to_owned(),
            });
        }
        for error in self.facts.expected_errors() {
            if self.is_told(error.entering(), error.schemas(), error.shown_by()) {
                list.push(Expectation {
                    what: error.error().to_owned(),
                    meaning: format!("{}, until {}", error.when(), error.ok_until()),
                });
            }
        }
        for step in self.facts.rolling() {
            if self.enters(step.entering()) && self.concerns(step.edition()) {
                for what in step.expect() {
                    let meaning = step.what().to_owned();
                    // One that is told already, with other words around it, is told once.
                    let core = what.split(" until ").next().unwrap_or(what);
                    let is_told = |known: &Expectation| {
                        what.contains(&known.what) || known.what.contains(core)
                    };
                    if !list.iter().any(is_told) {
                        list.push(Expectation {
                            what: what.clone(),
                            meaning,
                        });
                    }
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
        let alarms = told.map(|error| Expectation {
            what: error.error().to_owned(),
            meaning: error.means().to_owned(),
        });
        alarms.collect()
    }

    fn watch(&self) -> Vec<Expectation> {
        let told =
            self.facts.signals().iter().filter(|signal| {
                self.is_told(signal.entering(), signal.schemas(), signal.shown_by())
            });
        let watch = told.map(|signal| Expectation {
            what: signal.signal().to_owned(),
            meaning: signal.look_for().to_owned(),
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
            what: fact.what().to_owned(),
            is_documented: fact.documented(),
            command: fact.command().map(str::to_owned),
            warning: fact.warning().map(str::to_owned),
        });
        rollback.collect()
    }
}
