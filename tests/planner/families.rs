//! One question over several catalogs: what is asked about moves, the rest only where it must.

use rungs::catalog::{Catalog, Source};
use rungs::lockfile::Snapshot;
use rungs::plan::{Outcome, Plan};
use rungs::planner::{Request, plan};
use rungs::{report, wire};

const LITTLE_RAILS: &str = include_str!("../fixtures/joint/rails.toml");

fn joined() -> Catalog {
    let rails = vec![Source::new("rails.toml", LITTLE_RAILS)];
    Catalog::karafka().unwrap().overlay(rails).unwrap()
}

fn installed(packages: &[(&str, &str)], ruby: &str) -> Snapshot {
    let mut snapshot = Snapshot::new().with_runtime("ruby", ruby);
    for (name, version) in packages {
        let version = rungs::Version::parse(rungs::Scheme::RubyGems, version).unwrap();
        snapshot = snapshot.with(name, version).direct(name);
    }
    snapshot
}

fn application() -> Snapshot {
    installed(
        &[
            ("karafka", "2.3.0"),
            ("waterdrop", "2.6.12"),
            ("karafka-core", "2.3.0"),
            ("karafka-rdkafka", "0.14.8"),
            ("rails", "6.0.0"),
            ("railties", "6.0.0"),
            ("companion", "1.0.0"),
        ],
        "3.0",
    )
}

fn ask(targets: &[&str]) -> Plan {
    let catalog = joined();
    let mut request = Request::new();
    for target in targets {
        request = request.to(&catalog, target).unwrap();
    }
    plan(&catalog, &application(), &request).unwrap()
}

fn end(plan: &Plan, package: &str) -> String {
    let last = plan.steps().last().expect("a step");
    last.state()
        .package(package)
        .map_or("-".to_owned(), ToString::to_string)
}

#[test]
fn two_targets_of_two_catalogs_are_one_question() {
    let plan = ask(&["rails=7.1", "karafka=2.5"]);
    assert_eq!(plan.outcome(), Outcome::Planned);
    assert_eq!(
        (end(&plan, "rails"), end(&plan, "railties")),
        ("7.1.5".into(), "7.1.5".into())
    );
    assert!(end(&plan, "karafka").starts_with("2.5."));
    // Rails climbs three lines, the fewest steps there are; karafka climbs in the same steps.
    let packages = plan
        .steps()
        .iter()
        .filter(|it| it.kind().name() == "packages");
    assert!(packages.count() <= 4);
    let both = plan.steps().iter().filter(|step| {
        let moves = step.parts().iter().filter(|part| !part.moves().is_empty());
        moves.count() == 2
    });
    assert!(both.count() >= 2, "{}", report::plan_text(&plan));
}

#[test]
fn each_step_says_the_part_of_each_catalog() {
    let plan = ask(&["rails=7.1", "karafka=2.5"]);
    let text = report::plan_text(&plan);
    assert!(
        text.contains("little-rails: rails 6.1.7 (2 packages)"),
        "{text}"
    );
    let document: serde_json::Value = serde_json::from_str(&wire::plan_document(&plan)).unwrap();
    let part = &document["steps"][0]["parts"];
    let names: Vec<&str> = part
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["catalog"].as_str())
        .collect();
    assert_eq!(names, ["karafka", "little-rails"]);
}

#[test]
fn a_family_that_nobody_asks_about_stays() {
    let plan = ask(&["karafka=2.4"]);
    assert_eq!(plan.outcome(), Outcome::Planned);
    assert_eq!(end(&plan, "rails"), "6.0.0");
    assert_eq!(end(&plan, "companion"), "1.0.0");
    let text = report::plan_text(&plan);
    assert!(!text.contains("Parts:"), "{text}");
    for step in plan.steps() {
        let families: Vec<&str> = step.parts().iter().map(|it| it.family().as_str()).collect();
        assert_eq!(families, ["karafka"]);
    }
}

#[test]
fn a_family_that_nobody_asks_about_moves_where_the_target_needs_it() {
    // karafka 2.6 needs Ruby 3.2, which rails below 7.0 does not run on.
    let plan = ask(&["karafka=2.6"]);
    assert_eq!(
        plan.outcome(),
        Outcome::Planned,
        "{}",
        report::plan_text(&plan)
    );
    assert_eq!(
        end(&plan, "rails"),
        "7.0.8",
        "the newest of the lowest line that will do"
    );
    assert_eq!(end(&plan, "companion"), "2.0.0");
}

#[test]
fn without_a_target_the_first_family_that_is_installed_is_asked_about() {
    assert_eq!(end(&ask(&[]), "rails"), "7.0.8");
    let catalog = joined();
    let mut request = Request::new();
    request.families = vec!["karafka".to_owned(), "little-rails".to_owned()];
    let both = plan(&catalog, &application(), &request).unwrap();
    assert_eq!(end(&both, "rails"), "7.1.5");
}

#[test]
fn the_names_that_choose_catalogs_are_packages_of_them() {
    for shipped in Catalog::shipped() {
        let catalog = Catalog::open(shipped.name()).unwrap();
        for name in shipped.shown_by().iter().chain(shipped.asked_by()) {
            assert!(catalog.package(name).is_some(), "{} {name}", shipped.name());
        }
        for gem in shipped.concerns() {
            let rules = wire::catalog_document(&catalog);
            assert!(
                rules.contains(&format!("\"{gem}\"")),
                "{} {gem}",
                shipped.name()
            );
        }
    }
    let karafka = Catalog::karafka().unwrap();
    for package in karafka.packages() {
        let chosen = Catalog::chosen(|gem| gem == package.name().as_str(), &[]);
        assert_eq!(chosen, ["karafka"], "{}", package.name());
    }
}

#[test]
fn a_lockfile_and_a_request_choose_the_catalogs() {
    let has = |gems: &'static [&'static str]| move |gem: &str| gems.contains(&gem);
    assert_eq!(Catalog::chosen(has(&["karafka"]), &[]), ["karafka"]);
    let all = ["karafka", "rails", "kafka"];
    assert_eq!(Catalog::chosen(has(&["karafka"]), &["kafka"]), all);
    let both = has(&["karafka", "railties"]);
    assert_eq!(Catalog::chosen(both, &[]), ["karafka"]);
    assert_eq!(Catalog::chosen(both, &["karafka"]), ["karafka"]);
    assert_eq!(Catalog::chosen(both, &["rails"]), all);
    assert_eq!(Catalog::chosen(has(&["railties"]), &[]), ["rails"]);
    assert_eq!(Catalog::chosen(has(&["sinatra"]), &["kafka"]), ["kafka"]);
    assert_eq!(Catalog::chosen(has(&["sinatra"]), &[]), ["karafka"]);
    let snapshot = application();
    let document = r#"{"runtimes": {"kafka": "3.6"}}"#;
    let catalog = wire::open_catalog(&[&snapshot], document).unwrap();
    assert!(catalog.package("kafka").is_some());
    let named = r#"{"catalogs": ["kafka"]}"#;
    let catalog = wire::open_catalog(&[&snapshot], named).unwrap();
    assert_eq!(catalog.name().as_str(), "kafka");
    let error = wire::read_request(r#"{"catalogs": ["karafka"]}"#, &catalog).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the catalog kafka has no part \"karafka\""
    );
}

#[test]
fn a_follower_of_which_no_release_will_do_is_named() {
    let text = LITTLE_RAILS.replace(
        "2.0.0  2022-01-01  railties >= 6.0\n",
        "2.0.0  2022-01-01  railties >= 6.0, < 7.1\n",
    );
    let rails = vec![Source::new("rails.toml", text)];
    let catalog = Catalog::karafka().unwrap().overlay(rails).unwrap();
    let request = Request::new().to(&catalog, "rails=7.1").unwrap();
    let plan = plan(&catalog, &application(), &request).unwrap();
    assert_eq!(plan.outcome(), Outcome::Impossible);
    let text = report::plan_text(&plan)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        text.contains("companion 2.0.0 requires railties >= 6.0, < 7.1"),
        "{text}"
    );
    assert!(text.contains("companion 1.0.0"), "{text}");
}
