//! What a lockfile asks, without what makes no difference to the answer.

use crate::catalog::Catalog;
use crate::lockfile::{Installed, Snapshot};
use crate::rules;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Writes all that an answer can depend on. Equal texts have equal answers; a test asks all lockfiles
/// with and without this.
///
/// What counts: the packages of the catalog, what they require, who requires them, and gems that a rule
/// names. Whether a discontinued gem may leave depends on who requires what, so then everything counts.
pub(super) fn of(catalog: &Catalog, snapshot: &Snapshot) -> String {
    let mut text = String::new();
    let _ = write!(text, "{} {}", snapshot.is_complete, snapshot.locks_runtime);
    for (name, version) in &snapshot.runtimes {
        let _ = write!(text, "\n{name}={version}");
    }
    let relevant = relevant(catalog, snapshot);
    for (name, installed) in &snapshot.packages {
        if relevant.contains(name.as_str()) {
            package(&mut text, name, installed);
        }
    }
    for (name, requirement) in &snapshot.direct {
        if relevant.contains(name.as_str()) || catalog.package(name).is_some() {
            let _ = write!(text, "\n+{name}");
            if let Some(requirement) = requirement {
                let _ = write!(text, " {requirement}");
            }
            if snapshot.temporary.contains(name) {
                text.push_str(" temporary");
            }
        }
    }
    text
}

fn package(text: &mut String, name: &str, installed: &Installed) {
    let _ = write!(
        text,
        "\n{name} {} {:?}",
        installed.version(),
        installed.origin()
    );
    for (on, requirement) in &installed.requirements {
        let _ = write!(text, "\n {on} {requirement}");
    }
}

fn relevant<'a>(catalog: &'a Catalog, snapshot: &'a Snapshot) -> BTreeSet<&'a str> {
    let packages = &snapshot.packages;
    let mut relevant = BTreeSet::new();
    for rule in catalog.rules() {
        if let Some((gem, _)) = rules::discontinued(rule) {
            if packages.contains_key(gem.as_str()) {
                return packages.keys().map(String::as_str).collect();
            }
        }
        if let Some((gem, ..)) = rules::outside(rule) {
            relevant.insert(gem.as_str());
        }
    }
    for (name, installed) in packages {
        let is_inside = catalog.package(name).is_some();
        let mut needs = installed.requirements.iter();
        if is_inside || needs.any(|(on, _)| catalog.package(on).is_some()) {
            relevant.insert(name.as_str());
        }
        if is_inside {
            relevant.extend(installed.requirements.iter().map(|(on, _)| on.as_str()));
        }
    }
    relevant
}
