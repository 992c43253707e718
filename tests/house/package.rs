//! What `cargo package` takes along: what users of the crate build or read, and nothing else; and that
//! one address of the repository stands everywhere.

use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn listed() -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.replace('\\', "/")).collect()
}

/// The files that `include_str!("…")` and its like in this text name, from the root.
fn included(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split("include_").skip(1) {
        let Some((_, rest)) = part.split_once("!(\"") else {
            continue;
        };
        let (Some((name, _)), true) = (
            rest.split_once('"'),
            part.starts_with("str!(\"") || part.starts_with("bytes!(\""),
        ) else {
            continue;
        };
        let mut parts: Vec<&str> = path.split('/').collect();
        parts.pop();
        for part in name.split('/') {
            match part {
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        found.push(parts.join("/"));
    }
    found
}

#[test]
fn the_package_has_what_it_needs_and_no_more() {
    let files = listed();
    let mut bytes = 0;
    for file in &files {
        if let Ok(meta) = fs::metadata(root().join(file)) {
            bytes += meta.len();
        }
        for folder in ["tests/", "benches/", "bindings/", "scripts/", ".ci/"] {
            assert!(!file.starts_with(folder), "{file} is in the package");
        }
    }
    assert!(files.len() <= 480, "{} files", files.len());
    assert!(bytes <= 5_500_000, "{bytes} bytes");
    let has = |name: &str| files.iter().any(|file| file == name);
    for name in [
        "README.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "CHANGELOG.md",
        "include/rungs.h",
        "examples/plan.rs",
    ] {
        assert!(has(name), "the package lacks {name}");
    }
    let mut seen = 0;
    for file in files.iter().filter(|file| file.ends_with(".rs")) {
        let text = fs::read_to_string(root().join(file)).unwrap();
        for name in included(file, &text) {
            assert!(has(&name), "{file} includes {name}, which is not packaged");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} files included");
}

/// An example that includes a file by its path is found in no program but its own: all are compiled one by one then,
/// in ten times the time.
#[test]
fn examples_of_the_documentation_include_nothing() {
    let mut examples = 0;
    for file in listed().iter().filter(|file| file.ends_with(".rs")) {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let lines = text.lines().map(str::trim_start);
        for line in lines.filter(|line| line.starts_with("///") || line.starts_with("//!")) {
            let is_clean = !line.contains("include_str!") && !line.contains("include_bytes!");
            assert!(is_clean, "{file}: {line}: expected std::fs::read");
            examples += usize::from(line.contains("```"));
        }
    }
    assert!(examples > 200, "{examples}");
}

#[test]
fn an_include_is_seen() {
    assert_eq!(
        included(
            "src/a/b.rs",
            "x!(include_str!(\"../../c/d.json\"), include_bytes!(\"e\"))"
        ),
        ["c/d.json", "src/a/e"]
    );
    assert_eq!(
        included("src/a.rs", "include_str!(concat!(\"a\"))"),
        Vec::<String>::new()
    );
}

#[test]
fn one_address_of_the_repository() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let manifest = read("Cargo.toml");
    let address = manifest
        .lines()
        .find_map(|line| line.strip_prefix("repository = \"https://"))
        .and_then(|line| line.strip_suffix('"'))
        .expect("Cargo.toml has a repository");
    let module = read("bindings/go/go.mod");
    let module = module.lines().next().unwrap().trim_start_matches("module ");
    assert_eq!(module, format!("{address}/bindings/go"));
}
