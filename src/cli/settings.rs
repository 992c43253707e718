//! Bundler's settings, as far as they decide which files are a project's and what Bundler may do.
//!
//! As in Bundler: `config` in the project's folder `.bundle` (or `BUNDLE_APP_CONFIG`) counts before
//! the environment, which counts before the user's own configuration.

use crate::files::read;
use rungs::Error;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where a project has its configuration.
pub(crate) const FOLDER: &str = ".bundle";

/// The settings of a project; keys are as in the environment: `BUNDLE_FROZEN`.
pub(crate) struct Settings {
    local: Option<File>,
    global: Option<File>,
}

/// A configuration file.
struct File {
    path: PathBuf,
    values: BTreeMap<String, String>,
}

/// A setting, and where it is set.
pub(crate) struct Setting {
    pub(crate) value: String,
    pub(crate) from: From,
}

/// Where a setting is set.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum From {
    /// In a file.
    File(PathBuf),
    /// In a variable of this name.
    Variable(String),
}

impl std::fmt::Display for From {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            From::File(path) => write!(f, "{}", path.display()),
            From::Variable(name) => write!(f, "the variable {name}"),
        }
    }
}

impl Settings {
    /// The settings of the project in a folder.
    pub(crate) fn of(folder: &Path) -> Result<Self, Error> {
        if ignores_files() {
            return Ok(Settings {
                local: None,
                global: None,
            });
        }
        Ok(Settings {
            local: File::read(config_folder(folder).join("config"))?,
            global: match global_file() {
                Some(path) => File::read(path)?,
                None => None,
            },
        })
    }

    /// The value of a setting; what is empty says nothing.
    pub(crate) fn get(&self, key: &str) -> Option<Setting> {
        let of_file = |file: &Option<File>| {
            let file = file.as_ref()?;
            Some(Setting {
                value: file.values.get(key)?.clone(),
                from: From::File(file.path.clone()),
            })
        };
        let of_environment = || {
            Some(Setting {
                value: variable(key)?.to_string_lossy().into_owned(),
                from: From::Variable(key.to_owned()),
            })
        };
        let settings = [
            of_file(&self.local),
            of_environment(),
            of_file(&self.global),
        ];
        settings
            .into_iter()
            .flatten()
            .find(|setting| !setting.value.is_empty())
    }

    /// The setting where it is one and does not say no.
    pub(crate) fn yes(&self, key: &str) -> Option<Setting> {
        self.get(key).filter(|setting| !is_no(&setting.value))
    }

    /// Which setting forbids Bundler to write the lockfile, if any; the last part of its name.
    pub(crate) fn freezes(&self) -> Option<(&'static str, Setting)> {
        match self.get("BUNDLE_FROZEN") {
            Some(frozen) if is_no(&frozen.value) => None,
            Some(frozen) => Some(("frozen", frozen)),
            None => Some(("deployment", self.yes("BUNDLE_DEPLOYMENT")?)),
        }
    }
}

/// What Bundler takes for `false`.
fn is_no(value: &str) -> bool {
    let no = ["", "false", "f", "no", "n", "0"];
    no.contains(&value.to_ascii_lowercase().as_str())
}

/// A variable that is set to something.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn ignores_files() -> bool {
    std::env::var_os("BUNDLE_IGNORE_CONFIG").is_some()
}

/// The folder with a project's configuration.
pub(crate) fn config_folder(project: &Path) -> PathBuf {
    let folder = std::env::var_os("BUNDLE_APP_CONFIG").unwrap_or_else(|| FOLDER.into());
    match project == Path::new(".") {
        true => folder.into(),
        false => project.join(folder),
    }
}

/// The user's own configuration.
fn global_file() -> Option<PathBuf> {
    if let Some(file) = variable("BUNDLE_CONFIG").or_else(|| variable("BUNDLE_USER_CONFIG")) {
        return Some(file.into());
    }
    if let Some(folder) = variable("BUNDLE_USER_HOME") {
        return Some(PathBuf::from(folder).join("config"));
    }
    Some(PathBuf::from(variable("HOME")?).join(FOLDER).join("config"))
}

impl File {
    fn read(path: PathBuf) -> Result<Option<Self>, Error> {
        if !path.is_file() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&read(&path)?).into_owned();
        let values = text.lines().filter_map(pair);
        Ok(Some(File {
            values: values.collect(),
            path,
        }))
    }
}

/// A line `KEY: "value"`; what Bundler writes otherwise (lists) decides nothing here.
pub(crate) fn pair(line: &str) -> Option<(String, String)> {
    let (key, value) = line.split_once(':')?;
    if !key.starts_with("BUNDLE_") {
        return None;
    }
    let value = value.trim();
    let quoted = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    let value = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
    Some((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{is_no, pair};

    #[test]
    fn lines_of_a_configuration_are_keys_with_values() {
        let read = |line| pair(line).map(|(key, value)| format!("{key}={value}"));
        for (line, want) in [
            ("BUNDLE_FROZEN: \"true\"", Some("BUNDLE_FROZEN=true")),
            ("BUNDLE_COOLDOWN: 7", Some("BUNDLE_COOLDOWN=7")),
            ("BUNDLE_GEMFILE: 'a b'\r", Some("BUNDLE_GEMFILE=a b")),
            ("BUNDLE_WITHOUT:", Some("BUNDLE_WITHOUT=")),
            ("  - \"test\"", None),
            ("---", None),
        ] {
            assert_eq!(read(line).as_deref(), want, "{line}");
        }
    }

    #[test]
    fn no_is_what_bundler_takes_for_it() {
        assert!(["", "false", "F", "no", "N", "0"].into_iter().all(is_no));
        assert!(!["true", "1", "off", "yes"].into_iter().any(is_no));
    }
}
