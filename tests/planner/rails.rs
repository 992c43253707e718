//! The catalog of Rails: plans from old lockfiles to 8.1, whose every state resolves by the catalog's own
//! requirements, checked here without the planner.

use crate::common;
use rungs::catalog::{Catalog, Role};
use rungs::index::MemoryIndex;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Fix, FixKind, Outcome, Plan, StepKind, TaskKind};
use rungs::planner::{Planner, Request, plan};
use rungs::{Scheme, Version};

/// Rails, Ruby, and other gems with their versions.
type Start = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// What an application of a line has, and its Ruby.
const STARTS: [Start; 5] = [
    (
        "5.0.2",
        "2.3",
        &[
            ("sprockets-rails", "3.2.0"),
            ("devise", "4.2.1"),
            ("responders", "2.3.0"),
        ],
    ),
    (
        "5.2.3",
        "2.5",
        &[
            ("paper_trail", "10.3.0"),
            ("rspec-rails", "3.8.2"),
            ("web-console", "3.7.0"),
        ],
    ),
    (
        "6.1.2.1",
        "2.7",
        &[
            ("activeadmin", "2.9.0"),
            ("ransack", "2.4.1"),
            ("devise", "4.7.3"),
            ("kaminari", "1.2.1"),
        ],
    ),
    (
        "7.0.4",
        "3.1",
        &[("acts-as-taggable-on", "9.0.1"), ("friendly_id", "5.4.2")],
    ),
    ("7.2.1", "3.4", &[]),
];

const GEMS: [&str; 13] = [
    "rails",
    "railties",
    "activesupport",
    "activemodel",
    "activerecord",
    "actionview",
    "actionpack",
    "activejob",
    "actionmailer",
    "actioncable",
    "activestorage",
    "actionmailbox",
    "actiontext",
];

fn version(text: &str) -> Version {
    Version::parse(Scheme::RubyGems, text).expect("a version")
}

/// An application whose Gemfile names `direct` and what is beside Rails.
fn snapshot(
    catalog: &Catalog,
    rails: &str,
    ruby: &str,
    beside: &[(&str, &str)],
    gems: &[&str],
) -> Snapshot {
    let mut snapshot = Snapshot::new().with_runtime("ruby", ruby).direct(gems[0]);
    for gem in gems {
        let package = catalog.package(gem).expect("a gem of Rails");
        let known = package
            .releases()
            .iter()
            .any(|it| it.version().as_str() == rails);
        if known {
            snapshot = snapshot.with(gem, version(rails));
        }
    }
    // What Rails requires of the gems beside it, where the application has all of it.
    let old = |line: &str| version(rails) < version(line);
    let sanitizer = if old("7.1") { "1.4.2" } else { "1.6.0" };
    let required = [("rack", "2.2.8"), ("rails-html-sanitizer", sanitizer)];
    let of_line = [
        ("zeitwerk", "2.6.0", !old("6.0")),
        ("sprockets-rails", "3.2.2", old("7.0")),
    ];
    let of_line = of_line
        .into_iter()
        .filter(|(gem, _, there)| *there && !beside.iter().any(|(other, _)| other == gem));
    let required = required
        .into_iter()
        .chain(of_line.map(|(gem, text, _)| (gem, text)));
    for (gem, text) in required.filter(|_| gems.contains(&"rails")) {
        snapshot = snapshot.with(gem, version(text));
    }
    for (gem, text) in beside {
        snapshot = snapshot.with(gem, version(text)).direct(gem);
    }
    snapshot
}

/// What is wrong with the states of a plan, by the requirements and rules of the catalog.
fn wrong(catalog: &Catalog, plan: &Plan) -> Vec<String> {
    let mut wrong = Vec::new();
    for step in plan.steps() {
        let state = step.state();
        let at = |name: &str| {
            let runtime = state.runtimes().iter().find(|(it, _)| it == name);
            match runtime {
                // A line stands for its newest patch; another patch is named by itself.
                Some((_, text)) => {
                    let releases = catalog.package(name)?.releases().iter().rev();
                    let mut of_line = releases.filter(|it| it.version().line() == *text);
                    let newest = of_line.next().map(|it| it.version().clone());
                    newest.or_else(|| Version::parse(Scheme::RubyGems, text).ok())
                }
                None => state.package(name).cloned(),
            }
        };
        for (name, installed) in state.packages() {
            let package = catalog.package(name.as_str()).expect("known");
            let mut releases = package.releases().iter();
            let Some(release) = releases.find(|it| it.version() == installed) else {
                continue;
            };
            for need in release.requirements() {
                let on = need.name().as_str();
                let Some(package) = catalog.package(on) else {
                    continue;
                };
                // Nobody says which Ruby there is.
                if package.role() == Role::Runtime && at(on).is_none() {
                    continue;
                }
                if !at(on).is_some_and(|it| need.requirement().matches(&it)) {
                    let number = step.number();
                    wrong.push(format!(
                        "{number}: {name} {installed} requires {on} {}",
                        need.requirement()
                    ));
                }
            }
        }
        let of_rails = GEMS.iter().filter_map(|gem| state.package(gem));
        let mut versions: Vec<&Version> = of_rails.collect();
        versions.dedup();
        if versions.len() > 1 {
            wrong.push(format!("{}: {versions:?}", step.number()));
        }
    }
    wrong
}

fn to_newest(catalog: &Catalog, snapshot: &Snapshot, target: &str) -> Plan {
    let request = Request::new().to(catalog, target).expect("a target");
    plan(catalog, snapshot, &request).expect("a plan")
}

#[test]
fn every_state_on_the_way_to_8_1_resolves() {
    let catalog = Catalog::open("rails").expect("it ships");
    let mut lengths = Vec::new();
    for (rails, ruby, beside) in STARTS {
        let start = snapshot(&catalog, rails, ruby, beside, &GEMS);
        let plan = to_newest(&catalog, &start, "rails=8.1");
        assert_eq!(plan.outcome(), Outcome::Planned, "from {rails}");
        assert_eq!(wrong(&catalog, &plan), Vec::<String>::new(), "from {rails}");
        let last = plan.steps().last().expect("steps").state();
        assert_eq!(last.package("rails").map(Version::as_str), Some("8.1.3.1"));
        lengths.push(plan.steps().len());
    }
    assert_eq!(lengths, [12, 9, 7, 6, 3]);
}

/// The components that each step deploys, in order.
fn deployed(plan: &Plan) -> Vec<Vec<&str>> {
    let steps = plan.steps().iter().map(|step| {
        let phases = step.guidance().rollout().phases().into_iter();
        let tasks = phases.flat_map(|(_, tasks)| tasks);
        let tasks = tasks.filter(|task| task.kind() == TaskKind::Deploy);
        tasks.filter_map(|task| task.component()).collect()
    });
    steps.collect()
}

/// Also one that moves Ruby, and one of both families; the consumers come first.
#[test]
fn every_step_deploys_the_application() {
    let catalog = Catalog::open("rails").expect("it ships");
    let start = snapshot(&catalog, "7.0.4", "3.1", &[], &GEMS);
    let alone = to_newest(&catalog, &start, "rails=8.0");
    assert!(deployed(&alone).iter().all(|it| it[..] == ["application"]));
    let joined = Catalog::joined(&["karafka", "rails"]).expect("both ship");
    let start = ["karafka", "waterdrop"]
        .into_iter()
        .zip(["2.3.4", "2.6.14"]);
    let start = start.fold(
        snapshot(&joined, "7.0.4", "3.1", &[], &GEMS),
        |start, (gem, text)| start.with(gem, version(text)).direct(gem),
    );
    let both = to_newest(&joined, &start, "rails=8.0");
    let (alone, both) = (deployed(&alone), deployed(&both));
    assert!(!alone.is_empty() && !both.is_empty());
    assert!(
        both.iter().all(|it| it[..] == ["consumers", "application"]),
        "{both:?}"
    );
}

#[test]
fn an_application_without_the_gem_rails_moves_its_components_together() {
    let catalog = Catalog::open("rails").expect("it ships");
    let gems = ["activerecord", "activemodel", "activesupport"];
    let start = snapshot(&catalog, "6.0.3", "2.6", &[], &gems);
    let plan = to_newest(&catalog, &start, "activerecord=8.0");
    assert_eq!(wrong(&catalog, &plan), Vec::<String>::new());
    // The newest patch first, here too.
    let first = plan.steps()[0].state();
    assert_eq!(
        first.package("activerecord").map(Version::as_str),
        Some("6.0.6.1")
    );
    let last = plan.steps().last().expect("steps");
    let names: Vec<&str> = last
        .state()
        .packages()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(!names.contains(&"railties"), "{names:?}");
    for gem in gems {
        assert_eq!(
            last.state().package(gem).map(Version::as_str),
            Some("8.0.5.1")
        );
    }
    // The one that the Gemfile names has a line; what follows it needs none.
    for step in plan
        .steps()
        .iter()
        .filter(|step| step.kind() == StepKind::Packages)
    {
        let lines: Vec<&str> = step
            .bundle()
            .lines()
            .iter()
            .map(|line| line.gem().as_str())
            .collect();
        assert!(!lines.contains(&"activesupport"), "{lines:?}");
    }
}

#[test]
fn ruby_moves_early_and_as_far_as_rails_admits() {
    let catalog = Catalog::open("rails").expect("it ships");
    let start = snapshot(&catalog, "7.1.5", "3.1", &[], &GEMS);
    let plan = to_newest(&catalog, &start, "rails=8.1");
    let ruby: Vec<&str> = plan
        .steps()
        .iter()
        .map(|step| step.state().runtimes()[0].1.as_str())
        .collect();
    // 7.1 and 7.2 are tested up to 3.4, and one step of Ruby is enough.
    assert_eq!(ruby, ["3.4", "3.4", "3.4", "3.4", "3.4"][..ruby.len()]);
    assert_eq!(plan.steps()[0].kind(), StepKind::Runtime);
    // Where all is there already Ruby stays.
    let start = snapshot(&catalog, "8.1.3.1", "3.3", &[], &GEMS);
    let plan = to_newest(&catalog, &start, "rails=8.1");
    assert!(
        plan.steps()
            .iter()
            .all(|step| step.kind() != StepKind::Runtime)
    );
}

#[test]
fn ceilings_of_ruby_name_where_they_were_read() {
    let catalog = Catalog::open("rails").expect("it ships");
    let ceilings = catalog
        .rules()
        .iter()
        .filter(|rule| rule.kind_name() == "requires");
    let mut count = 0;
    for rule in ceilings {
        assert!(
            rule.source().contains('@'),
            "{}: {}",
            rule.id(),
            rule.source()
        );
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn real_lockfiles_are_planned_or_say_why_not() {
    let Some(shared) = common::shared() else {
        println!("NOT RUN: no shared/lockfiles");
        return;
    };
    let catalog = Catalog::open("rails").expect("it ships");
    let folder = std::fs::read_dir(shared.join("lockfiles/files")).expect("lockfiles");
    let mut files: Vec<_> = folder.flatten().map(|it| it.path()).collect();
    files.sort();
    let (mut planned, mut blocked, mut longest) = (0, 0, 0);
    let is_fix = |fix: &Fix| !matches!(fix.kind(), FixKind::Shorter { .. });
    for file in files {
        let text = std::fs::read_to_string(&file).expect("text");
        if !text.lines().any(|line| line.starts_with("    rails (")) {
            continue;
        }
        let Ok(lockfile) = Lockfile::parse(text.as_bytes()) else {
            continue;
        };
        let Ok(start) = Snapshot::from_lockfile(&lockfile) else {
            continue;
        };
        let plan = to_newest(&catalog, &start, "rails=8.1");
        match plan.outcome() {
            Outcome::Planned | Outcome::AlreadyThere => {
                assert_eq!(
                    wrong(&catalog, &plan),
                    Vec::<String>::new(),
                    "{}",
                    file.display()
                );
                planned += 1;
                longest = longest.max(plan.steps().len());
            }
            Outcome::Impossible => {
                blocked += 1;
                let is_held = plan.fixes().iter().any(is_fix);
                assert!(is_held, "{}: no fix", file.display());
            }
            _ => blocked += 1,
        }
    }
    println!("{planned} planned, the longest of {longest} steps, {blocked} blocked or unknown");
    assert!(planned >= 15, "{planned}");
}

/// Gems that hold Rails in real lockfiles, as they are locked there, and where they go with Rails 8.0.
/// sass-rails 6.0.0 no longer requires sprockets-rails, which would leave with it.
#[test]
fn what_holds_rails_moves_along() {
    let catalog = Catalog::open("rails").expect("it ships");
    let rswag = ["rswag", "rswag-api", "rswag-ui", "rswag-specs"].map(|gem| (gem, "2.4.0"));
    for (rails, ruby, held, end) in [
        ("6.1.4", "2.7", &rswag[..], "2.17.0"),
        ("5.2.3", "2.5", &[("sass-rails", "5.0.7")], "5.1.0"),
        (
            "6.0.3",
            "2.7",
            &[("activerecord-oracle_enhanced-adapter", "6.0.4")],
            "8.0.0",
        ),
        (
            "7.0.4",
            "3.1",
            &[("activerecord-postgis-adapter", "8.0.1")],
            "11.0.0",
        ),
        ("7.0.4", "3.1", &[("lograge-sql", "2.1.0")], "2.6.1"),
        (
            "7.1.3",
            "3.2",
            &[("clickhouse-activerecord", "1.2.0")],
            "1.6.7",
        ),
    ] {
        let start = snapshot(&catalog, rails, ruby, held, &GEMS);
        let plan = to_newest(&catalog, &start, "rails=8.0");
        assert_eq!(plan.outcome(), Outcome::Planned, "{held:?}");
        assert_eq!(wrong(&catalog, &plan), Vec::<String>::new(), "{held:?}");
        let last = plan.steps().last().expect("a step").state();
        for (gem, _) in held {
            assert_eq!(last.package(gem).map(Version::as_str), Some(end), "{gem}");
        }
    }
}

/// One gem of the catalog of which no release will do, and one that the catalog does not have.
#[test]
fn a_fix_names_all_gems_that_hold_together() {
    let catalog = Catalog::open("rails").expect("it ships");
    let lockfile = Lockfile::parse(
        b"GEM
  remote: https://rubygems.org/
  specs:
    activemodel (7.0.4)
      activesupport (= 7.0.4)
    activerecord (7.0.4)
      activemodel (= 7.0.4)
      activesupport (= 7.0.4)
    activesupport (7.0.4)
    annotate (3.2.0)
      activerecord (>= 3.2, < 8.0)
    own_gem (1.0.0)
      activerecord (< 7.1)

PLATFORMS
  ruby

DEPENDENCIES
  activerecord
  annotate
  own_gem

RUBY VERSION
   ruby 3.2.2
",
    );
    let start = Snapshot::from_lockfile(&lockfile.expect("a lockfile")).expect("packages");
    let plan = to_newest(&catalog, &start, "activerecord=8.0");
    let fixes: Vec<String> = plan
        .fixes()
        .iter()
        .map(|fix| fix.kind().to_string())
        .collect();
    assert!(
        fixes[0].contains("own_gem 1.0.0 must allow activerecord 8.0.5.1")
            && fixes[0].contains(
                "annotate 3.2.0 must allow activerecord 8.0.5.1, and no known release does"
            ),
        "{fixes:?}"
    );
}

/// A companion that nothing of the catalog depends on, from git: it stays, with what the lockfile says of it.
/// Rails' own gems from git leave the answer open.
#[test]
fn a_companion_from_git_is_like_a_gem_outside() {
    let catalog = Catalog::open("rails").expect("it ships");
    let ask = |from_git: &str, wants: &str| {
        let rails = "    activemodel (7.0.4)
      activesupport (= 7.0.4)
    activerecord (7.0.4)
      activemodel (= 7.0.4)
      activesupport (= 7.0.4)
";
        let annotate = format!("    annotate (3.2.0)\n      activerecord ({wants})\n");
        let (git, registry) = match from_git {
            "annotate" => (annotate, rails.to_owned() + "    activesupport (7.0.4)\n"),
            _ => (
                "    activesupport (7.0.4)\n".to_owned(),
                rails.to_owned() + &annotate,
            ),
        };
        let text = format!(
            "GIT
  remote: https://example.org/{from_git}.git
  revision: 4fa682e5c0de
  specs:
{git}
GEM
  remote: https://rubygems.org/
  specs:
{registry}
PLATFORMS
  ruby

DEPENDENCIES
  activerecord
  {from_git}!

RUBY VERSION
   ruby 3.2.2
"
        );
        let lockfile = Lockfile::parse(text.as_bytes()).expect("a lockfile");
        let start = Snapshot::from_lockfile(&lockfile).expect("packages");
        to_newest(&catalog, &start, "activerecord=8.0")
    };
    let free = ask("annotate", ">= 3.2");
    assert_eq!(free.outcome(), Outcome::Planned);
    let notes = free.warnings().iter().map(ToString::to_string);
    assert!(
        notes
            .into_iter()
            .any(|it| it.contains("annotate 3.2.0 comes from a git repository"))
    );
    let held = ask("annotate", "< 7.1");
    assert_eq!(held.outcome(), Outcome::Impossible);
    let fixes: Vec<String> = held
        .fixes()
        .iter()
        .map(|fix| fix.kind().to_string())
        .collect();
    assert!(
        fixes.iter().any(|it| it.contains("annotate 3.2.0")),
        "{fixes:?}"
    );
    assert_eq!(ask("activesupport", ">= 3.2").outcome(), Outcome::Unknown);
}

/// Bundler takes minitest to 6 as soon as it may, and 7.2.3.2 requires one below. What activesupport stops to require
/// where railties begins to is required all along, so the answer is a proof with its cause and no search limit.
#[test]
fn a_gem_that_went_too_far_is_the_cause() {
    let catalog = Catalog::open("rails").expect("it ships");
    let mut start = Snapshot::new().with_runtime("ruby", "2.7").direct("rails");
    for gem in GEMS {
        start = start.with(gem, version("6.1.7.10"));
    }
    let start = start
        .with("sprockets-rails", version("3.5.2"))
        .with("rails-html-sanitizer", version("1.7.1"))
        .with("rack", version("2.2.24"))
        .with("zeitwerk", version("2.6.18"))
        .with("minitest", version("6.0.0"));
    let mut index = MemoryIndex::new();
    index.add("minitest", Some(b"---\n5.1.0 |\n6.0.0 |\n"));
    let request = Request::new().to(&catalog, "rails=8.0").expect("a target");
    let planner = Planner::new(&catalog, &start).index(&mut index);
    let plan = planner.plan(&request).expect("a plan");
    assert_eq!(plan.outcome(), Outcome::Impossible, "{:?}", plan.warnings());
    let causes = plan.causes().iter().flat_map(|it| it.constraints());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    assert!(
        causes.iter().any(|it| it.contains("minitest 6.0.0")),
        "{causes:?}"
    );
}

/// Nothing forbids sass-rails 6.0.0, and no plan with it is longer; sprockets-rails would leave with it.
#[test]
fn a_release_with_which_another_package_leaves_says_so() {
    let catalog = Catalog::open("rails").expect("it ships");
    let mut start = Snapshot::new().with_runtime("ruby", "3.3");
    for gem in [
        "railties",
        "activesupport",
        "actionpack",
        "actionview",
        "activemodel",
    ] {
        start = start.with(gem, version("7.1.6"));
    }
    let start = start
        .with("sprockets-rails", version("3.5.2"))
        .with("sass-rails", version("5.1.0"))
        .direct("sass-rails")
        .direct("railties");
    let plan = to_newest(&catalog, &start, "railties=7.2");
    let last = plan.steps().last().expect("a step");
    let stays = last
        .stays()
        .iter()
        .find(|it| it.package().as_str() == "sass-rails");
    assert_eq!(
        stays.expect("it stays").because().to_string(),
        "6.0.0 no longer requires sprockets-rails, which would be removed"
    );
}

/// Rails from git leaves the answer open, in one line, and it is said what the registry's releases would give: a
/// plan, or what would be in the way.
#[test]
fn rails_from_git_names_the_plan_with_the_registry() {
    let catalog = Catalog::open("rails").expect("it ships");
    let ask = |target: &str| {
        let text = "GIT
  remote: https://example.org/rails.git
  revision: 4fa682e5c0de
  branch: 7-1-stable
  specs:
    activemodel (7.1.3)
      activesupport (= 7.1.3)
    activerecord (7.1.3)
      activemodel (= 7.1.3)
      activesupport (= 7.1.3)
    activesupport (7.1.3)

GEM
  remote: https://rubygems.org/
  specs:
    aux (0.1.1)
      activemodel (>= 6.1, < 8)

PLATFORMS
  ruby

DEPENDENCIES
  activerecord!
  aux

RUBY VERSION
   ruby 3.2.2
";
        let lockfile = Lockfile::parse(text.as_bytes()).expect("a lockfile");
        let start = Snapshot::from_lockfile(&lockfile).expect("packages");
        let plan = to_newest(&catalog, &start, target);
        assert_eq!(plan.outcome(), Outcome::Unknown);
        let warnings: Vec<String> = plan.warnings().iter().map(ToString::to_string).collect();
        let from_git = "activesupport 7.1.3 (3 packages) comes from a git repository or a folder";
        assert!(warnings.iter().any(|it| it == from_git), "{warnings:?}");
        plan.from_registry().expect("a plan, or why not").clone()
    };
    let open = ask("activerecord=7.2");
    assert_eq!(
        open.to_string(),
        "with activesupport (3 packages) from a registry there would be a plan of 2 steps, to activerecord 7.2"
    );
    assert_eq!(
        (open.steps(), open.gems().len(), open.by().len()),
        (2, 3, 0)
    );
    let blocked = ask("activerecord=8.0");
    let text = blocked.to_string();
    assert_eq!((blocked.steps(), blocked.end().len()), (0, 0));
    assert!(
        text.starts_with(
            "with activesupport (3 packages) from a registry activerecord 8.0 would be blocked by: \
             aux 0.1.1 requires activemodel >= 6.1, < 8; this would give a plan: \
             change or remove this gem: aux 0.1.1"
        ),
        "{text}"
    );
    let to = blocked.fixes().iter().filter(|fix| fix.steps() == 2);
    assert!(
        to.into_iter()
            .any(|fix| matches!(fix.kind(), FixKind::Shorter { .. })),
        "{text}"
    );
}

/// 7.2.3.1 and 7.2.3.2 require minitest below 6, which neither the release before nor 8.0.5 does.
#[test]
fn a_requirement_that_one_patch_has_is_passed_over() {
    let catalog = Catalog::open("rails").expect("it ships");
    let mut start = Snapshot::new()
        .with_runtime("ruby", "3.3")
        .direct("activesupport");
    start = start
        .with("activesupport", version("7.2.2"))
        .with("minitest", version("6.0.0"));
    let mut index = MemoryIndex::new();
    index.add("minitest", Some(b"---\n5.1.0 |\n6.0.0 |\n"));
    let request = Request::new()
        .to(&catalog, "activesupport=7.2")
        .expect("a target");
    let planner = Planner::new(&catalog, &start).index(&mut index);
    let plan = planner.plan(&request).expect("a plan");
    let last = plan.steps().last().expect("a step").state();
    assert_eq!(
        last.package("activesupport").map(Version::as_str),
        Some("7.2.3")
    );
}
