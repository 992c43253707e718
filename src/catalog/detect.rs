//! What shows in a user's source that an action concerns it, and who can tell where nothing does.

use super::action::{Action, DetectKind, DetectRole, DetectUse};

/// A pattern that shows in a user's source that an action concerns it, or that it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detect {
    pub(super) kind: DetectKind,
    pub(super) value: String,
    pub(super) scope: Option<String>,
    pub(super) replacement: Option<String>,
    pub(super) mechanical: bool,
    pub(super) role: DetectRole,
    pub(super) of: Option<String>,
    pub(super) given: Option<String>,
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
    /// what can be said from its conditions and kind. `None` where finding nothing decides.
    #[must_use]
    pub fn what_decides(&self) -> Option<String> {
        if let Some(look) = self.look() {
            return Some(look.to_owned());
        }
        if let Some(constraint) = self.constraint() {
            return Some(match constraint.kind() {
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
            });
        }
        if self.is_done_by_plans() {
            return Some("Nothing to check: `rungs plan` does it in each step.".to_owned());
        }
        let affects = self.affects()?;
        let rest = affects
            .strip_prefix("only if ")
            .map(|rest| format!("Check whether {rest}."))
            .or_else(|| {
                let rest = affects.strip_prefix("only with ")?;
                Some(format!("Check whether you run with {rest}."))
            })
            .or_else(|| {
                let rest = affects.strip_prefix("only for ")?;
                Some(format!("Check whether you have {rest}."))
            });
        Some(rest.unwrap_or_else(|| format!("Check who is affected: {affects}.")))
    }
}
