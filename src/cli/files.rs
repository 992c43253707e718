//! Reading and writing files.

use rungs::Error;
use rungs::catalog::{Catalog, Source};
use rungs::lockfile::Lockfile;
use rungs::report;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A lockfile, of standard input where the path is `-`. What Bundler passes over in it is reported: the answer
/// may hang on that.
pub(crate) fn read_lockfile(path: &Path) -> Result<(Lockfile, String), Error> {
    let (lockfile, file) = lockfile_at(path)?;
    for remark in report::lockfile_remarks(&file, &lockfile) {
        eprintln!("rungs: {remark}");
    }
    Ok((lockfile, file))
}

fn lockfile_at(path: &Path) -> Result<(Lockfile, String), Error> {
    if is_standard_input(path) {
        let file = "standard input";
        let bytes = read_from(
            &mut std::io::stdin().lock(),
            Path::new(file),
            Lockfile::MAX_BYTES,
        )?;
        return Ok((parse_lockfile(&bytes, file)?, file.to_owned()));
    }
    let file = path.display().to_string();
    let lockfile = parse_lockfile(&read_up_to(path, Lockfile::MAX_BYTES)?, &file)?;
    Ok((lockfile, file))
}

/// Whether a path means standard input; a file of that name is `./-`.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// Whether a file of a folder or repository is a lockfile of Bundler, by its name.
pub(crate) fn is_lockfile(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "gems.locked"
        || name.ends_with(".gemfile.lock")
        || name.starts_with("Gemfile") && name.ends_with(".lock")
}

pub(crate) fn parse_lockfile(bytes: &[u8], file: &str) -> Result<Lockfile, Error> {
    Lockfile::parse(bytes).map_err(|error| error.in_file(file))
}

/// Reads a file of which no kind is known that is longer than an index.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    read_up_to(path, rungs::index::MAX_BYTES)
}

/// Reads a regular file, or what a link to one leads to, of up to so many bytes.
pub(crate) fn read_up_to(path: &Path, most: usize) -> Result<Vec<u8>, Error> {
    let (mut file, found) = open_regular(path)?;
    if found.len() > most as u64 {
        return Err(too_large(path, most));
    }
    read_from(&mut file, path, most)
}

/// Opens a regular file, or what a link to one leads to. A device, pipe or socket has no end that one may
/// wait for.
pub(crate) fn open_regular(path: &Path) -> Result<(File, Metadata), Error> {
    let shown = path.display();
    let cannot = |error: std::io::Error| {
        let why = match error.kind() {
            ErrorKind::NotFound => "no such file".to_owned(),
            _ => error.to_string(),
        };
        Error::io(&format!("cannot read {shown}: {why}"))
    };
    let is_regular = |found: &Metadata| match (found.is_file(), found.is_dir()) {
        (true, _) => Ok(()),
        (_, true) => Err(Error::io(&format!("{shown} is a folder: expected a file"))),
        _ => Err(Error::io(&format!(
            "{shown} is no regular file: expected one; `-` reads a lockfile from standard input"
        ))),
    };
    // Before it is opened, since that may wait for ever; and again, since it may be another one now.
    is_regular(&std::fs::metadata(path).map_err(cannot)?)?;
    let file = open(path).map_err(cannot)?;
    let found = file.metadata().map_err(cannot)?;
    is_regular(&found)?;
    Ok((file, found))
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Opening a pipe does not wait for who writes it.
        options.custom_flags(i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0));
    }
    options.open(path)
}

/// Reads what an earlier call left: a regular file, and no link. Anybody may have put another one there.
pub(crate) fn read_left(path: &Path) -> std::io::Result<Vec<u8>> {
    let most = rungs::index::MAX_BYTES as u64;
    let found = std::fs::symlink_metadata(path)?;
    if !found.is_file() || found.len() > most {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Up to so many bytes, and never more in memory.
pub(crate) fn read_from(from: &mut impl Read, path: &Path, most: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = from.take(most as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Error::io(&format!("cannot read {}: {error}", path.display())))?;
    match bytes.len() > most {
        true => Err(too_large(path, most)),
        false => Ok(bytes),
    }
}

fn too_large(path: &Path, most: usize) -> Error {
    Error::too_large(&format!(
        "{} is too long: expected at most {most} bytes",
        path.display()
    ))
}

/// Writes a new file; one that is there already stays.
pub(crate) fn create_text(path: &Path, text: &str) -> Result<(), Error> {
    let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::io(&format!("{} is there already", path.display()))
            .with_help("`rungs init --dry-run` prints what a new one has"),
        _ => cannot_write(path, &error),
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

/// What can only be the name of a catalog that ships.
pub(crate) fn shipped_name(path: &Path) -> Option<&str> {
    let name = path.to_str()?;
    let is_name = !name.contains(['/', '\\', '.']) && !path.exists();
    is_name.then_some(name)
}

/// The files of a catalog that ships, or those at a path.
pub(crate) fn named_or_read(path: &Path) -> Result<Vec<Source>, Error> {
    if let Some(name) = shipped_name(path) {
        if name == Catalog::KARAFKA {
            return Ok(Catalog::karafka_sources());
        }
        if let Some(shipped) = Catalog::shipped().iter().find(|it| it.name() == name) {
            return Ok(shipped.sources());
        }
        let known: Vec<&str> = Catalog::shipped().iter().map(|it| it.name()).collect();
        let error = Error::io(&format!(
            "cannot read {name}: no such file, and of catalogs {}, {} ship",
            Catalog::KARAFKA,
            known.join(", ")
        ));
        let known = known.into_iter().chain([Catalog::KARAFKA]);
        return Err(error.with_nearest(name, known, ""));
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
        let text = String::from_utf8(read_up_to(&file, Source::MAX_BYTES)?)
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
        let write = |path: &Path| {
            let mut file = File::create_new(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write(&path).map_err(|error| cannot(&path, error))?;
    }
    Ok(())
}

/// Puts new texts in the place of files, each whole or not at all: all are written beside their
/// files first, under names that nobody can guess, then each takes its place in one step.
///
/// A link is refused: what it leads to may be anybody's.
pub(crate) fn replace(files: &[(PathBuf, String)]) -> Result<(), Error> {
    let mut written = Vec::new();
    for (path, text) in files {
        let beside = write_beside(path, text.as_bytes());
        let beside = beside.map_err(|error| cannot_write(path, &error))?;
        written.push((path, beside));
    }
    for (path, beside) in written {
        let placed = beside.persist(path);
        placed.map_err(|error| cannot_write(path, &error.error))?;
    }
    Ok(())
}

/// A new file where nothing is to be kept: what is there is a leftover, or was planted. It goes,
/// and nothing is written through it.
pub(crate) fn create_anew(path: &Path) -> std::io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    File::create_new(path)
}

/// The same, with this text.
pub(crate) fn write_anew(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    create_anew(path)?.write_all(bytes)
}

/// A number for a name that nobody else can guess.
pub(crate) fn any_number() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // Keyed by random numbers of the system.
    std::hash::RandomState::new().build_hasher().finish()
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Error {
    Error::io(&format!("cannot write {}: {error}", path.display()))
}

/// A new file beside another one and with its permissions; it goes unless it takes a place.
fn write_beside(path: &Path, bytes: &[u8]) -> std::io::Result<NamedTempFile> {
    let found = std::fs::symlink_metadata(path)?;
    if !found.is_file() {
        return Err(std::io::Error::other(
            "it is no regular file: expected one, and not a link to one",
        ));
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".rungs-")
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(found.permissions())?;
    file.as_file().sync_all()?;
    Ok(file)
}
