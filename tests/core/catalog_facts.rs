//! The embedded catalog against the facts it was made from, release by release and line by line.

use crate::common;
use rungs::catalog::{Catalog, Role};
use rungs::{Scheme, Version};
use serde_json::Value;
use std::collections::BTreeSet;

fn facts(file: &str) -> Option<Value> {
    let text = std::fs::read_to_string(common::shared()?.join("facts").join(file)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

#[test]
fn every_release_is_there_as_the_facts_have_it() {
    let Some(facts) = facts("releases.json") else {
        return;
    };
    let catalog = Catalog::karafka().unwrap();
    let first = Version::parse(Scheme::RubyGems, "1.0.0").unwrap();
    let mut count = 0;
    for (name, releases) in facts.as_object().unwrap() {
        let package = catalog.package(name).unwrap();
        let mut known = 0;
        for fact in releases.as_array().unwrap() {
            let version =
                Version::parse(Scheme::RubyGems, fact["version"].as_str().unwrap()).unwrap();
            if name == "karafka" && version < first {
                continue;
            }
            known += 1;
            let release = package
                .release(&version)
                .unwrap_or_else(|| panic!("{name} {version}"));
            let date = release.date().map(|date| date.to_string());
            assert_eq!(date.as_deref(), fact["date"].as_str(), "{name} {version}");
            let mut want: BTreeSet<(String, String)> = BTreeSet::new();
            for (on, list) in fact["deps"].as_object().unwrap() {
                let list = texts(list);
                let text = if list.is_empty() {
                    ">= 0".to_owned()
                } else {
                    list.join(", ")
                };
                want.insert((on.clone(), text));
            }
            let ruby = texts(&fact["ruby"]);
            if !ruby.is_empty() {
                want.insert(("ruby".to_owned(), ruby.join(", ")));
            }
            let got: BTreeSet<(String, String)> = release
                .requirements()
                .iter()
                .map(|need| (need.name().to_string(), need.requirement().to_string()))
                .collect();
            assert_eq!(got, want, "{name} {version}");
            let driver = fact["librdkafka"].as_str().filter(|text| !text.is_empty());
            let mark = driver.map(|version| format!("librdkafka {version}"));
            assert!(
                mark.is_none_or(|mark| release.marks().contains(&mark)),
                "{name} {version}"
            );
        }
        assert_eq!(package.releases().len(), known, "{name}");
        count += known;
    }
    assert_eq!(count, 644);
}

#[test]
fn every_line_has_the_support_that_the_facts_have() {
    let Some(facts) = facts("lifecycle.json") else {
        return;
    };
    let catalog = Catalog::karafka().unwrap();
    assert_eq!(
        catalog.horizon().to_string(),
        facts["as_of"].as_str().unwrap()
    );
    for name in ["karafka", "karafka-web", "waterdrop", "ruby"] {
        for fact in facts[name].as_array().unwrap() {
            let line = fact["line"].as_str().unwrap();
            if line.ends_with(".x") {
                continue;
            }
            let package = catalog.package(name).unwrap();
            let found = package.lines().iter().find(|known| known.name() == line);
            let support = found.unwrap().support().unwrap();
            assert_eq!(
                support.status().name(),
                fact["status"].as_str().unwrap(),
                "{name} {line}"
            );
            let end = support.end_of_life().map(|date| date.to_string());
            assert_eq!(end.as_deref(), fact["eol"].as_str(), "{name} {line}");
        }
    }
}

#[test]
fn roles_and_order_are_those_of_the_family() {
    let catalog = Catalog::karafka().unwrap();
    let names = |role: Role| -> Vec<&str> {
        let packages = catalog.packages().iter();
        packages
            .filter(|package| package.role() == role)
            .map(|package| package.name().as_str())
            .collect()
    };
    assert_eq!(
        names(Role::Stepped),
        ["karafka", "karafka-web", "waterdrop"]
    );
    assert_eq!(
        names(Role::Follower),
        [
            "karafka-testing",
            "karafka-core",
            "karafka-rdkafka",
            "rdkafka"
        ]
    );
    assert_eq!(names(Role::Runtime), ["ruby"]);
}

#[test]
fn gates_and_blocks_carry_over_by_id() {
    let Some(facts) = facts("guide-rules.json") else {
        return;
    };
    let catalog = Catalog::karafka().unwrap();
    let mut missing = Vec::new();
    for fact in facts.as_array().unwrap() {
        let kind = fact["constraint"]["type"].as_str().unwrap_or("");
        let wanted = matches!(kind, "deployed-before" | "forbidden-version");
        let id = fact["id"].as_str().unwrap();
        if wanted && !catalog.rules().iter().any(|rule| *rule.id() == id) {
            missing.push(id.to_owned());
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
