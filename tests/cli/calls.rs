//! The `rungs` program as people call it: output, messages and exit codes.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

const EXAMPLE: &str = include_str!("../../examples/Gemfile.lock");
const KNOWN: &str = "  it knows karafka, karafka-web, waterdrop, karafka-testing, karafka-core, \
                     karafka-rdkafka, rdkafka\n";

/// A fresh folder, gone at the end of the test.
struct Folder {
    path: PathBuf,
    put: Vec<String>,
}

/// What a call printed.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rungs-cli-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        Folder {
            path,
            put: Vec::new(),
        }
    }

    fn with(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let mut folder = Folder::new();
        fs::write(folder.path.join(name), bytes).unwrap();
        folder.put.push(name.to_owned());
        folder
    }

    /// The example as `Gemfile.lock`.
    fn example() -> Self {
        Folder::with("Gemfile.lock", EXAMPLE)
    }

    fn run(&self, args: &[&str]) -> Run {
        let before = self.contents();
        let output = Command::new(env!("CARGO_BIN_EXE_rungs"))
            .env("SOURCE_DATE_EPOCH", crate::program::NOW)
            .args(args)
            .current_dir(&self.path)
            .output()
            .unwrap();
        let run = Run {
            code: output.status.code().expect("ended by a signal"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!run.err.contains("panicked"), "{args:?}: {}", run.err);
        assert_eq!(self.contents(), before, "{args:?} wrote into the folder");
        let names: Vec<&String> = before.iter().map(|(name, _)| name).collect();
        assert_eq!(names, self.put.iter().collect::<Vec<_>>());
        run
    }

    fn contents(&self) -> Vec<(String, Option<Vec<u8>>)> {
        let mut all: Vec<_> = fs::read_dir(&self.path)
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read(entry.path()).ok())
            })
            .collect();
        all.sort();
        all
    }

    /// The call is refused: nothing on stdout, this on stderr, exit 2.
    #[track_caller]
    fn refuses(&self, args: &[&str], err: &str) {
        let run = self.run(args);
        assert_eq!(run.err, err, "{args:?}");
        assert_eq!(run.out, "", "{args:?}");
        assert_eq!(run.code, 2, "{args:?}");
    }

    /// The question has an answer that is no plan: nothing on stderr.
    #[track_caller]
    fn answers(&self, args: &[&str], code: i32, out: &str) {
        let run = self.run(args);
        assert_eq!(run.out, out, "{args:?}");
        assert_eq!(run.err, "", "{args:?}");
        assert_eq!(run.code, code, "{args:?}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// `plan` on a lockfile with these bytes is refused with this.
#[track_caller]
fn bad_lockfile(bytes: impl AsRef<[u8]>, err: &str) {
    Folder::with("bad.lock", bytes).refuses(&["plan", "--lockfile", "bad.lock"], err);
}

/// The example with one text put for another, which it must have.
#[track_caller]
fn changed(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "the example has no {from:?}");
    EXAMPLE.replacen(from, to, 1)
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap()
}

// ---- plans -------------------------------------------------------------------------------------

#[test]
fn plan_prints_the_ladder() {
    let lockfile = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/Gemfile.lock");
    let lockfile = lockfile.to_str().unwrap();
    let run = Folder::new().run(&["plan", "--lockfile", lockfile, "--to", "karafka=2.6"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let start: Vec<&str> = run.out.lines().take(13).collect();
    assert_eq!(
        start,
        [
            "5 steps to karafka 2.6, from Ruby 3.2.2",
            "Out of support: karafka 2.3 since 2025-03-01, karafka-web 0.8 since 2024-08-31,",
            "                waterdrop 2.6 since 2024-09-30, rails 7.1 since 2025-10-31",
            "Support ends soon: Ruby 3.2 on 2026-09-30",
            "",
            "Each step is one deploy. Step 1 asks for no change of your code and can be",
            "merged today.",
            "5 deploys | 32 actions to do | 97 actions to check | Ruby 3.2.2",
            "",
            "1. karafka 2.3.4, karafka-web 0.8.2, waterdrop 2.6.14",
            "   no change of your code",
            "   deploy: consumers, then web-ui",
            "   can be merged today",
        ]
    );
    let table = "
                 now     1        2       3       4       5
karafka          2.3.0   2.3.4    2.4.18  .       2.5.9   2.6.0
karafka-web      0.8.0   0.8.2    0.9.2   0.10.4  0.11.6  1.0.0
waterdrop        2.6.12  2.6.14   2.7.4   2.8.5   2.10.3  .
karafka-testing  2.3.1   2.3.3    2.4.7   .       2.5.6   2.6.2
karafka-core     2.3.0   .        2.4.11  .       2.5.13  2.6.2
karafka-rdkafka  0.14.8  0.14.11  0.19.5  .       0.28.0  .
ruby             3.2.2   .        .       .       .       .
";
    assert!(run.out.contains(table), "{}", run.out);
    // The README has everything before the first step.
    let readme = include_str!("../../README.md");
    let (head, _) = run.out.split_once("\nStep 1: ").unwrap();
    assert!(readme.contains(&format!("```text\n{head}```")), "{head}");
    // So does the command that it shows, on any day.
    let shown = |line: &'static str| line.strip_prefix("cargo run --features cli -- plan ");
    let shown = readme.lines().find_map(shown).unwrap();
    let shown = shown.replace("examples/Gemfile.lock", lockfile);
    let shown: Vec<&str> = ["plan"].into_iter().chain(shown.split(' ')).collect();
    for day in ["1788220800", "1796083200", "1893456000"] {
        let run = crate::program::Folder::with(&[]).run_at(day, &shown);
        assert!(run.out.starts_with(head), "{day}: {}", run.out);
    }
    for line in [
        "Step 3: karafka-web 0.10.4, waterdrop 2.8.5",
        "  karafka          2.5.9 -> 2.6.0      the newest release",
        "5 steps is the minimum: karafka-web enters 4 lines, one per step, plus 1 step in",
        "Catalog karafka, known up to 2026-08-19.",
    ] {
        assert!(run.out.lines().any(|printed| printed == line), "{line}");
    }
}

/// The tutorial in docs/catalog.md prints what it shows.
#[test]
fn the_tutorial_of_a_catalog() {
    let docs = include_str!("../../docs/catalog.md");
    let mut blocks = docs.split("```text\n").skip(1);
    let mut block = || blocks.next().unwrap().split("```").next().unwrap();
    let (catalog, shown) = (block(), block());
    let line = docs
        .lines()
        .find(|line| line.starts_with("echo '"))
        .unwrap();
    let installed = line.split('\'').nth(1).unwrap();
    let files = [("bakery.toml", catalog), ("now.json", installed)];
    let asked = "plan --catalog bakery.toml --snapshot now.json --to oven=1.2";
    assert!(docs.contains(&format!("\nrungs {asked}\n")));
    let words: Vec<&str> = asked.split(' ').collect();
    let run = crate::program::run(&files, &words);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.starts_with(shown), "{}", run.out);
}

#[test]
fn plan_prints_a_document() {
    let run = Folder::example().run(&["plan", "--to", "karafka=2.6", "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let plan = json(&run);
    assert_eq!(plan["schema"], "rungs.plan/1");
    assert_eq!(plan["outcome"], "planned");
    assert_eq!(plan["target"]["karafka"], "2.6");
    let steps = plan["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 5);
    for (at, step) in steps.iter().enumerate() {
        assert_eq!(step["number"], at + 1);
    }
    assert_eq!(steps[4]["state"]["packages"]["karafka"], "2.6.0");
    assert_eq!(steps[4]["state"]["packages"]["karafka-web"], "1.0.0");
    assert_eq!(plan["minimal"]["steps"], 5);
    assert_eq!(plan["minimal"]["lower_bound"], 5);
    assert_eq!(plan["warnings"], Value::Array(Vec::new()));
}

#[test]
fn the_same_call_prints_the_same_bytes() {
    let folder = Folder::example();
    let args = ["plan", "--to", "karafka=2.6", "--format", "json"];
    assert_eq!(folder.run(&args).out, folder.run(&args).out);
}

#[test]
fn without_a_command_the_lockfile_of_the_folder_is_planned() {
    let run = Folder::example().run(&["--quiet"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let first = "5 steps to karafka 2.6, karafka-web 1.0, waterdrop 2.10, from Ruby 3.2.2";
    assert_eq!(run.out.lines().next(), Some(first));
}

#[test]
fn next_prints_the_first_step_only() {
    let run = Folder::example().run(&["next", "--to", "karafka=2.6"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(
        run.out.starts_with(
            "Step 1: karafka 2.3.4, karafka-web 0.8.2, waterdrop 2.6.14\n  \
             karafka          2.3.0 -> 2.3.4      2.4 is not allowed yet: the newest 2.3\n"
        ),
        "{}",
        run.out
    );
    assert!(
        run.out.ends_with("\n\n4 steps come after it.\n"),
        "{}",
        run.out
    );
    assert!(!run.out.contains("Step 2"), "{}", run.out);
}

// ---- lockfiles ---------------------------------------------------------------------------------

#[test]
fn a_lockfile_that_cannot_be_read() {
    Folder::new().refuses(
        &["plan", "--lockfile", "none.lock"],
        "rungs: cannot read none.lock: no such file\n",
    );
    Folder::new().refuses(
        &["plan", "--lockfile", "."],
        "rungs: . is a folder: expected a file\n",
    );
    Folder::new().refuses(
        &[],
        "rungs: no Gemfile.lock in this folder or one above: expected one, or --lockfile FILE\n  \
         call rungs in the folder of an application; `bundle lock` writes its lockfile, and \
         `rungs --help` shows what else there is\n",
    );
}

#[test]
fn a_lockfile_that_is_no_text() {
    bad_lockfile(
        b"\x7fELF\x00\x01",
        "rungs: bad.lock:1:5: the lockfile has binary data, byte 0x00, expected text\n  \
         restore the Gemfile.lock from version control, or run `bundle lock` to write it anew\n",
    );
    bad_lockfile(
        b"GEM\n  remote: https://rubygems.org/\n  specs:\n    karafka (2.0\xff)\n",
        "rungs: bad.lock:4:17: the lockfile is not UTF-8: byte 0xff at offset 61, expected text\n  \
         save the file as UTF-8, or run `bundle lock` to write it anew\n",
    );
}

#[test]
fn a_lockfile_that_is_empty() {
    let err = "rungs: bad.lock:1:1: the lockfile is empty, expected sections such as GEM and \
               DEPENDENCIES\n  run `bundle lock` to write it\n";
    bad_lockfile("", err);
    bad_lockfile("\n\n", err);
}

#[test]
fn a_lockfile_that_is_damaged() {
    bad_lockfile(
        changed(
            "    karafka (2.3.0)\n",
            "<<<<<<< HEAD\n    karafka (2.3.0)\n=======\n",
        ),
        "rungs: bad.lock:100:1: the lockfile has a merge conflict marker \"<<<<<<<\", expected none\n  \
         resolve the conflict, then run `bundle lock`\n",
    );
    let cut = EXAMPLE.find("    karafka (2.3.0)").unwrap() + "    karafka (2".len();
    bad_lockfile(
        &EXAMPLE[..cut],
        "rungs: bad.lock:100:5: \"karafka (2\" does not read as a gem, expected name (version)\n  \
         correct the line, or run `bundle lock` to write the file anew\n",
    );
    bad_lockfile(
        "GEM\n  remote: https://rubygems.org/\n",
        "rungs: bad.lock:1:1: the section GEM has no line \"  specs:\", expected one; is it cut off?\n  \
         run `bundle lock` to write the file anew\n",
    );
    bad_lockfile(
        changed("    karafka (2.3.0)", "    karafka (2..1)"),
        "rungs: bad.lock:100:14: \"2..1\" is not a version, expected one such as 2.5.0\n  \
         correct the line, or run `bundle lock` to write the file anew\n",
    );
}

#[test]
fn a_lockfile_without_the_family() {
    bad_lockfile(
        "GEM\n  remote: https://rubygems.org/\n  specs:\n    rake (13.1.0)\n\nDEPENDENCIES\n  rake\n",
        "rungs: no package of the catalog karafka is installed\n  \
         name the right lockfile with --lockfile, or another catalog with --catalog\n",
    );
}

#[test]
fn a_refusal_is_a_document_too() {
    let run = Folder::with("Gemfile.lock", "").run(&["plan", "--format", "json"]);
    assert_eq!(run.code, 2);
    assert!(run.err.starts_with("rungs: Gemfile.lock:1:1: "));
    let document = json(&run);
    assert_eq!(document["schema"], "rungs.error/1");
    let problem = &document["problems"][0];
    assert_eq!(problem["code"], 204);
    assert_eq!(problem["file"], "Gemfile.lock");
    assert_eq!(
        (&problem["line"], &problem["column"]),
        (&1.into(), &1.into())
    );
    assert_eq!(problem["help"], "run `bundle lock` to write it");
}

/// The plan is not proven: what is installed is unknown to the catalog. A note says so.
#[track_caller]
fn unknown_installed(lockfile: &str, note: &str) -> i32 {
    let folder = Folder::with("Gemfile.lock", lockfile);
    let run = folder.run(&["plan", "--to", "karafka=2.6"]);
    let flat = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(note), "{}", run.out);
    assert_eq!(run.err, "");
    assert_ne!(run.code, 0);
    run.code
}

const GIT_NOTE: &str = "note: karafka-web 0.8.0 comes from a git repository or a folder";
const BEYOND_NOTE: &str =
    "note: karafka-web 1.4.0 is not in the catalog, which covers releases up to 2026-08-19";

fn from_git() -> String {
    let gem = "    karafka-web (0.8.0)\n      erubi (~> 1.4)\n      karafka (>= 2.3.0, < 2.4.0)\n      \
               karafka-core (>= 2.3.0, < 2.4.0)\n      roda (~> 3.68, >= 3.69)\n      tilt (~> 2.0)\n";
    let rest = changed(gem, "").replacen("  karafka-web\n", "  karafka-web!\n", 1);
    format!(
        "GIT\n  remote: https://github.com/karafka/karafka-web.git\n  \
         revision: 0123456789abcdef0123456789abcdef01234567\n  specs:\n{gem}\n{rest}"
    )
}

fn beyond_the_horizon() -> String {
    changed("    karafka-web (0.8.0)", "    karafka-web (1.4.0)")
}

#[test]
fn an_unknown_installed_version_is_noted() {
    unknown_installed(&from_git(), GIT_NOTE);
    unknown_installed(&beyond_the_horizon(), BEYOND_NOTE);
    let patch = changed("    karafka (2.3.0)", "    karafka (2.3.99)");
    assert_eq!(
        unknown_installed(&patch, "note: karafka 2.3.99 is not in"),
        4
    );
}

#[test]
fn what_cannot_be_known_exits_with_4() {
    assert_eq!(unknown_installed(&from_git(), GIT_NOTE), 4);
    assert_eq!(unknown_installed(&beyond_the_horizon(), BEYOND_NOTE), 4);
}

// ---- requests ----------------------------------------------------------------------------------

#[test]
fn a_target_that_makes_no_sense() {
    let folder = Folder::example();
    folder.refuses(
        &["plan", "--to", "sinatra=7"],
        &format!("rungs: no package \"sinatra\" in the catalog karafka\n{KNOWN}"),
    );
    folder.refuses(
        &["plan", "--to", "karafka=2.2"],
        "rungs: the target karafka 2.2 is older than the installed 2.3.0\n  \
         a plan never downgrades; name a later line\n",
    );
    folder.refuses(
        &["plan", "--to", "karafka=1.9"],
        "rungs: karafka has no line 1.9\n  \
         it has 0.5, 0.6, 1.0, 1.1, 1.2, 1.3, 1.4, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6\n",
    );
    folder.refuses(
        &["plan", "--to", "karafka=x"],
        "rungs: \"x\" is not a rubygems version: expected numbers and words with single dots \
         between them, a number first\n  write it like 2.6.0 or 2.6.0.rc1\n",
    );
}

#[test]
fn warnings_and_the_proof_have_codes() {
    let folder = Folder::example();
    let read = |args: &[&str]| -> Value {
        serde_json::from_str(&folder.run(args).out).expect("a document")
    };
    let plan = read(&["plan", "--to", "karafka=2.9", "--format", "json"]);
    assert_eq!(
        plan["warnings"],
        serde_json::json!([{
            "code": "beyond_catalog",
            "text": "karafka 2.9 is beyond the catalog, which covers karafka up to 2.6 and \
                     releases up to 2026-08-19",
        }])
    );
    let plan = read(&["plan", "--to", "karafka=2.6", "--format", "json"]);
    assert_eq!(plan["minimal"]["code"], "lines");
    let status = read(&["status", "--ruby", "9.9", "--format", "json"]);
    assert_eq!(status["ahead"]["because"][0]["code"], "beyond_catalog");
    assert_eq!(status["ahead"]["warnings"], Value::Array(Vec::new()));
}

#[test]
fn a_target_beyond_the_catalog_is_unknown() {
    let run = Folder::example().run(&["plan", "--to", "karafka=2.9"]);
    assert_eq!((run.code, run.err.as_str()), (4, ""));
    assert!(
        run.out.ends_with(
            "note: karafka 2.9 is beyond the catalog, which covers karafka up to 2.6 and\n      \
             releases up to 2026-08-19\n\nCatalog karafka, known up to 2026-08-19.\n"
        ),
        "{}",
        run.out
    );
    let run = Folder::example().run(&["plan", "--to", "karafka=2.9", "--format", "json"]);
    assert_eq!(run.code, 4);
    assert_eq!(json(&run)["outcome"], "unknown");
}

#[test]
fn pins_that_contradict() {
    let folder = Folder::example();
    folder.refuses(
        &["plan", "--pin", "karafka=< 2.4", "--pin", "karafka=> 2.5"],
        "rungs: the pins on karafka leave no release of it: < 2.4 and > 2.5\n  lift one of them\n",
    );
    folder.refuses(
        &["plan", "--pin", "waterdrop"],
        "rungs: \"waterdrop\" is not a pin: expected PACKAGE=REQUIREMENT\n  \
         for example 'waterdrop=< 2.9'\n",
    );
    folder.answers(
        &["plan", "--to", "karafka=2.6", "--pin", "karafka=< 2.6"],
        3,
        "No upgrade path to karafka 2.6.\n\nBlocked by: karafka is pinned to < 2.6; the target is karafka 2.6\n\n\
         Each of these changes gives a plan:\n  - lift the pin on karafka: 5 steps\n  \
         - stop at karafka 2.5: 4 steps\n\n\
         Catalog karafka, known up to 2026-08-19.\n",
    );
}

#[test]
fn a_ruby_that_may_not_move() {
    Folder::example().answers(
        &[
            "plan",
            "--to",
            "karafka=2.6",
            "--ruby",
            "3.0",
            "--ruby-fixed",
        ],
        3,
        "No upgrade path to karafka 2.6.\n\nBlocked by: ruby is fixed at 3.0; karafka 2.6.0 requires ruby >= 3.2.0\n\n\
         Each of these changes gives a plan:\n  - upgrade ruby to 3.2: 6 steps\n  \
         - stop at karafka 2.4: 2 steps\n\n\
         Catalog karafka, known up to 2026-08-19.\n",
    );
}

#[test]
fn targets_that_are_none_and_lockfiles_without_dependencies() {
    let folder = Folder::example();
    folder.refuses(
        &["plan", "--to", "karafka="],
        "rungs: \"karafka=\" is not a target: expected PACKAGE=LINE\n  \
         a version, a requirement or `latest` may stand for the line\n",
    );
    folder.refuses(
        &["plan", "--to", "karafka=2.5", "--to", "karafka=2.6"],
        "rungs: karafka has two targets: expected one\n",
    );
    folder.refuses(
        &["plan", "--ruby-to", "1.0"],
        "rungs: ruby has no line 1.0\n  \
         it has 2.3, 2.4, 2.5, 2.6, 2.7, 3.0, 3.1, 3.2, 3.3, 3.4, 4.0\n",
    );
    let whole = std::fs::read_to_string("examples/Gemfile.lock").unwrap();
    let cut = whole.split("PLATFORMS").next().unwrap();
    Folder::with("Gemfile.lock", cut).refuses(
        &["plan"],
        "rungs: Gemfile.lock: the lockfile names no direct dependency, expected a section \
         DEPENDENCIES\n  it may be cut off: restore it, or run `bundle lock` to write it anew\n",
    );
}

#[test]
fn rules_that_cannot_be_accepted() {
    let folder = Folder::example();
    folder.refuses(
        &["plan", "--accept", "nonsense"],
        "rungs: no rule \"nonsense\" in the catalog karafka\n  `rungs catalog show` lists the rules\n",
    );
    folder.refuses(
        &["plan", "--accept", "karafka-2.1-gate-2.0.41"],
        "rungs: rule \"karafka-2.1-gate-2.0.41\" cannot be accepted: only rules marked should can be\n",
    );
}

// ---- catalogs ----------------------------------------------------------------------------------

const CATALOG: &str = "format = 1
name = \"small\"
scheme = \"rubygems\"
horizon = 2026-01-01
order = [\"a\"]

[package.a]
role = \"stepped\"
releases = '''
1.0.0 2025-01-01
1.1.0 2025-02-01
'''
";

fn gate(id: &str, package: &str, from: &str) -> String {
    format!(
        "\n[[gate]]\nid = \"{id}\"\npackage = \"{package}\"\nenter = \"1.1\"\nfrom = \"{from}\"\n\
         force = \"must\"\nwhy = \"so\"\nsource = \"x\"\n"
    )
}

#[test]
fn a_catalog_that_contradicts_itself() {
    let args = ["catalog", "validate", "c.toml"];
    Folder::with("c.toml", CATALOG).answers(
        &args,
        0,
        "small: 1 package, 2 releases, 0 rules, no problems\n",
    );
    let impossible = gate("a-1.1-gate", "a", "= 1.0.9");
    let first = "rungs: c.toml:15:6: gate a-1.1-gate can never open: no release of a below line 1.1 \
                 is = 1.0.9, so one would have to pass the gate to be let through it\n";
    Folder::with("c.toml", format!("{CATALOG}{impossible}")).refuses(&args, first);
    let unknown = gate("z-gate", "zzz", "newest-of-line");
    Folder::with("c.toml", format!("{CATALOG}{unknown}")).refuses(
        &args,
        "rungs: c.toml:16:11: rule z-gate: no package zzz in this catalog\n",
    );
    // Every problem is named, not the first alone.
    Folder::with("c.toml", format!("{CATALOG}{impossible}{unknown}")).refuses(
        &args,
        &format!("{first}rungs: c.toml:25:11: rule z-gate: no package zzz in this catalog\n"),
    );
}

#[test]
fn a_catalog_that_cannot_be_read() {
    let folder = Folder::new();
    folder.refuses(
        &["catalog", "validate", "none"],
        "rungs: cannot read none: no such file, and of catalogs karafka, gitlab, kafka, kubernetes, rails ship\n",
    );
    folder.refuses(&["catalog", "validate", "."], "rungs: no .toml file in .\n");
}
