//! What is checked of a change, one subject a file.
//!
//! | file | what |
//! |---|---|
//! | `moves` | the way from one version to another: lines, gates, downgrades |
//! | `releases` | releases that may not be entered, lines without support |
//! | `states` | pairs, defects and requirements of the new state |
//! | `entries` | entries that are lost or say something else than the release; variants |
//! | `left_behind` | what the change moves, and could have moved further |

mod entries;
pub(super) mod left_behind;
mod moves;
mod releases;
mod states;
