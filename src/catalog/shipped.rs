//! Catalogs that ship with the library, beside the embedded one of Karafka.

use super::{Catalog, Source};
use crate::error::{Error, ErrorCode, Result};

/// A catalog that ships: its name, and what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    name: &'static str,
    about: &'static str,
    files: &'static [(&'static str, &'static str)],
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
const SHIPPED: [Shipped; 3] = [
    Shipped {
        name: "gitlab",
        about: "GitLab, self-managed: required and conditional stops",
        files: files!("gitlab": "gitlab.toml" "rollout.toml" "stops.toml"),
    },
    Shipped {
        name: "kubernetes",
        about: "Kubernetes: control plane, kubelets and kube-proxy, and how far they may be apart",
        files: files!(
            "kubernetes": "catalog.toml" "control-plane.toml" "kube-proxy.toml" "kubelet.toml"
        ),
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
                "catalog.toml" "delayed_job_active_record.toml" "devise.toml"
                "factory_bot_rails.toml" "factory_girl_rails.toml" "friendly_id.toml"
                "good_job.toml" "kaminari-actionview.toml" "kaminari-activerecord.toml"
                "kaminari-core.toml" "kaminari.toml" "paper_trail.toml" "rack.toml"
                "rails-html-sanitizer.toml" "rails.toml" "railties.toml" "ransack.toml"
                "responders.toml" "rspec-rails.toml" "ruby.toml" "simple_form.toml"
                "sprockets-rails.toml" "turbo-rails.toml" "web-console.toml" "zeitwerk.toml"
                "rules.toml"
        ),
    },
];

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
        match SHIPPED.iter().find(|it| it.name == name) {
            Some(shipped) => Self::parse(shipped.sources()),
            None => {
                let shown: String = name.chars().take(60).collect();
                let known: Vec<&str> = SHIPPED.iter().map(|it| it.name).collect();
                Err(Error::new(
                    ErrorCode::InvalidRequest,
                    format!("no catalog {shown:?} ships"),
                )
                .with_help(format!(
                    "{} and {} do",
                    Self::KARAFKA,
                    known.join(", ")
                )))
            }
        }
    }

    /// The name of the embedded catalog.
    pub const KARAFKA: &'static str = "karafka";
}
