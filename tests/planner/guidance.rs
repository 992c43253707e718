//! The guidance of a step in made-up worlds: one for each condition that the embedded catalog does not tell apart.

use rungs::catalog::{Applies, Catalog, Source};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Collision, Plan, Step};
use rungs::planner::{Request, plan};
use rungs::{Scheme, Version};

/// A catalog of these packages, each with its role and its releases, and what comes with their steps.
fn world(packages: &[(&str, &str, &[&str])], guides: &[(&str, &str)]) -> Catalog {
    let names: Vec<&str> = packages.iter().map(|(name, ..)| *name).collect();
    let mut text = format!(
        "format = 1\nname = \"small\"\nscheme = \"rubygems\"\nhorizon = 2026-08-19\norder = {names:?}\n"
    );
    for (name, role, releases) in packages {
        let rows = releases.iter().map(|row| match row.split_once(' ') {
            Some((version, rest)) => format!("{version} 2021-01-01 {rest}\n"),
            None => format!("{row} 2021-01-01\n"),
        });
        let rows: String = rows.collect();
        text.push_str(&format!(
            "[package.{name}]\nrole = \"{role}\"\nreleases = '''\n{rows}'''\n"
        ));
    }
    let guides = guides.iter().map(|(holds, text)| {
        // Rules stand in files like that of the packages.
        let text = match *holds {
            "rules" => (*text).to_owned(),
            _ => format!("holds = \"{holds}\"\nformat = 1\n{text}"),
        };
        Source::new(format!("{holds}.toml"), text)
    });
    let mut sources = vec![Source::new("world.toml", text)];
    sources.extend(guides);
    Catalog::parse(sources).unwrap()
}

/// An action with what every one needs, and more.
fn action(id: &str, (package, since): (&str, &str), more: &str) -> String {
    let kind = match more.contains("kind = ") {
        true => "",
        false => "kind = \"recommendation\"\n",
    };
    let component = match more.contains("component = ") {
        true => "",
        false => "component = \"all\"\n",
    };
    format!(
        "[[action]]\nid = \"{id}\"\npackage = \"{package}\"\nsince = \"{since}\"\nseverity = \"info\"\n\
         phase = \"before\"\nsummary = \"Look at it.\"\nsource = \"Guides/A.md#look\"\n\
         {kind}{component}{more}\n"
    )
}

/// What is installed; a name with a `!` is asked for.
fn installed(packages: &[(&str, &str)]) -> Snapshot {
    packages
        .iter()
        .fold(Snapshot::new(), |snapshot, (name, version)| {
            let version = Version::parse(Scheme::RubyGems, version).unwrap();
            match name.strip_suffix('!') {
                Some(name) => snapshot.with(name, version).direct(name),
                None => snapshot.with(name, version),
            }
        })
}

fn planned(catalog: &Catalog, snapshot: &Snapshot) -> Plan {
    plan(catalog, snapshot, &Request::new()).unwrap()
}

fn applies(step: &Step, id: &str) -> Option<Applies> {
    let mut due = step.guidance().actions().iter();
    let due = due.find(|due| *due.action().id() == *id);
    due.map(|due| due.applies())
}

fn lines(step: &Step) -> Vec<String> {
    let lines = step.bundle().lines().iter();
    lines.map(ToString::to_string).collect()
}

fn temporary(step: &Step) -> Vec<&str> {
    let lines = step.bundle().lines().iter();
    let lines = lines.filter(|line| line.is_temporary());
    lines.map(|line| line.gem().as_str()).collect()
}

#[test]
fn only_an_action_that_applies_replaces_a_stage() {
    for (more, expected, is_given) in [
        ("", Applies::Yes, false),
        ("affects = \"Who has it.\"\n", Applies::Unknown, true),
    ] {
        let actions = action(
            "a-1.1-read",
            ("a", "1.1.0"),
            &format!("{more}stages = [\"read\"]"),
        );
        let stage = "[[stage]]\nid = \"read\"\nwhat = \"read all of it\"\nphase = \"before\"\n";
        let catalog = world(
            &[("a", "stepped", &["1.0.0", "1.1.0"])],
            &[("actions", &actions), ("rollout", stage)],
        );
        let plan = planned(&catalog, &installed(&[("a!", "1.0.0")]));
        let step = &plan.steps()[0];
        assert_eq!(applies(step, "a-1.1-read"), Some(expected));
        let phases = step.guidance().rollout().phases().into_iter();
        let mut tasks = phases.flat_map(|(_, tasks)| tasks);
        let given = tasks.any(|task| task.text() == "read all of it");
        assert_eq!(given, is_given, "{expected:?}");
    }
}

#[test]
fn a_release_out_of_reach_collides_where_the_plan_can_go() {
    let catalog = world(
        &[
            (
                "a",
                "stepped",
                &["1.0.0", "1.1.0", "1.1.1 b >= 2.0", "1.2.0 c >= 2.0"],
            ),
            ("b", "follower", &["1.0.0"]),
            ("c", "follower", &["1.0.0"]),
        ],
        &[],
    );
    let start = installed(&[("a!", "1.0.0"), ("b!", "1.0.0"), ("c!", "1.0.0")]);
    let request = Request::new().to(&catalog, "a=>= 1.1.1").unwrap();
    let plan = plan(&catalog, &start, &request).unwrap();
    let found = plan.causes().iter().flat_map(|cause| cause.collisions());
    let found: Vec<&Collision> = found.flatten().collect();
    let [Collision::Requires { version, on, .. }] = &found[..] else {
        panic!("{found:?} {:?}", plan.causes());
    };
    assert_eq!((version.as_str(), on.as_str()), ("1.1.1", "b"));
}

/// Bundler looks at the prereleases of a gem that was locked at one, and at no others.
#[test]
fn the_line_of_what_was_a_prerelease_is_its_own() {
    let normal = (installed(&[("a!", "1.0.0")]), r#"gem "a", "~> 1.1.0""#);
    let early = (installed(&[("a!", "1.1.0.rc1")]), r#"gem "a", "1.1.0""#);
    for order in [[&normal, &early], [&early, &normal]] {
        let releases = ["1.0.0", "1.1.0.rc1", "1.1.0", "1.1.1.rc1"];
        let catalog = world(&[("a", "stepped", &releases)], &[]);
        for (start, expected) in order {
            let plan = planned(&catalog, start);
            assert_eq!(lines(&plan.steps()[0]), [*expected]);
        }
    }
}

#[test]
fn no_temporary_line_outlives_its_step_where_the_gemfile_is_kept() {
    let releases = ["1.0.0 b >= 1.0", "1.1.0 b >= 1.0", "1.2.0 b >= 1.0"];
    let catalog = world(
        &[
            ("a", "stepped", &releases),
            ("b", "stepped", &["1.0.0", "1.1.0", "1.2.0", "1.3.0"]),
        ],
        &[],
    );
    let mut request = Request::new().to(&catalog, "b=1.2").unwrap();
    for is_kept in [false, true] {
        request.keep_gemfile = is_kept;
        let start = installed(&[("a!", "1.0.0"), ("b", "1.0.0")]);
        let plan = plan(&catalog, &start, &request).unwrap();
        assert!(plan.steps().iter().all(|step| temporary(step) == ["b"]));
        assert_eq!(plan.cleanup().is_empty(), is_kept);
    }
}

#[test]
fn what_has_a_temporary_line_alone_is_not_asked_for() {
    let catalog = world(&[("a", "stepped", &["1.0.0", "1.1.0"])], &[]);
    let start = installed(&[("a", "1.0.0")]);
    let is_kept = |start: &Snapshot| planned(&catalog, start).steps()[0].bundle().lines().len();
    assert_eq!(is_kept(&start), 1);
    assert_eq!(is_kept(&start.temporary("a")), 0);
}

#[test]
fn what_is_shown_follows_what_joins() {
    let actions = action("a-1.1-web", ("a", "1.1.0"), "component = \"web-ui\"\n")
        + &action("a-1.2-web", ("a", "1.2.0"), "component = \"web-ui\"\n");
    let rollout = "[[component]]\nname = \"web-ui\"\nwhat = \"what is seen\"\nshown_by = [\"b\"]\n";
    let catalog = world(
        &[
            ("a", "stepped", &["1.0.0", "1.1.0", "1.2.0 b >= 1.0"]),
            ("b", "follower", &["1.0.0"]),
        ],
        &[("actions", &actions), ("rollout", rollout)],
    );
    let plan = planned(&catalog, &installed(&[("a!", "1.0.0")]));
    let [before, after] = plan.steps() else {
        panic!("{:?}", plan.steps());
    };
    assert_eq!(applies(before, "a-1.1-web"), Some(Applies::No));
    assert_eq!(applies(after, "a-1.2-web"), Some(Applies::Yes));
}

/// Bundler does not look at prereleases of a gem because another requires one (`tests/bundler/early.rb`).
#[test]
fn a_prerelease_that_another_gem_names_needs_no_line() {
    for asked in [">= 1.0", ">= 1.0.a"] {
        let release = format!("1.1.0 b {asked}");
        let catalog = world(
            &[
                ("a", "stepped", &["1.0.0 b >= 1.0", &release]),
                (
                    "b",
                    "follower",
                    &["1.0.0", "1.1.0", "1.1.1.rc1", "1.2.0.rc1"],
                ),
            ],
            &[],
        );
        let plan = planned(&catalog, &installed(&[("a!", "1.0.0"), ("b", "1.0.0")]));
        assert_eq!(
            lines(&plan.steps()[0]),
            [r#"gem "a", "~> 1.1.0""#],
            "{asked}"
        );
        let plan = planned(&catalog, &installed(&[("a!", "1.0.0"), ("b!", "1.0.0")]));
        assert_eq!(
            lines(&plan.steps()[0])[1],
            r#"gem "b", "~> 1.1.0""#,
            "{asked}"
        );
    }
}

#[test]
fn a_withdrawn_release_that_stays_may_let_in_more() {
    let catalog = world(
        &[
            (
                "a",
                "stepped",
                &["1.0.0 b >= 0.9; c >= 1.0", "1.1.0 b >= 0.9; c >= 1.0"],
            ),
            (
                "b",
                "follower",
                &["0.9.0 c ~> 1.1.0", "1.0.0 [yanked] c >= 1.0"],
            ),
            ("c", "stepped", &["1.0.0", "1.1.0", "1.2.0"]),
        ],
        &[],
    );
    let start = installed(&[("a!", "1.0.0"), ("b", "1.0.0"), ("c", "1.0.0")]);
    let plan = planned(&catalog, &start);
    let step = &plan.steps()[0];
    assert_eq!(step.state().package("b").unwrap().as_str(), "1.0.0");
    assert_eq!(step.state().package("c").unwrap().as_str(), "1.1.0");
    assert_eq!(temporary(step), ["c"]);
}

#[test]
fn what_may_be_missing_keeps_nothing_back() {
    let catalog = world(
        &[
            (
                "a",
                "stepped",
                &["1.0.0 b >= 1.0; d >= 1.0", "1.1.0 b >= 1.0; d >= 1.0"],
            ),
            ("b", "follower", &["1.0.0", "1.1.0 c >= 1.0"]),
            ("c", "follower", &["1.0.0 d ~> 1.1.0"]),
            ("d", "follower", &["1.0.0", "1.1.0", "1.2.0"]),
        ],
        &[],
    );
    let start = [
        ("a!", "1.0.0"),
        ("b", "1.1.0"),
        ("c", "1.0.0"),
        ("d", "1.1.0"),
    ];
    let plan = planned(&catalog, &installed(&start));
    let step = &plan.steps()[0];
    assert_eq!(step.state().package("d").unwrap().as_str(), "1.1.0");
    // The first b needs no c, and then d is free.
    assert_eq!(temporary(step), ["d"]);
}

#[test]
fn facts_of_what_is_not_there_or_does_not_change_are_left_out() {
    let rollout = "[[signal]]\nsignal = \"a light\"\nlook_for = \"red\"\nshown_by = [\"b\"]\n\
        [[schema]]\nname = \"report\"\npackage = \"a\"\nreleases = [{ since = \"1.0.0\", version = \"1\" }, \
        { since = \"1.2.0\", version = \"2\" }]\n\
        [[expected_error]]\nerror = \"oops\"\nwhen = \"both run\"\nok_until = \"one runs\"\n\
        schemas = [\"report\"]\n";
    let catalog = world(
        &[
            ("a", "stepped", &["1.0.0", "1.1.0", "1.2.0"]),
            ("b", "follower", &["1.0.0"]),
        ],
        &[("rollout", rollout)],
    );
    let alone = planned(&catalog, &installed(&[("a!", "1.0.0")]));
    let both = planned(&catalog, &installed(&[("a!", "1.0.0"), ("b!", "1.0.0")]));
    for (plan, watched) in [(alone, 0), (both, 1)] {
        for (step, expected) in plan.steps().iter().zip([0, 2]) {
            let rollout = step.guidance().rollout();
            assert_eq!(rollout.watch().len(), watched);
            // The change of the schema, and the error.
            assert_eq!(rollout.expect().len(), expected, "{:?}", step.state());
        }
    }
}

#[test]
fn actions_that_differ_in_one_thing_are_judged_apart() {
    let dropped = "kind = \"dependency-dropped\"\n";
    let at = |versions: &str| {
        format!("condition = [{{ present = \"b\", versions = \"{versions}\" }}]\n")
    };
    let there = "condition = [{ present = \"b\" }]\n";
    let (yes, no, unknown) = (Applies::Yes, Applies::No, Applies::Unknown);
    let cases = [
        // b leaves: only what is dropped asks what was there before.
        (
            "",
            [(there.to_owned(), no), (format!("{dropped}{there}"), yes)],
        ),
        (
            "b >= 1.0",
            [
                (there.to_owned(), yes),
                (format!("{there}decides = false\n"), unknown),
            ],
        ),
        ("b >= 1.0", [(at(">= 1.0"), yes), (at(">= 2.0"), no)]),
    ];
    for (needs, [one, other]) in cases {
        for [one, other] in [[&one, &other], [&other, &one]] {
            let actions = action("a-1.1-first", ("a", "1.1.0"), &one.0)
                + &action("a-1.1-second", ("a", "1.1.0"), &other.0);
            let release = format!("1.1.0 {needs}");
            let catalog = world(
                &[
                    ("a", "stepped", &["1.0.0 b >= 1.0", release.trim()]),
                    ("b", "follower", &["1.0.0"]),
                ],
                &[("actions", &actions)],
            );
            let text = "GEM\n  remote: https://rubygems.org/\n  specs:\n    a (1.0.0)\n      b (>= 1.0)\n    \
                        b (1.0.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  a\n";
            let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
            let plan = planned(&catalog, &Snapshot::from_lockfile(&lockfile).unwrap());
            let step = &plan.steps()[0];
            assert_eq!(applies(step, "a-1.1-first"), Some(one.1), "{}", one.0);
            assert_eq!(applies(step, "a-1.1-second"), Some(other.1), "{}", other.0);
        }
    }
}

/// Of a release that the catalog does not know, the version says what lies ahead of it.
#[test]
fn from_an_unknown_release_only_what_is_passed_is_told() {
    let actions = action("a-1.0.1-look", ("a", "1.0.1"), "")
        + &action("a-1.1-look", ("a", "1.1.0"), "")
        + &action("a-1.2-look", ("a", "1.2.0"), "");
    let back = |since: &str| {
        format!(
            "[[rollback]]\nwhat = \"from {since} nothing leads back\"\ndocumented = true\n\
             entering = [{{ package = \"a\", since = \"{since}\" }}]\n"
        )
    };
    let catalog = world(
        &[("a", "stepped", &["1.0.0", "1.0.1", "1.1.0", "1.2.0"])],
        &[
            ("actions", &actions),
            // Not in their order.
            ("rollout", &["1.2.0", "1.0.1", "1.1.0"].map(back).concat()),
        ],
    );
    for start in ["1.0.1", "1.0.5"] {
        let plan = planned(&catalog, &installed(&[("a!", start)]));
        let [first, second] = plan.steps() else {
            panic!("{start}: {:?}", plan.steps());
        };
        for (step, since, id) in [
            (first, "1.1.0", "a-1.1-look"),
            (second, "1.2.0", "a-1.2-look"),
        ] {
            let told = step.guidance().rollout().rollback().into_iter();
            let told: Vec<_> = told.map(|it| it.what().to_owned()).collect();
            assert_eq!(
                told,
                [format!("from {since} nothing leads back")],
                "{start}"
            );
            let due = step.guidance().actions().iter();
            let due: Vec<_> = due.map(|due| due.action().id().to_owned()).collect();
            assert_eq!(due, [id], "{start}");
        }
    }
}

/// Code is changed where a line is entered; tests run after every step.
#[test]
fn a_step_within_a_line_has_the_stages_from_tests_on() {
    let stage = |phase: &str| {
        format!("[[stage]]\nid = \"{phase}\"\nwhat = \"do {phase}\"\nphase = \"{phase}\"\n")
    };
    let stages = ["code", "bundle", "test", "deploy", "monitor"].map(stage);
    let catalog = world(
        &[("a", "stepped", &["1.0.0", "1.0.1", "1.1.0"])],
        &[("rollout", &stages.concat())],
    );
    let told = |start: &str, to: &str| {
        let request = Request::new().to(&catalog, to).unwrap();
        let plan = plan(&catalog, &installed(&[("a!", start)]), &request).unwrap();
        let [step] = plan.steps() else {
            panic!("{:?}", plan.steps());
        };
        let phases = step.guidance().rollout().phases().into_iter();
        let tasks = phases.flat_map(|(_, tasks)| tasks);
        let tasks = tasks.map(|task| task.text().to_string());
        let told: Vec<String> = tasks.filter(|task| task.starts_with("do ")).collect();
        told
    };
    assert_eq!(told("1.0.0", "a=1.0"), ["do test", "do monitor"]);
    assert_eq!(told("1.0.1", "a=1.1"), ["do code", "do test", "do monitor"]);
}

#[test]
fn an_edition_goes_by_what_shows_it() {
    let actions = action("a-1.1-free", ("a", "1.1.0"), "edition = \"oss\"\n")
        + &action("a-1.1-paid", ("a", "1.1.0"), "edition = \"pro\"\n")
        + &action("a-1.1-all", ("a", "1.1.0"), "");
    let rollout = "[[edition]]\nedition = \"pro\"\nshown_by = [\"license\"]\n";
    let catalog = world(
        &[("a", "stepped", &["1.0.0", "1.1.0"])],
        &[("actions", &actions), ("rollout", rollout)],
    );
    let lockfile = |gems: &[&str]| {
        let specs: String = gems.iter().map(|gem| format!("    {gem}\n")).collect();
        let text = format!("GEM\n  specs:\n{specs}\nDEPENDENCIES\n  a\n");
        Snapshot::from_lockfile(&Lockfile::parse(text.as_bytes()).unwrap()).unwrap()
    };
    let (yes, no) = (Some(Applies::Yes), Some(Applies::No));
    for (start, expected) in [
        (lockfile(&["a (1.0.0)"]), [yes, no, yes]),
        (lockfile(&["a (1.0.0)", "license (1.0)"]), [no, yes, yes]),
        // A list of packages need not name every gem.
        (installed(&[("a!", "1.0.0")]), [yes, yes, yes]),
    ] {
        let plan = planned(&catalog, &start);
        let found =
            ["a-1.1-free", "a-1.1-paid", "a-1.1-all"].map(|id| applies(&plan.steps()[0], id));
        assert_eq!(found, expected);
    }
}

/// A release with a known defect is told of in each step that stands on it, and in no other.
#[test]
fn a_known_defect_is_told_where_a_state_has_it() {
    let defects = "[[defect]]\nid = \"b-is-slow\"\npackage = \"b\"\nversions = \">= 1.1, < 1.2\"\n\
                   affects = \"all\"\nwhy = \"it is slow\"\nsource = \"changelog#1.2.0\"\n";
    let catalog = world(
        &[
            (
                "a",
                "stepped",
                &["1.0.0 b = 1.0.0", "1.1.0 b = 1.1.0", "1.2.0 b = 1.2.0"],
            ),
            ("b", "follower", &["1.0.0", "1.1.0", "1.2.0"]),
        ],
        &[("rules", defects)],
    );
    let plan = planned(&catalog, &installed(&[("a!", "1.0.0"), ("b", "1.0.0")]));
    let told = plan.steps().iter().map(|step| {
        let rules = step.defects().iter().map(|it| it.rule().to_string());
        rules.collect::<Vec<_>>()
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told, [vec!["b-is-slow".to_owned()], Vec::new()]);
}
