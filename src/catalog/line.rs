//! Lines of a package and how long they are supported.

use crate::date::Date;
use crate::plain::Text;

/// The releases that count as one rung.
///
/// ```
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let line = &catalog.package("karafka").unwrap().lines()[0];
/// assert!(line.support().is_none_or(|support| !support.status().name().is_empty()));
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Line {
    pub(crate) name: Text,
    pub(crate) support: Option<Support>,
    /// It has a release that the catalog alone would let a plan stand on.
    pub(crate) is_rung: bool,
    /// All its releases carry the mark [`Line::UNREAD`], and `lines` does not list it.
    pub(crate) unread: bool,
}

impl Line {
    /// The mark of releases that were added without reading the guide of their line.
    pub const UNREAD: &str = "guide unread";

    /// Whether nobody has read its upgrade guide or changelog for this catalog: its releases were
    /// added from a server, so rules and actions about it may be missing.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.unread
    }

    /// `MAJOR.MINOR`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the catalog says of its support.
    #[must_use]
    pub fn support(&self) -> Option<&Support> {
        self.support.as_ref()
    }
}

/// The support of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    pub(crate) first_release: Option<Date>,
    pub(crate) status: SupportStatus,
    pub(crate) end_of_life: Option<Date>,
}

impl Support {
    /// The day of the first release.
    #[must_use]
    pub fn first_release(&self) -> Option<Date> {
        self.first_release
    }

    /// The state of support on the catalog's horizon.
    #[must_use]
    pub fn status(&self) -> SupportStatus {
        self.status
    }

    /// The last day of support; `None` while none is announced.
    #[must_use]
    pub fn end_of_life(&self) -> Option<Date> {
        self.end_of_life
    }
}

/// The state of support of a line on the catalog's horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SupportStatus {
    /// All kinds of fixes and improvements.
    Active,
    /// Security and critical fixes only.
    Maintenance,
    /// Nothing any more.
    Eol,
    /// Pre-releases only.
    Preview,
}

impl SupportStatus {
    pub(crate) const ALL: [SupportStatus; 4] = [
        SupportStatus::Active,
        SupportStatus::Maintenance,
        SupportStatus::Eol,
        SupportStatus::Preview,
    ];

    /// The word that catalogs and documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SupportStatus::Active => "active",
            SupportStatus::Maintenance => "maintenance",
            SupportStatus::Eol => "eol",
            SupportStatus::Preview => "preview",
        }
    }
}
