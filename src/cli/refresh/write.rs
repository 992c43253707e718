//! What a refresh changes in files: an overlay, or a catalog's own folder.

use crate::files::{open_layers, replace};
use rungs::catalog::{Catalog, Source};
use rungs::refresh::Refresh;
use rungs::{Date, Error, report};
use similar::TextDiff;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A file that changes: its text before, if it is there, and after.
pub(crate) struct Edited {
    path: PathBuf,
    before: Option<String>,
    after: String,
}

/// The files that change: those of the last layer if the target is there, else a new overlay.
pub(crate) fn edited(
    catalog: &Catalog,
    layers: &[Vec<Source>],
    target: &Path,
    refresh: &Refresh,
    horizon: Option<Date>,
) -> Result<Vec<Edited>, Error> {
    let mut files = before(catalog, layers, target)?;
    for (name, lines) in report::refresh_lines(catalog, refresh) {
        let mut done = false;
        // The last file that speaks of the package is the one.
        for file in files.iter_mut().rev() {
            let shown = file.path.display().to_string();
            let text = report::with_release_lines(&file.after, &name, &lines)
                .map_err(|error| error.in_file(&shown))?;
            if let Some(text) = text {
                file.after = text;
                done = true;
                break;
            }
        }
        if let Some(file) = files.last_mut().filter(|_| !done) {
            let section = report::release_lines_section(&name, &lines);
            file.after = format!("{}\n\n{section}", file.after.trim_end_matches('\n'));
        }
    }
    if let Some(day) = horizon.filter(|day| *day > catalog.horizon()) {
        move_horizon(&mut files, day)?;
    }
    files.retain(|file| file.before.as_deref() != Some(&*file.after));
    let is_new = |file: &Edited| file.before.is_none();
    if horizon.is_none_or(|day| day <= catalog.horizon()) && refresh.is_empty() {
        files.retain(|file| !is_new(file));
    }
    // What is written must read as a catalog.
    let changed = |source: &Source| {
        let file = files
            .iter()
            .find(|file| file.path == Path::new(source.name()));
        match file {
            Some(file) => Source::new(source.name().to_owned(), file.after.clone()),
            None => source.clone(),
        }
    };
    let layer_of = |layer: &Vec<Source>| layer.iter().map(changed).collect();
    let mut after: Vec<Vec<Source>> = layers.iter().map(layer_of).collect();
    for file in files.iter().filter(|file| is_new(file)) {
        let name = file.path.display().to_string();
        after.push(vec![Source::new(name, file.after.clone())]);
    }
    open_layers(after)?;
    Ok(files)
}

fn before(catalog: &Catalog, layers: &[Vec<Source>], target: &Path) -> Result<Vec<Edited>, Error> {
    if !target.exists() {
        return Ok(vec![Edited {
            path: target.to_owned(),
            before: None,
            after: report::refresh_overlay(catalog),
        }]);
    }
    let last = layers.last().map_or(&[][..], Vec::as_slice);
    let files = last.iter().map(|source| {
        let path = PathBuf::from(source.name());
        // The file itself: a layer may have been changed on its way.
        let text = String::from_utf8(crate::files::read(&path)?)
            .map_err(|_| refused(format!("{} is not UTF-8", path.display())))?;
        Ok(Edited {
            path,
            after: text.clone(),
            before: Some(text),
        })
    });
    files.collect()
}

/// Writes the day where a file has a horizon; an overlay without one gets it.
fn move_horizon(files: &mut [Edited], day: Date) -> Result<(), Error> {
    for file in files.iter_mut() {
        let shown = file.path.display().to_string();
        let text = report::with_horizon(&file.after, day).map_err(|it| it.in_file(&shown))?;
        if let Some(text) = text {
            file.after = text;
            return Ok(());
        }
    }
    let overlay = files.iter_mut().find_map(|file| {
        let text = file.after.clone();
        let start = text.lines().position(|line| line.starts_with("extends"))?;
        Some((file, text, start))
    });
    if let Some((file, text, at)) = overlay {
        let mut lines: Vec<&str> = text.split('\n').collect();
        let line = format!("horizon = {day}");
        lines.insert(at + 1, &line);
        file.after = lines.join("\n");
    }
    Ok(())
}

/// A unified diff of all files.
pub(crate) fn diff(files: &[Edited]) -> String {
    let texts = files.iter().map(|file| {
        let name = file.path.display().to_string();
        let old = match file.before {
            Some(_) => &*name,
            None => "/dev/null",
        };
        let before = file.before.as_deref().unwrap_or_default();
        let diff = TextDiff::from_lines(before, &*file.after);
        diff.unified_diff().header(old, &name).to_string()
    });
    texts.collect()
}

/// Writes all files, each whole or not at all.
pub(crate) fn write(files: &[Edited]) -> Result<(), Error> {
    let (new, old): (Vec<&Edited>, Vec<&Edited>) =
        files.iter().partition(|file| file.before.is_none());
    for file in new {
        create(file)?;
    }
    let old: Vec<(PathBuf, String)> = old
        .iter()
        .map(|file| (file.path.clone(), file.after.clone()))
        .collect();
    replace(&old)
}

/// A new file: under a name of its own until it is whole, and never over one that came in between.
fn create(file: &Edited) -> Result<(), Error> {
    let path = &file.path;
    let cannot =
        |error: std::io::Error| refused(format!("cannot write {}: {error}", path.display()));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.rungs-{}", std::process::id()));
    let written = fs::File::create_new(&beside).and_then(|mut out| {
        out.write_all(file.after.as_bytes())?;
        out.sync_all()?;
        match path.symlink_metadata() {
            Ok(_) => Err(std::io::ErrorKind::AlreadyExists.into()),
            Err(_) => fs::rename(&beside, path),
        }
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.map_err(cannot)
}

/// The error of a call that ends here.
fn refused(message: impl AsRef<str>) -> Error {
    Error::io(message.as_ref())
}
