//! Worlds of other families from a seed: those of [`generate`](super::generate) with edges, risks, stops and
//! properties laid over them, and small ones of packages that must stay near one another.

use super::generate::{self, SplitMix64};
use super::kinds::{Applies, Edge, Moves, Risk, Skew, Stop};
use super::world::{
    Goal, Id, Op, Package, Range, Release, Requirement, Role, Severity, Target, Version, World,
    range, v,
};

/// What is laid over a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Edges,
    Stops,
    Lockstep,
    /// Packages that stay near one another.
    Near,
    All,
}

/// The world of a seed in a style.
pub(crate) fn world(style: Style, seed: u64) -> World {
    let mut rng = SplitMix64::new(seed ^ 0x6c61_6464_6572);
    let mut world = match style {
        Style::Near => near(&mut rng),
        Style::All if rng.percent(30) => near(&mut rng),
        _ => generate::world(seed),
    };
    let all = style == Style::All;
    if style == Style::Lockstep || all && rng.percent(40) {
        lockstep(&mut rng, &mut world);
    }
    if style == Style::Edges || all && rng.percent(50) {
        edges(&mut rng, &mut world);
    }
    if style == Style::Stops || all && rng.percent(50) {
        stops(&mut rng, &mut world);
    }
    if all {
        roles(&mut rng, &mut world);
        if rng.percent(60) {
            skews(&mut rng, &mut world);
        }
    }
    let moves = &world.kinds.moves;
    world.bridges.retain(|it| !moves.contains_key(&it.package));
    if style != Style::Lockstep {
        properties(&mut rng, &mut world);
    }
    world
}

fn family(world: &World) -> Vec<Id> {
    world.family().collect()
}

fn version(rng: &mut SplitMix64, package: &Package) -> Version {
    rng.pick(&package.releases).version
}

/// Moves one or two packages along edges, some of them over risks.
fn edges(rng: &mut SplitMix64, world: &mut World) {
    let mut family = family(world);
    for _ in 0..1 + rng.below(2) {
        if family.is_empty() {
            return;
        }
        let id = family.remove(rng.below(family.len()));
        if world.kinds.lockstep.contains_key(&id) || world.packages[id].releases.len() < 2 {
            continue;
        }
        let risks: Vec<String> = (0..1 + rng.below(4))
            .map(|at| format!("risk-{id}-{at}"))
            .collect();
        for risk in &risks {
            let applies = *rng.pick(&[
                Applies::Unknown,
                Applies::Unknown,
                Applies::Yes,
                Applies::No,
            ]);
            world.kinds.risks.push(Risk {
                id: risk.clone(),
                package: id,
                applies,
            });
            if rng.percent(15) {
                world.accepted.push(risk.clone());
            }
        }
        world.kinds.moves.insert(id, Moves::Edges);
        let releases: Vec<Version> = world.packages[id]
            .releases
            .iter()
            .map(|it| it.version)
            .collect();
        for (at, to) in releases.iter().enumerate().skip(1) {
            let first = at == 1 && releases.len() == 2;
            for _ in 0..usize::from(first || rng.percent(85)) + usize::from(rng.percent(30)) {
                let low = at - 1 - rng.below(at.min(5));
                let low = releases[low];
                let from = match rng.below(4) {
                    0 => range(&[(Op::Eq, low)]),
                    1 => range(&[(Op::Ge, low), (Op::Lt, *to), (Op::Ne, releases[at - 1])]),
                    _ => range(&[(Op::Ge, low), (Op::Lt, *to)]),
                };
                if !releases[..at].iter().any(|it| from.contains(*it)) {
                    continue;
                }
                let chosen = match rng.below(10) {
                    0..=5 => Vec::new(),
                    6 | 7 => vec![rng.pick(&risks).clone()],
                    _ => risks[..1 + rng.below(risks.len())].to_vec(),
                };
                world.kinds.edges.push(Edge {
                    package: id,
                    to: *to,
                    from,
                    risks: chosen,
                });
            }
        }
        if !world.kinds.edges.iter().any(|it| it.package == id) {
            world.kinds.edges.push(Edge {
                package: id,
                to: releases[1],
                from: range(&[(Op::Eq, releases[0])]),
                risks: Vec::new(),
            });
        }
    }
}

/// Gates before versions, and packages that else may go anywhere.
fn stops(rng: &mut SplitMix64, world: &mut World) {
    for id in family(world) {
        let releases: Vec<Version> = world.packages[id]
            .releases
            .iter()
            .map(|it| it.version)
            .collect();
        let is_bound =
            world.kinds.moves.contains_key(&id) || world.kinds.lockstep.contains_key(&id);
        if !is_bound && rng.percent(45) {
            world.kinds.moves.insert(id, Moves::Any);
        }
        for at in 0..[0, 1, 1, 2, 3][rng.below(5)] {
            let first = rng.below(releases.len());
            let mut bounds = vec![(Op::Ge, releases[first])];
            let rest = &releases[first + 1..];
            if !rest.is_empty() && rng.percent(30) {
                bounds.push((Op::Lt, *rng.pick(rest)));
            }
            let enter = Range { bounds };
            let from = rng.percent(75).then(|| {
                let low = releases[rng.below(first + 1)];
                match rng.percent(50) {
                    true => range(&[(Op::Ge, low)]),
                    false => range(&[(Op::Ge, low), (Op::Lt, releases[first])]),
                }
            });
            // One that could never open is refused.
            let opens = |it: &&Version| {
                !enter.contains(**it) && from.as_ref().is_none_or(|from| from.contains(**it))
            };
            if releases.iter().any(|it| opens(&it)) {
                let severity = severity(rng);
                let id_of = format!("stop-{id}-{at}");
                if severity == Severity::Should && rng.percent(30) {
                    world.accepted.push(id_of.clone());
                }
                world.kinds.stops.push(Stop {
                    id: id_of,
                    severity,
                    package: id,
                    enter,
                    from,
                });
            }
        }
    }
}

fn severity(rng: &mut SplitMix64) -> Severity {
    *rng.pick(&[Severity::Must, Severity::Should])
}

/// Copies a package, and lets both share each version; some releases of one are missing in the other.
fn lockstep(rng: &mut SplitMix64, world: &mut World) {
    let family = family(world);
    let id = *rng.pick(&family);
    let mut twin = world.packages[id].clone();
    twin.name = format!("{}-twin", twin.name);
    let spared = world.installed[id];
    twin.releases
        .retain(|it| Some(it.version) == spared || rng.percent(93));
    for release in &mut twin.releases {
        // It has its own reasons.
        if rng.percent(60) {
            release.requirements.clear();
        }
        (release.yanked, release.blocked) = (rng.percent(3), rng.percent(3));
        release.prerelease = rng.percent(3);
    }
    let at = world.packages.len();
    world.packages.push(twin);
    let is_there = world.installed[id].is_some() && rng.percent(85);
    world
        .installed
        .push(world.installed[id].filter(|_| is_there));
    if is_there && rng.percent(50) {
        world.direct.push(at);
    }
    let bridges = world.bridges.iter().filter(|it| it.package == id);
    let bridges: Vec<_> = bridges.cloned().collect();
    for mut bridge in bridges {
        bridge.package = at;
        let has = |line| {
            world.packages[at]
                .releases
                .iter()
                .any(|it| it.version.line() == line)
        };
        if has(bridge.from) && bridge.to.iter().all(|to| has(*to)) {
            world.bridges.push(bridge);
        }
    }
    let always = rng.percent(50);
    let since = version(rng, &world.packages[id]);
    // Whether the group alone makes them share versions, or their requirements do so as well.
    let loose = world.packages[at].releases.len() % 2 == 0;
    for release in &mut world.packages[id].releases {
        release.requirements.retain(|it| it.package != at);
        if always || release.version >= since {
            release.requirements.push(Requirement {
                package: at,
                range: match loose {
                    true => Range::default(),
                    false => range(&[(Op::Eq, release.version)]),
                },
            });
        }
    }
    for id in [id, at] {
        world.kinds.lockstep.insert(id, 0);
    }
    if rng.percent(20) || world.kinds.alone.contains(&id) {
        world.kinds.alone.extend([id, at]);
    }
    if rng.percent(20) || world.kinds.moves.contains_key(&id) {
        world
            .kinds
            .moves
            .extend([(id, Moves::Any), (at, Moves::Any)]);
    }
}

/// Followers become lazy, some packages move alone.
fn roles(rng: &mut SplitMix64, world: &mut World) {
    for id in family(world) {
        if world.kinds.lockstep.contains_key(&id) {
            continue;
        }
        if world.packages[id].role == Role::Follower && rng.percent(50) {
            world.packages[id].role = Role::Lazy;
        }
        if rng.percent(15) {
            world.kinds.alone.insert(id);
        }
    }
}

fn skews(rng: &mut SplitMix64, world: &mut World) {
    let family = family(world);
    let first = world.kinds.skews.len();
    for at in first..first + 1 + rng.below(2) {
        let (package, of) = (*rng.pick(&family), *rng.pick(&family));
        let while_rolling = package == of || rng.percent(35);
        let versions = match rng.percent(65) {
            true => Range::default(),
            false => {
                let op = *rng.pick(&[Op::Ge, Op::Lt]);
                range(&[(op, version(rng, &world.packages[package]))])
            }
        };
        let id = format!("skew-{at}");
        let severity = severity(rng);
        if severity == Severity::Should && rng.percent(30) {
            world.accepted.push(id.clone());
        }
        world.kinds.skews.push(Skew {
            id,
            severity,
            package,
            versions,
            of,
            behind: rng.below(4),
            ahead: [0, 0, 1, 2][rng.below(4)],
            while_rolling,
        });
    }
}

/// Packages with the same lines, as those of a cluster.
fn near(rng: &mut SplitMix64) -> World {
    let mut world = generate::world(0);
    let minors = 3 + u16::try_from(rng.below(3)).expect("a small number");
    let count = 2 + rng.below(2);
    let packages = (0..count).map(|at| {
        let role = match at {
            0 => Role::Stepped,
            _ => *rng.pick(&[Role::Stepped, Role::Lazy, Role::Lazy, Role::Follower]),
        };
        let mut releases = Vec::new();
        for minor in 0..minors {
            for patch in 0..1 + u16::from(rng.percent(30)) {
                releases.push(Release {
                    version: v(1, minor, patch),
                    prerelease: false,
                    yanked: rng.percent(4),
                    blocked: rng.percent(4),
                    young: false,
                    requirements: Vec::new(),
                });
            }
        }
        Package {
            name: ["plane", "node", "proxy"][at].to_owned(),
            role,
            releases,
            one_line_at_a_time: false,
            early: false,
            no_way_back: false,
        }
    });
    world.packages = packages.collect();
    world.direct = (0..count).collect();
    world.kinds.alone = (0..count).filter(|_| rng.percent(55)).collect();
    for id in 1..count {
        if rng.percent(20) {
            world.kinds.moves.insert(id, Moves::Any);
        }
    }
    (world.requires, world.conflicts, world.gates) = (Vec::new(), Vec::new(), Vec::new());
    (world.bridges, world.holders, world.pins) = (Vec::new(), Vec::new(), Vec::new());
    (world.accepted, world.dropped) = (Vec::new(), Vec::new());
    skews(rng, &mut world);
    let start = u16::try_from(rng.below(2)).expect("a small number");
    world.installed = (0..count)
        .map(|id| {
            let releases = world.packages[id].releases.iter();
            let low = releases.filter(|it| it.version.minor <= start + 1);
            let low: Vec<Version> = low.map(|it| it.version).collect();
            Some(match rng.percent(70) {
                true => v(1, start, 0),
                false => *rng.pick(&low),
            })
        })
        .collect();
    world.targets = Vec::new();
    for id in 0..count {
        if id == 0 && rng.percent(85) || rng.percent(30) {
            let floor = world.installed[id];
            let releases = world.packages[id].releases.iter().map(|it| it.version);
            let ahead: Vec<Version> = releases.filter(|it| Some(*it) >= floor).collect();
            let to = *rng.pick(&ahead);
            let goal = match rng.below(6) {
                0 => Goal::Exact(to),
                1 => Goal::Latest,
                _ => Goal::Line(to.line()),
            };
            world.targets.push(Target { package: id, goal });
        }
    }
    world
}

/// Some rules depend on properties, of which some are known.
fn properties(rng: &mut SplitMix64, world: &mut World) {
    if rng.percent(35) {
        return;
    }
    let names: Vec<String> = (0..1 + rng.below(2))
        .map(|at| format!("property-{at}"))
        .collect();
    let mut rules: Vec<String> = world.rules().iter().map(|it| it.0.to_owned()).collect();
    rules.extend((0..world.bridges.len()).map(|at| format!("bridge-{at}")));
    for (id, package) in world.packages.iter().enumerate() {
        let blocked = package
            .releases
            .iter()
            .filter(|it| it.blocked && !it.prerelease);
        rules.extend(blocked.map(|it| format!("block-{id}-{}", it.version)));
    }
    for rule in rules {
        if rng.percent(40) {
            let mut all = vec![rng.pick(&names).clone()];
            if names.len() == 2 && rng.percent(25) {
                all = names.clone();
            }
            world.kinds.conditions.insert(rule, all);
        }
    }
    for name in &names {
        match rng.below(10) {
            0..=3 => {}
            4..=7 => {
                world.kinds.told.insert(name.clone(), false);
            }
            _ => {
                world.kinds.told.insert(name.clone(), true);
            }
        }
    }
    world.kinds.properties = names;
}
