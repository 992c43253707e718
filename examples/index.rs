//! Plans with a compact index, so that every step also resolves with the gems outside the catalog.
//!
//! `cargo run --example index`. The index here is a few lines of text; a real one is a mirror's
//! folder or Bundler's cache.

use rungs::catalog::Catalog;
use rungs::index::Infos;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::{Planner, Request};

/// An index of one gem.
struct OneGem;

impl Infos for OneGem {
    // The planner asks only for the gems that stand in the way of a step.
    fn info(&mut self, name: &str) -> rungs::Result<Option<Vec<u8>>> {
        println!("the planner asks the index for {name}");
        let text = "---\n1.16.3 |ruby:>= 2.5\n1.17.2 |ruby:>= 2.5\n";
        Ok((name == "ffi").then(|| text.as_bytes().to_vec()))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    let snapshot = Snapshot::from_lockfile(&lockfile)?;
    let catalog = Catalog::karafka()?;
    let request = Request::new().to(&catalog, "karafka=2.6")?;
    let plan = Planner::new(&catalog, &snapshot)
        .index(&mut OneGem)
        .plan(&request)?;
    for step in plan.steps() {
        for gem in step.outside() {
            println!("step {} also moves {}", step.number(), gem.gem());
        }
    }
    Ok(())
}
