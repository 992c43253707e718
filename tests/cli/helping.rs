//! What the program says to people who do not know it yet, or who mistype.

use crate::program::{EXAMPLE, Folder, NOW, Run, run, run_on};
use rungs::catalog::Catalog;
use std::fs;
use std::process::Command;

/// A call in a folder below.
fn below(folder: &Folder, at: &str, args: &[&str]) -> Run {
    fs::create_dir_all(folder.0.join(at)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_rungs"))
        .env("SOURCE_DATE_EPOCH", NOW)
        .args(args)
        .current_dir(folder.0.join(at))
        .output()
        .unwrap();
    Run::from(output)
}

#[test]
fn a_package_in_no_step_is_named_once() {
    let run =
        Folder::with(&[("Gemfile.lock", EXAMPLE)]).run(&["why", "rdkafka", "--to", "karafka=2.6"]);
    let start = "rdkafka is not installed, and in no step.\n\n";
    assert!(run.code == 0 && run.out.starts_with(start), "{}", run.out);
    assert!(!run.out.contains("step  1"), "{}", run.out);
}

#[test]
fn catalogs_of_two_schemes_are_refused_in_one_sentence() {
    let sentence = |first: [&str; 2], other: [&str; 2]| {
        let ([first, scheme], [name, its]) = (first, other);
        format!(
            "rungs: the catalogs {first} and {name} cannot be joined: the versions of {first} have the scheme \
             {scheme}, those of {name} the scheme {its}\n  name catalogs of one scheme, or one of them alone\n"
        )
    };
    let (gems, semver) = (["karafka", "rubygems"], ["gitlab", "semver"]);
    for (first, other) in [(gems, semver), (semver, gems)] {
        let catalogs = ["--catalog", first[0], "--catalog", other[0]];
        let run =
            Folder::with(&[("Gemfile.lock", EXAMPLE)]).run(&[&["plan"][..], &catalogs].concat());
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert_eq!(run.err, sentence(first, other));
    }
    // By files, one of which names no scheme.
    let text = |name: &str, scheme: &str, package: &str| {
        format!(
            "format = 1\nname = \"{name}\"\n{scheme}horizon = 2026-01-01\norder = [\"{package}\"]\n\
             [package.{package}]\nrole = \"stepped\"\nreleases = '''\n1.0.0 2025-01-01\n'''\n"
        )
    };
    let one = text("one", "scheme = \"semver\"\n", "a");
    let folder = Folder::with(&[("one.toml", &one), ("two.toml", &text("two", "", "b"))]);
    let run = folder.run(&["catalog", "show", "one.toml", "two.toml"]);
    assert_eq!(
        run.err,
        sentence(["one", "semver"], ["two", "rubygems"]),
        "{}",
        run.out
    );
}

#[test]
fn a_typo_is_answered_with_what_was_meant() {
    let shipped = Catalog::shipped().iter().map(|it| it.name().to_owned());
    let shipped: Vec<String> = std::iter::once("karafka".to_owned())
        .chain(shipped)
        .collect();
    let known = "it knows karafka, karafka-web, waterdrop, karafka-testing, karafka-core, \
                 karafka-rdkafka, rdkafka";
    for (args, message) in [
        (
            &["plan", "--to", "karfka=2.6"][..],
            format!(
                "rungs: no package \"karfka\" in the catalog karafka\n  did you mean karafka? {known}\n"
            ),
        ),
        (
            &["plan", "--pin", "waterdop=< 3"],
            format!(
                "rungs: no package \"waterdop\" in the catalog karafka\n  did you mean waterdrop? {known}\n"
            ),
        ),
        (
            &["why", "karafka_web"],
            format!(
                "rungs: no package \"karafka_web\" in the catalog karafka\n  \
                 did you mean karafka-web? {known}\n"
            ),
        ),
        (
            &["plan", "--accept", "karafka-2.5-gate-latest-2.3"],
            "rungs: no rule \"karafka-2.5-gate-latest-2.3\" in the catalog karafka\n  \
             did you mean karafka-2.4-gate-latest-2.3? `rungs catalog show` lists the rules\n"
                .to_owned(),
        ),
        (
            &["plan", "--property", "transactoins=yes"],
            "rungs: no property \"transactoins\" in the catalog karafka\n  did you mean transactions? it has"
                .to_owned(),
        ),
        (
            &["plan", "--runtime-fixed", "rubi"],
            "rungs: no runtime \"rubi\" in the catalog karafka\n  did you mean ruby? it has ruby\n"
                .to_owned(),
        ),
        (
            &["catalog", "show", "githlab"],
            format!(
                "rungs: cannot read githlab: no such file, and of catalogs {} ship\n  \
                 did you mean gitlab?\n",
                shipped.join(", ")
            ),
        ),
        (
            &["lint", "Gemfile.lock", "Gemfile.lock", "--accept", "left-behnd"],
            "rungs: no rule \"left-behnd\", neither of lint nor of the catalog karafka\n  \
             did you mean left-behind? docs/lint.md lists"
                .to_owned(),
        ),
        (
            &["man", "plna"],
            "rungs: no command \"plna\"\n  did you mean plan? `rungs --help` lists the commands\n"
                .to_owned(),
        ),
    ] {
        let run = run_on(EXAMPLE, args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        assert!(run.err.starts_with(&message), "{args:?}: {}", run.err);
    }
    for (args, tip) in [
        (&["plna"][..], "'plan'"),
        (&["plan", "--fromat", "json"], "'--format'"),
        (&["plan", "--format", "jsom"], "'json'"),
    ] {
        let run = run_on(EXAMPLE, args);
        assert_eq!(run.code, 2, "{args:?}");
        assert!(
            run.err.contains("a similar") && run.err.contains(tip),
            "{}",
            run.err
        );
    }
    // What resembles nothing gets no guess.
    let run = run_on(EXAMPLE, &["plan", "--to", "rails=8"]);
    assert!(!run.err.contains("did you mean"), "{}", run.err);
}

#[test]
fn a_lockfile_is_found_above_and_named_below() {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    let run = below(&folder, "app/models", &["plan", "--to", "karafka=2.6"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (0, "rungs: reading ../../Gemfile.lock\n")
    );
    assert!(run.out.starts_with("5 steps to karafka 2.6"), "{}", run.out);
    let quiet = below(&folder, "app", &["plan", "--to", "karafka=2.6", "--quiet"]);
    assert_eq!(
        (quiet.code, quiet.err.as_str(), &quiet.out),
        (0, "", &run.out)
    );

    let folder = Folder::with(&[]);
    fs::create_dir_all(folder.0.join("services/shop")).unwrap();
    fs::write(folder.0.join("services/shop/Gemfile.lock"), EXAMPLE).unwrap();
    let none =
        "rungs: no Gemfile.lock in this folder or one above: expected one, or --lockfile FILE\n";
    let run = folder.run(&["plan"]);
    let help = "  there is one below: rungs plan --lockfile services/shop/Gemfile.lock\n";
    assert_eq!((run.code, run.err), (2, format!("{none}{help}")));
    fs::create_dir(folder.0.join("api")).unwrap();
    fs::write(folder.0.join("api/gems.locked"), EXAMPLE).unwrap();
    let run = folder.run(&["status"]);
    let help = "  there are some below, such as api/gems.locked, services/shop/Gemfile.lock: name one with \
                --lockfile, or answer for all with `rungs fleet`\n";
    assert_eq!((run.code, run.err), (2, format!("{none}{help}")));
}

#[test]
fn the_program_alone_plans_and_says_so() {
    let run = run_on(EXAMPLE, &[]);
    assert_eq!(run.code, 0);
    assert_eq!(
        run.err,
        "rungs: without a command this is `rungs plan`; `rungs --help` lists the commands\n"
    );
    assert_eq!(run.out, run_on(EXAMPLE, &["plan"]).out);
    assert_eq!(run_on(EXAMPLE, &["-q"]).err, "");
}

#[test]
fn the_version_has_the_catalog_and_its_day() {
    let run = run(&[], &["--version"]);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], concat!("rungs ", env!("CARGO_PKG_VERSION")));
    let day = lines[1]
        .strip_prefix("catalog karafka, known up to ")
        .unwrap();
    assert_eq!(Some(day), crate::helping::horizon().as_deref());
    assert!(lines[2].starts_with("sha256:"), "{}", run.out);
    assert_eq!((run.code, lines.len()), (0, 3));
}

/// The day in the catalog's own file.
fn horizon() -> Option<String> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/catalog/karafka/catalog.toml"
    );
    let text = fs::read_to_string(path).unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("horizon = "))?;
    Some(line.trim_matches('"').to_owned())
}

#[test]
fn a_policy_to_begin_with_is_written_once() {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    let shown = folder.run(&["init", "--dry-run"]);
    assert!(!folder.0.join("rungs.toml").exists());
    let run = folder.run(&["init"]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (
            0,
            "rungs.toml is written. Uncomment the lines that you need.\n"
        )
    );
    let written = fs::read_to_string(folder.0.join("rungs.toml")).unwrap();
    assert_eq!(written, shown.out);
    // It decides nothing, and every command reads it.
    assert_eq!(folder.run(&["plan"]).out, run_on(EXAMPLE, &["plan"]).out);
    let again = folder.run(&["init"]);
    assert_eq!(
        (again.code, again.err.as_str()),
        (
            2,
            "rungs: rungs.toml is there already\n  `rungs init --dry-run` prints what a new one has\n"
        )
    );
    assert_eq!(
        fs::read_to_string(folder.0.join("rungs.toml")).unwrap(),
        written
    );
}

#[test]
fn four_shells_and_man_know_every_command() {
    let commands = [
        "plan", "next", "why", "apply", "smoke", "status", "lint", "scan", "fleet", "init",
        "catalog", "snapshot", "schema",
    ];
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let run = run(&[], &["completions", shell]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{shell}");
        for command in commands {
            assert!(run.out.contains(command), "{shell} has no {command}");
        }
        assert!(run.out.contains("ruby-fixed"), "{shell}");
        parses(shell, &run.out);
    }
    let page = run(&[], &["man"]);
    assert!(page.out.contains(".TH rungs 1"), "{}", page.out);
    for command in commands {
        let page = run(&[], &["man", command]);
        assert!(
            page.out.contains(&format!(".TH rungs-{command} 1")),
            "{}",
            page.out
        );
        assert!(page.out.contains("Exit codes:"), "{}", page.out);
    }
}

/// The shell, where it is installed, finds no fault in its script.
fn parses(shell: &str, script: &str) {
    let option = match shell {
        "bash" | "zsh" => "-n",
        "fish" => "--no-execute",
        _ => return,
    };
    let folder = Folder::with(&[("script", script)]);
    let checked = Command::new(shell)
        .args([option, "script"])
        .current_dir(&folder.0)
        .output();
    if let Ok(checked) = checked {
        let words = String::from_utf8_lossy(&checked.stderr);
        assert!(checked.status.success(), "{shell}: {words}");
    }
}

#[test]
fn colors_are_asked_for_or_refused() {
    let red = "\u{1b}[1;31mrungs:\u{1b}[0m no package";
    let run = run_on(
        EXAMPLE,
        &["--color", "always", "plan", "--to", "karfka=2.6"],
    );
    assert!(run.err.starts_with(red), "{:?}", run.err);
    let run = run_on(
        EXAMPLE,
        &["plan", "--color", "always", "--to", "karafka=2.6"],
    );
    assert!(
        run.out.contains("\u{1b}[1m") && run.out.contains("\u{1b}[32m"),
        "{}",
        run.out
    );
    let ended = run_on(EXAMPLE, &["status", "--color=always"]).out;
    assert!(ended.contains("\u{1b}[31mended 2025-03-01"), "{ended}");
    let plain = run_on(EXAMPLE, &["plan", "--to", "karafka=2.6"]);
    assert!(!plain.out.contains('\u{1b}'), "a pipe gets no colors");
    let stripped = run.out.replace("\u{1b}[0m", "");
    let stripped = ["1", "2", "31", "32"].iter().fold(stripped, |text, code| {
        text.replace(&format!("\u{1b}[{code}m"), "")
    });
    assert_eq!(stripped, plain.out);
    assert!(
        plain.out.lines().all(|line| line.chars().count() <= 80),
        "80 columns in a pipe"
    );
}

/// A byte order mark hides the first section from Bundler: whoever reads such a lockfile says so, once, and
/// not where only errors are asked for.
#[test]
fn what_bundler_passes_over_in_a_lockfile_is_told_by_every_command() {
    let marked = format!("\u{feff}{EXAMPLE}");
    let folder = Folder::with(&[("Gemfile.lock", &marked), ("old.lock", EXAMPLE)]);
    let remark =
        "rungs: FILE:1:1: \"\\u{feff}GEM\" is not the header GEM, so Bundler ignores the section\n";
    for (args, file) in [
        (
            &["plan", "--lockfile", "Gemfile.lock", "--to", "karafka=2.6"][..],
            "Gemfile.lock",
        ),
        (&["status", "--lockfile", "Gemfile.lock"], "Gemfile.lock"),
        (
            &["why", "karafka", "--lockfile", "Gemfile.lock"],
            "Gemfile.lock",
        ),
        (&["lint", "old.lock", "Gemfile.lock"], "Gemfile.lock"),
        (&["snapshot", "Gemfile.lock"], "Gemfile.lock"),
        (&["scan", "."], "./Gemfile.lock"),
    ] {
        let told = folder.run(args).err;
        let remark = remark.replace("FILE", file);
        assert_eq!(told.matches(&remark).count(), 1, "{args:?}: {told}");
        let quiet = folder.run(&[args, &["--quiet"]].concat()).err;
        assert!(!quiet.contains("Bundler ignores"), "{args:?}: {quiet}");
    }
    // Not more than a few lines of a broken file.
    let broken = EXAMPLE.replace("    karafka-core (", "\tkarafka-core (");
    let broken = broken
        .replace("    waterdrop (", "\twaterdrop (")
        .replace("    karafka-rdkafka (", "\tkarafka-rdkafka (");
    let broken = broken
        .replace("    karafka-web (", "\tkarafka-web (")
        .replace("    karafka (", "\tkarafka (");
    let told = Folder::with(&[("Gemfile.lock", &broken)])
        .run(&["snapshot", "Gemfile.lock"])
        .err;
    assert_eq!(told.lines().count(), 4, "{told}");
    assert!(
        told.ends_with("such remarks more; `rungs snapshot Gemfile.lock` has all\n"),
        "{told}"
    );
}

#[test]
fn a_mark_that_no_release_carries_is_refused() {
    let catalog = "format = 1\nname = \"marked\"\nhorizon = 2026-01-01\norder = [\"one\"]\n[package.one]\n\
                   role = \"stepped\"\nreleases = '''\n1.0.0 ?\n1.1.0 ? [stable]\n1.2.0 ? [fast; stable]\n'''\n";
    let plain = catalog
        .replace(" [stable]", "")
        .replace(" [fast; stable]", "");
    let now = r#"{"packages": {"one": "1.0.0"}}"#;
    let folder = Folder::with(&[
        ("marked.toml", catalog),
        ("plain.toml", &plain),
        ("now.json", now),
    ]);
    let within = |catalog, marks: &[&str]| {
        let mut args = vec!["plan", "-q", "--catalog", catalog, "--snapshot", "now.json"];
        args.extend(marks.iter().flat_map(|mark| ["--within", mark]));
        let run = folder.run(&args);
        (run.code, run.err)
    };
    let no = "rungs: no release of the catalog";
    for (catalog, marks, message) in [
        (
            "marked.toml",
            &["stabel"][..],
            format!(
                "{no} marked carries the mark \"stabel\"\n  did you mean stable? they carry \"fast\", \"stable\"\n"
            ),
        ),
        (
            "marked.toml",
            &["fast", "lts"],
            format!("{no} marked carries the mark \"lts\"\n  they carry \"fast\", \"stable\"\n"),
        ),
        (
            "plain.toml",
            &["fast"],
            format!("{no} marked carries the mark \"fast\"\n  its releases carry no marks\n"),
        ),
    ] {
        assert_eq!(within(catalog, marks), (2, message));
    }
    assert_eq!(
        within("marked.toml", &["fast", "stable"]),
        (0, String::new())
    );
    // The request of the other languages is the same, and lint reads it too.
    let catalog = Catalog::karafka().unwrap();
    let request = rungs::wire::read_request(r#"{"within": ["typo"]}"#, &catalog).unwrap();
    let lockfile = rungs::lockfile::Lockfile::parse(EXAMPLE.as_bytes()).unwrap();
    let installed = rungs::lockfile::Snapshot::from_lockfile(&lockfile).unwrap();
    let plan = rungs::planner::plan(&catalog, &installed, &request).map(|_| ());
    let lint = rungs::lint::lint(&catalog, &installed, &installed, &request).map(|_| ());
    let message = "no release of the catalog karafka carries the mark \"typo\"";
    for answer in [plan, lint] {
        assert_eq!(answer.unwrap_err().to_string(), message);
    }
}
