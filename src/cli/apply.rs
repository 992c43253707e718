//! `rungs apply`: a step of the plan, done.
//!
//! Bundler works on copies beside the user's files, so relative paths mean the same, and a call that
//! is interrupted leaves the files alone. Only when the copies are exactly at the step's state
//! they take the place of the files, by way of [`crate::journal`].

use crate::args::ApplyArgs;
use crate::bundler::{self, BundlerCall, Config, Ended};
use crate::checks;
use crate::copies::{self, Copy, Texts, remark};
use crate::files::{parse_lockfile, read};
use crate::journal::{self, FileChange};
use crate::lock::Lock;
use crate::out;
use crate::project::{Project, folder};
use crate::settings::Settings;
use crate::smoke::{self, Runner};
use crate::{Done, question, signals, style};
use rungs::catalog::{Catalog, Role};
use rungs::gemfile::Gemfile;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{GemLine, Plan, State, Step, StepKind};
use rungs::report::{ApplyRemark, Style};
use rungs::{Error, Version, planner, report};
use similar::TextDiff;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Something is left for the user to do, or Bundler did not arrive; no file is changed.
const NOT_DONE: u8 = 1;

/// The files of a project, while a step of it is taken.
struct Work {
    project: Project,
    gemfile: PathBuf,
    lockfile: PathBuf,
    /// Bundler's configuration, where that names this Gemfile.
    config: Option<Config>,
}

pub(crate) fn apply(args: &ApplyArgs) -> Done {
    signals::catch();
    let mut work = Work::of(Project::find(&args.plan.project)?)?;
    // Held to the end; what changes nothing needs none.
    let _lock = match args.dry_run {
        true => None,
        false => Some(Lock::take(&work.lockfile)?),
    };
    if args.dry_run {
        if journal::is_there(&work.lockfile) {
            return Err(Error::io(
                "`rungs apply` was interrupted here: expected a call without --dry-run first, which \
                 completes it",
            ));
        }
    } else if work.recover()? {
        let text = format!(
            "An interrupted apply is completed: {} and {} are those after its step.\n",
            work.gemfile.display(),
            work.lockfile.display()
        );
        return Ok((text, 0));
    }
    work.config = Config::of(&work.gemfile)?;
    checks::settings(&Settings::of(folder(&work.gemfile))?)?;
    let (mut out, mut last) = (String::new(), 0);
    for number in 1..=args.step.get() {
        let next = match work.next(args, number, &mut out) {
            Err(error) if number > 1 => {
                // The reports of the steps before it are printed too.
                error.problems().for_each(crate::tell);
                Next::Failed(crate::USAGE)
            }
            next => next?,
        };
        match next {
            Next::Taken(_) if number < args.step.get() => out.push('\n'),
            Next::Taken(code) => last = code,
            Next::Ended(code) => return Ok((out, code)),
            Next::Failed(code) => {
                if number > 1 {
                    remark(&ApplyRemark::Undone { step: number });
                }
                return Ok((out, code));
            }
        }
    }
    Ok((out, last))
}

/// How one step went.
enum Next {
    /// With the exit code of the plan: a part of it may be unknown.
    Taken(u8),
    /// There is no going on, with the exit code.
    Ended(u8),
    /// It is undone, with the exit code; the reason is printed.
    Failed(u8),
}

impl Work {
    fn of(project: Project) -> Result<Self, Error> {
        let gemfile = project.gemfile.clone().ok_or_else(|| {
            Error::io(&format!(
                "{} is not the lockfile of a Gemfile: expected NAME.lock or gems.locked, or its Gemfile in \
                 --gemfile",
                project.lockfile.display()
            ))
        })?;
        Ok(Work {
            lockfile: project.lockfile.clone(),
            gemfile,
            project,
            config: None,
        })
    }

    /// Completes what was decided, takes away what was not; true where there was a step to complete.
    fn recover(&self) -> Result<bool, Error> {
        let completed = journal::recover(&self.lockfile, &[&self.gemfile, &self.lockfile])?;
        let moved = |old: &[u8], new: &[u8]| {
            let versions = |bytes| {
                let lockfile = parse_lockfile(bytes, "")?;
                let specs = lockfile.specs();
                let specs = specs.map(|it| (it.name().to_owned(), it.version().to_owned()));
                Ok::<Vec<_>, Error>(specs.collect())
            };
            // What is no lockfile is half of one.
            versions(new).map_or(true, |new| versions(old).is_ok_and(|old| old != new))
        };
        copies::recover(&self.gemfile, &self.lockfile, moved)?;
        Ok(completed)
    }

    /// Takes the first step of the plan from here.
    fn next(&self, args: &ApplyArgs, number: usize, out: &mut String) -> Result<Next, Error> {
        if !self.gemfile.exists() {
            let shown = self.gemfile.display();
            let error = Error::io(&format!("cannot read {shown}: no such file"));
            return Err(error.with_help(format!(
                "`rungs apply` edits the Gemfile of the lockfile: call it where {shown} is, name it with \
                 --gemfile, or follow the lines and the command of `rungs next` by hand"
            )));
        }
        let old = copies::texts(&self.gemfile, &self.lockfile)?;
        let (catalog, snapshot, request) = question(&args.plan, Some(&self.project))?;
        let plan = planner::plan(&catalog, &snapshot, &request)?;
        let code = plan.outcome().exit_code();
        let Some(step) = plan.steps().first() else {
            if code == 0 && !plan.cleanup().is_empty() {
                return self.clean(args, &catalog, &plan, &old, out);
            }
            out.push_str(&report::plan_text_in(&plan, crate::look()));
            return Ok(Next::Ended(code));
        };
        for warning in plan.warnings() {
            eprintln!("rungs: {warning}");
        }
        if number == 1 {
            crate::tell_age(&catalog, plan.as_of());
        }
        let last = plan.steps().len() == 1;
        // Once it is taken nobody can ask for its guidance.
        let text = report::step_text_as(step, number, style());
        let text = text.trim_end();
        let by_hand = step.kind() == StepKind::Runtime || step.bundle().is_elsewhere();
        if args.dry_run {
            heading(&plan, step, out);
        } else if by_hand {
            let _ = writeln!(out, "{text}");
        }
        if by_hand {
            out.push_str(&report::step_by_hand(step));
            return Ok(Next::Ended(NOT_DONE));
        }
        let gemfile = Gemfile::parse(&old.gemfile)
            .map_err(|error| error.in_file(&self.gemfile.display().to_string()))?;
        let edited = gemfile
            .edit(step.bundle().lines(), step.bundle().removed())
            .map_err(|error| {
                tell_by_hand(step);
                error.in_file(&self.gemfile.display().to_string())
            })?;
        let mut stages = vec![Stage {
            gemfile: edited,
            command: command(step.bundle().command(), args.lock_only),
        }];
        if args.plan.keep_gemfile {
            let kept = gemfile.edit(&[], step.bundle().removed())?;
            if kept != stages[0].gemfile {
                stages.push(Stage::cleaning(kept));
            }
        } else if last && step.bundle().lines().iter().any(GemLine::is_temporary) {
            let gemfile = Gemfile::parse(&stages[0].gemfile)?.edit(&[], &[])?;
            stages.push(Stage::cleaning(gemfile));
        }
        if args.dry_run {
            if number < args.step.get() {
                return Err(Error::io(
                    "--dry-run shows the next step only: a later one is edited on what this one leaves",
                ));
            }
            self.show(&old, &stages, out);
            return Ok(Next::Taken(code));
        }
        let want = versions(step.state());
        if !self.run(args, &catalog, &plan, &old, &stages, &want)? {
            return Ok(Next::Failed(not_done()));
        }
        let remaining = match plan.steps().len() - 1 {
            0 => "Nothing comes after it.".to_owned(),
            1 => "Deploy it; one step comes after it.".to_owned(),
            count => format!("Deploy it; {count} steps come after it."),
        };
        let _ = writeln!(
            out,
            "{text}\n\n{} and {} are exactly at this step. {remaining}",
            self.gemfile.display(),
            self.lockfile.display()
        );
        Ok(Next::Taken(code))
    }
}

/// What errors call the lockfile that Bundler wrote.
const NEW_LOCKFILE: &str = "the new lockfile";

/// A Gemfile and what is run on it.
struct Stage {
    gemfile: Vec<u8>,
    command: Vec<String>,
}

impl Stage {
    /// Without temporary lines nothing moves; the lockfile's list of what is asked for does.
    fn cleaning(gemfile: Vec<u8>) -> Self {
        Stage {
            gemfile,
            command: vec!["lock".to_owned()],
        }
    }

    /// Does its command install gems, not only lock them?
    fn installs(&self) -> bool {
        self.command.first().is_none_or(|word| word != "lock")
    }
}

/// The arguments of Bundler; where nothing is locked yet there is nothing to name.
fn command(command: Option<&str>, lock_only: bool) -> Vec<String> {
    let words: Vec<&str> = command.unwrap_or_default().split(' ').skip(1).collect();
    let words = match words.as_slice() {
        ["update", gems @ ..] if lock_only => [&["lock", "--update"], gems].concat(),
        ["update", ..] => words,
        _ if lock_only => vec!["lock"],
        _ => vec!["install"],
    };
    words.into_iter().map(str::to_owned).collect()
}

impl Work {
    /// Takes temporary lines away where no step is left.
    fn clean(
        &self,
        args: &ApplyArgs,
        catalog: &Catalog,
        plan: &Plan,
        old: &Texts,
        out: &mut String,
    ) -> Result<Next, Error> {
        let in_file = |error: Error| error.in_file(&self.gemfile.display().to_string());
        let gemfile = Gemfile::parse(&old.gemfile).and_then(|gemfile| gemfile.edit(&[], &[]));
        let stages = [Stage::cleaning(gemfile.map_err(in_file)?)];
        if args.dry_run {
            self.show(old, &stages, out);
            return Ok(Next::Ended(0));
        }
        let want = versions(plan.start());
        if !self.run(args, catalog, plan, old, &stages, &want)? {
            return Ok(Next::Failed(not_done()));
        }
        let gems: Vec<&str> = plan.cleanup().iter().map(rungs::Name::as_str).collect();
        let _ = writeln!(
            out,
            "Already there. The temporary lines are deleted: {}.",
            gems.join(", ")
        );
        Ok(Next::Ended(0))
    }

    /// The edit as a diff, and what would run.
    fn show(&self, old: &Texts, stages: &[Stage], out: &mut String) {
        let name = self.gemfile.display().to_string();
        let name = report::printable_line(&name).into_owned();
        let new = stages.last().map_or(&old.gemfile, |stage| &stage.gemfile);
        let (before, after) = (
            String::from_utf8_lossy(&old.gemfile),
            String::from_utf8_lossy(new),
        );
        let diff = TextDiff::from_lines(&*before, &*after);
        let _ = write!(out, "\n{}", diff.unified_diff().header(&name, &name));
        for stage in stages {
            let _ = writeln!(out, "Would run: bundle {}", stage.command.join(" "));
        }
        if stages.len() > 1 {
            out.push_str("between the two the Gemfile has the lines that are for this step only\n");
        }
    }

    /// Runs the stages on copies and, where they arrive, puts these in the place of the files; false
    /// where Bundler fails or ends elsewhere.
    fn run(
        &self,
        args: &ApplyArgs,
        catalog: &Catalog,
        plan: &Plan,
        old: &Texts,
        stages: &[Stage],
        want: &[(String, Version)],
    ) -> Result<bool, Error> {
        let copy = Copy::of(&self.gemfile, old, self.config.as_ref())?;
        let bundle = copy.bundle(&args.bundle);
        copy.write(&old.gemfile)?;
        checks::version(bundle, &self.parse(&old.lockfile)?, &self.lockfile)?;
        let (gemfile_name, lockfile_name) = self.names();
        let mut new = &old.gemfile;
        for stage in stages {
            copy.write(&stage.gemfile)?;
            new = &stage.gemfile;
            let ended = bundler::run(bundle, &stage.command)?;
            let is_old = copies::settle(&self.gemfile, &self.lockfile, old, &copy)?;
            if let Ended::Interrupted(_) = ended {
                self.interrupted();
                return Ok(false);
            }
            if !is_old {
                return Ok(false);
            }
            let command = stage.command.join(" ");
            if ended == Ended::Badly {
                remark(&ApplyRemark::Failed {
                    command: &command,
                    gemfile: &gemfile_name,
                    lockfile: &lockfile_name,
                });
                return Ok(false);
            }
            let locked = read(&copy.lockfile)?;
            let (differs, is_known) = differences(catalog, &locked, want)?;
            if !differs.is_empty() {
                remark(&ApplyRemark::Elsewhere {
                    command: &command,
                    gemfile: &gemfile_name,
                    lockfile: &lockfile_name,
                    differences: &differs,
                    horizon: (!is_known).then(|| plan.horizon().to_string()),
                });
                return Ok(false);
            }
            checks::sections(&old.lockfile, &locked, &self.lockfile)?;
        }
        let lockfile = read(&copy.lockfile)?;
        let installed = stages.iter().any(Stage::installs);
        if args.smoke && installed && !self.smoke(args, catalog, bundle, &lockfile)? {
            return Ok(false);
        }
        if signals::caught().is_some() {
            self.interrupted();
            return Ok(false);
        }
        for path in [&self.gemfile, &self.lockfile] {
            let others = journal::other_names(path);
            if others > 0 {
                let file = &path.display().to_string();
                remark(&ApplyRemark::HardLinks { file, others });
            }
        }
        let changes = [
            FileChange {
                path: &self.gemfile,
                old: &old.gemfile,
                new,
            },
            FileChange {
                path: &self.lockfile,
                old: &old.lockfile,
                new: &lockfile,
            },
        ];
        journal::commit(&self.lockfile, &changes)?;
        Ok(true)
    }
}

impl Work {
    fn names(&self) -> (String, String) {
        let name = |path: &Path| path.display().to_string();
        (name(&self.gemfile), name(&self.lockfile))
    }

    fn parse(&self, lockfile: &[u8]) -> Result<Lockfile, Error> {
        parse_lockfile(lockfile, &self.lockfile.display().to_string())
    }

    fn interrupted(&self) {
        let (gemfile, lockfile) = &self.names();
        remark(&ApplyRemark::Interrupted { gemfile, lockfile });
    }

    /// Runs the smoke checks on what Bundler installed for the copies, and reports how they ended; false
    /// where a level failed.
    fn smoke(
        &self,
        args: &ApplyArgs,
        catalog: &Catalog,
        bundle: BundlerCall<'_>,
        lockfile: &[u8],
    ) -> Result<bool, Error> {
        let snapshot = Snapshot::from_lockfile(&parse_lockfile(lockfile, NEW_LOCKFILE)?)?;
        let runner = Runner {
            bundle,
            limit: Duration::from_secs(args.smoke_timeout),
        };
        bundler::announce("exec ruby");
        let smoke = smoke::of_lockfile(catalog, &snapshot, &runner)?;
        let text = report::smoke_text(&smoke, Style::Plain);
        let passed = smoke.failure().is_none();
        match passed {
            true => eprint!("{text}"),
            false => {
                let (gemfile, lockfile) = &self.names();
                out::say_failure(&text);
                out::say_failure(&report::smoke_refusal(gemfile, lockfile));
            }
        }
        Ok(passed)
    }
}

fn versions(state: &State) -> Vec<(String, Version)> {
    let packages = state.packages().iter();
    packages
        .map(|(name, version)| (name.to_string(), version.clone()))
        .collect()
}

/// Where a lockfile is not the state, and whether the catalog knows all that is locked there.
fn differences(
    catalog: &Catalog,
    lockfile: &[u8],
    want: &[(String, Version)],
) -> Result<(Vec<String>, bool), Error> {
    let snapshot = Snapshot::from_lockfile(&parse_lockfile(lockfile, NEW_LOCKFILE)?)?;
    let (mut lines, mut is_known) = (Vec::new(), true);
    for package in catalog
        .packages()
        .iter()
        .filter(|it| it.role() != Role::Runtime)
    {
        let name = package.name().as_str();
        let got = snapshot.packages().find(|(known, _)| *known == name);
        let got = got.map(|(_, installed)| installed.version());
        let want = want.iter().find(|(known, _)| known == name);
        let want = want.map(|(_, version)| version);
        if got.map(Version::as_str) != want.map(Version::as_str) {
            let mut releases = package.releases().iter();
            is_known &= got.is_none_or(|got| releases.any(|it| it.version() == got));
            lines.push(report::apply_difference(name, want, got));
        }
    }
    Ok((lines, is_known))
}

/// The exit code where a step was not taken: of a signal, if one asked for the end.
fn not_done() -> u8 {
    signals::caught().map_or(NOT_DONE, signals::exit_code)
}

/// A step in short.
fn heading(plan: &Plan, step: &Step, out: &mut String) {
    let _ = writeln!(out, "Step {} of {}", step.number(), plan.steps().len());
    for change in step.changes() {
        let _ = writeln!(
            out,
            "  {} {} -> {}",
            change.package(),
            change.from().unwrap_or("-"),
            change.to().unwrap_or("-")
        );
    }
}

/// What `apply` would have done.
fn tell_by_hand(step: &Step) {
    let mut text = "rungs: this step changes no file; by hand it is:\n".to_owned();
    for line in step.bundle().lines() {
        let mark = if line.is_temporary() {
            rungs::gemfile::MARK
        } else {
            ""
        };
        let _ = writeln!(text, "{}", format!("  {line} {mark}").trim_end());
    }
    for gem in step.bundle().obsolete() {
        let _ = writeln!(text, "  delete the temporary line of {gem}");
    }
    for gem in step.bundle().removed() {
        let _ = writeln!(text, "  delete the line of {gem:?}");
    }
    if let Some(command) = step.bundle().command() {
        let _ = writeln!(text, "  {command}");
    }
    out::say_failure(&text);
}
