//! The planner against brute force, on small worlds drawn from the input.

use super::generate::{self, SplitMix64};
use super::world::{Goal, Id, Package, World};
use super::write::{AS_OF, MIN_AGE, catalog, line, lockfile, range, version};
use super::{brute, mishaps};
use rungs::catalog::{Catalog, Source};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Outcome, Plan, StepKind};
use rungs::planner::{Request, RuntimeMove, plan};
use rungs::{Date, ErrorCode, Requirement, Scheme};
use std::collections::BTreeMap;

/// The first byte says of which kind the world is, the rest is what it is drawn from.
pub fn differential(data: &[u8]) {
    let Some((kind, tape)) = data.split_first() else {
        return;
    };
    let world = match kind % 3 {
        0 => generate::world_of(SplitMix64::of_tape(tape)),
        1 => mishaps::broken_of(SplitMix64::of_tape(tape)),
        _ => {
            let (mishaps, world) = tape.split_at(tape.len() / 3);
            mishaps::ruled_of(SplitMix64::of_tape(world), SplitMix64::of_tape(mishaps))
        }
    };
    if world.check().is_err() {
        return;
    }
    let want = brute::plan(&world);
    let got = ask(&world);
    let agrees = match (&want, &got) {
        (brute::Outcome::Impossible, Err(_)) => true,
        // What makes no sense together is told before anything is planned.
        (_, Err(error)) if error.code() == ErrorCode::ContradictoryPins => true,
        (brute::Outcome::Planned(_), Err(error)) => error.code() == ErrorCode::TargetBehind,
        (brute::Outcome::Impossible, Ok(plan)) => {
            matches!(plan.outcome(), Outcome::Impossible | Outcome::GaveUp)
                || is_unknown(&world, plan) && plan.steps().is_empty()
        }
        (brute::Outcome::AlreadyThere, Ok(plan)) => {
            (plan.outcome() == Outcome::AlreadyThere || is_unknown(&world, plan))
                && plan.steps().is_empty()
        }
        (brute::Outcome::Planned(steps), Ok(plan)) => {
            oracle_steps(&world, steps) == product_steps(plan)
        }
        (brute::Outcome::AlreadyThere, Err(_)) => false,
    };
    assert!(
        agrees,
        "{world}\nwant {want:?}\ngot {:?}",
        got.map(|plan| (plan.outcome(), product_steps(&plan)))
    );
}

/// What comes from a repository is told so, whatever the steps are.
fn is_unknown(world: &World, plan: &Plan) -> bool {
    plan.outcome() == Outcome::Unknown && !world.foreign.is_empty()
}

fn installed(world: &World) -> rungs::Result<Snapshot> {
    let lockfile = Lockfile::parse(lockfile(world, &[]).as_bytes())?;
    let mut snapshot = Snapshot::from_lockfile(&lockfile)?;
    for id in world.ids().filter(|id| world.is_runtime(*id)) {
        if let Some(v) = world.installed[id] {
            snapshot = snapshot.with_runtime(&world.packages[id].name, &version(v));
        }
    }
    Ok(snapshot)
}

fn ask(world: &World) -> rungs::Result<Plan> {
    let catalog = Catalog::parse(vec![Source::new("w.toml", catalog(world, &[]))])?;
    let name = |id: Id| &world.packages[id].name;
    let mut request = Request::new();
    if world.runtime_fixed {
        request.runtime = RuntimeMove::Fixed;
    }
    request.accept.clone_from(&world.accepted);
    for target in &world.targets {
        let goal = match &target.goal {
            Goal::Line(l) => line(*l),
            Goal::Exact(v) => format!("= {}", version(*v)),
            Goal::Range(r) => range(r),
            Goal::Latest => "latest".to_owned(),
        };
        request = request.to(&catalog, &format!("{}={goal}", name(target.package)))?;
    }
    let young = |package: &Package| package.releases.iter().any(|it| it.young);
    if world.packages.iter().any(young) {
        request.as_of = Some(Date::parse(AS_OF)?);
        request.min_age = MIN_AGE;
    }
    let dropped = world.dropped.iter().map(|at| format!("zz-holder-{at}"));
    request.drop = dropped.collect();
    for pin in &world.pins {
        let requirement = Requirement::parse(Scheme::RubyGems, &range(&pin.range))?;
        request.pins.push((name(pin.package).clone(), requirement));
    }
    plan(&catalog, &installed(world)?, &request)
}

type Steps = Vec<(StepKind, BTreeMap<String, String>)>;

fn product_steps(plan: &Plan) -> Steps {
    let steps = plan.steps().iter().map(|step| {
        let packages = step.state().packages().iter();
        let packages = packages.map(|(name, version)| (name.to_string(), version.to_string()));
        (step.kind(), packages.collect())
    });
    steps.collect()
}

fn oracle_steps(world: &World, steps: &[brute::Step]) -> Steps {
    let steps = steps.iter().map(|step| {
        let family = world.ids().filter(|id| !world.is_runtime(*id));
        let packages = family
            .filter_map(|id| Some((world.packages[id].name.clone(), version(step.state[id]?))));
        let kind = match step.kind {
            brute::Kind::Repair => StepKind::Repair,
            brute::Kind::Packages => StepKind::Packages,
            brute::Kind::Runtime(_) => StepKind::Runtime,
        };
        (kind, packages.collect())
    });
    steps.collect()
}
