//! The actions of the embedded catalog against the facts they were made from, the selection of
//! those that a move enters, and what the reader refuses.

use crate::common;
use rungs::catalog::{Action, Actions, Applies, Catalog, Detect, InstalledVersion, Source};
use rungs::{ErrorCode, Name, Scheme, Version};
use serde_json::Value;

const COUNTS: [(&str, usize); 10] = [
    ("kafka-broker", 6),
    ("karafka", 207),
    ("karafka-core", 16),
    ("karafka-rdkafka", 20),
    ("karafka-testing", 12),
    ("karafka-web", 72),
    ("rails", 6),
    ("rdkafka", 10),
    ("ruby", 5),
    ("waterdrop", 61),
];

/// Facts that only say which releases to keep away from: the rules that say so now.
pub(crate) const MOVED: [(&str, &str); 5] = [
    (
        "karafka-2.0-version-2.0.25-yanked",
        "karafka-2.0-version-2.0.25-yanked",
    ),
    (
        "karafka-testing-2.6-version-2.6.0-mispinned",
        "karafka-testing-2.6-version-2.6.0-mispinned",
    ),
    (
        "karafka-rdkafka-0.22-ssl-certs-dir",
        "karafka-rdkafka-0.20-ca-certificates",
    ),
    (
        "kafka-broker-2.8-inter-broker-below-2.8",
        "karafka-rdkafka-0.17-inter-broker-protocol",
    ),
    (
        "kafka-broker-3.7-telemetry-assert",
        "karafka-rdkafka-0.17-telemetry-crash",
    ),
];

/// Actions that no fact of the guides has.
pub(crate) const ADDED: [&str; 3] = [
    "karafka-2.0-gem-capistrano-karafka",
    "karafka-2.3-datadog-integration",
    "waterdrop-2.8-datadog-integration",
];

/// What was found to be otherwise than a fact has it, and why.
const CORRECTED: [(&str, &[&str], &str); 5] = [
    (
        "kafka-broker-any-minimum-version",
        &["of"],
        "the catalog of brokers has them under this name",
    ),
    (
        "karafka-testing-2.0-publish-helper",
        &["since"],
        "its changelog has it in 2.0.2",
    ),
    (
        "karafka-2.0-open-dependency-ranges",
        &["action", "note"],
        "newer companions were run since, and karafka-rdkafka 0.12.3 cannot be built any more",
    ),
    (
        "karafka-2.2-web-needs-0.7.7-with-2.2.8",
        &["note", "type"],
        "it was run since",
    ),
    (
        "karafka-2.3-requires-web-0.8",
        &["summary", "action"],
        "from 2.3.2 on karafka refuses everything below 0.8.2",
    ),
];

fn version(text: &str) -> Version {
    Version::parse(Scheme::RubyGems, text).unwrap()
}

fn entered<'a>(actions: &'a Actions, package: &str, from: &str, to: &str) -> Vec<&'a str> {
    actions
        .entered(package, Some(&version(from)), &version(to))
        .map(|action| action.id().as_str())
        .collect()
}

#[test]
fn every_package_has_its_actions() {
    let catalog = Catalog::karafka().unwrap();
    catalog.validate_all().unwrap();
    let actions = catalog.actions().unwrap();
    assert_eq!(actions.len(), 415);
    assert_eq!(
        actions.iter().map(|a| a.detects().len()).sum::<usize>(),
        641
    );
    let marked = |mark: fn(&Action) -> Option<&str>| {
        let marked = actions.iter().filter(|action| mark(action).is_some());
        marked.count()
    };
    assert_eq!(marked(Action::inferred), 25);
    assert_eq!(marked(Action::contradiction), 34);
    let phases = [
        "before", "code", "config", "bundle", "staging", "deploy", "monitor",
    ];
    let in_phase = phases.map(|phase| {
        let due = actions
            .iter()
            .filter(|action| action.phase().name() == phase);
        due.count()
    });
    assert_eq!(in_phase, [69, 123, 94, 59, 1, 34, 35]);
    for (package, count) in COUNTS {
        assert_eq!(actions.of(package).count(), count, "{package}");
        let planned = catalog.package(package).is_some();
        assert!(actions.of(package).all(|a| a.is_planned() == planned));
    }
}

/// The versions, constants, settings and files that a text names.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let edge = |c: char| !c.is_ascii_alphanumeric();
    let words = text.split_whitespace().map(move |it| it.trim_matches(edge));
    words.filter(|it| it.contains(|c: char| c.is_ascii_digit() || "._:#".contains(c)))
}

#[test]
fn every_fact_is_carried_over() {
    let Some(shared) = common::shared() else {
        return;
    };
    let text = std::fs::read_to_string(shared.join("facts/guide-rules.json")).unwrap();
    let facts: Vec<Value> = serde_json::from_str(&text).unwrap();
    let catalog = Catalog::karafka().unwrap();
    let actions = catalog.actions().unwrap();
    assert_eq!(facts.len() + ADDED.len(), actions.len() + MOVED.len());
    for id in ADDED {
        assert!(actions.get(id).is_some(), "{id}");
        assert!(facts.iter().all(|fact| fact["id"] != id), "{id}");
    }
    for (id, rule) in MOVED {
        assert!(actions.get(id).is_none(), "{id}");
        assert!(facts.iter().any(|fact| fact["id"] == id), "{id}");
        assert!(catalog.rules().iter().any(|it| *it.id() == rule), "{rule}");
    }
    for fact in &facts {
        let id = fact["id"].as_str().unwrap();
        if MOVED.iter().any(|(moved, _)| *moved == id) {
            continue;
        }
        let action = actions.get(id).unwrap_or_else(|| panic!("{id}"));
        let corrected = CORRECTED.iter().find(|(it, _, _)| *it == id);
        let corrected = |key: &str| corrected.is_some_and(|(_, keys, _)| keys.contains(&key));
        let same = |key: &str, ours: Option<&str>| {
            // A correction that says what the fact says is none.
            assert_eq!(ours != fact[key].as_str(), corrected(key), "{id} {key}");
        };
        same("package", Some(action.package().as_str()));
        same("line", Some(action.line().as_deref().unwrap_or("*")));
        if fact["since"].is_string() {
            same("since", action.since().map(Version::as_str));
        }
        same("kind", Some(action.kind().name()));
        same("severity", Some(action.severity().name()));
        // Ours are finer: what is done in the Gemfile, in staging or while deploying says so.
        let finer: &[&str] = match fact["phase"].as_str().unwrap() {
            "before-upgrade" => &["before", "bundle", "staging", "deploy"],
            "code" => &["code", "bundle"],
            "config" => &["config"],
            "deploy" => &["deploy"],
            _ => &["monitor"],
        };
        assert!(finer.contains(&action.phase().name()), "{id}");
        same("component", Some(action.component().name()));
        same("edition", Some(action.edition().name()));
        same("conditional", action.affects());
        same("summary", Some(action.summary()));
        same("action", Some(action.action().unwrap_or("None.")));
        // What is inferred or contradicted has its own field; a note repeats nothing of it.
        let told = [action.note(), action.inferred(), action.contradiction()];
        let told = told.map(Option::unwrap_or_default).join(" ");
        if told.trim() == action.note().unwrap_or_default() {
            same("note", action.note());
        }
        for word in named(fact["note"].as_str().unwrap_or_default()) {
            assert!(told.contains(word), "{id}: {word} is lost in {told:?}");
        }
        same("source", Some(action.source()));
        let commands: Vec<Value> = action
            .commands()
            .iter()
            .map(|it| it.as_str().into())
            .collect();
        assert_eq!(Value::Array(commands), fact["commands"], "{id}");
        assert_eq!(action.old_value(), fact["values"]["old"].as_str(), "{id}");
        assert_eq!(action.new_value(), fact["values"]["new"].as_str(), "{id}");
        let detects = fact["detect"].as_array().unwrap();
        // Ours say more: what is asked of a value, and what else must stand there or must not.
        let mut ours = action.detects().iter();
        for theirs in detects {
            let same = |ours: &rungs::catalog::Detect| {
                Some(ours.kind().name()) == theirs["type"].as_str()
                    && Some(ours.value()) == theirs["value"].as_str()
                    && ours.scope() == theirs["scope"].as_str()
                    && ours.replacement() == theirs["replacement"].as_str()
            };
            assert!(ours.any(same), "{id}: {theirs}");
        }
        let constraint = action.constraint();
        let theirs = &fact["constraint"];
        let kind = constraint.map(|it| it.kind());
        assert_eq!(kind != theirs["type"].as_str(), corrected("type"), "{id}");
        let package = constraint.map(|it| it.package().as_str());
        let is_other = package != theirs["package"].as_str();
        assert_eq!(is_other, corrected("of"), "{id}");
        let range = constraint.map(|it| it.range().to_string());
        assert_eq!(range.as_deref(), theirs["range"].as_str(), "{id}");
        let before = constraint.and_then(|it| it.before()).map(Version::as_str);
        assert_eq!(before, theirs["before"].as_str(), "{id}");
    }
}

#[test]
fn a_move_enters_what_lies_after_its_start_up_to_its_end() {
    let catalog = Catalog::karafka().unwrap();
    let actions = catalog.actions().unwrap();
    let line_2_4 = entered(actions, "karafka", "2.3.4", "2.4.18");
    let any = line_2_4.iter().filter(|id| id.starts_with("karafka-any-"));
    assert_eq!(any.count(), 14);
    let own: Vec<_> = line_2_4
        .iter()
        .filter(|id| id.starts_with("karafka-2.4-"))
        .collect();
    assert_eq!((own.len(), line_2_4.len()), (31, 45));
    for id in [
        "karafka-2.4-consumer-group-names-unprefixed",
        "karafka-2.4-bootstrap-servers-validated",
        "karafka-2.4-topics-migrate-aligns-config",
        "karafka-2.4-requires-web-0.9",
    ] {
        assert!(line_2_4.contains(&id), "{id}");
    }
    let web = entered(actions, "karafka-web", "0.6.3", "0.7.10");
    assert_eq!(
        web,
        [
            "karafka-web-0.7-gate-0.6.3",
            "karafka-web-0.7-metrics-topic",
            "karafka-web-0.7-decrypt-to-visibility-filter",
            "karafka-web-0.7-session-secret",
            "karafka-web-0.7-aggregator-setting-removed",
            "karafka-web-0.7-processing-interval",
            "karafka-web-0.7-requires-karafka",
            "karafka-web-0.7-thor-free",
            "karafka-web-0.7-deploy-order",
            "karafka-web-0.7-migrate",
            "karafka-web-0.7-stop-materializer",
            "karafka-web-0.7-install-only-once",
            "karafka-web-0.7-topics-cache",
        ]
    );
    // Patches bring rules too, but none of those that speak at a crossing of lines.
    assert_eq!(
        entered(actions, "waterdrop", "2.8.5", "2.8.11"),
        [
            "waterdrop-2.8-requires-ruby-3.2",
            "waterdrop-2.8-instrumentation-alias",
            "waterdrop-2.8-connection-pool-timeout-ms",
            "waterdrop-2.8-datadog-integration",
            "waterdrop-2.8-nagle-disabled",
        ]
    );
}

#[test]
fn the_start_is_left_out_and_the_end_is_in() {
    let catalog = Catalog::karafka().unwrap();
    let actions = catalog.actions().unwrap();
    let id = "karafka-2.4-bootstrap-servers-validated"; // since 2.4.12
    for (from, to, is_in) in [
        ("2.4.11", "2.4.12", true),
        ("2.4.12", "2.4.13", false),
        ("2.4.10", "2.4.11", false),
        ("2.4.12.rc1", "2.4.12", true),
        ("2.4.11", "2.4.12.rc1", false),
    ] {
        let ids = entered(actions, "karafka", from, to);
        assert_eq!(ids.contains(&id), is_in, "{from} to {to}");
        assert!(!ids.iter().any(|id| id.starts_with("karafka-any-")));
    }
    assert!(entered(actions, "karafka", "2.4.18", "2.4.18").is_empty());
    assert!(entered(actions, "karafka", "2.5.0", "2.4.18").is_empty());
    assert!(entered(actions, "nothing", "1.0", "2.0").is_empty());
    // Without a start: all up to the end, those of crossings included.
    let to = version("0.5.2");
    let joined = actions.entered("karafka-web", None, &to);
    let ids: Vec<_> = joined.map(|action| action.id().as_str()).collect();
    assert_eq!(
        ids,
        [
            "karafka-web-0.1-bootstrap-removed",
            "karafka-web-0.3-consumers-first",
            "karafka-web-0.4-consumers-first",
            "karafka-web-0.5-consumers-first",
        ]
    );
}

/// Of any two neighbours the phase, the severity or the id of the first comes first; and a way of
/// two moves enters exactly what the one move enters that they make up.
#[test]
fn actions_are_in_order_and_moves_add_up() {
    let catalog = Catalog::karafka().unwrap();
    let actions = catalog.actions().unwrap();
    let all: Vec<&Action> = actions.iter().collect();
    for pair in all.windows(2) {
        let key = |action: &Action| {
            let id = action.id().clone();
            (action.phase(), action.severity(), id)
        };
        assert!(key(pair[0]) < key(pair[1]));
    }
    for package in catalog.packages() {
        let name = package.name().as_str();
        let releases = package.releases();
        for way in releases.chunks(7).filter(|way| way.len() > 2) {
            let (from, over, to) = (&way[0], &way[way.len() / 2], &way[way.len() - 1]);
            let ids = |from: &Version, to: &Version| -> Vec<Name> {
                let entered = actions.entered(name, Some(from), to);
                let dated = entered.filter(|action| action.since().is_some());
                dated.map(|action| action.id().clone()).collect()
            };
            let mut two = ids(from.version(), over.version());
            two.extend(ids(over.version(), to.version()));
            two.sort();
            let mut one = ids(from.version(), to.version());
            one.sort();
            assert_eq!(one, two, "{name} {}", from.version());
        }
    }
}

#[test]
fn conditions_decide_what_a_lockfile_can() {
    let catalog = Catalog::karafka().unwrap();
    let actions = catalog.actions().unwrap();
    let rails = version("7.1.3");
    let there = |names: &'static [&'static str]| {
        let rails = &rails;
        move |name: &Name| match names.iter().find(|there| name == *there) {
            Some(&"railties") => InstalledVersion::Present(Some(rails)),
            Some(_) => InstalledVersion::Present(None),
            None => InstalledVersion::Absent,
        }
    };
    for (id, names, applies) in [
        (
            "karafka-2.4-requires-web-0.9",
            &["karafka-web"][..],
            Applies::Yes,
        ),
        ("karafka-2.4-requires-web-0.9", &[], Applies::No),
        (
            "karafka-2.2-web-needs-0.7.7-with-2.2.8",
            &["karafka-web"],
            Applies::Unknown,
        ),
        ("karafka-2.2-web-needs-0.7.7-with-2.2.8", &[], Applies::No),
        (
            "karafka-2.5-rails-7.1-unsupported",
            &["railties"],
            Applies::Yes,
        ),
        ("rails-7.0-dropped-7.0", &["railties"], Applies::No),
        (
            "karafka-2.5-dlq-header-prefix",
            &["karafka-license"],
            Applies::Unknown,
        ),
        ("karafka-2.5-dlq-header-prefix", &[], Applies::No),
        ("karafka-web-1.0-oss-no-custom-backoff", &[], Applies::Yes),
        (
            "karafka-web-1.0-oss-no-custom-backoff",
            &["karafka-license"],
            Applies::No,
        ),
        (
            "karafka-2.6-license-module-validation",
            &[],
            Applies::Unknown,
        ),
        (
            "karafka-2.4-config-deserializer-to-routing",
            &[],
            Applies::Unknown,
        ),
        ("karafka-2.4-gate-latest-2.3", &[], Applies::Yes),
    ] {
        let action = actions.get(id).unwrap();
        assert_eq!(action.applies(there(names)), applies, "{id} {names:?}");
    }
    let web = actions.get("karafka-2.4-requires-web-0.9").unwrap();
    assert_eq!(web.applies(|_| InstalledVersion::Unknown), Applies::Unknown);
    let rails = actions.get("karafka-2.5-rails-7.1-unsupported").unwrap();
    assert_eq!(
        rails.applies(|_| InstalledVersion::Present(None)),
        Applies::Unknown
    );
}

// ---- what the reader refuses -------------------------------------------------------------------

const WORLD: &str = "format = 1\nname = \"small\"\nscheme = \"rubygems\"\nhorizon = 2026-08-19\n\
    order = [\"a\"]\n[package.a]\nrole = \"stepped\"\nreleases = '''\n1.0.0 2020-01-01\n\
    1.2.0 2021-01-01\n'''\n";

const ACTION: &str = "id = \"a-1\"\npackage = \"a\"\nsince = \"1.2.0\"\nkind = \"requires\"\n\
    severity = \"info\"\nphase = \"code\"\ncomponent = \"all\"\nsummary = \"s\"\nsource = \"guide\"\n";

fn small(actions: &[&str]) -> Catalog {
    let mut sources = vec![Source::new("world.toml", WORLD)];
    let mut text = "# a comment first\nholds = \"actions\"\nformat = 1\n".to_owned();
    for action in actions {
        text.push_str("[[action]]\n");
        text.push_str(action);
    }
    sources.push(Source::new("a.toml", text));
    Catalog::parse(sources).unwrap()
}

fn problems(catalog: &Catalog) -> Vec<String> {
    let error = catalog.actions().unwrap_err();
    assert_eq!(catalog.validate_all().unwrap_err(), error);
    error.problems().map(ToString::to_string).collect()
}

fn refusal(from: &str, to: &str) -> String {
    assert!(ACTION.contains(from), "{from}");
    let found = problems(&small(&[&ACTION.replacen(from, to, 1)]));
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    assert_eq!(small(&[ACTION]).actions().unwrap().len(), 1);
    for (from, to, message) in [
        ("source = \"guide\"\n", "", "4:1: this entry lacks source"),
        ("\"guide\"", "\" \"", "13:10: source is empty"),
        ("\"guide\"", "1", "13:10: source is not a text"),
        (
            "package = \"a\"",
            "package = \"b\"",
            "6:11: the catalog has no package b: if no plan moves it, it is a subject",
        ),
        (
            "package = \"a\"",
            "subject = \"a\"",
            "6:11: a is a package of the catalog, not a subject",
        ),
        (
            "package = \"a\"",
            "package = \"a\"\nsubject = \"b\"",
            "4:1: expected either a package or a subject",
        ),
        (
            "\"1.2.0\"",
            "\"1.1.0\"",
            "7:9: a has no line 1.1, and 1.1.0 is not beyond its newest release",
        ),
        (
            "\"1.2.0\"",
            "\"1..2\"",
            "7:9: \"1..2\" is not a rubygems version",
        ),
        (
            "since = \"1.2.0\"",
            "line = \"1.2\"",
            "7:8: unknown line \"1.2\": expected \"*\", or since",
        ),
        (
            "since = \"1.2.0\"\n",
            "",
            "4:1: expected either since or line = \"*\"",
        ),
        (
            "\"info\"",
            "\"grave\"",
            "9:12: unknown severity \"grave\": expected breaking, action, review, info",
        ),
        (
            "\"code\"",
            "\"before-upgrade\"",
            "10:9: unknown phase \"before-upgrade\": expected before, code, config, bundle, test, \
             staging, deploy, after, monitor",
        ),
        (
            "\"all\"",
            "\"web\"",
            "11:13: unknown component \"web\": expected all, consumers, producers, web-ui",
        ),
        (
            "summary",
            "edition = \"free\"\nsummary",
            "12:11: unknown edition \"free\": expected any, oss, pro",
        ),
        (
            "summary",
            "condition = [{ present = \"x\", absent = \"y\" }]\nsummary",
            "12:14: expected either present or absent",
        ),
        (
            "summary",
            "detect = [{ type = \"regex\", value = \"x\" }]\nsummary",
            "12:20: unknown type \"regex\": expected method-call, config-key, constant, dsl-call, \
             cli-flag, event-name, keyword-arg, file-name",
        ),
    ] {
        let found = refusal(from, to);
        assert!(found.starts_with(&format!("a.toml:{message}")), "{found}");
    }
    let unknown_key = refusal("kind", "colour = \"red\"\nkind");
    assert!(
        unknown_key.starts_with("a.toml:8:1: unknown key \"colour\" of an action: expected id")
    );
    let beyond = ACTION.replace("1.2.0", "1.3.1");
    assert_eq!(small(&[&beyond]).actions().unwrap().len(), 1);
}

#[test]
fn all_problems_are_said_at_once() {
    let wrong = ACTION.replace("info", "grave").replace("code", "later");
    let found = problems(&small(&[ACTION, ACTION, &wrong]));
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0], "a.toml:14:1: the action a-1 occurs twice");
    assert!(found[1].starts_with("a.toml:29:12: unknown severity"));
    assert!(found[2].starts_with("a.toml:30:9: unknown phase"));
}

#[test]
fn a_later_layer_replaces_an_action_but_not_its_package() {
    let over = |action: &str| {
        let head = "holds = \"actions\"\nformat = 1\n[[action]]\n";
        let world = Source::new("o.toml", "format = 1\nextends = \"small\"\n");
        let text = Source::new("over.toml", format!("{head}{action}"));
        small(&[ACTION]).overlay(vec![world, text]).unwrap()
    };
    let other = over(&ACTION.replace("\"s\"", "\"other\""));
    let actions = other.actions().unwrap();
    assert_eq!(
        (actions.len(), actions.get("a-1").unwrap().summary()),
        (1, "other")
    );
    let stolen = over(&ACTION.replace("package = \"a\"", "subject = \"b\""));
    let error = stolen.actions().unwrap_err();
    assert_eq!(error.code(), ErrorCode::ForbiddenOverride);
    assert_eq!(
        error.to_string(),
        "over.toml:3:1: the action a-1 is about a: another layer may not give its id to b"
    );
}

#[test]
fn every_bound_holds_at_the_limit_and_not_beyond() {
    let of = |key: &str, value: &str| format!("{ACTION}{key} = {value}\n");
    let text = |len: usize| format!("\"{}\"", "x".repeat(len));
    let list = |entry: &str, len: usize| format!("[{}]", vec![entry; len].join(", "));
    let detect = |text: String| format!("[{{ type = \"constant\", value = {text} }}]");
    let summary = |len: usize| ACTION.replace("\"s\"", &text(len));
    let (max, most) = (Action::MAX_TEXT, Detect::MAX_TEXT);
    let one = "{ type = \"constant\", value = \"X\" }";
    let present = "{ present = \"x\" }";
    for (at, beyond) in [
        (
            summary(Action::MAX_SUMMARY),
            summary(Action::MAX_SUMMARY + 1),
        ),
        (of("note", &text(max)), of("note", &text(max + 1))),
        (
            of("detect", &detect(text(most))),
            of("detect", &detect(text(most + 1))),
        ),
        (
            of("commands", &list("\"x\"", Action::MAX_COMMANDS)),
            of("commands", &list("\"x\"", Action::MAX_COMMANDS + 1)),
        ),
        (
            of("detect", &list(one, Action::MAX_DETECTS)),
            of("detect", &list(one, Action::MAX_DETECTS + 1)),
        ),
        (
            of("condition", &list(present, Action::MAX_CONDITIONS)),
            of("condition", &list(present, Action::MAX_CONDITIONS + 1)),
        ),
    ] {
        assert_eq!(small(&[&at]).actions().unwrap().len(), 1);
        let error = small(&[&beyond]).actions().unwrap_err();
        assert_eq!(error.code(), ErrorCode::TooLarge);
    }
    let many = |count: usize| {
        let named = |at: usize| ACTION.replace("a-1", &format!("a-{at}"));
        let all: Vec<String> = (0..count).map(named).collect();
        small(&all.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(many(Actions::MAX).actions().unwrap().len(), Actions::MAX);
    let error = many(Actions::MAX + 1).actions().unwrap_err();
    assert_eq!(error.code(), ErrorCode::TooLarge);
}

#[test]
fn what_is_removed_later_is_due_by_then() {
    let catalog = Catalog::karafka().unwrap();
    let actions = catalog.actions().unwrap();
    let pairs: Vec<_> = actions
        .iter()
        .filter_map(|action| Some(format!("{} by {}", action.id(), action.due_by()?)))
        .collect();
    assert_eq!(
        pairs,
        [
            "karafka-2.0-datadog-listener-renamed by 2.1.0",
            "karafka-rdkafka-0.15-wait-timeout-deprecated by 0.17.1",
            "karafka-2.5-pause-config-nested by 2.6.0",
        ]
    );
    let pairs: Vec<_> = actions
        .iter()
        .filter_map(|action| Some(format!("{} from {}", action.id(), action.possible_since()?)))
        .collect();
    assert_eq!(
        pairs,
        [
            "karafka-2.1-datadog-listener from 2.0.34",
            "karafka-rdkafka-0.17-wait-timeout-removed from 0.15.0",
            "karafka-2.6-pause-config-flat-removed from 2.5.2",
        ]
    );
}
