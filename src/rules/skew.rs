//! How far packages may be apart while they run beside one another.

use super::heed::Heed;
use crate::catalog::{Catalog, Package, PackageId, Rule, RuleKind, Skew};
use crate::version::Version;

/// What a rule says of distances.
pub(super) fn skew(rule: &Rule) -> Option<&Skew> {
    match &rule.kind {
        RuleKind::Skew(skew) => Some(skew),
        _ => None,
    }
}

/// The distances that hold, each with the package whose rule it is.
pub(crate) fn skews<'c, 'h>(
    catalog: &'c Catalog,
    heed: &'h Heed,
) -> impl Iterator<Item = (PackageId, &'c Skew)> + use<'c, 'h> {
    heed.rules(catalog)
        .filter_map(|(_, rule)| Some((rule.package, skew(rule)?)))
}

/// The place of a version among the lines of a package, which need not be its own: the number of
/// lines up to and with its own.
pub(crate) fn line_place(of: &Package, version: &Version) -> usize {
    match of.line_index(&version.line()) {
        Some(line) => line + 1,
        None => {
            let below = of.releases().partition_point(|it| it.version() < version);
            let last = below.checked_sub(1).map(|at| of.releases()[at].line + 1);
            last.unwrap_or(0)
        }
    }
}

/// Whether a package at one place may run beside another at another place.
pub(crate) fn may_run_beside(skew: &Skew, own: usize, other: usize) -> bool {
    own + usize::from(skew.behind) >= other && own <= other + usize::from(skew.ahead)
}
