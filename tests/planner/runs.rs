//! No state of a plan for a real lockfile holds a pair that was run and failed, nor enters a release
//! that is to be avoided.

use crate::common;
use rungs::catalog::Catalog;
use rungs::lockfile::{Lockfile, Snapshot, SourceKind};
use rungs::planner::{Detail, Request, plan};
use rungs::{Requirement, Scheme, Version};
use serde_json::Value;

struct Pair {
    id: String,
    sides: [(String, Requirement); 2],
}

/// The pairs of the shared observations that must not stand together.
fn pairs(facts: &Value) -> Vec<Pair> {
    let side = |it: &Value, name: &str, versions: &str| {
        let requirement = it[versions].as_str().unwrap();
        (
            it[name].as_str().unwrap().to_owned(),
            Requirement::parse(Scheme::RubyGems, requirement).unwrap(),
        )
    };
    let conflicts = facts["conflicts"].as_array().unwrap().iter();
    conflicts
        .map(|it| Pair {
            id: it["id"].as_str().unwrap().to_owned(),
            sides: [
                side(it, "package", "versions"),
                side(it, "with", "with_versions"),
            ],
        })
        .collect()
}

#[test]
fn no_state_for_a_real_lockfile_is_known_not_to_run() {
    let Some(shared) = common::shared() else {
        eprintln!("NOT RUN: the shared observations and lockfiles are not on this machine");
        return;
    };
    let facts = std::fs::read(shared.join("facts/runs.json")).unwrap();
    let pairs = pairs(&serde_json::from_slice(&facts).unwrap());
    let catalog = Catalog::karafka().unwrap();
    let mut request = Request::new();
    request.detail = Detail::Path;
    let (mut states, mut plans, mut broken) = (0, 0, Vec::new());
    let mut files: Vec<_> = std::fs::read_dir(shared.join("lockfiles/files"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let Ok(lockfile) = Lockfile::parse(&std::fs::read(&file).unwrap()) else {
            continue;
        };
        let Ok(snapshot) = Snapshot::from_lockfile(&lockfile) else {
            continue;
        };
        let Ok(plan) = plan(&catalog, &snapshot, &request) else {
            continue;
        };
        plans += usize::from(!plan.steps().is_empty());
        // What a folder or a commit holds is not the release of that version.
        let is_release = |name: &str| {
            let source = lockfile.specs().find(|spec| spec.name() == name);
            let source = source.and_then(|spec| lockfile.source(spec.source()));
            source.is_none_or(|it| it.kind() == SourceKind::Gem)
        };
        for step in plan.steps() {
            states += 1;
            let version = |name: &str| -> Option<Version> {
                step.state()
                    .package(name)
                    .filter(|_| is_release(name))
                    .cloned()
            };
            for pair in &pairs {
                let stands = |(name, requirement): &(String, Requirement)| {
                    version(name).is_some_and(|version| requirement.matches(&version))
                };
                if pair.sides.iter().all(stands) {
                    broken.push(format!(
                        "{} step {}: {}",
                        file.display(),
                        step.number(),
                        pair.id
                    ));
                }
            }
            for change in step.changes() {
                let package = catalog.package(change.package().as_str()).unwrap();
                let entered = change
                    .to()
                    .and_then(|to| package.release(&Version::parse(Scheme::RubyGems, to).ok()?));
                if entered.is_some_and(rungs::catalog::Release::is_avoided) {
                    broken.push(format!("{} enters a bad release", file.display()));
                }
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
    assert!(
        plans >= 70 && states >= 500,
        "{plans} plans, {states} states"
    );
}
