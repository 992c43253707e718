//! What steps of a plan have in common: it is given once, and later ones only name it.

use crate::catalog::{Applies, Phase};
use crate::plan::{Expectation, Step, Task};
use std::collections::{BTreeMap, BTreeSet};

/// Where something that a step asks for is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mention {
    Here,
    /// In full in this earlier step.
    Earlier(usize),
    /// In the chapter on what every step asks for, or in the step before where that is asked.
    Elsewhere,
}

/// What is known before a step.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    every: BTreeSet<String>,
    earlier: BTreeMap<String, usize>,
    is_every: bool,
}

impl Repeats {
    /// What all of several steps ask for.
    pub(super) fn in_every(steps: &[Step]) -> Self {
        let mut all = steps.iter().map(keys);
        let first = all.next().filter(|_| steps.len() > 1).unwrap_or_default();
        let every = all.fold(first, |common, keys| &common & &keys);
        Repeats {
            every,
            earlier: BTreeMap::new(),
            is_every: false,
        }
    }

    /// The same for the chapter that has it.
    pub(super) fn chapter(&self) -> Self {
        Repeats {
            every: self.every.clone(),
            earlier: BTreeMap::new(),
            is_every: true,
        }
    }

    /// A step was given.
    pub(super) fn add(&mut self, step: &Step) {
        for key in keys(step) {
            self.earlier.entry(key).or_insert(step.number());
        }
    }

    pub(super) fn place(&self, key: &str) -> Mention {
        if self.every.contains(key) != self.is_every {
            return Mention::Elsewhere;
        }
        match self.earlier.get(key) {
            Some(step) => Mention::Earlier(*step),
            None => Mention::Here,
        }
    }

    pub(super) fn is_here(&self, key: &str) -> bool {
        self.place(key) == Mention::Here
    }

    /// Whether this is the chapter: what is in it belongs to no single step.
    pub(super) fn is_chapter(&self) -> bool {
        self.is_every
    }
}

pub(super) fn of_action(id: &str) -> String {
    format!("action {id}")
}

pub(super) fn of_task(phase: Phase, task: &Task<'_>) -> String {
    let component = task.component().unwrap_or_default();
    format!(
        "task {} {} {component} {}",
        phase.name(),
        task.kind().name(),
        task.text()
    )
}

/// The order of a deployment is one thing: half of it would be wrong.
pub(super) fn of_deployment(tasks: &[Task<'_>]) -> String {
    let tasks: Vec<String> = tasks.iter().map(|it| of_task(Phase::Deploy, it)).collect();
    tasks.join("\n")
}

pub(super) fn of_expectation(it: &Expectation<'_>) -> String {
    format!("expect {} {}", it.what(), it.meaning())
}

pub(super) fn of_text(text: &str) -> String {
    format!("text {text}")
}

/// All that a step asks for.
fn keys(step: &Step) -> BTreeSet<String> {
    let guidance = step.guidance();
    let rollout = guidance.rollout();
    let due = guidance.actions().iter();
    let due = due.filter(|due| due.applies() != Applies::No);
    let mut keys: BTreeSet<String> = due
        .map(|due| of_action(due.action().id().as_str()))
        .collect();
    for (phase, tasks) in rollout.phases() {
        match phase {
            Phase::Deploy => keys.extend([of_deployment(&tasks)]),
            _ => keys.extend(tasks.iter().map(|it| of_task(phase, it))),
        }
    }
    for list in [rollout.expect(), rollout.alarms(), rollout.watch()] {
        keys.extend(list.iter().map(of_expectation));
    }
    keys.extend(rollout.rollback().iter().map(|it| of_text(it.what())));
    keys.extend(rollout.because().into_iter().map(of_text));
    keys
}
