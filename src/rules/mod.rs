//! What each kind of rule means, once: whoever plans, judges a change or looks at what is installed
//! asks here.
//!
//! | file | answers |
//! |---|---|
//! | `heed` | which rules hold in a question, and what may be entered then |
//! | `ladder` | what gates, bridges and edges say of leaving a line or a release |
//! | `outside` | what rules say of gems that only lockfiles know |
//! | `skew` | how far packages may be apart |
//! | `state` | what rules say of versions that are installed together |

mod heed;
mod ladder;
mod outside;
mod skew;
mod state;

pub(crate) use heed::{Heed, binds, is_acceptable, lengthens};
pub(crate) use ladder::{Gate, Gates, bridges, edges, gate, gates_versions, version_gates};
pub(crate) use outside::{discontinued, held_by_line, outside, outside_clashes};
pub(crate) use skew::{line_place, may_run_beside, skews};
pub(crate) use state::{
    Says, beside, broken, defect, is_defect, keeps_apart, speaks_of, used_as_pinned, wants,
};
