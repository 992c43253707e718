//! Everything that Bundler may still choose, and whether a gem could go further than a state has it.
//!
//! Judged by gemspecs alone, over the packages of the question. Propagation removes only releases
//! that stand in no solution; where it leaves a choice, all are tried, up to a bound.

use super::bundle::Gem;
use crate::catalog::{Catalog, Dependency, Package, PackageId, Release, Role, SetId};
use crate::plan::Runtimes;
use crate::set::Set;
use crate::version::Version;
use std::ops::Range;
use std::sync::Arc;

/// Choices after which it is taken that there is a solution.
const MAX_CHOICES: usize = 10_000;

/// The packages and runtimes that may take part, at most 64, closed under what their releases need.
pub(super) struct Scope {
    pub(super) packages: Vec<PackageId>,
    /// By package of the catalog.
    places: Vec<Option<usize>>,
    /// Where the words of each package start that have a bit for each of its releases; at last
    /// where they end.
    starts: Vec<usize>,
}

impl Scope {
    pub(super) fn new(catalog: &Catalog, packages: Vec<PackageId>) -> Self {
        let mut places = vec![None; catalog.packages().len()];
        let mut starts = vec![0; packages.len() + 1];
        for (at, package) in packages.iter().enumerate() {
            places[package.index()] = Some(at);
            starts[at + 1] = starts[at] + catalog.get(*package).releases().len().div_ceil(64);
        }
        Scope {
            packages,
            places,
            starts,
        }
    }

    /// The words of the package at a place.
    fn words(&self, place: usize) -> Range<usize> {
        self.starts[place]..self.starts[place + 1]
    }

    /// No bit of any package.
    fn no_bits(&self) -> Vec<u64> {
        vec![0; self.starts[self.packages.len()]]
    }

    pub(super) fn place(&self, package: PackageId) -> Option<usize> {
        self.places[package.index()]
    }
}

/// What Bundler may still choose of each package of the question.
#[derive(Clone)]
pub(super) struct World<'a> {
    catalog: &'a Catalog,
    scope: &'a Scope,
    /// Releases that may be chosen, as bits in the words of the scope; none is *cannot be there*.
    releases: Vec<u64>,
    /// In the order of the scope.
    presence: Vec<Presence>,
    /// Packages whose releases left, or whose presence, changed: their demands may have grown; as
    /// bits.
    fresh: u64,
}

#[derive(Clone, Copy)]
enum Presence {
    /// It is there or not.
    Open,
    /// It is there in every solution.
    Must,
    /// It stays at a version of which only the lockfile lists what it needs.
    Foreign,
    /// What it lets in was judged before.
    Runtime,
}

/// What the runtimes of a state let in, before any line: bits in the words of the scope.
pub(super) struct Base {
    pub(super) runtimes: Runtimes,
    releases: Vec<u64>,
    /// Those count only where the gem is one or was one.
    prereleases: Vec<u64>,
}

impl Base {
    pub(super) fn new(catalog: &Catalog, scope: &Scope, runtimes: &Runtimes) -> Self {
        let known = runtimes.iter().filter_map(|(name, text)| {
            let id = catalog.id(name.as_str())?;
            Some((id, newest_of(catalog.get(id), text)?))
        });
        let known: Vec<(PackageId, usize)> = known.collect();
        let mut base = Base {
            runtimes: runtimes.clone(),
            releases: scope.no_bits(),
            prereleases: scope.no_bits(),
        };
        for (place, id) in scope.packages.iter().enumerate() {
            let package = catalog.get(*id);
            if package.role() == Role::Runtime {
                continue;
            }
            let words = scope.words(place);
            base.releases[words.clone()].copy_from_slice(&package.plain);
            base.prereleases[words.clone()].copy_from_slice(&package.prereleases);
            for need in &catalog.prepared(*id).runtimes {
                let runtime = known.iter().find(|(id, _)| *id == need.on);
                if runtime.is_none_or(|(_, at)| catalog.set(need.set).contains(*at)) {
                    continue;
                }
                for (word, refused) in words.clone().zip(&need.releases) {
                    base.releases[word] &= !refused;
                    base.prereleases[word] &= !refused;
                }
            }
        }
        base
    }

    /// Whether the gems of a state that stay where a line has them let in no release of others that is above
    /// their own. Mostly so, and then nothing else needs to be looked at.
    pub(super) fn are_capped(&self, catalog: &Catalog, scope: &Scope, gems: &[Gem<'_>]) -> bool {
        // What needs only the lockfile lists is judged together.
        if gems.iter().any(|gem| gem.release.is_none()) {
            return false;
        }
        let fixed = gems.iter().filter(|gem| gem.is_fixed());
        let fixed = fixed.filter_map(Gem::known);
        let others = gems.iter().filter(|gem| !gem.is_fixed());
        let others = others.map(|gem| {
            let words = scope.words(gem.place);
            let mut releases = Set::of_words(&self.releases[words.clone()]);
            if gem.is_early() {
                releases.add(&Set::of_words(&self.prereleases[words]));
            }
            let mut left = Left {
                gem,
                releases,
                is_needed: false,
            };
            fixed.clone().for_each(|by| left.keep_needed(catalog, by));
            left
        });
        let mut others: Vec<Left<'_>> = others.collect();
        // What something needs that stays is there: of another it takes what one of its releases takes.
        let mut is_less = true;
        while is_less {
            if !others.iter().any(Left::goes_above) {
                return true;
            }
            is_less = false;
            for by in 0..others.len() {
                let (before, rest) = others.split_at_mut(by);
                let Some((by, after)) = rest.split_first_mut().filter(|(it, _)| it.is_needed)
                else {
                    continue;
                };
                for of in before.iter_mut().chain(after) {
                    is_less |= of.keep(catalog, by.possible());
                }
            }
        }
        false
    }
}

/// A gem without a line, and what is left of it.
struct Left<'a> {
    gem: &'a Gem<'a>,
    releases: Set,
    /// It is there in every solution.
    is_needed: bool,
}

impl Left<'_> {
    /// Whether a release above its own is left.
    fn goes_above(&self) -> bool {
        let last = self.releases.highest();
        last.is_some_and(|last| last >= self.gem.first_above())
    }

    /// The releases that are left; its own can be had, be it a prerelease.
    fn possible(&self) -> impl Iterator<Item = &Release> {
        let releases = self.gem.package.releases();
        self.releases
            .bits()
            .map(|at| &releases[at])
            .chain(self.gem.known())
    }

    /// What a release takes of it, if the release needs it.
    fn taken(&self, catalog: &Catalog, by: &Release) -> Option<Set> {
        let needs = by.needs.iter();
        let needs = needs.filter(|need| need.on == self.gem.id && need.rule.is_none());
        let sets = needs.map(|need| Set::of_words(&catalog.set(need.set).bits));
        sets.reduce(|all, set| all.or(&set))
    }

    /// Where a release that stays needs it, keeps what that takes.
    fn keep_needed(&mut self, catalog: &Catalog, by: &Release) {
        if let Some(taken) = self.taken(catalog, by) {
            self.is_needed = true;
            self.releases.keep(&taken);
        }
    }

    /// Where all of these releases of another gem need it, keeps what one of them takes. Whether less is left.
    fn keep<'r>(&mut self, catalog: &Catalog, mut by: impl Iterator<Item = &'r Release>) -> bool {
        let mut all = Set::default();
        let needs_it = once_for_equals(|release| {
            let taken = self.taken(catalog, release);
            taken.iter().for_each(|it| all.add(it));
            taken.is_some()
        });
        if !by.all(needs_it) {
            return false;
        }
        self.is_needed = true;
        let is_less = !self.releases.without(&all).is_empty();
        self.releases.keep(&all);
        is_less
    }
}

impl<'a> World<'a> {
    /// What of the gems has no say is fixed.
    pub(super) fn new(
        catalog: &'a Catalog,
        scope: &'a Scope,
        base: &Base,
        gems: &[Gem<'a>],
    ) -> Self {
        let presence = scope
            .packages
            .iter()
            .map(|id| match catalog.get(*id).role() {
                Role::Runtime => Presence::Runtime,
                _ => Presence::Open,
            });
        let mut world = World {
            catalog,
            scope,
            releases: base.releases.clone(),
            presence: presence.collect(),
            fresh: 0,
        };
        for gem in gems {
            match gem.release {
                // What the state has can be had, be it a prerelease.
                Some(at) => world.releases_of(gem.place)[at / 64] |= 1 << (at % 64),
                None => world.presence[gem.place] = Presence::Foreign,
            }
        }
        for gem in gems.iter().filter(|gem| gem.is_early()) {
            let prereleases = &base.prereleases[scope.words(gem.place)];
            let bits = world.releases_of(gem.place).iter_mut().zip(prereleases);
            bits.for_each(|(bits, prereleases)| *bits |= prereleases);
        }
        for gem in gems.iter().filter(|gem| gem.is_fixed()) {
            world.fix(gem);
        }
        for gem in gems.iter().filter(|gem| gem.release.is_none()) {
            world.keep_admitting(gem);
            world.keep_wanted(gem);
        }
        world
    }

    /// What refuses a version that stays is in no solution.
    fn keep_admitting(&mut self, foreign: &Gem<'_>) {
        let (catalog, on) = (self.catalog, self.scope.packages[foreign.place]);
        let admits = |release: &Release| {
            let mut needs = release.needs.iter();
            needs.all(|need| {
                let counts = need.on == on && need.rule.is_none();
                !counts || catalog.set(need.set).admits(foreign.version)
            })
        };
        for (place, id) in self.scope.packages.iter().enumerate() {
            let releases = catalog.get(*id).releases().iter().enumerate();
            for (at, _) in releases.filter(|(_, release)| !admits(release)) {
                self.releases_of(place)[at / 64] &= !(1 << (at % 64));
            }
        }
    }

    /// What the lockfile says that such a version needs is there.
    fn keep_wanted(&mut self, foreign: &Gem<'_>) {
        let catalog = self.catalog;
        for (on, requirement) in &foreign.wants {
            let id = catalog.id(on);
            let Some((id, place)) = id.and_then(|id| Some((id, self.scope.place(id)?))) else {
                continue;
            };
            let releases = catalog.get(id).releases().iter().enumerate();
            for (at, _) in releases.filter(|(_, it)| !requirement.matches(it.version())) {
                self.releases_of(place)[at / 64] &= !(1 << (at % 64));
            }
            self.demand(place);
        }
    }

    /// Only the version of the state is left.
    pub(super) fn fix(&mut self, gem: &Gem<'_>) {
        self.demand(gem.place);
        let releases = self.releases_of(gem.place);
        releases.fill(0);
        if let Some(at) = gem.release {
            releases[at / 64] |= 1 << (at % 64);
        }
    }

    /// The newest version above that of the state that is in a solution.
    pub(super) fn overshoot(&self, gem: &Gem<'_>) -> Option<Version> {
        let package = gem.package;
        let above = gem.first_above();
        if self.last_of(gem.place).is_none_or(|last| last < above) {
            return None;
        }
        let mut world = self.clone();
        world.presence[gem.place] = Presence::Must;
        for (word, bits) in world.releases_of(gem.place).iter_mut().enumerate() {
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

    /// The newest release of a package that is in a solution.
    fn newest(&mut self, of: usize, choices: &mut usize) -> Option<usize> {
        if !self.propagate() {
            return None;
        }
        while let Some(at) = self.last_of(of) {
            if self.with(of, at).is_solvable(choices) {
                return Some(at);
            }
            self.releases_of(of)[at / 64] &= !(1 << (at % 64));
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
        let is_undecided = |at: &usize| {
            matches!(self.presence[*at], Presence::Must)
                && count(&self.releases[self.scope.words(*at)]) > 1
        };
        let Some(at) = (0..self.presence.len()).find(is_undecided) else {
            return true;
        };
        while let Some(release) = self.last_of(at) {
            let Some(left) = choices.checked_sub(1) else {
                return true;
            };
            *choices = left;
            if self.with(at, release).is_solvable(choices) {
                return true;
            }
            self.releases_of(at)[release / 64] &= !(1 << (release % 64));
        }
        false
    }

    /// The same with one release of a package alone.
    fn with(&self, package: usize, release: usize) -> Self {
        let mut world = self.clone();
        let bits = world.releases_of(package);
        bits.fill(0);
        bits[release / 64] |= 1 << (release % 64);
        world
    }

    fn last_of(&self, package: usize) -> Option<usize> {
        last(&self.releases[self.scope.words(package)])
    }

    fn releases_of(&mut self, package: usize) -> &mut [u64] {
        self.fresh |= 1 << package;
        &mut self.releases[self.scope.words(package)]
    }

    /// Nothing is left to propagate.
    pub(super) fn is_settled(&self) -> bool {
        self.fresh == 0
    }

    /// A package must be there.
    fn demand(&mut self, package: usize) {
        if let Presence::Open = self.presence[package] {
            self.presence[package] = Presence::Must;
            self.fresh |= 1 << package;
        }
    }

    /// Removes releases that stand in no solution; false where a package that must be there has
    /// none left.
    pub(super) fn propagate(&mut self) -> bool {
        let mut taken = Vec::new();
        while self.fresh != 0 {
            let at = self.fresh.trailing_zeros() as usize;
            self.fresh &= self.fresh - 1;
            if let Presence::Must = self.presence[at] {
                if count(&self.releases[self.scope.words(at)]) == 0 {
                    return false;
                }
                self.keep_demanded(at, &mut taken);
            }
        }
        true
    }

    /// What all releases left of a package need must be there, at a version that one of them takes.
    fn keep_demanded(&mut self, at: usize, taken: &mut Vec<SetId>) {
        let package = self.catalog.get(self.scope.packages[at]);
        let Some(first) = bits(&self.releases[self.scope.words(at)]).next() else {
            return;
        };
        for need in package.releases()[first].needs.iter() {
            let place = self.scope.place(need.on).filter(|_| need.rule.is_none());
            let is_chosen =
                |on: &usize| matches!(self.presence[*on], Presence::Open | Presence::Must);
            let Some(on) = place.filter(is_chosen) else {
                continue;
            };
            if !self.takes(at, need.on, taken) {
                continue;
            }
            self.demand(on);
            let mut changed = false;
            for (nth, word) in self.scope.words(on).enumerate() {
                let sets = taken.iter().map(|set| self.catalog.set(*set).bits[nth]);
                let taken = sets.fold(0, |all, set| all | set);
                changed |= self.releases[word] & !taken != 0;
                self.releases[word] &= taken;
            }
            if changed {
                self.fresh |= 1 << on;
            }
        }
    }

    /// Do all releases left of a package need another, and which sets of it do they take?
    fn takes(&self, at: usize, other: PackageId, taken: &mut Vec<SetId>) -> bool {
        taken.clear();
        let mut needs_it = once_for_equals(|release| {
            let needs = release.needs.iter();
            let needs = needs.filter(|need| need.on == other && need.rule.is_none());
            let before = taken.len();
            taken.extend(needs.map(|need| need.set));
            taken.len() > before
        });
        let releases = self.catalog.get(self.scope.packages[at]).releases();
        let mut left = bits(&self.releases[self.scope.words(at)]);
        left.all(|release| needs_it(&releases[release]))
    }
}

/// A judgement by requirements alone, made once for neighbours that require the same.
fn once_for_equals<'r>(
    mut judge: impl FnMut(&'r Release) -> bool,
) -> impl FnMut(&'r Release) -> bool {
    let mut last: Option<(&Arc<[Dependency]>, bool)> = None;
    move |release| {
        let requires = &release.requirements;
        let known = last.filter(|(required, _)| Arc::ptr_eq(required, requires));
        let judged = known.map_or_else(|| judge(release), |(_, judged)| judged);
        last = Some((requires, judged));
        judged
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

/// The places of the bits that are set, ascending.
pub(super) fn bits(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    let words = words.iter().enumerate();
    words.flat_map(|(at, word)| ones(*word).map(move |bit| at * 64 + bit))
}

/// The bits that are set, ascending.
pub(super) fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros() as usize;
        word &= word.wrapping_sub(1);
        (bit < 64).then_some(bit)
    })
}

fn last(words: &[u64]) -> Option<usize> {
    let at = words.iter().rposition(|word| *word != 0)?;
    Some(at * 64 + 63 - words[at].leading_zeros() as usize)
}

pub(super) fn count(words: &[u64]) -> usize {
    words.iter().map(|word| word.count_ones() as usize).sum()
}
