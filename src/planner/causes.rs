//! Why there is no plan and what would give one, found and checked by planning again.
//!
//! What could be otherwise is a list of constraints: the runtime that may not move, pins, holders,
//! rules, and if need be installed versions. Taking constraints away never makes a question
//! harder, so a minimal set is found by taking away one after another and keeping those without
//! which a plan appears.

use super::answer::lines_ahead;
use super::problem::{self, Problem, Value};
use super::search::Work;
use super::{Found, Request, RuntimeMove, Target, World};
use crate::catalog::{Catalog, Force, Role, RuleId, RuleKind};
use crate::date::Date;
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Cause, Constraint, Fix, FixKind, Plan};
use crate::version::Requirement;

/// The most independent causes that are told.
const MAX_CAUSES: usize = 4;
/// The bound of work of one question that is asked while explaining.
const WORK: u64 = super::search::MAX_WORK / 20;

/// One constraint that can be taken away.
#[derive(Clone, Debug, PartialEq)]
enum Element {
    Rule(RuleId),
    Installed(String),
    Holder(String),
    /// One need of such a package, of another one or of a runtime.
    Need(String, String),
    /// That such a package does not take any version of what it needs.
    Relaxed(String),
    /// That such a package is in the lockfile.
    Gone(String),
    /// What the Gemfile requires of a package, where that is to be kept.
    Gemfile(String),
    Pin(usize),
    Runtime,
    /// The day up to which releases count, and how old they must be.
    Day,
    /// One of several targets.
    Target(usize),
}

#[derive(Clone, Copy)]
struct Asker<'a, 'i> {
    /// Do lengths of plans matter? Without a target that takes more than one question.
    lengths: bool,
    world: World<'a, 'i>,
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    request: &'a Request,
}

/// A plan of a relaxed question: its length and where it ends.
struct End {
    steps: usize,
    /// Where packages outside the catalog stand after each step, if an index tells.
    outside: Vec<super::joint::Versions>,
    problem: Problem,
    last: Vec<usize>,
}

/// Fills causes, fixes and how far one gets into a plan that is impossible.
///
/// # Errors
/// Those of an index.
pub(super) fn explain(world: World<'_, '_>, out: &mut Plan) -> Result<()> {
    let World {
        catalog,
        snapshot,
        request,
        ..
    } = world;
    let asker = Asker {
        lengths: false,
        world,
        catalog,
        snapshot,
        request,
    };
    let (elements, causes) = asker.causes();
    let lengths = Asker {
        lengths: true,
        ..asker
    };
    out.fixes = lengths.fixes(&causes);
    out.causes = causes
        .iter()
        .map(|cause| {
            let others = elements.iter().filter(|element| !cause.contains(element));
            let others: Vec<&Element> = others.collect();
            let constraints = cause.iter().filter_map(|e| asker.constraint(e, &others));
            Cause {
                constraints: constraints.collect(),
            }
        })
        .collect();
    let (reached, shorter) = asker.reached();
    out.reached = reached;
    out.fixes.extend(shorter);
    Ok(())
}

impl Asker<'_, '_> {
    /// Plans without some constraints.
    fn ask(&self, without: &[&Element], request: &Request) -> Option<End> {
        let mut request = request.clone();
        let mut snapshot = None;
        let (mut pins, mut targets): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for element in without {
            match element {
                Element::Rule(rule) => request.ignored.push(*rule),
                Element::Pin(at) => pins.push(*at),
                Element::Runtime => request.runtime = RuntimeMove::Free,
                Element::Day => request.as_of = None,
                Element::Target(at) => targets.push(*at),
                Element::Holder(name) => {
                    request.dropped.push(name.clone());
                    let needs = self.needs(name).into_iter();
                    request
                        .waived
                        .extend(needs.map(|(on, _)| (name.clone(), on)));
                }
                Element::Relaxed(name) => request.relaxed.push(name.clone()),
                Element::Need(name, on) => request.waived.push((name.clone(), on.clone())),
                Element::Gemfile(name) => request.edited.push(name.clone()),
                Element::Installed(name) | Element::Gone(name) => {
                    let snapshot: &mut Snapshot =
                        snapshot.get_or_insert_with(|| self.snapshot.clone());
                    snapshot.packages.remove(name);
                    if matches!(element, Element::Gone(_)) {
                        snapshot.direct.remove(name);
                    }
                }
            }
        }
        pins.sort_unstable();
        for at in pins.into_iter().rev() {
            if at < request.pins.len() {
                request.pins.remove(at);
            }
        }
        targets.sort_unstable();
        for at in targets.into_iter().rev() {
            if at < request.targets.len() {
                request.targets.remove(at);
            }
        }
        let snapshot = snapshot.as_ref().unwrap_or(self.snapshot);
        let mut problem = problem::build(self.catalog, snapshot, &request).ok()?;
        if problem.variables.is_empty() {
            return None;
        }
        let world = World {
            snapshot,
            request: &request,
            ..self.world
        };
        if request.targets.is_empty() && self.lengths {
            super::newest_lines(world, &mut problem).ok()?;
        }
        match world.shortest(&mut problem, &mut Work::up_to(WORK)).ok()? {
            Found::Plan { mut way, .. } => Some(End {
                steps: way.states.len() - 1,
                outside: way.outside,
                last: way.states.pop()?,
                problem,
            }),
            Found::Impossible | Found::GaveUp(_) => None,
        }
    }

    /// Constraints in the order in which they are tried to be done without: what the user said
    /// comes last, and so stays where there is a choice.
    fn elements(&self) -> Vec<Element> {
        let mut elements = Vec::new();
        for (at, rule) in self.catalog.rules().iter().enumerate() {
            let binds = matches!(
                rule.kind,
                RuleKind::Gate { .. } | RuleKind::Requires { .. } | RuleKind::Conflict { .. }
            );
            if binds && !self.request.accept.iter().any(|name| rule.id == **name) {
                elements.push(Element::Rule(RuleId(u32::try_from(at).unwrap_or(u32::MAX))));
            }
        }
        elements.extend(self.misfits().into_iter().map(Element::Installed));
        for (name, installed) in &self.snapshot.packages {
            let mut wants = installed.requirements.iter();
            let holds = wants.any(|(on, _)| self.catalog.id(on).is_some());
            let joint = self.world.joint;
            let blamed = joint.is_some_and(|joint| joint.borrow().blamed.contains(name));
            if (holds || blamed) && self.catalog.id(name).is_none() {
                elements.push(Element::Holder(name.clone()));
            }
        }
        if self.request.keep_gemfile {
            let direct = self.snapshot.direct.iter();
            let required =
                direct.filter(|(name, it)| it.is_some() && self.catalog.id(name).is_some());
            elements.extend(required.map(|(name, _)| Element::Gemfile(name.clone())));
        }
        // The newest day of an index is not known without reading all of it.
        let later = |day| self.world.joint.is_some() || self.newest_day() > Some(day);
        if self.request.as_of.is_some_and(later) || self.request.min_age > 0 {
            elements.push(Element::Day);
        }
        elements.extend((0..self.request.pins.len()).map(Element::Pin));
        if self.request.runtime != RuntimeMove::Free {
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

    /// Installed packages that do not fit one another now.
    fn misfits(&self) -> Vec<String> {
        let mut misfits: Vec<String> = Vec::new();
        for package in self.catalog.packages() {
            let name = package.name().as_str();
            let installed = self.snapshot.packages.get(name);
            let release = installed.and_then(|installed| package.release(&installed.version));
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
    fn causes(&self) -> (Vec<Element>, Vec<Vec<Element>>) {
        let mut elements = self.elements();
        let mut is_free = self.is_possible_without(&elements);
        while !is_free {
            // Another package may be in the way now.
            let more = self.elements();
            if more.len() == elements.len() {
                break;
            }
            elements = more;
            is_free = self.is_possible_without(&elements);
        }
        if !is_free {
            // Something installed is in the way; rules are tried to be done without first.
            let installed = self.snapshot.packages.keys();
            let known = installed.filter(|name| self.catalog.id(name).is_some());
            let fresh: Vec<Element> = known
                .map(|name| Element::Installed(name.clone()))
                .filter(|element| !elements.contains(element))
                .collect();
            elements.splice(0..0, fresh);
            if !self.is_possible_without(&elements) {
                return (elements, vec![Vec::new()]);
            }
        }
        let mut causes: Vec<Vec<Element>> = Vec::new();
        while causes.len() < MAX_CAUSES {
            let told: Vec<&Element> = causes.iter().flatten().collect();
            if !told.is_empty() && self.ask(&told, self.request).is_some() {
                break;
            }
            let mut kept: Vec<&Element> = elements
                .iter()
                .filter(|element| !told.contains(element))
                .collect();
            let mut without = told.clone();
            let mut at = 0;
            while at < kept.len() {
                without.push(kept[at]);
                if self.ask(&without, self.request).is_some() {
                    without.pop();
                    at += 1;
                } else {
                    kept.remove(at);
                }
            }
            if kept.is_empty() {
                break;
            }
            let cause = kept.into_iter().cloned().collect();
            causes.push(cause);
        }
        (elements, causes)
    }

    fn fixes(&self, causes: &[Vec<Element>]) -> Vec<Fix> {
        let candidates: Vec<&Element> = causes
            .iter()
            .flatten()
            .filter(|element| self.is_usable(element))
            .collect();
        let mut fixes: Vec<(usize, Fix)> = Vec::new();
        for element in &candidates {
            if let Some(mut way) = self.change(&[element]) {
                if **element == Element::Day {
                    // On that day the plan may be another one.
                    let mut request = self.request.clone();
                    request.as_of = self.day_of(&way);
                    let Some(then) = self.ask(&[], &request) else {
                        continue;
                    };
                    way.steps = then.steps;
                }
                let kind = self.kind(element, &way);
                fixes.push((
                    rank(element),
                    Fix {
                        kind,
                        steps: way.steps,
                    },
                ));
            }
        }
        if fixes.is_empty() {
            fixes.extend(self.together().map(|fix| (0, fix)));
        }
        fixes.sort_by_key(|(rank, fix)| (*rank, fix.steps));
        fixes.into_iter().map(|(_, fix)| fix).collect()
    }

    /// Plans with changes. A holder that stays and takes any version of what it needs is asked about
    /// before one that is gone.
    fn change(&self, changes: &[&Element]) -> Option<End> {
        let with = |holder: fn(String) -> Element| {
            let changes = changes.iter().map(|element| match element {
                Element::Holder(name) => holder(name.clone()),
                element => (*element).clone(),
            });
            let changes: Vec<Element> = changes.collect();
            self.ask(&changes.iter().collect::<Vec<_>>(), self.request)
        };
        let holds = changes.iter().any(|it| matches!(it, Element::Holder(_)));
        with(Element::Relaxed).or_else(|| with(Element::Gone).filter(|_| holds))
    }

    /// Whether an index knows a package.
    fn is_indexed(&self, name: &str) -> bool {
        let joint = self.world.joint;
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
        needs.extend(outside);
        let joint = self.world.joint;
        let ruby = joint.map(|it| it.borrow_mut().ruby_of(name, installed.version()));
        let ruby = ruby.and_then(|ruby| ruby.ok().flatten());
        needs.extend(ruby.map(|requirement| ("ruby".to_owned(), requirement)));
        needs
    }

    /// A smallest set of changes that helps, where no single one does: all of them less those that
    /// prove needless, the more demanding ones tried first.
    fn together(&self) -> Option<Fix> {
        let elements = self.elements();
        let mut changes: Vec<&Element> = elements
            .iter()
            .filter(|element| self.is_usable(element))
            .collect();
        let mut way = self.change(&changes)?;
        changes.sort_by_key(|element| std::cmp::Reverse(rank(element)));
        let mut at = 0;
        while at < changes.len() {
            let element = changes.remove(at);
            if let Some(without) = self.change(&changes) {
                way = without;
            } else {
                changes.insert(at, element);
                at += 1;
            }
        }
        changes.reverse();
        let mut parts: Vec<FixKind> = Vec::new();
        for element in changes {
            let part = self.kind(element, &way);
            if !parts.last_mut().is_some_and(|last| last.merge(&part)) {
                parts.push(part);
            }
        }
        let kind = match parts.len() {
            1 => parts.remove(0),
            _ => FixKind::Together { parts },
        };
        Some(Fix {
            kind,
            steps: way.steps,
        })
    }

    /// May a user take it away?
    fn is_usable(&self, element: &Element) -> bool {
        match element {
            Element::Rule(rule) => self.catalog.rules()[rule.0 as usize].force() == Force::Should,
            Element::Holder(_) | Element::Gemfile(_) | Element::Pin(_) => true,
            Element::Runtime | Element::Day => true,
            _ => false,
        }
    }

    fn kind(&self, element: &Element, way: &End) -> FixKind {
        match element {
            Element::Rule(rule) => FixKind::Accept {
                rules: vec![self.catalog.rules()[rule.0 as usize].id().clone()],
            },
            Element::Pin(at) => FixKind::Lift {
                packages: self
                    .catalog
                    .package(&self.request.pins[*at].0)
                    .map(|package| package.name().clone())
                    .into_iter()
                    .collect(),
            },
            Element::Runtime => self.runtime_of(way),
            Element::Holder(name) => FixKind::Holder {
                holders: vec![self.holder_of(name, way)],
            },
            Element::Gemfile(name) => FixKind::Gemfile {
                gems: vec![self.end_of(name, way)],
            },
            Element::Day => FixKind::Day {
                day: self
                    .day_of(way)
                    .map_or(String::new(), |day| day.to_string()),
            },
            _ => FixKind::Together { parts: Vec::new() },
        }
    }

    /// The day from which on the last state of a way may be entered.
    fn day_of(&self, way: &End) -> Option<Date> {
        let ends = way.problem.variables.iter().zip(&way.last);
        let days = ends.filter_map(|(variable, bit)| match variable.values.get(*bit)? {
            Value::Release(at) => self.catalog.get(variable.package).releases[*at].date(),
            _ => None,
        });
        let outside = way.outside.last().into_iter().flatten();
        let entered = outside.filter(|(name, version)| {
            let installed = self.snapshot.packages.get(*name);
            installed.is_none_or(|installed| installed.version() != *version)
        });
        let outside = entered.filter_map(|(name, version)| {
            let joint = self.world.joint?;
            let day = joint.borrow_mut().day_of(name, version);
            day.ok().flatten()
        });
        let days = days.chain(outside);
        let age = i32::try_from(self.request.min_age).unwrap_or(i32::MAX);
        Date::from_days(days.max()?.days().saturating_add(age))
    }

    /// Where the runtime stands at the end of a way.
    fn runtime_of(&self, way: &End) -> FixKind {
        let at = way.problem.runtimes.first().copied().unwrap_or(0);
        let variable = &way.problem.variables[at];
        FixKind::Runtime {
            runtime: self.catalog.get(variable.package).name().clone(),
            to: variable
                .labels
                .get(way.last[at])
                .cloned()
                .unwrap_or_default(),
        }
    }

    /// A package and where it stands at the end of a way.
    fn end_of(&self, name: &str, way: &End) -> String {
        let mut variables = way.problem.variables.iter().zip(&way.last);
        let found = variables.find(|(it, _)| self.catalog.get(it.package).name() == name);
        let version = found.and_then(|(it, bit)| super::answer::version(self.catalog, it, *bit));
        version.map_or(name.to_owned(), |version| format!("{name} {version}"))
    }

    /// What a holder would have to allow for a way.
    fn holder_of(&self, name: &str, way: &End) -> String {
        let Some(installed) = self.snapshot.packages.get(name) else {
            return name.to_owned();
        };
        let mut wants = Vec::new();
        for (on, requirement) in self.needs(name) {
            let mut variables = way.problem.variables.iter().zip(&way.last);
            let variable = variables.find(|(it, _)| *self.catalog.get(it.package).name() == *on);
            let ends = match variable {
                Some((it, bit)) => super::answer::version(self.catalog, it, *bit),
                None => way.outside.last().and_then(|it| it.get(&on)),
            };
            if let Some(version) = ends.filter(|version| !requirement.matches(version)) {
                wants.push((on, version.clone()));
            }
        }
        let holder = format!("{name} {}", installed.version());
        if wants.is_empty() {
            let first = way.outside.iter().find_map(|it| it.get(name));
            return match first.filter(|first| *first < installed.version()) {
                Some(lower) => format!("{holder} must go down to {lower}"),
                None => holder,
            };
        }
        let joint = self.world.joint.filter(|_| self.is_indexed(name));
        let newest = joint.and_then(|joint| {
            let above = installed.version();
            joint.borrow_mut().newest_with(name, above, &wants).ok()
        });
        let known = match newest {
            Some(Some(newest)) => format!(", as {newest} does"),
            Some(None) => ", and no release in the index does".to_owned(),
            None => String::new(),
        };
        let wants = wants.iter().map(|(on, version)| format!("{on} {version}"));
        let wants: Vec<String> = wants.collect();
        format!("{holder} must allow {}{known}", wants.join(", "))
    }

    /// What of a package outside the catalog is in the way while no other constraint is: the first
    /// of the fewest needs without which there is a plan; where no need is, its version.
    fn held_by(&self, name: &str, others: &[&Element]) -> Option<Constraint> {
        let installed = self.snapshot.packages.get(name)?;
        let helps = |needs: &[Element]| {
            let without: Vec<&Element> = others.iter().copied().chain(needs).collect();
            self.ask(&without, self.request).is_some()
        };
        let needs = self.needs(name).into_iter();
        let mut needs: Vec<Element> = needs
            .map(|(on, _)| Element::Need(name.to_owned(), on))
            .collect();
        if helps(&needs) {
            for at in (0..needs.len()).rev() {
                let need = needs.remove(at);
                if !helps(&needs) {
                    needs.insert(at, need);
                }
            }
        } else {
            needs.clear();
        }
        let Some(Element::Need(_, on)) = needs.first() else {
            return Some(Constraint::Installed {
                package: Name::new(name).ok()?,
                version: installed.version().to_string(),
            });
        };
        let mut wants = self.needs(name).into_iter();
        let (_, requirement) = wants.find(|it| it.0 == *on)?;
        Some(Constraint::Holder {
            holder: name.to_owned(),
            version: installed.version().to_string(),
            package: Name::new(on).ok()?,
            requirement: requirement.to_string(),
        })
    }

    fn constraint(&self, element: &Element, others: &[&Element]) -> Option<Constraint> {
        Some(match element {
            Element::Rule(rule) => {
                let rule = &self.catalog.rules()[rule.0 as usize];
                Constraint::Rule {
                    rule: rule.id().clone(),
                    acceptable: rule.force() == Force::Should,
                    why: rule.why().to_owned(),
                }
            }
            Element::Installed(name) => Constraint::Installed {
                package: self.catalog.package(name)?.name().clone(),
                version: self.snapshot.packages.get(name)?.version().to_string(),
            },
            Element::Holder(name) => self.held_by(name, others)?,
            Element::Need(..) | Element::Relaxed(_) | Element::Gone(_) => return None,
            Element::Day => Constraint::Day {
                day: self.request.as_of?.to_string(),
                min_age: self.request.min_age,
            },
            Element::Target(at) => {
                let (name, target) = self.request.targets.get(*at)?;
                Constraint::Target {
                    package: self.catalog.package(name)?.name().clone(),
                    to: match target {
                        Target::Line(line) => line.clone(),
                        Target::Requirement(requirement) => requirement.to_string(),
                        Target::Latest => "its newest line".to_owned(),
                    },
                }
            }
            Element::Gemfile(name) => Constraint::Gemfile {
                package: self.catalog.package(name)?.name().clone(),
                requirement: self.snapshot.direct.get(name)?.as_ref()?.to_string(),
            },
            Element::Pin(at) => {
                let (name, requirement) = self.request.pins.get(*at)?;
                Constraint::Pin {
                    package: self.catalog.package(name)?.name().clone(),
                    requirement: requirement.to_string(),
                }
            }
            Element::Runtime => {
                let runtime = self
                    .catalog
                    .packages()
                    .iter()
                    .find(|package| package.role() == Role::Runtime)?;
                Constraint::Runtime {
                    runtime: runtime.name().clone(),
                    at: self.snapshot.runtime(runtime.name().as_str())?.to_owned(),
                    to: match &self.request.runtime {
                        RuntimeMove::To(to) => Some(to.clone()),
                        _ => None,
                    },
                }
            }
        })
    }

    /// How far each target gets by itself, and the fix of going only so far.
    fn reached(&self) -> (Vec<(String, String)>, Vec<Fix>) {
        let (mut reached, mut fixes) = (Vec::new(), Vec::new());
        for (at, (name, _)) in self.request.targets.iter().enumerate() {
            let mut free = self.request.clone();
            free.targets.remove(at);
            let Ok(problem) = problem::build(self.catalog, self.snapshot, &free) else {
                continue;
            };
            let Some(variable) = self.catalog.id(name).and_then(|id| {
                problem
                    .variables
                    .iter()
                    .find(|variable| variable.package == id)
            }) else {
                continue;
            };
            let installed = variable
                .values
                .iter()
                .position(|value| matches!(value, Value::Installed));
            let stands = installed.and_then(|bit| variable.lines[bit]);
            for (line, mask) in lines_ahead(self.catalog, variable).into_iter().rev() {
                let lower = variable.lines[mask.trailing_zeros() as usize];
                if lower <= stands {
                    break;
                }
                let mut request = free.clone();
                request
                    .targets
                    .insert(at, (name.clone(), Target::Line(line.clone())));
                if let Some(way) = self.ask(&[], &request) {
                    if let Some(package) = self.catalog.package(name) {
                        let package = package.name().clone();
                        let kind = FixKind::Shorter {
                            package,
                            line: line.clone(),
                        };
                        fixes.push(Fix {
                            kind,
                            steps: way.steps,
                        });
                    }
                    reached.push((name.clone(), line));
                    break;
                }
            }
        }
        (reached, fixes)
    }
}

/// How much a change asks for.
fn rank(element: &Element) -> usize {
    match element {
        Element::Rule(_) => 1,
        Element::Day | Element::Target(_) => 1,
        Element::Gemfile(_) => 2,
        Element::Pin(_) => 3,
        Element::Runtime => 4,
        Element::Holder(_) => 5,
        _ => 6,
    }
}
