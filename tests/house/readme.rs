//! `tests/README.md` says which claim is held where: it is written from the first paragraph of every
//! test file and script, and a file that no program of tests includes is found.
//!
//! `UPDATE=1 cargo test --test house readme::` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The programs of tests, the innermost room first.
const PROGRAMS: [&str; 8] = [
    "core", "planner", "oracle", "corpus", "scan", "abi", "cli", "house",
];

/// What is no test but belongs to some.
const DATA: [(&str, &str); 5] = [
    (
        "abi/*.txt",
        "the comment at the top of the header, the exported symbols, and what a binding leaves out",
    ),
    (
        "common",
        "where test data is that is not part of the repository",
    ),
    (
        "fixtures",
        "lockfiles, hostile texts and applications to scan, each named by the test that reads it",
    ),
    (
        "impossible",
        "a lockfile, a call and its answer for each kind of impossible situation",
    ),
    (
        "scenarios",
        "requests with what to expect, for the program and every language",
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The first paragraph of the comment that a file begins with, on one line; an example, which is
/// indented, ends it.
fn paragraph(text: &str, mark: &str) -> String {
    let is_head = |line: &&str| {
        line.is_empty() || line.starts_with("#!/") || line.starts_with("# frozen_string_literal")
    };
    let lines = text
        .lines()
        .skip_while(is_head)
        .map_while(|line| line.strip_prefix(mark))
        .take_while(|line| !line.trim().is_empty() && !line.starts_with("   "))
        .map(str::trim);
    lines.collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// The files that a `main.rs` includes.
fn included(main: &str) -> BTreeSet<String> {
    main.lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

/// A problem for each file of a program that `main.rs` does not include: its tests would not run.
fn forgotten(files: &[String], main: &str) -> Vec<String> {
    let included = included(main);
    let stem = |file: &String| file.strip_suffix(".rs").map(str::to_owned);
    let stems = files.iter().filter_map(stem);
    stems
        .filter(|stem| stem != "main" && !included.contains(stem))
        .map(|stem| format!("{stem}.rs is not in main.rs"))
        .collect()
}

fn row(out: &mut String, name: &str, what: &str) {
    assert!(!what.is_empty(), "{name} does not say what it holds");
    writeln!(out, "| `{name}` | {what} |").unwrap();
}

fn generated() -> String {
    let tests = root().join("tests");
    let mut out = String::from(
        "# Which claim is held where\n\n\
         Written from the first lines of each file by `UPDATE=1 cargo test --test house readme::`; do not\n\
         edit it. `cargo test --all-features --test core versions::` runs the tests of one file. A file\n\
         with ¹ compares with data that is not part of the repository and prints `NOT RUN` without it\n\
         (`CONTRIBUTING.md`). A file with ² holds no tests; others use it.\n",
    );
    for program in PROGRAMS {
        let folder = tests.join(program);
        let main = read(&folder.join("main.rs"));
        let files: Vec<String> = names(&folder)
            .into_iter()
            .filter(|name| name.ends_with(".rs"))
            .collect();
        assert_eq!(forgotten(&files, &main), Vec::<String>::new(), "{program}");
        write!(
            out,
            "\n## `{program}`\n\n{}\n\n| file | what it holds |\n|---|---|\n",
            paragraph(&main, "//!")
        )
        .unwrap();
        for file in files.iter().filter(|file| *file != "main.rs") {
            let text = read(&folder.join(file));
            let mut what = paragraph(&text, "//!");
            assert!(!what.is_empty(), "{program}/{file} has no `//!`");
            if text.contains(&["shared", "()"].concat()) {
                what += " ¹";
            }
            if !text.contains("#[test]") {
                what += " ²";
            }
            row(&mut out, file, &what);
        }
    }

    out.push_str(
        "\n## With other programs\n\n`scripts/test` runs these as steps of their own, except `scripts/test-fleet`,\n\
         which is run by hand.\n\n\
         | script | what it holds |\n|---|---|\n",
    );
    let scripts = names(&root().join("scripts"));
    for script in scripts.iter().filter(|name| name.starts_with("test-")) {
        let text = read(&root().join("scripts").join(script));
        row(
            &mut out,
            &format!("scripts/{script}"),
            &paragraph(&text, "#"),
        );
    }
    for folder in ["bundler", "browser", "servers", "spark"] {
        for file in names(&tests.join(folder)) {
            let path: PathBuf = tests.join(folder).join(&file);
            row(
                &mut out,
                &format!("tests/{folder}/{file}"),
                &said(&read(&path)),
            );
        }
    }

    out.push_str("\n## Data\n\n| folder | what it holds |\n|---|---|\n");
    for (name, what) in DATA {
        row(&mut out, name, what);
    }
    let mut known: BTreeSet<&str> = PROGRAMS.into_iter().collect();
    known.extend(DATA.iter().filter_map(|(name, _)| name.split('/').next()));
    known.extend(["bundler", "browser", "servers", "spark", "README.md"]);
    for name in names(&tests) {
        assert!(known.contains(name.as_str()), "tests/{name} has no place");
    }
    out
}

/// What a script says of itself: its comment, or the text at the top of a Python file.
fn said(text: &str) -> String {
    let comment = paragraph(text, "#");
    if !comment.is_empty() {
        return comment;
    }
    let mut parts = text.split("\"\"\"").skip(1);
    let words = parts.next().unwrap_or_default();
    let first = words.split("\n\n").next().unwrap_or_default();
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_readme_of_the_tests_is_what_the_files_say() {
    let path = root().join("tests/README.md");
    let now = generated();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &now).unwrap();
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|before| before == now),
        "tests/README.md is not what the files say; write it anew with\n  \
         UPDATE=1 cargo test --test house readme::"
    );
}

#[test]
fn a_file_that_no_program_includes_is_found() {
    let files = ["a.rs", "b.rs", "main.rs", "list.txt"].map(str::to_owned);
    assert_eq!(
        forgotten(&files, "mod a;\nmod ba;\n// mod b;\n"),
        ["b.rs is not in main.rs"]
    );
    assert_eq!(forgotten(&files, "mod a;\nmod b;\n"), Vec::<String>::new());
}

#[test]
fn the_first_paragraph_is_read() {
    assert_eq!(
        paragraph("//! One\n//! two.\n//!\n//! Three.\n", "//!"),
        "One two."
    );
    assert_eq!(
        paragraph("#!/bin/sh\n# A | b.\nset -e\n# c\n", "#"),
        "A \\| b."
    );
    assert_eq!(said("#!/x\n\"\"\"One\ntwo.\n\nThree.\"\"\"\n"), "One two.");
    assert_eq!(paragraph("# a\n#   a.rb\n# b\n", "#"), "a");
    assert_eq!(paragraph("use a;\n//! no", "//!"), "");
}
