//! From the tree of a Gemfile to its `gem` lines.

use super::cooldown;
use super::lockfile::LockfileLine;
use super::ruby_line::RubyLine;
use crate::error::{Error, ErrorCode, Result};
use crate::ruby::{self, Kind, Lines, MAX_BYTES, Node, NodeRole, Refusal, Tree};
use crate::span::Place;
use std::collections::BTreeMap;
use std::ops::Range;

/// What is behind a line that goes away again.
pub const MARK: &str = "# rungs: temporary";

/// Blocks around a `gem` line that leave it what it is.
const PLAIN_BLOCKS: [&[u8]; 5] = [
    b"group",
    b"platform",
    b"platforms",
    b"source",
    b"install_if",
];
/// Blocks whose gems come from elsewhere.
const SOURCE_BLOCKS: [&[u8]; 4] = [b"git", b"path", b"github", b"git_source"];
/// Options that leave a gem where its versions come from.
const PLAIN_OPTIONS: [&[u8]; 9] = [
    b"require",
    b"group",
    b"groups",
    b"platform",
    b"platforms",
    b"install_if",
    b"force_ruby_platform",
    b"source",
    b"env",
];

/// A Gemfile, or a `gems.rb`.
///
/// ```
/// use rungs::gemfile::Gemfile;
/// let gemfile = Gemfile::parse(b"gem 'rake', '~> 13.0'\ngem 'ffi', '< 2' # rungs: temporary\n")?;
/// assert_eq!(gemfile.gems().next(), Some(("rake", &["~> 13.0".to_owned()][..])));
/// assert_eq!(gemfile.temporary().collect::<Vec<_>>(), ["ffi"]);
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Gemfile {
    pub(super) source: Vec<u8>,
    pub(super) gems: Vec<GemCall>,
    /// What may name further gems.
    pub(super) elsewhere: Vec<Elsewhere>,
    /// What it says of its lockfile.
    pub(super) lockfile: Option<LockfileLine>,
    /// The Ruby that it asks for.
    pub(super) ruby: Option<RubyLine>,
    /// The longest cooldown of its sources, in days.
    pub(super) cooldown: Option<u32>,
    /// Where `__END__` begins, or the end.
    pub(super) code_end: usize,
}

/// A call that may name gems which no `gem` line of this Gemfile has.
#[derive(Clone, Debug)]
pub(super) struct Elsewhere {
    /// The call as written, its first line: `eval_gemfile "other.rb"`.
    pub(super) call: String,
    /// The file that names the gems, where it is known.
    pub(super) file: Option<String>,
    pub(super) place: Place,
}

/// One call of `gem` with a name that is written out.
#[derive(Clone, Debug)]
pub(super) struct GemCall {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) range: Range<usize>,
    pub(super) name_range: Range<usize>,
    /// What it requires, as written, and where; an empty range is where it would go.
    pub(super) requirement: Vec<String>,
    pub(super) requirement_range: Range<usize>,
    /// The lines that it fills, with their ends; `None` where something else is on them.
    pub(super) lines: Option<Range<usize>>,
    pub(super) is_temporary: bool,
    pub(super) is_inside: bool,
    /// Why it cannot be edited.
    pub(super) trouble: Option<&'static str>,
}

impl Gemfile {
    /// Reads a Gemfile.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidGemfile`] where it is not Ruby, with the place: `gem "a",,`;
    /// [`ErrorCode::TooLarge`] beyond what the parser reads.
    pub fn parse(source: &[u8]) -> Result<Self> {
        let tree = ruby::parse(source).map_err(|refusal| match refusal {
            Refusal::TooLong => Error::new(
                ErrorCode::TooLarge,
                format!("the Gemfile is longer than {MAX_BYTES} bytes"),
            ),
            _ => Error::new(ErrorCode::TooLarge, "the Gemfile nests too deeply"),
        })?;
        let lines = Lines::of(source);
        if let Some(fault) = tree.faults().first() {
            let message = format!("not Ruby: {}", fault.message);
            return Err(Error::new(ErrorCode::InvalidGemfile, message)
                .at(lines.place(fault.offset))
                .with_help("correct it; `ruby -c` says the same"));
        }
        let calls = tree.nodes().filter(|node| {
            node.kind() == Kind::Call && node.name() == b"gem" && node.receiver().is_none()
        });
        let gems = calls.filter_map(|node| gem(&tree, &lines, node)).collect();
        let nodes = tree.nodes();
        let elsewhere = nodes
            .filter_map(|node| elsewhere(&tree, &lines, node))
            .collect();
        Ok(Gemfile {
            source: source.to_vec(),
            gems,
            elsewhere,
            lockfile: LockfileLine::read(&tree, &lines),
            ruby: RubyLine::read(&tree),
            cooldown: cooldown::read(&tree),
            code_end: tree.data().unwrap_or(source.len()),
        })
    }

    /// Reads the Gemfile beside a lockfile for a question about the lockfile. One that is not Ruby is none:
    /// the lockfile says what is installed. With a temporary line it must be read.
    ///
    /// ```
    /// use rungs::gemfile::Gemfile;
    /// assert!(Gemfile::beside(b"gem 'a',,")?.is_none());
    /// assert!(Gemfile::beside(b"gem 'a',, # rungs: temporary").is_err());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Gemfile::parse`], where the text has the mark of temporary lines.
    pub fn beside(source: &[u8]) -> Result<Option<Self>> {
        let mark = MARK.trim_start_matches("# ").as_bytes();
        match Self::parse(source) {
            Err(_) if !source.windows(mark.len()).any(|it| it == mark) => Ok(None),
            read => read.map(Some),
        }
    }

    /// The gems whose line is temporary, in the order of the file.
    pub fn temporary(&self) -> impl Iterator<Item = &str> {
        let marked = self.gems.iter().filter(|gem| gem.is_temporary);
        marked.map(|gem| gem.name.as_str())
    }

    /// The gems that are named, each with what is required of it: nothing for any version, or
    /// where it is not known.
    pub fn gems(&self) -> impl Iterator<Item = (&str, &[String])> {
        let gems = self.gems.iter();
        gems.map(|gem| (gem.name.as_str(), gem.requirement.as_slice()))
    }
}

impl Gemfile {
    /// The gems whose requirement is certain: named once, in a plain line that says which versions.
    ///
    /// ```
    /// use rungs::gemfile::Gemfile;
    /// let gemfile = Gemfile::parse(b"gem 'a', '~> 1'\nif x\n  gem 'b', '1'\nelse\n  gem 'b', '2'\nend\n")?;
    /// assert_eq!(gemfile.certain().map(|(gem, _)| gem).collect::<Vec<_>>(), ["a"]);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn certain(&self) -> impl Iterator<Item = (&str, &[String])> {
        let mut named: BTreeMap<&str, usize> = BTreeMap::new();
        for gem in &self.gems {
            *named.entry(&gem.name).or_default() += 1;
        }
        let gems = self.gems.iter().filter(move |gem| {
            let is_plain = gem.trouble.is_none() && !gem.requirement.is_empty();
            is_plain && named.get(gem.name.as_str()) == Some(&1)
        });
        gems.map(|gem| (gem.name.as_str(), gem.requirement.as_slice()))
    }
}

/// `eval_gemfile`, `gemspec`, and `gem` with a computed name.
fn elsewhere(tree: &Tree<'_>, lines: &Lines<'_>, node: Node<'_>) -> Option<Elsewhere> {
    if node.kind() != Kind::Call || node.receiver().is_some() {
        return None;
    }
    let first = node.arguments().next();
    let written = first.filter(|it| it.kind() == Kind::Text);
    let written = written.and_then(|it| String::from_utf8(it.value()?.into_owned()).ok());
    let file = match (node.name(), written) {
        (b"eval_gemfile", file) => file,
        (b"gemspec", _) => Some("the gemspec".to_owned()),
        (b"gem", None) if first.is_some() => None,
        _ => return None,
    };
    let call = String::from_utf8_lossy(&tree.source()[node.range()]).into_owned();
    let call = call.lines().next().unwrap_or_default();
    Some(Elsewhere {
        call: call.chars().take(60).collect(),
        file,
        place: lines.place(node.range().start),
    })
}

fn gem(tree: &Tree<'_>, lines: &Lines<'_>, node: Node<'_>) -> Option<GemCall> {
    let mut arguments = node.arguments();
    let first = arguments.next().filter(|name| name.kind() == Kind::Text)?;
    let name = String::from_utf8(first.value()?.into_owned()).ok()?;
    let after_name = first.range().end..first.range().end;
    let mut call = GemCall {
        name,
        place: lines.place(node.range().start),
        range: node.range(),
        name_range: first.range(),
        requirement: Vec::new(),
        requirement_range: after_name,
        lines: own_lines(tree, node.range()),
        is_temporary: is_marked(tree, node.range().end),
        is_inside: false,
        trouble: None,
    };
    let mut trouble = trouble_around(node);
    for argument in arguments {
        let found = match argument.kind() {
            Kind::Text => call.require(argument),
            Kind::Array if call.requirement.is_empty() => array(&mut call, argument),
            Kind::Keywords | Kind::Hash => options(argument),
            _ => Some("has a requirement that is computed"),
        };
        trouble = trouble.or(found);
    }
    let text = |range: &Range<usize>| &tree.source()[range.clone()];
    let between = call.requirement_range.clone();
    if [&call.name_range, &call.requirement_range]
        .iter()
        .any(|range| text(range).starts_with(b"<<"))
    {
        trouble = trouble.or(Some("is written as a heredoc"));
    }
    let is_in_between = |comment: &Range<usize>| between.contains(&comment.start);
    if tree.comments().iter().any(is_in_between) {
        trouble = trouble.or(Some("has a comment among its requirements"));
    }
    call.is_inside = node.ancestors().any(|around| around.kind() == Kind::Block);
    call.trouble = trouble;
    Some(call)
}

impl GemCall {
    fn require(&mut self, node: Node<'_>) -> Option<&'static str> {
        let text = node
            .value()
            .map(|value| String::from_utf8_lossy(&value).into_owned());
        if self.requirement.is_empty() {
            self.requirement_range = node.range();
        }
        self.requirement_range.end = node.range().end;
        self.requirement.extend(text);
        None
    }
}

fn array(call: &mut GemCall, node: Node<'_>) -> Option<&'static str> {
    for entry in node.children() {
        if entry.kind() != Kind::Text {
            return Some("has a requirement that is computed");
        }
        call.require(entry);
    }
    call.requirement_range = node.range();
    None
}

/// What is around a call and makes it less than certain.
fn trouble_around(node: Node<'_>) -> Option<&'static str> {
    let mut inner = node;
    for around in node.ancestors() {
        let found = match around.kind() {
            Kind::Program => None,
            Kind::Block if inner.role() == NodeRole::Body => None,
            Kind::Call if inner.kind() == Kind::Block => {
                let name = around.name();
                if around.receiver().is_some() {
                    Some("is in a block that is not known")
                } else if PLAIN_BLOCKS.contains(&name) {
                    None
                } else if SOURCE_BLOCKS.contains(&name) {
                    Some("comes from elsewhere than a server of gems")
                } else {
                    Some("is in a block that is not known")
                }
            }
            Kind::If | Kind::Case | Kind::When | Kind::In => Some("is under a condition"),
            _ => Some("is inside of other code"),
        };
        if found.is_some() {
            return found;
        }
        inner = around;
    }
    None
}

fn options(node: Node<'_>) -> Option<&'static str> {
    for pair in node.children() {
        let key = match pair.kind() {
            Kind::Pair => pair.child(NodeRole::Key).and_then(Node::value),
            _ => None,
        };
        let Some(key) = key else {
            return Some("has options that are computed");
        };
        if !PLAIN_OPTIONS.contains(&&*key) {
            return Some("may come from elsewhere than a server of gems");
        }
    }
    None
}

/// Where the comment begins that is behind a place on its line.
fn comment_behind(tree: &Tree<'_>, end: usize) -> Option<Range<usize>> {
    let at = tree
        .comments()
        .partition_point(|comment| comment.start < end);
    let comment = tree.comments().get(at)?;
    let between = &tree.source()[end..comment.start];
    let is_blank = between.iter().all(|byte| matches!(byte, b' ' | b'\t'));
    is_blank.then(|| comment.clone())
}

fn is_marked(tree: &Tree<'_>, end: usize) -> bool {
    comment_behind(tree, end).is_some_and(|comment| {
        let text = String::from_utf8_lossy(&tree.source()[comment]).into_owned();
        let text = text.trim_start_matches('#').trim();
        let mark = MARK.trim_start_matches("# ");
        let rest = text.strip_prefix(mark);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
    })
}

/// The lines that a call fills alone, but for a comment behind it.
fn own_lines(tree: &Tree<'_>, range: Range<usize>) -> Option<Range<usize>> {
    let source = tree.source();
    let start = source[..range.start]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let before = source[start..range.start]
        .strip_prefix(b"\xef\xbb\xbf")
        .filter(|_| start == 0)
        .unwrap_or(&source[start..range.start]);
    let behind = comment_behind(tree, range.end).map_or(range.end, |comment| comment.end);
    let rest = &source[behind..];
    let length = rest
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(rest.len(), |at| at + 1);
    let is_blank = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_whitespace);
    (is_blank(before) && is_blank(&rest[..length])).then(|| start..behind + length)
}
