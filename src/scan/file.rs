//! What kind of file a path is.

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// Ruby.
    Ruby,
    /// A template with Ruby in it.
    Erb,
    /// Commands: scripts, manifests, units.
    Commands,
    /// Ruby in a language of templates that is not read: its words alone count.
    Mixed,
    /// Nothing that rules speak about; only its name counts.
    Other,
}

const RUBY: &[&str] = &[
    "rb", "rake", "ru", "gemspec", "gemfile", "jbuilder", "builder", "thor", "rabl", "arb",
    "axlsx", "podspec", "rbw",
];
const MIXED: &[&str] = &["haml", "slim", "tt", "liquid"];
const RUBY_NAMES: &[&str] = &[
    "Gemfile",
    "Rakefile",
    "Guardfile",
    "Capfile",
    "Thorfile",
    "Brewfile",
    "Vagrantfile",
    "Dangerfile",
];
const COMMANDS: &[&str] = &[
    "sh",
    "bash",
    "zsh",
    "yml",
    "yaml",
    "service",
    "timer",
    "mk",
    "json",
    "toml",
    "tf",
    "hcl",
    "nomad",
    "conf",
    "ini",
    "cfg",
    "env",
    "dockerfile",
    "procfile",
];
const COMMAND_NAMES: &[&str] = &["Makefile", "Justfile", "justfile", "Jenkinsfile", "crontab"];

impl FileKind {
    /// By the path, and for files without an extension by their first line.
    ///
    /// ```
    /// use rungs::scan::FileKind;
    /// assert_eq!(FileKind::of("app/models/user.rb", b""), FileKind::Ruby);
    /// assert_eq!(FileKind::of("bin/start", b"#!/bin/sh\n"), FileKind::Commands);
    /// ```
    #[must_use]
    pub fn of(path: &str, source: &[u8]) -> Self {
        let base = path.rsplit('/').next().unwrap_or(path);
        let (stem, extension) = match base.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, extension),
            _ => (base, ""),
        };
        if extension == "erb" {
            // A template of a manifest runs commands, others run Ruby.
            return FileKind::Erb;
        }
        // A generator's template may be called as what it makes.
        let is_template = path.split('/').any(|folder| folder == "templates");
        if is_template && extension == "rb" && source.windows(2).any(|two| two == b"<%") {
            return FileKind::Erb;
        }
        if MIXED.contains(&extension) {
            return FileKind::Mixed;
        }
        if RUBY.contains(&extension) || RUBY_NAMES.contains(&base) || is_gemfile(base) {
            return FileKind::Ruby;
        }
        if COMMANDS.contains(&extension)
            || COMMAND_NAMES.contains(&base)
            || ["Procfile", "Dockerfile", "Containerfile"]
                .iter()
                .any(|name| stem == *name || base.starts_with(&format!("{name}.")))
        {
            return FileKind::Commands;
        }
        let line = source.split(|byte| *byte == b'\n').next().unwrap_or(b"");
        if extension.is_empty() && line.starts_with(b"#!") {
            let words = String::from_utf8_lossy(&line[..line.len().min(200)]);
            return match words.contains("ruby") {
                true => FileKind::Ruby,
                false if words.contains("sh") => FileKind::Commands,
                false => FileKind::Other,
            };
        }
        FileKind::Other
    }

    /// Whether the path alone may show how it is read; others need their first line.
    #[must_use]
    pub fn may_be_read(path: &str) -> bool {
        let base = path.rsplit('/').next().unwrap_or(path);
        let has_extension = base
            .rsplit_once('.')
            .is_some_and(|(stem, _)| !stem.is_empty());
        !has_extension || FileKind::of(path, b"") != FileKind::Other
    }
}

/// Whether a file says what is installed.
pub(super) fn is_gemfile(base: &str) -> bool {
    base == "Gemfile"
        || base == "gems.rb"
        || base.ends_with(".gemfile")
        || base.starts_with("Gemfile.") && !base.starts_with("Gemfile.lock")
}

/// Whether an application may load a file: not what specs and tests read as data, not templates from
/// which a generator makes files, not code of others.
pub(super) fn is_loaded(path: &str) -> bool {
    let folders: Vec<&str> = path.split('/').collect();
    let folders = &folders[..folders.len() - 1];
    let has = |name: &str| folders.contains(&name);
    let is_data = (has("fixtures") || has("cassettes") || has("testdata"))
        && ["spec", "specs", "test", "tests", "features"]
            .iter()
            .any(|name| has(name));
    let is_template = has("templates") && (has("generators") || has("generator"));
    let is_foreign = ["vendor", "node_modules", ".bundle"]
        .iter()
        .any(|name| has(name));
    !is_data && !is_template && !is_foreign
}
