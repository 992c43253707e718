//! `rungs.plan/1`.

use super::guidance::{ContentsDocument, DueDocument, contents, due};
use crate::catalog::Catalog;
use crate::date::Date;
use crate::name::Name;
use crate::plan::{
    Breach, Cause, Change, Constraint, FamilyPart, Fix, FixKind, FromRegistry, Held, KnownDefect,
    Leaving, Outside, Plan, PlanWarning, State, Step, Wait, Wanted,
};
use crate::version::Version;
use crate::why::{Chain, Why};
use crate::words;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::fmt;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    outcome: &'static str,
    catalog: CatalogDocument<'a>,
    start: StateDocument<'a>,
    target: Pairs<'a>,
    as_of: Option<String>,
    steps: Vec<StepDocument<'a>>,
    cleanup: Vec<&'a str>,
    beside: Vec<DueDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimal: Option<MinimalDocument>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<CauseDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<FixDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<Pairs<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    held: Vec<HeldDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_registry: Option<FromRegistryDocument<'a>>,
    warnings: Vec<CodedDocument>,
}

/// A sentence with the stable code of what it says.
#[derive(Serialize)]
pub(super) struct CodedDocument {
    code: &'static str,
    text: String,
}

impl CodedDocument {
    pub(super) fn new(code: &'static str, text: &impl fmt::Display) -> Self {
        CodedDocument {
            code,
            text: text.to_string(),
        }
    }
}

pub(super) fn warnings(warnings: &[PlanWarning]) -> Vec<CodedDocument> {
    let coded = |warning: &PlanWarning| CodedDocument::new(warning.code(), warning);
    warnings.iter().map(coded).collect()
}

#[derive(Serialize)]
pub(super) struct HeldDocument<'a> {
    package: &'a str,
    stays: &'a str,
    newest: &'a str,
    by: Vec<ConstraintDocument<'a>>,
    text: String,
}

#[derive(Serialize)]
struct FromRegistryDocument<'a> {
    gems: Vec<&'a str>,
    steps: usize,
    end: EndDocument<'a>,
    by: Vec<ConstraintDocument<'a>>,
    fixes: Vec<FixDocument<'a>>,
    text: String,
}

struct EndDocument<'a>(&'a [(Name, Version)]);

impl Serialize for EndDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.0.iter();
        object(
            serializer,
            pairs.map(|(name, version)| (name.as_str(), version.as_str())),
        )
    }
}

#[derive(Serialize)]
struct BreachDocument<'a> {
    package: &'a str,
    version: &'a str,
    with: &'a str,
    with_version: &'a str,
    requirement: Option<&'a str>,
    rule: Option<&'a str>,
    text: String,
}

#[derive(Serialize)]
struct LeavingDocument<'a> {
    gem: &'a str,
    version: &'a str,
    package: Option<&'a str>,
    requirement: Option<&'a str>,
    rule: Option<&'a str>,
    instead: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct DefectDocument<'a> {
    package: &'a str,
    version: &'a str,
    rule: &'a str,
    why: &'a str,
    affects: &'a str,
    workaround: Option<&'a str>,
    fixed_in: Option<&'a str>,
    avoid: bool,
}

pub(super) fn held(held: &Held) -> HeldDocument<'_> {
    HeldDocument {
        package: held.package().as_str(),
        stays: held.stays(),
        newest: held.newest(),
        by: held.by().iter().map(constraint).collect(),
        text: held.to_string(),
    }
}

fn from_registry(from: &FromRegistry) -> FromRegistryDocument<'_> {
    FromRegistryDocument {
        gems: from.gems().iter().map(Name::as_str).collect(),
        steps: from.steps(),
        end: EndDocument(from.end()),
        by: from.by().iter().map(constraint).collect(),
        fixes: from.fixes().iter().map(fix).collect(),
        text: from.to_string(),
    }
}

fn breach(breach: &Breach) -> BreachDocument<'_> {
    BreachDocument {
        package: breach.package().as_str(),
        version: breach.version(),
        with: breach.with().as_str(),
        with_version: breach.with_version(),
        requirement: breach.requirement(),
        rule: breach.rule().map(Name::as_str),
        text: breach.to_string(),
    }
}

fn leaving(leaving: &Leaving) -> LeavingDocument<'_> {
    LeavingDocument {
        gem: leaving.gem(),
        version: leaving.version(),
        package: leaving.requires().map(|(package, _)| package),
        requirement: leaving.requires().map(|(_, requirement)| requirement),
        rule: leaving.rule().map(Name::as_str),
        instead: leaving.instead(),
    }
}

pub(super) fn defect(defect: &KnownDefect) -> DefectDocument<'_> {
    DefectDocument {
        package: defect.package().as_str(),
        version: defect.version(),
        rule: defect.rule().as_str(),
        why: defect.why(),
        affects: defect.affects(),
        workaround: defect.workaround(),
        fixed_in: defect.fixed_in(),
        avoid: defect.is_avoided(),
    }
}

#[derive(Serialize)]
pub(super) struct CatalogDocument<'a> {
    pub(super) name: &'a str,
    pub(super) horizon: String,
    pub(super) digest: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stale_days: Option<u32>,
}

/// A catalog by itself, and how old it is on a day.
pub(super) fn catalog_on(catalog: &Catalog, day: Option<Date>) -> CatalogDocument<'_> {
    let days = day.map(|day| catalog.age_on(day));
    CatalogDocument {
        name: catalog.name().as_str(),
        horizon: catalog.horizon().to_string(),
        digest: catalog.digest(),
        stale_days: days.filter(|days| *days >= Catalog::STALE_AFTER),
    }
}

#[derive(Serialize)]
struct StateDocument<'a> {
    packages: VersionsDocument<'a>,
    runtimes: Runtimes<'a>,
}

#[derive(Serialize)]
struct StepDocument<'a> {
    number: usize,
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repairs: Vec<BreachDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waits: Vec<WaitDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartDocument<'a>>,
    changes: Vec<ChangeDocument<'a>>,
    stays: Vec<StayDocument<'a>>,
    state: StateDocument<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    leaves: Vec<LeavingDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    defects: Vec<DefectDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also_moves: Vec<OutsideDocument<'a>>,
    #[serde(flatten)]
    contents: ContentsDocument<'a>,
}

#[derive(Serialize)]
struct WaitDocument<'a> {
    package: &'a str,
    version: &'a str,
    rule: &'a str,
    wait: Option<&'a str>,
    check: Option<&'a str>,
}

fn wait(wait: &Wait) -> WaitDocument<'_> {
    WaitDocument {
        package: wait.package().as_str(),
        version: wait.version(),
        rule: wait.rule().as_str(),
        wait: wait.what(),
        check: wait.check(),
    }
}

#[derive(Serialize)]
struct ChangeDocument<'a> {
    package: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    kind: &'static str,
    because: String,
}

#[derive(Serialize)]
struct PartDocument<'a> {
    catalog: &'a str,
    moves: Vec<PartMoveDocument<'a>>,
}

#[derive(Serialize)]
struct PartMoveDocument<'a> {
    package: &'a str,
    to: Option<&'a str>,
    packages: usize,
}

#[derive(Serialize)]
struct StayDocument<'a> {
    package: &'a str,
    version: &'a str,
    because: String,
}

#[derive(Serialize)]
struct WantedDocument<'a> {
    by: &'a str,
    requirement: String,
}

#[derive(Serialize)]
struct OutsideDocument<'a> {
    gem: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    wanted: Option<WantedDocument<'a>>,
    held: Vec<WantedDocument<'a>>,
    verified: bool,
    edits_gemfile: bool,
    text: String,
}

#[derive(Serialize)]
struct CauseDocument<'a> {
    constraints: Vec<ConstraintDocument<'a>>,
    /// Only where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimal: Option<bool>,
}

#[derive(Serialize)]
pub(super) struct ConstraintDocument<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    risks: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collides_with: Option<String>,
    text: String,
}

#[derive(Serialize)]
struct FixDocument<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    text: String,
    steps: usize,
}

#[derive(Serialize)]
struct MinimalDocument {
    steps: usize,
    lower_bound: usize,
    code: &'static str,
    because: String,
    states_expanded: u64,
}

/// Pairs as an object in their own order.
pub(super) struct Pairs<'a>(pub(super) &'a [(String, String)]);
struct VersionsDocument<'a>(&'a State);
struct Runtimes<'a>(&'a State);

fn object<S: Serializer, K: Serialize, V: Serialize>(
    serializer: S,
    pairs: impl ExactSizeIterator<Item = (K, V)>,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        map.serialize_entry(&key, &value)?;
    }
    map.end()
}

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl Serialize for VersionsDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.0.packages().iter();
        object(
            serializer,
            pairs.map(|(name, version)| (name.as_str(), version.as_str())),
        )
    }
}

impl Serialize for Runtimes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.0.runtimes().iter();
        object(
            serializer,
            pairs.map(|(name, version)| (name.as_str(), version)),
        )
    }
}

fn state(state: &State) -> StateDocument<'_> {
    StateDocument {
        packages: VersionsDocument(state),
        runtimes: Runtimes(state),
    }
}

fn change(change: &Change) -> ChangeDocument<'_> {
    ChangeDocument {
        package: change.package().as_str(),
        from: change.from(),
        to: change.to(),
        kind: change.kind().name(),
        because: change.because().to_string(),
    }
}

fn part(part: &FamilyPart) -> PartDocument<'_> {
    let moves = part.moves().iter().map(|it| PartMoveDocument {
        package: it.package().as_str(),
        to: it.to(),
        packages: it.packages(),
    });
    PartDocument {
        catalog: part.family().as_str(),
        moves: moves.collect(),
    }
}

fn step(step: &Step) -> StepDocument<'_> {
    StepDocument {
        number: step.number(),
        kind: step.kind().name(),
        repairs: step.repairs().iter().map(breach).collect(),
        waits: step.waits().iter().map(wait).collect(),
        parts: step.parts().iter().map(part).collect(),
        changes: step.changes().iter().map(change).collect(),
        stays: step
            .stays()
            .iter()
            .map(|stay| StayDocument {
                package: stay.package().as_str(),
                version: stay.version().as_str(),
                because: stay.because().to_string(),
            })
            .collect(),
        state: state(step.state()),
        leaves: step.leaves().iter().map(leaving).collect(),
        defects: step.defects().iter().map(defect).collect(),
        also_moves: step.outside().iter().map(outside).collect(),
        contents: contents(step.bundle(), step.guidance()),
    }
}

fn wanted(wanted: &Wanted) -> WantedDocument<'_> {
    WantedDocument {
        by: wanted.by(),
        requirement: wanted.requirement().to_string(),
    }
}

fn outside(outside: &Outside) -> OutsideDocument<'_> {
    OutsideDocument {
        gem: outside.gem(),
        from: outside.from(),
        to: outside.to(),
        wanted: outside.wanted().map(wanted),
        held: outside.held().iter().map(wanted).collect(),
        verified: outside.is_verified(),
        edits_gemfile: outside.edits_gemfile(),
        text: outside.to_string(),
    }
}

fn constraint(constraint: &Constraint) -> ConstraintDocument<'_> {
    let (rule, package, requirement) = match constraint {
        Constraint::Rule { rule, .. } => (Some(rule.as_str()), None, None),
        Constraint::Runtime { runtime, .. } => (None, Some(runtime.as_str()), None),
        Constraint::Installed { package, .. } | Constraint::Risks { package, .. } => {
            (None, Some(package.as_str()), None)
        }
        Constraint::Day { .. } => (None, None, None),
        Constraint::Unlisted { gem, required } => {
            let requirement = required.as_ref().map(|it| it.requirement());
            (None, Some(gem.as_str()), requirement)
        }
        Constraint::Unreachable { package, to } => {
            (None, Some(package.as_str()), Some(to.as_str()))
        }
        Constraint::Target { package, to } => {
            let to = words::to_reach(to.as_deref());
            (None, Some(package.as_str()), Some(to))
        }
        Constraint::Pin {
            package,
            requirement,
        }
        | Constraint::Gemfile {
            package,
            requirement,
        }
        | Constraint::Holder {
            package,
            requirement,
            ..
        } => (None, Some(package.as_str()), Some(requirement.as_str())),
    };
    ConstraintDocument {
        kind: constraint.kind(),
        rule,
        package,
        requirement,
        also: match constraint {
            Constraint::Holder { also, .. } => {
                let also = also.iter();
                also.map(|(gem, version)| format!("{gem} {version}"))
                    .collect()
            }
            _ => Vec::new(),
        },
        risks: match constraint {
            Constraint::Risks { risks, .. } => risks.iter().map(Name::as_str).collect(),
            _ => Vec::new(),
        },
        collides_with: None,
        text: constraint.to_string(),
    }
}

fn cause(cause: &Cause) -> CauseDocument<'_> {
    CauseDocument {
        constraints: cause
            .members()
            .map(|(member, collision)| ConstraintDocument {
                collides_with: collision.map(ToString::to_string),
                ..constraint(member)
            })
            .collect(),
        minimal: (!cause.is_minimal()).then_some(false),
    }
}

fn fix(fix: &Fix) -> FixDocument<'_> {
    FixDocument {
        kind: fix.kind().name(),
        to: match fix.kind() {
            FixKind::Runtime { to, .. } => Some(to),
            FixKind::Shorter { line, .. } => Some(line),
            FixKind::Day { day } => Some(day),
            _ => None,
        },
        text: fix.kind().to_string(),
        steps: fix.steps(),
    }
}

/// The document `rungs.plan/1` of a plan.
///
/// ```
/// use rungs::planner::{Planner, Request};
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// # use rungs::lockfile::{Lockfile, Snapshot};
/// # let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
/// # let snapshot = Snapshot::from_lockfile(&lockfile)?;
/// let plan = Planner::new(&catalog, &snapshot).plan(&Request::new())?;
/// assert!(rungs::wire::plan_document(&plan).contains("\"rungs.plan/1\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn plan_document(plan: &Plan) -> String {
    super::render(&document(plan))
}

#[derive(Serialize)]
struct MoveDocument<'a> {
    step: usize,
    #[serde(flatten)]
    outside: OutsideDocument<'a>,
}

#[derive(Serialize)]
struct ChainDocument<'a> {
    by: &'a str,
    version: &'a str,
    requirement: &'a str,
    from: &'a [String],
}

fn chain(chain: &Chain) -> ChainDocument<'_> {
    ChainDocument {
        by: chain.by(),
        version: chain.version(),
        requirement: chain.requirement(),
        from: chain.from(),
    }
}

#[derive(Serialize)]
struct WhyDocument<'a> {
    schema: &'static str,
    package: &'a str,
    stands: Vec<StandDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    moves: Vec<MoveDocument<'a>>,
    wanted_by: Vec<ChainDocument<'a>>,
    plan: Document<'a>,
}

#[derive(Serialize)]
struct StandDocument<'a> {
    step: usize,
    version: Option<&'a str>,
    moved: bool,
    because: String,
}

/// The document `rungs.why/1` of one package along a plan.
#[must_use]
pub fn why_document(why: &Why) -> String {
    let stands = why.stands().iter().map(|stand| StandDocument {
        step: stand.step(),
        version: stand.version().map(Version::as_str),
        moved: stand.has_moved(),
        because: stand.because().to_string(),
    });
    let moves = why.outside().iter().map(|(step, it)| MoveDocument {
        step: *step,
        outside: outside(it),
    });
    super::render(&WhyDocument {
        schema: "rungs.why/1",
        package: why.package().as_str(),
        stands: stands.collect(),
        moves: moves.collect(),
        wanted_by: why.chains().iter().map(chain).collect(),
        plan: document(why.plan()),
    })
}

fn document(plan: &Plan) -> Document<'_> {
    Document {
        schema: "rungs.plan/1",
        outcome: plan.outcome().name(),
        catalog: CatalogDocument {
            name: plan.catalog_name().as_str(),
            horizon: plan.horizon().to_string(),
            digest: plan.catalog_digest(),
            stale_days: plan.stale_days(),
        },
        start: state(plan.start()),
        target: Pairs(plan.targets()),
        as_of: plan.as_of().map(|day| day.to_string()),
        steps: plan.steps().iter().map(step).collect(),
        cleanup: plan.cleanup().iter().map(Name::as_str).collect(),
        beside: plan.beside().iter().map(due).collect(),
        minimal: plan.minimal().map(|minimal| MinimalDocument {
            steps: minimal.steps(),
            lower_bound: minimal.lower_bound(),
            code: minimal.because().code(),
            because: minimal.because().to_string(),
            states_expanded: minimal.states_expanded(),
        }),
        causes: plan.causes().iter().map(cause).collect(),
        fixes: plan.fixes().iter().map(fix).collect(),
        reached: Some(plan.reached())
            .filter(|reached| !reached.is_empty())
            .map(Pairs),
        held: plan.held().iter().map(held).collect(),
        from_registry: plan.from_registry().map(from_registry),
        warnings: warnings(plan.warnings()),
    }
}

/// One step, from 0, as written among the `steps` of `rungs.plan/1`; `None` beyond the last.
#[must_use]
pub fn step_document(plan: &Plan, index: usize) -> Option<String> {
    plan.steps()
        .get(index)
        .map(|each| super::render(&step(each)))
}
