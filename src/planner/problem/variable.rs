//! The values of one package or runtime.

use super::build::Builder;
use super::scope::HolderRequirements;
use super::{ABSENT, CandidateValues, Next, Set, Value, Variable};
use crate::catalog::{Package, PackageId, Release, Role, Rule};
use crate::date::Date;
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::{Origin, Snapshot};
use crate::name::Name;
use crate::plan::PlanWarning;
use crate::planner::installed;
use crate::planner::limits::{IS_PAGE, MAX_VALUES};
use crate::planner::request::{Request, RuntimeMove, Target};
use crate::rules;
use crate::version::{Requirement, Version};

impl<'a> Builder<'a> {
    pub(super) fn variable(
        &self,
        id: PackageId,
        held: Option<&HolderRequirements<'_>>,
        optional: bool,
        older: bool,
        unknown: &mut Vec<(PackageId, PlanWarning)>,
    ) -> Result<Variable> {
        let package = self.catalog.get(id);
        let name = package.name().as_str();
        let runtime = package.role() == Role::Runtime;
        let installed = self.installed[id.index()];
        let version = if runtime {
            self.runtime(id)?
        } else {
            installed.map(|(installed, _)| installed.version.clone())
        };
        let known = match installed {
            Some((_, place)) if !runtime => place,
            _ => {
                let version = version.as_ref();
                version.and_then(|version| package.release_index(version))
            }
        };
        let foreign = installed.is_some_and(|(it, _)| it.origin != Origin::Registry);
        if let (Some(version), false) = (&version, runtime) {
            let (package, version) = (package.name().clone(), version.clone());
            if foreign {
                unknown.push((
                    id,
                    PlanWarning::ForeignSource {
                        package,
                        version,
                        packages: 1,
                    },
                ));
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
        let admission = self.admission(id, held)?;
        let admitted = |at: usize| admission.admits(at);
        let first = match (known, &version) {
            (Some(known), _) => known,
            (None, Some(version)) => {
                let releases = &package.releases;
                releases.partition_point(|release| release.version < *version)
            }
            (None, None) => 0,
        };
        let after = first + usize::from(known.is_some());
        let newest_of_line = runtime && version.is_some();
        // Newest first; the newest of each run of releases that nothing can tell apart.
        // Packages outside may tell apart what nothing in the catalog does.
        let each = self.what_if.movable.is_some() && !newest_of_line;
        let ahead = package.releases[after..].iter();
        let each = each && ahead.filter(|it| self.is_fit(it)).count() < MAX_VALUES - 2;
        let releases: &[Release] = &package.releases;
        let pick = |range: std::ops::Range<usize>| {
            let mut picked = Vec::with_capacity(32);
            let mut last = None;
            for at in range.rev() {
                let release = &releases[at];
                let key = if newest_of_line {
                    (release.line, false)
                } else if each {
                    (at, false)
                } else {
                    let sign = release.signature as usize;
                    (sign, admission.in_target(at))
                };
                if last != Some(key) && admitted(at) {
                    picked.push(at);
                    last = Some(key);
                }
            }
            picked.reverse();
            picked
        };
        // Where nothing excludes a release by itself they are the same for every question.
        let is_free = !IS_PAGE
            && !newest_of_line
            && !each
            && !older
            && !foreign
            && package.lockstep().is_none();
        let candidates = Some(self.catalog.candidates(id));
        let candidates = candidates.filter(|it| is_free && admission.is_open(it.latest));
        let candidates = candidates.map(|it| {
            let below = |place: &u32| (*place as usize) < after;
            (&it.places, it.places.partition_point(below))
        });
        let like_installed = || {
            let (places, _) = candidates?;
            let stands = known?;
            let below = |place: &u32| (*place as usize) < stands;
            let like = places.partition_point(below);
            let other = &releases[*places.get(like)? as usize];
            let installed = &releases[stands];
            // A bad pair that is installed may stay.
            let mut rules = installed.needs.iter().filter_map(|need| need.rule);
            let is_bad = rules.any(|rule| self.is_defect(rule));
            (other.signature == installed.signature && !is_bad).then_some(like)
        };
        let values = match (package.lockstep(), candidates) {
            (Some(_), _) => self.shared_values(package, version.as_ref()),
            (None, Some((places, first))) => {
                let installed = version.iter().map(|_| Value::Installed);
                let releases = places[first..].iter();
                let releases = releases.map(|place| Value::Release(*place as usize));
                let absent = std::iter::once(Value::Absent);
                absent.chain(installed).chain(releases).collect()
            }
            (None, None) => {
                let mut values = Vec::with_capacity(32);
                values.push(Value::Absent);
                if older && !foreign {
                    values.extend(pick(0..first).into_iter().map(Value::Release));
                }
                values.extend(version.as_ref().map(|_| Value::Installed));
                if !foreign {
                    let newer = pick(after..package.releases.len());
                    values.extend(newer.into_iter().map(Value::Release));
                }
                values
            }
        };
        let stands_at = values.iter().position(|it| matches!(it, Value::Installed));
        let start = match stands_at {
            Some(bit) => Set::only(bit),
            None if runtime => Set::default(),
            None => Set::only(ABSENT),
        };
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
        let mut enter = Set::below(values.len());
        enter.remove(ABSENT);
        if package.lockstep().is_some() {
            let lowest = stands_at.filter(|_| !older).unwrap_or(ABSENT);
            for (bit, value) in values.iter().enumerate() {
                let enters = match value {
                    Value::Release(at) => !foreign && bit > lowest && admitted(*at),
                    Value::Installed => true,
                    Value::Absent | Value::Missing(_) => false,
                };
                if !enters {
                    enter.remove(bit);
                }
            }
        }
        if !known.is_some_and(&admitted) || foreign {
            enter = enter.without(&start);
        }
        let mut domain = enter.clone();
        // A bad release beside what is installed has an exit, and no entrance.
        let stands = |version: &Version| {
            let mut conflicts = admission
                .clashing
                .iter()
                .filter(|(rule, _, _)| !rules::is_defect(rule));
            held.is_none_or(|held| held.matches(version))
                && !conflicts.any(|(_, _, it)| it.matches(version))
        };
        if version.as_ref().is_some_and(stands) {
            domain.add(&start);
        }
        if optional {
            domain.insert(ABSENT);
        }
        if runtime && !start.is_empty() && *self.request.runtime_of(name) == RuntimeMove::Fixed {
            domain.keep(&start);
        }
        let count = values.len();
        let lines: Vec<Option<usize>> = values
            .iter()
            .map(|value| match value {
                Value::Absent | Value::Missing(_) => None,
                Value::Release(at) => Some(releases[*at].line),
                Value::Installed => match known {
                    Some(at) => Some(releases[at].line),
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
            early: version.is_some()
                && package
                    .early
                    .as_ref()
                    .is_some_and(|it| self.asked.contains(&it)),
            optional,
            next: Next::Newer,
            demands: Vec::new(),
            target: None,
            labels: if runtime {
                labels(package, &values, &lines, version.as_ref())
            } else {
                Vec::new()
            },
            known,
            passed: after,
            places: match candidates {
                Some(_) => Vec::new(),
                None => places(&values),
            },
            apart: (0..count)
                .filter(|bit| candidates.is_none() && !matches!(values[*bit], Value::Release(_)))
                .collect(),
            candidates: candidates.map(|(_, first)| CandidateValues {
                first,
                to: 1 + usize::from(version.is_some()),
                like_installed: like_installed(),
            }),
            values,
            version,
            lines,
        })
    }

    /// What excludes releases of a package, whatever else is in a state.
    pub(super) fn admission<'b>(
        &'b self,
        id: PackageId,
        held: Option<&'b HolderRequirements<'a>>,
    ) -> Result<Admission<'b, 'a>> {
        let package = self.catalog.get(id);
        let name = package.name().as_str();
        let mut pins: Vec<&Requirement> = self.pins(id)?;
        pins.extend(self.gemfile(name));
        let target = self
            .request
            .targets
            .iter()
            .find_map(|(on, target)| match target {
                // A set is asked about each release: its requirement would read each version anew.
                Target::Requirement(requirement) if on == name => Some(requirement.to_set()),
                _ => None,
            });
        let target = target.map(|it| it.members(&package.releases, Release::version));
        let clashing =
            rules::outside_clashes(self.catalog, &self.heed, self.snapshot, id, |rule, gem| {
                let line = rules::held_by_line(self.catalog, self.snapshot, rule);
                line.is_none() && self.stays_as_it_is(gem)
            });
        Ok(Admission {
            builder: self,
            releases: &package.releases,
            clashing,
            pins,
            held,
            target,
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

    /// The installed runtime: a line means its newest patch.
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
        Version::of_line(package.scheme(), text).map(Some)
    }
}

/// The places of values among the releases; those that are none have that of the next.
fn places(values: &[Value]) -> Vec<u32> {
    let mut places = vec![u32::MAX; values.len()];
    let mut next = u32::MAX;
    for (place, value) in places.iter_mut().zip(values).rev() {
        if let Value::Release(at) = value {
            next = u32::try_from(*at).unwrap_or(u32::MAX);
        }
        *place = next;
    }
    places
}

/// What excludes releases of one package.
pub(super) struct Admission<'b, 'a> {
    builder: &'b Builder<'a>,
    releases: &'b [Release],
    clashing: Vec<(&'b Rule, &'b Name, &'b Requirement)>,
    /// Of the user and of the Gemfile.
    pins: Vec<&'b Requirement>,
    /// Of gems outside the catalog.
    held: Option<&'b HolderRequirements<'a>>,
    /// Of each release whether it is what is asked for, where that is a requirement.
    target: Option<Vec<bool>>,
}

impl Admission<'_, '_> {
    /// Whether it excludes no release that the catalog lets plans enter, and parts none; the last of them is of
    /// this day.
    pub(super) fn is_open(&self, latest: Option<Date>) -> bool {
        let Builder { request, heed, .. } = self.builder;
        heed.is_plain()
            && !request.is_too_young(latest)
            && request.within.is_empty()
            && self.clashing.is_empty()
            && self.builder.foreign_wants.is_empty()
            && self.held.is_none_or(HolderRequirements::is_empty)
            && self.pins.is_empty()
            && self.target.is_none()
    }

    /// Whether a state may enter the release at this place.
    pub(super) fn admits(&self, at: usize) -> bool {
        let release = &self.releases[at];
        let clashes =
            |version: &Version| self.clashing.iter().any(|(_, _, it)| it.matches(version));
        self.builder.is_fit(release)
            && !clashes(&release.version)
            && installed::clash(release, &self.builder.foreign_wants).is_none()
            && self.held.is_none_or(|held| held.admits(at))
            && self.pins.iter().all(|pin| pin.matches(&release.version))
    }

    /// Whether the release at this place meets the target, where that is a requirement.
    pub(super) fn in_target(&self, at: usize) -> bool {
        self.target.as_ref().is_some_and(|target| target[at])
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
            Value::Absent | Value::Missing(_) => None,
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
