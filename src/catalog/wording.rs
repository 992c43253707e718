//! What steps say of the facts of rollout that is the same in every step, and when they say them; put together
//! once, with packages by their places in the catalog, so that a step looks nothing up by its name.

use super::action::{Component, Edition, Phase};
use super::rollout::{Entering, Rolling, Rollout, Topic};
use super::{Catalog, PackageId};
use crate::name::Name;
use crate::version::Version;
use std::sync::Arc;

/// Each list is by place of the fact in its list of [`Rollout`].
#[derive(Debug)]
pub(crate) struct Wording {
    pub(crate) must_stop: Vec<Words>,
    pub(crate) sequences: Vec<Words>,
    pub(crate) rolling: Vec<RollingWords>,
    pub(crate) contradictions: Vec<Arc<str>>,
    pub(crate) topics: Vec<TopicWords>,
    /// Until when the next component waits.
    pub(crate) order: Vec<Arc<str>>,
    /// What to know of a component.
    pub(crate) components: Vec<Arc<str>>,
    /// When an error is to be expected, and until when.
    pub(crate) expected_errors: Vec<Arc<str>>,
}

/// What is said of one fact.
#[derive(Debug)]
pub(crate) struct Words {
    /// Of whether old and new may run side by side.
    pub(crate) because: Arc<str>,
    /// What is to be done or seen to.
    pub(crate) task: Arc<str>,
}

/// What is said of a step during which old and new may run side by side.
#[derive(Debug)]
pub(crate) struct RollingWords {
    /// Why.
    pub(crate) because: Arc<str>,
    pub(crate) expect: Vec<Awaited>,
}

/// The settings of a topic.
#[derive(Debug)]
pub(crate) struct TopicWords {
    /// As they are now: `partitions 1`, `cleanup.policy=compact`.
    settings: Arc<[String]>,
    /// Those that are others in topics made before a version: the place, and what it says there.
    formerly: Vec<(usize, String, Version)>,
}

impl TopicWords {
    fn new(catalog: &Catalog, topic: &Topic) -> Self {
        let partitions = format!("partitions {}", topic.partitions());
        let settings = topic.settings().iter();
        let values = settings.clone();
        let values = values.map(|it| format!("{}={}", it.key(), it.value()));
        let formerly = settings.zip(1..).filter_map(|(it, at)| {
            let until = Version::parse(catalog.scheme(), it.until()?).ok()?;
            Some((at, format!("{}={}", it.key(), it.formerly()?), until))
        });
        TopicWords {
            settings: [partitions].into_iter().chain(values).collect(),
            formerly: formerly.collect(),
        }
    }

    /// The settings in a release.
    pub(crate) fn at(&self, release: &Version) -> Arc<[String]> {
        let formerly = self.formerly.iter();
        let mut formerly = formerly.filter(|(_, _, until)| release < until).peekable();
        if formerly.peek().is_none() {
            return self.settings.clone();
        }
        let mut settings = self.settings.to_vec();
        for (at, setting, _) in formerly {
            settings[*at].clone_from(setting);
        }
        settings.into()
    }
}

/// What to expect meanwhile.
#[derive(Debug)]
pub(crate) struct Awaited {
    pub(crate) what: Arc<str>,
    /// How many of its bytes stand before until when.
    core: usize,
}

impl Awaited {
    fn new(what: &str) -> Self {
        Awaited {
            what: what.into(),
            core: what.find(" until ").unwrap_or(what.len()),
        }
    }

    /// The same without until when.
    pub(crate) fn core(&self) -> &str {
        &self.what[..self.core]
    }
}

impl Wording {
    pub(super) fn new(catalog: &Catalog, facts: &Rollout) -> Self {
        let must_stop = facts.must_stop().iter().map(|fact| {
            let stop = fact.stop();
            let inferred = if fact.documented() { "" } else { " (inferred)" };
            match fact.condition() {
                None => Words {
                    because: format!("{}: stop {stop}{inferred}", fact.what()).into(),
                    task: format!("stop {stop}").into(),
                },
                Some(condition) => {
                    let way_out = fact.way_out().map(|way| format!("; {way}"));
                    let way_out = way_out.unwrap_or_default();
                    Words {
                        because: format!("where {condition}: a stop is {stop}{way_out}{inferred}")
                            .into(),
                        task: format!("where {condition}, a stop is {stop}").into(),
                    }
                }
            }
        });
        let sequences = facts.sequences().iter().map(|fact| {
            let line = format!("{} {}", fact.package(), fact.since().line());
            Words {
                because: match (fact.rolling(), fact.condition()) {
                    (Rolling::Conditional, Some(condition)) => format!("{line}: {condition}"),
                    (Rolling::No, _) => format!("{line}: old and new may not run side by side"),
                    _ => format!("{line}: old and new may run side by side"),
                }
                .into(),
                task: format!("before {line}: {}", fact.prerequisite()).into(),
            }
        });
        let rolling = facts.rolling().iter();
        let rolling = rolling.map(|it| RollingWords {
            because: format!("{}: old and new may run side by side", it.what()).into(),
            expect: it.expect().iter().map(|it| Awaited::new(it)).collect(),
        });
        let contradictions = facts.contradictions().iter();
        let contradictions = contradictions
            .map(|it| format!("sources disagree: {}; {}", it.one(), it.other()).into());
        let topics = facts.topics().iter();
        let order = facts.order().iter();
        let order = order.map(|turn| format!("wait until {}", turn.wait_until()).into());
        let components = facts.components().iter();
        let components = components.map(|part| part.notes().join("; ").into());
        let errors = facts.expected_errors().iter();
        let errors = errors.map(|it| format!("{}, until {}", it.when(), it.ok_until()).into());
        Wording {
            must_stop: must_stop.collect(),
            sequences: sequences.collect(),
            rolling: rolling.collect(),
            contradictions: contradictions.collect(),
            topics: topics.map(|it| TopicWords::new(catalog, it)).collect(),
            order: order.collect(),
            components: components.collect(),
            expected_errors: errors.collect(),
        }
    }
}

/// Each list of facts is by place of the fact in its list of [`Rollout`].
#[derive(Debug)]
pub(crate) struct Occasions {
    /// How many facts have an occasion.
    pub(crate) facts: usize,
    /// By package of the catalog: the versions whose entry concerns a fact.
    pub(crate) entering: Vec<Vec<Entry>>,
    pub(crate) must_stop: Vec<Occasion>,
    pub(crate) sequences: Vec<Occasion>,
    pub(crate) rolling: Vec<Occasion>,
    pub(crate) commands: Vec<Occasion>,
    pub(crate) topics: Vec<Occasion>,
    pub(crate) rollback: Vec<Occasion>,
    pub(crate) expected_errors: Vec<Occasion>,
    pub(crate) boot_errors: Vec<Occasion>,
    pub(crate) signals: Vec<Occasion>,
    pub(crate) contradictions: Vec<Occasion>,
    /// Of each schema.
    pub(crate) schemas: Vec<Option<SchemaOf>>,
    /// What shows the component whose turn it is; `None` where the catalog does not know it.
    pub(crate) order: Vec<Option<Marks>>,
    /// What shows a component that is noted although it has no turn.
    pub(crate) noted: Vec<Option<Marks>>,
    /// What shows the components that actions know.
    pub(crate) deployed: Vec<(Component, Marks)>,
    /// The edition that something shows, and what.
    pub(crate) edition: Option<(Edition, Marks)>,
    /// The places of the stages of each phase, in the order of [`Phase::ALL`].
    pub(crate) stages: Vec<Vec<usize>>,
}

/// The versions of a schema.
#[derive(Debug)]
pub(crate) struct SchemaOf {
    pub(crate) package: PackageId,
    /// In each of its releases.
    pub(crate) versions: Vec<Option<Arc<str>>>,
}

/// When a fact concerns a step.
#[derive(Debug)]
pub(crate) struct Occasion {
    /// Of the fact among all of [`Occasions::facts`].
    pub(crate) number: usize,
    /// Only where one of its versions is entered.
    pub(crate) has_entries: bool,
    /// Only where one of these is there, if any are named.
    pub(crate) shown_by: Marks,
}

/// A version, and the fact that concerns steps which enter it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) since: Version,
    /// The first release of the catalog that is not below it.
    pub(crate) release: usize,
    /// The number of the fact.
    pub(crate) fact: usize,
}

/// Packages of the catalog and gems outside it, any of which shows something.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    pub(crate) packages: Vec<PackageId>,
    pub(crate) gems: Vec<String>,
}

impl Marks {
    fn new(catalog: &Catalog, names: &[String]) -> Self {
        let mut marks = Marks::default();
        for name in names {
            match catalog.id(name) {
                Some(id) => marks.packages.push(id),
                None => marks.gems.push(name.clone()),
            }
        }
        marks
    }

    /// None is named.
    pub(crate) fn is_empty(&self) -> bool {
        self.packages.is_empty() && self.gems.is_empty()
    }
}

/// Gives facts their numbers.
struct Numbering<'a> {
    catalog: &'a Catalog,
    facts: usize,
    entering: Vec<Vec<Entry>>,
}

impl Numbering<'_> {
    fn of_lines(&mut self, entering: &[Entering], shown_by: &[String]) -> Occasion {
        let entering = entering.iter().map(|it| (&it.package, &it.since));
        self.occasion(entering, shown_by)
    }

    fn occasion<'e>(
        &mut self,
        entering: impl ExactSizeIterator<Item = (&'e Name, &'e Version)>,
        shown_by: &[String],
    ) -> Occasion {
        let number = self.facts;
        self.facts += 1;
        let has_entries = entering.len() > 0;
        for (package, since) in entering {
            // What the catalog does not have is never entered.
            let Some(id) = self.catalog.id(package.as_str()) else {
                continue;
            };
            let releases = self.catalog.get(id).releases();
            self.entering[id.index()].push(Entry {
                since: since.clone(),
                release: releases.partition_point(|it| it.version() < since),
                fact: number,
            });
        }
        Occasion {
            number,
            has_entries,
            shown_by: Marks::new(self.catalog, shown_by),
        }
    }
}

/// The occasions of a list, from the fields of its facts.
macro_rules! occasions {
    ($facts:ident, $list:expr, entering) => {
        $list
            .iter()
            .map(|it| $facts.of_lines(it.entering(), &[]))
            .collect()
    };
    ($facts:ident, $list:expr, entering, shown_by) => {
        $list
            .iter()
            .map(|it| $facts.of_lines(it.entering(), it.shown_by()))
            .collect()
    };
    ($facts:ident, $list:expr, since) => {
        $list
            .iter()
            .map(|it| $facts.occasion([(it.package(), it.since())].into_iter(), &[]))
            .collect()
    };
}

impl Occasions {
    pub(super) fn new(catalog: &Catalog, facts: &Rollout) -> Self {
        let marks = |names: &[String]| Marks::new(catalog, names);
        let (parts, turns) = (facts.components(), facts.order());
        let schemas = facts.schemas().iter().map(|schema| {
            let package = catalog.id(schema.package.as_str())?;
            let releases = catalog.get(package).releases().iter();
            let versions = releases.map(|it| schema.shared_at(it.version()).cloned());
            Some(SchemaOf {
                package,
                versions: versions.collect(),
            })
        });
        let order = turns.iter().map(|turn| {
            let part = parts.iter().find(|part| part.name() == turn.component())?;
            Some(marks(part.shown_by()))
        });
        let noted = parts.iter().map(|part| {
            let has_turn = turns.iter().any(|it| it.component() == part.name());
            let is_noted = !has_turn && part.part_of().is_none() && !part.shown_by().is_empty();
            is_noted.then(|| marks(part.shown_by()))
        });
        let deployed = parts.iter().filter_map(|part| {
            let mut all = Component::ALL.iter().copied();
            let component = all.find(|component| component.name() == part.name())?;
            Some((component, marks(part.shown_by())))
        });
        let mut editions = facts.editions().iter();
        let edition = editions.find(|mark| mark.edition() != Edition::Any);
        let stages = Phase::ALL.iter().map(|phase| {
            let stages = facts.stages().iter().enumerate();
            let of_phase = stages.filter(|(_, stage)| stage.phase() == Some(*phase));
            of_phase.map(|(at, _)| at).collect()
        });
        let mut all = Numbering {
            catalog,
            facts: 0,
            entering: catalog.packages().iter().map(|_| Vec::new()).collect(),
        };
        Occasions {
            must_stop: occasions!(all, facts.must_stop(), entering),
            sequences: occasions!(all, facts.sequences(), since),
            rolling: occasions!(all, facts.rolling(), entering),
            commands: occasions!(all, facts.commands(), since),
            topics: occasions!(all, facts.topics(), since),
            rollback: occasions!(all, facts.rollback(), entering, shown_by),
            expected_errors: occasions!(all, facts.expected_errors(), entering, shown_by),
            boot_errors: occasions!(all, facts.boot_errors(), entering, shown_by),
            signals: occasions!(all, facts.signals(), entering, shown_by),
            contradictions: occasions!(all, facts.contradictions(), entering, shown_by),
            schemas: schemas.collect(),
            order: order.collect(),
            noted: noted.collect(),
            deployed: deployed.collect(),
            edition: edition.map(|it| (it.edition(), marks(it.shown_by()))),
            stages: stages.collect(),
            facts: all.facts,
            entering: all.entering,
        }
    }
}
