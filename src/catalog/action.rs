//! What a person or a script does in a step: edits, commands, checks, each with its source.
//!
//! Invariants: ids are unique; actions stand in the order of phase, severity and id; every action
//! has a source.

use super::detect::Detect;
use crate::name::Name;
use crate::plain::Text;
use crate::version::{Requirement, Version};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Enums whose values are words of the catalog's files.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$doc])* $value,)* }

        impl $name {
            pub(crate) const ALL: &'static [$name] = &[$($name::$value,)*];

            /// The word that catalogs and documents use.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($name::$value => $word,)* }
            }
        }
    };
}

pub(super) use words;

words! {
    /// How much an action matters, the gravest first.
    Severity {
        /// Without it something breaks.
        Breaking = "breaking",
        /// Something has to be done.
        Action = "action",
        /// Somebody has to look.
        Review = "review",
        /// Good to know.
        Info = "info",
    }
}

words! {
    /// When in a step an action is due, in this order.
    Phase {
        /// Before anything of the step is touched.
        Before = "before",
        /// Edits of code.
        Code = "code",
        /// Edits of configuration.
        Config = "config",
        /// The Gemfile and the update of the bundle.
        Bundle = "bundle",
        /// The test suite.
        Test = "test",
        /// An environment that resembles production.
        Staging = "staging",
        /// The roll-out.
        Deploy = "deploy",
        /// Right after the roll-out.
        After = "after",
        /// Watching until the step has settled.
        Monitor = "monitor",
    }
}

words! {
    /// What is deployed separately.
    Component {
        /// Everything, or no one in particular.
        All = "all",
        /// Processes that consume.
        Consumers = "consumers",
        /// Whatever produces messages.
        Producers = "producers",
        /// The web server with the Web UI.
        WebUi = "web-ui",
    }
}

words! {
    /// Which edition an action concerns.
    Edition {
        /// Both.
        Any = "any",
        /// The open-source one only.
        Oss = "oss",
        /// The commercial one only.
        Pro = "pro",
    }
}

words! {
    /// What an action is about.
    ActionKind {
        /// A version, runtime or setting that must be there.
        Requires = "requires",
        /// Something acts differently.
        BehaviourChanged = "behaviour-changed",
        /// Advice.
        Recommendation = "recommendation",
        /// A method, class or constant is gone.
        ApiRemoved = "api-removed",
        /// A default is another.
        DefaultChanged = "default-changed",
        /// A method, class or constant has another name.
        ApiRenamed = "api-renamed",
        /// A setting is gone.
        ConfigRemoved = "config-removed",
        /// A setting has another name.
        ConfigRenamed = "config-renamed",
        /// Where one must stand first, or what must not be entered.
        Gate = "gate",
        /// What is deployed before what.
        DeployOrder = "deploy-order",
        /// A dependency is no longer pulled in.
        DependencyDropped = "dependency-dropped",
        /// Events are named or filled differently.
        InstrumentationChanged = "instrumentation-changed",
        /// Something still works and will not for ever.
        Deprecation = "deprecation",
        /// Metrics are named or counted differently.
        MetricsChanged = "metrics-changed",
        /// A method is called or answers differently.
        ApiChanged = "api-changed",
        /// Commands or flags are others.
        CliChanged = "cli-changed",
        /// A number is of another unit.
        UnitChanged = "unit-changed",
        /// A setting must be made.
        ConfigAddedRequired = "config-added-required",
        /// A topic or schema must be made or moved.
        TopicOrSchemaMigration = "topic-or-schema-migration",
        /// A command must be run.
        CommandRequired = "command-required",
        /// Something must be stopped.
        Downtime = "downtime",
        /// The licence is another.
        LicenseChanged = "license-changed",
    }
}

/// Does an action apply? Unknown is not yes, and not no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applies {
    /// It does not.
    No,
    /// What is known does not decide it.
    Unknown,
    /// It does.
    Yes,
}

impl Applies {
    /// The word that documents use: `yes`, `no`, `unknown`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Applies::No => "no",
            Applies::Unknown => "unknown",
            Applies::Yes => "yes",
        }
    }
}

/// What is known of a package at the end of a step.
#[derive(Clone, Copy, Debug)]
pub enum InstalledVersion<'v> {
    /// Nothing: there is no lockfile, or it is not read.
    Unknown,
    /// It is not there.
    Absent,
    /// It is there, at this version where that is known.
    Present(Option<&'v Version>),
}

/// A fact that a lockfile decides.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Condition {
    /// The package is there, at one of these versions where they are named.
    Present {
        /// Its name; any gem, of the catalog or not.
        package: Name,
        /// The versions meant.
        versions: Option<Arc<Requirement>>,
    },
    /// The package is not there.
    Absent {
        /// Its name; any gem, of the catalog or not.
        package: Name,
    },
}

impl Condition {
    /// Does it hold where `installed` says what is there?
    pub fn holds<'v>(&self, installed: impl Fn(&Name) -> InstalledVersion<'v>) -> Applies {
        match self {
            Condition::Present { package, versions } => match (installed(package), versions) {
                (InstalledVersion::Unknown, _) | (InstalledVersion::Present(None), Some(_)) => {
                    Applies::Unknown
                }
                (InstalledVersion::Absent, _) => Applies::No,
                (InstalledVersion::Present(Some(version)), Some(versions))
                    if !versions.matches(version) =>
                {
                    Applies::No
                }
                (InstalledVersion::Present(_), _) => Applies::Yes,
            },
            Condition::Absent { package } => match installed(package) {
                InstalledVersion::Unknown => Applies::Unknown,
                InstalledVersion::Absent => Applies::Yes,
                InstalledVersion::Present(_) => Applies::No,
            },
        }
    }
}

/// A range of versions that an action concerns, as it was read; plans go by the catalog's
/// requirements and rules, never by this.
#[derive(Clone, Debug)]
pub struct ActionRange {
    pub(super) kind: String,
    pub(super) package: Name,
    pub(super) range: Arc<Requirement>,
    pub(super) before: Option<Version>,
}

impl ActionRange {
    pub(super) const KINDS: &'static [&'static str] = &[
        "gemspec",
        "runtime-guard",
        "documented",
        "declared-in-changelog",
        "inferred",
        "recommended",
        "deployed-before",
        "ceiling",
        "avoid",
        "forbidden-version",
        "pin-recommended",
    ];

    /// Where it comes from: `gemspec`, `runtime-guard`, `deployed-before`, …
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The package it is on; any gem, of the catalog or not.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// The versions.
    #[must_use]
    pub fn range(&self) -> &Requirement {
        &self.range
    }

    /// Before which version they must be deployed.
    #[must_use]
    pub fn before(&self) -> Option<&Version> {
        self.before.as_ref()
    }
}

/// One thing to do or to know when a version is entered.
///
/// ```
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let action = catalog.actions()?.of("waterdrop").next().unwrap();
/// assert!(!action.summary().is_empty());
/// println!("{}: {}", action.phase().name(), action.summary());
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Action {
    pub(super) id: Name,
    pub(super) package: Name,
    pub(super) planned: bool,
    /// `None` applies at every crossing into another line.
    pub(super) since: Option<Version>,
    pub(super) kind: ActionKind,
    pub(super) severity: Severity,
    pub(super) phase: Phase,
    pub(super) component: Component,
    pub(super) edition: Edition,
    pub(super) summary: Text,
    pub(super) action: Option<Text>,
    pub(super) commands: Vec<String>,
    pub(super) affects: Option<Text>,
    pub(super) look: Option<Text>,
    pub(super) conditions: Vec<Condition>,
    pub(super) decides: bool,
    pub(super) by_plan: bool,
    pub(super) stages: Vec<String>,
    pub(super) constraint: Option<ActionRange>,
    pub(super) old: Option<Text>,
    pub(super) new: Option<Text>,
    pub(super) detects: Vec<Detect>,
    pub(super) note: Option<Text>,
    pub(super) inferred: Option<Text>,
    pub(super) contradiction: Option<Text>,
    pub(super) source: Text,
    pub(super) link: Option<Text>,
    pub(super) possible_since: Option<Version>,
    pub(super) due_by: Option<Version>,
}

impl Action {
    /// The longest summary, in bytes.
    pub const MAX_SUMMARY: usize = 400;
    /// The longest of the other texts, in bytes.
    pub const MAX_TEXT: usize = 1_000;
    /// The most commands of one action.
    pub const MAX_COMMANDS: usize = 20;
    /// The most patterns of one action.
    pub const MAX_DETECTS: usize = 100;
    /// The most stages that one action names.
    pub const MAX_STAGES: usize = 20;
    /// The most conditions of one action.
    pub const MAX_CONDITIONS: usize = 10;

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &Name {
        &self.id
    }

    /// Whose versions it goes by.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// Whether that is a package of the catalog; if not it is a subject that no plan moves, as
    /// brokers are.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        self.planned
    }

    /// The version with which it takes effect; `None` for one that applies at every crossing into
    /// another line.
    #[must_use]
    pub fn since(&self) -> Option<&Version> {
        self.since.as_ref()
    }

    /// The line of [`Action::since`].
    #[must_use]
    pub fn line(&self) -> Option<String> {
        self.since.as_ref().map(Version::line)
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> ActionKind {
        self.kind
    }

    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// When it is due.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// What it concerns of what is deployed separately.
    #[must_use]
    pub fn component(&self) -> Component {
        self.component
    }

    /// Whose edition it concerns.
    #[must_use]
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// What changed, a sentence or two.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// What to do; `None` where there is nothing to do.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.action.as_deref()
    }

    /// Commands to run.
    #[must_use]
    pub fn commands(&self) -> &[String] {
        &self.commands
    }

    /// Who is affected, in words; `None` is everyone who meets the conditions.
    #[must_use]
    pub fn affects(&self) -> Option<&str> {
        self.affects.as_deref()
    }

    /// What decides whether it applies where the source does not, in words; see also
    /// [`Action::what_decides`].
    #[must_use]
    pub fn look(&self) -> Option<&str> {
        self.look.as_deref()
    }

    /// What must hold, all of it; see [`Action::applies`].
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Whether the conditions holding is enough.
    #[must_use]
    pub fn is_decided_by_conditions(&self) -> bool {
        self.decides
    }

    /// Whether every plan does it by itself, so that nothing is left to do for people who follow one.
    #[must_use]
    pub fn is_done_by_plans(&self) -> bool {
        self.by_plan
    }

    /// The stages of [`Rollout::stages`](super::Rollout::stages) that say the same: where it applies,
    /// a step leaves them out.
    #[must_use]
    pub fn stages(&self) -> &[String] {
        &self.stages
    }

    /// The range of versions that it concerns.
    #[must_use]
    pub fn constraint(&self) -> Option<&ActionRange> {
        self.constraint.as_ref()
    }

    /// What a value was before, where a value changed.
    #[must_use]
    pub fn old_value(&self) -> Option<&str> {
        self.old.as_deref()
    }

    /// What a value is now.
    #[must_use]
    pub fn new_value(&self) -> Option<&str> {
        self.new.as_deref()
    }

    /// Patterns that show in source that it concerns the user.
    #[must_use]
    pub fn detects(&self) -> &[Detect] {
        &self.detects
    }

    /// More to know, and where sources disagree.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// How it was inferred, where nobody states it outright.
    #[must_use]
    pub fn inferred(&self) -> Option<&str> {
        self.inferred.as_deref()
    }

    /// How its sources contradict one another.
    #[must_use]
    pub fn contradiction(&self) -> Option<&str> {
        self.contradiction.as_deref()
    }

    /// Where it was read: a guide with its anchor, a changelog, or `code:REPOSITORY@TAG:PATH`.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The address of [`Action::source`], where the catalog knows one.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// The version from which on it can be done already, where that is earlier than
    /// [`Action::since`]: what is removed now was deprecated or renamed there.
    #[must_use]
    pub fn possible_since(&self) -> Option<&Version> {
        self.possible_since.as_ref()
    }

    /// The version by which it must be done, where that is later than [`Action::since`]: what is
    /// deprecated or renamed now is removed there.
    #[must_use]
    pub fn due_by(&self) -> Option<&Version> {
        self.due_by.as_ref()
    }

    /// Does it apply where `installed` says what is there after the step (what no step moves is as
    /// the lockfile has it)? Plans ask of [`ActionKind::DependencyDropped`] before the step as well.
    ///
    /// No, if a condition fails. Unknown, if one is not known, or if the conditions do not decide
    /// by themselves because it depends on how packages are used ([`Action::affects`]).
    pub fn applies<'v>(&self, installed: impl Fn(&Name) -> InstalledVersion<'v>) -> Applies {
        let conditions = self.conditions.iter();
        let hold = conditions.map(|condition| condition.holds(&installed));
        hold.fold(self.enough(), Applies::min)
    }

    /// Whether it applies where all its conditions hold.
    pub(crate) fn enough(&self) -> Applies {
        if self.decides {
            Applies::Yes
        } else {
            Applies::Unknown
        }
    }
}

/// All actions of a catalog.
///
/// ```
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let actions = catalog.actions()?;
/// let action = actions.get("karafka-2.0-batch-fetching-removed").unwrap();
/// assert_eq!(action.package().as_str(), "karafka");
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Actions {
    /// By phase, severity and id.
    list: Arc<Vec<Action>>,
    /// Of each package or subject that has some.
    packages: Vec<PackagePlaces>,
    /// Their numbers in [`Actions::packages`].
    numbers: BTreeMap<Name, usize>,
}

/// The places of one package or subject in the list.
#[derive(Clone, Debug, Default)]
struct PackagePlaces {
    /// Ascending.
    all: Vec<usize>,
    /// Of those that speak at every crossing.
    at_crossings: Vec<usize>,
    /// Of the others, by the version with which they take effect.
    by_since: Vec<usize>,
    /// These versions, ascending.
    since: Vec<Version>,
    /// How many of the first of [`PackagePlaces::by_since`] are breaking: of none, of one, and so on.
    breaking: Vec<usize>,
}

impl Actions {
    /// The most actions that one catalog may have.
    pub const MAX: usize = 20_000;

    pub(super) fn new(mut list: Vec<Action>) -> Self {
        list.sort_by(|a, b| {
            let key = |action: &Action| (action.phase, action.severity);
            key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
        });
        pair_deprecations(&mut list);
        Self::from_ordered(list)
    }

    /// Those that are in order and paired already.
    pub(super) fn from_ordered(list: Vec<Action>) -> Self {
        let mut packages: Vec<PackagePlaces> = Vec::new();
        let mut numbers: BTreeMap<Name, usize> = BTreeMap::new();
        // Those of one package mostly follow one another.
        let mut last: Option<(&Name, usize)> = None;
        for (at, action) in list.iter().enumerate() {
            let package = &action.package;
            let known = last.filter(|(name, _)| *name == package);
            let number = known.map_or_else(
                || *numbers.entry(package.clone()).or_insert(packages.len()),
                |(_, number)| number,
            );
            last = Some((package, number));
            if number == packages.len() {
                packages.push(PackagePlaces::default());
            }
            let places = &mut packages[number];
            places.all.push(at);
            match &action.since {
                None => places.at_crossings.push(at),
                Some(_) => places.by_since.push(at),
            }
        }
        for places in &mut packages {
            places
                .by_since
                .sort_by(|a, b| list[*a].since.cmp(&list[*b].since));
            let mut breaking = 0;
            places.breaking.push(breaking);
            for action in places.by_since.iter().map(|at| &list[*at]) {
                breaking += usize::from(action.severity == Severity::Breaking);
                places.breaking.push(breaking);
                places.since.extend(action.since.clone());
            }
        }
        Actions {
            list: Arc::new(list),
            packages,
            numbers,
        }
    }

    /// All of them, by phase, then severity, then id.
    pub fn iter(&self) -> impl Iterator<Item = &Action> {
        self.list.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The action of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Action> {
        self.iter().find(|action| action.id == *id)
    }

    /// Those of one package or subject, in the same order.
    pub fn of(&self, package: &str) -> impl Iterator<Item = &Action> {
        let number = self.number_of(package);
        let places = number.into_iter().flat_map(|it| &self.packages[it].all);
        places.map(|at| &self.list[*at])
    }

    /// Exactly those of a package whose effect lies in (`from`, `to`]: after `from`, `to`
    /// included; and, if the two are of different lines, those that speak at every crossing.
    /// Without `from`, all up to `to`. In the same order.
    pub fn entered(
        &self,
        package: &str,
        from: Option<&Version>,
        to: &Version,
    ) -> impl Iterator<Item = &Action> {
        let crosses = from.is_none_or(|from| from < to && from.line() != to.line());
        let number = self.number_of(package);
        let places = number.map(|number| {
            let since = self.since(number, from, to);
            self.entered_at(number, since, crosses)
        });
        let mut places: Vec<usize> = places.into_iter().flatten().collect();
        places.sort_unstable();
        places.into_iter().map(|at| &self.list[at])
    }

    /// The number of a package among those that have actions.
    pub(crate) fn number_of(&self, package: &str) -> Option<usize> {
        self.numbers.get(package).copied()
    }

    /// Of a package those that take effect after `from`, up to `to`, by their order in time.
    pub(crate) fn since(
        &self,
        package: usize,
        from: Option<&Version>,
        to: &Version,
    ) -> Range<usize> {
        let since = &self.packages[package].since;
        let upto = |version: &Version| since.partition_point(|it| it <= version);
        let (start, end) = (from.map_or(0, upto), upto(to));
        start.min(end)..end
    }

    /// How many actions of a package take effect up to each of these versions, which ascend.
    pub(crate) fn upto<'v>(
        &self,
        package: usize,
        versions: impl Iterator<Item = &'v Version>,
    ) -> Vec<usize> {
        let since = &self.packages[package].since;
        let mut upto = 0;
        let counts = versions.map(|version| {
            let passed = since[upto..].iter();
            upto += passed.take_while(|it| *it <= version).count();
            upto
        });
        counts.collect()
    }

    /// The places of the actions of a package that are entered, in no order; ascending they are in order.
    pub(crate) fn entered_at(
        &self,
        package: usize,
        since: Range<usize>,
        crosses: bool,
    ) -> impl Iterator<Item = usize> {
        let places = &self.packages[package];
        let always = match crosses {
            true => &places.at_crossings[..],
            false => &[],
        };
        always.iter().chain(&places.by_since[since]).copied()
    }

    /// How many of a package are breaking, of these by their order in time.
    pub(crate) fn breaking(&self, package: usize, since: Range<usize>) -> usize {
        let upto = &self.packages[package].breaking;
        upto[since.end] - upto[since.start]
    }

    /// The action at a place.
    pub(crate) fn at(&self, place: usize) -> &Action {
        &self.list[place]
    }

    /// All of them, for who keeps places.
    pub(crate) fn shared(&self) -> &Arc<Vec<Action>> {
        &self.list
    }
}

/// Where everything that is deprecated or renamed by one action is removed by a later one of the
/// same package, the first is due by the second, and the second can be done from the first on.
fn pair_deprecations(list: &mut [Action]) {
    use ActionKind::{ApiRemoved, ApiRenamed, ConfigRemoved, ConfigRenamed, Deprecation};
    let of_kinds = |kinds: &[ActionKind]| -> Vec<usize> {
        let has = |at: &usize| kinds.contains(&list[*at].kind) && !list[*at].detects.is_empty();
        (0..list.len()).filter(has).collect()
    };
    let warnings = of_kinds(&[Deprecation, ApiRenamed, ConfigRenamed]);
    let removals = of_kinds(&[ApiRemoved, ConfigRemoved]);
    let mut pairs = Vec::new();
    for early in warnings {
        let warning = &list[early];
        for late in removals.iter().copied() {
            let removal = &list[late];
            let removes = |detect: &Detect| {
                let same = |it: &Detect| {
                    it.kind == detect.kind && it.value == detect.value && it.scope == detect.scope
                };
                removal.detects.iter().any(same)
            };
            if let (Some(first), Some(last)) = (&warning.since, &removal.since) {
                if warning.package == removal.package
                    && first < last
                    && warning.detects.iter().all(removes)
                {
                    pairs.push((early, first.clone(), late, last.clone()));
                }
            }
        }
    }
    let earlier = |known: &mut Option<Version>, new: Version| {
        *known = Some(known.take().map_or(new.clone(), |known| known.min(new)));
    };
    for (early, first, late, last) in pairs {
        earlier(&mut list[early].due_by, last);
        earlier(&mut list[late].possible_since, first);
    }
}
