//! What a scan found, in the order in which it becomes due.

use crate::catalog::{Action, ActionKind, Actions, Applies, DetectRole, Severity};
use crate::name::Name;
use crate::plan::Plan;
use crate::scan::{Finding, Scan, ScanProblem};
use crate::version::Requirement;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked of a scan.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PlacesRequest {
    /// Only these actions; none is all.
    pub rules: Vec<String>,
    /// Only actions that matter at least so much.
    pub severity: Option<Severity>,
}

/// Actions with what was found of them, grouped by the step of a plan or by line; of one
/// application, or of several that stand in one folder.
#[derive(Clone, Debug)]
pub struct Places<'a> {
    pub(super) parts: Vec<PlacePart<'a>>,
    pub(super) groups: Vec<PlaceGroup<'a>>,
}

/// One application: a folder with its own lockfile, or all that was scanned.
#[derive(Clone, Debug)]
pub struct PlacePart<'a> {
    pub(super) folder: String,
    pub(super) judged: bool,
    pub(super) scan: &'a Scan,
}

/// What becomes due together.
#[derive(Clone, Debug)]
pub struct PlaceGroup<'a> {
    pub(super) part: usize,
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
    pub(super) findings: Vec<&'a Finding>,
    pub(super) said_by: Vec<&'a Name>,
}

impl<'a> Places<'a> {
    /// The applications, in the order of their folders.
    #[must_use]
    pub fn parts(&self) -> &[PlacePart<'a>] {
        &self.parts
    }

    /// How many files were read.
    #[must_use]
    pub fn files(&self) -> usize {
        self.parts.iter().map(|part| part.scan.files()).sum()
    }

    /// How many files were left aside because no application loads them.
    #[must_use]
    pub fn aside(&self) -> usize {
        self.parts.iter().map(|part| part.scan.aside()).sum()
    }

    /// What could not be read, by application and path.
    pub fn problems(&self) -> impl Iterator<Item = &'a ScanProblem> {
        self.parts.iter().flat_map(|part| part.scan.problems())
    }

    /// The same with a name for its one application: its folder, with `/`.
    #[must_use]
    pub fn of_folder(mut self, folder: &str) -> Self {
        for part in &mut self.parts {
            folder.clone_into(&mut part.folder);
        }
        self
    }

    /// An application in which nothing of the catalog is installed.
    #[must_use]
    pub fn unjudged(scan: &'a Scan, folder: &str) -> Self {
        Places {
            parts: vec![PlacePart {
                folder: folder.to_owned(),
                judged: false,
                scan,
            }],
            groups: Vec::new(),
        }
    }

    /// Several applications as one answer, in the order in which they are given.
    #[must_use]
    pub fn join(all: Vec<Places<'a>>) -> Self {
        let mut joined = Places {
            parts: Vec::new(),
            groups: Vec::new(),
        };
        for places in all {
            let first = joined.parts.len();
            joined.parts.extend(places.parts);
            let groups = places.groups.into_iter().map(|mut group| {
                group.part += first;
                group
            });
            joined.groups.extend(groups);
        }
        joined
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
            item.findings.iter().map(move |finding| (action, *finding))
        })
    }

    /// How many actions have this verdict.
    #[must_use]
    pub fn count(&self, applies: Applies) -> usize {
        self.items().filter(|item| item.applies == applies).count()
    }
}

impl<'a> PlacePart<'a> {
    /// The folder, relative to what was scanned, with `/`; empty for all of it.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// Whether something of the catalog is installed; if not, nothing was judged.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.judged
    }

    /// What its source says.
    #[must_use]
    pub fn scan(&self) -> &'a Scan {
        self.scan
    }
}

impl<'a> PlaceGroup<'a> {
    /// Which of [`Places::parts`] it is of.
    #[must_use]
    pub fn part(&self) -> usize {
        self.part
    }

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

    /// Where; without the places that an action due before says already.
    #[must_use]
    pub fn findings(&self) -> &[&'a Finding] {
        &self.findings
    }

    /// The actions that say the rest of its places: the same thing goes away there.
    #[must_use]
    pub fn said_by(&self) -> &[&'a Name] {
        &self.said_by
    }

    /// Where the source does not tell whether it applies: what would.
    #[must_use]
    pub fn look(&self) -> Option<String> {
        match self.applies {
            Applies::Unknown => Some(self.action.what_decides()),
            _ => None,
        }
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
            findings: findings.iter().collect(),
            said_by: Vec::new(),
        });
    };
    match plan {
        Some(plan) => {
            for step in plan.steps() {
                for due in step.guidance().actions().iter() {
                    add(
                        WhenDue::Step(step.number()),
                        due.action(),
                        Some(due.applies()),
                    );
                }
            }
            for action in overdue(plan, actions) {
                if scan.of(action.id()).0 == Applies::Yes {
                    let due = WhenDue::Line(action.package().clone(), action.line());
                    add(due, action, None);
                }
            }
        }
        None => {
            for action in actions.iter() {
                let due = WhenDue::Line(action.package().clone(), action.line());
                let behind = is_behind(scan, action).then_some(Applies::No);
                add(due, action, behind);
            }
        }
    }
    let mut groups: Vec<PlaceGroup<'a>> = groups
        .into_iter()
        .map(|(due, mut items)| {
            items.sort_by_key(|item| (item.action.severity(), item.action.id()));
            PlaceGroup {
                part: 0,
                due,
                items,
            }
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
    say_once(&mut groups);
    let part = PlacePart {
        folder: String::new(),
        judged: true,
        scan,
    };
    Places {
        parts: vec![part],
        groups,
    }
}

/// Whether the Gemfile admits only versions of which an action is part already.
fn is_behind(scan: &Scan, action: &Action) -> bool {
    let required = scan.required(action.package().as_str());
    let (Some(required), Some(since)) = (required, action.since()) else {
        return false;
    };
    let before = Requirement::parse(since.scheme(), &format!("< {since}"));
    before.is_ok_and(|before| required.is_disjoint_from(&before.to_set()))
}

/// Actions of versions that are installed already, of which the source may still lack a part: a
/// topic that is named beside others, and one that was added later and is not.
fn overdue<'a>(plan: &'a Plan, actions: &'a Actions) -> impl Iterator<Item = &'a Action> {
    actions.iter().filter(|action| {
        let installed = plan.start().package(action.package().as_str());
        let is_behind = action
            .since()
            .zip(installed)
            .is_some_and(|(since, installed)| since <= installed);
        let is_part = |one: &crate::catalog::Detect| one.role() == DetectRole::Met;
        is_behind
            && action.kind() == ActionKind::TopicOrSchemaMigration
            && action.detects().iter().any(is_part)
    })
}

/// Whether the thing that is found goes away, so that one edit settles all who say so.
fn goes(kind: ActionKind) -> bool {
    matches!(
        kind,
        ActionKind::ApiRemoved
            | ActionKind::ApiRenamed
            | ActionKind::ConfigRemoved
            | ActionKind::ConfigRenamed
            | ActionKind::DependencyDropped
            | ActionKind::Deprecation
    )
}

/// What several actions say of one place is said by the first that is due, there by the one that
/// knows what to write instead, by the narrower pattern, then by the graver one.
fn say_once(groups: &mut [PlaceGroup<'_>]) {
    let mut said: BTreeMap<(&str, crate::span::Place), &Name> = BTreeMap::new();
    for group in groups {
        let rank = |item: &PlaceItem<'_>| {
            let finding = item.findings.first();
            let is_wide = finding.is_some_and(|one| one.pattern().ends_with('*'));
            let has_new = finding.is_some_and(|one| one.replacement().is_some());
            (is_wide, !has_new)
        };
        let mut order: Vec<usize> = (0..group.items.len()).collect();
        order.sort_by_key(|at| rank(&group.items[*at]));
        for at in order {
            let item = &mut group.items[at];
            if !goes(item.action.kind()) {
                continue;
            }
            let mut others: BTreeSet<&Name> = BTreeSet::new();
            let own = item.action.id();
            item.findings.retain(|finding| {
                let by = *said.entry((finding.path(), finding.place())).or_insert(own);
                if by != own {
                    others.insert(by);
                }
                by == own
            });
            item.said_by = others.into_iter().collect();
        }
    }
}
