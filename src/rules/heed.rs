//! Which rules hold in a question.

use crate::catalog::{Catalog, Force, PackageId, Release, Rule, RuleId, RuleKind};

/// Whether a rule is of a kind that keeps plans from something that they would do without it.
pub(crate) fn binds(rule: &Rule) -> bool {
    match &rule.kind {
        RuleKind::Gate { .. }
        | RuleKind::Requires { .. }
        | RuleKind::Conflict { .. }
        | RuleKind::Risk { .. }
        | RuleKind::Skew(_) => true,
        RuleKind::Defect(defect) => defect.avoid,
        RuleKind::Blocked { .. } | RuleKind::Bridge { .. } | RuleKind::Discontinued { .. } => false,
    }
}

/// Whether a rule is of a kind that makes ways longer.
pub(crate) fn lengthens(rule: &Rule) -> bool {
    matches!(
        rule.kind,
        RuleKind::Gate { .. } | RuleKind::Risk { .. } | RuleKind::Skew(_)
    )
}

/// Whether a user may do without a rule, by name: it is marked `should` and [binds].
pub(crate) fn is_acceptable(rule: &Rule) -> bool {
    binds(rule) && rule.force() == Force::Should
}

/// The rules of a catalog that hold: all but those that were accepted or whose condition is known
/// to be a no.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heed {
    /// Sorted; mostly few.
    off: Vec<RuleId>,
    /// Those of them whose condition is a no; sorted.
    denied: Vec<RuleId>,
    /// Prereleases may be entered.
    prereleases: bool,
}

impl Heed {
    pub(crate) fn new(
        catalog: &Catalog,
        accepted: impl IntoIterator<Item = RuleId>,
        properties: &[(String, bool)],
    ) -> Self {
        let mut off: Vec<RuleId> = accepted.into_iter().collect();
        let mut denied_rules: Vec<RuleId> = Vec::new();
        let denied = |rule: &Rule| {
            let mut known = properties.iter().filter(|(_, holds)| !holds);
            known.any(|(id, _)| rule.conditions.iter().any(|it| *it == **id))
        };
        if properties.iter().any(|(_, holds)| !holds) {
            let rules = catalog.rules().iter().enumerate();
            let denied = rules.filter(|(_, rule)| denied(rule));
            denied_rules.extend(denied.map(|(at, _)| RuleId::at(at)));
        }
        off.extend(catalog.idle_risks());
        off.extend(&denied_rules);
        off.sort_unstable();
        Heed {
            off,
            denied: denied_rules,
            prereleases: false,
        }
    }

    pub(crate) fn with_prereleases(self, prereleases: bool) -> Self {
        Heed {
            prereleases,
            ..self
        }
    }

    /// Whether a condition of the rule is known to be a no.
    pub(crate) fn is_denied(&self, rule: RuleId) -> bool {
        self.denied.binary_search(&rule).is_ok()
    }

    pub(crate) fn holds(&self, rule: RuleId) -> bool {
        self.off.binary_search(&rule).is_err()
    }

    /// Whether all rules hold.
    pub(crate) fn is_plain(&self) -> bool {
        self.off.is_empty() && !self.prereleases
    }

    /// The rules that hold, by id.
    pub(crate) fn rules<'c, 'h>(
        &'h self,
        catalog: &'c Catalog,
    ) -> impl Iterator<Item = (RuleId, &'c Rule)> + use<'c, 'h> {
        let rules = catalog.rules().iter().enumerate();
        let rules = rules.map(|(at, rule)| (RuleId::at(at), rule));
        rules.filter(move |(id, _)| self.holds(*id))
    }

    /// The rules about a package that hold, by id.
    pub(crate) fn rules_of<'c, 'h>(
        &'h self,
        catalog: &'c Catalog,
        package: PackageId,
    ) -> impl Iterator<Item = (RuleId, &'c Rule)> + use<'c, 'h> {
        catalog
            .rules_of(package)
            .filter(move |(id, _)| self.holds(*id))
    }

    /// May a state enter this release? Not where it was withdrawn, is a prerelease, is blocked, or is
    /// to be avoided.
    pub(crate) fn may_enter(&self, release: &Release) -> bool {
        if release.is_enterable() {
            return true;
        }
        let early = release.prerelease && !self.prereleases;
        let is_blocked = release.blocked.iter().any(|rule| self.holds(*rule));
        let is_out = release.yanked || early || is_blocked;
        !is_out && !release.avoided.iter().any(|rule| self.holds(*rule))
    }
}
