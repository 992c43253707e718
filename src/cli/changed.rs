//! The lockfiles of a repository that changed since a revision of git, and what git had of them.

use crate::files::{is_lockfile, read_from};
use crate::project::folder;
use rungs::Error;
use rungs::index::MAX_BYTES;
use rungs::lockfile::Lockfile;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A revision of git, as the user names it.
pub(crate) struct Revision<'a>(&'a str);

/// A lockfile that changed.
pub(crate) struct Changed {
    /// Its path from here.
    pub(crate) path: PathBuf,
    /// Its path in the revision, from the top of the repository; `None` where it had none.
    old: Option<String>,
}

impl<'a> Revision<'a> {
    pub(crate) fn new(name: &'a str) -> Result<Self, Error> {
        // What begins with a dash would be an option, and a colon would end the revision early.
        match name.is_empty() || name.starts_with('-') || name.contains(':') {
            true => Err(Error::io(&format!("{name:?} is not a revision of git"))),
            false => Ok(Revision(name)),
        }
    }

    /// A file as the revision has it, and its name in git's words; `None` where the revision has none.
    pub(crate) fn file(&self, path: &Path) -> Result<Option<(Vec<u8>, String)>, Error> {
        let file = path.file_name().map(|name| name.to_string_lossy());
        let file = file.unwrap_or_default();
        let name = format!("{}:./{file}", self.0);
        let list = ["ls-tree", "--name-only", self.0, "--", &file];
        let listed = git(
            folder(path),
            &list,
            &format!("ls-tree {}", self.0),
            MAX_BYTES,
        )?;
        match listed.is_empty() {
            true => Ok(None),
            false => Ok(Some((self.show(folder(path), &name)?, name))),
        }
    }

    /// What a changed lockfile was; `None` where it is new.
    pub(crate) fn before(&self, changed: &Changed) -> Result<Option<(Vec<u8>, String)>, Error> {
        let Some(old) = &changed.old else {
            return Ok(None);
        };
        let name = format!("{}:{old}", self.0);
        Ok(Some((self.show(Path::new("."), &name)?, name)))
    }

    fn show(&self, folder: &Path, name: &str) -> Result<Vec<u8>, Error> {
        git(
            folder,
            &["show", name],
            &format!("show {name}"),
            Lockfile::MAX_BYTES,
        )
    }

    /// The lockfiles of the repository that are there and are not as the revision has them, by path.
    ///
    /// Lockfiles are files with a usual name, and `own`, whatever it is called.
    pub(crate) fn changed(&self, own: Option<&Path>) -> Result<Vec<Changed>, Error> {
        let here = Path::new(".");
        let places = ["rev-parse", "--show-prefix", "--show-cdup"];
        let places = git(here, &places, "rev-parse", MAX_BYTES)?;
        let places = text(&places);
        let places = places.strip_suffix('\n').unwrap_or(&places);
        // The way up is dots alone; the way down may hold a line end.
        let (down, up) = places.rsplit_once('\n').unwrap_or(("", ""));
        let diff = [
            "-c",
            "diff.relative=false",
            "diff",
            "--name-status",
            "-z",
            "--no-ext-diff",
            "--ignore-submodules",
            "--find-renames",
            "--diff-filter=AMR",
            self.0,
            "--",
        ];
        let names = git(here, &diff, &format!("diff {}", self.0), MAX_BYTES)?;
        let mut names = names.split(|byte| *byte == 0).map(text);
        let own = own.and_then(|path| std::fs::canonicalize(path).ok());
        let mut changed = Vec::new();
        while let (Some(status), Some(first)) = (names.next(), names.next()) {
            let (old, new) = match status.chars().next() {
                Some('R') => (Some(first), names.next().unwrap_or_default()),
                Some('A') => (None, first),
                _ => (Some(first.clone()), first),
            };
            let path = match new.strip_prefix(down) {
                Some(below) => PathBuf::from(below),
                None => Path::new(up).join(&new),
            };
            let is_own = || own.is_some() && std::fs::canonicalize(&path).ok() == own;
            if is_lockfile(&path) || is_own() {
                changed.push(Changed { path, old });
            }
        }
        changed.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(changed)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What git prints, up to so many bytes; messages call the command `name`.
fn git(folder: &Path, args: &[&str], name: &str, most: usize) -> Result<Vec<u8>, Error> {
    let cannot = |error: std::io::Error| Error::io(&format!("cannot run git: {error}"));
    let mut git = Command::new("git")
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let mut errors = git.stderr.take();
    // Both are read at the same time: what fills one would wait for ever.
    let (text, words) = std::thread::scope(|scope| {
        let words = scope.spawn(move || {
            let mut words = Vec::new();
            if let Some(errors) = &mut errors {
                let _ = errors.take(1 << 16).read_to_end(&mut words);
            }
            words
        });
        let text = git.stdout.take().map_or(Ok(Vec::new()), |mut out| {
            read_from(&mut out, Path::new(&format!("git {name}")), most)
        });
        // Of what is too long the rest is never read.
        if text.is_err() {
            let _ = git.kill();
        }
        (text, words.join().unwrap_or_default())
    });
    let status = git.wait().map_err(cannot)?;
    let text = text?;
    if !status.success() {
        let words = String::from_utf8_lossy(&words);
        return Err(Error::io(&format!(
            "git {name}: {}",
            words.lines().next().unwrap_or("it gives no reason")
        )));
    }
    Ok(text)
}
