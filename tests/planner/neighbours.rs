//! Ladders that have nothing to do with Ruby: OpenShift's update graph, GitLab's stops, the skew of
//! Kubernetes, Talos and Fedora CoreOS, each as a catalog, against answers of independent searches. ¹

use crate::common;
use rungs::catalog::{Catalog, Source};
use rungs::plan::{Outcome, Plan};
use rungs::planner::{Detail, Request, plan};
use rungs::wire;
use rungs::{Error, ErrorCode};
use serde_json::Value;
use std::fmt::Write;

fn data(path: &str) -> Option<String> {
    let folder = common::shared().map(|shared| shared.join("neighbours"));
    let text = folder.and_then(|folder| std::fs::read_to_string(folder.join(path)).ok());
    if text.is_none() {
        println!("NOT RUN: no shared/neighbours/{path}");
    }
    text
}

fn json(path: &str) -> Option<Value> {
    data(path).map(|text| serde_json::from_str(&text).expect("JSON"))
}

fn catalog(text: String) -> Catalog {
    Catalog::parse(vec![Source::new("made.toml", text)]).unwrap_or_else(|error| {
        let all: Vec<String> = error.problems().take(5).map(ToString::to_string).collect();
        panic!("{}", all.join("\n"))
    })
}

/// A plan from some packages; what the request says is a document.
fn ask(catalog: &Catalog, from: &[(&str, &str)], request: &Value) -> Plan {
    try_ask(catalog, from, request).unwrap_or_else(|error| panic!("{error}"))
}

fn try_ask(catalog: &Catalog, from: &[(&str, &str)], request: &Value) -> Result<Plan, Error> {
    let packages: serde_json::Map<String, Value> = from
        .iter()
        .map(|(name, version)| ((*name).to_owned(), Value::from(*version)))
        .collect();
    let snapshot = serde_json::json!({ "packages": packages }).to_string();
    let snapshot = wire::read_snapshot(&snapshot).expect("a snapshot");
    let mut request: Request =
        wire::read_request(&request.to_string(), catalog).expect("a request");
    request.detail = Detail::Path;
    plan(catalog, &snapshot, &request)
}

/// The versions of a package after each step, those where it stands still once.
fn path(plan: &Plan, package: &str) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    let states = std::iter::once(plan.start()).chain(plan.steps().iter().map(|step| step.state()));
    for version in states.filter_map(|state| state.package(package)) {
        if path.last().is_none_or(|last| *last != version.to_string()) {
            path.push(version.to_string());
        }
    }
    path
}

/// Node numbers as `0-3,7`.
fn ranges(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.split(',').map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        (
            first.parse().expect("a number"),
            last.parse().expect("a number"),
        )
    })
}

/// OpenShift's graph as a catalog.
fn openshift(graph: &Value) -> String {
    let nodes: Vec<&str> = graph["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| node["v"].as_str().expect("a version"))
        .collect();
    let channels = graph["channels"].as_array().expect("channels");
    let mut text = String::from(
        "format = 1\nname = \"openshift\"\nscheme = \"semver\"\nhorizon = 2026-11-01\n\
         order = [\"openshift\"]\n\n[package.openshift]\nrole = \"stepped\"\nmoves = \"edges\"\n\
         releases = '''\n",
    );
    for (at, node) in nodes.iter().enumerate() {
        let of = graph["nodes"][at]["c"].as_str().expect("channels");
        let marks: Vec<&str> = ranges(of)
            .flat_map(|(first, last)| first..=last)
            .map(|channel| channels[channel].as_str().expect("a channel"))
            .collect();
        writeln!(text, "{node} ? [{}]", marks.join("; ")).expect("text");
    }
    text.push_str("'''\nedges = '''\n");
    let sources = |from: &str| {
        let spans: Vec<String> = ranges(from)
            .map(|(first, last)| match first == last {
                true => nodes[first].to_owned(),
                false => format!("{}..{}", nodes[first], nodes[last]),
            })
            .collect();
        spans.join(", ")
    };
    let number = |text: &str| text.parse::<usize>().expect("a number");
    for (to, from) in graph["plain_into"].as_object().expect("edges") {
        let from = sources(from.as_str().expect("nodes"));
        writeln!(text, "{} {from}", nodes[number(to)]).expect("text");
    }
    let name = |risk: &Value| {
        let at = usize::try_from(risk.as_u64().expect("a number")).expect("small");
        graph["risks"][at]["name"]
            .as_str()
            .expect("a name")
            .to_owned()
    };
    for (to, sets) in graph["conditional_into"].as_object().expect("edges") {
        for (set, from) in sets.as_object().expect("sets") {
            let risks = graph["risk_sets"][number(set)].as_array().expect("risks");
            let risks: Vec<String> = risks.iter().map(name).collect();
            let from = sources(from.as_str().expect("nodes"));
            let to = nodes[number(to)];
            writeln!(text, "{to} {from} ; risks {}", risks.join(", ")).expect("text");
        }
    }
    text.push_str("'''\n");
    for risk in graph["risks"].as_array().expect("risks") {
        let id = risk["name"].as_str().expect("a name");
        writeln!(
            text,
            "\n[[risk]]\nid = \"{id}\"\npackage = \"openshift\"\nwhy = \"see its page\"\n\
             source = \"{}\"",
            risk["url"].as_str().expect("a page")
        )
        .expect("text");
    }
    text
}

fn risks(catalog: &Catalog) -> Vec<String> {
    let risks = catalog
        .rules()
        .iter()
        .filter(|rule| rule.kind_name() == "risk");
    risks.map(|rule| rule.id().to_string()).collect()
}

#[test]
fn openshift_has_dead_ends_and_an_edge_that_skips_lines() {
    let Some(graph) = json("openshift/graph.json") else {
        return;
    };
    let text = openshift(&graph);
    let catalog = catalog(text);
    let remarks = rungs::report::catalog_remarks(&catalog);
    let ends: Vec<&str> = remarks
        .iter()
        .filter(|it| it.contains("dead end"))
        .filter_map(|it| it.split(' ').nth(1))
        .collect();
    assert!(ends.contains(&"4.14.72"), "{ends:?}");
    assert_eq!(ends.len(), 10, "{ends:?}");
    assert_eq!(remarks.len(), 11, "{remarks:?}");
    // What is written reads as it was, edges and risks included.
    let written = rungs::report::catalog_toml(&catalog);
    let again = self::catalog(written.clone());
    assert_eq!(rungs::report::catalog_toml(&again), written);
}

/// OpenShift's edges, each with the number of its set of risks; the first set is none.
struct Edges {
    nodes: Vec<String>,
    sets: Vec<Vec<String>>,
    edges: Vec<(usize, usize, usize)>,
}

impl Edges {
    fn new(graph: &Value) -> Self {
        let name = |risk: &Value| {
            let at = usize::try_from(risk.as_u64().expect("a number")).expect("small");
            said(&graph["risks"][at], "name").to_owned()
        };
        let number = |text: &str| text.parse::<usize>().expect("a number");
        let mut sets: Vec<Vec<String>> = vec![Vec::new()];
        for set in graph["risk_sets"].as_array().expect("sets") {
            sets.push(set.as_array().expect("risks").iter().map(name).collect());
        }
        let mut edges: Vec<(usize, usize, usize)> = Vec::new();
        let mut add = |to: usize, from: &Value, set: usize| {
            let spans = ranges(from.as_str().expect("nodes"));
            let sources = spans.flat_map(|(first, last)| first..=last);
            edges.extend(sources.map(|from| (from, to, set)));
        };
        for (to, from) in graph["plain_into"].as_object().expect("edges") {
            add(number(to), from, 0);
        }
        for (to, all) in graph["conditional_into"].as_object().expect("edges") {
            for (set, from) in all.as_object().expect("sets") {
                add(number(to), from, number(set) + 1);
            }
        }
        edges.sort_unstable();
        let nodes = graph["nodes"].as_array().expect("nodes").iter();
        Edges {
            nodes: nodes.map(|it| said(it, "v").to_owned()).collect(),
            sets,
            edges,
        }
    }

    /// Whether a target is reached along edges of which each risk is accepted.
    fn is_reached(&self, from: &str, to: &str, accept: &[String]) -> bool {
        let place = |version: &str| self.nodes.iter().position(|it| it == version);
        let open = self
            .sets
            .iter()
            .map(|set| set.iter().all(|risk| accept.contains(risk)));
        let open: Vec<bool> = open.collect();
        let mut reached = vec![false; self.nodes.len()];
        reached[place(from).expect("a node")] = true;
        // Edges lead up, so one pass in the order of what they leave is enough.
        for (from, to, set) in &self.edges {
            reached[*to] |= reached[*from] && open[*set];
        }
        reached[place(to).expect("a node")]
    }
}

#[test]
fn without_a_way_the_fewest_risks_are_told() {
    let (Some(graph), Some(questions)) = (
        json("openshift/graph.json"),
        data("openshift/questions_visible.jsonl"),
    ) else {
        return;
    };
    let catalog = catalog(openshift(&graph));
    let all = risks(&catalog);
    let graph_of = Edges::new(&graph);
    let mut told = 0;
    for line in questions.lines() {
        let question: Value = serde_json::from_str(line).expect("JSON");
        let (from, to) = (said(&question, "from"), said(&question, "to"));
        if !question["path"].is_null() || question["kind"] == "down" {
            continue;
        }
        let accept = match question["accept"].as_str() {
            Some("all") => serde_json::json!(all),
            _ => question["accept"].clone(),
        };
        let target = format!("openshift={to}");
        let request = serde_json::json!({
            "to": [target], "accept": accept.clone(), "prereleases": true,
        });
        let plan = ask(&catalog, &[("openshift", from)], &request);
        let document: Value = serde_json::from_str(&wire::plan_document(&plan)).expect("JSON");
        let mut accepted: Vec<String> = serde_json::from_value(accept).expect("names");
        let cause = &document["causes"][0]["constraints"][0];
        if !graph_of.is_reached(from, to, &all) {
            assert_ne!(cause["kind"], "risks", "{line}");
            continue;
        }
        assert_eq!(cause["kind"], "risks", "{line}: {}", document["causes"]);
        let fewest: Vec<String> = serde_json::from_value(cause["risks"].clone()).expect("names");
        let fix = said(&document["fixes"][0], "text");
        assert!(
            fewest.iter().all(|risk| fix.contains(risk)),
            "{line}: {fix}"
        );
        // With them there is a way, and with fewer there is none.
        let before = accepted.len();
        accepted.extend(fewest.iter().cloned());
        assert!(graph_of.is_reached(from, to, &accepted), "{line}");
        let one_less = (0..fewest.len()).map(|out| {
            let mut less = fewest.clone();
            less.remove(out);
            less
        });
        let single = all.iter().map(|risk| vec![risk.clone()]);
        let fewer: Vec<Vec<String>> = one_less.chain(single).collect();
        for less in fewer.into_iter().filter(|less| less.len() < fewest.len()) {
            accepted.truncate(before);
            accepted.extend(less);
            assert!(!graph_of.is_reached(from, to, &accepted), "{line}");
        }
        told += 1;
    }
    assert!(told >= 8, "{told}");
}

#[test]
fn openshift_is_planned_hop_by_hop() {
    let (Some(graph), Some(questions)) = (
        json("openshift/graph.json"),
        data("openshift/questions_visible.jsonl"),
    ) else {
        return;
    };
    let catalog = catalog(openshift(&graph));
    let all = risks(&catalog);
    let mut wrong = Vec::new();
    let mut asked = 0;
    for line in questions.lines() {
        let question: Value = serde_json::from_str(line).expect("JSON");
        let accept = match question["accept"].as_str() {
            Some("all") => serde_json::json!(all),
            _ => question["accept"].clone(),
        };
        let text = |key: &str| question[key].as_str().expect("a text").to_owned();
        let target = format!("openshift={}", text("to"));
        let request = serde_json::json!({
            "to": [target], "accept": accept, "prereleases": true,
        });
        if question["kind"] == "down" {
            // From 4.17.49 to 4.14.49 the graph has no way: edges lead up only. The target is behind what is
            // installed, which is a mistake in the question, and refused as one.
            assert!(question["path"].is_null(), "{line}");
            let error = try_ask(&catalog, &[("openshift", &text("from"))], &request).unwrap_err();
            assert_eq!(error.code(), ErrorCode::TargetBehind, "{line}");
            assert_eq!(
                error.to_string(),
                "the target openshift =4.14.49 is older than the installed 4.17.49"
            );
            asked += 1;
            continue;
        }
        let plan = ask(&catalog, &[("openshift", &text("from"))], &request);
        let want: Option<Vec<String>> = question["path"].as_array().map(|path| {
            path.iter()
                .map(|it| it.as_str().expect("a version").to_owned())
                .collect()
        });
        let got = match plan.outcome() {
            Outcome::Planned => Some(path(&plan, "openshift")),
            Outcome::Impossible => None,
            other => panic!("{other:?} for {line}"),
        };
        if want != got {
            wrong.push(format!("{}: want {want:?}, got {got:?}", text("id")));
        }
        asked += 1;
    }
    assert!(
        wrong.is_empty(),
        "{} of {asked}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(asked, 40);
}

/// GitLab's conditional stops by the property that asks for each.
const ASKED: [(&str, &str); 5] = [
    ("15.1", "several-web-nodes"),
    ("16.0", "many-users-or-pipeline-variables"),
    ("16.1", "npm-packages"),
    ("16.2", "large-pipeline-variables"),
    ("17.1", "large-pipeline-messages"),
];

fn line(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

fn said<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().expect("a text")
}

/// The newest release of a line.
fn newest(catalog: &Catalog, package: &str, of: &str) -> String {
    let releases = catalog.package(package).expect("a package").releases();
    let found = releases.iter().rfind(|it| it.version().line() == of);
    found
        .unwrap_or_else(|| panic!("{package} has no line {of}"))
        .version()
        .to_string()
}

#[test]
fn gitlab_stops_where_it_must() {
    let Some(questions) = json("gitlab/questions.json") else {
        return;
    };
    let catalog = Catalog::open("gitlab").expect("the catalog");
    for question in questions["questions"].as_array().expect("questions") {
        let told = question["properties"].as_array().expect("properties");
        let properties: serde_json::Map<String, Value> = ASKED
            .iter()
            .map(|(stop, id)| ((*id).to_owned(), told.contains(&Value::from(*stop)).into()))
            .collect();
        let from = newest(&catalog, "gitlab", said(question, "from"));
        let to = format!("gitlab={}", said(question, "to"));
        let request = serde_json::json!({ "to": [to], "properties": properties });
        let plan = ask(&catalog, &[("gitlab", &from)], &request);
        let path = path(&plan, "gitlab");
        let lines: Vec<String> = path[1..].iter().map(|it| line(it)).collect();
        assert_eq!(serde_json::json!(lines), question["stops"], "{question}");
        for version in &path[1..] {
            assert_eq!(*version, newest(&catalog, "gitlab", &line(version)));
        }
    }
}

#[test]
fn kubernetes_moves_within_its_skew() {
    let Some(questions) = json("kubernetes/questions.json") else {
        return;
    };
    let catalog = Catalog::open("kubernetes").expect("the catalog");
    for question in questions["questions"].as_array().expect("questions") {
        let packages = ["control-plane", "kubelet"];
        let from = packages.map(|it| newest(&catalog, it, said(&question["from"], it)));
        let to = packages.map(|it| format!("{it}={}", said(&question["to"], it)));
        let installed: Vec<(&str, &str)> = packages
            .into_iter()
            .zip(from.iter().map(String::as_str))
            .collect();
        let plan = ask(&catalog, &installed, &serde_json::json!({ "to": to }));
        assert_eq!(
            serde_json::json!(plan.steps().len()),
            question["moves"],
            "{question}"
        );
        let moves = path(&plan, "kubelet").len() - 1;
        assert_eq!(
            serde_json::json!(moves),
            question["kubelet_moves"],
            "{question}"
        );
    }
}

/// Talos and the Kubernetes that it runs, on lines: any later line through gates, one component a step.
fn talos(table: &Value) -> String {
    let lines = table["lines"].as_array().expect("lines");
    let mut text = String::from(
        "format = 1\nname = \"talos\"\nscheme = \"semver\"\nhorizon = 2026-11-01\n\
         order = [\"talos\", \"kubernetes\"]\n\n[package.talos]\nrole = \"stepped\"\n\
         moves = \"any\"\nalone = true\nreleases = '''\n1.0.0 ?\n1.1.0 ?\n",
    );
    for line in lines {
        writeln!(text, "{}.0 ?", said(line, "line")).expect("text");
    }
    text.push_str(
        "'''\n\n[package.kubernetes]\nrole = \"stepped\"\nalone = true\nreleases = '''\n",
    );
    for minor in 20..=40 {
        writeln!(text, "1.{minor}.0 ?").expect("text");
    }
    text.push_str("'''\n");
    for line in lines {
        let of = |key: &str| said(line, key);
        let name = of("line");
        write!(
            text,
            "\n[[gate]]\nid = \"enter-{name}\"\npackage = \"talos\"\nenter = \"~{name}\"\n\
             from = \">={}\"\nwhy = \"a host below it is refused\"\nsource = \"talos\"\n\
             \n[[requires]]\nid = \"runs-{name}\"\npackage = \"talos\"\nversions = \"~{name}\"\n\
             needs = \"kubernetes\"\nrequirement = \">={}, <={}\"\nwhy = \"it runs these\"\n\
             source = \"talos\"\n",
            of("min_from"),
            of("kubernetes_min"),
            of("kubernetes_max")
        )
        .expect("text");
    }
    text
}

#[test]
fn talos_and_its_kubernetes_climb_one_by_one() {
    let (Some(table), Some(questions)) = (json("talos/talos.json"), json("talos/questions.json"))
    else {
        return;
    };
    let catalog = catalog(talos(&table));
    for question in questions["questions"].as_array().expect("questions") {
        let packages = ["talos", "kubernetes"];
        let from = packages.map(|it| format!("{}.0", said(&question["from"], it)));
        let to = packages.map(|it| format!("{it}={}", said(&question["to"], it)));
        let installed: Vec<(&str, &str)> = packages
            .into_iter()
            .zip(from.iter().map(String::as_str))
            .collect();
        let plan = ask(&catalog, &installed, &serde_json::json!({ "to": to }));
        match question["moves"].as_u64() {
            None => assert_eq!(plan.outcome(), Outcome::Impossible, "{question}"),
            Some(moves) => assert_eq!(plan.steps().len() as u64, moves, "{question}"),
        }
    }
}

/// A stream of Fedora CoreOS: the newest release, with a stop at each barrier.
fn fcos(stream: &[Value], rank: &dyn Fn(&str) -> String) -> String {
    let mut text = String::from(
        "format = 1\nname = \"fcos\"\nscheme = \"rubygems\"\nhorizon = 2026-11-01\n\
         order = [\"fcos\"]\n\n[package.fcos]\nrole = \"stepped\"\nmoves = \"any\"\n\
         command = \"rpm-ostree upgrade\"\nreleases = '''\n",
    );
    for release in stream {
        writeln!(text, "{} ?", rank(said(release, "version"))).expect("text");
    }
    text.push_str("'''\n");
    for release in stream.iter().filter(|it| it["barrier"].is_string()) {
        let version = rank(said(release, "version"));
        write!(
            text,
            "\n[[gate]]\nid = \"barrier-{version}\"\npackage = \"fcos\"\nenter = \"> {version}\"\n\
             from = \"= {version}\"\nwhy = \"a barrier\"\nsource = \"{}\"\n",
            said(release, "barrier")
        )
        .expect("text");
    }
    text
}

#[test]
fn fedora_coreos_stops_at_each_barrier() {
    let Some(streams) = json("fcos/fcos.json") else {
        return;
    };
    for (name, stream) in streams["streams"].as_object().expect("streams") {
        let stream = stream.as_array().expect("releases");
        let usable: Vec<Value> = stream
            .iter()
            .filter(|it| !it["deadend"].is_string())
            .cloned()
            .collect();
        let catalog = catalog(fcos(&usable, &str::to_owned));
        let versions: Vec<&str> = usable.iter().map(|it| said(it, "version")).collect();
        for (at, from) in versions.iter().enumerate() {
            let Some(last) = versions.last().filter(|last| *last != from) else {
                continue;
            };
            let barriers = usable[at + 1..]
                .iter()
                .filter(|it| it["barrier"].is_string());
            let mut want: Vec<&str> = vec![from];
            want.extend(barriers.map(|it| said(it, "version")));
            if want.last() != Some(last) {
                want.push(last);
            }
            let request = serde_json::json!({ "to": [format!("fcos=={last}")] });
            let plan = ask(&catalog, &[("fcos", from)], &request);
            assert_eq!(path(&plan, "fcos"), want, "{name}");
        }
    }
}
