//! The compact index: how rubygems.org and its mirrors tell Bundler which releases there are.
//!
//! Three kinds of text: `versions` names every package with its versions and the MD5 of its `info`;
//! `info/NAME` says of each release what it needs; `names` lists the names. Everything up to a
//! line `---` is a header.
//!
//! Texts are read as Bundler 4 reads them, line by line. A line that Bundler would read as
//! nonsense, or stumble over, is refused instead and all others are kept: a line with a control
//! character or without a version, a name or requirement that is none, a dependency without
//! a requirement (`a` instead of `a:>= 0`), a checksum with anything but letters and digits.
//!
//! ```
//! let (releases, problems) = rungs::index::read_info(b"---\n1.0 a:>= 1&< 3|ruby:>= 2.7\n1.1 a\n");
//! assert_eq!(releases.len(), 1);
//! assert_eq!(releases[0].dependencies()[0].requirement().to_string(), ">= 1, < 3");
//! assert_eq!(
//!     problems[0].to_string(),
//!     "3:5: \"a\" has no requirement: expected NAME:REQUIREMENT"
//! );
//! ```
//!
//! # Stability
//! Stable as the rest of the crate: within 0.y it only grows.

mod info;
mod line;
mod memory;
mod versions;

pub use info::{Indexed, Needs, ReadInfo, info_text, read_info};
pub use memory::MemoryIndex;
pub use versions::{Listed, Versions, read_versions, versions_text};

use crate::error::{Error, Result};
use crate::name::Name;
use std::sync::Arc;

/// The largest text that is read, in bytes; `versions` of rubygems.org has about 25 million.
pub const MAX_BYTES: usize = 64 << 20;
/// The longest line that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 1 << 20;
/// The most problems that are reported of one text; a last one says that there are more.
pub const MAX_PROBLEMS: usize = 1_000;

/// Where the texts of an index come from: this library reads no files. [`MemoryIndex`] is one that
/// callers fill.
///
/// ```
/// use rungs::index::Infos;
/// use std::collections::BTreeMap;
///
/// struct Memory(BTreeMap<String, Vec<u8>>);
///
/// impl Infos for Memory {
///     fn info(&mut self, name: &str) -> rungs::Result<Option<Vec<u8>>> {
///         Ok(self.0.get(name).cloned())
///     }
/// }
/// assert_eq!(Memory(BTreeMap::new()).info("rake"), Ok(None));
/// ```
pub trait Infos {
    /// The text of `info/NAME`; `None` where the index has no such package. Asked once for a package,
    /// when it is reached.
    ///
    /// # Errors
    /// What keeps it from being read: an [`ErrorCode::Io`](crate::ErrorCode::Io).
    fn info(&mut self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Returns what [`Infos::info`] says, read. Override it to share texts that were read before.
    ///
    /// # Errors
    /// Those of [`Infos::info`].
    fn releases(&mut self, name: &str) -> Result<Option<Arc<ReadInfo>>> {
        let text = self.info(name)?;
        Ok(text.map(|text| Arc::new(ReadInfo::read(&text))))
    }
}

/// Reads `names`: what could be read, in the order of the text, and every line that could not.
///
/// ```
/// let (names, problems) = rungs::index::read_names(b"---\nrake\ntwo words\n");
/// assert_eq!((names.len(), problems.len()), (1, 1));
/// ```
#[must_use]
pub fn read_names(text: &[u8]) -> (Vec<Name>, Vec<Error>) {
    let mut names = Vec::new();
    let problems = line::each(text, |line| {
        names.push(line.name(0..line.text().len())?);
        Ok(())
    });
    (names, problems)
}

/// `names`, sorted.
///
/// ```
/// use rungs::{Name, index::names_text};
/// assert_eq!(names_text(&[Name::new("b")?, Name::new("a")?]), "---\na\nb\n");
/// # Ok::<(), rungs::Error>(())
/// ```
#[must_use]
pub fn names_text(names: &[Name]) -> String {
    let mut names: Vec<&str> = names.iter().map(Name::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let mut out = String::from("---\n");
    for name in names {
        out.push_str(name);
        out.push('\n');
    }
    out
}
