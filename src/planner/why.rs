//! Why a package stands where it stands in a plan, or why it can never be somewhere.

use super::{Detail, Request, Target, plan, unknown_package};
use crate::catalog::Catalog;
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Because, Outcome, Plan};
use crate::version::Version;

/// The answer to *why*: one package along a plan.
#[derive(Clone, Debug)]
pub struct Why {
    pub(crate) package: Name,
    pub(crate) stands: Vec<Stand>,
    pub(crate) plan: Plan,
}

/// Where the package stands after a step, and why it is no newer.
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

    /// One entry for each step of the plan.
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
/// As [`plan`]; [`ErrorCode::InvalidRequest`] where nothing stands behind the `@`.
pub fn why(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
    question: &str,
) -> Result<Why> {
    let (name, wanted) = match question.split_once('@') {
        None => (question, None),
        Some((name, wanted)) => (name, Some(wanted)),
    };
    let Some(package) = catalog.package(name) else {
        return Err(unknown_package(catalog, name));
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
            let version = Version::parse(package.scheme(), wanted);
            let release = version.ok().and_then(|version| package.release(&version));
            if let Some(release) = release.filter(|release| !release.is_enterable()) {
                return shut(catalog, snapshot, &request, package.name(), release);
            }
        }
    }
    let plan = plan(catalog, snapshot, &request)?;
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
        stands,
        plan,
    })
}

/// A release that no plan enters, whatever else is true.
fn shut(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
    name: &Name,
    release: &crate::catalog::Release,
) -> Result<Why> {
    let mut plan = plan(catalog, snapshot, request)?;
    plan.outcome = Outcome::Impossible;
    plan.steps.clear();
    plan.causes.clear();
    plan.fixes.clear();
    let why = match release.blocked {
        Some(rule) => {
            let rule = &catalog.rules()[rule.0 as usize];
            format!(
                "{name} {} is not entered: {} ({})",
                release.version(),
                rule.why(),
                rule.id()
            )
        }
        None if release.is_yanked() => {
            format!("{name} {} is not entered: it was yanked", release.version())
        }
        None => format!(
            "{name} {} is not entered: it is a prerelease",
            release.version()
        ),
    };
    plan.warnings.push(why);
    Ok(Why {
        package: name.clone(),
        stands: Vec::new(),
        plan,
    })
}
