//! What shows in a user's source that an action concerns it, and who can tell where nothing does.

use super::action::{Action, ActionKind, words};
use crate::plain::Text;

words! {
    /// What kind of thing a pattern finds in a user's source; `docs/catalog.md` explains each.
    DetectKind {
        /// A call by its name, with or without a receiver; a definition, an index, a comparison.
        MethodCall = "method-call",
        /// A dotted path inside a setup block.
        ConfigKey = "config-key",
        /// A constant.
        Constant = "constant",
        /// A call without a receiver inside the block of the scope.
        DslCall = "dsl-call",
        /// A flag or a whole command in scripts and manifests.
        CliFlag = "cli-flag",
        /// The name of an event, or the matching `on_` method of a listener.
        EventName = "event-name",
        /// A keyword passed to the call named in the scope.
        KeywordArg = "keyword-arg",
        /// A path or glob in the repository.
        FileName = "file-name",
    }
}

words! {
    /// What it means that a pattern is found.
    DetectRole {
        /// The action concerns the place.
        Find = "find",
        /// What the action asks for is done already.
        Met = "met",
        /// The action concerns only those who have one of these as well.
        With = "with",
        /// The action concerns what is behind one of these in the same file.
        After = "after",
        /// The action does not concern what is behind one of these in the same file.
        Before = "before",
        /// Nothing by itself: it says where to look.
        Hint = "hint",
    }
}

words! {
    /// What must be done with the value of what is found.
    DetectUse {
        /// It is looked at: a condition, an argument, an assignment.
        Value = "value",
        /// It is changed in place.
        Change = "change",
    }
}

/// A pattern that shows in a user's source that an action concerns it, or that it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detect {
    pub(super) kind: DetectKind,
    pub(super) value: Text,
    pub(super) scope: Option<Text>,
    pub(super) replacement: Option<Text>,
    pub(super) mechanical: bool,
    pub(super) role: DetectRole,
    pub(super) of: Option<Text>,
    pub(super) given: Option<Text>,
    pub(super) lacks: Vec<String>,
    pub(super) used: Option<DetectUse>,
}

impl Detect {
    /// The longest value, scope or replacement, in bytes.
    pub const MAX_TEXT: usize = 200;
    /// The most keys that a pattern may lack.
    pub const MAX_LACKS: usize = 20;

    /// What kind of thing is looked for.
    #[must_use]
    pub fn kind(&self) -> DetectKind {
        self.kind
    }

    /// What is looked for.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The block, class or file in which it counts; `None` is anywhere.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// What to write instead; `None` is to delete it, or has no direct substitute.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        self.replacement.as_deref()
    }

    /// Whether writing the replacement instead, or nothing where there is none, is all there is to
    /// do and changes no meaning.
    #[must_use]
    pub fn is_mechanical(&self) -> bool {
        self.mechanical
    }

    /// What it means that it is found.
    #[must_use]
    pub fn role(&self) -> DetectRole {
        self.role
    }

    /// The value of the one pattern that the role is for; `None` is all patterns of the action.
    #[must_use]
    pub fn of(&self) -> Option<&str> {
        self.of.as_deref()
    }

    /// What the value that is assigned or passed must be, in the notation of `docs/catalog.md`.
    #[must_use]
    pub fn given(&self) -> Option<&str> {
        self.given.as_deref()
    }

    /// Keys of which none may stand in the hash or the keywords that are given.
    #[must_use]
    pub fn lacks(&self) -> &[String] {
        &self.lacks
    }

    /// What must be done with its value.
    #[must_use]
    pub fn used(&self) -> Option<DetectUse> {
        self.used
    }
}

impl Action {
    /// What would decide whether it applies where the source does not: what the catalog says, else
    /// what follows from its constraint, from who is affected, or from its kind.
    #[must_use]
    pub fn what_decides(&self) -> String {
        if let Some(look) = self.look() {
            return look.to_owned();
        }
        if let Some(constraint) = self.constraint() {
            return match constraint.kind() {
                "deployed-before" => format!(
                    "Check which version of {} is deployed: {} must run everywhere first.",
                    constraint.package(),
                    constraint.range()
                ),
                _ => format!(
                    "The lockfile decides: compare the installed {} with {}.",
                    constraint.package(),
                    constraint.range()
                ),
            };
        }
        if self.is_done_by_plans() {
            return "Nothing to check: `rungs plan` does it in each step.".to_owned();
        }
        let Some(affects) = self.affects() else {
            return self.what_decides_by_kind();
        };
        let told = [
            ("only if ", "Check whether "),
            ("only with ", "Check whether you run with "),
            ("only for ", "Check whether you have "),
        ];
        let rest = told.iter().find_map(|(lead, ask)| {
            let rest = affects.strip_prefix(lead)?;
            Some(format!("{ask}{rest}."))
        });
        rest.unwrap_or_else(|| format!("Check who is affected: {affects}."))
    }

    fn what_decides_by_kind(&self) -> String {
        let text = match self.kind() {
            ActionKind::DeployOrder | ActionKind::Downtime => {
                "The deployment decides: no source shows which processes run which version."
            }
            ActionKind::CommandRequired | ActionKind::TopicOrSchemaMigration => {
                "The environments decide: check in each whether it was done."
            }
            ActionKind::MetricsChanged => {
                "Check dashboards and alerts that read these figures; they are not in the source."
            }
            ActionKind::LicenseChanged => "Ask whoever approves dependencies.",
            ActionKind::CliChanged => {
                "Check scripts and job definitions outside of this folder that run the command."
            }
            ActionKind::Recommendation => "Advice to everyone: nothing in the source decides.",
            ActionKind::DefaultChanged => {
                return match (self.old_value(), self.new_value()) {
                    (Some(old), Some(new)) => {
                        format!("Check whether you rely on the default: {old} becomes {new}.")
                    }
                    _ => "Check whether you rely on the old default.".to_owned(),
                };
            }
            _ => {
                "Check whether your code, or a gem that it uses, relies on the old behaviour; the \
                 test suite may show it."
            }
        };
        text.to_owned()
    }
}
