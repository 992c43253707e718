//! The line `ruby "3.2.2"` of a Gemfile, or `ruby file: ".ruby-version"`.

use super::read::Gemfile;
use crate::ruby::{Kind, Node, NodeRole, Tree};

/// Which Ruby a Gemfile asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RubyLine {
    /// These requirements: `3.2.2`, `~> 3.2`.
    Requirements(Vec<String>),
    /// What this file says; a relative path counts from the Gemfile's folder.
    File(String),
}

impl RubyLine {
    /// The one call of `ruby` that is written out and is by itself.
    pub(super) fn read(tree: &Tree<'_>) -> Option<Self> {
        let mut calls = tree.nodes().filter(|node| {
            node.kind() == Kind::Call && node.name() == b"ruby" && node.receiver().is_none()
        });
        let node = calls.next()?;
        let is_plain = node
            .ancestors()
            .all(|around| around.kind() == Kind::Program);
        if calls.next().is_some() || !is_plain {
            return None;
        }
        let mut requirements = Vec::new();
        for argument in node.arguments() {
            match argument.kind() {
                Kind::Text => requirements.push(text(argument)?),
                Kind::Array => {
                    for entry in argument.children() {
                        requirements.push(text(entry)?);
                    }
                }
                Kind::Keywords | Kind::Hash => {
                    let file = argument.children().find_map(|pair| {
                        let key = pair.child(NodeRole::Key)?;
                        (key.value().as_deref() == Some(&b"file"[..])).then_some(pair)
                    });
                    if let Some(pair) = file {
                        return Some(RubyLine::File(text(pair.child(NodeRole::Value)?)?));
                    }
                }
                _ => return None,
            }
        }
        (!requirements.is_empty()).then_some(RubyLine::Requirements(requirements))
    }
}

fn text(node: Node<'_>) -> Option<String> {
    let value = Some(node)
        .filter(|node| node.kind() == Kind::Text)?
        .value()?;
    String::from_utf8(value.into_owned()).ok()
}

impl Gemfile {
    /// Which Ruby it asks for, where one line says so.
    ///
    /// ```
    /// use rungs::gemfile::{Gemfile, RubyLine};
    /// let gemfile = Gemfile::parse(b"ruby file: '.ruby-version'\n")?;
    /// assert_eq!(gemfile.ruby(), Some(&RubyLine::File(".ruby-version".to_owned())));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn ruby(&self) -> Option<&RubyLine> {
        self.ruby.as_ref()
    }
}

/// The version in a file that `ruby file:` names (`.ruby-version`, `.tool-versions`, `mise.toml`), as
/// Bundler reads it: what follows `ruby` at the start of a line, else the whole text.
///
/// ```
/// use rungs::gemfile::ruby_version;
/// assert_eq!(ruby_version("ruby-3.2.2\n"), "3.2.2");
/// assert_eq!(ruby_version("nodejs 20.1\nruby 3.3.0# ours\n"), "3.3.0");
/// assert_eq!(ruby_version("[tools]\nruby = \"3.4\"\n"), "3.4");
/// assert_eq!(ruby_version(" 3.2.2 \n"), "3.2.2");
/// ```
#[must_use]
pub fn ruby_version(text: &str) -> &str {
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c');
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    for start in starts {
        let Some(rest) = text[start..].strip_prefix("ruby") else {
            continue;
        };
        let rest = rest.trim_start_matches(|c| is_blank(c) || c == '-');
        let rest = rest
            .strip_prefix('=')
            .map_or(rest, |rest| rest.trim_start_matches(is_blank));
        let quoted = ['"', '\''].into_iter().find_map(|quote| {
            let (inside, _) = rest.strip_prefix(quote)?.split_once(quote)?;
            (!inside.is_empty()).then_some(inside)
        });
        let end = rest.find(|c| is_blank(c) || matches!(c, '#' | '"' | '\''));
        let plain = &rest[..end.unwrap_or(rest.len())];
        if let Some(version) = quoted.or((!plain.is_empty()).then_some(plain)) {
            return version;
        }
    }
    text.trim_matches(|c| is_blank(c) || c == '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ruby_of_a_gemfile_is_a_list_or_a_file() {
        let read = |source: &str| Gemfile::parse(source.as_bytes()).unwrap().ruby().cloned();
        let list = |texts: &[&str]| {
            let texts = texts.iter().map(|text| (*text).to_owned());
            Some(RubyLine::Requirements(texts.collect()))
        };
        assert_eq!(read("gem 'a'\n"), None);
        assert_eq!(read("ruby '3.2.2'\n"), list(&["3.2.2"]));
        assert_eq!(read("ruby '>= 3.1', '< 4'\n"), list(&[">= 3.1", "< 4"]));
        assert_eq!(read("ruby ['~> 3.2']\n"), list(&["~> 3.2"]));
        assert_eq!(
            read("ruby '3.1.0', engine: 'jruby', engine_version: '9.4'\n"),
            list(&["3.1.0"])
        );
        assert_eq!(
            read("ruby file: 'x/.tool-versions'\n"),
            Some(RubyLine::File("x/.tool-versions".to_owned()))
        );
        for source in [
            "ruby RUBY_VERSION\n",
            "ruby '3.2' if ENV['X']\n",
            "ruby '3.2'\nruby '3.3'\n",
            "ruby file: File.join('a', 'b')\n",
        ] {
            assert_eq!(read(source), None, "{source}");
        }
    }

    /// Each was run through Bundler 4.0.22.
    #[test]
    fn a_file_with_a_version_is_read_as_bundler_does() {
        for (text, version) in [
            ("3.2.2", "3.2.2"),
            ("3.2.2\n", "3.2.2"),
            ("ruby-3.2.2\n", "3.2.2"),
            ("ruby 2.5.1 # comment\n", "2.5.1"),
            ("ruby   2.5.1# close\n", "2.5.1"),
            ("python 3.1\nruby 3.3.0\nruby 3.4.0\n", "3.3.0"),
            ("ruby = \"3.2.2\"\n", "3.2.2"),
            ("ruby = '3.2.2'\n", "3.2.2"),
            ("ruby \"3.2 3\"\n", "3.2 3"),
            ("ruby\n\n3.1.0\n", "3.1.0"),
            (" ruby 3.1.0\n", "ruby 3.1.0"),
            ("3.2.1@gems\n", "3.2.1@gems"),
            ("ruby\n", "ruby"),
            ("", ""),
        ] {
            assert_eq!(ruby_version(text), version, "{text:?}");
        }
    }
}
