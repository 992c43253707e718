//! Every rule with patterns has a pair of applications in `tests/fixtures/scan/rules`: what stands
//! `before` is found at the marked lines and nowhere else, what stands `after` is not found.
//!
//! `=== before PATH` and `=== after PATH` begin a file; `# <--` ends a line that is found.

use rungs::catalog::{Action, Applies, Catalog, DetectRole};
use rungs::scan::{Scan, Scanner, apply_edits};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const MARK: &str = "# <--";

struct Side {
    files: BTreeMap<String, String>,
    /// Path and line.
    marked: BTreeSet<(String, u32)>,
}

impl Side {
    fn new() -> Self {
        Side {
            files: BTreeMap::new(),
            marked: BTreeSet::new(),
        }
    }

    fn scan(&self, scanner: &Scanner) -> Scan {
        let files = self.files.iter();
        scanner.finish(files.map(|(path, text)| scanner.scan(path, text.as_bytes())))
    }
}

/// The two sides of a fixture.
fn read(text: &str, name: &str) -> (Side, Side) {
    let (mut before, mut after) = (Side::new(), Side::new());
    let mut open: Option<(bool, String)> = None;
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("=== ") {
            let (side, path) = head.split_once(' ').unwrap();
            assert!(matches!(side, "before" | "after"), "{name}: {line}");
            open = Some((side == "before", path.to_owned()));
            continue;
        }
        let (is_before, path) = open.as_ref().unwrap_or_else(|| panic!("{name}: {line}"));
        let side = if *is_before { &mut before } else { &mut after };
        let file = side.files.entry(path.clone()).or_default();
        let (code, is_marked) = match line.split_once(MARK) {
            Some((code, _)) => (code.trim_end(), true),
            None => (line, false),
        };
        file.push_str(code);
        file.push('\n');
        if is_marked {
            let number = u32::try_from(file.lines().count()).unwrap();
            side.marked.insert((path.clone(), number));
        }
    }
    assert!(!before.marked.is_empty(), "{name} marks nothing");
    assert!(after.marked.is_empty(), "{name} marks what is after");
    (before, after)
}

fn places(scan: &Scan, rule: &str) -> BTreeSet<(String, u32)> {
    let own = scan.findings().iter();
    own.filter(|finding| finding.action().as_str() == rule)
        .map(|finding| (finding.path().to_owned(), finding.place().line))
        .collect()
}

/// The catalogs with patterns, each with the folder of its fixtures.
fn catalogs() -> [(Catalog, &'static str); 2] {
    let karafka = Catalog::karafka().unwrap();
    let rails = Catalog::open("rails").unwrap();
    [(karafka, "rules"), (rails, "rails")]
}

fn rules(folder: &str) -> Vec<(String, Side, Side)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/scan")
        .join(folder);
    let mut rules = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let rule = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let (before, after) = read(&fs::read_to_string(&path).unwrap(), &rule);
        rules.push((rule, before, after));
    }
    rules
}

#[test]
fn edits_leave_nothing_of_what_they_are_for() {
    let edited: usize = catalogs()
        .map(|(catalog, folder)| edits(&catalog, folder))
        .iter()
        .sum();
    println!("{edited} edits");
    assert!(edited > 100);
}

fn edits(catalog: &Catalog, folder: &str) -> usize {
    let actions = catalog.actions().unwrap();
    let scanner = Scanner::new(actions.iter());
    let mut edited = 0;
    for (rule, before, _) in rules(folder) {
        let action = actions.get(&rule).unwrap();
        let mechanical = action.detects().iter().filter(|one| one.is_mechanical());
        if mechanical.count() == 0 {
            continue;
        }
        let scan = before
            .scan(&scanner)
            .retain(|one| one.action().as_str() == rule);
        let with_edits = scan.findings().iter().filter(|one| one.edit().is_some());
        let count = with_edits.count();
        assert!(count > 0, "{rule} has no edit");
        let mut changed = Side::new();
        for (path, text) in &before.files {
            let new = apply_edits(&scan, path, text.as_bytes()).unwrap();
            let new = new.map_or(text.clone(), |new| String::from_utf8(new).unwrap());
            changed.files.insert(path.clone(), new);
        }
        let again = changed.scan(&scanner);
        assert_eq!(again.problems(), [], "{rule}: {:#?}", changed.files);
        let left = again.retain(|one| one.action().as_str() == rule);
        assert_eq!(
            left.findings().len(),
            scan.findings().len() - count,
            "{rule}: {:#?}",
            changed.files
        );
        edited += count;
    }
    edited
}

#[test]
fn every_rule_with_patterns_is_found_before_and_not_after() {
    let rules = catalogs().map(|(catalog, folder)| pairs(&catalog, folder));
    println!("{rules:?} rules with patterns");
    assert!(rules[1] >= 60, "of Rails");
}

fn pairs(catalog: &Catalog, folder: &str) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/scan")
        .join(folder);
    let actions = catalog.actions().unwrap();
    let scanner = Scanner::new(actions.iter());
    let mut rules = 0;
    let mut wrong = Vec::new();
    let finds = |action: &Action| {
        action
            .detects()
            .iter()
            .any(|one| one.role() == DetectRole::Find)
    };
    for action in actions.iter().filter(|action| finds(action)) {
        rules += 1;
        let rule = action.id().as_str();
        let Ok(text) = fs::read_to_string(folder.join(format!("{rule}.txt"))) else {
            wrong.push(format!("{rule}: no fixture"));
            continue;
        };
        let (before, after) = read(&text, rule);
        let scan = before.scan(&scanner);
        if !scan.problems().is_empty() {
            wrong.push(format!("{rule}: {:?}", scan.problems()));
        }
        let found = places(&scan, rule);
        if found != before.marked {
            let missed: Vec<_> = before.marked.difference(&found).collect();
            let extra: Vec<_> = found.difference(&before.marked).collect();
            wrong.push(format!("{rule}: missed {missed:?}, found {extra:?} too"));
        }
        assert_eq!(scan.of(action.id()).0 == Applies::Yes, !found.is_empty());
        let scan = after.scan(&scanner);
        if !scan.problems().is_empty() {
            wrong.push(format!("{rule}: {:?}", scan.problems()));
        }
        let found = places(&scan, rule);
        if !found.is_empty() {
            wrong.push(format!("{rule}: found after: {found:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let files = fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, rules, "a fixture of no rule");
    rules
}

#[test]
fn every_rule_has_patterns_or_says_what_decides() {
    for (catalog, _) in catalogs() {
        decided(&catalog);
    }
    let catalog = Catalog::karafka().unwrap();
    let actions = catalog.actions().unwrap();
    let of = |rule: &str| actions.get(rule).unwrap().what_decides();
    assert_eq!(
        of("karafka-2.4-requires-ruby-3.0"),
        "The lockfile decides: compare the installed ruby with >= 3.0.0."
    );
    assert_eq!(
        of("karafka-web-0.7-gate-0.6.3"),
        "Check which version of karafka-web is deployed: >= 0.6.3, < 0.7 must run everywhere first."
    );
    assert_eq!(
        of("waterdrop-2.7-wait-timeout-removed"),
        "Check whether configured."
    );
    assert_eq!(
        of("karafka-2.5-worker-thread-priority"),
        "Check whether you rely on the default: 0 becomes -1."
    );
    assert!(of("karafka-2.4-implicit-group-id").contains("is in your broker"));
}

fn decided(catalog: &Catalog) {
    let actions = catalog.actions().unwrap();
    let (mut found, mut told) = (0, 0);
    for action in actions.iter() {
        let finds = action
            .detects()
            .iter()
            .filter(|one| one.role() == DetectRole::Find);
        match finds.count() {
            0 => {
                let decides = action.what_decides();
                // A sentence that a person can act on, not the rule once more.
                assert!(
                    decides.ends_with('.') && decides.len() > 20,
                    "{}: {decides}",
                    action.id()
                );
                assert_ne!(decides, action.summary(), "{}", action.id());
                told += 1;
            }
            _ => found += 1,
        }
    }
    println!("{found} with patterns, {told} that no source shows");
    assert_eq!(found + told, actions.len());
}
