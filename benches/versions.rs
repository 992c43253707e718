//! Versions and requirements, next to the crate `gem_version` on the same data.
//!
//! `cargo bench --bench versions`. A run goes through all of [`VERSIONS`], their pairs, or all of
//! [`REQUIREMENTS`]; `item/s` counts each of these.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use gem_version::GemVersion;
use rungs::{Requirement, Scheme, Version, VersionSet};
use std::str::FromStr;

const VERSIONS: &[&str] = &[
    "2.0.41", "2.1.13", "2.2.14", "2.3.4", "2.4.18", "2.5.9", "2.6.0", "0.14.11", "0.19.5",
    "0.28.0", "0.11.6", "1.0.0", "2.10.3", "2.9.0", "0.10.4", "7.1.3.4",
];

/// All of one release, which are the slowest to compare.
const PRERELEASES: &[&str] = &[
    "2.6.0.alpha1",
    "2.6.0.alpha2",
    "2.6.0.beta1",
    "2.6.0.beta2",
    "2.6.0.beta3",
    "2.6.0.beta4",
    "2.6.0.pre",
    "2.6.0.pre.2",
    "2.6.0.rc1",
    "2.6.0.rc2",
    "2.6.0.rc3",
    "2.6.0.rc4",
    "2.6.0.rc5",
    "2.6.0.rc10",
    "2.6.0.rc11",
    "2.6.0.rc12",
];

const REQUIREMENTS: &[&str] = &[
    ">= 2.4.3, < 3.0.0",
    "~> 2.5",
    ">= 0",
    "~> 2.3, >= 2.3.4",
    "= 1.4.14",
    "~> 0.19.5",
    ">= 2.5.9, < 2.6.0",
    "!= 2.0.25",
];

fn main() {
    divan::main();
}

fn gems(texts: &[&str]) -> Vec<Version> {
    texts
        .iter()
        .filter_map(|text| Version::parse(Scheme::RubyGems, text).ok())
        .collect()
}

fn theirs(texts: &[&str]) -> Vec<GemVersion> {
    texts
        .iter()
        .filter_map(|text| GemVersion::from_str(text).ok())
        .collect()
}

fn requirements() -> Vec<Requirement> {
    REQUIREMENTS
        .iter()
        .filter_map(|text| Requirement::parse(Scheme::RubyGems, text).ok())
        .collect()
}

/// How many of all pairs are in order.
fn ordered<T: Ord>(versions: &[T]) -> usize {
    let pairs = versions
        .iter()
        .flat_map(|a| versions.iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| black_box(a) < black_box(b)).count()
}

#[divan::bench(args = ["releases", "prereleases"])]
fn compare(bencher: Bencher<'_, '_>, kind: &str) {
    let versions = gems(texts(kind));
    bencher
        .counter(ItemsCount::new(versions.len().pow(2)))
        .bench_local(|| ordered(&versions));
}

#[divan::bench(args = ["releases", "prereleases"])]
fn compare_gem_version(bencher: Bencher<'_, '_>, kind: &str) {
    let versions = theirs(texts(kind));
    bencher
        .counter(ItemsCount::new(versions.len().pow(2)))
        .bench_local(|| ordered(&versions));
}

#[divan::bench(args = ["releases", "prereleases"])]
fn parse(bencher: Bencher<'_, '_>, kind: &str) {
    let texts = texts(kind);
    bencher.counter(ItemsCount::of_iter(texts)).bench_local(|| {
        for text in black_box(texts) {
            black_box(Version::parse(Scheme::RubyGems, text).is_ok());
        }
    });
}

#[divan::bench(args = ["releases", "prereleases"])]
fn parse_gem_version(bencher: Bencher<'_, '_>, kind: &str) {
    let texts = texts(kind);
    bencher.counter(ItemsCount::of_iter(texts)).bench_local(|| {
        for text in black_box(texts) {
            black_box(GemVersion::from_str(text).is_ok());
        }
    });
}

#[divan::bench]
fn parse_requirement(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::of_iter(REQUIREMENTS))
        .bench_local(|| {
            for text in black_box(REQUIREMENTS) {
                black_box(Requirement::parse(Scheme::RubyGems, text).is_ok());
            }
        });
}

#[divan::bench]
fn requirement_matches(bencher: Bencher<'_, '_>) {
    let (requirements, versions) = (requirements(), gems(VERSIONS));
    bencher
        .counter(ItemsCount::new(requirements.len() * versions.len()))
        .bench_local(|| {
            let all = requirements.iter();
            all.map(|it| versions.iter().filter(|v| it.matches(black_box(v))).count())
                .sum::<usize>()
        });
}

#[divan::bench]
fn set_contains(bencher: Bencher<'_, '_>) {
    let sets: Vec<_> = requirements().iter().map(Requirement::to_set).collect();
    let versions = gems(VERSIONS);
    bencher
        .counter(ItemsCount::new(sets.len() * versions.len()))
        .bench_local(|| {
            let all = sets.iter();
            all.map(|it| {
                versions
                    .iter()
                    .filter(|v| it.contains(black_box(v)))
                    .count()
            })
            .sum::<usize>()
        });
}

#[divan::bench]
fn set_of_requirement(bencher: Bencher<'_, '_>) {
    let requirements = requirements();
    bencher
        .counter(ItemsCount::of_iter(&requirements))
        .bench_local(|| {
            requirements
                .iter()
                .for_each(|it| drop(black_box(it.to_set())))
        });
}

#[divan::bench]
fn set_intersection(bencher: Bencher<'_, '_>) {
    let sets: Vec<VersionSet> = requirements().iter().map(Requirement::to_set).collect();
    bencher
        .counter(ItemsCount::new(sets.len().pow(2)))
        .bench_local(|| {
            for (a, b) in sets.iter().flat_map(|a| sets.iter().map(move |b| (a, b))) {
                drop(black_box(a.intersection(b)));
            }
        });
}

fn texts(kind: &str) -> &'static [&'static str] {
    match kind {
        "releases" => VERSIONS,
        _ => PRERELEASES,
    }
}
