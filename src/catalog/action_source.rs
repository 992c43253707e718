//! Reading the files of actions: shape, words and bounds, every problem with its place.

use super::action::{
    Action, ActionKind, ActionRange, Actions, Component, Condition, Edition, Phase, Severity,
};
use super::detect::{Detect, DetectKind, DetectRole, DetectUse};
use super::source::short;
use super::table::Tables;
use super::{Catalog, Source};
use crate::error::{Error, ErrorCode};
use crate::name::Name;
use crate::version::Version;
use std::collections::BTreeMap;
use toml::de::DeTable;

const KEYS: &[&str] = &[
    "id",
    "package",
    "subject",
    "line",
    "since",
    "kind",
    "severity",
    "phase",
    "component",
    "edition",
    "summary",
    "action",
    "commands",
    "affects",
    "look",
    "condition",
    "decides",
    "by_plan",
    "stages",
    "constraint",
    "values",
    "detect",
    "note",
    "inferred",
    "contradiction",
    "source",
];

/// Reads files, each with the number of its layer, in the order of the layers; `link` gives the address
/// of a source of a layer.
pub(super) fn read(
    catalog: &Catalog,
    sources: &[Source],
    layers: &[usize],
    link: &dyn Fn(usize, &str) -> Option<String>,
) -> Result<Actions, Error> {
    let mut tables = Tables::new(sources, catalog.scheme());
    let mut all: BTreeMap<Name, (usize, Action)> = BTreeMap::new();
    for (file, layer) in layers.iter().copied().enumerate() {
        let Some(table) = tables.open(file, &["action"]) else {
            continue;
        };
        for (table, start) in tables.tables(&table, "action", Actions::MAX) {
            let Some(mut action) = read_action(catalog, &mut tables, table, start) else {
                continue;
            };
            action.link = link(layer, &action.source).map(Into::into);
            if let Some(message) = clash(all.get(&action.id), layer, &action) {
                tables.push(start, message);
                continue;
            }
            if all.len() == Actions::MAX && !all.contains_key(&action.id) {
                tables.bounded("the catalog's actions", all.len() + 1, Actions::MAX, start);
            }
            all.insert(action.id.clone(), (layer, action));
        }
    }
    match super::source::problems_as_error(sources, tables.problems) {
        Some(error) => Err(error),
        None => Ok(Actions::new(
            all.into_values().map(|(_, action)| action).collect(),
        )),
    }
}

/// What is wrong with an id that was there before.
fn clash(before: Option<&(usize, Action)>, layer: usize, action: &Action) -> Option<Error> {
    let (old_layer, old) = before?;
    if *old_layer == layer {
        let message = format!("the action {} occurs twice", action.id);
        return Some(Error::new(ErrorCode::InvalidCatalog, message));
    }
    (old.package != action.package).then(|| {
        let message = format!(
            "the action {} is about {}: another layer may not give its id to {}",
            action.id, old.package, action.package
        );
        Error::new(ErrorCode::ForbiddenOverride, message)
    })
}

fn read_action(
    catalog: &Catalog,
    tables: &mut Tables<'_>,
    table: &DeTable<'_>,
    start: usize,
) -> Option<Action> {
    tables.known_keys(table, KEYS, "an action");
    // Everything is read before anything is given up, so that all problems show.
    let id = tables.name(table, "id", start);
    let package = read_package(catalog, tables, table, start);
    let since = read_since(tables, table, start);
    if let (Some((package, _)), Some((Some(since), at))) = (&package, &since) {
        if let Some(problem) = unknown_line(catalog, package, since) {
            tables.problem(*at, problem);
        }
    }
    let words = (
        tables.word(
            table,
            "kind",
            (ActionKind::ALL, ActionKind::name),
            None,
            start,
        ),
        tables.word(
            table,
            "severity",
            (Severity::ALL, Severity::name),
            None,
            start,
        ),
        tables.word(table, "phase", (Phase::ALL, Phase::name), None, start),
    );
    let component = (Component::ALL, Component::name as fn(_) -> _);
    let component = tables.word(table, "component", component, None, start);
    let edition = (Edition::ALL, Edition::name as fn(_) -> _);
    let edition = tables.word(table, "edition", edition, Some(Edition::Any), start);
    let summary = tables.text(table, "summary", Action::MAX_SUMMARY, start);
    let source = tables.text(table, "source", Action::MAX_TEXT, start);
    let mut maybe = |key| {
        let text = tables.maybe::<String>(table, key, Action::MAX_TEXT);
        text.map(Into::into)
    };
    let action = maybe("action");
    let affects = maybe("affects");
    let look = maybe("look");
    let note = maybe("note");
    let inferred = maybe("inferred");
    let contradiction = maybe("contradiction");
    let commands = tables.texts(table, "commands", Action::MAX_COMMANDS);
    let conditions = read_conditions(tables, table);
    let decides = tables.flag(table, "decides").unwrap_or(affects.is_none());
    let by_plan = tables.flag(table, "by_plan").unwrap_or(false);
    let stages = tables.texts(table, "stages", Action::MAX_STAGES);
    let constraint = read_constraint(tables, table);
    let (old, new) = read_values(tables, table);
    let detects = read_detects(tables, table);
    let (package, planned) = package?;
    Some(Action {
        id: id?.0,
        package,
        planned,
        since: since?.0,
        kind: words.0?,
        severity: words.1?,
        phase: words.2?,
        component: component?,
        edition: edition?,
        summary: summary?.0.to_owned().into(),
        action,
        commands,
        affects,
        look,
        conditions,
        decides,
        by_plan,
        stages,
        constraint,
        old: old.map(Into::into),
        new: new.map(Into::into),
        detects,
        note,
        inferred,
        contradiction,
        source: source?.0.to_owned().into(),
        link: None,
        possible_since: None,
        due_by: None,
    })
}

/// `package`, one of the catalog, or `subject`, which is none.
fn read_package(
    catalog: &Catalog,
    tables: &mut Tables<'_>,
    table: &DeTable<'_>,
    start: usize,
) -> Option<(Name, bool)> {
    if table.contains_key("package") == table.contains_key("subject") {
        tables.problem(start, "expected either a package or a subject");
        return None;
    }
    let planned = table.contains_key("package");
    let key = if planned { "package" } else { "subject" };
    let (name, at) = tables.name(table, key, start)?;
    let is_known = catalog.package(name.as_str()).is_some();
    // What is no package of one catalog may be one of another that it is joined with.
    if is_known && !planned && catalog.families().len() > 1 {
        return Some((name, true));
    }
    if is_known != planned {
        tables.problem(
            at,
            if planned {
                format!("the catalog has no package {name}: if no plan moves it, it is a subject")
            } else {
                format!("{name} is a package of the catalog, not a subject")
            },
        );
        return None;
    }
    Some((name, planned))
}

/// The version with which an action takes effect, or `line = "*"`.
fn read_since(
    tables: &mut Tables<'_>,
    table: &DeTable<'_>,
    start: usize,
) -> Option<(Option<Version>, usize)> {
    if table.contains_key("line") == table.contains_key("since") {
        tables.problem(start, "expected either since or line = \"*\"");
        return None;
    }
    if table.contains_key("since") {
        let (version, at) = tables.version(table, "since", start)?;
        return Some((Some(version), at));
    }
    let (line, at) = tables.text(table, "line", Action::MAX_TEXT, start)?;
    if line != "*" {
        let shown = short(line);
        tables.problem(
            at,
            format!("unknown line {shown:?}: expected \"*\", or since"),
        );
        return None;
    }
    Some((None, at))
}

/// An action of a line that no release has and that does not lie beyond the newest is a slip.
pub(super) fn unknown_line(catalog: &Catalog, package: &Name, since: &Version) -> Option<String> {
    let package = catalog.package(package.as_str())?;
    let newest = package.releases().last()?;
    let line = since.line();
    let known = package.line_index(&line).is_some() || since > newest.version();
    (!known).then(|| {
        format!(
            "{} has no line {line}, and {since} is not beyond its newest release",
            package.name()
        )
    })
}

fn read_conditions(tables: &mut Tables<'_>, table: &DeTable<'_>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for (table, start) in tables.tables(table, "condition", Action::MAX_CONDITIONS) {
        tables.known_keys(table, &["present", "versions", "absent"], "a condition");
        if table.contains_key("present") == table.contains_key("absent") {
            tables.problem(start, "expected either present or absent");
        } else if table.contains_key("present") {
            let package = tables.name(table, "present", start);
            let versions = table
                .contains_key("versions")
                .then(|| tables.requirement(table, "versions", start));
            conditions.extend(package.map(|(package, _)| Condition::Present {
                package,
                versions: versions.flatten().map(|(versions, _)| versions),
            }));
        } else {
            if table.contains_key("versions") {
                tables.problem(start, "versions of what is absent: expected none");
            }
            let package = tables.name(table, "absent", start);
            conditions.extend(package.map(|(package, _)| Condition::Absent { package }));
        }
    }
    conditions
}

fn read_constraint(tables: &mut Tables<'_>, table: &DeTable<'_>) -> Option<ActionRange> {
    let value = table.get("constraint")?;
    let start = value.span().start;
    let Some(table) = value.get_ref().as_table() else {
        tables.problem(start, "constraint is not a table");
        return None;
    };
    tables.known_keys(
        table,
        &["type", "package", "range", "before"],
        "a constraint",
    );
    let kind = tables.word(
        table,
        "type",
        (ActionRange::KINDS, |kind| kind),
        None,
        start,
    );
    let package = tables.name(table, "package", start);
    let range = tables.requirement(table, "range", start);
    let before = table
        .contains_key("before")
        .then(|| tables.version(table, "before", start));
    Some(ActionRange {
        kind: kind?.to_owned(),
        package: package?.0,
        range: range?.0,
        before: before.flatten().map(|(version, _)| version),
    })
}

fn read_values(tables: &mut Tables<'_>, table: &DeTable<'_>) -> (Option<String>, Option<String>) {
    let Some(value) = table.get("values") else {
        return (None, None);
    };
    let Some(table) = value.get_ref().as_table() else {
        tables.problem(value.span().start, "values is not a table");
        return (None, None);
    };
    tables.known_keys(table, &["old", "new"], "values");
    let mut side = |key| tables.maybe(table, key, Action::MAX_TEXT);
    (side("old"), side("new"))
}

fn read_detects(tables: &mut Tables<'_>, table: &DeTable<'_>) -> Vec<Detect> {
    let mut detects = Vec::new();
    for (table, start) in tables.tables(table, "detect", Action::MAX_DETECTS) {
        tables.known_keys(
            table,
            &[
                "type",
                "value",
                "scope",
                "replacement",
                "mechanical",
                "role",
                "of",
                "given",
                "lacks",
                "used",
            ],
            "a pattern",
        );
        let words = (DetectKind::ALL, DetectKind::name as fn(_) -> _);
        let kind = tables.word(table, "type", words, None, start);
        let value = tables.text(table, "value", Detect::MAX_TEXT, start);
        let mut maybe = |key| {
            let text = tables.maybe::<String>(table, key, Detect::MAX_TEXT);
            text.map(Into::into)
        };
        let (scope, replacement) = (maybe("scope"), maybe("replacement"));
        let (of, given) = (maybe("of"), maybe("given"));
        let mechanical = tables.flag(table, "mechanical").unwrap_or(false);
        let words = (DetectRole::ALL, DetectRole::name as fn(_) -> _);
        let role = tables.word(table, "role", words, Some(DetectRole::Find), start);
        let lacks = tables.texts(table, "lacks", Detect::MAX_LACKS);
        let words = (DetectUse::ALL, DetectUse::name as fn(_) -> _);
        let used = table
            .contains_key("used")
            .then(|| tables.word(table, "used", words, None, start))
            .flatten();
        if let (Some(kind), Some((value, _)), Some(role)) = (kind, value, role) {
            detects.push(Detect {
                kind,
                value: value.to_owned().into(),
                scope,
                replacement,
                mechanical,
                role,
                of,
                given,
                lacks,
                used,
            });
        }
    }
    detects
}
