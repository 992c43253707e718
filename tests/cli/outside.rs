//! The gems of a lockfile that are not in the catalog: what steps ask of them, with and without an
//! index.

use crate::program::{Folder, NEWEST};
use serde_json::Value;

/// The family at Karafka 2.3 with the gems that it needs; nothing else holds it.
pub(crate) const FREE: &str = include_str!("../impossible/01-ruby-is-fixed/Gemfile.lock");
/// The same with `c_bridge`, which wants an old `ffi`.
const HELD: &str = include_str!("../impossible/16-index-a-gem-it-does-not-know-holds/Gemfile.lock");
/// The same with `events_kit`, which wants Karafka 2.3.
const EVENTS: &str = include_str!("../impossible/17-index-no-newer-release-would-do/Gemfile.lock");
const FFI: &str = "---\n1.15.5 |checksum:a\n1.16.3 |checksum:a\n1.17.2 |checksum:a\n\
                   1.17.3-java |checksum:a\n1.18.0.rc1 |checksum:a\n";

pub(crate) fn folder(lockfile: &str, infos: &[(&str, &str)]) -> Folder {
    let folder = Folder::with(&[("Gemfile.lock", lockfile)]);
    std::fs::create_dir_all(folder.0.join("index/info")).unwrap();
    for (name, text) in infos {
        std::fs::write(folder.0.join("index/info").join(name), text).unwrap();
    }
    folder
}

/// `also moves` of each step, as text.
pub(crate) fn moves(folder: &Folder, args: &[&str]) -> Vec<(u64, String)> {
    let run = folder.run(&[args, &["--format", "json"]].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    let mut moves = Vec::new();
    for step in document["steps"].as_array().unwrap() {
        for outside in step["also_moves"].as_array().into_iter().flatten() {
            let text = outside["text"].as_str().unwrap().to_owned();
            moves.push((step["number"].as_u64().unwrap(), text));
        }
    }
    moves
}

pub(crate) fn told(moves: &[(u64, String)]) -> Vec<(u64, &str)> {
    moves
        .iter()
        .map(|(step, text)| (*step, text.as_str()))
        .collect()
}

#[test]
fn without_an_index_what_is_needed_is_told_unverified() {
    let folder = folder(HELD, &[]);
    let moves = moves(&folder, &["plan", "--to", "karafka=2.6"]);
    assert_eq!(
        told(&moves),
        [
            (
                2,
                "base64 is added: karafka 2.4.18 requires ~> 0.2 (unverified)"
            ),
            (
                2,
                "logger is added: karafka-core 2.4.11 requires >= 1.6.0 (unverified)"
            ),
            (
                4,
                "ffi 1.16.3: karafka-rdkafka 0.28.0 requires ~> 1.17.1, but c_bridge 1.0.0 \
                 requires < 1.17 (unverified)"
            ),
            (
                4,
                "json is added: karafka-rdkafka 0.28.0 requires > 2.0 (unverified)"
            ),
            (
                5,
                "roda 3.76.0: karafka-web 1.0.0 requires >= 3.100, < 4.0 (unverified)"
            ),
        ]
    );
    let text = folder.run(&["plan", "--to", "karafka=2.6"]).out;
    assert!(
        text.contains("  also changes: ffi 1.16.3: karafka-rdkafka"),
        "{text}"
    );
}

/// Bundler 2.6.7 and 4.0 take a prerelease of a gem where the Gemfile's requirement has letters; elsewhere they
/// take it where no other release fits, which rungs does with `--pre`.
#[test]
fn an_index_without_the_release_that_is_required_is_named() {
    let ask = |lockfile: &str, roda: &str, args: &[&str]| {
        let roda = format!("---\n3.76.0 rack:>= 0|checksum:a\n{roda}");
        let folder = folder(lockfile, &[("ffi", FFI), ("roda", &roda)]);
        let asked = ["plan", "--to", "karafka=2.6", "--index", "index"];
        let run = folder.run(&[&asked, args].concat());
        (
            run.code,
            run.out.split_whitespace().collect::<Vec<_>>().join(" "),
        )
    };
    let (code, text) = ask(FREE, "", &[]);
    let lacks = "Blocked by: karafka-web 1.0.0 requires roda >= 3.100, < 4.0, and the index lists no such \
                 release";
    assert!(code == 3 && text.contains(lacks), "{text}");
    let (code, text) = ask(FREE, "3.100.0-java rack:>= 0|checksum:a\n", &[]);
    assert!(code == 3 && text.contains(lacks), "{text}");
    let early = "3.101.0.rc1 rack:>= 0|checksum:a\n";
    let (code, text) = ask(FREE, early, &[]);
    let only = "and the index lists only prereleases such as 3.101.0.rc1 (--pre)";
    assert!(code == 3 && text.contains(only), "{text}");
    let moves = "roda 3.76.0 -> 3.101.0.rc1";
    let (code, text) = ask(FREE, early, &["--pre"]);
    assert!(code == 0 && text.contains(moves), "{text}");
    let (_, text) = ask(
        FREE,
        &format!("3.100.0 rack:>= 0|checksum:a\n{early}"),
        &["--pre"],
    );
    assert!(text.contains("roda 3.76.0 -> 3.100.0 ("), "{text}");
    let lettered = FREE.replace("\nDEPENDENCIES\n", "\nDEPENDENCIES\n  roda (< 4.a)\n");
    let (code, text) = ask(&lettered, early, &[]);
    assert!(code == 0 && text.contains(moves), "{text}");
    let kept = lettered.replace("(< 4.a)", "(< 3.100)");
    let release = "3.100.0 rack:>= 0|checksum:a\n";
    let (code, text) = ask(&kept, release, &["--keep-gemfile"]);
    let both = "the index lists no release of roda that meets all requirements on it";
    assert!(code == 3 && text.contains(both), "{text}");
    // It is newer than the release, so it is the one that Bundler locks.
    let both = "3.100.0 rack:>= 0|checksum:a\n3.101.0.rc1 rack:>= 0|checksum:a\n";
    let (_, text) = ask(&lettered, both, &[]);
    assert!(text.contains("roda 3.76.0 -> 3.101.0.rc1"), "{text}");
    // So it does where the gem is locked at a prerelease (2.6.7 and 4.0.22; 2.3.15 takes the release).
    let early = FREE.replace("roda (3.76.0)", "roda (3.76.0.rc1)");
    let (_, text) = ask(&early, both, &[]);
    assert!(text.contains("roda 3.76.0.rc1 -> 3.101.0.rc1"), "{text}");
    let bounded = lettered.replace("(< 4.a)", "(< 4)");
    let (_, text) = ask(&bounded, both, &[]);
    assert!(text.contains("roda 3.76.0 -> 3.100.0 ("), "{text}");
}

#[test]
fn with_an_index_they_are_resolved_and_stay_where_they_can() {
    let folder = folder(
        FREE,
        &[
            ("ffi", FFI),
            (
                "roda",
                "---\n3.76.0 rack:>= 0|checksum:a\n3.101.0 rack:>= 3.1|checksum:a\n",
            ),
            (
                "rack",
                "---\n3.0.9 |checksum:a\n3.1.0 |checksum:a\n3.2.0 |checksum:a\n",
            ),
            ("tilt", "---\n2.3.0 |checksum:a\n2.4.0 |checksum:a\n"),
        ],
    );
    let args = ["plan", "--to", "karafka=2.6", "--index", "index"];
    let found = moves(&folder, &args);
    assert_eq!(
        told(&found),
        [
            (
                2,
                "base64 is added: karafka 2.4.18 requires ~> 0.2 (unverified)"
            ),
            (
                2,
                "logger is added: karafka-core 2.4.11 requires >= 1.6.0 (unverified)"
            ),
            (
                4,
                "ffi 1.16.3 -> 1.17.2 (karafka-rdkafka 0.28.0 requires ~> 1.17.1)"
            ),
            (
                4,
                "json is added: karafka-rdkafka 0.28.0 requires > 2.0 (unverified)"
            ),
            (5, "rack 3.0.9 -> 3.2.0 (roda 3.101.0 requires >= 3.1)"),
            (
                5,
                "roda 3.76.0 -> 3.101.0 (karafka-web 1.0.0 requires >= 3.100, < 4.0)"
            ),
        ]
    );
    // The same from Bundler's cache of a server.
    let server = folder
        .0
        .join("cache/rubygems.org.443.29b0360b937aa4d161703e6160654e47");
    std::fs::create_dir_all(&server).unwrap();
    std::fs::rename(folder.0.join("index/info"), server.join("info")).unwrap();
    std::fs::write(server.join("versions"), "---\n").unwrap();
    let cached = ["plan", "--to", "karafka=2.6", "--index", "cache"];
    assert_eq!(moves(&folder, &cached), found);
}

#[test]
fn a_state_that_does_not_resolve_is_avoided() {
    // karafka-rdkafka 0.28 needs a newer ffi than c_bridge, which no index knows, lets in.
    let folder = folder(HELD, &[("ffi", FFI)]);
    let to = ["plan", "--to", "karafka=2.5", "--format", "json"];
    let state = |args: &[&str]| {
        let run = folder.run(args);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        let document: Value = serde_json::from_str(&run.out).unwrap();
        let steps = document["steps"].as_array().unwrap().clone();
        let last = &steps[steps.len() - 1]["state"]["packages"];
        (
            steps.len(),
            last["karafka-rdkafka"].as_str().unwrap().to_owned(),
        )
    };
    let (steps, free) = state(&to);
    let (held_steps, held) = state(&[&to[..], &["--index", "index"]].concat());
    assert_eq!((free.as_str(), held.as_str()), ("0.28.0", "0.22.2"));
    assert_eq!(steps, held_steps);
}

#[test]
fn holders_that_the_index_knows_move_out_of_the_way() {
    let folder = folder(
        HELD,
        &[
            ("ffi", FFI),
            (
                "c_bridge",
                "---\n1.0.0 ffi:< 1.17|checksum:a\n1.1.0 ffi:< 2|checksum:a\n",
            ),
        ],
    );
    let moves = moves(
        &folder,
        &["plan", "--to", "karafka=2.6", "--index", "index"],
    );
    let told = told(&moves);
    assert!(
        told.contains(&(
            4,
            "c_bridge 1.0.0 -> 1.1.0 (c_bridge 1.0.0 requires ffi < 1.17)"
        )),
        "{told:#?}"
    );
    // Bundler keeps it locked unless it is named; what the family needs is unlocked with it.
    let args = ["plan", "--to", "karafka=2.6", "--index", "index"];
    let document = folder.run(&[&args[..], &["--format", "json"]].concat()).out;
    let document: Value = serde_json::from_str(&document).unwrap();
    let family = "karafka karafka-web waterdrop karafka-testing karafka-core karafka-rdkafka";
    let needed = [
        "erubi",
        "ffi",
        "mini_portile2",
        "rack",
        "rake",
        "roda",
        "tilt",
        "zeitwerk",
    ];
    for (at, others) in [(2, ""), (3, " c_bridge")] {
        let step = &document["steps"][at];
        // Of the family those that move.
        let before = &document["steps"][at - 1]["state"]["packages"];
        let moves = |gem: &&str| before[*gem] != step["state"]["packages"][*gem];
        let moving: Vec<&str> = family.split(' ').filter(moves).collect();
        assert_eq!(
            step["command"],
            format!("bundle update {}{others}", moving.join(" "))
        );
        let mut unlocks = needed.to_vec();
        unlocks.extend(["base64", "logger"]);
        unlocks.sort_unstable();
        assert_eq!(step["unlocks"], serde_json::json!(unlocks), "{at}");
    }
    let odd = self::folder(
        &HELD.replace("c_bridge", "-bridge"),
        &[
            ("ffi", FFI),
            (
                "-bridge",
                "---\n1.0.0 ffi:< 1.17|checksum:a\n1.1.0 |checksum:a\n",
            ),
        ],
    );
    let document = odd.run(&[&args[..], &["--format", "json"]].concat()).out;
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(
        document["steps"][3]["command"],
        format!("bundle update {family}")
    );
    assert!(document.to_string().contains("-bridge 1.0.0 -> 1.1.0"));
    let next = folder.run(&["next", "--to", "karafka=2.6"]).out;
    let told = "  Bundler may also upgrade: erubi, ffi, mini_portile2, rack, rake, roda, tilt,\n  \
                zeitwerk\n";
    assert!(next.contains(told), "{next}");
}

#[test]
fn only_what_is_reached_is_read_and_bad_lines_are_told() {
    // Nothing asks tilt to move, so its damaged file is never read; that of ffi is.
    let folder = folder(
        FREE,
        &[
            ("ffi", "---\n1.17.2 |checksum:a\n1.17.3 x\n"),
            ("tilt", "\u{1}"),
        ],
    );
    let run = folder.run(&["plan", "--to", "karafka=2.6", "--index", "index"]);
    assert_eq!(run.code, 0);
    let notes: Vec<&str> = run
        .out
        .lines()
        .filter(|it| it.starts_with("note:"))
        .collect();
    assert_eq!(notes.len(), 1, "{}", run.out);
    assert!(
        run.out
            .contains("note: 1 of the lines on ffi in the index could not be read: 3:8:"),
        "{}",
        run.out
    );
}

#[test]
fn a_folder_that_is_no_index() {
    let folder = Folder::with(&[("Gemfile.lock", FREE)]);
    let run = folder.run(&["plan", "--to", "karafka=2.6", "--index", "."]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.err,
        "rungs: . is no compact index: expected a folder `info` in it, or folders of servers with `info` and \
         `versions`\n"
    );
    // The folders `info` of git and of an application are none.
    for other in [".git/info", "app/info"] {
        std::fs::create_dir_all(folder.0.join(other)).unwrap();
    }
    let again = folder.run(&["plan", "--to", "karafka=2.6", "--index", "."]);
    assert_eq!((again.code, again.err), (2, run.err));
    let run = folder.run(&["plan", "--to", "karafka=2.6", "--index", "none"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.starts_with("rungs: cannot read none: "),
        "{}",
        run.err
    );
}

#[test]
fn why_knows_gems_outside_the_catalog() {
    let folder = folder(HELD, &[("ffi", FFI)]);
    let run = folder.run(&["why", "ffi", "--to", "karafka=2.6"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        run.out,
        "ffi is at 1.16.3.\n  step  4  ffi 1.16.3: karafka-rdkafka 0.28.0 requires ~> 1.17.1, \
         but c_bridge\n           1.0.0 requires < 1.17 (unverified)\n\nRequired by:\n  \
         - c_bridge 1.0.0: < 1.17\n  - karafka-rdkafka 0.14.8: ~> 1.15, through karafka > karafka-core\n\nCatalog karafka, known up to 2026-08-19.\n"
    );
    let run = folder.run(&["why", "nokogiri", "--to", "karafka=2.6"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("no package \"nokogiri\""), "{}", run.err);
}

#[test]
fn the_gemfile_of_an_outside_gem_is_kept_where_it_can_be() {
    let direct = FREE.replace("  karafka-web\n\n", "  karafka-web\n  roda (~> 3.76.0)\n\n");
    let roda = "---\n3.76.0 |checksum:a\n3.76.9 |checksum:a\n3.101.0 |checksum:a\n";
    let folder = folder(&direct, &[("roda", roda)]);
    let moves = moves(
        &folder,
        &["plan", "--to", "karafka=2.6", "--index", "index"],
    );
    let told = told(&moves);
    assert!(
        told.contains(&(
            5,
            "roda 3.76.0 -> 3.101.0 (karafka-web 1.0.0 requires >= 3.100, < 4.0), and its Gemfile \
             requirement must be edited"
        )),
        "{told:#?}"
    );
    let run = folder.run(&[
        "plan",
        "--to",
        "karafka-web=1.0",
        "--keep-gemfile",
        "--index",
        "index",
    ]);
    assert_eq!(run.code, 3, "{}", run.out);
}

/// `ahead` of a status: outcome, steps and targets, as text.
fn ahead(folder: &Folder, args: &[&str]) -> String {
    let status = ["status", "--format", "json", "--as-of", "2026-08-19"];
    let run = folder.run(&[&status, args].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    let ahead = &document["ahead"];
    assert_eq!(ahead["index"], !args.is_empty());
    let targets = ahead["target"].as_object().unwrap().iter();
    let targets = targets.map(|(name, line)| format!(" {name} {}", line.as_str().unwrap()));
    format!(
        "{} {}:{}",
        ahead["outcome"].as_str().unwrap(),
        ahead["steps"],
        targets.collect::<String>()
    )
}

#[test]
fn status_counts_the_steps_in_which_the_others_take_part() {
    // A holder that the index does not know rules out what seems to be reached without it.
    let held = folder(HELD, &[("ffi", FFI)]);
    assert_eq!(
        [ahead(&held, &[]), ahead(&held, &["--index", "index"])],
        [
            "planned 5: karafka 2.6 karafka-web 1.0 waterdrop 2.10",
            "planned 4: karafka 2.5 karafka-web 0.11 waterdrop 2.8"
        ]
    );
    // One that may move lets more be reached.
    let events_kit = "---\n1.2.0 karafka:~> 2.3.0|checksum:a\n1.3.0 karafka:~> 2.4|checksum:a\n";
    let moving = folder(EVENTS, &[("events_kit", events_kit)]);
    assert_eq!(
        [ahead(&moving, &[]), ahead(&moving, &["--index", "index"])],
        [
            "planned 1: karafka 2.3 karafka-web 0.8 waterdrop 2.6",
            "planned 5: karafka 2.6 karafka-web 1.0 waterdrop 2.10"
        ]
    );
    let run = moving.run(&["status", "--as-of", "2026-08-19", "--index", "index"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.contains("`rungs plan --index`"), "{}", run.out);
    // What is installed and what is wrong is told as without an index, and checked alike.
    let table = |text: &str| {
        let mut parts = text.split("\n\n");
        let table = parts.find(|part| part.contains("  installed  in line"));
        table.unwrap().to_owned()
    };
    let plain = moving.run(&["status", "--as-of", "2026-08-19"]);
    assert_eq!(table(&plain.out), table(&run.out));
    let check = ["status", "--check", "--as-of", "2026-08-19"];
    for index in [&[][..], &["--index", "index"]] {
        assert_eq!(moving.run(&[&check[..], index].concat()).code, 1);
    }
    let run = folder(NEWEST, &[]).run(&[&check[..], &["--index", "index"]].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
}

#[test]
fn the_library_counts_the_same_steps() {
    use rungs::planner::{Planner, Request};
    use rungs::status::status;

    struct Texts;
    impl rungs::index::Infos for Texts {
        fn info(&mut self, name: &str) -> rungs::Result<Option<Vec<u8>>> {
            Ok((name == "ffi").then(|| FFI.into()))
        }
    }
    let catalog = rungs::catalog::Catalog::karafka().unwrap();
    let lockfile = rungs::lockfile::Lockfile::parse(HELD.as_bytes()).unwrap();
    let snapshot = rungs::lockfile::Snapshot::from_lockfile(&lockfile).unwrap();
    let request = Request::new();
    let planner = || Planner::new(&catalog, &snapshot);
    let alone = status(planner(), None, &request).unwrap();
    let (mut one, mut two) = (Texts, Texts);
    let all = status(planner().index(&mut one), None, &request).unwrap();
    let plan = planner().index(&mut two).plan(&request).unwrap();
    assert_eq!(all.ahead().steps(), plan.steps().len());
    assert_eq!(all.ahead().targets(), plan.targets());
    assert_ne!(all.ahead().targets(), alone.ahead().targets());
    assert_eq!(
        [alone.ahead().has_index(), all.ahead().has_index()],
        [false, true]
    );
    // The index's own failure is handed on.
    struct Broken;
    impl rungs::index::Infos for Broken {
        fn info(&mut self, _: &str) -> rungs::Result<Option<Vec<u8>>> {
            Err(rungs::Error::io("no disk"))
        }
    }
    let mut broken = Broken;
    let error = status(planner().index(&mut broken), None, &request).unwrap_err();
    assert_eq!(error.to_string(), "no disk");
}

#[test]
fn status_tells_of_a_damaged_index() {
    let world = folder(HELD, &[("ffi", "---\n1.17.2 |checksum:a\n1.17.3 x\n")]);
    let args = ["status", "--as-of", "2026-08-19", "--index", "index"];
    let run = world.run(&args);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let note = "note: 1 of the lines on ffi in the index could not be read: 3:8:";
    assert!(run.out.contains(note), "{}", run.out);
    // A folder that is no index is a failure.
    std::fs::create_dir(world.0.join("empty")).unwrap();
    for (index, message) in [
        (
            "empty",
            "rungs: empty is no compact index: expected a folder `info` in it, or folders of servers with \
             `info` and `versions`\n",
        ),
        ("none", "rungs: cannot read none: "),
        ("Gemfile.lock", "rungs: cannot read Gemfile.lock: "),
    ] {
        for check in [&["status"][..], &["status", "--check"]] {
            let run = world.run(&[check, &["--index", index]].concat());
            assert_eq!((run.code, run.out.as_str()), (2, ""));
            assert!(run.err.starts_with(message), "{}", run.err);
        }
    }
    let run = world.run(&["status", "--format", "json", "--index", "none"]);
    assert_eq!(run.code, 2);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(document["schema"], "rungs.error/1");
}

/// Each release of the family needs another gem that is too old in the index: every state has to be
/// learned by itself.
#[test]
fn a_question_with_too_many_states_that_do_not_resolve_is_given_up() {
    let (mut catalog, mut lockfile) = (String::new(), String::new());
    let mut infos: Vec<(String, String)> = Vec::new();
    catalog.push_str("format = 1\nname = \"w\"\nhorizon = 2026-01-01\n");
    let names: Vec<String> = (0..6).map(|at| format!("p{at}")).collect();
    catalog += &format!("order = {names:?}\n");
    for name in &names {
        catalog += &format!("[package.{name}]\nrole = \"stepped\"\nreleases = '''\n1.0.0 ?\n");
        for patch in 1..=100 {
            catalog += &format!("1.0.{patch} ? {name}x{patch} >= 2\n");
            infos.push((
                format!("{name}x{patch}"),
                "---\n1.0 |checksum:a\n".to_owned(),
            ));
        }
        catalog += "'''\n";
        lockfile += &format!("    {name} (1.0.0)\n");
    }
    let lockfile = format!(
        "GEM\n  remote: https://rubygems.org/\n  specs:\n{lockfile}\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  {}\n",
        names.join("\n  ")
    );
    let infos: Vec<(&str, &str)> = infos
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let folder = folder(&lockfile, &infos);
    std::fs::write(folder.0.join("w.toml"), catalog).unwrap();
    let args = [
        "plan",
        "--catalog",
        "w.toml",
        "--index",
        "index",
        "--to",
        "p0=>= 1.0.0",
    ];
    let run = folder.run(&args);
    assert_eq!(run.code, 5, "{}{}", run.out, run.err);
    let bound = "limit of 500 states that do not resolve";
    assert!(run.out.replace('\n', " ").contains(bound), "{}", run.out);
    // With four packages the bound is not met.
    let few = lockfile
        .replace("    p5 (1.0.0)\n", "")
        .replace("  p5\n", "")
        .replace("    p4 (1.0.0)\n", "")
        .replace("  p4\n", "");
    std::fs::write(folder.0.join("Gemfile.lock"), few).unwrap();
    let run = folder.run(&args);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn what_comes_from_git_asks_for_what_its_lockfile_says() {
    // The release 0.8.0 of karafka-web wants roda >= 3.69; this commit does not.
    let git = "GIT\n  remote: https://example.org/web.git\n  revision: 0123\n  specs:\n    \
               karafka-web (0.8.0)\n      karafka (>= 2.3.0, < 2.4.0)\n      roda (~> 3.50)\n\n\
               GEM\n  remote: https://rubygems.org/\n  specs:\n    karafka (2.3.0)\n    \
               karafka-core (2.3.0)\n    karafka-rdkafka (0.14.8)\n    roda (3.60.0)\n    \
               waterdrop (2.6.12)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  karafka\n  \
               karafka-web!\n\nRUBY VERSION\n   ruby 3.2.2\n";
    let roda = ("roda", "---\n3.60.0 |checksum:a\n3.76.0 |checksum:a\n");
    let folder = folder(git, &[roda]);
    for index in [&[][..], &["--index", "index"]] {
        let args = ["plan", "--to", "karafka=2.3", "--format", "json"];
        let run = folder.run(&[&args[..], index].concat());
        let document: Value = serde_json::from_str(&run.out).unwrap();
        let step = &document["steps"][0];
        // From 2.3.2 on karafka refuses to load with a Web UI below 0.8.2.
        assert_eq!(step["state"]["packages"]["karafka"], "2.3.1", "{}", run.out);
        let moves = step["also_moves"].as_array().into_iter().flatten();
        let gems: Vec<&str> = moves.map(|it| it["gem"].as_str().unwrap()).collect();
        assert!(!gems.contains(&"roda"), "{index:?} {gems:?}");
    }
}
