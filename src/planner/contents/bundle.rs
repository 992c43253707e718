//! The lines of a Gemfile that leave Bundler no choice, and its command.
//!
//! A gem that is asked for directly gets a line that admits one known release only. Of the others
//! as few as possible get a temporary line, so that every solution left has, of each gem in play,
//! the version of the state or an older one. That is enough for any resolver that is sound and
//! tries newest first: as long as what it has decided agrees with the state, the state itself is
//! still a solution, so the newest release that it can still choose of the next gem is that of the
//! state or one that no solution has, which it must take back. Checked against gemspecs alone:
//! what the rest of the lockfile demands can only leave fewer solutions.

use super::{Scope, View};
use crate::catalog::{Catalog, Package, PackageId, Role};
use crate::lockfile::Origin;
use crate::name::Name;
use crate::plan::{Bundle, GemLine, StepKind};
use crate::version::{Requirement, Version};

/// Choices after which the search for another solution takes it that there is one.
const MAX_CHOICES: usize = 10_000;
/// Gems without a line of their own among which the fewest temporary lines are sought; beyond, each
/// gets one.
const MAX_SOUGHT: usize = 8;

/// The bundle of a step; `temporary` holds the gems with a temporary line, before and after.
pub(super) fn bundle(view: View<'_>, temporary: &mut Vec<Name>) -> Bundle {
    if view.kind == StepKind::Runtime {
        return Bundle {
            command: view
                .snapshot
                .locks_runtime
                .then(|| "bundle update --ruby".to_owned()),
            ..Bundle::default()
        };
    }
    let gems: Vec<Gem<'_>> = view
        .after
        .packages()
        .iter()
        .filter_map(|(name, version)| Gem::new(view, name, version))
        .collect();
    let lines = lines(view, &gems);
    let locked = gems
        .iter()
        .filter(|gem| gem.is_free && view.before.package(gem.name.as_str()).is_some());
    let names: Vec<&str> = locked.map(|gem| gem.name.as_str()).collect();
    let now: Vec<Name> = lines
        .iter()
        .filter(|line| line.is_temporary())
        .map(|line| line.gem.clone())
        .collect();
    let before = std::mem::replace(temporary, now);
    Bundle {
        obsolete: before
            .into_iter()
            .filter(|gem| !temporary.contains(gem))
            .collect(),
        command: (!names.is_empty()).then(|| format!("bundle update {}", names.join(" "))),
        lines,
    }
}

/// A gem of the state.
struct Gem<'a> {
    name: &'a Name,
    id: PackageId,
    /// In the scope.
    place: usize,
    version: &'a Version,
    is_direct: bool,
    /// From a registry; what comes from git or a folder stays where it is.
    is_free: bool,
}

impl<'a> Gem<'a> {
    fn new(view: View<'a>, name: &'a Name, version: &'a Version) -> Option<Self> {
        let installed = view.snapshot.packages.get(name.as_str());
        let id = view.catalog.id(name.as_str())?;
        Some(Gem {
            name,
            id,
            place: view.scope.place(id)?,
            version,
            is_direct: view.snapshot.is_direct(name.as_str()),
            is_free: installed.is_none_or(|installed| installed.origin() == Origin::Registry),
        })
    }

    fn line(&self, catalog: &Catalog, overshoots: Option<Version>) -> GemLine {
        GemLine {
            gem: self.name.clone(),
            requirement: only(catalog.get(self.id), self.version),
            overshoots,
        }
    }
}

/// A requirement that of the known releases admits this version only: `~> 2.3.4`, or `= 2.8.5`
/// where a newer one would do.
fn only(package: &Package, version: &Version) -> String {
    let mut text = version.as_str().to_owned();
    for _ in text.matches('.').count()..2 {
        text.push_str(".0");
    }
    let exact = format!("= {version}");
    let Ok(pessimistic) = Requirement::parse(package.scheme(), &format!("~> {text}")) else {
        return exact;
    };
    let newer = |release: &&crate::catalog::Release| {
        release.version() > version
            && !release.is_yanked()
            && !release.version().is_prerelease()
            && pessimistic.matches(release.version())
    };
    if version.is_prerelease() || package.releases().iter().any(|release| newer(&release)) {
        exact
    } else {
        format!("~> {text}")
    }
}

fn lines(view: View<'_>, gems: &[Gem<'_>]) -> Vec<GemLine> {
    let open = World::open(view, gems);
    let sought: Vec<usize> = (0..gems.len())
        .filter(|at| gems[*at].is_free && !gems[*at].is_direct)
        .collect();
    let held = fewest(&open, gems, &sought);
    let lines = gems.iter().enumerate().filter_map(|(at, gem)| {
        if !gem.is_free {
            return None;
        }
        if gem.is_direct {
            return Some(gem.line(view.catalog, None));
        }
        held.contains(&at).then(|| {
            let overshoots = overshoot_without(&open, gems, &held, at);
            let overshoots = overshoots.unwrap_or_else(|| gem.version.clone());
            gem.line(view.catalog, Some(overshoots))
        })
    });
    lines.collect()
}

/// Where a gem that is held could go with the lines of the others alone.
fn overshoot_without(
    open: &World<'_>,
    gems: &[Gem<'_>],
    held: &[usize],
    at: usize,
) -> Option<Version> {
    let mut world = open.clone();
    for other in held.iter().filter(|other| **other != at) {
        world.fix(&gems[*other]);
    }
    world.overshoot(&gems[at])
}

/// The smallest set of gems whose lines make the rest certain; of several the first in order whose
/// every gem would itself overshoot, so that each line speaks of its own gem.
fn fewest(open: &World<'_>, gems: &[Gem<'_>], sought: &[usize]) -> Vec<usize> {
    if sought.len() > MAX_SOUGHT {
        return sought.to_vec();
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
            let mut rest = rest.into_iter().map(|at| &gems[sought[at]]);
            if rest.any(|gem| world.overshoot(gem).is_some()) {
                continue;
            }
            let mut each = held.iter();
            if each.all(|at| overshoot_without(open, gems, &held, *at).is_some()) {
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

/// What Bundler may still choose of each package of the question.
#[derive(Clone)]
struct World<'a> {
    catalog: &'a Catalog,
    scope: &'a Scope,
    /// In the order of the scope.
    domains: Vec<Domain>,
}

#[derive(Clone)]
struct Domain {
    /// Releases that may be chosen, as bits; none is *cannot be there*.
    releases: Vec<u64>,
    /// It is there in every solution.
    must: bool,
    /// A version that the catalog does not know and that stays.
    foreign: Option<Version>,
    is_runtime: bool,
}

impl<'a> World<'a> {
    /// With the lines of what is asked for directly.
    fn open(view: View<'a>, gems: &[Gem<'_>]) -> Self {
        let catalog = view.catalog;
        let mut runtimes = Vec::new();
        for (name, text) in view.after.runtimes() {
            if let Some(id) = catalog.id(name.as_str()) {
                runtimes.push((id, newest_of(catalog.get(id), text)));
            }
        }
        let domains = view.scope.packages.iter().map(|id| {
            let package = catalog.get(*id);
            let mut releases = vec![0u64; package.releases().len().div_ceil(64)];
            for (at, release) in package.releases().iter().enumerate() {
                let runs = release.needs.iter().all(|need| {
                    let known = runtimes.iter().find(|(id, _)| *id == need.on);
                    need.rule.is_some()
                        || known.is_none_or(|(_, release)| {
                            release.is_none_or(|release| catalog.set(need.set).contains(release))
                        })
                });
                if runs && !release.is_yanked() && !release.version().is_prerelease() {
                    releases[at / 64] |= 1 << (at % 64);
                }
            }
            Domain {
                releases,
                must: false,
                foreign: None,
                is_runtime: package.role() == Role::Runtime,
            }
        });
        let mut world = World {
            catalog,
            scope: view.scope,
            domains: domains.collect(),
        };
        for gem in gems {
            let package = catalog.get(gem.id);
            let known = package.release_index(gem.version);
            let domain = &mut world.domains[gem.place];
            match known {
                // What the state has can be had, be it a prerelease.
                Some(at) => domain.releases[at / 64] |= 1 << (at % 64),
                None => domain.foreign = Some(gem.version.clone()),
            }
        }
        for gem in gems.iter().filter(|gem| gem.is_direct || !gem.is_free) {
            world.fix(gem);
        }
        world
    }

    /// Only the version of the state is left.
    fn fix(&mut self, gem: &Gem<'_>) {
        let known = self.catalog.get(gem.id).release_index(gem.version);
        let domain = &mut self.domains[gem.place];
        domain.must = true;
        domain.releases.fill(0);
        if let Some(at) = known {
            domain.releases[at / 64] |= 1 << (at % 64);
        }
    }

    /// The newest version above that of the state that stands in a solution.
    fn overshoot(&self, gem: &Gem<'_>) -> Option<Version> {
        let package = self.catalog.get(gem.id);
        let above = package
            .releases()
            .partition_point(|release| release.version() <= gem.version);
        let mut world = self.clone();
        let domain = &mut world.domains[gem.place];
        domain.must = true;
        domain.foreign = None;
        for (word, bits) in domain.releases.iter_mut().enumerate() {
            let first = word * 64;
            if first + 64 <= above {
                *bits = 0;
            } else if first < above {
                *bits &= u64::MAX << (above - first);
            }
        }
        let mut choices = MAX_CHOICES;
        let found = world.newest(gem.place, &mut choices)?;
        Some(package.releases()[found].version().clone())
    }

    /// The newest release of a package that stands in a solution.
    fn newest(&mut self, of: usize, choices: &mut usize) -> Option<usize> {
        if !self.propagate() {
            return None;
        }
        while let Some(at) = last(&self.domains[of].releases) {
            let mut world = self.clone();
            let bits = &mut world.domains[of].releases;
            bits.fill(0);
            bits[at / 64] |= 1 << (at % 64);
            if world.is_solvable(choices) {
                return Some(at);
            }
            self.domains[of].releases[at / 64] &= !(1 << (at % 64));
            if !self.propagate() {
                return None;
            }
        }
        None
    }

    /// Is there a solution? Yes, too, where the bound of choices is met.
    fn is_solvable(&mut self, choices: &mut usize) -> bool {
        if !self.propagate() {
            return false;
        }
        let undecided = |at: &usize| {
            let domain = &self.domains[*at];
            domain.must && domain.foreign.is_none() && count(&domain.releases) > 1
        };
        let Some(at) = (0..self.domains.len()).find(undecided) else {
            return true;
        };
        while let Some(release) = last(&self.domains[at].releases) {
            let Some(left) = choices.checked_sub(1) else {
                return true;
            };
            *choices = left;
            let mut world = self.clone();
            let bits = &mut world.domains[at].releases;
            bits.fill(0);
            bits[release / 64] |= 1 << (release % 64);
            if world.is_solvable(choices) {
                return true;
            }
            self.domains[at].releases[release / 64] &= !(1 << (release % 64));
        }
        false
    }

    /// Removes releases that stand in no solution; false where a package that must be there has
    /// none left.
    fn propagate(&mut self) -> bool {
        let mut changed = true;
        while changed {
            changed = false;
            for at in 0..self.domains.len() {
                if self.domains[at].is_runtime || self.domains[at].foreign.is_some() {
                    continue;
                }
                changed |= self.keep_supported(at);
                let domain = &self.domains[at];
                if domain.must && count(&domain.releases) == 0 {
                    return false;
                }
                if domain.must {
                    changed |= self.demand(at);
                }
            }
        }
        true
    }

    /// Removes the releases of a package that need what cannot be had.
    fn keep_supported(&mut self, at: usize) -> bool {
        let package = self.catalog.get(self.scope.packages[at]);
        let mut changed = false;
        for release in bits(&self.domains[at].releases.clone()) {
            let met = package.releases()[release]
                .needs
                .iter()
                .filter(|need| need.rule.is_none())
                .all(|need| {
                    let Some(on) = self.scope.place(need.on).map(|on| &self.domains[on]) else {
                        return true;
                    };
                    let set = self.catalog.set(need.set);
                    match &on.foreign {
                        _ if on.is_runtime => true,
                        Some(version) => set.admits(version),
                        None => set.bits.iter().zip(&on.releases).any(|(a, b)| a & b != 0),
                    }
                });
            if !met {
                self.domains[at].releases[release / 64] &= !(1 << (release % 64));
                changed = true;
            }
        }
        changed
    }

    /// What all releases left of a package need must be there, at a version that one of them takes.
    fn demand(&mut self, at: usize) -> bool {
        let package = self.catalog.get(self.scope.packages[at]);
        let left: Vec<usize> = bits(&self.domains[at].releases).collect();
        let mut changed = false;
        let Some(first) = left.first() else {
            return false;
        };
        for need in package.releases()[*first].needs.iter() {
            let place = self.scope.place(need.on).filter(|_| need.rule.is_none());
            let Some(on) = place.filter(|on| !self.domains[*on].is_runtime) else {
                continue;
            };
            let mut union = vec![0u64; self.domains[on].releases.len()];
            let all = left.iter().all(|release| {
                let mut found = false;
                for other in package.releases()[*release].needs.iter() {
                    if other.on == need.on && other.rule.is_none() {
                        let set = self.catalog.set(other.set);
                        union
                            .iter_mut()
                            .zip(set.bits.iter())
                            .for_each(|(union, bits)| *union |= bits);
                        found = true;
                    }
                }
                found
            });
            if !all {
                continue;
            }
            let domain = &mut self.domains[on];
            changed |= !std::mem::replace(&mut domain.must, true);
            for (bits, union) in domain.releases.iter_mut().zip(union) {
                changed |= *bits & !union != 0;
                *bits &= union;
            }
        }
        changed
    }
}

/// The release that a state's word for a runtime means: of a line its newest patch.
fn newest_of(package: &Package, text: &str) -> Option<usize> {
    match package.line_index(text) {
        Some(line) => package
            .releases()
            .iter()
            .rposition(|release| release.line == line),
        None => {
            let version = Version::parse(package.scheme(), text).ok()?;
            package.release_index(&version)
        }
    }
}

fn bits(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(at, word)| {
        let mut word = *word;
        std::iter::from_fn(move || {
            let bit = word.trailing_zeros() as usize;
            word &= word.wrapping_sub(1);
            (bit < 64).then_some(at * 64 + bit)
        })
    })
}

fn last(words: &[u64]) -> Option<usize> {
    let at = words.iter().rposition(|word| *word != 0)?;
    Some(at * 64 + 63 - words[at].leading_zeros() as usize)
}

fn count(words: &[u64]) -> usize {
    words.iter().map(|word| word.count_ones() as usize).sum()
}
