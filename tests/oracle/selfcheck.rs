//! Checks the oracle itself: worlds worked by hand, the same answers from a second and even plainer search, the law
//! of re-planning, and that the generator makes the worlds it is there to make.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::brute::{self, Kind, Outcome, Step};
use crate::generate::{self, greedy};
use crate::world::*;

/// Seeds of the counts and laws.
const SEEDS: u64 = 3000;

// ---- worlds worked by hand

fn package(name: &str, role: Role, releases: &[(Version, &[(Id, Range)])]) -> Package {
    let release = |(version, needs): &(Version, &[(Id, Range)])| Release {
        version: *version,
        prerelease: false,
        yanked: false,
        blocked: false,
        young: false,
        requirements: needs
            .iter()
            .map(|(package, range)| Requirement {
                package: *package,
                range: range.clone(),
            })
            .collect(),
    };
    let releases = releases.iter().map(release).collect();
    Package {
        name: name.to_owned(),
        role,
        releases,
        one_line_at_a_time: false,
        early: false,
        no_way_back: false,
    }
}

fn world(packages: Vec<Package>, installed: State, direct: &[Id]) -> World {
    World {
        installed,
        direct: direct.to_vec(),
        ..World::of(packages)
    }
}

fn to(package: Id, goal: Line) -> Vec<Target> {
    vec![Target {
        package,
        goal: Goal::Line(goal),
    }]
}

fn at_least(version: Version) -> Range {
    range(&[(Op::Ge, version)])
}

/// The plan as a list of states in words, a runtime step marked with `!`.
fn words(world: &World) -> Vec<String> {
    match brute::plan(world) {
        Outcome::AlreadyThere => vec!["already there".to_owned()],
        Outcome::Impossible => vec!["impossible".to_owned()],
        Outcome::Planned(steps) => steps
            .iter()
            .map(|step| {
                let mark = if step.kind == Kind::Packages { "" } else { "!" };
                format!("{mark}{}", world.show(&step.state))
            })
            .collect(),
    }
}

/// One package with lines 1.0 (two releases), 1.1 (two) and 1.2 (one).
fn ladder() -> World {
    let releases = [v(1, 0, 0), v(1, 0, 1), v(1, 1, 0), v(1, 1, 1), v(1, 2, 0)]
        .map(|version| (version, &[][..]));
    world(
        vec![package("a", Role::Stepped, &releases)],
        vec![Some(v(1, 0, 0))],
        &[0],
    )
}

#[test]
fn climbs_one_line_a_step_on_the_newest() {
    let mut world = ladder();
    world.targets = to(0, line(1, 2));
    assert_eq!(words(&world), ["a 1.1.1", "a 1.2.0"]);
    world.targets.clear();
    assert_eq!(words(&world), ["a 1.1.1", "a 1.2.0"]);
    world.targets = vec![Target {
        package: 0,
        goal: Goal::Latest,
    }];
    assert_eq!(words(&world), ["a 1.1.1", "a 1.2.0"]);
    world.targets = vec![Target {
        package: 0,
        goal: Goal::Exact(v(1, 1, 0)),
    }];
    assert_eq!(words(&world), ["a 1.1.0"]);
}

#[test]
fn settles_or_is_already_there() {
    let mut world = ladder();
    world.targets = to(0, line(1, 0));
    assert_eq!(words(&world), ["a 1.0.1"]);
    world.installed = vec![Some(v(1, 0, 1))];
    assert_eq!(words(&world), ["already there"]);
    world.installed = vec![Some(v(1, 1, 0))];
    assert_eq!(words(&world), ["impossible"], "no package goes down");
}

#[test]
fn a_gate_costs_a_step_and_the_named_one_replaces_the_general() {
    let mut world = ladder();
    world.targets = to(0, line(1, 1));
    let gate = |id: &str, entering, asks| Gate {
        id: id.to_owned(),
        severity: Severity::Should,
        package: 0,
        entering,
        asks,
    };
    world.gates.push(gate("any", None, Asks::NewestOfLine));
    assert_eq!(words(&world), ["a 1.0.1", "a 1.1.1"]);
    world
        .gates
        .push(gate("named", Some(line(1, 1)), Asks::AtLeast(v(1, 0, 0))));
    assert_eq!(words(&world), ["a 1.1.1"]);
    // Accepted, it lets through, and the general one does not speak again.
    world.accepted = vec!["named".to_owned()];
    assert_eq!(words(&world), ["a 1.1.1"]);
}

#[test]
fn unfit_releases_have_an_exit_and_no_entrance() {
    let mut world = ladder();
    world.packages[0].releases[0].yanked = true;
    world.packages[0].releases[3].blocked = true;
    world.packages[0].releases[4].prerelease = true;
    world.targets = to(0, line(1, 1));
    assert_eq!(words(&world), ["a 1.1.0"]);
    world.targets = to(0, line(1, 2));
    assert_eq!(words(&world), ["impossible"], "1.2 is no rung");
    world.packages[0].releases[1].blocked = true;
    world.targets = to(0, line(1, 0));
    assert_eq!(
        words(&world),
        ["already there"],
        "it may stand where it stands"
    );
}

#[test]
fn a_line_of_prereleases_is_no_rung_and_a_bridge_passes_one() {
    let mut world = ladder();
    world.targets = to(0, line(1, 2));
    world.bridges.push(Bridge {
        package: 0,
        from: line(1, 0),
        to: vec![line(1, 2)],
    });
    assert_eq!(words(&world), ["a 1.2.0"]);
    world.bridges.clear();
    world.packages[0].releases[2].prerelease = true;
    world.packages[0].releases[3].yanked = true;
    assert_eq!(words(&world), ["a 1.2.0"]);
}

#[test]
fn pins_let_stand_what_stands() {
    let mut world = ladder();
    world.targets = to(0, line(1, 0));
    world.pins = vec![Requirement {
        package: 0,
        range: at_least(v(1, 1, 0)),
    }];
    assert_eq!(words(&world), ["already there"]);
    world.targets = to(0, line(1, 1));
    world.pins = vec![Requirement {
        package: 0,
        range: range(&[(Op::Ne, v(1, 1, 1))]),
    }];
    assert_eq!(words(&world), ["a 1.1.0"]);
    world.holders = vec![Requirement {
        package: 0,
        range: range(&[(Op::Lt, v(1, 1, 0))]),
    }];
    assert_eq!(words(&world), ["impossible"]);
}

/// `a` 1.0, 1.1, 1.2 and follower `b`: the newest `b` that fits `a` 1.1 is too new for `a` 1.2.
#[test]
fn the_newest_of_the_next_line_is_a_dead_end() {
    let up_to = |version| range(&[(Op::Lt, version)]);
    let a = package(
        "a",
        Role::Stepped,
        &[
            (v(1, 0, 0), &[(1, at_least(v(1, 0, 0)))]),
            (v(1, 1, 0), &[(1, up_to(v(3, 0, 0)))]),
            (v(1, 2, 0), &[(1, up_to(v(2, 0, 0)))]),
        ],
    );
    let b = package(
        "b",
        Role::Follower,
        &[(v(1, 0, 0), &[]), (v(1, 5, 0), &[]), (v(2, 0, 0), &[])],
    );
    let mut world = world(vec![a, b], vec![Some(v(1, 0, 0)), Some(v(1, 0, 0))], &[0]);
    world.targets = to(0, line(1, 2));
    assert_eq!(words(&world), ["a 1.1.0, b 1.5.0", "a 1.2.0, b 1.5.0"]);
    assert_eq!(greedy(&world), None);
}

/// `old` leaves when `new` takes its place, and a `requires` rule speaks only once both are there.
#[test]
fn packages_join_and_leave() {
    let a = package(
        "a",
        Role::Stepped,
        &[
            (v(1, 0, 0), &[(1, Range::default())]),
            (v(1, 1, 0), &[(2, Range::default())]),
        ],
    );
    let old = package("old", Role::Follower, &[(v(1, 0, 0), &[])]);
    let new = package(
        "new",
        Role::Stepped,
        &[(v(1, 0, 0), &[]), (v(3, 0, 0), &[]), (v(3, 0, 1), &[])],
    );
    let mut world = world(
        vec![a, old, new],
        vec![Some(v(1, 0, 0)), Some(v(1, 0, 0)), None],
        &[0],
    );
    world.targets = to(0, line(1, 1));
    world.requires.push(Requires {
        id: "r".to_owned(),
        severity: Severity::Must,
        when: Requirement {
            package: 0,
            range: Range::default(),
        },
        then: Requirement {
            package: 2,
            range: range(&[(Op::Ne, v(3, 0, 1))]),
        },
    });
    assert_eq!(words(&world), ["a 1.1.0, old -, new 3.0.0"]);
    world.direct.push(1);
    assert_eq!(words(&world), ["a 1.1.0, old 1.0.0, new 3.0.0"]);
    let pair = |one, other| Conflict {
        id: "c".to_owned(),
        severity: Severity::Must,
        one: Requirement {
            package: one,
            range: Range::default(),
        },
        other: Requirement {
            package: other,
            range: Range::default(),
        },
    };
    world.conflicts.push(pair(1, 2));
    assert_eq!(words(&world), ["impossible"]);
}

/// Ruby must go to 3.1 for `a` 1.1, and 1.0.1 is the newest of its line only from Ruby 3.1 on.
fn runtime_world() -> World {
    let a = package(
        "a",
        Role::Stepped,
        &[
            (v(1, 0, 0), &[]),
            (v(1, 0, 1), &[(1, at_least(v(3, 1, 0)))]),
            (v(1, 1, 0), &[(1, at_least(v(3, 1, 0)))]),
        ],
    );
    let ruby = package(
        "ruby",
        Role::Runtime,
        &[
            (v(3, 0, 0), &[]),
            (v(3, 1, 0), &[]),
            (v(3, 1, 5), &[]),
            (v(3, 2, 0), &[]),
        ],
    );
    let mut world = world(
        vec![a, ruby],
        vec![Some(v(1, 0, 0)), Some(v(3, 0, 0))],
        &[0],
    );
    world.targets = to(0, line(1, 1));
    world
}

#[test]
fn a_runtime_moves_alone_to_the_lowest_line_that_serves() {
    let mut world = runtime_world();
    assert_eq!(
        words(&world),
        ["!a 1.0.0, ruby 3.1.5", "a 1.1.0, ruby 3.1.5"]
    );
    world.gates.push(Gate {
        id: "g".to_owned(),
        severity: Severity::Must,
        package: 0,
        entering: None,
        asks: Asks::NewestOfLine,
    });
    let gated = [
        "!a 1.0.0, ruby 3.1.5",
        "a 1.0.1, ruby 3.1.5",
        "a 1.1.0, ruby 3.1.5",
    ];
    assert_eq!(words(&world), gated);
    world.gates.clear();
    world.runtime_fixed = true;
    assert_eq!(words(&world), ["impossible"]);
    world.runtime_fixed = false;
    world.pins = vec![Requirement {
        package: 1,
        range: at_least(v(3, 2, 0)),
    }];
    assert_eq!(
        words(&world),
        ["!a 1.0.0, ruby 3.2.0", "a 1.1.0, ruby 3.2.0"]
    );
    world.packages[1].one_line_at_a_time = true;
    assert_eq!(
        words(&world),
        ["impossible"],
        "the pin bars the line between"
    );
}

#[test]
fn an_unknown_runtime_only_has_to_exist() {
    let mut world = runtime_world();
    world.installed[1] = None;
    assert_eq!(words(&world), ["a 1.1.0, ruby -"]);
    world.packages[0].releases[2].requirements[0].range = at_least(v(3, 3, 0));
    assert_eq!(words(&world), ["impossible"]);
}

/// Both ends cannot be had: the first stepped package's newest line comes first.
#[test]
fn without_a_target_the_first_package_goes_first() {
    let plain: [(Version, &[(Id, Range)]); 2] = [(v(1, 0, 0), &[]), (v(1, 1, 0), &[])];
    let packages = vec![
        package("a", Role::Stepped, &plain),
        package("b", Role::Stepped, &plain),
    ];
    let mut world = world(packages, vec![Some(v(1, 0, 0)); 2], &[0, 1]);
    let part = |package| Requirement {
        package,
        range: at_least(v(1, 1, 0)),
    };
    let (one, other) = (part(0), part(1));
    world.conflicts.push(Conflict {
        id: "c".to_owned(),
        severity: Severity::Must,
        one,
        other,
    });
    assert_eq!(words(&world), ["a 1.1.0, b 1.0.0"]);
    world.targets = to(1, line(1, 1));
    assert_eq!(words(&world), ["a 1.0.0, b 1.1.0"]);
}

// ---- a second search: every state there is, every sequence of them, one comparison

/// All states over the product of all releases (and absence) of all packages.
fn product(world: &World) -> Option<Vec<State>> {
    let mut states: Vec<State> = vec![Vec::new()];
    for id in world.ids() {
        let mut versions: Vec<Option<Version>> = world.packages[id]
            .releases
            .iter()
            .map(|r| Some(r.version))
            .collect();
        if !world.is_runtime(id) || world.installed[id].is_none() {
            versions.push(None);
        }
        let longer = |state: &State, version: &Option<Version>| [&state[..], &[*version]].concat();
        states = states
            .iter()
            .flat_map(|s| versions.iter().map(move |version| longer(s, version)))
            .collect();
        if states.len() > 1500 {
            return None;
        }
    }
    Some(states)
}

/// The plan by listing all sequences of up to `most` steps; `None` where they are too many to list.
fn listed(world: &World, states: &[State], most: usize) -> Option<Option<Vec<State>>> {
    let Some(targets) = brute::targets(world) else {
        return Some(None);
    };
    let stepped = brute::stepped_order(world, &targets);
    let followers = brute::follower_order(world);
    let asked: Vec<Id> = targets.iter().map(|t| t.package).collect();
    let mut nexts: BTreeMap<State, Vec<State>> = BTreeMap::new();
    let mut sequences: Vec<Vec<State>> = vec![vec![world.installed.clone()]];
    for steps in 1..=most {
        // What settles in one step moves no runtime that need not move.
        let known = |id: &Id| steps > 1 && world.installed[*id].is_some();
        let (early, runtimes): (Vec<Id>, Vec<Id>) = world
            .runtimes()
            .partition(|id| world.packages[*id].early && known(id));
        let mut longer = Vec::new();
        for sequence in &sequences {
            let last = sequence.last().expect("never empty");
            let next = nexts.entry(last.clone()).or_insert_with(|| {
                states
                    .iter()
                    .filter(|s| brute::step(world, last, s).is_ok())
                    .cloned()
                    .collect()
            });
            for state in next {
                longer.push([&sequence[..], std::slice::from_ref(state)].concat());
            }
        }
        if longer.len() > 20_000 {
            return None;
        }
        let ends = |s: &&Vec<State>| {
            targets
                .iter()
                .all(|t| brute::meets(world, t, s.last().expect("some")))
        };
        let best = longer.iter().filter(ends).max_by_key(|sequence| {
            let way = &sequence[1..sequence.len() - 1];
            let last = &sequence[sequence.len() - 1..];
            let of = |ids: &[Id], states: &[State]| -> Vec<Option<Version>> {
                states
                    .iter()
                    .flat_map(|s| ids.iter().map(|&id| s[id]).collect::<Vec<_>>())
                    .collect()
            };
            (
                of(&asked, last),
                Reverse(of(&runtimes, last)),
                of(&early, &sequence[1..]),
                of(&stepped, last),
                of(&stepped, way),
                of(&followers, last),
                of(&followers, way),
                Reverse(of(&runtimes, way)),
            )
        });
        if let Some(best) = best {
            return Some(Some(best[1..].to_vec()));
        }
        sequences = longer;
    }
    Some(None)
}

#[test]
fn agrees_with_listing_every_sequence() {
    let (mut compared, mut longest, mut impossible) = (0, 0, 0);
    for seed in 0..SEEDS / 3 {
        let world = generate::world(seed);
        let Some(states) = product(&world) else {
            continue;
        };
        let here = brute::successors(&world, &world.installed);
        let filtered: BTreeSet<&State> = states
            .iter()
            .filter(|s| brute::step(&world, &world.installed, s).is_ok())
            .collect();
        assert_eq!(
            here.iter().collect::<BTreeSet<_>>(),
            filtered,
            "seed {seed}\n{world}"
        );
        let outcome = brute::plan(&world);
        let want = match &outcome {
            Outcome::Impossible => None,
            Outcome::AlreadyThere => Some(vec![world.installed.clone()]),
            Outcome::Planned(_) => Some(generate::states(&outcome)),
        };
        // Listing proves an impossible world only up to so many steps.
        let most = want.as_ref().map_or(2, Vec::len);
        let Some(listed) = listed(&world, &states, most) else {
            continue;
        };
        assert_eq!(listed, want, "seed {seed}\n{world}");
        compared += 1;
        longest = longest.max(most);
        impossible += usize::from(want.is_none());
    }
    println!("compared {compared}, longest {longest}, impossible {impossible}");
    assert!(compared > 300 && longest >= 4 && impossible > 50);
}

// ---- laws

/// The plan after step `at`, as a world of its own.
fn after(world: &World, steps: &[Step], at: usize) -> World {
    World {
        installed: steps[at].state.clone(),
        ..world.clone()
    }
}

#[test]
fn re_planning_after_each_step_gives_the_rest() {
    let (mut replanned, mut bare, mut others) = (0, 0, 0);
    for seed in 0..SEEDS {
        let world = generate::world(seed);
        let Outcome::Planned(steps) = brute::plan(&world) else {
            continue;
        };
        brute::follows(&world, &generate::states(&Outcome::Planned(steps.clone())))
            .unwrap_or_else(|what| panic!("seed {seed}: {what}\n{world}"));
        for at in 0..steps.len() - 1 {
            if !brute::asks_the_same(&world, &steps[at].state) {
                others += 1;
                continue;
            }
            let rest = Outcome::Planned(steps[at + 1..].to_vec());
            assert_eq!(
                brute::plan(&after(&world, &steps, at)),
                rest,
                "seed {seed}\n{world}"
            );
            replanned += 1;
            bare += usize::from(world.targets.is_empty());
        }
    }
    println!("re-planned {replanned}, {bare} with no target named; {others} ask something else");
    assert!(replanned > 500 && bare > 150);
}

/// How long the plans of all seeds take; a figure to print, nothing to fail on.
#[test]
fn plans_every_world() {
    let worlds: Vec<World> = (0..SEEDS).map(generate::world).collect();
    let start = std::time::Instant::now();
    let planned = worlds
        .iter()
        .filter(|w| brute::plan(w) != Outcome::Impossible)
        .count();
    println!(
        "{planned} of {SEEDS} have a plan, found in {:?}",
        start.elapsed()
    );
    assert!(planned > 1500);
}

#[test]
fn what_a_tape_says_is_drawn_first() {
    let mut rng = generate::SplitMix64::of_tape(&[7, 200]);
    assert_eq!([rng.below(5), rng.below(1000)], [2, 200]);
    assert_eq!(rng.next(), generate::SplitMix64::new(0).next());
}

#[test]
fn the_same_seed_makes_the_same_world() {
    let worlds: Vec<World> = (0..200).map(generate::world).collect();
    assert_eq!(worlds, (0..200).map(generate::world).collect::<Vec<_>>());
    let different = worlds.windows(2).filter(|w| w[0] != w[1]).count();
    assert_eq!(different, 199);
}

// ---- what the generator makes

/// By name: in how many worlds it is so, and the floor that the number must stay above.
struct Counts {
    rows: BTreeMap<&'static str, (usize, usize)>,
}

impl Counts {
    fn add(&mut self, name: &'static str, floor: usize, is_so: bool) {
        let row = self.rows.entry(name).or_insert((0, floor));
        row.0 += usize::from(is_so);
    }
}

#[test]
fn the_generator_makes_every_kind_of_world() {
    let mut counts = Counts {
        rows: BTreeMap::new(),
    };
    for seed in 0..SEEDS {
        let world = generate::world(seed);
        world
            .check()
            .unwrap_or_else(|what| panic!("seed {seed}: {what}\n{world}"));
        let outcome = brute::plan(&world);
        count_outcome(&mut counts, &world, &outcome);
        // Each fact is taken away and the plan made again: the common ones for a quarter of the worlds.
        count_rare_changes(&mut counts, &world, &outcome);
        if seed % 4 == 0 {
            count_changes(&mut counts, &world, &outcome);
        }
        count_world(&mut counts, &world, &outcome);
    }
    for (name, (count, floor)) in &counts.rows {
        println!("{name:<44} {count:>5}  (more than {floor})");
    }
    for (name, (count, floor)) in &counts.rows {
        assert!(
            count > floor,
            "{name}: {count} worlds, not more than {floor}"
        );
    }
}

/// What the outcome and its steps show.
fn count_outcome(counts: &mut Counts, world: &World, outcome: &Outcome) {
    counts.add("outcome: impossible", 510, *outcome == Outcome::Impossible);
    counts.add(
        "outcome: already there",
        160,
        *outcome == Outcome::AlreadyThere,
    );
    let Outcome::Planned(steps) = outcome else {
        return;
    };
    let states = generate::states(outcome);
    counts.add("outcome: planned", 1120, true);
    counts.add("plan: two steps or more", 450, steps.len() >= 2);
    counts.add("plan: three steps or more", 190, steps.len() >= 3);
    counts.add("plan: four steps or more", 60, steps.len() >= 4);
    let greedy = greedy(world);
    counts.add("greedy: stuck although a plan exists", 50, greedy.is_none());
    counts.add(
        "greedy: longer than the plan",
        40,
        greedy.is_some_and(|many| many > steps.len()),
    );
    let (mut joins, mut leaves, mut bridge, mut runtime) = (false, false, false, false);
    let (mut waits, mut unfit, mut outside, mut bump) = (false, false, false, false);
    let mut previous = &world.installed;
    for (step, state) in steps.iter().zip(&states) {
        runtime |= step.kind != Kind::Packages;
        for id in world.family() {
            let package = &world.packages[id];
            joins |= previous[id].is_none() && state[id].is_some();
            leaves |= previous[id].is_some() && state[id].is_none();
            let (Some(from), Some(to)) = (previous[id], state[id]) else {
                continue;
            };
            let rung = world.rung_above(id, from.line());
            let climbs = to.line() > from.line();
            bridge |= package.role == Role::Stepped && climbs && rung != Some(to.line());
            bump |= climbs && rung != Some(to.line()) && package.role == Role::Follower;
            waits |= from == to
                && package
                    .releases
                    .iter()
                    .any(|r| r.is_sound() && r.version > to);
            unfit |= package.release(to).is_some_and(|r| !r.is_sound());
            outside |= world
                .pins
                .iter()
                .any(|p| p.package == id && !p.range.contains(to));
        }
        previous = state;
    }
    counts.add("step: a package joins", 260, joins);
    counts.add("step: a package leaves", 80, leaves);
    counts.add("step: over a bridge", 120, bridge);
    counts.add("step: a follower passes a line", 130, bump);
    counts.add("step: a runtime", 150, runtime);
    counts.add("state: a package waits below its newest", 550, waits);
    counts.add("state: stands on an unfit release", 140, unfit);
    counts.add("state: stands outside a pin", 16, outside);
}

/// Which facts matter: without them the answer is another.
fn count_changes(counts: &mut Counts, world: &World, outcome: &Outcome) {
    let differs = |other: &World| brute::plan(other) != *outcome;
    let without = |change: &dyn Fn(&mut World)| {
        let mut other = world.clone();
        change(&mut other);
        other != *world && differs(&other)
    };
    let binds = |ids: Vec<&String>| {
        ids.into_iter()
            .any(|id| differs(&brute::without(world, id)))
    };
    let gates = |kind: fn(&Asks) -> bool| {
        world
            .gates
            .iter()
            .filter(|g| kind(&g.asks))
            .map(|g| &g.id)
            .collect()
    };
    counts.add(
        "binds: a gate on the newest of a line",
        40,
        binds(gates(|a| *a == Asks::NewestOfLine)),
    );
    counts.add(
        "binds: a gate on a least version",
        40,
        binds(gates(|a| *a != Asks::NewestOfLine)),
    );
    counts.add(
        "binds: a requires rule",
        20,
        binds(world.requires.iter().map(|r| &r.id).collect()),
    );
    counts.add(
        "binds: a conflicts rule",
        20,
        binds(world.conflicts.iter().map(|c| &c.id).collect()),
    );
    counts.add("binds: an acceptance", 20, without(&|w| w.accepted.clear()));
    counts.add("binds: a bridge", 40, without(&|w| w.bridges.clear()));
    type Flag = fn(&mut Release) -> bool;
    let flags: [(&'static str, Flag); 3] = [
        ("binds: a yanked release", |r| std::mem::take(&mut r.yanked)),
        ("binds: a prerelease", |r| std::mem::take(&mut r.prerelease)),
        ("binds: a blocked release", |r| {
            std::mem::take(&mut r.blocked)
        }),
    ];
    for (name, clear) in flags {
        let lift = |w: &mut World| {
            for release in w.packages.iter_mut().flat_map(|p| &mut p.releases) {
                clear(release);
            }
        };
        counts.add(name, 90, without(&lift));
    }
}

/// As `count_changes`, for facts that few worlds have.
fn count_rare_changes(counts: &mut Counts, world: &World, outcome: &Outcome) {
    let without = |change: &dyn Fn(&mut World)| {
        let mut other = world.clone();
        change(&mut other);
        other != *world && brute::plan(&other) != *outcome
    };
    counts.add("binds: a pin", 40, without(&|w| w.pins.clear()));
    counts.add("binds: a holder", 80, without(&|w| w.holders.clear()));
    counts.add(
        "binds: the fixed runtime",
        20,
        without(&|w| w.runtime_fixed = false),
    );
    let hurry = |w: &mut World| {
        w.packages
            .iter_mut()
            .for_each(|p| p.one_line_at_a_time = false)
    };
    counts.add("binds: one runtime line at a time", 8, without(&hurry));
}

/// What stands in the question.
fn count_world(counts: &mut Counts, world: &World, outcome: &Outcome) {
    let planned = matches!(outcome, Outcome::Planned(_));
    let goal = |kind: fn(&Goal) -> bool| planned && world.targets.iter().any(|t| kind(&t.goal));
    counts.add(
        "asks: a line, planned",
        540,
        goal(|g| matches!(g, Goal::Line(_))),
    );
    counts.add(
        "asks: an exact version, planned",
        140,
        goal(|g| matches!(g, Goal::Exact(_))),
    );
    counts.add(
        "asks: a range, planned",
        50,
        goal(|g| matches!(g, Goal::Range(_))),
    );
    counts.add("asks: latest, planned", 110, goal(|g| *g == Goal::Latest));
    counts.add(
        "asks: nothing, planned",
        290,
        planned && world.targets.is_empty(),
    );
    counts.add(
        "asks: two targets, planned",
        40,
        planned && world.targets.len() == 2,
    );
    let other = |id: Id| !world.is_stepped(id);
    let others = planned && world.targets.iter().any(|t| other(t.package));
    counts.add("asks: of a follower or runtime, planned", 20, others);
    let runtimes = world.runtimes().count();
    let unknown = world.runtimes().any(|id| world.installed[id].is_none());
    counts.add("world: no runtime, planned", 120, planned && runtimes == 0);
    counts.add(
        "world: two runtimes, planned",
        100,
        planned && runtimes == 2,
    );
    counts.add("world: unknown runtime, planned", 120, planned && unknown);
    let broken = brute::valid(world, &world.installed).is_err();
    counts.add("world: snapshot not valid, planned", 90, planned && broken);
    counts.add(
        "world: snapshot not valid, impossible",
        150,
        *outcome == Outcome::Impossible && broken,
    );
}
