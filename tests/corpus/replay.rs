//! The corpora of `fuzz/`, and what the fuzzer found once, through what each target does with its
//! input.

// Its functions are public to the fuzz targets.
#[allow(unreachable_pub)]
#[path = "../../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::path::Path;

/// Every input of a target, by name. A panic tells which one it was.
fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().flatten().collect();
    files.sort_by_key(fs::DirEntry::file_name);
    assert!(files.len() > 1, "{} has too few inputs", folder.display());
    for file in files {
        let input = fs::read(file.path()).unwrap();
        println!("{}", file.path().display());
        run(&input);
    }
}

macro_rules! replay {
    ($($target:ident),* $(,)?) => {
        $(#[test]
        fn $target() {
            replay(stringify!($target), fuzz::$target);
        })*

        /// A target without a corpus, or a corpus without a target, is found.
        #[test]
        fn every_target_is_replayed() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
            let names = |folder: &str, end: &str| {
                let entries = fs::read_dir(Path::new(folder)).unwrap().flatten();
                let names = entries.map(|it| it.file_name().to_string_lossy().replace(end, ""));
                let mut names: Vec<String> = names.collect();
                names.sort();
                names
            };
            let mut known = vec![$(stringify!($target).to_owned()),*];
            known.sort();
            let at = |name: &str| folder.join(name).display().to_string();
            assert_eq!(names(&at("fuzz_targets"), ".rs"), known);
            assert_eq!(names(&at("corpus"), ""), known);
        }
    };
}

replay!(
    catalog,
    differential,
    documents,
    gemfile,
    index,
    lockfile,
    plan,
    policy,
    requirement,
    scanner,
    version,
);
