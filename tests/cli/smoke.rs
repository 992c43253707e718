//! `rungs smoke` and `apply --smoke`, with a script in the place of Bundler and Ruby that reports as the
//! runner does, or hangs, crashes, raves. Real Bundler and Ruby are asked by `scripts/test bundler`.

use crate::program::{EXAMPLE, Folder, Run};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A catalog of its own: two packages, three levels, and a rule that speaks of the pair.
const WORLD: &str = "format = 1
name = \"small\"
scheme = \"rubygems\"
horizon = 2026-08-01
order = [\"a\", \"b\"]
[package.a]
role = \"stepped\"
releases = '''
1.0.0 2020-01-01
1.1.0 2021-01-01
'''
[package.b]
role = \"follower\"
releases = '''
1.0.0 2020-01-01
'''
[[conflict]]
id = \"a-1.1-b-1.0\"
package = \"a\"
versions = \">= 1.1\"
with = \"b\"
with_versions = \"< 2\"
level = \"produce\"
why = \"a asks b for a name that b lacks\"
source = \"code:a@v1.1.0:lib/a.rb\"
";
const CHECKS: &str = "holds = \"smoke\"
format = 1
[[smoke]]
id = \"a-load\"
package = \"a\"
level = \"load\"
what = \"requires a\"
ruby = '''
require \"a\"
'''
[[smoke]]
id = \"a-produce\"
package = \"a\"
level = \"produce\"
what = \"sends a message\"
ruby = '''
A.send
'''
[[smoke]]
id = \"a-close\"
package = \"a\"
level = \"close\"
what = \"closes it\"
ruby = '''
A.close
'''
";

/// In the place of Bundler: `update` arrives at `new.lock`; `exec` reads what it is to run, writes that
/// to `read`, and does what `mode` says.
const BUNDLE: &str = r##"#!/bin/sh
if [ "$1" != exec ]; then
  echo "$*" >> calls
  cp new.lock "$BUNDLE_GEMFILE.lock"
  exit 0
fi
echo "$2 $3 $(basename "$BUNDLE_GEMFILE")" >> ran
say() {
  word=$1
  shift
  printf 'rungs-smoke %s' "$word"
  for text in "$@"; do
    printf ' x'
    printf %s "$text" | od -An -v -tx1 | tr -d ' \n'
  done
  echo
}
pass() { say begin "$1"; say pass "$1" "$2"; }
mode=$(cat mode)
case $mode in
  silent) exec sleep 60 ;;
  missing) echo "Could not find a-1.0.0 in locally installed gems" >&2; exit 7 ;;
esac
: > read
while read -r line && [ "$line" != run ]; do echo "$line" >> read; done
say ruby 3.2.2
pass 0 120
case $mode in
  pass) pass 1 1250; pass 2 3; say done ;;
  raise)
    say begin 1
    message=$(printf 'no name \033[31m"x"\033[0m for it')
    say fail 1 NameError "$message" 'a-1.0.0/lib/a.rb:3' ;;
  hang)
    say begin 1
    sleep 60 &
    echo $! > grandchild
    wait ;;
  between) exec sleep 60 ;;
  crash) say begin 1; echo 'a.c:12: [BUG] Segmentation fault' >&2; kill -SEGV $$ ;;
  leave) say begin 1; exit 3 ;;
  skip)
    say skip 0 'a is not installed, its group is excluded'
    say skip 1 'a is not installed, its group is excluded'
    say skip 2 'a is not installed, its group is excluded'
    say done ;;
  some) say skip 1 'a is not installed, its group is excluded'; pass 2 3; say done ;;
  differs) say differs 1 1.1.0 ;;
  rave)
    head -c 3000000 /dev/zero | tr '\0' 'x'
    echo
    echo 'rungs-smoke pass x31'
    echo 'rungs-smoke fail xzz'
    echo 'rungs-smoke begin x393939'
    say pass 99 5
    head -c 3000000 /dev/zero | tr '\0' 'y' >&2
    for line in 1 2 3 4 5 6 7 8 9 10; do
      echo >&2
      head -c 1500 /dev/zero | tr '\0' "$line" >&2
    done
    pass 1 10; pass 2 3; say done ;;
  wait) say begin 1; : > started; exec sleep 60 ;;
esac
"##;

fn lock(a: &str, b: &str) -> String {
    let mut text = format!("GEM\n  remote: https://rubygems.org/\n  specs:\n    a ({a})\n");
    if !b.is_empty() {
        text.push_str(&format!("    b ({b})\n"));
    }
    text.push_str("\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  a\n");
    text
}

const GEMFILE: &str = "source 'https://rubygems.org'\ngem 'a', '~> 1.0.0'\n";

fn project(mode: &str, a: &str, b: &str) -> Folder {
    let folder = Folder::with(&[
        ("Gemfile", GEMFILE),
        ("Gemfile.lock", &lock(a, b)),
        ("new.lock", &lock("1.1.0", b)),
        ("bundle", BUNDLE),
        ("mode", mode),
    ]);
    fs::create_dir(folder.0.join("catalog")).unwrap();
    fs::write(folder.0.join("catalog/world.toml"), WORLD).unwrap();
    fs::write(folder.0.join("catalog/checks.toml"), CHECKS).unwrap();
    let script = folder.0.join("bundle");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn smoke(folder: &Folder, more: &[&str]) -> Run {
    let args = ["smoke", "--catalog", "catalog", "--bundle", "./bundle"];
    folder.run(&[&args[..], more].concat())
}

/// The document, which fits its schema.
#[track_caller]
fn document(run: &Run) -> Value {
    let document: Value = serde_json::from_str(&run.out).unwrap();
    let name = document["schema"].as_str().unwrap();
    let schema: Value = serde_json::from_str(rungs::wire::schema(name).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|it| it.to_string())
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
    document
}

fn results(document: &Value) -> Vec<&str> {
    let levels = document["levels"].as_array().unwrap().iter();
    levels
        .map(|level| level["result"].as_str().unwrap())
        .collect()
}

fn read(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.0.join(name)).unwrap()
}

#[test]
fn what_passes_is_told_level_by_level() {
    let folder = project("pass", "1.0.0", "");
    let run = smoke(&folder, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        run.out,
        "a 1.0.0, on Ruby 3.2.2

  load     passed  0.1 s
  produce  passed  1.2 s
  close    passed  0.0 s

3 levels passed.
"
    );
    assert_eq!(read(&folder, "ran"), "ruby -e Gemfile\n");
    // The names, versions and code of the checks, in hexadecimal.
    let hex = |text: &str| -> String { text.bytes().map(|byte| format!("{byte:02x}")).collect() };
    let first = ["a-load", "a", "1.0.0", "require \"a\"\n"].map(|text| format!("x{}", hex(text)));
    let sent = read(&folder, "read");
    assert_eq!(sent.lines().next().unwrap(), first.join(" "));
    assert_eq!(sent.lines().count(), 3);

    let run = smoke(&folder, &["--format", "json", "--timeout", "7"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let document = document(&run);
    assert_eq!(document["outcome"], "passed");
    assert_eq!(document["reached"], "close");
    assert_eq!(document["failed"], Value::Null);
    assert_eq!(document["limit_seconds"], 7);
    assert_eq!(document["levels"][1]["checks"][0]["milliseconds"], 1250);
    assert_eq!(document["known"], Value::Array(Vec::new()));
}

#[test]
fn an_error_is_told_with_its_place_and_without_what_a_terminal_would_obey() {
    let folder = project("raise", "1.0.0", "");
    let run = smoke(&folder, &[]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    assert_eq!(
        run.out,
        "a 1.0.0, on Ruby 3.2.2

  load     passed  0.1 s
  produce  FAILED
  close    not run

Passed up to level load; failed at level produce.
  a-produce: sends a message
  NameError: no name \u{fffd}[31m\"x\"\u{fffd}[0m for it
  at a-1.0.0/lib/a.rb:3

No catalog rule explains this.
"
    );
    let run = smoke(&folder, &["--format", "json"]);
    assert_eq!(run.code, 1);
    let document = document(&run);
    assert_eq!(document["outcome"], "failed");
    assert_eq!(results(&document), ["passed", "failed", "not_run"]);
    assert_eq!(document["reached"], "load");
    assert_eq!(document["failed"], "produce");
    let failure = &document["levels"][1]["checks"][0]["failure"];
    assert_eq!(failure["kind"], "raised");
    assert_eq!(failure["class"], "NameError");
    assert_eq!(failure["place"], "a-1.0.0/lib/a.rb:3");
}

#[test]
fn what_the_catalog_knows_of_a_failure_is_told() {
    let folder = project("raise", "1.1.0", "1.0.0");
    let run = smoke(&folder, &[]);
    assert_eq!(run.code, 1);
    let end = "
Catalog rules that explain this
  a-1.1-b-1.0 (conflict, level produce): a asks b for a name that b lacks
      source: code:a@v1.1.0:lib/a.rb
";
    assert!(run.out.ends_with(end), "{}", run.out);
    let document = document(&smoke(&folder, &["--format", "json"]));
    assert_eq!(document["known"][0]["rule"], "a-1.1-b-1.0");
    assert_eq!(document["known"][0]["level"], "produce");
    // Where all goes well nothing is to explain.
    let folder = project("pass", "1.1.0", "1.0.0");
    let run = smoke(&folder, &[]);
    assert_eq!(run.code, 0);
    assert!(!run.out.contains("a-1.1-b-1.0"), "{}", run.out);
}

/// Is there a process of this number that is no zombie?
fn lives(pid: &str) -> bool {
    let state = Command::new("ps")
        .args(["-o", "stat=", "-p", pid.trim()])
        .output();
    match state {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            !text.is_empty() && !text.starts_with('Z')
        }
        Err(_) => fs::read_to_string(format!("/proc/{}/stat", pid.trim()))
            .is_ok_and(|stat| !stat.contains(") Z ")),
    }
}

#[test]
fn what_hangs_is_ended_with_all_that_it_started() {
    let folder = project("hang", "1.0.0", "");
    let began = Instant::now();
    let run = smoke(&folder, &["--timeout", "1"]);
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    let said = "  a-produce: sends a message\n  it was still running after 1 s and was killed\n";
    assert!(run.out.contains(said), "{}", run.out);
    assert!(!lives(&read(&folder, "grandchild")));
    // Between two checks it is the next that did not come to its end.
    let folder = project("between", "1.0.0", "");
    let run = smoke(&folder, &["--timeout", "1", "--format", "json"]);
    assert_eq!(run.code, 1);
    let document = document(&run);
    assert_eq!(results(&document), ["passed", "failed", "not_run"]);
    assert_eq!(
        document["levels"][1]["checks"][0]["failure"]["kind"],
        "timed_out"
    );
}

#[test]
fn a_crash_is_told_with_the_last_words() {
    let folder = project("crash", "1.0.0", "");
    let run = smoke(&folder, &[]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    let said = "  the process exited during this check (signal: 11 (SIGSEGV)";
    assert!(run.out.contains(said), "{}", run.out);
    let said = "  Last lines of its output:\n    a.c:12: [BUG] Segmentation fault\n";
    assert!(run.out.contains(said), "{}", run.out);
    let folder = project("leave", "1.0.0", "");
    let run = smoke(&folder, &["--format", "json"]);
    assert_eq!(run.code, 1);
    let document = document(&run);
    let failure = &document["levels"][1]["checks"][0]["failure"];
    assert_eq!(failure["kind"], "crashed");
    assert_eq!(failure["message"], "exit status: 3");
}

#[test]
fn what_cannot_be_run_says_what_to_do() {
    let says = |mode: &str, more: &[&str], message: &str| {
        let run = smoke(&project(mode, "1.0.0", ""), more);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{mode}");
        assert_eq!(run.err, format!("rungs: {message}\n"), "{mode}");
    };
    says(
        "missing",
        &[],
        "`bundle exec ruby` did not start Ruby (exit status: 7): Could not find a-1.0.0 in locally \
         installed gems: expected an installed bundle; run `bundle install`, and call again",
    );
    says(
        "silent",
        &["--timeout", "1"],
        "`bundle exec ruby` did not start Ruby (1 s passed): expected an installed bundle; run `bundle \
         install`, and call again",
    );
    says(
        "differs",
        &[],
        "Bundler loads a 1.1.0, the lockfile has 1.0.0: expected the same; run `bundle install`, and call \
         again",
    );
    says(
        "skip",
        &[],
        "every check was skipped, since the groups of these gems are not installed: expected a bundle \
         installed without `BUNDLE_WITHOUT` for them",
    );
    let folder = project("pass", "1.0.0", "");
    for (limit, code) in [
        ("0", 2),
        ("86400", 0),
        ("86401", 2),
        ("18446744073709551615", 2),
    ] {
        let run = smoke(&folder, &["--timeout", limit]);
        assert_eq!(run.code, code, "{limit}: {}", run.err);
    }
    let args = ["smoke", "--catalog", "catalog", "--bundle", "./nothing"];
    let run = folder.run(&args);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(
        run.err
            .ends_with("expected Bundler there, or its path in --bundle\n"),
        "{}",
        run.err
    );
    fs::remove_file(folder.0.join("Gemfile")).unwrap();
    let run = smoke(&folder, &["--format", "json"]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.err,
        "rungs: no Gemfile next to Gemfile.lock: expected one, with which Bundler runs the checks\n"
    );
    assert_eq!(document(&run)["schema"], "rungs.error/1");
    // Another catalog than the one of what is installed.
    let run = folder.run(&["smoke", "--bundle", "./bundle"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .starts_with("rungs: the catalog karafka has no smoke check for"),
        "{}",
        run.err
    );
}

#[test]
fn what_is_in_no_installed_group_is_skipped() {
    let folder = project("some", "1.0.0", "");
    let run = smoke(&folder, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let said =
        "  produce  skipped\n    a-produce skipped: a is not installed, its group is excluded\n";
    assert!(run.out.contains(said), "{}", run.out);
    assert!(run.out.ends_with("\n2 levels passed.\n"), "{}", run.out);
}

#[test]
fn noise_of_any_size_changes_nothing() {
    let folder = project("rave", "1.0.0", "");
    let run = smoke(&folder, &["--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let document = document(&run);
    assert_eq!(results(&document), ["passed"; 3]);
    let output = document["output"].as_array().unwrap().iter();
    let bytes: usize = output.map(|line| line.as_str().unwrap().len()).sum();
    assert!((1_500..=8 * 1024).contains(&bytes), "{bytes}");
}

#[test]
fn a_dry_run_prints_the_code_and_runs_nothing() {
    let folder = project("pass", "1.0.0", "");
    let run = smoke(&folder, &["--dry-run"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        run.out,
        "a 1.0.0

# level load: a-load, requires a
require \"a\"

# level produce: a-produce, sends a message
A.send

# level close: a-close, closes it
A.close
"
    );
    let document = document(&smoke(&folder, &["--dry-run", "--format", "json"]));
    assert_eq!(document["outcome"], "not_run");
    assert_eq!(
        document["levels"][0]["checks"][0]["ruby"],
        "require \"a\"\n"
    );
    assert!(!folder.0.join("ran").exists());
}

fn apply(folder: &Folder, more: &[&str]) -> Run {
    let args = ["apply", "--catalog", "catalog", "--bundle", "./bundle"];
    folder.run(&[&args[..], more].concat())
}

#[track_caller]
fn unchanged(folder: &Folder) {
    assert_eq!(read(folder, "Gemfile"), GEMFILE);
    assert_eq!(read(folder, "Gemfile.lock"), lock("1.0.0", ""));
}

fn left_behind(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(&folder.0).unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    names.filter(|name| name.contains("rungs")).collect()
}

#[test]
fn apply_changes_the_files_where_the_checks_pass() {
    let folder = project("pass", "1.0.0", "");
    let run = apply(&folder, &["--smoke"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.err.contains("3 levels passed."), "{}", run.err);
    assert_eq!(read(&folder, "Gemfile.lock"), lock("1.1.0", ""));
    assert!(read(&folder, "Gemfile").contains("~> 1.1.0"));
    // They ran on the copy, whose lockfile is the new one.
    let ran = read(&folder, "ran");
    assert!(ran.starts_with("ruby -e Gemfile.rungs-"), "{ran}");
    let hex: String = "1.1.0".bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(read(&folder, "read").contains(&hex));
    assert_eq!(left_behind(&folder), [""; 0]);
    // Without the option nothing is run.
    let folder = project("raise", "1.0.0", "");
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!folder.0.join("ran").exists());
}

#[test]
fn apply_changes_nothing_where_a_check_fails_or_none_can_run() {
    for (mode, said) in [
        ("raise", "Passed up to level load; failed at level produce."),
        ("crash", "the process exited during this check"),
        ("hang", "it was still running after 1 s and was killed"),
    ] {
        let folder = project(mode, "1.0.0", "");
        let run = apply(&folder, &["--smoke", "--smoke-timeout", "1"]);
        assert_eq!(run.code, 1, "{mode}: {}{}", run.out, run.err);
        assert!(run.err.contains(said), "{mode}: {}", run.err);
        let end = "rungs: the smoke checks failed; Gemfile and Gemfile.lock are as they were before the step\n";
        assert!(run.err.contains(end), "{mode}: {}", run.err);
        unchanged(&folder);
        assert_eq!(left_behind(&folder), [""; 0], "{mode}");
    }
    let folder = project("missing", "1.0.0", "");
    let run = apply(&folder, &["--smoke"]);
    assert_eq!(run.code, 2, "{}", run.err);
    unchanged(&folder);
    assert_eq!(left_behind(&folder), [""; 0]);
    let run = apply(&folder, &["--smoke", "--lock-only"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot be used with"), "{}", run.err);
}

#[test]
fn apply_killed_while_the_checks_run_leaves_the_old_files() {
    let folder = project("wait", "1.0.0", "");
    let mut child = Command::new(env!("CARGO_BIN_EXE_rungs"))
        .env("SOURCE_DATE_EPOCH", crate::program::NOW)
        .args([
            "apply",
            "--catalog",
            "catalog",
            "--bundle",
            "./bundle",
            "--smoke",
        ])
        .current_dir(&folder.0)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !folder.0.join("started").exists() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it never started"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    unchanged(&folder);
    fs::write(folder.0.join("mode"), "pass").unwrap();
    let run = apply(&folder, &["--smoke"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(read(&folder, "Gemfile.lock"), lock("1.1.0", ""));
    assert_eq!(left_behind(&folder), [""; 0]);
}

#[test]
fn the_example_has_checks_of_all_levels() {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    let run = folder.run(&["smoke", "--dry-run", "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let document = document(&run);
    let levels = document["levels"].as_array().unwrap().iter();
    let levels: Vec<&str> = levels
        .map(|level| level["level"].as_str().unwrap())
        .collect();
    for level in ["load", "setup", "produce", "consume", "close"] {
        assert!(levels.contains(&level), "{levels:?}");
    }
}
