//! What a plan costs from Rust, printed as the drivers of the other languages print it:
//! `WORK NANOSECONDS`, medians. `scripts/bench-bindings` runs them all in turns.

use rungs::catalog::Catalog;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::{Request, plan};
use rungs::wire;
use std::hint::black_box;
use std::time::Instant;

const LOCKFILE: &[u8] = include_bytes!("../examples/Gemfile.lock");
const ROUNDS: usize = 400;

fn median(name: &str, mut work: impl FnMut()) {
    let mut times: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    println!("{name} {}", times[ROUNDS / 2]);
}

fn main() {
    let catalog = Catalog::karafka().expect("the catalog");
    let lockfile = Lockfile::parse(LOCKFILE).expect("a lockfile");
    let snapshot = Snapshot::from_lockfile(&lockfile).expect("a snapshot");
    let answer = || {
        let request = Request::new()
            .to(&catalog, "karafka=2.6")
            .expect("a target");
        plan(&catalog, &snapshot, &request).expect("a plan")
    };
    median("plan", || {
        assert_eq!(black_box(answer()).steps().len(), 5);
    });
    median("json", || {
        black_box(wire::plan_document(&answer()));
    });
}
