//! Headings and lines of a fleet's summary.

use super::counted;
use super::titles::OUT_OF_SUPPORT;
use crate::fleet::{GemCount, UrgentLockfile};

pub(crate) const URGENT: &str = "Upgrade these first";
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

/// `6 steps; out of support: karafka 2.0 since 2024-01-31, ruby 2.7 since 2024-05-30`.
pub(crate) fn urgent(lockfile: &UrgentLockfile) -> String {
    let steps = match lockfile.steps {
        0 => "no plan leads further".to_owned(),
        steps => counted(steps, "step"),
    };
    let ended = lockfile.ended.iter().map(|(package, line, until)| {
        let since = until.map_or(String::new(), |day| format!(" since {day}"));
        format!("{package} {line}{since}")
    });
    let ended: Vec<String> = ended.collect();
    match ended.is_empty() {
        true => steps,
        false => format!(
            "{steps}; {}: {}",
            OUT_OF_SUPPORT.to_lowercase(),
            ended.join(", ")
        ),
    }
}
