//! What came out of many lockfiles, as counts.

use super::FleetAnswer;
use crate::date::Date;
use crate::error::Result;
use crate::plan::{Constraint, Outcome};
use crate::status::{AheadReason, ProblemKind, Status, StatusProblem, SupportState};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Counts over many lockfiles. Its size does not grow with their number: of each kind of name at most
/// [`FleetSummary::MAX_NAMES`] are counted, and the others together.
#[derive(Clone, Debug, Default)]
pub struct FleetSummary {
    lockfiles: usize,
    errors: usize,
    without_packages: usize,
    outcomes: BTreeMap<&'static str, usize>,
    steps: BTreeMap<usize, usize>,
    lines: BTreeMap<String, BTreeMap<String, usize>>,
    ended: BTreeMap<(String, String), usize>,
    problems: BTreeMap<String, FleetProblem>,
    gems: BTreeMap<String, GemCount>,
    urgent: Vec<UrgentLockfile>,
    is_cut: bool,
}

/// A lockfile that should be upgraded before others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrgentLockfile {
    /// What the lockfile is called.
    pub id: String,
    /// The number of steps to the newest reachable lines; 0 where no plan leads there.
    pub steps: usize,
    /// Its packages and lines without support, each with the last day where it is known.
    pub ended: Vec<(String, String, Option<Date>)>,
}

impl UrgentLockfile {
    fn new(id: &str, status: &Status) -> Self {
        let ended = status.standings().filter_map(|standing| {
            let support = standing.support()?;
            (support.state() == SupportState::Ended).then_some((
                standing.package().to_string(),
                standing.line()?.to_owned(),
                support.until(),
            ))
        });
        UrgentLockfile {
            id: id.to_owned(),
            steps: status.ahead().steps(),
            ended: ended.collect(),
        }
    }

    /// Ascending from the most urgent: out of support first, then more steps, then more lines out of
    /// support, then by name.
    fn rank(&self) -> (bool, Reverse<usize>, Reverse<usize>, &str) {
        let ended = self.ended.len();
        (
            ended == 0,
            Reverse(self.steps),
            Reverse(ended),
            self.id.as_str(),
        )
    }
}

/// Something that is wrong with an installed package, and how many lockfiles have it.
#[derive(Clone, Debug)]
pub struct FleetProblem {
    /// The package.
    pub package: String,
    /// Its installed version.
    pub version: String,
    /// What is wrong.
    pub problem: StatusProblem,
    /// The number of lockfiles.
    pub lockfiles: usize,
}

/// How many lockfiles a gem outside the catalog keep back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GemCount {
    /// In how many lockfiles it is one of those that hold.
    pub holds: usize,
    /// In how many it is the only one: an upgrade of it alone frees these.
    pub alone: usize,
}

impl FleetSummary {
    /// The most packages, lines, gems or problems that are counted by name.
    pub const MAX_NAMES: usize = 10_000;

    /// The most lockfiles that are named as urgent.
    pub const MAX_URGENT: usize = 20;

    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        FleetSummary::default()
    }

    /// Counts the answer about a lockfile of this name, and names it where it is one of the most urgent.
    pub fn add_named(&mut self, id: &str, answer: &Result<FleetAnswer>) {
        self.add(answer);
        let status = answer.as_ref().ok().and_then(FleetAnswer::status);
        let Some(urgent) = status.map(|it| UrgentLockfile::new(id, it)) else {
            return;
        };
        if urgent.ended.is_empty() && urgent.steps == 0 {
            return;
        }
        let at = self.urgent.partition_point(|it| it.rank() <= urgent.rank());
        if at < Self::MAX_URGENT {
            self.urgent.insert(at, urgent);
            self.urgent.truncate(Self::MAX_URGENT);
        }
    }

    /// Counts an answer.
    pub fn add(&mut self, answer: &Result<FleetAnswer>) {
        self.lockfiles += 1;
        match answer {
            Err(_) => self.errors += 1,
            Ok(answer) => match answer.status() {
                None => self.without_packages += 1,
                Some(status) => self.status(status),
            },
        }
    }

    fn status(&mut self, status: &Status) {
        let ahead = status.ahead();
        *self.outcomes.entry(ahead.outcome().name()).or_default() += 1;
        if ahead.outcome() == Outcome::Planned {
            *self.steps.entry(ahead.steps()).or_default() += 1;
        }
        for standing in status.standings() {
            let Some(line) = standing.line() else {
                continue;
            };
            let name = standing.package().to_string();
            let ended = standing.support().map(|it| it.state()) == Some(SupportState::Ended);
            if ended && self.has_room(self.ended.len()) {
                *self
                    .ended
                    .entry((name.clone(), line.to_owned()))
                    .or_default() += 1;
            }
            let lines = self.lines.entry(name).or_default();
            if lines.contains_key(line) || lines.len() < Self::MAX_NAMES {
                *lines.entry(line.to_owned()).or_default() += 1;
            } else {
                self.is_cut = true;
            }
            for problem in standing.problems() {
                if !problem.kind().is_finding() || problem.kind() == ProblemKind::Ended {
                    continue;
                }
                let version = standing.installed().unwrap_or_default();
                let key = format!("{} {version} {problem:?}", standing.package());
                if self.problems.contains_key(&key) || self.has_room(self.problems.len()) {
                    let known = self.problems.entry(key).or_insert_with(|| FleetProblem {
                        package: standing.package().to_string(),
                        version: version.to_owned(),
                        problem: problem.clone(),
                        lockfiles: 0,
                    });
                    known.lockfiles += 1;
                }
            }
        }
        let gems = holders(status);
        for gem in &gems {
            if self.gems.contains_key(*gem) || self.has_room(self.gems.len()) {
                let count = self.gems.entry((*gem).to_owned()).or_default();
                count.holds += 1;
                count.alone += usize::from(gems.len() == 1);
            }
        }
    }

    fn has_room(&mut self, len: usize) -> bool {
        self.is_cut |= len >= Self::MAX_NAMES;
        len < Self::MAX_NAMES
    }

    /// Returns the number of lockfiles.
    #[must_use]
    pub fn lockfiles(&self) -> usize {
        self.lockfiles
    }

    /// Returns the number of lockfiles that could not be read.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Returns the number of lockfiles without a package of the catalog.
    #[must_use]
    pub fn without_packages(&self) -> usize {
        self.without_packages
    }

    /// Returns (outcome, number of lockfiles), by name.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.outcomes.iter().map(|(name, count)| (*name, *count))
    }

    /// Returns (steps to the newest reachable lines, number of lockfiles), ascending.
    pub fn steps(&self) -> impl Iterator<Item = (usize, usize)> {
        self.steps.iter().map(|(steps, count)| (*steps, *count))
    }

    /// Returns (package, its lines with the number of lockfiles), by name.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, usize>)> {
        self.lines
            .iter()
            .map(|(name, lines)| (name.as_str(), lines))
    }

    /// Returns (package, line without support, number of lockfiles), most first.
    #[must_use]
    pub fn ended(&self) -> Vec<(&str, &str, usize)> {
        let ended = self.ended.iter();
        let mut ended: Vec<_> = ended
            .map(|((name, line), count)| (name.as_str(), line.as_str(), *count))
            .collect();
        ended.sort_by_key(|(.., count)| Reverse(*count));
        ended
    }

    /// Returns what is wrong with installed packages, most lockfiles first.
    #[must_use]
    pub fn problems(&self) -> Vec<&FleetProblem> {
        let mut problems: Vec<_> = self.problems.values().collect();
        problems.sort_by_key(|it| Reverse(it.lockfiles));
        problems
    }

    /// Returns the gems outside the catalog that hold lockfiles back, most first.
    #[must_use]
    pub fn gems(&self) -> Vec<(&str, GemCount)> {
        let gems = self.gems.iter();
        let mut gems: Vec<_> = gems.map(|(gem, count)| (gem.as_str(), *count)).collect();
        gems.sort_by_key(|(_, count)| Reverse((count.holds, count.alone)));
        gems
    }

    /// Returns the most urgent of the lockfiles that have a name, at most [`FleetSummary::MAX_URGENT`]:
    /// those with a line out of support first, then those with the most steps.
    #[must_use]
    pub fn urgent(&self) -> &[UrgentLockfile] {
        &self.urgent
    }

    /// Whether some names were not counted: there were more than [`FleetSummary::MAX_NAMES`].
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }
}

/// The gems outside the catalog that keep packages below their newest line.
pub(super) fn holders(status: &Status) -> BTreeSet<&str> {
    let ahead = status.ahead();
    let held = ahead.held().iter().flat_map(|held| held.by());
    let because = ahead.because().iter().filter_map(|reason| match reason {
        AheadReason::Constraint(constraint) => Some(constraint),
        _ => None,
    });
    held.chain(because)
        .filter_map(|constraint| match constraint {
            Constraint::Holder { holder, also, .. } => Some((holder.as_str(), also)),
            _ => None,
        })
        .flat_map(|(holder, also)| {
            let also = also.iter().map(|(gem, _)| gem.as_str());
            std::iter::once(holder).chain(also)
        })
        .collect()
}
