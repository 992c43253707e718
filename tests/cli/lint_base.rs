//! `rungs lint --base`: the lockfiles of a repository, and what git had of them.

use crate::program::{EXAMPLE, Folder, NEWEST, changed};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

const DAY: [&str; 2] = ["--as-of", "2026-08-19"];

/// git in a folder, whatever the user has configured.
fn git(folder: &Folder, args: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@b"])
        .args(["-c", "commit.gpgsign=false"])
        .args(args)
        .current_dir(&folder.0)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn git_gives_the_old_lockfile() {
    let folder = Folder::with(&[("old.lock", EXAMPLE), ("Gemfile.lock", EXAMPLE)]);
    let git = |args: &[&str]| git(&folder, args);
    git(&["init", "-q"]);
    git(&["add", "Gemfile.lock"]);
    git(&["commit", "-q", "-m", "one"]);
    let new = changed("    karafka-web (0.8.0)", "    karafka-web (0.7.10)");
    std::fs::write(folder.0.join("Gemfile.lock"), &new).unwrap();
    let all = |base: &str, more: &[&str]| {
        let mut args = vec!["lint", "--base", base];
        args.extend(DAY);
        args.extend(more);
        folder.run(&args)
    };
    let run = all("HEAD", &[]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    assert!(
        run.out
            .contains("error: karafka-web is downgraded to 0.7.10"),
        "{}",
        run.out
    );
    // From another folder, by path.
    let path = folder.0.join("Gemfile.lock");
    let elsewhere = Folder::with(&[]);
    let run = elsewhere.run(&["lint", "--base", "HEAD", path.to_str().unwrap()]);
    assert_eq!(run.code, 1, "{}", run.err);
    git(&["commit", "-q", "-a", "-m", "two"]);
    let run = all("HEAD", &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(
        run.out
            .starts_with("No package of the catalog karafka changes."),
        "{}",
        run.out
    );
    assert_eq!(all("HEAD~1", &[]).code, 1);
    for (base, why) in [
        ("nothing", "git diff nothing: fatal: "),
        ("--help", "\"--help\" is not a revision of git"),
        ("HEAD:x", "\"HEAD:x\" is not a revision of git"),
        ("", "\"\" is not a revision of git"),
    ] {
        let run = folder.run(&["lint", &format!("--base={base}")]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{base}");
        assert!(run.err.contains(why), "{}", run.err);
    }
    let never = all("HEAD", &["old.lock"]);
    assert_eq!(
        (never.code, never.out.as_str()),
        (0, "No lockfile changes.\n")
    );
    let note = "rungs: old.lock is new: there is no lockfile to compare it with\n";
    assert_eq!(never.err, note);
    let json = all("HEAD", &["old.lock", "--format", "json"]);
    assert_eq!((json.code, json.out.as_str()), (0, ""));
    for base in ["nothing", "--help"] {
        let run = folder.run(&["lint", &format!("--base={base}"), "Gemfile.lock"]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{base}: {}", run.err);
    }
    let outside = Folder::with(&[("Gemfile.lock", EXAMPLE)]).run(&["lint", "--base", "HEAD"]);
    assert_eq!(outside.code, 2);
    assert!(outside.err.starts_with("rungs: git rev-parse: fatal: "));
}

/// A repository with lockfiles at these paths, all committed.
fn repository(paths: &[&str]) -> Folder {
    let folder = Folder::with(&[]);
    for path in paths {
        put(&folder, path, EXAMPLE);
    }
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-q", "-m", "one"]);
    folder
}

fn put(folder: &Folder, path: &str, text: &str) {
    let path = folder.0.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["lint", "--base", "HEAD"], &DAY[..], more].concat()
}

/// A change that is refused, one that has a warning, and one of which something is unknown.
fn refused() -> String {
    changed("    karafka-web (0.8.0)", "    karafka-web (0.7.10)")
}

fn behind() -> String {
    changed("    waterdrop (2.6.12)", "    waterdrop (2.6.13)")
}

fn beyond() -> String {
    changed("    karafka-web (0.8.0)", "    karafka-web (0.8.9)")
}

#[test]
fn every_lockfile_that_changed_is_judged_and_named() {
    let folder = repository(&[
        "Gemfile.lock",
        "a/Gemfile.lock",
        "b c/gems.locked",
        "d/rails_7.gemfile.lock",
        "e/Gemfile.next.lock",
        "f/Cargo.lock",
    ]);
    put(&folder, "a/Gemfile.lock", &refused());
    put(&folder, "b c/gems.locked", &behind());
    put(&folder, "d/rails_7.gemfile.lock", &beyond());
    put(&folder, "f/Cargo.lock", "no lockfile of Bundler");
    fs::remove_file(folder.0.join("e/Gemfile.next.lock")).unwrap();
    put(&folder, "new/Gemfile.lock", NEWEST);
    git(&folder, &["add", "new"]);
    let files = [
        "a/Gemfile.lock",
        "b c/gems.locked",
        "d/rails_7.gemfile.lock",
    ];

    let run = folder.run(&with(&[]));
    let note = "rungs: new/Gemfile.lock is new: there is no lockfile to compare it with\n";
    assert_eq!((run.code, run.err.as_str()), (1, note));
    let headings: Vec<&str> = run
        .out
        .lines()
        .filter(|line| files.contains(line))
        .collect();
    assert_eq!(headings, files, "{}", run.out);
    let places = [
        "  a/Gemfile.lock:113: downgrade\n",
        "  b c/gems.locked:229: left-behind\n",
        "  d/rails_7.gemfile.lock:113: unknown\n",
    ];
    for place in places {
        assert!(run.out.contains(place), "{place}: {}", run.out);
    }

    let run = folder.run(&with(&["--format", "json"]));
    assert_eq!(run.code, 1);
    let documents = serde_json::Deserializer::from_str(&run.out).into_iter::<Value>();
    let documents: Vec<Value> = documents.map(Result::unwrap).collect();
    let named: Vec<&Value> = documents.iter().map(|it| &it["file"]).collect();
    assert_eq!(named, files);
    assert!(documents.iter().all(|it| it["schema"] == "rungs.lint/1"));

    let run = folder.run(&with(&["--format", "sarif"]));
    assert_eq!(run.code, 1);
    let log: Value = serde_json::from_str(&run.out).unwrap();
    let runs = log["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1, "code hosts take one run of a tool");
    let uris = [
        "a/Gemfile.lock",
        "b%20c/gems.locked",
        "d/rails_7.gemfile.lock",
    ];
    let artifacts = uris.map(|uri| json!({ "location": { "uri": uri } }));
    assert_eq!(runs[0]["artifacts"], json!(artifacts));
    let results = runs[0]["results"].as_array().unwrap();
    for uri in uris {
        let of =
            |it: &&Value| it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri;
        assert!(results.iter().any(|it| of(&it)), "{uri}");
    }

    let run = folder.run(&with(&["--format", "github"]));
    assert_eq!(run.code, 1);
    for file in files {
        let names = format!(" file={file},line=");
        assert!(
            run.out.lines().any(|it| it.contains(&names)),
            "{file}: {}",
            run.out
        );
    }
}

#[test]
fn the_exit_code_is_that_of_the_worst() {
    let code = |one: &str, other: &str, more: &[&str]| {
        let folder = repository(&["a/Gemfile.lock", "b/Gemfile.lock"]);
        put(&folder, "a/Gemfile.lock", one);
        put(&folder, "b/Gemfile.lock", other);
        folder.run(&with(more)).code
    };
    let fine = EXAMPLE.replacen("(13.2.1)", "(13.2.2)", 1);
    let broken = "GEM\n  specs\n<<<<<<< HEAD\n";
    for (one, other, more, wanted) in [
        (&*fine, &*behind(), &[][..], 0),
        (&fine, &behind(), &["--strict"], 1),
        (&fine, &beyond(), &[], 4),
        (&refused(), &beyond(), &[], 1),
        (&refused(), broken, &[], 2),
        (broken, &fine, &[], 2),
    ] {
        assert_eq!(code(one, other, more), wanted);
        assert_eq!(code(other, one, more), wanted);
    }
}

/// One lockfile that cannot be read does not silence the others.
#[test]
fn a_broken_lockfile_is_named_and_the_others_are_judged() {
    let folder = repository(&["a/Gemfile.lock", "b/Gemfile.lock"]);
    put(&folder, "a/Gemfile.lock", "<<<<<<< HEAD\n");
    put(&folder, "b/Gemfile.lock", &refused());
    let run = folder.run(&with(&[]));
    assert_eq!(run.code, 2);
    assert!(
        run.err.starts_with("rungs: a/Gemfile.lock:1:"),
        "{}",
        run.err
    );
    assert!(
        run.out.starts_with("b/Gemfile.lock\n\nkarafka-web"),
        "{}",
        run.out
    );
    // What is wrong with the call is told once.
    put(&folder, "a/Gemfile.lock", &behind());
    let run = folder.run(&with(&["--accept", "nothing"]));
    assert_eq!((run.code, run.out.as_str()), (2, "No lockfile changes.\n"));
    assert_eq!(run.err.matches("nothing").count(), 1, "{}", run.err);
}

/// From a folder below, paths are from there; a lockfile that moved is compared with what it was.
#[test]
fn paths_are_from_here_and_moves_are_followed() {
    let folder = repository(&["a/Gemfile.lock", "b/Gemfile.lock", "c/Gemfile.lock"]);
    put(&folder, "a/Gemfile.lock", &refused());
    put(&folder, "b/Gemfile.lock", &refused());
    git(&folder, &["config", "diff.relative", "true"]);
    git(&folder, &["config", "diff.renames", "false"]);
    fs::rename(folder.0.join("c"), folder.0.join("d")).unwrap();
    put(&folder, "d/Gemfile.lock", &refused());
    git(&folder, &["add", "."]);
    fs::create_dir_all(folder.0.join("a/deep")).unwrap();
    let below = Folder(folder.0.join("a"));
    let run = below.run(&with(&["--format", "github"]));
    assert_eq!((run.code, run.err.as_str()), (1, ""), "{}", run.out);
    for file in ["Gemfile.lock", "../b/Gemfile.lock", "../d/Gemfile.lock"] {
        let names = format!("::error file={file},line=113,title=downgrade::");
        assert!(run.out.contains(&names), "{file}: {}", run.out);
    }
}

/// Where nothing changed there is nothing to refuse, also at the top of a repository that has no
/// lockfile there.
#[test]
fn where_no_lockfile_changed_nothing_is_said() {
    let folder = repository(&["a/Gemfile.lock", "README"]);
    for (format, out) in [
        ("text", "No lockfile changes.\n"),
        ("json", ""),
        ("github", ""),
    ] {
        let run = folder.run(&with(&["--format", format]));
        let said = (run.code, run.out.as_str(), run.err.as_str());
        assert_eq!(said, (0, out, ""), "{format}");
    }
    let run = folder.run(&with(&["--format", "sarif"]));
    let log: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &log["runs"][0]["results"]), (0, &json!([])));
    // One that is not that of this folder has its name over what is said.
    put(&folder, "a/Gemfile.lock", &behind());
    let run = folder.run(&with(&[]));
    assert!(
        run.out.starts_with("a/Gemfile.lock\n\nwaterdrop"),
        "{}",
        run.out
    );
}

/// A folder may be called anything: nothing of its name is a line of its own or moves a cursor.
#[test]
fn hostile_names_of_folders_stay_names() {
    let evil = "a\n::error::x\u{1b}[31m\u{202e}";
    let lockfile = format!("{evil}/Gemfile.lock");
    let folder = repository(&[&lockfile, "b/Gemfile.lock"]);
    put(&folder, &lockfile, &refused());
    put(&folder, "b/Gemfile.lock", &refused());
    put(&folder, &format!("{evil}/new/Gemfile.lock"), NEWEST);
    git(&folder, &["add", "."]);
    for format in ["text", "json", "sarif", "github"] {
        let run = folder.run(&with(&["--format", format]));
        assert_eq!(run.code, 1, "{format}: {}", run.err);
        for text in [&run.out, &run.err] {
            assert!(!text.contains(['\u{1b}', '\u{202e}']), "{format}: {text}");
            let is_command = |line: &str| line.trim_start().starts_with("::error::x");
            assert!(!text.lines().any(is_command), "{format}: {text}");
        }
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        let downgrades = run.out.matches("is downgraded to 0.7.10").count();
        assert_eq!(downgrades, 2, "{format}: {}", run.out);
    }
}
