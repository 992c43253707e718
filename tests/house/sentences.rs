//! Each sentence is written once: in `words`, or as a label in `report`. Other rooms answer with data; what they say in words is the message of an error, or is on a list
//! that only ever gets shorter.
//!
//! `cargo test --test house sentences:: -- --nocapture` prints the sentences that are left, and
//! `UPDATE=1` takes from the list what has gone.

use crate::source::{Crate, Source, is_punct, without_tests};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Where sentences are written.
const ROOMS: [&str; 2] = ["src/words/", "src/report/"];

/// How many sentences a file still has.
const LIST: &str = "tests/house/sentences.txt";

/// Calls whose texts are messages of errors, or of a programmer's mistake, and no answers.
const MESSAGES: [&str; 22] = [
    "Error::new",
    "Error::io",
    "with_help",
    "with_nearest",
    "expect",
    "expect_err",
    "unreachable",
    "panic",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "include_str",
    "concat",
    "env",
    "cfg",
    "todo",
    "unimplemented",
    "matches",
    "starts_with",
];

/// Is this more than a name, a key or an expression? Three words with spaces between them are.
fn is_sentence(text: &str) -> bool {
    // What is put in later is no word.
    let mut plain = String::new();
    let mut depth = 0;
    for sign in text.chars() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => plain.push(sign),
            _ => {}
        }
    }
    let is_word = |word: &&str| {
        let word = word.trim_matches(|c: char| ",.;:()`'\"!?".contains(c));
        // An option is no word.
        word.len() > 1
            && !word.starts_with('-')
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || "-'’".contains(c))
    };
    // What was expected, only errors say.
    plain.split_whitespace().filter(is_word).count() >= 3
        && !plain.starts_with("expected ")
        && !plain.contains(": expected ")
}

/// The functions of a file that make an error, or keep one made of what they are given: these are
/// messages.
fn makers(source: &Source) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut note = |signature: &syn::Signature| {
        let makes = match &signature.output {
            syn::ReturnType::Type(_, kind) => ends_in_error(kind),
            syn::ReturnType::Default => false,
        };
        if makes {
            found.insert(signature.ident.to_string());
        }
    };
    for item in &source.file.items {
        match item {
            syn::Item::Fn(function) => note(&function.sig),
            syn::Item::Impl(block) => {
                for item in &block.items {
                    if let syn::ImplItem::Fn(function) = item {
                        note(&function.sig);
                    }
                }
            }
            _ => {}
        }
    }
    keepers(&source.tokens, &mut found);
    found
}

/// The functions that hand a parameter of their own to `Error::new` or `Warning::new`.
fn keepers(tokens: &TokenStream, found: &mut BTreeSet<String>) {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (at, token) in all.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "fn" => {
                let mut groups = all[at..].iter().filter_map(|token| match token {
                    TokenTree::Group(group) => Some(group),
                    _ => None,
                });
                let (Some(given), Some(TokenTree::Ident(name))) = (groups.next(), all.get(at + 1))
                else {
                    continue;
                };
                let body = groups.find(|group| group.delimiter() == Delimiter::Brace);
                let given: Vec<TokenTree> = given.stream().into_iter().collect();
                let named = given.windows(2).filter_map(|pair| match &pair[0] {
                    TokenTree::Ident(name) if is_punct(pair.get(1), ':') => Some(name.to_string()),
                    _ => None,
                });
                if body.is_some_and(|body| hands_on(&body.stream(), &named.collect())) {
                    found.insert(name.to_string());
                }
            }
            TokenTree::Group(group) => keepers(&group.stream(), found),
            _ => {}
        }
    }
}

fn hands_on(tokens: &TokenStream, names: &BTreeSet<String>) -> bool {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let word = |at: Option<usize>| match at.and_then(|at| all.get(at)) {
        Some(TokenTree::Ident(word)) => word.to_string(),
        _ => String::new(),
    };
    all.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => {
            let makes = word(at.checked_sub(1)) == "new"
                && ["Error", "Warning"].contains(&&*word(at.checked_sub(4)));
            let given = |token: TokenTree| {
                matches!(token, TokenTree::Ident(name) if names.contains(&name.to_string()))
            };
            makes && group.stream().into_iter().any(given) || hands_on(&group.stream(), names)
        }
        _ => false,
    })
}

fn ends_in_error(kind: &syn::Type) -> bool {
    matches!(kind, syn::Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "Error"))
}

/// The sentences of a file with their lines.
fn sentences(source: &Source, makers: &BTreeSet<String>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    read(&without_tests(&source.tokens), makers, &mut found);
    found
}

fn read(tokens: &TokenStream, makers: &BTreeSet<String>, found: &mut Vec<(usize, String)>) {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (at, token) in all.iter().enumerate() {
        match token {
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    if is_sentence(&text.value()) {
                        found.push((literal.span().start().line, text.value()));
                    }
                }
            }
            TokenTree::Group(group) if !is_message(&all, at, group, makers) => {
                read(&group.stream(), makers, found);
            }
            _ => {}
        }
    }
}

/// Are these the arguments of a call that makes an error, or an attribute?
fn is_message(all: &[TokenTree], at: usize, group: &Group, makers: &BTreeSet<String>) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| all.get(at));
    let word = |back: usize| match before(back) {
        Some(TokenTree::Ident(word)) => word.to_string(),
        _ => String::new(),
    };
    let is_attribute =
        is_punct(before(1), '#') || is_punct(before(1), '!') && is_punct(before(2), '#');
    if group.delimiter() == Delimiter::Bracket && is_attribute {
        return true;
    }
    let bang = usize::from(is_punct(before(1), '!'));
    let name = word(1 + bang);
    if name.is_empty() {
        return false;
    }
    let whole = if is_punct(before(2), ':') {
        format!("{}::{name}", word(4))
    } else {
        name.clone()
    };
    MESSAGES.contains(&&*name) || MESSAGES.contains(&&*whole) || makers.contains(&name)
}

/// The sentences of each file, with their lines: of those where sentences are written, or of the others.
fn by_file(all: &Crate, is_room: bool) -> BTreeMap<String, Vec<(usize, String)>> {
    // What makes an error in one file of a room makes one in the others.
    let mut by_room: BTreeMap<Option<&String>, BTreeSet<String>> = BTreeMap::new();
    for source in &all.sources {
        let room = by_room.entry(source.module.first()).or_default();
        room.extend(makers(source));
    }
    let mut found = BTreeMap::new();
    for source in all.sources.iter().filter(|it| !it.is_test) {
        let room = source.module.first();
        if ROOMS.iter().any(|room| source.path.starts_with(room)) != is_room {
            continue;
        }
        let own = sentences(source, &by_room[&room]);
        if !own.is_empty() {
            found.insert(source.path.clone(), own);
        }
    }
    found
}

/// Where the list and the files differ.
fn differences(found: &BTreeMap<String, Vec<(usize, String)>>, list: &str) -> Vec<String> {
    let listed: BTreeMap<&str, usize> = list
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(path, count)| (path, count.parse().unwrap()))
        .collect();
    let mut out = Vec::new();
    for (path, sentences) in found {
        let most = listed.get(path.as_str()).copied().unwrap_or(0);
        if sentences.len() > most {
            out.push(format!(
                "{path}: {} sentences, at most {most}:",
                sentences.len()
            ));
            let shown = sentences.iter();
            out.extend(shown.map(|(line, text)| format!("  {path}:{line}: {text:?}")));
        }
    }
    for (path, most) in listed {
        let left = found.get(path).map_or(0, Vec::len);
        if left < most {
            out.push(format!(
                "{path}: {left} sentences and no longer {most}: shorten the list"
            ));
        }
    }
    out
}

fn written(found: &BTreeMap<String, Vec<(usize, String)>>) -> String {
    let lines = found.iter();
    lines
        .map(|(path, sentences)| format!("{path} {}\n", sentences.len()))
        .collect()
}

fn total(list: &str) -> usize {
    let counts = list.lines().filter_map(|line| line.split_once(' '));
    counts
        .map(|(_, count)| count.parse::<usize>().unwrap())
        .sum()
}

#[test]
fn sentences_are_made_in_words() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST);
    let list = fs::read_to_string(&path).unwrap();
    let found = by_file(&Crate::own(), false);
    let now = written(&found);
    if std::env::var_os("UPDATE").is_some() && total(&now) <= total(&list) {
        fs::write(&path, now).unwrap();
        return;
    }
    let differences = differences(&found, &list);
    assert!(
        differences.is_empty(),
        "{}\n{LIST} has {} sentences, the files {}; where these are not more, as after a move,\n  \
         UPDATE=1 cargo test --test house sentences::\nwrites the list anew",
        differences.join("\n"),
        total(&list),
        total(&now)
    );
    for (path, sentences) in &found {
        for (line, text) in sentences {
            println!("{path}:{line}: {text:?}");
        }
    }
}

/// Sentences that are written more than once, with their places.
fn repeated(found: &BTreeMap<String, Vec<(usize, String)>>) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, sentences) in found {
        for (line, text) in sentences {
            let text = text.trim_matches(|c: char| !c.is_alphanumeric() && !"{}".contains(c));
            places
                .entry(text)
                .or_default()
                .push(format!("{path}:{line}"));
        }
    }
    places.retain(|_, places| places.len() > 1);
    let lines = places.iter();
    lines
        .map(|(text, places)| format!("{text:?} is written at {}", places.join(", ")))
        .collect()
}

#[test]
fn a_sentence_is_written_once() {
    let found = repeated(&by_file(&Crate::own(), true));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_sentence_that_is_written_twice_is_seen() {
    let all = Crate::of(&[
        ("src/words/a.rs", r#"const A: &str = "what is said twice";"#),
        (
            "src/report/b.rs",
            r#"const A: &str = "what is said twice."; const B: &str = "what is said once";"#,
        ),
        (
            "src/cli/main.rs",
            r#"const A: &str = "what is said twice";"#,
        ),
    ]);
    assert_eq!(
        repeated(&by_file(&all, true)),
        [r#""what is said twice" is written at src/report/b.rs:1, src/words/a.rs:1"#]
    );
}

#[test]
fn a_sentence_elsewhere_is_seen() {
    let all = Crate::of(&[
        (
            "src/plan/mod.rs",
            r#"/// A comment of several words.
               #[doc = "and one more of them"]
               fn why() -> String { format!("{name} has no more lines") }
               const KEY: &str = "outcome plan.steps";
               fn fail() -> Result<()> { Err(Error::new(Code::A, format!("there is no such line"))
                   .with_help("name a line of the catalog")) }
               fn other() { refused("it is not a line"); say(&["and it goes on here"]); }
               fn third() { say("{name}: expected a line of it"); assert!(true, "that must be so"); }
               fn keep(message: &str) { list.push(Error::new(Code::A, message)); }
               fn kept() { keep("it is no such line"); }
               #[cfg(test)] mod tests { const A: &str = "what only tests say"; }"#,
        ),
        ("src/plan/refuse.rs", "fn refused(text: &str) -> Error {}"),
        (
            "src/report/mod.rs",
            r#"const A: &str = "what is said to people";"#,
        ),
    ]);
    let found = by_file(&all, false);
    let shown: Vec<(usize, &str)> = found["src/plan/mod.rs"]
        .iter()
        .map(|(line, text)| (*line, text.as_str()))
        .collect();
    assert_eq!(
        shown,
        [(3, "{name} has no more lines"), (7, "and it goes on here")]
    );
    assert_eq!(found.len(), 1);
    assert_eq!(written(&found), "src/plan/mod.rs 2\n");
    assert_eq!(
        differences(&found, "src/plan/mod.rs 2\n"),
        Vec::<String>::new()
    );
    assert_eq!(
        differences(&found, "src/plan/mod.rs 1\n"),
        [
            "src/plan/mod.rs: 2 sentences, at most 1:",
            "  src/plan/mod.rs:3: \"{name} has no more lines\"",
            "  src/plan/mod.rs:7: \"and it goes on here\"",
        ]
    );
    assert_eq!(
        differences(&found, "src/old.rs 1\nsrc/plan/mod.rs 3\n"),
        [
            "src/old.rs: 0 sentences and no longer 1: shorten the list",
            "src/plan/mod.rs: 2 sentences and no longer 3: shorten the list",
        ]
    );
}
