//! Does the new state hold together? Rules about pairs, defects, and what releases and other gems
//! require.

use super::moves::installed;
use crate::catalog::{Role, Rule};
use crate::error::Result;
use crate::lint::codes::{LintRule, LintSeverity};
use crate::lint::finding::cited;
use crate::lint::judge::{Move, View, resolved};
use crate::lint::message::{LintHelp, LintMessage};
use crate::plan::KnownDefect;
use crate::rules::{self, Says};
use crate::version::Requirement;

impl<'a> View<'a> {
    /// Rules of the kinds `requires`, `conflict` and `defect`.
    pub(in crate::lint) fn state_rules(&mut self, step: &Move<'a>) {
        let new = self.new;
        for rule in self.rules_of(step.package) {
            let installed = |name: &str| installed(new, name);
            let (package, version) = (step.name().to_owned(), step.to.to_string());
            let (found, with, message) =
                match rules::broken(self.catalog, rule, &step.to, installed) {
                    Some(Says::Needs {
                        on,
                        requirement,
                        found,
                    }) => {
                        let message = LintMessage::Requires {
                            package,
                            version,
                            on: on.to_string(),
                            requirement: requirement.to_string(),
                            found: found.to_string(),
                            why: Some(rule.why().to_owned()),
                        };
                        (LintRule::Requires, on, message)
                    }
                    Some(Says::Apart { with, found }) => {
                        let message = LintMessage::Conflict {
                            package,
                            version,
                            with: with.to_string(),
                            found: found.to_string(),
                            why: rule.why().to_owned(),
                        };
                        (LintRule::Conflict, with, message)
                    }
                    Some(Says::Never) => continue,
                    None => {
                        self.defect(step, rule);
                        continue;
                    }
                };
            let with = with.as_str();
            let (stays, stood) = (!step.enters(), self.stood(with));
            // The finding is about the side that moved, so that it is shown beside its line.
            let finding = match stays && !stood {
                true => self.say_of(found, with, message),
                false => self.say(found, step, message),
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
            let installed = |name: &str| super::moves::installed(self.old, name);
            rules::defect(self.catalog, rule, from, installed).is_some()
        });
        let enters = step.enters() || beside.is_some_and(|with| !self.stood(with));
        if !enters || had && !defect.avoid {
            // What was installed before `rungs status` tells.
            return;
        }
        let known = KnownDefect::new(step.package.name(), &step.to, rule, defect);
        let message = LintMessage::Defect(Box::new(known));
        let severity = match (defect.avoid, had) {
            (true, false) => LintSeverity::Error,
            (true, true) => LintSeverity::Warning,
            (false, _) => LintSeverity::Note,
        };
        let finding = self.say(LintRule::Defect, step, message);
        finding.cited = Some(cited(rule));
        finding.severity = severity;
    }

    pub(in crate::lint) fn requirement(
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
        let message = LintMessage::Requires {
            package: step.name().to_owned(),
            version: step.to.to_string(),
            on: on.to_owned(),
            requirement: requirement.to_string(),
            found: shown.to_owned(),
            why: None,
        };
        let finding = self.say(rule, step, message);
        if rule == LintRule::RuntimeTooOld {
            finding.help = Some(LintHelp::UpgradeRuntime {
                runtime: on.to_owned(),
            });
        }
        if stood {
            finding.severity = LintSeverity::Note;
        }
        Ok(())
    }

    /// What the rest of the lockfile requires of packages of the catalog.
    pub(in crate::lint) fn holders(&mut self) {
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
                let message = LintMessage::Requires {
                    package: name.clone(),
                    version: installed.version().to_string(),
                    on: on.clone(),
                    requirement: requirement.to_string(),
                    found: other.version().to_string(),
                    why: None,
                };
                let stood = self.stood(name) && self.stood(on);
                let finding = self.say_of(LintRule::Requirement, name, message);
                if stood {
                    finding.severity = LintSeverity::Note;
                }
            }
        }
    }
}
