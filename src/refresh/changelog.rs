//! The breaking entries of a changelog, as most gems write one: a heading for each version, a list of
//! entries below it.

use crate::date::Date;
use crate::version::{Scheme, Version};

/// What a changelog says of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangelogRelease {
    version: Version,
    date: Option<Date>,
    anchor: String,
    breaking: Vec<String>,
}

impl ChangelogRelease {
    /// The version of the heading.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The day in the heading.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.date
    }

    /// The anchor that GitHub gives the heading.
    #[must_use]
    pub fn anchor(&self) -> &str {
        &self.anchor
    }

    /// The entries that are marked as breaking, each on one line and without its mark.
    #[must_use]
    pub fn breaking(&self) -> &[String] {
        &self.breaking
    }
}

/// The longest entry that is kept, in characters.
const MAX_ENTRY: usize = 500;

/// Reads a changelog in Markdown: the versions in its order. An entry is breaking if it begins with
/// `[Breaking]`, `Breaking:` or `BREAKING`, in bold or not, or is below a heading with that word.
///
/// ```
/// use rungs::{Scheme, refresh::read_changelog};
/// let text = "# Changelog\n\n## 2.0.0 (2024-05-01)\n- **[Breaking]** Drop `x`,\n  use `y`.\n- [Fix] z\n";
/// let releases = read_changelog(Scheme::RubyGems, text);
/// assert_eq!(releases[0].breaking(), ["Drop `x`, use `y`."]);
/// assert_eq!(releases[0].anchor(), "200-2024-05-01");
/// ```
#[must_use]
pub fn read_changelog(scheme: Scheme, text: &str) -> Vec<ChangelogRelease> {
    let mut releases: Vec<ChangelogRelease> = Vec::new();
    let mut depth = 0;
    let mut is_breaking_part = false;
    // The entry that further lines go on with.
    let mut is_open = false;
    let mut is_code = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            is_code = !is_code;
            continue;
        }
        if is_code {
            continue;
        }
        if let Some((level, heading)) = heading(trimmed) {
            is_open = false;
            if let Some(version) = version(scheme, heading) {
                depth = level;
                is_breaking_part = false;
                releases.push(ChangelogRelease {
                    version,
                    date: heading
                        .split(['(', ')', ' ', ','])
                        .find_map(|word| Date::parse(word).ok()),
                    anchor: anchor(heading),
                    breaking: Vec::new(),
                });
            } else if level <= depth {
                // A heading of another kind ends the version.
                depth = 0;
                is_breaking_part = false;
            } else {
                is_breaking_part = heading.to_lowercase().contains("breaking");
            }
            continue;
        }
        let Some(release) = releases.last_mut().filter(|_| depth > 0) else {
            continue;
        };
        let bullet = ["- ", "* ", "+ "]
            .iter()
            .find_map(|mark| trimmed.strip_prefix(mark));
        match bullet {
            Some(entry) => {
                let found = unmarked(entry).or(is_breaking_part.then_some(entry));
                is_open = found.is_some();
                release
                    .breaking
                    .extend(found.map(|it| it.trim().to_owned()));
            }
            None if trimmed.is_empty() => is_open = false,
            None => {
                if let Some(last) = release.breaking.last_mut().filter(|_| is_open) {
                    if last.chars().count() < MAX_ENTRY {
                        last.push(' ');
                        last.push_str(trimmed);
                    }
                }
            }
        }
    }
    for release in &mut releases {
        for entry in &mut release.breaking {
            *entry = entry
                .chars()
                .filter(|c| !c.is_control())
                .take(MAX_ENTRY)
                .collect();
        }
        release.breaking.retain(|entry| !entry.is_empty());
    }
    releases
}

/// `## 2.0.0` as its level and its text.
fn heading(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    (level > 0 && text.starts_with([' ', '[']))
        .then(|| (level, text.trim().trim_end_matches('#').trim()))
}

/// The version that a heading is about: `2.0.0`, `v2.0.0`, `[2.0.0]`, `Version 2.0.0`.
fn version(scheme: Scheme, heading: &str) -> Option<Version> {
    let mut words = heading.split_whitespace();
    words.by_ref().take(2).find_map(|word| {
        let word = word.split(']').next()?.trim_start_matches(['[', 'v', 'V']);
        let word = word.trim_end_matches([':', ',']);
        let is_number = word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
        Version::parse(scheme, word).ok().filter(|_| is_number)
    })
}

/// An entry without the mark that says that it is breaking; `None` if it has none.
fn unmarked(entry: &str) -> Option<&str> {
    let plain = entry.trim_start_matches(['*', '_', ' ']);
    let is = |mark: &str| {
        let head = plain.get(..mark.len())?;
        head.eq_ignore_ascii_case(mark)
            .then(|| &plain[mark.len()..])
    };
    let shouted = plain
        .strip_prefix("BREAKING CHANGE")
        .or_else(|| plain.strip_prefix("BREAKING"));
    let rest = is("[breaking change]")
        .or_else(|| is("[breaking]"))
        .or_else(|| is("breaking:"))
        .or_else(|| is("breaking change:"))
        .or(shouted)?;
    Some(rest.trim_start_matches(['*', '_', ':', ' ', '-', ']']))
}

/// As GitHub makes anchors of headings: small letters, digits, `_`; spaces are dashes.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter_map(|c| match c {
        ' ' | '-' => Some('-'),
        c if c.is_alphanumeric() || c == '_' => Some(c),
        _ => None,
    });
    kept.collect()
}
