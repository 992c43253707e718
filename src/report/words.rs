//! Words and order that the reports in Markdown and HTML share. What comes from catalogs and
//! lockfiles may hold anything; it passes [`clean`] and then the escapes of its format.

use super::refresh::stale_text;
use crate::catalog::{Applies, Phase, Severity};
use crate::plan::{
    Cause, Change, ChangeKind, Due, Minimal, Outcome, Plan, Step, StepKind, SupportNote, Task,
    TaskKind,
};
use crate::scan::{Confidence, Finding};

/// One line without what could hide or turn around text: blanks of all kinds become spaces, and
/// control characters and those that set the direction of writing show as replaced.
pub(super) fn clean(text: &str) -> String {
    let one = |c: char| match c {
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            '\u{fffd}'
        }
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(one).collect()
}

/// The address, if it is one of the web that can stand in a link as it is.
pub(super) fn web_link(address: Option<&str>) -> Option<&str> {
    address.filter(|address| {
        let starts = |scheme: &str| {
            let start = address.get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        let is_plain = |c: char| c.is_ascii_graphic() && !"\"'<>\\^`{|}()[]".contains(c);
        (starts("http://") || starts("https://")) && address.chars().all(is_plain)
    })
}

/// `1 step`, `2 steps`.
pub(super) fn counted(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}

/// What was asked for.
pub(super) fn target(plan: &Plan) -> String {
    match plan.targets() {
        [] => "the newest".to_owned(),
        targets => {
            let texts: Vec<String> = targets
                .iter()
                .map(|(name, to)| format!("{name} {to}"))
                .collect();
            texts.join(", ")
        }
    }
}

/// From where to where, in one line.
pub(super) fn title(plan: &Plan) -> String {
    let target = target(plan);
    match plan.outcome() {
        Outcome::AlreadyThere => format!("Already there: {target}"),
        Outcome::Impossible => format!("No upgrade path to {target}"),
        Outcome::GaveUp => format!("Search limit reached: no answer for {target}"),
        Outcome::Planned | Outcome::Unknown => match plan.steps() {
            [] => "Unknown: the answer lies beyond the catalog".to_owned(),
            steps => format!("{} in {}", journey(plan), counted(steps.len(), "step")),
        },
    }
}

/// The packages asked for, or the first that moves, from the start to the end.
fn journey(plan: &Plan) -> String {
    let end = plan.steps().last().map_or(plan.start(), Step::state);
    let mut asked: Vec<&str> = Vec::new();
    for (name, _) in plan.targets() {
        if !asked.contains(&name.as_str()) {
            asked.push(name);
        }
    }
    if asked.is_empty() {
        let mut moved = end.packages().iter().map(|(name, _)| name.as_str());
        asked.extend(moved.find(|name| plan.start().package(name) != end.package(name)));
    }
    if asked.is_empty() {
        return target(plan);
    }
    let texts = asked.iter().map(|name| {
        let version = |state: &crate::plan::State| {
            state
                .package(name)
                .map_or("-".to_owned(), ToString::to_string)
        };
        format!("{name} {} → {}", version(plan.start()), version(end))
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// What a step is about: the lines that it enters.
pub(super) fn step_title(step: &Step) -> String {
    const SHOWN: usize = 3;
    let arrives = |change: &Change| {
        let to = change.to().unwrap_or("-");
        format!("{} {to}", change.package())
    };
    let of_kind = |kinds: &[ChangeKind]| -> Vec<String> {
        let changes = step.changes().iter();
        changes
            .filter(|change| kinds.contains(&change.kind()))
            .map(arrives)
            .collect()
    };
    if step.kind() == StepKind::Runtime {
        return format!("{} alone", of_kind(&[ChangeKind::Runtime]).join(", "));
    }
    if step.kind() == StepKind::Repair {
        return format!("repair: {}", of_kind(&[ChangeKind::Down]).join(", "));
    }
    let mut entered = of_kind(&[ChangeKind::Line, ChangeKind::Joined]);
    if entered.is_empty() {
        entered = of_kind(&[ChangeKind::Patch]);
    }
    let more = entered.len().saturating_sub(SHOWN);
    entered.truncate(SHOWN);
    match more {
        0 => entered.join(", "),
        _ => format!("{} and {more} more", entered.join(", ")),
    }
}

/// `2.3.0 → 2.3.4`.
pub(super) fn moves(change: &Change) -> String {
    let (from, to) = (change.from().unwrap_or("-"), change.to().unwrap_or("-"));
    match change.kind() {
        ChangeKind::Joined => format!("added at {to}"),
        ChangeKind::Left => format!("{from} removed"),
        _ => format!("{from} → {to}"),
    }
}

/// The notes before a step: what it repairs, which gems it removes, which bad releases it has.
pub(super) fn notes(step: &Step) -> Vec<(&'static str, String)> {
    let repairs = step.repairs().iter();
    let repairs = repairs.map(|breach| ("Repairs", breach.to_string()));
    let leaves = step.leaves().iter();
    let leaves = leaves.map(|leaving| ("Removed", leaving.to_string()));
    let defects = step.defects().iter();
    let defects = defects.map(|defect| ("Known defect", defect.to_string()));
    repairs.chain(leaves).chain(defects).collect()
}

/// The members of a cause, each with what it collides with. Where nobody can be named, the releases
/// of the catalog alone leave no way.
pub(super) fn blockers(cause: &Cause) -> Vec<String> {
    let members = cause.members().map(|(member, collision)| match collision {
        Some(collision) => format!("{member}; {collision}"),
        None => member.to_string(),
    });
    members.collect()
}

/// Packages that end below their newest line because of gems outside the catalog.
pub(super) fn held(plan: &Plan) -> Vec<String> {
    plan.held().iter().map(ToString::to_string).collect()
}

/// Warnings, and the plan that releases from a registry would allow.
pub(super) fn remarks(plan: &Plan) -> Vec<String> {
    let warnings = plan.warnings().iter();
    let mut remarks: Vec<String> = warnings.map(ToString::to_string).collect();
    remarks.extend(plan.from_registry().map(ToString::to_string));
    let days = plan.stale_days();
    remarks.extend(days.map(|days| stale_text(plan.catalog_name(), plan.horizon(), days)));
    remarks
}

/// Heading of the errors that pass by themselves.
pub(super) const EXPECTED: &str = "Expected during the rollout";
/// Heading of the errors that show that a step failed.
pub(super) const ALARMS: &str = "Errors at boot that mean the step failed";
/// Heading of what to watch.
pub(super) const WATCH: &str = "Watch after the deployment";

/// A phase as a heading.
pub(super) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Before => "Before",
        Phase::Code => "Code",
        Phase::Config => "Configuration",
        Phase::Bundle => "Bundle",
        Phase::Test => "Tests",
        Phase::Staging => "Staging",
        Phase::Deploy => "Deployment",
        Phase::After => "After",
        Phase::Monitor => "Monitoring",
    }
}

/// What a step asks for in one phase.
pub(super) struct Group<'p> {
    pub(super) phase: Phase,
    /// Those that apply or may apply, the gravest first.
    pub(super) due: Vec<&'p Due>,
    /// In order.
    pub(super) tasks: &'p [Task],
}

/// The phases that have something to do.
pub(super) fn groups(step: &Step) -> Vec<Group<'_>> {
    let groups = Phase::ALL.iter().map(|phase| {
        let actions = step.guidance().actions().iter();
        let mut phases = step.guidance().rollout().phases().iter();
        Group {
            phase: *phase,
            due: actions
                .filter(|due| due.action().phase() == *phase && due.applies() != Applies::No)
                .collect(),
            tasks: phases
                .find(|(known, _)| known == phase)
                .map_or(&[], |(_, tasks)| tasks.as_slice()),
        }
    });
    groups
        .filter(|group| !group.due.is_empty() || !group.tasks.is_empty())
        .collect()
}

/// Those that do not apply.
pub(super) fn not_due(due: &[Due]) -> Vec<&Due> {
    due.iter()
        .filter(|due| due.applies() == Applies::No)
        .collect()
}

/// Is there something to do or to look at, so that it can be done?
pub(super) fn asks(due: &Due) -> bool {
    let action = due.action();
    action.severity() != Severity::Info
        || action.action().is_some()
        || !action.commands().is_empty()
}

/// Can it be done, or is it only to be known?
pub(super) fn is_to_do(task: &Task) -> bool {
    task.kind() != TaskKind::Note || task.component().is_none()
}

/// Words before what a task says; of a command its text is the command itself.
pub(super) fn task_lead(task: &Task) -> String {
    match (task.kind(), task.component()) {
        (TaskKind::Command, _) => "run ".to_owned(),
        (TaskKind::Check, _) => "check: ".to_owned(),
        (TaskKind::Deploy, Some(component)) => format!("replace {component}, then "),
        (_, Some(component)) => format!("{component}: "),
        _ => String::new(),
    }
}

/// Facts of an action beside its summary, each one sentence: label and text.
pub(super) fn particulars(due: &Due) -> Vec<(&'static str, String)> {
    let action = due.action();
    let mut list = Vec::new();
    match (action.affects(), due.applies()) {
        (Some(affects), Applies::Unknown) => list.push(("Check", affects.to_owned())),
        (Some(affects), _) => list.push(("Affects", affects.to_owned())),
        (None, Applies::Unknown) => {
            list.push(("Check", "whether it affects you".to_owned()));
        }
        (None, _) => {}
    }
    match (action.old_value(), action.new_value()) {
        (Some(old), Some(new)) => list.push(("Was", format!("{old}; now {new}"))),
        (Some(old), None) => list.push(("Was", old.to_owned())),
        (None, Some(new)) => list.push(("Now", new.to_owned())),
        (None, None) => {}
    }
    if let Some(since) = action.possible_since() {
        list.push((
            "Earlier",
            format!("possible since {} {since}", action.package()),
        ));
    }
    if let Some(by) = action.due_by() {
        list.push(("Later", format!("required by {} {by}", action.package())));
    }
    let more = [
        ("Note", action.note()),
        ("Inferred", action.inferred()),
        ("Sources disagree", action.contradiction()),
    ];
    for (label, text) in more {
        list.extend(text.map(|text| (label, text.to_owned())));
    }
    list
}

/// Where the source speaks of it: place, words and what to write instead.
pub(super) fn place(finding: &Finding) -> (String, &str, Option<&str>) {
    let doubt = match finding.confidence() {
        Confidence::Certain => "",
        Confidence::Likely => " (likely)",
    };
    let place = format!("{}:{}{doubt}", finding.path(), finding.place());
    (place, finding.excerpt(), finding.replacement())
}

/// A line whose support is over or ends soon.
pub(super) fn support(note: &SupportNote) -> String {
    let when = match (note.is_over(), note.until()) {
        (true, Some(day)) => format!("support ended on {day}"),
        (true, None) => "is no longer supported".to_owned(),
        (false, Some(day)) => format!("support ends on {day}"),
        (false, None) => "support ends soon".to_owned(),
    };
    let hint = note.hint().map(|hint| format!("; {hint}"));
    format!(
        "{} {}: {when}{}",
        note.subject(),
        note.line(),
        hint.unwrap_or_default()
    )
}

/// The proof of a plan that has steps.
pub(super) fn proof(plan: &Plan) -> Option<String> {
    let minimal: Option<&Minimal> = plan.minimal().filter(|_| !plan.steps().is_empty());
    minimal.map(|minimal| {
        format!(
            "{} is the minimum: {}.",
            counted(minimal.steps(), "step"),
            minimal.because()
        )
    })
}

/// Names of packages, then of runtimes, that stand in any state, with their versions at the start
/// and after each of the first steps.
pub(super) fn rows(plan: &Plan, steps: usize) -> Vec<(String, Vec<Option<String>>)> {
    let states = || {
        let after = plan.steps().iter().take(steps).map(Step::state);
        std::iter::once(plan.start()).chain(after)
    };
    let mut rows: Vec<(String, Vec<Option<String>>)> = Vec::new();
    let mut add = |name: &str, versions: Vec<Option<String>>| {
        if rows.iter().all(|(known, _)| known != name) {
            rows.push((name.to_owned(), versions));
        }
    };
    for (name, _) in states().flat_map(|state| state.packages()) {
        let version = |state: &crate::plan::State| {
            let version = state.package(name.as_str());
            version.map(|version| version.as_str().to_owned())
        };
        add(name.as_str(), states().map(version).collect());
    }
    for (name, _) in states().flat_map(|state| state.runtimes()) {
        let version = |state: &crate::plan::State| {
            let mut runtimes = state.runtimes().iter();
            let found = runtimes.find(|(known, _)| known == name);
            found.map(|(_, version)| version.clone())
        };
        add(name.as_str(), states().map(version).collect());
    }
    rows
}

/// What else a step's command may move; `None` where that is nothing.
pub(super) fn unlocks(step: &Step) -> Option<String> {
    let unlocks = step.bundle().unlocks();
    let names: Vec<String> = unlocks.iter().map(|name| clean(name)).collect();
    (!names.is_empty()).then(|| format!("Bundler may also upgrade: {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::{clean, web_link};

    #[test]
    fn nothing_hides_in_a_line() {
        assert_eq!(clean("a\r\nb\tc"), "a  b c");
        assert_eq!(clean("a\u{1b}[31m\u{0}"), "a\u{fffd}[31m\u{fffd}");
        assert_eq!(
            clean("a\u{202e}b\u{2066}\u{200f}"),
            "a\u{fffd}b\u{fffd}\u{fffd}"
        );
        assert_eq!(clean("ä ~> 2"), "ä ~> 2");
    }

    #[test]
    fn only_plain_addresses_of_the_web_are_links() {
        for address in ["https://karafka.io/docs/#a-b", "HTTP://a.b/?c=d&e=%20"] {
            assert_eq!(web_link(Some(address)), Some(address));
        }
        for address in [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            " https://a",
            "https://a b",
            "https://a\"b",
            "https://a)b",
            "https://a\u{202e}b",
            "httpss://a",
            "data:text/html,a",
            "//a.b",
            "http",
            "ä",
        ] {
            assert_eq!(web_link(Some(address)), None, "{address}");
        }
        assert_eq!(web_link(None), None);
    }
}
