//! Reading a `Gemfile.lock`, as Bundler 1.x to 4.x writes and reads it.
//!
//! [`Lockfile::parse`] reads bytes and gives plain data: sources, gems with their dependencies,
//! platforms, direct dependencies, checksums, and the versions of Ruby and Bundler. It opens no
//! file, and it interprets nothing: versions and requirements are texts here, checked only for
//! the shape that RubyGems reads.
//!
//! # Where it agrees with Bundler
//! What is read is what Bundler 4.0 reads, to the odd corner: a gem listed twice counts as it
//! counts the second time, `rake ()` is version `0`, a pin is only bound to gems listed above
//! it, a section whose header it does not know is passed over. But where Bundler passes over
//! something in silence, [`Lockfile::warnings`] says so, with the place: a gem that is indented by
//! five blanks or by a tab, for one, is no gem to Bundler. Nor is a header with a
//! byte order mark before it a header.
//!
//! # Where it differs, on purpose
//! * Where Bundler reads *nothing* (an empty file, a Gemfile, a JSON document, a file with lone
//!   carriage returns or headers that all have trailing blanks) it goes on with an empty bundle
//!   and resolves anew. Planning on nothing would be a lie, so this is an error.
//! * A line of a gem or dependency that is not `name (…)`, such as `rake (13.3.0` cut off in the
//!   middle, is an error. Bundler reads that as a gem `rake` of version `0`.
//! * A source whose `specs:` never comes, and a dependency without a gem above it, are errors.
//!   Bundler drops the one, and gives the other to a gem of the section above, or crashes.
//! * Control characters other than blanks are binary data, and an error.
//! * A plugin source is read whether the plugin is installed or not.
//! * Platforms are kept as written; `x86-linux` and `i686-linux` are two platforms here.
//! * Names are text: Bundler reads names that [`Name`](crate::Name) refuses, such as `raké`.
//!   Each such gem has a warning.

mod checksum;
mod entry;
mod gems;
mod input;
mod model;
mod parse;
mod reader;
mod snapshot;
mod warning;

pub use model::{
    Checksum, DirectDependency, GemSource, Lockfile, SourceKind, Spec, SpecDependency, Sum,
    UnknownSection,
};
pub use snapshot::{Installed, Origin, Snapshot};
pub use warning::Warning;
