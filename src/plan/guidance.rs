//! What the guides ask for in a step: actions, the order of deployment, what to watch, support.

use crate::catalog::{Action, Applies, History, Page, Phase, Rolling, SupportStatus};
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
    pub(crate) guides: Vec<Guide>,
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

    /// The pages that its actions were read in.
    #[must_use]
    pub fn guides(&self) -> &[Guide] {
        &self.guides
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
    /// What the places of the verdicts are in.
    pub(crate) actions: Arc<[Action]>,
    /// By verdict; none where no source was scanned.
    findings: Vec<Vec<Finding>>,
}

/// Whether one action applies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    /// Of the action among all of the catalog.
    pub(crate) place: usize,
    pub(crate) applies: Applies,
}

impl DueActions {
    pub(crate) fn new(actions: Arc<[Action]>, verdicts: Vec<Verdict>) -> Self {
        DueActions {
            verdicts,
            actions,
            findings: Vec::new(),
        }
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Due<'_>> + Clone {
        let verdicts = self.verdicts.iter().enumerate();
        verdicts.map(|(at, verdict)| Due {
            action: &self.actions[verdict.place],
            applies: verdict.applies,
            findings: self.findings.get(at).map_or(&[], Vec::as_slice),
        })
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
        let verdicts = self.verdicts.iter_mut();
        let findings = verdicts.map(|verdict| {
            if verdict.applies == Applies::No {
                return Vec::new();
            }
            let (applies, findings) = scan.of(self.actions[verdict.place].id());
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

/// How a step is rolled out.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    pub(crate) rolling: Option<Rolling>,
    pub(crate) because: Vec<Arc<str>>,
    pub(crate) phases: Vec<(Phase, Arc<[Task]>)>,
    pub(crate) expect: Vec<Expectation>,
    pub(crate) alarms: Arc<[Expectation]>,
    pub(crate) watch: Arc<[Expectation]>,
    pub(crate) rollback: Arc<[Rollback]>,
}

impl Deployment {
    /// May old and new run side by side? `None` where no guide says so.
    #[must_use]
    pub fn rolling(&self) -> Option<Rolling> {
        self.rolling
    }

    /// Why, and on which conditions.
    #[must_use]
    pub fn because(&self) -> &[Arc<str>] {
        &self.because
    }

    /// The phases that have something to do, in order, each with its tasks in order.
    #[must_use]
    pub fn phases(&self) -> &[(Phase, Arc<[Task]>)] {
        &self.phases
    }

    /// Errors that are to be expected meanwhile and pass: what, and until when.
    #[must_use]
    pub fn expect(&self) -> &[Expectation] {
        &self.expect
    }

    /// Errors at boot that show that the step went wrong: what, and what it means.
    #[must_use]
    pub fn alarms(&self) -> &[Expectation] {
        &self.alarms
    }

    /// What to watch afterwards: what, and for what.
    #[must_use]
    pub fn watch(&self) -> &[Expectation] {
        &self.watch
    }

    /// What is known of going back.
    #[must_use]
    pub fn rollback(&self) -> &[Rollback] {
        &self.rollback
    }
}

/// What kind of task it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskKind {
    /// Something to do or to see to, in words.
    Note,
    /// A condition to decide before going on.
    Check,
    /// Something that must be there, such as a topic.
    Provide,
    /// Something to stop.
    Stop,
    /// A command to run.
    Command,
    /// A component to replace.
    Deploy,
}

impl TaskKind {
    /// The word that documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            TaskKind::Note => "note",
            TaskKind::Check => "check",
            TaskKind::Provide => "provide",
            TaskKind::Stop => "stop",
            TaskKind::Command => "command",
            TaskKind::Deploy => "deploy",
        }
    }
}

/// What a task asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskText {
    /// A text of the catalog, or a command.
    Catalog(Arc<str>),
    /// The runtime changes everywhere it is named: images, CI, `.ruby-version`.
    MoveRuntime {
        /// The runtime.
        runtime: Name,
        /// Its new version.
        to: String,
    },
    /// A topic must exist, unless a command creates it.
    CreateTopic {
        /// The topic.
        name: Arc<str>,
        /// Its settings: `partitions 1`, `cleanup.policy=compact`.
        settings: Arc<[String]>,
    },
}

/// One task of a phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub(crate) kind: TaskKind,
    pub(crate) component: Option<Arc<str>>,
    pub(crate) text: TaskText,
    pub(crate) is_inferred: bool,
}

impl Task {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> TaskKind {
        self.kind
    }

    /// The component that is deployed.
    #[must_use]
    pub fn component(&self) -> Option<&str> {
        self.component.as_deref()
    }

    /// Whether it was inferred, since no guide states it outright.
    #[must_use]
    pub fn is_inferred(&self) -> bool {
        self.is_inferred
    }
}

/// Something that shows, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expectation {
    /// A fact of the catalog: an error or a signal.
    Catalog {
        /// What shows.
        what: Arc<str>,
        /// Until when it is no alarm, what it means, what to look for.
        meaning: Arc<str>,
    },
    /// A schema of stored data changes.
    Schema {
        /// The schema.
        name: Arc<str>,
        /// Its version before.
        old: Arc<str>,
        /// Its version after.
        new: Arc<str>,
    },
}

/// Something known of going back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollback {
    pub(crate) what: Arc<str>,
    pub(crate) is_documented: bool,
    pub(crate) command: Option<Arc<str>>,
    pub(crate) warning: Option<Arc<str>>,
}

impl Rollback {
    /// What happens.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Whether a guide says so; if not it is inferred.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        self.is_documented
    }

    /// A command that helps.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        self.command.as_deref()
    }

    /// What that command does besides.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }
}

/// A page to read for a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    pub(crate) page: Arc<Page>,
    pub(crate) actions: usize,
}

impl Guide {
    /// The page, as its documentation names it: `Upgrades/Karafka/2.6`.
    #[must_use]
    pub fn page(&self) -> &str {
        &self.page.name
    }

    /// Its address.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
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
    pub(crate) hint: Option<String>,
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
