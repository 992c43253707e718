//! What bindings/web has in its own words is what the library says.

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
    for line in listed.lines() {
        let (name, rest) = line.split_once(' ').unwrap();
        let (_, about) = rest.trim_start().split_once("  ").unwrap();
        writeln!(now, "  [{name:?}, {about:?}],").unwrap();
    }
    now.push_str("];\n");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/web/page/catalogs.js");
    if env::var_os("UPDATE").is_some() {
        fs::write(path, &now).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), now);
}
