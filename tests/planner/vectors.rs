//! Every plan of the shared vectors, exactly: an independent solver found their answers.

use crate::common;
use rungs::catalog::Catalog;
use rungs::lockfile::Snapshot;
use rungs::plan::Outcome;
use rungs::planner::{Request, RuntimeMove, plan};
use rungs::{Scheme, Version};
use serde_json::Value;
use std::collections::BTreeMap;

const INDIRECT: [&str; 3] = ["karafka-core", "karafka-rdkafka", "rdkafka"];

#[test]
fn every_plan_of_the_vectors_matches() {
    assert!(matches("plans.jsonl").is_none_or(|count| count == 40));
}

#[test]
fn every_repair_of_the_vectors_matches() {
    assert!(matches("plans_repair.jsonl").is_none_or(|count| count == 2));
}

/// What a vector asks for.
pub(crate) fn asked(case: &Value, catalog: &Catalog) -> Request {
    let mut request = Request::new();
    if case["ruby_fixed"].as_bool().unwrap() {
        request.runtime = RuntimeMove::Fixed;
    }
    for (name, line) in case["target"].as_object().unwrap() {
        let target = format!("{name}={}", line.as_str().unwrap());
        request = request.to(catalog, &target).unwrap();
    }
    for (name, pins) in case["pins"].as_object().unwrap() {
        for pin in pins.as_array().unwrap() {
            let pin = format!("{name}={}", pin.as_str().unwrap());
            request = request.pin(catalog, &pin).unwrap();
        }
    }
    request
}

/// Compares all plans of a file, and says how many there are.
fn matches(file: &str) -> Option<usize> {
    let Some(shared) = common::shared() else {
        eprintln!("NOT RUN: the shared plan vectors are not on this machine");
        return None;
    };
    let text = std::fs::read_to_string(shared.join("vectors").join(file)).unwrap();
    let catalog = Catalog::karafka().unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (number, line) in text.lines().enumerate() {
        let case: Value = serde_json::from_str(line).unwrap();
        count += 1;
        let mut snapshot = Snapshot::new().with_runtime("ruby", case["ruby"].as_str().unwrap());
        for (name, version) in case["start"].as_object().unwrap() {
            let version = Version::parse(Scheme::RubyGems, version.as_str().unwrap()).unwrap();
            snapshot = snapshot.with(name, version);
            if !INDIRECT.contains(&name.as_str()) {
                snapshot = snapshot.direct(name);
            }
        }
        let request = asked(&case, &catalog);
        let plan = plan(&catalog, &snapshot, &request).unwrap();
        let got: Vec<Value> = plan
            .steps()
            .iter()
            .map(|step| {
                let packages: BTreeMap<String, &str> = step
                    .state()
                    .packages()
                    .iter()
                    .map(|(name, version)| (name.to_string(), version.as_str()))
                    .collect();
                serde_json::json!({
                    "kind": step.kind().name(),
                    "ruby": step.state().runtimes()[0].1,
                    "packages": packages,
                })
            })
            .collect();
        let matches = match case["want"].as_array() {
            None => plan.outcome() == Outcome::Impossible,
            Some(want) if want.is_empty() => plan.outcome() == Outcome::AlreadyThere,
            Some(want) => plan.outcome() == Outcome::Planned && *want == got,
        };
        if !matches {
            wrong.push(format!(
                "case {number} ({:?}): {}\n   want {}\n   got  {}",
                plan.outcome(),
                case["start"],
                case["want"],
                Value::Array(got)
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    Some(count)
}
