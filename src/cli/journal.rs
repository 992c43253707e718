//! Several files change together, whatever interrupts it.
//!
//! New texts are written beside their files first, and made to last. Then a journal takes its place
//! in one step: from there on the change is decided. Each new file takes its place in one step, and
//! the journal goes. Without a journal every file is the old one; with it the next call completes.
//! A file that is neither the old nor the new one stops it: somebody else was there.

use crate::files::{create_anew, read_left};
use rungs::Error;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

const NAME: &str = ".rungs-apply";
const FIRST_LINE: &str = "rungs apply 1";

/// One file that changes.
pub(crate) struct FileChange<'a> {
    pub(crate) path: &'a Path,
    pub(crate) old: &'a [u8],
    pub(crate) new: &'a [u8],
}

/// Is a change of the files beside this one decided and not completed?
pub(crate) fn is_there(beside: &Path) -> bool {
    beside.with_file_name(NAME).is_file()
}

/// Makes a change; all files or, where an error is reported, none.
pub(crate) fn commit(beside: &Path, changes: &[FileChange<'_>]) -> Result<(), Error> {
    let journal = beside.with_file_name(NAME);
    let mut text = format!("{FIRST_LINE}\n");
    let mut staged = Vec::new();
    let prepared = changes.iter().try_for_each(|change| {
        // A link stays a link; what it leads to is replaced.
        let path = fs::canonicalize(change.path).map_err(|error| cannot(change.path, &error))?;
        let new = staged_path(&path);
        staged.push((path.clone(), new.clone()));
        stage(&new, change.new, &path).map_err(|error| cannot(&new, &error))?;
        let place = match path.parent().zip(fs::canonicalize(folder(&journal)).ok()) {
            Some((parent, folder)) if parent == folder => path.file_name().map(PathBuf::from),
            _ => Some(path.clone()),
        };
        let place = place.as_deref().and_then(Path::to_str).ok_or_else(|| {
            Error::io(&format!(
                "cannot write {}: its name is not UTF-8",
                path.display()
            ))
        })?;
        let _ = writeln!(text, "{} {} {place}", sum(change.old), sum(change.new));
        Ok(())
    });
    let unchanged = prepared.and_then(|()| {
        changes.iter().try_for_each(|change| match fs::read(change.path) {
            Ok(now) if now == change.old => Ok(()),
            Ok(_) => Err(Error::io(&format!(
                "{} changed meanwhile: expected it as it was read; nothing is changed, call again",
                change.path.display()
            ))),
            Err(error) => Err(cannot(change.path, &error)),
        })
    });
    let decided = unchanged.and_then(|()| {
        let new = staged_path(&journal);
        let write = || {
            stage(&new, text.as_bytes(), &new)?;
            fs::rename(&new, &journal)?;
            sync_folder(&journal)
        };
        write().map_err(|error| cannot(&journal, &error))
    });
    if let Err(error) = decided {
        for (_, new) in &staged {
            let _ = fs::remove_file(new);
        }
        let _ = fs::remove_file(staged_path(&journal));
        let _ = fs::remove_file(&journal);
        return Err(error);
    }
    let placed = staged
        .iter()
        .try_for_each(|(path, new)| fs::rename(new, path).map_err(|error| cannot(path, &error)));
    if let Err(error) = placed {
        put_back(changes)?;
        for (_, new) in &staged {
            let _ = fs::remove_file(new);
        }
        let _ = fs::remove_file(&journal);
        return Err(error);
    }
    finish(&journal, staged.iter().map(|(path, _)| path.as_path()))
}

/// Puts the old texts where they are not.
pub(crate) fn put_back(changes: &[FileChange<'_>]) -> Result<(), Error> {
    for change in changes {
        if fs::read(change.path).is_ok_and(|now| now == change.old) {
            continue;
        }
        let path = fs::canonicalize(change.path).unwrap_or_else(|_| change.path.to_owned());
        let beside = staged_path(&path);
        let write = || {
            stage(&beside, change.old, &path)?;
            fs::rename(&beside, &path)?;
            sync_folder(&path)
        };
        write().map_err(|error| cannot(&path, &error))?;
    }
    Ok(())
}

/// Completes what was decided when a call was interrupted, and takes away what was not; true where
/// there was something to complete.
pub(crate) fn recover(beside: &Path, files: &[&Path]) -> Result<bool, Error> {
    let journal = beside.with_file_name(NAME);
    let text = match read_left(&journal) {
        Ok(bytes) => String::from_utf8(bytes).unwrap_or_default(), // an empty one is damaged
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            for path in files.iter().copied().chain([journal.as_path()]) {
                let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
                let _ = fs::remove_file(staged_path(&path));
            }
            return Ok(false);
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => String::new(),
        Err(error) => return Err(cannot(&journal, &error)),
    };
    // A journal from elsewhere may name anything; only the files asked for are touched.
    let known = files.iter().filter_map(|path| fs::canonicalize(path).ok());
    let known: Vec<PathBuf> = known.collect();
    let is_ours =
        |entry: &Entry<'_>| fs::canonicalize(&entry.path).is_ok_and(|path| known.contains(&path));
    let entries = entries(&text, journal.parent().unwrap_or(Path::new("")));
    let entries = entries.filter(|entries| entries.iter().all(is_ours));
    let entries = entries.ok_or_else(|| {
        Error::io(&format!(
            "{} is damaged: expected what `rungs apply` writes; look whether the Gemfile and the \
             lockfile belong together, and delete it",
            journal.display()
        ))
    })?;
    for entry in &entries {
        let now = fs::read(&entry.path).map(|bytes| sum(&bytes)).ok();
        let staged = read_left(&staged_path(&entry.path))
            .map(|bytes| sum(&bytes))
            .ok();
        let is_new = now.as_deref() == Some(entry.new);
        let is_old = now.as_deref() == Some(entry.old) && staged.as_deref() == Some(entry.new);
        if !is_new && !is_old {
            return Err(Error::io(&format!(
                "{} changed after `rungs apply` was interrupted: expected it as it was before or \
                 after the step; make the Gemfile and the lockfile belong together and delete {}",
                entry.path.display(),
                journal.display()
            )));
        }
    }
    for entry in &entries {
        let staged = staged_path(&entry.path);
        if staged.exists() {
            let now = fs::read(&entry.path).map_err(|error| cannot(&entry.path, &error))?;
            let done = if sum(&now) == entry.new {
                fs::remove_file(&staged)
            } else {
                fs::rename(&staged, &entry.path)
            };
            done.map_err(|error| cannot(&entry.path, &error))?;
        }
    }
    finish(&journal, entries.iter().map(|entry| entry.path.as_path()))?;
    Ok(true)
}

struct Entry<'a> {
    old: &'a str,
    new: &'a str,
    path: PathBuf,
}

fn entries<'a>(text: &'a str, folder: &Path) -> Option<Vec<Entry<'a>>> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    if lines.next()? != FIRST_LINE {
        return None;
    }
    let entries = lines.map(|line| {
        let mut words = line.splitn(3, ' ');
        let (old, new, path) = (words.next()?, words.next()?, words.next()?);
        Some(Entry {
            old,
            new,
            path: folder.join(path),
        })
    });
    entries.collect()
}

fn finish<'a>(journal: &Path, paths: impl Iterator<Item = &'a Path>) -> Result<(), Error> {
    for path in paths {
        sync_folder(path).map_err(|error| cannot(path, &error))?;
    }
    fs::remove_file(journal).map_err(|error| cannot(journal, &error))?;
    sync_folder(journal).map_err(|error| cannot(journal, &error))
}

/// Writes a file that lasts, with the permissions of another where that is there.
fn stage(path: &Path, bytes: &[u8], like: &Path) -> io::Result<()> {
    let mut file = create_anew(path)?;
    file.write_all(bytes)?;
    if let Ok(known) = fs::metadata(like) {
        // Before the mode, of which a change of the owner takes a part away.
        keep_owner(&file, &known);
        file.set_permissions(known.permissions())?;
    }
    file.sync_all()
}

/// Gives a file the owner and group of another, where the system lets one.
#[cfg(unix)]
fn keep_owner(file: &File, like: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let Ok(now) = file.metadata() else { return };
    if (now.uid(), now.gid()) == (like.uid(), like.gid()) {
        return;
    }
    if fchown(file, Some(like.uid()), Some(like.gid())).is_err() {
        // A group of one's own may be given without any right.
        let _ = fchown(file, None, Some(like.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}

/// How many other names a file has: they keep the old text.
#[cfg(unix)]
pub(crate) fn other_names(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).map_or(0, |it| it.nlink().saturating_sub(1))
}

#[cfg(not(unix))]
pub(crate) fn other_names(_: &Path) -> u64 {
    0
}

fn staged_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.trim_start_matches('.');
    path.with_file_name(format!(".{name}.rungs-new"))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A name in a folder lasts when the folder is written.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder(path))?.sync_all()?;
    }
    Ok(())
}

fn sum(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn cannot(path: &Path, error: &io::Error) -> Error {
    Error::io(&format!("cannot write {}: {error}", path.display()))
}
