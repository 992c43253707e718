//! Every page of `docs` is in its index, and no link between files of the repository leads nowhere.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages of `docs`, and those at the root.
fn pages() -> Vec<PathBuf> {
    let folders = [root().to_owned(), root().join("docs")];
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let files = files.map(|file| file.unwrap().path());
    let mut pages: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .collect();
    pages.sort();
    pages
}

/// The targets of `[text](target)`, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.trim_start().starts_with("```");
        // What stands between backticks is no link.
        let plain: String = line.split('`').step_by(2).collect();
        if !is_code {
            let targets = plain.split("](").skip(1);
            links.extend(targets.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())));
        }
    }
    links
}

/// The links of a page that lead to no file beside it.
fn dead(page: &Path, text: &str) -> Vec<String> {
    let folder = page.parent().unwrap();
    let mut dead = links(text);
    dead.retain(|target| {
        let file = target.split('#').next().unwrap_or_default();
        !target.contains("://") && !file.is_empty() && !folder.join(file).exists()
    });
    dead
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        count += links(&text).len();
        assert_eq!(dead(&page, &text), [""; 0], "{}", page.display());
    }
    assert!(count > 10, "{count} links");
    let text = "[a](docs/none.md#b) `[c](d.md)` [e](README.md) [f](https://example.com/x)\n```\n[g](h)\n```";
    assert_eq!(dead(&root().join("x.md"), text), ["docs/none.md#b"]);
}

#[test]
fn the_index_has_every_page() {
    let index = fs::read_to_string(root().join("docs/README.md")).unwrap();
    let listed = links(&index);
    for page in pages() {
        let name = page.file_name().unwrap().to_str().unwrap();
        if page.parent().unwrap().ends_with("docs") && name != "README.md" {
            assert!(
                listed.iter().any(|it| it == name),
                "{name} is not in docs/README.md"
            );
        }
    }
}
