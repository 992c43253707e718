//! Ladders by other means give the same plans: the embedded catalog with edges in the place of lines and
//! bridges, wide sets of values, packages in lockstep, packages that move alone or rarely.

use rungs::catalog::{Catalog, Package, Role, Source};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Outcome, Plan};
use rungs::planner::{Detail, Request, plan};
use rungs::{Scheme, Version, report, wire};
use std::fmt::Write;

fn parse(text: &str) -> Catalog {
    let catalog = Catalog::parse(vec![Source::new("made.toml", text.to_owned())]);
    catalog.unwrap_or_else(|error| panic!("{error}"))
}

/// Lines that have a release to stand on, and where bridges lead from each.
fn ways(catalog: &Catalog, package: &Package) -> Vec<Vec<usize>> {
    let text = wire::catalog_document(catalog);
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let line_of = |name: &str| package.lines().iter().position(|line| line.name() == name);
    let stands = |line: &str| {
        let mut releases = package.releases().iter();
        releases.any(|it| {
            let out = it.is_yanked() || it.is_blocked() || it.is_avoided();
            it.version().line() == line && !out && !it.version().is_prerelease()
        })
    };
    let lines = package.lines();
    let mut ways: Vec<Vec<usize>> = (0..lines.len())
        .map(|at| {
            let next = (at + 1..lines.len()).find(|line| stands(lines[*line].name()));
            std::iter::once(at).chain(next).collect()
        })
        .collect();
    for rule in document["rules"].as_array().expect("rules") {
        if rule["kind"] == "bridge" && rule["package"] == package.name().as_str() {
            let from = line_of(rule["from"].as_str().expect("a line")).expect("a line");
            let to = rule["to"].as_array().expect("lines").iter();
            ways[from].extend(to.filter_map(|line| line_of(line.as_str()?)));
        }
    }
    ways
}

/// The catalog with edges in the place of lines and bridges.
fn as_edges(catalog: &Catalog) -> Catalog {
    let mut text = report::catalog_toml(catalog);
    while let Some(at) = text.find("[[bridge]]") {
        let end = text[at + 1..]
            .find("[[")
            .map_or(text.len(), |end| at + 1 + end);
        text.replace_range(at..end, "");
    }
    for package in catalog.packages() {
        if package.role() != Role::Stepped {
            continue;
        }
        let ways = ways(catalog, package);
        let line = |version: &Version| {
            let name = version.line();
            package
                .lines()
                .iter()
                .position(|it| it.name() == name)
                .expect("a line")
        };
        let mut edges = String::new();
        for to in package.releases() {
            let from = package.releases().iter().filter(|from| {
                from.version() < to.version()
                    && ways[line(from.version())].contains(&line(to.version()))
            });
            let from: Vec<&str> = from.map(|it| it.version().as_str()).collect();
            if !from.is_empty() {
                writeln!(edges, "{} {}", to.version(), from.join(", ")).expect("text");
            }
        }
        let head = format!("[package.{}]\nrole = \"stepped\"\n", package.name());
        let moves = format!("{head}moves = \"edges\"\n");
        assert!(text.contains(&head), "{head}");
        text = text.replacen(&head, &moves, 1);
        let at = text.find(&moves).expect("the package");
        let end = at + text[at..].find("releases = '''").expect("releases");
        let end = end + 14 + text[end + 14..].find("'''\n").expect("its end") + 4;
        text.insert_str(end, &format!("\nedges = '''\n{edges}'''\n"));
    }
    parse(&text)
}

const STARTS: [&[(&str, &str)]; 4] = [
    &[
        ("karafka", "2.0.41"),
        ("waterdrop", "2.5.3"),
        ("karafka-web", "0.5.2"),
        ("karafka-core", "2.0.13"),
        ("karafka-rdkafka", "0.12.4"),
        ("karafka-testing", "2.0.11"),
    ],
    &[
        ("karafka", "2.3.0"),
        ("waterdrop", "2.6.12"),
        ("karafka-web", "0.8.0"),
        ("karafka-core", "2.3.0"),
        ("karafka-rdkafka", "0.14.8"),
    ],
    &[
        ("waterdrop", "2.4.1"),
        ("karafka-core", "2.0.0"),
        ("karafka-rdkafka", "0.12.0"),
    ],
    &[
        ("karafka", "2.4.3"),
        ("karafka-core", "2.4.3"),
        ("waterdrop", "2.7.2"),
    ],
];

#[test]
fn the_embedded_catalog_as_edges_gives_the_same_plans() {
    // Without what the guides say, which stays out of what is written as one file.
    let catalog = parse(&report::catalog_toml(
        &Catalog::karafka().expect("the catalog"),
    ));
    let edges = as_edges(&catalog);
    for start in STARTS {
        for ruby in ["2.7", "3.0", "3.2"] {
            for to in ["2.3", "2.4", "2.5", "2.6", "latest"] {
                let mut snapshot = Snapshot::new().with_runtime("ruby", ruby);
                for (name, version) in start {
                    let version = Version::parse(Scheme::RubyGems, version).expect("a version");
                    snapshot = snapshot.with(name, version).direct(name);
                }
                let lead = start[0].0;
                let text = |catalog: &Catalog| {
                    let request = Request::new().to(catalog, &format!("{lead}={to}")).ok()?;
                    let plan = plan(catalog, &snapshot, &request).ok()?;
                    let digest = catalog.digest().to_owned();
                    // How much work it was may differ.
                    let text = wire::plan_document(&plan).replace(&digest, "");
                    let work = text
                        .lines()
                        .filter(|line| !line.contains("states_expanded"));
                    Some(work.collect::<Vec<_>>().join("\n"))
                };
                let (lines, edges) = (text(&catalog), text(&edges));
                if lines != edges {
                    let (lines, edges) = (lines.unwrap_or_default(), edges.unwrap_or_default());
                    let mut pairs = lines.lines().zip(edges.lines());
                    panic!(
                        "{start:?} {ruby} {to}: {:?}",
                        pairs.find(|(one, two)| one != two)
                    );
                }
            }
        }
    }
}

/// A plan of what is installed and asked for, with everything in semver.
fn ask(catalog: &Catalog, from: &[(&str, &str)], to: &[&str]) -> Plan {
    let mut snapshot = Snapshot::new();
    for (name, version) in from {
        let version = Version::parse(catalog.scheme(), version).expect("a version");
        snapshot = snapshot.with(name, version).direct(name);
    }
    let mut request = Request::new();
    request.detail = Detail::Path;
    for target in to {
        request = request.to(catalog, target).expect("a target");
    }
    plan(catalog, &snapshot, &request).unwrap_or_else(|error| panic!("{error}"))
}

/// Two packages of which each release of one wants exactly one of the other: nothing is alike.
fn pair(lines: usize, patches: usize, rest: &str) -> String {
    let mut text = format!(
        "format = 1\nname = \"pair\"\nscheme = \"semver\"\nhorizon = 2026-01-01\n\
         order = [\"one\", \"two\"]\n{rest}\n[package.one]\nrole = \"stepped\"\nreleases = '''\n"
    );
    for line in 0..lines {
        for patch in 0..patches {
            writeln!(text, "1.{line}.{patch} ? two =1.{line}.{patch}").expect("text");
        }
    }
    text.push_str("'''\n[package.two]\nrole = \"stepped\"\nreleases = '''\n");
    for line in 0..lines {
        for patch in 0..patches {
            writeln!(text, "1.{line}.{patch} ?").expect("text");
        }
    }
    text.push_str("'''\n");
    text
}

#[test]
fn no_number_of_releases_ahead_is_too_many() {
    // Narrow, and around each width that sets come in.
    for (lines, patches) in [(6, 10), (6, 21), (6, 22), (6, 64), (6, 65), (5, 420)] {
        let catalog = parse(&pair(lines, patches, ""));
        let from = [("one", "1.0.0"), ("two", "1.0.0")];
        let last = lines - 1;
        let plan = ask(&catalog, &from, &[&format!("one=1.{last}")]);
        assert_eq!(plan.outcome(), Outcome::Planned);
        assert_eq!(plan.steps().len(), last);
        for (at, step) in plan.steps().iter().enumerate() {
            let newest = format!("1.{}.{}", at + 1, patches - 1);
            for name in ["one", "two"] {
                assert_eq!(
                    step.state().package(name).expect("it is there").as_str(),
                    newest
                );
            }
        }
    }
}

#[test]
fn what_is_in_lockstep_shares_each_version() {
    let text = "format = 1\nname = \"rails\"\nscheme = \"rubygems\"\nhorizon = 2026-01-01\n\
        order = [\"rails\", \"record\", \"text\", \"other\"]\n\
        [package.rails]\nrole = \"stepped\"\nlockstep = \"rails\"\nreleases = '''\n\
        5.0.0 ? record = 5.0.0\n5.0.1 ? record = 5.0.1\n6.0.0 ? record = 6.0.0; text = 6.0.0\n\
        6.0.1 ? record = 6.0.1; text = 6.0.1\n6.0.2 ? record = 6.0.2; text = 6.0.2\n'''\n\
        [package.record]\nrole = \"stepped\"\nlockstep = \"rails\"\nreleases = '''\n\
        5.0.0 ?\n5.0.1 ?\n6.0.0 ?\n6.0.1 ?\n6.0.2 ?\n'''\n\
        [package.text]\nrole = \"stepped\"\nlockstep = \"rails\"\nreleases = '''\n\
        6.0.0 ?\n6.0.1 ?\n6.0.2 ?\n'''\n\
        [package.other]\nrole = \"follower\"\nreleases = '''\n1.0.0 ? record < 6\n\
        2.0.0 ? record >= 6, < 6.0.2\n'''\n";
    let catalog = parse(text);
    let plan = ask(
        &catalog,
        &[("rails", "5.0.0"), ("record", "5.0.0")],
        &["rails=6.0"],
    );
    let last = plan.steps().last().expect("a step").state();
    for name in ["rails", "record", "text"] {
        assert_eq!(last.package(name).expect("it is there").as_str(), "6.0.2");
    }
    // Who stands beside them keeps all of them back together.
    let from = [("rails", "5.0.0"), ("record", "5.0.0"), ("other", "1.0.0")];
    let plan = ask(&catalog, &from, &["rails=6.0"]);
    let last = plan.steps().last().expect("a step").state();
    for name in ["rails", "record", "text"] {
        assert_eq!(last.package(name).expect("it is there").as_str(), "6.0.1");
    }
    assert_eq!(plan.steps().len(), 1);
    // One version of one of them that another lacks is stood on by nobody.
    let lacks = text.replace(
        "5.0.0 ?\n5.0.1 ?\n6.0.0 ?\n6.0.1 ?\n6.0.2 ?\n",
        "5.0.0 ?\n5.0.1 ?\n6.0.0 ?\n6.0.1 ?\n",
    );
    let plan = ask(
        &parse(&lacks),
        &[("rails", "5.0.0"), ("record", "5.0.0")],
        &["rails=6.0"],
    );
    let last = plan.steps().last().expect("a step").state();
    assert_eq!(
        last.package("rails").expect("it is there").as_str(),
        "6.0.1"
    );
    let wrong = text.replace("6.0.2 ? record = 6.0.2", "6.0.2 ? record = 6.0.1");
    let error = Catalog::parse(vec![Source::new("made.toml", wrong)]).unwrap_err();
    assert_eq!(
        error.message(),
        "rails 6.0.2 is in lockstep with record and requires = 6.0.1 of it"
    );
}

#[test]
fn lone_and_lazy_packages_move_by_themselves_and_rarely() {
    let mut text = String::from(
        "format = 1\nname = \"k\"\nscheme = \"semver\"\nhorizon = 2026-01-01\n\
         order = [\"plane\", \"node\"]\n[[skew]]\nid = \"behind\"\npackage = \"node\"\nof = \"plane\"\n\
         behind = 2\nwhy = \"w\"\nsource = \"s\"\n",
    );
    for (name, role) in [("plane", "stepped"), ("node", "lazy")] {
        write!(
            text,
            "[package.{name}]\nrole = \"{role}\"\nalone = true\nreleases = '''\n"
        )
        .expect("text");
        for minor in 0..8 {
            writeln!(text, "1.{minor}.0 ?").expect("text");
        }
        text.push_str("'''\n");
    }
    let catalog = parse(&text);
    let moves = |plan: &Plan, name: &str| {
        let steps = plan.steps().iter();
        steps
            .filter(|step| {
                step.changes()
                    .iter()
                    .any(|it| it.package().as_str() == name)
            })
            .count()
    };
    // Brute force over the two numbers: fewest moves, then fewest of the node.
    let best = |from: (i32, i32), to: (i32, i32)| {
        let mut known = std::collections::BTreeMap::from([(from, (0, 0))]);
        let mut open = vec![from];
        while let Some((plane, node)) = open.pop() {
            let (all, nodes) = known[&(plane, node)];
            let mut next = vec![((plane + 1, node), (all + 1, nodes))];
            next.extend((node + 1..8).map(|it| ((plane, it), (all + 1, nodes + 1))));
            for (state, cost) in next {
                let fits = state.0 < 8 && state.1 <= state.0 && state.0 - state.1 <= 2;
                if fits && known.get(&state).is_none_or(|before| cost < *before) {
                    known.insert(state, cost);
                    open.push(state);
                }
            }
        }
        known.get(&to).copied()
    };
    for from in [(0, 0), (2, 0), (3, 2)] {
        for to in [(3, 3), (5, 3), (7, 7), (7, 5), (6, 4)] {
            let version = |minor: i32| format!("1.{minor}.0");
            let (plane, node) = (version(from.0), version(from.1));
            let targets = [format!("plane=1.{}", to.0), format!("node=1.{}", to.1)];
            let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
            let plan = ask(&catalog, &[("plane", &plane), ("node", &node)], &targets);
            let (all, nodes) = best(from, to).expect("a way");
            assert_eq!(plan.steps().len(), all, "{from:?} {to:?}");
            assert_eq!(moves(&plan, "node"), nodes, "{from:?} {to:?}");
            assert!(plan.steps().iter().all(|step| step.changes().len() == 1));
        }
    }
}

#[test]
fn a_gate_before_versions_asks_to_wait() {
    let text = "format = 1\nname = \"g\"\nscheme = \"semver\"\nhorizon = 2026-01-01\norder = [\"g\"]\n\
        [package.g]\nrole = \"stepped\"\nmoves = \"any\"\ncommand = \"install g {from} {to}\"\n\
        releases = '''\n1.0.0 ?\n1.1.0 ?\n1.2.0 ?\n1.3.0 ?\n1.4.0 ?\n'''\n\
        [[property]]\nid = \"big\"\nask = \"Is it big?\"\n\
        [[gate]]\nid = \"stop-1.1\"\npackage = \"g\"\nenter = \">=1.2.0\"\nfrom = \"~1.1\"\n\
        wait = \"the migrations are finished\"\ncheck = \"g check\"\nwhy = \"a stop\"\nsource = \"s\"\n\
        [[gate]]\nid = \"stop-1.3\"\npackage = \"g\"\nenter = \">=1.4.0\"\nfrom = \"~1.3\"\nif = [\"big\"]\n\
        wait = \"all is copied\"\nwhy = \"a stop\"\nsource = \"s\"\n";
    let catalog = parse(text);
    let snapshot = || {
        let version = Version::parse(Scheme::SemVer, "1.0.0").expect("a version");
        Snapshot::new().with("g", version).direct("g")
    };
    let lines = |properties: &[(&str, bool)]| {
        let mut request = Request::new().to(&catalog, "g=1.4").expect("a target");
        request.properties = properties
            .iter()
            .map(|(id, it)| ((*id).to_owned(), *it))
            .collect();
        plan(&catalog, &snapshot(), &request).expect("a plan")
    };
    let told = |plan: &Plan| -> Vec<String> {
        let steps = plan.steps().iter();
        steps
            .map(|it| it.state().package("g").expect("it is there").to_string())
            .collect()
    };
    let unknown = lines(&[]);
    assert_eq!(told(&unknown), ["1.1.0", "1.3.0", "1.4.0"]);
    let [warning] = unknown.warnings() else {
        panic!("{:?}", unknown.warnings());
    };
    assert_eq!(warning.code(), "property_not_told");
    assert_eq!(
        warning.to_string(),
        "Is it big? If not, 2 steps will do: --property big=no"
    );
    let big = lines(&[("big", true)]);
    assert!(big.warnings().is_empty());
    let waits = big.steps().iter().flat_map(|step| step.waits());
    let waits: Vec<String> = waits.map(ToString::to_string).collect();
    assert_eq!(waits[1..], ["until all is copied (g 1.3.0)"], "{waits:?}");
    // A gate that does not hold asks for nothing.
    let plan = lines(&[("big", false)]);
    assert_eq!(told(&plan), ["1.1.0", "1.4.0"]);
    assert!(plan.steps()[0].waits().is_empty());
    let [wait] = plan.steps()[1].waits() else {
        panic!("{:?}", plan.steps()[1].waits());
    };
    assert_eq!(
        wait.to_string(),
        "until the migrations are finished (g 1.1.0); check with: g check"
    );
    assert_eq!(
        plan.steps()[1].bundle().command(),
        Some("install g 1.1.0 1.4.0")
    );
}

/// Ten packages of which each requires all others are 90 requirements, more than the search has marks for.
#[test]
fn packages_that_all_require_one_another_fit_in_every_state() {
    let name = |at: u32| format!("p{at}");
    let (mut planned, mut impossible) = (0, 0);
    for seed in 0..60u32 {
        let mut drawn = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
        let mut draw = |most: u32| {
            drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (drawn >> 16) % most
        };
        let names: Vec<String> = (0..10).map(|at| format!("\"{}\"", name(at))).collect();
        let mut text = format!(
            "format = 1\nname = \"knot\"\nscheme = \"semver\"\nhorizon = 2026-01-01\norder = [{}]\n",
            names.join(", ")
        );
        for own in 0..10 {
            text += &format!(
                "[package.{}]\nrole = \"follower\"\nreleases = '''\n",
                name(own)
            );
            for version in 0..5 {
                let others = (0..10).filter(|other| *other != own);
                let needs = others.map(|other| {
                    let low = draw(version + 1).saturating_sub(1);
                    let high = (low + 1 + draw(4)).max(version);
                    let high = if draw(40) == 0 { low } else { high };
                    format!("{} >= 1.{low}.0, <= 1.{high}.0", name(other))
                });
                let needs: Vec<String> = needs.collect();
                text += &format!("1.{version}.0 ? {}\n", needs.join("; "));
            }
            text += "'''\n";
        }
        let catalog = Catalog::parse(vec![Source::new("knot.toml", text)]).unwrap();
        let mut snapshot = Snapshot::new();
        for at in 0..10 {
            let version = Version::parse(Scheme::SemVer, "1.0.0").unwrap();
            snapshot = snapshot.with(&name(at), version).direct(&name(at));
        }
        let request = Request::new().to(&catalog, "p0=1.4").unwrap();
        let plan = plan(&catalog, &snapshot, &request).unwrap();
        match plan.outcome() {
            Outcome::Planned => planned += 1,
            Outcome::Impossible => impossible += 1,
            other => panic!("{seed}: {other:?}"),
        }
        for step in plan.steps() {
            for (package, version) in step.state().packages() {
                let release = catalog.package(package.as_str()).unwrap().release(version);
                for need in release.unwrap().requirements() {
                    let found = step.state().package(need.name().as_str()).unwrap();
                    assert!(
                        need.requirement().matches(found),
                        "{seed}: {package} {version}"
                    );
                }
            }
        }
    }
    assert!(planned > 5 && impossible > 5, "{planned} {impossible}");
}

/// Releases without a mark that is asked for are not entered, and a line without any is no rung.
#[test]
fn only_releases_with_a_mark_that_is_asked_for_are_entered() {
    let catalog = parse(
        "format = 1\nname = \"marked\"\nscheme = \"semver\"\nhorizon = 2026-01-01\norder = [\"one\", \"two\"]\n\
         [package.one]\nrole = \"stepped\"\nreleases = '''\n1.0.0 ?\n1.1.0 ? [stable]\n1.1.1 ? [fast]\n\
         1.2.0 ? [fast]\n1.3.0 ? [fast; stable] two >= 1.1\n1.3.1 ?\n'''\n\
         [package.two]\nrole = \"follower\"\nreleases = '''\n1.0.0 ?\n1.1.0 ? [stable]\n1.2.0 ?\n'''\n",
    );
    let mut snapshot = Snapshot::new();
    for name in ["one", "two"] {
        let version = Version::parse(Scheme::SemVer, "1.0.0").unwrap();
        snapshot = snapshot.with(name, version).direct(name);
    }
    let states = |within: &[&str]| {
        let mut request = Request::new().to(&catalog, "one=1.3").unwrap();
        request.within = within.iter().map(ToString::to_string).collect();
        let plan = plan(&catalog, &snapshot, &request).unwrap();
        let of = |step: &rungs::plan::Step| {
            let version = |name| step.state().package(name).unwrap().to_string();
            format!("{} {}", version("one"), version("two"))
        };
        plan.steps().iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(states(&[]), ["1.1.1 1.2.0", "1.2.0 1.2.0", "1.3.1 1.2.0"]);
    assert_eq!(states(&["stable"]), ["1.1.0 1.1.0", "1.3.0 1.1.0"]);
    // Of `two` no release is fast, and `one` 1.3.0 requires a later one than is installed.
    assert!(states(&["fast"]).is_empty());
    let both = ["1.1.1 1.1.0", "1.2.0 1.1.0", "1.3.0 1.1.0"];
    assert_eq!(states(&["fast", "stable"]), both);
}

/// Behind a gate before versions one is free to go on, where the release before the gate is not let through.
#[test]
fn a_gate_before_versions_is_passed_once() {
    let catalog = parse(
        "format = 1\nname = \"passed\"\nscheme = \"semver\"\nhorizon = 2026-01-01\norder = [\"one\", \"two\"]\n\
         [package.one]\nrole = \"follower\"\nreleases = '''\n1.0.1 ?\n1.0.2 ?\n1.0.3 ?\n1.0.4 ?\n'''\n\
         [package.two]\nrole = \"stepped\"\nreleases = '''\n1.0.0 ?\n1.1.0 ? one =1.0.3\n1.2.0 ? one =1.0.4\n'''\n\
         [[gate]]\nid = \"late\"\npackage = \"one\"\nenter = \">=1.0.3\"\nfrom = \"=1.0.1\"\nwhy = \"w\"\nsource = \"s\"\n",
    );
    let states = |one: &str| {
        let mut snapshot = Snapshot::new();
        for (name, version) in [("one", one), ("two", "1.0.0")] {
            let version = Version::parse(Scheme::SemVer, version).unwrap();
            snapshot = snapshot.with(name, version).direct(name);
        }
        let request = Request::new().to(&catalog, "two=1.2").unwrap();
        let plan = plan(&catalog, &snapshot, &request).unwrap();
        let one = |step: &rungs::plan::Step| step.state().package("one").unwrap().to_string();
        plan.steps().iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(states("1.0.1"), ["1.0.3", "1.0.4"]);
    assert!(states("1.0.2").is_empty());
    assert_eq!(states("1.0.3"), ["1.0.3", "1.0.4"]);
}

/// What comes from git needs what its lockfile says: a package that only the release of its version requires leaves,
/// and may come back lower.
#[test]
fn what_nothing_needs_but_a_release_that_is_not_installed_may_come_back_lower() {
    let catalog = parse(
        "format = 1\nname = \"fork\"\nhorizon = 2026-01-01\norder = [\"app\", \"fork\", \"part\"]\n\
         [package.app]\nrole = \"stepped\"\nreleases = '''\n1.0.0 ?\n1.1.0 ? part = 1.0.0\n'''\n\
         [package.fork]\nrole = \"follower\"\nreleases = '''\n1.0.0 ? part >= 1.0\n'''\n\
         [package.part]\nrole = \"follower\"\nreleases = '''\n1.0.0 ?\n1.2.0 ?\n'''\n",
    );
    let ask = |fork: &str| {
        let text = format!(
            "{fork}GEM\n  remote: https://rubygems.org/\n  specs:\n    app (1.0.0)\n    part (1.2.0)\n\nPLATFORMS\n  \
             ruby\n\nDEPENDENCIES\n  app\n  fork!\n"
        );
        let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
        let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
        let request = Request::new().to(&catalog, "app=1.1").unwrap();
        let plan = plan(&catalog, &snapshot, &request).unwrap();
        let part = |step: &rungs::plan::Step| step.state().package("part").map(ToString::to_string);
        plan.steps().iter().map(part).collect::<Vec<_>>()
    };
    let git = "GIT\n  remote: https://example.org/fork.git\n  revision: abc\n  specs:\n    fork (1.0.0)\n";
    assert_eq!(ask(&format!("{git}\n")), [None, Some("1.0.0".to_owned())]);
    assert!(ask(&format!("{git}      part (>= 1.0)\n\n")).is_empty());
}
