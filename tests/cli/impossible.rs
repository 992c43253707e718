//! Impossible situations as a user meets them: each folder of `tests/impossible` holds a lockfile, a
//! call and the answer to it. `RUNGS_UPDATE=1` writes the answers anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a person reads without scrolling.
const LINES: usize = 25;
const COLUMNS: usize = 80;

/// Words of a call; what stands in double quotes is one.
fn words(call: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in call.trim().split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn situations() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/impossible");
    let entries = fs::read_dir(folder).unwrap();
    let mut situations: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    situations.sort();
    situations
}

fn answer(folder: &Path) -> (String, Option<i32>) {
    let call = fs::read_to_string(folder.join("call")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_rungs"))
        .env("SOURCE_DATE_EPOCH", crate::program::NOW)
        .args(words(&call))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{folder:?}: {output:?}");
    (
        String::from_utf8(output.stdout).unwrap(),
        output.status.code(),
    )
}

#[test]
fn every_no_is_worth_reading() {
    let update = std::env::var_os("RUNGS_UPDATE").is_some();
    let situations = situations();
    assert!(situations.len() >= 15, "{}", situations.len());
    let mut wrong = Vec::new();
    for folder in &situations {
        let (text, code) = answer(folder);
        assert_eq!(code, Some(3), "{folder:?}\n{text}");
        assert!(text.lines().count() <= LINES, "{folder:?}\n{text}");
        let columns = text.lines().map(|line| line.chars().count()).max();
        assert!(columns <= Some(COLUMNS), "{folder:?}\n{text}");
        let file = folder.join("answer.txt");
        if update {
            fs::write(&file, &text).unwrap();
        }
        let known = fs::read_to_string(&file).unwrap_or_default();
        if known != text {
            wrong.push(format!("{}\n{text}", file.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} answers differ; RUNGS_UPDATE=1 writes them anew\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
