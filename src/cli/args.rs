//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use rungs::catalog::Severity;
use std::num::NonZeroUsize;
use std::path::PathBuf;

// What follows the options in each help text: examples, then exit codes.
const ROOT: &str = include_str!("help/root.txt");
const PLAN: &str = include_str!("help/plan.txt");
const NEXT: &str = include_str!("help/next.txt");
const WHY: &str = include_str!("help/why.txt");
const APPLY: &str = include_str!("help/apply.txt");
const SMOKE: &str = include_str!("help/smoke.txt");
const STATUS: &str = include_str!("help/status.txt");
const FLEET: &str = include_str!("help/fleet.txt");
const LINT: &str = include_str!("help/lint.txt");
const SCAN: &str = include_str!("help/scan.txt");
const SNAPSHOT: &str = include_str!("help/snapshot.txt");
const CATALOG: &str = include_str!("help/catalog.txt");
const REFRESH: &str = include_str!("help/refresh.txt");
const SCHEMA: &str = include_str!("help/schema.txt");
const INIT: &str = include_str!("help/init.txt");
const COMPLETIONS: &str = include_str!("help/completions.txt");
const MAN: &str = include_str!("help/man.txt");

// The groups of options in help texts.
const PROJECT: &str = "Installed";
const WISHES: &str = "Request";
const CATALOGS: &str = "Catalog and policy";
const OUTPUT: &str = "Output";

/// Plan the shortest sequence of upgrade steps for the gems of a Gemfile.lock.
#[derive(Parser)]
#[command(name = "rungs", version, max_term_width = 80, after_help = ROOT)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) terminal: TerminalArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Options of every command.
#[derive(Args, Clone, Debug)]
pub(crate) struct TerminalArgs {
    /// Print the answer and errors only, without remarks.
    #[arg(long, short, global = true, help_heading = OUTPUT)]
    pub(crate) quiet: bool,
    /// Use colors: auto, always or never. Auto is on a terminal, unless NO_COLOR is set.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorWhen::Auto, global = true,
          hide_default_value = true, hide_possible_values = true, help_heading = OUTPUT)]
    pub(crate) color: ColorWhen,
}

/// When to use colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Plan all steps from the lockfile to the target.
    #[command(after_help = PLAN)]
    Plan(ReportArgs),
    /// Show the next step with everything to do in it.
    #[command(after_help = NEXT)]
    Next(ReportArgs),
    /// Explain why a package has its version, or cannot have another.
    #[command(after_help = WHY)]
    Why {
        /// Package to explain: PKG, PKG@LINE or PKG@VERSION.
        question: String,
        #[command(flatten)]
        plan: PlanArgs,
        /// Select the output format.
        #[arg(long, value_enum, default_value_t = Format::Text, help_heading = OUTPUT)]
        format: Format,
    },
    /// Edit the Gemfile, run Bundler, and verify the lockfile.
    #[command(after_help = APPLY)]
    Apply(ApplyArgs),
    /// Run the installed bundle: load its gems, send and read a message.
    #[command(after_help = SMOKE)]
    Smoke(SmokeArgs),
    /// Show what is installed, newer releases, support and problems.
    #[command(after_help = STATUS)]
    Status(StatusArgs),
    /// Answer for many lockfiles: one JSON line each, or a summary.
    #[command(after_help = FLEET)]
    Fleet(FleetArgs),
    /// Check whether a lockfile change is a step that the rules allow.
    #[command(after_help = LINT)]
    Lint(LintArgs),
    /// Find application code that upgrade rules affect.
    #[command(after_help = SCAN)]
    Scan(ScanArgs),
    /// Print the contents of a lockfile as JSON.
    #[command(after_help = SNAPSHOT)]
    Snapshot(SnapshotArgs),
    /// Show, validate, import and export catalogs.
    #[command(subcommand, after_help = CATALOG)]
    Catalog(CatalogCommand),
    /// Print the JSON Schema of a document, or list the schemas.
    #[command(after_help = SCHEMA)]
    Schema {
        /// Name of the schema: `plan` or `rungs.plan/1`.
        #[arg(value_parser = schema)]
        name: Option<&'static str>,
    },
    /// Write a rungs.toml with comments, for the decisions of your team.
    #[command(after_help = INIT)]
    Init(InitArgs),
    /// Print the script that completes commands in your shell.
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// Shell that is to complete.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    #[command(after_help = MAN)]
    Man {
        /// Command whose page to print. Default: the page of rungs.
        command: Option<String>,
    },
}

#[derive(Args)]
pub(crate) struct InitArgs {
    /// Write rungs.toml beside this lockfile. Default: the one that Bundler uses here.
    #[arg(long, value_name = "FILE")]
    pub(crate) lockfile: Option<PathBuf>,
    /// Print the file instead of writing it.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Looks up a schema by its name.
fn schema(name: &str) -> Result<&'static str, String> {
    rungs::wire::schema(name)
        .ok_or_else(|| format!("expected one of {}", rungs::wire::schemas().join(", ")))
}

/// Which project is meant.
#[derive(Args, Default)]
pub(crate) struct ProjectArgs {
    /// Read this lockfile. Default: the one that Bundler uses here.
    #[arg(long, value_name = "FILE", help_heading = PROJECT)]
    pub(crate) lockfile: Option<PathBuf>,
    /// Use this Gemfile, and its lockfile.
    #[arg(long, value_name = "FILE", help_heading = PROJECT)]
    pub(crate) gemfile: Option<PathBuf>,
}

#[derive(Args, Default)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// Upgrade to PKG=LINE, PKG=VERSION, PKG=REQUIREMENT or PKG=latest. Default: the newest lines.
    /// Repeatable.
    #[arg(long, value_name = "TARGET", help_heading = WISHES)]
    pub(crate) to: Vec<String>,
    /// Assume this Ruby is installed: a line (3.2) or a version (3.2.2).
    #[arg(long, value_name = "VERSION", help_heading = PROJECT)]
    pub(crate) ruby: Option<String>,
    /// Read what is installed from this document (rungs.snapshot-request/1), not from a lockfile.
    #[arg(long, value_name = "FILE", conflicts_with = "lockfile", help_heading = PROJECT)]
    pub(crate) snapshot: Option<PathBuf>,
    /// Assume this line or version of a runtime is installed. Repeatable.
    #[arg(long, value_name = "NAME=VERSION", help_heading = PROJECT)]
    pub(crate) runtime: Vec<String>,
    /// Keep this runtime where it is. Repeatable.
    #[arg(long, value_name = "NAME", help_heading = WISHES)]
    pub(crate) runtime_fixed: Vec<String>,
    /// Keep the installed Ruby.
    #[arg(long, conflicts_with = "ruby_to", help_heading = WISHES)]
    pub(crate) ruby_fixed: bool,
    /// Upgrade Ruby to this line or version.
    #[arg(long, value_name = "VERSION", help_heading = WISHES)]
    pub(crate) ruby_to: Option<String>,
    /// Never move PKG outside REQUIREMENT. Repeatable.
    #[arg(long, value_name = "PKG=REQUIREMENT", help_heading = WISHES)]
    pub(crate) pin: Vec<String>,
    /// Ignore this `should` rule. Repeatable.
    #[arg(long, value_name = "RULE", help_heading = WISHES)]
    pub(crate) accept: Vec<String>,
    /// Remove this gem if it blocks the upgrade. Repeatable.
    #[arg(long, value_name = "GEM", help_heading = WISHES)]
    pub(crate) drop: Vec<String>,
    /// State a fact that the lockfile cannot show, for example kerberos=no. Repeatable.
    #[arg(long, value_name = "NAME=yes|no", help_heading = PROJECT)]
    pub(crate) property: Vec<String>,
    /// Enter only releases that carry this mark, for example a channel. Repeatable: one of them.
    #[arg(long, value_name = "MARK", help_heading = WISHES)]
    pub(crate) within: Vec<String>,
    /// Enter prereleases too.
    #[arg(long, help_heading = WISHES)]
    pub(crate) pre: bool,
    /// Catalog: a file, a folder, or the name of one that ships (`rungs catalog list`). Repeat it:
    /// later ones override earlier ones, or are added to them. Default: chosen by the lockfile.
    #[arg(long, value_name = "CATALOG", help_heading = CATALOGS)]
    pub(crate) catalog: Vec<PathBuf>,
    /// Keep the Gemfile's own requirements.
    #[arg(long, help_heading = WISHES)]
    pub(crate) keep_gemfile: bool,
    /// Resolve all other gems too, with this compact index (a mirror or Bundler's cache).
    #[arg(long, value_name = "DIR", help_heading = PROJECT)]
    pub(crate) index: Option<PathBuf>,
    /// Ignore releases published after DATE.
    #[arg(long, value_name = "DATE", help_heading = WISHES)]
    pub(crate) as_of: Option<String>,
    /// Skip releases less than DAYS old on --as-of.
    #[arg(long, value_name = "DAYS", help_heading = WISHES)]
    pub(crate) min_age: Option<u32>,
    /// Read the team's policy from FILE. Default: rungs.toml beside the lockfile, if it exists.
    #[arg(long, value_name = "FILE", help_heading = CATALOGS)]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Args, Default)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// Scan the application in DIR, and list the actions that affect it.
    #[arg(long, value_name = "DIR", help_heading = PROJECT)]
    pub(crate) source: Option<PathBuf>,
    /// Select the output format.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, help_heading = OUTPUT)]
    pub(crate) format: PlanFormat,
    /// Select how much of each step is shown. Default: short in the text of `plan`, else normal.
    #[arg(long, value_enum, help_heading = OUTPUT)]
    pub(crate) detail: Option<DetailArg>,
}

/// How much of each step a report shows.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DetailArg {
    /// What changes, the command, and how much there is to do.
    Short,
    /// What is to be done and checked; repeats are only named.
    Normal,
    /// Everything: also what does not apply.
    All,
}

/// Output formats of `plan` and `next`.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    #[default]
    Text,
    Json,
    /// A checklist for a ticket or a pull request.
    Markdown,
    /// One page that needs no network.
    Html,
    /// Print a line for each fact, with tabs between its fields, for scripts.
    Rows,
}

/// The longest time limit of smoke checks: a day, in seconds.
const MAX_TIMEOUT: u64 = 86_400;

#[derive(Args)]
pub(crate) struct ApplyArgs {
    /// Apply the first N steps, one after the other.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) step: NonZeroUsize,
    /// Show the edit and the command without running them.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Run `bundle lock --update` instead of `bundle update`. Installs nothing.
    #[arg(long)]
    pub(crate) lock_only: bool,
    /// Run this program as Bundler.
    #[arg(long, value_name = "PATH", default_value = "bundle")]
    pub(crate) bundle: PathBuf,
    /// Run the smoke checks (`rungs smoke`) on the installed bundle, and roll back if one fails.
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
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// Catalog file or folder, whose code is run. Repeat it: later ones override earlier ones.
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Vec<PathBuf>,
    /// Run this program as Bundler.
    #[arg(long, value_name = "PATH", default_value = "bundle")]
    pub(crate) bundle: PathBuf,
    /// End the checks after this time.
    #[arg(long, value_name = "SECONDS", default_value = "60",
          value_parser = clap::value_parser!(u64).range(1..=MAX_TIMEOUT))]
    pub(crate) timeout: u64,
    /// Print the code that would run, and run nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Select the output format.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// Assume this Ruby is installed: a line (3.2) or a version (3.2.2).
    #[arg(long, value_name = "VERSION", help_heading = PROJECT)]
    pub(crate) ruby: Option<String>,
    /// Read what is installed from this document (rungs.snapshot-request/1), not from a lockfile.
    #[arg(long, value_name = "FILE", conflicts_with = "lockfile", help_heading = PROJECT)]
    pub(crate) snapshot: Option<PathBuf>,
    /// Assume this line or version of a runtime is installed. Repeatable.
    #[arg(long, value_name = "NAME=VERSION", help_heading = PROJECT)]
    pub(crate) runtime: Vec<String>,
    /// Catalog file or folder. Repeat it: later ones override earlier ones.
    #[arg(long, value_name = "PATH", help_heading = CATALOGS)]
    pub(crate) catalog: Vec<PathBuf>,
    /// Resolve all other gems too, with this compact index (a mirror or Bundler's cache).
    #[arg(long, value_name = "DIR", help_heading = PROJECT)]
    pub(crate) index: Option<PathBuf>,
    /// Evaluate support on DATE, and ignore releases published after it. Default: today.
    #[arg(long, value_name = "DATE", help_heading = WISHES)]
    pub(crate) as_of: Option<String>,
    /// Exit with code 1 if there is a problem.
    #[arg(long, help_heading = WISHES)]
    pub(crate) check: bool,
    /// With --check: exit with code 1 too if the catalog is more than DAYS old on --as-of.
    #[arg(long, value_name = "DAYS", requires = "check", help_heading = WISHES)]
    pub(crate) max_age: Option<u32>,
    /// Select the output format.
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = OUTPUT)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct FleetArgs {
    /// Lockfiles, folders with lockfiles, files of JSON lines (.jsonl), or - for JSON lines from
    /// standard input: {"id": "shop", "lockfile": "GEM\\n…"}. Default: the working folder.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Print one summary instead of a line for each lockfile.
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) summary: bool,
    /// Select the format of the summary.
    #[arg(long, value_enum, default_value_t = FleetFormat::Text, requires = "summary", help_heading = OUTPUT)]
    pub(crate) format: FleetFormat,
    /// Assume this Ruby where a lockfile names none: a line (3.2) or a version (3.2.2).
    #[arg(long, value_name = "VERSION", help_heading = PROJECT)]
    pub(crate) ruby: Option<String>,
    /// Catalog file or folder. Repeat it: later ones override earlier ones.
    #[arg(long, value_name = "PATH", help_heading = CATALOGS)]
    pub(crate) catalog: Vec<PathBuf>,
    /// Never move PKG outside REQUIREMENT. Repeatable.
    #[arg(long, value_name = "PKG=REQUIREMENT", help_heading = WISHES)]
    pub(crate) pin: Vec<String>,
    /// Ignore this `should` rule. Repeatable.
    #[arg(long, value_name = "RULE", help_heading = WISHES)]
    pub(crate) accept: Vec<String>,
    /// Evaluate support on DATE, and ignore releases published after it. Default: today.
    #[arg(long, value_name = "DATE", help_heading = WISHES)]
    pub(crate) as_of: Option<String>,
}

/// Formats of the summary of many lockfiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FleetFormat {
    Text,
    Json,
    Markdown,
    Html,
}

#[derive(Args)]
pub(crate) struct LintArgs {
    /// Old and new lockfile; with --base the new one, or all that changed.
    #[arg(value_name = "LOCKFILE", num_args = 0..=2)]
    pub(crate) files: Vec<PathBuf>,
    /// Read old lockfiles from this Git revision.
    #[arg(long, value_name = "REV", help_heading = PROJECT)]
    pub(crate) base: Option<String>,
    /// Report packages left behind on the way to TARGET. Default: the newest lines.
    #[arg(long, value_name = "TARGET", help_heading = WISHES)]
    pub(crate) to: Vec<String>,
    /// Assume this Ruby is installed before and after: a line (3.2) or a version (3.2.2).
    #[arg(long, value_name = "VERSION", help_heading = PROJECT)]
    pub(crate) ruby: Option<String>,
    /// Never move PKG outside REQUIREMENT. Repeatable.
    #[arg(long, value_name = "PKG=REQUIREMENT", help_heading = WISHES)]
    pub(crate) pin: Vec<String>,
    /// Ignore this lint rule or `should` rule. Repeatable.
    #[arg(long, value_name = "RULE", help_heading = WISHES)]
    pub(crate) accept: Vec<String>,
    /// Catalog file or folder. Repeat it: later ones override earlier ones.
    #[arg(long, value_name = "PATH", help_heading = CATALOGS)]
    pub(crate) catalog: Vec<PathBuf>,
    /// Evaluate the change on DATE. Default: today.
    #[arg(long, value_name = "DATE", help_heading = WISHES)]
    pub(crate) as_of: Option<String>,
    /// Report releases less than DAYS old on --as-of.
    #[arg(long, value_name = "DAYS", help_heading = WISHES)]
    pub(crate) min_age: Option<u32>,
    /// Read the team's policy from FILE. Default: rungs.toml beside the lockfile, if it exists.
    #[arg(long, value_name = "FILE", help_heading = CATALOGS)]
    pub(crate) policy: Option<PathBuf>,
    /// Treat warnings as errors.
    #[arg(long, help_heading = WISHES)]
    pub(crate) strict: bool,
    /// Select the output format.
    #[arg(long, value_enum, default_value_t = LintFormat::Text, help_heading = OUTPUT)]
    pub(crate) format: LintFormat,
}

/// Output formats of `lint` and `scan`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    Text,
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations for GitHub Actions.
    Github,
}

#[derive(Args)]
pub(crate) struct ScanArgs {
    /// Folder of the application.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Read the installed versions from FILE. Default: DIR/Gemfile.lock, if it exists.
    #[arg(long, value_name = "FILE", help_heading = PROJECT)]
    pub(crate) lockfile: Option<PathBuf>,
    /// Report only what is due on the way to TARGET, step by step. Repeatable.
    #[arg(long, value_name = "TARGET", help_heading = WISHES)]
    pub(crate) to: Vec<String>,
    /// Assume this Ruby is installed: a line (3.2) or a version (3.2.2).
    #[arg(long, value_name = "VERSION", help_heading = PROJECT)]
    pub(crate) ruby: Option<String>,
    /// Report only this rule. Repeatable.
    #[arg(long, value_name = "RULE", help_heading = WISHES)]
    pub(crate) rule: Vec<String>,
    /// Report only rules of at least this severity.
    #[arg(long, value_enum, help_heading = WISHES)]
    pub(crate) severity: Option<ScanSeverity>,
    /// Catalog file or folder. Repeat it: later ones override earlier ones.
    #[arg(long, value_name = "PATH", help_heading = CATALOGS)]
    pub(crate) catalog: Vec<PathBuf>,
    /// Show the edits for pure renames and removals as a diff.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Write the edits of --fix.
    #[arg(long, requires = "fix")]
    pub(crate) write: bool,
    /// Select the output format.
    #[arg(long, value_enum, default_value_t = ScanFormat::Text, conflicts_with = "fix", help_heading = OUTPUT)]
    pub(crate) format: ScanFormat,
}

/// Output formats of `scan`.
pub(crate) type ScanFormat = LintFormat;

/// Severity of a rule.
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
    /// Lockfile to read.
    pub(crate) file: PathBuf,
    /// Select the output format.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub(crate) format: Format,
}

#[derive(Subcommand)]
pub(crate) enum CatalogCommand {
    /// List the catalogs that ship: each can be named with --catalog.
    List,
    /// Print a new catalog to begin with, ready to be planned with.
    New {
        /// Name of the catalog.
        name: String,
        /// Packages that are upgraded together, the leading one first.
        #[arg(required = true)]
        packages: Vec<String>,
        /// How versions are read and ordered.
        #[arg(long, value_enum, default_value_t = SchemeName::Semver)]
        scheme: SchemeName,
    },
    /// Show the packages, lines and rules of a catalog.
    Show {
        /// Catalog files, folders or names, as with --catalog.
        #[arg(value_name = "CATALOG")]
        files: Vec<PathBuf>,
        /// Catalog file or folder. Repeat it: later ones override earlier ones.
        #[arg(long, value_name = "PATH")]
        catalog: Vec<PathBuf>,
        /// Select the output format.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Write a catalog, its layers merged, as TOML files.
    Export {
        /// Catalog file or folder. Repeat it: later ones override earlier ones.
        #[arg(long, value_name = "PATH")]
        catalog: Vec<PathBuf>,
        /// New or empty folder. Default: one file on standard output, as with -.
        #[arg(value_name = "DIR")]
        to: Option<PathBuf>,
        /// Write the releases as a compact index, as rubygems.org serves it, into a new or empty
        /// folder.
        #[arg(long, value_name = "DIR", conflicts_with = "to")]
        compact_index: Option<PathBuf>,
    },
    /// Add new releases from a compact index. Shows a diff; edits files only with --write.
    Import(ImportArgs),
    /// Ask a gem server for releases that the catalog does not have. Shows a diff; writes an overlay
    /// only with --write.
    #[command(after_help = REFRESH)]
    Refresh(RefreshArgs),
    /// Print what is missing in a catalog: lines without a guide, facts without a source, dates that
    /// go backwards.
    Check {
        /// Catalog file or folder. Repeat it: later ones override earlier ones.
        #[arg(long, value_name = "PATH")]
        catalog: Vec<PathBuf>,
    },
    /// Suggest actions for the breaking entries of changelogs, as a diff to review.
    DigestChangelog(DigestArgs),
    /// Validate a catalog, and print each problem with its place.
    Validate {
        /// Catalog files or folders. Later ones override earlier ones.
        #[arg(required = true)]
        catalog: Vec<PathBuf>,
    },
}

/// Version schemes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemeName {
    Semver,
    Rubygems,
}

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// Read these compact indexes: folders (a mirror, Bundler's cache of a server) or files named
    /// after their package.
    #[arg(long, value_name = "DIR|FILE", required = true, num_args = 1..)]
    pub(crate) compact_index: Vec<PathBuf>,
    /// Catalog file or folder. Repeat it: later ones override earlier ones. Default: the embedded
    /// catalog, for which an overlay is printed.
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Vec<PathBuf>,
    /// Edit the catalog's files.
    #[arg(long, requires = "catalog")]
    pub(crate) write: bool,
}

#[derive(Args)]
pub(crate) struct DigestArgs {
    /// Changelogs in Markdown, named after their package.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Package that the changelog is about.
    #[arg(long, value_name = "PKG")]
    pub(crate) package: Option<String>,
    /// Catalog file or folder that has the actions. Repeat it: later ones override earlier ones.
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Vec<PathBuf>,
}

#[derive(Args)]
#[cfg_attr(not(feature = "refresh"), allow(dead_code))]
pub(crate) struct RefreshArgs {
    /// Ask this gem server: https://HOST/PATH, as in a Gemfile. Credentials, mirrors and proxies are
    /// those of Bundler.
    #[arg(long, value_name = "URL")]
    pub(crate) from: String,
    /// Write rungs.catalog.toml beside this lockfile.
    #[arg(long, default_value = "Gemfile.lock")]
    pub(crate) lockfile: PathBuf,
    /// Write this overlay, or the files of this catalog folder, instead.
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) into: Option<PathBuf>,
    /// Write the changes that the diff shows.
    #[arg(long)]
    pub(crate) write: bool,
    /// Exit with code 1 if the server has something that the catalog does not.
    #[arg(long)]
    pub(crate) check: bool,
    /// Catalog file or folder to refresh. Repeat it: later ones override earlier ones.
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Vec<PathBuf>,
    /// Record that the server was asked on DATE. Default: today.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Give up a request after this time. Default: BUNDLE_TIMEOUT, or 60.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(crate) timeout: Option<u64>,
    /// Keep what was fetched in this folder. Default: the user's cache.
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub(crate) cache: Option<PathBuf>,
    /// Keep nothing, and fetch everything.
    #[arg(long)]
    pub(crate) no_cache: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::{Command, CommandFactory, Parser};

    /// The words of a command line; single quotes hold one together.
    fn words(line: &str) -> Vec<String> {
        let parts = line.split('\'').enumerate();
        let words = parts.flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        });
        words.map(str::to_owned).collect()
    }

    fn check(command: &Command) {
        let name = command.get_name();
        let after = command.get_after_help().map(ToString::to_string);
        let after = after.unwrap_or_else(|| panic!("{name} has no examples"));
        let (examples, codes) = after.split_once("\n\nExit codes:\n").expect("exit codes");
        let examples = examples.strip_prefix("Examples:\n").expect("examples");
        assert!((2..=3).contains(&examples.lines().count()), "{examples}");
        for example in examples.lines() {
            // A shell takes what is behind `>`.
            let called = example.split(" > ").next().unwrap_or(example);
            let parsed = Cli::try_parse_from(words(called)).map(|_| ());
            assert!(parsed.is_ok(), "{example}: {parsed:?}");
            let is_own = name == "rungs" || example.starts_with(&format!("  rungs {name} "));
            assert!(is_own || example == format!("  rungs {name}"), "{example}");
        }
        assert!(
            after.lines().all(|line| line.chars().count() <= 80),
            "{after}"
        );
        let codes = codes.lines().map(|line| line.split_whitespace().next());
        let codes: Vec<&str> = codes.flatten().filter(|code| code.len() == 1).collect();
        assert!(
            codes.is_sorted() && codes.contains(&"0") && codes.contains(&"2"),
            "{after}"
        );
    }

    #[test]
    fn help_ends_with_examples_that_parse_and_exit_codes() {
        let root = Cli::command();
        check(&root);
        for command in root.get_subcommands() {
            check(command);
        }
    }

    #[test]
    fn every_option_has_a_sentence() {
        fn options(command: &Command) {
            for argument in command.get_arguments() {
                let help = argument.get_help().map(ToString::to_string);
                let help = help.unwrap_or_else(|| panic!("{argument} has no help"));
                let first = help.chars().next();
                assert!(first.is_some_and(char::is_uppercase), "{argument}: {help}");
            }
            command.get_subcommands().for_each(options);
        }
        options(&Cli::command());
    }
}
