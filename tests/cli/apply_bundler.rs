//! What `rungs apply` does around Bundler: settings and Bundlers that would spoil the lockfile, calls
//! from `bundle exec`, files that change meanwhile, signals, owners and other names.

use crate::apply::{
    AFTER_1, GEMFILE, START, TO, apply, left_behind, lock, project, read, unchanged,
    wait_for_the_script,
};
use crate::program::{Folder, Run};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Child, Command, Stdio};

/// A project with a script in the place of Bundler that does this, with `$n` for the number of the call.
fn with_script(script: &str) -> Folder {
    let (folder, _) = project();
    let text = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then cat version; exit; fi\necho \"$*\" >> calls\n\
         n=$(wc -l < calls | tr -d ' ')\n{script}\n"
    );
    fs::write(folder.0.join("bundle"), text).unwrap();
    fs::set_permissions(folder.0.join("bundle"), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

const ARRIVE: &str = "cp $n.lock \"$BUNDLE_GEMFILE.lock\"";

fn with_env(folder: &Folder, env: &[(&str, &str)], more: &[&str]) -> Run {
    let output = command(folder, env, more).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

fn command(folder: &Folder, env: &[(&str, &str)], more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rungs"));
    command
        .args(["apply", "--bundle", "./bundle", "--ruby", "3.2"])
        .args(TO)
        .args(more)
        .envs(env.iter().copied())
        .current_dir(&folder.0);
    command
}

fn set(folder: &Folder, name: &str, text: &str) {
    let path = folder.0.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn old() -> String {
    lock(START, &["karafka", "karafka-web"])
}

#[test]
fn settings_that_freeze_the_lockfile_are_refused_with_the_cure() {
    let refused = |from: &str, name: &str, cure: &str| {
        format!(
            "rungs: {from} sets {name}, so Bundler may not change the lockfile: expected it unset (`{cure}`); \
             nothing is changed\n"
        )
    };
    for (name, setting) in [
        ("BUNDLE_FROZEN", "frozen"),
        ("BUNDLE_DEPLOYMENT", "deployment"),
    ] {
        let folder = with_script(ARRIVE);
        let config = format!("---\n{name}: \"true\"\nBUNDLE_PATH: \"vendor\"\n");
        set(&folder, ".bundle/config", &config);
        let cure = format!("bundle config unset {setting}");
        for more in [&[][..], &["--lock-only"], &["--dry-run"]] {
            let run = apply(&folder, more);
            let told = refused(".bundle/config", setting, &cure);
            assert_eq!((run.code, run.err), (2, told));
        }
        unchanged(&folder);
        // The project's own word counts before the environment's.
        set(&folder, ".bundle/config", "---\nBUNDLE_FROZEN: \"false\"\n");
        assert_eq!(with_env(&folder, &[(name, "1")], &["--dry-run"]).code, 0);
        fs::remove_dir_all(folder.0.join(".bundle")).unwrap();
        let run = with_env(&folder, &[(name, "true")], &[]);
        let from = format!("the variable {name}");
        let told = refused(&from, setting, &format!("unset {name}"));
        assert_eq!((run.code, run.err), (2, told));
        // The user's configuration counts last.
        set(&folder, "home/.bundle/config", &format!("{name}: \"1\"\n"));
        let home = folder.0.join("home");
        let home = home.to_str().unwrap();
        let run = with_env(&folder, &[("HOME", home)], &[]);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains("home/.bundle/config sets"), "{}", run.err);
        assert!(!folder.0.join("calls").exists());
    }
}

#[test]
fn a_bundler_that_drops_or_lowers_something_is_refused_before_it_runs() {
    let checksums = old().replacen("\nBUNDLED", "\nCHECKSUMS\n  karafka (2.3.0)\n\nBUNDLED", 1);
    let four = old().replace("2.3.15", "4.0.2");
    for (lockfile, version, told) in [
        (
            &checksums,
            "Bundler version 2.3.15\n",
            Some(
                "Bundler 2.3.15 would drop the section CHECKSUMS of Gemfile.lock: expected 2.5.0 or newer",
            ),
        ),
        (&checksums, "Bundler version 2.6.7\n", None),
        (&checksums, "4.0.22\n", None),
        (
            &four,
            "Bundler version 2.6.7\n",
            Some(
                "Bundler 2.6.7 would lower BUNDLED WITH of Gemfile.lock from 4.0.2: expected Bundler 4",
            ),
        ),
        (&four, "4.0.22\n", None),
    ] {
        let keep = "sed -n '/^CHECKSUMS/,/^$/p' \"$BUNDLE_GEMFILE.lock\" > kept; \
                    { cat $n.lock; echo; cat kept; } > \"$BUNDLE_GEMFILE.lock\"";
        let folder = with_script(keep);
        set(&folder, "Gemfile.lock", lockfile);
        set(&folder, "version", version);
        let run = apply(&folder, &[]);
        match told {
            Some(told) => {
                assert_eq!(run.code, 2, "{}", run.err);
                assert!(
                    run.err.starts_with(&format!("rungs: {told}")),
                    "{}",
                    run.err
                );
                assert!(!folder.0.join("calls").exists());
                assert_eq!(read(&folder, "Gemfile"), GEMFILE);
                assert_eq!(&read(&folder, "Gemfile.lock"), lockfile);
                assert_eq!(left_behind(&folder), [""; 0]);
            }
            None => assert_eq!(run.code, 0, "{version}: {}", run.err),
        }
    }
}

#[test]
fn every_section_that_was_there_is_there_or_nothing_is_changed() {
    for (section, cure) in [
        (
            "CHECKSUMS\n  karafka (2.3.0)\n",
            "call Bundler 2.5.0 or newer",
        ),
        (
            "RUBY VERSION\n   ruby 3.2.2p53\n",
            "name the Ruby in the Gemfile",
        ),
        ("NOTES\n  ours\n", "delete it, or call another Bundler"),
    ] {
        // This Bundler does not say its version.
        let folder = with_script(ARRIVE);
        set(&folder, "version", "");
        let lockfile = format!("{}\n{section}", old());
        set(&folder, "Gemfile.lock", &lockfile);
        let run = apply(&folder, &[]);
        assert_eq!(run.code, 2, "{}", run.err);
        let name = section.lines().next().unwrap();
        let told = format!(
            "rungs: Bundler dropped {name} of Gemfile.lock: expected every section that was there; {cure}"
        );
        assert!(run.err.contains(&told), "{}", run.err);
        assert_eq!(read(&folder, "Gemfile"), GEMFILE);
        assert_eq!(read(&folder, "Gemfile.lock"), lockfile);
        assert_eq!(left_behind(&folder), [""; 0]);
    }
}

/// Only a version that the catalog does not know is blamed on the catalog.
#[test]
fn arriving_elsewhere_blames_the_catalog_for_what_it_does_not_know() {
    for (version, knows) in [("2.6.13", true), ("2.6.99", false)] {
        let folder = with_script("cp stray.lock \"$BUNDLE_GEMFILE.lock\"");
        let one = read(&folder, "1.lock")
            .replace("waterdrop (2.6.14)", &format!("waterdrop ({version})"));
        set(&folder, "stray.lock", &one);
        let run = apply(&folder, &[]);
        assert_eq!(run.code, 1);
        let told = format!("\n  waterdrop: planned 2.6.14, locked {version}\n");
        assert!(run.err.contains(&told), "{}", run.err);
        assert_eq!(
            run.err.contains("the catalog knows these versions"),
            knows,
            "{}",
            run.err
        );
        assert_eq!(
            run.err.contains("`rungs catalog import`"),
            !knows,
            "{}",
            run.err
        );
        unchanged(&folder);
    }
}

#[test]
fn an_edit_that_the_user_makes_meanwhile_stays() {
    for file in ["Gemfile", "Gemfile.lock"] {
        let folder = with_script(&format!("echo '# mine' >> {file}\n{ARRIVE}"));
        let mine = format!("{}# mine\n", read(&folder, file));
        let run = apply(&folder, &[]);
        assert_eq!(run.code, 1, "{}", run.err);
        let told = format!(
            "rungs: {file} changed while Bundler ran, and stays as it is now; the step is not taken: call again\n"
        );
        assert!(run.err.ends_with(&told), "{}", run.err);
        assert_eq!(read(&folder, file), mine);
        let other = if file == "Gemfile" {
            "Gemfile.lock"
        } else {
            "Gemfile"
        };
        let unchanged = if other == "Gemfile" {
            GEMFILE.to_owned()
        } else {
            old()
        };
        assert_eq!(read(&folder, other), unchanged);
        assert_eq!(left_behind(&folder), [""; 0]);
    }
}

#[test]
fn a_lockfile_that_bundler_wrote_instead_of_the_copy_goes_back() {
    // Three calls: what each left is kept, and nothing that was kept is overwritten.
    let folder = with_script("echo \"# $n\" >> Gemfile.lock; exit 1");
    for (number, kept) in ["", "-2", "-3"].into_iter().enumerate() {
        let kept = format!("Gemfile.lock.rungs-changed{kept}");
        let run = apply(&folder, &[]);
        assert_eq!(run.code, 1);
        let told = format!(
            "rungs: Bundler wrote Gemfile.lock and not the copy; it is put back, and what it wrote is in {kept}\n"
        );
        assert!(run.err.contains(&told), "{}", run.err);
        assert_eq!(read(&folder, "Gemfile.lock"), old());
        assert!(read(&folder, &kept).ends_with(&format!("# {}\n", number + 1)));
    }
    // It wrote both, or took the file away.
    for script in [
        "cp $n.lock Gemfile.lock\ncp $n.lock \"$BUNDLE_GEMFILE.lock\"",
        "rm Gemfile.lock; exit 1",
    ] {
        let folder = with_script(script);
        let run = apply(&folder, &[]);
        assert_eq!(run.code, 1);
        let told = "rungs: Bundler wrote Gemfile.lock and not the copy; it is put back\n";
        assert!(run.err.contains(told), "{}", run.err);
        unchanged(&folder);
    }
}

fn start(folder: &Folder) -> Child {
    command(folder, &[], &[])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn kill(signal: &str, process: &str) {
    let status = Command::new("kill").args(["-s", signal, process]).status();
    assert!(status.unwrap().success());
}

/// Bundler wrote the lockfile itself and waits; `apply` is ended then.
const ELSEWHERE: &str = "cp 1.lock Gemfile.lock\necho $$ > pid; mv pid started; exec sleep 60";

#[test]
fn ended_while_bundler_wrote_elsewhere_all_is_old() {
    for (signal, code) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
        let folder = with_script(ELSEWHERE);
        let mut child = start(&folder);
        wait_for_the_script(&folder);
        kill(signal, &child.id().to_string());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
        assert_eq!(read(&folder, "Gemfile"), GEMFILE);
        assert_eq!(read(&folder, "Gemfile.lock"), old());
        assert_eq!(left_behind(&folder), ["Gemfile.lock.rungs-changed"]);
        // Bundler was ended with it.
        let process = format!("/proc/{}", read(&folder, "started").trim());
        assert!(!std::path::Path::new(&process).exists());
    }
    // Killed, the next call does it.
    let folder = with_script(ELSEWHERE);
    let mut child = start(&folder);
    wait_for_the_script(&folder);
    child.kill().unwrap();
    child.wait().unwrap();
    kill("KILL", read(&folder, "started").trim());
    assert_eq!(read(&folder, "Gemfile.lock"), read(&folder, "1.lock"));
    fs::remove_file(folder.0.join("calls")).unwrap();
    fs::write(folder.0.join("bundle"), "#!/bin/sh\nexit 9\n").unwrap();
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 1, "{}", run.err);
    let told = "rungs: an interrupted apply left Gemfile.lock half changed; it is put back, and what it was is in \
                Gemfile.lock.rungs-changed\n";
    assert!(run.err.contains(told), "{}", run.err);
    assert_eq!(read(&folder, "Gemfile.lock"), old());
    assert_eq!(left_behind(&folder), ["Gemfile.lock.rungs-changed"]);
}

/// What the user does to the lockfile after a call was killed is the user's.
#[test]
fn after_a_call_that_was_killed_the_users_lockfile_stays() {
    let folder = with_script("echo $$ > pid; mv pid started; exec sleep 60");
    let mut child = start(&folder);
    wait_for_the_script(&folder);
    child.kill().unwrap();
    child.wait().unwrap();
    kill("KILL", read(&folder, "started").trim());
    // Nothing that a step moves.
    let mine = old().replace("2.3.15", "2.3.27");
    set(&folder, "Gemfile.lock", &mine);
    fs::write(folder.0.join("bundle"), "#!/bin/sh\nexit 9\n").unwrap();
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(read(&folder, "Gemfile.lock"), mine);
    assert_eq!(left_behind(&folder), [""; 0]);
}

#[test]
fn inside_of_bundle_exec_bundler_sees_the_environment_around_it() {
    let folder = with_script(&format!("env > env.$n\n{ARRIVE}"));
    let lockfile = folder.0.join("Gemfile.lock");
    let gemfile = folder.0.join("Gemfile");
    let nothing = "BUNDLER_ENVIRONMENT_PRESERVER_INTENTIONALLY_NIL";
    let path = std::env::var("PATH").unwrap();
    let run = with_env(
        &folder,
        &[
            ("BUNDLE_GEMFILE", gemfile.to_str().unwrap()),
            ("BUNDLE_LOCKFILE", lockfile.to_str().unwrap()),
            ("BUNDLER_SETUP", "/usr/lib/bundler/setup.rb"),
            ("BUNDLE_BIN_PATH", "/usr/bin/bundle"),
            ("RUBYOPT", "-r/usr/lib/bundler/setup -W0"),
            ("RUBYLIB", "/usr/lib/bundler"),
            ("PATH", &format!("{path}:/inner")),
            ("BUNDLER_ORIG_BUNDLE_GEMFILE", nothing),
            ("BUNDLER_ORIG_BUNDLE_LOCKFILE", nothing),
            ("BUNDLER_ORIG_BUNDLER_SETUP", nothing),
            ("BUNDLER_ORIG_BUNDLE_BIN_PATH", nothing),
            ("BUNDLER_ORIG_RUBYOPT", "-W0"),
            ("BUNDLER_ORIG_RUBYLIB", nothing),
            ("BUNDLER_ORIG_PATH", &path),
        ],
        &[],
    );
    assert_eq!(run.code, 0, "{}", run.err);
    let seen = read(&folder, "env.1");
    let value = |name: &str| {
        let mut lines = seen.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    };
    let copy = value("BUNDLE_GEMFILE").unwrap();
    assert!(copy.contains("/Gemfile.rungs-"), "{copy}");
    assert_eq!(
        value("BUNDLE_LOCKFILE"),
        Some(format!("{copy}.lock").as_str())
    );
    assert_eq!(value("RUBYOPT"), Some("-W0"));
    assert_eq!(value("PATH"), Some(path.as_str()));
    for name in [
        "BUNDLER_SETUP",
        "BUNDLE_BIN_PATH",
        "RUBYLIB",
        "BUNDLER_ORIG_PATH",
    ] {
        assert_eq!(value(name), None, "{name}");
    }
    assert_eq!(read(&folder, "Gemfile"), AFTER_1);
}

#[test]
fn a_lockfile_that_the_gemfile_names_is_worked_on() {
    let folder = with_script(&format!("cp \"$BUNDLE_GEMFILE\" seen.$n\n{ARRIVE}"));
    let line = "lockfile 'locks/ours.lock' # where it is\n";
    set(&folder, "Gemfile", &format!("{line}{GEMFILE}"));
    fs::create_dir(folder.0.join("locks")).unwrap();
    fs::rename(
        folder.0.join("Gemfile.lock"),
        folder.0.join("locks/ours.lock"),
    )
    .unwrap();
    for args in [&[][..], &["--lockfile", "locks/ours.lock"]] {
        let run = apply(&folder, &[&["--dry-run"][..], args].concat());
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{args:?}");
    }
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(read(&folder, "Gemfile"), format!("{line}{AFTER_1}"));
    assert_eq!(read(&folder, "locks/ours.lock"), read(&folder, "1.lock"));
    assert!(!folder.0.join("Gemfile.lock").exists());
    // The copy names the copy.
    let seen = read(&folder, "seen.1");
    let first = seen.lines().next().unwrap();
    assert!(
        first.starts_with("lockfile \"/") && first.contains("/Gemfile.rungs-"),
        "{first}"
    );
    for (line, told) in [
        (
            "lockfile false\n",
            "Gemfile:1:1: `lockfile false` keeps no lockfile: expected its path in --lockfile",
        ),
        (
            "gem 'x'\nlockfile \"#{1}.lock\"\n",
            "Gemfile:2:1: the path of the lockfile is computed: expected its path in --lockfile",
        ),
    ] {
        set(&folder, "Gemfile", line);
        let run = apply(&folder, &[]);
        assert_eq!((run.code, run.err), (2, format!("rungs: {told}\n")));
    }
}

#[test]
fn owner_and_mode_stay_and_other_names_are_told() {
    let folder = with_script(ARRIVE);
    let lockfile = folder.0.join("Gemfile.lock");
    fs::hard_link(&lockfile, folder.0.join("other.name")).unwrap();
    fs::set_permissions(&lockfile, fs::Permissions::from_mode(0o640)).unwrap();
    // Only root may give a file away.
    let is_root = fs::metadata(&folder.0).unwrap().uid() == 0
        && std::os::unix::fs::chown(&lockfile, Some(1234), Some(4321)).is_ok();
    let run = apply(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let told =
        "rungs: Gemfile.lock is a hard link; the file keeps its old text under 1 other name\n";
    assert!(run.err.contains(told), "{}", run.err);
    assert_eq!(read(&folder, "other.name"), old());
    let now = fs::metadata(&lockfile).unwrap();
    assert_eq!(now.permissions().mode() & 0o777, 0o640);
    if is_root {
        assert_eq!((now.uid(), now.gid()), (1234, 4321));
    }
}
