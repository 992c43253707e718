//! `rungs smoke`: the checks of the catalog, run with the installed runner.
//!
//! They run in a Ruby of their own, by way of `bundle exec`, so a gem that crashes or hangs takes
//! nothing else with it. That process reports what it does line by line; it is ended at the time
//! limit, and it ends by itself where this program goes away before it.

use crate::args::{Format, SmokeArgs};
use crate::bundler::{self, BundlerCall, Config};
use crate::files::read_lockfile;
use crate::journal;
use crate::project::Project;
use crate::{Done, FINDINGS, signals};
use rungs::catalog::Catalog;
use rungs::lockfile::Snapshot;
use rungs::smoke::{CheckResult, FailureKind, Smoke, SmokeFailure};
use rungs::{Error, report, wire};
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// What the process runs.
const CODE: &str = include_str!("smoke.rb");
/// How each line of its report begins.
const MARK: &str = "rungs-smoke ";
/// The longest line of a report that is read, and the longest text in it that is kept, in bytes.
const MAX_LINE: u64 = 64 * 1024;
const MAX_TEXT: usize = 2_000;
/// What is kept of its standard error.
const MAX_OUTPUT: usize = 8 * 1024;
const MAX_OUTPUT_LINES: usize = 10;
/// How long a process may take to end after its last word.
const GRACE: Duration = Duration::from_secs(5);
/// How often it is looked for a signal meanwhile.
const PAUSE: Duration = Duration::from_millis(100);

/// The bundle with which checks run.
pub(crate) struct Runner<'a> {
    pub(crate) bundle: BundlerCall<'a>,
    /// The time limit.
    pub(crate) limit: Duration,
}

pub(crate) fn smoke(args: &SmokeArgs) -> Done {
    let project = Project::find(&args.project)?;
    let catalog = crate::overlay::open(&args.catalog, Some(&project.lockfile), &[])?;
    let (lockfile, file) = read_lockfile(&project.lockfile)?;
    let snapshot = Snapshot::from_lockfile(&lockfile).map_err(|error| error.in_file(&file))?;
    let mut smoke = Smoke::new(&catalog, &snapshot)?;
    smoke.as_of = crate::today();
    if args.dry_run {
        if args.format == Format::Text {
            crate::tell_age(&catalog, smoke.as_of);
        }
        let text = match args.format {
            Format::Json => wire::smoke_document(&smoke),
            Format::Text => report::smoke_code_text(&smoke),
        };
        return Ok((text, 0));
    }
    if journal::is_there(&project.lockfile) {
        return Err(Error::io(
            "`rungs apply` was interrupted here: expected it to be called again, which completes it",
        ));
    }
    let gemfile = project.gemfile.filter(|path| path.is_file());
    let gemfile = gemfile.ok_or_else(|| {
        Error::io(&format!(
            "no Gemfile next to {}: expected one, with which Bundler runs the checks",
            project.lockfile.display()
        ))
    })?;
    // A configuration that names another Gemfile is an error; one that names this one is Bundler's.
    Config::of(&gemfile)?;
    let runner = Runner {
        bundle: BundlerCall {
            program: &args.bundle,
            gemfile: &gemfile,
            lockfile: &project.lockfile,
            config: None,
        },
        limit: Duration::from_secs(args.timeout),
    };
    run(&mut smoke, &runner)?;
    let text = match args.format {
        Format::Json => wire::smoke_document(&smoke),
        Format::Text => report::smoke_text(&smoke, crate::look()),
    };
    let code = if smoke.failure().is_some() {
        FINDINGS
    } else {
        0
    };
    Ok((text, code))
}

/// Runs the checks for a lockfile; the result says whether a level failed.
pub(crate) fn of_lockfile(
    catalog: &Catalog,
    snapshot: &Snapshot,
    runner: &Runner<'_>,
) -> Result<Smoke, Error> {
    let mut smoke = Smoke::new(catalog, snapshot)?;
    run(&mut smoke, runner)?;
    Ok(smoke)
}

/// A line of the report.
enum Event {
    Ruby(String),
    Begin(usize),
    Pass(usize, u64),
    Skip(usize, String),
    Differs(usize, String),
    Fail(usize, SmokeFailure),
    Done,
}

/// Runs the checks and records how they ended; an error where they cannot be run.
fn run(smoke: &mut Smoke, runner: &Runner<'_>) -> Result<(), Error> {
    smoke.limit = Some(runner.limit.as_secs());
    let mut command = bundler::command(runner.bundle, &["exec", "ruby", "-e", CODE])?;
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // A group of its own, so that all of it can be ended.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let end_by = Instant::now() + runner.limit;
    let mut child = command
        .spawn()
        .map_err(|error| bundler::cannot_run(runner.bundle.program, &error))?;
    // Dropped at the end of this function, which closes its standard input.
    let _keep = feed(&mut child, input(smoke));
    let events = reports(&mut child);
    let output = tail(&mut child);
    let mut progress = Progress::default();
    let in_time = progress.follow(smoke, &events, end_by)?;
    let status = match in_time {
        true => wait(&mut child, end_by.max(Instant::now() + GRACE)),
        false => None,
    };
    if status.is_none() {
        kill(&mut child);
    }
    smoke.output = lines_of(&output);
    if progress.is_done {
        return end(smoke);
    }
    let seconds = runner.limit.as_secs();
    if smoke.ruby.is_none() {
        return Err(cannot_start(status, seconds, &smoke.output));
    }
    let failure = SmokeFailure {
        kind: match status {
            None => FailureKind::TimedOut,
            Some(_) => FailureKind::Crashed,
        },
        class: String::new(),
        message: status.map_or_else(String::new, |status| status.to_string()),
        place: String::new(),
    };
    smoke.record(progress.at, CheckResult::Failed(failure));
    Ok(())
}

/// Nothing has run where all was skipped.
fn end(smoke: &Smoke) -> Result<(), Error> {
    if smoke.outcome() != "not_run" {
        return Ok(());
    }
    Err(Error::io(
        "every check was skipped, since the groups of these gems are not installed: expected a bundle \
         installed without `BUNDLE_WITHOUT` for them",
    ))
}

fn cannot_start(status: Option<ExitStatus>, seconds: u64, output: &[String]) -> Error {
    let how = status.map_or_else(
        || format!("{seconds} s passed"),
        |status| status.to_string(),
    );
    Error::io(&format!(
        "`bundle exec ruby` did not start Ruby ({how}){}{}: expected an installed bundle; run `bundle \
         install`, and call again",
        if output.is_empty() { "" } else { ": " },
        output.join(" ")
    ))
}

/// How far a run is.
#[derive(Default)]
struct Progress {
    /// The check that runs, or that would be next.
    at: usize,
    /// Its last word was said.
    is_done: bool,
}

impl Progress {
    /// Records what is reported until the report ends; false where time runs out before.
    fn follow(
        &mut self,
        smoke: &mut Smoke,
        events: &Receiver<Event>,
        end_by: Instant,
    ) -> Result<bool, Error> {
        loop {
            let left = end_by.saturating_duration_since(Instant::now());
            if signals::caught().is_some() {
                return Ok(false);
            }
            let event = match events.recv_timeout(left.min(PAUSE)) {
                Ok(event) => event,
                Err(RecvTimeoutError::Disconnected) => return Ok(true),
                Err(RecvTimeoutError::Timeout) if left > PAUSE => continue,
                Err(RecvTimeoutError::Timeout) => return Ok(false),
            };
            match event {
                Event::Ruby(version) => smoke.ruby = Some(version),
                Event::Begin(at) => self.at = at,
                Event::Pass(at, milliseconds) => {
                    smoke.record(at, CheckResult::Passed { milliseconds });
                    self.at = at + 1;
                }
                Event::Skip(at, why) => {
                    smoke.record(at, CheckResult::Skipped { why });
                    self.at = at + 1;
                }
                Event::Fail(at, failure) => {
                    smoke.record(at, CheckResult::Failed(failure));
                    self.is_done = true;
                    return Ok(true);
                }
                Event::Differs(at, version) => {
                    let check = smoke.checks().get(at);
                    let (name, locked) = check.map_or(("a package", "another"), |check| {
                        (check.check().package().as_str(), check.version().as_str())
                    });
                    return Err(Error::io(&format!(
                        "Bundler loads {name} {version}, the lockfile has {locked}: expected the same; run \
                         `bundle install`, and call again"
                    )));
                }
                Event::Done => {
                    self.is_done = true;
                    return Ok(true);
                }
            }
        }
    }
}

/// The checks as the process reads them.
fn input(smoke: &Smoke) -> String {
    let mut text = String::new();
    for check in smoke.checks() {
        let code = check.check();
        let (name, package) = (code.id().as_str(), code.package().as_str());
        for (at, word) in [name, package, check.version().as_str(), code.ruby()]
            .into_iter()
            .enumerate()
        {
            text.push_str(if at == 0 { "x" } else { " x" });
            for byte in word.bytes() {
                let _ = write!(text, "{byte:02x}");
            }
        }
        text.push('\n');
    }
    text.push_str("run\n");
    text
}

/// Writes to the process, and keeps its standard input open until what is returned is dropped.
fn feed(child: &mut Child, text: String) -> mpsc::Sender<()> {
    let (keep, dropped) = mpsc::channel::<()>();
    if let Some(mut stdin) = child.stdin.take() {
        thread::spawn(move || {
            let _ = stdin.write_all(text.as_bytes());
            let _ = dropped.recv();
        });
    }
    keep
}

/// What the process reports, as it comes; closed when its standard output is.
fn reports(child: &mut Child) -> Receiver<Event> {
    let (send, events) = mpsc::sync_channel(16);
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            let mut line = Vec::new();
            loop {
                line.clear();
                match reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line) {
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                }
                if let Some(event) = std::str::from_utf8(&line).ok().and_then(event) {
                    if send.send(event).is_err() {
                        return;
                    }
                }
            }
        });
    }
    events
}

/// A line of the report; `None` for what a gem wrote there.
fn event(line: &str) -> Option<Event> {
    let mut words = line.strip_suffix('\n')?.strip_prefix(MARK)?.split(' ');
    let word = words.next()?;
    let texts: Option<Vec<String>> = words.map(text_of).collect();
    let texts = texts?;
    let at = || texts.first()?.parse::<usize>().ok();
    let text = |at: usize| texts.get(at).cloned();
    Some(match word {
        "ruby" => Event::Ruby(text(0)?),
        "begin" => Event::Begin(at()?),
        "pass" => Event::Pass(at()?, text(1)?.parse().ok()?),
        "skip" => Event::Skip(at()?, text(1)?),
        "differs" => Event::Differs(at()?, text(1)?),
        "fail" => Event::Fail(
            at()?,
            SmokeFailure {
                kind: FailureKind::Raised,
                class: text(1)?,
                message: text(2)?,
                place: text(3)?,
            },
        ),
        "done" => Event::Done,
        _ => return None,
    })
}

/// A text in hexadecimal after an x, as far as it is kept.
fn text_of(word: &str) -> Option<String> {
    let digits = word.strip_prefix('x')?.as_bytes();
    let bytes = digits.chunks(2).take(MAX_TEXT).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    let bytes: Option<Vec<u8>> = bytes.collect();
    Some(plain(&String::from_utf8_lossy(&bytes?)))
}

/// One line without control characters, which a terminal would obey.
fn plain(text: &str) -> String {
    let one = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(one).collect()
}

/// The end of the standard error of the process, given when that is closed.
fn tail(child: &mut Child) -> Receiver<VecDeque<u8>> {
    let (send, output) = mpsc::channel();
    if let Some(mut stderr) = child.stderr.take() {
        thread::spawn(move || {
            let mut kept = VecDeque::new();
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = stderr.read(&mut buffer) {
                kept.extend(&buffer[..count]);
                let over = kept.len().saturating_sub(MAX_OUTPUT);
                kept.drain(..over);
            }
            let _ = send.send(kept);
        });
    }
    output
}

/// Its last lines. What another process still keeps open is not waited for.
fn lines_of(output: &Receiver<VecDeque<u8>>) -> Vec<String> {
    let kept = output
        .recv_timeout(Duration::from_secs(1))
        .unwrap_or_default();
    let kept: Vec<u8> = kept.into();
    let text = String::from_utf8_lossy(&kept);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = &lines[lines.len().saturating_sub(MAX_OUTPUT_LINES)..];
    last.iter()
        .map(|line| plain(line.trim_end()).chars().take(MAX_TEXT).collect())
        .collect()
}

/// How the process ended; `None` where it still runs then.
fn wait(child: &mut Child, end_by: Instant) -> Option<ExitStatus> {
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= end_by {
            return None;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Ends the process and what it started.
fn kill(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        // It has not been waited for, so its number is still its own.
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}
