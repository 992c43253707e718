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
use super::context::{Known, Moved, StepContext, are_elsewhere};
use super::guards::{guards, needed};
use crate::catalog::{Catalog, Package, PackageId, Release, Rule};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{Bundle, GemLine, Outside, StepKind};
use crate::planner::installed;
use crate::planner::limits::IS_PAGE;
use crate::rules::{self, Heed};
use crate::version::{Requirement, Scheme, Version};
use std::sync::Arc;

/// The commands of packages and runtimes that move, in the catalog's order.
fn own_commands(moves: &[Moved<'_>]) -> Vec<String> {
    let commands = moves.iter();
    let commands = commands.filter_map(|moved| Some(moved.filled(moved.package.command()?)));
    commands.collect()
}

/// Commands that are run one after the other, that of Bundler as the last.
fn joined(mut own: Vec<String>, bundler: Option<String>) -> Option<Arc<str>> {
    if own.is_empty() {
        return bundler.map(Into::into);
    }
    own.extend(bundler);
    Some(own.join(" && ").into())
}

/// The command of Bundler that moves these gems.
fn update(names: &[&str]) -> String {
    let update = "bundle update";
    let names_in_all: usize = names.iter().map(|name| name.len() + 1).sum();
    let mut command = String::with_capacity(update.len() + names_in_all);
    command.push_str(update);
    for name in names {
        command.push(' ');
        command.push_str(name);
    }
    command
}

/// Gems without a line of their own among which the fewest temporary lines are sought; beyond, as many as
/// none can be left out of.
const MAX_SOUGHT: usize = 8;

/// The bundles of the steps of one plan.
pub(super) struct Bundles<'a> {
    scope: &'a Scope,
    /// The rules that hold and that speak of gems outside the catalog; none where those are not known.
    outside: Vec<&'a Rule>,
    /// In the order of the scope.
    stances: Vec<Stance>,
    /// What may be chosen before any line, as it was in the last step.
    base: Option<Base>,
}

impl<'a> Bundles<'a> {
    pub(super) fn new(
        (catalog, snapshot): (&'a Catalog, &Snapshot),
        scope: &'a Scope,
        heed: &Heed,
        start: &Known<'_>,
    ) -> Self {
        let stances = scope.packages.iter().map(|id| {
            let name = catalog.get(*id).name().as_str();
            Stance {
                is_direct: snapshot.is_direct(name),
                is_free: match start.packages[id.index()] {
                    // What is a release comes from a registry.
                    None | Some((_, Some(_))) => true,
                    Some((_, None)) => !installed::is_foreign(snapshot, name),
                },
            }
        });
        let outside = match snapshot.is_complete {
            true => {
                let rules = heed.rules(catalog).map(|(_, rule)| rule);
                rules
                    .filter(|rule| rules::outside(rule).is_some())
                    .collect()
            }
            false => Vec::new(),
        };
        Bundles {
            scope,
            outside,
            stances: stances.collect(),
            base: None,
        }
    }

    /// The bundle of a step; `outside` is what it asks of gems outside the catalog, `temporary` has
    /// the gems with a temporary line, before and after.
    pub(super) fn bundle(
        &mut self,
        view: StepContext<'_>,
        moves: &[Moved<'_>],
        outside: &[Outside],
        temporary: &mut Vec<Name>,
    ) -> Bundle {
        let own = own_commands(moves);
        // What moves by itself is no gem: Bundler has nothing to do.
        if view.catalog.scheme() != Scheme::RubyGems || are_elsewhere(moves) {
            return Bundle {
                command: joined(own, None),
                is_elsewhere: true,
                ..Bundle::default()
            };
        }
        if view.kind == StepKind::Runtime {
            let locked = view.snapshot.locks_runtime && own.is_empty();
            let bundler = locked.then(|| "bundle update --ruby".to_owned());
            return Bundle {
                command: joined(own, bundler),
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
                was_prerelease: match view.before.packages[id.index()] {
                    Some((_, Some(release))) => package.releases()[release].prerelease,
                    Some((version, None)) => version.is_prerelease(),
                    None => false,
                },
            })
        }));
        let runtimes = &view.after.state.runtimes;
        let known = self.base.take().filter(|it| it.runtimes == *runtimes);
        let new = || Base::new(view.catalog, self.scope, runtimes);
        let base = self.base.insert(known.unwrap_or_else(new));
        let mut lines = lines(view.catalog, self.scope, base, &gems);
        let locked = gems.iter();
        let locked = locked.filter(|gem| gem.stance.is_free && view.before.has(gem.id));
        // Only what moves: a named update takes a locked release down that a cooldown keeps out.
        let moves = |gem: &&Gem<'_>| match view.before.packages[gem.id.index()] {
            Some((_, Some(before))) if gem.release.is_some() => gem.release != Some(before),
            before => before.map(|(version, _)| version) != Some(gem.version),
        };
        let moving = locked.clone().filter(moves);
        let mut names: Vec<&str> = Vec::with_capacity(gems.len());
        names.extend(moving.map(|gem| gem.name().as_str()));
        if names.is_empty() {
            // Something leaves: Bundler has to look at the rest.
            names.extend(locked.map(|gem| gem.name().as_str()));
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
        let guards = guards(&self.outside, view, &gems, &unlocks);
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
            command: joined(own, (!names.is_empty()).then(|| update(&names))),
            unlocks: unlocks.into_iter().map(str::to_owned).collect(),
            lines,
        }
    }
}

/// A gem of the state.
pub(super) struct Gem<'a> {
    pub(super) id: PackageId,
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
    fn line(&self, catalog: &Catalog, overshoots: Option<(Name, Version)>) -> GemLine {
        let requirement = || self.only().into();
        let requirement = match self.release {
            // The same in every plan.
            Some(at) if !self.was_prerelease => {
                let lines = &catalog.prepared(self.id).lines;
                lines[at].get_or_init(requirement).clone()
            }
            _ => requirement(),
        };
        GemLine {
            gem: self.name().clone(),
            requirement,
            overshoots,
            is_kept: false,
        }
    }

    fn name(&self) -> &'a Name {
        self.package.name()
    }

    /// A line has it, or what is no registry's.
    pub(super) fn is_fixed(&self) -> bool {
        self.stance.is_direct || !self.stance.is_free
    }

    /// It is a prerelease or was one: Bundler looks at others of it.
    pub(super) fn is_early(&self) -> bool {
        self.was_prerelease || self.known().is_some_and(|release| release.prerelease)
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
        let is_prerelease = match self.known() {
            Some(release) => release.prerelease,
            None => version.is_prerelease(),
        };
        let is_newest = next.is_none_or(|next| match dots {
            // With three numbers `~>` reaches to the end of the line.
            0..=2 => match self.known() {
                Some(release) => release.line != next.line,
                None => version.line() != next.version().line(),
            },
            _ => version.bump() <= *next.version(),
        });
        let (sign, rest) = match is_newest && !is_prerelease {
            true => ("~> ", [".0.0", ".0", ""][dots.min(2)]),
            false => ("= ", ""),
        };
        let version = version.as_str();
        let mut only = String::with_capacity(sign.len() + version.len() + rest.len());
        only.push_str(sign);
        only.push_str(version);
        only.push_str(rest);
        only
    }
}

fn lines(catalog: &Catalog, scope: &Scope, base: &Base, gems: &[Gem<'_>]) -> Vec<GemLine> {
    let of_direct = |gem: &Gem<'_>| {
        let stance = gem.stance;
        stance.is_direct.then(|| gem.line(catalog, None))
    };
    let mut lines = Vec::with_capacity(gems.len());
    let free = gems.iter().filter(|gem| gem.stance.is_free);
    if !IS_PAGE && base.are_capped(catalog, scope, gems) {
        lines.extend(free.filter_map(of_direct));
        return lines;
    }
    let mut open = World::new(catalog, scope, base, gems);
    open.propagate();
    let sought: Vec<usize> = (0..gems.len())
        .filter(|at| gems[*at].stance.is_free && !gems[*at].stance.is_direct)
        .collect();
    let held = fewest(&open, gems, &sought);
    lines.extend(gems.iter().enumerate().filter_map(|(at, gem)| {
        if !gem.stance.is_free || gem.stance.is_direct {
            return of_direct(gem).filter(|_| gem.stance.is_free);
        }
        held.contains(&at).then(|| {
            // What could go where with the other lines alone: this one, or one that it holds.
            let world = without(&open, gems, &held, at);
            let others = sought.iter().map(|other| &gems[*other]);
            let overshoots = std::iter::once(gem)
                .chain(others)
                .find_map(|gem| Some((gem.name().clone(), world.overshoot(gem)?)));
            let stays = || (gem.name().clone(), gem.version.clone());
            gem.line(catalog, Some(overshoots.unwrap_or_else(stays)))
        })
    }));
    lines
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
    // Mostly nothing goes too far.
    let mut others = sought.iter().map(|at| &gems[*at]);
    if !IS_PAGE && open.is_settled() && others.all(|gem| open.overshoot(gem).is_none()) {
        return Vec::new();
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
