//! Circles of packages that need one another.

use super::solver::Solver;
use super::{CandidateSet, Provider};

/// A circle in a complete state, if there is one: each package with those of its releases that need
/// the next. A package may need itself.
///
/// Found by taking away, again and again, what needs nothing that is left; from what remains one
/// can walk for ever, so a walk meets itself.
pub(super) fn find<W: Provider>(solver: &Solver<'_, W>) -> Option<Vec<(u32, CandidateSet)>> {
    let needs = |package: u32| {
        let it = &solver.packages[package as usize];
        let needs = it.dependencies().iter();
        needs.filter(move |need| need.on != package as usize && it.domain.is_subset(&need.by))
    };
    let count = solver.packages.len();
    let mut open = vec![0_usize; count];
    let mut needed_by: Vec<Vec<u32>> = vec![Vec::new(); count];
    for package in &solver.reached {
        for need in needs(*package) {
            open[*package as usize] += 1;
            needed_by[need.on].push(*package);
        }
    }
    let mut ends: Vec<u32> = solver.reached.clone();
    ends.retain(|package| open[*package as usize] == 0);
    while let Some(package) = ends.pop() {
        for by in std::mem::take(&mut needed_by[package as usize]) {
            open[by as usize] -= 1;
            if open[by as usize] == 0 {
                ends.push(by);
            }
        }
    }
    let mut at = *solver
        .reached
        .iter()
        .find(|package| open[**package as usize] > 0)?;
    let mut walk: Vec<u32> = Vec::new();
    let mut place = vec![usize::MAX; count];
    while place[at as usize] == usize::MAX {
        place[at as usize] = walk.len();
        walk.push(at);
        let next = needs(at).find(|need| open[need.on] > 0)?;
        at = u32::try_from(next.on).ok()?;
    }
    let circle = &walk[place[at as usize]..];
    let with_next = circle.iter().enumerate().map(|(step, package)| {
        let next = circle[(step + 1) % circle.len()] as usize;
        let it = &solver.packages[*package as usize];
        let by = it.dependencies().iter().filter(|need| need.on == next);
        let by = by.fold(CandidateSet::none(), |all, need| all.or(&need.by));
        (*package, by)
    });
    Some(with_next.collect())
}
