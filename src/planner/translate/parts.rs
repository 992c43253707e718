//! What a step does in each of several catalogs that are joined.

use crate::catalog::{Catalog, Package, Role};
use crate::name::Name;
use crate::plan::{Change, FamilyPart, PartMove, State};

/// The parts of a step; none where the catalog is one.
pub(super) fn parts(catalog: &Catalog, changes: &[Change], after: &State) -> Vec<FamilyPart> {
    if catalog.families().len() < 2 {
        return Vec::new();
    }
    let parts = catalog.families().iter().filter_map(|family| {
        let is_there = |it: &Package| {
            let name = it.name().as_str();
            it.role() != Role::Runtime && it.is_first_of(family) && after.package(name).is_some()
        };
        let moves = moves(catalog, family, changes);
        let is_part = !moves.is_empty() || catalog.packages().iter().any(is_there);
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
