//! What the program prints is what its schemas say, judged by the crate `jsonschema`.

use crate::common;
use crate::program::{EXAMPLE, Folder, changed, run};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

fn validator(name: &str) -> Validator {
    let schema: Value = serde_json::from_str(rungs::wire::schema(name).unwrap()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[track_caller]
fn fits(text: &str) -> Value {
    let document: Value = serde_json::from_str(text).unwrap();
    let name = document["schema"].as_str().unwrap();
    let errors: Vec<String> = validator(name)
        .iter_errors(&document)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
    document
}

/// The example before a change.
const WHERE_IT_STOOD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/Gemfile.lock");

/// Calls that show each document in each of its shapes: a name, a lockfile, arguments, and the
/// exit code.
fn calls() -> Vec<(&'static str, String, Vec<&'static str>, i32)> {
    let example = || EXAMPLE.to_owned();
    let beyond = || changed("    karafka-web (0.8.0)", "    karafka-web (1.4.0)");
    let newest = "GEM\n  remote: https://rubygems.org/\n  specs:\n    karafka-core (2.6.2)\n    \
                  karafka-rdkafka (0.28.0)\n\
                  \nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  karafka-core\n";
    let impossible = vec![
        "plan",
        "--to",
        "karafka=2.6",
        "--ruby",
        "3.0",
        "--ruby-fixed",
    ];
    vec![
        ("rungs.plan/1", example(), vec!["plan"], 0),
        ("rungs.plan/1", example(), vec!["next"], 0),
        ("rungs.plan/1", example(), vec!["plan", "--ruby", "2.7"], 0),
        ("rungs.plan/1", newest.to_owned(), vec!["plan"], 0),
        ("rungs.plan/1", example(), impossible, 3),
        (
            "rungs.plan/1",
            example(),
            vec!["plan", "--to", "karafka=2.9"],
            4,
        ),
        ("rungs.plan/1", beyond(), vec!["plan"], 4),
        ("rungs.status/1", example(), vec!["status"], 0),
        ("rungs.status/1", example(), vec!["status", "--check"], 1),
        ("rungs.status/1", beyond(), vec!["status"], 4),
        (
            "rungs.status/1",
            example(),
            vec!["status", "--ruby", "9.9"],
            4,
        ),
        ("rungs.status/1", newest.to_owned(), vec!["status"], 0),
        (
            "rungs.lint/1",
            changed("    karafka (2.3.0)", "    karafka (2.2.14)"),
            vec!["lint", WHERE_IT_STOOD, "Gemfile.lock", "--ruby", "3.2"],
            1,
        ),
        (
            "rungs.lint/1",
            changed("    waterdrop (2.6.12)", "    waterdrop (2.6.13)"),
            vec!["lint", WHERE_IT_STOOD, "Gemfile.lock"],
            0,
        ),
        (
            "rungs.lint/1",
            changed("    waterdrop (2.6.12)", "    waterdrop (2.6.13)"),
            vec![
                "lint",
                WHERE_IT_STOOD,
                "Gemfile.lock",
                "--accept",
                "left-behind",
            ],
            0,
        ),
        (
            "rungs.lint/1",
            beyond(),
            vec!["lint", WHERE_IT_STOOD, "Gemfile.lock"],
            1,
        ),
        ("rungs.scan/1", example(), vec!["scan"], 0),
        (
            "rungs.scan/1",
            example(),
            vec!["scan", "--to", "karafka=2.6"],
            0,
        ),
        (
            "rungs.error/1",
            example(),
            vec!["scan", "--rule", "none"],
            2,
        ),
        ("rungs.error/1", example(), vec!["lint", "Gemfile.lock"], 2),
        ("rungs.smoke/1", example(), vec!["smoke", "--dry-run"], 0),
        (
            "rungs.snapshot/1",
            example(),
            vec!["snapshot", "Gemfile.lock"],
            0,
        ),
        ("rungs.catalog/1", example(), vec!["catalog", "show"], 0),
        ("rungs.error/1", String::new(), vec!["plan"], 2),
        (
            "rungs.error/1",
            example(),
            vec!["plan", "--to", "rails=7"],
            2,
        ),
        (
            "rungs.error/1",
            example(),
            vec!["status", "--as-of", "x"],
            2,
        ),
    ]
}

#[test]
fn documents_are_what_their_schemas_say() {
    let mut outcomes = BTreeSet::new();
    for (name, lockfile, mut args, code) in calls() {
        args.extend(["--format", "json"]);
        let run = run(&[("Gemfile.lock", &lockfile)], &args);
        assert_eq!(run.code, code, "{args:?}: {}{}", run.out, run.err);
        let document = fits(&run.out);
        assert_eq!(document["schema"], name, "{args:?}");
        if let Some(outcome) = document["outcome"].as_str() {
            outcomes.insert(outcome.to_owned());
        }
    }
    let wanted = [
        "already_there",
        "impossible",
        "not_run",
        "planned",
        "unknown",
    ];
    assert!(outcomes.iter().eq(wanted.iter()), "{outcomes:?}");
}

#[test]
fn fleets_are_what_their_schemas_say() {
    let folder = Folder::with(&[
        ("Gemfile.lock", EXAMPLE),
        ("Gemfile.broken.lock", "<<<<<<< HEAD\n"),
        (
            "Gemfile.none.lock",
            "GEM\n  specs:\n    rake (13.0)\n\nDEPENDENCIES\n  rake\n",
        ),
    ]);
    let run = folder.run(&["fleet", "."]);
    assert_eq!((run.code, run.out.lines().count()), (0, 3), "{}", run.err);
    let outcomes: Vec<_> = run
        .out
        .lines()
        .map(|line| fits(line)["outcome"].clone())
        .collect();
    assert_eq!(outcomes, [Value::Null, "planned".into(), "none".into()]);
    fits(
        &folder
            .run(&["fleet", ".", "--summary", "--format", "json"])
            .out,
    );
}

#[test]
fn actions_are_what_their_schema_says() {
    let catalog = rungs::catalog::Catalog::karafka().unwrap();
    let document = fits(&rungs::wire::actions_document(&catalog).unwrap());
    let actions = document["actions"].as_array().unwrap();
    assert_eq!(actions.len(), catalog.actions().unwrap().len());
    assert!(actions.len() > 300, "{}", actions.len());
    assert!(actions.iter().any(|action| action["link"].is_string()));
}

#[test]
fn lockfiles_of_the_repository() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/lockfiles");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        documents_of(path.to_str().unwrap());
    }
}

/// What is printed of a lockfile.
fn documents_of(path: &str) {
    let here = Folder::with(&[]);
    fits(&here.run(&["snapshot", path]).out);
    for command in ["plan", "status"] {
        let args = [command, "--format", "json", "--lockfile", path];
        fits(&here.run(&args).out);
    }
}

#[test]
fn lockfiles_of_others() {
    let Some(shared) = common::shared() else {
        println!("NOT RUN: no shared folder");
        return;
    };
    let mut files: Vec<_> = fs::read_dir(shared.join("lockfiles/files"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for path in files.iter().step_by(8) {
        documents_of(path.to_str().unwrap());
    }
}

/// Each object of a document with one key too many, one too few where it is required, and each of
/// its values of another type.
fn spoil(document: &Value, at: &str, spoilt: &mut Vec<(String, Value)>) {
    let mut put = |what: String, value: Value| {
        let mut whole = document.clone();
        *whole.pointer_mut(at).unwrap() = value;
        spoilt.push((what, whole));
    };
    let here = document.pointer(at).unwrap();
    // Nothing that we write is a list of lists.
    put(format!("{at} of another type"), json!([[0]]));
    match here {
        Value::Object(map) => {
            let mut more = map.clone();
            more.insert("a key of no schema".to_owned(), json!([[0]]));
            put(format!("{at} with a key more"), Value::Object(more));
            for key in map.keys() {
                let key = key.replace('~', "~0").replace('/', "~1");
                spoil(document, &format!("{at}/{key}"), spoilt);
            }
        }
        Value::Array(list) if !list.is_empty() => spoil(document, &format!("{at}/0"), spoilt),
        _ => {}
    }
}

#[test]
fn a_document_that_is_spoilt_fails() {
    let mut seen = 0;
    for (name, lockfile, mut args, _) in calls() {
        if name == "rungs.catalog/1" {
            continue;
        }
        args.extend(["--format", "json"]);
        let document = fits(&run(&[("Gemfile.lock", &lockfile)], &args).out);
        let validator = validator(name);
        let mut spoilt = Vec::new();
        spoil(&document, "", &mut spoilt);
        for (what, document) in spoilt {
            assert!(!validator.is_valid(&document), "{name}: {what}");
            seen += 1;
        }
        for key in document.as_object().unwrap().keys() {
            let mut less = document.clone();
            less.as_object_mut().unwrap().remove(key);
            let optional: &[&str] = match name {
                "rungs.plan/1" => &["minimal", "causes", "fixes", "reached"],
                "rungs.status/1" => &["reaches"],
                _ => &[],
            };
            let optional = optional.contains(&key.as_str());
            assert_eq!(validator.is_valid(&less), optional, "{name} without {key}");
        }
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn a_spoilt_catalog_fails() {
    let mut document = fits(&run(&[], &["catalog", "show", "--format", "json"]).out);
    for package in document["packages"].as_array_mut().unwrap() {
        package["releases"].as_array_mut().unwrap().truncate(2);
    }
    let validator = validator("catalog");
    let mut spoilt = Vec::new();
    spoil(&document, "", &mut spoilt);
    for at in 0..document["rules"].as_array().unwrap().len() {
        spoil(&document, &format!("/rules/{at}"), &mut spoilt);
    }
    for (what, document) in spoilt {
        assert!(!validator.is_valid(&document), "{what}");
    }
}

/// What callers send: the schemas and the reader judge alike, wherever the shape alone decides.
#[test]
fn requests_are_what_their_schemas_say() {
    let catalog = rungs::catalog::Catalog::karafka().unwrap();
    let request = json!({
        "schema": "rungs.request/1", "to": ["karafka=2.6"], "pins": ["waterdrop=< 2.9"],
        "ruby_fixed": false, "ruby_to": "3.4", "accept": ["x"], "as_of": "2025-01-31",
        "drop": ["events_kit"], "properties": {"precompiled-driver": true},
        "min_age": 14, "policy": ""
    });
    let snapshot = json!({
        "schema": "rungs.snapshot-request/1", "scheme": "rubygems",
        "packages": {"karafka": "2.3.0"}, "direct": ["karafka"], "runtimes": {"ruby": "3.2"}
    });
    let reads_request = |text: &str| rungs::wire::read_request(text, &catalog).is_ok();
    let reads_snapshot = |text: &str| rungs::wire::read_snapshot(text).is_ok();
    type Reads<'a> = &'a dyn Fn(&str) -> bool;
    let both: [(_, _, Reads<'_>); 2] = [
        ("rungs.request/1", request, &reads_request),
        ("rungs.snapshot-request/1", snapshot, &reads_snapshot),
    ];
    for (name, whole, reads) in both {
        let validator = validator(name);
        let judge = |document: &Value, wanted: bool, what: &str| {
            assert_eq!(validator.is_valid(document), wanted, "{name}: {what}");
            assert_eq!(reads(&document.to_string()), wanted, "{name}: {what}");
        };
        judge(&whole, true, "whole");
        judge(&json!({}), true, "empty");
        let mut spoilt = Vec::new();
        spoil(&whole, "", &mut spoilt);
        assert!(spoilt.len() > 8);
        for (what, document) in spoilt {
            // Names are free in an object of texts, so a value that is no text is what spoils it.
            judge(&document, false, &what);
        }
    }
}

#[test]
fn the_program_prints_schemas() {
    let list = run(&[], &["schema"]);
    assert_eq!((list.code, list.err.as_str()), (0, ""));
    assert_eq!(
        list.out,
        "rungs.plan/1\nrungs.why/1\nrungs.status/1\nrungs.fleet/1\nrungs.fleet-summary/1\nrungs.lint/1\nrungs.scan/1\nrungs.snapshot/1\nrungs.catalog/1\n\
         rungs.actions/1\nrungs.smoke/1\nrungs.error/1\nrungs.request/1\nrungs.snapshot-request/1\n"
    );
    for name in list.out.lines() {
        let schema = run(&[], &["schema", name]);
        assert_eq!((schema.code, schema.err.as_str()), (0, ""));
        assert_eq!(Some(schema.out.as_str()), rungs::wire::schema(name));
        let schema: Value = serde_json::from_str(&schema.out).unwrap();
        assert_eq!(schema["title"], name);
        let file = format!(
            "{}/schemas/{}.json",
            env!("CARGO_MANIFEST_DIR"),
            name.replace('/', ".")
        );
        assert!(fs::exists(&file).unwrap(), "{file}");
    }
    let unknown = run(&[], &["schema", "rungs.plan/2"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(
        unknown.err.contains("expected one of rungs.plan/1, "),
        "{}",
        unknown.err
    );
}
