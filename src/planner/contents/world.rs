//! Everything that Bundler may still choose, and whether a gem could go further than a state has it.
//!
//! Judged by gemspecs alone, over the packages of the question. Propagation removes only releases
//! that stand in no solution; where it leaves a choice, all are tried, up to a bound.

use super::Scope;
use super::bundle::Gem;
use crate::catalog::{Catalog, Package, PackageId, Role};
use crate::name::Name;
use crate::version::Version;

/// Choices after which it is taken that there is a solution.
const MAX_CHOICES: usize = 10_000;

/// What Bundler may still choose of each package of the question.
#[derive(Clone)]
pub(super) struct World<'a> {
    catalog: &'a Catalog,
    scope: &'a Scope,
    /// In the order of the scope.
    domains: Vec<Domain>,
}

#[derive(Clone)]
pub(super) struct Domain {
    /// Releases that may be chosen, as bits; none is *cannot be there*.
    releases: Vec<u64>,
    /// Prereleases, which count only where somebody asks for one.
    prereleases: Vec<u64>,
    /// It is there in every solution.
    must: bool,
    /// A version that the catalog does not know and that stays.
    foreign: Option<Version>,
    is_runtime: bool,
}

/// What the runtimes of a state let in of each package, before any line.
pub(super) fn open(catalog: &Catalog, scope: &Scope, runtimes: &[(Name, String)]) -> Vec<Domain> {
    let known = runtimes.iter().filter_map(|(name, text)| {
        let id = catalog.id(name.as_str())?;
        Some((id, newest_of(catalog.get(id), text)?))
    });
    let known: Vec<(PackageId, usize)> = known.collect();
    let domains = scope.packages.iter().map(|id| {
        let package = catalog.get(*id);
        let mut releases = vec![0u64; package.releases().len().div_ceil(64)];
        let mut prereleases = releases.clone();
        for (at, release) in package.releases().iter().enumerate() {
            let runs = release.needs.iter().all(|need| {
                let runtime = known.iter().find(|(id, _)| *id == need.on);
                need.rule.is_some()
                    || runtime.is_none_or(|(_, at)| catalog.set(need.set).contains(*at))
            });
            if runs && !release.is_yanked() {
                let bits = match release.prerelease {
                    true => &mut prereleases,
                    false => &mut releases,
                };
                bits[at / 64] |= 1 << (at % 64);
            }
        }
        Domain {
            releases,
            prereleases,
            must: false,
            foreign: None,
            is_runtime: package.role() == Role::Runtime,
        }
    });
    domains.collect()
}

impl<'a> World<'a> {
    /// With these domains; what of the gems has no say is fixed.
    pub(super) fn new(
        catalog: &'a Catalog,
        scope: &'a Scope,
        domains: Vec<Domain>,
        gems: &[Gem<'_>],
    ) -> Self {
        let mut world = World {
            catalog,
            scope,
            domains,
        };
        for gem in gems {
            let domain = &mut world.domains[gem.place];
            match gem.release {
                // What the state has can be had, be it a prerelease.
                Some(at) => domain.releases[at / 64] |= 1 << (at % 64),
                None => domain.foreign = Some(gem.version.clone()),
            }
        }
        for gem in gems {
            world.admit_prereleases(gem, gems);
        }
        for gem in gems.iter().filter(|gem| gem.is_direct || !gem.is_free) {
            world.fix(gem);
        }
        world
    }

    /// Bundler looks at prereleases of a gem that is locked at one, or that a requirement names.
    fn admit_prereleases(&mut self, gem: &Gem<'_>, gems: &[Gem<'_>]) {
        let name = gem.package.name();
        let is_named = |gem: &Gem<'_>| {
            let release = gem.release.map(|at| &gem.package.releases()[at]);
            let mut needs = release.into_iter().flat_map(|it| it.requirements());
            needs.any(|need| need.name() == name && need.requirement().is_prerelease())
        };
        let is_one = gem
            .release
            .is_some_and(|at| gem.package.releases()[at].prerelease);
        let are_seen = is_one || gems.iter().any(is_named);
        if are_seen {
            let domain = &mut self.domains[gem.place];
            let bits = domain.releases.iter_mut().zip(&domain.prereleases);
            bits.for_each(|(bits, prereleases)| *bits |= prereleases);
        }
    }

    /// Only the version of the state is left.
    pub(super) fn fix(&mut self, gem: &Gem<'_>) {
        let domain = &mut self.domains[gem.place];
        domain.must = true;
        domain.releases.fill(0);
        if let Some(at) = gem.release {
            domain.releases[at / 64] |= 1 << (at % 64);
        }
    }

    /// The newest version above that of the state that stands in a solution.
    pub(super) fn overshoot(&self, gem: &Gem<'_>) -> Option<Version> {
        let package = gem.package;
        let above = match gem.release {
            Some(at) => at + 1,
            None => package
                .releases()
                .partition_point(|release| release.version() <= gem.version),
        };
        if last(&self.domains[gem.place].releases).is_none_or(|last| last < above) {
            return None;
        }
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
    pub(super) fn propagate(&mut self) -> bool {
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
pub(super) fn newest_of(package: &Package, text: &str) -> Option<usize> {
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
