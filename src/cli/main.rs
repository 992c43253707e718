//! The `rungs` program: the only place that touches files and output.

use clap::{Args, Parser, Subcommand, ValueEnum};
use rungs::catalog::{Catalog, Source};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::Plan;
use rungs::planner::{self, Request, RuntimeMove};
use rungs::{Date, Error, report, wire};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The shortest sequence of upgrade steps, every one exact and jointly resolvable.
#[derive(Parser)]
#[command(name = "rungs", version, max_term_width = 80)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// All steps from the lockfile to the target.
    Plan(PlanArgs),
    /// The first step only.
    Next(PlanArgs),
    /// All that was read in a lockfile.
    Snapshot(SnapshotArgs),
    /// Catalogs: what they hold, and whether they are sound.
    #[command(subcommand)]
    Catalog(CatalogCommand),
}

#[derive(Args, Default)]
struct PlanArgs {
    /// The lockfile.
    #[arg(long, default_value = "Gemfile.lock")]
    lockfile: PathBuf,
    /// PKG=LINE, PKG=VERSION, PKG=REQUIREMENT or PKG=latest; without it the newest lines.
    #[arg(long, value_name = "TARGET")]
    to: Vec<String>,
    /// The Ruby installed now: a line (3.2) or a version (3.2.2).
    #[arg(long, value_name = "VERSION")]
    ruby: Option<String>,
    /// Ruby may not move.
    #[arg(long, conflicts_with = "ruby_to")]
    ruby_fixed: bool,
    /// Ruby shall arrive at this line or version.
    #[arg(long, value_name = "VERSION")]
    ruby_to: Option<String>,
    /// PKG=REQUIREMENT: nothing moves to a version outside.
    #[arg(long, value_name = "PIN")]
    pin: Vec<String>,
    /// A rule marked `should` that shall not hold.
    #[arg(long, value_name = "RULE")]
    accept: Vec<String>,
    /// A catalog (file or folder); several lie over one another.
    #[arg(long, value_name = "PATH")]
    catalog: Vec<PathBuf>,
    /// Only releases up to this day are entered.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Releases younger than so many days at --as-of are not entered.
    #[arg(long, value_name = "DAYS", default_value_t = 0, requires = "as_of")]
    min_age: u32,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Args)]
struct SnapshotArgs {
    /// The lockfile.
    file: PathBuf,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
}

#[derive(Subcommand)]
enum CatalogCommand {
    /// Packages, lines and rules.
    Show {
        /// A catalog (file or folder); several lie over one another.
        #[arg(long, value_name = "PATH")]
        catalog: Vec<PathBuf>,
    },
    /// Reads a catalog and prints every problem with its place.
    Validate {
        /// Files or folders; several lie over one another.
        #[arg(required = true)]
        catalog: Vec<PathBuf>,
    },
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// The input or the call is wrong.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let (json, result) = match cli.command {
        None => (false, without_command()),
        Some(Command::Plan(args)) => (args.format == Format::Json, plan(&args, false)),
        Some(Command::Next(args)) => (args.format == Format::Json, plan(&args, true)),
        Some(Command::Snapshot(args)) => (args.format == Format::Json, snapshot(&args)),
        Some(Command::Catalog(command)) => (false, catalog(&command)),
    };
    match result {
        Ok((text, code)) => {
            // A reader that goes away (`rungs plan | head`) is not our error.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::from(code)
        }
        Err(error) => {
            for problem in error.problems() {
                eprintln!("rungs: {problem}");
                if let Some(help) = problem.help() {
                    eprintln!("  {help}");
                }
            }
            if json {
                let _ = std::io::stdout().write_all(wire::error_document(&error).as_bytes());
            }
            ExitCode::from(USAGE)
        }
    }
}

type Done = Result<(String, u8), Error>;

fn without_command() -> Done {
    if Path::new("Gemfile.lock").exists() {
        return plan(
            &PlanArgs {
                lockfile: "Gemfile.lock".into(),
                ..PlanArgs::default()
            },
            false,
        );
    }
    Err(Error::io(
        "no Gemfile.lock in this folder: expected one, or `rungs plan --lockfile FILE`",
    ))
}

fn plan(args: &PlanArgs, first_only: bool) -> Done {
    let catalog = open_catalog(&args.catalog)?;
    let (lockfile, file) = read_lockfile(&args.lockfile)?;
    let mut snapshot = Snapshot::from_lockfile(&lockfile).map_err(|error| error.in_file(&file))?;
    if let Some(ruby) = &args.ruby {
        snapshot = snapshot.with_runtime("ruby", ruby);
    }
    let mut request = Request::new();
    for target in &args.to {
        request = request.to(&catalog, target)?;
    }
    for pin in &args.pin {
        request = request.pin(&catalog, pin)?;
    }
    request.accept.clone_from(&args.accept);
    request.runtime = match &args.ruby_to {
        Some(version) => RuntimeMove::To(version.clone()),
        None if args.ruby_fixed => RuntimeMove::Fixed,
        None => RuntimeMove::Free,
    };
    request.as_of = args.as_of.as_deref().map(Date::parse).transpose()?;
    request.min_age = args.min_age;
    let plan = planner::plan(&catalog, &snapshot, &request)?;
    let text = match args.format {
        Format::Json => wire::plan_document(&plan),
        Format::Text if first_only => next_text(&plan),
        Format::Text => report::plan_text(&plan),
    };
    Ok((text, plan.outcome().exit_code()))
}

fn next_text(plan: &Plan) -> String {
    match plan.steps() {
        [] => report::plan_text(plan),
        [first, rest @ ..] => {
            let after = match rest.len() {
                0 => "Nothing comes after it.".to_owned(),
                1 => "One step comes after it.".to_owned(),
                n => format!("{n} steps come after it."),
            };
            format!("{}\n{after}\n", report::step_text(first))
        }
    }
}

fn snapshot(args: &SnapshotArgs) -> Done {
    let (lockfile, _) = read_lockfile(&args.file)?;
    let text = match args.format {
        Format::Json => wire::snapshot_document(&lockfile),
        Format::Text => lockfile
            .specs()
            .map(|spec| format!("{} {}\n", spec.name(), spec.version()))
            .collect(),
    };
    Ok((text, 0))
}

fn catalog(command: &CatalogCommand) -> Done {
    match command {
        CatalogCommand::Validate { catalog } => {
            let opened = open_catalog(catalog)?;
            opened.validate_all()?;
            let releases: usize = opened
                .packages()
                .iter()
                .map(|package| package.releases().len())
                .sum();
            let text = format!(
                "{}: {} packages, {releases} releases, {} rules, no problems\n",
                opened.name(),
                opened.packages().len(),
                opened.rules().len()
            );
            Ok((text, 0))
        }
        CatalogCommand::Show { catalog } => {
            let opened = open_catalog(catalog)?;
            let mut text = format!(
                "{}, known up to {}\n{}\n\n",
                opened.name(),
                opened.horizon(),
                opened.digest()
            );
            for package in opened.packages() {
                let (first, last) = match package.lines() {
                    [] => ("-", "-"),
                    lines => (lines[0].name(), lines[lines.len() - 1].name()),
                };
                text.push_str(&format!(
                    "{:<16} {:<9} {:>3} releases, {first} to {last}\n",
                    package.name(),
                    package.role().name(),
                    package.releases().len()
                ));
            }
            text.push('\n');
            for rule in opened.rules() {
                let inferred = if rule.inferred().is_some() {
                    " (inferred)"
                } else {
                    ""
                };
                text.push_str(&format!(
                    "{:<8} {:<6} {}{inferred}\n         {}\n",
                    rule.kind_name(),
                    rule.force().name(),
                    rule.id(),
                    rule.why()
                ));
            }
            Ok((text, 0))
        }
    }
}

fn read_lockfile(path: &Path) -> Result<(Lockfile, String), Error> {
    let file = path.display().to_string();
    let bytes = read(path)?;
    let lockfile = Lockfile::parse(&bytes).map_err(|error| error.in_file(&file))?;
    Ok((lockfile, file))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    if path.is_dir() {
        return Err(Error::io(&format!(
            "{} is a folder: expected a file",
            path.display()
        )));
    }
    std::fs::read(path).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => error.to_string(),
        };
        Error::io(&format!("cannot read {}: {why}", path.display()))
    })
}

/// The embedded catalog, or the ones named: the first stands by itself or lies over the embedded
/// one, each further one over those before it.
fn open_catalog(paths: &[PathBuf]) -> Result<Catalog, Error> {
    let mut catalog: Option<Catalog> = None;
    for path in paths {
        let sources = read_sources(path)?;
        catalog = Some(match catalog {
            Some(below) => below.overlay(sources)?,
            None if sources.iter().any(Catalog::extends) => Catalog::karafka()?.overlay(sources)?,
            None => Catalog::parse(sources)?,
        });
    }
    catalog.map_or_else(Catalog::karafka, Ok)
}

fn read_sources(path: &Path) -> Result<Vec<Source>, Error> {
    let mut files = Vec::new();
    if path.is_dir() {
        // A catalog's actions may stand in a folder of their own.
        let actions = Some(path.join("actions")).filter(|folder| folder.is_dir());
        for folder in std::iter::once(path.to_owned()).chain(actions) {
            let entries = std::fs::read_dir(&folder).map_err(|error| {
                Error::io(&format!("cannot read {}: {error}", folder.display()))
            })?;
            for entry in entries.flatten() {
                let file = entry.path();
                if file
                    .extension()
                    .is_some_and(|extension| extension == "toml")
                {
                    files.push(file);
                }
            }
        }
        files.sort();
        if files.is_empty() {
            return Err(Error::io(&format!("no .toml file in {}", path.display())));
        }
    } else {
        files.push(path.to_owned());
    }
    let mut sources = Vec::new();
    for file in files {
        let text = String::from_utf8(read(&file)?)
            .map_err(|_| Error::io(&format!("{} is not UTF-8", file.display())))?;
        sources.push(Source::new(file.display().to_string(), text));
    }
    Ok(sources)
}
