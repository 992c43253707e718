//! The name of a public type stands once in the crate, so that a reader who meets it knows which one.

use crate::source::Crate;
use std::collections::{BTreeMap, BTreeSet};

/// Public types whose name another type has too, a list that only ever gets shorter.
const REPEATED: &[&str] = &[];

/// The types of each name: file and line, and whether one is public.
type Types = BTreeMap<String, (Vec<String>, bool)>;

fn types(path: &str, items: &[syn::Item], out: &mut Types) {
    for item in items {
        let (name, visibility) = match item {
            syn::Item::Struct(it) => (&it.ident, &it.vis),
            syn::Item::Enum(it) => (&it.ident, &it.vis),
            syn::Item::Union(it) => (&it.ident, &it.vis),
            syn::Item::Trait(it) => (&it.ident, &it.vis),
            syn::Item::Type(it) => (&it.ident, &it.vis),
            syn::Item::Fn(function) => {
                inner(path, &function.block, out);
                continue;
            }
            syn::Item::Impl(block) => {
                for item in &block.items {
                    if let syn::ImplItem::Fn(function) = item {
                        inner(path, &function.block, out);
                    }
                }
                continue;
            }
            syn::Item::Mod(module) => {
                let is_test = module.ident == "tests";
                let inner = module.content.iter().filter(|_| !is_test);
                inner.for_each(|(_, items)| types(path, items, out));
                continue;
            }
            _ => continue,
        };
        let (places, is_public) = out.entry(name.to_string()).or_default();
        places.push(format!("{path}:{}", name.span().start().line));
        *is_public |= matches!(visibility, syn::Visibility::Public(_));
    }
}

/// The types that a function declares for itself.
fn inner(path: &str, block: &syn::Block, out: &mut Types) {
    for statement in &block.stmts {
        if let syn::Stmt::Item(item) = statement {
            types(path, std::slice::from_ref(item), out);
        }
    }
}

fn repeated(all: &Crate, known: &[&str]) -> Vec<String> {
    let mut found = Types::new();
    for source in all.sources.iter().filter(|it| !it.is_test) {
        types(&source.path, &source.file.items, &mut found);
    }
    found.retain(|_, (places, is_public)| places.len() > 1 && *is_public);
    let new = found
        .iter()
        .filter(|(name, _)| !known.contains(&name.as_str()));
    let mut problems: Vec<String> = new
        .map(|(name, (places, _))| format!("{name} stands at {}", places.join(", ")))
        .collect();
    let names: BTreeSet<&str> = found.keys().map(String::as_str).collect();
    for name in known.iter().filter(|name| !names.contains(*name)) {
        problems.push(format!("{name} stands once: take it off the list"));
    }
    problems
}

#[test]
fn the_name_of_a_public_type_stands_once() {
    let found = repeated(&Crate::own(), REPEATED);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_name_that_stands_twice_is_seen() {
    let all = Crate::of(&[
        (
            "src/a.rs",
            "pub struct One;\npub enum Two {}\nmod b { pub(crate) trait Three {} }\npub struct Five;",
        ),
        (
            "src/b.rs",
            "struct One; type Three = u8; pub struct Four; mod tests { struct Two; struct Four; }
             impl One { fn f() { enum Five {} } }",
        ),
    ]);
    let five = "Five stands at src/a.rs:4, src/b.rs:2";
    let one = "One stands at src/a.rs:1, src/b.rs:1";
    assert_eq!(repeated(&all, &[]), [five, one]);
    assert_eq!(repeated(&all, &["One", "Five"]), Vec::<String>::new());
    assert_eq!(
        repeated(&all, &["One", "Five", "Two"]),
        ["Two stands once: take it off the list"]
    );
}
