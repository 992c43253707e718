//! `rungs why`: where a package stands along a plan, and why it cannot be elsewhere.

use crate::BROKERS;
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

/// Ruby has a version too: what holds it there, and what it could be.
#[test]
fn a_runtime_along_a_plan() {
    let (out, err, code) = why(&["ruby", "--to", "karafka=2.6"]);
    assert_eq!((err.as_str(), code), ("", Some(0)));
    assert_eq!(
        out,
        "ruby is at 3.2.2.

  step  1  at 3.2.2  karafka-core 2.3.0 requires >= 2.7.0; 2.7 to 4.0 are
                     allowed
  step  2  at 3.2.2  karafka-testing 2.4.7 requires >= 3.1.0; 3.1 to 4.0 are
                     allowed
  step  3  at 3.2.2  karafka-web 0.10.4 requires >= 3.1.0; 3.1 to 4.0 are
                     allowed
  step  4  at 3.2.2  karafka 2.5.9 requires >= 3.2.0; 3.2 to 4.0 are allowed
  step  5  at 3.2.2  karafka 2.6.0 requires >= 3.2.0; 3.2 to 4.0 are allowed

Required by:
  - karafka-core 2.3.0: >= 2.7.0
  - karafka-rdkafka 0.14.8: >= 2.7

Catalog karafka, known up to 2026-08-19.
"
    );
}

#[test]
fn a_runtime_that_has_to_move_one_that_nobody_named_and_one_of_another_catalog() {
    let (out, _, code) = why(&["ruby", "--to", "karafka=2.6", "--ruby", "2.7"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("ruby is at 2.7.\n"), "{out}");
    // It goes to 3.2 and no lower, since a later step requires that.
    let moved = "  step  2  to 3.2  for step 5: karafka 2.5.9 requires >= 3.2.0\n";
    assert!(out.contains(moved), "{out}");
    let (out, _, code) = why(&["ruby@3.4"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("  step  1  to 3.4  requested\n"), "{out}");
    let folder = crate::program::Folder::with(&[("Gemfile.lock", crate::program::NEWEST)]);
    let run = folder.run(&["why", "ruby"]);
    let start = "No version of ruby is named: --runtime ruby=VERSION does.\n";
    assert!(run.out.starts_with(start), "{}", run.out);
    assert!(
        run.out.contains("  - karafka 2.6.0: >= 3.2.0\n"),
        "{}",
        run.out
    );
    let run = folder.run(&[&["why", "java", "--runtime", "java=11"], &BROKERS[..]].concat());
    assert!(run.out.starts_with("java is at 11.0.\n"), "{}", run.out);
    assert!(run.out.contains(" requires >= 17"), "{}", run.out);
}

#[test]
fn what_is_no_package_is_told_with_what_to_do() {
    for (asked, help) in [
        (
            "bundler",
            "plans move neither Bundler nor RubyGems; with --index DIR a note names each release that needs a newer RubyGems",
        ),
        (
            "rubygems",
            "plans move neither Bundler nor RubyGems; with --index DIR a note names each release that needs a newer RubyGems",
        ),
        ("java", "it is in the catalog kafka: add --catalog kafka"),
        (
            "kubelet",
            "it is in the catalog kubernetes: add --catalog kubernetes",
        ),
        (
            "karafca",
            "did you mean karafka? it knows karafka, karafka-web, waterdrop, karafka-testing, karafka-core, karafka-rdkafka, rdkafka",
        ),
    ] {
        let (out, err, code) = why(&[asked]);
        assert_eq!((out.as_str(), code), ("", Some(2)));
        let words = err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            words,
            format!("rungs: no package {asked:?} in the catalog karafka {help}")
        );
    }
}
