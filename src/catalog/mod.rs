//! The data of the world: packages, their releases and lines, and the rules between them.
//!
//! A catalog is built from TOML files (`docs/catalog.md` explains the format), checked as a whole,
//! and immutable from then on. The embedded catalog is files of the same kind in this folder.

mod action;
mod action_source;
mod advisory;
mod alike;
mod blocks;
mod build;
mod candidates;
mod detect;
mod edge_source;
mod edges;
mod guides;
mod joined;
mod line;
mod package;
mod reading;
mod release;
mod rollout;
mod rule;
mod shipped;
mod smoke;
mod source;
mod stored;
mod table;
mod wording;

pub use action::{
    Action, ActionKind, ActionRange, Actions, Applies, Component, Condition, Edition,
    InstalledVersion, Phase, Severity,
};
pub use advisory::Advisory;
pub(crate) use candidates::{CandidateVersions, Required};
pub use detect::{Detect, DetectKind, DetectRole, DetectUse};
pub(crate) use guides::History;
pub use line::{Line, Support, SupportStatus};
pub(crate) use package::PackageId;
pub use package::{Moves, Package, Role};
pub(crate) use reading::{Admitted, Asked, Judged, Page, Reading, Settled};
pub use release::{Dependency, Release};
use release::{Late, ReleaseSets};
pub(crate) use release::{Need, ReleaseSet, SetId};
pub(crate) use rollout::Field;
pub use rollout::{
    Advice, BootError, Contradiction, Deployed, EditionMark, Entering, ExpectedError, Joint,
    Lifecycle, LineCommand, Link, Member, MustStop, Rollback, Rolling, RollingStep, Rollout,
    RuntimeCheckpoint, Schema, SchemaBehaviour, SchemaRelease, Sequence, Signal, Stage, Topic,
    TopicSetting, Turn,
};
pub(crate) use rule::{
    Beside, Defect, Enter, GateFrom, Pair, RULE_KINDS, RuleField, RuleId, RuleKind, RuleValue,
    Skew, Stop,
};
pub use rule::{Force, Level, Property, Rule};
pub use shipped::Shipped;
pub(crate) use shipped::ships_with;
pub use smoke::SmokeCheck;
pub use source::Source;
pub(crate) use wording::{Entry, Marks, Occasions, Playbook, RollingWords, SchemaOf, Words};

use crate::date::Date;
use crate::error::{Error, ErrorCode, Result};
use crate::name::Name;
use crate::version::Scheme;
use once_cell::sync::OnceCell;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::Arc;

/// How many days a day lies past a horizon.
pub(crate) fn age(horizon: Date, day: Date) -> u32 {
    let days = i64::from(day.days()) - i64::from(horizon.days());
    u32::try_from(days.max(0)).unwrap_or(u32::MAX)
}

/// The most releases that one package may have.
pub const MAX_RELEASES: usize = 20_000;

/// Packages, releases and rules; immutable and cheap to clone.
#[derive(Clone, Debug)]
pub struct Catalog(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    inner: Inner,
    layers: Vec<Vec<Source>>,
    /// The number of the joined catalog that each layer is of; `None` for an overlay over all.
    owners: Vec<Option<usize>>,
    digest: OnceCell<String>,
    guides: guides::Guides,
    /// By package.
    candidates: Box<[OnceCell<CandidateVersions>]>,
    /// The packages by name.
    by_name: OnceCell<Vec<PackageId>>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    name: Name,
    /// The catalogs that it is made of.
    families: Vec<Name>,
    horizon: Date,
    scheme: Scheme,
    packages: Vec<Package>,
    properties: Vec<Property>,
    rules: Vec<Rule>,
    sets: ReleaseSets,
    /// Risks that are known to concern nobody.
    idle_risks: Vec<RuleId>,
}

const KARAFKA: [(&str, &str); 11] = [
    ("catalog.toml", include_str!("karafka/catalog.toml")),
    ("conflicts.toml", include_str!("karafka/conflicts.toml")),
    ("defects.toml", include_str!("karafka/defects.toml")),
    ("karafka.toml", include_str!("karafka/karafka.toml")),
    (
        "karafka-core.toml",
        include_str!("karafka/karafka-core.toml"),
    ),
    (
        "karafka-rdkafka.toml",
        include_str!("karafka/karafka-rdkafka.toml"),
    ),
    (
        "karafka-testing.toml",
        include_str!("karafka/karafka-testing.toml"),
    ),
    ("karafka-web.toml", include_str!("karafka/karafka-web.toml")),
    ("rdkafka.toml", include_str!("karafka/rdkafka.toml")),
    ("rules.toml", include_str!("karafka/rules.toml")),
    ("waterdrop.toml", include_str!("karafka/waterdrop.toml")),
];
const RUBY: (&str, &str) = ("ruby.toml", include_str!("karafka/ruby.toml"));

static EMBEDDED: OnceCell<Catalog> = OnceCell::new();

impl Catalog {
    /// The version of the format of catalogs that this library reads (`format = 1`).
    pub const FORMAT: u32 = source::FORMAT;

    /// The embedded catalog of the Karafka family, opened once.
    ///
    /// # Errors
    /// Only if the embedded files contradict themselves, which a test rules out.
    ///
    /// ```
    /// use rungs::catalog::Catalog;
    /// let catalog = Catalog::karafka()?;
    /// assert_eq!(catalog.name().as_str(), "karafka");
    /// assert!(catalog.package("waterdrop").is_some());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn karafka() -> Result<Self> {
        EMBEDDED
            .get_or_try_init(|| match Self::open_stored(&[Self::KARAFKA]) {
                Some(catalog) => Ok(catalog),
                None => Self::parse(Self::karafka_sources()),
            })
            .cloned()
    }

    /// Opens what is stored of these catalogs in this order.
    fn open_stored(names: &[&str]) -> Option<Self> {
        let files = stored::of(names)?;
        let (inner, digest) = files.world()?;
        let layers = shipped::layers_of(names).ok()?;
        Some(Catalog(Arc::new(Shared {
            candidates: inner.packages.iter().map(|_| OnceCell::new()).collect(),
            by_name: OnceCell::new(),
            inner,
            layers,
            owners: (0..names.len()).map(Some).collect(),
            digest: OnceCell::with_value(digest),
            guides: guides::Guides::stored(files),
        })))
    }

    /// The files of the embedded catalog.
    #[must_use]
    pub fn karafka_sources() -> Vec<Source> {
        KARAFKA
            .iter()
            .chain([&RUBY])
            .chain(&guides::KARAFKA)
            .map(|(name, text)| Source::new(*name, *text))
            .collect()
    }

    /// Reads a catalog that is complete by itself; the files count as one layer.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidCatalog`], [`ErrorCode::InconsistentCatalog`],
    /// [`ErrorCode::ForbiddenOverride`] or [`ErrorCode::TooLarge`]; the error has *all* problems
    /// ([`Error::problems`]), each with its file and place.
    ///
    /// ```
    /// use rungs::catalog::{Catalog, Source};
    /// let text = r#"
    /// format = 1
    /// name = "bakery"
    /// scheme = "semver"
    /// horizon = 2026-01-01
    /// order = ["oven"]
    ///
    /// [package.oven]
    /// role = "stepped"
    /// releases = '''
    /// 1.0.0  2025-01-01
    /// 1.1.0  2025-06-01
    /// '''
    /// "#;
    /// let catalog = Catalog::parse(vec![Source::new("bakery.toml", text)])?;
    /// assert_eq!(catalog.package("oven").unwrap().releases().len(), 2);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn parse(sources: Vec<Source>) -> Result<Self> {
        Self::layered(vec![sources])
    }

    /// Lays files over this catalog; see `docs/catalog.md` for what they may override.
    ///
    /// A catalog that is complete by itself (it has a name and extends nothing) is added beside this one
    /// instead: one question may name packages of both. What both speak of, such as a runtime, has the
    /// releases of both, and both are known up to the earlier horizon.
    ///
    /// # Errors
    /// As [`Catalog::parse`].
    ///
    /// ```
    /// use rungs::catalog::{Catalog, Source};
    /// let text = r#"
    /// format = 1
    /// extends = "karafka"
    ///
    /// [[blocked]]
    /// id = "team-no-karafka-2.5.9"
    /// package = "karafka"
    /// versions = "= 2.5.9"
    /// why = "our consumers fail on it"
    /// source = "ticket 4711"
    /// "#;
    /// let catalog = Catalog::karafka()?.overlay(vec![Source::new("team.toml", text)])?;
    /// assert!(catalog.rules().iter().any(|rule| rule.id().as_str() == "team-no-karafka-2.5.9"));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn overlay(&self, sources: Vec<Source>) -> Result<Self> {
        let mut layers = self.0.layers.clone();
        layers.push(sources);
        Self::layered(layers)
    }

    fn layered(layers: Vec<Vec<Source>>) -> Result<Self> {
        let world = guides::world(&layers);
        let sources: Vec<Source> = world.iter().flatten().cloned().collect();
        let mut reader = source::Reader::new(&sources);
        let mut start = 0;
        let mut drafts = Vec::new();
        for layer in &world {
            drafts.push(reader.layer(start..start + layer.len()));
            start += layer.len();
        }
        joined::of_one_scheme(&drafts)?;
        let owners = joined::owners(&drafts);
        let mut problems = reader.problems;
        // What was not read is not missed.
        let is_whole = problems
            .iter()
            .all(|(_, error)| error.code() != ErrorCode::TooLarge);
        let inner = is_whole
            .then(|| build::build(drafts, &mut problems))
            .flatten();
        match (inner, source::problems_as_error(&sources, problems)) {
            (Some(inner), None) => Ok(Catalog(Arc::new(Shared {
                candidates: inner.packages.iter().map(|_| OnceCell::new()).collect(),
                by_name: OnceCell::new(),
                inner,
                layers,
                owners,
                digest: OnceCell::new(),
                guides: guides::Guides::default(),
            }))),
            (_, Some(error)) => Err(error),
            (None, None) => Err(Error::new(
                ErrorCode::InvalidCatalog,
                "the catalog is empty",
            )),
        }
    }

    /// Does this text say that it lies over another catalog (`extends = "…"`)?
    ///
    /// ```
    /// use rungs::catalog::{Catalog, Source};
    /// assert!(Catalog::extends(&Source::new("team.toml", "extends = \"karafka\"")));
    /// ```
    #[must_use]
    pub fn extends(source: &Source) -> bool {
        Self::extended(source).is_some()
    }

    /// The catalog that this text says it lies over.
    #[must_use]
    pub fn extended(source: &Source) -> Option<Name> {
        let sources = std::slice::from_ref(source);
        let extends = source::Reader::new(sources).layer(0..1).extends;
        extends.map(|name| name.value)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.0.inner.name
    }

    /// The names of the catalogs that are joined in it, in their order; mostly its own name alone.
    ///
    /// ```
    /// # let catalog = rungs::catalog::Catalog::karafka()?;
    /// let names: Vec<&str> = catalog.families().iter().map(|name| name.as_str()).collect();
    /// assert_eq!(names, ["karafka"]);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn families(&self) -> &[Name] {
        &self.0.inner.families
    }

    /// The day up to which it knows the world.
    #[must_use]
    pub fn horizon(&self) -> Date {
        self.0.inner.horizon
    }

    /// From so many days past the horizon on, outputs say how old a catalog is.
    pub const STALE_AFTER: u32 = 60;

    /// How many days a day lies past the horizon; 0 up to it.
    ///
    /// ```
    /// let catalog = rungs::catalog::Catalog::karafka()?;
    /// assert_eq!(catalog.age_on(catalog.horizon()), 0);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn age_on(&self, day: Date) -> u32 {
        age(self.horizon(), day)
    }

    /// The scheme of its versions.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.0.inner.scheme
    }

    /// All packages in the catalog's order, runtimes last.
    #[must_use]
    pub fn packages(&self) -> &[Package] {
        &self.0.inner.packages
    }

    /// The package of this name.
    #[must_use]
    pub fn package(&self, name: &str) -> Option<&Package> {
        self.id(name).map(|id| self.get(id))
    }

    /// What rules ask about an installation that its lockfile cannot show, by id.
    #[must_use]
    pub fn properties(&self) -> &[Property] {
        &self.0.inner.properties
    }

    /// All rules, by id.
    ///
    /// ```
    /// # let catalog = rungs::catalog::Catalog::karafka()?;
    /// let gates = catalog.rules().iter().filter(|rule| rule.kind_name() == "gate");
    /// assert!(gates.count() > 0);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.0.inner.rules
    }

    /// `sha256:` and the digest of its files, layer by layer.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.0.digest.get_or_init(|| {
            let mut hash = Sha256::new();
            for source in self.0.layers.iter().flatten() {
                hash.update((source.text().len() as u64).to_le_bytes());
                hash.update(source.text().as_bytes());
            }
            let mut text = String::from("sha256:");
            for byte in hash.finalize() {
                let _ = write!(text, "{byte:02x}");
            }
            text
        })
    }

    /// The rules about a package, in their order.
    pub(crate) fn rules_of(&self, package: PackageId) -> impl Iterator<Item = (RuleId, &Rule)> {
        let rules = self.get(package).rules.iter();
        rules.map(|id| (*id, &self.0.inner.rules[id.0 as usize]))
    }

    pub(crate) fn idle_risks(&self) -> &[RuleId] {
        &self.0.inner.idle_risks
    }

    pub(crate) fn id(&self, name: &str) -> Option<PackageId> {
        // A page has one catalog, and loads its code first.
        if cfg!(target_family = "wasm") {
            let mut all = self.packages().iter().zip((0..).map(PackageId));
            return all.find(|(it, _)| it.name == *name).map(|(_, id)| id);
        }
        let name_of = |id: &PackageId| self.get(*id).name.as_str();
        let by_name = self.0.by_name.get_or_init(|| {
            let mut all: Vec<PackageId> = Vec::with_capacity(self.packages().len());
            for (package, id) in self.packages().iter().zip((0..).map(PackageId)) {
                let before = |it: &PackageId| name_of(it) < package.name.as_str();
                all.insert(all.partition_point(before), id);
            }
            all
        });
        let at = by_name.binary_search_by(|id| name_of(id).cmp(name)).ok()?;
        Some(by_name[at])
    }

    pub(crate) fn get(&self, id: PackageId) -> &Package {
        &self.0.inner.packages[id.index()]
    }

    pub(crate) fn set(&self, id: SetId) -> &ReleaseSet {
        self.0.inner.sets.get(id)
    }
}
