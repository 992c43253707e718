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
    /// Nothing that rules speak about; only its name counts.
    Other,
}

const RUBY: &[&str] = &[
    "rb", "rake", "ru", "gemspec", "gemfile", "jbuilder", "builder", "thor",
];
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

fn is_gemfile(base: &str) -> bool {
    base.starts_with("Gemfile.") && !base.ends_with(".lock")
}
