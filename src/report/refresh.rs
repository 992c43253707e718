//! What a refresh found, in words, and as text of a catalog's files.

use super::catalog::release_marked;
use super::import::{MARK, marked_line, parsed, section, with_lines};
use crate::catalog::{Catalog, Line, Package, Release};
use crate::date::Date;
use crate::error::Result;
use crate::name::Name;
use crate::refresh::{ChangedNeed, ChangedRelease, PackageRefresh, Refresh, RefreshGap};
use crate::version::Version;
use crate::words::{counted, stale};
use std::fmt::Write;
use std::ops::Range;
use toml::de::DeValue;

const YANKED: &str = "yanked";
const CHANGED: &str = "requirements changed";

/// What a server says that the catalog does not, package by package, and what is not known.
#[must_use]
pub fn refresh_text(refresh: &Refresh) -> String {
    let mut out = String::new();
    for package in refresh.packages() {
        news(&mut out, package);
    }
    out
}

/// What a refresh took, as a line.
#[must_use]
pub fn refresh_cost(requests: usize, bytes: u64) -> String {
    let requests = counted(requests, "request");
    format!("{requests}, {bytes} bytes received\n")
}

/// What was not learned, line by line, and up to which day the catalog is known.
#[must_use]
pub fn refresh_notes(catalog: &Catalog, refresh: &Refresh, horizon: Option<Date>) -> String {
    let mut out = String::new();
    for package in refresh.packages() {
        if let Some(gap) = package.gap() {
            let _ = writeln!(out, "note: {}", told(package.name(), gap));
        }
    }
    out.push_str(&verdict(catalog, horizon));
    out
}

fn news(out: &mut String, package: &PackageRefresh) {
    let name = package.name();
    for new in package.added() {
        let release = new.release();
        let day = release.created_on_day();
        let day = day.map_or(String::new(), |day| format!(" of {day}"));
        let ruby = release.ruby().map(|ruby| format!("ruby {ruby}"));
        let needs = release.dependencies().iter();
        let needs = needs.map(|need| format!("{} {}", need.name(), need.requirement()));
        let needs: Vec<String> = ruby.into_iter().chain(needs).collect();
        let needs = match needs.is_empty() {
            true => String::new(),
            false => format!(", requires {}", needs.join("; ")),
        };
        let _ = writeln!(out, "new: {name} {}{day}{needs}", release.version());
    }
    let mut lines: Vec<&str> = package
        .added()
        .iter()
        .filter_map(|new| new.opens())
        .collect();
    lines.dedup();
    for line in lines {
        let _ = writeln!(
            out,
            "new line: {name} {line}; nobody has read its guide for this catalog yet"
        );
    }
    for version in package.withdrawn() {
        let _ = writeln!(out, "withdrawn: {name} {version}");
    }
    for version in package.returned() {
        let _ = writeln!(out, "offered again: {name} {version}");
    }
    for changed in package.changed() {
        let needs: Vec<String> = changed.needs().iter().map(difference).collect();
        let _ = writeln!(
            out,
            "warning: {name} {} has other requirements than when it was published: {}",
            changed.release().version(),
            needs.join("; ")
        );
    }
}

fn difference(need: &ChangedNeed) -> String {
    let shown = |text: &Option<&str>| match text {
        None => "no requirement".to_owned(),
        Some("") => "any version".to_owned(),
        Some(text) => (*text).to_owned(),
    };
    format!(
        "{} was {}, is {}",
        need.name(),
        shown(&need.before()),
        shown(&need.after())
    )
}

fn told(name: &Name, gap: &RefreshGap) -> String {
    match gap {
        RefreshGap::NotAsked => format!("{name} was not asked for"),
        RefreshGap::Absent => format!("the server does not have {name}"),
        RefreshGap::Partial { known, missing } => format!(
            "the server lacks {missing} of the {known} known releases of {name}; it has a part of \
             them, so none is taken as withdrawn"
        ),
        RefreshGap::Unread { lines } => format!(
            "{} about {name} could not be read; releases on them are left out",
            counted(*lines, "line")
        ),
    }
}

/// What moves the catalog's horizon, or keeps it.
fn verdict(catalog: &Catalog, horizon: Option<Date>) -> String {
    let (name, known) = (catalog.name(), catalog.horizon());
    match horizon {
        Some(day) if day > known => format!("{name}: known up to {day}, before up to {known}\n"),
        Some(_) => format!("{name}: known up to {known}\n"),
        None => {
            format!("{name}: still known up to {known}, because a package was not read whole\n")
        }
    }
}

/// A catalog that is old, and how to renew it.
#[must_use]
pub fn stale_text(name: &Name, horizon: Date, days: u32) -> String {
    stale(name, horizon, days)
}

/// The overlay beside a lockfile is used.
#[must_use]
pub fn overlay_used(file: &str, base: &Catalog) -> String {
    format!("{file} extends the catalog {}", base.name())
}

/// The overlay beside a lockfile is for another catalog.
#[must_use]
pub fn overlay_not_used(file: &str, extends: &Name, base: &Catalog) -> String {
    let name = base.name();
    format!("{file} is not used: it extends the catalog {extends}, not {name}")
}

/// The overlay beside a lockfile was made over an older catalog.
#[must_use]
pub fn overlay_is_older(file: &str, day: Date, base: &Catalog) -> String {
    format!(
        "{file} extends the catalog {}, which is newer (up to {}) than the file (up to {day}); renew it \
         with `rungs catalog refresh --write`, or delete it",
        base.name(),
        base.horizon()
    )
}

/// A new overlay over a catalog that says nothing yet.
#[must_use]
pub fn refresh_overlay(catalog: &Catalog) -> String {
    format!(
        "# Releases after those of the catalog. `rungs catalog refresh --write` keeps this file up to\n\
         # date; commit it. Every command that finds it beside the lockfile uses it.\n\
         format = 1\nextends = \"{}\"\n",
        catalog.name()
    )
}

/// The lines of the block `releases` that a refresh adds or replaces, by package.
#[must_use]
pub fn refresh_lines(catalog: &Catalog, refresh: &Refresh) -> Vec<(Name, Vec<(Version, String)>)> {
    let lines = refresh.packages().filter_map(|news| {
        let package = catalog.package(news.name().as_str())?;
        let lines = lines(package, news);
        (!lines.is_empty()).then(|| (news.name().clone(), lines))
    });
    lines.collect()
}

fn lines(package: &Package, news: &PackageRefresh) -> Vec<(Version, String)> {
    let mut lines: Vec<(Version, String)> = Vec::new();
    for new in news.added() {
        let release = new.release();
        let marks: &[&str] = match new.opens() {
            Some(_) => &[MARK, Line::UNREAD],
            None => &[MARK],
        };
        let line = marked_line(release, release.created_on_day(), marks);
        lines.push((release.version().clone(), line));
    }
    let known = |version: &Version| package.release(version);
    for release in news.withdrawn().iter().filter_map(known) {
        let mut marks = release.marks().to_vec();
        marks.push(YANKED.to_owned());
        let version = release.version().clone();
        lines.push((version, release_marked(release, &marks)));
    }
    for release in news.returned().iter().filter_map(known) {
        let is_changed = |it: &ChangedRelease| it.release().version() == release.version();
        if !news.changed().iter().any(is_changed) {
            let version = release.version().clone();
            lines.push((version, release_marked(release, &offered(release))));
        }
    }
    for changed in news.changed() {
        let version = changed.release().version();
        let Some(release) = known(version) else {
            continue;
        };
        let mut marks = offered(release);
        if !marks.iter().any(|mark| mark == CHANGED) {
            marks.push(CHANGED.to_owned());
        }
        let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
        let day = release.date().or(changed.release().created_on_day());
        let line = marked_line(changed.release(), day, &marks);
        lines.push((version.clone(), line));
    }
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    lines
}

/// The marks of a release that the server offers.
fn offered(release: &Release) -> Vec<String> {
    let marks = release.marks().iter();
    marks.filter(|mark| *mark != YANKED).cloned().collect()
}

/// The text of a catalog's file with these lines in the block of a package: each in the place of its
/// version, or behind the greatest version below it. `None` if the package is not in the file.
///
/// # Errors
/// [`InvalidCatalog`](crate::ErrorCode::InvalidCatalog) if the file is not TOML, or the package has no block `releases`
/// there.
pub fn with_release_lines(
    text: &str,
    package: &Name,
    lines: &[(Version, String)],
) -> Result<Option<String>> {
    with_lines(text, package, lines)
}

/// A section `[package.NAME]` with nothing but these releases.
#[must_use]
pub fn release_lines_section(name: &Name, lines: &[(Version, String)]) -> String {
    section(name, lines.iter().map(|(_, line)| line.clone()))
}

/// The text of a catalog's file with this horizon; `None` where it has none.
///
/// # Errors
/// [`InvalidCatalog`](crate::ErrorCode::InvalidCatalog) if the file is not TOML.
pub fn with_horizon(text: &str, day: Date) -> Result<Option<String>> {
    let edited = horizon(text)?.map(|(_, span)| {
        let (before, after) = (&text[..span.start], &text[span.end..]);
        format!("{before}{day}{after}")
    });
    Ok(edited)
}

/// The horizon that a catalog's file states, and where its value is.
///
/// # Errors
/// [`InvalidCatalog`](crate::ErrorCode::InvalidCatalog) if the file is not TOML.
pub fn horizon(text: &str) -> Result<Option<(Option<Date>, Range<usize>)>> {
    let table = parsed(text)?;
    let found = table.get_ref().get("horizon").map(|value| {
        let day = match value.get_ref() {
            DeValue::Datetime(day) => Date::parse(&day.to_string()).ok(),
            other => other.as_str().and_then(|day| Date::parse(day).ok()),
        };
        (day, value.span())
    });
    Ok(found)
}
