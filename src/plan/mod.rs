//! A plan as plain data: what to do in which order, and why it is the best there is.

mod because;
mod breach;
mod bundle;
mod cause;
mod caution;
mod deployment;
mod guidance;
mod holders;
mod minimality;
mod outside;
mod part;
mod warning;

pub use because::{Because, RuntimeNeed};
pub use breach::Breach;
pub use bundle::{Bundle, GemLine};
pub use cause::{
    AllowingRelease, Cause, Collision, Constraint, Fix, FixKind, HolderChange, HolderFix,
    UnlistedRequirement,
};
pub use caution::{KnownDefect, Wait};
pub(crate) use deployment::ChangedSchema;
pub use deployment::{Deployment, Expectation, Task, TaskKind, TaskText};
pub(crate) use guidance::Verdicts;
pub use guidance::{Changelog, Due, DueActions, Guidance, Guide, SupportNote};
pub use holders::{FromRegistry, Held, Leaving};
pub use minimality::{Explained, Minimal, Minimality};
pub use outside::{Outside, Wanted, WantedVersion};
pub use part::{FamilyPart, PartMove};
pub use warning::PlanWarning;

use crate::catalog::{self, Catalog};
use crate::date::Date;
use crate::name::Name;
use crate::scan::Scan;
use crate::version::Version;
use std::sync::Arc;

/// The answer to a question.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) outcome: Outcome,
    pub(crate) catalog: CatalogStamp,
    pub(crate) start: State,
    /// The packages that share each version with others, each with the name of its group.
    pub(crate) lockstep: Vec<(Name, Name)>,
    pub(crate) targets: Vec<(String, String)>,
    pub(crate) steps: Vec<Step>,
    pub(crate) cleanup: Vec<Name>,
    pub(crate) beside: DueActions,
    pub(crate) support: Vec<SupportNote>,
    pub(crate) as_of: Option<Date>,
    pub(crate) minimal: Option<Minimal>,
    pub(crate) causes: Vec<Cause>,
    pub(crate) fixes: Vec<Fix>,
    pub(crate) reached: Vec<(String, String)>,
    pub(crate) held: Vec<Held>,
    pub(crate) explained: Explained,
    pub(crate) index_work: u64,
    pub(crate) from_registry: Option<FromRegistry>,
    pub(crate) warnings: Vec<PlanWarning>,
}

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// There are steps to take.
    Planned,
    /// Nothing moves: the target is met on the newest versions.
    AlreadyThere,
    /// No sequence of steps leads there.
    Impossible,
    /// Something installed or asked for is beyond the catalog; steps are given where they stand.
    Unknown,
    /// The search limit was reached.
    GaveUp,
}

impl Outcome {
    /// The word that documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Planned => "planned",
            Outcome::AlreadyThere => "already_there",
            Outcome::Impossible => "impossible",
            Outcome::Unknown => "unknown",
            Outcome::GaveUp => "gave_up",
        }
    }

    /// The exit code of the command line.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Outcome::Planned | Outcome::AlreadyThere => 0,
            Outcome::Impossible => 3,
            Outcome::Unknown => 4,
            Outcome::GaveUp => 5,
        }
    }
}

/// Which catalog answered.
#[derive(Clone, Debug)]
pub struct CatalogStamp {
    pub(crate) name: Name,
    pub(crate) horizon: Date,
    pub(crate) digest: String,
}

impl CatalogStamp {
    /// How many days old the catalog is on a day, if that is enough to matter.
    pub(crate) fn stale_on(&self, day: Option<Date>) -> Option<u32> {
        let days = catalog::age(self.horizon, day?);
        (days >= Catalog::STALE_AFTER).then_some(days)
    }
}

/// Of each runtime the installed version, its line, or what is needed where it is not known; shared, as few steps
/// move one.
pub(crate) type Runtimes = Arc<Vec<(Name, String)>>;

/// One version for each package in play, and for each runtime.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// In the catalog's order.
    pub(crate) packages: Vec<(Name, Version)>,
    pub(crate) runtimes: Runtimes,
}

impl State {
    /// The version of a package, where it is in play.
    #[must_use]
    pub fn package(&self, name: &str) -> Option<&Version> {
        self.packages
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, version)| version)
    }

    /// The packages in play, in the catalog's order.
    #[must_use]
    pub fn packages(&self) -> &[(Name, Version)] {
        &self.packages
    }

    /// The runtimes: a line, a version, or the requirement to meet where it is not known.
    #[must_use]
    pub fn runtimes(&self) -> &[(Name, String)] {
        &self.runtimes
    }
}

/// A change that is deployed as a unit.
#[derive(Clone, Debug)]
pub struct Step {
    pub(crate) number: usize,
    pub(crate) kind: StepKind,
    pub(crate) changes: Vec<Change>,
    pub(crate) stays: Vec<Stay>,
    pub(crate) state: State,
    pub(crate) bundle: Bundle,
    pub(crate) guidance: Guidance,
    pub(crate) outside: Vec<Outside>,
    pub(crate) repairs: Vec<Breach>,
    pub(crate) leaves: Vec<Leaving>,
    pub(crate) defects: Vec<KnownDefect>,
    pub(crate) waits: Vec<Wait>,
    pub(crate) parts: Vec<FamilyPart>,
}

impl Step {
    /// The changes; of packages in lockstep only the first, with their number.
    pub(crate) fn distinct_changes(&self) -> Vec<(&Change, usize)> {
        let mut distinct: Vec<(&Change, usize)> = Vec::new();
        for change in &self.changes {
            match distinct.iter_mut().find(|(it, _)| it.is_same(change)) {
                Some((_, count)) => *count += 1,
                None => distinct.push((change, 1)),
            }
        }
        distinct
    }

    /// From 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// What moves.
    #[must_use]
    pub fn kind(&self) -> StepKind {
        self.kind
    }

    /// What changes, in the catalog's order.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What stays although something newer exists, with the reason.
    #[must_use]
    pub fn stays(&self) -> &[Stay] {
        &self.stays
    }

    /// What must be over before it, because it passes a gate that asks for it.
    #[must_use]
    pub fn waits(&self) -> &[Wait] {
        &self.waits
    }

    /// Where several catalogs are joined: what it does in each of them of which something is installed.
    #[must_use]
    pub fn parts(&self) -> &[FamilyPart] {
        &self.parts
    }

    /// What is installed after it.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The lines of the Gemfile and the command that lead there.
    #[must_use]
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// What the guides ask for.
    #[must_use]
    pub fn guidance(&self) -> &Guidance {
        &self.guidance
    }

    /// Of a repair: what does not go together now.
    #[must_use]
    pub fn repairs(&self) -> &[Breach] {
        &self.repairs
    }

    /// Gems outside the catalog that leave since they would hold the step.
    #[must_use]
    pub fn leaves(&self) -> &[Leaving] {
        &self.leaves
    }

    /// The bad releases that are installed after it.
    #[must_use]
    pub fn defects(&self) -> &[KnownDefect] {
        &self.defects
    }

    /// What moves, joins or leaves that is not in the catalog, by name.
    #[must_use]
    pub fn outside(&self) -> &[Outside] {
        &self.outside
    }
}

/// What a step moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepKind {
    /// Packages, some of which go down: what is installed does not run, and no step upward cures it.
    Repair,
    /// Packages; the runtimes stand still.
    Packages,
    /// A runtime; the packages stand still.
    Runtime,
}

impl StepKind {
    /// The word that documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            StepKind::Repair => "repair",
            StepKind::Packages => "packages",
            StepKind::Runtime => "runtime",
        }
    }
}

/// The change of one package or runtime in a step.
#[derive(Clone, Debug)]
pub struct Change {
    pub(crate) package: Name,
    pub(crate) from: Option<Arc<str>>,
    pub(crate) to: Option<Arc<str>>,
    pub(crate) kind: ChangeKind,
    /// Whether the package climbs one line per step: what a step is named after.
    pub(crate) is_stepped: bool,
    /// Whether such a package leaves a prerelease for the release.
    pub(crate) is_released: bool,
    /// The group of packages with which it shares each version.
    pub(crate) lockstep: Option<Name>,
    pub(crate) because: Because,
}

impl Change {
    /// Whether it is the same change of another package of the group.
    fn is_same(&self, other: &Change) -> bool {
        self.lockstep.is_some()
            && self.lockstep == other.lockstep
            && (&self.from, &self.to) == (&other.from, &other.to)
    }

    /// What changes.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// The version before; `None` for what joins.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// The version after; `None` for what leaves.
    #[must_use]
    pub fn to(&self) -> Option<&str> {
        self.to.as_deref()
    }

    /// What kind of change it is.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// Why this version and no newer one.
    #[must_use]
    pub fn because(&self) -> &Because {
        &self.because
    }
}

/// A package that stays.
#[derive(Clone, Debug)]
pub struct Stay {
    pub(crate) package: Name,
    pub(crate) version: Version,
    pub(crate) because: Because,
}

impl Stay {
    /// What stays.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// Where.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Why it is no newer.
    #[must_use]
    pub fn because(&self) -> &Because {
        &self.because
    }
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// It enters another line.
    Line,
    /// It moves within its line.
    Patch,
    /// It comes into play.
    Joined,
    /// Nothing needs it any more.
    Left,
    /// A runtime moves.
    Runtime,
    /// It goes down, in a repair.
    Down,
}

impl ChangeKind {
    /// The word that documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ChangeKind::Line => "line",
            ChangeKind::Patch => "patch",
            ChangeKind::Joined => "joined",
            ChangeKind::Left => "left",
            ChangeKind::Runtime => "runtime",
            ChangeKind::Down => "down",
        }
    }
}

impl Plan {
    /// The same plan with what a scan of the user's source says of its actions: whether they apply,
    /// and where. What is found is reported in the step in which it becomes due.
    #[must_use]
    pub fn with_scan(mut self, scan: &Scan) -> Self {
        for step in &mut self.steps {
            step.guidance.actions.see(scan);
        }
        self.beside.see(scan);
        self
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Gems whose temporary line is to be deleted after the last step.
    #[must_use]
    pub fn cleanup(&self) -> &[Name] {
        &self.cleanup
    }

    /// What the guides ask of things that no step moves, brokers for example.
    #[must_use]
    pub fn beside(&self) -> &DueActions {
        &self.beside
    }

    /// Lines of what is installed now whose support is over or ends soon.
    #[must_use]
    pub fn support(&self) -> &[SupportNote] {
        &self.support
    }

    /// The day on which the plan is made; without one, ages count for nothing and the catalog's
    /// own words on support do.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.as_of
    }

    /// How many days the catalog is old on that day; `None` below [`Catalog::STALE_AFTER`].
    #[must_use]
    pub fn stale_days(&self) -> Option<u32> {
        self.catalog.stale_on(self.as_of)
    }

    /// What was installed at the start.
    #[must_use]
    pub fn start(&self) -> &State {
        &self.start
    }

    /// What was asked for: package and line, version or requirement.
    #[must_use]
    pub fn targets(&self) -> &[(String, String)] {
        &self.targets
    }

    /// The proof that it is the shortest.
    #[must_use]
    pub fn minimal(&self) -> Option<&Minimal> {
        self.minimal.as_ref()
    }

    /// Why there is no plan: each a minimal set of constraints.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// What would give a plan, from what asks least to what asks most.
    #[must_use]
    pub fn fixes(&self) -> &[Fix] {
        &self.fixes
    }

    /// How far one gets when there is no plan: package and line.
    #[must_use]
    pub fn reached(&self) -> &[(String, String)] {
        &self.reached
    }

    /// Packages that end below their newest line because of gems outside the catalog.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// The work of explaining why there is no plan, or what has packages back.
    #[must_use]
    pub fn explained(&self) -> Explained {
        self.explained
    }

    /// How many releases of an index were looked at, each time; 0 without an index. It is the same on
    /// every machine.
    #[must_use]
    pub fn index_work(&self) -> u64 {
        self.index_work
    }

    /// What the plan would be if what comes from git or a folder came from a registry.
    #[must_use]
    pub fn from_registry(&self) -> Option<&FromRegistry> {
        self.from_registry.as_ref()
    }

    /// What the reader should know beside the steps.
    #[must_use]
    pub fn warnings(&self) -> &[PlanWarning] {
        &self.warnings
    }

    /// The name of the catalog that answered.
    #[must_use]
    pub fn catalog_name(&self) -> &Name {
        &self.catalog.name
    }

    /// The day up to which that catalog knows the world.
    #[must_use]
    pub fn horizon(&self) -> Date {
        self.catalog.horizon
    }

    /// The digest of that catalog.
    #[must_use]
    pub fn catalog_digest(&self) -> &str {
        &self.catalog.digest
    }
}
