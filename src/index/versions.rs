//! `versions`: `NAME VERSION[-PLATFORM],… MD5-OF-INFO`; a version with `-` before it is withdrawn.

use super::line::{self, InfoLine};
use crate::date::Date;
use crate::error::Error;
use crate::name::Name;
use crate::version::Version;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What `versions` says: every package with its versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions(BTreeMap<Name, Listed>);

/// One package in `versions`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    versions: Vec<(Version, Option<String>)>,
    checksum: String,
}

impl Versions {
    /// The package of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Listed> {
        self.0.get(name)
    }

    /// All packages, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Listed)> {
        self.0.iter()
    }
}

impl Listed {
    /// A package with these versions for all platforms, and the MD5 of its `info`.
    #[must_use]
    pub fn new(versions: Vec<Version>, checksum: impl Into<String>) -> Self {
        Listed {
            versions: versions
                .into_iter()
                .map(|version| (version, None))
                .collect(),
            checksum: checksum.into(),
        }
    }

    /// Its versions, each with its platform, in the order of the text.
    pub fn versions(&self) -> impl Iterator<Item = (&Version, Option<&str>)> {
        self.versions
            .iter()
            .map(|(version, platform)| (version, platform.as_deref()))
    }

    /// The MD5 of its `info`; the last one counts. Empty where none is named.
    #[must_use]
    pub fn checksum(&self) -> &str {
        &self.checksum
    }
}

/// Reads `versions`, and every line that could not be read.
///
/// ```
/// use rungs::index::read_versions;
/// let (versions, problems) = read_versions(b"---\nrake 13.0,13.1 0123456789abcdef0123456789abcdef\n");
/// assert!(problems.is_empty());
/// assert_eq!(versions.get("rake").unwrap().versions().count(), 2);
/// ```
#[must_use]
pub fn read_versions(text: &[u8]) -> (Versions, Vec<Error>) {
    let mut all = Versions::default();
    let problems = line::each(text, |line| package(line, &mut all));
    (all, problems)
}

/// `versions`, packages by name. `created_on` is in the header.
#[must_use]
pub fn versions_text(created_on: Date, packages: &[(Name, Listed)]) -> String {
    let mut out = format!("created_at: {created_on}T00:00:00Z\n---\n");
    let mut packages: Vec<&(Name, Listed)> = packages.iter().collect();
    packages.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, listed) in packages {
        let versions: Vec<String> = listed
            .versions()
            .map(|(version, platform)| match platform {
                Some(platform) => format!("{}-{platform}", version.as_str()),
                None => version.as_str().to_owned(),
            })
            .collect();
        let _ = writeln!(out, "{name} {} {}", versions.join(","), listed.checksum);
    }
    out
}

fn package(line: InfoLine<'_>, all: &mut Versions) -> Result<(), Error> {
    let (name, rest) = line.word(0);
    let name = line.name(name)?;
    let (list, rest) = line.word(rest);
    if list.is_empty() {
        return Err(line.wrong(list.start, "expected versions parted by commas".to_owned()));
    }
    let checksum = rest..line.text().len();
    line.checksum(&checksum)?;
    // The whole line or nothing of it.
    let mut changes = Vec::new();
    for part in line.split(list, ',') {
        let withdrawn = line.get(&part).starts_with('-');
        let (version, platform) = line.version(part.start + usize::from(withdrawn)..part.end)?;
        changes.push((withdrawn, version, platform.map(str::to_owned)));
    }
    let listed = all.0.entry(name).or_default();
    line.get(&checksum).clone_into(&mut listed.checksum);
    for (withdrawn, version, platform) in changes {
        if withdrawn {
            // Equal as texts: for Bundler they are no versions yet.
            listed
                .versions
                .retain(|(known, on)| known.as_str() != version.as_str() || *on != platform);
        } else {
            listed.versions.push((version, platform));
        }
    }
    Ok(())
}
