//! `rungs catalog export` and `show --format json`: what is written reads as it was.

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
            "few: 1 packages, 4 releases, 0 rules, no problems\n\
             remark: a 1.0.1 is dated 2023-02-01, before 1.0.0 of 2023-03-01, which it follows in \
             its line\n"
        ),
        "{}",
        run.err
    );
}
