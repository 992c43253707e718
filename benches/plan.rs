//! A plan for the whole Karafka family, and what stands before it; one `pubgrub` solve of the
//! plan's last state on the same data is the yardstick.

use divan::{Bencher, black_box};
use pubgrub::{
    Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics, Ranges,
    resolve,
};
use rungs::catalog::{Catalog, Package};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Outcome, State};
use rungs::planner::{Detail, Request, RuntimeMove, plan};
use rungs::{Scheme, Version};
use std::cmp::Reverse;
use std::convert::Infallible;
use std::fmt::{Debug, Display};

const LOCKFILE: &[u8] = include_bytes!("../examples/Gemfile.lock");
const START: [(&str, &str); 6] = [
    ("karafka", "2.0.41"),
    ("waterdrop", "2.5.3"),
    ("karafka-web", "0.5.2"),
    ("karafka-core", "2.0.13"),
    ("karafka-rdkafka", "0.12.4"),
    ("karafka-testing", "2.0.11"),
];

fn main() {
    divan::main();
}

fn question(catalog: &Catalog) -> (Snapshot, Request) {
    let mut snapshot = Snapshot::new().with_runtime("ruby", "3.2");
    for (name, version) in START {
        let version = Version::parse(Scheme::RubyGems, version).expect("a version");
        snapshot = snapshot.with(name, version);
        if !matches!(name, "karafka-core" | "karafka-rdkafka") {
            snapshot = snapshot.direct(name);
        }
    }
    let mut request = Request::new().to(catalog, "karafka=2.6").expect("a target");
    request.runtime = RuntimeMove::Fixed;
    (snapshot, request)
}

fn last_state(catalog: &Catalog) -> State {
    let (snapshot, request) = question(catalog);
    let plan = plan(catalog, &snapshot, &request).expect("an answer");
    assert_eq!(plan.outcome(), Outcome::Planned);
    plan.steps().last().expect("a step").state().clone()
}

#[divan::bench]
fn plan_family_with_all_that_comes_with_it(bencher: Bencher<'_, '_>) {
    plan_family_in(bencher, Detail::Full);
}

#[divan::bench]
fn plan_family(bencher: Bencher<'_, '_>) {
    plan_family_in(bencher, Detail::Path);
}

fn plan_family_in(bencher: Bencher<'_, '_>, detail: Detail) {
    let catalog = Catalog::karafka().expect("the catalog");
    let (snapshot, mut request) = question(&catalog);
    request.detail = detail;
    last_state(&catalog);
    bencher.bench_local(|| {
        plan(
            black_box(&catalog),
            black_box(&snapshot),
            black_box(&request),
        )
    });
}

#[divan::bench]
fn open_catalog(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Catalog::parse(black_box(Catalog::karafka_sources())));
}

#[divan::bench]
fn read_guides(bencher: Bencher<'_, '_>) {
    let fresh = || Catalog::parse(Catalog::karafka_sources()).expect("the catalog");
    bencher.with_inputs(fresh).bench_local_refs(|catalog| {
        let actions = catalog.actions().expect("actions").len();
        (actions, catalog.rollout().expect("rollout").order().len())
    });
}

#[divan::bench]
fn read_lockfile(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| {
        let lockfile = Lockfile::parse(black_box(LOCKFILE)).expect("a lockfile");
        Snapshot::from_lockfile(&lockfile)
    });
}

#[divan::bench]
fn pubgrub_last_state_integers(bencher: Bencher<'_, '_>) {
    solve(bencher, |_, at| u32::try_from(at).expect("few releases"));
}

#[divan::bench]
fn pubgrub_last_state_versions(bencher: Bencher<'_, '_>) {
    solve(bencher, |package, at| {
        package.releases()[at].version().clone()
    });
}

type Wants<V> = DependencyConstraints<u32, Ranges<V>>;

/// One release: its version, whether it may be chosen, what it wants.
type Row<V> = (V, bool, Wants<V>);

/// The catalog's packages by number, oldest release first; the root comes last.
struct Provider<V>(Vec<Vec<Row<V>>>);

impl<V: Ord + Clone + Debug + Display> DependencyProvider for Provider<V> {
    type P = u32;
    type V = V;
    type VS = Ranges<V>;
    type Priority = (u32, Reverse<usize>);
    type M = String;
    type Err = Infallible;

    fn prioritize(
        &self,
        package: &u32,
        range: &Ranges<V>,
        statistics: &PackageResolutionStatistics,
    ) -> Self::Priority {
        let rows = &self.0[*package as usize];
        let count = rows.iter().filter(|row| row.1 && range.contains(&row.0));
        (statistics.conflict_count(), Reverse(count.count()))
    }

    fn choose_version(&self, package: &u32, range: &Ranges<V>) -> Result<Option<V>, Infallible> {
        let mut rows = self.0[*package as usize].iter().rev();
        Ok(rows
            .find(|row| row.1 && range.contains(&row.0))
            .map(|row| row.0.clone()))
    }

    fn get_dependencies(
        &self,
        package: &u32,
        version: &V,
    ) -> Result<Dependencies<u32, Ranges<V>, String>, Infallible> {
        let rows = &self.0[*package as usize];
        let at = rows.binary_search_by(|row| row.0.cmp(version));
        Ok(Dependencies::Available(
            rows[at.expect("a release")].2.clone(),
        ))
    }
}

/// The releases that are wanted, as runs of neighbours.
fn ranges<V: Ord + Clone>(
    package: &Package,
    value: impl Fn(&Package, usize) -> V,
    wanted: impl Fn(&Version) -> bool,
) -> Ranges<V> {
    let wanted: Vec<bool> = package
        .releases()
        .iter()
        .map(|release| wanted(release.version()))
        .collect();
    let mut ranges = Ranges::empty();
    let mut at = 0;
    for run in wanted.chunk_by(|left, right| left == right) {
        if run[0] {
            let (first, last) = (value(package, at), value(package, at + run.len() - 1));
            ranges = ranges.union(&Ranges::from_range_bounds(first..=last));
        }
        at += run.len();
    }
    ranges
}

fn solve<V: Ord + Clone + Debug + Display>(
    bencher: Bencher<'_, '_>,
    value: impl Fn(&Package, usize) -> V + Copy,
) {
    let catalog = Catalog::karafka().expect("the catalog");
    let packages = catalog.packages();
    let number = |name: &str| packages.iter().position(|package| *package.name() == *name);
    let mut rows = Vec::new();
    for package in packages {
        let mut of_package = Vec::new();
        for (at, release) in package.releases().iter().enumerate() {
            let mut wants = Vec::new();
            for dependency in release.requirements() {
                if let Some(on) = number(dependency.name().as_str()) {
                    let range = ranges(&packages[on], value, |version| {
                        dependency.requirement().matches(version)
                    });
                    wants.push((u32::try_from(on).expect("few packages"), range));
                }
            }
            let enterable =
                !release.is_yanked() && !release.is_blocked() && !release.version().is_prerelease();
            of_package.push((value(package, at), enterable, Wants::from_iter(wants)));
        }
        rows.push(of_package);
    }

    // The root wants the family of the plan's last state: two lines fixed, the others free.
    let last = last_state(&catalog);
    let mut wants = Vec::new();
    for (name, chosen) in last.packages() {
        let on = number(name.as_str()).expect("a package");
        let fixed = ["karafka", "karafka-web"].contains(&name.as_str());
        let range = ranges(&packages[on], value, |version| {
            !fixed || version.line() == chosen.line()
        });
        wants.push((u32::try_from(on).expect("few packages"), range));
    }
    let ruby = number("ruby").expect("ruby");
    let range = ranges(&packages[ruby], value, |version| version.line() == "3.2");
    wants.push((u32::try_from(ruby).expect("few packages"), range));
    let start = value(&packages[0], 0);
    let root = u32::try_from(rows.len()).expect("few packages");
    rows.push(vec![(start.clone(), true, Wants::from_iter(wants))]);

    let provider = Provider(rows);
    let solution = resolve(&provider, root, start.clone()).expect("a solution");
    for (name, chosen) in last.packages() {
        let on = number(name.as_str()).expect("a package");
        let releases = packages[on].releases();
        let at = releases.iter().position(|r| r.version() == chosen);
        let at = at.expect("a release");
        let on_number = u32::try_from(on).expect("few packages");
        let found = solution.iter().find(|(package, _)| **package == on_number);
        let (_, found) = found.expect("in the solution");
        assert_eq!(
            *found,
            value(&packages[on], at),
            "{name} is {chosen} in the plan"
        );
    }
    bencher.bench_local(|| resolve(black_box(&provider), root, start.clone()));
}
