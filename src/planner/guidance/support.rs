//! Lines of a state whose support is over or ends soon.

use super::context::StepContext;
use crate::catalog::{self, Rollout, SupportStatus};
use crate::date::Date;
use crate::name::Name;
use crate::plan::SupportNote;
use crate::version::Version;

/// Notes on packages, of those in lockstep on the first, then runtimes, then what runs beside them.
pub(super) fn notes(view: StepContext<'_>, facts: &Rollout) -> Vec<SupportNote> {
    let mut notes: Vec<SupportNote> = Vec::new();
    let mut groups: Vec<(&Name, &str)> = Vec::new();
    let packages = view.after.in_play().filter_map(|(id, version, release)| {
        let package = view.catalog.get(id);
        let line = match release {
            Some(at) => package.releases()[at].line,
            None => package.line_index(&version.line())?,
        };
        let line = &package.lines()[line];
        // Packages that share each version share its support.
        let group = package.lockstep().map(|group| (group, line.name()));
        if group.is_some_and(|group| groups.contains(&group)) {
            return None;
        }
        groups.extend(group);
        Some((package.name(), line))
    });
    let runtimes = view
        .after
        .state
        .runtimes()
        .iter()
        .filter_map(|(name, text)| {
            let package = view.catalog.package(name.as_str())?;
            let of_version = || {
                let version = Version::of_line(package.scheme(), text).ok()?;
                package.line_index(&version.line())
            };
            let line = package.line_index(text).or_else(of_version)?;
            Some((name, &package.lines()[line]))
        });
    for (name, line) in packages.chain(runtimes) {
        let judged = line
            .support()
            .and_then(|support| judge(view, support.status(), support.end_of_life()));
        if let Some((status, until, is_over)) = judged {
            notes.push(SupportNote {
                subject: name.text(),
                line: line.name.clone(),
                status,
                until,
                is_over,
                hint: None,
            });
        }
    }
    // Who may help with a line of the family.
    let hint = facts
        .advice()
        .iter()
        .find(|it| it.topic() == "unsupported-line");
    if let (Some(note), Some(hint)) = (
        notes
            .iter_mut()
            .find(|note| note.is_over && view.after.state.package(&note.subject).is_some()),
        hint,
    ) {
        note.hint = Some(hint.what().to_owned());
    }
    for lifecycle in facts.lifecycles() {
        // Joined with a catalog that moves it, the state has a line of it.
        if view.catalog.package(lifecycle.shown_by()).is_some() {
            continue;
        }
        let installed = view.snapshot.packages.get(lifecycle.shown_by());
        if installed.is_none_or(|installed| installed.version().line() != lifecycle.line()) {
            continue;
        }
        // A catalog that has the package itself knows the day better.
        let package = view.catalog.package(lifecycle.subject());
        if package.is_some_and(|it| view.after.state.package(it.name().as_str()).is_some()) {
            continue;
        }
        let judged = judge(view, lifecycle.status(), lifecycle.end_of_life());
        if let Some((status, until, is_over)) = judged {
            notes.push(SupportNote {
                subject: lifecycle.subject().into(),
                line: lifecycle.line().to_owned().into(),
                status,
                until,
                is_over,
                hint: None,
            });
        }
    }
    notes
}

/// Over, or over soon, on the day asked for; without a day as the catalog's words have it.
fn judge(
    view: StepContext<'_>,
    status: catalog::SupportStatus,
    until: Option<Date>,
) -> Option<(catalog::SupportStatus, Option<Date>, bool)> {
    let is_over = match (view.as_of, until) {
        (Some(day), Some(until)) => {
            if day > until {
                true
            } else if until.days() - day.days() <= SupportNote::NEAR_DAYS {
                false
            } else {
                return None;
            }
        }
        (_, None) | (None, _) if status == SupportStatus::Eol => true,
        _ => return None,
    };
    Some((status, until, is_over))
}
