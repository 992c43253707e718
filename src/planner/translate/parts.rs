//! What a step does in each of several catalogs that are joined.

use crate::catalog::{Catalog, Role};
use crate::name::Name;
use crate::plan::{Change, FamilyPart, PartMove, State};
use crate::planner::problem::Problem;

/// The parts of a step; none where the catalog is one. A family that nobody asks about has a part in the steps
/// in which it moves.
pub(super) fn parts(problem: &Problem<'_>, changes: &[Change], after: &State) -> Vec<FamilyPart> {
    let catalog = problem.catalog;
    if catalog.families().len() < 2 {
        return Vec::new();
    }
    let parts = catalog.families().iter().filter_map(|family| {
        let mut variables = problem.variables.iter().enumerate();
        let mut is_asked = || {
            variables.any(|(at, variable)| {
                let package = catalog.get(variable.package);
                let name = package.name().as_str();
                package.role() != Role::Runtime
                    && package.is_first_of(family)
                    && after.package(name).is_some()
                    && !problem.unasked.contains(&at)
            })
        };
        let moves = moves(catalog, family, changes);
        let is_part = !moves.is_empty() || is_asked();
        is_part.then(|| FamilyPart {
            family: family.clone(),
            moves,
        })
    });
    parts.collect()
}

fn moves(catalog: &Catalog, family: &Name, changes: &[Change]) -> Vec<PartMove> {
    let mut moves: Vec<(PartMove, Option<&Name>)> = Vec::new();
    for change in changes {
        let package = catalog.package(change.package().as_str());
        let Some(package) = package.filter(|it| it.role() != Role::Runtime) else {
            continue;
        };
        if !package.is_first_of(family) {
            continue;
        }
        let group = package.lockstep();
        let to = change.to().map(str::to_owned);
        let known = moves
            .iter_mut()
            .find(|(known, its)| group.is_some() && *its == group && known.to == to);
        match known {
            Some((known, _)) => {
                known.packages += 1;
                if group == Some(package.name()) {
                    known.package = package.name().clone();
                }
            }
            None => {
                let package = package.name().clone();
                let packages = 1;
                moves.push((
                    PartMove {
                        package,
                        to,
                        packages,
                    },
                    group,
                ));
            }
        }
    }
    moves.into_iter().map(|(it, _)| it).collect()
}
