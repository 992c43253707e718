//! The copies of a project's files on which Bundler works, and what is done where it worked elsewhere.

use crate::bundler::{self, BundlerCall, Config, Shown};
use crate::files::{self, read};
use crate::journal::{self, FileChange};
use crate::out;
use crate::project::folder;
use rungs::Error;
use rungs::gemfile::Gemfile;
use rungs::report::ApplyRemark;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The copies, as their names begin.
const COPY: &str = "Gemfile.rungs-";
/// How the name of what the lockfile was before ends.
const OLD: &str = ".old";

/// The contents of a project's files.
pub(crate) struct Texts {
    pub(crate) gemfile: Vec<u8>,
    pub(crate) lockfile: Vec<u8>,
}

/// A Gemfile and its lockfile beside the user's; gone when dropped.
pub(crate) struct Copy {
    pub(crate) gemfile: PathBuf,
    pub(crate) lockfile: PathBuf,
    /// What the lockfile was; reports the next call of one that was killed.
    old: PathBuf,
    /// Bundler's configuration, where the project's own will not do.
    config: Option<Shown>,
}

impl Copy {
    pub(crate) fn of(beside: &Path, old: &Texts, config: Option<&Config>) -> Result<Self, Error> {
        let name = format!("{COPY}{}", files::any_number());
        let copy = Copy {
            gemfile: beside.with_file_name(&name),
            lockfile: beside.with_file_name(format!("{name}.lock")),
            old: beside.with_file_name(format!("{name}{OLD}")),
            config: config.map(Config::show).transpose()?,
        };
        write(&copy.old, &old.lockfile)?;
        write(&copy.lockfile, &old.lockfile)?;
        Ok(copy)
    }

    /// Writes the Gemfile; where it names its lockfile the copy names the copy's.
    pub(crate) fn write(&self, gemfile: &[u8]) -> Result<(), Error> {
        let lockfile = std::path::absolute(&self.lockfile);
        let named = lockfile.ok().and_then(|path| {
            let gemfile = Gemfile::parse(gemfile).ok()?;
            gemfile.with_lockfile(path.to_str()?)
        });
        write(&self.gemfile, named.as_deref().unwrap_or(gemfile))
    }

    pub(crate) fn bundle<'a>(&'a self, program: &'a Path) -> BundlerCall<'a> {
        BundlerCall {
            program,
            gemfile: &self.gemfile,
            lockfile: &self.lockfile,
            config: self.config.as_ref(),
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // The old text first: while it is there the next call looks at the copy.
        for path in [&self.old, &self.gemfile, &self.lockfile] {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Are both files still the old ones? What the user wrote meanwhile stays; a lockfile that Bundler wrote
/// instead of its copy goes back.
pub(crate) fn settle(
    gemfile: &Path,
    lockfile: &Path,
    old: &Texts,
    copy: &Copy,
) -> Result<bool, Error> {
    let mut is_old = true;
    if std::fs::read(gemfile).ok().as_ref() != Some(&old.gemfile) {
        // Bundler writes no Gemfile.
        remark(&ApplyRemark::Edited {
            file: &gemfile.display().to_string(),
        });
        is_old = false;
    }
    let now = std::fs::read(lockfile).ok();
    if now.as_ref() == Some(&old.lockfile) {
        return Ok(is_old);
    }
    let copied = std::fs::read(&copy.lockfile).ok();
    let is_copied = copied.as_ref().is_some_and(|it| *it != old.lockfile);
    let file = lockfile.display().to_string();
    let Some(now) = now else {
        // Nothing of anybody's is there to lose.
        put_back(lockfile, &old.lockfile)?;
        remark(&ApplyRemark::PutBack {
            file: &file,
            kept: None,
        });
        return Ok(false);
    };
    if is_copied && copied.as_ref() != Some(&now) {
        remark(&ApplyRemark::Edited { file: &file });
        return Ok(false);
    }
    let kept = match is_copied {
        true => None,
        false => Some(keep(lockfile, &now)?),
    };
    put_back(lockfile, &old.lockfile)?;
    remark(&ApplyRemark::PutBack {
        file: &file,
        kept: kept.as_deref(),
    });
    Ok(false)
}

/// Takes away the copies of calls that were killed; a lockfile that Bundler wrote in such a call, where
/// it should have written the copy, goes back, so that no half of a step is left.
///
/// `moved` says whether two lockfiles differ in what a step moves.
pub(crate) fn recover(
    gemfile: &Path,
    lockfile: &Path,
    moved: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<(), Error> {
    let entries = std::fs::read_dir(folder(gemfile)).into_iter().flatten();
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.strip_prefix(COPY).is_some_and(is_of_a_call))
        .collect();
    names.sort();
    for name in names.iter().filter(|name| name.ends_with(OLD)) {
        let old = gemfile.with_file_name(name);
        let copy = gemfile.with_file_name(format!("{}.lock", name.trim_end_matches(OLD)));
        half_done(lockfile, &old, &copy, &moved)?;
    }
    for name in names {
        let _ = std::fs::remove_file(gemfile.with_file_name(name));
    }
    bundler::clean(gemfile);
    Ok(())
}

/// What follows [`COPY`] in a name: a number, alone or with an end of ours.
fn is_of_a_call(rest: &str) -> bool {
    let number = rest
        .strip_suffix(".lock")
        .or_else(|| rest.strip_suffix(OLD));
    let number = number.unwrap_or(rest);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Puts the lockfile back where all applies for a Bundler that wrote it and not the copy: the copy is
/// untouched, the lockfile was written after it, and the packages of a step moved.
fn half_done(
    lockfile: &Path,
    old_path: &Path,
    copy: &Path,
    moved: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<(), Error> {
    let (Ok(old), Ok(now)) = (files::read_left(old_path), read(lockfile)) else {
        return Ok(());
    };
    // Without a copy the call was over.
    let is_copied = files::read_left(copy).map_or(true, |copied| copied != old);
    let written =
        |path: &Path| -> Option<SystemTime> { std::fs::metadata(path).ok()?.modified().ok() };
    let is_later = written(lockfile) >= written(old_path);
    if old.is_empty() || is_copied || !is_later || !moved(&old, &now) {
        return Ok(());
    }
    let kept = keep(lockfile, &now)?;
    put_back(lockfile, &old)?;
    remark(&ApplyRemark::Recovered {
        file: &lockfile.display().to_string(),
        kept: &kept,
    });
    Ok(())
}

fn put_back(path: &Path, old: &[u8]) -> Result<(), Error> {
    journal::put_back(&[FileChange {
        path,
        old,
        new: old,
    }])
}

/// Keeps a text beside its file under a name that nobody has yet.
fn keep(path: &Path, text: &[u8]) -> Result<String, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut number = 1_u32;
    loop {
        let end = match number {
            1 => String::new(),
            number => format!("-{number}"),
        };
        let kept = path.with_file_name(format!("{name}.rungs-changed{end}"));
        let cannot = |error| Error::io(&format!("cannot write {}: {error}", kept.display()));
        let made = std::fs::File::options()
            .write(true)
            .create_new(true)
            .open(&kept);
        match made {
            Ok(mut file) => {
                file.write_all(text).map_err(cannot)?;
                file.sync_all().map_err(cannot)?;
                return Ok(kept.display().to_string());
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(cannot(error)),
        }
    }
}

/// Prints a remark; one with the reason why a step is not done is an error.
pub(crate) fn remark(remark: &ApplyRemark<'_>) {
    // Of several lines.
    match remark {
        ApplyRemark::HardLinks { .. }
        | ApplyRemark::Recovered { .. }
        | ApplyRemark::Cooldown { .. } => eprint!("rungs: {remark}\n"),
        _ => out::say_failure(&format!("rungs: {remark}\n")),
    }
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    files::write_anew(path, bytes)
        .map_err(|error| Error::io(&format!("cannot write {}: {error}", path.display())))
}

/// Both files as they are.
pub(crate) fn texts(gemfile: &Path, lockfile: &Path) -> Result<Texts, Error> {
    Ok(Texts {
        gemfile: read(gemfile)?,
        lockfile: read(lockfile)?,
    })
}
