//! Versions and requirements by a table of our own, so that a fresh machine tests itself; and
//! every word of the errors.

use rungs::{ErrorCode, Requirement, Scheme, Segment, Version, VersionSet};
use std::collections::HashSet;

const GEMS: Scheme = Scheme::RubyGems;
const SEMVER: Scheme = Scheme::SemVer;

fn gem(text: &str) -> Version {
    Version::parse(GEMS, text).unwrap()
}

fn semver(text: &str) -> Version {
    Version::parse(SEMVER, text).unwrap()
}

fn req(text: &str) -> Requirement {
    Requirement::parse(GEMS, text).unwrap()
}

fn semver_req(text: &str) -> Requirement {
    Requirement::parse(SEMVER, text).unwrap()
}

fn shown(segments: &[Segment]) -> String {
    let texts: Vec<_> = segments
        .iter()
        .map(|segment| match segment {
            Segment::Number(digits) => digits.clone(),
            Segment::Word(word) => format!("{word:?}"),
        })
        .collect();
    texts.join(" ")
}

/// Each is below the next; those in one row are equal.
const LADDER: &[&[&str]] = &[
    &["0.A.A"],
    &["0.a", "0.0.0.a"],
    &["0", "", "0.0.0", " \n"],
    &["0.0.1"],
    &["0.65534"],
    &["0.65535", "0.065535.0"],
    &["0.65536.a"],
    &["0.65536"],
    &["0.65536.0.1"],
    &["0.99999999999999999999999999"],
    &["0.100000000000000000000000000"],
    &["1.0.A.A"],
    &["1.0.A"],
    &["1.0.A.1"],
    &["1.0.Z"],
    &["1.0.a", "1.a", "1.a.0", "1.0a"],
    &["1.0.pre.pre"],
    &["1.0.pre", "1.0.pre.0"],
    &["1.0-1", "1.0.pre.1", "1.pre1"],
    &["1.0.rc1", "1.rc.1"],
    &["1.0.rc1.0.1"],
    &["1.0.rc2"],
    &["1.0.rc10"],
    &["1", "1.0", "01.00"],
    &["1.0.0.0.0.0.1"],
    &["1.0.0.0.1.rc1"],
    &["1.0.0.0.1", "1.0.0.0.1.0"],
    &["1.0.0.1.0.0.0.1"],
    &["1.9"],
    &["1.10"],
    &["2.6.0.beta"],
    &["2.6.0"],
    &["2.6.1"],
];

#[test]
fn gems_climb_the_ladder() {
    let mut seen = HashSet::new();
    for (low, row) in LADDER.iter().enumerate() {
        for text in *row {
            let version = gem(text);
            assert_eq!(
                seen.insert(version.clone()),
                *text == row[0],
                "hash of {text}"
            );
            for (high, others) in LADDER.iter().enumerate() {
                for other in *others {
                    let order = version.cmp(&gem(other));
                    assert_eq!(order, low.cmp(&high), "{text:?} and {other:?}");
                }
            }
        }
    }
}

#[test]
fn a_gem_is_spelled_taken_apart_and_moved_on() {
    // text, to_s, segments, canonical segments, bump, release, recommendation, line
    let table = [
        ("", "0", "0", "0", "1", "0", "~> 0.0", "0.0"),
        ("3", "3", "3", "3", "4", "3", "~> 3.0", "3.0"),
        (
            " 2.6.0\n", "2.6.0", "2 6 0", "2 6", "2.7", "2.6.0", "~> 2.6", "2.6",
        ),
        (
            "2.6.0-rc.1",
            "2.6.0.pre.rc.1",
            "2 6 0 \"pre\" \"rc\" 1",
            "2 6 \"pre\" \"rc\" 1",
            "2.7",
            "2.6.0",
            "~> 2.6.a",
            "2.6",
        ),
        (
            "4.b2",
            "4.b2",
            "4 \"b\" 2",
            "4 \"b\" 2",
            "5",
            "4",
            "~> 4.0.a",
            "4.0",
        ),
        (
            "1.007.0.x.0.y.0.z",
            "1.007.0.x.0.y.0.z",
            "1 7 0 \"x\" 0 \"y\" 0 \"z\"",
            "1 7 \"x\" 0 \"y\" 0 \"z\"",
            "1.8",
            "1.7.0",
            "~> 1.7.a",
            "1.7",
        ),
        (
            "5.x.0.y.0.z",
            "5.x.0.y.0.z",
            "5 \"x\" 0 \"y\" 0 \"z\"",
            "5 \"x\" \"y\" 0 \"z\"",
            "6",
            "5",
            "~> 5.0.a",
            "5.0",
        ),
        (
            "7.99999999999999999999.1",
            "7.99999999999999999999.1",
            "7 99999999999999999999 1",
            "7 99999999999999999999 1",
            "7.100000000000000000000",
            "7.99999999999999999999.1",
            "~> 7.99999999999999999999",
            "7.99999999999999999999",
        ),
    ];
    for (text, to_s, segments, canonical, bump, release, recommended, line) in table {
        let version = gem(text);
        assert_eq!(version.to_string(), to_s);
        assert_eq!(shown(&version.segments()), segments, "{text}");
        assert_eq!(shown(&version.canonical_segments()), canonical, "{text}");
        assert_eq!(version.bump().as_str(), bump, "{text}");
        assert_eq!(version.release().as_str(), release, "{text}");
        assert_eq!(version.approximate_recommendation(), recommended, "{text}");
        assert_eq!(version.line(), line, "{text}");
        assert_eq!(version.is_prerelease(), release != to_s, "{text}");
        assert!(version.same_precision(&gem(to_s)), "{text}");
    }
    assert!(!gem("1.0").same_precision(&gem("1")));
    assert_eq!(format!("{:?}", gem("1.0")), "rubygems(1.0)");
}

#[test]
fn a_semver_version_is_taken_apart_and_moved_on() {
    let version = semver("2.6.1-rc.1+build-7");
    assert_eq!(version.as_str(), "2.6.1-rc.1+build-7");
    assert_eq!(shown(&version.segments()), "2 6 1 \"rc\" 1");
    assert_eq!(version.canonical_segments(), version.segments());
    assert_eq!(version.bump().as_str(), "2.7.0");
    assert_eq!(version.release().as_str(), "2.6.1");
    assert_eq!(version.approximate_recommendation(), "^2.6.0-0");
    assert_eq!(version.line(), "2.6");
    assert!(version.is_prerelease());
    assert!(!semver("2.6.1+build-7").is_prerelease());
    assert_eq!(semver("1.0.0+a"), semver("1.0.0+b"));
    assert!(!semver("1.0.0+a").same_precision(&semver("1.0.0+b")));
    assert!(gem("9") < semver("1.0.0") && gem("1.0.0") != semver("1.0.0"));
    let last = format!("{0}.{0}.{0}", u64::MAX);
    assert_eq!(semver(&last).bump().as_str(), last);
    assert_eq!(
        semver(&format!("1.{}.3", u64::MAX)).bump().as_str(),
        "2.0.0"
    );
}

#[test]
fn gem_requirements_match() {
    // requirement, what meets it, what does not
    let table = [
        (">= 0", "0 0.0.0 1.a 7", "0.a 0.0.rc1"),
        ("1.0", "1 1.0 1.0.0", "1.0.1 1.a"),
        ("!= 1.0", "1.0.1 1.a", "1 1.0.0"),
        ("~> 2", "2 2.9.9 2.99.rc1", "1.9 2.a 3.0.0.rc1 3"),
        (
            "~> 2.3",
            "2.3 2.3.0 2.10.1.rc1",
            "2.3.rc1 3.0.a 3.a 3 2.2.9",
        ),
        ("~> 2.3.0", "2.3 2.3.9 2.3.9.pre", "2.4 2.4.0.rc1 2.3.0.rc1"),
        ("~> 2.3.rc1", "2.3.rc1 2.3.rc2 2.3 2.9", "2.3.beta 3 3.a"),
        ("~> 2.3.4.5", "2.3.4.5 2.3.4.6.a", "2.3.5.a 2.3.5"),
        (
            "~> 1.70000",
            "1.70000 1.70001.b 1.99999999999",
            "1.69999 2.a 2",
        ),
        (
            "~> 1.70000.1",
            "1.70000.1 1.70000.99999999",
            "1.70001.a 1.70001",
        ),
        ("> 1, < 2", "1.0.1 1.9 2.a 2.0.0.rc1", "1 2 1.a"),
        ("~> 2.3,>=2.3.4 ", "2.3.4 2.9", "2.3.3 3.a"),
        ("<= 1.0.a", "1.a 0.9 1.0.A", "1.0.b 1"),
    ];
    for (text, yes, no) in table {
        let (req, set) = (req(text), req(text).to_set());
        for (versions, want) in [(yes, true), (no, false)] {
            for version in versions.split(' ').map(gem) {
                assert_eq!(req.matches(&version), want, "{text} and {version}");
                assert_eq!(
                    set.contains(&version),
                    want,
                    "the set of {text} and {version}"
                );
            }
        }
        assert!(!req.matches(&semver("1.0.0")) && !set.contains(&semver("1.0.0")));
    }
}

#[test]
fn gem_requirements_are_spelled_and_compared() {
    assert_eq!(req("~>2.3,>= 2.3.4").to_string(), "~> 2.3, >= 2.3.4");
    assert_eq!(req("2-a").to_string(), "= 2.pre.a");
    assert_eq!(req(">= 1").for_lockfile().unwrap(), " (>= 1)");
    let lockfile = req("< 3, != 2.9, >= 2, >=2").for_lockfile();
    assert_eq!(lockfile.unwrap(), " (>= 2, != 2.9, < 3)");
    assert_eq!(req(">= 0.0").for_lockfile(), None);
    assert_eq!(
        Requirement::from_list(GEMS, &[] as &[&str]).unwrap(),
        Requirement::any(GEMS)
    );
    assert_eq!(Requirement::exactly(&gem("1.0")).to_string(), "= 1.0");

    assert_eq!(req("> 1, < 2"), req("< 2.0, > 1.0"));
    assert_ne!(req("~> 1"), req("~> 1.0"));
    assert_ne!(req("> 1"), req("> 1, > 1.0"));
    assert_ne!(Requirement::any(GEMS), Requirement::any(SEMVER));
    let hashed: HashSet<_> = [req(">= 1, < 2"), req("< 2.0, >= 1.0")].into();
    assert_eq!(hashed.len(), 1);

    assert!(req(">= 0.0").is_any() && !req("> 0").is_any());
    assert!(req("= 1").is_exact() && !req("= 1, = 1.0").is_exact());
    assert!(req("~> 1").is_specific() && req("> 1, > 2").is_specific());
    assert!(!req(">= 1").is_specific() && !req("> 1").is_specific());
    assert!(req("< 1, > 0.b").is_prerelease() && !req("< 1").is_prerelease());
}

#[test]
fn semver_requirements_are_those_of_cargo() {
    let caret = semver_req("^1.2.3-rc.2");
    for (text, want) in [
        ("1.2.3-rc.1", false),
        ("1.2.3-rc.2", true),
        ("1.2.3+x", true),
        ("1.2.4-rc.9", false),
        ("1.9.0", true),
        ("2.0.0-0", false),
    ] {
        assert_eq!(caret.matches(&semver(text)), want, "{text}");
        assert_eq!(caret.to_set().contains(&semver(text)), want, "{text}");
    }
    assert!(!caret.matches(&gem("1.2.3")));
    assert!(caret.is_prerelease() && caret.is_specific() && !caret.is_exact());
    assert_eq!(caret.for_lockfile(), None);
    let any = Requirement::any(SEMVER);
    assert_eq!(any, semver_req("*"));
    assert!(any.is_any() && !any.is_specific() && !semver_req(">1").is_specific());
    let exact = Requirement::exactly(&semver("1.2.3-a+b"));
    assert_eq!(exact.to_string(), "=1.2.3-a");
    assert!(exact.is_exact() && !semver_req("=1.2").is_exact());
    let both = Requirement::from_list(SEMVER, &["^1.2", "<1.5"]).unwrap();
    assert_eq!(both, semver_req("^1.2, <1.5"));
}

#[test]
fn sets_are_shown_in_words() {
    let gem_set = |text| req(text).to_set();
    let semver_set = |text| semver_req(text).to_set();
    let first = gem_set(">= 2.3.4, < 2.4").union(&VersionSet::exactly(&gem("3.0")));
    for (set, want) in [
        (VersionSet::empty(), "no version"),
        (VersionSet::full(), "any version"),
        (first, ">= 2.3.4, < 2.4 or = 3.0"),
        (gem_set("~> 2.3.4"), "~> 2.3.4"),
        (
            gem_set("~> 2.3, > 2.4"),
            "> 2.4, < 3 without its prereleases",
        ),
        (
            gem_set("~> 2.3").complement(),
            "< 2.3 or >= 3 with its prereleases",
        ),
        (gem_set("!= 2"), "< 2 or > 2"),
        (gem_set("<= 2"), "<= 2"),
        (gem_set("> 2, < 1"), "no version"),
        (semver_set("*"), "any semver release"),
        (semver_set("^1.2"), ">= 1.2.0, < 2.0.0"),
        (VersionSet::exactly(&semver("1.2.3")), "= 1.2.3"),
        (
            VersionSet::exactly(&semver("1.2.3-a")),
            "prereleases = 1.2.3-a",
        ),
        (
            semver_set("^1.2.3-a"),
            ">= 1.2.3, < 2.0.0 or prereleases >= 1.2.3-a, < 1.2.4-0",
        ),
        (semver_set("<1").complement(), ">= 1.0.0 or any prerelease"),
    ] {
        assert_eq!(set.to_string(), want);
    }
    assert_eq!(format!("{:?}", gem_set("~> 2")), "VersionSet(~> 2)");
    assert!(!Requirement::any(GEMS).to_set().is_full());
}

#[test]
fn what_is_no_version_is_refused_in_words() {
    let said = |scheme, text: &str| {
        let error = Version::parse(scheme, text).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidVersion);
        assert!(error.help().is_some());
        assert!(!Version::is_valid(scheme, text));
        error.to_string()
    };
    for text in [
        "2..1", ".1", "1.", "a", "1-", "1-.a", "1 2", "1+b", "٣", "1\0", "1.é",
    ] {
        assert_eq!(
            said(GEMS, text),
            format!(
                "{text:?} is not a rubygems version: expected numbers and words with single dots \
                 between them, a number first"
            )
        );
    }
    assert_eq!(
        said(GEMS, &"1.".repeat(50)),
        format!(
            "\"{}…\" is not a rubygems version: expected numbers and words with single dots \
             between them, a number first",
            "1.".repeat(30)
        )
    );
    assert_eq!(
        said(SEMVER, "1.0"),
        "\"1.0\" is not a semver version: unexpected end of input while parsing minor version \
         number"
    );
    for scheme in [GEMS, SEMVER] {
        let text = |length: usize| format!("1.0.{}", "1".repeat(length - 4));
        let gems_only = Version::parse(scheme, &text(Version::MAX_LEN));
        assert_eq!(
            gems_only.is_ok(),
            scheme == GEMS,
            "semver numbers have 64 bits"
        );
        assert_eq!(
            said(scheme, &text(Version::MAX_LEN + 1)),
            format!(
                "\"{}…\" is not a {scheme} version: it is longer than 255 bytes",
                &text(60)
            )
        );
    }
    let long = format!("1.0.0-{}", "a".repeat(Version::MAX_LEN - 6));
    assert!(Version::is_valid(SEMVER, &long) && Version::parse(SEMVER, &long).is_ok());
}

#[test]
fn what_is_no_requirement_is_refused_in_words() {
    let said = |scheme, list: &[&str]| {
        let error = Requirement::from_list(scheme, list).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidRequirement);
        error.to_string()
    };
    for text in [
        "=> 2.1", "", " ", "~>", "1.0, 2.0", "^1", "== 1", ">= 1..2", "> = 1",
    ] {
        assert_eq!(
            said(GEMS, &[text]),
            format!(
                "{text:?} is not a rubygems requirement: expected one of = != > < >= <= ~> and a \
                 version"
            )
        );
    }
    for text in ["", ">= 1,", ",", ">= 1,,< 2"] {
        assert_eq!(
            Requirement::parse(GEMS, text).unwrap_err().to_string(),
            "\"\" is not a rubygems requirement: expected one of = != > < >= <= ~> and a version"
        );
    }
    assert_eq!(
        said(SEMVER, &["1.x.3.4"]),
        "\"1.x.3.4\" is not a semver requirement: unexpected character after wildcard in version \
         req"
    );

    let long = |length: usize| format!(">= {}", "1".repeat(length));
    assert!(Requirement::parse(GEMS, &long(Version::MAX_LEN)).is_ok());
    assert_eq!(
        said(GEMS, &[&long(Version::MAX_LEN + 1)]),
        format!(
            "\"{}…\" is not a rubygems requirement: its version is longer than 255 bytes",
            long(57)
        )
    );
    let blank = |length: usize| format!("{}1", " ".repeat(length - 1));
    assert!(Requirement::parse(GEMS, &blank(Requirement::MAX_LEN)).is_ok());
    assert_eq!(
        said(GEMS, &[&blank(Requirement::MAX_LEN + 1)]),
        format!(
            "\"{}…\" is not a rubygems requirement: it is longer than 4096 bytes",
            " ".repeat(60)
        )
    );
    let many = |count: usize| (0..count).map(|n| format!("!= {n}")).collect::<Vec<_>>();
    assert!(Requirement::from_list(GEMS, &many(Requirement::MAX_COMPARISONS)).is_ok());
    assert_eq!(
        Requirement::from_list(GEMS, &many(65))
            .unwrap_err()
            .to_string(),
        "a rubygems requirement of 65 comparisons is too long: at most 64 are read"
    );
    let many = |count: usize| (0..count).map(|n| format!(">{n}, <9")).collect::<Vec<_>>();
    assert!(Requirement::from_list(SEMVER, &many(32)).is_ok());
    assert_eq!(
        Requirement::from_list(SEMVER, &many(33))
            .unwrap_err()
            .to_string(),
        "a semver requirement of 66 comparisons is too long: at most 64 are read"
    );
}
