//! Why a package has its version in a plan, or why it can never be somewhere.

mod required;

use crate::catalog::{Catalog, Role};
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Because, Outcome, Outside, Plan, PlanWarning};
use crate::planner::{Detail, Planner, Request, Session, Target, compare, run, unknown_package};
use crate::version::Version;
use required::{RuntimeNeeds, chains};

pub use required::Chain;

/// The answer to *why*: one package along a plan.
#[derive(Clone, Debug)]
pub struct Why {
    pub(crate) package: Name,
    pub(crate) installed: Option<String>,
    pub(crate) stands: Vec<Stand>,
    pub(crate) outside: Vec<(usize, Outside)>,
    pub(crate) chains: Vec<Chain>,
    pub(crate) is_runtime: bool,
    pub(crate) plan: Plan,
}

/// Where the package is after a step, and why it is no newer.
#[derive(Clone, Debug)]
pub struct Stand {
    pub(crate) step: usize,
    pub(crate) version: Option<Version>,
    pub(crate) moved: bool,
    pub(crate) because: Because,
}

impl Why {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// Whether it is a runtime, such as Ruby.
    #[must_use]
    pub fn is_runtime(&self) -> bool {
        self.is_runtime
    }

    /// The installed version.
    #[must_use]
    pub fn installed(&self) -> Option<&str> {
        self.installed.as_deref()
    }

    /// Of a package outside the catalog: the steps that move it.
    #[must_use]
    pub fn outside(&self) -> &[(usize, Outside)] {
        &self.outside
    }

    /// Who requires it now, and how one comes to that.
    #[must_use]
    pub fn chains(&self) -> &[Chain] {
        &self.chains
    }

    /// One entry for each step of the plan; none for a package outside the catalog.
    #[must_use]
    pub fn stands(&self) -> &[Stand] {
        &self.stands
    }

    /// The plan that was asked; where it is impossible its causes say why.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}

impl Stand {
    /// After which step.
    #[must_use]
    pub fn step(&self) -> usize {
        self.step
    }

    /// At which version; `None` while it is not in play.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Whether the step moved it.
    #[must_use]
    pub fn has_moved(&self) -> bool {
        self.moved
    }

    /// Why it is no newer.
    #[must_use]
    pub fn because(&self) -> &Because {
        &self.because
    }
}

/// Asks why: `karafka` along the plan of the request, `karafka@2.5` or `karafka@2.5.1` on the way
/// to just that.
///
/// # Errors
/// As [`Planner::plan`]; [`ErrorCode::InvalidRequest`] where nothing is behind the `@`.
///
/// ```
/// use rungs::catalog::Catalog;
/// use rungs::lockfile::{Lockfile, Snapshot};
/// use rungs::planner::{Planner, Request};
/// use rungs::why::why;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
/// let catalog = Catalog::karafka()?;
/// let snapshot = Snapshot::from_lockfile(&lockfile)?;
/// let planner = Planner::new(&catalog, &snapshot);
/// let why = why(planner, &Request::new(), "karafka-web")?;
/// assert_eq!(why.stands().len(), why.plan().steps().len());
/// # Ok(())
/// # }
/// ```
pub fn why(planner: Planner<'_>, request: &Request, question: &str) -> Result<Why> {
    planner.ask(request, |session| why_in(session, question))
}

fn why_in(session: Session<'_, '_>, question: &str) -> Result<Why> {
    let Session {
        catalog,
        snapshot,
        request,
        ..
    } = session;
    let (name, wanted) = match question.split_once('@') {
        None => (question, None),
        Some((name, wanted)) => (name, Some(wanted)),
    };
    let Some(package) = catalog.package(name) else {
        return match wanted {
            None => outside(session, name),
            Some(_) => Err(unknown_package(catalog, name)),
        };
    };
    let mut request = request.clone();
    request.detail = Detail::Path;
    if let Some(wanted) = wanted {
        if wanted.is_empty() {
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("{question:?} asks for nothing: expected {name}@LINE or {name}@VERSION"),
            ));
        }
        request.targets.clear();
        request = request.to(catalog, &format!("{name}={wanted}"))?;
        if let Some((_, Target::Requirement(_))) = request.targets.first() {
            let version = Version::of_line(package.scheme(), wanted);
            let release = version.ok().and_then(|version| package.release(&version));
            let heed = session.about(&request).heed()?;
            if let Some(release) = release.filter(|release| !heed.may_enter(release)) {
                return shut(session.about(&request), package.name(), release);
            }
        }
    }
    let plan = run(session.about(&request))?;
    if package.role() == Role::Runtime {
        let needs = RuntimeNeeds::new(session.about(&request), package)?;
        return Ok(Why {
            package: package.name().clone(),
            installed: needs.installed(&plan),
            stands: needs.stands(&plan),
            outside: Vec::new(),
            chains: needs.chains(plan.start()),
            is_runtime: true,
            plan,
        });
    }
    let mut stands = Vec::new();
    for step in plan.steps() {
        let change = step
            .changes()
            .iter()
            .find(|change| *change.package() == name);
        let stay = step.stays().iter().find(|stay| *stay.package() == name);
        stands.push(Stand {
            step: step.number(),
            version: step.state().package(name).cloned(),
            moved: change.is_some(),
            because: match (change, stay) {
                (Some(change), _) => change.because().clone(),
                (None, Some(stay)) => stay.because().clone(),
                (None, None) if step.state().package(name).is_none() => Because::Unneeded,
                (None, None) => Because::Newest,
            },
        });
    }
    Ok(Why {
        package: package.name().clone(),
        installed: installed(snapshot, name),
        stands,
        outside: Vec::new(),
        chains: from_outside(catalog, snapshot, name),
        is_runtime: false,
        plan,
    })
}

/// Who in the rest of the lockfile requires a package of the catalog.
fn from_outside(catalog: &Catalog, snapshot: &Snapshot, name: &str) -> Vec<Chain> {
    let mut chains = chains(snapshot, name);
    chains.retain(|chain| catalog.package(chain.by()).is_none());
    chains
}

fn installed(snapshot: &Snapshot, name: &str) -> Option<String> {
    let installed = snapshot.packages.get(name);
    installed.map(|it| it.version.to_string())
}

/// A package that is not in the catalog: who requires it, and which steps move it.
fn outside(session: Session<'_, '_>, name: &str) -> Result<Why> {
    let request = Request {
        detail: Detail::Path,
        ..session.request.clone()
    };
    let mut plan = run(session.about(&request))?;
    if !session.has_index() {
        compare(session.catalog, session.snapshot, &mut plan, |_| false);
    }
    let mut moves = Vec::new();
    for step in plan.steps() {
        let outside = step.outside().iter().filter(|it| it.gem() == name);
        moves.extend(outside.map(|it| (step.number(), it.clone())));
    }
    if moves.is_empty() && !session.snapshot.packages.contains_key(name) {
        return Err(unknown_package(session.catalog, name));
    }
    Ok(Why {
        package: Name::new(name)?,
        installed: installed(session.snapshot, name),
        stands: Vec::new(),
        outside: moves,
        chains: chains(session.snapshot, name),
        is_runtime: false,
        plan,
    })
}

/// A release that no plan enters, whatever else is true.
fn shut(session: Session<'_, '_>, name: &Name, release: &crate::catalog::Release) -> Result<Why> {
    let catalog = session.catalog;
    let mut plan = run(session)?;
    plan.outcome = Outcome::Impossible;
    plan.steps.clear();
    plan.causes.clear();
    plan.fixes.clear();
    let (package, version) = (name.clone(), release.version().clone());
    let heed = session.heed()?;
    let why = match release.blocked.iter().find(|rule| heed.holds(**rule)) {
        Some(rule) => {
            let rule = &catalog.rules()[rule.0 as usize];
            PlanWarning::Blocked {
                package,
                version,
                rule: rule.id().clone(),
                why: rule.why().to_owned(),
            }
        }
        None if release.is_yanked() => PlanWarning::Yanked { package, version },
        None => PlanWarning::Prerelease { package, version },
    };
    plan.warnings.push(why);
    Ok(Why {
        package: name.clone(),
        installed: installed(session.snapshot, name.as_str()),
        stands: Vec::new(),
        outside: Vec::new(),
        chains: from_outside(catalog, session.snapshot, name.as_str()),
        is_runtime: false,
        plan,
    })
}
