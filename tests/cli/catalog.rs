//! `rungs catalog export` and `show --format json`: what is written reads as it was.

use crate::BROKERS;
use crate::program::{EXAMPLE, Folder, run};
use rungs::catalog::{Catalog, Source};
use rungs::report::{catalog_files, catalog_toml};
use rungs::wire::catalog_document;
use serde_json::Value;

/// All that a catalog says, without the digest of its files.
fn content(catalog: &Catalog) -> Value {
    let mut document: Value = serde_json::from_str(&catalog_document(catalog)).unwrap();
    document.as_object_mut().unwrap().remove("digest");
    document
}

fn read(files: Vec<(String, String)>) -> Catalog {
    let sources = files
        .into_iter()
        .map(|(name, text)| Source::new(name, text))
        .collect();
    Catalog::parse(sources).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn joined_catalogs_are_written_to_a_folder_each_and_plan_the_same() {
    let names = ["karafka", "rails", "kafka"];
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    let mut export = vec!["catalog", "export", "out"];
    export.extend(names.iter().flat_map(|name| ["--catalog", name]));
    let done = folder.run(&export);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let ask = |catalogs: &[&str]| {
        let mut args = vec![
            "plan",
            "--format",
            "json",
            "--to",
            "rails=8.0",
            "--to",
            "karafka=2.4",
        ];
        args.extend(BROKERS);
        args.extend(catalogs.iter().flat_map(|name| ["--catalog", name]));
        let run = folder.run(&args);
        assert_eq!(run.code, 0, "{}", run.err);
        let mut plan: Value = serde_json::from_str(&run.out).unwrap();
        let catalog = plan["catalog"].as_object_mut().unwrap();
        assert!(catalog.remove("digest").is_some());
        plan
    };
    let written = ask(&["out/karafka", "out/rails", "out/kafka"]);
    assert_eq!(written.to_string(), ask(&names).to_string());
    let parts = written["steps"][0]["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 3);
}

#[track_caller]
fn comes_back(catalog: &Catalog) {
    let text = catalog_toml(catalog);
    let one = read(vec![("one.toml".to_owned(), text.clone())]);
    assert_eq!(content(&one), content(catalog));
    assert_eq!(catalog_toml(&one), text);
    let files = catalog_files(catalog).unwrap();
    let many = read(files.clone());
    assert_eq!(content(&many), content(catalog));
    assert_eq!(catalog_files(&many).unwrap(), files);
    let guides = |catalog: &Catalog| {
        let (actions, rollout) = (catalog.actions().unwrap(), catalog.rollout().unwrap());
        format!("{actions:#?}\n{rollout:#?}")
    };
    assert_eq!(guides(&many), guides(catalog));
}

const ODD: &str = r#"format = 1
name = "odd"
scheme = "rubygems"
horizon = 2026-01-01
order = ["a.b", "catalog", "rules", "Rules", "none"]

[package."a.b"]
role = "stepped"
about = "says \"hello\"\\ and\n\ta\u0001 züge"
changelog = "https://example.org/?a='b'"
lines = '''
1.x  ?           eol
1.2  2025-03-01  preview  eol 2031-12-31
'''
releases = '''
1.0      ?          [yanked; from somewhere (odd)]
1.1.0    2025-02-01 [;] catalog; other; rt >= 1, != 1.5
1.2.0.rc1 2025-03-01 catalog ~> 1.0, >= 1.0.1; rt = 2
1.2.0    2025-03-02 # a comment
'''

[package.catalog]
role = "follower"

[package.rules]
role = "follower"
releases = '''
1.0.0 2025-01-01
'''

[package.Rules]
role = "stepped"
releases = '''
1.0.0 2025-01-01
2.0.0 2025-01-01
'''

[package.none]
role = "stepped"

[package.rt]
role = "runtime"
one_line_at_a_time = true
early = true
releases = '''
1.0.0 2025-01-01
2.0.0 2025-01-01
'''

[[gate]]
id = "g1"
package = "a.b"
enter = "1.2"
from = ">= 1.1"
why = "a \"reason\""
source = "x"

[[gate]]
id = "g2"
package = "a.b"
from = "newest-of-line"
force = "should"
why = "b"
source = ""
inferred = "from nothing"

[[bridge]]
id = "b1"
package = "Rules"
from = "1.0"
to = ["2.0"]
why = "c"
source = "x"

[[blocked]]
id = "x1"
package = "a.b"
versions = "= 1.1.0"
why = "d"
source = "x"

[[conflict]]
id = "c1"
package = "a.b"
versions = ">= 0"
with = "rules"
with_versions = "< 2, != 1.5"
why = "e"
source = "x"
"#;

const SEMVER: &str = r#"format = 1
name = "crates"
scheme = "semver"
horizon = 2026-01-01
order = ["a", "b"]

[package.a]
role = "stepped"
releases = '''
1.0.0-rc.1 2025-01-01
1.0.0      2025-01-02 b ^1.2, <1.5; c
1.1.0+two  ?          b *
'''

[package.b]
role = "follower"
releases = '''
1.2.0 2025-01-01
'''
"#;

#[test]
fn a_catalog_comes_back() {
    comes_back(&Catalog::karafka().unwrap());
    comes_back(&read(vec![("odd.toml".to_owned(), ODD.to_owned())]));
    comes_back(&read(vec![("semver.toml".to_owned(), SEMVER.to_owned())]));
}

#[test]
fn layers_come_back_as_one() {
    let overlay = "format = 1\nextends = \"karafka\"\nhorizon = 2027-01-01\norder = [\"mine\"]\n\n\
                   [package.mine]\nrole = \"follower\"\nreleases = '''\n1.0.0 2026-10-01 karafka ~> 2.6\n'''\n\n\
                   [package.karafka]\nreleases = '''\n2.6.1 2026-12-01 [yanked]\n'''\n";
    let merged = Catalog::karafka()
        .unwrap()
        .overlay(vec![Source::new("mine.toml", overlay)])
        .unwrap();
    assert!(catalog_toml(&merged).contains("\n2.6.1    2026-12-01 [yanked]\n"));
    comes_back(&merged);
}

#[test]
fn an_exported_catalog_plans_the_same() {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    let written = folder.run(&["catalog", "export", "there"]);
    assert_eq!(
        (written.code, written.err.as_str(), written.out.as_str()),
        (0, "", "")
    );
    assert_eq!(
        folder.run(&["plan", "--catalog", "there"]).out,
        folder.run(&["plan"]).out
    );
    let one = folder.run(&["catalog", "export"]);
    assert_eq!((one.code, one.err.as_str()), (0, ""));
    assert_eq!(
        one.out,
        folder
            .run(&["catalog", "export", "--catalog", "there", "-"])
            .out
    );
    // A folder in which something stands is left alone.
    let again = folder.run(&["catalog", "export", "there"]);
    assert_eq!((again.code, again.out.as_str()), (2, ""));
    assert_eq!(
        again.err,
        "rungs: there is not empty: expected a new or empty folder\n"
    );
    let onto = folder.run(&["catalog", "export", "Gemfile.lock"]);
    assert_eq!(onto.code, 2);
    assert!(
        onto.err.starts_with("rungs: cannot write Gemfile.lock: "),
        "{}",
        onto.err
    );
}

#[test]
fn show_prints_a_document() {
    let shown = run(&[], &["catalog", "show", "--format", "json"]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(document["schema"], "rungs.catalog/1");
    let karafka = &document["packages"][0];
    assert_eq!(karafka["name"], "karafka");
    let lines = karafka["lines"].as_array().unwrap();
    assert_eq!(lines.last().unwrap()["support"]["status"], "active");
    let releases = karafka["releases"].as_array().unwrap();
    let yanked = releases
        .iter()
        .find(|release| release["version"] == "2.0.25");
    assert_eq!(yanked.unwrap()["blocked"], true);
    let rules = document["rules"].as_array().unwrap();
    let by_id = |id: &str| rules.iter().find(|rule| rule["id"] == id).unwrap();
    let conflict = by_id("waterdrop-2.5.3-old-driver");
    assert_eq!(conflict["kind"], "conflict");
    assert_eq!(conflict["with"], "karafka-rdkafka");
    // One with a gem that is no package of the catalog.
    let outside = by_id("karafka-below-2.2.8-thor-1.3");
    assert_eq!(outside["with"], "thor");
    assert_eq!(by_id("waterdrop-2.9-poller-race")["avoid"], true);
    let refused = run(
        &[],
        &["catalog", "show", "--format", "json", "--catalog", "none"],
    );
    assert_eq!(refused.code, 2);
    assert!(refused.out.contains("rungs.error/1"), "{}", refused.out);
}

/// Real registries have releases that are dated before one they follow: that is told, and no error.
#[test]
fn a_date_that_goes_back_is_a_remark() {
    let text = "format = 1\nname = \"few\"\nhorizon = 2024-01-01\norder = [\"a\"]\n\
                [package.a]\nrole = \"stepped\"\nreleases = '''\n\
                1.0.0 2023-03-01\n1.0.1 2023-02-01\n1.0.2 ?\n1.1.0 2023-01-01\n'''\n";
    let folder = Folder::with(&[("few.toml", text)]);
    let run = folder.run(&["catalog", "validate", "few.toml"]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (
            0,
            "few: 1 package, 4 releases, 0 rules, no problems\n\
             remark: a 1.0.1 is dated 2023-02-01, before 1.0.0 of 2023-03-01, which it follows in \
             its line\n"
        ),
        "{}",
        run.err
    );
}

/// A package that requires so many others, each with one release, and a runtime.
fn wide(others: usize) -> String {
    let names: Vec<String> = (0..others).map(|at| format!("p{at}")).collect();
    let order: Vec<String> = names.iter().map(|it| format!("{it:?}")).collect();
    let needs: Vec<String> = names.iter().map(|it| format!("{it} >= 1")).collect();
    let mut text = format!(
        "format = 1\nname = \"wide\"\nhorizon = 2026-01-01\norder = [\"all\", {}]\n\
         [package.all]\nrole = \"stepped\"\nreleases = '''\n1.0.0 ? {}\n'''\n\
         [package.clay]\nrole = \"runtime\"\nreleases = '''\n1.0.0 ?\n'''\n",
        order.join(", "),
        needs.join("; ")
    );
    for name in names {
        text += &format!("[package.{name}]\nrole = \"follower\"\nreleases = '''\n1.0.0 ?\n'''\n");
    }
    text
}

#[test]
fn validate_refuses_what_no_plan_takes() {
    let (most, beyond) = (wide(62), wide(63));
    let loose = wide(62) + "[package.more]\nrole = \"follower\"\nreleases = '''\n1.0.0 ?\n'''\n";
    let loose = loose.replace("order = [\"all\",", "order = [\"all\", \"more\",");
    let now = r#"{"packages": {"all": "1.0.0"}, "runtimes": {"clay": "1.0.0"}}"#;
    let folder = Folder::with(&[
        ("most.toml", &most),
        ("beyond.toml", &beyond),
        ("loose.toml", &loose),
        ("now.json", now),
    ]);
    let plan = |catalog| ["plan", "--catalog", catalog, "--snapshot", "now.json"];
    let run = folder.run(&["catalog", "validate", "most.toml"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let run = folder.run(&plan("most.toml"));
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(folder.run(&plan("beyond.toml")).code, 2);
    let run = folder.run(&["catalog", "validate", "beyond.toml"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (
            2,
            "rungs: a plan for all would have 65 packages and runtimes: expected at most 64; leave out \
         requirements that never hold a package back, or packages that never move\n"
        )
    );
    let run = folder.run(&["catalog", "validate", "loose.toml"]);
    let remark = "remark: the catalog has 65 packages and runtimes, and a plan at most 64: split it into \
                  catalogs unless nobody has so many of them installed\n";
    assert!(run.code == 0 && run.out.ends_with(remark), "{}", run.out);
}

#[test]
fn more_lines_than_a_plan_has_steps_are_a_remark() {
    let catalog = |lines: usize| {
        let releases = (0..lines).map(|line| format!("1.{line}.0 ? b >= 1\n"));
        let releases: String = releases.collect();
        format!(
            "format = 1\nname = \"long\"\nhorizon = 2026-01-01\norder = [\"a\", \"b\"]\n[package.b]\n\
             role = \"follower\"\nreleases = '''\n1.0.0 ?\n'''\n[package.a]\n\
             role = \"stepped\"\nreleases = '''\n{releases}'''\n"
        )
    };
    let now = r#"{"packages": {"a": "1.0.0", "b": "1.0.0"}}"#;
    let (most, beyond) = (catalog(65), catalog(66));
    let files = [
        ("65.toml", most.as_str()),
        ("66.toml", &beyond),
        ("now.json", now),
    ];
    let folder = Folder::with(&files);
    let plan = |catalog| {
        [
            "plan",
            "--catalog",
            catalog,
            "--snapshot",
            "now.json",
            "--to",
            "a=latest",
        ]
    };
    assert_eq!(folder.run(&plan("65.toml")).code, 0);
    assert_eq!(folder.run(&plan("66.toml")).code, 5);
    let run = folder.run(&["catalog", "validate", "65.toml"]);
    assert_eq!(
        run.out,
        "long: 2 packages, 66 releases, 0 rules, no problems\n"
    );
    let run = folder.run(&["catalog", "validate", "66.toml"]);
    assert_eq!(
        run.out,
        "long: 2 packages, 67 releases, 0 rules, no problems\n\
         remark: a has 66 lines, and a plan at most 64 steps: add bridges over lines, or moves = \"any\" \
         where none has to be entered\n"
    );
}

#[test]
fn packages_in_lockstep_have_no_more_versions_than_one() {
    let catalog = |of_each: usize| {
        let mut text = String::from(
            "format = 1\nname = \"two\"\nhorizon = 2026-01-01\norder = [\"a\", \"b\"]\n",
        );
        for (at, name) in ["a", "b"].iter().enumerate() {
            let releases = (0..of_each).map(|it| format!("1.{at}.{it} ?\n"));
            let releases: String = releases.collect();
            text += &format!(
                "[package.{name}]\nrole = \"stepped\"\nlockstep = \"ab\"\nreleases = '''\n{releases}'''\n"
            );
        }
        text
    };
    let (most, beyond) = (catalog(10_000), catalog(10_001));
    let folder = Folder::with(&[("most.toml", &most), ("beyond.toml", &beyond)]);
    assert_eq!(folder.run(&["catalog", "validate", "most.toml"]).code, 0);
    let run = folder.run(&["catalog", "validate", "beyond.toml"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (
            2,
            "rungs: the packages in lockstep ab have 20002 different versions: expected at most 20000; \
         leave out the oldest\n"
        )
    );
}
