//! The places in an application that actions speak about.
//!
//! What was found is plain data and always there; the scanner (feature `scan`) is pure over paths
//! and bytes. A place counts as found where its scope and receiver are proven (`certain`) or speak
//! for it (`likely`). What could be meant and is not decided by the source is no finding, but then
//! the action's verdict is `unknown`, never `no`.

mod finding;

#[cfg(feature = "scan")]
mod bundle;
#[cfg(feature = "scan")]
mod calls;
#[cfg(feature = "scan")]
mod chain;
#[cfg(feature = "scan")]
mod classes;
#[cfg(feature = "scan")]
mod commands;
#[cfg(feature = "scan")]
mod config;
#[cfg(feature = "scan")]
mod constants;
#[cfg(feature = "scan")]
mod edit;
#[cfg(feature = "scan")]
mod erb;
#[cfg(feature = "scan")]
mod file;
#[cfg(feature = "scan")]
mod frames;
#[cfg(feature = "scan")]
mod owner;
#[cfg(feature = "scan")]
mod pattern;
#[cfg(feature = "scan")]
mod rules;
#[cfg(feature = "scan")]
mod scanner;
#[cfg(feature = "scan")]
mod texts;
#[cfg(feature = "scan")]
mod ties;
#[cfg(feature = "scan")]
mod value;
#[cfg(feature = "scan")]
mod walk;

pub use finding::{ActionVerdict, Confidence, Edit, Finding, Scan, ScanFault, ScanProblem};

#[cfg(feature = "scan")]
pub use edit::{EditError, apply_edits};
#[cfg(feature = "scan")]
pub use file::FileKind;
#[cfg(feature = "scan")]
pub use scanner::{Collector, FileScan, MAX_TEXT_BYTES, Scanner};
