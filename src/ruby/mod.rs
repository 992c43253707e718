//! Ruby source as a tree: what is written, where, and the values of its literals.
//!
//! Knows no catalog and no file. The parser is the one of Ruby itself, which goes on after faults;
//! what it hands over is laid out flat, so that nobody has to recurse.
//!
//! The parser does recurse, to a depth of its own (10,000, beyond which it reports a fault). It runs
//! on a stack of its own, so that a caller's may be as small as it likes.
//!
//! # Stability
//! Unstable: any 0.y.z may change it without notice. It is public so that the program can use it; other
//! users want a parser of their own.

mod children;
mod lines;
mod read;
mod shape;
mod tree;

pub use lines::Lines;
pub use read::{MAX_BYTES, MAX_FAULTS, Refusal, parse, parse_body};
pub use tree::{Fault, Kind, Node, NodeRole, Tree};
