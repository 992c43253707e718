//! A step as its contents see it: the states before and after, and what moves between them.

use crate::catalog::{Catalog, Edition, InstalledVersion, Package, PackageId, Rollout};
use crate::date::Date;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{State, StepKind};
use crate::planner::installed;
use crate::version::{Scheme, Version};
use std::borrow::Cow;
use std::ops::Range;

/// One step, seen from outside.
#[derive(Clone, Copy)]
pub(super) struct StepContext<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) snapshot: &'a Snapshot,
    pub(super) as_of: Option<Date>,
    pub(super) kind: StepKind,
    pub(super) before: &'a Known<'a>,
    pub(super) after: &'a Known<'a>,
}

/// A state, and the releases of the catalog that it has.
pub(super) struct Known<'a> {
    pub(super) state: &'a State,
    /// By package of the catalog: the version in play, and its release.
    pub(super) packages: Vec<Option<(&'a Version, Option<usize>)>>,
}

impl<'a> Known<'a> {
    pub(super) fn new(catalog: &Catalog, snapshot: &Snapshot, state: &'a State) -> Self {
        let mut packages = vec![None; catalog.packages().len()];
        for (name, version) in state.packages() {
            if let Some(id) = catalog.id(name.as_str()) {
                let release = installed::release_index(catalog.get(id), snapshot, version);
                packages[id.index()] = Some((version, release));
            }
        }
        Known { state, packages }
    }

    pub(super) fn version(&self, package: PackageId) -> Option<&'a Version> {
        Some(self.packages[package.index()]?.0)
    }

    pub(super) fn has(&self, package: PackageId) -> bool {
        self.packages[package.index()].is_some()
    }

    /// What is in play, in the catalog's order.
    pub(super) fn in_play(
        &self,
    ) -> impl Iterator<Item = (PackageId, &'a Version, Option<usize>)> + '_ {
        let packages = self.packages.iter().zip((0..).map(PackageId));
        packages.filter_map(|(known, id)| known.map(|(version, release)| (id, version, release)))
    }
}

/// A package or runtime that a step moves to a version.
pub(super) struct Moved<'a> {
    pub(super) package: &'a Package,
    from: Option<Cow<'a, Version>>,
    pub(super) to: Cow<'a, Version>,
    /// Of its releases the places after both versions: what lies between them is passed.
    pub(super) passes: Range<usize>,
    /// It enters another line, or comes into play.
    pub(super) crosses: bool,
}

/// A version, and its release where the catalog knows it.
type Found<'a> = (Cow<'a, Version>, Option<usize>);

impl<'a> Moved<'a> {
    fn new(package: &'a Package, from: Option<Found<'a>>, (to, arrived): Found<'a>) -> Self {
        let releases = package.releases();
        // The place after a version.
        let after = |version: &Version, release: Option<usize>| match release {
            Some(at) => at + 1,
            None => releases.partition_point(|it| it.version() <= version),
        };
        let end = after(&to, arrived);
        let (crosses, start) = match &from {
            None => (true, end.saturating_sub(1)),
            Some((from, left)) => {
                let crosses = match left.zip(arrived) {
                    Some((left, arrived)) => releases[left].line != releases[arrived].line,
                    None => from.line() != to.line(),
                };
                (crosses, after(from, *left))
            }
        };
        Moved {
            package,
            passes: start..end,
            crosses,
            from: from.map(|(from, _)| from),
            to,
        }
    }

    pub(super) fn name(&self) -> &str {
        self.package.name().as_str()
    }

    pub(super) fn from(&self) -> Option<&Version> {
        self.from.as_deref()
    }

    /// A command or an instruction of the catalog with the versions in it.
    pub(super) fn filled(&self, text: &str) -> String {
        let from = self.from().map_or("", Version::as_str);
        // A state has the line of a runtime, `17.0`; its release may be written `17`.
        let release = self.passes.end.checked_sub(1);
        let release = release.map(|at| self.package.releases()[at].version());
        let to = release.filter(|it| **it == *self.to).unwrap_or(&self.to);
        let text = text.replace("{to}", to.as_str());
        text.replace("{from}", from)
    }

    /// The last release that is not passed.
    pub(super) fn left(&self) -> Option<&Version> {
        let before = self.passes.start.checked_sub(1)?;
        Some(self.package.releases()[before].version())
    }
}

/// Whether all that moves has a command or an instruction of its own, as brokers have: then nothing of the
/// application is installed or deployed.
pub(super) fn are_elsewhere(moves: &[Moved<'_>]) -> bool {
    !moves.is_empty() && moves.iter().all(|it| it.package.is_deployed())
}

impl<'a> StepContext<'a> {
    /// What moves or joins, in the catalog's order; what leaves, or goes down where a change that
    /// is made already goes down, enters nothing.
    pub(super) fn moves(self) -> Vec<Moved<'a>> {
        let packages = self.after.in_play().filter_map(|(id, to, arrived)| {
            let (from, left) = self.before.packages[id.index()].unzip();
            let goes_up = from.is_none_or(|from| from < to);
            goes_up.then(|| {
                let package = self.catalog.get(id);
                let from = from.map(|from| (Cow::Borrowed(from), left.flatten()));
                Moved::new(package, from, (Cow::Borrowed(to), arrived))
            })
        });
        let runtimes = self.after.state.runtimes().iter();
        let runtimes = runtimes.filter_map(|(name, text)| {
            let mut before = self.before.state.runtimes().iter();
            let (_, from) = before.find(|(known, from)| known == name && from != text)?;
            let package = self.catalog.package(name.as_str())?;
            let read = |text| {
                let newest = package.line_index(text).and_then(|line| {
                    let mut newest_first = package.releases().iter().rev();
                    newest_first.find(|release| release.line == line)
                });
                let version = match newest {
                    // What stands for a line of Ruby is the line, as documents have it.
                    Some(newest) if package.scheme() == Scheme::SemVer => newest.version().clone(),
                    _ => Version::parse(package.scheme(), text).ok()?,
                };
                let release = package.release_index(&version);
                Some((Cow::Owned(version), release))
            };
            let (from, to) = (read(from)?, read(text)?);
            (from.0 < to.0).then(|| Moved::new(package, Some(from), to))
        });
        let state = self.after.state;
        let most = state.packages().len() + state.runtimes().len();
        let mut moves = Vec::with_capacity(most);
        moves.extend(packages.chain(runtimes));
        moves
    }

    /// What is known of a package in a state; what no step moves is as the lockfile has it.
    pub(super) fn installed(self, state: &Known<'a>, name: &Name) -> InstalledVersion<'a> {
        if let Some(id) = self.catalog.id(name.as_str()) {
            let version = state.version(id);
            return version.map_or(InstalledVersion::Absent, |it| {
                InstalledVersion::Present(Some(it))
            });
        }
        match self.snapshot.packages.get(name.as_str()) {
            Some(installed) => InstalledVersion::Present(Some(installed.version())),
            None if self.snapshot.is_complete => InstalledVersion::Absent,
            None => InstalledVersion::Unknown,
        }
    }

    /// May this edition be in use, as far as the catalog knows what shows it?
    pub(super) fn concerns(self, edition: Edition, facts: &Rollout) -> bool {
        let mut marks = facts.editions().iter();
        match (edition, marks.find(|mark| mark.edition() != Edition::Any)) {
            (Edition::Any, _) | (_, None) => true,
            (_, Some(mark)) => match self.shows(mark.shown_by()) {
                true => mark.edition() == edition,
                false => mark.edition() != edition || !self.snapshot.is_complete,
            },
        }
    }

    /// Is one of these packages there after the step? None named is yes.
    pub(super) fn shows(self, packages: &[String]) -> bool {
        let is_there = |name: &String| match self.catalog.id(name) {
            Some(id) => self.after.has(id),
            None => self.snapshot.packages.contains_key(name),
        };
        packages.is_empty() || packages.iter().any(is_there)
    }
}
