//! Catalogs that are joined: the embedded one and a small one beside it, one question over both.

use rungs::catalog::{Catalog, Role, Source};
use rungs::lockfile::Snapshot;
use rungs::plan::{Outcome, Plan};
use rungs::planner::{Request, plan};
use rungs::{Error, ErrorCode, Scheme, Version};

const BAKERY: &str = r#"format = 1
name = "bakery"
horizon = 2026-01-15
order = ["oven", "waterdrop", "tray"]

[package.oven]
role = "stepped"
releases = '''
1.0.0  2020-01-01  tray ~> 1.0
1.1.0  2021-01-01  tray ~> 1.0; ruby >= 3.0
2.0.0  2022-01-01  tray ~> 2.0; waterdrop >= 2.7
'''

[package.tray]
role = "follower"
releases = '''
1.0.0  2020-01-01
2.0.0  2021-01-01
'''

[package.waterdrop]
role = "stepped"
releases = '''
2.99.0  2025-12-01
'''

[package.ruby]
role = "runtime"
releases = '''
9.9.0  2025-12-01
'''
"#;

const ROLLOUT: &str = r#"holds = "rollout"
format = 1

[[component]]
name = "ovens"
what = "what bakes"
shown_by = ["oven"]

[[component]]
name = "consumers"
what = "who eats"

[[order]]
component = "ovens"
wait_until = "the oven is hot"

[[signal]]
signal = "smoke over the oven"
look_for = "a fire"

[[link]]
source = "page"
url = "https://bakery.example/{page}"
"#;

const ACTIONS: &str = r#"holds = "actions"
format = 1

[[action]]
id = "oven-2.0-clean"
package = "oven"
since = "2.0.0"
kind = "recommendation"
severity = "info"
phase = "before"
component = "all"
summary = "The oven wants to be clean."
source = "Guides/Oven.md#clean"
"#;

fn bakery() -> Vec<Source> {
    vec![
        Source::new("bakery.toml", BAKERY),
        Source::new("bakery-rollout.toml", ROLLOUT),
        Source::new("bakery-actions.toml", ACTIONS),
    ]
}

fn joined() -> Catalog {
    Catalog::karafka().unwrap().overlay(bakery()).unwrap()
}

fn names(catalog: &Catalog, role: impl Fn(Role) -> bool) -> Vec<&str> {
    let packages = catalog.packages().iter().filter(|it| role(it.role()));
    packages.map(|it| it.name().as_str()).collect()
}

fn release_count(catalog: &Catalog, package: &str) -> usize {
    catalog.package(package).unwrap().releases().len()
}

fn snapshot(packages: &[(&str, &str)]) -> Snapshot {
    let start = Snapshot::new().with_runtime("ruby", "3.2");
    packages.iter().fold(start, |snapshot, (name, version)| {
        let version = Version::parse(Scheme::RubyGems, version).unwrap();
        snapshot.with(name, version).direct(name)
    })
}

#[test]
fn both_are_in_one_catalog_in_the_order_in_which_they_are_named() {
    let (karafka, bakery) = (
        Catalog::karafka().unwrap(),
        Catalog::parse(bakery()).unwrap(),
    );
    let both = joined();
    assert_eq!(both.name().as_str(), "karafka-bakery");
    assert_eq!(both.horizon(), bakery.horizon().min(karafka.horizon()));
    let is_runtime = |role| role == Role::Runtime;
    let mut order = names(&karafka, |role| !is_runtime(role));
    order.extend(["oven", "tray"]);
    assert_eq!(names(&both, |role| !is_runtime(role)), order);
    assert_eq!(names(&both, is_runtime), ["ruby"]);
    assert_eq!(both.rules().len(), karafka.rules().len());

    let other_way = bakery.overlay(Catalog::karafka_sources()).unwrap();
    assert_eq!(other_way.name().as_str(), "bakery-karafka");
    assert_eq!(names(&other_way, is_runtime), ["ruby"]);
    let order = names(&other_way, |role| !is_runtime(role));
    assert_eq!(order[..4], ["oven", "waterdrop", "tray", "karafka"]);
}

#[test]
fn what_both_have_has_the_releases_of_both() {
    let (karafka, both) = (Catalog::karafka().unwrap(), joined());
    for package in ["ruby", "waterdrop"] {
        let own = release_count(&karafka, package);
        assert_eq!(release_count(&both, package), own + 1, "{package}");
    }
    // Equal versions are one release: the later catalog's.
    let text = "[package.ruby]\nrole = \"runtime\"\nreleases = '''\n3.2.0  ?  [ours]\n'''\n";
    let head = "format = 1\nname = \"other\"\nhorizon = 2026-01-01\n";
    let both = karafka.overlay(vec![Source::new("o.toml", format!("{head}{text}"))]);
    let both = both.unwrap();
    let ruby = both.package("ruby").unwrap();
    assert_eq!(ruby.releases().len(), release_count(&karafka, "ruby"));
    let mut releases = ruby.releases().iter();
    let ours = releases
        .find(|it| it.version().as_str() == "3.2.0")
        .unwrap();
    assert_eq!(ours.marks(), ["ours"]);
    assert_eq!(ours.date(), None);

    // A package is not stepped here and a follower there.
    let text = BAKERY.replace(
        "[package.waterdrop]\nrole = \"stepped\"",
        "[package.waterdrop]\nrole = \"follower\"",
    );
    let error: Error = karafka
        .overlay(vec![Source::new("b.toml", text)])
        .unwrap_err();
    let last = error.problems().last().unwrap();
    assert_eq!(
        last.to_string(),
        "b.toml:22:8: the role of waterdrop cannot be changed"
    );
    assert_eq!(last.code(), ErrorCode::ForbiddenOverride);
}

fn planned(catalog: &Catalog, start: &Snapshot, targets: &[&str]) -> Plan {
    let mut request = Request::new();
    for target in targets {
        request = request.to(catalog, target).unwrap();
    }
    plan(catalog, start, &request).unwrap()
}

#[test]
fn one_question_is_about_packages_of_both() {
    let start = snapshot(&[
        ("waterdrop", "2.6.14"),
        ("karafka-core", "2.4.0"),
        ("oven", "1.1.0"),
        ("tray", "1.0.0"),
    ]);
    let path = |plan: &Plan, package: &str| -> Vec<String> {
        assert_eq!(plan.outcome(), Outcome::Planned);
        let steps = plan.steps().iter();
        let version =
            |step: &rungs::plan::Step| step.state().package(package).map(ToString::to_string);
        steps.filter_map(version).collect()
    };
    // The oven of 2.0 needs a waterdrop of 2.7: both take part in one plan.
    let both = joined();
    let plan = planned(&both, &start, &["oven=2.0"]);
    let last = plan.steps().last().unwrap().state();
    assert_eq!(last.package("oven").unwrap().as_str(), "2.0.0");
    assert_eq!(last.package("waterdrop").unwrap().line(), "2.7");
    assert_eq!(path(&plan, "oven").len(), plan.steps().len());
    // The order of the catalogs changes no more than the order of what is equally new.
    let other_way = Catalog::parse(bakery()).unwrap();
    let other_way = other_way.overlay(Catalog::karafka_sources()).unwrap();
    let again = planned(&other_way, &start, &["oven=2.0"]);
    for package in ["oven", "waterdrop", "tray", "karafka-core"] {
        assert_eq!(path(&plan, package), path(&again, package), "{package}");
    }
}

#[test]
fn facts_of_rollout_of_both_are_kept() {
    let karafka = Catalog::karafka().unwrap();
    let (own, both) = (karafka.rollout().unwrap(), joined());
    let facts = both.rollout().unwrap();
    let components: Vec<&str> = facts.components().iter().map(|it| it.name()).collect();
    let mut expected: Vec<&str> = own.components().iter().map(|it| it.name()).collect();
    expected.push("ovens");
    assert_eq!(components, expected);
    // What both name is what the first says it is.
    assert_eq!(facts.components()[0].what(), own.components()[0].what());
    let turns: Vec<&str> = facts.order().iter().map(|it| it.component()).collect();
    assert_eq!(turns.last(), Some(&"ovens"));
    assert_eq!(turns.len(), own.order().len() + 1);
    assert_eq!(facts.signals().len(), own.signals().len() + 1);
    assert_eq!(facts.must_stop().len(), own.must_stop().len());

    // An address is that of the action's own catalog.
    let actions = both.actions().unwrap();
    let link = |id: &str| actions.get(id).unwrap().link().unwrap().to_owned();
    assert_eq!(
        link("oven-2.0-clean"),
        "https://bakery.example/Guides-Oven#clean"
    );
    let first = karafka
        .actions()
        .unwrap()
        .iter()
        .find(|it| it.source().contains(".md"));
    let first = first.unwrap();
    assert_eq!(Some(link(first.id().as_str()).as_str()), first.link());

    // The same catalog beside itself says nothing twice.
    let twice = karafka.overlay(Catalog::karafka_sources()).unwrap();
    let twice = twice.rollout().unwrap();
    assert_eq!(twice.signals().len(), own.signals().len());
    assert_eq!(twice.stages().len(), own.stages().len());
}

#[test]
fn an_overlay_replaces_lists_of_the_catalog_that_it_extends() {
    let own = Catalog::karafka().unwrap();
    let own = own.rollout().unwrap();
    let signals = |extends: &str| -> Vec<String> {
        let head = format!("format = 1\n{extends}\n");
        let over =
            "holds = \"rollout\"\nformat = 1\n[[signal]]\nsignal = \"x\"\nlook_for = \"y\"\n";
        let layer = vec![Source::new("h.toml", head), Source::new("r.toml", over)];
        let catalog = joined().overlay(layer).unwrap();
        let facts = catalog.rollout().unwrap();
        assert_eq!(facts.components().len(), own.components().len() + 1);
        facts
            .signals()
            .iter()
            .map(|it| it.signal().to_owned())
            .collect()
    };
    let of_karafka: Vec<String> = own
        .signals()
        .iter()
        .map(|it| it.signal().to_owned())
        .collect();
    assert_eq!(
        signals("extends = \"karafka\""),
        ["x", "smoke over the oven"]
    );
    assert_eq!(
        signals("extends = \"bakery\""),
        [&of_karafka[..], &["x".to_owned()]].concat()
    );
    assert_eq!(signals("extends = \"karafka-bakery\""), ["x"]);
    assert_eq!(signals(""), ["x"]);
}
