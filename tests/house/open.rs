//! Public enums are `#[non_exhaustive]`, so that a new value breaks nobody; those that are closed say
//! why.

use crate::source::Crate;
use std::collections::{BTreeMap, BTreeSet};

/// Enums that can have no other value, or of which a caller must see a new one, with the reason.
const CLOSED: &[(&str, &str)] = &[
    ("catalog::Applies", "yes, no or unknown"),
    ("catalog::Force", "must or should"),
    (
        "catalog::InstalledVersion",
        "nothing, or a version that is known or not",
    ),
    (
        "resolve::Resolution",
        "a resolver has an answer, a proof, or gave up",
    ),
    (
        "resolve::Premise",
        "a proof that is not understood proves nothing",
    ),
    ("version::Segment", "a number or a word"),
];

/// The public enums of the library that others could match on, by room, and whether each is open.
fn enums(all: &Crate) -> BTreeMap<String, bool> {
    let mut found = BTreeMap::new();
    for source in all.sources.iter().filter(|source| !source.is_test) {
        let room = source.module.first().map_or("", String::as_str);
        if ["cli", "ffi"].contains(&room) {
            continue;
        }
        for item in &source.file.items {
            if let syn::Item::Enum(item) = item {
                if matches!(item.vis, syn::Visibility::Public(_)) {
                    let is_open = |it: &syn::Attribute| it.path().is_ident("non_exhaustive");
                    let name = format!("{room}::{}", item.ident);
                    found.insert(name, item.attrs.iter().any(is_open));
                }
            }
        }
    }
    found
}

fn wrong(enums: &BTreeMap<String, bool>, closed: &BTreeSet<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, is_open) in enums {
        match (is_open, closed.contains(name.as_str())) {
            (false, false) => found.push(format!("{name} is not #[non_exhaustive]")),
            (true, true) => found.push(format!("{name} is open: take it off the list")),
            _ => {}
        }
    }
    let gone = closed.iter().filter(|name| !enums.contains_key(**name));
    found.extend(gone.map(|name| format!("{name} is not there any more")));
    found
}

#[test]
fn public_enums_are_open_or_say_why_not() {
    assert!(CLOSED.iter().all(|(_, reason)| !reason.is_empty()));
    let closed = CLOSED.iter().map(|(name, _)| *name).collect();
    let enums = enums(&Crate::own());
    assert!(enums.len() > 20, "{} enums", enums.len());
    let found = wrong(&enums, &closed);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn an_enum_that_is_not_open_is_seen() {
    let all = Crate::of(&[
        (
            "src/a.rs",
            "#[non_exhaustive] pub enum A { B } pub(crate) enum C { D } pub enum E { F }",
        ),
        ("src/cli/main.rs", "pub enum G { H }"),
    ]);
    let enums = enums(&all);
    assert_eq!(
        wrong(&enums, &BTreeSet::new()),
        ["a::E is not #[non_exhaustive]"]
    );
    assert_eq!(
        wrong(&enums, &["a::A", "a::E", "a::I"].into_iter().collect()),
        [
            "a::A is open: take it off the list",
            "a::I is not there any more"
        ]
    );
}
