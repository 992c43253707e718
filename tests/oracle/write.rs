//! Worlds as files: a catalog, a lockfile, and an index of packages that the catalog leaves out.

use super::kinds::{Applies, Edge, Moves};
use super::world::{Asks, Id, Line, Op, Range, Requirement, Role, Severity, Version, World};
use std::fmt::Write;

pub(crate) fn version(v: Version) -> String {
    format!("{}.{}.{}", v.major, v.minor, v.patch)
}

pub(crate) fn line(l: Line) -> String {
    format!("{}.{}", l.major, l.minor)
}

pub(crate) fn range(range: &Range) -> String {
    let bounds: Vec<String> = range
        .bounds
        .iter()
        .map(|(op, bound)| {
            let op = match op {
                Op::Ge => ">=",
                Op::Lt => "<",
                Op::Eq => "=",
                Op::Ne => "!=",
            };
            format!("{op} {}", version(*bound))
        })
        .collect();
    if bounds.is_empty() {
        ">= 0".to_owned()
    } else {
        bounds.join(", ")
    }
}

fn force(severity: Severity) -> &'static str {
    match severity {
        Severity::Must => "must",
        Severity::Should => "should",
    }
}

/// The day of releases that are too young, the day of the question, and the age that it asks for.
pub(crate) const YOUNG: &str = "2025-12-25";
pub(crate) const AS_OF: &str = "2026-01-01";
pub(crate) const MIN_AGE: u32 = 14;

/// The catalog of a world, without the packages that stand outside.
pub(crate) fn catalog(world: &World, outside: &[Id]) -> String {
    let name = |id: usize| world.packages[id].name.as_str();
    let mut text = String::from("format = 1\nname = \"w\"\nhorizon = 2026-01-01\n");
    let order: Vec<String> = world
        .ids()
        .filter(|id| !world.is_runtime(*id) && !outside.contains(id))
        .map(|id| format!("{:?}", name(id)))
        .collect();
    let _ = writeln!(text, "order = [{}]", order.join(", "));
    let common = "why = \"w\"\nsource = \"s\"";
    for (id, package) in world.packages.iter().enumerate() {
        if outside.contains(&id) {
            continue;
        }
        let role = match package.role {
            Role::Stepped => "stepped",
            Role::Follower => "follower",
            Role::Lazy => "lazy",
            Role::Runtime => "runtime",
        };
        let _ = writeln!(text, "[package.{}]\nrole = \"{role}\"", package.name);
        if package.one_line_at_a_time {
            text.push_str("one_line_at_a_time = true\n");
        }
        kinds_of_package(world, id, &mut text);
        if package.early {
            text.push_str("early = true\n");
        }
        if package.no_way_back {
            text.push_str("no_way_back = \"w\"\n");
        }
        text.push_str("releases = '''\n");
        for release in &package.releases {
            let needs: Vec<String> = release
                .requirements
                .iter()
                .map(|need| format!("{} {}", name(need.package), range(&need.range)))
                .collect();
            let mark = if release.yanked { "[yanked] " } else { "" };
            let date = if release.young { YOUNG } else { "?" };
            let _ = writeln!(
                text,
                "{} {date} {mark}{}",
                version(release.version),
                needs.join("; ")
            );
        }
        text.push_str("'''\n");
    }
    for (id, package) in world.packages.iter().enumerate() {
        if outside.contains(&id) {
            continue;
        }
        for release in &package.releases {
            // A prerelease is not entered either; the oracle flags it on a plain version.
            if release.blocked || release.prerelease {
                let v = version(release.version);
                let _ = writeln!(
                    text,
                    "[[blocked]]\nid = \"block-{id}-{v}\"\npackage = \"{}\"\nversions = \"= {v}\"\n{common}",
                    package.name
                );
            }
        }
    }
    for rule in &world.requires {
        let _ = writeln!(
            text,
            "[[requires]]\nid = \"{}\"\nforce = \"{}\"\npackage = \"{}\"\nversions = \"{}\"\nneeds = \"{}\"\nrequirement = \"{}\"\n{common}",
            rule.id,
            force(rule.severity),
            name(rule.when.package),
            range(&rule.when.range),
            name(rule.then.package),
            range(&rule.then.range)
        );
    }
    for rule in &world.conflicts {
        let other = (name(rule.other.package), &rule.other.range);
        let head = ("conflict", rule.id.as_str(), rule.severity);
        pair(world, head, &rule.one, Some(other), &mut text);
    }
    for clash in &world.clashes {
        let stranger = world.strangers[clash.stranger].name.as_str();
        let kind = if clash.is_defect {
            "defect"
        } else {
            "conflict"
        };
        let head = (kind, clash.id.as_str(), clash.severity);
        let other = (stranger, &clash.range);
        pair(world, head, &clash.one, Some(other), &mut text);
    }
    for defect in &world.defects {
        let other = defect.beside.as_ref();
        let other = other.map(|it| (name(it.package), &it.range));
        let head = ("defect", defect.id.as_str(), defect.severity);
        pair(world, head, &defect.of, other, &mut text);
    }
    for gate in &world.gates {
        let from = match gate.asks {
            Asks::NewestOfLine => "newest-of-line".to_owned(),
            Asks::AtLeast(v) => format!(">= {}", version(v)),
        };
        let enter = gate
            .entering
            .map_or(String::new(), |l| format!("enter = \"{}\"\n", line(l)));
        let _ = writeln!(
            text,
            "[[gate]]\nid = \"{}\"\nforce = \"{}\"\npackage = \"{}\"\nfrom = \"{from}\"\n{enter}{common}",
            gate.id,
            force(gate.severity),
            name(gate.package)
        );
    }
    kinds(world, &mut text);
    for (at, bridge) in world.bridges.iter().enumerate() {
        let to: Vec<String> = bridge
            .to
            .iter()
            .map(|l| format!("{:?}", line(*l)))
            .collect();
        let _ = writeln!(
            text,
            "[[bridge]]\nid = \"bridge-{at}\"\npackage = \"{}\"\nfrom = \"{}\"\nto = [{}]\n{common}",
            name(bridge.package),
            line(bridge.from),
            to.join(", ")
        );
    }
    with_conditions(world, &text)
}

/// How a package moves, and its edges.
fn kinds_of_package(world: &World, id: Id, text: &mut String) {
    let kinds = &world.kinds;
    if let Some(moves) = kinds.moves.get(&id) {
        let moves = match moves {
            Moves::Any => "any",
            Moves::Edges => "edges",
        };
        let _ = writeln!(text, "moves = \"{moves}\"");
    }
    if kinds.alone.contains(&id) {
        text.push_str("alone = true\n");
    }
    if let Some(group) = kinds.lockstep.get(&id) {
        let _ = writeln!(text, "lockstep = \"group-{group}\"");
    }
    let mut edges = kinds.edges.iter().filter(|it| it.package == id).peekable();
    if edges.peek().is_none() {
        return;
    }
    text.push_str("edges = '''\n");
    for (at, edge) in edges.enumerate() {
        let from = edge_from(world, edge, at % 2 == 1);
        let risks = match edge.risks.is_empty() {
            true => String::new(),
            false => format!(" ; risks {}", edge.risks.join(", ")),
        };
        let _ = writeln!(text, "{}  {from}{risks}", version(edge.to));
    }
    text.push_str("'''\n");
}

/// Where an edge comes from: as a requirement, or as versions and ranges.
fn edge_from(world: &World, edge: &Edge, listed: bool) -> String {
    if !listed {
        return range(&edge.from);
    }
    let releases = world.packages[edge.package].releases.iter();
    let below = releases.map(|it| it.version).filter(|it| *it < edge.to);
    let from: Vec<Version> = below.filter(|it| edge.from.contains(*it)).collect();
    match (
        from.as_slice(),
        edge.from.bounds.iter().any(|it| it.0 == Op::Ne),
    ) {
        ([first, .., last], false) => format!("{}..{}", version(*first), version(*last)),
        (all, _) => {
            let all: Vec<String> = all.iter().map(|it| version(*it)).collect();
            all.join(", ")
        }
    }
}

/// Properties, risks, gates before versions and skews.
fn kinds(world: &World, text: &mut String) {
    let kinds = &world.kinds;
    let name = |id: Id| world.packages[id].name.as_str();
    let common = "why = \"w\"\nsource = \"s\"";
    for property in &kinds.properties {
        let _ = writeln!(
            text,
            "[[property]]\nid = \"{property}\"\nask = \"{property}?\""
        );
    }
    for risk in &kinds.risks {
        let applies = match risk.applies {
            Applies::Yes => "yes",
            Applies::No => "no",
            Applies::Unknown => "unknown",
        };
        let (id, package) = (&risk.id, name(risk.package));
        let _ = writeln!(
            text,
            "[[risk]]\nid = \"{id}\"\npackage = \"{package}\"\napplies = \"{applies}\"\n{common}"
        );
    }
    for stop in &kinds.stops {
        let from = stop.from.as_ref();
        let _ = writeln!(
            text,
            "[[gate]]\nid = \"{}\"\nforce = \"{}\"\npackage = \"{}\"\nenter = \"{}\"\nfrom = \"{}\"\n{common}",
            stop.id,
            force(stop.severity),
            name(stop.package),
            range(&stop.enter),
            from.map_or("newest-of-line".to_owned(), range),
        );
    }
    for skew in &kinds.skews {
        let _ = writeln!(
            text,
            "[[skew]]\nid = \"{}\"\nforce = \"{}\"\npackage = \"{}\"\nversions = \"{}\"\nof = \"{}\"\n\
             behind = {}\nahead = {}\nwhile_rolling = {}\n{common}",
            skew.id,
            force(skew.severity),
            name(skew.package),
            range(&skew.versions),
            name(skew.of),
            skew.behind,
            skew.ahead,
            skew.while_rolling
        );
    }
}

/// The catalog with the conditions of its rules, behind their ids.
fn with_conditions(world: &World, text: &str) -> String {
    let conditions = &world.kinds.conditions;
    if conditions.is_empty() {
        return text.to_owned();
    }
    let lines = text.lines().map(|line| {
        let id = line
            .strip_prefix("id = \"")
            .and_then(|it| it.strip_suffix('"'));
        match id.and_then(|id| conditions.get(id)) {
            Some(all) => format!("{line}\nif = [\"{}\"]\n", all.join("\", \"")),
            None => format!("{line}\n"),
        }
    });
    lines.collect()
}

/// A rule on releases beside those of another: its kind, id and force, both sides.
fn pair(
    world: &World,
    (kind, id, severity): (&str, &str, Severity),
    one: &Requirement,
    other: Option<(&str, &Range)>,
    text: &mut String,
) {
    let package = &world.packages[one.package].name;
    let (versions, force) = (range(&one.range), force(severity));
    let _ = writeln!(
        text,
        "[[{kind}]]\nid = \"{id}\"\nforce = \"{force}\"\nwhy = \"w\"\nsource = \"s\"\n\
         package = \"{package}\"\nversions = \"{versions}\""
    );
    if kind == "defect" {
        text.push_str("affects = \"w\"\navoid = true\n");
    }
    if let Some((with, versions)) = other {
        let versions = range(versions);
        let _ = writeln!(text, "with = \"{with}\"\nwith_versions = \"{versions}\"");
    }
}

/// The lockfile of a world; of packages outside also what their releases need.
pub(crate) fn lockfile(world: &World, outside: &[Id]) -> String {
    let mut text = String::new();
    let is_foreign = |id: &Id| world.foreign.contains(id);
    if !world.foreign.is_empty() {
        text.push_str("GIT\n  remote: https://example.org/w.git\n  revision: 0123\n  specs:\n");
        specs(world, is_foreign, is_foreign, &mut text);
        text.push('\n');
    }
    text.push_str("GEM\n  remote: https://rubygems.org/\n  specs:\n");
    let is_outside = |id: &Id| outside.contains(id);
    specs(world, |id| !is_foreign(id), is_outside, &mut text);
    for stranger in &world.strangers {
        let at = version(stranger.version);
        let _ = writeln!(text, "    {} ({at})", stranger.name);
    }
    for (at, holder) in world.holders.iter().enumerate() {
        let on = &world.packages[holder.package].name;
        let _ = writeln!(
            text,
            "    zz-holder-{at} (1.0)\n      {on} ({})",
            range(&holder.range)
        );
    }
    text.push_str("\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  zz-other\n");
    for at in 0..world.holders.len() {
        let _ = writeln!(text, "  zz-holder-{at}");
    }
    for id in &world.direct {
        let mark = if is_foreign(id) { "!" } else { "" };
        let _ = writeln!(text, "  {}{mark}", world.packages[*id].name);
    }
    text
}

/// The installed packages of a kind, some with what they need of others.
fn specs(
    world: &World,
    these: impl Fn(&Id) -> bool,
    with_needs: impl Fn(&Id) -> bool,
    text: &mut String,
) {
    for id in world.family().filter(these) {
        let Some(v) = world.installed[id] else {
            continue;
        };
        let _ = writeln!(text, "    {} ({})", world.packages[id].name, version(v));
        let release = world.packages[id].release(v).filter(|_| with_needs(&id));
        for need in release.iter().flat_map(|it| &it.requirements) {
            let on = &world.packages[need.package].name;
            let _ = writeln!(text, "      {on} ({})", range(&need.range));
        }
    }
}

/// What an index says of a package.
pub(crate) fn info(world: &World, id: Id) -> String {
    let mut text = String::from("---\n");
    let releases = world.packages[id].releases.iter();
    for release in releases.filter(|it| it.is_sound() || world.installed[id] == Some(it.version)) {
        let needs = release.requirements.iter().map(|need| {
            let wanted = range(&need.range).replace(", ", "&");
            format!("{}:{wanted}", world.packages[need.package].name)
        });
        let needs: Vec<String> = needs.collect();
        let _ = writeln!(
            text,
            "{} {}|checksum:a",
            version(release.version),
            needs.join(",")
        );
    }
    text
}
