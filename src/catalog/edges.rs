//! From which releases a package may enter which others, where its catalog lists them.

use super::RuleId;
use std::ops::Range;

/// The edges between the releases of one package, by the release that is left.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edges {
    /// Where the spans of each release begin, and where those of the last end.
    pub(super) starts: Vec<u32>,
    pub(super) spans: Vec<Span>,
    /// The risks of spans; the first is none.
    pub(super) risks: Vec<Vec<RuleId>>,
}

/// Releases that follow one another and are entered over the same risks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: u32,
    /// Not included.
    pub(super) end: u32,
    pub(super) risks: u32,
}

/// One line of a catalog: the release that is entered, those that are left, and the risks.
#[derive(Clone, Debug)]
pub(super) struct Into {
    pub(super) to: usize,
    pub(super) from: Vec<Range<usize>>,
    pub(super) risks: Vec<RuleId>,
}

impl Edges {
    /// The most spans that are kept: what a catalog's text can say in few lines may be many.
    pub(super) const MAX_SPANS: usize = 2_000_000;
    /// The most edges that are read, each line for itself.
    const MAX_EDGES: usize = 250_000_000;

    /// Turns the lines round, so that they stand with the release that is left; `None` where they are
    /// too many.
    pub(super) fn new(releases: usize, mut lines: Vec<Into>) -> Option<Self> {
        let mut risks: Vec<Vec<RuleId>> = vec![Vec::new()];
        risks.extend(lines.iter().map(|line| line.risks.clone()));
        risks.sort();
        risks.dedup();
        let place = |of: &Vec<RuleId>| risks.binary_search(of).ok();
        lines.sort_by_key(|line| (place(&line.risks), line.to));
        let mut leaving: Vec<Vec<Span>> = vec![Vec::new(); releases];
        let edges = lines
            .iter()
            .flat_map(|line| &line.from)
            .map(ExactSizeIterator::len);
        if edges.sum::<usize>() > Self::MAX_EDGES {
            return None;
        }
        let mut count = 0;
        for line in &lines {
            let set = u32::try_from(place(&line.risks)?).ok()?;
            let to = u32::try_from(line.to).ok()?;
            // Nothing goes down.
            let sources = line.from.iter().cloned().flatten();
            for from in sources.filter(|from| *from < line.to) {
                let spans = leaving.get_mut(from)?;
                match spans.last_mut() {
                    Some(last) if last.risks == set && (last.first..last.end).contains(&to) => {}
                    Some(last) if last.risks == set && last.end == to => last.end += 1,
                    _ => {
                        count += 1;
                        if count > Self::MAX_SPANS {
                            return None;
                        }
                        spans.push(Span {
                            first: to,
                            end: to + 1,
                            risks: set,
                        });
                    }
                }
            }
        }
        let mut edges = Edges {
            starts: Vec::with_capacity(releases + 1),
            spans: Vec::with_capacity(count),
            risks,
        };
        for spans in leaving {
            edges.starts.push(u32::try_from(edges.spans.len()).ok()?);
            edges.spans.extend(spans);
        }
        edges.starts.push(u32::try_from(edges.spans.len()).ok()?);
        Some(edges)
    }

    /// For each release whether the next newer one cannot stand for it: something leads to it and, over
    /// the same risks, not to the next, or it leads where the next does not.
    pub(super) fn parted(&self, releases: usize) -> Vec<bool> {
        let mut parted = vec![false; releases];
        for from in 0..releases {
            for span in self.spans_of(from) {
                // Spans over the same risks do not touch.
                let last = span.end as usize - 1;
                parted[last] = true;
                let next = u32::try_from(from + 1).unwrap_or(u32::MAX);
                let first = span.first + u32::from(span.first == next);
                let mut ahead = self.spans_of(from + 1).iter();
                parted[from] |= first < span.end
                    && !ahead.any(|it| {
                        it.risks == span.risks && it.first <= first && span.end <= it.end
                    });
            }
        }
        parted
    }

    fn spans_of(&self, release: usize) -> &[Span] {
        let bounds = self.starts.get(release).zip(self.starts.get(release + 1));
        let range = bounds.map_or(0..0, |(from, to)| *from as usize..*to as usize);
        &self.spans[range]
    }

    /// The releases that may be entered from one, each run with its risks.
    pub(crate) fn leaving(
        &self,
        release: usize,
    ) -> impl Iterator<Item = (Range<usize>, &[RuleId])> {
        let spans = self.spans_of(release).iter();
        spans.map(|span| {
            let releases = span.first as usize..span.end as usize;
            (releases, self.risks[span.risks as usize].as_slice())
        })
    }
}
