//! Running Bundler on copies of a project's files.

use crate::files::read;
use rungs::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where a project has its configuration.
const FOLDER: &str = ".bundle";

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

/// The name of its folder, without the number of the process. It stands in the folder of the
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
        let folder = std::env::var_os("BUNDLE_APP_CONFIG").unwrap_or_else(|| FOLDER.into());
        let folder = gemfile.with_file_name(folder);
        let path = folder.join("config");
        if !path.is_file() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&read(&path)?).into_owned();
        let Some(named) = text.lines().filter_map(gemfile_in).next_back() else {
            return Ok(None);
        };
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
fn gemfile_in(line: &str) -> Option<&str> {
    let value = line.strip_prefix("BUNDLE_GEMFILE:")?.trim();
    let quoted = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    let value = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
    Some(value).filter(|value| !value.is_empty())
}

/// Bundler with these words, in the project, on this Gemfile, with this configuration or its own.
pub(crate) fn command(
    program: &Path,
    folder: &Path,
    gemfile: &Path,
    config: Option<&Shown>,
    words: &[String],
) -> Result<Command, Error> {
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|error| Error::io(&format!("cannot find {}: {error}", path.display())))
    };
    // A path is meant from here, and Bundler runs in the project.
    let program = match program.components().count() {
        0 | 1 => program.to_owned(),
        _ => std::path::absolute(program).unwrap_or_else(|_| program.to_owned()),
    };
    let mut command = Command::new(&program);
    command
        .args(words)
        .current_dir(folder)
        .env("BUNDLE_GEMFILE", absolute(gemfile)?);
    if let Some(Shown(config)) = config {
        command.env("BUNDLE_APP_CONFIG", absolute(config)?);
    }
    if let Some(options) = std::env::var_os("RUBYOPT") {
        // Called from within Bundler: its setup would look for the gems of the copy.
        let options = options.to_string_lossy().into_owned();
        let words = options.split_whitespace();
        let words: Vec<&str> = words
            .filter(|word| !word.ends_with("bundler/setup"))
            .collect();
        command.env("RUBYOPT", words.join(" "));
    }
    Ok(command)
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

/// Runs it; what it says goes to standard error. Did it go well?
pub(crate) fn run(
    program: &Path,
    folder: &Path,
    gemfile: &Path,
    config: Option<&Shown>,
    words: &[String],
) -> Result<bool, Error> {
    let mut command = command(program, folder, gemfile, config, words)?;
    command.stdin(Stdio::null()).stdout(std::io::stderr());
    announce(&words.join(" "));
    let status = command
        .status()
        .map_err(|error| cannot_run(program, &error))?;
    Ok(status.success())
}
