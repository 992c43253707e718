//! What looks wrong in a catalog and may be right.

use crate::catalog::{Catalog, Moves, Package, Release};
use crate::name::Name;
use std::collections::BTreeSet;

/// The most remarks of one kind about one package.
const MOST: usize = 50;

/// Remarks on a sound catalog, in its order: a release dated before one that it follows in its line
/// (real registries have such pairs: a patch of an old patch comes out after the next one), a release
/// from which no edge leads on, an edge that skips lines. None of them is an error.
///
/// ```
/// let catalog = rungs::catalog::Catalog::karafka()?;
/// assert!(rungs::report::catalog_remarks(&catalog).is_empty());
/// # Ok::<(), rungs::Error>(())
/// ```
#[must_use]
pub fn catalog_remarks(catalog: &Catalog) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut groups: BTreeSet<&Name> = BTreeSet::new();
    for package in catalog.packages() {
        // Packages that share each version share its day.
        if package
            .lockstep()
            .is_some_and(|group| !groups.insert(group))
        {
            continue;
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

/// Adds remarks of one kind; beyond some only how many more there are.
fn bounded(remarks: &mut Vec<String>, package: &Package, mut more: Vec<String>) {
    let rest = more.len().saturating_sub(MOST);
    more.truncate(MOST);
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
