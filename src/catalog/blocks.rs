//! Blocks of text are nearly all of a catalog, and TOML has nothing to say about what they hold.
//! So it reads a file without them.

use std::borrow::Cow;

const QUOTES: &str = "'''";
const OPENINGS: [&str; 3] = ["lines = ", "releases = ", "edges = "];

/// Where something was left out, and how much up to there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    at: usize,
    bytes: usize,
}

/// The text with empty blocks, and the cuts that made them.
///
/// Only what is a block beyond doubt is cut: a line that opens one, with no other string of
/// several lines before it, and nothing in the block that TOML would refuse.
pub(super) fn without(text: &str) -> (Cow<'_, str>, Vec<Cut>) {
    let (mut short, mut cuts) = (String::new(), Vec::new());
    let (mut kept, mut bytes) = (0, 0);
    while let Some(block) = next_block(&text[kept..]) {
        short.push_str(&text[kept..kept + block.start]);
        bytes += block.len();
        cuts.push(Cut {
            at: short.len(),
            bytes,
        });
        kept += block.end;
        short.push_str(QUOTES);
        kept += QUOTES.len();
    }
    if cuts.is_empty() {
        return (Cow::Borrowed(text), cuts);
    }
    short.push_str(&text[kept..]);
    (Cow::Owned(short), cuts)
}

/// The offset in the text of an offset in the text with empty blocks.
pub(super) fn offset(cuts: &[Cut], at: usize) -> usize {
    let before = cuts.partition_point(|cut| cut.at < at);
    at + before.checked_sub(1).map_or(0, |last| cuts[last].bytes)
}

/// The lines of a block in its quotes, without comments and empty lines, each with its offset.
pub(super) fn lines(block: &str, offset: usize) -> Option<Vec<(&str, usize)>> {
    let inner = block.strip_prefix(QUOTES)?.strip_suffix(QUOTES)?;
    let mut offset = offset + QUOTES.len();
    let mut lines = Vec::new();
    for line in inner.split('\n') {
        let text = line.split('#').next().unwrap_or("").trim_end();
        if !text.is_empty() {
            lines.push((text, offset));
        }
        offset += line.len() + 1;
    }
    Some(lines)
}

/// Words parted by blanks, each with its offset in the file.
pub(super) fn words(text: &str, offset: usize) -> impl Iterator<Item = (&str, usize)> {
    text.split_whitespace().map(move |word| {
        (
            word,
            offset + (word.as_ptr() as usize - text.as_ptr() as usize),
        )
    })
}

/// The contents of the next block, where it is one beyond doubt.
fn next_block(text: &str) -> Option<std::ops::Range<usize>> {
    let open = quotes(text)?;
    let before = &text[..open];
    let line = before.rfind('\n').map_or(before, |end| &before[end + 1..]);
    if !OPENINGS.contains(&line) || before.contains("\"\"\"") {
        return None;
    }
    let start = open + QUOTES.len();
    let inner = &text[start..];
    let inner = &inner[..quotes(inner)?];
    let end = start + inner.len();
    let refused = |byte: u8| (byte < b' ' && byte != b'\n' && byte != b'\t') || byte == 0x7f;
    let doubt = inner.bytes().fold(false, |any, byte| any | refused(byte))
        || text[end + QUOTES.len()..].starts_with('\'');
    (!doubt).then_some(start..end)
}

fn quotes(text: &str) -> Option<usize> {
    let found = text.match_indices('\'').map(|(at, _)| at);
    found.into_iter().find(|at| text[*at..].starts_with(QUOTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_left_out_and_places_kept() {
        let text = "a = 1\nlines = '''\n2.6 é\n'''\nreleases = '''\n1\n2\n'''\nb = 'it''s'\n";
        let (short, cuts) = without(text);
        assert_eq!(
            short,
            "a = 1\nlines = ''''''\nreleases = ''''''\nb = 'it''s'\n"
        );
        for word in ["a =", "lines", "releases", "b ="] {
            let at = short.find(word).unwrap();
            assert_eq!(offset(&cuts, at), text.find(word).unwrap(), "{word}");
        }
        assert_eq!(offset(&cuts, short.len()), text.len());
        let end = short.find("\nreleases").unwrap();
        assert_eq!(offset(&cuts, end), text.find("\nreleases").unwrap());
    }

    #[test]
    fn what_may_be_something_else_stays() {
        for text in [
            "# see '''\nlines = '''\n1\n'''\n",
            "about = \"\"\"\nlines = '''\n1\n'''\n\"\"\"\n",
            "lines = '''\n1\r\n'''\n",
            "lines = '''\n1\0\n'''\n",
            "lines = '''\n1\n''''\n",
            "lines = '''\n1\n",
            " lines = '''\n1\n'''\n",
        ] {
            let (short, cuts) = without(text);
            assert_eq!(short, text);
            assert!(cuts.is_empty());
        }
    }
}
