//! `rungs.actions/1`.

use super::plan::{CatalogDocument, catalog_on};
use crate::catalog::{Action, Catalog};
use crate::error::Result;
use crate::version::Version;
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    catalog: CatalogDocument<'a>,
    actions: Vec<ActionDocument<'a>>,
}

#[derive(Serialize)]
struct ActionDocument<'a> {
    id: &'a str,
    package: &'a str,
    planned: bool,
    since: Option<&'a str>,
    kind: &'static str,
    severity: &'static str,
    phase: &'static str,
    component: &'static str,
    edition: &'static str,
    affects: Option<&'a str>,
    summary: &'a str,
    action: Option<&'a str>,
    commands: &'a [String],
    old: Option<&'a str>,
    new: Option<&'a str>,
    possible_since: Option<&'a str>,
    due_by: Option<&'a str>,
    note: Option<&'a str>,
    inferred: Option<&'a str>,
    contradiction: Option<&'a str>,
    source: &'a str,
    link: Option<&'a str>,
}

fn action(action: &Action) -> ActionDocument<'_> {
    ActionDocument {
        id: action.id().as_str(),
        package: action.package().as_str(),
        planned: action.is_planned(),
        since: action.since().map(Version::as_str),
        kind: action.kind().name(),
        severity: action.severity().name(),
        phase: action.phase().name(),
        component: action.component().name(),
        edition: action.edition().name(),
        affects: action.affects(),
        summary: action.summary(),
        action: action.action(),
        commands: action.commands(),
        old: action.old_value(),
        new: action.new_value(),
        possible_since: action.possible_since().map(Version::as_str),
        due_by: action.due_by().map(Version::as_str),
        note: action.note(),
        inferred: action.inferred(),
        contradiction: action.contradiction(),
        source: action.source(),
        link: action.link(),
    }
}

/// The document `rungs.actions/1` of a catalog: all that its guides ask for.
///
/// # Errors
/// As [`Catalog::actions`]; for the embedded catalog never.
pub fn actions_document(catalog: &Catalog) -> Result<String> {
    Ok(super::render(&Document {
        schema: "rungs.actions/1",
        catalog: catalog_on(catalog, None),
        actions: catalog.actions()?.iter().map(action).collect(),
    }))
}
