//! Versions and requirements against the answers of the real RubyGems, line by line, where that
//! data is present.

use crate::common;
use rungs::{Requirement, Scheme, Segment, Version};
use serde_json::{Value, json};

const GEMS: Scheme = Scheme::RubyGems;

#[test]
fn versions_are_those_of_rubygems() {
    run("gem_version.jsonl", version_answer);
}

#[test]
fn requirements_are_those_of_rubygems() {
    run("gem_requirement.jsonl", requirement_answer);
}

/// Where RubyGems has changed its mind, the newest counts.
#[test]
fn the_newest_rubygems_counts() {
    run("rubygems_differs.jsonl", version_answer);
}

/// The other runs would be worth nothing if a line they do not know could pass.
#[test]
fn an_unknown_question_has_no_answer() {
    assert_eq!(version_answer(&json!({"op": "new_op", "v": "1"})), None);
    assert_eq!(
        requirement_answer(&json!({"op": "new_op", "req": []})),
        None
    );
}

/// Puts each line's question, fails on those answered wrongly or not at all.
fn run(file: &str, answer: fn(&Value) -> Option<Value>) {
    let Some(folder) = common::shared() else {
        eprintln!("NOT RUN: {file}: no folder of shared test data (set RUNGS_SHARED)");
        return;
    };
    let path = folder.join("vectors").join(file);
    let text = std::fs::read_to_string(&path).expect("a readable file of vectors");
    let mut wrong = Vec::new();
    let mut count = 0;
    for (number, line) in text.lines().enumerate() {
        let case: Value = serde_json::from_str(line).expect("a line of JSON");
        count += 1;
        let want = match &case["want_by_rubygems"] {
            Value::Object(by) => by
                .iter()
                .max_by_key(|(rubygems, _)| version(&json!(rubygems)))
                .map(|(_, want)| want.clone())
                .expect("an answer"),
            _ => case["want"].clone(),
        };
        match answer(&case) {
            Some(got) if got == want => {}
            got => wrong.push(format!("{}: {line} but got {got:?}", number + 1)),
        }
    }
    assert!(count > 0, "{file} is empty");
    assert!(
        wrong.is_empty(),
        "{} of {count} lines of {file} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    println!("{file}: {count} lines");
}

fn version_answer(case: &Value) -> Option<Value> {
    let v = || version(&case["v"]);
    let pair = || (version(&case["a"]), version(&case["b"]));
    Some(match case["op"].as_str()? {
        "valid" => {
            let text = case["v"].as_str()?;
            let valid = Version::is_valid(GEMS, text);
            assert_eq!(valid, Version::parse(GEMS, text).is_ok(), "{text:?}");
            json!(valid)
        }
        "to_s" => json!(v().as_str()),
        "cmp" => json!(pair().0.cmp(&pair().1) as i8),
        "eql" => json!(pair().0.same_precision(&pair().1)),
        "bump" => json!(v().bump().as_str()),
        "release" => json!(v().release().as_str()),
        "segments" => segments(&v().segments()),
        "canonical_segments" => segments(&v().canonical_segments()),
        "prerelease" => json!(v().is_prerelease()),
        "approximate_recommendation" => json!(v().approximate_recommendation()),
        "sort" => {
            let mut texts = case["vs"].as_array()?.clone();
            texts.sort_by_cached_key(version);
            Value::Array(texts)
        }
        _ => return None,
    })
}

fn requirement_answer(case: &Value) -> Option<Value> {
    let req = || requirement(&case["req"]).expect("a requirement");
    Some(match case["op"].as_str()? {
        "valid_req" => json!(requirement(&case["req"]).is_some()),
        "satisfied" => {
            let (req, v) = (req(), version(&case["v"]));
            assert_eq!(req.to_set().contains(&v), req.matches(&v), "{req} and {v}");
            json!(req.matches(&v))
        }
        "req_to_s" => json!(req().to_string()),
        "for_lockfile" => json!(req().for_lockfile()),
        "req_prerelease" => json!(req().is_prerelease()),
        "none" => json!(req().is_any()),
        "exact" => json!(req().is_exact()),
        "specific" => json!(req().is_specific()),
        "req_eq" => json!(requirement(&case["a"])? == requirement(&case["b"])?),
        _ => return None,
    })
}

fn version(text: &Value) -> Version {
    Version::parse(GEMS, text.as_str().expect("a text")).expect("a version")
}

fn requirement(list: &Value) -> Option<Requirement> {
    let list: Vec<_> = list.as_array()?.iter().filter_map(Value::as_str).collect();
    Requirement::from_list(GEMS, &list).ok()
}

/// As the vectors write them: a number of 2^53 or more as `{"int": "digits"}`.
fn segments(list: &[Segment]) -> Value {
    list.iter()
        .map(|segment| match segment {
            Segment::Word(word) => json!(word),
            Segment::Number(digits) => match digits.parse::<u64>() {
                Ok(number) if number < 1 << 53 => json!(number),
                _ => json!({ "int": digits }),
            },
        })
        .collect()
}
