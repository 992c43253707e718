//! A compact index in folders, read when a package is asked for.

use crate::files::read;
use crate::import::digest;
use rungs::Error;
use rungs::index::{Infos, ReadInfo};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folders with `info` files.
pub(crate) struct Folder {
    /// A mirror's, where a file is named as its package.
    plain: Vec<PathBuf>,
    /// Bundler's, where a digest follows names that a file system might not keep apart.
    special: Vec<PathBuf>,
    /// What was read already: a package is read once, however often it is asked for.
    read: BTreeMap<String, Option<Arc<ReadInfo>>>,
}

impl Folder {
    /// A mirror (`info/NAME`), Bundler's cache of one or several servers, or the folder `info`.
    ///
    /// The folder of a server has `versions` beside `info`, and no name with a dot before it: `.git` has a
    /// folder `info` too.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let entries = std::fs::read_dir(path)
            .map_err(|error| Error::io(&format!("cannot read {}: {error}", path.display())))?;
        let is_shown = |it: &std::fs::DirEntry| !it.file_name().to_string_lossy().starts_with('.');
        let servers = entries.flatten().filter(is_shown).map(|it| it.path());
        let servers = servers.filter(|it| it.join("versions").is_file());
        let mut servers: Vec<PathBuf> = servers.collect();
        servers.sort();
        servers.insert(0, path.to_owned());
        let with = |name: &str| -> Vec<PathBuf> {
            let folders = servers.iter().map(|folder| folder.join(name));
            folders.filter(|folder| folder.is_dir()).collect()
        };
        let mut plain = with("info");
        if plain.is_empty() && path.file_name().is_some_and(|name| name == "info") {
            plain.push(path.to_owned());
        }
        if plain.is_empty() {
            return Err(Error::io(&format!(
                "{} is no compact index: expected a folder `info` in it, or folders of servers with `info` and `versions`",
                path.display()
            )));
        }
        Ok(Folder {
            plain,
            special: with("info-special-characters"),
            read: BTreeMap::new(),
        })
    }
}

impl Infos for Folder {
    fn info(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        // A name from a lockfile names no other place.
        if name.contains(['/', '\\']) || name.starts_with('.') {
            return Ok(None);
        }
        let plain = self.plain.iter().map(|folder| folder.join(name));
        let special = self.special.iter();
        let special = special.map(|folder| folder.join(format!("{name}-{}", digest(name))));
        let mut files = plain.chain(special);
        match files.find(|file| file.is_file()) {
            Some(file) => read(&file).map(Some),
            None => Ok(None),
        }
    }

    fn releases(&mut self, name: &str) -> Result<Option<Arc<ReadInfo>>, Error> {
        if let Some(read) = self.read.get(name) {
            return Ok(read.clone());
        }
        let text = self.info(name)?;
        let read = text.map(|text| Arc::new(ReadInfo::read(&text)));
        self.read.insert(name.to_owned(), read.clone());
        Ok(read)
    }
}
