//! Worlds from a seed: small enough to be searched by force, awkward enough to catch a planner that guesses.
//!
//! A world is drawn around a hidden ladder: the lines of all packages are laid beside each other and releases mostly
//! require what stands near them on it, so that plans exist; single releases then ask for more or less than their
//! neighbours, are unfit, or pull other packages in, so that the plans are not the obvious ones.

use super::brute::{self, Outcome};
use super::world::{
    Asks, Bridge, Conflict, Gate, Goal, Id, Line, Op, Package, Range, Release, Requirement,
    Requires, Role, Severity, State, Target, Version, World, line, range, v,
};

/// The generator by Steele, Lea and Flood, with the usual constants.
#[derive(Clone, Debug)]
pub(crate) struct SplitMix64 {
    state: u64,
    /// What is drawn first, so that a fuzzer can change one draw and keep the others.
    tape: std::vec::IntoIter<u8>,
}

impl SplitMix64 {
    pub(crate) fn new(seed: u64) -> SplitMix64 {
        SplitMix64 {
            state: seed,
            tape: Vec::new().into_iter(),
        }
    }

    /// Draws that the bytes say, one each; where they end, as [`SplitMix64::new`] of zero.
    pub(crate) fn of_tape(tape: &[u8]) -> SplitMix64 {
        let mut rng = SplitMix64::new(0);
        rng.tape = Vec::from(tape).into_iter();
        rng
    }

    pub(crate) fn next(&mut self) -> u64 {
        if let Some(byte) = self.tape.next() {
            return u64::from(byte);
        }
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not zero. The bias of the remainder does not matter here.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a small number");
        usize::try_from(self.next() % bound).expect("below a usize")
    }

    /// True that many times in a hundred.
    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// The world of a seed; it passes [`World::check`].
pub(crate) fn world(seed: u64) -> World {
    world_of(SplitMix64::new(seed))
}

/// The world of these draws.
pub(crate) fn world_of(mut rng: SplitMix64) -> World {
    let packages = packages(&mut rng);
    let mut world = World {
        runtime_fixed: rng.percent(15),
        ..World::of(packages)
    };
    requirements(&mut rng, &mut world);
    if rng.percent(60) {
        dead_end(&mut rng, &mut world);
    }
    rules(&mut rng, &mut world);
    gates(&mut rng, &mut world);
    bridges(&mut rng, &mut world);
    accept(&mut rng, &mut world);
    direct(&mut rng, &mut world);
    installed(&mut rng, &mut world);
    holders_and_pins(&mut rng, &mut world);
    targets(&mut rng, &mut world);
    world
}

/// Stepping by the newest in sight: each step goes to the newest successor that passes no target.
///
/// Returns the number of steps it takes to the targets, `None` where it gets stuck.
pub(crate) fn greedy(world: &World) -> Option<usize> {
    let targets = brute::targets(world)?;
    let stepped = brute::stepped_order(world, &targets);
    let followers = brute::follower_order(world);
    let runtimes: Vec<Id> = world.runtimes().collect();
    let key = |state: &State| -> Vec<Option<Version>> {
        stepped
            .iter()
            .chain(&followers)
            .chain(&runtimes)
            .map(|&id| state[id])
            .collect()
    };
    let passed = |state: &State| {
        targets.iter().any(|target| match target.goal {
            Goal::Line(goal) => state[target.package].is_some_and(|version| version.line() > goal),
            Goal::Exact(goal) => state[target.package].is_some_and(|version| version > goal),
            Goal::Range(_) | Goal::Latest => false,
        })
    };
    let mut state = world.installed.clone();
    for steps in 1..100 {
        let next = brute::successors(world, &state)
            .into_iter()
            .filter(|s| !passed(s))
            .max_by_key(key)?;
        if targets
            .iter()
            .all(|target| brute::meets(world, target, &next))
        {
            return Some(steps);
        }
        if next == state {
            return None;
        }
        state = next;
    }
    None
}

/// The plan's states; none where there is nothing to do or no way.
pub(crate) fn states(outcome: &Outcome) -> Vec<State> {
    match outcome {
        Outcome::Planned(steps) => steps.iter().map(|s| s.state.clone()).collect(),
        Outcome::AlreadyThere | Outcome::Impossible => Vec::new(),
    }
}

fn packages(rng: &mut SplitMix64) -> Vec<Package> {
    let family = 2 + *rng.pick(&[0, 0, 1, 1, 1, 2, 2, 3]);
    let runtimes = *rng.pick(&[0, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
    let mut packages = Vec::new();
    // Releases of all packages multiply; more packages get fewer lines.
    let most_lines = [0, 0, 5, 5, 4, 3][family];
    for at in 0..family {
        let role = if at == 0 || rng.percent(55) {
            Role::Stepped
        } else {
            Role::Follower
        };
        let mut lines = 1 + rng.below(most_lines).max(rng.below(most_lines));
        if at == 0 {
            lines = lines.max(1 + rng.below(most_lines));
        }
        let releases = releases(rng, lines, if family > 3 { 2 } else { 3 }, 7);
        let name = char::from(b'a' + u8::try_from(at).expect("few packages")).to_string();
        packages.push(Package {
            name,
            role,
            releases,
            one_line_at_a_time: false,
            early: false,
            no_way_back: false,
        });
    }
    for at in 0..runtimes {
        let lines = 1 + rng.below(3).max(rng.below(3));

        let releases = releases(rng, lines, 2, 4);
        let name = format!("r{at}");
        packages.push(Package {
            name,
            role: Role::Runtime,
            early: releases.len() % 3 == 0,
            releases,
            one_line_at_a_time: rng.percent(40),
            no_way_back: false,
        });
    }
    // The catalog's order is not the order of the roles.
    if rng.percent(30) {
        let by = 1 + rng.below(packages.len() - 1);
        packages.rotate_left(by);
    }
    packages
}

pub(super) fn releases(
    rng: &mut SplitMix64,
    lines: usize,
    most: usize,
    unfit: usize,
) -> Vec<Release> {
    let mut releases = Vec::new();
    let mut at = line(1, 0);
    for _ in 0..lines {
        let dead_line = rng.percent(6);
        let mut patch = 0;
        for _ in 0..1 + rng.below(most) {
            let mut release = Release {
                version: v(at.major, at.minor, patch),
                prerelease: rng.percent(unfit),
                yanked: rng.percent(unfit),
                blocked: rng.percent(unfit),
                young: false,
                requirements: Vec::new(),
            };
            if dead_line {
                match rng.below(3) {
                    0 => release.prerelease = true,
                    1 => release.yanked = true,
                    _ => release.blocked = true,
                }
            }
            releases.push(release);
            patch += if rng.percent(80) { 1 } else { 2 };
        }
        at = match rng.below(10) {
            0 => line(at.major, at.minor + 2),
            1 | 2 => line(at.major + 1, 0),
            _ => line(at.major, at.minor + 1),
        };
    }
    releases
}

/// The lines of a package, fit or not.
pub(super) fn lines(package: &Package) -> Vec<Line> {
    let mut lines: Vec<Line> = package.releases.iter().map(|r| r.version.line()).collect();
    lines.dedup();
    lines
}

/// The line of `other` beside a line of `package` on the hidden ladder.
fn beside(package: &Package, of: Line, other: &Package) -> usize {
    let own = lines(package);
    let at = own
        .iter()
        .position(|&l| l == of)
        .expect("a line of the package");
    let many = lines(other).len();
    (at * many / own.len()).min(many - 1)
}

/// A range of `other` around its line of that index.
fn around(rng: &mut SplitMix64, other: &Package, at: usize) -> Range {
    let lines = lines(other);
    let low = at.saturating_sub(rng.below(2));
    let start = v(lines[low].major, lines[low].minor, 0);
    let of_line: Vec<Version> = other
        .releases
        .iter()
        .map(|r| r.version)
        .filter(|version| version.line() == lines[at])
        .collect();
    let after = |index: usize| lines.get(index + 1).map(|l| v(l.major, l.minor, 0));
    let mut bounds = match rng.below(12) {
        0..=3 => vec![(Op::Ge, start)],
        4..=7 => vec![(Op::Ge, start), (Op::Lt, after(at).unwrap_or(v(99, 0, 0)))],
        8 => vec![(Op::Ge, *rng.pick(&of_line))],
        9 => vec![(Op::Eq, *rng.pick(&of_line))],
        10 => after(at).map_or(Vec::new(), |next| vec![(Op::Lt, next)]),
        _ => Vec::new(),
    };
    if rng.percent(10) {
        bounds.push((Op::Ne, *rng.pick(&of_line)));
    }
    Range { bounds }
}

fn requirements(rng: &mut SplitMix64, world: &mut World) {
    let others = world.packages.clone();
    for id in world.ids() {
        if others[id].role == Role::Runtime {
            continue;
        }
        let own = lines(&others[id]);
        for other in world.ids() {
            let runtime = others[other].role == Role::Runtime;
            // Mostly the earlier depend on the later, so that cycles are rare but there.
            let chance = match (runtime, other > id) {
                (true, _) => 50,
                (false, true) => 45,
                (false, false) => 12,
            };
            if other == id || !rng.percent(chance) {
                continue;
            }
            // Over a part of the lines only: the package joins or leaves on the way.
            let (first, last) = match rng.below(5) {
                0 | 1 => (
                    own[(own.len() / 2).min(1 + rng.below(own.len()))],
                    line(99, 0),
                ),
                2 => (line(0, 0), own[rng.below(own.len())]),
                _ => (line(0, 0), line(99, 0)),
            };
            let mut of_line = None;
            for at in 0..others[id].releases.len() {
                let version = others[id].releases[at].version;
                if version.line() < first || version.line() > last {
                    continue;
                }
                let near = beside(&others[id], version.line(), &others[other]);
                // Releases of a line mostly agree; the odd one out makes dead ends.
                let same = of_line
                    .as_ref()
                    .filter(|(l, _)| *l == version.line() && !rng.percent(25));
                let wanted = match same {
                    Some((_, range)) => Range::clone(range),
                    None if runtime && rng.percent(80) => {
                        let start = lines(&others[other])[near];
                        range(&[(Op::Ge, v(start.major, start.minor, 0))])
                    }
                    None => around(rng, &others[other], near),
                };
                of_line = Some((version.line(), wanted.clone()));
                let release = &mut world.packages[id].releases[at];
                release.requirements.push(Requirement {
                    package: other,
                    range: wanted,
                });
            }
        }
    }
}

/// Bars the way from the newest release of a line: it pulls another package to where the next line refuses it.
fn dead_end(rng: &mut SplitMix64, world: &mut World) {
    let long = |id: &Id| world.is_stepped(*id) && world.rungs(*id).len() >= 3;
    let Some(id) = world.family().find(long) else {
        return;
    };
    let others: Vec<Id> = world.family().filter(|&other| other != id).collect();
    let other = *rng.pick(&others);
    let rungs = world.rungs(id);
    let at = 1 + rng.below(rungs.len() - 2);
    let releases = &world.packages[other].releases;
    let from = releases[releases.len() / 2..].iter().find(|r| r.is_sound());
    let Some(from) = from.map(|r| r.version) else {
        return;
    };
    let pulls = rng.percent(60);
    let mut newest = true;
    for release in world.packages[id]
        .releases
        .iter_mut()
        .rev()
        .filter(|r| r.is_sound())
    {
        let bound = if release.version.line() == rungs[at + 1] {
            (Op::Lt, from)
        } else if release.version.line() == rungs[at] && newest {
            newest = false;
            if pulls {
                (Op::Ge, from)
            } else {
                (Op::Ge, v(0, 0, 0))
            }
        } else {
            continue;
        };
        release.requirements.retain(|r| r.package != other);
        release.requirements.push(Requirement {
            package: other,
            range: range(&[bound]),
        });
    }
}

pub(super) fn severity(rng: &mut SplitMix64) -> Severity {
    if rng.percent(45) {
        Severity::Should
    } else {
        Severity::Must
    }
}

/// Two different packages, not both runtimes, if there are such.
fn pair(rng: &mut SplitMix64, world: &World) -> (Id, Id) {
    loop {
        let (one, other) = (
            rng.below(world.packages.len()),
            rng.below(world.packages.len()),
        );
        if one != other && !(world.is_runtime(one) && world.is_runtime(other)) {
            return (one, other);
        }
    }
}

/// A small part of a package: a line, a release, or all from a line on.
pub(super) fn part(rng: &mut SplitMix64, package: &Package) -> Range {
    let release = rng.pick(&package.releases).version;
    match rng.below(3) {
        0 => Range::of_line(release.line()),
        1 => range(&[(Op::Eq, release)]),
        _ => range(&[(Op::Ge, v(release.major, release.minor, 0))]),
    }
}

fn rules(rng: &mut SplitMix64, world: &mut World) {
    for at in 0..*rng.pick(&[0, 0, 1, 1, 2]) {
        let (one, other) = pair(rng, world);
        let when = part(rng, &world.packages[one]);
        let from = when.bounds[0].1.line();
        let near = beside(&world.packages[one], from, &world.packages[other]);
        let then = around(rng, &world.packages[other], near);
        world.requires.push(Requires {
            id: format!("requires-{at}"),
            severity: severity(rng),
            when: Requirement {
                package: one,
                range: when,
            },
            then: Requirement {
                package: other,
                range: then,
            },
        });
    }
    for at in 0..*rng.pick(&[0, 0, 1, 1, 2]) {
        let (one, other) = pair(rng, world);
        world.conflicts.push(Conflict {
            id: format!("conflict-{at}"),
            severity: severity(rng),
            one: Requirement {
                package: one,
                range: part(rng, &world.packages[one]),
            },
            other: Requirement {
                package: other,
                range: part(rng, &world.packages[other]),
            },
        });
    }
}

pub(super) fn gates(rng: &mut SplitMix64, world: &mut World) {
    for id in world
        .ids()
        .filter(|&id| world.packages[id].role != Role::Runtime)
        .collect::<Vec<_>>()
    {
        // Gates are mostly for stepped packages; a follower's speaks all the same.
        let often = world.packages[id].role == Role::Stepped;
        if rng.percent(if often { 40 } else { 8 }) {
            let asks = if rng.percent(85) {
                Asks::NewestOfLine
            } else {
                Asks::AtLeast(rng.pick(&world.packages[id].releases).version)
            };
            let id_of = format!("gate-{}", world.packages[id].name);
            world.gates.push(Gate {
                id: id_of,
                severity: severity(rng),
                package: id,
                entering: None,
                asks,
            });
        }
        let lines = lines(&world.packages[id]);
        for at in 1..lines.len() {
            if !rng.percent(if often { 22 } else { 5 }) {
                continue;
            }
            let left: Vec<Version> = world.packages[id]
                .releases
                .iter()
                .map(|r| r.version)
                .filter(|version| version.line() == lines[at - 1])
                .collect();
            let asks = if rng.percent(80) {
                Asks::AtLeast(*rng.pick(&left))
            } else {
                Asks::NewestOfLine
            };
            let id_of = format!("gate-{}-{}", world.packages[id].name, lines[at]);
            let entering = Some(lines[at]);
            world.gates.push(Gate {
                id: id_of,
                severity: severity(rng),
                package: id,
                entering,
                asks,
            });
        }
    }
}

pub(super) fn bridges(rng: &mut SplitMix64, world: &mut World) {
    for id in world
        .ids()
        .filter(|&id| world.is_stepped(id))
        .collect::<Vec<_>>()
    {
        let lines = lines(&world.packages[id]);
        if lines.len() < 3 || !rng.percent(35) {
            continue;
        }
        let from = rng.below(lines.len() - 2);
        let mut to = vec![lines[from + 2]];
        to.extend(lines.get(from + 3).filter(|_| rng.percent(40)));
        world.bridges.push(Bridge {
            package: id,
            from: lines[from],
            to,
        });
        // Where a bridge is needed nothing stands on the lines between.
        if rng.percent(40) {
            for release in &mut world.packages[id].releases {
                if release.version.line() == lines[from + 1] && !release.requirements.is_empty() {
                    let at = rng.below(release.requirements.len());
                    release.requirements[at].range = range(&[(Op::Ge, v(98, 0, 0))]);
                }
            }
        }
    }
}

pub(super) fn accept(rng: &mut SplitMix64, world: &mut World) {
    let should: Vec<String> = world
        .rules()
        .iter()
        .filter(|r| r.1 == Severity::Should)
        .map(|r| r.0.to_owned())
        .collect();
    world.accepted = should.into_iter().filter(|_| rng.percent(35)).collect();
}

fn direct(rng: &mut SplitMix64, world: &mut World) {
    let stepped: Vec<Id> = world.ids().filter(|&id| world.is_stepped(id)).collect();
    world.direct = world
        .family()
        .filter(|&id| id == stepped[0] || rng.percent(22))
        .collect();
}

/// Draws a low state, as valid as a few hundred tries can make it.
fn installed(rng: &mut SplitMix64, world: &mut World) {
    let unknown = rng.percent(12);
    let careless = rng.percent(8);
    let mut best: Option<(bool, State)> = None;
    for attempt in 0..200 {
        let mut state: State = vec![None; world.packages.len()];
        for id in world.runtimes().collect::<Vec<_>>() {
            let releases = &world.packages[id].releases;
            let low = rng.below(releases.len()).min(rng.below(releases.len()));
            let low = low.min(rng.below(releases.len()));
            // An unfit runtime may be installed as well as any.
            state[id] = (!unknown).then(|| releases[low].version);
        }
        let mut todo = world.direct.clone();
        while let Some(id) = todo.pop() {
            if state[id].is_some() {
                continue;
            }
            let releases = &world.packages[id].releases;
            let many = 1 + releases.len() * 2 / 3;
            let low = rng
                .below(many.min(releases.len()))
                .min(rng.below(releases.len()));
            let low = if rng.percent(60) {
                low.min(rng.below(releases.len()))
            } else {
                low
            };
            let release = &releases[low];
            state[id] = Some(release.version);
            todo.extend(
                release
                    .requirements
                    .iter()
                    .map(|r| r.package)
                    .filter(|&p| !world.is_runtime(p)),
            );
        }
        let fit = |id: Id| {
            state[id].is_none_or(|version| {
                world.packages[id]
                    .release(version)
                    .is_some_and(Release::is_sound)
            })
        };
        let fine = brute::valid(world, &state).is_ok()
            && (attempt > 100 || rng.percent(25) || world.family().all(fit));
        if best.is_none() || fine {
            best = Some((fine, state));
        }
        if fine || careless {
            break;
        }
    }
    world.installed = best.expect("one attempt at least").1;
    // Something the snapshot holds though nothing needs it: it leaves.
    if rng.percent(6) {
        let absent: Vec<Id> = world
            .family()
            .filter(|&id| world.installed[id].is_none())
            .collect();
        if !absent.is_empty() {
            let id = *rng.pick(&absent);
            world.installed[id] = Some(rng.pick(&world.packages[id].releases).version);
        }
    }
}

fn holders_and_pins(rng: &mut SplitMix64, world: &mut World) {
    let present: Vec<Id> = world
        .ids()
        .filter(|&id| world.installed[id].is_some())
        .collect();
    // A range that mostly admits what is installed.
    let admits = |rng: &mut SplitMix64, world: &World, id: Id| -> Range {
        let releases = &world.packages[id].releases;
        let one = rng
            .pick(releases)
            .version
            .max(world.installed[id].expect("present"));
        match rng.below(5) {
            0 => range(&[(Op::Ge, rng.pick(releases).version.min(one))]),
            1 => range(&[(Op::Ne, one)]),
            2 => range(&[
                (Op::Ge, v(1, 0, 0)),
                (Op::Lt, v(one.major, one.minor + 1, 0)),
            ]),
            3 => range(&[(Op::Lt, v(one.major, one.minor, one.patch + 1))]),
            _ => part(rng, &world.packages[id]),
        }
    };
    if rng.percent(18) {
        let package = *rng.pick(&present);
        let range = admits(rng, world, package);
        world.holders.push(Requirement { package, range });
    }
    for _ in 0..2 {
        if rng.percent(12) {
            let mut package = *rng.pick(&present);
            if rng.percent(15) {
                package = rng.below(world.packages.len());
            }
            let unknown = world.installed[package].is_none();
            if unknown && world.is_runtime(package) {
                continue;
            }
            let range = if unknown {
                part(rng, &world.packages[package])
            } else {
                admits(rng, world, package)
            };
            world.pins.push(Requirement { package, range });
        }
    }
}

/// Where up to eight steps at random lead, the highest of three each time.
fn walk(rng: &mut SplitMix64, world: &World) -> State {
    let mut state = world.installed.clone();
    for _ in 0..2 + rng.below(7) {
        let next: Vec<State> = brute::successors(world, &state).into_iter().collect();
        if next.is_empty() {
            break;
        }
        let lines = |s: &State| -> Vec<Option<Line>> {
            world.family().map(|id| s[id].map(Version::line)).collect()
        };
        let picks = [rng.pick(&next), rng.pick(&next), rng.pick(&next)];
        state = picks
            .into_iter()
            .max_by_key(|s| lines(s))
            .expect("three")
            .clone();
    }
    state
}

fn targets(rng: &mut SplitMix64, world: &mut World) {
    if rng.percent(20) {
        return;
    }
    let stepped: Vec<Id> = world
        .family()
        .filter(|&id| world.is_stepped(id) && world.installed[id].is_some())
        .collect();
    // Most of the ends are where a walk at random ends, so that a plan exists and is often long.
    let end = rng.percent(65).then(|| walk(rng, world));
    let wanted = if rng.percent(25) { 2 } else { 1 };
    for _ in 0..wanted {
        // Mostly a stepped package that is there; now and then a follower, a runtime or one that is to join.
        let package = if rng.percent(90) && !stepped.is_empty() {
            *rng.pick(&stepped)
        } else {
            rng.below(world.packages.len())
        };
        let unknown = world.is_runtime(package) && world.installed[package].is_none();
        if unknown || world.targets.iter().any(|t| t.package == package) {
            continue;
        }
        let floor = world.installed[package].unwrap_or(v(0, 0, 0));
        let ahead: Vec<Version> = world.packages[package]
            .releases
            .iter()
            .map(|r| r.version)
            .filter(|&version| version >= floor)
            .collect();
        let Some(&far) = ahead.last() else { continue };
        let somewhere = if rng.percent(55) {
            far
        } else {
            *rng.pick(&ahead)
        };
        let somewhere = end
            .as_ref()
            .and_then(|state| state[package])
            .unwrap_or(somewhere);
        let goal = match rng.below(20) {
            0..=11 => Goal::Line(somewhere.line()),
            12..=14 => Goal::Exact(somewhere),
            15 => Goal::Range(range(&[(Op::Ge, somewhere)])),
            _ => Goal::Latest,
        };
        world.targets.push(Target { package, goal });
    }
}
