//! What was fetched, kept between calls: a folder for each server, with the files of its index as
//! Bundler keeps them (`versions`, `info/NAME`), so that `--index` and `catalog import` read it too.
//!
//! Several processes may share it without a lock. A file is replaced whole, and its validators (the
//! `ETag` of the answer) are kept beside the sum of the text that they are for. Whatever two processes
//! leave behind, a validator is sent only for the text that it belongs to, and a damaged text is
//! fetched anew.

use crate::import::digest;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Texts by path, with what their server needs to tell whether they are still the same.
pub(crate) struct Cache(Option<PathBuf>);

/// A text that was fetched before.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) text: Vec<u8>,
    pub(crate) validators: Validators,
}

/// What a server gave to ask for changes only.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub(crate) struct Validators {
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
    /// A digest came with the text, so one may come with a part, which nothing else proves.
    pub(crate) has_digest: bool,
}

impl Cache {
    /// In this folder; without one nothing is kept.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Cache(folder)
    }

    /// A text of at most `most` bytes.
    pub(crate) fn read(&self, path: &str, most: usize) -> Option<Kept> {
        let file = self.file(path)?;
        let size = fs::metadata(&file)
            .ok()
            .filter(fs::Metadata::is_file)?
            .len();
        if size > most as u64 {
            return None;
        }
        let text = fs::read(&file).ok()?;
        let validators = self.validators(path, &text).unwrap_or_default();
        Some(Kept { text, validators })
    }

    /// Keeps a text. A cache that cannot be written costs only requests: nothing is said.
    pub(crate) fn write(&self, path: &str, kept: &Kept) {
        let files = self.file(path).zip(self.beside(path));
        let Some((file, beside)) = files else { return };
        let mut head = format!("sha256 {}\n", sum(&kept.text));
        for (key, value) in [
            ("etag", &kept.validators.etag),
            ("last-modified", &kept.validators.last_modified),
        ] {
            if let Some(value) = value.as_ref().filter(|it| !it.contains('\n')) {
                let _ = writeln!(head, "{key} {value}");
            }
        }
        if kept.validators.has_digest {
            head.push_str("digest yes\n");
        }
        let written = replace(&file, &kept.text).and_then(|()| replace(&beside, head.as_bytes()));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
    }

    fn file(&self, path: &str) -> Option<PathBuf> {
        let folder = self.0.as_ref()?;
        Some(match path.strip_prefix("info/") {
            Some(name) if is_plain(name) => folder.join("info").join(name),
            // As Bundler: names that a file system might not keep apart have a digest behind them.
            Some(name) => folder
                .join("info-special-characters")
                .join(format!("{name}-{}", digest(name))),
            None => folder.join(path),
        })
    }

    fn beside(&self, path: &str) -> Option<PathBuf> {
        let name = path.replace('/', "-");
        let name = format!("{name}-{}", digest(&name));
        Some(self.0.as_ref()?.join("validators").join(name))
    }

    /// The validators of this very text.
    fn validators(&self, path: &str, text: &[u8]) -> Option<Validators> {
        let head = fs::read_to_string(self.beside(path)?).ok()?;
        let mut found = Validators::default();
        let mut is_for = false;
        for line in head.lines() {
            match line.split_once(' ')? {
                ("sha256", of) => is_for = of == sum(text),
                ("etag", value) => found.etag = Some(value.to_owned()),
                ("digest", _) => found.has_digest = true,
                ("last-modified", value) => found.last_modified = Some(value.to_owned()),
                _ => {}
            }
        }
        is_for.then_some(found)
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    name.bytes().all(plain)
}

pub(crate) fn sum(text: &[u8]) -> String {
    let mut out = String::new();
    for byte in Sha256::digest(text) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Puts a text in the place of a file, whole or not at all.
fn replace(file: &Path, text: &[u8]) -> io::Result<()> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let beside = folder.join(format!(".{}-{number}.part", std::process::id()));
    let mut written = fs::File::create_new(&beside)?;
    let done = written
        .write_all(text)
        .and_then(|()| fs::rename(&beside, file));
    if done.is_err() {
        let _ = fs::remove_file(&beside);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::{Cache, Kept, Validators};

    fn kept(text: &str, etag: &str) -> Kept {
        Kept {
            text: text.as_bytes().to_vec(),
            validators: Validators {
                etag: Some(etag.to_owned()),
                last_modified: None,
                has_digest: true,
            },
        }
    }

    #[test]
    fn a_validator_is_for_its_own_text_only() {
        let name = format!("rungs-cache-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let cache = Cache::new(Some(folder.clone()));
        let one = kept("one\n", "\"1\"");
        cache.write("info/a-b", &one);
        assert_eq!(cache.read("info/a-b", 100), Some(one.clone()));
        assert_eq!(cache.read("info/a-b", 3), None);
        // Another process wrote the text, and not yet its validators.
        std::fs::write(folder.join("info/a-b"), "two\n").unwrap();
        let two = cache.read("info/a-b", 100).unwrap();
        assert_eq!(
            (&*two.text, two.validators),
            (&b"two\n"[..], Validators::default())
        );
        // Names that differ by case only are files of their own.
        cache.write("info/A-b", &one);
        assert_eq!(cache.read("info/a-b", 100).unwrap().text, b"two\n");
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(Cache::new(None).read("versions", 100), None);
    }
}
