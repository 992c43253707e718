//! What plans refuse of a catalog, and what looks wrong in it and may be right.

use crate::catalog::{Catalog, MAX_RELEASES, Moves, Package, Release, Role};
use crate::error::{Error, ErrorCode, Result};
use crate::name::Name;
use crate::planner::{MAX_STEPS, MAX_VARIABLES};
use std::collections::{BTreeMap, BTreeSet};

/// The most remarks of one kind about one package.
const MAX_REMARKS: usize = 50;

/// Checks that plans take a catalog: that no package of it requires, directly or not, more packages and
/// runtimes than one question may have, and that no group in lockstep has more versions than a package.
///
/// # Errors
/// [`ErrorCode::TooLarge`] where a package does.
///
/// ```
/// let catalog = rungs::catalog::Catalog::karafka()?;
/// assert!(rungs::report::check_catalog(&catalog).is_ok());
/// # Ok::<(), rungs::Error>(())
/// ```
pub fn check_catalog(catalog: &Catalog) -> Result<()> {
    let packages = catalog.packages();
    let runtimes = || (0..packages.len()).filter(|at| packages[*at].role() == Role::Runtime);
    for (at, package) in packages.iter().enumerate() {
        let mut found: BTreeSet<usize> = runtimes().chain([at]).collect();
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            let others = packages[at].requires.iter().map(|on| on.index());
            open.extend(others.filter(|on| found.insert(*on)));
        }
        if found.len() > MAX_VARIABLES {
            let text = format!(
                "a plan for {} would have {} packages and runtimes: expected at most {MAX_VARIABLES}; \
                 leave out requirements that never hold a package back, or packages that never move",
                package.name(),
                found.len()
            );
            return Err(Error::new(ErrorCode::TooLarge, text));
        }
    }
    let mut groups: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for package in packages {
        let versions = package.releases().iter().map(Release::version);
        let group = package
            .lockstep()
            .map(|group| groups.entry(group).or_default());
        group
            .into_iter()
            .for_each(|group| group.extend(versions.clone()));
    }
    match groups
        .iter()
        .find(|(_, versions)| versions.len() > MAX_RELEASES)
    {
        Some((group, versions)) => {
            let text = format!(
                "the packages in lockstep {group} have {} different versions: expected at most \
                 {MAX_RELEASES}; leave out the oldest",
                versions.len()
            );
            Err(Error::new(ErrorCode::TooLarge, text))
        }
        None => Ok(()),
    }
}

/// Remarks on a sound catalog, in its order: a release dated before one that it follows in its line
/// (real registries have such pairs: a patch of an old patch comes out after the next one), a release
/// from which no edge leads on, an edge that skips lines, more packages or lines than one plan may have.
/// None of them is an error.
///
/// ```
/// let catalog = rungs::catalog::Catalog::karafka()?;
/// assert!(rungs::report::catalog_remarks(&catalog).is_empty());
/// # Ok::<(), rungs::Error>(())
/// ```
#[must_use]
pub fn catalog_remarks(catalog: &Catalog) -> Vec<String> {
    let mut remarks = Vec::new();
    let count = catalog.packages().len();
    if count > MAX_VARIABLES {
        remarks.push(format!(
            "the catalog has {count} packages and runtimes, and a plan at most {MAX_VARIABLES}: split it \
             into catalogs unless nobody has so many of them installed"
        ));
    }
    let mut groups: BTreeSet<&Name> = BTreeSet::new();
    for package in catalog.packages() {
        // Packages that share each version share its day.
        if package
            .lockstep()
            .is_some_and(|group| !groups.insert(group))
        {
            continue;
        }
        // A package alone takes as many steps as it has to.
        if count > 1 {
            remarks.extend(too_many_lines(package));
        }
        // The newest day so far of the line, and whose it is.
        let mut latest: Option<&Release> = None;
        for release in package.releases() {
            let Some(day) = release.date() else { continue };
            if release.marks().iter().any(|it| it == Release::BACKPORT) {
                continue;
            }
            let before = latest.filter(|it| it.line == release.line);
            if let Some((earlier, than)) = before.and_then(|it| Some((it, it.date()?))) {
                if day < than {
                    remarks.push(format!(
                        "{} {} is dated {day}, before {} of {than}, which it follows in its line",
                        package.name(),
                        release.version(),
                        earlier.version()
                    ));
                    continue;
                }
            }
            latest = Some(release);
        }
        if package.moves() == Moves::Edges {
            bounded(&mut remarks, package, dead_ends(package));
            bounded(&mut remarks, package, skips(package));
        }
    }
    remarks
}

/// Whether a package has more lines to climb, one a step, than a plan may have steps.
fn too_many_lines(package: &Package) -> Option<String> {
    let climbs = package.role() == Role::Stepped && package.moves() == Moves::Lines;
    let lines = package.lines().iter().filter(|line| line.is_rung).count();
    (climbs && lines > MAX_STEPS + 1).then(|| {
        format!(
            "{} has {lines} lines, and a plan at most {MAX_STEPS} steps: add bridges over lines, or \
             moves = \"any\" where none has to be entered",
            package.name()
        )
    })
}

/// Adds remarks of one kind; beyond some only how many more there are.
fn bounded(remarks: &mut Vec<String>, package: &Package, mut more: Vec<String>) {
    let rest = more.len().saturating_sub(MAX_REMARKS);
    more.truncate(MAX_REMARKS);
    remarks.append(&mut more);
    if rest > 0 {
        remarks.push(format!("{}: {rest} more of this kind", package.name()));
    }
}

/// Releases from which no edge leads on, though there are later ones to enter.
fn dead_ends(package: &Package) -> Vec<String> {
    let releases = package.releases();
    let newest = releases
        .iter()
        .rposition(|it| !it.is_yanked() && !it.prerelease);
    let before = 0..newest.unwrap_or(0);
    let ends = before.filter(|at| package.edges.leaving(*at).next().is_none());
    ends.map(|at| {
        let version = releases[at].version();
        format!(
            "{} {version} is a dead end: no edge leads on",
            package.name()
        )
    })
    .collect()
}

/// Edges over a line that has a release to stand on.
fn skips(package: &Package) -> Vec<String> {
    let (releases, lines) = (package.releases(), package.lines());
    let mut skips = Vec::new();
    for (from, release) in releases.iter().enumerate() {
        for to in package.edges.leaving(from).flat_map(|(entered, _)| entered) {
            let mut between = release.line + 1..releases[to].line;
            if let Some(line) = between.find(|line| lines[*line].is_rung) {
                skips.push(format!(
                    "{}: the edge from {} to {} skips line {}",
                    package.name(),
                    release.version(),
                    releases[to].version(),
                    lines[line].name()
                ));
            }
        }
    }
    skips
}
