//! Headings and lines of a fleet's summary.

use super::counted;
use crate::fleet::GemCount;

pub(crate) const LINES: &str = "Installed lines";
pub(crate) const HOLDS: &str = "Gems that keep lockfiles back";
pub(crate) const WRONG: &str = "Problems";
pub(crate) const ENDED: &str = "Lines without support";
pub(crate) const STEPS: &str = "Steps to the newest reachable lines";
pub(crate) const CUT: &str =
    "There were more names than are counted one by one; the tables are not complete.";

/// `227 lockfiles, 112 of them with packages of the catalog`.
pub(crate) fn fleet_lead(lockfiles: usize, with_packages: usize) -> String {
    format!(
        "{}, {with_packages} with packages of the catalog",
        counted(lockfiles, "lockfile")
    )
}

/// `blocks 8 lockfiles, 5 of them alone`.
pub(crate) fn gem_holds(count: GemCount) -> String {
    format!(
        "blocks {}; an upgrade of it alone frees {}",
        counted(count.holds, "lockfile"),
        count.alone
    )
}
