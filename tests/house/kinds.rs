//! A kind of rule is named in few files, and `CONTRIBUTING.md` has them in the order in which one goes
//! through them. All others ask `crate::rules` or the methods of `Rule`, which name no kind.

use crate::guide::{code, read, rows, section};
use crate::source::{Crate, Kind, Source, ungrouped};
use proc_macro2::TokenTree;
use std::collections::{BTreeMap, BTreeSet};

const MAX_FILES: usize = 6;

/// The enum of the kinds.
const KINDS: &str = "RuleKind";

/// What else says that the texts of a file are names of kinds.
const ASKS: [&str; 2] = ["kind_name", "RULE_KINDS"];

/// The variants of each enum.
fn enums(all: &Crate) -> BTreeMap<String, BTreeSet<String>> {
    let items = all.sources.iter().flat_map(|it| &it.file.items);
    let enums = items.filter_map(|item| match item {
        syn::Item::Enum(it) => Some(it),
        _ => None,
    });
    let variants = |it: &syn::ItemEnum| it.variants.iter().map(|it| it.ident.to_string()).collect();
    enums
        .map(|it| (it.ident.to_string(), variants(it)))
        .collect()
}

/// The enums that have a variant for more than half of the kinds: they are named after them.
fn mirrors(all: &Crate) -> (BTreeSet<String>, BTreeSet<String>) {
    let enums = enums(all);
    let kinds = enums.get(KINDS).cloned().unwrap_or_default();
    let mirrors = enums
        .into_iter()
        .filter(|(_, it)| it.intersection(&kinds).count() * 2 > kinds.len());
    (mirrors.map(|(name, _)| name).collect(), kinds)
}

/// The kinds that a file names: as a variant, in a list of names that it imports, or as a text in a file
/// that speaks of kinds.
fn named<'k>(
    source: &Source,
    mirrors: &BTreeSet<String>,
    kinds: &'k BTreeSet<String>,
) -> BTreeSet<&'k str> {
    let mut found = BTreeSet::new();
    let uses = source.uses.iter().filter(|it| !it.is_test);
    for used in uses {
        for pair in used.words.windows(2) {
            if mirrors.contains(&pair[0]) {
                found.extend(kinds.get(&pair[1]).map(String::as_str));
            }
        }
        // Under another name, or by none, it may be any.
        if let (Kind::Import(name), Some(last)) = (&used.kind, used.words.last()) {
            if mirrors.contains(last) && name != last {
                found.extend(kinds.iter().map(String::as_str));
            }
        }
    }
    let tokens = ungrouped(&crate::source::without_tests(&source.tokens));
    let speaks = tokens.iter().any(|token| match token {
        TokenTree::Ident(word) => {
            let word = word.to_string();
            mirrors.contains(&word) || ASKS.contains(&word.as_str())
        }
        _ => false,
    });
    let declares = |item: &syn::Item| matches!(item, syn::Item::Enum(it) if mirrors.contains(&it.ident.to_string()));
    if source.file.items.iter().any(declares) {
        found.extend(kinds.iter().map(String::as_str));
    }
    if speaks {
        let texts: BTreeSet<String> = tokens
            .iter()
            .filter_map(|token| match token {
                TokenTree::Literal(text) => Some(text.to_string()),
                _ => None,
            })
            .collect();
        let word = |kind: &&String| texts.contains(&format!("\"{}\"", kind.to_lowercase()));
        found.extend(kinds.iter().filter(word).map(String::as_str));
    }
    found
}

/// Of each kind the files that name it.
fn spread(all: &Crate) -> BTreeMap<String, BTreeSet<String>> {
    let (mirrors, kinds) = mirrors(all);
    let mut files: BTreeMap<String, BTreeSet<String>> = kinds
        .iter()
        .map(|kind| (kind.clone(), BTreeSet::new()))
        .collect();
    for source in all.sources.iter().filter(|it| !it.is_test) {
        for kind in named(source, &mirrors, &kinds) {
            files
                .entry(kind.to_owned())
                .or_default()
                .insert(source.path.clone());
        }
    }
    files
}

fn too_many(spread: &BTreeMap<String, BTreeSet<String>>, most: usize) -> Vec<String> {
    let over = spread.iter().filter(|(_, files)| files.len() > most);
    over.map(|(kind, files)| {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        format!(
            "{kind} is named in {} files: {}",
            files.len(),
            files.join(", ")
        )
    })
    .collect()
}

#[test]
fn a_kind_of_rule_is_named_in_six_files() {
    let spread = spread(&Crate::own());
    assert!(spread.len() >= 9, "only {} kinds found", spread.len());
    let found = too_many(&spread, MAX_FILES);
    assert!(
        found.is_empty(),
        "ask `crate::rules` or a method of `Rule` instead:\n{}",
        found.join("\n")
    );
}

#[test]
fn the_files_of_a_new_kind_are_those_that_are_named() {
    let text = read("CONTRIBUTING.md");
    let rows = rows(section(&text, "## Add a rule kind"));
    // Each row is a step with one file, the last with one of several.
    let steps: Vec<BTreeSet<String>> = rows
        .iter()
        .map(|row| code(row[0]).into_iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(steps.len(), MAX_FILES, "one step a file");
    let told: BTreeSet<String> = steps.iter().flatten().cloned().collect();
    let spread = spread(&Crate::own());
    let found: BTreeSet<String> = spread.values().flatten().cloned().collect();
    assert_eq!(told, found);
    for (kind, files) in &spread {
        for step in &steps {
            let of_step: Vec<_> = files.intersection(step).collect();
            assert!(of_step.len() < 2, "{kind} is in {of_step:?} of one step");
            if step.len() == 1 {
                assert!(!of_step.is_empty(), "{kind} is not in {step:?}");
            }
        }
    }
}

#[test]
fn files_that_name_a_kind_are_counted() {
    let all = Crate::of(&[
        (
            "src/kind.rs",
            "pub enum RuleKind { Gate, Risk(u8), Skew } mod tests { fn f() { super::x(\"gate\") } }",
        ),
        (
            "src/draft.rs",
            "enum Draft { Gate, Risk, Other } // three kinds are two here",
        ),
        (
            "src/other.rs",
            "enum Problem { Gate, Other } fn f() { Problem::Gate; \"risk\" }",
        ),
        (
            "src/one.rs",
            "fn f(it: K) { matches!(it, crate::kind::RuleKind::Gate) }",
        ),
        (
            "src/two.rs",
            "use crate::kind::RuleKind::{self, Risk}; fn f() { Risk(1) }",
        ),
        (
            "src/all.rs",
            "use crate::kind::RuleKind as Any; fn f() { Any::Skew }",
        ),
        (
            "src/word.rs",
            "fn f(rule: R) { rule.kind_name() == \"gate\" } // \"skew\"",
        ),
        (
            "src/test.rs",
            "#[cfg(test)] mod tests { fn f() { crate::kind::RuleKind::Gate; } }",
        ),
    ]);
    let found = spread(&all);
    let of = |kind: &str| {
        let files = found[kind].iter();
        let names: Vec<&str> = files.map(|it| &it[4..it.len() - 3]).collect();
        names.join(" ")
    };
    assert_eq!(of("Gate"), "all draft kind one word");
    assert_eq!(of("Risk"), "all draft kind two");
    assert_eq!(of("Skew"), "all draft kind");
    assert_eq!(
        too_many(&found, 4),
        [
            "Gate is named in 5 files: src/all.rs, src/draft.rs, src/kind.rs, src/one.rs, src/word.rs"
        ]
    );
}
