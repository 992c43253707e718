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
    /// The nth is of the actions from place 64 n of the catalog on.
    verdicts: Vec<Verdicts>,
    /// What the places of the verdicts are in; none where there are none.
    reading: Option<Arc<Reading>>,
    /// Of each that is due, in order; none where no source was scanned.
    findings: Vec<Vec<Finding>>,
}

/// Which of sixty-four actions are due, and which of these apply. What is neither applies not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Verdicts {
    pub(crate) due: u64,
    pub(crate) yes: u64,
    pub(crate) unknown: u64,
}

impl Verdicts {
    /// Notes whether the action of a bit applies.
    pub(crate) fn note(&mut self, bit: usize, applies: Applies) {
        let set =
            |bits: &mut u64, stands: bool| *bits = *bits & !(1 << bit) | u64::from(stands) << bit;
        set(&mut self.yes, applies == Applies::Yes);
        set(&mut self.unknown, applies == Applies::Unknown);
    }

    fn of(self, bit: usize) -> Applies {
        let has = |bits: u64| bits >> bit & 1 == 1;
        match (has(self.yes), has(self.unknown)) {
            (true, _) => Applies::Yes,
            (_, true) => Applies::Unknown,
            _ => Applies::No,
        }
    }
}

/// The places of the actions that are due, ascending.
#[derive(Clone)]
struct DuePlaces<'a> {
    verdicts: &'a [Verdicts],
    /// The word that is read.
    word: usize,
    /// Its bits that are left.
    bits: u64,
    /// How many are left in all.
    left: usize,
}

impl<'a> DuePlaces<'a> {
    fn new(verdicts: &'a [Verdicts]) -> Self {
        let counts = verdicts.iter().map(|it| it.due.count_ones() as usize);
        DuePlaces {
            verdicts,
            word: 0,
            bits: verdicts.first().map_or(0, |it| it.due),
            left: counts.sum(),
        }
    }
}

impl Iterator for DuePlaces<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            self.word += 1;
            self.bits = self.verdicts.get(self.word)?.due;
        }
        let bit = self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        self.left -= 1;
        Some(self.word * 64 + bit)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for DuePlaces<'_> {}

impl DueActions {
    pub(crate) fn new(reading: &Arc<Reading>, verdicts: Vec<Verdicts>) -> Self {
        DueActions {
            verdicts,
            reading: Some(reading.clone()),
            findings: Vec::new(),
        }
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Due<'_>> + Clone {
        let actions = self.reading.as_ref().map_or(&[][..], |it| &it.actions);
        let places = DuePlaces::new(&self.verdicts).enumerate();
        places.map(move |(nth, place)| Due {
            action: &actions[place],
            applies: self.verdicts[place / 64].of(place % 64),
            findings: self.findings.get(nth).map_or(&[], Vec::as_slice),
        })
    }

    fn guides(&self) -> Vec<Guide<'_>> {
        let Some(reading) = &self.reading else {
            return Vec::new();
        };
        // How many were read on each page, of what is entered here and of what every step asks for.
        let mut counts = vec![[0, 0]; reading.pages.len()];
        let mut orders = [Vec::new(), Vec::new()];
        for place in DuePlaces::new(&self.verdicts) {
            let Some(page) = reading.read_in[place].map(usize::from) else {
                continue;
            };
            let is_general = reading.actions[place].since().is_none();
            let which = usize::from(is_general);
            let count = &mut counts[page][which];
            if *count == 0 {
                orders[which].push(page);
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
        DuePlaces::new(&self.verdicts).len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a lockfile rules out stays ruled out; else the source decides where it can.
    pub(crate) fn see(&mut self, scan: &Scan) {
        let Some(reading) = &self.reading else { return };
        let places: Vec<usize> = DuePlaces::new(&self.verdicts).collect();
        let findings = places.into_iter().map(|place| {
            let (verdicts, bit) = (&mut self.verdicts[place / 64], place % 64);
            if verdicts.of(bit) == Applies::No {
                return Vec::new();
            }
            let (applies, findings) = scan.of(reading.actions[place].id());
            if applies != Applies::Unknown {
                verdicts.note(bit, applies);
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
