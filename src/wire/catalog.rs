//! `rungs.catalog/1`.

use crate::catalog::{
    Catalog, Dependency, Enter, GateFrom, Line, Moves, Other, Package, Release, Rule, RuleKind,
};
use crate::name::Name;
use crate::version::Version;
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    name: &'a str,
    scheme: &'static str,
    horizon: String,
    digest: &'a str,
    packages: Vec<PackageDocument<'a>>,
    properties: Vec<PropertyDocument<'a>>,
    rules: Vec<RuleDocument<'a>>,
}

#[derive(Serialize)]
struct PackageDocument<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<&'a str>,
    role: &'static str,
    about: &'a str,
    changelog: Option<&'a str>,
    one_line_at_a_time: bool,
    no_way_back: Option<&'a str>,
    replaced_by: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    early: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    moves: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    alone: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    lockstep: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a str>,
    lines: Vec<LineDocument<'a>>,
    releases: Vec<ReleaseDocument<'a>>,
}

#[derive(Serialize)]
struct LineDocument<'a> {
    name: &'a str,
    support: Option<SupportDocument>,
}

#[derive(Serialize)]
struct SupportDocument {
    status: &'static str,
    first_release: Option<String>,
    end_of_life: Option<String>,
}

#[derive(Serialize)]
struct ReleaseDocument<'a> {
    version: &'a str,
    date: Option<String>,
    yanked: bool,
    blocked: bool,
    avoided: bool,
    marks: &'a [String],
    requirements: Vec<RequirementDocument<'a>>,
}

#[derive(Serialize)]
struct RequirementDocument<'a> {
    name: &'a str,
    requirement: String,
}

#[derive(Serialize)]
struct RuleDocument<'a> {
    id: &'a str,
    kind: &'static str,
    package: &'a str,
    force: &'static str,
    why: &'a str,
    source: &'a str,
    inferred: Option<&'a str>,
    level: Option<&'static str>,
    evidence: Option<&'a str>,
    #[serde(rename = "if")]
    conditions: Vec<&'a str>,
    #[serde(flatten)]
    says: Says<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Says<'a> {
    Blocked {
        versions: String,
    },
    Gate {
        enter: Option<String>,
        from: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        wait: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        check: Option<&'a str>,
    },
    Bridge {
        from: &'a str,
        to: Vec<&'a str>,
    },
    Requires {
        versions: String,
        needs: &'a str,
        requirement: String,
    },
    Conflict {
        versions: String,
        with: &'a str,
        with_versions: String,
    },
    Defect {
        versions: String,
        fixed_in: Option<&'a str>,
        affects: &'a str,
        workaround: Option<&'a str>,
        avoid: bool,
        with: Option<&'a str>,
        with_versions: Option<String>,
    },
    Discontinued {
        gem: &'a str,
        instead: &'a str,
    },
    Risk {
        applies: &'static str,
    },
    Skew {
        versions: String,
        of: &'a str,
        behind: u16,
        ahead: u16,
        while_rolling: bool,
    },
}

#[derive(Serialize)]
struct PropertyDocument<'a> {
    id: &'a str,
    ask: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<String>,
}

fn requirement(dependency: &Dependency) -> RequirementDocument<'_> {
    RequirementDocument {
        name: dependency.name().as_str(),
        requirement: dependency.requirement().to_string(),
    }
}

fn release(release: &Release) -> ReleaseDocument<'_> {
    ReleaseDocument {
        version: release.version().as_str(),
        date: release.date().map(|date| date.to_string()),
        yanked: release.is_yanked(),
        blocked: release.is_blocked(),
        avoided: release.is_avoided(),
        marks: release.marks(),
        requirements: release.requirements().iter().map(requirement).collect(),
    }
}

fn line(line: &Line) -> LineDocument<'_> {
    LineDocument {
        name: line.name(),
        support: line.support().map(|support| SupportDocument {
            status: support.status().name(),
            first_release: support.first_release().map(|date| date.to_string()),
            end_of_life: support.end_of_life().map(|date| date.to_string()),
        }),
    }
}

fn package(package: &Package, is_joined: bool) -> PackageDocument<'_> {
    PackageDocument {
        name: package.name().as_str(),
        family: package
            .families()
            .first()
            .map(Name::as_str)
            .filter(|_| is_joined),
        role: package.role().name(),
        about: package.about(),
        changelog: package.changelog(),
        one_line_at_a_time: package.one_line_at_a_time,
        no_way_back: package.no_way_back(),
        replaced_by: package.replaced_by().map(Name::as_str),
        early: package.is_early(),
        moves: Some(package.moves().name()).filter(|_| package.moves() != Moves::Lines),
        alone: package.alone,
        lockstep: package.lockstep().map(Name::as_str),
        command: package.command(),
        lines: package.lines().iter().map(line).collect(),
        releases: package.releases().iter().map(release).collect(),
    }
}

fn other<'a>(catalog: &'a Catalog, other: &'a Other) -> &'a str {
    match other {
        Other::Package(id) => catalog.get(*id).name().as_str(),
        Other::Outside(name) => name.as_str(),
    }
}

fn rule<'a>(catalog: &'a Catalog, rule: &'a Rule) -> RuleDocument<'a> {
    let package = catalog.get(rule.package);
    let line = |at: usize| package.lines().get(at).map_or("", |line| line.name());
    let says = match &rule.kind {
        RuleKind::Blocked { versions } => Says::Blocked {
            versions: versions.to_string(),
        },
        RuleKind::Gate { enter, from, stop } => Says::Gate {
            wait: stop.wait.as_deref(),
            check: stop.check.as_deref(),
            enter: match enter {
                Enter::Lines => None,
                Enter::Line(at) => Some(line(*at).to_owned()),
                Enter::Versions { requirement, .. } => Some(requirement.to_string()),
            },
            from: match from {
                GateFrom::NewestOfLine => "newest-of-line".to_owned(),
                GateFrom::Meets { requirement, .. } => requirement.to_string(),
            },
        },
        RuleKind::Bridge { from, to } => Says::Bridge {
            from: line(*from),
            to: to.iter().map(|at| line(*at)).collect(),
        },
        RuleKind::Requires {
            versions,
            needs,
            requirement,
        } => Says::Requires {
            versions: versions.to_string(),
            needs: catalog.get(*needs).name().as_str(),
            requirement: requirement.to_string(),
        },
        RuleKind::Conflict {
            versions,
            with,
            with_versions,
        } => Says::Conflict {
            versions: versions.to_string(),
            with: other(catalog, with),
            with_versions: with_versions.to_string(),
        },
        RuleKind::Defect(defect) => Says::Defect {
            versions: defect.versions.to_string(),
            fixed_in: defect.fixed_in.as_ref().map(Version::as_str),
            affects: &defect.affects,
            workaround: defect.workaround.as_deref(),
            avoid: defect.avoid,
            with: defect.with.as_ref().map(|(with, _)| other(catalog, with)),
            with_versions: defect.with.as_ref().map(|(_, it)| it.to_string()),
        },
        RuleKind::Discontinued { gem, instead } => Says::Discontinued {
            gem: gem.as_str(),
            instead,
        },
        RuleKind::Risk { applies } => Says::Risk {
            applies: applies.name(),
        },
        RuleKind::Skew(skew) => Says::Skew {
            versions: skew.versions.to_string(),
            of: catalog.get(skew.of).name().as_str(),
            behind: skew.behind,
            ahead: skew.ahead,
            while_rolling: skew.while_rolling,
        },
    };
    RuleDocument {
        id: rule.id().as_str(),
        kind: rule.kind_name(),
        package: package.name().as_str(),
        force: rule.force().name(),
        why: rule.why(),
        source: rule.source(),
        inferred: rule.inferred(),
        level: rule.level().map(crate::catalog::Level::name),
        evidence: rule.evidence(),
        conditions: rule.conditions().iter().map(Name::as_str).collect(),
        says,
    }
}

/// The document `rungs.catalog/1` of a catalog.
///
/// ```
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// assert!(rungs::wire::catalog_document(&catalog).contains("\"rungs.catalog/1\""));
/// # Ok::<(), rungs::Error>(())
/// ```
#[must_use]
pub fn catalog_document(catalog: &Catalog) -> String {
    super::render(&Document {
        schema: "rungs.catalog/1",
        name: catalog.name().as_str(),
        scheme: catalog.scheme().name(),
        horizon: catalog.horizon().to_string(),
        digest: catalog.digest(),
        packages: catalog
            .packages()
            .iter()
            .map(|it| package(it, catalog.families().len() > 1))
            .collect(),
        properties: catalog
            .properties()
            .iter()
            .map(|property| PropertyDocument {
                id: property.id().as_str(),
                ask: property.ask(),
                package: property.shown_by().map(|(name, _)| name.as_str()),
                versions: property
                    .shown_by()
                    .map(|(_, versions)| versions.to_string()),
            })
            .collect(),
        rules: catalog
            .rules()
            .iter()
            .map(|each| rule(catalog, each))
            .collect(),
    })
}
