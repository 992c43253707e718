//! A catalog as files of the format that catalogs are read from (`docs/catalog.md`).
//!
//! Reading them gives an equal catalog, and writing that gives the same bytes. What layers were
//! laid over one another, comments, and `1.x` (written out line by line) are not kept.

use super::guides;
use super::quoted::quoted;
use crate::catalog::{
    Catalog, Dependency, Moves, Package, RULE_KINDS, Release, Role, Rule, RuleField, RuleId,
    RuleValue,
};
use crate::date::Date;
use crate::error::Result;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The catalog as one file: what plans need, without what the guides say, which the format keeps in
/// files of their own.
#[must_use]
pub fn catalog_toml(catalog: &Catalog) -> String {
    let texts: Vec<String> = world(catalog).into_iter().map(|(_, text)| text).collect();
    texts.join("\n")
}

/// The catalog as files, with their names: the head, one file for each package, the rules, and
/// what the guides say. Catalogs that are joined have a folder each, by its name.
///
/// # Errors
/// Those of [`Catalog::actions`], [`Catalog::rollout`] [`Catalog::smoke`] and [`Catalog::advisories`].
pub fn catalog_files(catalog: &Catalog) -> Result<Vec<(String, String)>> {
    let parts = catalog.parts()?;
    if parts.len() < 2 {
        return files_of_one(catalog);
    }
    let mut files = Vec::new();
    for part in &parts {
        let own = files_of_one(part)?.into_iter();
        files.extend(own.map(|(name, text)| (format!("{}/{name}", part.name()), text)));
    }
    Ok(files)
}

fn files_of_one(catalog: &Catalog) -> Result<Vec<(String, String)>> {
    let mut files = world(catalog);
    let actions = catalog.actions()?;
    if !actions.is_empty() {
        add(&mut files, "actions", guides::actions(actions));
    }
    let rollout = catalog.rollout()?;
    if !rollout.entries().is_empty() {
        add(&mut files, "rollout", guides::rollout(rollout));
    }
    let smoke = catalog.smoke()?;
    if !smoke.is_empty() {
        add(&mut files, "smoke", guides::smoke(smoke));
    }
    let advisories = catalog.advisories()?;
    if !advisories.is_empty() {
        add(&mut files, "advisories", guides::advisories(advisories));
    }
    Ok(files)
}

/// What plans need.
fn world(catalog: &Catalog) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    add(&mut files, "catalog", head(catalog));
    for package in catalog.packages() {
        add(
            &mut files,
            package.name().as_str(),
            package_text(catalog, package),
        );
    }
    if !(catalog.rules().is_empty() && catalog.properties().is_empty()) {
        add(&mut files, "rules", rules(catalog));
    }
    files
}

fn add(files: &mut Vec<(String, String)>, name: &str, text: String) {
    let mut name = name.to_owned();
    let taken = |name: &str| {
        let file = format!("{name}.toml");
        files
            .iter()
            .any(|(known, _): &(String, String)| known.eq_ignore_ascii_case(&file))
    };
    while taken(&name) {
        name.push('_');
    }
    files.push((format!("{name}.toml"), text));
}

fn head(catalog: &Catalog) -> String {
    let mut out = format!(
        "format = 1\nname = {}\nscheme = {}\nhorizon = {}\norder = [\n",
        quoted(catalog.name().as_str()),
        quoted(catalog.scheme().name()),
        catalog.horizon()
    );
    for package in catalog.packages() {
        if package.role() != Role::Runtime {
            let _ = writeln!(out, "  {},", quoted(package.name().as_str()));
        }
    }
    out.push_str("]\n");
    out
}

fn package_text(catalog: &Catalog, package: &Package) -> String {
    let name = package.name().as_str();
    // A dot parts keys where it is not quoted.
    let key = if name.contains('.') {
        quoted(name)
    } else {
        name.to_owned()
    };
    let mut out = format!(
        "[package.{key}]\nrole = {}\n",
        quoted(package.role().name())
    );
    if !package.about().is_empty() {
        let _ = writeln!(out, "about = {}", quoted(package.about()));
    }
    if let Some(changelog) = package.changelog() {
        let _ = writeln!(out, "changelog = {}", quoted(changelog));
    }
    if package.one_line_at_a_time {
        out.push_str("one_line_at_a_time = true\n");
    }
    if package.is_early() {
        entry(&mut out, "early", "true");
    }
    if package.moves() != Moves::Lines {
        entry(&mut out, "moves", &quoted(package.moves().name()));
    }
    if package.alone {
        entry(&mut out, "alone", "true");
    }
    if let Some(group) = package.lockstep() {
        entry(&mut out, "lockstep", &quoted(group.as_str()));
    }
    if let Some(command) = package.command() {
        entry(&mut out, "command", &quoted(command));
    }
    if let Some(instruction) = package.instruction() {
        entry(&mut out, "instruction", &quoted(instruction));
    }
    if let Some(other) = package.replaced_by() {
        entry(&mut out, "replaced_by", &quoted(other.as_str()));
    }
    if let Some(why) = package.no_way_back() {
        entry(&mut out, "no_way_back", &quoted(why));
    }
    let mut lines = String::new();
    for line in package.lines().iter().rev() {
        let Some(support) = line.support() else {
            continue;
        };
        let mut text = format!(
            "{:<5} {:<10}  {:<11}",
            line.name(),
            day(support.first_release()),
            support.status().name()
        );
        if let Some(date) = support.end_of_life() {
            let _ = write!(text, "  eol {date}");
        }
        lines.push_str(text.trim_end());
        lines.push('\n');
    }
    if !lines.is_empty() {
        let _ = write!(out, "\nlines = '''\n{lines}'''\n");
    }
    if !package.releases().is_empty() {
        out.push_str("\nreleases = '''\n");
        for release in package.releases() {
            let _ = writeln!(out, "{}", release_text(release));
        }
        out.push_str("'''\n");
    }
    if package.moves() == Moves::Edges {
        let _ = write!(out, "\nedges = '''\n{}'''\n", edges(catalog, package));
    }
    out
}

/// The first and the last of runs of releases.
type Sources = Vec<(usize, usize)>;

/// The edges of a package, each line one release that is entered over the same risks.
fn edges(catalog: &Catalog, package: &Package) -> String {
    let version = |at: usize| package.releases()[at].version().as_str();
    let mut lines: BTreeMap<(usize, &[RuleId]), Sources> = BTreeMap::new();
    for from in 0..package.releases().len() {
        for (entered, risks) in package.edges.leaving(from) {
            for to in entered {
                let sources = lines.entry((to, risks)).or_default();
                match sources.last_mut() {
                    Some(last) if last.1 + 1 == from => last.1 = from,
                    _ => sources.push((from, from)),
                }
            }
        }
    }
    let mut out = String::new();
    for ((to, risks), sources) in lines {
        let sources: Vec<String> = sources
            .into_iter()
            .map(|(first, last)| match first == last {
                true => version(first).to_owned(),
                false => format!("{}..{}", version(first), version(last)),
            })
            .collect();
        let _ = write!(out, "{:<8} {}", version(to), sources.join(", "));
        let rule = |risk: &RuleId| catalog.rules()[risk.0 as usize].id().as_str();
        let risks: Vec<&str> = risks.iter().map(rule).collect();
        if !risks.is_empty() {
            let _ = write!(out, " ; risks {}", risks.join(", "));
        }
        out.push('\n');
    }
    out
}

fn release_text(release: &Release) -> String {
    release_marked(release, release.marks())
}

/// The same with other marks.
pub(super) fn release_marked(release: &Release, marks: &[String]) -> String {
    let mut out = format!(
        "{:<8} {:<10}",
        release.version().as_str(),
        day(release.date())
    );
    if !marks.is_empty() {
        let _ = write!(out, " [{}]", marks.join("; "));
    }
    let requirements: Vec<String> = release.requirements().iter().map(dependency).collect();
    if !requirements.is_empty() {
        let _ = write!(out, " {}", requirements.join("; "));
    }
    out.truncate(out.trim_end().len());
    out
}

fn dependency(dependency: &Dependency) -> String {
    if dependency.requirement().is_any() {
        dependency.name().to_string()
    } else {
        format!("{} {}", dependency.name(), dependency.requirement())
    }
}

fn day(date: Option<Date>) -> String {
    date.map_or("?".to_owned(), |date| date.to_string())
}

fn rules(catalog: &Catalog) -> String {
    let properties = catalog.properties().iter().map(|property| {
        let mut out = String::from("[[property]]\n");
        entry(&mut out, "id", &quoted(property.id().as_str()));
        entry(&mut out, "ask", &quoted(property.ask()));
        if let Some((package, versions)) = property.shown_by() {
            entry(&mut out, "package", &quoted(package.as_str()));
            entry(&mut out, "versions", &quoted(&versions.to_string()));
        }
        out
    });
    let rules = RULE_KINDS
        .iter()
        .flat_map(|(kind, ..)| {
            let rules = catalog.rules().iter();
            rules.filter(move |rule| rule.kind_name() == *kind)
        })
        .map(|rule| rule_text(catalog, rule));
    let texts: Vec<String> = properties.chain(rules).collect();
    texts.join("\n")
}

fn rule_text(catalog: &Catalog, rule: &Rule) -> String {
    let package = catalog.get(rule.package);
    let mut out = format!("[[{}]]\n", rule.kind_name());
    let mut set = |key: &str, value: &str| entry(&mut out, key, &quoted(value));
    set("id", rule.id().as_str());
    set("package", package.name().as_str());
    // Flags come last.
    let (flags, fields): (Vec<RuleField>, Vec<RuleField>) = rule
        .fields(catalog.packages())
        .into_iter()
        .filter(|field| !field.is_implied)
        .partition(|field| matches!(field.value, RuleValue::Flag(_)));
    for field in fields.into_iter().chain(flags) {
        let value = match field.value {
            RuleValue::Nothing => continue,
            RuleValue::Text(text) => quoted(&text),
            RuleValue::Texts(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                format!("[{}]", texts.join(", "))
            }
            RuleValue::Number(number) => number.to_string(),
            RuleValue::Flag(flag) => flag.to_string(),
        };
        entry(&mut out, field.key, &value);
    }
    if let Some(evidence) = rule.evidence() {
        entry(&mut out, "evidence", &quoted(evidence));
    }
    if let Some(level) = rule.level() {
        entry(&mut out, "level", &quoted(level.name()));
    }
    if !rule.conditions().is_empty() {
        let ids: Vec<String> = rule
            .conditions()
            .iter()
            .map(|it| quoted(it.as_str()))
            .collect();
        entry(&mut out, "if", &format!("[{}]", ids.join(", ")));
    }
    let mut set = |key: &str, value: &str| entry(&mut out, key, &quoted(value));
    set("force", rule.force().name());
    set("why", rule.why());
    set("source", rule.source());
    if let Some(inferred) = rule.inferred() {
        set("inferred", inferred);
    }
    out
}

fn entry(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "{key} = {value}");
}
