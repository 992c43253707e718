//! Does the new state hold together? Rules about pairs, and what releases and other gems require.

use super::finding::{LintFinding, cited};
use super::judge::{Move, View, resolved};
use super::rule::{LintRule, LintSeverity};
use crate::catalog::{Other, Role, Rule, RuleKind};
use crate::error::Result;
use crate::lockfile::{Installed, Origin};
use crate::version::{Requirement, Version};

impl<'a> View<'a> {
    /// Rules of the kinds `requires` and `conflict`.
    pub(super) fn state_rules(&mut self, step: &Move<'a>) {
        let rules: Vec<&'a Rule> = self.rules_of(step.package).collect();
        for rule in rules {
            let (found, with, verdict) = match &rule.kind {
                RuleKind::Requires {
                    versions,
                    needs,
                    requirement,
                } if versions.matches(&step.to) => {
                    let on = self.catalog.get(*needs).name().as_str();
                    let verdict = |other: &Version| {
                        (!requirement.matches(other))
                            .then(|| format!("wants {on} {requirement}, not {}", other.as_str()))
                    };
                    (LintRule::Requires, on, self.with(on, verdict))
                }
                RuleKind::Conflict {
                    versions,
                    with,
                    with_versions,
                } if versions.matches(&step.to) => {
                    let on = match with {
                        Other::Package(with) => self.catalog.get(*with).name().as_str(),
                        Other::Outside(with) => with.as_str(),
                    };
                    let verdict = |other: &Version| {
                        with_versions
                            .matches(other)
                            .then(|| format!("does not go with {on} {}", other.as_str()))
                    };
                    (LintRule::Conflict, on, self.with(on, verdict))
                }
                _ => continue,
            };
            let Some(verdict) = verdict else {
                continue;
            };
            let stood = !step.enters() && self.stood(with);
            let text = format!(
                "{} {} {verdict}: {}",
                step.package.name(),
                step.to.as_str(),
                rule.why()
            );
            let finding = self.say(found, step, text);
            finding.cited = Some(cited(rule));
            if stood {
                finding.severity = LintSeverity::Note;
            }
        }
    }

    fn with(&self, on: &str, verdict: impl Fn(&Version) -> Option<String>) -> Option<String> {
        let other = self.new.packages.get(on)?;
        if other.origin() != Origin::Registry {
            return None;
        }
        verdict(other.version())
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
            "{} {} needs {on} {requirement}, not {shown}",
            step.package.name(),
            step.to.as_str()
        );
        let finding = self.say(rule, step, text);
        if rule == LintRule::RuntimeTooOld {
            finding.help = Some(format!("move {on} first, in a step of its own"));
        }
        if stood {
            finding.severity = LintSeverity::Note;
        }
        Ok(())
    }

    /// What the rest of the lockfile wants of packages of the catalog.
    pub(super) fn holders(&mut self) {
        let (old, new) = (self.old, self.new);
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
                let from = old.packages.get(name).map(Installed::version);
                let stood = from == Some(installed.version()) && self.stood(on);
                self.findings.push(LintFinding {
                    rule: LintRule::Requirement,
                    severity: if stood {
                        LintSeverity::Note
                    } else {
                        LintSeverity::Error
                    },
                    package: name.clone(),
                    from: from.map(|version| version.as_str().to_owned()),
                    to: Some(installed.version().as_str().to_owned()),
                    message: format!(
                        "{name} {} needs {on} {requirement}, not {}",
                        installed.version().as_str(),
                        other.version().as_str()
                    ),
                    help: None,
                    line: None,
                    cited: None,
                });
            }
        }
    }
}
