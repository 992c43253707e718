//! What the documentation promises: enough examples that run, a row for each feature in the README, and
//! a word on the stability of each public module that is the same in the README and in its own text.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Fewer examples in doc comments than this are too few.
const EXAMPLES: usize = 80;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("cli") && !path.ends_with("ffi") {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
}

/// The blocks of Rust in doc comments that rustdoc runs.
fn examples(text: &str) -> usize {
    let mut is_inside = false;
    let mut count = 0;
    for line in text.lines().map(str::trim) {
        let doc = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"));
        let Some(info) = doc.and_then(|doc| doc.trim().strip_prefix("```")) else {
            continue;
        };
        is_inside = !is_inside;
        count += usize::from(is_inside && info.is_empty());
    }
    count
}

#[test]
fn there_are_examples() {
    let mut texts = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut texts,
    );
    let count: usize = texts.iter().map(|text| examples(text)).sum();
    assert!(count >= EXAMPLES, "{count} examples in doc comments");
    println!("{count} examples in doc comments");
}

#[test]
fn examples_are_counted() {
    let text = "/// ```\n/// a\n/// ```\n//! ```text\n//! ```\n// ```\n    /// ```\n    /// ```\n";
    assert_eq!(examples(text), 2);
}

/// What stands in `code` in the first cell of the rows of the table below a line.
fn first_cells(text: &str, head: &str) -> Vec<(String, String)> {
    let (_, rest) = text
        .split_once(head)
        .unwrap_or_else(|| panic!("no table {head}"));
    let lines = rest
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with("| "));
    let mut found = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        for name in cells[0].split('`').skip(1).step_by(2) {
            found.push((name.to_owned(), cells[1].trim().to_owned()));
        }
    }
    found
}

#[test]
fn each_feature_has_its_row() {
    let manifest = read("Cargo.toml");
    let (_, features) = manifest.split_once("[features]\n").unwrap();
    let features = features.split("\n[").next().unwrap().lines();
    let features: BTreeSet<String> = features
        .filter_map(|line| Some(line.split_once(" = [")?.0.to_owned()))
        .filter(|name| name != "default")
        .collect();
    let rows = first_cells(&read("README.md"), "| feature | adds | needs |");
    let rows: BTreeSet<String> = rows.into_iter().map(|row| row.0).collect();
    assert!(features.len() > 3);
    assert_eq!(rows, features);
}

#[test]
fn each_module_has_a_word_on_its_stability() {
    let library = read("src/lib.rs");
    let modules: BTreeSet<&str> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let rows = first_cells(&read("README.md"), "| module | stability |");
    let named: BTreeSet<&str> = rows.iter().map(|row| row.0.as_str()).collect();
    assert_eq!(named, modules);
    for (name, stability) in &rows {
        let folder = format!("src/{name}/mod.rs");
        let is_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder).exists();
        let text = read(&if is_folder {
            folder
        } else {
            format!("src/{name}.rs")
        });
        let is_unstable = text.contains("//! Unstable: ");
        assert_eq!(is_unstable, stability.starts_with("unstable"), "{name}");
    }
    for name in ["ruby", "gemfile", "resolve", "index"] {
        let text = read(&format!("src/{name}/mod.rs"));
        assert!(text.contains("//! # Stability\n"), "{name}");
    }
}
