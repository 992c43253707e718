//! Plans an upgrade from a lockfile and prints it.
//!
//! `cargo run --example plan -- Gemfile.lock karafka=2.6`; without arguments it plans the lockfile
//! beside this file.

use rungs::catalog::Catalog;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::{Planner, Request};
use rungs::{plan::Outcome, report};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next();
    let path = path.unwrap_or_else(|| "examples/Gemfile.lock".to_owned());
    let target = arguments.next();
    let target = target.unwrap_or_else(|| "karafka=2.6".to_owned());

    let lockfile = Lockfile::parse(&std::fs::read(path)?)?;
    let snapshot = Snapshot::from_lockfile(&lockfile)?;
    let catalog = Catalog::karafka()?;
    let request = Request::new().to(&catalog, &target)?;
    let plan = Planner::new(&catalog, &snapshot).plan(&request)?;

    print!("{}", report::plan_text(&plan));
    // That there is no plan is an answer, not an error.
    if plan.outcome() == Outcome::Impossible {
        std::process::exit(3);
    }
    Ok(())
}
