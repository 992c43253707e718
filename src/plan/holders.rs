//! Gems outside the catalog that hold a plan back, or leave so that they do not.

use super::{Constraint, Fix};
use crate::name::Name;
use crate::version::Version;

/// A gem that leaves in a step since it would hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    pub(crate) gem: String,
    pub(crate) version: String,
    pub(crate) requires: Option<(String, String)>,
    pub(crate) rule: Option<Name>,
    pub(crate) instead: Option<String>,
}

impl Leaving {
    /// The gem.
    #[must_use]
    pub fn gem(&self) -> &str {
        &self.gem
    }

    /// Its installed version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What it requires that the step does not have: package and requirement. `None` where a rule
    /// excludes the two together.
    #[must_use]
    pub fn requires(&self) -> Option<(&str, &str)> {
        let requires = self.requires.as_ref();
        requires.map(|(package, requirement)| (package.as_str(), requirement.as_str()))
    }

    /// The rule of the catalog that says that it is discontinued; `None` where the user drops it.
    #[must_use]
    pub fn rule(&self) -> Option<&Name> {
        self.rule.as_ref()
    }

    /// What takes its place, where the catalog says so.
    #[must_use]
    pub fn instead(&self) -> Option<&str> {
        self.instead.as_deref()
    }
}

/// A package that ends below its newest line because of gems outside the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub(crate) package: Name,
    pub(crate) stays: String,
    pub(crate) newest: String,
    pub(crate) by: Vec<Constraint>,
}

impl Held {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// The line on which it ends.
    #[must_use]
    pub fn stays(&self) -> &str {
        &self.stays
    }

    /// The newest line that it would reach without them.
    #[must_use]
    pub fn newest(&self) -> &str {
        &self.newest
    }

    /// What keeps it there, the gems first.
    #[must_use]
    pub fn by(&self) -> &[Constraint] {
        &self.by
    }
}

/// The plan that there would be if packages from git repositories or folders came from a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromRegistry {
    pub(crate) gems: Vec<Name>,
    /// The first of each group in lockstep, and how many of the gems are in it.
    pub(crate) groups: Vec<(Name, usize)>,
    pub(crate) steps: usize,
    pub(crate) targets: Vec<(String, String)>,
    pub(crate) end: Vec<(Name, Version)>,
    pub(crate) by: Vec<Constraint>,
    pub(crate) fixes: Vec<Fix>,
}

impl FromRegistry {
    /// The targets of that plan: package and line, version or requirement.
    #[must_use]
    pub fn targets(&self) -> &[(String, String)] {
        &self.targets
    }

    /// The packages that come from elsewhere.
    #[must_use]
    pub fn gems(&self) -> &[Name] {
        &self.gems
    }

    /// The number of steps; 0 where there would be no plan either.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// What would be in the way then; empty where there would be a plan.
    #[must_use]
    pub fn by(&self) -> &[Constraint] {
        &self.by
    }

    /// What would give a plan then.
    #[must_use]
    pub fn fixes(&self) -> &[Fix] {
        &self.fixes
    }

    /// The packages in play at the end; none where there would be no plan.
    #[must_use]
    pub fn end(&self) -> &[(Name, Version)] {
        &self.end
    }
}
