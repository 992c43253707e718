//! Thousands of made-up versions and requirements, asked of the Ruby on this machine and of us.

use rungs::{Requirement, Scheme, Segment, Version};
use std::io::Write;
use std::process::{Command, Stdio};

const GEMS: Scheme = Scheme::RubyGems;
const QUESTIONS: usize = 6000;

/// Answers line by line; lists are separated by `|`, fields by tabs.
const SCRIPT: &str = r#"
puts Gem::VERSION
req = ->(list) { Gem::Requirement.new(list.split("|", -1)) }
STDIN.read.split("\n", -1)[0..-2].each do |line|
  op, a, b = line.split("\t", -1)
  puts case op
  when "cmp" then Gem::Version.new(a) <=> Gem::Version.new(b)
  when "version"
    v = Gem::Version.new(a)
    [v, v.bump, v.release, v.approximate_recommendation, v.prerelease? ? true : false,
     v.segments.inspect, v.eql?(Gem::Version.new(b))].join("\t")
  when "valid" then Gem::Version.correct?(a) ? true : false
  when "requirement"
    begin
      r = req.(a)
      [r, r.for_lockfile.inspect, r.prerelease?, r.none?, r.exact?, r.specific?].join("\t")
    rescue Gem::Requirement::BadRequirementError
      "bad"
    end
  when "matches" then req.(a).satisfied_by?(Gem::Version.new(b))
  when "same" then req.(a) == req.(b)
  else abort op
  end
end
"#;

#[test]
fn ruby_gives_the_same_answers() {
    let mut random = Random(0x5eed_0001);
    let questions: Vec<_> = (0..QUESTIONS).map(|_| question(&mut random)).collect();
    let Some(output) = ask_ruby(&questions) else {
        eprintln!("NOT RUN: comparison with RubyGems: no ruby on PATH");
        return;
    };
    let mut answers = output.lines();
    let rubygems = Version::parse(GEMS, answers.next().unwrap_or_default()).unwrap();
    let known = Requirement::parse(GEMS, "< 4.1.a").unwrap();
    if !known.matches(&rubygems) {
        eprintln!("NOT RUN: comparison with RubyGems: {rubygems} is newer than the rules here");
        return;
    }
    let mut count = 0;
    let mut wrong = Vec::new();
    for (question, want) in questions.iter().zip(answers.by_ref()) {
        let got = answer(question);
        count += 1;
        if got != want {
            wrong.push(format!("{question:?}: ruby says {want:?}, we say {got:?}"));
        }
    }
    assert_eq!(
        (count, answers.next()),
        (QUESTIONS, None),
        "one answer each"
    );
    let first: Vec<_> = wrong.iter().take(20).map(String::as_str).collect();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        first.join("\n")
    );
    println!("RubyGems {rubygems} agrees on {count} questions");
}

fn ask_ruby(questions: &[String]) -> Option<String> {
    let mut ruby = Command::new("ruby")
        .args(["-W0", "-e", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = ruby.stdin.take()?;
    for question in questions {
        writeln!(input, "{question}").unwrap();
    }
    drop(input);
    let output = ruby.wait_with_output().unwrap();
    assert!(output.status.success(), "ruby failed");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn answer(question: &str) -> String {
    let fields: Vec<_> = question.split('\t').collect();
    let version = |at: usize| Version::parse(GEMS, fields[at]).unwrap();
    let requirement = |at: usize| {
        let list: Vec<&str> = fields[at].split('|').collect();
        Requirement::from_list(GEMS, &list)
    };
    match fields[0] {
        "cmp" => (version(1).cmp(&version(2)) as i8).to_string(),
        "version" => {
            let v = version(1);
            let segments: Vec<_> = v
                .segments()
                .into_iter()
                .map(|segment| match segment {
                    Segment::Number(digits) => digits,
                    Segment::Word(word) => format!("{word:?}"),
                })
                .collect();
            [
                v.to_string(),
                v.bump().to_string(),
                v.release().to_string(),
                v.approximate_recommendation(),
                v.is_prerelease().to_string(),
                format!("[{}]", segments.join(", ")),
                v.same_precision(&version(2)).to_string(),
            ]
            .join("\t")
        }
        "valid" => Version::is_valid(GEMS, fields[1]).to_string(),
        "requirement" => match requirement(1) {
            Err(_) => "bad".to_owned(),
            Ok(r) => [
                r.to_string(),
                r.for_lockfile()
                    .map_or("nil".to_owned(), |it| format!("{it:?}")),
                r.is_prerelease().to_string(),
                r.is_any().to_string(),
                r.is_exact().to_string(),
                r.is_specific().to_string(),
            ]
            .join("\t"),
        },
        "matches" => requirement(1).unwrap().matches(&version(2)).to_string(),
        "same" => (requirement(1).unwrap() == requirement(2).unwrap()).to_string(),
        _ => unreachable!("a question that nobody asks"),
    }
}

fn question(random: &mut Random) -> String {
    match random.below(10) {
        0..=2 => format!("cmp\t{}\t{}", version(random), version(random)),
        3 => format!("version\t{}\t{}", version(random), version(random)),
        4 => format!("valid\t{}", odd(random)),
        5 => {
            let (req, odd) = (requirement(random), odd(random));
            let damaged = random.below(3) == 0;
            format!(
                "requirement\t{}",
                if damaged { format!(">{odd}") } else { req }
            )
        }
        6..=8 => format!("matches\t{}\t{}", requirement(random), version(random)),
        _ => {
            let one = requirement(random);
            let two = match random.below(3) {
                0 => requirement(random),
                1 => one.split('|').rev().collect::<Vec<_>>().join("|"),
                _ => format!("{one}.0"),
            };
            format!("same\t{one}\t{two}")
        }
    }
}

/// A version near to others. After a word there is no zero before another word: there RubyGems
/// 3.3 and 4.0 differ, and the vectors hold who is right.
fn version(random: &mut Random) -> String {
    let numbers = [
        "0",
        "1",
        "1",
        "2",
        "10",
        "007",
        "65534",
        "65535",
        "4294967296",
        "99999999999999999999",
    ];
    let words = ["a", "b", "A", "rc1", "pre", "beta10", "z9z"];
    let mut text = random.pick(&numbers[..5]).to_owned();
    for _ in 0..random.below(5) {
        text.push('.');
        text.push_str(random.pick(&numbers));
    }
    if random.below(2) == 0 {
        text.push_str(random.pick(&[".", ".", "-"]));
        text.push_str(random.pick(&words));
        for _ in 0..random.below(3) {
            text.push('.');
            text.push_str(random.pick(&["a", "1", "2", "10", "rc1"]));
        }
    } else if random.below(8) == 0 {
        text.push_str("-1");
    }
    if random.below(4) == 0 {
        text.push_str(&".0".repeat(1 + random.below(3)));
    }
    text
}

fn requirement(random: &mut Random) -> String {
    let list: Vec<_> = (0..1 + random.below(3))
        .map(|_| {
            let op = random.pick(&[
                "", "= ", "!= ", ">", "< ", ">= ", "<=", "~> ", "~>", " ~>  ",
            ]);
            format!("{op}{}", version(random))
        })
        .collect();
    let mut versions: Vec<_> = list
        .iter()
        .map(|text| {
            Version::parse(
                GEMS,
                text.trim_start_matches([' ', '=', '!', '>', '<', '~']),
            )
        })
        .collect();
    // Ruby's sort may put equal versions in a lockfile in any order.
    versions.sort_by(|a, b| a.as_ref().ok().cmp(&b.as_ref().ok()));
    versions.dedup();
    if versions.len() == list.len() {
        list.join("|")
    } else {
        list[0].clone()
    }
}

/// A text of the characters that versions are made of, often damaged.
fn odd(random: &mut Random) -> String {
    let characters = [
        "1", "0", "2", "a", "Z", ".", ".", "-", " ", "+", "_", "~", "é", "\x0b",
    ];
    (0..random.below(8))
        .map(|_| random.pick(&characters))
        .collect()
}

/// A small generator of random numbers (xorshift), the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}
