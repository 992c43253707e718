//! The parts of a rule in terms that all kinds share: its keys and values as files and documents have
//! them, the versions that it excludes, what it requires of another package, and its compiled sets.
//!
//! Whoever writes rules or compiles them asks here and names no kind.

use super::kind::{Enter, GateFrom, Other, Rule, RuleKind};
use crate::catalog::{Package, PackageId, SetId};
use crate::name::Name;
use crate::version::{Requirement, Version};
use std::borrow::Cow;
use std::sync::Arc;

/// One key of a rule beside those that every rule has.
#[derive(Debug)]
pub(crate) struct RuleField<'c> {
    pub(crate) key: &'static str,
    pub(crate) value: RuleValue<'c>,
    /// A catalog file leaves it out: it is what is meant where nothing is said.
    pub(crate) is_implied: bool,
}

#[derive(Debug)]
pub(crate) enum RuleValue<'c> {
    Nothing,
    Text(Cow<'c, str>),
    Texts(Vec<&'c str>),
    Number(u16),
    Flag(bool),
}

impl<'c> RuleField<'c> {
    fn new(key: &'static str, value: RuleValue<'c>) -> Self {
        let is_implied = matches!(value, RuleValue::Nothing | RuleValue::Flag(false));
        RuleField {
            key,
            value,
            is_implied,
        }
    }

    fn text(key: &'static str, text: &'c str) -> Self {
        Self::new(key, RuleValue::Text(Cow::Borrowed(text)))
    }

    fn maybe(key: &'static str, text: Option<&'c str>) -> Self {
        text.map_or(Self::new(key, RuleValue::Nothing), |text| {
            Self::text(key, text)
        })
    }

    fn versions(key: &'static str, versions: &Requirement) -> Self {
        Self::new(key, RuleValue::Text(Cow::Owned(versions.to_string())))
    }
}

/// The other package of a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Beside<'r> {
    Package(PackageId),
    Outside(&'r Name),
}

/// What a rule requires of another package beside versions of its own, where both are there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'r> {
    /// The versions of the rule's package.
    pub(crate) versions: &'r Arc<Requirement>,
    pub(crate) with: Beside<'r>,
    pub(crate) requirement: &'r Arc<Requirement>,
    /// The other is to meet the requirement, or else to miss it.
    pub(crate) meets: bool,
}

impl Other {
    pub(crate) fn name<'c>(&'c self, packages: &'c [Package]) -> &'c Name {
        match self {
            Other::Package(id) => packages[id.index()].name(),
            Other::Outside(name) => name,
        }
    }
}

impl Rule {
    /// What it says beside what every rule says, in the order of the documents.
    pub(crate) fn fields<'c>(&'c self, packages: &'c [Package]) -> Vec<RuleField<'c>> {
        type F<'c> = RuleField<'c>;
        let package = &packages[self.package.index()];
        let line = |at: usize| package.lines().get(at).map_or("", |line| line.name());
        match &self.kind {
            RuleKind::Blocked { versions } => vec![F::versions("versions", versions)],
            RuleKind::Gate { enter, from, stop } => {
                let mut fields = vec![
                    match enter {
                        Enter::Lines => F::maybe("enter", None),
                        Enter::Line(at) => F::text("enter", line(*at)),
                        Enter::Versions { requirement, .. } => F::versions("enter", requirement),
                    },
                    match from {
                        GateFrom::NewestOfLine => F::text("from", "newest-of-line"),
                        GateFrom::Meets { requirement, .. } => F::versions("from", requirement),
                    },
                ];
                for (key, text) in [("wait", &stop.wait), ("check", &stop.check)] {
                    fields.extend(text.as_deref().map(|text| F::text(key, text)));
                }
                fields
            }
            RuleKind::Bridge { from, to } => {
                let to = to.iter().map(|at| line(*at)).collect();
                vec![
                    F::text("from", line(*from)),
                    F::new("to", RuleValue::Texts(to)),
                ]
            }
            RuleKind::Requires {
                versions,
                needs,
                requirement,
            } => vec![
                F::versions("versions", versions),
                F::text("needs", packages[needs.index()].name().as_str()),
                F::versions("requirement", requirement),
            ],
            RuleKind::Conflict {
                versions,
                with,
                with_versions,
            } => vec![
                F::versions("versions", versions),
                F::text("with", with.name(packages).as_str()),
                F::versions("with_versions", with_versions),
            ],
            RuleKind::Defect(defect) => {
                let with = defect.with.as_ref();
                vec![
                    F::versions("versions", &defect.versions),
                    F::maybe("fixed_in", defect.fixed_in.as_ref().map(Version::as_str)),
                    F::text("affects", &defect.affects),
                    F::maybe("workaround", defect.workaround.as_deref()),
                    F::new("avoid", RuleValue::Flag(defect.avoid)),
                    F::maybe("with", with.map(|(with, _)| with.name(packages).as_str())),
                    with.map_or(F::maybe("with_versions", None), |(_, versions)| {
                        F::versions("with_versions", versions)
                    }),
                ]
            }
            RuleKind::Discontinued { gem, instead } => {
                vec![F::text("gem", gem.as_str()), F::text("instead", instead)]
            }
            RuleKind::Risk { applies } => vec![F::text("applies", applies.name())],
            RuleKind::Skew(skew) => vec![
                F {
                    is_implied: skew.versions.is_any(),
                    ..F::versions("versions", &skew.versions)
                },
                F::text("of", packages[skew.of.index()].name().as_str()),
                F::new("behind", RuleValue::Number(skew.behind)),
                F::new("ahead", RuleValue::Number(skew.ahead)),
                F::new("while_rolling", RuleValue::Flag(skew.while_rolling)),
            ],
        }
    }

    /// The versions that are never entered.
    pub(in crate::catalog) fn blocks(&self) -> Option<&Arc<Requirement>> {
        match &self.kind {
            RuleKind::Blocked { versions } => Some(versions),
            _ => None,
        }
    }

    /// The versions that plans avoid, whatever else is installed.
    pub(in crate::catalog) fn avoids(&self) -> Option<&Arc<Requirement>> {
        match &self.kind {
            RuleKind::Defect(it) if it.avoid && it.with.is_none() => Some(&it.versions),
            _ => None,
        }
    }

    /// Whether it keeps plans from entering versions before others were stood upon.
    pub(in crate::catalog) fn is_gate(&self) -> bool {
        matches!(self.kind, RuleKind::Gate { .. })
    }

    /// Whether something must be over, or be checked, before a step passes it.
    pub(in crate::catalog) fn is_waited_for(&self) -> bool {
        match &self.kind {
            RuleKind::Gate { stop, .. } => stop.wait.is_some() || stop.check.is_some(),
            _ => false,
        }
    }

    /// The versions that have a known defect.
    pub(crate) fn defective(&self) -> Option<&Arc<Requirement>> {
        match &self.kind {
            RuleKind::Defect(it) => Some(&it.versions),
            _ => None,
        }
    }

    /// What it requires or excludes of another package.
    pub(crate) fn pair(&self) -> Option<Pair<'_>> {
        let (versions, with, requirement) = match &self.kind {
            RuleKind::Requires {
                versions,
                needs,
                requirement,
            } => {
                return Some(Pair {
                    versions,
                    with: Beside::Package(*needs),
                    requirement,
                    meets: true,
                });
            }
            RuleKind::Conflict {
                versions,
                with,
                with_versions,
            } => (versions, with, with_versions),
            RuleKind::Defect(defect) if defect.avoid => {
                let (with, with_versions) = defect.with.as_ref()?;
                (&defect.versions, with, with_versions)
            }
            _ => return None,
        };
        let with = match with {
            Other::Package(id) => Beside::Package(*id),
            Other::Outside(name) => Beside::Outside(name),
        };
        Some(Pair {
            versions,
            with,
            requirement,
            meets: false,
        })
    }

    /// The sets of releases of its package that it concerns, beside those that follow from the other parts.
    pub(in crate::catalog) fn sets(&self) -> impl Iterator<Item = SetId> {
        let sets = match &self.kind {
            RuleKind::Gate { enter, from, .. } => {
                let enter = match enter {
                    Enter::Versions { set, .. } => Some(*set),
                    Enter::Lines | Enter::Line(_) => None,
                };
                let from = match from {
                    GateFrom::Meets { set, .. } => Some(*set),
                    GateFrom::NewestOfLine => None,
                };
                [enter, from]
            }
            RuleKind::Skew(skew) => [Some(skew.set), None],
            _ => [None, None],
        };
        sets.into_iter().flatten()
    }

    /// The same before they are compiled, each with the versions that it is to hold.
    pub(in crate::catalog) fn sets_to_compile(
        &mut self,
    ) -> impl Iterator<Item = (&Arc<Requirement>, &mut SetId)> {
        let sets = match &mut self.kind {
            RuleKind::Gate { enter, from, .. } => {
                let enter = match enter {
                    Enter::Versions { requirement, set } => Some((&*requirement, set)),
                    Enter::Lines | Enter::Line(_) => None,
                };
                let from = match from {
                    GateFrom::Meets { requirement, set } => Some((&*requirement, set)),
                    GateFrom::NewestOfLine => None,
                };
                [enter, from]
            }
            RuleKind::Skew(skew) => [Some((&skew.versions, &mut skew.set)), None],
            _ => [None, None],
        };
        sets.into_iter().flatten()
    }
}
