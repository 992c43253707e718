//! `docs/limits.md` names every bound of the source with its value, and nothing else; each is tested in
//! a file that is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What a bound is called: these words are in the name of nothing else.
fn is_bound(name: &str) -> bool {
    let words = ["MAX", "MANY", "WORK", "ASKED"];
    name.split('_').any(|word| words.contains(&word))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push(path);
        }
    }
}

/// `16 * 1024 << 2`, from left to right; `None` for a name.
fn value(text: &str) -> Option<u64> {
    let mut words = text.split_whitespace();
    let number = |word: &str| word.replace('_', "").parse::<u64>().ok();
    let mut value = number(words.next()?)?;
    while let Some(sign) = words.next() {
        let next = number(words.next()?)?;
        value = match sign {
            "*" => value * next,
            "/" => value / next,
            "<<" => value << next,
            _ => return None,
        };
    }
    Some(value)
}

/// By file and name: the value, where it is no other bound's.
fn bounds() -> BTreeMap<(String, String), Option<u64>> {
    let mut all = Vec::new();
    files(&root().join("src"), &mut all);
    let mut bounds = BTreeMap::new();
    for path in all {
        let file = path.strip_prefix(root()).unwrap().display().to_string();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((_, rest)) = line.split_once("const ") else {
                continue;
            };
            let Some((name, rest)) = rest.split_once(": ") else {
                continue;
            };
            let number = ["usize = ", "u64 = ", "u32 = "];
            let text = number
                .iter()
                .find_map(|it| rest.strip_prefix(it)?.strip_suffix(';'));
            let (Some(text), true) = (text, is_bound(name)) else {
                continue;
            };
            // One that is another's, which is told there.
            if value(text).is_some() || text.contains(['*', '/']) || name.ends_with("WORK") {
                bounds.insert((file.clone(), name.to_owned()), value(text));
            }
        }
    }
    assert!(bounds.len() > 50, "{}", bounds.len());
    bounds
}

#[test]
fn every_bound_is_in_the_table() {
    let page = fs::read_to_string(root().join("docs/limits.md")).unwrap();
    let mut told = BTreeSet::new();
    let known = bounds();
    for row in page
        .lines()
        .filter(|row| row.starts_with("| ") && row.contains('`'))
    {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [most, what, _, place, tests] = cells[..] else {
            panic!("five cells: {row}");
        };
        assert!(!what.is_empty(), "{row}");
        let place: Vec<&str> = place
            .split('`')
            .filter(|it| !it.trim().is_empty())
            .collect();
        let [file, name] = place[..] else {
            panic!("a file and a name: {row}");
        };
        let key = (file.to_owned(), name.to_owned());
        let Some(in_source) = known.get(&key) else {
            panic!("no such bound: {row}");
        };
        if let Some(value) = in_source {
            let most: u64 = most.replace(',', "").parse().unwrap();
            assert_eq!(most, *value, "{row}");
        }
        for test in tests.split('`').filter(|it| it.ends_with(".rs")) {
            let text = fs::read_to_string(root().join(test));
            assert!(
                text.is_ok_and(|text| text.contains("#[test]")),
                "{test}: {row}"
            );
        }
        assert!(told.insert(key), "twice: {row}");
    }
    let missing: Vec<_> = known.keys().filter(|key| !told.contains(*key)).collect();
    assert!(missing.is_empty(), "not in docs/limits.md: {missing:?}");
}
