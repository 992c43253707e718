//! Edits of a Gemfile.

use super::read::{GemCall, Gemfile, MARK};
use crate::error::{Error, ErrorCode, Result};
use crate::plan::GemLine;
use std::ops::Range;

/// What a Gemfile says of one gem.
type Said = (String, Vec<String>, bool);

impl Gemfile {
    /// The Gemfile with these lines: those of the user's gems get their requirement, temporary ones
    /// are added or changed, and temporary ones that are not among them are deleted, as are the lines
    /// of the gems in `removed`. Without lines only temporary ones go.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidGemfile`] with every line that cannot be edited for certain, and its
    /// place: a gem of the user's that is named nowhere or twice, under a condition
    /// (`gem "a" if b`), with a computed requirement, from git or a folder.
    ///
    /// ```
    /// use rungs::gemfile::Gemfile;
    /// let gemfile = Gemfile::parse(b"gem 'rake'\ngem 'ffi', '< 2' # rungs: temporary\n")?;
    /// // Without lines only the temporary ones go.
    /// assert_eq!(gemfile.edit(&[], &[])?, b"gem 'rake'\n");
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn edit(&self, lines: &[GemLine], removed: &[String]) -> Result<Vec<u8>> {
        let missing = removed.iter().find(|name| {
            let mut gems = self.gems.iter();
            !gems.any(|gem| gem.name == **name)
        });
        if let Some(name) = missing {
            let error = self.unnamed(name, "one to delete");
            return Err(error.with_help(match self.named_in() {
                Some(file) => format!("delete it by hand in {file}, and do this step by hand"),
                None => "delete it by hand, where it is asked for".to_owned(),
            }));
        }
        let remaining = self.without_obsolete(lines, removed)?;
        let problems: Vec<Error> = lines
            .iter()
            .filter_map(|line| remaining.problem(line))
            .collect();
        if let Some(error) = Error::all(problems) {
            return Err(error);
        }
        let edited = remaining.with(lines);
        // What was meant, and nothing else.
        let mut want = remaining.said();
        for line in lines {
            let name = line.gem().as_str();
            let requirement = vec![written(line).to_owned()];
            match want.iter_mut().find(|said| said.0 == name) {
                Some(said) => said.1 = requirement,
                None => want.push((name.to_owned(), requirement, true)),
            }
        }
        want.sort();
        let got = Gemfile::parse(&edited).map(|gemfile| {
            let mut said = gemfile.said();
            said.sort();
            said
        });
        if got.is_ok_and(|got| got == want) {
            return Ok(edited);
        }
        let error = refusal("the Gemfile is laid out in a way that an edit would spoil");
        Err(error.with_help("do this step by hand"))
    }

    fn said(&self) -> Vec<Said> {
        let gems = self.gems.iter();
        gems.map(|gem| (gem.name.clone(), gem.requirement.clone(), gem.is_temporary))
            .collect()
    }

    /// Deletes the temporary lines that are not among these, and those of the gems in `removed`.
    fn without_obsolete(&self, lines: &[GemLine], removed: &[String]) -> Result<Gemfile> {
        let is_obsolete = |gem: &&GemCall| {
            let is_wanted = |line: &GemLine| line.is_temporary() && *line.gem() == *gem.name;
            removed.contains(&gem.name) || gem.is_temporary && !lines.iter().any(is_wanted)
        };
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for gem in self.gems.iter().filter(is_obsolete) {
            let Some(range) = gem.lines.clone() else {
                let what = "is on a line with something else: expected a line of its own";
                return Err(gem.refused(what).with_help("delete the gem by hand"));
            };
            match ranges.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => ranges.push(range),
            }
        }
        let mut source = self.source.clone();
        for mut range in ranges.into_iter().rev() {
            // A file without a last line end stays one.
            if range.end == source.len() && !source.ends_with(b"\n") {
                for end in [b"\n", b"\r"] {
                    range.start -= usize::from(source[..range.start].ends_with(end));
                }
            }
            source.drain(range);
        }
        Gemfile::parse(&source)
    }

    /// Why a line cannot be brought into this Gemfile.
    fn problem(&self, line: &GemLine) -> Option<Error> {
        let name = line.gem().as_str();
        let mut calls = self.gems.iter().filter(|gem| gem.name == name);
        let by_hand =
            format!("make it `{line}` by hand, as one plain line, or do this step by hand");
        let error = match (calls.next(), calls.next()) {
            (None, _) if line.is_temporary() => return None,
            (None, _) => {
                let error = self.unnamed(name, &format!("`gem \"{name}\"` as a plain line"));
                match self.named_in() {
                    Some(file) => error.with_help(format!(
                        "give {name} the requirement {:?} by hand in {file}, and do this step by hand",
                        written(line)
                    )),
                    None => error,
                }
            }
            (Some(first), Some(second)) => second.refused(&format!(
                "is named twice: expected once (first on line {})",
                first.place.line
            )),
            (Some(gem), None) if line.is_temporary() && !gem.is_temporary => gem
                .refused("is in the Gemfile but not among the DEPENDENCIES of the lockfile")
                .with_help("run `bundle lock` first, so that the two belong together"),
            (Some(gem), None) => gem.refused(&format!("{}: expected a plain line", gem.trouble?)),
        };
        Some(match error.help() {
            Some(_) => error,
            None => error.with_help(by_hand),
        })
    }

    /// A gem that no `gem` line names, with the place of the call that may do so.
    fn unnamed(&self, name: &str, expected: &str) -> Error {
        let Some((first, others)) = self.elsewhere.split_first() else {
            return refusal(&format!(
                "no line of the Gemfile names {name:?}: expected {expected}"
            ));
        };
        let mut calls = format!("`{}`", first.call);
        for other in others.iter().take(3) {
            calls.push_str(&format!(" or `{}` (line {})", other.call, other.place.line));
        }
        let error = refusal(&format!(
            "no line of the Gemfile names {name:?}, and {calls} may: expected {expected}"
        ));
        error.at(first.place)
    }

    /// The file in which all other gems are named, where there is one such file.
    fn named_in(&self) -> Option<&str> {
        match self.elsewhere.as_slice() {
            [one] => one.file.as_deref(),
            _ => None,
        }
    }

    fn with(&self, lines: &[GemLine]) -> Vec<u8> {
        let find = |line: &GemLine| self.gems.iter().find(|gem| *line.gem() == *gem.name);
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        let mut anchor: Option<&GemCall> = None;
        for line in lines {
            let Some(gem) = find(line) else { continue };
            if gem.requirement != [written(line)] {
                let quote = self.quote(gem);
                let comma = if gem.requirement_range.is_empty() {
                    ", "
                } else {
                    ""
                };
                let text = format!("{comma}{quote}{}{quote}", written(line));
                edits.push((gem.requirement_range.clone(), text));
            }
            // The last line that is in no group says where temporary ones go, else the last.
            if anchor.is_none_or(|anchor| {
                (!gem.is_inside, gem.range.start) > (!anchor.is_inside, anchor.range.start)
            }) {
                anchor = Some(gem);
            }
        }
        let new: Vec<&GemLine> = lines.iter().filter(|line| find(line).is_none()).collect();
        if !new.is_empty() {
            edits.push(self.inserted(anchor, &new));
        }
        edits.sort_by_key(|(range, _)| range.start);
        let mut source = self.source.clone();
        for (range, text) in edits.into_iter().rev() {
            source.splice(range, text.into_bytes());
        }
        source
    }

    /// Temporary lines behind the line of a gem, or at the end of the code.
    fn inserted(&self, anchor: Option<&GemCall>, lines: &[&GemLine]) -> (Range<usize>, String) {
        let source = &self.source;
        let at = anchor.map_or(self.code_end, |gem| {
            let rest = &source[gem.range.end..];
            let length = rest.iter().position(|byte| *byte == b'\n');
            length.map_or(source.len(), |length| gem.range.end + length + 1)
        });
        let (indent, quote) = anchor.map_or(("", '"'), |gem| {
            let start = source[..gem.range.start]
                .iter()
                .rposition(|byte| *byte == b'\n');
            let before = &source[start.map_or(0, |at| at + 1)..gem.range.start];
            let is_blank = before.iter().all(|byte| matches!(byte, b' ' | b'\t'));
            let indent = std::str::from_utf8(before).ok().filter(|_| is_blank);
            (indent.unwrap_or(""), self.quote(gem))
        });
        let end = match source.iter().position(|byte| *byte == b'\n') {
            Some(at) if source[..at].ends_with(b"\r") => "\r\n",
            _ => "\n",
        };
        let mut text = String::new();
        for line in lines {
            let (name, requirement) = (line.gem(), written(line));
            text.push_str(&format!(
                "{indent}gem {quote}{name}{quote}, {quote}{requirement}{quote} {MARK}{end}"
            ));
        }
        if at > 0 && !source[..at].ends_with(b"\n") {
            // The last line has no end, and gets none.
            text.truncate(text.len() - end.len());
            text.insert_str(0, end);
        }
        (at..at, text)
    }

    /// The quotes in which a gem's name is.
    fn quote(&self, gem: &GemCall) -> char {
        match self.source.get(gem.name_range.start) {
            Some(b'\'') => '\'',
            _ => '"',
        }
    }
}

impl GemCall {
    fn refused(&self, what: &str) -> Error {
        refusal(&format!("gem {:?} {what}", self.name)).at(self.place)
    }
}

/// A requirement as written in a Gemfile.
fn written(line: &GemLine) -> &str {
    line.requirement().trim_start_matches("= ")
}

fn refusal(message: &str) -> Error {
    Error::new(ErrorCode::InvalidGemfile, message)
}
