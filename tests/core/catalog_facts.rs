//! The embedded catalog against the facts it was made from, release by release and line by line.

use crate::common;
use rungs::catalog::{Catalog, Role};
use rungs::wire::catalog_document;
use rungs::{Requirement, Scheme, Version};
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

/// Prereleases that public lockfiles have and the facts have not.
const BEYOND_THE_FACTS: [(&str, &[&str]); 5] = [
    (
        "karafka",
        &[
            "0.6.0.rc1",
            "1.0.0.rc1",
            "1.1.0.alpha1",
            "1.1.0.alpha2",
            "1.2.0.beta1",
            "1.2.0.beta2",
            "1.2.0.beta3",
            "1.2.0.beta4",
            "1.4.0.rc1",
            "1.4.0.rc2",
        ],
    ),
    ("karafka-web", &["0.9.0.rc2", "0.9.0.rc3"]),
    (
        "waterdrop",
        &["1.0.0.alpha1", "1.0.0.alpha2", "1.2.0.beta1", "2.7.0.beta2"],
    ),
    (
        "karafka-rdkafka",
        &["0.13.0.beta1", "0.13.0.beta2", "0.14.0.beta1"],
    ),
    ("rdkafka", &["0.13.0.beta.2", "0.13.0.beta.4"]),
];

/// Releases that a public lockfile had earlier than the facts date them.
const EARLIER_THAN_THE_FACTS: [(&str, &str, &str); 3] = [
    ("karafka", "0.5.0.1", "2016-10-26"),
    ("karafka", "0.5.0.2", "2017-02-11"),
    ("karafka", "0.5.0.3", "2017-07-02"),
];

#[test]
fn every_release_is_there_as_the_facts_have_it() {
    let Some(facts) = facts("releases.json") else {
        return;
    };
    let catalog = Catalog::karafka().unwrap();
    let first = Version::parse(Scheme::RubyGems, "0.5.0").unwrap();
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
            let earlier = EARLIER_THAN_THE_FACTS.iter().find(|(package, at, _)| {
                *package == name.as_str()
                    && Version::parse(Scheme::RubyGems, at).unwrap() == version
            });
            let dated = match earlier {
                Some((_, _, day)) => {
                    assert!(fact["date"].as_str() > Some(*day), "{name} {version}");
                    Some(*day)
                }
                None => fact["date"].as_str(),
            };
            assert_eq!(date.as_deref(), dated, "{name} {version}");
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
        let beyond = BEYOND_THE_FACTS
            .iter()
            .find(|(package, _)| *package == name.as_str());
        let beyond: &[&str] = beyond.map_or(&[], |(_, versions)| versions);
        for text in beyond {
            let version = Version::parse(Scheme::RubyGems, text).unwrap();
            let release = package.release(&version);
            let release = release.unwrap_or_else(|| panic!("{name} {text}"));
            assert!(version.is_prerelease(), "{name} {text}");
            assert!(release.date().is_some(), "{name} {text}");
        }
        assert_eq!(package.releases().len(), known + beyond.len(), "{name}");
        count += known;
    }
    assert_eq!(count, 648);
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

/// The rules of one kind, as `rungs.catalog/1` has them.
fn rules(kind: &str) -> Vec<Value> {
    let document = catalog_document(&Catalog::karafka().unwrap());
    let document: Value = serde_json::from_str(&document).unwrap();
    let rules = document["rules"].as_array().unwrap().iter();
    rules.filter(|rule| rule["kind"] == kind).cloned().collect()
}

fn requirement(value: &Value) -> String {
    let text = value.as_str().unwrap();
    Requirement::parse(Scheme::RubyGems, text)
        .unwrap()
        .to_string()
}

/// What a pair that does not run is about: both packages with their versions, and where it fails.
fn pair(value: &Value) -> [String; 6] {
    let text = |key: &str| value[key].as_str().unwrap().to_owned();
    [
        text("package"),
        requirement(&value["versions"]),
        text("with"),
        requirement(&value["with_versions"]),
        text("level"),
        text("force"),
    ]
}

#[test]
fn every_pair_that_did_not_run_is_one_conflict_with_its_evidence() {
    let Some(facts) = facts("runs.json") else {
        return;
    };
    let observed = facts["observed"].as_str().unwrap();
    let conflicts = rules("conflict");
    let facts = facts["conflicts"].as_array().unwrap();
    assert_eq!(facts.len(), 29);
    for fact in facts {
        let want = pair(fact);
        let found: Vec<&Value> = conflicts
            .iter()
            .filter(|rule| rule["level"].is_string() && pair(rule) == want)
            .collect();
        assert_eq!(found.len(), 1, "{want:?}");
        let count = |key: &str| fact["evidence"][key].as_array().unwrap().len();
        let (fails, works) = (count("fails"), count("works"));
        let evidence = match fails {
            1 => format!("1 run fails, {works} beside it work ({observed})"),
            _ => format!("{fails} runs fail, {works} beside them work ({observed})"),
        };
        assert_eq!(found[0]["evidence"], evidence, "{want:?}");
        // Only what a lockfile cannot show may keep such a rule from holding.
        let conditions = found[0]["if"].as_array().unwrap();
        assert_eq!(
            conditions.is_empty(),
            fact["condition"].is_null(),
            "{want:?}"
        );
    }
}

#[test]
fn a_pair_is_told_once() {
    let mut seen = BTreeSet::new();
    for rule in rules("conflict") {
        let sides = ["package", "with"].map(|key| rule[key].as_str().unwrap().to_owned());
        let ranges = ["versions", "with_versions"].map(|key| requirement(&rule[key]));
        assert!(seen.insert((sides, ranges)), "{}", rule["id"]);
    }
    // A `requires` beside a conflict of the same two packages would say it a second time.
    for rule in rules("requires") {
        for conflict in rules("conflict") {
            let both = [&conflict["package"], &conflict["with"]];
            let same = both.contains(&&rule["package"]) && both.contains(&&rule["needs"]);
            let overlaps = same && conflict["versions"] == rule["versions"];
            assert!(!overlaps, "{} and {}", rule["id"], conflict["id"]);
        }
    }
}

#[test]
fn releases_that_failed_by_themselves_are_defects() {
    let Some(facts) = facts("runs.json") else {
        return;
    };
    let observed = facts["observed"].as_str().unwrap();
    let defects = rules("defect");
    let facts = facts["defects"].as_array().unwrap();
    assert_eq!(facts.len(), 2);
    for fact in facts {
        let found: Vec<&Value> = defects
            .iter()
            .filter(|rule| {
                let same = |key: &str| rule[key] == fact[key];
                same("package")
                    && same("fixed_in")
                    && same("level")
                    && requirement(&rule["versions"]) == requirement(&fact["versions"])
            })
            .collect();
        assert_eq!(found.len(), 1, "{fact}");
        let fails = fact["evidence"]["fails"].as_array().unwrap().len();
        let evidence = format!("{fails} runs fail ({observed})");
        assert_eq!(found[0]["evidence"], evidence);
        assert_ne!(found[0]["if"], Value::Array(Vec::new()));
    }
}

/// What is never entered unless it is accepted by name.
#[test]
fn bad_releases_are_avoided() {
    let catalog = Catalog::karafka().unwrap();
    let avoided = |name: &str| -> Vec<&str> {
        let releases = catalog.package(name).unwrap().releases().iter();
        releases
            .filter(|release| release.is_avoided())
            .map(|release| release.version().as_str())
            .collect()
    };
    assert_eq!(
        avoided("karafka-rdkafka"),
        [
            "0.16.0.rc1",
            "0.16.0",
            "0.20.0",
            "0.20.1",
            "0.21.0.rc1",
            "0.21.0.rc2",
            "0.21.0",
            "0.22.0.rc1"
        ]
    );
    assert_eq!(avoided("waterdrop"), ["2.9.0", "2.10.0", "2.10.1"]);
    for name in [
        "karafka",
        "karafka-web",
        "karafka-testing",
        "karafka-core",
        "rdkafka",
    ] {
        assert_eq!(avoided(name), Vec::<&str>::new(), "{name}");
    }
    // Each defect has a way out, and one that is known to be fixed is not one of the fixed release.
    for rule in rules("defect") {
        assert!(
            rule["fixed_in"].is_string() || rule["workaround"].is_string(),
            "{}",
            rule["id"]
        );
    }
}

/// Actions that cite the entry of another release than that with which they take effect.
const TOLD_ELSEWHERE: [(&str, &str, &str); 3] = [
    (
        "karafka-2.5-requires-ruby-3.1",
        "251",
        "2.5.1 corrects what 2.5.0 declared",
    ),
    (
        "karafka-core-2.4-driver-window",
        "2410",
        "it sums up the line up to 2.4.10",
    ),
    (
        "waterdrop-2.8-requires-karafka-rdkafka",
        "2816",
        "it sums up the line up to 2.8.16",
    ),
];

#[test]
fn an_action_takes_effect_with_the_release_whose_entry_it_cites() {
    let catalog = Catalog::karafka().unwrap();
    let (mut compared, mut elsewhere) = (0, Vec::new());
    for action in catalog.actions().unwrap().iter() {
        // `Changelog/Karafka-Web-UI.md#0110-2025-06-15`
        let Some((page, anchor)) = action
            .source()
            .strip_prefix("Changelog/")
            .and_then(|source| source.split_once(".md#"))
        else {
            continue;
        };
        let package = page.trim_end_matches("-UI").to_lowercase();
        // What concerns Ruby or Rails may be told in the changelog of any gem.
        if package != action.package().as_str() {
            continue;
        }
        let (cited, _) = anchor.split_once('-').unwrap_or((anchor, ""));
        let cited = cited.trim_start_matches('v');
        let since = action.since().unwrap().as_str();
        compared += 1;
        if since.replace('.', "") != cited {
            elsewhere.push((action.id().as_str(), cited));
        }
    }
    elsewhere.sort_unstable();
    let known: Vec<_> = TOLD_ELSEWHERE.map(|(id, cited, _)| (id, cited)).into();
    assert_eq!(elsewhere, known);
    assert!(compared >= 140, "{compared}");
}
