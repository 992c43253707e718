//! The guidance for a step, as written among the `steps` of `rungs.plan/1`.

use super::scan::{FindingDocument, finding};
use crate::catalog::Rollback;
use crate::plan::{
    Bundle, Changelog, Deployment, Due, Expectation, GemLine, Guidance, Guide, SupportNote, Task,
};
use crate::version::Version;
use serde::Serialize;
use std::borrow::Cow;

#[derive(Serialize)]
pub(super) struct ContentsDocument<'a> {
    gemfile: Vec<LineDocument<'a>>,
    obsolete: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    removed: &'a [String],
    command: Option<&'a str>,
    unlocks: &'a [String],
    #[serde(flatten)]
    guidance: GuidanceDocument<'a>,
}

#[derive(Serialize)]
pub(super) struct GuidanceDocument<'a> {
    actions: Vec<DueDocument<'a>>,
    rolling: RollingDocument<'a>,
    rollout: Vec<PhaseDocument<'a>>,
    expect: Vec<ExpectationDocument<'a>>,
    alarms: Vec<ExpectationDocument<'a>>,
    watch: Vec<ExpectationDocument<'a>>,
    rollback: Vec<RollbackDocument<'a>>,
    guides: Vec<GuideDocument<'a>>,
    changelogs: Vec<ChangelogDocument<'a>>,
    support: Vec<SupportDocument<'a>>,
}

#[derive(Serialize)]
pub(super) struct LineDocument<'a> {
    gem: &'a str,
    requirement: &'a str,
    temporary: bool,
    overshoots: Option<OvershootDocument<'a>>,
    line: String,
}

#[derive(Serialize)]
struct OvershootDocument<'a> {
    gem: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
pub(super) struct DueDocument<'a> {
    id: &'a str,
    package: &'a str,
    since: Option<&'a str>,
    kind: &'static str,
    severity: &'static str,
    phase: &'static str,
    component: &'static str,
    edition: &'static str,
    applies: &'static str,
    affects: Option<&'a str>,
    summary: &'a str,
    action: Option<&'a str>,
    commands: &'a [String],
    old: Option<&'a str>,
    new: Option<&'a str>,
    possible_since: Option<&'a str>,
    due_by: Option<&'a str>,
    note: Option<&'a str>,
    inferred: Option<&'a str>,
    contradiction: Option<&'a str>,
    source: &'a str,
    link: Option<&'a str>,
    findings: Vec<FindingDocument<'a>>,
}

#[derive(Serialize)]
struct RollingDocument<'a> {
    /// `unknown` where no guide says.
    side_by_side: &'static str,
    because: Vec<&'a str>,
}

#[derive(Serialize)]
struct PhaseDocument<'a> {
    phase: &'static str,
    tasks: Vec<TaskDocument<'a>>,
}

#[derive(Serialize)]
struct TaskDocument<'a> {
    kind: &'static str,
    component: Option<&'a str>,
    text: Cow<'a, str>,
    inferred: bool,
}

#[derive(Serialize)]
struct ExpectationDocument<'a> {
    what: Cow<'a, str>,
    meaning: &'a str,
}

#[derive(Serialize)]
struct RollbackDocument<'a> {
    what: &'a str,
    documented: bool,
    command: Option<&'a str>,
    warning: Option<&'a str>,
}

#[derive(Serialize)]
struct GuideDocument<'a> {
    page: &'a str,
    link: Option<&'a str>,
    actions: usize,
}

#[derive(Serialize)]
struct ChangelogDocument<'a> {
    package: &'a str,
    versions: Vec<&'a str>,
    breaking: usize,
    link: Option<&'a str>,
}

#[derive(Serialize)]
struct SupportDocument<'a> {
    subject: &'a str,
    line: &'a str,
    status: &'static str,
    until: Option<String>,
    over: bool,
    hint: Option<&'a str>,
}

/// A line of a Gemfile.
pub(super) fn line(line: &GemLine) -> LineDocument<'_> {
    LineDocument {
        gem: line.gem().as_str(),
        requirement: line.requirement(),
        temporary: line.is_temporary(),
        overshoots: line.overshoots().map(|(gem, version)| OvershootDocument {
            gem: gem.as_str(),
            version: version.as_str(),
        }),
        line: line.to_string(),
    }
}

pub(super) fn contents<'a>(bundle: &'a Bundle, guidance: &'a Guidance) -> ContentsDocument<'a> {
    ContentsDocument {
        gemfile: bundle.lines().iter().map(line).collect(),
        obsolete: bundle.obsolete().iter().map(|gem| gem.as_str()).collect(),
        removed: bundle.removed(),
        command: bundle.command(),
        unlocks: bundle.unlocks(),
        guidance: self::guidance(guidance),
    }
}

pub(super) fn guidance(guidance: &Guidance) -> GuidanceDocument<'_> {
    let rollout: &Deployment = guidance.rollout();
    let phases = rollout.phases().into_iter();
    let phases = phases.map(|(phase, tasks)| PhaseDocument {
        phase: phase.name(),
        tasks: tasks.into_iter().map(task).collect(),
    });
    GuidanceDocument {
        actions: guidance.actions().iter().map(due).collect(),
        rolling: RollingDocument {
            side_by_side: rollout
                .rolling()
                .map_or("unknown", |rolling| rolling.name()),
            because: rollout.because(),
        },
        rollout: phases.collect(),
        expect: rollout.expect().into_iter().map(expectation).collect(),
        alarms: rollout.alarms().into_iter().map(expectation).collect(),
        watch: rollout.watch().into_iter().map(expectation).collect(),
        rollback: rollout.rollback().into_iter().map(rollback).collect(),
        guides: guidance.guides().into_iter().map(guide).collect(),
        changelogs: guidance.changelogs().iter().map(changelog).collect(),
        support: guidance.support().iter().map(support).collect(),
    }
}

pub(super) fn due(due: Due<'_>) -> DueDocument<'_> {
    let action = due.action();
    DueDocument {
        id: action.id().as_str(),
        package: action.package().as_str(),
        since: action.since().map(Version::as_str),
        kind: action.kind().name(),
        severity: action.severity().name(),
        phase: action.phase().name(),
        component: action.component().name(),
        edition: action.edition().name(),
        applies: due.applies().name(),
        affects: action.affects(),
        summary: action.summary(),
        action: action.action(),
        commands: action.commands(),
        old: action.old_value(),
        new: action.new_value(),
        possible_since: action.possible_since().map(Version::as_str),
        due_by: action.due_by().map(Version::as_str),
        note: action.note(),
        inferred: action.inferred(),
        contradiction: action.contradiction(),
        source: action.source(),
        link: action.link(),
        findings: due.findings().iter().map(finding).collect(),
    }
}

fn task(task: Task<'_>) -> TaskDocument<'_> {
    TaskDocument {
        kind: task.kind().name(),
        component: task.component(),
        text: task.text(),
        inferred: task.is_inferred(),
    }
}

fn expectation(it: Expectation<'_>) -> ExpectationDocument<'_> {
    ExpectationDocument {
        what: it.what(),
        meaning: it.meaning(),
    }
}

fn rollback(it: &Rollback) -> RollbackDocument<'_> {
    RollbackDocument {
        what: it.what(),
        documented: it.documented(),
        command: it.command(),
        warning: it.warning(),
    }
}

fn guide(guide: Guide<'_>) -> GuideDocument<'_> {
    GuideDocument {
        page: guide.page(),
        link: guide.link(),
        actions: guide.actions(),
    }
}

fn changelog(changelog: &Changelog) -> ChangelogDocument<'_> {
    let versions = changelog.versions().iter().map(Version::as_str);
    ChangelogDocument {
        package: changelog.package().as_str(),
        versions: versions.collect(),
        breaking: changelog.breaking(),
        link: changelog.link(),
    }
}

fn support(note: &SupportNote) -> SupportDocument<'_> {
    SupportDocument {
        subject: note.subject(),
        line: note.line(),
        status: note.status().name(),
        until: note.until().map(|day| day.to_string()),
        over: note.is_over(),
        hint: note.hint(),
    }
}
