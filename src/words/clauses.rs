//! Facts that more than one sentence states, as clauses without a subject.

use crate::date::Date;
use std::fmt;

pub(super) const PRERELEASE: &str = "is a prerelease";
pub(super) const YANKED: &str = "was yanked";
pub(super) const LIMIT: &str = "the search limit was reached";

/// A requirement that is not met.
pub(super) fn requires(
    on: impl fmt::Display,
    requirement: impl fmt::Display,
    found: impl fmt::Display,
) -> String {
    format!("requires {on} {requirement}, but {found} is installed")
}

/// A pair that resolves and does not run.
pub(super) fn conflicts(with: impl fmt::Display, versions: impl fmt::Display) -> String {
    format!("does not run with {with} {versions}")
}

/// A version that the catalog does not have.
pub(super) fn not_in_catalog(horizon: Date) -> String {
    format!("is not in the catalog, which {}", covers(horizon))
}

/// How far a catalog goes.
pub(super) fn covers(horizon: Date) -> String {
    format!("covers {}", releases(horizon))
}

/// The releases that a catalog has.
pub(super) fn releases(horizon: Date) -> String {
    format!("releases up to {horizon}")
}

/// A package that is not from a registry.
pub(super) fn foreign(is_git: bool) -> String {
    let place = if is_git {
        "a git repository"
    } else {
        "a folder"
    };
    format!("comes from {place}, so its version does not identify its contents")
}

/// A version outside a pin.
pub(super) fn outside_pin(pin: impl fmt::Display) -> String {
    format!("is outside its pin {pin}")
}

/// A line without support.
pub(crate) fn support_over(subject: impl fmt::Display, until: Option<Date>) -> String {
    match until {
        Some(until) => format!("support of {subject} ended on {until}"),
        None => unsupported(subject),
    }
}

/// A line without support, of which no last day is known.
pub(super) fn unsupported(subject: impl fmt::Display) -> String {
    format!("{subject} is no longer supported")
}

/// A clause with the reason of a rule.
pub(super) fn with_reason(clause: String, why: Option<&str>) -> String {
    match why {
        Some(why) => format!("{clause}: {why}"),
        None => clause,
    }
}
