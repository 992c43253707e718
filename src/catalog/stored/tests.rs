//! The stored files are what the TOML files give.

use super::*;
use crate::catalog::Catalog;
use std::path::Path;

/// Each file: what is committed, and what it should be.
type Files = [(&'static str, &'static [u8], Vec<u8>); 3];

fn files(catalog: &Catalog) -> Files {
    let world = Writer::run(|to| {
        catalog.0.inner.store(to);
        catalog.digest().to_owned().store(to);
    });
    let actions: Vec<Action> = catalog.actions().unwrap().iter().cloned().collect();
    let rollout = catalog.rollout().unwrap();
    [
        ("world.bin", WORLD, world),
        ("actions.bin", ACTIONS, Writer::run(|to| actions.store(to))),
        ("rollout.bin", ROLLOUT, Writer::run(|to| rollout.store(to))),
    ]
}

/// The committed files are what the TOML files give; `UPDATE=1` writes them.
#[test]
fn the_stored_catalog_is_that_of_the_toml_files() {
    let catalog = Catalog::parse(Catalog::karafka_sources()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/karafka");
    for (name, committed, now) in files(&catalog) {
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(folder.join(name), now).unwrap();
        } else {
            assert!(
                committed == now,
                "{name} is not what the TOML files give: UPDATE=1 cargo test --lib stored"
            );
        }
    }
}

/// What is read is written as the same bytes, and shows the same.
#[test]
fn what_is_stored_is_read_back() {
    let (read, digest) = world().unwrap();
    let parsed = Catalog::parse(Catalog::karafka_sources()).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", parsed.0.inner));
    assert_eq!(digest, parsed.digest());
    let actions = actions().unwrap();
    assert_eq!(
        format!("{actions:?}"),
        format!("{:?}", parsed.actions().unwrap())
    );
    let rollout = rollout().unwrap();
    assert_eq!(
        format!("{rollout:?}"),
        format!("{:?}", parsed.rollout().unwrap())
    );
}

#[test]
fn a_damaged_file_is_not_read() {
    assert!(read::<Vec<Action>>(&ACTIONS[..ACTIONS.len() - 1]).is_none());
    assert!(read::<Vec<Action>>(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").is_none());
    assert!(read::<Vec<Action>>(b"\x01\x01\xff\x00\x00").is_none());
    assert!(read::<Vec<Action>>(b"\x00\x00\x00\x00").is_none());
    assert!(read::<Vec<Action>>(b"\x00\x00\x00").is_some());
}
