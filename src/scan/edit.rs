//! Edits for rules that are pure renames or removals, and how they are made.

use super::finding::{Edit, Range32, Scan};
use super::pattern::{Form, Path, Pattern};
use crate::ruby::{Kind, Node};
use std::ops::Range;

pub(super) fn replace(range: Range<usize>, text: &str) -> Edit {
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Edit {
        range: Range32 {
            start: number(range.start),
            end: number(range.end),
        },
        text: text.to_owned(),
    }
}

/// `a.b` to `a.c.d`, behind whatever `a` is.
pub(super) fn call(pattern: &Pattern, node: Node<'_>) -> Option<Edit> {
    let new = pattern.replacement.as_deref()?;
    let old = pattern.value.split('(').next().unwrap_or(&pattern.value);
    let (text, may_be_row) = match old.rsplit_once('.') {
        Some((before, _)) => (new.strip_prefix(before)?.strip_prefix('.')?, true),
        // Only what is sent to nothing may become a call of something else.
        None => (new, node.receiver().is_none()),
    };
    let is_row = may_be_row && text.split('.').all(is_name);
    (is_name(text) || is_row).then(|| replace(node.name_range(), text))
}

pub(super) fn definition(pattern: &Pattern, node: Node<'_>) -> Option<Edit> {
    let new = pattern.replacement.as_deref()?;
    let new = match &pattern.form {
        Form::Event(_) => format!("on_{}", new.replace('.', "_")),
        _ => new.strip_prefix("def ")?.to_owned(),
    };
    is_name(&new).then(|| replace(node.name_range(), &new))
}

/// The literal key of an index.
pub(super) fn key(pattern: &Pattern, key: Option<Node<'_>>) -> Option<Edit> {
    let new = pattern.replacement.as_deref()?;
    let new = new.split_once("['")?.1.strip_suffix("']")?;
    let key = key.filter(|key| key.kind() == Kind::Text)?;
    // A key that needs no escape, in quotes that keep it as it is.
    (!new.contains(['\\', '\'', '"'])).then(|| replace(key.name_range(), new))
}

/// The name of a keyword.
pub(super) fn keyword(pattern: &Pattern, key: Node<'_>) -> Option<Edit> {
    let new = pattern.replacement.as_deref()?.strip_suffix(':')?;
    is_name(new).then(|| replace(key.name_range(), new))
}

/// A text that is an event or a compared value.
pub(super) fn text(pattern: &Pattern, node: Node<'_>) -> Option<Edit> {
    let new = pattern.replacement.as_deref()?;
    let new = match &pattern.form {
        Form::Compare { .. } => new.split_once(" == '")?.1.strip_suffix('\'')?,
        _ => new,
    };
    let is_plain = new
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    is_plain.then(|| replace(node.name_range(), new))
}

pub(super) fn require(pattern: &Pattern, argument: Node<'_>) -> Option<Edit> {
    let new = pattern.replacement.as_deref()?;
    let new = new.strip_prefix("require '")?.strip_suffix('\'')?;
    Some(replace(argument.name_range(), new))
}

/// `config.a.b` to `config.c`, or the whole statement away.
pub(super) fn setting(pattern: &Pattern, path: &Path, node: Node<'_>) -> Option<Edit> {
    if path.key.is_some() || path.below || path.value.is_some() || node.kind() != Kind::Call {
        return None;
    }
    let Some(new) = pattern.replacement.as_deref() else {
        return node.is_written().then(|| removal(node)).flatten();
    };
    let new = new.strip_prefix("config.")?;
    if !new.split('.').all(is_name) {
        return None;
    }
    // From behind the parameter to the last name.
    let mut first = node;
    while let Some(receiver) = first.receiver() {
        if receiver.kind() != Kind::Call || receiver.receiver().is_none() {
            return Some(replace(
                receiver.range().end + 1..node.name_range().end,
                new,
            ))
            .filter(|_| is_tight(node, receiver.range().end));
        }
        first = receiver;
    }
    None
}

/// Whether only names and dots stand between a byte and the end of the name.
fn is_tight(node: Node<'_>, from: usize) -> bool {
    let start = node.range().start;
    let text = node
        .text()
        .get(from.saturating_sub(start)..node.name_range().end - start);
    text.is_some_and(|text| {
        text.first() == Some(&b'.')
            && text
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(byte))
    })
}

/// A statement that is alone on its lines goes with them.
fn removal(node: Node<'_>) -> Option<Edit> {
    let source = node.source();
    let Range { start, end } = node.range();
    let line = source[..start]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let is_first = source[line..start]
        .iter()
        .all(|byte| matches!(byte, b' ' | b'\t'));
    let rest = source[end..].iter().position(|byte| *byte == b'\n');
    let rest = rest.map_or(source.len(), |at| end + at + 1);
    let is_last = source[end..rest].iter().all(u8::is_ascii_whitespace);
    let is_statement = node.role() == crate::ruby::NodeRole::Body;
    // A heredoc goes on behind its statement.
    let is_closed = node.below().all(|below| below.range().end <= end)
        && !source[start..end].windows(2).any(|two| two == b"<<");
    (is_first && is_last && is_statement && is_closed).then(|| replace(line..rest, ""))
}

fn is_name(text: &str) -> bool {
    let body = text.trim_end_matches(['!', '?']);
    !body.is_empty()
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Why edits were not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditError {
    /// Two of them speak about the same bytes and do not agree.
    Overlap,
    /// The bytes are not those that were scanned.
    OutOfRange,
}

/// The text of a file after the edits of all findings in it; `None` where there are none.
///
/// # Errors
/// [`EditError`]; a file is edited whole or not at all.
///
/// ```
/// use rungs::scan::{Scanner, apply_edits};
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let scanner = Scanner::new(catalog.actions()?.iter());
/// let source = b"puts 1\n";
/// let scan = scanner.finish([scanner.scan("a.rb", source)]);
/// // Nothing is found, so there is nothing to edit.
/// assert_eq!(apply_edits(&scan, "a.rb", source), Ok(None));
/// # Ok::<(), rungs::Error>(())
/// ```
pub fn apply_edits(scan: &Scan, path: &str, source: &[u8]) -> Result<Option<Vec<u8>>, EditError> {
    let own = scan
        .findings()
        .iter()
        .filter(|finding| finding.path() == path);
    let mut edits: Vec<&Edit> = own.filter_map(|finding| finding.edit()).collect();
    edits.sort_unstable();
    edits.dedup();
    if edits.is_empty() {
        return Ok(None);
    }
    let mut out = Vec::with_capacity(source.len());
    let mut at = 0;
    for edit in edits {
        let range: Range<usize> = edit.range.into();
        if range.start < at {
            return Err(EditError::Overlap);
        }
        let kept = source.get(at..range.start).ok_or(EditError::OutOfRange)?;
        if range.end < range.start || range.end > source.len() {
            return Err(EditError::OutOfRange);
        }
        out.extend_from_slice(kept);
        out.extend_from_slice(edit.text.as_bytes());
        at = range.end;
    }
    out.extend_from_slice(&source[at..]);
    Ok(Some(out))
}
