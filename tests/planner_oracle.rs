//! The planner against the brute-force planner on thousands of small random worlds.

mod oracle;

use oracle::brute::{self, Kind};
use oracle::generate;
use oracle::world::{Goal, Id, Requirement, Role, Severity, World};
use oracle::write::{catalog, info, line, lockfile, range, version};
use rungs::catalog::{Catalog, Source};
use rungs::index::Infos;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Constraint, FixKind, Outcome, Plan, StepKind};
use rungs::planner::{Request, RuntimeMove, plan, plan_with_index};
use rungs::{Requirement as Wanted, Scheme};
use std::collections::BTreeMap;

const SEEDS: u64 = 3_000;

fn snapshot(world: &World) -> Snapshot {
    read(world, &lockfile(world, None))
}

fn read(world: &World, lockfile: &str) -> Snapshot {
    let lockfile = Lockfile::parse(lockfile.as_bytes()).unwrap();
    let mut snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
    for id in world.ids().filter(|id| world.is_runtime(*id)) {
        if let Some(v) = world.installed[id] {
            snapshot = snapshot.with_runtime(&world.packages[id].name, &version(v));
        }
    }
    snapshot
}

/// Why a world is not compared: something the product reads otherwise on purpose, or cannot say.
fn skip(world: &World) -> Option<&'static str> {
    let runtime = |id: usize| world.is_runtime(id);
    if world.targets.iter().any(|t| runtime(t.package)) {
        return Some("a runtime as target");
    }
    if world
        .pins
        .iter()
        .chain(&world.holders)
        .any(|r| runtime(r.package))
    {
        return Some("a pin or holder on a runtime");
    }
    if world
        .holders
        .iter()
        .any(|h| world.installed[h.package].is_none())
    {
        return Some("a holder of something absent");
    }
    if world.ids().any(|id| {
        runtime(id) && world.installed[id].is_none() && world.packages[id].rungs().is_empty()
    }) {
        return Some("an unknown runtime without a fit release");
    }
    None
}

fn ask(world: &World) -> rungs::Result<Plan> {
    let catalog = Catalog::parse(vec![Source::new("w.toml", catalog(world, None))])?;
    let request = request(world, &catalog)?;
    plan(&catalog, &snapshot(world), &request)
}

fn request(world: &World, catalog: &Catalog) -> rungs::Result<Request> {
    let mut request = Request::new();
    if world.runtime_fixed {
        request.runtime = RuntimeMove::Fixed;
    }
    request.accept.clone_from(&world.accepted);
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
    for pin in &world.pins {
        let name = world.packages[pin.package].name.clone();
        request
            .pins
            .push((name, Wanted::parse(Scheme::RubyGems, &range(&pin.range))?));
    }
    Ok(request)
}

/// Each step as its kind and the packages after it.
fn product_steps(plan: &Plan) -> Vec<(bool, BTreeMap<String, String>)> {
    plan.steps()
        .iter()
        .map(|step| {
            let packages = step.state().packages().iter();
            let packages = packages
                .map(|(n, v)| (n.to_string(), v.to_string()))
                .collect();
            (step.kind() == StepKind::Runtime, packages)
        })
        .collect()
}

fn oracle_steps(world: &World, steps: &[brute::Step]) -> Vec<(bool, BTreeMap<String, String>)> {
    steps
        .iter()
        .map(|step| {
            let packages = world
                .ids()
                .filter(|id| !world.is_runtime(*id))
                .filter_map(|id| Some((world.packages[id].name.clone(), version(step.state[id]?))))
                .collect();
            (matches!(step.kind, Kind::Runtime(_)), packages)
        })
        .collect()
}

#[test]
fn the_planner_agrees_with_brute_force() {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in 0..SEEDS {
        let world = generate::world(seed);
        if let Some(why) = skip(&world) {
            *counts.entry(why).or_default() += 1;
            continue;
        }
        let want = brute::plan(&world);
        let got = ask(&world);
        let verdict = match (&want, &got) {
            (brute::Outcome::Impossible, Err(_)) => "refused, and impossible",
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

/// The world with no other rules, pins, holders and fixed runtimes than these.
fn only(world: &World, constraints: &[&Constraint]) -> World {
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
    let alone = |at: usize| {
        let mut one = world.clone();
        one.targets = vec![world.targets[at].clone()];
        is_possible(&one)
    };
    if less.targets.len() > 1 && (0..less.targets.len()).all(alone) {
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
    less
}

fn is_possible(world: &World) -> bool {
    !matches!(brute::plan(world), brute::Outcome::Impossible)
}

#[test]
fn causes_are_minimal_and_fixes_work() {
    let (mut causes, mut members, mut fixes) = (0, 0, 0);
    for seed in 0..SEEDS {
        let world = generate::world(seed);
        if skip(&world).is_some() {
            continue;
        }
        let Ok(plan) = ask(&world) else { continue };
        if plan.outcome() != Outcome::Impossible {
            continue;
        }
        // Where what is installed is in the way the other causes count without it.
        let installed = |c: &Constraint| matches!(c, Constraint::Installed { .. });
        let skip = plan
            .causes()
            .iter()
            .any(|cause| cause.constraints().iter().any(installed));
        for cause in plan.causes().iter().filter(|_| !skip) {
            let all: Vec<&Constraint> = cause.constraints().iter().collect();
            if all.is_empty() {
                continue;
            }
            causes += 1;
            assert!(
                !is_possible(&only(&world, &all)),
                "seed {seed}\n{world}\n{cause:?}"
            );
            for out in 0..all.len() {
                let mut less = all.clone();
                less.remove(out);
                members += 1;
                let why = format!("seed {seed}\n{world}\n{cause:?} without {out}");
                assert!(is_possible(&only(&world, &less)), "{why}");
            }
        }
        for fix in plan.fixes() {
            let mut fixed = world.clone();
            match fix.kind() {
                FixKind::Accept { rules } => {
                    fixed.accepted.extend(rules.iter().map(ToString::to_string));
                }
                FixKind::Runtime { .. } => fixed.runtime_fixed = false,
                FixKind::Lift { packages } if world.pins.len() == 1 => {
                    assert_eq!(
                        packages[0],
                        world.packages[world.pins[0].package].name.as_str()
                    );
                    fixed.pins.clear();
                }
                FixKind::Holder { .. } if world.holders.len() == 1 => fixed.holders.clear(),
                _ => continue,
            }
            fixes += 1;
            match brute::plan(&fixed) {
                brute::Outcome::Planned(steps) => {
                    assert_eq!(steps.len(), fix.steps(), "seed {seed}")
                }
                brute::Outcome::AlreadyThere => assert_eq!(fix.steps(), 1, "seed {seed}"),
                brute::Outcome::Impossible => panic!("seed {seed}\n{world}\n{fix:?}"),
            }
        }
    }
    println!("{causes} causes of {members} members, {fixes} fixes");
    assert!(
        causes > 150 && members > 200 && fixes > 100,
        "{causes} {members} {fixes}"
    );
}

/// An index of one package.
struct Of<'a> {
    name: &'a str,
    text: String,
}

impl Infos for Of<'_> {
    fn info(&mut self, name: &str) -> rungs::Result<Option<Vec<u8>>> {
        Ok((name == self.name).then(|| self.text.clone().into_bytes()))
    }
}

/// A follower that could as well stand outside the catalog: no rule, pin, target or holder speaks
/// of it, and it needs what stays in any case.
fn could_stand_outside(world: &World) -> Option<Id> {
    let spoken_of = |id: Id| {
        let requires = world.requires.iter();
        let conflicts = world.conflicts.iter();
        requires
            .flat_map(|it| [it.when.package, it.then.package])
            .any(|it| it == id)
            || conflicts
                .flat_map(|it| [it.one.package, it.other.package])
                .any(|it| it == id)
            || world.gates.iter().any(|it| it.package == id)
            || world.bridges.iter().any(|it| it.package == id)
            || world
                .pins
                .iter()
                .chain(&world.holders)
                .any(|it| it.package == id)
            || world.targets.iter().any(|it| it.package == id)
    };
    let mut family = world.family();
    family.find(|&id| {
        let package = &world.packages[id];
        let mut needs = package.releases.iter().flat_map(|it| &it.requirements);
        let known = world.installed[id].is_none_or(|v| package.release(v).is_some());
        package.role == Role::Follower
            && known
            && !spoken_of(id)
            && needs.all(|need| world.direct.contains(&need.package))
    })
}

/// A follower inside the catalog and the same one outside, told of by an index, make the same plans.
#[test]
fn a_package_outside_takes_part_as_one_inside() {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in 0..3 * SEEDS {
        let world = generate::world(seed);
        if skip(&world).is_some() {
            continue;
        }
        let Some(id) = could_stand_outside(&world) else {
            continue;
        };
        let Ok(inside) = ask(&world) else { continue };
        let catalog = Catalog::parse(vec![Source::new("w.toml", catalog(&world, Some(id)))]);
        let catalog = catalog.unwrap();
        let snapshot = read(&world, &lockfile(&world, Some(id)));
        let mut index = Of {
            name: &world.packages[id].name,
            text: info(&world, id),
        };
        let request = request(&world, &catalog).unwrap();
        let outside = plan_with_index(&catalog, &snapshot, &request, &mut index).unwrap();
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
        let down = outside
            .steps()
            .iter()
            .flat_map(|it| it.outside())
            .any(|it| {
                let parse = |text: &str| rungs::Version::parse(Scheme::RubyGems, text).unwrap();
                let (from, to) = (it.from().map(parse), it.to().map(parse));
                from.zip(to).is_some_and(|(from, to)| from > to)
            });
        let verdict = match (inside.outcome(), outside.outcome()) {
            (Outcome::Impossible, Outcome::Impossible) => "both impossible",
            (one, other) if one != other && down => "goes down outside",
            (Outcome::GaveUp, _) | (_, Outcome::GaveUp) => "gave up",
            // Inside it settles on its newest; outside it stays where it can.
            (Outcome::Planned, Outcome::AlreadyThere) if inside.steps().len() == 1 => "settles",
            (one, other) if one != other => panic!("seed {seed}: {one:?} {other:?}\n{world}"),
            _ if down => "goes down outside",
            _ => {
                assert_eq!(stepped(&inside), stepped(&outside), "seed {seed}\n{world}");
                let moves = outside.steps().iter().any(|it| !it.outside().is_empty());
                if moves { "same, and it moves" } else { "same" }
            }
        };
        *counts.entry(verdict).or_default() += 1;
    }
    println!("{counts:#?}");
    assert!(counts["same, and it moves"] > 100 && counts["both impossible"] > 100);
}
