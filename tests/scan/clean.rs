//! An application of realistic size that uses nothing that any rule speaks about, and much that
//! looks like it: comments, texts, other receivers, other classes, other setup blocks.
//!
//! `tests/fixtures/scan/clean.txt` holds its files; those that do not begin with `once/` are there
//! once for each thing that the application is about.

use rungs::catalog::{Applies, Catalog};
use rungs::scan::{FileKind, Scanner};

const THINGS: &[(&str, &str)] = &[
    ("order", "orders"),
    ("invoice", "invoices"),
    ("shipment", "shipments"),
    ("payment", "payments"),
    ("customer", "customers"),
    ("address", "addresses"),
    ("return_note", "return_notes"),
    ("coupon", "coupons"),
    ("message_template", "message_templates"),
    ("topic_setting", "topic_settings"),
];

fn camel(word: &str) -> String {
    word.split('_')
        .map(|part| part[..1].to_uppercase() + &part[1..])
        .collect()
}

/// All files of the application.
fn files() -> Vec<(String, String)> {
    let text = include_str!("../fixtures/scan/clean.txt");
    let mut files = Vec::new();
    for part in text.split("=== ").skip(1) {
        let (path, body) = part.split_once('\n').unwrap();
        if let Some(path) = path.strip_prefix("once/") {
            files.push((path.to_owned(), body.to_owned()));
            continue;
        }
        for (at, (one, many)) in THINGS.iter().enumerate() {
            let fill = |text: &str| {
                text.replace("{one}", one)
                    .replace("{many}", many)
                    .replace("{One}", &camel(one))
                    .replace("{Many}", &camel(many))
                    .replace("{n}", &at.to_string())
            };
            files.push((fill(path), fill(body)));
        }
    }
    files
}

#[test]
fn a_clean_application_has_no_findings() {
    let catalog = Catalog::karafka().unwrap();
    let scanner = Scanner::new(catalog.actions().unwrap().iter());
    let files = files();
    let ruby = files
        .iter()
        .filter(|(path, text)| FileKind::of(path, text.as_bytes()) == FileKind::Ruby);
    let (ruby, lines) = (
        ruby.count(),
        files.iter().map(|(_, text)| text.lines().count()),
    );
    let lines: usize = lines.sum();
    println!("{} files, {ruby} of Ruby, {lines} lines", files.len());
    assert!(ruby >= 150 && lines >= 4_000, "{ruby} files, {lines} lines");
    let scan = scanner.finish(
        files
            .iter()
            .map(|(path, text)| scanner.scan(path, text.as_bytes())),
    );
    assert_eq!(scan.problems(), []);
    assert_eq!(scan.findings(), [], "{:#?}", scan.findings());
    // `no` is said of much, and of nothing that source does not decide.
    let no = scan
        .verdicts()
        .iter()
        .filter(|one| one.applies() == Applies::No);
    let no = no.count();
    println!("{no} rules do not apply, of {}", scan.verdicts().len());
    assert!(no > 100, "{no}");
    let of = |rule: &str| scan.of(&rungs::Name::new(rule).unwrap()).0;
    assert_eq!(of("karafka-2.0-batch-fetching-removed"), Applies::No);
    assert_eq!(
        of("karafka-2.0-pidfile-daemonize-removed"),
        Applies::Unknown
    );
    assert_eq!(
        of("waterdrop-2.9-default-max-wait-timeout"),
        Applies::Unknown
    );
}

#[test]
fn the_order_of_files_changes_nothing() {
    let catalog = Catalog::karafka().unwrap();
    let scanner = Scanner::new(catalog.actions().unwrap().iter());
    let mut files = files();
    let of = |files: &[(String, String)]| {
        scanner.finish(
            files
                .iter()
                .map(|(path, text)| scanner.scan(path, text.as_bytes())),
        )
    };
    let one = of(&files);
    files.reverse();
    assert_eq!(one, of(&files));
}

/// What is written to be slow is not.
#[test]
fn work_stays_bounded() {
    let catalog = Catalog::karafka().unwrap();
    let scanner = Scanner::new(catalog.actions().unwrap().iter());
    let many = 60_000;
    let sources = [
        format!("a({})", "'statistics.emitted', ".repeat(many)),
        format!("a({})", "wait_timeout: 1, ".repeat(many)),
        format!(
            "Karafka::App.setup {{ |c| c.kafka = {{ {} }} }}",
            "'a' => 1, ".repeat(many)
        ),
        "producer.transaction { ".repeat(9_000) + "return" + &" }".repeat(9_000),
        "class A < B\n".repeat(9_000) + "params\n" + &"end\n".repeat(9_000),
        format!("a{}", ".produce".repeat(many)),
        format!("Karafka{}", "::A".repeat(many)),
        format!("a{}", "[:b]".repeat(many)),
        "module A\n".repeat(5_000) + &"Karafka::Web\n".repeat(5_000) + &"end\n".repeat(5_000),
    ];
    for source in sources {
        let scan = scanner.finish([scanner.scan("a.rb", source.as_bytes())]);
        assert_eq!(scan.files(), 1);
    }
}
