//! The line `lockfile "…"` of a Gemfile (Bundler 4): where the lockfile is, or that there is none.

use super::read::Gemfile;
use crate::ruby::{Kind, Lines, Node, Tree};
use crate::span::Place;
use std::ops::Range;

/// What a Gemfile says of its lockfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockfileLine {
    place: Place,
    range: Range<usize>,
    value: LockfileValue,
}

/// Which lockfile a Gemfile names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockfileValue {
    /// This one; a relative path counts from the folder where Bundler is called.
    Path(String),
    /// None: `lockfile false`.
    None,
    /// One that only Ruby can tell: a computed path, under a condition, or named twice.
    Computed,
}

impl LockfileLine {
    /// Where the call begins.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Which lockfile it names.
    #[must_use]
    pub fn value(&self) -> &LockfileValue {
        &self.value
    }

    /// The last call counts, as in Bundler; several are not reported apart.
    pub(super) fn read(tree: &Tree<'_>, lines: &Lines<'_>) -> Option<Self> {
        let mut calls = tree.nodes().filter(|node| {
            node.kind() == Kind::Call && node.name() == b"lockfile" && node.receiver().is_none()
        });
        let mut calls = calls
            .by_ref()
            .filter(|node| node.arguments().next().is_some());
        let first = calls.next()?;
        let last = calls.last();
        let node = last.unwrap_or(first);
        let is_sure = last.is_none() && is_plain(node);
        let argument = node.arguments().next()?;
        let value = match argument.kind() {
            Kind::Text if is_sure => argument
                .value()
                .and_then(|value| String::from_utf8(value.into_owned()).ok())
                .map_or(LockfileValue::Computed, LockfileValue::Path),
            Kind::False if is_sure => LockfileValue::None,
            _ => LockfileValue::Computed,
        };
        Some(LockfileLine {
            place: lines.place(node.range().start),
            range: argument.range(),
            value,
        })
    }
}

/// Does the call stand by itself?
fn is_plain(node: Node<'_>) -> bool {
    node.ancestors()
        .all(|around| around.kind() == Kind::Program)
}

impl Gemfile {
    /// What it says of its lockfile, if anything.
    ///
    /// ```
    /// use rungs::gemfile::{Gemfile, LockfileValue};
    /// let gemfile = Gemfile::parse(b"lockfile 'locks/a.lock'\ngem 'rake'\n")?;
    /// let path = LockfileValue::Path("locks/a.lock".to_owned());
    /// assert_eq!(gemfile.lockfile().map(|line| line.value()), Some(&path));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn lockfile(&self) -> Option<&LockfileLine> {
        self.lockfile.as_ref()
    }

    /// The text with another lockfile in the place of the one it names; `None` where it names none
    /// by its path.
    ///
    /// ```
    /// use rungs::gemfile::Gemfile;
    /// let gemfile = Gemfile::parse(b"lockfile 'a.lock' # ours\n")?;
    /// assert_eq!(gemfile.with_lockfile("b.lock").as_deref(), Some(&b"lockfile \"b.lock\" # ours\n"[..]));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn with_lockfile(&self, path: &str) -> Option<Vec<u8>> {
        let line = self.lockfile.as_ref()?;
        let LockfileValue::Path(_) = line.value else {
            return None;
        };
        let mut text = String::from("\"");
        for c in path.chars() {
            // What Ruby would read as more than itself.
            if matches!(c, '"' | '\\' | '#') {
                text.push('\\');
            }
            text.push(c);
        }
        text.push('"');
        let mut source = self.source.clone();
        source.splice(line.range.clone(), text.into_bytes());
        Some(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(source: &str) -> Option<LockfileValue> {
        let gemfile = Gemfile::parse(source.as_bytes()).unwrap();
        gemfile.lockfile().map(|line| line.value().clone())
    }

    #[test]
    fn a_lockfile_is_a_path_none_or_unsure() {
        let path = |text: &str| Some(LockfileValue::Path(text.to_owned()));
        assert_eq!(value("gem 'a'\n"), None);
        assert_eq!(value("lockfile 'x.lock'\n"), path("x.lock"));
        assert_eq!(value("lockfile(\"x.lock\")\n"), path("x.lock"));
        assert_eq!(value("lockfile false\n"), Some(LockfileValue::None));
        for source in [
            "lockfile 'x.lock' if ENV['X']\n",
            "lockfile \"x-#{RUBY_VERSION}.lock\"\n",
            "lockfile File.join(__dir__, 'x')\n",
            "lockfile 'a'\nlockfile 'b'\n",
        ] {
            assert_eq!(value(source), Some(LockfileValue::Computed), "{source}");
        }
    }

    #[test]
    fn another_path_reads_back() {
        let gemfile = Gemfile::parse(b"lockfile %q(a)\n").unwrap();
        for path in ["b", "a \"b\"", "a\\b", "#{x}", "é"] {
            let text = gemfile.with_lockfile(path).unwrap();
            let again = Gemfile::parse(&text).unwrap();
            let value = again.lockfile().unwrap().value().clone();
            assert_eq!(value, LockfileValue::Path(path.to_owned()));
        }
    }
}
