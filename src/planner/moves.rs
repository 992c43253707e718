//! Which values of a variable may follow which: lines, gates and bridges.

use super::problem::{ABSENT, Builder, Gated, Mask, above};
use crate::catalog::{GateFrom, PackageId, Role, RuleId, RuleKind};

enum Gate {
    Open,
    Shut,
    IfNewest,
}

impl Builder<'_> {
    /// Fills in what may follow each value of a variable.
    pub(super) fn moves(&mut self, at: usize) {
        let id = self.variables[at].package;
        let package = self.catalog.get(id);
        // Gates speak about followers too; catalogs have none on runtimes.
        let any_line = match package.role() {
            Role::Follower => true,
            Role::Runtime => !package.one_line_at_a_time,
            Role::Stepped => false,
        };
        let has_gates = self
            .catalog
            .rules()
            .iter()
            .any(|rule| rule.package == id && matches!(rule.kind, RuleKind::Gate { .. }));
        let count = self.variables[at].values.len();
        let enter = self.variables[at].enter & self.variables[at].domain;
        let absent = if self.variables[at].optional {
            ABSENT
        } else {
            0
        };
        self.variables[at].next[0] = enter | absent;
        for bit in 1..count {
            let higher = enter & above(bit);
            let mut next = (1 << bit) | absent;
            let mut gated: Mask = 0;
            if any_line && !has_gates {
                next |= higher;
            } else {
                let here = self.variables[at].lines[bit];
                let lines = self.lines_after(id, at, bit);
                for to in bit + 1..count {
                    let line = self.variables[at].lines[to];
                    if higher >> to & 1 == 0 {
                        continue;
                    }
                    if line == here {
                        next |= 1 << to;
                    } else if any_line || line.is_some_and(|line| lines.contains(&line)) {
                        match self.gate(id, at, bit, line) {
                            Gate::Open => next |= 1 << to,
                            Gate::Shut => {}
                            Gate::IfNewest => gated |= 1 << to,
                        }
                    }
                }
            }
            self.variables[at].next[bit] = next;
            if gated != 0 {
                let newer = self.newer(id, at, bit);
                self.variables[at].gated[bit] = Gated { next: gated, newer };
            }
        }
    }

    /// The next rung above a value, and the lines that bridges lead to.
    fn lines_after(&self, id: PackageId, at: usize, bit: usize) -> Vec<usize> {
        let package = self.catalog.get(id);
        let here = self.variables[at].lines[bit];
        let Some(version) = self.version(at, bit) else {
            return Vec::new();
        };
        let above = package
            .releases
            .partition_point(|release| release.version <= *version);
        let rung = package.releases[above..]
            .iter()
            .filter(|release| Some(release.line) != here)
            .find(|release| release.is_enterable() && !self.request.is_too_young(release.date()))
            .map(|release| release.line);
        let bridges = self
            .catalog
            .rules()
            .iter()
            .filter_map(|rule| match &rule.kind {
                RuleKind::Bridge { from, to } if rule.package == id && Some(*from) == here => {
                    Some(to)
                }
                _ => None,
            })
            .flatten()
            .copied();
        rung.into_iter().chain(bridges).collect()
    }

    /// What the gates say of leaving a value for a line; a gate that names the line replaces the
    /// general ones, also when it is accepted.
    fn gate(&self, id: PackageId, at: usize, bit: usize, enter: Option<usize>) -> Gate {
        let Some(version) = self.version(at, bit) else {
            return Gate::Shut;
        };
        let gates = |named: bool| {
            let rules = self.catalog.rules().iter().enumerate();
            rules.filter_map(move |(number, rule)| match &rule.kind {
                RuleKind::Gate { enter: line, from }
                    if rule.package == id
                        && line.is_some() == named
                        && (!named || *line == enter) =>
                {
                    let rule = RuleId(u32::try_from(number).unwrap_or(u32::MAX));
                    Some((self.accepted.contains(&rule), from))
                }
                _ => None,
            })
        };
        let named = gates(true).next().is_some();
        let mut answer = Gate::Open;
        for (_, gate) in gates(named).filter(|(accepted, _)| !accepted) {
            match gate {
                GateFrom::NewestOfLine => answer = Gate::IfNewest,
                GateFrom::Meets { requirement, .. } => {
                    if !requirement.matches(version) {
                        return Gate::Shut;
                    }
                }
            }
        }
        answer
    }

    /// For each newer fit release of the value's line: the runtimes that would admit it.
    fn newer(&mut self, id: PackageId, at: usize, bit: usize) -> Vec<Vec<(usize, Mask)>> {
        let (catalog, request) = (self.catalog, self.request);
        let package = catalog.get(id);
        let here = self.variables[at].lines[bit];
        let Some(version) = self.version(at, bit) else {
            return Vec::new();
        };
        let above = package
            .releases
            .partition_point(|release| release.version <= *version);
        let mut newer: Vec<Vec<(usize, Mask)>> = Vec::new();
        let ahead = package.releases[above..]
            .iter()
            .take_while(|release| Some(release.line) == here)
            .filter(|release| release.is_enterable() && !request.is_too_young(release.date()));
        for release in ahead {
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
            if !newer.contains(&runtimes) {
                newer.push(runtimes);
            }
        }
        newer
    }
}
