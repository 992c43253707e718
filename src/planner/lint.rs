//! Is the change from one lockfile to another a step that the rules allow?
//!
//! Moves are judged as `moves` builds them and states as `edges` does, but over what is there
//! instead of what could be; and what stood wrong before and did not move is a note only.
//!
//! A package is *left behind* where the state could be newer within its lines without making the
//! way ahead longer or its end another: then every plan through this state could be exchanged for
//! a newer one, so no step of a plan is ever left behind.

use super::contents;
use super::finding::{Cited, Lint, LintChange, LintFinding, LintRule, LintSeverity};
use super::{Detail, Request, RuntimeMove, Target, plan};
use crate::catalog::{
    Catalog, Force, GateFrom, Other, Package, Release, Role, Rule, RuleKind, Status,
};
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::{Installed, Origin, Snapshot};
use crate::plan::{CatalogStamp, ChangeKind, Outcome, Plan, State};
use crate::rules;
use crate::version::{Requirement, Version};

/// Judges the change from one snapshot to another.
///
/// Of the request the pins, acceptances, day, minimum age and targets count; what is accepted may
/// be named by a rule of lint or by a rule of the catalog marked `should`.
///
/// # Errors
/// [`ErrorCode::CannotAccept`] where the request accepts what does not exist or may not be
/// accepted, [`ErrorCode::InvalidVersion`] for a runtime that is no version; and those of
/// [`Catalog::actions`] and [`Catalog::rollout`].
pub fn lint(catalog: &Catalog, old: &Snapshot, new: &Snapshot, request: &Request) -> Result<Lint> {
    let request = checked(catalog, request)?;
    let mut view = View {
        catalog,
        old,
        new,
        request: &request.planned,
        changes: Vec::new(),
        findings: Vec::new(),
    };
    view.changes()?;
    for package in catalog.packages() {
        match package.role() {
            Role::Runtime => view.runtime(package)?,
            _ => view.package(package)?,
        }
    }
    if view.changes.is_empty() && view.has_same_origins() {
        // Where nothing moves nothing is left open.
        for finding in &mut view.findings {
            finding.severity = LintSeverity::Note;
        }
    }
    view.holders();
    view.together();
    let broken = |finding: &LintFinding| {
        finding.severity == LintSeverity::Error || finding.rule == LintRule::Unknown
    };
    if !view.findings.iter().any(broken) {
        view.left_behind();
    }
    let guidance = contents::of_change(catalog, [old, new], request.planned.as_of)?;
    let (accepted, findings) = view
        .findings
        .into_iter()
        .partition(|finding| request.all.iter().any(|name| finding.is_accepted_by(name)));
    Ok(Lint {
        catalog: CatalogStamp {
            name: catalog.name().clone(),
            horizon: catalog.horizon(),
            digest: catalog.digest().to_owned(),
        },
        as_of: request.planned.as_of,
        changes: view.changes,
        guidance,
        findings,
        accepted,
    })
}

/// A request, with all that it accepts apart from what a planner understands of it.
struct Checked<'a> {
    planned: Request,
    all: &'a [String],
}

fn checked<'a>(catalog: &Catalog, request: &'a Request) -> Result<Checked<'a>> {
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
        planned,
        all: &request.accept,
    })
}

/// The rule of the catalog of this name, `None` for one of lint; an error for what nobody may
/// accept.
pub(super) fn acceptable<'a>(catalog: &'a Catalog, name: &str) -> Result<Option<&'a Rule>> {
    if LintRule::from_name(name).is_some() {
        return Ok(None);
    }
    let shown: String = name.chars().take(60).collect();
    let Some(rule) = catalog.rules().iter().find(|rule| rule.id() == name) else {
        return Err(Error::new(
            ErrorCode::CannotAccept,
            format!(
                "no rule {shown:?}, neither of lint nor of the catalog {}",
                catalog.name()
            ),
        )
        .with_help("docs/lint.md lists the rules of lint, `rungs catalog show` the others"));
    };
    if rule.force() == Force::Must {
        return Err(Error::new(
            ErrorCode::CannotAccept,
            format!("rule {shown:?} cannot be accepted: only rules marked should can be"),
        ));
    }
    Ok(Some(rule))
}

struct View<'a> {
    catalog: &'a Catalog,
    old: &'a Snapshot,
    new: &'a Snapshot,
    request: &'a Request,
    changes: Vec<LintChange>,
    findings: Vec<LintFinding>,
}

/// One package before and after.
struct Move<'a> {
    package: &'a Package,
    from: Option<Version>,
    to: Version,
}

impl Move<'_> {
    /// It stands where it did not stand before.
    fn enters(&self) -> bool {
        self.from.as_ref() != Some(&self.to)
    }
}

impl<'a> View<'a> {
    fn changes(&mut self) -> Result<()> {
        for package in self.catalog.packages() {
            let name = package.name().as_str();
            let (from, to) = if package.role() == Role::Runtime {
                let (from, to) = (self.old.runtime(name), self.new.runtime(name));
                // A runtime that one of the two does not name is not known to have moved.
                let (Some(from), Some(to)) = (from, to) else {
                    continue;
                };
                if resolved(package, from)? == resolved(package, to)? {
                    continue;
                }
                (Some(from), Some(to))
            } else {
                let text = |snapshot: &'a Snapshot| {
                    let installed = snapshot.packages.get(name)?;
                    Some(installed.version().as_str())
                };
                (text(self.old), text(self.new))
            };
            if from != to {
                self.changes.push(LintChange {
                    package: package.name().clone(),
                    from: from.map(str::to_owned),
                    to: to.map(str::to_owned),
                });
            }
        }
        Ok(())
    }

    /// Does every package come from where it came from before?
    fn has_same_origins(&self) -> bool {
        self.new.packages.iter().all(|(name, installed)| {
            let before = self.old.packages.get(name);
            before.is_some_and(|before| before.origin() == installed.origin())
                || self.catalog.package(name).is_none()
        })
    }

    fn say(&mut self, rule: LintRule, step: &Move<'_>, message: String) -> &mut LintFinding {
        self.findings.push(LintFinding {
            rule,
            severity: rule.severity(),
            package: step.package.name().as_str().to_owned(),
            from: step
                .from
                .as_ref()
                .map(|version| version.as_str().to_owned()),
            to: Some(step.to.as_str().to_owned()),
            message,
            help: None,
            line: None,
            cited: None,
        });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    fn package(&mut self, package: &'a Package) -> Result<()> {
        let name = package.name().as_str();
        let (old, new) = (self.old, self.new);
        let Some(installed) = new.packages.get(name) else {
            return Ok(());
        };
        let before = old.packages.get(name);
        let step = Move {
            package,
            from: before.map(|before| before.version().clone()),
            to: installed.version().clone(),
        };
        let foreign = installed.origin() != Origin::Registry;
        let release = package.release(&step.to).filter(|_| !foreign);
        if foreign {
            let from = match installed.origin() {
                Origin::Git => "a git repository",
                _ => "a folder",
            };
            let text = format!("{name} comes from {from}, so its version says little");
            self.say(LintRule::Unknown, &step, text);
        } else if release.is_none() {
            let text = format!(
                "{name} {} is not in the catalog, which knows the world up to {}",
                step.to.as_str(),
                self.catalog.horizon()
            );
            self.say(LintRule::Unknown, &step, text).help =
                Some("a newer catalog, or an overlay of your own, may know it".to_owned());
        }
        let was_foreign = before.is_some_and(|before| before.origin() != Origin::Registry);
        if !foreign && !was_foreign {
            self.climb(&step);
        }
        if let Some(release) = release.filter(|_| step.enters()) {
            self.enter(&step, release);
        } else if step.to.is_prerelease() && step.enters() {
            self.prerelease(&step);
        }
        if step.enters() {
            for (_, pin) in self
                .request
                .pins
                .iter()
                .filter(|(pinned, _)| pinned == name)
            {
                if !pin.matches(&step.to) {
                    let text = format!("{name} {} is outside its pin {pin}", step.to.as_str());
                    self.say(LintRule::OutsidePin, &step, text);
                }
            }
        }
        if !foreign {
            self.state_rules(&step);
        }
        match release {
            Some(release) => {
                for dependency in release.requirements() {
                    let (on, requirement) = (dependency.name().as_str(), dependency.requirement());
                    self.requirement(&step, on, requirement)?;
                }
            }
            None => {
                for (on, requirement) in installed.requirements() {
                    self.requirement(&step, on, requirement)?;
                }
            }
        }
        self.support(&step);
        Ok(())
    }

    fn runtime(&mut self, package: &'a Package) -> Result<()> {
        let name = package.name().as_str();
        let (old, new) = (self.old.runtime(name), self.new.runtime(name));
        let Some(new) = new else {
            return Ok(());
        };
        let from = old.map(|old| resolved(package, old)).transpose()?;
        let to = resolved(package, new)?;
        let step = Move { package, from, to };
        if package.line_index(&step.to.line()).is_none() {
            let text = format!(
                "{name} {new} is not in the catalog, which knows the world up to {}",
                self.catalog.horizon()
            );
            self.say(LintRule::Unknown, &step, text);
        }
        self.climb(&step);
        self.support(&step);
        Ok(())
    }

    /// The way from one version to the other: down, over lines, through gates.
    fn climb(&mut self, step: &Move<'a>) {
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

    /// What may not be entered.
    fn enter(&mut self, step: &Move<'a>, release: &Release) {
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

    fn prerelease(&mut self, step: &Move<'a>) {
        let text = format!(
            "{} {} is a prerelease",
            step.package.name(),
            step.to.as_str()
        );
        self.say(LintRule::Prerelease, step, text);
    }

    /// Rules of the kinds `requires` and `conflict`.
    fn state_rules(&mut self, step: &Move<'a>) {
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

    /// Has a package or runtime not moved?
    fn stood(&self, name: &str) -> bool {
        !self.changes.iter().any(|change| *change.package() == *name)
    }

    fn requirement(&mut self, step: &Move<'a>, on: &str, requirement: &Requirement) -> Result<()> {
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

    fn support(&mut self, step: &Move<'a>) {
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

    /// What the rest of the lockfile wants of packages of the catalog.
    fn holders(&mut self) {
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

    fn is_runtime(&self, change: &LintChange) -> bool {
        let package = self.catalog.package(change.package().as_str());
        package.is_some_and(|package| package.role() == Role::Runtime)
    }

    fn together(&mut self) {
        let (runtimes, packages): (Vec<&LintChange>, Vec<&LintChange>) = self
            .changes
            .iter()
            .partition(|change| self.is_runtime(change));
        let (Some(runtime), Some(package)) = (runtimes.first(), packages.first()) else {
            return;
        };
        let others = match packages.len() {
            1 => package.package().to_string(),
            2 => format!("{} and one more", package.package()),
            count => format!("{} and {} more", package.package(), count - 1),
        };
        let name = runtime.package().as_str();
        let finding = LintFinding {
            rule: LintRule::RuntimeAndPackagesTogether,
            severity: LintRule::RuntimeAndPackagesTogether.severity(),
            package: name.to_owned(),
            from: runtime.from.clone(),
            to: runtime.to.clone(),
            message: format!("{name} moves in one step with {others}"),
            help: Some(format!(
                "move {name} in a step of its own, deployed before or after"
            )),
            line: None,
            cited: None,
        };
        self.findings.push(finding);
    }

    /// What could be newer within the lines that the change arrives at; see the module.
    fn left_behind(&mut self) {
        if self.changes.iter().all(|change| self.is_runtime(change)) {
            return;
        }
        let mut settle = self.request.clone();
        settle.runtime = RuntimeMove::Fixed;
        settle.targets = Vec::new();
        for package in self.catalog.packages() {
            let name = package.name().as_str();
            if let (Role::Stepped, Some(installed)) = (package.role(), self.new.packages.get(name))
            {
                let line = Target::Line(installed.version().line());
                settle.targets.push((name.to_owned(), line));
            }
        }
        let Ok(settled) = plan(self.catalog, self.new, &settle) else {
            return;
        };
        let (Outcome::Planned, [step]) = (settled.outcome(), settled.steps()) else {
            return;
        };
        let ahead = |snapshot: &Snapshot| plan(self.catalog, snapshot, self.request).ok();
        let here = ahead(self.new);
        let newer = ahead(&moved(self.new, step.state()));
        if !is_no_worse(newer.as_ref(), here.as_ref()) {
            return;
        }
        for change in step.changes() {
            let (Some(from), Some(to)) = (change.from(), change.to()) else {
                continue;
            };
            if !matches!(change.kind(), ChangeKind::Line | ChangeKind::Patch) {
                continue;
            }
            let name = change.package().as_str();
            let before = self.old.packages.get(name).map(Installed::version);
            self.findings.push(LintFinding {
                rule: LintRule::LeftBehind,
                severity: LintRule::LeftBehind.severity(),
                package: name.to_owned(),
                from: before.map(|version| version.as_str().to_owned()),
                to: Some(from.to_owned()),
                message: format!("{name} {to} resolves with the others, {from} is installed"),
                help: Some(format!(
                    "take it along: `bundle update --conservative {name}`"
                )),
                line: None,
                cited: None,
            });
        }
    }

    fn rules_of(&self, package: &'a Package) -> impl Iterator<Item = &'a Rule> + use<'a> {
        let catalog = self.catalog;
        let rules = catalog.rules().iter();
        rules.filter(move |rule| catalog.get(rule.package).name() == package.name())
    }

    fn is_fit(&self, release: &Release) -> bool {
        release.is_enterable() && !self.request.is_too_young(release.date())
    }
}

/// A line of a runtime stands for its newest patch.
fn resolved(package: &Package, text: &str) -> Result<Version> {
    let newest = package.line_index(text).and_then(|line| {
        let mut newest_first = package.releases().iter().rev();
        newest_first.find(|release| release.line == line)
    });
    match newest {
        Some(release) => Ok(release.version().clone()),
        None => Version::parse(package.scheme(), text),
    }
}

fn cited(rule: &Rule) -> Cited {
    Cited {
        id: rule.id().clone(),
        source: rule.source().to_owned(),
        must: rule.force() == Force::Must,
    }
}

/// A snapshot with the packages of a state.
fn moved(snapshot: &Snapshot, state: &State) -> Snapshot {
    let mut moved = snapshot.clone();
    for (name, version) in state.packages() {
        let stands = snapshot.packages.get(name.as_str());
        if stands.is_none_or(|installed| installed.version() != version) {
            moved = moved.with(name.as_str(), version.clone());
        }
    }
    moved
}

/// Does a way lead to the same end in no more steps?
fn is_no_worse(newer: Option<&Plan>, here: Option<&Plan>) -> bool {
    let arrives = |plan: &Plan| matches!(plan.outcome(), Outcome::Planned | Outcome::AlreadyThere);
    let Some(newer) = newer.filter(|plan| arrives(plan)) else {
        // Where nothing is known of the way ahead, it does not count.
        return here.is_none_or(|plan| !arrives(plan));
    };
    let Some(here) = here.filter(|plan| arrives(plan)) else {
        return true;
    };
    let end = |plan: &Plan| {
        let last = plan
            .steps()
            .last()
            .map_or(plan.start(), |step| step.state());
        last.packages().to_vec()
    };
    newer.steps().len() < here.steps().len()
        || newer.steps().len() == here.steps().len() && end(newer) == end(here)
}
