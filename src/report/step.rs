//! The report of one step: what it changes, and what it asks for, group by group.

use super::document::{
    Block, Extent, FileEdit, Move, Note, Section, SectionKind, Span, Spans, line, plain,
};
use super::groups;
use super::repeats::Repeats;
use crate::catalog::{Applies, Phase, Severity};
use crate::plan::{Bundle, Due, GemLine, Guidance, Step, Task, TaskKind};
use crate::words;
use std::fmt::Write;

/// A step under its heading, after what is known from before.
pub(super) fn step(step: &Step, is_open: bool, detail: Extent, known: &Repeats) -> Block {
    let mut blocks: Vec<Block> = words::notes(step)
        .into_iter()
        .map(|(label, text)| Block::Note(Note::warning(label, text)))
        .collect();
    let parts = words::parts(step).map(|text| Block::Facts(vec![("Parts", text)]));
    blocks.extend(parts);
    blocks.push(Block::Moves(moves(step)));
    let outside = step.outside().iter();
    blocks.extend(outside.map(|it| Block::Note(Note::plain("Also changes", it))));
    match detail {
        Extent::Short => {
            blocks.extend(bundle(step.bundle()));
            blocks.extend(elsewhere(step));
        }
        Extent::Normal | Extent::All => {
            let groups = groups::groups(step, known, detail);
            blocks.extend(groups.before);
            blocks.extend(bundle(step.bundle()));
            blocks.extend(groups.after);
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

/// How what is no gem is moved, where no command does it.
fn elsewhere(step: &Step) -> Option<Block> {
    let bundle = step.bundle();
    let is_by_hand = bundle.is_elsewhere() && bundle.command().is_none();
    let order = order(step.guidance()).filter(|_| is_by_hand)?;
    Some(Block::Facts(vec![("Deploy", plain(&order))]))
}

fn moves(step: &Step) -> Vec<Move> {
    let changes = step.distinct_changes().into_iter();
    let changes = changes.map(|(change, count)| Move {
        class: change.kind().name(),
        package: words::together(change.package().as_str(), count),
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
    let remark = |line: &GemLine| match line.is_kept {
        true => Some(words::KEPT_LINE.to_owned()),
        false => line.remark(),
    };
    let kept = bundle.lines().iter();
    let mut lines: Vec<(String, Option<String>)> =
        kept.map(|line| (line.to_string(), remark(line))).collect();
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
    facts.extend(order(guidance).map(|order| ("Deploy", plain(&order))));
    let rolling = guidance.rollout().rolling();
    facts.extend(rolling.map(|it| (words::SIDE_BY_SIDE, words::rolling(it).to_owned())));
    (!facts.is_empty()).then_some(Block::Facts(facts))
}

/// The order of deployment in one line.
pub(super) fn order(guidance: &Guidance) -> Option<Spans> {
    let tasks = guidance.rollout().tasks_in(Phase::Deploy);
    let mut order = Spans::new();
    for span in tasks.iter().filter_map(brief) {
        if !order.is_empty() {
            order.push(Span::Text(", then ".to_owned()));
        }
        order.push(span);
    }
    (!order.is_empty()).then_some(order)
}

/// `12 breaking, 3 required, 5 to review, 2 informational; 4 of them depend on your code`.
fn count(guidance: &Guidance) -> Option<String> {
    let due = guidance.actions().iter();
    let with = |applies: Applies| due.clone().filter(|due| due.applies() == applies).count();
    let (unknown, no) = (with(Applies::Unknown), with(Applies::No));
    let counts = Severity::ALL.iter().filter_map(|severity| {
        let of =
            |due: &Due<'_>| due.applies() != Applies::No && due.action().severity() == *severity;
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
fn brief(task: &Task<'_>) -> Option<Span> {
    match (task.kind(), task.component()) {
        (TaskKind::Deploy, Some(component)) => Some(Span::Text(component.to_owned())),
        (TaskKind::Command, _) => Some(Span::Code(task.text().into_owned())),
        (TaskKind::Stop | TaskKind::Provide, _) => Some(Span::Text(task.brief().into_owned())),
        _ => None,
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
