//! What `rungs apply` says beside the step: how Bundler ended, and what became of the files.

use super::clean::clean;
use crate::plan::Step;
use crate::version::Version;
use crate::words::counted;
use std::fmt;

/// What is left to do in a step that `rungs apply` does not take: one of Ruby, or of brokers.
#[must_use]
pub fn step_by_hand(step: &Step) -> String {
    let moves = step.changes().iter().map(|change| {
        let (from, to) = (change.from().unwrap_or("?"), change.to().unwrap_or("?"));
        format!("{} from {from} to {to}", change.package())
    });
    let moves = moves.collect::<Vec<_>>().join(", ");
    let run = step.bundle().command();
    let run = run.map_or(String::new(), |command| format!("Then run: {command}\n"));
    let lead = "\nThis step is done by hand: no file is changed for it.";
    if step.bundle().is_elsewhere() {
        let names = step.changes().iter();
        let names =
            names.map(|it| format!("--runtime {}={}", it.package(), it.to().unwrap_or("?")));
        let names = names.collect::<Vec<_>>().join(" ");
        return format!(
            "{lead} Move {moves}, as the order of deployment has it.\n{run}Then call `rungs apply` again, with \
             {names}.\n"
        );
    }
    format!(
        "{lead} Move {moves}, where it is installed and where the project names it (.ruby-version, the Gemfile, \
         images).\n{run}Deploy it, and call `rungs apply` again; where the lockfile names no Ruby, with --ruby.\n"
    )
}

/// A remark of `rungs apply`, one sentence or a few lines.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ApplyRemark<'a> {
    /// Bundler failed; the files are as they were.
    Failed {
        /// Its words.
        command: &'a str,
        /// The Gemfile.
        gemfile: &'a str,
        /// The lockfile.
        lockfile: &'a str,
    },
    /// Bundler installed other versions than planned; the files are as they were.
    Elsewhere {
        /// Its words.
        command: &'a str,
        /// The Gemfile.
        gemfile: &'a str,
        /// The lockfile.
        lockfile: &'a str,
        /// What differs, a gem each.
        differences: &'a [String],
        /// The day up to which the catalog knows releases, where it does not know all of these.
        horizon: Option<String>,
    },
    /// Somebody changed a file while Bundler ran; it stays as it is now.
    Edited {
        /// The file.
        file: &'a str,
    },
    /// Bundler wrote the lockfile itself and not the copy; it is put back.
    PutBack {
        /// The file.
        file: &'a str,
        /// Where what it wrote is kept, if that is more than the copy has.
        kept: Option<&'a str>,
    },
    /// A call that was killed left a lockfile that Bundler wrote; it is put back.
    Recovered {
        /// The file.
        file: &'a str,
        /// Where what stood there is kept.
        kept: &'a str,
    },
    /// A file has other names, which keep the old text.
    HardLinks {
        /// The file.
        file: &'a str,
        /// How many other names there are.
        others: u64,
    },
    /// A signal ended the call; the files are as they were.
    Interrupted {
        /// The Gemfile.
        gemfile: &'a str,
        /// The lockfile.
        lockfile: &'a str,
    },
    /// A step of several failed; those before it stay done.
    Undone {
        /// Its number, from 2 on.
        step: usize,
    },
    /// A cooldown of Bundler's settings is the minimum age.
    Cooldown {
        /// The days.
        days: u32,
        /// Where it is set.
        from: &'a str,
    },
}

impl fmt::Display for ApplyRemark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApplyRemark::Failed {
                command,
                gemfile,
                lockfile,
            } => write!(
                f,
                "`bundle {command}` failed: {gemfile} and {lockfile} are as they were before the step"
            ),
            ApplyRemark::Elsewhere {
                command,
                gemfile,
                lockfile,
                differences,
                horizon,
            } => {
                write!(
                    f,
                    "`bundle {command}` installed other versions than planned; {gemfile} and {lockfile} are as \
                     they were before the step"
                )?;
                for line in *differences {
                    write!(f, "\n  {}", clean(line))?;
                }
                match horizon {
                    Some(horizon) => write!(
                        f,
                        "\n  the catalog knows releases up to {horizon}; `rungs catalog import` adds newer ones"
                    ),
                    None => f.write_str(
                        "\n  the catalog knows these versions: look for a gem server that offers others, a \
                         cooldown,\n  a platform, or a line of the Gemfile that pins them; `bundle` says more \
                         with DEBUG_RESOLVER=1",
                    ),
                }
            }
            ApplyRemark::Edited { file } => write!(
                f,
                "{file} changed while Bundler ran, and stays as it is now; the step is not taken: call again"
            ),
            ApplyRemark::PutBack { file, kept: None } => {
                write!(f, "Bundler wrote {file} and not the copy; it is put back")
            }
            ApplyRemark::PutBack {
                file,
                kept: Some(kept),
            } => write!(
                f,
                "Bundler wrote {file} and not the copy; it is put back, and what it wrote is in {kept}"
            ),
            ApplyRemark::Recovered { file, kept } => write!(
                f,
                "an interrupted apply left {file} half changed; it is put back, and what it was is in {kept}"
            ),
            ApplyRemark::HardLinks { file, others } => write!(
                f,
                "{file} is a hard link; the file keeps its old text under {}",
                counted(usize::try_from(*others).unwrap_or(usize::MAX), "other name")
            ),
            ApplyRemark::Interrupted { gemfile, lockfile } => {
                write!(
                    f,
                    "interrupted; {gemfile} and {lockfile} are as they were before the step"
                )
            }
            ApplyRemark::Undone { step } => match step - 1 {
                1 => write!(f, "step 1 is done, step {step} is undone"),
                done => write!(f, "steps 1 to {done} are done, step {step} is undone"),
            },
            ApplyRemark::Cooldown { days, from } => write!(
                f,
                "Bundler skips releases of the last {days} days ({from}), and so does the plan; --min-age \
                 sets another age"
            ),
        }
    }
}

/// A gem that is locked at another version than planned.
#[must_use]
pub fn apply_difference(name: &str, planned: Option<&Version>, locked: Option<&Version>) -> String {
    let text = |version: Option<&Version>| version.map_or("nothing", Version::as_str).to_owned();
    format!("{name}: planned {}, locked {}", text(planned), text(locked))
}
