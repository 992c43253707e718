//! A world of names, versions and requirements: each name interned once, each package's releases
//! sorted once, each requirement turned into places once.

use super::{Candidates, Need, ReleaseSet, World};
use crate::error::Result;
use crate::version::{Requirement, Version};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Where a [`Shelf`] gets the releases of a package from.
pub trait Supply {
    /// All releases of a package, in any order; none where there is no such package.
    ///
    /// # Errors
    /// What keeps it from being read; it ends the search.
    fn offers(&mut self, name: &str) -> Result<Vec<Offer>>;
}

/// One release that may be chosen.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its version.
    pub version: Version,
    /// What it needs, by name.
    pub needs: Vec<(String, Requirement)>,
    /// It may not be chosen.
    pub barred: bool,
    /// It is chosen only where there is no joint state without any such release: a prerelease that
    /// nobody asked for.
    pub late: bool,
    /// It is chosen only where no other release of its package will do.
    pub last: bool,
    /// It is kept where it can be kept.
    pub keep: bool,
}

impl Offer {
    /// A release that may be chosen.
    #[must_use]
    pub fn new(version: Version, needs: Vec<(String, Requirement)>) -> Self {
        Offer {
            version,
            needs,
            barred: false,
            late: false,
            last: false,
            keep: false,
        }
    }
}

/// Packages by name; read from a [`Supply`] when they are reached.
///
/// What it answers does not depend on the order of offers, nor on that of needs.
#[derive(Debug)]
pub struct Shelf<S> {
    supply: S,
    names: Vec<String>,
    numbers: HashMap<String, usize>,
    rows: Vec<Option<Row>>,
}

#[derive(Debug)]
struct Row {
    versions: Vec<Version>,
    candidates: Arc<Candidates>,
    requirements: Vec<Requirement>,
}

impl<S: Supply> Shelf<S> {
    /// Nothing is read yet.
    pub fn new(supply: S) -> Self {
        Shelf {
            supply,
            names: Vec::new(),
            numbers: HashMap::new(),
            rows: Vec::new(),
        }
    }

    /// The number of a package.
    ///
    /// ```
    /// use rungs::resolve::{Offer, Shelf, Supply};
    /// struct Nothing;
    /// impl Supply for Nothing {
    ///     fn offers(&mut self, _: &str) -> rungs::Result<Vec<Offer>> {
    ///         Ok(Vec::new())
    ///     }
    /// }
    /// let mut shelf = Shelf::new(Nothing);
    /// let number = shelf.number("a");
    /// assert_eq!(shelf.number("a"), number);
    /// assert_eq!(shelf.name(number), "a");
    /// ```
    pub fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len();
        self.names.push(name.to_owned());
        self.rows.push(None);
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The package of a number.
    #[must_use]
    pub fn name(&self, number: usize) -> &str {
        self.names.get(number).map_or("", String::as_str)
    }

    /// The versions of a package, ascending.
    ///
    /// # Errors
    /// Those of the supply.
    pub fn versions(&mut self, number: usize) -> Result<&[Version]> {
        Ok(self.row(number)?.map_or(&[], |row| &row.versions))
    }

    /// The places of the versions that are wanted.
    ///
    /// # Errors
    /// Those of the supply.
    pub fn places(
        &mut self,
        number: usize,
        wanted: impl Fn(&Version) -> bool,
    ) -> Result<ReleaseSet> {
        let versions = self.versions(number)?.iter().enumerate();
        let places = versions.filter(|(_, version)| wanted(version));
        Ok(places.map(|(place, _)| place).collect())
    }

    /// A need in words: whose releases it is of, the package that is needed, and which of it.
    #[must_use]
    pub fn need(&self, package: usize, need: usize) -> Option<(Vec<&Version>, &str, &Requirement)> {
        let row = self.rows.get(package)?.as_ref()?;
        let it = row.candidates.needs.get(need)?;
        let by = it.by.iter().filter_map(|place| row.versions.get(place));
        Some((by.collect(), self.name(it.on), row.requirements.get(need)?))
    }

    /// Where it reads from.
    pub fn supply(&self) -> &S {
        &self.supply
    }

    fn row(&mut self, number: usize) -> Result<Option<&Row>> {
        if self.rows.get(number).is_some_and(Option::is_none) {
            let row = self.read(number)?;
            self.rows[number] = Some(row);
        }
        Ok(self.rows.get(number).and_then(Option::as_ref))
    }

    fn read(&mut self, number: usize) -> Result<Row> {
        let name = self.names[number].clone();
        let mut offers = self.supply.offers(&name)?;
        offers.sort_by(|a, b| {
            let texts = || a.version.as_str().cmp(b.version.as_str());
            a.version.cmp(&b.version).then_with(texts)
        });
        let places = |wanted: fn(&Offer) -> bool| -> ReleaseSet {
            let offers = offers.iter().enumerate();
            offers
                .filter(|(_, it)| wanted(it))
                .map(|(place, _)| place)
                .collect()
        };
        let mut candidates = Candidates {
            count: offers.len(),
            barred: places(|it| it.barred),
            late: places(|it| it.late),
            last: places(|it| it.last),
            keep: offers.iter().position(|it| it.keep),
            needs: Vec::new(),
        };
        // Needs that are alike become one, in the order of names.
        let mut alike: BTreeMap<&str, Vec<(&Requirement, Vec<usize>)>> = BTreeMap::new();
        for (place, offer) in offers.iter().enumerate().rev() {
            for (on, requirement) in &offer.needs {
                let known = alike.entry(on).or_default();
                match known.iter_mut().find(|(it, _)| *it == requirement) {
                    Some((_, by)) => by.push(place),
                    None => known.push((requirement, vec![place])),
                }
            }
        }
        let mut requirements = Vec::new();
        for (on, needs) in alike {
            let on = self.number(on);
            for (requirement, by) in needs {
                let by = by.into_iter().collect();
                candidates.needs.push(Need { by, on });
                requirements.push(requirement.clone());
            }
        }
        Ok(Row {
            versions: offers.iter().map(|it| it.version.clone()).collect(),
            candidates: Arc::new(candidates),
            requirements,
        })
    }
}

impl<S: Supply> World for Shelf<S> {
    fn package(&mut self, package: usize) -> Result<Arc<Candidates>> {
        let row = self.row(package)?;
        Ok(row.map_or_else(Arc::default, |row| Arc::clone(&row.candidates)))
    }

    fn allowed(&mut self, package: usize, need: usize) -> Result<ReleaseSet> {
        let found = self.row(package)?.and_then(|row| {
            let it = row.candidates.needs.get(need)?;
            Some((it.on, row.requirements.get(need)?.clone()))
        });
        let Some((on, requirement)) = found else {
            return Ok(ReleaseSet::none());
        };
        self.places(on, |version| requirement.matches(version))
    }
}
