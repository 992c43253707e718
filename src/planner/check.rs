//! Requests that make no sense, or lie beyond the catalog.

use super::problem::{Problem, Set};
use super::request::{Request, RuntimeMove, Target};
use super::session::Session;
use crate::catalog::{Catalog, Role, ships_with};
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::PlanWarning;
use crate::version::Version;

/// Says where something asked for is newer than the catalog knows.
///
/// # Errors
/// For a request that makes no sense, and where nothing of the catalog is installed.
pub(super) fn beyond(
    session: Session<'_, '_>,
    problem: &Problem<'_>,
) -> Result<Option<PlanWarning>> {
    let Session {
        catalog,
        snapshot,
        request,
        ..
    } = session;
    let is_absent = |at: &usize| problem.variables[*at].version.is_none();
    if problem.packages.iter().all(is_absent) {
        return Err(Error::new(
            ErrorCode::NothingToPlan,
            format!("no package of the catalog {} is installed", catalog.name()),
        )
        .with_help("name the right lockfile with --lockfile, or another catalog with --catalog"));
    }
    match check_targets(catalog, snapshot, request, problem)? {
        Some(beyond) => Ok(Some(beyond)),
        None => check_runtimes(catalog, snapshot, request),
    }
}

/// Refuses targets that make no sense; answers with a warning where one is beyond the catalog.
fn check_targets(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
    problem: &Problem<'_>,
) -> Result<Option<PlanWarning>> {
    // What is there, or ahead, and asked for makes sense; to look at each release takes longer.
    let is_ahead = |at: &usize| {
        let variable = &problem.variables[*at];
        let target = variable.target.as_ref();
        let newest = target.and_then(Set::highest);
        newest.is_some_and(|it| it >= variable.first())
    };
    let ahead: Vec<&Name> = problem
        .targets
        .iter()
        .filter(|at| is_ahead(at))
        .map(|at| catalog.get(problem.variables[*at].package).name())
        .collect();
    for (name, target) in &request.targets {
        let Some(package) = catalog.package(name) else {
            continue;
        };
        if matches!(target, Target::Requirement(_)) && ahead.contains(&package.name()) {
            continue;
        }
        let installed = snapshot
            .packages
            .get(name)
            .map(|installed| &installed.version);
        let known: Vec<&str> = package.lines().iter().map(|line| line.name()).collect();
        let last = package.lines().last().map_or("", |line| line.name());
        match target {
            Target::Latest => {}
            Target::Line(line) => {
                let asked = Version::of_line(package.scheme(), line)?;
                let top = Version::of_line(package.scheme(), last)?;
                if !known.contains(&line.as_str()) {
                    if asked > top {
                        return Ok(Some(PlanWarning::BeyondCatalog {
                            package: package.name().clone(),
                            asked: line.clone(),
                            newest: last.to_owned(),
                            horizon: catalog.horizon(),
                        }));
                    }
                    return Err(Error::new(
                        ErrorCode::UnknownLine,
                        format!("{name} has no line {line}"),
                    )
                    .with_help(format!("it has {}", known.join(", "))));
                }
                if let Some(installed) = installed {
                    let here = Version::of_line(package.scheme(), &installed.line())?;
                    if asked < here {
                        return Err(behind(name, line, installed));
                    }
                }
            }
            Target::Requirement(requirement) => {
                let meets = |version: &Version| requirement.matches(version);
                let any = package
                    .releases()
                    .iter()
                    .any(|release| meets(release.version()));
                if !any && installed.is_none_or(|version| !meets(version)) {
                    return Ok(Some(PlanWarning::NoRelease {
                        package: package.name().clone(),
                        requirement: requirement.to_string(),
                        horizon: catalog.horizon(),
                    }));
                }
                if let Some(installed) = installed {
                    let ahead = package
                        .releases()
                        .iter()
                        .any(|release| release.version() > installed && meets(release.version()));
                    if !ahead && !meets(installed) {
                        return Err(behind(name, &requirement.to_string(), installed));
                    }
                }
            }
        }
    }
    Ok(None)
}

/// Refuses a runtime to arrive at that makes no sense; answers with a warning where a runtime is
/// newer than the catalog knows.
fn check_runtimes(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
) -> Result<Option<PlanWarning>> {
    let told = request.runtimes.iter().map(|(name, _)| name);
    for name in told.chain(&request.runtimes_fixed) {
        let found = catalog.package(name);
        if found.is_none_or(|package| package.role() != Role::Runtime) {
            return Err(unknown_runtime(catalog, name));
        }
    }
    for package in catalog.packages() {
        if package.role() != Role::Runtime {
            continue;
        }
        let name = package.name();
        let parse = |text: &str| Version::of_line(package.scheme(), text);
        let Some(newest) = package.lines().last() else {
            continue;
        };
        let beyond = |version: &Version| -> Result<Option<PlanWarning>> {
            let line = version.line();
            let newer =
                package.line_index(&line).is_none() && parse(&line)? > parse(newest.name())?;
            Ok(newer.then(|| PlanWarning::BeyondCatalog {
                package: name.clone(),
                asked: version.as_str().to_owned(),
                newest: newest.name().to_owned(),
                horizon: catalog.horizon(),
            }))
        };
        let installed = snapshot.runtime(name.as_str()).map(parse).transpose()?;
        if let Some(warning) = installed.as_ref().map(beyond).transpose()?.flatten() {
            return Ok(Some(warning));
        }
        let asked = request.runtime_of(name.as_str());
        let (RuntimeMove::To(text), Some(installed)) = (asked, installed) else {
            continue;
        };
        let asked = parse(text)?;
        if let Some(warning) = beyond(&asked)? {
            return Ok(Some(warning));
        }
        let known: Vec<&str> = package.lines().iter().map(|line| line.name()).collect();
        if !known.contains(&asked.line().as_str()) {
            return Err(Error::new(
                ErrorCode::UnknownRuntime,
                format!("{name} has no line {}", asked.line()),
            )
            .with_help(format!("it has {}", known.join(", "))));
        }
        if parse(&asked.line())? < parse(&installed.line())? {
            return Err(behind(name.as_str(), text, &installed));
        }
    }
    Ok(None)
}

/// Refuses an installed runtime that neither the catalog knows nor one that ships: a document may be asked about
/// with several catalogs, and a lockfile names Ruby.
///
/// # Errors
/// [`ErrorCode::UnknownRuntime`].
pub(super) fn installed_runtimes(catalog: &Catalog, snapshot: &Snapshot) -> Result<()> {
    let is_known = |name: &str| match catalog.package(name) {
        Some(package) => package.role() == Role::Runtime || package.is_deployed(),
        None => ships_with(name).is_some(),
    };
    match snapshot.runtimes().find(|(name, _)| !is_known(name)) {
        Some((name, _)) => Err(unknown_runtime(catalog, name)),
        None => Ok(()),
    }
}

fn unknown_runtime(catalog: &Catalog, name: &str) -> Error {
    let shown: String = name.chars().take(60).collect();
    let runtimes = catalog
        .packages()
        .iter()
        .filter(|it| it.role() == Role::Runtime);
    let known: Vec<&str> = runtimes.map(|it| it.name().as_str()).collect();
    Error::new(
        ErrorCode::UnknownRuntime,
        format!("no runtime {shown:?} in the catalog {}", catalog.name()),
    )
    .with_nearest(
        name,
        known.iter().copied(),
        match known.is_empty() {
            true => "it has no runtimes".to_owned(),
            false => format!("it has {}", known.join(", ")),
        },
    )
}

fn behind(name: &str, target: &str, installed: &Version) -> Error {
    Error::new(
        ErrorCode::TargetBehind,
        format!(
            "the target {name} {target} is older than the installed {}",
            installed.as_str()
        ),
    )
    .with_help("a plan never downgrades; name a later line")
}
