//! Gems, what they need, and what the Gemfile asks for.

use super::entry::{Entry, commas, is_blank, is_requirement, is_version, trim};
use super::input::shown;
use super::model::{DependencyData, DirectData, Run, SpecData};
use super::reader::{Key, NO_VERSION, RUBY, Reader, count, indent, within};
use crate::error::Result;
use crate::name::Name;
use std::borrow::Cow;

impl<'t> Reader<'t> {
    pub(super) fn gem(
        &mut self,
        source: u32,
        line: &'t str,
        rest: &'t str,
        entry: Entry<'t>,
    ) -> Result<()> {
        let (version, platform) = self.version(line, entry)?;
        self.check_name(line, entry);
        let end = count(self.lockfile.dependencies.len());
        let base = self.keep(rest).start;
        let data = SpecData {
            name: within(base, rest, entry.name),
            version: self.keep_version(base, rest, version),
            platform: self.keep_platform(base, rest, platform),
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

    #[inline]
    pub(super) fn dependency(
        &mut self,
        spec: usize,
        line: &'t str,
        rest: &'t str,
        entry: Entry<'t>,
    ) -> Result<()> {
        let dependency = self.requirement(line, rest, entry)?;
        self.lockfile.dependencies.push(dependency);
        let end = count(self.lockfile.dependencies.len());
        if let Some(spec) = self.lockfile.specs.get_mut(spec) {
            spec.dependencies.end = end;
        }
        Ok(())
    }

    pub(super) fn direct_dependency(&mut self, line: &'t str) -> Result<()> {
        let (indent, rest) = indent(line);
        if indent != 2 {
            self.ignored(line, "two blanks and a dependency");
            return Ok(());
        }
        let entry = self.entry(line, rest, false)?;
        self.check_name(line, entry);
        let dependency = self.requirement(line, rest, entry)?;
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

    /// Splits a line, and refuses what Bundler would read as something that nobody wrote.
    #[inline]
    pub(super) fn entry(&self, line: &'t str, rest: &'t str, checksums: bool) -> Result<Entry<'t>> {
        if let Some(entry) = Entry::split_plain(rest) {
            if checksums || entry.rest.is_none() {
                return Ok(entry);
            }
        }
        self.odd_entry(line, rest, checksums)
    }

    pub(super) fn version(
        &mut self,
        line: &'t str,
        entry: Entry<'t>,
    ) -> Result<(&'t str, &'t str)> {
        let written = entry.version.unwrap_or_default();
        let mut version = trim(written);
        if version.is_empty() {
            let message = format!("{} has no version, which reads as 0", shown(entry.name));
            self.warn(line, entry.name, message);
            version = NO_VERSION;
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
        // RubyGems drops blanks behind a platform, and takes those before it for a part of it.
        let platform = entry.platform.map(|it| it.trim_end_matches(is_blank));
        let platform = platform.filter(|platform| !platform.is_empty());
        Ok((version, platform.unwrap_or(RUBY)))
    }

    #[inline]
    fn requirement(
        &mut self,
        line: &'t str,
        rest: &'t str,
        entry: Entry<'t>,
    ) -> Result<DependencyData> {
        if let Some(platform) = entry.platform {
            let message = format!(
                "{} after the requirement of {} is ignored",
                shown(platform),
                shown(entry.name)
            );
            self.warn(line, platform, message);
        }
        let base = self.keep(rest).start;
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
            self.lockfile.requirements.push(within(base, rest, part));
        }
        Ok(DependencyData {
            name: within(base, rest, entry.name),
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

    fn source_of(&mut self, name: &str) -> Option<u32> {
        for (index, name) in self.spec_names.iter().enumerate().skip(self.named) {
            self.names.entry(name).or_insert(index);
        }
        self.named = self.spec_names.len();
        let spec = self.lockfile.specs.get(*self.names.get(name)?)?;
        Some(spec.source)
    }

    #[cold]
    fn odd_entry(&self, line: &'t str, rest: &'t str, checksums: bool) -> Result<Entry<'t>> {
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
}

/// Names a gem. What Bundler writes is its own key; anything else is first written so.
pub(super) fn key<'t>(rest: &'t str, entry: Entry<'t>, version: &str, platform: &str) -> Key<'t> {
    // The version is the one written, but for blanks around it.
    let same = entry
        .version
        .is_some_and(|written| written.len() == version.len());
    let inside = match entry.platform {
        None if same => Some(version.len()),
        Some(written) if same && platform != RUBY && written.len() == platform.len() => {
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
