//! Laws of the algebra of version sets, and the crate `semver` as the oracle of its scheme, over
//! versions near to one another with many prereleases.

use proptest::prelude::*;
use proptest::sample::select;
use rungs::{Requirement, Scheme, Version, VersionSet};
use std::cmp::Ordering;
use std::collections::BTreeSet;

const GEMS: Scheme = Scheme::RubyGems;
const SEMVER: Scheme = Scheme::SemVer;

fn version(scheme: Scheme, text: &str) -> Version {
    Version::parse(scheme, text).unwrap()
}

fn requirement(scheme: Scheme, text: &str) -> Requirement {
    Requirement::parse(scheme, text).unwrap()
}

/// Few numbers, so that versions meet, among them those about the limit of a packed number.
fn gem_text() -> impl Strategy<Value = String> {
    let first = select(vec!["0", "1", "1", "1", "2", "65535"]);
    let piece = select(vec![
        ".0",
        ".0",
        ".0",
        ".1",
        ".1",
        ".a",
        ".a",
        ".A",
        ".b",
        ".rc1",
        ".0a",
        "a0",
        ".00",
        "-1",
        "-b.0",
        ".pre",
        ".65534",
        ".65535",
        ".65536",
        ".99999999999999",
    ]);
    (first, prop::collection::vec(piece, 0..5)).prop_map(|(first, pieces)| {
        let text = format!("{first}{}", pieces.concat());
        // `1a0` is no version, but `1.a0` is.
        if Version::is_valid(GEMS, &text) {
            text
        } else {
            format!("{first}.{}", pieces.concat().replace(['-', '.'], ""))
        }
    })
}

fn semver_text() -> impl Strategy<Value = String> {
    let number = || {
        select(vec![
            "0",
            "0",
            "1",
            "1",
            "2",
            "65535",
            "18446744073709551615",
        ])
    };
    let pre = select(vec![
        "",
        "",
        "",
        "",
        "-0",
        "-1",
        "-10",
        "-a",
        "-a.0",
        "-a.b",
        "-aa",
        "-rc.1",
        "-a-b",
        "-99999999999999999999",
    ]);
    let build = select(vec!["", "", "", "+b", "+7.a-c"]);
    (number(), number(), number(), pre, build)
        .prop_map(|(a, b, c, pre, build)| format!("{a}.{b}.{c}{pre}{build}"))
}

fn gem_requirement_text() -> impl Strategy<Value = String> {
    let op = select(vec!["=", "!=", ">", "<", ">=", "<=", "~>", "~>", ""]);
    prop::collection::vec((op, gem_text()), 1..4).prop_map(|list| {
        let list: Vec<_> = list
            .iter()
            .map(|(op, text)| format!("{op} {text}"))
            .collect();
        list.join(", ")
    })
}

fn semver_requirement_text() -> impl Strategy<Value = String> {
    let op = select(vec!["=", ">", "<", ">=", "<=", "~", "^", ""]);
    let version = prop_oneof![
        4 => semver_text(),
        1 => select(vec!["0", "1", "2", "18446744073709551615"]).prop_map(str::to_owned),
        2 => select(vec!["0.0", "0.1", "1.0", "1.1", "2.18446744073709551615"])
            .prop_map(str::to_owned),
        1 => select(vec!["0.*", "1.*", "1.1.*"]).prop_map(str::to_owned),
    ];
    prop::collection::vec((op, version), 1..4).prop_map(|list| {
        let list: Vec<_> = list
            .iter()
            .map(|(op, text)| format!("{op}{text}"))
            .collect();
        list.join(", ")
    })
}

/// What every law is tried on: sets, and the versions that they speak of.
#[derive(Clone, Debug)]
struct World {
    sets: [VersionSet; 3],
    versions: Vec<Version>,
}

fn world() -> impl Strategy<Value = World> {
    let gems = (
        prop::collection::vec(gem_requirement_text(), 3),
        prop::collection::vec(gem_text(), 8),
    )
        .prop_map(|(requirements, more)| (GEMS, requirements, more));
    let semvers = (
        prop::collection::vec(semver_requirement_text(), 3),
        prop::collection::vec(semver_text(), 8),
    )
        .prop_map(|(requirements, more)| (SEMVER, requirements, more));
    (prop_oneof![gems, semvers], any::<[u8; 3]>()).prop_map(|((scheme, texts, more), turns)| {
        let mut named: Vec<_> = more.iter().map(|text| version(scheme, text)).collect();
        let mut sets = Vec::new();
        for (text, turn) in texts.iter().zip(turns) {
            named.extend(versions_in(scheme, text));
            let set = requirement(scheme, text).to_set();
            sets.push(match turn % 4 {
                0 => set.complement(),
                1 => set.union(&VersionSet::exactly(&named[0])),
                _ => set,
            });
        }
        let versions = named.iter().flat_map(neighbours).collect();
        let sets = sets.try_into().unwrap();
        World { sets, versions }
    })
}

/// The versions that a requirement names, partial ones (`1.2`, `1.*`) filled up.
fn versions_in(scheme: Scheme, text: &str) -> Vec<Version> {
    text.split([' ', ',', '=', '<', '>', '~', '^', '!'])
        .map(|word| word.trim_end_matches(".*"))
        .filter(|word| !word.is_empty())
        .filter_map(|word| {
            let mut filled = ["", ".0", ".0.0"].iter().map(|end| format!("{word}{end}"));
            filled.find_map(|text| Version::parse(scheme, &text).ok())
        })
        .collect()
}

/// A version and what lies just above each place at which a requirement that names it may cut.
///
/// Whatever range such places bound, one of these is in it; so they witness that a set is not
/// empty.
fn neighbours(version: &Version) -> Vec<Version> {
    let all = match version.scheme() {
        GEMS => vec![
            version.to_string(),
            format!("{version}{}.1", ".0".repeat(10)),
            format!("{}{}", version.bump(), ".A".repeat(10)),
            format!("{}{}", version.release(), ".A".repeat(10)),
            format!("0{}", ".A".repeat(10)),
        ],
        _ => {
            let it = semver::Version::parse(version.as_str()).unwrap();
            let release = semver::Version::new(it.major, it.minor, it.patch);
            let patch = semver::Version::new(it.major, it.minor, it.patch.saturating_add(1));
            let minor = semver::Version::new(it.major, it.minor.saturating_add(1), 0);
            let major = semver::Version::new(it.major.saturating_add(1), 0, 0);
            let line = semver::Version::new(it.major, it.minor, 0);
            let zero = semver::Version::new(0, 0, 0);
            let mut all: Vec<_> = [release, patch, minor, major, line, zero]
                .iter()
                .flat_map(|it| [it.to_string(), format!("{it}-0")])
                .collect();
            if !it.pre.is_empty() {
                let bare = version.as_str().split('+').next().unwrap();
                all.extend([bare.to_owned(), format!("{bare}.0")]);
            }
            all.push(version.to_string());
            all
        }
    };
    let read = |text: &String| Version::parse(version.scheme(), text).ok();
    all.iter().filter_map(read).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_124), ..ProptestConfig::default() })]

    #[test]
    fn operations_are_those_on_members(world in world()) {
        let [a, b, _] = &world.sets;
        for v in &world.versions {
            let (in_a, in_b) = (a.contains(v), b.contains(v));
            prop_assert_eq!(a.union(b).contains(v), in_a || in_b);
            prop_assert_eq!(a.intersection(b).contains(v), in_a && in_b);
            prop_assert_eq!(a.difference(b).contains(v), in_a && !in_b);
            prop_assert_eq!(a.complement().contains(v), !in_a);
        }
    }

    /// So equality and inclusion, which rest on emptiness, are exact too.
    #[test]
    fn a_set_is_empty_only_if_nothing_is_in_it(world in world()) {
        let [a, b, c] = &world.sets;
        for set in [a, b, c, &a.intersection(b), &a.difference(b), &a.intersection(b).difference(c)] {
            let found = world.versions.iter().find(|v| set.contains(v));
            let others = VersionSet::full().difference(&of_scheme(&world.versions[0]));
            let own = set.difference(&others);
            prop_assert_eq!(own.is_empty(), found.is_none(), "{:?} holds {:?}", own, found);
        }
    }

    #[test]
    fn laws_of_one_set(world in world()) {
        let (none, all) = (VersionSet::empty(), VersionSet::full());
        let a = &world.sets[0];
        prop_assert_eq!(&a.complement().complement(), a);
        prop_assert_eq!(&a.union(a), a);
        prop_assert_eq!(&a.intersection(a), a);
        prop_assert_eq!(&a.union(&none), a);
        prop_assert_eq!(&a.intersection(&all), a);
        prop_assert_eq!(&a.union(&all), &all);
        prop_assert_eq!(&a.intersection(&none), &none);
        prop_assert!(a.union(&a.complement()).is_full());
        prop_assert!(a.intersection(&a.complement()).is_empty());
        prop_assert!(a.difference(a).is_empty());
        prop_assert!(a.is_subset_of(a) && none.is_subset_of(a) && a.is_subset_of(&all));
        prop_assert!(a.is_disjoint_from(&a.complement()));
    }

    #[test]
    fn laws_of_several_sets(world in world()) {
        let [a, b, c] = &world.sets;
        prop_assert_eq!(a.union(b), b.union(a));
        prop_assert_eq!(a.intersection(b), b.intersection(a));
        prop_assert_eq!(a.union(b).union(c), a.union(&b.union(c)));
        prop_assert_eq!(a.intersection(b).intersection(c), a.intersection(&b.intersection(c)));
        prop_assert_eq!(a.union(&b.intersection(c)), a.union(b).intersection(&a.union(c)));
        prop_assert_eq!(a.intersection(&b.union(c)), a.intersection(b).union(&a.intersection(c)));
        prop_assert_eq!(a.union(b).complement(), a.complement().intersection(&b.complement()));
        prop_assert_eq!(a.intersection(b).complement(), a.complement().union(&b.complement()));
        prop_assert_eq!(&a.union(&a.intersection(b)), a);
        prop_assert_eq!(&a.intersection(&a.union(b)), a);
        prop_assert_eq!(a.difference(b), a.intersection(&b.complement()));
        prop_assert_eq!(a.is_subset_of(b), a.union(b) == *b);
        prop_assert_eq!(a.is_subset_of(b), b.complement().is_subset_of(&a.complement()));
        prop_assert_eq!(a.is_disjoint_from(b), a.is_subset_of(&b.complement()));
        prop_assert_eq!(a == b, a.is_subset_of(b) && b.is_subset_of(a));
    }

    #[test]
    fn one_version_is_a_set(world in world()) {
        for v in &world.versions {
            let one = VersionSet::exactly(v);
            prop_assert!(one.contains(v) && !one.is_empty());
            prop_assert_eq!(&Requirement::exactly(v).to_set(), &one);
            prop_assert_eq!(one.is_subset_of(&world.sets[0]), world.sets[0].contains(v));
            for other in &world.versions {
                prop_assert_eq!(one.contains(other), v == other);
            }
        }
    }

    #[test]
    fn a_gem_requirement_is_its_set(text in gem_requirement_text(), more in prop::collection::vec(gem_text(), 1..9)) {
        let req = requirement(GEMS, &text);
        let set = req.to_set();
        let more = more.iter().map(|it| version(GEMS, it));
        for v in versions_in(GEMS, &text).into_iter().chain(more).flat_map(|it| neighbours(&it)) {
            prop_assert_eq!(set.contains(&v), req.matches(&v), "{} and {}", req, v);
        }
        // Not the requirement itself: `= 1, 1` is two comparisons, `= 1, = 1` the same text twice.
        prop_assert_eq!(&requirement(GEMS, &req.to_string()).to_set(), &set);
    }

    /// `~>` as RubyGems writes it down, with the versions made in full.
    #[test]
    fn the_pessimistic_operator_is_its_definition(own in gem_text(), other in gem_text()) {
        let (own, other) = (version(GEMS, &own), version(GEMS, &other));
        let req = requirement(GEMS, &format!("~> {own}"));
        for v in neighbours(&other).into_iter().chain(neighbours(&own)) {
            prop_assert_eq!(req.matches(&v), v >= own && v.release() < own.bump(), "{} and {}", req, v);
        }
    }

    #[test]
    fn gems_are_totally_ordered(texts in prop::collection::vec(gem_text(), 3)) {
        let [a, b, c] = [0, 1, 2].map(|at| version(GEMS, &texts[at]));
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert!(a > b || b > c || a <= c);
        prop_assert!(a.release() >= a && a.bump() > a.release());
        prop_assert_eq!(a == b, a.canonical_segments() == b.canonical_segments());
        prop_assert!(a.release() <= b.release() || a > b, "release keeps the order");
    }

    #[test]
    fn semver_versions_are_those_of_the_crate(one in semver_text(), two in semver_text()) {
        let (a, b) = (version(SEMVER, &one), version(SEMVER, &two));
        let (x, y) = (semver::Version::parse(&one).unwrap(), semver::Version::parse(&two).unwrap());
        prop_assert_eq!(a.cmp(&b), x.cmp_precedence(&y), "{} and {}", a, b);
        prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
        prop_assert_eq!(a.is_prerelease(), !x.pre.is_empty());
        prop_assert_eq!(a.line(), format!("{}.{}", x.major, x.minor));
    }

    #[test]
    fn a_semver_requirement_is_that_of_the_crate(text in semver_requirement_text(), more in prop::collection::vec(semver_text(), 1..9)) {
        prop_assume!(semver::VersionReq::parse(&text).is_ok());
        let req = requirement(SEMVER, &text);
        let (set, oracle) = (req.to_set(), semver::VersionReq::parse(&text).unwrap());
        let more = more.iter().map(|it| version(SEMVER, it));
        for v in versions_in(SEMVER, &text).into_iter().chain(more).flat_map(|it| neighbours(&it)) {
            let want = oracle.matches(&semver::Version::parse(v.as_str()).unwrap());
            prop_assert_eq!(req.matches(&v), want, "{} and {}", req, v);
            prop_assert_eq!(set.contains(&v), want, "the set of {} and {}", req, v);
        }
    }

    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,40}", bytes in prop::collection::vec(select(b"01 .-+a~>=<!,*^\n".to_vec()), 0..30)) {
        for text in [text, String::from_utf8(bytes).unwrap()] {
            for scheme in [GEMS, SEMVER] {
                let read = Version::parse(scheme, &text);
                prop_assert_eq!(read.is_ok(), Version::is_valid(scheme, &text));
                // RubyGems spells `0--` as `0.pre..pre.`, which it does not read again.
                let again = |text: &str| scheme == SEMVER || !text.contains("..") && !text.ends_with('.');
                if let Ok(read) = read {
                    if again(read.as_str()) {
                        let again = version(scheme, read.as_str());
                        prop_assert!(again == read && again.same_precision(&read));
                    }
                }
                if let Ok(read) = Requirement::parse(scheme, &text) {
                    let text = read.to_string();
                    if text.split(", ").all(again) {
                        prop_assert_eq!(requirement(scheme, &text).to_set(), read.to_set());
                    }
                    prop_assert!(!read.to_set().is_full());
                }
            }
        }
    }
}

/// The generators are worth nothing if all they make is alike.
#[test]
fn the_generators_make_what_matters() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut equal, mut prerelease, mut both, mut empty) = (0, 0, 0, 0);
    for _ in 0..2000 {
        let mut gem = || version(GEMS, &gem_text().new_tree(&mut runner).unwrap().current());
        let (a, b) = (gem(), gem());
        equal += usize::from(a == b && !a.same_precision(&b));
        prerelease += usize::from(a.is_prerelease());
        both += usize::from(a != b && a.release() == b.release());
        let text = gem_requirement_text()
            .new_tree(&mut runner)
            .unwrap()
            .current();
        empty += usize::from(requirement(GEMS, &text).to_set().is_empty());
    }
    assert!(equal > 10, "{equal} pairs equal but spelled otherwise");
    assert!(
        (500..1900).contains(&prerelease),
        "{prerelease} prereleases"
    );
    assert!(both > 50, "{both} pairs about the same release");
    assert!((100..1800).contains(&empty), "{empty} empty sets");
}

/// All versions of the scheme of one.
fn of_scheme(version: &Version) -> VersionSet {
    let from = requirement(GEMS, ">= 0").to_set();
    let gems = from.union(&requirement(GEMS, "< 0").to_set());
    match version.scheme() {
        GEMS => gems,
        _ => gems.complement(),
    }
}

/// RubyGems writes each hyphen as `.pre.`: what comes of a version by that is read, and no other text is.
#[test]
fn spellings_are_those_of_versions() {
    let mut texts = vec![String::new()];
    let mut spelt = BTreeSet::new();
    let mut read = BTreeSet::new();
    for _ in 0..7 {
        let longer = texts
            .iter()
            .flat_map(|text| ["0", "a", "-", ".", "pre"].map(|part| format!("{text}{part}")));
        texts = longer.collect();
        for text in &texts {
            if text.contains('-') && Version::is_valid(GEMS, text) {
                spelt.insert(text.replace('-', ".pre."));
            }
        }
    }
    // A spelling is longer than what it spells: those of short versions are among the texts.
    for text in texts.iter().chain(&spelt) {
        let text = text.replace('-', ".pre.");
        if text.contains(".pre.") && Version::is_valid(GEMS, &text) {
            read.insert(text);
        }
    }
    for text in &spelt {
        let version = version(GEMS, text);
        assert_eq!(version.as_str(), text);
    }
    let plain = |text: &&String| {
        // Without a hyphen the word `pre` may stand between dots too.
        !text.contains("..") && !text.ends_with('.')
    };
    let others: Vec<&String> = read
        .iter()
        .filter(|it| !spelt.contains(*it) && !plain(it))
        .collect();
    assert!(others.is_empty() && spelt.len() > 1_000, "{others:?}");
}
