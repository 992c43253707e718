//! Work grows with what is installed and asked, not with its square: counted by the planner itself, at
//! some size and at twice that size. Nothing here looks at a clock.

use rungs::catalog::Catalog;
use rungs::index::Infos;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Constraint, FixKind, Outcome, Plan};
use rungs::planner::{Planner, Request, plan};
use rungs::{Requirement, Scheme};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A lockfile with so many gems besides karafka, each with what it requires.
fn installed(count: usize, requires: impl Fn(usize) -> String) -> Snapshot {
    let mut text = String::from("GEM\n  remote: x\n  specs:\n    karafka (2.3.0)\n");
    for at in 0..count {
        let _ = writeln!(text, "    d{at:06} (1)");
        for one in requires(at).split(';').filter(|it| !it.is_empty()) {
            let _ = writeln!(text, "      {one}");
        }
    }
    text.push_str("\nDEPENDENCIES\n  karafka\n");
    Snapshot::from_lockfile(&Lockfile::parse(text.as_bytes()).unwrap()).unwrap()
}

fn ask(snapshot: &Snapshot, request: &Request) -> Plan {
    plan(&Catalog::karafka().unwrap(), snapshot, request).unwrap()
}

fn to_newest() -> Request {
    Request::new()
        .to(&Catalog::karafka().unwrap(), "karafka=2.6")
        .unwrap()
}

/// Questions stay as many, and work at most doubles.
#[track_caller]
fn grows(what: &str, plan: impl Fn(usize) -> Plan) {
    let (small, large) = (plan(1_000), plan(2_000));
    let (one, two) = (small.explained(), large.explained());
    println!("{what}: {one:?} {two:?}");
    assert!(one.questions() > 0, "{what}: nothing was explained");
    assert_eq!(small.outcome(), large.outcome(), "{what}");
    assert!(
        two.questions() <= one.questions() + 16,
        "{what}: {one:?} {two:?}"
    );
    assert!(
        two.work() <= 2 * one.work() + 50_000,
        "{what}: {one:?} {two:?}"
    );
}

#[test]
fn explaining_is_linear_in_what_is_installed() {
    let holders = |requires: fn(usize) -> String| {
        move |count: usize| ask(&installed(count, requires), &to_newest())
    };
    grows(
        "equal holders",
        holders(|_| "karafka (~> 2.3.0)".to_owned()),
    );
    grows(
        "four kinds",
        holders(|at| format!("karafka (~> 2.{})", at % 4 + 1)),
    );
    grows(
        "one text each",
        holders(|at| format!("karafka (< 2.4, != 9.{at})")),
    );
    grows(
        "two packages",
        holders(|at| format!("karafka (< 2.{});waterdrop (< 2.{})", at % 9, at % 7)),
    );
    grows(
        "one holder among many gems",
        holders(|at| match at {
            7 => "karafka (~> 2.3.0)".to_owned(),
            _ => format!("d{:06}", at + 1),
        }),
    );
    grows(
        "a long chain",
        holders(|at| format!("karafka (~> 2.3.0);d{:06}", at + 1)),
    );
}

#[test]
fn explaining_is_linear_in_what_is_asked() {
    let snapshot = installed(1, |_| "karafka (~> 2.3.0)".to_owned());
    let pinned = |text: fn(usize) -> String| {
        let snapshot = &snapshot;
        move |count: usize| {
            let mut request = to_newest();
            for at in 0..count {
                let pin = Requirement::parse(Scheme::RubyGems, &text(at)).unwrap();
                request.pins.push(("karafka".to_owned(), pin));
            }
            ask(snapshot, &request)
        }
    };
    grows("equal pins", pinned(|_| "< 2.5".to_owned()));
    grows("one text each", pinned(|at| format!("< 2.5, != 9.{at}")));
    grows("accepted again and again", |count| {
        let mut request = to_newest();
        request.accept = vec!["karafka-2.4-gate-latest-2.3".to_owned(); count];
        ask(&snapshot, &request)
    });
    grows("dropped", |count| {
        let snapshot = installed(count, |at| match at {
            0 => "karafka (~> 2.3.0)".to_owned(),
            _ => format!("karafka (~> 2.2);d{:06}", at + 1),
        });
        let mut request = to_newest();
        // The chain goes as a whole; what holds stays.
        request.drop = (1..count).map(|at| format!("d{at:06}")).collect();
        ask(&snapshot, &request)
    });
}

#[test]
fn equal_holders_are_one_constraint_and_all_are_named() {
    let snapshot = installed(5, |at| match at {
        4 => "karafka (>= 2)".to_owned(),
        _ => "karafka (~> 2.3.0)".to_owned(),
    });
    let plan = ask(&snapshot, &to_newest());
    assert_eq!(plan.outcome(), Outcome::Impossible);
    let [cause] = plan.causes() else {
        panic!("{:?}", plan.causes());
    };
    assert!(cause.is_minimal());
    let Constraint::Holder { holder, also, .. } = &cause.constraints()[0] else {
        panic!("{cause:?}");
    };
    assert_eq!(holder, "d000003");
    let also: Vec<String> = also.iter().map(|(gem, at)| format!("{gem} {at}")).collect();
    assert_eq!(also, ["d000000 1", "d000001 1", "d000002 1"]);
    let FixKind::Holder { holders } = plan.fixes()[0].kind() else {
        panic!("{:?}", plan.fixes());
    };
    let gems: Vec<&str> = holders.iter().map(|it| it.gem()).collect();
    assert_eq!(gems, ["d000003", "d000000", "d000001", "d000002"]);
}

#[test]
fn what_is_not_minimal_is_called_so() {
    // Every holder rules out one release of its own, and only all together rule out the line.
    let catalog = Catalog::karafka().unwrap();
    let releases = catalog.package("karafka").unwrap().releases();
    let count = releases.len();
    let texts: Vec<String> = releases
        .iter()
        .map(|it| format!("karafka (!= {})", it.version()))
        .collect();
    let snapshot = installed(count * 8, |at| {
        let mut text = texts[at % count].clone();
        // Not one of them is equal to another.
        let _ = write!(text, ";waterdrop (!= 2.{}.{})", at % 11, at / count);
        text
    });
    let plan = ask(&snapshot, &to_newest());
    assert_eq!(plan.outcome(), Outcome::Impossible);
    let limit = plan
        .warnings()
        .iter()
        .any(|it| it.code() == "explanation_limit");
    let minimal = plan.causes().iter().all(|cause| cause.is_minimal());
    println!("{:?} limit {limit} minimal {minimal}", plan.explained());
    assert!(!plan.causes().is_empty());
    // Where the bound was met the answer says so, and else it is minimal.
    assert!(minimal || limit);
    assert!(
        plan.explained().work() < 40_000_000,
        "{:?}",
        plan.explained()
    );
}

/// An index in which two gems have many releases; it counts how often each is asked for.
struct Counting {
    releases: usize,
    asked: BTreeMap<String, usize>,
}

impl Infos for Counting {
    fn info(&mut self, name: &str) -> rungs::Result<Option<Vec<u8>>> {
        *self.asked.entry(name.to_owned()).or_default() += 1;
        let line = match name {
            "ffi" => {
                "1.16.{at} |ruby:>= 2.5\n1.17.{at} |ruby:>= 2.5\n1.17.{at}-linux |ruby:>= 2.6\n"
            }
            "roda" => "3.76.{at} rack:>= 0|\n3.101.{at} rack:>= 0|\n3.101.{at}-linux rack:>= 1|\n",
            _ => return Ok(None),
        };
        let lines = (0..self.releases).map(|at| line.replace("{at}", &at.to_string()));
        Ok(Some(lines.collect::<String>().into_bytes()))
    }
}

/// Reading an index and asking it grows with its releases, and each gem is asked for once.
#[test]
fn an_index_is_looked_at_linearly_and_read_once() {
    let text = include_str!("../impossible/01-ruby-is-fixed/Gemfile.lock");
    let text = text.replacen("ffi (1.16.3)", "ffi (1.16.3-linux)", 1);
    let text = text.replacen("roda (3.76.0)", "roda (3.76.0-linux)", 1);
    let snapshot = Snapshot::from_lockfile(&Lockfile::parse(text.as_bytes()).unwrap()).unwrap();
    let catalog = Catalog::karafka().unwrap();
    let work = |releases: usize| {
        let asked = BTreeMap::new();
        let mut index = Counting { releases, asked };
        let planner = Planner::new(&catalog, &snapshot).index(&mut index);
        let plan = planner.plan(&to_newest()).unwrap();
        assert_eq!(plan.outcome(), Outcome::Planned);
        let moves = plan.steps().iter().flat_map(|step| step.outside());
        let gems: BTreeSet<&str> = moves.map(|it| it.gem()).collect();
        assert!(gems.contains("ffi") && gems.contains("roda"), "{gems:?}");
        assert!(
            index.asked.values().all(|times| *times == 1),
            "{:?}",
            index.asked
        );
        plan.index_work()
    };
    let (small, large) = (work(1_000), work(2_000));
    println!("{small} {large}");
    assert!(small >= 2_000, "{small}");
    assert!(large <= 2 * small + 1_000, "{small} {large}");
}
