//! `rungs fleet`: lines in the order of the input, whatever is wrong with one of them.

use crate::program::{EXAMPLE, Folder, NEWEST};
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn folder() -> Folder {
    let folder = Folder::with(&[("broken.lock", "<<<<<<< HEAD\n")]);
    for (path, text) in [
        ("b/Gemfile.lock", EXAMPLE),
        ("a/gems.locked", NEWEST),
        ("c/rails_7.gemfile.lock", EXAMPLE),
        ("c/Cargo.lock", "version = 4\n"),
        ("node_modules/x/Gemfile.lock", EXAMPLE),
    ] {
        let path = folder.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// The program with these bytes on standard input.
fn piped(args: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rungs"))
        .env("SOURCE_DATE_EPOCH", crate::program::NOW)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_folder_is_searched_for_lockfiles_of_bundler() {
    let run = folder().run(&["fleet", "."]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let found: Vec<_> = lines(&run.out)
        .iter()
        .map(|it| (it["id"].clone(), it["outcome"].clone()))
        .collect();
    assert_eq!(
        found,
        [
            ("./a/gems.locked".into(), "already_there".into()),
            ("./b/Gemfile.lock".into(), "planned".into()),
            ("./c/rails_7.gemfile.lock".into(), "planned".into()),
        ]
    );
}

#[test]
fn a_bad_lockfile_is_a_line_and_no_end() {
    let folder = folder();
    let run = folder.run(&["fleet", "broken.lock", "none.lock", "b/Gemfile.lock"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lines = lines(&run.out);
    assert_eq!(lines.len(), 3);
    assert!(lines[0]["error"]["line"].is_number(), "{}", lines[0]);
    assert!(
        lines[1]["error"]["message"]
            .as_str()
            .unwrap()
            .contains("none.lock")
    );
    assert_eq!(lines[2]["outcome"], "planned");
    let run = folder.run(&["fleet", "--to", "karafka"]);
    assert_eq!(run.code, 2);
    let run = folder.run(&["fleet", "--as-of", "someday"]);
    assert_eq!(run.code, 2);
}

#[test]
fn lines_of_standard_input_are_answered_in_their_order() {
    let mut input = Vec::new();
    for number in 0..1_500 {
        let lockfile = if number % 7 == 0 {
            "GEM\n  specs:\n<<<<<<<"
        } else {
            EXAMPLE
        };
        let line = serde_json::json!({ "id": number.to_string(), "lockfile": lockfile });
        input.extend(format!("{line}\n").bytes());
    }
    input.extend(b"\n{\"id\": \"x\"}\nnot json\n{\"id\": \"last\", \"lockfile\": \"\"}");
    let (code, out, err) = piped(&["fleet", "-"], &input);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines = lines(&out);
    assert_eq!(lines.len(), 1_503);
    for (number, line) in lines[..1_500].iter().enumerate() {
        assert_eq!(line["id"], number.to_string());
        assert_eq!(line["error"].is_object(), number % 7 == 0, "{line}");
    }
    let ids: Vec<_> = lines[1_500..]
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["line 1502", "line 1503", "last"]);
    assert!(lines[1_500..].iter().all(|it| it["error"].is_object()));
    // The same on one core.
    let one = Command::new(env!("CARGO_BIN_EXE_rungs"))
        .env("SOURCE_DATE_EPOCH", crate::program::NOW)
        .args(["fleet", "lines.jsonl"])
        .env("RAYON_NUM_THREADS", "1")
        .current_dir({
            let folder = std::env::temp_dir().join(format!("rungs-fleet-{}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("lines.jsonl"), &input).unwrap();
            folder
        })
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(one.stdout).unwrap(), out);
}

#[test]
fn a_line_that_is_no_json_says_what_was_expected() {
    for (line, want) in [
        ("nothing", "expected a JSON object"),
        ("Gemfile.lock", "expected a JSON object"),
        ("[]", "expected a JSON object"),
        (r#"{"id": nothing}"#, "expected a JSON value"),
    ] {
        let (code, out, _) = piped(&["fleet", "-"], line.as_bytes());
        let answer: Value = serde_json::from_str(&out).unwrap();
        let message = answer["error"]["message"].as_str().unwrap();
        let end = format!("\"lockfile\": …}}: {want}");
        assert!(code == 0 && message.ends_with(&end), "{line}: {message}");
    }
}

#[test]
fn a_line_that_is_too_long_is_left_out() {
    let mut input = vec![b'x'; 49 << 20];
    input.extend(
        format!(
            "\n{}\n",
            serde_json::json!({"id": "next", "lockfile": NEWEST})
        )
        .bytes(),
    );
    let (code, out, _) = piped(&["fleet", "-"], &input);
    let lines = lines(&out);
    assert_eq!((code, lines.len()), (0, 2));
    assert!(
        lines[0]["error"]["message"]
            .as_str()
            .unwrap()
            .contains("longer than")
    );
    assert_eq!(lines[1]["outcome"], "already_there");
}

#[test]
fn catalogs_that_are_named_are_joined_and_all_asked_about() {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    let with = ["--catalog", "karafka", "--catalog", "rails"];
    let fleet = folder.run(&[&["fleet", "Gemfile.lock"], &with[..]].concat());
    assert_eq!((fleet.code, fleet.err.as_str()), (0, ""));
    let answer = &lines(&fleet.out)[0];
    let plan = folder.run(&[&["plan", "--format", "json"], &with[..]].concat());
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    let steps = plan["steps"].as_array().unwrap().len();
    assert_eq!(answer["steps"], steps);
    assert_eq!(answer["target"]["rails"], "8.1");
    let alone = folder.run(&["fleet", "Gemfile.lock"]);
    assert!(lines(&alone.out)[0]["target"].get("rails").is_none());
}

#[test]
fn a_summary_has_four_formats() {
    let folder = folder();
    let of = |format: &str| {
        let run = folder.run(&["fleet", ".", "broken.lock", "--summary", "--format", format]);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        run.out
    };
    let text = of("text");
    assert!(
        text.starts_with("4 lockfiles, 3 with packages of the catalog\n"),
        "{text}"
    );
    assert!(
        text.lines().all(|line| {
            // A long address stays whole.
            line.chars().count() <= 80 || !line.trim().contains(' ')
        }),
        "{text}"
    );
    let document: Value = serde_json::from_str(&of("json")).unwrap();
    assert_eq!(
        document["outcomes"],
        serde_json::json!({"already_there": 1, "planned": 2})
    );
    assert!(of("markdown").starts_with("## 4 lockfiles"));
    assert!(of("html").starts_with("<!doctype html>"));
    assert_eq!(folder.run(&["fleet", ".", "--format", "html"]).code, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn lost_output_is_an_error() {
    let folder = folder();
    let run = |out: Stdio| {
        Command::new(env!("CARGO_BIN_EXE_rungs"))
            .env("SOURCE_DATE_EPOCH", crate::program::NOW)
            .args(["fleet", "."])
            .current_dir(&folder.0)
            .stdout(out)
            .stderr(Stdio::piped())
            .output()
            .unwrap()
    };
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let full = run(full.into());
    assert_eq!(full.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&full.stderr)
            .contains("rungs: write error: No space left on device")
    );
    // Nobody reads any more.
    let mut child = Command::new(env!("CARGO_BIN_EXE_rungs"))
        .env("SOURCE_DATE_EPOCH", crate::program::NOW)
        .args(["fleet", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let line = serde_json::json!({ "id": "shop", "lockfile": EXAMPLE });
    let _ = writeln!(child.stdin.take().unwrap(), "{line}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn lines_come_from_a_regular_file_or_standard_input() {
    let folder = folder();
    let made = Command::new("mkfifo")
        .arg(folder.0.join("pipe.jsonl"))
        .status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", folder.0.join("zero.jsonl")).unwrap();
    for file in ["pipe.jsonl", "zero.jsonl"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rungs"))
            .env("SOURCE_DATE_EPOCH", crate::program::NOW)
            .args(["fleet", file])
            .current_dir(&folder.0)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // What waits for a writer, or reads without end, does not end by itself.
        let start = std::time::Instant::now();
        while child.try_wait().unwrap().is_none() {
            if start.elapsed().as_secs() > 60 {
                child.kill().unwrap();
                panic!("{file} is read");
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let line: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(line["id"], file);
        let message = line["error"]["message"].as_str().unwrap();
        assert!(message.contains("is no regular file"), "{message}");
    }
}

#[test]
fn a_folder_without_a_lockfile_is_named() {
    let folder = folder();
    for empty in ["empty", "other"] {
        std::fs::create_dir(folder.0.join(empty)).unwrap();
    }
    let none = |at: &str| {
        format!(
            "rungs: no lockfile below {at}: expected Gemfile*.lock, *.gemfile.lock or gems.locked\n"
        )
    };
    let failed =
        none("empty") + "  name the folder that the applications are in, or the lockfiles\n";
    for args in [
        &["fleet", "empty"][..],
        &["fleet", "-q", "empty"],
        &["fleet", "empty", "other"],
    ] {
        let run = folder.run(args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        assert_eq!(run.err, failed, "{args:?}");
    }
    // A fleet that has some is answered for.
    let run = folder.run(&["fleet", "empty", "b", "other"]);
    assert_eq!((run.code, lines(&run.out).len()), (0, 1));
    assert_eq!(run.err, none("empty") + &none("other"));
    let run = folder.run(&["fleet", "-q", "empty", "b"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    // Lines from elsewhere may be none.
    let (code, out, err) = piped(&["fleet", "-"], b"");
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
}
