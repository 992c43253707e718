//! `ARCHITECTURE.md` and `CONTRIBUTING.md` stay true: the rows are those that are checked, each file
//! and symbol of "to change X, go to Y" is there, and every dependency has its row.

use crate::layers::{INSIDE, ROOMS};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text below a heading, up to the next one of its level.
pub(crate) fn section<'t>(text: &'t str, heading: &str) -> &'t str {
    let (_, rest) = text
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("there is no {heading}"));
    let level = heading.split(' ').next().unwrap_or_default();
    rest.split(&format!("\n{level} ")).next().unwrap_or(rest)
}

/// The cells of the rows of a table, without its head.
pub(crate) fn rows(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().filter(|line| line.starts_with("| "));
    let cells = lines.skip(1).map(|line| {
        let inner = line.trim_matches('|');
        inner.split(" | ").map(str::trim).collect()
    });
    cells.collect()
}

/// What stands in `code` in a text.
pub(crate) fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// What is wrong with a cell such as "`src/a.rs`: `one`, `two`; `src/b.rs`".
fn wrong_place(cell: &str, text_of: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for place in cell.split("; ") {
        let words = code(place);
        let Some((file, symbols)) = words.split_first() else {
            found.push(format!("{place:?} names no file"));
            continue;
        };
        let Some(text) = text_of(file) else {
            found.push(format!("{file} is not there"));
            continue;
        };
        let missing = symbols.iter().filter(|symbol| !has_word(&text, symbol));
        found.extend(missing.map(|symbol| format!("{file} has no {symbol}")));
    }
    found
}

#[test]
fn to_change_x_one_can_go_to_y() {
    let text = read("ARCHITECTURE.md");
    let rows = rows(section(&text, "## To change X, go to Y"));
    assert!(rows.len() >= 15, "{} rows", rows.len());
    let text_of = |file: &str| fs::read_to_string(root().join(file)).ok();
    let found: Vec<String> = rows
        .iter()
        .flat_map(|row| wrong_place(row[1], &text_of))
        .collect();
    assert!(found.is_empty(), "ARCHITECTURE.md:\n{}", found.join("\n"));
}

#[test]
fn a_place_that_is_not_there_is_found() {
    let text_of = |file: &str| (file == "src/a.rs").then(|| "fn one_more() {} two".to_owned());
    assert_eq!(
        wrong_place("`src/a.rs`: `one`, `two`; `src/b.rs`; none", &text_of),
        [
            "src/a.rs has no one",
            "src/b.rs is not there",
            "\"none\" names no file"
        ]
    );
    assert!(wrong_place("`src/a.rs`: `one_more`", &text_of).is_empty());
}

#[test]
fn the_files_that_are_named_are_there() {
    let folders = [
        "src/",
        "tests/",
        "docs/",
        "bindings/",
        "scripts/",
        "examples/",
        "include/",
        "schemas/",
        "benches/",
    ];
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = read(document);
        // Blocks of text are no code spans.
        let prose: String = text.split("```").step_by(2).collect();
        for name in code(&prose) {
            let is_path = folders.iter().any(|folder| name.starts_with(folder));
            if is_path && !name.contains(['*', ' ']) && !name.contains("NAME") {
                assert!(
                    root().join(name).exists(),
                    "{document}: {name} is not there"
                );
            }
        }
    }
}

/// The names of each row of a block such as "row 0   span  words" with more lines of the same row.
fn drawn(block: &str, known: &BTreeSet<&str>) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for line in block.lines() {
        let words = match line.strip_prefix("row ") {
            Some(rest) => {
                rows.push(String::new());
                rest.split_once(' ').map_or("", |(_, rest)| rest)
            }
            None => line,
        };
        // The names end where their description begins.
        let names = words.trim_start().split("  ").next().unwrap_or_default();
        for name in names.split(' ').filter(|name| known.contains(name)) {
            if let Some(row) = rows.last_mut() {
                let gap = if row.is_empty() { "" } else { " " };
                row.push_str(&format!("{gap}{name}"));
            }
        }
    }
    rows
}

#[test]
fn the_rows_are_those_that_are_checked() {
    let text = read("ARCHITECTURE.md");
    let blocks: Vec<&str> = section(&text, "## Rows").split("```").collect();
    let known = ROOMS.iter().flat_map(|row| row.split(' ')).collect();
    assert_eq!(drawn(blocks[1], &known), ROOMS, "the rows of ROOMS");
    let planner = INSIDE.iter().find(|inside| inside.room == "planner");
    let planner = planner.expect("the planner has rows");
    let known = planner.rows.iter().flat_map(|row| row.split(' ')).collect();
    assert_eq!(drawn(blocks[3], &known), planner.rows, "the planner's rows");
}

#[test]
fn drawn_rows_are_read() {
    let known = ["a", "b", "c"].into_iter().collect();
    let block = "text\nrow 0   a b    a word\n        c      b\nrow 1   b\n";
    assert_eq!(drawn(block, &known), ["a b c", "b"]);
}

/// The names of the crates in the tables of dependencies of a manifest.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut is_inside = false;
    let mut found = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_inside = line.trim_end_matches(']').ends_with("dependencies");
        } else if let (true, Some((name, _))) = (is_inside, line.split_once(" = ")) {
            found.insert(name.to_owned());
        }
    }
    found
}

#[test]
fn every_dependency_has_its_row() {
    let text = read("ARCHITECTURE.md");
    let told: BTreeSet<String> = rows(section(&text, "## Dependencies"))
        .iter()
        .flat_map(|row| code(row[0]))
        .map(str::to_owned)
        .collect();
    let there = dependencies(&read("Cargo.toml"));
    assert!(there.len() > 10);
    let missing: Vec<_> = there.difference(&told).collect();
    let gone: Vec<_> = told.difference(&there).collect();
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md says nothing of {missing:?}"
    );
    assert!(gone.is_empty(), "Cargo.toml no longer has {gone:?}");
}
