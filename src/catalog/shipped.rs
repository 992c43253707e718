//! Catalogs that ship with the library, beside the embedded one of Karafka.

use super::{Catalog, Source};
use crate::error::{Error, ErrorCode, Result};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A catalog that ships: its name, and what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    name: &'static str,
    about: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// Packages of it that are gems: a lockfile that has one of them is about this catalog.
    shown_by: &'static [&'static str],
    /// Packages of it that no lockfile has: a request that names one of them is about this catalog.
    asked_by: &'static [&'static str],
    /// Gems of other catalogs that its rules name.
    concerns: &'static [&'static str],
}

macro_rules! files {
    ($folder:literal: $($name:literal)*) => {
        &[$((
            concat!($folder, "/", $name),
            include_str!(concat!("../../catalogs/", $folder, "/", $name)),
        )),*]
    };
}

/// In the order of their names.
const SHIPPED: [Shipped; 4] = [
    Shipped {
        name: "gitlab",
        about: "GitLab, self-managed: required and conditional stops",
        files: files!("gitlab": "gitlab.toml" "rollout.toml" "stops.toml"),
        shown_by: &[],
        asked_by: &[],
        concerns: &[],
    },
    Shipped {
        name: "kafka",
        about: "Apache Kafka: brokers, KRaft, Java, drivers",
        files: files!(
            "kafka": "catalog.toml" "broker.toml" "drivers.toml" "java.toml" "kraft.toml" "rollout.toml"
            "actions/kafka.toml"
        ),
        shown_by: &[],
        asked_by: &["kafka", "kraft"],
        concerns: &["karafka-rdkafka", "rdkafka"],
    },
    Shipped {
        name: "kubernetes",
        about: "Kubernetes: control plane, kubelets and kube-proxy, and how far they may be apart",
        files: files!(
            "kubernetes": "catalog.toml" "control-plane.toml" "node.toml"
        ),
        shown_by: &[],
        asked_by: &[],
        concerns: &[],
    },
    Shipped {
        name: "rails",
        about: "Rails: its gems, Ruby, companions",
        files: files!(
            "rails":
                "actions/actioncable.toml" "actions/actionmailer.toml" "actions/actionpack.toml"
                "actions/actionview.toml" "actions/activejob.toml" "actions/activemodel.toml"
                "actions/activerecord.toml" "actions/activestorage.toml"
                "actions/activesupport.toml" "actions/rails.toml" "actions/railties.toml"
                "actioncable.toml" "actionmailbox.toml" "actionmailer.toml" "actionpack.toml"
                "actiontext.toml" "actionview.toml" "activeadmin.toml" "activejob.toml"
                "activemodel.toml" "activerecord-import.toml" "activerecord.toml"
                "activestorage.toml" "activesupport.toml" "acts-as-taggable-on.toml"
                "catalog.toml" "devise.toml"
                "factory_bot_rails.toml" "friendly_id.toml"
                "jobs.toml" "kaminari.toml" "paper_trail.toml" "rack.toml"
                "rails-html-sanitizer.toml" "rails.toml" "railties.toml" "ransack.toml"
                "responders.toml" "rollout.toml" "rspec-rails.toml" "ruby.toml" "simple_form.toml"
                "sprockets-rails.toml" "turbo-rails.toml" "web-console.toml" "zeitwerk.toml"
                "rules.toml" "holders.toml"
        ),
        shown_by: &[
            "rails",
            "railties",
            "actioncable",
            "actionmailbox",
            "actionmailer",
            "actionpack",
            "actiontext",
            "actionview",
            "activejob",
            "activemodel",
            "activerecord",
            "activestorage",
            "activesupport",
        ],
        asked_by: &[],
        concerns: &[],
    },
];

/// The catalogs beside the embedded one that a question may be about, the most asked about first.
const JOINED: [&str; 2] = ["rails", "kafka"];

/// The gems of the embedded catalog.
const KARAFKA_GEMS: [&str; 7] = [
    "karafka",
    "waterdrop",
    "karafka-web",
    "karafka-core",
    "karafka-rdkafka",
    "rdkafka",
    "karafka-testing",
];

/// The joined catalogs that were opened, by their names.
static OPENED: Mutex<BTreeMap<String, Catalog>> = Mutex::new(BTreeMap::new());

/// The catalog that ships and has a package, where one does.
pub(crate) fn ships_with(package: &str) -> Option<&'static str> {
    let table = format!("[package.{package}]");
    let has = |it: &&Shipped| {
        let mut lines = it.files.iter().flat_map(|(_, text)| text.lines());
        lines.any(|line| line == table)
    };
    SHIPPED.iter().find(has).map(|it| it.name)
}

fn shipped(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|it| it.name == name)
}

pub(super) fn sources_of(name: &str) -> Result<Vec<Source>> {
    if name == Catalog::KARAFKA {
        return Ok(Catalog::karafka_sources());
    }
    let found = shipped(name).map(Shipped::sources);
    found.ok_or_else(|| {
        let shown: String = name.chars().take(60).collect();
        let known: Vec<&str> = SHIPPED.iter().map(|it| it.name).collect();
        let help = format!("{} and {} do", Catalog::KARAFKA, known.join(", "));
        Error::new(
            ErrorCode::InvalidRequest,
            format!("no catalog {shown:?} ships"),
        )
        .with_help(help)
    })
}

/// The files of these catalogs, a layer for each.
pub(super) fn layers_of(names: &[&str]) -> Result<Vec<Vec<Source>>> {
    names.iter().map(|name| sources_of(name)).collect()
}

impl Shipped {
    /// The name under which it is opened.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it is about, in a line.
    #[must_use]
    pub fn about(&self) -> &'static str {
        self.about
    }

    /// Packages of it that are gems: a lockfile that has one of them is about it.
    #[must_use]
    pub fn shown_by(&self) -> &'static [&'static str] {
        self.shown_by
    }

    /// Packages of it that no lockfile has: a request that names one of them is about it.
    #[must_use]
    pub fn asked_by(&self) -> &'static [&'static str] {
        self.asked_by
    }

    /// Gems of other catalogs that its rules name.
    #[must_use]
    pub fn concerns(&self) -> &'static [&'static str] {
        self.concerns
    }

    /// Its files.
    #[must_use]
    pub fn sources(&self) -> Vec<Source> {
        let files = self.files.iter();
        files
            .map(|(name, text)| Source::new(*name, *text))
            .collect()
    }
}

impl Catalog {
    /// The catalogs that ship, without the embedded one.
    ///
    /// ```
    /// use rungs::catalog::Catalog;
    /// assert!(Catalog::shipped().iter().any(|it| it.name() == "gitlab"));
    /// ```
    #[must_use]
    pub fn shipped() -> &'static [Shipped] {
        &SHIPPED
    }

    /// The catalogs that a question is about, by what is installed and by the packages that it names. Who has
    /// Karafka is asked about Karafka, as long as the question names nothing else; who has Rails alone, about
    /// Rails. Karafka, Rails and Kafka where there are several; the embedded one where there is none.
    ///
    /// ```
    /// use rungs::catalog::Catalog;
    /// let lockfile = |gem: &str| ["karafka", "rails"].contains(&gem);
    /// assert_eq!(Catalog::chosen(lockfile, &[]), ["karafka"]);
    /// assert_eq!(Catalog::chosen(lockfile, &["rails"]), ["karafka", "rails", "kafka"]);
    /// assert_eq!(Catalog::chosen(|gem| gem == "rails", &[]), ["rails"]);
    /// ```
    #[must_use]
    pub fn chosen(is_installed: impl Fn(&str) -> bool, named: &[&str]) -> Vec<&'static str> {
        let is_shown = |gems: &[&str]| gems.iter().any(|gem| is_installed(gem));
        let is_named = |names: &[&str]| names.iter().any(|name| named.contains(name));
        let has_karafka = is_shown(&KARAFKA_GEMS) || is_named(&KARAFKA_GEMS);
        let others = JOINED.iter().filter_map(|name| shipped(name));
        let others = others.filter(|it| {
            is_named(it.shown_by) || is_named(it.asked_by) || !has_karafka && is_shown(it.shown_by)
        });
        let mut chosen: Vec<&str> = others.map(|it| it.name).collect();
        if has_karafka || chosen.is_empty() {
            chosen.insert(0, Self::KARAFKA);
        }
        match chosen.len() {
            1 => chosen,
            // They are stored together. What is installed of each takes part, and stays where it can.
            _ => std::iter::once(Self::KARAFKA).chain(JOINED).collect(),
        }
    }

    /// The catalogs that ship and have rules about an installed gem of another catalog.
    pub(crate) fn concerned(is_installed: impl Fn(&str) -> bool) -> Vec<&'static str> {
        let concerned = SHIPPED.iter();
        let concerned = concerned.filter(|it| it.concerns.iter().any(|gem| is_installed(gem)));
        concerned.map(|it| it.name).collect()
    }

    /// Opens several catalogs that ship as one, in this order: one question may name packages of all of
    /// them. Opened once for each list of names.
    ///
    /// # Errors
    /// As [`Catalog::open`], and where they contradict one another, such as by schemes of versions.
    ///
    /// ```
    /// use rungs::catalog::Catalog;
    /// assert_eq!(Catalog::joined(&["karafka"])?.name().as_str(), "karafka");
    /// assert!(Catalog::joined(&["karafka", "kubernetes"]).is_err());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn joined(names: &[&str]) -> Result<Self> {
        let mut distinct: Vec<&str> = Vec::new();
        for name in names.iter().filter(|name| !name.is_empty()) {
            if !distinct.contains(name) {
                distinct.push(name);
            }
        }
        let [first, rest @ ..] = &distinct[..] else {
            return Self::karafka();
        };
        if rest.is_empty() {
            return Self::open(first);
        }
        let key = distinct.join(" ");
        let mut opened = match OPENED.lock() {
            Ok(opened) => opened,
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some(catalog) = opened.get(&key) {
            return Ok(catalog.clone());
        }
        let catalog = Self::opened_anew(&distinct)?;
        opened.insert(key, catalog.clone());
        Ok(catalog)
    }

    /// Opens them without a look at what was opened before; for measurements.
    #[doc(hidden)]
    pub fn opened_anew(names: &[&str]) -> Result<Self> {
        match Self::open_stored(names) {
            Some(stored) => Ok(stored),
            None => Self::layered(layers_of(names)?),
        }
    }

    /// Opens a catalog that ships, by its name; `karafka` is the embedded one.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRequest`] for a name that none has.
    ///
    /// ```
    /// use rungs::catalog::Catalog;
    /// assert_eq!(Catalog::open("gitlab")?.name().as_str(), "gitlab");
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn open(name: &str) -> Result<Self> {
        if name == Self::KARAFKA {
            return Self::karafka();
        }
        Self::opened_anew(&[name])
    }

    /// The name of the embedded catalog.
    pub const KARAFKA: &'static str = "karafka";
}
