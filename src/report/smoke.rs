//! A smoke run as text for a terminal. What gems write may be anything, so every text
//! of theirs passes `clean`.

use super::Style;
use super::clean::clean;
use super::paper::{Look, Paper};
use super::style::Paint;
use super::text::wrapped;
use crate::plain;
use crate::smoke::{CheckResult, FailureKind, Smoke, SmokeFailure, SmokeLevel};
use crate::words::{counted, stale};
use std::fmt::Write;

/// The levels with their results, the failure with its place, and what the catalog knows of it.
#[must_use]
pub fn smoke_text(smoke: &Smoke, look: impl Into<Look>) -> String {
    let look = look.into();
    let style = look.style();
    let mut out = Paper::new(look);
    heading(&mut out, smoke);
    out.push('\n');
    let width = smoke.levels().map(|level| level.name().as_str().len());
    let width = width.max().unwrap_or(0);
    for level in smoke.levels() {
        level_line(&mut out, level, width, style);
    }
    out.push('\n');
    match smoke.failure() {
        None => {
            let passed = smoke
                .levels()
                .filter(|level| level.result() == "passed")
                .count();
            let _ = writeln!(out, "{} passed.", counted(passed, "level"));
        }
        Some((check, failure)) => {
            let failed = check.check().level();
            let verdict = match smoke.reached() {
                Some(reached) => format!("Passed up to level {reached}; failed at level {failed}."),
                None => format!("Failed at level {failed}."),
            };
            let _ = writeln!(out, "{}", style.paint(Paint::Warning, &verdict));
            let lead = format!("  {}: ", check.check().id());
            wrapped(&mut out, &lead, &clean(check.check().what()));
            wrapped(&mut out, "  ", &clean(&failure_text(failure, smoke.limit)));
            if !failure.place.is_empty() {
                wrapped(&mut out, "  at ", &clean(&failure.place));
            }
            if failure.kind != FailureKind::Raised && !smoke.output.is_empty() {
                out.push_str("  Last lines of its output:\n");
                for line in &smoke.output {
                    let _ = writeln!(out, "    {}", clean(line).trim_end());
                }
            }
            causes(&mut out, smoke, style);
        }
    }
    if let Some(days) = smoke.stale_days() {
        let stamp = smoke.catalog();
        wrapped(&mut out, "note: ", &stale(&stamp.name, stamp.horizon, days));
    }
    super::done(out.into_text(), style)
}

/// What is installed, and what runs it.
fn heading(out: &mut Paper, smoke: &Smoke) {
    let installed: Vec<String> = smoke
        .installed()
        .iter()
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    let ruby = smoke.ruby.as_deref();
    let ruby = ruby.map_or(String::new(), |ruby| format!(", on Ruby {}", clean(ruby)));
    wrapped(out, "", &format!("{}{ruby}", installed.join(", ")));
}

fn level_line(out: &mut Paper, level: SmokeLevel<'_>, width: usize, style: Style) {
    let (mut time, mut skipped) = (0, Vec::new());
    for check in level.checks() {
        match check.result() {
            CheckResult::Passed { milliseconds } => time += milliseconds,
            CheckResult::Skipped { why } => {
                skipped.push(format!("{} skipped: {}", check.check().id(), clean(why)));
            }
            _ => {}
        }
    }
    let result = level.result();
    let (word, paint) = match result {
        "passed" => (
            format!("passed  {}.{} s", time / 1000, time % 1000 / 100),
            Paint::Change,
        ),
        "failed" => ("FAILED".to_owned(), Paint::Warning),
        "not_run" => ("not run".to_owned(), Paint::Quiet),
        _ => ("skipped".to_owned(), Paint::Quiet),
    };
    let _ = writeln!(
        out,
        "  {:<width$}  {}",
        level.name().as_str(),
        style.paint(paint, &word)
    );
    for text in skipped {
        wrapped(out, "    ", &text);
    }
}

fn failure_text(failure: &SmokeFailure, limit: Option<u64>) -> String {
    match failure.kind {
        FailureKind::TimedOut => format!(
            "it was still running after {} s and was killed",
            limit.unwrap_or_default()
        ),
        FailureKind::Crashed => {
            format!("the process exited during this check ({})", failure.message)
        }
        FailureKind::Raised => format!("{}: {}", failure.class, failure.message),
    }
}

/// What `apply` says where the checks of a step failed.
#[must_use]
pub fn smoke_refusal(gemfile: &str, lockfile: &str) -> String {
    let (gemfile, lockfile) = (plain::line(gemfile), plain::line(lockfile));
    format!(
        "rungs: the smoke checks failed; {gemfile} and {lockfile} are as they were before the step\n  \
         run `bundle install` to go back to the locked gems\n"
    )
}

fn causes(out: &mut Paper, smoke: &Smoke, style: Style) {
    let causes = smoke.causes();
    if causes.is_empty() {
        out.push_str("\nNo catalog rule explains this.\n");
        return;
    }
    let heading = style
        .paint(Paint::Heading, "Catalog rules that explain this")
        .into_owned();
    let _ = writeln!(out, "\n{heading}");
    for cause in causes {
        let level = cause.level().map_or("", crate::catalog::Level::name);
        let level = if level.is_empty() {
            String::new()
        } else {
            format!(", level {level}")
        };
        let lead = format!("  {} ({}{level}): ", cause.rule(), cause.kind());
        wrapped(out, &lead, &clean(cause.why()));
        wrapped(out, "      ", &format!("source: {}", clean(cause.source())));
    }
}

/// What would run: each check with its code.
#[must_use]
pub fn smoke_code_text(smoke: &Smoke) -> String {
    let mut out = Paper::new(Style::Plain.into());
    heading(&mut out, smoke);
    for check in smoke.checks() {
        let code = check.check();
        let _ = writeln!(
            out,
            "\n# level {}: {}, {}",
            code.level(),
            code.id(),
            clean(code.what())
        );
        for line in code.ruby().lines() {
            let _ = writeln!(out, "{}", clean(line).trim_end());
        }
    }
    super::done(out.into_text(), Style::Plain)
}
