//! What comes with a step, as text: in short under a plan, or all of it.

use super::Style;
use super::scan::findings;
use super::style::Paint;
use super::text::{shown, wrapped};
use super::words::{self, unlocks};
use crate::catalog::{Applies, Phase, Severity};
use crate::plan::{Bundle, Due, Expectation, Guidance, Step, Task, TaskKind};
use std::fmt::Write;

/// Longer lists of versions are cut.
const MOST_VERSIONS: usize = 6;

/// The Gemfile, the command, and how much there is to do.
pub(super) fn short(out: &mut String, step: &Step, style: Style) {
    out.push('\n');
    bundle(out, step.bundle(), style);
    brings(out, step.guidance());
}

/// How much there is to do, and the order of deployment.
pub(super) fn brings(out: &mut String, guidance: &Guidance) {
    if let Some(text) = count(guidance) {
        wrapped(out, "  actions: ", &text);
    }
    let (phase, tasks) = (Phase::Deploy, guidance.rollout().phases());
    if let Some((_, tasks)) = tasks.iter().find(|(known, _)| *known == phase) {
        let order: Vec<String> = tasks.iter().filter_map(brief).collect();
        if !order.is_empty() {
            wrapped(out, "  deploy: ", &order.join(", then "));
        }
    }
    if let Some(rolling) = guidance.rollout().rolling() {
        wrapped(out, "  old and new side by side: ", rolling.name());
    }
}

/// What breaks or has to be done, by name: a change that is made already is read by somebody who has
/// no plan at hand.
pub(super) fn due_by_name(out: &mut String, guidance: &Guidance, style: Style) {
    let is_due = |due: &&Due| due.applies() != Applies::No;
    for severity in [Severity::Breaking, Severity::Action] {
        let of = |due: &&Due| due.action().severity() == severity;
        for due in guidance.actions().iter().filter(is_due).filter(of) {
            let paint = match severity {
                Severity::Breaking => Paint::Warning,
                _ => Paint::Heading,
            };
            let maybe = match due.applies() {
                Applies::Unknown => "possibly ",
                _ => "",
            };
            let lead = format!("  {maybe}{}: ", word(severity));
            let mut text = String::new();
            wrapped(&mut text, &lead, due.action().summary());
            let painted = style.paint(paint, lead.trim());
            let rest = text.strip_prefix("  ").unwrap_or(&text);
            let rest = rest.strip_prefix(lead.trim()).unwrap_or(rest);
            let _ = write!(out, "  {painted}{rest}");
            let id = style.paint(Paint::Quiet, due.action().id().as_str());
            let _ = writeln!(out, "    {id}");
        }
    }
}

/// Everything, phase by phase.
pub(super) fn full(out: &mut String, step: &Step, style: Style) {
    out.push('\n');
    bundle(out, step.bundle(), style);
    if let Some(text) = unlocks(step) {
        wrapped(out, "  ", &text);
    }
    let guidance = step.guidance();
    let rollout = guidance.rollout();
    let (apply, rest): (Vec<&Due>, Vec<&Due>) = guidance
        .actions()
        .iter()
        .partition(|due| due.applies() != Applies::No);
    for phase in Phase::ALL {
        let tasks = rollout.phases().iter().find(|(known, _)| known == phase);
        let tasks = tasks.map_or(&[][..], |(_, tasks)| tasks);
        let due: Vec<&Due> = apply
            .iter()
            .filter(|due| due.action().phase() == *phase)
            .copied()
            .collect();
        if tasks.is_empty() && due.is_empty() {
            continue;
        }
        let _ = writeln!(
            out,
            "\n{}",
            style.paint(Paint::Heading, words::phase(*phase))
        );
        for task in tasks {
            lead(out, task);
        }
        for due in due {
            action(out, due, style);
        }
    }
    if !rollout.because().is_empty() {
        let rolling = rollout
            .rolling()
            .map_or("unknown", |rolling| rolling.name());
        let heading = format!("Old and new side by side: {rolling}");
        let _ = writeln!(out, "\n{}", style.paint(Paint::Heading, &heading));
        for why in rollout.because() {
            wrapped(out, "  - ", why);
        }
    }
    expectations(out, words::EXPECTED, rollout.expect(), style);
    expectations(out, words::ALARMS, rollout.alarms(), style);
    expectations(out, words::WATCH, rollout.watch(), style);
    if !rollout.rollback().is_empty() {
        let _ = writeln!(out, "\n{}", style.paint(Paint::Heading, "Rollback"));
        for fact in rollout.rollback() {
            let inferred = if fact.is_documented() {
                ""
            } else {
                " (inferred)"
            };
            wrapped(out, "  - ", &format!("{}{inferred}", fact.what()));
            if let Some(command) = fact.command() {
                let warning = fact.warning().map(|text| format!("   ({text})"));
                wrapped(
                    out,
                    "    $ ",
                    &format!("{command}{}", warning.unwrap_or_default()),
                );
            }
        }
    }
    reading(out, guidance, style);
    if !guidance.support().is_empty() {
        out.push('\n');
        support(out, guidance, style);
    }
    if !rest.is_empty() {
        let ids: Vec<&str> = rest.iter().map(|due| due.action().id().as_str()).collect();
        out.push('\n');
        wrapped(out, "not applicable: ", &ids.join(", "));
    }
}

/// The lines of the Gemfile and the command.
pub(super) fn bundle(out: &mut String, bundle: &Bundle, style: Style) {
    for line in bundle.lines() {
        let text = line.to_string();
        let text = style.paint(Paint::Change, &text);
        let remark = line.remark().map(|remark| format!("  # {remark}"));
        let _ = writeln!(out, "  {text}{}", remark.unwrap_or_default());
    }
    for gem in bundle.obsolete() {
        let _ = writeln!(out, "  delete the temporary line of {gem}");
    }
    for gem in bundle.removed() {
        wrapped(out, "  delete the line of ", gem);
    }
    if let Some(command) = bundle.command() {
        wrapped(out, "  $ ", command);
    }
}

/// `12 breaking, 3 required, 5 to review, 2 informational; 4 of them depend on your code`.
fn count(guidance: &Guidance) -> Option<String> {
    let of = |severity: Severity| {
        let due = guidance
            .actions()
            .iter()
            .filter(|due| due.applies() != Applies::No && due.action().severity() == severity);
        due.count()
    };
    let words = Severity::ALL.iter().filter_map(|severity| {
        let count = of(*severity);
        (count > 0).then(|| format!("{count} {}", word(*severity)))
    });
    let words: Vec<String> = words.collect();
    let with = |applies: Applies| {
        let due = guidance.actions().iter();
        due.filter(|due| due.applies() == applies).count()
    };
    let (unknown, no) = (with(Applies::Unknown), with(Applies::No));
    if words.is_empty() {
        return (no > 0).then(|| match no {
            1 => "none; 1 does not apply".to_owned(),
            _ => format!("none; {no} do not apply"),
        });
    }
    let mut text = words.join(", ");
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

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Breaking => "breaking",
        Severity::Action => "required",
        Severity::Review => "to review",
        Severity::Info => "informational",
    }
}

/// One task of the deployment in a few words.
fn brief(task: &Task) -> Option<String> {
    match (task.kind(), task.component()) {
        (TaskKind::Deploy, Some(component)) => Some(component.to_owned()),
        (TaskKind::Stop, _) => Some(task.text().to_owned()),
        (TaskKind::Command, _) => Some(format!("`{}`", task.text())),
        (TaskKind::Provide, _) => {
            let name = task.text().split(" (").next().unwrap_or(task.text());
            Some(name.to_owned())
        }
        _ => None,
    }
}

fn lead(out: &mut String, task: &Task) {
    let inferred = if task.is_inferred() {
        " (inferred)"
    } else {
        ""
    };
    match (task.kind(), task.component()) {
        (TaskKind::Command, _) => wrapped(out, "  $ ", task.text()),
        (TaskKind::Deploy, Some(component)) => {
            wrapped(out, &format!("  deploy {component}; "), task.text());
        }
        (_, Some(component)) => wrapped(out, &format!("  {component}: "), task.text()),
        (TaskKind::Provide | TaskKind::Stop | TaskKind::Check | TaskKind::Note, _)
        | (TaskKind::Deploy, None) => {
            wrapped(out, "  - ", &format!("{}{inferred}", task.text()));
        }
    }
}

fn action(out: &mut String, due: &Due, style: Style) {
    let action = due.action();
    let severity = action.severity();
    let paint = match severity {
        Severity::Breaking => Paint::Warning,
        _ => Paint::Heading,
    };
    let maybe = if due.applies() == Applies::Unknown {
        "possibly "
    } else {
        ""
    };
    let word = format!("{maybe}{}", word(severity));
    let _ = writeln!(
        out,
        "  {}  {}",
        style.paint(paint, &word),
        style.paint(Paint::Quiet, action.id().as_str())
    );
    wrapped(out, "    ", action.summary());
    if let Some(text) = action.action() {
        wrapped(out, "    -> ", text);
    }
    for command in action.commands() {
        wrapped(out, "    $ ", command);
    }
    findings(out, due.findings().iter(), style);
    match (action.old_value(), action.new_value()) {
        (Some(old), Some(new)) => wrapped(out, "    was: ", &format!("{old}; is: {new}")),
        (Some(old), None) => wrapped(out, "    was: ", old),
        (None, Some(new)) => wrapped(out, "    is: ", new),
        (None, None) => {}
    }
    if let Some(affects) = action.affects() {
        wrapped(out, "    affects: ", affects);
    }
    if let Some(version) = action.due_by() {
        let text = format!("{} {version}", action.package());
        wrapped(out, "    due by: ", &text);
    }
    if let Some(version) = action.possible_since() {
        let text = format!("possible since {} {version}", action.package());
        wrapped(out, "    early: ", &text);
    }
    for (lead, text) in [
        ("    inferred: ", action.inferred()),
        ("    sources disagree: ", action.contradiction()),
    ] {
        if let Some(text) = text {
            wrapped(out, lead, text);
        }
    }
    if let Some(link) = action.link() {
        let _ = writeln!(out, "    {}", style.paint(Paint::Quiet, &shown(link)));
    }
}

fn expectations(out: &mut String, title: &str, list: &[Expectation], style: Style) {
    if list.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", style.paint(Paint::Heading, title));
    for it in list {
        wrapped(out, "  - ", &format!("{}: {}", it.what(), it.meaning()));
    }
}

fn reading(out: &mut String, guidance: &Guidance, style: Style) {
    if guidance.guides().is_empty() && guidance.changelogs().is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\n{}",
        style.paint(Paint::Heading, "Guides and changelogs")
    );
    for guide in guidance.guides() {
        let _ = writeln!(out, "  {}", shown(guide.link().unwrap_or(guide.page())));
    }
    for log in guidance.changelogs() {
        let mut versions: Vec<&str> = log.versions().iter().map(|it| it.as_str()).collect();
        let more = versions.len().saturating_sub(MOST_VERSIONS);
        versions.truncate(MOST_VERSIONS);
        let mut text = versions.join(", ");
        if more > 0 {
            let _ = write!(text, " and {more} more");
        }
        if log.breaking() > 0 {
            let _ = write!(text, "; {} breaking", log.breaking());
        }
        wrapped(out, &format!("  {}: ", log.package()), &text);
        if let Some(link) = log.link() {
            let _ = writeln!(out, "    {}", shown(link));
        }
    }
}

/// Lines of the state whose support is over or ends soon.
pub(super) fn support(out: &mut String, guidance: &Guidance, style: Style) {
    for (is_over, lead) in [(true, "without support: "), (false, "support ends soon: ")] {
        let notes = guidance
            .support()
            .iter()
            .filter(|note| note.is_over() == is_over);
        let notes: Vec<String> = notes
            .map(|note| match note.until() {
                Some(day) => format!("{} {} ({day})", note.subject(), note.line()),
                None => format!("{} {}", note.subject(), note.line()),
            })
            .collect();
        if !notes.is_empty() {
            let lead = format!("  {}", style.paint(Paint::Warning, lead));
            wrapped(out, &lead, &notes.join(", "));
        }
    }
    let hint = guidance.support().iter().find_map(|note| note.hint());
    if let Some(hint) = hint {
        wrapped(out, "    ", hint);
    }
}
