//! Reading the block `edges` of a package, and looking up what it names.

use super::build::{Problems, inconsistent};
use super::edges::{Edges, Into};
use super::rule::{OPERATORS, Rule};
use super::source::{At, Reader, Spot, short};
use super::{Moves, Package, PackageId, Role, RuleId};
use crate::error::{Error, ErrorCode};
use crate::name::Name;
use crate::version::{Requirement, Version};
use std::ops::Range;
use std::sync::Arc;

/// One line: what is entered, from what, and over which risks.
#[derive(Debug)]
pub(super) struct DraftEdge {
    pub(super) to: At<Version>,
    from: Vec<At<DraftFrom>>,
    risks: Vec<At<Name>>,
}

#[derive(Debug)]
enum DraftFrom {
    Version(Version),
    /// Both included.
    Range(Version, Version),
    Meets(Arc<Requirement>),
}

impl<'s> Reader<'s> {
    /// `4.13.69  4.12.0..4.12.94, 4.13.0..4.13.68 ; risks SomeRisk, OtherRisk`
    pub(super) fn edge(&mut self, text: &'s str, offset: usize) -> Option<DraftEdge> {
        let place = |part: &str| offset + (part.as_ptr() as usize - text.as_ptr() as usize);
        let (ways, risks) = match text.split_once(';') {
            Some((ways, risks)) => (ways, Some(risks)),
            None => (text, None),
        };
        let ways = ways.trim();
        let (word, from) = ways.split_once(char::is_whitespace).unwrap_or((ways, ""));
        let to = self.edge_version(word, place(word))?;
        let to = self.spot(to, place(word));
        let from = from.trim();
        if from.is_empty() {
            let expected =
                "expected what it is entered from: versions, ranges a..b, or a requirement";
            self.problem(place(word) + word.len(), expected);
            return None;
        }
        // A requirement has commas of its own.
        let parts: Vec<&str> = match from.starts_with(OPERATORS) {
            true => vec![from],
            false => from.split(',').map(str::trim).collect(),
        };
        let mut sources = Vec::new();
        for part in parts {
            let source = self.edge_from(part, place(part))?;
            sources.push(self.spot(source, place(part)));
        }
        let mut names = Vec::new();
        if let Some(risks) = risks {
            let risks = risks.trim();
            let Some(list) = risks.strip_prefix("risks ") else {
                self.problem(
                    place(risks),
                    "expected `risks NAME, NAME` behind the semicolon",
                );
                return None;
            };
            for part in list.split(',').map(str::trim) {
                let name = self.name(part, place(part))?;
                names.push(self.spot(name, place(part)));
            }
        }
        Some(DraftEdge {
            to,
            from: sources,
            risks: names,
        })
    }

    fn edge_version(&mut self, text: &str, at: usize) -> Option<Version> {
        match Version::parse(self.scheme, text) {
            Ok(version) => Some(version),
            Err(error) => {
                self.push(at, error);
                None
            }
        }
    }

    fn edge_from(&mut self, text: &str, at: usize) -> Option<DraftFrom> {
        if text.starts_with(OPERATORS) {
            return self.requirement(text, at).map(DraftFrom::Meets);
        }
        let Some((first, last)) = text.split_once("..") else {
            return self.edge_version(text, at).map(DraftFrom::Version);
        };
        let (first, last) = (first.trim(), last.trim());
        let (from, to) = (self.edge_version(first, at)?, self.edge_version(last, at)?);
        if from > to {
            let text = format!("the range {} goes down: expected LOW..HIGH", short(text));
            self.problem(at, text);
            return None;
        }
        Some(DraftFrom::Range(from, to))
    }
}

/// The edges of a package from its lines; reports what they name and is missing.
pub(super) fn resolve_edges(
    package: &Package,
    id: PackageId,
    place: Spot,
    drafts: Vec<DraftEdge>,
    rules: &[Rule],
    problems: &mut Problems,
) -> Edges {
    let name = &package.name;
    let moves = package.moves;
    if package.role == Role::Runtime && moves != Moves::Lines {
        let text = format!("{name} is a runtime, which moves by lines");
        problems.push((place, inconsistent(text)));
    }
    match (moves == Moves::Edges, drafts.is_empty()) {
        (true, true) => {
            let text = format!("{name} moves by edges and has none: expected a block edges = '''");
            problems.push((place, inconsistent(text)));
        }
        (false, false) => {
            let text = format!(
                "{name} has edges and moves by {}: expected moves = \"edges\"",
                moves.name()
            );
            problems.push((place, inconsistent(text)));
        }
        _ => {}
    }
    let mut lines = Vec::with_capacity(drafts.len());
    for draft in drafts {
        lines.extend(resolve_edge(package, id, draft, rules, problems));
    }
    if lines.is_empty() {
        return Edges::default();
    }
    Edges::new(package.releases.len(), lines).unwrap_or_else(|| {
        let text = format!(
            "the edges of {name} are too many: expected at most {} runs of releases that can be \
             entered one after the other",
            Edges::MAX_SPANS
        );
        problems.push((place, Error::new(ErrorCode::TooLarge, text)));
        Edges::default()
    })
}

fn resolve_edge(
    package: &Package,
    id: PackageId,
    draft: DraftEdge,
    rules: &[Rule],
    problems: &mut Problems,
) -> Option<Into> {
    let name = &package.name;
    let releases = &package.releases;
    let known = problems.len();
    let unknown = |version: &Version| inconsistent(format!("{name} has no release {version}"));
    let to = package.release_index(&draft.to.value);
    if to.is_none() {
        problems.push((draft.to.place, unknown(&draft.to.value)));
    }
    let mut from: Vec<Range<usize>> = Vec::new();
    for source in draft.from {
        match source.value {
            DraftFrom::Version(version) => match package.release_index(&version) {
                None => problems.push((source.place, unknown(&version))),
                Some(_) if version >= draft.to.value => {
                    let text = format!(
                        "an edge leads from {version} to {}: nothing goes down",
                        draft.to.value
                    );
                    problems.push((source.place, inconsistent(text)));
                }
                Some(at) => from.push(at..at + 1),
            },
            DraftFrom::Range(first, last) => {
                let start = releases.partition_point(|it| it.version < first);
                let end = releases.partition_point(|it| it.version <= last);
                if start >= end {
                    let text = format!("{name} has no release from {first} to {last}");
                    problems.push((source.place, inconsistent(text)));
                }
                from.push(start..end);
            }
            DraftFrom::Meets(requirement) => {
                let matching = requirement.matching(releases, |it| &it.version);
                let before = from.len();
                for at in matching {
                    match from[before..].last_mut() {
                        Some(last) if last.end == at => last.end += 1,
                        _ => from.push(at..at + 1),
                    }
                }
                if from.len() == before {
                    let text = format!("{name} has no release {requirement}");
                    problems.push((source.place, inconsistent(text)));
                }
            }
        }
    }
    let mut risks: Vec<RuleId> = Vec::new();
    for risk in draft.risks {
        let found = rules
            .iter()
            .position(|rule| rule.id == risk.value && rule.package == id && rule.is_risk());
        match found {
            Some(at) => risks.push(RuleId::at(at)),
            None => {
                let text = format!(
                    "{name} has no risk {}: expected a table [[risk]] with this id",
                    risk.value
                );
                problems.push((risk.place, inconsistent(text)));
            }
        }
    }
    risks.sort_unstable();
    risks.dedup();
    let to = to.filter(|_| problems.len() == known)?;
    Some(Into { to, from, risks })
}
