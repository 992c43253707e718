//! For those who maintain a catalog: what is missing in it, and actions that a changelog suggests.

use super::quoted::quoted;
use super::remarks::catalog_remarks;
use crate::catalog::{Catalog, Package, Role};
use crate::error::Result;
use crate::name::Name;
use crate::refresh::ChangelogRelease;
use std::collections::BTreeSet;
use std::fmt::Write;

/// What is missing in a sound catalog: lines without a guide, facts without a source, dates that go
/// backwards.
///
/// # Errors
/// Those of [`Catalog::actions`] and [`Catalog::advisories`].
pub fn catalog_gaps(catalog: &Catalog) -> Result<Vec<String>> {
    let mut gaps = Vec::new();
    for package in catalog.packages() {
        lines(&mut gaps, catalog, package)?;
    }
    for rule in catalog.rules() {
        if rule.source().trim().is_empty() {
            gaps.push(format!("the rule {} has no source", rule.id()));
        }
    }
    for action in catalog.actions()?.iter() {
        if action.source().trim().is_empty() {
            gaps.push(format!("the action {} has no source", action.id()));
        }
    }
    for package in catalog.packages() {
        for release in package.releases() {
            let late = release.date().filter(|day| *day > catalog.horizon());
            if let Some(day) = late {
                gaps.push(format!(
                    "{} {} is dated {day}, after the horizon {}",
                    package.name(),
                    release.version(),
                    catalog.horizon()
                ));
            }
        }
        for line in package.lines() {
            let support = line.support();
            let ended = support.and_then(|it| Some((it.status(), it.end_of_life()?)));
            if let Some((status, day)) = ended.filter(|(status, day)| {
                *status != crate::catalog::SupportStatus::Eol && *day < catalog.horizon()
            }) {
                gaps.push(format!(
                    "{} {} is {}, but its support ended on {day}",
                    package.name(),
                    line.name(),
                    status.name()
                ));
            }
        }
    }
    gaps.extend(catalog_remarks(catalog));
    Ok(gaps)
}

/// Lines that plans enter step by step, and of which no guide or changelog was read.
fn lines(gaps: &mut Vec<String>, catalog: &Catalog, package: &Package) -> Result<()> {
    let name = package.name();
    // What an action takes effect with shows that somebody read about it.
    let mut read: BTreeSet<String> = BTreeSet::new();
    // Packages that share each version share a guide.
    let group = package.lockstep();
    let shares = |other: &&Package| group.is_some() && other.lockstep() == group;
    let mut others = catalog.packages().iter().filter(shares);
    if others
        .clone()
        .next()
        .is_some_and(|first| first.name() != name)
    {
        return Ok(());
    }
    let sharing = others.by_ref().map(|other| other.name());
    for name in std::iter::once(name).chain(sharing) {
        for action in catalog.actions()?.of(name.as_str()) {
            read.extend(action.line());
        }
    }
    // The first line is where the catalog begins: nothing enters it.
    for line in package.lines().iter().skip(1) {
        if line.is_unread() {
            gaps.push(format!(
                "{name} {}: its releases came from a server, and nobody has read its guide",
                line.name()
            ));
        } else if package.role() == Role::Stepped && line.is_rung && !read.contains(line.name()) {
            gaps.push(format!(
                "{name} {}: no action of its guide or changelog",
                line.name()
            ));
        }
    }
    Ok(())
}

/// Actions that a changelog suggests: one for each breaking entry of a version for which the catalog
/// has no action yet. They are to be read, worded and completed by a person.
///
/// # Errors
/// Those of [`Catalog::actions`].
pub fn suggested_actions(
    catalog: &Catalog,
    package: &Name,
    file: &str,
    releases: &[ChangelogRelease],
) -> Result<String> {
    let actions = catalog.actions()?;
    let mut out = String::new();
    let mut ids: BTreeSet<String> = actions.iter().map(|it| it.id().to_string()).collect();
    for release in releases.iter().filter(|it| !it.breaking().is_empty()) {
        let version = release.version();
        let own = actions.of(package.as_str());
        let known = own.filter(|it| it.since() == Some(version)).count();
        let breaking = release.breaking().len();
        if known >= breaking {
            continue;
        }
        if known > 0 {
            let _ = writeln!(
                out,
                "\n# {version}: the changelog has {breaking} breaking entries, the catalog {known} actions"
            );
            continue;
        }
        for entry in release.breaking() {
            let line = version.line();
            let mut id = format!("{package}-{line}-{}", slug(entry));
            while !ids.insert(id.clone()) {
                id.push_str("-too");
            }
            let source = format!("{file}#{}", release.anchor());
            let _ = writeln!(out, "\n[[action]]\nid = {}", quoted(&id));
            for (key, value) in [
                ("package", package.as_str()),
                ("since", version.as_str()),
                ("kind", kind(entry)),
                ("severity", "breaking"),
                ("phase", "code"),
                ("component", "all"),
                ("summary", entry),
                ("source", &source),
            ] {
                let _ = writeln!(out, "{key} = {}", quoted(value));
            }
        }
    }
    Ok(out)
}

/// The first words of an entry, for an id.
fn slug(entry: &str) -> String {
    let words = entry.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words
        .filter(|word| word.len() > 2)
        .map(str::to_ascii_lowercase);
    let small = ["the", "and", "for", "from", "that", "this", "with"];
    let words: Vec<String> = words.filter(|it| !small.contains(&&**it)).take(4).collect();
    match words.is_empty() {
        true => "entry".to_owned(),
        false => words.join("-"),
    }
}

/// The kind of action that the words of an entry suggest.
fn kind(entry: &str) -> &'static str {
    let entry = entry.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| entry.contains(word));
    match () {
        () if has(&["deprecat"]) => "deprecation",
        () if has(&["rename"]) => "api-renamed",
        () if has(&["drop support", "drop ruby", "require ruby", "minimum"]) => "requires",
        () if has(&["remove", "drop", "delete"]) => "api-removed",
        () if has(&["default"]) => "default-changed",
        () => "behaviour-changed",
    }
}
