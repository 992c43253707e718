//! The planner against brute force where something went wrong: repair, bad releases, gems outside, dropped holders.

use crate::brute::{self, Kind, Step};
use crate::mishaps;
use crate::planner::{ask, oracle_steps, product_steps};
use crate::world::{State, World};
use rungs::plan::{ChangeKind, Outcome, Plan};
use std::collections::BTreeMap;

const SEEDS: u64 = 2_000;

/// What was seen how often, and where the planner and brute force differ.
#[derive(Default)]
struct Compared {
    counts: BTreeMap<String, u64>,
    wrong: Vec<String>,
}

impl Compared {
    fn add(&mut self, what: &str) {
        *self.counts.entry(what.to_owned()).or_default() += 1;
    }

    fn count(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or(0)
    }

    /// Prints all, and panics where something differs or was seen too seldom.
    fn end(&self, floors: &[(&str, u64)]) {
        println!("{:#?}", self.counts);
        let wrong = &self.wrong;
        assert!(
            wrong.is_empty(),
            "{} differ\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        for (what, floor) in floors {
            let count = self.count(what);
            assert!(count > *floor, "{what}: {count}, not more than {floor}");
        }
    }
}

/// Asks both, compares the answers, and plans again after the first step.
fn compare(seed: u64, world: &World, compared: &mut Compared) -> brute::Outcome {
    world
        .check()
        .unwrap_or_else(|what| panic!("seed {seed}: {what}\n{world}"));
    let want = brute::plan(world);
    let got = ask(world);
    // What comes from a repository makes the outcome unknown; the steps are given all the same.
    let is = |plan: &Plan, outcome: Outcome| {
        plan.outcome() == outcome || !world.foreign.is_empty() && plan.outcome() == Outcome::Unknown
    };
    let verdict = match (&want, &got) {
        (brute::Outcome::Impossible, Err(_)) => "refused, and impossible",
        (brute::Outcome::Impossible, Ok(plan))
            if is(plan, Outcome::Impossible) && plan.steps().is_empty() =>
        {
            "impossible"
        }
        (brute::Outcome::Impossible, Ok(plan)) if plan.outcome() == Outcome::GaveUp => {
            "gave up, and impossible"
        }
        (brute::Outcome::AlreadyThere, Ok(plan))
            if is(plan, Outcome::AlreadyThere) && plan.steps().is_empty() =>
        {
            "already there"
        }
        (brute::Outcome::Planned(steps), Ok(plan))
            if is(plan, Outcome::Planned) && oracle_steps(world, steps) == product_steps(plan) =>
        {
            tells(seed, world, steps, plan);
            rest(seed, world, steps, compared);
            "planned"
        }
        _ => {
            let got = got.map(|plan| (plan.outcome(), product_steps(&plan)));
            let want = match &want {
                brute::Outcome::Planned(steps) => format!("{:?}", oracle_steps(world, steps)),
                other => format!("{other:?}"),
            };
            let text = format!("seed {seed}\n{world}\nwant {want}\ngot {got:?}\n");
            compared.wrong.push(text);
            "wrong"
        }
    };
    compared.add(verdict);
    if brute::is_mendable(world) {
        compared.add(&format!("breaks rules only: {verdict}"));
    }
    want
}

/// Each step says what goes down in it, what it repairs, and which dropped holders leave.
fn tells(seed: u64, world: &World, steps: &[Step], plan: &Plan) {
    let mut before = &world.installed;
    let mut gone = Vec::new();
    for (step, told) in steps.iter().zip(plan.steps()) {
        let why = format!("seed {seed}, step {}\n{world}", told.number());
        let down = world
            .family()
            .filter(|&id| step.state[id].is_some() && step.state[id] < before[id]);
        let down: Vec<&str> = down.map(|id| world.packages[id].name.as_str()).collect();
        let changes = told.changes().iter();
        let told_down = changes.filter(|change| change.kind() == ChangeKind::Down);
        let told_down: Vec<&str> = told_down.map(|it| it.package().as_str()).collect();
        assert_eq!(down, told_down, "{why}");
        assert_eq!(
            !told.repairs().is_empty(),
            step.kind == Kind::Repair,
            "{why}"
        );
        let leaving = leaving(world, &step.state, &gone);
        let names = leaving.iter().map(|at| format!("zz-holder-{at}"));
        let told_leaving = told.leaves().iter().map(|it| it.gem().to_owned());
        assert!(names.eq(told_leaving), "{:?} {why}", told.leaves());
        gone.extend(leaving);
        before = &step.state;
    }
}

/// The dropped holders that a state does not suit, but for those gone.
fn leaving(world: &World, state: &State, gone: &[usize]) -> Vec<usize> {
    let suits = |at: usize| {
        let holder = &world.holders[at];
        state[holder.package].is_some_and(|version| holder.range.contains(version))
    };
    let dropped = world.dropped.iter().copied();
    dropped
        .filter(|at| !gone.contains(at) && !suits(*at))
        .collect()
}

/// Planning again after the first step gives the rest.
fn rest(seed: u64, world: &World, steps: &[Step], compared: &mut Compared) {
    let [first, others @ ..] = steps else { return };
    if others.is_empty() || !brute::asks_the_same(world, &first.state) {
        return;
    }
    let mut after = world.clone();
    after.installed.clone_from(&first.state);
    let gone = leaving(world, &first.state, &[]);
    let stays = (0..world.holders.len()).filter(|at| !gone.contains(at));
    let stays: Vec<usize> = stays.collect();
    after.holders = stays.iter().map(|&at| world.holders[at].clone()).collect();
    after.dropped = (0..stays.len())
        .filter(|&at| world.dropped.contains(&stays[at]))
        .collect();
    // Gone in a first step, it comes from nowhere any more.
    after.foreign.retain(|&id| first.state[id].is_some());
    let plan = ask(&after).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{after}"));
    let want = oracle_steps(world, others);
    assert_eq!(product_steps(&plan), want, "seed {seed}, the rest\n{after}");
    compared.add("planned again");
    if first.kind == Kind::Repair {
        compared.add("planned again after a repair");
        let brute::Outcome::Planned(again) = brute::plan(&after) else {
            panic!("seed {seed}: no rest\n{after}");
        };
        assert_eq!(again, others, "seed {seed}, the rest by force\n{after}");
    }
}

#[test]
fn repairs_agree_with_brute_force() {
    let mut compared = Compared::default();
    for seed in 0..SEEDS * 5 / 2 {
        let world = mishaps::broken(seed);
        let brute::Outcome::Planned(steps) = compare(seed, &world, &mut compared) else {
            continue;
        };
        if steps[0].kind != Kind::Repair {
            continue;
        }
        let down = brute::repair(&world, &steps[0].state).expect("a repair");
        compared.add(&format!("a repair of {down}"));
        compared.add(&format!("a repair and {} further steps", steps.len() - 1));
        let up = |id: usize| steps[0].state[id] > world.installed[id];
        if world
            .family()
            .any(|id| world.installed[id].is_some() && up(id))
        {
            compared.add("a repair in which others go up");
        }
        if world.targets.is_empty() {
            compared.add("a repair with no target named");
        }
    }
    compared.end(&[
        ("breaks rules only: planned", 1_500),
        ("breaks rules only: impossible", 1_500),
        ("a repair of 1", 450),
        ("a repair of 2", 300),
        ("a repair of 3", 130),
        ("a repair and 1 further steps", 300),
        ("a repair and 2 further steps", 130),
        ("a repair in which others go up", 300),
        ("a repair with no target named", 350),
        ("planned again after a repair", 450),
    ]);
    assert!(compared.count("gave up, and impossible") < 20);
}

#[test]
fn bad_releases_strangers_and_dropped_holders_agree_with_brute_force() {
    let mut compared = Compared::default();
    for seed in 0..SEEDS {
        let world = mishaps::ruled(seed);
        let want = compare(seed, &world, &mut compared);
        let stands = |state: &State| {
            world.family().any(|id| {
                let release = state[id].and_then(|at| world.packages[id].release(at));
                release.is_some_and(|r| r.is_sound() && !world.is_fit(id, r))
            })
        };
        if let brute::Outcome::Planned(steps) = &want {
            if stands(&steps[0].state) {
                compared.add("a state stands on a release to be avoided");
            }
        }
        if seed % 3 == 0 {
            binds(&world, &want, &mut compared);
        }
    }
    compared.end(&[
        ("planned", 800),
        ("impossible", 600),
        ("planned again", 250),
        ("a state stands on a release to be avoided", 70),
        ("binds: a bad release", 50),
        ("binds: a line of bad releases", 40),
        ("binds: a release bad beside another", 10),
        ("binds: a release bad beside a stranger", 4),
        ("binds: a stranger", 30),
        ("binds: an accepted bad release", 4),
        ("binds: a holder that is dropped", 20),
    ]);
    assert!(compared.count("gave up, and impossible") < 20);
}

/// Which facts matter: without them the answer is another.
fn binds(world: &World, want: &brute::Outcome, compared: &mut Compared) {
    let mut without = |what: &str, change: &dyn Fn(&mut World)| {
        let mut other = world.clone();
        change(&mut other);
        let rules = other.rules().into_iter().map(|(id, _)| id.to_owned());
        let rules: Vec<String> = rules.collect();
        other.accepted.retain(|id| rules.contains(id));
        if other != *world && brute::plan(&other) != *want {
            compared.add(&format!("binds: {what}"));
        }
    };
    let lines = |world: &mut World| {
        let all = world.clone();
        world.defects.retain(|defect| {
            let mut less = all.clone();
            less.defects.retain(|it| it != defect);
            less.rungs(defect.of.package) == all.rungs(defect.of.package)
        });
    };
    without("a bad release", &|w| {
        w.defects.retain(|it| it.beside.is_some());
    });
    without("a line of bad releases", &lines);
    without("a release bad beside another", &|w| {
        w.defects.retain(|it| it.beside.is_none());
    });
    without("a stranger", &|w| w.clashes.retain(|it| it.is_defect));
    without("a release bad beside a stranger", &|w| {
        w.clashes.retain(|it| !it.is_defect);
    });
    without("an accepted bad release", &|w| {
        w.accepted.retain(|id| !id.starts_with("defect-"));
    });
    without("a holder that is dropped", &|w| w.dropped.clear());
}
