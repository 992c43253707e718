//! Why a package has its version, as text.

use super::document::Extent;
use super::paper::{Look, Paper};
use super::plan;
use super::text::{blocks, wrapped};
use crate::plan::Outcome;
use crate::why::Why;
use crate::words;
use std::fmt::Write;

/// One package along a plan.
#[must_use]
pub fn why_text(why: &Why, look: impl Into<Look>) -> String {
    let look = look.into();
    let mut out = Paper::new(look);
    let plan = why.plan();
    let is_nowhere = why.installed().is_none()
        && !why.is_runtime()
        && !why.stands().is_empty()
        && why.stands().iter().all(|it| it.version().is_none());
    let _ = match why.installed() {
        Some(version) => writeln!(out, "{} is at {version}.", why.package()),
        None if why.is_runtime() => {
            wrapped(&mut out, "", &words::runtime_unknown(why.package()));
            Ok(())
        }
        None if is_nowhere => writeln!(out, "{} is not installed, and in no step.", why.package()),
        None => writeln!(out, "{} is not installed.", why.package()),
    };
    let stands = match is_nowhere {
        true => &[],
        false => why.stands(),
    };
    let steps = stands
        .iter()
        .map(|stand| stand.version().map_or(1, |v| v.as_str().len()));
    let width = steps.max().unwrap_or(0);
    if !stands.is_empty() {
        out.push('\n');
    }
    for stand in stands {
        let version = stand.version().map_or("-", |version| version.as_str());
        let verb = if stand.has_moved() { "to" } else { "at" };
        let lead = format!("  step {:>2}  {verb} {version:<width$}  ", stand.step());
        wrapped(&mut out, &lead, &stand.because().to_string());
    }
    for (step, outside) in why.outside() {
        wrapped(
            &mut out,
            &format!("  step {step:>2}  "),
            &outside.to_string(),
        );
    }
    if !why.chains().is_empty() {
        out.push_str("\nRequired by:\n");
    }
    for chain in why.chains() {
        let from = match chain.from() {
            [] => String::new(),
            from => format!(", through {}", from.join(" > ")),
        };
        let (by, version) = (chain.by(), chain.version());
        let text = format!("{by} {version}: {}{from}", chain.requirement());
        wrapped(&mut out, "  - ", &text);
    }
    match plan.outcome() {
        Outcome::Impossible => {
            let why = plan::impossible(plan, Extent::Short);
            blocks(&mut out, &why, look.style());
        }
        Outcome::AlreadyThere => out.push_str("\nNothing needs to change.\n"),
        _ => {}
    }
    for remark in words::remarks(plan) {
        out.push('\n');
        wrapped(&mut out, "note: ", &remark);
    }
    let catalog = words::catalog(plan.catalog_name(), plan.horizon());
    let _ = writeln!(out, "\n{catalog}.");
    super::done(out.into_text(), look.style())
}
