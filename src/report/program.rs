//! What the program says of itself.

use crate::catalog::Catalog;
use crate::words;

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

/// Says that a policy was written, and what to do with it.
#[must_use]
pub fn policy_written(file: &str) -> String {
    format!("{}\n", words::policy_written(&crate::plain::line(file)))
}
