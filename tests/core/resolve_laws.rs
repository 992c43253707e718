//! Joint resolution against brute force on small worlds, and the laws that it keeps.

use rungs::resolve::{
    Candidate, CandidateSet, Incompatibility, Limits, Premise, Registry, RegistryProvider,
    Resolution, RootRequirement, resolve,
};
use rungs::{Requirement, Result, Scheme, Version};
use std::collections::{BTreeMap, BTreeSet};

const SEEDS: u64 = 4_000;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    fn percent(&mut self, n: u64) -> bool {
        self.next() % 100 < n
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// From, up to, and a hole: which releases are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    from: usize,
    to: usize,
    not: usize,
}

impl Range {
    fn has(self, place: usize) -> bool {
        (self.from..=self.to).contains(&place) && place != self.not
    }

    fn text(self) -> String {
        format!(">= {}, <= {}, != {}", self.from, self.to, self.not)
    }
}

/// Release n of a package has version n; needs by package.
#[derive(Clone, Debug, Default)]
struct Release {
    needs: BTreeMap<usize, Range>,
    excluded: bool,
    last_resort: bool,
}

#[derive(Clone, Debug, Default)]
struct World {
    packages: Vec<Vec<Release>>,
    roots: BTreeMap<usize, Range>,
    preferred: BTreeMap<usize, usize>,
}

type State = BTreeMap<usize, usize>;

fn name(package: usize) -> String {
    format!("p{package:05}")
}

fn world(seed: u64) -> World {
    let random = &mut Random(seed);
    let count = 2 + random.below(6);
    // Now and then a package has more releases than fit into one word.
    let sizes: Vec<usize> = (0..count)
        .map(|_| match random.below(40) {
            0 => 70,
            n => 1 + n % 4,
        })
        .collect();
    let range = |random: &mut Random, on: usize| {
        let (one, other) = (random.below(sizes[on]), random.below(sizes[on]));
        let not = match random.percent(15) {
            true => random.below(sizes[on]),
            false => 99,
        };
        let (from, to) = (one.min(other), one.max(other));
        Range { from, to, not }
    };
    let mut world = World::default();
    for size in &sizes {
        let mut releases: Vec<Release> = Vec::new();
        for _ in 0..*size {
            let mut release = Release {
                excluded: random.percent(6),
                last_resort: random.percent(10),
                ..Release::default()
            };
            match releases.last() {
                // Neighbours mostly want the same.
                Some(last) if random.percent(40) => release.needs.clone_from(&last.needs),
                _ => {
                    for on in 0..count {
                        if random.percent(150 / count as u64) {
                            release.needs.insert(on, range(random, on));
                        }
                    }
                }
            }
            releases.push(release);
        }
        world.packages.push(releases);
    }
    for _ in 0..1 + random.below(3) {
        let on = random.below(count);
        let wanted = range(random, on);
        world.roots.insert(on, wanted);
    }
    for (package, size) in sizes.iter().enumerate() {
        if random.percent(25) {
            world.preferred.insert(package, random.below(*size));
        }
    }
    world
}

impl World {
    /// Whether everything in it is needed, and every need met.
    fn holds(&self, state: &State) -> bool {
        let fits = |(on, range): (&usize, &Range)| state.get(on).is_some_and(|at| range.has(*at));
        let mut open: Vec<usize> = self.roots.keys().copied().collect();
        let mut needed = BTreeSet::new();
        while let Some(package) = open.pop() {
            let release = state
                .get(&package)
                .and_then(|at| self.packages[package].get(*at));
            let Some(release) = release.filter(|it| !it.excluded) else {
                return false;
            };
            if needed.insert(package) {
                if !release.needs.iter().all(fits) {
                    return false;
                }
                open.extend(release.needs.keys());
            }
        }
        self.roots.iter().all(fits) && state.keys().all(|package| needed.contains(package))
    }

    /// Whether packages need one another in a circle.
    fn has_circle(&self, state: &State) -> bool {
        let mut left: BTreeSet<usize> = state.keys().copied().collect();
        loop {
            let before = left.len();
            let next = left.clone();
            left.retain(|package| {
                let needs = &self.packages[*package][state[package]].needs;
                needs.keys().any(|on| on != package && next.contains(on))
            });
            if left.len() == before {
                return before > 0;
            }
        }
    }

    /// Any state that holds, by trying all.
    fn by_force(&self, without_circles: bool) -> Option<State> {
        let mut open = vec![State::new()];
        while let Some(state) = open.pop() {
            let wants = |on: usize| {
                let needs = state
                    .iter()
                    .filter_map(|(package, at)| self.packages[*package][*at].needs.get(&on));
                needs
                    .chain(self.roots.get(&on))
                    .copied()
                    .collect::<Vec<_>>()
            };
            let fits = |on: usize, at: usize| wants(on).iter().all(|range| range.has(at));
            if state.iter().any(|(package, at)| !fits(*package, *at)) {
                continue;
            }
            let missing = (0..self.packages.len())
                .find(|on| !state.contains_key(on) && !wants(*on).is_empty());
            let Some(on) = missing else {
                if without_circles && self.has_circle(&state) {
                    continue;
                }
                assert!(self.holds(&state));
                return Some(state);
            };
            for (at, release) in self.packages[on].iter().enumerate() {
                if !release.excluded && fits(on, at) {
                    let mut next = state.clone();
                    next.insert(on, at);
                    open.push(next);
                }
            }
        }
        None
    }
}

/// A world in some order.
struct Shown<'a> {
    world: &'a World,
    random: Random,
}

impl Registry for Shown<'_> {
    type Package = String;

    fn candidates(&mut self, name: &String) -> Result<Vec<Candidate>> {
        let package: usize = name[1..].parse().unwrap();
        let mut offers = Vec::new();
        for (at, release) in self.world.packages[package].iter().enumerate() {
            let mut needs = Vec::new();
            for (on, range) in &release.needs {
                let requirement = Requirement::parse(Scheme::RubyGems, &range.text())?;
                needs.push((self::name(*on), requirement));
            }
            self.random.shuffle(&mut needs);
            let mut offer =
                Candidate::new(Version::parse(Scheme::RubyGems, &at.to_string())?, needs);
            offer.excluded = release.excluded;
            offer.last_resort = release.last_resort;
            offer.preferred = self.world.preferred.get(&package) == Some(&at);
            offers.push(offer);
        }
        self.random.shuffle(&mut offers);
        Ok(offers)
    }
}

enum Found {
    State(State, u64),
    /// Needs as (package, on, range); roots; for which other places of the roots.
    Proved(World, Vec<(usize, CandidateSet)>, Incompatibility),
    GaveUp,
}

fn ask(world: &World, limits: Limits, order: u64) -> Found {
    let mut random = Random(order);
    // Numbers come in any order.
    let mut names: Vec<usize> = (0..world.packages.len()).collect();
    random.shuffle(&mut names);
    let mut provider = RegistryProvider::new(Shown { world, random });
    for package in names {
        provider.number(&name(package));
    }
    let mut roots = Vec::new();
    for (on, range) in &world.roots {
        roots.push(RootRequirement {
            on: provider.number(&name(*on)),
            allowed: (range.from..=range.to)
                .filter(|at| range.has(*at))
                .collect(),
            assumed: true,
        });
    }
    let number = |provider: &RegistryProvider<_>, package: usize| -> usize {
        let name = RegistryProvider::<Shown<'_>>::package_of(provider, package).unwrap();
        name[1..].parse().unwrap()
    };
    match resolve(&mut provider, &roots, limits).unwrap() {
        Resolution::GaveUp => Found::GaveUp,
        Resolution::Solved(pick) => {
            let releases = pick.releases().iter();
            let state = releases.map(|(package, at)| (number(&provider, *package), *at));
            Found::State(state.collect(), pick.work())
        }
        Resolution::Impossible(proof) => {
            // The world with the constraints of the proof alone.
            let mut less = world.clone();
            for releases in &mut less.packages {
                releases.iter_mut().for_each(|it| it.needs.clear());
            }
            let asked: Vec<usize> = world.roots.keys().copied().collect();
            less.roots.clear();
            for constraint in proof.premises() {
                match constraint {
                    Premise::Root(at) => {
                        less.roots.insert(asked[*at], world.roots[&asked[*at]]);
                    }
                    Premise::Dependency {
                        package,
                        dependency: need,
                    } => {
                        let (versions, on, _) = provider.dependency(*package, *need).unwrap();
                        let on: usize = on[1..].parse().unwrap();
                        let package = number(&provider, *package);
                        for version in versions {
                            let at: usize = version.as_str().parse().unwrap();
                            let range = world.packages[package][at].needs[&on];
                            less.packages[package][at].needs.insert(on, range);
                        }
                    }
                    Premise::Loop(packages) => assert!(packages.len() > 1),
                }
            }
            let also = proof.also().iter();
            let also = also.map(|(root, places)| (asked[*root], places.clone()));
            Found::Proved(less, also.collect(), proof)
        }
    }
}

fn limits() -> Limits {
    Limits::default()
}

#[test]
fn answers_are_those_of_brute_force() {
    let (mut possible, mut impossible, mut wide) = (0, 0, 0);
    for seed in 0..SEEDS {
        let world = world(seed);
        let by_force = world.by_force(false);
        match ask(&world, limits(), seed) {
            Found::State(state, _) => {
                possible += 1;
                assert!(by_force.is_some(), "seed {seed}: {state:?}\n{world:?}");
                assert!(world.holds(&state), "seed {seed}: {state:?}\n{world:?}");
                best(seed, &world, &state);
            }
            Found::Proved(less, also, proof) => {
                impossible += 1;
                assert_eq!(by_force, None, "seed {seed}\n{world:?}");
                assert_eq!(
                    less.by_force(false),
                    None,
                    "seed {seed}: {proof:?}\n{world:?}"
                );
                for (at, places) in &also {
                    // Any other place of this root that the proof names, the others as they are.
                    for place in places.iter() {
                        let mut other = less.clone();
                        wide += usize::from(!less.roots[at].has(place));
                        let only = Range {
                            from: place,
                            to: place,
                            not: 99,
                        };
                        other.roots.insert(*at, only);
                        assert_eq!(
                            other.by_force(false),
                            None,
                            "seed {seed}: {also:?}\n{less:?}"
                        );
                    }
                }
            }
            Found::GaveUp => panic!("seed {seed} gave up"),
        }
    }
    println!("{possible} possible, {impossible} impossible, proofs for {wide} other places");
    assert!(possible > 1_500 && impossible > 1_000 && wide > 100);
}

/// No package could be newer and none that moved could stay, with all others as they are.
fn best(seed: u64, world: &World, state: &State) {
    for (package, at) in state {
        let keep = world.preferred.get(package);
        if keep == Some(at) {
            continue;
        }
        let late = |at: usize| world.packages[*package][at].last_resort;
        for other in 0..world.packages[*package].len() {
            let better = keep == Some(&other) || (!late(other), other) > (!late(*at), *at);
            let mut changed = state.clone();
            changed.insert(*package, other);
            assert!(
                !better || !world.holds(&changed),
                "seed {seed}: p{package} could be {other}: {state:?}\n{world:?}"
            );
        }
    }
}

#[test]
fn what_is_kept_is_as_much_as_can_be() {
    // Where all that is installed can stay, it stays.
    let mut stayed = 0;
    for seed in 0..SEEDS {
        let mut world = world(seed);
        let Some(state) = world.by_force(false) else {
            continue;
        };
        world.preferred.clone_from(&state);
        match ask(&world, limits(), seed) {
            Found::State(kept, _) => assert_eq!(kept, state, "seed {seed}\n{world:?}"),
            _ => panic!("seed {seed}"),
        }
        stayed += 1;
    }
    assert!(stayed > 1_500, "{stayed}");
}

#[test]
fn circles_are_refused_where_asked() {
    let (mut possible, mut impossible, mut broken) = (0, 0, 0);
    let refuse = Limits {
        refuse_loops: true,
        ..limits()
    };
    for seed in 0..SEEDS {
        let world = world(seed);
        let by_force = world.by_force(true);
        match ask(&world, refuse, seed) {
            Found::State(state, _) => {
                possible += 1;
                assert!(by_force.is_some() && world.holds(&state), "seed {seed}");
                assert!(
                    !world.has_circle(&state),
                    "seed {seed}: {state:?}\n{world:?}"
                );
            }
            Found::Proved(_, _, proof) => {
                impossible += 1;
                assert_eq!(by_force, None, "seed {seed}\n{world:?}");
                let is_loop = |it: &Premise| matches!(it, Premise::Loop(_));
                broken += usize::from(proof.premises().iter().any(is_loop));
            }
            Found::GaveUp => panic!("seed {seed} gave up"),
        }
    }
    println!("{possible} possible, {impossible} impossible, {broken} of them for circles");
    assert!(possible > 500 && broken > 100);
}

/// An answer without the work: state or the proof's constraints.
fn shape(found: &Found) -> (Option<State>, Option<Vec<Premise>>) {
    match found {
        Found::State(state, _) => (Some(state.clone()), None),
        Found::Proved(..) => (None, Some(Vec::new())),
        Found::GaveUp => (None, None),
    }
}

#[test]
fn the_answer_does_not_depend_on_order_or_numbers() {
    for seed in 0..SEEDS {
        let world = world(seed);
        let one = shape(&ask(&world, limits(), seed));
        for order in 1..4 {
            let other = shape(&ask(&world, limits(), seed + order * SEEDS));
            assert_eq!(one, other, "seed {seed}\n{world:?}");
        }
    }
}

#[test]
fn a_package_out_of_reach_changes_nothing() {
    for seed in 0..SEEDS {
        let world = world(seed);
        let mut more = world.clone();
        let mut release = Release::default();
        for on in 0..world.packages.len() {
            release.needs.insert(
                on,
                Range {
                    from: 0,
                    to: 0,
                    not: 99,
                },
            );
        }
        more.packages.push(vec![release]);
        assert_eq!(
            shape(&ask(&world, limits(), seed)),
            shape(&ask(&more, limits(), seed)),
            "seed {seed}\n{world:?}"
        );
    }
}

#[test]
fn without_a_constraint_what_was_possible_stays_possible() {
    for seed in 0..SEEDS {
        let world = world(seed);
        if !matches!(ask(&world, limits(), seed), Found::State(..)) {
            continue;
        }
        let random = &mut Random(seed);
        let mut less = world.clone();
        for release in less.packages.iter_mut().flatten() {
            release.needs.retain(|_, _| !random.percent(20));
            release.excluded &= !random.percent(50);
        }
        if less.roots.len() > 1 {
            less.roots.pop_first();
        }
        let found = ask(&less, limits(), seed);
        assert!(matches!(found, Found::State(..)), "seed {seed}\n{less:?}");
    }
}

#[test]
fn the_bound_of_work_is_met_at_the_limit_and_not_beyond() {
    let mut met = 0;
    for seed in 0..200 {
        let world = world(seed);
        let Found::State(state, work) = ask(&world, limits(), seed) else {
            continue;
        };
        let up_to = |work: u64| ask(&world, Limits { work, ..limits() }, seed);
        assert!(
            matches!(up_to(work), Found::State(same, _) if same == state),
            "seed {seed}"
        );
        if work > 0 {
            assert!(matches!(up_to(work - 1), Found::GaveUp), "seed {seed}");
            met += 1;
        }
    }
    assert!(met > 50, "{met}");
}

#[test]
fn a_chain_of_ten_thousand_packages_is_no_deep_stack() {
    let range = |from: usize, to: usize| Range { from, to, not: 99 };
    let mut world = World::default();
    let count = 10_000;
    for package in 0..count {
        let mut releases = vec![Release::default(), Release::default(), Release::default()];
        for (at, release) in releases.iter_mut().enumerate() {
            if package + 1 < count {
                release.needs.insert(package + 1, range(0, at));
            }
        }
        world.packages.push(releases);
    }
    world.roots.insert(0, range(0, 2));
    let Found::State(state, _) = ask(&world, limits(), 1) else {
        panic!("no answer");
    };
    assert_eq!(state.len(), count);
    assert!(state.values().all(|at| *at == 2));
    // The last package asks the first to be the oldest.
    for release in &mut world.packages[count - 1] {
        release.needs.insert(0, range(0, 0));
    }
    let Found::State(state, _) = ask(&world, limits(), 1) else {
        panic!("no answer");
    };
    assert!(state.values().all(|at| *at == 0));
    world.roots.insert(0, range(1, 2));
    assert!(matches!(ask(&world, limits(), 1), Found::Proved(..)));
}

/// A world of packages without needs.
struct Plain;

impl rungs::resolve::Provider for Plain {
    fn package(&mut self, _: usize) -> Result<std::sync::Arc<rungs::resolve::Candidates>> {
        Ok(std::sync::Arc::new(rungs::resolve::Candidates {
            count: 1,
            ..rungs::resolve::Candidates::default()
        }))
    }

    fn allowed(&mut self, _: usize, _: usize) -> Result<CandidateSet> {
        Ok(CandidateSet::none())
    }
}

#[test]
fn packages_are_numbered_up_to_a_bound() {
    let root = |on: usize| RootRequirement {
        on,
        allowed: CandidateSet::only(0),
        assumed: false,
    };
    let last = rungs::resolve::MAX_PACKAGES - 1;
    let answer = resolve(&mut Plain, &[root(last)], limits()).unwrap();
    assert!(matches!(answer, Resolution::Solved(pick) if pick.get(last) == Some(0)));
    let error = resolve(&mut Plain, &[root(last + 1)], limits()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "package number 131072: expected less than 131072"
    );
}

/// `a` 2.0 runs with a prerelease of `b` only, and `c` is there as a prerelease only.
struct Prereleases;

impl Registry for Prereleases {
    type Package = String;

    fn candidates(&mut self, name: &String) -> rungs::Result<Vec<Candidate>> {
        let offer = |text: &str, needs: &[(&str, &str)]| {
            let needs = needs.iter().map(|(on, wanted)| {
                let wanted = Requirement::parse(Scheme::RubyGems, wanted).unwrap();
                ((*on).to_owned(), wanted)
            });
            let version = Version::parse(Scheme::RubyGems, text).unwrap();
            let mut offer = Candidate::new(version, needs.collect());
            offer.last_resort = offer.version.is_prerelease();
            offer
        };
        Ok(match name.as_str() {
            "a" => vec![
                offer("1.0", &[("b", ">= 1")]),
                offer("2.0", &[("b", ">= 2.0.rc1")]),
            ],
            "b" => vec![offer("1.5", &[]), offer("2.0.rc1", &[])],
            _ => vec![offer("1.0.rc1", &[])],
        })
    }
}

#[test]
fn a_prerelease_is_picked_only_where_there_is_no_answer_without() {
    let pick = |names: &[&str], limits| {
        let mut shelf = RegistryProvider::new(Prereleases);
        let numbers: Vec<usize> = names.iter().map(|name| shelf.number(*name)).collect();
        let roots: Vec<RootRequirement> = numbers
            .iter()
            .map(|on| RootRequirement {
                on: *on,
                allowed: shelf.places(*on, |_| true).unwrap(),
                assumed: false,
            })
            .collect();
        let Resolution::Solved(pick) = resolve(&mut shelf, &roots, limits).unwrap() else {
            return None;
        };
        let picked = pick.releases().iter().map(|(package, place)| {
            let version = &shelf.versions(*package).unwrap()[*place];
            format!("{} ", version.as_str())
        });
        Some(picked.collect::<String>())
    };
    let never = Limits {
        refuse_last_resorts: true,
        ..Limits::default()
    };
    assert_eq!(pick(&["a"], Limits::default()).unwrap(), "1.0 1.5 ");
    assert_eq!(pick(&["a"], never).unwrap(), "1.0 1.5 ");
    // `c` alone has no other; then all may be chosen, and the newest come first where none is late.
    assert_eq!(pick(&["c"], Limits::default()).unwrap(), "1.0.rc1 ");
    assert_eq!(pick(&["c"], never), None);
}
