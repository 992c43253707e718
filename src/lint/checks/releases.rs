//! What may not be entered, and what is no longer supported.

use super::moves::installed;
use crate::catalog::{Release, SupportStatus};
use crate::lint::codes::{LintRule, LintSeverity};
use crate::lint::finding::cited;
use crate::lint::judge::{Move, View};
use crate::lint::message::LintMessage;
use crate::rules;
use crate::version::Version;

impl<'a> View<'a> {
    /// What may not be entered.
    pub(in crate::lint) fn enter(&mut self, step: &Move<'a>, release: Option<&Release>) {
        let (name, version) = (step.name(), &step.to);
        let mut rules = release.iter().flat_map(|release| &release.blocked);
        let rule = rules.find(|rule| self.told.holds(**rule));
        if let Some(rule) = rule {
            let rule = &self.catalog.rules()[rule.0 as usize];
            let new = self.new;
            let fits = release.and_then(|release| {
                rules::used_as_pinned(self.catalog, release, |name| installed(new, name))
            });
            let message = LintMessage::Blocked {
                package: name.to_owned(),
                version: version.to_string(),
                why: rule.why().to_owned(),
                allowed_with: fits
                    .as_ref()
                    .map(|(with, at)| (with.to_string(), at.to_string())),
            };
            let finding = self.say(LintRule::Blocked, step, message);
            finding.cited = Some(cited(rule));
            if fits.is_some() {
                finding.severity = LintSeverity::Note;
            }
        } else if release.is_some_and(Release::is_yanked) {
            let message = LintMessage::Yanked {
                package: name.to_owned(),
                version: version.to_string(),
            };
            self.say(LintRule::Yanked, step, message);
        }
        if version.is_prerelease() {
            self.prerelease(step);
        }
        let request = &self.request.planned;
        if let Some(date) = release
            .and_then(Release::date)
            .filter(|date| request.is_too_young(Some(*date)))
            // Days differ by one between time zones.
            .filter(|date| request.min_age > 0 || !request.is_next_day(*date))
        {
            let message = LintMessage::TooYoung {
                package: name.to_owned(),
                version: version.to_string(),
                released: date,
                min_age: request.min_age,
                day: request.as_of,
            };
            self.say(LintRule::TooYoung, step, message);
        }
        for (_, pin) in request.pins.iter().filter(|(pinned, _)| pinned == name) {
            if !pin.matches(version) {
                let message = LintMessage::OutsidePin {
                    package: name.to_owned(),
                    version: version.to_string(),
                    pin: pin.to_string(),
                };
                self.say(LintRule::OutsidePin, step, message);
            }
        }
    }

    /// A start that was a prerelease of the same package already weighs less, and so is a prerelease
    /// that another one that moves cannot do without.
    fn prerelease(&mut self, step: &Move<'a>) {
        let message = LintMessage::Prerelease {
            package: step.name().to_owned(),
            version: step.to.to_string(),
        };
        let was = step.from.as_ref().is_some_and(Version::is_prerelease);
        let is_needed = self.needs_prerelease(step);
        let finding = self.say(LintRule::Prerelease, step, message);
        if was || is_needed {
            finding.severity = LintSeverity::Note;
        }
    }

    fn needs_prerelease(&self, step: &Move<'a>) -> bool {
        let catalog = self.catalog;
        let moved = self.changes.iter().filter_map(|change| {
            let by = catalog.package(change.package().as_str())?;
            let installed = self.new.packages.get(by.name().as_str())?;
            by.release(installed.version())
        });
        moved.filter(|release| release.prerelease).any(|release| {
            let needs = release.requirements().iter();
            let mut on_it = needs.filter(|need| *need.name() == *step.name());
            on_it.any(|need| {
                let mut stable = step.package.releases().iter();
                !stable.any(|it| self.is_fit(it) && need.requirement().matches(it.version()))
            })
        })
    }

    pub(in crate::lint) fn support(&mut self, step: &Move<'a>) {
        let line = step.to.line();
        let package = step.package;
        let support = package
            .line_index(&line)
            .and_then(|at| package.lines()[at].support().copied());
        let Some(support) = support else {
            return;
        };
        let until = support.end_of_life();
        let over = match (self.request.planned.as_of, until) {
            (Some(day), Some(until)) => day > until,
            _ => support.status() == SupportStatus::Eol,
        };
        if over {
            let message = LintMessage::EndOfLife {
                package: package.name().to_string(),
                line,
                until,
            };
            self.say(LintRule::EndOfLife, step, message);
        }
    }
}
