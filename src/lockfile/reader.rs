//! What is known while the lines of a lockfile are read, and how words and places are kept.

use super::entry::is_blank;
use super::input::{invalid, shown};
use super::model::{Lockfile, Run, SourceKind};
use super::warning::Warning;
use crate::error::Error;
use crate::span::Place;
use std::borrow::Cow;
use std::collections::HashMap;

/// The platform where none is written.
pub(super) const RUBY: &str = "ruby";
/// The version where none is written.
pub(super) const NO_VERSION: &str = "0";
pub(super) const REPAIR: &str = "correct the line, or run `bundle lock` to write the file anew";

/// A gem as its lines name it, `name (version-platform)`: one text, since hashing is a tenth of
/// the work and three short texts take twice as long as one.
pub(super) type Key<'t> = Cow<'t, str>;

pub(super) struct Reader<'t> {
    pub(super) lockfile: Lockfile,
    pub(super) section: Section,
    /// The line being read, from 1.
    pub(super) line: u32,
    /// The line of the header above.
    pub(super) header_line: u32,
    pub(super) known_headers: bool,
    pub(super) has_dependencies: bool,
    /// The source that gems belong to; none before `specs:`.
    pub(super) source: Option<u32>,
    /// The gem that dependencies belong to.
    pub(super) spec: Option<usize>,
    pub(super) first_remote: u32,
    pub(super) first_option: u32,
    pub(super) specs: HashMap<Key<'t>, usize>,
    pub(super) direct: HashMap<&'t str, usize>,
    /// For pins: the first gem of each name among the first `named` ones. Filled when a pin is
    /// met, since most lockfiles have none.
    pub(super) names: HashMap<&'t str, usize>,
    pub(super) named: usize,
    /// The name of each gem, as written in the input.
    pub(super) spec_names: Vec<&'t str>,
    /// The `sha256` of each gem, in hexadecimal; nearly all sums are such.
    pub(super) sha256: Vec<Option<Cow<'t, str>>>,
    /// The other sums.
    pub(super) sums: HashMap<(usize, &'t str), &'t str>,
    /// The gem that the next checksum probably concerns.
    pub(super) next_listed: usize,
    pub(super) left_off: u32,
    /// Where the text keeps [`RUBY`].
    pub(super) ruby: Run,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Above the first header.
    Outside,
    Source(SourceKind),
    Dependencies,
    Platforms,
    Checksums,
    Ruby,
    Bundler,
    Unknown,
}

impl Section {
    pub(super) fn of(header: &str) -> Option<Self> {
        Some(match header {
            "GEM" => Section::Source(SourceKind::Gem),
            "GIT" => Section::Source(SourceKind::Git),
            "PATH" => Section::Source(SourceKind::Path),
            "PLUGIN SOURCE" => Section::Source(SourceKind::Plugin),
            "DEPENDENCIES" => Section::Dependencies,
            "PLATFORMS" => Section::Platforms,
            "CHECKSUMS" => Section::Checksums,
            "RUBY VERSION" => Section::Ruby,
            "BUNDLED WITH" => Section::Bundler,
            _ => return None,
        })
    }
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &str) -> Self {
        // Bytes of a line with a gem, roughly; too few or too many does no harm.
        let gems = text.len() / 64;
        let mut lockfile = Lockfile::default();
        lockfile.text.reserve(text.len());
        lockfile.text.push_str(RUBY);
        lockfile.specs.reserve(gems);
        lockfile.dependencies.reserve(gems);
        lockfile.requirements.reserve(gems);
        Reader {
            lockfile,
            section: Section::Outside,
            line: 0,
            header_line: 0,
            known_headers: false,
            has_dependencies: false,
            source: None,
            spec: None,
            first_remote: 0,
            first_option: 0,
            specs: HashMap::with_capacity(gems),
            direct: HashMap::new(),
            names: HashMap::new(),
            named: 0,
            spec_names: Vec::with_capacity(gems),
            sha256: Vec::new(),
            sums: HashMap::new(),
            next_listed: 0,
            left_off: 0,
            ruby: Run {
                start: 0,
                end: count(RUBY.len()),
            },
        }
    }

    pub(super) fn keep(&mut self, text: &str) -> Run {
        let start = count(self.lockfile.text.len());
        self.lockfile.text.push_str(text);
        Run {
            start,
            end: count(self.lockfile.text.len()),
        }
    }

    pub(super) fn keep_version(&mut self, base: u32, rest: &str, version: &str) -> Run {
        if version == NO_VERSION {
            return self.keep(version);
        }
        within(base, rest, version)
    }

    pub(super) fn keep_platform(&mut self, base: u32, rest: &str, platform: &str) -> Run {
        if platform == RUBY {
            return self.ruby;
        }
        within(base, rest, platform)
    }

    pub(super) fn ignored(&mut self, line: &str, expected: &str) {
        let message = format!("{} is ignored, expected {expected}", shown(line));
        self.warn(line, line, message);
    }

    pub(super) fn warn(&mut self, line: &str, part: &str, message: impl Into<String>) {
        if self.lockfile.warnings.len() < Lockfile::MAX_WARNINGS {
            let place = self.place(line, part);
            self.lockfile.warnings.push(Warning::new(place, message));
        } else {
            self.left_off += 1;
        }
    }

    pub(super) fn damaged(&self, line: &str, part: &str, message: String) -> Error {
        invalid(message, self.place(line, part), REPAIR)
    }

    /// The place of a part of the line being read: at its first character that is no blank.
    pub(super) fn place(&self, line: &str, part: &str) -> Place {
        let part = part.trim_start_matches(is_blank);
        Place {
            line: self.line,
            column: Place::of(line, distance(line, part)).column,
        }
    }
}

/// Where a part of a line is, of which the text from `rest` on is kept at `base`.
pub(super) fn within(base: u32, rest: &str, part: &str) -> Run {
    let start = base + count(distance(rest, part));
    Run {
        start,
        end: start + count(part.len()),
    }
}

/// Blanks at the start of a line, and the line after them. Tabs are no indentation to Bundler.
pub(super) fn indent(line: &str) -> (usize, &str) {
    let indent = line.bytes().take_while(|b| *b == b' ').count();
    (indent, line.get(indent..).unwrap_or_default())
}

/// A number of lines, bytes or items; all are below [`Lockfile::MAX_BYTES`].
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The offset of a slice in the text that it is a slice of.
fn distance(text: &str, part: &str) -> usize {
    let offset = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    offset.min(text.len())
}
