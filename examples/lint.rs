//! Compares two lockfiles: is the change a step that the rules allow?
//!
//! `cargo run --example lint -- OLD NEW`; without arguments it judges a jump over several lines.

use rungs::catalog::Catalog;
use rungs::lint::lint;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::Request;
use rungs::report::{self, Style};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let (old, new) = if let [old, new] = &paths[..] {
        (std::fs::read_to_string(old)?, std::fs::read_to_string(new)?)
    } else {
        let old = std::fs::read_to_string("examples/Gemfile.lock")?;
        let new = old.replace("waterdrop (2.6.12)", "waterdrop (2.8.5)");
        (old, new)
    };

    let catalog = Catalog::karafka()?;
    let new_lockfile = Lockfile::parse(new.as_bytes())?;
    let old = Snapshot::from_lockfile(&Lockfile::parse(old.as_bytes())?)?;
    let new = Snapshot::from_lockfile(&new_lockfile)?;
    let lint = lint(&catalog, &old, &new, &Request::new())?;

    // Findings get the lines of the new lockfile.
    let lint = lint.located(&new_lockfile);
    print!("{}", report::lint_text(&lint, "Gemfile.lock", Style::Plain));
    if lint.is_refused(false) {
        std::process::exit(1);
    }
    Ok(())
}
