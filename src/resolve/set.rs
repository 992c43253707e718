//! Sets of releases of one package, and of its absence, as bits.
//!
//! Bit 0 is *absent*, bit n + 1 the n-th release in ascending order. A package with up to 63
//! releases needs one word and no allocation.
//!
//! Invariant: the last of the further words is not 0, so equal sets have equal parts.

use std::fmt;
use std::ops::Range;

const WORD: usize = 64;

/// Some of the releases of a package, by their places in ascending order; and whether it may be
/// absent.
///
/// ```
/// use rungs::resolve::CandidateSet;
/// let set = CandidateSet::range(2..70).and_absent();
/// assert!(set.contains(2) && !set.contains(70) && set.has_absent());
/// assert_eq!(set.iter().count(), 68);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct CandidateSet {
    first: u64,
    rest: Box<[u64]>,
}

impl CandidateSet {
    /// No release, and not absent.
    #[must_use]
    pub fn none() -> Self {
        CandidateSet::default()
    }

    /// These places.
    #[must_use]
    pub fn range(places: Range<usize>) -> Self {
        Self::bits(places.start + 1..places.end + 1)
    }

    /// One place.
    #[must_use]
    pub fn only(place: usize) -> Self {
        Self::range(place..place + 1)
    }

    /// The same, and absent.
    ///
    /// ```
    /// use rungs::resolve::CandidateSet;
    /// let set = CandidateSet::only(3).and_absent();
    /// assert!(set.has_absent() && set.contains(3) && !set.contains(2));
    /// ```
    #[must_use]
    pub fn and_absent(mut self) -> Self {
        self.first |= 1;
        self
    }

    /// Whether a place is in it.
    #[must_use]
    pub fn contains(&self, place: usize) -> bool {
        self.has(place + 1)
    }

    /// Whether the package may be absent.
    #[must_use]
    pub fn has_absent(&self) -> bool {
        self.first & 1 == 1
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first == 0 && self.rest.is_empty()
    }

    /// Its places, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let words = std::iter::once(&self.first).chain(&self.rest);
        words.enumerate().flat_map(|(at, word)| {
            let word = if at == 0 { word & !1 } else { *word };
            let after = |rest: &u64| Some(rest & rest.wrapping_sub(1)).filter(|rest| *rest != 0);
            std::iter::successors(Some(word).filter(|word| *word != 0), after)
                .map(move |rest| at * WORD + rest.trailing_zeros() as usize - 1)
        })
    }

    /// Bits of any kind.
    pub(super) fn bits(bits: Range<usize>) -> Self {
        let words = bits.end.div_ceil(WORD);
        let word = |at: usize| {
            let (low, high) = (at * WORD, (at + 1) * WORD);
            let (from, to) = (bits.start.max(low), bits.end.min(high));
            if from >= to {
                return 0;
            }
            let below = |bit: usize| {
                if bit == WORD {
                    u64::MAX
                } else {
                    (1 << bit) - 1
                }
            };
            below(to - low) & !below(from - low)
        };
        Self::of(word(0), (1..words).map(word).collect())
    }

    pub(super) fn bit(bit: usize) -> Self {
        Self::bits(bit..bit + 1)
    }

    fn of(first: u64, mut rest: Vec<u64>) -> Self {
        while rest.last() == Some(&0) {
            rest.pop();
        }
        CandidateSet {
            first,
            rest: rest.into_boxed_slice(),
        }
    }

    pub(super) fn has(&self, bit: usize) -> bool {
        let word = match bit / WORD {
            0 => self.first,
            at => self.rest.get(at - 1).copied().unwrap_or(0),
        };
        word >> (bit % WORD) & 1 == 1
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        let pairs = self.rest.iter().zip(&other.rest);
        if self.rest.is_empty() || other.rest.is_empty() {
            return Self::of(self.first & other.first, Vec::new());
        }
        Self::of(
            self.first & other.first,
            pairs.map(|(a, b)| a & b).collect(),
        )
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        if self.rest.is_empty() && other.rest.is_empty() {
            return Self::of(self.first | other.first, Vec::new());
        }
        let (long, short) = if self.rest.len() < other.rest.len() {
            (other, self)
        } else {
            (self, other)
        };
        let mut rest = long.rest.to_vec();
        for (word, more) in rest.iter_mut().zip(&short.rest) {
            *word |= more;
        }
        Self::of(long.first | short.first, rest)
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        let first = self.first & !other.first;
        if self.rest.is_empty() {
            return Self::of(first, Vec::new());
        }
        let mut rest = self.rest.to_vec();
        for (word, less) in rest.iter_mut().zip(&other.rest) {
            *word &= !less;
        }
        Self::of(first, rest)
    }

    #[inline]
    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        self.first & other.first == 0 && self.rest.iter().zip(&other.rest).all(|(a, b)| a & b == 0)
    }

    #[inline]
    pub(super) fn is_subset(&self, other: &Self) -> bool {
        if self.first & !other.first != 0 {
            return false;
        }
        let more = |at: usize| other.rest.get(at).copied().unwrap_or(0);
        self.rest
            .iter()
            .enumerate()
            .all(|(at, word)| word & !more(at) == 0)
    }

    /// Whether exactly one bit is in it.
    #[inline]
    pub(super) fn is_single(&self) -> bool {
        if self.rest.is_empty() {
            return self.first.is_power_of_two();
        }
        let ones: u32 = self.rest.iter().map(|word| word.count_ones()).sum();
        ones + self.first.count_ones() == 1
    }

    pub(super) fn highest(&self) -> Option<usize> {
        let top = |word: u64| WORD - 1 - word.leading_zeros() as usize;
        match self.rest.last() {
            Some(word) => Some(self.rest.len() * WORD + top(*word)),
            None if self.first == 0 => None,
            None => Some(top(self.first)),
        }
    }
}

impl FromIterator<usize> for CandidateSet {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        let (mut first, mut rest): (u64, Vec<u64>) = (0, Vec::new());
        for place in places {
            let (at, bit) = ((place + 1) / WORD, (place + 1) % WORD);
            if at == 0 {
                first |= 1 << bit;
            } else {
                if rest.len() < at {
                    rest.resize(at, 0);
                }
                rest[at - 1] |= 1 << bit;
            }
        }
        Self::of(first, rest)
    }
}

impl fmt::Debug for CandidateSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.has_absent() {
            f.write_str("absent or ")?;
        }
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every operation against sets of numbers, across the border between words.
    #[test]
    fn operations_are_those_of_sets() {
        let ranges = [
            0..0,
            0..1,
            0..3,
            1..64,
            2..65,
            60..70,
            63..64,
            64..65,
            100..200,
            0..300,
        ];
        for one in &ranges {
            for other in &ranges {
                let (a, b) = (
                    CandidateSet::bits(one.clone()),
                    CandidateSet::bits(other.clone()),
                );
                let left: BTreeSet<usize> = one.clone().collect();
                let right: BTreeSet<usize> = other.clone().collect();
                let same = |set: &CandidateSet, want: BTreeSet<usize>| {
                    let bits: BTreeSet<usize> = (0..320).filter(|bit| set.has(*bit)).collect();
                    assert_eq!(bits, want, "{one:?} {other:?}");
                    assert_eq!(set.highest(), want.last().copied());
                    assert_eq!(set.is_single(), want.len() == 1);
                    assert_eq!(set.is_empty(), want.is_empty());
                    let places: Vec<usize> = want
                        .iter()
                        .filter(|bit| **bit > 0)
                        .map(|bit| bit - 1)
                        .collect();
                    assert_eq!(set.iter().collect::<Vec<_>>(), places);
                    let again: CandidateSet = places.into_iter().collect();
                    let again = if want.contains(&0) {
                        again.and_absent()
                    } else {
                        again
                    };
                    assert_eq!(*set, again);
                };
                same(&a.and(&b), &left & &right);
                same(&a.or(&b), &left | &right);
                same(&a.without(&b), &left - &right);
                assert_eq!(a.is_disjoint(&b), left.is_disjoint(&right));
                assert_eq!(a.is_subset(&b), left.is_subset(&right));
            }
        }
    }

    #[test]
    fn a_set_shows_its_places() {
        let set = CandidateSet::only(3).and_absent();
        assert_eq!(format!("{set:?}"), "absent or {3}");
        assert_eq!(CandidateSet::range(1..3), [2, 1].into_iter().collect());
        assert_eq!(CandidateSet::none().iter().next(), None);
    }
}
