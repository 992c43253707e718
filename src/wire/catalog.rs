//! `rungs.catalog/1`.

use crate::catalog::{
    Catalog, Dependency, Line, Moves, Package, Release, Rule, RuleField, RuleValue,
};
use crate::name::Name;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction: Option<&'a str>,
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
    fields: Fields<'a>,
}

/// The members that rules of a kind have.
struct Fields<'a>(Vec<RuleField<'a>>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for field in &self.0 {
            match &field.value {
                RuleValue::Nothing => map.serialize_entry(field.key, &())?,
                RuleValue::Text(text) => map.serialize_entry(field.key, text)?,
                RuleValue::Texts(texts) => map.serialize_entry(field.key, texts)?,
                RuleValue::Number(number) => map.serialize_entry(field.key, number)?,
                RuleValue::Flag(flag) => map.serialize_entry(field.key, flag)?,
            }
        }
        map.end()
    }
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
        instruction: package.instruction(),
        lines: package.lines().iter().map(line).collect(),
        releases: package.releases().iter().map(release).collect(),
    }
}

fn rule<'a>(catalog: &'a Catalog, rule: &'a Rule) -> RuleDocument<'a> {
    let package = catalog.get(rule.package);
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
        fields: Fields(rule.fields(catalog.packages())),
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
