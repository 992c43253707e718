//! Why there is no plan, and what would give one.

use crate::name::Name;

/// Constraints that together leave no way; without any one of them there would be one, as far as
/// these are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) collisions: Vec<Option<Collision>>,
    pub(crate) is_minimal: bool,
}

impl Cause {
    /// The members; empty where the releases of the catalog alone leave no way.
    #[must_use]
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// For each member what it collides with, where that can be said in one clause.
    #[must_use]
    pub fn collisions(&self) -> &[Option<Collision>] {
        &self.collisions
    }

    /// Whether each member is needed for the conflict. Where the search limit of explanations was
    /// reached first, some may not be.
    #[must_use]
    pub fn is_minimal(&self) -> bool {
        self.is_minimal
    }

    /// Each member with what it collides with.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&Constraint, Option<&Collision>)> {
        let collisions = self.collisions.iter().map(Option::as_ref);
        self.constraints.iter().zip(collisions)
    }
}

/// What a constraint collides with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Collision {
    /// A version requires something else.
    Requires {
        /// The package.
        package: Name,
        /// Its version.
        version: String,
        /// What it requires.
        on: Name,
        /// Of which version.
        requirement: String,
    },
    /// A version does not run beside these versions of another package.
    Pair {
        /// The package.
        package: Name,
        /// Its version.
        version: String,
        /// The other package.
        with: Name,
        /// The versions of that.
        with_versions: String,
        /// The rule of the catalog.
        rule: Name,
    },
    /// It leaves no release of the line that was asked for.
    Target {
        /// The package.
        package: Name,
        /// The line.
        line: String,
    },
    /// What the plan would need was released on this day.
    Released {
        /// The package.
        package: Name,
        /// Its version.
        version: String,
        /// The day.
        date: String,
    },
}

/// A requirement on a gem that no release of it in an index meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlistedRequirement {
    pub(crate) by: Name,
    pub(crate) version: String,
    pub(crate) requirement: String,
    pub(crate) prerelease: Option<String>,
}

impl UnlistedRequirement {
    /// The package that requires it.
    #[must_use]
    pub fn by(&self) -> &Name {
        &self.by
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The requirement.
    #[must_use]
    pub fn requirement(&self) -> &str {
        &self.requirement
    }

    /// The newest prerelease that meets it, where the index lists one.
    #[must_use]
    pub fn prerelease(&self) -> Option<&str> {
        self.prerelease.as_deref()
    }
}

/// One constraint that takes part in a conflict and could be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// A runtime is fixed, or has a target.
    Runtime {
        /// The runtime.
        runtime: Name,
        /// Its installed version.
        at: String,
        /// Its target; `None` where it is fixed.
        to: Option<String>,
    },
    /// The user pins a package.
    Pin {
        /// The package.
        package: Name,
        /// The pin.
        requirement: String,
    },
    /// A package outside the catalog requires a package of the catalog.
    Holder {
        /// The package that requires it.
        holder: String,
        /// Its installed version.
        version: String,
        /// The required package.
        package: Name,
        /// The requirement.
        requirement: String,
        /// Other gems that allow the same releases of the catalog, each with its version.
        also: Vec<(String, String)>,
    },
    /// A requirement of the Gemfile, which is to be kept.
    Gemfile {
        /// The package.
        package: Name,
        /// What it requires.
        requirement: String,
    },
    /// Releases after a day are ignored, and those younger than the minimum age then.
    Day {
        /// The day.
        day: String,
        /// The days.
        min_age: u32,
    },
    /// One of several targets.
    Target {
        /// The package.
        package: Name,
        /// The line or version to reach; `None` for its newest line.
        to: Option<String>,
    },
    /// A rule of the catalog.
    Rule {
        /// Its name.
        rule: Name,
        /// May it be accepted?
        acceptable: bool,
        /// Its reason.
        why: String,
    },
    /// The target is reached only over edges with these risks, which are the fewest.
    Risks {
        /// The package that moves along edges.
        package: Name,
        /// The risks.
        risks: Vec<Name>,
    },
    /// No sequence of catalog releases reaches the target.
    Unreachable {
        /// The package.
        package: Name,
        /// What was asked for.
        to: String,
    },
    /// The index lists no release of a gem outside the catalog that is allowed.
    Unlisted {
        /// The gem.
        gem: String,
        /// A requirement that no listed release meets; `None` where several requirements together exclude all of
        /// them.
        required: Option<UnlistedRequirement>,
    },
    /// An installed version that could only be left by a downgrade, which a plan never does.
    Installed {
        /// The package.
        package: Name,
        /// The version.
        version: String,
    },
}

impl Constraint {
    /// The word that documents use.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Constraint::Runtime { .. } => "runtime",
            Constraint::Pin { .. } => "pin",
            Constraint::Holder { .. } => "holder",
            Constraint::Gemfile { .. } => "gemfile",
            Constraint::Day { .. } => "day",
            Constraint::Target { .. } => "target",
            Constraint::Rule { .. } => "rule",
            Constraint::Risks { .. } => "risks",
            Constraint::Unreachable { .. } => "unreachable",
            Constraint::Unlisted { .. } => "unlisted",
            Constraint::Installed { .. } => "installed",
        }
    }
}

/// A change that gives a plan, verified by planning again with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub(crate) kind: FixKind,
    pub(crate) steps: usize,
}

impl Fix {
    /// What to change.
    #[must_use]
    pub fn kind(&self) -> &FixKind {
        &self.kind
    }

    /// How many steps the plan then has.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }
}

/// What has to change of a gem outside the catalog that blocks a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderFix {
    pub(crate) gem: String,
    pub(crate) version: Option<String>,
    pub(crate) change: HolderChange,
}

impl HolderFix {
    /// The gem.
    #[must_use]
    pub fn gem(&self) -> &str {
        &self.gem
    }

    /// Its installed version.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The change.
    #[must_use]
    pub fn change(&self) -> &HolderChange {
        &self.change
    }
}

/// How a gem outside the catalog has to change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HolderChange {
    /// In any way that lets the plan pass, or it is removed.
    Any,
    /// It is downgraded.
    Downgrade {
        /// The version.
        to: String,
    },
    /// It allows these versions.
    Allow {
        /// Packages with the versions that it must allow.
        versions: Vec<(String, String)>,
        /// The newest release that allows them.
        release: AllowingRelease,
    },
}

/// The newest release of a gem that allows what a plan needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AllowingRelease {
    /// No index was asked.
    NotAsked,
    /// The index has none.
    None,
    /// This version.
    Version(String),
}

/// What a fix changes, the smallest change first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FixKind {
    /// Accept rules.
    Accept {
        /// The rules.
        rules: Vec<Name>,
    },
    /// Plan as of a later day.
    Day {
        /// The first day that will do.
        day: String,
    },
    /// Edit what the Gemfile requires.
    Gemfile {
        /// Which packages, and what it must allow: `karafka 2.6.0`.
        gems: Vec<String>,
    },
    /// Lift pins.
    Lift {
        /// The packages that are pinned.
        packages: Vec<Name>,
    },
    /// Upgrade a runtime.
    Runtime {
        /// The runtime.
        runtime: Name,
        /// The line at which it must arrive.
        to: String,
    },
    /// Change or remove packages that block others.
    Holder {
        /// What has to change of each.
        holders: Vec<HolderFix>,
    },
    /// Choose a nearer target.
    Shorter {
        /// The package.
        package: Name,
        /// The line that can be reached.
        line: String,
    },
    /// Several of these together.
    Together {
        /// The parts.
        parts: Vec<FixKind>,
    },
}

impl FixKind {
    /// Takes another one of the same kind in; `false` where that is no list.
    pub(crate) fn merge(&mut self, other: &FixKind) -> bool {
        match (self, other) {
            (FixKind::Accept { rules }, FixKind::Accept { rules: more }) => {
                rules.extend(more.iter().cloned());
            }
            (FixKind::Lift { packages }, FixKind::Lift { packages: more }) => {
                packages.extend(more.iter().cloned());
            }
            (FixKind::Holder { holders }, FixKind::Holder { holders: more }) => {
                holders.extend(more.iter().cloned());
            }
            (FixKind::Gemfile { gems }, FixKind::Gemfile { gems: more }) => {
                gems.extend(more.iter().cloned());
            }
            _ => return false,
        }
        true
    }

    /// The word that documents use.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            FixKind::Accept { .. } => "accept",
            FixKind::Day { .. } => "day",
            FixKind::Gemfile { .. } => "gemfile",
            FixKind::Lift { .. } => "lift",
            FixKind::Runtime { .. } => "runtime",
            FixKind::Holder { .. } => "holder",
            FixKind::Shorter { .. } => "shorter",
            FixKind::Together { .. } => "together",
        }
    }
}
