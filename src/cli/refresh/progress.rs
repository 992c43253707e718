//! What is being asked for, on a terminal only.

use std::io::{IsTerminal, Write};

/// A line that is written over, and gone at the end.
pub(crate) struct Progress {
    host: String,
    is_shown: bool,
}

impl Progress {
    pub(crate) fn new(host: &str) -> Self {
        Progress {
            host: host.to_owned(),
            is_shown: std::io::stderr().is_terminal(),
        }
    }

    pub(crate) fn show(&self, what: &str, done: usize, all: usize) {
        if self.is_shown {
            let mut err = std::io::stderr();
            let what: String = what.chars().filter(|c| !c.is_control()).take(40).collect();
            let _ = write!(err, "\r\x1b[K{}: {what} ({done}/{all})", self.host);
            let _ = err.flush();
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        if self.is_shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
