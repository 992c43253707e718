//! What each kind of rule means, once: whoever plans, judges a change or looks at what is installed
//! asks here.
//!
//! | file | answers |
//! |---|---|
//! | `heed` | which rules hold in a question, and what may be entered then |
//! | `ladder` | what gates and bridges say of leaving a line |
//! | `state` | what rules say of versions that are installed together |

mod heed;
mod ladder;
mod state;

pub(crate) use heed::{Heed, is_acceptable};
pub(crate) use ladder::{Gates, bridges};
pub(crate) use state::{
    Says, beside, broken, defect, held_by_line, is_defect, outside, outside_clashes,
    used_as_pinned, wants,
};
