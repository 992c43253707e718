//! The Gemfile beside a lockfile, and where it stands.

use crate::files::read;
use crate::journal;
use rungs::catalog::Catalog;
use rungs::gemfile::Gemfile;
use rungs::lockfile::Snapshot;
use rungs::{Error, Requirement};
use std::path::{Path, PathBuf};

/// The Gemfile that belongs to a lockfile: `gems.rb` to `gems.locked`, else the name without `.lock`.
pub(crate) fn gemfile_of(lockfile: &Path) -> Option<PathBuf> {
    let name = lockfile.file_name()?.to_str()?;
    let gemfile = match name {
        "gems.locked" => "gems.rb",
        _ => name.strip_suffix(".lock").filter(|name| !name.is_empty())?,
    };
    Some(lockfile.with_file_name(gemfile))
}

/// What is installed, knowing which lines of the Gemfile are temporary; says where the two stand.
pub(crate) fn with_gemfile(
    catalog: &Catalog,
    lockfile: &Path,
    mut snapshot: Snapshot,
) -> Result<Snapshot, Error> {
    if journal::is_there(lockfile) {
        eprintln!("rungs: `rungs apply` was interrupted here; call it again, and it completes");
    }
    let Some(path) = gemfile_of(lockfile).filter(|path| path.is_file()) else {
        return Ok(snapshot);
    };
    let file = path.display().to_string();
    let source = read(&path)?;
    let gemfile = match Gemfile::parse(&source) {
        Ok(gemfile) => gemfile,
        // Without the mark no line is temporary, and that is all that matters here.
        Err(_) if !has_mark(&source) => return Ok(snapshot),
        Err(error) => return Err(error.in_file(&file)),
    };
    let temporary: Vec<&str> = gemfile.temporary().collect();
    if !temporary.is_empty() {
        eprintln!(
            "rungs: {file} has temporary lines from a step before: {}",
            temporary.join(", ")
        );
    }
    for (name, requirement) in unmet(catalog, &gemfile, &snapshot) {
        let locked = snapshot.package(&name);
        let locked = locked.map_or("nothing", |installed| installed.version().as_str());
        eprintln!(
            "rungs: {file} asks for {name} {requirement}, the lockfile has {locked}: a step was begun; \
             this is planned from the lockfile"
        );
    }
    for name in temporary {
        snapshot = snapshot.temporary(name);
    }
    Ok(snapshot)
}

fn has_mark(source: &[u8]) -> bool {
    let mark = rungs::gemfile::MARK.trim_start_matches("# ").as_bytes();
    source.windows(mark.len()).any(|window| window == mark)
}

/// Gems of the catalog whose locked version is not what the Gemfile asks for.
fn unmet(catalog: &Catalog, gemfile: &Gemfile, snapshot: &Snapshot) -> Vec<(String, String)> {
    let gems = gemfile.gems().filter(|(_, list)| !list.is_empty());
    let unmet = gems.filter_map(|(name, list)| {
        let package = catalog.package(name)?;
        let texts: Vec<&str> = list.iter().map(String::as_str).collect();
        let requirement = Requirement::from_list(package.scheme(), &texts).ok()?;
        let installed = snapshot.package(name);
        let is_met = installed.is_some_and(|it| requirement.matches(it.version()));
        (!is_met).then(|| (name.to_owned(), list.join(", ")))
    });
    unmet.collect()
}
