//! What bindings/web has in its own words is what the library says.

use rungs::catalog::Catalog;
use std::fmt::Write;
use std::{env, fs};

/// The catalogs of the page are those of `rungs catalog list`.
#[test]
fn the_page_offers_the_catalogs_that_ship() {
    let mut now = String::from(
        "// The catalogs that ship, as `rungs catalog list` prints them. A test of the library writes this file:\n\
         // UPDATE=1 cargo test --features capi --test abi web::\n\n\
         /** @type {[name: string, about: string][]} */\nexport const CATALOGS = [\n",
    );
    let listed = rungs::report::shipped_catalogs();
    assert!(listed.lines().count() > 2, "{listed}");
    let mut all = Vec::new();
    for line in listed.lines() {
        let (name, rest) = line.split_once(' ').unwrap();
        let (_, about) = rest.trim_start().split_once("  ").unwrap();
        writeln!(now, "  [{name:?}, {about:?}],").unwrap();
        all.push(name);
    }
    now.push_str(
        "];\n\n/** Those that go together in a question. @type {string[][]} */\nexport const JOINED = [\n",
    );
    let several = (0_u32..1 << all.len()).filter(|set| set.count_ones() > 1);
    for set in several {
        let chosen = (0..all.len()).filter(|at| set >> at & 1 == 1);
        let mut names: Vec<&str> = chosen.map(|at| all[at]).collect();
        // As where the question shows them: what the brokers do is least important.
        names.sort_by_key(|name| *name == "kafka");
        if Catalog::joined(&names).is_ok() {
            writeln!(now, "  {names:?},").unwrap();
        }
    }
    now.push_str("];\n");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/web/page/catalogs.js");
    if env::var_os("UPDATE").is_some() {
        fs::write(path, &now).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), now);
}
