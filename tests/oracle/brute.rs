//! The meaning of a plan as two predicates, [`valid`] and [`step`], and an exhaustive search over them.
//!
//! The search lists the states that can be reached in 1, 2, … steps until one meets the targets, keeps all the
//! shortest ways at once, and then applies the criteria of the optimum one after another, each time keeping the
//! ways that are best in it. Slow, and right by reading it.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds::{self, Moves};
use super::ways::{Nexts, Ways, nexts_of, reached};
use super::world::{
    Asks, Clash, Defect, Gate, Goal, Id, Line, Release, Requirement, Role, State, Target, Version,
    World,
};

/// More states than this and the world is too large to be searched by force.
pub(crate) const MAX_STATES: usize = 200_000;

/// What there is to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    AlreadyThere,
    Planned(Vec<Step>),
    Impossible,
}

/// A step by the state it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) kind: Kind,
    pub(crate) state: State,
}

/// What a step moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Packages, of which some go down.
    Repair,
    Packages,
    Runtime(Id),
}

/// The first law that a state or a step breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The version is not in the catalog.
    Unheard(Id),
    /// In play, yet absent.
    Missing(Id),
    /// Present, yet not in play.
    Unneeded(Id),
    /// The first's release requires otherwise of the second.
    Requirement(Id, Id),
    /// The rest of the lockfile requires otherwise.
    Holder(Id),
    /// The `requires` rule of that index.
    Requires(usize),
    /// The `conflicts` rule of that index.
    Conflict(usize),
    /// The conflict with a stranger of that index.
    Clash(usize),
    /// The defect of that index, beside what it shows beside.
    Defect(usize),
    /// The runtime's position, or each of its releases where it is unknown, is refused by the state.
    Runtime(Id),
    /// Packages and a runtime, or two runtimes, in one step.
    Mixed,
    /// A runtime that may not move, or not there.
    RuntimeMove(Id),
    Down(Id),
    /// Comes from a repository, and moves.
    Foreign(Id),
    /// Enters a release that is not fit.
    Unfit(Id),
    Pin(Id),
    /// Passes a rung.
    Skips(Id),
    /// The gate of that index.
    Gate(usize),
    /// The gate before versions of that index.
    Stop(usize),
    /// No edge leads there without a risk.
    NoEdge(Id),
    /// The skew of that index.
    Skew(usize),
    /// Another version than the rest of its group.
    OutOfStep(Id),
}

/// The answer to a world.
///
/// Panics where the world has no meaning or more than [`MAX_STATES`] states.
pub(crate) fn plan(world: &World) -> Outcome {
    plan_joint(world, &[])
}

/// The same where some packages are of families that the user does not ask about.
pub(crate) fn plan_joint(world: &World, unasked: &[Id]) -> Outcome {
    if let Err(what) = world.check() {
        panic!("{what}\n{world}");
    }
    let Some((targets, ways)) = ways(world) else {
        return Outcome::Impossible;
    };
    let states = ways.best(world, &targets, unasked);
    if states.len() == 1 && states[0] == world.installed {
        return Outcome::AlreadyThere;
    }
    let mut steps = Vec::new();
    let mut previous = &world.installed;
    for state in &states {
        let kind = match step(world, previous, state) {
            Ok(kind) => kind,
            Err(_) => {
                assert!(steps.is_empty(), "a way is made of steps");
                repair(world, state).expect("a way is made of steps");
                Kind::Repair
            }
        };
        steps.push(Step {
            kind,
            state: state.clone(),
        });
        previous = state;
    }
    Outcome::Planned(steps)
}

/// All the shortest ways to the targets: upward or, where none leads there, over a repair that takes as few packages
/// down as one can.
fn ways(world: &World) -> Option<(Vec<Target>, Ways)> {
    let mut nexts = BTreeMap::new();
    let first: BTreeSet<State> = nexts_of(world, &mut nexts, &world.installed).clone();
    if let Some(found) = ways_over(world, first, &mut nexts) {
        return Some(found);
    }
    let mut by_down: BTreeMap<usize, BTreeSet<State>> = BTreeMap::new();
    for (down, state) in repairs(world) {
        by_down.entry(down).or_default().insert(state);
    }
    let mut repairs = by_down.into_values();
    repairs.find_map(|first| ways_over(world, first, &mut nexts))
}

/// The same, with one of these states after the first step.
fn ways_over(
    world: &World,
    first: BTreeSet<State>,
    nexts: &mut Nexts,
) -> Option<(Vec<Target>, Ways)> {
    let targets = match world.targets.is_empty() {
        true => newest_lines(world, &reached(world, &first, nexts))?,
        false => world.targets.clone(),
    };
    let meets = |state: &State| targets.iter().all(|t| meets(world, t, state));
    let ways = Ways::shortest(world, first, nexts, meets)?;
    Some((targets, ways))
}

/// What the end must meet: the targets named or, without any, the newest lines that can be reached together.
///
/// `None` where nothing at all can be reached.
pub(crate) fn targets(world: &World) -> Option<Vec<Target>> {
    if !world.targets.is_empty() {
        return Some(world.targets.clone());
    }
    ways(world).map(|(targets, _)| targets)
}

/// Whether a question with no target named is the same one after a step to a state: the stepped packages that are
/// there are those that count, so they must be the same.
pub(crate) fn asks_the_same(world: &World, state: &State) -> bool {
    let mut stepped = world.family().filter(|&id| world.is_stepped(id));
    !world.targets.is_empty()
        || stepped.all(|id| state[id].is_some() == world.installed[id].is_some())
}

/// The newest lines that stand together in one of these states.
fn newest_lines(world: &World, states: &BTreeSet<State>) -> Option<Vec<Target>> {
    // Decided: only the packages in the snapshot count; one that has left at the end counts as lowest of all, and
    // one that cannot but leave is no target.
    let asked: Vec<Id> = world
        .family()
        .filter(|&id| world.is_stepped(id) && world.installed[id].is_some())
        .collect();
    let lines = |state: &State| -> Vec<Option<Line>> {
        asked
            .iter()
            .map(|&id| state[id].map(Version::line))
            .collect()
    };
    let newest = states.iter().map(lines).max()?;
    let target = |(&package, line): (&Id, Option<Line>)| {
        line.map(|l| Target {
            package,
            goal: Goal::Line(l),
        })
    };
    Some(asked.iter().zip(newest).filter_map(target).collect())
}

/// Whether a state meets a target.
pub(crate) fn meets(world: &World, target: &Target, state: &State) -> bool {
    // Decided: a target asks for presence, and does not by itself bring the package into play.
    let Some(version) = state[target.package] else {
        return false;
    };
    match &target.goal {
        Goal::Line(line) => version.line() == *line,
        Goal::Exact(exact) => version == *exact,
        Goal::Range(range) => range.contains(version),
        // Decided: the newest rung of the catalog, whether or not pins, runtimes or its age let one reach it.
        Goal::Latest => world.newest_rung(target.package) == Some(version.line()),
    }
}

/// Whether the plan is a sequence of steps from the snapshot whose last state meets the targets.
pub(crate) fn follows(world: &World, states: &[State]) -> Result<(), String> {
    let targets = targets(world).ok_or("nothing can be reached")?;
    let mut previous = &world.installed;
    for (at, state) in states.iter().enumerate() {
        let mends = at == 0 && repair(world, state).is_ok();
        match step(world, previous, state) {
            Err(broken) if !mends => return Err(format!("step {}: {broken:?}", at + 1)),
            _ => previous = state,
        }
    }
    let last = states.last().ok_or("no step")?;
    match targets.iter().find(|t| !meets(world, t, last)) {
        Some(target) => Err(format!("ends without {target:?}")),
        None => Ok(()),
    }
}

/// Whether everything that must hold in each planned state holds in this one, whatever came before it.
pub(crate) fn valid(world: &World, state: &State) -> Result<(), Broken> {
    for id in world.family() {
        if state[id].is_some() && release(world, id, state).is_none() {
            return Err(Broken::Unheard(id));
        }
    }
    let needed = in_play(world, state);
    for id in world.family() {
        match (needed.contains(&id), state[id]) {
            (true, None) => return Err(Broken::Missing(id)),
            (false, Some(_)) => return Err(Broken::Unneeded(id)),
            _ => {}
        }
    }
    for id in world.family() {
        for need in release(world, id, state)
            .iter()
            .flat_map(|r| &r.requirements)
        {
            let met = state[need.package].is_some_and(|version| need.range.contains(version));
            if !world.is_runtime(need.package) && !met {
                return Err(Broken::Requirement(id, need.package));
            }
        }
    }
    for holder in world.held().filter(|h| !world.is_runtime(h.package)) {
        if !state[holder.package].is_some_and(|version| holder.range.contains(version)) {
            return Err(Broken::Holder(holder.package));
        }
    }
    rules(world, state)?;
    if let Some(id) = kinds::out_of_step(world, state) {
        return Err(Broken::OutOfStep(id));
    }
    for runtime in world.runtimes() {
        let admits = |version: Version| {
            let mut state = state.clone();
            state[runtime] = Some(version);
            runtime_admits(world, &state, runtime)
        };
        let held = match state[runtime] {
            Some(version) => admits(version),
            // Decided: a runtime that is not known is at one of its fit releases.
            None => world.packages[runtime]
                .releases
                .iter()
                .any(|r| world.is_fit(runtime, r) && admits(r.version)),
        };
        if !held {
            return Err(Broken::Runtime(runtime));
        }
    }
    Ok(())
}

/// Whether one state may follow another, and what moves between them.
pub(crate) fn step(world: &World, from: &State, to: &State) -> Result<Kind, Broken> {
    valid(world, to)?;
    defects(world, from, to)?;
    together(world, from, to)?;
    let moved: Vec<Id> = world.ids().filter(|&id| from[id] != to[id]).collect();
    match moved.iter().find(|&&id| world.is_runtime(id)) {
        Some(&runtime) if moved == [runtime] => {
            runtime_moves(world, runtime, from[runtime], to[runtime])?;
            Ok(Kind::Runtime(runtime))
        }
        Some(_) => Err(Broken::Mixed),
        None => {
            for id in moved {
                package_moves(world, id, from, to[id])?;
            }
            Ok(Kind::Packages)
        }
    }
}

/// What must hold of two states that a step leads between, whatever it moves.
fn together(world: &World, from: &State, to: &State) -> Result<(), Broken> {
    if kinds::in_company(world, from, to).is_some() {
        return Err(Broken::Mixed);
    }
    match kinds::apart_while_rolling(world, from, to) {
        Some(at) => Err(Broken::Skew(at)),
        None => Ok(()),
    }
}

/// Every state that may follow a state.
pub(crate) fn successors(world: &World, from: &State) -> BTreeSet<State> {
    let mut found = BTreeSet::new();
    let mut start: State = vec![None; world.packages.len()];
    for runtime in world.runtimes() {
        start[runtime] = from[runtime];
    }
    let moves = |id: Id, to: Version| package_moves(world, id, from, Some(to)).is_ok();
    fill(world, &moves, &mut start, &mut |state| {
        if step(world, from, state).is_ok() {
            found.insert(state.clone());
        }
    });
    for runtime in world.runtimes() {
        for release in &world.packages[runtime].releases {
            let mut to = from.clone();
            to[runtime] = Some(release.version);
            if step(world, from, &to).is_ok() {
                found.insert(to);
            }
        }
    }
    found
}

/// Whether a first step may mend what is installed: it breaks a rule, and no package's release requires otherwise of
/// another package.
///
/// Bundler itself makes such states and no others. What releases require of runtimes does not matter.
pub(crate) fn is_mendable(world: &World) -> bool {
    let installed = &world.installed;
    let packages = world
        .family()
        .filter_map(|id| release(world, id, installed));
    let mut needs = packages
        .flat_map(|r| &r.requirements)
        .filter(|need| !world.is_runtime(need.package));
    // Decided: what is required and missing joins, and is no obstacle: a snapshot may leave it out.
    let met = needs.all(|n| installed[n.package].is_none_or(|version| n.range.contains(version)));
    met && rules(world, installed).is_err()
}

/// How many packages go down in a first step of repair that leads to a state, if it is one.
pub(crate) fn repair(world: &World, to: &State) -> Result<usize, Broken> {
    let from = &world.installed;
    valid(world, to)?;
    defects(world, from, to)?;
    together(world, from, to)?;
    if let Some(runtime) = world.runtimes().find(|&id| from[id] != to[id]) {
        return Err(Broken::RuntimeMove(runtime));
    }
    let mut down = 0;
    for id in world.family() {
        repair_moves(world, id, to[id])?;
        down += usize::from(to[id].is_some() && to[id] < from[id]);
    }
    Ok(down)
}

/// Every state that a first step of repair may lead to, with the number of packages that go down.
fn repairs(world: &World) -> Vec<(usize, State)> {
    let mut found = Vec::new();
    if !is_mendable(world) {
        return found;
    }
    let mut start: State = vec![None; world.packages.len()];
    for runtime in world.runtimes() {
        start[runtime] = world.installed[runtime];
    }
    let moves = |id: Id, to: Version| repair_moves(world, id, Some(to)).is_ok();
    fill(world, &moves, &mut start, &mut |state| {
        if let Ok(down) = repair(world, state) {
            found.push((down, state.clone()));
        }
    });
    found
}

/// Whether a package may change in a repair: as always, but that some may go down and that no stepped one enters a
/// line above its own.
///
/// Decided: gates speak of going up; how one leaves a line downward is not their matter.
fn repair_moves(world: &World, id: Id, to: Option<Version>) -> Result<(), Broken> {
    let from = world.installed[id];
    match (from, to) {
        (Some(from), Some(to)) if to < from => {
            enters(world, id, to)?;
            if may_go_down(world, id) {
                Ok(())
            } else {
                Err(Broken::Down(id))
            }
        }
        (Some(from), Some(to)) if world.is_stepped(id) && to.line() > from.line() => {
            Err(Broken::Skips(id))
        }
        _ => package_moves(world, id, &world.installed, to),
    }
}

/// Whether a repair may take a package down: not a target, or without any the first stepped package that is
/// installed; not what has no way back; not what comes from a repository.
fn may_go_down(world: &World, id: Id) -> bool {
    let first = || {
        let mut stepped = world.family().filter(|&id| world.is_stepped(id));
        stepped.find(|&id| world.installed[id].is_some())
    };
    let is_target = match world.targets.is_empty() {
        true => first() == Some(id),
        false => world.targets.iter().any(|t| t.package == id),
    };
    !is_target && !world.packages[id].no_way_back && !world.foreign.contains(&id)
}

/// The stepped packages in the order in which the optimum compares them: targets first as they were given, then in
/// catalog order.
pub(crate) fn stepped_order(world: &World, targets: &[Target]) -> Vec<Id> {
    let mut ids: Vec<Id> = world.ids().filter(|&id| world.is_stepped(id)).collect();
    let given = |id: Id| targets.iter().position(|t| t.package == id);
    ids.sort_by_key(|&id| (given(id).unwrap_or(targets.len()), id));
    ids
}

/// The followers in the order in which the optimum compares them.
///
/// Decided: a follower that is a target gains no precedence by it; lazy packages are compared with the followers.
pub(crate) fn follower_order(world: &World) -> Vec<Id> {
    world
        .ids()
        .filter(|&id| matches!(world.packages[id].role, Role::Follower | Role::Lazy))
        .collect()
}

/// The gates that speak about a package entering a line, by index.
///
/// Decided: accepted gates are gone before the choice, so that the general gate speaks again where the one that
/// named the line was accepted; of several of the same kind all must hold.
pub(crate) fn gates_of(world: &World, package: Id, entered: Line) -> Vec<usize> {
    let of = |entering: Option<Line>| -> Vec<usize> {
        let speaks = |g: &Gate| g.package == package && g.entering == entering;
        (0..world.gates.len())
            .filter(|&at| speaks(&world.gates[at]))
            .collect()
    };
    // Decided: a gate that names the line replaces the general ones, also when it is accepted.
    let named = of(Some(entered));
    let mut gates = if named.is_empty() { of(None) } else { named };
    gates.retain(|&at| world.counts(&world.gates[at].id, world.gates[at].severity));
    gates
}

/// The least set that holds the roots and all that a present package's release depends on.
fn in_play(world: &World, state: &State) -> BTreeSet<Id> {
    let holders = world.held().map(|h| h.package);
    // Decided: a user who names a package that is installed as a target asks for it; one that is not there yet joins
    // when something needs it.
    let targets = world.targets.iter().map(|t| t.package);
    let targets = targets.filter(|&id| world.installed[id].is_some());
    let mut needed: BTreeSet<Id> = world
        .direct
        .iter()
        .copied()
        .chain(holders)
        .chain(targets)
        .filter(|&id| !world.is_runtime(id))
        .collect();
    loop {
        let before = needed.len();
        for id in needed.clone() {
            for need in release(world, id, state)
                .iter()
                .flat_map(|r| &r.requirements)
            {
                if !world.is_runtime(need.package) {
                    needed.insert(need.package);
                }
            }
        }
        if needed.len() == before {
            return needed;
        }
    }
}

fn release<'w>(world: &'w World, id: Id, state: &State) -> Option<&'w Release> {
    state[id].and_then(|version| world.packages[id].release(version))
}

/// The first `requires` or `conflicts` rule or conflict with a stranger broken in a state; absent packages and unknown
/// runtimes break none.
fn rules(world: &World, state: &State) -> Result<(), Broken> {
    for (at, rule) in world.requires.iter().enumerate() {
        if let (Some(when), Some(then)) = (state[rule.when.package], state[rule.then.package]) {
            let broken = rule.when.range.contains(when) && !rule.then.range.contains(then);
            if broken && world.counts(&rule.id, rule.severity) {
                return Err(Broken::Requires(at));
            }
        }
    }
    for (at, rule) in world.conflicts.iter().enumerate() {
        if let (Some(one), Some(other)) = (state[rule.one.package], state[rule.other.package]) {
            let broken = rule.one.range.contains(one) && rule.other.range.contains(other);
            if broken && world.counts(&rule.id, rule.severity) {
                return Err(Broken::Conflict(at));
            }
        }
    }
    if let Some(at) = kinds::apart(world, state) {
        return Err(Broken::Skew(at));
    }
    let clashes = world.clashes.iter().enumerate();
    for (at, clash) in clashes.filter(|(_, clash)| !clash.is_defect) {
        let there = world.strangers[clash.stranger].version;
        let broken = state[clash.one.package]
            .is_some_and(|one| clash.one.range.contains(one) && clash.range.contains(there));
        if broken && world.counts(&clash.id, clash.severity) {
            return Err(Broken::Clash(at));
        }
    }
    Ok(())
}

/// The first defect that shows only beside another package or a stranger, and that a step enters.
///
/// Decided: the pair has an exit and no entrance, as a release that is bad everywhere. So two versions that stand
/// together may stand on, and no other pair.
fn defects(world: &World, from: &State, to: &State) -> Result<(), Broken> {
    let inside = |one: &Requirement| to[one.package].is_some_and(|at| one.range.contains(at));
    let moves = |one: &Requirement| from[one.package] != to[one.package];
    let shows = |defect: &Defect| {
        let pair = [Some(&defect.of), defect.beside.as_ref()];
        let pair = || pair.iter().flatten();
        defect.beside.is_some()
            && pair().all(|one| inside(one))
            && pair().any(|one| moves(one))
            && world.counts(&defect.id, defect.severity)
    };
    if let Some(at) = world.defects.iter().position(shows) {
        return Err(Broken::Defect(at));
    }
    let shows = |clash: &Clash| {
        clash.is_defect
            && clash
                .range
                .contains(world.strangers[clash.stranger].version)
            && inside(&clash.one)
            && moves(&clash.one)
            && world.counts(&clash.id, clash.severity)
    };
    match world.clashes.iter().position(shows) {
        Some(at) => Err(Broken::Clash(at)),
        None => Ok(()),
    }
}

/// Whether a state with a known position of the runtime meets all that is asked of the runtime.
fn runtime_admits(world: &World, state: &State, runtime: Id) -> bool {
    let Some(position) = state[runtime] else {
        return false;
    };
    let packages = world.family().filter_map(|id| release(world, id, state));
    let holders = world.held().filter(|h| h.package == runtime);
    packages
        .flat_map(|r| r.on(runtime))
        .all(|range| range.contains(position))
        && holders
            .map(|h| &h.range)
            .all(|range| range.contains(position))
        && rules(world, state).is_ok()
}

/// Whether a version lies in every pin of its package.
fn in_pins(world: &World, id: Id, version: Version) -> bool {
    world
        .pins
        .iter()
        .filter(|pin| pin.package == id)
        .all(|pin| pin.range.contains(version))
}

/// A runtime goes up, to the newest fit patch of a later line.
fn runtime_moves(
    world: &World,
    id: Id,
    from: Option<Version>,
    to: Option<Version>,
) -> Result<(), Broken> {
    let package = &world.packages[id];
    let (Some(from), Some(to), false) = (from, to, world.runtime_fixed) else {
        return Err(Broken::RuntimeMove(id));
    };
    // Decided: the newest patch of the installed line is a position too, and a pin, or what a gem of the lockfile
    // requires, narrows a line to its newest patch inside.
    let inside = |release: &Release| {
        let mut holders = world.held().filter(|it| it.package == id);
        in_pins(world, id, release.version) && holders.all(|it| it.range.contains(release.version))
    };
    let up = to > from && newest_fit(world, id, to.line(), inside) == Some(to);
    let near = !package.one_line_at_a_time
        || to.line() == from.line()
        || world.rung_above(id, from.line()) == Some(to.line());
    if !up || !near {
        return Err(Broken::RuntimeMove(id));
    }
    if in_pins(world, id, to) {
        Ok(())
    } else {
        Err(Broken::Pin(id))
    }
}

/// Whether a version of a package may be entered, wherever it comes from.
fn enters(world: &World, id: Id, to: Version) -> Result<(), Broken> {
    let release = world.packages[id].release(to);
    if !release.is_some_and(|r| world.is_fit(id, r)) {
        return Err(Broken::Unfit(id));
    }
    if world.foreign.contains(&id) {
        return Err(Broken::Foreign(id));
    }
    if in_pins(world, id, to) {
        Ok(())
    } else {
        Err(Broken::Pin(id))
    }
}

/// Whether a package may change to another version, or join or leave, between two states of equal runtimes.
fn package_moves(world: &World, id: Id, state: &State, to: Option<Version>) -> Result<(), Broken> {
    let package = &world.packages[id];
    let Some(to) = to else { return Ok(()) };
    // Decided: what comes from a repository may leave, and comes back as it was.
    if state[id] == Some(to) {
        return Ok(());
    }
    enters(world, id, to)?;
    let Some(from) = state[id] else { return Ok(()) };
    if to < from {
        return Err(Broken::Down(id));
    }
    let moves = world.kinds.moves.get(&id).copied();
    if moves == Some(Moves::Edges) && !kinds::leads(world, id, from, to) {
        return Err(Broken::NoEdge(id));
    }
    let newest_of_line = || {
        // Decided: no newer fit release is in reach, so that an unfit newer one has its exit.
        newest_fit(world, id, from.line(), |release| {
            runtimes_let(world, release, state)
        })
        .is_none_or(|newest| from >= newest)
    };
    for (at, stop) in world.kinds.stops.iter().enumerate() {
        let enters = stop.enter.contains(to) && !stop.enter.contains(from);
        let opens = match &stop.from {
            Some(range) => range.contains(from),
            None => newest_of_line(),
        };
        let speaks = stop.package == id && world.counts(&stop.id, stop.severity);
        if speaks && enters && !opens {
            return Err(Broken::Stop(at));
        }
    }
    if to.line() == from.line() {
        return Ok(());
    }
    let mut bridges = world.bridges.iter().enumerate().filter(|(at, b)| {
        let denied = world.kinds.denied(&format!("bridge-{at}"));
        b.package == id && b.from == from.line() && !denied
    });
    let bridged = bridges.any(|(_, b)| b.to.contains(&to.line()));
    if package.role == Role::Stepped
        && moves.is_none()
        && world.rung_above(id, from.line()) != Some(to.line())
        && !bridged
    {
        return Err(Broken::Skips(id));
    }
    for at in gates_of(world, id, to.line()) {
        let open = match world.gates[at].asks {
            Asks::AtLeast(least) => from >= least,
            Asks::NewestOfLine => newest_of_line(),
        };
        if !open {
            return Err(Broken::Gate(at));
        }
    }
    Ok(())
}

/// Whether the runtimes of a state, as far as known, meet what a release itself requires of them.
fn runtimes_let(world: &World, release: &Release, state: &State) -> bool {
    world.runtimes().all(|runtime| match state[runtime] {
        Some(position) => release.on(runtime).all(|range| range.contains(position)),
        None => true,
    })
}

fn newest_fit(world: &World, id: Id, of: Line, also: impl Fn(&Release) -> bool) -> Option<Version> {
    let mut releases = world.packages[id].releases.iter().rev();
    let fit = |r: &&Release| r.version.line() == of && world.is_fit(id, r) && also(r);
    releases.find(fit).map(|r| r.version)
}

/// Chooses a version for one needed package after another, and hands on each complete choice.
///
/// Only choices that no completion could mend are cut: a move that is none, a requirement or a rule already broken.
fn fill(
    world: &World,
    moves: &dyn Fn(Id, Version) -> bool,
    chosen: &mut State,
    found: &mut dyn FnMut(&State),
) {
    let Some(&id) = in_play(world, chosen)
        .iter()
        .find(|&&id| chosen[id].is_none())
    else {
        found(chosen);
        return;
    };
    for release in &world.packages[id].releases {
        if !moves(id, release.version) {
            continue;
        }
        chosen[id] = Some(release.version);
        if !clashes(world, chosen) && rules(world, chosen).is_ok() {
            fill(world, moves, chosen, found);
        }
        chosen[id] = None;
    }
}

/// Whether two versions already chosen refuse each other, or one the known runtimes.
fn clashes(world: &World, chosen: &State) -> bool {
    world
        .family()
        .filter_map(|id| release(world, id, chosen))
        .flat_map(|r| &r.requirements)
        .any(|need| chosen[need.package].is_some_and(|version| !need.range.contains(version)))
}

/// The same world without the rules of an id, for tests that ask whether a rule matters.
pub(crate) fn without(world: &World, id: &str) -> World {
    let mut world = world.clone();
    world.gates.retain(|g| g.id != id);
    world.requires.retain(|r| r.id != id);
    world.conflicts.retain(|c| c.id != id);
    world.clashes.retain(|c| c.id != id);
    world.defects.retain(|d| d.id != id);
    world.kinds.stops.retain(|s| s.id != id);
    world.kinds.skews.retain(|s| s.id != id);
    world.accepted.retain(|a| a != id);
    world
}
