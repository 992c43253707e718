//! Which values of a variable may follow which: lines, edges, gates and bridges.

use super::build::Builder;
use super::next::{Groups, Newer, Next, Runs};
use super::{Admitting, Gated, Set, Value};
use crate::catalog::{GateFrom, Moves, Need, Package, PackageId, Release, Role};
use crate::rules::{self, Gate, Gates};
use std::sync::Arc;

/// What is between the lines of one package.
struct Ladder<'a> {
    /// For each line, whether a release of it may be stood upon, where that is not what the catalog says.
    rungs: Option<Vec<bool>>,
    gates: Gates<'a>,
    /// Lines, and those that bridges lead to from them.
    bridges: Vec<(usize, &'a [usize])>,
    /// The values on each line.
    values: Vec<Set>,
}

impl<'a> Builder<'a> {
    /// Fills in what may follow each value of a variable.
    pub(super) fn transitions(&mut self, at: usize) {
        let (catalog, id) = (self.catalog, self.variables[at].package);
        let package = catalog.get(id);
        // Gates speak about followers too; catalogs have none on runtimes.
        let any_line = match (package.moves(), package.role()) {
            (Moves::Any, _) | (Moves::Lines, Role::Follower | Role::Lazy) => true,
            (Moves::Lines, Role::Runtime) => !package.one_line_at_a_time,
            (Moves::Lines, Role::Stepped) | (Moves::Edges, _) => false,
        };
        let gates = Gates::new(catalog, &self.heed, id);
        if any_line && gates.is_empty() {
            return;
        }
        // Edges lead upwards only.
        let edges = match package.moves() {
            Moves::Edges => self.along_edges(package, at),
            Moves::Lines | Moves::Any => Runs::default(),
        };
        if package.moves() == Moves::Edges && gates.is_empty() {
            self.variables[at].next = Next::Edges(edges);
            return;
        }
        let ladder = self.ladder(gates, id, package, at);
        let ahead = self.variables[at].ahead();
        let count = self.variables[at].values.len();
        let mut groups = Groups::with_room(count);
        groups.push(ahead.clone(), None);
        // The newer releases of a line.
        let mut of_line: Option<(usize, Newer)> = None;
        let mut admitting = Vec::new();
        let tells = ladder.gates.sets();
        let tells: Vec<Set> = tells.map(|it| self.admitted(it).clone()).collect();
        let by_edges = package.moves() == Moves::Edges;
        for bit in 1..count {
            let lines = &self.variables[at].lines;
            let here = lines[bit];
            // What no gate tells apart from the one before on its line goes where that goes.
            let is_same = |set: &Set| set.has(bit) == set.has(bit - 1);
            let is_beside = !by_edges && bit > 1 && here.is_some() && lines[bit - 1] == here;
            let joins = is_beside && tells.iter().all(is_same);
            if joins && cfg!(not(debug_assertions)) {
                groups.join();
                continue;
            }
            let mut next = match package.moves() {
                Moves::Edges => edges.set(bit),
                Moves::Lines if !any_line => self.lines_after(package, &ladder, at, bit),
                Moves::Lines | Moves::Any => ahead.clone(),
            };
            next.keep(&ahead);
            let gated = self.gated(&ladder, bit, here, &mut next);
            if joins {
                // Debug builds see that it does.
                assert!(
                    groups.ends_with(&next, &gated),
                    "{at}: {bit} goes elsewhere"
                );
                groups.join();
                continue;
            }
            let gated = match here {
                _ if gated.is_empty() => None,
                Some(line) => {
                    let newer = match of_line.take() {
                        Some((known, newer)) if known == line => newer,
                        _ => self.newer(package, line, &mut admitting),
                    };
                    of_line = Some((line, newer.clone()));
                    Some(Gated { next: gated, newer })
                }
                // A line that the catalog does not have has no newest release.
                None => {
                    next.add(&gated);
                    None
                }
            };
            groups.push(next, gated);
        }
        self.variables[at].next = Next::Groups(groups);
    }

    /// Takes out of what might follow a value what gates shut, and answers with what they open only
    /// from the newest release of a line.
    fn gated(
        &mut self,
        ladder: &Ladder<'_>,
        bit: usize,
        here: Option<usize>,
        next: &mut Set,
    ) -> Set {
        let mut gated = Set::default();
        for gate in ladder.gates.versions() {
            if self.admitted(gate.enters).has(bit) {
                continue;
            }
            let values = next.or(&gated).and(self.admitted(gate.enters));
            if !values.is_empty() {
                let gate = std::iter::once((gate.rule, gate.from));
                self.behind(gate, bit, values, next, &mut gated);
            }
        }
        if ladder.gates.is_empty_of_lines() {
            return gated;
        }
        let mut unnamed = next.or(&gated);
        if let Some(values) = here.and_then(|line| ladder.values.get(line)) {
            unnamed = unnamed.without(values);
        }
        for line in ladder.gates.lines() {
            if unnamed.meets(&ladder.values[*line]) {
                let values = unnamed.and(&ladder.values[*line]);
                unnamed = unnamed.without(&values);
                let gates = ladder.gates.before(Some(*line));
                self.behind(gates, bit, values, next, &mut gated);
            }
        }
        if !unnamed.is_empty() {
            self.behind(ladder.gates.before(None), bit, unnamed, next, &mut gated);
        }
        gated
    }

    /// What some gates let through of values behind them.
    fn behind<'g>(
        &mut self,
        gates: impl Iterator<Item = Gate<'g>>,
        bit: usize,
        values: Set,
        next: &mut Set,
        gated: &mut Set,
    ) {
        let mut if_newest = false;
        for (_, gate) in gates {
            match gate {
                GateFrom::NewestOfLine => if_newest = true,
                GateFrom::Meets { set, .. } => {
                    if !self.admitted(*set).has(bit) {
                        *next = next.without(&values);
                        // What another gate opens from the newest release stays shut all the same.
                        *gated = gated.without(&values);
                        return;
                    }
                }
            }
        }
        if if_newest {
            *next = next.without(&values);
            gated.add(&values);
        }
    }

    /// For each value, the values that edges lead to and that may be entered.
    fn along_edges(&self, package: &Package, at: usize) -> Runs {
        let variable = &self.variables[at];
        let count = variable.values.len();
        let (releases, ahead) = (package.releases.len(), variable.ahead());
        // For each release, and one beyond, the first value that is not below it.
        let mut first = Vec::with_capacity(releases + 1);
        // For each value the release that it is, if the catalog has it.
        let mut own = vec![None; count];
        for (bit, own) in own.iter_mut().enumerate().skip(1) {
            *own = match variable.values[bit] {
                Value::Release(release) => Some(release),
                _ => {
                    let version = self.version(at, bit);
                    version.and_then(|version| package.release_index(version))
                }
            };
            let below = match *own {
                Some(release) => release + 1,
                None => variable.passed(bit),
            };
            first.resize(below.max(first.len()), bit);
        }
        first.resize(releases + 1, count);
        // For each value the first from it on that may not be entered.
        let mut shut = vec![count; count + 1];
        for bit in (0..count).rev() {
            shut[bit] = match ahead.has(bit) {
                true => shut[bit + 1],
                false => bit,
            };
        }
        let mut runs = Runs::with_room(count);
        let add = |runs: &mut Runs, mut from: usize, to: usize| {
            while from < to {
                let end = shut[from].min(to);
                runs.push(from, end);
                from = end + 1;
            }
        };
        // What joins may join anywhere.
        add(&mut runs, 0, count);
        runs.end();
        for own in &own[1..] {
            let entered = own.map(|it| rules::edges(package, &self.heed, it));
            for entered in entered.into_iter().flatten() {
                add(&mut runs, first[entered.start], first[entered.end]);
            }
            runs.end();
        }
        runs
    }

    fn ladder(&self, gates: Gates<'a>, id: PackageId, package: &Package, at: usize) -> Ladder<'a> {
        // What is asked may leave lines out, or open them.
        let rungs = self.variables[at].candidates().is_none().then(|| {
            let mut rungs = vec![false; package.lines.len()];
            for release in &package.releases {
                rungs[release.line] = rungs[release.line] || self.is_fit(release);
            }
            rungs
        });
        let mut values = vec![Set::default(); package.lines.len()];
        for (bit, line) in self.variables[at].lines.iter().enumerate() {
            if let Some(line) = line {
                values[*line].insert(bit);
            }
        }
        Ladder {
            rungs,
            gates,
            bridges: rules::bridges(self.catalog, &self.heed, id).collect(),
            values,
        }
    }

    /// The values of a line, of the next rung above it, and of the lines that bridges lead to.
    fn lines_after(&self, package: &Package, ladder: &Ladder<'_>, at: usize, bit: usize) -> Set {
        let here = self.variables[at].lines[bit];
        let first = match here {
            Some(line) => line + 1,
            None => {
                let above = self.variables[at].passed(bit);
                let line = package.releases.get(above).map(|release| release.line);
                line.unwrap_or(package.lines.len())
            }
        };
        let is_rung = |line: &usize| match &ladder.rungs {
            Some(rungs) => rungs[*line],
            None => package.lines[*line].is_rung,
        };
        let mut values = Set::default();
        for line in here
            .into_iter()
            .chain((first..package.lines.len()).find(is_rung))
        {
            values.add(&ladder.values[line]);
        }
        for (_, to) in ladder.bridges.iter().filter(|it| Some(it.0) == here) {
            to.iter().for_each(|line| values.add(&ladder.values[*line]));
        }
        values
    }

    /// For each kind of runtime requirement in a line the newest fit release that has it, and the values of
    /// runtimes that would admit it. What is known of other lines is used again.
    fn newer(&mut self, package: &Package, line: usize, known: &mut Vec<Admitting>) -> Newer {
        let mut newer: Vec<(usize, Admitting)> = Vec::new();
        // Releases ascend, and so do their lines.
        let releases: &[Release] = &package.releases;
        let start = releases.partition_point(|it| it.line < line);
        let end = start + releases[start..].partition_point(|it| it.line == line);
        // What the newer release needs, as it is shared.
        let mut shared: Option<&Arc<[Need]>> = None;
        let mut runtimes: Vec<(usize, Set)> = Vec::new();
        for number in (start..end).rev() {
            let release = &releases[number];
            if shared.is_some_and(|it| Arc::ptr_eq(it, &release.needs)) || !self.is_fit(release) {
                continue;
            }
            shared = Some(&release.needs);
            runtimes.clear();
            for need in release.needs.iter().filter(|need| need.rule.is_none()) {
                let Some(on) = self.at[need.on.index()] else {
                    continue;
                };
                let variable = &self.variables[on];
                if variable.role == Role::Runtime && !variable.is_floating() {
                    runtimes.push((on, self.admitted(need.set).clone()));
                }
            }
            if newer.iter().any(|(_, known)| **known == *runtimes) {
                continue;
            }
            let same = known.iter().find(|it| ***it == *runtimes).cloned();
            let admitting = same.unwrap_or_else(|| {
                let fresh: Admitting = runtimes.as_slice().into();
                known.push(fresh.clone());
                fresh
            });
            newer.push((number, admitting));
        }
        newer.into()
    }
}
