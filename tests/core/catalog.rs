//! Catalogs: every problem with its words and place, what layers may override, and a made-up
//! family that plans as any other.

use crate::bakery::{FILES, HEAD, OVEN, RULES, TRAY};
use rungs::catalog::{Catalog, Source};
use rungs::lockfile::Snapshot;
use rungs::plan::{Outcome, Plan, StepKind};
use rungs::planner::{Request, plan};
use rungs::{ErrorCode, Requirement, Scheme, Version};

fn family() -> Vec<Source> {
    let files = FILES.iter();
    files
        .map(|(name, text)| Source::new(*name, *text))
        .collect()
}

fn opened() -> Catalog {
    Catalog::parse(family()).unwrap()
}

#[track_caller]
fn problems(sources: Vec<Source>) -> Vec<String> {
    let error = Catalog::parse(sources).expect_err("a problem");
    error.problems().map(ToString::to_string).collect()
}

/// The family with one text of one file replaced by another.
#[track_caller]
fn with(file: &str, old: &str, new: &str) -> Vec<Source> {
    let edit = |source: Source| {
        if source.name() != file {
            return source;
        }
        assert!(source.text().contains(old), "{file} has no {old:?}");
        Source::new(file, source.text().replacen(old, new, 1))
    };
    family().into_iter().map(edit).collect()
}

/// One change of the family, and the one problem that it makes.
#[track_caller]
fn refuses(file: &str, old: &str, new: &str, message: &str) {
    assert_eq!(problems(with(file, old, new)), [message]);
}

/// One change of the family that leaves other problems behind it.
#[track_caller]
fn refuses_too(file: &str, old: &str, new: &str, messages: [&str; 2]) {
    assert_eq!(problems(with(file, old, new)), messages);
}

fn overlay(text: &str) -> Result<Catalog, rungs::Error> {
    opened().overlay(vec![Source::new("mine.toml", text.to_owned())])
}

#[track_caller]
fn forbids(text: &str, message: &str) {
    let error = overlay(text).expect_err("a problem");
    let texts: Vec<_> = error.problems().map(ToString::to_string).collect();
    assert_eq!(texts, [message]);
    assert_eq!(error.code(), ErrorCode::ForbiddenOverride);
}

#[test]
fn problems_of_the_head() {
    refuses(
        "head.toml",
        "format = 1",
        "format = 2",
        "head.toml:1:10: unknown format: expected 1",
    );
    refuses(
        "head.toml",
        "format = 1",
        "fromat = 1",
        "head.toml:1:1: unknown key \"fromat\" of a catalog: expected format, name, extends, \
         scheme, horizon, order, package, property, blocked, gate, bridge, requires, conflict, \
         defect, discontinued, risk, skew",
    );
    let lacks =
        "head.toml:1:1: the catalog lacks name or horizon: expected both in one of its files";
    refuses_too(
        "head.toml",
        "\"bakery\"",
        "\"ba kery\"",
        [
            lacks,
            "head.toml:2:8: \"ba kery\" is not a name: ' ' cannot stand in one",
        ],
    );
    refuses_too(
        "head.toml",
        "2026-01-01",
        "\"2026-02-30\"",
        [
            lacks,
            "head.toml:3:11: \"2026-02-30\" is not a date: expected YYYY-MM-DD",
        ],
    );
    refuses_too(
        "head.toml",
        "\"bakery\"",
        "1",
        [lacks, "head.toml:2:8: name is not a text"],
    );
    refuses(
        "head.toml",
        "name = \"bakery\"\n",
        "",
        "head.toml:1:1: the catalog lacks name or horizon: expected both in one of its files",
    );
    refuses(
        "head.toml",
        "[\"oven\", \"tray\"]",
        "[\"oven\", \"tray\", \"cup\"]",
        "head.toml:4:26: no package cup in this catalog",
    );
    refuses(
        "head.toml",
        "\"tray\"]",
        "\"tray\", \"oven\"]",
        "head.toml:4:26: oven is in the order already",
    );
    refuses(
        "head.toml",
        "\"tray\"]",
        "\"tray\", \"clay\"]",
        "head.toml:4:26: clay is a runtime and has no place in the order",
    );
    refuses_too(
        "head.toml",
        "[\"oven\", \"tray\"]",
        "[\"oven\"]",
        [
            "tray.toml:1:10: package tray is missing in the order",
            "rules.toml:21:9: rule oven-4.0-tray-2.1: no package tray in this catalog",
        ],
    );
    refuses(
        "head.toml",
        "\"tray\"]",
        "\"tray\", 1]",
        "head.toml:4:26: order is not a list of texts",
    );
    refuses(
        "tray.toml",
        "[package.tray]",
        "scheme = \"semver\"\n[package.tray]",
        "tray.toml:1:10: scheme semver comes too late: what comes before it was read as rubygems",
    );
    assert_eq!(
        problems(with("head.toml", "name", "scheme = \"pep440\"\nname")).len(),
        1
    );
}

#[test]
fn problems_of_a_package() {
    refuses(
        "tray.toml",
        "role = ",
        "rule = 1\nrole = ",
        "tray.toml:2:1: unknown key \"rule\" of a package: expected role, about, changelog, \
         one_line_at_a_time, early, no_way_back, replaced_by, moves, alone, lockstep, command, instruction, lines, releases, edges",
    );
    refuses(
        "tray.toml",
        "\"follower\"",
        "\"dancer\"",
        "tray.toml:2:8: unknown role \"dancer\": expected stepped, follower, lazy or runtime",
    );
    refuses(
        "tray.toml",
        "role = \"follower\"\n",
        "",
        "tray.toml:1:10: package tray has no role: expected stepped, follower, lazy or runtime",
    );
    refuses(
        "clay.toml",
        "role",
        "one_line_at_a_time = 1\nrole",
        "clay.toml:2:22: expected true or false",
    );
    let twice = [family(), vec![Source::new("again.toml", TRAY)]].concat();
    assert_eq!(
        problems(twice),
        ["again.toml:1:10: package tray is described twice"]
    );
}

#[test]
fn problems_of_releases() {
    let cases = [
        (
            "1.5.0  2022-01-01",
            "1..5  2022-01-01",
            "tray.toml:5:1: \"1..5\" is not a rubygems version: expected numbers and words with \
             single dots between them, a number first",
        ),
        (
            "2022-01-01",
            "2022-02-29",
            "tray.toml:5:8: \"2022-02-29\" is not a date: expected YYYY-MM-DD",
        ),
        (
            "1.5.0  2022-01-01",
            "1.5.0",
            "tray.toml:5:6: expected a date, or ? for an unknown one",
        ),
        (
            "flour >= 1",
            "flour => 1",
            "tray.toml:6:20: \"=> 1\" is not a rubygems requirement: expected one of = != > < >= \
             <= ~> and a version",
        ),
        (
            "flour >= 1",
            "salt > 0; fl%ur >= 1",
            "tray.toml:6:30: \"fl%ur\" is not a name: '%' cannot stand in one",
        ),
        (
            "flour",
            "[withdrawn flour",
            "tray.toml:6:20: expected a ']' that ends the marks",
        ),
        ("1.5.0", "1.0", "tray.toml:5:1: tray 1.0 occurs twice"),
    ];
    for (old, new, message) in cases {
        refuses("tray.toml", old, new, message);
    }
    let basic = Source::new("tray.toml", TRAY.replace("'''", "\"\"\""));
    let mut files = family();
    files[2] = basic;
    assert_eq!(
        problems(files),
        ["tray.toml:3:12: releases is not a block: expected '''"]
    );
}

#[test]
fn the_same_problem_is_told_at_each_of_its_places() {
    assert_eq!(
        problems(vec![
            Source::new("head.toml", HEAD.replace("\"oven\", ", "")),
            Source::new(
                "tray.toml",
                "[package.tray]\nrole = \"follower\"\nreleases = '''\n1.0 ? a => 1\n1.1 ? a => 1\n'''\n",
            ),
        ]),
        [
            "tray.toml:4:7: \"=> 1\" is not a rubygems requirement: expected one of = != > < >= \
             <= ~> and a version",
            "tray.toml:5:7: \"=> 1\" is not a rubygems requirement: expected one of = != > < >= \
             <= ~> and a version",
        ]
    );
}

#[test]
fn problems_of_lines() {
    let line = "4.0  2025-04-01  active";
    let cases = [
        (
            "4.0",
            "oven.toml:5:4: expected a date, or ? for an unknown one",
        ),
        ("4.0  ?", "oven.toml:5:7: expected the status of the line"),
        (
            "4.0  ?  old",
            "oven.toml:5:9: unknown status \"old\": expected active, maintenance, eol or preview",
        ),
        (
            "4.0  ?  eol  2025-01-01",
            "oven.toml:5:9: expected the status before `eol 2025-01-01`: active, maintenance, eol or preview",
        ),
        (
            "4.0  ?  eol  eol 2025-13-01",
            "oven.toml:5:18: \"2025-13-01\" is not a date: expected YYYY-MM-DD",
        ),
        (
            "4.0  ?  eol  eol 2025-12-01 x",
            "oven.toml:5:29: expected the end of the line",
        ),
        (
            "9.0  ?  active",
            "oven.toml:5:1: line \"9.0\" of oven has no release",
        ),
    ];
    for (new, message) in cases {
        refuses("oven.toml", line, new, message);
    }
}

#[test]
fn problems_of_rules() {
    let cases = [
        (
            "why = \"2.0",
            "where = 1\nwhy = \"2.0",
            "rules.toml:6:1: unknown key \"where\" of a gate: expected id, package, force, why, \
             source, inferred, level, evidence, if, from, enter, wait, check",
        ),
        (
            "from = \">= 1.1.5\"\n",
            "",
            "rules.toml:1:1: gate oven-2.0-gate-1.1.5 lacks from",
        ),
        (
            "id = \"oven-2.0-gate-1.1.5\"\n",
            "",
            "rules.toml:1:1: this gate lacks id",
        ),
        (
            "\"should\"",
            "\"may\"",
            "rules.toml:23:9: unknown force \"may\": expected must or should",
        ),
        (
            "package = \"oven\"",
            "package = \"cup\"",
            "rules.toml:3:11: rule oven-2.0-gate-1.1.5: no package cup in this catalog",
        ),
        (
            "needs = \"tray\"",
            "needs = \"cup\"",
            "rules.toml:21:9: rule oven-4.0-tray-2.1: no package cup in this catalog",
        ),
        (
            "enter = \"2.0\"",
            "enter = \"2.5\"",
            "rules.toml:4:9: rule oven-2.0-gate-1.1.5: oven has no line \"2.5\"",
        ),
        (
            "from = \"2.0\"",
            "from = \"2.5\"",
            "rules.toml:12:8: rule oven-2.0-to-4.0: oven has no line \"2.5\"",
        ),
        (
            "to = [\"4.0\"]",
            "to = [\"1.1\"]",
            "rules.toml:13:7: bridge oven-2.0-to-4.0 leads back to 1.1",
        ),
        (
            "to = [\"4.0\"]",
            "to = \"4.0\"",
            "rules.toml:13:6: to is not a list of texts",
        ),
        (
            "from = \">= 1.1.5\"",
            "from = \">= 2.0\"",
            "rules.toml:2:6: gate oven-2.0-gate-1.1.5 can never open: no release of oven below \
             line 2.0 is >= 2.0, so one would have to pass the gate to be let through it",
        ),
        (
            "from = \">= 1.1.5\"",
            "from = \">> 1.1.5\"",
            "rules.toml:5:8: \">> 1.1.5\" is not a rubygems requirement: expected one of = != > < \
             >= <= ~> and a version",
        ),
        (
            "id = \"oven-2.0-to-4.0\"",
            "id = \"oven-2.0-gate-1.1.5\"",
            "rules.toml:10:6: the id oven-2.0-gate-1.1.5 is given twice",
        ),
    ];
    for (old, new, message) in cases {
        refuses("rules.toml", old, new, message);
    }
    let mut files = family();
    let gate = "[[gate]]\nid = \"clay-first\"\npackage = \"clay\"\nfrom = \"newest-of-line\"\n\
                why = \"so\"\nsource = \"me\"\n";
    files.push(Source::new("more.toml", gate));
    assert_eq!(
        problems(files),
        ["more.toml:2:6: gate clay-first is about a runtime"]
    );
    refuses(
        "oven.toml",
        "\"stepped\"",
        "\"follower\"",
        "rules.toml:10:6: bridge oven-2.0-to-4.0 is of a package that is not stepped",
    );
}

#[test]
fn what_is_not_toml_and_what_is_too_large() {
    let texts = problems(with(
        "tray.toml",
        "role = \"follower\"",
        "role = \"follower",
    ));
    assert_eq!(
        texts[1],
        "tray.toml:2:17: this is not TOML: invalid basic string, expected `\"`"
    );
    // After a block, too, the place is that of the file.
    let texts = problems(with(
        "tray.toml",
        "2.1.0  ?\n'''",
        "2.1.0  ?\n'''\nchangelog =",
    ));
    assert!(texts[1].starts_with("tray.toml:9:"), "{texts:?}");
    let texts = problems(with("tray.toml", "2.1.0  ?", "2.1.0\u{1}  ?"));
    assert!(
        texts[1].starts_with("tray.toml:7:6: this is not TOML"),
        "{texts:?}"
    );

    let large = "#".repeat(Source::MAX_BYTES + 1);
    let error = Catalog::parse(vec![Source::new("big.toml", large)]).expect_err("too large");
    assert_eq!(
        error.to_string(),
        "big.toml:1:1: the file has 8388609 bytes: expected at most 8388608"
    );
    assert_eq!(error.code(), ErrorCode::TooLarge);
    let error = Catalog::parse(Vec::new()).expect_err("nothing");
    assert_eq!(
        error.to_string(),
        "the catalog lacks name or horizon: expected both in one of its files"
    );
}

#[test]
fn all_problems_of_all_files_are_told_in_order() {
    let mut files = family();
    files[1] = Source::new(
        "oven.toml",
        OVEN.replace("1.1.0  2021", "1.1.0  21")
            .replace("stepped", "dancer"),
    );
    files[0] = Source::new("head.toml", HEAD.replace("format = 1", "format = 7"));
    files[4] = Source::new("rules.toml", RULES.replace("\"4.0\"", "\"4.7\""));
    assert_eq!(
        problems(files),
        [
            "head.toml:1:10: unknown format: expected 1",
            "oven.toml:2:8: unknown role \"dancer\": expected stepped, follower, lazy or runtime",
            "oven.toml:10:8: \"21-01-01\" is not a date: expected YYYY-MM-DD",
            "rules.toml:13:7: rule oven-2.0-to-4.0: oven has no line \"4.7\"",
        ]
    );
}

#[test]
fn blocks_read_the_same_with_line_ends_of_windows() {
    let plain = opened();
    let windows = family()
        .iter()
        .map(|it| Source::new(it.name(), it.text().replace('\n', "\r\n")))
        .collect();
    let windows = Catalog::parse(windows).unwrap();
    for (one, other) in plain.packages().iter().zip(windows.packages()) {
        assert_eq!(one.releases().len(), other.releases().len());
        for (one, other) in one.releases().iter().zip(other.releases()) {
            assert_eq!(one.version(), other.version());
            assert_eq!(one.requirements().len(), other.requirements().len());
        }
    }
}

#[test]
fn an_overlay_may_not_override_these() {
    forbids(
        "horizon = 2025-01-01\n",
        "mine.toml:1:11: the horizon of a catalog cannot move back",
    );
    forbids(
        "[package.tray]\nrole = \"stepped\"\n",
        "mine.toml:2:8: the role of tray cannot be changed",
    );
    let rule = |kind: &str, id: &str, package: &str, rest: &str| {
        format!(
            "[[{kind}]]\nid = \"{id}\"\npackage = \"{package}\"\nwhy = \"so\"\nsource = \"me\"\n{rest}\n"
        )
    };
    forbids(
        &rule(
            "gate",
            "oven-2.0-gate-1.1.5",
            "oven",
            "from = \"newest-of-line\"\nforce = \"should\"",
        ),
        "mine.toml:2:6: rule oven-2.0-gate-1.1.5 is a must and stays one",
    );
    forbids(
        &rule(
            "blocked",
            "oven-2.0-gate-1.1.5",
            "oven",
            "versions = \"= 2.0.0\"",
        ),
        "mine.toml:2:6: rule oven-2.0-gate-1.1.5 is of another kind or package",
    );
    forbids(
        &rule(
            "gate",
            "oven-2.0-gate-1.1.5",
            "tray",
            "from = \"newest-of-line\"",
        ),
        "mine.toml:2:6: rule oven-2.0-gate-1.1.5 is of another kind or package",
    );
}

#[test]
fn an_overlay_may_override_these() {
    let over = overlay(
        r#"extends = "bakery"
horizon = 2026-02-02
order = ["cup"]

[package.cup]
role = "follower"
releases = '''
0.1.0  2026-01-05  oven >= 3
'''

[package.oven]
about = "our oven"
lines = '''
4.0  2025-04-01  eol  eol 2026-01-31
5.0  ?           preview
'''
releases = '''
5.0.0  2026-02-01  clay >= 2.0
4.0.0  2025-04-02  [patched here] clay >= 2.0; tray ~> 2.1
'''

[[requires]]
id = "oven-4.0-tray-2.1"
package = "oven"
versions = ">= 5.0"
needs = "tray"
requirement = ">= 2.1"
force = "must"
why = "older trays warp badly"
source = "me"

[[blocked]]
id = "tray-2.0.0-warps"
package = "tray"
versions = "= 2.0.0"
why = "it warps"
source = "me"
"#,
    )
    .unwrap();
    assert_eq!(over.name().as_str(), "bakery");
    assert_eq!(over.horizon().to_string(), "2026-02-02");
    let names: Vec<_> = over
        .packages()
        .iter()
        .map(|it| it.name().as_str())
        .collect();
    assert_eq!(names, ["oven", "tray", "cup", "clay"]);
    let oven = over.package("oven").unwrap();
    assert_eq!(oven.about(), "our oven");
    let versions: Vec<_> = oven
        .releases()
        .iter()
        .map(|it| it.version().as_str())
        .collect();
    assert_eq!(
        versions,
        [
            "1.0.0", "1.1.0", "1.1.5", "2.0.0", "3.0.0", "4.0.0", "4.0.1", "5.0.0"
        ]
    );
    let replaced = &oven.releases()[5];
    assert_eq!(replaced.date().unwrap().to_string(), "2025-04-02");
    assert_eq!(replaced.marks(), ["patched here"]);
    assert_eq!(
        replaced.requirements()[1].requirement().to_string(),
        "~> 2.1"
    );
    assert!(oven.releases()[6].is_yanked() && oven.releases()[6].marks().len() == 2);
    let support = |name: &str| {
        let line = oven
            .lines()
            .iter()
            .find(|line| line.name() == name)
            .unwrap();
        line.support().map(|support| support.status().name())
    };
    assert_eq!(support("4.0"), Some("eol"));
    assert_eq!(support("5.0"), Some("preview"));
    assert_eq!(support("1.1"), Some("eol"), "1.x speaks for it");
    assert_eq!(support("2.0"), None);
    let rule = over
        .rules()
        .iter()
        .find(|it| it.id().as_str() == "oven-4.0-tray-2.1");
    assert_eq!(rule.unwrap().force().name(), "must");
    assert_eq!(over.rules().len(), 4);
    let tray = over.package("tray").unwrap();
    let blocked: Vec<_> = tray.releases().iter().map(|it| it.is_blocked()).collect();
    assert_eq!(blocked, [false, false, true, false]);
    // What lies below is as it was.
    assert!(!opened().package("tray").unwrap().releases()[2].is_blocked());
    assert_ne!(over.digest(), opened().digest());
}

#[test]
fn rules_block_the_releases_that_their_requirement_admits() {
    for versions in [
        "= 1.5.0",
        "!= 1.5.0",
        "> 1.0",
        "< 2.0",
        ">= 1.5",
        "<= 1.5",
        "~> 1.0",
        "> 1, != 2, <= 3",
        "< 1",
        "> 2, < 1",
        "!= 9",
    ] {
        let text = format!(
            "[[blocked]]\nid = \"b\"\npackage = \"tray\"\nversions = \"{versions}\"\nwhy = \"so\"\n\
             source = \"me\"\n"
        );
        let over = overlay(&text).unwrap();
        let wanted = Requirement::parse(Scheme::RubyGems, versions).unwrap();
        for release in over.package("tray").unwrap().releases() {
            let version = release.version();
            assert_eq!(
                release.is_blocked(),
                wanted.matches(version),
                "{versions}: {version}"
            );
        }
    }
}

/// Versions of packages, a runtime, all direct.
fn installed(packages: &[(&str, &str)], runtime: (&str, &str)) -> Snapshot {
    let start = Snapshot::new().with_runtime(runtime.0, runtime.1);
    packages.iter().fold(start, |snapshot, (name, version)| {
        let version = Version::parse(Scheme::RubyGems, version).unwrap();
        snapshot.with(name, version).direct(name)
    })
}

/// Kind and full state of each step: `packages oven=2.0.0 tray=1.5.0 clay=1.0`.
fn way(plan: &Plan) -> Vec<String> {
    let steps = plan.steps().iter();
    steps
        .map(|step| {
            let kind = match step.kind() {
                StepKind::Runtime => "runtime",
                _ => "packages",
            };
            let packages = step.state().packages().iter();
            let packages = packages.map(|(name, version)| format!(" {name}={version}"));
            let runtimes = step.state().runtimes().iter();
            let runtimes = runtimes.map(|(name, version)| format!(" {name}={version}"));
            format!("{kind}{}", packages.chain(runtimes).collect::<String>())
        })
        .collect()
}

fn bake(catalog: &Catalog, names: [&str; 3]) -> Plan {
    let [oven, tray, clay] = names;
    let snapshot = installed(&[(oven, "1.0.0"), (tray, "1.0.0")], (clay, "1.0"));
    let request = Request::new().to(catalog, &format!("{oven}=4.0")).unwrap();
    plan(catalog, &snapshot, &request).unwrap()
}

#[test]
fn a_made_up_family_plans_with_gate_bridge_and_runtime() {
    let catalog = opened();
    let found = bake(&catalog, ["oven", "tray", "clay"]);
    assert_eq!(found.outcome(), Outcome::Planned);
    assert_eq!(
        way(&found),
        [
            // The gate of 2.0 wants 1.1.5; 1.1.0 would not do.
            "packages oven=1.1.5 tray=1.5.0 clay=1.0",
            "packages oven=2.0.0 tray=1.5.0 clay=1.0",
            "runtime oven=2.0.0 tray=1.5.0 clay=2.0",
            // The bridge passes over 3.0; 4.0.1 is withdrawn.
            "packages oven=4.0.0 tray=2.1.0 clay=2.0",
        ]
    );
    // Without the bridge there is one step more.
    let mut files = family();
    let (gate, rest) = RULES.split_once("[[bridge]]").unwrap();
    let requires = rest.split_once("[[requires]]").unwrap().1;
    files[4] = Source::new("rules.toml", format!("{gate}[[requires]]{requires}"));
    let longer = bake(&Catalog::parse(files).unwrap(), ["oven", "tray", "clay"]);
    assert_eq!(longer.steps().len(), found.steps().len() + 1);
}

#[test]
fn names_mean_nothing_to_the_plan() {
    // Other names, even in another order of the alphabet; the catalog's order is kept.
    let renamed = |text: &str| {
        text.replace("oven", "zebra")
            .replace("tray", "ant")
            .replace("clay", "moss")
    };
    let files = FILES.iter();
    let files = files.map(|(name, text)| Source::new(*name, renamed(text)));
    let other = Catalog::parse(files.collect()).unwrap();
    let one = bake(&opened(), ["oven", "tray", "clay"]);
    let two = bake(&other, ["zebra", "ant", "moss"]);
    // Installed packages are listed by name in the state; compare them as sets.
    let words = |way: Vec<String>| -> Vec<Vec<String>> {
        let sorted = |step: String| {
            let mut words: Vec<String> = step.split(' ').map(str::to_owned).collect();
            words.sort();
            words
        };
        way.into_iter().map(sorted).collect()
    };
    assert_eq!(
        words(way(&one).iter().map(|step| renamed(step)).collect()),
        words(way(&two))
    );
}

#[test]
fn a_package_that_nobody_has_changes_nothing() {
    let more = overlay(
        r#"order = ["cup"]
[package.cup]
role = "stepped"
releases = '''
1.0.0  2020-01-01  oven < 2; clay < 2
2.0.0  2020-02-01
'''
"#,
    )
    .unwrap();
    let names = ["oven", "tray", "clay"];
    assert_eq!(way(&bake(&more, names)), way(&bake(&opened(), names)));
}

#[test]
fn a_gem_of_ones_own_over_the_embedded_catalog() {
    let text = r#"extends = "karafka"
order = ["my_gem"]

[package.my_gem]
role = "stepped"
about = "ours"
lines = '''
1.1  2026-08-01  active
'''
releases = '''
1.0.0  2024-02-01  karafka ~> 2.3.0
1.1.0  2026-08-10  karafka >= 2.4, < 2.7
'''
"#;
    let source = Source::new("my_gem.toml", text);
    assert!(Catalog::extends(&source));
    let catalog = Catalog::karafka().unwrap().overlay(vec![source]).unwrap();
    let own = catalog.package("my_gem").unwrap();
    assert_eq!(own.lines().len(), 2);
    let wanted = Requirement::parse(Scheme::RubyGems, ">= 2.4, < 2.7").unwrap();
    assert_eq!(*own.releases()[1].requirements()[0].requirement(), wanted);

    let start = [
        ("karafka", "2.3.4"),
        ("karafka-core", "2.3.0"),
        ("waterdrop", "2.6.14"),
        ("karafka-rdkafka", "0.14.10"),
        ("my_gem", "1.0.0"),
    ];
    let snapshot = installed(&start, ("ruby", "3.2"));
    let request = Request::new().to(&catalog, "karafka=2.4").unwrap();
    let found = plan(&catalog, &snapshot, &request).unwrap();
    assert_eq!(found.outcome(), Outcome::Planned);
    let last = found.steps().last().unwrap().state();
    assert_eq!(last.package("karafka").unwrap().line(), "2.4");
    assert_eq!(last.package("my_gem").unwrap().as_str(), "1.1.0");
    for step in found.steps() {
        let line = step.state().package("karafka").unwrap().line();
        let own = step.state().package("my_gem").unwrap().as_str();
        assert_eq!(own == "1.0.0", line == "2.3", "{:?}", step.state());
    }
}

/// The examples of rules and properties in docs/catalog.md, as a layer over the embedded catalog; each
/// kind of rule has a row.
#[test]
fn the_rules_of_the_documentation_are_read() {
    let docs = include_str!("../../docs/catalog.md");
    let (_, rules) = docs.split_once("\n## Rules\n").unwrap();
    let (rules, _) = rules.split_once("\n## Actions\n").unwrap();
    let mut layer = "format = 1\nextends = \"karafka\"\n".to_owned();
    let mut blocks = 0;
    for block in rules.split("```toml\n").skip(1) {
        layer.push_str(block.split("```").next().unwrap());
        blocks += 1;
    }
    assert_eq!(blocks, 3);
    let catalog = Catalog::karafka().unwrap();
    let layered = catalog.overlay(vec![Source::new("docs.toml", layer)]);
    let layered = layered.unwrap_or_else(|error| panic!("{error}"));
    // They are the catalog's own rules, so none is new.
    assert_eq!(layered.rules().len(), catalog.rules().len());
    let wrong = with("head.toml", "format = 1", "format = 1\nfromat = 1");
    let problem = problems(wrong).remove(0);
    let (_, kinds) = problem.split_once("package, property, ").unwrap();
    for kind in kinds.split(", ") {
        assert!(rules.contains(&format!("\n| `[[{kind}]]` |")), "{kind}");
    }
}
