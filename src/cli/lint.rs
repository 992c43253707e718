//! `rungs lint`: two lockfiles, or one and what git had of it.

use crate::args::{LintArgs, LintFormat, ProjectArgs};
use crate::files::{parse_lockfile, read_from, read_lockfile};
use crate::project::Project;
use crate::{Done, FINDINGS, UNKNOWN};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::Request;
use rungs::{Date, Error, report, wire};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) fn lint(args: &LintArgs) -> Done {
    let (old, new, path) = lockfiles(args)?;
    let file = path.display().to_string();
    let old = snapshot(&old, args.ruby.as_deref(), &file)?;
    let after = snapshot(&new, args.ruby.as_deref(), &file)?;
    let chosen = crate::installed::chosen(&[&old, &after], &[&args.to, &args.pin]);
    let catalog = crate::overlay::open(&args.catalog, Some(&path), &chosen)?;
    let mut request = Request::new();
    for pin in &args.pin {
        request = request.pin(&catalog, pin)?;
    }
    for target in &args.to {
        request = request.to(&catalog, target)?;
    }
    request.accept.clone_from(&args.accept);
    request.as_of = match &args.as_of {
        Some(text) => Some(Date::parse(text)?),
        None => crate::today(),
    };
    let policy = crate::policy::read(&catalog, args.policy.as_deref(), &path)?;
    if let Some(policy) = &policy {
        policy.check_day(request.as_of)?;
        request = policy.0.apply(request);
    }
    request.min_age = args.min_age.unwrap_or(request.min_age);
    let lint = rungs::lint::lint(&catalog, &old, &after, &request)?.located(&new);
    if let Some(policy) = &policy {
        policy.check_used(&lint)?;
    }
    let text = match args.format {
        LintFormat::Text => report::lint_text(&lint, &file, crate::style()),
        LintFormat::Json => wire::lint_document(&lint, &file),
        LintFormat::Sarif => wire::lint_sarif(&lint, &file),
        LintFormat::Github => report::lint_github(&lint, &file),
    };
    let code = match (lint.is_refused(args.strict), lint.is_unknown()) {
        (true, _) => FINDINGS,
        (false, true) => UNKNOWN,
        (false, false) => 0,
    };
    Ok((text, code))
}

fn snapshot(lockfile: &Lockfile, ruby: Option<&str>, file: &str) -> Result<Snapshot, Error> {
    let snapshot = Snapshot::from_lockfile(lockfile).map_err(|error| error.in_file(file))?;
    Ok(match ruby {
        Some(ruby) => snapshot.with_runtime("ruby", ruby),
        None => snapshot,
    })
}

/// The old lockfile, the new one, and the path of the new one.
fn lockfiles(args: &LintArgs) -> Result<(Lockfile, Lockfile, PathBuf), Error> {
    let here = |path: &Path| Ok::<_, Error>(read_lockfile(path)?.0);
    match (&args.base, &args.files[..]) {
        (None, [old, new]) => Ok((here(old)?, here(new)?, new.clone())),
        (None, _) => Err(Error::io(
            "lint compares two lockfiles: expected `rungs lint OLD NEW`, or `--base REV`",
        )),
        (Some(base), [] | [_]) => {
            let path = args.files.first().cloned();
            let path = match path {
                Some(path) => path,
                None => Project::find(&ProjectArgs::default())?.lockfile,
            };
            let new = here(&path)?;
            let (bytes, name) = show(base, &path)?;
            Ok((parse_lockfile(&bytes, &name)?, new, path))
        }
        (Some(_), _) => Err(Error::io(
            "--base gives the old lockfile: expected one lockfile beside it",
        )),
    }
}

/// A file as a revision of git has it, and its name in git's words.
fn show(base: &str, path: &Path) -> Result<(Vec<u8>, String), Error> {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let name = format!("{base}:./{}", name.unwrap_or_default());
    // What begins with a dash would be an option, and a colon would end the revision early.
    if base.is_empty() || base.starts_with('-') || base.contains(':') {
        return Err(Error::io(&format!("{base:?} is not a revision of git")));
    }
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let cannot = |error: std::io::Error| Error::io(&format!("cannot run git: {error}"));
    let mut git = Command::new("git")
        .args(["show", &name])
        .current_dir(folder.unwrap_or(Path::new(".")))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let text = git.stdout.take().map_or(Ok(Vec::new()), |mut out| {
        read_from(&mut out, Path::new(&name), Lockfile::MAX_BYTES)
    });
    // Of what is too long the rest is never read.
    if text.is_err() {
        let _ = git.kill();
    }
    let output = git.wait_with_output().map_err(cannot)?;
    let text = text?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        let first = words.lines().next().unwrap_or("it gives no reason");
        return Err(Error::io(&format!("git show {name}: {first}")));
    }
    Ok((text, name))
}
