//! What gates and bridges say of leaving a line.

use super::heed::Heed;
use crate::catalog::{Catalog, GateFrom, PackageId, Rule, RuleId, RuleKind};

/// A gate and its rule.
pub(crate) type Gate<'c> = (&'c Rule, &'c GateFrom);

/// The gates of one package.
pub(crate) struct Gates<'c> {
    general: Vec<Gate<'c>>,
    named: Vec<(usize, Vec<Gate<'c>>)>,
}

impl<'c> Gates<'c> {
    pub(crate) fn new(catalog: &'c Catalog, heed: &Heed, package: PackageId) -> Self {
        let mut gates = Gates {
            general: Vec::new(),
            named: Vec::new(),
        };
        for (at, rule) in catalog.rules().iter().enumerate() {
            let RuleKind::Gate { enter, from } = &rule.kind else {
                continue;
            };
            if rule.package != package {
                continue;
            }
            // A gate that names its line replaces the general ones, also where it does not hold.
            let found = enter.map(|line| gates.named.iter().position(|(it, _)| *it == line));
            let of_line = match (enter, found) {
                (Some(line), Some(None)) => {
                    gates.named.push((*line, Vec::new()));
                    gates.named.last_mut().map(|(_, gates)| gates)
                }
                (_, Some(Some(at))) => Some(&mut gates.named[at].1),
                _ => None,
            };
            let of_line = of_line.unwrap_or(&mut gates.general);
            if heed.holds(RuleId::at(at)) {
                of_line.push((rule, from));
            }
        }
        gates
    }

    /// Those before a line; of a line that the catalog does not have, the general ones.
    pub(crate) fn before(&self, line: Option<usize>) -> &[Gate<'c>] {
        let named = self.named.iter().find(|(it, _)| Some(*it) == line);
        named.map_or(&self.general, |(_, gates)| gates)
    }

    /// Those that name their line, line by line.
    pub(crate) fn named(&self) -> impl Iterator<Item = (usize, &[Gate<'c>])> {
        self.named.iter().map(|(line, gates)| (*line, gates.as_slice()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.general.is_empty() && self.named.iter().all(|(_, gates)| gates.is_empty())
    }
}

/// Of each line of a package from which bridges lead, the lines that they lead to.
pub(crate) fn bridges(
    catalog: &Catalog,
    package: PackageId,
) -> impl Iterator<Item = (usize, &[usize])> {
    let rules = catalog.rules().iter();
    rules.filter_map(move |rule| match &rule.kind {
        RuleKind::Bridge { from, to } if rule.package == package => Some((*from, to.as_slice())),
        _ => None,
    })
}
