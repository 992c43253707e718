//! What of an installation does not go together.

use crate::name::Name;

/// A requirement or a rule that installed versions break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub(crate) package: Name,
    pub(crate) version: String,
    pub(crate) with: Name,
    pub(crate) with_version: String,
    pub(crate) requirement: Option<String>,
    pub(crate) rule: Option<(Name, String)>,
}

impl Breach {
    /// The package that has the requirement, or of which the rule is.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The other package or runtime.
    #[must_use]
    pub fn with(&self) -> &Name {
        &self.with
    }

    /// The version of that.
    #[must_use]
    pub fn with_version(&self) -> &str {
        &self.with_version
    }

    /// What is required of the other; `None` for a pair that does not run.
    #[must_use]
    pub fn requirement(&self) -> Option<&str> {
        self.requirement.as_deref()
    }

    /// The rule of the catalog; `None` for a release's own requirement.
    #[must_use]
    pub fn rule(&self) -> Option<&Name> {
        self.rule.as_ref().map(|(rule, _)| rule)
    }

    /// The rule's reason.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        self.rule.as_ref().map(|(_, why)| why.as_str())
    }

    /// Whether it concerns a package.
    pub(crate) fn names(&self, package: &Name) -> bool {
        self.package == *package || self.with == *package
    }
}
