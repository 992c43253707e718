//! The JSON Schemas of the documents, as files in `schemas/`.

const SCHEMAS: [(&str, &str); 14] = [
    ("plan", include_str!("../../schemas/rungs.plan.1.json")),
    ("why", include_str!("../../schemas/rungs.why.1.json")),
    ("status", include_str!("../../schemas/rungs.status.1.json")),
    ("fleet", include_str!("../../schemas/rungs.fleet.1.json")),
    (
        "fleet-summary",
        include_str!("../../schemas/rungs.fleet-summary.1.json"),
    ),
    ("lint", include_str!("../../schemas/rungs.lint.1.json")),
    ("scan", include_str!("../../schemas/rungs.scan.1.json")),
    (
        "snapshot",
        include_str!("../../schemas/rungs.snapshot.1.json"),
    ),
    (
        "catalog",
        include_str!("../../schemas/rungs.catalog.1.json"),
    ),
    (
        "actions",
        include_str!("../../schemas/rungs.actions.1.json"),
    ),
    ("smoke", include_str!("../../schemas/rungs.smoke.1.json")),
    ("error", include_str!("../../schemas/rungs.error.1.json")),
    (
        "request",
        include_str!("../../schemas/rungs.request.1.json"),
    ),
    (
        "snapshot-request",
        include_str!("../../schemas/rungs.snapshot-request.1.json"),
    ),
];

/// The names of the documents that have a schema: `rungs.plan/1`.
#[must_use]
pub fn schemas() -> Vec<String> {
    SCHEMAS
        .iter()
        .map(|(name, _)| format!("rungs.{name}/1"))
        .collect()
}

/// The JSON Schema (draft 2020-12) of a document, by its name `rungs.plan/1` or by `plan` alone.
///
/// ```
/// assert!(rungs::wire::schema("plan").is_some());
/// assert_eq!(rungs::wire::schema("plan"), rungs::wire::schema("rungs.plan/1"));
/// assert_eq!(rungs::wire::schema("rungs.plan/2"), None);
/// ```
#[must_use]
pub fn schema(name: &str) -> Option<&'static str> {
    let short = name
        .strip_prefix("rungs.")
        .and_then(|rest| rest.strip_suffix("/1"))
        .unwrap_or(name);
    SCHEMAS
        .iter()
        .find(|(known, _)| *known == short)
        .map(|(_, text)| *text)
}
