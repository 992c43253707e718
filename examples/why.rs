//! What is installed, how far behind it is, and why a package cannot be newer.
//!
//! `cargo run --example why`

use rungs::Date;
use rungs::catalog::Catalog;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::{Planner, Request};
use rungs::report::{self, Style};
use rungs::{status::status, why::why};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
    let snapshot = Snapshot::from_lockfile(&lockfile)?;
    let catalog = Catalog::karafka()?;

    // The library reads no clock: whether a line is still supported depends on the day you name.
    let day = Date::parse("2026-11-01")?;
    let status = status(
        Planner::new(&catalog, &snapshot),
        Some(day),
        &Request::new(),
    )?;
    println!("{}", report::status_text(&status, Style::Plain));

    // A planner answers one question; make another for the next.
    let request = Request::new().to(&catalog, "karafka=2.6")?;
    let planner = Planner::new(&catalog, &snapshot);
    print!(
        "{}",
        report::why_text(&why(planner, &request, "karafka-web")?, Style::Plain)
    );
    Ok(())
}
