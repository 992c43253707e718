//! Sets of releases of one package, and of its absence, as bits.
//!
//! Bit 0 is *absent*, bit n + 1 the n-th release in ascending order. A package with up to 63
//! releases needs one word and no allocation, and a set then takes 16 bytes: the search over many
//! packages waits for memory more than for anything else.
//!
//! Invariant: of several words the last is not 0, so equal sets have equal parts.

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
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CandidateSet(Words);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Words {
    One(u64),
    /// Two at least.
    More(Box<[u64]>),
}

impl Default for CandidateSet {
    fn default() -> Self {
        CandidateSet::word(0)
    }
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
        match &mut self.0 {
            Words::One(word) => *word |= 1,
            Words::More(words) => words[0] |= 1,
        }
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
        self.first() & 1 == 1
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.0, Words::One(0))
    }

    /// Its places, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words().iter().enumerate().flat_map(|(at, word)| {
            let word = if at == 0 { word & !1 } else { *word };
            let after = |rest: &u64| Some(rest & rest.wrapping_sub(1)).filter(|rest| *rest != 0);
            std::iter::successors(Some(word).filter(|word| *word != 0), after)
                .map(move |rest| at * WORD + rest.trailing_zeros() as usize - 1)
        })
    }

    /// Bits of any kind.
    #[inline]
    pub(super) fn bits(bits: Range<usize>) -> Self {
        let below = |bit: usize| if bit < WORD { (1 << bit) - 1 } else { u64::MAX };
        if bits.end <= WORD {
            return Self::word(below(bits.end) & !below(bits.start));
        }
        let word = |at: usize| {
            let low = at * WORD;
            below(bits.end.saturating_sub(low)) & !below(bits.start.saturating_sub(low))
        };
        Self::of((0..bits.end.div_ceil(WORD)).map(word).collect())
    }

    #[inline]
    pub(super) fn bit(bit: usize) -> Self {
        Self::bits(bit..bit + 1)
    }

    #[inline]
    pub(super) fn word(word: u64) -> Self {
        CandidateSet(Words::One(word))
    }

    fn of(mut words: Vec<u64>) -> Self {
        while words.len() > 1 && words.last() == Some(&0) {
            words.pop();
        }
        match words[..] {
            [] => Self::word(0),
            [word] => Self::word(word),
            _ => CandidateSet(Words::More(words.into_boxed_slice())),
        }
    }

    #[inline]
    fn words(&self) -> &[u64] {
        match &self.0 {
            Words::One(word) => std::slice::from_ref(word),
            Words::More(words) => words,
        }
    }

    /// The first word; all there is of the sets of most packages.
    #[inline]
    pub(super) fn first(&self) -> u64 {
        match &self.0 {
            Words::One(word) => *word,
            Words::More(words) => words[0],
        }
    }

    pub(super) fn has(&self, bit: usize) -> bool {
        let word = self.words().get(bit / WORD).copied().unwrap_or(0);
        word >> (bit % WORD) & 1 == 1
    }

    #[inline]
    pub(super) fn and(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Words::More(one), Words::More(other)) => {
                Self::of(one.iter().zip(other).map(|(a, b)| a & b).collect())
            }
            _ => Self::word(self.first() & other.first()),
        }
    }

    #[inline]
    pub(super) fn or(&self, other: &Self) -> Self {
        if let (Words::One(one), Words::One(other)) = (&self.0, &other.0) {
            return Self::word(one | other);
        }
        let (one, other) = (self.words(), other.words());
        let (long, short) = if one.len() < other.len() {
            (other, one)
        } else {
            (one, other)
        };
        let mut words = long.to_vec();
        for (word, more) in words.iter_mut().zip(short) {
            *word |= more;
        }
        Self::of(words)
    }

    #[inline]
    pub(super) fn without(&self, other: &Self) -> Self {
        let Words::More(words) = &self.0 else {
            return Self::word(self.first() & !other.first());
        };
        let mut words = words.to_vec();
        for (word, less) in words.iter_mut().zip(other.words()) {
            *word &= !less;
        }
        Self::of(words)
    }

    #[inline]
    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Words::More(one), Words::More(other)) => {
                one.iter().zip(other).all(|(a, b)| a & b == 0)
            }
            _ => self.first() & other.first() == 0,
        }
    }

    #[inline]
    pub(super) fn is_subset(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Words::One(word), _) => word & !other.first() == 0,
            // The last word has bits that the other has no word for.
            (Words::More(_), Words::One(_)) => false,
            (Words::More(one), Words::More(other)) => {
                one.len() <= other.len() && one.iter().zip(other).all(|(a, b)| a & !b == 0)
            }
        }
    }

    /// Whether exactly one bit is in it.
    #[inline]
    pub(super) fn is_single(&self) -> bool {
        match &self.0 {
            Words::One(word) => word.is_power_of_two(),
            Words::More(words) => words.iter().map(|word| word.count_ones()).sum::<u32>() == 1,
        }
    }

    #[inline]
    pub(super) fn highest(&self) -> Option<usize> {
        let words = self.words();
        let top = words.last()?.checked_ilog2()?;
        Some((words.len() - 1) * WORD + top as usize)
    }
}

impl FromIterator<usize> for CandidateSet {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        let (mut first, mut words): (u64, Vec<u64>) = (0, Vec::new());
        for place in places {
            let (at, bit) = ((place + 1) / WORD, (place + 1) % WORD);
            if at == 0 {
                first |= 1 << bit;
                continue;
            }
            if words.len() <= at {
                words.resize(at + 1, 0);
            }
            words[at] |= 1 << bit;
        }
        match words.first_mut() {
            None => Self::word(first),
            Some(word) => {
                *word = first;
                Self::of(words)
            }
        }
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
    fn a_set_takes_two_words() {
        assert_eq!(size_of::<CandidateSet>(), 16);
    }

    #[test]
    fn a_set_shows_its_places() {
        let set = CandidateSet::only(3).and_absent();
        assert_eq!(format!("{set:?}"), "absent or {3}");
        assert_eq!(CandidateSet::range(1..3), [2, 1].into_iter().collect());
        assert_eq!(CandidateSet::none().iter().next(), None);
    }
}
