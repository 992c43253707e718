//! What is asked of which catalog about what is installed: one value that is passed along.

use super::gems::OutsideGems;
use super::request::Request;
use crate::catalog::{Catalog, RuleId};
use crate::error::Result;
use crate::lockfile::Snapshot;
use crate::rules::Heed;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// A question with all that it is about.
#[derive(Clone, Copy)]
pub(crate) struct Session<'a, 'i> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) request: &'a Request,
    /// What is otherwise than installed and asked.
    pub(super) what_if: &'a WhatIf,
    /// The gems outside the catalog, where an index lists their releases.
    pub(super) outside: Option<&'a RefCell<OutsideGems<'i>>>,
}

impl<'a, 'i> Session<'a, 'i> {
    /// The same about another request.
    pub(crate) fn about<'b>(self, request: &'b Request) -> Session<'b, 'i>
    where
        'a: 'b,
    {
        Session { request, ..self }
    }

    /// Whether an index lists the releases of gems outside the catalog.
    pub(crate) fn has_index(self) -> bool {
        self.outside.is_some()
    }

    /// The rules that hold.
    ///
    /// # Errors
    /// As [`Request::heed`].
    pub(crate) fn heed(self) -> Result<Heed> {
        self.request
            .heed_without(self.catalog, &self.what_if.ignored)
    }
}

/// What a question does without, where it explains another one or gems leave.
#[derive(Clone, Debug, Default)]
pub(super) struct WhatIf {
    /// Rules that do not hold.
    pub(super) ignored: Vec<RuleId>,
    /// They are accepted, as a user does it: what is installed does not break them.
    pub(super) accepts: bool,
    /// Packages whose requirement in the Gemfile does not count.
    pub(super) edited: Vec<String>,
    /// Installed packages outside the catalog that need not be there, and may go down.
    pub(super) dropped: BTreeSet<String>,
    /// Those that leave in the first step that they would hold.
    pub(super) leaving: BTreeSet<String>,
    /// Those to which any version of what they need will do.
    pub(super) relaxed: BTreeSet<String>,
    /// Packages outside the catalog that nobody needs, at any version.
    pub(super) unneeded: BTreeSet<String>,
    /// Needs of theirs that do not count: of a package, what it needs.
    pub(super) waived: BTreeMap<String, BTreeSet<String>>,
    /// With an index: the packages outside the catalog that hold others and that it knows.
    pub(super) movable: Option<BTreeSet<String>>,
}

impl WhatIf {
    pub(super) fn is_waived(&self, name: &str, on: &str) -> bool {
        self.waived
            .get(name)
            .is_some_and(|needs| needs.contains(on))
    }

    /// What a package needs does not count.
    pub(super) fn waive(&mut self, name: &str, needs: impl IntoIterator<Item = String>) {
        self.waived
            .entry(name.to_owned())
            .or_default()
            .extend(needs);
    }
}
