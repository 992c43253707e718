//! The shortest sequence of jointly resolvable steps.
//!
//! `problem` turns a question into small integers, `search` finds the best plan of a given length,
//! this file asks for one length after another and puts the answer into words of the catalog.
//!
//! Why the answer is right: a plan of k steps can always be stretched to k + 1 (the last state may
//! stand still), so the first length that has a plan is the shortest, and a length at which even
//! propagation leaves nothing rules out all shorter ones too.

mod answer;
mod breaches;
mod causes;
mod chain;
mod contents;
mod edges;
mod entries;
mod joint;
mod known;
mod leaving;
mod moves;
mod outside;
mod places;
mod problem;
mod reasons;
mod search;
mod status;
mod why;

use crate::catalog::{Catalog, Role, RuleId};
use crate::date::Date;
use crate::error::{Error, ErrorCode, Result};
use crate::index::Infos;
use crate::lockfile::{Origin, Snapshot};
use crate::name::Name;
use crate::plan::{Breach, FromRegistry, Outcome, Plan};
use crate::rules;
use crate::version::{Requirement, Version};
use joint::Joint;
use problem::Problem;
use search::{Search, States, Work};
use std::cell::RefCell;
use std::collections::BTreeSet;

pub use chain::Chain;
pub(crate) use contents::of_change;
pub(crate) use entries::faults;
pub use places::{PlaceGroup, PlaceItem, Places, PlacesRequest, WhenDue, places};
pub(crate) use problem::heed;
pub use status::{
    Ahead, LineSupport, Problem as StatusProblem, ProblemKind, Standing, Status, SupportState,
    status, status_with_index,
};
pub use why::{Stand, Why, why, why_with_index};

/// The most steps that a plan is searched for.
pub const MAX_STEPS: usize = 64;

/// What to plan.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Request {
    /// Packages and where they shall arrive; empty asks for the newest lines that can be reached.
    pub targets: Vec<(String, Target)>,
    /// Requirements that nothing moves out of.
    pub pins: Vec<(String, Requirement)>,
    /// May the runtime move?
    pub runtime: RuntimeMove,
    /// Rules marked `should` that shall not hold.
    pub accept: Vec<String>,
    /// Gems outside the catalog that do not hold: each leaves in the first step that it would hold.
    pub drop: Vec<String>,
    /// What is known of the installation that its lockfile cannot show: a property of the catalog
    /// ([`crate::catalog::Property`]) and whether it holds.
    pub properties: Vec<(String, bool)>,
    /// Only releases up to this day are entered (those without a date are).
    pub as_of: Option<Date>,
    /// Releases younger than so many days at `as_of` are not entered; needs `as_of`.
    pub min_age: u32,
    /// How much the answer holds.
    pub detail: Detail,
    /// What the Gemfile requires of its direct packages is an obstacle, not a line to edit.
    pub keep_gemfile: bool,
    /// Rules that an explanation does without.
    pub(crate) ignored: Vec<RuleId>,
    /// Packages whose requirement in the Gemfile an explanation does without.
    pub(crate) edited: Vec<String>,
    /// Installed packages outside the catalog that need not be there, and may go down, in an
    /// explanation.
    pub(crate) dropped: Vec<String>,
    /// Those that leave in the first step that they would hold.
    pub(crate) leaving: Vec<String>,
    /// Those to which any version of what they need will do.
    pub(crate) relaxed: Vec<String>,
    /// Needs of theirs that do not count.
    pub(crate) waived: Vec<(String, String)>,
    /// With an index: the packages outside the catalog that hold others and that it knows.
    pub(crate) index: Option<BTreeSet<String>>,
}

impl Request {
    /// A request that asks for the newest lines.
    #[must_use]
    pub fn new() -> Self {
        Request::default()
    }

    /// Asks for `PKG=LINE`, `PKG=VERSION`, `PKG=REQUIREMENT`, `PKG=latest` or `PKG` (the same).
    ///
    /// # Errors
    /// [`ErrorCode::UnknownPackage`], [`ErrorCode::InvalidVersion`] or
    /// [`ErrorCode::InvalidRequirement`]: `karafka==2`.
    pub fn to(mut self, catalog: &Catalog, text: &str) -> Result<Self> {
        let (name, wanted) = text.split_once('=').unwrap_or((text, "latest"));
        if name.is_empty() || wanted.trim().is_empty() {
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("{text:?} is not a target: expected PACKAGE=LINE"),
            )
            .with_help("a version, a requirement or `latest` may stand for the line"));
        }
        if self.targets.iter().any(|(known, _)| known == name) {
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("{name} has two targets: expected one"),
            ));
        }
        let Some(package) = catalog.package(name) else {
            return Err(unknown_package(catalog, name));
        };
        let wanted = wanted.trim();
        let target = if wanted == "latest" {
            Target::Latest
        } else if wanted.starts_with(['~', '<', '>', '!', '=']) {
            Target::Requirement(Requirement::parse(package.scheme(), wanted)?)
        } else {
            let version = Version::parse(package.scheme(), wanted)?;
            if wanted.matches('.').count() < 2 {
                Target::Line(version.line())
            } else {
                Target::Requirement(Requirement::exactly(&version))
            }
        };
        self.targets.push((name.to_owned(), target));
        Ok(self)
    }

    /// Adds a pin `PKG=REQUIREMENT`.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownPackage`] or [`ErrorCode::InvalidRequirement`]: `waterdrop=< x`.
    pub fn pin(mut self, catalog: &Catalog, text: &str) -> Result<Self> {
        let (name, requirement) = text.split_once('=').ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidRequest,
                format!("{text:?} is not a pin: expected PACKAGE=REQUIREMENT"),
            )
            .with_help("for example 'waterdrop=< 2.9'")
        })?;
        let Some(package) = catalog.package(name) else {
            return Err(unknown_package(catalog, name));
        };
        let requirement = Requirement::parse(package.scheme(), requirement.trim())?;
        self.pins.push((name.to_owned(), requirement));
        Ok(self)
    }

    /// Adds what is known of the installation: `NAME=yes` or `NAME=no`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRequest`] for anything else: `kerberos`.
    pub fn property(mut self, text: &str) -> Result<Self> {
        let answer = text.split_once('=').and_then(|(id, answer)| match answer {
            "yes" => Some((id, true)),
            "no" => Some((id, false)),
            _ => None,
        });
        let Some((id, holds)) = answer.filter(|(id, _)| !id.is_empty()) else {
            let shown: String = text.chars().take(60).collect();
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("{shown:?} is not a property: expected NAME=yes or NAME=no"),
            ));
        };
        self.properties.push((id.to_owned(), holds));
        Ok(self)
    }

    fn is_waived(&self, name: &str, on: &str) -> bool {
        self.waived.iter().any(|it| it.0 == name && it.1 == on)
    }

    /// Is a day the one after `as_of`?
    pub(crate) fn is_next_day(&self, date: Date) -> bool {
        self.as_of
            .is_some_and(|as_of| date.days() == as_of.days().saturating_add(1))
    }

    pub(crate) fn is_too_young(&self, date: Option<Date>) -> bool {
        let (Some(as_of), Some(date)) = (self.as_of, date) else {
            return false;
        };
        let age = i64::from(as_of.days()) - i64::from(date.days());
        age < i64::from(self.min_age)
    }
}

fn unknown_package(catalog: &Catalog, name: &str) -> Error {
    let shown: String = name.chars().take(60).collect();
    let known: Vec<&str> = catalog
        .packages()
        .iter()
        .filter(|package| package.role() != Role::Runtime)
        .map(|package| package.name().as_str())
        .collect();
    Error::new(
        ErrorCode::UnknownPackage,
        format!("no package {shown:?} in the catalog {}", catalog.name()),
    )
    .with_help(format!("it knows {}", known.join(", ")))
}

/// How much an answer holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// The steps with all that comes with them.
    #[default]
    Full,
    /// The bare steps: states, changes and reasons.
    Path,
}

/// Where a package shall arrive.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Target {
    /// On this line.
    Line(String),
    /// On a version that meets this.
    Requirement(Requirement),
    /// On the newest line that has a fit release.
    Latest,
}

/// What may become of a runtime that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuntimeMove {
    /// It moves where it must.
    #[default]
    Free,
    /// It stays.
    Fixed,
    /// It arrives at this line or version.
    To(String),
}

/// Computes the one best plan.
///
/// A question without an answer is not an error: look at [`Plan::outcome`].
///
/// # Errors
/// Where the request contradicts itself or the catalog: [`ErrorCode::UnknownPackage`],
/// [`ErrorCode::UnknownLine`], [`ErrorCode::TargetBehind`], [`ErrorCode::ContradictoryPins`],
/// [`ErrorCode::CannotAccept`], [`ErrorCode::UnknownRuntime`], [`ErrorCode::NothingToPlan`]; and
/// with [`Detail::Full`] those of [`Catalog::actions`] and [`Catalog::rollout`].
pub fn plan(catalog: &Catalog, snapshot: &Snapshot, request: &Request) -> Result<Plan> {
    plan_in(World::new(catalog, snapshot, request))
}

/// The same, every state resolved together with all packages outside the catalog, of which an index
/// tells the releases.
///
/// Packages outside stay where they can, move up where they must, and are newest where they move, as
/// far as later steps admit it; nothing goes down. Those that the index does not know stand where they
/// stand.
///
/// # Errors
/// As [`plan`], and those of the index.
pub fn plan_with_index(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
    index: &mut dyn Infos,
) -> Result<Plan> {
    let (request, joint) = with_index(catalog, snapshot, request, index)?;
    plan_in(World {
        joint: Some(&RefCell::new(joint)),
        ..World::new(catalog, snapshot, &request)
    })
}

/// A request that knows which holders may move.
fn with_index<'a>(
    catalog: &Catalog,
    snapshot: &Snapshot,
    request: &Request,
    index: &'a mut dyn Infos,
) -> Result<(Request, Joint<'a>)> {
    let mut joint = Joint::new(index);
    let mut request = request.clone();
    let mut movable = BTreeSet::new();
    for (name, installed) in &snapshot.packages {
        let mut wants = installed.requirements.iter();
        let holds = wants.any(|(on, _)| catalog.package(on).is_some());
        let mut rules = catalog.rules().iter().filter_map(rules::outside);
        let holds = holds || rules.any(|(gem, ..)| gem.as_str() == name);
        let outside = holds && catalog.package(name).is_none();
        if outside && installed.origin == Origin::Registry && joint.knows(name)? {
            movable.insert(name.clone());
        }
    }
    request.index = Some(movable);
    Ok((request, joint))
}

/// What is asked of which catalog, and perhaps an index.
#[derive(Clone, Copy)]
struct World<'a, 'i> {
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    request: &'a Request,
    joint: Option<&'a RefCell<Joint<'i>>>,
}

impl<'a> World<'a, '_> {
    fn new(catalog: &'a Catalog, snapshot: &'a Snapshot, request: &'a Request) -> Self {
        World {
            catalog,
            snapshot,
            request,
            joint: None,
        }
    }

    fn question<'p>(self, problem: &'p Problem) -> Question<'p>
    where
        'a: 'p,
    {
        Question {
            catalog: self.catalog,
            snapshot: self.snapshot,
            request: self.request,
            problem,
        }
    }

    /// The best plan with a first step of repair, if there is one: fewest packages down, then as
    /// without.
    ///
    /// Only for what Bundler itself arrives at: a state that breaks rules, and no requirement of a
    /// package. One that does was never installed as it is.
    fn repaired(self, work: &mut Work) -> Result<Option<(Problem, Vec<String>, Found)>> {
        let heed = problem::heed(self.catalog, self.request)?;
        let breaches = breaches::breaches(self.catalog, self.snapshot, &heed);
        let is_package = |name: &str| self.snapshot.packages.contains_key(name);
        let is_requirement = |it: &Breach| it.rule.is_none() && is_package(it.with.as_str());
        if breaches.iter().any(is_requirement) || breaches.iter().all(|it| it.rule.is_none()) {
            return Ok(None);
        }
        let mut problem = problem::build_repair(self.catalog, self.snapshot, self.request)?;
        let most = problem
            .repair
            .as_ref()
            .map_or(0, |repair| repair.candidates().count_ones());
        for size in 1..=most as usize {
            if let Some(repair) = &mut problem.repair {
                repair.size = size;
            }
            let mut found = self.shortest(&mut problem, work)?;
            let mut undecided = Vec::new();
            match found {
                Found::Impossible => continue,
                Found::Plan { .. } if self.request.targets.is_empty() => {
                    undecided = newest_lines(self, &mut problem)?;
                    found = self.shortest(&mut problem, work)?;
                }
                Found::Plan { .. } | Found::GaveUp(_) => {}
            }
            return Ok(Some((problem, undecided, found)));
        }
        Ok(None)
    }

    /// The shortest plan; with an index the shortest of those whose every state resolves.
    fn shortest(self, problem: &mut Problem, work: &mut Work) -> Result<Found> {
        let Some(joint) = self.joint else {
            return Ok(shortest(problem, work));
        };
        joint.borrow_mut().forget();
        for _ in 0..=joint::MAX_NOGOODS {
            let mut found = shortest(problem, work);
            let Found::Plan { way, .. } = &mut found else {
                return Ok(found);
            };
            let question = self.question(problem);
            let verdict = joint.borrow_mut().judge(question, &way.states)?;
            match verdict {
                joint::Verdict::Fits(outside) | joint::Verdict::GaveUp(outside) => {
                    way.outside = outside;
                    return Ok(found);
                }
                // Nothing of the family has a part in it: no state resolves.
                joint::Verdict::Never(nogood) if nogood.is_empty() => return Ok(Found::Impossible),
                joint::Verdict::Never(nogood) => problem.nogoods.push(nogood),
            }
        }
        Ok(Found::GaveUp(Bound::Nogoods))
    }
}

/// The question in whole numbers, and in words.
#[derive(Clone, Copy)]
struct Question<'a> {
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    request: &'a Request,
    problem: &'a Problem,
}

fn plan_in(world: World<'_, '_>) -> Result<Plan> {
    let World {
        catalog,
        snapshot,
        joint,
        ..
    } = world;
    let (leavers, request) = leaving::leavers(catalog, snapshot, world.request)?;
    let request = &*request;
    let world = World { request, ..world };
    let mut problem = problem::build(catalog, snapshot, request)?;
    if problem
        .packages
        .iter()
        .all(|at| problem.variables[*at].version.is_none())
    {
        return Err(Error::new(
            ErrorCode::NothingToPlan,
            format!("no package of the catalog {} is installed", catalog.name()),
        )
        .with_help("name the right lockfile with --lockfile, or another catalog with --catalog"));
    }
    let mut beyond = answer::check_targets(catalog, snapshot, request)?;
    if beyond.is_none() {
        beyond = answer::check_runtimes(catalog, snapshot, request)?;
    }
    let mut work = Work::up_to(search::MAX_WORK);
    let mut plan = answer::empty(catalog, &problem, request);
    if let Some(warning) = beyond {
        answer::name_targets(catalog, &problem, request, &mut plan);
        plan.outcome = Outcome::Unknown;
        plan.warnings.push(warning);
        return Ok(plan);
    }
    let mut undecided = Vec::new();
    if request.targets.is_empty() {
        undecided = newest_lines(world, &mut problem)?;
    }
    let mut found = world.shortest(&mut problem, &mut work)?;
    if let Found::Impossible = found {
        if let Some(repaired) = world.repaired(&mut work)? {
            (problem, undecided, found) = repaired;
        }
    }
    plan.warnings.extend(undecided);
    answer::name_targets(catalog, &problem, request, &mut plan);
    let question = world.question(&problem);
    answer::fill(question, &found, work, &mut plan);
    if plan.outcome == Outcome::Impossible {
        causes::explain(world, &mut plan)?;
    }
    plan.from_registry = from_registry(world);
    if let (Some(joint), Found::Plan { way, .. }) = (joint, &found) {
        let question = world.question(&problem);
        let moves = joint.borrow_mut().moves(question, way)?;
        if let Some(undecided) = plan.steps.get(moves.len()) {
            plan.warnings.push(format!(
                "what moves outside from step {} on was not decided within the bound of work",
                undecided.number
            ));
        }
        for (step, moves) in plan.steps.iter_mut().zip(moves) {
            step.outside = moves;
        }
    }
    if let Some(joint) = joint {
        outside::compare(catalog, snapshot, &mut plan, |gem| {
            joint.borrow_mut().knows(gem).unwrap_or(false)
        });
        plan.warnings.append(&mut joint.borrow_mut().warnings);
    }
    leavers.leave(catalog, snapshot, &mut plan);
    if matches!(plan.outcome, Outcome::Planned | Outcome::AlreadyThere) {
        plan.held = causes::held(world, &problem, &plan)?;
    }
    if plan.outcome == Outcome::AlreadyThere {
        plan.cleanup = contents::marked(catalog, snapshot);
    }
    if request.detail == Detail::Full && !plan.steps.is_empty() {
        if joint.is_none() {
            outside::compare(catalog, snapshot, &mut plan, |_| false);
        }
        let packages = problem.variables.iter().map(|variable| variable.package);
        contents::fill(catalog, snapshot, request, packages.collect(), &mut plan)?;
    }
    Ok(plan)
}

/// What the plan would be if what comes from git or a folder came from a registry.
fn from_registry(world: World<'_, '_>) -> Option<FromRegistry> {
    let names = world
        .catalog
        .packages()
        .iter()
        .map(crate::catalog::Package::name);
    let gems: Vec<Name> = names
        .filter(|name| known::is_foreign(world.snapshot, name.as_str()))
        .cloned()
        .collect();
    if gems.is_empty() {
        return None;
    }
    let mut snapshot = world.snapshot.clone();
    for name in &gems {
        snapshot.packages.get_mut(name.as_str())?.origin = Origin::Registry;
    }
    let mut request = world.request.clone();
    request.detail = Detail::Path;
    let plan = plan_in(World {
        snapshot: &snapshot,
        request: &request,
        ..world
    });
    let plan = plan.ok()?;
    let last = plan.steps().last()?;
    Some(FromRegistry {
        gems,
        steps: plan.steps().len(),
        end: last.state.packages.clone(),
    })
}

/// The end of a search over lengths.
enum Found {
    Plan { way: Way, lower_bound: usize },
    Impossible,
    GaveUp(Bound),
}

/// What ended a search early.
#[derive(Clone, Copy)]
enum Bound {
    Work,
    /// No plan of so many steps, and it is not proven that there is no longer one.
    Steps,
    Nogoods,
}

/// The states of a plan.
struct Way {
    /// The first is the snapshot.
    states: States,
    /// Where packages outside the catalog stand after each step, as far as an index tells.
    outside: Vec<joint::Versions>,
}

/// The shortest plan; where a first step of repair takes packages down, over all choices of as many
/// packages as it does.
fn shortest(problem: &mut Problem, work: &mut Work) -> Found {
    let Some(repair) = &problem.repair else {
        return shortest_of(problem, work);
    };
    let (size, candidates) = (repair.size, repair.candidates());
    let mut best: Option<(Way, usize)> = None;
    for chosen in choices(candidates, size) {
        if let Some(repair) = &mut problem.repair {
            repair.chosen = chosen;
        }
        match shortest_of(problem, work) {
            Found::Impossible => {}
            Found::GaveUp(bound) => return Found::GaveUp(bound),
            Found::Plan { way, lower_bound } => {
                let is_better = best.as_ref().is_none_or(|(best, _)| {
                    let (one, other) = (way.states.len(), best.states.len());
                    one < other
                        || one == other && Search::is_better(problem, &way.states, &best.states)
                });
                if is_better {
                    best = Some((way, lower_bound));
                }
            }
        }
    }
    match best {
        Some((way, lower_bound)) => Found::Plan { way, lower_bound },
        None => Found::Impossible,
    }
}

/// All sets of so many of these bits.
fn choices(bits: u64, size: usize) -> impl Iterator<Item = u64> {
    let mut next = Some(bits).filter(|_| size <= bits.count_ones() as usize);
    // Subsets in descending order, each the one before it less one.
    std::iter::from_fn(move || {
        let found = next?;
        next = (found != 0).then(|| (found - 1) & bits);
        Some(found)
    })
    .filter(move |set| set.count_ones() as usize == size)
}

fn shortest_of(problem: &Problem, work: &mut Work) -> Found {
    let Some(first) = Search::reach(problem, work) else {
        return if work.is_spent() {
            Found::GaveUp(Bound::Work)
        } else {
            Found::Impossible
        };
    };
    let mut lower_bound = None;
    for steps in first..=problem.horizon {
        let mut search = Search::new(problem, steps, *work);
        if let Some(root) = search.root() {
            lower_bound.get_or_insert(steps);
            if let Some(states) = search.solve(root) {
                *work = search.work;
                return Found::Plan {
                    way: Way {
                        states,
                        outside: Vec::new(),
                    },
                    lower_bound: lower_bound.unwrap_or(steps),
                };
            }
        }
        *work = search.work;
        if work.is_spent() {
            return Found::GaveUp(Bound::Work);
        }
    }
    if problem.horizon_proven {
        Found::Impossible
    } else {
        Found::GaveUp(Bound::Steps)
    }
}

/// The share of the bound of work that one line may take when no target is named.
const LINE_WORK: u64 = search::MAX_WORK / 10;

/// Without a target: the newest lines that can be reached together, one package after another.
///
/// Answers with a word on each line of which the bound of work left it open.
fn newest_lines(world: World<'_, '_>, problem: &mut Problem) -> Result<Vec<String>> {
    let catalog = world.catalog;
    let mut undecided = Vec::new();
    for at in problem.packages.clone() {
        let variable = &problem.variables[at];
        if variable.role != Role::Stepped || variable.version.is_none() {
            continue;
        }
        problem.targets.push(at);
        let name = catalog.get(variable.package).name().clone();
        let lines = answer::lines_ahead(catalog, variable);
        for (line, mask) in lines.into_iter().rev() {
            let before = std::mem::replace(&mut problem.variables[at].target, mask);
            match world.shortest(problem, &mut Work::up_to(LINE_WORK))? {
                Found::Plan { .. } => break,
                Found::Impossible => {}
                Found::GaveUp(_) => undecided.push(format!(
                    "whether {name} {line} can be reached was not decided within the bound of work"
                )),
            }
            problem.variables[at].target = before;
        }
    }
    Ok(undecided)
}
