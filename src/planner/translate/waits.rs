//! What must be over before a step, because it passes a gate that says so.

use crate::plan::{Change, Wait};
use crate::planner::problem::Problem;
use crate::rules;
use crate::version::Version;

impl Problem<'_> {
    /// What the gates that these changes pass ask to wait for.
    pub(super) fn waits(&self, changes: &[Change]) -> Vec<Wait> {
        let mut waits = Vec::new();
        for (_, rule) in self.heed.rules(self.catalog) {
            let Some(gate) = rules::gate(rule) else {
                continue;
            };
            let (package, stop) = (self.catalog.get(rule.package), gate.stop);
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
            if gate.is_passed(package, &from, &to) {
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
