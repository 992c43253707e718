//! Laws of plans over the embedded catalog: the rest after each step, no state that breaks a rule, and input in any
//! order.

use rungs::catalog::Catalog;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Cause, Constraint, FixKind, Outcome, Plan, StepKind};
use rungs::planner::{Planner, Request, RuntimeMove, plan};
use rungs::status::{ProblemKind, status};
use rungs::{Date, Scheme, Version};

const DIRECT: [&str; 4] = ["karafka", "karafka-web", "waterdrop", "karafka-testing"];

/// Start, Ruby, target.
type World = (
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
);

/// The last two begin with a repair: Bundler arrived there, and what is installed does not run.
const WORLDS: [World; 6] = [
    (
        &[
            ("karafka", "2.3.0"),
            ("waterdrop", "2.6.12"),
            ("karafka-web", "0.8.0"),
            ("karafka-core", "2.3.0"),
            ("karafka-rdkafka", "0.14.8"),
        ],
        "3.2",
        "karafka=2.6",
    ),
    (
        &[
            ("karafka", "2.0.39"),
            ("waterdrop", "2.5.1"),
            ("karafka-web", "0.5.1"),
            ("karafka-core", "2.0.12"),
            ("karafka-rdkafka", "0.12.0"),
            ("karafka-testing", "2.0.9"),
        ],
        "2.7",
        "karafka=2.4",
    ),
    (
        &[("karafka", "1.4.4"), ("waterdrop", "1.4.1")],
        "2.6.3",
        "karafka=2.6",
    ),
    (
        &[
            ("karafka", "2.0.10"),
            ("waterdrop", "2.4.1"),
            ("karafka-core", "2.0.2"),
            ("rdkafka", "0.12.0"),
        ],
        "3.4",
        "waterdrop=2.8",
    ),
    (
        &[
            ("karafka", "2.0.41"),
            ("waterdrop", "2.10.3"),
            ("karafka-core", "2.6.2"),
            ("karafka-rdkafka", "0.28.0"),
        ],
        "3.3",
        "karafka=2.6",
    ),
    (
        &[
            ("karafka", "2.1.4"),
            ("waterdrop", "2.6.12"),
            ("karafka-web", "0.6.3"),
            ("karafka-core", "2.2.7"),
            ("karafka-rdkafka", "0.14.7"),
        ],
        "3.2",
        "karafka=2.4",
    ),
];

fn snapshot<'a>(packages: impl Iterator<Item = (&'a str, String)>, ruby: &str) -> Snapshot {
    let mut snapshot = Snapshot::new().with_runtime("ruby", ruby);
    for (name, version) in packages {
        snapshot = snapshot.with(name, Version::parse(Scheme::RubyGems, &version).unwrap());
        if DIRECT.contains(&name) {
            snapshot = snapshot.direct(name);
        }
    }
    snapshot
}

/// What is installed after a step.
fn after(step: &rungs::plan::Step) -> Snapshot {
    let packages = step.state().packages().iter();
    let packages = packages.map(|(name, version)| (name.as_str(), version.as_str().to_owned()));
    snapshot(packages, &step.state().runtimes()[0].1)
}

fn answer(snapshot: &Snapshot, target: &str) -> Plan {
    let catalog = Catalog::karafka().unwrap();
    let request = Request::new().to(&catalog, target).unwrap();
    plan(&catalog, snapshot, &request).unwrap()
}

fn states(plan: &Plan) -> Vec<String> {
    plan.steps()
        .iter()
        .map(|step| format!("{:?}", step.state()))
        .collect()
}

#[test]
fn planning_again_after_each_step_gives_the_rest() {
    let (mut compared, mut repairs) = (0, 0);
    for (start, ruby, target) in WORLDS {
        let start = start
            .iter()
            .map(|(name, version)| (*name, (*version).to_owned()));
        let whole = answer(&snapshot(start, ruby), target);
        assert_eq!(whole.outcome(), Outcome::Planned, "{target}");
        for (number, step) in whole
            .steps()
            .iter()
            .enumerate()
            .take(whole.steps().len() - 1)
        {
            let again = answer(&after(step), target);
            assert_eq!(
                states(&again),
                states(&whole)[number + 1..],
                "{target}, after {}",
                number + 1
            );
            compared += 1;
        }
        let is_repair = |step: &&rungs::plan::Step| step.kind() == StepKind::Repair;
        repairs += whole.steps().iter().filter(is_repair).count();
        assert!(!whole.steps()[1..].iter().any(|step| is_repair(&step)));
    }
    assert!(compared >= 20 && repairs == 2, "{compared} {repairs}");
}

/// `status` reads an installation without planning it, and finds nothing in what a plan passes through; what stands
/// before a repair it objects to.
#[test]
fn no_state_breaks_a_rule() {
    let catalog = Catalog::karafka().unwrap();
    let broken = |snapshot: &Snapshot| -> Vec<String> {
        let status = status(Planner::new(&catalog, snapshot), None, &Request::new()).unwrap();
        let problems = status.standings().flat_map(|it| it.problems());
        let fails = problems.filter(|it| {
            matches!(
                it.kind(),
                ProblemKind::Requires
                    | ProblemKind::Conflict
                    | ProblemKind::Requirement
                    | ProblemKind::Blocked
                    | ProblemKind::Avoid
                    | ProblemKind::Yanked
                    | ProblemKind::Prerelease
            )
        });
        fails.map(|it| it.to_string()).collect()
    };
    let mut states = 0;
    for (start, ruby, target) in WORLDS {
        let start = start
            .iter()
            .map(|(name, version)| (*name, (*version).to_owned()));
        let start = snapshot(start, ruby);
        let plan = answer(&start, target);
        let is_repair = plan.steps()[0].kind() == StepKind::Repair;
        assert!(!is_repair || !broken(&start).is_empty(), "{target}");
        for step in plan.steps() {
            let found = broken(&after(step));
            assert!(
                found.is_empty(),
                "{target}, step {}: {found:?}",
                step.number()
            );
            states += 1;
        }
    }
    assert!(states > 25, "{states}");
}

/// The entries of a lockfile and all that a request lists beside its targets, in a new order each time.
#[cfg(feature = "wire")]
#[test]
fn shuffled_input_gives_the_same_bytes() {
    let catalog = Catalog::karafka().unwrap();
    let mut seed = 7_u64;
    let mut shuffle = |list: &mut Vec<&str>| {
        for at in (1..list.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let other = usize::try_from(seed >> 33).unwrap() % (at + 1);
            list.swap(at, other);
        }
    };
    let mut specs = vec![
        "karafka (2.1.4)\n      karafka-core (>= 2.0.13, < 3.0.0)\n      waterdrop (>= 2.6.2, < 3.0.0)",
        "waterdrop (2.6.12)",
        "karafka-web (0.6.3)\n      karafka (>= 2.1.4, < 3.0.0)",
        "karafka-core (2.2.7)",
        "karafka-rdkafka (0.14.7)",
        "old (1.0)\n      karafka (< 2.3)",
        "older (1.0)\n      karafka (< 2.3)\n      waterdrop (< 2.8)",
        "other (1.0)\n      karafka-core (< 3)",
    ];
    let mut direct = vec!["karafka", "karafka-web", "old", "older", "other"];
    let mut drop = vec!["old", "older"];
    let mut pins = vec!["waterdrop=< 2.9", "karafka-web=< 1", "waterdrop=!= 2.7.3"];
    let mut rules = vec!["karafka-any-latest-patch-first"];
    let mut properties = vec!["tls-system-certificates", "precompiled-driver"];
    let mut documents = std::collections::BTreeSet::new();
    for _ in 0..12 {
        for list in [
            &mut specs,
            &mut direct,
            &mut drop,
            &mut pins,
            &mut rules,
            &mut properties,
        ] {
            shuffle(list);
        }
        let text = format!(
            "GEM\n  remote: https://rubygems.org/\n  specs:\n    {}\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  {}\n",
            specs.join("\n    "),
            direct.join("\n  ")
        );
        let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
        let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
        let snapshot = snapshot.with_runtime("ruby", "3.2");
        let mut request = Request::new().to(&catalog, "karafka=2.4").unwrap();
        for pin in &pins {
            request = request.pin(&catalog, pin).unwrap();
        }
        request.drop = drop.iter().map(ToString::to_string).collect();
        request.accept = rules.iter().map(ToString::to_string).collect();
        let known = properties.iter().map(|id| (id.to_string(), false));
        request.properties = known.collect();
        let plan = plan(&catalog, &snapshot, &request).unwrap();
        assert_eq!(plan.outcome(), Outcome::Planned);
        assert_eq!(plan.steps()[0].kind(), StepKind::Repair);
        documents.insert(rungs::wire::plan_document(&plan) + &rungs::report::plan_text(&plan));
    }
    assert_eq!(documents.len(), 1);
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    for (start, ruby, target) in WORLDS {
        let list: Vec<(&str, String)> = start
            .iter()
            .map(|(name, version)| (*name, (*version).to_owned()))
            .collect();
        let one = answer(&snapshot(list.iter().cloned(), ruby), target);
        let other = answer(&snapshot(list.iter().rev().cloned(), ruby), target);
        assert_eq!(
            rungs::report::plan_text(&one),
            rungs::report::plan_text(&other)
        );
    }
}

#[test]
fn the_second_worked_example_of_the_design() {
    let (start, ruby, target) = WORLDS[1];
    let start = start
        .iter()
        .map(|(name, version)| (*name, (*version).to_owned()));
    let plan = answer(&snapshot(start, ruby), target);
    let way: Vec<(&str, &str)> = plan
        .steps()
        .iter()
        .map(|step| {
            let karafka = step.state().package("karafka").unwrap();
            (karafka.as_str(), step.state().runtimes()[0].1.as_str())
        })
        .collect();
    assert_eq!(
        way,
        [
            ("2.0.41", "2.7"),
            ("2.1.13", "2.7"),
            ("2.2.14", "2.7"),
            ("2.3.4", "2.7"),
            ("2.3.4", "3.0"),
            ("2.4.18", "3.0")
        ]
    );
    let last = plan.steps().last().unwrap().state();
    assert_eq!(last.package("karafka-web").unwrap().as_str(), "0.9.2");
    assert_eq!(last.package("waterdrop").unwrap().as_str(), "2.7.4");
}

/// Where lifting something gives a plan, that is what blocks it, also from a state in which the first step
/// has to take packages down.
#[test]
fn what_blocks_a_repair_is_named() {
    let catalog = Catalog::karafka().unwrap();
    for (start, ruby, _) in WORLDS {
        let start = start
            .iter()
            .map(|(name, version)| (*name, (*version).to_owned()));
        let snapshot = snapshot(start, ruby);
        let request = || Request::new().to(&catalog, "karafka=2.6").unwrap();
        let mut early = request();
        early.as_of = Date::parse("2025-01-01").ok();
        let mut old_ruby = request();
        old_ruby.runtime = RuntimeMove::Fixed;
        old_ruby.runtimes = vec![("ruby".to_owned(), "2.7".to_owned())];
        let questions = [
            request().pin(&catalog, "karafka=< 2.3").unwrap(),
            request().pin(&catalog, "waterdrop=< 2.7").unwrap(),
            request().pin(&catalog, "karafka-core=< 2.4").unwrap(),
            early,
            old_ruby,
        ];
        for question in questions {
            let plan = plan(&catalog, &snapshot, &question).unwrap();
            assert_eq!(plan.outcome(), Outcome::Impossible, "{question:?}");
            let constraints = plan.causes().iter().flat_map(Cause::constraints);
            let named = constraints
                .filter(|it| !matches!(it, Constraint::Unreachable { .. }))
                .count();
            assert!(named > 0, "{question:?}: {:?}", plan.causes());
        }
    }
}

/// A release that the family leaves out says what excludes it, and no gem is to be removed that the family
/// requires.
#[test]
fn targets_that_the_family_excludes_say_why() {
    let catalog = Catalog::karafka().unwrap();
    let gems = [
        ("karafka", "2.3.4"),
        ("waterdrop", "2.6.14"),
        ("karafka-core", "2.3.0"),
        ("karafka-rdkafka", "0.14.10"),
    ];
    let gems = gems.iter();
    let gems = gems.map(|(name, version)| (*name, (*version).to_owned()));
    let snapshot = snapshot(gems, "3.2");
    let ask = |targets: &[&str]| {
        let to = |request: Request, target: &&str| request.to(&catalog, target).unwrap();
        let request = targets.iter().fold(Request::new(), to);
        let plan = plan(&catalog, &snapshot, &request).unwrap();
        assert_eq!(plan.outcome(), Outcome::Impossible);
        let causes = plan.causes().iter();
        let members = causes.flat_map(|cause| cause.constraints().iter().zip(cause.collisions()));
        let members = members.map(|(constraint, collision)| match collision {
            Some(collision) => format!("{constraint}; {collision}"),
            None => constraint.to_string(),
        });
        let fixes: Vec<String> = plan.fixes().iter().map(|fix| format!("{fix:?}")).collect();
        assert!(!fixes.iter().any(|fix| fix.contains("Holder")), "{fixes:?}");
        members.collect::<Vec<String>>()
    };
    assert_eq!(
        ask(&["karafka-core=2.6.1"]),
        [
            "no sequence of catalog releases reaches karafka-core = 2.6.1; karafka 2.6.0 requires karafka-core \
             >= 2.6.2, < 2.7.0"
        ]
    );
    // Of several targets the one that cannot be reached is named, and not those that can.
    assert_eq!(ask(&["karafka=2.6", "karafka-core=2.6.1"]).len(), 1);
    ask(&["karafka=2.4", "karafka-rdkafka=0.21"]);
}

/// On the day that a fix names there is a plan of that length, and on the day before there is none.
#[test]
fn a_fix_waits_until_the_first_day_that_has_a_plan() {
    let catalog = Catalog::karafka().unwrap();
    let example = Lockfile::parse(include_bytes!("../../examples/Gemfile.lock")).unwrap();
    let mut starts = vec![Snapshot::from_lockfile(&example).unwrap()];
    starts.extend(WORLDS.iter().map(|(start, ruby, _)| {
        let start = start.iter();
        snapshot(
            start.map(|(name, version)| (*name, (*version).to_owned())),
            ruby,
        )
    }));
    let targets = ["karafka=2.4", "karafka=2.6", "waterdrop=2.8", "karafka-web"];
    let mut waits = 0;
    for start in &starts {
        for target in targets {
            for (day, min_age) in [
                ("2024-03-01", 0),
                ("2025-07-07", 0),
                ("2026-08-04", 0),
                ("2024-05-01", 30),
                ("2026-08-19", 30),
            ] {
                let on = |day: Date| {
                    let mut request = Request::new().to(&catalog, target).unwrap();
                    request.as_of = Some(day);
                    request.min_age = min_age;
                    plan(&catalog, start, &request)
                };
                let Ok(answer) = on(Date::parse(day).unwrap()) else {
                    continue;
                };
                for fix in answer.fixes() {
                    let FixKind::Day { day } = fix.kind() else {
                        continue;
                    };
                    waits += 1;
                    let first = Date::parse(day).unwrap();
                    let then = on(first).unwrap();
                    assert_eq!(then.outcome(), Outcome::Planned, "{target} {day}");
                    assert_eq!(then.steps().len(), fix.steps(), "{target} {day}");
                    let before = on(Date::from_days(first.days() - 1).unwrap()).unwrap();
                    assert_eq!(before.outcome(), Outcome::Impossible, "{target} {day}");
                    let of = i32::try_from(min_age).unwrap();
                    let of = Date::from_days(first.days() - of).unwrap();
                    let text = rungs::report::plan_text(&answer).replace("\n            ", " ");
                    let cause = format!("was released on {of}");
                    assert!(text.contains(&cause), "{target} {cause}\n{text}");
                }
            }
        }
    }
    assert!(waits > 20, "{waits}");
}
