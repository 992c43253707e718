//! `rungs lint` and the policy file as people call them.

use crate::program::{EXAMPLE, Folder, Run, changed};
use serde_json::{Value, json};

const DAY: [&str; 2] = ["--as-of", "2026-08-19"];

/// The example with the newest patches: the first step of every plan.
fn settled() -> String {
    let mut text = EXAMPLE.to_owned();
    for (from, to) in [
        ("    karafka (2.3.0)", "    karafka (2.3.4)"),
        ("    karafka-web (0.8.0)", "    karafka-web (0.8.2)"),
        ("    waterdrop (2.6.12)", "    waterdrop (2.6.14)"),
        ("    karafka-testing (2.3.1)", "    karafka-testing (2.3.3)"),
        (
            "    karafka-rdkafka (0.14.8)",
            "    karafka-rdkafka (0.14.11)",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    text
}

/// A folder with the example as `old.lock`, `new` as `Gemfile.lock` and perhaps a policy.
fn folder(new: &str, policy: Option<&str>) -> Folder {
    let mut files = vec![("old.lock", EXAMPLE), ("Gemfile.lock", new)];
    files.extend(policy.map(|policy| ("rungs.toml", policy)));
    Folder::with(&files)
}

fn lint(new: &str, policy: Option<&str>, args: &[&str]) -> Run {
    let mut all = vec!["lint", "old.lock", "Gemfile.lock"];
    all.extend(DAY);
    all.extend(args);
    folder(new, policy).run(&all)
}

#[test]
fn the_first_step_is_clean() {
    let run = lint(&settled(), None, &["--strict"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        format!("\n{}", run.out),
        "
karafka          2.3.0 -> 2.3.4
karafka-web      0.8.0 -> 0.8.2
waterdrop        2.6.12 -> 2.6.14
karafka-testing  2.3.1 -> 2.3.3
karafka-rdkafka  0.14.8 -> 0.14.11

note: support of karafka 2.3 ended on 2025-03-01
  Gemfile.lock:100: end-of-life

note: support of karafka-web 0.8 ended on 2024-08-31
  Gemfile.lock:113: end-of-life

note: support of waterdrop 2.6 ended on 2024-09-30
  Gemfile.lock:229: end-of-life

Actions for this change
  actions: 1 informational
  deploy: consumers, then web-ui

The catalog karafka (up to 2026-08-19) allows this change: 3 notes.
"
    );
}

#[test]
fn a_jump_fails_in_words() {
    let new = changed("    karafka-web (0.8.0)", "    karafka-web (0.11.6)");
    let run = lint(&new, None, &[]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    let wanted = "
error: karafka-web skips lines 0.9, 0.10
  Gemfile.lock:113: skipped-line
  upgrade to 0.9 first: `rungs next` on the old lockfile shows that step

error: karafka-web enters 0.11 from 0.8.0 instead of >= 0.10.4: 0.10.4 has to be
       fully deployed first
  Gemfile.lock:113: gate-not-met/karafka-web-0.11-gate-0.10.4
  Upgrades/Web-UI/0.11.md#deployment
  deploy karafka-web >= 0.10.4 first
";
    assert!(run.out.contains(wanted), "{}", run.out);
    assert!(run.out.lines().all(|line| line.chars().count() <= 80));
}

/// One command for what stops short, with the lines that it needs.
#[test]
fn a_change_that_stops_short_is_told_what_to_run() {
    let run = lint(
        &changed("    waterdrop (2.6.12)", "    waterdrop (2.6.13)"),
        None,
        &[],
    );
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        format!("\n{}", run.out),
        "
waterdrop  2.6.12 -> 2.6.13

note: support of waterdrop 2.6 ended on 2024-09-30
  Gemfile.lock:229: end-of-life

warning: waterdrop 2.6.14 resolves with the others, and the change stops at
         2.6.13
  Gemfile.lock:229: left-behind

Fix
  waterdrop  2.6.13 -> 2.6.14
  gem \"karafka-rdkafka\", \"0.14.8\"  # rungs: temporary, else 0.14.11
  $ bundle update waterdrop

Actions for this change
  deploy: consumers, then web-ui

1 warning, 1 note; catalog karafka, up to 2026-08-19.
"
    );
    let document = lint(
        &changed("    waterdrop (2.6.12)", "    waterdrop (2.6.13)"),
        None,
        &["--format", "json"],
    );
    let document: Value = serde_json::from_str(&document.out).unwrap();
    let cure = &document["cure"];
    assert_eq!(
        (&cure["kind"], &cure["changes"], &cure["runtimes"]),
        (
            &json!("packages"),
            &json!([{ "package": "waterdrop", "from": "2.6.13", "to": "2.6.14" }]),
            &json!({})
        )
    );
    let cured: Vec<&Value> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| &finding["cured"])
        .collect();
    assert_eq!(cured, [&json!(false), &json!(true)]);
}

/// What breaks and what has to be done is named, not only counted.
#[test]
fn actions_are_named() {
    let mut new = settled();
    for (from, to) in [
        ("karafka-web (0.8.2)\n", "karafka-web (0.9.2)\n"),
        (
            "karafka (2.3.4)\n      karafka-core (>= 2.3.0, < 2.4.0)\n      waterdrop (>= 2.6.12",
            "karafka (2.4.18)\n      karafka-core (>= 2.4.4, < 2.5.0)\n      karafka-rdkafka (>= 0.17.2)\n      waterdrop (>= 2.7.3",
        ),
        (
            "karafka-core (2.3.0)\n      karafka-rdkafka (>= 0.14.8, < 0.15.0)",
            "karafka-core (2.4.11)\n      karafka-rdkafka (>= 0.17.6, < 0.20.0)",
        ),
        ("(0.14.11)", "(0.19.5)"),
        (
            "karafka-testing (2.3.3)\n      karafka (>= 2.3.0, < 2.4.0)\n      waterdrop (>= 2.6.12)",
            "karafka-testing (2.4.7)\n      karafka (>= 2.4.0, < 2.5.0)\n      waterdrop (>= 2.7.0)",
        ),
        (
            "      karafka (>= 2.3.0, < 2.4.0)\n      karafka-core (>= 2.3.0, < 2.4.0)",
            "      karafka (>= 2.4.0, < 2.5.0)\n      karafka-core (>= 2.4.0, < 2.5.0)",
        ),
        (
            "waterdrop (2.6.14)\n      karafka-core (>= 2.2.3, < 3.0.0)",
            "waterdrop (2.7.4)\n      karafka-core (>= 2.4.3, < 3.0.0)\n      karafka-rdkafka (>= 0.15.1)",
        ),
    ] {
        assert!(new.contains(from), "{from}");
        new = new.replacen(from, to, 1);
    }
    let folder = Folder::with(&[("old.lock", &settled()), ("Gemfile.lock", &new)]);
    let mut args = vec!["lint", "old.lock", "Gemfile.lock"];
    args.extend(DAY);
    let run = folder.run(&args);
    println!("{}", run.out);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.lines().all(|line| line.chars().count() <= 80));
    for named in [
        "  possibly breaking: The consumer mapper setting no longer exists.\n    \
         karafka-2.4-consumer-mapper-removed\n",
        "  possibly required: The admin consumer group also loses the prefix.\n    \
         karafka-2.4-admin-group-id\n",
    ] {
        assert!(run.out.contains(named), "{named}: {}", run.out);
    }
    // What is to be reviewed or known stays a number.
    assert!(!run.out.contains("to review: "), "{}", run.out);
    let bars = run.out.matches("\n  breaking: ").count()
        + run.out.matches("\n  possibly breaking: ").count();
    let text = format!("  actions: {bars} breaking, ");
    assert!(run.out.contains(&text), "{text}: {}", run.out);
}

#[test]
fn where_nothing_moves_nothing_is_brought() {
    let run = lint(&EXAMPLE.replacen("(13.2.1)", "(13.2.2)", 1), None, &[]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (
            0,
            "No package of the catalog karafka changes.\n\nThe catalog karafka (up to \
             2026-08-19) allows this change.\n"
        )
    );
}

#[test]
fn exit_codes() {
    let code = |new: &str, args: &[&str]| lint(new, None, args).code;
    let behind = changed("    waterdrop (2.6.12)", "    waterdrop (2.6.13)");
    assert_eq!(code(&behind, &[]), 0, "a warning");
    assert_eq!(code(&behind, &["--strict"]), 1);
    assert_eq!(code(&behind, &["--strict", "--accept", "left-behind"]), 0);
    let beyond = settled().replacen("(0.8.2)", "(0.8.9)", 1);
    assert_eq!(code(&beyond, &[]), 4);
    assert_eq!(code(&beyond, &["--strict"]), 4);
    assert_eq!(code(&beyond, &["--accept", "unknown"]), 0);
    let two = beyond.replacen("(2.6.14)", "(2.6.99)", 1);
    assert_eq!(code(&two, &["--strict"]), 4);
    assert_eq!(code(EXAMPLE, &[]), 0);
    for wrong in [&["--accept", "x"][..], &["--as-of", "x"], &["more.lock"]] {
        assert_eq!(code(EXAMPLE, wrong), 2, "{wrong:?}");
    }
    let alone = folder(EXAMPLE, None).run(&["lint", "Gemfile.lock"]);
    assert_eq!(
        (alone.code, alone.err.as_str()),
        (
            2,
            "rungs: lint compares two lockfiles: expected `rungs lint OLD NEW`, or `--base REV`\n"
        )
    );
}

const POLICY: &str = "min_age = 14

[[accept]]
rule = \"karafka-2.4-gate-latest-2.3\"
why = \"we run what 2.3.4 fixed as a patch of our own\"
until = 2026-12-31

[[accept]]
rule = \"karafka-web-0.9-gate-latest-0.8\"
why = \"nobody looks at it yet\"

[pins]
waterdrop = \"< 2.9\"

[targets]
karafka = \"2.5\"
";

#[test]
fn a_policy_gives_a_plan_its_defaults() {
    let plan = |policy: Option<&str>, args: &[&str]| {
        let mut all = vec!["plan", "--format", "json"];
        all.extend(DAY);
        all.extend(args);
        let run = folder(EXAMPLE, policy).run(&all);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        serde_json::from_str::<Value>(&run.out).unwrap()
    };
    let ruled = plan(Some(POLICY), &[]);
    let steps = ruled["steps"].as_array().unwrap();
    assert_eq!(ruled["target"], json!({ "karafka": "2.5" }));
    // The gates being accepted, nothing has to be settled first.
    assert_eq!(steps[0]["state"]["packages"]["karafka"], "2.4.18");
    let last = &steps[steps.len() - 1]["state"]["packages"];
    assert_eq!(
        (&last["karafka"], &last["waterdrop"]),
        (&json!("2.5.9"), &json!("2.8.16"))
    );
    // The call has the last word on targets and the minimum age; a file of another name must be
    // asked for.
    let called = plan(Some(POLICY), &["--to", "karafka=2.4"]);
    assert_eq!(called["target"], json!({ "karafka": "2.4" }));
    let free = plan(None, &["--to", "karafka=2.5"]);
    assert_ne!(free["steps"], ruled["steps"]);
    let lint_only = "accept = [{ rule = \"left-behind\", why = \"later\" }]";
    assert_eq!(
        plan(Some(lint_only), &[])["steps"],
        plan(None, &[])["steps"]
    );
    let missing = folder(EXAMPLE, None).run(&["plan", "--policy", "x.toml"]);
    assert_eq!(
        (missing.code, missing.err.as_str()),
        (2, "rungs: cannot read x.toml: no such file\n")
    );
}

#[test]
fn a_policy_accepts_until_a_day_and_only_what_is_there() {
    let accepting =
        |rule: &str| format!("accept = [{{ rule = \"{rule}\", why = \"w\", until = 2026-08-19 }}]");
    let behind = changed("    waterdrop (2.6.12)", "    waterdrop (2.6.13)");
    let run = lint(&behind, Some(&accepting("left-behind")), &["--strict"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(
        run.out.contains("\nAccepted\n  waterdrop 2.6.14 resolves"),
        "{}",
        run.out
    );
    let idle = lint(&behind, Some(&accepting("downgrade")), &[]);
    assert_eq!((idle.code, idle.out.as_str()), (2, ""));
    assert_eq!(
        idle.err,
        "rungs: rungs.toml:1:20: the acceptance of \"downgrade\" matches nothing here\n  \
         take it out, or check whether it still applies\n"
    );
    // Where nothing moves nothing can match.
    assert_eq!(lint(EXAMPLE, Some(&accepting("downgrade")), &[]).code, 0);
    let mut late = vec!["lint", "old.lock", "Gemfile.lock", "--as-of", "2026-08-20"];
    let policy = accepting("left-behind");
    let over = folder(&behind, Some(&policy)).run(&late);
    let words =
        "rungs: rungs.toml:1:20: the acceptance of \"left-behind\" ended on 2026-08-19: w\n";
    assert_eq!((over.code, over.out.as_str()), (2, ""));
    assert!(over.err.starts_with(words), "{}", over.err);
    late.splice(0..3, ["plan"]);
    let over = folder(&behind, Some(&policy)).run(&late);
    assert_eq!(over.code, 2);
    assert!(over.err.starts_with(words), "{}", over.err);
    let pinned = lint(&settled(), Some("pins = { waterdrop = \"< 2.6.14\" }"), &[]);
    assert_eq!(pinned.code, 1);
    assert!(
        pinned
            .out
            .contains("error: waterdrop 2.6.14 is outside its pin < 2.6.14")
    );
}

#[test]
fn every_problem_of_a_policy_is_told_with_its_place() {
    let policy = r#"accepts = []
min_age = "a week"
targets = "karafka=2.6"

[pins]
karafka = "~> x"
rails = "~> 7.0"
waterdrop = 2

[[accept]]
rule = "gate"
why = "w"

[[accept]]
rule = "karafka-2.1-gate-2.0.41"
why = "w"

[[accept]]
rule = "left-behind"

[[accept]]
rule = "left-behind"
why = " "
until = "soon"
by = "me"

[[accept]]
rule = "downgrade"
why = "w"

[[accept]]
rule = "downgrade"
why = "w"
"#;
    let run = lint(EXAMPLE, Some(policy), &[]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    let problems: Vec<&str> = run
        .err
        .lines()
        .filter_map(|line| line.strip_prefix("rungs: rungs.toml:"))
        .collect();
    assert_eq!(
        problems,
        [
            "1:1: unknown key \"accepts\" of a policy: expected accept, pins, min_age, targets",
            "2:11: min_age is not a number of days",
            "3:11: targets is not a table: expected lines such as karafka = \"…\" below [targets]",
            "6:11: \"~> x\" is not a rubygems requirement: expected one of = != > < >= <= ~> and a \
             version",
            "7:9: no package \"rails\" in the catalog karafka",
            "8:13: pins has something that is not a text",
            "11:8: no rule \"gate\", neither of lint nor of the catalog karafka",
            "15:8: rule \"karafka-2.1-gate-2.0.41\" cannot be accepted: only rules marked should can be",
            "18:1: this acceptance lacks why",
            "23:7: why is empty",
            "24:9: \"soon\" is not a date: expected YYYY-MM-DD",
            "25:1: unknown key \"by\" of an acceptance: expected rule, why, until",
            "32:8: \"downgrade\" is accepted twice",
        ]
    );
    let broken = lint(EXAMPLE, Some("accept = [\n"), &[]);
    assert_eq!(broken.code, 2);
    assert!(
        broken.err.starts_with("rungs: rungs.toml:"),
        "{}",
        broken.err
    );
    assert!(
        broken.err.contains(": this is not TOML: "),
        "{}",
        broken.err
    );
    let long = format!("# {}", "x".repeat(65_536));
    let run = lint(EXAMPLE, Some(&long), &[]);
    assert_eq!(
        run.err,
        "rungs: rungs.toml is too long: expected at most 65536 bytes\n"
    );
    assert_eq!(lint(EXAMPLE, Some(&long[..65_536]), &[]).code, 0);
}
