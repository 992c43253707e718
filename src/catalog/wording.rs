//! What steps say of the facts of rollout that is the same in every step, and when they say them; put together
//! once, with packages by their places in the catalog, so that a step looks nothing up by its name.

use super::action::{Actions, Component, Edition, Phase};
use super::rollout::{Entering, Rolling, Rollout, Topic};
use super::{Catalog, PackageId};
use crate::name::Name;
use crate::set::Set;
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

/// Everything that a catalog says of deployments: the facts, their words, and when steps have them.
#[derive(Debug)]
pub(crate) struct Playbook {
    pub(crate) facts: Arc<Rollout>,
    pub(crate) wording: Wording,
    pub(crate) occasions: Occasions,
    /// Of each action that names stages its place, ascending, and their numbers among the facts.
    stages_of: Vec<(usize, Set)>,
}

impl Playbook {
    pub(super) fn new(catalog: &Catalog, facts: &Arc<Rollout>, actions: &Actions) -> Self {
        let occasions = Occasions::new(catalog, facts);
        let named = actions.iter().enumerate();
        let named = named.filter(|(_, action)| !action.stages().is_empty());
        let stages_of = named.map(|(place, action)| {
            let mut stages = Set::default();
            for (fact, stage) in (occasions.stages..).zip(facts.stages()) {
                if action.stages().iter().any(|id| **id == *stage.id) {
                    stages.insert(fact);
                }
            }
            (place, stages)
        });
        Playbook {
            stages_of: stages_of.collect(),
            wording: Wording::new(catalog, facts),
            occasions,
            facts: facts.clone(),
        }
    }

    /// The numbers of the stages that the action at a place names.
    pub(crate) fn stages_of(&self, place: usize) -> Option<&Set> {
        let named = self.stages_of.binary_search_by_key(&place, |(at, _)| *at);
        named.ok().map(|at| &self.stages_of[at].1)
    }
}

/// When facts concern a step. Each fact has a number: a list of [`Rollout`] begins with the one given here, and has
/// one after the other.
#[derive(Debug, Default)]
pub(crate) struct Occasions {
    /// How many facts have one.
    pub(crate) facts: usize,
    pub(crate) must_stop: usize,
    pub(crate) sequences: usize,
    pub(crate) rolling: usize,
    pub(crate) commands: usize,
    pub(crate) topics: usize,
    pub(crate) rollback: usize,
    pub(crate) expected_errors: usize,
    pub(crate) boot_errors: usize,
    pub(crate) signals: usize,
    pub(crate) contradictions: usize,
    /// The components in their turn.
    pub(crate) order: usize,
    /// The components that are noted.
    pub(crate) noted: usize,
    pub(crate) stages: usize,
    /// The stages of a step that enters a line of the application.
    pub(crate) stages_of_lines: Set,
    /// Those of any other step of it.
    pub(crate) stages_of_steps: Set,
    /// By package of the catalog: the versions whose entry concerns a fact, ascending.
    pub(crate) entering: Vec<Vec<Entry>>,
    /// The facts that need no entry.
    pub(crate) unasked: Set,
    /// Those that concern a step only after which one of these is there.
    pub(crate) marked: Vec<(usize, Marks)>,
    /// Those that concern a step only in which one of these of [`Occasions::schemas`] changes.
    pub(crate) of_schemas: Vec<(usize, Vec<usize>)>,
    /// Those that concern a step only where this edition may be in use.
    pub(crate) of_editions: Vec<(usize, Edition)>,
    /// Of each schema.
    pub(crate) schemas: Vec<Option<SchemaOf>>,
    /// What shows the components that actions know.
    pub(crate) deployed: Vec<(Component, Marks)>,
    /// The edition that something shows, and what.
    pub(crate) edition: Option<(Edition, Marks)>,
}

/// The versions of a schema.
#[derive(Debug)]
pub(crate) struct SchemaOf {
    pub(crate) package: PackageId,
    /// In each of its releases.
    pub(crate) versions: Vec<Option<Arc<str>>>,
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

/// What a fact says of the steps that it concerns.
#[derive(Clone, Copy, Default)]
struct Asks<'f> {
    line: Option<(&'f Name, &'f Version)>,
    entering: &'f [Entering],
    schemas: &'f [String],
    shown_by: &'f [String],
    edition: Option<Edition>,
    /// It concerns steps that enter nothing of it, too.
    is_unasked: bool,
}

impl Occasions {
    fn new(catalog: &Catalog, facts: &Rollout) -> Self {
        let marks = |names: &[String]| Marks::new(catalog, names);
        let schemas = facts.schemas().iter().map(|schema| {
            let package = catalog.id(schema.package.as_str())?;
            let releases = catalog.get(package).releases().iter();
            let versions = releases.map(|it| schema.shared_at(it.version()).cloned());
            Some(SchemaOf {
                package,
                versions: versions.collect(),
            })
        });
        let deployed = facts.components().iter().filter_map(|part| {
            let mut all = Component::ALL.iter().copied();
            let component = all.find(|component| component.name() == part.name())?;
            Some((component, marks(part.shown_by())))
        });
        let mut editions = facts.editions().iter();
        let edition = editions.find(|mark| mark.edition() != Edition::Any);
        let mut all = Occasions {
            entering: catalog.packages().iter().map(|_| Vec::new()).collect(),
            schemas: schemas.collect(),
            deployed: deployed.collect(),
            edition: edition.map(|it| (it.edition(), marks(it.shown_by()))),
            ..Occasions::default()
        };
        all.number(catalog, facts);
        for entries in &mut all.entering {
            entries.sort_unstable_by(|a, b| a.since.cmp(&b.since));
        }
        for (fact, stage) in (all.stages..).zip(facts.stages()) {
            match stage.phase() {
                // Of the bundle and the deployment the plan knows more than the stage does.
                None | Some(Phase::Bundle | Phase::Deploy) => {}
                // Guides and changes of code belong to a package that enters a line.
                Some(phase) => {
                    all.stages_of_lines.insert(fact);
                    if phase >= Phase::Test {
                        all.stages_of_steps.insert(fact);
                    }
                }
            }
        }
        all
    }

    /// Gives facts their numbers.
    fn number(&mut self, catalog: &Catalog, facts: &Rollout) {
        macro_rules! lists {
            ($($list:ident |$it:ident| $asks:expr;)*) => {$(
                self.$list = self.facts;
                for $it in facts.$list() {
                    self.add(catalog, facts, $asks);
                }
            )*};
        }
        /// What is said of a line that is entered.
        macro_rules! of_line {
            ($it:ident) => {
                Asks {
                    line: Some(($it.package(), $it.since())),
                    ..Asks::default()
                }
            };
        }
        /// What may be said of any step.
        macro_rules! remark {
            ($it:ident, $is_unasked:expr) => {
                Asks {
                    entering: $it.entering(),
                    schemas: $it.schemas(),
                    shown_by: $it.shown_by(),
                    is_unasked: $it.entering().is_empty() && $is_unasked,
                    ..Asks::default()
                }
            };
        }
        lists! {
            must_stop |it| Asks { entering: it.entering(), ..Asks::default() };
            rolling |it| Asks {
                entering: it.entering(),
                edition: Some(it.edition()),
                ..Asks::default()
            };
            sequences |it| of_line!(it);
            commands |it| of_line!(it);
            topics |it| of_line!(it);
            rollback |it| remark!(it, true);
            expected_errors |it| remark!(it, true);
            boot_errors |it| remark!(it, false);
            signals |it| remark!(it, true);
            contradictions |it| remark!(it, !it.schemas().is_empty());
            stages |_it| Asks::default();
        }
        let (parts, turns) = (facts.components(), facts.order());
        self.order = self.facts;
        for turn in turns {
            let part = parts.iter().find(|part| part.name() == turn.component());
            self.add(catalog, facts, shown_by(part.map(|part| part.shown_by())));
        }
        self.noted = self.facts;
        for part in parts {
            let has_turn = turns.iter().any(|it| it.component() == part.name());
            let is_noted = !has_turn && part.part_of().is_none() && !part.shown_by().is_empty();
            self.add(catalog, facts, shown_by(is_noted.then(|| part.shown_by())));
        }
    }

    /// The next fact.
    fn add(&mut self, catalog: &Catalog, facts: &Rollout, asks: Asks<'_>) {
        let fact = self.facts;
        self.facts += 1;
        let entering = asks.entering.iter().map(|it| (&it.package, &it.since));
        for (package, since) in asks.line.into_iter().chain(entering) {
            self.enter(catalog, package, since, fact);
        }
        if asks.is_unasked {
            self.unasked.insert(fact);
        }
        if !asks.shown_by.is_empty() {
            let marks = Marks::new(catalog, asks.shown_by);
            self.marked.push((fact, marks));
        }
        if !asks.schemas.is_empty() {
            let is_meant = |name: &str| asks.schemas.iter().any(|it| *it == *name);
            let schemas = facts.schemas().iter().enumerate();
            let meant = schemas.filter(|(_, it)| is_meant(it.name()));
            let meant = meant.map(|(at, _)| at).collect();
            self.of_schemas.push((fact, meant));
        }
        let edition = asks.edition.filter(|it| *it != Edition::Any);
        self.of_editions.extend(edition.map(|it| (fact, it)));
    }

    /// What the catalog does not have is never entered.
    fn enter(&mut self, catalog: &Catalog, package: &Name, since: &Version, fact: usize) {
        let Some(id) = catalog.id(package.as_str()) else {
            return;
        };
        let releases = catalog.get(id).releases();
        self.entering[id.index()].push(Entry {
            since: since.clone(),
            release: releases.partition_point(|it| it.version() < since),
            fact,
        });
    }
}

/// Of a fact that concerns each step after which one of these is there; none concerns no step.
fn shown_by(names: Option<&[String]>) -> Asks<'_> {
    Asks {
        shown_by: names.unwrap_or_default(),
        is_unasked: names.is_some(),
        ..Asks::default()
    }
}
