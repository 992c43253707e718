//! Rules with the packages, lines and properties that they name.

use super::kind::{Defect, Enter, Force, GateFrom, Other, Property, Rule, RuleKind, Skew};
use super::source::{DraftEnter, DraftKind, DraftProperty, DraftRule};
use crate::catalog::build::{Problems, inconsistent, unknown_package};
use crate::catalog::source::{At, short};
use crate::catalog::{Moves, Package, PackageId, Release, Role, SetId};
use crate::name::Name;
use std::collections::BTreeMap;

fn find(
    rule: &Name,
    packages: &[Package],
    name: &At<Name>,
    problems: &mut Problems,
) -> Option<PackageId> {
    let found = packages
        .iter()
        .position(|package| package.name == name.value);
    if found.is_none() {
        let text = format!("rule {rule}: no package {} in this catalog", name.value);
        problems.push((name.place, inconsistent(text)));
    }
    found.and_then(|at| u16::try_from(at).ok()).map(PackageId)
}

fn find_line(
    rule: &Name,
    package: &Package,
    line: &At<String>,
    problems: &mut Problems,
) -> Option<usize> {
    let found = package.line_index(&line.value);
    if found.is_none() {
        let line_name = short(&line.value);
        let text = format!("rule {rule}: {} has no line {line_name:?}", package.name);
        problems.push((line.place, inconsistent(text)));
    }
    found
}

pub(in crate::catalog) fn resolve_rule(
    draft: DraftRule,
    packages: &[Package],
    properties: &[Property],
    problems: &mut Problems,
) -> Option<Rule> {
    let id = &draft.id.value;
    let package = find(id, packages, &draft.package, problems)?;
    let of = &packages[package.index()];
    for condition in &draft.conditions {
        if !properties.iter().any(|it| it.id == condition.value) {
            let text = format!("rule {id}: no property {} in this catalog", condition.value);
            problems.push((condition.place, inconsistent(text)));
        }
    }
    let kind = match draft.kind {
        DraftKind::Blocked(versions) => RuleKind::Blocked { versions },
        DraftKind::Gate { enter, from, stop } => {
            let enter = match enter {
                Some(DraftEnter::Line(line)) => Enter::Line(find_line(id, of, &line, problems)?),
                Some(DraftEnter::Versions(requirement)) => Enter::Versions {
                    requirement,
                    set: SetId(u32::MAX),
                },
                None => Enter::Lines,
            };
            if of.role == Role::Runtime {
                let text = format!("gate {} is about a runtime", draft.id.value);
                problems.push((draft.id.place, inconsistent(text)));
            }
            let from = match from {
                None => GateFrom::NewestOfLine,
                Some(requirement) => {
                    // Where one may stand before it without having passed it.
                    let before = |release: &Release| match &enter {
                        Enter::Lines => true,
                        Enter::Line(line) => release.line < *line,
                        Enter::Versions { requirement, .. } => {
                            !requirement.matches(&release.version)
                        }
                    };
                    let opens = |release: &Release| {
                        before(release) && requirement.matches(&release.version)
                    };
                    let where_to = match &enter {
                        Enter::Lines => String::new(),
                        Enter::Line(line) => format!("below line {}", of.lines[*line].name),
                        Enter::Versions { requirement, .. } => format!("outside {requirement}"),
                    };
                    let opens = of.releases.iter().any(opens);
                    if !matches!(enter, Enter::Lines) && !opens {
                        let text = format!(
                            "gate {} can never open: no release of {} {where_to} is \
                             {requirement}, so one would have to pass the gate to be let through it",
                            draft.id.value, of.name
                        );
                        problems.push((draft.id.place, inconsistent(text)));
                    }
                    GateFrom::Meets {
                        requirement,
                        set: SetId(u32::MAX),
                    }
                }
            };
            RuleKind::Gate { enter, from, stop }
        }
        DraftKind::Bridge { from, to } => {
            let from_line = find_line(id, of, &from, problems)?;
            let mut lines = Vec::new();
            for line in to {
                let at = find_line(id, of, &line, problems)?;
                if at <= from_line {
                    let text = format!(
                        "bridge {} leads back to {}",
                        draft.id.value,
                        short(&line.value)
                    );
                    problems.push((line.place, inconsistent(text)));
                }
                lines.push(at);
            }
            if of.moves != Moves::Lines {
                let text = format!(
                    "bridge {} is of {}, which does not move by lines",
                    draft.id.value, of.name
                );
                problems.push((draft.id.place, inconsistent(text)));
            }
            if of.role != Role::Stepped {
                let text = format!(
                    "bridge {} is of a package that is not stepped",
                    draft.id.value
                );
                problems.push((draft.id.place, inconsistent(text)));
            }
            RuleKind::Bridge {
                from: from_line,
                to: lines,
            }
        }
        DraftKind::Requires {
            versions,
            needs,
            requirement,
        } => RuleKind::Requires {
            versions,
            needs: find(id, packages, &needs, problems)?,
            requirement,
        },
        DraftKind::Conflict {
            versions,
            with,
            with_versions,
        } => {
            if draft.package.value == with.value {
                let text = format!("conflict {id} is of {} with itself", with.value);
                problems.push((with.place, inconsistent(text)));
            }
            RuleKind::Conflict {
                versions,
                with: other(packages, with.value),
                with_versions,
            }
        }
        DraftKind::Defect {
            versions,
            fixed_in,
            affects,
            workaround,
            avoid,
            with,
        } => {
            if let Some(fixed) = fixed_in.as_ref().filter(|it| versions.matches(it)) {
                let text = format!("defect {id} is fixed in {fixed}, which is one of its versions");
                problems.push((draft.id.place, inconsistent(text)));
            }
            RuleKind::Defect(Box::new(Defect {
                versions,
                fixed_in,
                affects: affects.into(),
                workaround: workaround.map(Into::into),
                avoid,
                with: with.map(|(name, versions)| (other(packages, name.value), versions)),
            }))
        }
        DraftKind::Risk(applies) => {
            if draft.force == Force::Must {
                let text = format!("risk {id} is a must: who knows of a risk may accept it");
                problems.push((draft.id.place, inconsistent(text)));
            }
            RuleKind::Risk { applies }
        }
        DraftKind::Skew {
            versions,
            of: other,
            behind,
            ahead,
            while_rolling,
        } => {
            let other_id = find(id, packages, &other, problems)?;
            if [of.role, packages[other_id.index()].role].contains(&Role::Runtime) {
                let text = format!("skew {id} concerns a runtime");
                problems.push((other.place, inconsistent(text)));
            }
            if other_id == package && !while_rolling {
                let text = format!(
                    "skew {id} is of {} with itself, which says something only while a step is \
                     rolled out: add while_rolling = true",
                    other.value
                );
                problems.push((other.place, inconsistent(text)));
            }
            RuleKind::Skew(Skew {
                versions,
                set: SetId(u32::MAX),
                of: other_id,
                behind,
                ahead,
                while_rolling,
            })
        }
        DraftKind::Discontinued { gem, instead } => {
            if packages.iter().any(|package| package.name == gem.value) {
                let text = format!(
                    "{} is a package of this catalog and not outside it",
                    gem.value
                );
                problems.push((gem.place, inconsistent(text)));
            }
            RuleKind::Discontinued {
                gem: gem.value,
                instead,
            }
        }
    };
    Some(Rule {
        id: draft.id.value,
        package,
        force: draft.force,
        why: draft.why.into(),
        source: draft.source.into(),
        inferred: draft.inferred.map(Into::into),
        level: draft.level,
        evidence: draft.evidence.map(Into::into),
        conditions: draft.conditions.into_iter().map(|it| it.value).collect(),
        kind,
    })
}

/// The other package of a rule: one of the catalog, or one that only lockfiles know.
fn other(packages: &[Package], name: Name) -> Other {
    let found = packages.iter().position(|package| package.name == name);
    match found.and_then(|at| u16::try_from(at).ok()) {
        Some(at) => Other::Package(PackageId(at)),
        None => Other::Outside(name),
    }
}

/// The properties, each with the package that answers it.
pub(in crate::catalog) fn properties(
    drafts: BTreeMap<Name, DraftProperty>,
    packages: &[Package],
    problems: &mut Problems,
) -> Vec<Property> {
    let properties = drafts.into_values().map(|draft| Property {
        id: draft.id.value,
        ask: draft.ask,
        shown_by: draft.shown_by.map(|(name, versions)| {
            if !packages.iter().any(|it| it.name == name.value) {
                problems.push((name.place, unknown_package(&name.value)));
            }
            (name.value, versions)
        }),
    });
    properties.collect()
}
