//! What a step asks of the Gemfile and of Bundler.

use crate::name::Name;
use crate::version::Version;
use std::fmt;
use std::sync::Arc;

/// The start of the remark behind a temporary line, by which a later run finds the line again.
pub(crate) const TEMPORARY: &str = "rungs: temporary";

/// One line of a Gemfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GemLine {
    pub(crate) gem: Name,
    pub(crate) requirement: Arc<str>,
    pub(crate) overshoots: Option<(Name, Version)>,
    /// It replaces a requirement of the Gemfile that is to be kept.
    pub(crate) is_kept: bool,
}

impl GemLine {
    /// The gem.
    #[must_use]
    pub fn gem(&self) -> &Name {
        &self.gem
    }

    /// What the line must require, one comparison: `~> 2.3.4` where the version is the newest
    /// there, `= 2.8.5` where newer ones would do too.
    #[must_use]
    pub fn requirement(&self) -> &str {
        &self.requirement
    }

    /// Whether the user never asked for this gem, so the line goes away again.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.overshoots.is_some()
    }

    /// The remark behind a temporary line: `rungs: temporary, else 2.8.5`.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        let (gem, version) = self.overshoots.as_ref()?;
        Some(if *gem == self.gem {
            format!("{TEMPORARY}, else {version}")
        } else {
            format!("{TEMPORARY}, else {gem} {version}")
        })
    }

    /// Which gem could go where without the temporary line; mostly this one.
    #[must_use]
    pub fn overshoots(&self) -> Option<(&Name, &Version)> {
        self.overshoots
            .as_ref()
            .map(|(gem, version)| (gem, version))
    }
}

/// As written in a Gemfile: `gem "karafka", "~> 2.3.4"`.
impl fmt::Display for GemLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requirement = self.requirement.trim_start_matches("= ");
        write!(f, "gem \"{}\", \"{requirement}\"", self.gem)
    }
}

/// The lines and the command that bring Bundler to exactly the state of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    pub(crate) lines: Vec<GemLine>,
    pub(crate) obsolete: Vec<Name>,
    pub(crate) removed: Vec<String>,
    pub(crate) command: Option<Arc<str>>,
    pub(crate) unlocks: Vec<String>,
    pub(crate) is_elsewhere: bool,
}

impl Bundle {
    /// The lines of the family's gems, in the catalog's order: of each gem that is asked for
    /// directly, and temporary ones, as few as make the result certain.
    #[must_use]
    pub fn lines(&self) -> &[GemLine] {
        &self.lines
    }

    /// Gems whose temporary line of the step before is to be deleted in this one.
    #[must_use]
    pub fn obsolete(&self) -> &[Name] {
        &self.obsolete
    }

    /// The user's own gems whose line is to be deleted in this step, since they would hold it.
    #[must_use]
    pub fn removed(&self) -> &[String] {
        &self.removed
    }

    /// The one command, with exactly the gems in play that are locked already, and those outside the
    /// catalog that have to move and that no gem in play needs; `None` where there is nothing to run.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        self.command.as_deref()
    }

    /// Whether Bundler has no part in the step: what moves is no gem, as brokers are. Then the command, or
    /// the order of deployment in [`Guidance::rollout`](super::Guidance::rollout), moves it.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.is_elsewhere
    }

    /// Gems outside the catalog that the command unlocks besides: what the gems it names need, and
    /// what these need. Bundler takes the newest release of each that fits, whether or not the step
    /// asks for it; all others stay where they are locked. Sorted; empty where the lockfile is not
    /// known as a whole.
    #[must_use]
    pub fn unlocks(&self) -> &[String] {
        &self.unlocks
    }
}
