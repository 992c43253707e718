//! `rungs apply`, with a script in the place of Bundler that arrives, fails, strays, waits or is held.
//! Real Bundler is asked by `scripts/test bundler`.

use crate::program::{Folder, Run};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) const START: [(&str, &str); 5] = [
    ("karafka", "2.3.0"),
    ("karafka-core", "2.3.0"),
    ("karafka-rdkafka", "0.14.8"),
    ("karafka-web", "0.8.0"),
    ("waterdrop", "2.6.12"),
];
pub(crate) const GEMFILE: &str =
    "source 'https://rubygems.org'\n\ngem 'karafka' # ours\ngem 'karafka-web', require: false\n";
pub(crate) const AFTER_1: &str = "source 'https://rubygems.org'\n\ngem 'karafka', '~> 2.3.4' # ours\n\
                       gem 'karafka-web', '~> 0.8.2', require: false\n";
pub(crate) const TO: [&str; 2] = ["--to", "karafka=2.6"];

/// In the place of Bundler; `mode` says what it does, `N.lock` is where the Nth call arrives.
/// Like Bundler it believes a configuration more than its environment.
const BUNDLE: &str = r##"#!/bin/sh
config=${BUNDLE_APP_CONFIG-.bundle}/config
if [ -e "$config" ]; then
  named=$(sed -n 's/^BUNDLE_GEMFILE: "\(.*\)"$/\1/p' "$config")
  BUNDLE_GEMFILE=${named:-$BUNDLE_GEMFILE}
  cp "$config" shown
  ls -ld "${config%/config}" > shown.mode
fi
echo "$*" >> calls
number=$(wc -l < calls | tr -d ' ')
cp "$BUNDLE_GEMFILE" "$number.gemfile"
case $(cat mode) in
  arrive) cp "$number.lock" "$BUNDLE_GEMFILE.lock" ;;
  fail) echo "no such gem" >&2; exit 7 ;;
  stray) cp stray.lock "$BUNDLE_GEMFILE.lock" ;;
  spoil) echo spoilt > Gemfile; rm Gemfile.lock; exit 1 ;;
  damage) echo "GEM" > "$BUNDLE_GEMFILE.lock" ;;
  edit) echo "# mine" >> Gemfile.lock; cp "$number.lock" "$BUNDLE_GEMFILE.lock" ;;
  hold)
    : > started
    n=0
    while [ ! -e go ] && [ $n -lt 3000 ]; do n=$((n + 1)); sleep 0.02; done
    cp "$number.lock" "$BUNDLE_GEMFILE.lock" ;;
  wait) echo half > "$BUNDLE_GEMFILE.lock"; echo $$ > pid; mv pid started; exec sleep 60 ;;
esac
"##;

pub(crate) fn lock<'a>(
    packages: impl IntoIterator<Item = (&'a str, &'a str)>,
    direct: &[&str],
) -> String {
    let mut packages: Vec<_> = packages.into_iter().collect();
    packages.sort_unstable();
    let mut text = "GEM\n  remote: https://rubygems.org/\n  specs:\n".to_owned();
    for (name, version) in packages {
        let _ = writeln!(text, "    {name} ({version})");
    }
    text.push_str("\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n");
    direct
        .iter()
        .for_each(|name| writeln!(text, "  {name}").unwrap());
    text.push_str("\nBUNDLED WITH\n   2.3.15\n");
    text
}

/// A project at the start, with the lockfiles of all steps.
pub(crate) fn project() -> (Folder, Value) {
    let direct = ["karafka", "karafka-web"];
    let folder = Folder::with(&[
        ("Gemfile", GEMFILE),
        ("Gemfile.lock", &lock(START, &direct)),
        ("bundle", BUNDLE),
        ("mode", "arrive"),
        (
            "stray.lock",
            &lock([("karafka", "2.3.4"), ("waterdrop", "2.7.0")], &direct),
        ),
    ]);
    let script = folder.0.join("bundle");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let run = folder.run(&[&["plan", "--ruby", "3.2", "--format", "json"][..], &TO].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let plan: Value = serde_json::from_str(&run.out).unwrap();
    for step in plan["steps"].as_array().unwrap() {
        let lines = step["gemfile"].as_array().unwrap().iter();
        let direct: Vec<&str> = lines.map(|line| line["gem"].as_str().unwrap()).collect();
        let packages = step["state"]["packages"].as_object().unwrap().iter();
        let packages = packages.map(|(name, version)| (name.as_str(), version.as_str().unwrap()));
        let name = format!("{}.lock", step["number"]);
        fs::write(folder.0.join(name), lock(packages, &direct)).unwrap();
    }
    (folder, plan)
}

pub(crate) fn apply(folder: &Folder, more: &[&str]) -> Run {
    let args = ["apply", "--bundle", "./bundle", "--ruby", "3.2"];
    folder.run(&[&args[..], &TO, more].concat())
}

pub(crate) fn read(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.0.join(name)).unwrap()
}

/// The hidden and working files that a call could leave behind.
pub(crate) fn left_behind(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(&folder.0).unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.contains("rungs")).collect();
    names.sort();
    names
}

#[track_caller]
pub(crate) fn unchanged(folder: &Folder) {
    assert_eq!(read(folder, "Gemfile"), GEMFILE);
    assert_eq!(
        read(folder, "Gemfile.lock"),
        lock(START, &["karafka", "karafka-web"])
    );
    assert_eq!(left_behind(folder), [""; 0]);
}

/// What is kept is back after each step, so that planning again gives the rest.
#[test]
fn a_kept_gemfile_is_as_it_was_after_every_step() {
    let (folder, _) = project();
    let gemfile = "gem 'karafka', '~> 2.0' # ours\ngem 'karafka-web', require: false\n";
    let direct = ["karafka (~> 2.0)", "karafka-web"];
    fs::write(folder.0.join("Gemfile"), gemfile).unwrap();
    fs::write(folder.0.join("Gemfile.lock"), lock(START, &direct)).unwrap();
    let plan = |more: &[&str]| {
        let args = ["plan", "--ruby", "3.2", "--keep-gemfile"];
        folder.run(&[&args[..], &TO, more].concat())
    };
    let document: Value = serde_json::from_str(&plan(&["--format", "json"]).out).unwrap();
    let steps = document["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 5);
    for (at, step) in steps.iter().enumerate() {
        let packages = step["state"]["packages"].as_object().unwrap().iter();
        let packages = packages.map(|(name, version)| (name.as_str(), version.as_str().unwrap()));
        let locked = lock(packages, &direct);
        fs::write(folder.0.join(format!("{}.lock", 2 * at + 1)), &locked).unwrap();
        fs::write(folder.0.join(format!("{}.lock", 2 * at + 2)), &locked).unwrap();
    }
    for (at, step) in steps.iter().enumerate() {
        let line = step["gemfile"][0]["line"].as_str().unwrap();
        let shown = plan(&[]).out;
        let remark = "# for this command only; then restore it and run `bundle lock`";
        assert!(shown.contains(&format!("{line} ")), "{line}\n{shown}");
        assert!(shown.contains(remark), "{shown}");
        let run = apply(&folder, &["--keep-gemfile"]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        let asked = read(&folder, &format!("{}.gemfile", 2 * at + 1));
        assert!(asked.contains(&line.replace('"', "'")), "{asked}");
        assert_eq!(read(&folder, &format!("{}.gemfile", 2 * at + 2)), gemfile);
        assert_eq!(read(&folder, "Gemfile"), gemfile);
        let again = plan(&["--format", "json"]).out;
        let again: Value = serde_json::from_str(&again).unwrap();
        assert_eq!(
            again["steps"].as_array().unwrap().len(),
            steps.len() - at - 1
        );
    }
    let calls = read(&folder, "calls");
    assert_eq!(calls.lines().filter(|call| *call == "lock").count(), 5);
}

#[test]
fn a_dry_run_shows_the_edit_and_the_command() {
    let (folder, _) = project();
    let run = apply(&folder, &["--dry-run"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        run.out,
        "Step 1 of 5
  karafka 2.3.0 -> 2.3.4
  karafka-web 0.8.0 -> 0.8.2
  waterdrop 2.6.12 -> 2.6.14
  karafka-rdkafka 0.14.8 -> 0.14.11

--- Gemfile
+++ Gemfile
@@ -1,4 +1,4 @@
 source 'https://rubygems.org'
 \n-gem 'karafka' # ours
-gem 'karafka-web', require: false
+gem 'karafka', '~> 2.3.4' # ours
+gem 'karafka-web', '~> 0.8.2', require: false
Would run: bundle update karafka karafka-web waterdrop karafka-rdkafka
"
    );
    unchanged(&folder);
    assert!(!folder.0.join("calls").exists());
}

#[test]
fn a_step_is_taken_and_the_next_is_the_next() {
    let (folder, plan) = project();
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let end = "\n\nGemfile and Gemfile.lock are exactly at this step. Deploy it; 4 steps come after it.\n";
    assert!(run.out.ends_with(end), "{}", run.out);
    assert_eq!(read(&folder, "Gemfile"), AFTER_1);
    assert_eq!(read(&folder, "Gemfile.lock"), read(&folder, "1.lock"));
    assert_eq!(
        read(&folder, "calls"),
        "update karafka karafka-web waterdrop karafka-rdkafka\n"
    );
    assert_eq!(left_behind(&folder), [""; 0]);

    // The second has a temporary line, which planning does not take for the user's.
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let marked = "gem 'waterdrop', '~> 2.7.4' # rungs: temporary\n";
    assert!(
        read(&folder, "Gemfile").ends_with(marked),
        "{}",
        read(&folder, "Gemfile")
    );
    let run = folder.run(&[&["next", "--ruby", "3.2", "--format", "json"][..], &TO].concat());
    assert_eq!(
        run.err,
        "rungs: Gemfile has temporary lines from a step before: waterdrop\n"
    );
    let rest: Value = serde_json::from_str(&run.out).unwrap();
    let rest = rest["steps"].as_array().unwrap();
    let want = &plan["steps"].as_array().unwrap()[2..];
    assert_eq!(rest.len(), want.len());
    for (rest, want) in rest.iter().zip(want) {
        for key in ["state", "changes", "gemfile", "obsolete", "command"] {
            assert_eq!(rest[key], want[key], "{key} of step {}", want["number"]);
        }
    }
    assert_eq!(rest[0]["obsolete"], serde_json::json!(["waterdrop"]));

    // The third takes it away again.
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!read(&folder, "Gemfile").contains("waterdrop"));
}

#[test]
fn several_steps_are_taken_one_by_one_and_nothing_temporary_is_left() {
    let (folder, plan) = project();
    let run = apply(&folder, &["--step", "5"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(read(&folder, "calls").lines().count(), 5);
    assert_eq!(read(&folder, "Gemfile.lock"), read(&folder, "5.lock"));
    assert!(!read(&folder, "Gemfile").contains("rungs"));
    let steps = plan["steps"].as_array().unwrap();
    for (at, step) in steps.iter().enumerate() {
        let gemfile = read(&folder, &format!("{}.gemfile", at + 1));
        for line in step["gemfile"].as_array().unwrap() {
            let requirement = line["requirement"]
                .as_str()
                .unwrap()
                .trim_start_matches("= ");
            assert!(gemfile.contains(&format!("'{requirement}'")), "{gemfile}");
        }
    }
    let run = apply(&folder, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(
        run.out.starts_with("Already there: karafka 2.6"),
        "{}",
        run.out
    );
}

#[test]
fn temporary_lines_go_when_no_step_is_left() {
    let (folder, _) = project();
    fs::write(folder.0.join("Gemfile.lock"), read(&folder, "5.lock")).unwrap();
    let with = format!("{GEMFILE}gem 'waterdrop', '~> 2.10.3' # rungs: temporary\n");
    fs::write(folder.0.join("Gemfile"), &with).unwrap();
    fs::write(folder.0.join("1.lock"), read(&folder, "5.lock")).unwrap();
    let run = apply(&folder, &["--dry-run"]);
    assert_eq!(run.code, 0);
    assert!(
        run.out
            .contains("-gem 'waterdrop', '~> 2.10.3' # rungs: temporary\n"),
        "{}",
        run.out
    );
    assert!(run.out.ends_with("Would run: bundle lock\n"), "{}", run.out);
    let run = apply(&folder, &[]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (
            0,
            "Already there. The temporary lines are deleted: waterdrop.\n"
        )
    );
    assert_eq!(read(&folder, "Gemfile"), GEMFILE);
    assert_eq!(read(&folder, "calls"), "lock\n");
}

#[test]
fn nothing_is_installed_when_only_locking_is_asked_for() {
    let (folder, _) = project();
    let run = apply(&folder, &["--lock-only"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let calls = read(&folder, "calls");
    assert_eq!(
        calls,
        "lock --update karafka karafka-web waterdrop karafka-rdkafka\n"
    );
}

#[test]
fn files_go_back_where_bundler_fails_or_strays() {
    for (mode, code, message) in [
        (
            "fail",
            1,
            "no such gem\nrungs: `bundle COMMAND` failed: Gemfile and Gemfile.lock are as they were before the step\n",
        ),
        (
            "stray",
            1,
            "rungs: `bundle COMMAND` installed other versions than planned; Gemfile and Gemfile.lock are as they were before the step
  karafka-web: planned 0.8.2, locked nothing
  waterdrop: planned 2.6.14, locked 2.7.0
  karafka-core: planned 2.3.0, locked nothing
  karafka-rdkafka: planned 0.14.11, locked nothing
  the catalog knows these versions: look for ",
        ),
        ("damage", 2, "rungs: the new lockfile:1:1: "),
    ] {
        let (folder, _) = project();
        fs::write(folder.0.join("mode"), mode).unwrap();
        let run = apply(&folder, &[]);
        assert_eq!(run.code, code, "{mode}: {}", run.err);
        let command = "update karafka karafka-web waterdrop karafka-rdkafka";
        let want = format!(
            "rungs: running bundle {command}\n{}",
            message.replace("COMMAND", command)
        );
        assert!(run.err.starts_with(&want), "{mode}: {}", run.err);
        unchanged(&folder);
    }
}

#[test]
fn a_quiet_call_says_why_the_step_is_not_done() {
    for (mode, want) in [
        (
            "fail",
            "` failed: Gemfile and Gemfile.lock are as they were before the step\n",
        ),
        ("stray", "` installed other versions than planned; "),
        ("edit", "rungs: Gemfile.lock changed while Bundler ran, "),
        (
            "spoil",
            "rungs: Bundler wrote Gemfile.lock and not the copy; it is put back",
        ),
    ] {
        let (folder, _) = project();
        fs::write(folder.0.join("mode"), mode).unwrap();
        let run = apply(&folder, &["--quiet"]);
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{mode}");
        assert!(run.err.contains(want), "{mode}: {}", run.err);
        assert!(!run.err.contains("running bundle"), "{mode}: {}", run.err);
    }
    let (folder, _) = project();
    let run = apply(&folder, &["--quiet"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.starts_with("Step 1: "), "{}", run.out);
}

#[test]
fn a_later_step_that_fails_leaves_the_steps_before_it() {
    // The third lockfile has other versions, or is none.
    for (third, code, why) in [
        (
            "STRAY",
            1,
            "installed other versions than planned; Gemfile and Gemfile.lock are as they were before the step\n",
        ),
        ("GEM", 2, "rungs: the new lockfile:1:1: "),
    ] {
        let (folder, _) = project();
        let third = third.replace("STRAY", &read(&folder, "stray.lock"));
        fs::write(folder.0.join("3.lock"), third).unwrap();
        let run = apply(&folder, &["--step", "4"]);
        assert_eq!(run.code, code, "{}", run.err);
        assert!(run.err.contains(why), "{}", run.err);
        let end = "rungs: steps 1 to 2 are done, step 3 is undone\n";
        assert!(run.err.ends_with(end), "{}", run.err);
        let headings: Vec<&str> = run
            .out
            .lines()
            .filter(|it| it.starts_with("Step "))
            .collect();
        assert_eq!(headings.len(), 2, "{}", run.out);
        assert!(headings[0].starts_with("Step 1: "), "{headings:?}");
        assert!(headings[1].starts_with("Step 2: "), "{headings:?}");
        assert_eq!(read(&folder, "Gemfile.lock"), read(&folder, "2.lock"));
        assert!(read(&folder, "Gemfile").contains("'karafka', '~> 2.4.18'"));
        assert_eq!(left_behind(&folder), [""; 0]);
    }
    let (folder, _) = project();
    fs::write(folder.0.join("2.lock"), read(&folder, "1.lock")).unwrap();
    let run = apply(&folder, &["--step", "2", "--quiet"]);
    let end = "rungs: step 1 is done, step 2 is undone\n";
    assert!(run.code == 1 && run.err.ends_with(end), "{}", run.err);
}

fn configured(folder: &Folder, text: &str) {
    fs::create_dir_all(folder.0.join(".bundle")).unwrap();
    fs::write(folder.0.join(".bundle/config"), text).unwrap();
}

#[test]
fn the_gemfile_of_bundlers_configuration_is_worked_on() {
    for name in ["Gemfile", "./Gemfile", "ABSOLUTE"] {
        let (folder, _) = project();
        let absolute = folder.0.join("Gemfile");
        let named = name.replace("ABSOLUTE", absolute.to_str().unwrap());
        let config = format!("---\nBUNDLE_GEMFILE: \"{named}\"\nBUNDLE_JOBS: \"2\"\n");
        configured(&folder, &config);
        let run = apply(&folder, &[]);
        assert_eq!(run.code, 0, "{named}: {}", run.err);
        assert_eq!(read(&folder, "Gemfile"), AFTER_1);
        assert_eq!(read(&folder, "Gemfile.lock"), read(&folder, "1.lock"));
        // Bundler is shown all the rest of it, and the project keeps the whole.
        assert_eq!(read(&folder, "shown"), "---\nBUNDLE_JOBS: \"2\"\n");
        assert!(read(&folder, "shown.mode").starts_with("drwx------"));
        assert_eq!(read(&folder, ".bundle/config"), config);
        assert_eq!(fs::read_dir(folder.0.join(".bundle")).unwrap().count(), 1);
        assert_eq!(left_behind(&folder), [""; 0]);
    }
    // Without a word on the Gemfile it is the project's own.
    let (folder, _) = project();
    configured(&folder, "---\nBUNDLE_JOBS: \"2\"\nBUNDLE_GEMFILE: \"\"\n");
    assert_eq!(apply(&folder, &[]).code, 0);
    assert_eq!(read(&folder, "shown"), read(&folder, ".bundle/config"));
}

#[test]
fn another_gemfile_in_bundlers_configuration_is_refused() {
    let (folder, _) = project();
    for (from, to) in [
        ("Gemfile", "Gemfile.next"),
        ("Gemfile.lock", "Gemfile.next.lock"),
    ] {
        fs::copy(folder.0.join(from), folder.0.join(to)).unwrap();
    }
    configured(&folder, "---\nBUNDLE_GEMFILE: Gemfile.next\r\n");
    let told = |other: &str| {
        format!(
            "rungs: .bundle/config says that the Gemfile is Gemfile.next, not {other}: expected \
             --lockfile Gemfile.next.lock, or no such setting (`bundle config unset gemfile`)\n"
        )
    };
    let named = ["--lockfile", "Gemfile.lock"];
    for args in [&["--dry-run"][..], &[]] {
        let run = apply(&folder, &[&named[..], args].concat());
        let said = (run.code, run.out.as_str(), run.err.as_str());
        assert_eq!(said, (2, "", told("Gemfile").as_str()));
    }
    unchanged(&folder);
    assert!(!folder.0.join("calls").exists());
    // As it says; without a lockfile it is the one that Bundler would use.
    let run = apply(&folder, &["--dry-run"]);
    assert!(
        run.out.contains("--- Gemfile.next\n"),
        "{}{}",
        run.out,
        run.err
    );
    let run = apply(&folder, &["--lockfile", "Gemfile.next.lock"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(read(&folder, "Gemfile.next"), AFTER_1);
    assert_eq!(read(&folder, "Gemfile.next.lock"), read(&folder, "1.lock"));
    unchanged(&folder);
    // A Gemfile that is not there is another one; the last word counts.
    configured(
        &folder,
        "BUNDLE_GEMFILE: \"Gemfile\"\nBUNDLE_GEMFILE: 'none/gems.rb'\n",
    );
    let run = apply(&folder, &["--lockfile", "Gemfile.lock"]);
    assert_eq!(run.code, 2);
    let told = "says that the Gemfile is none/gems.rb, not Gemfile: expected --lockfile \
                none/gems.locked, or no such setting";
    assert!(run.err.contains(told), "{}", run.err);
    unchanged(&folder);
}

#[test]
fn bundlers_configuration_is_where_bundler_looks_for_it() {
    let call = |folder: &Folder, name: &str, value: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_rungs"))
            .env("SOURCE_DATE_EPOCH", crate::program::NOW)
            .args(["apply", "--bundle", "./bundle", "--ruby", "3.2"])
            .args(TO)
            .env(name, value)
            .current_dir(&folder.0)
            .output()
            .unwrap();
        output.status.code()
    };
    let (folder, _) = project();
    configured(&folder, "BUNDLE_GEMFILE: \"none\"\n");
    fs::create_dir(folder.0.join("settings")).unwrap();
    let settings = folder.0.join("settings/config");
    fs::write(&settings, "BUNDLE_GEMFILE: \"Gemfile\"\n").unwrap();
    assert_eq!(call(&folder, "BUNDLE_APP_CONFIG", "settings"), Some(0));
    assert_eq!(read(&folder, "Gemfile"), AFTER_1);
    fs::write(&settings, "BUNDLE_GEMFILE: \"none\"\n").unwrap();
    let absolute = folder.0.join("settings");
    let absolute = absolute.to_str().unwrap();
    assert_eq!(call(&folder, "BUNDLE_APP_CONFIG", absolute), Some(2));
    // Nobody reads it then. The script does, so nothing is asked of it.
    fs::write(folder.0.join("Gemfile.lock"), read(&folder, "5.lock")).unwrap();
    assert_eq!(call(&folder, "BUNDLE_IGNORE_CONFIG", "1"), Some(0));
}

#[test]
fn a_bundler_that_is_not_there_is_told() {
    let (folder, _) = project();
    let run = folder.run(&[&["apply", "--bundle", "./none", "--ruby", "3.2"][..], &TO].concat());
    assert_eq!(run.code, 2);
    let end = "expected Bundler there, or its path in --bundle\n";
    assert!(run.err.ends_with(end), "{}", run.err);
    unchanged(&folder);
}

#[test]
fn a_gemfile_that_is_unsure_is_refused_with_what_to_do() {
    let (folder, _) = project();
    let source = "gem 'karafka' if ENV['KARAFKA']\ngem 'karafka-web'\n";
    fs::write(folder.0.join("Gemfile"), source).unwrap();
    let run = apply(&folder, &[]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert_eq!(
        run.err,
        "rungs: this step changes no file; by hand it is:
  gem \"karafka\", \"~> 2.3.4\"
  gem \"karafka-web\", \"~> 0.8.2\"
  bundle update karafka karafka-web waterdrop karafka-rdkafka
rungs: Gemfile:1:1: gem \"karafka\" is under a condition: expected a plain line
  make it `gem \"karafka\", \"~> 2.3.4\"` by hand, as one plain line, or do this step by hand
"
    );
    assert_eq!(read(&folder, "Gemfile"), source);
    // Where another file names the gem, its place and what to do there.
    for (call, file) in [
        ("eval_gemfile \"other.rb\"", "other.rb"),
        ("gemspec", "the gemspec"),
    ] {
        fs::write(
            folder.0.join("Gemfile"),
            format!("source \"x\"\n{call}\ngem 'karafka-web'\n"),
        )
        .unwrap();
        let end = format!(
            "rungs: Gemfile:2:1: no line of the Gemfile names \"karafka\", and `{call}` may: expected \
             `gem \"karafka\"` as a plain line\n  give karafka the requirement \"~> 2.3.4\" by hand in {file}, and do \
             this step by hand\n"
        );
        let run = apply(&folder, &[]);
        assert_eq!(run.code, 2);
        assert!(run.err.ends_with(&end), "{}", run.err);
    }
}

#[test]
fn a_lockfile_without_its_gemfile_is_told_with_what_to_do() {
    let folder = Folder::with(&[("Gemfile.lock", crate::program::EXAMPLE)]);
    for args in [
        &["apply"][..],
        &["apply", "--dry-run"],
        &["apply", "--lockfile", "Gemfile.lock"],
    ] {
        let run = folder.run(args);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert_eq!(
            run.err,
            "rungs: cannot read Gemfile: no such file\n  `rungs apply` edits the Gemfile of the lockfile: call it \
             where Gemfile is, name it with --gemfile, or follow the lines and the command of `rungs next` by hand\n"
        );
    }
}

/// Bundler has no part in a step of brokers: nothing is run and nothing is changed.
#[test]
fn a_step_of_brokers_is_the_users() {
    let gemfile = "source 'https://rubygems.org'\n\ngem 'karafka'\n";
    let folder = Folder::with(&[
        ("Gemfile.lock", crate::program::NEWEST),
        ("Gemfile", gemfile),
    ]);
    let asked = "apply --catalog karafka --catalog kafka --runtime kafka=3.6 --runtime kraft=1 --to kafka=4.0";
    let run = folder.run(&asked.split(' ').collect::<Vec<_>>());
    assert_eq!(run.code, 1, "{}", run.err);
    let words = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("1. roll Kafka 4.0.2 over all brokers"),
        "{}",
        run.out
    );
    assert!(
        words.contains(
            "This step is done by hand: no file is changed for it. Move kafka from 3.6.2 to 4.0.2, as the order of \
             deployment has it. Then call `rungs apply` again, with --runtime kafka=4.0.2."
        ),
        "{}",
        run.out
    );
    assert_eq!(
        fs::read_to_string(folder.0.join("Gemfile")).unwrap(),
        gemfile
    );
}

#[test]
fn a_step_of_ruby_is_the_users() {
    let (folder, _) = project();
    let args = [
        "apply", "--bundle", "./bundle", "--ruby", "2.7", "--step", "9",
    ];
    let run = folder.run(&[&args[..], &TO].concat());
    // The first step stands on Ruby 2.7; then Ruby has to move.
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let said = "This step is done by hand: no file is changed for it. Move ruby from 2.7 to 3.";
    assert!(run.out.contains(said), "{}", run.out);
    assert_eq!(read(&folder, "calls").lines().count(), 1);
    assert_eq!(read(&folder, "Gemfile.lock"), read(&folder, "1.lock"));
}

#[test]
fn calls_that_make_no_sense_are_refused() {
    let (folder, _) = project();
    for (args, message) in [
        (
            &["--step", "0"][..],
            "error: invalid value '0' for '--step <N>': number would be zero for non-zero type",
        ),
        (
            &["--dry-run", "--step", "2"],
            "rungs: --dry-run shows the next step only: a later one is edited on what this one leaves",
        ),
        (
            &["--lockfile", "bundle"],
            "rungs: bundle is not the lockfile of a Gemfile: expected NAME.lock or gems.locked",
        ),
    ] {
        let run = apply(&folder, args);
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.err.starts_with(message), "{}", run.err);
    }
    fs::remove_file(folder.0.join("Gemfile")).unwrap();
    let run = apply(&folder, &[]);
    let told = "rungs: cannot read Gemfile: no such file\n  `rungs apply` edits the Gemfile of the lockfile";
    assert_eq!(run.code, 2);
    assert!(run.err.starts_with(told), "{}", run.err);
}

#[test]
fn someone_who_stopped_in_the_middle_is_told() {
    let (folder, _) = project();
    fs::write(folder.0.join("Gemfile"), AFTER_1).unwrap();
    let run = apply(&folder, &["--dry-run"]);
    assert_eq!(
        run.err,
        "rungs: the Gemfile asks for karafka ~> 2.3.4, the lockfile has 2.3.0: this is planned from the \
         lockfile; run `bundle install` if it is behind
rungs: the Gemfile asks for karafka-web ~> 0.8.2, the lockfile has 0.8.0: this is planned from the \
         lockfile; run `bundle install` if it is behind\n"
    );
    assert!(
        run.out.ends_with(
            "0.14.11\n\nWould run: bundle update karafka karafka-web waterdrop karafka-rdkafka\n"
        ),
        "{}",
        run.out
    );
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(read(&folder, "Gemfile"), AFTER_1);
}

#[test]
fn other_names_links_and_permissions_stay() {
    let (folder, _) = project();
    fs::create_dir(folder.0.join("real")).unwrap();
    fs::rename(folder.0.join("Gemfile"), folder.0.join("real/rubies")).unwrap();
    std::os::unix::fs::symlink("real/rubies", folder.0.join("gems.rb")).unwrap();
    fs::rename(folder.0.join("Gemfile.lock"), folder.0.join("gems.locked")).unwrap();
    let mode = fs::Permissions::from_mode(0o640);
    fs::set_permissions(folder.0.join("real/rubies"), mode).unwrap();
    let run = apply(&folder, &["--lockfile", "gems.locked"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        fs::symlink_metadata(folder.0.join("gems.rb"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(read(&folder, "real/rubies"), AFTER_1);
    let mode = fs::metadata(folder.0.join("real/rubies"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(read(&folder, "gems.locked"), read(&folder, "1.lock"));
    assert_eq!(left_behind(&folder), [""; 0]);
}

pub(crate) fn start(folder: &Folder) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rungs"))
        .env("SOURCE_DATE_EPOCH", crate::program::NOW)
        .args(["apply", "--bundle", "./bundle", "--ruby", "3.2"])
        .args(TO)
        .current_dir(&folder.0)
        .env_remove("BUNDLE_APP_CONFIG")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

pub(crate) fn wait_for_the_script(folder: &Folder) {
    let started = folder.0.join("started");
    let mut waited = 0;
    while !started.exists() {
        assert!(waited < 3_000, "the script never began");
        waited += 1;
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// All files of a folder.
fn files(folder: &Folder) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(&folder.0).unwrap().flatten();
    let files = entries.map(|entry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read(entry.path()).unwrap())
    });
    files.collect()
}

const REFUSED: &str = "rungs: another `rungs apply` works in this folder: expected one at a time; \
                       nothing is changed, call again when it is done\n";

#[test]
fn a_second_call_in_a_folder_is_refused_and_touches_nothing() {
    let (folder, _) = project();
    fs::write(folder.0.join("mode"), "hold").unwrap();
    let mut first = start(&folder);
    wait_for_the_script(&folder);
    let before = files(&folder);
    assert!(before.keys().any(|name| name.starts_with("Gemfile.rungs-")));
    let refused = apply(&folder, &["--step", "2"]);
    let told = (refused.code, refused.out.as_str(), refused.err.as_str());
    assert_eq!(told, (2, "", REFUSED));
    assert_eq!(files(&folder), before);
    // By another name of the folder, and with other files in it, too.
    let elsewhere = Folder::with(&[]);
    let link = elsewhere.0.join("link");
    std::os::unix::fs::symlink(&folder.0, &link).unwrap();
    for name in ["Gemfile.lock", "gems.locked"] {
        let lockfile = link.join(name);
        let refused = elsewhere.run(&["apply", "--lockfile", lockfile.to_str().unwrap()]);
        assert_eq!((refused.code, refused.err.as_str()), (2, REFUSED));
    }
    assert_eq!(files(&folder), before);
    // What changes nothing is free to look.
    let looked = apply(&folder, &["--dry-run"]);
    assert_eq!((looked.code, looked.err.as_str()), (0, ""));
    assert_eq!(files(&folder), before);

    fs::write(folder.0.join("go"), "").unwrap();
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert_eq!(read(&folder, "Gemfile"), AFTER_1);
    assert_eq!(read(&folder, "Gemfile.lock"), read(&folder, "1.lock"));
    assert_eq!(left_behind(&folder), [""; 0]);
    assert_eq!(apply(&folder, &[]).code, 0);
    assert_eq!(read(&folder, "Gemfile.lock"), read(&folder, "2.lock"));
}

#[test]
fn of_many_calls_each_takes_a_step_or_is_refused() {
    for _ in 0..5 {
        let (folder, _) = project();
        let children: Vec<Child> = (0..5).map(|_| start(&folder)).collect();
        let codes = children.into_iter().map(|mut it| it.wait().unwrap().code());
        let codes: Vec<i32> = codes.map(Option::unwrap).collect();
        let done = codes.iter().filter(|code| **code == 0).count();
        assert!(codes.iter().all(|code| [0, 2].contains(code)), "{codes:?}");
        assert!(done >= 1, "{codes:?}");
        assert_eq!(read(&folder, "calls").lines().count(), done);
        let name = format!("{done}.lock");
        assert_eq!(read(&folder, "Gemfile.lock"), read(&folder, &name));
        assert_eq!(left_behind(&folder), [""; 0]);
    }
}

#[test]
fn a_lock_that_is_no_file_is_refused() {
    let (folder, _) = project();
    let lock = folder.0.join(".rungs-apply.lock");
    std::os::unix::fs::symlink("made", &lock).unwrap();
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.err,
        "rungs: cannot lock .rungs-apply.lock: it is no regular file; delete it where no `rungs apply` works\n"
    );
    assert!(!folder.0.join("made").exists());
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 2);
    let told = "rungs: cannot lock .rungs-apply.lock: ";
    assert!(run.err.starts_with(told), "{}", run.err);
    fs::remove_dir(&lock).unwrap();
    unchanged(&folder);
    // Where there is no folder that is what is told.
    let run = folder.run(&["apply", "--lockfile", "none/Gemfile.lock"]);
    let told = "rungs: cannot read none/Gemfile: no such file\n";
    assert_eq!(run.code, 2);
    assert!(run.err.starts_with(told), "{}", run.err);
}

#[test]
fn killed_while_bundler_runs_the_files_are_the_old_ones() {
    for signal in ["KILL", "TERM", "INT"] {
        let (folder, _) = project();
        fs::write(folder.0.join("mode"), "wait").unwrap();
        let mut child = start(&folder);
        wait_for_the_script(&folder);
        let kill = |signal: &str, process: &str| {
            let status = Command::new("kill").args(["-s", signal, process]).status();
            assert!(status.unwrap().success());
        };
        kill(signal, &child.id().to_string());
        child.wait().unwrap();
        assert_eq!(read(&folder, "Gemfile"), GEMFILE);
        assert_eq!(
            read(&folder, "Gemfile.lock"),
            lock(START, &["karafka", "karafka-web"])
        );
        if signal == "KILL" {
            // The script goes on without us, and harms nobody; what was locked is free.
            assert!(folder.0.join(".rungs-apply.lock").exists());
        } else {
            unchanged(&folder);
        }
        fs::write(folder.0.join("mode"), "arrive").unwrap();
        fs::remove_file(folder.0.join("calls")).unwrap();
        let run = apply(&folder, &[]);
        assert_eq!(run.code, 0, "{}", run.err);
        if signal == "KILL" {
            kill("KILL", read(&folder, "started").trim());
        }
        assert_eq!(read(&folder, "Gemfile"), AFTER_1);
        assert_eq!(left_behind(&folder), [""; 0]);
    }
}

#[test]
fn killed_at_any_moment_each_file_is_old_or_new() {
    let (folder, _) = project();
    let old = lock(START, &["karafka", "karafka-web"]);
    let new = read(&folder, "1.lock");
    let mut moments = [0; 3];
    for moment in 0..40 {
        let _ = fs::remove_file(folder.0.join("calls"));
        fs::write(folder.0.join("Gemfile"), GEMFILE).unwrap();
        fs::write(folder.0.join("Gemfile.lock"), &old).unwrap();
        let mut child = start(&folder);
        std::thread::sleep(Duration::from_millis(moment * 4));
        let _ = child.kill();
        child.wait().unwrap();
        let (gemfile, lockfile) = (read(&folder, "Gemfile"), read(&folder, "Gemfile.lock"));
        assert!(gemfile == GEMFILE || gemfile == AFTER_1, "{gemfile}");
        assert!(lockfile == old || lockfile == new, "{lockfile}");
        let is_decided = folder.0.join(".rungs-apply").exists();
        assert!(is_decided || (gemfile == GEMFILE) == (lockfile == old));
        moments[if is_decided {
            1
        } else {
            usize::from(lockfile == new) * 2
        }] += 1;
        if is_decided {
            let run = apply(&folder, &[]);
            assert_eq!(run.code, 0, "{}", run.err);
            assert_eq!(read(&folder, "Gemfile"), AFTER_1);
            assert_eq!(read(&folder, "Gemfile.lock"), new);
        }
    }
    eprintln!("before, amid and after: {moments:?}");
}

fn sum(text: &str) -> String {
    let mut out = String::new();
    for byte in Sha256::digest(text) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// A project whose change is decided, with the first `placed` files in place.
fn interrupted(placed: usize) -> Folder {
    let (folder, _) = project();
    let (old, new) = (read(&folder, "Gemfile.lock"), read(&folder, "1.lock"));
    let journal = format!(
        "rungs apply 1\n{} {} Gemfile\n{} {} Gemfile.lock\n",
        sum(GEMFILE),
        sum(AFTER_1),
        sum(&old),
        sum(&new)
    );
    fs::write(folder.0.join(".rungs-apply"), journal).unwrap();
    for (at, (name, text)) in [("Gemfile", AFTER_1), ("Gemfile.lock", new.as_str())]
        .iter()
        .enumerate()
    {
        let name = if at < placed {
            (*name).to_owned()
        } else {
            format!(".{name}.rungs-new")
        };
        fs::write(folder.0.join(name), text).unwrap();
    }
    folder
}

#[test]
fn what_was_decided_is_completed() {
    for placed in 0..=2 {
        let folder = interrupted(placed);
        let run = apply(&folder, &["--dry-run"]);
        assert_eq!(run.code, 2);
        assert_eq!(
            run.err,
            "rungs: `rungs apply` was interrupted here: expected a call without --dry-run first, which \
             completes it\n"
        );
        let run = folder.run(&[&["next", "--ruby", "3.2"][..], &TO].concat());
        let told = "rungs: `rungs apply` was interrupted here; call it again, and it completes\n";
        assert!(run.err.starts_with(told), "{}", run.err);
        let run = apply(&folder, &[]);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        assert_eq!(
            run.out,
            "An interrupted apply is completed: Gemfile and Gemfile.lock are those after its step.\n"
        );
        assert_eq!(read(&folder, "Gemfile"), AFTER_1);
        assert_eq!(read(&folder, "Gemfile.lock"), read(&folder, "1.lock"));
        assert_eq!(left_behind(&folder), [""; 0]);
        assert!(!folder.0.join("calls").exists());
    }
}

#[test]
fn what_was_not_decided_is_taken_away() {
    let (folder, _) = project();
    for name in [
        ".Gemfile.rungs-new",
        ".Gemfile.lock.rungs-new",
        ".rungs-apply.rungs-new",
    ] {
        fs::write(folder.0.join(name), "half").unwrap();
    }
    for name in ["Gemfile.rungs-1", "Gemfile.rungs-1.lock"] {
        fs::write(folder.0.join(name), "half").unwrap();
    }
    for name in [".bundle/rungs-1", ".bundle/rungs-mine"] {
        fs::create_dir_all(folder.0.join(name)).unwrap();
        fs::write(folder.0.join(name).join("config"), "half").unwrap();
    }
    fs::write(folder.0.join("Gemfile.rungs-mine"), "mine").unwrap();
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(left_behind(&folder), ["Gemfile.rungs-mine"]);
    assert!(!folder.0.join(".bundle/rungs-1").exists());
    assert!(folder.0.join(".bundle/rungs-mine").exists());
    assert_eq!(read(&folder, "Gemfile"), AFTER_1);
}

#[test]
fn files_that_somebody_else_changed_stop_the_completion() {
    let folder = interrupted(1);
    fs::write(folder.0.join("Gemfile.lock"), "mine\n").unwrap();
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.err,
        "rungs: Gemfile.lock changed after `rungs apply` was interrupted: expected it as it was before or \
         after the step; make the Gemfile and the lockfile belong together and delete .rungs-apply\n"
    );
    assert_eq!(read(&folder, "Gemfile.lock"), "mine\n");
    fs::write(folder.0.join(".rungs-apply"), "rungs apply 1\nx").unwrap();
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.starts_with("rungs: .rungs-apply is damaged: "),
        "{}",
        run.err
    );
}

/// What comes from git is left alone; that the plan is not sure of it is told by the exit code.
#[test]
fn gems_from_elsewhere_are_left_alone() {
    let (folder, _) = project();
    let git = "GIT\n  remote: https://example.org/web.git\n  revision: 0123\n  specs:\n    karafka-web (0.8.0)\n\n";
    let others: Vec<_> = START
        .into_iter()
        .filter(|(name, _)| *name != "karafka-web")
        .collect();
    let locked = format!("{git}{}", lock(others, &["karafka", "karafka-web!"]));
    let source = "gem 'karafka'\ngem 'karafka-web', git: 'https://example.org/web.git'\n";
    fs::write(folder.0.join("Gemfile.lock"), &locked).unwrap();
    fs::write(folder.0.join("Gemfile"), source).unwrap();
    // From 2.3.2 on karafka refuses to load with a Web UI below 0.8.2.
    let moved = [
        ("karafka", "2.3.1"),
        ("karafka-core", "2.3.0"),
        ("karafka-rdkafka", "0.14.11"),
        ("waterdrop", "2.6.14"),
    ];
    let next = format!("{git}{}", lock(moved, &["karafka", "karafka-web!"]));
    fs::write(folder.0.join("1.lock"), &next).unwrap();
    let run = folder.run(&["apply", "--bundle", "./bundle", "--ruby", "3.2"]);
    assert_eq!(run.code, 4, "{}", run.err);
    let told = "rungs: karafka-web 0.8.0 comes from a git repository or a folder\n";
    assert!(run.err.starts_with(told), "{}", run.err);
    assert_eq!(
        read(&folder, "calls"),
        "update karafka waterdrop karafka-rdkafka\n"
    );
    assert_eq!(
        read(&folder, "Gemfile"),
        source.replacen("'karafka'", "'karafka', '2.3.1'", 1)
    );
    assert_eq!(read(&folder, "Gemfile.lock"), next);
}

/// A journal that came with a repository names whatever its author likes.
#[test]
fn a_journal_touches_only_the_files_of_the_project() {
    let folder = interrupted(0);
    let journal = read(&folder, ".rungs-apply");
    let line = journal
        .lines()
        .find(|line| line.ends_with(" Gemfile"))
        .unwrap();
    let elsewhere = format!("../rungs-elsewhere-{}", std::process::id());
    for foreign in [elsewhere.as_str(), "other"] {
        let path = folder.0.join(foreign);
        let staged = path.with_file_name(format!(
            ".{}.rungs-new",
            path.file_name().unwrap().to_str().unwrap()
        ));
        fs::write(&path, read(&folder, "Gemfile")).unwrap();
        fs::copy(folder.0.join(".Gemfile.rungs-new"), &staged).unwrap();
        let named = line.replace(" Gemfile", &format!(" {foreign}"));
        let text = journal.replace(line, &named);
        fs::write(folder.0.join(".rungs-apply"), text).unwrap();
        let before = fs::read(&path).unwrap();
        let run = apply(&folder, &[]);
        assert_eq!(run.code, 2);
        assert!(
            run.err.starts_with("rungs: .rungs-apply is damaged: "),
            "{}",
            run.err
        );
        assert_eq!(fs::read(&path).unwrap(), before);
        fs::remove_file(&path).unwrap();
        fs::remove_file(&staged).unwrap();
    }
}
