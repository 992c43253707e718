//! A provider of packages with versions and requirements: each package is numbered once, its releases
//! are sorted once, and each requirement becomes a set of candidates once.

use super::{CandidateSet, Candidates, Provider, SharedDependency};
use crate::error::Result;
use crate::version::{Requirement, Version};
use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

/// Where a [`RegistryProvider`] reads the releases of a package.
pub trait Registry {
    /// What identifies a package: a name, or a name in one of several states. Dependencies on
    /// several packages are decided in its order.
    type Package: Clone + Ord + Hash;

    /// Returns all releases of a package, in any order; none where there is no such package.
    ///
    /// # Errors
    /// Why it cannot be read; the error ends the search.
    fn candidates(&mut self, package: &Self::Package) -> Result<Vec<Candidate<Self::Package>>>;
}

/// One release that may be chosen.
#[derive(Clone, Debug)]
pub struct Candidate<P = String> {
    /// Its version.
    pub version: Version,
    /// The packages that it requires.
    pub dependencies: Vec<(P, Requirement)>,
    /// It may not be chosen.
    pub excluded: bool,
    /// It is chosen only where nothing resolves without any such candidate: a prerelease that nobody
    /// asked for.
    pub last_resort: bool,
    /// It is chosen only where no other candidate of its package resolves.
    pub deferred: bool,
    /// It is chosen wherever it resolves.
    pub preferred: bool,
}

impl<P> Candidate<P> {
    /// A release that may be chosen.
    #[must_use]
    pub fn new(version: Version, dependencies: Vec<(P, Requirement)>) -> Self {
        Candidate {
            version,
            dependencies,
            excluded: false,
            last_resort: false,
            deferred: false,
            preferred: false,
        }
    }
}

/// Numbers the packages of a [`Registry`] and reads each when the search reaches it.
///
/// Its answers depend neither on the order of candidates nor on that of their dependencies.
#[derive(Debug)]
pub struct RegistryProvider<R: Registry> {
    registry: R,
    packages: Vec<R::Package>,
    numbers: HashMap<R::Package, usize>,
    rows: Vec<Option<Row>>,
}

#[derive(Debug)]
struct Row {
    versions: Vec<Version>,
    candidates: Arc<Candidates>,
    requirements: Vec<Requirement>,
}

/// A dependency with its versions: which releases have it, on which package, and the requirement.
pub type NamedDependency<'a, P> = (Vec<&'a Version>, &'a P, &'a Requirement);

impl<R: Registry> RegistryProvider<R> {
    /// A provider that has read nothing yet.
    pub fn new(registry: R) -> Self {
        RegistryProvider {
            registry,
            packages: Vec::new(),
            numbers: HashMap::new(),
            rows: Vec::new(),
        }
    }

    /// Returns the number of a package.
    ///
    /// ```
    /// use rungs::resolve::{Candidate, Registry, RegistryProvider};
    /// struct Nothing;
    /// impl Registry for Nothing {
    ///     type Package = String;
    ///     fn candidates(&mut self, _: &String) -> rungs::Result<Vec<Candidate>> {
    ///         Ok(Vec::new())
    ///     }
    /// }
    /// let mut provider = RegistryProvider::new(Nothing);
    /// let number = provider.number("a");
    /// assert_eq!(provider.number("a"), number);
    /// assert_eq!(provider.package_of(number).unwrap(), "a");
    /// ```
    pub fn number<Q>(&mut self, package: &Q) -> usize
    where
        R::Package: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = R::Package> + ?Sized,
    {
        if let Some(number) = self.numbers.get(package) {
            return *number;
        }
        let number = self.packages.len();
        self.packages.push(package.to_owned());
        self.rows.push(None);
        self.numbers.insert(package.to_owned(), number);
        number
    }

    /// Returns the package of a number.
    #[must_use]
    pub fn package_of(&self, number: usize) -> Option<&R::Package> {
        self.packages.get(number)
    }

    /// Returns the versions of a package, ascending.
    ///
    /// # Errors
    /// Those of the registry.
    pub fn versions(&mut self, number: usize) -> Result<&[Version]> {
        Ok(self.row(number)?.map_or(&[], |row| &row.versions))
    }

    /// Returns the candidates of a package whose version passes a test.
    ///
    /// # Errors
    /// Those of the registry.
    pub fn places(
        &mut self,
        number: usize,
        wanted: impl Fn(&Version) -> bool,
    ) -> Result<CandidateSet> {
        let versions = self.versions(number)?.iter().enumerate();
        let places = versions.filter(|(_, version)| wanted(version));
        Ok(places.map(|(place, _)| place).collect())
    }

    /// Returns a dependency by its place in [`Candidates::dependencies`], with versions.
    #[must_use]
    pub fn dependency(
        &self,
        package: usize,
        dependency: usize,
    ) -> Option<NamedDependency<'_, R::Package>> {
        let row = self.rows.get(package)?.as_ref()?;
        let it = row.candidates.dependencies.get(dependency)?;
        let by = it.by.iter().filter_map(|place| row.versions.get(place));
        let requirement = row.requirements.get(dependency)?;
        Some((by.collect(), self.package_of(it.on)?, requirement))
    }

    /// Returns the registry that it reads.
    pub fn registry(&self) -> &R {
        &self.registry
    }

    fn row(&mut self, number: usize) -> Result<Option<&Row>> {
        if self.rows.get(number).is_some_and(Option::is_none) {
            let row = self.read(number)?;
            self.rows[number] = Some(row);
        }
        Ok(self.rows.get(number).and_then(Option::as_ref))
    }

    fn read(&mut self, number: usize) -> Result<Row> {
        let package = self.packages[number].clone();
        let mut found = self.registry.candidates(&package)?;
        found.sort_by(|a, b| {
            let texts = || a.version.as_str().cmp(b.version.as_str());
            a.version.cmp(&b.version).then_with(texts)
        });
        let places = |wanted: fn(&Candidate<R::Package>) -> bool| -> CandidateSet {
            let found = found.iter().enumerate();
            let found = found.filter(|(_, it)| wanted(it));
            found.map(|(place, _)| place).collect()
        };
        let mut candidates = Candidates {
            count: found.len(),
            excluded: places(|it| it.excluded),
            last_resort: places(|it| it.last_resort),
            deferred: places(|it| it.deferred),
            preferred: found.iter().position(|it| it.preferred),
            dependencies: Vec::new(),
        };
        // Equal dependencies become one, in the order of packages, the newest release's first.
        let mut equal: BTreeMap<&R::Package, Shared<'_>> = BTreeMap::new();
        for (place, candidate) in found.iter().enumerate().rev() {
            for (on, requirement) in &candidate.dependencies {
                equal.entry(on).or_default().add(requirement, place);
            }
        }
        let mut requirements = Vec::new();
        for (on, shared) in equal {
            let on = self.number(on);
            for (requirement, by) in shared.by {
                let by = by.into_iter().collect();
                candidates.dependencies.push(SharedDependency { by, on });
                requirements.push(requirement.clone());
            }
        }
        Ok(Row {
            versions: found.iter().map(|it| it.version.clone()).collect(),
            candidates: Arc::new(candidates),
            requirements,
        })
    }
}

/// The requirements on one package in the order in which they were met, each with the places of the
/// candidates that have it.
#[derive(Default)]
struct Shared<'a> {
    by: Vec<(&'a Requirement, Vec<usize>)>,
    at: HashMap<&'a Requirement, usize>,
}

impl<'a> Shared<'a> {
    fn add(&mut self, requirement: &'a Requirement, place: usize) {
        let next = self.by.len();
        let at = *self.at.entry(requirement).or_insert(next);
        match self.by.get_mut(at) {
            Some((_, by)) => by.push(place),
            None => self.by.push((requirement, vec![place])),
        }
    }
}

impl<R: Registry> Provider for RegistryProvider<R> {
    fn package(&mut self, package: usize) -> Result<Arc<Candidates>> {
        let row = self.row(package)?;
        Ok(row.map_or_else(Arc::default, |row| Arc::clone(&row.candidates)))
    }

    fn allowed(&mut self, package: usize, dependency: usize) -> Result<CandidateSet> {
        let found = self.row(package)?.and_then(|row| {
            let it = row.candidates.dependencies.get(dependency)?;
            Some((it.on, row.requirements.get(dependency)?.clone()))
        });
        let Some((on, requirement)) = found else {
            return Ok(CandidateSet::none());
        };
        let versions = self.versions(on)?;
        Ok(requirement
            .matching(versions, |it| it)
            .into_iter()
            .collect())
    }
}
