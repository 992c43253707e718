//! Smoke checks of a catalog: how they are read, and which an installation gets. Nothing runs here.

use rungs::catalog::{Catalog, SmokeCheck, Source};
use rungs::lockfile::Snapshot;
use rungs::report;
use rungs::smoke::{CheckResult, FailureKind, Smoke, SmokeFailure};
use rungs::{Scheme, Version};
use std::collections::BTreeSet;

const WORLD: &str = "format = 1\nname = \"small\"\nscheme = \"rubygems\"\nhorizon = 2026-01-01\n\
    order = [\"a\", \"b\"]\n[package.a]\nrole = \"stepped\"\nreleases = '''\n1.0.0 2020-01-01\n\
    2.0.0 2021-01-01\n'''\n[package.b]\nrole = \"follower\"\nreleases = '''\n1.0.0 2020-01-01\n'''\n\
    [package.ruby]\nrole = \"runtime\"\nreleases = '''\n3.2.0 2022-01-01\n'''\n\
    [[conflict]]\nid = \"a-2-b-1\"\npackage = \"a\"\nversions = \">= 2\"\nwith = \"b\"\n\
    with_versions = \"< 2\"\nlevel = \"produce\"\nwhy = \"a asks b for a name that b lacks\"\n\
    source = \"code:a\"\n";

const CHECK: &str = "id = \"a-load\"\npackage = \"a\"\nversions = \">= 1.0\"\nlevel = \"load\"\n\
    what = \"requires a\"\nruby = '''\nrequire \"a\"\n'''\n";

fn file(checks: &[&str]) -> String {
    let mut text = "holds = \"smoke\"\nformat = 1\n".to_owned();
    for check in checks {
        text.push_str("[[smoke]]\n");
        text.push_str(check);
    }
    text
}

fn small(checks: &[&str]) -> Catalog {
    let sources = vec![
        Source::new("world.toml", WORLD),
        Source::new("s.toml", file(checks)),
    ];
    Catalog::parse(sources).unwrap()
}

fn problems(catalog: &Catalog) -> Vec<String> {
    let error = catalog.smoke().unwrap_err();
    assert_eq!(catalog.validate_all().unwrap_err(), error);
    error.problems().map(ToString::to_string).collect()
}

fn check(id: &str, package: &str, level: &str, more: &str) -> String {
    format!(
        "id = \"{id}\"\npackage = \"{package}\"\nlevel = \"{level}\"\nwhat = \"w\"\nruby = \"1\"\n{more}\n"
    )
}

fn ids(catalog: &Catalog) -> Vec<String> {
    let checks = catalog.smoke().unwrap().iter();
    checks.map(|check| check.id().to_string()).collect()
}

fn snapshot(packages: &[(&str, &str)]) -> Snapshot {
    let packages = packages.iter();
    packages.fold(Snapshot::new(), |snapshot, (name, version)| {
        snapshot.with(name, Version::parse(Scheme::RubyGems, version).unwrap())
    })
}

fn chosen(catalog: &Catalog, packages: &[(&str, &str)]) -> Vec<String> {
    let smoke = Smoke::new(catalog, &snapshot(packages)).unwrap();
    let checks = smoke.checks().iter();
    checks.map(|check| check.check().id().to_string()).collect()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    assert_eq!(ids(&small(&[CHECK])), ["a-load"]);
    for (from, to, message) in [
        ("id = \"a-load\"\n", "", "3:1: this entry lacks id"),
        (
            "\"a-load\"",
            "\"a load\"",
            "4:6: \"a load\" is not a name: ' ' cannot stand in one",
        ),
        (
            "package = \"a\"",
            "package = \"c\"",
            "5:11: unknown package \"c\": expected one of the catalog",
        ),
        (
            "package = \"a\"",
            "package = \"ruby\"",
            "5:11: ruby is a runtime: expected a package",
        ),
        (
            "\">= 1.0\"",
            "\">= 3\"",
            "5:11: >= 3 meets no release of a: expected one of the catalog",
        ),
        (
            "\">= 1.0\"",
            "\"=> 1\"",
            "6:12: \"=> 1\" is not a rubygems requirement: expected one of = != > < >= <= ~> and a version",
        ),
        ("level = \"load\"\n", "", "3:1: this entry lacks level"),
        ("\"requires a\"", "\"\"", "8:8: what is empty"),
        ("'''\nrequire \"a\"\n'''", "1", "9:8: ruby is not a text"),
        (
            "level",
            "grade = 1\nlevel",
            "7:1: unknown key \"grade\" of a smoke check: expected id, package, versions, present, absent, \
             level, what, ruby",
        ),
        (
            "level",
            "present = \"b\"\nlevel",
            "7:11: present is not a list of texts",
        ),
        (
            "level",
            "absent = [\"b c\"]\nlevel",
            "7:10: \"b c\" is not a name: ' ' cannot stand in one",
        ),
    ] {
        assert!(CHECK.contains(from), "{from}");
        let found = problems(&small(&[&CHECK.replacen(from, to, 1)]));
        assert_eq!(found, [format!("s.toml:{message}")], "{from} as {to}");
    }
    assert_eq!(
        problems(&small(&[CHECK, CHECK])),
        ["s.toml:12:1: the smoke check a-load occurs twice"]
    );
}

#[test]
fn every_bound_holds_at_the_limit_and_not_beyond() {
    let with = |key: &str, text: &str| {
        let line = format!("\n{key} = ");
        let at = CHECK.find(&line).unwrap() + line.len();
        format!("{}\"{text}\"\n", &CHECK[..at])
    };
    let ruby = |count: usize| with("ruby", &"1".repeat(count));
    assert_eq!(ids(&small(&[&ruby(SmokeCheck::MAX_RUBY)])).len(), 1);
    assert_eq!(
        problems(&small(&[&ruby(SmokeCheck::MAX_RUBY + 1)])),
        ["s.toml:9:8: ruby has 8001 bytes: expected at most 8000"]
    );
    let level = |count: usize| check("c", "a", &"l".repeat(count), "");
    assert_eq!(ids(&small(&[&level(40)])).len(), 1);
    assert_eq!(
        problems(&small(&[&level(41)])),
        ["s.toml:6:9: level has 41 bytes: expected at most 40"]
    );
    let gems = |count: usize| {
        check(
            "c",
            "a",
            "l",
            &format!("absent = [{}]", "\"g\",".repeat(count)),
        )
    };
    assert_eq!(ids(&small(&[&gems(20)])).len(), 1);
    assert_eq!(
        problems(&small(&[&gems(21)])),
        ["s.toml:9:10: absent has 21 entries: expected at most 20"]
    );
    let many = |count: usize| {
        let checks = (0..count).map(|at| check(&format!("c{at}"), "a", "l", ""));
        let checks: Vec<String> = checks.collect();
        let checks: Vec<&str> = checks.iter().map(String::as_str).collect();
        small(&checks)
    };
    assert_eq!(
        many(SmokeCheck::MAX).smoke().unwrap().len(),
        SmokeCheck::MAX
    );
    let found = problems(&many(SmokeCheck::MAX + 1));
    assert!(
        found[0].ends_with("smoke has 501 entries: expected at most 500"),
        "{found:?}"
    );
}

#[test]
fn levels_stand_together_and_a_layer_replaces_a_check_in_its_place() {
    let catalog = small(&[
        &check("one", "a", "load", ""),
        &check("two", "a", "close", ""),
        &check("three", "b", "load", ""),
    ]);
    assert_eq!(ids(&catalog), ["one", "three", "two"]);
    let over = |checks: &[&str]| catalog.overlay(vec![Source::new("o.toml", file(checks))]);
    let replaced = over(&[
        &check("one", "a", "load", "versions = \"< 2\""),
        &check("four", "a", "load", ""),
    ])
    .unwrap();
    assert_eq!(ids(&replaced), ["one", "three", "four", "two"]);
    assert!(replaced.smoke().unwrap()[0].versions().is_some());
    let taken = over(&[&check("one", "b", "load", "")]).unwrap();
    assert_eq!(
        problems(&taken),
        ["o.toml:3:1: the smoke check one is for a: another layer may not give its id to b"]
    );
}

#[test]
fn versions_and_other_gems_decide_what_is_run() {
    let catalog = small(&[
        &check("always", "a", "load", ""),
        &check("old", "a", "load", "versions = \"< 2\""),
        &check("new", "a", "load", "versions = \">= 2\""),
        &check("with-c", "a", "load", "present = [\"c\"]"),
        &check("without-c", "a", "load", "absent = [\"c\"]"),
        &check("b", "b", "load", ""),
    ]);
    assert_eq!(
        chosen(&catalog, &[("a", "1.0.0")]),
        ["always", "old", "without-c"]
    );
    assert_eq!(
        chosen(&catalog, &[("a", "2.0.0"), ("c", "1")]),
        ["always", "new", "with-c"]
    );
    let error = Smoke::new(&catalog, &snapshot(&[("c", "1")])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the catalog small has no smoke check for what the lockfile has installed"
    );
    assert_eq!(error.code().number(), 205);
}

#[test]
fn a_run_says_what_it_reached_and_which_rules_explain_its_failure() {
    let catalog = small(&[
        &check("one", "a", "load", ""),
        &check("two", "a", "produce", ""),
        &check("three", "a", "close", ""),
    ]);
    let mut smoke = Smoke::new(&catalog, &snapshot(&[("a", "2.0.0"), ("b", "1.0.0")])).unwrap();
    assert_eq!((smoke.outcome(), smoke.reached()), ("not_run", None));
    smoke.record(0, CheckResult::Passed { milliseconds: 1 });
    assert_eq!(smoke.outcome(), "not_run");
    let failure = SmokeFailure {
        kind: FailureKind::Raised,
        class: "NameError".to_owned(),
        message: "x".to_owned(),
        place: String::new(),
    };
    smoke.record(1, CheckResult::Failed(failure.clone()));
    assert_eq!(smoke.outcome(), "failed");
    assert_eq!(smoke.reached().map(ToString::to_string).unwrap(), "load");
    let (failed, how) = smoke.failure().unwrap();
    assert_eq!((failed.check().id().as_str(), how), ("two", &failure));
    let causes: Vec<&str> = smoke
        .causes()
        .iter()
        .map(|cause| cause.rule().as_str())
        .collect();
    assert_eq!(causes, ["a-2-b-1"]);
    smoke.record(1, CheckResult::Passed { milliseconds: 1 });
    let why = "its group is left out".to_owned();
    smoke.record(2, CheckResult::Skipped { why });
    assert_eq!(smoke.outcome(), "passed");
    assert_eq!(smoke.reached().map(ToString::to_string).unwrap(), "produce");
    // A pair of which no rule speaks.
    let smoke = Smoke::new(&catalog, &snapshot(&[("a", "1.0.0"), ("b", "1.0.0")])).unwrap();
    assert!(smoke.causes().is_empty());
}

#[test]
fn the_embedded_checks_are_ruby_and_load_the_whole_family() {
    let catalog = Catalog::karafka().unwrap();
    let checks = catalog.smoke().unwrap();
    let runs = |name: &str, version: &str| {
        let smoke = Smoke::new(&catalog, &snapshot(&[(name, version)]));
        smoke.is_ok_and(|smoke| smoke.checks()[0].check().level().as_str() == "load")
    };
    for package in catalog.packages() {
        let name = package.name().as_str();
        // Brought along by the others, and of use to specs only.
        if ["ruby", "karafka-core", "karafka-testing"].contains(&name) {
            continue;
        }
        for release in package.releases() {
            let version = release.version().as_str();
            assert!(runs(name, version), "nothing loads {name} {version}");
        }
    }
    let levels: BTreeSet<&str> = checks.iter().map(|check| check.level().as_str()).collect();
    for level in ["load", "setup", "produce", "consume", "close"] {
        assert!(levels.contains(level), "{level}");
    }
    let doc = include_str!("../../docs/smoke.md");
    for level in levels {
        assert!(
            doc.contains(&format!("\n| `{level}` | ")),
            "docs/smoke.md lacks {level}"
        );
    }
    #[cfg(feature = "ruby")]
    for check in checks {
        let tree = rungs::ruby::parse(check.ruby().as_bytes()).unwrap();
        assert_eq!(tree.fault_count(), 0, "{}", check.id());
    }
}

#[test]
fn an_exported_catalog_has_the_same_checks() {
    let catalog = Catalog::karafka().unwrap();
    let files = report::catalog_files(&catalog).unwrap();
    let sources = files
        .iter()
        .map(|(name, text)| Source::new(name.clone(), text.clone()));
    let again = Catalog::parse(sources.collect()).unwrap();
    let all = |catalog: &Catalog| format!("{:?}", catalog.smoke().unwrap());
    assert_eq!(all(&again), all(&catalog));
    assert_eq!(report::catalog_files(&again).unwrap(), files);
}
