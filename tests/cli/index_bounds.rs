//! What an index says of where a release runs: bounds of RubyGems, of the variant for a platform, and
//! which line counts where a version is named twice; and what is said where there is no index.

use crate::outside::{FREE, folder, moves, told};
use crate::program::{Folder, Run};
use serde_json::Value;

const TO: [&str; 3] = ["plan", "--to", "karafka=2.6"];

/// The family on Ruby 3.1, which a plan leaves, with `ffi` precompiled for one platform.
fn precompiled() -> String {
    let mut text = FREE.to_owned();
    for (from, to) in [
        ("    ffi (1.16.3)\n", "    ffi (1.16.3-x86_64-linux-gnu)\n"),
        ("PLATFORMS\n  ruby\n", "PLATFORMS\n  x86_64-linux-gnu\n"),
        ("   ruby 3.2.2p53\n", "   ruby 3.1.4p223\n"),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    text
}

fn with_index(folder: &Folder, format: &str) -> Run {
    folder.run(&[&TO[..], &["--index", "index", "--format", format]].concat())
}

fn warnings(folder: &Folder) -> Vec<(String, String)> {
    let run = with_index(folder, "json");
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    let warnings = document["warnings"].as_array().unwrap().iter();
    let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
    warnings
        .map(|it| (text(it, "code"), text(it, "text")))
        .collect()
}

/// The moves of `ffi` in the steps of a plan for this index.
fn ffi(lockfile: &str, lines: &str) -> Vec<(u64, String)> {
    let folder = folder(lockfile, &[("ffi", &format!("---\n{lines}"))]);
    let args = [&TO[..], &["--index", "index"]].concat();
    let mut moves = moves(&folder, &args);
    moves.retain(|(_, text)| text.starts_with("ffi "));
    moves
}

#[test]
fn a_release_that_needs_a_newer_rubygems_is_a_warning() {
    let with = |bound: &str| {
        let line = format!("1.16.3 |checksum:a\n1.17.2 |checksum:a,rubygems:{bound}\n");
        folder(FREE, &[("ffi", &format!("---\n{line}"))])
    };
    let newer = with(">= 3.3.22");
    let text = "step 4: ffi 1.17.2 requires RubyGems >= 3.3.22; with another one Bundler takes an \
                older release in silence: see `gem --version`";
    let found = warnings(&newer);
    assert!(
        found.contains(&("needs_rubygems".to_owned(), text.to_owned())),
        "{found:?}"
    );
    let out = with_index(&newer, "text").out;
    let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(text), "{out}");
    // What the RubyGems of every Ruby from 2.7 on has is not worth a word.
    for bound in [">= 0", ">= 3.1.2"] {
        let found = warnings(&with(bound));
        assert!(
            found.iter().all(|(code, _)| code != "needs_rubygems"),
            "{bound}: {found:?}"
        );
    }
}

#[test]
fn a_precompiled_gem_moves_to_the_release_that_has_a_variant_for_the_new_ruby() {
    // As ffi has it: the variant for a platform has a bound that the release itself has not.
    let variants = "1.16.3 |checksum:a,ruby:>= 2.5\n\
                    1.16.3-x86_64-linux-gnu |checksum:a,ruby:>= 2.5&< 3.2.dev\n\
                    1.17.1 |checksum:a,ruby:>= 2.5\n\
                    1.17.1-x86_64-linux-gnu |checksum:a,ruby:>= 2.5&< 3.5.dev\n\
                    1.17.2 |checksum:a,ruby:>= 2.5\n\
                    1.17.2-x86_64-linux-gnu |checksum:a,ruby:>= 2.5&< 3.2.dev\n";
    let found = ffi(&precompiled(), variants);
    let moved = "ffi 1.16.3 -> 1.17.1 (ruby 3.2.11 requires a newer one than 1.16.3)";
    assert_eq!(told(&found), [(4, moved)]);
    // A lockfile for any platform has none of these bounds: ffi moves when something needs it, and then
    // to the newest.
    let any = FREE.replacen("   ruby 3.2.2p53\n", "   ruby 3.1.4p223\n", 1);
    let found = ffi(&any, variants);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].1.starts_with("ffi 1.16.3 -> 1.17.2 ("),
        "{found:?}"
    );
}

#[test]
fn bounds_of_other_platforms_do_not_count() {
    let lines = "1.16.3 |checksum:a,ruby:>= 2.5\n\
                 1.16.3-x86_64-linux-gnu |checksum:a,ruby:>= 2.5\n\
                 1.17.2 |checksum:a,ruby:>= 2.5\n\
                 1.17.2-x86_64-linux-gnu |checksum:a,ruby:>= 2.5\n\
                 1.17.2-java |checksum:a,ruby:>= 9\n\
                 1.17.2-arm64-darwin |checksum:a,ruby:>= 2.5&< 3.0.dev\n";
    let found = ffi(&precompiled(), lines);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0]
            .1
            .starts_with("ffi 1.16.3 -> 1.17.2 (karafka-rdkafka 0.28.0 requires"),
        "{found:?}"
    );
}

#[test]
fn of_a_version_that_is_named_twice_the_last_line_counts() {
    let (open, closed) = (
        "1.17.2 |checksum:a,ruby:>= 2.5\n",
        "1.17.2 |checksum:b,ruby:>= 9\n",
    );
    let rest = "1.16.3 |checksum:a\n1.17.1 |checksum:a\n";
    for (first, last, wanted) in [
        (closed, open, "ffi 1.16.3 -> 1.17.2 "),
        (open, closed, "ffi 1.16.3 -> 1.17.1 "),
    ] {
        let found = ffi(FREE, &format!("{rest}{first}{last}"));
        let found = told(&found);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].1.starts_with(wanted), "{found:?}");
    }
}

#[test]
fn without_an_index_precompiled_gems_may_not_fit_the_new_ruby() {
    let folder = folder(&precompiled(), &[]);
    let text = "step 4: precompiled gems may not fit ruby 3.2: ffi; with --index the plan knows";
    let flat = |run: Run| run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let out = flat(folder.run(&TO));
    assert!(out.contains(text), "{out}");
    let out = flat(folder.run(&[&TO[..], &["--format", "json"]].concat()));
    assert!(out.contains("\"code\": \"precompiled\""), "{out}");
    // Nothing is said where nothing is precompiled, or Ruby does not move.
    let any = FREE.replacen("   ruby 3.2.2p53\n", "   ruby 3.1.4p223\n", 1);
    let still = precompiled().replacen("   ruby 3.1.4p223\n", "   ruby 3.2.2p53\n", 1);
    for lockfile in [&any, &still] {
        let out = crate::program::run_on(lockfile, &TO).out;
        assert!(!out.contains("precompiled gems"), "{out}");
    }
}
