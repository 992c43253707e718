//! What looks wrong in a catalog and may be right.

use crate::catalog::{Catalog, Release};

/// Remarks on a sound catalog, in its order: a release dated before one that it follows in its line.
///
/// Real registries have such pairs (a patch of an old patch comes out after the next one), so none of
/// them is an error.
///
/// ```
/// let catalog = rungs::catalog::Catalog::karafka()?;
/// assert!(rungs::report::catalog_remarks(&catalog).is_empty());
/// # Ok::<(), rungs::Error>(())
/// ```
#[must_use]
pub fn catalog_remarks(catalog: &Catalog) -> Vec<String> {
    let mut remarks = Vec::new();
    for package in catalog.packages() {
        // The newest day so far of the line, and whose it is.
        let mut latest: Option<&Release> = None;
        for release in package.releases() {
            let Some(day) = release.date() else { continue };
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
    }
    remarks
}
