//! Every page of `docs` is in its index, no link between files of the repository leads nowhere, and the
//! pictures are small.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages of `docs`, those at the root and those of the bindings.
fn pages() -> Vec<PathBuf> {
    let folders = ["", "docs", "bindings/ruby", "bindings/go", "bindings/web"];
    let folders = folders.iter().map(|name| root().join(name));
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
    let files = files.map(|file| file.unwrap().path());
    let mut pages: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .collect();
    pages.sort();
    pages
}

/// The names of the headings of a page, as GitHub and mdBook make them.
fn headings(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut names = Vec::new();
    for line in text.lines() {
        is_code ^= line.trim_start().starts_with("```");
        if is_code || !line.starts_with('#') {
            continue;
        }
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let heading = heading.replace(' ', "-");
        let is_kept = |c: &char| c.is_alphanumeric() || "-_".contains(*c);
        names.push(heading.chars().filter(is_kept).collect());
    }
    names
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

/// The links of a page that lead to no file, or to no heading of it.
fn dead(page: &Path, text: &str) -> Vec<String> {
    let folder = page.parent().unwrap();
    let leads = |target: &str| {
        let (file, name) = target.split_once('#').unwrap_or((target, ""));
        let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        let path = folder.join(file);
        let of = if file.is_empty() {
            text.to_owned()
        } else {
            read(&path)
        };
        let is_named = name.is_empty() || headings(&of).iter().any(|it| it == name);
        (file.is_empty() || path.exists()) && is_named
    };
    let mut dead = links(text);
    dead.retain(|target| !target.contains("://") && !leads(target));
    dead
}

/// The pages of `docs` that a text names.
fn named(text: &str) -> Vec<&str> {
    let names = text.split("docs/").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-')?;
        rest[end..].starts_with(".md").then_some(&rest[..end])
    });
    names.collect()
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        count += links(&text).len();
        assert_eq!(dead(&page, &text), [""; 0], "{}", page.display());
        for name in named(&text) {
            let path = root().join(format!("docs/{name}.md"));
            assert!(path.exists(), "{}: docs/{name}.md", page.display());
            count += 1;
        }
    }
    assert!(count > 10, "{count} links");
    let text = "[a](docs/none.md#b) `[c](d.md)` [e](README.md) [f](https://example.com/x)\n```\n[g](h)\n```";
    assert_eq!(dead(&root().join("x.md"), text), ["docs/none.md#b"]);
    let text = "# A `b`, c!\n[a](#a-b-c) [d](#d) [e](docs/apply.md#none) [f](docs/README.md#documentation)";
    assert_eq!(
        dead(&root().join("x.md"), text),
        ["#d", "docs/apply.md#none"]
    );
    assert_eq!(named("docs/a-b.md docs/c/d.md docs/e."), ["a-b"]);
}

#[test]
fn the_pictures_are_small_and_shown() {
    let gallery = fs::read_to_string(root().join("docs/gallery.md")).unwrap();
    let mut bytes = 0;
    for file in fs::read_dir(root().join("docs/images")).unwrap() {
        let file = file.unwrap();
        bytes += file.metadata().unwrap().len();
        let name = format!("images/{}", file.file_name().to_str().unwrap());
        assert!(links(&gallery).contains(&name), "{name}");
    }
    assert!((50_000..400_000).contains(&bytes), "{bytes} bytes");
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
