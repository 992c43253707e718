//! The planner against the brute-force planner on thousands of small random worlds.

use crate::brute::{self, Kind};
use crate::generate;
use crate::world::{Goal, Id, Op, Package, Requirement, Role, Severity, Target, Version, World, v};
use crate::write::{AS_OF, MIN_AGE, catalog, info, line, lockfile, range, version};
use rungs::catalog::{Catalog, Source};
use rungs::index::Infos;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Constraint, FixKind, HolderChange, Outcome, Plan, StepKind};
use rungs::planner::{Planner, Request, RuntimeMove, plan};
use rungs::{Date, ErrorCode, Requirement as Wanted, Scheme};
use std::collections::BTreeMap;

const SEEDS: u64 = 3_000;

/// The world as a lockfile, some of its packages outside the catalog.
pub(super) fn snapshot(world: &World, outside: &[Id]) -> Snapshot {
    let lockfile = Lockfile::parse(lockfile(world, outside).as_bytes()).unwrap();
    let mut snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
    for id in world.ids().filter(|id| world.is_runtime(*id)) {
        if let Some(v) = world.installed[id] {
            snapshot = snapshot.with_runtime(&world.packages[id].name, &version(v));
        }
    }
    snapshot
}

pub(super) fn ask(world: &World) -> rungs::Result<Plan> {
    let catalog = Catalog::parse(vec![Source::new("w.toml", catalog(world, &[]))])?;
    let request = request(world, &catalog)?;
    plan(&catalog, &snapshot(world, &[]), &request)
}

/// An index as texts by name.
struct Index(BTreeMap<String, String>);

impl Infos for Index {
    fn info(&mut self, name: &str) -> rungs::Result<Option<Vec<u8>>> {
        Ok(self.0.get(name).map(|text| text.clone().into_bytes()))
    }
}

/// The same with some packages outside the catalog, of which an index tells.
fn ask_with_index(world: &World, outside: &[Id]) -> rungs::Result<Plan> {
    let catalog = Catalog::parse(vec![Source::new("w.toml", catalog(world, outside))])?;
    let request = request(world, &catalog)?;
    let texts = outside
        .iter()
        .map(|id| (world.packages[*id].name.clone(), info(world, *id)));
    let mut index = Index(texts.collect());
    Planner::new(&catalog, &snapshot(world, outside))
        .index(&mut index)
        .plan(&request)
}

/// Followers that could as well stand outside the catalog: no rule, pin or target speaks of them, and
/// they need one another and what stays in any case.
fn could_stand_outside(world: &World) -> Vec<Id> {
    let spoken_of = |id: Id| {
        let requires = world.requires.iter();
        let conflicts = world.conflicts.iter();
        let mut ids: Vec<Id> = world.pins.iter().map(|it| it.package).collect();
        ids.extend(requires.flat_map(|it| [it.when.package, it.then.package]));
        ids.extend(conflicts.flat_map(|it| [it.one.package, it.other.package]));
        ids.extend(world.gates.iter().map(|it| it.package));
        ids.extend(world.bridges.iter().map(|it| it.package));
        ids.extend(world.targets.iter().map(|it| it.package));
        ids.contains(&id)
    };
    let known = |id: Id| {
        let installed = world.installed[id];
        installed.is_none_or(|v| world.packages[id].release(v).is_some())
    };
    let mut outside: Vec<Id> = world
        .family()
        .filter(|&id| world.packages[id].role == Role::Follower && known(id) && !spoken_of(id))
        .collect();
    loop {
        let before = outside.clone();
        outside.retain(|id| {
            let releases = world.packages[*id].releases.iter();
            let mut needs = releases.flat_map(|it| &it.requirements);
            needs.all(|it| world.direct.contains(&it.package) || before.contains(&it.package))
        });
        if outside == before {
            return outside;
        }
    }
}

/// Inside a package may leave and come back lower; outside nothing ever goes below where it was.
fn leaves(world: &World, outside: &[Id], steps: &[brute::Step]) -> bool {
    outside.iter().any(|id| {
        let states = steps.iter().map(|step| step.state[*id]);
        let all: Vec<_> = std::iter::once(world.installed[*id])
            .chain(states)
            .collect();
        let first = all.iter().position(Option::is_some).unwrap_or(all.len());
        all[first..].iter().any(Option::is_none)
    })
}

pub(super) fn request(world: &World, catalog: &Catalog) -> rungs::Result<Request> {
    let mut request = Request::new();
    if world.runtime_fixed {
        request.runtime = RuntimeMove::Fixed;
    }
    request.accept.clone_from(&world.accepted);
    let told = world.kinds.told.iter();
    request.properties = told.map(|(id, yes)| (id.clone(), *yes)).collect();
    for target in &world.targets {
        let name = &world.packages[target.package].name;
        let goal = match &target.goal {
            Goal::Line(l) => line(*l),
            Goal::Exact(v) => format!("= {}", version(*v)),
            Goal::Range(r) => range(r),
            Goal::Latest => "latest".to_owned(),
        };
        request = request.to(catalog, &format!("{name}={goal}"))?;
    }
    let young = |package: &Package| package.releases.iter().any(|r| r.young);
    if world.packages.iter().any(young) {
        request.as_of = Some(Date::parse(AS_OF)?);
        request.min_age = MIN_AGE;
    }
    let dropped = world.dropped.iter().map(|at| format!("zz-holder-{at}"));
    request.drop = dropped.collect();
    for pin in &world.pins {
        let name = world.packages[pin.package].name.clone();
        request
            .pins
            .push((name, Wanted::parse(Scheme::RubyGems, &range(&pin.range))?));
    }
    Ok(request)
}

/// Each step as its kind and the packages after it.
pub(super) type Steps = Vec<(StepKind, BTreeMap<String, String>)>;

pub(super) fn product_steps(plan: &Plan) -> Steps {
    plan.steps()
        .iter()
        .map(|step| {
            let packages = step.state().packages().iter();
            let packages = packages
                .map(|(n, v)| (n.to_string(), v.to_string()))
                .collect();
            (step.kind(), packages)
        })
        .collect()
}

pub(super) fn oracle_steps(world: &World, steps: &[brute::Step]) -> Steps {
    steps
        .iter()
        .map(|step| {
            let packages = world
                .ids()
                .filter(|id| !world.is_runtime(*id))
                .filter_map(|id| Some((world.packages[id].name.clone(), version(step.state[id]?))))
                .collect();
            let kind = match step.kind {
                Kind::Repair => StepKind::Repair,
                Kind::Packages => StepKind::Packages,
                Kind::Runtime(_) => StepKind::Runtime,
            };
            (kind, packages)
        })
        .collect()
}

/// What the planner answers to worlds beside brute force: how often what, and what differs.
fn compared(
    worlds: impl Iterator<Item = (u64, World)>,
) -> (BTreeMap<&'static str, u64>, Vec<String>) {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (seed, world) in worlds {
        let want = brute::plan(&world);
        let got = ask(&world);
        let verdict = match (&want, &got) {
            (brute::Outcome::Impossible, Err(_)) => "refused, and impossible",
            // What is installed may leave, come back lower and so arrive; that nothing goes down is
            // what a user is told.
            (brute::Outcome::Planned(_), Err(error)) if error.code() == ErrorCode::TargetBehind => {
                "refused: the target lies behind"
            }
            (brute::Outcome::Impossible, Ok(plan)) if plan.outcome() == Outcome::Impossible => {
                "impossible"
            }
            (brute::Outcome::AlreadyThere, Ok(plan)) if plan.outcome() == Outcome::AlreadyThere => {
                "already there"
            }
            (brute::Outcome::Planned(steps), Ok(plan))
                if plan.outcome() == Outcome::Planned
                    && oracle_steps(&world, steps) == product_steps(plan) =>
            {
                "planned"
            }
            (brute::Outcome::Impossible, Ok(plan)) if plan.outcome() == Outcome::GaveUp => {
                "gave up, and impossible"
            }
            _ => {
                let got = got.map(|plan| (plan.outcome(), product_steps(&plan)));
                wrong.push(format!(
                    "seed {seed}\n{world}\nwant {want:?}\ngot {got:?}\n"
                ));
                "wrong"
            }
        };
        *counts.entry(verdict).or_default() += 1;
    }
    println!("{counts:#?}");
    (counts, wrong)
}

#[test]
fn the_planner_agrees_with_brute_force() {
    let (counts, wrong) = compared((0..SEEDS).map(|seed| (seed, generate::world(seed))));
    assert!(
        counts.get("refused: the target lies behind") <= Some(&1),
        "{counts:#?}"
    );
    assert!(
        counts["planned"] > 1_600 && counts["impossible"] > 600,
        "{counts:#?}"
    );
    assert!(
        wrong.is_empty(),
        "{counts:#?}\n{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// A release of a lockfile or catalog in disorder requires its own package, at itself or elsewhere: then it never
/// stands. A search that did not know ran without end.
#[test]
fn releases_that_require_themselves_are_as_brute_force_has_them() {
    let itself = |seed| {
        let mut world = generate::world(seed);
        let mut random = generate::SplitMix64::new(seed);
        for id in world.family().collect::<Vec<_>>() {
            let versions: Vec<Version> = world.packages[id]
                .releases
                .iter()
                .map(|it| it.version)
                .collect();
            for release in &mut world.packages[id].releases {
                if random.percent(15) {
                    let op = *random.pick(&[Op::Ge, Op::Lt, Op::Ne, Op::Eq]);
                    let range = crate::world::Range {
                        bounds: vec![(op, *random.pick(&versions))],
                    };
                    release
                        .requirements
                        .push(Requirement { package: id, range });
                }
            }
        }
        world
    };
    let (counts, wrong) = compared((0..SEEDS / 3).map(|seed| (seed, itself(seed))));
    assert!(
        counts["planned"] > 300 && counts["impossible"] > 200,
        "{counts:#?}"
    );
    assert!(wrong.is_empty(), "{counts:#?}\n{}", wrong.join("\n"));
}

/// The world with no other rules, pins, holders, fixed runtimes and packages outside than these, in
/// all its readings.
///
/// Decided: where even the world without any of them has no plan, followers that are no targets count
/// as well: those that are not named require nothing.
fn only(world: &World, outside: &[Id], constraints: &[&Constraint]) -> Vec<World> {
    let readings = without_others(world, outside, constraints);
    let free = without_others(world, outside, &[]);
    if free.iter().any(is_possible) {
        return readings;
    }
    let is_named = |own: &str| {
        let mut constraints = constraints.iter();
        constraints.any(|c| matches!(c, Constraint::Holder { holder, .. } if holder == own))
    };
    let is_companion = |id: &Id| {
        world.packages[*id].role == Role::Follower
            && world.installed[*id].is_some()
            && !outside.contains(id)
            && !world.targets.iter().any(|target| target.package == *id)
            && !is_named(&world.packages[*id].name)
    };
    let companions: Vec<Id> = world.ids().filter(is_companion).collect();
    let relaxed = readings.into_iter().map(|mut reading| {
        for id in &companions {
            let releases = reading.packages[*id].releases.iter_mut();
            releases.for_each(|release| release.requirements.clear());
        }
        reading
    });
    relaxed.collect()
}

fn without_others(world: &World, outside: &[Id], constraints: &[&Constraint]) -> Vec<World> {
    let mut less = world.clone();
    let rule = |id: &str| {
        constraints
            .iter()
            .any(|c| matches!(c, Constraint::Rule { rule, .. } if *rule == *id))
    };
    // Accepted rather than gone: a gate that names its line replaces the general one all the same.
    let gates = less.gates.iter_mut().map(|r| (&r.id, &mut r.severity));
    let requires = less.requires.iter_mut().map(|r| (&r.id, &mut r.severity));
    let conflicts = less.conflicts.iter_mut().map(|r| (&r.id, &mut r.severity));
    for (id, severity) in gates.chain(requires).chain(conflicts) {
        if !rule(id) && !less.accepted.contains(id) {
            *severity = Severity::Should;
            less.accepted.push(id.clone());
        }
    }
    let pinned = |r: &Requirement| {
        constraints.iter().any(|c| {
            matches!(c, Constraint::Pin { package, requirement }
                if *package == *world.packages[r.package].name && *requirement == range(&r.range))
        })
    };
    less.pins.retain(pinned);
    let mut at = 0;
    less.holders.retain(|_| {
        let name = format!("zz-holder-{at}");
        at += 1;
        constraints
            .iter()
            .any(|c| matches!(c, Constraint::Holder { holder, .. } if *holder == name))
    });
    if has_targets_to_spare(world) {
        less.targets.retain(|target| {
            let name = &world.packages[target.package].name;
            constraints
                .iter()
                .any(|c| matches!(c, Constraint::Target { package, .. } if *package == **name))
        });
    }
    less.runtime_fixed &= constraints
        .iter()
        .any(|c| matches!(c, Constraint::Runtime { .. }));
    let mut readings = vec![less];
    for id in outside {
        let own = world.packages[*id].name.as_str();
        let is_named = constraints.iter().any(|c| match c {
            Constraint::Holder { holder, .. } => holder == own,
            Constraint::Installed { package, .. } => *package == *own,
            _ => false,
        });
        if !is_named {
            readings = readings.iter().flat_map(|it| without(it, *id)).collect();
        }
    }
    readings
}

/// Whether there are several targets, each of which can be had alone.
fn has_targets_to_spare(world: &World) -> bool {
    let alone = |target: &Target| {
        let mut one = world.clone();
        one.targets = vec![target.clone()];
        is_possible(&one)
    };
    world.targets.len() > 1 && world.targets.iter().all(alone)
}

/// A package outside need not be there, and may go down; or it stays, and where it stands it needs
/// nothing.
fn without(world: &World, id: Id) -> [World; 2] {
    let mut stays = world.clone();
    stays.direct.retain(|direct| *direct != id);
    let releases = &mut stays.packages[id].releases;
    let mut releases = releases.iter_mut();
    if let Some(release) = releases.find(|it| Some(it.version) == world.installed[id]) {
        release.requirements.clear();
        (release.yanked, release.blocked, release.prerelease) = (false, false, false);
    }
    let mut goes = stays.clone();
    goes.installed[id] = None;
    [goes, stays]
}

/// No release requires a package any more.
fn nobody_needs(world: &mut World, id: Id) {
    for package in &mut world.packages {
        for release in &mut package.releases {
            release.requirements.retain(|it| it.package != id);
        }
    }
}

fn is_possible(world: &World) -> bool {
    !matches!(brute::plan(world), brute::Outcome::Impossible)
}

/// A world with a change, and whether it is known which change that is.
fn changed(world: &World, outside: &[Id], fix: &FixKind) -> Option<World> {
    let mut fixed = world.clone();
    match fix {
        FixKind::Accept { rules } => fixed.accepted.extend(rules.iter().map(ToString::to_string)),
        FixKind::Runtime { .. } => fixed.runtime_fixed = false,
        FixKind::Lift { packages } => {
            for package in packages {
                let of = |pin: &Requirement| *package == *world.packages[pin.package].name;
                let mut pins = fixed.pins.iter().enumerate().filter(|(_, pin)| of(pin));
                let (Some((at, _)), None) = (pins.next(), pins.next()) else {
                    return None;
                };
                fixed.pins.remove(at);
            }
        }
        FixKind::Holder { holders } => {
            let mut gone = Vec::new();
            for holder in holders {
                let name = holder.gem();
                let stays = matches!(holder.change(), HolderChange::Allow { .. });
                if let Some(at) = name.strip_prefix("zz-holder-") {
                    let at: usize = at.parse().unwrap();
                    if stays {
                        fixed.holders[at].range.bounds.clear();
                    } else {
                        gone.push(at);
                    }
                    continue;
                }
                let id = *outside
                    .iter()
                    .find(|id| world.packages[**id].name == name)?;
                if stays {
                    let installed = world.installed[id];
                    let mut releases = fixed.packages[id].releases.iter_mut();
                    let release = releases.find(|it| Some(it.version) == installed)?;
                    release
                        .requirements
                        .iter_mut()
                        .for_each(|it| it.range.bounds.clear());
                } else {
                    fixed.installed[id] = None;
                    fixed.direct.retain(|direct| *direct != id);
                }
            }
            gone.sort_unstable();
            for at in gone.into_iter().rev() {
                fixed.holders.remove(at);
            }
        }
        FixKind::Shorter { package, line: to } => {
            let targets = fixed.targets.iter_mut();
            let mut targets = targets.filter(|it| *package == *world.packages[it.package].name);
            let target = targets.next()?;
            let mut lines = world.packages[target.package]
                .releases
                .iter()
                .map(|it| it.version.line());
            target.goal = Goal::Line(lines.find(|it| line(*it) == *to)?);
        }
        FixKind::Together { parts } => {
            for part in parts {
                fixed = changed(&fixed, outside, part)?;
            }
        }
        _ => return None,
    }
    Some(fixed)
}

#[derive(Debug, Default)]
struct Checked {
    causes: u64,
    members: u64,
    fixes: u64,
    together: u64,
    ambiguous: u64,
    outside: u64,
    unlisted: u64,
    leaves: u64,
    /// Plans with a longer fix before a shorter one, because it asks less.
    ordered: u64,
}

/// Holds causes and fixes of an impossible plan against brute force.
fn check(seed: u64, world: &World, outside: &[Id], plan: &Plan, checked: &mut Checked) {
    // Where what is installed is in the way the other causes count without it.
    let installed = |c: &Constraint| match c {
        Constraint::Installed { package, .. } => !outside
            .iter()
            .any(|id| *package == *world.packages[*id].name),
        _ => false,
    };
    let without_installed = plan
        .causes()
        .iter()
        .any(|cause| cause.constraints().iter().any(installed));
    for cause in plan.causes().iter().filter(|_| !without_installed) {
        let all: Vec<&Constraint> = cause.constraints().iter().collect();
        let is_bare = |c: &&Constraint| matches!(c, Constraint::Unreachable { .. });
        if all.iter().all(is_bare) {
            continue;
        }
        // Followers of the catalog are not done without where releases are that the index lacks.
        let unlisted = |it: &&Constraint| matches!(it, Constraint::Unlisted { .. });
        let mut members = plan.causes().iter().flat_map(|it| it.constraints());
        let lacks = members.any(|it| unlisted(&it));
        let only = match lacks {
            true => without_others,
            false => only,
        };
        let mut left = false;
        for less in only(world, outside, &all) {
            match brute::plan(&less) {
                brute::Outcome::Impossible => {}
                brute::Outcome::Planned(steps) if leaves(&less, outside, &steps) => left = true,
                _ => panic!("seed {seed} {outside:?}\n{world}\n{cause:?}"),
            }
        }
        if left {
            checked.leaves += 1;
            continue;
        }
        checked.causes += 1;
        let names = outside.iter().map(|id| world.packages[*id].name.as_str());
        let names: Vec<&str> = names.collect();
        checked.outside += u64::from(all.iter().any(|c| match c {
            Constraint::Holder {
                holder, package, ..
            } => names.contains(&holder.as_str()) || names.contains(&package.as_str()),
            Constraint::Installed { package, .. } => names.contains(&package.as_str()),
            _ => false,
        }));
        for out in 0..all.len() {
            // Without its only target a question is another one.
            let is_target = matches!(all[out], Constraint::Target { .. });
            if is_target && !has_targets_to_spare(world) {
                continue;
            }
            let mut less = all.clone();
            less.remove(out);
            checked.members += 1;
            let why = format!("seed {seed} {outside:?}\n{world}\n{cause:?} without {out}");
            checked.unlisted += u64::from(unlisted(&all[out]));
            // Whatever is not in the cause is otherwise, and so are releases that the index lacks.
            let mut listed = world.clone();
            if lacks {
                let is_left = |name: &str| {
                    let mut left = less.iter();
                    left.any(|it| matches!(it, Constraint::Unlisted { gem, .. } if gem == name))
                };
                for id in outside
                    .iter()
                    .filter(|id| !is_left(&world.packages[**id].name))
                {
                    nobody_needs(&mut listed, *id);
                }
            }
            let mut readings = only(&listed, outside, &less).into_iter();
            assert!(readings.any(|it| is_possible(&it)), "{why}");
        }
    }
    // What asks least comes first; among those that ask the same, the shorter plan.
    let asks = |kind: &FixKind| match kind {
        FixKind::Accept { .. } => 1,
        FixKind::Lift { .. } => 3,
        FixKind::Runtime { .. } => 4,
        FixKind::Holder { .. } => 5,
        _ => 6,
    };
    let order = plan
        .fixes()
        .iter()
        .map(|fix| (asks(fix.kind()), fix.steps()));
    let order: Vec<(u8, usize)> = order.filter(|(asks, _)| *asks < 6).collect();
    checked.ordered += u64::from(order.windows(2).any(|pair| pair[0].1 > pair[1].1));
    assert!(
        order.is_sorted(),
        "seed {seed} {outside:?}\n{world}\n{order:?}"
    );
    for fix in plan.fixes() {
        let Some(fixed) = changed(world, outside, fix.kind()) else {
            checked.ambiguous += 1;
            continue;
        };
        checked.fixes += 1;
        checked.together += u64::from(matches!(fix.kind(), FixKind::Together { .. }));
        let why = format!("seed {seed} {outside:?}\n{world}\n{fix:?}");
        match brute::plan(&fixed) {
            brute::Outcome::Planned(steps) if leaves(&fixed, outside, &steps) => {
                checked.leaves += 1;
            }
            brute::Outcome::Planned(steps) => assert_eq!(steps.len(), fix.steps(), "{why}"),
            brute::Outcome::AlreadyThere => assert_eq!(fix.steps(), 1, "{why}"),
            brute::Outcome::Impossible => panic!("{why}"),
        }
    }
}

#[test]
fn causes_are_minimal_and_fixes_work() {
    let mut checked = Checked::default();
    for seed in 0..SEEDS {
        let world = generate::world(seed);
        let Ok(plan) = ask(&world) else { continue };
        if plan.outcome() == Outcome::Impossible {
            check(seed, &world, &[], &plan, &mut checked);
        }
    }
    println!("{checked:?}");
    assert!(
        checked.causes > 250 && checked.members > 280 && checked.fixes > 350 && checked.ordered > 0,
        "{checked:?}"
    );
}

#[test]
fn causes_and_fixes_with_an_index_hold_as_well() {
    let mut checked = Checked::default();
    for seed in 0..3 * SEEDS {
        let world = generate::world(seed);
        let ids = could_stand_outside(&world);
        if ids.is_empty() {
            continue;
        }
        let Ok(plan) = ask_with_index(&world, &ids) else {
            continue;
        };
        if plan.outcome() == Outcome::Impossible {
            check(seed, &world, &ids, &plan, &mut checked);
        }
        // A holder of each package outside that moves.
        for id in ids.iter().copied() {
            let name = world.packages[id].name.as_str();
            let mut moves = plan.steps().iter().flat_map(|it| it.outside());
            let moved = moves.find(|it| it.gem() == name && it.from().is_some());
            let Some(to) = moved.and_then(|it| it.to()) else {
                continue;
            };
            let mut held = world.clone();
            held.holders.push(Requirement {
                package: id,
                range: crate::world::range(&[(Op::Lt, read(to))]),
            });
            let plan = ask_with_index(&held, &ids).unwrap();
            if plan.outcome() == Outcome::Impossible {
                check(seed, &held, &ids, &plan, &mut checked);
            }
        }
    }
    println!("{checked:?}");
    assert!(
        checked.causes > 140
            && checked.outside > 30
            && checked.unlisted > 20
            && checked.fixes > 150,
        "{checked:?}"
    );
}

/// Followers inside the catalog and the same ones outside, told of by an index, make the same plans.
#[test]
fn packages_outside_take_part_as_those_inside() {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut several, mut rests) = (0, 0);
    for seed in 0..3 * SEEDS {
        let world = generate::world(seed);
        let ids = could_stand_outside(&world);
        if ids.is_empty() {
            continue;
        }
        let Ok(inside) = ask(&world) else { continue };
        let outside = ask_with_index(&world, &ids).unwrap();
        let stepped = |plan: &Plan| -> Vec<Vec<String>> {
            let of = |step: &rungs::plan::Step| {
                let stepped = world.ids().filter(|id| world.is_stepped(*id));
                let names = stepped.map(|id| world.packages[id].name.as_str());
                let version = |name| step.state().package(name).map(ToString::to_string);
                names
                    .map(|name| version(name).unwrap_or_default())
                    .collect()
            };
            plan.steps().iter().map(of).collect()
        };
        never_down(&outside);
        several += u64::from(ids.len() > 1);
        let left = || match brute::plan(&world) {
            brute::Outcome::Planned(steps) => leaves(&world, &ids, &steps),
            _ => false,
        };
        let verdict = match (inside.outcome(), outside.outcome()) {
            (Outcome::Impossible, Outcome::Impossible) => "both impossible",
            // Inside a bound on the length is not proven where a package may leave and come back.
            (Outcome::GaveUp, Outcome::Impossible) if !is_possible(&world) => "both impossible",
            (Outcome::GaveUp, Outcome::GaveUp) => "both gave up",
            // Inside it settles on its newest; outside it stays where it can.
            (Outcome::Planned, Outcome::AlreadyThere) if inside.steps().len() == 1 => "settles",
            (one, other) if one != other || stepped(&inside) != stepped(&outside) => {
                assert!(left(), "seed {seed}: {one:?} {other:?} {ids:?}\n{world}");
                "leaves inside"
            }
            _ => {
                if let [first, _, ..] = outside.steps() {
                    rests += 1;
                    let rest = ask_with_index(&after(&world, &ids, first), &ids).unwrap();
                    let rest = stepped(&rest);
                    assert_eq!(rest, stepped(&outside)[1..], "seed {seed} {ids:?}\n{world}");
                }
                let moves = outside.steps().iter().any(|it| !it.outside().is_empty());
                if moves { "same, and it moves" } else { "same" }
            }
        };
        *counts.entry(verdict).or_default() += 1;
    }
    println!("{several} with several outside, {rests} rests, {counts:#?}");
    assert!(counts["same, and it moves"] > 200 && counts["both impossible"] > 200);
    assert!(
        several > 50 && rests > 200 && counts["leaves inside"] < 30 && counts["both gave up"] < 10
    );
}

fn read(text: &str) -> Version {
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    let mut next = || parts.next().unwrap_or(0);
    v(next(), next(), next())
}

/// The world after a step, with what moves outside.
fn after(world: &World, outside: &[Id], step: &rungs::plan::Step) -> World {
    let mut after = world.clone();
    for id in world.ids() {
        let name = world.packages[id].name.as_str();
        if outside.contains(&id) {
            if let Some(moved) = step.outside().iter().find(|it| it.gem() == name) {
                after.installed[id] = moved.to().map(read);
            }
        } else if !world.is_runtime(id) {
            after.installed[id] = step.state().package(name).map(|it| read(it.as_str()));
        } else if let Some((_, text)) = step.state().runtimes().iter().find(|it| it.0 == *name) {
            let releases = world.packages[id].releases.iter().map(|it| it.version);
            let is_line = text.matches('.').count() == 1;
            let newest = releases.filter(|it| line(it.line()) == *text).max();
            if world.installed[id].is_some() {
                after.installed[id] = newest.filter(|_| is_line).or_else(|| Some(read(text)));
            }
        }
    }
    after
}

fn never_down(plan: &Plan) {
    let mut high: BTreeMap<&str, rungs::Version> = BTreeMap::new();
    for moved in plan.steps().iter().flat_map(|it| it.outside()) {
        let parse = |text: &str| rungs::Version::parse(Scheme::RubyGems, text).unwrap();
        for version in moved.from().into_iter().chain(moved.to()).map(parse) {
            let high = high.entry(moved.gem()).or_insert_with(|| version.clone());
            assert!(version >= *high, "{moved:?}");
            *high = version;
        }
    }
}

/// Do the gemspecs alone leave a solution in which a package is newer than in a state? Packages that
/// are fixed stand as the state has them, and must be there.
fn exceeds(world: &World, state: &[Option<Version>], fixed: &[Id], above: Id) -> bool {
    let mut wanted = fixed.to_vec();
    wanted.push(above);
    solve(
        world,
        (state, fixed, above),
        &mut vec![None; state.len()],
        &wanted,
    )
}

fn solve(
    world: &World,
    question: (&[Option<Version>], &[Id], Id),
    chosen: &mut Vec<Option<Version>>,
    wanted: &[Id],
) -> bool {
    let (state, fixed, above) = question;
    let Some(&id) = wanted.iter().find(|id| chosen[**id].is_none()) else {
        return true;
    };
    for release in &world.packages[id].releases {
        let (version, here) = (release.version, state[id]);
        let is_here = here == Some(version);
        let is_out = !is_here && (release.yanked || fixed.contains(&id))
            || id == above && here.is_some_and(|here| version <= here);
        let mut needs = release.requirements.iter();
        let fits = needs.all(|need| match world.is_runtime(need.package) {
            true => state[need.package].is_none_or(|at| need.range.contains(at)),
            false => chosen[need.package].is_none_or(|at| need.range.contains(at)),
        });
        let mut others = world.ids().filter_map(|other| {
            let chosen = chosen[other]?;
            world.packages[other].release(chosen)
        });
        let suits = others.all(|other| other.on(id).all(|range| range.contains(version)));
        if is_out || !fits || !suits {
            continue;
        }
        let packages = release.requirements.iter().map(|need| need.package);
        let mut further = wanted.to_vec();
        further.extend(packages.filter(|on| !world.is_runtime(*on)));
        chosen[id] = Some(version);
        if solve(world, question, chosen, &further) {
            return true;
        }
        chosen[id] = None;
    }
    false
}

/// Bundler's lines against a search that tries everything: no gem can go further, and no fewer
/// temporary lines would do.
#[test]
fn lines_are_certain_and_the_fewest() {
    let (mut steps, mut temporary) = (0, 0);
    for seed in 0..SEEDS {
        let world = generate::world(seed);
        let Ok(plan) = ask(&world) else { continue };
        for step in plan.steps() {
            let mut state = after(&world, &[], step).installed;
            // One that is not known may be narrowed down to a line.
            for id in world.ids().filter(|id| world.is_runtime(*id)) {
                let name = world.packages[id].name.as_str();
                let mut runtimes = step.state().runtimes().iter();
                if let (None, Some((_, text))) = (state[id], runtimes.find(|it| it.0 == *name)) {
                    let releases = world.packages[id].releases.iter().map(|it| it.version);
                    state[id] = releases.filter(|it| line(it.line()) == *text).max();
                }
            }
            let is_known = |id: Id| {
                let at = state[id];
                at.is_none_or(|at| world.packages[id].release(at).is_some())
            };
            if step.kind() != StepKind::Packages || !world.ids().all(is_known) {
                continue;
            }
            steps += 1;
            let there: Vec<Id> = world.family().filter(|id| state[*id].is_some()).collect();
            let (direct, others): (Vec<Id>, Vec<Id>) =
                there.iter().partition(|id| world.direct.contains(id));
            let lines = step.bundle().lines().iter().filter(|it| it.is_temporary());
            let lined: Vec<&str> = lines.map(|it| it.gem().as_str()).collect();
            let is_certain = |lined: &[Id]| {
                let fixed = [&direct[..], lined].concat();
                let mut all = there.iter();
                all.all(|id| !exceeds(&world, &state, &fixed, *id))
            };
            let of = |id: &Id| lined.contains(&world.packages[*id].name.as_str());
            let ours: Vec<Id> = others.iter().copied().filter(of).collect();
            let why = format!("seed {seed} {lined:?} {state:?}\n{world}");
            assert_eq!(ours.len(), lined.len(), "{why}");
            assert!(is_certain(&ours), "{why}");
            for subset in 0u32..1 << others.len() {
                let fewer = (0..others.len()).filter(|at| subset >> at & 1 == 1);
                let fewer: Vec<Id> = fewer.map(|at| others[at]).collect();
                assert!(fewer.len() >= ours.len() || !is_certain(&fewer), "{why}");
            }
            temporary += lined.len();
        }
    }
    println!("{steps} steps, {temporary} temporary lines");
    assert!(steps > 2_000 && temporary > 500, "{steps} {temporary}");
}
