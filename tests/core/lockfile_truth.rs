//! 227 lockfiles, real and odd, compared part by part with what Bundler 4.0.22 reads in them.

use crate::common;
use rungs::ErrorCode;
use rungs::lockfile::{Checksum, GemSource, Lockfile, SourceKind, Spec};
use serde_json::{Value, json};
use std::fs;

/// Files of which Bundler reads nothing at all, without a word; we say what is wrong.
const NOTHING: [(&str, ErrorCode); 5] = [
    ("m02-lone-cr", ErrorCode::InvalidLockfile),
    ("m05-trailing-spaces", ErrorCode::InvalidLockfile),
    ("m18-empty", ErrorCode::EmptyLockfile),
    ("m19-only-space", ErrorCode::EmptyLockfile),
    ("m20-not-a-lockfile", ErrorCode::InvalidLockfile),
];

#[test]
fn every_file_reads_as_bundler_reads_it() {
    let Some(shared) = common::shared() else {
        return;
    };
    let folder = shared.join("lockfiles");
    let mut names: Vec<String> = fs::read_dir(folder.join("truth"))
        .expect("the folder of truths")
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    names.sort();
    let files = fs::read_dir(folder.join("files")).unwrap().count();
    assert_eq!(files, names.len(), "each file has a truth");
    assert!(files >= 227, "only {files} files");

    let mut failures = Vec::new();
    let mut refused = 0;
    for name in &names {
        let bytes = fs::read(folder.join(format!("files/{name}.lock"))).unwrap();
        let truth = fs::read(folder.join(format!("truth/{name}.json"))).unwrap();
        let truth: Value = serde_json::from_slice(&truth).unwrap();
        let ours = Lockfile::parse(&bytes);
        let nothing = NOTHING.iter().find(|(file, _)| file == name);
        match (&truth["parsed"], ours, nothing) {
            (Value::Null, Err(_), _) => refused += 1,
            (Value::Null, Ok(_), _) => {
                failures.push(format!(
                    "{name}: reads, but Bundler says {}",
                    truth["error"]
                ));
            }
            (truth, Err(error), Some((_, code))) => {
                assert_eq!(truth["sources"], json!([]), "{name}");
                assert_eq!(truth["dependencies"], json!([]), "{name}");
                assert_eq!(error.code(), *code, "{name}");
                refused += 1;
            }
            (_, Err(error), None) => failures.push(format!("{name}: {error}")),
            (_, Ok(_), Some(_)) => failures.push(format!("{name}: reads")),
            (truth, Ok(lockfile), None) => compare(name, truth, &lockfile, &mut failures),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    eprintln!("{} lockfiles compared, {refused} refused", names.len());
}

fn compare(name: &str, truth: &Value, lockfile: &Lockfile, failures: &mut Vec<String>) {
    let ours = view(lockfile);
    let parts = truth.as_object().unwrap();
    assert_eq!(
        parts.len(),
        7,
        "{name}: all parts of the truth are compared"
    );
    for (part, truth) in parts {
        let ours = &ours[part];
        if ours != truth {
            failures.push(format!("{name}: {part}\n  ours  {ours}\n  truth {truth}"));
        }
    }
}

/// A lockfile in the shape of the truth: what Bundler makes of the same texts.
fn view(lockfile: &Lockfile) -> Value {
    let mut specs: Vec<Value> = lockfile
        .specs()
        .map(|spec| {
            let dependencies: Vec<Value> = spec
                .dependencies()
                .map(|d| json!({ "name": d.name(), "requirement": requirement(d.requirement()) }))
                .collect();
            json!({
                "name": spec.name(),
                "version": spec.version(),
                "platform": platform(spec.platform()),
                "full_name": full_name(spec),
                "source": spec.source(),
                "dependencies": dependencies,
            })
        })
        .collect();
    specs.sort_by_key(|spec| spec["full_name"].as_str().unwrap().to_owned());
    let dependencies: Vec<Value> = lockfile
        .dependencies()
        .map(|d| {
            json!({
                "name": d.name(),
                "requirement": requirement(d.requirement()),
                "pinned_source": d.pinned_source(),
            })
        })
        .collect();
    json!({
        "bundled_with": lockfile.bundled_with(),
        "ruby_version": lockfile.ruby_version(),
        "platforms": lockfile.platforms().map(platform).collect::<Vec<_>>(),
        "sources": lockfile.sources().map(source).collect::<Vec<_>>(),
        "specs": specs,
        "dependencies": dependencies,
        "checksums": checksums(lockfile),
    })
}

/// `Gem::Requirement`: an operator always, any version by default, nothing twice.
fn requirement<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for part in parts {
        let version = part.trim_start_matches(['~', '>', '<', '=', '!']);
        let operator = &part[..part.len() - version.len()];
        let operator = if operator.is_empty() { "=" } else { operator };
        let text = format!("{operator} {}", version.trim());
        if !list.contains(&text) {
            list.push(text);
        }
    }
    if list.is_empty() {
        list.push(">= 0".to_owned());
    }
    list
}

/// `Gem::Platform`, as far as the files go.
fn platform(text: &str) -> String {
    match text {
        "weird" | "rc1" => "unknown".to_owned(),
        "i686-linux" => "x86-linux".to_owned(),
        _ => text.to_owned(),
    }
}

fn full_name(spec: Spec<'_>) -> String {
    match platform(spec.platform()).as_str() {
        "ruby" => format!("{}-{}", spec.name(), spec.version()),
        other => format!("{}-{}-{other}", spec.name(), spec.version()),
    }
}

fn source(source: GemSource<'_>) -> Value {
    let first = source.remotes().next();
    let mut value = match source.kind() {
        SourceKind::Gem => {
            // The last one written is asked first; an address ends in a slash.
            let mut remotes: Vec<String> = Vec::new();
            for remote in source.remotes() {
                let remote = format!("{}/", remote.trim_end_matches('/'));
                if !remotes.contains(&remote) {
                    remotes.insert(0, remote);
                }
            }
            return json!({ "type": "rubygems", "remotes": remotes });
        }
        SourceKind::Git => json!({ "type": "git", "uri": first }),
        SourceKind::Path => json!({ "type": "path", "path": first }),
        _ => {
            let mut options = json!({ "remote": first, "uri": first });
            for (key, text) in source.options() {
                options[key] = json!(text);
            }
            return json!({ "type": "Bundler::Plugin::UnloadedSource", "options": options });
        }
    };
    for (key, text) in source.options() {
        value[key] = match text {
            "true" => json!(true),
            "false" => json!(false),
            _ => json!(text),
        };
    }
    value
}

fn checksums(lockfile: &Lockfile) -> Value {
    let Some(lines) = lockfile.checksums() else {
        return Value::Null;
    };
    let lines: Vec<Checksum<'_>> = lines.collect();
    let mut value = json!({});
    for (index, spec) in lockfile.specs().enumerate() {
        let mut sums: Vec<String> = Vec::new();
        for line in lines.iter().filter(|line| line.spec() == Some(index)) {
            assert_eq!(line.name(), spec.name());
            assert_eq!(line.version(), spec.version());
            for sum in line.sums() {
                let text = format!("{}={}", sum.algorithm(), sum.hex());
                if !sums.contains(&text) {
                    sums.push(text);
                }
            }
        }
        sums.sort();
        value[full_name(spec)] = json!(sums);
    }
    value
}
