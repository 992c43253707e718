//! What a step asks for, in groups: what must be done, what is to be checked, the deployment, and what
//! is good to know. What breaks comes first.

use super::action;
use super::document::{Block, Extent, Item, More, Section, SectionKind, Span, Spans, line, part};
use super::repeats::{self, Mention, Repeats};
use super::step::support;
use crate::catalog::{Applies, Phase, Severity};
use crate::plan::{Due, Expectation, Guidance, Step, Task, TaskKind};
use crate::words::{self, counted};

/// The groups before the change of the bundle, and those after it.
pub(super) struct Groups {
    pub(super) before: Vec<Block>,
    pub(super) after: Vec<Block>,
}

/// In which group something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    Must,
    Check,
    Know,
}

/// The group of an action that is not done yet; what only may apply is to be checked.
pub(super) fn kind(due: Due<'_>) -> GroupKind {
    match (due.action().severity(), due.applies()) {
        (Severity::Info, _) => GroupKind::Know,
        (Severity::Breaking | Severity::Action, Applies::Yes) => GroupKind::Must,
        _ => GroupKind::Check,
    }
}

fn kind_of_task(task: &Task<'_>) -> GroupKind {
    match task.kind() {
        TaskKind::Check => GroupKind::Check,
        TaskKind::Note if task.component().is_some() => GroupKind::Know,
        _ => GroupKind::Must,
    }
}

/// The items of each group, the gravest first, and those that an earlier step has.
#[derive(Default)]
struct Items {
    must: Vec<Item>,
    check: Vec<Item>,
    know: Vec<Item>,
    again: Vec<Item>,
}

impl Items {
    fn add(&mut self, kind: GroupKind, item: Item) {
        match kind {
            GroupKind::Must => self.must.push(item),
            GroupKind::Check => self.check.push(item),
            GroupKind::Know => self.know.push(item),
        }
    }

    fn of(step: &Step, known: &Repeats) -> Self {
        let number = step.number().to_string();
        let mut items = Items::default();
        let due = step.guidance().actions().iter();
        let mut due: Vec<Due<'_>> = due.filter(|due| due.applies() != Applies::No).collect();
        due.sort_by_key(|due| due.action().severity());
        for due in due {
            match known.place(&repeats::of_action(due.action().id().as_str())) {
                Mention::Here => items.add(kind(due), action::item(&number, due)),
                Mention::Earlier(_) if kind(due) != GroupKind::Know => {
                    items.again.push(action::again(&number, due));
                }
                Mention::Earlier(_) | Mention::Elsewhere => {}
            }
        }
        for (phase, tasks) in step.guidance().rollout().phases() {
            if phase == Phase::Deploy {
                continue;
            }
            // The command of the step has its own place.
            let own = |it: &Task<'_>| Some(it.text().as_ref()) == step.bundle().command();
            for (at, it) in tasks.iter().enumerate().filter(|(_, it)| !own(it)) {
                let item = task(&format!("{number}/{}/{at}", phase.name()), phase, it);
                match known.place(&repeats::of_task(phase, it)) {
                    Mention::Here => items.add(kind_of_task(it), item),
                    Mention::Earlier(_) if kind_of_task(it) != GroupKind::Know => {
                        items.again.push(item)
                    }
                    Mention::Earlier(_) | Mention::Elsewhere => {}
                }
            }
        }
        items
    }
}

/// What a step asks for, after what is known from before.
pub(super) fn groups(step: &Step, known: &Repeats, detail: Extent) -> Groups {
    let items = Items::of(step, known);
    let number = step.number();
    let mut before = Vec::new();
    before.extend(group(words::MUST, "must", number, list(items.must)));
    before.extend(group(words::CHECK, "check", number, list(items.check)));
    let again = items.again.len();
    before.extend(folded(words::again(again), list(items.again)));
    let deployment = deployment(step, known);
    let mut after = Vec::new();
    after.extend(group(words::DEPLOYMENT, "deploy", number, deployment));
    let mut know = list(items.know);
    know.extend(parts(step, known));
    after.extend(folded(words::KNOW.to_owned(), know));
    if detail == Extent::All {
        let no = step.guidance().actions().iter();
        let no = no.filter(|due| due.applies() == Applies::No);
        let no = no.map(|due| {
            let action = due.action();
            (action.id().to_string(), action.summary().to_owned())
        });
        let no: Vec<(String, String)> = no.collect();
        if !no.is_empty() {
            let title = words::not_applicable(no.len());
            after.extend(folded(title, vec![Block::Names(no)]));
        }
    }
    Groups { before, after }
}

/// What every step asks for: no step ticks it.
pub(super) fn every(step: &Step, known: &Repeats) -> Vec<Block> {
    let mut items = Items::of(step, known);
    for item in [&mut items.must, &mut items.check, &mut items.know] {
        item.iter_mut().for_each(|item| item.tick = None);
    }
    let mut blocks = Vec::new();
    blocks.extend(part(words::MUST, list(items.must)));
    blocks.extend(part(words::CHECK, list(items.check)));
    blocks.extend(part(words::DEPLOYMENT, deployment(step, known)));
    blocks.extend(part(words::KNOW, list(items.know)));
    blocks.extend(parts(step, known));
    blocks
}

fn list(items: Vec<Item>) -> Vec<Block> {
    match items.is_empty() {
        true => Vec::new(),
        false => vec![Block::Items {
            is_ordered: false,
            items,
        }],
    }
}

fn group(title: &str, name: &'static str, step: usize, blocks: Vec<Block>) -> Option<Block> {
    (!blocks.is_empty()).then(|| {
        Block::Section(Section {
            kind: SectionKind::Group { name, step },
            title: title.to_owned(),
            blocks,
        })
    })
}

fn folded(title: String, blocks: Vec<Block>) -> Option<Block> {
    (!blocks.is_empty()).then_some(Block::Section(Section {
        kind: SectionKind::Folded,
        title,
        blocks,
    }))
}

/// Whether old and new run side by side, and the order.
fn deployment(step: &Step, known: &Repeats) -> Vec<Block> {
    let rollout = step.guidance().rollout();
    let because = rollout.because().into_iter();
    let because = because.filter(|it| known.is_here(&repeats::of_text(it)));
    let because: Vec<String> = because.map(str::to_owned).collect();
    let mut blocks = Vec::new();
    match rollout.rolling().filter(|_| !known.is_chapter()) {
        Some(rolling) => blocks.push(Block::Rolling {
            answer: words::rolling(rolling),
            class: rolling.name(),
            because,
        }),
        None if because.is_empty() => {}
        None => blocks.push(Block::List(because.into_iter().map(line).collect())),
    }
    let phase = Phase::Deploy;
    let tasks = rollout.tasks_in(phase);
    if tasks.is_empty() {
        return blocks;
    }
    match known.place(&repeats::of_deployment(&tasks)) {
        Mention::Here => {
            let number = step.number();
            let items = tasks.iter().enumerate().map(|(at, it)| {
                let mut item = task(&format!("{number}/{}/{at}", phase.name()), phase, it);
                item.tick = item.tick.filter(|_| !known.is_chapter());
                item
            });
            blocks.push(Block::Items {
                is_ordered: true,
                items: items.collect(),
            });
        }
        Mention::Earlier(number) => blocks.push(Block::Paragraph(words::deployed_as(number))),
        Mention::Elsewhere => {}
    }
    blocks
}

/// Of what is good to know that for which no box is ticked, in parts.
fn parts(step: &Step, known: &Repeats) -> Vec<Block> {
    let guidance = step.guidance();
    let rollout = guidance.rollout();
    let mut blocks = Vec::new();
    for (title, list) in [
        (words::EXPECTED, rollout.expect()),
        (words::ALARMS, rollout.alarms()),
        (words::WATCH, rollout.watch()),
    ] {
        blocks.extend(part(title, expectations(&list, known)));
    }
    blocks.extend(part(words::ROLLBACK, rollback(guidance, known)));
    if known.is_chapter() {
        return blocks;
    }
    blocks.extend(part(words::SUPPORT, support(guidance)));
    let mut reading = match reading(guidance) {
        lines if lines.is_empty() => Vec::new(),
        lines => vec![Block::List(lines)],
    };
    reading.extend(words::unlocks(step).map(Block::Quiet));
    blocks.extend(part(words::READING, reading));
    blocks
}

fn task(id: &str, phase: Phase, task: &Task<'_>) -> Item {
    // What is said of a component is to be known, and cannot be done.
    let is_to_do = task.kind() != TaskKind::Note || task.component().is_none();
    let mut line: Spans = match task.kind() {
        TaskKind::Command => vec![Span::Command(task.text().into_owned())],
        _ => line(words::task_lead(task) + &task.text()),
    };
    if task.is_inferred() {
        line.push(Span::Small("inferred"));
    }
    Item {
        tick: is_to_do.then(|| id.to_owned()),
        class: task.kind().name(),
        component: task.component().unwrap_or("all").to_owned(),
        phase: phase.name(),
        rank: None,
        badges: Vec::new(),
        line,
        more: Vec::<More>::new(),
    }
}

fn expectations(list: &[Expectation<'_>], known: &Repeats) -> Vec<Block> {
    let here = list.iter();
    let here = here.filter(|it| known.is_here(&repeats::of_expectation(it)));
    let terms = here.map(|it| (it.what().into_owned(), it.meaning().to_owned()));
    let terms: Vec<(String, String)> = terms.collect();
    match terms.is_empty() {
        true => Vec::new(),
        false => vec![Block::Terms(terms)],
    }
}

fn rollback(guidance: &Guidance, known: &Repeats) -> Vec<Block> {
    let here = guidance.rollout().rollback().into_iter();
    let here = here.filter(|it| known.is_here(&repeats::of_text(it.what())));
    let lines = here.map(|it| {
        let mut line = line(it.what());
        if !it.documented() {
            line.push(Span::Small("inferred"));
        }
        if let Some(command) = it.command() {
            line.push(Span::Text("; ".to_owned()));
            line.push(Span::Code(command.to_owned()));
        }
        if let Some(warning) = it.warning() {
            line.push(Span::Text(" ".to_owned()));
            line.push(Span::Strong(warning.to_owned()));
        }
        line
    });
    let lines: Vec<Spans> = lines.collect();
    match lines.is_empty() {
        true => Vec::new(),
        false => vec![Block::List(lines)],
    }
}

fn reading(guidance: &Guidance) -> Vec<Spans> {
    let guides = guidance.guides().into_iter().map(|guide| {
        vec![
            Span::Text("guide ".to_owned()),
            Span::Link {
                text: guide.page().to_owned(),
                address: guide.link().map(str::to_owned),
            },
            Span::Text(format!(": {}", counted(guide.actions(), "action"))),
        ]
    });
    let changelogs = guidance.changelogs().iter().map(|log| {
        let versions = log.versions();
        let span = match versions {
            [] => String::new(),
            [one] => format!(", {one}"),
            [first, .., last] => format!(", {first} to {last}"),
        };
        vec![
            Span::Text("changelog of ".to_owned()),
            Span::Link {
                text: log.package().to_string(),
                address: log.link().map(str::to_owned),
            },
            Span::Text(format!(
                ": {}{span}, {} breaking",
                counted(versions.len(), "release"),
                log.breaking()
            )),
        ]
    });
    guides.chain(changelogs).collect()
}
