//! A step as its contents see it: the states before and after, and what moves between them.

use super::bundler::newest_of;
use crate::catalog::{
    Catalog, Component, Edition, Entry, InstalledVersion, Line, Marks, Occasions, Package,
    PackageId, Reading, Role,
};
use crate::date::Date;
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::{State, StepKind};
use crate::planner::installed;
use crate::planner::limits::IS_PAGE;
use crate::planner::problem::{Problem, Value};
use crate::set::Set;
use crate::version::{Scheme, Version};
use std::ops::Range;
use std::rc::Rc;

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
    /// Its runtimes.
    pub(super) runtimes: Rc<[Runtime<'a>]>,
}

/// What the word of a state for a runtime means.
pub(super) struct Runtime<'a> {
    /// Where the catalog has it.
    id: Option<PackageId>,
    /// None where it is a requirement.
    version: Option<Version>,
    /// What a step that moves to it enters, and its release where the catalog knows that.
    entered: Option<(Version, Option<usize>)>,
    /// With its package, where the catalog has that.
    pub(super) line: Option<(&'a Name, &'a Line)>,
}

impl<'a> Runtime<'a> {
    fn all(catalog: &'a Catalog, state: &State) -> Rc<[Self]> {
        let runtimes = state.runtimes().iter();
        let runtimes = runtimes.map(|it| Runtime::new(catalog, it));
        runtimes.collect()
    }

    fn new(catalog: &'a Catalog, (name, text): &(Name, String)) -> Self {
        let Some(id) = catalog.id(name.as_str()) else {
            return Runtime {
                id: None,
                version: None,
                entered: None,
                line: None,
            };
        };
        let package = catalog.get(id);
        let newest = newest_of(package, text).map(|at| &package.releases()[at]);
        let version = match newest {
            Some(release) => Some(release.version().clone()),
            None => Version::of_line(package.scheme(), text).ok(),
        };
        let of_version = || package.line_index(&version.as_ref()?.line());
        let of_text = package.line_index(text);
        let entered = match newest.filter(|_| of_text.is_some()) {
            // What stands for a line of Ruby is the line, as documents have it.
            Some(newest) if package.scheme() == Scheme::SemVer => Some(newest.version().clone()),
            _ => Version::parse(package.scheme(), text).ok(),
        };
        let line = of_text.or_else(of_version);
        Runtime {
            id: Some(id),
            line: line.map(|at| (package.name(), &package.lines()[at])),
            entered: entered.map(|version| {
                let release = package.release_index(&version);
                (version, release)
            }),
            version,
        }
    }
}

impl<'a> Known<'a> {
    pub(super) fn new(catalog: &'a Catalog, snapshot: &Snapshot, state: &'a State) -> Self {
        let mut packages = vec![None; catalog.packages().len()];
        // Both are in the same order.
        let mut order = catalog.packages().iter().zip((0..).map(PackageId));
        for (name, version) in state.packages() {
            let next = order.find(|(package, _)| package.name() == name);
            let Some((package, id)) = next else {
                debug_assert!(false, "{name} is out of order");
                break;
            };
            let release = installed::release_index(package, snapshot, version);
            packages[id.index()] = Some((version, release));
        }
        Known {
            state,
            packages,
            runtimes: Runtime::all(catalog, state),
        }
    }

    /// That of the state after this one, from the values of its variables; `start` is what is installed.
    pub(super) fn then(
        &self,
        start: &Known<'a>,
        problem: &'a Problem<'_>,
        (values, state): (&[usize], &'a State),
    ) -> Self {
        let catalog = problem.catalog;
        let mut packages = vec![None; self.packages.len()];
        for (variable, value) in problem.variables.iter().zip(values) {
            if variable.role != Role::Runtime {
                let id = variable.package;
                packages[id.index()] = match variable.values.get(*value) {
                    Some(Value::Release(at)) => {
                        Some((catalog.get(id).releases()[*at].version(), Some(*at)))
                    }
                    Some(Value::Installed) => start.packages[id.index()],
                    Some(Value::Absent | Value::Missing(_)) | None => None,
                };
            }
        }
        let known = Known {
            state,
            packages,
            runtimes: match state.runtimes == self.state.runtimes {
                true => self.runtimes.clone(),
                false => Runtime::all(catalog, state),
            },
        };
        debug_assert_eq!(
            known.packages,
            Known::new(catalog, problem.snapshot, state).packages,
            "what is known of a state is not what it has"
        );
        known
    }

    /// A runtime of the state: the version that its word means, if it means one.
    pub(super) fn runtime(&self, name: &Name) -> Option<Option<&Version>> {
        let mut runtimes = self.state.runtimes().iter();
        let at = runtimes.position(|(known, _)| known == name)?;
        Some(self.runtimes[at].version.as_ref())
    }

    /// The same of a runtime of the catalog.
    pub(super) fn runtime_of(&self, id: PackageId) -> Option<&Version> {
        let mut runtimes = self.runtimes.iter();
        let runtime = runtimes.find(|runtime| runtime.id == Some(id))?;
        runtime.version.as_ref()
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
    pub(super) id: PackageId,
    pub(super) package: &'a Package,
    pub(super) from: Option<&'a Version>,
    pub(super) to: &'a Version,
    /// Of its releases the places after both versions: what lies between them is passed.
    pub(super) passes: Range<usize>,
    /// Both versions are releases of the catalog.
    pub(super) is_known: bool,
    /// It enters another line, or comes into play.
    pub(super) crosses: bool,
}

/// A version, and its release where the catalog knows it.
type Found<'a> = (&'a Version, Option<usize>);

impl<'a> Moved<'a> {
    fn new(
        (id, package): (PackageId, &'a Package),
        from: Option<Found<'a>>,
        (to, arrived): Found<'a>,
    ) -> Self {
        let releases = package.releases();
        // The place after a version.
        let after = |version: &Version, release: Option<usize>| match release {
            Some(at) => at + 1,
            None => releases.partition_point(|it| it.version() <= version),
        };
        let end = after(to, arrived);
        let (crosses, start) = match from {
            None => (true, end.saturating_sub(1)),
            Some((from, left)) => {
                let crosses = match left.zip(arrived) {
                    Some((left, arrived)) => releases[left].line != releases[arrived].line,
                    None => from.line() != to.line(),
                };
                (crosses, after(from, left))
            }
        };
        let is_left_known = from.as_ref().is_none_or(|(_, left)| left.is_some());
        Moved {
            id,
            is_known: arrived.is_some() && is_left_known,
            package,
            passes: start..end,
            crosses,
            from: from.map(|(from, _)| from),
            to,
        }
    }

    /// Those of its package's entries that it enters.
    pub(super) fn enters<'e>(&self, entries: &'e [Entry]) -> &'e [Entry] {
        let range = if self.is_known && !IS_PAGE {
            let below = |place: usize| entries.partition_point(|it| it.release < place);
            self.from.map_or(0, |_| below(self.passes.start))..below(self.passes.end)
        } else {
            let upto = |version: &Version| entries.partition_point(|it| it.since <= *version);
            self.from.map_or(0, upto)..upto(self.to)
        };
        entries.get(range).unwrap_or_default()
    }

    /// A command or an instruction of the catalog with the versions in it.
    pub(super) fn filled(&self, text: &str) -> String {
        let from = self.from.map_or("", Version::as_str);
        // A state has the line of a runtime, `17.0`; its release may be written `17`.
        let release = self.passes.end.checked_sub(1);
        let release = release.map(|at| self.package.releases()[at].version());
        let to = release.filter(|it| *it == self.to).unwrap_or(self.to);
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
            let goes_up = match (left.flatten(), arrived) {
                (Some(left), Some(arrived)) => left < arrived,
                _ => from.is_none_or(|from| from < to),
            };
            goes_up.then(|| {
                let package = self.catalog.get(id);
                let from = from.map(|from| (from, left.flatten()));
                Moved::new((id, package), from, (to, arrived))
            })
        });
        let runtimes = self.after.state.runtimes().iter().enumerate();
        let runtimes = runtimes.filter_map(|(at, (name, text))| {
            let mut before = self.before.state.runtimes().iter();
            let was = before.position(|(known, from)| known == name && from != text)?;
            let id = self.catalog.id(name.as_str())?;
            let read = |(version, release): &'a (Version, Option<usize>)| (version, *release);
            let from = self.before.runtimes[was].entered.as_ref().map(read)?;
            let to = self.after.runtimes[at].entered.as_ref().map(read)?;
            (from.0 < to.0).then(|| Moved::new((id, self.catalog.get(id)), Some(from), to))
        });
        let state = self.after.state;
        let most = state.packages().len() + state.runtimes().len();
        let mut moves = Vec::with_capacity(most);
        moves.extend(packages.chain(runtimes));
        moves
    }
}

/// What is there after a step, as facts and actions ask for it.
pub(super) struct Shown {
    /// Which packages of the catalog are there; what they show is the same after most steps.
    present: Vec<bool>,
    /// The numbers of the facts that it does not keep away.
    pub(super) facts: Set,
    /// The bits of the places of the actions that concern what is deployed and, as far as the catalog knows what
    /// shows it, the edition in use.
    pub(super) actions: Vec<u64>,
}

impl Shown {
    pub(super) fn new(view: StepContext<'_>, occasions: &Occasions, reading: &Reading) -> Self {
        // Is one of these packages there after the step? None named is yes.
        let shows = |marks: &Marks| {
            let mut packages = marks.packages.iter();
            let mut gems = marks.gems.iter();
            marks.is_empty()
                || packages.any(|id| view.after.has(*id))
                || gems.any(|gem| view.snapshot.packages.contains_key(gem))
        };
        let mut concerned = [true; Edition::ALL.len()];
        if let Some((shown, marks)) = &occasions.edition {
            let is_shown = shows(marks);
            for edition in [Edition::Oss, Edition::Pro] {
                concerned[edition as usize] = match is_shown {
                    true => *shown == edition,
                    false => *shown != edition || !view.snapshot.is_complete,
                };
            }
        }
        let mut deployed = [true; Component::ALL.len()];
        for (component, marks) in &occasions.deployed {
            deployed[*component as usize] &= shows(marks);
        }
        let mut facts = Set::below(occasions.facts);
        for (fact, marks) in &occasions.marked {
            if !shows(marks) {
                facts.remove(*fact);
            }
        }
        for (fact, edition) in &occasions.of_editions {
            if !concerned[*edition as usize] {
                facts.remove(*fact);
            }
        }
        let present = view.after.packages.iter().map(Option::is_some);
        Shown {
            present: present.collect(),
            facts,
            actions: reading.concerning(deployed, concerned),
        }
    }

    /// Whether the same is there after another step.
    pub(super) fn is_of(&self, view: StepContext<'_>) -> bool {
        let present = view.after.packages.iter().map(Option::is_some);
        present.eq(self.present.iter().copied())
    }
}

/// What a snapshot knows of a gem outside the catalog; no step moves it.
pub(super) fn outside<'a>(snapshot: &'a Snapshot, gem: &Name) -> InstalledVersion<'a> {
    match snapshot.packages.get(gem.as_str()) {
        Some(installed) => InstalledVersion::Present(Some(installed.version())),
        None if snapshot.is_complete => InstalledVersion::Absent,
        None => InstalledVersion::Unknown,
    }
}
