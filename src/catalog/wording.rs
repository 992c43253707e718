//! What steps say of the facts of rollout that is the same in every step, put together once.

use super::rollout::{Rolling, Rollout};
use std::sync::Arc;

/// Each list is by place of the fact in its list of [`Rollout`].
#[derive(Debug)]
pub(crate) struct Wording {
    pub(crate) must_stop: Vec<Words>,
    pub(crate) sequences: Vec<Words>,
    pub(crate) rolling: Vec<RollingWords>,
    pub(crate) contradictions: Vec<String>,
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
    pub(crate) because: String,
    /// What is to be done or seen to.
    pub(crate) task: Arc<str>,
}

/// What is said of a step during which old and new may run side by side.
#[derive(Debug)]
pub(crate) struct RollingWords {
    /// Why.
    pub(crate) because: String,
    pub(crate) expect: Vec<Awaited>,
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
    pub(super) fn new(facts: &Rollout) -> Self {
        let must_stop = facts.must_stop().iter().map(|fact| {
            let stop = fact.stop();
            let inferred = if fact.documented() { "" } else { " (inferred)" };
            match fact.condition() {
                None => Words {
                    because: format!("{}: stop {stop}{inferred}", fact.what()),
                    task: format!("stop {stop}").into(),
                },
                Some(condition) => {
                    let way_out = fact.way_out().map(|way| format!("; {way}"));
                    let way_out = way_out.unwrap_or_default();
                    Words {
                        because: format!("where {condition}: a stop is {stop}{way_out}{inferred}"),
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
                },
                task: format!("before {line}: {}", fact.prerequisite()).into(),
            }
        });
        let rolling = facts.rolling().iter();
        let rolling = rolling.map(|it| RollingWords {
            because: format!("{}: old and new may run side by side", it.what()),
            expect: it.expect().iter().map(|it| Awaited::new(it)).collect(),
        });
        let contradictions = facts.contradictions().iter();
        let contradictions =
            contradictions.map(|it| format!("sources disagree: {}; {}", it.one(), it.other()));
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
            order: order.collect(),
            components: components.collect(),
            expected_errors: errors.collect(),
        }
    }
}
