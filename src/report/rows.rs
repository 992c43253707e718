//! A plan as rows for programs without a JSON parser: a line for each fact, with tabs between its fields.
//!
//! | row | fields |
//! |---|---|
//! | `outcome` | the outcome, the number of steps |
//! | `step` | its number, its kind, the command, or nothing |
//! | `change` | number of the step, package, from, to, kind, why |
//! | `gemfile` | number of the step, gem, requirement, `temporary` or nothing |
//! | `cause` | what blocks the plan, as a sentence |
//! | `fix` | a change, the number of steps with it |
//! | `warning` | a sentence |
//!
//! No field has a tab or an end of line. Later versions may add rows and fields at the end.

use crate::plain;
use crate::plan::{Plan, Step};
use crate::words::blockers;
use std::fmt::Write;

/// The whole plan as rows.
///
/// ```
/// # use rungs::{catalog::Catalog, lockfile::{Lockfile, Snapshot}, planner::{Planner, Request}};
/// # let catalog = Catalog::karafka()?;
/// # let text = &std::fs::read("examples/Gemfile.lock")?;
/// # let snapshot = Snapshot::from_lockfile(&Lockfile::parse(text)?)?;
/// let request = Request::new().to(&catalog, "karafka=2.6")?;
/// let rows = rungs::report::plan_rows(&Planner::new(&catalog, &snapshot).plan(&request)?);
/// assert!(rows.starts_with("outcome\tplanned\t5\nstep\t1\tpackages\tbundle update karafka "));
/// assert!(rows.contains("\nchange\t1\tkarafka\t2.3.0\t2.3.4\tpatch\t"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn plan_rows(plan: &Plan) -> String {
    let mut out = String::new();
    let steps = plan.steps().len().to_string();
    row(&mut out, &["outcome", plan.outcome().name(), &steps]);
    for each in plan.steps() {
        step(&mut out, each);
    }
    for cause in plan.causes() {
        for blocker in blockers(cause) {
            row(&mut out, &["cause", &blocker]);
        }
    }
    for fix in plan.fixes() {
        let steps = fix.steps().to_string();
        row(&mut out, &["fix", &fix.kind().to_string(), &steps]);
    }
    for warning in plan.warnings() {
        row(&mut out, &["warning", &warning.to_string()]);
    }
    out
}

/// One step as rows.
#[must_use]
pub fn step_rows(of: &Step) -> String {
    let mut out = String::new();
    step(&mut out, of);
    out
}

fn step(out: &mut String, step: &Step) {
    let number = step.number().to_string();
    let command = step.bundle().command().unwrap_or("");
    row(out, &["step", &number, step.kind().name(), command]);
    for change in step.changes() {
        let (from, to) = (change.from().unwrap_or(""), change.to().unwrap_or(""));
        let why = change.because().to_string();
        let package = change.package().as_str();
        let fields = ["change", &number, package, from, to, change.kind().name()];
        row(out, &[&fields[..], &[&why]].concat());
    }
    for line in step.bundle().lines() {
        let temporary = if line.is_temporary() { "temporary" } else { "" };
        let gem = line.gem().as_str();
        row(
            out,
            &["gemfile", &number, gem, line.requirement(), temporary],
        );
    }
}

/// One line: foreign texts have no tabs or ends of lines here, and no controls.
fn row(out: &mut String, fields: &[&str]) {
    for (at, field) in fields.iter().enumerate() {
        let tab = if at == 0 { "" } else { "\t" };
        let _ = write!(out, "{tab}{}", plain::line(field));
    }
    out.push('\n');
}
