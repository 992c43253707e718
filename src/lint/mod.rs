//! Is the change from one lockfile to another a step that the rules allow?
//!
//! Moves are judged as the planner builds them and states as its requirements do, but over what is
//! there instead of what could be; and what was wrong before and did not move is a note only.
//!
//! | file | what |
//! |---|---|
//! | `judge` | goes over the packages of both lockfiles and gathers findings |
//! | `checks` | what is checked: moves, releases, states, entries, what is left behind |
//! | `cure` | the one command to a state that nothing objects to |
//! | `request` | what may be accepted |
//! | `finding`, `message`, `codes` | the answer as data; `words` has its sentences |

mod checks;
mod codes;
mod cure;
mod finding;
mod judge;
mod message;
mod request;

pub use codes::{LintRule, LintSeverity};
pub use cure::LintCure;
pub use finding::{Lint, LintChange, LintFinding};
pub use judge::lint;
pub use message::{LintHelp, LintMessage};
pub(crate) use request::acceptable;
