//! A plan over a graph of 1,368 releases and 58,762 edges against a plain breadth-first search over the
//! same edges: OpenShift's graph where `RUNGS_SHARED` (or `../shared`) has it, else one of that size.

use divan::{Bencher, black_box};
use rungs::catalog::{Catalog, Source};
use rungs::lockfile::Snapshot;
use rungs::plan::Outcome;
use rungs::planner::{Detail, Request, plan};
use rungs::{Scheme, Version};
use serde_json::Value;
use std::collections::VecDeque;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    divan::main();
}

/// Versions in order, and edges from the first to the second.
struct Graph {
    versions: Vec<String>,
    edges: Vec<(usize, usize)>,
}

fn graph() -> Graph {
    let beside = || {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .map(|it| it.join("shared"))
    };
    let shared = std::env::var_os("RUNGS_SHARED")
        .map(PathBuf::from)
        .or_else(beside);
    let file = shared.map(|it| it.join("neighbours/openshift/graph.json"));
    match file.and_then(|file| std::fs::read_to_string(file).ok()) {
        Some(text) => openshift(&serde_json::from_str(&text).expect("JSON")),
        None => {
            println!("NOT RUN: OpenShift's graph is not here; one of that size stands in");
            like_openshift()
        }
    }
}

/// With all conditional edges: each risk is accepted.
fn openshift(graph: &Value) -> Graph {
    let nodes = graph["nodes"].as_array().expect("nodes").iter();
    let versions = nodes
        .map(|it| it["v"].as_str().expect("a version").to_owned())
        .collect();
    let mut edges = Vec::new();
    let mut add = |to: &str, from: &Value| {
        let to: usize = to.parse().expect("a number");
        for part in from.as_str().expect("nodes").split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let first: usize = first.parse().expect("a number");
            let last: usize = last.parse().expect("a number");
            edges.extend((first..=last).map(|from| (from, to)));
        }
    };
    for (to, from) in graph["plain_into"].as_object().expect("edges") {
        add(to, from);
    }
    for (to, sets) in graph["conditional_into"].as_object().expect("edges") {
        for from in sets.as_object().expect("sets").values() {
            add(to, from);
        }
    }
    Graph { versions, edges }
}

/// 24 lines of 57 releases, entered from most of their own line and from some of the line before.
fn like_openshift() -> Graph {
    let (lines, patches) = (24, 57);
    let versions = (0..lines * patches).map(|at| format!("4.{}.{}", at / patches, at % patches));
    let mut edges = Vec::new();
    for to in 0..lines * patches {
        let (line, patch) = (to / patches, to % patches);
        edges.extend((0..patch).map(|it| (line * patches + it, to)));
        if line > 0 {
            let from = (line - 1) * patches;
            edges.extend((patch / 3..patch.min(patches - 10)).map(|it| (from + it, to)));
        }
    }
    Graph {
        versions: versions.collect(),
        edges,
    }
}

fn catalog(graph: &Graph) -> Catalog {
    let mut text = String::from(
        "format = 1\nname = \"graph\"\nscheme = \"semver\"\nhorizon = 2026-01-01\norder = [\"graph\"]\n\
         [package.graph]\nrole = \"stepped\"\nmoves = \"edges\"\nreleases = '''\n",
    );
    for version in &graph.versions {
        writeln!(text, "{version} ?").expect("text");
    }
    text.push_str("'''\nedges = '''\n");
    let mut into: Vec<Vec<&str>> = vec![Vec::new(); graph.versions.len()];
    for (from, to) in &graph.edges {
        into[*to].push(&graph.versions[*from]);
    }
    for (to, from) in into.iter().enumerate().filter(|(_, from)| !from.is_empty()) {
        writeln!(text, "{} {}", graph.versions[to], from.join(", ")).expect("text");
    }
    text.push_str("'''\n");
    Catalog::parse(vec![Source::new("graph.toml", text)]).expect("a catalog")
}

/// The longest of the shortest ways from the first release that leads far.
fn ends(graph: &Graph) -> (usize, usize) {
    let adjacent = adjacent(graph);
    let starts = (0..graph.versions.len()).step_by(29);
    let far = starts.flat_map(|from| {
        let hops = hops(&adjacent, from);
        let ends = hops.into_iter().enumerate();
        ends.filter(|(_, hops)| *hops != usize::MAX)
            .map(move |(to, hops)| (hops, from, to))
    });
    let (_, from, to) = far.max().expect("a way");
    (from, to)
}

fn adjacent(graph: &Graph) -> Vec<Vec<usize>> {
    let mut adjacent = vec![Vec::new(); graph.versions.len()];
    for (from, to) in &graph.edges {
        adjacent[*from].push(*to);
    }
    adjacent
}

fn hops(adjacent: &[Vec<usize>], from: usize) -> Vec<usize> {
    let mut hops = vec![usize::MAX; adjacent.len()];
    hops[from] = 0;
    let mut open = VecDeque::from([from]);
    while let Some(at) = open.pop_front() {
        for next in &adjacent[at] {
            if hops[*next] == usize::MAX {
                hops[*next] = hops[at] + 1;
                open.push_back(*next);
            }
        }
    }
    hops
}

#[divan::bench]
fn plan_over_the_graph(bencher: Bencher<'_, '_>) {
    let graph = graph();
    let catalog = catalog(&graph);
    let (from, to) = ends(&graph);
    let version = Version::parse(Scheme::SemVer, &graph.versions[from]).expect("a version");
    let snapshot = Snapshot::new().with("graph", version).direct("graph");
    let target = format!("graph={}", graph.versions[to]);
    let mut request = Request::new().to(&catalog, &target).expect("a target");
    request.prereleases = true;
    request.detail = Detail::Path;
    let answer = plan(&catalog, &snapshot, &request).expect("an answer");
    assert_eq!(answer.outcome(), Outcome::Planned);
    assert_eq!(answer.steps().len(), hops(&adjacent(&graph), from)[to]);
    bencher.bench_local(|| {
        plan(
            black_box(&catalog),
            black_box(&snapshot),
            black_box(&request),
        )
    });
}

#[divan::bench]
fn breadth_first(bencher: Bencher<'_, '_>) {
    let graph = graph();
    let adjacent = adjacent(&graph);
    let (from, _) = ends(&graph);
    bencher.bench_local(|| hops(black_box(&adjacent), black_box(from)));
}

#[divan::bench]
fn read_the_graph(bencher: Bencher<'_, '_>) {
    let graph = graph();
    bencher.bench_local(|| catalog(black_box(&graph)));
}
