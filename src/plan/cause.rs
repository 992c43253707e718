//! Why there is no plan, and what would give one: data first, words second.

use crate::name::Name;
use std::fmt;

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

impl fmt::Display for Collision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Collision::Requires {
                package,
                version,
                on,
                requirement,
            } => write!(f, "{package} {version} requires {on} {requirement}"),
            Collision::Pair {
                package,
                version,
                with,
                with_versions,
                rule,
            } => write!(
                f,
                "{package} {version} does not run with {with} {with_versions} ({rule})"
            ),
            Collision::Target { package, line } => {
                write!(f, "the target is {package} {line}")
            }
            Collision::Released {
                package,
                version,
                date,
            } => write!(f, "{package} {version} was released on {date}"),
        }
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
        also: Vec<String>,
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
        /// The line or version to reach.
        to: String,
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
    /// No sequence of catalog releases reaches the target.
    Unreachable {
        /// The package.
        package: Name,
        /// What was asked for.
        to: String,
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
            Constraint::Unreachable { .. } => "unreachable",
            Constraint::Installed { .. } => "installed",
        }
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Constraint::Runtime {
                runtime,
                at,
                to: None,
            } => write!(f, "{runtime} is fixed at {at}"),
            Constraint::Runtime {
                runtime,
                to: Some(to),
                ..
            } => write!(f, "{runtime} must reach {to}"),
            Constraint::Pin {
                package,
                requirement,
            } => write!(f, "{package} is pinned to {requirement}"),
            Constraint::Holder {
                holder,
                version,
                package,
                requirement,
                also,
            } => {
                write!(f, "{holder} {version} requires {package} {requirement}")?;
                match also.as_slice() {
                    [] => Ok(()),
                    [other] => write!(f, ", and so does {other}"),
                    others => write!(f, ", and so do {} other gems", others.len()),
                }
            }
            Constraint::Gemfile {
                package,
                requirement,
            } => write!(f, "the Gemfile requires {package} {requirement}"),
            Constraint::Day { day, min_age: 0 } => {
                write!(f, "releases after {day} are ignored")
            }
            Constraint::Day { day, min_age } => write!(
                f,
                "releases less than {min_age} days old on {day} are skipped"
            ),
            Constraint::Target { package, to } => write!(f, "{package} must reach {to}"),
            Constraint::Unreachable { package, to } => {
                write!(f, "no sequence of catalog releases reaches {package} {to}")
            }
            Constraint::Rule { rule, why, .. } => write!(f, "{why} ({rule})"),
            Constraint::Installed { package, version } => {
                write!(
                    f,
                    "{package} {version} is installed, and a plan never downgrades"
                )
            }
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
        /// Who holds what: `my_gem 1.2 must allow karafka 2.6.0`, `ffi 1.18.0 must be downgraded to 1.17.2`.
        holders: Vec<String>,
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

/// The most gems that a sentence names.
const MANY: usize = 12;

fn list<T: fmt::Display>(items: &[T]) -> String {
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    texts.join(" and ")
}

impl fmt::Display for FixKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FixKind::Accept { rules } => write!(f, "accept {}", list(rules)),
            FixKind::Day { day } => write!(f, "wait until {day}"),
            FixKind::Gemfile { gems } => {
                write!(f, "edit the Gemfile, which must allow {}", list(gems))
            }
            FixKind::Lift { packages } => write!(f, "lift the pin on {}", list(packages)),
            FixKind::Runtime { runtime, to } => write!(f, "upgrade {runtime} to {to}"),
            FixKind::Holder { holders } if holders.len() > MANY => {
                let (shown, others) = holders.split_at(MANY);
                write!(
                    f,
                    "change or remove these gems: {} and {} more",
                    shown.join(", "),
                    others.len()
                )
            }
            FixKind::Holder { holders } if holders.len() > 1 => {
                write!(f, "change or remove these gems: {}", list(holders))
            }
            FixKind::Holder { holders } => {
                write!(f, "change or remove this gem: {}", list(holders))
            }
            FixKind::Shorter { package, line } => write!(f, "stop at {package} {line}"),
            FixKind::Together { parts } => f.write_str(&list(parts)),
        }
    }
}
