//! Where a target is reached only over risks: the fewest of them.

use super::{Asker, Element};
use crate::catalog::{Moves, Package, RuleId};
use crate::plan::{Cause, Constraint, Fix, FixKind};
use crate::planner::limits::MAX_RISK_SETS;
use crate::planner::problem::{self, Set, Value, Variable};
use crate::planner::session::Session;

impl Asker<'_, '_> {
    /// The cause and the fix where there is a plan once risks are accepted, and nothing else is in
    /// the way.
    pub(super) fn only_over_risks(&self) -> Option<(Cause, Fix)> {
        let heed = self.session.heed().ok()?;
        let holding = heed.rules(self.catalog);
        let all: Vec<RuleId> = holding
            .filter(|(_, rule)| rule.is_risk())
            .map(|(id, _)| id)
            .collect();
        if all.is_empty() || self.end_without(&all).is_none() {
            return None;
        }
        let (fewest, is_minimal) = self.fewest(&all)?;
        let lengths = Asker {
            lengths: true,
            ..*self
        };
        let end = lengths.end_without(&fewest)?;
        let first = self.catalog.rules().get(fewest.first()?.0 as usize)?;
        let package = self.catalog.get(first.package).name().clone();
        let risks = fewest
            .iter()
            .map(|it| self.catalog.rules()[it.0 as usize].id().clone());
        let risks: Vec<_> = risks.collect();
        let cause = Cause {
            constraints: vec![Constraint::Risks {
                package,
                risks: risks.clone(),
            }],
            collisions: vec![None],
            is_minimal,
        };
        let fix = Fix {
            kind: FixKind::Accept { rules: risks },
            steps: end.steps,
        };
        Some((cause, fix))
    }

    fn end_without(&self, risks: &[RuleId]) -> Option<super::End> {
        let elements: Vec<Element> = risks.iter().map(|risk| Element::Rule(*risk)).collect();
        let without: Vec<&Element> = elements.iter().collect();
        self.ask(&without, self.request)
    }

    /// A smallest set of risks with which there is a plan, and whether none smaller is known to have one:
    /// first as if each package were alone, then by what others leave of it.
    fn fewest(&self, all: &[RuleId]) -> Option<(Vec<RuleId>, bool)> {
        let mut what_if = self.session.what_if.clone();
        what_if.ignored.extend(all);
        let session = Session {
            what_if: &what_if,
            ..self.session
        };
        let question = problem::build(session).ok()?;
        let mut together: Vec<RuleId> = Vec::new();
        for variable in &question.variables {
            let package = self.catalog.get(variable.package);
            if package.moves() == Moves::Edges {
                together.extend(fewest_of(package, variable, all).into_iter().flatten());
            }
        }
        together.sort_unstable();
        if !together.is_empty() && self.end_without(&together).is_some() {
            return Some((together, true));
        }
        self.fewest_that_hit(all)
    }

    /// The same by what each plan needs: as long as a set gives no plan, it is made as large as it can be
    /// without giving one, and one of the risks that are left is needed. The next set to be tried is a
    /// smallest one that has one of each of these.
    fn fewest_that_hit(&self, all: &[RuleId]) -> Option<(Vec<RuleId>, bool)> {
        let mut needed: Vec<Vec<RuleId>> = Vec::new();
        loop {
            let set = smallest_hitting(&needed);
            if self.end_without(&set).is_some() {
                return Some((set, true));
            }
            let mut larger = set;
            let mut rest = Vec::new();
            for risk in all {
                if larger.contains(risk) {
                    continue;
                }
                larger.push(*risk);
                if self.end_without(&larger).is_some() {
                    larger.pop();
                    rest.push(*risk);
                }
            }
            // The work is spent: all of them are known to do.
            if self.effort.is_spent() || rest.is_empty() {
                return Some((all.to_vec(), false));
            }
            needed.push(rest);
        }
    }
}

/// The smallest set that has one of each of these, the first of several by their names.
fn smallest_hitting(needed: &[Vec<RuleId>]) -> Vec<RuleId> {
    let mut found: Vec<Vec<RuleId>> = vec![Vec::new()];
    loop {
        found.sort();
        found.dedup();
        let hits = |set: &Vec<RuleId>| {
            needed
                .iter()
                .position(|all| !all.iter().any(|it| set.contains(it)))
        };
        if let Some(set) = found.iter().find(|set| hits(set).is_none()) {
            return set.clone();
        }
        let longer = found.iter().flat_map(|set| {
            let missed = hits(set).map_or(&[][..], |at| &needed[at]);
            missed.iter().map(|risk| {
                let mut longer = set.clone();
                longer.push(*risk);
                longer.sort_unstable();
                longer
            })
        });
        found = longer.collect();
    }
}

/// The smallest set of risks over which a package gets to its target, the first of several by their
/// names; all of them where too many sets would have to be looked at.
fn fewest_of(package: &Package, variable: &Variable, all: &[RuleId]) -> Option<Vec<RuleId>> {
    let graph = Graph::new(package, variable, all);
    let mut work = 0;
    for most in 0..=all.len() {
        match graph.least(most, &mut work) {
            None => return Some(all.to_vec()),
            Some(sets) => {
                let named = |set: &Set| set.bits().map(|at| all[at]).collect::<Vec<RuleId>>();
                if let Some(fewest) = sets.iter().map(named).min() {
                    return Some(fewest);
                }
            }
        }
    }
    None
}

/// The edges between the values of a variable, as far as they lead to its targets.
struct Graph {
    start: usize,
    targets: Set,
    /// For each value those that may follow it, each run with its risks by their places.
    leaving: Vec<Vec<(Set, Set)>>,
}

impl Graph {
    fn new(package: &Package, variable: &Variable, all: &[RuleId]) -> Self {
        let ahead = variable.ahead();
        let targets = match &variable.target {
            Some(target) => target.and(&variable.domain),
            None => variable.domain.clone(),
        };
        let release = |value: &Value| match value {
            Value::Release(at) => Some(*at),
            Value::Installed => {
                let version = variable.version.as_ref()?;
                package.release_index(version)
            }
            Value::Absent | Value::Missing(_) => None,
        };
        let releases: Vec<Option<usize>> = variable.values.iter().map(release).collect();
        // From the end: what leads nowhere is left out.
        let mut alive = targets.clone();
        let mut leaving = vec![Vec::new(); releases.len()];
        for (bit, from) in releases.iter().enumerate().rev() {
            for (entered, risks) in from.iter().flat_map(|from| package.edges.leaving(*from)) {
                let values = releases.iter().enumerate().skip(bit + 1);
                let values = values.filter(|(_, it)| it.is_some_and(|it| entered.contains(&it)));
                let mut values: Set = values.map(|(to, _)| to).collect();
                values.keep(&ahead);
                values.keep(&alive);
                if !values.is_empty() {
                    let risks = risks.iter().filter_map(|risk| all.binary_search(risk).ok());
                    leaving[bit].push((values, risks.collect()));
                }
            }
            if !leaving[bit].is_empty() {
                alive.insert(bit);
            }
        }
        Graph {
            start: variable.first(),
            targets,
            leaving,
        }
    }

    /// The sets of at most so many risks over which a target is reached, none within another; `None`
    /// where that is too much work.
    fn least(&self, most: usize, work: &mut usize) -> Option<Vec<Set>> {
        let mut known: Vec<Vec<Set>> = vec![Vec::new(); self.leaving.len()];
        known[self.start].push(Set::default());
        // Nothing goes down, so each value is complete when its turn comes.
        for from in self.start..self.leaving.len() {
            for set in std::mem::take(&mut known[from]) {
                for (values, risks) in &self.leaving[from] {
                    let over = set.or(risks);
                    if over.bits().count() > most {
                        continue;
                    }
                    for to in values.bits() {
                        *work += 1 + known[to].len();
                        let is_within = |it: &Set| it.without(&over).is_empty();
                        if !known[to].iter().any(is_within) {
                            known[to].retain(|it| !over.without(it).is_empty());
                            known[to].push(over.clone());
                        }
                    }
                }
                if *work > MAX_RISK_SETS {
                    return None;
                }
                if self.targets.has(from) {
                    known[from].push(set);
                }
            }
        }
        let ends = self.targets.bits();
        Some(
            ends.flat_map(|end| std::mem::take(&mut known[end]))
                .collect(),
        )
    }
}
