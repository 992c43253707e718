//! `rungs scan` as a program: formats, exit codes, edits, and input that is bad.

use crate::program::{EXAMPLE, Folder, Run};
use serde_json::Value;
use std::fs;
use std::path::Path;

const SETUP: &str = "class KarafkaApp < Karafka::App
  setup do |config|
    config.pause_timeout = 1_000
    config.batch_fetching = true
    config.concurrency = 5
  end
end
";

fn scan(folder: &Folder, args: &[&str]) -> Run {
    folder.run(&[&["scan"], args].concat())
}

fn json(folder: &Folder, args: &[&str]) -> (Value, i32) {
    let run = scan(folder, &[args, &["--format", "json"]].concat());
    (serde_json::from_str(&run.out).unwrap(), run.code)
}

fn ids(document: &Value) -> Vec<String> {
    let groups = document["groups"].as_array().unwrap().iter();
    let items = groups.flat_map(|group| group["actions"].as_array().unwrap());
    items
        .filter(|item| item["applies"] == "yes")
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn findings_are_told_in_each_format() {
    let folder = Folder::with(&[("karafka.rb", SETUP)]);
    let run = scan(&folder, &["--rule", "karafka-2.0-batch-fetching-removed"]);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.out,
        "karafka 2.0\n  breaking: Fetching is always batched.\n    \
         karafka-2.0-batch-fetching-removed\n    Delete the setting.\n    karafka.rb:4:5\n      \
         config.batch_fetching = true\n\n1 finding of 1 rule in 1 file.\n0 more do not apply; of 0 \
         the source does not tell.\n"
    );
    let (document, code) = json(&folder, &["--severity", "breaking"]);
    assert_eq!(code, 1);
    assert_eq!(
        ids(&document),
        [
            "karafka-2.0-batch-fetching-removed",
            "karafka-2.6-pause-config-flat-removed"
        ]
    );
    let rule = ["--rule", "karafka-2.5-pause-config-nested"];
    let run = scan(&folder, &[&rule[..], &["--format", "github"]].concat());
    assert!(
        run.out.starts_with(
            "::warning file=karafka.rb,line=3,col=5,title=karafka-2.5-pause-config-nested::"
        ),
        "{}",
        run.out
    );
    let run = scan(&folder, &[&rule[..], &["--format", "sarif"]].concat());
    let sarif: Value = serde_json::from_str(&run.out).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "karafka-2.5-pause-config-nested");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"]),
        (&3.into(), &5.into())
    );
}

#[test]
fn a_lockfile_groups_by_step_and_leaves_out_what_lies_behind() {
    let folder = Folder::with(&[("karafka.rb", SETUP), ("Gemfile.lock", EXAMPLE)]);
    let (document, code) = json(&folder, &["--to", "karafka=2.6"]);
    assert_eq!(code, 1);
    assert_eq!(
        ids(&document),
        [
            "karafka-2.5-pause-config-nested",
            "karafka-2.6-pause-config-flat-removed"
        ]
    );
    let found = document["groups"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|group| {
            let actions = group["actions"].as_array().unwrap();
            actions.iter().any(|item| item["applies"] == "yes")
        });
    let steps: Vec<_> = found.map(|group| group["step"].as_u64().unwrap()).collect();
    assert_eq!(steps, [4, 5]);
    let (document, code) = json(&folder, &["--to", "karafka=2.4"]);
    assert_eq!((ids(&document), code), (vec![], 0));
}

#[test]
fn what_is_asked_wrongly_is_said() {
    let folder = Folder::with(&[("karafka.rb", SETUP)]);
    let run = scan(&folder, &["--to", "karafka=2.6"]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.err,
        "rungs: --to needs to know what is installed: expected ./Gemfile.lock, or --lockfile FILE\n"
    );
    let run = scan(&folder, &["--rule", "nothing"]);
    assert_eq!(run.err, "rungs: no rule is called nothing\n");
    let run = scan(&folder, &["nowhere"]);
    assert_eq!(
        run.err,
        "rungs: nowhere is no folder: expected that of an application\n"
    );
    assert_eq!(
        scan(&folder, &["--write"]).code,
        2,
        "nothing is written without --fix"
    );
}

#[test]
fn edits_are_shown_then_made_and_a_second_scan_finds_nothing_of_them() {
    let folder = Folder::with(&[("karafka.rb", SETUP)]);
    let path = folder.0.join("karafka.rb");
    let run = scan(&folder, &["--fix", "--severity", "action"]);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.out,
        "--- a/karafka.rb\n+++ b/karafka.rb\n@@ -1,7 +1,6 @@\n class KarafkaApp < Karafka::App\n   \
         setup do |config|\n-    config.pause_timeout = 1_000\n-    config.batch_fetching = true\n+    \
         config.pause.timeout = 1_000\n     config.concurrency = 5\n   end\n end\n"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), SETUP, "only shown");
    let written = scan(&folder, &["--fix", "--write", "--severity", "action"]);
    assert_eq!((written.out, written.code), (run.out, 0));
    let again = scan(&folder, &["--fix", "--severity", "action"]);
    assert_eq!((again.out.as_str(), again.code), ("", 0));
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("config.pause.timeout = 1_000\n    config.concurrency"),
        "{text}"
    );
    let entries = fs::read_dir(&folder.0).unwrap().count();
    assert_eq!(entries, 1, "nothing is left beside");
}

#[test]
fn rules_that_change_meaning_are_never_edited() {
    let source = "Karafka::App.setup do |config|\n  config.shutdown_timeout = 60\n  \
                  config.kafka.session_timeout = 30\nend\n";
    let folder = Folder::with(&[("karafka.rb", source)]);
    let run = scan(&folder, &["--fix", "--write"]);
    assert_eq!((run.out.as_str(), run.code), ("", 1));
    assert_eq!(
        fs::read_to_string(folder.0.join("karafka.rb")).unwrap(),
        source
    );
}

#[test]
fn folders_of_others_and_ignored_files_are_left_out() {
    let folder = Folder::with(&[(".gitignore", "/old\n"), ("karafka.rb", "A = 1\n")]);
    for name in [
        "vendor/bundle/gem",
        "node_modules/x",
        "old",
        "tmp",
        ".bundle",
    ] {
        fs::create_dir_all(folder.0.join(name)).unwrap();
        fs::write(folder.0.join(name).join("karafka.rb"), SETUP).unwrap();
    }
    assert_eq!(scan(&folder, &[]).code, 0);
    // What is hidden is read: workflows run commands.
    fs::create_dir(folder.0.join(".github")).unwrap();
    fs::write(
        folder.0.join(".github/deploy.yml"),
        "run: bundle exec karafka server --topics a b\n",
    )
    .unwrap();
    assert_eq!(scan(&folder, &[]).code, 1);
}

fn problems(document: &Value) -> Vec<(String, String)> {
    let problems = document["problems"].as_array().unwrap().iter();
    problems
        .map(|one| {
            let place = match one["line"].as_u64() {
                Some(line) => format!(":{line}:{}", one["column"]),
                None => String::new(),
            };
            (
                format!("{}{place}", one["file"].as_str().unwrap()),
                one["message"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

#[test]
fn bad_input_is_told_and_the_rest_goes_on() {
    let folder = Folder::with(&[
        ("karafka.rb", SETUP),
        ("invalid.rb", "class A\n  def b(\nend\n"),
    ]);
    let root = &folder.0;
    let write = |name: &str, bytes: &[u8]| fs::write(root.join(name), bytes).unwrap();
    write("latin1.rb", b"# caf\xe9\nA = 'caf\xe9'\n");
    write("latin1_said.rb", b"# encoding: iso-8859-1\nA = 'caf\xe9'\n");
    write("binary.rb", b"\x7fELF\x02\x01\x00\x00\xff\xfe\x00a");
    write("binary.yml", b"a: \xff\n");
    write("long.rb", &vec![b'a'; 50 << 20]);
    write("long.json", &vec![b'['; 50 << 20]);
    write(
        "deep.rb",
        format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)).as_bytes(),
    );
    write("deeper.rb", "!".repeat(100_000).as_bytes());
    write("open.rb", "a {".repeat(100_000).as_bytes());
    write("empty.rb", b"");
    let (document, code) = json(&folder, &[]);
    assert_eq!(code, 1, "the rest was read");
    assert!(ids(&document).contains(&"karafka-2.0-batch-fetching-removed".to_owned()));
    let problems = problems(&document);
    let of = |name: &str| {
        let own = problems
            .iter()
            .filter(|(file, _)| file.split(':').next() == Some(name));
        own.map(|(file, message)| format!("{file}: {message}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("latin1.rb")[0],
        "latin1.rb:1:6: not UTF-8, and no comment names another encoding; it was read all the same"
    );
    assert_eq!(of("latin1_said.rb"), Vec::<String>::new());
    assert_eq!(of("empty.rb"), Vec::<String>::new());
    assert_eq!(of("binary.yml"), ["binary.yml:1:4: not UTF-8: not read"]);
    assert_eq!(
        of("long.rb"),
        ["long.rb: longer than 2097152 bytes: not read"]
    );
    assert_eq!(
        of("long.json"),
        ["long.json: longer than 2097152 bytes: not read"]
    );
    assert_eq!(of("deeper.rb"), ["deeper.rb: nested too deeply: not read"]);
    for name in ["invalid.rb", "binary.rb", "deep.rb", "open.rb"] {
        assert!(!of(name).is_empty(), "{name}: {problems:?}");
        let all = of(name);
        assert!(all.iter().any(|one| one.contains("not Ruby: ")), "{all:?}");
    }
    // What could not be read might show anything.
    let items = document["groups"].as_array().unwrap().iter();
    let mut items = items.flat_map(|group| group["actions"].as_array().unwrap());
    assert!(items.all(|item| item["applies"] != "no"));
    fs::remove_file(root.join("karafka.rb")).unwrap();
    assert_eq!(
        json(&folder, &[]).1,
        4,
        "nothing found, and not all was read"
    );
}

#[cfg(unix)]
#[test]
fn a_folder_without_source_is_told() {
    let other = ("notes.txt", "karafka");
    for (files, code) in [
        (&[][..], 2),
        (&[other], 2),
        (&[other, ("consumer.rb", "")], 0),
        (&[("Gemfile.lock", EXAMPLE)], 0),
    ] {
        let of = Folder::with(files);
        let of = of.0.to_str().unwrap();
        let start = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
        for args in [&["scan", of][..], &["plan", "--source", of]] {
            let run = start.run(args);
            let is_told = run.err.contains(" has no source of an application");
            assert_eq!(
                (run.code, is_told),
                (code, code == 2),
                "{args:?}: {}",
                run.err
            );
        }
    }
}

#[test]
fn what_is_no_file_is_told_and_loops_end() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::with(&[("karafka.rb", SETUP)]);
    let root = &folder.0;
    let made = std::process::Command::new("mkfifo")
        .arg(root.join("pipe.rb"))
        .status();
    assert!(made.unwrap().success());
    symlink(root, root.join("loop")).unwrap();
    symlink("nowhere.rb", root.join("dangling.rb")).unwrap();
    let closed = root.join("closed");
    fs::create_dir(&closed).unwrap();
    fs::write(closed.join("a.rb"), "A = 1\n").unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let is_closed = fs::read_dir(&closed).is_err();
    let (document, code) = json(&folder, &[]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(code, 1);
    let problems = problems(&document);
    let has = |file: &str, message: &str| {
        problems
            .iter()
            .any(|(a, b)| a == file && b.contains(message))
    };
    assert!(has("pipe.rb", "no plain file: not read"), "{problems:?}");
    if is_closed {
        assert!(has("closed", "cannot be read: "), "{problems:?}");
    } else {
        println!("NOT RUN: this user may read every folder");
    }
    let files = document["files"].as_u64().unwrap();
    assert!(files <= 2, "a loop was followed: {files}");
    assert!(Path::new(root).exists());
    // Where nothing else is there, that is what is told, and not that there is no source.
    for file in ["karafka.rb", "closed/a.rb"] {
        fs::remove_file(root.join(file)).unwrap();
    }
    let run = scan(&folder, &[]);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(run.out.contains("pipe.rb"), "{}", run.out);
}

#[test]
fn a_plan_with_source_says_what_applies_and_where_it_becomes_due() {
    let folder = Folder::with(&[("karafka.rb", SETUP), ("Gemfile.lock", EXAMPLE)]);
    let run = folder.run(&[
        "plan",
        "--to",
        "karafka=2.6",
        "--source",
        ".",
        "--format",
        "json",
    ]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let plan: Value = serde_json::from_str(&run.out).unwrap();
    let mut found = Vec::new();
    for step in plan["steps"].as_array().unwrap() {
        for action in step["actions"].as_array().unwrap() {
            let findings = action["findings"].as_array().unwrap();
            if findings.is_empty() {
                continue;
            }
            assert_eq!(action["applies"], "yes");
            let place = &findings[0];
            found.push(format!(
                "{} {} {}:{}:{}",
                step["number"],
                action["id"].as_str().unwrap(),
                place["file"].as_str().unwrap(),
                place["line"],
                place["column"]
            ));
        }
    }
    assert_eq!(
        found,
        [
            "4 karafka-2.5-pause-config-nested karafka.rb:3:5",
            "5 karafka-2.6-pause-config-flat-removed karafka.rb:3:5"
        ]
    );
    let applies = |document: &Value, id: &str| {
        let steps = document["steps"].as_array().unwrap().iter();
        let mut actions = steps.flat_map(|step| step["actions"].as_array().unwrap());
        let action = actions.find(|action| action["id"] == id).unwrap();
        action["applies"].as_str().unwrap().to_owned()
    };
    let bare = folder.run(&["plan", "--to", "karafka=2.6", "--format", "json"]);
    let bare: Value = serde_json::from_str(&bare.out).unwrap();
    let unused = "karafka-2.5-admin-max-attempts";
    assert_ne!(applies(&bare, unused), "no");
    assert_eq!(
        applies(&plan, unused),
        "no",
        "all was read, and it is not used"
    );
    let next = folder.run(&["next", "--to", "karafka=2.6", "--source", "."]);
    assert_eq!(next.code, 0);
    let run = folder.run(&["plan", "--source", "nowhere"]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.err,
        "rungs: nowhere is no folder: expected that of an application\n"
    );
}

#[test]
fn a_step_shows_the_places_of_its_actions() {
    let moved = [
        "karafka (2.4.18)",
        "karafka-core (2.4.11)",
        "karafka-rdkafka (0.19.5)",
        "karafka-web (0.10.4)",
        "waterdrop (2.8.5)",
    ];
    let mut lockfile = String::from("GEM\n  remote: https://rubygems.org/\n  specs:\n");
    for to in moved {
        lockfile.push_str(&format!("    {to}\n"));
    }
    lockfile.push_str("\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  karafka\n  karafka-web\n");
    let folder = Folder::with(&[("karafka.rb", SETUP), ("Gemfile.lock", &lockfile)]);
    let run = folder.run(&["next", "--to", "karafka=2.5", "--source", "."]);
    assert_eq!(run.code, 0, "{}", run.err);
    let place = "    karafka.rb:3:5\n      config.pause_timeout = 1_000\n      instead: \
                 config.pause.timeout\n";
    assert!(run.out.contains(place), "{}", run.out);
}

const FOREIGN: &str = "GEM\n  remote: https://rubygems.org/\n  specs:\n    rake (13.2.1)\n\nPLATFORMS\n  ruby\n\n\
     DEPENDENCIES\n  rake\n";

/// `FOLDER applies-yes of a rule`, by the folder of the application.
fn parts_with(document: &Value, rule: &str) -> Vec<String> {
    let groups = document["groups"].as_array().unwrap().iter();
    groups
        .filter(|group| {
            let actions = group["actions"].as_array().unwrap();
            let is_it = |item: &Value| item["id"] == rule && item["applies"] == "yes";
            actions.iter().any(is_it)
        })
        .map(|group| group["part"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn each_application_of_a_folder_is_judged_by_its_own_lockfile() {
    let folder = Folder::with(&[("docker-compose.yml", "run: karafka server --daemon\n")]);
    let write = |path: &str, text: &str| {
        let path = folder.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("shop/Gemfile.lock", EXAMPLE);
    write("shop/karafka.rb", SETUP);
    write("tools/Gemfile.lock", FOREIGN);
    write("tools/karafka.rb", SETUP);
    let (document, code) = json(&folder, &[]);
    assert_eq!(code, 1);
    let parts = document["parts"].as_array().unwrap().iter();
    let parts: Vec<(&str, bool)> = parts
        .map(|part| (part["folder"].as_str().unwrap(), part["judged"] == true))
        .collect();
    // What lies beside is of the only application.
    assert_eq!(parts, [("shop", true), ("tools", false)]);
    let rule = "karafka-2.6-pause-config-flat-removed";
    assert_eq!(parts_with(&document, rule), ["shop"]);
    // What its lockfile has behind it is not due.
    let old = "karafka-2.0-batch-fetching-removed";
    assert_eq!(parts_with(&document, old), Vec::<String>::new());
    let run = scan(&folder, &[]);
    assert!(
        run.out
            .contains("tools/: no package of the catalog is installed; "),
        "{}",
        run.out
    );
    // Of two applications neither has what lies beside.
    write("mail/Gemfile.lock", EXAMPLE);
    write("mail/karafka.rb", SETUP);
    let (document, _) = json(&folder, &["--to", "karafka=2.6"]);
    assert_eq!(parts_with(&document, rule), ["mail", "shop"]);
    assert_eq!(document["parts"][0]["folder"], "");
    // A lockfile that is named is that of all.
    let (document, _) = json(&folder, &["--lockfile", "shop/Gemfile.lock"]);
    assert_eq!(document["parts"].as_array().unwrap().len(), 1);
    // A broken one of many is told, and the rest goes on.
    write("mail/Gemfile.lock", "");
    let run = scan(&folder, &["--format", "json"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("rungs: mail: "), "{}", run.err);
}

#[test]
fn without_a_lockfile_the_gemfile_says_whether_there_is_anything_to_judge() {
    let rule = "karafka-2.5-base64-dropped";
    let encode = ("app.rb", "Base64.encode64('a')\n");
    for (gemfile, wanted) in [
        ("gem 'rake'\n", None),
        ("gem 'karafka'\n", Some("yes")),
        ("gem 'karafka'\ngem 'base64'\n", Some("no")),
        ("gem 'karafka', '~> 2.6'\n", Some("no")),
        ("gem 'karafka', '~> 2.4'\n", Some("yes")),
    ] {
        let folder = Folder::with(&[encode, ("Gemfile", gemfile)]);
        let (document, code) = json(&folder, &["--rule", rule]);
        let found = &document["groups"][0]["actions"][0]["applies"];
        assert_eq!(found.as_str(), wanted, "{gemfile}");
        assert_eq!(code, i32::from(wanted == Some("yes")), "{gemfile}");
    }
    // Without a Gemfile all is judged.
    let folder = Folder::with(&[encode]);
    assert_eq!(json(&folder, &["--rule", rule]).1, 1);
}

#[test]
fn what_several_rules_say_of_one_place_is_said_once() {
    let text = "LISTENER = Karafka::Instrumentation::Vendors::Datadog::Listener\n";
    let folder = Folder::with(&[("a.rb", text)]);
    let (document, _) = json(&folder, &[]);
    assert_eq!(document["findings"], 1);
    assert_eq!(
        ids(&document),
        [
            "karafka-2.0-datadog-listener-renamed",
            "karafka-2.1-datadog-listener"
        ]
    );
    let run = scan(&folder, &[]);
    assert_eq!(run.out.matches("a.rb:1:12").count(), 1, "{}", run.out);
    let same = "    the same places as karafka-2.0-datadog-listener-renamed\n";
    assert!(run.out.contains(same), "{}", run.out);
    // What is asked for alone is said with its place.
    let run = scan(&folder, &["--rule", "karafka-2.1-datadog-listener"]);
    assert!(run.out.contains("a.rb:1:12") && !run.out.contains("the same places"));
    // The narrower pattern and the one with a replacement comes first.
    let seed = "Karafka::App.setup { |c| c.kafka.seed_brokers = ['a'] }\n";
    let folder = Folder::with(&[("karafka.rb", seed)]);
    let (document, _) = json(&folder, &[]);
    assert_eq!(document["findings"], 1);
    let run = scan(&folder, &[]);
    assert!(
        run.out
            .contains("the same places as karafka-2.0-seed-brokers\n")
    );
}

#[test]
fn a_name_that_is_missing_beside_others_is_told_after_its_line_too() {
    let names = |names: &[&str]| {
        let lines = names
            .iter()
            .map(|name| format!("  config.topics.{name} = 'shop_{name}'\n"));
        format!(
            "Karafka::Web.setup do |config|\n{}end\n",
            lines.collect::<String>()
        )
    };
    let lockfile = EXAMPLE;
    let of = |source: &str, rule: &str| {
        let folder = Folder::with(&[("karafka.rb", source), ("Gemfile.lock", lockfile)]);
        let (document, _) = json(&folder, &[]);
        ids(&document).iter().any(|id| id == rule)
    };
    let three = names(&["errors", "consumers.reports", "consumers.states"]);
    let four = names(&[
        "errors",
        "consumers.reports",
        "consumers.states",
        "consumers.metrics",
    ]);
    let all = four.replace("end\n", "  config.topics.consumers.commands = 'c'\nend\n");
    assert!(of(&three, "karafka-web-0.7-metrics-topic"));
    let folder = Folder::with(&[("karafka.rb", &three), ("Gemfile.lock", lockfile)]);
    let run = scan(&folder, &[]);
    let missing = "    not set: config.topics.consumers.metrics\n";
    assert!(run.out.contains(missing), "{}", run.out);
    assert!(!of(&four, "karafka-web-0.7-metrics-topic"));
    assert!(of(&four, "karafka-web-0.9-commands-topic"));
    assert!(!of(&all, "karafka-web-0.9-commands-topic"));
}
