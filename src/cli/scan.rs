//! `rungs scan`: walks an application and hands its files to the scanner.

use crate::args::{ScanArgs, ScanFormat};
use crate::files::replace;
use crate::{Done, FINDINGS, UNKNOWN};
use crate::{installed, out, overlay};
use ignore::{DirEntry, WalkBuilder, WalkState};
use rungs::catalog::{Actions, Applies, Catalog};
use rungs::lockfile::Snapshot;
use rungs::plan::{Outcome, Plan};
use rungs::planner::{self, Places, PlacesRequest, Request};
use rungs::scan::{
    Collector, EditError, FileKind, FileScan, MAX_TEXT_BYTES, Scan, ScanProblem, Scanner,
    apply_edits,
};
use rungs::{Error, ErrorCode, report, ruby, wire};
use similar::TextDiff;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Folders of others' code, and of what programs leave behind; the last ones at the top only.
const ELSEWHERE: &[&str] = &[".git", "vendor", "node_modules", ".bundle"];
const LEFT_BEHIND: &[&str] = &["tmp", "log", "coverage"];
/// Names of lockfiles and of what they lock, the usual first.
const LOCKFILES: &[&str] = &["Gemfile.lock", "gems.locked"];
const GEMFILES: &[&str] = &["Gemfile", "gems.rb"];

pub(crate) fn scan(args: &ScanArgs) -> Done {
    let own = lockfile(args)?;
    let beside = own.clone();
    let beside = beside.unwrap_or_else(|| args.folder.join(LOCKFILES[0]));
    let own = own.map(|path| Locked::read(path, args)).transpose()?;
    let chosen = match &own {
        Some(locked) => installed::chosen(&[&locked.snapshot], &[&args.to]),
        None => Vec::new(),
    };
    let catalog = overlay::open(&args.catalog, Some(&beside), &chosen)?;
    let actions = catalog.actions()?;
    // What is asked wrongly is said before anything is scanned.
    let asked = asked(args, actions)?;
    let day = crate::today();
    // Documents have it in them.
    if args.fix || matches!(args.format, ScanFormat::Text | ScanFormat::Github) {
        crate::tell_age(&catalog, day);
    }
    let scanner = Scanner::new(actions.iter());
    let own = own
        .map(|locked| plan(&catalog, &locked, &args.to))
        .transpose()?;
    let sources = walk(&args.folder, &scanner)?;
    let parts = parts(args, &catalog, sources, own, &scanner)?;
    let places = Places::join(
        parts
            .iter()
            .map(|part| match &part.planned {
                Planned::Absent => Places::unjudged(&part.scan, &part.folder),
                Planned::None => {
                    planner::places(&part.scan, actions, None, &asked).of_folder(&part.folder)
                }
                Planned::Way(plan) => {
                    planner::places(&part.scan, actions, Some(plan), &asked).of_folder(&part.folder)
                }
            })
            .collect(),
    );
    if args.fix {
        return fix(args, &places);
    }
    let text = match args.format {
        ScanFormat::Text => report::scan_text(&places, crate::look()),
        ScanFormat::Json => wire::scan_document(&catalog, &places, day),
        ScanFormat::Sarif => wire::scan_sarif(&catalog, &places, day),
        ScanFormat::Github => report::scan_github(&places),
    };
    if args.format != ScanFormat::Text && args.format != ScanFormat::Json {
        tell(places.problems());
    }
    Ok((text, code(&places)))
}

/// One application with what is ahead of it.
struct Part {
    folder: String,
    scan: Scan,
    planned: Planned,
}

/// A lockfile, and what it says is installed.
struct Locked {
    path: PathBuf,
    snapshot: Snapshot,
}

impl Locked {
    fn read(path: PathBuf, args: &ScanArgs) -> Result<Self, Error> {
        let snapshot = installed::lockfile(&path, args.ruby.as_deref())?;
        Ok(Locked { path, snapshot })
    }
}

/// What is ahead of an application.
enum Planned {
    /// No lockfile says.
    None,
    /// Nothing of the catalog is installed.
    Absent,
    Way(Box<Plan>),
}

/// The applications in a folder: each with a lockfile of its own is one, and what is left is one.
/// What is left and has no Gemfile, as the manifests at the top of many services, belongs to the
/// only application where there is but one.
fn parts(
    args: &ScanArgs,
    catalog: &Catalog,
    sources: Sources,
    own: Option<Planned>,
    scanner: &Scanner,
) -> Result<Vec<Part>, Error> {
    let mut ways: BTreeMap<String, Planned> = BTreeMap::new();
    if args.lockfile.is_none() {
        for folder in sources.locks.iter().filter(|folder| !folder.is_empty()) {
            let lockfile = locked(&args.folder.join(folder));
            let of = |path: PathBuf| {
                let locked = Locked::read(path, args)?;
                match plan(catalog, &locked, &args.to) {
                    // Not every application of a folder has what is asked for.
                    Err(error) if error.code() == ErrorCode::UnknownPackage => {
                        plan(catalog, &locked, &[])
                    }
                    way => way,
                }
            };
            let way = match lockfile.map(of) {
                Some(Ok(way)) => way,
                Some(Err(error)) if error.code() == ErrorCode::NothingToPlan => Planned::Absent,
                // One broken lockfile of many; nothing is planned, so rules count by line.
                Some(Err(error)) if args.to.is_empty() => {
                    eprintln!("rungs: {folder}: {error}: rules are grouped by line instead");
                    Planned::None
                }
                Some(Err(error)) => return Err(error),
                None => Planned::None,
            };
            ways.insert(folder.clone(), way);
        }
    }
    let judged: Vec<&String> = ways
        .iter()
        .filter(|(_, way)| !matches!(way, Planned::Absent))
        .map(|(folder, _)| folder)
        .collect();
    let heir = match (&judged[..], own.is_some() || sources.has_gemfile_at_top) {
        ([only], false) => (*only).clone(),
        _ => String::new(),
    };
    let mut collectors = sources.split(|folder| match ways.contains_key(folder) {
        true => folder.to_owned(),
        false => heir.clone(),
    });
    ways.entry(heir).or_insert(own.unwrap_or(Planned::None));
    let mut parts = Vec::new();
    for (folder, way) in ways {
        let scan = collectors
            .remove(&folder)
            .unwrap_or_default()
            .finish(scanner);
        // Without a lockfile the Gemfile says whether there is anything to judge.
        let planned = match (way, scan.names_family()) {
            (Planned::None, Some(false)) => Planned::Absent,
            (way, _) => way,
        };
        parts.push(Part {
            folder,
            scan,
            planned,
        });
    }
    Ok(parts)
}

/// Nothing found is clean only where everything was read.
fn code(places: &Places<'_>) -> u8 {
    match (places.findings().next(), places.problems().next()) {
        (Some(_), _) => FINDINGS,
        (None, None) => 0,
        (None, Some(_)) => UNKNOWN,
    }
}

fn asked(args: &ScanArgs, actions: &Actions) -> Result<PlacesRequest, Error> {
    for rule in &args.rule {
        match actions.get(rule) {
            Some(action) if !action.detects().is_empty() => {}
            Some(_) => {
                return Err(Error::io(&format!(
                    "{rule} has no patterns: nothing in source shows it"
                )));
            }
            None => {
                let ids = actions.iter().map(|action| action.id().as_str());
                let error = Error::io(&format!("no rule is called {rule}"));
                return Err(error.with_nearest(rule, ids, ""));
            }
        }
    }
    let mut asked = PlacesRequest::default();
    asked.rules.clone_from(&args.rule);
    asked.severity = args.severity.map(Into::into);
    Ok(asked)
}

/// The lockfile that is named, or the one of the folder.
fn lockfile(args: &ScanArgs) -> Result<Option<PathBuf>, Error> {
    let beside = locked(&args.folder);
    match (&args.lockfile, beside) {
        (Some(path), _) => Ok(Some(path.clone())),
        (None, Some(path)) => Ok(Some(path)),
        (None, None) if args.to.is_empty() || has_locks_below(&args.folder) => Ok(None),
        (None, None) => Err(Error::io(&format!(
            "--to needs to know what is installed: expected {}, or --lockfile FILE",
            args.folder.join(LOCKFILES[0]).display()
        ))),
    }
}

/// Whether a folder below has a lockfile; files that are ignored count for nothing.
fn has_locks_below(folder: &Path) -> bool {
    let mut walker = WalkBuilder::new(folder);
    let entries = walker.hidden(false).require_git(false).filter_entry(is_own);
    entries.build().flatten().any(|entry| {
        let name = entry.file_name().to_string_lossy();
        LOCKFILES.contains(&&*name)
    })
}

fn locked(folder: &Path) -> Option<PathBuf> {
    let all = LOCKFILES.iter().map(|name| folder.join(name));
    all.into_iter().find(|path| path.is_file())
}

/// The way ahead of what a lockfile says is installed.
fn plan(catalog: &Catalog, locked: &Locked, targets: &[String]) -> Result<Planned, Error> {
    let mut request = Request::new();
    for target in targets {
        request = request.to(catalog, target)?;
    }
    let plan = match planner::plan(catalog, &locked.snapshot, &request) {
        Err(error) if error.code() == ErrorCode::NothingToPlan && targets.is_empty() => {
            return Ok(Planned::Absent);
        }
        plan => plan?,
    };
    match plan.outcome() {
        Outcome::Planned | Outcome::AlreadyThere => Ok(Planned::Way(Box::new(plan))),
        outcome if targets.is_empty() => {
            eprintln!(
                "rungs: no plan from {} ({}): rules are grouped by line instead",
                locked.path.display(),
                outcome.name()
            );
            Ok(Planned::None)
        }
        outcome => Err(Error::io(&format!(
            "there is no plan to group by ({}): ask `rungs plan` why",
            outcome.name()
        ))),
    }
}

/// What the source of an application says; what could not be read goes to standard error.
/// Folders below with a lockfile of their own are other applications.
pub(crate) fn source(folder: &Path, catalog: &Catalog) -> Result<Scan, Error> {
    let scanner = Scanner::new(catalog.actions()?.iter());
    let sources = walk(folder, &scanner)?;
    let locks = sources.locks.clone();
    let mut collectors = sources.split(|folder| match locks.contains(folder) {
        true => folder.to_owned(),
        false => String::new(),
    });
    let scan = collectors.remove("").unwrap_or_default().finish(&scanner);
    tell(scan.problems().iter());
    Ok(scan)
}

fn tell<'a>(problems: impl Iterator<Item = &'a ScanProblem>) {
    for problem in problems {
        let place = problem.place().map(|place| format!(":{place}"));
        let place = place.unwrap_or_default();
        out::say_error(
            &format!("{}{place}: {}", problem.path(), problem.fault()),
            None,
        );
    }
}

/// What all files below a folder say, before it is known which application each is of.
#[derive(Default)]
struct Sources {
    files: Vec<(String, FileScan)>,
    /// Files that say nothing, and files that are left aside, by folder.
    bare: BTreeMap<String, (usize, usize)>,
    problems: Vec<ScanProblem>,
    /// Folders with a lockfile.
    locks: BTreeSet<String>,
    has_gemfile_at_top: bool,
    /// A file that rules may speak about, whatever it says.
    has_source: bool,
}

impl Sources {
    fn add(&mut self, path: String, file: FileScan) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        if !file.is_loaded() {
            self.count(folder, |(_, aside)| *aside += 1);
            return;
        }
        if LOCKFILES.contains(&name) {
            self.locks.insert(folder.to_owned());
        }
        self.has_gemfile_at_top |= folder.is_empty() && GEMFILES.contains(&name);
        if file.is_bare() {
            self.count(folder, |(files, _)| *files += 1);
        } else {
            self.files.push((path, file));
        }
    }

    fn count(&mut self, folder: &str, more: impl FnOnce(&mut (usize, usize))) {
        match self.bare.get_mut(folder) {
            Some(counts) => more(counts),
            None => {
                let mut counts = (0, 0);
                more(&mut counts);
                self.bare.insert(folder.to_owned(), counts);
            }
        }
    }

    /// By application; `of` says whose a folder with a lockfile, or none (`""`), is.
    fn split(self, of: impl Fn(&str) -> String) -> BTreeMap<String, Collector> {
        let locks = self.locks;
        let part = |folder: &str| {
            let mut around = std::iter::successors(Some(folder), |folder| {
                folder.rsplit_once('/').map(|(around, _)| around)
            });
            of(around.find(|folder| locks.contains(*folder)).unwrap_or(""))
        };
        let folder = |path: &str| path.rsplit_once('/').map_or(0, |(folder, _)| folder.len());
        let mut collectors: BTreeMap<String, Collector> = BTreeMap::new();
        for (path, file) in self.files {
            let part = part(&path[..folder(&path)]);
            collectors.entry(part).or_default().add(file);
        }
        for (folder, (files, aside)) in self.bare {
            let collector = collectors.entry(part(&folder)).or_default();
            collector.add_bare(files, aside);
        }
        for problem in self.problems {
            let part = part(&problem.path()[..folder(problem.path())]);
            collectors.entry(part).or_default().add_problem(problem);
        }
        collectors
    }
}

/// All files below a folder, on all cores.
fn walk(folder: &Path, scanner: &Scanner) -> Result<Sources, Error> {
    if !folder.is_dir() {
        return Err(Error::io(&format!(
            "{} is no folder: expected that of an application",
            folder.display()
        )));
    }
    let sources = Mutex::new(Sources::default());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let walker = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .follow_links(false)
        .threads(threads)
        .filter_entry(is_own)
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            look(folder, entry, scanner, &sources);
            WalkState::Continue
        })
    });
    let sources = sources.into_inner();
    let sources = sources.unwrap_or_else(std::sync::PoisonError::into_inner);
    // What could not be read may have been source: it is told as such.
    if !sources.has_source && sources.locks.is_empty() && sources.problems.is_empty() {
        let folder = folder.display().to_string();
        return Err(Error::io(&report::without_source(&folder)));
    }
    Ok(sources)
}

fn is_own(entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let name = entry.file_name().to_string_lossy();
    let is_elsewhere =
        ELSEWHERE.contains(&&*name) || (entry.depth() == 1 && LEFT_BEHIND.contains(&&*name));
    entry.depth() == 0 || !(is_folder && is_elsewhere)
}

fn look(
    folder: &Path,
    entry: Result<DirEntry, ignore::Error>,
    scanner: &Scanner,
    sources: &Mutex<Sources>,
) {
    let lock = || {
        sources
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    };
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => {
            let (path, why) = place_of(folder, &error);
            lock().problems.push(ScanProblem::new(&path, &why));
            return;
        }
    };
    if entry.file_type().is_none_or(|kind| !kind.is_file()) {
        let is_special = entry
            .file_type()
            .is_some_and(|kind| !kind.is_dir() && !kind.is_symlink());
        let path = relative(folder, entry.path());
        if is_special && FileKind::of(&path, b"") != FileKind::Other {
            lock()
                .problems
                .push(ScanProblem::new(&path, "no plain file: not read"));
        }
        return;
    }
    let path = relative(folder, entry.path());
    let file = match FileKind::may_be_read(&path) {
        false => Ok(Vec::new()),
        true => read(entry.path()),
    };
    match file {
        // The time is spent outside of the lock.
        Ok(source) => {
            let seen = scanner.scan(&path, &source);
            let is_source = FileKind::of(&path, &source) != FileKind::Other;
            let mut sources = lock();
            sources.has_source |= is_source;
            sources.add(path, seen);
        }
        Err(error) => {
            let why = format!("cannot be read: {error}");
            lock().problems.push(ScanProblem::new(&path, &why));
        }
    }
}

/// One byte more than is read of any file shows the scanner that it is too long.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let most = ruby::MAX_BYTES.max(MAX_TEXT_BYTES) + 1;
    let mut source = Vec::new();
    File::open(path)?
        .take(most as u64)
        .read_to_end(&mut source)?;
    Ok(source)
}

fn relative(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    let names = path
        .components()
        .map(|name| name.as_os_str().to_string_lossy());
    names.collect::<Vec<_>>().join("/")
}

/// The file that an error of walking concerns, and its reason.
fn place_of(folder: &Path, error: &ignore::Error) -> (String, String) {
    match error {
        ignore::Error::WithPath { path, err } => {
            (relative(folder, path), format!("cannot be read: {err}"))
        }
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            place_of(folder, err)
        }
        error => (String::new(), error.to_string()),
    }
}

/// The edits of mechanical rules as a diff; with `--write` they are made.
fn fix(args: &ScanArgs, places: &Places<'_>) -> Done {
    let own: BTreeSet<&str> = places
        .items()
        .filter(|item| item.applies() == Applies::Yes)
        .map(|item| item.action().id().as_str())
        .collect();
    let mut out = String::new();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let mut remain = false;
    for part in places.parts().iter().filter(|part| part.is_judged()) {
        let scan = part.scan().clone();
        let scan = scan.retain(|finding| own.contains(finding.action().as_str()));
        remain |= scan
            .findings()
            .iter()
            .any(|finding| finding.edit().is_none());
        edits(args, &scan, &mut out, &mut files)?;
    }
    if args.write {
        replace(&files)?;
    }
    let code = match remain || !(args.write || files.is_empty()) {
        true => FINDINGS,
        false => code_of_problems(places),
    };
    Ok((out, code))
}

/// The edits of one application: as a diff, and as what the files become.
fn edits(
    args: &ScanArgs,
    scan: &Scan,
    out: &mut String,
    files: &mut Vec<(PathBuf, String)>,
) -> Result<(), Error> {
    let with_edits = scan
        .findings()
        .iter()
        .filter(|finding| finding.edit().is_some());
    let paths: BTreeSet<&str> = with_edits.map(|finding| finding.path()).collect();
    for path in paths {
        let whole = args.folder.join(path);
        let wrong = |why: &str| Error::io(&format!("cannot edit {}: {why}", whole.display()));
        let old = crate::files::read(&whole)?;
        let new = apply_edits(scan, path, &old).map_err(|error| match error {
            EditError::Overlap => wrong("two edits meet; make them by hand"),
            _ => wrong("it changed while it was read; scan again"),
        })?;
        let Some(new) = new else { continue };
        let text = |bytes| String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8"));
        let (old, new) = (text(old)?, text(new)?);
        let diff = TextDiff::from_lines(old.as_str(), new.as_str());
        let shown = report::printable_line(path);
        let (a, b) = (format!("a/{shown}"), format!("b/{shown}"));
        let _ = write!(out, "{}", diff.unified_diff().header(&a, &b));
        files.push((whole, new));
    }
    Ok(())
}

fn code_of_problems(places: &Places<'_>) -> u8 {
    match places.problems().next() {
        None => 0,
        Some(_) => UNKNOWN,
    }
}
