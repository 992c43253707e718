//! `rungs.snapshot/1`: all that was read in a lockfile.

use crate::lockfile::{Lockfile, SourceKind};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    bundled_with: Option<&'a str>,
    ruby_version: Option<&'a str>,
    platforms: Vec<&'a str>,
    sources: Vec<SourceDocument<'a>>,
    specs: Vec<SpecDocument<'a>>,
    dependencies: Vec<DirectDocument<'a>>,
    checksums: Option<Vec<ChecksumDocument<'a>>>,
    unknown_sections: Vec<&'a str>,
    warnings: Vec<WarningDocument<'a>>,
}

#[derive(Serialize)]
struct SourceDocument<'a> {
    kind: &'static str,
    remotes: Vec<&'a str>,
    options: BTreeMap<&'a str, &'a str>,
    line: u32,
}

#[derive(Serialize)]
struct SpecDocument<'a> {
    name: &'a str,
    version: &'a str,
    platform: &'a str,
    source: usize,
    dependencies: Vec<DependencyDocument<'a>>,
    line: u32,
}

#[derive(Serialize)]
struct DependencyDocument<'a> {
    name: &'a str,
    requirement: Vec<&'a str>,
}

#[derive(Serialize)]
struct DirectDocument<'a> {
    name: &'a str,
    requirement: Vec<&'a str>,
    pinned_source: Option<usize>,
    line: u32,
}

#[derive(Serialize)]
struct ChecksumDocument<'a> {
    name: &'a str,
    version: &'a str,
    platform: &'a str,
    sums: Vec<String>,
}

#[derive(Serialize)]
struct WarningDocument<'a> {
    line: u32,
    column: u32,
    message: &'a str,
}

fn kind(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Git => "git",
        SourceKind::Path => "path",
        SourceKind::Plugin => "plugin",
        _ => "gem",
    }
}

/// The document `rungs.snapshot/1` of a lockfile.
///
/// ```
/// # let lockfile = rungs::lockfile::Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
/// assert!(rungs::wire::snapshot_document(&lockfile).contains("\"rungs.snapshot/1\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn snapshot_document(lockfile: &Lockfile) -> String {
    super::render(&Document {
        schema: "rungs.snapshot/1",
        bundled_with: lockfile.bundled_with(),
        ruby_version: lockfile.ruby_version(),
        platforms: lockfile.platforms().collect(),
        sources: lockfile
            .sources()
            .map(|source| SourceDocument {
                kind: kind(source.kind()),
                remotes: source.remotes().collect(),
                options: source.options().collect(),
                line: source.line(),
            })
            .collect(),
        specs: lockfile
            .specs()
            .map(|spec| SpecDocument {
                name: spec.name(),
                version: spec.version(),
                platform: spec.platform(),
                source: spec.source(),
                dependencies: spec
                    .dependencies()
                    .map(|dependency| DependencyDocument {
                        name: dependency.name(),
                        requirement: dependency.requirement().collect(),
                    })
                    .collect(),
                line: spec.line(),
            })
            .collect(),
        dependencies: lockfile
            .dependencies()
            .map(|dependency| DirectDocument {
                name: dependency.name(),
                requirement: dependency.requirement().collect(),
                pinned_source: dependency.pinned_source(),
                line: dependency.line(),
            })
            .collect(),
        checksums: lockfile.checksums().map(|checksums| {
            checksums
                .map(|checksum| ChecksumDocument {
                    name: checksum.name(),
                    version: checksum.version(),
                    platform: checksum.platform(),
                    sums: checksum
                        .sums()
                        .map(|sum| format!("{}={}", sum.algorithm(), sum.hex()))
                        .collect(),
                })
                .collect()
        }),
        unknown_sections: lockfile
            .unknown_sections()
            .map(|section| section.header())
            .collect(),
        warnings: lockfile
            .warnings()
            .iter()
            .map(|warning| WarningDocument {
                line: warning.place().line,
                column: warning.place().column,
                message: warning.message(),
            })
            .collect(),
    })
}
