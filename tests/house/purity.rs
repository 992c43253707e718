//! The engine is pure: no files, environment, clock, network, threads, printing or exit outside of
//! the program, no order of a hash map in an output, no name of a package in the code; `serde` in
//! `wire` and `unsafe` in `ffi` alone; and no file of more than 800 lines.

use crate::source::{Crate, Kind, Source, Target, is_punct, ungrouped, without_tests};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use rungs::catalog::{Catalog, Role};
use std::collections::{BTreeMap, BTreeSet};

const MAX_LINES: usize = 800;

/// What only the program does: modules of `std`, functions of `std::io`, and macros.
const STD: [&str; 6] = ["fs", "env", "net", "time", "thread", "process"];
const IO: [&str; 6] = ["stdin", "stdout", "stderr", "Stdin", "Stdout", "Stderr"];
const MACROS: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// The files that may hold hash maps and sets: to look something up, never to walk through.
const HASHED: &[&str] = &[
    "src/catalog/source.rs",
    "src/lockfile/reader.rs",
    "src/resolve/registry.rs",
    "src/scan/classes.rs",
    "src/scan/rules.rs",
    "src/scan/walk.rs",
];

/// Files outside of the catalog whose texts name packages, a list that only ever gets shorter.
const NAMING: &[&str] = &["src/planner/request.rs", "src/policy.rs"];

fn is_in(source: &Source, room: &str) -> bool {
    source.module.first().is_some_and(|first| first == room)
}

/// Everything of the world outside that is used where it may not be.
fn world(all: &Crate) -> Vec<String> {
    let mut found = Vec::new();
    // Tests of a room may write what they bless.
    let sources = all
        .sources
        .iter()
        .filter(|it| !is_in(it, "cli") && !it.is_test);
    for source in sources {
        for used in &source.uses {
            let Some(Target::Outside(path)) = all.resolve(used) else {
                continue;
            };
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let what = match &*path {
                ["std", module, ..] if STD.contains(module) => format!("std::{module}"),
                ["std", "io", name, ..] if IO.contains(name) => format!("std::io::{name}"),
                ["std"] | ["std", "io"] if used.kind == Kind::Import("*".to_owned()) => {
                    format!("{}::*", path.join("::"))
                }
                _ => continue,
            };
            found.push(format!(
                "{}:{}: {what} outside of src/cli",
                source.path, used.line
            ));
        }
        let tokens = ungrouped(&source.tokens);
        for pair in tokens.windows(2) {
            let TokenTree::Ident(word) = &pair[0] else {
                continue;
            };
            if is_punct(Some(&pair[1]), '!') && MACROS.contains(&&*word.to_string()) {
                let line = word.span().start().line;
                found.push(format!(
                    "{}:{line}: {word}! outside of src/cli",
                    source.path
                ));
            }
        }
    }
    found
}

/// `serde` and `unsafe` where they may not be, and files that are too long.
fn kept_apart(all: &Crate) -> Vec<String> {
    let mut found = Vec::new();
    for source in &all.sources {
        for token in ungrouped(&source.tokens) {
            let TokenTree::Ident(word) = &token else {
                continue;
            };
            let room = match word.to_string().as_str() {
                "serde" | "serde_json" | "Serialize" | "Deserialize" => "wire",
                "unsafe" | "unsafe_code" => "ffi",
                _ => continue,
            };
            if !is_in(source, room) {
                let line = word.span().start().line;
                found.push(format!(
                    "{}:{line}: {word} outside of src/{room}",
                    source.path
                ));
            }
        }
        let lines = source.text.lines().count();
        if lines > MAX_LINES {
            found.push(format!(
                "{}: {lines} lines, at most {MAX_LINES}",
                source.path
            ));
        }
    }
    found
}

const HASHES: [&str; 2] = ["HashMap", "HashSet"];
/// Calls through which the order of a hash map gets out.
const WALKS: [&str; 12] = [
    "iter",
    "iter_mut",
    "into_iter",
    "keys",
    "into_keys",
    "values",
    "values_mut",
    "into_values",
    "drain",
    "retain",
    "extract_if",
    "difference",
];
/// Calls that walk through what they are given.
const TAKES: [&str; 6] = [
    "extend",
    "chain",
    "zip",
    "from_iter",
    "extend_from_slice",
    "eq",
];
/// What a name may be wrapped in and still be a hash map.
const WRAPS: [&str; 6] = ["Option", "RefCell", "Box", "Arc", "Rc", "Mutex"];

/// The names that a file gives to hash maps (of fields, parameters and variables), each with
/// whether other files see it.
fn hashed_names(tokens: &TokenStream) -> BTreeMap<String, bool> {
    let all = ungrouped(tokens);
    let word = |at: usize| match all.get(at) {
        Some(TokenTree::Ident(word)) => word.to_string(),
        _ => String::new(),
    };
    let mut types: BTreeSet<String> = HASHES.map(str::to_owned).into();
    for at in 0..all.len() {
        if word(at) == "type" && is_punct(all.get(at + 2), '=') && HASHES.contains(&&*word(at + 3))
        {
            types.insert(word(at + 1));
        }
    }
    let mut names = BTreeMap::new();
    for at in 0..all.len() {
        let name = word(at);
        // `name: &'a mut std::collections::HashMap<…>` and the like.
        if !name.is_empty() && is_punct(all.get(at + 1), ':') && !is_punct(all.get(at + 2), ':') {
            let mut behind = at + 2;
            while behind < all.len() {
                let next = word(behind);
                if types.contains(&next) {
                    let is_shared = ["pub", "super", "crate"].contains(&&*word(at.wrapping_sub(1)));
                    *names.entry(name).or_default() |= is_shared;
                    break;
                }
                let is_path = is_punct(all.get(behind + 1), ':');
                let is_lifetime = behind > 0 && is_punct(all.get(behind - 1), '\'');
                let is_skipped = match all.get(behind) {
                    Some(TokenTree::Punct(punct)) => "&':<".contains(punct.as_char()),
                    Some(TokenTree::Ident(_)) => {
                        is_path || is_lifetime || next == "mut" || WRAPS.contains(&&*next)
                    }
                    _ => false,
                };
                if !is_skipped {
                    break;
                }
                behind += 1;
            }
        } else if name == "let" {
            // Anything that is made of one in this statement.
            let own = if word(at + 1) == "mut" {
                at + 2
            } else {
                at + 1
            };
            let end = (own..all.len()).find(|end| is_punct(all.get(*end), ';'));
            let statement = own..end.unwrap_or(all.len());
            let is_plain = is_punct(all.get(own + 1), '=') || is_punct(all.get(own + 1), ':');
            let mut made = statement.filter(|at| {
                types.contains(&word(*at))
                    && (is_punct(all.get(at + 1), ':') || is_punct(all.get(at + 1), '<'))
            });
            if is_plain && made.next().is_some_and(|made| made < own + 12) {
                names.entry(word(own)).or_default();
            }
        }
    }
    names
}

/// Hash maps where none may be, and walks through those that may.
fn hashes(all: &Crate, allowed: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut holding = BTreeSet::new();
    // What a file calls its own maps, and which of these names the room has too.
    let mut by_file: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut by_room: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for source in all.sources.iter().filter(|it| !it.is_test) {
        let code = without_tests(&source.tokens);
        let hash = ungrouped(&code).into_iter().find(
            |token| matches!(token, TokenTree::Ident(word) if HASHES.contains(&&*word.to_string())),
        );
        let Some(hash) = hash else { continue };
        holding.insert(source.path.as_str());
        if !allowed.contains(&&*source.path) {
            let line = hash.span().start().line;
            found.push(format!("{}:{line}: a hash map; use BTreeMap", source.path));
        }
        let room = source.module.first().map_or("", String::as_str);
        for (name, is_shared) in hashed_names(&code) {
            if is_shared {
                by_room.entry(room).or_default().insert(name.clone());
            }
            by_file.entry(&source.path).or_default().insert(name);
        }
    }
    for path in allowed.iter().filter(|path| !holding.contains(*path)) {
        found.push(format!(
            "{path} holds no hash map any more: take it off the list"
        ));
    }
    for source in all.sources.iter().filter(|it| !it.is_test) {
        let room = source.module.first().map_or("", String::as_str);
        let tokens = ungrouped(&without_tests(&source.tokens));
        let mut names = by_room.get(room).cloned().unwrap_or_default();
        names.retain(|name| !declares(&tokens, name));
        names.extend(by_file.get(&*source.path).into_iter().flatten().cloned());
        for (line, name) in walked(&tokens, &names) {
            found.push(format!(
                "{}:{line}: walks through the hash map {name}",
                source.path
            ));
        }
    }
    found
}

/// Does this file declare something of the name itself?
fn declares(all: &[TokenTree], name: &str) -> bool {
    (0..all.len()).any(|at| {
        let is_name = matches!(&all[at], TokenTree::Ident(word) if word == name);
        is_name && is_punct(all.get(at + 1), ':') && !is_punct(all.get(at + 2), ':')
    })
}

/// Where a hash map of one of these names is walked through.
fn walked(all: &[TokenTree], names: &BTreeSet<String>) -> Vec<(usize, String)> {
    let word = |at: usize| match all.get(at) {
        Some(TokenTree::Ident(word)) => word.to_string(),
        _ => String::new(),
    };
    let mut found = Vec::new();
    for at in 0..all.len() {
        let name = word(at);
        if !names.contains(&name) {
            continue;
        }
        let calls = is_punct(all.get(at + 1), '.') && WALKS.contains(&&*word(at + 2));
        // The names before it: `for x in &self.name {`, `out.extend(&self.name)`.
        let mut first = at;
        while first >= 2 && is_punct(all.get(first - 1), '.') && !word(first - 2).is_empty() {
            first -= 2;
        }
        while first >= 1
            && (is_punct(all.get(first - 1), '&') || matches!(&*word(first - 1), "mut"))
        {
            first -= 1;
        }
        let opens = |at: usize, delimiter| {
            matches!(all.get(at), Some(TokenTree::Group(group))
                if group.delimiter() == delimiter)
        };
        let is_looped = first >= 1 && word(first - 1) == "in" && opens(at + 1, Delimiter::Brace);
        let is_given = first >= 2
            && opens(first - 1, Delimiter::Parenthesis)
            && TAKES.contains(&&*word(first - 2))
            && !is_punct(all.get(at + 1), '.');
        if calls || is_looped || is_given {
            found.push((all[at].span().start().line, name));
        }
    }
    found
}

/// Texts and names in code that name a package of the catalog. The catalog itself is about them.
fn named(all: &Crate, packages: &[&str], allowed: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut naming = BTreeSet::new();
    for source in all.sources.iter().filter(|it| !it.is_test) {
        if is_in(source, "catalog") || is_in(source, "cli") {
            continue;
        }
        for (line, text) in texts(&without_tests(&source.tokens)) {
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
            let mut hits = words.filter(|word| packages.contains(word));
            if let Some(package) = hits.next() {
                naming.insert(source.path.as_str());
                if !allowed.contains(&&*source.path) {
                    found.push(format!(
                        "{}:{line}: names the package {package}",
                        source.path
                    ));
                }
            }
        }
    }
    for path in allowed.iter().filter(|path| !naming.contains(*path)) {
        found.push(format!(
            "{path} names no package any more: take it off the list"
        ));
    }
    found
}

/// The texts of a file with their lines, without documentation and other attributes.
fn texts(tokens: &TokenStream) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut before = None;
    for token in tokens.clone() {
        match &token {
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found.push((literal.span().start().line, text.value()));
                }
            }
            TokenTree::Group(group) => {
                let is_attribute = group.delimiter() == Delimiter::Bracket
                    && (is_punct(before.as_ref(), '#') || is_punct(before.as_ref(), '!'));
                if !is_attribute {
                    found.extend(texts(&group.stream()));
                }
            }
            _ => {}
        }
        before = Some(token);
    }
    found
}

#[test]
fn only_the_program_touches_the_world() {
    let found = world(&Crate::own());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn serde_unsafe_and_long_files_are_where_they_may_be() {
    let found = kept_apart(&Crate::own());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_order_of_a_hash_map_gets_out() {
    let found = hashes(&Crate::own(), HASHED);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_engine_names_no_package() {
    let catalog = Catalog::karafka().unwrap();
    // The runtime stays out: a lockfile's format names Ruby itself.
    let packages: Vec<&str> = catalog
        .packages()
        .iter()
        .filter(|it| it.role() != Role::Runtime)
        .map(|it| it.name().as_str())
        .collect();
    let found = named(&Crate::own(), &packages, NAMING);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_world_outside_is_seen() {
    let said = |path: &str, text: &str| world(&Crate::of(&[("src/lib.rs", ""), (path, text)]));
    for (text, what) in [
        ("use std::fs;", "std::fs"),
        ("use std::{fmt, time::Instant};", "std::time"),
        ("fn a() { std::env::args(); }", "std::env"),
        ("fn a() { std::process::exit(1); }", "std::process"),
        ("use std as s; fn a() { s::net::x(); }", "std::net"),
        (
            "use std::io; fn a() { io::stdout().lock(); }",
            "std::io::stdout",
        ),
        ("use std::io::*;", "std::io::*"),
        ("mod tests { use std::thread; }", "std::thread"),
    ] {
        let expected = format!("src/plan/a.rs:1: {what} outside of src/cli");
        assert_eq!(said("src/plan/a.rs", text), [expected], "{text}");
        assert_eq!(said("src/cli/a.rs", text), Vec::<String>::new(), "{text}");
    }
    for name in MACROS {
        for text in [
            format!("fn a() {{ {name}!(\"a\"); }}"),
            format!("fn a() {{ vec![{name}!(\"a\")]; }}"),
        ] {
            let expected = format!("src/plan/a.rs:1: {name}! outside of src/cli");
            assert_eq!(said("src/plan/a.rs", &text), [expected], "{text}");
            assert_eq!(said("src/cli/a.rs", &text), Vec::<String>::new(), "{text}");
        }
    }
    for text in [
        "use std::{fmt, io::Write}; // std::fs",
        "const A: &str = \"std::fs\";",
    ] {
        assert_eq!(said("src/plan/a.rs", text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn serde_unsafe_and_long_files_are_seen() {
    let said = |path: &str, text: &str| kept_apart(&Crate::of(&[(path, text)]));
    let nothing = Vec::<String>::new();
    let serde = "#[derive(serde::Serialize)]\nstruct A;";
    assert_eq!(
        said("src/report/a.rs", serde),
        [
            "src/report/a.rs:1: serde outside of src/wire",
            "src/report/a.rs:1: Serialize outside of src/wire",
        ]
    );
    assert_eq!(said("src/wire/a.rs", serde), nothing);
    let block = "\nfn a() { unsafe {} }";
    assert_eq!(
        said("src/cli/main.rs", block),
        ["src/cli/main.rs:2: unsafe outside of src/ffi"]
    );
    assert_eq!(said("src/ffi/a.rs", block), nothing);
    assert_eq!(
        said("src/plan/a.rs", "#![allow(unsafe_code)]"),
        ["src/plan/a.rs:1: unsafe_code outside of src/ffi"]
    );
    assert_eq!(
        said("src/date.rs", "const A: &str = r#\"unsafe\"#; // serde"),
        nothing
    );
    assert_eq!(
        said("src/date.rs", &"\n".repeat(801)),
        ["src/date.rs: 801 lines, at most 800"]
    );
    assert_eq!(said("src/date.rs", &"\n".repeat(800)), nothing);
}

#[test]
fn hash_maps_are_seen() {
    let said = |files: &[(&str, &str)]| hashes(&Crate::of(files), &["src/a/known.rs"]);
    let map = "use std::collections::HashMap;";
    let known = ("src/a/known.rs", map);
    assert_eq!(said(&[known]), Vec::<String>::new());
    assert_eq!(
        said(&[
            known,
            ("src/a/mod.rs", "fn a(x: &std::collections::HashSet<u8>) {}")
        ]),
        ["src/a/mod.rs:1: a hash map; use BTreeMap"]
    );
    assert_eq!(
        said(&[(
            "src/a/known.rs",
            "#[cfg(test)] mod tests { use std::collections::HashMap; }"
        )]),
        ["src/a/known.rs holds no hash map any more: take it off the list"]
    );
    let walks = |code: &str| {
        let text = format!(
            "{map} type Table = HashMap<u8, u8>;
             struct A<'a> {{ own: &'a HashMap<u8, u8>, pub(super) open: Option<Table>, list: Vec<u8> }}
             fn f(&self, given: &mut HashMap<u8, u8>) {{ let made = HashMap::new(); {code} }}"
        );
        said(&[("src/a/known.rs", &text)])
    };
    for code in [
        "self.own.iter()",
        "for x in &self.own {}",
        "for (a, b) in self.own {}",
        "for x in given.values_mut() {}",
        "given.retain(|_| true)",
        "made.into_iter()",
        "for x in made {}",
        "out.extend(&self.own)",
        "self.open.keys()",
    ] {
        let found = walks(code);
        assert!(
            found.len() == 1 && found[0].contains("walks through"),
            "{code}: {found:?}"
        );
    }
    for code in [
        "self.own.get(1)",
        "for x in &self.list {}",
        "for x in self.own.get(&1) {}",
        "self.list.iter()",
        "out.extend(self.own.get(1))",
        "self.own[&1].len()",
        "made.insert(1, 2)",
    ] {
        assert_eq!(walks(code), Vec::<String>::new(), "{code}");
    }
    // Another file of the room sees a field that is open to it, and has names of its own.
    let owner = (
        "src/a/known.rs",
        "use std::collections::HashMap; struct A { own: HashMap<u8, u8>, pub(super) open: HashMap<u8, u8> }",
    );
    let user = "fn f(a: &A) { a.open.iter(); a.own.iter(); }";
    assert_eq!(
        said(&[owner, ("src/a/user.rs", user)]),
        ["src/a/user.rs:1: walks through the hash map open"]
    );
    let other = "struct B { open: Vec<u8> } fn f(b: &B) { b.open.iter(); }";
    assert_eq!(
        said(&[owner, ("src/a/user.rs", other)]),
        Vec::<String>::new()
    );
    assert_eq!(
        said(&[owner, ("src/b/user.rs", user)]),
        Vec::<String>::new()
    );
}

#[test]
fn names_of_packages_are_seen() {
    let said = |path: &str, text: &str, allowed: &[&str]| {
        named(&Crate::of(&[(path, text)]), &["oven", "oven-tray"], allowed)
    };
    let nothing = Vec::<String>::new();
    let text = "fn a() {\n x(\"the oven-tray is hot\") }";
    let found = ["src/plan/a.rs:2: names the package oven-tray"];
    assert_eq!(said("src/plan/a.rs", text, &[]), found);
    assert_eq!(
        said(
            "src/plan/a.rs",
            "\nconst A: [&str; 1] = [r\"oven-tray\"];",
            &[]
        ),
        found
    );
    assert_eq!(said("src/catalog/a.rs", text, &[]), nothing);
    assert_eq!(said("src/plan/a.rs", text, &["src/plan/a.rs"]), nothing);
    for text in [
        "/// An oven.\nfn a() { x(\"ovens and oven-trays\"); } // oven",
        "#[cfg(test)] mod tests { const A: &str = \"oven\"; }",
    ] {
        assert_eq!(said("src/plan/a.rs", text, &[]), nothing, "{text}");
    }
    assert_eq!(
        said("src/plan/a.rs", "", &["src/plan/a.rs"]),
        ["src/plan/a.rs names no package any more: take it off the list"]
    );
}
