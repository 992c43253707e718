//! What plans are made of: versions, lockfiles, catalogs, the index, and joint resolution.

mod bakery;
mod catalog;
mod catalog_facts;
#[path = "../common/mod.rs"]
mod common;
mod index;
mod limits;
mod lockfile;
mod lockfile_truth;
mod resolve_laws;
mod resolve_specs;
mod smoke;
#[cfg(feature = "scan")]
mod threads;
mod version_laws;
mod version_ruby;
mod version_vectors;
mod versions;
