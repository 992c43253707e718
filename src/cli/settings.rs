//! Bundler's settings, as far as they decide which files are a project's, what Bundler may do, and how
//! a gem server is asked.
//!
//! As in Bundler: `config` in the project's folder `.bundle` (or `BUNDLE_APP_CONFIG`) counts before
//! the environment, which counts before the user's own configuration. In keys `__` is a dot and
//! `___` a dash.

use crate::files::read_up_to;
use rungs::Error;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where a project has its configuration.
pub(crate) const FOLDER: &str = ".bundle";
/// The largest configuration that is read, in bytes.
const MAX_CONFIG: usize = 1 << 20;

/// The settings of one place; keys are as in the environment: `BUNDLE_FROZEN`.
type Values = BTreeMap<String, Setting>;

/// The settings of a project, first those that count first.
pub(crate) struct Settings(Vec<Values>);

/// A setting, and where it is set.
#[derive(Clone)]
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
            return Ok(Settings(vec![environment()]));
        }
        let global = global_file().map(|path| file(&path)).transpose()?;
        Ok(Settings(vec![
            file(&config_folder(folder).join("config"))?,
            environment(),
            global.unwrap_or_default(),
        ]))
    }

    /// Settings of one place, for tests.
    #[cfg(all(test, feature = "refresh"))]
    pub(crate) fn with(pairs: &[(&str, &str)]) -> Self {
        let settings = pairs.iter().map(|(key, value)| {
            let (value, from) = ((*value).to_owned(), From::Variable((*key).to_owned()));
            (normal(key), Setting { value, from })
        });
        Settings(vec![settings.collect()])
    }

    /// The value of a setting; what is empty says nothing.
    pub(crate) fn get(&self, key: &str) -> Option<Setting> {
        let places = self.0.iter();
        let mut settings = places.filter_map(|values| values.get(key));
        settings.find(|setting| !setting.value.is_empty()).cloned()
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

/// What a configuration file has.
fn file(path: &Path) -> Result<Values, Error> {
    if !path.is_file() {
        return Ok(Values::new());
    }
    let text = read_up_to(path, MAX_CONFIG)?;
    let text = String::from_utf8_lossy(&text);
    let settings = text.lines().filter_map(pair).map(|(key, value)| {
        let from = From::File(path.to_owned());
        (key, Setting { value, from })
    });
    Ok(settings.collect())
}

fn environment() -> Values {
    let settings = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        let value = value.to_string_lossy().into_owned();
        let from = From::Variable(name.clone());
        let setting = Setting { value, from };
        name.starts_with(PREFIX).then(|| (normal(&name), setting))
    });
    settings.collect()
}

/// How every key begins.
const PREFIX: &str = "BUNDLE_";

/// The key of a setting, as variables and files have it.
#[cfg(feature = "refresh")]
pub(crate) fn key(name: &str) -> String {
    let name = name.replace('-', "___").replace('.', "__");
    format!("{PREFIX}{}", name.to_ascii_uppercase())
}

/// A key as somebody wrote it: addresses end with a slash, dots and dashes are codes.
pub(crate) fn normal(written: &str) -> String {
    let mut key = written.replace('-', "___").replace('.', "__");
    let upper = key.to_ascii_uppercase();
    let is_address = upper.contains("HTTP:") || upper.contains("HTTPS:");
    if is_address && !key.ends_with('/') && !upper.ends_with("__FALLBACK_TIMEOUT") {
        key.push('/');
    }
    key.to_ascii_uppercase()
}

/// A line `KEY: "value"`; what Bundler writes otherwise (lists) decides nothing here.
pub(crate) fn pair(line: &str) -> Option<(String, String)> {
    // A key may hold an address, so the colon that ends it has a space or the end behind it.
    let line = line.trim_end();
    // What is indented belongs to the key above it.
    if line.starts_with([' ', '\t']) {
        return None;
    }
    let (key, value) = match line.split_once(": ") {
        Some(pair) => pair,
        None => (line.strip_suffix(':')?, ""),
    };
    let unquoted = |text: &str| -> String {
        let text = text.trim();
        let inner = ['"', '\'']
            .iter()
            .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
        inner.unwrap_or(text).to_owned()
    };
    let key = Some(unquoted(key)).filter(|key| key.starts_with(PREFIX))?;
    Some((normal(&key), unquoted(value)))
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
            (
                "BUNDLE_GEMS__A__COM: \"me:secret\"",
                Some("BUNDLE_GEMS__A__COM=me:secret"),
            ),
            (
                "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: \"http://m/\"",
                Some("BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/=http://m/"),
            ),
            (
                "BUNDLE_HTTPS://A.COM: me:x",
                Some("BUNDLE_HTTPS://A__COM/=me:x"),
            ),
            ("\"BUNDLE_RETRY\": 5", Some("BUNDLE_RETRY=5")),
            ("# BUNDLE_A: 1", None),
            ("  BUNDLE_A: 1", None),
            ("", None),
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
