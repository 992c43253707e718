//! From a session to a problem.

use super::requirements::AdmittedValues;
use super::{Next, Problem, Requires, Variable};
use crate::catalog::{Catalog, Moves, Package, PackageId, Role, Skew};
use crate::error::Result;
use crate::lockfile::{Installed, Snapshot};
use crate::name::Name;
use crate::planner::installed;
use crate::planner::limits::MAX_STEPS;
use crate::planner::request::Request;
use crate::planner::session::{Session, WhatIf};
use crate::rules::{self, Heed};
use crate::version::{Version, VersionSet};
use std::collections::BTreeMap;

pub(super) struct Builder<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) snapshot: &'a Snapshot,
    pub(super) request: &'a Request,
    pub(super) what_if: &'a WhatIf,
    pub(super) heed: Heed,
    pub(super) foreign_wants: Vec<(&'a str, VersionSet)>,
    pub(super) scope: Vec<PackageId>,
    /// The families that are asked about.
    pub(super) asked: Vec<&'a Name>,
    /// The packages that may go down in a first step of repair.
    pub(super) falls: Vec<bool>,
    /// The variable of each package of the catalog.
    pub(super) at: Vec<Option<usize>>,
    /// What is installed of each package of the catalog, and the place of its release, if the catalog has it.
    pub(super) installed: Vec<Option<(&'a Installed, Option<usize>)>>,
    pub(super) variables: Vec<Variable>,
    /// Of each compiled set the values that it admits, once asked for.
    pub(super) admitted: AdmittedValues,
    /// The versions of each group of packages in lockstep.
    pub(super) shared: BTreeMap<Name, Vec<Version>>,
    /// The skew rules that apply, each with its package.
    pub(super) skews: Vec<(PackageId, &'a Skew)>,
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
    let packages = catalog.packages().iter();
    let installed = |it: &Package| {
        let installed = snapshot.packages.get(it.name().as_str())?;
        Some((installed, it.release_index(&installed.version)))
    };
    let mut builder = Builder {
        catalog,
        snapshot,
        request,
        what_if,
        heed: session.heed()?,
        foreign_wants: installed::foreign_wants(catalog, snapshot),
        scope: Vec::new(),
        asked: asked(catalog, snapshot, request),
        falls: Vec::new(),
        at: vec![None; catalog.packages().len()],
        installed: packages.map(installed).collect(),
        variables: Vec::new(),
        admitted: AdmittedValues::default(),
        shared: BTreeMap::new(),
        skews: Vec::new(),
    };
    builder.skews = rules::skews(catalog, &builder.heed).collect();
    builder.scope()?;
    builder.falls = match repairs {
        true => builder.falls(),
        false => vec![false; builder.scope.len()],
    };
    let holders = builder.holders();
    let stays: Vec<bool> = builder
        .scope
        .iter()
        .map(|id| {
            let package = catalog.get(*id);
            let name = package.name().as_str();
            package.role() == Role::Runtime
                || snapshot.direct.contains_key(name) && !is_replaced(&builder, package)
                || holders.contains_key(id)
                // Whoever names what is installed asks for it; what is not joins when something needs it.
                || builder.installed[id.index()].is_some()
                    && request.targets.iter().any(|(target, _)| target == name)
        })
        .collect();
    let mates = match repairs {
        true => Vec::new(),
        false => builder.mates(&stays),
    };
    let returns = builder.returns(&stays, repairs, &mates);
    builder.shared = builder.shared(&holders, repairs || returns.contains(&true))?;
    builder.variables.reserve_exact(builder.scope.len());
    let mut unknown = Vec::new();
    for at in 0..builder.scope.len() {
        let package = builder.scope[at];
        let held = holders.get(&package);
        // What a repair leaves without need may join again, at any version.
        let older = returns[at] || builder.falls[at] || repairs && !stays[at];
        let variable = builder.variable(package, held, !stays[at], older, &mut unknown)?;
        builder.variables.push(variable);
    }
    let targets = builder.targets()?;
    let requirements = builder.requirements();
    let mixed = builder.mixed();
    let same = builder.same();
    for at in 0..builder.variables.len() {
        builder.transitions(at);
    }
    let repair = repairs.then(|| builder.repair());
    let clashes = builder.clashes();
    let nogoods = builder.no_returns(|at| repairs || returns[at]);
    let Builder {
        variables,
        heed,
        asked,
        ..
    } = builder;
    let runtime = |at: &usize| variables[*at].role == Role::Runtime;
    let packages: Vec<usize> = (0..variables.len()).filter(|at| !runtime(at)).collect();
    let runtimes: Vec<usize> = (0..variables.len())
        .filter(|at| runtime(at) && !variables[*at].is_floating())
        .collect();
    let moves_alone = |at: &usize| catalog.get(variables[*at].package).is_alone();
    let (apart, together): (Vec<usize>, Vec<usize>) =
        packages.iter().partition(|at| moves_alone(at));
    let alone: Vec<usize> = apart.into_iter().chain(runtimes.iter().copied()).collect();
    let is_lazy = |at: &usize| variables[*at].role == Role::Lazy;
    let lazy = packages.iter().copied().filter(is_lazy).collect();
    let is_unasked = |at: &usize| {
        let package = catalog.get(variables[*at].package);
        !package.families().iter().any(|it| asked.contains(&it))
    };
    let unasked = packages.iter().copied().filter(is_unasked).collect();
    // Between two steps that enter a line or move a runtime at most one step is needed that does
    // neither: two in a row could be one. A package that leaves and comes back may come back
    // lower, which breaks that argument.
    let plain = heed.is_plain();
    let (mut events, mut quiet) = (0, false);
    for (at, variable) in variables.iter().enumerate() {
        let package = catalog.get(variable.package);
        // It enters each line together with the first of them.
        if mates.iter().any(|mates| mates[1..].contains(&at)) {
            continue;
        }
        // What moves by itself, or along edges or through gates before versions, may need a step for
        // each value.
        let rolls = |it: &Requires<'_>| {
            variables[it.from].package == variable.package
                || variables[it.on].package == variable.package
        };
        if package.is_alone()
            || package.moves() == Moves::Edges
            || rules::gates_versions(catalog, variable.package)
            || mixed.iter().any(rolls)
        {
            events += variable.values.len();
            continue;
        }
        quiet = true;
        match variable.role {
            Role::Follower | Role::Lazy => {}
            Role::Runtime => events += variable.values.len(),
            Role::Stepped => {
                events += match plain {
                    true => package.lines.iter().filter(|line| line.is_rung).count() + 1,
                    // A rule that does not hold may open a line.
                    false => package.lines.len() + 1,
                };
            }
        }
    }
    // Where each step is such an event, nothing lies between them.
    let horizon = match quiet {
        true => 2 * events + 1 + usize::from(repairs),
        false => events.max(1) + usize::from(repairs),
    };
    let has_gates = |at: &usize| match &variables[*at].next {
        Next::Groups(groups) => groups.iter().any(|group| group.gated.is_some()),
        Next::Newer | Next::Edges(_) => false,
    };
    let bits = |of: &dyn Fn(&usize) -> bool| {
        let chosen = (0..variables.len()).filter(of);
        chosen.fold(0, |mask, at| mask | 1 << at)
    };
    let gated = bits(&has_gates);
    let optional = bits(&|at| variables[*at].optional && !runtime(at));
    let problem = Problem {
        catalog,
        snapshot,
        request,
        what_if,
        requirements,
        optional,
        gated,
        packages,
        alone,
        together,
        lazy,
        unasked,
        mixed,
        same,
        runtimes,
        horizon: horizon.min(MAX_STEPS),
        horizon_proven: !returns.contains(&true) && horizon <= MAX_STEPS,
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

/// Whether what has taken the place of a package is there or may join.
fn is_replaced(builder: &Builder<'_>, package: &Package) -> bool {
    let by = package.replaced_by.as_ref();
    by.is_some_and(|by| builder.variable_of(by.as_str()).is_some())
}

/// The families that a request asks about: those of its targets; without a target those that it names,
/// else the first of which something is installed.
fn asked<'a>(catalog: &'a Catalog, snapshot: &Snapshot, request: &Request) -> Vec<&'a Name> {
    let families = catalog.families().iter();
    if catalog.families().len() < 2 {
        return families.collect();
    }
    let names = request.targets.iter().map(|(name, _)| name.as_str());
    let targets: Vec<&Package> = names.filter_map(|name| catalog.package(name)).collect();
    if !targets.is_empty() {
        let is_target = |family: &&Name| targets.iter().any(|it| it.families().contains(family));
        return families.filter(is_target).collect();
    }
    if !request.families.is_empty() {
        let is_named = |family: &&Name| request.families.iter().any(|it| **family == **it);
        return families.filter(is_named).collect();
    }
    let is_installed = |it: &&Package| snapshot.packages.contains_key(it.name().as_str());
    let first = catalog.packages().iter().find(is_installed);
    first
        .and_then(|it| it.families().first())
        .into_iter()
        .collect()
}
