//! Findings of lint, what helps, and the verdict.

use super::clauses::{
    PRERELEASE, YANKED, conflicts, foreign, not_in_catalog, outside_pin, requires, support_over,
    with_reason,
};
use crate::lint::{Lint, LintHelp, LintMessage, LintRule, LintSeverity};
use crate::name::Name;
use crate::plan::StepKind;
use crate::planner::EntryFault;
use std::fmt::{self, Display};

impl LintRule {
    /// What it says, in a sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            LintRule::SkippedLine => "A version line was skipped.",
            LintRule::GateNotMet => "A line was left from a version that a gate forbids.",
            LintRule::Downgrade => "A package was downgraded.",
            LintRule::Blocked => "A release was entered that a rule blocks.",
            LintRule::Yanked => "A release was entered that was yanked.",
            LintRule::Prerelease => "A prerelease was entered.",
            LintRule::TooYoung => "A release was entered that is younger than the minimum age.",
            LintRule::OutsidePin => "A version outside its pin was entered.",
            LintRule::Conflict => "Two gems are installed that resolve together but do not run.",
            LintRule::Defect => "A release was entered that is known to be bad.",
            LintRule::Requires => "A rule requires another version of an installed package.",
            LintRule::Requirement => "A requirement of the lockfile is not met.",
            LintRule::BrokenEntry => "The lockfile lacks an entry or contradicts a release.",
            LintRule::RuntimeTooOld => "The runtime is older than a release requires.",
            LintRule::RuntimeAndPackagesTogether => {
                "A runtime entered another line in one step with packages."
            }
            LintRule::LeftBehind => "A package that moves could move further within its line.",
            LintRule::PlatformVariant => "A gem is locked for other platforms than before.",
            LintRule::EndOfLife => "Support of the line is over.",
            LintRule::Unknown => "The catalog cannot know what is installed.",
        }
    }
}

impl fmt::Display for LintMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LintMessage::SkippedLines { package, lines } => {
                let word = if lines.len() == 1 { "line" } else { "lines" };
                write!(f, "{package} skips {word} {}", lines.join(", "))
            }
            LintMessage::NoEdge { package, from, to } => {
                write!(f, "no update leads {package} from {from} to {to}")
            }
            LintMessage::GateNotMet {
                package,
                line,
                from,
                wanted,
                why,
            } => write!(
                f,
                "{package} enters {line} from {from} instead of {wanted}: {why}"
            ),
            LintMessage::Downgraded { package, to, ends } => {
                write!(f, "{package} is downgraded to {to}")?;
                match ends {
                    Some(why) => write!(f, ", which ends this: {why}"),
                    None => Ok(()),
                }
            }
            LintMessage::Blocked {
                package,
                version,
                why,
                allowed_with: None,
            } => write!(f, "{package} {version} is blocked: {why}"),
            LintMessage::Blocked {
                package,
                version,
                why,
                allowed_with: Some((with, at)),
            } => write!(
                f,
                "{package} {version} is blocked ({why}), and is used with {with} {at} here, which \
                 it allows"
            ),
            LintMessage::Yanked { package, version } => write!(f, "{package} {version} {YANKED}"),
            LintMessage::Prerelease { package, version } => {
                write!(f, "{package} {version} {PRERELEASE}")
            }
            LintMessage::TooYoung {
                package,
                version,
                released,
                min_age,
                day,
            } => {
                let day = day.map_or(String::new(), |day| format!(" on {day}"));
                match min_age {
                    0 => write!(
                        f,
                        "{package} {version} was not released{day}: it was released on {released}"
                    ),
                    days => write!(
                        f,
                        "{package} {version} of {released} is younger than {days} days{day}"
                    ),
                }
            }
            LintMessage::OutsidePin {
                package,
                version,
                pin,
            } => write!(f, "{package} {version} {}", outside_pin(pin)),
            LintMessage::Requires {
                package,
                version,
                on,
                requirement,
                found,
                why,
            } => {
                let clause = requires(on, requirement, found);
                let clause = with_reason(clause, why.as_deref());
                write!(f, "{package} {version} {clause}")
            }
            LintMessage::Conflict {
                package,
                version,
                with,
                found,
                why,
            } => {
                let clause = with_reason(conflicts(with, found), Some(why));
                write!(f, "{package} {version} {clause}")
            }
            LintMessage::Defect(defect) => defect.fmt(f),
            LintMessage::BrokenEntry {
                package,
                version,
                faults,
            } => {
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                write!(f, "{package} {version} {}", faults.join("; it "))
            }
            LintMessage::Missing { by, package } => {
                match by {
                    Some((gem, version)) => write!(f, "{gem} {version} ")?,
                    None => f.write_str("the section DEPENDENCIES ")?,
                }
                write!(f, "{}", missing(package))
            }
            LintMessage::Together {
                runtime,
                package,
                others,
            } => {
                write!(f, "{runtime} and {package}")?;
                match others {
                    0 => {}
                    1 => f.write_str(" and one more")?,
                    others => write!(f, " and {others} more")?,
                }
                f.write_str(" move in one step")
            }
            LintMessage::LeftBehind { package, from, to } => write!(
                f,
                "{package} {to} resolves with the others, and the change stops at {from}"
            ),
            LintMessage::NoVariant {
                package,
                version,
                platform,
                locked,
            } => write!(
                f,
                "{package} {version} has no variant for {platform}, which the section PLATFORMS \
                 lists: it is locked for {}",
                locked.join(", ")
            ),
            LintMessage::Precompiled {
                package,
                version,
                locked,
            } => write!(
                f,
                "{package} {version} is no longer built from source: it is locked precompiled, for {}",
                locked.join(", ")
            ),
            LintMessage::OtherPlatforms {
                package,
                version,
                locked,
                before,
            } => write!(
                f,
                "{package} {version} is locked for {}, was for {}",
                locked.join(", "),
                before.join(", ")
            ),
            LintMessage::EndOfLife {
                package,
                line,
                until,
            } => f.write_str(&support_over(format_args!("{package} {line}"), *until)),
            LintMessage::NotInCatalog {
                package,
                version,
                horizon,
            } => write!(f, "{package} {version} {}", not_in_catalog(*horizon)),
            LintMessage::Foreign { package, is_git } => {
                write!(f, "{package} {}", foreign(*is_git))
            }
        }
    }
}

impl fmt::Display for LintHelp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LintHelp::NewerCatalog => {
                f.write_str("a newer catalog, or an overlay of your own, may have it")
            }
            LintHelp::Command { bundle, runtimes } => {
                let command = bundle.command().unwrap_or_default();
                write!(f, "one command moves them together: `{command}`")?;
                let lines = bundle.lines().iter().map(ToString::to_string);
                let lines: Vec<String> = lines.collect();
                if !lines.is_empty() {
                    write!(f, ", with these lines in the Gemfile: {}", lines.join("; "))?;
                }
                for (runtime, requirement) in runtimes {
                    write!(f, "; it requires {runtime} {requirement}")?;
                }
                Ok(())
            }
            LintHelp::RestoreEntry { gem } => write!(
                f,
                "take the entry from a lockfile that Bundler wrote: with this one Bundler resolves \
                 again, and from 2.6 on it upgrades {gem} to its newest release"
            ),
            LintHelp::AddPlatform { platform } => {
                write!(f, "`{}` locks one", add_platform(platform))
            }
            LintHelp::KeepSource { platform } => write!(
                f,
                "a precompiled gem brings libraries of its own and needs a system like the one it \
                 was built on; `{}` keeps the other",
                add_platform(platform)
            ),
            LintHelp::OwnStep { runtime } => write!(
                f,
                "move {runtime} in a step of its own, deployed before or after"
            ),
            LintHelp::UpgradeRuntime { runtime } => {
                write!(f, "upgrade {runtime} first, in a step of its own")
            }
            LintHelp::NextLine { line } => write!(
                f,
                "upgrade to {line} first: `rungs next` on the old lockfile shows that step"
            ),
            LintHelp::DeployFirst { package, version } => {
                write!(f, "deploy {package} {version} first")
            }
        }
    }
}

fn add_platform(platform: &str) -> String {
    format!("bundle lock --add-platform {platform}")
}

/// A gem without an entry.
fn missing(on: &str) -> String {
    format!("requires {on}, and the lockfile has no {on}")
}

/// The rest of a sentence that begins with the gem and its version.
impl fmt::Display for EntryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = "and its entry in the lockfile";
        match self {
            EntryFault::NoEntry { on } => f.write_str(&missing(on)),
            EntryFault::NoLine { on, requires } => {
                write!(f, "requires {on} {requires}, {entry} does not list {on}")
            }
            EntryFault::OtherLine { on, says, requires } => {
                write!(f, "requires {on} {requires}, {entry} lists {says}")
            }
        }
    }
}

/// What lint found, in a sentence.
pub(crate) fn verdict(lint: &Lint) -> String {
    let count = |severity: LintSeverity| {
        let word = severity.name();
        match lint.count(severity) {
            0 => None,
            1 => Some(format!("1 {word}")),
            count => Some(format!("{count} {word}s")),
        }
    };
    let all = [
        LintSeverity::Error,
        LintSeverity::Warning,
        LintSeverity::Note,
    ];
    let counts: Vec<String> = all.into_iter().filter_map(count).collect();
    // What a catalog has never heard of it cannot object to: it says up to which day it knows.
    let (name, horizon) = (lint.catalog_name(), lint.horizon());
    match (lint.is_clean(), counts.is_empty()) {
        (true, true) => format!("The catalog {name} (up to {horizon}) allows this change."),
        (true, false) => format!(
            "The catalog {name} (up to {horizon}) allows this change: {}.",
            counts.join(", ")
        ),
        _ => format!("{}; catalog {name}, up to {horizon}.", counts.join(", ")),
    }
}

/// That nothing moves that the catalog knows.
pub(crate) fn no_changes(catalog: &Name) -> String {
    format!("No package of the catalog {catalog} changes.")
}

/// `2.3.0 -> 2.3.4`.
pub(crate) fn lint_change(from: Option<impl Display>, to: Option<impl Display>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{from} -> {to}"),
        (Some(from), None) => format!("{from} removed"),
        (None, Some(to)) => format!("added at {to}"),
        (None, None) => "added at -".to_owned(),
    }
}

/// The heading of what cures findings.
pub(crate) fn cure(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Repair => "Fix, with downgrades",
        _ => "Fix",
    }
}
