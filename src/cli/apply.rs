//! `rungs apply`: a step of the plan, done.
//!
//! Bundler works on copies beside the user's files, so relative paths mean the same, and a call that
//! is interrupted leaves the files alone. Only when the copies stand exactly at the step's state
//! they take the place of the files, by way of [`crate::journal`].

use crate::args::ApplyArgs;
use crate::bundler::{self, Config, Shown};
use crate::files::{parse_lockfile, read};
use crate::journal::{self, Change};
use crate::lock::Lock;
use crate::project::gemfile_of;
use crate::smoke::{self, Runner};
use crate::{Done, question, style};
use rungs::catalog::{Catalog, Role};
use rungs::gemfile::Gemfile;
use rungs::lockfile::Snapshot;
use rungs::plan::{GemLine, Plan, State, Step, StepKind};
use rungs::report::Style;
use rungs::{Error, planner, report};
use similar::TextDiff;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Something is left for the user to do, or Bundler did not arrive; no file is changed.
const NOT_DONE: u8 = 1;

/// The files of a project.
struct Project {
    gemfile: PathBuf,
    lockfile: PathBuf,
    /// Bundler's configuration, where that names this Gemfile.
    config: Option<Config>,
}

/// Their contents.
struct Texts {
    gemfile: Vec<u8>,
    lockfile: Vec<u8>,
}

pub(crate) fn apply(args: &ApplyArgs) -> Done {
    let mut project = Project::of(&args.plan.lockfile)?;
    // Held to the end; what changes nothing needs none.
    let _lock = match args.dry_run {
        true => None,
        false => Some(Lock::take(&project.lockfile)?),
    };
    if args.dry_run {
        if journal::is_there(&project.lockfile) {
            return Err(Error::io(
                "`rungs apply` was interrupted here: expected a call without --dry-run first, which \
                 completes it",
            ));
        }
    } else if project.recover()? {
        let text = format!(
            "An interrupted apply is completed: {} and {} are those after its step.\n",
            project.gemfile.display(),
            project.lockfile.display()
        );
        return Ok((text, 0));
    }
    project.config = Config::of(&project.gemfile)?;
    let (mut out, mut last) = (String::new(), 0);
    for taken in 1..=args.step.get() {
        let code = project.next(args, taken, &mut out)?;
        match code {
            Next::Taken(_) if taken < args.step.get() => out.push('\n'),
            Next::Taken(code) => last = code,
            Next::Ended(code) => return Ok((out, code)),
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
            config: None,
        })
    }

    fn read(&self) -> Result<Texts, Error> {
        Ok(Texts {
            gemfile: read(&self.gemfile)?,
            lockfile: read(&self.lockfile)?,
        })
    }

    /// Completes what was decided, takes away what was not; true where there was a step to complete.
    fn recover(&self) -> Result<bool, Error> {
        let completed = journal::recover(&self.lockfile, &[&self.gemfile, &self.lockfile])?;
        // Copies of calls that were killed.
        for entry in std::fs::read_dir(self.folder())
            .into_iter()
            .flatten()
            .flatten()
        {
            let name = entry.file_name();
            let is_copy = name.to_str().and_then(|name| name.strip_prefix(COPY));
            let is_copy = is_copy.map(|rest| rest.strip_suffix(".lock").unwrap_or(rest));
            if is_copy.is_some_and(|pid| pid.bytes().all(|byte| byte.is_ascii_digit())) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        bundler::clean(&self.gemfile);
        Ok(completed)
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
        for warning in plan.warnings() {
            eprintln!("rungs: {warning}");
        }
        if number == 1 {
            crate::tell_age(&catalog, plan.as_of());
        }
        let last = plan.steps().len() == 1;
        if args.dry_run {
            heading(&plan, step, out);
        } else {
            // Once it is taken nobody can ask for what comes with it.
            let text = report::step_text_in(step, style());
            let _ = writeln!(out, "{}", text.trim_end());
        }
        if step.kind() == StepKind::Runtime {
            by_hand(step, out);
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
        if last && step.bundle().lines().iter().any(GemLine::is_temporary) {
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
        let want = texts(step.state());
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
        Ok(Next::Taken(code))
    }
}

/// What errors call the lockfile that Bundler wrote.
const NEW_LOCKFILE: &str = "the new lockfile";
/// The copies on which Bundler works, as they begin.
const COPY: &str = "Gemfile.rungs-";

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

impl Project {
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
        let want = texts(plan.start());
        if !self.run(args, catalog, plan, old, &stages, &want)? {
            return Ok(Next::Ended(NOT_DONE));
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
            out.push_str(
                "between the two the temporary lines of the step are there, and then go\n",
            );
        }
    }

    /// Runs the stages on copies and, where they arrive, puts these in the place of the files; false
    /// where Bundler fails or arrives elsewhere.
    fn run(
        &self,
        args: &ApplyArgs,
        catalog: &Catalog,
        plan: &Plan,
        old: &Texts,
        stages: &[Stage],
        want: &[(String, String)],
    ) -> Result<bool, Error> {
        let copy = Copy::of(self.folder(), &old.lockfile, self.config.as_ref())?;
        let mut new = &old.gemfile;
        for stage in stages {
            copy.write(&stage.gemfile)?;
            new = &stage.gemfile;
            let (gemfile, config) = (&copy.gemfile, copy.config.as_ref());
            let ran = bundler::run(&args.bundle, self.folder(), gemfile, config, &stage.command)?;
            if self.put_back(old)? {
                return Ok(false);
            }
            if !ran {
                eprintln!(
                    "rungs: `bundle {}` failed: {} and {} are as they were",
                    stage.command.join(" "),
                    self.gemfile.display(),
                    self.lockfile.display()
                );
                return Ok(false);
            }
            let differs = differences(catalog, &read(&copy.lockfile)?, want)?;
            if !differs.is_empty() {
                eprintln!(
                    "rungs: `bundle {}` arrived elsewhere than planned; {} and {} are as they were",
                    stage.command.join(" "),
                    self.gemfile.display(),
                    self.lockfile.display()
                );
                differs.iter().for_each(|line| eprintln!("  {line}"));
                eprintln!(
                    "  the catalog knows releases up to {}; `rungs catalog import` adds newer ones",
                    plan.horizon()
                );
                return Ok(false);
            }
        }
        let lockfile = read(&copy.lockfile)?;
        let installed = stages.iter().any(Stage::installs);
        if args.smoke && installed && !self.smoke(args, catalog, &copy, &lockfile)? {
            return Ok(false);
        }
        let changes = [
            Change {
                path: &self.gemfile,
                old: &old.gemfile,
                new,
            },
            Change {
                path: &self.lockfile,
                old: &old.lockfile,
                new: &lockfile,
            },
        ];
        journal::commit(&self.lockfile, &changes)?;
        Ok(true)
    }
}

impl Project {
    /// Runs the smoke checks on what Bundler installed for the copies, and tells how they ended; false
    /// where a level failed.
    fn smoke(
        &self,
        args: &ApplyArgs,
        catalog: &Catalog,
        copy: &Copy,
        lockfile: &[u8],
    ) -> Result<bool, Error> {
        let snapshot = Snapshot::from_lockfile(&parse_lockfile(lockfile, NEW_LOCKFILE)?)?;
        let runner = Runner {
            program: &args.bundle,
            folder: self.folder(),
            gemfile: &copy.gemfile,
            config: copy.config.as_ref(),
            limit: Duration::from_secs(args.smoke_timeout),
        };
        bundler::announce("exec ruby");
        let smoke = smoke::of_lockfile(catalog, &snapshot, &runner)?;
        eprint!("{}", report::smoke_text(&smoke, Style::Plain));
        let passed = smoke.failure().is_none();
        if !passed {
            let (gemfile, lockfile) = (self.gemfile.display(), self.lockfile.display());
            eprint!(
                "{}",
                report::smoke_refusal(&gemfile.to_string(), &lockfile.to_string())
            );
        }
        Ok(passed)
    }

    /// Somebody wrote the files while Bundler worked on the copies, or Bundler was told elsewhere to
    /// use them: they go back, and what stood there is kept aside. False where nobody did.
    fn put_back(&self, old: &Texts) -> Result<bool, Error> {
        let files = [
            (&self.gemfile, &old.gemfile),
            (&self.lockfile, &old.lockfile),
        ];
        let mut changed = false;
        for (path, old) in files {
            let now = std::fs::read(path).ok();
            if now.as_ref() == Some(old) {
                continue;
            }
            changed = true;
            eprintln!(
                "rungs: {} changed while Bundler ran; it is put back",
                path.display()
            );
            if let Some(now) = now {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let aside = path.with_file_name(format!("{name}.rungs-changed"));
                write(&aside, &now)?;
                eprintln!("  what stood there is in {}", aside.display());
            }
            journal::put_back(&[Change {
                path,
                old,
                new: old,
            }])?;
        }
        Ok(changed)
    }
}

/// A Gemfile and its lockfile beside the user's; gone when dropped.
struct Copy {
    gemfile: PathBuf,
    lockfile: PathBuf,
    /// Bundler's configuration, where the project's own will not do.
    config: Option<Shown>,
}

impl Copy {
    fn of(folder: &Path, lockfile: &[u8], config: Option<&Config>) -> Result<Self, Error> {
        let name = format!("{COPY}{}", std::process::id());
        let copy = Copy {
            gemfile: folder.join(&name),
            lockfile: folder.join(format!("{name}.lock")),
            config: config.map(Config::show).transpose()?,
        };
        write(&copy.lockfile, lockfile)?;
        Ok(copy)
    }

    fn write(&self, gemfile: &[u8]) -> Result<(), Error> {
        write(&self.gemfile, gemfile)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.gemfile);
        let _ = std::fs::remove_file(&self.lockfile);
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    std::fs::write(path, bytes)
        .map_err(|error| Error::io(&format!("cannot write {}: {error}", path.display())))
}

fn texts(state: &State) -> Vec<(String, String)> {
    let packages = state.packages().iter();
    packages
        .map(|(name, version)| (name.to_string(), version.to_string()))
        .collect()
}

/// Where a lockfile is not the state.
fn differences(
    catalog: &Catalog,
    lockfile: &[u8],
    want: &[(String, String)],
) -> Result<Vec<String>, Error> {
    let snapshot = Snapshot::from_lockfile(&parse_lockfile(lockfile, NEW_LOCKFILE)?)?;
    let mut lines = Vec::new();
    for package in catalog
        .packages()
        .iter()
        .filter(|it| it.role() != Role::Runtime)
    {
        let name = package.name().as_str();
        let got = snapshot.packages().find(|(known, _)| *known == name);
        let got = got.map(|(_, installed)| installed.version().as_str());
        let want = want.iter().find(|(known, _)| known == name);
        let want = want.map(|(_, version)| version.as_str());
        if got != want {
            let nothing = "nothing";
            lines.push(format!(
                "{name}: planned {}, locked {}",
                want.unwrap_or(nothing),
                got.unwrap_or(nothing)
            ));
        }
    }
    Ok(lines)
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

/// A step of Ruby is the user's.
fn by_hand(step: &Step, out: &mut String) {
    let runtimes = step.changes().iter().map(|change| {
        format!(
            "{} from {} to {}",
            change.package(),
            change.from().unwrap_or("?"),
            change.to().unwrap_or("?")
        )
    });
    let runtimes: Vec<String> = runtimes.collect();
    let _ = writeln!(
        out,
        "\nNothing is changed: this step is done by hand. Move {}, where it is installed and where the \
         project names it (.ruby-version, the Gemfile, images).",
        runtimes.join(", ")
    );
    if let Some(command) = step.bundle().command() {
        let _ = writeln!(out, "Then run: {command}");
    }
    out.push_str(
        "Deploy it, and call `rungs apply` again; where the lockfile names no Ruby, with --ruby.\n",
    );
}

/// What `apply` would have done.
fn tell_by_hand(step: &Step) {
    eprintln!("rungs: nothing is changed; by hand this step is:");
    for line in step.bundle().lines() {
        let mark = if line.is_temporary() {
            rungs::gemfile::MARK
        } else {
            ""
        };
        eprintln!("{}", format!("  {line} {mark}").trim_end());
    }
    for gem in step.bundle().obsolete() {
        eprintln!("  delete the temporary line of {gem}");
    }
    for gem in step.bundle().removed() {
        eprintln!("  delete the line of {gem:?}");
    }
    if let Some(command) = step.bundle().command() {
        eprintln!("  {command}");
    }
}
