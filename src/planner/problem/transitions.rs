//! Which values of a variable may follow which: lines, gates and bridges.

use super::build::Builder;
use super::{ABSENT, Gated, Mask, Value, above};
use crate::catalog::{GateFrom, Package, PackageId, Role};
use crate::rules::{self, Gates};

/// A newer release of a line, and the values of each runtime that would admit it.
type Newer = (usize, Vec<(usize, Mask)>);

/// What is between the lines of one package.
struct Ladder<'a> {
    /// For each line, whether a release of it may be stood upon.
    rungs: Vec<bool>,
    gates: Gates<'a>,
    /// Lines, and those that bridges lead to from them.
    bridges: Vec<(usize, &'a [usize])>,
}

impl<'a> Builder<'a> {
    /// Fills in what may follow each value of a variable.
    pub(super) fn transitions(&mut self, at: usize) {
        let (catalog, id) = (self.catalog, self.variables[at].package);
        let package = catalog.get(id);
        // Gates speak about followers too; catalogs have none on runtimes.
        let any_line = match package.role() {
            Role::Follower => true,
            Role::Runtime => !package.one_line_at_a_time,
            Role::Stepped => false,
        };
        let count = self.variables[at].values.len();
        let enter = self.variables[at].enter & self.variables[at].domain;
        let absent = if self.variables[at].optional {
            ABSENT
        } else {
            0
        };
        self.variables[at].next[0] = enter | absent;
        let ladder = self.ladder(id, package);
        if any_line && ladder.gates.is_empty() {
            self.variables[at].is_free = true;
            for bit in 1..count {
                self.variables[at].next[bit] = enter & above(bit) | 1 << bit | absent;
            }
            return;
        }
        let mut newer: Option<(usize, Vec<Newer>)> = None;
        for bit in 1..count {
            let here = self.variables[at].lines[bit];
            let lines = if any_line {
                Vec::new()
            } else {
                self.lines_after(package, &ladder, at, bit)
            };
            let mut next = 1 << bit | absent;
            let mut gated: Mask = 0;
            let mut rest = enter & above(bit);
            while rest != 0 {
                let to = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                let Some(line) = self.variables[at].lines[to] else {
                    continue;
                };
                if Some(line) == here {
                    next |= 1 << to;
                } else if any_line || lines.contains(&line) {
                    let mut open = true;
                    let mut if_newest = false;
                    for (_, gate) in ladder.gates.before(Some(line)) {
                        match gate {
                            GateFrom::NewestOfLine => if_newest = true,
                            GateFrom::Meets { set, .. } => open &= self.mask(*set) >> bit & 1 == 1,
                        }
                    }
                    match (open, if_newest) {
                        (false, _) => {}
                        (true, false) => next |= 1 << to,
                        (true, true) => gated |= 1 << to,
                    }
                }
            }
            self.variables[at].next[bit] = next;
            if let (true, Some(line)) = (gated != 0, here) {
                let known = match newer.take() {
                    Some(known) if known.0 == line => known.1,
                    _ => self.newer(package, line),
                };
                let own = self.release_at(package, at, bit);
                let ahead = known.iter().filter(|(release, _)| *release >= own);
                self.variables[at].gated[bit] = Gated {
                    next: gated,
                    newer: ahead.map(|(_, runtimes)| runtimes.clone()).collect(),
                };
                newer = Some((line, known));
            } else if gated != 0 {
                // A line that the catalog does not have has no newest release.
                self.variables[at].next[bit] |= gated;
            }
        }
    }

    fn ladder(&self, id: PackageId, package: &Package) -> Ladder<'a> {
        let mut rungs = vec![false; package.lines.len()];
        for release in &package.releases {
            rungs[release.line] |= self.is_fit(release);
        }
        Ladder {
            rungs,
            gates: Gates::new(self.catalog, &self.heed, id),
            bridges: rules::bridges(self.catalog, id).collect(),
        }
    }

    /// The next rung above a value, and the lines that bridges lead to.
    fn lines_after(
        &self,
        package: &Package,
        ladder: &Ladder<'_>,
        at: usize,
        bit: usize,
    ) -> Vec<usize> {
        let here = self.variables[at].lines[bit];
        let first = match here {
            Some(line) => line + 1,
            None => {
                let above = self.release_at(package, at, bit);
                let line = package.releases.get(above).map(|release| release.line);
                line.unwrap_or(package.lines.len())
            }
        };
        let rung = (first..package.lines.len()).find(|line| ladder.rungs[*line]);
        let bridges = ladder
            .bridges
            .iter()
            .filter(|(from, _)| Some(*from) == here);
        rung.into_iter()
            .chain(bridges.flat_map(|(_, to)| to.iter().copied()))
            .collect()
    }

    /// The number of releases up to and with a value's version: the first newer one.
    fn release_at(&self, package: &Package, at: usize, bit: usize) -> usize {
        match self.variables[at].values[bit] {
            Value::Release(release) => release + 1,
            _ => self.version(at, bit).map_or(0, |version| {
                package
                    .releases
                    .partition_point(|release| release.version <= *version)
            }),
        }
    }

    /// For each kind of runtime requirement in a line the newest fit release that has it.
    fn newer(&mut self, package: &Package, line: usize) -> Vec<Newer> {
        let mut newer: Vec<Newer> = Vec::new();
        for (number, release) in package.releases.iter().enumerate().rev() {
            if release.line != line || !self.is_fit(release) {
                continue;
            }
            let mut runtimes = Vec::new();
            for need in release.needs.iter().filter(|need| need.rule.is_none()) {
                let Some(on) = self.at[need.on.index()] else {
                    continue;
                };
                let variable = &self.variables[on];
                if variable.role == Role::Runtime && !variable.is_floating() {
                    runtimes.push((on, self.mask(need.set)));
                }
            }
            if !newer.iter().any(|(_, known)| *known == runtimes) {
                newer.push((number, runtimes));
            }
        }
        newer
    }
}
