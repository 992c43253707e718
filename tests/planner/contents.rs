//! What comes with a step: against the facts, and against a resolver that tries everything.

use crate::common;
use rungs::catalog::{Applies, Catalog, Phase, Rolling, Source};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Outcome, Plan, State, Step, StepKind, TaskKind};
use rungs::planner::{Detail, Request, RuntimeMove, plan};
use rungs::{Date, Requirement, Scheme, Version};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const INDIRECT: [&str; 3] = ["karafka-core", "karafka-rdkafka", "rdkafka"];
const SCHEME: Scheme = Scheme::RubyGems;

fn version(text: &str) -> Version {
    Version::parse(SCHEME, text).unwrap()
}

fn snapshot(packages: &[(&str, &str)], ruby: &str) -> Snapshot {
    let mut snapshot = Snapshot::new().with_runtime("ruby", ruby);
    for (name, text) in packages {
        snapshot = snapshot.with(name, version(text));
        if !INDIRECT.contains(name) {
            snapshot = snapshot.direct(name);
        }
    }
    snapshot
}

/// A lockfile with these gems, all but the followers without a line in the Gemfile.
fn lockfile(gems: &[(&str, &str)], ruby: &str) -> Snapshot {
    let mut text = String::from("GEM\n  remote: https://rubygems.org/\n  specs:\n");
    for (name, version) in gems {
        text.push_str(&format!("    {name} ({version})\n"));
    }
    text.push_str("\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n");
    for (name, _) in gems.iter().filter(|(name, _)| !INDIRECT.contains(name)) {
        text.push_str(&format!("  {name}\n"));
    }
    let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
    Snapshot::from_lockfile(&lockfile)
        .unwrap()
        .with_runtime("ruby", ruby)
}

fn planned(snapshot: &Snapshot, to: &[&str], day: &str) -> Plan {
    let catalog = Catalog::karafka().unwrap();
    let mut request = Request::new();
    for target in to {
        request = request.to(&catalog, target).unwrap();
    }
    request.as_of = Some(Date::parse(day).unwrap());
    plan(&catalog, snapshot, &request).unwrap()
}

const OLD: [(&str, &str); 3] = [
    ("karafka", "1.4.14"),
    ("waterdrop", "1.4.4"),
    ("karafka-testing", "1.4.3"),
];
const WEB: [(&str, &str); 6] = [
    ("karafka", "2.0.39"),
    ("waterdrop", "2.5.1"),
    ("karafka-web", "0.5.1"),
    ("karafka-core", "2.0.12"),
    ("karafka-rdkafka", "0.12.0"),
    ("karafka-testing", "2.0.9"),
];

/// Plans over all eras: of the shared vectors where they are, and of our own.
fn plans() -> Vec<(Snapshot, Plan)> {
    let catalog = Catalog::karafka().unwrap();
    let mut plans = Vec::new();
    for start in [
        snapshot(&OLD, "2.7"),
        snapshot(&WEB, "2.7"),
        snapshot(&WEB[..2], "3.0"),
        snapshot(&[("waterdrop", "2.0.7")], "2.7"),
    ] {
        let plan = plan(&catalog, &start, &Request::new()).unwrap();
        assert!(plan.steps().len() > 2);
        plans.push((start, plan));
    }
    if let Some(shared) = common::shared() {
        let text = std::fs::read_to_string(shared.join("vectors/plans.jsonl")).unwrap();
        for line in text.lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let start: Vec<(&str, &str)> = case["start"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, version)| (name.as_str(), version.as_str().unwrap()))
                .collect();
            let start = snapshot(&start, case["ruby"].as_str().unwrap());
            let mut request = Request::new();
            if case["ruby_fixed"].as_bool().unwrap() {
                request.runtime = RuntimeMove::Fixed;
            }
            for (name, line) in case["target"].as_object().unwrap() {
                let target = format!("{name}={}", line.as_str().unwrap());
                request = request.to(&catalog, &target).unwrap();
            }
            let plan = plan(&catalog, &start, &request).unwrap();
            plans.push((start, plan));
        }
    } else {
        println!("NOT RUN: the shared plan vectors are not on this machine");
    }
    plans
}

/// The state before each step, and the step.
fn steps(plan: &Plan) -> impl Iterator<Item = (&State, &Step)> {
    let states = plan.steps().iter().map(Step::state);
    std::iter::once(plan.start())
        .chain(states)
        .zip(plan.steps())
}

#[test]
fn actions_are_exactly_those_that_the_facts_put_between_two_versions() {
    let Some(shared) = common::shared() else {
        return println!("NOT RUN: the shared facts are not on this machine");
    };
    let text = std::fs::read_to_string(shared.join("facts/guide-rules.json")).unwrap();
    let facts: Value = serde_json::from_str(&text).unwrap();
    let rules = facts
        .as_array()
        .unwrap_or_else(|| facts["rules"].as_array().unwrap());
    let mut compared = 0;
    for (_, plan) in plans() {
        for (before, step) in steps(&plan) {
            let mut want = BTreeSet::new();
            for change in step.changes() {
                let Some(to) = change.to().map(version) else {
                    continue;
                };
                let from = change.from().map(version);
                assert_eq!(
                    change.from(),
                    before
                        .package(change.package().as_str())
                        .map(Version::as_str)
                        .or(change.from())
                );
                let of_package = rules.iter().filter(|it| {
                    let id = it["id"].as_str().unwrap();
                    it["package"] == change.package().as_str()
                        && crate::actions::MOVED.iter().all(|(moved, _)| *moved != id)
                });
                for rule in of_package {
                    // Its changelog has it two releases later.
                    let corrected =
                        (rule["id"] == "karafka-testing-2.0-publish-helper").then_some("2.0.2");
                    let since = corrected.or(rule["since"].as_str());
                    let is_in = match since.or(rule["line"].as_str()) {
                        Some("*") | None => {
                            from.as_ref().is_none_or(|from| from.line() != to.line())
                        }
                        Some(since) => {
                            let since = version(since);
                            from.as_ref().is_none_or(|from| since > *from) && since <= to
                        }
                    };
                    if is_in {
                        want.insert(rule["id"].as_str().unwrap().to_owned());
                    }
                }
            }
            let due = step.guidance().actions();
            let got: BTreeSet<String> = due
                .iter()
                .map(|due| due.action().id().to_string())
                .filter(|id| !crate::actions::ADDED.contains(&id.as_str()))
                .collect();
            assert_eq!(got, want);
            let added = due
                .iter()
                .filter(|due| crate::actions::ADDED.contains(&due.action().id().as_str()));
            assert_eq!(got.len() + added.count(), due.len(), "none stands twice");
            compared += due.len();
            let order: Vec<_> = due
                .iter()
                .map(|due| {
                    (
                        due.action().phase(),
                        due.action().severity(),
                        due.action().id(),
                    )
                })
                .collect();
            assert!(order.is_sorted());
        }
    }
    println!("{compared} actions of steps compared");
    assert!(compared > 4_000, "{compared}");
}

// ---- the Gemfile, against a resolver that tries everything -----------------------------------------

/// Gems, what is required of each by a line, and what they may not exceed.
struct Bundler<'a> {
    catalog: &'a Catalog,
    lines: BTreeMap<String, Requirement>,
    state: &'a State,
}

impl Bundler<'_> {
    /// Is there a solution in which this gem is newer than in the state?
    fn exceeds(&self, gem: &str) -> bool {
        let mut wanted: BTreeMap<String, Vec<Requirement>> = BTreeMap::new();
        for (name, requirement) in &self.lines {
            wanted
                .entry(name.clone())
                .or_default()
                .push(requirement.clone());
        }
        wanted.entry(gem.to_owned()).or_default();
        self.solve(gem, &mut BTreeMap::new(), &wanted)
    }

    fn solve(
        &self,
        above: &str,
        chosen: &mut BTreeMap<String, Version>,
        wanted: &BTreeMap<String, Vec<Requirement>>,
    ) -> bool {
        let Some((name, requirements)) =
            wanted.iter().find(|(name, _)| !chosen.contains_key(*name))
        else {
            return true;
        };
        let package = self.catalog.package(name).unwrap();
        for release in package.releases().iter().rev() {
            let here = self.state.package(name);
            if release.is_yanked()
                || (release.version().is_prerelease() && here != Some(release.version()))
            {
                continue;
            }
            if name == above && here.is_some_and(|here| release.version() <= here) {
                continue;
            }
            if !requirements.iter().all(|it| it.matches(release.version())) {
                continue;
            }
            let mut further = wanted.clone();
            let mut fits = true;
            for dependency in release.requirements() {
                let on = dependency.name().as_str();
                if on == "ruby" {
                    let label = &self.state.runtimes()[0].1;
                    let lines = self.catalog.package("ruby").unwrap().releases();
                    let patch = lines.iter().rev().find(|it| it.version().line() == *label);
                    fits &= patch.is_none_or(|it| dependency.requirement().matches(it.version()));
                } else if self.catalog.package(on).is_some() {
                    fits &= chosen
                        .get(on)
                        .is_none_or(|it| dependency.requirement().matches(it));
                    let list = further.entry(on.to_owned()).or_default();
                    list.push(dependency.requirement().clone());
                }
            }
            if fits {
                chosen.insert(name.clone(), release.version().clone());
                if self.solve(above, chosen, &further) {
                    return true;
                }
                chosen.remove(name);
            }
        }
        false
    }
}

#[test]
fn lines_leave_no_choice_and_none_is_too_many() {
    let catalog = Catalog::karafka().unwrap();
    let (mut checked, mut temporary) = (0, 0);
    for (start, plan) in plans() {
        for step in plan
            .steps()
            .iter()
            .filter(|step| step.kind() == StepKind::Packages)
        {
            let lines: BTreeMap<String, Requirement> = step
                .bundle()
                .lines()
                .iter()
                .map(|line| {
                    let requirement = Requirement::parse(SCHEME, line.requirement()).unwrap();
                    (line.gem().to_string(), requirement)
                })
                .collect();
            for (name, version) in step.state().packages() {
                let line = lines.get(name.as_str());
                assert!(
                    line.is_some() || !start.is_direct(name.as_str()),
                    "{name} has no line"
                );
                if let Some(line) = line {
                    assert!(line.matches(version));
                    let admitted = catalog.package(name.as_str()).unwrap().releases().iter();
                    let admitted = admitted.filter(|it| {
                        !it.is_yanked()
                            && !it.version().is_prerelease()
                            && line.matches(it.version())
                    });
                    assert_eq!(admitted.count(), 1, "{name} {line} admits one release");
                }
            }
            let state = step.state();
            let exceeds = |lines: BTreeMap<String, Requirement>| {
                let bundler = Bundler {
                    catalog: &catalog,
                    lines,
                    state,
                };
                state
                    .packages()
                    .iter()
                    .any(|(name, _)| bundler.exceeds(name.as_str()))
            };
            assert!(!exceeds(lines.clone()), "{:?}: {:?}", state, step.bundle());
            for line in step
                .bundle()
                .lines()
                .iter()
                .filter(|line| line.is_temporary())
            {
                let mut fewer = lines.clone();
                fewer.remove(line.gem().as_str());
                assert!(exceeds(fewer), "{} is needed in {state:?}", line.gem());
                let (gem, version) = line.overshoots().unwrap();
                assert!(version > state.package(gem.as_str()).unwrap());
                temporary += 1;
            }
            checked += 1;
        }
    }
    println!("{checked} steps, {temporary} temporary lines");
    // The example alone has fewer.
    let least = if common::shared().is_some() { 5 } else { 4 };
    assert!(checked > 20 && temporary > least, "{checked} {temporary}");
}

#[test]
fn lines_command_and_cleanup_read_as_a_user_would_write_them() {
    let plan = planned(
        &snapshot(
            &[
                ("karafka", "2.3.0"),
                ("karafka-web", "0.8.0"),
                ("karafka-core", "2.3.0"),
                ("karafka-rdkafka", "0.14.8"),
            ],
            "3.2",
        )
        .with("waterdrop", version("2.6.12")),
        &["karafka=2.6"],
        "2026-08-19",
    );
    let bundles: Vec<String> = plan
        .steps()
        .iter()
        .map(|step| {
            let lines: Vec<String> = step
                .bundle()
                .lines()
                .iter()
                .map(ToString::to_string)
                .collect();
            let obsolete: Vec<&str> = step
                .bundle()
                .obsolete()
                .iter()
                .map(|it| it.as_str())
                .collect();
            format!("{} -{}", lines.join("; "), obsolete.join(","))
        })
        .collect();
    assert_eq!(
        bundles,
        [
            r#"gem "karafka", "~> 2.3.4"; gem "karafka-web", "~> 0.8.2" -"#,
            r#"gem "karafka", "~> 2.4.18"; gem "karafka-web", "~> 0.9.2"; gem "waterdrop", "~> 2.7.4" -"#,
            r#"gem "karafka", "~> 2.4.18"; gem "karafka-web", "~> 0.10.4" -waterdrop"#,
            r#"gem "karafka", "~> 2.5.9"; gem "karafka-web", "~> 0.11.6" -"#,
            r#"gem "karafka", "~> 2.6.0"; gem "karafka-web", "~> 1.0.0" -"#,
        ]
    );
    // Only what moves: a named update may take a young release down.
    for step in plan.steps() {
        let moved = step.changes().iter().filter(|it| it.from().is_some());
        let moved: Vec<&str> = moved.map(|it| it.package().as_str()).collect();
        let command = step.bundle().command().unwrap();
        let mut named: Vec<&str> = command.split(' ').skip(2).collect();
        assert_eq!(command, ["bundle update", &named.join(" ")].join(" "));
        named.sort_unstable();
        let mut want = moved.clone();
        want.sort_unstable();
        assert_eq!(named, want, "step {}", step.number());
    }
    assert!(plan.cleanup().is_empty());
    // Where only the middle is wanted, what is temporary is cleaned up at the end.
    let short = planned(&snapshot(&WEB, "3.2"), &["karafka=2.4"], "2026-08-19");
    let last = short.steps().last().unwrap();
    let temporary = last
        .bundle()
        .lines()
        .iter()
        .filter(|line| line.is_temporary());
    let temporary: Vec<_> = temporary.map(|line| line.gem().clone()).collect();
    assert_eq!(short.cleanup(), temporary);
}

/// Bundler looks at other prereleases of a gem that is locked at one: without a line it would go on to
/// one that no other gem keeps it from.
#[test]
fn a_gem_locked_at_a_prerelease_gets_a_line() {
    let text = "PATH\n  remote: .\n  specs:\n    karafka-core (2.4.0.beta1)\n      \
                karafka-rdkafka (>= 0.15.0.beta1, < 0.16.0)\n\nGEM\n  \
                remote: https://rubygems.org/\n  specs:\n    karafka-rdkafka (0.15.0.beta1)\n\n\
                PLATFORMS\n  ruby\n\nDEPENDENCIES\n  karafka-core!\n";
    let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
    let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
    let plan = planned(&snapshot, &[], "2026-08-19");
    let lines = plan.steps()[0].bundle().lines().iter();
    let temporary = lines.filter(|line| line.is_temporary());
    let temporary: Vec<String> = temporary.map(ToString::to_string).collect();
    assert_eq!(temporary, [r#"gem "karafka-rdkafka", "~> 0.15.2""#]);
}

#[test]
fn a_newer_release_in_reach_makes_the_line_exact() {
    // 2.8.5 is not the newest 2.8: `~> 2.8.5` would go on.
    let start = snapshot(
        &[
            ("karafka", "2.4.18"),
            ("waterdrop", "2.7.4"),
            ("karafka-core", "2.4.11"),
            ("karafka-rdkafka", "0.19.5"),
        ],
        "3.2",
    );
    let plan = planned(&start, &["waterdrop=2.8", "karafka=2.4"], "2026-08-19");
    let lines = plan.steps()[0].bundle().lines();
    let line = lines
        .iter()
        .find(|line| *line.gem() == *"waterdrop")
        .unwrap();
    assert_eq!(
        (line.requirement(), line.to_string().as_str()),
        ("= 2.8.5", r#"gem "waterdrop", "2.8.5""#)
    );
}

#[test]
fn what_joins_or_leaves_is_not_named_in_the_command() {
    let plan = planned(&lockfile(&OLD, "2.7"), &["karafka=2.0"], "2026-08-19");
    let step = plan.steps().last().unwrap();
    let joined: Vec<&str> = step
        .changes()
        .iter()
        .filter(|change| change.from().is_none())
        .map(|change| change.package().as_str())
        .collect();
    assert_eq!(joined, ["karafka-core", "karafka-rdkafka"]);
    assert_eq!(
        step.bundle().command(),
        Some("bundle update karafka waterdrop karafka-testing")
    );
}

// ---- what applies -------------------------------------------------------------------------------

#[test]
fn conditions_are_decided_where_the_lockfile_can_and_never_dropped() {
    let applies = |snapshot: &Snapshot, id: &str| {
        let plan = planned(snapshot, &["karafka=2.4"], "2026-08-19");
        let mut due = plan
            .steps()
            .iter()
            .flat_map(|step| step.guidance().actions().iter());
        due.find(|due| *due.action().id() == *id)
            .map(|due| due.applies())
    };
    let base = [
        ("karafka", "2.3.4"),
        ("waterdrop", "2.6.14"),
        ("karafka-core", "2.3.0"),
        ("karafka-rdkafka", "0.14.11"),
    ];
    let pro = [&base[..], &[("karafka-license", "1.0")]].concat();
    let id = "karafka-any-pro-vp-transactions";
    assert_eq!(applies(&lockfile(&base, "3.2"), id), Some(Applies::No));
    assert_eq!(applies(&lockfile(&pro, "3.2"), id), Some(Applies::Unknown));
    // A list of packages need not name every gem.
    assert_eq!(applies(&snapshot(&base, "3.2"), id), Some(Applies::Unknown));
    let web = "karafka-2.4-requires-web-0.9";
    assert_eq!(applies(&lockfile(&base, "3.2"), web), Some(Applies::No));
    let with_web = [&base[..], &[("karafka-web", "0.8.2")]].concat();
    assert_eq!(
        applies(&lockfile(&with_web, "3.2"), web),
        Some(Applies::Yes)
    );
}

/// Whether an action of the step that enters a line applies.
#[track_caller]
fn applies_entering(plan: &Plan, (package, line): (&str, &str), id: &str) -> Applies {
    let actions = entering(plan, package, line).guidance().actions();
    let due = actions.iter().find(|due| *due.action().id() == *id);
    due.unwrap_or_else(|| panic!("{id} is not told")).applies()
}

#[test]
fn what_is_there_already_is_not_asked_for() {
    let step = ("karafka", "2.4");
    let on = |ruby: &str| planned(&lockfile(&WEB, ruby), &["karafka=2.4"], "2026-08-19");
    // With Ruby 3.2 installed, and with a step of Ruby before.
    for plan in [on("3.2"), on("2.7")] {
        for id in [
            "karafka-2.4-requires-ruby-3.0",
            "karafka-2.4-gate-latest-2.3",
        ] {
            assert_eq!(applies_entering(&plan, step, id), Applies::No, "{id}");
        }
        // What comes in the same step was not there before.
        let id = "karafka-2.4-requires-web-0.9";
        assert_eq!(applies_entering(&plan, step, id), Applies::Yes);
    }
    // The ceiling of a Ruby that the step leaves behind.
    let three = planned(&lockfile(&WEB, "3.0"), &["karafka=2.6"], "2026-08-19");
    let id = "ruby-3.1-ceiling";
    assert_eq!(applies_entering(&three, ("ruby", "3.2"), id), Applies::No);
}

#[test]
fn what_is_dropped_concerns_those_who_had_it() {
    for (driver, version, applies) in [
        ("rdkafka", "0.12.0", Applies::Yes),
        ("karafka-rdkafka", "0.12.0", Applies::No),
    ] {
        let gems = [
            ("karafka", "2.0.20"),
            ("waterdrop", "2.4.7"),
            ("karafka-core", "2.0.7"),
            (driver, version),
        ];
        let plan = planned(&lockfile(&gems, "3.0"), &["karafka=2.0"], "2026-08-19");
        for id in [
            "karafka-2.0-karafka-rdkafka-replaces-rdkafka",
            "karafka-core-2.0-karafka-rdkafka",
        ] {
            let mut due = plan.steps()[0].guidance().actions().iter();
            let due = due.find(|due| *due.action().id() == *id).unwrap();
            assert_eq!(due.applies(), applies, "{driver} {id}");
        }
    }
}

#[test]
fn a_change_that_goes_down_brings_nothing() {
    let catalog = Catalog::karafka().unwrap();
    let (old, new) = (lockfile(&WEB, "3.2"), lockfile(&OLD, "3.2"));
    let brings = |from, to| {
        let lint = rungs::lint::lint(&catalog, from, to, &Request::new()).unwrap();
        lint.guidance().actions().len()
    };
    assert_eq!(brings(&old, &new), 0);
    assert!(brings(&new, &old) > 50);
}

#[test]
fn what_every_plan_does_is_nothing_to_do() {
    let plan = planned(&lockfile(&WEB, "3.2"), &["karafka=2.1"], "2026-08-19");
    let due = plan
        .steps()
        .iter()
        .flat_map(|step| step.guidance().actions().iter());
    let done: Vec<_> = due.filter(|due| due.action().is_done_by_plans()).collect();
    assert_eq!(done.len(), 4);
    assert!(done.iter().all(|due| due.applies() == Applies::No));
}

#[test]
fn things_beside_the_path_are_told_with_the_plan() {
    let gems = [&WEB[..], &[("railties", "7.0.8")]].concat();
    let plan = planned(&lockfile(&gems, "3.2"), &[], "2026-08-19");
    let of = |id: &str| {
        let mut due = plan.beside().iter();
        due.find(|due| *due.action().id() == *id).unwrap().applies()
    };
    assert_eq!(of("rails-7.0-dropped-7.0"), Applies::Yes);
    assert_eq!(of("rails-any-support-policy"), Applies::Yes);
    assert_eq!(of("rails-7.1-karafka-floor"), Applies::No); // it is 7.0 that is there
    // No lockfile tells the version of brokers.
    assert_eq!(of("kafka-broker-any-minimum-version"), Applies::Unknown);
    assert_eq!(of("kafka-broker-4.0-kip-848-broker"), Applies::Unknown);
    assert_eq!(of("kafka-broker-any-compatible-platforms"), Applies::Yes);
    assert_eq!(of("rails-7.1-perform-all-later"), Applies::No); // Karafka 2.0.33 is installed
    let without = planned(&lockfile(&WEB, "3.2"), &[], "2026-08-19");
    let partial = planned(&snapshot(&WEB, "3.2"), &[], "2026-08-19");
    for (plan, applies) in [(without, Applies::No), (partial, Applies::Unknown)] {
        for due in plan.beside().iter() {
            // What requires a Karafka that is installed is met, whatever Rails is.
            let is_met = *due.action().id() == *"rails-7.1-perform-all-later";
            if *due.action().package() == *"rails" && !is_met {
                assert_eq!(due.applies(), applies, "{}", due.action().id());
            }
        }
    }
    let actions = Catalog::karafka().unwrap();
    let subjects = actions
        .actions()
        .unwrap()
        .iter()
        .filter(|it| !it.is_planned());
    assert_eq!(plan.beside().len(), subjects.count());
}

// ---- rollout ------------------------------------------------------------------------------------

/// The tasks of a phase as `kind component text`.
fn tasks(step: &Step, phase: Phase) -> Vec<String> {
    let phases = step.guidance().rollout().phases().into_iter();
    let tasks = phases
        .filter(|(known, _)| *known == phase)
        .flat_map(|(_, tasks)| tasks);
    tasks
        .map(|task| {
            format!(
                "{} {} {}",
                task.kind().name(),
                task.component().unwrap_or("-"),
                task.text()
            )
        })
        .collect()
}

#[track_caller]
fn entering<'p>(plan: &'p Plan, package: &str, line: &str) -> &'p Step {
    let enters = |step: &&Step| {
        step.changes().iter().any(|change| {
            *change.package() == *package
                && change.to().is_some_and(|to| version(to).line() == line)
        })
    };
    plan.steps().iter().find(enters).unwrap()
}

#[test]
fn web_ui_0_7_stops_migrates_and_deploys_consumers_first() {
    let plan = planned(&lockfile(&WEB, "3.2"), &["karafka=2.3"], "2026-08-19");
    let step = entering(&plan, "karafka-web", "0.7");
    assert_eq!(step.guidance().rollout().rolling(), Some(Rolling::No));
    assert_eq!(
        tasks(step, Phase::Deploy),
        [
            "provide - create the topic karafka_consumers_metrics (partitions 1, cleanup.policy=compact, \
             retention.ms=3600000, segment.ms=86400000, segment.bytes=104857600), unless a \
             command below does",
            "stop - stop the materializer, or all consumers when it is not separated",
            "command - bundle exec karafka-web migrate",
            "deploy consumers wait until every process runs the new version",
            "deploy web-ui wait until status page shows no problem",
            "note producers no documented position relative to consumers; WaterDrop changes act \
             wherever the new code runs",
        ]
    );
    assert_eq!(
        tasks(step, Phase::Before)[0],
        "check - before karafka-web 0.7: 0.6.3 deployed in each environment"
    );
    // Nobody doubts that it stops, and no old materializer meets new reports.
    let rollout = step.guidance().rollout();
    assert!(!rollout.because().iter().any(|why| why.contains("disagree")));
    let expected: Vec<_> = rollout.expect().iter().map(|it| it.what()).collect();
    assert_eq!(
        expected,
        [
            "the report schema goes from 1.2.0 to 1.2.3",
            "Web UI HTTP 500"
        ]
    );
    // The next line rolls, and its schemas change.
    let step = entering(&plan, "karafka-web", "0.8");
    let rollout = step.guidance().rollout();
    assert_eq!(rollout.rolling(), Some(Rolling::Yes));
    assert_eq!(
        rollout.expect()[0].what(),
        "the report schema goes from 1.2.3 to 1.2.9"
    );
    let expected = rollout.expect().into_iter().map(|it| it.what());
    assert_eq!(expected.filter(|what| what.contains("HTTP 500")).count(), 1);
    assert!(
        rollout
            .rollback()
            .iter()
            .any(|fact| fact.command() == Some("bundle exec karafka-web reset"))
    );
    assert!(
        rollout
            .because()
            .iter()
            .any(|why| why.starts_with("sources disagree: "))
    );
}

#[test]
fn karafka_2_0_stops_all_consumers() {
    let plan = planned(&lockfile(&OLD, "2.7"), &["karafka=2.0"], "2026-08-19");
    let step = entering(&plan, "karafka", "2.0");
    assert_eq!(step.guidance().rollout().rolling(), Some(Rolling::No));
    let deploy = tasks(step, Phase::Deploy);
    assert_eq!(deploy[0], "stop - stop all consumers of the application");
    assert!(deploy[1].starts_with("deploy consumers "), "{deploy:?}");
    assert!(!deploy.iter().any(|task| task.contains("web-ui")));
}

#[test]
fn conditions_of_a_stop_are_checks() {
    let start = [
        ("karafka", "2.3.4"),
        ("waterdrop", "2.6.14"),
        ("karafka-core", "2.3.0"),
        ("karafka-rdkafka", "0.14.11"),
    ];
    let plan = planned(&lockfile(&start, "3.2"), &["karafka=2.4"], "2026-08-19");
    let rollout = plan.steps()[0].guidance().rollout();
    assert_eq!(rollout.rolling(), Some(Rolling::Conditional));
    let (_, deploy) = rollout
        .phases()
        .into_iter()
        .find(|(phase, _)| *phase == Phase::Deploy)
        .unwrap();
    assert_eq!(deploy[0].kind(), TaskKind::Check);
    assert!(deploy[0].is_inferred() && deploy[0].text().starts_with("where effective group ids"));
    assert_eq!(deploy[1].text(), "bundle exec karafka topics plan");
    let watched: Vec<_> = rollout.watch().iter().map(|it| it.what()).collect();
    assert!(watched.contains(&"list of consumer groups on the cluster".into()));
    assert!(
        !watched.contains(&"Web UI status page".into()),
        "there is no Web UI"
    );
}

#[test]
fn components_that_the_lockfile_does_not_show_are_not_deployed() {
    let plan = planned(
        &lockfile(&[("waterdrop", "2.0.7")], "3.2"),
        &[],
        "2026-08-19",
    );
    for step in plan.steps() {
        let deploy = tasks(step, Phase::Deploy).join("\n");
        assert!(
            !deploy.contains("consumers ") && !deploy.contains("web-ui"),
            "{deploy}"
        );
    }
}

#[test]
fn a_runtime_moves_alone_and_says_how() {
    let plan = planned(&lockfile(&WEB, "2.7"), &["karafka=2.4"], "2026-08-19");
    let step = plan
        .steps()
        .iter()
        .find(|step| step.kind() == StepKind::Runtime)
        .unwrap();
    assert_eq!(
        tasks(step, Phase::Bundle),
        ["provide - move ruby to 3.0 everywhere it is named"]
    );
    assert!(step.bundle().lines().is_empty() && step.bundle().command().is_none());
    assert_eq!(tasks(step, Phase::Staging).len(), 2); // the suite runs on it first
    assert!(tasks(step, Phase::Before).is_empty());
    let ids: Vec<&str> = step
        .guidance()
        .actions()
        .iter()
        .map(|due| due.action().package().as_str())
        .collect();
    assert!(!ids.is_empty() && ids.iter().all(|package| *package == "ruby"));
}

// ---- support and changelogs ---------------------------------------------------------------------

#[test]
fn support_is_judged_on_the_day_asked_for() {
    let notes = |day: &str| {
        let gems = [&WEB[..], &[("railties", "7.1.3")]].concat();
        let plan = planned(
            &lockfile(&gems, "3.2"),
            &["karafka=2.1", "karafka-web=0.6"],
            day,
        );
        let last = plan.steps().last().unwrap().guidance().support();
        let notes = last.iter().map(|note| {
            format!(
                "{} {} {}",
                note.subject(),
                note.line(),
                if note.is_over() { "over" } else { "soon" }
            )
        });
        notes.collect::<Vec<_>>()
    };
    // karafka 2.1 to 2024-05-01, karafka-web 0.6 to 2023-12-01, waterdrop 2.6 to 2024-09-30.
    assert_eq!(notes("2023-09-01"), Vec::<String>::new());
    assert_eq!(notes("2023-09-02"), ["karafka-web 0.6 soon"]);
    assert_eq!(notes("2023-12-01"), ["karafka-web 0.6 soon"]);
    assert_eq!(notes("2023-12-02"), ["karafka-web 0.6 over"]);
    let late = notes("2026-08-19");
    assert_eq!(
        late,
        [
            "karafka 2.1 over",
            "karafka-web 0.6 over",
            "waterdrop 2.6 over",
            "ruby 3.2 soon",
            "rails 7.1 over",
        ]
    );
    let plan = planned(&lockfile(&WEB, "3.2"), &["karafka=2.1"], "2026-08-19");
    let hints = plan.steps()[0]
        .guidance()
        .support()
        .iter()
        .filter_map(|note| note.hint());
    assert_eq!(hints.count(), 1, "said once");
    // Without a day the catalog's own words count.
    let catalog = Catalog::karafka().unwrap();
    let request = Request::new().to(&catalog, "karafka=2.1").unwrap();
    let plan = rungs::planner::plan(&catalog, &lockfile(&WEB, "3.2"), &request).unwrap();
    let last = plan.steps().last().unwrap().guidance().support();
    assert!(last.iter().all(|note| note.is_over()) && last.len() == 3);
}

#[test]
fn changelogs_name_what_is_passed() {
    let plan = planned(&lockfile(&WEB, "3.2"), &["karafka=2.1"], "2026-08-19");
    let step = &plan.steps()[0];
    let log = step
        .guidance()
        .changelogs()
        .iter()
        .find(|log| *log.package() == *"karafka")
        .unwrap();
    let versions: Vec<&str> = log.versions().iter().map(Version::as_str).collect();
    assert_eq!(versions, ["2.0.40", "2.0.41"]);
    assert_eq!(
        log.link(),
        Some("https://github.com/karafka/karafka/blob/master/CHANGELOG.md")
    );
    for (_, plan) in plans() {
        for step in plan.steps() {
            let logs = step.guidance().changelogs();
            let moved = step.changes().iter().filter(|change| change.to().is_some());
            if step.kind() == StepKind::Runtime {
                assert!(
                    logs.is_empty(),
                    "the catalog knows few releases of a runtime"
                );
                continue;
            }
            assert_eq!(logs.len(), moved.clone().count());
            for (log, change) in logs.iter().zip(moved) {
                let last = log.versions().last().map(Version::as_str);
                assert_eq!(last, change.to());
            }
        }
    }
}

// ---- other catalogs -----------------------------------------------------------------------------

#[test]
fn a_bare_plan_has_the_same_steps_and_nothing_with_them() {
    let catalog = Catalog::karafka().unwrap();
    for (start, full) in plans() {
        let mut request = Request::new();
        for (name, line) in full.targets() {
            request = request.to(&catalog, &format!("{name}={line}")).unwrap();
        }
        request.detail = Detail::Path;
        let bare = plan(&catalog, &start, &request).unwrap();
        if bare.steps().len() == full.steps().len() {
            for (bare, full) in bare.steps().iter().zip(full.steps()) {
                assert!(bare.guidance().actions().is_empty() && bare.bundle().lines().is_empty());
                assert_eq!(bare.number(), full.number());
            }
        }
    }
}

#[test]
fn a_catalog_without_guides_plans_and_a_broken_one_says_where() {
    let world = "format = 1\nname = \"small\"\nscheme = \"rubygems\"\nhorizon = 2026-08-19\n\
        order = [\"a\"]\n[package.a]\nrole = \"stepped\"\nreleases = '''\n1.0.0 2020-01-01\n\
        1.1.0 2021-01-01\n'''\n";
    let start = Snapshot::new().with("a", version("1.0.0")).direct("a");
    let catalog = Catalog::parse(vec![Source::new("w.toml", world)]).unwrap();
    let found = plan(&catalog, &start, &Request::new()).unwrap();
    let guidance = found.steps()[0].guidance();
    assert!(guidance.actions().is_empty() && guidance.rollout().phases().len() == 1);
    assert_eq!(
        found.steps()[0].bundle().lines()[0].to_string(),
        r#"gem "a", "~> 1.1.0""#
    );
    let broken = Source::new("r.toml", "holds = \"rollout\"\nformat = 2\n");
    let catalog = Catalog::parse(vec![Source::new("w.toml", world), broken]).unwrap();
    let error = plan(&catalog, &start, &Request::new()).unwrap_err();
    assert_eq!(error.to_string(), "r.toml:2:10: unknown format: expected 1");
    let mut request = Request::new();
    request.detail = Detail::Path;
    assert!(plan(&catalog, &start, &request).is_ok());
}

#[test]
fn a_stage_that_an_action_tells_of_is_not_told_twice() {
    let catalog = Catalog::karafka().unwrap();
    let stages = catalog.rollout().unwrap().stages();
    let what = |id: &str| stages.iter().find(|it| it.id() == id).unwrap().what();
    let (mut told, mut left) = (0, 0);
    for (_, plan) in plans() {
        for step in plan.steps() {
            let phases = step.guidance().rollout().phases().into_iter();
            let tasks = phases.flat_map(|(_, tasks)| tasks);
            let tasks: Vec<_> = tasks.map(|task| task.text()).collect();
            let due = step.guidance().actions().iter();
            let due = due.filter(|due| due.applies() == Applies::Yes);
            let by_actions: Vec<_> = due.flat_map(|due| due.action().stages()).collect();
            for id in &by_actions {
                assert!(!tasks.contains(&what(id).into()), "{id}");
            }
            told += by_actions.len();
            left += usize::from(tasks.contains(&what("test-and-stage").into()));
        }
    }
    let least = if common::shared().is_some() { 100 } else { 75 };
    assert!(told > least && left > 10, "{told} {left}");
}

#[test]
fn guides_of_what_is_entered_stand_before_general_ones() {
    let plan = planned(&lockfile(&WEB, "3.2"), &["karafka=2.1"], "2026-08-19");
    let step = plan.steps().last().unwrap();
    let guides = step.guidance().guides().into_iter();
    let pages: Vec<&str> = guides.map(|guide| guide.page()).collect();
    assert_eq!(pages[0], "Upgrades/Karafka/2.1");
    let at = |page| pages.iter().position(|it| *it == page).unwrap();
    // An action of every line was read in the guide of 2.6.
    assert!(
        at("Changelog/Karafka") < at("Upgrades/Karafka/2.6"),
        "{pages:?}"
    );
}

/// A lockfile whose karafka comes from git and wants other things than the release of that version.
fn from_git(karafka: &str, wants: &str, gems: &[(&str, &str)]) -> Snapshot {
    let mut text = format!(
        "GIT\n  remote: https://example.org/karafka.git\n  revision: 0123\n  specs:\n    \
         karafka ({karafka})\n",
    );
    for want in wants.split("; ") {
        text.push_str(&format!("      {want}\n"));
    }
    text.push_str("\nGEM\n  remote: https://rubygems.org/\n  specs:\n");
    for (name, version) in gems {
        text.push_str(&format!("    {name} ({version})\n"));
    }
    text.push_str(
        "\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  karafka!\n\nRUBY VERSION\n   ruby 3.2.2\n",
    );
    Snapshot::from_lockfile(&Lockfile::parse(text.as_bytes()).unwrap()).unwrap()
}

#[test]
fn what_comes_from_git_goes_by_its_lockfile() {
    let gems = [
        ("karafka-core", "2.4.0"),
        ("karafka-rdkafka", "0.15.0"),
        ("waterdrop", "2.7.0"),
        ("zeitwerk", "2.2.0"),
    ];
    let wants = "karafka-core (>= 2.4.0, < 2.5.0); waterdrop (>= 2.7.0, < 3.0.0)";
    let plan = planned(
        &from_git("2.3.4", wants, &gems),
        &["waterdrop=2.8"],
        "2026-08-19",
    );
    let step = plan.steps().last().unwrap();
    let state = step.state();
    assert_eq!(state.package("karafka").unwrap().as_str(), "2.3.4");
    assert_eq!(state.package("karafka-core").unwrap().as_str(), "2.4.11");
    // The release of that version wants karafka-core below 2.4 and zeitwerk ~> 2.3.
    let core = step.changes().iter();
    let core = core.filter(|change| *change.package() == *"karafka-core");
    let why: Vec<String> = core.map(|change| change.because().to_string()).collect();
    assert_eq!(
        why,
        ["2.5.1 is excluded: karafka 2.3.4 requires >= 2.4.0, < 2.5.0"]
    );
    let zeitwerk = step.outside().iter().find(|it| it.gem() == "zeitwerk");
    let wanted = zeitwerk.and_then(|it| it.wanted()).unwrap();
    assert!(!wanted.by().starts_with("karafka 2.3.4"), "{wanted:?}");
    // The fewest lines: nothing but the step's own line of waterdrop is left open by the lockfile.
    let lines = |step: &rungs::plan::Step| step.bundle().lines().len();
    assert_eq!(lines(step), 0);
    // Nor where it names a prerelease: Bundler looks at none for that (tests/bundler/early.rb).
    let wants = "karafka-core (>= 2.4.0, < 2.5.0); karafka-rdkafka (>= 0.15.0.rc1, < 0.20.0); \
                 waterdrop (>= 2.7.0, < 3.0.0)";
    let plan = planned(
        &from_git("2.3.4", wants, &gems),
        &["waterdrop=2.8"],
        "2026-08-19",
    );
    assert_eq!(lines(plan.steps().last().unwrap()), 0);
}

#[test]
fn what_comes_from_git_may_rule_out_a_line_by_another_gem() {
    let gems = [("waterdrop", "1.2.2"), ("dry-validation", "0.11.1")];
    let start = from_git(
        "1.2.5",
        "waterdrop (~> 1.2); dry-validation (~> 0.11)",
        &gems,
    );
    let plan = planned(&start, &[], "2026-08-19");
    let change = &plan.steps()[0].changes()[0];
    assert_eq!(change.to(), Some("1.2.5"));
    let why = change.because().to_string();
    assert_eq!(why, "1.3.0 requires dry-validation ~> 1.2");
    // Where that leaves no way, it is said whether a registry would.
    let catalog = Catalog::karafka().unwrap();
    let to = |target| {
        let request = Request::new().to(&catalog, target).unwrap();
        rungs::planner::plan(&catalog, &start, &request).unwrap()
    };
    let stuck = to("waterdrop=1.3");
    assert!(stuck.outcome() == Outcome::Unknown && stuck.steps().is_empty());
    let [warning] = stuck.warnings() else {
        panic!("{:?}", stuck.warnings());
    };
    assert_eq!(warning.code(), "foreign_source");
    assert_eq!(
        warning.to_string(),
        "karafka 1.2.5 comes from a git repository or a folder"
    );
    let registry = stuck.from_registry().unwrap();
    assert_eq!(
        registry.to_string(),
        "with karafka from a registry there would be a plan of 1 step, to waterdrop 1.3"
    );
    let names: Vec<&str> = registry.gems().iter().map(|it| it.as_str()).collect();
    assert_eq!((names, registry.steps()), (vec!["karafka"], 1));
    let end = registry
        .end()
        .iter()
        .find(|it| it.0.as_str() == "waterdrop");
    assert_eq!(end.unwrap().1.as_str(), "1.3.4");
    // Without that want the line is open, and so is the next.
    let start = from_git("1.2.5", "waterdrop (~> 1.2)", &gems);
    let plan = planned(&start, &[], "2026-08-19");
    let last = plan.steps().last().unwrap().state();
    assert_eq!(last.package("waterdrop").unwrap().as_str(), "1.4.5");
}

#[test]
fn of_what_joins_no_earlier_breaking_entry_is_counted() {
    let start = lockfile(&[("karafka", "1.4.15"), ("waterdrop", "1.4.5")], "3.2");
    let plan = planned(&start, &["karafka=2.0"], "2026-08-19");
    let logs = plan.steps().last().unwrap().guidance().changelogs().iter();
    let logs: BTreeMap<&str, (usize, usize)> = logs
        .map(|log| {
            (
                log.package().as_str(),
                (log.versions().len(), log.breaking()),
            )
        })
        .collect();
    // The catalog has a breaking action of 2.0.0, which nobody passes who joins at 2.0.13.
    assert_eq!(logs["karafka-core"], (1, 0));
    assert!(logs["karafka"].1 > 30, "{logs:?}");
}

#[test]
fn what_refuses_a_package_from_git_needs_no_line() {
    let text = "GIT\n  remote: https://example.org/core.git\n  revision: 0123\n  specs:\n    \
                karafka-core (2.3.0)\n      karafka-rdkafka (>= 0.14.8, < 0.15.0)\n\nGEM\n  \
                remote: https://rubygems.org/\n  specs:\n    karafka (2.3.0)\n    \
                karafka-rdkafka (0.14.11)\n    waterdrop (2.6.12)\n\nPLATFORMS\n  ruby\n\n\
                DEPENDENCIES\n  karafka\n  karafka-core!\n\nRUBY VERSION\n   ruby 3.2.2\n";
    let start = Snapshot::from_lockfile(&Lockfile::parse(text.as_bytes()).unwrap()).unwrap();
    let plan = planned(&start, &["karafka=2.3"], "2026-08-19");
    let step = plan.steps().last().unwrap();
    assert_eq!(
        step.state().package("waterdrop").unwrap().as_str(),
        "2.6.14"
    );
    // Later releases of waterdrop want karafka-core 2.4.
    let lines = step.bundle().lines().iter();
    let lines: Vec<&str> = lines.map(|line| line.gem().as_str()).collect();
    assert_eq!(lines, ["karafka"]);
}

/// The command unlocks what the family requires, and Bundler takes the newest of it: a temporary line
/// keeps a gem from where it would not run, as long as a state would break beside it.
#[test]
fn a_gem_outside_stays_where_it_runs() {
    let lockfile = Lockfile::parse(include_bytes!("../scenarios/repair.lock")).unwrap();
    let start = Snapshot::from_lockfile(&lockfile).unwrap();
    let catalog = Catalog::karafka().unwrap();
    let thor = |step: &Step| {
        let mut lines = step.bundle().lines().iter();
        let line = lines.find(|line| line.gem() == "thor")?;
        assert!(line.is_temporary());
        Some(line.requirement().to_owned())
    };
    let answer = plan(&catalog, &start, &Request::new()).unwrap();
    let mut held = 0;
    for step in answer.steps() {
        let karafka = step.state().package("karafka").unwrap();
        // karafka requires thor up to 2.2.7, and has it no more afterwards; where it stands still, in the
        // repair, nothing unlocks thor.
        let moves = step.changes().iter().any(|it| it.package() == "karafka");
        let unlocked = moves && *karafka < version("2.2.8");
        let expected = unlocked.then(|| "< 1.3.0".to_owned());
        held += usize::from(expected.is_some());
        assert_eq!(thor(step), expected, "{karafka}");
        let goes = step.bundle().obsolete().iter().any(|gem| gem == "thor");
        let was = step.number() > 1 && thor(&answer.steps()[step.number() - 2]).is_some();
        assert_eq!(goes, was && thor(step).is_none(), "{karafka}");
    }
    assert!(held >= 1);
    // The next plan finds the line by its mark, and takes it away.
    let marked = start.temporary("thor");
    let again = plan(&catalog, &marked, &Request::new()).unwrap();
    let thors = |plan: &Plan| plan.steps().iter().map(thor).collect::<Vec<_>>();
    assert_eq!(thors(&again), thors(&answer));
    assert!(
        again.steps()[0]
            .bundle()
            .obsolete()
            .iter()
            .any(|gem| gem == "thor")
    );
}
