//! The report of one action.

use super::document::{Badge, Item, More, line};
use crate::catalog::{Applies, Component, Severity};
use crate::plan::Due;
use crate::scan::{Confidence, Finding};
use crate::words;

/// An action of a step; `step` distinguishes it from the same action in another step.
pub(super) fn item(step: &str, due: Due<'_>) -> Item {
    let action = due.action();
    // What is only to be known cannot be ticked.
    let asks = action.severity() != Severity::Info
        || action.action().is_some()
        || !action.commands().is_empty();
    let mut more: Vec<More> = Vec::new();
    more.extend(action.action().map(|text| More::Do(text.to_owned())));
    let commands = action.commands().iter();
    more.extend(commands.map(|command| More::Command(command.clone())));
    more.extend(particulars(due));
    more.extend(due.findings().iter().map(found));
    more.push(More::Source {
        id: action.id().to_string(),
        address: action.link().map(str::to_owned),
        text: action.source().to_owned(),
    });
    Item {
        tick: asks.then(|| format!("{step}/{}", action.id())),
        class: "",
        component: action.component().name().to_owned(),
        phase: action.phase().name(),
        rank: Severity::ALL.iter().position(|it| *it == action.severity()),
        badges: badges(due),
        line: line(action.summary()),
        more,
    }
}

/// The same where an earlier step has its details: still to be ticked.
pub(super) fn again(step: &str, due: Due<'_>) -> Item {
    Item {
        tick: item(step, due).tick,
        ..short(due)
    }
}

/// The same in short: the line, and the id.
pub(super) fn short(due: Due<'_>) -> Item {
    let mut item = item("", due);
    let is_aside = |badge: &Badge| [Badge::COMPONENT, Badge::PHASE].contains(&badge.class);
    item.badges.retain(|badge| !is_aside(badge));
    item.more = vec![More::Source {
        id: due.action().id().to_string(),
        address: None,
        text: String::new(),
    }];
    item
}

fn badges(due: Due<'_>) -> Vec<Badge> {
    let action = due.action();
    let mut badges = Vec::new();
    // What is to be reviewed or known asks to look by itself.
    let is_grave = action.severity() <= Severity::Action;
    if due.applies() == Applies::Unknown && is_grave {
        badges.push(Badge {
            word: "possibly",
            class: "unknown",
        });
    }
    badges.push(Badge {
        word: words::severity(action.severity()),
        class: action.severity().name(),
    });
    badges.push(Badge {
        word: words::when(action.phase()),
        class: Badge::PHASE,
    });
    if action.component() != Component::All {
        badges.push(Badge {
            word: action.component().name(),
            class: Badge::COMPONENT,
        });
    }
    badges
}

/// Facts of an action beside its summary, each one sentence.
fn particulars(due: Due<'_>) -> Vec<More> {
    let action = due.action();
    let mut list: Vec<(&'static str, String)> = Vec::new();
    match (action.affects(), due.applies()) {
        (Some(affects), Applies::Unknown) => list.push(("Check", affects.to_owned())),
        (Some(affects), _) => list.push(("Affects", affects.to_owned())),
        (None, Applies::Unknown) => list.push(("Check", "whether it affects you".to_owned())),
        (None, _) => {}
    }
    match (action.old_value(), action.new_value()) {
        (Some(old), Some(new)) => list.push(("Was", format!("{old}; now {new}"))),
        (Some(old), None) => list.push(("Was", old.to_owned())),
        (None, Some(new)) => list.push(("Now", new.to_owned())),
        (None, None) => {}
    }
    if let Some(since) = action.possible_since() {
        let text = format!("possible since {} {since}", action.package());
        list.push(("Earlier", text));
    }
    if let Some(by) = action.due_by() {
        list.push(("Later", format!("required by {} {by}", action.package())));
    }
    for (label, text) in [
        ("Note", action.note()),
        ("Inferred", action.inferred()),
        ("Sources disagree", action.contradiction()),
    ] {
        list.extend(text.map(|text| (label, text.to_owned())));
    }
    let facts = list.into_iter();
    facts.map(|(label, text)| More::Fact(label, text)).collect()
}

/// A place in the user's source, the words there, and what to write instead.
pub(super) fn found(finding: &Finding) -> More {
    let doubt = match finding.confidence() {
        Confidence::Certain => "",
        Confidence::Likely => " (likely)",
    };
    More::Found {
        place: format!("{}:{}{doubt}", finding.path(), finding.place()),
        excerpt: finding.excerpt().to_owned(),
        instead: finding.replacement().map(str::to_owned),
    }
}
