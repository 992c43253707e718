//! What can be said of the bytes before a line is read, and of a file that is no lockfile.

use super::entry::is_blank;
use super::reader::Section;
use crate::error::{Error, ErrorCode, Result};
use crate::span::Place;

/// The largest lockfile that is read; real ones have 1 to 100 kB.
pub(super) const MAX_BYTES: usize = 16 * 1024 * 1024;

const MARKER_LEN: usize = 7;

/// The text of a lockfile, once it is known to be one text without conflicts.
pub(super) fn text(bytes: &[u8]) -> Result<&str> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::new(
            ErrorCode::TooLarge,
            format!(
                "the lockfile has {} bytes, expected at most {MAX_BYTES}",
                bytes.len()
            ),
        )
        .with_help("check that this is the Gemfile.lock and not an archive or a log"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    if text.chars().all(is_blank) {
        return Err(Error::new(
            ErrorCode::EmptyLockfile,
            "the lockfile is empty, expected sections such as GEM and DEPENDENCIES",
        )
        .at(Place { line: 1, column: 1 })
        .with_help("run `bundle lock` to write it"));
    }
    if let Some(at) = conflict(bytes) {
        let marker = text.get(at..at + MARKER_LEN).unwrap_or_default();
        return Err(Error::new(
            ErrorCode::LockfileConflict,
            format!("the lockfile has a merge conflict marker {marker:?}, expected none"),
        )
        .at(Place::of(text, at))
        .with_help("resolve the conflict, then run `bundle lock`"));
    }
    if let Some(at) = binary(bytes) {
        let byte = bytes.get(at).copied().unwrap_or_default();
        return Err(invalid(
            format!("the lockfile has binary data, byte 0x{byte:02x}, expected text"),
            Place::of(text, at),
            "restore the Gemfile.lock from version control, or run `bundle lock` to write it anew",
        ));
    }
    Ok(text)
}

/// The lines of a text, without `\n` and one `\r` before it.
///
/// Eight bytes at a time: lines have some 30 bytes, too few for `str::split` to get going, which
/// takes three times as long.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = line_end(text.as_bytes());
        rest = end.and_then(|end| text.get(end + 1..));
        let line = text.get(..end.unwrap_or(text.len()))?;
        Some(line.strip_suffix('\r').unwrap_or(line))
    })
}

fn line_end(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    let chunks = bytes.chunks_exact(8);
    let tail = chunks.remainder();
    for (index, chunk) in chunks.enumerate() {
        let chunk = u64::from_le_bytes(chunk.try_into().unwrap_or([b'\n'; 8]));
        let zeros = chunk ^ (ONES * b'\n' as u64);
        // The lowest high bit that stays is that of the first byte that is zero.
        let found = zeros.wrapping_sub(ONES) & !zeros & HIGHS;
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let found = tail.iter().position(|byte| *byte == b'\n')?;
    Some(bytes.len() - tail.len() + found)
}

/// The error for a text without a single section that Bundler knows.
pub(super) fn not_a_lockfile(text: &str) -> Error {
    let start = text.len() - text.trim_start_matches(is_blank).len();
    let place = Place::of(text, start);
    let body = text.get(start..).unwrap_or_default();
    let first = body.lines().next().unwrap_or_default();
    let words = |word: &str| {
        body.lines().any(|line| {
            let rest = line.trim_start().strip_prefix(word);
            rest.is_some_and(|rest| rest.starts_with([' ', '(', '"', '\'']))
        })
    };
    let is_header = |line: &str| {
        let header = line.trim_matches(|c| is_blank(c) || c == '\u{feff}');
        Section::of(&header.to_ascii_uppercase()).is_some()
    };
    let (what, help) = if body.starts_with(['{', '[']) {
        ("it looks like JSON", "give the Gemfile.lock itself")
    } else if body.contains('\r') && !body.contains('\n') {
        (
            "its lines end in lone carriage returns, where Bundler sees one line",
            "convert the line ends to \\n",
        )
    } else if body.split('\n').any(is_header) {
        (
            "none of its headers is written as Bundler writes it",
            "remove blanks and byte order marks (U+FEFF) around the headers and write them in capitals, or run \
             `bundle lock`",
        )
    } else if words("gem") || words("source") || words("gemspec") {
        (
            "it looks like a Gemfile",
            "give the Gemfile.lock beside it; `bundle lock` writes one",
        )
    } else {
        (
            "it has none of its sections",
            "give the Gemfile.lock of the application; `bundle lock` writes one",
        )
    };
    invalid(
        format!(
            "the file is not a lockfile: {what}; {} is where a section such as GEM was \
             expected",
            shown(first)
        ),
        place,
        help,
    )
}

/// An error of a damaged lockfile.
pub(super) fn invalid(message: impl Into<String>, place: Place, help: &str) -> Error {
    Error::new(ErrorCode::InvalidLockfile, message)
        .at(place)
        .with_help(help)
}

/// An excerpt, quoted and short.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> Error {
    let before = bytes.get(..at).unwrap_or_default();
    let place = Place::of(std::str::from_utf8(before).unwrap_or_default(), at);
    let byte = bytes.get(at).copied().unwrap_or_default();
    Error::new(
        ErrorCode::InvalidUtf8,
        format!("the lockfile is not UTF-8: byte 0x{byte:02x} at offset {at}, expected text"),
    )
    .at(place)
    .with_help("save the file as UTF-8, or run `bundle lock` to write it anew")
}

/// Where the first control character is that is no blank.
fn binary(bytes: &[u8]) -> Option<usize> {
    let is_control = |byte: &u8| (*byte < b'\t') | (byte.wrapping_sub(0x0e) < 0x12);
    // Whole chunks without an early way out are compared sixteen bytes at a time.
    let chunk = bytes
        .chunks(64)
        .position(|chunk| chunk.iter().fold(false, |any, byte| any | is_control(byte)))?;
    let start = chunk * 64;
    let within = bytes.get(start..)?.iter().position(is_control)?;
    Some(start + within)
}

/// Where the first run of seven `<`, `=`, `>` or `|` starts; Bundler refuses one anywhere.
fn conflict(bytes: &[u8]) -> Option<usize> {
    let is_mark = |byte: u8| matches!(byte, b'<' | b'=' | b'>' | b'|');
    // Every run of seven covers a byte of each seventh place, so the others need no look.
    let mut at = MARKER_LEN - 1;
    while let Some(&byte) = bytes.get(at) {
        if is_mark(byte) {
            let same = |other: &&u8| **other == byte;
            let before = bytes.get(..at).unwrap_or_default();
            let after = bytes.get(at..).unwrap_or_default();
            let left = before
                .iter()
                .rev()
                .take(MARKER_LEN)
                .take_while(same)
                .count();
            let right = after.iter().take(MARKER_LEN).take_while(same).count();
            if left + right >= MARKER_LEN {
                return Some(at - left);
            }
        }
        at += MARKER_LEN;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_found_at_every_offset() {
        for marker in ["<<<<<<<", "=======", ">>>>>>>", "|||||||"] {
            for before in 0..20 {
                let text = format!("{}{marker}{}", "x".repeat(before), "y".repeat(20 - before));
                assert_eq!(conflict(text.as_bytes()), Some(before));
                let short = text.replace(marker, &marker[1..]);
                assert_eq!(conflict(short.as_bytes()), None);
            }
        }
        assert_eq!(conflict(b"<<<<===>>>>|||||"), None);
        assert_eq!(conflict(b"========="), Some(0));
    }

    #[test]
    fn lines_end_at_every_offset() {
        for first in 0..20 {
            for second in 0..20 {
                let text = format!("{}\n{}\n", "\u{b}".repeat(first), "é".repeat(second));
                assert!(lines(&text).eq(text.split('\n')), "{text:?}");
            }
        }
        let read: Vec<&str> = lines("a\r\n\r\r\n\n\rb\r").collect();
        assert_eq!(read, ["a", "\r", "", "\rb"]);
    }

    #[test]
    fn a_control_character_is_found_at_every_offset() {
        for at in 0..200 {
            let mut bytes = vec![b' '; 200];
            assert_eq!(binary(&bytes), None);
            bytes[at] = 0x1b;
            assert_eq!(binary(&bytes), Some(at));
        }
        assert_eq!(binary(b"\t\n\x0b\x0c\r \x7f"), None);
        assert_eq!(binary(b" \x0e"), Some(1));
        assert_eq!(binary(b" \x08"), Some(1));
    }

    #[test]
    fn the_size_is_bounded() {
        let mut bytes = b"GEM\n".to_vec();
        bytes.resize(MAX_BYTES, b'\n');
        assert!(text(&bytes).is_ok());
        bytes.push(b'\n');
        let error = text(&bytes).unwrap_err();
        assert_eq!(error.code(), ErrorCode::TooLarge);
        assert_eq!(
            error.to_string(),
            "the lockfile has 16777217 bytes, expected at most 16777216"
        );
    }

    #[test]
    fn excerpts_are_short() {
        assert_eq!(shown("a\t"), "\"a\\t\"");
        assert_eq!(shown(&"é".repeat(60)), format!("\"{}\"", "é".repeat(60)));
        assert_eq!(shown(&"é".repeat(61)), format!("\"{}\"…", "é".repeat(60)));
    }
}
