//! What lint says: as text for a terminal, and as annotations of GitHub.

use super::Style;
use super::document::{Block, Item, part};
use super::github::{data, property};
use super::paper::{Look, Paper};
use super::style::Paint;
use super::text::{block, blocks, shown, wrapped};
use super::{action, step};
use crate::catalog::{Applies, Severity};
use crate::lint::{Lint, LintChange, LintCure, LintFinding, LintSeverity};
use crate::plan::Guidance;
use crate::words;
use std::fmt::Write;

/// What moves, what is wrong with it, and a line that counts; `file` names the new lockfile.
#[must_use]
pub fn lint_text(lint: &Lint, file: &str, look: impl Into<Look>) -> String {
    let look = look.into();
    let style = look.style();
    let file = &*crate::plain::line(file);
    let mut out = Paper::new(look);
    if lint.changes().is_empty() {
        let _ = writeln!(out, "{}", words::no_changes(lint.catalog_name()));
    }
    moves(&mut out, "", lint.changes(), style);
    for each in lint.findings() {
        out.push('\n');
        finding(&mut out, each, file, style);
    }
    if !lint.accepted().is_empty() {
        let _ = writeln!(out, "\n{}", style.paint(Paint::Heading, "Accepted"));
        for finding in lint.accepted() {
            wrapped(
                &mut out,
                "  ",
                &format!(
                    "{} ({})",
                    shown(&finding.message().to_string()),
                    finding.id()
                ),
            );
        }
    }
    if let Some(cure) = lint.cure() {
        self::cure(&mut out, cure, style);
    }
    blocks(
        &mut out,
        part("Actions for this change", due(lint.guidance())).as_slice(),
        style,
    );
    let _ = writeln!(
        out,
        "\n{}",
        style.paint(Paint::Heading, &words::verdict(lint))
    );
    if let Some(text) = stale(lint) {
        wrapped(&mut out, "note: ", &text);
    }
    super::done(out.into_text(), style)
}

/// The same of several lockfiles of a repository, each under its name.
#[must_use]
pub fn lints_text(lints: &[(&Lint, &str)], look: impl Into<Look>) -> String {
    let look = look.into();
    if lints.is_empty() {
        return format!("{}\n", words::NO_LOCKFILE_CHANGES);
    }
    let texts = lints.iter().map(|(lint, file)| {
        let heading = look
            .style()
            .paint(Paint::Heading, &crate::plain::line(file))
            .to_string();
        format!("{heading}\n\n{}", lint_text(lint, file, look))
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// A sentence about a lockfile that is not compared, because there was none before.
#[must_use]
pub fn lint_new_lockfile(file: &str) -> String {
    words::new_lockfile(&crate::plain::line(file))
}

fn stale(lint: &Lint) -> Option<String> {
    let days = lint.stale_days()?;
    Some(words::stale(lint.catalog_name(), lint.horizon(), days))
}

/// How much there is to do, and what breaks or has to be done by name: who reads of a change that is
/// made already has no plan at hand.
fn due(guidance: &Guidance) -> Vec<Block> {
    let grave = [Severity::Breaking, Severity::Action];
    let items = grave.iter().flat_map(|severity| {
        let due = guidance.actions().iter();
        due.filter(|due| due.applies() != Applies::No && due.action().severity() == *severity)
    });
    let items: Vec<Item> = items.map(action::short).collect();
    let mut blocks: Vec<Block> = step::facts(guidance).into_iter().collect();
    if !items.is_empty() {
        blocks.push(Block::Items {
            is_ordered: false,
            items,
        });
    }
    blocks
}

fn finding(out: &mut Paper, finding: &LintFinding, file: &str, style: Style) {
    let word = finding.severity().name();
    let mut text = out.fresh();
    wrapped(
        &mut text,
        &format!("{word}: "),
        &shown(&finding.message().to_string()),
    );
    let paint = match finding.severity() {
        LintSeverity::Note => Paint::Quiet,
        _ => Paint::Warning,
    };
    let painted = style.paint(paint, word);
    let _ = write!(out, "{painted}{}", text.strip_prefix(word).unwrap_or(&text));
    let place = finding
        .line()
        .map_or(String::new(), |line| format!(":{line}"));
    let _ = writeln!(out, "  {}{place}: {}", shown(file), finding.id());
    if let Some(source) = finding.source() {
        let _ = writeln!(out, "  {}", shown(source));
    }
    // One command for all that it cures is shown once, below.
    if let Some(help) = finding.help().filter(|_| !finding.is_cured()) {
        wrapped(out, "  ", &shown(&help.to_string()));
    }
}

fn cure(out: &mut Paper, cure: &LintCure, style: Style) {
    let heading = words::cure(cure.kind());
    let _ = writeln!(out, "\n{}", style.paint(Paint::Heading, heading));
    moves(out, "  ", cure.changes(), style);
    for each in step::bundle(cure.bundle()) {
        block(out, &each, style);
    }
    for (runtime, requirement) in cure.runtimes() {
        wrapped(out, "  ", &format!("requires {runtime} {requirement}"));
    }
}

fn moves(out: &mut Paper, indent: &str, changes: &[LintChange], style: Style) {
    let label = |change: &LintChange| change.package().as_str().len();
    let width = changes.iter().map(label).max().unwrap_or(0);
    for change in changes {
        let moves = words::lint_change(change.from().map(shown), change.to().map(shown));
        let _ = writeln!(
            out,
            "{indent}{:width$}  {}",
            change.package(),
            style.paint(Paint::Change, &moves)
        );
    }
}

/// One line for each finding, which GitHub shows beside the line of the lockfile.
#[must_use]
pub fn lint_github(lint: &Lint, file: &str) -> String {
    let mut out = String::new();
    for finding in lint.findings() {
        let command = match finding.severity() {
            LintSeverity::Error => "error",
            LintSeverity::Warning => "warning",
            LintSeverity::Note => "notice",
        };
        let mut text = finding.message().to_string();
        if let Some(help) = finding.help() {
            let _ = write!(text, "\n{help}");
        }
        let line = finding
            .line()
            .map_or(String::new(), |line| format!(",line={line}"));
        let _ = writeln!(
            out,
            "::{command} file={}{line},title={}::{}",
            property(file),
            property(&finding.id()),
            data(&text)
        );
    }
    if let Some(text) = stale(lint) {
        let _ = writeln!(out, "::notice::{}", data(&text));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn nothing_ends_a_command_early() {
        assert_eq!(data("50% a::b\r\n"), "50%25 a::b%0D%0A");
        assert_eq!(property("a:b,c=d\n%"), "a%3Ab%2Cc=d%0A%25");
    }
}
