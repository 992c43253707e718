//! Catalogs to and from compact indexes.

use crate::Done;
use crate::args::ImportArgs;
use crate::files::{open_layers, read, read_sources, replace};
use md5::{Digest, Md5};
use rungs::catalog::{Catalog, Role, Source};
use rungs::index::{self, Indexed, Listed, Versions};
use rungs::{Error, Name, Scheme, report};
use similar::TextDiff;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The files of a compact index.
pub(crate) fn index_files(catalog: &Catalog) -> Result<Vec<(String, String)>, Error> {
    let packages = report::catalog_index(catalog)?;
    let (mut files, mut listed) = (Vec::new(), Vec::new());
    for (name, releases) in packages.iter().filter(|(_, releases)| !releases.is_empty()) {
        let text = index::info_text(releases);
        let versions = releases.iter().map(|it| it.version().clone()).collect();
        listed.push((name.clone(), Listed::new(versions, md5(text.as_bytes()))));
        files.push((format!("info/{name}"), text));
    }
    let names: Vec<Name> = listed.iter().map(|(name, _)| name.clone()).collect();
    files.push(("names".to_owned(), index::names_text(&names)));
    let versions = index::versions_text(catalog.horizon(), &listed);
    files.push(("versions".to_owned(), versions));
    Ok(files)
}

/// What Bundler's cache puts behind a name.
pub(crate) fn digest(name: &str) -> String {
    md5(name.as_bytes())
}

fn md5(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Md5::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What was read in compact indexes about the packages of a catalog.
#[derive(Default)]
struct Found {
    releases: BTreeMap<Name, Vec<Indexed>>,
    versions: Vec<(String, Versions)>,
    problems: Vec<Error>,
}

/// Some lines could not be read; the rest was.
const PROBLEMS: u8 = 1;

pub(crate) fn import(args: &ImportArgs) -> Done {
    let layers: Vec<Vec<Source>> = args
        .catalog
        .iter()
        .map(|path| read_sources(path))
        .collect::<Result<_, _>>()?;
    let catalog = open_layers(layers.clone())?;
    if catalog.scheme() != Scheme::RubyGems {
        return Err(Error::io(&format!(
            "{} has the scheme {}: a compact index is for rubygems",
            catalog.name(),
            catalog.scheme()
        )));
    }
    let mut found = Found::default();
    for path in &args.compact_index {
        found.read(&catalog, path)?;
    }
    for error in &found.problems {
        crate::tell(error);
    }
    found.tell_what_is_missing(&catalog);
    if found.releases.values().all(Vec::is_empty) {
        return Err(Error::io(&format!(
            "no release of a package of {} could be read",
            catalog.name()
        )));
    }
    let mut new: Vec<(Name, Vec<&Indexed>)> = Vec::new();
    for (name, releases) in &found.releases {
        let package = catalog.package(name.as_str());
        let unknown = package.map_or_else(Vec::new, |it| report::unknown_releases(it, releases));
        if !unknown.is_empty() {
            new.push((name.clone(), unknown));
        }
    }
    let code = if found.problems.is_empty() {
        0
    } else {
        PROBLEMS
    };
    if new.is_empty() {
        eprintln!("rungs: {} knows all of these releases", catalog.name());
        return Ok((String::new(), code));
    }
    if layers.is_empty() {
        return Ok((report::releases_overlay(&catalog, &new), code));
    }
    let files = edited(&layers, &new)?;
    let mut out = String::new();
    for (name, old, text) in &files {
        let shown = report::printable_line(name);
        let diff = TextDiff::from_lines(old.as_str(), text.as_str());
        let _ = write!(out, "{}", diff.unified_diff().header(&shown, &shown));
    }
    if args.write {
        let files: Vec<(PathBuf, String)> = files
            .into_iter()
            .map(|(name, _, text)| (PathBuf::from(name), text))
            .collect();
        replace(&files)?;
    }
    Ok((out, code))
}

/// Name, old text and new text of each file that changes.
fn edited(
    layers: &[Vec<Source>],
    new: &[(Name, Vec<&Indexed>)],
) -> Result<Vec<(String, String, String)>, Error> {
    let mut edited: Vec<Vec<Source>> = layers.to_vec();
    for (name, releases) in new {
        let mut done = false;
        // Later layers win, so the last file that speaks of the package is the one.
        for source in edited.iter_mut().flatten().rev() {
            let text = report::with_releases(source.text(), name, releases)
                .map_err(|error| error.in_file(source.name()))?;
            if let Some(text) = text {
                *source = Source::new(source.name(), text);
                done = true;
                break;
            }
        }
        if !done {
            // Only the catalog below speaks of it: the overlay gets a section of its own.
            let last = edited.last_mut().and_then(|layer| layer.first_mut());
            let Some(source) = last else { continue };
            let section = report::releases_section(name, releases);
            let text = format!("{}\n\n{section}", source.text().trim_end_matches('\n'));
            *source = Source::new(source.name(), text);
        }
    }
    // What is written must read as a catalog.
    open_layers(edited.clone())?;
    let pairs = layers.iter().flatten().zip(edited.iter().flatten());
    Ok(pairs
        .filter(|(old, new)| old.text() != new.text())
        .map(|(old, new)| {
            (
                old.name().to_owned(),
                old.text().to_owned(),
                new.text().to_owned(),
            )
        })
        .collect())
}

impl Found {
    /// A folder of an index, of `info` files or of several indexes, or a file.
    fn read(&mut self, catalog: &Catalog, path: &Path) -> Result<(), Error> {
        if !path.is_dir() {
            return self.read_file(catalog, path);
        }
        if self.read_index(catalog, path)? {
            return Ok(());
        }
        let entries = std::fs::read_dir(path)
            .map_err(|error| Error::io(&format!("cannot read {}: {error}", path.display())))?;
        let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        folders.sort();
        let mut any = false;
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            any |= self.read_index(catalog, folder)?;
        }
        // The folder `info` itself.
        any |= self.read_infos(catalog, path, false)?;
        if any {
            return Ok(());
        }
        Err(Error::io(&format!(
            "{} is no compact index: expected `versions` and `info`, or files named as packages",
            path.display()
        )))
    }

    /// Is it one?
    fn read_index(&mut self, catalog: &Catalog, folder: &Path) -> Result<bool, Error> {
        let versions = folder.join("versions");
        if versions.is_file() {
            self.read_file(catalog, &versions)?;
        }
        let info = folder.join("info");
        self.read_infos(catalog, &info, false)?;
        self.read_infos(catalog, &folder.join("info-special-characters"), true)?;
        Ok(versions.is_file() || info.is_dir())
    }

    fn read_infos(
        &mut self,
        catalog: &Catalog,
        folder: &Path,
        with_digest: bool,
    ) -> Result<bool, Error> {
        let mut any = false;
        for name in packages(catalog) {
            // Bundler's cache adds a digest where a file system might not keep names apart.
            let file = match with_digest {
                true => format!("{name}-{}", md5(name.as_str().as_bytes())),
                false => name.to_string(),
            };
            let file = folder.join(file);
            if file.is_file() {
                self.read_info(name, &file)?;
                any = true;
            }
        }
        Ok(any)
    }

    fn read_file(&mut self, catalog: &Catalog, path: &Path) -> Result<(), Error> {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if file == "versions" {
            let (versions, problems) = index::read_versions(&read(path)?);
            let shown = path.display().to_string();
            self.problems
                .extend(problems.into_iter().map(|it| it.in_file(&shown)));
            self.versions.push((shown, versions));
            return Ok(());
        }
        let named = packages(catalog).find(|name| {
            **name == *file || *file == format!("{name}-{}", md5(name.as_str().as_bytes()))
        });
        match named {
            Some(name) => self.read_info(name, path),
            None if path.exists() => Err(Error::io(&format!(
                "{} is named as no package of {}: expected one, or versions",
                path.display(),
                catalog.name()
            ))),
            None => read(path).map(|_| ()),
        }
    }

    fn read_info(&mut self, name: &Name, path: &Path) -> Result<(), Error> {
        let (releases, problems) = index::read_info(&read(path)?);
        let shown = path.display().to_string();
        self.problems
            .extend(problems.into_iter().map(|it| it.in_file(&shown)));
        self.releases
            .entry(name.clone())
            .or_default()
            .extend(releases);
        Ok(())
    }

    /// Versions that are only named: what they need is not known, so they cannot be added.
    fn tell_what_is_missing(&self, catalog: &Catalog) {
        for (file, versions) in &self.versions {
            for package in catalog.packages() {
                let described = self.releases.get(package.name().as_str());
                let Some(listed) = versions.get(package.name().as_str()) else {
                    continue;
                };
                let missing: Vec<&str> = listed
                    .versions()
                    .filter(|(_, platform)| platform.is_none())
                    .map(|(version, _)| version)
                    .filter(|version| package.release(version).is_none())
                    .filter(|version| {
                        !described.is_some_and(|all| all.iter().any(|it| it.version() == *version))
                    })
                    .map(|version| version.as_str())
                    .collect();
                if !missing.is_empty() {
                    eprintln!(
                        "rungs: {file} names {} {}, which no info file describes: not added",
                        package.name(),
                        missing.join(", ")
                    );
                }
            }
        }
    }
}

/// The packages that an index may speak of: a gem may have the name of a runtime.
fn packages(catalog: &Catalog) -> impl Iterator<Item = &Name> {
    catalog
        .packages()
        .iter()
        .filter(|package| package.role() != Role::Runtime)
        .map(|package| package.name())
}
