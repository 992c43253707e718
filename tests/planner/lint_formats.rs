//! SARIF and the annotations of GitHub: of the right shape, whatever stands in a field.

use rungs::catalog::{Catalog, Source};
use rungs::lint::{Lint, LintRule, lint};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::Request;
use rungs::report::{Style, lint_github, lint_text};
use rungs::wire::{lint_document, lint_sarif};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What could end a command, a line, a text, a path or an element early.
const ODD: &str = "a\"b\\c%0A::error file=x,line=1::\u{1b}[31m,:\r\n<b>&é\u{2028}";
const FILE: &str = "a b/c:d,e%\"\\\r\n#?é::Gemfile.lock";

/// A catalog whose texts are odd wherever a text may be.
fn catalog() -> Catalog {
    let odd: String = ODD.chars().flat_map(char::escape_unicode).collect();
    // TOML takes them as \U and eight digits.
    let odd = odd
        .split("\\u{")
        .skip(1)
        .map(|code| format!("\\U{:0>8}", code.trim_end_matches('}')))
        .collect::<String>();
    let text = format!(
        r#"
format = 1
name = "toy"
scheme = "rubygems"
horizon = 2026-01-01
order = ["app", "lib"]

[package.app]
role = "stepped"
releases = '''
1.0.0 2020-01-01
1.0.1 2020-02-01
1.1.0 2021-01-01
1.2.0 2022-01-01
'''

[package.lib]
role = "follower"
releases = '''
1.0.0 2020-01-01
2.0.0 2021-01-01
'''

[[blocked]]
id = "no-lib-2"
package = "lib"
versions = "= 2.0.0"
why = "{odd}"
source = "{odd}"

[[gate]]
id = "newest"
package = "app"
from = "newest-of-line"
force = "should"
why = "{odd}"
source = "{odd}"
"#
    );
    Catalog::parse(vec![Source::new("toy.toml", text)]).unwrap()
}

fn lockfile(gems: &str) -> String {
    let mut specs = String::new();
    let mut direct = String::new();
    for gem in gems.split(", ") {
        let (name, version) = gem.split_once(' ').unwrap();
        specs.push_str(&format!("    {name} ({version})\n"));
        direct.push_str(&format!("  {name}\n"));
    }
    // A gem may have any name in a lockfile, and wants what cannot be.
    format!(
        "GEM\n  remote: https://rubygems.org/\n  specs:\n{specs}    x%0A::error,y:\"<é (1.0)\n      \
         app (~> 0.1)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n{direct}"
    )
}

fn between(old: &str, new: &str, accept: &[&str]) -> Lint {
    let parse = |text: &str| Lockfile::parse(text.as_bytes()).unwrap();
    let (old, new) = (parse(&lockfile(old)), parse(&lockfile(new)));
    let snapshot = |lockfile| Snapshot::from_lockfile(lockfile).unwrap();
    let mut request = Request::new();
    request.accept = accept.iter().map(|name| (*name).to_owned()).collect();
    lint(&catalog(), &snapshot(&old), &snapshot(&new), &request)
        .unwrap()
        .located(&new)
}

fn lints() -> Vec<Lint> {
    vec![
        between("app 1.0.0, lib 1.0.0", "app 1.1.0, lib 2.0.0", &[]),
        between("app 1.0.0, lib 1.0.0", "app 1.1.0, lib 2.0.0", &["newest"]),
        between("app 1.0.1, lib 1.0.0", "app 1.2.0, lib 1.0.0", &[]),
        between("app 1.0.1", "app 1.1.0, lib 9.0.0.rc1", &["unknown"]),
        between("app 1.0.1", "app 1.0.1", &[]),
    ]
}

#[test]
fn sarif_has_what_the_standard_requires() {
    // By hand from the OASIS standard, sections 3.13 (log) to 3.35 (suppression).
    let ids: BTreeSet<&str> = LintRule::ALL.iter().map(|rule| rule.name()).collect();
    let mut results = 0;
    for lint in lints() {
        let log: Value = serde_json::from_str(&lint_sarif(&lint, FILE)).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let [run] = &log["runs"].as_array().unwrap()[..] else {
            panic!("one run");
        };
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["name"], "rungs");
        assert_eq!(driver["version"], env!("CARGO_PKG_VERSION"));
        let rules = driver["rules"].as_array().unwrap();
        let named: BTreeSet<&str> = rules
            .iter()
            .map(|rule| rule["id"].as_str().unwrap())
            .collect();
        assert_eq!(named, ids);
        let list = run["results"].as_array().unwrap();
        assert_eq!(list.len(), lint.findings().len() + lint.accepted().len());
        for (at, result) in list.iter().enumerate() {
            results += 1;
            // 3.27.5 and 3.27.6: the rule's id, perhaps with further components, and its place.
            let id = result["ruleId"].as_str().unwrap();
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(rule["id"], id.split('/').next().unwrap());
            let level = result["level"].as_str().unwrap();
            assert!(["error", "warning", "note"].contains(&level));
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(
                place["artifactLocation"]["uri"],
                "a%20b/c%3Ad%2Ce%25%22%5C%0D%0A%23%3F%C3%A9%3A%3AGemfile.lock"
            );
            let line = place["region"]["startLine"].as_u64();
            assert!(line.is_none_or(|line| line > 0));
            let accepted = at >= lint.findings().len();
            let suppressed = result.get("suppressions");
            assert_eq!(
                suppressed,
                accepted.then_some(&json!([{ "kind": "external" }]))
            );
        }
    }
    assert!(results > 8, "{results}");
}

/// The schema is not ours to keep here. The crate `serde-sarif` 0.8.0 has the final one
/// (`src/schema.json`), the npm package `@microsoft/jest-sarif` the edition before
/// (`lib/schemas/sarif-2.1.0-rtm.5.json`).
#[test]
fn sarif_fits_the_schema_of_the_standard() {
    let Some(path) = std::env::var_os("RUNGS_SARIF_SCHEMA") else {
        println!("NOT RUN: RUNGS_SARIF_SCHEMA names no file");
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    // A pattern of the edition before has a bracket too many.
    let schema: Value = serde_json::from_str(&text.replace("{2}]?$", "{2}?$")).unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    for lint in lints() {
        for file in [
            FILE,
            "Gemfile.lock",
            "/srv/a b/Gemfile.lock",
            "../x",
            "c:\\x",
        ] {
            let mut log: Value = serde_json::from_str(&lint_sarif(&lint, file)).unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&log)
                .map(|error| format!("{error} at {}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}");
            log["runs"][0]["tool"]["driver"]["nome"] = json!("x");
            assert!(!validator.is_valid(&log), "the schema finds what is wrong");
        }
    }
}

/// Undoes the escapes of a workflow command as the runner of GitHub does.
fn unescaped(text: &str) -> String {
    let text = text.replace("%0D", "\r").replace("%0A", "\n");
    let text = text.replace("%3A", ":").replace("%2C", ",");
    text.replace("%25", "%")
}

#[test]
fn annotations_stay_one_line_each_and_say_all() {
    for lint in lints() {
        let text = lint_github(&lint, FILE);
        let lines: Vec<&str> = text.split('\n').collect();
        assert_eq!(lines.len(), lint.findings().len() + 1);
        assert!(!text.contains('\r'));
        for (line, finding) in lines.iter().zip(lint.findings()) {
            // As the runner reads: the command up to `::`, its properties parted by commas.
            let (command, rest) = line.strip_prefix("::").unwrap().split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&command), "{line}");
            let (properties, message) = rest.split_once("::").unwrap();
            let properties: Vec<(&str, String)> = properties
                .split(',')
                .map(|property| property.split_once('=').unwrap())
                .map(|(key, value)| (key, unescaped(value)))
                .collect();
            let mut wanted = vec![("file", FILE.to_owned())];
            wanted.extend(finding.line().map(|line| ("line", line.to_string())));
            wanted.push(("title", finding.id()));
            assert_eq!(properties, wanted);
            let help = finding
                .help()
                .map_or(String::new(), |help| format!("\n{help}"));
            // What a terminal would obey is told, not passed on.
            let said = format!("{}{help}", finding.message());
            let said = said
                .replace('\u{1b}', "\\u{1b}")
                .replace('\u{2028}', "\\u{2028}");
            assert_eq!(unescaped(message), said);
        }
    }
}

#[test]
fn an_annotation_as_it_stands() {
    let lint = between("app 1.0.1, lib 1.0.0", "app 1.2.0, lib 1.0.0", &[]);
    let first = lint_github(&lint, "Gemfile.lock");
    assert_eq!(
        first.lines().next(),
        Some(
            "::error file=Gemfile.lock,line=4,title=skipped-line::app skips line 1.1%0A\
             upgrade to 1.1 first: `rungs next` on the old lockfile shows that step"
        )
    );
}

#[test]
fn odd_texts_stay_texts() {
    let mut odd = 0;
    for lint in lints() {
        let document: Value = serde_json::from_str(&lint_document(&lint, FILE)).unwrap();
        let log: Value = serde_json::from_str(&lint_sarif(&lint, FILE)).unwrap();
        assert_eq!(document["file"], FILE);
        let all = lint.findings().iter().chain(lint.accepted());
        let results = log["runs"][0]["results"].as_array().unwrap();
        for (finding, result) in all.zip(results) {
            odd += usize::from(finding.message().to_string().contains(ODD));
            let text = result["message"]["text"].as_str().unwrap();
            assert!(text.starts_with(&finding.message().to_string()));
            assert_eq!(result["properties"]["source"].as_str(), finding.source());
            assert_eq!(
                result["properties"]["package"].as_str(),
                Some(finding.package())
            );
        }
        let text = lint_text(&lint, FILE, Style::Plain);
        assert!(!text.contains(['\u{1b}', '\r']), "{text:?}");
        assert!(text.lines().all(|line| !line.starts_with("::")));
    }
    assert!(odd >= 3, "{odd}");
}
