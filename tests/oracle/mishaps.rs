//! Worlds in which something went wrong: what is installed does not run, releases are bad, gems outside the catalog
//! are in the way.

use super::brute;
use super::generate::{self, SplitMix64, accept, gates, lines, part, releases, severity};
use super::world::{
    Clash, Conflict, Defect, Goal, Id, Op, Package, Range, Requirement, Requires, Role, Severity,
    State, Stranger, Target, Version, World, range, v,
};

/// A world whose lockfile has pairs that do not run, as Bundler makes them: requirements are open to what is newer,
/// so the companions are newer than the first package can use.
pub(crate) fn broken(seed: u64) -> World {
    broken_of(SplitMix64::new(seed ^ 0xb0b0_0000))
}

/// The same of these draws.
pub(crate) fn broken_of(mut rng: SplitMix64) -> World {
    let packages = packages(&mut rng);
    let mut world = World::of(packages);
    world.runtime_fixed = rng.percent(15);
    needs(&mut rng, &mut world);
    world.direct = world
        .family()
        .filter(|&id| id == 0 || rng.percent(35))
        .collect();
    installed(&mut rng, &mut world);
    break_it(&mut rng, &mut world);
    if rng.percent(35) {
        gates(&mut rng, &mut world);
    }
    bad_releases(&mut rng, &mut world, 25);
    accept(&mut rng, &mut world);
    marks(&mut rng, &mut world);
    holds(&mut rng, &mut world);
    targets(&mut rng, &mut world);
    world
}

/// A world of [`generate::world`] with bad releases, gems that no catalog has a section for, and dropped holders.
pub(crate) fn ruled(seed: u64) -> World {
    ruled_of(SplitMix64::new(seed), SplitMix64::new(seed ^ 0x0bad_0000))
}

/// The same of these draws: of the world, then of what went wrong.
pub(crate) fn ruled_of(world: SplitMix64, mut rng: SplitMix64) -> World {
    let mut world = generate::world_of(world);
    bad_releases(&mut rng, &mut world, 85);
    strangers(&mut rng, &mut world);
    let installed: Vec<Id> = world
        .ids()
        .filter(|&id| world.installed[id].is_some())
        .collect();
    if rng.percent(30) {
        let package = *rng.pick(&installed);
        let range = below(&mut rng, &world, package);
        world.holders.push(Requirement { package, range });
    }
    // None on a runtime: no lockfile says that a gem requires one.
    let on_package = |at: &usize| !world.is_runtime(world.holders[*at].package);
    world.dropped = (0..world.holders.len())
        .filter(on_package)
        .filter(|_| rng.percent(50))
        .collect();
    let new = world.defects.iter().map(|d| (&d.id, d.severity));
    let new = new.chain(world.clashes.iter().map(|c| (&c.id, c.severity)));
    let may: Vec<String> = new
        .filter(|(_, severity)| *severity == Severity::Should)
        .map(|(id, _)| id.clone())
        .collect();
    world
        .accepted
        .extend(may.into_iter().filter(|_| rng.percent(30)));
    world
}

fn packages(rng: &mut SplitMix64) -> Vec<Package> {
    let family = *rng.pick(&[3, 4, 4, 4, 5]);
    let mut packages = Vec::new();
    for at in 0..family {
        let stepped = at == 0 || rng.percent(50);
        let many = if at == 0 {
            2 + rng.below(3)
        } else {
            2 + rng.below(2)
        };
        packages.push(Package {
            name: char::from(b'a' + u8::try_from(at).expect("few packages")).to_string(),
            role: if stepped {
                Role::Stepped
            } else {
                Role::Follower
            },
            releases: releases(rng, many, 2, 4),
            one_line_at_a_time: false,
            early: false,
            no_way_back: at > 0 && rng.percent(6),
        });
    }
    if rng.percent(40) {
        packages.push(Package {
            name: "r0".to_owned(),
            role: Role::Runtime,
            releases: releases(rng, 2, 2, 4),
            one_line_at_a_time: false,
            early: false,
            no_way_back: false,
        });
    }
    packages
}

/// Requirements that are mostly open to what is newer.
fn needs(rng: &mut SplitMix64, world: &mut World) {
    for id in world.family().collect::<Vec<_>>() {
        for other in world.ids().filter(|&other| other != id) {
            let runtime = world.is_runtime(other);
            let chance = match (runtime, other > id) {
                (true, _) => 30,
                (false, true) => 55,
                (false, false) => 8,
            };
            if !rng.percent(chance) {
                continue;
            }
            let theirs = lines(&world.packages[other]);
            let own = lines(&world.packages[id]);
            let first = own[(own.len() - 1).min(rng.below(4))];
            let always = rng.percent(70);
            for at in 0..world.packages[id].releases.len() {
                let line = world.packages[id].releases[at].version.line();
                if !always && line < first {
                    continue;
                }
                let near = own.iter().position(|&l| l == line).unwrap_or(0);
                let near = (near * theirs.len() / own.len()).min(theirs.len() - 1);
                let mut bounds = Vec::new();
                if rng.percent(60) {
                    bounds.push((Op::Ge, v(theirs[near].major, theirs[near].minor, 0)));
                }
                if let (Some(next), true) = (theirs.get(near + 1), rng.percent(15)) {
                    bounds.push((Op::Lt, v(next.major, next.minor, 0)));
                }
                world.packages[id].releases[at]
                    .requirements
                    .push(Requirement {
                        package: other,
                        range: range(&bounds),
                    });
            }
        }
    }
}

/// The first package low and its companions high, as far as requirements go.
fn installed(rng: &mut SplitMix64, world: &mut World) {
    let mut last = Vec::new();
    // Now and then as nobody could have installed it.
    let careless = rng.percent(8);
    for _ in 0..60 {
        let mut state: State = vec![None; world.packages.len()];
        let mut todo = world.direct.clone();
        todo.extend(world.runtimes().filter(|_| !rng.percent(10)));
        while let Some(id) = todo.pop() {
            if state[id].is_some() {
                continue;
            }
            let releases = &world.packages[id].releases;
            let many = releases.len();
            let low = rng.below(many).min(rng.below(many));
            let at = if id == 0 || world.is_runtime(id) {
                low
            } else {
                many - 1 - low
            };
            state[id] = Some(releases[at].version);
            let needs = releases[at].requirements.iter().map(|r| r.package);
            todo.extend(needs.filter(|&id| !world.is_runtime(id)));
        }
        let done = careless || brute::valid(world, &state).is_ok();
        last = state;
        if done {
            break;
        }
    }
    world.installed = last;
}

/// Rules that what is installed breaks, mostly such that going up does not help.
fn break_it(rng: &mut SplitMix64, world: &mut World) {
    let mut others: Vec<Id> = world
        .family()
        .filter(|&id| id > 0 && world.installed[id].is_some())
        .collect();
    let many = *rng.pick(&[1, 1, 2, 2, 3, 3, 3, 3]);
    for at in 0..many {
        if others.is_empty() {
            return;
        }
        let victim = others.remove(rng.below(others.len()));
        let here = world.installed[victim].expect("installed");
        let reached = |version: &Version| *version <= here;
        let at_most: Vec<Version> = versions(world, victim).filter(reached).collect();
        let from = at_most[(1 + rng.below(at_most.len())).min(at_most.len() - 1)];
        let high = Requirement {
            package: victim,
            range: range(&[(Op::Ge, from)]),
        };
        let partner = match (rng.percent(65), others.first()) {
            (false, Some(&other)) => other,
            _ => 0,
        };
        let stands = world.installed[partner].expect("installed");
        let further = versions(world, partner).filter(|&version| version > stands);
        let further: Vec<Version> = further.collect();
        let mut bounds = Vec::new();
        if partner != 0 && rng.percent(60) {
            // Either of the two may go down.
            let mut at_most: Vec<Version> = versions(world, partner).collect();
            at_most.retain(|version| *version <= stands);
            bounds.push((Op::Ge, at_most[at_most.len().min(2) - 1]));
        } else if let (Some(&end), true) = (further.last(), rng.percent(75)) {
            let end = if rng.percent(50) {
                end
            } else {
                *rng.pick(&further)
            };
            bounds.push((Op::Lt, end));
        }
        let low = Requirement {
            package: partner,
            range: range(&bounds),
        };
        let severity = if rng.percent(85) {
            Severity::Must
        } else {
            Severity::Should
        };
        match rng.below(10) {
            0 | 1 => world.requires.push(Requires {
                id: format!("requires-{at}"),
                severity,
                when: low,
                then: Requirement {
                    package: victim,
                    range: range(&[(Op::Lt, from)]),
                },
            }),
            2 => clash(world, format!("clash-{at}"), severity, high, true),
            3 | 4 => world.conflicts.push(Conflict {
                id: format!("conflict-{at}"),
                severity,
                one: high,
                other: low,
            }),
            _ => world.conflicts.push(Conflict {
                id: format!("conflict-{at}"),
                severity,
                one: low,
                other: high,
            }),
        }
    }
}

fn versions(world: &World, id: Id) -> impl Iterator<Item = Version> + '_ {
    world.packages[id].releases.iter().map(|r| r.version)
}

/// A stranger with which a package does not run; where it would not hit, another version of it is installed.
fn clash(world: &mut World, id: String, severity: Severity, one: Requirement, hits: bool) {
    let at = world.strangers.len();
    world.strangers.push(Stranger {
        name: format!("yy-stranger-{at}"),
        version: v(2, u16::from(hits), 0),
    });
    world.clashes.push(Clash {
        id,
        severity,
        one,
        stranger: at,
        range: range(&[(Op::Ge, v(2, 1, 0))]),
        is_defect: false,
    });
}

fn strangers(rng: &mut SplitMix64, world: &mut World) {
    for at in 0..*rng.pick(&[0, 0, 1, 1, 2]) {
        let family: Vec<Id> = world.family().collect();
        let package = *rng.pick(&family);
        let one = Requirement {
            package,
            range: part(rng, &world.packages[package]),
        };
        let (severity, hits) = (severity(rng), rng.percent(85));
        clash(world, format!("clash-{at}"), severity, one, hits);
        world.clashes[at].is_defect = rng.percent(30);
    }
}

/// Defects of releases, of whole lines, and beside others.
fn bad_releases(rng: &mut SplitMix64, world: &mut World, chance: usize) {
    if !rng.percent(chance) {
        return;
    }
    for at in 0..1 + rng.below(3) {
        let family: Vec<Id> = world.family().collect();
        let package = *rng.pick(&family);
        // What is installed is bad now and then.
        let range = match world.installed[package] {
            Some(here) if rng.percent(25) => range(&[(Op::Ge, here), (Op::Lt, next(here))]),
            _ => part(rng, &world.packages[package]),
        };
        let other = *rng.pick(&family);
        let beside = (other != package && rng.percent(45)).then(|| Requirement {
            package: other,
            range: match world.installed[other] {
                Some(here) if rng.percent(40) => Range::of_line(here.line()),
                _ => part(rng, &world.packages[other]),
            },
        });
        world.defects.push(Defect {
            id: format!("defect-{at}"),
            severity: severity(rng),
            of: Requirement { package, range },
            beside,
        });
    }
}

fn next(version: Version) -> Version {
    v(version.major, version.minor, version.patch + 1)
}

/// Releases that are too young, a package from a repository.
fn marks(rng: &mut SplitMix64, world: &mut World) {
    if rng.percent(10) {
        for package in &mut world.packages {
            let many = rng.below(package.releases.len().min(3));
            let newest = package.releases.iter_mut().rev();
            newest.take(many).for_each(|release| release.young = true);
        }
    }
    let direct = world.direct.clone();
    if rng.percent(8) {
        world.foreign.push(*rng.pick(&direct));
    }
}

/// A range that ends just above what is installed, or somewhere.
fn below(rng: &mut SplitMix64, world: &World, id: Id) -> Range {
    let here = world.installed[id].expect("installed");
    match rng.below(3) {
        0 => range(&[(Op::Lt, next(here))]),
        1 => range(&[(Op::Lt, v(here.major, here.minor + 1, 0))]),
        _ => part(rng, &world.packages[id]),
    }
}

fn holds(rng: &mut SplitMix64, world: &mut World) {
    let family = world.family().filter(|&id| world.installed[id].is_some());
    let family: Vec<Id> = family.collect();
    if rng.percent(15) {
        let package = *rng.pick(&family);
        let range = below(rng, world, package);
        world.holders.push(Requirement { package, range });
        world.dropped = (0..1).filter(|_| rng.percent(30)).collect();
    }
    if rng.percent(15) {
        let package = *rng.pick(&family);
        let at_least = rng.pick(&world.packages[package].releases).version;
        let range = match rng.percent(50) {
            true => range(&[(Op::Ge, at_least)]),
            false => below(rng, world, package),
        };
        world.pins.push(Requirement { package, range });
    }
}

fn targets(rng: &mut SplitMix64, world: &mut World) {
    if rng.percent(25) {
        return;
    }
    let mut wanted = vec![0];
    let family: Vec<Id> = world.family().collect();
    if rng.percent(15) {
        wanted[0] = *rng.pick(&family);
    }
    if rng.percent(12) {
        let other = *rng.pick(&family);
        if other != wanted[0] {
            wanted.push(other);
        }
    }
    for package in wanted {
        let Some(here) = world.installed[package] else {
            continue;
        };
        let ahead: Vec<Version> = versions(world, package).filter(|&v| v >= here).collect();
        let version = *rng.pick(&ahead).max(rng.pick(&ahead));
        let goal = match rng.below(12) {
            0 => Goal::Exact(version),
            1 => Goal::Latest,
            2 => Goal::Range(range(&[(Op::Ge, version)])),
            _ => Goal::Line(version.line()),
        };
        world.targets.push(Target { package, goal });
    }
}
