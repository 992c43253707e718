//! Plans, what comes with their steps, what changes are checked for, and reports of them.

mod actions;
mod cluster_api;
#[path = "../common/mod.rs"]
mod common;
mod contents;
mod families;
mod fleet;
mod growth;
mod guidance;
mod joined;
mod kafka;
mod ladders;
mod laws;
mod lines;
mod lint;
#[cfg(feature = "wire")]
mod lint_formats;
mod lint_rules;
mod neighbours;
mod rails;
#[cfg(feature = "scan")]
mod reports;
mod rollout;
mod runs;
mod vectors;
mod width;
