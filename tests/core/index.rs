//! The compact index, as Bundler 4.0.22 reads it (`vectors/compact_index.jsonl`).

use proptest::prelude::*;
use rungs::index::{self, Indexed, MAX_BYTES, MAX_LINE_BYTES, MAX_PROBLEMS};
use rungs::{ErrorCode, Name};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How often a line is refused that Bundler reads, by the kind of refusal.
///
/// Each is a deliberate difference. Bundler goes on with an empty name, a version that no one can
/// ask for, a dependency without requirements that it later takes for any version, a requirement
/// that RubyGems refuses, or a checksum that nothing can have.
const REFUSED: &[(&str, usize)] = &[
    ("an empty line: expected a name or a version", 1),
    (
        "cannot stand in a checksum: expected letters and digits",
        13,
    ),
    ("cannot stand in an index", 10),
    ("cannot stand in one", 1),
    ("expected a requirement", 1),
    ("expected a version", 2),
    ("has no requirement: expected NAME:REQUIREMENT", 41),
    (
        "is not a rubygems requirement: expected one of = != > < >= <= ~> and a version",
        4,
    ),
    (
        "is not a rubygems version: expected numbers and words with single dots between them, a \
         number first",
        3,
    ),
];

fn shared() -> Option<String> {
    let folder = std::env::var("RUNGS_SHARED")
        .unwrap_or_else(|_| format!("{}/../shared", env!("CARGO_MANIFEST_DIR")));
    std::fs::read_to_string(format!("{folder}/vectors/compact_index.jsonl")).ok()
}

/// A release as the vectors write it.
fn written(release: &Indexed) -> Value {
    let list = |name: &str, values: &[String]| json!([name, values]);
    json!([
        release.version().as_str(),
        release.platform(),
        release
            .dependencies()
            .iter()
            .map(|needs| list(needs.name().as_str(), needs.texts()))
            .collect::<Vec<_>>(),
        release
            .metadata()
            .map(|(key, values)| list(key, values))
            .collect::<Vec<_>>(),
    ])
}

/// The kind of refusal: its message without what it quotes.
fn kind(message: &str) -> String {
    let message = match message.starts_with(['"', '\'']) {
        true => message.split_once(message.get(..1).unwrap()).unwrap().1,
        false => message,
    };
    let end = message.rfind(['"', '\'']).map_or(0, |at| at + 1);
    message[end..].trim().to_owned()
}

#[test]
fn every_text_is_read_as_bundler_reads_it_or_a_line_is_refused() {
    let Some(text) = shared() else {
        eprintln!("no shared vectors: nothing compared");
        return;
    };
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let (mut texts, mut whole, mut lines) = (0, 0, 0);
    for question in text.lines() {
        let question: Value = serde_json::from_str(question).unwrap();
        let (text, want) = (question["text"].as_str().unwrap(), &question["want"]);
        let all: Vec<&str> = text.trim_end_matches('\n').split('\n').collect();
        let header = all
            .iter()
            .position(|line| *line == "---")
            .map_or(0, |at| at + 1);
        let (got, want, problems) = match question["op"].as_str().unwrap() {
            "info" => {
                let (got, problems) = index::read_info(text.as_bytes());
                let got: Vec<Value> = got.iter().map(written).collect();
                (json!(got), kept(want, header, &problems), problems)
            }
            "names" => {
                let (got, problems) = index::read_names(text.as_bytes());
                let got: Vec<&str> = got.iter().map(Name::as_str).collect();
                (json!(got), kept(want, header, &problems), problems)
            }
            "versions" => {
                let (got, problems) = index::read_versions(text.as_bytes());
                let (mut versions, mut checksums) = (json!({}), json!({}));
                for (name, listed) in got.iter() {
                    checksums[name.as_str()] = json!(listed.checksum());
                    versions[name.as_str()] = listed
                        .versions()
                        .map(|(version, platform)| match platform {
                            Some(platform) => json!([version.as_str(), platform]),
                            None => json!([version.as_str()]),
                        })
                        .collect();
                }
                // What Bundler made of a refused line is in its package's answer.
                let mut want = want.clone();
                for problem in &problems {
                    let line = all[problem.place().unwrap().line as usize - 1];
                    let name = line.split_whitespace().next().unwrap();
                    for part in [&mut versions, &mut checksums] {
                        part.as_object_mut().unwrap().remove(name);
                    }
                    for part in want.as_object_mut().unwrap().values_mut() {
                        part.as_object_mut().unwrap().remove(name);
                    }
                }
                let got = json!({"versions": versions, "checksums": checksums});
                (got, want, problems)
            }
            other => panic!("unknown op {other}"),
        };
        assert_eq!(got, want, "{text:?}\n{problems:?}");
        texts += 1;
        whole += usize::from(problems.is_empty());
        lines += all.len() - header;
        for problem in problems {
            *refused.entry(kind(problem.message())).or_default() += 1;
        }
    }
    assert_eq!((texts, whole, lines), (419, 350, 1799));
    let refused: Vec<(&str, usize)> = refused.iter().map(|(k, n)| (k.as_str(), *n)).collect();
    assert_eq!(refused, REFUSED);
}

/// The answers but those of refused lines; each line after the header has one.
fn kept(want: &Value, header: usize, problems: &[rungs::Error]) -> Value {
    let refused = |at: usize| {
        problems.iter().any(|problem| {
            let place = problem.place().expect("a problem without a place");
            place.line as usize == at + header + 1
        })
    };
    want.as_array()
        .unwrap()
        .iter()
        .enumerate()
        .filter(|(at, _)| !refused(*at))
        .map(|(_, value)| value.clone())
        .collect()
}

/// What is wrong in an `info`, and how many releases are kept.
#[track_caller]
fn refused(text: &str, kept: usize, problems: &[&str]) {
    let (releases, found) = index::read_info(text.as_bytes());
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, problems);
    assert_eq!(releases.len(), kept, "{text:?}");
}

#[test]
fn a_damaged_line_is_told_with_its_place_and_the_rest_is_kept() {
    refused(
        "---\n1.0 a:>= 1\n\n1.1 é:>= 1\n1.2 a:>= 1,b:~>|ruby:>= 2\n1.3 |\n",
        2,
        &[
            "3:1: an empty line: expected a name or a version",
            "4:5: \"é\" is not a name: 'é' cannot stand in one",
            "5:14: \"~>\" is not a rubygems requirement: expected one of = != > < >= <= ~> and a \
             version",
        ],
    );
    refused(
        "x |\n1.0 |a\n1.1 |created_at:now\n1.2 |a b:1\n1.3 |checksum:a-b\n",
        0,
        &[
            "1:1: \"x\" is not a rubygems version: expected numbers and words with single dots \
             between them, a number first",
            "2:6: \"a\" has no value: expected KEY:VALUE",
            "3:17: \"now\" is not a time: expected YYYY-MM-DDTHH:MM:SSZ",
            "4:6: \"a b\" is not a key: expected ruby, rubygems, checksum …",
            "5:16: '-' cannot stand in a checksum: expected letters and digits",
        ],
    );
    let (names, problems) = index::read_names(b"---\na\nb\xff\nc\n");
    assert_eq!(names, ["a", "c"]);
    assert_eq!(problems[0].to_string(), "3:2: this is not UTF-8");
    let (versions, problems) = index::read_versions(b"---\na 1.0 m\na\na 1.1,x n\nb 1.0,-1.0 o\n");
    assert_eq!(versions.get("a").unwrap().checksum(), "m");
    assert_eq!(versions.get("b").unwrap().versions().count(), 0);
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems[0], "3:2: expected versions parted by commas");
    assert!(problems[1].starts_with("4:7: \"x\" is not a rubygems version"));
    assert_eq!(problems.len(), 2);
    let (_, problems) = index::read_info(b"---\n1.0 |\r\n");
    assert_eq!(
        problems[0].to_string(),
        "2:6: '\\r' cannot stand in an index"
    );
    assert_eq!(
        problems[0].help(),
        Some("lines of an index end with \\n alone")
    );
    assert_eq!(problems[0].code(), ErrorCode::InvalidIndex);
}

#[test]
fn lines_and_problems_are_bounded() {
    let line = |bytes: usize| format!("1.0 |k:{}", "v".repeat(bytes - "1.0 |k:".len()));
    refused(&line(MAX_LINE_BYTES), 1, &[]);
    refused(
        &line(MAX_LINE_BYTES + 1),
        0,
        &["1:1: the line has 1048577 bytes: expected at most 1048576"],
    );
    let (_, problems) = index::read_info("x\n".repeat(MAX_PROBLEMS).as_bytes());
    assert_eq!(problems.len(), MAX_PROBLEMS);
    let (_, problems) = index::read_info("x\n".repeat(MAX_PROBLEMS + 5).as_bytes());
    assert_eq!(problems.len(), MAX_PROBLEMS + 1);
    assert_eq!(
        problems[MAX_PROBLEMS].to_string(),
        "1001:1: more problems than are reported: expected an index of another kind"
    );
}

#[test]
fn a_text_is_bounded() {
    let mut text = vec![b'a'; MAX_BYTES];
    let (_, problems) = index::read_names(&text);
    assert!(problems[0].message().starts_with("the line has"));
    text.push(b'a');
    let (_, problems) = index::read_names(&text);
    assert_eq!(
        problems[0].to_string(),
        "the index has 67108865 bytes: expected at most 67108864"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_124), ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = (index::read_info(&bytes), index::read_names(&bytes), index::read_versions(&bytes));
    }

    #[test]
    fn near_an_index_nothing_panics_and_what_is_read_is_written_and_read_again(
        text in "(([0-9a-j.]{1,4}(-[a-z]{0,3})?|---|\u{e9})[ ]{0,2}(a|b:[>=~ ]{0,3}[0-9.]{0,3}&?|[,|:&-]){0,4}\\|?(ruby:>= 3|checksum:a|[,:&\r]){0,3}\n){0,6}"
    ) {
        let (releases, _) = index::read_info(text.as_bytes());
        let written = index::info_text(&releases);
        let (again, problems) = index::read_info(written.as_bytes());
        prop_assert_eq!(problems, Vec::new(), "{:?}", written);
        prop_assert_eq!(again, releases);
        let _ = (index::read_names(text.as_bytes()), index::read_versions(text.as_bytes()));
    }
}
