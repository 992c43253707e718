//! The arrows between the rooms of the crate, and between the files and folders inside of one; and
//! their count, which anyone can run:
//!
//! `cargo test --test house arrows::count -- --nocapture`

use crate::source::{Crate, Kind, Source, Target};
use std::collections::{BTreeMap, BTreeSet};

/// A use of another room, or inside of a room of another part of it.
#[derive(Clone, Debug)]
pub(crate) struct Arrow {
    pub(crate) from: String,
    pub(crate) to: String,
    /// The file and line where it stands.
    pub(crate) place: String,
    pub(crate) is_test: bool,
}

/// What of a room is declared in its own `mod.rs`.
pub(crate) const OWN: &str = "mod";

/// The arrows between rooms; the root of the library is none.
pub(crate) fn between_rooms(all: &Crate) -> Vec<Arrow> {
    arrows(all, |module| module.first().cloned())
}

/// The arrows between the parts of one room.
pub(crate) fn inside(all: &Crate, room: &str) -> Vec<Arrow> {
    arrows(all, |module| {
        let (first, rest) = module.split_first()?;
        let part = || rest.first().cloned().unwrap_or_else(|| OWN.to_owned());
        (first == room).then(part)
    })
}

fn arrows(all: &Crate, name: impl Fn(&[String]) -> Option<String>) -> Vec<Arrow> {
    let files: BTreeSet<&[String]> = all.sources.iter().map(|it| &*it.module).collect();
    // What an inline module declares belongs to its file.
    let file_of = |module: &[String]| {
        let lengths = (0..=module.len()).rev();
        let mut owners = lengths.map(|length| module[..length].to_vec());
        owners.find(|module| files.contains(&**module))
    };
    let mut found = Vec::new();
    for source in &all.sources {
        for used in &source.uses {
            if matches!(used.kind, Kind::Export(_)) {
                continue;
            }
            let Some(Target::Inside(target)) = all.resolve(used) else {
                continue;
            };
            let to = file_of(&target).and_then(|module| name(&module));
            let (Some(from), Some(to)) = (name(&source.module), to) else {
                continue;
            };
            if from != to {
                found.push(Arrow {
                    from,
                    to,
                    place: format!("{}:{}", source.path, used.line),
                    is_test: used.is_test,
                });
            }
        }
    }
    found
}

/// The files and folders of a room, and its `mod.rs` where that declares anything itself.
pub(crate) fn parts(all: &Crate, room: &str) -> BTreeSet<String> {
    let own = all.sources.iter().filter(|it| !it.is_test);
    own.filter_map(|source| match &*source.module {
        [first] if first == room && holds_code(source) => Some(OWN.to_owned()),
        [first, part, ..] if first == room => Some(part.clone()),
        _ => None,
    })
    .collect()
}

/// Is there anything but documentation, modules and imports?
fn holds_code(source: &Source) -> bool {
    let is_map = |item: &syn::Item| matches!(item, syn::Item::Mod(_) | syn::Item::Use(_));
    !source.file.items.iter().all(is_map)
}

type Pairs = BTreeSet<(String, String)>;

/// Who uses whom, each once, without tests.
fn pairs(arrows: &[Arrow]) -> Pairs {
    let code = arrows.iter().filter(|arrow| !arrow.is_test);
    code.map(|arrow| (arrow.from.clone(), arrow.to.clone()))
        .collect()
}

/// The circles: parts that reach one another, each group of them once.
pub(crate) fn circles(pairs: &Pairs) -> Vec<Vec<String>> {
    let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in pairs {
        reach.entry(from).or_default().insert(to);
    }
    loop {
        let mut grown = reach.clone();
        for (from, there) in &reach {
            for next in there.iter().filter_map(|to| reach.get(to)) {
                grown.get_mut(from).unwrap().extend(next);
            }
        }
        if grown == reach {
            break;
        }
        reach = grown;
    }
    let to = |from: &str, to: &str| reach.get(from).is_some_and(|there| there.contains(to));
    let mut found: Vec<Vec<String>> = Vec::new();
    for name in reach.keys().filter(|name| to(name, name)) {
        let group = reach.keys().filter(|it| to(name, it) && to(it, name));
        let group: Vec<String> = group.map(|it| (*it).to_owned()).collect();
        if !found.contains(&group) {
            found.push(group);
        }
    }
    found
}

/// The fewest arrows that have to go so that no circle is left: over all orders of each circle's
/// parts, the fewest that point back. Circles of more than 20 parts would take too long.
pub(crate) fn back(pairs: &Pairs) -> usize {
    circles(pairs)
        .iter()
        .map(|group| {
            assert!(group.len() <= 20, "a circle of {} parts", group.len());
            // For each part those that it uses.
            let uses: Vec<usize> = group
                .iter()
                .map(|from| {
                    let bits = group.iter().enumerate().map(|(at, to)| {
                        let is_used = pairs.contains(&(from.clone(), to.clone()));
                        usize::from(is_used) << at
                    });
                    bits.sum()
                })
                .collect();
            // The fewest with these parts laid down first, from the bottom.
            let mut fewest = vec![usize::MAX; 1 << group.len()];
            fewest[0] = 0;
            for laid in 0..fewest.len() {
                for (at, used) in uses.iter().enumerate() {
                    if laid >> at & 1 == 0 {
                        let above = (used & !laid & !(1 << at)).count_ones() as usize;
                        let with = laid | 1 << at;
                        fewest[with] = fewest[with].min(fewest[laid] + above);
                    }
                }
            }
            fewest[fewest.len() - 1]
        })
        .sum()
}

/// A line of the count: name, files, lines, parts, arrows, arrows to the own `mod.rs`, back arrows
/// and circles.
fn line(name: &str, sources: &[&Source], parts: usize, arrows: &[Arrow]) -> String {
    let pairs = pairs(arrows);
    let lines: usize = sources.iter().map(|it| it.text.lines().count()).sum();
    let to_own = pairs.iter().filter(|(_, to)| to == OWN).count();
    let circles = circles(&pairs);
    let shown: Vec<String> = circles.iter().map(|group| group.join(" ")).collect();
    format!(
        "{name:<10} {:>5} {lines:>6} {parts:>6} {:>6} {to_own:>6} {:>5} {:>7}  {}",
        sources.len(),
        pairs.len(),
        back(&pairs),
        circles.len(),
        shown.join("; ")
    )
    .trim_end()
    .to_owned()
}

fn counted(all: &Crate) -> Vec<String> {
    let sources: Vec<&Source> = all.sources.iter().collect();
    let rooms = all.rooms();
    let mut lines = vec![
        "room       files  lines  parts arrows to mod  back circles".to_owned(),
        line("(rooms)", &sources, rooms.len(), &between_rooms(all)),
    ];
    for room in rooms {
        let mut own = sources.clone();
        own.retain(|it| it.module.first() == Some(&room));
        if own.len() < 2 {
            continue;
        }
        let inner = parts(all, &room);
        lines.push(line(&room, &own, inner.len(), &inside(all, &room)));
    }
    lines
}

#[test]
fn count() {
    let all = Crate::own();
    println!("{}", counted(&all).join("\n"));
    assert_eq!(
        circles(&pairs(&between_rooms(&all))),
        Vec::<Vec<String>>::new(),
        "rooms in a circle"
    );
}

#[test]
fn the_count_counts() {
    let all = Crate::of(&[
        ("src/lib.rs", "mod a; mod b; mod c; pub use a::A;"),
        (
            "src/a.rs",
            "pub struct A; use crate::b::B; use crate::b::C;",
        ),
        ("src/b.rs", "pub struct B; use crate::c; use crate::A;"),
        (
            "src/c/mod.rs",
            "mod one; mod two; pub use one::One; struct Own; fn f() { two::g() }",
        ),
        ("src/c/one.rs", "pub struct One; use super::Own;"),
        (
            "src/c/two.rs",
            "fn g() {} use super::One; use super::Own;
             #[cfg(test)] mod tests { use crate::a::A; }",
        ),
    ]);
    assert_eq!(
        counted(&all),
        [
            "room       files  lines  parts arrows to mod  back circles",
            "(rooms)        6      7      3      3      0     1       1  a b",
            "c              3      4      3      4      2     1       1  mod one two",
        ]
    );
    let tests = between_rooms(&all).into_iter().filter(|it| it.is_test);
    let tests: Vec<String> = tests.map(|it| it.place).collect();
    assert_eq!(tests, ["src/c/two.rs:2"]);
}

#[test]
fn the_fewest_back_arrows_are_found() {
    let count = |text: &str| {
        let pairs = text.split(' ').map(|it| it.split_at(1));
        let pairs: Pairs = pairs.map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        (circles(&pairs).len(), back(&pairs))
    };
    assert_eq!(count("ab bc ac"), (0, 0));
    assert_eq!(count("ab bc ca"), (1, 1));
    assert_eq!(count("ab ba cd dc bd"), (2, 2));
    assert_eq!(count("ab ba bc cb ac ca"), (1, 3));
    assert_eq!(count("ma mb mc am bm cm ab bc"), (1, 3));
}
