//! Reading one TOML file of a catalog into drafts, with every problem and its place.
//!
//! Nothing here judges across files: names are still names. `build` puts drafts together.

use super::blocks::{self, words};
use super::edge_source::DraftEdge;
use super::rule::{DraftProperty, DraftRule, RULE_KINDS};
use super::{Dependency, Moves, Role, SupportStatus};
use crate::date::Date;
use crate::error::{Error, ErrorCode};
use crate::name::Name;
use crate::span::Place;
use crate::version::{Requirement, Scheme, Version};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// One file of a catalog: its name for messages, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: std::borrow::Cow<'static, str>,
}

impl Source {
    /// The largest file that is read, in bytes.
    pub const MAX_BYTES: usize = 8 << 20;

    /// A file by the name that messages use, and its text.
    pub fn new(name: impl Into<String>, text: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Source {
            name: name.into(),
            text: text.into(),
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) place: Spot,
}

/// A place in one of several files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) file: usize,
    pub(super) offset: usize,
}

#[derive(Default, Debug)]
pub(super) struct Draft {
    pub(super) name: Option<At<Name>>,
    pub(super) extends: Option<At<Name>>,
    pub(super) scheme: Option<Scheme>,
    /// The scheme that its files name, whether it can be followed or not.
    pub(super) named_scheme: Option<Scheme>,
    pub(super) horizon: Option<At<Date>>,
    pub(super) order: Vec<At<Name>>,
    pub(super) packages: Vec<DraftPackage>,
    pub(super) properties: Vec<DraftProperty>,
    pub(super) rules: Vec<DraftRule>,
}

#[derive(Debug)]
pub(super) struct DraftPackage {
    pub(super) name: At<Name>,
    pub(super) role: Option<At<Role>>,
    /// It names a role, known or not.
    pub(super) has_role: bool,
    pub(super) about: Option<String>,
    pub(super) changelog: Option<String>,
    pub(super) one_line_at_a_time: Option<bool>,
    pub(super) early: Option<bool>,
    pub(super) moves: Option<Moves>,
    pub(super) alone: Option<bool>,
    pub(super) lockstep: Option<At<Name>>,
    pub(super) command: Option<String>,
    pub(super) instruction: Option<String>,
    pub(super) no_way_back: Option<String>,
    pub(super) replaced_by: Option<At<Name>>,
    pub(super) lines: Vec<DraftLine>,
    pub(super) releases: Vec<DraftRelease>,
    pub(super) edges: Vec<DraftEdge>,
}

#[derive(Debug)]
pub(super) struct DraftLine {
    pub(super) name: At<String>,
    pub(super) first_release: Option<Date>,
    pub(super) status: SupportStatus,
    pub(super) end_of_life: Option<Date>,
}

#[derive(Debug)]
pub(super) struct DraftRelease {
    pub(super) version: At<Version>,
    pub(super) date: Option<Date>,
    pub(super) yanked: bool,
    pub(super) marks: Arc<[String]>,
    pub(super) requirements: Arc<[Dependency]>,
}

/// Reads files one after another, sharing what repeats between them.
pub(super) struct Reader<'s> {
    sources: &'s [Source],
    names: HashSet<Name>,
    requirements: HashMap<String, Arc<Requirement>>,
    dependencies: HashMap<&'s str, Dependency>,
    /// The last marks and the last list of requirements: those of the next release are often equal.
    last_marks: (&'s str, Arc<[String]>),
    last_list: (&'s str, Arc<[Dependency]>),
    pub(super) scheme: Scheme,
    /// Packages or rules were read, by this scheme.
    scheme_is_used: bool,
    file: usize,
    /// What TOML did not read of this file.
    cuts: Vec<blocks::Cut>,
    pub(super) problems: Vec<(Spot, Error)>,
}

const HEADER_KEYS: &[&str] = &[
    "format", "name", "extends", "scheme", "horizon", "order", "package", "property",
];
const PACKAGE_KEYS: &[&str] = &[
    "role",
    "about",
    "changelog",
    "one_line_at_a_time",
    "early",
    "no_way_back",
    "replaced_by",
    "moves",
    "alone",
    "lockstep",
    "command",
    "instruction",
    "lines",
    "releases",
    "edges",
];
/// The format of catalogs that this library reads.
pub(super) const FORMAT: u32 = 1;

impl<'s> Reader<'s> {
    pub(super) fn new(sources: &'s [Source]) -> Self {
        Reader {
            sources,
            names: HashSet::new(),
            requirements: HashMap::new(),
            dependencies: HashMap::new(),
            last_marks: ("", Arc::default()),
            last_list: ("", Arc::default()),
            scheme: Scheme::RubyGems,
            scheme_is_used: false,
            file: 0,
            cuts: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Reads the files `range` as one layer.
    pub(super) fn layer(&mut self, range: Range<usize>) -> Draft {
        let mut draft = Draft::default();
        let sources = self.sources;
        for file in range {
            self.file = file;
            let text = sources[file].text();
            if text.len() > Source::MAX_BYTES {
                self.problem_with(
                    0,
                    ErrorCode::TooLarge,
                    format!(
                        "the file has {} bytes: expected at most {}",
                        text.len(),
                        Source::MAX_BYTES
                    ),
                );
                continue;
            }
            let (text, cuts) = blocks::without(text);
            self.cuts = cuts;
            let (table, errors) = DeTable::parse_recoverable(&text);
            let broken = !errors.is_empty();
            for error in errors {
                let offset = error.span().map_or(0, |span| self.start(&span));
                self.problem(
                    offset,
                    format!("this is not TOML: {}", one_line(error.message())),
                );
            }
            if !broken {
                self.file_table(table.get_ref(), &mut draft);
                self.scheme_is_used |= !(draft.packages.is_empty() && draft.rules.is_empty());
            }
        }
        draft
    }

    fn file_table(&mut self, table: &DeTable<'_>, draft: &mut Draft) {
        let keys: Vec<&str> = HEADER_KEYS
            .iter()
            .copied()
            .chain(RULE_KINDS.map(|(kind, ..)| kind))
            .collect();
        self.known_keys(table, &keys, "a catalog");
        if let Some((format, offset)) = self.get(table, "format") {
            let number = format
                .as_integer()
                .and_then(|n| n.as_str().parse::<u32>().ok());
            if number != Some(FORMAT) {
                self.problem(offset, format!("unknown format: expected {FORMAT}"));
            }
        }
        if let Some(text) = self.text(table, "scheme") {
            let scheme = Scheme::from_name(text.value);
            draft.named_scheme = scheme.as_ref().ok().copied().or(draft.named_scheme);
            match scheme {
                Ok(scheme) if scheme != self.scheme && self.scheme_is_used => self.problem(
                    text.place.offset,
                    format!(
                        "scheme {scheme} comes too late: what comes before it was read as {}",
                        self.scheme
                    ),
                ),
                Ok(scheme) => {
                    self.scheme = scheme;
                    draft.scheme = Some(scheme);
                }
                Err(error) => self.push(text.place.offset, error),
            }
        }
        if let Some(name) = self.name_at(table, "name") {
            draft.name = Some(name);
        }
        if let Some(name) = self.name_at(table, "extends") {
            draft.extends = Some(name);
        }
        if let Some((value, offset)) = self.get(table, "horizon") {
            let text = match value {
                DeValue::Datetime(date) => date.to_string(),
                other => other.as_str().unwrap_or("").to_owned(),
            };
            match Date::parse(&text) {
                Ok(date) => draft.horizon = Some(self.spot(date, offset)),
                Err(error) => self.push(offset, error),
            }
        }
        for text in self.texts(table, "order") {
            if text.value.contains(',') {
                let list: Vec<String> = text
                    .value
                    .split(',')
                    .map(|it| format!("{:?}", it.trim()))
                    .collect();
                let expected = format!("expected one text for each package: {}", list.join(", "));
                self.problem(text.place.offset, expected);
                continue;
            }
            if let Some(name) = self.name(text.value, text.place.offset) {
                draft.order.push(At {
                    value: name,
                    place: text.place,
                });
            }
        }
        if let Some((packages, offset)) = self.get(table, "package") {
            match packages.as_table() {
                Some(packages) => {
                    for (key, value) in packages {
                        let start = self.start(&key.span());
                        match value.get_ref().as_table() {
                            Some(table) => self.package(key.get_ref(), start, table, draft),
                            None => self.problem(start, "expected a table [package.NAME]"),
                        }
                    }
                }
                None => self.problem(offset, "expected tables [package.NAME]"),
            }
        }
        for (table, start) in self.tables(table, "property") {
            draft.properties.extend(self.property(table, start));
        }
        for (kind, needed, optional) in RULE_KINDS {
            for (table, start) in self.tables(table, kind) {
                let rule = self.rule(kind, (needed, optional), table, start);
                draft.rules.extend(rule);
            }
        }
    }

    /// The tables of a list `[[KEY]]`, each with its offset.
    fn tables<'t, 'd>(
        &mut self,
        table: &'t DeTable<'d>,
        key: &str,
    ) -> Vec<(&'t DeTable<'d>, usize)> {
        let Some((value, offset)) = self.get(table, key) else {
            return Vec::new();
        };
        let Some(array) = value.as_array() else {
            self.problem(offset, format!("expected tables [[{key}]]"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for entry in array {
            let start = self.start(&entry.span());
            match entry.get_ref().as_table() {
                Some(table) => tables.push((table, start)),
                None => self.problem(start, format!("expected a table [[{key}]]")),
            }
        }
        tables
    }

    fn package(&mut self, key: &str, start: usize, table: &DeTable<'_>, draft: &mut Draft) {
        self.known_keys(table, PACKAGE_KEYS, "a package");
        let name = match Name::new(key) {
            Ok(value) => self.spot(value, start),
            Err(error) => return self.push(start, error),
        };
        let mut package = DraftPackage {
            name,
            role: None,
            has_role: false,
            about: self.text(table, "about").map(|text| text.value.to_owned()),
            changelog: self.text(table, "changelog").map(|text| text.value.into()),
            one_line_at_a_time: self.set(table, "one_line_at_a_time"),
            early: self.set(table, "early"),
            moves: self.moves(table),
            alone: self.set(table, "alone"),
            lockstep: self.name_at(table, "lockstep"),
            command: self
                .text(table, "command")
                .map(|text| text.value.to_owned()),
            instruction: self
                .text(table, "instruction")
                .map(|text| text.value.to_owned()),
            no_way_back: self
                .text(table, "no_way_back")
                .map(|text| text.value.to_owned()),
            replaced_by: self.name_at(table, "replaced_by"),
            lines: Vec::new(),
            releases: Vec::new(),
            edges: Vec::new(),
        };
        if let Some(role) = self.text(table, "role") {
            package.has_role = true;
            let found = Role::ALL
                .into_iter()
                .find(|known| known.name() == role.value);
            match found {
                Some(value) => {
                    package.role = Some(At {
                        value,
                        place: role.place,
                    })
                }
                None => self.problem(
                    role.place.offset,
                    format!(
                        "unknown role {:?}: expected stepped, follower, lazy or runtime",
                        short(role.value)
                    ),
                ),
            }
        }
        for (line, offset) in self.block(table, "lines") {
            if let Some(line) = self.line(line, offset) {
                package.lines.push(line);
            }
        }
        for (line, offset) in self.block(table, "releases") {
            if let Some(release) = self.release(line, offset) {
                package.releases.push(release);
            }
        }
        for (line, offset) in self.block(table, "edges") {
            if let Some(edge) = self.edge(line, offset) {
                package.edges.push(edge);
            }
        }
        draft.packages.push(package);
    }

    /// `true` or `false` where it is said.
    fn set(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let (value, offset) = self.get(table, key)?;
        let value = value.as_bool();
        if value.is_none() {
            self.problem(offset, "expected true or false");
        }
        value
    }

    fn moves(&mut self, table: &DeTable<'_>) -> Option<Moves> {
        let text = self.text(table, "moves")?;
        let found = Moves::ALL
            .into_iter()
            .find(|known| known.name() == text.value);
        if found.is_none() {
            let (word, offset) = (short(text.value), text.place.offset);
            self.problem(
                offset,
                format!("unknown moves {word:?}: expected lines, any or edges"),
            );
        }
        found
    }

    /// `2.6   2026-08-05  active  eol 2026-12-31`
    fn line(&mut self, text: &'s str, offset: usize) -> Option<DraftLine> {
        let mut words = words(text, offset);
        let (name, at) = words.next()?;
        let first_release = self.date_or_unknown(words.next(), offset + text.len())?;
        let Some((status, status_at)) = words.next() else {
            self.problem(offset + text.len(), "expected the status of the line");
            return None;
        };
        let Some(status) = SupportStatus::ALL
            .into_iter()
            .find(|known| known.name() == status)
        else {
            self.problem(
                status_at,
                format!(
                    "unknown status {:?}: expected active, maintenance, eol or preview",
                    short(status)
                ),
            );
            return None;
        };
        let end_of_life = match (words.next(), words.next()) {
            (None, _) => None,
            (Some(("eol", _)), Some((date, at))) => match Date::parse(date) {
                Ok(date) => Some(date),
                Err(error) => {
                    self.push(at, error);
                    return None;
                }
            },
            // `eol DATE` alone: the word was taken for the status.
            (Some((date, _)), _) if status == SupportStatus::Eol && Date::parse(date).is_ok() => {
                let expected = format!(
                    "expected the status before `eol {date}`: active, maintenance, eol or preview"
                );
                self.problem(status_at, expected);
                return None;
            }
            (Some((_, at)), _) => {
                self.problem(at, "expected `eol YYYY-MM-DD` or the end of the line");
                return None;
            }
        };
        if let Some((_, at)) = words.next() {
            self.problem(at, "expected the end of the line");
        }
        Some(DraftLine {
            name: self.spot(name.to_owned(), at),
            first_release,
            status,
            end_of_life,
        })
    }

    /// `2.3.4  2024-04-11  [mark; mark]  ruby >= 2.7; karafka-core >= 2.3.0, < 2.4.0`
    fn release(&mut self, text: &'s str, offset: usize) -> Option<DraftRelease> {
        let mut head = words(text, offset);
        let (word, at) = head.next()?;
        let version = match Version::parse(self.scheme, word) {
            Ok(version) => self.spot(version, at),
            Err(error) => {
                self.push(at, error);
                return None;
            }
        };
        let date_word = head.next();
        let date = self.date_or_unknown(date_word, offset + text.len())?;
        let after = date_word.map_or(text.len(), |(word, at)| at - offset + word.len());
        let mut rest = text[after..].trim_start();
        let mut marks = Arc::default();
        if let Some(inner) = rest.strip_prefix('[') {
            let Some(end) = inner.find(']') else {
                self.problem(
                    offset + text.len() - rest.len(),
                    "expected a ']' that ends the marks",
                );
                return None;
            };
            marks = self.marks(&inner[..end]);
            rest = inner[end + 1..].trim_start();
        }
        Some(DraftRelease {
            version,
            date,
            yanked: marks.iter().any(|mark| mark == "yanked"),
            marks,
            requirements: self.dependencies(rest, offset + text.len() - rest.len()),
        })
    }

    /// `mark; mark`
    fn marks(&mut self, text: &'s str) -> Arc<[String]> {
        if self.last_marks.0 != text {
            let marks = text.split(';').map(str::trim);
            let marks = marks.filter(|mark| !mark.is_empty()).map(str::to_owned);
            self.last_marks = (text, marks.collect());
        }
        self.last_marks.1.clone()
    }

    /// `ruby >= 2.7; karafka-core >= 2.3.0, < 2.4.0`
    fn dependencies(&mut self, list: &'s str, offset: usize) -> Arc<[Dependency]> {
        if self.last_list.0 == list {
            return self.last_list.1.clone();
        }
        let problems = self.problems.len();
        let mut at = offset;
        let mut dependencies = Vec::new();
        for part in list.split(';') {
            let start = at + (part.len() - part.trim_start().len());
            at += part.len() + 1;
            let part = part.trim();
            if !part.is_empty() {
                dependencies.extend(self.dependency(part, start));
            }
        }
        let dependencies: Arc<[Dependency]> = dependencies.into();
        // Problems are told at each of their places.
        if self.problems.len() == problems {
            self.last_list = (list, dependencies.clone());
        }
        dependencies
    }

    /// `karafka-core >= 2.3.0, < 2.4.0`
    fn dependency(&mut self, text: &'s str, offset: usize) -> Option<Dependency> {
        if let Some(known) = self.dependencies.get(text) {
            return Some(known.clone());
        }
        let (name, requirement) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let name = self.name(name, offset);
        let requirement = self.requirement(requirement.trim(), offset);
        let dependency = Dependency {
            name: name?,
            requirement: requirement?,
        };
        self.dependencies.insert(text, dependency.clone());
        Some(dependency)
    }

    // ---- small readers -------------------------------------------------------------------

    /// Where a value of the table is in the file.
    pub(super) fn start(&self, span: &Range<usize>) -> usize {
        blocks::offset(&self.cuts, span.start)
    }

    pub(super) fn get<'t, 'd>(
        &self,
        table: &'t DeTable<'d>,
        key: &str,
    ) -> Option<(&'t DeValue<'d>, usize)> {
        table
            .get(key)
            .map(|value: &Spanned<DeValue<'d>>| (value.get_ref(), self.start(&value.span())))
    }

    pub(super) fn text<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Option<At<&'t str>> {
        let (value, offset) = self.get(table, key)?;
        match value.as_str() {
            Some(text) => Some(self.spot(text, offset)),
            None => {
                self.problem(offset, format!("{key} is not a text"));
                None
            }
        }
    }

    pub(super) fn texts<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Vec<At<&'t str>> {
        let Some((value, offset)) = self.get(table, key) else {
            return Vec::new();
        };
        let entries: Option<&'t DeArray<'_>> = value.as_array();
        let Some(entries) = entries else {
            self.problem(offset, format!("{key} is not a list of texts"));
            return Vec::new();
        };
        let mut texts = Vec::new();
        for entry in entries {
            let start = self.start(&entry.span());
            match entry.get_ref().as_str() {
                Some(text) => texts.push(self.spot(text, start)),
                None => self.problem(start, format!("{key} is not a list of texts")),
            }
        }
        texts
    }

    pub(super) fn name_at(&mut self, table: &DeTable<'_>, key: &str) -> Option<At<Name>> {
        let text = self.text(table, key)?;
        let (value, place) = (text.value.to_owned(), text.place);
        match Name::new(&value) {
            Ok(value) => Some(At { value, place }),
            Err(error) => {
                self.push(place.offset, error);
                None
            }
        }
    }

    pub(super) fn requirement_at(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
    ) -> Option<Arc<Requirement>> {
        let text = self.text(table, key)?;
        let (value, offset) = (text.value.to_owned(), text.place.offset);
        self.requirement(&value, offset)
    }

    /// The lines of a text block, without comments and empty lines, each with its offset.
    fn block(&mut self, table: &DeTable<'_>, key: &str) -> Vec<(&'s str, usize)> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let (start, end) = (
            self.start(&value.span()),
            blocks::offset(&self.cuts, value.span().end),
        );
        // The file's own text is read, so that places are exact; a literal block has no escapes.
        let lines = blocks::lines(&self.sources[self.file].text()[start..end], start);
        lines.unwrap_or_else(|| {
            self.problem(start, format!("{key} is not a block: expected '''"));
            Vec::new()
        })
    }

    pub(super) fn name(&mut self, text: &str, offset: usize) -> Option<Name> {
        if let Some(name) = self.names.get(text) {
            return Some(name.clone());
        }
        match Name::new(text) {
            Ok(name) => {
                self.names.insert(name.clone());
                Some(name)
            }
            Err(error) => {
                self.push(offset, error);
                None
            }
        }
    }

    pub(super) fn requirement(&mut self, text: &str, offset: usize) -> Option<Arc<Requirement>> {
        if let Some(requirement) = self.requirements.get(text) {
            return Some(requirement.clone());
        }
        let parsed = if text.is_empty() {
            Ok(Requirement::any(self.scheme))
        } else {
            Requirement::parse(self.scheme, text)
        };
        match parsed {
            Ok(requirement) => {
                let requirement = Arc::new(requirement);
                self.requirements
                    .insert(text.to_owned(), requirement.clone());
                Some(requirement)
            }
            Err(error) => {
                self.push(offset, error);
                None
            }
        }
    }

    /// `Some(None)` for the `?` of an unknown date; `None` after a problem.
    fn date_or_unknown(&mut self, word: Option<(&str, usize)>, end: usize) -> Option<Option<Date>> {
        match word {
            None => {
                self.problem(end, "expected a date, or ? for an unknown one");
                None
            }
            Some(("?", _)) => Some(None),
            Some((word, at)) => match Date::parse(word) {
                Ok(date) => Some(Some(date)),
                Err(error) => {
                    self.push(at, error);
                    None
                }
            },
        }
    }

    pub(super) fn known_keys(&mut self, table: &DeTable<'_>, known: &[&str], of: &str) {
        for (key, _) in table {
            let text: &str = key.get_ref();
            if !known.contains(&text) {
                self.problem(
                    self.start(&key.span()),
                    format!(
                        "unknown key {:?} of {of}: expected {}",
                        short(text),
                        known.join(", ")
                    ),
                );
            }
        }
    }

    pub(super) fn spot<T>(&self, value: T, offset: usize) -> At<T> {
        At {
            value,
            place: Spot {
                file: self.file,
                offset,
            },
        }
    }

    pub(super) fn problem(&mut self, offset: usize, message: impl Into<String>) {
        self.problem_with(offset, ErrorCode::InvalidCatalog, message);
    }

    fn problem_with(&mut self, offset: usize, code: ErrorCode, message: impl Into<String>) {
        self.push(offset, Error::new(code, message));
    }

    pub(super) fn push(&mut self, offset: usize, error: Error) {
        let spot = Spot {
            file: self.file,
            offset,
        };
        self.problems.push((spot, error));
    }
}

/// All problems, in the order of their places, as one error.
pub(super) fn problems_as_error(
    sources: &[Source],
    mut problems: Vec<(Spot, Error)>,
) -> Option<Error> {
    problems.sort_by_key(|(spot, _)| (spot.file, spot.offset));
    Error::all(
        problems
            .into_iter()
            .map(|(spot, error)| match sources.get(spot.file) {
                Some(source) => error
                    .at(Place::of(source.text(), spot.offset))
                    .in_file(source.name()),
                None => error,
            })
            .collect(),
    )
}

pub(super) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
