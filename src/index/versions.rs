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
    let mut all = BTreeMap::new();
    let problems = line::each(text, |line| package(line, &mut all));
    let all = all
        .into_iter()
        .map(|(name, open): (Name, Open)| (name, open.close()));
    (Versions(all.collect()), problems)
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

/// A version as it is written, and its platform.
type Written = (String, Option<String>);

/// A package while its lines are read.
#[derive(Default)]
struct Open {
    /// Those that were withdrawn are `None`.
    versions: Vec<Option<(Version, Option<String>)>>,
    checksum: String,
    /// From the first withdrawal on: the places of each.
    places: Option<BTreeMap<Written, Vec<usize>>>,
}

impl Open {
    fn add(&mut self, version: Version, platform: Option<String>) {
        if let Some(places) = &mut self.places {
            let key = (version.as_str().to_owned(), platform.clone());
            places.entry(key).or_default().push(self.versions.len());
        }
        self.versions.push(Some((version, platform)));
    }

    /// Equal as texts: for Bundler they are no versions yet.
    fn withdraw(&mut self, version: &Version, platform: Option<String>) {
        let versions = &mut self.versions;
        let places = self.places.get_or_insert_with(|| {
            let mut places: BTreeMap<_, Vec<usize>> = BTreeMap::new();
            for (at, known) in versions.iter().enumerate() {
                if let Some((version, platform)) = known {
                    let key = (version.as_str().to_owned(), platform.clone());
                    places.entry(key).or_default().push(at);
                }
            }
            places
        });
        let withdrawn = places.remove(&(version.as_str().to_owned(), platform));
        for at in withdrawn.into_iter().flatten() {
            versions[at] = None;
        }
    }

    fn close(self) -> Listed {
        Listed {
            versions: self.versions.into_iter().flatten().collect(),
            checksum: self.checksum,
        }
    }
}

fn package(line: InfoLine<'_>, all: &mut BTreeMap<Name, Open>) -> Result<(), Error> {
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
    let open = all.entry(name).or_default();
    line.get(&checksum).clone_into(&mut open.checksum);
    for (withdrawn, version, platform) in changes {
        if withdrawn {
            open.withdraw(&version, platform);
        } else {
            open.add(version, platform);
        }
    }
    Ok(())
}
