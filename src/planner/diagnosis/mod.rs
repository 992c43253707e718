//! Why there is no plan and what would give one, found and checked by planning again.
//!
//! What could be otherwise is a list of constraints: the runtime that may not move, pins, holders,
//! rules, and if need be installed versions. Taking constraints away never makes a question
//! harder, so a minimal set is what is left when each constraint without which there is still no plan
//! is taken away. Once the work of all questions together meets its bound, what is left then is reported,
//! and said not to be minimal.
//!
//! | file | contents |
//! |---|---|
//! | `condense` | what is asked about: equal constraints as one |
//! | `minimize` | a smallest set, with few questions |
//! | `effort` | the work of all questions together |
//! | `collide` | what a member collides with |
//! | `constraints` | what a member of a set says, as data |
//! | `fixes` | the changes that give a plan |
//! | `properties` | what knowing more of the installation would change |
//! | `risks` | the fewest risks over which the target is reached |

mod collide;
mod condense;
mod constraints;
mod effort;
mod fixes;
mod minimize;
mod properties;
mod risks;

pub(super) use properties::properties_not_told;

use self::condense::Condensed;
use self::effort::Effort;
use self::minimize::minimize;
use super::gems::OutsideVersions;
use super::installed;
use super::limits::{ASK_WORK, MAX_CAUSES};
use super::problem::{self, Problem, Variable};
use super::request::{Request, RuntimeMove, Target};
use super::search::Work;
use super::session::{Session, WhatIf};
use super::solve::{Found, newest_lines};
use crate::catalog::{Catalog, Role, RuleId};
use crate::date::Date;
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Cause, Constraint, FixKind, Held, Plan};
use crate::rules;
use crate::version::Requirement;
use std::collections::BTreeSet;

/// One constraint that can be taken away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Element {
    Rule(RuleId),
    Installed(String),
    /// What a package outside the catalog asks by being there as it is, and those that ask the same.
    Holder(String),
    /// That an index lists no other releases of a package outside the catalog.
    Unlisted(String),
    /// What the Gemfile requires of a package, where that is to be kept.
    Gemfile(String),
    Pin(usize),
    Runtime,
    /// The day up to which releases count, and how old they must be.
    Day,
    /// One of several targets.
    Target(usize),
}

/// What it means that a question does without a holder.
#[derive(Clone, Copy)]
enum Without {
    /// It asks for nothing: it need not be there, may go down, and where it is needs nothing.
    AllItAsks,
    /// It stays, and takes any version of what it needs.
    Versions,
    /// It is not in the lockfile.
    Itself,
}

#[derive(Clone, Copy)]
struct Asker<'a, 'i> {
    /// Do lengths of plans matter? Without a target that takes more than one question.
    lengths: bool,
    holders: Without,
    /// Until when a fix waits.
    day: Option<Date>,
    session: Session<'a, 'i>,
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    request: &'a Request,
    condensed: &'a Condensed,
    effort: &'a Effort,
}

/// A plan of a relaxed question: its length, its states and where it ends.
struct End {
    steps: usize,
    /// Where packages outside the catalog stand after each step, if an index lists them.
    outside: Vec<OutsideVersions>,
    variables: Vec<Variable>,
    /// Which of these are known runtimes.
    runtimes: Vec<usize>,
    states: Vec<Vec<usize>>,
}

impl End {
    /// The last state: each variable with its value.
    fn last(&self) -> impl Iterator<Item = (&Variable, usize)> {
        let last = self.states.last().into_iter().flatten();
        self.variables.iter().zip(last.copied())
    }
}

/// The packages of a plan that end below the newest line that they would reach if no package outside
/// the catalog keep back, with what keeps them.
///
/// # Errors
/// Those of an index.
pub(super) fn held(
    session: Session<'_, '_>,
    problem: &Problem<'_>,
    plan: &mut Plan,
) -> Result<Vec<Held>> {
    let catalog = session.catalog;
    let mut targets = session.request.targets.iter();
    let asks_for_newest =
        session.request.targets.is_empty() || targets.any(|(_, to)| matches!(to, Target::Latest));
    if !asks_for_newest {
        return Ok(Vec::new());
    }
    let condensed = Condensed::of(session);
    if condensed.holders.is_empty() {
        return Ok(Vec::new());
    }
    let session = condensed.session(session);
    let effort = Effort::of(&condensed);
    let is_asked = |name: &Name| {
        let mut targets = session.request.targets.iter();
        session.request.targets.is_empty()
            || targets.any(|(target, to)| *name == **target && matches!(to, Target::Latest))
    };
    let end = plan.steps.last().map_or(&plan.start, |step| &step.state);
    let mut held = Vec::new();
    let mut groups = Vec::new();
    let variables = problem.variables.iter().enumerate();
    let stepped =
        variables.filter(|(at, it)| it.role == Role::Stepped && !problem.unasked.contains(at));
    for (_, variable) in stepped {
        let package = catalog.get(variable.package);
        let name = package.name();
        let Some(version) = end.package(name.as_str()).filter(|_| is_asked(name)) else {
            continue;
        };
        // What holds one of a group that shares each version holds all of it.
        if package
            .lockstep()
            .is_some_and(|group| groups.contains(&group))
        {
            continue;
        }
        let mut rungs = package.lines.iter().filter(|line| line.is_rung);
        let newest = rungs.next_back().map(|line| line.name());
        if newest.is_none_or(|newest| newest == version.line()) {
            continue;
        }
        let stays = version.line();
        let stood = package.lines.iter().position(|line| *line.name == *stays);
        let above = package.lines.iter().enumerate().rev();
        let above = above.filter(|(at, line)| line.is_rung && Some(*at) > stood);
        for (_, line) in above {
            let mut request = session.request.clone();
            request.targets = vec![(name.to_string(), Target::Line(line.name().to_owned()))];
            let asker = Asker::new(session.about(&request), &condensed, &effort);
            let Some(by) = asker.holding() else {
                continue;
            };
            groups.extend(package.lockstep());
            held.push(Held {
                package: name.clone(),
                stays: stays.clone(),
                newest: line.name().to_owned(),
                by,
            });
            break;
        }
    }
    effort.told(plan);
    Ok(held)
}

/// Fills causes, fixes and how far one gets into a plan that is impossible.
///
/// # Errors
/// Those of an index.
pub(super) fn explain(session: Session<'_, '_>, out: &mut Plan) -> Result<()> {
    let condensed = Condensed::of(session);
    let effort = Effort::of(&condensed);
    let asker = Asker::new(condensed.session(session), &condensed, &effort);
    if let Some((cause, fix)) = asker.only_over_risks() {
        out.causes = vec![cause];
        out.fixes = vec![fix];
        let (reached, shorter) = asker.reached();
        out.reached = reached;
        out.fixes.extend(shorter);
        effort.told(out);
        return Ok(());
    }
    let (elements, causes) = asker.causes();
    let lengths = Asker {
        lengths: true,
        ..asker
    };
    out.fixes = lengths.fixes(&elements, &causes);
    let day = out.fixes.iter().find_map(|fix| match &fix.kind {
        FixKind::Day { day } => Date::parse(day).ok(),
        _ => None,
    });
    let asker = Asker { day, ..asker };
    let (reached, shorter) = asker.reached();
    out.causes = causes
        .iter()
        .map(|(cause, is_minimal)| {
            let others = all_but(&elements, cause);
            let members = cause.iter().filter_map(|at| {
                let element = &elements[*at];
                let constraint = asker.constraint(element, &others)?;
                Some((constraint, asker.collision(element, &others)))
            });
            let (mut constraints, mut collisions): (Vec<_>, Vec<_>) = members.unzip();
            if cause.is_empty() {
                // Nothing that could be otherwise is in the way.
                let unreachable = asker.unreachable(&elements, &out.targets, &reached);
                (constraints, collisions) = unreachable.into_iter().unzip();
            }
            Cause {
                constraints,
                collisions,
                is_minimal: *is_minimal,
            }
        })
        .collect();
    out.reached = reached;
    out.fixes.extend(shorter);
    effort.told(out);
    Ok(())
}

/// The elements but for those at these places.
fn all_but<'e>(elements: &'e [Element], places: &[usize]) -> Vec<&'e Element> {
    let mut is_out = vec![false; elements.len()];
    for at in places {
        is_out[*at] = true;
    }
    let elements = elements.iter().zip(is_out);
    let kept = elements.filter(|(_, is_out)| !is_out);
    kept.map(|(element, _)| element).collect()
}

/// Constraints that together leave no plan, by their places, and whether each of them is needed.
type Conflict = (Vec<usize>, bool);

impl<'a, 'i> Asker<'a, 'i> {
    fn new(session: Session<'a, 'i>, condensed: &'a Condensed, effort: &'a Effort) -> Self {
        Asker {
            lengths: false,
            holders: Without::AllItAsks,
            day: None,
            session,
            catalog: session.catalog,
            snapshot: session.snapshot,
            request: session.request,
            condensed,
            effort,
        }
    }
}

impl Asker<'_, '_> {
    /// What of packages outside the catalog is in the way of the target, where without all of them
    /// there is a plan; `None` where they are not what is in the way.
    fn holding(&self) -> Option<Vec<Constraint>> {
        let elements = self.elements();
        let is_holder = |element: &&Element| matches!(element, Element::Holder(_));
        let holders: Vec<Element> = elements.iter().filter(is_holder).cloned().collect();
        let all: Vec<&Element> = holders.iter().collect();
        if holders.is_empty() || self.ask(&all, self.request).is_none() {
            return None;
        }
        // By itself it gets there: what keeps it is what the question asks for before it.
        if self.is_possible(&[]) == Some(true) {
            return None;
        }
        let places: Vec<usize> = (0..holders.len()).collect();
        let (kept, _) = minimize(&places, |kept| {
            let is_possible = self.is_possible(&all_but(&holders, kept))?;
            Some(!is_possible)
        });
        let without = all_but(&holders, &kept);
        let constraints = kept
            .iter()
            .filter_map(|at| self.constraint(&holders[*at], &without));
        Some(constraints.collect()).filter(|it: &Vec<Constraint>| !it.is_empty())
    }

    /// Whether there is a plan without some constraints; `None` once the work is spent.
    fn is_possible(&self, without: &[&Element]) -> Option<bool> {
        let asked = self.ask(without, self.request).is_some();
        (asked || !self.effort.is_spent()).then_some(asked)
    }

    /// Plans without some constraints; not any more once the work is spent.
    fn ask(&self, without: &[&Element], request: &Request) -> Option<End> {
        if self.effort.is_spent() {
            return None;
        }
        self.effort.ask(self.condensed.question() + without.len());
        let mut request = request.clone();
        let mut what_if: WhatIf = self.session.what_if.clone();
        what_if.accepts = self.lengths;
        let mut snapshot: Option<Snapshot> = None;
        let (mut pins, mut targets): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for element in without {
            match element {
                Element::Rule(rule) => what_if.ignored.push(*rule),
                Element::Pin(at) => pins.push(*at),
                Element::Runtime => {
                    request.runtime = RuntimeMove::Free;
                    request.runtimes_fixed.clear();
                }
                Element::Day => request.as_of = None,
                Element::Target(at) => targets.push(*at),
                Element::Holder(name) => match self.holders {
                    Without::AllItAsks => {
                        let needs = self.needs(name).into_iter().map(|(on, _)| on);
                        what_if.waive(name, needs);
                        what_if.dropped.insert(name.clone());
                    }
                    Without::Versions => {
                        what_if.relaxed.insert(name.clone());
                    }
                    Without::Itself => {
                        let snapshot = snapshot.get_or_insert_with(|| self.snapshot.clone());
                        snapshot.packages.remove(name);
                        snapshot.direct.remove(name);
                    }
                },
                Element::Unlisted(name) => {
                    what_if.unneeded.insert(name.clone());
                }
                Element::Gemfile(name) => what_if.edited.push(name.clone()),
                Element::Installed(name) => {
                    let snapshot = snapshot.get_or_insert_with(|| self.snapshot.clone());
                    snapshot.packages.remove(name);
                }
            }
        }
        remove(&mut request.pins, &pins);
        remove(&mut request.targets, &targets);
        let snapshot = snapshot.as_ref().unwrap_or(self.snapshot);
        let session = Session {
            snapshot,
            request: &request,
            what_if: &what_if,
            ..self.session
        };
        let problem = problem::build(session).ok()?;
        if problem.variables.is_empty() {
            return None;
        }
        let mut work = Work::up_to(ASK_WORK);
        let found = self.search(session, problem, &mut work);
        self.effort.add(work.revisions);
        let (problem, found) = found?;
        match found {
            Found::Plan { way, .. } => Some(End {
                steps: way.states.len() - 1,
                outside: way.outside,
                states: way.states,
                runtimes: problem.runtimes,
                variables: problem.variables,
            }),
            Found::Impossible | Found::GaveUp(_) => None,
        }
    }

    fn search<'p>(
        &self,
        session: Session<'p, '_>,
        mut problem: Problem<'p>,
        work: &mut Work,
    ) -> Option<(Problem<'p>, Found)> {
        if session.request.targets.is_empty() && self.lengths {
            newest_lines(session, &mut problem, work).ok()?;
        }
        let found = session.shortest(&mut problem, work).ok()?;
        Some(match found {
            Found::Impossible => {
                let (problem, _, found) = session.repaired(work).ok()??;
                (problem, found)
            }
            found => (problem, found),
        })
    }

    /// Constraints in the order in which they are tried to be done without: what the user said
    /// comes last, and so stays where there is a choice.
    fn elements(&self) -> Vec<Element> {
        self.elements_with(&BTreeSet::new())
    }

    /// The same with more gems outside the catalog.
    fn elements_with(&self, blamed: &BTreeSet<String>) -> Vec<Element> {
        let mut elements = Vec::new();
        for (at, rule) in self.catalog.rules().iter().enumerate() {
            if rules::binds(rule) && !self.request.accept.iter().any(|name| rule.id == **name) {
                elements.push(Element::Rule(RuleId::at(at)));
            }
        }
        elements.extend(self.misfits().into_iter().map(Element::Installed));
        let holders: BTreeSet<&String> = self.condensed.holders.iter().chain(blamed).collect();
        elements.extend(holders.into_iter().cloned().map(Element::Holder));
        if self.request.keep_gemfile {
            let direct = self.snapshot.direct.iter();
            let required =
                direct.filter(|(name, it)| it.is_some() && self.catalog.id(name).is_some());
            elements.extend(required.map(|(name, _)| Element::Gemfile(name.clone())));
        }
        // The newest day of an index is not known without reading all of it.
        let later = |day| self.session.outside.is_some() || self.newest_day() > Some(day);
        if self.request.as_of.is_some_and(later) || self.request.min_age > 0 {
            elements.push(Element::Day);
        }
        elements.extend((0..self.request.pins.len()).map(Element::Pin));
        if self.request.runtime != RuntimeMove::Free || !self.request.runtimes_fixed.is_empty() {
            elements.push(Element::Runtime);
        }
        // Only where each target could be met by itself are several the matter.
        let targets: Vec<Element> = (0..self.request.targets.len())
            .map(Element::Target)
            .collect();
        let alone = |target: &Element| {
            let others: Vec<&Element> = targets.iter().filter(|it| *it != target).collect();
            self.ask(&others, self.request).is_some()
        };
        if targets.len() > 1 && targets.iter().all(alone) {
            elements.extend(targets);
        }
        elements
    }

    /// The day of the newest release of the catalog.
    fn newest_day(&self) -> Option<Date> {
        let releases = self.catalog.packages().iter().flat_map(|it| &it.releases);
        releases.filter_map(|release| release.date()).max()
    }

    /// Installed followers of the catalog that are no targets.
    fn companions(&self) -> impl Iterator<Item = String> {
        let followers = self.catalog.packages().iter().filter(|package| {
            let name = package.name().as_str();
            package.role() == Role::Follower
                && self.snapshot.packages.contains_key(name)
                && !self
                    .request
                    .targets
                    .iter()
                    .any(|(target, _)| target == name)
        });
        followers.map(|package| package.name().to_string())
    }

    /// Installed packages that do not fit one another now.
    fn misfits(&self) -> Vec<String> {
        let mut misfits: Vec<String> = Vec::new();
        for package in self.catalog.packages() {
            let name = package.name().as_str();
            let installed = self.snapshot.packages.get(name);
            let release =
                installed.and_then(|it| installed::release(package, self.snapshot, &it.version));
            let Some(release) = release else { continue };
            for need in release.needs.iter().filter(|need| need.rule.is_none()) {
                let on = self.catalog.get(need.on).name().as_str();
                let Some(other) = self.snapshot.packages.get(on) else {
                    continue;
                };
                if !self.catalog.set(need.set).admits(&other.version) {
                    for name in [name, on] {
                        if !misfits.iter().any(|known| known == name) {
                            misfits.push(name.to_owned());
                        }
                    }
                }
            }
        }
        misfits
    }

    fn is_possible_without(&self, elements: &[Element]) -> bool {
        let without: Vec<&Element> = elements.iter().collect();
        self.ask(&without, self.request).is_some()
    }

    /// All constraints, and the minimal sets of them that leave no way.
    fn causes(&self) -> (Vec<Element>, Vec<Conflict>) {
        let mut elements = self.elements();
        let mut is_free = self.is_possible_without(&elements);
        while !is_free {
            // Another package may be in the way now.
            let more = self.elements_with(&self.blamed());
            if more.len() == elements.len() {
                break;
            }
            elements = more;
            is_free = self.is_possible_without(&elements);
        }
        if !is_free {
            // A follower of which no release will do is in the way as a package outside is.
            let before = elements.len();
            elements.extend(self.companions().map(Element::Holder));
            is_free = self.is_possible_without(&elements);
            if !is_free {
                elements.truncate(before);
            }
        }
        if !is_free {
            // Something installed is in the way; rules are tried to be done without first.
            let installed = self.snapshot.packages.keys();
            let known = installed.filter(|name| self.catalog.id(name).is_some());
            let fresh: Vec<Element> = known
                .map(|name| Element::Installed(name.clone()))
                .filter(|element| !elements.contains(element))
                .collect();
            let count = fresh.len();
            elements.splice(0..0, fresh);
            if !self.is_possible_without(&elements) {
                elements.drain(..count);
                if !self.is_possible_with_more_listed(&mut elements) {
                    // With more to choose from, a question may reach its limit where a later day alone has a plan.
                    let day = elements.iter().position(|it| *it == Element::Day);
                    let waits = day.filter(|_| self.is_possible(&[&Element::Day]) == Some(true));
                    return (elements, vec![(waits.into_iter().collect(), true)]);
                }
            }
        }
        let mut causes: Vec<Conflict> = Vec::new();
        let mut told: Vec<usize> = Vec::new();
        while causes.len() < MAX_CAUSES {
            let without: Vec<&Element> = told.iter().map(|at| &elements[*at]).collect();
            if !told.is_empty() && self.is_possible(&without) != Some(false) {
                break;
            }
            let known: BTreeSet<usize> = told.iter().copied().collect();
            let left: Vec<usize> = (0..elements.len())
                .filter(|at| !known.contains(at))
                .collect();
            let (cause, is_minimal) = self.minimal(&elements, &left);
            if cause.is_empty() {
                break;
            }
            told.extend(&cause);
            causes.push((cause, is_minimal));
        }
        (elements, causes)
    }

    /// A minimal set of the elements at these places that leaves no way without all others.
    fn minimal(&self, elements: &[Element], places: &[usize]) -> Conflict {
        minimize(places, |kept| {
            let is_possible = self.is_possible(&all_but(elements, kept))?;
            Some(!is_possible)
        })
    }

    /// Whether there is a plan once an index lists other releases of the gems that are in the way, one after the
    /// other; adds these to the constraints.
    fn is_possible_with_more_listed(&self, elements: &mut Vec<Element>) -> bool {
        let Some(gems) = self.session.outside else {
            return false;
        };
        loop {
            let gems = gems.borrow();
            let outside = gems
                .blamed
                .iter()
                .filter(|name| self.catalog.id(name).is_none());
            let fresh = outside.map(|name| Element::Unlisted(name.clone()));
            let fresh: Vec<Element> = fresh.filter(|it| !elements.contains(it)).collect();
            drop(gems);
            if fresh.is_empty() {
                return false;
            }
            elements.extend(fresh);
            if self.is_possible_without(elements) {
                return true;
            }
        }
    }

    /// With an index: the gems that have a part in why states do not resolve.
    fn blamed(&self) -> BTreeSet<String> {
        let Some(gems) = self.session.outside else {
            return BTreeSet::new();
        };
        let gems = gems.borrow();
        let blamed = gems.blamed.iter().filter(|name| {
            self.catalog.id(name).is_none() && self.snapshot.packages.contains_key(*name)
        });
        blamed.cloned().collect()
    }

    /// Whether an index knows a package.
    fn is_indexed(&self, name: &str) -> bool {
        let joint = self.session.outside;
        joint.is_some_and(|joint| joint.borrow_mut().knows(name).unwrap_or(false))
    }

    /// What a package outside the catalog needs: of the family, of others, of Ruby.
    fn needs(&self, name: &str) -> Vec<(String, Requirement)> {
        let Some(installed) = self.snapshot.packages.get(name) else {
            return Vec::new();
        };
        let wants = installed.requirements.iter().cloned();
        let (mut needs, outside): (Vec<_>, Vec<_>) =
            wants.partition(|(on, _)| self.catalog.id(on).is_some());
        let joint = self.session.outside;
        // Without an index nothing outside the catalog moves, so what is needed of it is met.
        needs.extend(outside.into_iter().filter(|_| joint.is_some()));
        let ruby = joint.map(|it| it.borrow_mut().ruby_of(name, installed.version()));
        let ruby = ruby.and_then(|ruby| ruby.ok().flatten());
        needs.extend(ruby.map(|requirement| ("ruby".to_owned(), requirement)));
        needs
    }
}

/// Takes away what is at these places, in any order.
fn remove<T>(list: &mut Vec<T>, places: &[usize]) {
    if places.is_empty() {
        return;
    }
    let places: BTreeSet<usize> = places.iter().copied().collect();
    let mut at = 0;
    list.retain(|_| {
        at += 1;
        !places.contains(&(at - 1))
    });
}
