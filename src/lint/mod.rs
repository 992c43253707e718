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
//! | `state` | pairs, defects and requirements of the new state |
//! | `entries` | entries that are lost or say something else than the release; variants |
//! | `left_behind` | what the change moves, and could have moved further |
//! | `cure` | the one command to a state that nothing objects to |
//! | `request` | what may be accepted |
//! | `finding`, `message`, `rule` | the answer as data; `words` has its sentences |

mod cure;
mod entries;
mod finding;
mod judge;
mod left_behind;
mod message;
mod release;
mod request;
mod rule;
mod state;
mod way;

pub use cure::LintCure;
pub use finding::{Lint, LintChange, LintFinding};
pub use judge::lint;
pub use message::{LintHelp, LintMessage};
pub(crate) use request::acceptable;
pub use rule::{LintRule, LintSeverity};
