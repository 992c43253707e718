//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use rungs::catalog::Severity;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// The shortest sequence of upgrade steps, every one exact and jointly resolvable.
#[derive(Parser)]
#[command(name = "rungs", version, max_term_width = 80)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// All steps from the lockfile to the target.
    Plan(ReportArgs),
    /// The first step only.
    Next(ReportArgs),
    /// Why a package is at its version in the plan, or why it cannot be at another.
    Why {
        /// PKG, PKG@LINE or PKG@VERSION.
        question: String,
        #[command(flatten)]
        plan: PlanArgs,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Does the next step: edits the Gemfile, runs Bundler, and sees that it arrived.
    Apply(ApplyArgs),
    /// Runs the installed bundle: loads the family, sends a message, reads it back.
    Smoke(SmokeArgs),
    /// What is installed, what its lines offer, their support, and what is wrong.
    Status(StatusArgs),
    /// Is this change of a lockfile a step that the rules allow?
    Lint(LintArgs),
    /// The places in an application that rules speak about.
    Scan(ScanArgs),
    /// All that was read in a lockfile.
    Snapshot(SnapshotArgs),
    /// Catalogs: what they hold, and whether they are sound.
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// The JSON Schema of a document; without a name the list of them.
    Schema {
        /// `plan` or `rungs.plan/1`.
        #[arg(value_parser = schema)]
        name: Option<&'static str>,
    },
}

/// The schema of this name.
fn schema(name: &str) -> Result<&'static str, String> {
    rungs::wire::schema(name)
        .ok_or_else(|| format!("expected one of {}", rungs::wire::schemas().join(", ")))
}

#[derive(Args, Default)]
pub(crate) struct PlanArgs {
    /// The lockfile.
    #[arg(long, default_value = "Gemfile.lock")]
    pub(crate) lockfile: PathBuf,
    /// PKG=LINE, PKG=VERSION, PKG=REQUIREMENT or PKG=latest; without it the newest lines.
    #[arg(long, value_name = "TARGET")]
    pub(crate) to: Vec<String>,
    /// The Ruby installed now: a line (3.2) or a version (3.2.2).
    #[arg(long, value_name = "VERSION")]
    pub(crate) ruby: Option<String>,
    /// Ruby may not move.
    #[arg(long, conflicts_with = "ruby_to")]
    pub(crate) ruby_fixed: bool,
    /// Ruby shall arrive at this line or version.
    #[arg(long, value_name = "VERSION")]
    pub(crate) ruby_to: Option<String>,
    /// PKG=REQUIREMENT: nothing moves to a version outside.
    #[arg(long, value_name = "PIN")]
    pub(crate) pin: Vec<String>,
    /// A rule marked `should` that shall not hold.
    #[arg(long, value_name = "RULE")]
    pub(crate) accept: Vec<String>,
    /// Let this gem leave where it would hold back the family. Repeatable.
    #[arg(long, value_name = "GEM")]
    pub(crate) drop: Vec<String>,
    /// State a fact that the lockfile cannot show, for example kerberos=no. Repeatable.
    #[arg(long, value_name = "NAME=yes|no")]
    pub(crate) property: Vec<String>,
    /// A catalog (file or folder); several lie over one another.
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Vec<PathBuf>,
    /// What the Gemfile requires of the packages is kept, not edited.
    #[arg(long)]
    pub(crate) keep_gemfile: bool,
    /// A compact index (a mirror, or Bundler's cache of one): all other gems take part in each step.
    #[arg(long, value_name = "DIR")]
    pub(crate) index: Option<PathBuf>,
    /// Only releases up to this day are entered.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Releases younger than so many days at --as-of are not entered.
    #[arg(long, value_name = "DAYS")]
    pub(crate) min_age: Option<u32>,
    /// The team's decisions; without it rungs.toml beside the lockfile, where there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Args, Default)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// The application's folder: which actions concern it, and where.
    #[arg(long, value_name = "DIR")]
    pub(crate) source: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub(crate) format: PlanFormat,
}

/// How `plan` and `next` print.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    #[default]
    Text,
    Json,
    /// A checklist for a ticket or a pull request.
    Markdown,
    /// One page that needs no network.
    Html,
}

/// The longest time limit of smoke checks: a day, in seconds.
const MAX_TIMEOUT: u64 = 86_400;

#[derive(Args)]
pub(crate) struct ApplyArgs {
    /// Take the steps up to this one, each by itself; 1 is the next.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) step: NonZeroUsize,
    /// Show the edit and the command, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Run `bundle lock --update` in the place of `bundle update`: nothing is installed.
    #[arg(long)]
    pub(crate) lock_only: bool,
    /// The program to run as Bundler.
    #[arg(long, value_name = "PATH", default_value = "bundle")]
    pub(crate) bundle: PathBuf,
    /// Run the smoke checks (`rungs smoke`) on what Bundler installed; where one fails, change
    /// nothing.
    #[arg(long, conflicts_with = "lock_only")]
    pub(crate) smoke: bool,
    /// End the smoke checks after this time.
    #[arg(long, value_name = "SECONDS", default_value = "60", requires = "smoke",
          value_parser = clap::value_parser!(u64).range(1..=MAX_TIMEOUT))]
    pub(crate) smoke_timeout: u64,
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
}

#[derive(Args)]
pub(crate) struct SmokeArgs {
    /// The lockfile.
    #[arg(long, default_value = "Gemfile.lock")]
    pub(crate) lockfile: PathBuf,
    /// Catalog file or folder, whose code is run. Repeat it: later ones override earlier ones.
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Vec<PathBuf>,
    /// The program to run as Bundler.
    #[arg(long, value_name = "PATH", default_value = "bundle")]
    pub(crate) bundle: PathBuf,
    /// End the checks after this time.
    #[arg(long, value_name = "SECONDS", default_value = "60",
          value_parser = clap::value_parser!(u64).range(1..=MAX_TIMEOUT))]
    pub(crate) timeout: u64,
    /// Print the code that would run, and run nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct StatusArgs {
    /// The lockfile.
    #[arg(long, default_value = "Gemfile.lock")]
    pub(crate) lockfile: PathBuf,
    /// The Ruby installed now: a line (3.2) or a version (3.2.2).
    #[arg(long, value_name = "VERSION")]
    pub(crate) ruby: Option<String>,
    /// A catalog (file or folder); several lie over one another.
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Vec<PathBuf>,
    /// A compact index (a mirror, or Bundler's cache of one): all other gems take part in the steps
    /// that lie ahead.
    #[arg(long, value_name = "DIR")]
    pub(crate) index: Option<PathBuf>,
    /// The day on which support is judged; later releases do not count. Without it today.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Exit with 1 when something is wrong.
    #[arg(long)]
    pub(crate) check: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct LintArgs {
    /// The lockfile before and the one after; with --base the one after only.
    #[arg(value_name = "LOCKFILE", num_args = 0..=2)]
    pub(crate) files: Vec<PathBuf>,
    /// The lockfile before is that of this revision of git.
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,
    /// Where the way leads, for what is left behind; without it the newest lines.
    #[arg(long, value_name = "TARGET")]
    pub(crate) to: Vec<String>,
    /// The Ruby installed before and after: a line (3.2) or a version (3.2.2).
    #[arg(long, value_name = "VERSION")]
    pub(crate) ruby: Option<String>,
    /// PKG=REQUIREMENT: nothing moves to a version outside.
    #[arg(long, value_name = "PIN")]
    pub(crate) pin: Vec<String>,
    /// A rule of lint, or one of the catalog marked `should`, that shall not count.
    #[arg(long, value_name = "RULE")]
    pub(crate) accept: Vec<String>,
    /// A catalog (file or folder); several lie over one another.
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Vec<PathBuf>,
    /// The day on which it is judged. Without it today.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Releases younger than so many days on that day are not to be entered.
    #[arg(long, value_name = "DAYS")]
    pub(crate) min_age: Option<u32>,
    /// The team's decisions; without it rungs.toml beside the lockfile, where there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Warnings count as errors do.
    #[arg(long)]
    pub(crate) strict: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    pub(crate) format: LintFormat,
}

/// How `lint` and `scan` print.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    Text,
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
}

#[derive(Args)]
pub(crate) struct ScanArgs {
    /// The application's folder.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// What is installed; without it DIR/Gemfile.lock, where there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) lockfile: Option<PathBuf>,
    /// Where the way leads: only what is due on it, step by step.
    #[arg(long, value_name = "TARGET")]
    pub(crate) to: Vec<String>,
    /// The Ruby installed now: a line (3.2) or a version (3.2.2).
    #[arg(long, value_name = "VERSION")]
    pub(crate) ruby: Option<String>,
    /// Only this rule.
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Vec<String>,
    /// Only rules that matter at least so much.
    #[arg(long, value_enum)]
    pub(crate) severity: Option<ScanSeverity>,
    /// A catalog (file or folder); several lie over one another.
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Vec<PathBuf>,
    /// Show the edits of pure renames and removals as a diff.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Make them.
    #[arg(long, requires = "fix")]
    pub(crate) write: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ScanFormat::Text, conflicts_with = "fix")]
    pub(crate) format: ScanFormat,
}

/// How `scan` prints.
pub(crate) type ScanFormat = LintFormat;

/// How much a rule matters.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScanSeverity {
    Breaking,
    Action,
    Review,
    Info,
}

impl From<ScanSeverity> for Severity {
    fn from(severity: ScanSeverity) -> Self {
        match severity {
            ScanSeverity::Breaking => Severity::Breaking,
            ScanSeverity::Action => Severity::Action,
            ScanSeverity::Review => Severity::Review,
            ScanSeverity::Info => Severity::Info,
        }
    }
}

#[derive(Args)]
pub(crate) struct SnapshotArgs {
    /// The lockfile.
    pub(crate) file: PathBuf,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub(crate) format: Format,
}

#[derive(Subcommand)]
pub(crate) enum CatalogCommand {
    /// Packages, lines and rules.
    Show {
        /// A catalog (file or folder); several lie over one another.
        #[arg(long, value_name = "PATH")]
        catalog: Vec<PathBuf>,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Writes a catalog, its layers merged, as TOML files that read as an equal catalog.
    Export {
        /// A catalog (file or folder); several lie over one another.
        #[arg(long, value_name = "PATH")]
        catalog: Vec<PathBuf>,
        /// A new or empty folder; without it, or with -, one file goes to standard output.
        #[arg(value_name = "DIR")]
        to: Option<PathBuf>,
        /// Writes the releases as a compact index instead, as rubygems.org serves it, into a new
        /// or empty folder.
        #[arg(long, value_name = "DIR", conflicts_with = "to")]
        compact_index: Option<PathBuf>,
    },
    /// Adds releases that the catalog does not know yet; shows a diff, changes nothing without
    /// --write.
    Import(ImportArgs),
    /// Reads a catalog and prints every problem with its place.
    Validate {
        /// Files or folders; several lie over one another.
        #[arg(required = true)]
        catalog: Vec<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// Compact indexes: folders (a mirror, Bundler's cache of a server) or files named as their
    /// package.
    #[arg(long, value_name = "DIR|FILE", required = true, num_args = 1..)]
    pub(crate) compact_index: Vec<PathBuf>,
    /// A catalog (file or folder); several lie over one another. Without it the embedded one, for
    /// which an overlay is printed.
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Vec<PathBuf>,
    /// Edit the catalog's files.
    #[arg(long, requires = "catalog")]
    pub(crate) write: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
}
