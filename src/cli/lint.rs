//! `rungs lint`: two lockfiles, or those of a repository and what git had of them.

use crate::args::{LintArgs, LintFormat, ProjectArgs};
use crate::changed::{Changed, Revision};
use crate::files::{parse_lockfile, read_lockfile};
use crate::project::Project;
use crate::{Done, FINDINGS, UNKNOWN, USAGE};
use rungs::lint::Lint;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::Request;
use rungs::{Date, Error, report, wire};
use std::path::{Path, PathBuf};

/// A lockfile that changed, before and after.
struct Pair {
    old: Lockfile,
    new: Lockfile,
    path: PathBuf,
}

pub(crate) fn lint(args: &LintArgs) -> Done {
    let pair = match (&args.base, &args.files[..]) {
        (None, [old, new]) => Pair {
            old: read_lockfile(old)?.0,
            new: read_lockfile(new)?.0,
            path: new.clone(),
        },
        (None, _) => {
            return Err(Error::io(
                "lint compares two lockfiles: expected `rungs lint OLD NEW`, or `--base REV`",
            ));
        }
        (Some(base), [path]) => match of_base(&Revision::new(base)?, path.clone())? {
            Some(pair) => pair,
            None => {
                is_new(path);
                return Ok((shown(args, &[], true), 0));
            }
        },
        (Some(base), []) => return all(args, &Revision::new(base)?),
        (Some(_), _) => {
            return Err(Error::io(
                "--base gives the old lockfile: expected one lockfile beside it",
            ));
        }
    };
    let (lint, code) = judge(args, &pair)?;
    let file = pair.path.display().to_string();
    Ok((shown(args, &[(lint, file)], false), code))
}

/// A lockfile, whether it changed or not, and what git had of it.
///
/// `None` of one that is new.
fn of_base(base: &Revision<'_>, path: PathBuf) -> Result<Option<Pair>, Error> {
    let new = read_lockfile(&path)?.0;
    let Some((bytes, name)) = base.file(&path)? else {
        return Ok(None);
    };
    let old = parse_lockfile(&bytes, &name)?;
    Ok(Some(Pair { old, new, path }))
}

fn is_new(path: &Path) {
    let file = path.display().to_string();
    eprintln!("rungs: {}", report::lint_new_lockfile(&file));
}

/// Every lockfile of the repository that changed; where none did, the project's own.
fn all(args: &LintArgs, base: &Revision<'_>) -> Done {
    let own = Project::find(&ProjectArgs::default()).map(|project| project.lockfile);
    let changed = base.changed(own.as_ref().ok().map(PathBuf::as_path))?;
    if changed.is_empty() {
        return match own {
            Ok(own) => {
                let Some(pair) = of_base(base, own.clone())? else {
                    is_new(&own);
                    return Ok((shown(args, &[], true), 0));
                };
                let (lint, code) = judge(args, &pair)?;
                let file = pair.path.display().to_string();
                Ok((shown(args, &[(lint, file)], false), code))
            }
            Err(_) => Ok((shown(args, &[], true), 0)),
        };
    }
    let is_own = |path: &Path| {
        let own = own
            .as_ref()
            .ok()
            .and_then(|own| std::fs::canonicalize(own).ok());
        own.is_some() && std::fs::canonicalize(path).ok() == own
    };
    let is_named = changed.len() > 1 || !is_own(&changed[0].path);
    let (mut lints, mut told, mut worst) = (Vec::new(), Vec::new(), 0);
    for one in &changed {
        let file = one.path.display().to_string();
        match of_changed(args, base, one) {
            Ok(None) => is_new(&one.path),
            Ok(Some((lint, code))) => {
                lints.push((lint, file));
                worst = worse(worst, code);
            }
            Err(error) if changed.len() == 1 => return Err(error),
            // One that cannot be read keeps nobody from hearing of the others.
            Err(error) => {
                // What is wrong with the call is wrong with each.
                if !told.contains(&error.to_string()) {
                    error.problems().for_each(crate::tell);
                    told.push(error.to_string());
                }
                worst = USAGE;
            }
        }
    }
    Ok((shown(args, &lints, is_named), worst))
}

/// What lint says of a changed lockfile; `None` of one that is new.
fn of_changed(
    args: &LintArgs,
    base: &Revision<'_>,
    changed: &Changed,
) -> Result<Option<(Lint, u8)>, Error> {
    let Some((bytes, name)) = base.before(changed)? else {
        return Ok(None);
    };
    let pair = Pair {
        old: parse_lockfile(&bytes, &name)?,
        new: read_lockfile(&changed.path)?.0,
        path: changed.path.clone(),
    };
    judge(args, &pair).map(Some)
}

/// Which of two exit codes says more: what failed, then findings, then what is unknown.
fn worse(one: u8, other: u8) -> u8 {
    let rank = |code: u8| {
        [0, UNKNOWN, FINDINGS, USAGE]
            .iter()
            .position(|it| *it == code)
    };
    match rank(other) > rank(one) {
        true => other,
        false => one,
    }
}

/// What lint says of a change, and the exit code for it.
fn judge(args: &LintArgs, pair: &Pair) -> Result<(Lint, u8), Error> {
    let file = pair.path.display().to_string();
    let old = snapshot(&pair.old, args.ruby.as_deref(), &file)?;
    let new = snapshot(&pair.new, args.ruby.as_deref(), &file)?;
    let chosen = crate::installed::chosen(&[&old, &new], &[&args.to, &args.pin]);
    let catalog = crate::overlay::open(&args.catalog, Some(&pair.path), &chosen)?;
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
    let policy = crate::policy::read(&catalog, args.policy.as_deref(), &pair.path)?;
    if let Some(policy) = &policy {
        policy.check_day(request.as_of)?;
        request = policy.0.apply(request);
    }
    request.min_age = args.min_age.unwrap_or(request.min_age);
    let lint = rungs::lint::lint(&catalog, &old, &new, &request)?.located(&pair.new);
    if let Some(policy) = &policy {
        policy.check_used(&lint)?;
    }
    let code = match (lint.is_refused(args.strict), lint.is_unknown()) {
        (true, _) => FINDINGS,
        (false, true) => UNKNOWN,
        (false, false) => 0,
    };
    Ok((lint, code))
}

/// What is said of changes; in text each under its name, unless it is clear which one is meant.
fn shown(args: &LintArgs, lints: &[(Lint, String)], is_named: bool) -> String {
    let lints: Vec<(&Lint, &str)> = lints.iter().map(|(lint, file)| (lint, &**file)).collect();
    match (args.format, &lints[..]) {
        (LintFormat::Text, [(lint, file)]) if !is_named => {
            report::lint_text(lint, file, crate::look())
        }
        (LintFormat::Text, _) => report::lints_text(&lints, crate::look()),
        (LintFormat::Json, _) => lints
            .iter()
            .map(|(lint, file)| wire::lint_document(lint, file))
            .collect(),
        (LintFormat::Sarif, _) => wire::lints_sarif(&lints),
        (LintFormat::Github, _) => lints
            .iter()
            .map(|(lint, file)| report::lint_github(lint, file))
            .collect(),
    }
}

fn snapshot(lockfile: &Lockfile, ruby: Option<&str>, file: &str) -> Result<Snapshot, Error> {
    let snapshot = Snapshot::from_lockfile(lockfile).map_err(|error| error.in_file(file))?;
    Ok(match ruby {
        Some(ruby) => snapshot.with_runtime("ruby", ruby),
        None => snapshot,
    })
}
