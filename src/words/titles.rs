//! Headings of reports, and the lines that reports of every format share.

use super::clauses::support_over;
use super::counted;
use crate::catalog::{Phase, Rolling, Severity};
use crate::date::Date;
use crate::name::Name;
use crate::plan::{
    Cause, Change, ChangeKind, Minimal, Outcome, Plan, Step, StepKind, SupportNote, Task, TaskKind,
};
use std::fmt::Display;

/// Heading of what is left to do when the last step is deployed.
pub(crate) const CLEANUP: &str = "After the last step";
/// Heading of fixes.
pub(crate) const FIXES: &str = "Each of these changes gives a plan";

/// Heading of the support of what is installed after a step.
pub(crate) const SUPPORT: &str = "Support after this step";
/// Label of whether old and new versions may run at the same time.
pub(crate) const SIDE_BY_SIDE: &str = "Old and new side by side";
/// Where the details of a plan are.
pub(crate) const RUN_NEXT: &str =
    "`rungs next` with the same options has the details of the first step.";

/// Of a repository in which lint finds nothing to compare.
pub(crate) const NO_LOCKFILE_CHANGES: &str = "No lockfile changes.";

/// A lockfile that is not compared, because there was none before.
pub(crate) fn new_lockfile(file: &str) -> String {
    format!("{file} is new: there is no lockfile to compare it with")
}

/// The catalog that answered, and how far it goes.
pub(crate) fn catalog(name: &Name, horizon: Date) -> String {
    format!("Catalog {name}, known up to {horizon}")
}

/// A catalog that is old, and how to renew it.
pub(crate) fn stale(name: impl Display, horizon: impl Display, days: u32) -> String {
    format!(
        "the catalog {name} is {days} days old: it does not know releases after {horizon}; \
         `rungs catalog refresh --from URL --write` renews it"
    )
}

/// Where no constraint can be named: the releases of the catalog alone leave no way.
pub(crate) fn unreachable() -> String {
    format!("{NO_SEQUENCE} the target")
}

/// The line of a step before is not needed any longer.
pub(crate) fn delete_temporary(gem: &str) -> String {
    format!("delete the temporary line of {gem}")
}

/// A line that replaces one of the Gemfile which is to be kept.
pub(crate) const KEPT_LINE: &str = "for this command only; then restore it and run `bundle lock`";

/// A line of the Gemfile is not needed any longer.
pub(crate) fn delete_line(gem: &str) -> String {
    format!("delete the line of {gem}")
}

/// All temporary lines go after the last step.
pub(crate) fn delete_all_temporary(gems: &str) -> String {
    format!("delete the temporary lines of {gems}; the lockfile keeps the versions")
}

/// Label of the members of a cause.
pub(crate) fn blocked_by(members: usize) -> &'static str {
    if members > 1 {
        "Blocked by this combination"
    } else {
        "Blocked by"
    }
}

/// How far a plan gets without a fix.
pub(crate) fn reached(reached: &[(String, String)]) -> String {
    format!("Without any of them the plan reaches {}.", targets(reached))
}

/// Actions that need not be taken.
pub(crate) fn not_applicable(count: usize) -> String {
    format!(
        "{} not applicable, or done already",
        counted(count, "action")
    )
}

/// Which step of the plan this is.
pub(crate) fn place_of_step(number: usize, after: usize) -> String {
    format!("This is step {number}; {}.", after_it(after))
}

/// How many steps come after one.
pub(crate) fn steps_after(after: usize) -> String {
    let text = after_it(after) + ".";
    let first = text.chars().take(1).flat_map(char::to_uppercase);
    first.chain(text.chars().skip(1)).collect()
}

fn after_it(steps: usize) -> String {
    match steps {
        0 => "nothing comes after it".to_owned(),
        1 => "1 step comes after it".to_owned(),
        _ => format!("{steps} steps come after it"),
    }
}

/// How grave an action is.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Breaking => "breaking",
        Severity::Action => "required",
        Severity::Review => "to review",
        Severity::Info => "informational",
    }
}

/// May old and new run side by side?
pub(crate) fn rolling(rolling: Rolling) -> &'static str {
    match rolling {
        Rolling::Yes => "yes",
        Rolling::Conditional => "on a condition",
        Rolling::No => "no",
    }
}

/// What no sequence reaches.
pub(crate) const NO_SEQUENCE: &str = "no sequence of catalog releases reaches";

/// The head of a column of versions: what is installed, or the number of a step.
pub(crate) fn column(step: usize) -> String {
    match step {
        0 => "now".to_owned(),
        _ => step.to_string(),
    }
}

/// What was asked for.
pub(crate) fn target(plan: &Plan) -> String {
    targets(plan.targets())
}

/// Packages with the lines, versions or requirements to reach.
pub(crate) fn targets(targets: &[(String, String)]) -> String {
    if targets.is_empty() {
        return "the newest".to_owned();
    }
    let texts = targets.iter().map(|(name, to)| format!("{name} {to}"));
    texts.collect::<Vec<_>>().join(", ")
}

/// The outcome in one line.
pub(crate) fn lead(plan: &Plan) -> String {
    match (plan.outcome(), plan.steps().len()) {
        (Outcome::AlreadyThere, _) => format!("{}, on the newest versions that fit.", title(plan)),
        (Outcome::Planned, steps) | (Outcome::Unknown, steps @ 1..) => {
            let installed = installed_runtimes(plan);
            format!("{} to {}{installed}", counted(steps, "step"), target(plan))
        }
        _ => format!("{}.", title(plan)),
    }
}

/// The runtimes from which a plan starts; where nobody named one, what is assumed of it.
fn installed_runtimes(plan: &Plan) -> String {
    let known = plan.start().runtimes().iter().map(|(name, version)| {
        let name = super::capitalized(name.as_str());
        // A requirement stands for a runtime that is not known.
        match version.starts_with(|sign: char| sign.is_ascii_digit()) {
            true => format!("{name} {version}"),
            false => format!("{name} {version} (no version is named)"),
        }
    });
    match known.collect::<Vec<_>>().join(", ") {
        known if known.is_empty() => known,
        known => format!(", from {known}"),
    }
}

/// From where to where, in one line.
pub(crate) fn title(plan: &Plan) -> String {
    let target = target(plan);
    match plan.outcome() {
        Outcome::AlreadyThere => format!("Already there: {target}"),
        Outcome::Impossible => no_path(&target),
        Outcome::GaveUp => gave_up(&target),
        Outcome::Planned | Outcome::Unknown => match plan.steps() {
            [] => "Unknown: the answer lies beyond the catalog".to_owned(),
            steps => format!("{} in {}", journey(plan), counted(steps.len(), "step")),
        },
    }
}

/// That no plan leads to a target.
pub(super) fn no_path(target: &str) -> String {
    format!("No upgrade path to {target}")
}

/// That the search ended without an answer.
pub(super) fn gave_up(target: &str) -> String {
    format!("Search limit reached: no answer for {target}")
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

/// A step's number, and what it is about.
pub(crate) fn step_heading(step: &Step) -> String {
    step_heading_as(step, step.number())
}

/// The same, under another number.
pub(crate) fn step_heading_as(step: &Step, number: usize) -> String {
    format!("Step {number}: {}", step_title(step))
}

/// What a step is about: the lines that its stepped packages enter.
pub(crate) fn step_title(step: &Step) -> String {
    const SHOWN: usize = 3;
    let arrives = |change: &Change| {
        let to = change.to().unwrap_or("-");
        format!("{} {to}", change.package())
    };
    let of = |kind: ChangeKind, all: bool| -> Vec<String> {
        let changes = step.distinct_changes().into_iter().map(|(it, _)| it);
        let changes = changes.filter(|it| it.kind() == kind && (all || it.is_stepped));
        changes.map(arrives).collect()
    };
    if step.kind() == StepKind::Runtime {
        return format!("{} alone", of(ChangeKind::Runtime, true).join(", "));
    }
    if step.kind() == StepKind::Repair {
        return format!("repair: {}", of(ChangeKind::Down, true).join(", "));
    }
    // Followers name a step in which no stepped package moves. A stepped package that leaves a prerelease
    // for the release counts as one that enters a line.
    let changes: Vec<&Change> = step
        .distinct_changes()
        .into_iter()
        .map(|(it, _)| it)
        .collect();
    let named = |kinds: [ChangeKind; 2], all: bool| {
        let is_of = |it: &&&Change| kinds.contains(&it.kind()) && (all || it.is_stepped);
        let named = changes.iter().filter(|it| is_of(it) || it.is_released);
        let is_there = changes.iter().any(|it| is_of(&it));
        is_there.then(|| named.map(|it| arrives(it)).collect::<Vec<_>>())
    };
    let mut entered = named([ChangeKind::Line, ChangeKind::Joined], false)
        .or_else(|| named([ChangeKind::Patch, ChangeKind::Joined], false))
        .or_else(|| named([ChangeKind::Line, ChangeKind::Joined], true))
        .or_else(|| named([ChangeKind::Patch, ChangeKind::Left], true))
        .unwrap_or_default();
    let more = entered.len().saturating_sub(SHOWN);
    entered.truncate(SHOWN);
    match more {
        0 => entered.join(", "),
        _ => format!("{} and {more} more", entered.join(", ")),
    }
}

/// What a step does in each of several catalogs: `karafka: karafka 2.1.13; rails: stays`.
pub(crate) fn parts(step: &Step) -> Option<String> {
    const SHOWN: usize = 3;
    let parts = step.parts().iter().map(|part| {
        let moves = part.moves().iter().map(|it| {
            let packages = match it.packages() {
                1 => String::new(),
                many => format!(" ({many} packages)"),
            };
            let to = it.to().unwrap_or("removed");
            format!("{} {to}{packages}", it.package())
        });
        let mut moves: Vec<String> = moves.collect();
        let more = moves.len().saturating_sub(SHOWN);
        moves.truncate(SHOWN);
        let text = match (moves.is_empty(), more) {
            (true, _) => "stays".to_owned(),
            (false, 0) => moves.join(", "),
            (false, more) => format!("{} and {more} more", moves.join(", ")),
        };
        format!("{}: {text}", part.family())
    });
    let parts: Vec<String> = parts.collect();
    (parts.len() > 1).then(|| parts.join("; "))
}

/// A package, or several in lockstep by the first of them: `rails (13 packages)`.
pub(crate) fn together(package: &str, packages: usize) -> String {
    match packages {
        1 => package.to_owned(),
        many => format!("{package} ({many} packages)"),
    }
}

/// The packages of one row of the ladder.
pub(crate) fn share_each_version(packages: &[String]) -> String {
    format!("These share each version: {}.", packages.join(", "))
}

/// `2.3.0 → 2.3.4`.
pub(crate) fn moves(change: &Change) -> String {
    let (from, to) = (change.from().unwrap_or("-"), change.to().unwrap_or("-"));
    match change.kind() {
        ChangeKind::Joined => format!("added at {to}"),
        ChangeKind::Left => format!("{from} removed"),
        _ => format!("{from} → {to}"),
    }
}

/// The notes before a step: what it repairs, which gems it removes, which bad releases it has.
pub(crate) fn notes(step: &Step) -> Vec<(&'static str, String)> {
    let repairs = step.repairs().iter();
    let repairs = repairs.map(|breach| ("Repairs", breach.to_string()));
    let waits = step.waits().iter();
    let waits = waits.map(|wait| ("Wait", wait.to_string()));
    let leaves = step.leaves().iter();
    let leaves = leaves.map(|leaving| ("Removed", leaving.to_string()));
    let defects = step.defects().iter();
    let defects = defects.map(|defect| ("Known defect", defect.to_string()));
    let notes = repairs.chain(waits).chain(leaves);
    notes.chain(defects).collect()
}

/// The members of a cause, each with what it collides with. Where nobody can be named, the releases
/// of the catalog alone leave no way.
pub(crate) fn blockers(cause: &Cause) -> Vec<String> {
    let members = cause.members().map(|(member, collision)| match collision {
        Some(collision) => format!("{member}; {collision}"),
        None => member.to_string(),
    });
    members.collect()
}

/// Heading of the errors that pass by themselves.
pub(crate) const EXPECTED: &str = "Expected during the rollout";

/// Heading of the errors that show that a step failed.
pub(crate) const ALARMS: &str = "Errors at boot that mean the step failed";

/// Heading of what to watch.
pub(crate) const WATCH: &str = "Watch after the deployment";

/// A phase as a heading.
pub(crate) fn phase(phase: Phase) -> &'static str {
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

/// When an action is to be done, in a word before it.
pub(crate) fn when(phase: Phase) -> &'static str {
    match phase {
        Phase::Before => "before",
        Phase::Code => "code",
        Phase::Config => "configuration",
        Phase::Bundle => "bundle",
        Phase::Test => "tests",
        Phase::Staging => "staging",
        Phase::Deploy => "deployment",
        Phase::After => "after",
        Phase::Monitor => "monitoring",
    }
}

/// Words before what a task says; of a command its text is the command itself.
pub(crate) fn task_lead(task: &Task<'_>) -> String {
    match (task.kind(), task.component()) {
        (TaskKind::Command, _) => "run ".to_owned(),
        (TaskKind::Check, _) => "check: ".to_owned(),
        (TaskKind::Deploy, Some(component)) => format!("replace {component}, then "),
        (_, Some(component)) => format!("{component}: "),
        _ => String::new(),
    }
}

/// A line whose support is over or ends soon.
pub(crate) fn support(note: &SupportNote) -> String {
    let subject = format!("{} {}", note.subject(), note.line());
    match (note.is_over(), note.until()) {
        (true, until) => support_over(subject, until),
        (false, Some(day)) => format!("support of {subject} ends on {day}"),
        (false, None) => format!("support of {subject} ends soon"),
    }
}

/// Neither lockfile nor Gemfile nor options name a version of a runtime.
pub(crate) fn runtime_unknown(name: &Name) -> String {
    format!("No version of {name} is named: --runtime {name}=VERSION does.")
}

/// Label of what is installed and out of support.
pub(crate) const OUT_OF_SUPPORT: &str = "Out of support";
/// Label of what is installed and soon out of support.
pub(crate) const SOON: &str = "Support ends soon";

/// What is installed and out of support, or soon will be, each in one line with its label. Of many the first.
pub(crate) fn unsupported_now(plan: &Plan) -> Vec<(&'static str, String)> {
    const SHOWN: usize = 6;
    let of = |is_over: bool| {
        let notes = plan.support().iter();
        let notes = notes.filter(|it| it.is_over() == is_over);
        let mut texts: Vec<String> = notes
            .map(|note| {
                let mut runtimes = plan.start().runtimes().iter();
                let name = match runtimes.any(|(name, _)| *name.as_str() == *note.subject()) {
                    true => super::capitalized(note.subject()),
                    false => note.subject().to_owned(),
                };
                let subject = format!("{name} {}", note.line());
                match (note.until(), is_over) {
                    (Some(day), true) => format!("{subject} since {day}"),
                    (Some(day), false) => format!("{subject} on {day}"),
                    (None, _) => subject,
                }
            })
            .collect();
        let more = texts.len().saturating_sub(SHOWN);
        texts.truncate(SHOWN);
        match more {
            0 => texts.join(", "),
            _ => format!("{} and {more} more", texts.join(", ")),
        }
    };
    let lines = [(OUT_OF_SUPPORT, of(true)), (SOON, of(false))];
    let lines = lines.into_iter().filter(|(_, text)| !text.is_empty());
    lines.collect()
}

/// The proof of a plan that has steps.
pub(crate) fn proof(plan: &Plan) -> Option<String> {
    let minimal: Option<&Minimal> = plan.minimal().filter(|_| !plan.steps().is_empty());
    minimal.map(|minimal| {
        format!(
            "{} is the minimum: {}.",
            counted(minimal.steps(), "step"),
            minimal.because()
        )
    })
}

/// What else a step's command may move; `None` where that is nothing.
pub(crate) fn unlocks(step: &Step) -> Option<String> {
    let names = step.bundle().unlocks();
    (!names.is_empty()).then(|| format!("Bundler may also upgrade: {}", names.join(", ")))
}

/// Warnings, and the plan that releases from a registry would allow.
pub(crate) fn remarks(plan: &Plan) -> Vec<String> {
    let warnings = plan.warnings().iter();
    let mut remarks: Vec<String> = warnings.map(ToString::to_string).collect();
    remarks.extend(plan.from_registry().map(ToString::to_string));
    let days = plan.stale_days();
    remarks.extend(days.map(|days| stale(plan.catalog_name(), plan.horizon(), days)));
    remarks
}

/// The program was called without a command.
pub(crate) const WITHOUT_COMMAND: &str =
    "without a command this is `rungs plan`; `rungs --help` lists the commands";

/// What a scan says where no file is one that rules speak about.
pub(crate) fn without_source(folder: &str) -> String {
    format!(
        "{folder} has no source of an application: nothing was scanned; expected the folder with its Gemfile"
    )
}

/// A policy in which nothing is decided yet.
pub(crate) fn policy_written(file: &str) -> String {
    format!("{file} is written. Uncomment the lines that you need.")
}

/// There are so many more remarks on a lockfile than are shown.
pub(crate) fn more_remarks(file: &str, more: usize) -> String {
    let remarks = counted(more, "such remark");
    format!("{file}: {remarks} more; `rungs snapshot {file}` has all")
}
