//! Does the new state hold together? Rules about pairs, defects, and what releases and other gems
//! require.

use super::finding::cited;
use super::judge::{Move, View, resolved};
use super::rule::{LintRule, LintSeverity};
use super::way::installed;
use crate::catalog::{Role, Rule};
use crate::error::Result;
use crate::rules::{self, Says};
use crate::version::Requirement;

impl<'a> View<'a> {
    /// Rules of the kinds `requires`, `conflict` and `defect`.
    pub(super) fn state_rules(&mut self, step: &Move<'a>) {
        let new = self.new;
        let of = format!("{} {}", step.name(), step.to);
        for rule in self.rules_of(step.package) {
            let installed = |name: &str| installed(new, name);
            let (found, with, says) = match rules::broken(self.catalog, rule, &step.to, installed) {
                Some(Says::Requires {
                    on,
                    requirement,
                    found,
                }) => {
                    let says = format!("requires {on} {requirement}, {found} is installed");
                    (LintRule::Requires, on, says)
                }
                Some(Says::Conflict { with, found }) => {
                    let says = format!("does not run with {with} {found}");
                    (LintRule::Conflict, with, says)
                }
                Some(Says::Skew { of, found }) => {
                    let says = format!("is too far from {of} {found}");
                    (LintRule::Conflict, of, says)
                }
                Some(Says::Blocked) => continue,
                None => {
                    self.defect(step, rule);
                    continue;
                }
            };
            let with = with.as_str();
            let (stays, stood) = (!step.enters(), self.stood(with));
            let text = format!("{of} {says}: {}", rule.why());
            // The finding is about the side that moved, so that it is shown beside its line.
            let finding = match stays && !stood {
                true => self.say_of(found, with, text),
                false => self.say(found, step, text),
            };
            finding.cited = Some(cited(rule));
            if stays && stood {
                finding.severity = LintSeverity::Note;
            }
        }
    }

    /// A release that is known to be bad: an error where it is entered although plans avoid it.
    fn defect(&mut self, step: &Move<'a>, rule: &'a Rule) {
        let new = self.new;
        let installed = |name: &str| installed(new, name);
        let Some(defect) = rules::defect(self.catalog, rule, &step.to, installed) else {
            return;
        };
        let beside = rules::beside(self.catalog, defect);
        // Who comes from a release with the same defect is not led into it by the change, and has it
        // still.
        let had = step.from.as_ref().is_some_and(|from| {
            let installed = |name: &str| super::way::installed(self.old, name);
            rules::defect(self.catalog, rule, from, installed).is_some()
        });
        let enters = step.enters() || beside.is_some_and(|with| !self.stood(with));
        if !enters || had && !defect.avoid {
            // What was installed before `rungs status` tells.
            return;
        }
        let text = format!("{} {}: {}", step.name(), step.to, rules::told(rule, defect));
        let severity = match (defect.avoid, had) {
            (true, false) => LintSeverity::Error,
            (true, true) => LintSeverity::Warning,
            (false, _) => LintSeverity::Note,
        };
        let finding = self.say(LintRule::Defect, step, text);
        finding.cited = Some(cited(rule));
        finding.severity = severity;
    }

    pub(super) fn requirement(
        &mut self,
        step: &Move<'a>,
        on: &str,
        requirement: &Requirement,
    ) -> Result<()> {
        let Some(other) = self.catalog.package(on) else {
            return Ok(());
        };
        let (version, shown, rule) = if other.role() == Role::Runtime {
            let Some(text) = self.new.runtime(on) else {
                return Ok(());
            };
            let version = resolved(other, text)?;
            let newer = other.releases().iter().any(|release| {
                *release.version() > version && requirement.matches(release.version())
            });
            let rule = if newer {
                LintRule::RuntimeTooOld
            } else {
                LintRule::Requirement
            };
            (version, text, rule)
        } else {
            let Some(installed) = self.new.packages.get(on) else {
                return Ok(());
            };
            let version = installed.version();
            (version.clone(), version.as_str(), LintRule::Requirement)
        };
        if requirement.matches(&version) {
            return Ok(());
        }
        let stood = !step.enters() && self.stood(on);
        let text = format!(
            "{} {} requires {on} {requirement}, {shown} is installed",
            step.name(),
            step.to
        );
        let finding = self.say(rule, step, text);
        if rule == LintRule::RuntimeTooOld {
            finding.help = Some(format!("upgrade {on} first, in a step of its own"));
        }
        if stood {
            finding.severity = LintSeverity::Note;
        }
        Ok(())
    }

    /// What the rest of the lockfile requires of packages of the catalog.
    pub(super) fn holders(&mut self) {
        let new = self.new;
        for (name, installed) in &new.packages {
            if self.catalog.package(name).is_some() {
                continue;
            }
            for (on, requirement) in installed.requirements() {
                let Some(other) = new.packages.get(on) else {
                    continue;
                };
                if self.catalog.package(on).is_none() || requirement.matches(other.version()) {
                    continue;
                }
                let text = format!(
                    "{name} {} requires {on} {requirement}, {} is installed",
                    installed.version(),
                    other.version()
                );
                let stood = self.stood(name) && self.stood(on);
                let finding = self.say_of(LintRule::Requirement, name, text);
                if stood {
                    finding.severity = LintSeverity::Note;
                }
            }
        }
    }
}
