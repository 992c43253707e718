//! One planning question as small integers: variables, values, and masks between them.
//!
//! Invariants: bit 0 of a mask is *absent*, bit 1 the installed version, the bits above are
//! releases in ascending order, so a higher bit is a newer version. Of neighbouring releases that
//! nothing can tell apart only the newest is a value: wherever an older one would do it does too,
//! at every step at once, so no shortest and newest plan is lost.

use super::{Request, RuntimeMove, Target};
use crate::catalog::{Catalog, PackageId, Role, RuleId, RuleKind, SetId};
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::{Installed, Origin, Snapshot};
use crate::version::{Requirement, Version};
use std::collections::{BTreeMap, BTreeSet};

/// A set of values of one variable.
pub(super) type Mask = u128;
pub(super) const ABSENT: Mask = 1;
pub(super) const INSTALLED: Mask = 2;
/// The most values that a variable may have beside *absent* and *installed*.
const MAX_VALUES: usize = 126;
/// The most packages and runtimes of one question.
const MAX_VARIABLES: usize = 64;

#[derive(Clone, Debug)]
pub(super) enum Value {
    Absent,
    Installed,
    Release(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) package: PackageId,
    pub(super) role: Role,
    pub(super) values: Vec<Value>,
    /// The value before the first step; empty for a runtime that is not known.
    pub(super) start: Mask,
    /// Values of planned states.
    pub(super) domain: Mask,
    /// A package that leaves when nothing needs it.
    pub(super) optional: bool,
    /// For each value, the values that may follow it in a step of packages (or of this runtime).
    pub(super) next: Vec<Mask>,
    /// For each value, further values that may follow if no newer release of the line is in reach.
    pub(super) gated: Vec<Gated>,
    /// For each value, the variables whose presence it demands.
    pub(super) demands: Vec<u64>,
    pub(super) target: Mask,
    pub(super) version: Option<Version>,
    /// The line of each value, as the package counts its lines; `None` where it has no such line.
    pub(super) lines: Vec<Option<usize>>,
}

impl Variable {
    pub(super) fn is_floating(&self) -> bool {
        self.role == Role::Runtime && self.start == 0
    }
}

/// A gate *newest of line*: open when each newer release is out of reach of some runtime.
#[derive(Clone, Debug, Default)]
pub(super) struct Gated {
    pub(super) next: Mask,
    /// For each newer release: runtimes (variable, values that would admit it).
    pub(super) newer: Vec<Vec<(usize, Mask)>>,
}

/// What values of `from` want of `on`; the left masks part the values of `from`.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) on: usize,
    pub(super) groups: Vec<(Mask, Mask)>,
}

#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) variables: Vec<Variable>,
    pub(super) edges: Vec<Edge>,
    /// Edges by variable.
    pub(super) touching: Vec<Vec<usize>>,
    /// Package variables, and runtime variables that are known.
    pub(super) packages: Vec<usize>,
    pub(super) runtimes: Vec<usize>,
    /// Steps that no plan needs to exceed, and whether that is proven.
    pub(super) horizon: usize,
    pub(super) horizon_proven: bool,
    /// Installed packages that the catalog does not know as they are.
    pub(super) unknown: Vec<(PackageId, String)>,
}

pub(super) struct Builder<'a> {
    pub(super) catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    pub(super) request: &'a Request,
    pub(super) accepted: BTreeSet<RuleId>,
    scope: Vec<PackageId>,
    pub(super) variables: Vec<Variable>,
    pub(super) at: BTreeMap<PackageId, usize>,
    masks: BTreeMap<SetId, Mask>,
}

pub(super) fn build(catalog: &Catalog, snapshot: &Snapshot, request: &Request) -> Result<Problem> {
    let mut builder = Builder {
        catalog,
        snapshot,
        request,
        accepted: accepted(catalog, request)?,
        scope: Vec::new(),
        variables: Vec::new(),
        at: BTreeMap::new(),
        masks: BTreeMap::new(),
    };
    builder.scope()?;
    let holders = builder.holders();
    let mut unknown = Vec::new();
    for at in 0..builder.scope.len() {
        let package = builder.scope[at];
        let variable = builder.variable(package, &holders, &mut unknown)?;
        builder.at.insert(package, builder.variables.len());
        builder.variables.push(variable);
    }
    builder.targets()?;
    let edges = builder.edges();
    for at in 0..builder.variables.len() {
        builder.moves(at);
    }
    let mut touching = vec![Vec::new(); builder.variables.len()];
    for (number, edge) in edges.iter().enumerate() {
        touching[edge.from].push(number);
        touching[edge.on].push(number);
    }
    let variables = builder.variables;
    let runtime = |at: &usize| variables[*at].role == Role::Runtime;
    let packages: Vec<usize> = (0..variables.len()).filter(|at| !runtime(at)).collect();
    let runtimes: Vec<usize> = (0..variables.len())
        .filter(|at| runtime(at) && !variables[*at].is_floating())
        .collect();
    // Between two steps that enter a line or move a runtime at most one step is needed that does
    // neither: two in a row could be one. A package that leaves and comes back may come back
    // lower, which breaks that argument.
    let mut events = 0;
    let horizon_proven =
        !(0..variables.len()).any(|at| variables[at].optional && may_return(&variables, at));
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
    Ok(Problem {
        edges,
        touching,
        packages,
        runtimes,
        horizon: (2 * events + 1).min(super::MAX_STEPS),
        horizon_proven: horizon_proven && 2 * events < super::MAX_STEPS,
        variables,
        unknown,
    })
}

/// Can an optional package leave and come back? Not if, as the others climb, needs of it only
/// begin or only end.
fn may_return(variables: &[Variable], at: usize) -> bool {
    let (mut begins, mut ends) = (false, false);
    for variable in variables {
        let mut last = None;
        for bit in 0..variable.values.len() {
            if variable.domain >> bit & 1 == 0 && variable.start >> bit & 1 == 0 {
                continue;
            }
            let demands = variable.demands[bit] >> at & 1 == 1;
            begins |= last == Some(false) && demands;
            ends |= last == Some(true) && !demands;
            last = Some(demands);
        }
    }
    begins && ends
}

fn accepted(catalog: &Catalog, request: &Request) -> Result<BTreeSet<RuleId>> {
    let mut accepted = BTreeSet::new();
    for name in &request.accept {
        let found = catalog.rules().iter().position(|rule| rule.id == **name);
        let Some(found) = found else {
            return Err(Error::new(
                ErrorCode::CannotAccept,
                format!("no rule {name:?} in the catalog {}", catalog.name()),
            )
            .with_help("`rungs catalog show` lists the rules"));
        };
        let rule = &catalog.rules()[found];
        let acceptable = matches!(
            rule.kind,
            RuleKind::Gate { .. } | RuleKind::Requires { .. } | RuleKind::Conflict { .. }
        );
        if rule.force() == crate::catalog::Force::Must || !acceptable {
            return Err(Error::new(
                ErrorCode::CannotAccept,
                format!("rule {name:?} cannot be accepted: only rules marked should can be"),
            ));
        }
        accepted.insert(RuleId(u32::try_from(found).unwrap_or(u32::MAX)));
    }
    Ok(accepted)
}

impl<'a> Builder<'a> {
    /// The packages of the catalog that are installed or may join, and the runtimes.
    fn scope(&mut self) -> Result<()> {
        let catalog = self.catalog;
        let mut inside = vec![false; catalog.packages().len()];
        let mut open: Vec<usize> = Vec::new();
        for (at, package) in catalog.packages().iter().enumerate() {
            let installed = self.snapshot.packages.contains_key(package.name().as_str());
            if installed || package.role() == Role::Runtime {
                inside[at] = true;
                open.push(at);
            }
        }
        while let Some(at) = open.pop() {
            let needs = catalog.packages()[at]
                .releases
                .iter()
                .flat_map(|release| &release.needs);
            for need in needs.filter(|need| need.rule.is_none()) {
                if !std::mem::replace(&mut inside[need.on.index()], true) {
                    open.push(need.on.index());
                }
            }
        }
        self.scope = inside
            .iter()
            .enumerate()
            .filter(|(_, inside)| **inside)
            .filter_map(|(at, _)| u16::try_from(at).ok().map(PackageId))
            .collect();
        if self.scope.len() > MAX_VARIABLES {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!(
                    "{} packages would take part: expected at most {MAX_VARIABLES}",
                    self.scope.len()
                ),
            ));
        }
        Ok(())
    }

    /// What the rest of the lockfile wants of packages in scope.
    fn holders(&self) -> BTreeMap<PackageId, Vec<&'a Requirement>> {
        let snapshot: &'a Snapshot = self.snapshot;
        let mut holders: BTreeMap<PackageId, Vec<&'a Requirement>> = BTreeMap::new();
        for (name, installed) in &snapshot.packages {
            if self.catalog.id(name).is_some() {
                continue;
            }
            for (on, requirement) in &installed.requirements {
                if let Some(id) = self.catalog.id(on) {
                    holders.entry(id).or_default().push(requirement);
                }
            }
        }
        holders
    }

    fn variable(
        &self,
        id: PackageId,
        holders: &BTreeMap<PackageId, Vec<&Requirement>>,
        unknown: &mut Vec<(PackageId, String)>,
    ) -> Result<Variable> {
        let package = self.catalog.get(id);
        let name = package.name().as_str();
        let runtime = package.role() == Role::Runtime;
        let installed = self.snapshot.packages.get(name);
        let version = if runtime {
            self.runtime(id)?
        } else {
            installed.map(|installed| installed.version.clone())
        };
        let known = version
            .as_ref()
            .and_then(|version| package.release_index(version));
        let foreign = installed.is_some_and(|installed| installed.origin != Origin::Registry);
        if let (Some(version), false) = (&version, runtime) {
            if foreign {
                unknown.push((
                    id,
                    format!(
                        "{} {} comes from a git repository or a folder",
                        name,
                        version.as_str()
                    ),
                ));
            } else if known.is_none() {
                unknown.push((
                    id,
                    format!(
                        "{} {} is not in the catalog, which knows the world up to {}",
                        name,
                        version.as_str(),
                        self.catalog.horizon()
                    ),
                ));
            }
        }
        let pins: Vec<&Requirement> = self
            .request
            .pins
            .iter()
            .filter(|(pinned, _)| pinned == name)
            .map(|(_, requirement)| requirement)
            .collect();
        let held = holders.get(&id).map_or(&[][..], Vec::as_slice);
        if pins.len() > 1
            && !package
                .releases
                .iter()
                .any(|release| pins.iter().all(|pin| pin.matches(&release.version)))
        {
            let all: Vec<String> = pins.iter().map(ToString::to_string).collect();
            return Err(Error::new(
                ErrorCode::ContradictoryPins,
                format!(
                    "the pins on {name} leave no release of it: {}",
                    all.join(" and ")
                ),
            )
            .with_help("lift one of them"));
        }
        let in_target = |version: &Version| {
            self.request.targets.iter().any(|(on, target)| {
                on == name && matches!(target, Target::Requirement(requirement) if requirement.matches(version))
            })
        };
        let mut newest_first: Vec<usize> = Vec::new();
        let mut last: Option<(u32, bool)> = None;
        let mut last_line = None;
        for (at, release) in package.releases.iter().enumerate().rev() {
            let above = version
                .as_ref()
                .is_none_or(|version| release.version > *version);
            if !above || foreign {
                break;
            }
            let young = self.request.is_too_young(release.date());
            let admitted = release.is_enterable()
                && !young
                && pins
                    .iter()
                    .chain(held)
                    .all(|pin| pin.matches(&release.version));
            if !admitted {
                continue;
            }
            let key = (release.signature, in_target(&release.version));
            let fresh = if runtime && version.is_some() {
                last_line != Some(release.line)
            } else {
                last != Some(key)
            };
            if fresh {
                newest_first.push(at);
                last = Some(key);
                last_line = Some(release.line);
            }
        }
        if newest_first.len() > MAX_VALUES {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!("{name} has more than {MAX_VALUES} different releases ahead"),
            ));
        }
        let mut values = vec![Value::Absent, Value::Installed];
        values.extend(newest_first.iter().rev().map(|at| Value::Release(*at)));
        let mut domain: Mask = 0;
        for bit in 2..values.len() {
            domain |= 1 << bit;
        }
        let start = match (&version, runtime) {
            (Some(_), _) => INSTALLED,
            (None, true) => 0,
            (None, false) => ABSENT,
        };
        if version
            .as_ref()
            .is_some_and(|version| held.iter().all(|pin| pin.matches(version)))
        {
            domain |= INSTALLED;
        }
        let direct = self.snapshot.direct.contains(name) || !held.is_empty();
        let optional = !runtime && !direct;
        if optional {
            domain |= ABSENT;
        }
        if runtime && start != 0 {
            match &self.request.runtime {
                RuntimeMove::Free | RuntimeMove::To(_) => {}
                RuntimeMove::Fixed => domain &= INSTALLED,
            }
        }
        let count = values.len();
        let lines = values
            .iter()
            .map(|value| match value {
                Value::Absent => None,
                Value::Release(at) => Some(package.releases[*at].line),
                Value::Installed => match known {
                    Some(at) => Some(package.releases[at].line),
                    None => version
                        .as_ref()
                        .and_then(|version| package.line_index(&version.line())),
                },
            })
            .collect();
        Ok(Variable {
            lines,
            package: id,
            role: package.role(),
            values,
            start,
            domain,
            optional,
            next: vec![0; count],
            gated: vec![Gated::default(); count],
            demands: vec![0; count],
            target: Mask::MAX,
            version,
        })
    }

    /// The installed runtime: a line stands for its newest patch.
    fn runtime(&self, id: PackageId) -> Result<Option<Version>> {
        let package = self.catalog.get(id);
        let Some(text) = self.snapshot.runtime(package.name().as_str()) else {
            return Ok(None);
        };
        if let Some(line) = package.line_index(text) {
            let newest = package
                .releases
                .iter()
                .rev()
                .find(|release| release.line == line);
            return Ok(newest.map(|release| release.version.clone()));
        }
        Version::parse(package.scheme(), text).map(Some)
    }

    fn targets(&mut self) -> Result<()> {
        for (name, target) in &self.request.targets {
            let Some(at) = self
                .catalog
                .id(name)
                .and_then(|id| self.at.get(&id).copied())
            else {
                let known = self.catalog.id(name).is_some();
                let of = if known { "the lockfile" } else { "the catalog" };
                return Err(Error::new(
                    ErrorCode::UnknownPackage,
                    format!("no package {name} in {of}"),
                )
                .with_help("`rungs status` lists what is installed and known"));
            };
            let mask = self.target_mask(at, target);
            let variable = &mut self.variables[at];
            variable.target &= mask;
        }
        if let RuntimeMove::To(text) = &self.request.runtime {
            for variable in &mut self.variables {
                if variable.role != Role::Runtime || variable.start == 0 {
                    continue;
                }
                let package = self.catalog.get(variable.package);
                let wanted =
                    |version: &Version| version.as_str() == text || version.line() == *text;
                let mut mask = 0;
                for (bit, value) in variable.values.iter().enumerate() {
                    let version = match value {
                        Value::Release(at) => Some(&package.releases[*at].version),
                        Value::Installed => variable.version.as_ref(),
                        Value::Absent => None,
                    };
                    mask |= Mask::from(version.is_some_and(wanted)) << bit;
                }
                variable.target = mask;
            }
        }
        Ok(())
    }

    fn target_mask(&self, at: usize, target: &Target) -> Mask {
        let variable = &self.variables[at];
        let package = self.catalog.get(variable.package);
        let latest = || package.lines.iter().rposition(|line| line.is_rung);
        let mut mask = 0;
        for bit in 1..variable.values.len() {
            let Some(version) = self.version(at, bit) else {
                continue;
            };
            let wanted = match target {
                Target::Line(line) => version.line() == *line,
                Target::Requirement(requirement) => requirement.matches(version),
                Target::Latest => {
                    latest().is_some_and(|line| version.line() == package.lines[line].name)
                }
            };
            mask |= Mask::from(wanted) << bit;
        }
        mask
    }

    pub(super) fn version(&self, at: usize, bit: usize) -> Option<&Version> {
        let variable = &self.variables[at];
        match variable.values.get(bit)? {
            Value::Absent => None,
            Value::Installed => variable.version.as_ref(),
            Value::Release(release) => {
                Some(&self.catalog.get(variable.package).releases[*release].version)
            }
        }
    }

    /// The values of a variable that a compiled set admits.
    fn mask(&mut self, set: SetId) -> Mask {
        if let Some(mask) = self.masks.get(&set) {
            return *mask;
        }
        let data = self.catalog.set(set);
        let mut mask = 0;
        if let Some(at) = self.at.get(&data.on) {
            let variable = &self.variables[*at];
            for (bit, value) in variable.values.iter().enumerate() {
                let admits = match value {
                    Value::Absent => false,
                    Value::Installed => variable
                        .version
                        .as_ref()
                        .is_some_and(|version| data.admits(version)),
                    Value::Release(release) => data.contains(*release),
                };
                mask |= Mask::from(admits) << bit;
            }
        }
        self.masks.insert(set, mask);
        mask
    }

    fn edges(&mut self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for from in 0..self.variables.len() {
            let count = self.variables[from].values.len();
            let mut wants: BTreeMap<usize, Vec<Mask>> = BTreeMap::new();
            for bit in 1..count {
                for (on, mask, demands) in self.wants(from, bit) {
                    wants.entry(on).or_insert_with(|| vec![Mask::MAX; count])[bit] &= mask;
                    if demands {
                        self.variables[from].demands[bit] |= 1 << on;
                    }
                }
            }
            for (on, masks) in wants {
                let mut groups: Vec<(Mask, Mask)> = Vec::new();
                for (bit, mask) in masks.iter().enumerate() {
                    match groups.iter_mut().find(|(_, allowed)| allowed == mask) {
                        Some(group) => group.0 |= 1 << bit,
                        None => groups.push((1 << bit, *mask)),
                    }
                }
                edges.push(Edge { from, on, groups });
            }
        }
        edges
    }

    /// What one value wants: variable, admitted values, and whether it demands presence.
    fn wants(&mut self, from: usize, bit: usize) -> Vec<(usize, Mask, bool)> {
        let id = self.variables[from].package;
        let catalog = self.catalog;
        let package = catalog.get(id);
        let release = match self.variables[from].values[bit] {
            Value::Absent => None,
            Value::Release(at) => Some(at),
            Value::Installed => {
                let version = self.variables[from].version.as_ref();
                version.and_then(|version| package.release_index(version))
            }
        };
        let installed: Option<&Installed> = self.snapshot.packages.get(package.name().as_str());
        let foreign = installed.is_some_and(|installed| installed.origin != Origin::Registry);
        let mut wants = Vec::new();
        match release {
            Some(at) if !foreign => {
                for need in &package.releases[at].needs {
                    let Some(on) = self.at.get(&need.on).copied() else {
                        continue;
                    };
                    let mask = self.mask(need.set);
                    match need.rule {
                        None => {
                            wants.push((on, mask, catalog.get(need.on).role() != Role::Runtime))
                        }
                        Some(rule) if self.accepted.contains(&rule) => {}
                        Some(_) => wants.push((on, mask | ABSENT, false)),
                    }
                }
            }
            _ => {
                for (name, requirement) in
                    installed.map_or(&[][..], |installed| &installed.requirements)
                {
                    let on = self
                        .catalog
                        .id(name)
                        .and_then(|id| self.at.get(&id).copied());
                    let Some(on) = on else { continue };
                    let mut mask = 0;
                    for bit in 1..self.variables[on].values.len() {
                        let admits = self
                            .version(on, bit)
                            .is_some_and(|version| requirement.matches(version));
                        mask |= Mask::from(admits) << bit;
                    }
                    wants.push((on, mask, true));
                }
            }
        }
        wants
    }
}
