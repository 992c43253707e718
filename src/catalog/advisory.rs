//! Security advisories about packages and runtimes, from public databases. Read on first use.

use super::source::problems_as_error;
use super::table::Tables;
use super::{Catalog, Source};
use crate::date::Date;
use crate::error::{Error, ErrorCode};
use crate::name::Name;
use crate::version::{Requirement, Version};
use toml::de::DeTable;

const KEYS: &[&str] = &[
    "id",
    "package",
    "date",
    "cvss",
    "patched",
    "unaffected",
    "why",
    "source",
];

/// A published weakness of some versions of a package or runtime.
///
/// ```
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let advisory = &catalog.advisories()?[0];
/// assert!(advisory.source().starts_with("https://"));
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Advisory {
    id: Name,
    package: Name,
    date: Option<Date>,
    cvss: Option<String>,
    patched: Vec<Requirement>,
    unaffected: Vec<Requirement>,
    why: String,
    source: String,
    layer: usize,
}

impl Advisory {
    /// The most advisories that a catalog may have.
    pub const MAX: usize = 5_000;
    /// The most requirements in each list of one.
    const MAX_LIST: usize = 50;
    /// The longest texts, in bytes.
    const MAX_TEXT: usize = 500;

    /// Its name in the databases: `CVE-2024-27282`.
    #[must_use]
    pub fn id(&self) -> &Name {
        &self.id
    }

    /// The package or runtime.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// The day on which it was published.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.date
    }

    /// Its CVSS base score, from `0.0` to `10.0`.
    #[must_use]
    pub fn cvss(&self) -> Option<&str> {
        self.cvss.as_deref()
    }

    /// The versions in which it is fixed: those that meet any of these.
    #[must_use]
    pub fn patched(&self) -> &[Requirement] {
        &self.patched
    }

    /// The versions that never had it: those that meet any of these.
    #[must_use]
    pub fn unaffected(&self) -> &[Requirement] {
        &self.unaffected
    }

    /// What is wrong, as a clause in lower case.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// Where it was read.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether a version has the weakness.
    #[must_use]
    pub fn affects(&self, version: &Version) -> bool {
        let mut fit = self.patched.iter().chain(&self.unaffected);
        !fit.any(|requirement| requirement.matches(version))
    }
}

/// Reads files, each with the number of its layer; a later layer replaces an advisory of the same id.
pub(super) fn read(
    catalog: &Catalog,
    sources: &[Source],
    layers: &[usize],
) -> Result<Vec<Advisory>, Error> {
    let mut tables = Tables::new(sources, catalog.scheme());
    let mut all: Vec<Advisory> = Vec::new();
    for (file, layer) in layers.iter().copied().enumerate() {
        let Some(table) = tables.open(file, &["advisory"]) else {
            continue;
        };
        for (table, start) in tables.tables(&table, "advisory", Advisory::MAX) {
            let Some(advisory) = read_one(catalog, &mut tables, table, start, layer) else {
                continue;
            };
            match all.iter().position(|known| known.id == advisory.id) {
                None => all.push(advisory),
                Some(at) if all[at].layer != layer => all[at] = advisory,
                Some(_) => {
                    tables.problem(
                        start,
                        format!("the advisory {} is given twice", advisory.id),
                    );
                }
            }
        }
    }
    all.sort_by(|a, b| (&a.package, a.date, &a.id).cmp(&(&b.package, b.date, &b.id)));
    problems_as_error(sources, tables.problems).map_or(Ok(all), Err)
}

/// Whether a text is a CVSS base score: numbers with one digit after the point. The numbers of the standard
/// library would bring a table of 10 kB into the page.
fn is_score(text: &str) -> bool {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let is_digit = |text: &str| matches!(text.as_bytes(), [b'0'..=b'9']);
    is_digit(whole) && is_digit(tenth) || whole == "10" && tenth == "0"
}

fn read_one(
    catalog: &Catalog,
    tables: &mut Tables<'_>,
    table: &DeTable<'_>,
    start: usize,
    layer: usize,
) -> Option<Advisory> {
    tables.known_keys(table, KEYS, "an advisory");
    // Everything is read before anything is given up, so that all problems show.
    let id = tables.name(table, "id", start);
    let package = tables.name(table, "package", start);
    if let Some((name, at)) = &package {
        if catalog.package(name.as_str()).is_none() {
            let text = format!("no package {name} in this catalog");
            tables.push(*at, Error::new(ErrorCode::InconsistentCatalog, text));
        }
    }
    let date = tables.day(table, "date");
    let cvss = tables.maybe::<String>(table, "cvss", 10);
    if let Some(text) = &cvss {
        if !is_score(text) {
            let at = table.get("cvss").map_or(start, |value| value.span().start);
            tables.problem(at, "cvss is not a score: expected \"0.0\" to \"10.0\"");
        }
    }
    let patched = requirements(tables, table, "patched");
    let unaffected = requirements(tables, table, "unaffected");
    let why = tables.text(table, "why", Advisory::MAX_TEXT, start);
    let source = tables.text(table, "source", Advisory::MAX_TEXT, start);
    Some(Advisory {
        id: id?.0,
        package: package?.0,
        date,
        cvss,
        patched,
        unaffected,
        why: why?.0.to_owned(),
        source: source?.0.to_owned(),
        layer,
    })
}

fn requirements(tables: &mut Tables<'_>, table: &DeTable<'_>, key: &str) -> Vec<Requirement> {
    let at = table.get(key).map_or(0, |value| value.span().start);
    let texts = tables.texts(table, key, Advisory::MAX_LIST);
    let mut list = Vec::new();
    for text in &texts {
        match Requirement::parse(tables.scheme, text) {
            Ok(requirement) => list.push(requirement),
            Err(error) => tables.push(at, error),
        }
    }
    list
}
