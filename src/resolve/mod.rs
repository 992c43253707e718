//! One joint state: a release of every package that is needed, newest first, or a proof that there
//! is none.
//!
//! Conflict learning over packages: the value of a package is *absent* or one of its releases, what
//! is left of it is a set of bits, and every constraint is a clause over such sets. When a choice
//! fails, the clause that explains the failure is learned and the search goes back to where it would
//! have spoken. Versions are never compared; a [`Provider`] says once which places meet a need. It is
//! asked about a package only when the search reaches it.
//!
//! | file | contents |
//! |---|---|
//! | `set` | sets of releases as bits |
//! | `packages` | what was read of each package, laid out for the search |
//! | `solver` | what is left of each package, and what follows from it |
//! | `learn` | the clause that a conflict teaches, and the proof of an impossible question |
//! | `decide` | which release is tried next, and the way to the answer |
//! | `loops` | circles of packages that need one another |
//! | `registry` | a provider of names, versions and requirements |
//!
//! Choices: preferred candidates are chosen wherever they resolve, first of all. Then packages are
//! decided in the order in which they were reached (roots first, dependencies in their order), each at the
//! newest release that the choices before it allow. So no package of a pick could be newer, and none
//! that moved could have stayed, with all others as they are.
//!
//! Nothing here recurses; the work is counted and bounded.
//!
//! # Stability
//! Unstable: any 0.y.z may change it without notice. It is public so that it can be measured and
//! compared with other resolvers.

mod decide;
mod learn;
mod loops;
mod packages;
mod registry;
mod set;
mod solver;

pub use registry::{Candidate, NamedDependency, Registry, RegistryProvider};
pub use set::CandidateSet;

use crate::error::Result;
use std::sync::Arc;

/// The most packages of one provider.
pub const MAX_PACKAGES: usize = 1 << 17;

/// The search limit that [`Limits`] start with.
pub const MAX_WORK: u64 = 50_000_000;

/// Where candidates and their dependencies come from. Packages are numbers from 0, below
/// [`MAX_PACKAGES`].
///
/// Answers must not depend on when they are asked for.
pub trait Provider {
    /// Returns the candidates of a package; none where there is no such package. Called when the
    /// search reaches the package: once, and once more where nothing resolves without last resorts.
    ///
    /// # Errors
    /// Why the package cannot be read; the error ends the search.
    fn package(&mut self, package: usize) -> Result<Arc<Candidates>>;

    /// Returns the candidates that meet a dependency of a package, given by its place in
    /// [`Candidates::dependencies`]: places of the package that it is on.
    ///
    /// # Errors
    /// As for [`Provider::package`].
    fn allowed(&mut self, package: usize, dependency: usize) -> Result<CandidateSet>;
}

/// The releases of one package, in ascending order: only their places are named.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// The number of releases.
    pub count: usize,
    /// Those that may not be chosen.
    pub excluded: CandidateSet,
    /// Those that are chosen only where nothing resolves without any such release: prereleases that
    /// nobody asked for.
    pub last_resort: CandidateSet,
    /// Those that are chosen only where no other release of the package resolves.
    pub deferred: CandidateSet,
    /// The one that is chosen wherever it resolves.
    pub preferred: Option<usize>,
    /// Their dependencies, those on one package one after another. Equal ones should be merged.
    pub dependencies: Vec<SharedDependency>,
}

/// A dependency that some releases of a package have.
#[derive(Clone, Debug)]
pub struct SharedDependency {
    /// The releases that have it.
    pub by: CandidateSet,
    /// The package that is required.
    pub on: usize,
}

/// A requirement of the question itself.
#[derive(Clone, Debug)]
pub struct RootRequirement {
    /// The package.
    pub on: usize,
    /// The candidates that meet it; with [`CandidateSet::and_absent`] the package may be absent.
    pub allowed: CandidateSet,
    /// Whether [`Incompatibility::also`] must say for which other candidates a proof has.
    pub assumed: bool,
}

/// Bounds of a search.
///
/// ```
/// use rungs::resolve::Limits;
/// let limits = Limits { work: 1_000, ..Limits::default() };
/// assert!(!limits.refuse_loops);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Checks of constraints after which the search gives up.
    pub work: u64,
    /// Whether packages may not depend on one another in a circle, as in Bundler.
    pub refuse_loops: bool,
    /// Whether no release of [`Candidates::last_resort`] is chosen, whatever follows.
    pub refuse_last_resorts: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            work: MAX_WORK,
            refuse_loops: false,
            refuse_last_resorts: false,
        }
    }
}

/// The result of a search.
#[derive(Clone, Debug)]
pub enum Resolution {
    /// A joint state.
    Solved(Solution),
    /// No joint state exists.
    Impossible(Incompatibility),
    /// The search limit was reached first.
    GaveUp,
}

/// A joint state: the number of each package that is present, and the place of its release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    pub(crate) releases: Vec<(usize, usize)>,
    pub(crate) work: u64,
}

impl Solution {
    /// Returns (package, place), sorted by package.
    #[must_use]
    pub fn releases(&self) -> &[(usize, usize)] {
        &self.releases
    }

    /// Returns the place of a package's release; `None` where it is absent.
    #[must_use]
    pub fn get(&self, package: usize) -> Option<usize> {
        let at = self.releases.binary_search_by_key(&package, |it| it.0).ok();
        at.map(|at| self.releases[at].1)
    }

    /// Returns the number of checks of constraints.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work
    }
}

/// Premises that cannot hold together: a proof that no joint state exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incompatibility {
    pub(crate) premises: Vec<Premise>,
    pub(crate) also: Vec<(usize, CandidateSet)>,
}

impl Incompatibility {
    /// Returns the premises, sorted. There may be a smaller set.
    #[must_use]
    pub fn premises(&self) -> &[Premise] {
        &self.premises
    }

    /// Returns, for the assumed roots among the premises, the candidates for which the proof has
    /// as well: any choice of one for each root is impossible too.
    #[must_use]
    pub fn also(&self) -> &[(usize, CandidateSet)] {
        &self.also
    }
}

/// One premise of a proof.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Premise {
    /// A root requirement, by its place in the question.
    Root(usize),
    /// A dependency of a package, by its place in [`Candidates::dependencies`].
    Dependency {
        /// The package that has it.
        package: usize,
        /// The place of the dependency.
        dependency: usize,
    },
    /// These packages would depend on one another in a circle.
    Loop(Vec<usize>),
}

/// Searches for a joint state that meets the root requirements.
///
/// # Errors
/// Those of the provider; [`ErrorCode::TooLarge`](crate::ErrorCode::TooLarge) for more than
/// [`MAX_PACKAGES`].
///
/// ```
/// use rungs::resolve::{
///     Candidate, CandidateSet, Limits, Registry, RegistryProvider, Resolution, RootRequirement, resolve,
/// };
/// use rungs::{Requirement, Scheme, Version};
///
/// struct Two;
/// impl Registry for Two {
///     type Package = String;
///     fn candidates(&mut self, name: &String) -> rungs::Result<Vec<Candidate>> {
///         let version = |text| Version::parse(Scheme::RubyGems, text);
///         let needs = vec![("b".to_owned(), Requirement::parse(Scheme::RubyGems, "< 2")?)];
///         Ok(match name.as_str() {
///             "a" => vec![Candidate::new(version("1.0")?, needs)],
///             _ => vec![Candidate::new(version("1.5")?, Vec::new()), Candidate::new(version("2.0")?, Vec::new())],
///         })
///     }
/// }
///
/// let mut provider = RegistryProvider::new(Two);
/// let (a, b) = (provider.number("a"), provider.number("b"));
/// let root = RootRequirement { on: a, allowed: CandidateSet::only(0), assumed: false };
/// let Resolution::Solved(pick) = resolve(&mut provider, &[root], Limits::default())? else {
///     panic!("there is a joint state");
/// };
/// let place = pick.get(b).unwrap();
/// assert_eq!(provider.versions(b)?[place].to_string(), "1.5");
/// # Ok::<(), rungs::Error>(())
/// ```
pub fn resolve<W: Provider>(
    provider: &mut W,
    roots: &[RootRequirement],
    limits: Limits,
) -> Result<Resolution> {
    let mut without = solver::Solver::new(provider, roots, limits);
    without.leaves_last_resorts = true;
    let answer = without.run()?;
    let work = without.work;
    match answer {
        Resolution::Impossible(_) if without.has_left && !limits.refuse_last_resorts => {
            // A proof that rests on what was left out proves nothing yet.
            let limits = Limits {
                work: limits.work.saturating_sub(work),
                ..limits
            };
            let mut answer = solver::Solver::new(provider, roots, limits).run()?;
            if let Resolution::Solved(pick) = &mut answer {
                pick.work += work;
            }
            Ok(answer)
        }
        answer => Ok(answer),
    }
}
