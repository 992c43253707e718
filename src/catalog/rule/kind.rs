//! The rules of a catalog as data. What they mean for a move is in `crate::rules`.

use crate::catalog::stored::{Reader, Stored, Writer, variants};
use crate::catalog::{PackageId, SetId};
use crate::name::Name;
use crate::plain::Text;
use crate::version::{Requirement, Version};
use std::sync::Arc;

/// The place of a rule in its catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RuleId(pub(crate) u32);

impl RuleId {
    /// The rule at this place of [`crate::catalog::Catalog::rules`].
    pub(crate) fn at(place: usize) -> Self {
        RuleId(u32::try_from(place).unwrap_or(u32::MAX))
    }
}

/// How binding a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Force {
    /// Holds unless it is accepted by name.
    Should,
    /// Always applies.
    Must,
}

impl Force {
    /// The word that catalogs and documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Force::Should => "should",
            Force::Must => "must",
        }
    }
}

/// A fact about entering a version that plans depend on.
///
/// ```
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// for rule in catalog.rules() {
///     assert!(!rule.why().is_empty() && !rule.source().is_empty(), "{}", rule.id());
/// }
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rule {
    pub(crate) id: Name,
    pub(crate) package: PackageId,
    pub(crate) force: Force,
    pub(crate) why: Text,
    pub(crate) source: Text,
    pub(crate) inferred: Option<Text>,
    pub(crate) level: Option<Level>,
    pub(crate) evidence: Option<Text>,
    /// Properties of which each must be unknown or a yes for the rule to hold.
    pub(crate) conditions: Vec<Name>,
    pub(crate) kind: RuleKind,
}

impl Rule {
    /// The name under which it is accepted and cited.
    #[must_use]
    pub fn id(&self) -> &Name {
        &self.id
    }

    /// How binding it is.
    #[must_use]
    pub fn force(&self) -> Force {
        self.force
    }

    /// The reason, as a clause in lower case.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// Where it was read: a guide, a changelog, code.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How it was inferred, where nobody states it outright.
    #[must_use]
    pub fn inferred(&self) -> Option<&str> {
        self.inferred.as_deref()
    }

    /// How far an application gets with what the rule excludes.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.level
    }

    /// How it was found out by running, in a few words.
    #[must_use]
    pub fn evidence(&self) -> Option<&str> {
        self.evidence.as_deref()
    }

    /// The properties of an installation ([`Property::id`]) on which it depends: it does not hold
    /// where one of them is known to be a no.
    #[must_use]
    pub fn conditions(&self) -> &[Name] {
        &self.conditions
    }

    /// `blocked`, `gate`, `bridge`, `requires`, `conflict`, `defect`, `discontinued`, `risk` or `skew`.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        self.kind.name()
    }

    /// Whether edges name it, which are taken only by who accepts it.
    pub(crate) fn is_risk(&self) -> bool {
        matches!(self.kind, RuleKind::Risk { .. })
    }

    /// Whether it is known to concern nobody.
    pub(in crate::catalog) fn is_idle(&self) -> bool {
        let applies = RiskApplies::No;
        matches!(self.kind, RuleKind::Risk { applies: it } if it == applies)
    }
}

/// What a rule says.
#[derive(Clone, Debug)]
pub(crate) enum RuleKind {
    /// These releases are not entered.
    Blocked { versions: Arc<Requirement> },
    /// Where one must stand before a line or certain versions are entered.
    Gate {
        enter: Enter,
        from: GateFrom,
        stop: Stop,
    },
    /// From one line these others may be entered directly.
    Bridge { from: usize, to: Vec<usize> },
    /// Where both packages are present, these releases want these of the other.
    Requires {
        versions: Arc<Requirement>,
        needs: PackageId,
        requirement: Arc<Requirement>,
    },
    /// These pairs resolve but break.
    Conflict {
        versions: Arc<Requirement>,
        with: Other,
        with_versions: Arc<Requirement>,
    },
    /// Releases known to be bad.
    Defect(Box<Defect>),
    /// A gem outside the catalog that requires the package and will never follow it.
    Discontinued { gem: Name, instead: String },
    /// A reason not to take an edge that names it.
    Risk { applies: RiskApplies },
    /// How far these releases may be behind or ahead of another package while both run.
    Skew(Skew),
}

/// Whether a risk concerns an installation, as far as the catalog can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RiskApplies {
    Yes,
    No,
    /// It counts as if it did.
    Unknown,
}

impl RiskApplies {
    pub(crate) const ALL: [RiskApplies; 3] =
        [RiskApplies::Yes, RiskApplies::No, RiskApplies::Unknown];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            RiskApplies::Yes => "yes",
            RiskApplies::No => "no",
            RiskApplies::Unknown => "unknown",
        }
    }
}

/// A distance between the lines of two packages, counted in lines of the other.
#[derive(Clone, Debug)]
pub(crate) struct Skew {
    /// The releases that it concerns.
    pub(crate) versions: Arc<Requirement>,
    pub(crate) set: SetId,
    pub(crate) of: PackageId,
    pub(crate) behind: u16,
    pub(crate) ahead: u16,
    /// It applies between old and new too, while a step is rolled out.
    pub(crate) while_rolling: bool,
}

/// What entering means to a gate.
#[derive(Clone, Debug)]
pub(crate) enum Enter {
    /// Every line that has no gate of its own.
    Lines,
    Line(usize),
    /// Versions that this requirement admits, from one that it does not admit.
    Versions {
        requirement: Arc<Requirement>,
        set: SetId,
    },
}

/// What must be over before a gate is passed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop {
    /// What to wait for.
    pub(crate) wait: Option<String>,
    /// The command that reports whether it is over.
    pub(crate) check: Option<String>,
}

/// The other package of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    Package(PackageId),
    /// One that the catalog has no section for: the lockfile shows its version.
    Outside(Name),
}

/// What is bad about releases.
#[derive(Clone, Debug)]
pub(crate) struct Defect {
    pub(crate) versions: Arc<Requirement>,
    pub(crate) fixed_in: Option<Version>,
    /// Whom it hits, and how.
    pub(crate) affects: Text,
    pub(crate) workaround: Option<Text>,
    /// Plans do not enter them unless the rule is accepted.
    pub(crate) avoid: bool,
    /// Only beside these versions of another package.
    pub(crate) with: Option<(Other, Arc<Requirement>)>,
}

impl RuleKind {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            RuleKind::Blocked { .. } => "blocked",
            RuleKind::Gate { .. } => "gate",
            RuleKind::Bridge { .. } => "bridge",
            RuleKind::Requires { .. } => "requires",
            RuleKind::Conflict { .. } => "conflict",
            RuleKind::Defect(_) => "defect",
            RuleKind::Discontinued { .. } => "discontinued",
            RuleKind::Risk { .. } => "risk",
            RuleKind::Skew(_) => "skew",
        }
    }
}

/// What a gate asks of the version that is left.
#[derive(Clone, Debug)]
pub(crate) enum GateFrom {
    /// The newest fit release of its line whose own runtime requirement the runtime meets.
    NewestOfLine,
    /// One that this requirement admits.
    Meets {
        requirement: Arc<Requirement>,
        set: SetId,
    },
}

/// How far an application gets before a rule's pair or release breaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// It is not installed or built.
    Install,
    /// Requiring it raises.
    Load,
    /// The first object cannot be built.
    Setup,
    /// Messages are not sent.
    Produce,
    /// Transactions fail.
    Transaction,
    /// Messages are not read.
    Consume,
    /// Errors of the client are not reported.
    ErrorEvent,
    /// Pages of a web interface fail.
    WebPage,
    /// Test helpers fail; the application runs.
    Testing,
}

impl Level {
    pub(crate) const ALL: [Level; 9] = [
        Level::Install,
        Level::Load,
        Level::Setup,
        Level::Produce,
        Level::Transaction,
        Level::Consume,
        Level::ErrorEvent,
        Level::WebPage,
        Level::Testing,
    ];

    /// The word that catalogs and documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level::Install => "install",
            Level::Load => "load",
            Level::Setup => "setup",
            Level::Produce => "produce",
            Level::Transaction => "transaction",
            Level::Consume => "consume",
            Level::ErrorEvent => "error-event",
            Level::WebPage => "web-page",
            Level::Testing => "testing",
        }
    }
}

/// A yes/no fact about an installation that its lockfile cannot show.
#[derive(Clone, Debug)]
pub struct Property {
    pub(crate) id: Name,
    pub(crate) ask: String,
    /// What is installed of a package answers it: yes for versions that meet this, else no.
    pub(crate) shown_by: Option<(Name, Arc<Requirement>)>,
}

impl Property {
    /// The name under which rules and requests speak of it.
    #[must_use]
    pub fn id(&self) -> &Name {
        &self.id
    }

    /// The package that answers it where it is installed, and the versions of it that mean yes.
    #[must_use]
    pub fn shown_by(&self) -> Option<(&Name, &Requirement)> {
        let (name, versions) = self.shown_by.as_ref()?;
        Some((name, versions))
    }

    /// The question to a person.
    #[must_use]
    pub fn ask(&self) -> &str {
        &self.ask
    }
}

variants! {
    RuleKind {
        0: Blocked { versions },
        1: Gate { enter, from, stop },
        2: Bridge { from, to },
        3: Requires { versions, needs, requirement },
        4: Conflict { versions, with, with_versions },
        5: Defect { 0: defect },
        6: Discontinued { gem, instead },
        7: Risk { applies },
        8: Skew { 0: skew },
    }
    Enter {
        0: Lines {},
        1: Line { 0: line },
        2: Versions { requirement, set },
    }
    Other {
        0: Package { 0: id },
        1: Outside { 0: name },
    }
    GateFrom {
        0: NewestOfLine {},
        1: Meets { requirement, set },
    }
}
