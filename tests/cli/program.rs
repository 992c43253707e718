//! Calling the program in a fresh folder, for test files that look at its answers only.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// A lockfile of what is newest in the catalog.
pub(crate) const NEWEST: &str = "GEM\n  remote: https://rubygems.org/\n  specs:\n    karafka (2.6.0)\n      \
     karafka-core (>= 2.6.2, < 2.7.0)\n      karafka-rdkafka (>= 0.28.0)\n      \
     waterdrop (>= 2.10.2, < 3.0.0)\n    karafka-core (2.6.2)\n      \
     karafka-rdkafka (>= 0.20.0)\n    karafka-rdkafka (0.28.0)\n    waterdrop (2.10.3)\n      \
     karafka-core (>= 2.5.12, < 3.0.0)\n      karafka-rdkafka (>= 0.24.0)\n\
     \nDEPENDENCIES\n  karafka\n";
/// The example of the repository.
pub(crate) const EXAMPLE: &str = include_str!("../../examples/Gemfile.lock");

/// The clock of all calls: 2026-09-01, a day on which the embedded catalog is not old.
pub(crate) const NOW: &str = "1788220800";

/// What a call printed.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Run {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A fresh folder, gone at the end of the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rungs-program-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        for (name, text) in files {
            fs::write(path.join(name), text).unwrap();
        }
        Folder(path)
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_at(NOW, args)
    }

    /// The same at another time, in seconds.
    pub(crate) fn run_at(&self, now: &str, args: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_rungs"))
            .env("SOURCE_DATE_EPOCH", now)
            .args(args)
            .current_dir(&self.0)
            .env_remove("BUNDLE_APP_CONFIG")
            .env_remove("BUNDLE_IGNORE_CONFIG")
            .output()
            .unwrap();
        let run = Run {
            code: output.status.code().expect("ended by a signal"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!run.err.contains("panicked"), "{args:?}: {}", run.err);
        run
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A call in a folder with these files.
pub(crate) fn run(files: &[(&str, &str)], args: &[&str]) -> Run {
    Folder::with(files).run(args)
}

/// A call in a folder with this `Gemfile.lock`.
pub(crate) fn run_on(lockfile: &str, args: &[&str]) -> Run {
    run(&[("Gemfile.lock", lockfile)], args)
}

/// The example with one text put for another, which it must have.
#[track_caller]
pub(crate) fn changed(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "the example has no {from:?}");
    EXAMPLE.replacen(from, to, 1)
}
