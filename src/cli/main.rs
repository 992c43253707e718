//! The `rungs` program: the only place that touches files and output.

#[macro_use]
mod out;

mod apply;
mod args;
mod bundler;
mod changed;
mod checks;
mod copies;
mod files;
mod fleet;
mod guide;
mod import;
mod index;
mod installed;
mod journal;
mod lint;
mod lock;
mod maintain;
mod overlay;
mod policy;
mod project;
#[cfg(feature = "refresh")]
mod refresh;
mod scan;
mod settings;
mod signals;
mod smoke;
mod terminal;

use args::{
    CatalogCommand, Cli, Command, DetailArg, Format, PlanArgs, PlanFormat, ReportArgs,
    SnapshotArgs, StatusArgs,
};
use clap::FromArgMatches;
use clap::error::ErrorKind;
use files::{open_catalog, read_lockfile};
use installed::Installation;
use out::Printed;
use project::Project;
use rungs::catalog::Catalog;
use rungs::lockfile::Snapshot;
use rungs::planner::{Planner, Request, RuntimeMove};
use rungs::report::{self, Extent, Style};
use rungs::{Date, Error, Scheme, status, why, wire};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use terminal::{look, style};

/// `lint`, `scan` or `status --check` found something, or a level of `smoke` failed.
const FINDINGS: u8 = 1;
/// The input or the call is wrong.
const USAGE: u8 = 2;
/// Something lies beyond the catalog.
const UNKNOWN: u8 = 4;

fn main() -> ExitCode {
    let parsed = guide::command().try_get_matches();
    let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    terminal::remember(&cli.terminal);
    let kind = match &cli.command {
        Some(Command::Lint(args)) if args.format == args::LintFormat::Github => {
            Printed::Annotations
        }
        Some(Command::Scan(args)) if args.format == args::LintFormat::Github => {
            Printed::Annotations
        }
        Some(Command::Completions { .. } | Command::Man { .. }) => Printed::Script,
        _ => Printed::Text,
    };
    let (json, result) = match cli.command {
        None => (false, without_command()),
        Some(Command::Plan(args)) => (args.format == PlanFormat::Json, plan(&args, false)),
        Some(Command::Next(args)) => (args.format == PlanFormat::Json, plan(&args, true)),
        Some(Command::Why {
            question,
            plan,
            format,
        }) => (format == Format::Json, why(&question, &plan, format)),
        Some(Command::Apply(args)) => (false, apply::apply(&args)),
        Some(Command::Smoke(args)) => (args.format == Format::Json, smoke::smoke(&args)),
        Some(Command::Status(args)) => (args.format == Format::Json, status(&args)),
        Some(Command::Fleet(args)) => (false, fleet::fleet(&args).map(|()| (String::new(), 0))),
        Some(Command::Lint(args)) => (args.format == args::LintFormat::Json, lint::lint(&args)),
        Some(Command::Scan(args)) => (args.format == args::LintFormat::Json, scan::scan(&args)),
        Some(Command::Snapshot(args)) => (args.format == Format::Json, snapshot(&args)),
        Some(Command::Schema { name }) => (false, Ok((schema(name), 0))),
        Some(Command::Catalog(command)) => {
            let json =
                matches!(command, CatalogCommand::Show { format, .. } if format == Format::Json);
            (json, catalog(&command))
        }
        Some(Command::Init(args)) => (false, guide::init(&args)),
        Some(Command::Completions { shell }) => (false, guide::completions(shell)),
        Some(Command::Man { command }) => (false, guide::man(command.as_deref())),
    };
    match result {
        Ok((text, code)) if json => print(&text, Printed::Document, code),
        Ok((text, code)) => print(&text, kind, code),
        Err(error) => {
            let code = failed(&error);
            match json {
                true => print(&wire::error_document(&error), Printed::Document, USAGE),
                false => code,
            }
        }
    }
}

/// Prints an answer; what cannot be written is an error, whatever it says.
fn print(text: &str, kind: Printed, code: u8) -> ExitCode {
    match out::print(text, kind, style()) {
        Ok(()) => ExitCode::from(code),
        Err(error) => {
            tell(&error);
            ExitCode::from(USAGE)
        }
    }
}

/// Help, or what is wrong with the call, which may repeat anything.
fn usage(error: &clap::Error) -> ExitCode {
    if error.kind() == ErrorKind::DisplayVersion {
        return match guide::version() {
            Ok((text, code)) => print(&text, Printed::Text, code),
            Err(error) => failed(&error),
        };
    }
    let text = error.render();
    match error.use_stderr() {
        true => {
            out::say_call(&text.to_string());
            ExitCode::from(USAGE)
        }
        false if style() == Style::Ansi => match write!(std::io::stdout(), "{}", text.ansi()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => print(&text.to_string(), Printed::Text, 0),
        },
        false => print(&text.to_string(), Printed::Text, 0),
    }
}

fn failed(error: &Error) -> ExitCode {
    error.problems().for_each(tell);
    ExitCode::from(USAGE)
}

fn tell(problem: &Error) {
    out::say_error(&problem.to_string(), problem.help());
}

/// What a command prints, and its exit code.
type Done = Result<(String, u8), Error>;

/// Plans, and names what else the program can do.
fn without_command() -> Done {
    let done = plan(&ReportArgs::default(), false)?;
    eprintln!("rungs: {}", report::without_command());
    Ok(done)
}

/// The project, which nobody needs where a document says what is installed.
fn project_unless(
    document: Option<&Path>,
    args: &args::ProjectArgs,
) -> Result<Option<Project>, Error> {
    document.is_none().then(|| Project::find(args)).transpose()
}

fn installation<'a>(
    document: Option<&'a Path>,
    project: Option<&'a Project>,
) -> Result<Installation<'a>, Error> {
    Installation::of(document, project).ok_or_else(|| Error::io("there is no lockfile"))
}

/// Says on standard error that a catalog is old, where the output has no day to say it of.
fn tell_age(catalog: &Catalog, day: Option<Date>) {
    let age = day.map_or(0, |day| catalog.age_on(day));
    if age >= Catalog::STALE_AFTER {
        let text = report::stale_text(catalog.name(), catalog.horizon(), age);
        eprintln!("rungs: {text}");
    }
}

/// The day in UTC, if the clock has one of the years that we can write. Reports that are to be the
/// same tomorrow set the clock (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn today() -> Option<Date> {
    let set = std::env::var("SOURCE_DATE_EPOCH").ok();
    let seconds = match set.and_then(|seconds| seconds.parse().ok()) {
        Some(seconds) => seconds,
        None => SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs(),
    };
    Date::from_days(i32::try_from(seconds / 86_400).ok()?)
}

/// The file that says what is installed: an overlay may lie beside it.
fn beside<'p>(snapshot: Option<&'p Path>, project: Option<&'p Project>) -> Option<&'p Path> {
    snapshot.or_else(|| Some(project?.lockfile.as_path()))
}

fn status(args: &StatusArgs) -> Done {
    let project = project_unless(args.snapshot.as_deref(), &args.project)?;
    let installation = installation(args.snapshot.as_deref(), project.as_ref())?;
    let (snapshot, request) = installation.read(args.ruby.as_deref(), Request::new())?;
    let catalog = overlay::open(
        &args.catalog,
        beside(args.snapshot.as_deref(), project.as_ref()),
        &installed::chosen(&[&snapshot], &[&args.runtime]),
    )?;
    let snapshot = installed::with_runtimes(snapshot, &catalog, &args.runtime)?;
    let as_of = match &args.as_of {
        Some(text) => Some(Date::parse(text)?),
        None => today(),
    };
    let planner = Planner::new(&catalog, &snapshot);
    let status = match &args.index {
        None => status::status(planner, as_of, &request)?,
        Some(folder) => {
            let mut index = index::Folder::open(folder)?;
            status::status(planner.index(&mut index), as_of, &request)?
        }
    };
    let text = match args.format {
        Format::Json => wire::status_document(&status),
        Format::Text => report::status_text(&status, look()),
    };
    let age = as_of.map_or(0, |day| catalog.age_on(day));
    let is_old = args.max_age.is_some_and(|most| age > most);
    if is_old {
        let text = report::stale_text(catalog.name(), catalog.horizon(), age);
        out::say_error(&text, None);
    }
    let code = match (args.check, status.findings()) {
        (true, _) if is_old => FINDINGS,
        (true, 1..) => FINDINGS,
        (false, _) if status.is_unknown() => UNKNOWN,
        _ => 0,
    };
    Ok((text, code))
}

/// What is asked, of which catalog, about what is installed in a project.
fn question(
    args: &PlanArgs,
    project: Option<&Project>,
) -> Result<(Catalog, Snapshot, Request), Error> {
    let installation = installation(args.snapshot.as_deref(), project)?;
    let mut request = Request::new();
    request.runtimes_fixed.clone_from(&args.runtime_fixed);
    request.within.clone_from(&args.within);
    request.prereleases = args.pre;
    let (snapshot, request) = installation.read(args.ruby.as_deref(), request)?;
    let catalog = overlay::open(
        &args.catalog,
        beside(args.snapshot.as_deref(), project),
        &installed::chosen(&[&snapshot], &[&args.runtime, &args.to, &args.pin]),
    )?;
    let snapshot = installed::with_runtimes(snapshot, &catalog, &args.runtime)?;
    let mut request = request.about_ruby(&catalog);
    request.families = overlay::families(&args.catalog, &catalog);
    for target in &args.to {
        request = request.to(&catalog, target)?;
    }
    for pin in &args.pin {
        request = request.pin(&catalog, pin)?;
    }
    request.accept.clone_from(&args.accept);
    request.drop.clone_from(&args.drop);
    for answer in &args.property {
        request = request.property(answer)?;
    }
    request.runtime = match &args.ruby_to {
        Some(version) => RuntimeMove::To(version.clone()),
        None if args.ruby_fixed => RuntimeMove::Fixed,
        None => RuntimeMove::Free,
    };
    request.as_of = match &args.as_of {
        Some(text) => Some(Date::parse(text)?),
        None => today(),
    };
    if let Some(policy) = policy::read(&catalog, args.policy.as_deref(), installation.file())? {
        policy.check_day(request.as_of)?;
        request = policy.0.apply_to_plan(request);
    }
    if let Some(days) = args.min_age {
        request.min_age = days;
    } else if let Some((days, from)) = project.map(project::cooldown).transpose()?.flatten() {
        if days > request.min_age {
            request.min_age = days;
            let from = &from;
            eprintln!("rungs: {}", report::ApplyRemark::Cooldown { days, from });
        }
    }
    request.keep_gemfile = args.keep_gemfile;
    Ok((catalog, snapshot, request))
}

fn plan(args: &ReportArgs, first_only: bool) -> Done {
    let project = project_unless(args.plan.snapshot.as_deref(), &args.plan.project)?;
    let (catalog, snapshot, request) = question(&args.plan, project.as_ref())?;
    let planner = Planner::new(&catalog, &snapshot);
    let mut plan = match &args.plan.index {
        None => planner.plan(&request)?,
        Some(folder) => {
            let mut index = index::Folder::open(folder)?;
            planner.index(&mut index).plan(&request)?
        }
    };
    if let Some(folder) = &args.source {
        plan = plan.with_scan(&scan::source(folder, &catalog)?);
    }
    let extent = match args.detail {
        Some(DetailArg::Short) => Extent::Short,
        Some(DetailArg::Normal) => Extent::Normal,
        Some(DetailArg::All) => Extent::All,
        None if args.format == PlanFormat::Text && !first_only => Extent::Short,
        None => Extent::Normal,
    };
    let text = match (args.format, first_only) {
        (PlanFormat::Json, _) => wire::plan_document(&plan),
        (PlanFormat::Text, true) => report::next_text_with(&plan, look(), extent),
        (PlanFormat::Text, false) => report::plan_text_with(&plan, look(), extent),
        (PlanFormat::Markdown, true) => report::next_markdown_with(&plan, extent),
        (PlanFormat::Markdown, false) => report::plan_markdown_with(&plan, extent),
        (PlanFormat::Html, true) => report::next_html_with(&plan, extent),
        (PlanFormat::Html, false) => report::plan_html_with(&plan, extent),
        (PlanFormat::Rows, false) => report::plan_rows(&plan),
        (PlanFormat::Rows, true) => match plan.steps().first() {
            Some(step) => report::step_rows(step),
            None => report::plan_rows(&plan),
        },
    };
    Ok((text, plan.outcome().exit_code()))
}

fn why(about: &str, args: &PlanArgs, format: Format) -> Done {
    let project = project_unless(args.snapshot.as_deref(), &args.project)?;
    let (catalog, snapshot, request) = question(args, project.as_ref())?;
    let planner = Planner::new(&catalog, &snapshot);
    let why = match &args.index {
        None => why::why(planner, &request, about)?,
        Some(folder) => {
            let mut index = index::Folder::open(folder)?;
            why::why(planner.index(&mut index), &request, about)?
        }
    };
    let text = match format {
        Format::Json => wire::why_document(&why),
        Format::Text => report::why_text(&why, look()),
    };
    Ok((text, why.plan().outcome().exit_code()))
}

fn schema(schema: Option<&str>) -> String {
    schema.map_or_else(
        || {
            wire::schemas()
                .iter()
                .map(|name| format!("{name}\n"))
                .collect()
        },
        str::to_owned,
    )
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
        CatalogCommand::List => Ok((report::shipped_catalogs(), 0)),
        CatalogCommand::New {
            name,
            packages,
            scheme,
        } => {
            let scheme = match scheme {
                args::SchemeName::Semver => Scheme::SemVer,
                args::SchemeName::Rubygems => Scheme::RubyGems,
            };
            let names: Vec<&str> = packages.iter().map(String::as_str).collect();
            let today = today().ok_or_else(|| Error::io("the clock has no day"))?;
            Ok((report::new_catalog(name, &names, scheme, today)?, 0))
        }
        CatalogCommand::Validate { catalog } => {
            let opened = open_catalog(catalog)?;
            opened.validate_all()?;
            report::check_catalog(&opened)?;
            let releases: usize = opened
                .packages()
                .iter()
                .map(|package| package.releases().len())
                .sum();
            let counted = |count: usize, word: &str| match count {
                1 => format!("1 {word}"),
                _ => format!("{count} {word}s"),
            };
            let text = format!(
                "{}: {}, {}, {}, no problems\n",
                opened.name(),
                counted(opened.packages().len(), "package"),
                counted(releases, "release"),
                counted(opened.rules().len(), "rule")
            );
            let remarks = report::catalog_remarks(&opened).into_iter();
            let text = remarks.fold(text, |text, remark| format!("{text}remark: {remark}\n"));
            Ok((text, 0))
        }
        CatalogCommand::Show {
            files,
            catalog,
            format,
        } => {
            let all: Vec<_> = files.iter().chain(catalog).cloned().collect();
            let opened = open_catalog(&all)?;
            let text = match format {
                Format::Json => wire::catalog_document(&opened),
                Format::Text => catalog_text(&opened),
            };
            Ok((text, 0))
        }
        CatalogCommand::Import(args) => import::import(args),
        CatalogCommand::Refresh(args) => refresh(args),
        CatalogCommand::Check { catalog } => maintain::check(catalog),
        CatalogCommand::DigestChangelog(args) => maintain::digest(args),
        CatalogCommand::Export {
            catalog,
            compact_index: Some(folder),
            ..
        } => {
            files::write_new(folder, &import::index_files(&open_catalog(catalog)?)?)?;
            Ok((String::new(), 0))
        }
        CatalogCommand::Export { catalog, to, .. } => {
            let opened = open_catalog(catalog)?;
            match to.as_deref().filter(|to| *to != Path::new("-")) {
                None => Ok((report::catalog_toml(&opened), 0)),
                Some(folder) => {
                    files::write_new(folder, &report::catalog_files(&opened)?)?;
                    Ok((String::new(), 0))
                }
            }
        }
    }
}

#[cfg(feature = "refresh")]
use refresh::refresh;

#[cfg(not(feature = "refresh"))]
fn refresh(_: &args::RefreshArgs) -> Done {
    Err(Error::io(
        "this program was built without `catalog refresh`; build it with `--features refresh`",
    ))
}

fn catalog_text(catalog: &Catalog) -> String {
    let mut text = format!(
        "{}, known up to {}\n{}\n\n",
        catalog.name(),
        catalog.horizon(),
        catalog.digest()
    );
    for package in catalog.packages() {
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
    for rule in catalog.rules() {
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
    text
}
