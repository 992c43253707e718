//! Requests that make no sense, or lie beyond the catalog.

use super::problem::Problem;
use super::request::{Request, RuntimeMove, Target};
use super::session::Session;
use crate::catalog::{Catalog, Role};
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::Snapshot;
use crate::version::Version;

/// Says where something asked for is newer than the catalog knows.
///
/// # Errors
/// For a request that makes no sense, and where nothing of the catalog is installed.
pub(super) fn beyond(session: Session<'_, '_>, problem: &Problem<'_>) -> Result<Option<String>> {
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
    match check_targets(catalog, snapshot, request)? {
        Some(beyond) => Ok(Some(beyond)),
        None => check_runtimes(catalog, snapshot, request),
    }
}

/// Refuses targets that make no sense; answers with a warning where one is beyond the catalog.
fn check_targets(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
) -> Result<Option<String>> {
    for (name, target) in &request.targets {
        let Some(package) = catalog.package(name) else {
            continue;
        };
        let installed = snapshot
            .packages
            .get(name)
            .map(|installed| &installed.version);
        let known: Vec<&str> = package.lines().iter().map(|line| line.name()).collect();
        let last = package.lines().last().map_or("", |line| line.name());
        match target {
            Target::Latest => {}
            Target::Line(line) => {
                let asked = Version::parse(package.scheme(), line)?;
                let top = Version::parse(package.scheme(), last)?;
                if !known.contains(&line.as_str()) {
                    if asked > top {
                        return Ok(Some(format!(
                            "{name} {line} is beyond the catalog, which covers {name} up to {last} \
                             and releases up to {}",
                            catalog.horizon()
                        )));
                    }
                    return Err(Error::new(
                        ErrorCode::UnknownLine,
                        format!("{name} has no line {line}"),
                    )
                    .with_help(format!("it has {}", known.join(", "))));
                }
                if let Some(installed) = installed {
                    let here = Version::parse(package.scheme(), &installed.line())?;
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
                    return Ok(Some(format!(
                        "no release of {name} that the catalog knows is {requirement}; it covers \
                         releases up to {}",
                        catalog.horizon()
                    )));
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
) -> Result<Option<String>> {
    for package in catalog.packages() {
        if package.role() != Role::Runtime {
            continue;
        }
        let name = package.name();
        let parse = |text: &str| Version::parse(package.scheme(), text);
        let Some(newest) = package.lines().last() else {
            continue;
        };
        let beyond = |version: &Version| -> Result<Option<String>> {
            let newer = parse(&version.line())? > parse(newest.name())?;
            Ok(newer.then(|| {
                format!(
                    "{name} {} is beyond the catalog, which covers {name} up to {} and releases up \
                     to {}",
                    version.as_str(),
                    newest.name(),
                    catalog.horizon()
                )
            }))
        };
        let installed = snapshot.runtime(name.as_str()).map(parse).transpose()?;
        if let Some(warning) = installed.as_ref().map(beyond).transpose()?.flatten() {
            return Ok(Some(warning));
        }
        let (RuntimeMove::To(text), Some(installed)) = (&request.runtime, installed) else {
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
