//! `rungs scan`: walks an application and hands its files to the scanner.

use crate::args::{ScanArgs, ScanFormat};
use crate::files::{open_catalog, replace};
use crate::{Done, FINDINGS, UNKNOWN};
use ignore::{DirEntry, WalkBuilder, WalkState};
use rungs::catalog::{Actions, Catalog};
use rungs::plan::{Outcome, Plan};
use rungs::planner::{self, Places, PlacesRequest, Request};
use rungs::scan::{
    Collector, EditError, FileKind, MAX_TEXT_BYTES, Problem, Scan, Scanner, apply_edits,
};
use rungs::{Error, report, ruby, wire};
use similar::TextDiff;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Folders of others' code, and of what programs leave behind; the last ones at the top only.
const ELSEWHERE: &[&str] = &[".git", "vendor", "node_modules", ".bundle"];
const LEFT_BEHIND: &[&str] = &["tmp", "log", "coverage"];

pub(crate) fn scan(args: &ScanArgs) -> Done {
    let catalog = open_catalog(&args.catalog)?;
    let actions = catalog.actions()?;
    let asked = asked(args, actions)?;
    let plan = plan(args, &catalog)?;
    let scan = walk(&args.folder, &Scanner::new(actions.iter()))?;
    let places = planner::places(&scan, actions, plan.as_ref(), &asked);
    if args.fix {
        return fix(args, &places);
    }
    let text = match args.format {
        ScanFormat::Text => report::scan_text(&places, crate::style()),
        ScanFormat::Json => wire::scan_document(&catalog, &places),
        ScanFormat::Sarif => wire::scan_sarif(&places),
        ScanFormat::Github => report::scan_github(&places),
    };
    if args.format != ScanFormat::Text && args.format != ScanFormat::Json {
        tell(&scan);
    }
    Ok((text, code(&places)))
}

/// Nothing found is clean only where everything was read.
fn code(places: &Places<'_>) -> u8 {
    match (places.findings().next(), places.scan().problems()) {
        (Some(_), _) => FINDINGS,
        (None, []) => 0,
        (None, _) => UNKNOWN,
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
            None => return Err(Error::io(&format!("no rule is called {rule}"))),
        }
    }
    let mut asked = PlacesRequest::default();
    asked.rules.clone_from(&args.rule);
    asked.severity = args.severity.map(Into::into);
    Ok(asked)
}

/// The way ahead, where a lockfile says where it begins.
fn plan(args: &ScanArgs, catalog: &Catalog) -> Result<Option<Plan>, Error> {
    let beside = args.folder.join("Gemfile.lock");
    let path = match &args.lockfile {
        Some(path) => path.clone(),
        None if beside.is_file() => beside,
        None if args.to.is_empty() => return Ok(None),
        None => {
            return Err(Error::io(&format!(
                "--to needs to know what is installed: expected {}, or --lockfile FILE",
                beside.display()
            )));
        }
    };
    let snapshot = crate::installed(&path, args.ruby.as_deref())?;
    let mut request = Request::new();
    for target in &args.to {
        request = request.to(catalog, target)?;
    }
    let plan = planner::plan(catalog, &snapshot, &request)?;
    match plan.outcome() {
        Outcome::Planned | Outcome::AlreadyThere => Ok(Some(plan)),
        outcome if args.to.is_empty() => {
            eprintln!(
                "rungs: no plan from {} ({}): rules are grouped by line instead",
                path.display(),
                outcome.name()
            );
            Ok(None)
        }
        outcome => Err(Error::io(&format!(
            "there is no plan to group by ({}): ask `rungs plan` why",
            outcome.name()
        ))),
    }
}

/// What the source of an application says; what could not be read goes to standard error.
pub(crate) fn source(folder: &Path, catalog: &Catalog) -> Result<Scan, Error> {
    let scan = walk(folder, &Scanner::new(catalog.actions()?.iter()))?;
    tell(&scan);
    Ok(scan)
}

fn tell(scan: &Scan) {
    for problem in scan.problems() {
        let place = problem.place().map(|place| format!(":{place}"));
        let place = place.unwrap_or_default();
        eprintln!("rungs: {}{place}: {}", problem.path(), problem.message());
    }
}

/// All files below a folder, on all cores.
fn walk(folder: &Path, scanner: &Scanner) -> Result<Scan, Error> {
    if !folder.is_dir() {
        return Err(Error::io(&format!(
            "{} is no folder: expected that of an application",
            folder.display()
        )));
    }
    let collector = Mutex::new(Collector::default());
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
            look(folder, entry, scanner, &collector);
            WalkState::Continue
        })
    });
    let collector = collector.into_inner();
    let collector = collector.unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(collector.finish(scanner))
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
    collector: &Mutex<Collector>,
) {
    let lock = || {
        collector
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    };
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => {
            let (path, why) = place_of(folder, &error);
            lock().add_problem(Problem::new(&path, &why));
            return;
        }
    };
    if entry.file_type().is_none_or(|kind| !kind.is_file()) {
        let is_special = entry
            .file_type()
            .is_some_and(|kind| !kind.is_dir() && !kind.is_symlink());
        let path = relative(folder, entry.path());
        if is_special && FileKind::of(&path, b"") != FileKind::Other {
            lock().add_problem(Problem::new(&path, "no plain file: not read"));
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
            lock().add(seen);
        }
        Err(error) => lock().add_problem(Problem::new(&path, &format!("cannot be read: {error}"))),
    }
}

/// One byte more than is read of any file tells the scanner that it is too long.
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

/// The file that an error of walking speaks about, and its reason.
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
        .findings()
        .map(|(action, _)| action.id().as_str())
        .collect();
    let scan = places
        .scan()
        .clone()
        .retain(|finding| own.contains(finding.action().as_str()));
    let with_edits = scan
        .findings()
        .iter()
        .filter(|finding| finding.edit().is_some());
    let paths: BTreeSet<&str> = with_edits.map(|finding| finding.path()).collect();
    let mut out = String::new();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for path in paths {
        let whole = args.folder.join(path);
        let wrong = |why: &str| Error::io(&format!("cannot edit {}: {why}", whole.display()));
        let old = crate::files::read(&whole)?;
        let new = apply_edits(&scan, path, &old).map_err(|error| match error {
            EditError::Overlap => wrong("two edits meet; make them by hand"),
            _ => wrong("it changed while it was read; scan again"),
        })?;
        let Some(new) = new else { continue };
        let text = |bytes| String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8"));
        let (old, new) = (text(old)?, text(new)?);
        let diff = TextDiff::from_lines(old.as_str(), new.as_str());
        let (a, b) = (format!("a/{path}"), format!("b/{path}"));
        let _ = write!(out, "{}", diff.unified_diff().header(&a, &b));
        files.push((whole, new));
    }
    if args.write {
        replace(&files)?;
    }
    let remain = scan
        .findings()
        .iter()
        .any(|finding| finding.edit().is_none());
    let code = match remain || !(args.write || files.is_empty()) {
        true => FINDINGS,
        false => code_of_problems(&scan),
    };
    Ok((out, code))
}

fn code_of_problems(scan: &Scan) -> u8 {
    if scan.problems().is_empty() {
        0
    } else {
        UNKNOWN
    }
}
