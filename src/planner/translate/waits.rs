//! What must be over before a step, because it passes a gate that says so.

use crate::catalog::{Enter, RuleKind};
use crate::plan::{Change, Wait};
use crate::planner::problem::Problem;
use crate::version::Version;

impl Problem<'_> {
    /// What the gates that these changes pass ask to wait for.
    pub(super) fn waits(&self, changes: &[Change]) -> Vec<Wait> {
        let mut waits = Vec::new();
        for (_, rule) in self.heed.rules(self.catalog) {
            let RuleKind::Gate { enter, stop, .. } = &rule.kind else {
                continue;
            };
            let package = self.catalog.get(rule.package);
            if stop.wait.is_none() && stop.check.is_none() {
                continue;
            }
            let Some(change) = changes.iter().find(|it| it.package == *package.name()) else {
                continue;
            };
            let read = |text: &Option<String>| {
                let text = text.as_deref()?;
                Version::parse(package.scheme(), text).ok()
            };
            let (Some(from), Some(to)) = (read(&change.from), read(&change.to)) else {
                continue;
            };
            let passes = match enter {
                Enter::Lines => from.line() != to.line(),
                Enter::Line(line) => {
                    let name = package.lines()[*line].name();
                    from.line() != to.line() && to.line() == name
                }
                Enter::Versions { requirement, .. } => {
                    requirement.matches(&to) && !requirement.matches(&from)
                }
            };
            if passes {
                waits.push(Wait {
                    package: package.name().clone(),
                    version: from.to_string(),
                    rule: rule.id().clone(),
                    wait: stop.wait.clone(),
                    check: stop.check.clone(),
                });
            }
        }
        waits
    }
}
