//! Catalogs that are joined against brute force: families that nobody asks about move only where they must.

use crate::brute;
use crate::generate;
use crate::planner::{oracle_steps, product_steps, request, snapshot};
use crate::world::{Id, World};
use crate::write;
use rungs::ErrorCode;
use rungs::catalog::{Catalog, Source};
use rungs::plan::{Outcome, Plan};
use std::collections::BTreeMap;

const SEEDS: u64 = 2_500;

/// Packages for a second catalog: some of those that are no target.
fn second(world: &World, seed: u64) -> Vec<Id> {
    let is_target = |id: Id| world.targets.iter().any(|target| target.package == id);
    let family = world.family().filter(|id| !is_target(*id));
    family.filter(|id| (seed >> (id % 3)) & 1 == 0).collect()
}

/// The two catalogs of a world; its rules are in the second.
fn joined(world: &World, second: &[Id]) -> rungs::Result<Catalog> {
    let text = write::catalog(world, &[]);
    let names: Vec<&str> = second
        .iter()
        .map(|id| world.packages[*id].name.as_str())
        .collect();
    let order = |is_in: &dyn Fn(&Id) -> bool| {
        let ids = world
            .ids()
            .filter(|id| !world.is_runtime(*id))
            .filter(|id| is_in(id));
        let names: Vec<String> = ids
            .map(|id| format!("{:?}", world.packages[id].name))
            .collect();
        names.join(", ")
    };
    let head = |name: &str, order: String| {
        format!("format = 1\nname = \"{name}\"\nhorizon = 2026-01-01\norder = [{order}]\n")
    };
    let mut one = head("one", order(&|id| !second.contains(id)));
    let mut other = head("other", order(&|id| second.contains(id)));
    for section in text.split("\n[").skip(1) {
        let package = section
            .strip_prefix("package.")
            .and_then(|it| it.split(']').next());
        let to = match package {
            Some(name) if !names.contains(&name) => &mut one,
            _ => &mut other,
        };
        to.push_str("\n[");
        to.push_str(section);
    }
    let rules_first = Catalog::parse(vec![Source::new("one.toml", one)])?;
    rules_first.overlay(vec![Source::new("other.toml", other)])
}

fn ask(world: &World, second: &[Id]) -> rungs::Result<Plan> {
    let catalog = joined(world, second)?;
    assert_eq!(catalog.families().len(), 2);
    let request = request(world, &catalog)?;
    rungs::planner::plan(&catalog, &snapshot(world, &[]), &request)
}

#[test]
fn joined_catalogs_agree_with_brute_force() {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in 0..SEEDS {
        let world = generate::world(seed);
        let second = second(&world, seed);
        if world.targets.is_empty() || second.is_empty() {
            continue;
        }
        let want = brute::plan_joint(&world, &second);
        let got = ask(&world, &second);
        let verdict = match (&want, &got) {
            (brute::Outcome::Impossible, Err(_)) => "refused, and impossible",
            (brute::Outcome::Planned(_), Err(error)) if error.code() == ErrorCode::TargetBehind => {
                "refused: the target lies behind"
            }
            (brute::Outcome::Impossible, Ok(plan))
                if matches!(plan.outcome(), Outcome::Impossible | Outcome::GaveUp) =>
            {
                "impossible"
            }
            (brute::Outcome::AlreadyThere, Ok(plan)) if plan.outcome() == Outcome::AlreadyThere => {
                "already there"
            }
            (brute::Outcome::Planned(steps), Ok(plan))
                if plan.outcome() == Outcome::Planned
                    && oracle_steps(&world, steps) == product_steps(plan) =>
            {
                // How often it matters that nobody asked.
                match brute::plan(&world) == want {
                    true => "planned",
                    false => "planned, and otherwise than as one family",
                }
            }
            _ => {
                let got = got.map(|plan| (plan.outcome(), product_steps(&plan)));
                wrong.push(format!(
                    "seed {seed}, second {second:?}\n{world}\nwant {want:?}\ngot {got:?}\n"
                ));
                "wrong"
            }
        };
        *counts.entry(verdict).or_default() += 1;
    }
    println!("{counts:#?}");
    assert!(
        wrong.is_empty(),
        "{counts:#?}\n{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        counts["planned"] > 100 && counts["planned, and otherwise than as one family"] > 100,
        "{counts:#?}"
    );
}
