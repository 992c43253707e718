//! What is installed now, in the terms of a planner.

use super::{Lockfile, SourceKind};
use crate::error::{Error, ErrorCode, Result};
use crate::name::Name;
use crate::span::Place;
use crate::version::{Requirement, Scheme, Version};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Where an installed package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A registry: its version says what it is.
    Registry,
    /// A git repository: its version says little.
    Git,
    /// A folder.
    Path,
}

/// One installed package.
#[derive(Clone, Debug)]
pub struct Installed {
    pub(crate) version: Version,
    pub(crate) origin: Origin,
    pub(crate) requirements: Vec<(String, Requirement)>,
    pub(crate) platforms: BTreeSet<String>,
}

impl Installed {
    /// The version.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What it requires of others, as the lockfile says.
    #[must_use]
    pub fn requirements(&self) -> &[(String, Requirement)] {
        &self.requirements
    }

    /// The platforms of its variants as the lockfile has them, `ruby` for the one that is built from
    /// source; empty where no lockfile says.
    pub fn platforms(&self) -> impl ExactSizeIterator<Item = &str> {
        self.platforms.iter().map(String::as_str)
    }
}

/// What is installed now: packages, direct requirements, runtimes.
///
/// ```
/// use rungs::lockfile::Snapshot;
/// use rungs::{Scheme, Version};
/// let version = Version::parse(Scheme::RubyGems, "2.3.0")?;
/// let snapshot = Snapshot::new().with("karafka", version).direct("karafka").with_runtime("ruby", "3.2");
/// assert!(snapshot.is_direct("karafka"));
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub(crate) packages: BTreeMap<String, Installed>,
    /// What the user asks for directly, and which versions of it where that is given.
    pub(crate) direct: BTreeMap<String, Option<Requirement>>,
    /// What the Gemfile has a temporary line for.
    pub(crate) temporary: BTreeSet<String>,
    pub(crate) runtimes: BTreeMap<String, String>,
    /// It names everything that is installed.
    pub(crate) is_complete: bool,
    /// The lockfile names the runtime, so another one has to be given.
    pub(crate) locks_runtime: bool,
    /// The platforms that the lockfile is for.
    pub(crate) platforms: BTreeSet<String>,
    /// The versions as they were given, where nobody said by which scheme they are to be read.
    pub(crate) texts: BTreeMap<String, String>,
}

impl Snapshot {
    /// Nothing installed.
    #[must_use]
    pub fn new() -> Self {
        Snapshot::default()
    }

    /// The same with versions of a catalog's scheme; where nothing names direct packages, all that is
    /// installed is asked for.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRequest`] for versions of another scheme, [`ErrorCode::InvalidVersion`].
    pub(crate) fn read_as(&self, scheme: Scheme, catalog: &Name) -> Result<Cow<'_, Self>> {
        let mut versions = self.packages.values().map(|it| it.version.scheme());
        // A lockfile always names some, and the one of a temporary line is not asked for.
        let all_direct = !self.is_complete && self.direct.is_empty() && self.temporary.is_empty();
        if versions.all(|it| it == scheme) && !all_direct {
            return Ok(Cow::Borrowed(self));
        }
        let mut snapshot = self.clone();
        for (name, installed) in &mut snapshot.packages {
            let version = &installed.version;
            if version.scheme() == scheme {
                continue;
            }
            let Some(text) = self.texts.get(name) else {
                return Err(Error::new(
                    ErrorCode::InvalidRequest,
                    format!(
                        "the catalog {catalog} has {scheme} versions, and what is installed is given \
                         in {} versions",
                        version.scheme()
                    ),
                )
                .with_help(
                    "give what is installed as a document: --snapshot FILE, with \
                     {\"packages\": {\"NAME\": \"VERSION\"}}",
                ));
            };
            installed.version = Version::parse(scheme, text)?;
        }
        if all_direct {
            let names = snapshot.packages.keys().map(|name| (name.clone(), None));
            snapshot.direct = names.collect();
        }
        Ok(Cow::Owned(snapshot))
    }

    /// Adds a package from a registry.
    #[must_use]
    pub fn with(mut self, name: &str, version: Version) -> Self {
        let installed = Installed {
            version,
            origin: Origin::Registry,
            requirements: Vec::new(),
            platforms: BTreeSet::new(),
        };
        self.packages.insert(name.to_owned(), installed);
        self
    }

    /// A package, if it is installed.
    ///
    /// ```
    /// assert!(rungs::lockfile::Snapshot::new().package("karafka").is_none());
    /// ```
    #[must_use]
    pub fn package(&self, name: &str) -> Option<&Installed> {
        self.packages.get(name)
    }

    /// Says that the user asks for a package directly, so it stays even if nothing needs it. Where no package
    /// is named so, all are asked for.
    #[must_use]
    pub fn direct(mut self, name: &str) -> Self {
        self.direct.insert(name.to_owned(), None);
        self
    }

    /// As [`Snapshot::direct`], with what the Gemfile requires of it.
    #[must_use]
    pub fn direct_as(mut self, name: &str, requirement: Requirement) -> Self {
        self.direct.insert(name.to_owned(), Some(requirement));
        self
    }

    /// Says that a package is asked for by a temporary line only: the user never asked for it, and
    /// the line goes when no step needs it.
    #[must_use]
    pub fn temporary(mut self, name: &str) -> Self {
        self.direct.remove(name);
        self.temporary.insert(name.to_owned());
        self
    }

    /// Says which runtime is installed: `3.2` names a line (its newest patch), `3.2.2` a version.
    #[must_use]
    pub fn with_runtime(mut self, name: &str, version: &str) -> Self {
        self.runtimes.insert(name.to_owned(), version.to_owned());
        self
    }

    /// Installed packages by name.
    pub fn packages(&self) -> impl Iterator<Item = (&str, &Installed)> {
        self.packages
            .iter()
            .map(|(name, installed)| (name.as_str(), installed))
    }

    /// The runtime as given, where it is known.
    ///
    /// ```
    /// # use rungs::lockfile::{Lockfile, Snapshot};
    /// # let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    /// # let snapshot = Snapshot::from_lockfile(&lockfile)?;
    /// assert_eq!(snapshot.runtime("ruby"), Some("3.2.2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn runtime(&self, name: &str) -> Option<&str> {
        self.runtimes.get(name).map(String::as_str)
    }

    /// The runtimes as given, by name.
    pub fn runtimes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.runtimes
            .iter()
            .map(|(name, version)| (name.as_str(), version.as_str()))
    }

    /// Whether the user asks for this package directly.
    #[must_use]
    pub fn is_direct(&self, name: &str) -> bool {
        self.direct.contains_key(name)
    }

    /// What the user asks for directly, and which versions of it where that is given.
    pub fn directs(&self) -> impl Iterator<Item = (&str, Option<&Requirement>)> {
        self.direct
            .iter()
            .map(|(name, requirement)| (name.as_str(), requirement.as_ref()))
    }

    /// Reads a lockfile as RubyGems does; of a package with several platforms the first counts.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidLockfile`] where a version or requirement is none: `karafka (2..1)`.
    ///
    /// ```
    /// # use rungs::lockfile::{Lockfile, Snapshot};
    /// # let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    /// # let snapshot = Snapshot::from_lockfile(&lockfile)?;
    /// let karafka = snapshot.packages().find(|(name, _)| *name == "karafka").unwrap().1;
    /// assert_eq!(karafka.version().to_string(), "2.3.0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_lockfile(lockfile: &Lockfile) -> Result<Self> {
        let scheme = Scheme::RubyGems;
        let damaged = |error: Error, line: u32, column: u32| {
            Error::new(ErrorCode::InvalidLockfile, error.message().to_owned())
                .at(Place { line, column })
        };
        let mut snapshot = Snapshot::new();
        snapshot.is_complete = true;
        for spec in lockfile.specs() {
            let platform = spec.platform().to_owned();
            if let Some(known) = snapshot.packages.get_mut(spec.name()) {
                known.platforms.insert(platform);
                continue;
            }
            let version = Version::parse(scheme, spec.version())
                .map_err(|error| damaged(error, spec.line(), 5))?;
            let origin = match lockfile.source(spec.source()).map(|source| source.kind()) {
                Some(SourceKind::Git) => Origin::Git,
                Some(SourceKind::Path) => Origin::Path,
                _ => Origin::Registry,
            };
            let mut requirements = Vec::new();
            for dependency in spec.dependencies() {
                let list: Vec<&str> = dependency.requirement().collect();
                let requirement = Requirement::from_list(scheme, &list)
                    .map_err(|error| damaged(error, dependency.line(), 5))?;
                requirements.push((dependency.name().to_owned(), requirement));
            }
            let installed = Installed {
                version,
                origin,
                requirements,
                platforms: BTreeSet::from([platform]),
            };
            snapshot.packages.insert(spec.name().to_owned(), installed);
        }
        if lockfile.dependencies().len() == 0 && !snapshot.packages.is_empty() {
            return Err(Error::new(
                ErrorCode::InvalidLockfile,
                "the lockfile names no direct dependency, expected a section DEPENDENCIES",
            )
            .with_help("it may be cut off: restore it, or run `bundle lock` to write it anew"));
        }
        for dependency in lockfile.dependencies() {
            let list: Vec<&str> = dependency.requirement().collect();
            let requirement = Requirement::from_list(scheme, &list)
                .map_err(|error| damaged(error, dependency.line(), 3))?;
            let direct = dependency.name().to_owned();
            snapshot.direct.insert(direct, Some(requirement));
        }
        snapshot.platforms = lockfile.platforms().map(str::to_owned).collect();
        if let Some(ruby) = lockfile.ruby_version() {
            // `ruby 3.2.2p53`, `ruby 2.7.8p225 (jruby 9.4.0)`: the language version counts.
            let word = ruby.split_whitespace().nth(1).unwrap_or(ruby);
            let version = without_patch_level(word);
            if Version::is_valid(scheme, version) {
                snapshot.locks_runtime = true;
                snapshot
                    .runtimes
                    .insert("ruby".to_owned(), version.to_owned());
            }
        }
        Ok(snapshot)
    }
}

/// The version of a Ruby without its patch level: `3.2.2p53`, `3.1.0.preview1p-1`. The `p` of `preview` begins none.
fn without_patch_level(word: &str) -> &str {
    let is_level = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    match word.rsplit_once('p') {
        Some((version, level)) if is_level(level) => version,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ruby_of_a_lockfile_keeps_its_prerelease() {
        for (line, version) in [
            ("ruby 3.2.2", "3.2.2"),
            ("ruby 3.2.2p53", "3.2.2"),
            ("ruby 2.7.8p225 (jruby 9.4.0)", "2.7.8"),
            ("ruby 3.1.0.preview1", "3.1.0.preview1"),
            ("ruby 3.4.0.preview2p-1", "3.4.0.preview2"),
            ("ruby 3.4.0.rc1p0", "3.4.0.rc1"),
            ("ruby 3.4.0dev", "3.4.0dev"),
        ] {
            let text = format!("GEM\n  specs:\n\nRUBY VERSION\n   {line}\n");
            let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
            let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
            assert_eq!(snapshot.runtime("ruby"), Some(version), "{line}");
            assert!(snapshot.locks_runtime, "{line}");
        }
    }
}
