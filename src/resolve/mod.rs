//! One joint state: a release of every package that is needed, newest first, or a proof that there
//! is none.
//!
//! Conflict learning over packages: the value of a package is *absent* or one of its releases, what
//! is left of it is a set of bits, and every constraint is a clause over such sets. When a choice
//! fails, the clause that explains the failure is learned and the search goes back to where it would
//! have spoken. Versions are never compared; a [`World`] says once which places meet a need. It is
//! asked about a package only when the search reaches it.
//!
//! | file | holds |
//! |---|---|
//! | `set` | sets of releases as bits |
//! | `solver` | what is left of each package, and what follows from it |
//! | `learn` | the clause that a conflict teaches, and the proof of an impossible question |
//! | `decide` | which release is tried next, and the way to the answer |
//! | `loops` | circles of packages that need one another |
//! | `shelf` | a world of names, versions and requirements |
//!
//! Choices: what is kept stays where it can, before anything else is chosen. Then packages are
//! decided in the order in which they were reached (roots first, needs in their order), each at the
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
mod set;
mod shelf;
mod solver;

pub use set::ReleaseSet;
pub use shelf::{Offer, Shelf, Supply};

use crate::error::Result;
use std::sync::Arc;

/// The most packages of one world.
pub const MAX_PACKAGES: usize = 1 << 17;

/// The bound of work that [`Limits`] start with.
pub const MAX_WORK: u64 = 50_000_000;

/// Where releases and their needs come from. Packages are numbers from 0, below [`MAX_PACKAGES`].
///
/// Answers may not depend on when they are asked for.
pub trait World {
    /// The releases of a package; without any where there is no such package. Asked when it is
    /// reached: once, and once more where there is no joint state without late releases.
    ///
    /// # Errors
    /// What keeps the package from being read; it ends the search.
    fn package(&mut self, package: usize) -> Result<Arc<Candidates>>;

    /// The releases that meet a need of a package, by its place in [`Candidates::needs`]: places of
    /// the package that is needed.
    ///
    /// # Errors
    /// The same.
    fn allowed(&mut self, package: usize, need: usize) -> Result<ReleaseSet>;
}

/// The releases of one package, in ascending order: only their places are named.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// How many there are.
    pub count: usize,
    /// Those that may not be chosen.
    pub barred: ReleaseSet,
    /// Those that are chosen only where there is no joint state without any such release:
    /// prereleases that nobody asked for.
    pub late: ReleaseSet,
    /// Those of the package that are chosen only where none of its others will do.
    pub last: ReleaseSet,
    /// The one to keep where it can be kept.
    pub keep: Option<usize>,
    /// What they need; needs of one package stand together. Needs that are alike should be one.
    pub needs: Vec<Need>,
}

/// A need that some releases of a package have.
#[derive(Clone, Debug)]
pub struct Need {
    /// Whose need it is: places of the needing package.
    pub by: ReleaseSet,
    /// The package that is needed.
    pub on: usize,
}

/// What must hold from the outset.
#[derive(Clone, Debug)]
pub struct Root {
    /// The package.
    pub on: usize,
    /// Where it must stand; with [`ReleaseSet::and_absent`] it need not be there.
    pub allowed: ReleaseSet,
    /// A proof then says for which other places it holds as well: [`Proof::also`].
    pub assumed: bool,
}

/// What bounds a search.
///
/// ```
/// use rungs::resolve::Limits;
/// let limits = Limits { work: 1_000, ..Limits::default() };
/// assert!(!limits.refuse_loops);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Checks of constraints after which it is given up.
    pub work: u64,
    /// Packages may not need one another in a circle, as Bundler has it.
    pub refuse_loops: bool,
    /// No late release is chosen, whatever follows: [`Candidates::late`].
    pub refuse_late: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            work: MAX_WORK,
            refuse_loops: false,
            refuse_late: false,
        }
    }
}

/// What a search found.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A joint state.
    Picked(Pick),
    /// There is none.
    Impossible(Proof),
    /// The bound of work was met first.
    GaveUp,
}

/// A joint state: each package that is there, by number, with the place of its release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    pub(crate) releases: Vec<(usize, usize)>,
    pub(crate) work: u64,
}

impl Pick {
    /// Package and place, by package.
    #[must_use]
    pub fn releases(&self) -> &[(usize, usize)] {
        &self.releases
    }

    /// The place of a package's release; `None` where it is absent.
    #[must_use]
    pub fn get(&self, package: usize) -> Option<usize> {
        let at = self.releases.binary_search_by_key(&package, |it| it.0).ok();
        at.map(|at| self.releases[at].1)
    }

    /// Checks of constraints that it took.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work
    }
}

/// Constraints that cannot hold together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) also: Vec<(usize, ReleaseSet)>,
}

impl Proof {
    /// The constraints, in order; not always the fewest.
    #[must_use]
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// For assumed roots that have a part in it, the places for which it holds as well: any choice
    /// of one place for each is as impossible.
    #[must_use]
    pub fn also(&self) -> &[(usize, ReleaseSet)] {
        &self.also
    }
}

/// One constraint of a proof.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Constraint {
    /// A root, by its place in the question.
    Root(usize),
    /// A need of a package, by its place in [`Candidates::needs`].
    Need {
        /// The package whose need it is.
        package: usize,
        /// The place of the need.
        need: usize,
    },
    /// These packages would need one another in a circle.
    Loop(Vec<usize>),
}

/// Looks for a joint state in which the roots hold.
///
/// # Errors
/// Those of the world; [`ErrorCode::TooLarge`](crate::ErrorCode::TooLarge) for more than
/// [`MAX_PACKAGES`].
///
/// ```
/// use rungs::resolve::{Answer, Limits, Offer, ReleaseSet, Root, Shelf, Supply, resolve};
/// use rungs::{Requirement, Scheme, Version};
///
/// struct Two;
/// impl Supply for Two {
///     fn offers(&mut self, name: &str) -> rungs::Result<Vec<Offer>> {
///         let version = |text| Version::parse(Scheme::RubyGems, text);
///         let needs = vec![("b".to_owned(), Requirement::parse(Scheme::RubyGems, "< 2")?)];
///         Ok(match name {
///             "a" => vec![Offer::new(version("1.0")?, needs)],
///             _ => vec![Offer::new(version("1.5")?, Vec::new()), Offer::new(version("2.0")?, Vec::new())],
///         })
///     }
/// }
///
/// let mut shelf = Shelf::new(Two);
/// let (a, b) = (shelf.number("a"), shelf.number("b"));
/// let root = Root { on: a, allowed: ReleaseSet::only(0), assumed: false };
/// let Answer::Picked(pick) = resolve(&mut shelf, &[root], Limits::default())? else {
///     panic!("there is a joint state");
/// };
/// let place = pick.get(b).unwrap();
/// assert_eq!(shelf.versions(b)?[place].to_string(), "1.5");
/// # Ok::<(), rungs::Error>(())
/// ```
pub fn resolve<W: World>(world: &mut W, roots: &[Root], limits: Limits) -> Result<Answer> {
    let mut without = solver::Solver::new(world, roots, limits);
    without.leaves_late = true;
    let answer = without.run()?;
    let work = without.work;
    match answer {
        Answer::Impossible(_) if without.has_left && !limits.refuse_late => {
            // A proof that rests on what was left out proves nothing yet.
            let left = limits.work.saturating_sub(work);
            let limits = Limits {
                work: left,
                ..limits
            };
            let mut answer = solver::Solver::new(world, roots, limits).run()?;
            if let Answer::Picked(pick) = &mut answer {
                pick.work += work;
            }
            Ok(answer)
        }
        answer => Ok(answer),
    }
}
