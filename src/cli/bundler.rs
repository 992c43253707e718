//! Running Bundler on copies of a project's files.

use crate::files::read;
use crate::project::folder;
use crate::settings::{FOLDER, config_folder, pair};
use crate::signals;
use rungs::{Error, Scheme, Version};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long Bundler may take to end after a signal.
const GRACE: Duration = Duration::from_secs(5);
/// How often it is looked after.
const PAUSE: Duration = Duration::from_millis(10);

/// A configuration of Bundler that names the project's Gemfile.
///
/// Bundler believes its `.bundle/config` more than its environment and would leave a copy aside. So
/// for a copy it is shown the same configuration without that line.
pub(crate) struct Config {
    folder: PathBuf,
    text: String,
}

/// What Bundler is shown; gone when dropped.
pub(crate) struct Shown(PathBuf);

/// The name of its folder, without the number of the process. It is in the folder of the
/// configuration, which may hold passwords and which nobody commits.
const SHOWN: &str = "rungs-";

impl Config {
    /// The configuration that Bundler reads for this Gemfile; `None` where it names none.
    ///
    /// An error where it names another: `bundle` would work on another project than this call.
    pub(crate) fn of(gemfile: &Path) -> Result<Option<Self>, Error> {
        if std::env::var_os("BUNDLE_IGNORE_CONFIG").is_some() {
            return Ok(None);
        }
        let folder = config_folder(gemfile.parent().unwrap_or(Path::new("")));
        let path = folder.join("config");
        if !path.is_file() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&read(&path)?).into_owned();
        let Some(named) = text.lines().filter_map(gemfile_in).next_back() else {
            return Ok(None);
        };
        let named = named.as_str();
        // A relative one counts from where Bundler is called.
        let ours = std::fs::canonicalize(gemfile).ok();
        let mut named_ones = [gemfile.with_file_name(named), PathBuf::from(named)].into_iter();
        if named_ones.any(|named| ours.is_some() && std::fs::canonicalize(named).ok() == ours) {
            return Ok(Some(Config { folder, text }));
        }
        let lockfile = match named.strip_suffix("gems.rb") {
            Some(folder) => format!("{folder}gems.locked"),
            None => format!("{named}.lock"),
        };
        Err(Error::io(&format!(
            "{} says that the Gemfile is {named}, not {}: expected --lockfile {lockfile}, or no such \
             setting (`bundle config unset gemfile`)",
            path.display(),
            gemfile.display()
        )))
    }

    /// Writes it without the Gemfile, for nobody else to read.
    pub(crate) fn show(&self) -> Result<Shown, Error> {
        let folder = self
            .folder
            .join(format!("{SHOWN}{}", crate::files::any_number()));
        let _ = std::fs::remove_dir_all(&folder);
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let lines = self.text.split_inclusive('\n');
        let text: String = lines.filter(|line| gemfile_in(line).is_none()).collect();
        let shown = Shown(folder);
        builder
            .create(&shown.0)
            .and_then(|()| crate::files::write_anew(&shown.0.join("config"), text.as_bytes()))
            .map_err(|error| Error::io(&format!("cannot write {}: {error}", shown.0.display())))?;
        Ok(shown)
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Takes away what calls that were killed showed Bundler in this project; elsewhere it may be that
/// of another project's call.
pub(crate) fn clean(gemfile: &Path) {
    let entries = std::fs::read_dir(gemfile.with_file_name(FOLDER));
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(SHOWN));
        if pid.is_some_and(|pid| pid.bytes().all(|byte| byte.is_ascii_digit())) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The Gemfile that a line of a configuration names.
fn gemfile_in(line: &str) -> Option<String> {
    let (key, value) = pair(line)?;
    (key == "BUNDLE_GEMFILE" && !value.is_empty()).then_some(value)
}

/// The bundle on which Bundler works.
#[derive(Clone, Copy)]
pub(crate) struct BundlerCall<'a> {
    /// The program to run as Bundler.
    pub(crate) program: &'a Path,
    pub(crate) gemfile: &'a Path,
    pub(crate) lockfile: &'a Path,
    /// A configuration in the place of the project's own.
    pub(crate) config: Option<&'a Shown>,
}

/// Bundler with these words, in the project's folder.
pub(crate) fn command(bundle: BundlerCall<'_>, words: &[&str]) -> Result<Command, Error> {
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|error| Error::io(&format!("cannot find {}: {error}", path.display())))
    };
    // A path is meant from here, and Bundler runs in the project.
    let program = match bundle.program.components().count() {
        0 | 1 => bundle.program.to_owned(),
        _ => std::path::absolute(bundle.program).unwrap_or_else(|_| bundle.program.to_owned()),
    };
    let mut command = Command::new(&program);
    without_bundle(&mut command);
    command
        .args(words)
        .current_dir(folder(bundle.gemfile))
        .env("BUNDLE_GEMFILE", absolute(bundle.gemfile)?)
        // Bundler 4 would write the one that a `bundle exec` around us names.
        .env("BUNDLE_LOCKFILE", absolute(bundle.lockfile)?);
    if let Some(Shown(config)) = bundle.config {
        command.env("BUNDLE_APP_CONFIG", absolute(config)?);
    }
    Ok(command)
}

/// What `bundle exec` sets in the environment.
const SET_BY_BUNDLE: [&str; 12] = [
    "BUNDLE_BIN_PATH",
    "BUNDLE_GEMFILE",
    "BUNDLE_LOCKFILE",
    "BUNDLER_VERSION",
    "BUNDLER_SETUP",
    "GEM_HOME",
    "GEM_PATH",
    "MANPATH",
    "PATH",
    "RB_USER_INSTALL",
    "RUBYLIB",
    "RUBYOPT",
];
/// How it marks what was not set before.
const WAS_NOT_SET: &str = "BUNDLER_ENVIRONMENT_PRESERVER_INTENTIONALLY_NIL";

/// The environment as it was before a `bundle exec` around us: Bundler's setup would look for the gems
/// of the copy, which are not installed yet.
fn without_bundle(command: &mut Command) {
    // A Ruby program that only loads Bundler leaves the marks too, and what it sets for us counts.
    let is_exec = |(name, word): &(&str, &str)| {
        std::env::var_os(name).is_some_and(|value| value.to_string_lossy().contains(word))
    };
    let marks = [
        ("RUBYOPT", "bundler/setup"),
        ("BUNDLER_SETUP", ""),
        ("BUNDLE_BIN_PATH", ""),
    ];
    if !marks.iter().any(is_exec) {
        return;
    }
    for name in SET_BY_BUNDLE {
        let kept = format!("BUNDLER_ORIG_{name}");
        if let Some(value) = std::env::var_os(&kept) {
            if value == OsStr::new(WAS_NOT_SET) {
                command.env_remove(name);
            } else {
                command.env(name, value);
            }
            command.env_remove(kept);
        } else if let Some(options) = std::env::var_os(name).filter(|_| name == "RUBYOPT") {
            let options = options.to_string_lossy().into_owned();
            let words = options.split_whitespace();
            let words: Vec<&str> = words
                .filter(|word| !word.ends_with("bundler/setup"))
                .collect();
            command.env(name, words.join(" "));
        }
    }
}

/// Tells what runs now.
pub(crate) fn announce(words: &str) {
    eprintln!("rungs: running bundle {words}");
}

/// It is not there, or may not be run.
pub(crate) fn cannot_run(program: &Path, error: &std::io::Error) -> Error {
    Error::io(&format!(
        "cannot run {}: {error}; expected Bundler there, or its path in --bundle",
        program.display()
    ))
}

/// How a run of Bundler ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Well,
    Badly,
    /// By a signal to this program, of this number.
    Interrupted(u8),
}

/// Runs it; what it says goes to standard error.
pub(crate) fn run(bundle: BundlerCall<'_>, words: &[String]) -> Result<Ended, Error> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut command = command(bundle, &words)?;
    command.stdin(Stdio::null()).stdout(std::io::stderr());
    announce(&words.join(" "));
    let mut child = command
        .spawn()
        .map_err(|error| cannot_run(bundle.program, &error))?;
    let status = wait(&mut child).map_err(|error| cannot_run(bundle.program, &error))?;
    Ok(match signals::caught() {
        Some(number) => Ended::Interrupted(number),
        None if status.success() => Ended::Well,
        None => Ended::Badly,
    })
}

/// Waits for the child; a signal is passed on, and ends it in the end.
fn wait(child: &mut Child) -> std::io::Result<ExitStatus> {
    let mut told: Option<Instant> = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        match (signals::caught(), told) {
            (Some(number), None) => {
                signals::pass_on(number, child);
                told = Some(Instant::now());
            }
            (_, Some(at)) if at.elapsed() > GRACE => child.kill()?,
            _ => {}
        }
        thread::sleep(PAUSE);
    }
}

/// The version of the Bundler that runs for this bundle; `None` where it does not say.
pub(crate) fn version(bundle: BundlerCall<'_>) -> Result<Option<Version>, Error> {
    let mut command = command(bundle, &["--version"])?;
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| cannot_run(bundle.program, &error))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // `Bundler version 2.6.7`, `4.0.22`.
    let mut words = text.lines().next().unwrap_or_default().split_whitespace();
    Ok(words.find_map(|word| {
        let is_version = word.starts_with(|c: char| c.is_ascii_digit());
        Version::parse(Scheme::RubyGems, word)
            .ok()
            .filter(|_| is_version)
    }))
}
