//! The planner as its callers see it.

use super::check;
use super::gems::OutsideGems;
use super::pipeline;
use super::request::Request;
use super::session::{Session, WhatIf};
use crate::catalog::{Catalog, Role};
use crate::error::Result;
use crate::index::Infos;
use crate::lockfile::Snapshot;
use crate::plan::Plan;
use crate::version::Version;
use std::borrow::Cow;
use std::cell::RefCell;

/// Plans from what is installed, with or without an index.
///
/// ```
/// use rungs::catalog::Catalog;
/// use rungs::lockfile::{Lockfile, Snapshot};
/// use rungs::planner::{Planner, Request};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
/// let catalog = Catalog::karafka()?;
/// let snapshot = Snapshot::from_lockfile(&lockfile)?;
/// let request = Request::new().to(&catalog, "karafka=2.6")?;
/// let plan = Planner::new(&catalog, &snapshot).plan(&request)?;
/// assert_eq!(plan.steps().len(), 5);
/// # Ok(())
/// # }
/// ```
pub struct Planner<'a> {
    catalog: &'a Catalog,
    snapshot: &'a Snapshot,
    index: Option<&'a mut dyn Infos>,
}

impl<'a> Planner<'a> {
    /// A planner that knows of other gems what the lockfile says.
    #[must_use]
    pub fn new(catalog: &'a Catalog, snapshot: &'a Snapshot) -> Self {
        Planner {
            catalog,
            snapshot,
            index: None,
        }
    }

    /// Resolves every state together with all packages outside the catalog, whose releases an index lists
    /// the releases.
    ///
    /// Packages outside stay where they can, move up where they must, and are newest where they move,
    /// as far as later steps admit it; nothing goes down. Those that the index does not know stay
    /// where they are.
    ///
    /// ```
    /// use rungs::index::Infos;
    /// use rungs::planner::{Planner, Request};
    ///
    /// struct Nothing;
    /// impl Infos for Nothing {
    ///     fn info(&mut self, _: &str) -> rungs::Result<Option<Vec<u8>>> {
    ///         Ok(None)
    ///     }
    /// }
    /// # let catalog = rungs::catalog::Catalog::karafka()?;
    /// # use rungs::lockfile::{Lockfile, Snapshot};
    /// # let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    /// # let snapshot = Snapshot::from_lockfile(&lockfile)?;
    /// let request = Request::new().to(&catalog, "karafka=2.4")?;
    /// let plan = Planner::new(&catalog, &snapshot).index(&mut Nothing).plan(&request)?;
    /// println!("{:?}", plan.outcome());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn index(self, index: &'a mut dyn Infos) -> Self {
        Planner {
            index: Some(index),
            ..self
        }
    }

    /// Computes the one best plan.
    ///
    /// # Errors
    /// As [`plan`], and those of the index.
    pub fn plan(self, request: &Request) -> Result<Plan> {
        self.ask(request, pipeline::run)
    }

    pub(crate) fn has_index(&self) -> bool {
        self.index.is_some()
    }

    pub(crate) fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// What is installed, in versions of the catalog's scheme.
    pub(crate) fn read_snapshot(&self) -> Result<Cow<'a, Snapshot>> {
        check::installed_runtimes(self.catalog, self.snapshot)?;
        let snapshot = self
            .snapshot
            .read_as(self.catalog.scheme(), self.catalog.name())?;
        deployed(self.catalog, snapshot)
    }

    /// Opens a session for a request.
    pub(crate) fn ask<T>(
        self,
        request: &Request,
        asked: impl FnOnce(Session<'_, '_>) -> Result<T>,
    ) -> Result<T> {
        let catalog = self.catalog;
        let mut snapshot = self.read_snapshot()?;
        for (name, version) in &request.runtimes {
            let told = snapshot.into_owned().with_runtime(name, version);
            snapshot = Cow::Owned(told);
        }
        let snapshot = deployed(catalog, snapshot)?;
        let snapshot = request.beside(&snapshot);
        let snapshot: &Snapshot = &snapshot;
        let request = &*request.with_shown(catalog, snapshot);
        let Some(index) = self.index else {
            return asked(Session {
                catalog,
                snapshot,
                request,
                what_if: &WhatIf::default(),
                outside: None,
            });
        };
        let mut gems = OutsideGems::new(index);
        let movable = Some(gems.movable(catalog, snapshot)?);
        let what_if = WhatIf {
            movable,
            ..WhatIf::default()
        };
        asked(Session {
            catalog,
            snapshot,
            request,
            what_if: &what_if,
            outside: Some(&RefCell::new(gems)),
        })
    }
}

/// What is installed, with what no lockfile has: what a runtime was given for and is a package of the
/// catalog, `3.6` being the newest release of that line. Whoever installed it asked for it.
fn deployed<'a>(catalog: &Catalog, snapshot: Cow<'a, Snapshot>) -> Result<Cow<'a, Snapshot>> {
    let mut found = snapshot;
    for package in catalog.packages().iter().filter(|it| it.is_deployed()) {
        let name = package.name().as_str();
        if package.role() == Role::Runtime {
            continue;
        }
        if let Some(text) = found.runtimes.get(name) {
            let of_line = |line| package.releases().iter().rfind(|it| it.line == line);
            let version = match package.line_index(text).and_then(of_line) {
                Some(newest) => newest.version().clone(),
                None => Version::parse(package.scheme(), text)?,
            };
            found = Cow::Owned(found.into_owned().with(name, version));
        }
        if found.packages.contains_key(name) && !found.direct.contains_key(name) {
            found = Cow::Owned(found.into_owned().direct(name));
        }
    }
    Ok(found)
}

/// Computes the one best plan, without an index.
///
/// A question without an answer is not an error: look at [`Plan::outcome`].
///
/// # Errors
/// Where the request contradicts itself or the catalog: [`ErrorCode::UnknownPackage`],
/// [`ErrorCode::UnknownLine`], [`ErrorCode::TargetBehind`], [`ErrorCode::ContradictoryPins`],
/// [`ErrorCode::CannotAccept`], [`ErrorCode::UnknownRuntime`], [`ErrorCode::NothingToPlan`]; and
/// with [`Detail::Full`] those of [`Catalog::actions`] and [`Catalog::rollout`].
///
/// [`ErrorCode::UnknownPackage`]: crate::ErrorCode::UnknownPackage
/// [`ErrorCode::UnknownLine`]: crate::ErrorCode::UnknownLine
/// [`ErrorCode::TargetBehind`]: crate::ErrorCode::TargetBehind
/// [`ErrorCode::ContradictoryPins`]: crate::ErrorCode::ContradictoryPins
/// [`ErrorCode::CannotAccept`]: crate::ErrorCode::CannotAccept
/// [`ErrorCode::UnknownRuntime`]: crate::ErrorCode::UnknownRuntime
/// [`ErrorCode::NothingToPlan`]: crate::ErrorCode::NothingToPlan
/// [`Detail::Full`]: super::Detail::Full
///
/// ```
/// use rungs::plan::Outcome;
/// use rungs::planner::{Request, plan};
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// # use rungs::lockfile::{Lockfile, Snapshot};
/// # let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
/// # let snapshot = Snapshot::from_lockfile(&lockfile)?;
/// let request = Request::new().to(&catalog, "karafka=2.9")?;
/// assert_eq!(plan(&catalog, &snapshot, &request)?.outcome(), Outcome::Unknown);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plan(catalog: &Catalog, snapshot: &Snapshot, request: &Request) -> Result<Plan> {
    Planner::new(catalog, snapshot).plan(request)
}
