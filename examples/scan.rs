//! Finds application code that the actions of a catalog affect.
//!
//! `cargo run --example scan --features scan -- karafka.rb`; without arguments it scans one line.

use rungs::catalog::Catalog;
use rungs::scan::Scanner;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let mut files = Vec::new();
    for path in paths {
        let source = std::fs::read(&path)?;
        files.push((path, source));
    }
    if files.is_empty() {
        let source = b"Karafka::App.setup { |config| config.batch_fetching = true }";
        files.push(("karafka.rb".to_owned(), source.to_vec()));
    }

    let catalog = Catalog::karafka()?;
    let scanner = Scanner::new(catalog.actions()?.iter());
    // Files are independent: scan them in any order, on any thread.
    let scanned = files.iter().map(|(path, text)| scanner.scan(path, text));
    let scan = scanner.finish(scanned);
    for finding in scan.findings() {
        println!(
            "{}:{}: {}",
            finding.path(),
            finding.place(),
            finding.action()
        );
    }
    Ok(())
}
