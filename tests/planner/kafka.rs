//! Brokers beside the gems that talk to them: ZooKeeper, KRaft, which driver may talk to which broker. ¹

use crate::common;
use rungs::catalog::Catalog;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Outcome, Plan, Step};
use rungs::planner::{Detail, Planner, Request, plan};
use rungs::status::status;
use rungs::{Scheme, Version, report};
use serde_json::{Value, json};

fn catalog() -> Catalog {
    Catalog::joined(&["karafka", "kafka"]).unwrap()
}

fn gems(gems: &[(&str, &str)]) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for (name, version) in gems {
        let version = Version::parse(Scheme::RubyGems, version).unwrap();
        snapshot = snapshot.with(name, version).direct(name);
    }
    snapshot
}

/// A question as `questions.json` has it.
fn ask(from: &Value, to: &Value, properties: &[&str]) -> Plan {
    let catalog = catalog();
    let mut snapshot = Snapshot::new();
    let mut request = Request::new();
    for (name, value) in from.as_object().unwrap() {
        let text = value.as_str();
        snapshot = match (name.as_str(), text) {
            ("kafka", Some(text)) => snapshot.with_runtime("kafka", text),
            ("mode", Some("zookeeper")) => snapshot.with_runtime("kraft", "0"),
            ("mode", Some("kraft")) => snapshot.with_runtime("kraft", "1"),
            ("java", Some(text)) => snapshot.with_runtime("java", text),
            (gem, Some(text)) if catalog.package(gem).is_some() => {
                let version = Version::parse(Scheme::RubyGems, text).unwrap();
                snapshot.with(gem, version).direct(gem)
            }
            (property, _) => {
                let holds = value.as_bool().expect("a property is true or false");
                request.properties.push((property.to_owned(), holds));
                snapshot
            }
        };
    }
    for property in properties {
        request = request.property(property).unwrap();
    }
    for (name, value) in to.as_object().unwrap() {
        let target = match (name.as_str(), value.as_str().unwrap()) {
            ("mode", "kraft") => "kraft=1".to_owned(),
            (name, version) => format!("{name}={version}"),
        };
        request = request.to(&catalog, &target).unwrap();
    }
    request.detail = Detail::Path;
    plan(&catalog, &snapshot, &request).unwrap()
}

/// The moves as `questions.json` writes them: lines, but exact versions where those were asked for.
fn moves(plan: &Plan, exact: bool) -> Vec<String> {
    let changes = plan.steps().iter().flat_map(|step| step.changes());
    let moves = changes.map(|change| {
        let to = change.to().unwrap_or("-");
        let version = Version::parse(Scheme::RubyGems, to).unwrap();
        match change.package().as_str() {
            "kraft" => "mode kraft".to_owned(),
            "kafka" if !exact => format!("kafka {}", version.line()),
            name => format!("{name} {to}"),
        }
    });
    moves.collect()
}

/// The line of the broker may be asked for exactly: `4.0.1`.
fn is_exact(to: &Value) -> bool {
    to["kafka"]
        .as_str()
        .is_some_and(|text| text.matches('.').count() > 1)
}

/// Questions of our own: from, to, the moves.
fn questions() -> Vec<(Value, Value, &'static [&'static str])> {
    let zookeeper = |kafka: &str| json!({"kafka": kafka, "mode": "zookeeper"});
    let kraft = |kafka: &str| json!({"kafka": kafka, "mode": "kraft"});
    let to = |kafka: &str| json!({ "kafka": kafka });
    vec![
        (
            zookeeper("2.8"),
            to("4.0"),
            &["kafka 3.9", "mode kraft", "kafka 4.0"],
        ),
        (
            zookeeper("0.10"),
            to("4.3"),
            &["kafka 3.9", "mode kraft", "kafka 4.3"],
        ),
        (
            zookeeper("3.6"),
            to("4.1"),
            &["kafka 3.9", "mode kraft", "kafka 4.1"],
        ),
        (zookeeper("0.8"), to("3.9"), &["kafka 3.9"]),
        (zookeeper("2.4"), to("3.1"), &["kafka 3.1"]),
        (zookeeper("3.9"), json!({"mode": "kraft"}), &["mode kraft"]),
        (
            zookeeper("3.3"),
            json!({"mode": "kraft"}),
            &["kafka 3.9", "mode kraft"],
        ),
        (kraft("3.2"), to("4.0"), &["kafka 3.9", "kafka 4.0"]),
        (kraft("3.0"), to("4.2"), &["kafka 3.9", "kafka 4.2"]),
        (kraft("3.3"), to("4.0"), &["kafka 4.0"]),
        (kraft("3.7"), to("4.3"), &["kafka 4.3"]),
        (kraft("3.2"), to("3.8"), &["kafka 3.8"]),
        (kraft("4.0"), to("4.1"), &["kafka 4.1"]),
    ]
}

#[test]
fn brokers_move_as_their_documentation_says() {
    for (from, to, want) in questions() {
        let plan = ask(&from, &to, &[]);
        assert_eq!(plan.outcome(), Outcome::Planned, "{from} to {to}");
        assert_eq!(moves(&plan, is_exact(&to)), want, "{from} to {to}");
    }
}

/// From 3.9 in KRaft mode with a driver of librdkafka 2.8.0 to exactly this broker.
fn kerberos(gem: (&str, &str), to: &str, properties: &[&str]) -> Plan {
    let from = json!({"kafka": "3.9", "mode": "kraft", gem.0: gem.1});
    ask(&from, &json!({ "kafka": to }), properties)
}

#[test]
fn with_kerberos_the_driver_moves_before_brokers_of_4_0_0() {
    let own = ("karafka-rdkafka", "0.20.1");
    let first = ["karafka-rdkafka 0.21.0", "kafka 4.0.0"];
    for properties in [&["kerberos=yes"][..], &[]] {
        let all = [properties, &["tls-system-certificates=no"]].concat();
        assert_eq!(
            moves(&kerberos(own, "4.0.0", &all), true),
            first,
            "{properties:?}"
        );
    }
    // A defect of 0.21 concerns who trusts the system's certificates.
    let next = moves(&kerberos(own, "4.0.0", &["kerberos=yes"]), true);
    assert_eq!(next, ["karafka-rdkafka 0.22.2", "kafka 4.0.0"]);
    let plain = ("rdkafka", "0.22.2");
    let plain = kerberos(plain, "4.0.0", &["kerberos=yes"]);
    assert_eq!(moves(&plain, true)[1..], ["kafka 4.0.0"]);
    assert!(moves(&plain, true)[0].starts_with("rdkafka 0.23."));
    // JoinGroup 0 and 1 are back in 4.0.1; without Kerberos they are not needed; 2.11.0 needs neither.
    for (gem, to, property) in [
        (own, "4.0.1", "kerberos=yes"),
        (own, "4.0.0", "kerberos=no"),
        (("karafka-rdkafka", "0.21.0"), "4.0.0", "kerberos=yes"),
    ] {
        let only = format!("kafka {to}");
        assert_eq!(
            moves(&kerberos(gem, to, &[property]), true),
            [only.as_str()],
            "{gem:?} {to}"
        );
    }
}

#[test]
fn old_drivers_move_before_brokers_of_4() {
    let from = json!({"kafka": "3.9", "mode": "kraft", "rdkafka": "0.8.1"});
    let plan = ask(&from, &json!({"kafka": "4.1"}), &[]);
    let moves = moves(&plan, false);
    assert_eq!(moves.len(), 2, "{moves:?}");
    assert!(moves[0].starts_with("rdkafka 0.10."), "{moves:?}");
    // They do not hold the brokers below 4.
    let plan = ask(&from, &json!({"kafka": "3.9.2"}), &[]);
    assert!(plan.steps().is_empty());
}

#[test]
fn a_broker_of_which_the_mode_is_not_known_goes_through_3_9_and_waits() {
    let plan = ask(&json!({"kafka": "3.6"}), &json!({"kafka": "4.0"}), &[]);
    assert_eq!(moves(&plan, false), ["kafka 3.9", "kafka 4.0"]);
    let waits = plan.steps()[1].waits();
    assert_eq!(waits.len(), 1);
    let plan = ask(
        &json!({"kafka": "3.6"}),
        &json!({"kafka": "4.0"}),
        &["zookeeper=no"],
    );
    assert_eq!(moves(&plan, false), ["kafka 4.0"]);
}

#[test]
fn java_moves_first_where_it_is_known() {
    let from = json!({"kafka": "3.9", "mode": "kraft", "java": "11"});
    let plan = ask(&from, &json!({"kafka": "4.0"}), &[]);
    assert_eq!(plan.steps().len(), 2, "{}", report::plan_text(&plan));
    assert_eq!(plan.steps()[0].kind().name(), "runtime");
}

#[test]
fn visible_questions_about_kafka_are_answered() {
    let file = common::shared().map(|it| it.join("neighbours/kafka/questions.json"));
    let Some(text) = file.and_then(|file| std::fs::read_to_string(file).ok()) else {
        println!("NOT RUN: no shared/neighbours/kafka/questions.json");
        return;
    };
    let document: Value = serde_json::from_str(&text).unwrap();
    let questions = document["questions"].as_array().unwrap();
    for question in questions {
        let (from, to) = (&question["from"], &question["to"]);
        let plan = ask(from, to, &[]);
        let want: Vec<&str> = question["moves"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(moves(&plan, is_exact(to)), want, "{}", question["about"]);
    }
    assert!(questions.len() >= 5);
}

#[test]
fn gems_alone_do_not_move_brokers() {
    let catalog = catalog();
    let snapshot = gems(&[
        ("karafka", "2.3.0"),
        ("waterdrop", "2.6.12"),
        ("karafka-core", "2.3.0"),
        ("karafka-rdkafka", "0.14.8"),
    ]);
    let snapshot = snapshot
        .with_runtime("kafka", "3.6")
        .with_runtime("kraft", "1")
        .with_runtime("ruby", "3.2");
    let request = Request::new().to(&catalog, "karafka=2.6").unwrap();
    let plan = plan(&catalog, &snapshot, &request).unwrap();
    let last = plan.steps().last().unwrap().state();
    assert_eq!(last.package("kafka").unwrap().to_string(), "3.6.2");
    // No line of a Gemfile and no command of Bundler names a broker.
    for step in plan.steps() {
        assert!(
            step.bundle()
                .lines()
                .iter()
                .all(|line| !line.to_string().contains("'kafka'"))
        );
        assert!(
            !step
                .bundle()
                .command()
                .unwrap_or("")
                .contains("kafka kraft")
        );
    }
}

#[test]
fn a_long_way_of_the_gems_and_a_cluster_with_zookeeper_are_one_plan() {
    let catalog = Catalog::joined(&["karafka", "rails", "kafka"]).unwrap();
    let lockfile = Lockfile::parse(include_bytes!("../../examples/Gemfile.lock")).unwrap();
    let snapshot = Snapshot::from_lockfile(&lockfile)
        .unwrap()
        .with_runtime("kafka", "3.6")
        .with_runtime("kraft", "0");
    let request = Request::new().to(&catalog, "karafka=2.6").unwrap();
    let gems = plan(&catalog, &snapshot, &request).unwrap();
    let brokers = Request::new().to(&catalog, "kafka=4.0").unwrap();
    let brokers = plan(&catalog, &snapshot, &brokers).unwrap();
    let both = request.to(&catalog, "kafka=4.0").unwrap();
    let both = plan(&catalog, &snapshot, &both).unwrap();
    assert_eq!(both.outcome(), Outcome::Planned);
    // No step has a part of both, and nothing of one waits for the other.
    let sum = gems.steps().len() + brokers.steps().len();
    assert_eq!(
        (both.steps().len(), sum),
        (8, 8),
        "{}",
        report::plan_text(&both)
    );
    let order = moves(&both, false);
    let of_brokers = order
        .iter()
        .filter(|it| it.starts_with("kafka") || it.starts_with("mode"));
    assert_eq!(
        of_brokers.collect::<Vec<_>>(),
        ["kafka 3.9", "mode kraft", "kafka 4.0"]
    );
    // A step of brokers has nothing for Bundler to do.
    let is_of_gems = |step: &&Step| {
        step.changes()
            .iter()
            .any(|it| it.package().as_str() == "karafka-web")
    };
    for step in both.steps() {
        let bundles = step
            .bundle()
            .command()
            .unwrap_or("")
            .contains("bundle update");
        assert_eq!(bundles, is_of_gems(&step), "{:?}", step.bundle().command());
        assert_eq!(step.bundle().lines().is_empty(), !bundles);
    }
}

/// Nothing of the application is deployed while only brokers move, and what a person does is no command.
#[test]
fn a_step_of_brokers_rolls_out_no_application() {
    let catalog = Catalog::joined(&["karafka", "rails", "kafka"]).unwrap();
    let lockfile = Lockfile::parse(include_bytes!("../../examples/Gemfile.lock")).unwrap();
    let snapshot = Snapshot::from_lockfile(&lockfile)
        .unwrap()
        .with_runtime("kafka", "3.6")
        .with_runtime("kraft", "1")
        .with_runtime("java", "11");
    let request = Request::new().to(&catalog, "karafka=2.6").unwrap();
    let request = request.to(&catalog, "kafka=4.0").unwrap();
    let plan = plan(&catalog, &snapshot, &request).unwrap();
    let markdown = report::plan_markdown(&plan);
    let html = report::plan_html(&plan);
    let mut elsewhere = 0;
    for step in plan.steps() {
        let of_brokers =
            |it: &rungs::plan::Change| ["kafka", "java"].contains(&it.package().as_str());
        let is_elsewhere = step.changes().iter().all(of_brokers);
        elsewhere += usize::from(is_elsewhere);
        assert_eq!(step.bundle().is_elsewhere(), is_elsewhere);
        let tasks = step.guidance().rollout().phases().into_iter();
        let tasks: Vec<String> = tasks
            .flat_map(|(_, tasks)| tasks)
            .map(|it| format!("{} {}", it.component().unwrap_or("-"), it.text()))
            .collect();
        let deploys = tasks.iter().any(|it| it.starts_with("consumers "));
        assert_eq!(deploys, !is_elsewhere, "{tasks:?}");
        if is_elsewhere {
            assert_eq!(tasks.len(), 1, "{tasks:?}");
            assert_eq!(step.bundle().command(), None);
            let task = tasks[0].strip_prefix("- ").unwrap();
            // In the card, and in the order of deployment; never as code to be pasted into a shell.
            assert!(markdown.contains(&format!("deploy: {task}")), "{markdown}");
            assert!(markdown.contains(&format!("1. [ ] {task}")), "{markdown}");
            assert!(!markdown.contains(&format!("```sh\n{task}")), "{markdown}");
            assert!(!html.contains(&format!("<code>{task}")), "{html}");
        }
    }
    assert_eq!(elsewhere, 2, "{markdown}");
    let text = report::plan_text(&plan);
    assert!(
        text.contains("deploy: roll Kafka 4.0.2 over all brokers"),
        "{text}"
    );
    assert!(text.contains("deploy: install Java 17 on the"), "{text}");
    // A command of a catalog stays a command.
    let kubernetes = Catalog::open("kubernetes").unwrap();
    let version = Version::parse(Scheme::SemVer, "1.30.14").unwrap();
    let snapshot = Snapshot::new()
        .with("control-plane", version)
        .direct("control-plane");
    let request = Request::new()
        .to(&kubernetes, "control-plane=1.31")
        .unwrap();
    let plan = rungs::planner::plan(&kubernetes, &snapshot, &request).unwrap();
    assert!(plan.steps()[0].bundle().is_elsewhere());
    assert!(report::plan_markdown(&plan).contains("```sh\nkubeadm upgrade apply v1.31"));
}

/// What the catalog of Karafka asks of brokers that nobody named is not told of brokers that the plan knows,
/// and never where what it requires is installed.
#[test]
fn what_is_met_is_not_told_beside_the_steps() {
    let told = |catalog: &Catalog, snapshot: &Snapshot, target: &str| -> Vec<String> {
        let request = Request::new().to(catalog, target).unwrap();
        let plan = plan(catalog, snapshot, &request).unwrap();
        assert!(!plan.steps().is_empty());
        let due = plan.beside().iter();
        let due = due.filter(|it| it.applies() != rungs::catalog::Applies::No);
        due.map(|it| it.action().id().to_string()).collect()
    };
    let driver = "kafka-broker-4.0-kafka-4.0-driver";
    let minimum = "kafka-broker-any-minimum-version";
    let karafka = Catalog::karafka().unwrap();
    let old = gems(&[
        ("karafka", "2.3.0"),
        ("waterdrop", "2.6.12"),
        ("karafka-core", "2.3.0"),
        ("karafka-rdkafka", "0.14.8"),
    ]);
    let old = old.with_runtime("ruby", "3.2");
    let beside = told(&karafka, &old, "karafka=2.6");
    for id in [driver, minimum] {
        assert!(beside.iter().any(|it| it == id), "{id}: {beside:?}");
    }
    let new = gems(&[
        ("karafka", "2.5.0"),
        ("waterdrop", "2.8.6"),
        ("karafka-core", "2.5.2"),
        ("karafka-rdkafka", "0.21.0"),
    ]);
    let new = new.with_runtime("ruby", "3.2");
    let beside = told(&karafka, &new, "karafka=2.6");
    assert!(!beside.iter().any(|it| it == driver), "{beside:?}");
    let brokers = old
        .clone()
        .with_runtime("kafka", "3.6")
        .with_runtime("kraft", "1");
    let beside = told(&catalog(), &brokers, "kafka=4.0");
    for id in [driver, minimum] {
        assert!(!beside.iter().any(|it| it == id), "{id}: {beside:?}");
    }
    // A version that is named and does not meet it is no reason to leave it out.
    let ancient = old.with_runtime("kafka", "0.9").with_runtime("kraft", "0");
    let request = Request::new().to(&catalog(), "karafka=2.6").unwrap();
    let found = plan(&catalog(), &ancient, &request).unwrap();
    let mut due = found.beside().iter();
    let due = due.find(|it| it.action().id().as_str() == minimum).unwrap();
    assert_eq!(due.applies(), rungs::catalog::Applies::Yes);
    // The step that enters brokers 4.0.0 itself says which drivers they lack something for; one that enters a
    // later patch does not.
    let due = |target: &str| {
        let catalog = catalog();
        let request = Request::new().to(&catalog, target).unwrap();
        let plan = plan(&catalog, &brokers, &request).unwrap();
        let mut due = plan
            .steps()
            .iter()
            .flat_map(|it| it.guidance().actions().iter());
        due.any(|it| {
            let applies = it.applies() != rungs::catalog::Applies::No;
            applies && it.action().id().as_str() == "kafka-4.0.0-join-group"
        })
    };
    assert!(due("kafka=4.0.0"));
    assert!(!due("kafka=4.0.2"));
}

#[test]
fn status_says_which_brokers_the_driver_can_talk_to() {
    let karafka = Catalog::karafka().unwrap();
    let snapshot = gems(&[("karafka-rdkafka", "0.20.1"), ("karafka-core", "2.5.0")]);
    let status = status(Planner::new(&karafka, &snapshot), None, &Request::new()).unwrap();
    let [reach] = status.reaches() else {
        panic!("one")
    };
    assert_eq!(reach.package().as_str(), "kafka");
    let ranges: Vec<String> = reach
        .ranges()
        .iter()
        .map(|(a, b)| format!("{a} to {b}"))
        .collect();
    assert_eq!(ranges, ["0.8.0 to 3.9.2", "4.0.1 to 4.3.1"]);
    let refused = &reach.refused()[0];
    assert_eq!(refused.conditions()[0].as_str(), "kerberos");
    let text = report::status_text(&status, report::Style::Plain);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("karafka-rdkafka 0.20.1 goes with kafka 0.8.0 to 3.9.2, 4.0.1 to 4.3.1. Not kafka 4.0.0, with kerberos only:"),
        "{text}"
    );
}
