//! What a smoke run executes: Ruby by package and version, in the order of its levels.
//!
//! Read on first use. The engine only hands the code out; it is the program that runs it.

use super::source::{problems_as_error, short};
use super::table::Tables;
use super::{Catalog, Role, Source};
use crate::error::{Error, ErrorCode};
use crate::name::Name;
use crate::version::Requirement;
use std::sync::Arc;
use toml::de::DeTable;

const KEYS: &[&str] = &[
    "id", "package", "versions", "present", "absent", "level", "what", "ruby",
];

/// One check of a smoke run: Ruby code for some versions of a package.
#[derive(Clone, Debug)]
pub struct SmokeCheck {
    id: Name,
    package: Name,
    versions: Option<Arc<Requirement>>,
    present: Vec<Name>,
    absent: Vec<Name>,
    level: Name,
    what: Arc<str>,
    ruby: Arc<str>,
    layer: usize,
}

impl SmokeCheck {
    /// The most checks that a catalog may have.
    pub const MAX: usize = 500;
    /// The longest code of one check, in bytes.
    pub const MAX_RUBY: usize = 8_000;
    /// The longest name of a level, and the longest text of `what`, in bytes.
    const MAX_LEVEL: usize = 40;
    const MAX_WHAT: usize = 200;
    /// The most gems that one check may name.
    const MAX_GEMS: usize = 20;

    /// The name of the check.
    #[must_use]
    pub fn id(&self) -> &Name {
        &self.id
    }

    /// The package that it tests.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// The versions of the package that it is for; `None` means all.
    #[must_use]
    pub fn versions(&self) -> Option<&Requirement> {
        self.versions.as_deref()
    }

    /// Gems that must be installed too.
    #[must_use]
    pub fn present(&self) -> &[Name] {
        &self.present
    }

    /// Gems that must not be installed.
    #[must_use]
    pub fn absent(&self) -> &[Name] {
        &self.absent
    }

    /// The level that it belongs to: `load`, `produce`.
    #[must_use]
    pub fn level(&self) -> &Name {
        &self.level
    }

    /// What it does, in a few words.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The code. Checks of one run share instance variables.
    #[must_use]
    pub fn ruby(&self) -> &str {
        &self.ruby
    }
}

/// Reads files, each with the number of its layer, in the order of the layers. Levels stand in the
/// order in which the files name them, the checks of a level likewise; a later layer replaces a check
/// in its place.
pub(super) fn read(
    catalog: &Catalog,
    sources: &[Source],
    layers: &[usize],
) -> Result<Vec<SmokeCheck>, Error> {
    let mut tables = Tables::new(sources, catalog.scheme());
    let mut all: Vec<SmokeCheck> = Vec::new();
    for (file, layer) in layers.iter().copied().enumerate() {
        let Some(table) = tables.open(file, &["smoke"]) else {
            continue;
        };
        for (table, start) in tables.tables(&table, "smoke", SmokeCheck::MAX) {
            let Some(check) = read_check(catalog, &mut tables, table, start, layer) else {
                continue;
            };
            let Some(at) = all.iter().position(|known| known.id == check.id) else {
                if all.len() == SmokeCheck::MAX {
                    tables.bounded("smoke", all.len() + 1, SmokeCheck::MAX, start);
                }
                all.push(check);
                continue;
            };
            match clash(&all[at], &check) {
                Some(error) => tables.push(start, error),
                None => all[at] = check,
            }
        }
    }
    if let Some(error) = problems_as_error(sources, tables.problems) {
        return Err(error);
    }
    let mut levels: Vec<Name> = Vec::new();
    for check in &all {
        if !levels.contains(&check.level) {
            levels.push(check.level.clone());
        }
    }
    all.sort_by_key(|check| levels.iter().position(|level| *level == check.level));
    Ok(all)
}

/// What is wrong with an id that was there before.
fn clash(old: &SmokeCheck, new: &SmokeCheck) -> Option<Error> {
    if old.layer == new.layer {
        return Some(Error::new(
            ErrorCode::InvalidCatalog,
            format!("the smoke check {} occurs twice", new.id),
        ));
    }
    (old.package != new.package).then(|| {
        Error::new(
            ErrorCode::ForbiddenOverride,
            format!(
                "the smoke check {} is for {}: another layer may not give its id to {}",
                new.id, old.package, new.package
            ),
        )
    })
}

fn read_check(
    catalog: &Catalog,
    tables: &mut Tables<'_>,
    table: &DeTable<'_>,
    start: usize,
    layer: usize,
) -> Option<SmokeCheck> {
    tables.known_keys(table, KEYS, "a smoke check");
    // Everything is read before anything is given up, so that all problems show.
    let id = tables.name(table, "id", start);
    let package = tables.name(table, "package", start);
    let versions = match table.contains_key("versions") {
        true => tables.requirement(table, "versions", start).map(Some),
        false => Some(None),
    };
    if let Some((name, at)) = &package {
        if let Some(problem) = unfit(catalog, name, versions.as_ref().and_then(Option::as_ref)) {
            tables.problem(*at, problem);
        }
    }
    let present = gems(tables, table, "present");
    let absent = gems(tables, table, "absent");
    let level = tables.name(table, "level", start);
    if let Some((level, at)) = &level {
        if level.as_str().len() > SmokeCheck::MAX_LEVEL {
            let message = format!(
                "level has {} bytes: expected at most {}",
                level.as_str().len(),
                SmokeCheck::MAX_LEVEL
            );
            tables.problem(*at, message);
        }
    }
    let what = tables.text(table, "what", SmokeCheck::MAX_WHAT, start);
    let ruby = tables.text(table, "ruby", SmokeCheck::MAX_RUBY, start);
    Some(SmokeCheck {
        id: id?.0,
        package: package?.0,
        versions: versions?.map(|(versions, _)| versions),
        present: present?,
        absent: absent?,
        level: level?.0,
        what: what?.0.into(),
        ruby: ruby?.0.into(),
        layer,
    })
}

/// Why a check of this package could never run.
fn unfit(
    catalog: &Catalog,
    name: &Name,
    versions: Option<&(Arc<Requirement>, usize)>,
) -> Option<String> {
    let Some(package) = catalog.package(name.as_str()) else {
        return Some(format!(
            "unknown package {:?}: expected one of the catalog",
            short(name.as_str())
        ));
    };
    if package.role() == Role::Runtime {
        return Some(format!("{name} is a runtime: expected a package"));
    }
    let (versions, _) = versions?;
    let mut releases = package.releases().iter();
    let is_any = releases.any(|release| versions.matches(release.version()));
    (!is_any).then(|| format!("{versions} meets no release of {name}: expected one of the catalog"))
}

fn gems(tables: &mut Tables<'_>, table: &DeTable<'_>, key: &str) -> Option<Vec<Name>> {
    let at = table.get(key).map_or(0, |value| value.span().start);
    let texts = tables.texts(table, key, SmokeCheck::MAX_GEMS);
    let mut names = Vec::new();
    for text in &texts {
        match Name::new(text) {
            Ok(name) => names.push(name),
            Err(error) => tables.push(at, error),
        }
    }
    (names.len() == texts.len()).then_some(names)
}
