//! The values of one package or runtime.

use super::build::Builder;
use super::scope::Held;
use super::{ABSENT, Gated, Mask, Value, Variable};
use crate::catalog::{Package, PackageId, Role};
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::Snapshot;
use crate::plan::PlanWarning;
use crate::planner::installed;
use crate::planner::limits::MAX_VALUES;
use crate::planner::request::{Request, RuntimeMove, Target};
use crate::rules;
use crate::version::{Requirement, Version};

impl<'a> Builder<'a> {
    pub(super) fn variable(
        &self,
        id: PackageId,
        held: Option<&Held<'_>>,
        optional: bool,
        older: bool,
        unknown: &mut Vec<(PackageId, PlanWarning)>,
    ) -> Result<Variable> {
        let package = self.catalog.get(id);
        let name = package.name().as_str();
        let runtime = package.role() == Role::Runtime;
        let installed = self.snapshot.packages.get(name);
        let version = if runtime {
            self.runtime(id)?
        } else {
            installed.map(|installed| installed.version.clone())
        };
        let known = version
            .as_ref()
            .and_then(|version| package.release_index(version));
        let foreign = installed::is_foreign(self.snapshot, name);
        if let (Some(version), false) = (&version, runtime) {
            let (package, version) = (package.name().clone(), version.clone());
            if foreign {
                unknown.push((id, PlanWarning::ForeignSource { package, version }));
            } else if known.is_none() {
                let horizon = self.catalog.horizon();
                let warning = PlanWarning::NotInCatalog {
                    package,
                    version,
                    horizon,
                };
                unknown.push((id, warning));
            }
        }
        let mut pins = self.pins(id)?;
        pins.extend(self.gemfile(name));
        let target = self
            .request
            .targets
            .iter()
            .find_map(|(on, target)| match target {
                Target::Requirement(requirement) if on == name => Some(requirement),
                _ => None,
            });
        let clashing =
            rules::outside_clashes(self.catalog, &self.heed, self.snapshot, id, |rule, gem| {
                let line = rules::held_by_line(self.catalog, self.snapshot, rule);
                line.is_none() && self.stays_as_it_is(gem)
            });
        let clashes = |version: &Version| clashing.iter().any(|(_, _, it)| it.matches(version));
        let admitted = |at: usize| {
            let release = &package.releases[at];
            self.is_fit(release)
                && !clashes(&release.version)
                && installed::clash(release, &self.foreign_wants).is_none()
                && held.is_none_or(|held| held.admits(at))
                && pins.iter().all(|pin| pin.matches(&release.version))
        };
        let first = version.as_ref().map_or(0, |version| {
            package
                .releases
                .partition_point(|release| release.version < *version)
        });
        let after = first + usize::from(known.is_some());
        let newest_of_line = runtime && version.is_some();
        // Newest first; the newest of each run of releases that nothing can tell apart.
        // Packages outside may tell apart what nothing in the catalog does.
        let each = self.what_if.movable.is_some() && !newest_of_line;
        let ahead = package.releases[after..].iter();
        let each = each && ahead.filter(|it| self.is_fit(it)).count() < MAX_VALUES - 2;
        let pick = |range: std::ops::Range<usize>| {
            let mut picked = Vec::new();
            let mut last = None;
            for at in range.rev().filter(|at| admitted(*at)) {
                let release = &package.releases[at];
                let key = if newest_of_line {
                    (release.line, false)
                } else if each {
                    (at, false)
                } else {
                    let in_target = target.is_some_and(|target| target.matches(&release.version));
                    (release.signature as usize, in_target)
                };
                if last != Some(key) {
                    picked.push(at);
                    last = Some(key);
                }
            }
            picked.reverse();
            picked
        };
        let newer = if foreign {
            Vec::new()
        } else {
            pick(after..package.releases.len())
        };
        let older = if older && !foreign {
            pick(0..first)
        } else {
            Vec::new()
        };
        let mut values = vec![Value::Absent];
        values.extend(older.into_iter().map(Value::Release));
        let mut start = if runtime { 0 } else { ABSENT };
        if version.is_some() {
            start = 1 << values.len().min(MAX_VALUES - 1);
            values.push(Value::Installed);
        }
        values.extend(newer.into_iter().map(Value::Release));
        if values.len() > MAX_VALUES {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!(
                    "{name} has {} different releases ahead: expected at most {}",
                    values.len(),
                    MAX_VALUES - 2
                ),
            ));
        }
        let all = Mask::MAX >> (MAX_VALUES - values.len());
        let mut enter = all & !ABSENT;
        if !known.is_some_and(admitted) || foreign {
            enter &= !start;
        }
        let mut domain = enter;
        // A bad release beside what is installed has an exit, and no entrance.
        let stands = |version: &Version| {
            let mut conflicts = clashing
                .iter()
                .filter(|(rule, _, _)| !rules::is_defect(rule));
            held.is_none_or(|held| held.matches(version))
                && !conflicts.any(|(_, _, it)| it.matches(version))
        };
        if version.as_ref().is_some_and(stands) {
            domain |= start;
        }
        if optional {
            domain |= ABSENT;
        }
        if runtime && start != 0 && self.request.runtime == RuntimeMove::Fixed {
            domain &= start;
        }
        let count = values.len();
        let lines: Vec<Option<usize>> = values
            .iter()
            .map(|value| match value {
                Value::Absent => None,
                Value::Release(at) => Some(package.releases[*at].line),
                Value::Installed => match known {
                    Some(at) => Some(package.releases[at].line),
                    None => version
                        .as_ref()
                        .and_then(|version| package.line_index(&version.line())),
                },
            })
            .collect();
        Ok(Variable {
            package: id,
            role: package.role(),
            start,
            domain,
            enter,
            is_free: false,
            optional,
            next: vec![0; count],
            gated: vec![Gated::default(); count],
            demands: vec![0; count],
            target: Mask::MAX,
            labels: if runtime {
                labels(package, &values, &lines, version.as_ref())
            } else {
                Vec::new()
            },
            values,
            version,
            lines,
        })
    }

    /// What the Gemfile requires of a package, where that is to be kept.
    fn gemfile(&self, name: &str) -> Option<&'a Requirement> {
        let (request, snapshot): (&'a Request, &'a Snapshot) = (self.request, self.snapshot);
        let keeps = request.keep_gemfile && !self.what_if.edited.iter().any(|it| it == name);
        snapshot.direct.get(name).filter(|_| keeps)?.as_ref()
    }

    fn pins(&self, id: PackageId) -> Result<Vec<&'a Requirement>> {
        let package = self.catalog.get(id);
        let name = package.name().as_str();
        let request: &'a Request = self.request;
        let pins: Vec<&Requirement> = request
            .pins
            .iter()
            .filter(|(pinned, _)| pinned == name)
            .map(|(_, requirement)| requirement)
            .collect();
        let meets = |version: &Version| pins.iter().all(|pin| pin.matches(version));
        let contradict = pins.len() > 1
            && !package
                .releases
                .iter()
                .any(|release| meets(&release.version));
        if contradict {
            let all: Vec<String> = pins.iter().map(ToString::to_string).collect();
            return Err(Error::new(
                ErrorCode::ContradictoryPins,
                format!(
                    "the pins on {name} leave no release of it: {}",
                    all.join(" and ")
                ),
            )
            .with_help("lift one of them"));
        }
        Ok(pins)
    }

    /// The installed runtime: a line stands for its newest patch.
    fn runtime(&self, id: PackageId) -> Result<Option<Version>> {
        let package = self.catalog.get(id);
        let Some(text) = self.snapshot.runtime(package.name().as_str()) else {
            return Ok(None);
        };
        if let Some(line) = package.line_index(text) {
            let newest = package
                .releases
                .iter()
                .rev()
                .find(|release| release.line == line);
            return Ok(newest.map(|release| release.version.clone()));
        }
        Version::parse(package.scheme(), text).map(Some)
    }
}

/// How the values of a runtime are called: by its line what is the newest patch of it.
fn labels(
    package: &Package,
    values: &[Value],
    lines: &[Option<usize>],
    installed: Option<&Version>,
) -> Vec<String> {
    let newest = |line: usize| {
        package
            .releases
            .iter()
            .rfind(|release| release.line == line)
    };
    let names = values.iter().zip(lines).map(|(value, line)| {
        let version = match value {
            Value::Absent => None,
            Value::Installed => installed,
            Value::Release(at) => Some(&package.releases[*at].version),
        };
        let newest = line.and_then(newest).map(|release| &release.version);
        match (version, line) {
            (Some(version), Some(line)) if newest == Some(version) => {
                package.lines[*line].name.to_string()
            }
            (Some(version), _) => version.to_string(),
            (None, _) => String::new(),
        }
    });
    names.collect()
}
