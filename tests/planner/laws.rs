//! Laws of plans over the embedded catalog: the rest after each step, and input in any order.

use rungs::catalog::Catalog;
use rungs::lockfile::Snapshot;
use rungs::plan::{Outcome, Plan};
use rungs::planner::{Request, plan};
use rungs::{Scheme, Version};

const DIRECT: [&str; 4] = ["karafka", "karafka-web", "waterdrop", "karafka-testing"];

/// Start, Ruby, target.
type World = (
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
);

const WORLDS: [World; 4] = [
    (
        &[
            ("karafka", "2.3.0"),
            ("waterdrop", "2.6.12"),
            ("karafka-web", "0.8.0"),
            ("karafka-core", "2.3.0"),
            ("karafka-rdkafka", "0.14.8"),
        ],
        "3.2",
        "karafka=2.6",
    ),
    (
        &[
            ("karafka", "2.0.39"),
            ("waterdrop", "2.5.1"),
            ("karafka-web", "0.5.1"),
            ("karafka-core", "2.0.12"),
            ("karafka-rdkafka", "0.12.0"),
            ("karafka-testing", "2.0.9"),
        ],
        "2.7",
        "karafka=2.4",
    ),
    (
        &[("karafka", "1.4.4"), ("waterdrop", "1.4.1")],
        "2.6.3",
        "karafka=2.6",
    ),
    (
        &[
            ("karafka", "2.0.10"),
            ("waterdrop", "2.4.1"),
            ("karafka-core", "2.0.2"),
            ("rdkafka", "0.12.0"),
        ],
        "3.4",
        "waterdrop=2.8",
    ),
];

fn snapshot<'a>(packages: impl Iterator<Item = (&'a str, String)>, ruby: &str) -> Snapshot {
    let mut snapshot = Snapshot::new().with_runtime("ruby", ruby);
    for (name, version) in packages {
        snapshot = snapshot.with(name, Version::parse(Scheme::RubyGems, &version).unwrap());
        if DIRECT.contains(&name) {
            snapshot = snapshot.direct(name);
        }
    }
    snapshot
}

fn answer(snapshot: &Snapshot, target: &str) -> Plan {
    let catalog = Catalog::karafka().unwrap();
    let request = Request::new().to(&catalog, target).unwrap();
    plan(&catalog, snapshot, &request).unwrap()
}

fn states(plan: &Plan) -> Vec<String> {
    plan.steps()
        .iter()
        .map(|step| format!("{:?}", step.state()))
        .collect()
}

#[test]
fn planning_again_after_each_step_gives_the_rest() {
    let mut compared = 0;
    for (start, ruby, target) in WORLDS {
        let start = start
            .iter()
            .map(|(name, version)| (*name, (*version).to_owned()));
        let whole = answer(&snapshot(start, ruby), target);
        assert_eq!(whole.outcome(), Outcome::Planned, "{target}");
        for (number, step) in whole
            .steps()
            .iter()
            .enumerate()
            .take(whole.steps().len() - 1)
        {
            let packages = step.state().packages().iter();
            let packages =
                packages.map(|(name, version)| (name.as_str(), version.as_str().to_owned()));
            let again = answer(&snapshot(packages, &step.state().runtimes()[0].1), target);
            assert_eq!(
                states(&again),
                states(&whole)[number + 1..],
                "{target}, after {}",
                number + 1
            );
            compared += 1;
        }
    }
    assert!(compared >= 15, "{compared}");
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    for (start, ruby, target) in WORLDS {
        let list: Vec<(&str, String)> = start
            .iter()
            .map(|(name, version)| (*name, (*version).to_owned()))
            .collect();
        let one = answer(&snapshot(list.iter().cloned(), ruby), target);
        let other = answer(&snapshot(list.iter().rev().cloned(), ruby), target);
        assert_eq!(
            rungs::report::plan_text(&one),
            rungs::report::plan_text(&other)
        );
    }
}

#[test]
fn the_second_worked_example_of_the_design() {
    let (start, ruby, target) = WORLDS[1];
    let start = start
        .iter()
        .map(|(name, version)| (*name, (*version).to_owned()));
    let plan = answer(&snapshot(start, ruby), target);
    let way: Vec<(&str, &str)> = plan
        .steps()
        .iter()
        .map(|step| {
            let karafka = step.state().package("karafka").unwrap();
            (karafka.as_str(), step.state().runtimes()[0].1.as_str())
        })
        .collect();
    assert_eq!(
        way,
        [
            ("2.0.41", "2.7"),
            ("2.1.13", "2.7"),
            ("2.2.14", "2.7"),
            ("2.3.4", "2.7"),
            ("2.3.4", "3.0"),
            ("2.4.18", "3.0")
        ]
    );
    let last = plan.steps().last().unwrap().state();
    assert_eq!(last.package("karafka-web").unwrap().as_str(), "0.9.2");
    assert_eq!(last.package("waterdrop").unwrap().as_str(), "2.7.4");
}
