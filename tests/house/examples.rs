//! Every file in `examples` compiles (cargo does that), runs and prints what it is for.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The examples with a line of what each prints and how it ends.
const EXAMPLES: [(&str, &str, i32); 6] = [
    ("index", "step 4 also moves ffi", 0),
    ("lint", "error: waterdrop skips line 2.7", 1),
    ("overlay", "2.3.4 → 2.4.18 → 2.4.18 → 2.5.8 → 2.6.0", 0),
    ("plan", "5 steps to karafka 2.6, from Ruby 3.2.2", 0),
    (
        "scan",
        "karafka.rb:1:31: karafka-2.0-batch-fetching-removed",
        0,
    ),
    ("why", "karafka-web is at 0.8.0.", 0),
];

/// The folder in which cargo puts the examples that it builds along with this test.
fn folder() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.parent().unwrap().parent().unwrap().join("examples")
}

#[test]
fn each_example_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<String> = std::fs::read_dir(root.join("examples"))
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".rs").map(str::to_owned)
        })
        .collect();
    files.sort();
    assert_eq!(files, EXAMPLES.map(|(name, ..)| name));
    for (name, expected, code) in EXAMPLES {
        let program = folder().join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if !program.is_file() {
            println!("NOT RUN: examples/{name}.rs; `cargo test --all-features` builds it");
            continue;
        }
        let output = Command::new(program).current_dir(root).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.lines().any(|line| line == expected), "{name}:\n{text}");
        assert_eq!(output.status.code(), Some(code), "{name}");
    }
}
