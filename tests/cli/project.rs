//! Which Gemfile and lockfile the program takes: as Bundler does, from where it is called.

use crate::program::{EXAMPLE, Folder, Run};
use serde_json::Value;
use std::fs;
use std::process::Command;

/// A call in a folder of the project, with these variables alone of Bundler's.
fn call(folder: &Folder, at: &str, env: &[(&str, &str)], args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rungs"));
    for name in [
        "BUNDLE_GEMFILE",
        "BUNDLE_LOCKFILE",
        "BUNDLE_APP_CONFIG",
        "BUNDLE_COOLDOWN",
    ] {
        command.env_remove(name);
    }
    let output = command
        .args(args)
        .envs(env.iter().copied())
        .current_dir(folder.0.join(at))
        .output()
        .unwrap();
    Run::from(output)
}

fn set(folder: &Folder, name: &str, text: &str) {
    let path = folder.0.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The example with another version of karafka, by which one tells which lockfile was read.
fn locked(version: &str) -> String {
    EXAMPLE.replace("karafka (2.3.0)", &format!("karafka ({version})"))
}

/// Which karafka `status` finds installed.
fn found(folder: &Folder, at: &str, env: &[(&str, &str)], args: &[&str]) -> String {
    let run = call(
        folder,
        at,
        env,
        &[&["status", "--format", "json"][..], args].concat(),
    );
    // It says which one it reads where that is not in the folder.
    let is_told = run.err.is_empty() || run.err.starts_with("rungs: reading ");
    assert!(is_told, "{at} {env:?} {args:?}: {}", run.err);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    let packages = document["packages"].as_array().unwrap();
    let karafka = packages.iter().find(|it| it["name"] == "karafka");
    karafka.unwrap()["installed"].as_str().unwrap().to_owned()
}

#[test]
fn the_project_is_the_one_that_bundler_uses() {
    let folder = Folder::with(&[("Gemfile", "gem 'karafka'\n")]);
    set(&folder, "Gemfile.lock", &locked("2.3.0"));
    set(&folder, "gemfiles/next.rb", "gem 'karafka'\n");
    set(&folder, "gemfiles/next.rb.lock", &locked("2.3.1"));
    set(&folder, "engine/gems.rb", "gem 'karafka'\n");
    set(&folder, "engine/gems.locked", &locked("2.3.2"));
    set(&folder, "other.lock", &locked("2.3.3"));
    set(&folder, "app/models/empty", "");
    let next = folder.0.join("gemfiles/next.rb");
    let next = next.to_str().unwrap();
    for (at, env, args, version) in [
        (".", &[][..], &[][..], "2.3.0"),
        // Upwards, and `gems.rb` before what is above.
        ("app/models", &[], &[], "2.3.0"),
        ("engine", &[], &[], "2.3.2"),
        // The environment, an option, and the lockfile that is named.
        ("engine", &[("BUNDLE_GEMFILE", next)], &[], "2.3.1"),
        (".", &[("BUNDLE_GEMFILE", "")], &[], "2.3.0"),
        (".", &[], &["--gemfile", "gemfiles/next.rb"], "2.3.1"),
        (
            ".",
            &[("BUNDLE_GEMFILE", next)],
            &["--gemfile", "engine/gems.rb"],
            "2.3.2",
        ),
        (
            ".",
            &[("BUNDLE_GEMFILE", next)],
            &["--lockfile", "Gemfile.lock"],
            "2.3.0",
        ),
        (".", &[("BUNDLE_LOCKFILE", "other.lock")], &[], "2.3.3"),
    ] {
        assert_eq!(
            found(&folder, at, env, args),
            version,
            "{at} {env:?} {args:?}"
        );
    }
    // `gems.rb` counts before a Gemfile beside it.
    set(&folder, "gems.rb", "gem 'karafka'\n");
    set(&folder, "gems.locked", &locked("2.3.4"));
    assert_eq!(found(&folder, ".", &[], &[]), "2.3.4");
    // The configuration counts before the environment.
    set(
        &folder,
        ".bundle/config",
        "---\nBUNDLE_GEMFILE: \"gemfiles/next.rb\"\n",
    );
    let engine = folder.0.join("engine/gems.rb");
    assert_eq!(found(&folder, ".", &[], &[]), "2.3.1");
    assert_eq!(
        found(
            &folder,
            ".",
            &[("BUNDLE_GEMFILE", engine.to_str().unwrap())],
            &[]
        ),
        "2.3.2"
    );
    fs::remove_dir_all(folder.0.join(".bundle")).unwrap();
    // A Gemfile that names its lockfile.
    set(
        &folder,
        "gems.rb",
        "lockfile \"other.lock\"\ngem 'karafka'\n",
    );
    assert_eq!(found(&folder, ".", &[], &[]), "2.3.3");
}

#[test]
fn a_project_that_is_not_there_is_told() {
    let folder = Folder::with(&[("Gemfile", "gem 'karafka'\n")]);
    let told = "rungs: Gemfile has no lockfile: expected Gemfile.lock\n  run `bundle lock` to write it, or name one with --lockfile\n";
    let run = call(&folder, ".", &[], &["plan"]);
    assert_eq!((run.code, run.err.as_str()), (2, told));
    let run = call(&folder, ".", &[], &["plan", "--gemfile", "none"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (2, "rungs: cannot read none: no such file\n")
    );
}

/// The plan's warnings of a kind, in its document.
fn warnings(folder: &Folder, code: &str) -> Vec<String> {
    let run = call(folder, ".", &[], &["plan", "--format", "json"]);
    assert_eq!(run.err, "");
    let document: Value = serde_json::from_str(&run.out).unwrap();
    let warnings = document["warnings"].as_array().unwrap().iter();
    let warnings = warnings.filter(|it| it["code"] == code);
    warnings
        .map(|it| it["text"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_the_gemfile_asks_for_is_in_the_document() {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    set(
        &folder,
        "Gemfile",
        "gem 'karafka', '~> 2.4.18'\ngem 'waterdrop', '>= 2'\n",
    );
    let told = "the Gemfile asks for karafka ~> 2.4.18, the lockfile has 2.3.0: this is planned from the lockfile; \
                run `bundle install` if it is behind";
    assert_eq!(warnings(&folder, "gemfile_differs"), [told]);
    // One of two ways of a Gemfile is no step that was begun.
    for dual in [
        "if next?\n  gem 'karafka', '~> 2.5.0'\nelse\n  gem 'karafka', '~> 2.4.18'\nend\n",
        "gem 'karafka', (next? ? '~> 2.5' : '~> 2.4.18')\n",
        "gem 'karafka', '~> 2.5' if next?\n",
    ] {
        set(&folder, "Gemfile", dual);
        assert_eq!(warnings(&folder, "gemfile_differs"), [""; 0], "{dual}");
    }
}

#[test]
fn the_ruby_of_the_gemfile_counts_where_the_lockfile_names_none() {
    let folder = Folder::with(&[("Gemfile", "ruby file: '.ruby-version'\ngem 'karafka'\n")]);
    let start = EXAMPLE.find("RUBY VERSION").unwrap();
    let end = EXAMPLE[start..]
        .find("\n\n")
        .map_or(EXAMPLE.len(), |at| start + at + 2);
    set(
        &folder,
        "Gemfile.lock",
        &[&EXAMPLE[..start], &EXAMPLE[end..]].concat(),
    );
    let ruby = |folder: &Folder| {
        let run = call(folder, ".", &[], &["plan", "--format", "json"]);
        let document: Value = serde_json::from_str(&run.out).unwrap();
        document["start"]["runtimes"]["ruby"]
            .as_str()
            .map(str::to_owned)
    };
    for (text, version) in [
        ("3.1.4\n", Some("3.1.4")),
        ("ruby-3.2.2\n", Some("3.2.2")),
        ("nodejs 20\nruby 3.3.0 # ours\n", Some("3.3.0")),
        // No version, so the plan states what it needs.
        ("3.2.1@gems\n", Some(">= 2.7")),
    ] {
        set(&folder, ".ruby-version", text);
        assert_eq!(ruby(&folder).as_deref(), version, "{text:?}");
    }
    // Where both name one and they differ, it is told.
    set(&folder, "Gemfile.lock", EXAMPLE);
    set(&folder, ".ruby-version", "3.3.0\n");
    let told = warnings(&folder, "gemfile_differs");
    assert!(
        told[0].starts_with("the Gemfile asks for ruby = 3.3.0, the lockfile has 3.2.2: "),
        "{told:?}"
    );
}

#[test]
fn a_cooldown_of_bundler_is_the_minimum_age_and_is_said() {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    set(
        &folder,
        "Gemfile",
        "source 'https://rubygems.org', cooldown: 9_000\ngem 'karafka'\n",
    );
    let said = |days: u32, from: &str| {
        format!(
            "rungs: Bundler skips releases of the last {days} days ({from}), and so does the plan; --min-age sets \
             another age\n"
        )
    };
    let day = ["plan", "--as-of", "2026-08-19"];
    let run = call(&folder, ".", &[], &day);
    assert_eq!(run.err, said(9000, "Gemfile"));
    let old = run.out;
    let run = call(&folder, ".", &[], &[&day[..], &["--min-age", "0"]].concat());
    assert_eq!(run.err, "");
    assert_ne!(run.out, old);
    let run = call(&folder, ".", &[("BUNDLE_COOLDOWN", "7")], &day);
    assert_eq!(run.err, said(7, "the variable BUNDLE_COOLDOWN"));
    set(&folder, ".bundle/config", "---\nBUNDLE_COOLDOWN: \"0\"\n");
    let run = call(&folder, ".", &[("BUNDLE_COOLDOWN", "7")], &day);
    assert_eq!(run.err, "");
}

#[test]
fn a_document_that_names_no_direct_package_asks_for_all_of_them() {
    let packages = r#""packages": {"karafka": "2.3.0", "waterdrop": "2.6.12", "karafka-core": "2.3.0",
        "karafka-rdkafka": "0.14.8"}, "runtimes": {"ruby": "3.2"}"#;
    let folder = Folder::with(&[
        ("left-out.json", &format!("{{{packages}}}")),
        ("empty.json", &format!("{{{packages}, \"direct\": []}}")),
        (
            "driver.json",
            &format!("{{{packages}, \"direct\": [\"karafka-rdkafka\"]}}"),
        ),
    ]);
    let last = |file: &str, args: &[&str]| {
        let plan = [&["plan", "--format", "json", "--snapshot", file][..], args];
        let run = call(&folder, ".", &[], &plan.concat());
        assert_eq!(run.code, 0, "{file}: {}", run.err);
        let plan: Value = serde_json::from_str(&run.out).unwrap();
        plan["steps"].as_array().unwrap().last().unwrap()["state"]["packages"].clone()
    };
    for file in ["left-out.json", "empty.json"] {
        assert_eq!(last(file, &[])["karafka"], "2.6.0", "{file}");
        let to = last(file, &["--to", "waterdrop=2.7"]);
        assert_eq!(to["waterdrop"], "2.7.4", "{file}");
        assert!(to["karafka"].is_string(), "{file}: {to}");
    }
    // What is named stays, and nothing needs the others.
    let driver = last("driver.json", &[]);
    assert!(driver["karafka"].is_null(), "{driver}");
    assert!(driver["karafka-rdkafka"].is_string(), "{driver}");
}

#[test]
fn a_runtime_of_a_document_that_no_catalog_knows_is_refused() {
    let document = |runtimes: &str| {
        format!("{{\"packages\": {{\"karafka\": \"2.3.0\"}}, \"runtimes\": {{{runtimes}}}}}")
    };
    let folder = Folder::with(&[
        ("python.json", &document("\"python\": \"3\"")),
        ("case.json", &document("\"Ruby\": \"3.2\"")),
        ("gem.json", &document("\"karafka\": \"2.3\"")),
        (
            "brokers.json",
            &document("\"ruby\": \"3.2\", \"kafka\": \"3.6\", \"java\": \"17\""),
        ),
    ]);
    let refused = |name: &str, help: &str| {
        format!("rungs: no runtime {name:?} in the catalog karafka\n  {help}\n")
    };
    for command in ["plan", "status"] {
        let run = |file| {
            let args = [command, "-q", "--catalog", "karafka", "--snapshot", file];
            call(&folder, ".", &[], &args)
        };
        for (file, name, help) in [
            ("python.json", "python", "it has ruby"),
            ("case.json", "Ruby", "did you mean ruby? it has ruby"),
            ("gem.json", "karafka", "it has ruby"),
        ] {
            let run = run(file);
            assert_eq!((run.code, run.err), (2, refused(name, help)), "{command}");
        }
        // What other catalogs that ship know is not asked about here.
        let run = run("brokers.json");
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{command}");
    }
    let refused = refused("python", "it has ruby");
    let why = ["why", "-q", "karafka", "--snapshot", "python.json"];
    let run = call(&folder, ".", &[], &why);
    assert_eq!((run.code, run.err), (2, refused));
}

#[test]
fn a_prerelease_of_ruby_is_read_wherever_ruby_is_named() {
    let folder = Folder::with(&[]);
    let lock = |ruby: &str| EXAMPLE.replace("   ruby 3.2.2p53\n", ruby);
    assert_ne!(lock(""), EXAMPLE);
    let nameless = EXAMPLE.replace("RUBY VERSION\n   ruby 3.2.2p53\n\n", "");
    let document = r#"{"packages": {"karafka": "2.3.0"}, "runtimes": {"ruby": "3.1.0.preview1"}}"#;
    set(&folder, "now.json", document);
    set(
        &folder,
        "lock/Gemfile.lock",
        &lock("   ruby 3.1.0.preview1\n"),
    );
    set(
        &folder,
        "level/Gemfile.lock",
        &lock("   ruby 3.1.0.preview1p-1\n"),
    );
    set(
        &folder,
        "line/Gemfile",
        "ruby '3.1.0.preview1'\ngem 'karafka'\n",
    );
    set(&folder, "line/Gemfile.lock", &nameless);
    set(
        &folder,
        "file/Gemfile",
        "ruby file: '.ruby-version'\ngem 'karafka'\n",
    );
    set(&folder, "file/.ruby-version", "ruby-3.1.0.preview1\n");
    set(&folder, "file/Gemfile.lock", &nameless);
    for (at, args) in [
        ("lock", &[][..]),
        ("level", &[]),
        ("line", &[]),
        ("file", &[]),
        ("line", &["--ruby", "3.1.0.preview1"]),
        (".", &["--snapshot", "now.json"]),
    ] {
        let all = [&["status", "-q", "--format", "json"][..], args].concat();
        let run = call(&folder, at, &[], &all);
        let document: Value =
            serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        let ruby = &document["runtimes"][0];
        assert_eq!(
            (&ruby["name"], &ruby["installed"]),
            (&"ruby".into(), &"3.1.0.preview1".into()),
            "{at} {args:?}"
        );
    }
}
