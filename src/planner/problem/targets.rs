//! The values that a request asks for.

use super::build::Builder;
use super::{Set, Value};
use crate::catalog::{Package, Release, Role};
use crate::error::{Error, ErrorCode, Result};
use crate::planner::request::{RuntimeMove, Target};
use crate::version::Version;

impl Builder<'_> {
    pub(super) fn targets(&mut self) -> Result<Vec<usize>> {
        let mut targets = Vec::new();
        for (name, target) in &self.request.targets {
            let Some(at) = self.variable_of(name) else {
                let known = self.catalog.id(name).is_some();
                let of = if known { "the lockfile" } else { "the catalog" };
                let variables = self.variables.iter();
                let installed = variables.map(|it| self.catalog.get(it.package).name().as_str());
                return Err(Error::new(
                    ErrorCode::UnknownPackage,
                    format!("no package {name} in {of}"),
                )
                .with_nearest(
                    name,
                    installed,
                    "`rungs status` lists what is installed and known",
                ));
            };
            self.variables[at].target = Some(self.wanted(at, target));
            targets.push(at);
        }
        for variable in &mut self.variables {
            if variable.role != Role::Runtime || variable.start.is_empty() {
                continue;
            }
            let package = self.catalog.get(variable.package);
            if let RuntimeMove::To(text) = self.request.runtime_of(package.name().as_str()) {
                let wanted =
                    |version: &Version| version.as_str() == text || version.line() == *text;
                let mut target = Set::default();
                for (bit, value) in variable.values.iter().enumerate() {
                    let version = match value {
                        Value::Release(at) => Some(&package.releases[*at].version),
                        Value::Installed => variable.version.as_ref(),
                        Value::Absent | Value::Missing(_) => None,
                    };
                    if version.is_some_and(wanted) {
                        target.insert(bit);
                    }
                }
                variable.target = Some(target);
            }
        }
        Ok(targets)
    }

    /// The newest line that has a release which the rules let a state enter.
    fn newest_rung(&self, package: &Package) -> Option<usize> {
        let mut newest_first = package.releases.iter().rev();
        let newest = newest_first.find(|release| self.heed.may_enter(release));
        newest.map(|release| release.line)
    }

    /// The values that a target asks for.
    fn wanted(&self, at: usize, target: &Target) -> Set {
        let variable = &self.variables[at];
        let package = self.catalog.get(variable.package);
        // `None` where no release is on the line: then the installed version may still be.
        let line = match target {
            Target::Line(line) => package.line_index(line),
            Target::Requirement(_) => None,
            Target::Latest => self.newest_rung(package),
        };
        let set = match target {
            Target::Requirement(requirement) => Some(requirement.to_set()),
            Target::Line(_) | Target::Latest => None,
        };
        let releases = set.as_ref().map_or(Vec::new(), |set| {
            set.members(&package.releases, Release::version)
        });
        let mut values = Set::default();
        for bit in 1..variable.values.len() {
            let Some(version) = self.version(at, bit) else {
                continue;
            };
            let wanted = match target {
                Target::Line(_) | Target::Latest if line.is_some() => variable.lines[bit] == line,
                Target::Line(line) => version.line() == *line,
                Target::Requirement(_) => match variable.values[bit] {
                    Value::Release(release) => releases[release],
                    _ => set.as_ref().is_some_and(|set| set.contains(version)),
                },
                Target::Latest => false,
            };
            if wanted {
                values.insert(bit);
            }
        }
        values
    }
}
