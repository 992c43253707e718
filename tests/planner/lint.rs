//! The laws that tie lint to plans: each step is clean, two of them in one are not.

use crate::common;
use crate::vectors::asked;
use rungs::Version;
use serde_json::Value;

use rungs::catalog::Catalog;
use rungs::lint::{Lint, lint};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Plan, State, Step};
use rungs::planner::{Request, plan};
use std::collections::BTreeMap;

const EXAMPLE: &str = include_str!("../../examples/Gemfile.lock");
/// Beside gems of the family those that nothing needs: they stay as nobody asked for them.
const INDIRECT: [&str; 3] = ["karafka-core", "karafka-rdkafka", "rdkafka"];

fn karafka() -> Catalog {
    Catalog::karafka().unwrap()
}

/// A lockfile of these gems, `NAME VERSION`, in which each known release wants what the catalog
/// says; `ruby VERSION` is the Ruby.
fn lockfile(gems: &[String]) -> String {
    lockfile_of(&karafka(), gems)
}

fn lockfile_of(catalog: &Catalog, gems: &[String]) -> String {
    let mut text = "GEM\n  remote: https://rubygems.org/\n  specs:\n".to_owned();
    let mut direct = String::new();
    let mut ruby = String::new();
    let mut others = BTreeMap::new();
    for gem in gems {
        let (name, version) = gem.split_once(' ').unwrap();
        if name == "ruby" {
            ruby = format!("\nRUBY VERSION\n   ruby {version}p0\n");
            continue;
        }
        text.push_str(&format!("    {name} ({version})\n"));
        if let Some(package) = catalog.package(name) {
            let version = Version::parse(package.scheme(), version).unwrap();
            let requirements = package
                .release(&version)
                .map(|release| release.requirements());
            for dependency in requirements.unwrap_or_default() {
                if dependency.name() != "ruby" {
                    let (on, wants) = (dependency.name(), dependency.requirement());
                    text.push_str(&format!("      {on} ({wants})\n"));
                    if catalog.package(on.as_str()).is_none() {
                        others.insert(on.to_string(), least(&wants.to_string()));
                    }
                }
            }
        }
        if !INDIRECT.contains(&name) {
            direct.push_str(&format!("  {name}\n"));
        }
    }
    for (name, version) in others {
        text.push_str(&format!("    {name} ({version})\n"));
    }
    format!("{text}\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n{direct}{ruby}")
}

/// A version that meets a requirement on a gem outside: the first one that it names.
fn least(requirement: &str) -> String {
    let digits = requirement.find(|c: char| c.is_ascii_digit());
    let rest = &requirement[digits.unwrap()..];
    let version = rest.split(',').next().unwrap().trim();
    match requirement.starts_with("> ") {
        true => format!("{version}.1"),
        false => version.to_owned(),
    }
}

fn gems(text: &str) -> Vec<String> {
    text.split(", ").map(str::to_owned).collect()
}

fn snapshot(text: &str) -> Snapshot {
    Snapshot::from_lockfile(&Lockfile::parse(text.as_bytes()).unwrap()).unwrap()
}

fn between(old: &str, new: &str, request: &Request) -> Lint {
    lint(&karafka(), &snapshot(old), &snapshot(new), request)
        .unwrap()
        .located(&Lockfile::parse(new.as_bytes()).unwrap())
}

/// A line is its newest patch.
fn newest_ruby(text: &str) -> String {
    let catalog = karafka();
    let releases = catalog.package("ruby").unwrap().releases();
    let newest = releases
        .iter()
        .rfind(|release| release.version().line() == text);
    newest
        .map_or(text, |release| release.version().as_str())
        .to_owned()
}

fn of_state(state: &State) -> Vec<String> {
    let packages = state.packages().iter();
    let mut gems: Vec<String> = packages
        .map(|(name, version)| format!("{name} {}", version.as_str()))
        .collect();
    for (name, text) in state.runtimes() {
        let version = newest_ruby(text);
        gems.push(format!("{name} {version}"));
    }
    gems
}

/// The states of a plan as lockfiles.
fn way(plan: &Plan) -> Vec<String> {
    let states = std::iter::once(plan.start()).chain(plan.steps().iter().map(Step::state));
    states.map(|state| lockfile(&of_state(state))).collect()
}

fn planned(start: &Snapshot, target: &str) -> (Plan, Request) {
    let catalog = karafka();
    let request = Request::new().to(&catalog, target).unwrap();
    (plan(&catalog, start, &request).unwrap(), request)
}

#[track_caller]
fn steps_are_clean(way: &[String], request: &Request) {
    for (at, pair) in way.windows(2).enumerate() {
        let found = between(&pair[0], &pair[1], request);
        let (step, findings) = (at + 1, found.findings());
        assert!(
            found.is_clean(),
            "step {step} to {:?}: {findings:#?}",
            request.targets
        );
    }
    for (at, three) in way.windows(3).enumerate() {
        let found = between(&three[0], &three[2], request);
        let what = format!("steps {} and {}: {three:#?}", at + 1, at + 2);
        assert!(!found.is_clean(), "{what}");
    }
    let last = &way[way.len() - 1];
    assert!(between(last, last, request).changes().is_empty());
}

#[test]
fn steps_of_a_plan_are_clean_and_two_in_one_are_not() {
    let (plan, request) = planned(&snapshot(EXAMPLE), "karafka=2.6");
    assert_eq!(plan.steps().len(), 5);
    steps_are_clean(&way(&plan), &request);
    // Nobody has to say where the way leads.
    for pair in way(&plan).windows(2) {
        assert!(between(&pair[0], &pair[1], &Request::new()).is_clean());
    }
}

#[test]
fn steps_with_a_runtime_are_clean_and_two_in_one_are_not() {
    let old = "karafka 2.0.39, waterdrop 2.5.1, karafka-web 0.5.1, karafka-core 2.0.12, \
               karafka-rdkafka 0.12.0, karafka-testing 2.0.9, ruby 2.7.8";
    let (plan, request) = planned(&snapshot(&lockfile(&gems(old))), "karafka=2.4");
    assert_eq!(plan.steps().len(), 6);
    steps_are_clean(&way(&plan), &request);
}

#[test]
fn steps_of_the_vectors_are_clean_and_two_in_one_are_not() {
    let Some(shared) = common::shared() else {
        println!("NOT RUN: no shared folder");
        return;
    };
    let text = std::fs::read_to_string(shared.join("vectors/plans.jsonl")).unwrap();
    let catalog = karafka();
    let mut steps = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let Some(want) = case["want"].as_array() else {
            continue;
        };
        let mut gems: Vec<String> = Vec::new();
        for (name, version) in case["start"].as_object().unwrap() {
            gems.push(format!("{name} {}", version.as_str().unwrap()));
        }
        gems.push(format!(
            "ruby {}",
            newest_ruby(case["ruby"].as_str().unwrap())
        ));
        let request = asked(&case, &catalog);
        let mut way = vec![lockfile(&gems)];
        for step in want {
            let mut gems: Vec<String> = Vec::new();
            for (name, version) in step["packages"].as_object().unwrap() {
                gems.push(format!("{name} {}", version.as_str().unwrap()));
            }
            gems.push(format!(
                "ruby {}",
                newest_ruby(step["ruby"].as_str().unwrap())
            ));
            way.push(lockfile(&gems));
        }
        steps += want.len();
        steps_are_clean(&way, &request);
    }
    assert!(steps > 50, "{steps}");
}

/// Of each step each package that moves is taken less far within the line where it arrives: lint says
/// that it could go on, or that the rest does not fit, and what it advises leads to a clean change.
#[test]
fn what_stops_short_within_its_line_is_left_behind() {
    let catalog = karafka();
    let (plan, request) = planned(&snapshot(EXAMPLE), "karafka=2.6");
    let states: Vec<Vec<String>> = std::iter::once(plan.start())
        .chain(plan.steps().iter().map(Step::state))
        .map(of_state)
        .collect();
    let (mut short, mut cured) = (0, 0);
    for pair in states.windows(2) {
        for at in (0..pair[1].len()).filter(|at| pair[0][*at] != pair[1][*at]) {
            let (name, to) = pair[1][at].split_once(' ').unwrap();
            let (_, from) = pair[0][at].split_once(' ').unwrap();
            let package = catalog.package(name).unwrap();
            let read = |text: &str| Version::parse(package.scheme(), text).unwrap();
            let (from, to) = (read(from), read(to));
            let between =
                |version: &Version| from < *version && *version < to && version.line() == to.line();
            for release in package.releases() {
                if !between(release.version()) || release.version().is_prerelease() {
                    continue;
                }
                let mut new = pair[1].clone();
                new[at] = format!("{name} {}", release.version());
                let (old, new) = (lockfile(&pair[0]), lockfile(&new));
                let found = self::between(&old, &new, &request);
                assert!(!found.is_clean(), "{new}");
                short += 1;
                // What it advises is a state of its own: taken, nothing of it is left to say.
                let Some(cure) = found.cure() else { continue };
                let moved = cure
                    .changes()
                    .iter()
                    .fold(gems_of(&new), |mut gems, change| {
                        let name = change.package().as_str();
                        gems.retain(|gem| gem.split(' ').next() != Some(name));
                        gems.extend(change.to().map(|to| format!("{name} {to}")));
                        gems
                    });
                let then = self::between(&old, &lockfile(&moved), &request);
                assert!(then.cure().is_none(), "{new} cured: {:#?}", then.findings());
                cured += 1;
            }
        }
    }
    assert!(short > 40 && cured > 30, "{short}, {cured}");
}

/// Where a change takes the companions of a Karafka too far, they go back: the framework does not fall
/// below the line where it was, though releases of 2017 would resolve.
#[test]
fn the_framework_does_not_fall_behind_to_cure_a_change() {
    let catalog = karafka();
    let request = Request::new();
    let family = |karafka: &str, others: [&str; 3]| -> String {
        let [waterdrop, core, driver] = others;
        let gems = [
            format!("karafka {karafka}"),
            format!("waterdrop {waterdrop}"),
            format!("karafka-core {core}"),
            format!("karafka-rdkafka {driver}"),
            "ruby 3.2.2".to_owned(),
        ];
        lockfile(&gems)
    };
    let (near, far) = (
        ["2.4.10", "2.0.12", "0.12.1"],
        ["2.10.3", "2.6.2", "0.28.0"],
    );
    let change = |old: &str, new: &str| between(&family(old, near), &family(new, far), &request);
    let found = change("2.0.31", "2.0.41");
    let changes = found.cure().unwrap().changes().iter();
    let changes: Vec<String> = changes
        .map(|it| format!("{} {}", it.package(), it.to().unwrap()))
        .collect();
    let right = [
        "waterdrop 2.6.0",
        "karafka-core 2.0.13",
        "karafka-rdkafka 0.12.4",
    ];
    assert_eq!(changes, right);
    let mut cured = 0;
    for release in catalog.package("karafka").unwrap().releases() {
        let version = release.version();
        if !["2.0", "2.1"].contains(&version.line().as_str()) || version.is_prerelease() {
            continue;
        }
        let found = change("2.0.30", version.as_str());
        let Some(cure) = found.cure() else { continue };
        cured += 1;
        for change in cure.changes() {
            if ["karafka", "waterdrop"].contains(&change.package().as_str()) {
                let to = change.to().unwrap();
                assert!(to.starts_with("2."), "{version}: {change:?}");
            }
        }
    }
    assert!(cured > 20, "{cured}");
}

/// The gems of the family in a lockfile, and its Ruby.
fn gems_of(text: &str) -> Vec<String> {
    let catalog = karafka();
    let snapshot = snapshot(text);
    let packages = snapshot.packages();
    let family = packages.filter(|(name, _)| catalog.package(name).is_some());
    let mut gems: Vec<String> = family
        .map(|(name, installed)| format!("{name} {}", installed.version()))
        .collect();
    gems.extend(snapshot.runtime("ruby").map(|ruby| format!("ruby {ruby}")));
    gems
}

/// What joins was nothing before: what others had to do on the way to its version is no history of it.
#[test]
fn a_joining_gem_brings_no_history() {
    let old = "karafka 2.4.18, waterdrop 2.7.4, karafka-core 2.4.11, karafka-rdkafka 0.19.5";
    let of_web = |old: &str, new: &str| {
        let found = between(
            &lockfile(&gems(old)),
            &lockfile(&gems(new)),
            &Request::new(),
        );
        let actions = found.guidance().actions().iter();
        let of_web = actions.filter(|due| due.action().package() == "karafka-web");
        of_web.count()
    };
    let (before, after) = (
        format!("{old}, karafka-web 0.9.2"),
        format!("{old}, karafka-web 0.10.4"),
    );
    assert!(of_web(&before, &after) > 0);
    assert_eq!(of_web(old, &after), 0);
}

/// What the change does not move it says nothing about.
#[test]
fn what_does_not_move_is_not_left_behind() {
    let old = "karafka 2.3.0, waterdrop 2.6.12, karafka-web 0.8.0, karafka-core 2.3.0, \
               karafka-rdkafka 0.14.8, ruby 3.2.2";
    for (from, to) in [
        ("karafka-web 0.8.0", "karafka-web 0.8.2"),
        ("karafka-rdkafka 0.14.8", "karafka-rdkafka 0.14.11"),
        ("waterdrop 2.6.12", "waterdrop 2.6.14"),
        ("karafka 2.3.0", "karafka 2.3.1"),
    ] {
        let new = old.replace(from, to);
        let found = between(
            &lockfile(&gems(old)),
            &lockfile(&gems(&new)),
            &Request::new(),
        );
        assert!(found.is_clean(), "{to}: {:#?}", found.findings());
    }
}
