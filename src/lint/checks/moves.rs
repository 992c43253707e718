//! The way from one version to another: down, over lines, through gates.

use crate::catalog::{GateFrom, Moves, Package, Release, Role, Rule};
use crate::lint::codes::{LintRule, LintSeverity};
use crate::lint::finding::cited;
use crate::lint::judge::{Move, View, resolved};
use crate::lint::message::{LintHelp, LintMessage};
use crate::lockfile::{Origin, Snapshot};
use crate::rules::{self, Gates, Says};
use crate::version::Version;

impl<'a> View<'a> {
    /// The way from one version to the other: down, over lines, through gates.
    pub(in crate::lint) fn climb(&mut self, step: &Move<'a>) {
        let package = step.package;
        let name = package.name().as_str();
        let Some(from) = step.from.as_ref().filter(|from| **from != step.to) else {
            return;
        };
        if step.to < *from {
            self.downgrade(step);
            return;
        }
        self.edge(step, from);
        self.version_gates(step, from);
        let (here, there) = (from.line(), step.to.line());
        if here == there {
            return;
        }
        let one_by_one = match (package.moves(), package.role()) {
            (Moves::Any | Moves::Edges, _) | (Moves::Lines, Role::Follower | Role::Lazy) => false,
            (Moves::Lines, Role::Stepped) => true,
            (Moves::Lines, Role::Runtime) => package.one_line_at_a_time,
        };
        let enter = package.line_index(&there);
        let mut passes = false;
        if one_by_one && !self.is_bridged(step, &here, enter) {
            let mut skipped: Vec<String> = package
                .releases()
                .iter()
                .filter(|release| release.version() > from && *release.version() < step.to)
                .filter(|release| self.is_fit(release))
                .map(|release| release.version().line())
                .filter(|line| *line != here && *line != there)
                .collect();
            skipped.dedup();
            if let Some(next) = skipped.first() {
                let help = LintHelp::NextLine { line: next.clone() };
                let message = LintMessage::SkippedLines {
                    package: name.to_owned(),
                    lines: skipped,
                };
                self.say(LintRule::SkippedLine, step, message).help = Some(help);
                passes = true;
            }
        }
        self.gates(step, from, enter, passes);
    }

    /// Where a package moves along edges, one must lead there.
    fn edge(&mut self, step: &Move<'a>, from: &Version) {
        let package = step.package;
        let places = package
            .release_index(from)
            .zip(package.release_index(&step.to));
        let Some((left, entered)) = places.filter(|_| package.moves() == Moves::Edges) else {
            return;
        };
        let mut ahead = rules::edges(package, &self.request.heed, left);
        if !ahead.any(|releases| releases.contains(&entered)) {
            let message = LintMessage::NoEdge {
                package: step.name().to_owned(),
                from: from.to_string(),
                to: step.to.to_string(),
            };
            self.say(LintRule::SkippedLine, step, message);
        }
    }

    /// Gates before versions, wherever their lines lie.
    fn version_gates(&mut self, step: &Move<'a>, from: &Version) {
        let Some(id) = self.catalog.id(step.name()) else {
            return;
        };
        let gates = Gates::new(self.catalog, &self.told, id);
        for gate in gates.versions() {
            let enters = gate.enter.matches(&step.to) && !gate.enter.matches(from);
            match gate.from {
                GateFrom::Meets { requirement, .. } if enters && !requirement.matches(from) => {
                    let wanted = requirement.to_string();
                    self.gate_not_met(step, from, gate.rule, &wanted, step.to.as_str());
                }
                _ => {}
            }
        }
    }

    fn gate_not_met(
        &mut self,
        step: &Move<'a>,
        from: &Version,
        rule: &Rule,
        wanted: &str,
        entered: &str,
    ) {
        let message = LintMessage::GateNotMet {
            package: step.name().to_owned(),
            line: entered.to_owned(),
            from: from.to_string(),
            wanted: wanted.to_owned(),
            why: rule.why().to_owned(),
        };
        let finding = self.say(LintRule::GateNotMet, step, message);
        finding.help = Some(LintHelp::DeployFirst {
            package: step.name().to_owned(),
            version: wanted.to_owned(),
        });
        finding.cited = Some(cited(rule));
    }

    /// What goes down to leave a broken pair or a bad release does what it should.
    fn downgrade(&mut self, step: &Move<'a>) {
        let (name, to) = (step.name(), &step.to);
        let was = self.against(self.old, name);
        let is = self.against(self.new, name);
        let mut cured = was.iter().filter(|rule| {
            let mut still = is.iter();
            !still.any(|other| other.id() == rule.id())
        });
        match cured.next().filter(|_| is.is_empty()) {
            Some(rule) => {
                let message = LintMessage::Downgraded {
                    package: name.to_owned(),
                    to: to.to_string(),
                    ends: Some(rule.why().to_owned()),
                };
                let finding = self.say(LintRule::Downgrade, step, message);
                finding.severity = LintSeverity::Note;
                finding.cited = Some(cited(rule));
            }
            None => {
                let message = LintMessage::Downgraded {
                    package: name.to_owned(),
                    to: to.to_string(),
                    ends: None,
                };
                self.say(LintRule::Downgrade, step, message);
            }
        }
    }

    /// The rules that a package breaks in a snapshot, on either side of a pair, and its defects that
    /// plans avoid.
    fn against(&self, snapshot: &Snapshot, name: &str) -> Vec<&'a Rule> {
        let installed = |name: &str| installed(snapshot, name);
        let mut against = Vec::new();
        for (_, rule) in self.told.rules(self.catalog) {
            let of = self.catalog.get(rule.package).name().as_str();
            let Some(version) = installed(of) else {
                continue;
            };
            let other = match rules::broken(self.catalog, rule, &version, installed) {
                Some(Says::Apart { with, .. }) => Some(with.as_str()),
                Some(Says::Needs { on, .. }) => Some(on.as_str()),
                Some(Says::Never) => Some(of),
                None => rules::defect(self.catalog, rule, &version, installed)
                    .filter(|defect| defect.avoid)
                    .map(|_| of),
            };
            if other.is_some_and(|other| other == name || of == name) {
                against.push(rule);
            }
        }
        against
    }

    fn is_bridged(&self, step: &Move<'_>, here: &str, enter: Option<usize>) -> bool {
        let Some(id) = self.catalog.id(step.name()) else {
            return false;
        };
        let here = step.package.line_index(here);
        let mut bridges = rules::bridges(self.catalog, &self.told, id);
        bridges
            .any(|(from, to)| Some(from) == here && enter.is_some_and(|enter| to.contains(&enter)))
    }

    /// Where lines were passed over, a gate that asks for the newest of the line before means another
    /// line than the one that was left.
    fn gates(&mut self, step: &Move<'a>, from: &Version, enter: Option<usize>, passes: bool) {
        let package = step.package;
        let Some(id) = self.catalog.id(step.name()) else {
            return;
        };
        let gates = Gates::new(self.catalog, &self.told, id);
        for (rule, gate) in gates.before(enter) {
            let wanted = match gate {
                GateFrom::NewestOfLine if passes => continue,
                GateFrom::NewestOfLine => match self.newer_in_line(package, from) {
                    Some(newest) => newest.as_str().to_owned(),
                    None => continue,
                },
                GateFrom::Meets { requirement, .. } if requirement.matches(from) => continue,
                GateFrom::Meets { requirement, .. } => requirement.to_string(),
            };
            self.gate_not_met(step, from, rule, &wanted, &step.to.line());
        }
    }

    /// The newest fit release of a line above a version that the runtime left behind can run.
    fn newer_in_line(&self, package: &'a Package, from: &Version) -> Option<&'a Version> {
        let line = from.line();
        let runs = |release: &Release| {
            release.requirements().iter().all(|dependency| {
                let on = self.catalog.package(dependency.name().as_str());
                let runtime = on.filter(|on| on.role() == Role::Runtime).and_then(|on| {
                    let text = self.old.runtime(on.name().as_str())?;
                    resolved(on, text).ok()
                });
                runtime.is_none_or(|version| dependency.requirement().matches(&version))
            })
        };
        package
            .releases()
            .iter()
            .rev()
            .take_while(|release| release.version() > from)
            .find(|release| {
                release.version().line() == line && self.is_fit(release) && runs(release)
            })
            .map(Release::version)
    }
}

/// The version of a package, where its version says what it is.
pub(in crate::lint) fn installed(snapshot: &Snapshot, name: &str) -> Option<Version> {
    let installed = snapshot.packages.get(name)?;
    (installed.origin() == Origin::Registry).then(|| installed.version().clone())
}
