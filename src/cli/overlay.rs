//! `rungs.catalog.toml`: the overlay beside a lockfile that every command uses.

use crate::files::{named_or_read, open_layers, read};
use rungs::catalog::{Catalog, Source};
use rungs::{Error, report};
use std::path::{Path, PathBuf};

/// The name of the file.
pub(crate) const FILE: &str = "rungs.catalog.toml";

/// The catalog of a call: the embedded one or the first of `paths`, over it the overlay beside the
/// lockfile, over that the rest of `paths`. Says on standard error that it found one.
pub(crate) fn open(paths: &[PathBuf], lockfile: Option<&Path>) -> Result<Catalog, Error> {
    let named: Result<Vec<_>, _> = paths.iter().map(|path| named_or_read(path)).collect();
    let mut layers = named?;
    let Some(lockfile) = lockfile else {
        return open_layers(layers);
    };
    let path = lockfile.with_file_name(FILE);
    if !path.is_file() || paths.iter().any(|named| is_same(named, &path)) {
        return open_layers(layers);
    }
    // A catalog that stands by itself lies below, everything else above.
    let stands = |layer: &Vec<Source>| !layer.iter().any(Catalog::extends);
    let below = usize::from(layers.first().is_some_and(stands));
    let base = open_layers(layers[..below].to_vec())?;
    if let Some(source) = source(&path, &base)? {
        layers.insert(below, vec![source]);
    }
    open_layers(layers)
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
    if extends != *base.name() {
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
