//! One planning question as small integers: variables, values, and masks between them.
//!
//! Invariants: bit 0 of a mask is *absent*, the bits above are versions in ascending order, so a
//! higher bit is a newer version. Of neighbouring releases that nothing can tell apart only the
//! newest is a value: wherever an older one would do it does too, at every step at once, so no
//! shortest and newest plan is lost. The installed version is a value of its own.

use super::{Request, RuntimeMove, Target, known};
use crate::catalog::{Catalog, Package, PackageId, Release, Role, RuleId};
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::rules::{self, Heed};
use crate::version::{Requirement, Version, VersionSet};
use std::collections::BTreeMap;

/// A set of values of one variable.
pub(super) type Mask = u128;
pub(super) const ABSENT: Mask = 1;
/// The most values that a variable may have, *absent* among them.
const MAX_VALUES: usize = 128;
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
    /// Values that may be moved to.
    pub(super) enter: Mask,
    /// It may move to anything newer: a follower or runtime without gates.
    pub(super) is_free: bool,
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
    /// Of a runtime: how each value is called, by its line if it is the newest patch of it.
    pub(super) labels: Vec<String>,
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
    /// Package variables, and runtime variables that are known.
    pub(super) packages: Vec<usize>,
    /// Variables that have gates, as bits.
    pub(super) gated: u64,
    pub(super) runtimes: Vec<usize>,
    /// Steps that no plan needs to exceed, and whether that is proven.
    pub(super) horizon: usize,
    pub(super) horizon_proven: bool,
    /// Installed packages that the catalog does not know as they are.
    pub(super) unknown: Vec<(PackageId, String)>,
    /// The rules that hold.
    pub(super) heed: Heed,
    /// Pairs that must not stand in one state, with gems outside the catalog that may move.
    pub(super) clashes: Vec<Clash>,
    /// The first step may take packages down.
    pub(super) repair: Option<Repair>,
    /// Variables with a target, in the order in which the request names them.
    pub(super) targets: Vec<usize>,
    /// Learned: values that can never be together in one state, or never one after the other.
    pub(super) nogoods: Vec<Nogood>,
}

/// Values of a variable that do not run beside these versions of a gem outside the catalog.
#[derive(Clone, Debug)]
pub(super) struct Clash {
    pub(super) at: usize,
    pub(super) values: Mask,
    pub(super) gem: Name,
    pub(super) versions: Requirement,
}

/// A first step in which packages may go down, so many of them.
#[derive(Clone, Debug)]
pub(super) struct Repair {
    /// For each variable, the values that it may have after the step without going down.
    pub(super) up: Vec<Mask>,
    /// And those below where it stands now.
    pub(super) down: Vec<Mask>,
    /// How many go down.
    pub(super) size: usize,
    /// Those that may, as bits: one choice of that size.
    pub(super) chosen: u64,
}

impl Repair {
    /// The values that a variable may have after the step.
    pub(super) fn allowed(&self, at: usize) -> Mask {
        match self.chosen >> at & 1 {
            1 => self.up[at] | self.down[at],
            _ => self.up[at],
        }
    }

    /// The variables that can go down, as bits.
    pub(super) fn candidates(&self) -> u64 {
        let down = self.down.iter().enumerate();
        down.fold(0, |mask, (at, down)| mask | u64::from(*down != 0) << at)
    }
}

/// What may never be: states in this order, with anything between them, in each of which all of
/// these variables have one of these values.
pub(super) type Nogood = Vec<Vec<(usize, Mask)>>;

/// The bits above a bit.
pub(super) fn above(bit: usize) -> Mask {
    u32::try_from(bit + 1)
        .ok()
        .and_then(|bits| Mask::MAX.checked_shl(bits))
        .unwrap_or(0)
}

pub(super) struct Builder<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) snapshot: &'a Snapshot,
    pub(super) request: &'a Request,
    pub(super) heed: Heed,
    names: BTreeMap<&'a str, PackageId>,
    foreign_wants: Vec<(&'a str, VersionSet)>,
    scope: Vec<PackageId>,
    /// The packages that may go down in a first step of repair.
    falls: Vec<bool>,
    /// The variable of each package of the catalog.
    pub(super) at: Vec<Option<usize>>,
    pub(super) variables: Vec<Variable>,
    /// Of each compiled set the values that it admits, once asked for.
    pub(super) masks: Vec<Option<Mask>>,
}

pub(super) fn build(catalog: &Catalog, snapshot: &Snapshot, request: &Request) -> Result<Problem> {
    build_with(catalog, snapshot, request, false)
}

/// The question with a first step of repair.
pub(super) fn build_repair(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
) -> Result<Problem> {
    build_with(catalog, snapshot, request, true)
}

fn build_with(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
    repairs: bool,
) -> Result<Problem> {
    let packages = catalog.packages().iter().enumerate();
    let mut builder = Builder {
        catalog,
        snapshot,
        request,
        heed: heed(catalog, request)?,
        names: packages
            .filter_map(|(at, package)| Some((package.name().as_str(), id(at)?)))
            .collect(),
        foreign_wants: known::foreign_wants(catalog, snapshot),
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
                || snapshot.direct.contains_key(name)
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
        let held = held.map_or(&[][..], Vec::as_slice);
        // What a repair leaves without need may join again, at any version.
        let older = returns[at] || builder.falls[at] || repairs && !stays[at];
        let variable = builder.variable(package, held, !stays[at], older, &mut unknown)?;
        builder.variables.push(variable);
    }
    let targets = builder.targets()?;
    let edges = builder.edges();
    for at in 0..builder.variables.len() {
        builder.moves(at);
    }
    let repair = repairs.then(|| builder.repair());
    let clashes = builder.clashes();
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
    Ok(Problem {
        edges,
        gated,
        packages,
        runtimes,
        horizon: (2 * events + 1 + usize::from(repairs)).min(super::MAX_STEPS),
        horizon_proven: !returns.contains(&true) && 2 * events < super::MAX_STEPS,
        variables,
        unknown,
        heed,
        clashes,
        repair,
        targets,
        nogoods: Vec::new(),
    })
}

fn id(at: usize) -> Option<PackageId> {
    u16::try_from(at).ok().map(PackageId)
}

/// How the values of a runtime are called: by its line what is the newest patch of it.
fn labels(
    package: &Package,
    values: &[Value],
    lines: &[Option<usize>],
    installed: Option<&Version>,
) -> Vec<String> {
    let newest = |line: usize| {
        package
            .releases
            .iter()
            .rfind(|release| release.line == line)
    };
    let names = values.iter().zip(lines).map(|(value, line)| {
        let version = match value {
            Value::Absent => None,
            Value::Installed => installed,
            Value::Release(at) => Some(&package.releases[*at].version),
        };
        let newest = line.and_then(newest).map(|release| &release.version);
        match (version, line) {
            (Some(version), Some(line)) if newest == Some(version) => {
                package.lines[*line].name.to_string()
            }
            (Some(version), _) => version.to_string(),
            (None, _) => String::new(),
        }
    });
    names.collect()
}

/// The rules that hold in a question.
pub(crate) fn heed(catalog: &Catalog, request: &Request) -> Result<Heed> {
    let mut accepted = request.ignored.clone();
    for name in &request.accept {
        let found = catalog.rules().iter().position(|rule| rule.id == **name);
        let Some(found) = found else {
            return Err(Error::new(
                ErrorCode::CannotAccept,
                format!("no rule {name:?} in the catalog {}", catalog.name()),
            )
            .with_help("`rungs catalog show` lists the rules"));
        };
        if !rules::is_acceptable(&catalog.rules()[found]) {
            return Err(Error::new(
                ErrorCode::CannotAccept,
                format!("rule {name:?} cannot be accepted: only rules marked should can be"),
            ));
        }
        accepted.push(RuleId::at(found));
    }
    for (id, _) in &request.properties {
        if !catalog.properties().iter().any(|it| *it.id() == **id) {
            let known = catalog.properties().iter().map(|it| it.id().as_str());
            let known: Vec<&str> = known.collect();
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("no property {id:?} in the catalog {}", catalog.name()),
            )
            .with_help(match known.is_empty() {
                true => "it has no properties".to_owned(),
                false => format!("it has {}", known.join(", ")),
            }));
        }
    }
    Ok(Heed::new(catalog, accepted, &request.properties))
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
            for on in &catalog.packages()[at].requires {
                if !std::mem::replace(&mut inside[on.index()], true) {
                    open.push(on.index());
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
        for (at, package) in self.scope.iter().enumerate() {
            self.at[package.index()] = Some(at);
        }
        Ok(())
    }

    /// May a state enter a release, whatever else is in it?
    pub(super) fn is_fit(&self, release: &Release) -> bool {
        self.heed.may_enter(release) && !self.request.is_too_young(release.date())
    }

    /// Whether a gem outside the catalog neither leaves nor moves.
    fn stays_as_it_is(&self, gem: &str) -> bool {
        let index = self.request.index.as_ref();
        !self.request.dropped.iter().any(|it| it == gem)
            && !self.request.leaving.iter().any(|it| it == gem)
            && !self.request.relaxed.iter().any(|it| it == gem)
            && !index.is_some_and(|movable| movable.contains(gem))
    }

    /// Conflicts with gems outside the catalog that may move.
    fn clashes(&self) -> Vec<Clash> {
        let movable = |gem: &Name| {
            let index = self.request.index.as_ref();
            index.is_some_and(|movable| movable.contains(gem.as_str()))
        };
        let rules = self.heed.rules(self.catalog);
        let clashes = rules.filter_map(|(_, rule)| {
            let (gem, versions, with_versions) = rules::outside(rule)?;
            let at = self.at[rule.package.index()].filter(|_| movable(gem))?;
            let bits = 1..self.variables[at].values.len();
            let values = bits.filter(|bit| {
                let version = self.version(at, *bit);
                version.is_some_and(|version| versions.matches(version))
            });
            Some(Clash {
                at,
                values: values.fold(0, |mask, bit| mask | 1 << bit),
                gem: gem.clone(),
                versions: with_versions.clone(),
            })
        });
        clashes.collect()
    }

    /// What the rest of the lockfile wants of packages of the catalog.
    fn holders(&self) -> BTreeMap<&'a str, Vec<&'a Requirement>> {
        let snapshot: &'a Snapshot = self.snapshot;
        let mut holders: BTreeMap<&'a str, Vec<&'a Requirement>> = BTreeMap::new();
        for (name, installed) in &snapshot.packages {
            if self.names.contains_key(name.as_str()) || self.request.leaving.contains(name) {
                continue;
            }
            // One that may move is asked about together with the states. What an explanation does
            // without still keeps in play what it requires.
            let binds = self.stays_as_it_is(name);
            for (on, requirement) in &installed.requirements {
                let binds = binds && !self.request.is_waived(name, on);
                if let Some((on, _)) = self.names.get_key_value(on.as_str()) {
                    let held = holders.entry(on).or_default();
                    held.extend(Some(requirement).filter(|_| binds));
                }
            }
        }
        holders
    }

    /// Which packages a repair may take down: those that a registry has, but for targets and what
    /// has no way back. Without a target the first stepped package that is there stands for one.
    fn falls(&self) -> Vec<bool> {
        let name_of = |id: &PackageId| self.catalog.get(*id).name().as_str();
        let is_installed = |id: &PackageId| self.snapshot.packages.contains_key(name_of(id));
        let targets = &self.request.targets;
        let first = self
            .scope
            .iter()
            .find(|id| self.catalog.get(**id).role() == Role::Stepped && is_installed(id));
        let is_target = |id: &PackageId| match targets.is_empty() {
            true => first == Some(id),
            false => targets.iter().any(|(name, _)| name == name_of(id)),
        };
        let falls = self.scope.iter().map(|id| {
            let package = self.catalog.get(*id);
            package.role() != Role::Runtime
                && is_installed(id)
                && package.no_way_back.is_none()
                && !known::is_foreign(self.snapshot, name_of(id))
                && !is_target(id)
        });
        falls.collect()
    }

    /// A first step in which packages may go down, and no stepped one enters a line above its own.
    fn repair(&self) -> Repair {
        let (mut up, mut down) = (Vec::new(), Vec::new());
        for (at, variable) in self.variables.iter().enumerate() {
            let start = variable.start;
            if variable.role == Role::Runtime || start.count_ones() != 1 {
                up.push(Mask::MAX);
                down.push(0);
                continue;
            }
            let bit = start.trailing_zeros() as usize;
            let mut stays = variable.next[bit];
            // Runtimes stand still, so a gate is open or it is not.
            let gated = &variable.gated[bit];
            let is_out_of_reach = |newer: &Vec<(usize, Mask)>| {
                let mut runtimes = newer.iter();
                runtimes.any(|(at, admits)| self.variables[*at].start & !admits != 0)
            };
            if gated.newer.iter().all(is_out_of_reach) {
                stays |= gated.next;
            }
            if variable.role == Role::Stepped {
                for (bit, line) in variable.lines.iter().enumerate().skip(1) {
                    if start != ABSENT && *line > variable.lines[start.trailing_zeros() as usize] {
                        stays &= !(1 << bit);
                    }
                }
            }
            up.push(stays);
            let below = (start - 1) & !ABSENT & variable.enter & variable.domain;
            down.push(if self.falls[at] && start != ABSENT {
                below
            } else {
                0
            });
        }
        Repair {
            up,
            down,
            size: 1,
            chosen: 0,
        }
    }

    /// Which packages might leave and come back later, and so come back lower.
    ///
    /// A need of a package *begins* where a newer release of another has it and an older has not,
    /// or where the other joins; it *ends* likewise. Where needs of a package only begin, or only
    /// end, it never leaves and comes back. What a repair takes away is not there before the way up,
    /// and may join on it.
    fn returns(&self, stays: &[bool], repairs: bool) -> Vec<bool> {
        #[derive(Clone, Copy, Default)]
        struct Needs {
            any: u64,
            begin: u64,
            end: u64,
        }
        let count = self.scope.len();
        let needs_of = |at: usize, all: bool| {
            let package = self.catalog.get(self.scope[at]);
            let version = self.installed(package.name().as_str());
            let from = match version {
                Some(version) if !all => package
                    .releases
                    .partition_point(|release| release.version < *version),
                _ => 0,
            };
            let mut needs = Needs::default();
            let mut last = None;
            for release in &package.releases[from..] {
                if !self.heed.may_enter(release) && Some(&release.version) != version {
                    continue;
                }
                let mut mask: u64 = 0;
                for need in release.needs.iter().filter(|need| need.rule.is_none()) {
                    mask |= self.at[need.on.index()].map_or(0, |on| 1 << on);
                }
                let before = last.unwrap_or(mask);
                needs.any |= mask;
                needs.begin |= mask & !before;
                needs.end |= before & !mask;
                last = Some(mask);
            }
            needs
        };
        let mut needs: Vec<Needs> = (0..count).map(|at| needs_of(at, self.falls[at])).collect();
        let mut returns = vec![false; count];
        let mut leaves: u64 = 0;
        let idle = !self.wanted_now();
        loop {
            let (mut begin, mut end): (u64, u64) = (0, idle);
            for at in 0..count {
                let package = self.catalog.get(self.scope[at]);
                let is_installed = self.installed(package.name().as_str()).is_some();
                let joins = !stays[at] && (returns[at] || repairs || !is_installed);
                begin |= needs[at].begin | if joins { needs[at].any } else { 0 };
                end |= needs[at].end
                    | if leaves >> at & 1 == 1 {
                        needs[at].any
                    } else {
                        0
                    };
            }
            let mut changed = false;
            for at in (0..count).filter(|at| !stays[*at]) {
                changed |= (end & !leaves) >> at & 1 == 1;
                leaves |= end & 1 << at;
                if begin & end & 1 << at != 0 && !returns[at] {
                    returns[at] = true;
                    needs[at] = needs_of(at, true);
                    changed = true;
                }
            }
            if !changed {
                return returns;
            }
        }
    }

    /// The variables that something installed needs now.
    fn wanted_now(&self) -> u64 {
        let mut wanted = 0;
        for id in &self.scope {
            let package = self.catalog.get(*id);
            let Some(installed) = self.snapshot.packages.get(package.name().as_str()) else {
                continue;
            };
            match known::release(package, self.snapshot, &installed.version) {
                Some(release) => {
                    for need in release.needs.iter().filter(|need| need.rule.is_none()) {
                        wanted |= self.at[need.on.index()].map_or(0, |on| 1 << on);
                    }
                }
                None => {
                    for (name, _) in &installed.requirements {
                        wanted |= self.variable_of(name).map_or(0, |on| 1 << on);
                    }
                }
            }
        }
        wanted
    }

    fn installed(&self, name: &str) -> Option<&'a Version> {
        let snapshot: &'a Snapshot = self.snapshot;
        snapshot
            .packages
            .get(name)
            .map(|installed| &installed.version)
    }

    fn variable(
        &self,
        id: PackageId,
        held: &[&Requirement],
        optional: bool,
        older: bool,
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
        let foreign = known::is_foreign(self.snapshot, name);
        if let (Some(version), false) = (&version, runtime) {
            if foreign {
                unknown.push((
                    id,
                    format!("{name} {version} comes from a git repository or a folder"),
                ));
            } else if known.is_none() {
                let text = format!(
                    "{name} {version} is not in the catalog, which knows the world up to {}",
                    self.catalog.horizon()
                );
                unknown.push((id, text));
            }
        }
        let mut pins = self.pins(id)?;
        pins.extend(self.gemfile(name));
        let target = self
            .request
            .targets
            .iter()
            .find_map(|(on, target)| match target {
                Target::Requirement(requirement) if on == name => Some(requirement),
                _ => None,
            });
        let clashing = rules::outside_clashes(self.catalog, &self.heed, self.snapshot, id, |gem| {
            self.stays_as_it_is(gem)
        });
        let clashes = |version: &Version| clashing.iter().any(|(_, _, it)| it.matches(version));
        let admitted = |at: usize| {
            let release = &package.releases[at];
            self.is_fit(release)
                && !clashes(&release.version)
                && known::clash(release, &self.foreign_wants).is_none()
                && pins
                    .iter()
                    .chain(held)
                    .all(|pin| pin.matches(&release.version))
        };
        let first = version.as_ref().map_or(0, |version| {
            package
                .releases
                .partition_point(|release| release.version < *version)
        });
        let after = first + usize::from(known.is_some());
        let newest_of_line = runtime && version.is_some();
        // Newest first; the newest of each run of releases that nothing can tell apart.
        // Packages outside may tell apart what nothing in the catalog does.
        let each = self.request.index.is_some() && !newest_of_line;
        let ahead = package.releases[after..].iter();
        let each = each && ahead.filter(|it| self.is_fit(it)).count() < MAX_VALUES - 2;
        let pick = |range: std::ops::Range<usize>| {
            let mut picked = Vec::new();
            let mut last = None;
            for at in range.rev().filter(|at| admitted(*at)) {
                let release = &package.releases[at];
                let key = if newest_of_line {
                    (release.line, false)
                } else if each {
                    (at, false)
                } else {
                    let in_target = target.is_some_and(|target| target.matches(&release.version));
                    (release.signature as usize, in_target)
                };
                if last != Some(key) {
                    picked.push(at);
                    last = Some(key);
                }
            }
            picked.reverse();
            picked
        };
        let newer = if foreign {
            Vec::new()
        } else {
            pick(after..package.releases.len())
        };
        let older = if older && !foreign {
            pick(0..first)
        } else {
            Vec::new()
        };
        let mut values = vec![Value::Absent];
        values.extend(older.into_iter().map(Value::Release));
        let mut start = if runtime { 0 } else { ABSENT };
        if version.is_some() {
            start = 1 << values.len().min(MAX_VALUES - 1);
            values.push(Value::Installed);
        }
        values.extend(newer.into_iter().map(Value::Release));
        if values.len() > MAX_VALUES {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!(
                    "{name} has {} different releases ahead: expected at most {}",
                    values.len(),
                    MAX_VALUES - 2
                ),
            ));
        }
        let all = Mask::MAX >> (MAX_VALUES - values.len());
        let mut enter = all & !ABSENT;
        if !known.is_some_and(admitted) || foreign {
            enter &= !start;
        }
        let mut domain = enter;
        // A bad release beside what is installed has an exit, and no entrance.
        let stands = |version: &Version| {
            let mut conflicts = clashing
                .iter()
                .filter(|(rule, _, _)| !rules::is_defect(rule));
            held.iter().all(|pin| pin.matches(version))
                && !conflicts.any(|(_, _, it)| it.matches(version))
        };
        if version.as_ref().is_some_and(stands) {
            domain |= start;
        }
        if optional {
            domain |= ABSENT;
        }
        if runtime && start != 0 && self.request.runtime == RuntimeMove::Fixed {
            domain &= start;
        }
        let count = values.len();
        let lines: Vec<Option<usize>> = values
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
            package: id,
            role: package.role(),
            start,
            domain,
            enter,
            is_free: false,
            optional,
            next: vec![0; count],
            gated: vec![Gated::default(); count],
            demands: vec![0; count],
            target: Mask::MAX,
            labels: if runtime {
                labels(package, &values, &lines, version.as_ref())
            } else {
                Vec::new()
            },
            values,
            version,
            lines,
        })
    }

    /// What the Gemfile requires of a package, where that is to be kept.
    fn gemfile(&self, name: &str) -> Option<&'a Requirement> {
        let (request, snapshot): (&'a Request, &'a Snapshot) = (self.request, self.snapshot);
        let keeps = request.keep_gemfile && !request.edited.iter().any(|it| it == name);
        snapshot.direct.get(name).filter(|_| keeps)?.as_ref()
    }

    fn pins(&self, id: PackageId) -> Result<Vec<&'a Requirement>> {
        let package = self.catalog.get(id);
        let name = package.name().as_str();
        let request: &'a Request = self.request;
        let pins: Vec<&Requirement> = request
            .pins
            .iter()
            .filter(|(pinned, _)| pinned == name)
            .map(|(_, requirement)| requirement)
            .collect();
        let meets = |version: &Version| pins.iter().all(|pin| pin.matches(version));
        let contradict = pins.len() > 1
            && !package
                .releases
                .iter()
                .any(|release| meets(&release.version));
        if contradict {
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
        Ok(pins)
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

    pub(super) fn variable_of(&self, name: &str) -> Option<usize> {
        self.at[self.names.get(name)?.index()]
    }

    fn targets(&mut self) -> Result<Vec<usize>> {
        let mut targets = Vec::new();
        for (name, target) in &self.request.targets {
            let Some(at) = self.variable_of(name) else {
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
            targets.push(at);
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
        Ok(targets)
    }

    /// The newest line that has a release which the rules let a state enter.
    fn newest_rung(&self, package: &Package) -> Option<usize> {
        let mut newest_first = package.releases.iter().rev();
        let newest = newest_first.find(|release| self.heed.may_enter(release));
        newest.map(|release| release.line)
    }

    fn target_mask(&self, at: usize, target: &Target) -> Mask {
        let variable = &self.variables[at];
        let package = self.catalog.get(variable.package);
        // `None` where no release is on the line: then the installed version may still be.
        let line = match target {
            Target::Line(line) => package.line_index(line),
            Target::Requirement(_) => None,
            Target::Latest => self.newest_rung(package),
        };
        let mut mask = 0;
        for bit in 1..variable.values.len() {
            let Some(version) = self.version(at, bit) else {
                continue;
            };
            let wanted = match target {
                Target::Line(_) | Target::Latest if line.is_some() => variable.lines[bit] == line,
                Target::Line(line) => version.line() == *line,
                Target::Requirement(requirement) => requirement.matches(version),
                Target::Latest => false,
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
}
