//! What each fuzz target does with its input, apart from the fuzzer: `tests/corpus` replays the corpora
//! through the same functions as a plain test.

// The second planner and its worlds, as the tests have them.
#[path = "../../tests/oracle/brute.rs"]
#[allow(dead_code)]
mod brute;
#[path = "../../tests/oracle/generate.rs"]
#[allow(dead_code)]
mod generate;
#[path = "../../tests/oracle/kinds.rs"]
#[allow(dead_code)]
mod kinds;
#[path = "../../tests/oracle/mishaps.rs"]
#[allow(dead_code)]
mod mishaps;
#[path = "../../tests/oracle/ways.rs"]
#[allow(dead_code)]
mod ways;
#[path = "../../tests/oracle/world.rs"]
#[allow(dead_code)]
mod world;
#[path = "../../tests/oracle/write.rs"]
#[allow(dead_code)]
mod write;

mod differential;
mod targets;

pub use differential::differential;
pub use targets::{
    catalog, documents, gemfile, index, lockfile, plan, policy, requirement, scanner, version,
};
