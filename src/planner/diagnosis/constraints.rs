//! What is in the way, as data: each constraint of a cause by what it says.

use super::{Asker, Element, minimize};
use crate::catalog::{Force, Package, Role};
use crate::index::Indexed;
use crate::name::Name;
use crate::plan::{Constraint, UnlistedRequirement};
use crate::planner::installed;
use crate::planner::problem::version;
use crate::planner::request::{RuntimeMove, Target};
use crate::planner::session::Session;
use crate::version::Requirement;

impl Asker<'_, '_> {
    /// What of a package outside the catalog is in the way while no other constraint is: the first
    /// of the fewest needs without which there is a plan; where no need is, its version.
    fn held_by(&self, name: &str, others: &[&Element]) -> Option<Constraint> {
        let installed = self.snapshot.packages.get(name)?;
        if let Some(package) = self.catalog.package(name) {
            return self.held_by_follower(package);
        }
        let helps = |needs: &[&(String, Requirement)]| {
            let mut what_if = self.session.what_if.clone();
            what_if.waive(name, needs.iter().map(|(on, _)| on.clone()));
            let session = Session {
                what_if: &what_if,
                ..self.session
            };
            let asker = Asker { session, ..*self };
            asker.is_possible(others)
        };
        let needs = self.needs(name);
        let last_first: Vec<&(String, Requirement)> = needs.iter().rev().collect();
        let blocking = match helps(&last_first) {
            Some(false) => Vec::new(),
            Some(true) => minimize(&last_first, helps).0,
            None => last_first,
        };
        let Some((on, requirement)) = blocking.last() else {
            return Some(Constraint::Installed {
                package: Name::new(name).ok()?,
                version: installed.version().to_string(),
            });
        };
        Some(Constraint::Holder {
            holder: name.to_owned(),
            version: installed.version().to_string(),
            package: Name::new(on).ok()?,
            requirement: requirement.to_string(),
            also: self.condensed.alike.get(name).cloned().unwrap_or_default(),
        })
    }

    /// What the newest release of a follower requires, where none of the catalog will do: of a target or what
    /// is in lockstep with one, else of the first package.
    fn held_by_follower(&self, package: &Package) -> Option<Constraint> {
        let newest = package.releases().iter().rfind(|it| it.is_enterable())?;
        let required = || {
            let needs = newest.requirements().iter();
            let needs =
                needs.filter_map(|need| Some((need, self.catalog.package(need.name().as_str())?)));
            needs.filter(|(_, on)| on.role() != Role::Runtime)
        };
        let is_target = |on: &Package| {
            let mut targets = self.request.targets.iter();
            targets.any(|(name, _)| {
                let target = self.catalog.package(name);
                *on.name() == **name
                    || on.lockstep().is_some()
                        && target.is_some_and(|it| it.lockstep() == on.lockstep())
            })
        };
        let (need, on) = required()
            .find(|(_, on)| is_target(on))
            .or_else(|| required().next())?;
        Some(Constraint::Holder {
            holder: package.name().to_string(),
            version: newest.version().to_string(),
            package: on.name().clone(),
            requirement: need.requirement().to_string(),
            also: Vec::new(),
        })
    }

    /// Whom no listed release of a gem will do, in the plan that there would be if one did.
    fn unlisted(&self, gem: &str, element: &Element, others: &[&Element]) -> Constraint {
        let mut without = others.to_vec();
        without.push(element);
        let required = self.ask(&without, self.request).and_then(|end| {
            let joint = self.session.outside?;
            let listed = joint.borrow_mut().info(gem).ok()??;
            let meeting = |requirement: &Requirement| {
                let releases = listed.releases().iter();
                let releases = releases.filter(|it| it.platform().is_none());
                let meeting = releases.map(Indexed::version);
                let meeting = meeting.filter(|it| requirement.matches(it));
                meeting.max_by_key(|it| (!it.is_prerelease(), *it))
            };
            let is_met = |it: &Requirement| meeting(it).is_some_and(|it| !it.is_prerelease());
            end.last().find_map(|(variable, bit)| {
                let package = self.catalog.get(variable.package);
                let version = version(self.catalog, variable, bit)?;
                let release = installed::release(package, self.snapshot, version);
                let mut needs = installed::needs(package, self.snapshot, release);
                let (_, requirement) = needs.find(|(on, it)| *on == gem && !is_met(it))?;
                Some(UnlistedRequirement {
                    by: package.name().clone(),
                    version: version.to_string(),
                    requirement: requirement.to_string(),
                    prerelease: meeting(requirement).map(ToString::to_string),
                })
            })
        });
        Constraint::Unlisted {
            gem: gem.to_owned(),
            required,
        }
    }

    pub(super) fn constraint(&self, element: &Element, others: &[&Element]) -> Option<Constraint> {
        Some(match element {
            Element::Rule(rule) => {
                let rule = &self.catalog.rules()[rule.0 as usize];
                Constraint::Rule {
                    rule: rule.id().clone(),
                    acceptable: rule.force() == Force::Should,
                    why: rule.why().to_owned(),
                }
            }
            Element::Installed(name) => Constraint::Installed {
                package: self.catalog.package(name)?.name().clone(),
                version: self.snapshot.packages.get(name)?.version().to_string(),
            },
            Element::Holder(name) => self.held_by(name, others)?,
            Element::Day => Constraint::Day {
                day: self.request.as_of?.to_string(),
                min_age: self.request.min_age,
            },
            Element::Target(at) => {
                let (name, target) = self.request.targets.get(*at)?;
                Constraint::Target {
                    package: self.catalog.package(name)?.name().clone(),
                    to: match target {
                        Target::Line(line) => Some(line.clone()),
                        Target::Requirement(requirement) => Some(requirement.to_string()),
                        Target::Latest => None,
                    },
                }
            }
            Element::Unlisted(name) => self.unlisted(name, element, others),
            Element::Gemfile(name) => Constraint::Gemfile {
                package: self.catalog.package(name)?.name().clone(),
                requirement: self.snapshot.direct.get(name)?.as_ref()?.to_string(),
            },
            Element::Pin(at) => {
                let (name, requirement) = self.request.pins.get(*at)?;
                Constraint::Pin {
                    package: self.catalog.package(name)?.name().clone(),
                    requirement: requirement.to_string(),
                }
            }
            Element::Runtime => {
                let runtime = self.catalog.packages().iter().find(|package| {
                    let name = package.name().as_str();
                    package.role() == Role::Runtime
                        && *self.request.runtime_of(name) != RuntimeMove::Free
                })?;
                Constraint::Runtime {
                    runtime: runtime.name().clone(),
                    at: self.snapshot.runtime(runtime.name().as_str())?.to_owned(),
                    to: match self.request.runtime_of(runtime.name().as_str()) {
                        RuntimeMove::To(to) => Some(to.clone()),
                        _ => None,
                    },
                }
            }
        })
    }
}
