//! One joint resolution on generated worlds, beside `pubgrub` and `resolvo` on the same worlds in
//! the same run. `WORLD_SEED` and the shapes below say which worlds.

use divan::{Bencher, black_box};
use pubgrub::{
    Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics, Ranges,
};
use resolvo::DenseIndex;
use rungs::resolve::{
    CandidateSet, Candidates, Limits, Provider, Resolution, RootRequirement, SharedDependency,
    resolve,
};
use std::any::Any;
use std::cmp::Reverse;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

const WORLD_SEED: u64 = 2026;
/// Releases of each package.
const RELEASES: usize = 12;

/// One deep world of 10,000 packages takes `resolvo` minutes; it is stopped after so long.
const PATIENCE: Duration = Duration::from_secs(4);

fn main() {
    divan::main();
}

const COUNTS: &[usize] = &[10, 100, 1_000, 10_000];

/// What a world looks like.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    /// Packages hang on one another in long chains, not in a bushy tree.
    deep: bool,
    /// How many of a hundred needs admit a few releases only.
    narrow: u64,
    torn: Torn,
}

/// One package that what comes first wants new and what comes last wants old.
#[derive(Clone, Copy, PartialEq)]
enum Torn {
    No,
    /// Only the newer half of the first package's releases wants it new.
    Half,
    /// All of them do: there is no answer.
    Apart,
}

const SHAPES: &[Shape] = &[
    shape("flat, wide", false, 0, Torn::No),
    shape("flat, narrow", false, 60, Torn::No),
    shape("flat, one conflict", false, 60, Torn::Half),
    shape("flat, impossible", false, 60, Torn::Apart),
    shape("deep, wide", true, 0, Torn::No),
    shape("deep, narrow", true, 60, Torn::No),
    shape("deep, one conflict", true, 60, Torn::Half),
    shape("deep, impossible", true, 60, Torn::Apart),
];

const fn shape(name: &'static str, deep: bool, narrow: u64, torn: Torn) -> Shape {
    Shape {
        name,
        deep,
        narrow,
        torn,
    }
}

/// For each package, for each release, oldest first: package that is needed, lowest and highest.
type Rows = Vec<Vec<Vec<(usize, usize, usize)>>>;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % n as u64).expect("small")
    }

    fn percent(&mut self, n: u64) -> bool {
        (self.below(100) as u64) < n
    }
}

/// A world around a state that holds; package 0 is what is asked for.
fn rows(shape: Shape, count: usize) -> Rows {
    let random = &mut Random(WORLD_SEED);
    let mut holds: Vec<usize> = (0..count)
        .map(|_| {
            if random.percent(70) {
                RELEASES - 1
            } else {
                random.below(RELEASES)
            }
        })
        .collect();
    let torn = 1 + random.below(count / 2);
    if shape.torn != Torn::No {
        holds[0] = RELEASES / 2 - 1;
        holds[torn] = 5;
    }
    let mut children = vec![Vec::new(); count];
    for at in 1..count {
        let parent = match shape.deep {
            true => at - 1 - random.below(at.min(3)),
            false => random.below(at),
        };
        children[parent].push(at);
        for _ in 0..random.below(3) {
            let other = match shape.deep {
                true => at - 1 - random.below(at.min(20)),
                false => random.below(at),
            };
            if !children[other].contains(&at) {
                children[other].push(at);
            }
        }
    }
    let mut rows: Rows = vec![vec![Vec::new(); RELEASES]; count];
    for (at, releases) in rows.iter_mut().enumerate() {
        for on in &children[at] {
            for (place, release) in releases.iter_mut().enumerate() {
                let mut range = (0, RELEASES - 1);
                if random.percent(shape.narrow) {
                    // Releases of one time fit one another.
                    let near = (place + random.below(4)).saturating_sub(2);
                    let near = near.min(RELEASES - 1);
                    range = (near.saturating_sub(2), (near + 2).min(RELEASES - 1));
                } else if random.percent(50) {
                    range.0 = random.below(place + 1);
                }
                if place == holds[at] {
                    range = (range.0.min(holds[*on]), range.1.max(holds[*on]));
                }
                release.push((*on, range.0, range.1));
            }
        }
    }
    if shape.torn != Torn::No {
        for (at, release) in rows[0].iter_mut().enumerate() {
            release.retain(|(on, ..)| *on != torn);
            if shape.torn == Torn::Apart || at >= RELEASES / 2 {
                release.push((torn, 6 + at % 2, RELEASES - 1));
            }
        }
        for (at, release) in rows[count - 1].iter_mut().enumerate() {
            release.push((torn, at % 3, 5));
        }
    }
    rows
}

/// All three must say the same of a world before they are timed on it.
fn agree(shape: Shape, count: usize) {
    let rows = rows(shape, count);
    let ours = Ours::new(&rows).solve();
    let pubgrub = Theirs::new(&rows).solve();
    let name = shape.name;
    assert_eq!(ours, shape.torn != Torn::Apart, "{name}, {count}");
    assert_eq!(pubgrub, ours, "{name}, {count}");
    match Sat::new(&rows).solve() {
        Some(resolvo) => assert_eq!(resolvo, ours, "{name}, {count}"),
        None => println!("resolvo was stopped after {PATIENCE:?} on {name}, {count}"),
    }
}

struct Asked(Shape, usize);

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.0.name, self.1)
    }
}

fn asked() -> impl Iterator<Item = Asked> {
    let shapes = SHAPES.iter();
    shapes.flat_map(|shape| COUNTS.iter().map(|count| Asked(*shape, *count)))
}

#[divan::bench(args = asked())]
fn rungs(bencher: Bencher<'_, '_>, asked: &Asked) {
    let mut ours = Ours::new(&rows(asked.0, asked.1));
    bencher.bench_local(|| black_box(&mut ours).solve());
}

#[divan::bench(args = asked())]
fn pubgrub(bencher: Bencher<'_, '_>, asked: &Asked) {
    let theirs = Theirs::new(&rows(asked.0, asked.1));
    bencher.bench_local(|| black_box(&theirs).solve());
}

#[divan::bench(args = asked())]
fn resolvo(bencher: Bencher<'_, '_>, asked: &Asked) {
    agree(asked.0, asked.1);
    let theirs = Sat::new(&rows(asked.0, asked.1));
    let inputs = bencher.with_inputs(|| theirs.clone());
    inputs.bench_local_values(|theirs| black_box(theirs).solve());
}

struct Ours(Vec<(Arc<Candidates>, Vec<CandidateSet>)>);

impl Ours {
    fn new(rows: &Rows) -> Self {
        let packages = rows.iter().map(|releases| {
            let mut needs: Vec<((usize, usize, usize), Vec<usize>)> = Vec::new();
            for (at, release) in releases.iter().enumerate() {
                for need in release {
                    match needs.iter_mut().find(|(known, _)| known == need) {
                        Some((_, by)) => by.push(at),
                        None => needs.push((*need, vec![at])),
                    }
                }
            }
            needs.sort_unstable();
            let candidates = Candidates {
                count: RELEASES,
                dependencies: needs
                    .iter()
                    .map(|((on, ..), by)| SharedDependency {
                        by: by.iter().copied().collect(),
                        on: *on,
                    })
                    .collect(),
                ..Candidates::default()
            };
            let allowed = needs
                .iter()
                .map(|((_, low, high), _)| CandidateSet::range(*low..*high + 1));
            (Arc::new(candidates), allowed.collect())
        });
        Ours(packages.collect())
    }

    fn solve(&mut self) -> bool {
        let root = RootRequirement {
            on: 0,
            allowed: CandidateSet::range(0..RELEASES),
            assumed: false,
        };
        match resolve(self, &[root], Limits::default()).expect("a world in memory") {
            Resolution::Solved(pick) => !pick.releases().is_empty(),
            Resolution::Impossible(_) => false,
            Resolution::GaveUp => panic!("gave up"),
        }
    }
}

impl Provider for Ours {
    fn package(&mut self, package: usize) -> rungs::Result<Arc<Candidates>> {
        Ok(Arc::clone(&self.0[package].0))
    }

    fn allowed(&mut self, package: usize, need: usize) -> rungs::Result<CandidateSet> {
        Ok(self.0[package].1[need].clone())
    }
}

type Wants = DependencyConstraints<u32, Ranges<u32>>;

/// The root stands after the packages.
struct Theirs(Vec<Vec<Wants>>);

fn small(n: usize) -> u32 {
    u32::try_from(n).expect("small")
}

impl Theirs {
    fn new(rows: &Rows) -> Self {
        let wants = |release: &Vec<(usize, usize, usize)>| {
            let wants = release.iter().map(|(on, low, high)| {
                (
                    small(*on),
                    Ranges::from_range_bounds(small(*low)..=small(*high)),
                )
            });
            wants.collect::<Wants>()
        };
        let mut packages: Vec<Vec<Wants>> = rows
            .iter()
            .map(|releases| releases.iter().map(wants).collect())
            .collect();
        packages.push(vec![std::iter::once((0, Ranges::full())).collect()]);
        Theirs(packages)
    }

    fn solve(&self) -> bool {
        pubgrub::resolve(self, small(self.0.len() - 1), 0u32).is_ok()
    }
}

impl DependencyProvider for Theirs {
    type P = u32;
    type V = u32;
    type VS = Ranges<u32>;
    type Priority = (u32, Reverse<usize>);
    type M = String;
    type Err = Infallible;

    fn prioritize(
        &self,
        package: &u32,
        range: &Ranges<u32>,
        statistics: &PackageResolutionStatistics,
    ) -> Self::Priority {
        let count = small(self.0[*package as usize].len());
        let left = (0..count).filter(|release| range.contains(release)).count();
        if left == 0 {
            return (u32::MAX, Reverse(0));
        }
        (statistics.conflict_count(), Reverse(left))
    }

    fn choose_version(
        &self,
        package: &u32,
        range: &Ranges<u32>,
    ) -> Result<Option<u32>, Infallible> {
        let count = small(self.0[*package as usize].len());
        Ok((0..count).rev().find(|release| range.contains(release)))
    }

    fn get_dependencies(
        &self,
        package: &u32,
        release: &u32,
    ) -> Result<Dependencies<u32, Ranges<u32>, String>, Infallible> {
        let wants = &self.0[*package as usize][*release as usize];
        Ok(Dependencies::Available(wants.clone()))
    }
}

/// Solvable n is release n % RELEASES of package n / RELEASES.
#[derive(Clone)]
struct Sat {
    sets: Vec<(u32, u32, u32)>,
    needs: Vec<resolvo::KnownDependencies>,
    root: resolvo::VersionSetId,
    since: Instant,
}

impl Sat {
    fn new(rows: &Rows) -> Self {
        let mut known = std::collections::BTreeMap::new();
        let mut sets = Vec::new();
        let mut set = |of: (u32, u32, u32)| {
            let at = *known.entry(of).or_insert_with(|| {
                sets.push(of);
                sets.len() - 1
            });
            resolvo::VersionSetId(small(at))
        };
        let root = set((0, 0, small(RELEASES - 1)));
        let mut needs = Vec::new();
        for release in rows.iter().flatten() {
            let requirements = release.iter().map(|(on, low, high)| {
                resolvo::ConditionalRequirement::from(set((small(*on), small(*low), small(*high))))
            });
            needs.push(resolvo::KnownDependencies {
                requirements: requirements.collect(),
                constrains: Vec::new(),
            });
        }
        Sat {
            sets,
            needs,
            root,
            since: Instant::now(),
        }
    }

    /// `None` where it was stopped.
    fn solve(mut self) -> Option<bool> {
        let root = self.root;
        self.since = Instant::now();
        let mut solver = resolvo::Solver::new(self);
        let problem = resolvo::Problem::new().requirements(vec![root.into()]);
        match solver.solve(problem) {
            Ok(_) => Some(true),
            Err(resolvo::UnsolvableOrCancelled::Unsolvable(_)) => Some(false),
            Err(resolvo::UnsolvableOrCancelled::Cancelled(_)) => None,
        }
    }
}

impl resolvo::Interner for Sat {
    type NameId = resolvo::NameId;
    type SolvableId = resolvo::SolvableId;

    fn display_solvable(&self, solvable: resolvo::SolvableId) -> impl fmt::Display + '_ {
        solvable.to_index()
    }

    fn display_name(&self, name: resolvo::NameId) -> impl fmt::Display + '_ {
        name.to_index()
    }

    fn display_version_set(&self, set: resolvo::VersionSetId) -> impl fmt::Display + '_ {
        set.0
    }

    fn display_string(&self, string: resolvo::StringId) -> impl fmt::Display + '_ {
        string.0
    }

    fn version_set_name(&self, set: resolvo::VersionSetId) -> resolvo::NameId {
        resolvo::NameId::from_index(self.sets[set.0 as usize].0 as usize)
    }

    fn solvable_name(&self, solvable: resolvo::SolvableId) -> resolvo::NameId {
        resolvo::NameId::from_index(solvable.to_index() / RELEASES)
    }

    fn version_sets_in_union(
        &self,
        _: resolvo::VersionSetUnionId,
    ) -> impl Iterator<Item = resolvo::VersionSetId> {
        std::iter::empty()
    }

    fn resolve_condition(&self, _: resolvo::ConditionId) -> resolvo::Condition {
        unreachable!("no need has a condition")
    }
}

impl resolvo::DependencyProvider for Sat {
    async fn filter_candidates(
        &self,
        candidates: &[resolvo::SolvableId],
        set: resolvo::VersionSetId,
        inverse: bool,
    ) -> Vec<resolvo::SolvableId> {
        let (_, low, high) = self.sets[set.0 as usize];
        let within = |id: &&resolvo::SolvableId| {
            (low..=high).contains(&small(id.to_index() % RELEASES)) != inverse
        };
        candidates.iter().filter(within).copied().collect()
    }

    async fn get_candidates(
        &self,
        name: resolvo::NameId,
    ) -> Option<resolvo::Candidates<resolvo::SolvableId>> {
        let first = name.to_index() * RELEASES;
        Some(resolvo::Candidates {
            candidates: (first..first + RELEASES)
                .map(resolvo::SolvableId::from_index)
                .collect(),
            ..resolvo::Candidates::default()
        })
    }

    async fn sort_candidates(
        &self,
        _: &resolvo::SolverCache<Self>,
        solvables: &mut [resolvo::SolvableId],
    ) {
        solvables.sort_unstable_by_key(|id| Reverse(id.to_index()));
    }

    fn should_cancel_with_value(&self) -> Option<Box<dyn Any>> {
        (self.since.elapsed() > PATIENCE).then(|| Box::new(()) as Box<dyn Any>)
    }

    async fn get_dependencies(&self, solvable: resolvo::SolvableId) -> resolvo::Dependencies {
        resolvo::Dependencies::Known(self.needs[solvable.to_index()].clone())
    }
}
