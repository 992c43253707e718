//! What the person at the terminal asked for: colours, silence, and lines that fit.

use crate::args::{ColorWhen, TerminalArgs};
use rungs::report::{Look, Style};
use std::io::IsTerminal;
use std::sync::OnceLock;

static ASKED: OnceLock<TerminalArgs> = OnceLock::new();

/// Remembers what the command line asks for; what is said before that is said as by default.
pub(crate) fn remember(asked: &TerminalArgs) {
    let _ = ASKED.set(asked.clone());
}

fn color() -> ColorWhen {
    ASKED.get().map_or(ColorWhen::Auto, |asked| asked.color)
}

/// Whether only answers and errors are printed.
pub(crate) fn is_quiet() -> bool {
    ASKED.get().is_some_and(|asked| asked.quiet)
}

/// How a stream is dressed: colour where a person looks at it and did not ask for none
/// (<https://no-color.org>), and where `--color` says so.
fn style_of(stream: &impl IsTerminal) -> Style {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let is_wanted = match color() {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => stream.is_terminal() && !is_set("NO_COLOR") && !is_dumb,
    };
    match is_wanted {
        true => Style::Ansi,
        false => Style::Plain,
    }
}

/// The style of answers.
pub(crate) fn style() -> Style {
    style_of(&std::io::stdout())
}

/// The style of remarks and errors.
pub(crate) fn style_of_remarks() -> Style {
    style_of(&std::io::stderr())
}

/// How answers look: as wide as the terminal, and as 80 columns where there is none.
pub(crate) fn look() -> Look {
    let look = Look::from(style());
    match terminal_size::terminal_size_of(std::io::stdout()) {
        Some((terminal_size::Width(columns @ 1..), _)) => look.with_columns(columns.into()),
        _ => look,
    }
}
