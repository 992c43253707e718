//! The oldest Rust that `Cargo.toml` states is one that every dependency of a build accepts.
//!
//! Not every package states its own: `scripts/test msrv` compiles them and us with that Rust. What
//! our own code may call is checked by clippy's `incompatible_msrv` too.

use serde_json::Value;
use std::process::Command;

/// `1.85` is `1.85.0`.
fn numbers(version: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().unwrap())
        .collect();
    numbers.resize(3, 0);
    numbers
}

#[test]
fn no_dependency_needs_a_newer_rust_than_we_state() {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--all-features",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours = packages
        .iter()
        .find(|package| package["name"] == "rungs")
        .unwrap();
    let stated = numbers(ours["rust_version"].as_str().unwrap());
    // What a build of the crate with all features pulls in.
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let mut open = vec![ours["id"].as_str().unwrap()];
    let mut seen: Vec<&str> = Vec::new();
    while let Some(id) = open.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let node = nodes.iter().find(|node| node["id"] == id).unwrap();
        for dependency in node["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            // All but the development dependencies: `null` is an ordinary one.
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                open.push(dependency["pkg"].as_str().unwrap());
            }
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
    let newer: Vec<String> = packages
        .iter()
        .filter(|package| seen.contains(&package["id"].as_str().unwrap()))
        .filter_map(|package| {
            let needs = package["rust_version"].as_str()?;
            let is_newer = numbers(needs) > stated;
            is_newer.then(|| format!("{} {} needs {needs}", package["name"], package["version"]))
        })
        .collect();
    assert!(newer.is_empty(), "{newer:?}");
}
