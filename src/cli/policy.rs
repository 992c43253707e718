//! The policy of a call: the file named, or the one beside the lockfile.

use crate::files::read_up_to;
use rungs::catalog::Catalog;
use rungs::lint::Lint;
use rungs::policy::Policy;
use rungs::{Date, Error};
use std::path::Path;

/// A policy and the name of its file.
pub(crate) struct Read(pub(crate) Policy, String);

pub(crate) fn read(
    catalog: &Catalog,
    named: Option<&Path>,
    lockfile: &Path,
) -> Result<Option<Read>, Error> {
    let beside = lockfile.with_file_name(Policy::FILE);
    let path = match named {
        Some(path) => path,
        None if beside.is_file() => &beside,
        None => return Ok(None),
    };
    let file = path.display().to_string();
    let text = String::from_utf8(read_up_to(path, Policy::MAX_BYTES)?)
        .map_err(|_| Error::io(&format!("{file} is not UTF-8")))?;
    let policy = Policy::parse(catalog, &text).map_err(|error| error.in_file(&file))?;
    Ok(Some(Read(policy, file)))
}

impl Read {
    /// Acceptances end on a day: the one asked for, or today.
    pub(crate) fn check_day(&self, day: Option<Date>) -> Result<(), Error> {
        day.or_else(crate::today).map_or(Ok(()), |day| {
            let checked = self.0.check_day(day);
            checked.map_err(|error| error.in_file(&self.1))
        })
    }

    pub(crate) fn check_used(&self, lint: &Lint) -> Result<(), Error> {
        let checked = self.0.check_used(lint);
        checked.map_err(|error| error.in_file(&self.1))
    }
}
