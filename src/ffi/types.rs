//! What is in signatures: the statuses, the numbers that are passed, the handles.

use crate::catalog::Catalog;
use crate::error::Error;
use crate::index::MemoryIndex;
use crate::lint::{Lint, LintSeverity};
use crate::lockfile::{Lockfile, Snapshot};
use crate::plan::{Outcome, Plan};
use crate::planner::GemfileAsk;
use std::ffi::CString;
use std::sync::{Arc, Mutex};

/// The version of this ABI: raised when a signature, a number or an ownership changes. What is
/// only added leaves it as it is.
pub const RUNGS_ABI_VERSION: u32 = 1;

/// The oldest version of this ABI whose callers this library still serves.
pub const RUNGS_ABI_VERSION_MIN: u32 = 1;

/// How a call ended. A number is never given to another meaning; later versions may add some.
/// What exactly is wrong is reported by rungs_error_code().
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "all are part of the header")]
pub enum RungsStatus {
    /// It is done, and the outputs are written.
    Ok = 0,
    /// A pointer that must not be NULL is NULL; the message names the parameter.
    NullArgument = 1,
    /// A text is not UTF-8; rungs_error_offset() says where.
    InvalidUtf8 = 2,
    /// An input is not what it should be: a damaged lockfile, an unknown package.
    InvalidInput = 3,
    /// An input is larger than this library reads.
    Limit = 4,
    /// A number that this library does not know: a format, a scheme.
    Unsupported = 5,
    /// An index is beyond the last element.
    OutOfRange = 6,
    /// A bug of this library, please report it. All handles stay valid.
    Panic = 7,
}

/// How a question ended. None of these is an error.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungsOutcome {
    /// There is no plan to ask: the handle is NULL.
    None = 0,
    /// There are steps to take.
    Planned = 1,
    /// Nothing moves: the target is met on the newest versions.
    AlreadyThere = 2,
    /// No sequence of steps leads there; the report says why.
    Impossible = 3,
    /// Something installed or asked for is beyond the catalog.
    Unknown = 4,
    /// The search limit was reached.
    GaveUp = 5,
}

/// How a report is written. Passed as a number, so that one that is not known is a status. Each
/// function says which it knows.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungsFormat {
    /// Plain text of 80 columns.
    Text = 1,
    /// The same with the escapes of ANSI terminals.
    Ansi = 2,
    /// The document, as the function for documents gives it.
    Json = 3,
    /// A checklist in GitHub's flavour of Markdown; plans and their steps only.
    Markdown = 4,
    /// A page that needs no network; plans and their steps only.
    Html = 5,
    /// SARIF 2.1.0; lint only.
    Sarif = 6,
    /// Annotations of GitHub Actions; lint only.
    Github = 7,
    /// A line for each fact, with tabs between its fields; plans and their steps only. The first field names
    /// what the row is:
    ///   outcome  OUTCOME  STEPS
    ///   step     NUMBER  KIND  COMMAND
    ///   change   NUMBER  PACKAGE  FROM  TO  KIND  WHY
    ///   gemfile  NUMBER  GEM  REQUIREMENT  temporary or nothing
    ///   cause    SENTENCE
    ///   fix      CHANGE  STEPS
    ///   warning  SENTENCE
    /// A field may be empty; none has a tab or an end of line. Later versions may add rows, and
    /// fields at the end.
    Rows = 8,
}

/// How much a finding weighs. Passed as a number.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungsSeverity {
    /// The rules do not allow it.
    Error = 1,
    /// Allowed, and better otherwise.
    Warning = 2,
    /// Worth knowing.
    Note = 3,
}

/// What lint says of a change. None of these is an error.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungsVerdict {
    /// There is nothing to ask: the handle is NULL, or the severity is none.
    None = 0,
    /// The rules allow it.
    Allowed = 1,
    /// A finding of the severity asked for, or worse.
    Refused = 2,
    /// Not refused, but something is involved that the catalog cannot know.
    Unknown = 3,
}

/// How versions are read and ordered. Passed as a number.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "read as a number")]
pub enum RungsScheme {
    /// As Gem::Version of RubyGems: 2.5.0.rc1.
    Rubygems = 1,
    /// Semantic Versioning 2.0 as Cargo reads it: 2.5.0-rc.1.
    Semver = 2,
}

/// Packages, releases and the rules between them. Immutable.
pub struct RungsCatalog(pub(super) Catalog);

/// What is installed. Immutable.
pub struct RungsSnapshot {
    pub(super) snapshot: Snapshot,
    /// Where it was read, so that findings have lines.
    pub(super) lockfile: Option<Arc<Lockfile>>,
    /// What is known of gems outside the catalog.
    pub(super) index: Option<Arc<Mutex<MemoryIndex>>>,
    /// What the Gemfile beside the lockfile says, for its state.
    pub(super) gemfile: Vec<GemfileAsk>,
}

/// What a gem server says of gems outside the catalog, as far as it was added. Gems may be added by
/// any thread, also while plans are computed.
#[derive(Default)]
pub struct RungsIndex(pub(super) Arc<Mutex<MemoryIndex>>);

/// The answer to a question. Immutable; it needs no other handle to stay.
pub struct RungsPlan {
    pub(super) plan: Plan,
    /// Kept alive by the plan, so that handles may be freed in any order.
    pub(super) _catalog: Catalog,
}

/// What is wrong with a change. Immutable; it needs no other handle to stay.
pub struct RungsLint(pub(super) Lint);

/// Why a call failed. Immutable.
pub struct RungsError {
    pub(super) status: RungsStatus,
    pub(super) error: Error,
    pub(super) message: CString,
    pub(super) help: Option<CString>,
    pub(super) offset: Option<usize>,
}

/// Bytes of UTF-8 that the library wrote. Immutable.
pub struct RungsText(pub(super) Box<str>);

impl RungsStatus {
    pub(super) const ALL: [(Self, &'static std::ffi::CStr); 8] = [
        (RungsStatus::Ok, c"ok"),
        (RungsStatus::NullArgument, c"null argument"),
        (RungsStatus::InvalidUtf8, c"invalid UTF-8"),
        (RungsStatus::InvalidInput, c"invalid input"),
        (RungsStatus::Limit, c"limit"),
        (RungsStatus::Unsupported, c"unsupported"),
        (RungsStatus::OutOfRange, c"out of range"),
        (RungsStatus::Panic, c"panic"),
    ];
}

impl RungsFormat {
    /// The formats, with their names in messages.
    pub(super) const ALL: [(Self, &'static str); 8] = [
        (RungsFormat::Text, "text"),
        (RungsFormat::Ansi, "ansi"),
        (RungsFormat::Json, "json"),
        (RungsFormat::Markdown, "markdown"),
        (RungsFormat::Html, "html"),
        (RungsFormat::Sarif, "sarif"),
        (RungsFormat::Github, "github"),
        (RungsFormat::Rows, "rows"),
    ];
}

impl RungsSeverity {
    /// The severity of this number.
    pub(super) fn of(number: u32) -> Option<LintSeverity> {
        let all = [
            (RungsSeverity::Error, LintSeverity::Error),
            (RungsSeverity::Warning, LintSeverity::Warning),
            (RungsSeverity::Note, LintSeverity::Note),
        ];
        let found = all.iter().find(|(known, _)| *known as u32 == number);
        found.map(|(_, severity)| *severity)
    }
}

impl From<Outcome> for RungsOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Planned => RungsOutcome::Planned,
            Outcome::AlreadyThere => RungsOutcome::AlreadyThere,
            Outcome::Impossible => RungsOutcome::Impossible,
            Outcome::Unknown => RungsOutcome::Unknown,
            Outcome::GaveUp => RungsOutcome::GaveUp,
        }
    }
}
