//! The planner against brute force where something went wrong: repair, bad releases, gems outside, dropped holders.

use crate::brute::{self, Kind};
use crate::mishaps;
use crate::planner::{ask, oracle_steps, product_steps};
use crate::world::World;
use rungs::plan::{Outcome, Plan};
use std::collections::BTreeMap;

/// In how many words the planner and brute force say the same, and where they do not, how.
fn compare(
    seed: u64,
    world: &World,
    want: &brute::Outcome,
    wrong: &mut Vec<String>,
) -> &'static str {
    let got = ask(world);
    let foreign = !world.foreign.is_empty();
    let is = |plan: &Plan, outcome: Outcome| {
        plan.outcome() == outcome || foreign && plan.outcome() == Outcome::Unknown
    };
    match (want, &got) {
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
            "planned"
        }
        _ => {
            let got = got.map(|plan| (plan.outcome(), product_steps(&plan)));
            let want = match want {
                brute::Outcome::Planned(steps) => format!("{:?}", oracle_steps(world, steps)),
                other => format!("{other:?}"),
            };
            wrong.push(format!("seed {seed}\n{world}\nwant {want}\ngot {got:?}\n"));
            "wrong"
        }
    }
}

#[test]
fn repairs_agree_with_brute_force() {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in 0..2_000 {
        let world = mishaps::broken(seed);
        world
            .check()
            .unwrap_or_else(|what| panic!("seed {seed}: {what}\n{world}"));
        let want = brute::plan(&world);
        let verdict = compare(seed, &world, &want, &mut wrong);
        let mut add = |what: String| *counts.entry(what).or_default() += 1;
        if brute::is_mendable(&world) {
            add(format!("broken: {verdict}"));
        }
        if let brute::Outcome::Planned(steps) = &want {
            if steps[0].kind == Kind::Repair {
                let down = brute::repair(&world, &steps[0].state).unwrap();
                add(format!("repair of {down}"));
                add(format!("repair and {} more steps", steps.len() - 1));
            }
        }
        add(verdict.to_owned());
    }
    println!("{counts:#?}");
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn bad_releases_strangers_and_dropped_holders_agree_with_brute_force() {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in 0..2_000 {
        let world = mishaps::ruled(seed);
        world
            .check()
            .unwrap_or_else(|what| panic!("seed {seed}: {what}\n{world}"));
        let want = brute::plan(&world);
        *counts
            .entry(compare(seed, &world, &want, &mut wrong))
            .or_default() += 1;
    }
    println!("{counts:#?}");
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
