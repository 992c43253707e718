//! What must be over before a step begins.

use crate::name::Name;

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
