//! What a page says of a plan before its steps, and the headings of the groups of a step.

use super::counted;
use crate::plan::{Plan, Step};

/// Headings of the groups of a step.
pub(crate) const MUST: &str = "Must do";
pub(crate) const CHECK: &str = "Check";
pub(crate) const KNOW: &str = "Good to know";
/// Heading of the order of deployment.
pub(crate) const DEPLOYMENT: &str = "Deployment";
/// Heading of what is known of going back.
pub(crate) const ROLLBACK: &str = "Rollback";
/// Heading of the pages that a step was read in.
pub(crate) const READING: &str = "Guides and changelogs";
/// Heading of what every step asks for.
pub(crate) const EVERY: &str = "In every step";
/// Heading of the steps in short.
pub(crate) const STEPS: &str = "The steps";
/// Heading of the versions at the start and after each step.
pub(crate) const LADDER: &str = "The ladder";
/// Heading of what the marks mean.
pub(crate) const LEGEND: &str = "What the marks mean";
/// Of a step that asks for nothing.
pub(crate) const TODAY: &str = "can be merged today";
/// Of a step whose order of deployment stops something.
pub(crate) const STOPS: &str = "needs a stop";

/// What a step is, whether the catalog knows what the steps ask for, and whether the first can be taken at once.
pub(crate) fn how(is_guided: bool, first_is_free: bool) -> String {
    let each = "Each step is one deploy.";
    match (is_guided, first_is_free) {
        (false, _) => format!("{each} The catalog has no upgrade guide for them."),
        (true, true) => format!("{each} Step 1 asks for {NO_ACTIONS} and {TODAY}."),
        (true, false) => each.to_owned(),
    }
}

/// What the marks mean, in the order of their weight.
pub(crate) fn legend() -> Vec<(String, String)> {
    [
        (
            "breaking",
            "without it the application does not boot, or does something else",
        ),
        ("required", "has to be done, and nothing breaks at once"),
        (
            "possibly",
            "only if your code uses it; --source DIR looks there",
        ),
        (
            "to review",
            "a changed default or behaviour that may be right for you",
        ),
        ("informational", "nothing to do"),
        (
            "again",
            "an earlier step asks for it too; it counts there only",
        ),
        ("inferred", "follows from the sources, and none says so"),
    ]
    .map(|(mark, meaning)| (mark.to_owned(), meaning.to_owned()))
    .into()
}

/// Of a step without actions; its tasks are in the step.
const NO_ACTIONS: &str = "no change of your code";

/// `3 actions to do, 12 to check, 2 again`.
pub(crate) fn asks(must: usize, check: usize, again: usize) -> String {
    let parts = [(must, "to do"), (check, "to check"), (again, "again")];
    let mut parts = parts.iter().filter(|(count, _)| *count > 0);
    let Some((count, word)) = parts.next() else {
        return NO_ACTIONS.to_owned();
    };
    let first = format!("{} {word}", counted(*count, "action"));
    parts.fold(first, |text, (count, word)| {
        format!("{text}, {count} {word}")
    })
}

/// What a number of actions counts that certainly apply.
pub(crate) fn actions_to_do(count: usize) -> &'static str {
    match count {
        1 => "action to do",
        _ => "actions to do",
    }
}

/// What a number of actions counts that may apply.
pub(crate) fn actions_to_check(count: usize) -> &'static str {
    match count {
        1 => "action to check",
        _ => "actions to check",
    }
}

/// Heading of what earlier steps ask for as well.
pub(crate) fn again(count: usize) -> String {
    format!("{} again, as in an earlier step", counted(count, "item"))
}

/// The deployment is that of an earlier step.
pub(crate) fn deployed_as(step: usize) -> String {
    format!("As in step {step}.")
}

/// The runtimes of a plan, each with its versions at the start and at the end.
pub(crate) fn runtimes(plan: &Plan) -> Vec<(String, String)> {
    let end = plan.steps().last().map_or(plan.start(), Step::state);
    let start = plan.start().runtimes().iter();
    let texts = start.map(|(name, version)| {
        let mut last = end.runtimes().iter();
        let last = last.find(|(known, _)| known == name);
        let text = match last {
            Some((_, last)) if last != version => format!("{version} → {last}"),
            _ => version.clone(),
        };
        (capitalized(name.as_str()), text)
    });
    texts.collect()
}

/// With a large first letter.
pub(crate) fn capitalized(text: &str) -> String {
    match text.split_at_checked(1) {
        Some((first, rest)) => first.to_uppercase() + rest,
        None => text.to_owned(),
    }
}
