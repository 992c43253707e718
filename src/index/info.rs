//! `info/NAME`: `VERSION[-PLATFORM] NAME:REQUIREMENT&REQUIREMENT,…|KEY:VALUE,…`.

use super::line::{self, InfoLine, short};
use crate::date::Date;
use crate::error::Error;
use crate::name::Name;
use crate::version::{Requirement, Version};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

/// One release in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed {
    version: Version,
    platform: Option<String>,
    dependencies: Vec<Needs>,
    ruby: Option<Requirement>,
    rubygems: Option<Requirement>,
    metadata: Vec<(String, Vec<String>)>,
}

/// A package that a release in an index requires, and in which versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    name: Name,
    requirement: Requirement,
    texts: Vec<String>,
}

impl Needs {
    /// This package in these versions.
    ///
    /// ```
    /// use rungs::{Name, Requirement, Scheme, index::Needs};
    /// let requirement = Requirement::parse(Scheme::RubyGems, ">= 1, < 3")?;
    /// assert_eq!(Needs::new(Name::new("a")?, requirement).texts(), [">= 1", "< 3"]);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn new(name: Name, requirement: Requirement) -> Self {
        Needs {
            name,
            texts: texts(&requirement),
            requirement,
        }
    }

    /// The package.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its versions; without any requirement all of them.
    #[must_use]
    pub fn requirement(&self) -> &Requirement {
        &self.requirement
    }

    /// The requirements, each as written there.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}

impl Indexed {
    /// A release that runs on any platform.
    ///
    /// ```
    /// use rungs::{Requirement, Scheme, Version, index::Indexed};
    /// # fn main() -> Result<(), rungs::Error> {
    /// let ruby = Requirement::parse(Scheme::RubyGems, ">= 2.7, < 4")?;
    /// let release = Indexed::new(Version::parse(Scheme::RubyGems, "1.0")?, Vec::new(), Some(ruby));
    /// assert_eq!(release.to_string(), "1.0 |ruby:>= 2.7&< 4");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn new(version: Version, dependencies: Vec<Needs>, ruby: Option<Requirement>) -> Self {
        let metadata = ruby
            .iter()
            .map(|ruby| ("ruby".to_owned(), texts(ruby)))
            .collect();
        Indexed {
            version,
            platform: None,
            dependencies,
            ruby,
            rubygems: None,
            metadata,
        }
    }

    /// The same, published on this day.
    #[must_use]
    pub fn created_on(mut self, date: Date) -> Self {
        self.metadata
            .push(("created_at".to_owned(), vec![format!("{date}T00:00:00Z")]));
        self
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The platform, if it does not run on all.
    #[must_use]
    pub fn platform(&self) -> Option<&str> {
        self.platform.as_deref()
    }

    /// What it needs, in the order of the text.
    #[must_use]
    pub fn dependencies(&self) -> &[Needs] {
        &self.dependencies
    }

    /// The Rubies on which it runs.
    #[must_use]
    pub fn ruby(&self) -> Option<&Requirement> {
        self.ruby.as_ref()
    }

    /// The RubyGems that can install it.
    #[must_use]
    pub fn rubygems(&self) -> Option<&Requirement> {
        self.rubygems.as_ref()
    }

    /// The day on which it was published, where the index says it.
    #[must_use]
    pub fn created_on_day(&self) -> Option<Date> {
        let text = self.get("created_at")?.first()?;
        Date::parse(text.get(..10)?).ok()
    }

    /// All keys after the bar with their values, in the order of the text.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.metadata
            .iter()
            .map(|(key, values)| (key.as_str(), values.as_slice()))
    }

    fn get(&self, key: &str) -> Option<&[String]> {
        self.metadata()
            .find(|(known, _)| *known == key)
            .map(|(_, values)| values)
    }
}

impl fmt::Display for Indexed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version.as_str())?;
        if let Some(platform) = &self.platform {
            write!(f, "-{platform}")?;
        }
        let dependencies: Vec<String> = self
            .dependencies
            .iter()
            .map(|needs| format!("{}:{}", needs.name, needs.texts.join("&")))
            .collect();
        let metadata: Vec<String> = self
            .metadata
            .iter()
            .map(|(key, values)| format!("{key}:{}", values.join("&")))
            .collect();
        write!(f, " {}|{}", dependencies.join(","), metadata.join(","))
    }
}

/// The text of `info/NAME`, read: what [`read_info`] returns.
#[derive(Clone, Debug, Default)]
pub struct ReadInfo {
    releases: Vec<Indexed>,
    /// The places of the releases by version; of one version in the order of the text.
    by_version: Vec<usize>,
    problems: Vec<Error>,
}

impl ReadInfo {
    /// Reads a text.
    #[must_use]
    pub fn read(text: &[u8]) -> Self {
        let (releases, problems) = read_info(text);
        let releases = last_lines(releases);
        let mut by_version: Vec<usize> = (0..releases.len()).collect();
        by_version.sort_by(|one, other| releases[*one].version.cmp(&releases[*other].version));
        ReadInfo {
            releases,
            by_version,
            problems,
        }
    }

    /// Returns the releases, in the order of the text.
    #[must_use]
    pub fn releases(&self) -> &[Indexed] {
        &self.releases
    }

    /// Returns the releases of a version, one for each platform, in the order of the text.
    ///
    /// ```
    /// use rungs::{Scheme, Version, index::ReadInfo};
    /// let info = ReadInfo::read(b"---\n1.0 |\n1.0-java |\n1.1 |\n");
    /// let version = Version::parse(Scheme::RubyGems, "1.0")?;
    /// assert_eq!(info.of_version(&version).count(), 2);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn of_version<'i>(&'i self, version: &Version) -> impl Iterator<Item = &'i Indexed> {
        let all = &self.by_version;
        let start = all.partition_point(|at| self.releases[*at].version < *version);
        let count = all[start..].partition_point(|at| self.releases[*at].version == *version);
        all[start..start + count]
            .iter()
            .map(|at| &self.releases[*at])
    }

    /// Returns an error for each line that is no release.
    #[must_use]
    pub fn problems(&self) -> &[Error] {
        &self.problems
    }
}

/// Of lines that name a version twice the last counts, as in Bundler; in the order of the text.
fn last_lines(releases: Vec<Indexed>) -> Vec<Indexed> {
    let mut seen: BTreeSet<(String, Option<String>)> = BTreeSet::new();
    let mut kept: Vec<Indexed> = releases.into_iter().rev().collect();
    kept.retain(|it| {
        let platform = it.platform().map(str::to_owned);
        seen.insert((it.version().as_str().to_owned(), platform))
    });
    kept.reverse();
    kept
}

/// Reads `info/NAME`: the releases in the order of the text, and every line that is none.
///
/// ```
/// use rungs::index::read_info;
/// let (releases, _) = read_info(b"---\n1.0 a:>= 1|ruby:>= 2.7\n");
/// assert_eq!(releases[0].ruby().unwrap().to_string(), ">= 2.7");
/// ```
#[must_use]
pub fn read_info(text: &[u8]) -> (Vec<Indexed>, Vec<Error>) {
    let mut releases = Vec::new();
    let problems = line::each(text, |line| {
        releases.push(release(line)?);
        Ok(())
    });
    (releases, problems)
}

/// `info/NAME`, one release a line, in this order.
///
/// ```
/// use rungs::index::{info_text, read_info};
/// let text = "---\n1.0 a:>= 1|ruby:>= 2.7\n";
/// assert_eq!(info_text(&read_info(text.as_bytes()).0), text);
/// ```
#[must_use]
pub fn info_text(releases: &[Indexed]) -> String {
    let mut out = String::from("---\n");
    for release in releases {
        out.push_str(&release.to_string());
        out.push('\n');
    }
    out
}

fn release(line: InfoLine<'_>) -> Result<Indexed, Error> {
    let (head, rest) = line.word(0);
    let (version, platform) = line.version(head)?;
    let mut release = Indexed {
        version,
        platform: platform.map(str::to_owned),
        dependencies: Vec::new(),
        ruby: None,
        rubygems: None,
        metadata: Vec::new(),
    };
    let (needs, metadata) = line.cut(rest..line.text().len(), '|');
    for part in line.split(needs, ',') {
        release.dependencies.push(dependency(line, part)?);
    }
    for part in metadata.map_or_else(Vec::new, |range| line.split(range, ',')) {
        entry(line, part, &mut release)?;
    }
    Ok(release)
}

fn dependency(line: InfoLine<'_>, range: Range<usize>) -> Result<Needs, Error> {
    let (name, Some(versions)) = line.cut(range.clone(), ':') else {
        return Err(without_value(
            line,
            range,
            "requirement",
            "NAME:REQUIREMENT",
        ));
    };
    let name = line.name(name)?;
    let (requirement, texts) = line.requirement(versions)?;
    Ok(Needs {
        name,
        requirement,
        texts: texts.into_iter().map(str::to_owned).collect(),
    })
}

fn entry(line: InfoLine<'_>, range: Range<usize>, release: &mut Indexed) -> Result<(), Error> {
    let (key, Some(value)) = line.cut(range.clone(), ':') else {
        return Err(without_value(line, range, "value", "KEY:VALUE"));
    };
    let word = line.get(&key);
    let known = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if word.is_empty() || !word.chars().all(known) {
        return Err(line.wrong(
            key.start,
            format!(
                "{:?} is not a key: expected ruby, rubygems, checksum …",
                short(word)
            ),
        ));
    }
    match word {
        "ruby" => release.ruby = Some(line.requirement(value.clone())?.0),
        "rubygems" => release.rubygems = Some(line.requirement(value.clone())?.0),
        "checksum" => line.checksum(&value)?,
        "created_at" => {
            let day = line.get(&value);
            if day.get(..10).is_none_or(|day| Date::parse(day).is_err()) {
                return Err(line.wrong(
                    value.start,
                    format!(
                        "{:?} is not a time: expected YYYY-MM-DDTHH:MM:SSZ",
                        short(day)
                    ),
                ));
            }
        }
        _ => {}
    }
    let values = line.split(value, '&');
    let values = values.iter().map(|part| line.get(part).to_owned());
    release.metadata.push((word.to_owned(), values.collect()));
    Ok(())
}

fn without_value(line: InfoLine<'_>, range: Range<usize>, what: &str, expected: &str) -> Error {
    let text = short(line.get(&range));
    line.wrong(
        range.start,
        format!("{text:?} has no {what}: expected {expected}"),
    )
}

/// Each requirement of a list, in its order.
fn texts(requirement: &Requirement) -> Vec<String> {
    requirement
        .to_string()
        .split(", ")
        .map(str::to_owned)
        .collect()
}
