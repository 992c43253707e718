//! Help that is made from the command line itself: commands in groups, completions, manual pages,
//! the version, and a `rungs.toml` to begin with.

use crate::args::{Cli, InitArgs, ProjectArgs};
use crate::project::Project;
use crate::{Done, files};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use rungs::Error;
use rungs::catalog::Catalog;
use rungs::policy::Policy;
use rungs::report;
use std::fmt::Write;
use std::path::PathBuf;

/// The commands as people look for them.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Plan an upgrade", &["plan", "next", "why"]),
    ("Make a step", &["apply", "smoke"]),
    ("Check", &["status", "lint", "scan", "fleet"]),
    ("Set up", &["init", "completions", "man"]),
    ("Data", &["catalog", "snapshot", "schema"]),
];

/// A policy in which every line is a comment.
const POLICY: &str = include_str!("help/rungs.toml");

/// The command line, with its commands in groups.
pub(crate) fn command() -> Command {
    let command = Cli::command();
    let groups = groups(&command);
    let template = format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n{groups}\nOptions:\n{{options}}{{after-help}}"
    );
    command.help_template(template)
}

fn groups(command: &Command) -> String {
    let width = GROUPS
        .iter()
        .flat_map(|(_, names)| *names)
        .map(|it| it.len());
    let width = width.max().unwrap_or(0);
    let mut text = String::new();
    for (title, names) in GROUPS {
        let _ = write!(text, "\n{title}:\n");
        for name in names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {name:width$}  {about}");
        }
    }
    text
}

/// `rungs 0.1.0`, and below it which catalog is embedded.
pub(crate) fn version() -> Done {
    let catalog = Catalog::karafka()?;
    let version = env!("CARGO_PKG_VERSION");
    Ok((report::program_version(version, &catalog), 0))
}

/// The script that completes commands and options in a shell.
pub(crate) fn completions(shell: Shell) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "rungs", &mut script);
    let script = String::from_utf8(script).map_err(|error| Error::io(&error.to_string()))?;
    Ok((script, 0))
}

/// The manual page of the program, or of one command.
pub(crate) fn man(name: Option<&str>) -> Done {
    let mut all = Cli::command();
    all.build();
    let page = match name {
        None => all,
        Some(name) => {
            let found = all.find_subcommand(name).cloned();
            let names = all.get_subcommands().map(Command::get_name);
            let none = || {
                let error = Error::io(&format!("no command {name:?}"));
                error.with_nearest(name, names, "`rungs --help` lists the commands")
            };
            found.ok_or_else(none)?
        }
    };
    let mut text = Vec::new();
    // The names of commands in pages begin with that of the program, as `build` has set them.
    let title = page.get_display_name().unwrap_or("rungs").to_owned();
    let made = clap_mangen::Man::new(page).title(title).render(&mut text);
    made.map_err(|error| Error::io(&format!("no manual page: {error}")))?;
    let text = String::from_utf8(text).map_err(|error| Error::io(&error.to_string()))?;
    Ok((text, 0))
}

/// Writes a policy in which everything is a comment, beside the lockfile.
pub(crate) fn init(args: &InitArgs) -> Done {
    if args.dry_run {
        return Ok((POLICY.to_owned(), 0));
    }
    let project = Project::find(&ProjectArgs {
        lockfile: args.lockfile.clone(),
        gemfile: None,
    })?;
    let path: PathBuf = project.lockfile.with_file_name(Policy::FILE);
    files::create_text(&path, POLICY)?;
    Ok((report::policy_written(&path.display().to_string()), 0))
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, POLICY, command};
    use rungs::catalog::Catalog;
    use rungs::policy::Policy;

    #[test]
    fn every_command_is_in_one_group() {
        let mut grouped: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        grouped.sort_unstable();
        let command = command();
        let mut all: Vec<&str> = command.get_subcommands().map(|it| it.get_name()).collect();
        all.sort_unstable();
        assert_eq!(grouped, all);
        let help = command.clone().render_help().to_string();
        assert!(
            help.lines().all(|line| line.chars().count() <= 80),
            "{help}"
        );
    }

    #[test]
    fn the_policy_to_begin_with_says_nothing_until_its_comments_are_taken_away() {
        let catalog = Catalog::karafka().unwrap();
        let policy = Policy::parse(&catalog, POLICY).unwrap();
        assert!(policy.acceptances().is_empty() && policy.min_age().is_none());
        let settings = POLICY.lines().filter_map(|line| line.strip_prefix("#: "));
        let settings: Vec<&str> = settings.collect();
        assert!(settings.len() > 5, "{settings:?}");
        let policy = Policy::parse(&catalog, &settings.join("\n")).unwrap();
        assert_eq!(policy.acceptances().len(), 1);
        assert_eq!(policy.min_age(), Some(14));
    }
}
