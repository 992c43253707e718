//! Which Gemfile and lockfile are a project's, found as Bundler finds them, and where the two stand.

use crate::args::ProjectArgs;
use crate::files::read;
use crate::journal;
use crate::settings::{Settings, variable};
use rungs::gemfile::{Gemfile, LockfileValue, RubyLine, ruby_version};
use rungs::lockfile::Snapshot;
use rungs::planner::{GemfileAsk, Request};
use rungs::{Error, Requirement, Scheme, Version};
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
        Some(Found::Gemfile(path) | Found::Lockfile(path)) => folder(path),
        None => Path::new("."),
    };
    let settings = Settings::of(start)?;
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
            return Ok(Project {
                gemfile: gemfile_of(&lockfile),
                lockfile,
            });
        }
        (None, None) => {
            return Err(wrong(
                "no Gemfile.lock in this folder or one above: expected one, or --lockfile FILE",
            ));
        }
    };
    let named = settings.get("BUNDLE_LOCKFILE").map(|it| it.value.into());
    let named = variable("BUNDLE_LOCKFILE").map(PathBuf::from).or(named);
    let lockfile = match named {
        Some(lockfile) => lockfile,
        None => lockfile_in(&gemfile)?,
    };
    if !lockfile.is_file() {
        return Err(wrong(&format!(
            "{} has no lockfile: expected {}; run `bundle lock`, or name one with --lockfile",
            gemfile.display(),
            lockfile.display()
        )));
    }
    Ok(Project {
        gemfile: Some(gemfile),
        lockfile,
    })
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
    if !gemfile.is_file() {
        return Err(wrong(&format!(
            "cannot read {}: no such file",
            gemfile.display()
        )));
    }
    // What is not Ruby is refused where it is edited.
    let parsed = Gemfile::parse(&read(gemfile)?).ok();
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
    let gemfile = match Gemfile::parse(&source) {
        Ok(gemfile) => gemfile,
        // Without the mark no line is temporary, and that is all that matters here.
        Err(_) if !has_mark(&source) => return Ok((snapshot, request)),
        Err(error) => return Err(error.in_file(&file)),
    };
    let temporary: Vec<&str> = gemfile.temporary().collect();
    if !temporary.is_empty() {
        eprintln!(
            "rungs: {file} has temporary lines from a step before: {}",
            temporary.join(", ")
        );
    }
    let mut request = request.with_gemfile(&gemfile);
    if let Some(requirement) = ruby_of(&gemfile, path) {
        let texts: Vec<&str> = requirement.iter().map(String::as_str).collect();
        match (snapshot.runtime("ruby"), &texts[..]) {
            (None, [version]) if Version::is_valid(Scheme::RubyGems, version) => {
                snapshot = snapshot.with_runtime("ruby", version);
            }
            (None, _) => {}
            (Some(_), _) => {
                let requirement = Requirement::from_list(Scheme::RubyGems, &texts).ok();
                let ask = GemfileAsk::new("ruby", requirement, false);
                request.gemfile.push(ask);
            }
        }
    }
    Ok((snapshot, request))
}

/// The Ruby that a Gemfile asks for, with what the file says that it names.
fn ruby_of(gemfile: &Gemfile, path: &Path) -> Option<Vec<String>> {
    match gemfile.ruby()? {
        RubyLine::Requirements(requirements) => Some(requirements.clone()),
        RubyLine::File(file) => {
            let file = folder_join(path, Path::new(file));
            let size = std::fs::metadata(&file)
                .ok()
                .filter(std::fs::Metadata::is_file)?;
            if size.len() > MAX_RUBY_FILE {
                return None;
            }
            let bytes = std::fs::read(&file).ok()?;
            let text = String::from_utf8(bytes).ok()?;
            Some(vec![ruby_version(&text).to_owned()])
        }
        _ => None,
    }
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

fn has_mark(source: &[u8]) -> bool {
    let mark = rungs::gemfile::MARK.trim_start_matches("# ").as_bytes();
    source.windows(mark.len()).any(|window| window == mark)
}
