//! The lines of every step leave a resolver no choice: `pubgrub`, newest first, arrives at the state
//! in whatever order it decides the packages.

use crate::common;
use crate::vectors::asked;
use pubgrub::{
    Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics, Ranges,
    resolve,
};
use rungs::catalog::{Catalog, Package, Role};
use rungs::lockfile::Snapshot;
use rungs::plan::{Outcome, Plan, Step, StepKind};
use rungs::planner::{Request, plan};
use rungs::{Requirement, Scheme, Version};
use serde_json::Value;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

const INDIRECT: [&str; 3] = ["karafka-core", "karafka-rdkafka", "rdkafka"];
/// Orders of decisions tried for each step.
const ORDERS: u64 = 8;

type Wants = DependencyConstraints<u32, Ranges<u32>>;

/// The gemspecs of a catalog by numbers: packages, and their releases from the oldest. The root
/// comes last and has one release.
struct World {
    packages: Vec<Vec<Row>>,
    names: Vec<String>,
    /// Where the next priority comes from.
    random: Cell<u64>,
}

struct Row {
    version: Version,
    can_be_chosen: bool,
    wants: Wants,
}

impl World {
    fn new(catalog: &Catalog) -> Self {
        let number = |name: &str| catalog.packages().iter().position(|p| *p.name() == *name);
        let rows = catalog.packages().iter().map(|package| {
            let rows = package.releases().iter().map(|release| {
                let wants = release.requirements().iter().filter_map(|dependency| {
                    let on = number(dependency.name().as_str())?;
                    let range = numbers(&catalog.packages()[on], dependency.requirement());
                    Some((u32::try_from(on).unwrap(), range))
                });
                let wants = wants.collect::<Vec<_>>();
                Row {
                    version: release.version().clone(),
                    can_be_chosen: !release.is_yanked() && !release.version().is_prerelease(),
                    wants: Wants::from_iter(wants),
                }
            });
            rows.collect()
        });
        World {
            packages: rows.collect(),
            names: catalog
                .packages()
                .iter()
                .map(|package| package.name().to_string())
                .collect(),
            random: Cell::new(1),
        }
    }

    fn number(&self, name: &str) -> usize {
        self.names.iter().position(|known| known == name).unwrap()
    }

    /// What a resolver chooses for these wants; the order of its decisions follows the seed.
    fn solve(
        &self,
        wants: &[(usize, Ranges<u32>)],
        seed: u64,
    ) -> Option<BTreeMap<String, Version>> {
        self.random
            .set(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut merged: BTreeMap<u32, Ranges<u32>> = BTreeMap::new();
        for (on, range) in wants {
            let on = u32::try_from(*on).unwrap();
            let known = merged.entry(on).or_insert_with(Ranges::full);
            *known = known.intersection(range);
        }
        let asked = Asked {
            world: self,
            root: merged.into_iter().collect::<Vec<_>>(),
        };
        let root = u32::try_from(self.packages.len()).unwrap();
        let solution = resolve(&asked, root, 0u32).ok()?;
        let chosen = solution.iter().filter(|(package, _)| **package != root);
        Some(
            chosen
                .map(|(package, at)| {
                    let package = *package as usize;
                    let version = &self.packages[package][*at as usize].version;
                    (self.names[package].clone(), version.clone())
                })
                .collect(),
        )
    }
}

struct Asked<'a> {
    world: &'a World,
    root: Vec<(u32, Ranges<u32>)>,
}

impl DependencyProvider for Asked<'_> {
    type P = u32;
    type V = u32;
    type VS = Ranges<u32>;
    type Priority = u64;
    type M = String;
    type Err = Infallible;

    /// At random, and anew whenever the solver asks.
    fn prioritize(&self, _: &u32, _: &Ranges<u32>, _: &PackageResolutionStatistics) -> u64 {
        let mut random = self.world.random.get();
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        self.world.random.set(random);
        random
    }

    fn choose_version(
        &self,
        package: &u32,
        range: &Ranges<u32>,
    ) -> Result<Option<u32>, Infallible> {
        let Some(rows) = self.world.packages.get(*package as usize) else {
            return Ok(Some(0));
        };
        let newest =
            rows.iter().enumerate().rev().find(|(at, row)| {
                row.can_be_chosen && range.contains(&u32::try_from(*at).unwrap())
            });
        Ok(newest.map(|(at, _)| u32::try_from(at).unwrap()))
    }

    fn get_dependencies(
        &self,
        package: &u32,
        at: &u32,
    ) -> Result<Dependencies<u32, Ranges<u32>, String>, Infallible> {
        Ok(Dependencies::Available(
            match self.world.packages.get(*package as usize) {
                Some(rows) => rows[*at as usize].wants.clone(),
                None => self.root.iter().cloned().collect(),
            },
        ))
    }
}

/// The releases that a requirement admits, as runs of their numbers.
fn numbers(package: &Package, requirement: &Requirement) -> Ranges<u32> {
    let mut ranges = Ranges::empty();
    for (at, release) in package.releases().iter().enumerate() {
        if requirement.matches(release.version()) {
            let at = u32::try_from(at).unwrap();
            ranges = ranges.union(&Ranges::from_range_bounds(at..=at));
        }
    }
    ranges
}

fn only(catalog: &Catalog, name: &str, requirement: &str) -> (usize, Ranges<u32>) {
    let at = catalog.packages().iter().position(|p| *p.name() == *name);
    let package = &catalog.packages()[at.unwrap()];
    let requirement = Requirement::parse(Scheme::RubyGems, requirement).unwrap();
    (at.unwrap(), numbers(package, &requirement))
}

/// A Ruby: of a line its newest patch.
fn ruby(catalog: &Catalog, text: &str) -> (usize, Ranges<u32>) {
    let package = catalog.package("ruby").unwrap();
    let newest = package.releases().iter().rev().find(|release| {
        release.version().as_str() == text
            || text.matches('.').count() == 1 && release.version().line() == text
    });
    only(catalog, "ruby", &format!("= {}", newest.unwrap().version()))
}

fn arrives(catalog: &Catalog, world: &World, step: &Step, orders: u64) -> Result<(), String> {
    let mut wants = vec![ruby(catalog, &step.state().runtimes()[0].1)];
    for line in step.bundle().lines() {
        wants.push(only(catalog, line.gem().as_str(), line.requirement()));
    }
    for order in 0..orders {
        let mut got = world
            .solve(&wants, order + 1)
            .ok_or_else(|| format!("step {}: no solution", step.number()))?;
        got.remove("ruby");
        let want: BTreeMap<String, Version> = step
            .state()
            .packages()
            .iter()
            .map(|(name, version)| (name.to_string(), version.clone()))
            .collect();
        if got != want {
            let lines = step.bundle().lines().iter().map(ToString::to_string);
            let lines: Vec<String> = lines.collect();
            return Err(format!(
                "step {}, order {order}: {lines:?}\n   wants   {want:?}\n   arrives {got:?}",
                step.number()
            ));
        }
    }
    Ok(())
}

/// The lines are needed, too: without one temporary line a newer version stands in a solution.
fn is_needed(catalog: &Catalog, world: &World, step: &Step) -> Result<usize, String> {
    let lines = step.bundle().lines();
    let mut count = 0;
    for (at, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.is_temporary())
    {
        count += 1;
        let mut wants = vec![ruby(catalog, &step.state().runtimes()[0].1)];
        for (_, other) in lines.iter().enumerate().filter(|(other, _)| *other != at) {
            wants.push(only(catalog, other.gem().as_str(), other.requirement()));
        }
        let (name, overshoots) = line.overshoots().unwrap();
        let name = name.as_str();
        wants.push(only(catalog, name, &format!("= {overshoots}")));
        if step.state().package(name).unwrap() >= overshoots || world.solve(&wants, 1).is_none() {
            return Err(format!(
                "step {}: `{line}` is for nothing, {name} {overshoots} in no solution of {:?}",
                step.number(),
                lines.iter().map(ToString::to_string).collect::<Vec<_>>()
            ));
        }
    }
    Ok(count)
}

fn planned(snapshot: &Snapshot, catalog: &Catalog, request: &Request) -> Option<Plan> {
    let plan = plan(catalog, snapshot, request).unwrap();
    (plan.outcome() == Outcome::Planned).then_some(plan)
}

/// Every step of packages; how many.
fn check(catalog: &Catalog, world: &World, plan: &Plan, wrong: &mut Vec<String>) -> (usize, usize) {
    let steps = plan.steps().iter();
    let steps = steps.filter(|step| step.kind() == StepKind::Packages);
    let (mut count, mut temporary) = (0, 0);
    for step in steps {
        count += 1;
        if let Err(what) = arrives(catalog, world, step, ORDERS) {
            wrong.push(format!("{:?} {what}", plan.start().packages()));
        }
        match is_needed(catalog, world, step) {
            Ok(lines) => temporary += lines,
            Err(what) => wrong.push(format!("{:?} {what}", plan.start().packages())),
        }
    }
    (count, temporary)
}

fn snapshot_of(packages: &BTreeMap<String, Version>, ruby: &str) -> Snapshot {
    let mut snapshot = Snapshot::new().with_runtime("ruby", ruby);
    for (name, version) in packages.iter().filter(|(name, _)| *name != "ruby") {
        snapshot = snapshot.with(name, version.clone());
        if !INDIRECT.contains(&name.as_str()) {
            snapshot = snapshot.direct(name);
        }
    }
    snapshot
}

#[test]
fn the_lines_of_every_vector_leave_no_choice() {
    let Some(shared) = common::shared() else {
        eprintln!("NOT RUN: the shared plan vectors are not on this machine");
        return;
    };
    let text = std::fs::read_to_string(shared.join("vectors/plans.jsonl")).unwrap();
    let catalog = Catalog::karafka().unwrap();
    let world = World::new(&catalog);
    let (mut wrong, mut steps, mut plans) = (Vec::new(), 0, 0);
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let start = case["start"].as_object().unwrap().iter();
        let start = start.map(|(name, version)| {
            let version = Version::parse(Scheme::RubyGems, version.as_str().unwrap());
            (name.clone(), version.unwrap())
        });
        let snapshot = snapshot_of(&start.collect(), case["ruby"].as_str().unwrap());
        let request = asked(&case, &catalog);
        if let Some(plan) = planned(&snapshot, &catalog, &request) {
            plans += 1;
            steps += check(&catalog, &world, &plan, &mut wrong).0;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    eprintln!("{plans} plans, {steps} steps, {ORDERS} orders each");
    assert!(plans >= 30 && steps >= 100, "{plans} plans, {steps} steps");
}

/// From every release of the first package, alone and with what is not needed by anything, on each
/// Ruby: what `pubgrub` makes of it is the start.
#[test]
fn the_lines_of_plans_from_anywhere_leave_no_choice() {
    let catalog = Catalog::karafka().unwrap();
    let world = World::new(&catalog);
    let first = &catalog.packages()[0];
    let sets: [&[&str]; 2] = [&[], &["karafka-web", "karafka-testing"]];
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut plans, mut steps, mut temporary) = (0, 0, 0);
    // Every third in turn, so that all lines are there in time.
    for (at, release) in first.releases().iter().enumerate().step_by(3) {
        for line in catalog.package("ruby").unwrap().lines() {
            for set in sets {
                let mut wants = vec![ruby(&catalog, line.name())];
                let exact = format!("= {}", release.version());
                wants.push(only(&catalog, first.name().as_str(), &exact));
                for name in set {
                    wants.push((world.number(name), Ranges::full()));
                }
                let Some(start) = world.solve(&wants, at as u64 + 7) else {
                    continue;
                };
                if !seen.insert(format!("{start:?}")) {
                    continue;
                }
                let snapshot = snapshot_of(&start, line.name());
                if let Some(plan) = planned(&snapshot, &catalog, &Request::new()) {
                    plans += 1;
                    let (count, lines) = check(&catalog, &world, &plan, &mut wrong);
                    steps += count;
                    temporary += lines;
                }
            }
        }
    }
    let roles = catalog.packages().iter().map(Package::role);
    assert!(roles.filter(|role| *role == Role::Runtime).count() == 1);
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    eprintln!("{plans} plans, {steps} steps, {temporary} temporary lines, {ORDERS} orders each");
    assert!(
        plans > 300 && temporary > 100,
        "{plans} plans, {temporary} lines"
    );
}

/// The test can fail: with the lines of what is asked for directly alone, some order arrives
/// elsewhere.
#[test]
fn without_temporary_lines_a_resolver_arrives_elsewhere() {
    let catalog = Catalog::karafka().unwrap();
    let world = World::new(&catalog);
    let start = [
        ("karafka", "2.0.41"),
        ("waterdrop", "2.5.3"),
        ("karafka-core", "2.0.13"),
        ("karafka-rdkafka", "0.12.4"),
    ];
    let mut snapshot = Snapshot::new()
        .with_runtime("ruby", "3.2")
        .direct("karafka");
    for (name, version) in start {
        let version = Version::parse(Scheme::RubyGems, version).unwrap();
        snapshot = snapshot.with(name, version);
    }
    let plan = planned(&snapshot, &catalog, &Request::new()).unwrap();
    let step = plan.steps().iter().find(|step| {
        let mut lines = step.bundle().lines().iter();
        lines.any(rungs::plan::GemLine::is_temporary)
    });
    let step = step.unwrap();
    let mut wants = vec![ruby(&catalog, "3.2")];
    for line in step
        .bundle()
        .lines()
        .iter()
        .filter(|line| !line.is_temporary())
    {
        wants.push(only(&catalog, line.gem().as_str(), line.requirement()));
    }
    let elsewhere = (0..ORDERS)
        .filter_map(|order| world.solve(&wants, order))
        .any(|got| {
            let mut packages = step.state().packages().iter();
            packages.any(|(name, version)| got.get(name.as_str()) != Some(version))
        });
    assert!(elsewhere, "step {}", step.number());
}
