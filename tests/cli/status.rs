//! `rungs status` as people call it.

use crate::program::{EXAMPLE, NEWEST, changed, run, run_on};
use serde_json::Value;

const AS_OF: [&str; 3] = ["status", "--as-of", "2026-08-19"];

#[track_caller]
fn document(lockfile: &str, args: &[&str]) -> Value {
    let mut all = vec!["status", "--format", "json", "--as-of", "2026-08-19"];
    all.extend(args);
    let run = run_on(lockfile, &all);
    assert_eq!(run.err, "");
    serde_json::from_str(&run.out).unwrap()
}

/// The problems of a document as `package kind rule text`.
fn problems(document: &Value) -> Vec<String> {
    let lists = [&document["packages"], &document["runtimes"]];
    let standings = lists.iter().flat_map(|list| list.as_array().unwrap());
    standings
        .flat_map(|standing| {
            let name = standing["name"].as_str().unwrap();
            let problems = standing["problems"].as_array().unwrap().iter();
            problems.map(move |problem| {
                format!(
                    "{name} {} {} {}",
                    problem["kind"].as_str().unwrap(),
                    problem["rule"].as_str().unwrap_or("-"),
                    problem["text"].as_str().unwrap()
                )
            })
        })
        .collect()
}

#[test]
fn status_prints_a_table() {
    let run = run_on(EXAMPLE, &AS_OF);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        format!("\n{}", run.out),
        "
                 installed  in line  newest  support of the line
karafka          2.3.0      2.3.4    2.6.0   ended 2025-03-01
karafka-web      0.8.0      0.8.2    1.0.0   ended 2024-08-31
waterdrop        2.6.12     2.6.14   2.10.3  ended 2024-09-30
karafka-testing  2.3.1      2.3.3    2.6.2   not listed
karafka-core     2.3.0      .        2.6.2   not listed
karafka-rdkafka  0.14.8     0.14.11  0.28.0  not listed
ruby             3.2.2      3.2.11   4.0.5   maintenance until 2026-09-30

Problems
  ruby 3.2.2: a Regexp compiled from untrusted text can reveal contents of
              memory, CVSS 6.6; fixed in ~> 3.0.7 or ~> 3.1.5 or ~> 3.2.4 or
              >= 3.3.1:
              https://www.ruby-lang.org/en/news/2024/04/23/arbitrary-memory-address-read-regexp-cve-2024-27282/
              (CVE-2024-27282)
  ruby 3.2.2: a crafted DNS answer keeps the resolv library busy for very long;
              fixed in ~> 3.2.9 or ~> 3.3.9 or >= 3.4.5:
              https://www.ruby-lang.org/en/news/2025/07/08/dos-resolv-cve-2025-24294/
              (CVE-2025-24294)
  ruby 3.2.2: REXML takes very long for a document with several XML
              declarations; fixed in ~> 3.2.10 or ~> 3.3.10 or >= 3.4.8:
              https://www.ruby-lang.org/en/news/2025/09/18/dos-rexml-cve-2025-58767/
              (CVE-2025-58767)
  ruby 3.2.2: joining addresses with URI keeps the credentials of the first one;
              fixed in ~> 3.3.10 or >= 3.4.7:
              https://www.ruby-lang.org/en/news/2025/10/07/uri-cve-2025-61594/
              (CVE-2025-61594)
  ruby 3.2.2: ERB#def_module, #def_method and #def_class run code of a
              deserialised template, CVSS 8.1; fixed in ~> 3.3.12 or ~> 3.4.10
              or >= 4.0.3: https://nvd.nist.gov/vuln/detail/CVE-2026-41316
              (CVE-2026-41316)

Known defects
  karafka-web 0.8.0: it enables itself in the wrong order while it is being
                     installed; affects: new installations, where karafka-web
                     install crashes; fixed in 0.8.1
                     (karafka-web-0.8.0-fresh-install)
  karafka-rdkafka 0.14.8: its build downloads librdkafka from an address that is
                          gone since 2024-07-10; affects: installations that
                          have to build the gem, which ends with 404 Not Found;
                          workaround: install it from a cache of built gems;
                          fixed in 0.14.11 (karafka-rdkafka-0.14-download-gone)
  karafka-rdkafka 0.14.8: the thread that writes librdkafka's logs does not
                          survive a fork; affects: processes that fork after the
                          driver is loaded, where librdkafka's logs are not
                          written and pile up in memory; fixed in 0.14.10
                          (karafka-rdkafka-0.14.9-logger-after-fork)

karafka-rdkafka 0.14.8 goes with kafka 0.8.0 to 3.9.2, 4.0.1 to 4.3.1.
Not kafka 4.0.0, with kerberos only: brokers 4.0.0 lack JoinGroup 0 and 1, which
librdkafka below 2.11.0 needs with Kerberos; 4.0.1 has them again, and
karafka-rdkafka 0.21.0 brings librdkafka 2.11.0
(kafka-4.0.0-kerberos-karafka-rdkafka).

5 steps to karafka 2.6, karafka-web 1.0, waterdrop 2.10. `rungs plan` shows
them.

Catalog karafka, known up to 2026-08-19; support on 2026-08-19.
"
    );
}

#[test]
fn without_a_day_today_counts() {
    let run = run_on(EXAMPLE, &["status"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let last = run.out.lines().last().unwrap();
    assert!(last.contains("; support on 20"), "{last}");
}

#[test]
fn status_prints_a_document() {
    let document = document(EXAMPLE, &[]);
    assert_eq!(document["schema"], "rungs.status/1");
    assert_eq!(document["as_of"], "2026-08-19");
    assert_eq!(document["findings"], 8);
    assert_eq!(document["unknown"], false);
    let karafka = &document["packages"][0];
    assert_eq!(karafka["name"], "karafka");
    assert_eq!(karafka["installed"], "2.3.0");
    assert_eq!(karafka["line"], "2.3");
    assert_eq!(karafka["newest_of_line"], "2.3.4");
    assert_eq!(karafka["newest_line"], "2.6");
    assert_eq!(karafka["lines_ahead"], 3);
    assert_eq!(karafka["support"]["state"], "ended");
    assert_eq!(karafka["support"]["until"], "2025-03-01");
    assert_eq!(document["runtimes"][0]["support"]["state"], "maintenance");
    assert_eq!(document["ahead"]["steps"], 5);
    assert_eq!(document["ahead"]["target"]["karafka"], "2.6");
}

#[test]
fn a_day_in_the_past_hides_what_came_later() {
    let run = run_on(EXAMPLE, &["status", "--as-of", "2024-04-20"]);
    let karafka = run.out.lines().nth(1).unwrap();
    let row = "karafka          2.3.0      2.3.4    .       supported until 2025-03-01";
    assert_eq!(karafka, row);
}

#[test]
fn nothing_older_is_offered() {
    let beyond = changed("    karafka-web (0.8.0)", "    karafka-web (1.4.0)");
    let run = run_on(
        &beyond,
        &["status", "--as-of", "2026-08-19", "--ruby", "3.3.99"],
    );
    for row in [
        "karafka-web      1.4.0      -        -       not listed",
        "ruby             3.3.99     -        4.0.5   active until 2027-09-30",
    ] {
        assert!(run.out.lines().any(|line| line == row), "{}", run.out);
    }
}

#[test]
fn check_fails_on_findings_alone() {
    assert_eq!(run_on(EXAMPLE, &["status", "--check"]).code, 1);
    let run = run_on(NEWEST, &["status", "--check", "--as-of", "2026-08-19"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    let over = run_on(
        NEWEST,
        &[
            "status",
            "--check",
            "--as-of",
            "2026-08-19",
            "--ruby",
            "3.1",
        ],
    );
    assert_eq!(over.code, 1, "{}", over.out);
    // An entry that got lost is one: Bundler would upgrade who needs it.
    let lost = NEWEST.replacen("    waterdrop (2.10.3)\n", "", 1);
    let lost = lost.replacen(
        "      karafka-core (>= 2.5.12, < 3.0.0)\n      karafka-rdkafka (>= 0.24.0)\n",
        "",
        1,
    );
    assert_eq!(
        run_on(&lost, &["status", "--check", "--as-of", "2026-08-19"]).code,
        1
    );
    assert_eq!(
        problems(&document(&lost, &[])),
        ["karafka broken-entry - it requires waterdrop, and the lockfile has no waterdrop"]
    );
    let lying = NEWEST.replacen("(>= 0.24.0)", "(>= 0.20.0)", 1);
    assert_eq!(
        problems(&document(&lying, &[])),
        [
            "waterdrop broken-entry - it requires karafka-rdkafka >= 0.24.0, and its entry in the \
          lockfile lists >= 0.20.0"
        ]
    );
    // A prerelease is somebody's choice, no finding.
    let pre = changed(
        "    karafka-rdkafka (0.14.8)",
        "    karafka-rdkafka (0.15.0.beta1)",
    );
    let found = problems(&document(&pre, &[]));
    assert!(
        found.contains(&"karafka-rdkafka prerelease - it is a prerelease".to_owned()),
        "{found:?}"
    );
}

#[test]
fn what_is_wrong_is_named_with_its_rule() {
    let yanked = changed("    karafka (2.3.0)", "    karafka (2.0.25)");
    let found = problems(&document(&yanked, &[]));
    let rule = "karafka blocked karafka-2.0-version-2.0.25-yanked it was withdrawn because it \
                shipped with local changes";
    assert!(found.iter().any(|problem| problem == rule), "{found:?}");
    let text = run_on(&yanked, &AS_OF).out;
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains(
            "karafka 2.0.25: it was withdrawn because it shipped with local changes \
             (karafka-2.0-version-2.0.25-yanked)"
        ),
        "{text}"
    );
}

#[test]
fn requirements_that_are_not_met() {
    let found = problems(&document(EXAMPLE, &["--ruby", "2.6"]));
    let wanted = "karafka-core requirement - it requires ruby >= 2.7.0, but 2.6 is installed";
    assert!(found.iter().any(|problem| problem == wanted), "{found:?}");
    let old_core = changed("    karafka-core (2.3.0)", "    karafka-core (2.2.0)");
    let found = problems(&document(&old_core, &[]));
    assert!(
        found.iter().any(|problem| problem
            .starts_with("karafka requirement - it requires karafka-core >= 2.3.0, < 2.4.0")),
        "{found:?}"
    );
}

const SMALL: &str = "format = 1
name = \"small\"
scheme = \"rubygems\"
horizon = 2026-01-01
order = [\"a\", \"b\"]

[package.a]
role = \"stepped\"
releases = '''
1.0.0 2025-01-01
1.1.0 2025-02-01 [yanked]
'''

[package.b]
role = \"follower\"
releases = '''
1.0.0 2025-01-01
1.1.0 2025-02-01
'''

[[requires]]
id = \"a-wants-b\"
package = \"a\"
versions = \">= 1.1\"
needs = \"b\"
requirement = \">= 1.1\"
why = \"it calls what 1.0 lacks\"
source = \"x\"

[[conflict]]
id = \"a-hates-b\"
package = \"a\"
versions = \">= 1.0\"
with = \"b\"
with_versions = \"= 1.0.0\"
force = \"should\"
why = \"they break together\"
source = \"x\"
";

#[test]
fn rules_between_pairs() {
    let lockfile = "GEM\n  remote: https://rubygems.org/\n  specs:\n    a (1.1.0)\n    b (1.0.0)\n\
                    \nDEPENDENCIES\n  a\n  b\n";
    let files = [("Gemfile.lock", lockfile), ("small.toml", SMALL)];
    let args = [
        "status",
        "--catalog",
        "small.toml",
        "--format",
        "json",
        "--as-of",
        "2026-01-01",
    ];
    let run = run(&files, &args);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        problems(&document),
        [
            "a yanked - it was yanked",
            "a conflict a-hates-b it does not run with b 1.0.0: they break together",
            "a requires a-wants-b it requires b >= 1.1, but 1.0.0 is installed: it calls what 1.0 lacks",
        ]
    );
}

#[test]
fn the_unknown_exits_with_4_and_fails_a_check() {
    let beyond = changed("    karafka-web (0.8.0)", "    karafka-web (1.4.0)");
    assert_eq!(run_on(&beyond, &["status"]).code, 4);
    assert_eq!(run_on(&beyond, &["status", "--check"]).code, 1);
    let document = document(&beyond, &[]);
    assert_eq!(document["unknown"], true);
    assert_eq!(document["ahead"]["outcome"], "unknown");
    // Rubies that the catalog does not have: newer, and older.
    let newer = run_on(EXAMPLE, &["status", "--ruby", "9.9"]);
    assert_eq!((newer.code, newer.err.as_str()), (4, ""));
    let why = "The upgrade path is unknown: ruby 9.9 is beyond the catalog";
    assert!(newer.out.contains(why), "{}", newer.out);
    assert_eq!(run_on(EXAMPLE, &["status", "--ruby", "1.8.7"]).code, 4);
}

#[test]
fn calls_that_make_no_sense() {
    for (args, err) in [
        (
            ["--as-of", "yesterday"],
            "rungs: \"yesterday\" is not a date: expected YYYY-MM-DD\n",
        ),
        (
            ["--lockfile", "none"],
            "rungs: cannot read none: no such file\n",
        ),
    ] {
        let run = run_on(EXAMPLE, &["status", args[0], args[1]]);
        assert_eq!((run.code, run.err.as_str(), run.out.as_str()), (2, err, ""));
    }
    let run = run_on(EXAMPLE, &["status", "--ruby", "x y"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
}

#[test]
fn a_pipe_gets_no_colour() {
    for command in ["status", "plan", "next"] {
        assert!(!run_on(EXAMPLE, &[command]).out.contains('\u{1b}'));
    }
}

#[test]
fn a_terminal_shows_the_same_text_in_colour() {
    use rungs::planner::{Planner, Request, plan};
    use rungs::report::{Style, plan_text, plan_text_in, status_text};
    use rungs::status::status;

    // The escapes that we write: ESC [ digits m.
    let stripped = |text: &str| -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |out, part| out + part.split_once('m').unwrap().1)
    };
    let catalog = rungs::catalog::Catalog::karafka().unwrap();
    let lockfile = rungs::lockfile::Lockfile::parse(EXAMPLE.as_bytes()).unwrap();
    let snapshot = rungs::lockfile::Snapshot::from_lockfile(&lockfile).unwrap();
    let plan = plan(&catalog, &snapshot, &Request::new()).unwrap();
    let shown = plan_text_in(&plan, Style::Ansi);
    assert!(shown.contains("\u{1b}[32m2.4.18\u{1b}[0m"), "{shown}");
    assert_eq!(stripped(&shown), plan_text(&plan));
    let status = status(Planner::new(&catalog, &snapshot), None, &Request::new()).unwrap();
    let shown = status_text(&status, Style::Ansi);
    assert!(
        shown.contains("\u{1b}[31mended 2025-03-01\u{1b}[0m"),
        "{shown}"
    );
    assert_eq!(stripped(&shown), status_text(&status, Style::Plain));
    // Without a day the catalog's own words count.
    assert!(shown.ends_with("known up to 2026-08-19.\n"), "{shown}");
}
