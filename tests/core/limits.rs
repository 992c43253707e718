//! Bounds of inputs, each at its value and one beyond: what is beyond is refused by its own error, once.

use rungs::catalog::{Catalog, Source};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::FixKind;
use rungs::planner::{Request, plan};
use rungs::policy::Policy;
use rungs::{Error, ErrorCode, Name, Requirement, Scheme, Version};
use std::fmt::Write;

/// At the bound it is taken; beyond it there is one problem, that it is too large.
#[track_caller]
fn bound<T>(most: usize, read: impl Fn(usize) -> Result<T, Error>) {
    if let Err(error) = read(most) {
        panic!("{most}: {error}");
    }
    let error = read(most + 1).err().expect("refused beyond its bound");
    let problems: Vec<String> = error.problems().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1, "one reason: {problems:?}");
    assert_eq!(error.code(), ErrorCode::TooLarge, "{error}");
}

fn padded(text: &str, length: usize) -> String {
    format!("{text}{}", "\n".repeat(length - text.len()))
}

#[test]
fn bytes_of_files_and_documents() {
    let lockfile = include_str!("../../examples/Gemfile.lock");
    bound(Lockfile::MAX_BYTES, |length| {
        Lockfile::parse(padded(lockfile, length).as_bytes())
    });
    let file = "format = 1\nname = \"w\"\nhorizon = 2026-01-01\norder = [\"a\"]\n[package.a]\nrole = \"stepped\"\n\
                releases = '''\n1.0 ?\n'''\n";
    bound(Source::MAX_BYTES, |length| {
        Catalog::parse(vec![Source::new("w.toml", padded(file, length))])
    });
    let catalog = Catalog::karafka().unwrap();
    bound(Source::MAX_BYTES, |length| {
        let overlay = padded("format = 1\nextends = \"karafka\"\n", length);
        catalog.overlay(vec![Source::new("over.toml", overlay)])
    });
    bound(Policy::MAX_BYTES, |length| {
        Policy::parse(&catalog, &padded("min_age = 7\n", length))
    });
}

#[cfg(feature = "wire")]
#[test]
fn bytes_of_requests() {
    use rungs::wire::{MAX_REQUEST_BYTES, read_request, read_snapshot};
    let catalog = Catalog::karafka().unwrap();
    bound(MAX_REQUEST_BYTES, |length| {
        read_request(&padded("{}", length), &catalog)
    });
    bound(MAX_REQUEST_BYTES, |length| {
        read_snapshot(&padded("{}", length))
    });
}

#[test]
fn names_and_versions() {
    assert!(Name::new(&"a".repeat(Name::MAX_LEN)).is_ok());
    assert!(Name::new(&"a".repeat(Name::MAX_LEN + 1)).is_err());
    let version = |text: &str| Version::parse(Scheme::RubyGems, text);
    let numbers = |length: usize| format!("1{}", ".1".repeat(length / 2));
    assert!(version(&numbers(Version::MAX_LEN)).is_ok());
    assert!(version(&format!("{}1", numbers(Version::MAX_LEN))).is_err());
    // A hyphen is `.pre.` in full: the normal spelling has the same bound, so it is read again.
    for hyphens in 1..100 {
        let text = format!("1.{}x", "-a".repeat(hyphens).replacen("-a", "0-a", 1));
        let read = version(&text);
        assert_eq!(
            read.is_ok(),
            Version::is_valid(Scheme::RubyGems, &text),
            "{text}"
        );
        let required = Requirement::parse(Scheme::RubyGems, &format!(">= {text}"));
        assert_eq!(read.is_ok(), required.is_ok(), "{text}");
        if let Ok(read) = read {
            assert_eq!(version(read.as_str()).as_ref(), Ok(&read), "{text}");
            assert!(read.as_str().len() <= Version::MAX_LEN);
        }
    }
    for text in ["0.pre.x86-linux--", "1--", "1-0--a"] {
        let read = version(text).unwrap();
        assert_eq!(
            version(read.as_str()).unwrap().as_str(),
            read.as_str(),
            "{text}"
        );
        assert_eq!(version(read.as_str()).unwrap(), read, "{text}");
    }
}

/// A catalog of packages with so many releases each, the first of which requires all others.
fn world(packages: usize, releases: usize) -> Result<Catalog, Error> {
    let order: Vec<String> = (0..packages).map(|at| format!("\"p{at}\"")).collect();
    let order = order.join(", ");
    let mut text = format!("format = 1\nname = \"w\"\nhorizon = 2026-01-01\norder = [{order}]\n");
    for at in 0..packages {
        let _ = writeln!(text, "[package.p{at}]\nrole = \"follower\"\nreleases = '''");
        for release in 0..releases {
            // No two are alike.
            let needs = match packages {
                1 => String::new(),
                _ => format!(" p{} >= 1.0.{release}", (at + 1) % packages),
            };
            let _ = writeln!(text, "1.0.{release} ?{needs}");
        }
        text.push_str("'''\n");
    }
    Catalog::parse(vec![Source::new("w.toml", text)])
}

#[test]
fn releases_of_a_package() {
    bound(rungs::catalog::MAX_RELEASES, |count| world(1, count));
}

fn ask(catalog: &Catalog, packages: usize) -> Result<rungs::plan::Plan, Error> {
    let version = Version::parse(Scheme::RubyGems, "1.0.0").unwrap();
    let snapshot = (0..packages).fold(Snapshot::new(), |snapshot, at| {
        snapshot
            .with(&format!("p{at}"), version.clone())
            .direct(&format!("p{at}"))
    });
    plan(catalog, &snapshot, &Request::new())
}

#[test]
fn packages_and_releases_of_a_question() {
    bound(64, |count| ask(&world(count, 2)?, count));
    // Absence, what is installed, and the releases ahead.
    bound(126, |ahead| ask(&world(2, ahead + 1)?, 2));
}

#[test]
fn gems_that_a_sentence_names() {
    let fix = |count: usize| {
        let mut text = String::from("GEM\n  specs:\n    karafka (2.3.0)\n");
        for at in 0..count {
            let _ = writeln!(text, "    d{at:03} (1)\n      karafka (~> 2.3.0)");
        }
        text.push_str("\nDEPENDENCIES\n  karafka\n");
        let snapshot = Snapshot::from_lockfile(&Lockfile::parse(text.as_bytes()).unwrap()).unwrap();
        let catalog = Catalog::karafka().unwrap();
        let request = Request::new().to(&catalog, "karafka=2.6").unwrap();
        let plan = plan(&catalog, &snapshot, &request).unwrap();
        let fixes = plan.fixes().iter().map(|fix| fix.kind());
        let mut holders = fixes.filter(|fix| matches!(fix, FixKind::Holder { .. }));
        holders.next().unwrap().to_string()
    };
    assert_eq!(fix(12).matches("d0").count(), 12);
    assert!(!fix(12).contains("more"));
    assert_eq!(fix(13).matches("d0").count(), 12);
    assert!(fix(13).ends_with(" and 1 more"), "{}", fix(13));
}
