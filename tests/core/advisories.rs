//! Advisories of a catalog: how their files are read, what is refused, and that they survive an export.

use rungs::catalog::{Catalog, Source};
use rungs::{Scheme, Version, report};

const BASE: &str = "format = 1
name = \"small\"
scheme = \"rubygems\"
horizon = 2026-01-01
order = [\"a\"]
[package.a]
role = \"stepped\"
releases = '''
1.0.0 ?
'''
";

fn catalog(advisories: &str) -> Catalog {
    let text = format!("holds = \"advisories\"\nformat = 1\n{advisories}");
    Catalog::parse(vec![
        Source::new("base.toml", BASE),
        Source::new("ad.toml", text),
    ])
    .unwrap()
}

const ONE: &str = "[[advisory]]
id = \"CVE-1\"
package = \"a\"
date = 2025-01-31
cvss = \"9.8\"
patched = [\"~> 1.0.5\", \">= 1.1.2\"]
unaffected = [\"< 1.0.2\"]
why = \"it leaks\"
source = \"https://example.org/1\"
";

#[test]
fn a_version_is_affected_unless_it_is_patched_or_never_was() {
    let catalog = catalog(ONE);
    let advisory = &catalog.advisories().unwrap()[0];
    let affected: Vec<&str> = [
        "1.0.1", "1.0.2", "1.0.4", "1.0.5", "1.0.9", "1.1.0", "1.1.2", "2.0",
    ]
    .into_iter()
    .filter(|it| advisory.affects(&Version::parse(Scheme::RubyGems, it).unwrap()))
    .collect();
    assert_eq!(affected, ["1.0.2", "1.0.4", "1.1.0"]);
    let all = ONE.replace(
        "patched = [\"~> 1.0.5\", \">= 1.1.2\"]\nunaffected = [\"< 1.0.2\"]\n",
        "",
    );
    let never = self::catalog(&all);
    let version = Version::parse(Scheme::RubyGems, "7").unwrap();
    assert!(never.advisories().unwrap()[0].affects(&version));
}

/// What fixes an advisory is a release that the catalog has, so `status` names it.
#[test]
fn the_catalogs_have_the_releases_that_fix() {
    for name in ["karafka", "rails"] {
        let catalog = Catalog::open(name).unwrap();
        let karafka = Catalog::open("karafka").unwrap();
        let mut checked = 0;
        for advisory in karafka.advisories().unwrap() {
            let Some(package) = catalog.package(advisory.package().as_str()) else {
                continue;
            };
            let patched = advisory.patched().iter().map(ToString::to_string);
            for text in patched.filter(|it| it.starts_with("~> ") || it.starts_with(">= ")) {
                let version = Version::parse(Scheme::RubyGems, &text[3..]).unwrap();
                let line = version.line();
                let mut lines = package.lines().iter();
                if version.is_prerelease() || !lines.any(|it| it.name() == line) {
                    continue;
                }
                let mut releases = package.releases().iter();
                let newest = releases.rfind(|it| it.version().line() == line).unwrap();
                assert!(
                    *newest.version() >= version,
                    "{name}: {} is fixed in {} {text}, and {} is the newest known",
                    advisory.id(),
                    advisory.package(),
                    newest.version()
                );
                checked += 1;
            }
        }
        assert!(checked > 20, "{name}: {checked}");
    }
}

#[test]
fn wrong_advisories_are_told_with_their_places() {
    let wrong = "[[advisory]]
id = \"CVE-1\"
package = \"b\"
cvss = \"11\"
patched = [\"~>\"]
why = \"\"
grade = 1
[[advisory]]
id = \"CVE-2\"
package = \"a\"
date = \"2025\"
why = \"x\"
source = \"y\"
[[advisory]]
id = \"CVE-2\"
package = \"a\"
why = \"x\"
source = \"y\"
";
    let error = catalog(wrong).advisories().unwrap_err();
    let told: Vec<String> = error.problems().map(ToString::to_string).collect();
    let starts = [
        "ad.toml:3:1: this entry lacks source",
        "ad.toml:5:11: no package b in this catalog",
        "ad.toml:6:8: cvss is not a score: expected \"0.0\" to \"10.0\"",
        "ad.toml:7:11: ",
        "ad.toml:8:7: why is empty",
        "ad.toml:9:1: unknown key \"grade\" of an advisory: expected id, package,",
        "ad.toml:13:8: date is not a day",
        "ad.toml:16:1: the advisory CVE-2 is given twice",
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for (told, start) in told.iter().zip(starts) {
        assert!(told.starts_with(start), "{told}\n{start}");
    }
    assert_eq!(
        catalog(wrong)
            .validate_all()
            .unwrap_err()
            .problems()
            .count(),
        starts.len()
    );
}

#[test]
fn a_later_layer_replaces_an_advisory_and_an_export_keeps_them() {
    let over = ONE.replace("it leaks", "it leaks a lot");
    let over = format!("holds = \"advisories\"\nformat = 1\n{over}");
    let catalog = catalog(ONE)
        .overlay(vec![Source::new("over.toml", over)])
        .unwrap();
    assert_eq!(catalog.advisories().unwrap()[0].why(), "it leaks a lot");
    for catalog in [catalog, Catalog::karafka().unwrap()] {
        let files = report::catalog_files(&catalog).unwrap();
        let sources = files
            .iter()
            .map(|(name, text)| Source::new(name.clone(), text.clone()));
        let again = Catalog::parse(sources.collect()).unwrap();
        let shown = |catalog: &Catalog| {
            format!("{:?}", catalog.advisories().unwrap()).replace("layer: 1", "layer: 0")
        };
        assert_eq!(shown(&again), shown(&catalog));
    }
    assert!(Catalog::karafka().unwrap().advisories().unwrap().len() > 15);
}
