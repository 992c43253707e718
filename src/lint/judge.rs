//! Goes over the packages of both lockfiles and gathers findings.

use super::checks::left_behind;
use super::codes::{LintRule, LintSeverity};
use super::cure;
use super::finding::{Lint, LintChange, LintFinding};
use super::message::{LintHelp, LintMessage};
use super::request::{Checked, checked};
use crate::catalog::{Catalog, Package, Release, Role, Rule};
use crate::error::Result;
use crate::lockfile::{Installed, Origin, Snapshot};
use crate::plan::{CatalogStamp, Guidance};
use crate::planner::{Request, of_change};
use crate::rules::Heed;
use crate::version::Version;

/// Judges the change from one snapshot to another.
///
/// Of the request the pins, acceptances, properties, day, minimum age and targets count; what is
/// accepted may be named by a rule of lint or by a rule of the catalog marked `should`.
///
/// # Errors
/// [`ErrorCode::CannotAccept`](crate::ErrorCode::CannotAccept) where the request accepts what does
/// not exist or may not be accepted, [`ErrorCode::InvalidVersion`](crate::ErrorCode::InvalidVersion)
/// for a runtime that is no version; and those of [`Catalog::actions`] and [`Catalog::rollout`].
///
/// ```
/// use rungs::lint::{LintRule, lint};
/// use rungs::planner::Request;
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// # use rungs::lockfile::{Lockfile, Snapshot};
/// # let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
/// # let snapshot = Snapshot::from_lockfile(&lockfile)?;
/// let text = std::fs::read_to_string("examples/Gemfile.lock")?;
/// let jump = text.replace("waterdrop (2.6.12)", "waterdrop (2.8.5)");
/// let new = Snapshot::from_lockfile(&Lockfile::parse(jump.as_bytes())?)?;
/// let lint = lint(&catalog, &snapshot, &new, &Request::new())?;
/// assert_eq!(lint.findings()[0].rule(), LintRule::SkippedLine);
/// assert!(lint.is_refused(false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn lint(catalog: &Catalog, old: &Snapshot, new: &Snapshot, request: &Request) -> Result<Lint> {
    let request = checked(catalog, request)?;
    let [old, new] = [old, new].map(|it| it.read_as(catalog.scheme(), catalog.name()));
    let (old, new) = (old?, new?);
    let (old, new) = (old.as_ref(), new.as_ref());
    let mut view = View::new(catalog, [old, new], &request);
    view.judge()?;
    let cure = if view
        .findings
        .iter()
        .any(|it| is_open(it) || cure::is_curable(it))
    {
        cure::cure(&mut view)?
    } else {
        left_behind::left_behind(&mut view)
    };
    // Where nothing of the catalog moved, the change brings nothing.
    let guidance = match view.changes.is_empty() {
        true => Guidance::default(),
        false => of_change(catalog, [old, new], request.planned.as_of)?,
    };
    let (accepted, findings) = view
        .findings
        .into_iter()
        .partition(|finding| request.all.iter().any(|name| finding.is_accepted_by(name)));
    let findings: Vec<LintFinding> = findings;
    let is_needed = findings.iter().any(LintFinding::is_cured);
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
        cure: cure.filter(|_| is_needed),
    })
}

/// A state with such a finding is not asked what it leaves behind.
fn is_open(finding: &LintFinding) -> bool {
    finding.severity == LintSeverity::Error || finding.rule == LintRule::Unknown
}

/// Both lockfiles, and what is found.
pub(super) struct View<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) old: &'a Snapshot,
    pub(super) new: &'a Snapshot,
    pub(super) request: &'a Checked<'a>,
    /// The rules whose findings are reported: what is accepted is found, and set apart.
    pub(super) told: Heed,
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
    pub(super) fn name(&self) -> &str {
        self.package.name().as_str()
    }

    /// It is at a version where it was not before.
    pub(super) fn enters(&self) -> bool {
        self.from.as_ref() != Some(&self.to)
    }
}

impl<'a> View<'a> {
    pub(super) fn new(
        catalog: &'a Catalog,
        [old, new]: [&'a Snapshot; 2],
        request: &'a Checked<'a>,
    ) -> Self {
        View {
            catalog,
            old,
            new,
            request,
            told: Heed::new(catalog, [], &request.planned.properties),
            changes: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// All findings but what is left behind.
    pub(super) fn judge(&mut self) -> Result<()> {
        self.changes()?;
        for package in self.catalog.packages() {
            match package.role() {
                Role::Runtime => self.runtime(package)?,
                _ => self.package(package)?,
            }
        }
        self.holders();
        self.lost();
        self.together();
        Ok(())
    }

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

    pub(super) fn say(
        &mut self,
        rule: LintRule,
        step: &Move<'_>,
        message: LintMessage,
    ) -> &mut LintFinding {
        let mut finding = LintFinding::new(rule, step.name(), message);
        finding.from = step.from.as_ref().map(ToString::to_string);
        finding.to = Some(step.to.to_string());
        self.push(finding)
    }

    /// Of what the lockfile has: the versions before and after are looked up.
    pub(super) fn say_of(
        &mut self,
        rule: LintRule,
        name: &str,
        message: LintMessage,
    ) -> &mut LintFinding {
        let version = |snapshot: &Snapshot| {
            let installed = snapshot.packages.get(name)?;
            Some(installed.version().to_string())
        };
        let mut finding = LintFinding::new(rule, name, message);
        finding.from = version(self.old);
        finding.to = version(self.new);
        self.push(finding)
    }

    fn push(&mut self, finding: LintFinding) -> &mut LintFinding {
        self.findings.push(finding);
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
        self.knows(&step, installed, release);
        let was_foreign = before.is_some_and(|before| before.origin() != Origin::Registry);
        if !foreign && !was_foreign {
            self.climb(&step);
        }
        if step.enters() {
            self.enter(&step, release);
        }
        if !foreign {
            self.state_rules(&step);
        }
        let of_release = release.map_or(&[][..], Release::requirements);
        for need in of_release {
            self.requirement(&step, need.name().as_str(), need.requirement())?;
        }
        if release.is_none() {
            for (on, requirement) in installed.requirements() {
                self.requirement(&step, on, requirement)?;
            }
        }
        self.entry(&step);
        self.platforms(&step, before, installed);
        if step.enters() {
            self.support(&step);
        }
        Ok(())
    }

    /// Does the catalog know what is installed?
    fn knows(&mut self, step: &Move<'a>, installed: &Installed, release: Option<&Release>) {
        let (name, version) = (step.name(), &step.to);
        let (message, help) = match installed.origin() {
            Origin::Registry if release.is_some() => return,
            Origin::Registry => {
                let message = LintMessage::NotInCatalog {
                    package: name.to_owned(),
                    version: version.to_string(),
                    horizon: self.catalog.horizon(),
                };
                (message, Some(LintHelp::NewerCatalog))
            }
            origin => {
                let message = LintMessage::Foreign {
                    package: name.to_owned(),
                    is_git: origin == Origin::Git,
                };
                (message, None)
            }
        };
        let stood = !self.touches(name);
        let finding = self.say(LintRule::Unknown, step, message);
        finding.help = help;
        if stood {
            finding.severity = LintSeverity::Note;
        }
    }

    /// Does the change move a package, or one that requires it or that it requires? All else leaves
    /// nothing open about it.
    fn touches(&self, name: &str) -> bool {
        let needs = |by: &str, on: &str| {
            let installed = self.new.packages.get(by);
            let mut needs = installed.map_or(&[][..], Installed::requirements).iter();
            needs.any(|(known, _)| known == on)
        };
        let mut moved = self.changes.iter().map(|change| change.package().as_str());
        !self.stood(name) || moved.any(|other| needs(name, other) || needs(other, name))
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
            let message = LintMessage::NotInCatalog {
                package: name.to_owned(),
                version: new.to_owned(),
                horizon: self.catalog.horizon(),
            };
            let finding = self.say(LintRule::Unknown, &step, message);
            if !step.enters() {
                finding.severity = LintSeverity::Note;
            }
        }
        self.climb(&step);
        if step.enters() {
            self.support(&step);
        }
        Ok(())
    }

    /// Is a package or runtime where it was? Gems outside the catalog count too.
    pub(super) fn stood(&self, name: &str) -> bool {
        let version = |snapshot: &'a Snapshot| {
            let installed = snapshot.packages.get(name);
            installed.map(|it| (it.version(), it.origin()))
        };
        version(self.old) == version(self.new)
            && !self.changes.iter().any(|change| *change.package() == *name)
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
        // Another patch of a runtime is no rung.
        let line = |text: Option<&str>, of: &LintChange| {
            let package = self.catalog.package(of.package().as_str())?;
            Some(resolved(package, text?).ok()?.line())
        };
        let mut runtimes = runtimes.into_iter();
        let runtime = runtimes.find(|it| line(it.from(), it) != line(it.to(), it));
        let (Some(runtime), Some(package)) = (runtime, packages.first()) else {
            return;
        };
        let name = runtime.package().as_str();
        let message = LintMessage::Together {
            runtime: name.to_owned(),
            package: package.package().to_string(),
            others: packages.len() - 1,
        };
        let mut finding = LintFinding::new(LintRule::RuntimeAndPackagesTogether, name, message);
        finding.from.clone_from(&runtime.from);
        finding.to.clone_from(&runtime.to);
        finding.help = Some(LintHelp::OwnStep {
            runtime: name.to_owned(),
        });
        self.findings.push(finding);
    }

    /// The rules of a package whose findings are reported.
    pub(super) fn rules_of(&self, package: &'a Package) -> Vec<&'a Rule> {
        let id = self.catalog.id(package.name().as_str());
        let rules = self.told.rules(self.catalog).map(|(_, rule)| rule);
        rules.filter(|rule| Some(rule.package) == id).collect()
    }

    /// May a plan enter this release?
    pub(super) fn is_fit(&self, release: &Release) -> bool {
        let request = &self.request.planned;
        self.request.heed.may_enter(release)
            && !request.is_too_young(release.date())
            && request.is_within(release)
    }
}

/// A line of a runtime means its newest patch.
pub(super) fn resolved(package: &Package, text: &str) -> Result<Version> {
    let newest = package.line_index(text).and_then(|line| {
        let mut newest_first = package.releases().iter().rev();
        newest_first.find(|release| release.line == line)
    });
    match newest {
        Some(release) => Ok(release.version().clone()),
        None => Version::of_line(package.scheme(), text),
    }
}
