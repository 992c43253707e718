//! Gemfiles: which lines ask for which gem, and edits of exactly these lines.
//!
//! Ruby's own parser says what a line is; nothing here guesses. What is conditional, computed or
//! written twice is refused, with its place. Invariants: an edit changes the requirements of the
//! gems that it names, adds temporary lines and deletes those that are no longer needed, and not a
//! byte besides; what it gives is read again before anybody gets it, and must say exactly that.
//!
//! A temporary line is one with the mark `# rungs: temporary` behind it. What the user writes has
//! no such mark, and is never deleted.
//!
//! # Stability
//! Stable as the rest of the crate: within 0.y it only grows.

mod cooldown;
mod edit;
mod lockfile;
mod read;
mod ruby_line;

pub use lockfile::{LockfileLine, LockfileValue};
pub use read::{Gemfile, MARK};
pub use ruby_line::{RubyLine, ruby_version};
