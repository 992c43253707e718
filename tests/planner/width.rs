//! A text fits the terminal: tables use its width, sentences up to 100 columns of it.

use rungs::catalog::Catalog;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::{Planner, Request};
use rungs::report::{Look, Style, plan_text_in};

fn text(columns: usize) -> String {
    let catalog = Catalog::karafka().unwrap();
    let lockfile = Lockfile::parse(include_bytes!("../../examples/Gemfile.lock")).unwrap();
    let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
    let request = Request::new().to(&catalog, "karafka=2.6").unwrap();
    let plan = Planner::new(&catalog, &snapshot).plan(&request).unwrap();
    plan_text_in(&plan, Look::from(Style::Plain).with_columns(columns))
}

/// The longest line, apart from what cannot be broken.
fn widest(text: &str) -> usize {
    let lines = text.lines().filter(|line| line.trim().contains(' '));
    let is_code = |line: &&str| line.trim_start().starts_with("gem ") || line.contains("https://");
    let lines = lines.filter(|line| !is_code(line));
    lines.map(|line| line.chars().count()).max().unwrap()
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for columns in [60, 72, 80, 96, 100] {
        let widest = widest(&text(columns));
        assert!(widest <= columns, "{widest} of {columns} columns");
        assert!(
            widest > columns - 12,
            "{widest} of {columns} columns are used"
        );
    }
    assert!(widest(&text(200)) <= 100, "sentences stay readable");
    assert_eq!(text(0), text(Look::MIN_COLUMNS));
}

#[test]
fn a_narrow_terminal_gets_several_tables_with_the_same_cells() {
    let ladders = |text: &str| {
        text.lines()
            .filter(|line| line.starts_with("karafka  "))
            .count()
    };
    assert_eq!(ladders(&text(80)), 1);
    assert_eq!(ladders(&text(44)), 2);
    let cells = |text: &str| {
        let mut rows: Vec<String> = Vec::new();
        for line in text.lines().filter(|line| line.starts_with("karafka  ")) {
            rows.extend(line.split_whitespace().skip(1).map(str::to_owned));
        }
        rows.retain(|cell| cell != ".");
        // The first column of a further table repeats what stays.
        rows.dedup();
        rows
    };
    assert_eq!(cells(&text(44)), cells(&text(80)));
}
