//! What was found, as plain data.
//!
//! Invariants: findings are sorted by action, path and place, and so are verdicts; no finding occurs twice.

use crate::catalog::Applies;
use crate::name::Name;
use crate::span::Place;
use crate::version::VersionSet;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Confidence {
    /// Scope and receiver are proven.
    Certain,
    /// They speak for it.
    Likely,
}

impl Confidence {
    /// The word that documents use: `certain`, `likely`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Confidence::Certain => "certain",
            Confidence::Likely => "likely",
        }
    }
}

/// What to write instead, where a rule is a pure rename or removal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Edit {
    /// Which bytes of the file.
    pub range: Range32,
    /// What is there then.
    pub text: String,
}

/// A range of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range32 {
    /// The first.
    pub start: u32,
    /// One after the last.
    pub end: u32,
}

impl From<Range32> for Range<usize> {
    fn from(range: Range32) -> Self {
        range.start as usize..range.end as usize
    }
}

/// A place in the user's source that an action concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(crate) action: Name,
    pub(crate) path: Arc<str>,
    pub(crate) place: Place,
    pub(crate) excerpt: String,
    pub(crate) confidence: Confidence,
    pub(crate) pattern: String,
    pub(crate) replacement: Option<String>,
    pub(crate) edit: Option<Edit>,
}

impl Finding {
    /// The longest excerpt, in characters.
    pub const MAX_EXCERPT: usize = 160;

    /// The action that concerns it.
    #[must_use]
    pub fn action(&self) -> &Name {
        &self.action
    }

    /// The file, as it was given to the scanner.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Line and column.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// The line's text without blanks around it, cut at [`Finding::MAX_EXCERPT`].
    #[must_use]
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// How sure it is.
    #[must_use]
    pub fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// The pattern of the action that it fits.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// What the pattern says to write instead.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        self.replacement.as_deref()
    }

    /// The edit, where it is mechanical.
    #[must_use]
    pub fn edit(&self) -> Option<&Edit> {
        self.edit.as_ref()
    }
}

/// What could not be read, or only in part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScanProblem {
    pub(crate) path: Arc<str>,
    pub(crate) place: Option<Place>,
    pub(crate) fault: ScanFault,
}

/// What is wrong with a file. `to_string` gives a clause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ScanFault {
    /// It is longer than what is read of a file.
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// It is nested deeper than what is read.
    TooDeep,
    /// It is not Ruby; the rest was read.
    NotRuby {
        /// What the parser says of the first fault.
        first: String,
        /// The number of other faults.
        more: usize,
    },
    /// It is not UTF-8 and names no other encoding; it was read all the same.
    UnknownEncoding,
    /// It is not UTF-8 and was not read.
    NotUtf8,
    /// The caller could not hand it over, for this reason.
    Unreadable(String),
}

impl ScanProblem {
    /// Of a file or folder that the caller could not hand over.
    #[must_use]
    pub fn new(path: &str, message: &str) -> Self {
        ScanProblem {
            path: path.into(),
            place: None,
            fault: ScanFault::Unreadable(message.to_owned()),
        }
    }

    /// The file or folder.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where, if the file was read.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &ScanFault {
        &self.fault
    }
}

/// Whether one action applies, as far as the source says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionVerdict {
    pub(crate) action: Name,
    pub(crate) applies: Applies,
    pub(crate) findings: Range<usize>,
}

impl ActionVerdict {
    /// The action.
    #[must_use]
    pub fn action(&self) -> &Name {
        &self.action
    }

    /// `yes`: something was found. `no`: everything that could show it was read. Else `unknown`.
    #[must_use]
    pub fn applies(&self) -> Applies {
        self.applies
    }
}

/// All that a scan says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    pub(crate) files: usize,
    pub(crate) aside: usize,
    /// By package of the catalog, where there is a Gemfile or gemspec.
    pub(crate) required: Option<BTreeMap<String, VersionSet>>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) problems: Vec<ScanProblem>,
    pub(crate) verdicts: Vec<ActionVerdict>,
}

impl Scan {
    /// How many files were read.
    #[must_use]
    pub fn files(&self) -> usize {
        self.files
    }

    /// How many files were left aside because no application loads them: fixtures, templates of
    /// generators, code of others.
    #[must_use]
    pub fn aside(&self) -> usize {
        self.aside
    }

    /// Whether a Gemfile or gemspec names a package of the catalog; `None` where there is neither.
    #[must_use]
    pub fn names_family(&self) -> Option<bool> {
        self.required.as_ref().map(|required| !required.is_empty())
    }

    /// The versions of a package that Gemfiles and gemspecs admit, all taken together; `None` where
    /// none of them names it.
    #[must_use]
    pub fn required(&self, package: &str) -> Option<&VersionSet> {
        self.required.as_ref()?.get(package)
    }

    /// All findings, by action, path and place.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What could not be read, by path.
    #[must_use]
    pub fn problems(&self) -> &[ScanProblem] {
        &self.problems
    }

    /// One for each action that has patterns, by id.
    #[must_use]
    pub fn verdicts(&self) -> &[ActionVerdict] {
        &self.verdicts
    }

    /// Whether an action applies and where; `unknown` for one without patterns.
    #[must_use]
    pub fn of(&self, action: &Name) -> (Applies, &[Finding]) {
        let verdicts = &self.verdicts;
        match verdicts.binary_search_by(|verdict| verdict.action.cmp(action)) {
            Ok(at) => {
                let verdict = &verdicts[at];
                (verdict.applies, &self.findings[verdict.findings.clone()])
            }
            Err(_) => (Applies::Unknown, &[]),
        }
    }

    /// The same with only the findings that `keep` keeps; verdicts stay as they are.
    #[must_use]
    pub fn retain(mut self, keep: impl Fn(&Finding) -> bool) -> Self {
        self.findings.retain(keep);
        let mut start = 0;
        for verdict in &mut self.verdicts {
            let own = self.findings[start..]
                .iter()
                .take_while(|finding| finding.action == verdict.action);
            verdict.findings = start..start + own.count();
            start = verdict.findings.end;
        }
        self
    }
}
