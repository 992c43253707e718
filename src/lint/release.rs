//! What may not be entered, and what is no longer supported.

use super::finding::cited;
use super::judge::{Move, View};
use super::rule::LintRule;
use crate::catalog::{Release, Status};

impl<'a> View<'a> {
    /// What may not be entered.
    pub(super) fn enter(&mut self, step: &Move<'a>, release: &Release) {
        let name = step.package.name();
        let version = step.to.as_str();
        let blocking = release
            .blocked
            .map(|id| &self.catalog.rules()[id.0 as usize]);
        if let Some(rule) = blocking {
            let text = format!("{name} {version} is blocked: {}", rule.why());
            self.say(LintRule::Blocked, step, text).cited = Some(cited(rule));
        } else if release.is_yanked() {
            let text = format!("{name} {version} was withdrawn from its registry");
            self.say(LintRule::Yanked, step, text);
        }
        if step.to.is_prerelease() {
            self.prerelease(step);
        }
        if let Some(date) = release
            .date()
            .filter(|date| self.request.is_too_young(Some(*date)))
        {
            let day = self
                .request
                .as_of
                .map_or(String::new(), |day| format!(" on {day}"));
            let text = match self.request.min_age {
                0 => format!("{name} {version} was not released{day}: it is of {date}"),
                days => format!("{name} {version} of {date} is younger than {days} days{day}"),
            };
            self.say(LintRule::TooYoung, step, text);
        }
    }

    pub(super) fn prerelease(&mut self, step: &Move<'a>) {
        let text = format!(
            "{} {} is a prerelease",
            step.package.name(),
            step.to.as_str()
        );
        self.say(LintRule::Prerelease, step, text);
    }

    pub(super) fn support(&mut self, step: &Move<'a>) {
        let line = step.to.line();
        let package = step.package;
        let support = package
            .line_index(&line)
            .and_then(|at| package.lines()[at].support().copied());
        let Some(support) = support else {
            return;
        };
        let until = support.end_of_life();
        let over = match (self.request.as_of, until) {
            (Some(day), Some(until)) => day > until,
            _ => support.status() == Status::Eol,
        };
        if over {
            let name = package.name();
            let text = match until {
                Some(until) => format!("support of {name} {line} ended on {until}"),
                None => format!("{name} {line} is no longer supported"),
            };
            self.say(LintRule::EndOfLife, step, text);
        }
    }
}
