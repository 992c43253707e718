//! What a step has to mind: bad releases that it is on, and what must be over before it begins.

use crate::catalog::{Defect, Rule};
use crate::name::Name;
use crate::version::Version;

/// A release that is known to be bad, and what to do meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDefect {
    pub(crate) package: Name,
    pub(crate) version: String,
    pub(crate) rule: Name,
    pub(crate) why: String,
    pub(crate) affects: String,
    pub(crate) workaround: Option<String>,
    pub(crate) fixed_in: Option<String>,
    pub(crate) is_avoided: bool,
}

impl KnownDefect {
    pub(crate) fn new(package: &Name, version: &Version, rule: &Rule, defect: &Defect) -> Self {
        KnownDefect {
            package: package.clone(),
            version: version.to_string(),
            rule: rule.id().clone(),
            why: rule.why().to_owned(),
            affects: defect.affects.clone().into_owned(),
            workaround: defect.workaround.clone().map(Into::into),
            fixed_in: defect.fixed_in.as_ref().map(ToString::to_string),
            is_avoided: defect.avoid,
        }
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The rule of the catalog.
    #[must_use]
    pub fn rule(&self) -> &Name {
        &self.rule
    }

    /// What is wrong.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// Whom it hits, and how.
    #[must_use]
    pub fn affects(&self) -> &str {
        &self.affects
    }

    /// What to do meanwhile.
    #[must_use]
    pub fn workaround(&self) -> Option<&str> {
        self.workaround.as_deref()
    }

    /// The release that mends it.
    #[must_use]
    pub fn fixed_in(&self) -> Option<&str> {
        self.fixed_in.as_deref()
    }

    /// Whether plans do not enter it unless the rule is accepted.
    #[must_use]
    pub fn is_avoided(&self) -> bool {
        self.is_avoided
    }
}

/// Something of the version that is left that must be over before a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    pub(crate) package: Name,
    pub(crate) version: String,
    pub(crate) rule: Name,
    pub(crate) wait: Option<String>,
    pub(crate) check: Option<String>,
}

impl Wait {
    /// The package that passes a gate.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// The version that is left.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The gate.
    #[must_use]
    pub fn rule(&self) -> &Name {
        &self.rule
    }

    /// What to wait for, as a clause.
    #[must_use]
    pub fn what(&self) -> Option<&str> {
        self.wait.as_deref()
    }

    /// The command that reports whether it is over.
    #[must_use]
    pub fn check(&self) -> Option<&str> {
        self.check.as_deref()
    }
}
