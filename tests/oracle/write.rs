//! Worlds as files: a catalog, a lockfile, and an index of packages that the catalog leaves out.

use super::world::{Asks, Id, Line, Op, Range, Role, Severity, Version, World};
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
            Role::Runtime => "runtime",
        };
        let _ = writeln!(text, "[package.{}]\nrole = \"{role}\"", package.name);
        if package.one_line_at_a_time {
            text.push_str("one_line_at_a_time = true\n");
        }
        text.push_str("releases = '''\n");
        for release in &package.releases {
            let needs: Vec<String> = release
                .requirements
                .iter()
                .map(|need| format!("{} {}", name(need.package), range(&need.range)))
                .collect();
            let mark = if release.yanked { "[yanked] " } else { "" };
            let _ = writeln!(
                text,
                "{} ? {mark}{}",
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
        let _ = writeln!(
            text,
            "[[conflict]]\nid = \"{}\"\nforce = \"{}\"\npackage = \"{}\"\nversions = \"{}\"\nwith = \"{}\"\nwith_versions = \"{}\"\n{common}",
            rule.id,
            force(rule.severity),
            name(rule.one.package),
            range(&rule.one.range),
            name(rule.other.package),
            range(&rule.other.range)
        );
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
    text
}

/// The lockfile of a world; of packages outside also what their releases need.
pub(crate) fn lockfile(world: &World, outside: &[Id]) -> String {
    let mut text = String::from("GEM\n  remote: https://rubygems.org/\n  specs:\n");
    for id in world.ids().filter(|id| !world.is_runtime(*id)) {
        let Some(v) = world.installed[id] else {
            continue;
        };
        let _ = writeln!(text, "    {} ({})", world.packages[id].name, version(v));
        let release = world.packages[id]
            .release(v)
            .filter(|_| outside.contains(&id));
        for need in release.iter().flat_map(|it| &it.requirements) {
            let on = &world.packages[need.package].name;
            let _ = writeln!(text, "      {on} ({})", range(&need.range));
        }
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
        let _ = writeln!(text, "  {}", world.packages[*id].name);
    }
    text
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
