//! Goes over the packages of both lockfiles and gathers findings.

use super::finding::{Lint, LintChange, LintFinding};
use super::request::checked;
use super::rule::{LintRule, LintSeverity};
use crate::catalog::{Catalog, Package, Release, Role, Rule};
use crate::error::Result;
use crate::lockfile::{Origin, Snapshot};
use crate::plan::CatalogStamp;
use crate::planner::{Request, of_change};
use crate::version::Version;

/// Judges the change from one snapshot to another.
///
/// Of the request the pins, acceptances, day, minimum age and targets count; what is accepted may
/// be named by a rule of lint or by a rule of the catalog marked `should`.
///
/// # Errors
/// [`ErrorCode::CannotAccept`](crate::ErrorCode::CannotAccept) where the request accepts what does not exist or may not be
/// accepted, [`ErrorCode::InvalidVersion`](crate::ErrorCode::InvalidVersion) for a runtime that is no version; and those of
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
    let guidance = of_change(catalog, [old, new], request.planned.as_of)?;
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

pub(super) struct View<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) old: &'a Snapshot,
    pub(super) new: &'a Snapshot,
    pub(super) request: &'a Request,
    pub(super) changes: Vec<LintChange>,
    pub(super) findings: Vec<LintFinding>,
}

/// One package before and after.
pub(super) struct Move<'a> {
    pub(super) package: &'a Package,
    pub(super) from: Option<Version>,
    pub(super) to: Version,
}

impl Move<'_> {
    /// It stands where it did not stand before.
    pub(super) fn enters(&self) -> bool {
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

    pub(super) fn say(
        &mut self,
        rule: LintRule,
        step: &Move<'_>,
        message: String,
    ) -> &mut LintFinding {
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

    /// Has a package or runtime not moved?
    pub(super) fn stood(&self, name: &str) -> bool {
        !self.changes.iter().any(|change| *change.package() == *name)
    }

    pub(super) fn is_runtime(&self, change: &LintChange) -> bool {
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

    pub(super) fn rules_of(
        &self,
        package: &'a Package,
    ) -> impl Iterator<Item = &'a Rule> + use<'a> {
        let catalog = self.catalog;
        let rules = catalog.rules().iter();
        rules.filter(move |rule| catalog.get(rule.package).name() == package.name())
    }

    pub(super) fn is_fit(&self, release: &Release) -> bool {
        release.is_enterable() && !self.request.is_too_young(release.date())
    }
}

/// A line of a runtime stands for its newest patch.
pub(super) fn resolved(package: &Package, text: &str) -> Result<Version> {
    let newest = package.line_index(text).and_then(|line| {
        let mut newest_first = package.releases().iter().rev();
        newest_first.find(|release| release.line == line)
    });
    match newest {
        Some(release) => Ok(release.version().clone()),
        None => Version::parse(package.scheme(), text),
    }
}
