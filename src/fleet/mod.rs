//! Many lockfiles: the state of each of them, and what blocks most of them.
//!
//! [`Fleet`] answers for one lockfile at a time and remembers answers, so that lockfiles with the same
//! relevant content are planned once. It may be shared by threads; who reads files, starts threads and
//! writes lines is the caller. [`FleetSummary`] counts what came out.

mod question;
mod summary;

pub use summary::{FleetProblem, FleetSummary, GemCount, UrgentLockfile};

use crate::catalog::Catalog;
use crate::date::Date;
use crate::error::{ErrorCode, Result};
use crate::lockfile::{Lockfile, Snapshot};
use crate::planner::{Planner, Request};
use crate::status::{Status, status};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most answers that are remembered at a time.
pub const MAX_REMEMBERED: usize = 10_000;

/// Answers for many lockfiles, with the same catalog, day and request.
///
/// ```
/// use rungs::fleet::{Fleet, FleetSummary};
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let fleet = Fleet::new(&catalog, None);
/// let mut summary = FleetSummary::new();
/// let lockfile = &std::fs::read("examples/Gemfile.lock")?;
/// summary.add(&fleet.ask(lockfile));
/// summary.add(&fleet.ask(b"no lockfile"));
/// assert_eq!((summary.lockfiles(), summary.errors()), (2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Fleet<'a> {
    catalog: &'a Catalog,
    as_of: Option<Date>,
    request: Request,
    ruby: Option<String>,
    remembered: Mutex<BTreeMap<String, FleetAnswer>>,
}

/// What is known of one lockfile: its status, or nothing where it has no package of the catalog.
/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct FleetAnswer(Option<Arc<Status>>);

impl FleetAnswer {
    /// Returns the status; `None` where no package of the catalog is installed.
    #[must_use]
    pub fn status(&self) -> Option<&Status> {
        self.0.as_deref()
    }
}

impl<'a> Fleet<'a> {
    /// Answers with a catalog, on a day: see [`status`].
    #[must_use]
    pub fn new(catalog: &'a Catalog, as_of: Option<Date>) -> Self {
        Fleet {
            catalog,
            as_of,
            request: Request::new(),
            ruby: None,
            remembered: Mutex::default(),
        }
    }

    /// Assumes this Ruby where a lockfile names none: a line (`3.2`) or a version.
    #[must_use]
    pub fn ruby(self, version: impl Into<String>) -> Self {
        Fleet {
            ruby: Some(version.into()),
            ..self
        }
    }

    /// Plans with the pins, accepted rules and other wishes of a request. Its targets are ignored.
    #[must_use]
    pub fn request(self, request: Request) -> Self {
        Fleet { request, ..self }
    }

    /// Answers for the text of a lockfile.
    ///
    /// # Errors
    /// As [`Lockfile::parse`], [`Snapshot::from_lockfile`] and [`status`].
    pub fn ask(&self, lockfile: &[u8]) -> Result<FleetAnswer> {
        let lockfile = Lockfile::parse(lockfile)?;
        let mut snapshot = Snapshot::from_lockfile(&lockfile)?;
        if let (Some(ruby), None) = (&self.ruby, snapshot.runtime("ruby")) {
            snapshot = snapshot.with_runtime("ruby", ruby);
        }
        let question = question::of(self.catalog, &snapshot);
        let remembered = || {
            self.remembered
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(answer) = remembered().get(&question) {
            return Ok(answer.clone());
        }
        let planner = Planner::new(self.catalog, &snapshot);
        let answer = match status(planner, self.as_of, &self.request) {
            Ok(status) => FleetAnswer(Some(Arc::new(status))),
            Err(error) if error.code() == ErrorCode::NothingToPlan => FleetAnswer(None),
            Err(error) => return Err(error),
        };
        let mut remembered = remembered();
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(question, answer.clone());
        Ok(answer)
    }

    /// Returns the day on which support is judged.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.as_of
    }

    /// How many days old the catalog is on that day; `None` below [`Catalog::STALE_AFTER`].
    #[must_use]
    pub fn stale_days(&self) -> Option<u32> {
        let days = self.catalog.age_on(self.as_of?);
        (days >= Catalog::STALE_AFTER).then_some(days)
    }

    /// Returns the catalog.
    #[must_use]
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }
}
