//! An index in memory, for callers that fetch texts themselves.

use super::{Infos, ReadInfo};
use crate::error::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A compact index in memory, filled as far as a plan needs it.
///
/// A plan asks for few packages of an index, and which ones is known only while it is computed. So
/// plan, fetch what [`MemoryIndex::missing`] names, and plan again until nothing is missing. Until
/// then the plan treats missing packages as if the index did not have them: they stay at their
/// installed versions.
///
/// Each text is read once, however many plans use the index; a clone shares what was read.
///
/// ```
/// use rungs::index::MemoryIndex;
/// use rungs::planner::{Planner, Request};
/// # use rungs::lockfile::{Lockfile, Snapshot};
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// # let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
/// # let snapshot = Snapshot::from_lockfile(&lockfile)?;
/// # let fetch = |_name: &str| -> Option<Vec<u8>> { None };
/// let request = Request::new().to(&catalog, "karafka=2.4")?;
/// let mut index = MemoryIndex::new();
/// let plan = loop {
///     let plan = Planner::new(&catalog, &snapshot).index(&mut index).plan(&request)?;
///     let missing = index.missing();
///     if missing.is_empty() {
///         break plan;
///     }
///     for name in missing {
///         // From a mirror, Bundler's cache or `GET /info/NAME`; `None` where there is no such gem.
///         index.add(&name, fetch(&name).as_deref());
///     }
/// };
/// println!("{:?}", plan.outcome());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryIndex {
    packages: BTreeMap<String, Option<Arc<ReadInfo>>>,
    missing: BTreeSet<String>,
}

impl MemoryIndex {
    /// An empty index: every package is missing.
    #[must_use]
    pub fn new() -> Self {
        MemoryIndex::default()
    }

    /// Adds the text of `info/NAME`, or that the index has no such package. Replaces what was added
    /// for this name before.
    pub fn add(&mut self, name: &str, info: Option<&[u8]>) {
        let read = info.map(|text| Arc::new(ReadInfo::read(text)));
        self.missing.remove(name);
        self.packages.insert(name.to_owned(), read);
    }

    /// Returns the packages that were asked for and not added, sorted.
    ///
    /// ```
    /// use rungs::index::{Infos, MemoryIndex};
    /// let mut index = MemoryIndex::new();
    /// assert!(index.releases("rake")?.is_none());
    /// assert_eq!(index.missing(), ["rake"]);
    /// index.add("rake", Some(b"---\n13.0.6 |\n"));
    /// assert!(index.missing().is_empty());
    /// assert_eq!(index.releases("rake")?.unwrap().releases().len(), 1);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        self.missing.iter().cloned().collect()
    }

    /// Takes over what a clone was asked for in vain, except what was added here meanwhile.
    pub fn note_missing(&mut self, clone: &MemoryIndex) {
        let new = clone.missing.iter();
        let new = new.filter(|name| !self.packages.contains_key(*name));
        self.missing.extend(new.cloned());
    }
}

impl Infos for MemoryIndex {
    /// Returns nothing: texts are not kept.
    fn info(&mut self, _: &str) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn releases(&mut self, name: &str) -> Result<Option<Arc<ReadInfo>>> {
        if let Some(read) = self.packages.get(name) {
            return Ok(read.clone());
        }
        self.missing.insert(name.to_owned());
        Ok(None)
    }
}
