//! Does the new lockfile hold what it should: entries of the gems that are needed, and variants for
//! the platforms that it is for?

use crate::catalog::Role;
use crate::lint::codes::{LintRule, LintSeverity};
use crate::lint::judge::{Move, View};
use crate::lint::message::{LintHelp, LintMessage};
use crate::lockfile::{Installed, Snapshot};
use crate::planner::faults;
use std::collections::BTreeSet;

/// The platform of the variant that is built from source.
const SOURCE: &str = "ruby";

impl<'a> View<'a> {
    /// The entry of a package of the catalog.
    pub(in crate::lint) fn entry(&mut self, step: &Move<'a>) {
        let name = step.name();
        let found = faults(self.catalog, self.new, name);
        if found.is_empty() {
            return;
        }
        let stood = !step.enters()
            && found.iter().all(|fault| self.stood(fault.on()))
            && found == faults(self.catalog, self.old, name);
        let message = LintMessage::BrokenEntry {
            package: name.to_owned(),
            version: step.to.to_string(),
            faults: found,
        };
        let finding = self.say(LintRule::BrokenEntry, step, message);
        finding.help = Some(restore(name));
        if stood {
            finding.severity = LintSeverity::Note;
        }
    }

    /// Packages of the catalog that somebody outside needs, or the Gemfile asks for, without an entry.
    pub(in crate::lint) fn lost(&mut self) {
        if !self.new.is_complete {
            return;
        }
        for package in self.catalog.packages() {
            let name = package.name().as_str();
            if package.role() == Role::Runtime || self.new.packages.contains_key(name) {
                continue;
            }
            let Some(by) = self.asks_for(self.new, name) else {
                continue;
            };
            let stood = self.stood(name) && self.asks_for(self.old, name).as_ref() == Some(&by);
            let gem = match &by {
                Some((gem, version)) => format!("{gem} {version}"),
                None => "the section DEPENDENCIES".to_owned(),
            };
            let message = LintMessage::Missing {
                by,
                package: name.to_owned(),
            };
            let finding = self.say_of(LintRule::BrokenEntry, name, message);
            finding.help = Some(restore(&gem));
            if stood {
                finding.severity = LintSeverity::Note;
            }
        }
    }

    /// The gem outside the catalog that asks for a package, with its version; `None` inside for the
    /// Gemfile.
    fn asks_for(&self, snapshot: &Snapshot, name: &str) -> Option<Option<(String, String)>> {
        if snapshot.direct.contains_key(name) {
            return Some(None);
        }
        let mut others = snapshot.packages.iter();
        let found = others.find(|(other, installed)| {
            let mut needs = installed.requirements().iter();
            self.catalog.package(other).is_none() && needs.any(|(on, _)| on == name)
        });
        found.map(|(other, installed)| Some((other.clone(), installed.version().to_string())))
    }

    /// The variants of a gem that is built for several platforms.
    pub(in crate::lint) fn platforms(
        &mut self,
        step: &Move<'a>,
        before: Option<&Installed>,
        after: &Installed,
    ) {
        let Some(before) = before else {
            return;
        };
        let (old, new) = (&before.platforms, &after.platforms);
        if old == new || old.is_empty() || new.is_empty() {
            return;
        }
        let (package, version) = (step.name().to_owned(), step.to.to_string());
        let lost_source = old.contains(SOURCE) && !new.contains(SOURCE);
        let mut listed = self.new.platforms.iter();
        let unserved: Option<&String> = listed.find(|platform| {
            let mut variants = new.iter();
            !variants.any(|variant| serves(variant, platform))
        });
        if let Some(platform) = unserved.filter(|_| !new.contains(SOURCE)) {
            let platform = platform.clone();
            let message = LintMessage::NoVariant {
                package,
                version,
                platform: platform.clone(),
                locked: list(new),
            };
            let finding = self.say(LintRule::PlatformVariant, step, message);
            finding.severity = LintSeverity::Warning;
            finding.help = Some(LintHelp::AddPlatform { platform });
        } else if lost_source {
            let message = LintMessage::Precompiled {
                package,
                version,
                locked: list(new),
            };
            let finding = self.say(LintRule::PlatformVariant, step, message);
            finding.help = Some(LintHelp::KeepSource {
                platform: SOURCE.to_owned(),
            });
        } else {
            let message = LintMessage::OtherPlatforms {
                package,
                version,
                locked: list(new),
                before: list(old),
            };
            self.say(LintRule::PlatformVariant, step, message);
        }
    }
}

/// Bundler completes such a lockfile by itself, and not as it was.
fn restore(gem: &str) -> LintHelp {
    LintHelp::RestoreEntry {
        gem: gem.to_owned(),
    }
}

/// Can a variant be installed on a platform, as far as the names tell? `arm64-darwin` fits
/// `arm64-darwin-23`, and `x86_64-linux-gnu` fits `x86_64-linux` but not `x86_64-linux-musl`.
fn serves(variant: &str, platform: &str) -> bool {
    let begins = |long: &str, short: &str| {
        long.strip_prefix(short)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    begins(platform, variant) || begins(variant, platform)
}

fn list(platforms: &BTreeSet<String>) -> Vec<String> {
    platforms.iter().cloned().collect()
}
