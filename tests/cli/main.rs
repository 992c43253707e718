//! The program, called as people call it.
#![cfg(feature = "cli")]

#[cfg(unix)]
mod apply;
mod apply_bundler;
mod calls;
mod catalog;
mod choice;
#[cfg(unix)]
mod ci;
#[path = "../common/mod.rs"]
mod common;
#[cfg(unix)]
mod edges;
mod fleet;
#[cfg(feature = "refresh")]
mod gem_server;
mod helping;
#[cfg(unix)]
mod hostile;
mod import;
mod impossible;
mod index_bounds;
mod lint;
mod lint_base;
mod maintain;
mod outside;
mod program;
mod project;
#[cfg(feature = "refresh")]
mod refresh;
mod reports;
mod scan;
mod scenarios;
mod schemas;
#[cfg(unix)]
mod smoke;
mod status;
mod why;

/// A question about brokers alone.
const BROKERS: [&str; 6] = [
    "--runtime",
    "kafka=3.6",
    "--runtime",
    "kraft=1",
    "--to",
    "kafka=4.0",
];
