//! What is looked at before Bundler runs on the copies, and at the lockfile that it wrote.

use crate::bundler::{self, BundlerCall};
use crate::settings::{From, Settings};
use rungs::lockfile::Lockfile;
use rungs::{Error, Scheme, Version};
use std::path::Path;

/// The first Bundler that keeps the section CHECKSUMS.
const KEEPS_CHECKSUMS: &str = "2.5.0";
/// From this on a lockfile is not written by whatever Bundler is at hand: 1 and 2 read the same.
const OWN_MAJOR: u64 = 3;

/// Refuses where settings forbid Bundler to change the lockfile.
pub(crate) fn settings(settings: &Settings) -> Result<(), Error> {
    let Some((name, setting)) = settings.freezes() else {
        return Ok(());
    };
    let cure = match &setting.from {
        From::File(_) => format!("bundle config unset {name}"),
        From::Variable(variable) => format!("unset {variable}"),
    };
    Err(refused(&format!(
        "{} sets {name}, so Bundler may not change the lockfile: expected it unset (`{cure}`); nothing is \
         changed",
        setting.from
    )))
}

/// Refuses a Bundler that would take something of the lockfile away.
pub(crate) fn version(
    bundle: BundlerCall<'_>,
    lockfile: &Lockfile,
    file: &Path,
) -> Result<(), Error> {
    let written_by = lockfile.bundled_with().map(major);
    let asks = lockfile.checksums().is_some() || written_by.is_some_and(|it| it >= OWN_MAJOR);
    let Some(version) = asks
        .then(|| bundler::version(bundle))
        .transpose()?
        .flatten()
    else {
        return Ok(());
    };
    let first = Version::parse(Scheme::RubyGems, KEEPS_CHECKSUMS)?;
    if lockfile.checksums().is_some() && version < first {
        return Err(refused(&format!(
            "Bundler {version} would drop the section CHECKSUMS of {}: expected {KEEPS_CHECKSUMS} or newer, \
             or its path in --bundle; nothing is changed",
            file.display()
        )));
    }
    let own = major(version.as_str());
    match lockfile.bundled_with().zip(written_by) {
        Some((bundled_with, written_by)) if own < written_by => Err(refused(&format!(
            "Bundler {version} would lower BUNDLED WITH of {} from {bundled_with}: expected Bundler \
             {written_by}, or its path in --bundle; nothing is changed",
            file.display()
        ))),
        _ => Ok(()),
    }
}

fn refused(message: &str) -> Error {
    Error::io(message)
}

fn major(version: &str) -> u64 {
    let digits = version.split('.').next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

/// Refuses a lockfile that lacks a section which the old one had.
pub(crate) fn sections(old: &[u8], new: &[u8], file: &Path) -> Result<(), Error> {
    let had = headers(old);
    let has = headers(new);
    let lost: Vec<&str> = had.into_iter().filter(|it| !has.contains(it)).collect();
    let Some(first) = lost.first() else {
        return Ok(());
    };
    let cure = match *first {
        "RUBY VERSION" => "name the Ruby in the Gemfile (`ruby \"3.3.0\"`)".to_owned(),
        "CHECKSUMS" => format!("call Bundler {KEEPS_CHECKSUMS} or newer with --bundle"),
        _ => "delete it, or call another Bundler with --bundle".to_owned(),
    };
    Err(refused(&format!(
        "Bundler dropped {} of {}: expected every section that was there; {cure}; nothing is changed",
        lost.join(" and "),
        file.display()
    )))
}

/// The headers of a lockfile without those of sources, which go when their last gem does.
fn headers(lockfile: &[u8]) -> Vec<&str> {
    let lines = lockfile.split(|byte| *byte == b'\n');
    let lines = lines.filter_map(|line| std::str::from_utf8(line).ok());
    let lines = lines.map(|line| line.trim_end_matches('\r'));
    let is_header = |line: &&str| line.starts_with(|c: char| c.is_ascii_uppercase());
    let sources = ["GEM", "GIT", "PATH", "PLUGIN SOURCE"];
    lines
        .filter(is_header)
        .filter(|line| !sources.contains(line))
        .collect()
}
