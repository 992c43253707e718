//! Actions, rollout and smoke checks of a catalog as files that read as equal ones.

use super::quoted::quoted;
use crate::catalog::{
    Action, Actions, Condition, DetectRole, DetectUse, Edition, Field, Rollout, SmokeCheck,
};
use crate::name::Name;
use std::fmt::Write;

/// The file of actions.
pub(super) fn actions(actions: &Actions) -> String {
    let mut out = String::from("holds = \"actions\"\nformat = 1\n");
    for it in actions.iter() {
        out.push_str("\n[[action]]\n");
        action(&mut out, it);
    }
    out
}

fn action(out: &mut String, action: &Action) {
    let mut say = |key: &str, text: &str| {
        let _ = writeln!(out, "{key} = {}", quoted(text));
    };
    say("id", action.id().as_str());
    let key = if action.is_planned() {
        "package"
    } else {
        "subject"
    };
    say(key, action.package().as_str());
    match action.since() {
        Some(since) => say("since", since.as_str()),
        None => say("line", "*"),
    }
    say("kind", action.kind().name());
    say("severity", action.severity().name());
    say("phase", action.phase().name());
    say("component", action.component().name());
    if action.edition() != Edition::Any {
        say("edition", action.edition().name());
    }
    say("summary", action.summary());
    for (key, text) in [
        ("action", action.action()),
        ("affects", action.affects()),
        ("look", action.look()),
        ("note", action.note()),
        ("inferred", action.inferred()),
        ("contradiction", action.contradiction()),
    ] {
        if let Some(text) = text {
            say(key, text);
        }
    }
    say("source", action.source());
    let _ = writeln!(out, "decides = {}", action.is_decided_by_conditions());
    if action.is_done_by_plans() {
        out.push_str("by_plan = true\n");
    }
    if !action.stages().is_empty() {
        let _ = writeln!(out, "stages = {}", texts(action.stages()));
    }
    if !action.commands().is_empty() {
        let _ = writeln!(out, "commands = {}", texts(action.commands()));
    }
    if !action.conditions().is_empty() {
        let conditions: Vec<String> = action.conditions().iter().map(condition).collect();
        let _ = writeln!(out, "condition = [{}]", conditions.join(", "));
    }
    if let Some(constraint) = action.constraint() {
        let before = constraint.before().map(|version| version.as_str());
        let range = constraint.range().to_string();
        let pairs = [
            ("type", Some(constraint.kind())),
            ("package", Some(constraint.package().as_str())),
            ("range", Some(&*range)),
            ("before", before),
        ];
        let _ = writeln!(out, "constraint = {}", table(&pairs));
    }
    if action.old_value().is_some() || action.new_value().is_some() {
        let pairs = [("old", action.old_value()), ("new", action.new_value())];
        let _ = writeln!(out, "values = {}", table(&pairs));
    }
    if !action.detects().is_empty() {
        out.push_str("detect = [\n");
        for detect in action.detects() {
            let role = (detect.role() != DetectRole::Find).then(|| detect.role().name());
            let pairs = [
                ("type", Some(detect.kind().name())),
                ("value", Some(detect.value())),
                ("scope", detect.scope()),
                ("replacement", detect.replacement()),
                ("role", role),
                ("of", detect.of()),
                ("given", detect.given()),
                ("used", detect.used().map(DetectUse::name)),
            ];
            let mut text = table(&pairs);
            // Behind the last pair.
            text.truncate(text.len() - " }".len());
            if !detect.lacks().is_empty() {
                let _ = write!(text, ", lacks = {}", texts(detect.lacks()));
            }
            if detect.is_mechanical() {
                text.push_str(", mechanical = true");
            }
            text.push_str(" }");
            let _ = writeln!(out, "  {text},");
        }
        out.push_str("]\n");
    }
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Present { package, versions } => {
            let versions = versions.as_ref().map(ToString::to_string);
            table(&[
                ("present", Some(package.as_str())),
                ("versions", versions.as_deref()),
            ])
        }
        Condition::Absent { package } => table(&[("absent", Some(package.as_str()))]),
    }
}

/// The file of rollout.
pub(super) fn rollout(rollout: &Rollout) -> String {
    let mut out = String::from("holds = \"rollout\"\nformat = 1\n");
    for (list, entry) in rollout.entries() {
        let _ = writeln!(out, "\n[[{list}]]");
        for (key, field) in entry {
            if let Some(text) = value(&field) {
                let _ = writeln!(out, "{key} = {text}");
            }
        }
    }
    out
}

/// The file of smoke checks.
pub(super) fn smoke(checks: &[SmokeCheck]) -> String {
    let mut out = String::from("holds = \"smoke\"\nformat = 1\n");
    for check in checks {
        out.push_str("\n[[smoke]]\n");
        let versions = check.versions().map(ToString::to_string);
        for (key, text) in [
            ("id", Some(check.id().as_str())),
            ("package", Some(check.package().as_str())),
            ("versions", versions.as_deref()),
            ("level", Some(check.level().as_str())),
            ("what", Some(check.what())),
        ] {
            if let Some(text) = text {
                let _ = writeln!(out, "{key} = {}", quoted(text));
            }
        }
        for (key, gems) in [("present", check.present()), ("absent", check.absent())] {
            if !gems.is_empty() {
                let gems: Vec<String> = gems.iter().map(Name::to_string).collect();
                let _ = writeln!(out, "{key} = {}", texts(&gems));
            }
        }
        let _ = writeln!(out, "ruby = {}", quoted(check.ruby()));
    }
    out
}

/// `None` for what is left out.
fn value(field: &Field<'_>) -> Option<String> {
    Some(match field {
        Field::None | Field::Texts([]) => return None,
        Field::Text(text) => quoted(text),
        Field::Texts(list) => texts(list),
        Field::Flag(flag) => flag.to_string(),
        Field::Day(day) => day.to_string(),
        Field::Tables(tables) => {
            let tables = tables.iter().map(|table| {
                let pairs = table
                    .iter()
                    .filter_map(|(key, field)| Some(format!("{key} = {}", value(field)?)));
                format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
            });
            format!("[{}]", tables.collect::<Vec<_>>().join(", "))
        }
    })
}

fn texts(list: &[String]) -> String {
    let list: Vec<String> = list.iter().map(|text| quoted(text)).collect();
    format!("[{}]", list.join(", "))
}

fn table(pairs: &[(&str, Option<&str>)]) -> String {
    let pairs = pairs
        .iter()
        .filter_map(|(key, text)| Some(format!("{key} = {}", quoted((*text)?))));
    format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
}
