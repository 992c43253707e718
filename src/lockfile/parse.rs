//! Line by line through the sections of a lockfile.

use super::entry::{is_blank, is_version, trim};
use super::input::{self, invalid, shown};
use super::model::{Lockfile, Run, SourceData, SourceKind, UnknownData};
use super::reader::{Reader, Section, count, indent};
use super::warning::Warning;
use crate::error::Result;
use crate::span::Place;

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

impl<'t> Reader<'t> {
    fn read(&mut self, line: &'t str) -> Result<()> {
        match line.as_bytes().first() {
            None => return Ok(()),
            Some(first) if !is_blank(char::from(*first)) => return self.header(line),
            Some(_) if line.bytes().all(|b| is_blank(char::from(b))) => return Ok(()),
            Some(_) => {}
        }
        match self.section {
            Section::Source(kind) => self.source_line(kind, line),
            Section::Dependencies => self.direct_dependency(line),
            Section::Platforms => {
                match line.strip_prefix("  ") {
                    Some(platform) => {
                        let run = self.keep(trim(platform));
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
            if self.left_off == 0 {
                let last = self.lockfile.warnings.pop();
                self.lockfile.warnings.extend(last.map(Warning::of_end));
            }
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
                        "{} is before \"  specs:\", expected that first",
                        shown(rest)
                    ),
                )),
                (4, Some(source), _) => self.gem(source, line, rest, entry),
                (_, _, Some(spec)) => self.dependency(spec, line, rest, entry),
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
                    let message = format!("option {} is after \"specs:\"", shown(rest));
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
}
