//! What a scan found, in the order in which it becomes due.

use crate::catalog::{Action, Actions, Applies, Severity};
use crate::name::Name;
use crate::plan::Plan;
use crate::scan::{Finding, Scan};
use std::collections::BTreeMap;

/// What is asked of a scan.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PlacesRequest {
    /// Only these actions; none is all.
    pub rules: Vec<String>,
    /// Only actions that matter at least so much.
    pub severity: Option<Severity>,
}

/// Actions with what was found of them, grouped by the step of a plan or by line.
#[derive(Clone, Debug)]
pub struct Places<'a> {
    pub(super) scan: &'a Scan,
    pub(super) groups: Vec<PlaceGroup<'a>>,
}

/// What becomes due together.
#[derive(Clone, Debug)]
pub struct PlaceGroup<'a> {
    pub(super) due: WhenDue,
    pub(super) items: Vec<PlaceItem<'a>>,
}

/// When something becomes due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WhenDue {
    /// In a step of the plan, by its number.
    Step(usize),
    /// On entering a line of a package or subject; without a line at every crossing.
    Line(Name, Option<String>),
}

/// One action and its places.
#[derive(Clone, Debug)]
pub struct PlaceItem<'a> {
    pub(super) action: &'a Action,
    pub(super) applies: Applies,
    pub(super) findings: &'a [Finding],
}

impl<'a> Places<'a> {
    /// The scan.
    #[must_use]
    pub fn scan(&self) -> &'a Scan {
        self.scan
    }

    /// The groups, by step, or by package and line.
    #[must_use]
    pub fn groups(&self) -> &[PlaceGroup<'a>] {
        &self.groups
    }

    /// All actions with patterns that were asked for, group by group.
    pub fn items(&self) -> impl Iterator<Item = &PlaceItem<'a>> {
        self.groups.iter().flat_map(|group| &group.items)
    }

    /// All findings, group by group.
    pub fn findings(&self) -> impl Iterator<Item = (&'a Action, &'a Finding)> {
        self.items().flat_map(|item| {
            let action = item.action;
            item.findings.iter().map(move |finding| (action, finding))
        })
    }

    /// How many actions have this verdict.
    #[must_use]
    pub fn count(&self, applies: Applies) -> usize {
        self.items().filter(|item| item.applies == applies).count()
    }
}

impl<'a> PlaceGroup<'a> {
    /// When it becomes due.
    #[must_use]
    pub fn due(&self) -> &WhenDue {
        &self.due
    }

    /// Its actions, by severity and id.
    #[must_use]
    pub fn items(&self) -> &[PlaceItem<'a>] {
        &self.items
    }
}

impl<'a> PlaceItem<'a> {
    /// The action.
    #[must_use]
    pub fn action(&self) -> &'a Action {
        self.action
    }

    /// Whether it applies, as far as the source says.
    #[must_use]
    pub fn applies(&self) -> Applies {
        self.applies
    }

    /// Where.
    #[must_use]
    pub fn findings(&self) -> &'a [Finding] {
        self.findings
    }
}

/// Groups what was found: by the steps of a plan where there is one, else by package and line.
#[must_use]
pub fn places<'a>(
    scan: &'a Scan,
    actions: &'a Actions,
    plan: Option<&'a Plan>,
    request: &PlacesRequest,
) -> Places<'a> {
    let mut groups: BTreeMap<WhenDue, Vec<PlaceItem<'a>>> = BTreeMap::new();
    let mut add = |due: WhenDue, action: &'a Action, installed: Option<Applies>| {
        let is_asked = request.rules.is_empty()
            || request
                .rules
                .iter()
                .any(|rule| rule == action.id().as_str());
        // The gravest severity is the smallest.
        let is_grave = request
            .severity
            .is_none_or(|most| action.severity() <= most);
        if action.detects().is_empty() || !is_asked || !is_grave {
            return;
        }
        let (applies, findings) = scan.of(action.id());
        // What the lockfile rules out does not apply, whatever the source says.
        let (applies, findings) = match installed {
            Some(Applies::No) => (Applies::No, &[][..]),
            _ => (applies, findings),
        };
        groups.entry(due).or_default().push(PlaceItem {
            action,
            applies,
            findings,
        });
    };
    match plan {
        Some(plan) => {
            for step in plan.steps() {
                for due in step.guidance().actions() {
                    add(
                        WhenDue::Step(step.number()),
                        due.action(),
                        Some(due.applies()),
                    );
                }
            }
        }
        None => {
            for action in actions.iter() {
                let due = WhenDue::Line(action.package().clone(), action.line());
                add(due, action, None);
            }
        }
    }
    let mut groups: Vec<PlaceGroup<'a>> = groups
        .into_iter()
        .map(|(due, mut items)| {
            items.sort_by_key(|item| (item.action.severity(), item.action.id()));
            PlaceGroup { due, items }
        })
        .collect();
    // Lines as versions, not as texts.
    groups.sort_by(|a, b| {
        let since = |group: &PlaceGroup<'a>| {
            let first = group.items.iter().filter_map(|item| item.action.since());
            first.min().cloned()
        };
        match (&a.due, &b.due) {
            (WhenDue::Line(one, _), WhenDue::Line(two, _)) => {
                one.cmp(two).then_with(|| since(a).cmp(&since(b)))
            }
            (one, two) => one.cmp(two),
        }
    });
    Places { scan, groups }
}
