//! Rules: what a catalog says beside versions, lines and requirements.
//!
//! | file | contents |
//! |---|---|
//! | `kind` | rules as data |
//! | `source` | how they are read from a file |
//! | `build` | looking up the packages, lines and properties that they name |
//! | `parts` | what all kinds share: keys and values, versions, sets |

mod build;
mod kind;
mod parts;
mod source;

pub(super) use build::{properties, resolve_rule};
pub(crate) use kind::{Defect, Enter, GateFrom, RiskApplies, RuleId, RuleKind, Skew, Stop};
pub use kind::{Force, Level, Property, Rule};
pub(crate) use parts::{Beside, Pair, RuleField, RuleValue};
pub(crate) use source::KINDS as RULE_KINDS;
pub(super) use source::{DraftProperty, DraftRule, OPERATORS};
