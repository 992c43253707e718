//! Circles of packages that need one another.

use super::solver::Solver;
use super::{CandidateSet, Provider};

/// A circle in a complete state, if there is one: each package with those of its releases that need
/// the next. A package may need itself.
///
/// Found by taking away, again and again, what needs nothing that is left; from what remains one
/// can walk for ever, so a walk meets itself.
pub(super) fn find<W: Provider>(solver: &Solver<'_, W>) -> Option<Vec<(u32, CandidateSet)>> {
    let packages = &solver.packages;
    let needs = |package: u32| {
        let it = &packages.states[package as usize];
        let needs = packages.needs_of(package).filter(move |need| {
            need.1 != package && it.domain.is_subset(&packages.by(package, need.0))
        });
        needs.map(|need| need.1)
    };
    let count = packages.states.len();
    let mut open = vec![0_usize; count];
    let mut needed_by: Vec<Vec<u32>> = vec![Vec::new(); count];
    for package in &solver.reached {
        for on in needs(*package) {
            open[*package as usize] += 1;
            needed_by[on as usize].push(*package);
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
        at = needs(at).find(|on| open[*on as usize] > 0)?;
    }
    let circle = &walk[place[at as usize]..];
    let with_next = circle.iter().enumerate().map(|(step, package)| {
        let next = circle[(step + 1) % circle.len()];
        (*package, packages.by_on(*package, next))
    });
    Some(with_next.collect())
}
