//! One `rungs apply` at a time in a folder.
//!
//! The lock is the operating system's, on a file beside the lockfile, so it ends with its process,
//! however that ends. The file itself says nothing: one that is left behind blocks nobody, and the
//! next call takes it away. The lockfile cannot be that file: it is replaced when a step is taken.

use fs4::{FileExt, TryLockError};
use rungs::Error;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

const NAME: &str = ".rungs-apply.lock";
/// How often the file may be taken away just when it is opened.
const TRIES: usize = 100;

/// The right to change what is in a folder; gone when dropped.
pub(crate) struct Lock(Option<(File, PathBuf)>);

impl Lock {
    /// Takes it at once; an error where another process has it.
    pub(crate) fn take(beside: &Path) -> Result<Self, Error> {
        let path = beside.with_file_name(NAME);
        for _ in 0..TRIES {
            let file = match open(&path) {
                Ok(file) => file,
                Err(error) if is_out_of_reach(&error) && !path.exists() => return Ok(Lock(None)),
                Err(error) => {
                    return Err(Error::io(&format!(
                        "cannot lock {}: {error}; delete it where no `rungs apply` works",
                        path.display()
                    )));
                }
            };
            match FileExt::try_lock(&file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => break,
                Err(TryLockError::Error(error)) => eprintln!(
                    "rungs: cannot lock {}: {error}; see to it that no other `rungs apply` works here",
                    path.display()
                ),
            }
            // Whoever had it took the file away, and a third may lock a new one of this name.
            if is_at(&file, &path) {
                return Ok(Lock(Some((file, path))));
            }
        }
        Err(Error::io(
            "another `rungs apply` works in this folder: expected one at a time; nothing is changed, \
             call again when it is done",
        ))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let Lock(Some((file, path))) = self else {
            return;
        };
        // Elsewhere one cannot tell the file from its successor; there it stays.
        if cfg!(unix) && is_at(file, path) {
            let _ = fs::remove_file(path);
        }
    }
}

/// The file, made where there is none; somebody else's is only read.
fn open(path: &Path) -> io::Result<File> {
    // A link that came with a repository would make a file wherever its author likes, and who opens a pipe
    // waits for its other end.
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => Err(io::Error::other("it is no regular file")),
        _ => Ok(()),
    }?;
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    match options.open(path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            File::open(path).map_err(|_| error)
        }
        opened => opened,
    }
}

/// No folder, or one in which this call can change nothing either.
fn is_out_of_reach(error: &io::Error) -> bool {
    use ErrorKind::{NotFound, PermissionDenied, ReadOnlyFilesystem};
    matches!(
        error.kind(),
        NotFound | PermissionDenied | ReadOnlyFilesystem
    )
}

/// Is this open file the one of this name?
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |it: io::Result<fs::Metadata>| it.map(|it| (it.dev(), it.ino())).ok();
    let open = identity(file.metadata());
    open.is_some() && open == identity(fs::symlink_metadata(path))
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}
