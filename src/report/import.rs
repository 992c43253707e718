//! Releases of a compact index as lines of a catalog, and where they go in its files.

use crate::catalog::{Catalog, Package};
use crate::date::Date;
use crate::error::{Error, ErrorCode, Result};
use crate::index::Indexed;
use crate::name::Name;
use crate::version::{Scheme, Version};
use std::fmt::Write;
use toml::Spanned;
use toml::de::DeTable;

/// The mark of releases that came this way.
pub(super) const MARK: &str = "from a compact index";
const QUOTES: [&str; 2] = ["'''", "\"\"\""];

/// The releases that the catalog's package does not know yet, oldest first; the first of several
/// equal ones.
///
/// Releases for one platform only are left out: a catalog knows a version, not its builds.
#[must_use]
pub fn unknown_releases<'i>(package: &Package, releases: &'i [Indexed]) -> Vec<&'i Indexed> {
    // From the last on: of lines that name a version twice the last counts, as in Bundler.
    let mut unknown: Vec<&Indexed> = releases
        .iter()
        .rev()
        .filter(|release| release.platform().is_none())
        .filter(|release| package.release(release.version()).is_none())
        .collect();
    unknown.sort_by(|a, b| a.version().cmp(b.version()));
    unknown.dedup_by(|later, earlier| later.version() == earlier.version());
    unknown
}

/// A release as a line of the block `releases`.
///
/// ```
/// let (releases, _) = rungs::index::read_info(b"1.2.0 b:>= 1&< 3,c:>= 0|checksum:a,ruby:>= 2.7\n");
/// assert_eq!(
///     rungs::report::release_line(&releases[0]),
///     "1.2.0    ?          [from a compact index] ruby >= 2.7; b >= 1, < 3; c"
/// );
/// ```
#[must_use]
pub fn release_line(release: &Indexed) -> String {
    let day = release.created_on_day();
    marked_line(release, day, &[MARK])
}

/// The same with a day and marks of its own.
pub(super) fn marked_line(release: &Indexed, day: Option<Date>, marks: &[&str]) -> String {
    let date = day.map_or("?".to_owned(), |date| date.to_string());
    let mut out = format!(
        "{:<8} {date:<10} [{}]",
        release.version().as_str(),
        marks.join("; ")
    );
    let ruby = release.ruby().filter(|ruby| !ruby.is_any());
    let needs = release.dependencies().iter();
    let all = ruby
        .map(|ruby| ("ruby", ruby))
        .into_iter()
        .chain(needs.map(|needs| (needs.name().as_str(), needs.requirement())));
    for (at, (name, requirement)) in all.enumerate() {
        out.push_str(if at == 0 { " " } else { "; " });
        out.push_str(name);
        if !requirement.is_any() {
            let _ = write!(out, " {requirement}");
        }
    }
    out
}

/// An overlay over this catalog with these releases.
#[must_use]
pub fn releases_overlay(catalog: &Catalog, releases: &[(Name, Vec<&Indexed>)]) -> String {
    let mut out = format!("format = 1\nextends = \"{}\"\n", catalog.name());
    for (name, releases) in releases {
        out.push('\n');
        out.push_str(&releases_section(name, releases));
    }
    out
}

/// `[package.NAME]` with nothing but these releases.
#[must_use]
pub fn releases_section(name: &Name, releases: &[&Indexed]) -> String {
    section(name, releases.iter().map(|release| release_line(release)))
}

pub(super) fn section(name: &Name, lines: impl Iterator<Item = String>) -> String {
    // A dot parts keys where it is not quoted.
    let mut out = format!("[package.\"{name}\"]\nreleases = '''\n");
    if !name.as_str().contains('.') {
        out = format!("[package.{name}]\nreleases = '''\n");
    }
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str("'''\n");
    out
}

/// The text of a catalog's file with these releases in the block of the package, each behind the
/// greatest version below it (or before it where newest come first); all else stays as it is.
///
/// `None` if the package does not stand in the file.
///
/// # Errors
/// [`ErrorCode::InvalidCatalog`] if the file is not TOML, or the package has no block `releases`
/// there.
pub fn with_releases(text: &str, package: &Name, releases: &[&Indexed]) -> Result<Option<String>> {
    let lines = releases.iter().map(|release| {
        let version = release.version().clone();
        (version, release_line(release))
    });
    with_lines(text, package, &lines.collect::<Vec<_>>())
}

/// The same with lines as they are to stand; one of a version that is there takes its place.
pub(super) fn with_lines(
    text: &str,
    package: &Name,
    releases: &[(Version, String)],
) -> Result<Option<String>> {
    let invalid = |message: String| Error::new(ErrorCode::InvalidCatalog, message);
    let table = parsed(text)?;
    let packages = table.get_ref().get("package");
    let packages = packages.and_then(|packages| packages.get_ref().as_table());
    let Some(found) = packages.and_then(|packages| packages.get(package.as_str())) else {
        return Ok(None);
    };
    let block = found
        .get_ref()
        .as_table()
        .and_then(|table| table.get("releases"))
        .map(toml::Spanned::span);
    let quoted = block.and_then(|span| {
        let quotes = QUOTES
            .iter()
            .find(|quotes| text[span.clone()].starts_with(**quotes))?;
        Some(span.start + quotes.len()..span.end.checked_sub(quotes.len())?)
    });
    let Some(inner) = quoted.filter(|inner| inner.start <= inner.end) else {
        return Err(invalid(format!(
            "package {package} has no block `releases` here: expected one, it may be empty"
        )));
    };
    let block = insert(&text[inner.clone()], releases);
    Ok(Some(format!(
        "{}{block}{}",
        &text[..inner.start],
        &text[inner.end..]
    )))
}

/// The tables of a catalog's file.
pub(super) fn parsed(text: &str) -> Result<Spanned<DeTable<'_>>> {
    DeTable::parse(text).map_err(|error| {
        let message = format!("this is not TOML: {}", error.message());
        Error::new(ErrorCode::InvalidCatalog, message)
    })
}

fn insert(block: &str, releases: &[(Version, String)]) -> String {
    let end = if block.contains("\r\n") { "\r" } else { "" };
    let mut lines: Vec<(Option<Version>, String)> = block
        .split('\n')
        .map(|line| (version(line), line.to_owned()))
        .collect();
    if lines.len() == 1 && lines[0].1.is_empty() {
        lines.push((None, String::new()));
    }
    let descends = {
        let mut known = lines.iter().filter_map(|(version, _)| version.as_ref());
        known
            .next()
            .is_some_and(|first| known.next_back().is_some_and(|last| last < first))
    };
    for (new, text) in releases {
        let line = format!("{text}{end}");
        let there = |(version, _): &&mut (Option<Version>, String)| version.as_ref() == Some(new);
        if let Some((_, there)) = lines.iter_mut().find(there) {
            *there = line;
            continue;
        }
        let before = |(version, _): &(Option<Version>, String)| {
            version
                .as_ref()
                .is_some_and(|known| if descends { known > new } else { known < new })
        };
        let at = match lines.iter().rposition(before) {
            Some(at) => at + 1,
            // Before the first release, or at the end of a block without any.
            None => lines
                .iter()
                .position(|(version, _)| version.is_some())
                .unwrap_or(lines.len() - 1),
        };
        lines.insert(at, (Some(new.clone()), line));
    }
    let lines: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
    lines.join("\n")
}

/// The version at the beginning of a line of a block.
fn version(line: &str) -> Option<Version> {
    let word = line.split('#').next()?.split_whitespace().next()?;
    Version::parse(Scheme::RubyGems, word).ok()
}
