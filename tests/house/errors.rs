//! `docs/errors.md` lists every error code with its number, its name and what it means; it is written
//! from `src/error.rs`, and the numbers in it are unique and in their hundreds.
//!
//! `UPDATE=1 cargo test --test house errors::` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What the hundreds group.
const GROUPS: [(u32, &str); 8] = [
    (1, "Versions, names and dates"),
    (2, "Lockfiles and Gemfiles"),
    (3, "Catalogs and indexes"),
    (4, "Requests"),
    (5, "Limits"),
    (6, "Files and the world outside"),
    (7, "Documents"),
    (8, "The C ABI"),
];

/// Number, name and documentation of each variant of the enum, in the order of the source.
fn codes(source: &str) -> Vec<(u32, String, String)> {
    let file = syn::parse_file(source).unwrap();
    let is_code = |item: &syn::Item| match item {
        syn::Item::Enum(it) if it.ident == "ErrorCode" => Some(it.clone()),
        _ => None,
    };
    let found = file.items.iter().find_map(is_code).expect("ErrorCode");
    let mut codes = Vec::new();
    for variant in found.variants {
        let Some((
            _,
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Int(number),
                ..
            }),
        )) = &variant.discriminant
        else {
            panic!("{} has no number", variant.ident);
        };
        let mut words = String::new();
        for attribute in &variant.attrs {
            let syn::Meta::NameValue(doc) = &attribute.meta else {
                continue;
            };
            if let syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(line),
                ..
            }) = &doc.value
            {
                words.push_str(&line.value());
            }
        }
        codes.push((
            number.base10_parse().unwrap(),
            variant.ident.to_string(),
            words.trim().to_owned(),
        ));
    }
    codes
}

fn written(codes: &[(u32, String, String)]) -> String {
    let mut out = String::from(
        "# Error codes\n\n\
         Written from `src/error.rs` by `UPDATE=1 cargo test --test house errors::`; do not edit it.\n\n\
         The number of an error is the same in Rust (`Error::code`), C (`rungs_error_code`), Ruby\n\
         (`Rungs::Error#code`), Go (`Error.Code`) and JSON (`rungs.error/1`), and a number is never given\n\
         to another meaning. Texts show it as `R101`. That a plan is impossible is no error.\n",
    );
    for (hundred, title) in GROUPS {
        write!(
            out,
            "\n## {title}\n\n| code | name | what is wrong |\n|---|---|---|\n"
        )
        .unwrap();
        for (number, name, words) in codes.iter().filter(|code| code.0 / 100 == hundred) {
            let words = words.replace('|', "\\|");
            writeln!(out, "| R{number} | `{name}` | {words} |").unwrap();
        }
    }
    out
}

#[test]
fn the_list_of_error_codes_is_what_the_source_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let codes = codes(&fs::read_to_string(root.join("src/error.rs")).unwrap());
    assert!(codes.len() > 20);
    for pair in codes.windows(2) {
        assert!(pair[0].0 < pair[1].0, "{} and {}", pair[0].1, pair[1].1);
    }
    for (number, name, words) in &codes {
        let known = GROUPS.iter().any(|(hundred, _)| number / 100 == *hundred);
        assert!(known, "{name} is in no group");
        assert!(!words.is_empty(), "{name} has no documentation");
    }
    let now = written(&codes);
    let path = root.join("docs/errors.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &now).unwrap();
    }
    assert!(
        fs::read_to_string(path).is_ok_and(|before| before == now),
        "docs/errors.md is not what src/error.rs says; write it anew with\n  \
         UPDATE=1 cargo test --test house errors::"
    );
}

#[test]
fn a_code_is_read() {
    let source = "/// One.\npub enum ErrorCode {\n/// A `|`\n/// two.\nA = 101,\n/// B.\nB = 201 }";
    let codes = codes(source);
    assert_eq!(codes[0], (101, "A".into(), "A `|` two.".into()));
    assert!(written(&codes).contains("| R101 | `A` | A `\\|` two. |"));
    assert!(written(&codes).contains("| R201 | `B` | B. |"));
}
