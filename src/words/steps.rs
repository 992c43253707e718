//! What a step changes and asks for.

use super::clauses::{conflicts, requires, with_reason};
use crate::plan::{Breach, Expectation, KnownDefect, Outside, Task, TaskText, Wait, WantedVersion};
use std::borrow::Cow;
use std::fmt;

/// `ffi 1.15.5 -> 1.17.2 (karafka-rdkafka 0.19.5 requires ~> 1.17.1)`, and without an index
/// `ffi 1.15.5: karafka-rdkafka 0.19.5 requires ~> 1.17.1, but my_gem 1.0 requires < 1.17
/// (unverified)`.
impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.gem)?;
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, " {from} -> {to}")?,
            (Some(from), None) if self.wanted.is_some() => write!(f, " {from}")?,
            (Some(from), None) => write!(f, " {from} is removed")?,
            (None, Some(to)) => write!(f, " is added at {to}")?,
            (None, None) => f.write_str(" is added")?,
        }
        match &self.wanted {
            Some(wanted) if self.is_verified => {
                write!(f, " ({} requires {})", wanted.by, wanted.requirement)?;
            }
            Some(wanted) => {
                write!(f, ": {} requires {}", wanted.by, wanted.requirement)?;
            }
            None => {}
        }
        for held in &self.held {
            write!(f, ", but {} requires {}", held.by, held.requirement)?;
        }
        if self.edits_gemfile {
            f.write_str(", and its Gemfile requirement must be edited")?;
        }
        if !self.is_verified {
            f.write_str(" (unverified)")?;
        }
        Ok(())
    }
}

/// `~> 1.17.1`, or what a runtime that refuses a version would have to allow.
impl fmt::Display for WantedVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WantedVersion::Meets(requirement) => f.write_str(requirement),
            WantedVersion::NewerThan(version) => write!(f, "a newer one than {version}"),
        }
    }
}

/// `karafka 2.0.41 does not run with karafka-rdkafka 0.28.0: the driver …`,
/// `karafka-core 2.3.0 requires karafka-rdkafka < 0.15.0, but 0.28.0 is installed`.
impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clause = match &self.requirement {
            Some(requirement) => requires(&self.with, requirement, &self.with_version),
            None => conflicts(&self.with, &self.with_version),
        };
        let clause = with_reason(clause, self.why());
        write!(f, "{} {} {clause}", self.package, self.version)
    }
}

/// `until the background migrations are finished (gitlab 15.4.6); check with: …`.
impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wait {
            package, version, ..
        } = self;
        match (&self.wait, &self.check) {
            (Some(wait), Some(check)) => {
                write!(f, "until {wait} ({package} {version}); check with: {check}")
            }
            (Some(wait), None) => write!(f, "until {wait} ({package} {version})"),
            (None, Some(check)) => write!(f, "for {package} {version}; check with: {check}"),
            (None, None) => write!(f, "for {package} {version}"),
        }
    }
}

impl KnownDefect {
    /// What is bad, for whom, what to do meanwhile and where it is fixed.
    pub(super) fn note(&self) -> String {
        let mut text = format!("{}; affects: {}", self.why, self.affects);
        for (lead, more) in [
            ("workaround: ", self.workaround()),
            ("fixed in ", self.fixed_in()),
        ] {
            if let Some(more) = more {
                text.push_str("; ");
                text.push_str(lead);
                text.push_str(more);
            }
        }
        text
    }
}

/// `karafka-web 0.8.0: a fresh install fails; affects: …; workaround: …; fixed in 0.8.1`.
impl fmt::Display for KnownDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.package, self.version, self.note())
    }
}

impl<'a> Task<'a> {
    /// What to do; of a command the command itself.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        match self.text {
            TaskText::Catalog(text) => Cow::Borrowed(text),
            TaskText::MoveRuntime { runtime, to } => {
                Cow::Owned(format!("move {runtime} to {to} everywhere it is named"))
            }
            TaskText::CreateTopic { name, settings } => Cow::Owned(format!(
                "{} ({}), unless a command below does",
                create_topic(name),
                settings.join(", ")
            )),
        }
    }

    /// The same in a few words, for the order of a deployment in one line.
    pub(crate) fn brief(&self) -> Cow<'a, str> {
        match self.text {
            TaskText::CreateTopic { name, .. } => Cow::Owned(create_topic(name)),
            _ => self.text(),
        }
    }
}

fn create_topic(name: &str) -> String {
    format!("create the topic {name}")
}

impl<'a> Expectation<'a> {
    /// What shows: an error, a signal, a change of stored data.
    #[must_use]
    pub fn what(&self) -> Cow<'a, str> {
        match *self {
            Expectation::Catalog { what, .. } => Cow::Borrowed(what),
            Expectation::Schema { name, old, new } => {
                Cow::Owned(format!("the {name} schema goes from {old} to {new}"))
            }
        }
    }

    /// Until when it is no alarm, what it means, what to look for.
    #[must_use]
    pub fn meaning(&self) -> &'a str {
        match *self {
            Expectation::Catalog { meaning, .. } => meaning,
            Expectation::Schema { .. } => {
                "both are in use until every process runs the new version"
            }
        }
    }
}
