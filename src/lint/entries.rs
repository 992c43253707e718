//! Does the new lockfile hold what it should: entries of the gems that are needed, and variants for
//! the platforms that it is for?

use super::judge::{Move, View};
use super::rule::{LintRule, LintSeverity};
use crate::catalog::Role;
use crate::lockfile::{Installed, Snapshot};
use crate::planner::faults;
use std::collections::BTreeSet;

/// The platform of the variant that is built from source.
const SOURCE: &str = "ruby";

impl<'a> View<'a> {
    /// The entry of a package of the catalog.
    pub(super) fn entry(&mut self, step: &Move<'a>) {
        let name = step.name();
        let found = faults(self.catalog, self.new, name);
        if found.is_empty() {
            return;
        }
        let stood = !step.enters()
            && found.iter().all(|fault| self.stood(fault.on()))
            && found == faults(self.catalog, self.old, name);
        let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
        let text = format!("{name} {} {}", step.to, texts.join("; it "));
        let finding = self.say(LintRule::BrokenEntry, step, text);
        finding.help = Some(restore(step.name()));
        if stood {
            finding.severity = LintSeverity::Note;
        }
    }

    /// Packages of the catalog that somebody outside needs, or the Gemfile asks for, without an entry.
    pub(super) fn lost(&mut self) {
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
            let text = format!("{by} requires {name}, and the lockfile has no {name}");
            let finding = self.say_of(LintRule::BrokenEntry, name, text);
            finding.help = Some(restore(&by));
            if stood {
                finding.severity = LintSeverity::Note;
            }
        }
    }

    /// What outside the catalog asks for a package.
    fn asks_for(&self, snapshot: &Snapshot, name: &str) -> Option<String> {
        if snapshot.direct.contains_key(name) {
            return Some("the section DEPENDENCIES".to_owned());
        }
        let mut others = snapshot.packages.iter();
        let found = others.find(|(other, installed)| {
            let mut needs = installed.requirements().iter();
            self.catalog.package(other).is_none() && needs.any(|(on, _)| on == name)
        });
        found.map(|(other, installed)| format!("{other} {}", installed.version()))
    }

    /// The variants of a gem that is built for several platforms.
    pub(super) fn platforms(
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
        let of = format!("{} {}", step.name(), step.to);
        let lost_source = old.contains(SOURCE) && !new.contains(SOURCE);
        let mut listed = self.new.platforms.iter();
        let unserved: Option<&String> = listed.find(|platform| {
            let mut variants = new.iter();
            !variants.any(|variant| serves(variant, platform))
        });
        if let Some(platform) = unserved.filter(|_| !new.contains(SOURCE)) {
            let text = format!(
                "{of} has no variant for {platform}, which the section PLATFORMS lists: it is locked for {}",
                list(new)
            );
            let help = format!("`bundle lock --add-platform {platform}` locks one");
            let finding = self.say(LintRule::PlatformVariant, step, text);
            finding.severity = LintSeverity::Warning;
            finding.help = Some(help);
        } else if lost_source {
            let text = format!(
                "{of} is no longer built from source: it is locked precompiled, for {}",
                list(new)
            );
            self.say(LintRule::PlatformVariant, step, text).help = Some(format!(
                "a precompiled gem brings libraries of its own and needs a system like the one it was \
                 built on; `bundle lock --add-platform {SOURCE}` keeps the other"
            ));
        } else {
            let text = format!("{of} is locked for {}, was for {}", list(new), list(old));
            self.say(LintRule::PlatformVariant, step, text);
        }
    }
}

/// Bundler completes such a lockfile by itself, and not as it was.
fn restore(by: &str) -> String {
    format!(
        "take the entry from a lockfile that Bundler wrote: with this one Bundler resolves again, and \
         from 2.6 on it upgrades {by} to its newest release"
    )
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

fn list(platforms: &BTreeSet<String>) -> String {
    let names: Vec<&str> = platforms.iter().map(String::as_str).collect();
    names.join(", ")
}
