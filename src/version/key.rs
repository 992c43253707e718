//! Bytes that order versions exactly as their scheme does, worked out once when a version is
//! read, so that comparing two is one integer comparison nearly always.
//!
//! A version is a sequence of segments, numbers and words, filled up with zeros without end; a
//! word is below every number. A key is that sequence in two parts:
//!
//! * `head`: the first four segments as long as they are numbers, 16 bits each, zeros for those
//!   that are missing. A number of 65535 or more fills its place and all places after it with
//!   ones.
//! * `tail`: the segments that `head` does not hold in full, as bytes whose plain order is the
//!   order of the segments; none where nothing is left, which is the case of `2.6.0`.
//!
//! `head` alone never misorders: cutting a version at its first word, or after four segments,
//! keeps the order of any two that still differ. So keys compare by `head`, then `tail`.
//!
//! The bytes of a tail:
//!
//! | segments | bytes |
//! |---|---|
//! | a word | `WORD`, its letters, 0 |
//! | zeros before a word | `ZEROS_WORD`, how many |
//! | the end | `END` |
//! | zeros before another number | `ZEROS_NUMBER`, 65535 less how many |
//! | a number but zero | `NUMBER`, how many digits, the digits |
//!
//! Zeros need what follows them, because the end is an endless run of zeros: more zeros before a
//! word are closer to the end from below, more zeros before a number closer from above.

use std::sync::Arc;

const WORD: u8 = 1;
const ZEROS_WORD: u8 = 2;
const END: u8 = 3;
const ZEROS_NUMBER: u8 = 4;
const NUMBER: u8 = 5;

/// The tail of a version that its head has in full.
const NO_TAIL: &[u8] = &[END];

/// The first number that has no room in a head.
const FULL: u16 = u16::MAX;

/// One segment of a version, borrowed from its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Digits without leading zeros; zero itself is `0`.
    Number(&'a str),
    /// Anything else.
    Word(&'a str),
}

impl<'a> Part<'a> {
    /// A number from digits, which may have leading zeros.
    pub(super) fn number(digits: &'a str) -> Self {
        match digits.bytes().position(|byte| byte != b'0') {
            Some(zeros) => Part::Number(&digits[zeros..]),
            None => Part::Number("0"),
        }
    }

    fn is_zero(self) -> bool {
        self == Part::Number("0")
    }
}

/// The order of a version within its scheme.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    head: u64,
    tail: Tail,
}

/// `None` means [`NO_TAIL`], which is never stored.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Tail(Option<Arc<[u8]>>);

impl Key {
    /// The key of a version of at most four numbers below 65535, already packed.
    pub(super) const fn packed(head: u64) -> Self {
        Key {
            head,
            tail: Tail(None),
        }
    }

    /// Makes the key of a sequence of segments; zeros at its end do not count.
    pub(super) fn of<'a>(parts: impl Iterator<Item = Part<'a>>) -> Self {
        let mut head = 0;
        let mut room = Some(64_u32);
        let mut tail = Vec::new();
        let mut zeros = 0;
        for part in parts {
            if let (Some(shift @ 16..), Part::Number(digits)) = (room, part) {
                match digits.parse::<u16>() {
                    Ok(n) if n < FULL => {
                        head |= u64::from(n) << (shift - 16);
                        room = Some(shift - 16);
                        continue;
                    }
                    _ => head |= u64::MAX >> (64 - shift),
                }
            }
            room = None;
            if part.is_zero() {
                zeros += 1;
                continue;
            }
            if tail.is_empty() {
                tail.reserve(32);
            }
            put(&mut tail, zeros, part);
            zeros = 0;
        }
        if !tail.is_empty() {
            tail.push(END);
        }
        Key {
            head,
            tail: Tail((!tail.is_empty()).then(|| tail.into())),
        }
    }

    /// Whether this is a version below `release` that is no prerelease of it: whether its part
    /// before the first word is below `release`, which itself has no words.
    #[inline]
    pub(super) fn release_is_below(&self, release: &Self) -> bool {
        if self.head != release.head {
            return self.head < release.head;
        }
        let (tail, bound) = (self.tail.bytes(), release.tail.bytes());
        // What starts as `release` does and yet is below it goes on with a word.
        tail < bound && !tail.starts_with(bound.strip_suffix(NO_TAIL).unwrap_or(bound))
    }
}

impl Tail {
    #[inline]
    fn bytes(&self) -> &[u8] {
        self.0.as_deref().unwrap_or(NO_TAIL)
    }
}

impl PartialOrd for Tail {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Tail {
    #[inline]
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (&self.0, &other.0) {
            (None, None) => std::cmp::Ordering::Equal,
            _ => self.bytes().cmp(other.bytes()),
        }
    }
}

/// Adds one segment but zero, and the zeros before it.
fn put(tail: &mut Vec<u8>, zeros: usize, part: Part<'_>) {
    if zeros > 0 {
        let (tag, count) = match part {
            Part::Word(_) => (ZEROS_WORD, short(zeros)),
            Part::Number(_) => (ZEROS_NUMBER, u16::MAX - short(zeros)),
        };
        tail.push(tag);
        tail.extend_from_slice(&count.to_be_bytes());
    }
    match part {
        Part::Word(word) => {
            tail.push(WORD);
            tail.extend_from_slice(word.as_bytes());
            tail.push(0);
        }
        Part::Number(digits) => {
            tail.push(NUMBER);
            tail.extend_from_slice(&short(digits.len()).to_be_bytes());
            tail.extend_from_slice(digits.as_bytes());
        }
    }
}

/// Lengths fit: versions have a few hundred bytes, those in requirements a few thousand.
fn short(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every sequence in order, about both limits of a head: four places and 65535.
    #[test]
    fn keys_keep_the_order_of_segments() {
        let (n, w) = (Part::Number, Part::Word);
        let ladder: &[&[Part<'_>]] = &[
            &[w("a"), w("a")],
            &[w("a")],
            &[],
            &[n("0"), n("0"), n("0"), n("0"), n("0"), n("0"), n("1")],
            &[n("0"), n("0"), n("0"), n("0"), n("0"), n("1")],
            &[n("0"), n("0"), n("0"), n("0"), n("1"), w("b")],
            &[n("0"), n("0"), n("0"), n("0"), n("1")],
            &[n("1"), w("a"), w("b")],
            &[n("1"), w("a"), n("0"), w("b")],
            &[n("1"), w("a"), n("0"), n("0"), w("b")],
            &[n("1"), w("a")],
            &[n("1"), w("a"), n("0"), n("0"), n("1")],
            &[n("1"), w("a"), n("0"), n("1")],
            &[n("1"), w("a"), n("9")],
            &[n("1"), w("a"), n("10")],
            &[n("1"), w("aa")],
            &[n("1")],
            &[n("1"), n("2"), n("3"), n("4"), w("a")],
            &[n("1"), n("2"), n("3"), n("4")],
            &[n("1"), n("65534")],
            &[n("1"), n("65535"), w("a")],
            &[n("1"), n("65535")],
            &[n("1"), n("65535"), n("1")],
            &[n("1"), n("65536")],
            &[n("1"), n("99999999999999999999999")],
            &[n("2")],
            &[n("65535")],
            &[n("100000")],
        ];
        let keys: Vec<_> = ladder
            .iter()
            .map(|parts| Key::of(parts.iter().copied()))
            .collect();
        for (low, one) in keys.iter().enumerate() {
            for (high, two) in keys.iter().enumerate() {
                let (a, b) = (ladder[low], ladder[high]);
                assert_eq!(one.cmp(two), low.cmp(&high), "{a:?} and {b:?}");
                assert_eq!(one == two, low == high, "{a:?} and {b:?}");
            }
        }
        let zeros = [n("1"), n("0"), n("0"), n("0"), n("0"), n("0")];
        assert!(Key::of(zeros.into_iter()) == Key::packed(1 << 48));
    }
}
