//! `rungs catalog check` and `rungs catalog digest-changelog`, the age of a catalog in every output,
//! and advisories in `status`.

use crate::program::{EXAMPLE, Folder, changed, run, run_on};

const CATALOG: &str = "format = 1
name = \"small\"
scheme = \"rubygems\"
horizon = 2026-01-01
order = [\"my-gem\", \"b\"]

[package.my-gem]
role = \"stepped\"
lines = '''
1.0  2025-01-01  active  eol 2025-12-01
1.1  2025-02-01  active
'''
releases = '''
1.0.0  2025-01-01
1.0.1  2024-01-01
1.1.0  2025-02-01
1.2.0  2026-02-01  [guide unread]
'''

[package.b]
role = \"follower\"
releases = '''
1.0.0  2025-01-01
1.1.0  2025-01-02
'''

[[blocked]]
id = \"no-1-0-0\"
package = \"my-gem\"
versions = \"= 1.0.0\"
why = \"it fails\"
source = \" \"
";

#[test]
fn check_lists_what_is_missing_in_a_catalog() {
    let check = run(
        &[("small.toml", CATALOG)],
        &["catalog", "check", "--catalog", "small.toml"],
    );
    assert_eq!(check.code, 1, "{}", check.err);
    let expected = "my-gem 1.1: no action of its guide or changelog
my-gem 1.2: its releases came from a server, and nobody has read its guide
the rule no-1-0-0 has no source
my-gem 1.2.0 is dated 2026-02-01, after the horizon 2026-01-01
my-gem 1.0 is active, but its support ended on 2025-12-01
my-gem 1.0.1 is dated 2024-01-01, before 1.0.0 of 2025-01-01, which it follows in its line
";
    assert_eq!(check.out, expected);
    let sound = "format = 1\nname = \"x\"\nscheme = \"rubygems\"\nhorizon = 2026-01-01\norder = [\"a\"]\n\
                 [package.a]\nrole = \"stepped\"\nreleases = '''\n1.0.0 ?\n'''\n";
    let check = run(
        &[("x.toml", sound)],
        &["catalog", "check", "--catalog", "x.toml"],
    );
    assert_eq!((check.code, &*check.out), (0, ""), "{}", check.err);
}

const CHANGELOG: &str = "# My gem

## Unreleased
- **[Breaking]** Not yet.

## [1.2.0] - 2026-02-01
- **[Breaking]** Rename `old` to `new`,
  everywhere.
- [Enhancement] Faster.
- BREAKING: Remove `gone`.

```
- [Breaking] code
```

## v1.1.0 (2025-02-01)
### Breaking changes
* Drop support for Ruby 2
### Fixes
* Nothing
";

#[test]
fn breaking_entries_of_a_changelog_become_actions_to_review() {
    let actions = "holds = \"actions\"\nformat = 1\n\n[[action]]\nid = \"my-gem-1.1-ruby\"\npackage = \"my-gem\"\n\
                   since = \"1.1.0\"\nkind = \"requires\"\nseverity = \"breaking\"\nphase = \"code\"\n\
                   component = \"all\"\nsummary = \"Ruby 3\"\nsource = \"x\"\n";
    let folder = Folder::with(&[("MyGem.md", CHANGELOG), ("empty.md", "# none\n")]);
    std::fs::create_dir_all(folder.0.join("mine/actions")).unwrap();
    std::fs::write(folder.0.join("mine/small.toml"), CATALOG).unwrap();
    std::fs::write(folder.0.join("mine/actions/my-gem.toml"), actions).unwrap();
    let call = ["catalog", "digest-changelog", "--catalog", "mine"];
    let digest = folder.run(&[&call[..], &["MyGem.md"]].concat());
    assert_eq!(digest.code, 0, "{}", digest.err);
    let expected = "--- mine/actions/my-gem.toml
+++ mine/actions/my-gem.toml
@@ -11,3 +11,25 @@
 component = \"all\"
 summary = \"Ruby 3\"
 source = \"x\"
+
+[[action]]
+id = \"my-gem-1.2-rename-old-new-everywhere\"
+package = \"my-gem\"
+since = \"1.2.0\"
+kind = \"api-renamed\"
+severity = \"breaking\"
+phase = \"code\"
+component = \"all\"
+summary = \"Rename `old` to `new`, everywhere.\"
+source = \"MyGem.md#120---2026-02-01\"
+
+[[action]]
+id = \"my-gem-1.2-remove-gone\"
+package = \"my-gem\"
+since = \"1.2.0\"
+kind = \"api-removed\"
+severity = \"breaking\"
+phase = \"code\"
+component = \"all\"
+summary = \"Remove `gone`.\"
+source = \"MyGem.md#120---2026-02-01\"
";
    assert_eq!(digest.out, expected);
    let before = std::fs::read_to_string(folder.0.join("mine/actions/my-gem.toml")).unwrap();
    assert_eq!(before, actions);
    // What it suggests reads as actions.
    let added = digest
        .out
        .lines()
        .skip(3)
        .filter_map(|it| it.strip_prefix('+'));
    let text = format!("{actions}{}\n", added.collect::<Vec<_>>().join("\n"));
    std::fs::write(folder.0.join("mine/actions/my-gem.toml"), text).unwrap();
    let valid = folder.run(&["catalog", "validate", "mine"]);
    assert_eq!(valid.code, 0, "{}", valid.err);
    let again = folder.run(&[&call[..], &["MyGem.md"]].concat());
    assert_eq!((again.code, &*again.out), (0, ""));
    for (file, words) in [
        (
            "empty.md",
            "is named after no package of small: expected --package NAME",
        ),
        ("none.md", "none.md"),
    ] {
        let wrong = folder.run(&[&call[..], &[file]].concat());
        assert_eq!(wrong.code, 2);
        assert!(wrong.err.contains(words), "{}", wrong.err);
    }
    let wrong = folder.run(&[&call[..], &["empty.md", "--package", "b"]].concat());
    assert!(
        wrong.err.contains("has no heading with a version"),
        "{}",
        wrong.err
    );
}

// ---- how old a catalog is ----------------------------------------------------------------------

/// One day before 60 days past the horizon of the embedded catalog, and that day.
const FRESH: &str = "2026-10-17";
const STALE: &str = "2026-10-18";
const WORDS: &str = "the catalog karafka is 60 days old: it does not know releases after 2026-08-19; \
                     `rungs catalog refresh --from URL --write` renews it";

#[test]
fn every_output_says_how_old_the_catalog_is_from_60_days_on() {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE), ("new.lock", EXAMPLE)]);
    let plain = |text: &str| {
        let text = text
            .replace("&#96;", "`")
            .replace("\\`", "`")
            .replace(['>', '<'], " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for args in [
        &["plan"][..],
        &["next"],
        &["why", "karafka"],
        &["status"],
        &["lint", "Gemfile.lock", "new.lock"],
        &["lint", "Gemfile.lock", "new.lock", "--format", "github"],
        &["plan", "--format", "markdown"],
        &["next", "--format", "markdown"],
        &["plan", "--format", "html"],
        &["next", "--format", "html"],
    ] {
        for (day, says) in [(FRESH, false), (STALE, true)] {
            let run = folder.run(&[args, &["--as-of", day]].concat());
            let out = plain(&run.out);
            assert_eq!(
                out.contains("is 60 days old"),
                says,
                "{args:?} {day}: {out}{}",
                run.err
            );
            assert_eq!(
                out.contains("rungs catalog refresh --from URL --write"),
                says,
                "{args:?}: {out}"
            );
        }
    }
    for args in [
        &["plan"][..],
        &["why", "karafka"],
        &["status"],
        &["lint", "Gemfile.lock", "new.lock"],
    ] {
        for (day, says) in [(FRESH, false), (STALE, true)] {
            let run = folder.run(&[args, &["--format", "json", "--as-of", day]].concat());
            assert_eq!(
                run.out.contains("\"stale_days\": 60"),
                says,
                "{args:?}: {}",
                run.out
            );
        }
    }
    let text = folder.run(&["plan", "--as-of", STALE]).out;
    assert!(plain(&text).contains(WORDS), "{text}");
}

/// The same of what has no option for the day: the clock decides.
#[test]
fn documents_of_scans_and_smoke_runs_say_how_old_the_catalog_is() {
    let folder = Folder::with(&[
        ("Gemfile.lock", EXAMPLE),
        ("new.lock", EXAMPLE),
        ("Gemfile", "gem \"karafka\"\n"),
    ]);
    // The same days as above.
    for (now, says) in [("1792195200", false), ("1792281600", true)] {
        for args in [
            &["scan", "."][..],
            &["scan", ".", "--format", "github"],
            &["smoke", "--dry-run"],
        ] {
            let run = folder.run_at(now, args);
            assert_eq!(run.err.contains(WORDS), says, "{args:?}: {}", run.err);
        }
        for args in [&["scan", "."][..], &["smoke", "--dry-run"]] {
            let run = folder.run_at(now, &[args, &["--format", "json"]].concat());
            let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
            let days = &document["catalog"]["stale_days"];
            assert_eq!(days.as_u64(), says.then_some(60), "{args:?}");
            assert_eq!(run.err, "", "{args:?}");
        }
        for args in [&["scan", "."][..], &["lint", "Gemfile.lock", "new.lock"]] {
            let run = folder.run_at(now, &[args, &["--format", "sarif"]].concat());
            let log: serde_json::Value = serde_json::from_str(&run.out).unwrap();
            let run = &log["runs"][0];
            let days = &run["properties"]["catalogs"][0]["stale_days"];
            assert_eq!(days.as_u64(), says.then_some(60), "{args:?}");
            let notes = &run["invocations"][0]["toolExecutionNotifications"];
            let text = notes[0]["message"]["text"].as_str();
            assert_eq!(text, says.then_some(WORDS), "{args:?}");
        }
    }
}

#[test]
fn a_check_may_ask_for_a_catalog_that_is_not_too_old() {
    let newest = crate::program::NEWEST;
    for (days, day, code) in [
        ("60", STALE, 0),
        ("59", STALE, 1),
        ("59", FRESH, 0),
        ("0", "2026-08-19", 0),
    ] {
        let run = run_on(
            newest,
            &["status", "--check", "--max-age", days, "--as-of", day],
        );
        assert_eq!(run.code, code, "{days} on {day}: {}{}", run.out, run.err);
        assert_eq!(run.err.contains("days old"), code == 1, "{}", run.err);
    }
    assert_eq!(run_on(newest, &["status", "--max-age", "1"]).code, 2);
}

// ---- advisories --------------------------------------------------------------------------------

#[test]
fn advisories_about_the_installed_ruby_are_problems() {
    let status = |ruby: &str, day: &str| {
        let run = run_on(
            EXAMPLE,
            &["status", "--ruby", ruby, "--as-of", day, "--format", "json"],
        );
        assert_eq!(run.code, 0, "{}", run.err);
        let found: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let problems = found["runtimes"][0]["problems"].as_array().unwrap().clone();
        let advisories = problems.iter().filter(|it| it["kind"] == "advisory");
        let ids = advisories.map(|it| it["rule"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    let day = "2026-08-19";
    assert_eq!(status("3.3.0", "2024-04-22"), [] as [&str; 0]);
    assert_eq!(status("3.3.0", "2024-04-23"), ["CVE-2024-27282"]);
    assert_eq!(status("3.3.1", "2024-04-23"), [] as [&str; 0]);
    assert_eq!(status("3.3.11", day), ["CVE-2026-41316"]);
    assert_eq!(status("3.3.12", day), [] as [&str; 0]);
    // Of a line alone only what no patch of it fixes is certain.
    assert_eq!(status("3.3", day), [] as [&str; 0]);
    assert_eq!(status("3.2", day), ["CVE-2025-61594", "CVE-2026-41316"]);
    // Versions that never had it.
    assert_eq!(status("2.7.5", "2022-04-12"), ["CVE-2022-28739"]);
    let text = run_on(
        &changed("ruby 3.2", "ruby 3.2"),
        &["status", "--ruby", "3.3.11", "--as-of", day],
    );
    let flat = text.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains(
            "CVSS 8.1; fixed in ~> 3.3.12 or ~> 3.4.10 or >= 4.0.3: https://nvd.nist.gov/"
        ),
        "{}",
        text.out
    );
    assert!(flat.contains("(CVE-2026-41316)"), "{}", text.out);
}
