//! The edges of the program: files without an end, planted links, output that cannot be written,
//! standard streams that are gone.

use crate::program::{EXAMPLE, Folder};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn rungs(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rungs"));
    command
        .env("SOURCE_DATE_EPOCH", crate::program::NOW)
        .current_dir(&folder.0)
        .stdin(Stdio::null());
    command
}

/// Ends a call that does not end by itself.
fn within_a_minute(mut command: Command) -> (i32, String, String) {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{command:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().expect("ended by a signal");
    (code, text(output.stdout), text(output.stderr))
}

/// Every option and argument that names a file to read.
const READS: &[&[&str]] = &[
    &["plan", "--lockfile", "FILE"],
    &["next", "--lockfile", "FILE"],
    &["status", "--lockfile", "FILE"],
    &["why", "karafka", "--lockfile", "FILE"],
    &["snapshot", "FILE"],
    &["lint", "FILE", "Gemfile.lock"],
    &["lint", "Gemfile.lock", "FILE"],
    &["lint", "Gemfile.lock", "Gemfile.lock", "--policy", "FILE"],
    &["scan", ".", "--lockfile", "FILE"],
    &["plan", "--catalog", "FILE"],
    &["plan", "--policy", "FILE"],
    &["plan", "--snapshot", "FILE"],
    &["plan", "--gemfile", "FILE"],
    &["status", "--gemfile", "FILE"],
    &["smoke", "--dry-run", "--lockfile", "FILE"],
    &["catalog", "validate", "FILE"],
    &[
        "catalog",
        "digest-changelog",
        "--package",
        "karafka",
        "FILE",
    ],
];

#[test]
fn devices_pipes_and_endless_files_are_refused_unread() {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    let made = Command::new("mkfifo").arg(folder.0.join("pipe")).status();
    assert!(made.unwrap().success());
    // 3 GB that take no room.
    let long = File::create(folder.0.join("long")).unwrap();
    long.set_len(3 << 30).unwrap();
    for args in READS {
        for (file, says) in [
            ("pipe", "no regular file"),
            ("/dev/zero", "no regular file"),
            ("/dev/stdin", "no regular file"),
            ("long", "is too long: expected at most"),
            (".", "folder"),
            ("nowhere", "no such file"),
        ] {
            // A folder is a catalog, an index, or holds no lockfile.
            if file == "." && (args.contains(&"--catalog") || args[0] == "catalog") {
                continue;
            }
            let mut command = rungs(&folder);
            command.args(
                args.iter()
                    .map(|arg| if *arg == "FILE" { file } else { arg }),
            );
            // The address space of a call that reads none of it is enough.
            let mut limited = Command::new("sh");
            limited.env("SOURCE_DATE_EPOCH", crate::program::NOW);
            limited
                .args(["-c", "ulimit -v 1500000; exec \"$0\" \"$@\""])
                .arg(command.get_program())
                .args(command.get_args())
                .current_dir(&folder.0)
                .stdin(Stdio::null());
            let (code, out, err) = within_a_minute(limited);
            let call = format!("{args:?} {file}\n{out}{err}");
            assert_eq!(code, 2, "{call}");
            assert!(err.contains(says), "{call}");
            assert_eq!(err.matches("rungs: ").count(), 1, "one reason: {call}");
        }
    }
}

#[test]
fn a_pipe_beside_the_lockfile_is_no_gemfile_and_no_policy() {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    for name in ["Gemfile", "rungs.toml"] {
        let made = Command::new("mkfifo").arg(folder.0.join(name)).status();
        assert!(made.unwrap().success());
    }
    let mut command = rungs(&folder);
    command.arg("plan");
    let (code, out, _) = within_a_minute(command);
    assert_eq!(code, 0);
    assert!(out.starts_with("5 steps"), "{out}");
}

#[test]
fn a_lockfile_comes_from_standard_input() {
    let folder = Folder::with(&[]);
    for args in [
        &["plan", "--lockfile", "-"][..],
        &["status", "--lockfile", "-"],
        &["why", "karafka", "--lockfile", "-"],
        &["snapshot", "-"],
    ] {
        let mut child = rungs(&folder)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(EXAMPLE.as_bytes()).unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {err}");
        assert!(!output.stdout.is_empty(), "{args:?}");
    }
    // What never ends is cut off.
    let mut command = rungs(&folder);
    command.args(["plan", "--lockfile", "-"]);
    command.stdin(File::open("/dev/zero").unwrap());
    let (code, _, err) = within_a_minute(command);
    assert_eq!(code, 2);
    assert_eq!(
        err,
        "rungs: standard input is too long: expected at most 16777216 bytes\n"
    );
    let mut command = rungs(&folder);
    command.args(["apply", "--lockfile", "-"]);
    let (code, _, err) = within_a_minute(command);
    assert_eq!(code, 2);
    assert!(err.contains("is not the lockfile of a Gemfile"), "{err}");
}

#[test]
fn limits_are_met_exactly() {
    let (lockfile, catalog, policy) = (16 << 20, 8 << 20, 65_536);
    let padded = |text: &str, length: usize| format!("{text}{}", "\n".repeat(length - text.len()));
    for (name, args, text, most) in [
        (
            "a.lock",
            &["plan", "--lockfile", "a.lock"][..],
            EXAMPLE,
            lockfile,
        ),
        (
            "a.toml",
            &["catalog", "validate", "a.toml"],
            "format = 1\nextends = \"karafka\"\n",
            catalog,
        ),
        ("rungs.toml", &["plan"], "min_age = 7\n", policy),
    ] {
        for (length, code) in [(most, 0), (most + 1, 2)] {
            let text = padded(text, length);
            let folder = Folder::with(&[("Gemfile.lock", EXAMPLE), (name, &text)]);
            let run = folder.run(args);
            assert_eq!(run.code, code, "{name} {length}: {}", run.err);
            let says = format!("rungs: {name} is too long: expected at most {most} bytes\n");
            assert_eq!(run.err, if code == 2 { says } else { String::new() });
        }
    }
}

/// Bundler's configuration has the same bound whoever reads it: the project, `apply`, `refresh`.
#[test]
fn the_configuration_of_bundler_is_read_up_to_its_limit() {
    let most = 1 << 20;
    for (length, code) in [(most, 0), (most + 1, 2)] {
        let folder = Folder::with(&[("Gemfile.lock", EXAMPLE), ("Gemfile", "gem \"karafka\"\n")]);
        fs::create_dir(folder.0.join(".bundle")).unwrap();
        let config = format!("---\n{}", "#".repeat(length - 4));
        fs::write(folder.0.join(".bundle/config"), config).unwrap();
        let run = folder.run(&["status"]);
        assert_eq!(run.code, code, "{length}: {}", run.err);
        if code == 2 {
            assert_eq!(
                run.err,
                format!("rungs: .bundle/config is too long: expected at most {most} bytes\n")
            );
        }
    }
}

/// Calls of every command that prints, on the example.
const PRINTS: &[&[&str]] = &[
    &["plan"],
    &["plan", "--format", "json"],
    &["plan", "--format", "markdown"],
    &["plan", "--format", "html"],
    &["next"],
    &["status"],
    &["status", "--format", "json"],
    &["why", "karafka"],
    &["why", "karafka", "--format", "json"],
    &["snapshot", "Gemfile.lock"],
    &["lint", "Gemfile.lock", "Gemfile.lock"],
    &["lint", "Gemfile.lock", "Gemfile.lock", "--format", "sarif"],
    &["scan", "."],
    &["scan", ".", "--format", "json"],
    &["catalog", "show"],
    &["catalog", "show", "--format", "json"],
    &["catalog", "validate", "mine.toml"],
    &["catalog", "export", "-"],
    &["schema"],
    &["schema", "rungs.plan/1"],
    &["apply", "--dry-run"],
    &["next", "--format", "json"],
    &["next", "--format", "markdown"],
    &["next", "--format", "html"],
    &["snapshot", "Gemfile.lock", "--format", "text"],
    &["lint", "Gemfile.lock", "Gemfile.lock", "--format", "json"],
    &["scan", ".", "--format", "sarif"],
    &["smoke", "--dry-run"],
    &["smoke", "--dry-run", "--format", "json"],
    &["fleet", "."],
    &["fleet", ".", "--summary"],
    &["fleet", ".", "--summary", "--format", "json"],
    &["fleet", ".", "--summary", "--format", "markdown"],
    &["fleet", ".", "--summary", "--format", "html"],
    &["init", "--dry-run"],
    &["completions", "bash"],
    &["man"],
    &["catalog", "list"],
    &["catalog", "new", "bakery", "oven"],
    &["catalog", "import", "--compact-index", "waterdrop"],
    &["catalog", "digest-changelog", "karafka.md"],
    &["--help"],
    &["plan", "--help"],
    &["--version"],
    // An error as a document.
    &["plan", "--lockfile", "nowhere", "--format", "json"],
];

fn example() -> Folder {
    Folder::with(&[
        ("Gemfile.lock", EXAMPLE),
        (
            "Gemfile",
            "gem 'karafka'\ngem 'karafka-web'\ngem 'waterdrop'\ngem 'karafka-testing'\n",
        ),
        ("mine.toml", "format = 1\nextends = \"karafka\"\n"),
        ("waterdrop", "---\n9.9.0 |checksum:ab\n"),
        (
            "karafka.md",
            "# Changelog\n## 9.9.0 (2026-08-19)\n- **[Breaking]** Drop Ruby 3.1.\n",
        ),
    ])
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let folder = example();
    for args in PRINTS {
        let mut command = rungs(&folder);
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command.args(*args).stdout(full).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {err}");
        let says = "rungs: write error: No space left on device";
        assert!(err.contains(says), "{args:?}: {err}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = example();
    for args in PRINTS {
        let mut child = rungs(&folder)
            .args(*args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        let mut from = child.stderr.take().unwrap();
        from.read_to_string(&mut err).unwrap();
        let code = child.wait().unwrap().code();
        let is_wrong = args.contains(&"nowhere");
        assert_eq!(code, Some(if is_wrong { 2 } else { 0 }), "{args:?}: {err}");
        assert_eq!(err.is_empty(), !is_wrong, "{args:?}: {err}");
    }
}

#[test]
fn nothing_depends_on_standard_error() {
    let folder = example();
    fs::write(
        folder.0.join("Gemfile"),
        "gem 'karafka', '~> 2.9' # rungs: temporary\n",
    )
    .unwrap();
    let mut others: Vec<&[&str]> = PRINTS.to_vec();
    others.push(&["plan", "--no-such-option"]);
    others.push(&["lint", "nowhere", "nowhere"]);
    for args in others {
        let usual = rungs(&folder).args(args).output().unwrap();
        // Closed, a full disk, and a pipe that nobody reads.
        let closed = Command::new("sh")
            .env("SOURCE_DATE_EPOCH", crate::program::NOW)
            .args(["-c", "exec \"$0\" \"$@\" 2>&-"])
            .arg(env!("CARGO_BIN_EXE_rungs"))
            .args(args)
            .current_dir(&folder.0)
            .output()
            .unwrap();
        let full = File::options().write(true).open("/dev/full").unwrap();
        let full = rungs(&folder).args(args).stderr(full).output().unwrap();
        let mut child = rungs(&folder)
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stderr.take());
        let unread = child.wait_with_output().unwrap();
        for other in [closed, full, unread] {
            assert_eq!(other.status.code(), usual.status.code(), "{args:?}");
            assert_eq!(other.stdout, usual.stdout, "{args:?}");
        }
    }
}

/// What a planted link leads to stays as it is.
fn is_untouched(path: &Path) {
    assert_eq!(fs::read_to_string(path).unwrap(), "precious\n");
}

const CONSUMER: &str = "class A < Karafka::BaseConsumer\n  def consume\n    \
                        Karafka::Instrumentation::StatisticsListener.new\n  end\nend\n";

#[test]
fn nothing_is_written_through_a_link_that_was_planted() {
    // Names as they were once made, and the files themselves.
    let overlay = "format = 1\nextends = \"karafka\"\n";
    let info = "---\n9.9.0 |checksum:ab\n";
    let folder = Folder::with(&[
        ("Gemfile.lock", EXAMPLE),
        ("real.toml", overlay),
        ("precious", "precious\n"),
        ("karafka", info),
    ]);
    let outside = Folder::with(&[("x.toml", overlay)]);
    let import = |catalog: &str| {
        folder.run(&[
            "catalog",
            "import",
            "--compact-index",
            "karafka",
            "--catalog",
            catalog,
            "--write",
        ])
    };
    symlink(outside.0.join("x.toml"), folder.0.join("link.toml")).unwrap();
    let run = import("link.toml");
    assert_eq!(run.code, 2, "{}{}", run.out, run.err);
    assert!(run.err.contains("not a link to one"), "{}", run.err);
    assert_eq!(
        fs::read_to_string(outside.0.join("x.toml")).unwrap(),
        overlay
    );
    // Every name that a temporary file had is taken by a link.
    for pid in 1..40_000 {
        let name = format!(".real.toml.rungs-{pid}");
        symlink(folder.0.join("precious"), folder.0.join(name)).unwrap();
    }
    let run = import("real.toml");
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    is_untouched(&folder.0.join("precious"));
    assert!(
        fs::read_to_string(folder.0.join("real.toml"))
            .unwrap()
            .contains("9.9.0")
    );
    let left = fs::read_dir(&folder.0).unwrap().flatten();
    let left = left.filter(|it| it.file_name().to_string_lossy().starts_with(".rungs-"));
    assert_eq!(left.count(), 0, "no temporary file is left");
}

#[test]
fn what_apply_writes_first_is_new() {
    let folder = example();
    fs::write(folder.0.join("precious"), "precious\n").unwrap();
    for name in [
        ".Gemfile.rungs-new",
        ".Gemfile.lock.rungs-new",
        ".rungs-apply.rungs-new",
    ] {
        symlink(folder.0.join("precious"), folder.0.join(name)).unwrap();
    }
    // Bundler is not asked for: what it would do is done by a script.
    let script = folder.0.join("bundle");
    fs::write(&script, "#!/bin/sh\nexit 1\n").unwrap();
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let run = folder.run(&["apply", "--bundle", script.to_str().unwrap()]);
    assert_ne!(run.code, 0);
    is_untouched(&folder.0.join("precious"));
}

#[test]
fn what_an_earlier_apply_left_is_neither_a_pipe_nor_a_device() {
    for (name, says) in [
        (
            ".rungs-apply",
            ".rungs-apply is damaged: expected what `rungs apply` writes",
        ),
        (
            ".rungs-apply.lock",
            "cannot lock .rungs-apply.lock: it is no regular file",
        ),
        ("Gemfile.rungs-1.old", "running bundle"),
    ] {
        for kind in ["pipe", "device"] {
            let folder = example();
            let planted = folder.0.join(name);
            match kind {
                "pipe" => {
                    let made = Command::new("mkfifo").arg(&planted).status();
                    assert!(made.unwrap().success());
                }
                _ => symlink("/dev/zero", &planted).unwrap(),
            }
            let script = folder.0.join("bundle");
            fs::write(&script, "#!/bin/sh\nexit 1\n").unwrap();
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
            let mut command = Command::new("sh");
            command
                .env("SOURCE_DATE_EPOCH", crate::program::NOW)
                .args([
                    "-c",
                    "ulimit -v 1500000; exec \"$0\" apply --bundle ./bundle",
                ])
                .arg(env!("CARGO_BIN_EXE_rungs"))
                .current_dir(&folder.0)
                .stdin(Stdio::null());
            let (code, _, err) = within_a_minute(command);
            assert!(err.contains(says), "{name}, {kind}: {err}");
            assert!([1, 2].contains(&code), "{name}, {kind}: {code} {err}");
        }
    }
}

#[test]
fn scan_writes_no_link() {
    let rules =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scan/rules"));
    assert!(rules.unwrap().count() > 100);
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE), ("real.rb", CONSUMER)]);
    let outside = Folder::with(&[("a.rb", CONSUMER)]);
    symlink(outside.0.join("a.rb"), folder.0.join("b.rb")).unwrap();
    let run = folder.run(&["scan", ".", "--fix", "--write"]);
    assert!(run.code <= 1 || run.code == 4, "{}", run.err);
    assert_eq!(
        fs::read_to_string(outside.0.join("a.rb")).unwrap(),
        CONSUMER
    );
}
