//! What is installed: read from the lockfile of a project or from a document.

use crate::files::{read_lockfile, read_text};
use crate::project::{self, Project};
use rungs::catalog::{Catalog, Package, Role};
use rungs::lockfile::Snapshot;
use rungs::planner::Request;
use rungs::{Error, wire};
use std::path::Path;

/// Reads a lockfile; `ruby` overrides the Ruby that it names.
pub(crate) fn lockfile(path: &Path, ruby: Option<&str>) -> Result<Snapshot, Error> {
    let (lockfile, file) = read_lockfile(path)?;
    let snapshot = Snapshot::from_lockfile(&lockfile).map_err(|error| error.in_file(&file))?;
    Ok(with_ruby(snapshot, ruby))
}

fn with_ruby(snapshot: Snapshot, ruby: Option<&str>) -> Snapshot {
    match ruby {
        Some(ruby) => snapshot.with_runtime("ruby", ruby),
        None => snapshot,
    }
}

/// Where to read what is installed.
pub(crate) enum Installation<'a> {
    Project(&'a Project),
    /// A `rungs.snapshot-request/1`.
    Document(&'a Path),
}

impl<'a> Installation<'a> {
    /// The document where one is named, else the project.
    pub(crate) fn of(document: Option<&'a Path>, project: Option<&'a Project>) -> Option<Self> {
        match document {
            Some(path) => Some(Installation::Document(path)),
            None => project.map(Installation::Project),
        }
    }

    /// The file that is read.
    pub(crate) fn file(&self) -> &Path {
        match self {
            Installation::Project(project) => &project.lockfile,
            Installation::Document(path) => path,
        }
    }

    /// Reads it. A Gemfile beside the lockfile adds to the request.
    pub(crate) fn read(
        &self,
        ruby: Option<&str>,
        request: Request,
    ) -> Result<(Snapshot, Request), Error> {
        Ok(match self {
            Installation::Project(project) => {
                let snapshot = lockfile(&project.lockfile, ruby)?;
                project::with_gemfile(project, snapshot, request)?
            }
            Installation::Document(path) => {
                let in_file = |error: Error| error.in_file(&path.display().to_string());
                let snapshot = wire::read_snapshot(&read_text(path)?).map_err(in_file)?;
                (with_ruby(snapshot, ruby), request)
            }
        })
    }
}

/// The catalogs that a question is about, by what is installed and the packages that options name as
/// `NAME=…` or `NAME`.
pub(crate) fn chosen(snapshots: &[&Snapshot], options: &[&[String]]) -> Vec<&'static str> {
    let texts = options.iter().copied().flatten();
    let mut names: Vec<&str> = texts
        .map(|text| text.split_once('=').map_or(text.as_str(), |(name, _)| name))
        .collect();
    let runtimes = snapshots.iter().flat_map(|it| it.runtimes());
    names.extend(runtimes.map(|(name, _)| name));
    let is_installed = |gem: &str| snapshots.iter().any(|it| it.package(gem).is_some());
    Catalog::chosen(is_installed, &names)
}

/// The snapshot with runtimes as `NAME=VERSION`, which override what it says.
pub(crate) fn with_runtimes(
    mut snapshot: Snapshot,
    catalog: &Catalog,
    runtimes: &[String],
) -> Result<Snapshot, Error> {
    for text in runtimes {
        let (name, version) = runtime(catalog, text)?;
        snapshot = snapshot.with_runtime(name, version);
    }
    Ok(snapshot)
}

/// `NAME=VERSION` of a runtime of the catalog, or of what else no lockfile has.
fn runtime<'t>(catalog: &Catalog, text: &'t str) -> Result<(&'t str, &'t str), Error> {
    let is_runtime =
        |it: &&Package| it.role() == Role::Runtime || it.command().or(it.instruction()).is_some();
    let read = text.split_once('=').filter(|(name, version)| {
        !version.is_empty() && catalog.package(name).as_ref().is_some_and(is_runtime)
    });
    read.ok_or_else(|| {
        let all = catalog.packages().iter().filter(is_runtime);
        let known: Vec<&str> = all.map(|it| it.name().as_str()).collect();
        let known = match known.is_empty() {
            true => "the catalog has no runtimes".to_owned(),
            false => format!("NAME is one of {}", known.join(", ")),
        };
        let text: String = text.chars().take(60).collect();
        Error::io(&format!(
            "--runtime {text}: expected NAME=VERSION, where {known}"
        ))
    })
}
