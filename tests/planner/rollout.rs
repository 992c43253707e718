//! What the embedded catalog knows of rolling out, against the facts it was made from.

use crate::common;
use rungs::catalog::{Catalog, Rolling, Rollout, Source};
use rungs::{ErrorCode, Scheme, Version};
use serde_json::Value;

fn version(text: &str) -> Version {
    Version::parse(Scheme::RubyGems, text).unwrap()
}

#[test]
fn every_list_is_there() {
    let catalog = Catalog::karafka().unwrap();
    let rollout = catalog.rollout().unwrap();
    let counts = [
        rollout.components().len(),
        rollout.order().len(),
        rollout.stages().len(),
        rollout.must_stop().len(),
        rollout.rolling().len(),
        rollout.sequences().len(),
        rollout.joint().len(),
        rollout.runtimes().len(),
        rollout.commands().len(),
        rollout.topics().len(),
        rollout.schemas().len(),
        rollout.rollback().len(),
        rollout.expected_errors().len(),
        rollout.boot_errors().len(),
        rollout.signals().len(),
        rollout.advice().len(),
        rollout.contradictions().len(),
        rollout.lifecycles().len(),
        rollout.links().len(),
        rollout.editions().len(),
    ];
    assert_eq!(
        counts,
        [
            4, 2, 13, 4, 8, 8, 5, 3, 4, 5, 3, 3, 2, 5, 10, 11, 3, 8, 2, 1
        ]
    );
}

#[test]
fn what_a_step_asks_for_can_be_looked_up() {
    let catalog = Catalog::karafka().unwrap();
    let rollout = catalog.rollout().unwrap();
    let stops = |package: &str, from: &str, to: &str| -> Vec<&str> {
        let (from, to) = (version(from), version(to));
        let entered = rollout.must_stop().iter().filter(|stop| {
            let mut entering = stop.entering().iter();
            entering.any(|it| it.is_in(package, Some(&from), &to))
        });
        entered.map(|stop| stop.id()).collect()
    };
    assert_eq!(stops("karafka-web", "0.6.3", "0.7.10"), ["karafka-web-0.7"]);
    assert_eq!(stops("karafka-web", "0.6.3", "0.7.0"), ["karafka-web-0.7"]);
    assert!(stops("karafka-web", "0.7.0", "0.7.10").is_empty());
    assert!(stops("karafka", "0.6.3", "0.7.10").is_empty());
    assert_eq!(stops("karafka", "1.4.15", "2.0.41"), ["karafka-2.0"]);
    assert_eq!(
        stops("karafka", "2.3.4", "2.4.18"),
        ["karafka-2.4-group-ids"]
    );

    let patches = &rollout.rolling()[1];
    assert!(!patches.command() && rollout.rolling()[2].command());
    assert_eq!(patches.entering()[1].since(), &version("0.11.6"));

    let report = &rollout.schemas()[0];
    for (release, schema) in [
        ("0.5.1", None),
        ("0.5.2", Some("1.2.0")),
        ("0.10.4", Some("1.4.0")),
        ("0.11.5", Some("1.5.0")),
        ("1.0.0", Some("1.7.0")),
    ] {
        assert_eq!(report.at(&version(release)), schema, "{release}");
    }
    let group_ids = &rollout.sequences()[1];
    assert_eq!(group_ids.rolling(), Rolling::Conditional);
    assert_eq!(
        group_ids.condition(),
        Some("only with unchanged effective group ids")
    );
    assert!(group_ids.command() && !rollout.sequences()[3].command());
    assert!(
        rollout.joint()[2].members()[4]
            .versions()
            .matches(&version("2.7.4"))
    );
}

#[test]
fn sources_have_addresses() {
    let catalog = Catalog::karafka().unwrap();
    let link = |source: &str| catalog.rollout().unwrap().link(source);
    assert_eq!(
        link("Upgrades/Karafka/2.6.md#upgrading-to-karafka-26").as_deref(),
        Some("https://karafka.io/docs/Upgrades-Karafka-2.6/#upgrading-to-karafka-26")
    );
    assert_eq!(
        link("code:karafka@v2.6.0:karafka.gemspec").as_deref(),
        Some("https://github.com/karafka/karafka/blob/v2.6.0/karafka.gemspec")
    );
    let address = "https://example.com/a#b";
    assert_eq!(link(address).as_deref(), Some(address));
    for none in ["", "code:", "code:a@b", "a talk", "http://example.com"] {
        assert_eq!(link(none), None, "{none}");
    }
    // Every source of the embedded catalog has one.
    for action in catalog.actions().unwrap().iter() {
        assert!(link(action.source()).is_some(), "{}", action.source());
    }
    for rule in catalog.rules() {
        assert!(link(rule.source()).is_some(), "{}", rule.source());
    }
}

#[test]
fn lines_of_rails_are_those_of_the_facts() {
    let Some(shared) = common::shared() else {
        return println!("NOT RUN: no facts");
    };
    let text = std::fs::read_to_string(shared.join("facts/lifecycle.json")).unwrap();
    let facts: Value = serde_json::from_str(&text).unwrap();
    let catalog = Catalog::karafka().unwrap();
    let ours: Vec<_> = catalog.rollout().unwrap().lifecycles().iter().collect();
    let theirs = facts["rails"].as_array().unwrap();
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours.line(), theirs["line"]);
        assert_eq!(ours.status().name(), theirs["status"]);
        let end = ours.end_of_life().map(|day| day.to_string());
        assert_eq!(end.as_deref(), theirs["eol"].as_str());
    }
}

/// Every text of the facts stands in the catalog's file, word for word; what does not is named
/// here with the reason.
#[test]
fn every_text_of_the_facts_is_carried_over() {
    let Some(shared) = common::shared() else {
        return;
    };
    let text = std::fs::read_to_string(shared.join("facts/rollout.json")).unwrap();
    let facts: Value = serde_json::from_str(&text).unwrap();
    let sources = Catalog::karafka_sources();
    let ours = sources
        .iter()
        .find(|it| it.name() == "rollout.toml")
        .unwrap();
    let mut missing = Vec::new();
    for (key, value) in facts.as_object().unwrap() {
        // Where it was read; sets that the planner computes itself; what docs/catalog.md explains.
        if ![
            "as_of",
            "sources",
            "verified_path",
            "verified_path_note",
            "notation",
        ]
        .contains(&key.as_str())
        {
            texts(key, value, &mut |path, text| {
                if !ours.text().contains(text) {
                    missing.push(format!("{path}: {text}"));
                }
            });
        }
    }
    assert_eq!(missing.join("\n"), EXCEPTIONS.trim());
}

/// Written otherwise: versions as requirements, flags, a reference as what it means.
const EXCEPTIONS: &str = r"
joint_steps.gems: karafka 2.2.8+
joint_steps.gems: karafka-web 0.7.7+
joint_steps.gems: karafka-testing 2.3
joint_steps.gems: karafka-core 2.3
joint_steps.gems: karafka-testing 2.4
joint_steps.gems: karafka-core 2.4
joint_steps.gems: karafka-testing 2.5
joint_steps.gems: karafka-core 2.5
joint_steps.gems: karafka-web 1.0
joint_steps.gems: karafka-testing 2.6.1+
joint_steps.gems: karafka-core 2.6.2+
joint_steps.gems: karafka-rdkafka 0.28+
per_version_exceptions.prerequisite: 0.8.2 (inferred)
pre_2_0.consumers: all down at once
rolling_with_conditions.cli: none
rolling_with_conditions.cli: none
rolling_with_conditions.expect: same as above because the report schema changes
stages.n: 13
stages.what: go back to stage 1 for the next line
stages_note: stages 1 to 3, 5 to 8 and 10 to 12 are the published procedure; 4, 9 and 13 come from the per-line guides
";

fn texts(path: &str, value: &Value, see: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => see(path, text),
        Value::Number(number) => see(path, &number.to_string()),
        Value::Array(list) => list.iter().for_each(|value| texts(path, value, see)),
        Value::Object(map) => {
            for (key, value) in map {
                texts(&format!("{path}.{key}"), value, see);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

// ---- what the reader refuses -------------------------------------------------------------------

const WORLD: &str = "format = 1\nname = \"small\"\nscheme = \"rubygems\"\nhorizon = 2026-08-19\n\
    order = [\"a\"]\n[package.a]\nrole = \"stepped\"\nreleases = '''\n1.0.0 2020-01-01\n\
    1.2.0 2021-01-01\n'''\n";

fn small(text: &str) -> Catalog {
    let text = format!("holds = \"rollout\"\nformat = 1\n{text}");
    let sources = vec![
        Source::new("world.toml", WORLD),
        Source::new("r.toml", text),
    ];
    Catalog::parse(sources).unwrap()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let wrong = "[[command]]\npackage = \"b\"\nsince = \"1.2.0\"\ncommand = \"\"\n\
        [[command]]\npackage = \"a\"\nsince = \"1.1.0\"\ncommand = \"x\"\n\
        [[joint]]\nmembers = []\nwhy = \"y\"\nhow = 1\n\
        [[sequence]]\npackage = \"a\"\nsince = \"1.2.0\"\nprerequisite = \"p\"\nrolling = \"maybe\"\n";
    let catalog = small(wrong);
    let error = catalog.rollout().unwrap_err();
    assert_eq!(catalog.validate_all().unwrap_err(), error);
    let found: Vec<_> = error.problems().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "r.toml:4:11: the catalog has no package b",
            "r.toml:6:11: command is empty",
            "r.toml:9:9: a has no line 1.1, and 1.1.0 is not beyond its newest release",
            "r.toml:11:1: this entry lacks documented",
            "r.toml:14:1: unknown key \"how\" of this entry: expected members, why, documented",
            "r.toml:19:11: unknown rolling \"maybe\": expected yes, conditional, no",
        ]
    );
    let error = small("[[colour]]\n").rollout().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("r.toml:3:3: unknown key \"colour\" of this file")
    );
    let format = Source::new("r.toml", "holds = \"rollout\"\nformat = 2\n");
    let catalog = Catalog::parse(vec![Source::new("world.toml", WORLD), format]).unwrap();
    let error = catalog.rollout().unwrap_err();
    assert_eq!(error.to_string(), "r.toml:2:10: unknown format: expected 1");
    // Problems of actions and of rollout are said together.
    let bad = |what: &str| Source::new(format!("{what}.toml"), format!("holds = \"{what}\"\n"));
    let sources = vec![
        Source::new("world.toml", WORLD),
        bad("rollout"),
        bad("actions"),
    ];
    let error = Catalog::parse(sources).unwrap().validate_all().unwrap_err();
    let found: Vec<_> = error.problems().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "actions.toml:1:1: unknown format: expected 1",
            "rollout.toml:1:1: unknown format: expected 1",
        ]
    );
}

#[test]
fn a_list_of_a_later_layer_stands_in_for_those_before() {
    let below = small(
        "[[signal]]\nsignal = \"s\"\nlook_for = \"l\"\n[[advice]]\ntopic = \"t\"\nwhat = \"w\"\n",
    );
    let over =
        "holds = \"rollout\"\nformat = 1\n[[signal]]\nsignal = \"other\"\nlook_for = \"l\"\n";
    let head = Source::new("o.toml", "format = 1\nextends = \"small\"\n");
    let catalog = below
        .overlay(vec![head, Source::new("over.toml", over)])
        .unwrap();
    let rollout = catalog.rollout().unwrap();
    assert_eq!(rollout.signals().len(), 1);
    assert_eq!(rollout.signals()[0].signal(), "other");
    assert_eq!(rollout.advice()[0].what(), "w");
}

#[test]
fn every_bound_holds_at_the_limit_and_not_beyond() {
    let advice = |len: usize| {
        format!(
            "[[advice]]\ntopic = \"t\"\nwhat = \"{}\"\n",
            "x".repeat(len)
        )
    };
    assert!(small(&advice(Rollout::MAX_TEXT)).rollout().is_ok());
    let error = small(&advice(Rollout::MAX_TEXT + 1))
        .rollout()
        .unwrap_err()
        .code();
    assert_eq!(error, ErrorCode::TooLarge);
    assert!(
        small(&advice(1).repeat(Rollout::MAX_LIST))
            .rollout()
            .is_ok()
    );
    let many = advice(1).repeat(Rollout::MAX_LIST + 1);
    assert_eq!(
        small(&many).rollout().unwrap_err().code(),
        ErrorCode::TooLarge
    );
}
