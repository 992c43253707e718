//! What each kind of rule means, once: whoever plans, judges a change or looks at what is installed
//! asks here.
//!
//! | file | answers |
//! |---|---|
//! | `heed` | which rules hold in a question, and what may be entered then |
//! | `ladder` | what gates, bridges and edges say of leaving a line or a release |
//! | `skew` | how far packages may be apart |
//! | `state` | what rules say of versions that are installed together |

mod heed;
mod ladder;
mod skew;
mod state;

pub(crate) use heed::{Heed, binds, is_acceptable};
pub(crate) use ladder::{Gate, Gates, bridges, edges};
pub(crate) use skew::{line_place, may_run_beside};
pub(crate) use state::{
    Says, beside, broken, defect, held_by_line, is_defect, outside, outside_clashes,
    used_as_pinned, wants,
};
