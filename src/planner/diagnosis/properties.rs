//! What knowing more of the installation would change.

use super::Asker;
use super::condense::Condensed;
use super::effort::Effort;
use crate::catalog::{Property, Rule, RuleId};
use crate::plan::{Outcome, Plan, PlanWarning};
use crate::planner::limits::MAX_PROPERTIES;
use crate::planner::session::Session;
use crate::rules;

/// Adds a warning for each property that was not given and that, as a no, would make the way shorter or
/// give one: where a rule names it that makes ways longer (a gate, a risk, a skew).
pub(in crate::planner) fn properties_not_told(session: Session<'_, '_>, plan: &mut Plan) {
    let catalog = session.catalog;
    let is_told = |property: &&Property| {
        let mut told = session.request.properties.iter();
        told.any(|(told, _)| *told == *property.id().as_str())
    };
    let mut unknown: Vec<&Property> = catalog.properties().iter().collect();
    unknown.retain(|it| !is_told(it));
    if unknown.is_empty() {
        return;
    }
    let steps = match plan.outcome {
        Outcome::Planned => plan.steps.len(),
        Outcome::Impossible => usize::MAX,
        _ => return,
    };
    let Ok(heed) = session.heed() else { return };
    // Few rules have conditions.
    let rules = catalog.rules().iter().enumerate();
    let rules = rules.filter(|(_, rule)| !rule.conditions().is_empty() && rules::lengthens(rule));
    let rules = rules.filter(|(at, _)| heed.holds(RuleId::at(*at)));
    let rules: Vec<&Rule> = rules.map(|(_, rule)| rule).collect();
    unknown.retain(|it| {
        let mut rules = rules.iter();
        rules.any(|rule| rule.conditions().contains(it.id()))
    });
    for property in unknown.into_iter().take(MAX_PROPERTIES) {
        let mut request = session.request.clone();
        request.properties.push((property.id().to_string(), false));
        let about = session.about(&request);
        let condensed = Condensed::of(about);
        let effort = Effort::of(&condensed);
        let asker = Asker {
            lengths: true,
            ..Asker::new(condensed.session(about), &condensed, &effort)
        };
        let end = asker.ask(&[], &condensed.request);
        if let Some(end) = end.filter(|end| end.steps < steps) {
            plan.warnings.push(PlanWarning::PropertyNotTold {
                property: property.id().clone(),
                ask: property.ask().to_owned(),
                steps: end.steps,
            });
        }
    }
}
