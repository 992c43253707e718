//! Many lockfiles: one line of output each, or a summary.
//!
//! Input is read in batches, a batch is answered on all cores, and its lines are written in the order of
//! the input. So memory stays flat, and the output is the same on any number of cores.

use crate::args::{FleetArgs, FleetFormat};
use crate::files::{is_lockfile, open_catalog, open_regular, read};
use crate::out;
use crate::overlay;
use crate::{style, today};
use ignore::WalkBuilder;
use rayon::prelude::*;
use rungs::fleet::{Fleet, FleetAnswer, FleetSummary};
use rungs::planner::Request;
use rungs::report::Style;
use rungs::{Date, Error, report, wire};
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How many lockfiles are answered at a time, and how many bytes of lines.
const BATCH: usize = 512;
const BATCH_BYTES: usize = 16 << 20;
/// The longest line that is read: a lockfile of the greatest size, escaped.
const MAX_LINE: usize = 48 << 20;
/// How often progress is shown on a terminal.
const TICK: Duration = Duration::from_millis(500);

/// One lockfile of the input.
enum Input {
    File(PathBuf),
    /// A line with the number that messages call it by.
    Line(usize, Vec<u8>),
    /// What could not be read, and how it is called.
    Bad(String, Error),
}

/// An answer with the name of its lockfile.
struct Answered {
    id: String,
    answer: Result<FleetAnswer, Error>,
}

/// Writes a line for each lockfile, or the summary.
pub(crate) fn fleet(args: &FleetArgs) -> Result<(), Error> {
    let catalog = open_catalog(&args.catalog)?;
    let as_of = match &args.as_of {
        Some(text) => Some(Date::parse(text)?),
        None => today(),
    };
    crate::tell_age(&catalog, as_of);
    let mut request = Request::new();
    request.families = overlay::families(&args.catalog, &catalog);
    for pin in &args.pin {
        request = request.pin(&catalog, pin)?;
    }
    request.accept.clone_from(&args.accept);
    let mut fleet = Fleet::new(&catalog, as_of).request(request);
    if let Some(ruby) = &args.ruby {
        fleet = fleet.ruby(ruby);
    }
    let mut run = Run {
        fleet: &fleet,
        summary: FleetSummary::new(),
        out: BufWriter::new(io::stdout().lock()),
        is_summary: args.summary,
        batch: Vec::new(),
        bytes: 0,
        shown: Instant::now(),
        is_watched: io::stderr().is_terminal(),
        sources: args.paths.len().max(1),
        without: Vec::new(),
    };
    out::written(run.all(&args.paths).and_then(|()| run.end(args.format)))?;
    let Some(first) = run.without.first() else {
        return Ok(());
    };
    // A path that is wrong must not pass for a fleet without problems.
    if run.summary.lockfiles() == 0 && run.without.len() == run.sources {
        let error = Error::io(&no_lockfile(first));
        return Err(
            error.with_help("name the folder that the applications are in, or the lockfiles")
        );
    }
    for folder in &run.without {
        eprintln!("rungs: {}", no_lockfile(folder));
    }
    Ok(())
}

struct Run<'a> {
    fleet: &'a Fleet<'a>,
    summary: FleetSummary,
    out: BufWriter<io::StdoutLock<'static>>,
    is_summary: bool,
    batch: Vec<Input>,
    bytes: usize,
    shown: Instant,
    is_watched: bool,
    /// How many paths were given, and the folders among them without a lockfile.
    sources: usize,
    without: Vec<PathBuf>,
}

impl Run<'_> {
    fn all(&mut self, paths: &[PathBuf]) -> io::Result<()> {
        let here = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &here } else { paths };
        for path in paths {
            if path.as_os_str() == "-" {
                self.lines(&mut io::stdin().lock())?;
            } else if path.is_dir() {
                self.folder(path)?;
            } else if is_lines(path) {
                match open_regular(path) {
                    Ok((file, _)) => self.lines(&mut BufReader::new(file))?,
                    Err(error) => self.push(Input::Bad(path.display().to_string(), error), 0)?,
                }
            } else {
                self.push(Input::File(path.clone()), 0)?;
            }
        }
        self.flush()
    }

    /// The lockfiles below a folder, in the order of their names.
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        let walker = WalkBuilder::new(folder)
            .hidden(false)
            .require_git(false)
            .follow_links(false)
            .sort_by_file_name(Ord::cmp)
            .filter_entry(|entry| {
                let name = entry.file_name().to_string_lossy();
                ![".git", "node_modules"].contains(&&*name)
            })
            .build();
        let mut is_without = true;
        for entry in walker {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|it| it.is_file()) => {
                    if is_lockfile(entry.path()) {
                        is_without = false;
                        self.push(Input::File(entry.into_path()), 0)?;
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    is_without = false;
                    let problem = Error::io(&format!("cannot read a folder: {error}"));
                    self.push(Input::Bad(folder.display().to_string(), problem), 0)?;
                }
            }
        }
        if is_without {
            self.without.push(folder.to_owned());
        }
        Ok(())
    }

    fn lines(&mut self, input: &mut impl BufRead) -> io::Result<()> {
        for number in 1.. {
            let mut line = Vec::new();
            let limit = MAX_LINE as u64 + 1;
            let read = input.by_ref().take(limit).read_until(b'\n', &mut line);
            match read {
                Ok(0) => break,
                Ok(_) if line.len() > MAX_LINE => {
                    let id = format!("line {number}");
                    let message = format!("the line is longer than {MAX_LINE} bytes");
                    let skipped = skip_line(input);
                    self.push(Input::Bad(id, Error::io(&message)), 0)?;
                    if let Err(error) = skipped {
                        self.bad(&format!("line {number}"), &error)?;
                        break;
                    }
                }
                Ok(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(len) => self.push(Input::Line(number, line), len)?,
                Err(error) => {
                    self.bad(&format!("line {number}"), &error)?;
                    break;
                }
            }
        }
        Ok(())
    }

    fn bad(&mut self, id: &str, error: &io::Error) -> io::Result<()> {
        let error = Error::io(&format!("cannot read {id}: {error}"));
        self.push(Input::Bad(id.to_owned(), error), 0)
    }

    fn push(&mut self, input: Input, bytes: usize) -> io::Result<()> {
        self.batch.push(input);
        self.bytes += bytes;
        if self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Answers what was collected.
    fn flush(&mut self) -> io::Result<()> {
        let batch = std::mem::take(&mut self.batch);
        self.bytes = 0;
        let (fleet, with_lines) = (self.fleet, !self.is_summary);
        let answered: Vec<(Answered, String)> = batch
            .into_par_iter()
            .map(|input| {
                let answered = answer(fleet, input);
                let line = match with_lines {
                    true => wire::fleet_line(&answered.id, &answered.answer),
                    false => String::new(),
                };
                (answered, line)
            })
            .collect();
        for (answered, line) in answered {
            self.summary.add_named(&answered.id, &answered.answer);
            let line = report::printable(&line, Style::Plain);
            self.out.write_all(line.as_bytes())?;
        }
        self.progress();
        Ok(())
    }

    fn progress(&mut self) {
        if self.is_watched && self.shown.elapsed() >= TICK {
            self.shown = Instant::now();
            let count = self.summary.lockfiles();
            // Nobody is harmed where it cannot be shown.
            let _ = write!(io::stderr(), "\r{count} lockfiles");
        }
    }

    fn end(&mut self, format: FleetFormat) -> io::Result<()> {
        if self.is_watched {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
        if self.is_summary {
            let (fleet, summary) = (self.fleet, &self.summary);
            let text = match format {
                FleetFormat::Text => report::fleet_text(fleet, summary, crate::look()),
                FleetFormat::Markdown => report::fleet_markdown(fleet, summary),
                FleetFormat::Html => report::fleet_html(fleet, summary),
                FleetFormat::Json => wire::fleet_summary_document(fleet, summary),
            };
            let text = report::printable(&text, style());
            self.out.write_all(text.as_bytes())?;
        }
        self.out.flush()
    }
}

fn no_lockfile(folder: &Path) -> String {
    format!(
        "no lockfile below {}: expected Gemfile*.lock, *.gemfile.lock or gems.locked",
        folder.display()
    )
}

fn answer(fleet: &Fleet<'_>, input: Input) -> Answered {
    match input {
        Input::Bad(id, error) => Answered {
            id,
            answer: Err(error),
        },
        Input::File(path) => {
            let id = path.display().to_string();
            let answer = read(&path).and_then(|bytes| fleet.ask(&bytes));
            Answered { id, answer }
        }
        Input::Line(number, line) => match wire::read_fleet_input(&line) {
            Ok(input) => Answered {
                answer: fleet.ask(input.lockfile.as_bytes()),
                id: input.id,
            },
            Err(error) => Answered {
                id: format!("line {number}"),
                answer: Err(error),
            },
        },
    }
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

/// Whether a file has lines of input.
fn is_lines(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end == "jsonl" || end == "ndjson")
}
