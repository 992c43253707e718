//! What a lockfile says, as plain data.
//!
//! Invariant: every [`Run`] lies inside the list or text that it concerns. All texts of a
//! lockfile stand in one string and all lists in a few flat ones, since 500 gems with their
//! dependencies would otherwise be some 4,300 small allocations. Views (`Spec`, `GemSource`, …)
//! are two words and free to copy.

use super::warning::Warning;
use std::borrow::Cow;
use std::ops::Range;

/// A `Gemfile.lock`, read. See [`Lockfile::parse`].
///
/// Two lockfiles are equal when they say the same in the same lines; line ends do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lockfile {
    pub(super) text: String,
    pub(super) sources: Vec<SourceData>,
    pub(super) remotes: Vec<Run>,
    pub(super) options: Vec<(Run, Run)>,
    pub(super) specs: Vec<SpecData>,
    pub(super) dependencies: Vec<DependencyData>,
    pub(super) requirements: Vec<Run>,
    pub(super) platforms: Vec<Run>,
    pub(super) direct: Vec<DirectData>,
    pub(super) checksums: Option<Vec<ChecksumData>>,
    pub(super) sums: Vec<(Run, Run)>,
    pub(super) ruby_version: Option<Run>,
    pub(super) bundled_with: Option<Run>,
    pub(super) unknown: Vec<UnknownData>,
    pub(super) warnings: Vec<Warning>,
}

/// A stretch of the text, or of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) start: u32,
    pub(super) end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SourceData {
    pub(super) kind: SourceKind,
    pub(super) remotes: Run,
    pub(super) options: Run,
    pub(super) line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SpecData {
    pub(super) name: Run,
    pub(super) version: Run,
    pub(super) platform: Run,
    pub(super) source: u32,
    pub(super) dependencies: Run,
    pub(super) line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DependencyData {
    pub(super) name: Run,
    pub(super) requirement: Run,
    pub(super) line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DirectData {
    pub(super) dependency: DependencyData,
    pub(super) pinned: bool,
    pub(super) source: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChecksumData {
    pub(super) name: Run,
    pub(super) version: Run,
    pub(super) platform: Run,
    pub(super) sums: Run,
    pub(super) spec: Option<u32>,
    pub(super) line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnknownData {
    pub(super) header: Run,
    pub(super) body: Run,
    pub(super) line: u32,
}

/// The section that a source is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SourceKind {
    /// `GEM`: a gem server, or several.
    Gem,
    /// `GIT`: a repository at a revision.
    Git,
    /// `PATH`: a directory.
    Path,
    /// `PLUGIN SOURCE`: whatever a Bundler plugin makes of it.
    Plugin,
}

impl SourceKind {
    /// The header of its section: `PLUGIN SOURCE`.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            SourceKind::Gem => "GEM",
            SourceKind::Git => "GIT",
            SourceKind::Path => "PATH",
            SourceKind::Plugin => "PLUGIN SOURCE",
        }
    }
}

impl Lockfile {
    /// The sources, in the order of the file.
    ///
    /// ```
    /// # let lockfile = rungs::lockfile::Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    /// let remotes: Vec<&str> = lockfile.sources().flat_map(|source| source.remotes()).collect();
    /// assert_eq!(remotes, ["https://rubygems.org/"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sources(&self) -> impl ExactSizeIterator<Item = GemSource<'_>> {
        views(self, &self.sources, |lockfile, data| GemSource {
            lockfile,
            data,
        })
    }

    /// The source with an index that [`Spec::source`] or [`DirectDependency::pinned_source`] gave.
    #[must_use]
    pub fn source(&self, index: usize) -> Option<GemSource<'_>> {
        let data = self.sources.get(index)?;
        Some(GemSource {
            lockfile: self,
            data,
        })
    }

    /// The gems, in the order of the file; one that is listed twice counts where it was first
    /// and says what it last said.
    ///
    /// ```
    /// # let lockfile = rungs::lockfile::Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    /// let karafka = lockfile.specs().find(|spec| spec.name() == "karafka");
    /// assert_eq!(karafka.map(|spec| spec.version()), Some("2.3.0"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn specs(&self) -> impl ExactSizeIterator<Item = Spec<'_>> {
        views(self, &self.specs, |lockfile, data| Spec { lockfile, data })
    }

    /// The gem with an index that [`Checksum::spec`] gave.
    #[must_use]
    pub fn spec(&self, index: usize) -> Option<Spec<'_>> {
        let data = self.specs.get(index)?;
        Some(Spec {
            lockfile: self,
            data,
        })
    }

    /// The platforms as written, in the order of the file: `x86_64-linux-gnu`.
    ///
    /// ```
    /// # let lockfile = rungs::lockfile::Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    /// assert!(lockfile.platforms().any(|platform| platform == "x86_64-linux"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn platforms(&self) -> impl ExactSizeIterator<Item = &str> {
        self.platforms.iter().map(|run| self.text(*run))
    }

    /// What the Gemfile asks for, in the order of the file; a gem that is listed twice counts
    /// where it first stood and asks for what it last asked.
    ///
    /// ```
    /// # let lockfile = rungs::lockfile::Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    /// let karafka = lockfile.dependencies().find(|gem| gem.name() == "karafka").unwrap();
    /// assert_eq!(karafka.requirement().collect::<Vec<_>>(), ["~> 2.3.0"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn dependencies(&self) -> impl ExactSizeIterator<Item = DirectDependency<'_>> {
        views(self, &self.direct, |lockfile, data| DirectDependency {
            lockfile,
            data,
        })
    }

    /// The lines of the section CHECKSUMS; `None` when there is no such section.
    #[must_use]
    pub fn checksums(&self) -> Option<impl ExactSizeIterator<Item = Checksum<'_>>> {
        let data = self.checksums.as_deref()?;
        Some(views(self, data, |lockfile, data| Checksum {
            lockfile,
            data,
        }))
    }

    /// The Ruby that the Gemfile asks for, as written: `ruby 3.2.2p53`.
    #[must_use]
    pub fn ruby_version(&self) -> Option<&str> {
        self.ruby_version.map(|run| self.text(run))
    }

    /// The Bundler that wrote the file: `2.5.23`.
    ///
    /// ```
    /// # let lockfile = rungs::lockfile::Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    /// assert_eq!(lockfile.bundled_with(), Some("2.5.6"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn bundled_with(&self) -> Option<&str> {
        self.bundled_with.map(|run| self.text(run))
    }

    /// The sections that Bundler passes over since it does not know their headers.
    #[must_use]
    pub fn unknown_sections(&self) -> impl ExactSizeIterator<Item = UnknownSection<'_>> {
        views(self, &self.unknown, |lockfile, data| UnknownSection {
            lockfile,
            data,
        })
    }

    /// What Bundler ignores in this file, or reads otherwise than it looks, in the order of the
    /// file; at most [`Lockfile::MAX_WARNINGS`], the last of which counts how many were left off.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    fn text(&self, run: Run) -> &str {
        self.text.get(run.range()).unwrap_or_default()
    }

    fn requirement(&self, run: Run) -> impl ExactSizeIterator<Item = &str> {
        let list = self.requirements.get(run.range()).unwrap_or_default();
        list.iter().map(|run| self.text(*run))
    }

    fn pairs<'a>(
        &'a self,
        list: &'a [(Run, Run)],
        run: Run,
    ) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> {
        let list = list.get(run.range()).unwrap_or_default();
        list.iter()
            .map(|(key, value)| (self.text(*key), self.text(*value)))
    }
}

impl Run {
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

fn views<'a, D, V>(
    lockfile: &'a Lockfile,
    list: &'a [D],
    view: fn(&'a Lockfile, &'a D) -> V,
) -> impl ExactSizeIterator<Item = V> {
    list.iter().map(move |data| view(lockfile, data))
}

/// Where gems come from.
#[derive(Clone, Copy, Debug)]
pub struct GemSource<'a> {
    lockfile: &'a Lockfile,
    data: &'a SourceData,
}

impl<'a> GemSource<'a> {
    /// The kind of source.
    #[must_use]
    pub fn kind(self) -> SourceKind {
        self.data.kind
    }

    /// The `remote:` lines as written, in their order: servers, a repository or a path.
    ///
    /// Several servers stand in one section where the Gemfile has several global sources; then
    /// the last one written is the first one asked.
    #[must_use]
    pub fn remotes(self) -> impl ExactSizeIterator<Item = &'a str> {
        let list = self.lockfile.remotes.get(self.data.remotes.range());
        list.unwrap_or_default()
            .iter()
            .map(|run| self.lockfile.text(*run))
    }

    /// All other options as written, in their order: `("branch", "main")`.
    #[must_use]
    pub fn options(self) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> {
        let lockfile = self.lockfile;
        lockfile.pairs(&lockfile.options, self.data.options)
    }

    /// The first value of an option other than `remote`: `revision`, `ref`, `branch`, `tag`,
    /// `glob`, `submodules`, `type`.
    #[must_use]
    pub fn option(self, key: &str) -> Option<&'a str> {
        self.options()
            .find_map(|(found, value)| (found == key).then_some(value))
    }

    /// The line of its `specs:`.
    #[must_use]
    pub fn line(self) -> u32 {
        self.data.line
    }
}

/// A gem at the version that is installed.
#[derive(Clone, Copy, Debug)]
pub struct Spec<'a> {
    lockfile: &'a Lockfile,
    data: &'a SpecData,
}

impl<'a> Spec<'a> {
    /// The name of the gem.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.lockfile.text(self.data.name)
    }

    /// The version; `0` where none is written, as RubyGems reads it.
    #[must_use]
    pub fn version(self) -> &'a str {
        self.lockfile.text(self.data.version)
    }

    /// The platform that the gem was built for, as written; `ruby` where none is written.
    #[must_use]
    pub fn platform(self) -> &'a str {
        self.lockfile.text(self.data.platform)
    }

    /// Where it comes from: an index into [`Lockfile::sources`].
    #[must_use]
    pub fn source(self) -> usize {
        self.data.source as usize
    }

    /// What it needs, in the order of the file.
    ///
    /// ```
    /// # let lockfile = rungs::lockfile::Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    /// let karafka = lockfile.specs().find(|spec| spec.name() == "karafka").unwrap();
    /// let needs: Vec<&str> = karafka.dependencies().map(|need| need.name()).collect();
    /// assert_eq!(needs, ["karafka-core", "waterdrop", "zeitwerk"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn dependencies(self) -> impl ExactSizeIterator<Item = SpecDependency<'a>> {
        let lockfile = self.lockfile;
        let list = lockfile.dependencies.get(self.data.dependencies.range());
        views(lockfile, list.unwrap_or_default(), |lockfile, data| {
            SpecDependency { lockfile, data }
        })
    }

    /// Its line.
    #[must_use]
    pub fn line(self) -> u32 {
        self.data.line
    }
}

/// What a gem needs.
#[derive(Clone, Copy, Debug)]
pub struct SpecDependency<'a> {
    lockfile: &'a Lockfile,
    data: &'a DependencyData,
}

impl<'a> SpecDependency<'a> {
    /// The name of the gem that is needed.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.lockfile.text(self.data.name)
    }

    /// The requirement, part by part as written: `>= 2.3.0`, `< 3.0.0`. Empty means any version.
    #[must_use]
    pub fn requirement(self) -> impl ExactSizeIterator<Item = &'a str> {
        self.lockfile.requirement(self.data.requirement)
    }

    /// Its line.
    #[must_use]
    pub fn line(self) -> u32 {
        self.data.line
    }
}

/// What the Gemfile asks for.
#[derive(Clone, Copy, Debug)]
pub struct DirectDependency<'a> {
    lockfile: &'a Lockfile,
    data: &'a DirectData,
}

impl<'a> DirectDependency<'a> {
    /// The name of the gem.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.lockfile.text(self.data.dependency.name)
    }

    /// The requirement, part by part as written: `~> 2.3.0`. Empty means any version.
    #[must_use]
    pub fn requirement(self) -> impl ExactSizeIterator<Item = &'a str> {
        self.lockfile.requirement(self.data.dependency.requirement)
    }

    /// Whether the Gemfile names the source of this gem: `waterdrop!`.
    #[must_use]
    pub fn is_pinned(self) -> bool {
        self.data.pinned
    }

    /// The source that it is pinned to, as an index into [`Lockfile::sources`]; `None` for a gem
    /// that is not pinned, and for one that no source above lists.
    #[must_use]
    pub fn pinned_source(self) -> Option<usize> {
        self.data.source.map(|index| index as usize)
    }

    /// Its line.
    #[must_use]
    pub fn line(self) -> u32 {
        self.data.dependency.line
    }
}

/// A line of the section CHECKSUMS.
#[derive(Clone, Copy, Debug)]
pub struct Checksum<'a> {
    lockfile: &'a Lockfile,
    data: &'a ChecksumData,
}

impl<'a> Checksum<'a> {
    /// The name of the gem.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.lockfile.text(self.data.name)
    }

    /// Its version.
    #[must_use]
    pub fn version(self) -> &'a str {
        self.lockfile.text(self.data.version)
    }

    /// Its platform as written; `ruby` where none is written.
    #[must_use]
    pub fn platform(self) -> &'a str {
        self.lockfile.text(self.data.platform)
    }

    /// The gem that it concerns, as an index into [`Lockfile::specs`]; `None` where no source
    /// above lists it, and then Bundler drops the line.
    #[must_use]
    pub fn spec(self) -> Option<usize> {
        self.data.spec.map(|index| index as usize)
    }

    /// The sums; none where Bundler had not seen the gem's file.
    #[must_use]
    pub fn sums(self) -> impl ExactSizeIterator<Item = Sum<'a>> {
        let lockfile = self.lockfile;
        lockfile
            .pairs(&lockfile.sums, self.data.sums)
            .map(|(algorithm, digest)| Sum { algorithm, digest })
    }

    /// Its line.
    #[must_use]
    pub fn line(self) -> u32 {
        self.data.line
    }
}

/// One sum of a gem's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum<'a> {
    algorithm: &'a str,
    digest: &'a str,
}

impl<'a> Sum<'a> {
    /// The algorithm: `sha256`.
    #[must_use]
    pub fn algorithm(self) -> &'a str {
        self.algorithm
    }

    /// The digest as written; empty where none is.
    #[must_use]
    pub fn digest(self) -> &'a str {
        self.digest
    }

    /// The digest in hexadecimal: a `sha256` may also be written in base64.
    #[must_use]
    pub fn hex(self) -> Cow<'a, str> {
        super::checksum::hex(self.algorithm, self.digest).unwrap_or(Cow::Borrowed(self.digest))
    }
}

/// A section that Bundler passes over.
#[derive(Clone, Copy, Debug)]
pub struct UnknownSection<'a> {
    lockfile: &'a Lockfile,
    data: &'a UnknownData,
}

impl<'a> UnknownSection<'a> {
    /// Its header as written.
    #[must_use]
    pub fn header(self) -> &'a str {
        self.lockfile.text(self.data.header)
    }

    /// Its lines below the header as written, without blank ones.
    pub fn lines(self) -> impl Iterator<Item = &'a str> {
        self.lockfile.text(self.data.body).lines()
    }

    /// The line of its header.
    #[must_use]
    pub fn line(self) -> u32 {
        self.data.line
    }
}
