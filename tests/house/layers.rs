//! The rooms of the crate stand in rows; an arrow (`crate::room`) never points up.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and its row.
const ROWS: &[(&str, u8)] = &[
    ("error", 0),
    ("name", 0),
    ("span", 0),
    ("date", 0),
    ("version", 1),
    ("ruby", 1),
    ("catalog", 2),
    ("lockfile", 2),
    ("index", 2),
    ("resolve", 3),
    ("plan", 3),
    ("rules", 3),
    ("scan", 3),
    ("gemfile", 4),
    ("smoke", 4),
    ("planner", 5),
    ("lint", 6),
    ("policy", 7),
    ("wire", 8),
    ("report", 9),
    ("ffi", 10),
    ("cli", 10),
];

/// What only the program does.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::time",
    "std::thread",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "dbg!",
];
const STD_OUTSIDE: &[&str] = &["fs", "env", "net", "time", "thread"];

const MAX_LINES: usize = 800;

fn row(room: &str) -> Option<u8> {
    ROWS.iter()
        .find(|(name, _)| *name == room)
        .map(|(_, row)| *row)
}

/// `src/planner/mod.rs` and `src/date.rs` as `planner` and `date`; `lib` is the root.
fn room_of(path: &str) -> String {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let first = path.split('/').next().unwrap_or(path);
    first.trim_end_matches(".rs").to_owned()
}

/// The source without comments and without the contents of literals; line breaks stay.
fn code(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let here = chars[at];
        let next = chars.get(at + 1).copied();
        let word_before = at > 0 && is_word(chars[at - 1]);
        if here == '/' && next == Some('/') {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if here == '/' && next == Some('*') {
            let mut depth = 0;
            while at < chars.len() {
                match (chars[at], chars.get(at + 1)) {
                    ('/', Some('*')) => {
                        depth += 1;
                        at += 1;
                    }
                    ('*', Some('/')) => {
                        depth -= 1;
                        at += 1;
                    }
                    ('\n', _) => out.push('\n'),
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    break;
                }
            }
        } else if here == 'r' && raw_hashes(&chars[at + 1..]).is_some() && starts_raw(&chars, at) {
            let hashes = raw_hashes(&chars[at + 1..]).unwrap_or(0);
            at += hashes + 2;
            while at < chars.len() {
                let closes = chars[at] == '"'
                    && chars[at + 1..].len() >= hashes
                    && chars[at + 1..at + 1 + hashes].iter().all(|c| *c == '#');
                if closes {
                    at += 1 + hashes;
                    break;
                }
                if chars[at] == '\n' {
                    out.push('\n');
                }
                at += 1;
            }
        } else if here == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                if chars[at] == '\\' {
                    at += 1;
                }
                if chars.get(at) == Some(&'\n') {
                    out.push('\n');
                }
                at += 1;
            }
            at += 1;
        } else if here == '\'' && !word_before && next == Some('\\') {
            at += 3;
            while at < chars.len() && chars[at] != '\'' {
                at += 1;
            }
            at += 1;
        } else if here == '\'' && next.is_some() && chars.get(at + 2) == Some(&'\'') {
            at += 3;
        } else {
            out.push(here);
            at += 1;
        }
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A raw string opens at this `r`, which is no end of a longer word (`br` is a prefix of its own).
fn starts_raw(chars: &[char], at: usize) -> bool {
    match at.checked_sub(1).map(|before| chars[before]) {
        Some('b') => at < 2 || !is_word(chars[at - 2]),
        Some(before) => !is_word(before),
        None => true,
    }
}

fn raw_hashes(rest: &[char]) -> Option<usize> {
    let hashes = rest.iter().take_while(|c| **c == '#').count();
    (rest.get(hashes) == Some(&'"')).then_some(hashes)
}

/// The first words of a path or of a group of paths: `a::b` as `a`, `{a::b, c}` as `a` and `c`.
fn heads(rest: &str) -> Vec<String> {
    let rest = rest.trim_start();
    let Some(group) = rest.strip_prefix('{') else {
        return vec![rest.chars().take_while(|c| is_word(*c)).collect()];
    };
    let (mut found, mut depth, mut fresh) = (Vec::new(), 0, true);
    let mut word = String::new();
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(std::mem::take(&mut word));
                fresh = true;
            }
            _ if depth > 0 => {}
            _ if is_word(c) && fresh => word.push(c),
            _ => fresh = fresh && (word.is_empty() && c.is_whitespace()),
        }
    }
    found.push(word);
    found.retain(|word| !word.is_empty());
    found
}

/// Where `word` stands in a line of code, not as a part of a longer word.
fn places(text: &str, word: &str) -> Vec<usize> {
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(|at| !text[..*at].chars().next_back().is_some_and(is_word))
        .filter(|at| {
            let ends_in_word = word.chars().next_back().is_some_and(is_word);
            let after = text[at + word.len()..].chars().next();
            !(ends_in_word && after.is_some_and(is_word))
        })
        .collect()
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// All that is wrong in one file.
fn problems(path: &str, source: &str) -> Vec<String> {
    let room = room_of(path);
    let text = code(source);
    let mut found = Vec::new();
    let mut say = |at: usize, what: String| {
        found.push(format!("{path}:{}: {what}", line_of(&text, at)));
    };

    if room != "lib" {
        let Some(own) = row(&room) else {
            return vec![format!("{path}: the room {room} has no row")];
        };
        let is_root_of_room =
            path.ends_with("/mod.rs") || !path.trim_start_matches("src/").contains('/');
        let mut arrows: Vec<(usize, String)> = Vec::new();
        for root in ["crate::", "rungs::"] {
            if root == "rungs::" && room != "cli" {
                continue;
            }
            for at in places(&text, root) {
                for head in heads(&text[at + root.len()..]) {
                    arrows.push((at, head));
                }
            }
        }
        for at in places(&text, "super::") {
            // From the top of a room `super` is the root, where the word names a room; in the
            // tests module of such a file it is the file itself.
            let rest = &text[at + "super::".len()..];
            if rest.starts_with("super::") {
                say(
                    at,
                    "super::super:: hides an arrow; write crate::".to_owned(),
                );
            }
            if is_root_of_room {
                arrows.extend(
                    heads(rest)
                        .into_iter()
                        .filter(|head| rest.starts_with(&format!("{head}::")) && head != &room)
                        .filter(|head| row(head).is_some())
                        .map(|head| (at, head)),
                );
            }
        }
        for (at, head) in arrows {
            match row(&head) {
                // The root gives out values (`crate::Version`) for those outside.
                None if room == "cli" => {}
                None => say(at, format!("crate::{head} is no room; name the room of it")),
                Some(_) if head == room => {}
                Some(other) if other > own => say(
                    at,
                    format!("{room} (row {own}) uses {head} (row {other}): the arrow points up"),
                ),
                Some(2) if own == 2 => say(
                    at,
                    format!("{room} uses {head}: neither of the two knows the other"),
                ),
                Some(10) => say(
                    at,
                    format!("{room} uses {head}: neither of the two knows the other"),
                ),
                Some(_) => {}
            }
        }
    }

    if room != "cli" {
        for word in OUTSIDE {
            for at in places(&text, word) {
                say(at, format!("{word} outside src/cli"));
            }
        }
        for at in places(&text, "std::") {
            let rest = &text[at + "std::".len()..];
            if rest.starts_with('{') {
                for head in heads(rest) {
                    if STD_OUTSIDE.contains(&head.as_str()) {
                        say(at, format!("std::{head} outside src/cli"));
                    }
                }
            }
        }
    }
    if room != "wire" {
        for word in ["serde", "serde_json", "Serialize", "Deserialize"] {
            for at in places(&text, word) {
                say(at, format!("{word} outside src/wire"));
            }
        }
    }
    if room != "ffi" {
        for word in ["unsafe", "unsafe_code"] {
            for at in places(&text, word) {
                say(at, format!("{word} outside src/ffi"));
            }
        }
    }
    let lines = source.lines().count();
    if lines > MAX_LINES {
        found.push(format!("{path}: {lines} lines, at most {MAX_LINES}"));
    }
    found
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn no_arrow_points_up_and_only_the_program_touches_the_world() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    files.sort();
    assert!(files.len() > 20, "only {} files found", files.len());
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let path = file.strip_prefix(root).unwrap().to_str().unwrap();
        all.extend(problems(&path.replace('\\', "/"), &text));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[track_caller]
fn fails(path: &str, source: &str, with: &str) {
    let found = problems(path, source).join("\n");
    assert!(found.contains(with), "{found:?} has no {with:?}");
}

#[track_caller]
fn passes(path: &str, source: &str) {
    assert_eq!(problems(path, source), Vec::<String>::new());
}

#[test]
fn the_check_sees_an_arrow_that_points_up() {
    fails(
        "src/version/set.rs",
        "fn a() {}\nuse crate::plan::Plan;\n",
        "src/version/set.rs:2: version (row 1) uses plan (row 3): the arrow points up",
    );
    fails("src/date.rs", "fn a(x: crate::version::Version) {}", "up");
    fails("src/plan/mod.rs", "use super::planner::Request;", "up");
    fails(
        "src/plan/mod.rs",
        "use crate::{\n    date::{Date, Day},\n    wire,\n};",
        "plan (row 3) uses wire (row 8)",
    );
    fails(
        "src/catalog/mod.rs",
        "use crate::lockfile::Lockfile;",
        "neither",
    );
    fails(
        "src/lockfile/mod.rs",
        "use crate::catalog::Catalog;",
        "neither",
    );
    fails(
        "src/index/info.rs",
        "use crate::catalog::Catalog;",
        "neither",
    );
    fails(
        "src/lockfile/mod.rs",
        "use crate::index::Versions;",
        "neither",
    );
    fails("src/catalog/mod.rs", "use crate::Version;", "is no room");
    fails("src/plan/a.rs", "use super::super::date;", "super::super");
    fails("src/attic/mod.rs", "", "has no row");
    passes(
        "src/planner/mod.rs",
        "use crate::{error::Error, plan::Plan, lockfile};",
    );
    passes("src/error.rs", "use crate::span::Place;");
    passes(
        "src/cli/main.rs",
        "use rungs::{Date, report}; use rungs::wire;",
    );
    passes(
        "src/date.rs",
        "// crate::plan\nconst A: &str = \"crate::plan\";",
    );
}

#[test]
fn the_check_sees_the_world_outside_serde_unsafe_and_long_files() {
    fails("src/plan/mod.rs", "use std::fs;", "std::fs outside src/cli");
    fails(
        "src/plan/mod.rs",
        "use std::{fmt, time::Instant};",
        "std::time",
    );
    fails("src/plan/mod.rs", "fn a() { println!(\"a\"); }", "println!");
    fails("src/lib.rs", "fn a() { std::env::args(); }", "std::env");
    passes(
        "src/cli/main.rs",
        "use std::fs; fn a() { eprintln!(\"a\"); }",
    );
    passes("src/plan/mod.rs", "use std::fmt; // std::fs");
    fails(
        "src/report/text.rs",
        "use serde::Serialize;",
        "serde outside src/wire",
    );
    passes("src/wire/plan.rs", "use serde::Serialize;");
    fails(
        "src/cli/main.rs",
        "fn a() { unsafe {} }",
        "main.rs:1: unsafe outside src/ffi",
    );
    fails(
        "src/plan/mod.rs",
        "#![allow(unsafe_code)]",
        "unsafe_code outside src/ffi",
    );
    passes("src/ffi/memory.rs", "fn a() { unsafe {} }");
    fails("src/ffi/memory.rs", "use std::fs;", "std::fs outside");
    fails("src/ffi/memory.rs", "use crate::cli::args;", "neither");
    passes(
        "src/cli/main.rs",
        "const A: char = '\"'; // unsafe\nconst B: &str = r#\"unsafe\"#;",
    );
    fails(
        "src/cli/main.rs",
        &"\n".repeat(801),
        "801 lines, at most 800",
    );
    passes("src/cli/main.rs", &"\n".repeat(800));
}
