//! Is the change from one lockfile to another a step that the rules allow?
//!
//! Moves are judged as the planner builds them and states as its requirements do, but over what is
//! there instead of what could be; and what was wrong before and did not move is a note only.
//!
//! | file | what |
//! |---|---|
//! | `judge` | goes over the packages of both lockfiles and gathers findings |
//! | `way` | the way from one version to another: lines, gates, downgrades |
//! | `release` | releases that may not be entered, lines without support |
//! | `state` | pairs and requirements of the new state |
//! | `left_behind` | what could be newer within the lines |
//! | `request` | what may be accepted |
//! | `finding`, `rule` | the answer as data |

mod finding;
mod judge;
mod left_behind;
mod release;
mod request;
mod rule;
mod state;
mod way;

pub use finding::{Lint, LintChange, LintFinding};
pub use judge::lint;
pub(crate) use request::acceptable;
pub use rule::{LintRule, LintSeverity};
