//! Reads the crate's own source: which module uses which, with lines, through imports and re-exports.
//!
//! Paths are read from tokens, so that those in macros count and those in comments and texts do not.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The names of the modules down to one; empty is the root of the library.
pub(crate) type Module = Vec<String>;

/// A file.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tokens: TokenStream,
    pub(crate) file: syn::File,
    pub(crate) module: Module,
    /// The whole file is compiled for tests only.
    pub(crate) is_test: bool,
    /// Its paths, also those of its inline modules.
    pub(crate) uses: Vec<Use>,
}

/// A path as it is written, `std::fs::read`; one for each leaf of a `use`.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) words: Vec<String>,
    pub(crate) line: usize,
    pub(crate) module: Module,
    pub(crate) is_test: bool,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In code.
    Code,
    /// An import by this name; `*` imports all.
    Import(String),
    /// An import that others may use: a signpost, no arrow.
    Export(String),
}

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// To this module of the crate.
    Inside(Module),
    /// To another crate: the whole path.
    Outside(Vec<String>),
}

/// The files and what their modules contain.
pub(crate) struct Crate {
    pub(crate) sources: Vec<Source>,
    modules: BTreeSet<Module>,
    imports: BTreeMap<Module, BTreeMap<String, Vec<String>>>,
}

impl Crate {
    /// The crate of this repository.
    pub(crate) fn own() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        list(&root.join("src"), &mut files);
        files.sort();
        assert!(files.len() > 20, "only {} files found", files.len());
        let texts: Vec<(String, String)> = files
            .iter()
            .map(|file| {
                let path = file.strip_prefix(root).unwrap().to_str().unwrap();
                let text = fs::read_to_string(file).unwrap();
                (path.replace('\\', "/"), text)
            })
            .collect();
        let texts: Vec<(&str, &str)> = texts.iter().map(|(a, b)| (&**a, &**b)).collect();
        Crate::of(&texts)
    }

    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let mut found = Crate {
            sources: Vec::new(),
            modules: BTreeSet::from([Module::new()]),
            imports: BTreeMap::new(),
        };
        let mut for_tests = BTreeSet::new();
        for (path, text) in files {
            let parsed = |error: &dyn std::fmt::Display| -> ! { panic!("{path}: {error}") };
            let tokens: TokenStream = text.parse().unwrap_or_else(|error| parsed(&error));
            let mut walk = Walk::default();
            let module = module_of(path);
            walk.tokens(&tokens, &module, false);
            found.modules.insert(module.clone());
            found.modules.extend(walk.modules);
            for_tests.extend(walk.for_tests);
            found.sources.push(Source {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
                file: syn::parse2(tokens.clone()).unwrap_or_else(|error| parsed(&error)),
                tokens,
                module,
                is_test: false,
                uses: walk.uses,
            });
        }
        for source in &mut found.sources {
            source.is_test = for_tests.iter().any(|it| source.module.starts_with(it));
            for used in &mut source.uses {
                used.is_test |= source.is_test;
                if let Kind::Import(name) | Kind::Export(name) = &used.kind {
                    let names = found.imports.entry(used.module.clone()).or_default();
                    names.insert(name.clone(), used.words.clone());
                }
            }
        }
        found
    }

    /// Where a path leads, through imports and re-exports; nothing is what a function or a type
    /// declares itself, or the language.
    pub(crate) fn resolve(&self, used: &Use) -> Option<Target> {
        let is_import = used.kind != Kind::Code;
        self.follow(&used.module, &used.words, is_import, 0)
    }

    fn follow(&self, at: &Module, words: &[String], import: bool, depth: u8) -> Option<Target> {
        let (first, rest) = words.split_first()?;
        let mut from = at.clone();
        let mut rest = rest;
        match first.as_str() {
            "crate" | "rungs" => {
                let is_program = at.first().is_some_and(|room| room == "cli");
                from = if is_program && first == "crate" {
                    vec!["cli".to_owned()]
                } else {
                    Module::new()
                };
            }
            "self" => {}
            "super" => {
                from.pop();
                while let Some((word, behind)) = rest.split_first() {
                    if word != "super" {
                        break;
                    }
                    from.pop();
                    rest = behind;
                }
            }
            "std" | "core" | "alloc" => return Some(Target::Outside(words.to_vec())),
            name => {
                let is_child = self.modules.contains(&joined(at, name));
                let imported = self.imports.get(at).and_then(|names| names.get(name));
                match imported {
                    // An import does not import itself.
                    Some(path) if !(is_child || import && path.as_slice() == words) => {
                        let whole: Vec<String> = path.iter().chain(rest).cloned().collect();
                        return (depth < 8)
                            .then(|| self.follow(at, &whole, true, depth + 1))
                            .flatten();
                    }
                    _ if is_child => rest = words,
                    _ => return import.then(|| Target::Outside(words.to_vec())),
                }
            }
        }
        Some(self.settle(from, rest, depth))
    }

    /// The module in which what a path names is declared.
    fn settle(&self, mut from: Module, mut rest: &[String], depth: u8) -> Target {
        while let Some((word, behind)) = rest.split_first() {
            let child = joined(&from, word);
            if self.modules.contains(&child) {
                from = child;
                rest = behind;
                continue;
            }
            let imported = self.imports.get(&from).and_then(|names| names.get(word));
            if let Some(path) = imported.filter(|_| depth < 8) {
                let whole: Vec<String> = path.iter().chain(behind).cloned().collect();
                if let Some(target) = self.follow(&from, &whole, true, depth + 1) {
                    return target;
                }
            }
            break;
        }
        Target::Inside(from)
    }

    /// The rooms: the modules of the root.
    pub(crate) fn rooms(&self) -> BTreeSet<String> {
        let files = self.sources.iter();
        files.filter_map(|it| it.module.first().cloned()).collect()
    }
}

fn joined(module: &Module, name: &str) -> Module {
    let mut module = module.clone();
    module.push(name.to_owned());
    module
}

/// `src/planner/mod.rs` is `planner`, `src/lib.rs` the root, `src/cli/main.rs` the room `cli`.
fn module_of(path: &str) -> Module {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut module: Module = path.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod")
        || module == ["lib"]
        || module == ["cli", "main"]
    {
        module.pop();
    }
    module
}

fn list(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

#[derive(Default)]
struct Walk {
    uses: Vec<Use>,
    modules: Vec<Module>,
    for_tests: Vec<Module>,
}

impl Walk {
    fn tokens(&mut self, tokens: &TokenStream, module: &Module, is_test: bool) {
        let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
        // The next item is for tests.
        let mut next_is_test = false;
        let mut at = 0;
        while at < all.len() {
            match &all[at] {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    let bang = usize::from(is_punct(all.get(at + 1), '!'));
                    if let Some(TokenTree::Group(group)) = all.get(at + 1 + bang) {
                        next_is_test |= is_for_tests(&group.stream());
                        self.tokens(&group.stream(), module, is_test);
                        at += 1 + bang;
                    }
                }
                // The name of a lifetime is no path.
                TokenTree::Punct(punct) if punct.as_char() == '\'' => at += 1,
                TokenTree::Punct(punct) if punct.as_char() == ';' => next_is_test = false,
                TokenTree::Group(group) => {
                    let is_block = group.delimiter() == Delimiter::Brace;
                    self.tokens(&group.stream(), module, is_test || next_is_test);
                    next_is_test &= !is_block;
                }
                TokenTree::Ident(word) if word == "mod" => {
                    if let Some(TokenTree::Ident(name)) = all.get(at + 1) {
                        let inner = joined(module, &name.to_string());
                        self.modules.push(inner.clone());
                        if is_test || next_is_test {
                            self.for_tests.push(inner.clone());
                        }
                        at += 1;
                        if let Some(TokenTree::Group(group)) = all.get(at + 1) {
                            self.tokens(&group.stream(), &inner, is_test || next_is_test);
                            next_is_test = false;
                            at += 1;
                        }
                    }
                }
                TokenTree::Ident(word) if word == "use" && !is_bound(&all, at) => {
                    let is_public = match at.checked_sub(1).map(|before| &all[before]) {
                        Some(TokenTree::Ident(word)) => word == "pub",
                        Some(TokenTree::Group(group)) => {
                            group.delimiter() == Delimiter::Parenthesis
                                && matches!(&all[at.saturating_sub(2)],
                                    TokenTree::Ident(word) if word == "pub")
                        }
                        _ => false,
                    };
                    let end = (at..all.len())
                        .find(|end| is_punct(all.get(*end), ';'))
                        .unwrap_or(all.len());
                    let place = Use {
                        words: Vec::new(),
                        line: 0,
                        module: module.clone(),
                        is_test: is_test || next_is_test,
                        kind: if is_public {
                            Kind::Export(String::new())
                        } else {
                            Kind::Import(String::new())
                        },
                    };
                    self.tree(&all[at + 1..end], &place);
                    next_is_test = false;
                    at = end;
                }
                TokenTree::Ident(_) => at = self.path(&all, at, module, is_test || next_is_test),
                _ => {}
            }
            at += 1;
        }
    }

    /// A path in code that begins here; answers with its last token.
    fn path(&mut self, all: &[TokenTree], mut at: usize, module: &Module, is_test: bool) -> usize {
        let begins = !is_punct(at.checked_sub(1).and_then(|before| all.get(before)), '.')
            && !is_colons(all, at.wrapping_sub(2));
        let line = all[at].span().start().line;
        let mut words = vec![all[at].to_string()];
        while is_colons(all, at + 1) {
            let Some(TokenTree::Ident(word)) = all.get(at + 3) else {
                break;
            };
            words.push(word.to_string());
            at += 3;
        }
        // A word by itself may be an imported name, which its import has told.
        if begins && words.len() > 1 {
            self.uses.push(Use {
                words,
                line,
                module: module.clone(),
                is_test,
                kind: Kind::Code,
            });
        }
        at
    }

    /// The leaves of what an import names.
    fn tree(&mut self, tokens: &[TokenTree], before: &Use) {
        for part in tokens.split(|token| is_punct(Some(token), ',')) {
            let mut leaf = before.clone();
            let mut name = None;
            let mut is_whole = true;
            for (at, token) in part.iter().enumerate() {
                match token {
                    TokenTree::Ident(word) if word == "as" => {
                        name = part.get(at + 1).map(ToString::to_string);
                        break;
                    }
                    TokenTree::Ident(word) if word == "self" && !leaf.words.is_empty() => {}
                    TokenTree::Ident(word) => {
                        leaf.words.push(word.to_string());
                        leaf.line = word.span().start().line;
                    }
                    TokenTree::Punct(punct) if punct.as_char() == '*' => {
                        name = Some("*".to_owned());
                    }
                    TokenTree::Group(group) => {
                        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                        self.tree(&inner, &leaf);
                        is_whole = false;
                    }
                    _ => {}
                }
            }
            if !is_whole || leaf.words.is_empty() {
                continue;
            }
            let name = name.or_else(|| leaf.words.last().cloned());
            let name = name.unwrap_or_default();
            leaf.kind = match leaf.kind {
                Kind::Export(_) => Kind::Export(name),
                _ => Kind::Import(name),
            };
            self.uses.push(leaf);
        }
    }
}

/// `use<'a>` of a type, which is no import.
fn is_bound(all: &[TokenTree], at: usize) -> bool {
    is_punct(all.get(at + 1), '<')
}

/// All tokens in the order of the text, each group followed by what is in it.
pub(crate) fn ungrouped(tokens: &TokenStream) -> Vec<TokenTree> {
    let mut out = Vec::new();
    for token in tokens.clone() {
        let inner = match &token {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        };
        out.push(token);
        out.extend(inner.iter().flat_map(ungrouped));
    }
    out
}

/// The tokens without what is compiled for tests only.
pub(crate) fn without_tests(tokens: &TokenStream) -> TokenStream {
    let mut out = Vec::new();
    let mut skips = false;
    for token in tokens.clone() {
        if let TokenTree::Group(group) = &token {
            if group.delimiter() == Delimiter::Bracket && is_for_tests(&group.stream()) {
                skips = true;
            }
        }
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            token => is_punct(Some(token), ';'),
        };
        if !skips {
            out.push(token);
        }
        skips &= !ends;
    }
    out.into_iter().collect()
}

pub(crate) fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn is_colons(all: &[TokenTree], at: usize) -> bool {
    is_punct(all.get(at), ':') && is_punct(all.get(at.wrapping_add(1)), ':')
}

/// `cfg(test)`, also inside of `all`.
fn is_for_tests(attribute: &TokenStream) -> bool {
    let text = attribute.to_string().replace(' ', "");
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORLD: [(&str, &str); 5] = [
        ("src/lib.rs", "pub mod a; mod b; pub use b::Thing;"),
        (
            "src/a/mod.rs",
            "mod one; mod two; pub use two::{Deep, deep as below}; use std::io; struct Own;
             fn f() { io::stdout(); one::g(); let x = vec![crate::b::h()]; \"crate::b\"; }",
        ),
        (
            "src/a/one.rs",
            "use super::{Deep, Own};
             #[cfg(test)] mod tests { use super::*; fn t() { crate::b::h(); } }",
        ),
        (
            "src/a/two.rs",
            "use crate::{b::{self, Thing}, Thing as Other};",
        ),
        ("src/b.rs", "pub struct Thing; // crate::a\n"),
    ];

    fn told(path: &str) -> Vec<String> {
        let all = Crate::of(&WORLD);
        let source = all.sources.iter().find(|it| it.path == path).unwrap();
        let shown = |used: &Use| {
            let target = match all.resolve(used) {
                Some(Target::Inside(module)) => module.join("/"),
                Some(Target::Outside(words)) => words.join("::"),
                None => "-".to_owned(),
            };
            let tests = if used.is_test { " in tests" } else { "" };
            format!("{} {} is {target}{tests}", used.line, used.words.join("::"))
        };
        source.uses.iter().map(shown).collect()
    }

    #[test]
    fn paths_are_followed() {
        assert_eq!(told("src/lib.rs"), ["1 b::Thing is b"]);
        assert_eq!(
            told("src/a/mod.rs"),
            [
                "1 two::Deep is a/two",
                "1 two::deep is a/two",
                "1 std::io is std::io",
                "2 io::stdout is std::io::stdout",
                "2 one::g is a/one",
                "2 crate::b::h is b",
            ]
        );
        assert_eq!(
            told("src/a/one.rs"),
            [
                "1 super::Deep is a/two",
                "1 super::Own is a",
                "2 super is a/one in tests",
                "2 crate::b::h is b in tests",
            ]
        );
        assert_eq!(
            told("src/a/two.rs"),
            [
                "1 crate::b is b",
                "1 crate::b::Thing is b",
                "1 crate::Thing is b"
            ]
        );
        assert_eq!(told("src/b.rs"), Vec::<String>::new());
    }
}
