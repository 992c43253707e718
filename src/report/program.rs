//! What the program says of itself.

use crate::catalog::Catalog;
use crate::lockfile::{Lockfile, Warning};
use crate::words;

/// How many lines of a lockfile are remarked upon.
const MAX_WARNINGS: usize = 3;

/// The version, and how much the embedded catalog knows.
///
/// ```
/// let catalog = rungs::catalog::Catalog::karafka()?;
/// let text = rungs::report::program_version("0.1.0", &catalog);
/// assert!(text.starts_with("rungs 0.1.0\ncatalog karafka, known up to "));
/// # Ok::<(), rungs::Error>(())
/// ```
#[must_use]
pub fn program_version(version: &str, catalog: &Catalog) -> String {
    let (name, day) = (catalog.name(), catalog.horizon());
    format!(
        "rungs {version}\ncatalog {name}, known up to {day}\n{}\n",
        catalog.digest()
    )
}

/// Says what the program does where it is called without a command.
#[must_use]
pub fn without_command() -> &'static str {
    words::WITHOUT_COMMAND
}

/// Says that a folder that was to be scanned has nothing that rules speak about.
#[must_use]
pub fn without_source(folder: &str) -> String {
    words::without_source(&crate::plain::line(folder))
}

/// Says that a policy was written, and what to do with it.
#[must_use]
pub fn policy_written(file: &str) -> String {
    format!("{}\n", words::policy_written(&crate::plain::line(file)))
}

/// What Bundler passes over or reads otherwise in a lockfile, each with its place: the first few, and how
/// many more there are. Where the end is missing, the snapshot of it is an error, which says so.
///
/// ```
/// let text = "\u{feff}GEM\n  specs:\n    rake (13.3.0)\n\nDEPENDENCIES\n  rake\n";
/// let lockfile = rungs::lockfile::Lockfile::parse(text.as_bytes())?;
/// let remarks = rungs::report::lockfile_remarks("Gemfile.lock", &lockfile);
/// assert!(remarks[0].starts_with("Gemfile.lock:1:1: "));
/// # Ok::<(), rungs::Error>(())
/// ```
#[must_use]
pub fn lockfile_remarks(file: &str, lockfile: &Lockfile) -> Vec<String> {
    let warnings = lockfile.warnings().iter();
    let warnings: Vec<&Warning> = warnings.filter(|it| !it.is_of_end()).collect();
    let first = warnings.iter().take(MAX_WARNINGS);
    let mut remarks: Vec<String> = first.map(|it| format!("{file}:{it}")).collect();
    let more = warnings.len() - remarks.len();
    if more > 0 {
        remarks.push(words::more_remarks(file, more));
    }
    remarks
}
