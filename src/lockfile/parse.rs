//! Line by line through the sections of a lockfile.

use super::entry::{Entry, commas, is_blank, is_requirement, is_version, trim};
use super::input::{self, invalid, shown};
use super::model::{
    ChecksumData, DependencyData, DirectData, Lockfile, Run, SourceData, SourceKind, SpecData,
    UnknownData,
};
use super::warning::Warning;
use crate::error::{Error, Result};
use crate::name::Name;
use crate::span::Place;
use std::borrow::Cow;
use std::collections::HashMap;

const RUBY: &str = "ruby";
const REPAIR: &str = "correct the line, or run `bundle lock` to write the file anew";

impl Lockfile {
    /// The largest lockfile that is read, in bytes.
    pub const MAX_BYTES: usize = input::MAX_BYTES;
    /// The most warnings that are kept.
    pub const MAX_WARNINGS: usize = 100;

    /// Reads the bytes of a `Gemfile.lock`.
    ///
    /// # Errors
    /// * [`EmptyLockfile`](crate::ErrorCode::EmptyLockfile): nothing but blanks;
    /// * [`LockfileConflict`](crate::ErrorCode::LockfileConflict): `<<<<<<< HEAD`;
    /// * [`InvalidUtf8`](crate::ErrorCode::InvalidUtf8): a byte that is no text;
    /// * [`TooLarge`](crate::ErrorCode::TooLarge): more than [`Lockfile::MAX_BYTES`];
    /// * [`InvalidLockfile`](crate::ErrorCode::InvalidLockfile): a Gemfile, or a damaged line:
    ///   `rake (13..3)`.
    ///
    /// # Examples
    /// ```
    /// use rungs::lockfile::Lockfile;
    ///
    /// let text = "GEM\n  remote: https://rubygems.org/\n  specs:\n    karafka (2.3.0)\n      \
    ///             waterdrop (>= 2.6.12, < 3.0.0)\n\nDEPENDENCIES\n  karafka (~> 2.3.0)\n";
    /// let lockfile = Lockfile::parse(text.as_bytes())?;
    /// let karafka = lockfile.specs().next().unwrap();
    /// assert_eq!((karafka.name(), karafka.version()), ("karafka", "2.3.0"));
    /// let waterdrop = karafka.dependencies().next().unwrap();
    /// assert!(waterdrop.requirement().eq([">= 2.6.12", "< 3.0.0"]));
    ///
    /// let error = Lockfile::parse(b"GEM\n  specs:\n    rake (13..3)\n").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "3:11: \"13..3\" is not a version, expected one such as 2.5.0"
    /// );
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let text = input::text(bytes)?;
        let mut reader = Reader::new(text);
        for line in input::lines(text) {
            reader.line += 1;
            reader.read(line)?;
        }
        reader.finish(text)
    }
}

/// Whether Bundler knows a section of this header.
pub(super) fn is_known_header(header: &str) -> bool {
    Section::of(header).is_some()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
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
    fn of(header: &str) -> Option<Self> {
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

/// A gem as its lines name it, `name (version-platform)`: one text, since hashing is a tenth of
/// the work and three short texts take twice as long as one.
type Key<'t> = Cow<'t, str>;

struct Reader<'t> {
    lockfile: Lockfile,
    section: Section,
    /// The line being read, from 1.
    line: u32,
    /// The line of the header above.
    header_line: u32,
    known_headers: bool,
    has_dependencies: bool,
    /// The source that gems belong to; none before `specs:`.
    source: Option<u32>,
    /// The gem that dependencies belong to.
    spec: Option<usize>,
    first_remote: u32,
    first_option: u32,
    specs: HashMap<Key<'t>, usize>,
    direct: HashMap<&'t str, usize>,
    /// For pins: the first gem of each name among the first `named` ones. Filled when a pin is
    /// met, since most lockfiles have none.
    names: HashMap<&'t str, usize>,
    named: usize,
    /// The name of each gem, as it stands in the input.
    spec_names: Vec<&'t str>,
    sums: HashMap<(usize, &'t str), String>,
    left_off: u32,
}

impl<'t> Reader<'t> {
    fn new(text: &str) -> Self {
        // Bytes of a line with a gem, roughly; too few or too many does no harm.
        let gems = text.len() / 64;
        let mut lockfile = Lockfile::default();
        lockfile.text.reserve(text.len() / 2);
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
            sums: HashMap::new(),
            left_off: 0,
        }
    }

    fn read(&mut self, line: &'t str) -> Result<()> {
        match line.bytes().position(|b| !is_blank(char::from(b))) {
            None => return Ok(()),
            Some(0) => return self.header(line),
            Some(_) => {}
        }
        match self.section {
            Section::Source(kind) => self.source_line(kind, line),
            Section::Dependencies => self.direct_dependency(line),
            Section::Platforms => {
                match line.strip_prefix("  ") {
                    Some(platform) => {
                        let run = self.keep(platform);
                        self.lockfile.platforms.push(run);
                    }
                    None => self.ignored(line, "two blanks and a platform"),
                }
                Ok(())
            }
            Section::Checksums => self.checksum(line),
            Section::Ruby => {
                if let Some(old) = self.lockfile.ruby_version() {
                    let message = format!(
                        "{} replaces the {} above as the Ruby version",
                        shown(trim(line)),
                        shown(old)
                    );
                    self.warn(line, line, message);
                }
                self.lockfile.ruby_version = Some(self.keep(trim(line)));
                Ok(())
            }
            Section::Bundler => {
                self.bundled_with(line);
                Ok(())
            }
            Section::Outside => {
                self.ignored(line, "a section header such as GEM first");
                Ok(())
            }
            Section::Unknown => {
                self.lockfile.text.push_str(line);
                self.lockfile.text.push('\n');
                let end = count(self.lockfile.text.len());
                if let Some(section) = self.lockfile.unknown.last_mut() {
                    section.body.end = end;
                }
                Ok(())
            }
        }
    }

    fn finish(mut self, text: &str) -> Result<Lockfile> {
        self.end_section()?;
        if !self.known_headers {
            return Err(input::not_a_lockfile(text));
        }
        if !self.has_dependencies {
            // The last line with something on it, not the nothing behind its end.
            self.line -= u32::from(text.ends_with('\n'));
            self.warn(
                "",
                "",
                "the section DEPENDENCIES is missing; is the file cut off?",
            );
        }
        if self.left_off > 0 {
            // The last one kept makes room for the word on the others.
            let place = self.lockfile.warnings.pop().map(|last| last.place());
            self.lockfile.warnings.extend(place.map(|place| {
                let message = format!("{} more warnings are left off", self.left_off + 1);
                Warning::new(place, message)
            }));
        }
        Ok(self.lockfile)
    }

    fn header(&mut self, line: &'t str) -> Result<()> {
        self.end_section()?;
        self.header_line = self.line;
        if let Some(section) = Section::of(line) {
            self.section = section;
            self.known_headers = true;
            match section {
                Section::Dependencies => self.has_dependencies = true,
                Section::Checksums => {
                    self.lockfile.checksums.get_or_insert_with(Vec::new);
                }
                _ => {}
            }
            return Ok(());
        }
        self.section = Section::Unknown;
        let near = line
            .trim_matches(|c| is_blank(c) || c == '\u{feff}')
            .to_ascii_uppercase();
        let message = if Section::of(&near).is_some() {
            format!(
                "{} is not the header {near}, so Bundler ignores the section",
                shown(line)
            )
        } else {
            format!(
                "{} is no section that Bundler knows; it is ignored",
                shown(line)
            )
        };
        self.warn(line, line, message);
        let header = self.keep(line);
        let end = header.end;
        self.lockfile.unknown.push(UnknownData {
            header,
            body: Run { start: end, end },
            line: self.line,
        });
        Ok(())
    }

    fn end_section(&mut self) -> Result<()> {
        if let (Section::Source(kind), None) = (self.section, self.source) {
            return Err(invalid(
                format!(
                    "the section {} has no line \"  specs:\", expected one; is it cut off?",
                    kind.header()
                ),
                Place {
                    line: self.header_line,
                    column: 1,
                },
                "run `bundle lock` to write the file anew",
            ));
        }
        self.source = None;
        self.spec = None;
        self.first_remote = count(self.lockfile.remotes.len());
        self.first_option = count(self.lockfile.options.len());
        Ok(())
    }

    fn source_line(&mut self, kind: SourceKind, line: &'t str) -> Result<()> {
        let (indent, rest) = indent(line);
        if indent == 4 || indent == 6 {
            let entry = self.entry(line, rest, false)?;
            return match (indent, self.source, self.spec) {
                (_, None, _) => Err(self.damaged(
                    line,
                    rest,
                    format!(
                        "{} stands before \"  specs:\", expected that first",
                        shown(rest)
                    ),
                )),
                (4, Some(source), _) => self.gem(source, line, rest, entry),
                (_, _, Some(spec)) => self.dependency(spec, line, entry),
                (_, _, None) => Err(self.damaged(
                    line,
                    rest,
                    format!("{} needs a gem above it, expected one", shown(rest)),
                )),
            };
        }
        if line == "  specs:" {
            if self.source.is_some() {
                self.warn(line, rest, "a second \"specs:\" starts another source");
            }
            self.source = Some(count(self.lockfile.sources.len()));
            let remotes = count(self.lockfile.remotes.len());
            self.lockfile.sources.push(SourceData {
                kind,
                remotes: Run {
                    start: self.first_remote,
                    end: remotes,
                },
                options: Run {
                    start: self.first_option,
                    end: count(self.lockfile.options.len()),
                },
                line: self.line,
            });
            // As in Bundler: a second source of the section has remotes of its own, and all
            // other options of the first.
            self.first_remote = remotes;
            return Ok(());
        }
        match rest.split_once(": ") {
            Some((key, value))
                if indent == 2
                    && !key.is_empty()
                    && key.bytes().all(|b| b.is_ascii_alphabetic()) =>
            {
                if self.source.is_some() {
                    let message = format!("option {} stands after \"specs:\"", shown(rest));
                    self.warn(line, rest, message);
                }
                if key == "remote" {
                    let run = self.keep(value);
                    self.lockfile.remotes.push(run);
                } else {
                    let pair = (self.keep(key), self.keep(value));
                    self.lockfile.options.push(pair);
                }
            }
            _ => self.ignored(line, "an option, \"specs:\", a gem or its dependency"),
        }
        Ok(())
    }

    fn gem(&mut self, source: u32, line: &'t str, rest: &'t str, entry: Entry<'t>) -> Result<()> {
        let (version, platform) = self.version(line, entry)?;
        self.check_name(line, entry);
        let end = count(self.lockfile.dependencies.len());
        let data = SpecData {
            name: self.keep(entry.name),
            version: self.keep(version),
            platform: self.keep(platform),
            source,
            dependencies: Run { start: end, end },
            line: self.line,
        };
        let next = self.lockfile.specs.len();
        let key = key(rest, entry, version, platform);
        let index = *self.specs.entry(key).or_insert(next);
        if let Some(old) = self.lockfile.specs.get_mut(index) {
            let message = format!(
                "{} replaces the same gem of line {}",
                shown(entry.name),
                old.line
            );
            *old = data;
            self.warn(line, entry.name, message);
        } else {
            self.lockfile.specs.push(data);
            self.spec_names.push(entry.name);
        }
        self.spec = Some(index);
        Ok(())
    }

    fn dependency(&mut self, spec: usize, line: &'t str, entry: Entry<'t>) -> Result<()> {
        let dependency = self.requirement(line, entry)?;
        self.lockfile.dependencies.push(dependency);
        let end = count(self.lockfile.dependencies.len());
        if let Some(spec) = self.lockfile.specs.get_mut(spec) {
            spec.dependencies.end = end;
        }
        Ok(())
    }

    fn direct_dependency(&mut self, line: &'t str) -> Result<()> {
        let (indent, rest) = indent(line);
        if indent != 2 {
            self.ignored(line, "two blanks and a dependency");
            return Ok(());
        }
        let entry = self.entry(line, rest, false)?;
        self.check_name(line, entry);
        let dependency = self.requirement(line, entry)?;
        // Bundler itself is never pinned: it comes from where it runs.
        let source = if entry.pinned && entry.name != "bundler" {
            let source = self.source_of(entry.name);
            if source.is_none() {
                let message = format!(
                    "no source above lists {}, to which it is pinned",
                    shown(entry.name)
                );
                self.warn(line, entry.name, message);
            }
            source
        } else {
            None
        };
        let data = DirectData {
            dependency,
            pinned: entry.pinned,
            source,
        };
        let next = self.lockfile.direct.len();
        let index = *self.direct.entry(entry.name).or_insert(next);
        if let Some(old) = self.lockfile.direct.get_mut(index) {
            let message = format!(
                "{} replaces the same dependency of line {}",
                shown(entry.name),
                old.dependency.line
            );
            *old = data;
            self.warn(line, entry.name, message);
        } else {
            self.lockfile.direct.push(data);
        }
        Ok(())
    }

    fn source_of(&mut self, name: &str) -> Option<u32> {
        for (index, name) in self.spec_names.iter().enumerate().skip(self.named) {
            self.names.entry(name).or_insert(index);
        }
        self.named = self.spec_names.len();
        let spec = self.lockfile.specs.get(*self.names.get(name)?)?;
        Some(spec.source)
    }

    fn checksum(&mut self, line: &'t str) -> Result<()> {
        let (indent, rest) = indent(line);
        if indent != 2 {
            self.ignored(line, "two blanks and a checksum");
            return Ok(());
        }
        let entry = self.entry(line, rest, true)?;
        let (version, platform) = self.version(line, entry)?;
        let spec = self
            .specs
            .get(&key(rest, entry, version, platform))
            .copied();
        if spec.is_none() {
            let message = format!(
                "no source above lists {}; its checksum is ignored",
                shown(rest)
            );
            self.warn(line, rest, message);
        }
        let start = count(self.lockfile.sums.len());
        let list = entry.rest.unwrap_or_default().trim_end_matches(',');
        for sum in commas(list).filter(|_| !list.is_empty()) {
            self.sum(spec, line, sum)?;
        }
        let data = ChecksumData {
            name: self.keep(entry.name),
            version: self.keep(version),
            platform: self.keep(platform),
            sums: Run {
                start,
                end: count(self.lockfile.sums.len()),
            },
            spec: spec.map(count),
            line: self.line,
        };
        self.lockfile
            .checksums
            .get_or_insert_with(Vec::new)
            .push(data);
        Ok(())
    }

    fn sum(&mut self, spec: Option<usize>, line: &'t str, sum: &'t str) -> Result<()> {
        let (algorithm, digest) = sum.split_once('=').unwrap_or((sum, ""));
        // Bundler does not look at sums of gems that it does not know.
        if let Some(spec) = spec {
            let Some(hex) = super::checksum::hex(algorithm, digest).filter(|_| !sum.is_empty())
            else {
                return Err(self.damaged(
                    line,
                    sum,
                    format!(
                        "{} is not a checksum, expected sha256= and 64 hexadecimal digits",
                        shown(sum)
                    ),
                ));
            };
            if digest.is_empty() {
                let message = format!("the checksum {} has no digest", shown(sum));
                self.warn(line, sum, message);
            }
            match self.sums.get(&(spec, algorithm)) {
                Some(old) if *old != hex => {
                    return Err(self.damaged(
                        line,
                        sum,
                        format!(
                            "{} is not the {} of the same gem above, expected one checksum",
                            shown(sum),
                            shown(algorithm)
                        ),
                    ));
                }
                Some(_) => {}
                None => {
                    self.sums.insert((spec, algorithm), hex.into_owned());
                }
            }
        }
        let pair = (self.keep(algorithm), self.keep(digest));
        self.lockfile.sums.push(pair);
        Ok(())
    }

    fn bundled_with(&mut self, line: &'t str) {
        let version = trim(line);
        let (release, rest) = version.split_once('-').unwrap_or((version, "0"));
        let rest_is_fine = rest.split('.').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
        if !is_version(release) || !rest_is_fine {
            let message = format!(
                "{} is not a version of Bundler; it is ignored",
                shown(version)
            );
            self.warn(line, version, message);
            return;
        }
        if let Some(old) = self.lockfile.bundled_with() {
            let message = format!(
                "{} replaces the {} above as the version of Bundler",
                shown(version),
                shown(old)
            );
            self.warn(line, version, message);
        }
        self.lockfile.bundled_with = Some(self.keep(version));
    }

    /// Splits a line, and refuses what Bundler would read as something that nobody wrote.
    fn entry(&self, line: &'t str, rest: &'t str, checksums: bool) -> Result<Entry<'t>> {
        if let Some(entry) = Entry::split_plain(rest) {
            if checksums || entry.rest.is_none() {
                return Ok(entry);
            }
        }
        let entry = Entry::split(rest);
        let is_name = |c: char| !is_blank(c) && c != '(' && c != ')';
        let inside = [entry.version, entry.platform];
        let balanced = inside
            .iter()
            .flatten()
            .all(|text| !text.contains(['(', ')']));
        if entry.name.is_empty()
            || !entry.name.chars().all(is_name)
            || !balanced
            || (entry.rest.is_some() && !checksums)
        {
            let shape = if checksums {
                "name (version) checksum"
            } else {
                "name (version)"
            };
            return Err(self.damaged(
                line,
                rest,
                format!("{} does not read as a gem, expected {shape}", shown(rest)),
            ));
        }
        Ok(entry)
    }

    fn version(&mut self, line: &'t str, entry: Entry<'t>) -> Result<(&'t str, &'t str)> {
        let written = entry.version.unwrap_or_default();
        let mut version = trim(written);
        if version.is_empty() {
            let message = format!("{} has no version, which reads as 0", shown(entry.name));
            self.warn(line, entry.name, message);
            version = "0";
        } else if !is_version(version) {
            return Err(self.damaged(
                line,
                written,
                format!(
                    "{} is not a version, expected one such as 2.5.0",
                    shown(written)
                ),
            ));
        }
        let platform = entry.platform.filter(|platform| !platform.is_empty());
        Ok((version, platform.unwrap_or(RUBY)))
    }

    fn requirement(&mut self, line: &'t str, entry: Entry<'t>) -> Result<DependencyData> {
        if let Some(platform) = entry.platform {
            let message = format!(
                "{} after the requirement of {} is ignored",
                shown(platform),
                shown(entry.name)
            );
            self.warn(line, platform, message);
        }
        let start = count(self.lockfile.requirements.len());
        // Ruby's `split` drops what is empty at the end.
        let list = entry.version.unwrap_or_default().trim_end_matches(',');
        for written in commas(list).filter(|_| !list.is_empty()) {
            let part = trim(written);
            if !is_requirement(part) {
                return Err(self.damaged(
                    line,
                    written,
                    format!(
                        "{} is not a requirement, expected one such as ~> 2.5",
                        shown(part)
                    ),
                ));
            }
            let run = self.keep(part);
            self.lockfile.requirements.push(run);
        }
        Ok(DependencyData {
            name: self.keep(entry.name),
            requirement: Run {
                start,
                end: count(self.lockfile.requirements.len()),
            },
            line: self.line,
        })
    }

    fn check_name(&mut self, line: &str, entry: Entry<'_>) {
        if entry.is_plain {
            return;
        }
        if let Err(error) = Name::new(entry.name) {
            self.warn(line, entry.name, error.message().to_owned());
        }
    }

    fn keep(&mut self, text: &str) -> Run {
        let start = count(self.lockfile.text.len());
        self.lockfile.text.push_str(text);
        Run {
            start,
            end: count(self.lockfile.text.len()),
        }
    }

    fn ignored(&mut self, line: &str, expected: &str) {
        let message = format!("{} is ignored, expected {expected}", shown(line));
        self.warn(line, line, message);
    }

    fn warn(&mut self, line: &str, part: &str, message: impl Into<String>) {
        if self.lockfile.warnings.len() < Lockfile::MAX_WARNINGS {
            let place = self.place(line, part);
            self.lockfile.warnings.push(Warning::new(place, message));
        } else {
            self.left_off += 1;
        }
    }

    fn damaged(&self, line: &str, part: &str, message: String) -> Error {
        invalid(message, self.place(line, part), REPAIR)
    }

    /// The place of a part of the line being read: at its first character that is no blank.
    fn place(&self, line: &str, part: &str) -> Place {
        let part = part.trim_start_matches(is_blank);
        // The part is a slice of the line, so the distance of the two is its offset.
        let offset = (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
        Place {
            line: self.line,
            column: Place::of(line, offset).column,
        }
    }
}

/// Names a gem. What Bundler writes is its own key; anything else is first written so.
fn key<'t>(rest: &'t str, entry: Entry<'t>, version: &str, platform: &str) -> Key<'t> {
    let inside = match entry.platform {
        None if entry.version == Some(version) => Some(version.len()),
        Some(written) if entry.version == Some(version) && platform != RUBY => {
            Some(version.len() + 1 + written.len())
        }
        _ => None,
    };
    let end = inside.map(|length| entry.name.len() + 2 + length + 1);
    match (end.and_then(|end| rest.get(..end)), platform) {
        (Some(written), _) => Cow::Borrowed(written),
        (None, RUBY) => Cow::Owned(format!("{} ({version})", entry.name)),
        (None, _) => Cow::Owned(format!("{} ({version}-{platform})", entry.name)),
    }
}

/// Blanks at the start of a line, and the line after them. Tabs are no indentation to Bundler.
fn indent(line: &str) -> (usize, &str) {
    let indent = line.bytes().take_while(|b| *b == b' ').count();
    (indent, line.get(indent..).unwrap_or_default())
}

/// A number of lines, bytes or items; all are below [`Lockfile::MAX_BYTES`].
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
