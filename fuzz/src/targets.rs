//! One function for each target: reads the input, and asserts what holds for whatever was read.

use rungs::catalog::{Catalog, Source};
use rungs::gemfile::Gemfile;
use rungs::lint::lint;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::GemLine;
use rungs::planner::{PlacesRequest, Planner, Request, places};
use rungs::policy::Policy;
use rungs::report::{self, Style};
use rungs::scan::Scanner;
use rungs::{Requirement, Scheme, Version, index as compact, wire};
use std::sync::LazyLock;

const SCHEMES: [Scheme; 2] = [Scheme::RubyGems, Scheme::SemVer];

static KARAFKA: LazyLock<Catalog> = LazyLock::new(|| Catalog::karafka().unwrap());

fn is_json(text: &str) {
    let value: serde_json::Result<serde_json::Value> = serde_json::from_str(text);
    assert!(value.is_ok(), "{value:?}\n{text}");
}

/// Nothing that moves a cursor, hides text or begins a line of its own.
fn is_plain(text: &str) {
    let odd = text.char_indices().find(|(_, c)| {
        (c.is_control() && *c != '\n')
            || matches!(
                c,
                '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
            )
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    assert_eq!(odd, None, "{text:?}");
}

/// Versions, one a line.
pub fn version(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for scheme in SCHEMES {
        let mut known: Vec<Version> = Vec::new();
        for line in text.split('\n').take(8) {
            let read = Version::parse(scheme, line);
            assert_eq!(read.is_ok(), Version::is_valid(scheme, line), "{line:?}");
            let Ok(version) = read else {
                continue;
            };
            let same = Version::parse(scheme, version.as_str());
            assert_eq!(same.as_ref(), Ok(&version), "{line:?}");
            assert_eq!(same.unwrap().as_str(), version.as_str(), "{line:?}");
            let release = version.release();
            for other in [version.bump(), release.clone()] {
                let again = Version::parse(scheme, other.as_str());
                assert_eq!(again.as_ref(), Ok(&other), "{line:?}");
            }
            assert!(release >= version && !release.is_prerelease(), "{line:?}");
            assert!(
                version.bump() > version || version.is_prerelease(),
                "{line:?}"
            );
            let recommended = version.approximate_recommendation();
            assert!(Requirement::parse(scheme, &recommended).is_ok(), "{line:?}");
            let _ = (
                version.line(),
                version.segments(),
                version.canonical_segments(),
            );
            known.push(version);
        }
        for one in &known {
            for other in &known {
                assert_eq!(one.cmp(other), other.cmp(one).reverse(), "{one} {other}");
                assert_eq!(one == other, one.cmp(other).is_eq(), "{one} {other}");
                for third in &known {
                    if one <= other && other <= third {
                        assert!(one <= third, "{one} {other} {third}");
                    }
                }
            }
        }
    }
}

/// Two requirements, a line each, then versions.
pub fn requirement(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for scheme in SCHEMES {
        let mut lines = text.split('\n');
        let mut next = || Requirement::parse(scheme, lines.next()?).ok();
        let (Some(one), other) = (next(), next()) else {
            continue;
        };
        let same = Requirement::parse(scheme, &one.to_string()).expect("what it writes it reads");
        assert_eq!(same.to_set(), one.to_set(), "{one}");
        let (set, other_set) = (one.to_set(), other.as_ref().map(Requirement::to_set));
        let none = set.complement();
        assert!(set.is_disjoint_from(&none), "{one}");
        assert!(set.union(&none).is_full(), "{one}");
        assert_eq!(none.complement(), set, "{one}");
        if let Some(more) = &other_set {
            let both = set.intersection(more);
            assert!(both.is_subset_of(&set) && both.is_subset_of(more));
            assert!(set.is_subset_of(&set.union(more)));
            assert_eq!(both.is_empty(), set.is_disjoint_from(more));
            assert_eq!(set.difference(more), set.intersection(&more.complement()));
        }
        for line in lines.take(16) {
            let Ok(version) = Version::parse(scheme, line) else {
                continue;
            };
            assert_eq!(
                one.matches(&version),
                set.contains(&version),
                "{one} {version}"
            );
            if let (Some(more), Some(other)) = (&other_set, &other) {
                let both = set.intersection(more).contains(&version);
                assert_eq!(both, one.matches(&version) && other.matches(&version));
            }
            let exactly = Requirement::exactly(&version);
            assert!(exactly.matches(&version), "{version}");
            let again = Requirement::parse(scheme, &exactly.to_string());
            assert!(again.is_ok_and(|it| it.matches(&version)), "{exactly}");
        }
    }
}

/// A lockfile, and what is installed by it.
pub fn lockfile(data: &[u8]) {
    let lockfile = match Lockfile::parse(data) {
        Ok(lockfile) => lockfile,
        Err(error) => {
            is_plain(&error.to_string());
            return is_json(&wire::error_document(&error));
        }
    };
    is_json(&wire::snapshot_document(&lockfile));
    for warning in lockfile.warnings() {
        is_plain(&warning.to_string());
    }
    match Snapshot::from_lockfile(&lockfile) {
        Ok(snapshot) => {
            let request = Request::new();
            let lint = lint(&KARAFKA, &snapshot, &snapshot, &request);
            if let Ok(lint) = lint {
                is_plain(&report::lint_text(&lint, "Gemfile.lock", Style::Plain));
                is_plain(&report::lint_github(&lint, "Gemfile.lock"));
                is_json(&wire::lint_sarif(&lint, "Gemfile.lock"));
            }
        }
        Err(error) => is_plain(&error.to_string()),
    }
}

/// A catalog of one file.
pub fn catalog(data: &[u8]) {
    let Ok(text) = String::from_utf8(data.to_vec()) else {
        return;
    };
    let overlay = text.clone();
    match Catalog::parse(vec![Source::new("catalog.toml", text)]) {
        Ok(catalog) => {
            is_json(&wire::catalog_document(&catalog));
            let again = report::catalog_toml(&catalog);
            let same = Catalog::parse(vec![Source::new("again.toml", again.clone())]);
            match same {
                Ok(same) => assert_eq!(report::catalog_toml(&same), again),
                Err(error) => panic!("{error}\n{again}"),
            }
            let _ = (
                catalog.actions(),
                catalog.rollout(),
                report::catalog_remarks(&catalog),
            );
        }
        Err(error) => {
            for problem in error.problems() {
                is_plain(&problem.to_string());
            }
        }
    }
    if let Err(error) = KARAFKA.overlay(vec![Source::new("overlay.toml", overlay)]) {
        is_plain(&error.to_string());
    }
}

/// The three texts of a compact index.
pub fn index(data: &[u8]) {
    let (releases, problems) = compact::read_info(data);
    for problem in problems.iter().take(4) {
        is_plain(&problem.to_string());
    }
    let text = compact::info_text(&releases);
    let (again, problems) = compact::read_info(text.as_bytes());
    assert!(problems.is_empty(), "{problems:?}\n{text}");
    assert_eq!(compact::info_text(&again), text);
    let (names, _) = compact::read_names(data);
    let text = compact::names_text(&names);
    assert!(compact::read_names(text.as_bytes()).1.is_empty(), "{text}");
    let (versions, problems) = compact::read_versions(data);
    for problem in problems.iter().take(4) {
        is_plain(&problem.to_string());
    }
    for (_, listed) in versions.iter() {
        let _ = (listed.versions().count(), listed.checksum());
    }
}

/// The documents of requests and snapshots.
pub fn documents(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let errors = [
        wire::read_request(text, &KARAFKA).err(),
        wire::read_lint_request(text, &KARAFKA).err(),
        wire::read_snapshot(text).err(),
    ];
    for error in errors.into_iter().flatten() {
        is_plain(&error.to_string());
        is_json(&wire::error_document(&error));
    }
}

/// A policy.
pub fn policy(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Policy::parse(&KARAFKA, text) {
        Ok(policy) => {
            let request = policy.apply(Request::new());
            assert!(request.accept.len() >= policy.acceptances().len());
        }
        Err(error) => {
            for problem in error.problems() {
                is_plain(&problem.to_string());
            }
        }
    }
}

/// The lines of the first step of a plan.
static LINES: LazyLock<Vec<GemLine>> = LazyLock::new(|| {
    let text = include_bytes!("../../examples/Gemfile.lock");
    let snapshot = Snapshot::from_lockfile(&Lockfile::parse(text).unwrap()).unwrap();
    let plan = rungs::planner::plan(&KARAFKA, &snapshot, &Request::new()).unwrap();
    plan.steps()[0].bundle().lines().to_vec()
});

/// A Gemfile, edited.
pub fn gemfile(data: &[u8]) {
    let gemfile = match Gemfile::parse(data) {
        Ok(gemfile) => gemfile,
        Err(error) => return is_plain(&error.to_string()),
    };
    let names: Vec<String> = gemfile.gems().map(|(name, _)| name.to_owned()).collect();
    for (lines, removed) in [
        (&[][..], Vec::new()),
        (&LINES[..], Vec::new()),
        (&LINES[..], names.into_iter().take(1).collect()),
    ] {
        match gemfile.edit(lines, &removed) {
            Ok(edited) => assert!(Gemfile::parse(&edited).is_ok()),
            Err(error) => is_plain(&error.to_string()),
        }
    }
}

static SCANNER: LazyLock<Scanner> =
    LazyLock::new(|| Scanner::new(KARAFKA.actions().unwrap().iter()));

/// A file of an application; its first line is its path.
pub fn scanner(data: &[u8]) {
    let cut = data
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(data.len());
    let path = String::from_utf8_lossy(&data[..cut]);
    let source = data.get(cut + 1..).unwrap_or_default();
    let scan = SCANNER.finish([SCANNER.scan(&path, source)]);
    let found = places(
        &scan,
        KARAFKA.actions().unwrap(),
        None,
        &PlacesRequest::default(),
    );
    is_plain(&report::scan_text(&found, Style::Plain));
    is_plain(&report::scan_github(&found));
    is_json(&wire::scan_document(&KARAFKA, &found, None));
    is_json(&wire::scan_sarif(&KARAFKA, &found, None));
}

/// A snapshot document and a request document, parted by a line `---`, or a lockfile: planned.
pub fn plan(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (installed, asked) = text.split_once("\n---\n").unwrap_or((text, ""));
    let snapshot = match wire::read_snapshot(installed) {
        Ok(snapshot) => snapshot,
        Err(_) => {
            let lockfile = Lockfile::parse(installed.as_bytes());
            let snapshot = lockfile.and_then(|it| Snapshot::from_lockfile(&it));
            let Ok(snapshot) = snapshot else { return };
            snapshot
        }
    };
    let Ok(request) = wire::read_request(asked, &KARAFKA) else {
        return;
    };
    let day = request.as_of;
    if let Ok(status) = rungs::status::status(Planner::new(&KARAFKA, &snapshot), day, &request) {
        is_plain(&report::status_text(&status, Style::Plain));
        is_json(&wire::status_document(&status));
    }
    let Ok(plan) = Planner::new(&KARAFKA, &snapshot).plan(&request) else {
        return;
    };
    is_plain(&report::plan_text(&plan));
    is_plain(&report::plan_markdown(&plan));
    let _ = report::plan_html(&plan);
    is_json(&wire::plan_document(&plan));
}
