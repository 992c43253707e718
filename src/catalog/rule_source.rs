//! Reading the rules of one file: tables `[[gate]]`, `[[conflict]]` and so on, and properties.

use super::rule::{Force, Level, RiskApplies, Stop};
use super::source::{At, Reader, short};
use crate::name::Name;
use crate::version::{Requirement, Version};
use std::sync::Arc;
use toml::de::DeTable;

/// The kinds of rules, in the order in which they are read and exported: the name of each, and the keys
/// that it needs and may have beside those of all.
pub(crate) const KINDS: [(&str, &[&str], &[&str]); 9] = [
    ("blocked", &["versions"], &[]),
    ("gate", &["from"], &["enter", "wait", "check"]),
    ("bridge", &["from", "to"], &[]),
    ("requires", &["versions", "needs", "requirement"], &[]),
    ("conflict", &["versions", "with", "with_versions"], &[]),
    (
        "defect",
        &["versions", "affects"],
        &["fixed_in", "workaround", "avoid", "with", "with_versions"],
    ),
    ("discontinued", &["gem", "instead"], &[]),
    ("risk", &[], &["applies"]),
    (
        "skew",
        &["of"],
        &["versions", "behind", "ahead", "while_rolling"],
    ),
];
const COMMON: [&str; 9] = [
    "id", "package", "force", "why", "source", "inferred", "level", "evidence", "if",
];

/// What a requirement begins with, and no line.
pub(super) const OPERATORS: [char; 7] = ['=', '!', '<', '>', '~', '^', '*'];

#[derive(Debug)]
pub(super) struct DraftProperty {
    pub(super) id: At<Name>,
    pub(super) ask: String,
    /// A package of the catalog, and the versions of it that mean yes.
    pub(super) shown_by: Option<(At<Name>, Arc<Requirement>)>,
}

#[derive(Debug)]
pub(super) struct DraftRule {
    pub(super) id: At<Name>,
    pub(super) package: At<Name>,
    pub(super) force: Force,
    pub(super) why: String,
    pub(super) source: String,
    pub(super) inferred: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) evidence: Option<String>,
    pub(super) conditions: Vec<At<Name>>,
    pub(super) kind: DraftKind,
}

#[derive(Debug)]
pub(super) enum DraftKind {
    Blocked(Arc<Requirement>),
    Gate {
        enter: Option<DraftEnter>,
        /// `None` is the newest of the line.
        from: Option<Arc<Requirement>>,
        stop: Stop,
    },
    Bridge {
        from: At<String>,
        to: Vec<At<String>>,
    },
    Requires {
        versions: Arc<Requirement>,
        needs: At<Name>,
        requirement: Arc<Requirement>,
    },
    Conflict {
        versions: Arc<Requirement>,
        with: At<Name>,
        with_versions: Arc<Requirement>,
    },
    Defect {
        versions: Arc<Requirement>,
        fixed_in: Option<Version>,
        affects: String,
        workaround: Option<String>,
        avoid: bool,
        with: Option<(At<Name>, Arc<Requirement>)>,
    },
    Discontinued {
        gem: At<Name>,
        instead: String,
    },
    Risk(RiskApplies),
    Skew {
        versions: Arc<Requirement>,
        of: At<Name>,
        behind: u16,
        ahead: u16,
        while_rolling: bool,
    },
}

#[derive(Debug)]
pub(super) enum DraftEnter {
    Line(At<String>),
    Versions(Arc<Requirement>),
}

impl Reader<'_> {
    pub(super) fn property(&mut self, table: &DeTable<'_>, start: usize) -> Option<DraftProperty> {
        self.known_keys(table, &["id", "ask", "package", "versions"], "a property");
        if !(table.contains_key("id") && table.contains_key("ask")) {
            self.problem(start, "this property lacks id or ask");
            return None;
        }
        let package = self.name_at(table, "package");
        let versions = self.requirement_at(table, "versions");
        if package.is_some() != versions.is_some() {
            self.problem(
                start,
                "this property needs both of package and versions, or none",
            );
            return None;
        }
        Some(DraftProperty {
            id: self.name_at(table, "id")?,
            ask: self.text(table, "ask")?.value.to_owned(),
            shown_by: package.zip(versions),
        })
    }

    pub(super) fn rule(
        &mut self,
        kind: &str,
        (needed, optional): (&[&str], &[&str]),
        table: &DeTable<'_>,
        start: usize,
    ) -> Option<DraftRule> {
        let mut known = COMMON.to_vec();
        known.extend(needed.iter().chain(optional));
        self.known_keys(table, &known, &format!("a {kind}"));
        let missing: Vec<_> = ["id", "package", "why", "source"]
            .iter()
            .chain(needed)
            .filter(|key| !table.contains_key(**key))
            .map(|key| (*key).to_owned())
            .collect();
        if !missing.is_empty() {
            let id = table.get("id").and_then(|id| id.get_ref().as_str());
            let which = id.map_or(format!("this {kind}"), |id| format!("{kind} {}", short(id)));
            self.problem(start, format!("{which} lacks {}", missing.join(", ")));
            return None;
        }
        let id = self.name_at(table, "id")?;
        let package = self.name_at(table, "package")?;
        let force = match self.text(table, "force") {
            // Whoever knows of it may enter a bad release.
            None if matches!(kind, "defect" | "risk") => Force::Should,
            None => Force::Must,
            Some(text) if text.value == "must" => Force::Must,
            Some(text) if text.value == "should" => Force::Should,
            Some(text) => {
                self.problem(
                    text.place.offset,
                    format!(
                        "unknown force {:?}: expected must or should",
                        short(text.value)
                    ),
                );
                return None;
            }
        };
        let level = match self.text(table, "level") {
            None => None,
            Some(text) => {
                let found = Level::ALL.into_iter().find(|it| it.name() == text.value);
                if found.is_none() {
                    let names: Vec<&str> = Level::ALL.iter().map(|it| it.name()).collect();
                    self.problem(
                        text.place.offset,
                        format!(
                            "unknown level {:?}: expected one of {}",
                            short(text.value),
                            names.join(", ")
                        ),
                    );
                    return None;
                }
                found
            }
        };
        let own_text = |text: Option<At<&str>>| text.map(|text| text.value.to_owned());
        let conditions = self.texts(table, "if");
        let kind = match kind {
            "blocked" => DraftKind::Blocked(self.requirement_at(table, "versions")?),
            "gate" => {
                let from = self.text(table, "from")?;
                DraftKind::Gate {
                    enter: match self.text(table, "enter") {
                        None => None,
                        Some(text) if text.value.starts_with(OPERATORS) => {
                            let versions = self.requirement(text.value, text.place.offset)?;
                            Some(DraftEnter::Versions(versions))
                        }
                        Some(text) => Some(DraftEnter::Line(At {
                            value: text.value.to_owned(),
                            place: text.place,
                        })),
                    },
                    stop: Stop {
                        wait: own_text(self.text(table, "wait")),
                        check: own_text(self.text(table, "check")),
                    },
                    from: if from.value == "newest-of-line" {
                        None
                    } else {
                        Some(self.requirement(from.value, from.place.offset)?)
                    },
                }
            }
            "bridge" => {
                let from = self.text(table, "from")?;
                DraftKind::Bridge {
                    from: At {
                        value: from.value.to_owned(),
                        place: from.place,
                    },
                    to: self
                        .texts(table, "to")
                        .into_iter()
                        .map(|text| At {
                            value: text.value.to_owned(),
                            place: text.place,
                        })
                        .collect(),
                }
            }
            "requires" => DraftKind::Requires {
                versions: self.requirement_at(table, "versions")?,
                needs: self.name_at(table, "needs")?,
                requirement: self.requirement_at(table, "requirement")?,
            },
            "defect" => DraftKind::Defect {
                versions: self.requirement_at(table, "versions")?,
                fixed_in: self.version_at(table, "fixed_in")?,
                affects: own_text(self.text(table, "affects"))?,
                workaround: own_text(self.text(table, "workaround")),
                avoid: self.flag(table, "avoid")?,
                with: self.beside(table)?,
            },
            "discontinued" => DraftKind::Discontinued {
                gem: self.name_at(table, "gem")?,
                instead: own_text(self.text(table, "instead"))?,
            },
            "risk" => DraftKind::Risk(self.applies(table)?),
            "skew" => DraftKind::Skew {
                versions: match table.contains_key("versions") {
                    true => self.requirement_at(table, "versions")?,
                    false => Arc::new(Requirement::any(self.scheme)),
                },
                of: self.name_at(table, "of")?,
                behind: self.lines_apart(table, "behind")?,
                ahead: self.lines_apart(table, "ahead")?,
                while_rolling: self.flag(table, "while_rolling")?,
            },
            "conflict" => DraftKind::Conflict {
                versions: self.requirement_at(table, "versions")?,
                with: self.name_at(table, "with")?,
                with_versions: self.requirement_at(table, "with_versions")?,
            },
            // A kind that is only in the list above.
            _ => {
                self.problem(start, format!("no table [[{kind}]] is read"));
                return None;
            }
        };
        Some(DraftRule {
            id,
            package,
            force,
            why: own_text(self.text(table, "why"))?,
            source: own_text(self.text(table, "source"))?,
            inferred: own_text(self.text(table, "inferred")),
            level,
            evidence: own_text(self.text(table, "evidence")),
            conditions: conditions
                .into_iter()
                .filter_map(|text| {
                    let value = self.name(text.value, text.place.offset)?;
                    Some(self.spot(value, text.place.offset))
                })
                .collect(),
            kind,
        })
    }

    /// Whether a risk applies; unknown where nothing is said; `None` after a problem.
    fn applies(&mut self, table: &DeTable<'_>) -> Option<RiskApplies> {
        let Some(text) = self.text(table, "applies") else {
            return (!table.contains_key("applies")).then_some(RiskApplies::Unknown);
        };
        let found = RiskApplies::ALL
            .into_iter()
            .find(|it| it.name() == text.value);
        if found.is_none() {
            let (word, offset) = (short(text.value), text.place.offset);
            self.problem(
                offset,
                format!("applies is {word:?}: expected yes, no or unknown"),
            );
        }
        found
    }

    /// A number of lines, which is none where nothing is said; `None` after a problem.
    fn lines_apart(&mut self, table: &DeTable<'_>, key: &str) -> Option<u16> {
        let Some((value, offset)) = self.get(table, key) else {
            return Some(0);
        };
        let number = value.as_integer().and_then(|it| it.as_str().parse().ok());
        if number.is_none() {
            self.problem(
                offset,
                format!("{key} is not a number of lines: expected 0, 1, 2, …"),
            );
        }
        number
    }

    /// `true` or `false`, which is what nothing means; `None` after a problem.
    pub(super) fn flag(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let Some((value, offset)) = self.get(table, key) else {
            return Some(false);
        };
        let value = value.as_bool();
        if value.is_none() {
            self.problem(offset, format!("{key} is not true or false"));
        }
        value
    }

    /// A version that may be missing; `None` after a problem.
    fn version_at(&mut self, table: &DeTable<'_>, key: &str) -> Option<Option<Version>> {
        let Some((text, offset)) = self
            .text(table, key)
            .map(|text| (text.value.to_owned(), text.place.offset))
        else {
            return (!table.contains_key(key)).then_some(None);
        };
        match Version::parse(self.scheme, &text) {
            Ok(version) => Some(Some(version)),
            Err(error) => {
                self.push(offset, error);
                None
            }
        }
    }

    /// The package beside which a defect shows, if only there; `None` after a problem.
    fn beside(&mut self, table: &DeTable<'_>) -> Option<Option<(At<Name>, Arc<Requirement>)>> {
        match (self.get(table, "with"), self.get(table, "with_versions")) {
            (None, None) => Some(None),
            (Some(_), Some(_)) => Some(Some((
                self.name_at(table, "with")?,
                self.requirement_at(table, "with_versions")?,
            ))),
            (Some((_, offset)), None) | (None, Some((_, offset))) => {
                self.problem(offset, "expected both, with and with_versions");
                None
            }
        }
    }
}
