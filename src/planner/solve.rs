//! The shortest plan: one length after another, with repair and an index where they take part.
//!
//! Why the answer is right: a plan of k steps can always be stretched to k + 1 (the last state may
//! stand still), so the first length that has a plan is the shortest, and a length at which even
//! propagation leaves nothing rules out all shorter ones too.

use super::breaches::breaches;
use super::gems::OutsideVersions;
use super::limits::{LINE_WORK, MAX_NOGOODS, MAX_WORK};
use super::outside::Verdict;
use super::problem::{self, Problem, Set, Variable};
use super::search::{self, Shortest, States, Work};
use super::session::Session;
use crate::catalog::{Catalog, Role};
use crate::error::Result;
use crate::plan::{Breach, PlanWarning};

impl<'a> Session<'a, '_> {
    /// The best plan with a first step of repair, if there is one: fewest packages down, then as
    /// without.
    ///
    /// Only for what Bundler itself makes: a state that breaks rules, and no requirement of a
    /// package. One that does was never installed as it is.
    pub(super) fn repaired(
        self,
        work: &mut Work,
    ) -> Result<Option<(Problem<'a>, Vec<PlanWarning>, Found)>> {
        // Rules that a question does without, to find causes, are broken all the same: it is no harder.
        let heed = match self.what_if.accepts {
            true => self.heed()?,
            false => self.request.heed(self.catalog)?,
        };
        let breaches = breaches(self.catalog, self.snapshot, &heed);
        let is_package = |name: &str| self.snapshot.packages.contains_key(name);
        let is_requirement = |it: &Breach| it.rule.is_none() && is_package(it.with.as_str());
        if breaches.iter().any(is_requirement) || breaches.iter().all(|it| it.rule.is_none()) {
            return Ok(None);
        }
        let mut problem = problem::build_repair(self)?;
        let most = problem
            .repair
            .as_ref()
            .map_or(0, |repair| repair.candidates().count_ones());
        for size in 1..=most as usize {
            if let Some(repair) = &mut problem.repair {
                repair.size = size;
            }
            let mut found = self.shortest(&mut problem, work)?;
            let mut undecided = Vec::new();
            match found {
                Found::Impossible => continue,
                Found::Plan { .. } if self.request.targets.is_empty() => {
                    undecided = newest_lines(self, &mut problem, &mut Work::up_to(0))?;
                    found = self.shortest(&mut problem, work)?;
                }
                Found::Plan { .. } | Found::GaveUp(_) => {}
            }
            return Ok(Some((problem, undecided, found)));
        }
        Ok(None)
    }

    /// The shortest plan; with an index the shortest of those whose every state resolves.
    pub(super) fn shortest(self, problem: &mut Problem<'_>, work: &mut Work) -> Result<Found> {
        let Some(gems) = self.outside else {
            return Ok(shortest(problem, work));
        };
        gems.borrow_mut().forget();
        for _ in 0..=MAX_NOGOODS {
            let mut found = shortest(problem, work);
            let Found::Plan { way, .. } = &mut found else {
                return Ok(found);
            };
            let verdict = gems.borrow_mut().judge(problem, &way.states)?;
            match verdict {
                Verdict::Fits(outside) | Verdict::GaveUp(outside) => {
                    way.outside = outside;
                    return Ok(found);
                }
                // Nothing of the family has a part in it: no state resolves.
                Verdict::Never(nogood) if nogood.is_empty() => return Ok(Found::Impossible),
                Verdict::Never(nogood) => problem.nogoods.push(nogood),
            }
        }
        Ok(Found::GaveUp(Bound::Nogoods))
    }
}

/// A question with what became of it.
pub(super) struct Solved<'a> {
    /// Of a repair the one with it.
    pub(super) problem: Problem<'a>,
    pub(super) found: Found,
    pub(super) work: Work,
    /// A word on each line of which the search limit left it open whether it can be reached.
    pub(super) undecided: Vec<PlanWarning>,
}

/// The shortest plan of a question: without a target to the newest lines, and with a first step of
/// repair only where there is none without.
///
/// # Errors
/// Those of an index.
pub(super) fn solve<'a>(session: Session<'a, '_>, mut problem: Problem<'a>) -> Result<Solved<'a>> {
    let mut work = Work::up_to(MAX_WORK);
    let mut undecided = Vec::new();
    if session.request.targets.is_empty() {
        undecided = newest_lines(session, &mut problem, &mut Work::up_to(0))?;
    }
    let mut found = session.shortest(&mut problem, &mut work)?;
    if let Found::Impossible = found {
        if let Some(repaired) = session.repaired(&mut work)? {
            (problem, undecided, found) = repaired;
        }
    }
    Ok(Solved {
        problem,
        found,
        work,
        undecided,
    })
}

/// The end of a search over lengths.
pub(super) enum Found {
    Plan { way: Way, lower_bound: usize },
    Impossible,
    GaveUp(Bound),
}

/// What ended a search early.
#[derive(Clone, Copy)]
pub(super) enum Bound {
    Work,
    /// No plan of so many steps, and it is not proven that there is no longer one.
    Steps,
    Nogoods,
}

/// The states of a plan.
pub(super) struct Way {
    /// The first is the snapshot.
    pub(super) states: States,
    /// Where packages outside the catalog stand after each step, as far as an index lists them.
    pub(super) outside: Vec<OutsideVersions>,
}

/// The shortest plan; where a first step of repair takes packages down, over all choices of as many
/// packages as it does.
fn shortest(problem: &mut Problem<'_>, work: &mut Work) -> Found {
    let Some(repair) = &problem.repair else {
        return shortest_of(problem, work);
    };
    let (size, candidates) = (repair.size, repair.candidates());
    let mut best: Option<(Way, usize)> = None;
    for chosen in choices(candidates, size) {
        if let Some(repair) = &mut problem.repair {
            repair.chosen = chosen;
        }
        match shortest_of(problem, work) {
            Found::Impossible => {}
            Found::GaveUp(bound) => return Found::GaveUp(bound),
            Found::Plan { way, lower_bound } => {
                let is_better = best.as_ref().is_none_or(|(best, _)| {
                    let (one, other) = (way.states.len(), best.states.len());
                    one < other
                        || one == other && search::is_better(problem, &way.states, &best.states)
                });
                if is_better {
                    best = Some((way, lower_bound));
                }
            }
        }
    }
    match best {
        Some((way, lower_bound)) => Found::Plan { way, lower_bound },
        None => Found::Impossible,
    }
}

/// All sets of so many of these bits.
fn choices(bits: u64, size: usize) -> impl Iterator<Item = u64> {
    let mut next = Some(bits).filter(|_| size <= bits.count_ones() as usize);
    // Subsets in descending order, each the one before it less one.
    std::iter::from_fn(move || {
        let found = next?;
        next = (found != 0).then(|| (found - 1) & bits);
        Some(found)
    })
    .filter(move |set| set.count_ones() as usize == size)
}

fn shortest_of(problem: &Problem<'_>, work: &mut Work) -> Found {
    match search::shortest(problem, work) {
        Shortest::Plan(states, lower_bound) => Found::Plan {
            way: Way {
                states,
                outside: Vec::new(),
            },
            lower_bound,
        },
        Shortest::Never => Found::Impossible,
        Shortest::NoneUpTo if problem.horizon_proven => Found::Impossible,
        Shortest::NoneUpTo => Found::GaveUp(Bound::Steps),
        Shortest::Spent => Found::GaveUp(Bound::Work),
    }
}

/// The lines a variable could stand on, ascending, with the values of each.
pub(super) fn lines_ahead(catalog: &Catalog, variable: &Variable) -> Vec<(String, Set)> {
    let mut lines: Vec<(String, Set)> = Vec::new();
    for bit in 1..variable.values.len() {
        let Some(version) = problem::version(catalog, variable, bit) else {
            continue;
        };
        let line = version.line();
        match lines.last_mut() {
            Some((last, values)) if *last == line => values.insert(bit),
            _ => lines.push((line, Set::only(bit))),
        }
    }
    lines
}

/// Without a target: the newest lines that can be reached together, one package after another.
///
/// Answers with a word on each line of which the search limit left it open. What it takes is added to
/// `done`.
pub(super) fn newest_lines(
    session: Session<'_, '_>,
    problem: &mut Problem<'_>,
    done: &mut Work,
) -> Result<Vec<PlanWarning>> {
    let catalog = session.catalog;
    let mut undecided = Vec::new();
    for at in problem.packages.clone() {
        let variable = &problem.variables[at];
        let is_asked = !problem.unasked.contains(&at);
        if !is_asked || variable.role != Role::Stepped || variable.version.is_none() {
            continue;
        }
        // What shares each version of one that has its line has that line too.
        let group = |at: usize| catalog.get(problem.variables[at].package).lockstep();
        if group(at).is_some() && problem.targets.iter().any(|it| group(*it) == group(at)) {
            continue;
        }
        problem.targets.push(at);
        let name = catalog.get(variable.package).name().clone();
        let lines = lines_ahead(catalog, variable);
        for (line, values) in lines.into_iter().rev() {
            let before = problem.variables[at].target.replace(values);
            let mut work = Work::up_to(LINE_WORK);
            let found = session.shortest(problem, &mut work)?;
            done.revisions += work.revisions;
            match found {
                Found::Plan { .. } => break,
                Found::Impossible => {}
                Found::GaveUp(_) => undecided.push(PlanWarning::UndecidedLine {
                    package: name.clone(),
                    line,
                }),
            }
            problem.variables[at].target = before;
        }
    }
    Ok(undecided)
}
