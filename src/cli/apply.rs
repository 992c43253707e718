//! `rungs apply`: a step of the plan, done.
//!
//! Bundler works on copies beside the user's files, so relative paths mean the same, and a call that
//! is interrupted leaves the files alone. Only when the copies stand exactly at the step's state
//! they take the place of the files, by way of [`crate::journal`].

use crate::args::{ApplyArgs, Format};
use crate::files::{parse_lockfile, read};
use crate::journal::{self, Change};
use crate::project::gemfile_of;
use crate::{Done, question, style};
use rungs::catalog::{Catalog, Role};
use rungs::gemfile::Gemfile;
use rungs::lockfile::Snapshot;
use rungs::plan::{GemLine, Plan, Step, StepKind};
use rungs::{Error, planner, report};
use similar::TextDiff;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Something is left for the user to do, or Bundler did not arrive; no file is changed.
const NOT_DONE: u8 = 1;

/// The files of a project.
struct Project {
    gemfile: PathBuf,
    lockfile: PathBuf,
}

/// Their contents.
struct Texts {
    gemfile: Vec<u8>,
    lockfile: Vec<u8>,
}

pub(crate) fn apply(args: &ApplyArgs) -> Done {
    if args.plan.format != Format::Text {
        return Err(Error::io("apply prints text only: expected no --format"));
    }
    let project = Project::of(&args.plan.lockfile)?;
    if args.dry_run {
        if journal::is_there(&project.lockfile) {
            return Err(Error::io(
                "`rungs apply` was interrupted here: expected a call without --dry-run first, which \
                 completes it",
            ));
        }
    } else {
        project.recover()?;
    }
    let mut out = String::new();
    for taken in 1..=args.step.get() {
        let code = project.next(args, taken, &mut out)?;
        match code {
            Next::Taken if taken < args.step.get() => out.push('\n'),
            Next::Taken => {}
            Next::Ended(code) => return Ok((out, code)),
        }
    }
    Ok((out, 0))
}

/// How one step went.
enum Next {
    Taken,
    /// There is no going on, with the exit code.
    Ended(u8),
}

impl Project {
    fn of(lockfile: &Path) -> Result<Self, Error> {
        let gemfile = gemfile_of(lockfile).ok_or_else(|| {
            Error::io(&format!(
                "{} is not the lockfile of a Gemfile: expected NAME.lock or gems.locked",
                lockfile.display()
            ))
        })?;
        Ok(Project {
            gemfile,
            lockfile: lockfile.to_owned(),
        })
    }

    fn read(&self) -> Result<Texts, Error> {
        Ok(Texts {
            gemfile: read(&self.gemfile)?,
            lockfile: read(&self.lockfile)?,
        })
    }

    fn recover(&self) -> Result<(), Error> {
        if journal::recover(&self.lockfile, &[&self.gemfile, &self.lockfile])? {
            eprintln!(
                "rungs: an interrupted apply is completed: {} and {} are those after its step",
                self.gemfile.display(),
                self.lockfile.display()
            );
        }
        // Copies of calls that were killed.
        for entry in std::fs::read_dir(self.folder()).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_copy = name.to_str().and_then(|name| name.strip_prefix(COPY));
            let is_copy = is_copy.map(|rest| rest.strip_suffix(".lock").unwrap_or(rest));
            if is_copy.is_some_and(|pid| pid.bytes().all(|byte| byte.is_ascii_digit())) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    fn folder(&self) -> &Path {
        match self.gemfile.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// Takes the first step of the plan from here.
    fn next(&self, args: &ApplyArgs, number: usize, out: &mut String) -> Result<Next, Error> {
        let old = self.read()?;
        let (catalog, snapshot, request) = question(&args.plan)?;
        let plan = planner::plan(&catalog, &snapshot, &request)?;
        let code = plan.outcome().exit_code();
        let Some(step) = plan.steps().first() else {
            if code == 0 && !plan.cleanup().is_empty() {
                return self.clean(args, &catalog, &plan, &old, out);
            }
            out.push_str(&report::plan_text_in(&plan, style()));
            return Ok(Next::Ended(code));
        };
        let last = plan.steps().len() == 1;
        let _ = writeln!(out, "{}", report::step_text_in(step, style()).trim_end());
        if step.kind() == StepKind::Runtime {
            by_hand(step, out);
            return Ok(Next::Ended(NOT_DONE));
        }
        let gemfile = Gemfile::parse(&old.gemfile)
            .map_err(|error| error.in_file(&self.gemfile.display().to_string()))?;
        let edited = gemfile.edit(step.bundle().lines()).map_err(|error| {
            tell_by_hand(step);
            error.in_file(&self.gemfile.display().to_string())
        })?;
        let mut stages = vec![Stage {
            gemfile: edited,
            command: command(step.bundle().command(), args.lock_only),
        }];
        if last && step.bundle().lines().iter().any(GemLine::is_temporary) {
            let gemfile = Gemfile::parse(&stages[0].gemfile)?.edit(&[])?;
            stages.push(Stage::cleaning(gemfile));
        }
        if args.dry_run {
            if number < args.step.get() {
                return Err(Error::io(
                    "--dry-run shows the next step only: a later one is edited on what this one leaves",
                ));
            }
            self.show(&old, &stages, out);
            return Ok(Next::Taken);
        }
        let want = step.state().packages().iter();
        let want: Vec<_> = want.map(|(name, version)| (name.as_str(), version.as_str()));
        let want: Vec<_> = want.map(|(name, version)| (name.to_owned(), version.to_owned())).collect();
        if !self.run(args, &catalog, &plan, &old, &stages, &want)? {
            return Ok(Next::Ended(NOT_DONE));
        }
        let remaining = match plan.steps().len() - 1 {
            0 => "Nothing comes after it.".to_owned(),
            1 => "Deploy it; one step comes after it.".to_owned(),
            count => format!("Deploy it; {count} steps come after it."),
        };
        let _ = writeln!(
            out,
            "\n{} and {} stand exactly at this step. {remaining}",
            self.gemfile.display(),
            self.lockfile.display()
        );
        Ok(if last && code != 0 { Next::Ended(code) } else { Next::Taken })
    }
}
