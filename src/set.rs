//! Sets of small numbers, as wide as they have to be.

use std::fmt;

/// A set of small numbers. Up to [`Set::NARROW`] it is one integer; beyond that the rest is kept aside.
#[derive(Default)]
pub(crate) struct Set {
    low: u128,
    /// The numbers from [`Set::NARROW`] on; missing words are empty.
    high: Box<[u64]>,
}

impl Set {
    /// How many values the narrow part has.
    pub(crate) const NARROW: usize = 128;

    /// The empty set, with room for all below a number: filling it makes no more room.
    pub(crate) fn with_room(count: usize) -> Self {
        let words = count.saturating_sub(Self::NARROW).div_ceil(64);
        Set {
            low: 0,
            high: vec![0; words].into_boxed_slice(),
        }
    }

    /// The numbers whose place is among these bits; places ascend.
    pub(crate) fn of_places(places: &[u32], bits: &[u64]) -> Self {
        let mut set = Set::default();
        let mut from = 0;
        let mut at = 0;
        // What a requirement admits mostly stands in one run.
        while let Some((start, end)) = run(bits, at) {
            let below = |place: usize| move |it: &u32| (*it as usize) < place;
            from += places[from..].partition_point(below(start));
            let to = from + places[from..].partition_point(below(end));
            set.insert_range(from, to);
            (from, at) = (to, end);
        }
        set
    }

    /// The numbers of these bits.
    pub(crate) fn of_words(words: &[u64]) -> Self {
        let word = |at: usize| u128::from(words.get(at).copied().unwrap_or(0));
        Set {
            low: word(0) | word(1) << 64,
            high: words.get(2..).unwrap_or_default().into(),
        }
    }

    /// Just this one.
    pub(crate) fn only(bit: usize) -> Self {
        let mut set = Set::default();
        set.insert(bit);
        set
    }

    /// All below a number.
    pub(crate) fn below(count: usize) -> Self {
        let mut set = Set::default();
        set.insert_range(0, count);
        set
    }

    /// The narrow part.
    pub(crate) fn low(&self) -> u128 {
        self.low
    }

    /// The rest, from [`Set::NARROW`] on.
    pub(crate) fn high(&self) -> &[u64] {
        &self.high
    }

    pub(crate) fn has(&self, bit: usize) -> bool {
        if bit < Self::NARROW {
            return self.low >> bit & 1 == 1;
        }
        let at = bit - Self::NARROW;
        self.high
            .get(at / 64)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Makes room up to a number.
    fn widen(&mut self, bit: usize) {
        let words = (bit + 1).saturating_sub(Self::NARROW).div_ceil(64);
        if words > self.high.len() {
            let mut high = std::mem::take(&mut self.high).into_vec();
            high.resize(words, 0);
            self.high = high.into_boxed_slice();
        }
    }

    pub(crate) fn insert(&mut self, bit: usize) {
        if bit < Self::NARROW {
            self.low |= 1 << bit;
            return;
        }
        self.widen(bit);
        let at = bit - Self::NARROW;
        self.high[at / 64] |= 1 << (at % 64);
    }

    /// Adds all from one number up to and without another.
    pub(crate) fn insert_range(&mut self, from: usize, to: usize) {
        if from >= to {
            return;
        }
        self.low |= up_to(to) & !up_to(from);
        if to <= Self::NARROW {
            return;
        }
        self.widen(to - 1);
        let (from, to) = (from.saturating_sub(Self::NARROW), to - Self::NARROW);
        for at in from / 64..to.div_ceil(64) {
            self.high[at] |= word(from.saturating_sub(at * 64), to - at * 64);
        }
    }

    pub(crate) fn remove(&mut self, bit: usize) {
        if bit < Self::NARROW {
            self.low &= !(1 << bit);
        } else if let Some(word) = self.high.get_mut((bit - Self::NARROW) / 64) {
            *word &= !(1 << ((bit - Self::NARROW) % 64));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.low == 0 && self.high.iter().all(|word| *word == 0)
    }

    pub(crate) fn lowest(&self) -> Option<usize> {
        self.bits().next()
    }

    pub(crate) fn highest(&self) -> Option<usize> {
        let word = self.high.iter().rposition(|word| *word != 0);
        match word {
            Some(at) => {
                let top = 63 - self.high[at].leading_zeros() as usize;
                Some(Self::NARROW + at * 64 + top)
            }
            None if self.low == 0 => None,
            None => Some(127 - self.low.leading_zeros() as usize),
        }
    }

    /// Its numbers, ascending.
    pub(crate) fn bits(&self) -> impl Iterator<Item = usize> + '_ {
        let mut low = self.low;
        let low = std::iter::from_fn(move || {
            let bit = (low != 0).then(|| low.trailing_zeros() as usize)?;
            low &= low - 1;
            Some(bit)
        });
        let high = self.high.iter().enumerate().flat_map(|(at, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(Self::NARROW + at * 64 + bit)
            })
        });
        low.chain(high)
    }

    pub(crate) fn and(&self, other: &Set) -> Set {
        let mut set = self.clone();
        set.keep(other);
        set
    }

    pub(crate) fn or(&self, other: &Set) -> Set {
        let mut set = self.clone();
        set.add(other);
        set
    }

    pub(crate) fn without(&self, other: &Set) -> Set {
        let mut set = self.clone();
        set.low &= !other.low;
        for (word, gone) in set.high.iter_mut().zip(&other.high) {
            *word &= !gone;
        }
        set
    }

    /// Keeps what is in both.
    pub(crate) fn keep(&mut self, other: &Set) {
        self.low &= other.low;
        for (at, word) in self.high.iter_mut().enumerate() {
            *word &= other.high.get(at).copied().unwrap_or(0);
        }
    }

    /// Adds what is in the other.
    pub(crate) fn add(&mut self, other: &Set) {
        self.low |= other.low;
        if other.high.is_empty() {
            return;
        }
        self.widen(Self::NARROW + other.high.len() * 64 - 1);
        for (word, more) in self.high.iter_mut().zip(&other.high) {
            *word |= more;
        }
    }

    /// Those above a number.
    pub(crate) fn above(&self, bit: usize) -> Set {
        let mut set = self.clone();
        set.low &= u32::try_from(bit + 1)
            .ok()
            .and_then(|bits| u128::MAX.checked_shl(bits))
            .unwrap_or(0);
        if bit >= Self::NARROW {
            let at = bit - Self::NARROW;
            for (word, bits) in set.high.iter_mut().enumerate() {
                match word.cmp(&(at / 64)) {
                    std::cmp::Ordering::Less => *bits = 0,
                    std::cmp::Ordering::Equal => *bits &= u64::MAX << (at % 64) << 1,
                    std::cmp::Ordering::Greater => {}
                }
            }
        }
        set
    }

    /// Those from one number on, each as much higher or lower as that one is to be.
    #[inline]
    pub(crate) fn moved(&self, from: usize, to: usize) -> Set {
        if self.high.is_empty() && from.max(to) < Self::NARROW {
            let rest = self.low >> from;
            if rest.leading_zeros() as usize >= to {
                return Set {
                    low: rest << to,
                    high: Box::default(),
                };
            }
        }
        let highest = self.highest().and_then(|bit| bit.checked_sub(from));
        let mut set = highest.map_or(Set::default(), |bit| Set::with_room(bit + to + 1));
        for bit in self.bits().filter(|bit| *bit >= from) {
            set.insert(bit - from + to);
        }
        set
    }

    /// Whether some number from one up to and without another is in it.
    pub(crate) fn meets_range(&self, from: usize, to: usize) -> bool {
        if from >= to {
            return false;
        }
        let narrow = self.low & up_to(to) & !up_to(from) != 0;
        let (from, to) = (from.max(Self::NARROW), to.max(Self::NARROW));
        let words = (from - Self::NARROW) / 64..(to - Self::NARROW).div_ceil(64);
        let end = words.end.min(self.high.len());
        narrow
            || (words.start..end).any(|at| {
                let base = Self::NARROW + at * 64;
                self.high[at] & word(from.max(base) - base, to - base) != 0
            })
    }

    /// Whether some number is in both.
    pub(crate) fn meets(&self, other: &Set) -> bool {
        self.low & other.low != 0 || {
            let mut words = self.high.iter().zip(&other.high);
            words.any(|(one, other)| one & other != 0)
        }
    }
}

/// The next run of bits from one on: its first, and the first beyond it.
fn run(bits: &[u64], from: usize) -> Option<(usize, usize)> {
    // The first bit from one on, of the words or of what they leave out.
    let find = |from: usize, flip: u64| {
        let mut at = from / 64;
        let mut word = (bits.get(at)? ^ flip) >> (from % 64) << (from % 64);
        while word == 0 {
            at += 1;
            word = bits.get(at)? ^ flip;
        }
        Some(at * 64 + word.trailing_zeros() as usize)
    };
    let start = find(from, 0)?;
    Some((start, find(start, u64::MAX).unwrap_or(bits.len() * 64)))
}

/// The narrow numbers below one.
fn up_to(bit: usize) -> u128 {
    match bit {
        0 => 0,
        bit => u128::MAX >> (Set::NARROW - bit.min(Set::NARROW)),
    }
}

/// The bits of a word from one up to and without another; the first is below 64.
fn word(from: usize, to: usize) -> u64 {
    let to = to.min(64);
    match from < to {
        true => u64::MAX >> (64 - (to - from)) << from,
        false => 0,
    }
}

impl Clone for Set {
    fn clone(&self) -> Self {
        Set {
            low: self.low,
            // Most sets have no more than the narrow part: no call is made for them.
            high: match self.high.is_empty() {
                true => Box::default(),
                false => self.high.clone(),
            },
        }
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Set) -> bool {
        if self.high.is_empty() && other.high.is_empty() {
            return self.low == other.low;
        }
        let (short, long) = match self.high.len() <= other.high.len() {
            true => (&self.high, &other.high),
            false => (&other.high, &self.high),
        };
        // Word by word: to compare empty slices calls into the C library with an address that is none,
        // which some processors take ages over.
        self.low == other.low
            && short.iter().zip(long.iter()).all(|(a, b)| a == b)
            && long[short.len()..].iter().all(|word| *word == 0)
    }
}

impl Eq for Set {}

impl FromIterator<usize> for Set {
    fn from_iter<T: IntoIterator<Item = usize>>(bits: T) -> Self {
        let mut set = Set::default();
        for bit in bits {
            set.insert(bit);
        }
        set
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.bits()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Set;
    use std::collections::BTreeSet;

    /// Every operation against sets of the standard library, around each border.
    #[test]
    fn does_what_a_set_does() {
        let borders = [0, 1, 2, 63, 64, 126, 127, 128, 129, 191, 192, 193, 300];
        let mut seed: u32 = 7;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize
        };
        for _ in 0..300 {
            let mut draw = |most: usize| -> BTreeSet<usize> {
                let few = random() % 9;
                (0..few)
                    .map(|_| borders[random() % borders.len()])
                    .filter(|it| *it < most)
                    .collect()
            };
            let (one, other) = (draw(400), draw(130));
            let set = |of: &BTreeSet<usize>| of.iter().copied().collect::<Set>();
            let list = |of: &Set| of.bits().collect::<BTreeSet<usize>>();
            let (a, b) = (set(&one), set(&other));
            let places = [0, 0, 5, 62, 63, 64, 65, 129, 192, 192, 300];
            let places: Vec<u32> = places.into_iter().chain(310..450).collect();
            let words = |of: &BTreeSet<usize>| {
                let mut words = [0; 7];
                of.iter().for_each(|it| words[it / 64] |= 1u64 << (it % 64));
                words
            };
            let among = places
                .iter()
                .enumerate()
                .filter(|it| one.contains(&(*it.1 as usize)));
            let among: BTreeSet<usize> = among.map(|it| it.0).collect();
            assert_eq!(list(&Set::of_places(&places, &words(&one))), among);
            assert_eq!(list(&Set::of_words(&words(&one))), one);
            assert_eq!(Set::of_words(&words(&one)).highest(), a.highest());
            let first = one.range(..64).copied().collect();
            assert_eq!(list(&Set::of_words(&words(&one)[..1])), first);
            assert_eq!(list(&a.and(&b)), &one & &other);
            assert_eq!(list(&b.and(&a)), &one & &other);
            assert_eq!(list(&a.or(&b)), &one | &other);
            assert_eq!(list(&b.or(&a)), &one | &other);
            assert_eq!(list(&a.without(&b)), &one - &other);
            assert_eq!(list(&b.without(&a)), &other - &one);
            assert_eq!(a.meets(&b), !one.is_disjoint(&other));
            assert_eq!(a.is_empty(), one.is_empty());
            assert_eq!(a.lowest(), one.first().copied());
            assert_eq!(a.highest(), one.last().copied());
            assert_eq!(a == b, one == other);
            assert_eq!(a.without(&b), set(&(&one - &other)));
            for border in borders {
                let above = one.range(border + 1..).copied().collect();
                assert_eq!(list(&a.above(border)), above);
                assert_eq!(a.has(border), one.contains(&border));
                let mut less = a.clone();
                less.remove(border);
                assert!(!less.has(border));
                for to in borders {
                    let moved = one.range(border..).map(|it| it - border + to).collect();
                    assert_eq!(list(&a.moved(border, to)), moved, "{border} to {to}");
                    let meets = one.range(border.min(to)..to).next().is_some();
                    assert_eq!(a.meets_range(border, to), meets, "{border}..{to}");
                    let mut more = a.clone();
                    more.insert_range(border, to);
                    let all: BTreeSet<usize> = one.iter().copied().chain(border..to).collect();
                    assert_eq!(list(&more), all, "{border}..{to}");
                }
            }
        }
    }
}
