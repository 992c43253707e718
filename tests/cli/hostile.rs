//! A hostile project, on a file system with hostile names, through every command, format and stream:
//! nothing that is printed moves a cursor, reorders text, ends a line early or is a command to a CI
//! runner.

use crate::program::{EXAMPLE, Folder};
use serde_json::Value;
use std::fs;
use std::process::Command;

/// Each would do something to a terminal or a runner; none has a `/`.
const NAMES: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m\u{85}\u{90}q\u{9c}",
    "\u{202e}gnp.exe\u{2066}\u{200f}\u{61c}",
    "a\n::error file=x::pwned\n",
    "b\r::set-output name=a::b",
    "c\u{2028}##[add-mask]d ##vso[task.setvariable variable=a]b",
    "\u{feff}\u{200b}\u{ad}\u{e0041}\u{2060}",
    "::warning::e",
    "\u{7f}\t\u{b}\u{c}\u{8}",
];

/// What must be in no output, whatever it is.
fn odd(text: &str) -> Option<char> {
    text.chars().find(|c| {
        (c.is_control() && !"\n\t".contains(*c))
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
    })
}

fn is_command(line: &str) -> bool {
    line.trim_start().starts_with("::")
        || ["##[", "##vso[", "##teamcity["]
            .iter()
            .any(|mark| line.contains(mark))
}

#[track_caller]
fn is_harmless(call: &str, text: &str, annotations: bool) {
    assert_eq!(odd(text), None, "{call}\n{text:?}");
    for line in text.lines() {
        let is_ours = annotations
            && ["::error file=", "::warning file=", "::notice file="]
                .iter()
                .any(|start| line.starts_with(start))
            // Nothing of ours begins with what was planted.
            && !line.contains("::pwned");
        assert!(is_ours || !is_command(line), "{call}\n{line:?}");
    }
}

/// As it stands between quotation marks of TOML.
fn toml(text: &str) -> String {
    let escaped = text.chars().map(|c| format!("\\U{:08x}", u32::from(c)));
    format!("\"{}\"", escaped.collect::<String>())
}

fn overlay(evil: &str) -> String {
    let evil = toml(evil);
    format!(
        "format = 1\nextends = \"karafka\"\nname = \"evil\"\n\
         [package.karafka]\nabout = {evil}\nchangelog = {evil}\n\
         [[blocked]]\nid = \"evil-blocked\"\npackage = \"waterdrop\"\nversions = \"= 2.6.12\"\nwhy = {evil}\nsource = {evil}\n\
         [[conflict]]\nid = \"evil-pair\"\nforce = \"should\"\npackage = \"karafka\"\nversions = \">= 2.3\"\n\
         with = \"zeitwerk\"\nwith_versions = \">= 0\"\nwhy = {evil}\nsource = {evil}\n\
         [[discontinued]]\nid = \"evil-gone\"\ngem = \"old\"\ninstead = {evil}\nwhy = {evil}\nsource = {evil}\n\
         [[defect]]\nid = \"evil-defect\"\npackage = \"karafka\"\nversions = \"~> 2.3\"\naffects = {evil}\n\
         workaround = {evil}\nwhy = {evil}\nsource = {evil}\n"
    )
}

/// A lockfile with the name in everything that may be named: what a line cannot hold is left out.
fn lockfile(evil: &str) -> String {
    let evil: String = evil
        .chars()
        .filter(|c| !matches!(c, '\n' | '\r' | ' ' | ':'))
        .collect();
    EXAMPLE
        .replacen(
            "    karafka (2.3.0)\n",
            &format!(
                "    gem{evil} (1.0)\n      karafka (~> 2.3.0)\n      other{evil} (>= 1)\n    old (1)\n      \
                 karafka (< 2.4)\n    karafka (2.3.0)\n      lost{evil}\n"
            ),
            1,
        )
        .replacen("DEPENDENCIES\n", &format!("DEPENDENCIES\n  gem{evil}\n  old\n"), 1)
}

const CODE: &str = "class A < Karafka::BaseConsumer\n  def consume\n    mark_as_consumed(messages.last)\n  end\nend\n\
                    class KarafkaApp < Karafka::App\n  setup do |config|\n    config.batch_fetching = true\n  end\nend\n";

#[test]
fn nothing_hostile_is_printed() {
    let mut calls = 0;
    for evil in NAMES {
        let name = |start: &str| format!("{start}{evil}");
        let (lock, new) = (
            format!("{}.lock", name("Gemfile")),
            format!("{}.lock", name("new")),
        );
        let quoted = evil.escape_unicode().to_string();
        let gemfile = format!(
            "gem \"karafka\", \"~> 2.9\"\ngem \"x{quoted}\", \"{quoted}\" # rungs: temporary\n"
        );
        let folder = Folder::with(&[
            (&lock, &lockfile(evil)),
            (
                &new,
                &lockfile(evil).replace("waterdrop (2.6.12)", "waterdrop (2.8.5)"),
            ),
            (&name("Gemfile"), &gemfile),
            (&format!("{}.toml", name("cat")), &overlay(evil)),
            (
                &name("broken"),
                &format!("GEM\n  specs:\n    {evil}\n   x\n"),
            ),
            (
                &name("policy"),
                &format!(
                    "min_aeg = 1\n[[accept]]\nrule = {0}\nwhy = {0}\n",
                    toml(evil)
                ),
            ),
            (&format!("{}.rb", name("code")), CODE),
            ("Gemfile.lock", EXAMPLE),
        ]);
        fs::create_dir(folder.0.join(name("dir"))).unwrap();
        fs::write(
            folder.0.join(name("dir")).join("Gemfile.lock"),
            lockfile(evil),
        )
        .unwrap();
        fs::write(folder.0.join(name("dir")).join("karafka.rb"), CODE).unwrap();
        let (catalog, broken, policy) = (
            format!("{}.toml", name("cat")),
            name("broken"),
            name("policy"),
        );
        let (dir, code) = (name("dir"), format!("{}.rb", name("code")));
        let c = &["--catalog", &catalog][..];
        let l = &["--lockfile", &lock][..];
        let on = [l, c].concat();
        let mut all: Vec<Vec<&str>> = Vec::new();
        for format in ["text", "json", "markdown", "html"] {
            for more in [
                &[][..],
                &["--to", "karafka=2.6"],
                &["--ruby", "2.7", "--ruby-fixed"],
                &["--drop", "old"],
                &["--source", "."],
            ] {
                all.push([&["plan", "--format", format], &on[..], more].concat());
                all.push([&["next", "--format", format], &on[..], more].concat());
            }
        }
        for format in ["text", "json"] {
            all.push([&["status", "--format", format], &on[..]].concat());
            all.push([&["why", "karafka", "--format", format], &on[..]].concat());
            all.push([&["why", evil, "--format", format], &on[..]].concat());
            all.push(vec!["snapshot", &lock, "--format", format]);
            all.push([&["catalog", "show", "--format", format], c].concat());
        }
        for format in ["text", "json", "sarif", "github"] {
            all.push([&["lint", &lock, &new, "--format", format], c].concat());
            all.push([&["lint", &lock, "Gemfile.lock", "--format", format], c].concat());
            all.push([&["scan", ".", "--format", format], c].concat());
            all.push([&["scan", &dir, "--format", format], c].concat());
        }
        all.push([&["scan", ".", "--fix"], c].concat());
        all.push(vec!["scan", &code]);
        all.push([&["apply", "--dry-run"], &on[..]].concat());
        all.push([&["apply", "--bundle", evil], &on[..]].concat());
        all.push(vec!["catalog", "validate", &catalog]);
        all.push([&["catalog", "export", "-"], c].concat());
        all.push(vec!["catalog", "import", "--compact-index", &dir]);
        // What is wrong says where, with the name.
        let (evil_name, nowhere) = ((*evil).to_owned(), name("nowhere"));
        for file in [&broken, &nowhere, &dir, &evil_name] {
            for args in [
                &["plan", "--lockfile"][..],
                &["snapshot"],
                &["lint", "Gemfile.lock"],
                &["catalog", "validate"],
                &["plan", "--catalog"],
                &["plan", "--policy"],
                &["scan"],
            ] {
                all.push([args, &[file.as_str()]].concat());
                all.push([args, &[file.as_str()], &["--format", "json"]].concat());
            }
        }
        all.push(vec!["plan", "--policy", &policy]);
        for option in [
            "--to",
            "--pin",
            "--accept",
            "--drop",
            "--property",
            "--as-of",
            "--ruby",
            "--min-age",
            "--format",
            "--index",
            "--source",
        ] {
            all.push([&["plan", option, evil][..], l].concat());
        }
        all.push(vec!["plan", evil]);
        all.push(vec![evil]);
        all.push(vec!["schema", evil]);
        for args in all {
            let output = Command::new(env!("CARGO_BIN_EXE_rungs"))
                .args(&args)
                .current_dir(&folder.0)
                .output()
                .unwrap();
            calls += 1;
            let call = format!("{args:?}");
            let out = String::from_utf8(output.stdout).unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code().is_some(), "{call}");
            assert!(!err.contains("panicked"), "{call}: {err}");
            is_harmless(&call, &out, args.contains(&"github"));
            is_harmless(&call, &err, false);
            if (args.contains(&"json") || args.contains(&"sarif")) && !out.is_empty() {
                let read: Result<Value, _> = serde_json::from_str(&out);
                assert!(read.is_ok(), "{call}: {read:?}");
            }
        }
    }
    assert!(calls > 900, "{calls}");
}
