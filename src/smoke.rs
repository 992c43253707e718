//! Smoke runs: what a catalog has to run with an installed bundle, and what came of it.
//!
//! Nothing is executed here. The program runs the code of [`Smoke::checks`], in their order and in
//! one process of its own, and records how each check ended. A run ends with its first failure.

use crate::catalog::{Catalog, Level, Rule, SmokeCheck};
use crate::date::Date;
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::plan::CatalogStamp;
use crate::rules;
use crate::version::Version;

/// The checks for an installation, with their results.
#[derive(Clone, Debug)]
pub struct Smoke {
    catalog: CatalogStamp,
    installed: Vec<(String, String)>,
    checks: Vec<Check>,
    causes: Vec<SmokeCause>,
    /// The day on which the age of the catalog counts.
    pub as_of: Option<Date>,
    /// The Ruby that ran them.
    pub ruby: Option<String>,
    /// The time limit of the run, in seconds.
    pub limit: Option<u64>,
    /// The last lines that the run wrote to standard error.
    pub output: Vec<String>,
}

/// A check of the catalog for an installed version.
#[derive(Clone, Debug)]
pub struct Check {
    check: SmokeCheck,
    version: Version,
    result: CheckResult,
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckResult {
    /// It was not run: another failed before, or nothing was run yet.
    NotRun,
    /// It ended well.
    Passed {
        /// How long it took.
        milliseconds: u64,
    },
    /// It cannot be run in this bundle.
    Skipped {
        /// Why not, as a clause.
        why: String,
    },
    /// It did not end well.
    Failed(SmokeFailure),
}

/// How a check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmokeFailure {
    /// In which way.
    pub kind: FailureKind,
    /// The class of the Ruby error; empty unless it raised.
    pub class: String,
    /// The message of the error, or the status with which the process ended; empty at the time limit.
    pub message: String,
    /// Where it was raised: `GEM-VERSION/lib/file.rb:LINE`. Empty where that is not known.
    pub place: String,
}

/// In which way a check failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// It raised an error.
    Raised,
    /// It ran into the time limit.
    TimedOut,
    /// The process ended in the middle of it.
    Crashed,
}

/// A rule of the catalog that the installed versions break: why a check may fail.
#[derive(Clone, Debug)]
pub struct SmokeCause {
    rule: Name,
    kind: &'static str,
    package: Name,
    level: Option<Level>,
    why: String,
    source: String,
}

/// The checks of one level.
#[derive(Clone, Copy, Debug)]
pub struct SmokeLevel<'s> {
    checks: &'s [Check],
}

impl FailureKind {
    /// The word that documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            FailureKind::Raised => "raised",
            FailureKind::TimedOut => "timed_out",
            FailureKind::Crashed => "crashed",
        }
    }
}

impl CheckResult {
    /// The word that documents use.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            CheckResult::NotRun => "not_run",
            CheckResult::Passed { .. } => "passed",
            CheckResult::Skipped { .. } => "skipped",
            CheckResult::Failed(_) => "failed",
        }
    }
}

impl Smoke {
    /// Selects the checks for what is installed; none of them has run.
    ///
    /// # Errors
    /// Those of [`Catalog::smoke`], and [`ErrorCode::NothingToPlan`] where the catalog has no check
    /// for what is installed.
    ///
    /// ```
    /// use rungs::smoke::{CheckResult, Smoke};
    /// # let catalog = rungs::catalog::Catalog::karafka()?;
    /// # use rungs::lockfile::{Lockfile, Snapshot};
    /// # let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    /// # let snapshot = Snapshot::from_lockfile(&lockfile)?;
    /// let mut smoke = Smoke::new(&catalog, &snapshot)?;
    /// assert_eq!(smoke.checks()[0].result().name(), "not_run");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(catalog: &Catalog, snapshot: &Snapshot) -> Result<Self> {
        let version = |name: &str| {
            let found = snapshot.package(name);
            found.map(|installed| installed.version().clone())
        };
        let is_there = |name: &Name| version(name.as_str()).is_some();
        let checks = catalog.smoke()?.iter().filter_map(|check| {
            let version = version(check.package().as_str())?;
            let is_meant = check.versions().is_none_or(|it| it.matches(&version))
                && check.present().iter().all(is_there)
                && !check.absent().iter().any(is_there);
            is_meant.then(|| Check {
                check: check.clone(),
                version,
                result: CheckResult::NotRun,
            })
        });
        let checks: Vec<Check> = checks.collect();
        if checks.is_empty() {
            return Err(Error::new(
                ErrorCode::NothingToPlan,
                format!(
                    "the catalog {} has no smoke check for what the lockfile has installed",
                    catalog.name()
                ),
            )
            .with_help("`holds = \"smoke\"` files of a catalog say what is run (docs/smoke.md)"));
        }
        let installed = catalog.packages().iter().filter_map(|package| {
            let name = package.name();
            let version = version(name.as_str())?;
            Some((name.to_string(), version.to_string()))
        });
        Ok(Smoke {
            catalog: CatalogStamp {
                name: catalog.name().clone(),
                horizon: catalog.horizon(),
                digest: catalog.digest().to_owned(),
            },
            installed: installed.collect(),
            checks,
            causes: causes(catalog, version),
            as_of: None,
            ruby: None,
            limit: None,
            output: Vec::new(),
        })
    }

    /// How many days the catalog is old on the day that was set; `None` below
    /// [`Catalog::STALE_AFTER`].
    #[must_use]
    pub fn stale_days(&self) -> Option<u32> {
        self.catalog.stale_on(self.as_of)
    }

    /// The checks in the order in which they run.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Records how the check at this place ended.
    pub fn record(&mut self, at: usize, result: CheckResult) {
        if let Some(check) = self.checks.get_mut(at) {
            check.result = result;
        }
    }

    /// The levels in their order.
    pub fn levels(&self) -> impl Iterator<Item = SmokeLevel<'_>> {
        let levels = self
            .checks
            .chunk_by(|one, other| one.check.level() == other.check.level());
        levels.map(|checks| SmokeLevel { checks })
    }

    /// `passed`, `failed` or `not_run`: every check passed or was skipped, one failed, or the run did
    /// not come to an end.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        let has = |name| self.checks.iter().any(|check| check.result.name() == name);
        match () {
            () if has("failed") => "failed",
            () if has("not_run") || !has("passed") => "not_run",
            () => "passed",
        }
    }

    /// The last level that ended well.
    #[must_use]
    pub fn reached(&self) -> Option<&Name> {
        let good = self.levels().take_while(SmokeLevel::is_good);
        let ran = good.filter(|level| level.result() == "passed");
        ran.last().map(|level| level.name())
    }

    /// The check that failed, and how.
    #[must_use]
    pub fn failure(&self) -> Option<(&Check, &SmokeFailure)> {
        self.checks.iter().find_map(|check| match &check.result {
            CheckResult::Failed(failure) => Some((check, failure)),
            _ => None,
        })
    }

    /// The rules of the catalog that the installed versions break; those of the level that failed
    /// come first.
    #[must_use]
    pub fn causes(&self) -> Vec<&SmokeCause> {
        let failed = self.failure().map(|(check, _)| check.check.level());
        let fits = |cause: &SmokeCause| {
            let level = cause.level.map(Level::name);
            failed.is_some_and(|failed| level == Some(failed.as_str()))
        };
        let mut causes: Vec<&SmokeCause> = self.causes.iter().collect();
        causes.sort_by_key(|cause| !fits(cause));
        causes
    }

    /// The packages of the catalog that are installed, in the catalog's order.
    #[must_use]
    pub fn installed(&self) -> &[(String, String)] {
        &self.installed
    }

    pub(crate) fn catalog(&self) -> &CatalogStamp {
        &self.catalog
    }
}

/// The rules that speak of the installed versions, from whatever origin these are.
fn causes(catalog: &Catalog, version: impl Fn(&str) -> Option<Version>) -> Vec<SmokeCause> {
    let explains = |rule: &&Rule| {
        let package = catalog.get(rule.package).name();
        let Some(found) = version(package.as_str()) else {
            return false;
        };
        rules::speaks_of(catalog, rule, &found, &version)
    };
    let rules = catalog.rules().iter().filter(explains);
    let causes = rules.map(|rule| SmokeCause {
        rule: rule.id().clone(),
        kind: rule.kind_name(),
        package: catalog.get(rule.package).name().clone(),
        level: rule.level(),
        why: rule.why().to_owned(),
        source: rule.source().to_owned(),
    });
    causes.collect()
}

impl Check {
    /// The check of the catalog.
    #[must_use]
    pub fn check(&self) -> &SmokeCheck {
        &self.check
    }

    /// The installed version of its package.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// How it ended.
    #[must_use]
    pub fn result(&self) -> &CheckResult {
        &self.result
    }
}

impl<'s> SmokeLevel<'s> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'s Name {
        self.checks[0].check.level()
    }

    /// Its checks; at least one.
    #[must_use]
    pub fn checks(&self) -> &'s [Check] {
        self.checks
    }

    /// `failed`, `not_run`, `passed` or `skipped`: the first of them that a check has.
    #[must_use]
    pub fn result(&self) -> &'static str {
        let has = |name: &&str| self.checks.iter().any(|check| check.result.name() == *name);
        let order = ["failed", "not_run", "passed"];
        order.into_iter().find(has).unwrap_or("skipped")
    }

    fn is_good(&self) -> bool {
        matches!(self.result(), "passed" | "skipped")
    }
}

impl SmokeCause {
    /// The id of the rule.
    #[must_use]
    pub fn rule(&self) -> &Name {
        &self.rule
    }

    /// Its kind: `conflict`, `defect`, `requires`, `blocked`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The package that it is a rule of.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// How far an application gets, as the rule has it.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.level
    }

    /// The reason, as a clause.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// Where the rule was read.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}
