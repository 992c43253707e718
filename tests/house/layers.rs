//! The rooms of the crate stand in rows, and so do the parts of the planner: an arrow (a path to
//! another room) points to a lower row, never up and never along its own.

use crate::arrows::{self, Arrow};
use crate::source::{Crate, Kind, Use};
use std::collections::BTreeSet;

/// The rooms, the lowest row first.
pub(crate) const ROOMS: &[&str] = &[
    "span plain nearest set",
    "error",
    "name date",
    "version ruby",
    "catalog lockfile index",
    "resolve rules scan refresh",
    "plan",
    "gemfile smoke",
    "planner",
    "lint status why",
    "policy fleet",
    "words",
    "wire",
    "report",
    "ffi cli",
];

/// A room with rows inside of it.
pub(crate) struct Inside {
    pub(crate) room: &'static str,
    /// Its files and folders, the lowest row first; `mod` is what its `mod.rs` declares itself.
    pub(crate) rows: &'static [&'static str],
    /// Arrows that point up or along their row all the same, a list that only ever gets shorter.
    known: &'static [(&'static str, &'static str)],
}

pub(crate) const INSIDE: &[Inside] = &[Inside {
    room: "planner",
    rows: &[
        "limits request due installed gems",
        "session",
        "problem",
        "search breaches",
        "outside",
        "check lockfile_entries solve guidance",
        "translate",
        "diagnosis",
        "pipeline",
        "entry",
    ],
    known: &[],
}];

/// All arrows that break the rows, then what in the tables is not so any more.
fn broken(
    rows: &[&str],
    known: &[(&str, &str)],
    arrows: &[Arrow],
    parts: &BTreeSet<String>,
) -> Vec<String> {
    let row = |name: &str| {
        rows.iter()
            .position(|row| row.split(' ').any(|it| it == name))
    };
    let mut found = Vec::new();
    for part in parts.iter().filter(|part| row(part).is_none()) {
        found.push(format!("{part} has no row"));
    }
    let mut seen = BTreeSet::new();
    for Arrow {
        from, to, place, ..
    } in arrows
    {
        let (Some(own), Some(other)) = (row(from), row(to)) else {
            continue;
        };
        if other >= own {
            let pair = (from.as_str(), to.as_str());
            seen.insert(pair);
            if !known.contains(&pair) {
                let points = if other > own { "up" } else { "along its row" };
                found.push(format!(
                    "{place}: {from} uses {to}: the arrow points {points}"
                ));
            }
        }
    }
    for name in rows.iter().flat_map(|row| row.split(' ')) {
        if !parts.contains(name) {
            found.push(format!(
                "{name} is not there any more: take it out of its row"
            ));
        }
    }
    for (from, to) in known.iter().filter(|pair| !seen.contains(*pair)) {
        found.push(format!("{from} no longer uses {to}: take it off the list"));
    }
    found
}

fn between_rooms(all: &Crate, rows: &[&str]) -> Vec<String> {
    let rooms = all.rooms();
    let mut found = broken(rows, &[], &arrows::between_rooms(all), &rooms);
    // The root gives out values (`rungs::Version`) for those outside, and the program is.
    let inner = |path: &str| !path.starts_with("src/cli/");
    for source in all.sources.iter().filter(|it| inner(&it.path)) {
        for used in &source.uses {
            let what = unclear(used, &rooms);
            found.extend(what.map(|what| format!("{}:{}: {what}", source.path, used.line)));
        }
    }
    found
}

/// What is wrong with the writing of a path: it hides where it leads.
fn unclear(used: &Use, rooms: &BTreeSet<String>) -> Option<String> {
    let (first, rest) = used.words.split_first()?;
    let next = rest.first()?;
    if first == "crate" && !rooms.contains(next) && !used.module.is_empty() {
        return Some(format!("crate::{next} is no room; name the room of it"));
    }
    if first == "super" && next == "super" {
        return Some("super::super:: hides an arrow; write crate::".to_owned());
    }
    None
}

fn inside(all: &Crate, room: &str, rows: &[&str], known: &[(&str, &str)]) -> Vec<String> {
    let parts = arrows::parts(all, room);
    let mut found = broken(rows, known, &arrows::inside(all, room), &parts);
    for source in all
        .sources
        .iter()
        .filter(|it| it.module.first().is_some_and(|it| it == room))
    {
        for used in &source.uses {
            // In a module of a file, as that of its tests, `super` is the file.
            if used.kind == Kind::Import("*".to_owned())
                && used.words == ["super"]
                && used.module == source.module
            {
                found.push(format!(
                    "{}:{}: use super::* hides an arrow",
                    source.path, used.line
                ));
            }
        }
    }
    found
}

#[test]
fn no_arrow_between_rooms_points_up_or_along() {
    let found = between_rooms(&Crate::own(), ROOMS);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_arrow_inside_of_a_room_with_rows_points_up_or_along() {
    let all = Crate::own();
    for Inside { room, rows, known } in INSIDE {
        let found = inside(&all, room, rows, known);
        assert!(found.is_empty(), "src/{room}:\n{}", found.join("\n"));
    }
}

/// Rooms in the rows `span`, `date`, `version`, `catalog lockfile`, `plan` and `cli`, with this text
/// in a file, and what is said of it.
fn said(path: &str, text: &str) -> Vec<String> {
    let rooms = [
        "span", "date", "version", "catalog", "lockfile", "plan", "cli",
    ];
    let empty = rooms.map(|room| {
        (
            format!("src/{room}/mod.rs"),
            "pub struct One; pub mod deep { pub struct Two; }".to_owned(),
        )
    });
    let lib = (
        "src/lib.rs".to_owned(),
        "pub mod plan; mod version; pub use version::One as Version;".to_owned(),
    );
    let mut files: Vec<(String, String)> = empty.into_iter().chain([lib]).collect();
    files.retain(|file| file.0 != path);
    files.push((path.to_owned(), text.to_owned()));
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (&**a, &**b)).collect();
    let rows = ["span", "date", "version", "catalog lockfile", "plan", "cli"];
    between_rooms(&Crate::of(&files), &rows)
}

#[test]
fn an_arrow_that_points_up_is_seen() {
    let up = ["src/version/set.rs:2: version uses plan: the arrow points up"];
    assert_eq!(
        said("src/version/set.rs", "fn a() {}\nuse crate::plan::One;\n"),
        up
    );
    assert_eq!(
        said(
            "src/version/set.rs",
            "\nuse crate::{span::One, plan::{One as A}};"
        ),
        up
    );
    assert_eq!(
        said("src/version/set.rs", "\nfn a(x: crate::plan::deep::Two) {}"),
        up
    );
    assert_eq!(
        said("src/version/set.rs", "fn a() {\n vec![crate::plan::One]; }"),
        up
    );
    assert_eq!(
        said("src/version/set.rs", "mod tests {\n use crate::plan; }"),
        up
    );
    assert_eq!(
        said(
            "src/version/mod.rs",
            "use super::plan;\n fn a() { plan::deep::b() }"
        ),
        [
            "src/version/mod.rs:1: version uses plan: the arrow points up",
            "src/version/mod.rs:2: version uses plan: the arrow points up",
        ]
    );
    let along = ["src/lockfile/mod.rs:1: lockfile uses catalog: the arrow points along its row"];
    assert_eq!(
        said("src/lockfile/mod.rs", "use crate::catalog::One;"),
        along
    );
    // Through a re-export of the root.
    assert_eq!(
        said("src/span/mod.rs", "use crate::Version;"),
        [
            "src/span/mod.rs:1: span uses version: the arrow points up",
            "src/span/mod.rs:1: crate::Version is no room; name the room of it",
        ]
    );
    assert_eq!(
        said("src/plan/a.rs", "use super::super::date;"),
        ["src/plan/a.rs:1: super::super:: hides an arrow; write crate::"]
    );
    assert_eq!(said("src/attic.rs", ""), ["attic has no row"]);
    for (path, text) in [
        (
            "src/plan/mod.rs",
            "use crate::{date::One, version, lockfile};",
        ),
        ("src/date/mod.rs", "use crate::span::One;"),
        (
            "src/cli/a.rs",
            "use rungs::{Version, plan}; use crate::args::Other;",
        ),
        (
            "src/date/mod.rs",
            "// crate::plan\nconst A: &str = \"crate::plan\";",
        ),
    ] {
        assert_eq!(said(path, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn an_arrow_inside_of_a_room_is_seen() {
    let said = |ask: &str, rows: &[&str], known: &[(&str, &str)]| {
        let files = [
            ("src/lib.rs", "mod room;"),
            (
                "src/room/mod.rs",
                "mod ask; mod find; mod tell; pub use ask::Ask; struct Own;",
            ),
            ("src/room/ask.rs", ask),
            ("src/room/find/mod.rs", "mod deep; use super::ask::Ask;"),
            (
                "src/room/find/deep.rs",
                "use super::deeper; use crate::room::Ask;",
            ),
            ("src/room/tell.rs", "use super::{Ask, find};"),
        ];
        inside(&Crate::of(&files), "room", rows, known)
    };
    let rows = ["ask", "find", "tell", "mod"];
    assert_eq!(said("", &rows, &[]), Vec::<String>::new());
    assert_eq!(
        said("use super::tell;\nuse crate::room::find::deep;", &rows, &[]),
        [
            "src/room/ask.rs:1: ask uses tell: the arrow points up",
            "src/room/ask.rs:2: ask uses find: the arrow points up",
        ]
    );
    assert_eq!(
        said("use super::Own;", &rows, &[]),
        ["src/room/ask.rs:1: ask uses mod: the arrow points up"]
    );
    assert_eq!(
        said("", &["ask", "find tell", "mod"], &[]),
        ["src/room/tell.rs:1: tell uses find: the arrow points along its row"]
    );
    assert_eq!(
        said("use super::tell;", &rows, &[("ask", "tell")]),
        Vec::<String>::new()
    );
    assert_eq!(
        said("", &rows, &[("ask", "tell")]),
        ["ask no longer uses tell: take it off the list"]
    );
    assert_eq!(said("", &["ask", "find", "mod"], &[]), ["tell has no row"]);
    assert_eq!(
        said("", &["ask", "find", "tell", "mod", "more"], &[]),
        ["more is not there any more: take it out of its row"]
    );
    assert_eq!(
        said("use super::*; mod tests { use super::*; }", &rows, &[]),
        [
            "src/room/ask.rs:1: ask uses mod: the arrow points up",
            "src/room/ask.rs:1: use super::* hides an arrow",
        ]
    );
}
