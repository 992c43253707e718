//! The planner against brute force on other families: edges and risks, stops, packages in lockstep, alone, lazy, and
//! near one another, and what properties decide.

use crate::brute::{self, Outcome as Answer};
use crate::dress::{self, Style};
use crate::kinds;
use crate::planner::{ask, oracle_steps, product_steps};
use crate::world::World;
use rungs::plan::{Constraint, FixKind, Outcome, Plan, PlanWarning};
use std::collections::{BTreeMap, BTreeSet};

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

    fn differs(&mut self, seed: u64, world: &World, what: &str) {
        self.add("wrong");
        if self.wrong.len() < 20 {
            self.wrong.push(format!("seed {seed}: {what}\n{world}"));
        }
    }

    /// Prints all, and panics where something differs or was seen too seldom.
    fn end(&self, floors: &[(&str, u64)]) {
        println!("{:#?}", self.counts);
        let count = |what: &str| self.counts.get(what).copied().unwrap_or(0);
        let wrong = count("wrong");
        assert!(wrong == 0, "{wrong} differ\n{}", self.wrong.join("\n"));
        for (what, floor) in floors {
            let count = count(what);
            assert!(count > *floor, "{what}: {count}, not more than {floor}");
        }
        let all: u64 = ["planned", "impossible", "already there"]
            .into_iter()
            .map(count)
            .sum();
        assert!(count("gave up, and impossible") * 20 < all);
    }
}

fn is_possible(world: &World) -> bool {
    !matches!(brute::plan(world), Answer::Impossible)
}

/// How many steps a world takes, if there is a way.
fn steps(world: &World) -> Option<usize> {
    match brute::plan(world) {
        Answer::Impossible => None,
        Answer::AlreadyThere => Some(0),
        Answer::Planned(steps) => Some(steps.len()),
    }
}

/// Asks both, compares answers, risks and what properties would change, and plans again after the first step.
fn compare(seed: u64, world: &World, compared: &mut Compared) -> Answer {
    if let Err(what) = world.check() {
        panic!("seed {seed}: {what}\n{world}");
    }
    let want = brute::plan(world);
    let got = ask(world);
    let verdict = match (&want, &got) {
        (Answer::Impossible, Err(_)) => "refused, and impossible",
        (Answer::Impossible, Ok(plan)) if plan.outcome() == Outcome::GaveUp => {
            "gave up, and impossible"
        }
        (Answer::Impossible, Ok(plan)) if plan.outcome() == Outcome::Impossible => "impossible",
        (Answer::AlreadyThere, Ok(plan)) if plan.outcome() == Outcome::AlreadyThere => {
            "already there"
        }
        (Answer::Planned(steps), Ok(plan))
            if plan.outcome() == Outcome::Planned
                && oracle_steps(world, steps) == product_steps(plan) =>
        {
            rest(seed, world, steps, compared);
            "planned"
        }
        _ => {
            let got = got
                .as_ref()
                .map(|plan| (plan.outcome(), product_steps(plan)));
            let want = match &want {
                Answer::Planned(steps) => format!("{:?}", oracle_steps(world, steps)),
                other => format!("{other:?}"),
            };
            compared.differs(seed, world, &format!("want {want}\ngot {got:?}"));
            return Answer::Impossible;
        }
    };
    compared.add(verdict);
    if let Ok(plan) = &got {
        if verdict == "impossible" {
            risks(seed, world, plan, compared);
        }
        told(seed, world, plan, compared);
    }
    want
}

/// Planning again after the first step gives the rest.
fn rest(seed: u64, world: &World, steps: &[brute::Step], compared: &mut Compared) {
    let [first, others @ ..] = steps else { return };
    if others.is_empty() || !brute::asks_the_same(world, &first.state) {
        return;
    }
    let mut after = world.clone();
    after.installed.clone_from(&first.state);
    match ask(&after) {
        Ok(plan) if product_steps(&plan) == oracle_steps(world, others) => {
            compared.add("planned again");
        }
        other => {
            let got = other.map(|plan| product_steps(&plan));
            let want = oracle_steps(world, others);
            let what = format!("the rest: want {want:?}\ngot {got:?}");
            compared.differs(seed, &after, &what);
        }
    }
}

/// Where a target is reached only over risks, the plan names a smallest set of them, and how long the way is then.
fn risks(seed: u64, world: &World, plan: &Plan, compared: &mut Compared) {
    let smallest = kinds::fewest_risks(world, is_possible);
    let named = plan.causes().iter().find_map(|cause| {
        cause.constraints().iter().find_map(|it| match it {
            Constraint::Risks { risks, .. } => Some(risks.clone()),
            _ => None,
        })
    });
    let named = named.map(|all| all.iter().map(ToString::to_string).collect::<BTreeSet<_>>());
    let Some(named) = named else {
        if !smallest.is_empty() {
            compared.differs(seed, world, &format!("no word of the risks {smallest:?}"));
        }
        return;
    };
    // Decided: of several smallest sets the first by the names of its risks.
    if smallest.iter().min() != Some(&named) {
        compared.differs(
            seed,
            world,
            &format!("risks {smallest:?}, and not {named:?}"),
        );
        return;
    }
    compared.add(&format!("only over {} risks", named.len()));
    let mut other = world.clone();
    other.accepted.extend(named.iter().cloned());
    let want = steps(&other).map(|it| it.max(1));
    let fix = plan.fixes().iter().find_map(|fix| match fix.kind() {
        FixKind::Accept { rules } => {
            let rules: BTreeSet<String> = rules.iter().map(ToString::to_string).collect();
            (rules == named).then_some(fix.steps())
        }
        _ => None,
    });
    if fix != want {
        compared.differs(
            seed,
            world,
            &format!("with {named:?} {want:?} steps, and not {fix:?}"),
        );
    }
}

/// A property that was not told and would, as a no, make the way shorter or give one, is named; no other is.
///
/// Decided: only those that a gate, risk or skew that counts depends on.
fn told(seed: u64, world: &World, plan: &Plan, compared: &mut Compared) {
    let now = steps(world);
    let mut want: BTreeMap<String, usize> = BTreeMap::new();
    for property in &world.kinds.properties {
        if world.kinds.told.contains_key(property) || now == Some(0) {
            continue;
        }
        let lengthens = |(id, conditions): (&String, &Vec<String>)| {
            let severity = world.rules().into_iter().find(|it| it.0 == *id);
            let kind = ["gate", "stop", "risk", "skew"];
            kind.iter().any(|it| id.starts_with(it))
                && conditions.contains(property)
                && severity.is_some_and(|it| world.counts(id, it.1))
                && (!id.starts_with("risk") || kinds::counts(world, id))
        };
        if !world.kinds.conditions.iter().any(lengthens) {
            continue;
        }
        let mut other = world.clone();
        other.kinds.told.insert(property.clone(), false);
        let then = steps(&other);
        if then.is_some_and(|then| now.is_none_or(|now| then < now)) {
            want.insert(property.clone(), then.unwrap_or(0).max(1));
        }
    }
    let named = plan.warnings().iter().filter_map(|it| match it {
        PlanWarning::PropertyNotTold {
            property, steps, ..
        } => Some((property.to_string(), *steps)),
        _ => None,
    });
    let named: BTreeMap<String, usize> = named.collect();
    if want == named {
        compared.add(if want.is_empty() {
            "no property to tell"
        } else {
            "a property to tell"
        });
    } else {
        compared.differs(
            seed,
            world,
            &format!("to tell: {want:?}, and not {named:?}"),
        );
    }
}

/// Which facts matter: without them the answer is another.
fn binds(world: &World, want: &Answer, compared: &mut Compared) {
    let mut without = |what: &str, change: &dyn Fn(&mut World)| {
        let mut other = world.clone();
        change(&mut other);
        let rules = other.rules().into_iter().map(|it| it.0.to_owned());
        let rules: Vec<String> = rules.collect();
        other.accepted.retain(|id| rules.contains(id));
        if other != *world && brute::plan(&other) != *want {
            compared.add(&format!("binds: {what}"));
        }
    };
    without("edges", &|w| w.kinds.moves.clear());
    without("risks", &|w| {
        let risks = std::mem::take(&mut w.kinds.risks);
        let known = |id: &String| risks.iter().any(|it| it.id == *id);
        w.accepted.retain(|id| !known(id));
        w.kinds.edges.iter_mut().for_each(|it| it.risks.clear());
    });
    without("stops", &|w| w.kinds.stops.clear());
    without("skews", &|w| w.kinds.skews.clear());
    without("skews while a step is rolled out", &|w| {
        w.kinds
            .skews
            .iter_mut()
            .for_each(|it| it.while_rolling = false);
        w.kinds.skews.retain(|it| it.package != it.of);
    });
    without("moving alone", &|w| w.kinds.alone.clear());
    without("lockstep", &|w| w.kinds.lockstep.clear());
    without("what was told", &|w| w.kinds.told.clear());
    without("conditions", &|w| w.kinds.conditions.clear());
    without("laziness", &|w| {
        for package in &mut w.packages {
            if package.role == crate::world::Role::Lazy {
                package.role = crate::world::Role::Follower;
            }
        }
    });
}

fn agree(style: Style, seeds: u64, floors: &[(&str, u64)]) {
    let mut compared = Compared::default();
    for seed in 0..seeds {
        let world = dress::world(style, seed);
        let want = compare(seed, &world, &mut compared);
        if seed % 10 == 0 {
            binds(&world, &want, &mut compared);
        }
    }
    compared.end(floors);
}

#[test]
fn edges_and_risks_agree_with_brute_force() {
    let floors = [
        ("planned", 600),
        ("impossible", 400),
        ("planned again", 200),
        ("only over 1 risks", 20),
        ("only over 2 risks", 1),
        ("a property to tell", 6),
        ("binds: edges", 15),
        ("binds: risks", 8),
    ];
    agree(Style::Edges, 1_500, &floors);
}

#[test]
fn stops_agree_with_brute_force() {
    let floors = [
        ("planned", 750),
        ("impossible", 300),
        ("planned again", 250),
        ("a property to tell", 12),
        ("binds: edges", 12),
        ("binds: stops", 12),
        ("binds: conditions", 6),
    ];
    agree(Style::Stops, 1_500, &floors);
}

#[test]
fn packages_in_lockstep_agree_with_brute_force() {
    let floors = [
        ("planned", 350),
        ("impossible", 180),
        ("planned again", 120),
        ("binds: moving alone", 2),
        ("binds: lockstep", 0),
    ];
    agree(Style::Lockstep, 800, &floors);
}

#[test]
fn packages_near_one_another_agree_with_brute_force() {
    let floors = [
        ("planned", 700),
        ("impossible", 200),
        ("planned again", 300),
        ("binds: skews", 20),
        ("binds: skews while a step is rolled out", 3),
        ("binds: moving alone", 25),
        ("binds: laziness", 2),
        ("a property to tell", 12),
    ];
    agree(Style::Near, 1_200, &floors);
}

#[test]
fn everything_at_once_agrees_with_brute_force() {
    let floors = [
        ("planned", 380),
        ("impossible", 320),
        ("planned again", 140),
        ("only over 1 risks", 5),
        ("a property to tell", 8),
    ];
    agree(Style::All, 1_000, &floors);
}
