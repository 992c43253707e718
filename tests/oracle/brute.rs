//! The meaning of a plan as two predicates, [`valid`] and [`step`], and an exhaustive search over them.
//!
//! The search lists the states that can be reached in 1, 2, … steps until one meets the targets, keeps all the
//! shortest ways at once, and then applies the criteria of the optimum one after another, each time keeping the
//! ways that are best in it. Slow, and right by reading it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::world::{
    Asks, Gate, Goal, Id, Line, Package, Release, Role, State, Target, Version, World,
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
    /// The runtime's position, or each of its releases where it is unknown, is refused by the state.
    Runtime(Id),
    /// Packages and a runtime, or two runtimes, in one step.
    Mixed,
    /// A runtime that may not move, or not there.
    RuntimeMove(Id),
    Down(Id),
    /// Enters a release that is not fit.
    Unfit(Id),
    Pin(Id),
    /// Passes a rung.
    Skips(Id),
    /// The gate of that index.
    Gate(usize),
}

/// The answer to a world.
///
/// Panics where the world has no meaning or more than [`MAX_STATES`] states.
pub(crate) fn plan(world: &World) -> Outcome {
    if let Err(what) = world.check() {
        panic!("{what}\n{world}");
    }
    let Some(targets) = targets(world) else {
        return Outcome::Impossible;
    };
    let Some(ways) = Ways::shortest(world, |state| {
        targets.iter().all(|t| meets(world, t, state))
    }) else {
        return Outcome::Impossible;
    };
    let states = ways.best(world, &targets);
    if states.len() == 1 && states[0] == world.installed {
        return Outcome::AlreadyThere;
    }
    let mut steps = Vec::new();
    let mut previous = &world.installed;
    for state in &states {
        let kind = step(world, previous, state).expect("a way is made of steps");
        steps.push(Step {
            kind,
            state: state.clone(),
        });
        previous = state;
    }
    Outcome::Planned(steps)
}

/// What the end must meet: the targets named or, without any, the newest lines that can be reached together.
///
/// `None` where nothing at all can be reached.
pub(crate) fn targets(world: &World) -> Option<Vec<Target>> {
    if !world.targets.is_empty() {
        return Some(world.targets.clone());
    }
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
    let newest = reachable(world).iter().map(lines).max()?;
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
        // Decided: the newest rung of the catalog, whether or not pins or runtimes let one reach it.
        Goal::Latest => world.packages[target.package].rungs().last() == Some(&version.line()),
    }
}

/// Every state that some number of steps, at least one, leads to.
pub(crate) fn reachable(world: &World) -> BTreeSet<State> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![world.installed.clone()];
    while let Some(state) = todo.pop() {
        for next in successors(world, &state) {
            if seen.insert(next.clone()) {
                todo.push(next);
            }
        }
        assert!(
            seen.len() <= MAX_STATES,
            "too large to be searched by force\n{world}"
        );
    }
    seen
}

/// Whether the plan is a sequence of steps from the snapshot whose last state meets the targets.
pub(crate) fn follows(world: &World, states: &[State]) -> Result<(), String> {
    let targets = targets(world).ok_or("nothing can be reached")?;
    let mut previous = &world.installed;
    for (at, state) in states.iter().enumerate() {
        step(world, previous, state).map_err(|broken| format!("step {}: {broken:?}", at + 1))?;
        previous = state;
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
    for holder in world
        .holders
        .iter()
        .filter(|h| !world.is_runtime(h.package))
    {
        if !state[holder.package].is_some_and(|version| holder.range.contains(version)) {
            return Err(Broken::Holder(holder.package));
        }
    }
    rules(world, state)?;
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
                .any(|r| r.is_fit() && admits(r.version)),
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

/// Every state that may follow a state, in order.
pub(crate) fn successors(world: &World, from: &State) -> Vec<State> {
    let mut found = BTreeSet::new();
    let mut start: State = vec![None; world.packages.len()];
    for runtime in world.runtimes() {
        start[runtime] = from[runtime];
    }
    fill(world, from, &mut start, &mut found);
    for runtime in world.runtimes() {
        for release in &world.packages[runtime].releases {
            let mut to = from.clone();
            to[runtime] = Some(release.version);
            if step(world, from, &to).is_ok() {
                found.insert(to);
            }
        }
    }
    found.into_iter().collect()
}

/// The stepped packages in the order in which the optimum compares them: targets first, each in catalog order.
pub(crate) fn stepped_order(world: &World, targets: &[Target]) -> Vec<Id> {
    let mut ids: Vec<Id> = world.ids().filter(|&id| world.is_stepped(id)).collect();
    ids.sort_by_key(|&id| (!targets.iter().any(|t| t.package == id), id));
    ids
}

/// The followers in the order in which the optimum compares them.
///
/// Decided: a follower that is a target gains no precedence by it.
pub(crate) fn follower_order(world: &World) -> Vec<Id> {
    world
        .ids()
        .filter(|&id| world.packages[id].role == Role::Follower)
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
    let holders = world.holders.iter().map(|h| h.package);
    let mut needed: BTreeSet<Id> = world
        .direct
        .iter()
        .copied()
        .chain(holders)
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

/// The first `requires` or `conflicts` rule broken in a state; absent packages and unknown runtimes break none.
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
    Ok(())
}

/// Whether a state with a known position of the runtime meets all that is asked of the runtime.
fn runtime_admits(world: &World, state: &State, runtime: Id) -> bool {
    let Some(position) = state[runtime] else {
        return false;
    };
    let packages = world.family().filter_map(|id| release(world, id, state));
    let holders = world.holders.iter().filter(|h| h.package == runtime);
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
    // Decided: the newest patch of the installed line is a position too, and a pin narrows a line to its newest
    // patch inside.
    let inside = |release: &Release| in_pins(world, id, release.version);
    let up = to > from && newest_fit(package, to.line(), inside) == Some(to);
    let near = !package.one_line_at_a_time
        || to.line() == from.line()
        || package.rung_above(from.line()) == Some(to.line());
    if !up || !near {
        return Err(Broken::RuntimeMove(id));
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
    if state[id] == Some(to) {
        return Ok(());
    }
    if !package.release(to).is_some_and(Release::is_fit) {
        return Err(Broken::Unfit(id));
    }
    if !in_pins(world, id, to) {
        return Err(Broken::Pin(id));
    }
    let Some(from) = state[id] else { return Ok(()) };
    if to < from {
        return Err(Broken::Down(id));
    }
    if to.line() == from.line() {
        return Ok(());
    }
    let mut bridges = world
        .bridges
        .iter()
        .filter(|b| b.package == id && b.from == from.line());
    let bridged = bridges.any(|b| b.to.contains(&to.line()));
    if package.role == Role::Stepped
        && package.rung_above(from.line()) != Some(to.line())
        && !bridged
    {
        return Err(Broken::Skips(id));
    }
    for at in gates_of(world, id, to.line()) {
        let open = match world.gates[at].asks {
            Asks::AtLeast(least) => from >= least,
            // Decided: no newer fit release is in reach, so that an unfit newer one has its exit.
            Asks::NewestOfLine => newest_fit(package, from.line(), |release| {
                runtimes_let(world, release, state)
            })
            .is_none_or(|newest| from >= newest),
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

fn newest_fit(package: &Package, of: Line, also: impl Fn(&Release) -> bool) -> Option<Version> {
    let fit = package
        .releases
        .iter()
        .filter(|r| r.version.line() == of && r.is_fit() && also(r));
    fit.map(|r| r.version).max()
}

/// Chooses a version for one needed package after another; each complete choice that is a step is found.
///
/// Only choices that no completion could mend are cut: a move that is none, a requirement already broken.
fn fill(world: &World, from: &State, chosen: &mut State, found: &mut BTreeSet<State>) {
    let Some(&id) = in_play(world, chosen)
        .iter()
        .find(|&&id| chosen[id].is_none())
    else {
        if step(world, from, chosen).is_ok() {
            found.insert(chosen.clone());
        }
        return;
    };
    for release in &world.packages[id].releases {
        if package_moves(world, id, from, Some(release.version)).is_err() {
            continue;
        }
        chosen[id] = Some(release.version);
        if !clashes(world, chosen) {
            fill(world, from, chosen, found);
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

/// All sequences of states with `layers[0]` the snapshot, `layers[i]` one of the states after step i, and each
/// reached from the one before by a step: first all the shortest, then those that remain.
struct Ways {
    layers: Vec<BTreeSet<State>>,
    nexts: BTreeMap<State, Vec<State>>,
}

impl Ways {
    /// All ways that lead to the goal in the fewest steps, if any number leads there.
    ///
    /// A state on a shortest way is first reached by exactly as many steps as it has there, so that each layer
    /// needs no state of an earlier one. The snapshot is the exception: as state 0 it need not be valid, so it may
    /// come again as state 1.
    fn shortest(world: &World, goal: impl Fn(&State) -> bool) -> Option<Ways> {
        let mut layers = vec![BTreeSet::from([world.installed.clone()])];
        let mut nexts: BTreeMap<State, Vec<State>> = BTreeMap::new();
        let mut seen: BTreeSet<State> = BTreeSet::new();
        loop {
            let mut layer = BTreeSet::new();
            for state in layers.last()? {
                let next = successors(world, state);
                layer.extend(next.iter().filter(|s| !seen.contains(*s)).cloned());
                nexts.insert(state.clone(), next);
            }
            if layer.is_empty() {
                return None;
            }
            seen.extend(layer.iter().cloned());
            assert!(
                seen.len() <= MAX_STATES,
                "too large to be searched by force\n{world}"
            );
            let met: BTreeSet<State> = layer.iter().filter(|s| goal(s)).cloned().collect();
            if !met.is_empty() {
                layers.push(met);
                let mut ways = Ways { layers, nexts };
                ways.connect();
                return Some(ways);
            }
            layers.push(layer);
        }
    }

    /// Drops the states through which no way leads any more.
    fn connect(&mut self) {
        let Ways { layers, nexts } = self;
        for at in (0..layers.len() - 1).rev() {
            let (left, right) = layers.split_at_mut(at + 1);
            left[at].retain(|s| nexts[s].iter().any(|next| right[0].contains(next)));
        }
        for at in 1..layers.len() {
            let (left, right) = layers.split_at_mut(at);
            let reached: BTreeSet<&State> = left[at - 1].iter().flat_map(|s| &nexts[s]).collect();
            right[0].retain(|s| reached.contains(s));
        }
    }

    /// Keeps the ways whose state after step `at` is the greatest by a key.
    fn keep<K: Ord>(&mut self, at: usize, key: impl Fn(&State) -> K) {
        let best = self.layers[at].iter().map(&key).max();
        self.layers[at].retain(|s| Some(key(s)) == best);
        self.connect();
    }

    /// The one optimum, state by state without the snapshot.
    fn best(mut self, world: &World, targets: &[Target]) -> Vec<State> {
        let stepped = stepped_order(world, targets);
        let followers = follower_order(world);
        let runtimes: Vec<Id> = world.runtimes().collect();
        // `None`, absent, is less than any version.
        let versions = |ids: &[Id], s: &State| -> Vec<Option<Version>> {
            ids.iter().map(|&id| s[id]).collect()
        };
        let last = self.layers.len() - 1;
        self.keep(last, |s| Reverse(versions(&runtimes, s)));
        for ids in [&stepped, &followers] {
            self.keep(last, |s| versions(ids, s));
            for at in 1..last {
                self.keep(at, |s| versions(ids, s));
            }
        }
        for at in 1..last {
            self.keep(at, |s| Reverse(versions(&runtimes, s)));
        }
        let one = |layer: BTreeSet<State>| {
            assert_eq!(layer.len(), 1, "the optimum is unique\n{world}");
            layer.into_iter().next().expect("one state")
        };
        self.layers.into_iter().skip(1).map(one).collect()
    }
}

/// The same world without the rules of an id, for tests that ask whether a rule matters.
pub(crate) fn without(world: &World, id: &str) -> World {
    let mut world = world.clone();
    world.gates.retain(|g| g.id != id);
    world.requires.retain(|r| r.id != id);
    world.conflicts.retain(|c| c.id != id);
    world.accepted.retain(|a| a != id);
    world
}
