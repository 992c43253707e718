//! Catalogs that are joined: opening them beside opening one, and a plan of Rails and Karafka together.

use divan::{Bencher, black_box};
use rungs::catalog::Catalog;
use rungs::lockfile::Snapshot;
use rungs::plan::Outcome;
use rungs::planner::{Detail, Request, plan};
use rungs::{Scheme, Version};

const ALL: [&str; 3] = ["karafka", "rails", "kafka"];
const RAILS: [&str; 12] = [
    "rails",
    "railties",
    "actioncable",
    "actionmailer",
    "actionpack",
    "actionview",
    "activejob",
    "activemodel",
    "activerecord",
    "activestorage",
    "activesupport",
    "actionmailbox",
];

fn main() {
    divan::main();
}

/// Rails 5.2 and Karafka 1.4 on Ruby 2.7.
fn installed() -> Snapshot {
    let version = |text| Version::parse(Scheme::RubyGems, text).expect("a version");
    let mut snapshot = Snapshot::new().with_runtime("ruby", "2.7");
    // The last of them is younger than 5.2.
    for name in &RAILS[..11] {
        snapshot = snapshot.with(name, version("5.2.8.1"));
    }
    for (name, text) in [
        ("karafka", "1.4.15"),
        ("waterdrop", "1.4.4"),
        ("karafka-testing", "1.4.3"),
    ] {
        snapshot = snapshot.with(name, version(text)).direct(name);
    }
    snapshot.direct("rails")
}

fn plan_in(bencher: Bencher<'_, '_>, detail: Detail) {
    let catalog = Catalog::joined(&ALL).expect("the catalogs");
    let request = Request::new()
        .to(&catalog, "rails")
        .and_then(|it| it.to(&catalog, "karafka"));
    let mut request = request.expect("targets");
    request.detail = detail;
    let snapshot = installed();
    let outcome = plan(&catalog, &snapshot, &request)
        .expect("an answer")
        .outcome();
    assert_eq!(outcome, Outcome::Planned);
    bencher.bench_local(|| {
        plan(
            black_box(&catalog),
            black_box(&snapshot),
            black_box(&request),
        )
    });
}

#[divan::bench]
fn plan_rails_and_karafka(bencher: Bencher<'_, '_>) {
    plan_in(bencher, Detail::Path);
}

#[divan::bench]
fn plan_rails_and_karafka_with_all_that_comes_with_it(bencher: Bencher<'_, '_>) {
    plan_in(bencher, Detail::Full);
}

#[divan::bench]
fn open_karafka(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Catalog::opened_anew(black_box(&ALL[..1])));
}

#[divan::bench]
fn open_karafka_rails_and_kafka(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Catalog::opened_anew(black_box(&ALL)));
}
