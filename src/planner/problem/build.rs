//! From a session to a problem.

use super::{Mask, Problem, Variable};
use crate::catalog::{Catalog, PackageId, Role};
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::planner::installed;
use crate::planner::limits::MAX_STEPS;
use crate::planner::request::Request;
use crate::planner::session::{Session, WhatIf};
use crate::rules::Heed;
use crate::version::VersionSet;
use std::collections::BTreeMap;

pub(super) struct Builder<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) snapshot: &'a Snapshot,
    pub(super) request: &'a Request,
    pub(super) what_if: &'a WhatIf,
    pub(super) heed: Heed,
    pub(super) names: BTreeMap<&'a str, PackageId>,
    pub(super) foreign_wants: Vec<(&'a str, VersionSet)>,
    pub(super) scope: Vec<PackageId>,
    /// The packages that may go down in a first step of repair.
    pub(super) falls: Vec<bool>,
    /// The variable of each package of the catalog.
    pub(super) at: Vec<Option<usize>>,
    pub(super) variables: Vec<Variable>,
    /// Of each compiled set the values that it admits, once asked for.
    pub(super) masks: Vec<Option<Mask>>,
}

/// The question of a session.
///
/// # Errors
/// Where the request contradicts itself, the catalog or the snapshot, and beyond the limits.
pub(in crate::planner) fn build<'a>(session: Session<'a, '_>) -> Result<Problem<'a>> {
    build_with(session, false)
}

/// The question with a first step of repair.
///
/// # Errors
/// As [`build`].
pub(in crate::planner) fn build_repair<'a>(session: Session<'a, '_>) -> Result<Problem<'a>> {
    build_with(session, true)
}

fn build_with<'a>(session: Session<'a, '_>, repairs: bool) -> Result<Problem<'a>> {
    let Session {
        catalog,
        snapshot,
        request,
        what_if,
        ..
    } = session;
    let packages = catalog.packages().iter().enumerate();
    let mut builder = Builder {
        catalog,
        snapshot,
        request,
        what_if,
        heed: session.heed()?,
        names: packages
            .filter_map(|(at, package)| Some((package.name().as_str(), id(at)?)))
            .collect(),
        foreign_wants: installed::foreign_wants(catalog, snapshot),
        scope: Vec::new(),
        falls: Vec::new(),
        at: vec![None; catalog.packages().len()],
        variables: Vec::new(),
        masks: Vec::new(),
    };
    builder.scope()?;
    builder.falls = match repairs {
        true => builder.falls(),
        false => vec![false; builder.scope.len()],
    };
    let holders = builder.holders();
    let stays: Vec<bool> = builder
        .scope
        .iter()
        .map(|package| {
            let package = catalog.get(*package);
            let name = package.name().as_str();
            package.role() == Role::Runtime
                || snapshot.direct.contains_key(name) && package.replaced_by.is_none()
                || holders.contains_key(name)
                // Whoever names what is installed asks for it; what is not joins when something needs it.
                || snapshot.packages.contains_key(name)
                    && request.targets.iter().any(|(target, _)| target == name)
        })
        .collect();
    let returns = builder.returns(&stays, repairs);
    let mut unknown = Vec::new();
    for at in 0..builder.scope.len() {
        let package = builder.scope[at];
        let held = holders.get(catalog.get(package).name().as_str());
        // What a repair leaves without need may join again, at any version.
        let older = returns[at] || builder.falls[at] || repairs && !stays[at];
        let variable = builder.variable(package, held, !stays[at], older, &mut unknown)?;
        builder.variables.push(variable);
    }
    let targets = builder.targets()?;
    let requirements = builder.requirements();
    for at in 0..builder.variables.len() {
        builder.transitions(at);
    }
    let repair = repairs.then(|| builder.repair());
    let clashes = builder.clashes();
    let nogoods = builder.no_returns(|at| repairs || returns[at]);
    let Builder {
        variables, heed, ..
    } = builder;
    let runtime = |at: &usize| variables[*at].role == Role::Runtime;
    let packages: Vec<usize> = (0..variables.len()).filter(|at| !runtime(at)).collect();
    let runtimes: Vec<usize> = (0..variables.len())
        .filter(|at| runtime(at) && !variables[*at].is_floating())
        .collect();
    // Between two steps that enter a line or move a runtime at most one step is needed that does
    // neither: two in a row could be one. A package that leaves and comes back may come back
    // lower, which breaks that argument.
    let mut events = 0;
    for variable in &variables {
        let package = catalog.get(variable.package);
        match variable.role {
            Role::Follower => {}
            Role::Runtime => events += variable.values.len(),
            Role::Stepped => {
                events += package.lines.iter().filter(|line| line.is_rung).count() + 1;
            }
        }
    }
    let has_gates = |at: &usize| variables[*at].gated.iter().any(|gated| gated.next != 0);
    let gated = (0..variables.len())
        .filter(has_gates)
        .fold(0, |mask, at| mask | 1 << at);
    let problem = Problem {
        catalog,
        snapshot,
        request,
        what_if,
        requirements,
        gated,
        packages,
        runtimes,
        horizon: (2 * events + 1 + usize::from(repairs)).min(MAX_STEPS),
        horizon_proven: !returns.contains(&true) && 2 * events < MAX_STEPS,
        variables,
        unknown,
        heed,
        clashes,
        repair,
        targets,
        nogoods,
    };
    #[cfg(debug_assertions)]
    problem.check();
    Ok(problem)
}

fn id(at: usize) -> Option<PackageId> {
    u16::try_from(at).ok().map(PackageId)
}
