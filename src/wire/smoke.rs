//! `rungs.smoke/1`.

use super::plan::{CatalogDocument, Pairs};
use crate::smoke::{Check, CheckResult, Smoke, SmokeCause, SmokeFailure};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    catalog: CatalogDocument<'a>,
    outcome: &'static str,
    installed: Pairs<'a>,
    ruby: Option<&'a str>,
    limit_seconds: Option<u64>,
    reached: Option<&'a str>,
    failed: Option<&'a str>,
    levels: Vec<LevelDocument<'a>>,
    known: Vec<CauseDocument<'a>>,
    output: &'a [String],
}

#[derive(Serialize)]
struct LevelDocument<'a> {
    level: &'a str,
    result: &'static str,
    checks: Vec<CheckDocument<'a>>,
}

#[derive(Serialize)]
struct CheckDocument<'a> {
    id: &'a str,
    package: &'a str,
    version: &'a str,
    what: &'a str,
    ruby: &'a str,
    result: &'static str,
    milliseconds: Option<u64>,
    skipped: Option<&'a str>,
    failure: Option<FailureDocument<'a>>,
}

#[derive(Serialize)]
struct FailureDocument<'a> {
    kind: &'static str,
    class: Option<&'a str>,
    message: Option<&'a str>,
    place: Option<&'a str>,
}

#[derive(Serialize)]
struct CauseDocument<'a> {
    rule: &'a str,
    kind: &'static str,
    package: &'a str,
    level: Option<&'static str>,
    why: &'a str,
    source: &'a str,
}

/// `rungs.smoke/1`: the levels of a smoke run, and the rules of the catalog that explain a failure.
#[must_use]
pub fn smoke_document(smoke: &Smoke) -> String {
    let (stamp, failure) = (smoke.catalog(), smoke.failure());
    let causes = failure.map_or_else(Vec::new, |_| smoke.causes());
    super::render(&Document {
        schema: "rungs.smoke/1",
        catalog: CatalogDocument {
            name: stamp.name.as_str(),
            horizon: stamp.horizon.to_string(),
            digest: &stamp.digest,
            stale_days: smoke.stale_days(),
        },
        outcome: smoke.outcome(),
        installed: Pairs(smoke.installed()),
        ruby: smoke.ruby.as_deref(),
        limit_seconds: smoke.limit,
        reached: smoke.reached().map(crate::name::Name::as_str),
        failed: failure.map(|(check, _)| check.check().level().as_str()),
        levels: smoke
            .levels()
            .map(|level| LevelDocument {
                level: level.name().as_str(),
                result: level.result(),
                checks: level.checks().iter().map(check).collect(),
            })
            .collect(),
        known: causes.into_iter().map(cause).collect(),
        output: &smoke.output,
    })
}

fn check(check: &Check) -> CheckDocument<'_> {
    let code = check.check();
    let (mut milliseconds, mut skipped, mut failed) = (None, None, None);
    match check.result() {
        CheckResult::NotRun => {}
        CheckResult::Passed { milliseconds: time } => milliseconds = Some(*time),
        CheckResult::Skipped { why } => skipped = Some(why.as_str()),
        CheckResult::Failed(failure) => failed = Some(failure_document(failure)),
    }
    CheckDocument {
        id: code.id().as_str(),
        package: code.package().as_str(),
        version: check.version().as_str(),
        what: code.what(),
        ruby: code.ruby(),
        result: check.result().name(),
        milliseconds,
        skipped,
        failure: failed,
    }
}

fn failure_document(failure: &SmokeFailure) -> FailureDocument<'_> {
    let known = |text| Some(text).filter(|text: &&str| !text.is_empty());
    FailureDocument {
        kind: failure.kind.name(),
        class: known(&failure.class),
        message: known(&failure.message),
        place: known(&failure.place),
    }
}

fn cause(cause: &SmokeCause) -> CauseDocument<'_> {
    CauseDocument {
        rule: cause.rule().as_str(),
        kind: cause.kind(),
        package: cause.package().as_str(),
        level: cause.level().map(crate::catalog::Level::name),
        why: cause.why(),
        source: cause.source(),
    }
}
