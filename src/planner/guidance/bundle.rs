//! The lines of a Gemfile that leave Bundler no choice, and its command.
//!
//! A gem that is asked for directly gets a line that admits one known release only. Of the others
//! as few as possible get a temporary line, so that every solution left has, of each gem in play,
//! the version of the state or an older one. That is enough for any resolver that is sound and
//! tries newest first: as long as what it has decided agrees with the state, the state itself is
//! still a solution, so the newest release that it can still choose of the next gem is that of the
//! state or one that no solution has, which it must take back. Checked against gemspecs alone:
//! what the rest of the lockfile demands can only leave fewer solutions.

use super::bundler::{Base, Scope, World};
use super::context::{StepContext, are_elsewhere};
use crate::catalog::{Catalog, Package, PackageId, Release};
use crate::lockfile::{Origin, Snapshot};
use crate::name::Name;
use crate::plan::{Bundle, GemLine, Outside, StepKind};
use crate::planner::installed;
use crate::planner::outside::BUNDLER;
use crate::rules::{self, Heed};
use crate::version::{Requirement, Scheme, Version};
use std::collections::BTreeSet;

/// The commands of packages and runtimes that move, in the catalog's order.
fn own_commands(view: StepContext<'_>) -> Vec<String> {
    let moves = view.moves();
    let commands = moves.iter();
    let commands = commands.filter_map(|moved| Some(moved.filled(moved.package.command()?)));
    commands.collect()
}

/// Commands that are run one after the other.
fn joined(commands: impl IntoIterator<Item = String>) -> Option<String> {
    let commands: Vec<String> = commands.into_iter().collect();
    (!commands.is_empty()).then(|| commands.join(" && "))
}

/// Gems without a line of their own among which the fewest temporary lines are sought; beyond, as many as
/// none can be left out of.
const MAX_SOUGHT: usize = 8;

/// The bundles of the steps of one plan.
pub(super) struct Bundles<'a> {
    scope: &'a Scope,
    heed: &'a Heed,
    /// In the order of the scope.
    stances: Vec<Stance>,
    /// What may be chosen before any line, and the runtimes that it was worked out for.
    base: Option<(Vec<(Name, String)>, Base)>,
}

impl<'a> Bundles<'a> {
    pub(super) fn new(
        catalog: &Catalog,
        snapshot: &Snapshot,
        scope: &'a Scope,
        heed: &'a Heed,
    ) -> Self {
        let stances = scope.packages.iter().map(|id| {
            let name = catalog.get(*id).name().as_str();
            Stance {
                is_direct: snapshot.is_direct(name),
                is_free: !installed::is_foreign(snapshot, name),
            }
        });
        Bundles {
            scope,
            heed,
            stances: stances.collect(),
            base: None,
        }
    }

    /// The bundle of a step; `outside` is what it asks of gems outside the catalog, `temporary` has
    /// the gems with a temporary line, before and after.
    pub(super) fn bundle(
        &mut self,
        view: StepContext<'_>,
        outside: &[Outside],
        temporary: &mut Vec<Name>,
    ) -> Bundle {
        let own = own_commands(view);
        let moves = view.moves();
        // What moves by itself is no gem: Bundler has nothing to do.
        if view.catalog.scheme() != Scheme::RubyGems || are_elsewhere(&moves) {
            return Bundle {
                command: joined(own),
                is_elsewhere: true,
                ..Bundle::default()
            };
        }
        if view.kind == StepKind::Runtime {
            let locked = view.snapshot.locks_runtime && own.is_empty();
            let bundler = locked.then(|| "bundle update --ruby".to_owned());
            return Bundle {
                command: joined(own.into_iter().chain(bundler)),
                ..Bundle::default()
            };
        }
        let mut gems: Vec<Gem<'_>> = Vec::with_capacity(view.after.state.packages().len());
        let in_play = view.after.in_play();
        gems.extend(in_play.filter_map(|(id, version, release)| {
            let place = self.scope.place(id)?;
            let package = view.catalog.get(id);
            // What has a command or an instruction of its own is no gem.
            if package.is_deployed() {
                return None;
            }
            Some(Gem {
                id,
                package,
                place,
                version,
                release,
                wants: match release {
                    None => installed::needs(package, view.snapshot, None).collect(),
                    Some(_) => Vec::new(),
                },
                stance: self.stances[place],
                was_prerelease: view.before.version(id).is_some_and(Version::is_prerelease),
            })
        }));
        let runtimes = view.after.state.runtimes();
        let known = self.base.take().filter(|(known, _)| known == runtimes);
        let (_, base) = self.base.insert(known.unwrap_or_else(|| {
            let base = Base::new(view.catalog, self.scope, runtimes);
            (runtimes.to_vec(), base)
        }));
        let mut world = World::new(view.catalog, self.scope, base, &gems);
        world.propagate();
        let lines = lines(&world, &gems);
        let locked = gems
            .iter()
            .filter(|gem| gem.stance.is_free && view.before.has(gem.id));
        let locked: Vec<&Gem<'_>> = locked.collect();
        // Only what moves: a named update takes a locked release down that a cooldown keeps out.
        let moves = |gem: &&Gem<'_>| view.before.version(gem.id) != Some(gem.version);
        let moving = locked.iter().copied().filter(moves);
        let mut names: Vec<&str> = moving.map(|gem| gem.name().as_str()).collect();
        if names.is_empty() {
            // Something leaves: Bundler has to look at the rest.
            names = locked.iter().map(|gem| gem.name().as_str()).collect();
        }
        let mut unlocks = needed(view, &names);
        // What no gem of the family needs stays locked unless it is named.
        let moves = |it: &&Outside| it.from.is_some() && (it.to.is_some() || !it.is_verified);
        let moved = outside.iter().filter(moves).map(|it| it.gem.as_str());
        // A lockfile may call a gem anything; a command takes no options from it.
        let is_plain = |gem: &&str| Name::new(gem).is_ok() && !gem.starts_with('-');
        let others = moved.filter(|gem| !unlocks.contains(gem)).filter(is_plain);
        let others: Vec<&str> = others.collect();
        if !others.is_empty() {
            names.extend(others);
            unlocks = needed(view, &names);
        }
        let guards = self.guards(view, &gems, &unlocks);
        let mut lines = lines;
        lines.extend(guards);
        let now = lines.iter().filter(|line| line.is_temporary());
        let now = now.map(|line| line.gem.clone()).collect();
        let before = std::mem::replace(temporary, now);
        Bundle {
            obsolete: before
                .into_iter()
                .filter(|gem| !temporary.contains(gem))
                .collect(),
            removed: Vec::new(),
            is_elsewhere: false,
            command: {
                let bundler =
                    (!names.is_empty()).then(|| format!("bundle update {}", names.join(" ")));
                joined(own.into_iter().chain(bundler))
            },
            unlocks: unlocks.into_iter().map(str::to_owned).collect(),
            lines,
        }
    }

    /// Temporary lines for gems outside the catalog that Bundler may take to where they do not run
    /// beside the state: those that the command unlocks, and those that join with it.
    ///
    /// Only bounds from below can be turned round in one comparison; others are left to the rules.
    fn guards(
        &self,
        view: StepContext<'_>,
        gems: &[Gem<'_>],
        unlocks: &BTreeSet<&str>,
    ) -> Vec<GemLine> {
        let mut guards: Vec<GemLine> = Vec::new();
        if !view.snapshot.is_complete {
            return guards;
        }
        for (_, rule) in self.heed.rules(view.catalog) {
            let Some((gem, versions, _)) = rules::outside(rule) else {
                continue;
            };
            let mut packages = gems.iter().filter(|it| it.id == rule.package);
            let stands = packages.any(|it| versions.matches(it.version));
            let joins = || {
                let mut needs = gems.iter().filter_map(Gem::known);
                !view.snapshot.packages.contains_key(gem.as_str())
                    && needs.any(|it| it.requirements().iter().any(|need| need.name() == gem))
            };
            let moves = stands && (unlocks.contains(gem.as_str()) || joins());
            if !moves {
                continue;
            }
            let Some(first) = rules::held_by_line(view.catalog, view.snapshot, rule) else {
                continue;
            };
            let requirement = format!("< {first}");
            // Where something in the state requires a later one, no line helps.
            let scheme = view.catalog.scheme();
            let below = Requirement::parse(scheme, &requirement).map(|it| it.to_set());
            let Ok(below) = below else { continue };
            let mut needs = gems.iter().filter_map(Gem::known);
            let fits = needs.all(|it| {
                let mut needs = it.requirements().iter().filter(|need| need.name() == gem);
                needs.all(|need| !need.requirement().to_set().is_disjoint_from(&below))
            });
            if !fits {
                continue;
            }
            let known = guards.iter_mut().find(|line| line.gem == *gem);
            let line = GemLine {
                gem: gem.clone(),
                requirement,
                overshoots: Some((gem.clone(), first.clone())),
            };
            match known {
                // Of two bounds the lower one.
                Some(other) if other.overshoots.as_ref().is_some_and(|(_, it)| first < *it) => {
                    *other = line;
                }
                Some(_) => {}
                None => guards.push(line),
            }
        }
        guards
    }
}

/// Gems outside the catalog that others need as they are locked before the step, and what these
/// need: Bundler unlocks them too.
fn needed<'a>(view: StepContext<'a>, by: &[&'a str]) -> BTreeSet<&'a str> {
    let mut needed: BTreeSet<&str> = BTreeSet::new();
    if !view.snapshot.is_complete {
        return needed;
    }
    let snapshot = &view.snapshot.packages;
    let mut open = by.to_vec();
    while let Some(name) = open.pop() {
        let release = view.catalog.id(name).and_then(|id| {
            let (_, release) = view.before.packages[id.index()]?;
            Some(&view.catalog.get(id).releases()[release?])
        });
        if let Some(release) = release {
            let needs = release.requirements().iter().map(|it| it.name().as_str());
            open.extend(needs.filter(|it| needed.insert(it)));
        } else if let Some(installed) = snapshot.get(name) {
            let needs = installed.requirements.iter().map(|it| it.0.as_str());
            open.extend(needs.filter(|it| needed.insert(it)));
        }
    }
    needed.retain(|name| {
        // What is not there joined in an earlier step.
        let installed = snapshot.get(*name);
        let is_free = installed.is_none_or(|it| it.origin == Origin::Registry);
        let is_outside = view.catalog.package(name).is_none() && *name != BUNDLER;
        is_free && is_outside && !by.contains(name)
    });
    needed
}

/// A gem of the state.
pub(super) struct Gem<'a> {
    id: PackageId,
    pub(super) package: &'a Package,
    /// In the scope.
    pub(super) place: usize,
    pub(super) version: &'a Version,
    /// Of the package; `None` where only the lockfile lists what it needs.
    pub(super) release: Option<usize>,
    /// Then these.
    pub(super) wants: Vec<(&'a str, &'a Requirement)>,
    pub(super) stance: Stance,
    /// Bundler from 2.6 on looks at the prereleases of a gem that is locked at one, though the command
    /// unlocks it.
    pub(super) was_prerelease: bool,
}

/// How a Gemfile and its lockfile have a gem.
#[derive(Clone, Copy)]
pub(super) struct Stance {
    pub(super) is_direct: bool,
    /// From a registry; what comes from git or a folder stays where it is.
    pub(super) is_free: bool,
}

impl<'a> Gem<'a> {
    fn line(&self, overshoots: Option<(Name, Version)>) -> GemLine {
        GemLine {
            gem: self.name().clone(),
            requirement: self.only(),
            overshoots,
        }
    }

    fn name(&self) -> &'a Name {
        self.package.name()
    }

    pub(super) fn known(&self) -> Option<&'a Release> {
        self.release.map(|at| &self.package.releases()[at])
    }

    /// The place of the first release above the version.
    pub(super) fn first_above(&self) -> usize {
        match self.release {
            Some(at) => at + 1,
            None => {
                let releases = self.package.releases();
                releases.partition_point(|release| release.version() <= self.version)
            }
        }
    }

    /// A requirement that of the releases that Bundler looks at admits this version only: `~> 2.3.4`,
    /// or `= 2.8.5` where a newer one would do.
    fn only(&self) -> String {
        let version = self.version;
        let releases = self.package.releases();
        let mut newer = releases[self.first_above()..].iter();
        let next = newer
            .find(|release| !release.is_yanked() && (!release.prerelease || self.was_prerelease));
        let dots = version.as_str().bytes().filter(|it| *it == b'.').count();
        let is_newest = next.is_none_or(|next| match dots {
            // With three numbers `~>` reaches to the end of the line.
            0..=2 => match self.known() {
                Some(release) => release.line != next.line,
                None => version.line() != next.version().line(),
            },
            _ => version.bump() <= *next.version(),
        });
        match is_newest && !version.is_prerelease() {
            true => ["~> ", version.as_str(), [".0.0", ".0", ""][dots.min(2)]].concat(),
            false => ["= ", version.as_str()].concat(),
        }
    }
}

fn lines(open: &World<'_>, gems: &[Gem<'_>]) -> Vec<GemLine> {
    let sought: Vec<usize> = (0..gems.len())
        .filter(|at| gems[*at].stance.is_free && !gems[*at].stance.is_direct)
        .collect();
    let held = fewest(open, gems, &sought);
    let lines = gems.iter().enumerate().filter_map(|(at, gem)| {
        if !gem.stance.is_free {
            return None;
        }
        if gem.stance.is_direct {
            return Some(gem.line(None));
        }
        held.contains(&at).then(|| {
            // What could go where with the other lines alone: this one, or one that it holds.
            let world = without(open, gems, &held, at);
            let others = sought.iter().map(|other| &gems[*other]);
            let overshoots = std::iter::once(gem)
                .chain(others)
                .find_map(|gem| Some((gem.name().clone(), world.overshoot(gem)?)));
            let stays = || (gem.name().clone(), gem.version.clone());
            gem.line(Some(overshoots.unwrap_or_else(stays)))
        })
    });
    lines.collect()
}

/// What may be chosen with the lines of the others that are kept alone.
fn without<'a>(open: &World<'a>, gems: &[Gem<'_>], held: &[usize], at: usize) -> World<'a> {
    let mut world = open.clone();
    for other in held.iter().filter(|other| **other != at) {
        world.fix(&gems[*other]);
    }
    world.propagate();
    world
}

/// Of these gems some whose lines make the rest certain, and no fewer of them do: one after the other is
/// left out where the others do without.
fn no_fewer(open: &World<'_>, gems: &[Gem<'_>], sought: Vec<usize>) -> Vec<usize> {
    let mut held = sought.clone();
    for at in &sought {
        let world = without(open, gems, &held, *at);
        let left = sought.iter().filter(|it| *it == at || !held.contains(it));
        if left
            .into_iter()
            .all(|it| world.overshoot(&gems[*it]).is_none())
        {
            held.retain(|it| it != at);
        }
    }
    held
}

/// The smallest set of gems whose lines make the rest certain; of several the first in order whose
/// every gem would itself overshoot, so that each line concerns its own gem.
fn fewest(open: &World<'_>, gems: &[Gem<'_>], sought: &[usize]) -> Vec<usize> {
    if sought.len() > MAX_SOUGHT {
        // What no line is needed for now needs none later.
        let over = |at: &usize| open.overshoot(&gems[*at]).is_some();
        let over: Vec<usize> = sought.iter().copied().filter(over).collect();
        return match over.len() > MAX_SOUGHT {
            true => no_fewer(open, gems, over),
            false => fewest(open, gems, &over),
        };
    }
    for size in 0..=sought.len() {
        let mut certain = None;
        for subset in 0u32..1 << sought.len() {
            if subset.count_ones() as usize != size {
                continue;
            }
            let is_in = |at: &usize| subset >> (sought.len() - 1 - at) & 1 == 1;
            let (held, rest): (Vec<usize>, Vec<usize>) = (0..sought.len()).partition(is_in);
            let held: Vec<usize> = held.into_iter().map(|at| sought[at]).collect();
            let mut world = open.clone();
            for gem in &held {
                world.fix(&gems[*gem]);
            }
            world.propagate();
            let mut rest = rest.into_iter().map(|at| &gems[sought[at]]);
            if rest.any(|gem| world.overshoot(gem).is_some()) {
                continue;
            }
            let mut each = held.iter();
            let overshoots = |at: &usize| {
                without(open, gems, &held, *at)
                    .overshoot(&gems[*at])
                    .is_some()
            };
            if each.all(overshoots) {
                return held;
            }
            certain.get_or_insert(held);
        }
        if let Some(held) = certain {
            return held;
        }
    }
    sought.to_vec()
}
