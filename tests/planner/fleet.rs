//! Many lockfiles: what is remembered changes no answer, and counts are those of the answers.

use crate::common;
use rungs::catalog::Catalog;
use rungs::fleet::{Fleet, FleetSummary};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::{Planner, Request};
use rungs::{Date, ErrorCode};

const EXAMPLE: &str = include_str!("../../examples/Gemfile.lock");

/// Lockfiles that ask alike and differently: a gem more, another version, a holder, none of ours.
fn lockfiles() -> Vec<String> {
    let with_gem = |gem: &str| EXAMPLE.replacen("  specs:\n", &format!("  specs:\n    {gem}\n"), 1);
    let mut all = vec![
        EXAMPLE.to_owned(),
        with_gem("aardvark (1.0)"),
        with_gem("aardvark (2.0)"),
        with_gem("aardvark (2.0)\n      karafka (< 2.4)"),
        with_gem("aardvark (2.0)\n      karafka (< 2.5)"),
        with_gem("appsignal (4.0.0)"),
        with_gem("appsignal (3.0.0)"),
        EXAMPLE.replace("karafka (2.3.0)", "karafka (2.3.4)"),
        "GEM\n  remote: https://rubygems.org/\n  specs:\n    rake (13.0)\n\nDEPENDENCIES\n  rake\n"
            .to_owned(),
        "GEM\n  specs:\n<<<<<<< HEAD\n".to_owned(),
    ];
    let shared = common::shared().map(|shared| shared.join("lockfiles/files"));
    if shared.is_none() {
        println!("NOT RUN on real lockfiles: shared/ is not there");
    }
    if let Some(folder) = shared {
        let mut paths: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect();
        paths.sort();
        all.extend(
            paths
                .iter()
                .map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()),
        );
    }
    all
}

/// The answer of a fresh planner, as shown, or the code of an error.
fn fresh(catalog: &Catalog, as_of: Option<Date>, lockfile: &str) -> Result<String, ErrorCode> {
    let ask = || {
        let lockfile = Lockfile::parse(lockfile.as_bytes())?;
        let snapshot = Snapshot::from_lockfile(&lockfile)?;
        rungs::status::status(Planner::new(catalog, &snapshot), as_of, &Request::new())
    };
    ask()
        .map(|it| format!("{it:?}"))
        .map_err(|error| error.code())
}

#[test]
fn what_is_remembered_changes_no_answer() {
    let catalog = Catalog::karafka().unwrap();
    let as_of = Some(Date::parse("2026-08-19").unwrap());
    let fleet = Fleet::new(&catalog, as_of);
    let (mut answered, mut alike) = (0, 0);
    for lockfile in lockfiles() {
        let answer = fleet.ask(lockfile.as_bytes());
        let again = fleet.ask(lockfile.as_bytes());
        let shown = |answer: &rungs::Result<rungs::fleet::FleetAnswer>| match answer {
            Ok(answer) => answer
                .status()
                .map_or(Err(ErrorCode::NothingToPlan), |it| Ok(format!("{it:?}"))),
            Err(error) => Err(error.code()),
        };
        let fresh = fresh(&catalog, as_of, &lockfile);
        assert_eq!(shown(&answer), fresh, "{lockfile}");
        assert_eq!(shown(&again), fresh, "{lockfile}");
        // A gem that says nothing about the family, at the front of the list.
        let with_gem = lockfile.replacen("  specs:\n", "  specs:\n    aaaa_nothing (1.0)\n", 1);
        let with_gem = fleet.ask(with_gem.as_bytes());
        if fresh.is_ok() {
            answered += 1;
            alike += usize::from(shown(&with_gem) == fresh);
        }
    }
    assert!(answered >= 8, "{answered}");
    assert_eq!(alike, answered);
}

#[test]
fn a_summary_counts_what_was_answered() {
    let catalog = Catalog::karafka().unwrap();
    let fleet = Fleet::new(&catalog, None);
    let mut summary = FleetSummary::new();
    let lockfiles = lockfiles();
    for lockfile in &lockfiles[..10] {
        summary.add(&fleet.ask(lockfile.as_bytes()));
    }
    assert_eq!(
        (
            summary.lockfiles(),
            summary.errors(),
            summary.without_packages()
        ),
        (10, 1, 1)
    );
    assert_eq!(summary.outcomes().map(|(_, count)| count).sum::<usize>(), 8);
    let gems = summary.gems();
    assert_eq!(gems.len(), 1, "{gems:?}");
    assert_eq!(
        (gems[0].0, gems[0].1.holds, gems[0].1.alone),
        ("aardvark", 2, 2)
    );
    let lines: Vec<_> = summary
        .lines()
        .find(|(name, _)| *name == "karafka")
        .unwrap()
        .1
        .iter()
        .collect();
    assert_eq!(lines, [(&"2.3".to_owned(), &8)]);
}

/// The lockfiles to upgrade first are named, in every order of the input the same, and no more than twenty.
#[test]
fn the_most_urgent_are_named_first() {
    let catalog = Catalog::karafka().unwrap();
    let day = rungs::Date::parse("2026-08-19").unwrap();
    let fleet = Fleet::new(&catalog, Some(day));
    let lock = |karafka: &str, core: &str, waterdrop: &str| {
        format!(
            "GEM\n  specs:\n    karafka ({karafka})\n    karafka-core ({core})\n    waterdrop ({waterdrop})\n\n\
             RUBY VERSION\n   ruby 3.4.1\n\nDEPENDENCIES\n  karafka\n"
        )
    };
    // Out of support and far; out of support and near; supported and one step behind; the newest.
    let mut all = vec![
        ("far".to_owned(), lock("2.0.41", "2.0.13", "2.4.11")),
        ("near".to_owned(), lock("2.4.18", "2.4.11", "2.7.4")),
        ("newest".to_owned(), lock("2.6.0", "2.6.2", "2.10.3")),
        ("none".to_owned(), "GEM\n".to_owned()),
    ];
    let named = |all: &[(String, String)]| {
        let mut summary = FleetSummary::new();
        for (id, lockfile) in all {
            summary.add_named(id, &fleet.ask(lockfile.as_bytes()));
        }
        assert_eq!(summary.lockfiles(), all.len());
        let text = rungs::report::fleet_text(&fleet, &summary, rungs::report::Style::Plain);
        let document: serde_json::Value =
            serde_json::from_str(&rungs::wire::fleet_summary_document(&fleet, &summary)).unwrap();
        let urgent: Vec<String> = summary.urgent().iter().map(|it| it.id.clone()).collect();
        (urgent, text, document, summary)
    };
    let (urgent, text, document, summary) = named(&all);
    assert_eq!(&urgent[..2], ["far", "near"], "{text}");
    assert!(!urgent.contains(&"none".to_owned()), "{urgent:?}");
    assert!(text.contains("Upgrade these first\n  - far: "), "{text}");
    assert!(
        text.contains("out of support: karafka 2.0 since "),
        "{text}"
    );
    assert_eq!(document["urgent"][0]["id"], "far");
    assert_eq!(document["urgent"][0]["ended"][0]["package"], "karafka");
    for format in [
        rungs::report::fleet_markdown(&fleet, &summary),
        rungs::report::fleet_html(&fleet, &summary),
    ] {
        let at = |text: &str| {
            format
                .find(text)
                .unwrap_or_else(|| panic!("{text}: {format}"))
        };
        assert!(at("Upgrade these first") < at("Installed lines"));
        assert!(at("far") < at("near"));
    }
    all.reverse();
    assert_eq!(named(&all).0, urgent);
    for number in 0..100 {
        all.push((format!("more {number:02}"), all[3].1.clone()));
    }
    let (many, ..) = named(&all);
    assert_eq!(many.len(), FleetSummary::MAX_URGENT);
    assert_eq!(&many[..2], ["far", "more 00"]);
    all.reverse();
    assert_eq!(named(&all).0, many);
}
