//! Reading and writing files.

use rungs::Error;
use rungs::catalog::{Catalog, Source};
use rungs::lockfile::Lockfile;
use std::path::{Path, PathBuf};

pub(crate) fn read_lockfile(path: &Path) -> Result<(Lockfile, String), Error> {
    let file = path.display().to_string();
    let lockfile = parse_lockfile(&read(path)?, &file)?;
    Ok((lockfile, file))
}

pub(crate) fn parse_lockfile(bytes: &[u8], file: &str) -> Result<Lockfile, Error> {
    Lockfile::parse(bytes).map_err(|error| error.in_file(file))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    if path.is_dir() {
        return Err(Error::io(&format!(
            "{} is a folder: expected a file",
            path.display()
        )));
    }
    std::fs::read(path).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => error.to_string(),
        };
        Error::io(&format!("cannot read {}: {why}", path.display()))
    })
}

/// A text; bytes that are no UTF-8 are an error.
pub(crate) fn read_text(path: &Path) -> Result<String, Error> {
    String::from_utf8(read(path)?)
        .map_err(|_| Error::io(&format!("{} is not UTF-8 text", path.display())))
}

/// The embedded catalog, or the ones named: the first is complete by itself or lies over the embedded
/// one, each further one over those before it.
pub(crate) fn open_catalog(paths: &[PathBuf]) -> Result<Catalog, Error> {
    let layers: Result<Vec<_>, _> = paths.iter().map(|path| named_or_read(path)).collect();
    open_layers(layers?)
}

/// The files of a catalog that ships, or those at a path.
fn named_or_read(path: &Path) -> Result<Vec<Source>, Error> {
    let name = path
        .to_str()
        .filter(|name| !name.contains(['/', '\\', '.']));
    if let Some(name) = name.filter(|_| !path.exists()) {
        if name == Catalog::KARAFKA {
            return Ok(Catalog::karafka_sources());
        }
        if let Some(shipped) = Catalog::shipped().iter().find(|it| it.name() == name) {
            return Ok(shipped.sources());
        }
        let known: Vec<&str> = Catalog::shipped().iter().map(|it| it.name()).collect();
        return Err(Error::io(&format!(
            "cannot read {name}: no such file, and of catalogs {}, {} ship",
            Catalog::KARAFKA,
            known.join(", ")
        )));
    }
    read_sources(path)
}

/// The same from texts.
pub(crate) fn open_layers(layers: Vec<Vec<Source>>) -> Result<Catalog, Error> {
    let mut catalog: Option<Catalog> = None;
    for sources in layers {
        catalog = Some(match catalog {
            Some(below) => below.overlay(sources)?, // or stands beside it
            None if sources.iter().any(Catalog::extends) => Catalog::karafka()?.overlay(sources)?,
            None => Catalog::parse(sources)?,
        });
    }
    catalog.map_or_else(Catalog::karafka, Ok)
}

pub(crate) fn read_sources(path: &Path) -> Result<Vec<Source>, Error> {
    let mut files = Vec::new();
    if path.is_dir() {
        // A catalog's actions may stand in a folder of their own.
        let actions = Some(path.join("actions")).filter(|folder| folder.is_dir());
        for folder in std::iter::once(path.to_owned()).chain(actions) {
            let entries = std::fs::read_dir(&folder).map_err(|error| {
                Error::io(&format!("cannot read {}: {error}", folder.display()))
            })?;
            let names = entries.flatten().map(|entry| entry.path());
            files.extend(names.filter(|file| file.extension().is_some_and(|end| end == "toml")));
        }
        files.sort();
        if files.is_empty() {
            return Err(Error::io(&format!("no .toml file in {}", path.display())));
        }
    } else {
        files.push(path.to_owned());
    }
    let mut sources = Vec::new();
    for file in files {
        let text = String::from_utf8(read(&file)?)
            .map_err(|_| Error::io(&format!("{} is not UTF-8", file.display())))?;
        sources.push(Source::new(file.display().to_string(), text));
    }
    Ok(sources)
}

/// Writes files into a folder that is new or empty: what is there already would be read with
/// them.
pub(crate) fn write_new(folder: &Path, files: &[(String, String)]) -> Result<(), Error> {
    let cannot = |path: &Path, error: std::io::Error| {
        Error::io(&format!("cannot write {}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
    let mut entries = std::fs::read_dir(folder).map_err(|error| cannot(folder, error))?;
    if entries.next().is_some() {
        return Err(Error::io(&format!(
            "{} is not empty: expected a new or empty folder",
            folder.display()
        )));
    }
    for (name, text) in files {
        let path = folder.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
        }
        std::fs::write(&path, text).map_err(|error| cannot(&path, error))?;
    }
    Ok(())
}

/// Puts new texts in the place of files, each whole or not at all: all are written beside their
/// files first, then each takes its place in one step.
pub(crate) fn replace(files: &[(PathBuf, String)]) -> Result<(), Error> {
    let mut written = Vec::new();
    let done = files.iter().try_for_each(|(path, text)| {
        let (path, beside) = write_beside(path, text).map_err(|(path, error)| {
            Error::io(&format!("cannot write {}: {error}", path.display()))
        })?;
        written.push((path, beside));
        Ok(())
    });
    let done = done.and_then(|()| {
        written.iter().try_for_each(|(path, beside)| {
            std::fs::rename(beside, path)
                .map_err(|error| Error::io(&format!("cannot write {}: {error}", path.display())))
        })
    });
    if done.is_err() {
        for (_, beside) in written {
            let _ = std::fs::remove_file(beside);
        }
    }
    done
}

fn write_beside(path: &Path, text: &str) -> Result<(PathBuf, PathBuf), (PathBuf, std::io::Error)> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    // A link stays a link; what it leads to is replaced.
    let path = std::fs::canonicalize(path).map_err(failed(path))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.rungs-{}", std::process::id()));
    let write = || {
        let mut file = std::fs::File::create(&beside)?;
        std::io::Write::write_all(&mut file, text.as_bytes())?;
        file.set_permissions(std::fs::metadata(&path)?.permissions())?;
        file.sync_all()
    };
    if let Err(error) = write() {
        let _ = std::fs::remove_file(&beside);
        return Err((beside, error));
    }
    Ok((path, beside))
}
