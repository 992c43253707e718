//! `rungs catalog check` and `digest-changelog`: for those who maintain a catalog.

use crate::args::DigestArgs;
use crate::files::{open_catalog, open_layers, read, read_sources};
use crate::{Done, FINDINGS};
use rungs::catalog::{Catalog, Source};
use rungs::refresh::read_changelog;
use rungs::{Error, Name, report};
use similar::TextDiff;
use std::path::{Path, PathBuf};

/// What is missing in a catalog.
pub(crate) fn check(paths: &[PathBuf]) -> Done {
    let catalog = open_catalog(paths)?;
    catalog.validate_all()?;
    report::check_catalog(&catalog)?;
    let gaps = report::catalog_gaps(&catalog)?;
    let text = gaps.iter().map(|gap| format!("{gap}\n")).collect();
    let code = match gaps.is_empty() {
        true => 0,
        false => FINDINGS,
    };
    Ok((text, code))
}

/// Actions that changelogs suggest, as a diff that nobody applies but a person.
pub(crate) fn digest(args: &DigestArgs) -> Done {
    let layers: Result<Vec<_>, _> = args.catalog.iter().map(|path| read_sources(path)).collect();
    let layers = layers?;
    let catalog = open_layers(layers.clone())?;
    let mut out = String::new();
    for file in &args.files {
        let name = package(args, &catalog, file)?;
        let text = read(file)?;
        let text = String::from_utf8_lossy(&text);
        let releases = read_changelog(catalog.scheme(), &text);
        if releases.is_empty() {
            return Err(refused(format!(
                "{} has no heading with a version: expected a changelog such as `## 1.2.0 (2026-01-31)`",
                file.display()
            )));
        }
        let shown = file.display().to_string();
        let actions = report::suggested_actions(&catalog, &name, &shown, &releases)?;
        if actions.is_empty() {
            continue;
        }
        let target = format!("actions/{name}.toml");
        let source = layers
            .iter()
            .flatten()
            .rfind(|source| is_at(source, &target));
        let head = "holds = \"actions\"\nformat = 1\n";
        let (old, before, after) = match source {
            Some(source) => (
                source.name(),
                source.text(),
                source.text().trim_end_matches('\n'),
            ),
            None => ("/dev/null", "", head.trim_end_matches('\n')),
        };
        let new = source.map_or(&*target, |source| source.name());
        let after = format!("{after}\n{actions}");
        let diff = TextDiff::from_lines(before, &*after);
        out.push_str(&diff.unified_diff().header(old, new).to_string());
    }
    Ok((out, 0))
}

fn is_at(source: &Source, target: &str) -> bool {
    Path::new(source.name()).ends_with(target)
}

/// The package that a changelog is of: the one named, or the one that the file is named after.
fn package(args: &DigestArgs, catalog: &Catalog, file: &Path) -> Result<Name, Error> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let name = match &args.package {
        Some(name) => name.clone(),
        None => stem.to_lowercase(),
    };
    let squashed = |name: &str| name.replace(['-', '_'], "").to_lowercase();
    let found = catalog.packages().iter().map(|package| package.name());
    let mut found = found.filter(|it| {
        **it == *name || args.package.is_none() && squashed(it.as_str()) == squashed(&name)
    });
    found.next().cloned().ok_or_else(|| {
        refused(format!(
            "{} is named after no package of {}: expected --package NAME",
            file.display(),
            catalog.name()
        ))
    })
}

/// The error of a call that ends here.
fn refused(message: impl AsRef<str>) -> Error {
    Error::io(message.as_ref())
}
