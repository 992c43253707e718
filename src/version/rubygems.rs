//! What only RubyGems knows: its grammar, its canonical spelling, `bump` and the other
//! calculations of `Gem::Version`, by the rules of RubyGems 4.0.

use super::key::{Key, Part};
use super::parsed::Version;
use super::scheme::Scheme;
use std::ops::Range;

/// Reads a version, without a limit of length; `None` where it is none.
///
/// The first loop reads what nearly all versions are, up to four small numbers, in one pass.
pub(super) fn read(text: &str) -> Option<Version> {
    let text = trim(text);
    if text.is_empty() {
        return Some(zero());
    }
    match packed(text.as_bytes()) {
        Some(head) => Some(version(Key::packed(head), text)),
        None if is_version(text) || is_spelling(text) => Some(read_any(text)),
        None => None,
    }
}

/// The version `0`.
pub(super) fn zero() -> Version {
    version(Key::packed(0), "0")
}

/// Whether a text is a version; a blank one is, and means `0`.
pub(super) fn is_valid(text: &str) -> bool {
    let text = trim(text);
    text.is_empty() || is_version(text) || is_spelling(text)
}

/// The numbers and words of a text, all others dropped: `1.b4` is 1, b, 4.
pub(super) fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.bytes().position(|byte| byte.is_ascii_alphanumeric())?;
        rest = &rest[start..];
        let digits = rest.as_bytes()[0].is_ascii_digit();
        let same = |byte: u8| byte.is_ascii_alphanumeric() && byte.is_ascii_digit() == digits;
        let end = rest.bytes().position(|byte| !same(byte));
        let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(if digits {
            Part::number(run)
        } else {
            Part::Word(run)
        })
    })
}

/// The numbers before the first word.
pub(super) fn release_numbers(text: &str) -> Vec<&str> {
    parts(text)
        .map_while(|part| match part {
            Part::Number(digits) => Some(digits),
            Part::Word(_) => None,
        })
        .collect()
}

/// A spelling whose segments are the canonical ones: no zeros at the end, and none before the
/// first word.
///
/// RubyGems 4.0 does this on the text, and so the second rule takes the first word that has
/// zeros before it, even where other words come earlier: `1.a.0.b.0.c` is `1.a.b.0.c`.
pub(super) fn canonical(text: &str) -> String {
    let mut canonical = text[..end_without_zeros(text.as_bytes())].to_owned();
    if let Some(zeros) = zeros_before_word(canonical.as_bytes()) {
        canonical.replace_range(zeros, "");
    }
    canonical
}

/// Whether a letter is in it.
pub(super) fn is_prerelease(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The version that `~>` stops before: `5.4` for `5.3.1`, `6` for `5.3` and for `5`.
pub(super) fn bump(text: &str) -> Version {
    let mut numbers = release_numbers(text);
    if numbers.len() > 1 {
        numbers.pop();
    }
    let last = numbers.pop().map_or_else(|| "1".to_owned(), successor);
    numbers.push(&last);
    from_numbers(&numbers)
}

/// The version without its words and what follows them.
pub(super) fn release(text: &str) -> Version {
    from_numbers(&release_numbers(text))
}

/// The text `~> 2.6`, or `~> 2.6.a` for a prerelease.
pub(super) fn approximate_recommendation(text: &str) -> String {
    let numbers = release_numbers(text);
    let number = |at: usize| numbers.get(at).copied().unwrap_or("0");
    let end = if is_prerelease(text) { ".a" } else { "" };
    format!("~> {}.{}{end}", number(0), number(1))
}

/// What Ruby's `\s` takes off at both ends.
pub(super) fn trim(text: &str) -> &str {
    // Most texts have nothing to take off, which their ends show.
    let is_text = |byte: Option<&u8>| byte.is_some_and(|byte| *byte > b' ');
    let bytes = text.as_bytes();
    match is_text(bytes.first()) && is_text(bytes.last()) {
        true => text,
        false => text.trim_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']),
    }
}

/// The grammar of `Gem::Version::VERSION_PATTERN`: digits; then words of letters and digits,
/// each after a dot; then, after a hyphen, words of letters, digits and hyphens with dots
/// between them.
pub(super) fn is_version(text: &str) -> bool {
    // `fresh`: nothing stands yet between this place and the last dot or first hyphen.
    let (mut first, mut fresh, mut hyphen) = (true, true, false);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => fresh = false,
            b'a'..=b'z' | b'A'..=b'Z' if !first => fresh = false,
            b'-' if hyphen => fresh = false,
            b'-' | b'.' if !fresh => {
                (first, fresh) = (false, true);
                hyphen |= byte == b'-';
            }
            _ => return false,
        }
    }
    !fresh
}

/// Whether a text is how RubyGems writes a version with hyphens beside one another, beside dots or at its
/// end: it writes `1--` as `1.pre..pre.`, which it does not read itself. What is written here is read.
///
/// A `.pre.` is a hyphen, or a dot, a word and a dot: every reading is followed at once.
fn is_spelling(text: &str) -> bool {
    const HYPHEN: &[u8] = b".pre.";
    // What stands before a place: nothing, the first number, a word, a dot between words; behind the first
    // hyphen what must go on, and what may end.
    const NOTHING: u8 = 1;
    const NUMBER: u8 = 2;
    const WORD: u8 = 4;
    const DOT: u8 = 8;
    const OPEN: u8 = 16;
    const TAIL: u8 = 32;
    let bytes = text.as_bytes();
    if text.contains('-') || !text.contains(".pre.") {
        return false;
    }
    let mut readings = vec![0_u8; bytes.len() + 1];
    readings[0] = NOTHING;
    for (at, byte) in bytes.iter().enumerate() {
        let here = readings[at];
        let is = |states: u8| here & states != 0;
        let goes_to = |from: u8, to: u8| if is(from) { to } else { 0 };
        readings[at + 1] |= match byte {
            b'0'..=b'9' => {
                goes_to(NOTHING | NUMBER, NUMBER)
                    | goes_to(DOT | WORD, WORD)
                    | goes_to(OPEN | TAIL, TAIL)
            }
            b'a'..=b'z' | b'A'..=b'Z' => goes_to(DOT | WORD, WORD) | goes_to(OPEN | TAIL, TAIL),
            b'.' => goes_to(NUMBER | WORD, DOT) | goes_to(TAIL, OPEN),
            _ => return false,
        };
        if bytes[at..].starts_with(HYPHEN) {
            readings[at + HYPHEN.len()] |=
                goes_to(NUMBER | WORD, OPEN) | goes_to(OPEN | TAIL, TAIL);
        }
    }
    readings[bytes.len()] & (NUMBER | WORD | TAIL) != 0
}

/// Up to four numbers below 65535, and any number of zeros after them, in 16 bits each.
///
/// `None` for all others, be they versions or not.
#[inline]
fn packed(text: &[u8]) -> Option<u64> {
    let (mut head, mut shift) = (0_u64, 64_u32);
    let (mut number, mut digits) = (0_u32, 0_u32);
    for &byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            number = number * 10 + u32::from(digit);
            digits += 1;
            if number >= u32::from(u16::MAX) {
                return None;
            }
        } else if byte == b'.' && digits > 0 {
            (head, shift) = pack(head, shift, number)?;
            (number, digits) = (0, 0);
        } else {
            return None;
        }
    }
    if digits == 0 {
        return None;
    }
    pack(head, shift, number).map(|(head, _)| head)
}

#[inline]
fn pack(head: u64, shift: u32, number: u32) -> Option<(u64, u32)> {
    match (shift, number) {
        (0, 0) => Some((head, 0)),
        (0, _) => None,
        _ => Some((head | u64::from(number) << (shift - 16), shift - 16)),
    }
}

fn read_any(text: &str) -> Version {
    let hyphens: String;
    let normal = if text.contains('-') {
        hyphens = text.replace('-', ".pre.");
        &hyphens
    } else {
        text
    };
    // Zeros at the end mean nothing to a key.
    let zeros = zeros_before_word(normal.as_bytes()).unwrap_or(0..0);
    let (before, after) = (&normal[..zeros.start], &normal[zeros.end..]);
    version(Key::of(parts(before).chain(parts(after))), normal)
}

fn version(key: Key, normal: &str) -> Version {
    Version::new(Scheme::RubyGems, key, normal.into())
}

fn from_numbers(numbers: &[&str]) -> Version {
    let text = numbers.join(".");
    match packed(text.as_bytes()) {
        Some(head) => version(Key::packed(head), &text),
        None => read_any(&text),
    }
}

/// Where the zeros and dots at the end begin that stand after a letter or a dot.
fn end_without_zeros(text: &[u8]) -> usize {
    let zeros = text.iter().rev().take_while(|b| is_blank(**b)).count();
    (text.len() - zeros..text.len())
        .find(|&at| at > 0 && (text[at - 1] == b'.' || text[at - 1].is_ascii_alphabetic()))
        .unwrap_or(text.len())
}

/// The first zeros and dots that stand after a dot, or first, and before a letter.
fn zeros_before_word(text: &[u8]) -> Option<Range<usize>> {
    (0..text.len())
        .filter(|&at| is_blank(text[at]) && (at == 0 || text[at - 1] == b'.'))
        .find_map(|at| {
            let end = at + text[at..].iter().position(|byte| !is_blank(*byte))?;
            text[end].is_ascii_alphabetic().then_some(at..end)
        })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b'0' | b'.')
}

/// One more than a number of any size.
fn successor(digits: &str) -> String {
    let kept = digits.trim_end_matches('9');
    let nines = digits.len() - kept.len();
    let mut next = match kept.as_bytes().split_last() {
        Some((last, before)) => {
            let mut next = kept[..before.len()].to_owned();
            next.push(char::from(last + 1));
            next
        }
        None => "1".to_owned(),
    };
    next.extend(std::iter::repeat_n('0', nines));
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_that_do_not_count_go() {
        for (text, want) in [
            ("0", "0"),
            ("0.0.0", "0."),
            ("1.0", "1."),
            ("10", "10"),
            ("1.10.0", "1.10."),
            ("1.0.a", "1.a"),
            ("1.00a", "1.a"),
            ("0.0.b", "b"),
            ("1.a0", "1.a"),
            ("1.a0b", "1.a0b"),
            ("1.a.0.b.0.c", "1.a.b.0.c"),
            ("1.0.1.a", "1.0.1.a"),
        ] {
            assert_eq!(canonical(text), want, "{text}");
        }
    }

    #[test]
    fn numbers_of_any_size_have_a_successor() {
        for (digits, want) in [("0", "1"), ("9", "10"), ("199", "200"), ("1234", "1235")] {
            assert_eq!(successor(digits), want);
        }
        assert_eq!(successor(&"9".repeat(30)), format!("1{}", "0".repeat(30)));
    }
}
