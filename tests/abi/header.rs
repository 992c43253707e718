//! The C ABI is what we say it is: header, symbols and documentation follow from `src/ffi`.
//!
//! `UPDATE=1 cargo test --features capi --test abi` rewrites header and symbol list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const TYPES: [(&str, &str); 13] = [
    ("RungsCatalog", "rungs_catalog"),
    ("RungsSnapshot", "rungs_snapshot"),
    ("RungsIndex", "rungs_index"),
    ("RungsPlan", "rungs_plan"),
    ("RungsLint", "rungs_lint"),
    ("RungsError", "rungs_error"),
    ("RungsText", "rungs_text"),
    ("RungsStatus", "rungs_status"),
    ("RungsOutcome", "rungs_outcome"),
    ("RungsFormat", "rungs_format"),
    ("RungsScheme", "rungs_scheme"),
    ("RungsSeverity", "rungs_severity"),
    ("RungsVerdict", "rungs_verdict"),
];

/// What spares callers the casts that C asks for.
const LITERAL: &str = "
/* A string literal as the two arguments of an input:
 *   rungs_version_is_valid(RUNGS_SCHEME_SEMVER, RUNGS_LITERAL(\"1.0.0\"), &is_valid, &error); */
#define RUNGS_LITERAL(text) ((const uint8_t *)(\"\" text)), (sizeof(text) - 1)
/* The same for a string that ends with a NUL; needs <string.h>. */
#define RUNGS_STRING(text) ((const uint8_t *)(text)), strlen(text)
";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn generated() -> String {
    let number = |name: &str, value: &str| format!("#define RUNGS_VERSION{name} {value}\n");
    let versions = [
        "\n/* The version of this header. */\n".to_owned(),
        number("", concat!("\"", env!("CARGO_PKG_VERSION"), "\"")),
        number("_MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        number("_MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        number("_PATCH", env!("CARGO_PKG_VERSION_PATCH")),
        LITERAL.to_owned(),
    ];
    let mut config = cbindgen::Config {
        language: cbindgen::Language::C,
        cpp_compat: true,
        include_guard: Some("RUNGS_H".to_owned()),
        header: Some(read("tests/abi/conventions.txt").trim_end().to_owned()),
        no_includes: true,
        sys_includes: ["stdbool.h", "stddef.h", "stdint.h"]
            .map(str::to_owned)
            .to_vec(),
        after_includes: Some(versions.concat()),
        usize_is_size_t: true,
        style: cbindgen::Style::Type,
        line_length: 100,
        ..cbindgen::Config::default()
    };
    config.enumeration.rename_variants = cbindgen::RenameRule::QualifiedScreamingSnakeCase;
    config.export.include = TYPES.map(|(rust, _)| rust.to_owned()).to_vec();
    config.export.rename = TYPES
        .map(|(rust, c)| (rust.to_owned(), c.to_owned()))
        .into_iter()
        .collect();
    let bindings = cbindgen::Builder::new()
        .with_config(config)
        .with_src(root().join("src/ffi/mod.rs"))
        .generate()
        .unwrap();
    let mut text = Vec::new();
    bindings.write(&mut text);
    String::from_utf8(text).unwrap()
}

fn committed(path: &str, now: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(root().join(path), now).unwrap();
    }
    assert!(
        fs::read_to_string(root().join(path)).is_ok_and(|before| before == now),
        "{path} is not what src/ffi says; write it anew with\n  \
         UPDATE=1 cargo test --features capi --test abi"
    );
}

#[test]
fn the_header_is_what_the_source_says() {
    committed("include/rungs.h", &generated());
}

/// The exported functions: their names with file and source.
fn exports() -> BTreeMap<String, (PathBuf, syn::ItemFn)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root().join("src/ffi")).unwrap() {
        let path = entry.unwrap().path();
        let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        for item in file.items {
            if let syn::Item::Fn(function) = item {
                if function.sig.abi.is_some() {
                    found.insert(function.sig.ident.to_string(), (path.clone(), function));
                }
            }
        }
    }
    found
}

/// Is the body one call to the guard, in an `unsafe` block or not?
fn is_guarded(function: &syn::ItemFn) -> bool {
    fn guards(block: &syn::Block) -> bool {
        let [syn::Stmt::Expr(expression, _)] = block.stmts.as_slice() else {
            return false;
        };
        match expression {
            syn::Expr::Unsafe(inner) => guards(&inner.block),
            syn::Expr::Call(call) => {
                let syn::Expr::Path(path) = call.func.as_ref() else {
                    return false;
                };
                let words: Vec<String> = path
                    .path
                    .segments
                    .iter()
                    .map(|segment| segment.ident.to_string())
                    .collect();
                let guard = ["status", "value", "end"];
                let before_last = call.args.len().saturating_sub(1);
                words.len() == 2
                    && words[0] == "guard"
                    && guard.contains(&words[1].as_str())
                    && matches!(call.args.last(), Some(syn::Expr::Closure(_)))
                    && call.args.iter().take(before_last).all(is_plain)
            }
            _ => false,
        }
    }
    /// What stands before the closure is evaluated outside the guard.
    fn is_plain(argument: &syn::Expr) -> bool {
        match argument {
            syn::Expr::Lit(_) | syn::Expr::Path(_) => true,
            syn::Expr::MethodCall(call) => {
                call.method == "as_ptr" && matches!(*call.receiver, syn::Expr::Lit(_))
            }
            syn::Expr::Call(call) => {
                call.args.is_empty()
                    && matches!(call.func.as_ref(), syn::Expr::Path(path)
                        if path.path.segments.last().is_some_and(|last| last.ident == "null"))
            }
            _ => false,
        }
    }
    guards(&function.block)
}

#[test]
fn every_export_is_one_call_to_the_guard() {
    let exports = exports();
    assert!(exports.len() > 30, "{}", exports.len());
    for (name, (path, function)) in exports {
        assert!(name.starts_with("rungs_"), "{name}");
        assert!(is_guarded(&function), "{name} in {}", path.display());
        let attributes = function
            .attrs
            .iter()
            .filter_map(|each| each.meta.require_list().ok());
        assert!(
            attributes
                .map(|list| list.tokens.to_string())
                .any(|text| text == "no_mangle"),
            "{name} is not exported"
        );
    }
}

#[test]
fn the_check_sees_an_export_that_is_open() {
    let guarded = |body: &str| {
        let text = format!("pub extern \"C\" fn a() {{ {body} }}");
        is_guarded(&syn::parse_str(&text).unwrap())
    };
    assert!(guarded("guard::value(0, || 1)"));
    assert!(guarded("unsafe { guard::status(error, || Ok(())) }"));
    assert!(!guarded("1"));
    assert!(!guarded("drop(a); guard::end(|| ())"));
    assert!(!guarded("guard::end(body)"));
    assert!(!guarded("guard::value(compute(1), || 1)"));
    assert!(!guarded("other::end(|| ())"));
}

/// Each function of the header with the comment above it.
fn declared() -> BTreeMap<String, (String, String)> {
    let header = read("include/rungs.h");
    let mut found = BTreeMap::new();
    for piece in header.split("\n\n") {
        let Some((comment, code)) = piece.split_once("*/\n") else {
            continue;
        };
        let Some((before, parameters)) = code.split_once('(') else {
            continue;
        };
        let name = before.rsplit([' ', '*']).next().unwrap_or("");
        if code.trim_end().ends_with(");") && name.starts_with("rungs_") {
            found.insert(name.to_owned(), (comment.to_owned(), parameters.to_owned()));
        }
    }
    found
}

#[test]
fn source_header_and_symbols_name_the_same_functions() {
    let mut sources: BTreeSet<String> = exports().into_keys().collect();
    assert!(sources.remove("rungs_test_panic"));
    let list: String = sources.iter().map(|name| format!("{name}\n")).collect();
    committed("tests/abi/symbols.txt", &list);
    let header: BTreeSet<String> = declared().into_keys().collect();
    assert_eq!(sources, header);
}

#[test]
fn every_function_says_what_it_takes_gives_and_owns() {
    for (name, (comment, parameters)) in declared() {
        for (at, words) in ["Returns ", "Ownership: ", "Threads: "].iter().enumerate() {
            assert_eq!(
                comment.matches(&format!(" * {words}")).count(),
                1,
                "{name} {at} {words}"
            );
        }
        let purpose = comment.lines().nth(1).unwrap_or("");
        assert!(
            purpose.len() > 10 && !purpose.contains("Returns"),
            "{name}: {purpose}"
        );
        for parameter in parameters.trim_end_matches([')', ';', '\n']).split(',') {
            let word = parameter.rsplit([' ', '*']).next().unwrap_or("");
            if word == "void" {
                continue;
            }
            assert!(
                comment.contains(&format!(" * - `{word}`: ")),
                "{name} does not explain {word}"
            );
            let is_pointer = parameter.contains('*') && !parameter.contains("uint8_t");
            if is_pointer {
                let line = comment
                    .lines()
                    .find(|line| line.contains(&format!("- `{word}`: ")))
                    .unwrap_or("");
                assert!(line.contains("NULL"), "{name}: may {word} be NULL?");
            }
        }
    }
}

#[test]
fn the_c_test_calls_every_function() {
    let test = read("bindings/c/tests/all_functions.c");
    for name in declared().keys() {
        assert!(test.contains(&format!("{name}(")), "{name} is not called");
    }
}

/// `tests/abi/excluded.txt`: language, function, reason.
fn excluded() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for line in read("tests/abi/excluded.txt").lines().skip(1) {
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        let [language, function, reason] = words[..] else {
            panic!("{line:?}: expected LANGUAGE FUNCTION reason");
        };
        assert!(reason.len() > 10, "{line:?} gives no reason");
        assert!(declared().contains_key(function), "{function} is gone");
        assert!(found.insert((language.to_owned(), function.to_owned())));
    }
    found
}

#[test]
fn each_binding_uses_every_function_or_says_why_not() {
    let excluded = excluded();
    let bindings: [(&str, &str, [&str; 2]); 3] = [
        (
            "ruby",
            "bindings/ruby/lib/rungs/native.rb",
            ["declare :", ","],
        ),
        ("go", "bindings/go/ffi.go", ["C.", "("]),
        ("web", "bindings/web/src/native.js", ["\n  ", ": ["]),
    ];
    for (language, path, [before, after]) in bindings {
        let text = read(path);
        for name in declared().into_keys() {
            let is_used = text.contains(&format!("{before}{name}{after}"));
            let is_out = excluded.contains(&(language.to_owned(), name.clone()));
            assert!(
                is_used != is_out,
                "{name} is {} by {path} and {} in tests/abi/excluded.txt",
                if is_used { "used" } else { "not used" },
                if is_out { "stands" } else { "does not stand" }
            );
        }
    }
}

#[test]
fn the_version_is_the_same_everywhere() {
    let version = env!("CARGO_PKG_VERSION");
    for (path, line) in [
        (
            "include/rungs.h",
            format!("#define RUNGS_VERSION \"{version}\""),
        ),
        (
            "bindings/ruby/lib/rungs/version.rb",
            format!("  VERSION = \"{version}\""),
        ),
        (
            "bindings/go/doc.go",
            format!("const ModuleVersion = \"{version}\""),
        ),
        (
            "bindings/web/package.json",
            format!("  \"version\": \"{version}\","),
        ),
    ] {
        let text = read(path);
        assert!(
            text.lines().any(|each| each == line),
            "{path} lacks {line:?}"
        );
    }
    let changes = read("CHANGELOG.md");
    let newest = changes
        .lines()
        .find(|line| line.starts_with("## "))
        .unwrap();
    assert!(newest.starts_with(&format!("## {version}")), "{newest}");
}

/// What cargo-c reads: it wants a feature `capi`, no `crate-type`, and one source of the header.
#[test]
fn cargo_c_finds_what_it_needs() {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = &metadata["packages"][0];
    assert!(package["features"]["capi"].is_array());
    let library = &package["targets"].as_array().unwrap()[0];
    assert_eq!(library["kind"], serde_json::json!(["lib"]));
    let capi = &package["metadata"]["capi"];
    assert_eq!(capi["header"]["generation"], false);
    let asset = capi["install"]["include"]["asset"][0]["from"]
        .as_str()
        .unwrap();
    let file = format!("{}.h", capi["header"]["name"].as_str().unwrap());
    assert_eq!(Path::new(asset).file_name().unwrap(), file.as_str());
    assert!(root().join(asset).is_file(), "{asset}");
    for section in ["library", "pkg_config"] {
        assert_eq!(capi[section]["name"], "rungs", "{section}");
    }
    assert_eq!(capi["pkg_config"]["filename"], "rungs");
}

/// One SONAME, whoever builds the library: cargo-c (of a version that knows the key) and our Makefile.
#[test]
fn there_is_one_soname() {
    let manifest = read("Cargo.toml");
    let value = |key: &str| {
        let line = manifest.lines().find(|line| line.starts_with(key));
        let line = line.unwrap_or_else(|| panic!("Cargo.toml has no {key}"));
        line[key.len()..].trim_matches([' ', '=', '"']).to_owned()
    };
    assert_eq!(value("min_version"), "0.9.28");
    let version = value("version ");
    let components: usize = value("version_suffix_components").parse().unwrap();
    let parts: Vec<&str> = version.split('.').take(components).collect();
    // As in bindings/c/Makefile.
    let (major, rest) = version.split_once('.').unwrap();
    let minor = rest.split('.').next().unwrap();
    let soversion = if major == "0" {
        format!("0.{minor}")
    } else {
        major.to_owned()
    };
    assert_eq!(parts.join("."), soversion);
    let makefile = read("bindings/c/Makefile");
    assert!(makefile.contains("SOVERSION := $(if $(filter 0,$(MAJOR)),0.$(MINOR),$(MAJOR))"));
}

#[test]
fn the_release_profile_unwinds() {
    let manifest = read("Cargo.toml");
    let release = manifest.split("[profile.release]").nth(1).unwrap();
    let release = release.split("\n[").next().unwrap();
    assert!(release.contains("panic = \"unwind\""), "{release}");
    assert!(!manifest.contains("panic = \"abort\""));
    assert!(!Path::new(&root().join(".cargo/config.toml")).exists());
}
