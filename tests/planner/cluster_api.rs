//! Kubernetes' shipped catalog against the cases of Cluster API's table tests, as far as they ask a question that
//! it can answer; the fixture names those that do not, and why. ¹

use crate::common;
use rungs::catalog::Catalog;
use rungs::plan::{Outcome, Plan};
use rungs::planner::{Detail, Request, plan};
use rungs::wire;
use serde_json::Value;

const CASES: &str = include_str!("../fixtures/kubernetes/cluster-api.txt");

struct Case<'t> {
    number: u64,
    control_plane: &'t str,
    workers: Option<&'t str>,
    to: &'t str,
    control_plane_lines: Vec<&'t str>,
    worker_lines: Vec<&'t str>,
    /// Somebody else chose where workers stop.
    given: bool,
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|it| *it != "-").collect()
}

/// The cases that are asked, and the numbers of those that are not.
fn cases() -> (Vec<Case<'static>>, Vec<u64>) {
    let (mut cases, mut left) = (Vec::new(), Vec::new());
    let lines = CASES
        .lines()
        .filter(|it| !it.is_empty() && !it.starts_with('#'));
    for line in lines {
        let mut parts = line.split('|').map(str::trim);
        let head = parts.next().expect("a head");
        if let Some(numbers) = head.strip_prefix("not ") {
            left.extend(
                numbers
                    .split(',')
                    .map(|it| it.parse::<u64>().expect("a number")),
            );
            assert!(parts.next().is_some_and(|why| why.len() > 20), "{line}");
            continue;
        }
        let head: Vec<&str> = head.split_whitespace().collect();
        cases.push(Case {
            number: head[0].parse().expect("a number"),
            control_plane: head[1],
            workers: Some(head[2]).filter(|it| *it != "-"),
            to: head[3],
            control_plane_lines: words(parts.next().expect("lines")),
            worker_lines: words(parts.next().expect("lines")),
            given: parts.next() == Some("given"),
        });
    }
    (cases, left)
}

fn ask(catalog: &Catalog, case: &Case<'_>) -> Plan {
    let mut packages = serde_json::Map::new();
    packages.insert("control-plane".to_owned(), case.control_plane.into());
    let mut targets = vec![format!("control-plane=={}", case.to)];
    if let Some(workers) = case.workers {
        packages.insert("kubelet".to_owned(), workers.into());
        targets.push(format!("kubelet=={}", case.to));
    }
    let snapshot = serde_json::json!({ "packages": packages }).to_string();
    let snapshot = wire::read_snapshot(&snapshot).expect("a snapshot");
    let request = serde_json::json!({ "to": targets }).to_string();
    let mut request: Request = wire::read_request(&request, catalog).expect("a request");
    request.detail = Detail::Path;
    plan(catalog, &snapshot, &request).unwrap_or_else(|error| panic!("{}: {error}", case.number))
}

/// The lines that a package stands on after steps that move it.
fn lines(plan: &Plan, package: &str) -> Vec<String> {
    let mut before = plan.start().package(package);
    let mut lines = Vec::new();
    for step in plan.steps() {
        let now = step.state().package(package);
        if now != before {
            lines.extend(now.map(|it| it.line()));
        }
        before = now;
    }
    lines
}

#[test]
fn cluster_api_and_the_catalog_agree() {
    let catalog = Catalog::open("kubernetes").expect("the catalog");
    let (cases, left) = cases();
    assert_eq!((cases.len(), left.len()), (53, 35));
    for case in &cases {
        let plan = ask(&catalog, case);
        let moves = case.control_plane_lines.len() + case.worker_lines.len();
        let outcome = match moves {
            0 => Outcome::AlreadyThere,
            _ => Outcome::Planned,
        };
        assert_eq!(plan.outcome(), outcome, "case {}", case.number);
        let control_plane = lines(&plan, "control-plane");
        assert_eq!(
            control_plane, case.control_plane_lines,
            "case {}",
            case.number
        );
        let workers = lines(&plan, "kubelet");
        if case.given {
            assert!(
                workers.len() <= case.worker_lines.len(),
                "case {}",
                case.number
            );
            assert_eq!(
                workers.last().map(String::as_str),
                case.worker_lines.last().copied()
            );
        } else {
            assert_eq!(workers, case.worker_lines, "case {}", case.number);
        }
    }
}

/// The fixture has each case of the table once, with its versions.
#[test]
fn each_case_of_cluster_api_is_asked_or_has_a_reason() {
    let (cases, left) = cases();
    let path = common::shared().map(|it| it.join("neighbours/kubernetes/capi_cases.json"));
    let text = path.and_then(|path| std::fs::read_to_string(path).ok());
    let Some(text) = text else {
        println!("NOT RUN: no shared/neighbours/kubernetes/capi_cases.json");
        return;
    };
    let table: Value = serde_json::from_str(&text).expect("JSON");
    let table = table["cases"].as_array().expect("cases");
    assert_eq!(table.len(), cases.len() + left.len());
    for entry in table {
        let number = entry["n"].as_u64().expect("a number");
        let text = |key: &str| entry[key].as_str().map(|it| it.trim_start_matches('v'));
        let either = |one: &str, other: &str| text(one).or_else(|| text(other));
        let Some(case) = cases.iter().find(|it| it.number == number) else {
            assert!(left.contains(&number), "case {number}");
            continue;
        };
        let control_plane = either("controlPlaneVersion", "currentControlPlaneVersion");
        assert_eq!(control_plane, Some(case.control_plane), "case {number}");
        assert_eq!(either("topologyVersion", "desiredVersion"), Some(case.to));
        let key = |it: &&str| -> Vec<u32> { it.split('.').map(|it| it.parse().unwrap()).collect() };
        let workers = ["machineDeploymentVersion", "machinePoolVersion"].map(text);
        assert_eq!(workers.into_iter().flatten().min_by_key(key), case.workers);
        let lines = |key: &str| -> Vec<String> {
            let all = entry[key].as_array().into_iter().flatten();
            let all = all.filter_map(Value::as_str);
            let parts = all.map(|it| it.trim_start_matches('v').split('.').take(2));
            parts.map(|it| it.collect::<Vec<_>>().join(".")).collect()
        };
        assert_eq!(
            lines("wantControlPlaneUpgradePlan"),
            case.control_plane_lines
        );
        let mut workers = lines("wantMachineDeploymentUpgradePlan");
        if workers.is_empty() {
            workers = lines("wantMachinePoolUpgradePlan");
        }
        assert_eq!(workers, case.worker_lines, "case {number}");
        let proposed = entry["proposed_workers"].as_array();
        assert_eq!(proposed.is_some_and(|it| !it.is_empty()), case.given);
    }
}
