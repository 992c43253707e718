//! Adds a team's own rule to the embedded catalog and plans with both.
//!
//! `cargo run --example overlay`. docs/catalog.md describes the format.

use rungs::catalog::{Catalog, Source};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::{Planner, Request};

const TEAM: &str = r#"
format = 1
extends = "karafka"

[[blocked]]
id = "team-no-karafka-2.5.9"
package = "karafka"
versions = "= 2.5.9"
why = "our consumers fail on it"
source = "internal ticket 4711"
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    let snapshot = Snapshot::from_lockfile(&lockfile)?;
    let embedded = Catalog::karafka()?;
    let ours = embedded.overlay(vec![Source::new("team.toml", TEAM)])?;

    for catalog in [&embedded, &ours] {
        let request = Request::new().to(catalog, "karafka=2.6")?;
        let plan = Planner::new(catalog, &snapshot).plan(&request)?;
        let states = plan.steps().iter().map(|step| step.state());
        let versions: Vec<String> = states
            .filter_map(|state| state.package("karafka"))
            .map(ToString::to_string)
            .collect();
        println!("{}", versions.join(" → "));
    }
    Ok(())
}
