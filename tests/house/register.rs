//! What people read is plain technical English: doc comments, texts of the program, comments of the
//! bindings and the documents use the words of the field. A few words of another register are not in
//! them, outside of code.

use crate::source::{Crate, without_tests};
use proc_macro2::{TokenStream, TokenTree};
use std::fs;
use std::path::{Path, PathBuf};

/// Words of another register, each with what to write instead.
const WORDS: [(&str, &str); 10] = [
    ("stands", "is, occurs, means"),
    ("tells", "reports, names, lists, distinguishes"),
    ("told", "reported, given, known"),
    ("held", "blocked, kept, pinned"),
    ("wants", "requires"),
    ("speaks", "concerns, applies, excludes"),
    ("arrives", "reaches, ends"),
    ("comes with", "belongs to, guidance"),
    ("shall", "must"),
    ("holds", "has, contains, applies, is true"),
];

/// Names of members and options that are words of the list, in our own texts.
const NAMES: [&str; 2] = ["Held", "held:"];

/// The words of the list in a text, outside of code.
fn words(text: &str) -> Vec<&'static str> {
    let mut plain = String::from(" ");
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 0 {
            plain.push_str(part);
        }
        plain.push(' ');
    }
    for name in NAMES {
        plain = plain.replace(name, "");
    }
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_-/.=".contains(c));
    let found = WORDS.iter().filter(|(word, _)| {
        let mut places = plain.match_indices(word);
        places.any(|(at, _)| {
            let before = plain[..at].chars().next_back();
            let rest = &plain[at + word.len()..];
            let after = rest.chars().next();
            // A key of a file.
            let is_key = rest.trim_start().starts_with('=');
            !is_key
                && !is_letter(before)
                && !after.is_some_and(|c| c.is_alphanumeric() || "_-=".contains(c))
        })
    });
    found.map(|(word, _)| *word).collect()
}

/// The lines of a file that are comments, by what begins one.
fn comments(text: &str, marks: &[&str]) -> Vec<(usize, String)> {
    let lines = text.lines().enumerate().filter_map(|(at, line)| {
        let line = line.trim_start();
        let mark = marks.iter().find(|mark| line.starts_with(**mark))?;
        Some((at + 1, line[mark.len()..].to_owned()))
    });
    lines.collect()
}

/// Lines outside of blocks of code.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut is_code = false;
    let lines = text.lines().enumerate().filter(|(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    lines.map(|(at, line)| (at + 1, line.to_owned())).collect()
}

/// The texts of a source file that are more than a word.
fn texts(tokens: &TokenStream, found: &mut Vec<(usize, String)>) {
    for token in tokens.clone() {
        match token {
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    if text.value().contains(' ') {
                        found.push((literal.span().start().line, text.value()));
                    }
                }
            }
            TokenTree::Group(group) => texts(&group.stream(), found),
            _ => {}
        }
    }
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

fn problems(path: &str, lines: &[(usize, String)]) -> Vec<String> {
    let lines = lines.iter().flat_map(|(line, text)| {
        words(text).into_iter().map(move |word| {
            let (_, instead) = WORDS.iter().find(|(known, _)| *known == word).unwrap();
            format!("{path}:{line}: {word:?} (write {instead}): {}", text.trim())
        })
    });
    lines.collect()
}

#[test]
fn what_people_read_is_plain() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let mut found = Vec::new();
    for source in Crate::own().sources.iter().filter(|it| !it.is_test) {
        let text = read(&root.join(&source.path));
        found.extend(problems(&source.path, &comments(&text, &["///", "//!"])));
        let mut own = Vec::new();
        texts(&without_tests(&source.tokens), &mut own);
        found.extend(problems(&source.path, &own));
    }
    let mut others = Vec::new();
    for (folder, extension) in [("docs", ".md"), ("src/cli/help", "")] {
        files(&root.join(folder), extension, &mut others);
    }
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        others.push(root.join(name));
    }
    for path in others {
        let name = path.strip_prefix(root).unwrap().to_string_lossy();
        found.extend(problems(&name, &prose(&read(&path))));
    }
    let mut bindings = Vec::new();
    files(&root.join("bindings/ruby/lib"), ".rb", &mut bindings);
    files(&root.join("bindings/go"), ".go", &mut bindings);
    files(&root.join("bindings/web/page"), ".js", &mut bindings);
    files(&root.join("bindings/web/src"), ".js", &mut bindings);
    for path in bindings {
        let name = path.strip_prefix(root).unwrap().to_string_lossy();
        if !name.ends_with("_test.go") {
            found.extend(problems(
                &name,
                &comments(&read(&path), &["//", "#", "/**", "*"]),
            ));
        }
    }
    found.sort();
    found.dedup();
    assert!(
        found.is_empty(),
        "{}\n{} words of another register",
        found.join("\n"),
        found.len()
    );
}

#[test]
fn a_word_of_another_register_is_seen() {
    assert_eq!(words("What it stands on, as told."), ["stands", "told"]);
    assert_eq!(
        words("a line `stands` and `holds = 1` here"),
        Vec::<&str>::new()
    );
    assert_eq!(
        words("bystands, holds_all, withheld, holds-up"),
        Vec::<&str>::new()
    );
    assert_eq!(words("what comes with it"), ["comes with"]);
    assert_eq!(words("holds = \"actions\""), Vec::<&str>::new());
    assert_eq!(
        comments(
            "/// wants\n  //! shall\n// holds\nlet a = 1;",
            &["///", "//!"]
        ),
        [(1, " wants".to_owned()), (2, " shall".to_owned())]
    );
    assert_eq!(
        prose("a\n```sh\nholds\n```\nb"),
        [(1, "a".to_owned()), (5, "b".to_owned())]
    );
    let file = ["fn a() { let b = \"it holds so\"; let c = \"holds\"; }"];
    let mut found = Vec::new();
    texts(&file[0].parse().unwrap(), &mut found);
    assert_eq!(
        problems("src/a.rs", &found),
        ["src/a.rs:1: \"holds\" (write has, contains, applies, is true): it holds so"]
    );
}
