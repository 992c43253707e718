//! Text that may go to a terminal, a log or a CI runner, whatever names and texts stand in it.
//!
//! What would move a cursor, hide or reorder other text, or end a line is written as `\u{1b}`. A line
//! that a CI runner would take for a command (`::error …` of GitHub, `##vso[…]` of Azure,
//! `##teamcity[…]`) does not begin with its mark.

use std::borrow::Cow;
use std::fmt::Write;

/// A text of a catalog; what is part of the program is not copied.
pub(crate) type Text = Cow<'static, str>;

/// Whether a character changes how others are shown: controls, marks of direction, ends of lines and
/// what has no width. Joiners of emoji and scripts stay.
pub(crate) fn is_odd(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// The first place, from one on, of such a character or of a mark that is there twice, which may open a
/// command; a colon opens one only where it begins a line. Most texts have none, which takes about an instruction a byte to see.
fn suspect(text: &str, from: usize, marks: &[u8]) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_suspect = |at: usize| match bytes[at] {
        b'\n' => false,
        b':' => marks.contains(&b':') && bytes.get(at + 1) == Some(&b':') && begins(bytes, at),
        byte if byte.is_ascii() => {
            byte.is_ascii_control() || marks.contains(&byte) && bytes.get(at + 1) == Some(&byte)
        }
        _ => {
            let mut rest = text.get(at..).unwrap_or_default().chars();
            rest.next().is_some_and(is_odd)
        }
    };
    // Numbers instead of conditions, and as many at once as fit: a compiler makes vectors of them.
    let odd = |byte: u8| u8::from(byte.wrapping_sub(b' ') > b'~' - b' ') & u8::from(byte != b'\n');
    let block = |at: usize| bytes.get(at..at + BLOCK)?.first_chunk::<BLOCK>();
    let mut start = from;
    while let Some((chunk, next)) = block(start).zip(block(start + 1)) {
        let mut found = chunk.iter().fold(0, |found, byte| found | odd(*byte));
        for mark in marks {
            for (a, b) in chunk.iter().zip(next) {
                found |= u8::from((a ^ mark) | (b ^ mark) == 0);
            }
        }
        if found != 0 {
            let at = (start..start + BLOCK).find(|at| is_suspect(*at));
            if at.is_some() {
                return at;
            }
        }
        start += BLOCK;
    }
    (start..bytes.len()).find(|at| is_suspect(*at))
}

/// Whether nothing but space may stand before a place in its line: a command of GitHub begins a line.
fn begins(bytes: &[u8], at: usize) -> bool {
    // Some spaces are not ASCII: who rewrites the line looks closer.
    let mut before = bytes[..at].iter().rev();
    let last = before.find(|byte| !matches!(byte, b' ' | b'\t' | 0x80..));
    last.is_none_or(|byte| *byte == b'\n')
}

/// A text whose lines with a suspect are written anew, each without its line end.
fn rewrite<'a>(
    text: &'a str,
    marks: &[u8],
    mut write: impl FnMut(&mut String, &str),
) -> Cow<'a, str> {
    let mut out = String::new();
    let mut done = 0;
    while let Some(at) = suspect(text, done, marks) {
        let start = text[done..at].rfind('\n').map_or(done, |it| done + it + 1);
        let end = text[at..].find('\n').map_or(text.len(), |it| at + it);
        out.push_str(&text[done..start]);
        write(&mut out, &text[start..end]);
        done = end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// A name or sentence on one line.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_odd(c) => escape(&mut out, c),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A text of several lines: its line ends and tabs stay, and the escapes that colour it where it is
/// dressed.
pub(crate) fn lines(text: &str, is_dressed: bool) -> Cow<'_, str> {
    rewrite(text, b":#", |out, line| {
        let (line, end) = match line.strip_suffix('\r') {
            Some(line) => (line, "\r"),
            None => (line, ""),
        };
        one(out, line, is_dressed);
        out.push_str(end);
    })
}

fn one(out: &mut String, line: &str, is_dressed: bool) {
    let command = command_at(line);
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let at = line.len() - rest.len();
        if let Some(dress) = dress(rest).filter(|_| is_dressed) {
            out.push_str(dress);
            rest = &rest[dress.len()..];
            continue;
        }
        if Some(at) == command || opens(rest) || (is_odd(c) && c != '\t') {
            escape(out, c);
        } else {
            out.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
}

/// Whether a text begins with what opens a command anywhere in a line.
pub(crate) fn opens(text: &str) -> bool {
    MARKS.iter().any(|mark| {
        let start = text.get(..mark.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(mark))
    })
}

const MARKS: [&str; 3] = ["##[", "##vso[", "##teamcity["];

/// The commands of GitHub, whose names are read in any case.
const COMMANDS: [&str; 17] = [
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "internal-set-repo-path",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
    "add-summary",
];

/// Where a line begins with the mark of a command of GitHub; `::Karafka` is a constant of Ruby.
fn command_at(line: &str) -> Option<usize> {
    let mut rest = line;
    loop {
        let trimmed = rest.trim_start();
        let after = dress(trimmed).map_or(trimmed, |dress| &trimmed[dress.len()..]);
        if after.len() == rest.len() {
            break;
        }
        rest = after;
    }
    let word = rest.strip_prefix("::")?;
    let end = word
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'))
        .unwrap_or(word.len());
    let word = &word[..end];
    let is_constant = word.starts_with(|c: char| c.is_ascii_uppercase())
        && !COMMANDS.iter().any(|it| it.eq_ignore_ascii_case(word));
    (!is_constant).then(|| line.len() - rest.len())
}

/// An escape of ours at the start of a text.
fn dress(text: &str) -> Option<&str> {
    let codes = [
        "\u{1b}[0m",
        "\u{1b}[1m",
        "\u{1b}[2m",
        "\u{1b}[32m",
        "\u{1b}[31m",
    ];
    codes.into_iter().find(|code| text.starts_with(code))
}

fn escape(out: &mut String, c: char) {
    let _ = write!(out, "{}", c.escape_unicode());
}

/// A JSON document, in which such characters only stand in texts: there they are escaped as JSON has
/// it, which means the same.
#[cfg(feature = "wire")]
pub(crate) fn json(document: String) -> String {
    let safe = rewrite(&document, b"#", |out, line| {
        for (at, c) in line.char_indices() {
            if is_odd(c) || c == '#' && opens(&line[at..]) {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            } else {
                out.push(c);
            }
        }
    });
    match safe {
        Cow::Owned(safe) => safe,
        Cow::Borrowed(_) => document,
    }
}

#[cfg(test)]
mod tests {
    use super::{line, lines};

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(line("karafka 2.5"), "karafka 2.5");
        assert_eq!(line("a\nb\r\tc"), "a\\nb\\r\\tc");
        assert_eq!(line("\u{1b}[2J\u{9b}\u{7f}"), "\\u{1b}[2J\\u{9b}\\u{7f}");
        assert_eq!(line("a\u{202e}b\u{2028}"), "a\\u{202e}b\\u{2028}");
        assert_eq!(line("👩\u{200d}🔬 é"), "👩\u{200d}🔬 é");
    }

    #[test]
    fn a_line_is_safe_whatever_is_around_it() {
        let clean = "karafka 2.5 é, a: b # c ".repeat(9);
        for (odd, printed) in [
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("é\u{202e}", "é\\u{202e}"),
            ("\u{7f}", "\\u{7f}"),
            ("\u{9b}", "\\u{9b}"),
            ("::error::x", "\\u{3a}:error::x"),
            ("a##[b", "a\\u{23}#[b"),
            ("a\tb", "a\tb"),
        ] {
            for at in 0..130 {
                let blanks = " ".repeat(at);
                let text = format!("{clean}\r\n{blanks}{odd}{blanks}\n{clean}");
                let wanted = format!("{clean}\r\n{blanks}{printed}{blanks}\n{clean}");
                assert_eq!(lines(&text, false), wanted);
            }
        }
        assert!(matches!(
            lines(&clean, false),
            std::borrow::Cow::Borrowed(_)
        ));
    }

    #[cfg(feature = "wire")]
    #[test]
    fn documents_escape_what_is_odd_line_by_line() {
        let clean = "{\"a\": \"é :: # b\",\n".to_owned();
        assert_eq!(super::json(clean.clone()), clean);
        let odd = format!("{clean}\"\u{7f}##[x \u{e0001}\":\n1}}\n");
        let wanted = format!("{clean}\"\\u007f\\u0023#[x \\udb40\\udc01\":\n1}}\n");
        assert_eq!(super::json(odd), wanted);
    }

    #[test]
    fn no_line_is_a_command() {
        for (text, printed) in [
            ("::error::x", "\\u{3a}:error::x"),
            (
                "a\n  ::set-output name=a::b\n",
                "a\n  \\u{3a}:set-output name=a::b\n",
            ),
            ("::Error::Foo", "\\u{3a}:Error::Foo"),
            ("::Karafka::App", "::Karafka::App"),
            ("::", "\\u{3a}:"),
            ("a ::error::x", "a ::error::x"),
            ("a ##[add-mask]b", "a \\u{23}#[add-mask]b"),
            ("##VSO[task.x]", "\\u{23}#VSO[task.x]"),
            ("## heading", "## heading"),
            ("\u{2003}::error::x", "\u{2003}\\u{3a}:error::x"),
        ] {
            assert_eq!(lines(text, false), printed);
        }
    }

    #[test]
    fn only_our_own_colours_pass_and_only_where_they_are_asked_for() {
        let text = "\u{1b}[1mhead\u{1b}[0m \u{1b}[35m\u{1b}]0;t\u{7}\r\nnext\rover";
        assert_eq!(
            lines(text, true),
            "\u{1b}[1mhead\u{1b}[0m \\u{1b}[35m\\u{1b}]0;t\\u{7}\r\nnext\\u{d}over"
        );
        assert!(!lines(text, false).contains('\u{1b}'));
    }
}
