//! The report of one step: what it changes, and what it asks for, phase by phase.

use super::action;
use super::document::{
    Block, Extent, FileEdit, Item, More, Move, Note, Section, SectionKind, Span, Spans, line, part,
};
use crate::catalog::{Applies, Phase, Severity};
use crate::plan::{Bundle, Due, Expectation, Guidance, Step, Task, TaskKind};
use crate::words::{self, counted};
use std::fmt::Write;

/// A step under its heading.
pub(super) fn step(step: &Step, is_open: bool, detail: Extent) -> Block {
    let mut blocks: Vec<Block> = words::notes(step)
        .into_iter()
        .map(|(label, text)| Block::Note(Note::warning(label, text)))
        .collect();
    let parts = words::parts(step).map(|text| Block::Facts(vec![("Parts", text)]));
    blocks.extend(parts);
    blocks.push(Block::Moves(moves(step)));
    let outside = step.outside().iter();
    blocks.extend(outside.map(|it| Block::Note(Note::plain("Also changes", it))));
    blocks.extend(bundle(step.bundle()));
    match detail {
        Extent::Short => blocks.extend(facts(step.guidance())),
        Extent::All => {
            blocks.extend(words::unlocks(step).map(Block::Quiet));
            blocks.extend(guidance(step));
        }
    }
    Block::Section(Section {
        kind: SectionKind::Step {
            number: step.number(),
            is_open,
        },
        title: words::step_heading(step),
        blocks,
    })
}

fn moves(step: &Step) -> Vec<Move> {
    let changes = step.changes().iter().map(|change| Move {
        class: change.kind().name(),
        package: change.package().to_string(),
        change: words::moves(change),
        reason: change.because().to_string(),
    });
    let stays = step.stays().iter().map(|stay| Move {
        class: "stay",
        package: stay.package().to_string(),
        change: format!("stays at {}", stay.version()),
        reason: stay.because().to_string(),
    });
    changes.chain(stays).collect()
}

/// The lines of the Gemfile, and the command.
pub(super) fn bundle(bundle: &Bundle) -> Vec<Block> {
    let kept = bundle.lines().iter();
    let mut lines: Vec<(String, Option<String>)> =
        kept.map(|line| (line.to_string(), line.remark())).collect();
    let obsolete = bundle.obsolete().iter();
    let obsolete = obsolete.map(|gem| words::delete_temporary(gem.as_str()));
    let removed = bundle.removed().iter().map(|gem| words::delete_line(gem));
    lines.extend(
        obsolete
            .chain(removed)
            .map(|text| (String::new(), Some(text))),
    );
    let mut blocks = Vec::new();
    if !lines.is_empty() {
        blocks.push(Block::Edit(FileEdit {
            lead: "In the Gemfile",
            language: "ruby",
            lines,
        }));
    }
    let command = bundle.command().map(str::to_owned);
    blocks.extend(command.map(Block::Command));
    blocks
}

/// How much there is to do, and the order of deployment.
pub(super) fn facts(guidance: &Guidance) -> Option<Block> {
    let mut facts: Vec<(&str, String)> = Vec::new();
    facts.extend(count(guidance).map(|text| ("Actions", text)));
    let mut phases = guidance.rollout().phases().iter();
    if let Some((_, tasks)) = phases.find(|(phase, _)| *phase == Phase::Deploy) {
        let order: Vec<String> = tasks.iter().filter_map(brief).collect();
        if !order.is_empty() {
            facts.push(("Deploy", order.join(", then ")));
        }
    }
    let rolling = guidance.rollout().rolling();
    facts.extend(rolling.map(|it| (words::SIDE_BY_SIDE, words::rolling(it).to_owned())));
    (!facts.is_empty()).then_some(Block::Facts(facts))
}

/// `12 breaking, 3 required, 5 to review, 2 informational; 4 of them depend on your code`.
fn count(guidance: &Guidance) -> Option<String> {
    let due = guidance.actions().iter();
    let with = |applies: Applies| due.clone().filter(|due| due.applies() == applies).count();
    let (unknown, no) = (with(Applies::Unknown), with(Applies::No));
    let counts = Severity::ALL.iter().filter_map(|severity| {
        let of = |due: &&Due| due.applies() != Applies::No && due.action().severity() == *severity;
        let count = due.clone().filter(of).count();
        (count > 0).then(|| format!("{count} {}", words::severity(*severity)))
    });
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() {
        return (no > 0).then(|| match no {
            1 => "none; 1 does not apply".to_owned(),
            _ => format!("none; {no} do not apply"),
        });
    }
    let mut text = counts.join(", ");
    if unknown > 0 {
        let depend = if unknown == 1 { "depends" } else { "depend" };
        let _ = write!(text, "; {unknown} of them {depend} on your code");
    }
    if no > 0 {
        let does = if no == 1 { "does" } else { "do" };
        let _ = write!(text, "; {no} more {does} not apply");
    }
    Some(text)
}

/// One task of the deployment in a few words.
fn brief(task: &Task) -> Option<String> {
    match (task.kind(), task.component()) {
        (TaskKind::Deploy, Some(component)) => Some(component.to_owned()),
        (TaskKind::Command, _) => Some(format!("`{}`", task.text())),
        (TaskKind::Stop | TaskKind::Provide, _) => Some(task.brief().into_owned()),
        _ => None,
    }
}

/// Everything that the guides ask for.
fn guidance(step: &Step) -> Vec<Block> {
    let guidance = step.guidance();
    let rollout = guidance.rollout();
    let mut blocks = Vec::new();
    if rollout.rolling().is_some() || !rollout.because().is_empty() {
        blocks.push(Block::Rolling {
            answer: rollout.rolling().map_or("unknown", words::rolling),
            class: rollout.rolling().map_or("conditional", |it| it.name()),
            because: rollout.because().to_vec(),
        });
    }
    blocks.extend(Phase::ALL.iter().filter_map(|it| phase(step, *it)));
    let no = guidance.actions().iter();
    let no = no.filter(|due| due.applies() == Applies::No);
    let no: Vec<(String, String)> = no
        .map(|due| {
            let action = due.action();
            (action.id().to_string(), action.summary().to_owned())
        })
        .collect();
    if !no.is_empty() {
        let title = words::not_applicable(no.len());
        blocks.push(folded(title, vec![Block::Names(no)]));
    }
    for (title, list) in [
        (words::EXPECTED, rollout.expect()),
        (words::ALARMS, rollout.alarms()),
        (words::WATCH, rollout.watch()),
    ] {
        blocks.extend(part(title, expectations(list)));
    }
    blocks.extend(part("Rollback", rollback(guidance)));
    blocks.extend(part(words::SUPPORT, support(guidance)));
    let reading = reading(guidance);
    if !reading.is_empty() {
        let title = "Guides and changelogs".to_owned();
        blocks.push(folded(title, vec![Block::List(reading)]));
    }
    blocks
}

fn folded(title: String, blocks: Vec<Block>) -> Block {
    Block::Section(Section {
        kind: SectionKind::Folded,
        title,
        blocks,
    })
}

/// What a step asks for in one phase: the gravest actions first, then the tasks in order.
fn phase(step: &Step, phase: Phase) -> Option<Block> {
    let number = step.number().to_string();
    let due = step.guidance().actions().iter();
    let due = due.filter(|due| due.action().phase() == phase && due.applies() != Applies::No);
    let due: Vec<Item> = due.map(|due| action::item(&number, due)).collect();
    let mut phases = step.guidance().rollout().phases().iter();
    let tasks = phases.find(|(known, _)| *known == phase);
    let tasks: Vec<Item> = tasks
        .map_or(&[][..], |(_, tasks)| tasks)
        .iter()
        .enumerate()
        .map(|(at, it)| task(&format!("{number}/{}/{at}", phase.name()), it))
        .collect();
    let mut blocks = Vec::new();
    for (items, is_ordered) in [(due, false), (tasks, phase == Phase::Deploy)] {
        if !items.is_empty() {
            blocks.push(Block::Items { is_ordered, items });
        }
    }
    (!blocks.is_empty()).then(|| {
        Block::Section(Section {
            kind: SectionKind::Phase {
                name: phase.name(),
                step: step.number(),
            },
            title: words::phase(phase).to_owned(),
            blocks,
        })
    })
}

fn task(id: &str, task: &Task) -> Item {
    // What stands beside a component is to be known, and cannot be done.
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
        rank: None,
        badges: Vec::new(),
        line,
        more: Vec::<More>::new(),
    }
}

fn expectations(list: &[Expectation]) -> Vec<Block> {
    let terms = list
        .iter()
        .map(|it| (it.what().into_owned(), it.meaning().to_owned()));
    let terms: Vec<(String, String)> = terms.collect();
    match terms.is_empty() {
        true => Vec::new(),
        false => vec![Block::Terms(terms)],
    }
}

fn rollback(guidance: &Guidance) -> Vec<Block> {
    let lines = guidance.rollout().rollback().iter().map(|it| {
        let mut line = line(it.what());
        if !it.is_documented() {
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

/// Lines of the state whose support is over or ends soon, and who may help.
pub(super) fn support(guidance: &Guidance) -> Vec<Block> {
    let notes = guidance.support().iter();
    let lines: Vec<Spans> = notes
        .clone()
        .map(|note| line(words::support(note)))
        .collect();
    let mut blocks = Vec::new();
    if !lines.is_empty() {
        blocks.push(Block::List(lines));
    }
    let mut hints: Vec<&str> = notes.filter_map(|note| note.hint()).collect();
    hints.dedup();
    blocks.extend(hints.into_iter().map(|hint| Block::Quiet(hint.to_owned())));
    blocks
}

fn reading(guidance: &Guidance) -> Vec<Spans> {
    let guides = guidance.guides().iter().map(|guide| {
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
