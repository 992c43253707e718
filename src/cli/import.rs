//! Catalogs to and from compact indexes.

use crate::Done;
use crate::args::ImportArgs;
use md5::{Digest, Md5};
use rungs::catalog::Catalog;
use rungs::index::{self, Listed};
use rungs::{Error, Name, report};
use std::fmt::Write;

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

fn md5(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Md5::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

pub(crate) fn import(_args: &ImportArgs) -> Done {
    Err(Error::io("not yet"))
}
