//! What a search computes with: sets of values of one width, chosen once for a whole question.

use crate::planner::problem::{Set, Values};
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

/// A set of values as wide as the widest variable of a question needs.
///
/// What takes a few instructions is inlined always: with as little of the optimiser as the tests have, calls of it would
/// take a third of a search.
pub(super) trait Mask:
    Values
    + Copy
    + Eq
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + Not<Output = Self>
    + BitAndAssign
    + BitOrAssign
{
    const NONE: Self;
    /// What one revision with such masks costs, in revisions with the narrowest.
    const COST: u64;

    fn bit(bit: usize) -> Self;
    /// All below a value.
    fn below(bit: usize) -> Self;
    fn has(self, bit: usize) -> bool;
    /// The lowest of a set that is not empty.
    fn lowest(self) -> usize;
    /// The highest of a set that is not empty.
    fn highest(self) -> usize;
    fn is_single(self) -> bool;

    #[inline(always)]
    fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// It, or nothing.
    #[inline(always)]
    fn when(self, stands: bool) -> Self {
        match stands {
            true => self,
            false => Self::NONE,
        }
    }

    #[inline(always)]
    fn meets(self, other: Self) -> bool {
        !(self & other).is_empty()
    }

    #[inline(always)]
    fn is_within(self, other: Self) -> bool {
        (self & !other).is_empty()
    }

    /// Its values, ascending.
    fn bits(self) -> impl Iterator<Item = usize>;
}

/// Masks of one integer.
macro_rules! narrow {
    ($($number:ident from $low:ident: $narrow:expr;)*) => { $(
        impl Values for $number {
            #[inline(always)]
            fn of(set: &Set) -> Self {
                let $low = set.low();
                $narrow
            }

            fn of_moved(set: &Set, from: usize, to: usize) -> Self {
                // A question this narrow may be the end of a long list.
                if !set.high().is_empty() || from >= Set::NARROW {
                    return Self::of(&set.moved(from, to));
                }
                let $low = set.low() >> from;
                $narrow << to
            }

            #[inline(always)]
            fn insert(&mut self, bit: usize) {
                *self |= 1 << bit;
            }
        }

        impl Mask for $number {
            const NONE: Self = 0;
            const COST: u64 = 1;

            #[inline(always)]
            fn bit(bit: usize) -> Self {
                1 << bit
            }

            #[inline(always)]
            fn below(bit: usize) -> Self {
                (1 << bit) - 1
            }

            #[inline(always)]
            fn has(self, bit: usize) -> bool {
                self >> bit & 1 == 1
            }

            #[inline(always)]
            fn lowest(self) -> usize {
                self.trailing_zeros() as usize
            }

            #[inline(always)]
            fn highest(self) -> usize {
                (Self::BITS - 1 - self.leading_zeros()) as usize
            }

            #[inline(always)]
            fn is_single(self) -> bool {
                self.is_power_of_two()
            }

            fn bits(mut self) -> impl Iterator<Item = usize> {
                std::iter::from_fn(move || {
                    let bit = (self != 0).then(|| self.trailing_zeros() as usize)?;
                    self &= self - 1;
                    Some(bit)
                })
            }
        }
    )* };
}

narrow! {
    u64 from low: low_half(low);
    u128 from low: low;
}

/// The values below 64.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
fn low_half(low: u128) -> u64 {
    low as u64
}

/// A mask of so many words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Wide<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Wide<WORDS> {
    fn join(mut self, other: Self, join: impl Fn(u64, u64) -> u64) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word = join(*word, other);
        }
        self
    }
}

impl<const WORDS: usize> BitAnd for Wide<WORDS> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.join(other, |one, other| one & other)
    }
}

impl<const WORDS: usize> BitOr for Wide<WORDS> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.join(other, |one, other| one | other)
    }
}

impl<const WORDS: usize> Not for Wide<WORDS> {
    type Output = Self;

    fn not(self) -> Self {
        self.join(self, |word, _| !word)
    }
}

impl<const WORDS: usize> BitAndAssign for Wide<WORDS> {
    fn bitand_assign(&mut self, other: Self) {
        *self = *self & other;
    }
}

impl<const WORDS: usize> BitOrAssign for Wide<WORDS> {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl<const WORDS: usize> Values for Wide<WORDS> {
    fn of(set: &Set) -> Self {
        let mut words = [0; WORDS];
        // The two halves of the narrow part.
        let halves = [low_half(set.low()), low_half(set.low() >> 64)];
        let all = halves.iter().chain(set.high());
        for (word, from) in words.iter_mut().zip(all) {
            *word = *from;
        }
        Wide(words)
    }

    fn of_moved(set: &Set, from: usize, to: usize) -> Self {
        Self::of(&set.moved(from, to))
    }

    fn insert(&mut self, bit: usize) {
        self.0[bit / 64] |= 1 << (bit % 64);
    }
}

impl<const WORDS: usize> Mask for Wide<WORDS> {
    const NONE: Self = Wide([0; WORDS]);
    const COST: u64 = WORDS as u64 / 2;

    fn bit(bit: usize) -> Self {
        let mut words = [0; WORDS];
        words[bit / 64] = 1 << (bit % 64);
        Wide(words)
    }

    fn below(bit: usize) -> Self {
        let mut words = [0; WORDS];
        words[..bit / 64].fill(u64::MAX);
        if bit / 64 < WORDS {
            words[bit / 64] = (1 << (bit % 64)) - 1;
        }
        Wide(words)
    }

    fn has(self, bit: usize) -> bool {
        self.0[bit / 64] >> (bit % 64) & 1 == 1
    }

    fn lowest(self) -> usize {
        let at = self.0.iter().position(|word| *word != 0).unwrap_or(0);
        at * 64 + self.0[at].trailing_zeros() as usize
    }

    fn highest(self) -> usize {
        let at = self.0.iter().rposition(|word| *word != 0).unwrap_or(0);
        at * 64 + 63 - (self.0[at] | 1).leading_zeros() as usize
    }

    fn is_single(self) -> bool {
        self.0.iter().map(|word| word.count_ones()).sum::<u32>() == 1
    }

    fn bits(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(at, mut word)| {
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(at * 64 + bit)
            })
        })
    }
}
