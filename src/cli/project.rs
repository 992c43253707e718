//! Which Gemfile and lockfile are a project's, found as Bundler finds them, and where the two stand.

use crate::args::ProjectArgs;
use crate::files::read;
use crate::journal;
use crate::settings::{Settings, variable};
use rungs::gemfile::{Gemfile, LockfileValue, RubyLine, ruby_version};
use rungs::lockfile::Snapshot;
use rungs::planner::{GemfileAsk, Request};
use rungs::{Error, Requirement, Scheme};
use std::path::{Path, PathBuf};

/// Names of Gemfiles with those of their lockfiles, in the order in which Bundler looks for them.
const NAMES: [(&str, &str); 2] = [("gems.rb", "gems.locked"), ("Gemfile", "Gemfile.lock")];
/// The most bytes of a file that `ruby file:` names.
const MAX_RUBY_FILE: u64 = 1 << 20;

/// The files of a project.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// `None` where only the lockfile is there.
    pub(crate) gemfile: Option<PathBuf>,
    pub(crate) lockfile: PathBuf,
}

impl Project {
    /// The files that are named, else those that Bundler would use here.
    pub(crate) fn find(args: &ProjectArgs) -> Result<Self, Error> {
        match (&args.gemfile, &args.lockfile) {
            (Some(gemfile), Some(lockfile)) => Ok(Project {
                gemfile: Some(gemfile.clone()),
                lockfile: lockfile.clone(),
            }),
            (Some(gemfile), None) => Ok(Project {
                lockfile: lockfile_in(gemfile)?,
                gemfile: Some(gemfile.clone()),
            }),
            (None, Some(lockfile)) => Ok(Project {
                gemfile: gemfile_of(lockfile),
                lockfile: lockfile.clone(),
            }),
            (None, None) => here(),
        }
    }
}

fn wrong(message: &str) -> Error {
    Error::io(message)
}

pub(crate) fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// What Bundler uses where it is called here.
fn here() -> Result<Project, Error> {
    let found = match variable("BUNDLE_GEMFILE") {
        Some(gemfile) => Some(Found::Gemfile(gemfile.into())),
        None => upwards(),
    };
    let start = match &found {
        Some(Found::Gemfile(path) | Found::Lockfile(path)) => folder(path).to_owned(),
        None => PathBuf::from("."),
    };
    let settings = Settings::of(&start)?;
    let named = settings.get("BUNDLE_GEMFILE").map(|setting| {
        // A relative one counts from where Bundler is called.
        let path = PathBuf::from(setting.value);
        match path.is_file() {
            true => path,
            false => start.join(path),
        }
    });
    let gemfile = match (named, found) {
        (Some(gemfile), _) | (None, Some(Found::Gemfile(gemfile))) => gemfile,
        (None, Some(Found::Lockfile(lockfile))) => {
            tell_elsewhere(&start, &lockfile);
            return Ok(Project {
                gemfile: gemfile_of(&lockfile),
                lockfile,
            });
        }
        (None, None) => return Err(nowhere()),
    };
    let named = settings.get("BUNDLE_LOCKFILE").map(|it| it.value.into());
    let named = variable("BUNDLE_LOCKFILE").map(PathBuf::from).or(named);
    let lockfile = match named {
        Some(lockfile) => lockfile,
        None => lockfile_in(&gemfile)?,
    };
    tell_elsewhere(&start, &lockfile);
    if !lockfile.is_file() {
        let error = wrong(&format!(
            "{} has no lockfile: expected {}",
            gemfile.display(),
            lockfile.display()
        ));
        return Err(error.with_help("run `bundle lock` to write it, or name one with --lockfile"));
    }
    Ok(Project {
        gemfile: Some(gemfile),
        lockfile,
    })
}

/// Says which lockfile is read where nobody named it and the project is not in this folder.
fn tell_elsewhere(project: &Path, lockfile: &Path) {
    if project != Path::new(".") && variable("BUNDLE_GEMFILE").is_none() {
        eprintln!("rungs: reading {}", lockfile.display());
    }
}

/// Neither a Gemfile nor a lockfile here or above; those below are named.
fn nowhere() -> Error {
    let error =
        wrong("no Gemfile.lock in this folder or one above: expected one, or --lockfile FILE");
    let below = below(Path::new("."));
    error.with_help(match below.as_slice() {
        [] => "call rungs in the folder of an application; `bundle lock` writes its lockfile, and \
               `rungs --help` shows what else there is"
            .to_owned(),
        [one] => format!("there is one below: rungs plan --lockfile {}", one.display()),
        several => {
            let shown = several.iter().take(3).map(|path| path.display().to_string());
            let shown: Vec<String> = shown.collect();
            format!(
                "there are some below, such as {}: name one with --lockfile, or answer for all with \
                 `rungs fleet`",
                shown.join(", ")
            )
        }
    })
}

/// Lockfiles in the folders below, two levels down, in order; folders with more entries than this
/// are not looked through.
fn below(folder: &Path) -> Vec<PathBuf> {
    const MAX_ENTRIES: usize = 500;
    let folders = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let hidden = |path: &Path| {
            let name = path.file_name().map(|name| name.to_string_lossy());
            name.is_none_or(|name| name.starts_with('.') || name == "node_modules")
        };
        let paths = entries.take(MAX_ENTRIES).map(|entry| entry.path());
        let mut found: Vec<PathBuf> = paths.filter(|it| it.is_dir() && !hidden(it)).collect();
        found.sort();
        found
    };
    let first = folders(folder);
    let second = first.iter().flat_map(|it| folders(it));
    let all: Vec<PathBuf> = first
        .iter()
        .cloned()
        .chain(second.collect::<Vec<_>>())
        .collect();
    let locks = all
        .iter()
        .flat_map(|it| NAMES.map(|(_, lock)| it.join(lock)));
    let locks = locks.filter(|path| path.is_file());
    locks
        .map(|path| path.strip_prefix(".").map_or(path.clone(), Path::to_owned))
        .collect()
}

/// What is found in a folder.
enum Found {
    Gemfile(PathBuf),
    /// Without its Gemfile.
    Lockfile(PathBuf),
}

/// The first Gemfile, or lockfile without one, in this folder and those above.
fn upwards() -> Option<Found> {
    let depth = std::env::current_dir().map_or(1, |folder| folder.ancestors().count());
    let mut folder = PathBuf::new();
    for _ in 0..depth {
        let gemfile = NAMES.iter().map(|names| folder.join(names.0));
        if let Some(gemfile) = gemfile.into_iter().find(|path| path.is_file()) {
            return Some(Found::Gemfile(gemfile));
        }
        let lockfile = NAMES.iter().rev().map(|names| folder.join(names.1));
        if let Some(lockfile) = lockfile.into_iter().find(|path| path.is_file()) {
            return Some(Found::Lockfile(lockfile));
        }
        folder.push("..");
    }
    None
}

/// The lockfile of a Gemfile: the one that it names itself, else by its own name.
fn lockfile_in(gemfile: &Path) -> Result<PathBuf, Error> {
    let text = read(gemfile)?;
    // What is not Ruby is refused where it is edited.
    let parsed = Gemfile::parse(&text).ok();
    let line = parsed.as_ref().and_then(Gemfile::lockfile);
    let refused = |what: &str| {
        let place = line.map(|line| format!(":{}", line.place()));
        Err(wrong(&format!(
            "{}{}: {what}: expected its path in --lockfile",
            gemfile.display(),
            place.unwrap_or_default()
        )))
    };
    match line.map(|line| line.value()) {
        None => Ok(by_name(gemfile)),
        Some(LockfileValue::Path(path)) => {
            let path = PathBuf::from(path);
            // As in Bundler from where it is called, which is mostly the Gemfile's folder.
            Ok(match path.is_file() {
                true => path,
                false => folder_join(gemfile, &path),
            })
        }
        Some(LockfileValue::None) => refused("`lockfile false` keeps no lockfile"),
        Some(_) => refused("the path of the lockfile is computed"),
    }
}

/// A path beside a file, without `./` before it.
fn folder_join(file: &Path, path: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) => folder.join(path),
        None => path.to_owned(),
    }
}

fn by_name(gemfile: &Path) -> PathBuf {
    let name = gemfile.file_name().unwrap_or_default().to_string_lossy();
    gemfile.with_file_name(match &*name {
        "gems.rb" => "gems.locked".to_owned(),
        name => format!("{name}.lock"),
    })
}

/// The Gemfile that belongs to a lockfile: `gems.rb` to `gems.locked`, else the name without `.lock`;
/// where that is not there the one in its folder, or one above, that names the lockfile.
fn gemfile_of(lockfile: &Path) -> Option<PathBuf> {
    let by_name = lockfile.file_name().and_then(|name| {
        let name = match name.to_str()? {
            "gems.locked" => "gems.rb",
            name => name.strip_suffix(".lock").filter(|name| !name.is_empty())?,
        };
        Some(lockfile.with_file_name(name))
    });
    if by_name.as_ref().is_some_and(|path| path.is_file()) {
        return by_name;
    }
    naming(lockfile).or(by_name)
}

/// The nearest Gemfile, where it names this lockfile.
fn naming(lockfile: &Path) -> Option<PathBuf> {
    let wanted = std::fs::canonicalize(lockfile).ok()?;
    let mut folder = folder(lockfile).to_owned();
    for _ in 0..wanted.ancestors().count() {
        let gemfile = NAMES.iter().map(|names| folder.join(names.0));
        if let Some(gemfile) = gemfile.into_iter().find(|path| path.is_file()) {
            let named = lockfile_in(&gemfile).and_then(|path| {
                std::fs::canonicalize(path).map_err(|error| Error::io(&error.to_string()))
            });
            return (named.ok() == Some(wanted)).then_some(gemfile);
        }
        folder.push("..");
    }
    None
}

/// What is installed, with the Ruby of the Gemfile where the lockfile names none, and the question
/// with what the Gemfile says.
pub(crate) fn with_gemfile(
    project: &Project,
    mut snapshot: Snapshot,
    request: Request,
) -> Result<(Snapshot, Request), Error> {
    if journal::is_there(&project.lockfile) {
        eprintln!("rungs: `rungs apply` was interrupted here; call it again, and it completes");
    }
    let Some(path) = project.gemfile.as_ref().filter(|path| path.is_file()) else {
        return Ok((snapshot, request));
    };
    let file = path.display().to_string();
    let source = read(path)?;
    let read = Gemfile::beside(&source).map_err(|error| error.in_file(&file))?;
    let Some(gemfile) = read else {
        return Ok((snapshot, request));
    };
    let temporary: Vec<&str> = gemfile.temporary().collect();
    if !temporary.is_empty() {
        eprintln!(
            "rungs: {file} has temporary lines from a step before: {}",
            temporary.join(", ")
        );
    }
    let mut request = request.with_gemfile(&gemfile);
    if let Some(version) = ruby_of(&gemfile, path) {
        let requirement = Requirement::parse(Scheme::RubyGems, &version).ok();
        request
            .gemfile
            .push(GemfileAsk::new("ruby", requirement, false));
    }
    // `status` has no request; a plan would find the same by itself.
    snapshot = request.with_ruby_of_gemfile(snapshot);
    Ok((snapshot, request))
}

/// The version in the file that a Gemfile names with `ruby file:`.
fn ruby_of(gemfile: &Gemfile, path: &Path) -> Option<String> {
    let Some(RubyLine::File(file)) = gemfile.ruby() else {
        return None;
    };
    let file = folder_join(path, Path::new(file));
    let size = std::fs::metadata(&file)
        .ok()
        .filter(std::fs::Metadata::is_file)?;
    if size.len() > MAX_RUBY_FILE {
        return None;
    }
    let text = String::from_utf8(std::fs::read(&file).ok()?).ok()?;
    Some(ruby_version(&text).to_owned())
}

/// The days for which Bundler leaves new releases aside in this project, and where that is set.
pub(crate) fn cooldown(project: &Project) -> Result<Option<(u32, String)>, Error> {
    let gemfile = project.gemfile.as_ref().filter(|path| path.is_file());
    let beside = gemfile.unwrap_or(&project.lockfile);
    if let Some(setting) = Settings::of(folder(beside))?.get("BUNDLE_COOLDOWN") {
        let from = setting.from.to_string();
        return match setting.value.parse() {
            Ok(days) => Ok(Some((days, from))),
            Err(_) => Err(wrong(&format!(
                "{from} sets cooldown to {:?}: expected a number of days",
                setting.value
            ))),
        };
    }
    let Some(path) = gemfile else { return Ok(None) };
    let days = Gemfile::parse(&read(path)?)
        .ok()
        .and_then(|it| it.cooldown());
    Ok(days.map(|days| (days, path.display().to_string())))
}
