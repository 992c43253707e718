//! One line of a gem: `name (version-platform)! rest`, split as Bundler splits it.

use crate::name::Name;

/// The parts of a line below its indentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    pub(super) name: &'t str,
    /// Between the parentheses, up to the first `-`.
    pub(super) version: Option<&'t str>,
    /// Between the parentheses, after the first `-`.
    pub(super) platform: Option<&'t str>,
    /// Whether `!` follows.
    pub(super) pinned: bool,
    /// A last word after a blank: checksums.
    pub(super) rest: Option<&'t str>,
    /// Whether the name is known to be a [`Name`]; otherwise that is to be seen.
    pub(super) is_plain: bool,
}

impl<'t> Entry<'t> {
    /// Splits the common case, `name (version) rest` with a name that needs no check, in one
    /// pass; `None` for anything else, which [`Entry::split`] then splits.
    ///
    /// Nearly every line is common, and this is a third of the time that the other way takes.
    #[inline]
    pub(super) fn split_plain(text: &'t str) -> Option<Self> {
        let bytes = text.as_bytes();
        let name = bytes.iter().position(|b| !is_plain_byte(*b));
        let name = name.unwrap_or(bytes.len());
        let mut entry = Entry {
            name: text.get(..name)?,
            version: None,
            platform: None,
            pinned: false,
            rest: None,
            is_plain: true,
        };
        if name == 0 || name > Name::MAX_LEN {
            return None;
        }
        match bytes.get(name..)? {
            [] => return Some(entry),
            [b'!'] => {
                entry.pinned = true;
                return Some(entry);
            }
            [b' ', b'(', ..] => {}
            _ => return None,
        }
        let open = name + 2;
        let inside = bytes.get(open..)?;
        let length = inside.iter().position(|b| matches!(b, b'(' | b')'))?;
        if inside.get(length) != Some(&b')') {
            return None;
        }
        let close = open + length;
        let inside = text.get(open..close)?;
        match inside.bytes().position(|b| b == b'-') {
            None => entry.version = Some(inside),
            Some(dash) => {
                entry.version = Some(inside.get(..dash)?);
                entry.platform = Some(inside.get(dash + 1..)?);
            }
        }
        let tail = text.get(close + 1..)?;
        if !tail.is_empty() {
            let word = tail.strip_prefix(' ')?;
            let odd = |any: bool, b: u8| any | matches!(b, b' ' | b'(' | b')' | b'!');
            if word.is_empty() || word.bytes().fold(false, odd) {
                return None;
            }
            entry.rest = Some(word);
        }
        Some(entry)
    }

    /// Splits `text` as Bundler's expression does, in one pass and without backtracking:
    /// `(.*?)(?: \(([^-]*)(?:-(.*))?\))?(!)?(?: ([^ ]+))?$`.
    pub(super) fn split(text: &'t str) -> Self {
        // What may follow the parentheses can start at four places only: the last word, a `!`
        // before it, a `!` at the end, the end.
        let word = text
            .rfind(' ')
            .filter(|at| at + 1 < text.len())
            .unwrap_or(text.len());
        let mark = |at: usize| {
            let before = at.checked_sub(1)?;
            (text.as_bytes().get(before) == Some(&b'!')).then_some(before)
        };
        let tails = [mark(word), Some(word), mark(text.len()), Some(text.len())];
        let first_tail = tails.iter().flatten().min().copied().unwrap_or(text.len());
        let open = text.find(" (").filter(|at| *at <= first_tail);
        let close = tails
            .iter()
            .flatten()
            .filter_map(|at| at.checked_sub(1))
            .filter(|at| text.as_bytes().get(*at) == Some(&b')'))
            .max();
        let group = open.zip(close).filter(|(open, close)| open + 2 <= *close);
        let (name, inside, tail) = match group {
            Some((open, close)) => (
                part(text, 0, open),
                Some(part(text, open + 2, close)),
                part(text, close + 1, text.len()),
            ),
            None => (
                part(text, 0, first_tail),
                None,
                part(text, first_tail, text.len()),
            ),
        };
        let (version, platform) = match inside.map(|inside| inside.split_once('-')) {
            Some(Some((version, platform))) => (Some(version), Some(platform)),
            Some(None) => (inside, None),
            None => (None, None),
        };
        Entry {
            name,
            version,
            platform,
            pinned: tail.starts_with('!'),
            rest: tail.strip_prefix('!').unwrap_or(tail).strip_prefix(' '),
            is_plain: false,
        }
    }
}

/// Whether RubyGems reads this as a version: `2.5.0.rc1`. Blanks around it are the caller's.
///
/// There is no `-` in it, since what follows a `-` in a lockfile is a platform.
#[inline]
pub(super) fn is_version(text: &str) -> bool {
    let mut is_first_part = true;
    let mut is_part_empty = true;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => is_part_empty = false,
            b'.' if !is_part_empty => {
                is_first_part = false;
                is_part_empty = true;
            }
            b'a'..=b'z' | b'A'..=b'Z' if !is_first_part => is_part_empty = false,
            _ => return false,
        }
    }
    !is_part_empty
}

/// Whether RubyGems reads this as one part of a requirement: `~> 2.3`, `>12`, `1.0`.
#[inline]
pub(super) fn is_requirement(text: &str) -> bool {
    let operator = match text.as_bytes() {
        [b'~', b'>', ..] | [b'>' | b'<' | b'!', b'=', ..] => 2,
        [b'=' | b'>' | b'<', ..] => 1,
        _ => 0,
    };
    is_version(trim(text.get(operator..).unwrap_or_default()))
}

/// Without blanks at both ends.
#[inline]
pub(super) fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    if let [first, .., last] = bytes {
        if !is_blank(char::from(*first)) && !is_blank(char::from(*last)) {
            return text;
        }
    }
    let start = bytes.iter().position(|b| !is_blank(char::from(*b)));
    let end = bytes.iter().rposition(|b| !is_blank(char::from(*b)));
    match start.zip(end) {
        Some((start, end)) => text.get(start..=end).unwrap_or_default(),
        None => "",
    }
}

/// What a [`Name`] may hold.
fn is_plain_byte(byte: u8) -> bool {
    PLAIN[byte as usize]
}

/// One look-up for each byte of a name, which is half of all bytes.
static PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        byte += 1;
    }
    table
};

/// The parts between commas. Short texts are faster byte by byte than by `str::find`; checksums
/// are long.
pub(super) fn commas(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let at = if text.len() < 32 {
            text.bytes().position(|b| b == b',')
        } else {
            text.find(',')
        };
        rest = at.and_then(|at| text.get(at + 1..));
        text.get(..at.unwrap_or(text.len()))
    })
}

/// What Ruby's `\s` and `strip` mean; other white space of Unicode is text to Bundler.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

fn part(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_the_expression_of_bundler_does() {
        let split = |text| {
            let e = Entry::split(text);
            format!(
                "{}|{}|{}|{}|{}",
                e.name,
                e.version.unwrap_or("none"),
                e.platform.unwrap_or("none"),
                e.pinned,
                e.rest.unwrap_or("none"),
            )
        };
        // Each was run through the expression in Ruby.
        for (text, parts) in [
            ("rake", "rake|none|none|false|none"),
            ("rake (13.3.0)", "rake|13.3.0|none|false|none"),
            ("rake ()", "rake||none|false|none"),
            ("rake (1-java)", "rake|1|java|false|none"),
            ("rake (1-x86-linux)!", "rake|1|x86-linux|true|none"),
            ("rake!", "rake|none|none|true|none"),
            ("rake!!", "rake!|none|none|true|none"),
            ("rake (1) sha256=a", "rake|1|none|false|sha256=a"),
            ("rake (1)! sha256=a", "rake|1|none|true|sha256=a"),
            ("rake! a", "rake|none|none|true|a"),
            ("rake (13.3", "rake|none|none|false|(13.3"),
            ("rake (> 13", "rake (>|none|none|false|13"),
            ("rake (1))", "rake|1)|none|false|none"),
            ("a (b) (c)", "a|b) (c|none|false|none"),
            ("a (b-(c)) (d)", "a|b|(c)) (d|false|none"),
            ("(1)", "(1)|none|none|false|none"),
            ("a (1) # note", "a (1) #|none|none|false|note"),
            ("a ", "a |none|none|false|none"),
            ("", "|none|none|false|none"),
        ] {
            assert_eq!(split(text), parts, "{text:?}");
            if let Some(plain) = Entry::split_plain(text) {
                assert_eq!(as_split(plain), Entry::split(text), "{text:?}");
            }
        }
    }

    fn as_split(plain: Entry<'_>) -> Entry<'_> {
        Entry {
            is_plain: false,
            ..plain
        }
    }

    /// All texts of up to seven characters that mean something in a line, both ways.
    #[test]
    fn the_short_way_is_the_long_way() {
        let marks = ['a', ' ', '(', ')', '-', '!'];
        let mut plain = 0;
        for number in 0..marks.len().pow(7) {
            let mut left = number;
            let mut text = String::from("a");
            while left > 0 {
                text.push(marks[left % marks.len()]);
                left /= marks.len();
            }
            if let Some(entry) = Entry::split_plain(&text) {
                plain += 1;
                assert_eq!(as_split(entry), Entry::split(&text), "{text:?}");
            }
        }
        assert!(plain > 500, "{plain}");
    }

    #[test]
    fn versions_and_requirements_have_their_shapes() {
        for text in ["1", "1.2.3", "2.5.0.rc1", "1.0.0.pre.2", "0.0.a"] {
            assert!(is_version(text), "{text}");
        }
        for text in ["", "13..3", "a.1", "1.", "1 2", "1.0-rc1", "1.é"] {
            assert!(!is_version(text), "{text}");
        }
        for text in ["> 1", ">1", "~> 2.3", "!= 1.0", "= 1", "1.0", "<=\t2"] {
            assert!(is_requirement(text), "{text}");
        }
        for text in [
            "", "~~> 2.3", "=> 1", "> ", "1 >", ">> 1", "== 1", "! 1", "~ 1",
        ] {
            assert!(!is_requirement(text), "{text}");
        }
    }
}
