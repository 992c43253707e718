//! What the workflows, the action, the hooks and the jobs for GitLab call is there: scripts, their steps, tasks,
//! files; and each script of theirs is one that a shell can read, on macOS too.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

const FILES: [&str; 5] = [
    ".github/workflows/release.yml",
    ".github/workflows/web.yml",
    "action.yml",
    ".pre-commit-hooks.yaml",
    "ci/gitlab.yml",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The shell scripts in a file of YAML: what follows `run:` or `entry:`, on the line or indented below it, and the
/// items of a `script:`.
fn scripts(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut scripts = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let key = line.trim_start().trim_start_matches("- ");
        // Of an item `- run:` what is indented further belongs to it.
        let column = line.len() - key.len();
        let below = lines[at + 1..].iter();
        let below: Vec<&str> = below
            .take_while(|it| it.trim().is_empty() || indent(it) > column)
            .copied()
            .collect();
        match key.split_once(": ").or(key.split_once(':')) {
            Some(("run", "|")) => {
                let first = below.iter().find(|it| !it.trim().is_empty());
                let cut = first.map_or(0, |it| indent(it));
                let cut: Vec<&str> = below.iter().map(|it| it.get(cut..).unwrap_or("")).collect();
                scripts.push(cut.join("\n"));
            }
            Some(("run" | "entry", script)) => {
                let quoted = script
                    .strip_prefix('\'')
                    .and_then(|it| it.strip_suffix('\''));
                scripts.push(quoted.unwrap_or(script).to_owned());
            }
            Some(("script" | "before_script", "")) => {
                let items = below
                    .iter()
                    .filter_map(|it| it.trim_start().strip_prefix("- "));
                scripts.extend(items.map(str::to_owned));
            }
            _ => {}
        }
    }
    scripts
}

/// The script with a word in place of each expression of the service.
fn without_expressions(script: &str) -> String {
    let mut parts = script.split("${{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("word");
        out.push_str(part.split_once("}}").map_or("", |(_, rest)| rest));
    }
    out
}

fn words(script: &str) -> Vec<&str> {
    let apart = |c: char| c.is_whitespace() || "\"'`;()=<>|&".contains(c);
    script.split(apart).filter(|it| !it.is_empty()).collect()
}

#[test]
fn a_shell_can_read_what_they_run() {
    for name in FILES {
        let found = scripts(&read(name));
        assert!(!found.is_empty(), "{name} has no script");
        for script in found {
            let script = without_expressions(&script);
            let mut shell = Command::new("bash")
                .arg("-n")
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut input = shell.stdin.take().unwrap();
            input.write_all(script.as_bytes()).unwrap();
            drop(input);
            let done = shell.wait_with_output().unwrap();
            let error = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{name}: {error}\n{script}");
        }
    }
}

#[test]
fn what_they_name_is_there() {
    let tests = read("scripts/test");
    let rakefile = read("bindings/ruby/Rakefile");
    let mut seen = BTreeSet::new();
    for name in FILES {
        for script in scripts(&read(name)) {
            let script = script
                .replace("$GITHUB_ACTION_PATH/", "")
                .replace("./scripts/", "scripts/");
            let script = without_expressions(&script.replace("$GITHUB_WORKSPACE/", ""));
            let words = words(&script);
            for (at, word) in words.iter().enumerate() {
                let path = root().join(word);
                let next = words.get(at + 1).copied().unwrap_or_default();
                if ["scripts/", "ci/"].iter().any(|it| word.starts_with(it)) {
                    let mode = fs::metadata(&path).map(|it| it.permissions().mode());
                    let mode = mode.unwrap_or_else(|error| panic!("{name}: {word}: {error}"));
                    assert_eq!(mode & 0o111, 0o111, "{name}: {word} cannot be run");
                } else if ["examples/", "bindings/"]
                    .iter()
                    .any(|it| word.starts_with(it))
                    || word.ends_with(".md")
                {
                    assert!(path.exists(), "{name}: there is no {word}");
                } else if *word != "rake" {
                    continue;
                }
                seen.insert((*word).to_owned());
                if *word == "scripts/test" {
                    assert!(
                        tests.contains(&format!("step_{next}()")),
                        "{name}: {word} {next}"
                    );
                }
                // `rake -s -C FOLDER TASK`
                if let ("rake", [.., "-C", folder, task]) =
                    (*word, &words[at..(at + 5).min(words.len())])
                {
                    assert_eq!(*folder, "bindings/ruby", "{name}");
                    assert!(
                        rakefile.contains(&format!("task :{task} ")),
                        "{name}: rake {task}"
                    );
                }
            }
        }
    }
    for word in [
        "scripts/release",
        "scripts/test",
        "ci/install.sh",
        "ci/action.sh",
        "rake",
    ] {
        assert!(seen.contains(word), "nothing calls {word}");
    }
}

/// What the jobs for macOS run knows no tool of GNU: its `sed` has no line 0, its `readlink` no `-f`.
#[test]
fn what_macos_runs_is_not_for_gnu_only() {
    for name in [
        "scripts/release",
        "ci/install.sh",
        "ci/action.sh",
        "bindings/c/Makefile",
    ] {
        let text = read(name);
        for only in [
            "'0,/",
            "sed -i",
            "readlink -f",
            "realpath -m",
            "mapfile",
            "declare -A",
            "grep -P",
            "date -d",
            "cp -t",
            "xargs -d",
            "stat -c",
        ] {
            assert!(!text.contains(only), "{name} has {only}");
        }
    }
}
