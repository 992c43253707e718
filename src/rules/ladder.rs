//! What gates and bridges say of leaving a line.

use super::heed::Heed;
use crate::catalog::{Catalog, Enter, GateFrom, Package, PackageId, Rule, RuleKind, SetId, Stop};
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
    let mut rules = catalog.gates_of(package);
    rules.any(|(_, rule)| gate(rule).is_some_and(|it| matches!(it.enter, Enter::Versions { .. })))
}

/// A gate and its rule.
pub(crate) type Gate<'c> = (&'c Rule, &'c GateFrom);

/// The gates of one package.
pub(crate) struct Gates<'c> {
    general: Vec<Gate<'c>>,
    /// The lines that gates name, whether these hold or not, ascending.
    lines: Vec<usize>,
    /// Those that hold, by line.
    named: Vec<(usize, Gate<'c>)>,
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
            lines: Vec::new(),
            named: Vec::new(),
            versions: version_gates(catalog, heed, package).collect(),
        };
        for (id, rule) in catalog.gates_of(package) {
            let Some(GateRule { enter, from, .. }) = gate(rule) else {
                continue;
            };
            let holds = heed.holds(id);
            match enter {
                // A gate that names its line replaces the general ones, also where it does not hold.
                Enter::Line(line) => {
                    gates.lines.push(*line);
                    if holds {
                        gates.named.push((*line, (rule, from)));
                    }
                }
                Enter::Lines if holds => gates.general.push((rule, from)),
                Enter::Lines | Enter::Versions { .. } => {}
            }
        }
        gates.lines.sort_unstable();
        gates.lines.dedup();
        gates.named.sort_by_key(|(line, _)| *line);
        gates
    }

    /// Those before a line; of a line that the catalog does not have, the general ones.
    pub(crate) fn before(&self, line: Option<usize>) -> impl Iterator<Item = Gate<'c>> {
        let named = line.filter(|line| self.lines.binary_search(line).is_ok());
        let general = match named {
            Some(_) => &[],
            None => self.general.as_slice(),
        };
        let named = named.map_or(&[][..], |line| self.of(line)).iter();
        named.map(|(_, gate)| *gate).chain(general.iter().copied())
    }

    /// Those that name a line.
    fn of(&self, line: usize) -> &[(usize, Gate<'c>)] {
        let start = self.named.partition_point(|(it, _)| *it < line);
        let rest = &self.named[start..];
        &rest[..rest.partition_point(|(it, _)| *it == line)]
    }

    /// Those before versions.
    pub(crate) fn versions(&self) -> &[VersionGate<'c>] {
        &self.versions
    }

    /// The lines that gates name, in the catalog's order of lines.
    pub(crate) fn lines(&self) -> &[usize] {
        &self.lines
    }

    /// The sets of releases that they ask about: they let releases of one line through alike that are in the same of
    /// these sets.
    pub(crate) fn sets(&self) -> impl Iterator<Item = SetId> {
        let named = self.named.iter().map(|(_, gate)| gate);
        let of_lines = named.chain(&self.general).map(|(_, from)| *from);
        let of_versions = self.versions.iter().map(|it| it.from);
        let froms = of_lines.chain(of_versions).filter_map(|from| match from {
            GateFrom::Meets { set, .. } => Some(*set),
            GateFrom::NewestOfLine => None,
        });
        froms.chain(self.versions.iter().map(|it| it.enters))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.versions.is_empty() && self.is_empty_of_lines()
    }

    /// Whether no gate concerns lines.
    pub(crate) fn is_empty_of_lines(&self) -> bool {
        self.general.is_empty() && self.named.is_empty()
    }
}

/// The gates before versions of a package, wherever their lines lie, that hold.
pub(crate) fn version_gates<'c, 'h>(
    catalog: &'c Catalog,
    heed: &'h Heed,
    package: PackageId,
) -> impl Iterator<Item = VersionGate<'c>> + use<'c, 'h> {
    let rules = catalog.gates_of(package).filter(|(id, _)| heed.holds(*id));
    rules.filter_map(|(_, rule)| {
        let GateRule { enter, from, .. } = gate(rule)?;
        match enter {
            Enter::Versions { requirement, set } => Some(VersionGate {
                rule,
                enter: requirement,
                enters: *set,
                from,
            }),
            Enter::Line(_) | Enter::Lines => None,
        }
    })
}

/// Of each line of a package from which bridges lead, the lines that they lead to.
pub(crate) fn bridges<'c, 'h>(
    catalog: &'c Catalog,
    heed: &'h Heed,
    package: PackageId,
) -> impl Iterator<Item = (usize, &'c [usize])> + use<'c, 'h> {
    heed.rules_of(catalog, package)
        .filter_map(|(_, rule)| match &rule.kind {
            RuleKind::Bridge { from, to } => Some((*from, to.as_slice())),
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
