//! The state of an installation: what its lines offer, how long they are supported, what is wrong.

mod advisory;
mod problem;
mod reach;

pub use problem::{ProblemFact, ProblemKind, StatusProblem};
pub use reach::{Reach, Refused};

use crate::catalog::{self, Catalog, Package, Release, Role, Rule, RuleId};
use crate::date::Date;
use crate::error::{ErrorCode, Result};
use crate::lockfile::{Installed, Origin, Snapshot};
use crate::name::Name;
use crate::plan::{CatalogStamp, Constraint, Held, KnownDefect, Outcome, Plan, PlanWarning};
use crate::planner::{Detail, Planner, Request, faults, installed};
use crate::rules::{self, Heed, Says};
use crate::version::{Requirement, Version};

/// Where the packages and runtimes of a catalog stand in a snapshot.
///
/// ```
/// use rungs::planner::{Planner, Request};
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// # use rungs::lockfile::{Lockfile, Snapshot};
/// # let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
/// # let snapshot = Snapshot::from_lockfile(&lockfile)?;
/// let status = rungs::status::status(Planner::new(&catalog, &snapshot), None, &Request::new())?;
/// let karafka = status.standings().find(|it| it.package().as_str() == "karafka").unwrap();
/// assert_eq!((karafka.installed(), karafka.line()), (Some("2.3.0"), Some("2.3")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Status {
    catalog: CatalogStamp,
    as_of: Option<Date>,
    packages: Vec<Standing>,
    runtimes: Vec<Standing>,
    reaches: Vec<Reach>,
    ahead: Ahead,
}

/// The state of one package or runtime.
#[derive(Clone, Debug)]
pub struct Standing {
    package: Name,
    role: Role,
    installed: Option<String>,
    line: Option<String>,
    newest_of_line: Option<Version>,
    newest: Option<Version>,
    lines_ahead: usize,
    support: Option<LineSupport>,
    problems: Vec<StatusProblem>,
}

/// The support of a line on the day asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSupport {
    state: SupportState,
    until: Option<Date>,
}

/// What support a line has on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SupportState {
    /// All kinds of fixes and improvements.
    Active,
    /// Security and critical fixes only.
    Maintenance,
    /// Not over on that day, though the catalog's horizon lies behind its end; so which of the
    /// two it had is not known.
    Supported,
    /// Pre-releases only.
    Preview,
    /// Nothing any more.
    Ended,
}

/// Why there is no plan ahead, or none that is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AheadReason {
    /// A constraint that takes part in a conflict.
    Constraint(Constraint),
    /// Something lies beyond the catalog.
    Beyond(PlanWarning),
    /// The catalog does not have the installed runtime.
    UnknownRuntime {
        /// What is wrong with it.
        message: String,
    },
}

impl AheadReason {
    /// The stable code in documents: the kind of a constraint, the code of a warning, or
    /// `unknown_runtime`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            AheadReason::Constraint(constraint) => constraint.kind(),
            AheadReason::Beyond(warning) => warning.code(),
            AheadReason::UnknownRuntime { .. } => "unknown_runtime",
        }
    }
}

/// What lies ahead when all goes to the newest lines that can be reached together.
#[derive(Clone, Debug)]
pub struct Ahead {
    outcome: Outcome,
    steps: usize,
    targets: Vec<(String, String)>,
    because: Vec<AheadReason>,
    warnings: Vec<PlanWarning>,
    has_index: bool,
    held: Vec<Held>,
}

impl SupportState {
    /// The word that documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SupportState::Active => "active",
            SupportState::Maintenance => "maintenance",
            SupportState::Supported => "supported",
            SupportState::Preview => "preview",
            SupportState::Ended => "ended",
        }
    }
}

impl Status {
    /// What no lockfile has and the installed gems talk to, such as brokers: which releases go with them, by
    /// the catalog and those that ship and have rules about these gems.
    #[must_use]
    pub fn reaches(&self) -> &[Reach] {
        &self.reaches
    }

    /// The packages of the catalog that are installed, in the catalog's order.
    #[must_use]
    pub fn packages(&self) -> &[Standing] {
        &self.packages
    }

    /// The runtimes of the catalog, installed or not known.
    #[must_use]
    pub fn runtimes(&self) -> &[Standing] {
        &self.runtimes
    }

    /// What lies ahead.
    #[must_use]
    pub fn ahead(&self) -> &Ahead {
        &self.ahead
    }

    /// The day on which support was judged; without one the catalog's own words count.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.as_of
    }

    /// Packages, then runtimes.
    pub fn standings(&self) -> impl Iterator<Item = &Standing> {
        self.packages.iter().chain(&self.runtimes)
    }

    /// How many problems a check fails on.
    #[must_use]
    pub fn findings(&self) -> usize {
        self.standings()
            .flat_map(Standing::problems)
            .filter(|problem| problem.kind.is_finding())
            .count()
    }

    /// Is something installed that the catalog cannot know?
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.standings()
            .flat_map(Standing::problems)
            .any(|problem| problem.kind.is_unknown())
    }

    /// The name of the catalog that answered.
    #[must_use]
    pub fn catalog_name(&self) -> &Name {
        &self.catalog.name
    }

    /// The day up to which that catalog knows the world.
    #[must_use]
    pub fn horizon(&self) -> Date {
        self.catalog.horizon
    }

    /// How many days it is old on that day; `None` below [`Catalog::STALE_AFTER`].
    #[must_use]
    pub fn stale_days(&self) -> Option<u32> {
        self.catalog.stale_on(self.as_of)
    }

    /// The digest of that catalog.
    #[must_use]
    pub fn catalog_digest(&self) -> &str {
        &self.catalog.digest
    }
}

impl Standing {
    /// Of what.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// How it moves.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// What is installed, as given: of a runtime a line or a version. `None` where it is not known.
    #[must_use]
    pub fn installed(&self) -> Option<&str> {
        self.installed.as_deref()
    }

    /// The line it is on.
    #[must_use]
    pub fn line(&self) -> Option<&str> {
        self.line.as_deref()
    }

    /// The newest release of that line that is fit to stand on; `None` where all that the catalog
    /// knows are older than what is installed.
    #[must_use]
    pub fn newest_of_line(&self) -> Option<&Version> {
        self.newest_of_line.as_ref()
    }

    /// The newest release of the newest line that has one fit to stand on; `None` where all that
    /// the catalog knows are older than what is installed.
    #[must_use]
    pub fn newest(&self) -> Option<&Version> {
        self.newest.as_ref()
    }

    /// How many lines with a fit release lie ahead.
    #[must_use]
    pub fn lines_ahead(&self) -> usize {
        self.lines_ahead
    }

    /// The support of its line; `None` where the catalog does not list it.
    #[must_use]
    pub fn support(&self) -> Option<LineSupport> {
        self.support
    }

    /// What is wrong or worth knowing.
    #[must_use]
    pub fn problems(&self) -> &[StatusProblem] {
        &self.problems
    }
}

impl LineSupport {
    /// What support it is.
    #[must_use]
    pub fn state(self) -> SupportState {
        self.state
    }

    /// Its last day, where one is known.
    #[must_use]
    pub fn until(self) -> Option<Date> {
        self.until
    }
}

impl Ahead {
    /// How planning to the newest lines ended.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The number of steps of that plan.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The newest lines that can be reached together: package and line.
    #[must_use]
    pub fn targets(&self) -> &[(String, String)] {
        &self.targets
    }

    /// Why there is no plan, or none that is proven.
    #[must_use]
    pub fn because(&self) -> &[AheadReason] {
        &self.because
    }

    /// What else that plan warns of: a part of the index that could not be read. Empty where it is
    /// unknown: then the warnings are the reason, see [`Ahead::because`].
    #[must_use]
    pub fn warnings(&self) -> &[PlanWarning] {
        &self.warnings
    }

    /// Packages that stay below their newest line because of gems outside the catalog.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// Whether the packages outside the catalog took part: the planner had an index.
    #[must_use]
    pub fn has_index(&self) -> bool {
        self.has_index
    }
}

/// Reports the state of a snapshot, on a day or as the catalog's words have it.
///
/// The targets of the request are left aside; its pins, accepted rules and runtime count. With an
/// index, what lies ahead is planned with it; what is installed and what is wrong with it is reported as
/// without one.
///
/// # Errors
/// As [`Planner::plan`]; for one [`ErrorCode::NothingToPlan`] where no package of the catalog is
/// installed.
///
/// ```
/// use rungs::catalog::Catalog;
/// use rungs::lockfile::{Lockfile, Snapshot};
/// use rungs::planner::{Planner, Request};
/// use rungs::status::status;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
/// let catalog = Catalog::karafka()?;
/// let snapshot = Snapshot::from_lockfile(&lockfile)?;
/// let status = status(Planner::new(&catalog, &snapshot), None, &Request::new())?;
/// assert!(status.ahead().steps() > 0);
/// # Ok(())
/// # }
/// ```
pub fn status(planner: Planner<'_>, as_of: Option<Date>, request: &Request) -> Result<Status> {
    let request = asked(as_of, request);
    let catalog = planner.catalog();
    let snapshot = &*planner.read_snapshot()?;
    let has_index = planner.has_index();
    let ahead = Ahead {
        has_index,
        ..ahead(planner.plan(&request))?
    };
    stand(catalog, snapshot, request, ahead)
}

/// A request without targets for the day asked for.
fn asked(as_of: Option<Date>, request: &Request) -> Request {
    Request {
        detail: Detail::Path,
        targets: Vec::new(),
        as_of: as_of.or(request.as_of),
        ..request.clone()
    }
}

fn stand(catalog: &Catalog, snapshot: &Snapshot, request: Request, ahead: Ahead) -> Result<Status> {
    let request = request.with_shown(catalog, snapshot).into_owned();
    let view = View {
        catalog,
        snapshot,
        request: &request,
        heed: request.heed(catalog)?,
    };
    let mut packages = Vec::new();
    let mut runtimes = Vec::new();
    for package in catalog.packages() {
        if package.role() == Role::Runtime {
            runtimes.push(view.runtime(package)?);
        } else if let Some(installed) = snapshot.packages.get(package.name().as_str()) {
            packages.push(view.package(package, installed)?);
        }
    }
    Ok(Status {
        catalog: CatalogStamp {
            name: catalog.name().clone(),
            horizon: catalog.horizon(),
            digest: catalog.digest().to_owned(),
        },
        as_of: request.as_of,
        packages,
        runtimes,
        reaches: reach::reaches(catalog, snapshot)?,
        ahead,
    })
}

/// An installed runtime that the catalog does not have is a finding here, not a refusal.
fn ahead(plan: Result<Plan>) -> Result<Ahead> {
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) if error.code() == ErrorCode::UnknownRuntime => {
            return Ok(Ahead {
                outcome: Outcome::Unknown,
                steps: 0,
                targets: Vec::new(),
                because: vec![AheadReason::UnknownRuntime {
                    message: error.message().to_owned(),
                }],
                warnings: Vec::new(),
                held: Vec::new(),
                has_index: false,
            });
        }
        Err(error) => return Err(error),
    };
    let is_unknown = plan.outcome() == Outcome::Unknown;
    let all = plan.warnings().iter().cloned();
    let (reasons, warnings): (Vec<_>, _) = all.partition(|it| is_unknown && it.is_reason());
    let because = match plan.outcome() {
        Outcome::Impossible => {
            let constraints = plan.causes().iter().flat_map(|cause| cause.constraints());
            constraints.cloned().map(AheadReason::Constraint).collect()
        }
        _ => reasons.into_iter().map(AheadReason::Beyond).collect(),
    };
    Ok(Ahead {
        outcome: plan.outcome(),
        steps: plan.steps().len(),
        targets: plan.targets().to_vec(),
        because,
        warnings,
        held: plan.held().to_vec(),
        has_index: false,
    })
}

struct View<'a> {
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    request: &'a Request,
    heed: Heed,
}

impl View<'_> {
    fn package(&self, package: &Package, installed: &Installed) -> Result<Standing> {
        let version = installed.version();
        let release = package.release(version);
        let foreign = installed.origin() != Origin::Registry;
        let mut standing = self.standing(package, version, version.as_str());
        let mut add = |kind, rule: Option<&Rule>, fact: ProblemFact| {
            standing.problems.push(StatusProblem {
                kind,
                rule: rule.map(|rule| rule.id().clone()),
                fact,
            });
        };
        if foreign {
            let is_git = installed.origin() == Origin::Git;
            let fact = ProblemFact::Foreign { is_git };
            add(ProblemKind::Foreign, None, fact);
        } else if release.is_none() {
            let horizon = self.catalog.horizon();
            let fact = ProblemFact::NotInCatalog { horizon };
            add(ProblemKind::Unknown, None, fact);
        }
        if version.is_prerelease() {
            add(ProblemKind::Prerelease, None, ProblemFact::Prerelease);
        }
        if release.is_some_and(Release::is_yanked) && !foreign {
            add(ProblemKind::Yanked, None, ProblemFact::Yanked);
        }
        let rules = self.catalog.rules().iter().enumerate();
        let rules = rules.filter(|(at, rule)| {
            let accepted = self.request.accept.iter().any(|id| rule.id == **id);
            let is_about = self.catalog.get(rule.package).name() == package.name();
            !foreign && !accepted && is_about && !self.heed.is_denied(RuleId::at(*at))
        });
        for (_, rule) in rules {
            if let Some((kind, fact)) = self.broken(rule, version) {
                add(kind, Some(rule), fact);
            }
        }
        for fault in faults(self.catalog, self.snapshot, package.name().as_str()) {
            let fact = ProblemFact::BrokenEntry(fault);
            add(ProblemKind::BrokenEntry, None, fact);
        }
        // What the catalog says of a release counts; of one that it does not know the lockfile's
        // words do, as in a plan.
        let needs = installed::needs(package, self.snapshot, release.filter(|_| !foreign));
        for (name, requirement) in needs {
            if let Some(fact) = self.unmet(name, requirement)? {
                add(ProblemKind::Requirement, None, fact);
            }
        }
        if !foreign {
            let found = advisory::advisories(self.catalog, package, version, None, self.request)?;
            standing.problems.extend(found);
        }
        Ok(standing)
    }

    fn runtime(&self, package: &Package) -> Result<Standing> {
        let name = package.name();
        let Some(text) = self.snapshot.runtime(name.as_str()) else {
            let mut standing = self.empty(package);
            standing.newest = self.newest(package, None).map(|(version, _)| version);
            return Ok(standing);
        };
        let version = Version::of_line(package.scheme(), text)?;
        let mut standing = self.standing(package, &version, text);
        if standing.line.is_none() {
            standing.line = Some(version.line());
            standing.problems.push(StatusProblem {
                kind: ProblemKind::Unknown,
                rule: None,
                fact: ProblemFact::NotInCatalog {
                    horizon: self.catalog.horizon(),
                },
            });
        }
        let found =
            advisory::advisories(self.catalog, package, &version, Some(text), self.request)?;
        standing.problems.extend(found);
        Ok(standing)
    }

    fn empty(&self, package: &Package) -> Standing {
        Standing {
            package: package.name().clone(),
            role: package.role(),
            installed: None,
            line: None,
            newest_of_line: None,
            newest: None,
            lines_ahead: 0,
            support: None,
            problems: Vec::new(),
        }
    }

    /// Lines and support; and whether the line is over.
    fn standing(&self, package: &Package, version: &Version, text: &str) -> Standing {
        let line = package.line_index(&version.line());
        let mut standing = self.empty(package);
        standing.installed = Some(text.to_owned());
        if let Some((newest, lines_ahead)) = self.newest(package, Some(version)) {
            standing.newest = Some(newest).filter(|newest| newest >= version);
            standing.lines_ahead = lines_ahead;
        }
        if let Some(at) = line {
            let line = &package.lines()[at];
            standing.newest_of_line = self
                .newest_in(package, at)
                .filter(|newest| *newest >= version)
                .cloned();
            standing.support = line
                .support()
                .map(|support| support_on(support, self.request.as_of));
        }
        standing.line = match package.role() {
            Role::Runtime => line.map(|at| package.lines()[at].name().to_owned()),
            _ => Some(version.line()),
        };
        let over = standing
            .support
            .filter(|support| support.state == SupportState::Ended);
        if let Some(support) = over {
            standing.problems.push(StatusProblem {
                kind: ProblemKind::Ended,
                rule: None,
                fact: ProblemFact::Ended {
                    line: version.line(),
                    until: support.until,
                },
            });
        }
        standing
    }

    fn is_fit(&self, release: &Release) -> bool {
        release.is_enterable() && !self.request.is_too_young(release.date())
    }

    fn newest_in<'p>(&self, package: &'p Package, line: usize) -> Option<&'p Version> {
        package
            .releases()
            .iter()
            .rev()
            .find(|release| release.line == line && self.is_fit(release))
            .map(Release::version)
    }

    /// The newest fit release of all, and how many lines above that of `version` have a fit one.
    fn newest(&self, package: &Package, version: Option<&Version>) -> Option<(Version, usize)> {
        let fit = |release: &&Release| self.is_fit(release);
        let newest = package.releases().iter().rev().find(fit)?;
        let line = version.map(Version::line);
        let mut lines: Vec<usize> = package
            .releases()
            .iter()
            .filter(|release| version.is_some_and(|version| release.version() > version))
            .filter(|release| line.as_deref() != Some(package.lines()[release.line].name()))
            .filter(fit)
            .map(|release| release.line)
            .collect();
        lines.dedup();
        Some((newest.version().clone(), lines.len()))
    }

    /// Does an installed version break this rule of its package?
    fn broken(&self, rule: &Rule, version: &Version) -> Option<(ProblemKind, ProblemFact)> {
        let installed = |name: &str| {
            let installed = self.snapshot.packages.get(name)?;
            Some(installed.version().clone())
        };
        if let Some(defect) = rules::defect(self.catalog, rule, version, installed) {
            let kind = match defect.avoid {
                true => ProblemKind::Avoid,
                false => ProblemKind::Defect,
            };
            let package = self.catalog.get(rule.package).name();
            let known = KnownDefect::new(package, version, rule, defect);
            return Some((kind, ProblemFact::Defect(Box::new(known))));
        }
        let says = rules::broken(self.catalog, rule, version, installed)?;
        let pinned = self
            .catalog
            .get(rule.package)
            .release(version)
            .and_then(|release| rules::used_as_pinned(self.catalog, release, installed));
        let why = rule.why().to_owned();
        Some(match says {
            // What it is blocked for is not the case here.
            Says::Never if pinned.is_some() => return None,
            Says::Never => (ProblemKind::Blocked, ProblemFact::Blocked { why }),
            Says::Needs {
                on,
                requirement,
                found,
            } => (
                ProblemKind::Requires,
                ProblemFact::Requires {
                    on: on.to_string(),
                    requirement: requirement.to_string(),
                    found: found.to_string(),
                    why: Some(why),
                },
            ),
            Says::Apart { with, found } => (
                ProblemKind::Conflict,
                ProblemFact::Conflict {
                    with: with.to_string(),
                    found: found.to_string(),
                    why,
                },
            ),
        })
    }

    /// Is something that is installed outside this requirement?
    fn unmet(&self, name: &str, requirement: &Requirement) -> Result<Option<ProblemFact>> {
        let Some(package) = self.catalog.package(name) else {
            return Ok(None);
        };
        if package.role() != Role::Runtime {
            let installed = self.snapshot.packages.get(name).map(Installed::version);
            return Ok(installed
                .filter(|version| !requirement.matches(version))
                .map(|version| unmet(name, requirement, version.as_str())));
        }
        let Some(text) = self.snapshot.runtime(name) else {
            return Ok(None);
        };
        // A line stands for its newest patch.
        let newest = package.line_index(text).and_then(|line| {
            let mut newest_first = package.releases().iter().rev();
            newest_first.find(|release| release.line == line)
        });
        let version = match newest {
            Some(release) => release.version().clone(),
            None => Version::of_line(package.scheme(), text)?,
        };
        Ok((!requirement.matches(&version)).then(|| unmet(name, requirement, text)))
    }
}

fn unmet(name: &str, requirement: &Requirement, installed: &str) -> ProblemFact {
    ProblemFact::Requires {
        on: name.to_owned(),
        requirement: requirement.to_string(),
        found: installed.to_owned(),
        why: None,
    }
}

fn support_on(support: &catalog::Support, day: Option<Date>) -> LineSupport {
    let until = support.end_of_life();
    let over = day.zip(until).map(|(day, until)| day > until);
    let state = match (support.status(), over) {
        (_, Some(true)) => SupportState::Ended,
        (catalog::SupportStatus::Eol, Some(false)) => SupportState::Supported,
        (catalog::SupportStatus::Eol, None) => SupportState::Ended,
        (catalog::SupportStatus::Active, _) => SupportState::Active,
        (catalog::SupportStatus::Maintenance, _) => SupportState::Maintenance,
        (catalog::SupportStatus::Preview, _) => SupportState::Preview,
    };
    LineSupport { state, until }
}
