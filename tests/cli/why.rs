//! `rungs why`: where a package stands along a plan, and why it cannot be elsewhere.

use std::process::Command;

fn why(args: &[&str]) -> (String, String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_rungs"))
        .env("SOURCE_DATE_EPOCH", crate::program::NOW)
        .arg("why")
        .args(args)
        .args(["--lockfile", "examples/Gemfile.lock"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code(),
    )
}

#[test]
fn a_package_along_a_plan() {
    let (out, err, code) = why(&["waterdrop", "--to", "karafka=2.6"]);
    assert_eq!((err.as_str(), code), ("", Some(0)));
    assert_eq!(
        out,
        "waterdrop is at 2.6.12.\n\n  \
         step  1  to 2.6.14  2.7.0 requires karafka-core >= 2.4.0, < 3.0.0\n  \
         step  2  to 2.7.4   the newest of 2.7; one line per step\n  \
         step  3  to 2.8.5   2.8.8 requires karafka-rdkafka >= 0.20.0\n  \
         step  4  to 2.10.3  the newest release\n  \
         step  5  at 2.10.3  the newest release\n\n\
         Catalog karafka, known up to 2026-08-19.\n"
    );
}

#[test]
fn a_version_on_the_way_to_just_that() {
    let (out, _, code) = why(&["waterdrop@2.8.16"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("  step  4  to 2.8.16  requested\n"), "{out}");
}

#[test]
fn a_line_that_cannot_be() {
    let (out, _, code) = why(&["karafka@2.6", "--ruby", "3.0", "--ruby-fixed"]);
    assert_eq!(code, Some(3));
    assert_eq!(
        out,
        "karafka is at 2.3.0.\n\nBlocked by: ruby is fixed at 3.0; karafka 2.6.0 requires ruby >= 3.2.0\n\n\
         Each of these changes gives a plan:\n  - upgrade ruby to 3.2: 6 steps\n  \
         - stop at karafka 2.4: 2 steps\n\n\
         Catalog karafka, known up to 2026-08-19.\n"
    );
}

#[test]
fn a_release_that_no_plan_enters() {
    let (out, _, code) = why(&["karafka-testing@2.6.0"]);
    assert_eq!(code, Some(3));
    assert!(
        out.contains("karafka-testing 2.6.0 is excluded: it pins karafka"),
        "{out}"
    );
    let (out, _, code) = why(&["karafka@2.5.10.rc1"]);
    assert_eq!(code, Some(3));
    assert!(
        out.contains("karafka 2.5.10.rc1 is excluded: it is a prerelease"),
        "{out}"
    );
}

#[test]
fn questions_that_are_none() {
    let (_, err, code) = why(&["karafka@"]);
    assert_eq!(code, Some(2));
    assert_eq!(
        err,
        "rungs: \"karafka@\" asks for nothing: expected karafka@LINE or karafka@VERSION\n"
    );
    let (_, err, _) = why(&["nope"]);
    assert!(
        err.starts_with("rungs: no package \"nope\" in the catalog karafka\n"),
        "{err}"
    );
}

#[test]
fn the_document_fits_its_schema() {
    let (out, _, _) = why(&["waterdrop", "--to", "karafka=2.6", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let schema = serde_json::from_str(rungs::wire::schema("why").unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&document), "{out}");
    let plan = serde_json::from_str(rungs::wire::schema("plan").unwrap()).unwrap();
    assert!(
        jsonschema::validator_for(&plan)
            .unwrap()
            .is_valid(&document["plan"])
    );
    assert_eq!(document["stands"][4]["version"], "2.10.3");
}
