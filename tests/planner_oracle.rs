//! The planner against the brute-force planner on thousands of small random worlds.

mod oracle;

use oracle::brute::{self, Kind};
use oracle::generate;
use oracle::world::{Asks, Goal, Line, Op, Range, Requirement, Role, Severity, Version, World};
use rungs::catalog::{Catalog, Source};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Constraint, FixKind, Outcome, Plan, StepKind};
use rungs::planner::{Request, RuntimeMove, plan};
use rungs::{Requirement as Wanted, Scheme};
use std::collections::BTreeMap;
use std::fmt::Write;

const SEEDS: u64 = 3_000;

fn version(v: Version) -> String {
    format!("{}.{}.{}", v.major, v.minor, v.patch)
}

fn line(l: Line) -> String {
    format!("{}.{}", l.major, l.minor)
}

fn range(range: &Range) -> String {
    let bounds: Vec<String> = range
        .bounds
        .iter()
        .map(|(op, bound)| {
            let op = match op {
                Op::Ge => ">=",
                Op::Lt => "<",
                Op::Eq => "=",
                Op::Ne => "!=",
            };
            format!("{op} {}", version(*bound))
        })
        .collect();
    if bounds.is_empty() {
        ">= 0".to_owned()
    } else {
        bounds.join(", ")
    }
}

fn force(severity: Severity) -> &'static str {
    match severity {
        Severity::Must => "must",
        Severity::Should => "should",
    }
}

fn catalog(world: &World) -> String {
    let name = |id: usize| world.packages[id].name.as_str();
    let mut text = String::from("format = 1\nname = \"w\"\nhorizon = 2026-01-01\n");
    let order: Vec<String> = world
        .ids()
        .filter(|id| !world.is_runtime(*id))
        .map(|id| format!("{:?}", name(id)))
        .collect();
    let _ = writeln!(text, "order = [{}]", order.join(", "));
    let common = "why = \"w\"\nsource = \"s\"";
    for package in &world.packages {
        let role = match package.role {
            Role::Stepped => "stepped",
            Role::Follower => "follower",
            Role::Runtime => "runtime",
        };
        let _ = writeln!(text, "[package.{}]\nrole = \"{role}\"", package.name);
        if package.one_line_at_a_time {
            text.push_str("one_line_at_a_time = true\n");
        }
        text.push_str("releases = '''\n");
        for release in &package.releases {
            let needs: Vec<String> = release
                .requirements
                .iter()
                .map(|need| format!("{} {}", name(need.package), range(&need.range)))
                .collect();
            let mark = if release.yanked { "[yanked] " } else { "" };
            let _ = writeln!(
                text,
                "{} ? {mark}{}",
                version(release.version),
                needs.join("; ")
            );
        }
        text.push_str("'''\n");
    }
    for (id, package) in world.packages.iter().enumerate() {
        for release in &package.releases {
            // A prerelease is not entered either; the oracle flags it on a plain version.
            if release.blocked || release.prerelease {
                let v = version(release.version);
                let _ = writeln!(
                    text,
                    "[[blocked]]\nid = \"block-{id}-{v}\"\npackage = \"{}\"\nversions = \"= {v}\"\n{common}",
                    package.name
                );
            }
        }
    }
    for rule in &world.requires {
        let _ = writeln!(
            text,
            "[[requires]]\nid = \"{}\"\nforce = \"{}\"\npackage = \"{}\"\nversions = \"{}\"\nneeds = \"{}\"\nrequirement = \"{}\"\n{common}",
            rule.id,
            force(rule.severity),
            name(rule.when.package),
            range(&rule.when.range),
            name(rule.then.package),
            range(&rule.then.range)
        );
    }
    for rule in &world.conflicts {
        let _ = writeln!(
            text,
            "[[conflict]]\nid = \"{}\"\nforce = \"{}\"\npackage = \"{}\"\nversions = \"{}\"\nwith = \"{}\"\nwith_versions = \"{}\"\n{common}",
            rule.id,
            force(rule.severity),
            name(rule.one.package),
            range(&rule.one.range),
            name(rule.other.package),
            range(&rule.other.range)
        );
    }
    for gate in &world.gates {
        let from = match gate.asks {
            Asks::NewestOfLine => "newest-of-line".to_owned(),
            Asks::AtLeast(v) => format!(">= {}", version(v)),
        };
        let enter = gate
            .entering
            .map_or(String::new(), |l| format!("enter = \"{}\"\n", line(l)));
        let _ = writeln!(
            text,
            "[[gate]]\nid = \"{}\"\nforce = \"{}\"\npackage = \"{}\"\nfrom = \"{from}\"\n{enter}{common}",
            gate.id,
            force(gate.severity),
            name(gate.package)
        );
    }
    for (at, bridge) in world.bridges.iter().enumerate() {
        let to: Vec<String> = bridge
            .to
            .iter()
            .map(|l| format!("{:?}", line(*l)))
            .collect();
        let _ = writeln!(
            text,
            "[[bridge]]\nid = \"bridge-{at}\"\npackage = \"{}\"\nfrom = \"{}\"\nto = [{}]\n{common}",
            name(bridge.package),
            line(bridge.from),
            to.join(", ")
        );
    }
    text
}

fn snapshot(world: &World) -> Snapshot {
    let mut text = String::from("GEM\n  remote: https://rubygems.org/\n  specs:\n");
    for id in world.ids().filter(|id| !world.is_runtime(*id)) {
        if let Some(v) = world.installed[id] {
            let _ = writeln!(text, "    {} ({})", world.packages[id].name, version(v));
        }
    }
    for (at, holder) in world.holders.iter().enumerate() {
        let on = &world.packages[holder.package].name;
        let _ = writeln!(
            text,
            "    zz-holder-{at} (1.0)\n      {on} ({})",
            range(&holder.range)
        );
    }
    text.push_str("\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  zz-other\n");
    for id in &world.direct {
        let _ = writeln!(text, "  {}", world.packages[*id].name);
    }
    let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
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
    let catalog = Catalog::parse(vec![Source::new("w.toml", catalog(world))])?;
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
        request = request.to(&catalog, &format!("{name}={goal}"))?;
    }
    for pin in &world.pins {
        let name = world.packages[pin.package].name.clone();
        request
            .pins
            .push((name, Wanted::parse(Scheme::RubyGems, &range(&pin.range))?));
    }
    plan(&catalog, &snapshot(world), &request)
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
