//! What the guides ask for in a step: actions, what to read, support.

use super::Deployment;
use crate::catalog::{Action, Applies, History, Page, Reading, SupportStatus};
use crate::date::Date;
use crate::name::Name;
use crate::plain::Text;
use crate::scan::{Finding, Scan};
use crate::version::Version;
use std::fmt::{self, Debug, Formatter};
use std::ops::Range;
use std::sync::Arc;

/// The guidance for a step.
#[derive(Clone, Debug, Default)]
pub struct Guidance {
    pub(crate) actions: DueActions,
    pub(crate) rollout: Deployment,
    pub(crate) changelogs: Vec<Changelog>,
    pub(crate) support: Vec<SupportNote>,
}

impl Guidance {
    /// Exactly the actions whose effect lies in what the step passes, by phase, severity and id.
    #[must_use]
    pub fn actions(&self) -> &DueActions {
        &self.actions
    }

    /// How it is rolled out.
    #[must_use]
    pub fn rollout(&self) -> &Deployment {
        &self.rollout
    }

    /// The pages that its actions were read in: first those of what it enters, then those of what every step
    /// asks for.
    #[must_use]
    pub fn guides(&self) -> Vec<Guide<'_>> {
        self.actions.guides()
    }

    /// What each changed package passes.
    #[must_use]
    pub fn changelogs(&self) -> &[Changelog] {
        &self.changelogs
    }

    /// Lines of the state whose support is over or ends soon.
    #[must_use]
    pub fn support(&self) -> &[SupportNote] {
        &self.support
    }
}

/// An action that is due in a step.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    action: &'a Action,
    applies: Applies,
    findings: &'a [Finding],
}

impl<'a> Due<'a> {
    /// What to do.
    #[must_use]
    pub fn action(&self) -> &'a Action {
        self.action
    }

    /// Whether it applies to what is installed and, where source was scanned, to that.
    #[must_use]
    pub fn applies(&self) -> Applies {
        self.applies
    }

    /// The places in the user's source that it concerns, where that was scanned.
    #[must_use]
    pub fn findings(&self) -> &'a [Finding] {
        self.findings
    }
}

/// The actions that are due together, by phase, severity and id.
#[derive(Clone, Default)]
pub struct DueActions {
    pub(crate) verdicts: Vec<Verdict>,
    /// What the places of the verdicts are in; none where there are none.
    reading: Option<Arc<Reading>>,
    /// By verdict; none where no source was scanned.
    findings: Vec<Vec<Finding>>,
}

/// Whether one action applies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    /// Of the action among all of the catalog.
    pub(crate) place: u32,
    pub(crate) applies: Applies,
}

impl Verdict {
    pub(crate) fn new(place: usize, applies: Applies) -> Self {
        Verdict {
            place: u32::try_from(place).unwrap_or(u32::MAX),
            applies,
        }
    }
}

impl DueActions {
    pub(crate) fn new(reading: &Arc<Reading>, verdicts: Vec<Verdict>) -> Self {
        DueActions {
            verdicts,
            reading: Some(reading.clone()),
            findings: Vec::new(),
        }
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Due<'_>> + Clone {
        let verdicts = self.verdicts.iter().enumerate();
        let actions = self.all();
        verdicts.map(|(at, verdict)| Due {
            action: &actions[verdict.place as usize],
            applies: verdict.applies,
            findings: self.findings.get(at).map_or(&[], Vec::as_slice),
        })
    }

    /// All actions of the catalog.
    fn all(&self) -> &[Action] {
        self.reading.as_ref().map_or(&[], |it| &it.actions)
    }

    fn guides(&self) -> Vec<Guide<'_>> {
        let Some(reading) = &self.reading else {
            return Vec::new();
        };
        // How many were read on each page, of what is entered here and of what every step asks for.
        let mut counts = vec![[0, 0]; reading.pages.len()];
        let mut orders = [Vec::new(), Vec::new()];
        for verdict in &self.verdicts {
            let glance = reading.glances[verdict.place as usize];
            let Some(page) = glance.page else { continue };
            let which = usize::from(glance.is_general);
            let count = &mut counts[page as usize][which];
            if *count == 0 {
                orders[which].push(page as usize);
            }
            *count += 1;
        }
        let [here, mut general] = orders;
        general.retain(|page| counts[*page][0] == 0);
        let pages = here.into_iter().chain(general);
        let guides = pages.map(|page| Guide {
            page: &reading.pages[page],
            actions: counts[page].iter().sum(),
        });
        guides.collect()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.verdicts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.verdicts.is_empty()
    }

    /// What a lockfile rules out stays ruled out; else the source decides where it can.
    pub(crate) fn see(&mut self, scan: &Scan) {
        let Some(reading) = &self.reading else { return };
        let verdicts = self.verdicts.iter_mut();
        let findings = verdicts.map(|verdict| {
            if verdict.applies == Applies::No {
                return Vec::new();
            }
            let (applies, findings) = scan.of(reading.actions[verdict.place as usize].id());
            if applies != Applies::Unknown {
                verdict.applies = applies;
            }
            findings.to_vec()
        });
        self.findings = findings.collect();
    }
}

impl Debug for DueActions {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A page to read for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guide<'a> {
    page: &'a Page,
    actions: usize,
}

impl<'a> Guide<'a> {
    /// The page, as its documentation names it: `Upgrades/Karafka/2.6`.
    #[must_use]
    pub fn page(&self) -> &'a str {
        &self.page.name
    }

    /// Its address.
    #[must_use]
    pub fn link(&self) -> Option<&'a str> {
        self.page.link.as_deref()
    }

    /// How many actions of the step were read there.
    #[must_use]
    pub fn actions(&self) -> usize {
        self.actions
    }
}

/// What a package passes in a step.
#[derive(Clone, Debug)]
pub struct Changelog {
    pub(crate) history: Arc<History>,
    /// Which of its versions are passed.
    pub(crate) passed: Range<usize>,
    pub(crate) breaking: usize,
}

impl Changelog {
    /// Of which package.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.history.package
    }

    /// The releases after the version left, up to the one entered, without prereleases and
    /// withdrawn ones.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        let all = &self.history.versions;
        all.get(self.passed.clone()).unwrap_or_default()
    }

    /// How many breaking actions the catalog knows of them.
    #[must_use]
    pub fn breaking(&self) -> usize {
        self.breaking
    }

    /// Where its changelog is.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.history.link.as_deref()
    }
}

/// A line whose support is over or ends soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportNote {
    pub(crate) subject: Arc<str>,
    pub(crate) line: Text,
    pub(crate) status: SupportStatus,
    pub(crate) until: Option<Date>,
    pub(crate) is_over: bool,
    pub(crate) hint: Option<Arc<str>>,
}

impl SupportNote {
    /// Days before the end of life from which on it is near.
    pub const NEAR_DAYS: i32 = 90;

    /// A package, a runtime, or what runs beside them.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The line.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Its state on the catalog's horizon.
    #[must_use]
    pub fn status(&self) -> SupportStatus {
        self.status
    }

    /// The last day of support, where it is known.
    #[must_use]
    pub fn until(&self) -> Option<Date> {
        self.until
    }

    /// Over on the day asked for; if not, it ends soon.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Who may help all the same.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}
