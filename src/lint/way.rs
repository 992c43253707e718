//! The way from one version to another: down, over lines, through gates.

use super::finding::cited;
use super::judge::{Move, View, resolved};
use super::rule::LintRule;
use crate::catalog::{GateFrom, Package, Release, Role, Rule, RuleKind};
use crate::version::Version;

impl<'a> View<'a> {
    /// The way from one version to the other: down, over lines, through gates.
    pub(super) fn climb(&mut self, step: &Move<'a>) {
        let package = step.package;
        let name = package.name().as_str();
        let Some(from) = step.from.as_ref().filter(|from| **from != step.to) else {
            return;
        };
        if step.to < *from {
            let text = format!("{name} goes down to {}", step.to.as_str());
            self.say(LintRule::Downgrade, step, text);
            return;
        }
        let (here, there) = (from.line(), step.to.line());
        if here == there {
            return;
        }
        let one_by_one = match package.role() {
            Role::Stepped => true,
            Role::Follower => false,
            Role::Runtime => package.one_line_at_a_time,
        };
        let enter = package.line_index(&there);
        let mut passes = false;
        if one_by_one && !self.is_bridged(step, &here, enter) {
            let mut skipped: Vec<String> = package
                .releases()
                .iter()
                .filter(|release| release.version() > from && *release.version() < step.to)
                .filter(|release| self.is_fit(release))
                .map(|release| release.version().line())
                .filter(|line| *line != here && *line != there)
                .collect();
            skipped.dedup();
            if let Some(next) = skipped.first() {
                let passed = match skipped.len() {
                    1 => format!("line {next}"),
                    _ => format!("lines {}", skipped.join(", ")),
                };
                let text = format!("{name} skips {passed}");
                let help = format!("enter {next} first: `rungs next` shows that step");
                self.say(LintRule::SkippedLine, step, text).help = Some(help);
                passes = true;
            }
        }
        self.gates(step, from, enter, passes);
    }

    fn is_bridged(&self, step: &Move<'_>, here: &str, enter: Option<usize>) -> bool {
        let here = step.package.line_index(here);
        self.rules_of(step.package).any(|rule| match &rule.kind {
            RuleKind::Bridge { from, to } => {
                Some(*from) == here && enter.is_some_and(|enter| to.contains(&enter))
            }
            _ => false,
        })
    }

    /// A gate that names the line replaces the general ones. Where lines were passed over, one
    /// that asks for the newest of the line before means another line than the one that was left.
    fn gates(&mut self, step: &Move<'a>, from: &Version, enter: Option<usize>, passes: bool) {
        let package = step.package;
        let gates: Vec<(&'a Rule, Option<usize>, &'a GateFrom)> = self
            .rules_of(package)
            .filter_map(|rule| match &rule.kind {
                RuleKind::Gate { enter, from } => Some((rule, *enter, from)),
                _ => None,
            })
            .collect();
        let named = gates
            .iter()
            .any(|(_, line, _)| line.is_some() && *line == enter);
        for (rule, line, gate) in gates {
            if line != enter.filter(|_| named) {
                continue;
            }
            let wanted = match gate {
                GateFrom::NewestOfLine if passes => continue,
                GateFrom::NewestOfLine => match self.newer_in_line(package, from) {
                    Some(newest) => newest.as_str().to_owned(),
                    None => continue,
                },
                GateFrom::Meets { requirement, .. } if requirement.matches(from) => continue,
                GateFrom::Meets { requirement, .. } => requirement.to_string(),
            };
            let text = format!(
                "{} enters {} from {} instead of {wanted}: {}",
                package.name(),
                step.to.line(),
                from.as_str(),
                rule.why()
            );
            let finding = self.say(LintRule::GateNotMet, step, text);
            finding.help = Some(format!("deploy {} {wanted} first", package.name()));
            finding.cited = Some(cited(rule));
        }
    }

    /// The newest fit release of a line above a version that the runtime left behind can run.
    fn newer_in_line(&self, package: &'a Package, from: &Version) -> Option<&'a Version> {
        let line = from.line();
        let runs = |release: &Release| {
            release.requirements().iter().all(|dependency| {
                let on = self.catalog.package(dependency.name().as_str());
                let runtime = on.filter(|on| on.role() == Role::Runtime).and_then(|on| {
                    let text = self.old.runtime(on.name().as_str())?;
                    resolved(on, text).ok()
                });
                runtime.is_none_or(|version| dependency.requirement().matches(&version))
            })
        };
        package
            .releases()
            .iter()
            .rev()
            .take_while(|release| release.version() > from)
            .find(|release| {
                release.version().line() == line && self.is_fit(release) && runs(release)
            })
            .map(Release::version)
    }
}
