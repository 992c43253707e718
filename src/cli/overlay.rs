//! `rungs.catalog.toml`: the overlay beside a lockfile that every command uses.

use crate::files::{named_or_read, open_layers, read, shipped_name};
use rungs::catalog::{Catalog, Source};
use rungs::{Error, report};
use std::path::{Path, PathBuf};

/// The name of the file.
pub(crate) const FILE: &str = "rungs.catalog.toml";

/// The catalog of a call: those of `paths` that stand by themselves, without any the `chosen` ones; over
/// them the overlay beside the lockfile, over that the rest of `paths`. Says on standard error that it found
/// one.
pub(crate) fn open(
    paths: &[PathBuf],
    lockfile: Option<&Path>,
    chosen: &[&str],
) -> Result<Catalog, Error> {
    let named: Result<Vec<_>, _> = paths.iter().map(|path| named_or_read(path)).collect();
    let mut over = named?;
    let stands = |layer: &Vec<Source>| !layer.iter().any(Catalog::extends);
    let below = over.iter().take_while(|layer| stands(layer)).count();
    let under: Vec<_> = over.drain(..below).collect();
    let base = match names(&paths[..below]) {
        _ if under.is_empty() => Catalog::joined(chosen)?,
        Some(names) => Catalog::joined(&names)?,
        None => open_layers(under)?,
    };
    let beside = lockfile.map(|it| it.with_file_name(FILE));
    let beside = beside.filter(|it| it.is_file() && !paths.iter().any(|named| is_same(named, it)));
    if let Some(source) = beside.map(|it| source(&it, &base)).transpose()?.flatten() {
        over.insert(0, vec![source]);
    }
    over.into_iter()
        .try_fold(base, |below, layer| below.overlay(layer))
}

/// The families that options ask about: those of catalogs that they name; none where the lockfile chose.
pub(crate) fn families(paths: &[PathBuf], catalog: &Catalog) -> Vec<String> {
    let stands = |path: &PathBuf| {
        shipped_name(path).is_some()
            || named_or_read(path).is_ok_and(|files| !files.iter().any(Catalog::extends))
    };
    let families = catalog.families().iter().map(ToString::to_string);
    let is_named = catalog.families().len() > 1 && paths.first().is_some_and(stands);
    families.filter(|_| is_named).collect()
}

/// The names, where all are those of catalogs that ship.
fn names(paths: &[PathBuf]) -> Option<Vec<&str>> {
    let name = |path: &'_ PathBuf| shipped_name(path).is_some();
    let all = paths.iter().all(name);
    all.then(|| paths.iter().filter_map(|it| it.to_str()).collect())
}

/// The overlay as a layer over this catalog; `None` where it is for another one.
pub(crate) fn source(path: &Path, base: &Catalog) -> Result<Option<Source>, Error> {
    let file = path.display().to_string();
    let text =
        String::from_utf8(read(path)?).map_err(|_| refused(format!("{file} is not UTF-8")))?;
    let source = Source::new(file.clone(), text);
    let Some(extends) = Catalog::extended(&source) else {
        return Err(refused(format!(
            "{file} extends no catalog: expected extends = \"{}\"",
            base.name()
        )));
    };
    if !base.families().contains(&extends) {
        eprintln!("rungs: {}", report::overlay_not_used(&file, &extends, base));
        return Ok(None);
    }
    let horizon = report::horizon(source.text()).map_err(|error| error.in_file(&file))?;
    let Some((Some(day), span)) = horizon.filter(|(day, _)| *day < Some(base.horizon())) else {
        eprintln!("rungs: {}", report::overlay_used(&file, base));
        return Ok(Some(source));
    };
    // It was made over an older catalog. What it says holds, except how far that one knew: blanks
    // take the place of the line, so that places stay what they are.
    eprintln!("rungs: {}", report::overlay_is_older(&file, day, base));
    let text = source.text();
    let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let blank = " ".repeat(span.end - start);
    let text = format!("{}{blank}{}", &text[..start], &text[span.end..]);
    Ok(Some(Source::new(file, text)))
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}

/// The error of a call that ends here.
fn refused(message: impl AsRef<str>) -> Error {
    Error::io(message.as_ref())
}
