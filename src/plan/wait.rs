//! What must be over before a step begins.

use crate::name::Name;
use std::fmt;

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

    /// The command that tells whether it is over.
    #[must_use]
    pub fn check(&self) -> Option<&str> {
        self.check.as_deref()
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wait {
            package, version, ..
        } = self;
        match (&self.wait, &self.check) {
            (Some(wait), Some(check)) => {
                write!(f, "until {wait} ({package} {version}); this tells: {check}")
            }
            (Some(wait), None) => write!(f, "until {wait} ({package} {version})"),
            (None, Some(check)) => write!(f, "for {package} {version}; this tells: {check}"),
            (None, None) => write!(f, "for {package} {version}"),
        }
    }
}
