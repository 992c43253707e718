//! Small readers over the tables of the files that are read on first use: actions and rollout.
//! Every problem is kept with its place; reading goes on after it.

use super::Source;
use super::source::{Spot, short};
use crate::date::Date;
use crate::error::{Error, ErrorCode};
use crate::name::Name;
use crate::version::{Requirement, Scheme, Version};
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// The longest single text of these files, in bytes.
pub(super) const MAX_TEXT: usize = 2_000;
/// The format of these files.
const FORMAT: i64 = 1;

/// A value that was written, and where.
pub(super) type Found<T> = Option<(T, usize)>;

/// Reads tables of several files, one file at a time.
pub(super) struct Tables<'s> {
    sources: &'s [Source],
    file: usize,
    pub(super) scheme: Scheme,
    pub(super) problems: Vec<(Spot, Error)>,
}

impl<'s> Tables<'s> {
    pub(super) fn new(sources: &'s [Source], scheme: Scheme) -> Self {
        Tables {
            sources,
            file: 0,
            scheme,
            problems: Vec::new(),
        }
    }

    /// Opens a file whose keys must be `holds`, `format` and one of `keys`.
    pub(super) fn open(&mut self, file: usize, keys: &[&str]) -> Option<DeTable<'s>> {
        self.file = file;
        let text = self.sources[file].text();
        if text.len() > Source::MAX_BYTES {
            let message = format!(
                "the file has {} bytes: expected at most {}",
                text.len(),
                Source::MAX_BYTES
            );
            self.push(0, Error::new(ErrorCode::TooLarge, message));
            return None;
        }
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            for error in errors {
                let words: Vec<_> = error.message().split_whitespace().collect();
                let offset = error.span().map_or(0, |span| span.start);
                self.problem(offset, format!("this is not TOML: {}", words.join(" ")));
            }
            return None;
        }
        let table = table.into_inner();
        let known: Vec<_> = ["holds", "format"].iter().chain(keys).copied().collect();
        self.known_keys(&table, &known, "this file");
        let format = table.get("format");
        let number = format
            .and_then(|value| value.get_ref().as_integer())
            .and_then(|number| number.as_str().parse::<i64>().ok());
        if number != Some(FORMAT) {
            let offset = format.map_or(0, |value| value.span().start);
            self.problem(offset, format!("unknown format: expected {FORMAT}"));
        }
        Some(table)
    }

    /// The tables `[[key]]` of a file, or those of a list inside an entry.
    pub(super) fn tables<'t, 'd>(
        &mut self,
        table: &'t DeTable<'d>,
        key: &str,
        most: usize,
    ) -> Vec<(&'t DeTable<'d>, usize)> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.problem(value.span().start, format!("{key} is not a list of tables"));
            return Vec::new();
        };
        self.bounded(key, array.len(), most, value.span().start);
        let mut tables = Vec::new();
        for entry in array {
            match entry.get_ref().as_table() {
                Some(table) => tables.push((table, entry.span().start)),
                None => self.problem(entry.span().start, format!("{key} is not a list of tables")),
            }
        }
        tables
    }

    /// A text that may be missing; never empty, never longer than `most` bytes.
    pub(super) fn maybe<'t, T: From<&'t str>>(
        &mut self,
        table: &'t DeTable<'_>,
        key: &str,
        most: usize,
    ) -> Option<T> {
        let value = table.get(key)?;
        self.text_of(key, value.get_ref(), value.span().start, most)
            .map(|(text, _)| text.into())
    }

    /// A text that must be there.
    pub(super) fn text<'t>(
        &mut self,
        table: &'t DeTable<'_>,
        key: &str,
        most: usize,
        start: usize,
    ) -> Found<&'t str> {
        let Some(value) = table.get(key) else {
            self.problem(start, format!("this entry lacks {key}"));
            return None;
        };
        self.text_of(key, value.get_ref(), value.span().start, most)
    }

    pub(super) fn texts(&mut self, table: &DeTable<'_>, key: &str, most: usize) -> Vec<String> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.problem(value.span().start, format!("{key} is not a list of texts"));
            return Vec::new();
        };
        self.bounded(key, array.len(), most, value.span().start);
        array
            .iter()
            .filter_map(|entry| {
                self.text_of(key, entry.get_ref(), entry.span().start, MAX_TEXT)
                    .map(|(text, _)| text.to_owned())
            })
            .collect()
    }

    /// `true` or `false`; `None` where the key is missing.
    pub(super) fn flag(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.problem(
                value.span().start,
                format!("{key} is not a flag: expected true or false"),
            );
        }
        flag
    }

    /// A day that may be missing, written as a date of TOML.
    pub(super) fn day(&mut self, table: &DeTable<'_>, key: &str) -> Option<Date> {
        let value = table.get(key)?;
        let day = match value.get_ref() {
            DeValue::Datetime(day) => Date::parse(&day.to_string()).ok(),
            _ => None,
        };
        if day.is_none() {
            self.problem(
                value.span().start,
                format!("{key} is not a day: expected YYYY-MM-DD without quotes"),
            );
        }
        day
    }

    pub(super) fn name(&mut self, table: &DeTable<'_>, key: &str, start: usize) -> Found<Name> {
        let (text, at) = self.text(table, key, MAX_TEXT, start)?;
        self.kept(Name::new(text), at)
    }

    pub(super) fn version(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        start: usize,
    ) -> Found<Version> {
        let (text, at) = self.text(table, key, MAX_TEXT, start)?;
        self.kept(Version::parse(self.scheme, text), at)
    }

    pub(super) fn requirement(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        start: usize,
    ) -> Found<Arc<Requirement>> {
        let (text, at) = self.text(table, key, MAX_TEXT, start)?;
        self.kept(Requirement::parse(self.scheme, text).map(Arc::new), at)
    }

    /// One of a few words; the default where the key is missing and a default is given.
    pub(super) fn word<T: Copy>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        (all, name): (&[T], fn(T) -> &'static str),
        default: Option<T>,
        start: usize,
    ) -> Option<T> {
        if let (Some(default), false) = (default, table.contains_key(key)) {
            return Some(default);
        }
        let (text, at) = self.text(table, key, MAX_TEXT, start)?;
        let found = all.iter().copied().find(|word| name(*word) == text);
        if found.is_none() {
            let words: Vec<_> = all.iter().map(|word| name(*word)).collect();
            self.problem(
                at,
                format!(
                    "unknown {key} {:?}: expected {}",
                    short(text),
                    words.join(", ")
                ),
            );
        }
        found
    }

    pub(super) fn known_keys(&mut self, table: &DeTable<'_>, known: &[&str], of: &str) {
        for (key, _) in table {
            let text: &str = key.get_ref();
            if !known.contains(&text) {
                self.problem(
                    key.span().start,
                    format!(
                        "unknown key {:?} of {of}: expected {}",
                        short(text),
                        known.join(", ")
                    ),
                );
            }
        }
    }

    pub(super) fn problem(&mut self, offset: usize, message: impl Into<String>) {
        self.push(offset, Error::new(ErrorCode::InvalidCatalog, message));
    }

    pub(super) fn push(&mut self, offset: usize, error: Error) {
        let file = self.file;
        self.problems.push((Spot { file, offset }, error));
    }

    /// Says so where a list is longer than it may be.
    pub(super) fn bounded(&mut self, key: &str, len: usize, most: usize, offset: usize) {
        if len > most {
            let message = format!("{key} has {len} entries: expected at most {most}");
            self.push(offset, Error::new(ErrorCode::TooLarge, message));
        }
    }

    fn text_of<'t>(
        &mut self,
        key: &str,
        value: &'t DeValue<'_>,
        offset: usize,
        most: usize,
    ) -> Found<&'t str> {
        let Some(text) = value.as_str() else {
            self.problem(offset, format!("{key} is not a text"));
            return None;
        };
        if text.trim().is_empty() {
            self.problem(offset, format!("{key} is empty"));
            return None;
        }
        if text.len() > most {
            let message = format!("{key} has {} bytes: expected at most {most}", text.len());
            self.push(offset, Error::new(ErrorCode::TooLarge, message));
            return None;
        }
        Some((text, offset))
    }

    fn kept<T>(&mut self, read: Result<T, Error>, offset: usize) -> Found<T> {
        match read {
            Ok(value) => Some((value, offset)),
            Err(error) => {
                self.push(offset, error);
                None
            }
        }
    }
}
