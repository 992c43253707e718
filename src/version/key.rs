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

/// The tail of a version that its head holds in full.
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
        let digits = digits.trim_start_matches('0');
        Part::Number(if digits.is_empty() { "0" } else { digits })
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

/// `None` stands for [`NO_TAIL`], which is never stored.
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

    /// Makes the key of a sequence of segments without zeros at its end.
    pub(super) fn of(parts: &[Part<'_>]) -> Self {
        let mut head = 0;
        let mut rest = parts;
        for place in (0..4).rev() {
            let Some((Part::Number(digits), after)) = rest.split_first() else {
                break;
            };
            match digits.parse::<u16>() {
                Ok(n) if n < FULL => {
                    head |= u64::from(n) << (16 * place);
                    rest = after;
                }
                _ => {
                    head |= u64::MAX >> (16 * (3 - place));
                    break;
                }
            }
        }
        Key {
            head,
            tail: Tail::of(rest),
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
    fn of(mut parts: &[Part<'_>]) -> Self {
        if parts.is_empty() {
            return Tail(None);
        }
        let mut bytes = Vec::new();
        while let Some((part, after)) = parts.split_first() {
            match part {
                Part::Word(word) => {
                    bytes.push(WORD);
                    bytes.extend_from_slice(word.as_bytes());
                    bytes.push(0);
                    parts = after;
                }
                Part::Number(_) if part.is_zero() => {
                    let zeros = parts.iter().take_while(|part| part.is_zero()).count();
                    parts = &parts[zeros..];
                    let zeros = short(zeros);
                    let (tag, count) = match parts.first() {
                        Some(Part::Word(_)) => (ZEROS_WORD, zeros),
                        Some(Part::Number(_)) => (ZEROS_NUMBER, u16::MAX - zeros),
                        None => break,
                    };
                    bytes.push(tag);
                    bytes.extend_from_slice(&count.to_be_bytes());
                }
                Part::Number(digits) => {
                    bytes.push(NUMBER);
                    bytes.extend_from_slice(&short(digits.len()).to_be_bytes());
                    bytes.extend_from_slice(digits.as_bytes());
                    parts = after;
                }
            }
        }
        if bytes.is_empty() {
            return Tail(None);
        }
        bytes.push(END);
        Tail(Some(bytes.into()))
    }

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

/// Lengths fit: no version is longer than a few hundred bytes.
fn short(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}
