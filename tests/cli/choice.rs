//! Which catalogs a question opens: what is installed and what is named choose, `--catalog` overrides.

use crate::BROKERS;
use crate::program::{Folder, Run};
use serde_json::Value;

const KARAFKA: [(&str, &str); 5] = [
    ("karafka", "2.4.18"),
    ("karafka-core", "2.4.11"),
    ("karafka-rdkafka", "0.19.5"),
    ("waterdrop", "2.8.5"),
    ("zeitwerk", "2.8.3"),
];
const RAILS: [(&str, &str); 3] = [
    ("activerecord", "7.1.3"),
    ("activemodel", "7.1.3"),
    ("activesupport", "7.1.3"),
];

/// A folder with a lockfile of these gems on Ruby 3.3, the first of each list in its Gemfile, and a gem that
/// requires these.
fn folder(lists: &[&[(&str, &str)]]) -> Folder {
    let mut gems: Vec<_> = lists.iter().copied().flatten().collect();
    gems.sort();
    let specs = gems
        .iter()
        .map(|(gem, version)| format!("    {gem} ({version})\n"));
    let direct = |end: &str| {
        let direct = lists.iter().map(|list| format!("{}{end}\n", list[0].0));
        direct.collect::<Vec<_>>()
    };
    let needs = direct(" (>= 1)")
        .iter()
        .map(|it| format!("      {it}"))
        .collect::<String>();
    let asks = direct("")
        .iter()
        .map(|it| format!("  {it}"))
        .collect::<String>();
    let lockfile = format!(
        "GEM\n  remote: https://rubygems.org/\n  specs:\n{}    sinatra (4.0.0)\n{needs}\nPLATFORMS\n  ruby\n\n\
         DEPENDENCIES\n{asks}  sinatra\n\nRUBY VERSION\n   ruby 3.3.0\n",
        specs.collect::<String>(),
    );
    Folder::with(&[("Gemfile.lock", &lockfile)])
}

fn document(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}{}", run.out, run.err))
}

/// The answer of `plan` with these options.
fn plan(folder: &Folder, options: &[&str]) -> Value {
    document(&folder.run(&[&["plan", "--format", "json"], options].concat()))
}

/// The catalogs of an answer, and the packages that have a target.
fn about(answer: &Value) -> (&str, Vec<&str>) {
    let targets = answer["target"].as_object().expect("targets").keys();
    (
        answer["catalog"]["name"].as_str().expect("a name"),
        targets.map(String::as_str).collect(),
    )
}

const ALL: &str = "karafka-rails-kafka";

#[test]
fn what_is_installed_chooses() {
    for (lists, catalog, target) in [
        (&[&RAILS[..]][..], "rails", "activesupport"),
        (&[&KARAFKA[..]], "karafka", "karafka"),
        (&[&KARAFKA[..], &RAILS[..]], "karafka", "karafka"),
    ] {
        let answer = plan(&folder(lists), &[]);
        let (name, targets) = about(&answer);
        assert_eq!(name, catalog);
        assert!(targets.contains(&target), "{catalog}: {targets:?}");
    }
    let neither = folder(&[]).run(&["plan"]);
    assert_eq!(neither.code, 2);
    let refused = "no package of the catalog karafka is installed";
    assert!(neither.err.contains(refused), "{}", neither.err);
}

#[test]
fn what_is_named_chooses() {
    let both = folder(&[&KARAFKA, &RAILS]);
    for (options, catalog, target) in [
        (&["--to", "activerecord=8.0"][..], ALL, "activerecord"),
        (&["--to", "karafka=2.6"], "karafka", "karafka"),
        (
            &["--runtime", "kafka=3.6", "--to", "karafka=2.6"],
            ALL,
            "karafka",
        ),
    ] {
        let answer = plan(&both, options);
        assert_eq!(about(&answer), (catalog, vec![target]), "{options:?}");
        assert_eq!(answer["outcome"], "planned", "{options:?}");
    }
    let rails = folder(&[&RAILS]);
    let answer = plan(&rails, &["--to", "activerecord=8.0"]);
    assert_eq!(about(&answer).0, "rails");
    let answer = plan(&folder(&[]), &BROKERS);
    assert_eq!(about(&answer), ("kafka", vec!["kafka"]));
}

#[test]
fn a_named_catalog_wins() {
    let both = folder(&[&KARAFKA, &RAILS]);
    let answer = plan(&both, &["--catalog", "rails"]);
    assert_eq!(about(&answer).0, "rails");
    let refused = both.run(&["plan", "--catalog", "karafka", "--to", "activerecord=8.0"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("activerecord"), "{}", refused.err);
    // Without targets all that are named are asked about.
    let answer = plan(&both, &["--catalog", "karafka", "--catalog", "rails"]);
    let (name, targets) = about(&answer);
    assert_eq!(name, "karafka-rails");
    assert!(
        targets.contains(&"karafka") && targets.contains(&"activesupport"),
        "{targets:?}"
    );
}

#[test]
fn other_commands_choose_as_plans_do() {
    let both = folder(&[&KARAFKA, &RAILS]);
    let status = |options: &[&str]| {
        let run = both.run(&[&["status", "--format", "json"], options].concat());
        document(&run)["catalog"]["name"]
            .as_str()
            .map(str::to_owned)
    };
    assert_eq!(status(&[]).as_deref(), Some("karafka"));
    assert_eq!(status(&["--runtime", "kafka=3.6"]).as_deref(), Some(ALL));
    let why = both.run(&["why", "activerecord", "--to", "activerecord=8.0"]);
    assert_eq!((why.code, why.err.as_str()), (0, ""));
    // A fleet has one catalog for all of its lockfiles.
    let fleet = |options: &[&str]| {
        let run = both.run(&[&["fleet", "Gemfile.lock"], options].concat());
        document(&run)["target"].clone()
    };
    assert!(fleet(&[]).get("activesupport").is_none());
    assert!(
        fleet(&["--catalog", "rails"])
            .get("activesupport")
            .is_some()
    );
}

/// A family without a target has a part in the steps in which it moves, and no line in the others.
#[test]
fn what_is_not_asked_about_and_stays_needs_no_line() {
    let both = folder(&[&KARAFKA, &RAILS]);
    let brokers = ["--runtime", "kafka=3.6", "--runtime", "kraft=1"];
    let options = [&["--to", "karafka=2.6"], &brokers[..]].concat();
    let answer = plan(&both, &options);
    let steps = answer["steps"].as_array().expect("steps");
    assert!(!steps.is_empty());
    for step in steps {
        assert_eq!(step["state"]["packages"]["activerecord"], "7.1.3");
        let parts = step["parts"].as_array().expect("parts");
        assert!(
            parts.iter().all(|it| it["catalog"] == "karafka"),
            "{parts:?}"
        );
    }
    let text = both.run(&[&["plan"], &options[..]].concat()).out;
    assert!(
        !text.contains("Parts:") && !text.contains("stays at 7.1.3"),
        "{text}"
    );
    // Brokers have a target, so their part is said where they stay too.
    let text = both
        .run(&[&["plan", "--to", "kafka=4.0"], &options[..]].concat())
        .out;
    assert!(
        text.contains("kafka: stays") && !text.contains("rails: stays"),
        "{text}"
    );
    // Nobody asked about them, so nothing keeps them from their newest lines.
    let status = both.run(&["status", "--runtime", "kafka=3.6"]).out;
    assert!(status.contains("kafka  "), "{status}");
    assert!(!status.contains("Held: "), "{status}");
}

/// Gems that share each version have one line of support, and Karafka's table of lines of Rails is not asked where
/// the catalog of Rails is.
#[test]
fn support_is_said_once() {
    let both = folder(&[&KARAFKA, &RAILS]);
    let options = [
        "--as-of",
        "2026-09-01",
        "--to",
        "activerecord=7.2",
        "--to",
        "karafka=2.5",
    ];
    let answer = plan(&both, &options);
    let last = answer["steps"]
        .as_array()
        .and_then(|it| it.last())
        .expect("a step");
    let support = last["support"].as_array().expect("notes").iter();
    let lines: Vec<String> = support
        .map(|it| {
            format!(
                "{} {}",
                it["subject"].as_str().unwrap_or("?"),
                it["line"].as_str().unwrap_or("?")
            )
        })
        .collect();
    let rails: Vec<&String> = lines.iter().filter(|it| it.contains("7.")).collect();
    assert_eq!(rails, ["activesupport 7.2"], "{lines:?}");
}
