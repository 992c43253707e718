//! Packages that share each version: their values have the same numbers.

use super::Value;
use super::build::Builder;
use super::scope::HolderRequirements;
use super::variable::Admission;
use crate::catalog::{Package, PackageId};
use crate::error::Result;
use crate::name::Name;
use crate::planner::limits::MAX_VALUES;
use crate::version::Version;
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Builder<'a> {
    /// The versions of each group, ascending; of neighbours that nothing can tell apart the newest.
    pub(super) fn shared(
        &self,
        holders: &BTreeMap<PackageId, HolderRequirements<'a>>,
        older: bool,
    ) -> Result<BTreeMap<Name, Vec<Version>>> {
        let mut groups: BTreeMap<&Name, Vec<(&Package, Admission<'_, 'a>)>> = BTreeMap::new();
        for id in &self.scope {
            let package = self.catalog.get(*id);
            let Some(group) = package.lockstep() else {
                continue;
            };
            let held = holders.get(id);
            let admission = self.admission(*id, held)?;
            groups.entry(group).or_default().push((package, admission));
        }
        let mut shared = BTreeMap::new();
        for (group, members) in groups {
            shared.insert(group.clone(), self.versions_of(&members, older));
        }
        Ok(shared)
    }

    fn versions_of(&self, members: &[(&Package, Admission<'_, '_>)], older: bool) -> Vec<Version> {
        let installed = |package: &Package| {
            let id = self.catalog.id(package.name().as_str())?;
            self.installed(id)
        };
        let stands: BTreeSet<&Version> = members
            .iter()
            .filter_map(|(package, _)| installed(package))
            .collect();
        let lowest = stands.first().copied().filter(|_| !older);
        let versions: BTreeSet<&Version> = members
            .iter()
            .flat_map(|(package, _)| package.releases().iter())
            .map(|release| release.version())
            .filter(|version| lowest.is_none_or(|lowest| *version >= lowest))
            .collect();
        // Packages outside may tell apart what nothing in the catalog does.
        let each = self.what_if.movable.is_some() && versions.len() < MAX_VALUES - 2;
        let mut kept: BTreeSet<Version> = stands.into_iter().cloned().collect();
        let mut last = None;
        for version in versions.into_iter().rev() {
            let tells = members.iter().map(|(package, admission)| {
                let at = package.release_index(version)?;
                let signature = package.releases()[at].signature;
                let admits = admission.admits(at);
                Some((signature, admits, admission.in_target(at)))
            });
            let tells: Vec<_> = tells.collect();
            if each || last.as_ref() != Some(&tells) {
                kept.insert(version.clone());
                last = Some(tells);
            }
        }
        kept.into_iter().collect()
    }

    /// The values of a package in lockstep: one for each version of the group.
    pub(super) fn shared_values(
        &self,
        package: &Package,
        installed: Option<&Version>,
    ) -> Vec<Value> {
        let group = package.lockstep();
        let versions = group.and_then(|group| self.shared.get(group));
        let versions = versions.map_or(&[][..], Vec::as_slice).iter();
        let values = versions.map(|version| match package.release_index(version) {
            _ if installed == Some(version) => Value::Installed,
            Some(at) => Value::Release(at),
            None => Value::Missing(Box::new(version.clone())),
        });
        std::iter::once(Value::Absent).chain(values).collect()
    }

    /// Whether two packages share each version.
    pub(super) fn is_in_lockstep(&self, one: usize, other: usize) -> bool {
        let group = |at: usize| self.catalog.get(self.variables[at].package).lockstep();
        one != other && group(one).is_some() && group(one) == group(other)
    }

    /// The pairs that share each version where both are there.
    pub(super) fn same(&self) -> Vec<(usize, usize)> {
        let width = self.variables.len();
        let pairs = (0..width).flat_map(|one| (one + 1..width).map(move |other| (one, other)));
        pairs
            .filter(|(one, other)| self.is_in_lockstep(*one, *other))
            .collect()
    }
}
