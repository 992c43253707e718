//! What gates and bridges say of leaving a line.

use super::heed::Heed;
use crate::catalog::{
    Catalog, Enter, GateFrom, Package, PackageId, Rule, RuleId, RuleKind, SetId, Stop,
};
use crate::version::{Requirement, Version};
use std::ops::Range;

/// What a gate says, as the catalog has it.
#[derive(Clone, Copy)]
pub(crate) struct GateRule<'c> {
    pub(crate) enter: &'c Enter,
    pub(crate) from: &'c GateFrom,
    pub(crate) stop: &'c Stop,
}

impl GateRule<'_> {
    /// Whether a move of its package passes it.
    pub(crate) fn is_passed(&self, package: &Package, from: &Version, to: &Version) -> bool {
        match self.enter {
            Enter::Lines => from.line() != to.line(),
            Enter::Line(line) => {
                from.line() != to.line() && to.line() == package.lines()[*line].name()
            }
            Enter::Versions { requirement, .. } => {
                requirement.matches(to) && !requirement.matches(from)
            }
        }
    }
}

/// The gate of a rule, whether it is accepted or not.
pub(crate) fn gate(rule: &Rule) -> Option<GateRule<'_>> {
    match &rule.kind {
        RuleKind::Gate { enter, from, stop } => Some(GateRule { enter, from, stop }),
        _ => None,
    }
}

/// Whether a gate is before versions of a package, wherever their lines lie; also one that is
/// accepted.
pub(crate) fn gates_versions(catalog: &Catalog, package: PackageId) -> bool {
    let mut rules = catalog
        .rules()
        .iter()
        .filter(|rule| rule.package == package);
    rules.any(|rule| gate(rule).is_some_and(|it| matches!(it.enter, Enter::Versions { .. })))
}

/// A gate and its rule.
pub(crate) type Gate<'c> = (&'c Rule, &'c GateFrom);

/// The gates of one package.
pub(crate) struct Gates<'c> {
    general: Vec<Gate<'c>>,
    named: Vec<(usize, Vec<Gate<'c>>)>,
    versions: Vec<VersionGate<'c>>,
}

/// A gate before versions, wherever their lines lie.
pub(crate) struct VersionGate<'c> {
    pub(crate) rule: &'c Rule,
    pub(crate) enter: &'c Requirement,
    pub(crate) enters: SetId,
    pub(crate) from: &'c GateFrom,
}

impl<'c> Gates<'c> {
    pub(crate) fn new(catalog: &'c Catalog, heed: &Heed, package: PackageId) -> Self {
        let mut gates = Gates {
            general: Vec::new(),
            named: Vec::new(),
            versions: Vec::new(),
        };
        for (at, rule) in catalog.rules().iter().enumerate() {
            if rule.package != package {
                continue;
            }
            let Some(GateRule { enter, from, .. }) = gate(rule) else {
                continue;
            };
            let holds = heed.holds(RuleId::at(at));
            match enter {
                // A gate that names its line replaces the general ones, also where it does not hold.
                Enter::Line(line) => {
                    let found = gates.named.iter().position(|(it, _)| it == line);
                    let found = found.unwrap_or_else(|| {
                        gates.named.push((*line, Vec::new()));
                        gates.named.len() - 1
                    });
                    if holds {
                        gates.named[found].1.push((rule, from));
                    }
                }
                Enter::Versions { requirement, set } if holds => gates.versions.push(VersionGate {
                    rule,
                    enter: requirement,
                    enters: *set,
                    from,
                }),
                Enter::Lines if holds => gates.general.push((rule, from)),
                Enter::Lines | Enter::Versions { .. } => {}
            }
        }
        gates
    }

    /// Those before a line; of a line that the catalog does not have, the general ones.
    pub(crate) fn before(&self, line: Option<usize>) -> &[Gate<'c>] {
        let named = self.named.iter().find(|(it, _)| Some(*it) == line);
        named.map_or(&self.general, |(_, gates)| gates)
    }

    /// Those before versions.
    pub(crate) fn versions(&self) -> &[VersionGate<'c>] {
        &self.versions
    }

    /// Those that name their line, line by line.
    pub(crate) fn named(&self) -> impl Iterator<Item = (usize, &[Gate<'c>])> {
        self.named
            .iter()
            .map(|(line, gates)| (*line, gates.as_slice()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.versions.is_empty() && self.is_empty_of_lines()
    }

    /// Whether no gate concerns lines.
    pub(crate) fn is_empty_of_lines(&self) -> bool {
        self.general.is_empty() && self.named.iter().all(|(_, gates)| gates.is_empty())
    }
}

/// Of each line of a package from which bridges lead, the lines that they lead to.
pub(crate) fn bridges<'c, 'h>(
    catalog: &'c Catalog,
    heed: &'h Heed,
    package: PackageId,
) -> impl Iterator<Item = (usize, &'c [usize])> + use<'c, 'h> {
    heed.rules(catalog)
        .filter_map(move |(_, rule)| match &rule.kind {
            RuleKind::Bridge { from, to } if rule.package == package => {
                Some((*from, to.as_slice()))
            }
            _ => None,
        })
}

/// The releases that edges lead to from a release, in runs: those of which every risk is accepted or
/// known not to apply.
pub(crate) fn edges<'c>(
    package: &'c Package,
    heed: &'c Heed,
    release: usize,
) -> impl Iterator<Item = Range<usize>> + use<'c> {
    let spans = package.edges.leaving(release);
    let open = spans.filter(|(_, risks)| !risks.iter().any(|risk| heed.holds(*risk)));
    open.map(|(releases, _)| releases)
}
