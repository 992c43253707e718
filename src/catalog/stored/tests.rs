//! The stored files are what the TOML files give.

use super::*;
use crate::catalog::Catalog;
use std::path::Path;

/// Each file: what is committed, and what it should be.
type Files = [(&'static str, &'static [u8], Vec<u8>); 3];

/// The catalogs as their TOML files give them.
fn parsed(stored: &StoredFiles) -> Catalog {
    let layers = crate::catalog::shipped::layers_of(stored.names).unwrap();
    Catalog::layered(layers).unwrap()
}

fn files(stored: &StoredFiles, catalog: &Catalog) -> Files {
    let world = Writer::run(|to| {
        catalog.0.inner.store(to);
        catalog.digest().to_owned().store(to);
    });
    let actions: Vec<Action> = catalog.actions().unwrap().iter().cloned().collect();
    let rollout = catalog.rollout().unwrap();
    [
        ("world.bin", stored.world, world),
        (
            "actions.bin",
            stored.actions,
            Writer::run(|to| actions.store(to)),
        ),
        (
            "rollout.bin",
            stored.rollout,
            Writer::run(|to| rollout.store(to)),
        ),
    ]
}

/// The committed files are what the TOML files give; `UPDATE=1` writes them.
#[test]
fn the_stored_catalogs_are_those_of_the_toml_files() {
    for stored in &STORED {
        let catalog = parsed(stored);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog");
        let folder = folder.join(stored.folder);
        for (name, committed, now) in files(stored, &catalog) {
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(folder.join(name), now).unwrap();
            } else {
                assert!(
                    committed == now,
                    "{name} of {:?} is not what the TOML files give: UPDATE=1 cargo test --lib stored",
                    stored.names
                );
            }
        }
    }
}

/// What is read is written as the same bytes, and shows the same.
#[test]
fn what_is_stored_is_read_back() {
    for stored in &STORED {
        let (read, digest) = stored.world().unwrap();
        let parsed = parsed(stored);
        for (one, other) in read.packages.iter().zip(&parsed.0.inner.packages) {
            assert_eq!(one.releases.len(), other.releases.len(), "{}", one.name);
        }
        assert!(format!("{read:?}") == format!("{:?}", parsed.0.inner));
        assert_eq!(digest, parsed.digest());
        let actions = stored.actions().unwrap();
        assert!(format!("{actions:?}") == format!("{:?}", parsed.actions().unwrap()));
        let rollout = stored.rollout().unwrap();
        assert!(format!("{rollout:?}") == format!("{:?}", parsed.rollout().unwrap()));
        let opened = Catalog::joined(stored.names).unwrap();
        assert!(opened.0.guides.is_stored(), "{:?}", stored.names);
    }
}

#[test]
fn a_damaged_file_is_not_read() {
    let actions = STORED[0].actions;
    assert!(read::<Vec<Action>>(&actions[..actions.len() - 1]).is_none());
    assert!(read::<Vec<Action>>(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").is_none());
    // A text, six tables of what is written once, the list.
    assert!(read::<Vec<Action>>(b"\x01\x01a\x00\x00\x00\x00\x00\x00\x00").is_some());
    assert!(read::<Vec<Action>>(b"\x01\x01\xff\x00\x00\x00\x00\x00\x00\x00").is_none());
    assert!(read::<Vec<Action>>(b"\x00\x00\x00\x00\x00\x00\x00\x00").is_some());
    assert!(read::<Vec<Action>>(b"\x00\x00\x00\x00\x00\x00\x00\x00\x00").is_none());
}
