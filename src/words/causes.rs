//! Why there is no plan, what blocks one, and which change gives one.

use super::clauses::conflicts;
use super::{NO_SEQUENCE, counted, together};
use crate::name::Name;
use crate::plan::{
    AllowingRelease, Collision, Constraint, FixKind, FromRegistry, Held, HolderChange, HolderFix,
    Leaving,
};
use std::fmt;

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
            } => {
                let clause = conflicts(with, with_versions);
                write!(f, "{package} {version} {clause} ({rule})")
            }
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
            } => must_reach(f, runtime, to),
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
                    [(gem, version)] => write!(f, ", and so does {gem} {version}"),
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
            Constraint::Target { package, to } => must_reach(f, package, to_reach(to.as_deref())),
            Constraint::Unreachable { package, to } => {
                write!(f, "{NO_SEQUENCE} {package} {to}")
            }
            Constraint::Unlisted {
                gem,
                required: Some(required),
            } => {
                let (by, version) = (required.by(), required.version());
                let requirement = required.requirement();
                write!(
                    f,
                    "{by} {version} requires {gem} {requirement}, and the index lists "
                )?;
                match required.prerelease() {
                    Some(prerelease) => write!(f, "only prereleases such as {prerelease} (--pre)"),
                    None => f.write_str("no such release"),
                }
            }
            Constraint::Unlisted {
                gem,
                required: None,
            } => write!(
                f,
                "the index lists no release of {gem} that meets all requirements on it"
            ),
            Constraint::Risks { package, risks } => {
                let risks: Vec<&str> = risks.iter().map(Name::as_str).collect();
                let word = if risks.len() == 1 { "risk" } else { "risks" };
                write!(
                    f,
                    "{package} gets there only over {word} {}",
                    risks.join(", ")
                )
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

/// `my_gem 1.2 must allow karafka 2.6.0, as 1.4 does`, `ffi 1.18.0 must be downgraded to 1.17.2`.
impl fmt::Display for HolderFix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.gem)?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        let (versions, release) = match &self.change {
            HolderChange::Any => return Ok(()),
            HolderChange::Downgrade { to } => {
                return write!(f, " must be downgraded to {to}");
            }
            HolderChange::Allow { versions, release } => (versions, release),
        };
        let versions = versions
            .iter()
            .map(|(on, version)| format!("{on} {version}"));
        let versions: Vec<String> = versions.collect();
        write!(f, " must allow {}", versions.join(", "))?;
        match release {
            AllowingRelease::Version(newest) => write!(f, ", as {newest} does"),
            AllowingRelease::None => f.write_str(", and no known release does"),
            AllowingRelease::NotAsked => Ok(()),
        }
    }
}

/// The most gems that a sentence names.
const MANY: usize = 12;

fn list<T: fmt::Display>(items: &[T]) -> String {
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    texts.join(" and ")
}

/// A target, or the words for the newest line.
pub(crate) fn to_reach(target: Option<&str>) -> &str {
    target.unwrap_or("its newest line")
}

fn must_reach(f: &mut fmt::Formatter<'_>, package: &Name, to: &str) -> fmt::Result {
    write!(f, "{package} must reach {to}")
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
            FixKind::Holder { holders } => {
                let gems = if holders.len() == 1 {
                    "this gem"
                } else {
                    "these gems"
                };
                if holders.len() <= MANY {
                    return write!(f, "change or remove {gems}: {}", list(holders));
                }
                let (shown, others) = holders.split_at(MANY);
                let shown: Vec<String> = shown.iter().map(ToString::to_string).collect();
                let (shown, others) = (shown.join(", "), others.len());
                write!(f, "change or remove {gems}: {shown} and {others} more")
            }
            FixKind::Shorter { package, line } => write!(f, "stop at {package} {line}"),
            FixKind::Together { parts } => f.write_str(&list(parts)),
        }
    }
}

/// `karafka stays on 2.2, below 2.6: my_gem 1.2 requires karafka ~> 2.2.0`.
impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by: Vec<String> = self.by.iter().map(ToString::to_string).collect();
        write!(
            f,
            "{} stays on {}, below {}: {}",
            self.package,
            self.stays,
            self.newest,
            by.join("; ")
        )
    }
}

/// `karafka-sidekiq-backend 1.4.0 is removed (it requires karafka ~> 1.4); instead: …`.
impl fmt::Display for Leaving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} is removed", self.gem, self.version)?;
        if let Some((package, requirement)) = self.requires() {
            write!(f, " (it requires {package} {requirement})")?;
        }
        match &self.instead {
            Some(instead) => write!(f, "; instead: {instead}"),
            None => Ok(()),
        }
    }
}

/// `with karafka from a registry there would be a plan of 5 steps, to karafka 2.6.0`, or `with rails (13 packages)
/// from a registry rails 8.0 would be blocked by: my_gem 1.0 requires rails < 8; …`.
impl fmt::Display for FromRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = self.groups.iter();
        let gems: Vec<String> = groups
            .map(|(first, count)| together(first.as_str(), *count))
            .collect();
        let targets = self.targets.iter();
        let targets: Vec<String> = targets.map(|(name, to)| format!("{name} {to}")).collect();
        let (gems, targets) = (gems.join(", "), targets.join(", "));
        if self.by.is_empty() {
            let steps = counted(self.steps, "step");
            return write!(
                f,
                "with {gems} from a registry there would be a plan of {steps}, to {targets}"
            );
        }
        let by: Vec<String> = self.by.iter().map(ToString::to_string).collect();
        write!(
            f,
            "with {gems} from a registry {targets} would be blocked by: {}",
            by.join("; ")
        )?;
        for fix in &self.fixes {
            let steps = counted(fix.steps(), "step");
            write!(f, "; this would give a plan: {}: {steps}", fix.kind())?;
        }
        Ok(())
    }
}
