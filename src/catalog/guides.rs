//! What a catalog says beyond plans: actions, rollout, smoke checks and advisories, read on first use, so that
//! planning does not pay for it.
//!
//! Their files say in their first line what they hold: `holds = "actions"`, `holds = "rollout"`,
//! `holds = "smoke"`, `holds = "advisories"`.

use super::action::Actions;
use super::advisory::{self, Advisory};
use super::joined::JoinedRollout;
use super::reading::Reading;
use super::rollout::Rollout;
use super::smoke::{self, SmokeCheck};
use super::stored::StoredFiles;
use super::wording::Playbook;
use super::{Catalog, PackageId, Role, SetId, Source, action_source};
use crate::error::{Error, Result};
use crate::name::Name;
use crate::plain::Text;
use crate::version::Version;
use once_cell::sync::OnceCell;
use std::sync::Arc;

macro_rules! embedded {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("karafka/", $name)))),*]
    };
}

/// The files of the embedded catalog that are read on first use.
pub(super) const KARAFKA: [(&str, &str); 13] = embedded! {
    "actions/kafka-broker.toml"
    "actions/karafka-core.toml"
    "actions/karafka-rdkafka.toml"
    "actions/karafka-testing.toml"
    "actions/karafka-web.toml"
    "actions/karafka.toml"
    "actions/rails.toml"
    "actions/rdkafka.toml"
    "actions/ruby.toml"
    "actions/waterdrop.toml"
    "advisories.toml"
    "rollout.toml"
    "smoke.toml"
};

/// What files hold that are read on first use.
const LATE: [&str; 4] = ["actions", "rollout", "smoke", "advisories"];

/// Filled on first use.
#[derive(Debug, Default)]
pub(super) struct Guides {
    /// Where actions and rollout are stored.
    stored: Option<&'static StoredFiles>,
    actions: OnceCell<Actions>,
    rollout: OnceCell<JoinedRollout>,
    reading: OnceCell<Arc<Reading>>,
    playbook: OnceCell<Arc<Playbook>>,
    /// By package.
    prepared: OnceCell<Vec<OnceCell<Prepared>>>,
    smoke: OnceCell<Vec<SmokeCheck>>,
    advisories: OnceCell<Vec<Advisory>>,
}

impl Guides {
    #[cfg(test)]
    pub(super) fn is_stored(&self) -> bool {
        self.stored.is_some()
    }

    /// Those of a stored catalog.
    pub(super) fn stored(files: &'static StoredFiles) -> Self {
        Guides {
            stored: Some(files),
            ..Guides::default()
        }
    }
}

/// The contents that a file names in its first line, if it is one of those read on first use.
fn holds(source: &Source) -> Option<&str> {
    let lines = source.text().lines().map(str::trim);
    let first = lines
        .into_iter()
        .find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let word = first
        .strip_prefix("holds")?
        .trim_start()
        .strip_prefix('=')?;
    word.trim_start().strip_prefix('"')?.split('"').next()
}

/// The layers without the files that are read on first use.
pub(super) fn world(layers: &[Vec<Source>]) -> Vec<Vec<Source>> {
    let is_world = |source: &&Source| !holds(source).is_some_and(|what| LATE.contains(&what));
    let of_layer = |layer: &Vec<Source>| layer.iter().filter(is_world).cloned().collect();
    layers.iter().map(of_layer).collect()
}

impl Catalog {
    /// What a person or a script does when versions are entered; read on first use.
    ///
    /// # Errors
    /// As [`Catalog::parse`]; for the embedded catalog never, which a test checks.
    pub fn actions(&self) -> Result<&Actions> {
        self.0.guides.actions.get_or_try_init(|| {
            if let Some(actions) = self.stored().and_then(StoredFiles::actions) {
                return Ok(actions);
            }
            let (sources, layers) = self.holding("actions");
            // What is wrong with rollout is reported where rollout is asked for.
            let rollout = self.joined_rollout().ok();
            let link = |layer: usize, source: &str| rollout?.link(self.0.owners[layer], source);
            action_source::read(self, &sources, &layers, &link)
        })
    }

    /// How steps are rolled out; read on first use.
    ///
    /// # Errors
    /// As [`Catalog::parse`]; for the embedded catalog never, which a test checks.
    pub fn rollout(&self) -> Result<&Rollout> {
        self.joined_rollout().map(|rollout| &*rollout.all)
    }

    fn joined_rollout(&self) -> Result<&JoinedRollout> {
        self.0.guides.rollout.get_or_try_init(|| {
            if let Some(rollout) = self.stored().and_then(StoredFiles::rollout) {
                return Ok(JoinedRollout::one(rollout));
            }
            let (sources, layers) = self.holding("rollout");
            let owners: Vec<_> = layers.iter().map(|layer| self.0.owners[*layer]).collect();
            JoinedRollout::read(self, &sources, &owners)
        })
    }

    /// What a smoke run executes, in its order; read on first use.
    ///
    /// # Errors
    /// As [`Catalog::parse`]; for the embedded catalog never, which a test checks.
    pub fn smoke(&self) -> Result<&[SmokeCheck]> {
        let checks = self.0.guides.smoke.get_or_try_init(|| {
            let (sources, layers) = self.holding("smoke");
            smoke::read(self, &sources, &layers)
        });
        checks.map(Vec::as_slice)
    }

    /// Security advisories about its packages and runtimes, by package and day; read on first use.
    ///
    /// # Errors
    /// As [`Catalog::parse`]; for the embedded catalog never, which a test checks.
    pub fn advisories(&self) -> Result<&[Advisory]> {
        let advisories = self.0.guides.advisories.get_or_try_init(|| {
            let (sources, layers) = self.holding("advisories");
            advisory::read(self, &sources, &layers)
        });
        advisories.map(Vec::as_slice)
    }

    /// How its actions are judged, and the pages that they were read in; worked out on first use.
    pub(crate) fn reading(&self) -> Result<&Arc<Reading>> {
        let actions = self.actions()?;
        let reading = &self.0.guides.reading;
        Ok(reading.get_or_init(|| Arc::new(Reading::new(self, actions))))
    }

    /// What steps say of the facts of rollout, and when; worked out on first use.
    pub(crate) fn playbook(&self) -> Result<&Arc<Playbook>> {
        let rollout = &self.joined_rollout()?.all;
        let actions = self.actions()?;
        let playbook = &self.0.guides.playbook;
        Ok(playbook.get_or_init(|| Arc::new(Playbook::new(self, rollout, actions))))
    }

    /// What plans ask of the releases of a package; worked out on first use.
    pub(crate) fn prepared(&self, package: PackageId) -> &Prepared {
        let all = &self.0.guides.prepared;
        let all = all.get_or_init(|| self.packages().iter().map(|_| OnceCell::new()).collect());
        all[package.index()].get_or_init(|| Prepared::new(self, package))
    }

    /// Checks what is otherwise read on first use.
    ///
    /// # Errors
    /// As [`Catalog::parse`], with all problems of all files.
    pub fn validate_all(&self) -> Result<()> {
        let mut problems: Vec<Error> = Vec::new();
        for error in [
            self.actions().err(),
            self.rollout().err(),
            self.smoke().err(),
            self.advisories().err(),
        ]
        .into_iter()
        .flatten()
        {
            if problems.is_empty() {
                problems.push(error); // which holds its further problems itself
            } else {
                problems.extend(error.problems().cloned());
            }
        }
        Error::all(problems).map_or(Ok(()), Err)
    }

    fn stored(&self) -> Option<&'static StoredFiles> {
        self.0.guides.stored
    }

    /// The files that hold this, each with the number of its layer.
    fn holding(&self, what: &str) -> (Vec<Source>, Vec<usize>) {
        let files = self.0.layers.iter().enumerate().flat_map(|(at, layer)| {
            let of_layer = layer.iter().filter(|source| holds(source) == Some(what));
            of_layer.map(move |source| (source.clone(), at))
        });
        files.unzip()
    }
}

/// What plans ask of the releases of a package again and again.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// What its releases need of runtimes.
    pub(crate) runtimes: Vec<NeedOfRuntime>,
    pub(crate) history: Arc<History>,
    /// By release, and at last of all: how many of [`History::versions`] stand before it.
    pub(crate) versions_before: Vec<usize>,
    /// By release: the requirement of a line of the Gemfile that allows it alone.
    pub(crate) lines: Vec<OnceCell<Arc<str>>>,
}

/// What a package released.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) package: Name,
    /// Where its changelog is.
    pub(crate) link: Option<Text>,
    /// Of the releases that were not withdrawn and are no prereleases.
    pub(crate) versions: Vec<Version>,
}

/// What some releases of a package need of a runtime.
#[derive(Debug)]
pub(crate) struct NeedOfRuntime {
    pub(crate) on: PackageId,
    pub(crate) set: SetId,
    /// Those releases, as bits.
    pub(crate) releases: Vec<u64>,
}

impl Prepared {
    fn new(catalog: &Catalog, package: PackageId) -> Self {
        let package = catalog.get(package);
        let releases = package.releases();
        let mut runtimes: Vec<NeedOfRuntime> = Vec::new();
        for (at, release) in releases.iter().enumerate() {
            for need in release.needs.iter().filter(|need| need.rule.is_none()) {
                if catalog.get(need.on).role() != Role::Runtime {
                    continue;
                }
                let mut known = runtimes.iter();
                let known = known.position(|it| (it.on, it.set) == (need.on, need.set));
                let known = known.unwrap_or_else(|| {
                    runtimes.push(NeedOfRuntime {
                        on: need.on,
                        set: need.set,
                        releases: vec![0; releases.len().div_ceil(64)],
                    });
                    runtimes.len() - 1
                });
                runtimes[known].releases[at / 64] |= 1 << (at % 64);
            }
        }
        let plain = releases.iter().filter(|release| release.is_plain());
        let mut versions_before = vec![0];
        versions_before.extend(releases.iter().scan(0, |before, release| {
            *before += usize::from(release.is_plain());
            Some(*before)
        }));
        Prepared {
            runtimes,
            versions_before,
            lines: releases.iter().map(|_| OnceCell::new()).collect(),
            history: Arc::new(History {
                package: package.name().clone(),
                link: package.changelog.clone(),
                versions: plain.map(|release| release.version().clone()).collect(),
            }),
        }
    }
}
