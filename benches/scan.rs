//! Scanning a generated application of 10,000 files and 1,000,000 lines (seed below): the program as
//! a whole, the scanner alone, and a plain parse of the same files.
//!
//! `cargo bench --features cli --bench scan`; `-- DIR` keeps the application in that folder.

use rungs::catalog::Catalog;
use rungs::ruby;
use rungs::scan::{Collector, Scanner};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SEED: u64 = 7;
const FILES: usize = 10_000;
const LINES: usize = 100;
const ROUNDS: usize = 5;

/// xorshift64*: the same files on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let wide = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(wide).unwrap() % most
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}

const NOUNS: &[&str] = &[
    "order",
    "invoice",
    "payment",
    "customer",
    "shipment",
    "coupon",
    "address",
    "message",
    "topic",
    "event",
    "batch",
    "config",
    "header",
    "partition",
    "report",
    "account",
];
const VERBS: &[&str] = &[
    "build",
    "fetch",
    "store",
    "publish",
    "import",
    "notify",
    "rescue_all",
    "sweep",
    "count",
    "merge",
];

/// Statements of many shapes, some of them such as rules speak about.
fn statement(dice: &mut Dice) -> String {
    let (a, b, verb) = (dice.of(NOUNS), dice.of(NOUNS), dice.of(VERBS));
    match dice.below(16) {
        0 => format!("{a} = {b}.{verb}(params[:{a}], limit: {})", dice.below(500)),
        1 => format!("return unless {a}&.{b}? && @{b}.{verb}.any? {{ |one| one.{a} == '{b}' }}"),
        2 => format!("{a}s.each_with_index {{ |{a}, at| {verb}({a}, at) if {a}.{b}.present? }}"),
        3 => format!("Rails.logger.info(\"{verb} #{{{a}.id}}: #{{{b}.inspect}} of {b}\")"),
        4 => format!("# {verb} the {a}, then the {b}: Karafka::Params::Params was its name once"),
        5 => format!(
            "@{a} ||= {b}.fetch(:{a}) {{ {verb}_{a}(retries: {}) }}",
            dice.below(9)
        ),
        6 => format!("raise ArgumentError, '{a} without {b}' if {a}.nil? || {b}.to_s.empty?"),
        7 => format!("{{ {a}: @{a}, '{b}' => {b}.to_h, {verb}: -> {{ {verb}(_1) }} }}.compact"),
        8 => format!(
            "{a}.update!(state: :{verb}, at: Time.current + {}.minutes)",
            dice.below(60)
        ),
        9 => format!(
            "case {a}.{b} when :{a} then {verb}({a}) when nil then nil else {verb}({b}) end"
        ),
        10 => format!("headers['x-{a}'] = {b}.headers.fetch('{verb}', nil)"),
        11 => format!("result = {verb}_{a}({b}) rescue nil"),
        12 => format!("%w[{a} {b} {verb}].map(&:to_sym).each {{ |name| public_send(name) }}"),
        13 => format!(
            "{a}_{b} = {a}.where({b}: nil).order(:id).limit({})",
            1 + dice.below(99)
        ),
        14 => format!("Karafka.producer.produce_async(topic: '{a}s', payload: {b}.to_json)"),
        _ => format!("{a}.transaction {{ {b}.lock!; {verb}({a}, {b}) }}"),
    }
}

fn file(dice: &mut Dice, number: usize) -> (String, String) {
    let noun = dice.of(NOUNS);
    let (folder, base) = match dice.below(5) {
        0 => ("app/models", "ApplicationRecord"),
        1 => ("app/controllers", "ApplicationController"),
        2 => ("app/jobs", "ApplicationJob"),
        3 => ("app/consumers", "ApplicationConsumer"),
        _ => ("lib/shop", "Object"),
    };
    let mut text = String::from("# frozen_string_literal: true\n\n");
    let _ = writeln!(text, "class {}{number} < {base}", capital(noun));
    let mut lines = 3;
    while lines + 12 < LINES {
        let _ = writeln!(
            text,
            "  def {}_{lines}({}, with_{}: nil)",
            dice.of(VERBS),
            noun,
            dice.of(NOUNS)
        );
        for _ in 0..9 {
            let _ = writeln!(text, "    {}", statement(dice));
        }
        text.push_str("  end\n\n");
        lines += 12;
    }
    while lines + 1 < LINES {
        text.push_str("  # the end\n");
        lines += 1;
    }
    text.push_str("end\n");
    (
        format!("{folder}/part_{}/{noun}_{number}.rb", number % 100),
        text,
    )
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

fn generate(folder: &Path) -> Vec<(String, String)> {
    let mut dice = Dice(SEED);
    let mut files: Vec<_> = (0..FILES - 1)
        .map(|number| file(&mut dice, number))
        .collect();
    files.push((
        "app/consumers/application_consumer.rb".to_owned(),
        "class ApplicationConsumer < Karafka::BaseConsumer\nend\n".to_owned(),
    ));
    for (path, text) in &files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    files
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The time of a call and the most memory that it held, in MB where the system tells.
fn call(folder: &Path) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_rungs"))
        .args(["scan", "--format", "json"])
        .arg(folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        most = most.max(size.unwrap_or(0) / 1024);
        std::thread::sleep(Duration::from_millis(2));
    }
    (start.elapsed(), most)
}

fn main() {
    let kept = std::env::args().nth(1).filter(|one| !one.starts_with('-'));
    let folder = kept.clone().map_or_else(
        || std::env::temp_dir().join(format!("rungs-scan-{}", std::process::id())),
        PathBuf::from,
    );
    let files = generate(&folder);
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let lines: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
    let size = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "{} files, {lines} lines, {:.1} MB, seed {SEED}",
        files.len(),
        bytes as f64 / 1e6
    );

    let catalog = Catalog::karafka().unwrap();
    let scanner = Scanner::new(catalog.actions().unwrap().iter());
    let (mut parses, mut scans, mut calls, mut memory) = (vec![], vec![], vec![], 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut nodes = 0;
        for (_, text) in &files {
            nodes += ruby::parse(text.as_bytes()).unwrap().root().end();
        }
        parses.push(start.elapsed());
        assert!(nodes > 0);
        let start = Instant::now();
        let mut collector = Collector::default();
        for (path, text) in &files {
            collector.add(scanner.scan(path, text.as_bytes()));
        }
        let scan = collector.finish(&scanner);
        scans.push(start.elapsed());
        assert!(!scan.findings().is_empty() && scan.problems().is_empty());
        let (time, most) = call(&folder);
        calls.push(time);
        memory = memory.max(most);
    }
    let (parse, scan, call) = (median(parses), median(scans), median(calls));
    println!(
        "parse, one core:    {parse:>9.2?} {:>7.1} MB/s",
        size(parse)
    );
    println!(
        "scan, one core:     {scan:>9.2?} {:>7.1} MB/s, {:.2} times the parse",
        size(scan),
        scan.as_secs_f64() / parse.as_secs_f64()
    );
    println!(
        "rungs scan, whole:  {call:>9.2?} {:>7.1} MB/s, {memory} MB at most",
        size(call)
    );
    if kept.is_none() {
        fs::remove_dir_all(&folder).unwrap();
    }
}
