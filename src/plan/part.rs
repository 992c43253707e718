//! What a step does in each of several catalogs that are joined.

use crate::name::Name;

/// The part of one family in a step: the packages of it that move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyPart {
    pub(crate) family: Name,
    pub(crate) moves: Vec<PartMove>,
}

impl FamilyPart {
    /// The family, by the name of its catalog.
    #[must_use]
    pub fn family(&self) -> &Name {
        &self.family
    }

    /// What moves; empty where all of it stays. Of packages in lockstep only one.
    #[must_use]
    pub fn moves(&self) -> &[PartMove] {
        &self.moves
    }
}

/// A package that moves, or several in lockstep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartMove {
    pub(crate) package: Name,
    pub(crate) to: Option<String>,
    pub(crate) packages: usize,
}

impl PartMove {
    /// The package; of several in lockstep the one that is called like the group, else the first.
    #[must_use]
    pub fn package(&self) -> &Name {
        &self.package
    }

    /// The version after the step; `None` for what leaves.
    #[must_use]
    pub fn to(&self) -> Option<&str> {
        self.to.as_deref()
    }

    /// How many packages move there: more than one are in lockstep.
    #[must_use]
    pub fn packages(&self) -> usize {
        self.packages
    }
}
