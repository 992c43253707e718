//! Lines of a state whose support is over or ends soon.

use super::context::StepContext;
use crate::catalog::{self, Catalog, Line, PackageId, Rollout, SupportStatus};
use crate::date::Date;
use crate::lockfile::{Installed, Snapshot};
use crate::name::Name;
use crate::plan::SupportNote;
use std::sync::Arc;

/// Notes on what runs beside packages and runtimes: where no plan moves it, they are the same in every step.
pub(super) struct Beside {
    /// Each with the package of the catalog that it is on, if it is one.
    notes: Vec<(Option<PackageId>, SupportNote)>,
    /// Who may help with a line of the family.
    hint: Option<Arc<str>>,
}

impl Beside {
    pub(super) fn new(
        catalog: &Catalog,
        snapshot: &Snapshot,
        as_of: Option<Date>,
        facts: &Rollout,
    ) -> Self {
        let mut notes = Vec::new();
        // The lines of one package follow one another.
        let mut last: Option<(&str, Option<&Installed>)> = None;
        for lifecycle in facts.lifecycles() {
            let shown_by = lifecycle.shown_by();
            let known = last.filter(|(known, _)| *known == shown_by);
            let (_, installed) = *last.insert(known.unwrap_or_else(|| {
                // Joined with a catalog that moves it, the state has a line of it.
                let installed = match catalog.package(shown_by) {
                    Some(_) => None,
                    None => snapshot.packages.get(shown_by),
                };
                (shown_by, installed)
            }));
            if installed.is_none_or(|installed| installed.version().line() != lifecycle.line()) {
                continue;
            }
            let judged = judge(as_of, lifecycle.status(), lifecycle.end_of_life());
            if let Some((status, until, is_over)) = judged {
                let note = SupportNote {
                    subject: lifecycle.subject.clone(),
                    line: lifecycle.line().to_owned().into(),
                    status,
                    until,
                    is_over,
                    hint: None,
                };
                notes.push((catalog.id(lifecycle.subject()), note));
            }
        }
        let mut advice = facts.advice().iter();
        let hint = advice.find(|it| it.topic() == "unsupported-line");
        Beside {
            notes,
            hint: hint.map(|it| it.what.clone()),
        }
    }
}

/// Notes on packages, of those in lockstep on the first, then runtimes, then what runs beside them.
pub(super) fn notes(view: StepContext<'_>, beside: &Beside) -> Vec<SupportNote> {
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
    let runtimes = view.after.runtimes.iter().filter_map(|it| it.line);
    let note = |(name, line): (&Name, &Line)| {
        let support = line.support()?;
        let (status, until, is_over) = judge(view.as_of, support.status(), support.end_of_life())?;
        Some(SupportNote {
            subject: name.text(),
            line: line.name.clone(),
            status,
            until,
            is_over,
            hint: None,
        })
    };
    let mut notes: Vec<SupportNote> = packages.filter_map(note).collect();
    if let Some(note) = notes.iter_mut().find(|note| note.is_over) {
        note.hint.clone_from(&beside.hint);
    }
    notes.extend(runtimes.filter_map(note));
    // A catalog that has the package itself knows the day better.
    let beside = beside.notes.iter();
    let beside = beside.filter(|(id, _)| id.is_none_or(|id| !view.after.has(id)));
    notes.extend(beside.map(|(_, note)| note.clone()));
    notes
}

/// Over, or over soon, on the day asked for; without a day as the catalog's words have it.
fn judge(
    as_of: Option<Date>,
    status: catalog::SupportStatus,
    until: Option<Date>,
) -> Option<(catalog::SupportStatus, Option<Date>, bool)> {
    let is_over = match (as_of, until) {
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
