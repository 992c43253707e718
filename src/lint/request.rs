//! What a request says to lint, and which names it may accept.

use super::codes::LintRule;
use crate::catalog::{Catalog, Force, Rule};
use crate::error::{Error, ErrorCode, Result};
use crate::planner::{Detail, Request};
use crate::rules::{self, Heed};

/// A request, with all that it accepts apart from what a planner understands of it.
pub(super) struct Checked<'a> {
    pub(super) planned: Request,
    /// The rules that hold for a plan.
    pub(super) heed: Heed,
    pub(super) all: &'a [String],
}

pub(super) fn checked<'a>(catalog: &Catalog, request: &'a Request) -> Result<Checked<'a>> {
    let mut planned = request.clone();
    planned.detail = Detail::Path;
    planned.accept.clear();
    for name in &request.accept {
        let rule = acceptable(catalog, name)?;
        if rule.is_some_and(rules::is_acceptable) {
            planned.accept.push(name.clone());
        }
    }
    Ok(Checked {
        heed: planned.heed(catalog)?,
        planned,
        all: &request.accept,
    })
}

/// The rule of the catalog of this name, `None` for one of lint; an error for what nobody may
/// accept.
pub(crate) fn acceptable<'a>(catalog: &'a Catalog, name: &str) -> Result<Option<&'a Rule>> {
    if LintRule::from_name(name).is_some() {
        return Ok(None);
    }
    let shown: String = name.chars().take(60).collect();
    let Some(rule) = catalog.rules().iter().find(|rule| rule.id() == name) else {
        let ours = LintRule::ALL.iter().map(|rule| rule.name());
        return Err(Error::new(
            ErrorCode::CannotAccept,
            format!(
                "no rule {shown:?}, neither of lint nor of the catalog {}",
                catalog.name()
            ),
        )
        .with_nearest(
            name,
            ours.chain(catalog.rules().iter().map(|rule| rule.id().as_str())),
            "docs/lint.md lists the rules of lint, `rungs catalog show` the others",
        ));
    };
    if rule.force() == Force::Must {
        return Err(Error::new(
            ErrorCode::CannotAccept,
            format!("rule {shown:?} cannot be accepted: only rules marked should can be"),
        ));
    }
    Ok(Some(rule))
}
