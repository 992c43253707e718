//! The one door through which everything leaves the program.
//!
//! Whatever is in file names, lockfiles, Gemfiles and catalogs, no control character, mark of
//! direction or command of a CI runner passes ([`report::printable`]). What cannot be written to
//! standard output is an error; a reader that goes away (`rungs plan | head`) is none. Standard error
//! may be gone: what is said there is for people, and nothing depends on it.
//!
//! In this program `eprintln!` and `eprint!` are those of this file.

use crate::terminal;
use rungs::Error;
use rungs::report::{self, Style};
use std::io::{ErrorKind, Write};

/// One line on standard error.
macro_rules! eprintln {
    ($($arg:tt)*) => {
        $crate::out::say(&format!($($arg)*))
    };
}

/// Lines on standard error, with their ends.
macro_rules! eprint {
    ($($arg:tt)*) => {
        $crate::out::say_lines(&format!($($arg)*))
    };
}

/// What a command prints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Printed {
    /// For people.
    Text,
    /// A JSON document, which is safe as it was laid out.
    Document,
    /// Commands to GitHub's runner, each made by us.
    Annotations,
    /// A script or page in which only our own words stand.
    Script,
}

/// Prints what a command answers.
///
/// # Errors
/// The reason why not all of it was written.
pub(crate) fn print(text: &str, kind: Printed, style: Style) -> Result<(), Error> {
    let safe = match kind {
        Printed::Text => report::printable(text, style),
        Printed::Document | Printed::Annotations | Printed::Script => text.into(),
    };
    let mut out = std::io::stdout().lock();
    written(out.write_all(safe.as_bytes()).and_then(|()| out.flush()))
}

/// What came of writing to standard output. That a reader goes away is no error.
pub(crate) fn written(result: std::io::Result<()>) -> Result<(), Error> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::io(&format!("write error: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says a sentence on standard error, unless `--quiet` leaves remarks out.
pub(crate) fn say(text: &str) {
    if !terminal::is_quiet() {
        write(&format!("{}\n", report::printable_line(text)));
    }
}

/// Says lines on standard error, unless `--quiet` leaves remarks out.
pub(crate) fn say_lines(text: &str) {
    if !terminal::is_quiet() {
        write(text);
    }
}

/// Says what is wrong, and what to do.
pub(crate) fn say_error(text: &str, help: Option<&str>) {
    write(&format!("{NAME}{}\n", report::printable_line(text)));
    if let Some(help) = help {
        write(&format!("  {}\n", report::printable_line(help)));
    }
}

/// Says in lines, with their ends, why something asked for is not done. `--quiet` keeps it, as all errors.
pub(crate) fn say_failure(text: &str) {
    write(text);
}

/// Says what is wrong with the call, which may repeat anything.
pub(crate) fn say_call(text: &str) {
    write(text);
}

/// How what the program says begins.
const NAME: &str = "rungs: ";

fn write(text: &str) {
    let safe = report::printable(text, Style::Plain);
    // The name is red where somebody may overlook it among other output.
    let shown = match (safe.strip_prefix(NAME), terminal::style_of_remarks()) {
        (Some(rest), Style::Ansi) => format!("\u{1b}[1;31m{}\u{1b}[0m {rest}", NAME.trim_end()),
        _ => safe.into_owned(),
    };
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(shown.as_bytes()).and_then(|()| err.flush());
}
