//! Smallest sets of which a property of sets has.

/// A subset of these of which something has, from which nothing can be taken away, or `None` once
/// there is no answer any more.
///
/// It has to hold of all of them, and of every set that contains one of which it has. What comes
/// first is done without first: the answer is the one that taking away one after another would give,
/// with questions that grow with the answer and not with what it is taken from (QuickXplain, Junker
/// 2004). `holds` answers `None` where it is not known any more; then what is left is the answer, and
/// it may not be the smallest.
pub(super) fn minimize<T: Copy>(
    items: &[T],
    mut holds: impl FnMut(&[T]) -> Option<bool>,
) -> (Vec<T>, bool) {
    let mut search = Search {
        holds: &mut holds,
        kept: Vec::new(),
        is_smallest: true,
    };
    let found = search.within(items, true);
    (found, search.is_smallest)
}

struct Search<'a, T> {
    holds: &'a mut dyn FnMut(&[T]) -> Option<bool>,
    /// What is there besides.
    kept: Vec<T>,
    is_smallest: bool,
}

impl<T: Copy> Search<'_, T> {
    /// Which of these are needed besides what is kept; `ask` where that may be none.
    fn within(&mut self, items: &[T], ask: bool) -> Vec<T> {
        if items.is_empty() {
            return Vec::new();
        }
        if ask && self.is_smallest {
            match (self.holds)(&self.kept) {
                Some(true) => return Vec::new(),
                Some(false) => {}
                None => self.is_smallest = false,
            }
        }
        if items.len() == 1 || !self.is_smallest {
            return items.to_vec();
        }
        let (first, last) = items.split_at(items.len() / 2);
        let before = self.kept.len();
        self.kept.extend(last);
        let mut found = self.within(first, true);
        self.kept.truncate(before);
        self.kept.extend(&found);
        let rest = self.within(last, !found.is_empty());
        self.kept.truncate(before);
        found.extend(rest);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::minimize;

    /// One after another.
    fn plainly(items: &[u32], holds: impl Fn(&[u32]) -> bool) -> Vec<u32> {
        let mut left = items.to_vec();
        let mut at = 0;
        while at < left.len() {
            let item = left.remove(at);
            if !holds(&left) {
                left.insert(at, item);
                at += 1;
            }
        }
        left
    }

    #[test]
    fn it_finds_what_taking_away_one_after_another_finds() {
        let items: Vec<u32> = (0..9).collect();
        let mut seed = 7_u32;
        for _ in 0..2_000 {
            // It holds of what contains one of a few sets.
            let sets: Vec<u32> = (0..3)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    seed >> 16 & 0x1ff
                })
                .collect();
            let holds = |set: &[u32]| {
                let bits = set.iter().fold(0, |bits, it| bits | 1 << it);
                sets.iter().any(|one| bits & one == *one)
            };
            let (found, is_smallest) = minimize(&items, |set| Some(holds(set)));
            assert!(is_smallest);
            assert_eq!(found, plainly(&items, holds), "{sets:?}");
        }
    }

    #[test]
    fn few_of_many_take_few_questions_and_without_answers_all_are_left() {
        let items: Vec<u32> = (0..60_000).collect();
        let mut asked = 0;
        let (found, is_smallest) = minimize(&items, |set| {
            asked += 1;
            Some([17, 44_444].iter().all(|it| set.contains(it)))
        });
        assert_eq!((found, is_smallest), (vec![17, 44_444], true));
        assert!(asked < 80, "{asked}");
        let (found, is_smallest) = minimize(&items, |set| (set.len() > 10).then_some(false));
        assert_eq!((found.len(), is_smallest), (60_000, false));
    }
}
